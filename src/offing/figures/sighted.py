"""Sightings put together as events: passages of gates, and visits to zones. Pure functions over `model.bulletin.SIGHTINGS`.

What a text only repeats (`restated`) makes no event. The same passage or crossing told by several texts is one event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import polars as pl

from offing.figures.reported import REPORTED_VALUES
from offing.figures.watch_days import NOT_REPORTED, OBSERVED
from offing.model.units import Unit

ONE_DAY = timedelta(days=1)

SIGHTED_PASSAGES = pl.Schema(
    {
        "office": pl.String(),
        "gate_id": pl.String(),
        "hull": pl.String(),  # empty: the text gives no number
        "ship_class": pl.String(),
        "country": pl.String(),
        "direction": pl.String(),
        "start_day": pl.Date(),  # of the office's day rule
        "end_day": pl.Date(),  # the passage was made from the one day to the other
        "sighting_ids": pl.List(pl.String()),
        "sources": pl.List(pl.String()),
    }
)

SIGHTED_VISITS = pl.Schema(
    {
        "office": pl.String(),
        "zone_id": pl.String(),
        "hull": pl.String(),
        "start_day": pl.Date(),
        "end_day": pl.Date(),
        "entry_t_utc": pl.Datetime("ms", "UTC"),  # null: not stated
        "exit_t_utc": pl.Datetime("ms", "UTC"),
        "sighting_ids": pl.List(pl.String()),
        "sources": pl.List(pl.String()),
    }
)


@dataclass
class Visit:
    """One stay of one hull in one zone, as texts tell it."""

    office: str
    zone_id: str
    hull: str
    start_day: date
    end_day: date
    entry_t_utc: datetime | None = None
    exit_t_utc: datetime | None = None
    sighting_ids: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    has_entry: bool = False
    has_exit: bool = False

    def take(self, row: dict[str, Any]) -> None:
        """Add what one more row says."""
        self.end_day = max(self.end_day, row["end_day"] or row["start_day"])
        self.sighting_ids.append(row["sighting_id"])
        if row["source"] not in self.sources:
            self.sources.append(row["source"])

    @property
    def days(self) -> list[date]:
        """The days that it touches."""
        return [self.start_day + n * ONE_DAY for n in range((self.end_day - self.start_day).days + 1)]


def sighted_passages(sightings: pl.DataFrame) -> pl.DataFrame:
    """Passages of gates (columns of `SIGHTED_PASSAGES`), by day."""
    hull = pl.col("hulls").list.first().fill_null("")
    unnamed = pl.when(hull == "").then("sighting_id")  # two ships without a number are two
    return (
        sightings.filter(pl.col("gate_id") != "", ~pl.col("restated"))
        .with_columns(hull.alias("hull"), unnamed.alias("_unnamed"), pl.coalesce("end_day", "start_day").alias("end_day"))
        .group_by("office", "gate_id", "hull", "_unnamed", "direction", "start_day", maintain_order=True)
        .agg(
            pl.col("ship_class", "country").first(),
            pl.col("end_day").max(),
            pl.col("sighting_id").alias("sighting_ids"),
            pl.col("source").unique(maintain_order=True).alias("sources"),
        )
        .sort("start_day", "office", "gate_id", "hull", maintain_order=True)
        .select(SIGHTED_PASSAGES.names())
    )


def sighted_visits(sightings: pl.DataFrame) -> list[Visit]:
    """Visits to zones, by day: an entry, an exit, and what was seen inside between them.

    An exit, or a ship seen inside, belongs to the visit before it of the same hull if that is still open and lies at most a
    day back; else it is a visit of its own, of which the rest is not told.
    """
    rows = sightings.filter(pl.col("zone_id") != "", ~pl.col("restated"), pl.col("hulls").list.len() > 0)
    named = rows.with_columns(pl.col("hulls").list.first().alias("hull")).to_dicts()
    named.sort(key=lambda r: (*_whose(r), r["start_day"], r["t_utc"] is not None, r["t_utc"] or 0, r["crossing"]))
    found: list[Visit] = []
    for _, own in groupby(named, key=_whose):
        found += _visits_of_one(own)
    return sorted(found, key=lambda v: (v.start_day, v.office, v.zone_id, v.hull))


def visit_frame(visits: Iterable[Visit]) -> pl.DataFrame:
    """Visits as a table (columns of `SIGHTED_VISITS`)."""
    return pl.DataFrame([[getattr(v, c) for c in SIGHTED_VISITS] for v in visits], schema=SIGHTED_VISITS, orient="row")


def passages_by_day(passages: pl.DataFrame, as_of: date | None = None) -> pl.DataFrame:
    """Passages of one office and gate by the day on which they began (columns of `reported.REPORTED_VALUES`), without holes.

    An office tells of what it saw: a day of which it tells nothing is `not_reported`, and never zero.
    """
    rows = passages.filter(pl.col("start_day") <= (as_of or date.max))
    if rows.is_empty():
        return pl.DataFrame(schema=REPORTED_VALUES)
    days: dict[date, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        days.setdefault(row["start_day"], []).append(row)
    first, last = min(days), as_of or max(days)
    out = []
    for n in range((last - first).days + 1):
        day = first + n * ONE_DAY
        found = days.get(day, [])
        out.append(
            {
                "day": day,
                "value": float(len(found)) if found else None,
                "unit": Unit.PASSAGES.value,
                "state": OBSERVED if found else NOT_REPORTED,
                "area": "",
                "flags": [],
                "sources": [*dict.fromkeys(s for row in found for s in row["sources"])],
                "bulletin_ids": [i for row in found for i in row["sighting_ids"]],
            }
        )
    return pl.DataFrame(out, schema=REPORTED_VALUES)


def _whose(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["office"], row["zone_id"], row["hull"]


def _visits_of_one(rows: Iterable[dict[str, Any]]) -> list[Visit]:
    """The visits of one hull to one zone, from rows in the order of time."""
    found: list[Visit] = []
    for row in rows:
        last = found[-1] if found and row["start_day"] - found[-1].end_day <= ONE_DAY else None
        goes, t = row["crossing"], row["t_utc"]
        if last is not None and _again(last, goes, t, row["start_day"]):
            last.take(row)
            continue
        if last is None or last.has_exit or goes == "entered":
            last = Visit(row["office"], row["zone_id"], row["hull"], row["start_day"], row["start_day"])
            found.append(last)
        last.take(row)
        if goes == "entered":
            last.entry_t_utc, last.has_entry = t, True
        elif goes == "left":
            last.exit_t_utc, last.has_exit = t, True
    return found


def _again(visit: Visit, goes: str, t: datetime | None, day: date) -> bool:
    """Whether a row tells again what the visit has: the same crossing, or the ship inside before it left."""
    if goes == "entered":
        return visit.has_entry and visit.entry_t_utc == t and visit.start_day == day
    if goes == "left":
        return visit.has_exit and visit.exit_t_utc == t and visit.end_day == day
    return visit.has_exit and day == visit.end_day and t is not None and visit.exit_t_utc is not None and t <= visit.exit_t_utc
