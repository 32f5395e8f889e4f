"""Tracks of named hulls in a window of time: which positions belong together, by the rules of the walk, as tables.

The walk itself (`tracks.walk`) keeps no positions. Here the few hulls that are asked for are read back from the merged days
and joined by the same rules: a head silent for longer than `max_gap` ends; a position joins the reachable head with the least
implied speed, then the latest, then the lowest id. So a track has the id that the events of the same run name.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.model.ids import track_id
from offing.model.schemas import E7, MERGED
from offing.model.times import DAY_MS, from_ms
from offing.store import Store, lake
from offing.store.merge import merged_days

EARTH_M, NM_M = 6_371_008.8, 1852.0  # as `kernels.walk`: mean radius, metres in a nautical mile
_COLUMNS = ["mmsi", "t_utc", "lon_e7", "lat_e7", "speed_kn", "course_deg", "heading_deg", "file", "row"]

TRACK_POSITIONS = pl.Schema(
    {
        "track": pl.String(),  # MMSI@first position's time
        "mmsi": pl.Int32(),
        "t_utc": pl.Datetime("ms", "UTC"),
        "lon_deg": pl.Float64(),
        "lat_deg": pl.Float64(),
        "speed_kn": pl.Float64(),
        "course_deg": pl.Float64(),
        "heading_deg": pl.Float64(),
        "gap_before_s": pl.Float64(),  # of a position that ends a silence longer than max_gap: how long it was; else null
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Joining:
    """When positions of one number belong to one track: parameters of visits."""

    max_gap_ms: int
    max_speed_kn: float


def track_positions(store: Store, mmsis: Sequence[int], joining: Joining, from_ms: int, to_ms: int) -> pl.DataFrame:
    """Tracked positions of hulls from one instant to another, both included: columns of `TRACK_POSITIONS`, by track and time.

    A track's id is of its first position, which may lie before `from_ms`: earlier days are read until a silence is found.
    """
    days = {d.day: d.path for d in merged_days(store)}
    if not days or not mmsis or from_ms > to_ms:
        return pl.DataFrame(schema=TRACK_POSITIONS)
    last = _day(min(to_ms, _end_of(max(days))))
    first = _day(max(from_ms, _start_of(min(days))))
    pending, back_d = sorted(set(mmsis)), 1 + joining.max_gap_ms // DAY_MS
    found = [pl.DataFrame(schema=TRACK_POSITIONS)]
    while pending and first <= last:
        low = max(min(days), first - timedelta(days=min(back_d, first.toordinal() - 1)))
        rows = _read([path for day, path in sorted(days.items()) if low <= day <= last], pending)
        whole, pending = _whole(rows, joining, from_ms, _start_of(low), is_all=low == min(days))
        found.append(_joined(whole, joining))
        back_d *= 8
    return (
        pl.concat(found)
        .filter(pl.col("t_utc").dt.epoch("ms").is_between(from_ms, to_ms))
        .sort("mmsi", "track", "t_utc", maintain_order=True)
    )


def _read(paths: Sequence[Path], mmsis: Sequence[int]) -> pl.DataFrame:
    """All tracked positions of hulls, by hull and then in the total order; `_since_ms`: since the hull's last one."""
    if not paths:
        return lake.empty_frame(MERGED).select(_COLUMNS).with_columns(pl.lit(None, dtype=pl.Int64).alias("_since_ms"))
    wanted = pl.col("mmsi").is_in(pl.Series(mmsis, dtype=pl.Int32).implode()) & pl.col("tracked")
    rows = pl.scan_parquet(list(paths), glob=False, hive_partitioning=False).filter(wanted).select(_COLUMNS).collect()
    rows = rows.sort("mmsi", maintain_order=True)  # days in order, each in the total order
    t_ms = pl.col("t_utc").dt.epoch("ms")
    return rows.with_columns((t_ms - t_ms.shift(1).over("mmsi")).alias("_since_ms"))


def _whole(
    rows: pl.DataFrame, joining: Joining, from_ms: int, read_from_ms: int, *, is_all: bool
) -> tuple[pl.DataFrame, list[int]]:
    """The rows of hulls whose tracks in the window were read from their beginning, and the hulls of which more is needed.

    A track begins after a silence; before the first row there was silence since `read_from_ms`.
    """
    t_ms = pl.col("t_utc").dt.epoch("ms")
    since = pl.col("_since_ms").fill_null(t_ms - read_from_ms)
    begins = (since > joining.max_gap_ms) | (pl.col("_since_ms").is_null() & pl.lit(is_all))
    rows = rows.with_columns(begins.alias("_begins"), (t_ms >= from_ms).alias("_asked"))
    rows = rows.filter(pl.col("_asked").any().over("mmsi"))
    first_asked = t_ms.filter(pl.col("_asked")).min().over("mmsi")
    ready = (pl.col("_begins") & (t_ms <= first_asked)).any().over("mmsi")
    rows = rows.with_columns(ready.alias("_ready"))
    left = rows.filter(~pl.col("_ready"))["mmsi"].unique().sort().to_list()
    return rows.filter(pl.col("_ready") & (pl.col("_begins").cum_sum().over("mmsi") > 0)), left


