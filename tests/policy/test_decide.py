"""Decisions: Cedar against an independent oracle, restrictions that only ever restrict, and answers that time cannot spoil."""

from __future__ import annotations

import gc
import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_cases import NOON, PARTNERS, random_case, request
from release_oracle import OBLIGATIONS, codes

from offing.model.sharing import RECORD_KINDS, Agreement, Label
from offing.policy import decide as deciding
from offing.policy.decide import (
    KNOWN_OBLIGATIONS,
    Decision,
    Obligations,
    Request,
    any_way,
    decide,
    label_problem,
    obligations_of,
)
from offing.policy.reasons import REASONS

CASES = 50_000  # of each seed: 100,000 in a run, in halves so that two workers share them

AGREEMENT = Agreement("jp-us", ("jp", "us"), ("visit",), ("maritime_safety",), date(2020, 1, 1), date(2030, 12, 31), onward=1)
LABEL = Label("jp", "visit", frozenset({"us"}), "maritime_safety")


def ask(label: Label = LABEL, agreement: Agreement | None = AGREEMENT, **changes: object) -> Decision:
    """The decision of jp giving to us, with changes."""
    plain = Request(label, "jp", "us", "us", agreement, 0, NOON)
    return decide([replace(plain, **changes)])[0]


@pytest.mark.parametrize("seed", [20260901, 20260902])
def test_cedar_and_an_independent_oracle_agree(seed: int) -> None:
    r = random.Random(seed)
    cases: dict[str, dict[str, object]] = {}
    asked = 0  # of Cedar; what is out of range is refused before
    while asked < CASES:
        case = random_case(r)
        if cases.setdefault(repr(case), case) is case:
            asked += not codes(case) & {"bad_request", "bad_label"}
    requests = [request(c) for c in cases.values()]
    gc.freeze()  # else the collector walks all of these again and again
    given_out = decide(requests)
    gc.unfreeze()
    hit: Counter[str] = Counter()
    for case, decision in zip(cases.values(), given_out, strict=True):
        against = codes(case)
        assert decision.allow == (not against), (case, decision, against)
        assert set(decision.reasons) == (against or {"agreed"}), (case, decision, against)
        hit.update(decision.reasons)
    of_rows = {"delayed", "before_agreement", "unlabelled"}
    rare = {code: hit[code] for code in REASONS if code not in of_rows | {"engine_error"} and hit[code] < 1_000}
    assert not rare, f"hit too seldom to say much: {rare}"
    assert not hit["engine_error"]


def test_a_known_obligation_is_one_that_policy_oracle_and_mask_know() -> None:
    assert set(KNOWN_OBLIGATIONS) == OBLIGATIONS
    hidden = ask(replace(LABEL, obligations=("hide_source",), masked=frozenset({"mmsi"})))
    assert hidden.allow
    assert {"mmsi", "source", "sources"} <= hidden.obligations.masked
    assert ask(replace(LABEL, obligations=("hide_source", "burn"))).reasons == ("unknown_obligation",)


def test_an_obligation_that_only_the_policy_knows_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "KNOWN_OBLIGATIONS", {})
    assert ask(replace(LABEL, obligations=("hide_source",))).reasons == ("unknown_obligation",)
    with pytest.raises(KeyError):
        obligations_of(replace(LABEL, obligations=("hide_source",)))


def test_the_default_label_is_for_nobody() -> None:
    assert ask(Label("jp", "visit")).reasons == ("no_recipient", "not_releasable", "purpose_not_agreed")


def test_a_purpose_that_is_empty_is_never_covered() -> None:
    anything = replace(AGREEMENT, purposes=("", "maritime_safety"))
    assert ask(replace(LABEL, purpose=""), anything).reasons == ("purpose_not_agreed",)


def test_days_of_an_agreement_are_utc_and_both_included() -> None:
    one_day = replace(AGREEMENT, first_day=date(2026, 9, 1), last_day=date(2026, 9, 1))
    start = NOON - 12 * 3_600_000
    said = [ask(agreement=one_day, now_ms=start + d).allow for d in (-1, 0, 86_399_999, 86_400_000)]
    assert said == [False, True, True, False]


def test_a_label_expires_at_its_instant_whatever_was_asked_before() -> None:
    label = replace(LABEL, expires_ms=NOON)
    order = [NOON - 1, NOON, NOON - 1, NOON + 1]
    assert [ask(label, now_ms=t).allow for t in order] == [True, False, True, False]
    assert ask(label).reasons == ("expired",)


def test_hands_are_counted_from_the_names_even_where_the_caller_says_none() -> None:
    via = replace(LABEL, releasable_to=frozenset({"tw"}), onward=1)
    assert ask(via, recipient="tw").allow
    assert ask(replace(via, onward=0), recipient="tw").reasons == ("onward_label",)
    assert ask(via, replace(AGREEMENT, onward=0), recipient="tw").reasons == ("onward_agreement",)
    between = replace(AGREEMENT, parties=("ph", "us"))
    assert ask(via, between, actor="us", neighbour="ph", recipient="tw").reasons == ("onward_label",)
    assert ask(replace(via, onward=2), between, actor="us", neighbour="ph", recipient="tw").allow


