"""Bulletins to days: order by the end of the window, repeated windows, notices that give only an end, missing days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from offing.errors import UsageError
from offing.figures.reported import is_daily, require_daily, series_of, values_by_day
from offing.model.bulletin import Bulletin, bulletin_frame
from offing.model.times import DayRule
from offing.model.units import Unit

TAIPEI_SIX = DayRule("Asia/Taipei", 6)


def notice(end: datetime, value: float, *, start: datetime | None = None, metric: str = "aircraft", area: str = "") -> Bulletin:
    basis = "end_only" if start is None else "stated"
    return Bulletin("tw-mnd", start, end, basis, metric, Unit.SORTIES, value, area, "0" * 64, f"notice of {end:%Y-%m-%d}")


def table(*found: Bulletin, current: list[bool] | None = None) -> pl.DataFrame:
    flags = current or [True] * len(found)
    return bulletin_frame(found).with_columns(pl.Series("is_current", flags, dtype=pl.Boolean))


def six(day: date) -> datetime:
    """06:00 in Taipei on a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=2)


def day_by_day(first: date, values: list[float]) -> list[Bulletin]:
    days = [first + timedelta(days=n) for n in range(len(values))]
    return [notice(six(d) + timedelta(days=1), v, start=six(d)) for d, v in zip(days, values, strict=True)]


def test_a_window_from_six_to_six_is_the_day_on_which_it_starts() -> None:
    rows = values_by_day(table(*day_by_day(date(2024, 5, 1), [3, 0, 5])), TAIPEI_SIX)
    assert rows.select("day", "value", "state").rows() == [
        (date(2024, 5, 1), 3.0, "observed"),
        (date(2024, 5, 2), 0.0, "not_observed"),
        (date(2024, 5, 3), 5.0, "observed"),
    ]


def test_a_day_without_a_notice_is_unknown_and_never_zero() -> None:
    found = day_by_day(date(2024, 5, 1), [3, 4, 5])
    rows = values_by_day(table(found[0], found[2]), TAIPEI_SIX)
    assert rows["state"].to_list() == ["observed", "not_reported", "observed"]
    assert rows["value"].to_list() == [3.0, None, 5.0]


def test_notices_that_give_only_their_end_lie_day_by_day() -> None:
    ends = [datetime(2022, 8, n, 9, tzinfo=UTC) for n in (6, 7, 8)]  # 17:00 in Taipei
    rows = values_by_day(table(*(notice(e, 20) for e in ends)), TAIPEI_SIX)
    assert rows.height == 3 and rows["state"].unique().to_list() == ["observed"]


def test_overlapping_windows_of_one_day_are_flagged_and_the_later_tells() -> None:
    first = notice(datetime(2022, 11, 15, 9, tzinfo=UTC), 20)
    then = notice(datetime(2022, 11, 15, 22, tzinfo=UTC), 7, start=datetime(2022, 11, 14, 22, tzinfo=UTC))
    rows = values_by_day(table(first, then), DayRule("Asia/Taipei", 0))
    told = rows.filter(pl.col("flags").list.contains("windows_overlap"))
    assert told["value"].to_list() == [7.0] and len(told["bulletin_ids"][0]) == 2


def test_repeated_and_replaced_bulletins_do_not_count() -> None:
    found = day_by_day(date(2024, 5, 1), [3])
    rows = values_by_day(table(*found, *found, current=[False, True]), TAIPEI_SIX)
    assert rows["value"].to_list() == [3.0] and len(rows["bulletin_ids"][0]) == 1


def test_days_end_where_the_series_is_cut() -> None:
    found = table(*day_by_day(date(2024, 5, 1), [3, 4]))
    assert values_by_day(found, TAIPEI_SIX, as_of=date(2024, 5, 4))["state"].to_list()[2:] == ["not_reported"] * 2
    assert values_by_day(found, TAIPEI_SIX, as_of=date(2024, 4, 1)).is_empty()
    assert values_by_day(found, TAIPEI_SIX, first=date(2024, 5, 2))["day"].to_list() == [date(2024, 5, 2)]


def test_series_by_metric_and_by_area_only_where_the_office_counts_by_area() -> None:
    found = table(
        *day_by_day(date(2024, 5, 1), [3]),
        notice(six(date(2024, 5, 2)), 1, start=six(date(2024, 5, 1)), metric="crossed_median_line", area="north"),
        notice(six(date(2024, 5, 3)), 1, start=six(date(2024, 5, 2)), metric="crossed_median_line", area="east"),
    )
    assert list(series_of(found, ["tw-mnd"])) == ["tw-mnd:aircraft", "tw-mnd:crossed_median_line"]
    split = ["tw-mnd:aircraft", "tw-mnd:crossed_median_line:east", "tw-mnd:crossed_median_line:north"]
    assert list(series_of(found, [])) == split


def test_a_series_of_years_counts_no_days() -> None:
    year = notice(datetime(2022, 1, 1, tzinfo=UTC), 40, start=datetime(2021, 1, 1, tzinfo=UTC), metric="days")
    assert not is_daily(table(year))
    with pytest.raises(UsageError, match="longer windows"):
        require_daily("jcg:days", table(year))
