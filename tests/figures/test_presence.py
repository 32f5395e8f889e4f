"""Ship-days, calendar days, hours; law 5: they never mix."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import UsageError
from offing.figures.ids import FigureSpec, parse_figure_id
from offing.figures.presence import PRESENCE, hours_inside, presence, total
from offing.model.times import HOUR_MS, DayRule, to_ms_of_day
from offing.model.units import Quantity, Unit

SPEC = FigureSpec("streak", ("z@me",), "any")
UTC_RULE = DayRule()
FIRST = date(2023, 12, 30)


def days(hulls: list[int | None], first: date = FIRST) -> pl.DataFrame:
    """Days from the first: a number of hulls; 0 not observed, None unobservable."""
    labels = [first + timedelta(days=i) for i in range(len(hulls))]
    state = ["unobservable" if n is None else "observed" if n else "not_observed" for n in hulls]
    edges = [UTC_RULE.window(d) for d in labels]
    frame = pl.DataFrame(
        {
            "day": labels,
            "state": state,
            "hulls_n": [n or 0 for n in hulls],
            "a": [e[0] for e in edges],
            "b": [e[1] for e in edges],
        },
        schema={"day": pl.Date, "state": pl.String, "hulls_n": pl.Int64, "a": pl.Int64, "b": pl.Int64},
    )
    stamps = [
        pl.col(k).cast(pl.Datetime("ms")).dt.replace_time_zone("UTC").alias(v)
        for k, v in (("a", "window_start_utc"), ("b", "window_end_utc"))
    ]
    return frame.with_columns(stamps).drop("a", "b")


def stays(*rows: tuple[int, float, float]) -> pl.DataFrame:
    zero = to_ms_of_day(FIRST)
    return pl.DataFrame(
        [(m, zero + round(a * HOUR_MS), zero + round(b * HOUR_MS)) for m, a, b in rows],
        schema={"mmsi": pl.Int32, "start_ms": pl.Int64, "end_ms": pl.Int64},
        orient="row",
    )


def test_periods_and_states():
    frame = presence(days([2, None, 3, 0, 1]), "year", Unit.SHIP_DAYS, SPEC, UTC_RULE)
    assert frame.schema == PRESENCE
    assert frame.select("period", "value", "unit", "days_observed", "days_not_observed", "days_unobservable").rows() == [
        ("2023", 2.0, "ship_days", 1, 0, 1),
        ("2024", 4.0, "ship_days", 2, 1, 0),
    ]
    assert frame["value_at_most"].to_list() == [None, None]
    calendar = presence(days([2, None, 3, 0, 1]), "month", Unit.CALENDAR_DAYS, SPEC, UTC_RULE)
    assert calendar.select("period", "value", "value_at_most").rows() == [("2023-12", 1.0, 2.0), ("2024-01", 2.0, 2.0)]
    spec = parse_figure_id(calendar["figure_id"][0])
    assert (spec.kind, spec.key, spec.unit, spec.by) == ("presence", "2023-12", Unit.CALENDAR_DAYS, "month")
    assert presence(days([]), "day", Unit.SHIP_DAYS, SPEC, UTC_RULE).is_empty()


def test_hours_count_a_hull_in_two_zones_once_and_end_with_the_period():
    table = stays((1, 20, 30), (1, 22, 26), (1, 30, 31), (2, 20, 30), (3, 5, 5), (1, 100, 120))
    frame = presence(days([2, 2]), "day", Unit.HOURS, SPEC, UTC_RULE, stays=table)
    assert frame["value"].to_list() == [8.0, 13.0]
    whole = presence(days([2, 2, None, None, 1, 1]), "month", Unit.HOURS, SPEC, UTC_RULE, stays=table)
    assert whole["value"].to_list() == [21.0, 20.0]


intervals = st.lists(st.tuples(st.integers(1, 3), st.integers(-30, 200), st.integers(0, 60)), max_size=10)


@settings(max_examples=150, deadline=None)
@given(intervals, st.integers(0, 100), st.integers(0, 100))
def test_hours_equal_counting_hour_by_hour(rows, start, length):
    table = stays(*((m, a, a + n) for m, a, n in rows))
    zero = to_ms_of_day(FIRST)
    window = pl.Series([zero + start * HOUR_MS]).to_numpy(), pl.Series([zero + (start + length) * HOUR_MS]).to_numpy()
    want = {(m, h) for m, a, n in rows for h in range(a, a + n) if start <= h < start + length}
    assert hours_inside(table, *window).tolist() == [float(len(want))]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.integers(0, 5), min_size=1, max_size=80), st.sampled_from(["day", "month", "year"]))
def test_ship_days_are_never_fewer_than_calendar_days_and_periods_add_up(hulls, by):
    ship, calendar = (presence(days(hulls), by, u, SPEC, UTC_RULE) for u in (Unit.SHIP_DAYS, Unit.CALENDAR_DAYS))
    assert (ship["value"] >= calendar["value"]).all()
    assert (calendar["value_at_most"] >= calendar["value"]).all()
    assert total(ship) == Quantity(sum(n or 0 for n in hulls), Unit.SHIP_DAYS)
    assert total(calendar) == Quantity(sum(bool(n) for n in hulls), Unit.CALENDAR_DAYS)


def test_scarborough_2025_has_three_hulls_a_day():
    """AMTI, January 2026: 1,099 ship-days on 352 calendar days of 2025."""
    table = days([4] * 43 + [3] * 309 + [0] * 13, first=date(2025, 1, 1))
    ship, calendar = (total(presence(table, "year", u, SPEC, UTC_RULE)) for u in (Unit.SHIP_DAYS, Unit.CALENDAR_DAYS))
    assert (ship, calendar) == (Quantity(1099, Unit.SHIP_DAYS), Quantity(352, Unit.CALENDAR_DAYS))
    assert presence(table, "year", Unit.SHIP_DAYS, SPEC, UTC_RULE)["period"].to_list() == ["2025"]


def test_units_never_mix():
    ship, calendar = (presence(days([2, 0]), "year", u, SPEC, UTC_RULE) for u in (Unit.SHIP_DAYS, Unit.CALENDAR_DAYS))
    with pytest.raises(UsageError):
        total(pl.concat([ship, calendar]))
    with pytest.raises(UsageError):
        _ = total(ship) + total(calendar)
    for unit in (Unit.SORTIES, Unit.INCIDENTS, Unit.VESSELS):
        with pytest.raises(UsageError):
            presence(days([1]), "year", unit, SPEC, UTC_RULE)
    with pytest.raises(UsageError):
        presence(days([1]).drop("hulls_n"), "year", Unit.SHIP_DAYS, SPEC, UTC_RULE)
    with pytest.raises(UsageError):
        presence(days([1]), "year", Unit.HOURS, SPEC, UTC_RULE)
    with pytest.raises(UsageError):
        presence(days([1]), "week", Unit.SHIP_DAYS, SPEC, UTC_RULE)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        total(ship.clear())


def test_kinmen_two_days_and_eight_ship_days():
    """29 and 30 July 2025: four ships on each day by the official count; by AIS on the first only."""
    official, ais = days([4, 4]), days([4, None])
    got = [
        [total(presence(f, "month", u, SPEC, UTC_RULE)).value for u in (Unit.CALENDAR_DAYS, Unit.SHIP_DAYS)]
        for f in (official, ais)
    ]
    assert got == [[2, 8], [1, 4]]
