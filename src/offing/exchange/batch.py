"""One batch of a stream as bytes: line 0 the signed header, then a line for each entry.

    ["+", label, salt, [kind, id, version, [values]]]         a record, new or corrected; sealed: the body is a text of hex
    ["-", label, salt, [seq, index, reason, seq or null, index or null]]   a record is withdrawn or superseded (by which)
    ["x", label, inner]                                       a record whose body is deleted

Every line is canonical JSON. The header binds the entries by the root of a hash tree whose leaves stay the same when an
entry is redacted to "x": inner = SHA-256(salt, body), leaf data = label index (4 bytes) and inner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from offing.errors import BadDelivery
from offing.exchange import merkle, signing
from offing.exchange.canonical import decode_strict, encode
from offing.model.sharing import Label

TYPE = "application/vnd.offing.batch+json"
"""Payload type of a batch header."""

VERSION = 1
MAX_ENTRIES = 10_000
MAX_BYTES = 64 << 20
MAX_HEADER_BYTES = 8 << 20
SALT_BYTES = 16
FIRST_PREV = "0" * 64
REASONS = ("superseded", "withdrawn")

_REFUSED = "Nothing of it was taken in. Ask its originator, or another carrier, for it again."
_MAX_SEQ = 2**32 - 1
_DIGEST_BYTES = 32
_INTEGER_BYTES = 4

Scalar = str | int | float | bool | None
Body = tuple[str, str, int, list[Scalar | list[Scalar]]]


class Put(Struct, array_like=True, tag="+", frozen=True, gc=False, forbid_unknown_fields=True):
    """A record: [kind, id, version, values], or hex of it sealed."""

    label: int
    salt: str
    body: Body | str


class Withdrawal(Struct, array_like=True, tag="-", frozen=True, gc=False, forbid_unknown_fields=True):
    """[seq, index, reason, seq, index]: the put that no longer holds, and the one that stands instead."""

    label: int
    salt: str
    body: tuple[int, int, str, int | None, int | None]


class Redacted(Struct, array_like=True, tag="x", frozen=True, gc=False, forbid_unknown_fields=True):
    """A put whose body is gone."""

    label: int
    inner: str


Entry = Put | Withdrawal | Redacted

_ENTRIES = msgspec.json.Decoder(Entry)
_ENCODER = msgspec.json.Encoder(order="sorted")


class WireLabel(Struct, frozen=True, forbid_unknown_fields=True):
    """`Label.wire()` as it is read."""

    expires_ms: int | None
    kind: str
    masked: list[str]
    onward: int
    purpose: str
    round_deg: float | None

    def label(self, originator: str, recipient: str) -> Label:
        """The label, releasable to the stream's recipient alone."""
        return Label(
            originator,
            self.kind,
            frozenset({recipient}),
            self.purpose,
            self.onward,
            self.expires_ms,
            round_deg=self.round_deg,
            masked=frozenset(self.masked),
        )


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """What the originator signs."""

    v: int
    originator: str
    recipient: str
    seq: int
    prev: str
    labels: list[WireLabel]
    columns: dict[str, list[str]]
    n: int
    root: str
    seal: dict[str, Any] | None
    next_key: dict[str, Any] | None


@dataclass(frozen=True)
class Head:
    """The header of a batch as it came; its signature is not checked yet."""

    header: Header
    id: str  # SHA-256 of the canonical header, in hex
    key_id: str  # of who is said to have signed it
    envelope: bytes  # line 0 without its end
    signed: Mapping[str, Any]  # the same, decoded

    @property
    def label_texts(self) -> list[str]:
        """The labels in their canonical spelling."""
        return [encode(wire).decode() for wire in self.signed["payload"]["labels"]]

    def check_signature(self, key: Ed25519PublicKey) -> None:
        """Raise `BadDelivery` unless this key signed it."""
        signing.verify(dict(self.signed), key, TYPE)


@dataclass(frozen=True)
class Batch:
    """A batch whose entries are the ones that its header binds."""

    head: Head
    entries: Sequence[Entry]
    bodies: Sequence[bytes]  # as hashed: canonical JSON; of a redacted entry its inner hash
    bytes_n: int

    @property
    def words(self) -> set[tuple[int, int]]:
        """The places (seq, index) that this batch withdraws."""
        return {(e.body[0], e.body[1]) for e in self.entries if isinstance(e, Withdrawal)}


def inner_hash(salt: bytes, body: bytes) -> bytes:
    """What stands for an entry, whether its body is there or not."""
    return sha256(salt + body).digest()


def leaf(label: int, inner: bytes) -> bytes:
    """The leaf hash of an entry."""
    return sha256(b"\x00" + label.to_bytes(_INTEGER_BYTES, "big") + inner).digest()


def line(mark: str, label: int, salt: bytes | None, body: bytes) -> bytes:
    """An entry as bytes; of a redacted one `body` is the inner hash."""
    if mark == "x" or salt is None:
        return b'["x",%d,"%s"]\n' % (label, body.hex().encode())
    return b'["%s",%d,"%s",%s]\n' % (mark.encode(), label, salt.hex().encode(), body)


def put_body(kind: str, id: str, version: int, values: bytes) -> bytes:
    """The canonical body of a put from the canonical JSON of its values."""
    return b"[%s,%s,%d,%s]" % (_ENCODER.encode(kind), _ENCODER.encode(id), version, values)


