"""What a node can tell of its partners: last seen, held, missing, quarantined, withheld, receipts, alarms."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from offing.exchange import hub, partners, receipts, streams
from offing.exchange.own import Own
from offing.exchange.results import PartnerStatus, Quarantined, StreamStatus
from offing.exchange.streams import Stream
from offing.model.sharing import Agreement


def every(db: sqlite3.Connection, own: Own) -> list[PartnerStatus]:
    """Each partner, by id."""
    held = partners.agreements(db)
    rows = db.execute("SELECT partner, bytes, batches, duplicates FROM usage").fetchall()
    usage = {partner: (bytes_n, batches_n, duplicates_n) for partner, bytes_n, batches_n, duplicates_n in rows}
    notes, signed, alarms = _notes(db), receipts.every(db), partners.alarms(db)
    known = [(s, of_stream(db, own, s, held), _handed(db, s)) for s in streams.every(db)]
    found = []
    for p in partners.partners(db):
        mine = [n for n in notes if n.from_whom == p.id]
        bytes_n, batches_n, duplicates_n = usage.get(p.id, (0, 0, 0))
        found.append(
            PartnerStatus(
                id=p.id,
                name=p.name,
                last_seen_ms=p.last_seen_ms,
                vouched_by=p.vouched_by,
                streams=tuple(told for s, told, by in known if p.id in (s.originator, s.recipient) or p.id in by),
                duplicates_n=duplicates_n,
                gaps=tuple(n for n in mine if n.code == "gap"),
                quarantined=tuple(n for n in mine if n.state == "quarantined"),
                refused=tuple(n for n in mine if n.state == "refused" and n.code != "gap"),
                receipts=tuple(r for r in signed if r.by == p.id),
                alarms=tuple(a for a in alarms if a.originator == p.id),
                bytes_n=bytes_n,
                batches_n=batches_n,
            )
        )
    return found


def of_stream(db: sqlite3.Connection, own: Own, stream: Stream, held: Sequence[Agreement]) -> StreamStatus:
    """One stream: how much of it stands, and who may be given it now."""
    live_n, redacted_n = streams.counts(db, stream.n)
    bytes_n, sealed = db.execute(
        "SELECT ifnull(sum(bytes), 0), ifnull(max(sealed), 0) FROM batches WHERE stream = ?", (stream.n,)
    ).fetchone()
    others = sorted({p for a in held if own.id in a.parties for p in a.parties} - {own.id, stream.originator})
    why = {n: hub.to_give(db, own, stream, n, held) for n in others} if stream.recipient != own.id else {}
    return StreamStatus(
        originator=stream.originator,
        recipient=stream.recipient,
        head_seq=stream.head_seq,
        head_id=stream.head_id,
        live_n=live_n,
        redacted_n=redacted_n,
        bytes_n=bytes_n,
        sealed=bool(sealed),
        blocked=partners.is_blocked(db, stream.originator, stream.recipient),
        carried_by=tuple(n for n, codes in why.items() if not codes),
        withheld={n: " ".join(hub.sentence(c) for c in codes) for n, codes in why.items() if codes},
    )


def _notes(db: sqlite3.Connection) -> list[Quarantined]:
    rows = db.execute(
        "SELECT originator, recipient, from_whom, seq, state, code, reason, t_ms FROM notes "
        "ORDER BY originator, recipient, from_whom"
    ).fetchall()
    return [Quarantined(*row) for row in rows]


def _handed(db: sqlite3.Connection, stream: Stream) -> set[str]:
    return {by for (by,) in db.execute("SELECT DISTINCT from_whom FROM batches WHERE stream = ?", (stream.n,)).fetchall()}
