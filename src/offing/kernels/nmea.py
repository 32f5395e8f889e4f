"""NMEA 0183 to columns: `scan` finds and checks the sentences of a buffer, `decode` joins parts and reads AIS payloads.

Between the two the reader fills in the few stamps that `scan` leaves open (STAMP_ASK). Both go over whole lines, in
order; what is still open at the end of the buffer is marked CARRIED and comes again at the head of the next one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from offing.kernels import nmea_codes as c
from offing.kernels.jit import kernel
from offing.kernels.nmea_line import read_line
from offing.kernels.nmea_payload import (
    N_WORDS,
    NOT_BEFORE,
    Words,
    bits,
    clear,
    load,
    position_into,
    settle,
    static_into,
)
from offing.kernels.nmea_stamp import Bytes

Lines = Any  # nmea_codes.LINE[:]
Int64s = Any  # int64[:], C-contiguous

# Columns of the table of open groups.
_KEY, _TAG_GROUP, _STATION, _FIRST, _TOTAL, _HAVE, _PARTS = 0, 1, 2, 3, 4, 5, 6
_COLUMNS = _PARTS + 9
_SLOTS = 2 * (c.GROUP_LINES + 2)  # more than can be open within GROUP_LINES lines

# What `decode` counts.
N_POSITIONS, N_STATICS = 0, 1


@kernel
def scan(buf: Bytes, ends: Int64s, lines: Lines) -> int:
    """Fill `lines[i]` from the line that ends before buf[ends[i]]: how many stamps are left open.

    `ends`: the offset of the LF of each line, or the length of the buffer for a last line without one.
    """
    start, asked = 0, 0
    for i in range(len(ends)):
        read_line(buf, start, ends[i], lines[i])
        start = ends[i] + 1
        if lines[i]["stamp"] == c.STAMP_ASK and lines[i]["outcome"] == c.SENTENCE:
            asked += 1
    return asked


@kernel
def end_group(slots: Any, slot: int, lines: Lines, outcome: int) -> None:
    """Close an open group: its lines get the outcome."""
    for k in range(slots[slot, _HAVE]):
        lines[slots[slot, _PARTS + k]]["outcome"] = outcome
    slots[slot, _TOTAL] = 0


@kernel
def same_group(slots: Any, slot: int, line: Any) -> bool:
    """Whether a part belongs to an open group: equal keys, and no two different stations or groups of a tag block."""
    if slots[slot, _TOTAL] == 0 or slots[slot, _KEY] != line["key"]:
        return False
    tag, station = slots[slot, _TAG_GROUP], slots[slot, _STATION]
    if tag != 0 and line["tag_group"] != 0 and tag != line["tag_group"]:
        return False
    return station == 0 or line["station_key"] == 0 or station == line["station_key"]


@kernel
def follows(slots: Any, slot: int, lines: Lines, line: Any) -> bool:
    """Whether a part is the next one of its group, and heard within GROUP_MS of the first where both have a time."""
    if slots[slot, _TOTAL] != line["total"] or slots[slot, _HAVE] + 1 != line["part"]:
        return False
    first = lines[slots[slot, _FIRST]]
    if first["stamp"] != c.STAMP_OK or line["stamp"] != c.STAMP_OK:
        return True
    return abs(line["stamp_ms"] - first["stamp_ms"]) <= c.GROUP_MS


@kernel
def stamp_fault(stamp: int) -> int:
    """The outcome of a message whose stamp cannot be used."""
    if stamp == c.STAMP_NAIVE:
        return c.NAIVE_TIME
    return c.BAD_TIME if stamp == c.STAMP_BAD else c.NO_TIME


@kernel
def message(
    words: Words,
    n_bits: int,
    line: int,
    stamp: int,
    received_ms: int,
    base_ms: int,
    positions: Any,
    statics: Any,
    texts: Any,
    counts: Int64s,
) -> int:
    """Read one whole message into the next free rows: its outcome. Faults of content come before those of time."""
    if n_bits < 6:
        return c.TOO_SHORT
    kind = bits(words, 0, 6)
    if NOT_BEFORE[kind] == 0:
        return c.IGNORED_TYPE + kind
    if n_bits < NOT_BEFORE[kind]:
        return c.TOO_SHORT
    mmsi = bits(words, 8, 30)
    if mmsi < 1 or mmsi > 999_999_999:
        return c.BAD_MMSI
    based = stamp == c.STAMP_NONE and base_ms != c.NO_TIME_MS
    when = base_ms if based else received_ms
    basis = c.BY_BASE if based else c.BY_RECEIPT
    if kind not in (5, 24):
        row = positions[counts[N_POSITIONS]]
        outcome = position_into(words, kind, n_bits, when, row)
        if outcome != c.POSITION:
            return outcome
        if stamp != c.STAMP_OK and not based:
            return stamp_fault(stamp)
        row["mmsi"] = mmsi
        row["line"] = line
        if based:
            row["t_ms"] = when
            row["received_ms"] = c.NO_TIME_MS
            row["basis"] = c.BY_BASE
        counts[N_POSITIONS] += 1
        if kind != 19 or n_bits < 263:
            return c.POSITION
        when, basis = row["t_ms"], row["basis"]
    side = statics[counts[N_STATICS]]
    outcome = static_into(words, kind, n_bits, mmsi, side, texts[counts[N_STATICS]])
    if outcome != c.STATIC:
        return outcome
    if stamp != c.STAMP_OK and not based:
        return stamp_fault(stamp)
    side["line"] = line
    side["t_ms"] = when
    side["received_ms"] = c.NO_TIME_MS if based else received_ms
    side["basis"] = basis
    counts[N_STATICS] += 1
    return c.POSITION if kind == 19 else c.STATIC


@kernel
def join(buf: Bytes, slots: Any, slot: int, lines: Lines, words: Words) -> tuple[int, int, int]:
    """Load all parts of a whole group: (bits, or -1 for illegal characters; stamp; time of receipt).

    The time is that of the first part that has one; if none has, the first fault.
    """
    clear(words)
    n, fill = 0, 0
    stamp, received_ms = c.STAMP_NONE, c.NO_TIME_MS
    for k in range(slots[slot, _TOTAL]):
        line = lines[slots[slot, _PARTS + k]]
        if n >= 0:
            n = load(buf, line["payload"], line["payload_end"], words, n)
        fill = line["fill"]
        if stamp != c.STAMP_OK and (line["stamp"] == c.STAMP_OK or stamp == c.STAMP_NONE):
            stamp, received_ms = line["stamp"], line["stamp_ms"]
    if n < 0:
        return -1, stamp, received_ms
    settle(words, n)
    return max(n * 6 - fill, 0), stamp, received_ms


@kernel
def compact(slots: Any, n_slots: int) -> int:
    """Drop closed groups from the table: how many are left."""
    kept = 0
    for s in range(n_slots):
        if slots[s, _TOTAL] > 0:
            for column in range(_COLUMNS):
                slots[kept, column] = slots[s, column]
            kept += 1
    return kept


@kernel
def decode(
    buf: Bytes,
    lines: Lines,
    rows: Int64s,
    base_ms: int,
    is_last: bool,
    positions: Any,
    statics: Any,
    texts: Any,
    first_of: Any,
    counts: Int64s,
) -> None:
    """Join and read the messages of the scanned lines.

    `rows`: the row number of each line, ascending. `base_ms`: the instant for messages without a stamp, or NO_TIME_MS.
    `is_last`: nothing follows this buffer. Out: `outcome` of each line; `positions`, `statics` and `texts` (each with
    room for one row a line), filled up to `counts` (int64[2], zeros on entry); `first_of` (int32[:]): for a fragment
    the line of its message's first part. Type 19 gives a row in both tables.
    """
    words = np.empty(N_WORDS, np.int64)
    slots = np.empty((_SLOTS, _COLUMNS), np.int64)
    oldest, n_slots = 0, 0
    for i in range(len(lines)):
        line = lines[i]
        if line["outcome"] != c.SENTENCE:
            continue
        part, total = line["part"], line["total"]
        if total == 1:
            clear(words)
            n = load(buf, line["payload"], line["payload_end"], words, 0)
            if n < 0:
                line["outcome"] = c.BAD_CHARACTERS
                continue
            settle(words, n)
            n_bits = max(n * 6 - line["fill"], 0)
            stamp, ms = line["stamp"], line["stamp_ms"]
            line["outcome"] = message(words, n_bits, i, stamp, ms, base_ms, positions, statics, texts, counts)
            continue
        while oldest < n_slots and (slots[oldest, _TOTAL] == 0 or rows[i] - rows[slots[oldest, _FIRST]] > c.GROUP_LINES):
            if slots[oldest, _TOTAL] > 0:
                end_group(slots, oldest, lines, c.PARTS_MISSING)
            oldest += 1
        slot = n_slots - 1
        while slot >= oldest and not same_group(slots, slot, line):
            slot -= 1
        if part == 1:
            if slot >= oldest:
                end_group(slots, slot, lines, c.PARTS_MISSING)
            if n_slots == _SLOTS:
                n_slots = compact(slots, n_slots)
                oldest = 0
            slots[n_slots, _KEY] = line["key"]
            slots[n_slots, _TAG_GROUP] = line["tag_group"]
            slots[n_slots, _STATION] = line["station_key"]
            slots[n_slots, _FIRST] = i
            slots[n_slots, _TOTAL] = total
            slots[n_slots, _HAVE] = 1
            slots[n_slots, _PARTS] = i
            n_slots += 1
        elif slot < oldest:
            line["outcome"] = c.PART_ALONE
        elif not follows(slots, slot, lines, line):
            line["outcome"] = c.PART_ALONE
            end_group(slots, slot, lines, c.PARTS_MISSING)
        else:
            slots[slot, _PARTS + part - 1] = i
            slots[slot, _HAVE] += 1
            if slots[slot, _HAVE] == total:
                first = slots[slot, _FIRST]
                n_bits, stamp, ms = join(buf, slots, slot, lines, words)
                end_group(slots, slot, lines, c.FRAGMENT)
                for k in range(1, total):
                    first_of[slots[slot, _PARTS + k]] = first
                if n_bits < 0:
                    lines[first]["outcome"] = c.BAD_CHARACTERS
                else:
                    lines[first]["outcome"] = message(
                        words, n_bits, first, stamp, ms, base_ms, positions, statics, texts, counts
                    )
    for slot in range(oldest, n_slots):
        if slots[slot, _TOTAL] > 0:
            over = is_last or rows[-1] + 1 - rows[slots[slot, _FIRST]] > c.GROUP_LINES
            end_group(slots, slot, lines, c.PARTS_MISSING if over else c.CARRIED)


@kernel
def gather(buf: Bytes, starts: Any, sizes: Any, offsets: Any, out: Bytes) -> None:
    """Copy buf[starts[i]:starts[i] + sizes[i]] to out[offsets[i]:], one after the other.

    `starts`: int64[n]; `sizes`: int64[n]; `offsets`: int32[n + 1], written here; `out`: uint8 of the summed sizes.
    """
    at = 0
    for i in range(len(starts)):
        offsets[i] = at
        for k in range(sizes[i]):
            out[at + k] = buf[starts[i] + k]
        at += sizes[i]
    offsets[len(starts)] = at
