"""Law 9. Nothing leaves but what its label allows, and what is hidden moves nothing that leaves.

Pairs of worlds differ only in what the recipient may not see: the same hull in a restricted source, another ship on its
number, coverage, later data, other zones, other rules, other partners. What is released must be the same to the last value.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from paired_worlds import AU, DATA, KINDS, PAPERS, US, World, hidden, released, world

from offing.pipeline.release_rows import Inputs, RuleRows

BASES, PAIRS_EACH = 250, 4


def test_what_is_hidden_moves_nothing_in_a_thousand_worlds() -> None:
    hiding: Counter[str] = Counter()
    told: Counter[str] = Counter()
    pairs, looked, moved = 0, 0, 0
    for seed in range(BASES):
        a = world(seed)
        said, own, heard = released(a), a.own_view.visits, a.own_coverage
        told.update({kind for kind, *_ in said})
        told.update({f"day {values[3]}" for kind, _, values, _ in said if kind == "watch_day"})  # type: ignore[index]
        for n in range(PAIRS_EACH):
            b, what = hidden(seed * PAIRS_EACH + n, a)
            assert released(b) == said, (seed, n, what)
            assert not b.own_coverage.equals(heard), (seed, n, what)
            if n == seed % PAIRS_EACH:
                looked += 1
                moved += not b.own_view.visits.equals(own)
            hiding.update(what)
            pairs += 1
    assert pairs >= 1000 and moved > 0.8 * looked, (pairs, looked, moved)
    assert all(hiding[m.__name__] >= 100 for m in (*DATA, *PAPERS)), hiding
    assert all(told[kind] >= 20 for kind in KINDS), told
    assert all(told[f"day {state}"] >= 10 for state in ("observed", "not_observed", "unobservable")), told


def _pairs_that_differ(monkeypatch: pytest.MonkeyPatch, target: type, name: str, broken: object, hiding: set[str]) -> float:
    """The share of pairs, of those that hide some of this, that tell it once one guard is out of order."""
    differ, all_n = 0, 0
    for seed in range(40):
        a = world(seed)
        b, what = hidden(seed, a)
        if hiding & set(what):
            with monkeypatch.context() as patch:
                patch.setattr(target, name, broken)
                differ += released(a) != released(b)
            all_n += 1
    assert all_n >= 8
    return differ / all_n


def test_the_pairs_would_tell_if_restricted_sources_were_used(monkeypatch: pytest.MonkeyPatch) -> None:
    hiding = {"same_hull", "same_number", "coverage"}
    assert _pairs_that_differ(monkeypatch, Inputs, "own_of", lambda inputs, rule: inputs.own_sources, hiding) > 0.6


def test_the_pairs_would_tell_if_later_data_were_used(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = lambda rows, rule: rows.now_ms + 2**40  # noqa: E731
    assert _pairs_that_differ(monkeypatch, RuleRows, "_cutoff_ms", broken, {"later"}) > 0.15


def test_the_pairs_would_tell_if_zones_were_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    differ = 0
    for seed in range(40):
        pair = [world(seed)]
        pair.append(hidden(seed, pair[0])[0])
        wide = [replace(w, rules=tuple(replace(r, zones=()) for r in w.rules if r.kind == "visit")) for w in pair]
        differ += released(wide[0]) != released(wide[1])
    assert differ >= 5


@pytest.mark.parametrize("recipient", [AU, "nobody", ""])
def test_whoever_has_no_agreement_gets_nothing(recipient: str) -> None:
    worlds: list[World] = [world(seed) for seed in range(20)]
    assert all(released(w) for w in worlds[:3])
    assert not any(released(w, recipient) for w in worlds)


def test_without_a_rule_or_an_agreement_nobody_gets_anything() -> None:
    for seed in range(20):
        w = world(seed)
        assert released(replace(w, rules=())) == []
        assert released(replace(w, agreements=())) == []
        assert released(replace(w, rules=tuple(replace(r, releasable_to=()) for r in w.rules))) == []
        assert released(replace(w, rules=tuple(replace(r, purpose="") for r in w.rules))) == []
    assert US in world(0).release.recipients()