def test_obligations_carry_what_label_and_agreement_ask() -> None:
    label = replace(LABEL, delay_h=24.0, round_deg=0.1, masked=frozenset({"mmsi"}), expires_ms=NOON + 1)
    late = replace(AGREEMENT, first_day=date(2026, 1, 1), history=False)
    assert ask(label, late).obligations == Obligations(24.0, 0.1, frozenset({"mmsi"}), NOON + 1, 1_767_225_600_000)


def test_several_ways_are_one_answer() -> None:
    yes, late = ask(), ask(agreement=replace(AGREEMENT, first_day=date(2026, 1, 1), history=False))
    no = ask(agreement=None)
    assert any_way([no, yes]) == yes
    assert any_way([yes, late]).obligations.closed_from_ms == 1_767_225_600_000
    assert any_way([no]).reasons == ("no_agreement",)
    assert not any_way([]).allow


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "track"},
        {"originator": ""},
        {"onward": -1},
        {"onward": True},
        {"onward": 1.0},
        {"onward": 10**30},
        {"delay_h": -1.0},
        {"delay_h": float("nan")},
        {"delay_h": float("inf")},
        {"round_deg": 0.0},
        {"round_deg": -0.1},
        {"round_deg": float("nan")},
        {"round_deg": 0.000_000_1},
        {"round_deg": 1 / 3},
        {"expires_ms": 10**18},
        {"expires_ms": 1.5},
    ],
)
def test_a_label_out_of_range_is_denied(changes: dict[str, object]) -> None:
    label = replace(LABEL, **changes)
    assert label_problem(label)
    assert ask(label).reasons == ("bad_label",)


@pytest.mark.parametrize("changes", [{"hops": -1}, {"hops": 1.0}, {"now_ms": 10**20}, {"now_ms": None}, {"actor": ""}])
def test_a_request_out_of_range_is_denied(changes: dict[str, object]) -> None:
    assert ask(**changes).reasons == ("bad_request",)


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
@settings(max_examples=100, deadline=None)
def test_hostile_names_are_only_names(a: str, b: str, purpose: str) -> None:
    paper = replace(AGREEMENT, parties=(a, b), purposes=(purpose,))
    label = Label(a, "visit", frozenset({b}), purpose)
    decision = ask(label, paper, actor=a, neighbour=b, recipient=b)
    assert decision.allow == bool(a and b and purpose and a != b)
    assert not ask(label, paper, actor=a, neighbour=b, recipient=b + '"').allow


def test_one_question_that_cannot_be_put_does_not_refuse_the_others() -> None:
    odd = replace(AGREEMENT, purposes=(7,))  # type: ignore[arg-type]
    requests = [Request(LABEL, "jp", "us", "us", p, 0, NOON) for p in (AGREEMENT, odd, None)]
    assert [d.reasons for d in decide(requests)] == [("agreed",), ("engine_error",), ("no_agreement",)]


RESTRICTIONS = st.sampled_from(
    [
        lambda q, _: replace(q, label=replace(q.label, releasable_to=frozenset(sorted(q.label.releasable_to)[1:]))),
        lambda q, _: replace(q, label=replace(q.label, onward=max(0, q.label.onward - 1))),
        lambda q, d: replace(q, label=replace(q.label, expires_ms=NOON + d)),
        lambda q, _: replace(q, label=replace(q.label, obligations=(*q.label.obligations, "shred"))),
        lambda q, _: replace(q, hops=q.hops + 1),
        lambda q, _: replace(q, agreement=None),
        lambda q, _: replace(q, agreement=q.agreement and replace(q.agreement, kinds=q.agreement.kinds[1:])),
        lambda q, _: replace(q, agreement=q.agreement and replace(q.agreement, purposes=())),
        lambda q, _: replace(q, agreement=q.agreement and replace(q.agreement, onward=0)),
        lambda q, _: replace(q, agreement=q.agreement and replace(q.agreement, last_day=date(2025, 1, 1))),
    ]
)


@given(st.integers(0, 10**9), st.lists(st.tuples(RESTRICTIONS, st.integers(-2, 2)), min_size=1, max_size=3))
@settings(max_examples=400, deadline=None)
def test_a_restriction_never_releases_more(seed: int, restrictions: list) -> None:
    case = random_case(random.Random(seed)) | {"expires_ms": None, "hops": seed % 2}
    before = request(case)
    after = before
    for restrict, d in restrictions:
        after = restrict(after, d)
    was, now = decide([before, after])
    assert was.allow or not now.allow, (before, after)


def test_every_kind_and_partner_is_decided_alike() -> None:
    for kind in RECORD_KINDS:
        for a in PARTNERS:
            for b in PARTNERS:
                paper = replace(AGREEMENT, parties=(a, b), kinds=(kind,))
                decision = ask(Label(a, kind, frozenset({b}), "maritime_safety"), paper, actor=a, neighbour=b, recipient=b)
                assert decision.allow == (a != b)
