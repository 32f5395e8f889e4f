"""The streams that this node writes: the difference between what a release pass found and what a stream holds."""

from __future__ import annotations

import hmac
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offing.errors import SharingError
from offing.exchange import batch, hub, partners, streams
from offing.exchange.canonical import encode
from offing.exchange.keys import next_key
from offing.exchange.own import Own
from offing.exchange.results import BatchSummary
from offing.exchange.schema import place, seq_and_index
from offing.exchange.sealing import Sealer
from offing.exchange.streams import Line, Stream
from offing.model.sharing import Agreement, Label, Record, Released
from offing.model.wire import WIRE
from offing.policy.ways import release_decisions

BATCH_BODY_BYTES = 8 << 20
"""A batch ends before its bodies grow beyond this; a longer record stands alone."""

MAX_RECORD_BYTES = 4 << 20

_JSON = msgspec.json.Encoder(order="sorted")
_SALTS = "salts of entries"


@dataclass(frozen=True, slots=True)
class _Put:
    kind: str
    id: str
    version: int
    label: str  # canonical wire text
    values: bytes  # canonical JSON
    digest: bytes  # of label, columns, values and whether it is sealed


@dataclass(frozen=True, slots=True)
class _Gone:
    label: str
    seq: int
    index: int
    instead: tuple[str, str] | None  # kind and id of the put that supersedes it; null: withdrawn


@dataclass
class _Plan:
    puts: list[_Put] = field(default_factory=list)
    gone: list[_Gone] = field(default_factory=list)
    placed: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)  # where the puts were written


@dataclass(frozen=True, slots=True)
class _Said:
    """The last version of a record in a stream."""

    version: int
    digest: bytes
    place: int
    stands: bool
    label: str


def release(db: sqlite3.Connection, own: Own, released: Released) -> BatchSummary:
    """Bring the stream for a recipient to exactly these records."""
    recipient, now, held = released.recipient, own.clock(), partners.agreements(db)
    stream = streams.find(db, own.id, recipient)
    if is_behind(db, own, stream, recipient):
        return BatchSummary(recipient, head_seq=stream.head_seq if stream else 0, waits_for="recovering")
    sealed = hub.must_seal(held, own.id, recipient, now)
    ways = held if sealed else [a for a in held if a.relay != "sealed" or recipient in a.parties]
    wanted, withheld = _allowed(released, own.id, ways, now)
    card = partners.pinned(db, recipient) if sealed else None
    waits = "no_card" if sealed and card is None and wanted else ""
    streams.sweep(db, now)
    plan = _plan(_said(db, stream), [] if waits else wanted, sealed)
    parts = list(_parts(plan))
    if waits and stream is None:
        parts = [[]]  # an empty batch: the hubs see from it whose card is needed
    for some in parts:
        key = card.sealing_key if card and any(isinstance(x, _Put) for x in some) else None
        stream = _write(db, own, stream, recipient, some, plan.placed, key)
    if stream is not None:
        _remember(db, stream, plan)
        streams.redact(db, stream.n, [(g.seq, g.index) for g in plan.gone])
    corrected_n = sum(g.instead is not None for g in plan.gone)
    return BatchSummary(
        recipient=recipient,
        batches_n=len(parts),
        puts_n=len(plan.puts),
        corrected_n=corrected_n,
        withdrawn_n=len(plan.gone) - corrected_n,
        withheld=withheld,
        head_seq=stream.head_seq if stream else 0,
        sealed=sealed,
        waits_for=waits,
    )


def bind_keys(db: sqlite3.Connection, own: Own) -> None:
    """Announce this node's newer keys in its streams: one batch for each step, signed by the key before it.

    Raises:
        SharingError: a stream was signed with a key that is not among this node's.
    """
    keys: list[Ed25519PrivateKey] = [*(r.key for r in own.keys.retired), own.keys.signing]
    names = [_hex(k) for k in keys]
    for stream in streams.every(db):
        if stream.originator != own.id or stream.key == names[-1]:
            continue
        if stream.key not in names:
            raise SharingError(
                f"The stream for {stream.recipient} was signed with a key that is not among this node's.",
                "Bring the keys back from a copy.",
            )
        at = stream
        for old, new in zip(keys[names.index(stream.key) :], keys[names.index(stream.key) + 1 :], strict=False):
            header = _header(own.id, at.recipient, at, [], None) | {"next_key": next_key(own.id, old, new)}
            at = _append(db, own, at, header, [], old, _hex(new))


