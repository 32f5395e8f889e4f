"""What governments' texts give: bulletins (a figure for a window), sightings (a hull, a place, a day), sentences left over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

import polars as pl

from offing.errors import NaiveTime
from offing.model.times import compact, to_ms
from offing.model.units import Unit

WINDOW_BASES = {
    "stated": "the text gives both ends of the window",
    "derived": "the text gives one end, or a day or a year; the other follows from the office's rule",
    "end_only": "the text gives the end and the office had no fixed length; the start is null",
}

BEARINGS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

BULLETINS = pl.Schema(
    {
        "bulletin_id": pl.String(),
        "office": pl.String(),
        "window_start_utc": pl.Datetime("ms", "UTC"),  # null: window_basis is end_only
        "window_end_utc": pl.Datetime("ms", "UTC"),  # the first instant after the window
        "window_basis": pl.String(),  # one of WINDOW_BASES
        "metric": pl.String(),  # the office's own count; two metrics never add
        "unit": pl.String(),
        "value": pl.Float64(),
        "area": pl.String(),  # sectors, joined by semicolons, or a zone or place; empty: not stated
        "text_sha256": pl.String(),
        "source": pl.String(),
        "published_on": pl.Date(),
        "flags": pl.List(pl.String()),  # why to doubt it; empty: nothing speaks against it
        "note": pl.String(),
    }
)

SIGHTINGS = pl.Schema(
    {
        "sighting_id": pl.String(),
        "office": pl.String(),
        "start_day": pl.Date(),  # day of the office's day rule
        "end_day": pl.Date(),  # null: one day
        "t_utc": pl.Datetime("ms", "UTC"),  # null: the text gives no time of day
        "hulls": pl.List(pl.String()),  # one hull number
        "ship_class": pl.String(),
        "country": pl.String(),  # ISO 3166-1 alpha-2, lower case
        "reference_place": pl.String(),  # what bearing and distance start from
        "bearing": pl.String(),  # one of BEARINGS, or empty
        "distance_km": pl.Float64(),
        "lat_deg": pl.Float64(),
        "lon_deg": pl.Float64(),
        "gate_id": pl.String(),
        "direction": pl.String(),  # one of BEARINGS, or empty
        "restated": pl.Boolean(),  # the text says that it was published before
        "text_sha256": pl.String(),
        "zone_id": pl.String(),  # empty: no zone is named, or the ship stayed outside
        "source": pl.String(),
        "sentence": pl.String(),
        "crossing": pl.String(),  # of the zone's limit: entered, left; empty: seen there
    }
)


@dataclass(frozen=True)
class SourceText:
    """One published text as it was read."""

    name: str  # of the file, or the key within it
    office: str
    published: date | None  # the office's own day; None: not known
    url: str
    retrieved_utc: str  # ISO 8601, or empty
    text: str

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the text's UTF-8, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Bulletin:
    """One office's figure for one window, in its own unit."""

    office: str
    window_start_utc: datetime | None
    window_end_utc: datetime
    window_basis: str
    metric: str
    unit: Unit
    value: float
    area: str
    text_sha256: str
    source: str
    published_on: date | None = None
    flags: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        _aware(self.window_start_utc, self.window_end_utc)

    @property
    def bulletin_id(self) -> str:
        """`bulletin:tw-mnd:20260807T220000Z:aircraft:around-taiwan:0f3a...`: the same text always gives the same id."""
        end = compact(to_ms(self.window_end_utc))
        return ":".join(("bulletin", self.office, end, self.metric, self.area, self.text_sha256[:12]))


