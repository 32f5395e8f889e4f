"""Payloads of AIS messages (ITU-R M.1371) to rows of `nmea_codes.POSITIONS` and `nmea_codes.STATICS`."""

from __future__ import annotations

from typing import Any

import numpy as np

from offing.kernels import nmea_codes as c
from offing.kernels.jit import kernel
from offing.kernels.nmea_stamp import Bytes

Words = Any  # int64[9]: the first 540 bits, 60 in a word
WORD_BITS = 60
N_WORDS = 9  # one more than the 480 bits of which a field may be read

_ARMOR = np.full(256, 255, np.uint8)  # the six bits of a payload character, 255 where it is none
_ARMOR[48:88] = np.arange(40)
_ARMOR[96:120] = np.arange(40, 64)

# Where in bits the fields of a position lie, by message type; -1: the type has none. A 0 for longitude: no position.
_STATUS = np.full(64, -1, np.int64)
_SPEED = np.full(64, -1, np.int64)
_LON = np.zeros(64, np.int64)
_COURSE = np.full(64, -1, np.int64)
_HEADING = np.full(64, -1, np.int64)
_SECOND = np.full(64, -1, np.int64)
for _types, _places in {
    (1, 2, 3): (38, 50, 61, 116, 128, 137),
    (4,): (-1, -1, 79, -1, -1, 72),
    (9,): (-1, 50, 61, 116, -1, 128),
    (18, 19): (-1, 46, 57, 112, 124, 133),
}.items():
    for _type in _types:
        _STATUS[_type], _SPEED[_type], _LON[_type], _COURSE[_type], _HEADING[_type], _SECOND[_type] = _places

NOT_BEFORE = np.zeros(64, np.int64)  # bits that a message of a kept type must have, mmsi and what it is kept for
NOT_BEFORE[[1, 2, 3, 9]] = 116
NOT_BEFORE[4] = 134
NOT_BEFORE[[18, 19]] = 112
NOT_BEFORE[27] = 79
NOT_BEFORE[5] = 232
NOT_BEFORE[24] = 40


@kernel
def load(buf: Bytes, a: int, b: int, words: Words, n: int) -> int:
    """Append the characters buf[a:b] to the `n` already in `words`: how many there are then, or -1 for an illegal one."""
    bad, k, letters = 0, n // 10, n % 10
    word = words[k] if k < N_WORDS else 0
    for i in range(a, b):
        v = _ARMOR[buf[i]]
        bad |= v
        word = (word << 6) | (v & 63)
        letters += 1
        if letters == 10:
            if k < N_WORDS:
                words[k] = word
            k += 1
            letters = 0
            word = 0
    if k < N_WORDS:
        words[k] = word
    return -1 if bad > 63 else n + b - a


@kernel
def clear(words: Words) -> None:
    """Make `words` ready for `load`."""
    for k in range(N_WORDS):
        words[k] = 0


@kernel
def settle(words: Words, n: int) -> None:
    """Move the last word of `n` loaded characters to its place."""
    k, left = n // 10, n % 10
    if left and k < N_WORDS:
        words[k] <<= 6 * (10 - left)


@kernel
def bits(words: Words, at: int, width: int) -> int:
    """The unsigned number of `width` bits (at most 30) at bit `at`."""
    k = at // WORD_BITS
    room = WORD_BITS - (at - k * WORD_BITS) - width
    if room >= 0:
        return (words[k] >> room) & ((1 << width) - 1)
    high = words[k] & ((1 << (width + room)) - 1)
    return (high << -room) | (words[k + 1] >> (WORD_BITS + room))


@kernel
def signed(words: Words, at: int, width: int) -> int:
    """The number of `width` bits at bit `at`, in two's complement."""
    v = bits(words, at, width)
    return v - (1 << width) if v >> (width - 1) else v


@kernel
def own_second_ms(received_ms: int, second: int) -> int:
    """The instant with this second (0 to 59) nearest to the time of receipt; of two equally near the earlier."""
    shift = second * 1000 - received_ms % 60_000
    if shift >= 30_000:
        shift -= 60_000
    elif shift < -30_000:
        shift += 60_000
    return received_ms + shift


@kernel
def text_into(words: Words, at: int, width: int, n_bits: int, texts: Any, place: int) -> int:
    """Write the six-bit text at bit `at` as ASCII to texts[place:]: its length.

    It ends at the first @, or where the message ends; blanks around it are dropped.
    """
    n, first = 0, 0
    while n < width and at + 6 * (n + 1) <= n_bits:
        v = bits(words, at + 6 * n, 6)
        if v == 0:
            break
        texts[place + n] = v + 64 if v < 32 else v
        n += 1
    while n > 0 and texts[place + n - 1] == 32:
        n -= 1
    while first < n and texts[place + first] == 32:
        first += 1
    for i in range(first, n):
        texts[place + i - first] = texts[place + i]
    return n - first


@kernel
def place_fault(lon: int, lat: int, per_degree: int) -> int:
    """0 for a place, NO_POSITION for AIS' own "not available" (181 E or 91 N), else OUT_OF_RANGE."""
    if lon == 181 * per_degree or lat == 91 * per_degree:
        return c.NO_POSITION
    if abs(lon) > 180 * per_degree or abs(lat) > 90 * per_degree:
        return c.OUT_OF_RANGE
    return 0


