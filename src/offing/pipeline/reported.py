"""Asking an office's series of bulletins for its days, streaks, records and trends. Other series: `pipeline.series`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.errors import UnknownName
from offing.figures.change_points import change_points
from offing.figures.ids import FigureSpec
from offing.figures.records import highest_days, records
from offing.figures.reported import SeriesKey, is_daily, require_daily, series_of, values_by_day
from offing.figures.streaks import StreakParameters, streaks
from offing.figures.trends import TRENDS, Break, Period, trend
from offing.model.times import UTC_DAY, DayRule
from offing.model.units import Unit
from offing.pipeline.record import Record
from offing.zones.series import Reported

SERIES_ROWS = pl.Schema(
    {
        "series": pl.String(),
        "office": pl.String(),
        "metric": pl.String(),
        "unit": pl.String(),
        "area": pl.String(),  # empty: the office's areas make no series of their own
        "names": pl.Object(),
        "window": pl.String(),  # day, longer, or span: published as streaks of days
        "day_rule": pl.String(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
        "days": pl.Int64(),  # days reported, or windows where these are longer
        "counts_in": pl.List(pl.String()),  # zones that stand beside it in AIS; empty: none does
        "fleet": pl.String(),
        "breaks": pl.List(pl.String()),
        "note": pl.String(),
    }
)

SERIES_RECORDS = pl.Schema(
    {
        "series": pl.String(),
        "record_kind": pl.String(),  # highest_day; longest_run: unbroken; longest_run_bridged: over a few unknown days
        "value": pl.Float64(),
        "value_at_most": pl.Float64(),  # of a run with bridged days: they count too; else the value
        "unit": pl.String(),
        "start_day": pl.Date(),
        "end_day": pl.Date(),
        "previous": pl.Float64(),  # the record that it broke; null: it is the first
        "stands_since": pl.Date(),
        "stands_until": pl.Date(),
        "stands": pl.Boolean(),
        "figure_id": pl.String(),
        "pack": pl.String(),
    }
)

SINCE_ROWS = pl.Schema(
    {
        "series": pl.String(),
        "day": pl.Date(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "highest_since": pl.Date(),  # the last earlier day that was as high or higher; null: the highest of the series
        "first_since": pl.Date(),  # the last earlier day with at least one; null: the first of the series
        "season_days": pl.Int64(),  # days within 15 of the same date in other years of the series that were reported
        "season_share_below": pl.Float64(),  # share of these with a lower value
    }
)

SEASON_D = 15
BRIDGED = "longest_run_bridged"
UNBRIDGED = (("streak.max_unknown_run_d", 0.0),)
"""Settings of a streak that bridges no unknown day."""


@dataclass(frozen=True)
class SeriesQuestion:
    """One series of bulletins, with what may be said of it beside."""

    record: Record
    id: str
    as_of: date | None = None
    first_day: date | None = None
    last_day: date | None = None
    published_by: date | None = None
    settings: tuple[tuple[str, float], ...] = ()  # of its streaks: ("streak.max_unknown_run_d", 0)

    @cached_property
    def _found(self) -> tuple[SeriesKey, pl.DataFrame]:
        known = all_series(self.record, self.published_by)
        if self.id not in known:
            raise UnknownName.of("series", self.id, known, "offing series")
        return known[self.id]

    @property
    def rows(self) -> pl.DataFrame:
        """Its bulletins, by the end of the window."""
        return self._found[1]

    @property
    def unit(self) -> str:
        """What it counts."""
        return self._found[0].unit.value

    @property
    def office(self) -> str:
        """Who counts."""
        return self._found[0].office

    @property
    def daily(self) -> bool:
        """Whether it counts by day."""
        return is_daily(self.rows)

    @cached_property
    def about(self) -> Reported:
        """What the pack says of it, or the office's day alone."""
        return about(self.record, self.id, self.office)

    @property
    def spec(self) -> FigureSpec:
        """The request behind the ids of its figures."""
        return FigureSpec(
            "streak", (), "any", self.id, as_of=self.as_of, published_by=self.published_by, first_day=self.first_day,
            last_day=self.last_day, settings=self.settings, known_at_ms=self.record.known_at_ms,
        )  # fmt: skip

    @cached_property
    def days(self) -> pl.DataFrame:
        """Its days (columns of `reported.REPORTED_VALUES`) without holes; raises `UsageError` where it counts no days."""
        require_daily(self.id, self.rows)
        return values_by_day(self.rows, self.about.day_rule, self.as_of, self.first_day, self.last_day)

    def streaks(self) -> pl.DataFrame:
        """Runs of days with at least one (columns of `streaks.STREAKS`), oldest first, with `series` and `pack`.

        `originators` and `originator` are null: what was published is no partner's account.
        """
        nobody = (
            pl.lit(None, dtype=pl.List(pl.String)).alias("originators"),
            pl.lit(None, dtype=pl.String).alias("originator"),
        )
        return self._labelled(self._streaks).with_columns(nobody)

    @cached_property
    def _streaks(self) -> pl.DataFrame:
        return self._runs(self.spec, self._bridging)

    @property
    def _bridging(self) -> StreakParameters:
        return StreakParameters(**{k.removeprefix("streak."): int(v) for k, v in self.settings})

    def _runs(self, spec: FigureSpec, parameters: StreakParameters) -> pl.DataFrame:
        days = self.days.select("day", "state", "sources", "contradiction")
        return streaks(days, spec, self.about.day_rule, parameters)

    def records(self) -> pl.DataFrame:
        """The history of its highest day and of its longest run (columns of `SERIES_RECORDS`), oldest first."""
        start = cast("date | None", self.days["day"].min())
        whole = self._runs(replace(self.spec, settings=UNBRIDGED), StreakParameters(max_unknown_run_d=0))
        parts = [self._highest(), _runs_broken(whole, start, "longest_run"), _runs_broken(self._streaks, start, BRIDGED)]
        rows = pl.concat(parts).with_columns(pl.col("broke_value").alias("previous"))
        return self._labelled(rows.drop("series")).select(SERIES_RECORDS.names()).cast(dict(SERIES_RECORDS))  # type: ignore[arg-type]

    def _within(self, days: pl.DataFrame) -> pl.DataFrame:
        return days.filter(pl.col("day").is_between(self.first_day or date.min, self.last_day or date.max))

    def _highest(self) -> pl.DataFrame:
        return highest_days(self.days, self.spec, self.about.day_rule, value="value", unit=Unit(self.unit))

    def trend(self, by: Period) -> pl.DataFrame:
        """Its periods, compared like for like (columns of `trends.TRENDS`). A series of years gives its years as they are."""
        return trend(self.id, self.unit, self.days, by, self.breaks) if self.daily else self._by_window()

    @property
    def breaks(self) -> list[Break]:
        """When it changed its form."""
        return [Break(day, why) for day, why in self.about.breaks]

    def change_points(self) -> pl.DataFrame:
        """Days on which its level changed (columns of `change_points.CHANGE_POINTS`)."""
        return change_points(self.id, self.unit, self.days, self.breaks)

    def since(self) -> pl.DataFrame:
        """Each day reported: the last day as high, the last day with any, and its place in the season (`SINCE_ROWS`)."""
        known = self.days.filter(pl.col("value").is_not_null()).select("day", "value")
        rows: list[dict[str, Any]] = []
        days: list[date] = known["day"].to_list()
        values: list[float] = known["value"].to_list()
        amounts = np.array(values, np.float64)
        years, nth = (np.array(n, np.int64) for n in ([d.year for d in days], [d.timetuple().tm_yday for d in days]))
        higher: list[int] = []  # indices of days, each higher than those after it
        last_with: date | None = None
        for i, (day, value) in enumerate(zip(days, values, strict=True)):
            while higher and values[higher[-1]] < value:
                higher.pop()
            season = amounts[(years != day.year) & _near_in_the_year(nth, day)]
            rows.append(
                {
                    "series": self.id,
                    "day": day,
                    "value": value,
                    "unit": self.unit,
                    "highest_since": days[higher[-1]] if higher else None,
                    "first_since": last_with,
                    "season_days": len(season),
                    "season_share_below": int((season < value).sum()) / len(season) if len(season) else None,
                }
            )
            higher.append(i)
            last_with = day if value > 0 else last_with
        return pl.DataFrame(rows, schema=SINCE_ROWS)

    def _by_window(self) -> pl.DataFrame:
        """One row for each window of a series that counts longer ones, under the years that it covers."""
        rule = self.about.day_rule
        rows = []
        for row in self.rows.filter(pl.col("is_current")).iter_rows(named=True):
            first, last = _span(row, rule)
            whole = first and (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
            rows.append(
                {
                    "series": self.id,
                    "period": str(last.year) if whole else f"{first or '?'}/{last}",
                    "unit": self.unit,
                    "total": row["value"],
                    "warnings": [*row["flags"], *([row["note"]] if row["note"] else [])],
                }
            )
        return pl.DataFrame(rows, schema=TRENDS)

    def _labelled(self, figures: pl.DataFrame) -> pl.DataFrame:
        label = self.record.waters.pack.label
        return figures.with_columns(pl.lit(self.id).alias("series"), pl.lit(label).alias("pack"))


def _runs_broken(runs: pl.DataFrame, start: date | None, kind: str) -> pl.DataFrame:
    return records(runs, start).with_columns(pl.lit(kind).alias("record_kind"))


def all_series(record: Record, published_by: date | None = None) -> dict[str, tuple[SeriesKey, pl.DataFrame]]:
    """Every series of bulletins by id."""
    rows = record.bulletins
    if published_by is not None:
        rows = rows.filter(pl.col("published_on") <= published_by)
    return dict(series_of(rows, record.areas_describe))


def about(record: Record, series_id: str, office: str) -> Reported:
    """What the region pack says of a series; of one that it does not name, the day of its office."""
    pack = record.waters.pack
    if series_id in pack.reported:
        return pack.reported[series_id]
    rule = pack.offices[office].day_rule if office in pack.offices else UTC_DAY
    return Reported(series_id, {}, rule)


def series_rows(record: Record) -> list[dict[str, Any]]:
    """One row for each series: those of bulletins, and those that offices publish as streaks of days."""
    rows: list[dict[str, Any]] = []
    for name, (key, found) in all_series(record).items():
        told = about(record, name, key.office)
        daily = is_daily(found)
        days = values_by_day(found, told.day_rule) if daily else None
        spans = [_span(r, told.day_rule) for r in found.iter_rows(named=True)]
        first = days["day"].min() if days is not None else min((a for a, _ in spans if a), default=None)
        last = days["day"].max() if days is not None else max(b for _, b in spans)
        rows.append(
            {
                "series": name,
                "office": key.office,
                "metric": key.metric,
                "unit": key.unit.value,
                "area": key.area,
                "names": told.names,
                "window": "day" if daily else "longer",
                "day_rule": str(told.day_rule),
                "first_day": first,
                "last_day": last,
                "days": days.filter(pl.col("value").is_not_null()).height if days is not None else found.height,
                "counts_in": list(told.counts_in),
                "fleet": told.fleet,
                "breaks": [f"{day}: {why}" for day, why in told.breaks],
                "note": told.note,
            }
        )
    for s in record.waters.pack.series.values():
        known = [d for span in s.spans for d in (span.start_day, span.last_day) if d]
        rows.append(
            {
                "series": s.id,
                "office": s.office,
                "metric": "days",
                "unit": s.unit.value,
                "area": s.zone,
                "names": s.names,
                "window": "span",
                "day_rule": str(s.day_rule),
                "first_day": min(known, default=s.since),
                "last_day": max(known, default=None),
                "days": sum(span.days for span in s.spans if span.ended),
                "counts_in": list(s.counts_in),
                "fleet": s.fleet,
                "breaks": [],
                "note": s.note,
            }
        )
    return sorted(rows, key=lambda r: str(r["series"]))


def _span(row: dict[str, Any], rule: DayRule) -> tuple[date | None, date]:
    """First and last day of a window."""
    from offing.model.times import to_ms

    start, end = row["window_start_utc"], row["window_end_utc"]
    return (rule.day_of(to_ms(start)) if start is not None else None), rule.day_of(to_ms(end) - 1)


def _near_in_the_year(nth: npt.NDArray[np.int64], day: date) -> npt.NDArray[np.bool_]:
    """Which days of a year (1 to 366) lie within `SEASON_D` of a day in the calendar, whatever the year."""
    apart = np.abs(nth - day.timetuple().tm_yday)
    near: npt.NDArray[np.bool_] = np.minimum(apart, 365 - apart) <= SEASON_D
    return near
