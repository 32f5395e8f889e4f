"""One line of a log: prefix, tag block, sentence, suffix. Fields are found and checksums checked; no payload is read."""

from __future__ import annotations

from typing import Any

from offing.kernels import nmea_codes as c
from offing.kernels.jit import kernel
from offing.kernels.nmea_stamp import Bytes, epoch, hex_value, is_alnum, is_digit, stamp_at, text_key

Line = Any  # one record of nmea_codes.LINE

BANG, HASH, DOLLAR, STAR, COMMA, SLASH, COLON, BACKSLASH = 33, 35, 36, 42, 44, 47, 58, 92


@kernel
def is_blank(b: int) -> bool:
    """Blank, tab, CR, NUL and their like."""
    return b <= 32


@kernel
def is_upper_alnum(b: int) -> bool:
    """Whether a byte is 0-9 or A-Z."""
    return 48 <= b <= 57 or 65 <= b <= 90


@kernel
def sentence_start(buf: Bytes, a: int, end: int) -> int:
    """Where the first sentence or tag block starts in buf[a:end], or -1. Its address must have five letters."""
    for i in range(a, end):
        b = buf[i]
        if b in (BANG, DOLLAR) and i + 6 < end and buf[i + 6] == COMMA:
            whole = True
            for j in range(i + 1, i + 6):
                whole = whole and is_upper_alnum(buf[j])
            if whole:
                return i
        elif b == BACKSLASH and i + 2 < end and is_alnum(buf[i + 1]):
            k = i + 2
            while k < end and is_alnum(buf[k]):
                k += 1
            if k < end and buf[k] == COLON:
                return i
    return -1


@kernel
def take_stamp(line: Line, code: int, ms: int) -> None:
    """Keep the first stamp that can be read; while there is none, the first fault."""
    now = line["stamp"]
    if code != c.STAMP_NONE and now != c.STAMP_OK and (code == c.STAMP_OK or now == c.STAMP_NONE):
        line["stamp"] = code
        line["stamp_ms"] = ms


@kernel
def checksum_at(buf: Bytes, star: int, end: int) -> tuple[int, int]:
    """The checksum after the star, of one or two hexadecimal digits: (value or -1, where it ends)."""
    i, v = star + 1, -1
    while i < end and i <= star + 2 and hex_value(buf[i]) >= 0:
        v = hex_value(buf[i]) if v < 0 else v * 16 + hex_value(buf[i])
        i += 1
    return v, i


@kernel
def tag_block(buf: Bytes, a: int, end: int, line: Line) -> int:
    """Read the tag block at buf[a]: where it ends, or minus the outcome of the line."""
    close = a + 1
    while close < end and buf[close] != BACKSLASH:
        close += 1
    if close >= end:
        return -c.BAD_TAG_BLOCK
    x, star = 0, a + 1
    while star < close and buf[star] != STAR:
        x ^= buf[star]
        star += 1
    if star < close and checksum_at(buf, star, close) != (x, close):
        return -c.BAD_TAG_CHECKSUM
    i = a + 1
    while i < star:
        to = i
        while to < star and buf[to] != COMMA:
            to += 1
        colon = i
        while colon < to and buf[colon] != COLON:
            colon += 1
        value = colon + 1
        if value < to:
            key = buf[i]
            if colon == i + 1 and key == 115:  # s
                line["station"] = value
                line["station_end"] = to
                line["station_key"] = text_key(buf, value, to)
            elif colon == i + 1 and key == 99:  # c
                code, ms, stop = epoch(buf, value, to)
                take_stamp(line, c.STAMP_OK if code == c.STAMP_OK and stop == to else c.STAMP_BAD, ms)
            elif colon == i + 1 and key == 103:  # g: 1-2-1234, the last of which names the group
                name = to
                while name > value and buf[name - 1] != 45:
                    name -= 1
                line["tag_group"] = text_key(buf, name, to)
            elif colon == i + 3 and buf[i + 1] == 71 and is_digit(buf[i]) and is_digit(buf[i + 2]):  # 1G2:1234
                line["tag_group"] = text_key(buf, value, to)
        i = to + 1
    return close + 1


