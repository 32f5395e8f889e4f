"""Own sources: which source each held file belongs to, and which sources are restricted.

A source is a name that the user gave at `ingest` (default `ais`). A file may belong to several. What was read of an office
belongs to the source of the office's name, incidents to `incidents`. What is computed to be released rests by default on the
sources that are not restricted.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from offing.errors import UnknownName, UsageError
from offing.store.database import Database

AIS = "ais"
"""The source of a file that was read without naming one."""

INCIDENTS = "incidents"
"""The source of incidents of the user's own."""

SOURCES_SCHEMA = """
CREATE TABLE file_sources (          -- to which own source a held file belongs, and from when to when
    sha256 TEXT NOT NULL, source TEXT NOT NULL, added_ms INTEGER NOT NULL, removed_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX file_sources_now ON file_sources (sha256, source) WHERE removed_ms IS NULL;
INSERT INTO file_sources SELECT sha256, 'ais', held_from_ms, NULL FROM holdings WHERE held_to_ms IS NULL;
CREATE TABLE restricted_sources (    -- what does not go into releases unless a rule names it
    source TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX restricted_sources_now ON restricted_sources (source) WHERE to_ms IS NULL;
"""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VERSION = 3


@dataclass(frozen=True)
class SourceLine:
    """One own source: how many held files and published texts belong to it, and whether it is restricted."""

    name: str
    files_n: int
    texts_n: int
    restricted: bool


def source_name(text: str) -> str:
    """A name for a source. Raises `UsageError` for one that is not plain."""
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{text!r} is no name of a source.",
            "Use small letters, digits, dots, hyphens and underscores, such as coast-radar.",
        )
    return name


class Sources:
    """The sources of a ledger. In one that an older offing made, every file is of `ais` and nothing is restricted."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def lines(self) -> list[SourceLine]:
        """Every source that has a file or a text, or is restricted, by name."""
        files = self.by_file()
        counts: dict[str, int] = {}
        for names in files.values():
            for name in names:
                counts[name] = counts.get(name, 0) + 1
        texts, restricted = self._texts(), self.restricted()
        return [
            SourceLine(name, counts.get(name, 0), texts.get(name, 0), name in restricted)
            for name in sorted({*counts, *texts, *restricted})
        ]

    def by_file(self) -> dict[str, frozenset[str]]:
        """For each held file (sha256) the sources to which it belongs."""
        found: dict[str, set[str]] = {}
        query = "SELECT s.sha256, s.source FROM file_sources s JOIN holdings h USING (sha256) "
        query += "WHERE s.removed_ms IS NULL AND h.held_to_ms IS NULL"
        old = f"SELECT sha256, '{AIS}' FROM holdings WHERE held_to_ms IS NULL"
        for sha256, source in self._rows(query, old):
            found.setdefault(sha256, set()).add(source)
        return {sha256: frozenset(names) for sha256, names in found.items()}

    def restricted(self) -> frozenset[str]:
        """The names of the restricted sources."""
        return frozenset(name for (name,) in self._rows("SELECT source FROM restricted_sources WHERE to_ms IS NULL"))

    def add(self, sha256: str, source: str, at_ms: int) -> bool:
        """From now on a held file belongs to a source too; returns whether it did not before."""
        with self.database.change() as db:
            return put(db, sha256, source, at_ms)

    def restrict(self, name: str, at_ms: int) -> bool:
        """From now on a source is restricted, though nothing may be there of it yet; returns whether it was not before."""
        with self.database.change() as db:
            if db.execute("SELECT 1 FROM restricted_sources WHERE source = ? AND to_ms IS NULL", (name,)).fetchone():
                return False
            db.execute("INSERT INTO restricted_sources VALUES (?, ?, NULL)", (name, at_ms))
            return True

    def open(self, name: str, at_ms: int) -> bool:
        """From now on a source is no longer restricted; returns whether it was. `UnknownName` where there is none such."""
        known = [line.name for line in self.lines()]
        if name not in known:
            raise UnknownName.of("source", name, known, "offing sources")
        query = "UPDATE restricted_sources SET to_ms = max(?, from_ms) WHERE source = ? AND to_ms IS NULL"
        with self.database.change() as db:
            return db.execute(query, (at_ms, name)).rowcount > 0

    def _texts(self) -> dict[str, int]:
        query = (
            f"SELECT CASE kind WHEN 'incident' THEN '{INCIDENTS}' ELSE office END AS source, count(*) FROM texts "
            "WHERE held_to_ms IS NULL AND kind IN ('bulletin', 'incident') GROUP BY source"
        )
        return {source: n for source, n in self._rows(query, query, since=2) if source}

    def _rows(self, query: str, old: str = "", since: int = _VERSION) -> Collection[tuple[Any, ...]]:
        with self.database.read() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version < since:
                query = old if since == _VERSION else ""
            return list(db.execute(query).fetchall()) if query else []


def put(db: Any, sha256: str, source: str, at_ms: int) -> bool:
    """Add a file to a source within a transaction of the ledger; returns whether it was not in it."""
    known = "SELECT 1 FROM file_sources WHERE sha256 = ? AND source = ? AND removed_ms IS NULL"
    if db.execute(known, (sha256, source)).fetchone():
        return False
    db.execute("INSERT INTO file_sources VALUES (?, ?, ?, NULL)", (sha256, source, at_ms))
    return True


def leave(db: Any, sha256: str, at_ms: int) -> None:
    """Take a file out of all its sources within a transaction of the ledger: it is taken back."""
    query = "UPDATE file_sources SET removed_ms = max(?, added_ms) WHERE sha256 = ? AND removed_ms IS NULL"
    db.execute(query, (at_ms, sha256))
