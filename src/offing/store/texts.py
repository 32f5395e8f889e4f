"""Published texts in the ledger: what was added, when it counted, and what a parser read in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from offing.store.database import Database

TEXTS_SCHEMA = """
CREATE TABLE texts (                 -- a published text as it was added: from then until it is taken back
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,              -- bulletin, incident, statement
    sha256 TEXT NOT NULL,            -- of the text, in UTF-8
    office TEXT NOT NULL,            -- empty: it is of no office
    name TEXT NOT NULL, path TEXT NOT NULL,
    published TEXT,                  -- day, by the source
    url TEXT NOT NULL, retrieved_utc TEXT NOT NULL,
    text TEXT NOT NULL,
    held_from_ms INTEGER NOT NULL, held_to_ms INTEGER, reason TEXT
) STRICT;
CREATE UNIQUE INDEX texts_held ON texts (kind, sha256, office, name) WHERE held_to_ms IS NULL;
CREATE TABLE text_readings (         -- what a parser read in a text: it can be read again from the text at any time
    kind TEXT NOT NULL, sha256 TEXT NOT NULL, office TEXT NOT NULL, name TEXT NOT NULL, parser TEXT NOT NULL,
    content TEXT NOT NULL,           -- JSON
    PRIMARY KEY (kind, sha256, office, name, parser)
) STRICT;
"""

_COLUMNS = "kind, sha256, office, name, path, published, url, retrieved_utc, text, held_from_ms, held_to_ms, reason"

TextKey = tuple[str, str, str]
"""SHA-256, office and name of a text."""


@dataclass(frozen=True)
class HeldText:
    """One published text as it was added; times are UTC ms."""

    kind: str
    sha256: str
    office: str
    name: str
    path: str
    published: date | None
    url: str
    retrieved_utc: str
    text: str
    held_from_ms: int
    held_to_ms: int | None = None
    reason: str | None = None

    @property
    def key(self) -> TextKey:
        """What names it among those of its kind."""
        return self.sha256, self.office, self.name


class Texts:
    """The texts of a ledger. One that an older offing made has none."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def hold(self, texts: Iterable[HeldText], readings: Mapping[TextKey, str], parser: str) -> list[HeldText]:
        """Add texts, all or none, with what `parser` read in each (JSON); returns those that were not there."""
        new = []
        with self.database.change() as db:
            for text in texts:
                known = "SELECT 1 FROM texts WHERE kind = ? AND sha256 = ? AND office = ? AND name = ? AND held_to_ms IS NULL"
                if db.execute(known, (text.kind, *text.key)).fetchone():
                    continue
                marks = ", ".join("?" * len(_COLUMNS.split(",")))
                db.execute(f"INSERT INTO texts ({_COLUMNS}) VALUES ({marks})", _values(text))
                row = (text.kind, *text.key, parser, readings[text.key])
                db.execute("INSERT OR REPLACE INTO text_readings VALUES (?, ?, ?, ?, ?, ?)", row)
                new.append(text)
        return new

    def release(self, kind: str, sha256: str, reason: str, at_ms: int) -> int:
        """Take back the texts whose SHA-256 begins so; returns how many there were."""
        query = (
            "UPDATE texts SET held_to_ms = max(?, held_from_ms), reason = ? "
            "WHERE kind = ? AND substr(sha256, 1, length(?4)) = ?4 AND held_to_ms IS NULL"
        )
        with self.database.change() as db:
            return db.execute(query, (at_ms, reason, kind, sha256)).rowcount

    def held(self, kind: str, at_ms: int | None = None) -> list[HeldText]:
        """The texts of a kind that count now, or counted at an instant, in the order in which they came."""
        where, values = "held_to_ms IS NULL", tuple[object, ...]((kind,))
        if at_ms is not None:
            where, values = "held_from_ms <= ?2 AND (held_to_ms IS NULL OR held_to_ms > ?2)", (kind, at_ms)
        rows = self._rows(f"SELECT {_COLUMNS} FROM texts WHERE kind = ?1 AND {where} ORDER BY held_from_ms, id", values)
        return [_text_of(row) for row in rows]

    def readings(self, kind: str, parser: str) -> dict[TextKey, str]:
        """What a parser read in the texts of a kind (JSON), by text."""
        query = "SELECT sha256, office, name, content FROM text_readings WHERE kind = ? AND parser = ?"
        return {(row[0], row[1], row[2]): row[3] for row in self._rows(query, (kind, parser))}

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self.database.read() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] < 2:
                return []
            return list(db.execute(query, values).fetchall())


def _values(t: HeldText) -> tuple[object, ...]:
    published = t.published.isoformat() if t.published else None
    first = (t.kind, t.sha256, t.office, t.name, t.path, published, t.url, t.retrieved_utc, t.text)
    return (*first, t.held_from_ms, t.held_to_ms, t.reason)


def _text_of(row: tuple[Any, ...]) -> HeldText:
    kind, sha256, office, name, path, published, *rest = row
    return HeldText(kind, sha256, office, name, path, date.fromisoformat(published) if published else None, *rest)
