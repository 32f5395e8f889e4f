"""Watch days: zones x fleet x day in a day rule, each `observed`, `not_observed` or `unobservable`.

Method: docs/method/watch-day.md. Absent is not unobserved: a day without a ship is `not_observed` only where receivers
were listening (docs/method/coverage.md).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.figures.coverage import CoverageParameters, Hours, common_hours, listening_of_windows
from offing.figures.ids import FigureSpec, figure_id, series_spec
from offing.model.fleet import Fleet
from offing.model.parameters import Parameters, parameter
from offing.model.times import DAY_MS, DayRule, iso, to_ms_of_day
from offing.model.zone import Zone
from offing.tracks.identity import clip_to_fleet, in_fleet

OBSERVED, NOT_OBSERVED, UNOBSERVABLE, NOT_REPORTED = "observed", "not_observed", "unobservable", "not_reported"
STATES = {
    OBSERVED: "at least one hull of the fleet was in one of the zones",
    NOT_OBSERVED: "none was, though receivers were listening",
    UNOBSERVABLE: "none was seen, but receivers were not listening enough to say that none was there",
    NOT_REPORTED: "the office says nothing of this day",
}
UNKNOWN_STATES = (UNOBSERVABLE, NOT_REPORTED)

TIME = pl.Datetime("ms", "UTC")
WATCH_DAYS = pl.Schema(
    {
        "figure_id": pl.String(),
        "day": pl.Date(),  # its label: the date on which it starts
        "window_start_utc": TIME,
        "window_end_utc": TIME,  # the first instant that is no longer in it
        "state": pl.String(),  # STATES
        "because": pl.String(),  # why not_observed can be said, or why it cannot; null when observed
        "hulls_n": pl.Int64(),
        "mmsis": pl.List(pl.Int64()),  # ascending
        "listening_hours": pl.Int64(),  # clock hours wholly in the day with a hull outside the fleet heard near every zone
        "longest_hole_h": pl.Float64(),  # longest time of the day without a listening hour
        "positions_n": pl.Int64(),  # positions of these hulls inside the zones in the day
        "visits": pl.List(pl.String()),  # event ids, ascending
        "undated_claims_n": pl.Int64(),  # hulls of the day that belong to the fleet by an undated claim only
        "zone_ids": pl.List(pl.String()),
        "fleet_id": pl.String(),
        "source": pl.String(),
        "day_rule": pl.String(),
    }
)


@dataclass(frozen=True)
class WatchDayParameters(Parameters):
    """When a visit makes a watch day."""

    kind: ClassVar[str] = "watch_day"

    min_positions: int = parameter(
        2,
        unit="positions",
        low=1,
        high=1000,
        source="offing's own choice: one position alone may be an error of place or number",
        doc="positions that support a visit (inside, or beyond a crossed entry or exit), at least, for it to make days",
    )


def watch_days(
    visits: pl.DataFrame,
    inside_positions: pl.DataFrame,
    coverage_hours: Mapping[str, Hours],
    data_window: tuple[int, int] | None,
    zones: Sequence[Zone],
    fleet: Fleet,
    day_rule: DayRule,
    parameters: WatchDayParameters | None = None,
    coverage: CoverageParameters | None = None,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    spec: FigureSpec | None = None,
    left_out: Collection[date] = (),
) -> pl.DataFrame:
    """One row (columns of `WATCH_DAYS`) for each day from `first_day` to `last_day`, ordered by day.

    `visits`: columns of `schemas.VISITS`; withdrawn ones and those of other zones are left out here.
    `inside_positions`: `mmsi, t_utc` of the positions inside any of the zones.
    `coverage_hours`: for each zone id the clock hours in which a hull outside the fleet was heard near it
    (`coverage.listening_hours`); a day counts the hours that all zones share.
    `data_window`: first and last instant (ms) of the source; None: there is no data. Days not asked for are those it touches.
    `left_out`: UTC days whose visits were not worked out; their listening hours must be left out of `coverage_hours`.
    `spec` names the series in figure ids where more is to be said than zones, fleet and day rule.
    """
    parameters, coverage = parameters or WatchDayParameters(), coverage or CoverageParameters()
    spec = spec or series_spec(zones, fleet.id, day_rule)
    first_day, last_day = asked_days(data_window, day_rule, first_day, last_day)
    if first_day is None or last_day is None or first_day > last_day:
        return pl.DataFrame(schema=WATCH_DAYS)
    days, starts = day_windows(first_day, last_day, day_rule)
    zone_ids = sorted({z.id for z in zones})

    stays = stays_of(visits, zone_ids, fleet, parameters)
    seen = days_touched(stays, starts)
    positions = _positions_of(inside_positions, seen, fleet, starts)
    hours_n, hole_h = listening_of_windows(common_hours(coverage_hours, zone_ids), starts)
    base = pl.DataFrame(
        {
            "i": np.arange(len(days)),
            "figure_id": [figure_id(spec.of("day", d.isoformat())) for d in days],
            "day": days,
            "window_start_utc": starts[:-1],
            "window_end_utc": starts[1:],
            "listening_hours": hours_n,
            "longest_hole_h": hole_h,
            "listened": listened(hours_n, hole_h, starts, data_window, coverage) & in_force(zones, starts),
            "because": _reasons(hours_n, hole_h, starts, data_window, coverage, in_force(zones, starts), left_out),
        }
    ).with_columns(pl.col("window_start_utc", "window_end_utc").cast(pl.Datetime("ms")).dt.replace_time_zone("UTC"))
    state = pl.when(pl.col("hulls_n") > 0).then(pl.lit(OBSERVED))
    return (
        base.join(seen.group_by("i").agg(_HULLS), on="i", how="left")
        .join(positions, on="i", how="left")
        .with_columns(
            pl.col("hulls_n", "positions_n", "undated_claims_n").fill_null(0).cast(pl.Int64),
            pl.col("mmsis", "visits").fill_null([]),
            pl.lit(zone_ids, dtype=pl.List(pl.String)).alias("zone_ids"),
            pl.lit(fleet.id).alias("fleet_id"),
            pl.lit(spec.source).alias("source"),
            pl.lit(str(day_rule)).alias("day_rule"),
        )
        .with_columns(state.when(pl.col("listened")).then(pl.lit(NOT_OBSERVED)).otherwise(pl.lit(UNOBSERVABLE)).alias("state"))
        .with_columns(pl.when(pl.col("state") != OBSERVED).then("because"))
        .sort("i")
        .select(pl.col(name).cast(kind) for name, kind in WATCH_DAYS.items())
    )


_HULLS = [
    pl.col("mmsi").n_unique().alias("hulls_n"),
    pl.col("mmsi").cast(pl.Int64).unique().sort().alias("mmsis"),
    pl.col("event_id").unique().sort().alias("visits"),
    pl.col("mmsi").filter(pl.col("undated")).n_unique().alias("undated_claims_n"),
]


def stays_of(visits: pl.DataFrame, zone_ids: Sequence[str], fleet: Fleet, parameters: WatchDayParameters) -> pl.DataFrame:
    """The visits that count: in one of the zones, not withdrawn, supported, cut to the time in the fleet.

    Columns: event_id, mmsi, start_ms, end_ms, undated. Of the interval only start = end where the visit has no length.
    """
    counted = visits.filter(
        pl.col("zone_id").is_in(list(zone_ids)),
        pl.col("status") != "withdrawn",
        pl.col("support_n") >= parameters.min_positions,
    )
    return clip_to_fleet(counted, fleet).select("event_id", "mmsi", "start_ms", "end_ms", "undated")


def asked_days(
    data_window: tuple[int, int] | None, day_rule: DayRule, first_day: date | None, last_day: date | None
) -> tuple[date | None, date | None]:
    """First and last day: as asked, else those that the data touch, else None."""
    if data_window is None:
        return first_day, last_day
    return first_day or day_rule.day_of(data_window[0]), last_day or day_rule.day_of(data_window[1])


def day_windows(first_day: date, last_day: date, day_rule: DayRule) -> tuple[list[date], npt.NDArray[np.int64]]:
    """The days from first to last, their first instants (ms), and as one more the first instant after the last day."""
    days = [first_day + timedelta(days=i) for i in range((last_day - first_day).days + 1)]
    windows = [day_rule.window(d) for d in days]
    return days, np.array([start for start, _ in windows] + [windows[-1][1]], np.int64)


def days_touched(stays: pl.DataFrame, starts: npt.NDArray[np.int64]) -> pl.DataFrame:
    """One row for each stay and day that it touches: i (index of the day), mmsi, event_id, undated."""
    start, end = stays["start_ms"].to_numpy(), stays["end_ms"].to_numpy()
    first = np.searchsorted(starts, start, "right") - 1
    last = np.where(end > start, np.searchsorted(starts, end, "left") - 1, first)
    first, last = np.maximum(first, 0), np.minimum(last, len(starts) - 2)
    counts = np.where((end < starts[0]) | (start >= starts[-1]), 0, np.maximum(last - first + 1, 0))
    row = np.repeat(np.arange(len(start)), counts)
    day = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts) + first[row]
    return stays[row].select("mmsi", "event_id", "undated").with_columns(pl.Series("i", day, dtype=pl.Int64))


def _positions_of(inside: pl.DataFrame, seen: pl.DataFrame, fleet: Fleet, starts: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Per day, the positions inside of the hulls that were seen that day while they belonged to the fleet: i, positions_n."""
    if not fleet.everyone:
        inside = inside.filter(in_fleet(inside, fleet))
    day = np.searchsorted(starts, inside["t_utc"].dt.epoch("ms").to_numpy(), "right") - 1
    return (
        inside.select(pl.col("mmsi").cast(pl.Int32))
        .with_columns(pl.Series("i", day, dtype=pl.Int64))
        .join(seen.select(pl.col("mmsi").cast(pl.Int32), "i").unique(), on=["mmsi", "i"], how="semi")
        .group_by("i")
        .agg(pl.len().alias("positions_n"))
    )


