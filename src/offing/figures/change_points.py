"""Days on which the level of a series changed for good, with how sure that is. Method: docs/method/trend.md.

The level is modelled as constant between change points (least squares on the square root of the weekly means, which evens
out the spread of counts), and each further point must gain more than the penalty 3 ln(n) times the variance of the noise.
How sure: the series is drawn anew many times (its weeks in blocks, about the fitted levels) and searched again; `support` is
the share of draws with a change point near, and `earliest` to `latest` hold nine tenths of these.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.figures.trends import Break

CHANGE_POINTS = pl.Schema(
    {
        "series": pl.String(),
        "day": pl.Date(),  # the first day of the week in which the new level begins
        "earliest_day": pl.Date(),
        "latest_day": pl.Date(),
        "support": pl.Float64(),  # share of the draws that found it, 0 to 1
        "mean_before": pl.Float64(),  # per day reported, from the change point before to this one
        "mean_after": pl.Float64(),
        "unit": pl.String(),
        "near_break": pl.String(),  # a break of the series within six weeks: it may be the cause; null: none
    }
)

DRAWS = 200
SHORTEST_WEEKS = 6
BLOCK_WEEKS = 4
NEAR_WEEKS = 8

Floats = npt.NDArray[np.float64]


def change_points(series: str, unit: str, days: pl.DataFrame, breaks: Sequence[Break] = (), seed: int = 1) -> pl.DataFrame:
    """The change points of a daily series (columns of `CHANGE_POINTS`); the same input always gives the same answer.

    `days`: `day, value`, null where nothing was reported; weeks without a report are left out. Under half a year of weeks
    there are none to be found.
    """
    weeks = (
        days.filter(pl.col("value").is_not_null())
        .sort("day")
        .group_by_dynamic("day", every="1w")
        .agg(pl.col("value").mean(), pl.len().alias("n"))
    )
    if weeks.height < 4 * SHORTEST_WEEKS:
        return pl.DataFrame(schema=CHANGE_POINTS)
    starts: list[date] = weeks["day"].to_list()
    means = weeks["value"].to_numpy()
    level = np.sqrt(means)
    found = _segments(level)
    fitted = np.concatenate([np.full(b - a, level[a:b].mean()) for a, b in _pairs(found, len(level))])
    near: dict[int, list[int]] = {k: [] for k in found}
    random = np.random.default_rng(seed)
    residuals = level - fitted
    for _ in range(DRAWS):
        drawn = _segments(fitted + _blocks(residuals, random))
        for k in found:
            close = [d for d in drawn if abs(d - k) <= NEAR_WEEKS]
            if close:
                near[k].append(min(close, key=lambda d: abs(d - k)))
    rows = []
    for (a, k), (_, b) in itertools.pairwise(_pairs(found, len(level))):
        spread = np.quantile(near[k], [0.05, 0.95], method="nearest") if near[k] else (k, k)
        rows.append(
            {
                "series": series,
                "day": starts[k],
                "earliest_day": starts[int(spread[0])],
                "latest_day": starts[int(spread[1])],
                "support": len(near[k]) / DRAWS,
                "mean_before": float(np.average(means[a:k], weights=weeks["n"].to_numpy()[a:k])),
                "mean_after": float(np.average(means[k:b], weights=weeks["n"].to_numpy()[k:b])),
                "unit": unit,
                "near_break": next((f"{v.day}: {v.why}" for v in breaks if abs(v.day - starts[k]) <= timedelta(weeks=6)), None),
            }
        )
    return pl.DataFrame(rows, schema=CHANGE_POINTS)


def _segments(level: Floats) -> list[int]:
    """Where new levels begin, by exact search (PELT)."""
    from ruptures import KernelCPD

    noise = np.median(np.abs(np.diff(level))) / 0.6745 / np.sqrt(2)  # robust: a change of level moves one difference only
    penalty = 3 * np.log(len(level)) * max(float(noise) ** 2, 1e-6)
    ends = KernelCPD(kernel="linear", min_size=SHORTEST_WEEKS).fit(level.reshape(-1, 1)).predict(pen=penalty)
    return [int(e) for e in ends[:-1]]


def _pairs(cuts: Sequence[int], n: int) -> list[tuple[int, int]]:
    return list(itertools.pairwise([0, *cuts, n]))


def _blocks(residuals: Floats, random: np.random.Generator) -> Floats:
    """The residuals drawn anew in blocks of weeks, so that neighbours stay alike."""
    n = len(residuals)
    starts = random.integers(0, n - BLOCK_WEEKS + 1, n // BLOCK_WEEKS + 1)
    return np.concatenate([residuals[s : s + BLOCK_WEEKS] for s in starts])[:n]
