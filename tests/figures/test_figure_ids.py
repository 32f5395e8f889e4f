"""Ids of figures are requests, read back without loss."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from offing.errors import UnknownName, UsageError
from offing.figures.ids import FigureSpec, figure_id, parse_figure_id, series_spec
from offing.model.times import DayRule
from offing.model.units import Unit

ZONE = "senkaku-diaoyu-contiguous-zone@jp"
DAYS = st.dates()
MAYBE = st.none() | DAYS
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    ["a:b", "a+b", "50%", "x,y;z=1", "釣魚臺", "tw-mnd:naval_ships", " ", "%3A"]
)
rules = st.none() | st.builds(
    DayRule, st.sampled_from(["UTC", "Asia/Tokyo", "Etc/GMT+8", "America/Argentina/Buenos_Aires"]), st.integers(0, 23)
)
common = {
    "zone_ids": st.lists(names, max_size=3).map(tuple),
    "fleet_id": names,
    "source": names,
    "day_rule": rules,
    "as_of": MAYBE,
    "known_at_ms": st.none() | st.integers(-(10**13), 10**14),
    "published_by": MAYBE,
    "first_day": MAYBE,
    "last_day": MAYBE,
    "settings": st.dictionaries(
        st.sampled_from(["watch_day.min_positions", "visit.max_gap_h", "coverage.near_nm"]),
        st.floats(allow_nan=False, allow_infinity=False),
    ).map(lambda d: tuple(d.items())),
}
specs = st.one_of(
    st.builds(FigureSpec, st.just("day"), key=DAYS.map(str), **common),
    st.builds(
        FigureSpec,
        st.just("presence"),
        key=st.tuples(DAYS, st.sampled_from([4, 7, 10])).map(lambda x: str(x[0])[: x[1]]),
        unit=st.none() | st.sampled_from(list(Unit)),
        **common,
    ),
    st.builds(
        FigureSpec,
        st.sampled_from(["streak", "record"]),
        key=DAYS.map(str) | st.just("undated"),
        days=st.none() | st.integers(1, 5000),
        not_before=MAYBE,
        not_after=MAYBE,
        record_kind=st.sampled_from([None, "longest_streak", "highest_day"]),
        **common,
    ),
)


@settings(max_examples=400, deadline=None)
@given(specs)
def test_round_trip(spec):
    text = figure_id(spec)
    assert parse_figure_id(text) == spec
    assert parse_figure_id(text.replace(",", ";")) == spec
    assert re.fullmatch(r"[\w.@~/:+,=%-]+", text, re.ASCII), "a character that a shell or a table may take for its own"


@settings(max_examples=200, deadline=None)
@given(specs, specs)
def test_different_figures_have_different_ids(a, b):
    assume(a != b)
    assert str(a) != str(b)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (FigureSpec("day", (ZONE,), "cn-government", key="2024-03-01"), f"day:{ZONE}:cn-government:ais:2024-03-01"),
        (
            FigureSpec("streak", (ZONE,), "cn-government", "jcg", "2021-02-13", as_of=date(2021, 7, 31)),
            f"streak:{ZONE}:cn-government:jcg:2021-02-13,as_of=2021-07-31",
        ),
        (
            FigureSpec("presence", ("a@x", "b@y"), "any", key="2024-03", unit=Unit.SHIP_DAYS),
            "presence:a@x+b@y:any:ais:2024-03,unit=ship_days",
        ),
        (
            FigureSpec(
                "day",
                ("a@x",),
                "any",
                key="2024-03-01",
                day_rule=DayRule("Asia/Taipei", 6),
                settings=(("watch_day.min_positions", 1),),
            ),
            "day:a@x:any:ais:2024-03-01,day_rule=Asia/Taipei@06,watch_day.min_positions=1",
        ),
    ],
)
def test_they_read_aloud(spec, text):
    assert figure_id(spec) == text
    assert parse_figure_id(text) == spec


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "day",
        f"day:{ZONE}:f:ais",
        f"day:{ZONE}:f:ais:",
        f"day:{ZONE}:f:ais:2024-13-01",
        f"day:{ZONE}:f:ais:2024-03",
        f"day:{ZONE}::ais:2024-03-01",
        f"visit:{ZONE}:413875010:20240301T000000Z",
        f"day:{ZONE}:f:ais:2024-03-01,colour=red",
        f"day:{ZONE}:f:ais:2024-03-01,as_of",
        f"day:{ZONE}:f:ais:2024-03-01,as_of=x",
        f"day:{ZONE}:f:ais:2024-03-01,as_of=2024-03-01,as_of=2024-03-01",
        f"day:{ZONE}:f:ais:2024-03-01,day_rule=Mars/Base",
        "day:a++b:f:ais:2024-03-01",
        f"record:{ZONE}:f:ais:2024-03-01,record_kind=tallest",
        f"streak:{ZONE}:f:ais:undated,days=many",
        f"day:{ZONE}:f:ais:2024-03-01,watch_day.min_positions=few",
    ],
)
def test_anything_else_is_an_unknown_name(text):
    with pytest.raises(UnknownName):
        parse_figure_id(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"(day|streak|presence|record):[^:]*:[^:]*:[^:]*:[^:]*", fullmatch=True))
def test_no_text_ends_in_another_error(text):
    try:
        spec = parse_figure_id(text)
    except UnknownName:
        return
    assert parse_figure_id(figure_id(spec)) == spec


def test_a_period_has_a_first_and_a_last_day():
    def period(key: str) -> tuple[date, date]:
        return FigureSpec("presence", (ZONE,), "any", key=key).period

    assert period("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert period("2023-12") == (date(2023, 12, 1), date(2023, 12, 31))
    assert period("2024") == (date(2024, 1, 1), date(2024, 12, 31))
    assert period("2024-02-03") == (date(2024, 2, 3), date(2024, 2, 3))
    assert period("9999-12") == (date(9999, 12, 1), date(9999, 12, 31))


def test_a_spec_that_is_no_figure_is_refused():
    for wrong in ({"kind": "visit"}, {"key": "yesterday"}, {"fleet_id": ""}, {"settings": (("min_positions", 1.0),)}):
        with pytest.raises(UsageError):
            FigureSpec(**({"kind": "day", "zone_ids": (ZONE,), "fleet_id": "any", "key": "2024-03-01"} | wrong))


def test_a_series_names_a_day_rule_only_where_the_zones_have_another(make_zone):
    jp = [make_zone("b@jp", rule="Asia/Tokyo"), make_zone("a@jp", rule="Asia/Tokyo")]
    assert series_spec(jp, "any", DayRule("Asia/Tokyo")).day_rule is None
    assert series_spec(jp, "any", DayRule("Asia/Tokyo")).zone_ids == ("a@jp", "b@jp")
    assert series_spec(jp, "any", DayRule()).day_rule == DayRule()
    mixed = [*jp, make_zone("c@tw", rule="Asia/Taipei")]
    assert series_spec(mixed, "any", DayRule()).day_rule is None
