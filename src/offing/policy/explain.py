"""Why a partner gets a record, or what is missing, in sentences; for the eyes of whoever holds the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offing.model.sharing import Agreement, Label, ReleaseRule
from offing.model.times import iso
from offing.policy.decide import Obligations
from offing.policy.labels import label_of
from offing.policy.reasons import sentences
from offing.policy.ways import Way, ways


@dataclass(frozen=True)
class Explanation:
    """Whether it may leave (rows may still be held back by a delay), under which rule and ways, and why, in sentences."""

    allow: bool
    rule: ReleaseRule | None  # the one that releases it, else None
    ways: tuple[Way, ...]  # those that were looked at, allowed ones first
    sentences: tuple[str, ...]


def explain_own(
    kind: str, rules: Sequence[ReleaseRule], node: str, recipient: str, agreements: Sequence[Agreement], now_ms: int
) -> Explanation:
    """Of a record of this node. `rules`: those that cover the record (kind, zone, fleet and source), removed ones included."""
    covering = sorted((r for r in rules if r.kind == kind), key=lambda r: r.n)
    if not covering:
        return Explanation(False, None, (), (f"No release rule covers this {kind}: what no rule releases, nobody gets.",))
    said: list[str] = []
    seen: list[Way] = []
    for rule in covering:
        if rule.removed_ms is not None and rule.removed_ms <= now_ms:
            said.append(f"Rule {rule.n} was removed on {iso(rule.removed_ms)}.")
            continue
        label = label_of(rule, node)
        if recipient not in label.releasable_to:
            names = ", ".join(sorted(label.releasable_to)) or "nobody"
            said.append(f"Rule {rule.n} makes it releasable to {names}, not to {recipient}.")
            continue
        found = ways([label], node, recipient, agreements, now_ms)[0]
        open_ways = [w for w in found if w.decision.allow]
        if open_ways:
            lead = f"Rule {rule.n} releases it to {recipient} for {rule.purpose}."
            told = [lead, *_told(found, recipient), *_conditions(open_ways)]
            return Explanation(True, rule, (*open_ways, *(w for w in found if not w.decision.allow)), tuple(told))
        purpose = f"for {rule.purpose}" if rule.purpose else "without a purpose"
        said += [f"Rule {rule.n} names {recipient}, {purpose}, yet nothing can carry it there.", *_told(found, recipient)]
        seen += found
    return Explanation(False, None, tuple(seen), tuple(said))


def explain_received(label: Label, node: str, recipient: str, agreements: Sequence[Agreement], now_ms: int) -> Explanation:
    """Of a record that another node released. `label.releasable_to`: the final recipient of the stream that brought it."""
    origin = label.originator
    if recipient not in label.releasable_to:
        said = (
            f"Its originator is {origin}; what {node} holds of it is releasable to {', '.join(sorted(label.releasable_to))}.",
            f"It is not releasable to {recipient}: only {origin} can release it to others, in a stream of its own.",
            f"Its label allows {label.onward} hands beyond the first partner (onward).",
        )
        return Explanation(False, None, (), said)
    found = ways([label], node, recipient, agreements, now_ms)[0]
    open_ways = [w for w in found if w.decision.allow]
    lead = f"Its originator {origin} released it to {recipient} for {label.purpose}; {node} only hands it on."
    rest = tuple(w for w in found if not w.decision.allow)
    return Explanation(bool(open_ways), None, (*open_ways, *rest), (lead, *_told(found, recipient), *_conditions(open_ways)))


def _told(found: Sequence[Way], recipient: str) -> list[str]:
    """One sentence for each way."""
    said = []
    for w in found:
        way = "Directly" if w.neighbour == recipient else f"Through {w.neighbour}"
        under = f" under agreement {w.agreement.id}" if w.agreement else ""
        rests = f", which rests on {w.agreement.instrument}" if w.agreement and w.agreement.instrument else ""
        why = "yes." if w.decision.allow else "no. " + " ".join(sentences(w.decision.reasons))
        said.append(f"{way}{under}{rests}: {why}")
    return said


def _conditions(open_ways: Sequence[Way]) -> list[str]:
    """What is done to the record before it leaves."""
    if not open_ways:
        return []
    o: Obligations = open_ways[0].decision.obligations
    closed = [c for w in open_ways if (c := w.decision.obligations.closed_from_ms) is not None]
    said = []
    if o.delay_h:
        said.append(f"It leaves {o.delay_h:g} h after its close.")
    if o.round_deg is not None:
        said.append(f"Positions are rounded to {o.round_deg:g} degrees.")
    if o.masked:
        said.append(f"It leaves without {', '.join(sorted(o.masked))}.")
    if o.expires_ms is not None:
        said.append(f"Nobody may use it from {iso(o.expires_ms)} on.")
    if closed:
        said.append(f"Nothing leaves that closed before {iso(max(closed))}: the agreement is without history.")
    return said
