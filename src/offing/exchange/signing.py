"""Signed statements: an Ed25519 signature over the DSSE pre-authentication encoding of canonical JSON.

An envelope is `{"payload": {...}, "payloadType": T, "signatures": [{"keyid": K, "sig": HEX}]}`. The payload lies in it as
the object that it is; its canonical bytes are what is signed. Exactly one signature, by exactly the key that is expected.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offing.errors import BadDelivery
from offing.exchange.canonical import MAX_BYTES, decode_strict, encode

_ENVELOPE = {"payload", "payloadType", "signatures"}
_SIGNATURE = {"keyid", "sig"}
_REFUSED = "Nothing of it was taken in. Ask its originator for it again."
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


class Claimed(NamedTuple):
    """What an envelope says, before any signature is checked."""

    payload: dict[str, Any]
    key_id: str
    signature: bytes


def pae(payload_type: str, body: bytes) -> bytes:
    """The bytes that are signed: DSSE version 1 of a type and a body."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


def key_id(public: Ed25519PublicKey) -> str:
    """Short name of a key: the first 16 hex digits of SHA-256 of its 32 bytes."""
    return sha256(public.public_bytes_raw()).hexdigest()[:16]


def public_key(text: str) -> Ed25519PublicKey:
    """The key of 64 hex digits.

    Raises:
        BadDelivery: not 64 lower-case hex digits, not a point in its one spelling, or a point of small order (under
            which one signature fits many texts).
    """
    raw = unhex(text, 32, "A signing key")
    y = int.from_bytes(raw, "little") & (1 << 255) - 1
    weak = y in (0, 1, _P - 1) or (_D * pow(y, 4, _P) + 2 * y * y - 1) % _P == 0  # of order 4, 1, 2 or 8
    if y >= _P or weak:
        raise BadDelivery("A signing key is one under which a signature proves nothing.", "Ask its owner for another card.")
    return Ed25519PublicKey.from_public_bytes(raw)


def unhex(text: Any, length: int | None, what: str) -> bytes:
    """The bytes of lower-case hex digits; `length` in bytes, None: any.

    Raises:
        BadDelivery: not text, other characters, or another length.
    """
    if isinstance(text, str) and (length is None or len(text) == 2 * length):
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            raw = b""
        if raw.hex() == text:
            return raw
    digits = "hex digits" if length is None else f"{2 * length} hex digits"
    raise BadDelivery(f"{what} is not {digits} in lower case.", _REFUSED)


def sign(key: Ed25519PrivateKey, payload_type: str, payload: dict[str, Any]) -> dict[str, Any]:
    """The envelope of a payload; the same key and payload always give the same envelope.

    Raises:
        ValueError: the payload has no canonical JSON.
    """
    signature = key.sign(pae(payload_type, encode(payload)))
    return {
        "payload": payload,
        "payloadType": payload_type,
        "signatures": [{"keyid": key_id(key.public_key()), "sig": signature.hex()}],
    }


def claimed(envelope: Any, payload_type: str) -> Claimed:
    """What an envelope says and who is said to have signed it; nothing is proved yet.

    Raises:
        BadDelivery: not of this form or type, or not exactly one signature.
    """
    if not isinstance(envelope, dict) or set(envelope) != _ENVELOPE or not isinstance(envelope["payload"], dict):
        raise BadDelivery("This is no signed statement: an envelope has payload, payloadType and signatures.", _REFUSED)
    if envelope["payloadType"] != payload_type:
        raise BadDelivery(f"A statement of type {payload_type} is due here, this is {envelope['payloadType']!r}.", _REFUSED)
    signatures = envelope["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise BadDelivery("A statement must carry exactly one signature.", _REFUSED)
    one = signatures[0]
    if not isinstance(one, dict) or set(one) != _SIGNATURE or not isinstance(one["keyid"], str):
        raise BadDelivery("A signature has keyid and sig, and nothing else.", _REFUSED)
    return Claimed(envelope["payload"], one["keyid"], unhex(one["sig"], 64, "A signature"))


def verify(envelope: Any, public: Ed25519PublicKey, payload_type: str) -> dict[str, Any]:
    """The payload, once it is sure that this key signed it as this type.

    Raises:
        BadDelivery: another form, type or key, or the signature does not fit.
    """
    said = claimed(envelope, payload_type)
    if said.key_id != key_id(public):
        raise BadDelivery(
            f"It is signed with key {said.key_id}, and {key_id(public)} is the one that is known.",
            "If the originator changed its key, the statement in which the old key names the new one must come first.",
        )
    try:
        public.verify(said.signature, pae(payload_type, encode(said.payload)))
    except (InvalidSignature, ValueError):
        raise BadDelivery(f"The signature of key {said.key_id} does not fit: this is not what was signed.", _REFUSED) from None
    return said.payload


def verify_bytes(raw: bytes, public: Ed25519PublicKey, payload_type: str, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """`verify` of an envelope's bytes, which must be canonical too.

    Raises:
        BadDelivery: as `verify` and `decode_strict`.
    """
    return verify(decode_strict(raw, "A signed statement", max_bytes), public, payload_type)
