"""The release policy a second time, in plain Python: it shares no code with what it checks, and reads no policy file.

A case is a dict of plain values; `codes` gives the reasons for which it is refused, empty where it is allowed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

OBLIGATIONS = {"hide_source"}


def codes(case: dict[str, Any]) -> set[str]:
    """Every reason that speaks against one hand."""
    to, giver, taker, origin = case["recipient"], case["actor"], case["neighbour"], case["originator"]
    if not to or not giver or not taker or case["hops"] < 0:
        return {"bad_request"}
    if case["onward"] < 0 or case["delay_h"] < 0:
        return {"bad_label"}
    found = set()
    if len(case["releasable_to"]) == 0:
        found.add("no_recipient")
    if to not in case["releasable_to"]:
        found.add("not_releasable")
    if taker in (giver, origin) or to == origin:
        found.add("to_itself")
    if giver == to:
        found.add("recipient_keeps")
    needed = case["hops"]
    if giver != origin and taker != to:
        needed = max(needed, 2)
    elif giver != origin or taker != to:
        needed = max(needed, 1)
    if case["onward"] < needed:
        found.add("onward_label")
    if case["expires_ms"] is not None and not case["now_ms"] < case["expires_ms"]:
        found.add("expired")
    if not set(case["obligations"]) <= OBLIGATIONS:
        found.add("unknown_obligation")
    if not case["purpose"]:
        found.add("purpose_not_agreed")
    paper = case["agreement"]
    if paper is None:
        return found | {"no_agreement"}
    if giver not in paper["parties"] or taker not in paper["parties"]:
        found.add("not_party")
    today = date(1970, 1, 1) + timedelta(milliseconds=case["now_ms"])
    if today < paper["first_day"] or today > paper["last_day"]:
        found.add("agreement_not_in_force")
    if case["kind"] not in paper["kinds"]:
        found.add("kind_not_agreed")
    if case["purpose"] not in paper["purposes"]:
        found.add("purpose_not_agreed")
    if taker != to and paper["onward"] == 0:
        found.add("onward_agreement")
    return found
