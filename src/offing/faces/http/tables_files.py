"""Tables of what the logbook holds: files, rejects, sources, parameters."""

from __future__ import annotations

from offing.faces.http.answers import Answer, Table
from offing.faces.http.asking import Asked, Parameter
from offing.faces.http.source import Source
from offing.pipeline.methods import DEFINITIONS, KINDS
from offing.pipeline.queries import STATUS

SOURCES = ("source", "files_n", "texts_n", "restricted")


def status(source: Source, asked: Asked) -> Answer:
    return Answer(records=source.book.status(), names=STATUS, notes=source.notes)


def rejects(source: Source, asked: Asked) -> Answer:
    return Answer(source.book.rejects(asked["file"]))


def sources(source: Source, asked: Asked) -> Answer:
    rows = [
        {"source": s.name, "files_n": s.files_n, "texts_n": s.texts_n, "restricted": s.restricted} for s in source.book.sources()
    ]
    return Answer(records=rows, names=SOURCES)


def method(source: Source, asked: Asked) -> Answer:
    kind = asked["kind"]
    rows = [{"n": n, **row} for n, row in enumerate(source.book.method(kind))]
    definitions = {k: v for k, v in DEFINITIONS.items() if kind in (None, k)}
    return Answer(records=[{k: v for k, v in r.items() if k != "n"} for r in rows], more={"definitions": definitions})


TABLES = (
    Table("status", "Files that were read, and where their rows went", status, ("path", "sha256")),
    Table("rejects", "Rows that were not kept", rejects, ("path", "row", "reason", "detail", "file"), (Parameter("file", "part of a path, or first digits of a sha256"),)),
    Table("sources", "Own sources of files and texts", sources, ("source",)),
    Table("method", "Definitions and parameters", method, ("parameter",), (Parameter("kind", "parameters of one kind", choices=tuple(KINDS)),), open_to_roles=True),
)  # fmt: skip
