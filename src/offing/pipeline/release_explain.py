"""Why a partner gets one record of this node, or what is missing: the rules whose rows it is among, agreements, delays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from offing.model.sharing import ReleaseRule
from offing.pipeline.release import Release
from offing.policy.explain import Explanation, explain_own
from offing.policy.reasons import REASONS

_KINDS = {"visit": "visit", "day": "watch_day", "streak": "streak", "sighting": "sighting"}


@dataclass(frozen=True)
class Explained:
    """One record of this node, and what is to be said of it."""

    record_id: str  # this node's own
    kind: str
    released_id: str | None  # under which it leaves; None: it does not
    explanation: Explanation


def kind_of(record_id: str) -> str:
    """The kind of record that an id is of; what begins like no other is an incident's."""
    return _KINDS.get(record_id.partition(":")[0], "incident")


def explain(release: Release, every_rule: Sequence[ReleaseRule], record_id: str, recipient: str) -> Explained | None:
    """Explain one record; None: this node has no such record of its own. `every_rule`: removed ones too.

    The id may also be the one under which the record leaves for that recipient.
    """
    leaving = {own: name for part in release.parts(recipient) for own, name in zip(part.frame["id"], part.ids, strict=True)}
    own = next((o for o, name in leaving.items() if name == record_id), record_id)
    kind = kind_of(own)
    covering = [r for r in every_rule if r.kind == kind and release.standing(r, own, recipient) is not None]
    if not covering:
        return _uncovered(release, kind, own, recipient)
    passing = [r for r in release.rules if r in covering and not release.standing(r, own, recipient)]
    said = _said(release, kind, passing[:1] or covering, recipient)
    if not passing:
        told = list(said.sentences)
        for rule in covering:
            reason = release.standing(rule, own, recipient) or ""
            if rule in release.rules and reason in ("delayed", "before_agreement"):
                told.append(f"Rule {rule.n}: {REASONS[reason]}")
        said = replace(said, allow=False, rule=None, sentences=tuple(told))
    return Explained(own, kind, leaving.get(own), said)


def _said(release: Release, kind: str, rules: Sequence[ReleaseRule], recipient: str) -> Explanation:
    return explain_own(kind, rules, release.node_id, recipient, release.agreements, release.now_ms)


def _uncovered(release: Release, kind: str, own: str, recipient: str) -> Explained | None:
    """Of a record that is among the rows of no rule: from which own sources it could be released."""
    inputs = release.rows.inputs
    zones, fleets = _series_of(kind, own)
    anything = ReleaseRule(0, kind, (recipient,), zones, fleets, tuple(sorted(inputs.own_sources)))
    if release.standing(anything, own, recipient) is None:
        return None
    said = _said(release, kind, [], recipient)
    open_ones = replace(anything, sources=())
    if release.standing(open_ones, own, recipient) is None:
        restricted = ", ".join(sorted(inputs.restricted))
        more = f"It rests on sources that only a rule that names them may use (restricted: {restricted})."
        said = replace(said, sentences=(*said.sentences, more))
    return Explained(own, kind, None, said)


def _series_of(kind: str, own: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The zones and fleet of a figure, from its id; none for other kinds."""
    from offing.errors import UnknownName
    from offing.figures.ids import parse_figure_id

    if kind not in ("watch_day", "streak"):
        return (), ()
    try:
        spec = parse_figure_id(own)
    except UnknownName:
        return (), ()
    return spec.zone_ids, (spec.fleet_id,)
