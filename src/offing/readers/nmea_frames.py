"""Decoded lines to the frames of a `ReadBatch`."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from offing.errors import RejectReason
from offing.kernels import nmea_codes as c
from offing.kernels.nmea import gather
from offing.model.reading import ReadBatch
from offing.readers.nmea_lines import Decoded

Array = npt.NDArray[Any]

DETAIL_LETTERS = 120

REJECTS: dict[int, tuple[RejectReason, str]] = {
    c.NOT_A_SENTENCE: (RejectReason.NOT_A_SENTENCE, "no sentence in this line"),
    c.LINE_TOO_LONG: (RejectReason.NOT_A_SENTENCE, f"a line longer than {c.MAX_LINE} bytes"),
    c.BAD_FIELDS: (RejectReason.BAD_SENTENCE, "the fields of a sentence are not whole"),
    c.BAD_TAG_BLOCK: (RejectReason.BAD_SENTENCE, "the tag block does not end"),
    c.BAD_ENDING: (RejectReason.BAD_SENTENCE, "the sentence runs on after its checksum"),
    c.BAD_CHECKSUM: (RejectReason.BAD_CHECKSUM, "the checksum does not fit"),
    c.BAD_TAG_CHECKSUM: (RejectReason.BAD_CHECKSUM, "the checksum of the tag block does not fit"),
    c.BAD_CHARACTERS: (RejectReason.BAD_PAYLOAD, "characters that are not six-bit"),
    c.TOO_SHORT: (RejectReason.BAD_PAYLOAD, "too short for its type"),
    c.BAD_PART_24: (RejectReason.BAD_PAYLOAD, "type 24, but neither part A nor B"),
    c.PART_ALONE: (RejectReason.INCOMPLETE_GROUP, "a part that follows no part before it"),
    c.PARTS_MISSING: (RejectReason.INCOMPLETE_GROUP, "the further parts did not come"),
    c.NO_POSITION: (RejectReason.NO_POSITION, "the ship says that its position is not available"),
    c.OUT_OF_RANGE: (RejectReason.POSITION_OUT_OF_RANGE, "beyond 180 degrees of longitude or 90 of latitude"),
    c.BAD_MMSI: (RejectReason.BAD_MMSI, "the number is not between 1 and 999999999"),
    c.NO_TIME: (RejectReason.NO_TIME, "no time of receipt"),
    c.NAIVE_TIME: (RejectReason.NAIVE_TIME, "the time names no zone"),
    c.BAD_TIME: (RejectReason.BAD_TIME, "the time cannot be read, or lies before September 2001 or after 2099"),
}
"""For each outcome of a line that is a reject: the reason and the words of `detail`."""

_BASES = pl.Series(c.BASES, dtype=pl.String)
_PARTS = pl.Series([None, "A", "B"], dtype=pl.String)
_CONTROLS = dict.fromkeys([*range(32), 127], "?")


def batch(done: Decoded) -> ReadBatch:
    """The lines that are settled, counted each in one place."""
    outcome = done.lines["outcome"]
    n_by_outcome = np.bincount(outcome, minlength=c.IGNORED_TYPE + 64)
    ignored = {f"type_{t}": int(n) for t, n in enumerate(n_by_outcome[c.IGNORED_TYPE :]) if n}
    ignored |= {k: int(n_by_outcome[o]) for k, o in (("blank", c.BLANK), ("comment", c.COMMENT)) if n_by_outcome[o]}
    if n_by_outcome[c.OTHER]:
        keys, counts = np.unique(done.lines["key"][outcome == c.OTHER], return_counts=True)
        for key, n in zip(keys.tolist(), counts.tolist(), strict=True):
            ignored[key.to_bytes(8, "big").lstrip(b"\0").decode("ascii")] = n
    statics = _statics(done)
    is_side = done.statics["msg_type"] == 19  # counted as a position
    return ReadBatch(
        rows=len(outcome) - int(n_by_outcome[c.CARRIED]),
        positions=_positions(done),
        statics=statics.filter(pl.Series(~is_side)) if is_side.any() else statics,
        side_statics=statics.filter(pl.Series(is_side)) if is_side.any() else statics.clear(),
        rejects=_rejects(done),
        fragments=int(n_by_outcome[c.FRAGMENT]),
        ignored=ignored,
    )


def _column(table: Array, name: str) -> pl.Series:
    return pl.Series(name, table[name].copy())  # polars keeps the memory it is given, and the table is used again


def _instants(table: Array, name: str) -> pl.Series:
    ms = _column(table, name)
    if (table[name] == c.NO_TIME_MS).any():
        ms = ms.set(ms == c.NO_TIME_MS, None)
    return ms.cast(pl.Datetime("ms", "UTC"))


def _only_where(values: pl.Series, keep: pl.Series) -> pl.Series:
    """The values, null where `keep` is false."""
    return pl.select(pl.when(keep).then(values).alias(values.name)).to_series()


def _texts(buffer: Array, starts: Array, sizes: Array) -> pl.Series:
    """buffer[starts[i]:starts[i] + sizes[i]] as text; what is not UTF-8 shows as U+FFFD, control characters as ?."""
    offsets = np.empty(len(starts) + 1, np.int32)
    out = np.empty(int(sizes.sum()), np.uint8)
    gather(buffer, starts, sizes, offsets, out)
    if (out >= 128).any():  # not ASCII
        blob, cuts = out.tobytes(), offsets.tolist()
        cells = [blob[a:b].decode("utf-8", "replace").translate(_CONTROLS) for a, b in pairwise(cuts)]
        return pl.Series(cells, dtype=pl.String)
    out[(out < 32) | (out == 127)] = 63
    array = pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(out))
    return pl.Series(array, dtype=pl.String)


def _stations(done: Decoded, line: Array) -> pl.Series:
    named = done.lines["station_key"][line] != 0
    if not named.any():
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(line))
    starts = done.lines["station"][line].astype(np.int64)
    sizes = np.where(named, done.lines["station_end"][line] - starts, 0)
    return _only_where(_texts(done.buffer, starts, sizes), pl.Series(named))


def _positions(done: Decoded) -> pl.DataFrame:
    table = done.positions
    status = _column(table, "nav_status")
    return pl.DataFrame(
        {
            "mmsi": _column(table, "mmsi"),
            "t_utc": _instants(table, "t_ms"),
            "lon_e7": _column(table, "lon_e7"),
            "lat_e7": _column(table, "lat_e7"),
            "speed_kn": _column(table, "speed_kn").fill_nan(None),
            "course_deg": _column(table, "course_deg").fill_nan(None),
            "heading_deg": _column(table, "heading_deg").fill_nan(None),
            "nav_status": _only_where(status, status >= 0),
            "msg_type": _column(table, "msg_type"),
            "t_received_utc": _instants(table, "received_ms"),
            "time_basis": _BASES.gather(_column(table, "basis").cast(pl.UInt32)),
            "station": _stations(done, table["line"]),
            "row": pl.Series(done.rows[table["line"]]),
        }
    )


def _statics(done: Decoded) -> pl.DataFrame:
    table = done.statics
    texts = np.ascontiguousarray(done.texts).reshape(-1)

    def text(name: str, place: int) -> pl.Series:
        sizes = table[f"{name}_n"].astype(np.int64)
        values = _texts(texts, np.arange(len(table), dtype=np.int64) * c.TEXTS + place, sizes)
        return _only_where(values, pl.Series(sizes > 0))

    draught_m = pl.Series("draught_m", table["draught_dm"] / 10.0)  # by numpy: polars would multiply by 0.1

    def number(name: str, dtype: type[pl.DataType], low: int = 1) -> pl.Series:
        values = _column(table, name)
        return _only_where(values.cast(dtype), values >= low)

    return pl.DataFrame(
        {
            "mmsi": _column(table, "mmsi"),
            "t_utc": _instants(table, "t_ms"),
            "imo": number("imo", pl.Int32),
            "name": text("name", c.NAME),
            "callsign": text("callsign", c.CALLSIGN),
            "ship_type": number("ship_type", pl.Int16, 0),
            "length_m": number("length_m", pl.Float64),
            "width_m": number("width_m", pl.Float64),
            "draught_m": _only_where(draught_m, draught_m > 0),
            "destination": text("destination", c.DESTINATION),
            "msg_type": _column(table, "msg_type"),
            "part": _PARTS.gather(_column(table, "part").cast(pl.UInt32)),
            "t_received_utc": _instants(table, "received_ms"),
            "time_basis": _BASES.gather(_column(table, "basis").cast(pl.UInt32)),
            "station": _stations(done, table["line"]),
            "row": pl.Series(done.rows[table["line"]]),
        }
    )


def _rejects(done: Decoded) -> pl.DataFrame:
    outcome = done.lines["outcome"]
    line = np.flatnonzero((outcome >= c.FIRST_REJECT) & (outcome < c.IGNORED_TYPE))
    codes = sorted(REJECTS)
    which = pl.Series(np.searchsorted(codes, outcome[line]).astype(np.uint32))
    starts = done.lines["start"][line].astype(np.int64)
    sizes = np.minimum(done.lines["end"][line] - starts, 4 * DETAIL_LETTERS)
    words = pl.Series([REJECTS[code][1] + ": " for code in codes], dtype=pl.String).gather(which)
    texts = _texts(done.buffer, starts, sizes).str.slice(0, DETAIL_LETTERS)
    return pl.DataFrame(
        {
            "row": pl.Series(done.rows[line]),
            "reason": pl.Series([str(REJECTS[code][0]) for code in codes], dtype=pl.String).gather(which),
            "detail": words + texts,
        }
    )
