"""Papers between neighbours: receipts back to the originator and forward along the way, cards, introductions, signatures."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from offing.errors import BadDelivery
from offing.exchange import hub, papers, partners, signing, streams
from offing.exchange.own import Own
from offing.exchange.results import ReceiptLine
from offing.exchange.streams import Stream
from offing.model.sharing import Agreement
from offing.model.times import from_ms

MAX_PAPERS = 10_000
"""Papers that are read of one neighbour at a time."""


def sign(db: sqlite3.Connection, own: Own, stream: Stream, taken_from: str, now_ms: int) -> None:
    """This node's own receipt for the head of a stream."""
    paper = papers.make_receipt(
        own.keys, stream.originator, stream.recipient, stream.head_seq, stream.head_id, taken_from, now_ms
    )
    partners.keep_paper(
        db, "receipt", _about(stream.originator, stream.recipient), own.id, paper.envelope, now_ms, verified=True
    )


def verified(db: sqlite3.Connection, originator: str, recipient: str) -> list[tuple[dict[str, Any], bytes]]:
    """The receipts of a stream whose signatures were checked: payload and envelope."""
    rows = db.execute(
        "SELECT envelope FROM papers WHERE kind = 'receipt' AND about = ? AND verified ORDER BY by",
        (_about(originator, recipient),),
    ).fetchall()
    return [(papers.peek(raw).payload, raw) for (raw,) in rows]


def forget(db: sqlite3.Connection, originator: str, recipient: str) -> None:
    """Drop all receipts for a stream."""
    db.execute("DELETE FROM papers WHERE kind = 'receipt' AND about = ?", (_about(originator, recipient),))


def every(db: sqlite3.Connection) -> list[ReceiptLine]:
    """All receipts, by stream and signer."""
    rows = db.execute("SELECT envelope, verified FROM papers WHERE kind = 'receipt' ORDER BY about, by").fetchall()
    return [_line(papers.peek(raw).payload, bool(known)) for raw, known in rows]


def for_neighbour(db: sqlite3.Connection, own: Own, neighbour: str) -> list[bytes]:
    """Everything signed that a neighbour should have, in a fixed order; the own card first."""
    held = partners.agreements(db)
    found = [own.card.envelope]
    for agreement in partners.between(held, own.id, neighbour):
        found += _papers(db, "agreement", agreement.id, own.id)
    found += [raw for (raw,) in db.execute("SELECT envelope FROM revoked WHERE node = ? ORDER BY key_id", (own.id,))]
    cards: dict[str, None] = {}
    for stream in streams.every(db):
        given = not hub.to_give(db, own, stream, neighbour, held)
        found += _receipts_for(db, own, stream, neighbour, given)
        if given and stream.originator != own.id:
            cards |= dict.fromkeys([stream.originator])
        if stream.originator == neighbour and _seals(held, own, neighbour):
            cards |= dict.fromkeys([stream.recipient])
    for id in sorted(cards):
        found += _introduction(db, own, id, neighbour, held)
    return found


def take(db: sqlite3.Connection, own: Own, neighbour: str, raw_papers: Sequence[bytes]) -> tuple[int, list[str]]:
    """Keep a neighbour's papers: how many stand, and sentences about those refused."""
    if partners.pinned(db, neighbour) is None:
        return 0, [f"{neighbour} is no partner of this node."]
    kept, refused = 0, []
    for raw in raw_papers[:MAX_PAPERS]:
        try:
            kept += _take(db, own, neighbour, raw)
        except BadDelivery as error:
            refused.append(error.message)
            code = error.data.get("alarm")
            if code and code != "retired_key":  # an old card that comes late is no sign of a thief
                node, evidence = str(error.data["node"]), [_bytes(error.data[k]) for k in ("known", "new")]
                partners.alarm(db, own, node, "", str(code), error.message, evidence)
    if len(raw_papers) > MAX_PAPERS:
        refused.append(f"{neighbour} gave {len(raw_papers)} papers, and {MAX_PAPERS} are read at a time.")
    return kept, refused


def _take(db: sqlite3.Connection, own: Own, neighbour: str, raw: bytes) -> bool:
    """Keep one paper; whether it says something that was not known or stands again."""
    said = papers.peek(raw)
    if said.type == papers.CARD:
        return _take_card(db, own, neighbour, raw)
    if said.type == papers.INTRODUCTION:
        return _take_introduction(db, own, neighbour, raw)
    if said.type not in _READERS:
        raise BadDelivery(f"A paper of type {said.type} is not known.", "Ask the partner which version of offing it runs.")
    signer = _signer(db, own, said)
    if signer is not None and partners.is_revoked(db, signer.id, said.key_id):
        raise BadDelivery(f"It is signed with key {said.key_id}, which {signer.id} has revoked.", "Ask its maker for it again.")
    if said.type == papers.RECEIPT:
        return _take_receipt(db, own, raw, said, signer)
    if signer is None or _is_held(db, said, raw):
        return False
    now = own.clock()
    if said.type == papers.REVOCATION:
        revoked = papers.read_revocation(raw, signer)
        partners.revoke(db, revoked.node, signing.key_id(signing.public_key(revoked.key)), raw)
        return True
    signed = papers.read_agreement_signature(raw, signer)
    ours = {a.id: a for a in partners.agreements(db)}.get(signed.agreement)
    if ours is None or signed.by not in ours.parties or signed.by == own.id:
        return False
    if sha256(ours.text.encode()).hexdigest() != signed.text_sha256:  # as it was signed, whoever has ended it since
        raise BadDelivery(
            f"{signed.by} signed another text of the agreement {ours.id} than the one held here.", "Compare the two."
        )
    partners.keep_paper(db, "agreement", ours.id, signed.by, raw, now, verified=True)
    return True


