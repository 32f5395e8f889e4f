"""Were receivers listening? Cells, hours and hulls heard; what separates `not_observed` from `unobservable`.

A listening hour of a zone is a clock hour (UTC) in which a hull outside the fleet was heard in a cell that lies wholly
within `near_nm` of the zone. Method: docs/method/coverage.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.figures.cells import Grid
from offing.model.fleet import Fleet
from offing.model.parameters import Parameters, parameter
from offing.model.times import DAY_MS, HOUR_MS, to_ms_of_day
from offing.tracks.identity import in_fleet

COVERAGE = pl.Schema({"day": pl.Date, "cell": pl.Int32, "mmsi": pl.Int32, "hours": pl.UInt32})
"""One row for each UTC day, cell and hull heard there; bit h of `hours` is the clock hour h:00 to h+1:00 UTC."""

Hours = npt.NDArray[np.int64]
"""Clock hours as whole hours since 1970-01-01T00:00Z, ascending, each once."""


@dataclass(frozen=True)
class CoverageParameters(Parameters):
    """When silence means that no ship was there."""

    kind: ClassVar[str] = "coverage"

    near_nm: float = parameter(
        40.0,
        unit="nm",
        low=1,
        high=500,
        source="offing's own choice: about the reach of a coastal receiver",
        doc="a hull heard in a cell wholly within this distance of the zone shows that receivers were listening there",
    )
    min_listening_hours: int = parameter(
        18,
        unit="h",
        low=1,
        high=24,
        source="offing's own choice: three quarters of a day",
        doc="clock hours of a day with a hull heard, at least, for the day to be not_observed",
    )
    max_hole_h: float = parameter(
        4.0,
        unit="h",
        low=0,
        high=24,
        source="offing's own choice: shorter than the stay of a patrol",
        doc="longest time of a day without a listening hour for the day to be not_observed",
    )
    cell_deg: float = parameter(
        0.05,
        unit="degree",
        low=0.02,
        high=1,
        source="offing's own choice: 3 nm, well under near_nm",
        doc="side of a coverage cell in longitude and latitude",
    )


def coverage_of_day(
    day: date,
    mmsi: npt.NDArray[np.integer[Any]],
    t_ms: npt.NDArray[np.integer[Any]],
    lon_e7: npt.NDArray[np.integer[Any]],
    lat_e7: npt.NDArray[np.integer[Any]],
    tracked: npt.NDArray[np.bool_],
    cell_deg: float = 0.05,
) -> pl.DataFrame:
    """Fold the merged positions of one UTC day into the rows of `COVERAGE`, ordered by cell and mmsi.

    Arrays of equal length; times in ms; order does not matter, but rows ordered by mmsi are quick. Positions that are not
    `tracked` (base time, base stations, aircraft) and those of other days count for nothing.
    """
    if len(mmsi) > 1 and bool((mmsi[1:] < mmsi[:-1]).any()):
        order = np.argsort(mmsi, kind="stable")
        mmsi, t_ms, lon_e7, lat_e7, tracked = mmsi[order], t_ms[order], lon_e7[order], lat_e7[order], tracked[order]
    from offing.kernels.coverage import heard

    grid = Grid(cell_deg)
    hulls, x, y = (_fixed(a, np.int32) for a in (mmsi, lon_e7, lat_e7))
    cells, heard_mmsi, hours = heard(
        hulls,
        _fixed(t_ms, np.int64),
        x,
        y,
        _fixed(tracked, np.bool_),
        to_ms_of_day(day),
        grid.cell_e7,
        grid.columns_n,
        grid.rows_n,
    )
    frame = pl.DataFrame({"cell": cells, "mmsi": heard_mmsi, "hours": hours}).sort("cell", "mmsi")
    return frame.select(pl.lit(day, dtype=pl.Date).alias("day"), "cell", "mmsi", "hours")


def _fixed(values: npt.NDArray[Any], kind: type[np.generic]) -> npt.NDArray[Any]:
    """A contiguous view that cannot be written: so the kernel is compiled once, whoever made the array."""
    view = np.ascontiguousarray(values, kind).view()
    view.flags.writeable = False
    return view


def listening_hours(
    coverage: pl.DataFrame,
    cells: npt.NDArray[np.integer[Any]],
    fleet: Fleet,
    window_ms: tuple[int, int] | None = None,
) -> Hours:
    """Clock hours in which a hull outside the fleet was heard in one of the cells.

    `coverage` has the columns of `COVERAGE`; membership is asked for the row's UTC day. Of the fleet `any` nobody is
    outside: there every hull heard counts. With a window (first and end instant, ms) only hours wholly inside it.
    """
    rows = coverage.filter(pl.col("cell").is_in(pl.Series(np.asarray(cells, np.int32)).implode()))
    if window_ms is not None:
        first, last = (date.fromordinal(date(1970, 1, 1).toordinal() + t // DAY_MS) for t in window_ms)
        rows = rows.filter(pl.col("day").is_between(first, last))
    if not fleet.everyone:
        rows = rows.filter(~in_fleet(rows, fleet, time="day"))
    per_day = rows.group_by("day").agg(pl.col("hours").bitwise_or()).sort("day")
    masks = per_day["hours"].to_numpy().astype(np.int64)
    days = per_day["day"].to_physical().to_numpy().astype(np.int64)
    which, hour = np.nonzero((masks[:, None] >> np.arange(24)) & 1)
    hours: Hours = days[which] * 24 + hour
    if window_ms is not None:
        hours = hours[(hours * HOUR_MS >= window_ms[0]) & ((hours + 1) * HOUR_MS <= window_ms[1])]
    return hours


def common_hours(by_zone: Mapping[str, Hours], zone_ids: Iterable[str]) -> Hours:
    """Hours in which receivers listened near every one of the zones: a hull heard near one says nothing of another.

    A zone that is not in the mapping has no listening hour.
    """
    empty: Hours = np.empty(0, np.int64)
    parts = [np.unique(np.asarray(by_zone.get(z, empty), np.int64)) for z in zone_ids]
    if not parts:
        return empty
    common = parts[0]
    for part in parts[1:]:
        common = np.intersect1d(common, part, assume_unique=True)
    return common


def listening_of_windows(hours: Hours, starts_ms: npt.NDArray[np.int64]) -> tuple[Hours, npt.NDArray[np.float64]]:
    """For the windows between consecutive instants: listening hours that lie wholly inside, and the longest hole in hours.

    A hole runs between listening hours or between one and an end of the window; a window without any is one hole.
    """
    hours_ms = hours * HOUR_MS
    count = np.zeros(max(len(starts_ms) - 1, 0), np.int64)
    hole_h = np.zeros(len(count), np.float64)
    for i in range(len(count)):
        start, end = int(starts_ms[i]), int(starts_ms[i + 1])
        low, high = np.searchsorted(hours_ms, start, "left"), np.searchsorted(hours_ms, end - HOUR_MS, "right")
        inside = hours_ms[low:high]
        count[i] = len(inside)
        edges = np.concatenate(([start - HOUR_MS], inside, [end]))
        hole_h[i] = (np.diff(edges) - HOUR_MS).max() / HOUR_MS
    return count, hole_h
