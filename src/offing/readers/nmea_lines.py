"""A stream of bytes, cut into lines and decoded chunk by chunk, with memory that does not grow with the stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from offing.kernels import nmea_codes as c
from offing.kernels.nmea import N_POSITIONS, N_STATICS, decode, scan
from offing.readers.nmea_stamp import read_stamp

Array = npt.NDArray[Any]

CHUNK_BYTES = 8 * 2**20
"""Bytes read at a time."""

CHUNK_LINES = 2**18
"""Lines decoded at a time."""


@dataclass
class Decoded:
    """Whole lines and what became of them. The arrays are reused by the next chunk: copy what must last."""

    buffer: Array  # uint8
    ends: Array  # int64: offset of each line's LF
    rows: Array  # int64: row number of each line; carried lines of earlier chunks come first
    lines: Array  # nmea_codes.LINE
    positions: Array  # nmea_codes.POSITIONS
    statics: Array  # nmea_codes.STATICS
    texts: Array  # uint8, one row of nmea_codes.TEXTS bytes for each of `statics`
    first_of: Array  # int32: of a fragment the line of its message's first part, else -1

    def text(self, i: int) -> str:
        """Line i as it stands in the file, without its line end."""
        start = int(self.ends[i - 1]) + 1 if i else 0
        return self.buffer[start : self.ends[i]].tobytes().rstrip(b"\r").decode("utf-8", "replace")


def line_chunks(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """The stream in pieces of whole lines; of a line longer than MAX_LINE only so much that it shows as too long."""
    pending, skipping = b"", False
    while block := stream.read(size):
        if skipping:
            cut = block.find(b"\n")
            if cut < 0:
                continue
            block, skipping = block[cut:], False
        cut = block.rfind(b"\n") + 1
        if cut:
            yield pending + block[:cut]
            pending = b""
        pending += block[cut:]
        if len(pending) > c.MAX_LINE:
            pending, skipping = pending[: c.MAX_LINE + 1], True
    if pending:
        yield pending


class Decoder:
    """Decodes chunks in order. It remembers the row number and the lines of messages that are not yet whole."""

    def __init__(self, base_time_ms: int | None = None) -> None:
        self._base_ms = c.NO_TIME_MS if base_time_ms is None else base_time_ms
        self._next_row = 1
        self._carried = b""
        self._carried_rows = np.empty(0, np.int64)
        self._room = 0
        self._lines = np.empty(0, c.LINE)
        self._positions = np.empty(0, c.POSITIONS)
        self._statics = np.empty(0, c.STATICS)
        self._texts = np.empty((0, c.TEXTS), np.uint8)

    def chunks(self, stream: BinaryIO, size: int = CHUNK_BYTES) -> Iterator[Decoded]:
        """All lines of the stream, in order. A line that waits for another part comes again in a later chunk."""
        for piece in line_chunks(stream, size):
            data = np.frombuffer(piece, np.uint8)
            ends = np.flatnonzero(data == 10)
            if piece[-1] != 10:
                ends = np.append(ends, len(data))
            start = 0
            for low in range(0, len(ends), CHUNK_LINES):
                some = ends[low : low + CHUNK_LINES]
                yield self._chunk(data[start : some[-1] + 1], some - start, is_last=False)
                start = int(some[-1]) + 1
        if self._carried:
            yield self._chunk(np.empty(0, np.uint8), np.empty(0, np.int64), is_last=True)

    def _chunk(self, data: Array, ends: Array, *, is_last: bool) -> Decoded:
        before = np.frombuffer(self._carried, np.uint8)
        buffer = np.concatenate([before, data])  # always writable, so that each kernel compiles once
        ends = np.concatenate([np.flatnonzero(before == 10), ends + len(before)])
        fresh = len(ends) - len(self._carried_rows)
        rows = np.concatenate([self._carried_rows, np.arange(self._next_row, self._next_row + fresh)])
        self._next_row += fresh
        n = len(ends)
        self._make_room(n)
        lines = self._lines[:n]
        if scan(buffer, ends, lines):
            _read_open_stamps(buffer, lines)
        counts = np.zeros(2, np.int64)
        first_of = np.full(n, -1, np.int32)
        decode(buffer, lines, rows, self._base_ms, is_last, self._positions, self._statics, self._texts, first_of, counts)
        done = Decoded(
            buffer,
            ends,
            rows,
            lines,
            self._positions[: counts[N_POSITIONS]],
            self._statics[: counts[N_STATICS]],
            self._texts[: counts[N_STATICS]],
            first_of,
        )
        self._carry(done)
        return done

    def _make_room(self, n: int) -> None:
        if n > self._room:
            self._room = room = n + n // 4
            self._lines = np.empty(room, c.LINE)
            self._positions = np.empty(room, c.POSITIONS)
            self._statics = np.empty(room, c.STATICS)
            self._texts = np.empty((room, c.TEXTS), np.uint8)

    def _carry(self, done: Decoded) -> None:
        waiting = np.flatnonzero(done.lines["outcome"] == c.CARRIED)
        starts = np.where(waiting > 0, done.ends[waiting - 1] + 1, 0)
        pieces = [done.buffer[a:b].tobytes() + b"\n" for a, b in zip(starts, done.ends[waiting], strict=True)]
        self._carried = b"".join(pieces)
        self._carried_rows = done.rows[waiting]


def _read_open_stamps(buffer: Array, lines: Array) -> None:
    """Fill in the stamps that the kernel left open, from prefix and suffix."""
    asked = np.flatnonzero((lines["stamp"] == c.STAMP_ASK) & (lines["outcome"] == c.SENTENCE))
    data = buffer.tobytes()
    cuts = [lines[name][asked].tolist() for name in ("start", "at", "rest", "end")]
    stamps = []
    for start, at, rest, end in zip(*cuts, strict=True):
        stamp = read_stamp(data[start:at]) if start < at else (c.STAMP_NONE, c.NO_TIME_MS)
        if stamp[0] != c.STAMP_OK and rest < end:
            after = read_stamp(data[rest:end])
            stamp = after if after[0] == c.STAMP_OK or stamp[0] == c.STAMP_NONE else stamp
        stamps.append(stamp)
    lines["stamp"][asked], lines["stamp_ms"][asked] = np.array(stamps, np.int64).T
