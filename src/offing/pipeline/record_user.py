"""Incidents and statements of the user's own: adding them, and reading them back from the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from offing.errors import BadRecord
from offing.model.bulletin import NotUnderstood, SourceText
from offing.model.incident import Incident
from offing.model.statement import Statement
from offing.pipeline.record_texts import INCIDENT, STATEMENT, Added, files_of, hold, parser_version
from offing.pipeline.waters import Waters
from offing.readers.incidents import read_incidents, read_incidents_text
from offing.store import Store


def add_incidents(store: Store, waters: Waters, paths: Sequence[str | Path]) -> Added:
    """Keep incidents of TOML or CSV files; an id that is there already is replaced. Entries that do not fit are rejects."""
    out = Added(rows={"incidents": 0})
    for path in files_of(paths):
        try:
            found, bad = read_incidents(path)
        except BadRecord as error:
            out.rejects.append(NotUnderstood("", str(error), path.name))
            continue
        for incident in found:
            bad += _unknown_places(incident, waters, path.name)
        out.rejects += [NotUnderstood(str(e.data.get("entry") or ""), str(e), path.name) for e in bad]
        if found:
            text = SourceText(path.name, "", None, "", "", path.read_text(encoding="utf-8-sig"))
            new, old = hold(store, INCIDENT, [(text, "")], path, parser="")
            out.texts, out.already = out.texts + new, out.already + old
            out.rows["incidents"] += len(found)
    return out


def _unknown_places(incident: Incident, waters: Waters, file: str) -> list[BadRecord]:
    """Zones and gates that an incident names and the waters lack: it is kept, and the name is told."""
    problems = []
    for what, name, known in (("zone", incident.zone_id, waters.zones), ("gate", incident.gate_id, waters.pack.gates)):
        if name and name not in known:
            problems.append(BadRecord(f"{file}: {incident.incident_id} names the {what} {name!r}, which is not there."))
    return problems


def read_incidents_back(store: Store | None, at_ms: int | None = None) -> list[Incident]:
    """The incidents of the logbook now, or at an instant; of one id the last that was added."""
    found: dict[str, Incident] = {}
    for text in store.ledger.texts.held(INCIDENT, at_ms) if store else ():
        for incident in read_incidents_text(text.text, text.name)[0]:
            found[incident.incident_id] = incident
    return list(found.values())


def add_statements(store: Store, paths: Sequence[str | Path]) -> Added:
    """Keep statements of text, markdown or HTML files; one without a date is a reject."""
    from offing.readers.statements import read_document, statement_of

    out = Added(rows={"statements": 0})
    for path in files_of(paths):
        document = read_document(path.name, path.read_bytes())
        if isinstance(document, NotUnderstood):
            out.rejects.append(document)
            continue
        statement = statement_of(document)
        text = SourceText(path.name, "", document.date, document.source, "", path.read_bytes().decode("utf-8", "replace"))
        new, old = hold(store, STATEMENT, [(text, _packed(statement))], path, parser_version("statements"))
        out.texts, out.already = out.texts + new, out.already + old
        out.rows["statements"] += 1
    return out


def read_statements_back(store: Store | None, at_ms: int | None = None) -> list[Statement]:
    """The statements of the logbook now, or at an instant; what other rules had read is read again."""
    if store is None:
        return []
    from offing.readers.statements import read_document, statement_of

    known = store.ledger.texts.readings(STATEMENT, parser_version("statements"))
    found = []
    for text in store.ledger.texts.held(STATEMENT, at_ms):
        content = known.get(text.key)
        if content is None:
            document = read_document(text.name, text.text.encode())
            if isinstance(document, NotUnderstood):
                continue
            content = _packed(statement_of(document))
        found.append(_unpacked(content))
    return found


def _packed(statement: Statement) -> str:
    return json.dumps({f.name: getattr(statement, f.name) for f in fields(Statement)}, ensure_ascii=False, default=str)


def _unpacked(content: str) -> Statement:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(content).items()}
    values["day"] = date.fromisoformat(values["day"])
    return Statement(**values)