def _joined(rows: pl.DataFrame, joining: Joining) -> pl.DataFrame:
    """Rows of whole tracks with the id of each and the silence before it."""
    parts = [pl.DataFrame(schema=TRACK_POSITIONS)]
    for (mmsi,), hull in rows.partition_by("mmsi", as_dict=True, maintain_order=True).items():
        t_ms = hull["t_utc"].dt.epoch("ms").to_numpy().astype(np.int64)
        lon, lat = (hull[c].to_numpy().astype(np.int64) for c in ("lon_e7", "lat_e7"))
        number, first = heads_of(t_ms, lon, lat, joining)
        ids = [track_id(int(mmsi), start, nth) for start, nth in first]
        opens = np.zeros(len(t_ms), bool)
        opens[np.unique(number, return_index=True)[1]] = True
        parts.append(
            hull.select(
                pl.Series("track", [ids[n] for n in number.tolist()], dtype=pl.String),
                "mmsi",
                "t_utc",
                (pl.col("lon_e7") / E7).round(7).alias("lon_deg"),
                (pl.col("lat_e7") / E7).round(7).alias("lat_deg"),
                "speed_kn",
                "course_deg",
                "heading_deg",
                pl.when(pl.Series(opens) & (pl.col("_since_ms") > joining.max_gap_ms))
                .then(pl.col("_since_ms") / 1000)
                .alias("gap_before_s"),
                "file",
                "row",
            )
        )
    return pl.concat(parts)


def heads_of(t_ms: _Ints, lon_e7: _Ints, lat_e7: _Ints, joining: Joining) -> tuple[_Ints, list[tuple[int, int]]]:
    """Of one number's positions in the total order: the track of each, and of each track its first instant and which it is
    (1, or 2 and more for further ones that begin at the same instant)."""
    number = np.zeros(len(t_ms), np.int64)
    first: list[tuple[int, int]] = []
    if not len(t_ms):
        return number, first
    pieces = np.flatnonzero(np.diff(t_ms) > joining.max_gap_ms) + 1
    latest = (-1, 0)  # instant and count of the latest track begun
    for low, high in zip([0, *pieces.tolist()], [*pieces.tolist(), len(t_ms)], strict=True):
        piece = slice(low, high)
        if _one_head(t_ms[piece], lon_e7[piece], lat_e7[piece], joining):
            number[piece] = len(first)
            latest = (int(t_ms[low]), latest[1] + 1 if latest[0] == t_ms[low] else 1)
            first.append(latest)
            continue
        latest = _several_heads(number, first, latest, low, high, (t_ms, lon_e7, lat_e7), joining)
    return number, first


def _one_head(t_ms: _Ints, lon_e7: _Ints, lat_e7: _Ints, joining: Joining) -> bool:
    """Whether each position can be reached from the one before: then there is one track."""
    if len(t_ms) == 1:
        return True
    gone = _distance_m(lon_e7[:-1], lat_e7[:-1], lon_e7[1:], lat_e7[1:])
    dt = np.diff(t_ms)
    moved = (np.diff(lon_e7) != 0) | (np.diff(lat_e7) != 0)
    return bool((~moved | ((dt > 0) & (gone / NM_M <= joining.max_speed_kn * dt / 3.6e6))).all())


def _several_heads(
    number: _Ints,
    first: list[tuple[int, int]],
    latest: tuple[int, int],
    low: int,
    high: int,
    columns: tuple[_Ints, _Ints, _Ints],
    joining: Joining,
) -> tuple[int, int]:
    """Walk one piece position by position; writes `number`, extends `first`, returns the latest track begun."""
    t_all, x_all, y_all = (c.tolist() for c in columns)
    open_heads: list[tuple[int, int, int, int]] = []  # track, and its last t_ms, lon, lat
    for i in range(low, high):
        t, x, y = t_all[i], x_all[i], y_all[i]
        open_heads = [h for h in open_heads if t - h[1] <= joining.max_gap_ms]
        best: tuple[float, int, tuple[int, int], int] | None = None
        for at, (track, t0, x0, y0) in enumerate(open_heads):
            kn = _speed_kn(t - t0, x0, y0, x, y)
            if kn is None or (kn and kn > joining.max_speed_kn):
                continue
            rank = (kn, -t0, first[track], at)
            if best is None or rank < best:
                best = rank
        if best is not None:
            track = open_heads[best[3]][0]
            open_heads[best[3]] = (track, t, x, y)
        else:
            latest = (t, latest[1] + 1 if latest[0] == t else 1)
            first.append(latest)
            track = len(first) - 1
            open_heads.append((track, t, x, y))
        number[i] = track
    return latest


def _speed_kn(dt_ms: int, x0: int, y0: int, x: int, y: int) -> float | None:
    """The speed that a hop implies; None: no speed would do."""
    if x == x0 and y == y0:
        return 0.0
    if dt_ms <= 0:
        return None
    gone = float(_distance_m(np.array([x0]), np.array([y0]), np.array([x]), np.array([y]))[0])
    return gone / NM_M / (dt_ms / 3.6e6)


def _distance_m(x0: _Ints, y0: _Ints, x1: _Ints, y1: _Ints) -> npt.NDArray[np.float64]:
    """Great-circle distances on the mean sphere, as the walk measures them."""
    scale = math.pi / 180.0 / E7
    a, b = y0 * scale, y1 * scale
    s = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin((x1 - x0) * scale / 2) ** 2
    found: npt.NDArray[np.float64] = 2 * EARTH_M * np.arcsin(np.minimum(1.0, np.sqrt(s)))
    return found


def _day(t_ms: int) -> date:
    return from_ms(t_ms).date()


def _start_of(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY_MS


def _end_of(day: date) -> int:
    return _start_of(day) + DAY_MS - 1
