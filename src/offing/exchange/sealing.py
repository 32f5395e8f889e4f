"""Sealed batches: who only carries them sees how many entries there are and in which size class, never what they say.

A fresh key per batch, encrypted to the recipient's card key by HPKE (RFC 9180) with the hybrid ML-KEM-768 + X25519, so that
what is recorded today stays closed to a later quantum computer. Each entry is padded to a multiple of 512 bytes and encrypted
with AES-256-GCM; its place in the batch is the nonce. Originator, recipient and number of the batch are bound in.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offing.errors import BadDelivery
from offing.exchange.canonical import encode
from offing.exchange.signing import pae, unhex

SUITE = "HPKE-MLKEM768-X25519-HKDF-SHA256-AES256GCM"
BUCKET_BYTES = 512
"""Entries are padded to a multiple of this, length included, before they are encrypted."""

_HPKE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_TYPE = "application/vnd.offing.seal"
_MLKEM_PUBLIC_BYTES = 1184
_PUBLIC_BYTES = _MLKEM_PUBLIC_BYTES + 32
_SECRET_BYTES = 64 + 32
_TAG_BYTES = 16
_REFUSED = "Nothing of it was taken in. Ask its originator for it again."


class SealingKey:
    """The private half of a node's sealing key: 64 bytes of ML-KEM seed and 32 of X25519."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _SECRET_BYTES:
            raise ValueError(f"a sealing key has {_SECRET_BYTES} bytes")
        self.secret = secret
        mlkem, x25519 = MLKEM768PrivateKey.from_seed_bytes(secret[:64]), X25519PrivateKey.from_private_bytes(secret[64:])
        self.public = (mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()).hex()
        self.id = sealing_id(self.public)
        self._key = hpke.MLKEM768X25519PrivateKey(mlkem, x25519)

    @classmethod
    def create(cls) -> SealingKey:
        """A new one."""
        return cls(MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw())

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """What was encrypted to this key; InvalidTag where it does not fit."""
        return _HPKE.decrypt(sealed, self._key, info=info)


def sealing_id(public: str) -> str:
    """Short name of a public sealing key (hex): 16 hex digits."""
    return sha256(bytes.fromhex(public)).hexdigest()[:16]


def check_sealing_key(public: str) -> hpke.MLKEM768X25519PublicKey:
    """The public key of a card's `sealing_key`: hex of 1184 bytes of ML-KEM-768 and 32 of X25519.

    Raises:
        BadDelivery: it is none.
    """
    raw = unhex(public, _PUBLIC_BYTES, "A sealing key")
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES])
    except ValueError:
        raise BadDelivery("A sealing key is no key of ML-KEM-768.", "Ask its owner for another card.") from None
    return hpke.MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC_BYTES:]))


class Sealer:
    """Seals one batch: `header` goes into the batch header as `seal`, `entry` encrypts the entry at an index."""

    def __init__(self, sealing_key: str, originator: str, recipient: str, seq: int) -> None:
        """`sealing_key`: of the final recipient's card."""
        public = check_sealing_key(sealing_key)
        key = AESGCM.generate_key(256)
        sealed = _HPKE.encrypt(key, public, info=_info(originator, recipient, seq))
        self._aead = AESGCM(key)
        self.header: dict[str, Any] = {"enc": sealed.hex(), "suite": SUITE, "to": sealing_id(sealing_key)}

    def entry(self, index: int, body: bytes) -> str:
        """Hex of the encrypted body; never call it twice for one index with different bodies."""
        plain = len(body).to_bytes(4, "big") + body
        plain += bytes(-len(plain) % BUCKET_BYTES)
        return self._aead.encrypt(_nonce(index), plain, None).hex()


class Opener:
    """Opens one batch that was sealed to one of these keys.

    Raises:
        BadDelivery: not the form of a seal, sealed to a key that is not here, or changed.
    """

    def __init__(self, header: Any, keys: Iterable[SealingKey], originator: str, recipient: str, seq: int) -> None:
        check_seal(header)
        key = next((k for k in keys if k.id == header["to"]), None)
        if key is None:
            raise BadDelivery(f"The batch is sealed to key {header['to']}, which this node does not have.", _REFUSED)
        try:
            opened = key.open(bytes.fromhex(header["enc"]), _info(originator, recipient, seq))
            self._aead = AESGCM(opened)
        except (InvalidTag, ValueError):
            raise BadDelivery("The batch's seal does not open with this node's key.", _REFUSED) from None

    def entry(self, index: int, text: str) -> bytes:
        """The body at an index from its hex.

        Raises:
            BadDelivery: changed, moved or padded otherwise than a sealer pads.
        """
        check_sealed_entry(text)
        try:
            plain = self._aead.decrypt(_nonce(index), bytes.fromhex(text), None)
        except InvalidTag:
            raise BadDelivery(f"Entry {index} of a sealed batch does not open.", _REFUSED) from None
        n = int.from_bytes(plain[:4], "big")
        if 4 + n + -(4 + n) % BUCKET_BYTES != len(plain) or any(plain[4 + n :]):
            raise BadDelivery(f"Entry {index} of a sealed batch is padded wrongly.", _REFUSED)
        return plain[4 : 4 + n]


def check_seal(header: Any) -> None:
    """Demand the form of a batch header's `seal`; a node that only carries checks no more than this.

    Raises:
        BadDelivery: another form or suite.
    """
    if not isinstance(header, dict) or set(header) != {"enc", "suite", "to"} or header["suite"] != SUITE:
        raise BadDelivery(f"The batch is not sealed by {SUITE}, the one suite that is taken.", _REFUSED)
    unhex(header["to"], 8, "The name of a sealing key")
    unhex(header["enc"], hpke.KEM.MLKEM768_X25519.enc_length() + 32 + _TAG_BYTES, "A seal")


def check_sealed_entry(text: Any) -> None:
    """Demand the form of a sealed body: hex of whole buckets and a tag.

    Raises:
        BadDelivery: another form.
    """
    n = len(unhex(text, None, "A sealed entry")) - _TAG_BYTES
    if n <= 0 or n % BUCKET_BYTES:
        raise BadDelivery("A sealed entry does not fill whole buckets.", _REFUSED)


def _info(originator: str, recipient: str, seq: int) -> bytes:
    return pae(_TYPE, encode([originator, recipient, seq]))


def _nonce(index: int) -> bytes:
    return index.to_bytes(12, "big")
