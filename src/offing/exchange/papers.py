"""Papers: signed statements that nodes hand to each other. A card, an introduction, a receipt, the signature of an
agreement, a revocation. Pure functions; what a node does with them is decided in `partners` and `receipts`.

Each paper is an envelope (see `signing`) in canonical JSON with exactly the fields that its function names. `make_*` gives
the paper with its `envelope` bytes, `read_*` checks the signature and gives the same paper or raises BadDelivery.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from offing.errors import BadDelivery, BadParameter
from offing.exchange.canonical import decode_strict, encode
from offing.exchange.keys import NodeKeys, check_id, check_rotation, fingerprint, write_private
from offing.exchange.sealing import check_sealing_key
from offing.exchange.signing import claimed, key_id, public_key, unhex, verify
from offing.exchange.tls import check_ca

CARD = "application/vnd.offing.card+json"
INTRODUCTION = "application/vnd.offing.introduction+json"
RECEIPT = "application/vnd.offing.receipt+json"
AGREEMENT_SIGNATURE = "application/vnd.offing.agreement-signature+json"
REVOCATION = "application/vnd.offing.revocation+json"

MAX_PAPER_BYTES = 1 << 18
"""Longest paper that is read: a card with some hundred rotations."""

_MAX_TEXT = 1000
_MAX_ADDRESSES = 8
_MAX_ROTATIONS = 200
_HINT = "Nothing of it was taken in. Ask its maker for it again."

_ADDRESS = re.compile(r"https://(?:[A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]):(?P<port>[1-9][0-9]{0,4})")

Check = Callable[[Any], bool]


class Peek(NamedTuple):
    """What a paper says of itself, before any signature is checked."""

    type: str  # one of the types above, or another
    payload: dict[str, Any]
    key_id: str


@dataclass(frozen=True)
class Card:
    """What partners need to know of a node; signed by itself."""

    id: str
    name: str
    signing_key: str  # 64 hex digits
    sealing_key: str  # hex, see `sealing`
    tls_ca: str  # hex of the DER of the authority of its links
    addresses: tuple[str, ...]  # https://HOST:PORT, where it can be asked
    rotations: tuple[Mapping[str, Any], ...]  # statements of its keys until this one, oldest first
    serial: int  # a later card has a higher one
    envelope: bytes

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The signing key."""
        return public_key(self.signing_key)

    @property
    def key_id(self) -> str:
        """Its short name."""
        return key_id(self.public_key)

    @property
    def fingerprint(self) -> str:
        """The signing key as people compare it."""
        return fingerprint(self.signing_key)

    @property
    def former_keys(self) -> tuple[str, ...]:
        """Public keys (hex) that this node has retired, oldest first."""
        return tuple(str(r["payload"]["old"]) for r in self.rotations)


@dataclass(frozen=True)
class Introduction:
    """A hub hands a card on to one of its partners, with its own countersignature."""

    card: Card
    by: str
    recipient: str
    envelope: bytes


@dataclass(frozen=True)
class Receipt:
    """A node holds a stream up to a batch."""

    by: str
    originator: str
    recipient: str
    seq: int
    head: str  # batch id at seq
    taken_from: str  # who handed it over; `from` on the wire
    t_ms: int
    envelope: bytes


@dataclass(frozen=True)
class AgreementSignature:
    """A party's signature under an agreement's text."""

    agreement: str  # id of the agreement
    text_sha256: str  # hex
    by: str
    envelope: bytes


@dataclass(frozen=True)
class Revocation:
    """A node says that a key of its is not to be believed any more."""

    node: str
    key: str  # public key, 64 hex digits
    reason: str
    envelope: bytes


def peek(raw: bytes, max_bytes: int = MAX_PAPER_BYTES) -> Peek:
    """What kind of paper this is and who is said to have signed it; nothing is proved yet.

    Raises:
        BadDelivery: not canonical JSON, or no envelope.
    """
    envelope = decode_strict(raw, "A paper", max_bytes)
    kind = envelope.get("payloadType") if isinstance(envelope, dict) else None
    if not isinstance(kind, str):
        raise BadDelivery("This is no signed paper.", _HINT)
    said = claimed(envelope, kind)
    return Peek(kind, said.payload, said.key_id)


def make_card(keys: NodeKeys, addresses: tuple[str, ...] | None = None) -> Card:
    """This node's card; the same bytes as last time unless something in it changed. None: the addresses of last time.

    Raises:
        BadParameter: an address that is not https://HOST:PORT.
    """
    path = keys.folder / "card.json" if keys.folder else None
    last = read_card(path.read_bytes()) if path and path.exists() else None
    if addresses is None:
        addresses = last.addresses if last else ()
    for a in addresses:
        if not _is_address(a):
            raise BadParameter(f"{a!r} is no address of a node.", "Write it like https://host.example:8443.")
    payload: dict[str, Any] = {
        "addresses": list(addresses),
        "id": keys.node_id,
        "name": keys.name,
        "rotations": list(keys.rotations),
        "sealing_key": keys.sealing.public,
        "serial": last.serial if last else 1,
        "signing_key": keys.public_hex,
        "tls_ca": keys.tls.ca_der.hex(),
        "v": 1,
    }
    raw = encode(keys.sign(CARD, payload))
    if last and raw != last.envelope:
        raw = encode(keys.sign(CARD, payload | {"serial": last.serial + 1}))
    if path and (last is None or raw != last.envelope):
        write_private(path, raw)
    return read_card(raw)


