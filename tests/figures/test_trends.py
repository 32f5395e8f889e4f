"""Trends: least totals, like for like, breaks that are told; and change points in series whose changes are known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from offing.errors import UsageError
from offing.figures.change_points import change_points
from offing.figures.trends import Break, trend


def days(first: date, values: list[float | None]) -> pl.DataFrame:
    state = ["not_reported" if v is None else "observed" if v else "not_observed" for v in values]
    every = [first + timedelta(days=n) for n in range(len(values))]
    schema = {"day": pl.Date, "value": pl.Float64, "state": pl.String}
    return pl.DataFrame({"day": every, "value": values, "state": state}, schema=schema)


def test_totals_means_and_missing_days() -> None:
    rows = trend("s", "sorties", days(date(2024, 1, 1), [1.0, 2.0, None, 0.0] + [5.0] * 27), "month")
    (row,) = rows.to_dicts()
    assert (row["period"], row["total"], row["days_reported"], row["days_missing"]) == ("2024-01", 138.0, 30, 1)
    assert row["mean"] == pytest.approx(138 / 30) and row["highest"] == 5 and row["days_with"] == 29
    assert row["like_for_like"] is None and row["warnings"] == []


def test_a_month_compares_with_the_same_month_on_days_reported_in_both() -> None:
    then: list[float | None] = [1.0] * 15 + [None] * 16
    now: list[float | None] = [3.0] * 31
    rows = pl.concat([days(date(2023, 1, 1), then), days(date(2024, 1, 1), now)])
    row = trend("s", "sorties", rows, "month").to_dicts()[-1]
    assert (row["compared_with"], row["mean_then"], row["mean_now"], row["change"]) == ("2023-01", 1.0, 3.0, 2.0)
    assert row["change_percent"] == pytest.approx(200) and row["like_for_like"] is True


@pytest.mark.parametrize("on", [date(2023, 1, 10), date(2023, 7, 1), date(2024, 1, 1), date(2024, 1, 10)])
def test_a_change_of_definition_within_or_between_is_told_and_nothing_is_compared(on: date) -> None:
    rows = pl.concat([days(date(2023, 1, 1), [1.0] * 31), days(date(2024, 1, 1), [3.0] * 31)])
    row = trend("s", "sorties", rows, "month", [Break(on, "another window")]).to_dicts()[-1]
    assert row["like_for_like"] is False and row["change"] is None and row["change_percent"] is None
    assert any("another window" in w for w in row["warnings"])
    assert row["mean_then"] == 1.0 and row["mean_now"] == 3.0


def test_a_break_before_both_or_after_both_does_not_matter() -> None:
    rows = pl.concat([days(date(2023, 1, 1), [1.0] * 31), days(date(2024, 1, 1), [3.0] * 31)])
    told = [Break(date(2022, 12, 31), "before"), Break(date(2023, 1, 1), "on the first day"), Break(date(2024, 2, 1), "after")]
    assert trend("s", "sorties", rows, "month", told).to_dicts()[-1]["like_for_like"] is True


def test_few_days_are_told() -> None:
    (row,) = trend("s", "sorties", days(date(2024, 1, 1), [1.0] * 7), "month").to_dicts()
    assert row["warnings"] == ["only 7 of 31 days were reported"]


def test_years_and_no_other_period() -> None:
    assert trend("s", "x", days(date(2023, 12, 30), [1.0] * 4), "year")["period"].to_list() == ["2023", "2024"]
    with pytest.raises(UsageError):
        trend("s", "x", days(date(2024, 1, 1), [1.0]), "week")  # type: ignore[arg-type]


def test_a_change_of_level_is_found_where_it_was_made() -> None:
    random = np.random.default_rng(7)
    values = np.concatenate([random.poisson(5, 280), random.poisson(15, 280)]).astype(float)
    rows = change_points("s", "sorties", days(date(2022, 1, 3), values.tolist()))
    (row,) = rows.to_dicts()
    truth = date(2022, 1, 3) + timedelta(days=280)
    assert row["earliest_day"] <= truth <= row["latest_day"] + timedelta(days=6)
    assert abs((row["day"] - truth).days) <= 7 and row["support"] > 0.9
    assert row["mean_before"] == pytest.approx(5, abs=0.5) and row["mean_after"] == pytest.approx(15, abs=0.8)


def test_noise_has_no_change_and_a_short_series_none_to_find() -> None:
    random = np.random.default_rng(8)
    assert change_points("s", "x", days(date(2022, 1, 3), random.poisson(8, 560).astype(float).tolist())).is_empty()
    assert change_points("s", "x", days(date(2022, 1, 3), [1.0] * 50 + [90.0] * 50)).is_empty()


def test_the_same_series_gives_the_same_answer_and_a_break_nearby_is_named() -> None:
    random = np.random.default_rng(9)
    rows = days(date(2022, 1, 3), np.concatenate([random.poisson(5, 280), random.poisson(15, 280)]).astype(float).tolist())
    told = [Break(date(2022, 10, 1), "another form")]
    one, other = change_points("s", "x", rows, told), change_points("s", "x", rows, told)
    assert one.equals(other) and "another form" in str(one["near_break"][0])
