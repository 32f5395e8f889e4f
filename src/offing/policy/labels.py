"""Labels: from a rule, of a figure that rests on several, and what a received one still allows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

import polars as pl

from offing.errors import BadPaper
from offing.model.sharing import PARTNER_ID, Label, ReleaseRule
from offing.model.times import DAY_MS
from offing.policy.decide import label_problem

_EPOCH = date(1970, 1, 1)


def expires_ms(last_day: date | None) -> int | None:
    """The first instant after a last day, UTC; None: never."""
    return None if last_day is None else ((last_day - _EPOCH).days + 1) * DAY_MS


def label_of(rule: ReleaseRule, originator: str) -> Label:
    """The label that a rule sets on the records that it releases."""
    return Label(
        originator=originator,
        kind=rule.kind,
        releasable_to=frozenset(rule.releasable_to),
        purpose=rule.purpose,
        onward=rule.onward,
        expires_ms=expires_ms(rule.expires),
        delay_h=rule.delay_h,
        round_deg=rule.round_deg,
        masked=frozenset(rule.masked),
    )


def rule_problem(rule: ReleaseRule, columns: Collection[str] | None = None) -> str:
    """What is wrong with a rule; empty: nothing. `columns`: those that a record of its kind has, where they are known."""
    for name in rule.releasable_to:
        if not PARTNER_ID.fullmatch(name):
            return f"{name!r} is no id of a partner"
    if problem := label_problem(label_of(rule, "self")):
        return problem
    if rule.kind in ("watch_day", "streak") and not (rule.zones and rule.fleets):
        return f"a rule for {rule.kind} names its zones and its fleets"
    if rule.kind in ("sighting", "incident") and rule.fleets:
        return f"a {rule.kind} has no fleet"
    unknown = sorted(set(rule.masked) - set(columns)) if columns is not None else []
    if unknown:
        return f"a {rule.kind} has no column {unknown[0]!r}"
    return ""


def check_rule(rule: ReleaseRule, columns: Collection[str] | None = None) -> ReleaseRule:
    """The rule itself, if nothing is wrong with it; else `BadPaper`."""
    if problem := rule_problem(rule, columns):
        raise BadPaper(f"This is no release rule: {problem}.", "`offing share rule add --help` lists what a rule says.")
    return rule


def in_zones(rule: ReleaseRule, columns: Collection[str]) -> pl.Expr:
    """Which rows lie in the rule's zones, by `zone_id` or by `zone_ids` (then: exactly these). No such column: none does."""
    if not rule.zones:
        return pl.lit(True)
    if "zone_id" in columns:
        return pl.col("zone_id").is_in(list(rule.zones)).fill_null(False)
    if "zone_ids" in columns:
        return (pl.col("zone_ids").list.unique().list.sort() == pl.lit(sorted(set(rule.zones)))).fill_null(False)
    return pl.lit(False)


def strictest(labels: Iterable[Label], originator: str, kind: str) -> Label:
    """The label of what rests on several: never more than any of them allows; of nothing: a label for nobody.

    Recipients in all; fewest hands; first end; longest delay; coarsest rounding; every mask and obligation. Labels of
    different purposes have none in common: nobody.
    """
    given = list(labels)
    if not given or len({x.purpose for x in given}) != 1:
        return Label(originator, kind)
    ends = [x.expires_ms for x in given if x.expires_ms is not None]
    steps = [x.round_deg for x in given if x.round_deg is not None]
    return Label(
        originator=originator,
        kind=kind,
        releasable_to=frozenset.intersection(*(x.releasable_to for x in given)),
        purpose=given[0].purpose,
        onward=min(x.onward for x in given),
        expires_ms=min(ends, default=None),
        delay_h=max(x.delay_h for x in given),
        round_deg=max(steps, default=None),
        masked=frozenset().union(*(x.masked for x in given)),
        obligations=tuple(sorted({o for x in given for o in x.obligations})),
    )


def passed_on(label: Label, recipients: Iterable[str]) -> Label:
    """What a received label lets its holder release of figures that rest on it: one hand fewer; without any left: nobody."""
    if label.onward < 1:
        return replace(label, releasable_to=frozenset(), onward=0)
    return replace(label, releasable_to=frozenset(recipients), onward=label.onward - 1)
