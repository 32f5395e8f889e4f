"""Agreements as files: what partners agreed, in TOML, and the canonical text of it that they sign.

One agreement is a file of keys, several are entries `[[agreement]]`:

    id = "jp-us"
    parties = ["jp", "us"]
    kinds = ["visit", "watch_day"]
    purposes = ["maritime_safety"]
    from = 2026-01-01               # UTC days, both included
    to = 2030-12-31
    onward = 1                      # hands through which a party may pass on what the other gave it; default 0

and, where they are wanted, `may_introduce`, `history`, `relay`, `instrument`, `sources` (docs/reference/agreements.md).
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from offing.claims import Claim, Table, entries, parse_toml, read_text, top
from offing.errors import BadPaper
from offing.model.sharing import PARTNER_ID, RECORD_KINDS, Agreement

RELAYS = ("open", "sealed")
MOST_ONWARD = 9

REQUIRED = ("id", "parties", "kinds", "purposes", "from", "to")
OPTIONAL = ("onward", "may_introduce", "history", "relay", "instrument", "sources")
EXAMPLE_KEYS = ("confidence", "note")
"""Keys that only a worked example has: how well its sources were read, and what they do not say."""

CONFIDENCES = ("confirmed", "single source", "recalled")

_PURPOSE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_HINT = "An agreement has id, parties, kinds, purposes, from and to; `onward = 1` allows one pass-on."


@dataclass(frozen=True)
class ExampleAgreement:
    """An agreement of a worked example: made up on a real instrument. What its parties in fact share is not claimed."""

    agreement: Agreement
    confidence: str  # of CONFIDENCES: how well its sources were read
    note: str = ""


def read_agreements(path: Path) -> list[Agreement]:
    """The agreements of a file. Raises `BadPaper` with the file and the line, and for a worked example."""
    return parse_agreements(read_text(path, BadPaper), path.name)


def parse_agreements(text: str, file: str) -> list[Agreement]:
    """The agreements of a TOML text that came from `file`."""
    table = parse_toml(text, file, BadPaper, _HINT)
    if table.get("example"):
        raise top(table, file, BadPaper).refuse(
            "this is a worked example, not what anybody agreed",
            "Write what you agreed into a file of your own, without `example`.",
            key="example",
        )
    return [agreement_of(c) for c in _claims(table, file)]


def read_examples(path: Path) -> list[ExampleAgreement]:
    """The agreements of a worked example, which must say `example = true`."""
    table = parse_toml(read_text(path, BadPaper), path.name, BadPaper, _HINT)
    require_example(table, path.name)
    return [
        ExampleAgreement(
            agreement_of(c, EXAMPLE_KEYS),
            c.one_of("confidence", c.text("confidence"), CONFIDENCES),
            c.text("note", ""),
        )
        for c in entries(table, "agreement", path.name, BadPaper)
    ]


def require_example(table: Table, file: str) -> None:
    """Refuse a file of a worked example that does not say that it is one."""
    if table.get("example") is not True:
        raise BadPaper(f"{file} does not say `example = true`.", "A worked example must say that it is one.", file=file)


def agreement_of(c: Claim, more: Collection[str] = ()) -> Agreement:
    """One agreement, with its canonical text. `more`: keys allowed beside its own. Raises `BadPaper`."""
    only(c, (*REQUIRED, *OPTIONAL, *more))
    parties = _several(c, "parties")
    partner_id(c, c.text("id"), "id")
    for party in parties:
        partner_id(c, party, "parties")
    if len(parties) < 2:
        raise c.refuse("`parties` names fewer than two")
    first, last = c.days("from", "to")
    if first is None or last is None:
        raise c.refuse(f"`{'to' if first else 'from'}` is missing", "An agreement ends on a day; it can be renewed.")
    onward = c.integer("onward") if "onward" in c.values else 0
    if not 0 <= onward <= MOST_ONWARD:
        raise c.refuse(f"`onward` must be a number of hands from 0 to {MOST_ONWARD}, not {onward}")
    kinds, purposes = _several(c, "kinds"), _several(c, "purposes")
    for kind in kinds:
        c.one_of("kinds", kind, RECORD_KINDS)
    for purpose in purposes:
        if not _PURPOSE.fullmatch(purpose):
            raise c.refuse(f"`purposes` holds {purpose!r}, which is no purpose", "Write it like maritime_safety.")
    return with_text(
        Agreement(
            id=c.text("id"),
            parties=parties,
            kinds=kinds,
            purposes=purposes,
            first_day=first,
            last_day=last,
            onward=onward,
            may_introduce=_switch(c, "may_introduce", False),
            history=_switch(c, "history", True),
            relay=c.one_of("relay", c.text("relay", "open"), RELAYS),
            instrument=c.text("instrument", ""),
            sources=c.texts("sources"),
        )
    )


def with_text(agreement: Agreement) -> Agreement:
    """The agreement with its lists in order and its canonical text."""
    ordered = replace(
        agreement,
        parties=tuple(sorted(set(agreement.parties))),
        kinds=tuple(k for k in RECORD_KINDS if k in agreement.kinds),
        purposes=tuple(sorted(set(agreement.purposes))),
    )
    return replace(ordered, text=canonical_text(ordered))


def canonical_text(agreement: Agreement) -> str:
    """What is signed: JSON with every key, keys and lists in order. Equal agreements have equal texts, however written."""
    return msgspec.json.encode(_values(agreement), order="sorted").decode()


def text_hash(agreement: Agreement) -> str:
    """The sha256 of its canonical text, in hex: what a signature names."""
    return hashlib.sha256(canonical_text(agreement).encode()).hexdigest()


def agreement_of_text(text: str) -> Agreement:
    """The agreement of a canonical text. Raises `BadPaper` unless the text is exactly what it would be written as."""
    try:
        values = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise BadPaper("The text of an agreement is no JSON object.", "Get it anew from who signed it.")
    found = agreement_of(Claim(values, "the agreement", BadPaper))
    if found.text != text:
        raise BadPaper("The text of an agreement is not in its canonical form.", "Get it anew from who signed it.")
    return found


def _values(a: Agreement) -> dict[str, Any]:
    return {
        "from": a.first_day.isoformat(),
        "history": a.history,
        "id": a.id,
        "instrument": a.instrument,
        "kinds": sorted(a.kinds),
        "may_introduce": a.may_introduce,
        "onward": a.onward,
        "parties": sorted(a.parties),
        "purposes": sorted(a.purposes),
        "relay": a.relay,
        "sources": list(a.sources),
        "to": a.last_day.isoformat(),
    }


def only(c: Claim, known: Sequence[str]) -> None:
    """Refuse a key that is none of those known: a word misspelt must not pass for one left out."""
    for key in c.values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
            hint = f"Did you mean `{near[0]}`?" if near else f"Known are {', '.join(known)}."
            raise c.refuse(f"`{key}` is no key of this entry", hint, key=key)


def partner_id(c: Claim, value: str, key: str) -> str:
    """An id in the form that partners have."""
    if not PARTNER_ID.fullmatch(value):
        hint = "Small letters, digits and single -, . or _ between them: us, jp-coast-guard."
        raise c.refuse(f"`{key}` holds {value!r}, which is no id", hint, key=key)
    return value


def _claims(table: Table, file: str) -> list[Claim]:
    if "agreement" not in table:
        return [top(table, file, BadPaper)]
    one = top(table, file, BadPaper)
    only(one, ("agreement",))
    found = entries(table, "agreement", file, BadPaper)
    if not found:
        raise one.refuse("there is no agreement in it", _HINT)
    return found


def _several(c: Claim, key: str) -> tuple[str, ...]:
    if key not in c.values:
        raise c.refuse(f"`{key}` is missing", _HINT)
    found = c.texts(key)
    if not found:
        raise c.refuse(f"`{key}` is empty", "An empty list means nobody or nothing; leave the agreement out instead.")
    for value in found:
        if found.count(value) > 1:
            raise c.refuse(f"`{key}` names {value!r} twice")
    return found


def _switch(c: Claim, key: str, default: bool) -> bool:
    value = c.values.get(key, default)
    if not isinstance(value, bool):
        raise c.refuse(f"`{key}` must be true or false, not {value!r}")
    return value
