"""Span bulletins become days: what is said, what is not, and who contradicts whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import UsageError
from offing.figures.bulletins import REPORTED_DAYS, SPANS, bulletin_days, bulletins_of, undated_spans

A, B = date(2021, 2, 13), date(2021, 7, 19)


def span(start: date | None, last: date | None, days: int | None = None, ended: bool = True, **others: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SPANS.names()) | {"start_day": start, "last_day": last, "ended": ended, "source": "NHK"}
    row["days"] = days if days is not None or not (start and last) else (last - start).days + 1
    return row | others


def spans(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SPANS)


def states(frame: pl.DataFrame) -> dict[date, str]:
    return dict(frame.select("day", "state").rows())


def test_an_ended_span_says_so_of_the_days_beside_it():
    got = states(bulletin_days(spans(span(A, B))))
    assert [d for d, s in got.items() if s == "observed"] == [A + timedelta(days=n) for n in range(157)]
    assert got[A - timedelta(days=1)] == got[B + timedelta(days=1)] == "not_observed" and len(got) == 159


def test_a_running_span_does_not():
    frame = bulletin_days(spans(span(A, B, ended=False)))
    assert frame.schema == REPORTED_DAYS and frame.height == 157 and set(frame["state"]) == {"observed"}


def test_other_days_are_not_reported_and_the_series_has_no_holes():
    later = span(date(2023, 12, 22), date(2024, 7, 23))
    frame = bulletin_days(spans(span(A, B), later))
    got = states(frame)
    assert got[date(2022, 6, 1)] == "not_reported" and frame.filter(pl.col("day") == date(2022, 6, 1))["sources"].to_list() == [
        []
    ]
    assert (frame["day"].diff().drop_nulls() == timedelta(days=1)).all()


def test_as_of_cuts_and_reaches():
    assert bulletin_days(spans(span(A, B)), date(2021, 3, 1))["day"].max() == date(2021, 3, 1)
    got = states(bulletin_days(spans(span(A, B)), date(2021, 7, 31)))
    assert got[date(2021, 7, 20)] == "not_observed" and got[date(2021, 7, 31)] == "not_reported"
    assert bulletin_days(spans(span(A, B)), date(2020, 1, 1)).is_empty()


def test_published_by_uses_what_was_published():
    table = spans(
        span(A, date(2021, 6, 4), ended=False, published_on=date(2021, 6, 4)),
        span(A, B, published_on=date(2021, 7, 20)),
        span(date(2021, 9, 1), date(2021, 9, 2)),
    )
    assert bulletin_days(table, published_by=date(2021, 7, 19))["day"].max() == date(2021, 6, 4)
    assert bulletin_days(table, published_by=date(2021, 7, 20))["day"].max() == date(2021, 7, 20)
    assert bulletin_days(table)["day"].max() == date(2021, 9, 3)


def test_running_values_and_the_end_agree_and_name_all_sources():
    frame = bulletin_days(spans(span(A, date(2021, 6, 4), ended=False, source="Janes"), span(A, B)))
    assert frame["contradiction"].null_count() == frame.height
    assert frame.filter(pl.col("day") == date(2021, 3, 1))["sources"].to_list() == [["Janes", "NHK"]]
    assert frame.filter(pl.col("day") == date(2021, 7, 1))["sources"].to_list() == [["NHK"]]


def test_a_contradiction_is_flagged_and_counts_for_neither():
    frame = bulletin_days(spans(span(A, B), span(A, B + timedelta(days=1), ended=False, source="Asahi")))
    (row,) = frame.filter(pl.col("contradiction").is_not_null()).to_dicts()
    assert row["day"] == B + timedelta(days=1) and row["state"] == "not_reported" and row["sources"] == ["Asahi", "NHK"]
    assert row["contradiction"] == "observed according to Asahi; not observed according to NHK"


def test_two_of_three_give_the_third():
    for row in (span(A, None, 157), span(None, B, 157), span(A, B)):
        assert bulletin_days(spans(row)).equals(bulletin_days(spans(span(A, B))))


@pytest.mark.parametrize(
    "wrong", [span(A, B, 158), span(B, A, 3), span(A, None), span(None, None), span(A, B, 0), span(None, None, -1)]
)
def test_a_span_that_does_not_fit_is_refused_in_a_sentence(wrong):
    with pytest.raises(UsageError, match="span bulletin of NHK"):
        bulletin_days(spans(wrong))


def test_spans_without_dates_are_kept_apart():
    old = span(None, None, 64, not_before=date(2019, 4, 1), not_after=date(2019, 6, 30), published_on=date(2020, 6, 17))
    table = spans(span(A, B), old, old)
    assert undated_spans(table)["days"].to_list() == [64]
    assert undated_spans(table, published_by=date(2020, 6, 16)).is_empty()
    assert bulletin_days(spans(old)).is_empty()


def test_which_bulletins_speak_of_a_day():
    table = spans(
        span(A, B, published_on=date(2021, 7, 20)), span(A, date(2021, 6, 4), ended=False, published_on=date(2021, 6, 4))
    )
    assert bulletins_of(table, date(2021, 3, 1), date(2021, 3, 1))["last_day"].to_list() == [date(2021, 6, 4), B]
    assert bulletins_of(table, date(2021, 7, 20), date(2021, 7, 25))["last_day"].to_list() == [B]
    assert bulletins_of(table, date(2021, 7, 21), date(2021, 7, 25)).is_empty()


ranges = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15), st.booleans(), st.sampled_from(["x", "y"])), max_size=6)


@settings(max_examples=100, deadline=None)
@given(ranges, st.randoms(use_true_random=False), st.none() | st.integers(0, 60))
def test_order_does_not_matter_and_nothing_is_smoothed(rows, rng, cut):
    made = [span(A + timedelta(days=s), A + timedelta(days=s + n), ended=e, source=who) for s, n, e, who in rows]
    as_of = None if cut is None else A + timedelta(days=cut)
    frame = bulletin_days(spans(*made), as_of)
    assert frame.equals(bulletin_days(spans(*rng.sample(made, len(made))), as_of))
    for day, state, _, contradiction in frame.rows():
        n = (day - A).days
        yes = any(s <= n <= s + k for s, k, _, _ in rows)
        no = any(e and n in (s - 1, s + k + 1) for s, k, e, _ in rows)
        assert state == {(True, False): "observed", (False, True): "not_observed"}.get((yes, no), "not_reported")
        assert (contradiction is not None) == (yes and no)