@kernel
def e7(raw: int, fiftieths: int) -> int:
    """raw * fiftieths / 3 to the nearest integer; thirds never lie half way."""
    return (raw * fiftieths + 1) // 3


@kernel
def position_into(words: Words, kind: int, n_bits: int, received_ms: int, row: Any) -> int:
    """Fill one record of POSITIONS but for `mmsi`, `line` and base times: POSITION, or the outcome of a reject.

    A field that the message does not reach whole is "not available".
    """
    row["msg_type"] = kind
    row["t_ms"] = received_ms
    row["received_ms"] = received_ms
    row["basis"] = c.BY_RECEIPT
    row["speed_kn"] = np.nan
    row["course_deg"] = np.nan
    row["heading_deg"] = np.nan
    row["nav_status"] = -1
    if kind == 27:
        lon, lat = signed(words, 44, 18), signed(words, 62, 17)
        fault = place_fault(lon, lat, 600)
        row["nav_status"] = bits(words, 40, 4)
        speed, course = bits(words, 79, 6), bits(words, 85, 9)
        if n_bits >= 85 and speed != 63:
            row["speed_kn"] = speed
        if n_bits >= 94 and course < 360:
            row["course_deg"] = course
        lon, lat = e7(lon, 50_000), e7(lat, 50_000)
    else:
        at = _LON[kind]
        lon, lat = signed(words, at, 28), signed(words, at + 28, 27)
        fault = place_fault(lon, lat, 600_000)
        lon, lat = e7(lon, 50), e7(lat, 50)
        if _STATUS[kind] >= 0:
            row["nav_status"] = bits(words, _STATUS[kind], 4)
        if _SPEED[kind] >= 0:
            speed = bits(words, _SPEED[kind], 10)
            if speed != 1023:
                row["speed_kn"] = speed if kind == 9 else speed / 10.0
        at = _COURSE[kind]
        if at >= 0 and at + 12 <= n_bits:
            course = bits(words, at, 12)
            if course < 3600:
                row["course_deg"] = course / 10.0
        at = _HEADING[kind]
        if at >= 0 and at + 9 <= n_bits:
            heading = bits(words, at, 9)
            if heading < 360:
                row["heading_deg"] = heading
        at = _SECOND[kind]
        if at >= 0 and at + 6 <= n_bits:
            second = bits(words, at, 6)
            if second < 60:
                row["t_ms"] = own_second_ms(received_ms, second)
                row["basis"] = c.BY_OWN_SECOND
    if fault:
        return fault
    row["lon_e7"] = -1_800_000_000 if lon == 1_800_000_000 else lon
    row["lat_e7"] = lat
    return c.POSITION


@kernel
def dimensions_into(words: Words, at: int, row: Any) -> None:
    """Length and width from the four distances of the antenna at bit `at`."""
    row["length_m"] = bits(words, at, 9) + bits(words, at + 9, 9)
    row["width_m"] = bits(words, at + 18, 6) + bits(words, at + 24, 6)


@kernel
def static_into(words: Words, kind: int, n_bits: int, mmsi: int, row: Any, texts: Any) -> int:
    """Fill one record of STATICS and its row of `texts`, but for `line` and times: STATIC, or the outcome of a reject."""
    row["msg_type"] = kind
    row["mmsi"] = mmsi
    row["imo"] = 0
    row["ship_type"] = -1
    row["length_m"] = 0
    row["width_m"] = 0
    row["draught_dm"] = 0
    row["name_n"] = 0
    row["callsign_n"] = 0
    row["destination_n"] = 0
    row["part"] = 0
    if kind == 5:
        row["imo"] = bits(words, 40, 30)
        row["callsign_n"] = text_into(words, 70, 7, n_bits, texts, c.CALLSIGN)
        row["name_n"] = text_into(words, 112, 20, n_bits, texts, c.NAME)
        if n_bits >= 240:
            row["ship_type"] = bits(words, 232, 8)
        if n_bits >= 270:
            dimensions_into(words, 240, row)
        if n_bits >= 302:
            row["draught_dm"] = bits(words, 294, 8)
        row["destination_n"] = text_into(words, 302, 20, n_bits, texts, c.DESTINATION)
    elif kind == 19:
        row["name_n"] = text_into(words, 143, 20, n_bits, texts, c.NAME)
        if n_bits >= 271:
            row["ship_type"] = bits(words, 263, 8)
        if n_bits >= 301:
            dimensions_into(words, 271, row)
    elif bits(words, 38, 2) == 0:
        if n_bits < 160:
            return c.TOO_SHORT
        row["part"] = 1
        row["name_n"] = text_into(words, 40, 20, n_bits, texts, c.NAME)
    elif bits(words, 38, 2) == 1:
        if n_bits < 132:
            return c.TOO_SHORT
        row["part"] = 2
        row["ship_type"] = bits(words, 40, 8)
        row["callsign_n"] = text_into(words, 90, 7, n_bits, texts, c.CALLSIGN)
        if n_bits >= 162 and not 980_000_000 <= mmsi <= 989_999_999:  # those give their mother ship's number there
            dimensions_into(words, 132, row)
    else:
        return c.BAD_PART_24
    return c.STATIC
