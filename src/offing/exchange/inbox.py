"""Taking in a batch from a neighbour: all is checked before anything is written, and a refusal leaves the stream as it was."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from offing.errors import BadDelivery
from offing.exchange import batch, hub, partners, receipts, signing, streams
from offing.exchange.batch import Batch, Redacted, Withdrawal
from offing.exchange.bodies import lines_of
from offing.exchange.keys import check_next_key
from offing.exchange.own import Own
from offing.exchange.papers import Card
from offing.exchange.results import Taken
from offing.exchange.streams import Line, LiveLabel, Stream

EARLY_MS = 24 * 3_600_000
"""How much earlier than by this node's clock a redaction for expiry is taken: clocks differ."""

_AGAIN = "Nothing of it was taken in. Ask its originator, or another carrier, for it again."


class Refused(BadDelivery):
    """A batch is not taken in; `code` says why in a word."""

    def __init__(self, code: str, message: str, state: str = "refused", evidence: Sequence[bytes] = ()) -> None:
        super().__init__(message, _AGAIN, code=code)
        self.code = code
        self.state = state
        self.evidence = tuple(evidence)  # of two histories


@dataclass(frozen=True)
class Asked:
    """Which batch was asked of whom."""

    neighbour: str
    originator: str
    recipient: str
    seq: int

    def taken(self, state: str, code: str = "", reason: str = "") -> Taken:
        """What became of it."""
        return Taken(self.originator, self.recipient, self.seq, state, code, reason)


@dataclass(frozen=True)
class Point:
    """Where a stream stands: what the next batch must follow."""

    seq: int
    id: str
    keys: tuple[str, ...]  # hex: any of these may sign it


def take(db: sqlite3.Connection, own: Own, asked: Asked, raw: bytes, explained: Collection[tuple[int, int]] = ()) -> Taken:
    """Take in a batch. `explained`: places that later batches withdraw, whose words the caller has checked (`read_words`).

    Raises:
        Refused: it is not taken in; nothing was written.
    """
    card = _known(db, own, asked)
    if len(raw) > own.limits.batch_bytes:
        raise Refused("oversize", f"The batch has {len(raw)} bytes, and {own.limits.batch_bytes} are taken.")
    head = _read_head(raw, asked)
    stream = streams.find(db, asked.originator, asked.recipient)
    if stream is not None and asked.seq <= stream.head_seq:
        return _again(db, asked, stream, card, head, raw)
    after = _follow(db, point_of(stream, card), card, head, asked)
    _compare_receipts(db, own, head, asked)
    got = _read_batch(head, raw)
    now = own.clock()
    _check_redactions(got, explained, now)
    _check_withdrawals(db, stream, got)
    try:
        lines = lines_of(own, got, now)
    except BadDelivery as error:
        raise Refused("bad_record", error.message) from None
    _check_agreement(db, own, asked, got, lines)
    _check_quota(db, own, asked, got)
    _keep(db, own, asked, stream, got, lines, after)
    return asked.taken("new")


def read_words(db: sqlite3.Connection, own: Own, asked: Asked, raw: bytes, point: Point) -> tuple[Point, set[tuple[int, int]]]:
    """The places that a batch further on withdraws, by its originator's word, and where the stream stands after it.

    Raises:
        Refused: it does not follow `point`, or is not what its originator signed.
    """
    card = _known(db, own, asked)
    head = _read_head(raw, asked)
    after = _follow(db, point, card, head, asked)
    return after, _read_batch(head, raw).words


def start(db: sqlite3.Connection, own: Own, asked: Asked) -> Point:
    """Where a stream stands here.

    Raises:
        Refused: the originator is not known.
    """
    return point_of(streams.find(db, asked.originator, asked.recipient), _known(db, own, asked))


def point_of(stream: Stream | None, card: Card) -> Point:
    """Where a stream stands; the first batch may be signed by any key that the originator has had."""
    if stream is None:
        return Point(0, batch.FIRST_PREV, (card.signing_key, *card.former_keys))
    return Point(stream.head_seq, stream.head_id, (stream.key,))


def note(db: sqlite3.Connection, own: Own, asked: Asked, refused: Refused) -> None:
    """Remember why a batch was not taken in; two histories are an alarm."""
    if partners.pinned(db, asked.neighbour) is None:
        return
    db.execute(
        "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (originator, recipient, from_whom) DO UPDATE SET "
        "seq = excluded.seq, state = excluded.state, code = excluded.code, reason = excluded.reason, t_ms = excluded.t_ms",
        (
            *(asked.originator, asked.recipient, asked.neighbour, asked.seq),
            *(refused.state, refused.code, refused.message, own.clock()),
        ),
    )
    if refused.evidence:
        partners.alarm(db, own, asked.originator, asked.recipient, refused.code, refused.message, refused.evidence)


