"""Streams as they lie on the disk: append, redact, render. Functions over one transaction's connection."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from offing.exchange import batch
from offing.exchange.batch import WireLabel
from offing.exchange.schema import MAX_INDEX, MAX_SEQ, place

_LABEL = msgspec.json.Decoder(WireLabel)
_SOME = 500  # bound values in one statement

DELETED = "deleted"
"""Counter of acts that deleted bodies."""

RECEIVED = "received_version"
"""Counter of changes to what others released to this node."""


@dataclass(frozen=True)
class Stream:
    """One stream and where it stands."""

    n: int
    originator: str
    recipient: str
    head_seq: int
    head_id: str
    key: str  # hex of the key that must sign the next batch


@dataclass(frozen=True)
class Line:
    """An entry as it is kept."""

    mark: str
    label: int  # index in the batch's header
    salt: bytes | None
    body: bytes


@dataclass(frozen=True)
class LiveLabel:
    """A label of which a stream holds puts with a body."""

    wire: WireLabel
    sealed: bool
    n: int


def find(db: sqlite3.Connection, originator: str, recipient: str) -> Stream | None:
    """The stream from an originator to a final recipient."""
    row = db.execute(
        "SELECT n, originator, recipient, head_seq, head_id, key FROM streams WHERE originator = ? AND recipient = ?",
        (originator, recipient),
    ).fetchone()
    return None if row is None else Stream(*row)


def every(db: sqlite3.Connection) -> list[Stream]:
    """All streams, by originator and recipient."""
    rows = db.execute("SELECT n, originator, recipient, head_seq, head_id, key FROM streams ORDER BY originator, recipient")
    return [Stream(*row) for row in rows.fetchall()]


def append(
    db: sqlite3.Connection,
    stream: Stream | None,
    head: batch.Head,
    lines: Sequence[Line],
    key: str,
    from_whom: str,
    now_ms: int,
    bytes_n: int,
) -> Stream:
    """Add a batch at the head of a stream; `key` (hex) must sign the next one."""
    header = head.header
    if stream is None:
        n = db.execute(
            "INSERT INTO streams (originator, recipient, head_seq, head_id, key) VALUES (?, ?, ?, ?, ?)",
            (header.originator, header.recipient, header.seq, head.id, key),
        ).lastrowid
        assert n is not None
    else:
        n = stream.n
        db.execute("UPDATE streams SET head_seq = ?, head_id = ?, key = ? WHERE n = ?", (header.seq, head.id, key, n))
    sealed = int(header.seal is not None)
    db.execute(
        "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (n, header.seq, head.id, head.envelope, sealed, bytes_n, from_whom, now_ms),
    )
    labels = [_label_n(db, text) for text in head.label_texts]
    first = place(n, header.seq, 0)
    db.executemany(
        "INSERT INTO entries VALUES (?, ?, ?, ?, ?)",
        [(first + i, x.mark, labels[x.label], x.salt, x.body) for i, x in enumerate(lines)],
    )
    for label, more in Counter(x.label for x in lines if x.mark == "+").items():
        _count(db, n, labels[label], sealed, more)
    return Stream(n, header.originator, header.recipient, header.seq, head.id, key)


def redact(db: sqlite3.Connection, stream: int, places: Iterable[tuple[int, int]]) -> int:
    """Delete the bodies of puts at some places (seq, index); how many had one."""
    wanted = [place(stream, seq, index) for seq, index in places]
    gone = 0
    for i in range(0, len(wanted), _SOME):
        some = wanted[i : i + _SOME]
        rows = db.execute(
            f"SELECT place, label, salt, body FROM entries WHERE mark = '+' AND place IN ({','.join('?' * len(some))})", some
        ).fetchall()
        gone += _redact(db, stream, rows)
    return gone


def sweep(db: sqlite3.Connection, now_ms: int) -> int:
    """Delete the bodies of what has expired; how many there were."""
    over = db.execute(
        "SELECT stream, label FROM live JOIN labels ON labels.n = live.label WHERE live.n > 0 AND expires_ms <= ?", (now_ms,)
    ).fetchall()
    gone = 0
    for stream, label in sorted(set(over)):
        rows = db.execute(
            "SELECT place, label, salt, body FROM entries WHERE place BETWEEN ? AND ? AND mark = '+' AND label = ?",
            (*_range(stream), label),
        ).fetchall()
        gone += _redact(db, stream, rows)
    if gone:
        bump(db, RECEIVED)
    return gone


def live(db: sqlite3.Connection, stream: int, now_ms: int) -> list[LiveLabel]:
    """The labels of a stream's puts that have a body and have not expired."""
    rows = db.execute(
        "SELECT wire, sealed, live.n FROM live JOIN labels ON labels.n = live.label "
        "WHERE stream = ? AND live.n > 0 AND (expires_ms IS NULL OR expires_ms > ?) ORDER BY wire, sealed",
        (stream, now_ms),
    ).fetchall()
    return [LiveLabel(read_label(wire), bool(sealed), n) for wire, sealed, n in rows]


