"""Labels from rules, of figures, of received rows; and the ids of what is masked."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_cases import NOON

from offing.errors import BadPaper, BadParameter
from offing.exchange.keys import check_id
from offing.model.sharing import Label, ReleaseRule
from offing.model.wire import WIRE
from offing.policy.ids import MADE_OF, hides_id, keyed_id, released_ids
from offing.policy.labels import check_rule, expires_ms, in_zones, label_of, passed_on, rule_problem, strictest

RULE = ReleaseRule(1, "visit", ("us",), purpose="maritime_safety")
LABEL = Label("jp", "visit", frozenset({"us", "tw"}), "maritime_safety", 2)


def test_a_rule_makes_the_label_that_it_says() -> None:
    rule = ReleaseRule(
        9, "visit", ("tw", "us"), purpose="p", onward=1, expires=date(2026, 9, 5), delay_h=6.0, round_deg=0.1, masked=("mmsi",)
    )
    day_after = int(datetime(2026, 9, 6, tzinfo=UTC).timestamp() * 1000)
    assert label_of(rule, "jp") == Label(
        "jp", "visit", frozenset({"us", "tw"}), "p", 1, day_after, 6.0, 0.1, frozenset({"mmsi"})
    )
    assert label_of(ReleaseRule(1, "visit", ()), "jp") == Label("jp", "visit")


def test_a_last_day_ends_with_its_night_even_at_the_ends_of_the_calendar() -> None:
    assert expires_ms(None) is None
    assert expires_ms(date(1970, 1, 1)) == 86_400_000
    assert expires_ms(date.max) == 253_402_300_800_000
    assert check_rule(replace(RULE, expires=date.max))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "track"}, "none of"),
        ({"releasable_to": ("us/..",)}, "no id of a partner"),
        ({"releasable_to": ("a--b",)}, "no id of a partner"),
        ({"releasable_to": ("",)}, "no id of a partner"),
        ({"releasable_to": ("x" * 64,)}, "no id of a partner"),
        ({"onward": -1}, "onward"),
        ({"delay_h": -1.0}, "delay"),
        ({"round_deg": 0.0}, "rounded"),
        ({"kind": "streak"}, "names its zones"),
        ({"kind": "watch_day", "zones": ("z",)}, "names its zones and its fleets"),
        ({"kind": "incident", "fleets": ("f",)}, "no fleet"),
        ({"masked": ("mmsii",)}, "no column 'mmsii'"),
    ],
)
def test_a_rule_that_says_what_cannot_be_is_refused(changes: dict, said: str) -> None:
    rule = replace(RULE, **changes)
    assert said in rule_problem(rule, WIRE["visit"])
    with pytest.raises(BadPaper, match="This is no release rule"):
        check_rule(rule, WIRE["visit"])
    assert check_rule(RULE, WIRE["visit"]) is RULE


@given(st.text("aZ0-._ ", max_size=6) | st.integers(61, 66).map(lambda n: "a" * n))
@settings(max_examples=200, deadline=None)
def test_a_rule_may_name_exactly_what_can_be_a_node(name: str) -> None:
    try:
        check_id(name)
        is_node = True
    except BadParameter:
        is_node = False
    assert (rule_problem(replace(RULE, releasable_to=(name,))) == "") == is_node


def test_zones_of_a_rule_choose_rows() -> None:
    visits = pl.DataFrame({"zone_id": ["a", "b", None]})
    days = pl.DataFrame({"zone_ids": [["b", "a"], ["a"], None]})
    both = replace(RULE, zones=("a", "b"))
    assert visits.filter(in_zones(both, visits.columns)).height == 2
    assert days.filter(in_zones(both, days.columns))["zone_ids"].to_list() == [["b", "a"]]
    assert visits.filter(in_zones(RULE, visits.columns)).height == 3
    assert pl.DataFrame({"x": [1]}).filter(in_zones(both, ["x"])).is_empty()


LABELS = st.builds(
    Label,
    st.just("jp"),
    st.just("visit"),
    st.frozensets(st.sampled_from(["us", "tw", "ph"])),
    st.sampled_from(["p", "q"]),
    st.integers(0, 3),
    st.none() | st.integers(NOON - 2, NOON + 2),
    st.sampled_from([0.0, 1.0, 24.0]),
    st.none() | st.sampled_from([0.1, 0.5]),
    st.frozensets(st.sampled_from(["mmsi", "zone_id"])),
    st.sampled_from([(), ("hide_source",)]),
)


@given(st.lists(LABELS, min_size=1, max_size=4), LABELS)
@settings(max_examples=300, deadline=None)
def test_the_strictest_label_is_no_looser_than_any_and_more_labels_never_loosen_it(labels: list[Label], more: Label) -> None:
    both = strictest([*labels, more], "us", "watch_day")
    assert (both.originator, both.kind) == ("us", "watch_day")
    if both.releasable_to:
        for x in [*labels, more, strictest(labels, "us", "watch_day")]:
            assert both.releasable_to <= x.releasable_to
            assert both.purpose == x.purpose
            assert both.onward <= x.onward
            assert x.expires_ms is None or (both.expires_ms is not None and both.expires_ms <= x.expires_ms)
            assert both.delay_h >= x.delay_h
            assert x.round_deg is None or (both.round_deg or 0) >= x.round_deg
            assert both.masked >= x.masked
            assert set(both.obligations) >= set(x.obligations)
    assert strictest([more, *labels], "us", "watch_day") == both
    assert len(fields(Label)) == 10, "a new field of labels needs a rule here"


def test_a_figure_over_nothing_or_over_two_purposes_is_for_nobody() -> None:
    assert strictest([], "us", "streak").releasable_to == frozenset()
    assert strictest([LABEL, replace(LABEL, purpose="fisheries")], "us", "streak") == Label("us", "streak")


def test_passing_on_takes_one_hand() -> None:
    assert passed_on(LABEL, ["ph"]) == replace(LABEL, releasable_to=frozenset({"ph"}), onward=1)
    assert passed_on(replace(LABEL, onward=0), ["ph"]).releasable_to == frozenset()


def test_ids_are_keyed_where_they_would_tell_what_is_masked() -> None:
    plain = ["visit:z@tw:431000777:20260901T000000Z", "visit:z@tw:431000777:20260902T000000Z"]
    assert released_ids("visit", plain, {"entry_lon_deg"}, b"secret", "us") == plain
    keyed = released_ids("visit", plain, {"mmsi"}, b"secret", "us")
    assert len(set(keyed)) == 2 and all(k.startswith("visit:~") and len(k) == 39 for k in keyed)
    assert not any("431000777" in k for k in keyed)
    text = json.dumps(["record id", "visit", "us", plain[0]], separators=(",", ":")).encode()
    assert keyed[0] == "visit:~" + hmac.new(b"secret", text, hashlib.sha256).hexdigest()[:32]
    others = [keyed_id("visit", plain[0], b"secret", "tw"), keyed_id("visit", plain[0], b"other", "us")]
    assert len({keyed[0], *others}) == 3


def test_every_kind_says_what_its_ids_are_made_of() -> None:
    for kind, columns in MADE_OF.items():
        assert columns <= set(WIRE[kind]), (kind, columns - set(WIRE[kind]))
    for kind in set(WIRE) - set(MADE_OF):
        assert hides_id(kind, {"text"}) and not hides_id(kind, ())