def _known(db: sqlite3.Connection, own: Own, asked: Asked) -> Card:
    """The originator's card, once it is sure that the neighbour is a partner and the stream another's and open."""
    if partners.pinned(db, asked.neighbour) is None:
        raise Refused("unknown_partner", f"{asked.neighbour} is no partner of this node.")
    if asked.originator == own.id:
        raise Refused("own_stream", "A node takes its own stream from nobody.")
    card = partners.pinned(db, asked.originator)
    if card is None:
        raise Refused(
            "unknown_originator",
            f"The key of {asked.originator} is not known here, and {asked.neighbour} did not introduce it.",
        )
    if partners.is_blocked(db, asked.originator, asked.recipient):
        raise Refused("blocked", f"An alarm keeps the stream of {asked.originator} for {asked.recipient} closed.")
    return card


def _read_head(raw: bytes, asked: Asked) -> batch.Head:
    """The header of the batch that was asked for, and of no other."""
    try:
        head = batch.read_head(raw)
    except BadDelivery as error:
        raise Refused("malformed", error.message) from None
    h = head.header
    if (h.originator, h.recipient, h.seq) != (asked.originator, asked.recipient, asked.seq):
        raise Refused("wrong_place", f"This is batch {h.seq} of {h.originator} for {h.recipient}; another one was due.")
    return head


def _read_batch(head: batch.Head, raw: bytes) -> Batch:
    try:
        return batch.read_entries(head, raw)
    except BadDelivery as error:
        raise Refused("malformed", error.message) from None


def _follow(db: sqlite3.Connection, point: Point, card: Card, head: batch.Head, asked: Asked) -> Point:
    """Where the stream stands after a batch, which must come next, be signed by the key that is due and follow what is held."""
    if asked.seq != point.seq + 1:
        raise Refused("gap", f"Batch {point.seq + 1} comes before batch {asked.seq} and is not here yet.")
    signer = _signer(db, card, head, point.keys)
    if head.header.prev != point.id:
        held = db.execute("SELECT envelope FROM batches WHERE id = ?", (point.id,)).fetchone()
        raise _two_histories(
            asked, "it follows another batch than the one that is held", held[0] if held else b"", head.envelope
        )
    if head.header.next_key is None:
        return Point(asked.seq, head.id, (signer,))
    try:
        new = check_next_key(asked.originator, signing.public_key(signer), head.header.next_key)
    except BadDelivery as error:
        raise Refused("bad_key", error.message) from None
    return Point(asked.seq, head.id, (new.public_bytes_raw().hex(),))


def _signer(db: sqlite3.Connection, card: Card, head: batch.Head, keys: Sequence[str]) -> str:
    """Which of the keys signed the header."""
    for key in keys:
        public = signing.public_key(key)
        if signing.key_id(public) != head.key_id:
            continue
        if partners.is_revoked(db, card.id, head.key_id):
            raise Refused("revoked_key", f"{card.id} has revoked the key {head.key_id} that signed it.")
        try:
            head.check_signature(public)
        except BadDelivery as error:
            raise Refused("forged", error.message) from None
        return key
    former = {signing.key_id(signing.public_key(k)) for k in card.former_keys}
    if head.key_id in former or streams.was_signed_with(db, card.id, head.key_id):
        raise Refused("stale_key", f"It is signed with key {head.key_id}, which {card.id} has retired.")
    raise Refused("unknown_key", f"It is signed with key {head.key_id}, which is not the one that is due from {card.id}.")


def _again(db: sqlite3.Connection, asked: Asked, stream: Stream, card: Card, head: batch.Head, raw: bytes) -> Taken:
    """A batch at a number that is held: the same one again, or the proof of two histories."""
    _signer(db, card, head, tuple(dict.fromkeys((stream.key, card.signing_key, *card.former_keys))))
    row = streams.batch_row(db, stream.n, asked.seq)
    if row is None or row[0] != head.id:
        raise _two_histories(asked, "another one is held", row[1] if row else b"", head.envelope)
    _read_batch(head, raw)
    _use(db, asked.neighbour, 0, 0, 1)
    return asked.taken("duplicate")


def _two_histories(asked: Asked, how: str, *evidence: bytes) -> Refused:
    return Refused(
        "two_histories",
        f"{asked.originator} signed two histories of its stream for {asked.recipient}: of batch {asked.seq}, {how}.",
        evidence=evidence,
    )


