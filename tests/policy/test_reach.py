"""Reach: against the policy's own decisions hand by hand, and what would open a way must open it, nothing less."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import UnknownName
from offing.model.sharing import Agreement, Label
from offing.policy.decide import Request, decide
from offing.policy.reach import MISSING, MOST_BETWEEN, Change, Reach, reaches

DAY = date(2026, 9, 1)
NOW_MS = int(datetime(2026, 9, 1, 12, tzinfo=UTC).timestamp() * 1000)
KINDS = ("visit", "streak")
PARTNERS = ("au", "jp", "tw", "us")


def agreement(
    a: str, b: str, onward: int = 1, kinds: Sequence[str] = ("visit",), purposes: Sequence[str] = ("safety",), **days: date
) -> Agreement:
    return Agreement(
        id=f"{a}-{b}",
        parties=tuple(sorted((a, b))),
        kinds=tuple(kinds),
        purposes=tuple(purposes),
        first_day=days.get("first", date(2020, 1, 1)),
        last_day=days.get("last", date(2030, 1, 1)),
        onward=onward,
    )


def found(agreements: Iterable[Agreement], a: str, b: str, kind: str = "visit", partners: Sequence[str] = PARTNERS) -> Reach:
    return next(r for r in reaches(partners, agreements, DAY, (kind,)) if (r.originator, r.recipient) == (a, b))


def texts(r: Reach) -> list[list[str]]:
    return [[c.text for c in changes] for changes in r.opened_by]


def test_through_the_partner_that_both_have() -> None:
    held = [agreement("jp", "us"), agreement("tw", "us")]
    r = found(held, "jp", "tw")
    assert r.state == "through" and [w.between for w in r.ways] == [("us",)]
    assert r.ways[0].agreements == ("jp-us", "tw-us") and r.ways[0].label_onward == 1 and r.ways[0].purposes == ("safety",)
    assert found(held, "jp", "us").state == "direct" and found(held, "jp", "us").ways[0].label_onward == 0


def test_only_what_the_giver_gave_up_must_pass_on() -> None:
    held = [agreement("jp", "us", onward=1), agreement("tw", "us", onward=0)]
    assert found(held, "jp", "tw").state == "through"
    back = found(held, "tw", "jp")
    assert back.state == "blocked" and texts(back) == [["onward of 1 in tw-us"], ["an agreement of jp and tw"]]
    assert back.missing == ("agreement", "onward")


def test_a_kind_a_purpose_and_the_days() -> None:
    held = [agreement("jp", "us"), agreement("tw", "us", kinds=("streak",))]
    assert texts(found(held, "us", "tw")) == [["kind visit in tw-us"]]
    held = [agreement("jp", "us", purposes=("safety",)), agreement("tw", "us", purposes=("fishing",))]
    own = [["purpose fishing in jp-us"], ["purpose safety in tw-us"]]
    assert texts(found(held, "jp", "tw")) == [*own, ["an agreement of jp and tw"]]
    over = [agreement("jp", "us", last=date(2026, 8, 31))]
    assert texts(found(over, "jp", "us")) == [["jp-us in force (it ended on 2026-08-31)"]]
    ahead = [agreement("jp", "us", first=date(2026, 9, 2))]
    assert texts(found(ahead, "jp", "us")) == [["jp-us in force (it begins on 2026-09-02)"]]
    assert found([agreement("jp", "us", last=DAY)], "jp", "us").state == "direct"
    assert found([agreement("jp", "us", first=DAY)], "jp", "us").state == "direct"


def test_two_hubs_and_which_of_two_ways() -> None:
    chain = [agreement("jp", "us"), agreement("au", "us"), agreement("au", "tw", onward=0)]
    r = found(chain, "jp", "tw")
    assert [w.partners for w in r.ways] == [("jp", "us", "au", "tw")] and r.ways[0].label_onward == 2
    assert found(chain, "tw", "jp").state == "blocked"
    both = [agreement("jp", "us"), agreement("tw", "us"), agreement("au", "jp"), agreement("au", "tw")]
    assert [w.between for w in found(both, "jp", "tw").ways] == [("au",), ("us",)]


def test_of_what_would_open_it_the_smallest_sets_are_told() -> None:
    held = [agreement("jp", "us", onward=0), agreement("tw", "us")]
    held += [agreement("au", "jp", onward=0, kinds=("streak",)), agreement("au", "tw")]
    assert texts(found(held, "jp", "tw")) == [["onward of 1 in jp-us"], ["an agreement of jp and tw"]]


def test_whoever_is_not_known_is_not_mentioned() -> None:
    held = [agreement("jp", "us"), agreement("tw", "us"), replace(agreement("au", "us"), parties=("au", "jp", "tw", "us"))]
    rows = reaches(("jp", "us"), held, DAY)
    assert {(r.originator, r.recipient) for r in rows} == {("jp", "us"), ("us", "jp")}
    assert "tw" not in repr(rows) and "'au'" not in repr(rows)
    assert reaches(("jp",), held, DAY) == []


def test_a_pact_of_many_joins_every_two_of_them() -> None:
    pact = [replace(agreement("jp", "us", onward=0), id="pact", parties=("jp", "tw", "us"))]
    assert {found(pact, a, b, partners=("jp", "tw", "us")).state for a, b in permutations(("jp", "tw", "us"), 2)} == {"direct"}


def test_a_sealed_way_says_so() -> None:
    held = [replace(agreement("jp", "us"), relay="sealed"), agreement("tw", "us")]
    assert found(held, "jp", "tw").ways[0].sealed and not found(held, "tw", "jp").ways[0].sealed
    assert not found(held, "jp", "us").ways[0].sealed


def test_a_kind_that_there_is_not() -> None:
    with pytest.raises(UnknownName):
        reaches(PARTNERS, [], DAY, ("visits",))


def test_what_is_not_known_is_neither_open_nor_blocked() -> None:
    """At tw, to which us introduced jp: what jp and us agreed is theirs."""
    held = [agreement("tw", "us")]
    rows = reaches(("tw", "jp", "us"), held, DAY, KINDS, unknown=[("jp", "us")])
    found_ = {(r.originator, r.recipient, r.kind): r for r in rows}
    for a, b in (("jp", "tw"), ("tw", "jp"), ("jp", "us"), ("us", "jp")):
        r = found_[a, b, "visit"]
        assert r.state == "unknown" and r.ways == () and r.depends_on == (("jp", "us"),)
    assert found_["tw", "us", "visit"].state == "direct"
    assert found_["tw", "us", "streak"].state == found_["jp", "tw", "streak"].state == "blocked", "tw-us alone forbids it"
    assert found_["jp", "us", "streak"].state == "unknown"
    assert [r.state for r in reaches(("jp", "us"), [agreement("jp", "us")], DAY, KINDS, unknown=[("jp", "us")])] == [
        "direct", "blocked", "direct", "blocked",
    ], "what is known counts"  # fmt: skip
    assert [r.state for r in reaches(("jp", "us"), [], DAY, unknown=[("au", "us")])] == ["blocked"] * 10


def test_nothing_agreed() -> None:
    r = found([], "jp", "tw")
    assert texts(r) == [["an agreement of jp and tw"]] and r.missing == ("agreement",)


AGREED = st.builds(
    lambda pair, n, kinds, purposes, onward, last: replace(
        agreement(*pair, onward, sorted(kinds), sorted(purposes), last=last), id=f"{pair[0]}-{pair[1]}-{n}"
    ),
    pair=st.sampled_from([(a, b) for a in PARTNERS for b in PARTNERS if a < b]),
    n=st.integers(1, 2),
    kinds=st.sets(st.sampled_from(KINDS), min_size=1),
    purposes=st.sets(st.sampled_from(["safety", "fishing"]), min_size=1),
    onward=st.integers(0, 2),
    last=st.sampled_from([date(2026, 8, 1), date(2030, 1, 1)]),
)
WORLDS = st.lists(AGREED, max_size=6, unique_by=lambda a: a.id)


def allowed(path: Sequence[str], purpose: str, kind: str, onward: int, agreements: Sequence[Agreement]) -> bool:
    """Whether the policy lets a record go this way, asked hand by hand, under any agreement of the two."""
    label = Label(path[0], kind, frozenset({path[-1]}), purpose, onward)
    hops = len(path) - 2
    for i, (giver, taker) in enumerate(pairwise(path)):
        own = [a for a in agreements if a.between(giver, taker)]
        requests = [Request(label, giver, path[-1], taker, a, hops if i == 0 else 0, NOW_MS) for a in own]
        if not any(d.allow for d in decide(requests)):
            return False
    return True


def paths(a: str, b: str) -> list[tuple[str, ...]]:
    rest = [p for p in PARTNERS if p not in (a, b)]
    return [(a, *hubs, b) for n in range(min(MOST_BETWEEN, len(rest)) + 1) for hubs in permutations(rest, n)]


@settings(max_examples=40, deadline=None)
@given(WORLDS)
def test_it_is_what_the_policy_decides_hand_by_hand(agreements: list[Agreement]) -> None:
    for r in reaches(PARTNERS, agreements, DAY, KINDS):
        open_paths = {
            path
            for path in paths(r.originator, r.recipient)
            if any(allowed(path, purpose, r.kind, len(path) - 2, agreements) for purpose in ("safety", "fishing"))
        }
        shortest = min(map(len, open_paths), default=0)
        assert {w.partners for w in r.ways} == {p for p in open_paths if len(p) == shortest}, (r, agreements)
        for way in r.ways:
            for purpose in way.purposes:
                assert allowed(way.partners, purpose, r.kind, way.label_onward, agreements)
                assert not way.between or not allowed(way.partners, purpose, r.kind, way.label_onward - 1, agreements)


def changed(agreements: Iterable[Agreement], changes: Iterable[Change]) -> list[Agreement]:
    """The agreements after these changes."""
    held = {a.id: a for a in agreements}
    for c in changes:
        if c.missing == "agreement":
            held["new"] = replace(agreement(*c.pair, 1, KINDS, ("safety", "fishing")), id="new")
        elif c.missing == "not in force":
            held[c.agreement] = replace(held[c.agreement], first_day=DAY, last_day=DAY)
        elif c.missing == "onward":
            held[c.agreement] = replace(held[c.agreement], onward=1)
        elif c.missing == "kind":
            held[c.agreement] = replace(held[c.agreement], kinds=(*held[c.agreement].kinds, c.detail))
        else:
            held[c.agreement] = replace(held[c.agreement], purposes=(*held[c.agreement].purposes, c.detail))
    return list(held.values())


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_what_would_open_a_way_opens_it_and_nothing_less_does(agreements: list[Agreement]) -> None:
    def state(changes: Iterable[Change], r: Reach) -> str:
        return found(changed(agreements, changes), r.originator, r.recipient, r.kind).state

    for r in reaches(PARTNERS, agreements, DAY, KINDS):
        assert bool(r.ways) != bool(r.opened_by)
        assert r.missing == tuple(m for m in MISSING if any(c.missing == m for s in r.opened_by for c in s))
        for changes in r.opened_by:
            assert state(changes, r) != "blocked"
            for left_out in changes:
                assert state([c for c in changes if c != left_out], r) == "blocked", (changes, left_out)


@given(WORLDS, AGREED)
def test_one_more_agreement_never_blocks(agreements: list[Agreement], more: Agreement) -> None:
    before = reaches(PARTNERS, agreements, DAY, KINDS)
    after = reaches(PARTNERS, [*agreements, replace(more, id="more")], DAY, KINDS)
    assert all(b.ways for a, b in zip(before, after, strict=True) if a.ways)
