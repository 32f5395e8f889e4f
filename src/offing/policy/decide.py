"""May this partner be given this record, on its way to that one? Asked once per distinct label, answered with the reason.

Both ends of a hand ask the same question: the partner that gives before it gives, the one that takes before it keeps.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from offing.model.sharing import RECORD_KINDS, Agreement, Label
from offing.model.times import DAY_MS, from_ms
from offing.policy.engine import ALLOWED, ERROR, Engine, Question, entity, ref, shipped

KNOWN_OBLIGATIONS = {
    "hide_source": frozenset({"source", "sources", "office", "reported_by", "text_sha256", "sentence", "text"}),
}
"""Names that `Label.obligations` may hold -> the columns that are left out for them. Any other name means deny."""

MAX_ONWARD = 100
MIN_ROUND_DEG, MAX_ROUND_DEG = 1e-6, 90.0
MAX_DELAY_H = 1_000_000.0
FIRST_MS, END_MS = -62_135_596_800_000, 253_402_300_800_000
"""The years 1 to 9999."""


@dataclass(frozen=True)
class Request:
    """One hand: `actor` gives, `neighbour` takes now, `recipient` gets it in the end."""

    label: Label
    actor: str
    recipient: str
    neighbour: str
    agreement: Agreement | None  # the one between actor and neighbour
    hops: int  # hands beyond the first partner that lie before the recipient; 0: direct. Never less than what the names say
    now_ms: int


@dataclass(frozen=True)
class Obligations:
    """What must be done to a record before it leaves; `mask.apply` does it."""

    delay_h: float = 0.0  # hours after its close before it leaves
    round_deg: float | None = None  # positions are rounded to multiples of this
    masked: frozenset[str] = field(default_factory=frozenset)  # columns that are left out
    expires_ms: int | None = None  # the first instant at which nobody may use it any more
    closed_from_ms: int | None = None  # what closed before stays: the first day of an agreement without history


@dataclass(frozen=True)
class Decision:
    """Yes or no, why (codes of `reasons.REASONS`), and what must be done to the record if yes."""

    allow: bool
    reasons: tuple[str, ...]
    obligations: Obligations = field(default_factory=Obligations)


_Key = tuple[str, str, str, str, str, str, int, bool, bool]
_answers: dict[_Key, tuple[str, ...]] = {}
_MAX_ANSWERS = 200_000


def decide(requests: Sequence[Request], engine: Engine | None = None) -> list[Decision]:
    """A decision for each request, in order. Never raises for what a request holds: what cannot be decided is denied.

    Answers are kept by the content of policy, label and agreement, the partners, and by what the time decides (agreement in
    force, label expired), so that no passing of time makes one wrong.
    """
    engine = engine or shipped()
    answers: list[_Key | tuple[str]] = []  # where to look, or what is wrong with the request itself
    known: dict[_Key, tuple[str, ...]] = {}
    missing: dict[_Key, Request] = {}
    for r in requests:
        if fault := _fault(r):
            answers.append((fault,))
            continue
        key = _key(r, engine)
        answers.append(key)
        if key not in known and key not in missing:
            if (kept := _answers.get(key)) is not None:
                known[key] = kept
            else:
                missing[key] = r
    new = dict(zip(missing, engine.ask([_question(r, k) for k, r in missing.items()]), strict=True))
    _keep({k: v for k, v in new.items() if ERROR not in v})
    known |= new
    return [_decision(r, a if len(a) == 1 else known[a]) for r, a in zip(requests, answers, strict=True)]


def _keep(new: dict[_Key, tuple[str, ...]]) -> None:
    if len(_answers) + len(new) > _MAX_ANSWERS:
        _answers.clear()
    _answers.update(new)


def any_way(decisions: Iterable[Decision]) -> Decision:
    """One decision from those of several ways to the same recipient: yes if any is yes, else no with all reasons.

    The ways carry the same stream, so what one of them holds back because it closed too early stays for all.
    """
    given = list(decisions)
    yes = [d for d in given if d.allow]
    if not yes:
        codes = tuple(dict.fromkeys(c for d in given for c in d.reasons))
        return Decision(False, codes or ("no_agreement",))
    first = yes[0].obligations
    closed = [d.obligations.closed_from_ms for d in yes if d.obligations.closed_from_ms is not None]
    return Decision(True, (ALLOWED,), Obligations(**{**_fields(first), "closed_from_ms": max(closed, default=None)}))


def obligations_of(label: Label, agreement: Agreement | None = None) -> Obligations:
    """What a label and an agreement ask for. A KeyError for an obligation that is not known: decide first."""
    hidden = frozenset[str]().union(*(KNOWN_OBLIGATIONS[o] for o in label.obligations))
    closed_from_ms = None if agreement is None or agreement.history else _day_ms(agreement.first_day)
    return Obligations(label.delay_h, label.round_deg, label.masked | hidden, label.expires_ms, closed_from_ms)


def label_problem(label: Label) -> str:
    """What is wrong with a label's values; empty: nothing. A label with a problem lets nobody have anything."""
    if label.kind not in RECORD_KINDS:
        return f"{label.kind!r} is none of {', '.join(RECORD_KINDS)}"
    if not label.originator:
        return "it names no originator"
    if not _whole(label.onward, 0, MAX_ONWARD):
        return f"onward is {label.onward!r}, not a whole number from 0 to {MAX_ONWARD}"
    if not (0 <= label.delay_h <= MAX_DELAY_H):
        return f"the delay is {label.delay_h!r} h, not a number from 0 to {MAX_DELAY_H:.0f}"
    if label.round_deg is not None and not _is_step(label.round_deg):
        return f"positions cannot be rounded to {label.round_deg!r} degrees: 0.000001 to 90, six decimals at most"
    if label.expires_ms is not None and not _whole(label.expires_ms, FIRST_MS, END_MS):
        return f"{label.expires_ms!r} is no instant of the years 1 to 9999"
    return ""