def is_behind(db: sqlite3.Connection, own: Own, stream: Stream | None, recipient: str) -> bool:
    """Whether others hold more of this stream than this node: its disk was lost, and going on would fork its history."""
    rows = db.execute(
        "SELECT envelope FROM papers WHERE kind = 'receipt' AND about = ? AND verified", (f"{own.id} {recipient}",)
    ).fetchall()
    seqs = [msgspec.json.decode(raw)["payload"]["seq"] for (raw,) in rows]
    return max(seqs, default=0) > (stream.head_seq if stream else 0)


def behind(db: sqlite3.Connection, own: Own) -> list[str]:
    """Recipients of whose stream others hold more than this node."""
    rows = db.execute("SELECT DISTINCT about FROM papers WHERE kind = 'receipt' AND verified ORDER BY about").fetchall()
    mine = [recipient for originator, recipient in (about.split(" ") for (about,) in rows) if originator == own.id]
    return [r for r in mine if is_behind(db, own, streams.find(db, own.id, r), r)]


def _allowed(
    released: Released, me: str, held: Sequence[Agreement], now_ms: int
) -> tuple[list[tuple[Record, str]], dict[str, int]]:
    """The records that some way carries, with their wire labels; and by reason how many none does."""
    distinct: dict[int, Label] = {id(label): label for _, label in released.records}
    decisions = release_decisions(list(distinct.values()), me, released.recipient, held, now_ms)
    texts: dict[int, str] = {}
    why: dict[int, str] = {}
    for (n, label), decision in zip(distinct.items(), decisions, strict=True):
        if label.originator != me:
            why[n] = "not_own"
        elif decision.allow:
            texts[n] = encode(label.wire()).decode()
        else:
            why[n] = decision.reasons[0]
    wanted: dict[tuple[str, str], tuple[Record, str]] = {}
    withheld = Counter[str]()
    for record, label in released.records:
        text = texts.get(id(label))
        if text is None or record.kind != label.kind:
            withheld[why.get(id(label), "bad_label")] += 1
        else:
            wanted.setdefault((record.kind, record.id), (record, text))
    return list(wanted.values()), dict(withheld)


def _said(db: sqlite3.Connection, stream: Stream | None) -> dict[tuple[str, str], _Said]:
    if stream is None:
        return {}
    rows = db.execute(
        "SELECT kind, id, version, digest, said.place, mark = '+', wire FROM said JOIN entries ON entries.place = said.place "
        "JOIN labels ON labels.n = entries.label WHERE stream = ?",
        (stream.n,),
    )
    return {(kind, id): _Said(version, digest, at, bool(stands), wire) for kind, id, version, digest, at, stands, wire in rows}


def _plan(said: dict[tuple[str, str], _Said], wanted: Sequence[tuple[Record, str]], sealed: bool) -> _Plan:
    """What must be written so that the stream holds exactly what is wanted. What has expired is gone without a word."""
    plan = _Plan()
    prefixes: dict[tuple[str, str], bytes] = {}
    for record, text in wanted:
        values = _JSON.encode(record.values)
        if len(values) > MAX_RECORD_BYTES:
            raise SharingError(
                f"The record {record.id} has {len(values)} bytes, more than travels.", "Leave columns of it out."
            )
        key = (record.kind, text)
        prefix = prefixes.get(key) or prefixes.setdefault(key, encode([*key, list(WIRE[record.kind]), sealed]))
        digest = sha256(prefix + values).digest()
        before = said.pop((record.kind, record.id), None)
        if before and before.stands and before.digest == digest:
            continue
        version = before.version + 1 if before else 1
        plan.puts.append(_Put(record.kind, record.id, version, text, values, digest))
        if before and before.stands:
            plan.gone.append(_Gone(_bare(before.label), *seq_and_index(before.place), (record.kind, record.id)))
    for left in said.values():
        if left.stands:
            plan.gone.append(_Gone(_bare(left.label), *seq_and_index(left.place), None))
    plan.puts.sort(key=lambda p: (p.kind, p.id))
    plan.gone.sort(key=lambda g: (g.seq, g.index))
    return plan


