"""How much was going on, by hour or day: own ships in zones, and beside them what offices count. Each lane keeps its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.errors import UsageError
from offing.figures.watch_days import WatchDayParameters, day_windows, days_touched, stays_of
from offing.model.fleet import Fleet
from offing.model.times import HOUR_MS, DayRule
from offing.model.units import Unit
from offing.model.zone import Zone
from offing.pipeline.record import Record
from offing.pipeline.reported import SeriesQuestion
from offing.pipeline.series import series_question

Grain = Literal["hour", "day"]

MOST_POINTS = 20_000
"""Points of a lane; a longer window is refused."""


@dataclass(frozen=True)
class Lane:
    """One row of the time bar. `points`: start of each period in UTC ms, and its value; null: nothing is known of it."""

    id: str
    source: str  # ais, or an office
    unit: str
    zone_ids: tuple[str, ...]
    fleet_id: str
    points: tuple[tuple[int, float | None], ...]
    least: bool  # a least value: what receivers heard

    def row(self) -> dict[str, Any]:
        """For JSON."""
        points = [[t, v] for t, v in self.points]
        own = {"id": self.id, "source": self.source, "unit": self.unit, "zone_ids": list(self.zone_ids)}
        return {**own, "fleet_id": self.fleet_id, "is_least": self.least, "points": points}


def ais_lanes(
    visits: pl.DataFrame,
    zones: Sequence[Zone],
    fleet: Fleet,
    by: Grain,
    window: tuple[int, int],
    data_window: tuple[int, int] | None,
    day_rule: DayRule,
    parameters: WatchDayParameters,
) -> list[Lane]:
    """For each zone the hulls of a fleet whose visits meet each period of a window (ms, the end excluded).

    The visits are those that make watch days. Periods that do not meet the data are null. `visits`: columns of
    `schemas.VISITS`; withdrawn ones are passed over.
    """
    starts = _starts(by, window, day_rule)
    known = np.zeros(len(starts) - 1, bool)
    if data_window is not None:
        known = (starts[:-1] <= data_window[1]) & (starts[1:] > data_window[0])
    lanes = []
    for zone in zones:
        counts = _hulls(stays_of(visits, [zone.id], fleet, parameters), starts)
        values = [float(n) if k else None for n, k in zip(counts.tolist(), known.tolist(), strict=True)]
        points = tuple(zip(starts[:-1].tolist(), values, strict=True))
        lanes.append(Lane(f"ais:{zone.id}:{fleet.id}", "ais", Unit.VESSELS.value, (zone.id,), fleet.id, points, least=True))
    return lanes


def _hulls(stays: pl.DataFrame, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Distinct hulls of each period."""
    counts = np.zeros(len(starts) - 1, np.int64)
    found = days_touched(stays, starts).group_by("i").agg(pl.col("mmsi").n_unique())
    counts[found["i"].to_numpy()] = found["mmsi"].to_numpy()
    return counts


def office_lanes(
    record: Record,
    series: Sequence[Mapping[str, Any]],
    zones: Sequence[Zone],
    window: tuple[int, int],
    series_ids: Sequence[str] = (),
) -> list[Lane]:
    """The daily series of offices that count in one of the zones, or those named: one point for each of their days.

    `series`: rows of `series.every_series`. A point stands at the start of the office's own day.
    """
    ids = {z.id for z in zones}
    lanes = []
    for row in series:
        counts_in = {*row["counts_in"], row["area"]}
        wanted = row["series"] in series_ids if series_ids else bool(counts_in & ids)
        if not wanted or row["window"] == "longer" or not row["office"]:
            continue
        asked = series_question(record, row["series"])
        lanes.append(_office_lane(asked, tuple(row["counts_in"]) or (row["area"],), row["fleet"], window))
    return [lane for lane in lanes if lane.points]


def _office_lane(asked: SeriesQuestion, zone_ids: tuple[str, ...], fleet_id: str, window: tuple[int, int]) -> Lane:
    rule = asked.about.day_rule
    days = asked.days.select("day", "value")
    first, last = rule.day_of(window[0]), rule.day_of(window[1] - 1)
    found = days.filter(pl.col("day").is_between(first, last))
    points = tuple((rule.window(day)[0], value) for day, value in found.iter_rows())
    return Lane(asked.id, asked.office, asked.unit, zone_ids, fleet_id, points, least=False)


def _starts(by: Grain, window: tuple[int, int], rule: DayRule) -> npt.NDArray[np.int64]:
    """The starts of all periods that meet a window, and the end of the last."""
    low, high = window
    if low >= high:
        raise UsageError("The window ends before it begins.", "Exchange since and until.")
    step = HOUR_MS if by == "hour" else 24 * HOUR_MS
    if (high - low) / step > MOST_POINTS:
        raise UsageError(f"That is more than {MOST_POINTS:,} periods.", "Ask for a shorter window, or by=day.")
    if by == "hour":
        return np.arange(low // HOUR_MS, -(-high // HOUR_MS) + 1, dtype=np.int64) * HOUR_MS
    first, last = rule.day_of(low), rule.day_of(high - 1)
    _, starts = day_windows(first, last, rule)
    return np.asarray(starts, np.int64)


def whole_days(first: date, last: date, rule: DayRule) -> tuple[int, int]:
    """The window of days, both included."""
    return rule.window(first)[0], rule.window(last + timedelta(days=1))[0]
