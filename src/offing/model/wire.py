"""What can leave, kind by kind: the columns of a record on the wire, and the way from a table to plain values and back.

On the wire a time is a whole number of UTC milliseconds, a day `YYYY-MM-DD`, a list a list; null: not known, or left out.
The id of a record travels beside its values. What speaks of a logbook's own history, of a track outside the zone or of
other figures has no column here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any

import polars as pl
import pyarrow as pa

from offing.errors import BadDelivery
from offing.model.bulletin import SIGHTINGS
from offing.model.incident import INCIDENTS
from offing.model.schemas import VISITS
from offing.model.sharing import Value

TIME = pl.Datetime("ms", "UTC")


def _of_visits() -> pl.Schema:
    table = pl.from_arrow(VISITS.empty_table())
    assert isinstance(table, pl.DataFrame)
    return _without(table.schema, "event_id", "kind", "track")


def _without(schema: pl.Schema, *names: str) -> pl.Schema:
    return pl.Schema({name: kind for name, kind in schema.items() if name not in names})


WIRE: Mapping[str, pl.Schema] = {
    "visit": _of_visits(),  # model.schemas.VISITS
    "watch_day": pl.Schema(  # figures.watch_days.WATCH_DAYS
        {
            "day": pl.Date(),
            "window_start_utc": TIME,
            "window_end_utc": TIME,
            "state": pl.String(),
            "because": pl.String(),
            "hulls_n": pl.Int64(),
            "mmsis": pl.List(pl.Int64()),
            "listening_hours": pl.Int64(),
            "longest_hole_h": pl.Float64(),
            "positions_n": pl.Int64(),
            "undated_claims_n": pl.Int64(),
            "zone_ids": pl.List(pl.String()),
            "fleet_id": pl.String(),
            "source": pl.String(),
            "day_rule": pl.String(),
        }
    ),
    "streak": pl.Schema(  # figures.streaks.STREAKS
        {
            "zone_ids": pl.List(pl.String()),
            "fleet_id": pl.String(),
            "source": pl.String(),
            "day_rule": pl.String(),
            "start_day": pl.Date(),
            "end_day": pl.Date(),
            "days_observed": pl.Int64(),
            "days_unobservable": pl.Int64(),
            "days_span": pl.Int64(),
            "days_unbroken": pl.Int64(),
            "is_running": pl.Boolean(),
            "is_record": pl.Boolean(),
            "ended_by": pl.String(),
            "ended_because": pl.String(),
            "contradictions_n": pl.Int64(),
            "not_before": pl.Date(),
            "not_after": pl.Date(),
            "sources": pl.List(pl.String()),
        }
    ),
    "sighting": _without(SIGHTINGS, "sighting_id"),
    "incident": _without(INCIDENTS, "incident_id"),
}
"""Columns of a record by kind, as they lie in a table; the wire keeps their order."""

ID_COLUMN: Mapping[str, str] = {
    "visit": "event_id",
    "watch_day": "figure_id",
    "streak": "figure_id",
    "sighting": "sighting_id",
    "incident": "incident_id",
}
"""The column that holds the id of a record where it was made."""

POSITION_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "visit": ("entry_lon_deg", "entry_lat_deg", "exit_lon_deg", "exit_lat_deg"),
    "watch_day": (),
    "streak": (),
    "sighting": ("lat_deg", "lon_deg"),
    "incident": ("lon_deg", "lat_deg"),
}
"""Columns that are rounded where a label says so; degrees, WGS84."""

_TYPES: Mapping[type[pl.DataType], tuple[type, ...]] = {
    pl.String: (str,),
    pl.Boolean: (bool,),
    pl.Float64: (float,),
    pl.Int32: (int,),
    pl.Int64: (int,),
    pl.Datetime: (int,),
    pl.Date: (str,),
    pl.List: (list, tuple),
}
_NOTHING = type(None)
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999
_MOST: Mapping[type[pl.DataType], int] = {pl.Int32: 2**31 - 1, pl.Int64: 2**63 - 1}


def values(frame: pl.DataFrame, kind: str) -> list[tuple[Value, ...]]:
    """The rows of a table as plain values, in the order of `WIRE[kind]`; other columns are passed over.

    A number that is not finite is null: JSON has no way to say it.
    """
    columns = [_plain(frame[name]) for name in WIRE[kind]]
    return list(zip(*columns, strict=True))


def frame(kind: str, ids: Sequence[str], rows: Sequence[Sequence[Value]], columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The table of some records: `id`, then the columns of `WIRE[kind]`; the inverse of `values`.

    `columns` names what each row holds, in its order (None: all of them); what is not named is null. Raises `BadDelivery`
    for an unknown kind or column, a row that is too short or too long, and a value that is not of its column's type.
    """
    if kind not in WIRE:
        raise BadDelivery(f"There are no records of the kind {kind!r}.", "Ask its sender which version of offing wrote it.")
    schema = WIRE[kind]
    named = list(schema if columns is None else columns)
    if unknown := [n for n in named if n not in schema]:
        raise BadDelivery(f"A {kind} has no column {unknown[0]!r}.", "Ask its sender which version of offing wrote it.")
    if len(set(named)) != len(named):
        raise BadDelivery(f"A column of a {kind} is named twice.", "Ask its sender to send it again.")
    if set(map(type, ids)) - {str} or len(ids) != len(rows):
        raise BadDelivery(f"The ids of the {kind} records are no list of texts, one each.", "Ask its sender to send it again.")
    if set(map(len, rows)) - {len(named)}:
        raise BadDelivery(f"A {kind} has other than {len(named)} values.", "Ask its sender to send it again.")
    by_name = dict(zip(named, zip(*rows, strict=True), strict=True)) if rows else {}
    empty = (None,) * len(rows)
    series = [_typed(kind, name, by_name.get(name, empty), dtype) for name, dtype in schema.items()]
    return pl.DataFrame([pl.Series("id", list(ids), pl.String), *series])


