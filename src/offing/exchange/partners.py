"""Pinned cards, agreements and alarms: what a node knows of the others. Functions over one transaction's connection."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from offing.errors import BadDelivery, BadPaper, UnknownName
from offing.exchange import papers
from offing.exchange.keys import fingerprint
from offing.exchange.own import Own
from offing.exchange.papers import Card
from offing.exchange.results import Alarm, Partner
from offing.model.sharing import RECORD_KINDS, Agreement
from offing.policy.agreements_file import text_hash, with_text

_read_card = lru_cache(maxsize=512)(papers.read_card)
"""Reading a card checks its signatures; the same bytes need that once."""


CONTRADICTED = "contradicted"
"""Code of the one alarm that closes nothing."""


def pinned(db: sqlite3.Connection, id: str) -> Card | None:
    """The card that is pinned for a node."""
    row = db.execute("SELECT envelope FROM cards WHERE id = ?", (id,)).fetchone()
    return None if row is None else _read_card(row[0])


def voucher(db: sqlite3.Connection, id: str) -> str | None:
    """Who introduced a node; None: pinned by hand, or not at all."""
    row = db.execute("SELECT vouched_by FROM cards WHERE id = ?", (id,)).fetchone()
    return None if row is None else row[0]


def pin(db: sqlite3.Connection, own: Own, card: Card, vouched_by: str | None, by_hand: bool = False) -> Card:
    """Pin a card, or the later card of a node that is known; one pinned by hand needs nobody to vouch for it any more.

    Raises:
        BadDelivery: another key without a rotation by the pinned one, see `papers.accept_card`.
    """
    if card.id == own.id:
        if card.signing_key != own.keys.public_hex and card.signing_key not in _retired(own):
            raise BadDelivery(
                f"This node is {own.id} itself, and the card carries another key.", "Two nodes cannot share an id."
            )
        return card
    known = pinned(db, card.id)
    stays = papers.accept_card(known, card, vouched_by)
    if known is None:
        db.execute(
            "INSERT INTO cards (id, envelope, vouched_by, added_ms) VALUES (?, ?, ?, ?)",
            (card.id, card.envelope, vouched_by, own.clock()),
        )
        return stays
    db.execute("UPDATE cards SET envelope = ? WHERE id = ?", (stays.envelope, card.id))
    if by_hand:
        db.execute("UPDATE cards SET vouched_by = NULL WHERE id = ?", (card.id,))
    return stays


def remove(db: sqlite3.Connection, id: str) -> None:
    """Take back that a card is pinned. What its node sent stays. Raises `UnknownName`."""
    if not db.execute("DELETE FROM cards WHERE id = ?", (id,)).rowcount:
        known = [name for (name,) in db.execute("SELECT id FROM cards").fetchall()]
        raise UnknownName.of("partner", id, known, "offing partners")


def partners(db: sqlite3.Connection) -> list[Partner]:
    """Every node whose card is pinned, by id."""
    rows = db.execute(
        "SELECT id, envelope, vouched_by, added_ms, last_seen_ms, "
        "(SELECT count(*) FROM alarms WHERE originator = cards.id AND cleared_ms IS NULL) FROM cards ORDER BY id"
    ).fetchall()
    found = []
    for id, envelope, vouched_by, added_ms, last_seen_ms, alarms_n in rows:
        card = _read_card(envelope)
        print_ = fingerprint(card.signing_key)
        found.append(Partner(id, card.name, card.key_id, print_, vouched_by, added_ms, last_seen_ms, alarms_n))
    return found


def seen(db: sqlite3.Connection, id: str, now_ms: int) -> None:
    """A partner was heard of by a link or a delivery of its own."""
    db.execute("UPDATE cards SET last_seen_ms = max(?, ifnull(last_seen_ms, 0)) WHERE id = ?", (now_ms, id))


def add_agreement(db: sqlite3.Connection, own: Own, agreement: Agreement) -> None:
    """Hold an agreement, in force from now on on this side, and sign it where this node is a party."""
    found = with_text(agreement)
    if own.id not in found.parties:
        raise BadPaper(f"{own.id} is no party of the agreement {found.id}.", "A node holds its own agreements alone.")
    now = own.clock()
    db.execute(
        "INSERT INTO agreements VALUES (?, ?, ?, NULL) ON CONFLICT (id) DO UPDATE SET text = excluded.text, last_day = NULL",
        (found.id, found.text, now),
    )
    signed = papers.make_agreement_signature(own.keys, found.id, text_hash(found))
    keep_paper(db, "agreement", found.id, own.id, signed.envelope, now, verified=True)


def agreements(db: sqlite3.Connection) -> list[Agreement]:
    """As they stand, by id: an end that this node set is in `last_day`, `text` is what was signed."""
    rows = db.execute("SELECT text, last_day FROM agreements ORDER BY id").fetchall()
    return [_agreement(text, last_day) for text, last_day in rows]


def end_agreement(db: sqlite3.Connection, id: str, day: date) -> Agreement:
    """Let an agreement end with a UTC day, never later than it ends already. Raises `UnknownName`."""
    held = {a.id: a for a in agreements(db)}
    if id not in held:
        raise UnknownName.of("agreement", id, held, "offing agreements")
    last = min(day, held[id].last_day)
    db.execute("UPDATE agreements SET last_day = ? WHERE id = ?", (last.isoformat(), id))
    return replace(held[id], last_day=last)


def between(held: Sequence[Agreement], a: str, b: str) -> list[Agreement]:
    """The agreements of two partners."""
    return [x for x in held if x.between(a, b)]


def keep_paper(db: sqlite3.Connection, kind: str, about: str, by: str, envelope: bytes, t_ms: int, verified: bool) -> None:
    """Keep the latest paper of a kind about something by someone."""
    db.execute(
        "INSERT INTO papers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, about, by) DO UPDATE SET "
        "envelope = excluded.envelope, t_ms = excluded.t_ms, verified = excluded.verified",
        (kind, about, by, envelope, t_ms, int(verified)),
    )


def alarm(
    db: sqlite3.Connection,
    own: Own,
    originator: str,
    recipient: str,
    code: str,
    sentence: str,
    evidence: Sequence[bytes],
) -> None:
    """Raise an alarm; the same evidence again raises none."""
    proof = json.dumps([e.hex() for e in evidence])
    known = db.execute(
        "SELECT 1 FROM alarms WHERE originator = ? AND recipient = ? AND code = ? AND evidence = ?",
        (originator, recipient, code, proof),
    ).fetchone()
    if known is None:
        db.execute(
            "INSERT INTO alarms (originator, recipient, code, sentence, evidence, t_ms) VALUES (?, ?, ?, ?, ?, ?)",
            (originator, recipient, code, sentence, proof, own.clock()),
        )


def contradicted(
    db: sqlite3.Connection, own: Own, stream: tuple[str, str], by: str, seq: int, evidence: tuple[bytes, ...]
) -> None:
    """A holder's receipt names another batch than the one held here. It proves nothing against the originator, who signed no
    second one that is here, so it closes nothing: else one partner's lie could stop another's stream."""
    originator, recipient = stream
    sentence = (
        f"{by} signed that it holds another batch {seq} of the stream of {originator} for {recipient} than this node: "
        f"{originator} told two histories, or {by} does not tell the truth."
    )
    alarm(db, own, originator, recipient, CONTRADICTED, sentence, evidence)


def alarms(db: sqlite3.Connection) -> list[Alarm]:
    """Every alarm, oldest first."""
    rows = db.execute(
        "SELECT n, originator, recipient, code, sentence, evidence, t_ms, cleared_ms FROM alarms ORDER BY n"
    ).fetchall()
    return [
        Alarm(n, originator, recipient, code, sentence, tuple(bytes.fromhex(e) for e in json.loads(evidence)), t_ms, cleared_ms)
        for n, originator, recipient, code, sentence, evidence, t_ms, cleared_ms in rows
    ]


def clear_alarm(db: sqlite3.Connection, own: Own, n: int) -> None:
    """A human has looked. Raises `UnknownName`."""
    if not db.execute("UPDATE alarms SET cleared_ms = ? WHERE n = ? AND cleared_ms IS NULL", (own.clock(), n)).rowcount:
        standing = [str(a.n) for a in alarms(db) if a.cleared_ms is None]
        raise UnknownName.of("alarm", str(n), standing, "offing share alarms")


def is_blocked(db: sqlite3.Connection, originator: str, recipient: str) -> bool:
    """Whether an alarm keeps a stream closed."""
    row = db.execute(
        "SELECT 1 FROM alarms WHERE originator = ? AND recipient = ? AND cleared_ms IS NULL AND code != ?",
        (originator, recipient, CONTRADICTED),
    ).fetchone()
    return row is not None


def revoke(db: sqlite3.Connection, node: str, key_id: str, envelope: bytes) -> None:
    """A node's key is not to be believed any more."""
    db.execute("INSERT INTO revoked VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (node, key_id, envelope))


def is_revoked(db: sqlite3.Connection, node: str, key_id: str) -> bool:
    """Whether a node has revoked a key."""
    return db.execute("SELECT 1 FROM revoked WHERE node = ? AND key_id = ?", (node, key_id)).fetchone() is not None


@lru_cache(maxsize=512)
def _agreement(text: str, last_day: str | None) -> Agreement:
    d = json.loads(text)
    last = date.fromisoformat(d["to"])
    return Agreement(
        id=d["id"],
        parties=tuple(d["parties"]),
        kinds=tuple(k for k in RECORD_KINDS if k in d["kinds"]),
        purposes=tuple(d["purposes"]),
        first_day=date.fromisoformat(d["from"]),
        last_day=last if last_day is None else min(last, date.fromisoformat(last_day)),
        onward=d["onward"],
        may_introduce=d["may_introduce"],
        history=d["history"],
        relay=d["relay"],
        instrument=d["instrument"],
        sources=tuple(d["sources"]),
        text=text,
    )


def _retired(own: Own) -> set[str]:
    return {r.key.public_key().public_bytes_raw().hex() for r in own.keys.retired}