def make(header: Mapping[str, Any], leaves: Sequence[bytes], key: Ed25519PrivateKey) -> tuple[bytes, str]:
    """Line 0 (without its end) and the id of a batch; `header` lacks `v`, `n` and `root`."""
    payload = {**header, "v": VERSION, "n": len(leaves), "root": merkle.root(leaves).hex()}
    return encode(signing.sign(key, TYPE, payload)), sha256(encode(payload)).hexdigest()


def read_head(raw: bytes) -> Head:
    """The header of a batch, its form checked and its signature not.

    Raises:
        BadDelivery: another form, or a spelling that is not canonical.
    """
    if len(raw) > MAX_BYTES:
        raise BadDelivery(f"The batch has {len(raw)} bytes, and at most {MAX_BYTES} are taken.", _REFUSED)
    end = raw.find(b"\n")
    if end < 0:
        raise BadDelivery("The batch ends within its first line.", _REFUSED)
    envelope = raw[:end]
    signed = decode_strict(envelope, "The first line of a batch", MAX_HEADER_BYTES)
    said = signing.claimed(signed, TYPE)
    return Head(_header(said.payload), sha256(encode(said.payload)).hexdigest(), said.key_id, envelope, signed)


def read_entries(head: Head, raw: bytes) -> Batch:
    """The entries below a header.

    Raises:
        BadDelivery: not the ones that the header binds: changed, cut, in another order, or spelled otherwise.
    """
    rest = raw[len(head.envelope) + 1 :]
    try:
        entries = _ENTRIES.decode_lines(rest)
        same = _ENCODER.encode_lines(entries) == rest
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadDelivery(f"An entry of the batch has another form than entries have: {error}.", _REFUSED) from None
    if not same:
        raise BadDelivery("An entry of the batch is not in its canonical spelling.", _REFUSED)
    if len(entries) != head.header.n:
        raise BadDelivery(f"The batch has {len(entries)} entries, and its header says {head.header.n}.", _REFUSED)
    bodies, leaves = _hashed(head.header, entries, rest.split(b"\n"))
    if merkle.root(leaves).hex() != head.header.root:
        raise BadDelivery("The entries are not the ones that the header of the batch binds.", _REFUSED)
    return Batch(head, entries, bodies, len(raw))


def _hashed(header: Header, entries: Sequence[Entry], lines: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The bodies and the leaf hashes."""
    labels = [e.label for e in entries]
    if labels and not 0 <= min(labels) <= max(labels) < len(header.labels):
        raise BadDelivery(f"An entry names a label that is not one of the {len(header.labels)} of its header.", _REFUSED)
    known = range(len(header.labels))
    prefix = [b"\x00" + i.to_bytes(_INTEGER_BYTES, "big") for i in known]
    begins = [len(b'["+",%d,"%s",' % (i, b"0" * 2 * SALT_BYTES)) for i in known]
    salts = _salts(entries)
    bodies = [text[begins[i] : -1] for i, text in zip(labels, lines, strict=False)]
    for i, e in enumerate(entries):
        if type(e) is Redacted:
            bodies[i] = signing.unhex(e.inner, _DIGEST_BYTES, "The hash of a redacted entry")
    leaves = [
        sha256(prefix[i] + (sha256(salt + body).digest() if salt else body)).digest()
        for i, salt, body in zip(labels, salts, bodies, strict=True)
    ]
    return bodies, leaves


def _salts(entries: Sequence[Entry]) -> list[bytes]:
    """The salt of each entry; empty where it is redacted."""
    texts = [e.salt for e in entries if not isinstance(e, Redacted)]
    if texts and set(map(len, texts)) != {2 * SALT_BYTES}:
        raise BadDelivery(f"The salt of an entry is not {2 * SALT_BYTES} hex digits.", _REFUSED)
    joined = signing.unhex("".join(texts), None, "The salts of the entries")
    salts = [joined[i : i + SALT_BYTES] for i in range(0, len(joined), SALT_BYTES)]
    if len(salts) == len(entries):
        return salts
    every = iter(salts)
    return [b"" if isinstance(e, Redacted) else next(every) for e in entries]


def _header(payload: Mapping[str, Any]) -> Header:
    try:
        header = msgspec.convert(payload, Header)
    except msgspec.ValidationError as error:
        raise BadDelivery(f"The header of the batch has another form than headers have: {error}.", _REFUSED) from None
    if header.v != VERSION:
        raise BadDelivery(f"The batch is of version {header.v}, and {VERSION} is known.", "Use an offing that knows it.")
    if not 1 <= header.seq <= _MAX_SEQ or not 0 <= header.n <= MAX_ENTRIES:
        raise BadDelivery(f"A batch has a number from 1 and at most {MAX_ENTRIES} entries.", _REFUSED)
    if header.originator == header.recipient:
        raise BadDelivery("A stream from a node to itself is none.", _REFUSED)
    signing.unhex(header.prev, _DIGEST_BYTES, "The id of the batch before")
    signing.unhex(header.root, _DIGEST_BYTES, "The root of a batch")
    if (header.seq == 1) != (header.prev == FIRST_PREV):
        raise BadDelivery("Only the first batch of a stream has none before it.", _REFUSED)
    for wire in header.labels:
        if wire.kind not in header.columns or wire.masked != sorted(set(wire.masked)):
            raise BadDelivery("A label of the batch is of a kind without columns, or its masks are not in order.", _REFUSED)
    if len({encode(wire) for wire in payload["labels"]}) != len(header.labels):
        raise BadDelivery("The batch has a label twice.", _REFUSED)
    for kind, columns in header.columns.items():
        if len(set(columns)) != len(columns):
            raise BadDelivery(f"A column of the kind {kind} is named twice.", _REFUSED)
    return header
