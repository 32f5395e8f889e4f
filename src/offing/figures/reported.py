"""Series of an office's own counts: bulletins put in the order of their windows, and turned into days with a state.

A series is one metric of one office, in one unit, and where the office counts by area in one area. It is ordered by the end
of the window. A day is labelled by the date on which most of the window lies in the office's day rule; of a notice that gives
only its end the window is taken to be a day long. A day of which nothing was said stays unknown: it is never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from offing.errors import UsageError
from offing.figures.watch_days import NOT_OBSERVED, NOT_REPORTED, OBSERVED
from offing.model.times import DayRule, to_ms
from offing.model.units import Unit

DAILY_H = 30
"""A window, or the step between two ends, up to this many hours is a day's."""

REPORTED_VALUES = pl.Schema(
    {
        "day": pl.Date(),  # the date on which most of the window lies, in the office's day rule
        "window_start_utc": pl.Datetime("ms", "UTC"),  # null: the notice gives only its end
        "window_end_utc": pl.Datetime("ms", "UTC"),
        "value": pl.Float64(),  # null: nothing was reported
        "unit": pl.String(),
        "state": pl.String(),  # observed: at least one; not_observed: the office says none; not_reported
        "area": pl.String(),  # where, as the office says; empty: not stated
        "flags": pl.List(pl.String()),  # why to doubt it
        "sources": pl.List(pl.String()),
        "contradiction": pl.String(),  # two current bulletins of one day give other values
        "bulletin_ids": pl.List(pl.String()),
    }
)


@dataclass(frozen=True)
class SeriesKey:
    """What one series counts."""

    office: str
    metric: str
    unit: Unit
    area: str = ""  # empty: the office's areas make no series of their own

    @property
    def id(self) -> str:
        """`tw-mnd:aircraft`, `jcg:days:senkaku-diaoyu-contiguous-zone@jp`."""
        return ":".join(filter(None, (self.office, self.metric, self.area)))


def series_of(bulletins: pl.DataFrame, describing: list[str]) -> Mapping[str, tuple[SeriesKey, pl.DataFrame]]:
    """The series in a table of bulletins (with `is_current`), by id; `describing`: offices whose areas make no series.

    Bulletins of one series that come in two units are two series, told apart by the unit at the end of the id.
    """
    place = pl.when(pl.col("office").is_in(describing)).then(pl.lit("")).otherwise(pl.col("area")).alias("_place")
    found: dict[str, tuple[SeriesKey, pl.DataFrame]] = {}
    rows = bulletins.with_columns(place)
    for (office, metric, unit, area), part in rows.group_by("office", "metric", "unit", "_place", maintain_order=True):
        key = SeriesKey(str(office), str(metric), Unit(str(unit)), str(area))
        name = key.id if key.id not in found else f"{key.id}:{unit}"
        found[name] = key, part.drop("_place").sort("window_end_utc", maintain_order=True)
    return dict(sorted(found.items()))


def is_daily(rows: pl.DataFrame) -> bool:
    """Whether a series counts by day: most of its windows are at most `DAILY_H` long, or give only their end."""
    hours = (rows["window_end_utc"] - rows["window_start_utc"]).dt.total_hours().fill_null(24)
    return bool((hours <= DAILY_H).sum() * 2 > rows.height)


def values_by_day(
    rows: pl.DataFrame, rule: DayRule, as_of: date | None = None, first: date | None = None, last: date | None = None
) -> pl.DataFrame:
    """The days of a daily series (columns of `REPORTED_VALUES`), from its first to its last or to `as_of`, without holes."""
    unit = rows["unit"][0] if rows.height else ""
    said: dict[date, list[dict[str, object]]] = {}
    for row in rows.filter(pl.col("is_current")).iter_rows(named=True):
        start, end = row["window_start_utc"], row["window_end_utc"]
        if start is not None and (end - start) > timedelta(hours=DAILY_H):
            continue
        middle = start + (end - start) / 2 if start is not None else end - timedelta(hours=12)
        said.setdefault(rule.day_of(to_ms(middle)), []).append(row)
    days = sorted(d for d in said if as_of is None or d <= as_of)
    if not days:
        return pl.DataFrame(schema=REPORTED_VALUES)
    span = ((as_of or days[-1]) - days[0]).days + 1
    every = [days[0] + timedelta(days=n) for n in range(span)]
    out = [_day(d, said.get(d, []), unit) for d in every if (first or d) <= d <= (last or d)]
    return pl.DataFrame(out, schema=REPORTED_VALUES, orient="row")


def _day(day: date, found: list[dict[str, object]], unit: str) -> dict[str, object]:
    """One day; where windows overlap on it, the one that ends last tells the value, and the others are shown."""
    if not found:
        empty = dict.fromkeys(("window_start_utc", "window_end_utc", "value", "contradiction"))
        lists: dict[str, object] = {"flags": [], "sources": [], "bulletin_ids": []}
        return {"day": day, "unit": unit, "state": NOT_REPORTED, "area": "", **empty, **lists}
    last = found[-1]
    flags = [*dict.fromkeys(f for row in found for f in row["flags"])]  # type: ignore[attr-defined]
    if len(found) > 1:
        flags.append("windows_overlap")
    return {
        "day": day,
        "window_start_utc": last["window_start_utc"],
        "window_end_utc": last["window_end_utc"],
        "value": last["value"],
        "unit": unit,
        "state": OBSERVED if float(last["value"]) > 0 else NOT_OBSERVED,  # type: ignore[arg-type]
        "area": last["area"],
        "flags": flags,
        "sources": [*dict.fromkeys(str(row["source"]) for row in found)],
        "contradiction": None,
        "bulletin_ids": [str(row["bulletin_id"]) for row in found],
    }


def require_daily(name: str, rows: pl.DataFrame) -> None:
    """Raise `UsageError` where a series does not count by day."""
    if not is_daily(rows):
        raise UsageError(
            f"The series {name} counts longer windows, not days.", "`offing bulletins` and `offing trend` show it."
        )
