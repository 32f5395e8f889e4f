"""Times and checksums inside the bytes of a line. Nothing here knows AIS."""

from __future__ import annotations

from typing import Any

from offing.kernels.jit import kernel
from offing.kernels.nmea_codes import (
    FIRST_MS,
    LAST_MS,
    NO_TIME_MS,
    STAMP_ASK,
    STAMP_BAD,
    STAMP_NAIVE,
    STAMP_NONE,
    STAMP_OK,
)

Bytes = Any  # uint8[:], C-contiguous


@kernel
def is_digit(b: int) -> bool:
    """Whether a byte is 0 to 9."""
    return 48 <= b <= 57


@kernel
def is_alnum(b: int) -> bool:
    """Whether a byte is an ASCII letter or digit."""
    return 48 <= b <= 57 or 65 <= b <= 90 or 97 <= b <= 122


@kernel
def hex_value(b: int) -> int:
    """0 to 15 of a hexadecimal digit, else -1."""
    if 48 <= b <= 57:
        return b - 48
    if 65 <= b <= 70:
        return b - 55
    if 97 <= b <= 102:
        return b - 87
    return -1


@kernel
def text_key(buf: Bytes, a: int, b: int) -> int:
    """A hash of buf[a:b] (FNV-1a folded to 62 bits) that is never 0."""
    h = 0x4BF29CE484222325
    for i in range(a, b):
        h = ((h ^ buf[i]) * 0x100000001B3) & 0x3FFFFFFFFFFFFFFF
    return h | 1


