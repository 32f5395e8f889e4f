"""Who may carry what: a stream is handed on whole or not at all, and both ends of a hand ask before they act."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offing.exchange import partners, streams
from offing.exchange.own import Own
from offing.exchange.papers import peek
from offing.exchange.streams import LiveLabel, Stream
from offing.model.sharing import Agreement
from offing.model.times import from_ms
from offing.policy.decide import Request, decide
from offing.policy.reasons import REASONS

SENTENCES = {
    "sealed_relay": "The agreement lets this partner only carry sealed streams, and this one is open.",
    "nothing_live": "Nothing in the stream stands any more, and this partner never had it.",
    "far_hub": "How many hands it has passed is not known, so it goes to no further hub.",
}
"""Reasons beside those of the policy."""


@dataclass(frozen=True)
class Hand:
    """One hand of a stream: who gives, who takes, whose it is and for whom."""

    giver: str
    taker: str
    originator: str
    recipient: str
    hops: int  # hands beyond the first partner, as far as is known


def sentence(code: str) -> str:
    """What a reason means."""
    return SENTENCES.get(code) or REASONS.get(code) or code


def lacking(hand: Hand, labels: Iterable[LiveLabel], held: Sequence[Agreement], now_ms: int) -> tuple[str, ...]:
    """What forbids this hand for some of the labels; empty: nothing. `held`: the agreements of the one who asks.

    Where there is no label (only withdrawals, or nothing) an agreement in force is enough.
    """
    relays = hand.taker != hand.recipient
    ours = partners.between(held, hand.giver, hand.taker)
    every = list(labels)
    if not every:
        return _bare(ours, relays, now_ms)
    asked = [(i, a) for i, x in enumerate(every) for a in ours if not (relays and a.relay == "sealed" and not x.sealed)]
    requests = [_request(hand, every[i], a, now_ms) for i, a in asked]
    bare = [_request(hand, x, None, now_ms) for x in every]
    answers = decide(requests + bare)
    found: dict[int, set[str] | None] = {}
    for (i, _), answer in zip(asked, answers, strict=False):
        if answer.allow:
            found[i] = None
        elif (known := found.setdefault(i, set())) is not None:
            known.update(answer.reasons)
    codes: dict[str, None] = {}
    for i in range(len(every)):
        why = found.get(i, {"sealed_relay"} if ours else set(answers[len(asked) + i].reasons))
        codes |= dict.fromkeys(sorted(why or ()))
    return tuple(codes)


def to_give(db: sqlite3.Connection, own: Own, stream: Stream, neighbour: str, held: Sequence[Agreement]) -> tuple[str, ...]:
    """What forbids handing a stream to a neighbour at this instant; empty: nothing."""
    if own.id == stream.recipient:
        return ("recipient_keeps",)
    if neighbour in (own.id, stream.originator):
        return ("to_itself",)
    now = own.clock()
    hops = int(neighbour != stream.recipient)
    if stream.originator != own.id:
        depth = hands(db, own, stream)
        if depth is None and neighbour != stream.recipient:
            return ("far_hub",)
        hops += depth or 1
    labels = streams.live(db, stream.n, now)
    if not labels and neighbour != stream.recipient and not _has_had(db, stream, neighbour):
        return ("nothing_live",)
    return lacking(Hand(own.id, neighbour, stream.originator, stream.recipient, hops), labels, held, now)


def to_take(
    own: Own, neighbour: str, originator: str, recipient: str, labels: Iterable[LiveLabel], held: Sequence[Agreement]
) -> tuple[str, ...]:
    """What forbids taking in entries with these labels from a neighbour; empty: nothing."""
    hops = int(neighbour != originator) + int(own.id != recipient)
    return lacking(Hand(neighbour, own.id, originator, recipient, hops), labels, held, own.clock())


def hands(db: sqlite3.Connection, own: Own, stream: Stream) -> int | None:
    """Through how many hands the head of a stream came here (1: from its originator); None: not known."""
    row = streams.batch_row(db, stream.n, stream.head_seq)
    at = row[2] if row else None
    passed = {own.id}
    for n in range(1, 10):
        if at == stream.originator:
            return n
        if at is None or at in passed:
            return None
        passed.add(at)
        paper = db.execute(
            "SELECT envelope FROM papers WHERE kind = 'receipt' AND about = ? AND by = ? AND verified",
            (f"{stream.originator} {stream.recipient}", at),
        ).fetchone()
        at = None if paper is None else peek(paper[0]).payload["from"]
    return None


def must_seal(held: Sequence[Agreement], me: str, recipient: str, now_ms: int) -> bool:
    """Whether a stream of this node must be sealed: its recipient is not reached directly, and one of the partners who could
    carry it agreed to carry only."""
    today = from_ms(now_ms).date()
    ours = [a for a in held if me in a.parties and a.in_force(today)]
    if any(recipient in a.parties for a in ours):
        return False
    return any(a.relay == "sealed" and a.onward >= 1 for a in ours)


def introduces(held: Sequence[Agreement], me: str, originator: str, now_ms: int) -> bool:
    """Whether this node may introduce a partner to those to whom it passes on."""
    today = from_ms(now_ms).date()
    return any(a.introduces and a.in_force(today) for a in partners.between(held, me, originator))


def _has_had(db: sqlite3.Connection, stream: Stream, neighbour: str) -> bool:
    """Whether a neighbour may know of a stream in which nothing stands: it held it before, or nothing was ever in it."""
    about = f"{stream.originator} {stream.recipient}"
    receipt = db.execute("SELECT 1 FROM papers WHERE kind = 'receipt' AND about = ? AND by = ?", (about, neighbour))
    held = receipt.fetchone() is not None or streams.was_given(db, stream.n, neighbour)
    return held or streams.is_empty(db, stream.n)


def _bare(ours: Sequence[Agreement], relays: bool, now_ms: int) -> tuple[str, ...]:
    if not ours:
        return ("no_agreement",)
    today = from_ms(now_ms).date()
    standing = [a for a in ours if a.in_force(today)]
    if not standing:
        return ("agreement_not_in_force",)
    return () if not relays or any(a.onward >= 1 for a in standing) else ("onward_agreement",)


def _request(hand: Hand, live: LiveLabel, agreement: Agreement | None, now_ms: int) -> Request:
    label = live.wire.label(hand.originator, hand.recipient)
    return Request(label, hand.giver, hand.recipient, hand.taker, agreement, hand.hops, now_ms)
