"""Random hands as plain values, and the request that each of them is."""

from __future__ import annotations

import random
from datetime import date
from functools import lru_cache
from typing import Any

from offing.model.sharing import RECORD_KINDS, Agreement, Label
from offing.policy.decide import Request

PARTNERS = ("au", "jp", "ph", "tw", "us")
PURPOSES = ("maritime_safety", "fisheries", "")
DAY = 86_400_000
NOON = 1_788_264_000_000  # 2026-09-01T12:00:00Z
YEARS = ((2020, 2030), (2020, 2025), (2027, 2030))


@lru_cache(maxsize=3_000)
def labelled(seed: int) -> dict[str, Any]:
    """One label and a partner that it may name: one of as many as there are seeds."""
    r = random.Random(seed)
    origin, to, *_ = r.sample(PARTNERS, 2)
    usual = r.random() < 0.5
    return {
        "originator": origin,
        "recipient": to,
        "kind": r.choice(RECORD_KINDS),
        "releasable_to": tuple(sorted({to, *r.sample(PARTNERS, r.randrange(2))})) if r.random() < 0.95 else (),
        "purpose": "maritime_safety" if usual else r.choice(PURPOSES),
        "onward": r.choice((2, 2, 1, 0, -1 if r.random() < 0.2 else 2)),
        "expires_ms": r.choice((None, None, NOON, NOON + DAY)),
        "delay_h": 0.0,
        "obligations": r.choice(((), (), (), (), ("hide_source",), ("hide_source", "shred"))),
    }


def random_case(r: random.Random) -> dict[str, Any]:
    """One hand, mostly as it should be, with a few things wrong."""
    case = labelled(r.randrange(3_000)).copy()
    case["actor"] = case["originator"] if r.random() < 0.6 else r.choice(PARTNERS)
    case["neighbour"] = case["recipient"] if r.random() < 0.5 else r.choice(PARTNERS)
    case["hops"] = r.randrange(3) if r.random() < 0.3 else 0
    case["now_ms"] = NOON + r.randrange(-2, 2)
    case["agreement"] = random_agreement(r, case)
    if r.random() < 0.4:
        case |= random_fault(r, case)
    return case


def random_agreement(r: random.Random, case: dict[str, Any]) -> dict[str, Any] | None:
    """An agreement that mostly fits the case."""
    if r.random() < 0.1:
        return None
    parties = {case["actor"], case["neighbour"]} if r.random() < 0.9 else set(r.sample(PARTNERS, 2))
    kinds = {case["kind"], r.choice(RECORD_KINDS)} if r.random() < 0.85 else set(r.sample(RECORD_KINDS, 2))
    first, last = YEARS[0] if r.random() < 0.85 else r.choice(YEARS)
    return {
        "parties": tuple(sorted(parties)),
        "kinds": tuple(sorted(kinds)),
        "purposes": ("maritime_safety",) if r.random() < 0.8 else r.choice((("", "fisheries"), ())),
        "first_day": date(first, 1, 1),
        "last_day": date(last, 12, 31),
        "onward": r.choice((0, 1, 2, 2)),
    }


def random_fault(r: random.Random, case: dict[str, Any]) -> dict[str, Any]:
    """One thing that is wrong, or might be."""
    return r.choice(
        (
            {"recipient": r.choice(PARTNERS)},
            {"recipient": case["actor"]},
            {"neighbour": r.choice((case["actor"], case["originator"]))},
            {"actor": r.choice(PARTNERS)},
            {"agreement": None},
            {"hops": r.choice((-1, 3))},
            {r.choice(("recipient", "actor", "neighbour")): ""},
        )
    )


@lru_cache(maxsize=100_000)
def _label(*of: Any) -> Label:
    originator, kind, releasable_to, purpose, onward, expires_ms, delay_h, obligations = of
    return Label(originator, kind, frozenset(releasable_to), purpose, onward, expires_ms, delay_h, obligations=obligations)


@lru_cache(maxsize=100_000)
def _agreement(*of: Any) -> Agreement:
    parties, kinds, purposes, first_day, last_day, onward = of
    return Agreement("a", parties, kinds, purposes, first_day, last_day, onward)


def request(case: dict[str, Any]) -> Request:
    """The case as it is asked."""
    names = ("originator", "kind", "releasable_to", "purpose", "onward", "expires_ms", "delay_h", "obligations")
    paper = case["agreement"]
    return Request(
        label=_label(*(case[n] for n in names)),
        actor=case["actor"],
        recipient=case["recipient"],
        neighbour=case["neighbour"],
        agreement=_agreement(*paper.values()) if paper else None,
        hops=case["hops"],
        now_ms=case["now_ms"],
    )