@kernel
def days_of(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the Gregorian calendar."""
    y = year - 1 if month <= 2 else year
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@kernel
def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@kernel
def two_digits(buf: Bytes, a: int, end: int) -> int:
    """The number in buf[a:a+2], or -1."""
    if a + 2 > end or not is_digit(buf[a]) or not is_digit(buf[a + 1]):
        return -1
    return (buf[a] - 48) * 10 + (buf[a + 1] - 48)


@kernel
def epoch(buf: Bytes, a: int, end: int) -> tuple[int, int, int]:
    """Read Unix time at buf[a]: (STAMP_*, ms, where it ends).

    The unit follows from the size of the whole number: below 1e11 seconds (a fraction may follow), below 1e14
    milliseconds, below 1e17 microseconds, else nanoseconds. STAMP_NONE: no number that fills the word. STAMP_BAD: a
    number, but no instant between September 2001 and 2100.
    """
    i, v = a, 0
    while i < end and is_digit(buf[i]) and i - a < 19:
        v = v * 10 + (buf[i] - 48)
        i += 1
    if i == a or (i < end and is_digit(buf[i])):
        return STAMP_NONE, NO_TIME_MS, a
    fraction_ms, scale = 0, 100
    if i < end and buf[i] == 46:
        i += 1
        while i < end and is_digit(buf[i]):
            fraction_ms += (buf[i] - 48) * scale
            scale //= 10
            i += 1
    if i < end and is_alnum(buf[i]):
        return STAMP_NONE, NO_TIME_MS, a
    if v < 100_000_000_000:
        ms = v * 1000 + fraction_ms
    elif v < 100_000_000_000_000:
        ms = v
    elif v < 100_000_000_000_000_000:
        ms = v // 1000
    else:
        ms = v // 1_000_000
    if ms < FIRST_MS or ms >= LAST_MS:
        return STAMP_BAD, NO_TIME_MS, i
    return STAMP_OK, ms, i


@kernel
def iso_zone(buf: Bytes, a: int, end: int) -> tuple[bool, int, int]:
    """Read a zone at buf[a], one blank before it allowed: (is it there, offset in minutes, where it ends)."""
    i = a + 1 if a < end and buf[a] == 32 else a
    if i >= end:
        return False, 0, a
    if buf[i] in (90, 122) and (i + 1 >= end or not is_alnum(buf[i + 1])):  # Z, z
        return True, 0, i + 1
    utc = i + 3 <= end and buf[i] == 85 and buf[i + 1] == 84 and buf[i + 2] == 67
    gmt = i + 3 <= end and buf[i] == 71 and buf[i + 1] == 77 and buf[i + 2] == 84
    if (utc or gmt) and (i + 3 == end or not (is_alnum(buf[i + 3]) or buf[i + 3] in (43, 45))):
        return True, 0, i + 3
    if buf[i] in (43, 45):
        hours = two_digits(buf, i + 1, end)
        j = i + 3
        minutes = 0
        if hours >= 0 and j < end and buf[j] == 58:
            minutes = two_digits(buf, j + 1, end)
            j += 3
        elif hours >= 0 and two_digits(buf, j, end) >= 0:
            minutes = two_digits(buf, j, end)
            j += 2
        if 0 <= hours <= 15 and 0 <= minutes <= 59 and (j >= end or not is_alnum(buf[j])):
            offset = hours * 60 + minutes
            return True, -offset if buf[i] == 45 else offset, j
    return False, 0, a


@kernel
def iso_time(buf: Bytes, a: int, end: int) -> tuple[int, int, int]:
    """Read `2018-09-01T00:00:00.123Z` and its like at buf[a]: (STAMP_*, ms, where it ends).

    Between date and clock stands T or a blank; the date may be written with slashes, year first; the zone is Z, UTC,
    GMT or an offset. STAMP_ASK: it starts like a date and goes on otherwise.
    """
    year = two_digits(buf, a, end) * 100 + two_digits(buf, a + 2, end)
    month, day = two_digits(buf, a + 5, end), two_digits(buf, a + 8, end)
    if month < 0 or day < 0 or buf[a + 4] != buf[a + 7]:
        return STAMP_ASK, NO_TIME_MS, a
    if a + 19 > end or buf[a + 10] not in (32, 84, 116) or buf[a + 13] != 58 or buf[a + 16] != 58:
        return STAMP_ASK, NO_TIME_MS, a
    hour, minute, second = two_digits(buf, a + 11, end), two_digits(buf, a + 14, end), two_digits(buf, a + 17, end)
    if hour < 0 or minute < 0 or second < 0:
        return STAMP_ASK, NO_TIME_MS, a
    i, fraction_ms, scale = a + 19, 0, 100
    if i + 1 < end and buf[i] in (44, 46) and is_digit(buf[i + 1]):
        i += 1
        while i < end and is_digit(buf[i]):
            fraction_ms += (buf[i] - 48) * scale
            scale //= 10
            i += 1
    zoned, offset_min, i = iso_zone(buf, i, end)
    if not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month) or hour > 23 or minute > 59 or second > 59:
        return STAMP_BAD, NO_TIME_MS, i
    if not zoned:
        return STAMP_NAIVE, NO_TIME_MS, i
    ms = days_of(year, month, day) * 86_400_000 + ((hour * 60 + minute - offset_min) * 60 + second) * 1000 + fraction_ms
    if ms < FIRST_MS or ms >= LAST_MS:
        return STAMP_BAD, NO_TIME_MS, i
    return STAMP_OK, ms, i


@kernel
def stamp_at(buf: Bytes, a: int, end: int) -> tuple[int, int, int]:
    """Read a stamp at buf[a], Unix time of ten digits or more or an ISO time: (STAMP_*, ms, where it ends)."""
    digits = 0
    while a + digits < end and is_digit(buf[a + digits]):
        digits += 1
    if digits == 4 and a + 8 < end and buf[a + 4] in (45, 47):
        return iso_time(buf, a, end)
    if digits >= 10:
        code, ms, i = epoch(buf, a, end)
        if code == STAMP_NONE:
            return STAMP_ASK, NO_TIME_MS, a
        return code, ms, i
    return STAMP_NONE, NO_TIME_MS, a
