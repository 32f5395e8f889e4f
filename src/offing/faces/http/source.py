"""Whom a table asks: the logbook as its owner sees it, or as a reader with a role may see it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from offing.logbook import Logbook
from offing.model.wire import ID_COLUMN, WIRE
from offing.pipeline.queries import received_notes
from offing.pipeline.record import Record
from offing.pipeline.series import every_series
from offing.pipeline.waters import Waters, of_region
from offing.store.remembered import Remembered

MOST_SHARED = 1_000
"""Pieces that are kept for several tables."""


def kept() -> Remembered[Any]:
    """A place for pieces that several tables share, by keys of their own."""
    return Remembered(MOST_SHARED)


@dataclass(frozen=True)
class Source:
    """A logbook in one state, for one kind of reader. `role`: an id that release rules name; None: the owner, who sees all.

    `fixed` keeps what hangs on the data alone, `shared` what also hangs on the span of time for which this source is asked.
    A reader with a role sees what the rules release to it, masked by policy, and the facts of the region pack; of the
    logbook's own waters, texts and files nothing.
    """

    book: Logbook
    version: str
    role: str | None = None
    fixed: Remembered[Any] = field(default_factory=kept, compare=False)
    shared: Remembered[Any] = field(default_factory=kept, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, compare=False)

    @cached_property
    def waters(self) -> Waters:
        """Zones and fleets that the reader may know of."""
        return self.book.waters if self.role is None else of_region(self.book.store.region)

    def record(self, known_at_ms: int | None = None) -> Record:
        """The official record: for a reader with a role that of the region pack alone."""
        if self.role is None:
            return Record(self.book.store, self.waters, known_at_ms) if known_at_ms is not None else self._record
        return self._record

    @property
    def _record(self) -> Record:
        store = self.book.store if self.role is None else None
        found: Record = self.fixed.get(("record", self.role is None), (), lambda: Record(store, self.waters))
        return found

    def released(self, kind: str) -> pl.DataFrame:
        """What policy passes for the role: `id` under its own name, then the columns of `model.wire.WIRE`."""
        assert self.role is not None
        rows = self._frames.get(kind)
        if rows is None:
            return pl.DataFrame(schema={ID_COLUMN[kind]: pl.String(), **WIRE[kind]})
        return rows.rename({"id": ID_COLUMN[kind]}).drop("rule")

    @property
    def _frames(self) -> Mapping[str, pl.DataFrame]:
        with self._lock:  # one release pass, however many ask at once
            if "_given" not in self.__dict__:
                exchange = self.book.exchange
                self.__dict__["_given"] = exchange.preview(str(self.role)).frames if exchange.is_node else {}
            given: dict[str, pl.DataFrame] = self.__dict__["_given"]
            return given

    @property
    def series(self) -> list[dict[str, Any]]:
        """Every series of the record, as `pipeline.series.every_series` lists them, days as text."""
        found: list[dict[str, Any]] = self.fixed.get(("series", self.role is None), (), self._every_series)
        return found

    def _every_series(self) -> list[dict[str, Any]]:
        rows = every_series(self.record())
        for row in rows:
            row["first_day"], row["last_day"] = (d.isoformat() if d else None for d in (row["first_day"], row["last_day"]))
        return rows

    @cached_property
    def notes(self) -> list[str]:
        """What to know before reading figures."""
        return self.book.notes() if self.role is None else []

    def notes_on(self, known_at_ms: int | None) -> list[str]:
        """The same, with what is to be known of rows that partners sent."""
        if self.role is not None:
            return [f"You see what the rules of this node release to {self.role}."]
        if known_at_ms is None:
            return self._all_notes
        return [*self.notes, *received_notes(self.book.store, self.waters, known_at_ms)]

    @cached_property
    def _all_notes(self) -> list[str]:
        return [*self.notes, *received_notes(self.book.store, self.waters, None)]

    @cached_property
    def data_window(self) -> tuple[int, int] | None:
        """First and last instant (UTC ms) of the tracked positions of the last run; of a role, of what it may see."""
        if self.role is None:
            return self.book.ships.data_window
        rows = self.released("visit").select("entry_t_utc", "exit_t_utc").drop_nulls()
        if rows.is_empty():
            return None
        low, high = (rows[c].dt.epoch("ms") for c in rows.columns)
        return int(low.min()), int(high.max())  # type: ignore[arg-type]