@lru_cache(maxsize=65_536)
def label_id(label: Label) -> str:
    """The hash of a label's content."""
    return _content(label)


@lru_cache(maxsize=4_096)
def agreement_id(agreement: Agreement) -> str:
    """The hash of an agreement's content."""
    return _content(agreement)


def _fields(o: Obligations) -> dict[str, Any]:
    return {name: getattr(o, name) for name in Obligations.__dataclass_fields__}


def _fault(r: Request) -> str:
    """The reason for which a request is not even asked; empty: it is."""
    if not (
        r.actor and r.recipient and r.neighbour and _whole(r.hops, 0, MAX_ONWARD) and _whole(r.now_ms, FIRST_MS, END_MS - 1)
    ):
        return "bad_request"
    return "bad_label" if label_problem(r.label) else ""


def _key(r: Request, engine: Engine) -> _Key:
    in_force = r.agreement is not None and r.agreement.in_force(_day(r.now_ms // DAY_MS))
    agreed = agreement_id(r.agreement) if r.agreement else ""
    expires = r.label.expires_ms
    over = expires is not None and r.now_ms >= expires
    return (engine.hash, label_id(r.label), agreed, r.actor, r.recipient, r.neighbour, r.hops, in_force, over)


def _question(r: Request, key: _Key) -> Question:
    _, label, agreed, actor, recipient, neighbour, hops, in_force, over = key
    said = f'"actor":{_partner(actor)},"recipient":{_partner(recipient)},"hops":{hops:d}'
    said += f',"in_force":{str(in_force).lower()},"expired":{str(over).lower()}'
    entities = {f"Label::{label}": _label_entity(r.label)}
    if r.agreement is not None:
        said += f',"agreement":{json.dumps(ref("Agreement", agreed))}'
        entities[f"Agreement::{agreed}"] = _agreement_entity(r.agreement)
    return Question(neighbour, label, f"{{{said}}}", entities)


@lru_cache(maxsize=4_096)
def _partner(id: str) -> str:
    return json.dumps(ref("Partner", id))


def _decision(r: Request, reasons: tuple[str, ...]) -> Decision:
    if reasons != (ALLOWED,):
        return Decision(False, reasons)
    try:
        return Decision(True, reasons, obligations_of(r.label, r.agreement))
    except KeyError:  # the policy knows an obligation that nothing here keeps
        return Decision(False, ("unknown_obligation",))


@lru_cache(maxsize=65_536)
def _label_entity(label: Label) -> str:
    attributes = {
        "originator": ref("Partner", label.originator),
        "kind": label.kind,
        "releasable_to": [ref("Partner", p) for p in sorted(label.releasable_to)],
        "purpose": label.purpose,
        "onward": label.onward,
        "obligations": sorted(set(label.obligations)),
    }
    return entity("Label", label_id(label), attributes)


@lru_cache(maxsize=4_096)
def _agreement_entity(agreement: Agreement) -> str:
    attributes = {
        "parties": [ref("Partner", p) for p in agreement.parties],
        "kinds": list(agreement.kinds),
        "purposes": list(agreement.purposes),
        "onward": min(agreement.onward, MAX_ONWARD),
    }
    return entity("Agreement", agreement_id(agreement), attributes)


def _content(of: Label | Agreement) -> str:
    values = [getattr(of, f) for f in of.__dataclass_fields__]
    return hashlib.sha256(json.dumps([type(of).__name__, *values], default=_plain).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is nothing that a label or an agreement holds")


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_step(step: float) -> bool:
    """Whether it is a number of whole millionths of a degree within the limits."""
    if not MIN_ROUND_DEG <= step <= MAX_ROUND_DEG:
        return False
    return math.isclose(step * 1e6, round(step * 1e6), rel_tol=1e-12, abs_tol=0)


@lru_cache(maxsize=1_024)
def _day(days: int) -> date:
    return from_ms(days * DAY_MS).date()


def _day_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