@dataclass(frozen=True)
class Sighting:
    """One hull on one leg, as a text reports it. Positions are WGS84."""

    office: str
    start_day: date
    end_day: date | None
    t_utc: datetime | None
    hulls: tuple[str, ...]
    ship_class: str
    country: str
    reference_place: str
    bearing: str
    distance_km: float | None
    lat_deg: float | None
    lon_deg: float | None
    gate_id: str
    direction: str
    restated: bool
    zone_id: str
    text_sha256: str
    source: str
    sentence: str
    crossing: str = ""  # entered, left: the zone's limit at `t_utc`

    def __post_init__(self) -> None:
        _aware(self.t_utc)

    @property
    def sighting_id(self) -> str:
        """`sighting:jp-joint-staff:20260329:799:0f3a...`: the tail is a hash of the text, place, time and direction."""
        facts = (self.end_day, self.t_utc, self.ship_class, self.country, self.reference_place, self.bearing, self.distance_km)
        more = (self.gate_id, self.direction, self.restated, self.zone_id, self.crossing, self.text_sha256)
        tail = hashlib.sha256("\x1f".join(map(str, (*facts, *more))).encode()).hexdigest()[:12]
        return ":".join(("sighting", self.office, self.start_day.strftime("%Y%m%d"), ",".join(self.hulls), tail))


@dataclass(frozen=True)
class NotUnderstood:
    """A sentence that a parser did not wholly understand, as it stands in the text."""

    sentence: str
    reason: str
    name: str  # of the text


@dataclass(frozen=True)
class Parsed:
    """What one text gave. Nothing of it is lost: a sentence is understood, or it is among the rejects."""

    bulletins: tuple[Bulletin, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    rejects: tuple[NotUnderstood, ...] = ()


class Places(Protocol):
    """The places that a parser may name: gates and features of the region, by any of their names."""

    def gate_of(self, text: str) -> str | None:
        """The id of the gate that the words name; None: none, or more than one."""

    def position_of(self, place_name: str) -> tuple[float, float] | None:
        """Longitude and latitude in degrees (WGS84) of a feature; None: not known."""


def bulletin_frame(bulletins: Iterable[Bulletin]) -> pl.DataFrame:
    """Bulletins as a table (columns of `BULLETINS`), in the order given."""
    return _frame(bulletins, BULLETINS)


def sighting_frame(sightings: Iterable[Sighting]) -> pl.DataFrame:
    """Sightings as a table (columns of `SIGHTINGS`), in the order given."""
    return _frame(sightings, SIGHTINGS)


def observations(bulletins: pl.DataFrame) -> pl.DataFrame:
    """One bulletin (columns of `BULLETINS`) per office, metric, unit, window and zone: the same window told twice is one.

    An area of zones (`...@...`) belongs to what is counted, a list of sectors does not. Of several the one without flags is
    kept, then the one published last: a correction. It gets the flag `told_more_than_once`, or `told_differently` where the
    others give another value. Ordered by office, metric, unit, area and end of the window, whatever the order given.
    """
    zone = pl.when(pl.col("area").str.contains("@")).then("area").otherwise(pl.lit(""))
    key = ["office", "metric", "unit", "window_start_utc", "window_end_utc", "zone"]
    order = ["doubted", "published_on", "bulletin_id"]
    ranked = bulletins.with_columns(zone.alias("zone"), (pl.col("flags").list.len() > 0).alias("doubted"))
    ranked = ranked.sort(order, descending=[False, True, False], nulls_last=True)
    again = pl.col("bulletin_id").n_unique().over(key) > 1
    differ = pl.col("value").n_unique().over(key) > 1
    flag = pl.when(differ).then(pl.lit("told_differently")).when(again).then(pl.lit("told_more_than_once"))
    flagged = ranked.with_columns(pl.concat_list("flags", flag.otherwise(None)).list.drop_nulls().alias("flags"))
    kept = flagged.unique(key, keep="first", maintain_order=True).select(bulletins.columns)
    return kept.sort("office", "metric", "unit", "area", "window_end_utc", "bulletin_id")


def _frame(things: Iterable[Bulletin] | Iterable[Sighting], schema: pl.Schema) -> pl.DataFrame:
    rows = [[_plain(getattr(thing, name)) for name in schema] for thing in things]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Unit) else value


def _aware(*moments: datetime | None) -> None:
    for moment in moments:
        if moment is not None and moment.tzinfo is None:
            raise NaiveTime(f"The time {moment.isoformat()} names no time zone.", "Add Z or an offset such as +08:00.")
