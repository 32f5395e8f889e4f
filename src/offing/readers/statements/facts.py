"""The facts on statements that a region pack carries: `statements.toml`, with no text of theirs but short quotations."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from offing.errors import InputError
from offing.model.statement import BASES, CLASSES, ELEMENTS, KINDS, Statement, statement_id

FILE = "statements.toml"

QUOTED_WORDS = 25
"""Words of a text that a fact may quote at most."""

_TEXTS = ("title", "forum", "formula_class", "quote", "kind", "basis", "language", "place", "source", "confidence", "note")
_LISTS = ("parties", "issued_by", "elements")


@dataclass(frozen=True)
class StatementFacts:
    """What a pack says of statements."""

    statements: tuple[Statement, ...] = ()  # in the order of their days
    forums: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # id -> language -> name
    series: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # id -> ids of statements that belong together


def read_facts(folder: Path) -> StatementFacts:
    """The facts in a pack's folder; none where it has no `statements.toml`. Raises `InputError` with file and entry."""
    path = folder / FILE
    if not path.is_file():
        return StatementFacts()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise InputError(f"{FILE} is not TOML in UTF-8: {e}.") from None
    forums = {_text(entry, "id", n, "forums"): dict(entry.get("names", {})) for n, entry in _entries(table, "forums")}
    statements = [_statement(entry, n, forums) for n, entry in _entries(table, "statements")]
    known = {s.statement_id for s in statements}
    if len(known) < len(statements):
        raise InputError(f"{FILE}: two statements have one day and one forum.", "Give one of them a `key`.")
    series = {}
    for n, entry in _entries(table, "series"):
        ids = _list(entry, "statements", n, "series")
        if missing := [i for i in ids if i not in known]:
            raise _refused(n, "series", f"there is no statement {missing[0]!r}")
        series[_text(entry, "id", n, "series")] = ids
    return StatementFacts(tuple(sorted(statements, key=lambda s: (s.day, s.statement_id))), forums, series)


def _statement(entry: Mapping[str, Any], n: int, forums: Mapping[str, Any]) -> Statement:
    day = entry.get("day")
    if type(day) is not date:
        raise _refused(n, "statements", "`day` must be a day like 2021-04-16")
    texts = {key: _text(entry, key, n, "statements") for key in _TEXTS}
    lists = {key: _list(entry, key, n, "statements") for key in _LISTS}
    for what, allowed in (("formula_class", CLASSES), ("basis", BASES), ("kind", KINDS), ("forum", forums)):
        if texts[what] not in allowed:
            raise _refused(n, "statements", f"`{what}` is none of {', '.join(allowed)}: {texts[what]!r}")
    if unknown := [e for e in lists["elements"] if e not in ELEMENTS]:
        raise _refused(n, "statements", f"{unknown[0]!r} is no element")
    if len(texts["quote"].split()) > QUOTED_WORDS:
        raise _refused(n, "statements", f"a quotation has at most {QUOTED_WORDS} words")
    if not re.search(r"\b(?:19|20)\d\d\b", texts["source"]):
        raise _refused(n, "statements", "`source` must name its origin and a year")
    values: dict[str, Any] = {
        **texts,
        **lists,
        "day": day,
        "statement_id": statement_id(day, str(entry.get("key") or texts["forum"])),
        "names_taiwan_strait": texts["formula_class"] != "none",
        "issued_by": lists["issued_by"] or lists["parties"],
        "text_sha256": "",
    }
    return Statement(**{f.name: values[f.name] for f in fields(Statement)})


def _entries(table: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise InputError(f"{FILE}: `{key}` must be a list of tables, written [[{key}]].")
    return list(enumerate(found, 1))


def _text(entry: Mapping[str, Any], key: str, n: int, where: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str) or (not value and key in ("id", "source")):
        raise _refused(n, where, f"`{key}` must be a text, not {value!r}")
    return value


def _list(entry: Mapping[str, Any], key: str, n: int, where: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _refused(n, where, f"`{key}` must be a list of texts, not {value!r}")
    return tuple(value)


def _refused(n: int, where: str, what: str) -> InputError:
    return InputError(f"{FILE}, {where} {n}: {what}.")
