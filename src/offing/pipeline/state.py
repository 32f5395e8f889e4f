"""Which state of a logbook an answer rests on: a short hash of all that counts, and the instants at which the clock alone
changes an answer."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from offing.model.times import DAY_MS
from offing.pipeline.figuring import current_method
from offing.pipeline.waters import Waters
from offing.store import Store, received
from offing.store.folder import NODE, SETTINGS
from offing.store.history import events
from offing.store.lake import canonical_json

TEXT_KINDS = ("bulletin", "incident", "statement")


def data_version(store: Store, waters: Waters, code_version: str) -> str:
    """Sixteen hex digits over the last run, everything in the ledger, the settings, the region pack, and what partners sent.

    Equal versions mean equal answers at one instant. What a node did last (receipts, links) is no part of it.
    """
    ledger = store.ledger
    runs = ledger.runs()
    parts: list[object] = [
        code_version,
        waters.pack.hash,
        canonical_json(store.settings()),
        store.node_id,
        runs[-1].id if runs else None,
        [[f.part, f.sha256, f.path, f.held_from_ms, f.kept] for f in ledger.files()],
        [[z.id, z.hash, z.added_ms] for z in ledger.zones()],
        [[f.id, f.hash, f.added_ms] for f in ledger.fleets()],
        [[kind, t.sha256, t.office, t.name, t.held_from_ms] for kind in TEXT_KINDS for t in ledger.texts.held(kind)],
        [[s.name, s.files_n, s.texts_n, s.restricted] for s in ledger.sources.lines()],
        [[r.n, r.added_ms] for r in ledger.release_rules.in_force()],
        received.version(store),
    ]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()[:16]


def marks(store: Store) -> tuple[object, ...]:
    """Cheap to read, and other whenever `data_version` may be other: what the file system says of the files behind it."""
    root = store.root
    names = (SETTINGS, NODE, "ledger.sqlite", "ledger.sqlite-wal", "received/version")
    return tuple(_mark(root / name) for name in names)


def link_marks(store: Store) -> tuple[object, ...]:
    """The same for what a node tells of its partners and links."""
    return tuple(_mark(store.root / name) for name in ("exchange.sqlite", "exchange.sqlite-wal"))


def newest_ns(marked: Sequence[object]) -> int:
    """The last change that marks tell of; 0: none."""
    return max((m[1] for m in marked if isinstance(m, tuple)), default=0)


def _mark(path: Path) -> tuple[int, int, int] | None:
    """Inode, change and size; None where there is nothing (an empty log is nothing: readers make one)."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found.st_size else None


class Clockwork:
    """The instants at which answers change though nothing was written: open visits close, received rows expire, days begin."""

    def __init__(self, instants: Sequence[int]) -> None:
        self.instants = sorted(set(instants))

    @classmethod
    def of(cls, store: Store, now_ms: int) -> Clockwork:
        """Those of a logbook that lie after an instant."""
        rows = events(store, "visit", current_method(store).event_hash("visit"))
        closing = rows.filter(pl.col("status") == "open")["closes_at_utc"]
        expiring = [t["expires_utc"] for t in received.read_all(store, now_ms).values()]
        told = [closing, *expiring]
        return cls([ms for s in told for ms in s.drop_nulls().unique().dt.epoch("ms").to_list() if ms > now_ms])

    def tick(self, now_ms: int) -> str:
        """Names the span of time, within one UTC day, in which the clock changes no answer."""
        return f"{now_ms // DAY_MS}.{bisect_right(self.instants, now_ms)}"
