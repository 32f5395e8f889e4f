"""How far a figure hangs on its thresholds: the same days at other values, one changed at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from offing.figures.coverage import CoverageParameters, Hours, common_hours, listening_of_windows
from offing.figures.watch_days import (
    WatchDayParameters,
    asked_days,
    day_windows,
    days_touched,
    in_force,
    listened,
    stays_of,
)
from offing.model.fleet import Fleet
from offing.model.times import DayRule
from offing.model.zone import Zone

SENSITIVITY = pl.Schema(
    {
        "parameter": pl.String(),  # watch_day.min_positions, ...
        "value": pl.Float64(),
        "unit": pl.String(),  # of the value
        "is_chosen": pl.Boolean(),  # the value by which the figure itself is made
        "days_observed": pl.Int64(),
        "days_not_observed": pl.Int64(),
        "days_unobservable": pl.Int64(),
        "ship_days": pl.Int64(),
    }
)

TRIED: dict[str, tuple[float, ...]] = {
    "watch_day.min_positions": (1, 2, 3),
    "coverage.min_listening_hours": (12, 15, 18, 21, 24),
    "coverage.max_hole_h": (2, 4, 6, 8),
}
"""Values that are tried beside the chosen one."""


def sensitivity(
    visits: pl.DataFrame,
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
    hours_at_near_nm: Mapping[float, Mapping[str, Hours]] | None = None,
) -> pl.DataFrame:
    """One row (columns of `SENSITIVITY`) for each value tried, by parameter and value; arguments as of `watch_days`.

    `hours_at_near_nm` gives `coverage_hours` at other distances from the zone, where the caller has them.
    """
    parameters, coverage = parameters or WatchDayParameters(), coverage or CoverageParameters()
    first_day, last_day = asked_days(data_window, day_rule, first_day, last_day)
    if first_day is None or last_day is None or first_day > last_day:
        return pl.DataFrame(schema=SENSITIVITY)
    _, starts = day_windows(first_day, last_day, day_rule)
    zone_ids = sorted({z.id for z in zones})
    held = in_force(zones, starts)
    near = {float(nm): hours for nm, hours in (hours_at_near_nm or {}).items()} | {float(coverage.near_nm): coverage_hours}
    listening = {nm: listening_of_windows(common_hours(hours, zone_ids), starts) for nm, hours in near.items()}

    def hulls_n(p: WatchDayParameters) -> Hours:
        seen = days_touched(stays_of(visits, zone_ids, fleet, p), starts).select("i", "mmsi").unique()
        return np.bincount(seen["i"].to_numpy(), minlength=len(starts) - 1)

    hulls = hulls_n(parameters)
    rows: list[dict[str, Any]] = []

    def add(name: str, value: float, hulls: Hours, c: CoverageParameters) -> None:
        good = listened(*listening[float(c.near_nm)], starts, data_window, c) & held
        rows.append(
            {
                "parameter": name,
                "value": float(value),
                "unit": units[name],
                "is_chosen": value == chosen[name],
                "days_observed": int((hulls > 0).sum()),
                "days_not_observed": int(((hulls == 0) & good).sum()),
                "days_unobservable": int(((hulls == 0) & ~good).sum()),
                "ship_days": int(hulls.sum()),
            }
        )

    chosen = parameters.values() | coverage.values()
    units = {str(d["parameter"]): str(d["unit"]) for d in [*parameters.describe(), *coverage.describe()]}
    for name, values in [*TRIED.items(), ("coverage.near_nm", tuple(near))]:
        field = name.partition(".")[2]
        for value in _with(values, chosen[name]):
            change: dict[str, Any] = {field: value}
            if name.startswith("watch_day."):
                add(name, value, hulls_n(replace(parameters, **change)), coverage)
            else:
                add(name, value, hulls, replace(coverage, **change))
    return pl.DataFrame(rows, schema=SENSITIVITY)


def _with(values: Iterable[float], chosen: float) -> list[float]:
    return sorted({*values, chosen})
