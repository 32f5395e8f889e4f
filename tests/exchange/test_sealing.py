"""Sealed batches open for their recipient alone, whole and in place."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import BadDelivery
from offing.exchange import sealing
from offing.exchange.sealing import BUCKET_BYTES, Opener, Sealer, SealingKey, check_seal, check_sealed_entry, check_sealing_key

KEY, OTHER = SealingKey.create(), SealingKey.create()


def sealed(*bodies: bytes) -> tuple[dict[str, Any], list[str]]:
    s = Sealer(KEY.public, "jp", "tw", 3)
    return s.header, [s.entry(i, b) for i, b in enumerate(bodies)]


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=2000), max_size=5))
def test_there_and_back(bodies: list[bytes]) -> None:
    header, texts = sealed(*bodies)
    check_seal(header)
    opener = Opener(header, [OTHER, KEY], "jp", "tw", 3)
    assert [opener.entry(i, t) for i, t in enumerate(texts)] == bodies


def test_lengths_tell_the_bucket_alone() -> None:
    _, texts = sealed(b"", b"x" * (BUCKET_BYTES - 4), b"x" * (BUCKET_BYTES - 3), b"x" * 5000)
    assert [len(t) // 2 - 16 for t in texts] == [BUCKET_BYTES, BUCKET_BYTES, 2 * BUCKET_BYTES, 10 * BUCKET_BYTES]
    for t in texts:
        check_sealed_entry(t)


def test_the_same_body_never_looks_the_same() -> None:
    (_, a), (_, b) = sealed(b"x", b"x"), sealed(b"x")
    assert len({*a, *b}) == 3


def test_only_the_recipient_s_key_opens() -> None:
    header, _ = sealed(b"x")
    with pytest.raises(BadDelivery, match="does not have"):
        Opener(header, [OTHER], "jp", "tw", 3)
    with pytest.raises(BadDelivery, match="does not open"):
        Opener(header | {"to": OTHER.id}, [OTHER], "jp", "tw", 3)


@pytest.mark.parametrize("place", [("us", "tw", 3), ("jp", "us", 3), ("jp", "tw", 4), ("jpt", "w", 3)])
def test_a_seal_holds_for_one_batch_of_one_stream(place: tuple[str, str, int]) -> None:
    header, _ = sealed(b"x")
    with pytest.raises(BadDelivery, match="does not open"):
        Opener(header, [KEY], *place)


def test_an_entry_opens_in_its_place_alone() -> None:
    header, texts = sealed(b"one", b"two")
    opener = Opener(header, [KEY], "jp", "tw", 3)
    with pytest.raises(BadDelivery, match="Entry 0"):
        opener.entry(0, texts[1])
    with pytest.raises(BadDelivery, match="does not open"):
        Opener(sealed(b"one")[0], [KEY], "jp", "tw", 3).entry(0, texts[0])


def test_every_single_bit_of_seal_and_entry_matters() -> None:
    header, (text,) = sealed(b"a visit of a ship")
    opener = Opener(header, [KEY], "jp", "tw", 3)
    raw = bytes.fromhex(text)
    for i in range(8 * len(raw)):
        flipped = raw[: i // 8] + bytes([raw[i // 8] ^ 1 << i % 8]) + raw[i // 8 + 1 :]
        with pytest.raises(BadDelivery):
            opener.entry(0, flipped.hex())
    enc = bytes.fromhex(header["enc"])
    for i in range(0, 8 * len(enc)):
        flipped = enc[: i // 8] + bytes([enc[i // 8] ^ 1 << i % 8]) + enc[i // 8 + 1 :]
        with pytest.raises(BadDelivery):
            Opener(header | {"enc": flipped.hex()}, [KEY], "jp", "tw", 3)


@pytest.mark.parametrize(
    "changes",
    [{"suite": "none"}, {"suite": None}, {"more": 1}, {"enc": ""}, {"enc": "00"}, {"enc": 7}, {"to": "zz" * 8}, {"to": None}],
)
def test_another_form_of_seal_is_refused(changes: dict[str, Any]) -> None:
    header, _ = sealed(b"x")
    with pytest.raises(BadDelivery):
        Opener(header | changes, [KEY], "jp", "tw", 3)


@pytest.mark.parametrize("text", ["", "00", "00" * 16, "00" * 512, "00" * 529, "zz" * 528, None, ["00"], "AB" * 528])
def test_another_form_of_entry_is_refused(text: Any) -> None:
    header, _ = sealed(b"x")
    with pytest.raises(BadDelivery):
        check_sealed_entry(text)
    with pytest.raises(BadDelivery):
        Opener(header, [KEY], "jp", "tw", 3).entry(0, text)


def test_padding_has_one_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipient that took other padding would take two spellings of one entry."""
    drawn: list[bytes] = []
    monkeypatch.setattr(
        sealing.AESGCM, "generate_key", lambda bits: drawn.append(bytes(range(bits // 8))) or drawn[-1], raising=False
    )
    header, (good,) = sealed(b"x")
    opener, aead = Opener(header, [KEY], "jp", "tw", 3), AESGCM(drawn[0])
    plain = aead.decrypt(bytes(12), bytes.fromhex(good), None)
    assert plain == b"\0\0\0\1x" + bytes(507)
    for wrong in (plain[:-1] + b"\1", plain + bytes(512), b"\0\0\2\0" + plain[4:], b"\xff" * 512, b"\0\0\0\0" + plain[4:]):
        with pytest.raises(BadDelivery, match="padded wrongly"):
            opener.entry(0, aead.encrypt(bytes(12), wrong, None).hex())


def test_keys() -> None:
    again = SealingKey(KEY.secret)
    assert (again.public, again.id) == (KEY.public, KEY.id) and KEY.id != OTHER.id
    check_sealing_key(KEY.public)
    for bad in ("", KEY.public[2:], "ff" * 1216, KEY.public.upper(), None):
        with pytest.raises(BadDelivery):
            check_sealing_key(bad)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="96 bytes"):
        SealingKey(b"short")
