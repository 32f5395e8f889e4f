"""Tables of what the logbook holds: files, rejects, sources, parameters."""

from __future__ import annotations

from offing.faces.http.answers import Answer, Table
from offing.faces.http.asking import Asked, Parameter
from offing.faces.http.source import Source
from offing.pipeline.methods import DEFINITIONS, KINDS
from offing.pipeline.queries import STATUS

SOURCES = ("source", "files_n", "texts_n", "restricted")


def status(source: Source, asked: Asked) -> Answer:
    """Files that were read, and where their rows went."""
    return Answer(records=source.book.status(), names=STATUS, notes=source.notes)


def rejects(source: Source, asked: Asked) -> Answer:
    """Rows that were not kept."""
    return Answer(source.book.rejects(asked["file"]))


def sources(source: Source, asked: Asked) -> Answer:
    """Own sources of files and texts."""
    rows = [
        {"source": s.name, "files_n": s.files_n, "texts_n": s.texts_n, "restricted": s.restricted}
        for s in source.book.sources()
    ]
    return Answer(records=rows, names=SOURCES)


def method(source: Source, asked: Asked) -> Answer:
    """Definitions and parameters."""
    kind = asked["kind"]
    definitions = {k: v for k, v in DEFINITIONS.items() if kind in (None, k)}
    return Answer(records=source.book.method(kind), more={"definitions": definitions})


TABLES = (
    Table("status", status, ("path", "sha256")),
    Table(
        "rejects",
        rejects,
        ("path", "row", "reason", "detail", "file"),
        (Parameter("file", "part of a path, or first digits of a sha256"),),
    ),
    Table("sources", sources, ("source",)),
    Table(
        "method",
        method,
        ("parameter",),
        (Parameter("kind", "parameters of one kind", choices=tuple(KINDS)),),
        open_to_roles=True,
    ),
)