def _plain(column: pl.Series) -> list[Any]:
    dtype = column.dtype
    if isinstance(dtype, pl.Datetime):
        return column.dt.epoch("ms").to_list()
    if dtype == pl.Date:
        return column.dt.to_string("%Y-%m-%d").to_list()
    if dtype.is_float():
        return [v if v is None or isfinite(v) else None for v in column.to_list()]
    return column.to_list()


def _typed(kind: str, name: str, found: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """A column of checked values. What is not exactly of the type is refused, never turned into it."""
    found = list(found)
    _only(kind, name, found, dtype)
    if isinstance(dtype, pl.List):
        inner = dtype.inner
        assert isinstance(inner, pl.DataType)
        flat = [x for one in found if one is not None for x in one]
        _only(kind, name, flat, inner)
        if None in flat:
            raise _wrong(kind, name, None)
        lists = pa.array(found, pa.large_list(pl.Series(dtype=inner).to_arrow().type))  # polars is slow at lists of lists
        return pl.Series(name, lists).cast(dtype)
    if isinstance(dtype, pl.Date):
        days = {text: _day(kind, name, text) for text in set(found) - {None}}
        return pl.Series(name, [None if text is None else days[text] for text in found], dtype)
    return pl.Series(name, found, pl.Int64).cast(dtype) if isinstance(dtype, pl.Datetime) else pl.Series(name, found, dtype)


def _only(kind: str, name: str, found: Sequence[Any], dtype: pl.DataType) -> None:
    """Raise unless every value is null, or of the type and within its range."""
    wanted = _TYPES[type(dtype)]
    if wrong := set(map(type, found)) - {*wanted, _NOTHING}:
        raise _wrong(kind, name, next(v for v in found if type(v) in wrong))
    if wanted != (int,):
        return
    numbers = [v for v in found if v is not None]
    low, high = (_FIRST_MS, _LAST_MS) if isinstance(dtype, pl.Datetime) else (-_MOST[type(dtype)], _MOST[type(dtype)])
    if numbers and (min(numbers) < low or max(numbers) > high):
        raise _wrong(kind, name, next(v for v in numbers if not low <= v <= high))


def _day(kind: str, name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _wrong(kind, name, text) from None
    if day.isoformat() != text:
        raise _wrong(kind, name, text)
    return day


def _wrong(kind: str, name: str, value: object) -> BadDelivery:
    return BadDelivery(
        f"{value!r:.80} is no value of the column {name} of a {kind}.", "Ask its sender to send it again.", column=name
    )
