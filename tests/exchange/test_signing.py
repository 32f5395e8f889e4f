"""Signatures against the vectors of RFC 8032, the published example of DSSE, and the openssl command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from offing.errors import BadDelivery
from offing.exchange.canonical import encode
from offing.exchange.signing import claimed, key_id, pae, public_key, sign, unhex, verify, verify_bytes

TYPE = "application/vnd.offing.test+json"

# RFC 8032, section 7.1, tests 1 to 3: secret key, public key, message, signature
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]  # fmt: skip

# The points of small order in every spelling, from "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020), table 1
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_signatures_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert key.sign(bytes.fromhex(message)).hex() == signature
    known = public_key(public)
    assert key_id(known) == key_id(key.public_key())
    known.verify(bytes.fromhex(signature), bytes.fromhex(message))
    with pytest.raises(InvalidSignature):
        known.verify(bytes.fromhex(signature), bytes.fromhex(message) + b"x")


def test_the_encoding_that_dsse_publishes() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("", b"") == b"DSSEv1 0  0 "
    assert pae("é", b"\x00") == b"DSSEv1 2 \xc3\xa9 1 \x00", "lengths are of bytes"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not here")
def test_openssl_finds_the_signature_good(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    payload = {"b": [1, 2.5, None], "a": "é"}
    envelope = sign(key, TYPE, payload)
    body = '{"a":"é","b":[1,2.5,null]}'.encode()
    (tmp_path / "said").write_bytes(b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(body), body))
    (tmp_path / "sig").write_bytes(bytes.fromhex(envelope["signatures"][0]["sig"]))
    (tmp_path / "key").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "said", "-sigfile", "sig"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "said").write_bytes(b"DSSEv1 0  %d %s" % (len(body), body))
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_there_and_back_and_always_the_same() -> None:
    key = Ed25519PrivateKey.generate()
    envelope = sign(key, TYPE, {"a": 1})
    assert envelope == sign(key, TYPE, {"a": 1})
    assert verify(envelope, key.public_key(), TYPE) == {"a": 1}
    assert verify_bytes(encode(envelope), key.public_key(), TYPE) == {"a": 1}
    assert claimed(envelope, TYPE).key_id == key_id(key.public_key())


def test_every_single_bit_of_an_envelope_matters() -> None:
    key = Ed25519PrivateKey.generate()
    raw = encode(sign(key, TYPE, {"a": [1, None, "x"], "n": 7}))
    for i in range(8 * len(raw)):
        flipped = raw[: i // 8] + bytes([raw[i // 8] ^ 1 << i % 8]) + raw[i // 8 + 1 :]
        with pytest.raises(BadDelivery):
            verify_bytes(flipped, key.public_key(), TYPE)


def changed(envelope: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**envelope, **fields}


def test_other_forms_are_refused() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    good = sign(key, TYPE, {"a": 1})
    one = good["signatures"][0]
    bad: list[Any] = [
        None,
        [],
        {},
        changed(good, more=1),
        changed(good, payload=[1]),
        changed(good, payload={"a": 2}),
        changed(good, payload={"a": True}),
        changed(good, payload={"a": float("nan")}),
        changed(good, payloadType=TYPE + "x"),
        changed(good, payloadType=None),
        changed(good, signatures=[]),
        changed(good, signatures=[one, one]),
        changed(good, signatures=[one, sign(other, TYPE, {"a": 1})["signatures"][0]]),
        changed(good, signatures=one),
        changed(good, signatures=[{**one, "alg": "none"}]),
        changed(good, signatures=[{"sig": one["sig"]}]),
        changed(good, signatures=[{**one, "keyid": None}]),
        changed(good, signatures=[{**one, "keyid": "0" * 16}]),
        changed(good, signatures=[{**one, "sig": one["sig"].upper()}]),
        changed(good, signatures=[{**one, "sig": one["sig"][:-2]}]),
        changed(good, signatures=[{**one, "sig": one["sig"] + "00"}]),
        changed(good, signatures=[{**one, "sig": "  " + one["sig"][2:]}]),
        changed(good, signatures=[{**one, "sig": 7}]),
        changed(good, signatures=[{**one, "sig": "00" * 64}]),
        sign(other, TYPE, {"a": 1}),
    ]
    for envelope in bad:
        with pytest.raises(BadDelivery):
            verify(envelope, key.public_key(), TYPE)
    assert {len({repr(b) for b in bad})} == {len(bad)}


def test_a_signature_of_one_type_is_none_of_another() -> None:
    key = Ed25519PrivateKey.generate()
    envelope = changed(sign(key, TYPE, {"a": 1}), payloadType="application/vnd.offing.other+json")
    with pytest.raises(BadDelivery, match="does not fit"):
        verify(envelope, key.public_key(), "application/vnd.offing.other+json")


def test_a_second_signature_made_from_the_first_is_refused() -> None:
    """S + L gives the same point; RFC 8032 demands S < L, so there is one signature and not several."""
    key = Ed25519PrivateKey.generate()
    envelope = sign(key, TYPE, {"a": 1})
    raw = bytes.fromhex(envelope["signatures"][0]["sig"])
    order = 2**252 + 27742317777372353535851937790883648493
    more = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    envelope["signatures"][0]["sig"] = more.hex()
    with pytest.raises(BadDelivery, match="does not fit"):
        verify(envelope, key.public_key(), TYPE)


@pytest.mark.parametrize("text", SMALL_ORDER)
def test_keys_of_small_order_are_refused(text: str) -> None:
    with pytest.raises(BadDelivery, match="proves nothing"):
        public_key(text)


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "AB" * 32, 7, None, "d75a" * 15 + " 1a ", "1" * 65])
def test_what_is_no_key(text: Any) -> None:
    with pytest.raises(BadDelivery):
        public_key(text)


def test_hex_has_one_spelling() -> None:
    assert unhex("00ff", 2, "x") == b"\x00\xff" and unhex("", None, "x") == b""
    for text in ("00FF", "00 ff", "0x00", "00f", "00ff00"):
        with pytest.raises(BadDelivery):
            unhex(text, 2, "x")


def test_what_cannot_be_signed_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="spelling"):
        sign(Ed25519PrivateKey.generate(), TYPE, {"a": float("nan")})
