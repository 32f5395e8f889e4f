"""Cards, introductions, receipts, signatures, revocations: made, read, and refused when anything is off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offing.errors import BadDelivery, BadParameter
from offing.exchange import papers
from offing.exchange.canonical import decode_strict, encode
from offing.exchange.keys import NodeKeys
from offing.exchange.papers import (
    CARD,
    Card,
    accept_card,
    make_agreement_signature,
    make_card,
    make_introduction,
    make_receipt,
    make_revocation,
    peek,
    read_agreement_signature,
    read_card,
    read_introduction,
    read_receipt,
    read_revocation,
)

JP, US, TW = (NodeKeys.in_memory(n, seed=b"papers") for n in ("jp", "us", "tw"))
JP_CARD, US_CARD, TW_CARD = make_card(JP), make_card(US, ("https://us.example:8443",)), make_card(TW)
HEAD = "ab" * 32


def resigned(keys: NodeKeys, raw: bytes, **changes: Any) -> bytes:
    """The same paper with other fields, signed anew."""
    envelope = decode_strict(raw)
    payload = {k: v for k, v in (envelope["payload"] | changes).items() if v is not ...}
    return encode(keys.sign(envelope["payloadType"], payload))


def test_a_card_tells_what_a_partner_needs() -> None:
    c = read_card(US_CARD.envelope)
    assert c == US_CARD
    assert (c.id, c.addresses, c.signing_key, c.serial) == ("us", ("https://us.example:8443",), US.public_hex, 1)
    assert (c.fingerprint, c.key_id, c.sealing_key) == (US.fingerprint(), US.key_id, US.sealing.public)
    assert bytes.fromhex(c.tls_ca) == US.tls.ca_der
    assert peek(c.envelope).type == CARD and peek(c.envelope).key_id == US.key_id


def test_a_card_is_the_same_until_something_in_it_changes(tmp_path: Path) -> None:
    keys = NodeKeys.create(tmp_path / "keys", "jp")
    first = make_card(keys, ("https://127.0.0.1:8443",))
    assert make_card(keys) == make_card(NodeKeys.open(tmp_path / "keys")) == first
    second = make_card(keys, ())
    rotated, _ = keys.rotate()
    third = make_card(rotated)
    assert [c.serial for c in (first, second, third)] == [1, 2, 3]
    assert third.former_keys == (first.signing_key,) and make_card(rotated) == third
    assert (tmp_path / "keys" / "card.json").stat().st_mode & 0o077 == 0


ADDRESSES = [
    "http://a:1",
    "https://a",
    "https://a:1/",
    "https://a:1/x",
    "https://u@a:1",
    "https://:1",
    "https://a:99999",
    "a:1",
    "",
]
ADDRESSES += [
    "https://a:1?x",
    "https://a:1#x",
    "file:///etc/passwd",
    "https://a :1",
    "https://a:1\n",
    "https://a\\b:1",
    "https://[::1",
]
ADDRESSES += ["https://a:0", "https://a:", "https://a:01", "https://é:1", "https://A:1:2"]


@pytest.mark.parametrize(
    "address", ["https://a:1", "https://jp.example:8443", "https://192.0.2.7:65535", "https://[2001:db8::7]:8443"]
)
def test_addresses_that_are(address: str) -> None:
    assert make_card(JP, (address,)).addresses == (address,)


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_are_a_host_and_a_port_and_nothing_else(address: str) -> None:
    with pytest.raises(BadParameter):
        make_card(JP, (address,))
    with pytest.raises(BadDelivery):
        read_card(resigned(JP, JP_CARD.envelope, addresses=[address]))


CHANGES: list[dict[str, Any]] = [
    {"v": 2},
    {"v": True},
    {"id": "JP"},
    {"id": 7},
    {"name": "a\x00b"},
    {"name": "\u202eevil"},
    {"name": "x" * 1001},
    {"serial": 0},
    {"serial": 1.5},
    {"serial": True},
    {"addresses": "https://a:1"},
    {"addresses": ["https://a:1"] * 9},
    {"rotations": [{}]},
    {"rotations": None},
    {"sealing_key": "00"},
    {"sealing_key": "ff" * 1216},
    {"tls_ca": ""},
    {"tls_ca": "00ff"},
    {"tls_ca": TW.tls.chain_pem.hex()},
    {"signing_key": TW.public_hex},
    {"signing_key": "00" * 32},
    {"more": 1},
    {"name": ...},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_a_card_of_another_form_is_refused_though_it_is_signed(changes: dict[str, Any]) -> None:
    with pytest.raises(BadDelivery):
        read_card(resigned(JP, JP_CARD.envelope, **changes))


def test_every_byte_and_every_bit_of_a_card_matters() -> None:
    raw = US_CARD.envelope
    for i in range(0, 8 * len(raw), 7):  # a card is long: in eight bytes that follow each other each bit once
        flipped = raw[: i // 8] + bytes([raw[i // 8] ^ 1 << i % 8]) + raw[i // 8 + 1 :]
        with pytest.raises(BadDelivery):
            read_card(flipped)


def test_a_link_certificate_is_no_authority(tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    leaf = x509.load_pem_x509_certificate(JP.tls.chain_pem)
    with pytest.raises(BadDelivery, match="no certificate authority"):
        read_card(resigned(JP, JP_CARD.envelope, tls_ca=leaf.public_bytes(Encoding.DER).hex()))


# pinning


def test_first_sight_later_cards_and_older_ones(tmp_path: Path) -> None:
    keys = NodeKeys.create(tmp_path / "keys", "jp")
    first, second = make_card(keys), make_card(keys, ("https://jp.example:1",))
    assert accept_card(None, first) is first
    assert accept_card(first, first) is first
    assert accept_card(first, second) is second
    assert accept_card(second, first) is second, "an older card undoes nothing"


def test_a_key_that_the_pinned_key_handed_over_to_is_taken(tmp_path: Path) -> None:
    keys = NodeKeys.create(tmp_path / "keys", "jp")
    first = make_card(keys)
    once, _ = keys.rotate()
    second = make_card(once)
    twice, _ = once.rotate()
    third = make_card(twice)
    assert accept_card(first, second) is second and accept_card(second, third) is third
    assert accept_card(first, third) is third, "who slept through one rotation is lost"
    with pytest.raises(BadDelivery) as caught:
        accept_card(third, first)
    assert caught.value.data["alarm"] == "retired_key"


def alarm(known: Card, new: Card, vouched_by: str | None = None) -> dict[str, Any]:
    with pytest.raises(BadDelivery) as caught:
        accept_card(known, new, vouched_by)
    assert known.fingerprint in caught.value.hint
    return caught.value.data


def test_another_key_is_an_alarm_with_both_cards() -> None:
    impostor = make_card(NodeKeys.in_memory("jp"))
    data = alarm(JP_CARD, impostor, "us")
    assert (data["alarm"], data["node"], data["known"], data["new"]) == ("other_key", "jp", JP_CARD.envelope, impostor.envelope)
    assert alarm(impostor, JP_CARD)["alarm"] == "other_key", "a direct card against one that was vouched for"


def test_two_cards_of_one_number_are_an_alarm() -> None:
    other = read_card(resigned(JP, JP_CARD.envelope, name="elsewhere"))
    assert alarm(JP_CARD, other)["alarm"] == "two_cards"


def test_an_impostor_with_borrowed_rotations_is_refused(tmp_path: Path) -> None:
    """Another key in a card that carries the true node's rotation: the chain does not end at that key."""
    rotated, statement = JP.rotate()
    impostor = NodeKeys.in_memory("jp")
    raw = make_card(impostor).envelope
    with pytest.raises(BadDelivery, match="do not lead"):
        read_card(resigned(impostor, raw, rotations=[statement]))
    there_and_back = [statement, module_rotation(rotated, JP)]
    with pytest.raises(BadDelivery, match="do not lead"):
        read_card(resigned(JP, JP_CARD.envelope, rotations=there_and_back))


