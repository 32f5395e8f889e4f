"""Tables of sharing, for the owner: partners, agreements, who reaches whom, rules, what is withheld, health."""

from __future__ import annotations

from datetime import date
from typing import Any

from offing.clock import now_ms
from offing.errors import UnknownName
from offing.faces.cli.partner_map import INTEROP, MAP, Ties, interop_row, map_row
from offing.faces.cli.partners import (
    AGREEMENTS,
    PARTNERS,
    agreement_row,
    example_ties,
    known_ties,
    partner_row,
    reaches_of,
    systems_of,
)
from offing.faces.cli.share import RULES, STATUS, rule_row
from offing.faces.http.answers import Answer, Table
from offing.faces.http.asking import DAY, EXAMPLE, Asked, Parameter
from offing.faces.http.source import Source
from offing.model.sharing import RECORD_KINDS
from offing.model.times import from_ms
from offing.policy.interop import flows
from offing.sharing import Sharing

NO_NODE = "This logbook is no node among partners yet: `offing node init` makes it one."
MADE_UP = "A worked example: its terms are made up, and what these parties share in fact is not known and not claimed."


def _desk(source: Source) -> Sharing | None:
    return source.book.exchange if source.book.exchange.is_node else None


def _no_node(names: tuple[str, ...] | list[str]) -> Answer:
    return Answer(names=names, because=NO_NODE, notes=[NO_NODE])


def partners(source: Source, asked: Asked) -> Answer:
    """Partners whose cards are pinned."""
    if asked["example"]:
        ties = example_ties("")
        empty = dict.fromkeys(PARTNERS)
        rows = [{**empty, "partner": p, "name": name, "alarms": 0} for p, name in ties.names.items()]
        return Answer(records=rows, notes=[MADE_UP], names=PARTNERS)
    desk = _desk(source)
    if desk is None:
        return _no_node(PARTNERS)
    own = {"id": desk.node.id, "name": desk.node.name, "fingerprint": desk.card().fingerprint}
    return Answer(records=[partner_row(p) for p in desk.partners()], names=PARTNERS, more={"node": own})


def agreements(source: Source, asked: Asked) -> Answer:
    """What is agreed."""
    if asked["example"]:
        found, signers, notes = example_ties("").agreements, None, [MADE_UP]
    else:
        desk = _desk(source)
        if desk is None:
            return _no_node(AGREEMENTS)
        found, signers, notes = desk.agreements(), desk.node.signers, []
    if asked["agreement"] and asked["agreement"] not in {a.id for a in found}:
        raise UnknownName.of("agreement", asked["agreement"], [a.id for a in found], "offing agreements")
    chosen = [a for a in found if asked["agreement"] in (None, a.id)]
    rows = [agreement_row(a, [] if signers is None else signers(a.id)) for a in chosen]
    return Answer(records=rows, names=AGREEMENTS, notes=notes)


def _ties(source: Source, asked: Asked) -> Ties | None:
    day: date = asked["day"] or from_ms(now_ms()).date()
    if asked["example"]:
        return example_ties("", day)
    desk = _desk(source)
    return None if desk is None else known_ties(desk, day)


def reach(source: Source, asked: Asked) -> Answer:
    """Who can reach whom, through whom, and what blocks the rest."""
    ties = _ties(source, asked)
    if ties is None:
        return _no_node(MAP)
    found = reaches_of(ties, list(asked["kind"]), list(asked["purpose"]))
    return Answer(records=[map_row(r) for r in found], names=MAP, notes=_made_up(ties), more=_about(ties))


def interop(source: Source, asked: Asked) -> Answer:
    """In which form records can flow between two partners."""
    ties = _ties(source, asked)
    if ties is None:
        return _no_node(INTEROP)
    declared = systems_of([], asked["example"], "")
    if asked["with_nodes"] or not asked["example"]:  # whoever has a card runs a node
        declared = declared.with_nodes(ties.names)
    found = flows(reaches_of(ties, list(asked["kind"]), list(asked["purpose"])), declared)
    return Answer(records=[interop_row(f) for f in found], names=INTEROP, notes=_made_up(ties), more=_about(ties))


def _made_up(ties: Ties) -> list[str]:
    return [MADE_UP] if ties.example else []


def _about(ties: Ties) -> dict[str, Any]:
    return {"day": ties.day, "partners": dict(ties.names), "example": ties.example}


def rules(source: Source, asked: Asked) -> Answer:
    """Release rules in force."""
    desk = _desk(source)
    return _no_node(RULES) if desk is None else Answer(records=[rule_row(r) for r in desk.rules()], names=RULES)


def sharing(source: Source, asked: Asked) -> Answer:
    """Per partner: last seen, what is held, gaps, withheld, alarms."""
    desk = _desk(source)
    return _no_node(STATUS) if desk is None else Answer(records=desk.status(), names=STATUS)


def withheld(source: Source, asked: Asked) -> Answer:
    """What stays here instead of going to a partner, by rule and reason."""
    desk = _desk(source)
    names = ("rule", "reason", "rows")
    if desk is None:
        return _no_node(names)
    kept = sorted(desk.preview(asked["to"]).withheld.items())
    return Answer(records=[{"rule": rule, "reason": reason, "rows": n} for (rule, reason), n in kept], names=names)


def explain(source: Source, asked: Asked) -> Answer:
    """Why a partner gets a record, or what is missing."""
    desk = _desk(source)
    names = ("account", "released", "sentence")
    if desk is None:
        return _no_node(names)
    told = desk.explain(asked["record"], asked["to"])
    rows = [{"account": n, "released": x.allow, "sentence": t} for n, x in enumerate(told, 1) for t in x.sentences]
    return Answer(records=rows, names=names, more={"released": any(x.allow for x in told)})


_KIND = Parameter("kind", "only this kind of record; may be repeated", many=True, choices=RECORD_KINDS)
_PURPOSE = Parameter("purpose", "only for this purpose; may be repeated", many=True)
_DAY = Parameter("day", "as agreed on this day, UTC; default: today", DAY)
_TO = Parameter("to", "the partner who is to have it", required=True, example="us")
_MAP = (_KIND, _PURPOSE, _DAY, EXAMPLE)

TABLES = (
    Table("partners", partners, ("partner",), (EXAMPLE,), lives_s=2),
    Table("agreements", agreements, ("id",), (Parameter("agreement", "one agreement's id"), EXAMPLE), lives_s=2),
    Table("reach", reach, ("from", "to", "kind"), _MAP, lives_s=2),
    Table(
        "interop",
        interop,
        ("from", "to", "kind"),
        (*_MAP, Parameter("with_nodes", "as if every partner ran a node of offing", "flag", default=False)),
        lives_s=2,
    ),
    Table("rules", rules, ("n",), lives_s=2),
    Table("sharing", sharing, ("partner",), lives_s=2),
    Table("withheld", withheld, ("rule", "reason"), (_TO,), lives_s=2),
    Table(
        "explain",
        explain,
        ("account",),
        (Parameter("record", "an event or figure id", required=True, example="visit:x@y:1:20260101T000000Z"), _TO),
        lives_s=2,
    ),
)