@kernel
def prefix_stamp(buf: Bytes, a: int, end: int, line: Line) -> None:
    """Read the time in what stands before the sentence."""
    i = a
    while i < end and not is_alnum(buf[i]):
        i += 1
    if i >= end:
        return
    code, ms, stop = stamp_at(buf, i, end)
    if code in (c.STAMP_NONE, c.STAMP_NAIVE):
        for j in range(stop, end):
            if is_digit(buf[j]) or (code == c.STAMP_NAIVE and is_alnum(buf[j])):
                code = c.STAMP_ASK
                break
    take_stamp(line, code, ms)


@kernel
def suffix_stamp(buf: Bytes, a: int, end: int, line: Line) -> bool:
    """Read time and station in what stands after the sentence; false where it is not set off from it.

    The last time wins; a station is a word of letters and digits that begins with r or b, as receivers of the United
    States Coast Guard write it.
    """
    if a >= end:
        return True
    if not (is_blank(buf[a]) or buf[a] in (COMMA, 59, 124)):  # ; |
        return False
    found, found_ms = c.STAMP_NONE, c.NO_TIME_MS
    i = a
    while i < end:
        while i < end and (is_blank(buf[i]) or buf[i] in (COMMA, 59, 124)):
            i += 1
        code, ms, stop = stamp_at(buf, i, end)
        if code != c.STAMP_NONE:
            if code == c.STAMP_OK or found != c.STAMP_OK:
                found, found_ms = code, ms
            i = max(stop, i)
        to, word, colon = i, True, False
        while to < end and not (is_blank(buf[to]) or buf[to] in (COMMA, 59, 124)):
            word = word and is_alnum(buf[to])
            colon = colon or buf[to] == COLON
            to += 1
        if word and to - i >= 2 and buf[i] in (98, 114) and line["station_key"] == 0:
            line["station"] = i
            line["station_end"] = to
            line["station_key"] = text_key(buf, i, to)
        elif colon and found == c.STAMP_NONE:
            found = c.STAMP_ASK
        i = max(to, i)
    take_stamp(line, found, found_ms)
    return True


@kernel
def xor(buf: Bytes, a: int, b: int) -> int:
    """All bytes of buf[a:b] XORed, the checksum of NMEA 0183."""
    x = 0
    for i in range(a, b):
        x ^= buf[i]
    return x


@kernel
def ais_fields(buf: Bytes, at: int, end: int, line: Line) -> int:
    """Read the fields of the VDM or VDO sentence at buf[at], none of them beyond `end`: where the last ends, or -1."""
    i = at + 7
    if i + 7 > end or buf[i + 1] != COMMA or buf[i + 3] != COMMA:
        return -1
    total, part = buf[i] - 48, buf[i + 2] - 48
    if not 1 <= total <= 9 or not 1 <= part <= total:
        return -1
    i += 4
    key = (buf[at + 1] << 8 | buf[at + 2]) << 8 | buf[at + 5]
    sequence, digits = 0, 0
    while i < end and is_digit(buf[i]) and digits < 2:
        sequence = sequence * 10 + (buf[i] - 48) + 1
        digits += 1
        i += 1
    if i >= end or buf[i] != COMMA:
        return -1
    i += 1
    letters = 0
    while i < end and buf[i] != COMMA and letters < 2:
        key = key << 8 | buf[i]
        letters += 1
        i += 1
    if i >= end or buf[i] != COMMA:
        return -1
    payload = i + 1
    if end > payload + 1 and buf[end - 2] == COMMA:  # `end` is the star after a fill of one digit
        comma = end - 2
    else:
        comma = payload
        while comma < end and buf[comma] != COMMA:
            comma += 1
        if comma >= end:
            return -1
    fill, stop = 0, comma + 1
    if stop < end and 48 <= buf[stop] <= 53:
        fill = buf[stop] - 48
        stop += 1
    line["key"] = key << 8 | sequence
    line["total"] = total
    line["part"] = part
    line["payload"] = payload
    line["payload_end"] = comma
    line["fill"] = fill
    return stop