def module_rotation(old: NodeKeys, new: NodeKeys) -> dict[str, Any]:
    from offing.exchange.keys import rotation

    return rotation(old.node_id, old.signing, new.signing)


def test_cards_of_two_nodes_never_stand_for_each_other() -> None:
    with pytest.raises(ValueError, match="cannot replace"):
        accept_card(JP_CARD, TW_CARD)


# the other papers


def test_an_introduction_carries_the_card_whole() -> None:
    made = make_introduction(US, JP_CARD, "tw")
    got = read_introduction(made.envelope, US_CARD)
    assert got == made and got.card == JP_CARD and (got.by, got.recipient) == ("us", "tw")


def test_an_introduction_with_a_card_that_its_owner_did_not_sign_is_refused() -> None:
    made = make_introduction(US, JP_CARD, "tw")
    for changes in ({"signing_key": US.public_hex}, {"name": "else"}, {"tls_ca": US.tls.ca_der.hex()}):
        card = decode_strict(JP_CARD.envelope)
        card["payload"] |= changes
        with pytest.raises(BadDelivery):
            read_introduction(resigned(US, made.envelope, card=card), US_CARD)
    with pytest.raises(BadDelivery):
        read_introduction(made.envelope, TW_CARD)


def test_receipts() -> None:
    made = make_receipt(TW, "jp", "tw", 3, HEAD, "us", 1_788_000_000_000)
    assert read_receipt(made.envelope, TW_CARD) == made
    assert (made.by, made.originator, made.recipient, made.seq, made.head, made.taken_from) == ("tw", "jp", "tw", 3, HEAD, "us")
    assert made.envelope == make_receipt(TW, "jp", "tw", 3, HEAD, "us", 1_788_000_000_000).envelope
    bad: list[dict[str, Any]] = [
        {"seq": 0},
        {"seq": True},
        {"head": "AB" * 32},
        {"head": "ab"},
        {"from": ""},
        {"t_ms": -1},
        {"t_ms": 1.0},
    ]
    for changes in [*bad, {"by": "jp"}, {"more": None}, {"from": ...}]:
        with pytest.raises(BadDelivery):
            read_receipt(resigned(TW, made.envelope, **changes), TW_CARD)
    with pytest.raises(BadDelivery, match="cannot be"):
        make_receipt(TW, "jp", "tw", 0, HEAD, "us", 0)