@lru_cache(maxsize=1024)
def read_card(raw: bytes) -> Card:
    """A card that its own key signed, and whose rotations lead up to that key. The same bytes are checked once."""
    envelope = decode_strict(raw, "A card", MAX_PAPER_BYTES)
    payload = claimed(envelope, CARD).payload
    _fields(payload, _CARD_FIELDS, "A card")
    verify(envelope, public_key(payload["signing_key"]), CARD)
    check_sealing_key(payload["sealing_key"])
    check_ca(bytes.fromhex(payload["tls_ca"]))
    _check_rotations(payload)
    return Card(
        id=payload["id"],
        name=payload["name"],
        signing_key=payload["signing_key"],
        sealing_key=payload["sealing_key"],
        tls_ca=payload["tls_ca"],
        addresses=tuple(payload["addresses"]),
        rotations=tuple(payload["rotations"]),
        serial=payload["serial"],
        envelope=raw,
    )


def accept_card(known: Card | None, new: Card, vouched_by: str | None = None) -> Card:
    """The card to pin: `new` where nothing is known, where it is a later one of the same key, or where a chain of rotations
    that starts at the pinned key leads to it; `known` where `new` is an older card. `vouched_by`: the hub that introduced it.

    Raises:
        BadDelivery: another key without a rotation by the pinned one, a key that was retired, or two cards of one serial.
            Each is an alarm: its data has `alarm` ("other_key", "retired_key", "two_cards"), `node`, and both envelopes.
    """
    if known is None or new.envelope == known.envelope:
        return new if known is None else known
    if new.id != known.id:
        raise ValueError(f"the card of {new.id} cannot replace the card of {known.id}")
    came = f", introduced by {vouched_by}," if vouched_by else ""
    alarm = {"node": known.id, "known": known.envelope, "new": new.envelope}
    compare = f"Ask {known.id} by another way which fingerprint is its own: {known.fingerprint} is pinned."
    if new.signing_key == known.signing_key:
        if new.serial == known.serial:
            raise BadDelivery(
                f"{known.id} signed two different cards with the number {new.serial}.", compare, alarm="two_cards", **alarm
            )
        return new if new.serial > known.serial else known
    if known.signing_key in new.former_keys:
        return new
    if new.signing_key in known.former_keys:
        raise BadDelivery(
            f"The card of {known.id}{came} is signed with a key that {known.id} has retired.",
            compare,
            alarm="retired_key",
            **alarm,
        )
    raise BadDelivery(
        f"The card of {known.id}{came} carries another key ({new.fingerprint}), and the pinned key did not hand over to it.",
        compare,
        alarm="other_key",
        **alarm,
    )


def make_introduction(keys: NodeKeys, card: Card, recipient: str) -> Introduction:
    """This node hands `card` on to `recipient` and vouches for it."""
    payload = {"by": keys.node_id, "card": decode_strict(card.envelope), "for": recipient, "v": 1}
    return Introduction(card, keys.node_id, recipient, encode(keys.sign(INTRODUCTION, payload)))


def read_introduction(raw: bytes, hub: Card) -> Introduction:
    """An introduction that this hub signed; the card in it is checked as `read_card` does."""
    payload = _signed(raw, INTRODUCTION, hub, "by", _INTRODUCTION_FIELDS, "An introduction")
    return Introduction(read_card(encode(payload["card"])), payload["by"], payload["for"], raw)


def make_receipt(keys: NodeKeys, originator: str, recipient: str, seq: int, head: str, taken_from: str, t_ms: int) -> Receipt:
    """This node holds the stream up to `seq`, whose batch id is `head`."""
    payload = {
        "by": keys.node_id,
        "from": taken_from,
        "head": head,
        "originator": originator,
        "recipient": recipient,
        "seq": seq,
        "t_ms": t_ms,
        "v": 1,
    }
    _fields(payload, _RECEIPT_FIELDS, "A receipt")
    raw = encode(keys.sign(RECEIPT, payload))
    return Receipt(keys.node_id, originator, recipient, seq, head, taken_from, t_ms, raw)


def read_receipt(raw: bytes, signer: Card) -> Receipt:
    """A receipt that this node signed, with a former key perhaps."""
    p = _signed(raw, RECEIPT, signer, "by", _RECEIPT_FIELDS, "A receipt", former=True)
    return Receipt(p["by"], p["originator"], p["recipient"], p["seq"], p["head"], p["from"], p["t_ms"], raw)