@kernel
def sentence(buf: Bytes, at: int, end: int, line: Line) -> int:
    """Read the sentence at buf[at]: its outcome, SENTENCE for a sound part of an AIS message."""
    star = end - 3  # where it stands unless there is a suffix
    x, given, rest = 0, -1, end
    if star > at and buf[star] == STAR:
        x = xor(buf, at + 1, star)
        given, rest = checksum_at(buf, star, end)
    if given != x:
        star = at + 1
        while star < end and buf[star] != STAR:
            star += 1
        if star < end:
            x = xor(buf, at + 1, star)
            given, rest = checksum_at(buf, star, end)
    n = 0  # letters of the address
    while at + 1 + n < star and is_upper_alnum(buf[at + 1 + n]):
        n += 1
    if n < 3 or (at + 1 + n < star and buf[at + 1 + n] != COMMA):
        return c.BAD_FIELDS
    if star < end and given != x:
        return c.BAD_CHECKSUM
    if n != 5 or buf[at + 3] != 86 or buf[at + 4] != 68 or buf[at + 5] not in (77, 79):  # VDM, VDO
        key = 0
        for i in range(at + 1, at + 1 + min(n, 5)):
            key = key << 8 | buf[i]
        line["key"] = key
        return c.OTHER
    stop = ais_fields(buf, at, star, line)
    if stop < 0 or (star < end and stop != star):
        return c.BAD_FIELDS
    rest = rest if star < end else stop  # without a checksum the suffix follows the last field
    line["rest"] = rest
    return c.SENTENCE if suffix_stamp(buf, rest, end, line) else c.BAD_ENDING


@kernel
def read_line(buf: Bytes, start: int, end: int, line: Line) -> None:
    """Fill one record of `nmea_codes.LINE` from buf[start:end]."""
    too_long = end - start > c.MAX_LINE
    if end - start >= 3 and buf[start] == 0xEF and buf[start + 1] == 0xBB and buf[start + 2] == 0xBF:
        start += 3
    while start < end and is_blank(buf[start]):
        start += 1
    while end > start and is_blank(buf[end - 1]):
        end -= 1
    line["stamp_ms"] = c.NO_TIME_MS
    line["tag_group"] = 0
    line["station_key"] = 0
    line["start"] = start
    line["end"] = end
    line["at"] = start
    line["rest"] = end
    line["station"] = start
    line["station_end"] = start
    line["stamp"] = c.STAMP_NONE
    if too_long:
        line["outcome"] = c.LINE_TOO_LONG
        return
    if start == end:
        line["outcome"] = c.BLANK
        return
    first = buf[start]
    if first == HASH or (first == SLASH and start + 1 < end and buf[start + 1] == SLASH):
        line["outcome"] = c.COMMENT
        return
    at = start
    if first not in (BANG, DOLLAR, BACKSLASH):
        at = sentence_start(buf, start, end)
        if at < 0:
            line["outcome"] = c.NOT_A_SENTENCE
            return
        line["at"] = at
    while at < end and buf[at] == BACKSLASH:
        at = tag_block(buf, at, end, line)
        if at < 0:
            line["outcome"] = -at
            return
        while at < end and is_blank(buf[at]):
            at += 1
    if line["at"] > start:
        prefix_stamp(buf, start, line["at"], line)
    if at >= end or buf[at] not in (BANG, DOLLAR):
        line["outcome"] = c.BAD_FIELDS
        return
    line["outcome"] = sentence(buf, at, end, line)
