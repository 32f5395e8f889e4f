"""The ledger: one SQLite file that says what the logbook holds. A part, a run or a version counts only once its line is here.

Every act is one short transaction. Readers never wait (write-ahead log); writers hold the logbook's lock besides (lock.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from offing.errors import LogbookError, OtherOptions
from offing.store.database import Database
from offing.store.lake import canonical_json
from offing.store.release_rules import RULES_SCHEMA, ReleaseRules
from offing.store.sources import AIS, SOURCES_SCHEMA, Sources, leave, put
from offing.store.texts import TEXTS_SCHEMA, Texts

_SCHEMA = """
CREATE TABLE readings (              -- one reading of a file's bytes by a reader with options: it never changes
    part TEXT PRIMARY KEY,           -- name of its parts, see lake.part_name
    sha256 TEXT NOT NULL,
    reader TEXT NOT NULL, reader_version INTEGER NOT NULL,
    options TEXT NOT NULL,           -- JSON, canonical
    bytes INTEGER NOT NULL,          -- of the file as it lay on disk
    rows INTEGER NOT NULL, positions INTEGER NOT NULL, statics INTEGER NOT NULL, fragments INTEGER NOT NULL,
    ignored TEXT NOT NULL,           -- JSON {kind: n}
    duplicates INTEGER NOT NULL,
    rejects TEXT NOT NULL,           -- JSON {reason: n}
    position_days TEXT NOT NULL, static_days TEXT NOT NULL, -- JSON {UTC day: rows of that part}
    first_t_ms INTEGER, last_t_ms INTEGER                   -- UTC ms over positions and statics
) STRICT;
CREATE INDEX readings_sha256 ON readings (sha256);
CREATE TABLE holdings (              -- when a reading counted: from its ingest until a retraction
    id INTEGER PRIMARY KEY,
    part TEXT NOT NULL REFERENCES readings (part),
    sha256 TEXT NOT NULL,
    path TEXT NOT NULL,              -- as first given
    kept INTEGER NOT NULL,           -- 1: a copy of the bytes lies in kept/
    held_from_ms INTEGER NOT NULL, held_to_ms INTEGER, reason TEXT
) STRICT;
CREATE UNIQUE INDEX holdings_held ON holdings (sha256) WHERE held_to_ms IS NULL;
CREATE TABLE runs (
    id TEXT PRIMARY KEY, started_ms INTEGER NOT NULL, finished_ms INTEGER NOT NULL,
    known_from_ms INTEGER NOT NULL UNIQUE, -- the instant its event versions carry
    details TEXT NOT NULL            -- JSON: method, parameters, zone and fleet hashes, since, until, counts
) STRICT;
CREATE TABLE zones (
    id TEXT NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL, added_ms INTEGER NOT NULL, replaced_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX zones_now ON zones (id) WHERE replaced_ms IS NULL;
CREATE TABLE fleets (
    id TEXT NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL, added_ms INTEGER NOT NULL, replaced_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX fleets_now ON fleets (id) WHERE replaced_ms IS NULL;
"""

_SCHEMAS = (_SCHEMA, TEXTS_SCHEMA, SOURCES_SCHEMA + RULES_SCHEMA)
"""What each version of the ledger added."""

SCHEMA_VERSION = len(_SCHEMAS)


@dataclass(frozen=True)
class FileLine:
    """What the logbook says of one file: the account of its rows, and when it counted.

    `rows` is always `positions + statics + fragments + sum(ignored) + duplicates + sum(rejects)`. Times are UTC ms.
    """

    sha256: str
    path: str
    reader: str
    reader_version: int
    options: str  # canonical JSON
    part: str
    bytes: int
    rows: int
    positions: int
    statics: int
    fragments: int
    ignored: Mapping[str, int]
    duplicates: int
    rejects: Mapping[str, int]
    position_days: Mapping[date, int]
    static_days: Mapping[date, int]
    first_t_ms: int | None
    last_t_ms: int | None
    kept: bool
    held_from_ms: int
    held_to_ms: int | None = None
    reason: str | None = None
    already: bool = field(default=False, compare=False)  # said by `ingest`: it was held before

    @property
    def balanced(self) -> bool:
        """Law 1: every row is in exactly one of the counted places."""
        told = self.positions + self.statics + self.fragments + self.duplicates
        return self.rows == told + sum(self.ignored.values()) + sum(self.rejects.values())


@dataclass(frozen=True)
class RunLine:
    """One finished run. `details` is free JSON: method, parameters, zone and fleet hashes, since, until, counts."""

    id: str
    started_ms: int
    finished_ms: int
    known_from_ms: int
    details: Mapping[str, Any]


@dataclass(frozen=True)
class UserText:
    """A zone (GeoJSON feature) or a fleet (TOML) of the user's own, as its text."""

    id: str
    text: str
    hash: str
    added_ms: int
    replaced_ms: int | None = None


_READING = (
    "part, sha256, reader, reader_version, options, bytes, rows, positions, statics, fragments, ignored, duplicates, rejects, "
    "position_days, static_days, first_t_ms, last_t_ms"
)
_FILE = (
    "r.part, r.sha256, r.reader, r.reader_version, r.options, r.bytes, r.rows, r.positions, r.statics, r.fragments, r.ignored, "
    "r.duplicates, r.rejects, r.position_days, r.static_days, r.first_t_ms, r.last_t_ms, "
    "h.path, h.kept, h.held_from_ms, h.held_to_ms, h.reason"
)


class Ledger:
    """Reads and writes `ledger.sqlite`. A connection lives for one act: threads may share it, forks may follow."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = Database(path)

    def create(self) -> None:
        """Make the file and its tables, or those that an older offing did not have; does nothing when all are there."""
        with self.database.write() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            missing = "".join(_SCHEMAS[version:])
            if missing:
                db.executescript(f"BEGIN IMMEDIATE; {missing} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")

    def check(self) -> None:
        """Raise `LogbookError` unless the file is a ledger that this version can read."""
        with self.database.read() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise LogbookError(
                f"The logbook was written by a newer offing (schema {version}; this one knows {SCHEMA_VERSION}).",
                "Use that version, or a later one.",
                schema=version,
            )
        if version < 1:
            raise LogbookError(f"{self.path} is not a ledger.", "Run `offing init` in a new folder.")

    # -- files

    def files(self, held_at_ms: int | None = None) -> list[FileLine]:
        """The files that count now, or counted at an instant; ordered by when they came, then by sha256."""
        where, values = "h.held_to_ms IS NULL", tuple[object, ...]()
        if held_at_ms is not None:
            where, values = "h.held_from_ms <= ?1 AND (h.held_to_ms IS NULL OR h.held_to_ms > ?1)", (held_at_ms,)
        return self._files(where, values)

    def history(self) -> list[FileLine]:
        """Every holding there ever was, retracted ones (with `held_to_ms` and `reason`) included."""
        return self._files("1", ())

    def file(self, sha256: str) -> FileLine | None:
        """The line of a file that counts now."""
        lines = self._files("h.held_to_ms IS NULL AND h.sha256 = ?", (sha256,))
        return lines[0] if lines else None

    def known_parts(self) -> dict[str, str]:
        """Every part name that ever counted, with the sha256 of its file."""
        with self.database.read() as db:
            return dict(db.execute("SELECT part, sha256 FROM readings"))

    def kept(self) -> set[str]:
        """The sha256 of all files of which a copy is kept."""
        with self.database.read() as db:
            return {s for (s,) in db.execute("SELECT DISTINCT sha256 FROM holdings WHERE kept")}

    def hold(self, line: FileLine, source: str = AIS) -> FileLine:
        """From now on the file counts, as one of an own source. If it already does: with the same reader and options its
        line comes back marked `already`, otherwise `OtherOptions`; its sources then stay as they are."""
        held = self.file(line.sha256)
        if held is not None:
            return self.same_or_refuse(held, line.reader, line.options, line.path)
        with self.database.change() as db:
            marks = ", ".join("?" * len(_READING.split(",")))
            db.execute(
                f"INSERT INTO readings ({_READING}) VALUES ({marks}) ON CONFLICT (part) DO NOTHING", _reading_values(line)
            )
            db.execute(
                "INSERT INTO holdings (part, sha256, path, kept, held_from_ms) VALUES (?, ?, ?, ?, ?)",
                (line.part, line.sha256, line.path, int(line.kept), line.held_from_ms),
            )
            put(db, line.sha256, source, line.held_from_ms)
        return line

    @staticmethod
    def same_or_refuse(held: FileLine, reader: str | None, options: str, path: str) -> FileLine:
        """The held line, marked `already`, if it was read the same way; `reader` None means any. Else `OtherOptions`."""
        if held.options == options and reader in (None, held.reader):
            return replace(held, already=True)
        raise OtherOptions(
            f"{path} was read before, as {held.reader}, with other options.",
            f"Take that reading back first: `offing retract {held.sha256[:12]} --reason ...`.",
            sha256=held.sha256,
            path=path,
        )

    def mark_kept(self, sha256: str) -> None:
        """A copy of the held file's bytes now lies in kept/."""
        with self.database.change() as db:
            db.execute("UPDATE holdings SET kept = 1 WHERE sha256 = ? AND held_to_ms IS NULL", (sha256,))

    def release(self, sha256: str, reason: str, at_ms: int) -> None:
        """From this instant on the file no longer counts, and belongs to no source."""
        with self.database.change() as db:
            db.execute(
                "UPDATE holdings SET held_to_ms = max(?, held_from_ms), reason = ? WHERE sha256 = ? AND held_to_ms IS NULL",
                (at_ms, reason, sha256),
            )
            leave(db, sha256, at_ms)

    @property
    def texts(self) -> Texts:
        """Published texts: bulletins, incidents, statements."""
        return Texts(self.database)

    @property
    def sources(self) -> Sources:
        """Own sources of files and texts."""
        return Sources(self.database)

    @property
    def release_rules(self) -> ReleaseRules:
        """What may leave."""
        return ReleaseRules(self.database)

    # -- runs

    def add_run(self, run: RunLine) -> None:
        """Commit a run: only now do the event versions that carry its id exist."""
        with self.database.change() as db:
            values = (run.id, run.started_ms, run.finished_ms, run.known_from_ms, canonical_json(run.details))
            db.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?)", values)

    def runs(self) -> list[RunLine]:
        """All finished runs, oldest first."""
        with self.database.read() as db:
            rows = db.execute(
                "SELECT id, started_ms, finished_ms, known_from_ms, details FROM runs ORDER BY known_from_ms"
            ).fetchall()
        return [RunLine(row[0], row[1], row[2], row[3], json.loads(row[4])) for row in rows]

    # -- zones and fleets of the user's own

    def put_zones(self, zones: Iterable[tuple[str, str, str]], now_ms: int) -> list[str]:
        """Add or replace zones given as (id, GeoJSON text, hash), all or none; returns the ids that changed."""
        return self._put("zones", zones, now_ms)

    def zones(self, at_ms: int | None = None) -> list[UserText]:
        """The user's zones now, or at an instant, by id."""
        return self._texts("zones", at_ms)

    def put_fleets(self, fleets: Iterable[tuple[str, str, str]], now_ms: int) -> list[str]:
        """Add or replace fleets given as (id, TOML text, hash), all or none; returns the ids that changed."""
        return self._put("fleets", fleets, now_ms)

    def fleets(self, at_ms: int | None = None) -> list[UserText]:
        """The user's fleets now, or at an instant, by id."""
        return self._texts("fleets", at_ms)

    # -- inside

    def _files(self, where: str, values: tuple[object, ...]) -> list[FileLine]:
        query = (
            f"SELECT {_FILE} FROM holdings h JOIN readings r USING (part) WHERE {where} ORDER BY h.held_from_ms, h.sha256, h.id"
        )
        with self.database.read() as db:
            return [_file_line(row) for row in db.execute(query, values).fetchall()]

    def _put(self, table: str, items: Iterable[tuple[str, str, str]], now_ms: int) -> list[str]:
        changed = []
        with self.database.change() as db:
            for name, text, digest in items:
                now = db.execute(f"SELECT text, hash FROM {table} WHERE id = ? AND replaced_ms IS NULL", (name,)).fetchone()
                if now == (text, digest):
                    continue
                db.execute(f"UPDATE {table} SET replaced_ms = ? WHERE id = ? AND replaced_ms IS NULL", (now_ms, name))
                db.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, NULL)", (name, text, digest, now_ms))
                changed.append(name)
        return changed

    def _texts(self, table: str, at_ms: int | None) -> list[UserText]:
        where, values = "replaced_ms IS NULL", tuple[object, ...]()
        if at_ms is not None:
            where, values = "added_ms <= ?1 AND (replaced_ms IS NULL OR replaced_ms > ?1)", (at_ms,)
        with self.database.read() as db:
            rows = db.execute(f"SELECT id, text, hash, added_ms, replaced_ms FROM {table} WHERE {where} ORDER BY id", values)
            return [UserText(*row) for row in rows]


