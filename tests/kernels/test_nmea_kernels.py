"""The sentence kernels by themselves, against plain Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.kernels import nmea_codes as c
from offing.kernels.nmea_payload import N_WORDS, bits, clear, e7, load, own_second_ms, settle, signed, text_into
from offing.kernels.nmea_stamp import Bytes, days_of, epoch, iso_time, stamp_at, text_key
from offing.model.times import to_ms

ARMOR = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"


def as_bytes(text: str) -> Bytes:
    return np.frombuffer(bytearray(text.encode("latin-1")), np.uint8)


def loaded(*parts: str) -> tuple[Bytes, int]:
    words = np.empty(N_WORDS, np.int64)
    clear(words)
    n = 0
    for part in parts:
        n = load(as_bytes(part), 0, len(part), words, n)
        if n < 0:
            return words, n
    settle(words, n)
    return words, n


@settings(deadline=None)
@given(st.text(ARMOR, min_size=1, max_size=80), st.integers(0, 80), st.integers(0, 479), st.integers(1, 30))
def test_bits_are_those_of_the_payload(payload: str, cut: int, at: int, width: int) -> None:
    words, n = loaded(payload[:cut], payload[cut:])
    assert n == len(payload)
    text = "".join(format(ARMOR.index(ch), "06b") for ch in payload).ljust(520, "0")
    want = int(text[at : at + width], 2)
    assert bits(words, at, width) == want
    assert signed(words, at, width) == (want - (1 << width) if text[at] == "1" else want)


def test_characters_that_are_not_six_bit() -> None:
    for code in range(256):
        assert (loaded("0" + chr(code) + "0")[1] == 3) == (chr(code) in ARMOR)
    assert loaded("0" * 200 + "~")[1] == -1  # also beyond the bits that are read
    assert loaded("0" * 200)[1] == 200


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1000000000", (c.STAMP_OK, 1_000_000_000_000)),
        ("4102444799.9994", (c.STAMP_OK, 4_102_444_799_999)),
        ("1535760000.", (c.STAMP_OK, 1_535_760_000_000)),
        ("1535760000123 x", (c.STAMP_OK, 1_535_760_000_123)),
        ("1535760000123456", (c.STAMP_OK, 1_535_760_000_123)),
        ("1535760000123456789", (c.STAMP_OK, 1_535_760_000_123)),
        ("999999999", (c.STAMP_BAD, c.NO_TIME_MS)),
        ("4102444800", (c.STAMP_BAD, c.NO_TIME_MS)),
        ("9999999999999999999", (c.STAMP_BAD, c.NO_TIME_MS)),
        ("15357600001234567890", (c.STAMP_NONE, c.NO_TIME_MS)),
        ("1535760000x", (c.STAMP_NONE, c.NO_TIME_MS)),
        ("", (c.STAMP_NONE, c.NO_TIME_MS)),
    ],
)
def test_unix_time(text: str, want: tuple[int, int]) -> None:
    assert epoch(as_bytes(text), 0, len(text))[:2] == want


@settings(deadline=None)
@given(
    st.datetimes(datetime(2001, 9, 11), datetime(2099, 12, 30)),  # noqa: DTZ001  the zone is drawn below
    st.integers(-15 * 60, 15 * 60),
    st.sampled_from(["T", " "]),
    st.sampled_from(["", " "]),
)
def test_iso_time_equals_the_library(naive: datetime, offset_min: int, middle: str, gap: str) -> None:
    moment = naive.replace(microsecond=naive.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(minutes=offset_min)))
    clock = moment.strftime(f"%Y-%m-%d{middle}%H:%M:%S.%f")
    text = clock + gap + moment.strftime("%z")
    assert iso_time(as_bytes(text), 0, len(text)) == (c.STAMP_OK, to_ms(moment), len(text))
    text = moment.astimezone(UTC).strftime(f"%Y/%m/%d{middle}%H:%M:%S,%f{gap}Z")
    assert stamp_at(as_bytes(text), 0, len(text)) == (c.STAMP_OK, to_ms(moment), len(text))
    assert iso_time(as_bytes(clock), 0, len(clock))[0] == c.STAMP_NAIVE


@given(st.dates())
@settings(deadline=None)
def test_days_of_a_date(day: object) -> None:
    ordinal = day.toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()  # type: ignore[attr-defined]
    assert days_of(day.year, day.month, day.day) == ordinal  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text", ["2018-00-01T00:00:00Z", "2018-04-31T00:00:00Z", "1900-01-01T00:00:00Z", "2018-01-01T24:00:00Z"]
)
def test_impossible_times(text: str) -> None:
    assert iso_time(as_bytes(text), 0, len(text))[0] == c.STAMP_BAD


@settings(deadline=None)
@given(st.integers(c.FIRST_MS, c.LAST_MS), st.integers(0, 59))
def test_own_second_is_within_half_a_minute(received_ms: int, second: int) -> None:
    t = own_second_ms(received_ms, second)
    assert t % 60_000 == second * 1000
    assert -30_000 <= t - received_ms < 30_000


@settings(deadline=None)
@given(st.integers(-(2**27), 2**27), st.sampled_from([50, 50_000]))
def test_e7_is_the_nearest_integer(raw: int, fiftieths: int) -> None:
    assert e7(raw, fiftieths) == round(Fraction(raw * fiftieths, 3))


@settings(deadline=None)
@given(st.lists(st.integers(0, 63), max_size=25), st.integers(0, 6 * 26))
def test_text_ends_at_the_first_at_sign(codes: list[int], n_bits: int) -> None:
    words, _ = loaded("".join(ARMOR[v] for v in codes) or "0")
    out = np.zeros(20, np.uint8)
    n_bits = min(n_bits, 6 * len(codes))
    n = text_into(words, 0, 20, n_bits, out, 0)
    whole = "".join(chr(v + 64) if v < 32 else chr(v) for v in codes[: min(20, n_bits // 6)])
    assert out[:n].tobytes().decode() == whole.split("@")[0].strip(" ")


def test_names_have_keys() -> None:
    keys = {text_key(as_bytes(name), 0, len(name)) for name in ("", "a", "b", "ab", "ba", "r003669930")}
    assert len(keys) == 6 and min(keys) > 0
