"""A node's own keys on disk: whole, private, rotated in the open."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offing.errors import BadDelivery, BadParameter, SharingError
from offing.exchange import keys as module
from offing.exchange.keys import NodeKeys, check_id, check_next_key, check_rotation, next_key, rotation
from offing.exchange.sealing import Opener, Sealer
from offing.exchange.signing import public_key, verify


def modes(folder: Path) -> dict[str, int]:
    return {p.name: stat.S_IMODE(p.stat().st_mode) for p in [folder, *folder.iterdir()]}


def test_what_was_made_is_what_is_opened(tmp_path: Path) -> None:
    made = NodeKeys.create(tmp_path / "keys", "jp", "Tokyo")
    opened = NodeKeys.open(tmp_path / "keys")
    for k in (made, opened):
        assert (k.node_id, k.name, k.public_hex, k.key_id) == ("jp", "Tokyo", made.public_hex, made.key_id)
        assert k.sealing.public == made.sealing.public and k.secret("salts") == made.secret("salts")
        assert k.tls == made.tls and k.tls_chain.read_bytes() == made.tls.chain_pem
        assert k.sign("t", {"a": 1}) == made.sign("t", {"a": 1})
    assert made.public_hex != NodeKeys.in_memory("jp").public_hex


def test_only_the_owner_may_read_even_under_an_open_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        k = NodeKeys.create(tmp_path / "keys", "jp")
        k.rotate()
    finally:
        os.umask(before)
    assert modes(tmp_path / "keys") == {"keys": 0o700, "node.json": 0o600, "tls.pem": 0o600}
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "keys", copy)
    assert NodeKeys.open(copy).key_id != k.key_id


@pytest.mark.parametrize(
    ("name", "mode"), [("", 0o750), ("", 0o701), ("node.json", 0o640), ("node.json", 0o604), ("tls.pem", 0o644)]
)
def test_keys_that_others_may_read_are_refused(tmp_path: Path, name: str, mode: int) -> None:
    NodeKeys.create(tmp_path / "keys", "jp")
    (tmp_path / "keys" / name).chmod(mode)
    with pytest.raises(SharingError, match="Others than its owner") as caught:
        NodeKeys.open(tmp_path / "keys")
    assert "chmod" in caught.value.hint


def test_no_secret_in_what_is_printed(tmp_path: Path) -> None:
    keys, _ = NodeKeys.create(tmp_path / "keys", "jp").rotate()
    shown = repr(keys) + repr(keys.tls) + str(keys)
    assert "node_id='jp'" in shown and keys.retired[0].id in shown
    for secret in (keys.root, keys.tls.ca_key_pem, keys.tls.chain_pem):
        assert repr(secret)[2:40] not in shown and secret.hex()[:20] not in shown


def test_no_node_yet_and_a_node_already(tmp_path: Path) -> None:
    with pytest.raises(SharingError, match="no node yet"):
        NodeKeys.open(tmp_path / "keys")
    made = NodeKeys.create(tmp_path / "keys", "jp")
    with pytest.raises(SharingError, match="a node already"):
        NodeKeys.create(tmp_path / "keys", "us")
    assert NodeKeys.open(tmp_path / "keys").key_id == made.key_id


DAMAGES: list[Callable[[bytes], bytes]] = [
    lambda raw: b"",
    lambda raw: raw[:-1],
    lambda raw: raw + b"\n",
    lambda raw: raw.replace(b'"signing":"', b'"signing":"0'),
    lambda raw: raw.replace(b'"root":', b'"toor":'),
    lambda raw: raw.replace(b'"v":1', b'"v":2'),
    lambda raw: b"[]",
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_keys_are_said_to_be(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    NodeKeys.create(tmp_path / "keys", "jp")
    path = tmp_path / "keys" / "node.json"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(SharingError, match=r"damaged|version"):
        NodeKeys.open(tmp_path / "keys")


def test_a_death_while_writing_leaves_the_old_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = NodeKeys.create(tmp_path / "keys", "jp")

    def die(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.os, "fsync", die)
    with pytest.raises(KeyboardInterrupt):
        made.rotate()
    monkeypatch.undo()
    opened = NodeKeys.open(tmp_path / "keys")
    assert opened.key_id == made.key_id
    opened.rotate()
    assert NodeKeys.open(tmp_path / "keys").key_id != made.key_id, "what the death left behind stands in the way"


def test_secrets_differ_by_purpose_and_node_and_stay_when_keys_are_rotated(tmp_path: Path) -> None:
    a, b = NodeKeys.in_memory("jp"), NodeKeys.in_memory("us")
    assert len({a.secret("salts"), a.secret("ids"), b.secret("salts"), b.secret("ids")}) == 4
    assert len(a.secret("salts")) == 32
    assert a.rotate()[0].secret("salts") == a.secret("salts")


def test_a_seed_gives_the_same_keys_again() -> None:
    a, b, c = (NodeKeys.in_memory(n, seed=s) for n, s in (("jp", b"1"), ("jp", b"1"), ("us", b"1")))
    assert (a.public_hex, a.sealing.public, a.secret("x")) == (b.public_hex, b.sealing.public, b.secret("x"))
    assert a.public_hex != c.public_hex
    with pytest.raises(SharingError, match="memory"):
        _ = a.tls_chain


def test_the_fingerprint_is_of_the_public_key_alone() -> None:
    k = NodeKeys.in_memory("jp")
    assert k.fingerprint().replace(" ", "") == sha256(bytes.fromhex(k.public_hex)).hexdigest()
    assert k.fingerprint().replace(" ", "").startswith(k.key_id)


def test_rotation_hands_over_and_keeps_the_old_keys(tmp_path: Path) -> None:
    old = NodeKeys.create(tmp_path / "keys", "jp")
    sealed = Sealer(old.sealing.public, "us", "jp", 1)
    new, statement = old.rotate()
    newest, _ = new.rotate()
    opened = NodeKeys.open(tmp_path / "keys")
    assert opened.key_id == newest.key_id and len({old.key_id, new.key_id, newest.key_id}) == 3
    assert [r.id for r in opened.retired] == [old.key_id, new.key_id]
    assert opened.retired[0].key.sign(b"x") == old.signing.sign(b"x")
    assert check_rotation("jp", statement) == (old.public_hex, new.public_hex)
    assert verify(statement, old.public, module.ROTATION)["new"] == new.public_hex
    assert opened.tls == old.tls
    assert Opener(sealed.header, opened.sealing_keys, "us", "jp", 1).entry(0, sealed.entry(0, b"still mine")) == b"still mine"


def test_a_new_key_must_speak_for_itself_and_for_this_node() -> None:
    old, new, other = (Ed25519PrivateKey.generate() for _ in range(3))
    said = next_key("jp", old, new)
    assert check_next_key("jp", old.public_key(), said).public_bytes_raw() == new.public_key().public_bytes_raw()
    stolen = next_key("jp", old, other) | {"new": said["new"]}  # naming a key that one does not have
    bad: list[tuple[str, Ed25519PrivateKey, Any]] = [
        ("us", old, said),
        ("jp", other, said),
        ("jp", old, stolen),
        ("jp", old, said | {"sig": "00" * 64}),
        ("jp", old, said | {"more": 1}),
        ("jp", old, {"new": said["new"]}),
        ("jp", old, None),
    ]
    for node, key, what in bad:
        with pytest.raises(BadDelivery):
            check_next_key(node, key.public_key(), what)


def test_a_rotation_needs_both_keys() -> None:
    old, new, other = (Ed25519PrivateKey.generate() for _ in range(3))
    good = rotation("jp", old, new)
    assert check_rotation("jp", good)[1] == new.public_key().public_bytes_raw().hex()
    by_another = rotation("jp", other, new)
    by_another["payload"]["old"] = good["payload"]["old"]
    renamed = {**good, "payload": good["payload"] | {"node": "us"}}
    for node, what in (("us", good), ("jp", by_another), ("us", renamed), ("jp", None), ("jp", {"payload": {}})):
        with pytest.raises(BadDelivery):
            check_rotation(node, what)
    assert public_key(good["payload"]["old"])


@pytest.mark.parametrize("text", ["jp", "us", "tw-cga", "jp.mod.jmsdf", "a", "x_1", "a" * 63])
def test_ids(text: str) -> None:
    assert check_id(text) == text


@pytest.mark.parametrize(
    "text", ["", "JP", "j p", "jp--us", "-jp", "jp-", "../jp", "jp/us", "a" * 64, "日本", "jp\n", "jp|us", "j..p"]
)
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(BadParameter):
        check_id(text)
    with pytest.raises(BadParameter):
        NodeKeys.in_memory(text)
