"""A node's own keys: they lie in one folder of the logbook, readable by its owner alone.

    keys/node.json   id, name, signing key, sealing key, root secret, retired keys, rotations: canonical JSON
    keys/tls.pem     key and certificate of the links
    keys/card.json   the card as it was last made

The root secret stays when keys are rotated, since salts and masked ids must not change then.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from offing.errors import BadDelivery, BadParameter, SharingError
from offing.exchange.canonical import decode_strict, encode
from offing.exchange.sealing import SealingKey
from offing.exchange.signing import key_id, pae, public_key, sign, unhex, verify
from offing.exchange.tls import TlsIdentity
from offing.model.sharing import PARTNER_ID

FOLDER = "keys"
"""Name of the folder within a logbook."""

ROTATION = "application/vnd.offing.rotation+json"
"""Type of the statement in which an old key names the new one."""

_VERSION = 1


@dataclass(frozen=True)
class RetiredKey:
    """A signing key that was in use before."""

    key: Ed25519PrivateKey = field(repr=False)
    id: str


@dataclass(frozen=True)
class NodeKeys:
    """All keys of a node. `folder` is None where they live in memory only (simulations, tests)."""

    node_id: str
    name: str
    signing: Ed25519PrivateKey = field(repr=False)
    sealing: SealingKey = field(repr=False)
    tls: TlsIdentity = field(repr=False)
    root: bytes = field(repr=False)
    retired: tuple[RetiredKey, ...] = ()  # oldest first
    retired_sealing: tuple[SealingKey, ...] = field(default=(), repr=False)
    rotations: tuple[dict[str, Any], ...] = ()  # envelopes, oldest first
    folder: Path | None = None

    @classmethod
    def create(cls, folder: Path, node_id: str, name: str = "") -> NodeKeys:
        """Make keys for a new node and write them to `folder` (`LOGBOOK/keys`), which must not hold any yet.

        Raises:
            BadParameter: no legal id.
            SharingError: the logbook is a node already.
        """
        if (folder / "node.json").exists():
            raise SharingError(
                f"This logbook is a node already: {folder} holds its keys.", "`offing node card FILE` writes its card."
            )
        keys = replace(cls.in_memory(node_id, name), folder=folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        keys._save()
        return keys

    @classmethod
    def in_memory(cls, node_id: str, name: str = "", seed: bytes | None = None) -> NodeKeys:
        """Keys that are written nowhere; with a `seed` (tests only) signing, sealing and root secret follow from it.

        Raises:
            BadParameter: no legal id.
        """
        check_id(node_id)

        def draw(what: str, n: int) -> bytes:
            return secrets.token_bytes(n) if seed is None else _derive(seed, f"{node_id} {what}", n)

        signing = Ed25519PrivateKey.from_private_bytes(draw("signing", 32))
        return cls(node_id, name or node_id, signing, SealingKey(draw("sealing", 96)), TlsIdentity.create(), draw("root", 32))

    @classmethod
    def open(cls, folder: Path) -> NodeKeys:
        """The keys of a node.

        Raises:
            SharingError: there are none, others than the owner may read them, or they are damaged.
        """
        path = folder / "node.json"
        if not path.exists():
            raise SharingError("This logbook is no node yet.", "Make it one with `offing node init --id ID`.")
        for p in (folder, path, folder / "tls.pem"):
            if p.exists() and stat.S_IMODE(p.stat().st_mode) & 0o077:
                raise SharingError(
                    f"Others than its owner may read {p}, which holds secret keys.",
                    f"If nobody did: `chmod go-rwx {p}`. Else make new keys and tell your partners.",
                )
        try:
            d = decode_strict(path.read_bytes(), str(path))
            if d["v"] != _VERSION:
                raise SharingError(f"{path} is of version {d['v']}, and {_VERSION} is known.", "Use the offing that wrote it.")
            tls = TlsIdentity(bytes.fromhex(d["tls_ca"]), d["tls_ca_key"].encode(), (folder / "tls.pem").read_bytes())
            retired = tuple(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(s)) for s in d["retired"])
            return cls(
                node_id=d["id"],
                name=d["name"],
                signing=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(d["signing"])),
                sealing=SealingKey(bytes.fromhex(d["sealing"])),
                tls=tls,
                root=bytes.fromhex(d["root"]),
                retired=tuple(RetiredKey(k, key_id(k.public_key())) for k in retired),
                retired_sealing=tuple(SealingKey(bytes.fromhex(s)) for s in d["retired_sealing"]),
                rotations=tuple(d["rotations"]),
                folder=folder,
            )
        except (OSError, KeyError, TypeError, ValueError, AttributeError, BadDelivery) as error:
            raise SharingError(f"The keys in {folder} are damaged: {error!r}.", "Bring the folder back from a copy.") from None

    @property
    def public(self) -> Ed25519PublicKey:
        """The signing key that is in use, its public half."""
        return self.signing.public_key()

    @property
    def public_hex(self) -> str:
        """The same as 64 hex digits."""
        return self.public.public_bytes_raw().hex()

    @property
    def key_id(self) -> str:
        """Its short name."""
        return key_id(self.public)

    @property
    def sealing_keys(self) -> tuple[SealingKey, ...]:
        """All keys that a sealed batch may have been sealed to, the newest first."""
        return (self.sealing, *reversed(self.retired_sealing))

    @property
    def tls_chain(self) -> Path:
        """File with the key and certificate of the links.

        Raises:
            SharingError: these keys lie in no folder.
        """
        if self.folder is None:
            raise SharingError("Keys that live in memory alone open no links.", "Create them in a folder.")
        return self.folder / "tls.pem"

    def fingerprint(self) -> str:
        """The signing key as people compare it: see `fingerprint`."""
        return fingerprint(self.public_hex)

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose, always the same for this node."""
        return _derive(self.root, purpose, 32)

    def sign(self, payload_type: str, payload: dict[str, Any]) -> dict[str, Any]:
        """An envelope signed with the key in use."""
        return sign(self.signing, payload_type, payload)

    def rotate(self) -> tuple[NodeKeys, dict[str, Any]]:
        """New signing and sealing keys; the old ones are kept as retired. The links keep their authority.

        Returns the new keys, already written where they lie in a folder, and the rotation statement for partners. Whoever
        stole the old keys can make one too: after a theft hand partners a new card and a revocation directly.
        """
        new = Ed25519PrivateKey.generate()
        statement = rotation(self.node_id, self.signing, new)
        keys = replace(
            self,
            signing=new,
            sealing=SealingKey.create(),
            retired=(*self.retired, RetiredKey(self.signing, self.key_id)),
            retired_sealing=(*self.retired_sealing, self.sealing),
            rotations=(*self.rotations, statement),
        )
        if keys.folder is not None:
            keys._save()
        return keys, statement

    def _save(self) -> None:
        assert self.folder is not None
        raw = {
            "id": self.node_id,
            "name": self.name,
            "retired": [r.key.private_bytes_raw().hex() for r in self.retired],
            "retired_sealing": [k.secret.hex() for k in self.retired_sealing],
            "root": self.root.hex(),
            "rotations": list(self.rotations),
            "sealing": self.sealing.secret.hex(),
            "signing": self.signing.private_bytes_raw().hex(),
            "tls_ca": self.tls.ca_der.hex(),
            "tls_ca_key": self.tls.ca_key_pem.decode(),
            "v": _VERSION,
        }
        write_private(self.folder / "tls.pem", self.tls.chain_pem)
        write_private(self.folder / "node.json", encode(raw))