def render(db: sqlite3.Connection, stream: int, seq: int, now_ms: int) -> bytes | None:
    """The bytes of a batch now: what is redacted or has expired goes as "x"."""
    row = db.execute("SELECT envelope FROM batches WHERE stream = ? AND seq = ?", (stream, seq)).fetchone()
    if row is None:
        return None
    envelope: bytes = row[0]
    index: dict[int, tuple[int, bool]] = {}  # label -> index in the header, expired
    for i, text in enumerate(batch.read_head(envelope + b"\n").label_texts):
        n, expires_ms = db.execute("SELECT n, expires_ms FROM labels WHERE wire = ?", (text,)).fetchone()
        index[n] = i, expires_ms is not None and expires_ms <= now_ms
    first = place(stream, seq, 0)
    out = [envelope, b"\n"]
    for mark, label, salt, body in db.execute(
        "SELECT mark, label, salt, body FROM entries WHERE place BETWEEN ? AND ? ORDER BY place", (first, first + MAX_INDEX)
    ):
        i, expired = index[label]
        if mark == "+" and expired:
            out.append(batch.line("x", i, None, batch.inner_hash(salt, body)))
        else:
            out.append(batch.line(mark, i, salt, body))
    return b"".join(out)


def puts(db: sqlite3.Connection, stream: int) -> Iterator[tuple[int, str, bytes]]:
    """Place, label's wire text and body of every put with a body, in order."""
    yield from db.execute(
        "SELECT place, wire, body FROM entries JOIN labels ON labels.n = entries.label "
        "WHERE place BETWEEN ? AND ? AND mark = '+' ORDER BY place",
        _range(stream),
    )


def batch_row(db: sqlite3.Connection, stream: int, seq: int) -> tuple[str, bytes, str, int] | None:
    """Id, envelope, who handed it over and when, of a batch."""
    row = db.execute("SELECT id, envelope, from_whom, taken_ms FROM batches WHERE stream = ? AND seq = ?", (stream, seq))
    found: tuple[str, bytes, str, int] | None = row.fetchone()
    return found


def mark_at(db: sqlite3.Connection, stream: int, seq: int, index: int) -> str | None:
    """The mark of an entry; None: there is none."""
    row = db.execute("SELECT mark FROM entries WHERE place = ?", (place(stream, seq, index),)).fetchone()
    return None if row is None else row[0]


def forget(db: sqlite3.Connection, stream: int) -> None:
    """Delete a stream with all that was in it."""
    db.execute("DELETE FROM entries WHERE place BETWEEN ? AND ?", _range(stream))
    for table in ("batches", "live", "said", "given"):
        db.execute(f"DELETE FROM {table} WHERE stream = ?", (stream,))
    db.execute("DELETE FROM streams WHERE n = ?", (stream,))
    bump(db, DELETED)


