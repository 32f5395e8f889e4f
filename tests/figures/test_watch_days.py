"""Watch days: states, day rules, several zones, dated membership; law 4: absent is not unobserved."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.figures.cells import near_cells
from offing.figures.coverage import CoverageParameters, coverage_of_day, listening_hours
from offing.figures.ids import parse_figure_id
from offing.figures.sensitivity import sensitivity
from offing.figures.watch_days import WATCH_DAYS, WatchDayParameters, watch_days
from offing.model.fleet import Fleet, Membership
from offing.model.times import DAY_MS, HOUR_MS, DayRule, to_ms_of_day

ZONE, INNER = "senkaku-diaoyu-contiguous-zone@jp", "senkaku-diaoyu-territorial-sea@jp"
A, B = 413_875_010, 413_875_017
FLEET = Fleet("cn-coast-guard", members=(Membership(A), Membership(B, valid_to=date(2024, 3, 3))))
ANY = Fleet("any", everyone=True)
JST, MND = DayRule("Asia/Tokyo"), DayRule("Asia/Taipei", 6)
D1 = date(2024, 3, 1)
ZERO = to_ms_of_day(D1)
ALWAYS = np.arange(ZERO // HOUR_MS - 48, ZERO // HOUR_MS + 24 * 20)
WIDE = (ZERO - 2 * DAY_MS, ZERO + 20 * DAY_MS)


def ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


@pytest.fixture(scope="module")
def zones(make_zone):
    ring = [(123.0, 25.0), (124.0, 25.0), (124.0, 26.0)]
    return [make_zone(ZONE, ring, rule="Asia/Tokyo"), make_zone(INNER, ring, rule="Asia/Tokyo")]


def days_of(frame: pl.DataFrame, state: str = "observed") -> list[str]:
    return frame.filter(pl.col("state") == state)["day"].dt.to_string().to_list()


def test_a_row_says_all(make_visits, make_positions, zones):
    visits = make_visits(
        [(A, ZONE, ZERO + HOUR_MS, ZERO + 30 * HOUR_MS, 5), (A, INNER, ZERO + 2 * HOUR_MS, ZERO + 3 * HOUR_MS, 2)]
    )
    inside = make_positions(
        [(A, ZERO + 2 * HOUR_MS), (A, ZERO + 3 * HOUR_MS), (A, ZERO + 29 * HOUR_MS), (999, ZERO + 3 * HOUR_MS)]
    )
    hours = {ZONE: ALWAYS, INNER: ALWAYS[ALWAYS % 24 != 5]}
    frame = watch_days(visits, inside, hours, WIDE, zones, FLEET, DayRule(), first_day=D1, last_day=date(2024, 3, 3))
    assert frame.schema == WATCH_DAYS
    first, second, third = frame.iter_rows(named=True)
    assert first["state"] == second["state"] == "observed" and third["state"] == "not_observed"
    assert first["mmsis"] == [A] and first["hulls_n"] == 1 and len(first["visits"]) == 2 and first["positions_n"] == 2
    assert second["positions_n"] == 1 and len(second["visits"]) == 1 and third["visits"] == [] and third["mmsis"] == []
    assert first["listening_hours"] == 23 and first["longest_hole_h"] == 1.0
    assert first["undated_claims_n"] == 1 and third["undated_claims_n"] == 0
    assert first["window_start_utc"] == datetime(2024, 3, 1, tzinfo=UTC) and first["window_end_utc"] == datetime(
        2024, 3, 2, tzinfo=UTC
    )
    assert first["zone_ids"] == sorted([ZONE, INNER]) and first["day_rule"] == "UTC 00:00"
    spec = parse_figure_id(first["figure_id"])
    assert spec.day == D1 and spec.day_rule == DayRule() and spec.zone_ids == tuple(sorted([ZONE, INNER]))


def test_the_zones_own_day_rule_needs_no_word_in_the_id(make_visits, make_positions, zones):
    frame = watch_days(make_visits([]), make_positions([]), {}, WIDE, zones[:1], FLEET, JST, first_day=D1, last_day=D1)
    assert frame["figure_id"].to_list() == [f"day:{ZONE}:cn-coast-guard:ais:2024-03-01"]


@pytest.mark.parametrize(
    ("rule", "want"),
    [
        (DayRule(), ["2024-03-01", "2024-03-02"]),
        (JST, ["2024-03-02"]),  # 1 March 15:00Z is 2 March 00:00 in Japan
        (MND, ["2024-03-01"]),  # from 1 March 06:00 (UTC+8) to 2 March 06:00, which is 22:00Z
    ],
)
def test_a_day_belongs_to_a_rule(make_visits, make_positions, zones, rule, want):
    end = {"UTC 00:00": "2024-03-02T00:01", "Asia/Tokyo 00:00": "2024-03-02T15:00", "Asia/Taipei 06:00": "2024-03-01T22:00"}[
        str(rule)
    ]
    visits = make_visits([(A, ZONE, ms("2024-03-01T15:00"), ms(end), 2)])
    frame = watch_days(visits, make_positions([]), {}, WIDE, zones[:1], FLEET, rule)
    assert days_of(frame) == want


def test_an_exit_at_the_days_start_does_not_reach_the_day_but_a_lone_position_does(make_visits, make_positions, zones):
    stay = make_visits([(A, ZONE, ZERO - HOUR_MS, ZERO, 2)])
    lone = make_visits([(A, ZONE, ZERO, ZERO, 1)])
    args = make_positions([]), {}, WIDE, zones[:1], FLEET, DayRule()
    assert days_of(watch_days(stay, *args)) == ["2024-02-29"]
    assert days_of(watch_days(lone, *args)) == []
    assert days_of(watch_days(lone, *args, WatchDayParameters(min_positions=1))) == ["2024-03-01"]


def test_withdrawn_visits_other_zones_and_strangers_make_no_day(make_visits, make_positions, zones):
    visits = make_visits(
        [(A, ZONE, ZERO, ZERO + 1, 2), (A, "elsewhere@me", ZERO, ZERO + 1, 2), (431_000_001, ZONE, ZERO, ZERO + 1, 2)]
    )
    visits = visits.with_columns(pl.Series("status", ["withdrawn", "closed", "closed"]))
    assert days_of(watch_days(visits, make_positions([]), {}, WIDE, zones[:1], FLEET, DayRule())) == []


def test_membership_by_date_counts_only_its_days(make_visits, make_positions, zones):
    visits = make_visits([(B, ZONE, ZERO, ZERO + 6 * DAY_MS, 9)])
    args = make_positions([]), {}, WIDE, zones[:1], FLEET
    utc = watch_days(visits, *args, DayRule())
    assert days_of(utc) == ["2024-03-01", "2024-03-02", "2024-03-03"] and utc["undated_claims_n"].sum() == 0
    assert days_of(watch_days(visits, *args, JST))[-1] == "2024-03-04"  # a UTC day reaches into two days of Japan


def test_not_observed_needs_hours_no_hole_and_the_whole_day(make_visits, make_positions, zones):
    def state(hours: list[int], window: tuple[int, int] = WIDE) -> str:
        listened = {ZONE: ZERO // HOUR_MS + np.array(hours, np.int64)}
        frame = watch_days(
            make_visits([]), make_positions([]), listened, window, zones[:1], FLEET, DayRule(), first_day=D1, last_day=D1
        )
        return str(frame["state"][0])

    spread = [h for h in range(24) if h % 4 != 3]  # 18 hours, no hole over one
    assert state(spread) == "not_observed"
    assert state(spread[1:]) == "unobservable"  # 17 hours
    assert state(list(range(4, 24))) == "not_observed"  # a hole of 4 hours
    assert state(list(range(5, 24))) == "unobservable"  # of 5
    assert state(spread, (ZERO, ZERO + DAY_MS)) == "not_observed"
    assert state(spread, (ZERO + 1, ZERO + DAY_MS)) == "unobservable"
    assert state(spread, (ZERO, ZERO + DAY_MS - 1)) == "unobservable"


def test_a_zone_that_does_not_hold_yet_is_not_empty_of_ships(make_visits, make_positions, make_zone):
    zone = make_zone(ZONE, valid_from=date(2024, 3, 2))
    args = make_visits([]), make_positions([]), {ZONE: ALWAYS}, WIDE, [zone], FLEET, DayRule()
    frame = watch_days(*args, first_day=D1, last_day=date(2024, 3, 2))
    assert frame["state"].to_list() == ["unobservable", "not_observed"]


def test_kinmen_official_two_days_and_eight_ship_days_ais_one_and_four(make_visits, make_positions, make_zone):
    """29 July 2025 15:00-17:00 four ships; 30 July 09:00-11:05 the same four with AIS off (local time, UTC+8)."""
    zone = make_zone("kinmen-restricted-water@tw", rule="Asia/Taipei")
    hulls = [413_914_605, 413_914_529, 413_914_608, 413_914_513]
    fleet = Fleet("four", members=tuple(Membership(m) for m in hulls))
    start, end = ms("2025-07-29T15:00+08:00"), ms("2025-07-29T17:00+08:00")
    again = ms("2025-07-30T09:00+08:00"), ms("2025-07-30T11:05+08:00")
    ais = [(m, zone.id, start, end, 20) for m in hulls]
    truth = ais + [(m, zone.id, *again, 20) for m in hulls]
    window, rule = (start - 3 * DAY_MS, end + 5 * DAY_MS), DayRule("Asia/Taipei")
    first, last = date(2025, 7, 29), date(2025, 7, 30)
    for rows, states, ship_days in ((ais, ["observed", "unobservable"], 4), (truth, ["observed", "observed"], 8)):
        frame = watch_days(
            make_visits(rows), make_positions([]), {}, window, [zone], fleet, rule, first_day=first, last_day=last
        )
        assert frame["state"].to_list() == states and frame["hulls_n"].sum() == ship_days


def test_dongsha_one_visit_two_calendar_days(make_visits, make_positions, make_zone):
    """2 August 2025 14:50 in, silent for an hour about 18:00, out 15:45 next day: one visit."""
    zone = make_zone("pratas-contiguous-zone@tw", rule="Asia/Taipei")
    visits = make_visits([(A, zone.id, ms("2025-08-02T14:50+08:00"), ms("2025-08-03T15:45+08:00"), 50)])
    window = (ms("2025-07-30T00:00+08:00"), ms("2025-08-06T00:00+08:00"))
    frame = watch_days(visits, make_positions([]), {}, window, [zone], FLEET, DayRule("Asia/Taipei"))
    assert days_of(frame) == ["2025-08-02", "2025-08-03"]
    assert frame["hulls_n"].sum() == 2 and frame["visits"].explode().drop_nulls().n_unique() == 1


@pytest.mark.parametrize(("lat", "state"), [(26.3, "not_observed"), (27.0, "unobservable")])
def test_from_positions_to_a_state(make_visits, make_positions, zones, lat, state):
    """Another ship is heard all day, 18 or 60 nautical miles north of the zone: the first shows that receivers listen there."""
    t = np.arange(ZERO, ZERO + DAY_MS, 10 * 60_000)
    lon_e7, lat_e7 = np.full(len(t), 1_239_000_000, np.int32), np.full(len(t), round(lat * 1e7), np.int32)
    for hull, want in ((431_000_001, state), (A, "unobservable")):  # a hull of the fleet shows nothing
        rows = coverage_of_day(D1, np.full(len(t), hull, np.int32), t, lon_e7, lat_e7, np.full(len(t), True))
        hours = listening_hours(rows, near_cells(zones[0], 40), FLEET)
        args = make_visits([]), make_positions([]), {ZONE: hours}, (ZERO, ZERO + DAY_MS), zones[:1], FLEET, DayRule()
        assert watch_days(*args, first_day=D1, last_day=D1)["state"].to_list() == [want]


def test_no_data_no_days(make_visits, make_positions, zones):
    assert watch_days(make_visits([]), make_positions([]), {}, None, zones, FLEET, JST).schema == WATCH_DAYS
    frame = watch_days(
        make_visits([]), make_positions([]), {ZONE: ALWAYS}, None, zones[:1], FLEET, JST, first_day=D1, last_day=D1
    )
    assert frame["state"].to_list() == ["unobservable"]


def test_sensitivity_shows_the_figure_at_other_values(make_visits, make_positions, zones):
    visits = make_visits(
        [
            (A, ZONE, ZERO, ZERO, 1),
            (A, ZONE, ZERO + DAY_MS, ZERO + DAY_MS + 5, 2),
            (A, ZONE, ZERO + 2 * DAY_MS, ZERO + 2 * DAY_MS + 5, 3),
        ]
    )
    hours = ALWAYS[ALWAYS % 24 < 20]
    table = sensitivity(
        visits, {ZONE: hours}, WIDE, zones[:1], FLEET, DayRule(), WatchDayParameters(), CoverageParameters(),
        first_day=D1, last_day=date(2024, 3, 5), hours_at_near_nm={20: {ZONE: hours[:0]}, 60: {ZONE: ALWAYS}},
    )  # fmt: skip
    got = {
        (r["parameter"], r["value"]): (r["days_observed"], r["days_not_observed"], r["days_unobservable"])
        for r in table.iter_rows(named=True)
    }
    assert [got["watch_day.min_positions", n] for n in (1, 2, 3)] == [(3, 2, 0), (2, 3, 0), (1, 4, 0)]
    assert [got["coverage.min_listening_hours", n] for n in (18, 21)] == [(2, 3, 0), (2, 0, 3)]
    assert [got["coverage.max_hole_h", n] for n in (2, 4)] == [(2, 0, 3), (2, 3, 0)]
    assert [got["coverage.near_nm", n] for n in (20, 40, 60)] == [(2, 0, 3), (2, 3, 0), (2, 3, 0)]
    assert table.filter("is_chosen")["value"].to_list() == [2, 18, 4, 40]
    for kept in table.filter("is_chosen").iter_rows(named=True):
        days = watch_days(
            visits,
            make_positions([]),
            {ZONE: hours},
            WIDE,
            zones[:1],
            FLEET,
            DayRule(),
            first_day=D1,
            last_day=date(2024, 3, 5),
        )
        assert [kept[f"days_{s}"] for s in ("observed", "not_observed", "unobservable")] == [
            days.filter(pl.col("state") == s).height for s in ("observed", "not_observed", "unobservable")
        ]
        assert kept["ship_days"] == days["hulls_n"].sum()


worlds = st.lists(
    st.tuples(
        st.sampled_from([A, B, 7]),
        st.sampled_from([ZONE, INNER]),
        st.integers(0, 8 * 24),
        st.integers(0, 60),
        st.integers(1, 3),
    ),
    max_size=8,
)
heard = st.sets(st.integers(-24, 9 * 24))
rules = st.sampled_from([DayRule(), JST, MND, DayRule("Asia/Kolkata"), DayRule("Asia/Tokyo", 15)])


def build(make_visits, make_positions, zones, world, hours, rule, shift_d=0, fleet=FLEET):
    shift = shift_d * DAY_MS
    visits = make_visits([(m, z, ZERO + shift + s * HOUR_MS, ZERO + shift + (s + n) * HOUR_MS, k) for m, z, s, n, k in world])
    inside = make_positions([(m, ZERO + shift + s * HOUR_MS) for m, _, s, _, _ in world])
    listened = np.array(sorted(hours), np.int64) + (ZERO + shift) // HOUR_MS
    window = (ZERO + shift, ZERO + shift + 9 * DAY_MS)
    return watch_days(visits, inside, {z.id: listened for z in zones}, window, zones, fleet, rule)


@settings(max_examples=60, deadline=None)
@given(worlds, rules)
def test_law_4_without_coverage_no_day_is_not_observed(make_visits, make_positions, zones, world, rule):
    frame = build(make_visits, make_positions, zones, world, set(), rule)
    assert "not_observed" not in frame["state"].to_list()


@settings(max_examples=60, deadline=None)
@given(worlds, heard, heard, rules)
def test_more_coverage_only_turns_unobservable_into_not_observed(make_visits, make_positions, zones, world, some, more, rule):
    few = build(make_visits, make_positions, zones, world, some, rule)
    many = build(make_visits, make_positions, zones, world, some | more, rule)
    changed = {(a, b) for a, b in zip(few["state"], many["state"], strict=True) if a != b}
    assert changed <= {("unobservable", "not_observed")}
    assert few.drop("state", "because", "listening_hours", "longest_hole_h").equals(
        many.drop("state", "because", "listening_hours", "longest_hole_h")
    )


@settings(max_examples=40, deadline=None)
@given(worlds, heard, rules, st.integers(-400, 400))
def test_a_shift_by_whole_days_shifts_the_figures(make_visits, make_positions, zones, world, hours, rule, shift):
    here = build(make_visits, make_positions, zones, world, hours, rule, fleet=ANY)
    there = build(make_visits, make_positions, zones, world, hours, rule, shift, fleet=ANY)
    same = ["state", "hulls_n", "mmsis", "listening_hours", "longest_hole_h", "positions_n"]
    assert here.select(same).equals(there.select(same))
    assert here["day"].dt.offset_by(f"{shift}d").to_list() == there["day"].to_list()


@settings(max_examples=40, deadline=None)
@given(worlds, heard, rules, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(make_visits, make_positions, zones, world, hours, rule, rng):
    mixed = rng.sample(world, len(world))
    args = make_visits, make_positions, zones
    assert build(*args, world, hours, rule).equals(build(*args, mixed, hours, rule))
    assert build(make_visits, make_positions, zones[::-1], world, hours, rule).equals(build(*args, world, hours, rule))


@settings(max_examples=60, deadline=None)
@given(worlds, rules)
def test_days_equal_a_plain_look_at_every_day(make_visits, make_positions, zones, world, rule):
    frame = build(make_visits, make_positions, zones, world, set(), rule, fleet=ANY)
    for day, mmsis in frame.select("day", "mmsis").rows():
        start, end = rule.window(day)
        hulls = set()
        for m, _, s, n, k in world:
            low, high = ZERO + s * HOUR_MS, ZERO + (s + n) * HOUR_MS
            touches = start <= low < end if n == 0 else low < end and high > start
            if touches and k >= 2:
                hulls.add(m)
        assert mmsis == sorted(hulls)
