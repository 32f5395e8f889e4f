"""Presence over a period in one unit: ship-days, calendar days or hours. Method: docs/method/presence.md."""

from __future__ import annotations

from functools import reduce
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.errors import UsageError
from offing.figures.ids import FigureSpec, figure_id
from offing.figures.watch_days import NOT_OBSERVED, NOT_REPORTED, OBSERVED, UNOBSERVABLE
from offing.model.times import HOUR_MS, DayRule
from offing.model.units import Quantity, Unit

By = Literal["day", "month", "year"]
PRESENCE_UNITS = (Unit.SHIP_DAYS, Unit.CALENDAR_DAYS, Unit.HOURS)
_PERIOD_FORMAT = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}

PRESENCE = pl.Schema(
    {
        "figure_id": pl.String(),
        "period": pl.String(),  # 2024-03-01, 2024-03 or 2024
        "value": pl.Float64(),
        "unit": pl.String(),
        "value_at_most": pl.Float64(),  # calendar days, if ships were there on every unknown day; null for other units
        "days_observed": pl.Int64(),
        "days_not_observed": pl.Int64(),
        "days_unobservable": pl.Int64(),
        "days_not_reported": pl.Int64(),
        "zone_ids": pl.List(pl.String()),
        "fleet_id": pl.String(),
        "source": pl.String(),
        "day_rule": pl.String(),
    }
)


def presence(
    days: pl.DataFrame,
    by: By,
    unit: Unit,
    spec: FigureSpec,
    day_rule: DayRule,
    *,
    stays: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row (columns of `PRESENCE`) for each period that the days touch, ordered by period.

    `days`: consecutive days with `day, state`, for ship-days also `hulls_n`, for hours also `window_start_utc,
    window_end_utc`. `stays`: `mmsi, start_ms, end_ms` (`watch_days.stays_of`), for hours; a hull in several zones at once
    counts its time once, and excursions that a visit bridges count as inside. All three are least values where days are
    unobservable. Raises `UsageError` for a unit that days and visits cannot give.
    """
    if by not in _PERIOD_FORMAT:
        raise UsageError(f"There is no period {by!r}.", "Give day, month or year.")
    if unit not in PRESENCE_UNITS:
        raise UsageError(f"Presence is not counted in {unit}.", f"Give {', '.join(PRESENCE_UNITS)}.")
    needs = {Unit.SHIP_DAYS: ["hulls_n"], Unit.HOURS: ["window_start_utc", "window_end_utc"]}.get(unit, [])
    if missing := [c for c in needs if c not in days.columns]:
        raise UsageError(
            f"The days of {spec.source} cannot be counted in {unit}: they lack {' and '.join(missing)}.",
            f"Ask for {Unit.CALENDAR_DAYS}.",
            missing=missing,
        )
    is_ = {s: (pl.col("state") == s).sum().cast(pl.Int64) for s in (OBSERVED, NOT_OBSERVED, UNOBSERVABLE, NOT_REPORTED)}
    value = pl.col("hulls_n").sum() if unit is Unit.SHIP_DAYS else is_[OBSERVED]
    periods = (
        days.sort("day")
        .group_by(pl.col("day").dt.strftime(_PERIOD_FORMAT[by]).alias("period"), maintain_order=True)
        .agg(
            value.cast(pl.Float64).alias("value"),
            *(count.alias(f"days_{state}") for state, count in is_.items()),
            *(pl.col(c).min() if "start" in c else pl.col(c).max() for c in needs if c != "hulls_n"),
        )
    )
    if unit is Unit.HOURS:
        if stays is None:
            raise UsageError("Hours need the visits.", f"Ask for {Unit.CALENDAR_DAYS} or {Unit.SHIP_DAYS}.")
        start, end = (periods[c].dt.epoch("ms").to_numpy() for c in needs)
        periods = periods.with_columns(pl.Series("value", hours_inside(stays, start, end), dtype=pl.Float64))
    unknown = pl.col("days_unobservable") + pl.col("days_not_reported")
    at_most = pl.col("value") + unknown if unit is Unit.CALENDAR_DAYS else pl.lit(None)
    ids = [figure_id(spec.of("presence", p, unit=unit)) for p in periods["period"]]
    return periods.with_columns(
        pl.Series("figure_id", ids, dtype=pl.String),
        pl.lit(unit.value).alias("unit"),
        at_most.cast(pl.Float64).alias("value_at_most"),
        pl.lit(list(spec.zone_ids), dtype=pl.List(pl.String)).alias("zone_ids"),
        pl.lit(spec.fleet_id).alias("fleet_id"),
        pl.lit(spec.source).alias("source"),
        pl.lit(str(day_rule)).alias("day_rule"),
    ).select(PRESENCE.names())


def hours_inside(
    stays: pl.DataFrame, starts_ms: npt.NDArray[np.int64], ends_ms: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Hours that all hulls together stayed in each window; overlapping stays of one hull count once.

    `stays`: `mmsi, start_ms, end_ms`. Windows may touch or overlap each other.
    """
    if stays.is_empty() or not len(starts_ms):
        return np.zeros(len(starts_ms), np.float64)
    joined = (
        stays.select("mmsi", "start_ms", "end_ms")
        .sort("mmsi", "start_ms", "end_ms")
        .with_columns(pl.col("end_ms").cum_max().shift(1).over("mmsi").alias("before"))
        .with_columns((pl.col("before").is_null() | (pl.col("start_ms") > pl.col("before"))).cum_sum().alias("stay"))
        .group_by("stay")
        .agg(pl.col("start_ms").min(), pl.col("end_ms").max())
    )
    origin = int(joined["start_ms"].min())  # type: ignore[arg-type]
    entries, exits = (np.sort(joined[c].to_numpy()) - origin for c in ("start_ms", "end_ms"))

    def spent_before(t: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        total = np.zeros(len(t), np.int64)
        for edges, sign in ((entries, 1), (exits, -1)):
            sums = np.concatenate(([0], np.cumsum(edges)))
            n = np.searchsorted(edges, t, "left")
            total += sign * (n * t - sums[n])
        return total

    return (spent_before(ends_ms - origin) - spent_before(starts_ms - origin)) / HOUR_MS


def total(figures: pl.DataFrame) -> Quantity:
    """The sum of `value` over rows of one `unit`; rows of several units raise `UsageError`."""
    if figures.is_empty():
        raise UsageError("There is nothing to add.", "Ask for a period with data.")
    sums = figures.group_by("unit").agg(pl.col("value").sum()).rows()
    return reduce(Quantity.__add__, (Quantity(float(value), Unit(unit)) for unit, value in sums))
