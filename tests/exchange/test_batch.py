"""The bytes of a batch: one spelling, bound by one root, the same id however much of it is redacted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_nodes import federation, forge, keys_of, one_batch, released

from offing.errors import BadDelivery
from offing.exchange import batch, merkle

LABEL = {"expires_ms": None, "kind": "visit", "masked": [], "onward": 1, "purpose": "p", "round_deg": None}
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.lists(scalars | st.text(max_size=8) | st.lists(st.text(max_size=3), max_size=3), min_size=2, max_size=2)


def header(**more: Any) -> dict[str, Any]:
    said = {"originator": "jp", "recipient": "us", "seq": 1, "prev": batch.FIRST_PREV, "seal": None, "next_key": None}
    return {**said, "labels": [LABEL], "columns": {"visit": ["a", "b"]}, **more}


def made(bodies: list[bytes], **more: Any) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A batch with these bodies as puts, and its salts and bodies."""
    salted = [(hashlib.sha256(str(i).encode()).digest()[:16], b) for i, b in enumerate(bodies)]
    envelope, _ = batch.make(header(**more), [batch.leaf(0, batch.inner_hash(s, b)) for s, b in salted], keys_of("jp").signing)
    return envelope + b"\n" + b"".join(batch.line("+", 0, s, b) for s, b in salted), salted


def canonical(value: object) -> bytes:
    return batch.put_body("visit", "v", 1, batch._ENCODER.encode(value))


def read(raw: bytes) -> batch.Batch:
    head = batch.read_head(raw)
    head.check_signature(keys_of("jp").public)
    return batch.read_entries(head, raw)


@given(st.lists(values, max_size=5), st.sets(st.integers(0, 4)))
def test_a_batch_reads_back_and_redaction_changes_neither_id_nor_root(rows: list[list[Any]], hidden: set[int]) -> None:
    raw, salted = made([canonical(v) for v in rows])
    got = read(raw)
    assert [list(e.body) for e in got.entries] == [["visit", "v", 1, v] for v in rows]  # type: ignore[union-attr]
    assert list(got.bodies) == [b for _, b in salted]
    lines = raw.splitlines(keepends=True)
    for i in hidden & set(range(len(rows))):
        lines[i + 1] = batch.line("x", 0, None, batch.inner_hash(*salted[i]))
    redacted = read(b"".join(lines))
    assert redacted.head.id == got.head.id
    assert [isinstance(e, batch.Redacted) for e in redacted.entries] == [i in hidden for i in range(len(rows))]


def test_the_root_is_that_of_rfc_6962_over_the_leaves_as_described() -> None:
    """Made once more from the description alone, with hashlib and json."""
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a", "b", "c"))
    first, *lines = one_batch(f.nodes["jp"], "us").decode().splitlines()
    leaves = []
    for text in lines:
        _, label, salt, body = json.loads(text)
        spelled = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        inner = hashlib.sha256(bytes.fromhex(salt) + spelled).digest()
        leaves.append(hashlib.sha256(b"\x00" + label.to_bytes(4, "big") + inner).digest())
    pair = hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest()
    payload = json.loads(first)["payload"]
    assert payload["root"] == hashlib.sha256(b"\x01" + pair + leaves[2]).hexdigest()
    spelled = json.dumps(payload, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    assert batch.read_head(first.encode() + b"\n").id == hashlib.sha256(spelled).hexdigest()


def test_an_empty_batch_has_the_root_of_nothing() -> None:
    raw, _ = made([], labels=[], columns={})
    assert read(raw).head.header.root == merkle.EMPTY_ROOT.hex() and read(raw).entries == []


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.replace(b'["+",0,', b'["+", 0,'),
        lambda b: b.replace(b'["+",0,', b'["+",0.0,'),
        lambda b: b.replace(b'["+",0,', b'["+",-1,'),
        lambda b: b.replace(b'["+",0,', b'["+",1,'),
        lambda b: b.replace(b'["+",0,', b'["?",0,'),
        lambda b: b.replace(b"]]]\n", b"]],1]\n"),
        lambda b: b.replace(b'"v",1', b'"v",1.0'),
        lambda b: b.replace(b'"v",1', b'"v","1"'),
        lambda b: b.replace(b"1e30", b"1E30"),
        lambda b: b.replace(b"\n", b"\r\n"),
        lambda b: b.replace(b"\n", b"\n\n", 1),
        lambda b: b[:-1],
        lambda b: b + b"\n",
        lambda b: b + b"[",
        lambda b: b.replace("ü".encode(), rb"\u00fc"),
        lambda b: b.replace("ü".encode(), b"\xff"),
        lambda b: b.replace(b"+", b"-"),
    ],
)
def test_an_entry_has_one_spelling(change: Callable[[bytes], bytes]) -> None:
    raw, _ = made([canonical([1e30, "ü"])])
    end = raw.index(b"\n") + 1
    assert read(raw) and change(raw[end:]) != raw[end:]
    with pytest.raises(BadDelivery):
        read(raw[:end] + change(raw[end:]))


def test_salts_are_lower_case_hex_of_one_length() -> None:
    raw, salted = made([canonical([1, 2]), canonical([3, 4])])
    salt = salted[0][0].hex().encode()
    for other in (salt.upper(), salt[:-1], salt + b"0", b"g" * 32, salt[:-2]):
        assert other != salt
        with pytest.raises(BadDelivery):
            read(raw.replace(salt, other))
    moved = raw.replace(salt, salt[:-2]).replace(salted[1][0].hex().encode(), salt[-2:] + salted[1][0].hex().encode())
    with pytest.raises(BadDelivery):  # the two together are as long as they should be
        read(moved)


@pytest.mark.parametrize(
    "more",
    [
        {"seq": 0},
        {"seq": 2},
        {"seq": 1.5},
        {"prev": "0" * 63},
        {"prev": "a" * 64},
        {"recipient": "jp"},
        {"labels": [LABEL, LABEL]},
        {"labels": [{**LABEL, "kind": "incident"}]},
        {"labels": [{**LABEL, "masked": ["b", "a"]}]},
        {"labels": [{**LABEL, "onward": "1"}]},
        {"labels": [{k: v for k, v in LABEL.items() if k != "purpose"}]},
        {"labels": [{**LABEL, "to": ["us"]}]},
        {"columns": {"visit": ["a", "a"]}},
        {"columns": []},
        {"extra": 1},
        {"next_key": 1},
    ],
)
def test_a_header_of_another_form_is_refused_even_when_signed(more: dict[str, Any]) -> None:
    raw, _ = made([], **more)
    with pytest.raises(BadDelivery):
        read(raw)


def test_counts_and_versions_are_bound() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a", "b"))
    raw = one_batch(f.nodes["jp"], "us")
    for n in (0, 1, 3):
        other = raw.replace(b'"n":2', b'"n":%d' % n)
        with pytest.raises(BadDelivery):
            batch.read_entries(batch.read_head(other), other)
    with pytest.raises(BadDelivery, match="version 2"):
        batch.read_head(raw.replace(b'"v":1', b'"v":2'))
    assert batch.read_entries(batch.read_head(forge(f.nodes["jp"], raw)), raw).bytes_n == len(raw)


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_a_sentence(raw: bytes) -> None:
    for text in (raw, raw + b"\n", b'{"payload":' + raw + b"}\n"):
        with pytest.raises(BadDelivery):
            batch.read_head(text)