def _parts(plan: _Plan) -> Iterator[list[_Put | _Gone]]:
    """The entries batch by batch: puts first, so that what names them knows their places."""
    some: list[_Put | _Gone] = []
    size = 0
    every: list[_Put | _Gone] = [*plan.puts, *plan.gone]
    for entry in every:
        more = len(entry.values) if isinstance(entry, _Put) else 0
        if some and (len(some) >= batch.MAX_ENTRIES or size + more > BATCH_BODY_BYTES):
            yield some
            some, size = [], 0
        some.append(entry)
        size += more
    if some:
        yield some


def _write(
    db: sqlite3.Connection,
    own: Own,
    stream: Stream | None,
    recipient: str,
    entries: Sequence[_Put | _Gone],
    placed: dict[tuple[str, str], tuple[int, int]],
    sealing_key: str | None,
) -> Stream:
    if stream is not None and stream.key != own.keys.public_hex:
        raise SharingError("Another process gave this node new keys.", "Try again: opened anew, it signs with them.")
    seq = stream.head_seq + 1 if stream else 1
    sealer = Sealer(sealing_key, own.id, recipient, seq) if sealing_key else None
    labels = sorted({e.label for e in entries})
    index = {text: i for i, text in enumerate(labels)}
    salts = hmac.digest(own.keys.secret(_SALTS), f"{own.id}|{recipient}|{seq}".encode(), "sha256")
    lines: list[Line] = []
    for i, e in enumerate(entries):
        salt = sha256(salts + i.to_bytes(4, "big")).digest()[: batch.SALT_BYTES]
        if isinstance(e, _Put):
            placed[e.kind, e.id] = (seq, i)
            body = batch.put_body(e.kind, e.id, e.version, e.values)
            lines.append(Line("+", index[e.label], salt, encode(sealer.entry(i, body)) if sealer else body))
        else:
            reason, instead = ("superseded", placed[e.instead]) if e.instead else ("withdrawn", (None, None))
            lines.append(Line("-", index[e.label], salt, _JSON.encode([e.seq, e.index, reason, *instead])))
    header = _header(own.id, recipient, stream, labels, sealer.header if sealer else None)
    return _append(db, own, stream, header, lines, own.keys.signing, own.keys.public_hex)


def _header(
    me: str, recipient: str, stream: Stream | None, labels: Sequence[str], seal: Mapping[str, Any] | None
) -> dict[str, Any]:
    wires = [msgspec.json.decode(text) for text in labels]
    return {
        "columns": {kind: list(WIRE[kind]) for kind in sorted({w["kind"] for w in wires})},
        "labels": wires,
        "next_key": None,
        "originator": me,
        "prev": stream.head_id if stream else batch.FIRST_PREV,
        "recipient": recipient,
        "seal": seal,
        "seq": stream.head_seq + 1 if stream else 1,
    }


def _append(
    db: sqlite3.Connection,
    own: Own,
    stream: Stream | None,
    header: Mapping[str, Any],
    lines: Sequence[Line],
    key: Ed25519PrivateKey,
    next_signer: str,
) -> Stream:
    leaves = [batch.leaf(x.label, batch.inner_hash(x.salt or b"", x.body)) for x in lines]
    envelope, _ = batch.make(header, leaves, key)
    head = batch.read_head(envelope + b"\n")
    size = len(envelope) + 1 + sum(len(x.body) + 48 for x in lines)
    return streams.append(db, stream, head, lines, next_signer, own.id, own.clock(), size)


def _remember(db: sqlite3.Connection, stream: Stream, plan: _Plan) -> None:
    db.executemany(
        "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (stream, kind, id) DO UPDATE SET "
        "version = excluded.version, digest = excluded.digest, place = excluded.place",
        [(stream.n, p.kind, p.id, p.version, p.digest, place(stream.n, *plan.placed[p.kind, p.id])) for p in plan.puts],
    )


def _bare(label: str) -> str:
    """The label of a withdrawal: nothing of it expires, nor says more than of which kind it is."""
    wire = msgspec.json.decode(label)
    return encode(wire | {"expires_ms": None, "masked": [], "round_deg": None}).decode()


def _hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()
