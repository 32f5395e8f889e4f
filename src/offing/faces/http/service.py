"""From a path and a query to bytes: finds the table or document, asks it, gives the answer its form."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from offing.faces.http import (
    forms,
    openapi,
    tables_events,
    tables_figures,
    tables_files,
    tables_places,
    tables_record,
    tables_sharing,
    tables_why,
)
from offing.faces.http.answers import WITHHELD, Answer, Table
from offing.faces.http.asking import INTEGER, TEXT, Asked, Parameter, read
from offing.faces.http.cache import Kept
from offing.faces.http.documents import DOCUMENTS, Document
from offing.faces.http.paging import DEFAULT_LIMIT, MOST_LIMIT, ordered, page
from offing.faces.http.problems import Refused
from offing.faces.http.source import Source

PREFIX = "/api/v1/"
LIMIT = Parameter(
    "limit", f"rows of a page of JSON, at most {MOST_LIMIT:,}", INTEGER, default=DEFAULT_LIMIT, low=1, high=MOST_LIMIT
)
AFTER = Parameter("after", "`next` of the page before", TEXT)

_PARTS = (tables_events, tables_figures, tables_places, tables_record, tables_sharing, tables_files)
TABLES: dict[str, Table] = {t.name: t for part in _PARTS for t in part.TABLES}
ONES: dict[str, Table | Document] = {
    **{t.name: t for t in tables_why.TABLES},
    **{d.name: d for d in DOCUMENTS if d.takes},
}
"""What takes a name as the last step of its path."""

WHOLE: dict[str, Document] = {d.name: d for d in DOCUMENTS if not d.takes}

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Endpoint:
    """What a path names: a table or document, the form, and the name that it takes."""

    what: Table | Document
    form: str
    id: str = ""

    @property
    def media_type(self) -> str:
        """The type of its answers."""
        return forms.TYPES[self.form]

    @property
    def lives_s(self) -> float:
        """For how long an answer holds; 0: as long as the data."""
        return self.what.lives_s if isinstance(self.what, Table) else 0.0

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What may be asked."""
        own = self.what.parameters
        return (*own, LIMIT, AFTER) if isinstance(self.what, Table) and self.form == "json" else own


@dataclass(frozen=True)
class Body:
    """An answer as bytes."""

    content: bytes
    media_type: str


def find(path: str) -> Endpoint:
    """The endpoint of a path below `/api/v1/`. Raises `Refused`: 404 where there is none, 406 where it has no such form."""
    name, dot, form = path.rpartition(".")
    if not dot or "\0" in path:
        raise _unknown(path)
    head, slash, word = name.partition("/")
    what: Table | Document | None = ONES.get(head) if slash and word else (TABLES.get(name) or WHOLE.get(name))
    if what is None:
        raise _unknown(path)
    has = what.forms if isinstance(what, Table) else (what.form,)
    if form not in has:
        raise Refused(406, "no-such-form", f"{head} is not to be had as {form!r}.", f"It is there as {', '.join(has)}.")
    return Endpoint(what, form, word if slash else "")


def _unknown(path: str) -> Refused:
    said = f"There is no {path!r} here." if len(path) < 200 else "There is no such path here."
    return Refused(404, "unknown-path", said, f"{PREFIX}openapi.json lists what there is.")


class Service:
    """Answers of one server. Keeps tables that were worked out, so that a page, another form or another order costs little."""

    def __init__(self, most_bytes: int = 256 << 20) -> None:
        self.answers: Kept[Answer] = Kept(most_bytes, _weight)

    def body(self, endpoint: Endpoint, source: Source, pairs: Pairs, span: Hashable) -> Body:
        """The answer as bytes. `span`: names the state and time for which it holds."""
        asked = read(endpoint.parameters, pairs)
        if endpoint.id:
            asked = Asked({**asked.values, "id": endpoint.id})
        what = endpoint.what
        if source.role is not None and not what.open_to_roles:
            return _withheld(endpoint, source)
        if isinstance(what, Document):
            made = what.make(source, asked)
            if what.form == "geojson":
                return Body(forms.geojson(made, {"data_version": source.version}), endpoint.media_type)
            return Body(forms.to_json(made), endpoint.media_type)
        return Body(self._formed(endpoint, what, source, asked, span), endpoint.media_type)

    def _formed(self, endpoint: Endpoint, table: Table, source: Source, asked: Asked, span: Hashable) -> bytes:
        own = {k: v for k, v in asked.values.items() if k not in ("limit", "after")}
        key = (span, table.name, endpoint.id, json.dumps(own, sort_keys=True, default=str))
        answer = self.answers.get(key)
        if answer is None:
            answer = ordered(table.ask(source, Asked(own)), table.key)
            self.answers.put(key, answer)
        if endpoint.form == "json":
            part, following = page(answer, table, asked["limit"], asked["after"] or "")
            return forms.page_json(answer, part, following, source.version)
        if endpoint.form == "geojson":
            assert table.shapes is not None
            more = {"state": answer.said, "because": answer.because or None, "notes": list(answer.notes), **answer.more}
            return forms.geojson(table.shapes(source, Asked(own), answer), {**more, "data_version": source.version})
        return {"csv": forms.csv, "parquet": forms.parquet}[endpoint.form](answer)


def _withheld(endpoint: Endpoint, source: Source) -> Body:
    """The class is said to be withheld; how much of it there is, is not."""
    said = f"{endpoint.what.title}: not open to {source.role} by the rules of this node."
    if endpoint.form != "json" or isinstance(endpoint.what, Document):
        raise Refused(403, "withheld", said, "Visits, days, streaks, sightings and incidents that rules release are open.")
    empty = Answer(state=WITHHELD, because=said)
    return Body(forms.page_json(empty, empty, None, source.version), endpoint.media_type)


def described(version: str) -> dict[str, Any]:
    """The OpenAPI document of all of it."""
    ones = [t for t in ONES.values() if isinstance(t, Table)]
    return openapi.document(version, [*TABLES.values(), *ones], DOCUMENTS, (LIMIT, AFTER))


def _weight(answer: Answer) -> int:
    if answer.frame is not None:
        return int(answer.frame.estimated_size())
    return 1_000 * len(answer.records)
