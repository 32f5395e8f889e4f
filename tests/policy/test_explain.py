"""Ways out of a node, and why a partner gets a record or what is missing, in sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from release_cases import NOON

from offing.model.sharing import Agreement, Label, ReleaseRule
from offing.policy.explain import explain_own, explain_received
from offing.policy.ways import release_decisions, ways

KINDS = ("visit", "watch_day", "streak", "incident")
JP_US = Agreement(
    "jp-us", ("jp", "us"), KINDS, ("maritime_safety",), date(2020, 1, 1), date(2030, 1, 1), 1, instrument="Treaty of 1960"
)
US_TW = replace(JP_US, id="us-tw", parties=("tw", "us"), instrument="")
RULE = ReleaseRule(1, "visit", ("tw", "us"), purpose="maritime_safety", onward=1)
LABEL = Label("jp", "visit", frozenset({"tw"}), "maritime_safety", 1)


def test_the_direct_way_comes_first_and_is_named_even_without_an_agreement() -> None:
    found = ways([LABEL], "jp", "tw", [US_TW, JP_US], NOON)[0]
    assert [(w.neighbour, w.agreement, w.decision.allow) for w in found] == [("tw", None, False), ("us", JP_US, True)]
    assert found[0].decision.reasons == ("no_agreement",)
    assert [w.neighbour for w in ways([LABEL], "us", "tw", [JP_US, US_TW], NOON)[0]] == ["tw"]


def test_an_agreement_with_the_recipient_alone_says_what_the_two_share() -> None:
    narrow = replace(JP_US, id="jp-tw", parties=("jp", "tw"), kinds=("incident",), onward=0)
    assert [d.allow for d in release_decisions([LABEL], "jp", "tw", [JP_US], NOON)] == [True]
    (now,) = release_decisions([LABEL], "jp", "tw", [JP_US, narrow], NOON)
    assert (now.allow, now.reasons) == (False, ("kind_not_agreed",))
    over = replace(narrow, last_day=date(2021, 1, 1))
    assert [d.allow for d in release_decisions([LABEL], "jp", "tw", [JP_US, over], NOON)] == [True]


def test_one_way_is_enough_and_none_gives_every_reason() -> None:
    labels = [LABEL, replace(LABEL, onward=0), replace(LABEL, releasable_to=frozenset())]
    said = release_decisions(labels, "jp", "tw", [JP_US], NOON)
    assert [d.allow for d in said] == [True, False, False]
    assert said[1].reasons == ("no_agreement", "onward_label")
    assert "no_recipient" in said[2].reasons
    assert release_decisions([], "jp", "tw", [JP_US], NOON) == []


def test_an_own_record_is_explained_by_rule_agreement_and_way() -> None:
    told = explain_own("visit", [RULE], "jp", "tw", [JP_US], NOON)
    assert told.allow and told.rule == RULE and told.ways[0].neighbour == "us"
    assert told.sentences[0] == "Rule 1 releases it to tw for maritime_safety."
    assert "Directly: no. There is no agreement" in told.sentences[1]
    assert told.sentences[2] == "Through us under agreement jp-us, which rests on Treaty of 1960: yes."


def test_the_lowest_rule_that_releases_it_decides_and_the_others_say_why_not() -> None:
    rules = [
        replace(RULE, n=4, delay_h=12.0, round_deg=0.1, masked=("mmsi",), expires=date(2026, 12, 31)),
        replace(RULE, n=5),
        replace(RULE, n=3, purpose="advertising"),
        replace(RULE, n=2, removed_ms=NOON - 1),
        replace(RULE, n=1, releasable_to=("ph",)),
        replace(RULE, n=0, kind="streak"),
    ]
    late = replace(JP_US, history=False, first_day=date(2026, 1, 1))
    told = explain_own("visit", rules, "jp", "tw", [late], NOON)
    assert told.rule is not None and told.rule.n == 4
    text = " ".join(told.sentences)
    for said in (
        "12 h after its close",
        "0.1 degrees",
        "without mmsi",
        "2027-01-01T00:00:00Z on",
        "before 2026-01-01T00:00:00Z",
    ):
        assert said in text
    no = explain_own("visit", rules[2:], "jp", "tw", [late], NOON)
    text = " ".join(no.sentences)
    assert not no.allow
    assert "Rule 1 makes it releasable to ph, not to tw." in text
    assert "Rule 2 was removed on 2026-09-01T11:59:59.999Z." in text
    assert "Rule 3 names tw, for advertising, yet nothing can carry it there." in text
    assert "does not name the purpose" in text


def test_a_record_without_a_rule_is_for_nobody() -> None:
    told = explain_own("visit", [replace(RULE, kind="streak")], "jp", "tw", [JP_US], NOON)
    assert told.sentences == ("No release rule covers this visit: what no rule releases, nobody gets.",)


def test_a_hub_explains_what_its_originator_did_not_release() -> None:
    held = replace(LABEL, releasable_to=frozenset({"us"}))
    told = explain_received(held, "us", "tw", [JP_US, US_TW], NOON)
    assert not told.allow
    assert "only jp can release it to others" in " ".join(told.sentences)
    assert "onward" in " ".join(told.sentences)
    passing = explain_received(LABEL, "us", "tw", [JP_US, US_TW], NOON)
    assert passing.allow and passing.ways[0].agreement == US_TW
    assert not explain_received(replace(LABEL, onward=0), "us", "tw", [JP_US, US_TW], NOON).allow