def listened(
    hours_n: npt.NDArray[np.int64],
    hole_h: npt.NDArray[np.float64],
    starts: npt.NDArray[np.int64],
    data_window: tuple[int, int] | None,
    coverage: CoverageParameters,
) -> npt.NDArray[np.bool_]:
    """For days between consecutive instants, whether silence would mean that no ship was there.

    Enough listening hours, no hole that is too long, and the whole day between the source's first and last instant.
    """
    if data_window is None:
        return np.zeros(len(hours_n), np.bool_)
    inside = (starts[:-1] >= data_window[0]) & (starts[1:] <= data_window[1])
    good: npt.NDArray[np.bool_] = inside & (hours_n >= coverage.min_listening_hours) & (hole_h <= coverage.max_hole_h)
    return good


def _reasons(
    hours_n: npt.NDArray[np.int64],
    hole_h: npt.NDArray[np.float64],
    starts: npt.NDArray[np.int64],
    data_window: tuple[int, int] | None,
    coverage: CoverageParameters,
    held: npt.NDArray[np.bool_],
    left_out: Collection[date],
) -> list[str]:
    """For each day, in words, what decides whether a day without a hull is `not_observed`."""
    gaps = sorted(to_ms_of_day(d) for d in left_out)
    out = []
    for i, (start, end) in enumerate(pairwise(starts.tolist())):
        at = bisect_right(gaps, start - DAY_MS)
        if at < len(gaps) and gaps[at] < end:
            reason = "visits of this day are not worked out: `offing run` does it"
        elif data_window is None:
            reason = "there are no data"
        elif start < data_window[0] or end > data_window[1]:
            reason = f"the data run from {iso(data_window[0])} to {iso(data_window[1])}, not the whole day"
        elif not held[i]:
            reason = "no zone was in force throughout the day"
        elif hours_n[i] < coverage.min_listening_hours:
            reason = f"{hours_n[i]} listening hours of at least {coverage.min_listening_hours}"
        elif hole_h[i] > coverage.max_hole_h:
            reason = f"a hole of {hole_h[i]:g} h, at most {coverage.max_hole_h:g} h"
        else:
            reason = f"{hours_n[i]} listening hours, longest hole {hole_h[i]:g} h"
        out.append(reason)
    return out


def in_force(zones: Sequence[Zone], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Days throughout which at least one of the zones holds: on others nothing can be said not to have been in it."""
    held = np.zeros(len(starts) - 1, np.bool_)
    for low, high in (z.validity_ms for z in zones):
        held |= (starts[:-1] >= low) & (starts[1:] <= high)
    return held