def _is_held(db: sqlite3.Connection, said: papers.Peek, raw: bytes) -> bool:
    """Whether these very bytes of an agreement's signature were checked before."""
    about, by = said.payload.get("agreement"), said.payload.get("by")
    return isinstance(about, str) and isinstance(by, str) and raw in _papers(db, "agreement", about, by)


def _take_card(db: sqlite3.Connection, own: Own, neighbour: str, raw: bytes) -> bool:
    """A later card of a node that is known; a card alone makes nobody known."""
    card = papers.read_card(raw)
    if card.id == own.id or partners.pinned(db, card.id) is None:
        return False
    partners.pin(db, own, card, None if card.id == neighbour else neighbour)
    return True


def _take_introduction(db: sqlite3.Connection, own: Own, neighbour: str, raw: bytes) -> bool:
    hub_card = partners.pinned(db, neighbour)
    assert hub_card is not None
    if db.execute("SELECT 1 FROM papers WHERE kind = 'introduction' AND by = ? AND envelope = ?", (neighbour, raw)).fetchone():
        return False
    said = papers.read_introduction(raw, hub_card)
    if said.recipient != own.id:
        raise BadDelivery(f"{neighbour} handed on an introduction that is for {said.recipient}.", "It was not taken.")
    today = from_ms(own.clock()).date()
    if said.card.id == own.id or not any(
        a.in_force(today) for a in partners.between(partners.agreements(db), own.id, neighbour)
    ):
        return False
    partners.pin(db, own, said.card, neighbour)
    partners.keep_paper(db, "introduction", said.card.id, neighbour, raw, own.clock(), verified=True)
    return True


def _take_receipt(db: sqlite3.Connection, own: Own, raw: bytes, said: papers.Peek, signer: papers.Card | None) -> bool:
    line = _line(said.payload, signer is not None)
    about = _about(line.originator, line.recipient)
    known = db.execute(
        "SELECT envelope, verified FROM papers WHERE kind = 'receipt' AND about = ? AND by = ?", (about, line.by)
    ).fetchone()
    if known == (raw, 1):
        return False
    if signer is not None:
        papers.read_receipt(raw, signer)
    stream = streams.find(db, line.originator, line.recipient)
    if line.by == own.id or (stream is None and line.originator != own.id):
        return False
    if known is not None:
        before = _line(papers.peek(known[0]).payload, bool(known[1]))
        if (before.verified, before.seq, before.t_ms) >= (line.verified, line.seq, line.t_ms):
            return False
    if line.verified and stream is not None:
        row = streams.batch_row(db, stream.n, line.seq)
        if row is not None and row[0] != line.head:
            partners.contradicted(db, own, (line.originator, line.recipient), line.by, line.seq, (row[1], raw))
    partners.keep_paper(db, "receipt", about, line.by, raw, own.clock(), line.verified)
    return True


def _receipts_for(db: sqlite3.Connection, own: Own, stream: Stream, neighbour: str, given: bool) -> Iterator[bytes]:
    """Back to those who handed the stream over, forward to those who may have it; the originator passes on none."""
    if stream.originator == own.id:
        return
    back = stream.originator == neighbour or streams.came_from(db, stream.n, neighbour)
    if back or given:
        rows = db.execute(
            "SELECT envelope FROM papers WHERE kind = 'receipt' AND about = ? AND by <> ? ORDER BY by",
            (_about(stream.originator, stream.recipient), neighbour),
        )
        yield from [raw for (raw,) in rows.fetchall()]


def _introduction(db: sqlite3.Connection, own: Own, id: str, neighbour: str, held: Sequence[Agreement]) -> list[bytes]:
    card = partners.pinned(db, id)
    if card is None or id == neighbour or not hub.introduces(held, own.id, id, own.clock()):
        return []
    return [papers.make_introduction(own.keys, card, neighbour).envelope]


def _seals(held: Sequence[Agreement], own: Own, neighbour: str) -> bool:
    """Whether this node only carries for a neighbour, which therefore needs its recipients' keys."""
    today = from_ms(own.clock()).date()
    return any(a.relay == "sealed" and a.in_force(today) for a in partners.between(held, own.id, neighbour))


def _papers(db: sqlite3.Connection, kind: str, about: str, by: str) -> list[bytes]:
    rows = db.execute("SELECT envelope FROM papers WHERE kind = ? AND about = ? AND by = ?", (kind, about, by))
    return [raw for (raw,) in rows.fetchall()]


def _signer(db: sqlite3.Connection, own: Own, said: papers.Peek) -> papers.Card | None:
    name = said.payload.get("node" if said.type == papers.REVOCATION else "by")
    if name == own.id:
        return own.card
    return partners.pinned(db, name) if isinstance(name, str) else None


def _line(p: dict[str, Any], known: bool) -> ReceiptLine:
    texts, numbers = ("by", "originator", "recipient", "head", "from"), ("seq", "t_ms")
    if not all(isinstance(p.get(k), str) for k in texts) or not all(type(p.get(k)) is int for k in numbers):
        raise BadDelivery("A receipt has another form than receipts have.", "It was not taken.")
    return ReceiptLine(p["by"], p["originator"], p["recipient"], p["seq"], p["head"], p["from"], p["t_ms"], known)


def _about(originator: str, recipient: str) -> str:
    return f"{originator} {recipient}"


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


_READERS = {
    papers.RECEIPT: papers.read_receipt,
    papers.AGREEMENT_SIGNATURE: papers.read_agreement_signature,
    papers.REVOCATION: papers.read_revocation,
}
