"""`why` of what partners sent: the chain ends at the batch that the originator signed, and at who handed it over.

The positions behind a received row stay with its originator: no raw line is made up here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import polars as pl

from offing.model.sharing import RECORD_KINDS
from offing.model.times import iso, to_ms
from offing.pipeline.merged import came_by
from offing.pipeline.waters import Waters
from offing.store import Store, received

Add = Callable[..., None]
"""Adds a line to the chain: level, kind, text, and what `why.Link` has besides."""


class Told:
    """The received rows of a logbook, by their ids."""

    def __init__(self, store: Store, waters: Waters, known_at_ms: int | None = None) -> None:
        self.store, self.waters, self.known_at_ms = store, waters, known_at_ms
        self._rows: dict[str, pl.DataFrame] = {}

    def rows(self, kind: str) -> pl.DataFrame:
        """The rows of a kind, as known then."""
        if kind not in self._rows:
            self._rows[kind] = came_by(received.read(self.store, kind), self.known_at_ms)
        return self._rows[kind]

    def knows(self, record_id: str) -> bool:
        """Whether a partner sent a record with this id."""
        return next(self._named(record_id), None) is not None

    def _named(self, record_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for kind in RECORD_KINDS:
            for row in self.rows(kind).filter(pl.col("id") == record_id).iter_rows(named=True):
                yield kind, row

    def record(self, record_id: str, add: Add, level: int) -> None:
        """Every account of a record, whatever its kind."""
        for kind, row in self._named(record_id):
            if kind == "visit":
                self._visit(row, add, level)
            else:
                link = {"watch_day": "day", "streak": "figure", "incident": "received"}.get(kind, kind)
                add(level, link, f"{row['originator']} says: {_said(kind, row)}", id=record_id)
                self._came(row, kind, add, level + 1)

    def visits(self, event_id: str, add: Add, level: int) -> None:
        """Every account of a visit."""
        for row in self.rows("visit").filter(pl.col("id") == event_id).iter_rows(named=True):
            self._visit(row, add, level)

    def days(self, rows: pl.DataFrame, add: Add, level: int) -> None:
        """The watch days that partners sent."""
        for row in rows.iter_rows(named=True):
            add(level, "day", f"{row['originator']} says: {_said('watch_day', row)}", id=row["id"])
            self._came(row, "watch_day", add, level + 1)

    def _visit(self, row: dict[str, Any], add: Add, level: int) -> None:
        add(level, "visit", f"{row['originator']} says: {_said('visit', row)}", id=row["id"])
        zone = self.waters.zones.get(row["zone_id"] or "")
        if row["zone_hash"] is not None and (zone is None or zone.hash != row["zone_hash"]):
            here = f"here it has version {zone.hash}" if zone else "this logbook does not know it"
            add(level + 1, "zone", f"zone {row['zone_id']}, version {row['zone_hash']}; {here}: no figure counts this account")
        self._came(row, "visit", add, level + 1)

    def _came(self, row: dict[str, Any], kind: str, add: Add, level: int) -> None:
        signed = f"{row['originator']} signed it: batch {row['batch_n']}, entry {row['entry_n']}"
        vouched = f"; the key of {row['originator']} is vouched for by {row['vouched_by']}" if row["vouched_by"] else ""
        add(level, "received", signed + vouched)
        when = f" at {_t(row['received_utc'])}" if row["received_utc"] is not None else ", when is not known"
        under = f", under the agreement {row['agreement']}" if row["agreement"] else ""
        add(level, "received", f"received from {row['received_from']}{when}{under}")
        until = f"until {_t(row['expires_utc'])}" if row["expires_utc"] is not None else "without end"
        hands = "not to be passed on" if not row["onward"] else f"to be passed on through {row['onward']} more"
        left_out = f"; left out: {', '.join(row['masked'])}" if row["masked"] else ""
        rounded = f"; positions rounded to {row['rounded_deg']:g} degrees" if row["rounded_deg"] else ""
        add(level, "received", f"for {row['purpose'] or 'no purpose that is named'}, {until}, {hands}{left_out}{rounded}")
        stays = "What it rests on" if kind in ("watch_day", "streak") else "The texts" if kind != "visit" else "Its positions"
        add(level, "received", f"{stays} stayed with {row['originator']}: the chain ends here")


def _said(kind: str, row: dict[str, Any]) -> str:
    """A record in words; what it leaves out is `?`."""
    if kind == "visit":
        entry, leave = (f"{_t(row[f'{w}_t_utc'])} ({_or(row[f'{w}_how'])})" for w in ("entry", "exit"))
        where = f"{_or(row['mmsi'])} in {_or(row['zone_id'])} from {entry} to {leave}"
        return f"{where}, {_or(row['positions_n'])} positions inside; {_or(row['status'])}"
    if kind == "watch_day":
        hulls = f", {_or(row['hulls_n'])} hulls ({' '.join(map(str, row['mmsis'] or ['?']))})" if row["hulls_n"] != 0 else ""
        why = f" ({row['because']})" if row["because"] else ""
        return f"{_or(row['day'])}: {_or(row['state'])}{hulls}{why}"
    if kind == "streak":
        return f"{_or(row['days_observed'])} calendar days observed, {_or(row['start_day'])} to {_or(row['end_day'])}"
    if kind == "sighting":
        hulls = ", ".join(row["hulls"] or ["?"])
        return f"{hulls} on {_or(row['start_day'])}, told by {_or(row['office'])}: {_or(row['sentence'])}"
    return f"{_or(row['kind'])} of {_t(row['start_utc'])} at {_or(row['place'])}: {_or(row['text'])}"


def _or(value: object) -> str:
    return "?" if value is None else str(value)


def _t(moment: datetime | None) -> str:
    return "?" if moment is None else iso(to_ms(moment))