def _compare_receipts(db: sqlite3.Connection, own: Own, head: batch.Head, asked: Asked) -> None:
    """Raise an alarm where another holder has signed for another batch at this number."""
    for receipt, envelope in receipts.verified(db, asked.originator, asked.recipient):
        if receipt["seq"] == asked.seq and receipt["head"] != head.id:
            stream = (asked.originator, asked.recipient)
            partners.contradicted(db, own, stream, receipt["by"], asked.seq, (head.envelope, envelope))


def _check_redactions(got: Batch, explained: Collection[tuple[int, int]], now_ms: int) -> None:
    """Demand that the originator itself withdrew what is redacted, or that it has expired."""
    header = got.head.header
    said = {*explained, *got.words}
    for index, entry in enumerate(got.entries):
        if isinstance(entry, Redacted):
            expires_ms = header.labels[entry.label].expires_ms
            over = expires_ms is not None and expires_ms <= now_ms + EARLY_MS
            if not over and (header.seq, index) not in said:
                raise Refused("stripped", f"Entry {index} is stripped without the originator's word: it has not withdrawn it.")


def _check_withdrawals(db: sqlite3.Connection, stream: Stream | None, got: Batch) -> None:
    """Demand that what is withdrawn was put before, and that what stands instead was put after it."""
    seq = got.head.header.seq

    def is_put(s: int, i: int, before: int) -> bool:
        if s == seq:
            return 0 <= i < before and not isinstance(got.entries[i], Withdrawal)
        return (
            stream is not None
            and 1 <= s < seq
            and 0 <= i < batch.MAX_ENTRIES
            and streams.mark_at(db, stream.n, s, i) in ("+", "x")
        )

    for index, entry in enumerate(got.entries):
        if not isinstance(entry, Withdrawal):
            continue
        s, i, reason, s2, i2 = entry.body
        if reason == "withdrawn":
            sound = s2 is None and i2 is None
        else:
            sound = reason == "superseded" and s2 is not None and i2 is not None and (s2, i2) > (s, i) and is_put(s2, i2, index)
        if not sound or not is_put(s, i, index):
            raise Refused("malformed", f"Entry {index} withdraws what is not there, or in a way that cannot be.")


def _check_agreement(db: sqlite3.Connection, own: Own, asked: Asked, got: Batch, lines: Sequence[Line]) -> None:
    header = got.head.header
    live = Counter(x.label for x in lines if x.mark == "+")
    labels = [LiveLabel(header.labels[i], header.seal is not None, n) for i, n in sorted(live.items())]
    codes = hub.to_take(own, asked.neighbour, asked.originator, asked.recipient, labels, partners.agreements(db))
    if codes:
        raise Refused(codes[0], " ".join(hub.sentence(c) for c in codes), "quarantined")


def _check_quota(db: sqlite3.Connection, own: Own, asked: Asked, got: Batch) -> None:
    bytes_n, batches_n = db.execute(
        "SELECT ifnull(sum(bytes), 0), ifnull(sum(batches), 0) FROM usage WHERE partner = ?", (asked.neighbour,)
    ).fetchone()
    if bytes_n + got.bytes_n > own.limits.partner_bytes or batches_n + 1 > own.limits.partner_batches:
        raise Refused("quota", f"{asked.neighbour} has handed over as much as this node holds for one partner.")


def _keep(
    db: sqlite3.Connection, own: Own, asked: Asked, stream: Stream | None, got: Batch, lines: Sequence[Line], after: Point
) -> None:
    now = own.clock()
    kept = streams.append(db, stream, got.head, lines, after.keys[0], asked.neighbour, now, got.bytes_n)
    streams.redact(db, kept.n, got.words)
    _use(db, asked.neighbour, got.bytes_n, 1, 0)
    db.execute(
        "DELETE FROM notes WHERE originator = ? AND recipient = ? AND (from_whom = ? OR seq <= ?)",
        (asked.originator, asked.recipient, asked.neighbour, asked.seq),
    )
    receipts.sign(db, own, kept, asked.neighbour, now)
    if asked.recipient == own.id and lines:
        streams.bump(db, streams.RECEIVED)


def _use(db: sqlite3.Connection, partner: str, bytes_n: int, batches_n: int, duplicates_n: int) -> None:
    db.execute(
        "INSERT INTO usage VALUES (?, ?, ?, ?) ON CONFLICT (partner) DO UPDATE SET bytes = bytes + excluded.bytes, "
        "batches = batches + excluded.batches, duplicates = duplicates + excluded.duplicates",
        (partner, bytes_n, batches_n, duplicates_n),
    )
