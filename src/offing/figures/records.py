"""Records of a series: the longest streak and the highest day, and since when each stands. Method: docs/method/record.md.

A record holds only within its series, from that series' first day on: both are named in every row.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

import polars as pl

from offing.errors import UsageError
from offing.figures.ids import FigureSpec, figure_id, parse_figure_id
from offing.model.times import DayRule
from offing.model.units import Unit

RECORDS = pl.Schema(
    {
        "figure_id": pl.String(),
        "record_kind": pl.String(),  # longest_streak, highest_day
        "value": pl.Int64(),  # the lower bound, by which records compare
        "value_at_most": pl.Int64(),
        "unit": pl.String(),  # calendar_days of a streak; of a day what the series counts
        "start_day": pl.Date(),  # of the streak, or the day itself; null: not published
        "end_day": pl.Date(),
        "is_running": pl.Boolean(),
        "stands_since": pl.Date(),  # the day on which it became the record; null: not known
        "stands_until": pl.Date(),  # the last day on which it was; null: it stands, or not known
        "stands": pl.Boolean(),  # no later one broke it
        "is_certain": pl.Boolean(),  # false: an earlier one may have been as long, by its upper bound
        "broke": pl.String(),  # figure id of the record before it
        "broke_value": pl.Int64(),
        "holder": pl.String(),  # figure id of the streak or day that holds it
        "series_start": pl.Date(),
        "series": pl.String(),  # in words
        "zone_ids": pl.List(pl.String()),
        "fleet_id": pl.String(),
        "source": pl.String(),
        "day_rule": pl.String(),
    }
)


def records(streaks: pl.DataFrame, series_start: date | None = None) -> pl.DataFrame:
    """The history of the longest streak (columns of `RECORDS`), oldest first.

    `streaks`: the columns of `streaks.STREAKS`, all of one series. `series_start`: the first day of which the series says
    anything; else the first day that a streak names. A streak becomes the record on the day on which its observed days
    exceed the one before; equal length breaks nothing.
    """
    if streaks.is_empty():
        return pl.DataFrame(schema=RECORDS)
    key = ["zone_ids", "fleet_id", "source", "day_rule"]
    if streaks.select(key).unique().height > 1:
        raise UsageError("Streaks of several series have no common record.", "Ask for one source, fleet and day rule.")
    by_id = {row["figure_id"]: row for row in streaks.iter_rows(named=True)}
    broken = {row["broke"] for row in by_id.values()} - {None}
    chain = [row for row in by_id.values() if row["broke"] or row["figure_id"] in broken]
    if not chain:  # nothing was ever broken
        chain = [max(by_id.values(), key=lambda r: r["days_observed"])]
    chain.sort(key=lambda row: int(row["days_observed"]))
    start = series_start or min((d for r in by_id.values() if (d := r["start_day"] or r["not_before"])), default=None)
    ids = {row["figure_id"]: _record_id(row["figure_id"]) for row in chain}
    rows = []
    for row, after in zip(chain, [*chain[1:], None], strict=True):
        since = row["broke_on_day"] if row["broke"] else row["start_day"]
        earlier = [r for r in by_id.values() if r is not row and _before(r, row)]
        rows.append(
            {
                "figure_id": ids[row["figure_id"]],
                "record_kind": "longest_streak",
                "value": row["days_observed"],
                "value_at_most": row["days_span"],
                "unit": Unit.CALENDAR_DAYS.value,
                "start_day": row["start_day"],
                "end_day": row["end_day"],
                "is_running": row["is_running"],
                "stands_since": since,
                "stands_until": after["broke_on_day"] - timedelta(days=1) if after and after["broke_on_day"] else None,
                "stands": after is None,
                "is_certain": all(row["days_observed"] > r["days_span"] for r in earlier),
                "broke": ids.get(row["broke"]),
                "broke_value": row["broke_days"],
                "holder": row["figure_id"],
                "series_start": start,
                "series": _in_words(row["source"], row["fleet_id"], row["zone_ids"], start),
                **{k: row[k] for k in key},
            }
        )
    return pl.DataFrame(rows, schema=RECORDS)


def highest_days(
    days: pl.DataFrame, spec: FigureSpec, day_rule: DayRule, *, value: str = "hulls_n", unit: Unit = Unit.VESSELS
) -> pl.DataFrame:
    """The history of the highest day (columns of `RECORDS`), oldest first: each day higher than all before it.

    `days`: `day` and a column of whole numbers (null and 0 hold no record), in any order, all in `unit`; days after
    `spec.as_of` are left out. Counts from AIS are least values.
    """
    if spec.as_of is not None:
        days = days.filter(pl.col("day") <= spec.as_of)
    counted = days.select("day", pl.col(value).cast(pl.Int64).alias("value")).sort("day")
    start = cast("date | None", counted["day"].first())
    higher = counted.filter((pl.col("value") > pl.col("value").fill_null(0).cum_max().shift(1, fill_value=0)).fill_null(False))
    rows: list[dict[str, Any]] = []
    for day, number in higher.iter_rows():
        rows.append(
            {
                "figure_id": figure_id(spec.of("record", day.isoformat(), record_kind="highest_day", unit=unit)),
                "record_kind": "highest_day",
                "value": number,
                "value_at_most": number,
                "unit": unit.value,
                "start_day": day,
                "end_day": day,
                "is_running": False,
                "stands_since": day,
                "stands_until": None,
                "stands": True,
                "is_certain": True,
                "broke": rows[-1]["figure_id"] if rows else None,
                "broke_value": rows[-1]["value"] if rows else None,
                "holder": figure_id(spec.of("day", day.isoformat())),
                "series_start": start,
                "series": _in_words(spec.source, spec.fleet_id, spec.zone_ids, start),
                "zone_ids": list(spec.zone_ids),
                "fleet_id": spec.fleet_id,
                "source": spec.source,
                "day_rule": str(day_rule),
            }
        )
        if len(rows) > 1:
            rows[-2] |= {"stands_until": day - timedelta(days=1), "stands": False}
    return pl.DataFrame(rows, schema=RECORDS)


def _record_id(streak_id: str) -> str:
    spec = parse_figure_id(streak_id)
    bounds = {"days": spec.days, "not_before": spec.not_before, "not_after": spec.not_after}
    return figure_id(spec.of("record", spec.key, **bounds))


def _before(a: dict[str, Any], b: dict[str, Any]) -> bool:
    first = a["start_day"] or a["not_after"] or date.min
    return bool(first < (b["start_day"] or b["not_after"] or date.min))


def _in_words(source: str, fleet_id: str, zone_ids: Any, start: date | None) -> str:
    where = f" in {' or '.join(zone_ids)}" if len(zone_ids) else ""
    since = f" since the first day of the series, {start}" if start else ""
    return f"{fleet_id}{where} by {source}{since}"
