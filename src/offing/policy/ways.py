"""The ways on which a record could leave a node: straight to its recipient, or through a partner with an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offing.model.sharing import Agreement, Label
from offing.model.times import from_ms
from offing.policy.decide import Decision, Request, any_way, decide


@dataclass(frozen=True)
class Way:
    """One first hand, and what was decided of it."""

    neighbour: str
    agreement: Agreement | None
    decision: Decision


def ways(labels: Sequence[Label], actor: str, recipient: str, agreements: Sequence[Agreement], now_ms: int) -> list[list[Way]]:
    """For each label every way by which `actor` could give it: directly first, then by neighbour and agreement id.

    Only agreements to which the actor is a party count. Without one with the recipient the direct way is there all the
    same, with the reason `no_agreement`. Where one with the recipient is in force, it alone says what the two share: a hub
    may carry that too, but what a hub's agreement allows besides would keep the stream from going straight, since streams
    go whole.
    """
    hands = [(n, a) for a in agreements if actor in a.parties for n in a.parties if n != actor]
    today = from_ms(now_ms).date()
    if any(n == recipient and a.in_force(today) for n, a in hands):
        hands = [(n, a) for n, a in hands if n == recipient]
    hands.sort(key=lambda h: (h[0] != recipient, h[0], h[1].id))
    first: list[tuple[str, Agreement | None]] = [*hands]
    if not any(n == recipient for n, _ in hands):
        first.insert(0, (recipient, None))
    asked = [
        Request(x, actor, recipient, n, a, int(actor != x.originator) + int(n != recipient), now_ms)
        for x in labels
        for n, a in first
    ]
    answers = iter(decide(asked))
    return [[Way(n, a, next(answers)) for n, a in first] for _ in labels]


def release_decisions(
    labels: Sequence[Label], actor: str, recipient: str, agreements: Sequence[Agreement], now_ms: int
) -> list[Decision]:
    """For each label one decision: yes if at least one way carries it, see `decide.any_way`. The direct way's reasons lead."""
    found = ways(labels, actor, recipient, agreements, now_ms)
    return [any_way(w.decision for w in each) for each in found]
