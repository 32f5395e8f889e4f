"""One spelling per value, and no other is taken."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import BadDelivery
from offing.exchange.canonical import MAX_DEPTH, decode_strict, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)
NUMBERS = st.recursive(
    st.floats(allow_nan=False, allow_infinity=False), lambda inner: st.lists(inner, max_size=4), max_leaves=9
)


@given(PLAIN)
def test_the_spelling_is_that_of_another_library(value: Any) -> None:
    assert encode(value) == json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@given(PLAIN | NUMBERS)
def test_there_and_back(value: Any) -> None:
    assert decode_strict(encode(value)) == value == json.loads(encode(value))


@given(PLAIN, st.randoms())
def test_the_order_in_which_keys_were_put_in_does_not_matter(value: Any, random: Any) -> None:
    def shuffled(v: Any) -> Any:
        if isinstance(v, dict):
            keys = list(v)
            random.shuffle(keys)
            return {k: shuffled(v[k]) for k in keys}
        return [shuffled(x) for x in v] if isinstance(v, list) else v

    assert encode(shuffled(value)) == encode(value)


def test_tuples_are_lists() -> None:
    assert encode({"b": (1, (2.5, None)), "a": ("x",)}) == b'{"a":["x"],"b":[1,[2.5,null]]}'


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        {"a": (1, -float("inf"))},
        {1: 2},
        {None: 1},
        b"x",
        [date(2026, 1, 1)],
        Decimal(1),
        {1, 2},
        "\ud800",
    ],
)
def test_what_has_no_spelling_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"spelling|canonical"):
        encode(value)
    with pytest.raises(ValueError, match=r"spelling|canonical"):
        encode((value,))


OTHER = [b"", b" 1", b"1 ", b"1\n", b"\xef\xbb\xbf1", b"[1, 2]", b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'"\\u0041"', b'"\\/"']
OTHER += [b"1E2", b"1e2", b"-0", b"1.50", b"01", b"+1", b"NaN", b"1e999", b'"\\ud800"', b'"\xed\xa0\x80"', b"\xff", b"'a'"]
OTHER += [b"[1,]", b"nul", b"1 2", b"9" * 5000]


@pytest.mark.parametrize("raw", OTHER)
def test_every_other_spelling_is_refused(raw: bytes) -> None:
    with pytest.raises(BadDelivery):
        decode_strict(raw)


def test_length_and_depth_have_limits() -> None:
    assert decode_strict(b'"' + b"x" * 98 + b'"', max_bytes=100)
    with pytest.raises(BadDelivery, match="101 bytes"):
        decode_strict(b'"' + b"x" * 99 + b'"', max_bytes=100)
    assert decode_strict(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    for n in (MAX_DEPTH + 1, 900, 100_000):
        with pytest.raises(BadDelivery):
            decode_strict(b"[" * n + b"]" * n)
    assert decode_strict(encode([[i] for i in range(1000)])), "many lists beside each other are not deep"


@given(st.binary(max_size=40))
def test_any_bytes_are_taken_as_they_are_or_refused(raw: bytes) -> None:
    try:
        value = decode_strict(raw)
    except BadDelivery:
        return
    assert encode(value) == raw


def test_every_single_bit_of_a_text_matters() -> None:
    raw = encode({"a": [1, 2.5, None, True, "é\n"], "zone": {"x": -7}})
    original = decode_strict(raw)
    for i in range(8 * len(raw)):
        flipped = raw[: i // 8] + bytes([raw[i // 8] ^ 1 << i % 8]) + raw[i // 8 + 1 :]
        with suppress(BadDelivery):
            assert decode_strict(flipped) != original
