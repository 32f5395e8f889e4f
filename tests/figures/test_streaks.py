"""Streaks and records: the published ones exactly, and the laws of bounds."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import UsageError
from offing.figures.bulletins import SPANS, bulletin_days, undated_spans
from offing.figures.ids import FigureSpec, parse_figure_id
from offing.figures.records import RECORDS, highest_days, records
from offing.figures.streaks import STREAKS, StreakParameters, streaks
from offing.model.times import DayRule
from offing.model.units import Unit

JST = DayRule("Asia/Tokyo")
JCG = FigureSpec("streak", ("senkaku-diaoyu-contiguous-zone@jp",), "cn-government", "jcg")
AIS = FigureSpec("streak", ("z@me",), "any")
FIRST = date(2024, 1, 1)
STATES = {"o": "observed", "n": "not_observed", "u": "unobservable", "r": "not_reported"}


@pytest.fixture(scope="module")
def spans() -> pl.DataFrame:
    """The published streaks of the region pack."""
    path = files("offing.regions") / "east_asia" / "published_streaks.csv"
    return pl.read_csv(path.read_bytes(), try_parse_dates=True)


def jcg(spans: pl.DataFrame, as_of: str | None = None, published_by: str | None = None) -> pl.DataFrame:
    day = date.fromisoformat(as_of) if as_of else None
    by = date.fromisoformat(published_by) if published_by else None
    return streaks(bulletin_days(spans, day, by), JCG, JST, as_of=day, undated=undated_spans(spans, by))


def series(text: str, bridge: int = 3, as_of: date | None = None) -> list[dict[str, Any]]:
    """Streaks of a series written in letters: o observed, n not, u unobservable, r not reported."""
    days = [FIRST + timedelta(days=i) for i in range(len(text))]
    frame = pl.DataFrame({"day": days, "state": [STATES[c] for c in text]}, schema={"day": pl.Date, "state": pl.String})
    return streaks(frame, AIS, DayRule(), StreakParameters(max_unknown_run_d=bridge), as_of=as_of).to_dicts()


PUBLISHED = {
    "2020-06-17": 65, "2020-08-02": 111, "2021-06-04": 112, "2021-07-07": 145, "2021-07-14": 152,
    "2021-07-19": 157, "2024-05-27": 158, "2024-07-08": 200, "2024-07-23": 215, "2025-06-22": 216,
    "2025-09-14": 300, "2025-10-19": 335, "2025-12-29": 45, "2025-12-31": 47, "2026-01-03": 50,
    "2026-02-04": 82,
}  # fmt: skip


@pytest.mark.parametrize(("day", "number"), PUBLISHED.items())
def test_values_of_the_japan_coast_guard(spans, day, number):
    last = jcg(spans, day).row(-1, named=True)
    assert (last["days_observed"], last["days_span"], last["is_running"]) == (number, number, True)
    assert last["end_day"] == date.fromisoformat(day)


def test_an_ended_streak_says_when_and_by_whom(spans):
    last = jcg(spans, "2021-07-31").row(-1, named=True)
    assert (last["start_day"], last["end_day"], last["days_observed"]) == (date(2021, 2, 13), date(2021, 7, 19), 157)
    assert last["is_running"] is False and last["ended_by"] == "not_observed" and "2021-07-20" in last["ended_because"]
    assert last["is_record"] is True and last["broke_days"] == 111 and last["broke_on_day"] == date(2021, 6, 4)
    assert last["broke"] == "streak:senkaku-diaoyu-contiguous-zone@jp:cn-government:jcg:2020-04-14,as_of=2021-07-31"
    assert last["figure_id"].endswith(":2021-02-13,as_of=2021-07-31")


def test_facts_beside_the_project_agree(spans, shared_data):
    with (shared_data / "facts" / "senkaku_records.csv").open() as f:
        want = [(r["start"] or None, int(r["days"])) for r in csv.DictReader(f)]
    got = [(r["start_day"] and str(r["start_day"]), r["days_observed"]) for r in jcg(spans).to_dicts()]
    assert got == want


def test_the_record_without_dates_is_listed_once_it_is_over(spans):
    assert jcg(spans, "2019-06-29").is_empty()
    (row,) = jcg(spans, "2019-06-30").to_dicts()
    assert (row["start_day"], row["end_day"], row["days_observed"], row["is_running"], row["is_record"]) == (
        None,
        None,
        64,
        False,
        True,
    )
    assert parse_figure_id(row["figure_id"]).days == 64
    passing = jcg(spans, "2020-06-17").row(-1, named=True)
    assert passing["broke_days"] == 64 and passing["broke_on_day"] == date(2020, 6, 17) and passing["is_record"] is True
    assert jcg(spans, "2020-06-16").row(-1, named=True)["is_record"] is False


def test_what_was_published_by_a_day(spans):
    last = jcg(spans, published_by="2024-07-10").row(-1, named=True)
    assert (last["days_observed"], last["is_running"], last["end_day"]) == (200, True, date(2024, 7, 8))
    assert jcg(spans, published_by="2000-01-01").is_empty()


def test_after_the_last_bulletin_whether_it_runs_is_unknown(spans):
    for day, how in (("2026-02-06", "data_end"), ("2026-06-01", "unknown")):
        last = jcg(spans, day).row(-1, named=True)
        assert (last["days_observed"], last["is_running"], last["ended_by"]) == (82, None, how)


def test_the_history_of_the_record(spans):
    frame = records(jcg(spans))
    assert frame.schema == RECORDS
    rows = frame.select("value", "stands_since", "stands_until", "stands", "is_certain", "broke_value").rows()
    assert rows == [
        (64, None, date(2020, 6, 16), False, True, None),
        (111, date(2020, 6, 17), date(2021, 6, 3), False, True, 64),
        (157, date(2021, 6, 4), date(2024, 5, 26), False, True, 111),
        (215, date(2024, 5, 27), date(2025, 6, 21), False, True, 157),
        (335, date(2025, 6, 22), None, True, True, 215),
    ]
    assert (
        set(frame["series_start"]) == {date(2019, 4, 1)}
        and "since the first day of the series, 2019-04-01" in frame["series"][0]
    )
    assert [parse_figure_id(i).kind for i in frame["figure_id"]] == ["record"] * 5
    assert frame["broke"].to_list() == [None, *frame["figure_id"].to_list()[:-1]]


def test_a_dated_streak_that_is_the_undated_one_is_not_counted_twice(spans):
    dated = dict.fromkeys(SPANS.names()) | {
        "start_day": date(2019, 4, 12),
        "last_day": date(2019, 6, 14),
        "days": 64,
        "ended": True,
    }
    more = pl.concat([spans.select(pl.col(n).cast(k) for n, k in SPANS.items()), pl.DataFrame([dated], schema=SPANS)])
    got = jcg(more)
    assert got["days_observed"].to_list() == [64, 111, 157, 215, 335, 82] and got["start_day"].null_count() == 0


def test_a_bridge_gives_two_bounds():
    (row,) = series("ooouuoon")
    assert (row["days_observed"], row["days_unobservable"], row["days_span"], row["days_unbroken"]) == (5, 2, 7, 3)
    assert row["ended_by"] == "not_observed" and row["is_running"] is False


def test_too_many_unknown_days_end_a_streak():
    first, second = series("oouuuroo")
    assert (first["days_observed"], first["ended_by"], first["is_running"]) == (2, "unknown", False)
    assert (
        first["ended_because"]
        == "3 unobservable and 1 not reported days from 2024-01-03 to 2024-01-06; a streak bridges at most 3."
    )
    assert (second["days_observed"], second["is_running"], second["ended_by"]) == (2, True, "data_end")
    assert len(series("oouuuroo", bridge=4)) == 1 and len(series("oruo", bridge=1)) == 2 and len(series("ouo", bridge=0)) == 2


def test_unknown_days_before_a_day_without_a_ship_are_not_counted():
    (row,) = series("oouun")
    assert (row["days_span"], row["end_day"], row["ended_by"]) == (2, date(2024, 1, 2), "not_observed")
    heard = "No hull of the fleet was observed on 2024-01-05, though receivers were listening"
    assert row["ended_because"] == f"{heard}, after 2 unobservable days."


def test_the_end_of_the_data():
    assert series("oo")[-1]["is_running"] is True
    assert series("oou")[-1]["is_running"] is None
    assert series("oouuuu")[-1]["ended_by"] == "unknown"
    assert series("oo", as_of=FIRST + timedelta(days=9))[-1]["is_running"] is None
    assert series("oonn", as_of=FIRST + timedelta(days=1))[-1]["is_running"] is True
    assert series("") == [] and series("nuur") == []


def test_a_record_is_unknown_where_bounds_overlap():
    sure = series("oonooon")
    assert (
        [r["is_record"] for r in sure] == [False, True]
        and sure[1]["broke_days"] == 2
        and sure[1]["broke_on_day"] == date(2024, 1, 6)
    )
    maybe = series("oouonoooon")  # 3 of at most 4, then 4
    assert [r["is_record"] for r in maybe] == [None, None]
    assert series("oouonooooon")[1]["is_record"] is True
    tie = series("oonoon")
    assert [r["is_record"] for r in tie] == [True, False] and tie[1]["broke"] is None


def test_days_that_contradict_each_other_are_refused_or_counted():
    table = pl.DataFrame({"day": [FIRST, FIRST], "state": ["observed", "not_observed"]})
    with pytest.raises(UsageError, match="two rows"):
        streaks(table, AIS, JST)
    with pytest.raises(UsageError, match="no state"):
        streaks(pl.DataFrame({"day": [FIRST], "state": ["seen"]}), AIS, JST)
    days = [FIRST + timedelta(days=n) for n in range(3)]
    split = pl.DataFrame(
        {"day": days, "state": ["observed", "not_reported", "observed"], "contradiction": [None, "x says so; y not", None]}
    )
    assert streaks(split, AIS, JST)["contradictions_n"].to_list() == [1]
    ended = streaks(split, AIS, JST, StreakParameters(max_unknown_run_d=0)).row(0, named=True)
    assert "x says so; y not" in ended["ended_because"]


letters = st.text("onur", max_size=60)
bridges = st.integers(0, 5)


@settings(max_examples=200, deadline=None)
@given(letters, bridges)
def test_laws_of_streaks(text, bridge):
    rows = series(text, bridge)
    covered = set()
    for r in rows:
        a, b = (r["start_day"] - FIRST).days, (r["end_day"] - FIRST).days
        part = text[a : b + 1]
        assert part[0] == part[-1] == "o" and "n" not in part
        assert (
            r["days_observed"] == part.count("o") and r["days_span"] == len(part) == r["days_observed"] + r["days_unobservable"]
        )
        assert (
            r["days_unbroken"]
            == max(len(run) for run in part.replace("r", "u").split("u"))
            <= r["days_observed"]
            <= r["days_span"]
        )
        assert all(len(gap) <= bridge for gap in part.split("o"))
        assert (r["is_running"] is True) == (b == len(text) - 1)
        covered |= set(range(a, b + 1))
    assert covered >= {i for i, c in enumerate(text) if c == "o"}
    assert sum(r["days_observed"] for r in rows) == text.count("o")
    assert sum(r["is_record"] is True for r in rows) <= 1
    if not set(text) & {"u", "r"} and rows:
        (best,) = [r for r in rows if r["is_record"]]
        assert best["days_observed"] == max(len(run) for run in text.split("n"))


@settings(max_examples=100, deadline=None)
@given(letters, st.randoms(use_true_random=False), st.integers(-1000, 1000))
def test_order_does_not_matter_and_a_shift_shifts(text, rng, shift):
    days = [FIRST + timedelta(days=i) for i in range(len(text))]
    table = [(d, STATES[c]) for d, c in zip(days, text, strict=True)]
    schema = {"day": pl.Date, "state": pl.String}
    mixed = streaks(pl.DataFrame(rng.sample(table, len(table)), schema=schema, orient="row"), AIS, JST)
    assert mixed.schema == STREAKS
    assert mixed.equals(streaks(pl.DataFrame(table, schema=schema, orient="row"), AIS, JST))
    moved = streaks(pl.DataFrame([(d + timedelta(days=shift), s) for d, s in table], schema=schema, orient="row"), AIS, JST)
    same = ["days_observed", "days_span", "is_running", "is_record", "ended_by", "broke_days"]
    assert moved.select(same).equals(mixed.select(same))
    assert moved["start_day"].to_list() == [d + timedelta(days=shift) for d in mixed["start_day"]]


@settings(max_examples=100, deadline=None)
@given(letters.filter(lambda t: "o" in t), bridges)
def test_laws_of_records(text, bridge):
    days = [FIRST + timedelta(days=i) for i in range(len(text))]
    frame = pl.DataFrame({"day": days, "state": [STATES[c] for c in text]})
    found = streaks(frame, AIS, JST, StreakParameters(max_unknown_run_d=bridge))
    history = records(found, FIRST)
    assert history["value"].is_sorted() and history["value"].is_unique().all()
    assert history["value"][-1] == found["days_observed"].max()
    assert history["stands"].sum() == 1 and history["stands"][-1]
    assert set(history["holder"]) <= set(found["figure_id"])
    assert history["broke"].to_list() == [None, *history["figure_id"].to_list()[:-1]]


def test_records_of_two_series_are_refused(spans):
    other = jcg(spans).with_columns(pl.lit("tw-cga").alias("source"))
    with pytest.raises(UsageError):
        records(pl.concat([jcg(spans), other]))
    assert records(jcg(spans).clear()).is_empty()


def test_highest_days():
    days = [FIRST + timedelta(days=n) for n in range(6)]
    table = pl.DataFrame({"day": days, "hulls_n": [None, 2, 0, 2, 5, 3]})
    frame = highest_days(table.sample(fraction=1, shuffle=True, seed=3), AIS, JST)
    assert frame.select("value", "unit", "start_day", "stands_until", "broke_value").rows() == [
        (2, "vessels", days[1], days[3], None),
        (5, "vessels", days[4], None, 2),
    ]
    sorties = highest_days(table.rename({"hulls_n": "aircraft"}), AIS, JST, value="aircraft", unit=Unit.SORTIES)
    assert set(sorties["unit"]) == {"sorties"} and parse_figure_id(sorties["figure_id"][1]).record_kind == "highest_day"
    assert highest_days(table.clear(), AIS, JST).is_empty()
