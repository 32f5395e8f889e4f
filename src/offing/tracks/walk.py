"""Positions to tracks and crossings: the fold that everything else stands on.

`advance(state, batch, ...)` is the one pure step: what it gives depends on the state it is handed and on the batch alone.
To be quick it changes the arrays of the state in place and hands the same object back; `WalkState.copy` keeps one.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from offing.errors import LateRow
from offing.kernels.grid import Grid
from offing.kernels.walk import CROSSING, DONE, HEAD, HULL, LATE, end_heads, rehash, walk

SHARDS = 2


@dataclass(frozen=True)
class Batch:
    """Positions as arrays of equal length. Each MMSI's own rows ascend in the total order, here and from batch to batch."""

    mmsi: npt.NDArray[np.int32]
    t_ms: npt.NDArray[np.int64]
    lon_e7: npt.NDArray[np.int32]
    lat_e7: npt.NDArray[np.int32]
    tracked: npt.NDArray[np.bool_]  # rows that are false open no track (base time, base stations): left out

    def __len__(self) -> int:
        return len(self.mmsi)


@dataclass
class _Shard:
    table: npt.NDArray[np.int64] = field(default_factory=lambda: np.full(1 << 12, -1, np.int64))
    hulls: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(1 << 11, HULL))
    heads: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(1 << 12, HEAD))
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.array([0, 0, -1], np.int64))

    def grow(self) -> bool:
        """Make room where it ran out; returns whether it had."""
        before = self.hulls.size, self.heads.size
        if self.counts[0] * 2 >= self.table.size or self.counts[0] >= self.hulls.size:
            self.hulls = np.concatenate([self.hulls, np.zeros_like(self.hulls)])
            self.table = np.empty(self.hulls.size * 4, np.int64)
            rehash(self.table, self.hulls, self.counts[0])
        if self.counts[2] < 0 and self.counts[1] >= self.heads.size:
            self.heads = np.concatenate([self.heads, np.zeros_like(self.heads)])
        return before != (self.hulls.size, self.heads.size)


@dataclass
class WalkState:
    """The open heads of all hulls. Everything the fold remembers."""

    shards: tuple[_Shard, ...] = field(default_factory=lambda: tuple(_Shard() for _ in range(SHARDS)))

    def copy(self) -> WalkState:
        """A state of its own."""
        return WalkState(tuple(_Shard(s.table.copy(), s.hulls.copy(), s.heads.copy(), s.counts.copy()) for s in self.shards))

    @property
    def hulls_n(self) -> int:
        """How many MMSIs were met so far."""
        return int(sum(s.counts[0] for s in self.shards))


def start() -> WalkState:
    """The state before the first position."""
    return WalkState()


def _fixed(a: npt.NDArray[Any], dtype: Any) -> npt.NDArray[Any]:
    """One array type for the kernels, whatever Arrow gave: contiguous, of the dtype, marked read-only."""
    out = np.ascontiguousarray(a, dtype=dtype).view()
    out.flags.writeable = False
    return out


def advance(
    state: WalkState, batch: Batch, grid: Grid, *, max_gap_ms: int, max_speed_kn: float
) -> tuple[WalkState, npt.NDArray[Any], int]:
    """Walk a batch. Returns the state, the crossings (dtype CROSSING) and how many positions were taken.

    A head silent for more than `max_gap_ms` ends; a position joins the reachable head (implied speed at most
    `max_speed_kn`) with the least implied speed, then the latest, then the lowest id; else it begins a track.
    Raises `LateRow` when a row is earlier than its hull's last; the state is then half advanced: go back to a copy.
    """
    columns = (
        _fixed(batch.mmsi, np.int32),
        _fixed(batch.t_ms, np.int64),
        _fixed(batch.lon_e7, np.int32),
        _fixed(batch.lat_e7, np.int32),
        _fixed(batch.tracked, np.bool_),
    )
    jobs = [(state.shards[s], s, columns, grid, max_gap_ms, max_speed_kn) for s in range(SHARDS)]
    if len(batch) > 20_000:  # threads of its own for each call: a pool kept would hang in a forked process
        with ThreadPoolExecutor(SHARDS, thread_name_prefix="offing-walk") as pool:
            got = list(pool.map(_walk_shard, jobs))
    else:
        got = [_walk_shard(job) for job in jobs]
    return state, np.concatenate([c for c, _ in got]), sum(n for _, n in got)


def _walk_shard(job: tuple[_Shard, int, tuple[Any, ...], Grid, int, float]) -> tuple[npt.NDArray[Any], int]:
    shard, number, columns, grid, max_gap_ms, max_speed_kn = job
    out = np.empty(1 << 14, CROSSING)
    fs, zs, es = np.empty(256, np.float64), np.empty(256, np.int64), np.empty(256, np.int64)
    result = np.zeros(4, np.int64)
    full: list[npt.NDArray[Any]] = []
    begin = 0
    while True:
        result[3] = 0
        mmsi, t_ms, lon_e7, lat_e7, tracked = columns
        begin = walk(
            grid, mmsi, t_ms, lon_e7, lat_e7, tracked, begin, number, shard.table, shard.hulls, shard.heads, shard.counts,
            max_gap_ms, float(max_speed_kn), out, fs, zs, es, result,
        )  # fmt: skip
        if begin == DONE:
            break
        if begin == LATE:
            row = int(result[2])
            raise LateRow(
                f"Row {row} of the batch is earlier than the last position of MMSI {int(columns[0][row])}.",
                "Fold that hull again from before it.",
                mmsi=int(columns[0][row]),
                row=row,
            )
        if result[3]:
            room = int(result[3]) * 2
            fs, zs, es = np.empty(room, np.float64), np.empty(room, np.int64), np.empty(room, np.int64)
        elif not shard.grow() and result[0] == 0:
            out = np.empty(out.size * 4, CROSSING)
        if result[0]:
            full.append(out[: result[0]].copy())
            result[0] = 0
    full.append(out[: result[0]].copy())
    return np.concatenate(full), int(result[1])


def close_silent(state: WalkState, grid: Grid, *, silent_before_ms: int) -> tuple[WalkState, npt.NDArray[Any]]:
    """End the heads whose last position is before an instant; sound where no position at or before it + max_gap will come."""
    return state, _ends(state, grid, silent_before_ms, keep=False)


def still_seen(state: WalkState, grid: Grid) -> npt.NDArray[Any]:
    """The LAST_SEEN crossings that all open heads would give if nothing more came. Leaves the state as it is."""
    return _ends(state, grid, 2**62, keep=True)


def _ends(state: WalkState, grid: Grid, silent_before_ms: int, *, keep: bool) -> npt.NDArray[Any]:
    full: list[npt.NDArray[Any]] = []
    for shard in state.shards:
        result = np.zeros(2, np.int64)
        out = np.empty((1 << 12) + grid.zones_n, CROSSING)
        while True:
            end = end_heads(grid, shard.hulls, shard.heads, shard.counts, silent_before_ms, keep, out, result)
            if keep and end != DONE:  # heads of a half-written hull would come twice: begin again with more room
                out, result[:] = np.empty(out.size * 4, CROSSING), 0
                continue
            full.append(out[: result[0]].copy())
            result[0] = 0
            if end == DONE:
                break
    return np.concatenate(full)
