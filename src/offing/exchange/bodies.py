"""The bodies of a batch as this node keeps them: opened where they are sealed to it, checked where it is their recipient."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from offing.errors import BadDelivery
from offing.exchange.batch import Batch, Body, Header, Put, Redacted, inner_hash
from offing.exchange.canonical import encode
from offing.exchange.own import Own
from offing.exchange.sealing import Opener, check_seal, check_sealed_entry
from offing.exchange.streams import Line
from offing.model.sharing import Value
from offing.model.wire import frame

_BODY = msgspec.json.Decoder(Body)
_REFUSED = "Nothing of it was taken in. Tell its originator."


def lines_of(own: Own, got: Batch, now_ms: int) -> list[Line]:
    """The entries to keep. What has expired by now is kept as redacted.

    Raises:
        BadDelivery: a body that does not open, or is no record of its label's kind.
    """
    header = got.head.header
    ours = header.recipient == own.id
    if header.seal is not None:
        check_seal(header.seal)
    opener = None
    if ours and header.seal is not None and any(isinstance(e, Put) for e in got.entries):
        opener = Opener(header.seal, own.keys.sealing_keys, header.originator, header.recipient, header.seq)
    over = [x.expires_ms is not None and x.expires_ms <= now_ms for x in header.labels]
    lines: list[Line] = []
    found: list[Body] = []
    for index, (entry, body) in enumerate(zip(got.entries, got.bodies, strict=True)):
        if isinstance(entry, Redacted):
            lines.append(Line("x", entry.label, None, body))
            continue
        salt = bytes.fromhex(entry.salt)
        if not isinstance(entry, Put):
            lines.append(Line("-", entry.label, salt, body))
            continue
        text = body
        if isinstance(entry.body, str) != (header.seal is not None):
            raise BadDelivery(f"Entry {index} is open in a sealed batch, or sealed in an open one.", _REFUSED)
        if isinstance(entry.body, str):
            check_sealed_entry(entry.body)
            if opener is not None:
                text = opener.entry(index, entry.body)
                found.append(_checked(header, entry.label, _read(text)))
        else:
            found.append(_checked(header, entry.label, entry.body))
        if over[entry.label]:
            lines.append(Line("x", entry.label, None, inner_hash(salt, body)))
        else:
            lines.append(Line("+", entry.label, salt, text))
    if ours:
        _check_values(header, found)
    return lines


def read_body(raw: bytes) -> Body:
    """The kind, id, version and values of a record."""
    body: Body = _BODY.decode(raw)
    return body


def _read(raw: bytes) -> Body:
    try:
        body: Body = _BODY.decode(raw)
        same = encode(body) == raw
    except (msgspec.MsgspecError, ValueError, RecursionError):
        same = False
    if not same:
        raise BadDelivery("A sealed entry holds no record in its canonical spelling.", _REFUSED)
    return body


def _checked(header: Header, label: int, body: Body) -> Body:
    kind, id, version, values = body
    if kind != header.labels[label].kind or not id or version < 1 or len(values) != len(header.columns[kind]):
        raise BadDelivery("A record is of another kind than its label says, or has too few or too many values.", _REFUSED)
    return body


def _check_values(header: Header, found: Sequence[Body]) -> None:
    """Demand that every value is one of its column; null may stand anywhere."""
    for kind in {body[0] for body in found}:
        some = [body for body in found if body[0] == kind]
        rows: list[list[Value]] = [list(body[3]) for body in some]
        frame(kind, [body[1] for body in some], rows, header.columns[kind])