def make_agreement_signature(keys: NodeKeys, agreement: str, text_sha256: str) -> AgreementSignature:
    """This node signs the text of an agreement, named by SHA-256 of its canonical text."""
    payload = {"agreement": agreement, "by": keys.node_id, "text_sha256": text_sha256, "v": 1}
    _fields(payload, _AGREEMENT_FIELDS, "The signature of an agreement")
    return AgreementSignature(agreement, text_sha256, keys.node_id, encode(keys.sign(AGREEMENT_SIGNATURE, payload)))


def read_agreement_signature(raw: bytes, signer: Card) -> AgreementSignature:
    """An agreement's signature by this node, with a former key perhaps."""
    p = _signed(raw, AGREEMENT_SIGNATURE, signer, "by", _AGREEMENT_FIELDS, "The signature of an agreement", former=True)
    return AgreementSignature(p["agreement"], p["text_sha256"], p["by"], raw)


def make_revocation(keys: NodeKeys, key: str, reason: str) -> Revocation:
    """This node revokes one of its keys (public key, 64 hex digits)."""
    payload = {"key": key, "node": keys.node_id, "reason": reason, "v": 1}
    _fields(payload, _REVOCATION_FIELDS, "A revocation")
    return Revocation(keys.node_id, key, reason, encode(keys.sign(REVOCATION, payload)))


def read_revocation(raw: bytes, signer: Card) -> Revocation:
    """A revocation that the node's current key signed."""
    p = _signed(raw, REVOCATION, signer, "node", _REVOCATION_FIELDS, "A revocation")
    return Revocation(p["node"], p["key"], p["reason"], raw)


def _signed(
    raw: bytes, kind: str, signer: Card, who: str, fields: Mapping[str, Check], what: str, former: bool = False
) -> dict[str, Any]:
    """The payload of a paper of `kind` that the signer's key signed in its own name (field `who`).

    `former`: what was signed before the signer changed its key still stands.
    """
    envelope = decode_strict(raw, what, MAX_PAPER_BYTES)
    keys = [signer.public_key, *(public_key(k) for k in signer.former_keys if former)]
    named = claimed(envelope, kind).key_id
    payload = verify(envelope, next((k for k in keys if key_id(k) == named), keys[0]), kind)
    _fields(payload, fields, what)
    if payload[who] != signer.id:
        raise BadDelivery(f"{what} is in the name of {payload[who]}, but {signer.id} signed it.", _HINT)
    return payload


def _fields(payload: Mapping[str, Any], fields: Mapping[str, Check], what: str) -> None:
    if set(payload) != set(fields):
        raise BadDelivery(f"{what} has exactly the fields {', '.join(sorted(fields))}.", _HINT)
    for name, fits in fields.items():
        if not fits(payload[name]):
            raise BadDelivery(f"{what} has a {name} that cannot be.", _HINT, field=name)


def _check_rotations(payload: Mapping[str, Any]) -> None:
    chain = [check_rotation(payload["id"], r) for r in payload["rotations"]]
    keys = [old for old, _ in chain] + [payload["signing_key"]]
    if [new for _, new in chain] != keys[1:] or len(set(keys)) != len(keys):
        raise BadDelivery("The rotations of a card do not lead from key to key up to its own.", _HINT)


def _is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(check_id(value))
    except BadParameter:
        return False


def _is_hex(length: int | None) -> Check:
    def fits(value: Any) -> bool:
        try:
            return bool(unhex(value, length, ""))
        except BadDelivery:
            return False

    return fits


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_TEXT and value.isprintable()


def _is_count(value: Any) -> bool:
    return type(value) is int and 1 <= value < 1 << 53


def _is_address(value: Any) -> bool:
    at = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return at is not None and int(at["port"]) < 1 << 16


def _is_v1(value: Any) -> bool:
    return type(value) is int and value == 1


_CARD_FIELDS: dict[str, Check] = {
    "addresses": lambda v: isinstance(v, list) and len(v) <= _MAX_ADDRESSES and all(map(_is_address, v)),
    "id": _is_id,
    "name": _is_text,
    "rotations": lambda v: isinstance(v, list) and len(v) <= _MAX_ROTATIONS,
    "sealing_key": _is_hex(None),
    "serial": _is_count,
    "signing_key": _is_hex(32),
    "tls_ca": _is_hex(None),
    "v": _is_v1,
}
_INTRODUCTION_FIELDS: dict[str, Check] = {"by": _is_id, "card": lambda v: isinstance(v, dict), "for": _is_id, "v": _is_v1}
_RECEIPT_FIELDS: dict[str, Check] = {
    "by": _is_id,
    "from": _is_id,
    "head": _is_hex(32),
    "originator": _is_id,
    "recipient": _is_id,
    "seq": _is_count,
    "t_ms": lambda v: type(v) is int and 0 <= v < 1 << 53,
    "v": _is_v1,
}
_AGREEMENT_FIELDS: dict[str, Check] = {"agreement": _is_text, "by": _is_id, "text_sha256": _is_hex(32), "v": _is_v1}
_REVOCATION_FIELDS: dict[str, Check] = {"key": _is_hex(32), "node": _is_id, "reason": _is_text, "v": _is_v1}
