"""What others released to this node, as it stands now."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from offing.exchange import batch, hub, partners, streams
from offing.exchange.bodies import read_body
from offing.exchange.own import Own
from offing.exchange.results import Received
from offing.exchange.schema import seq_and_index
from offing.exchange.streams import Stream
from offing.model.sharing import Label, Record


def every(db: sqlite3.Connection, own: Own) -> Iterator[Received]:
    """By originator and place: the latest version of each record, neither withdrawn nor expired."""
    for stream in streams.every(db):
        if stream.recipient == own.id:
            yield from _of_stream(db, own, stream)


def _of_stream(db: sqlite3.Connection, own: Own, stream: Stream) -> Iterator[Received]:
    now, vouched_by = own.clock(), partners.voucher(db, stream.originator)
    depth = hub.hands(db, own, stream)
    latest: dict[tuple[str, str], Received] = {}
    batches: dict[int, tuple[dict[str, tuple[str, ...]], str, int]] = {}
    labels: dict[str, Label] = {}
    for number, text, raw in streams.puts(db, stream.n):
        label = labels.get(text)
        if label is None:
            label = labels.setdefault(text, streams.read_label(text).label(stream.originator, own.id))
        seq, index = seq_and_index(number)
        kind, id, version, values = read_body(raw)
        latest.pop((kind, id), None)  # a later version comes at its own place
        if label.expires_ms is not None and label.expires_ms <= now:
            continue
        if seq not in batches:
            batches[seq] = _batch(db, stream, seq)
        columns, from_whom, taken_ms = batches[seq]
        latest[kind, id] = Received(
            originator=stream.originator,
            label=label,
            onward_left=_left(label, from_whom, depth),
            record=Record(kind, id, tuple(values)),
            columns=columns[kind],
            version=version,
            from_whom=from_whom,
            seq=seq,
            index=index,
            taken_ms=taken_ms,
            vouched_by=vouched_by,
        )
    yield from latest.values()


def _left(label: Label, from_whom: str, depth: int | None) -> int:
    """How many hands it may still pass through: each that it came through takes one; none where that is not known."""
    if from_whom == label.originator:
        return label.onward
    return 0 if depth is None else max(0, label.onward - max(1, depth - 1))


def _batch(db: sqlite3.Connection, stream: Stream, seq: int) -> tuple[dict[str, tuple[str, ...]], str, int]:
    """Columns by kind, who handed it over, and when."""
    row = streams.batch_row(db, stream.n, seq)
    assert row is not None
    columns = msgspec.convert(msgspec.json.decode(row[1])["payload"], batch.Header).columns
    return {kind: tuple(names) for kind, names in columns.items()}, row[2], row[3]