def check_id(text: str) -> str:
    """A node's id as it is, if it is one: 1 to 63 of a-z, 0-9 and single `-`, `.`, `_` between them.

    Raises:
        BadParameter: it is none.
    """
    if not PARTNER_ID.fullmatch(text):
        raise BadParameter(
            f"{text!r} is no id of a node.", "Use up to 63 of a-z, 0-9 and single -, . or _ between them, like jp-jcg."
        )
    return text


def fingerprint(public_hex: str) -> str:
    """A signing key as people compare it: SHA-256 of its 32 bytes in 16 groups of four hex digits."""
    digest = sha256(bytes.fromhex(public_hex)).hexdigest()
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def next_key(node: str, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> dict[str, str]:
    """What names a new key inside something that the old key signs: the key, and its own word that it is this node's."""
    said = _said(node, old.public_key(), new.public_key())
    return {"new": new.public_key().public_bytes_raw().hex(), "sig": new.sign(pae(ROTATION, said)).hex()}


def check_next_key(node: str, old: Ed25519PublicKey, said: Any) -> Ed25519PublicKey:
    """The new key that `next_key` names.

    Raises:
        BadDelivery: another form, or the new key did not sign it.
    """
    if not isinstance(said, dict) or set(said) != {"new", "sig"}:
        raise BadDelivery("What names a new key has new and sig, and nothing else.", "Ask its owner for it again.")
    new = public_key(said["new"])
    try:
        new.verify(unhex(said["sig"], 64, "The signature of a new key"), pae(ROTATION, _said(node, old, new)))
    except InvalidSignature:
        raise BadDelivery("A new key is named, but it did not sign that it is this node's.", "Compare fingerprints.") from None
    return new


def rotation(node: str, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> dict[str, Any]:
    """The statement by which the old key hands over to the new one; both sign."""
    payload = {"node": node, "old": old.public_key().public_bytes_raw().hex(), "v": 1, **next_key(node, old, new)}
    return sign(old, ROTATION, payload)


def check_rotation(node: str, envelope: Any) -> tuple[str, str]:
    """The old and the new public key (hex) of a rotation statement of this node.

    Raises:
        BadDelivery: another form or node, or one of the two signatures does not fit.
    """
    payload = envelope.get("payload") if isinstance(envelope, dict) else None
    if not isinstance(payload, dict) or set(payload) != {"new", "node", "old", "sig", "v"}:
        raise BadDelivery("This is no statement of a new key.", "Ask its owner for it again.")
    old = public_key(payload["old"])
    verify(envelope, old, ROTATION)
    if payload["node"] != node or payload["v"] != 1:
        raise BadDelivery(f"This statement of a new key is not one of {node}.", "Ask its owner for it again.")
    check_next_key(node, old, {"new": payload["new"], "sig": payload["sig"]})
    return payload["old"], payload["new"]


def write_private(path: Path, raw: bytes) -> None:
    """Write a file that only its owner may read, all of it or nothing."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(raw)
        f.flush()
        os.fsync(f.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _said(node: str, old: Ed25519PublicKey, new: Ed25519PublicKey) -> bytes:
    return encode({"new": new.public_bytes_raw().hex(), "node": node, "old": old.public_bytes_raw().hex()})


def _derive(secret: bytes, purpose: str, n: int) -> bytes:
    return HKDF(hashes.SHA256(), n, None, f"offing {purpose}".encode()).derive(secret)