def counts(db: sqlite3.Connection, stream: int) -> tuple[int, int]:
    """Entries with a body, and redacted ones."""
    rows = dict(
        db.execute("SELECT mark, count(*) FROM entries WHERE place BETWEEN ? AND ? GROUP BY mark", _range(stream)).fetchall()
    )
    return rows.get("+", 0), rows.get("x", 0)


def came_from(db: sqlite3.Connection, stream: int, partner: str) -> bool:
    """Whether a partner handed over any batch of a stream."""
    return db.execute("SELECT 1 FROM batches WHERE stream = ? AND from_whom = ?", (stream, partner)).fetchone() is not None


def was_signed_with(db: sqlite3.Connection, originator: str, key_id: str) -> bool:
    """Whether a batch of an originator that is held was signed with a key."""
    query = "SELECT 1 FROM batches JOIN streams ON streams.n = stream WHERE originator = ? AND instr(envelope, ?) LIMIT 1"
    return db.execute(query, (originator, f'"keyid":"{key_id}"'.encode())).fetchone() is not None


def give(db: sqlite3.Connection, originator: str, recipient: str, partner: str) -> None:
    """Remember that a partner was handed a stream in a folder."""
    stream = find(db, originator, recipient)
    if stream is not None:
        db.execute("INSERT OR IGNORE INTO given VALUES (?, ?)", (stream.n, partner))


def was_given(db: sqlite3.Connection, stream: int, partner: str) -> bool:
    """Whether a partner was ever handed a stream in a folder."""
    return db.execute("SELECT 1 FROM given WHERE stream = ? AND partner = ?", (stream, partner)).fetchone() is not None


def is_empty(db: sqlite3.Connection, stream: int) -> bool:
    """Whether no batch of a stream has an entry."""
    return db.execute("SELECT 1 FROM entries WHERE place BETWEEN ? AND ? LIMIT 1", _range(stream)).fetchone() is None


def read_label(text: str) -> WireLabel:
    """A label from its canonical text."""
    return _LABEL.decode(text)


def _redact(db: sqlite3.Connection, stream: int, rows: Sequence[tuple[int, int, bytes, bytes]]) -> int:
    if not rows:
        return 0
    bump(db, DELETED)
    db.executemany(
        "UPDATE entries SET mark = 'x', salt = NULL, body = ? WHERE place = ?",
        [(batch.inner_hash(salt, body), number) for number, _, salt, body in rows],
    )
    seqs = {number: number >> MAX_INDEX.bit_length() & MAX_SEQ for number, *_ in rows}
    sealed = {
        seq: db.execute("SELECT sealed FROM batches WHERE stream = ? AND seq = ?", (stream, seq)).fetchone()[0]
        for seq in set(seqs.values())
    }
    for (label, is_sealed), n in Counter((label, sealed[seqs[number]]) for number, label, _, _ in rows).items():
        _count(db, stream, label, is_sealed, -n)
    return len(rows)


def _count(db: sqlite3.Connection, stream: int, label: int, sealed: int, more: int) -> None:
    db.execute(
        "INSERT INTO live VALUES (?, ?, ?, ?) ON CONFLICT (stream, label, sealed) DO UPDATE SET n = n + excluded.n",
        (stream, label, sealed, more),
    )


def _label_n(db: sqlite3.Connection, text: str) -> int:
    row = db.execute("SELECT n FROM labels WHERE wire = ?", (text,)).fetchone()
    if row is not None:
        return int(row[0])
    expires_ms = json.loads(text)["expires_ms"]
    n = db.execute("INSERT INTO labels (wire, expires_ms) VALUES (?, ?)", (text, expires_ms)).lastrowid
    assert n is not None
    return n


def _range(stream: int) -> tuple[int, int]:
    return place(stream, 0, 0), place(stream, MAX_SEQ, MAX_INDEX)


def bump(db: sqlite3.Connection, counter: str) -> None:
    """Count up a counter of the node."""
    db.execute(
        "INSERT INTO meta VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
        (counter,),
    )


def counter(db: sqlite3.Connection, name: str) -> int:
    """Where a counter stands."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()
    return 0 if row is None else int(row[0])