def _reading_values(line: FileLine) -> tuple[object, ...]:
    return (
        *(line.part, line.sha256, line.reader, line.reader_version, line.options, line.bytes),
        *(line.rows, line.positions, line.statics, line.fragments),
        *(canonical_json(dict(line.ignored)), line.duplicates, canonical_json(dict(line.rejects))),
        *(canonical_json({d.isoformat(): n for d, n in days.items()}) for days in (line.position_days, line.static_days)),
        *(line.first_t_ms, line.last_t_ms),
    )


def _file_line(row: tuple[Any, ...]) -> FileLine:
    (part, sha256, reader, version, options, size, rows, positions, statics, fragments, ignored, duplicates, rejects, *rest) = (
        row
    )
    position_days, static_days, first_t_ms, last_t_ms, path, kept, held_from_ms, held_to_ms, reason = rest
    return FileLine(
        sha256=sha256,
        path=path,
        reader=reader,
        reader_version=version,
        options=options,
        part=part,
        bytes=size,
        rows=rows,
        positions=positions,
        statics=statics,
        fragments=fragments,
        ignored=json.loads(ignored),
        duplicates=duplicates,
        rejects=json.loads(rejects),
        position_days={date.fromisoformat(d): n for d, n in json.loads(position_days).items()},
        static_days={date.fromisoformat(d): n for d, n in json.loads(static_days).items()},
        first_t_ms=first_t_ms,
        last_t_ms=last_t_ms,
        kept=bool(kept),
        held_from_ms=held_from_ms,
        held_to_ms=held_to_ms,
        reason=reason,
    )