def test_signatures_of_agreements_and_revocations() -> None:
    signed = make_agreement_signature(JP, "jp-us", "cd" * 32)
    assert read_agreement_signature(signed.envelope, JP_CARD) == signed and signed.text_sha256 == "cd" * 32
    revoked = make_revocation(JP, "ef" * 32, "the laptop was left in a taxi")
    assert read_revocation(revoked.envelope, JP_CARD) == revoked and revoked.node == "jp"
    with pytest.raises(BadDelivery):
        read_revocation(revoked.envelope, US_CARD)
    with pytest.raises(BadDelivery, match="in the name of"):
        read_revocation(resigned(US, revoked.envelope), US_CARD)


READERS: list[tuple[bytes, Callable[[bytes, Card], object]]] = [
    (make_introduction(US, JP_CARD, "tw").envelope, read_introduction),
    (make_receipt(US, "jp", "tw", 3, HEAD, "jp", 1).envelope, read_receipt),
    (make_agreement_signature(US, "jp-us", "cd" * 32).envelope, read_agreement_signature),
    (make_revocation(US, "ef" * 32, "lost").envelope, read_revocation),
]


@pytest.mark.parametrize("at", range(len(READERS)))
def test_no_paper_passes_for_another_kind(at: int) -> None:
    raw, own = READERS[at]
    assert own(raw, US_CARD)
    for i, (_, read) in enumerate(READERS):
        if i != at:
            with pytest.raises(BadDelivery, match="of type"):
                read(raw, US_CARD)
    with pytest.raises(BadDelivery, match="of type"):
        read_card(raw)


@pytest.mark.parametrize("at", range(1, len(READERS)))
def test_every_single_bit_of_a_paper_matters(at: int) -> None:
    raw, read = READERS[at]
    for i in range(8 * len(raw)):
        flipped = raw[: i // 8] + bytes([raw[i // 8] ^ 1 << i % 8]) + raw[i // 8 + 1 :]
        with pytest.raises(BadDelivery):
            read(flipped, US_CARD)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b"null", b'{"payloadType":"x"}', b'{"payload":{},"payloadType":1,"signatures":[]}']
)
def test_what_is_no_paper(raw: bytes) -> None:
    with pytest.raises(BadDelivery):
        peek(raw)


def test_a_paper_has_a_longest_length() -> None:
    with pytest.raises(BadDelivery, match="at most"):
        peek(b'"' + b"x" * papers.MAX_PAPER_BYTES + b'"')
