"""Release rules in the ledger: what may leave, as the owner said it. A number is never used again, and nothing is deleted."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from offing.errors import UnknownName
from offing.model.sharing import ReleaseRule
from offing.store.database import Database
from offing.store.lake import canonical_json

RULES_SCHEMA = """
CREATE TABLE release_rules (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    rule TEXT NOT NULL,              -- JSON: what it says
    added_ms INTEGER NOT NULL, removed_ms INTEGER
) STRICT;
"""

_APART = ("n", "added_ms", "removed_ms")
_VERSION = 3


class ReleaseRules:
    """The release rules of a ledger. One that an older offing made has none."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, rule: ReleaseRule, at_ms: int) -> ReleaseRule:
        """Put a rule in force; returns it with its number. Its own `n`, `added_ms` and `removed_ms` are passed over."""
        with self.database.change() as db:
            values = {k: v for k, v in asdict(rule).items() if k not in _APART}
            done = db.execute("INSERT INTO release_rules (rule, added_ms) VALUES (?, ?)", (canonical_json(values), at_ms))
            assert done.lastrowid is not None
            return replace(rule, n=done.lastrowid, added_ms=at_ms, removed_ms=None)

    def remove(self, n: int, at_ms: int) -> ReleaseRule:
        """End a rule; returns it. Raises `UnknownName` where none of that number is in force."""
        with self.database.change() as db:
            query = "UPDATE release_rules SET removed_ms = max(?, added_ms) WHERE n = ? AND removed_ms IS NULL"
            done = db.execute(query, (at_ms, n)).rowcount
        if not done:
            raise UnknownName.of("rule in force", str(n), (str(r.n) for r in self.in_force()), "offing share rules")
        return next(r for r in self.all() if r.n == n)

    def in_force(self) -> list[ReleaseRule]:
        """The rules that were not removed, by number. One whose last day is over is among them."""
        return [r for r in self.all() if r.removed_ms is None]

    def all(self) -> list[ReleaseRule]:
        """Every rule there ever was, by number."""
        with self.database.read() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
                return []
            rows = db.execute("SELECT n, rule, added_ms, removed_ms FROM release_rules ORDER BY n").fetchall()
        return [_rule_of(*row) for row in rows]


def _rule_of(n: int, text: str, added_ms: int, removed_ms: int | None) -> ReleaseRule:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(text).items()}
    if values["expires"]:
        values["expires"] = date.fromisoformat(values["expires"])
    return ReleaseRule(**values, n=n, added_ms=added_ms, removed_ms=removed_ms)
