"""Trends of a series by month or year, compared like for like. Method: docs/method/trend.md.

A sum over a period with unknown days is a least value; what compares between periods is the mean of the days that were
reported. Two periods compare only if no change of definition, window or provider lies between them, or within one of them:
such a break is named beside the figure, and never smoothed over.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from offing.errors import UsageError
from offing.figures.watch_days import NOT_OBSERVED, OBSERVED

Period = Literal["month", "year"]

TRENDS = pl.Schema(
    {
        "series": pl.String(),
        "period": pl.String(),  # 2024-03 or 2024
        "unit": pl.String(),
        "total": pl.Float64(),  # over the days reported: a least value where days are missing; null: none was reported
        "mean": pl.Float64(),  # per day reported
        "median": pl.Float64(),
        "highest": pl.Float64(),  # of one day
        "days_reported": pl.Int64(),
        "days_missing": pl.Int64(),  # of the period within the series, of which nothing was said
        "days_with": pl.Int64(),  # days with at least one
        "compared_with": pl.String(),  # the same month a year before, or the year before; null: none
        "mean_then": pl.Float64(),  # over the same days of the calendar
        "mean_now": pl.Float64(),  # over those days too
        "change": pl.Float64(),  # mean_now - mean_then; null: not comparable
        "change_percent": pl.Float64(),
        "like_for_like": pl.Boolean(),  # null: nothing to compare with
        "warnings": pl.List(pl.String()),  # why they do not compare, or only with care
    }
)

FEW_DAYS = 0.8
"""Share of a period's days that must be reported, or a warning says so."""


@dataclass(frozen=True)
class Break:
    """A day on which what a series counts, or how, changed."""

    day: date
    why: str


def trend(series: str, unit: str, days: pl.DataFrame, by: Period, breaks: Sequence[Break] = ()) -> pl.DataFrame:
    """The periods of a series, oldest first (columns of `TRENDS`). `days`: `day, value, state` without holes."""
    if by not in ("month", "year"):
        raise UsageError(f"{by!r} is no period of a trend.", "Periods are month and year.")
    if days.is_empty():
        return pl.DataFrame(schema=TRENDS)
    size = 7 if by == "month" else 4
    parts = {
        str(key[0]): part
        for key, part in days.sort("day")
        .with_columns(pl.col("day").dt.strftime("%Y-%m-%d").str.slice(0, size).alias("_period"))
        .group_by("_period", maintain_order=True)
    }
    rows = []
    for period, part in parts.items():
        known = part.filter(pl.col("state").is_in([OBSERVED, NOT_OBSERVED]))["value"]
        rows.append(
            {
                "series": series,
                "period": period,
                "unit": unit,
                "total": known.sum() if len(known) else None,
                "mean": known.mean(),
                "median": known.median(),
                "highest": known.max(),
                "days_reported": len(known),
                "days_missing": part.height - len(known),
                "days_with": int((known > 0).sum()),
                **_compared(period, part, parts, breaks),
            }
        )
    return pl.DataFrame(rows, schema=TRENDS)


def _compared(period: str, part: pl.DataFrame, parts: dict[str, pl.DataFrame], breaks: Sequence[Break]) -> dict[str, Any]:
    """The comparison with the same period a year before, on the days of the calendar that were reported in both."""
    first, last = _bounds(period)
    before = f"{int(period[:4]) - 1}{period[4:]}"
    warnings = [f"changed within the period, on {b.day}: {b.why}" for b in breaks if first < b.day <= last]
    reported = part.filter(pl.col("value").is_not_null()).height
    whole = (last - first).days + 1
    if reported < FEW_DAYS * whole:
        warnings.append(f"only {reported} of {whole} days were reported")
    none = dict.fromkeys(("compared_with", "mean_then", "mean_now", "change", "change_percent", "like_for_like"))
    if before not in parts:
        return {**none, "warnings": warnings}
    then_first, _ = _bounds(before)
    between = [f"changed in between, on {b.day}: {b.why}" for b in breaks if then_first < b.day <= first]
    place = pl.col("day").dt.strftime("%m-%d").alias("_place")
    now, then = (p.filter(pl.col("value").is_not_null()).select(place, "value") for p in (part, parts[before]))
    both = now.join(then, on="_place", suffix="_then")
    if both.is_empty():
        return {
            **none,
            "compared_with": before,
            "warnings": [*warnings, *between, "no day of the calendar was reported in both"],
        }
    mean_now, mean_then = _mean(both["value"]), _mean(both["value_then"])
    like = not between and not any(w.startswith("changed") for w in warnings)
    change = mean_now - mean_then if like else None
    return {
        "compared_with": before,
        "mean_then": mean_then,
        "mean_now": mean_now,
        "change": change,
        "change_percent": 100 * change / mean_then if change is not None and mean_then else None,
        "like_for_like": like,
        "warnings": [*warnings, *between],
    }


def _bounds(period: str) -> tuple[date, date]:
    year = int(period[:4])
    if len(period) == 4:
        return date(year, 1, 1), date(year, 12, 31)
    month = int(period[5:])
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _mean(values: pl.Series) -> float:
    mean = values.mean()
    assert isinstance(mean, float)
    return mean
