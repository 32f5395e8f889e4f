"""Merging rows that are sorted file by file into one order, and counting the receptions of one position."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from offing.kernels.jit import kernel

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Shorts = npt.NDArray[np.int16]
Bools = npt.NDArray[np.bool_]


@kernel
def _before(
    key: Longs,
    lat_e7: Ints,
    lon_e7: Ints,
    speed_kn: Reals,
    course_deg: Reals,
    heading_deg: Reals,
    msg_type: Shorts,
    i: int,
    j: int,
) -> bool:
    """Whether row i comes strictly before row j."""
    if key[i] != key[j]:
        return key[i] < key[j]
    if lat_e7[i] != lat_e7[j]:
        return lat_e7[i] < lat_e7[j]
    if lon_e7[i] != lon_e7[j]:
        return lon_e7[i] < lon_e7[j]
    if speed_kn[i] != speed_kn[j]:
        return speed_kn[i] < speed_kn[j]
    if course_deg[i] != course_deg[j]:
        return course_deg[i] < course_deg[j]
    if heading_deg[i] != heading_deg[j]:
        return heading_deg[i] < heading_deg[j]
    return msg_type[i] < msg_type[j]


@kernel
def merge_order(
    key: Longs,
    lat_e7: Ints,
    lon_e7: Ints,
    speed_kn: Reals,
    course_deg: Reals,
    heading_deg: Reals,
    msg_type: Shorts,
    starts: Longs,
) -> Longs:
    """The order that sorts all rows by (key, lat, lon, speed, course, heading, type).

    `starts` (k + 1 numbers) bounds k runs, each sorted already; rows equal in all of these stay in the order of the runs.
    Missing speeds, courses and headings are given as -inf. Runs are merged two by two, so the cost is rows x log2(k).
    """
    n = key.size
    order = np.arange(n)
    other = np.empty(n, np.int64)
    bounds = starts.copy()
    while bounds.size > 2:
        k = bounds.size - 1
        merged = np.empty((k + 1) // 2 + 1, np.int64)
        merged[0] = 0
        for pair in range((k + 1) // 2):
            i = bounds[2 * pair]
            middle = bounds[2 * pair + 1]
            end = bounds[min(2 * pair + 2, k)]
            j, out = middle, i
            while i < middle and j < end:
                if _before(key, lat_e7, lon_e7, speed_kn, course_deg, heading_deg, msg_type, order[j], order[i]):
                    other[out] = order[j]
                    j += 1
                else:
                    other[out] = order[i]
                    i += 1
                out += 1
            while i < middle:
                other[out] = order[i]
                i += 1
                out += 1
            while j < end:
                other[out] = order[j]
                j += 1
                out += 1
            merged[pair + 1] = end
        order, other = other, order
        bounds = merged
    return order


@kernel
def receptions(
    order: Longs, key: Longs, lat_e7: Ints, lon_e7: Ints, msg_type: Shorts, timed: Bools
) -> tuple[Longs, Ints, Bools]:
    """One row per equal (key, lat, lon, type), the first in the order: its index, how many rows it stands for, any `timed`?"""
    n = order.size
    kept = np.empty(n, np.int64)
    count = np.empty(n, np.int32)
    any_timed = np.empty(n, np.bool_)
    out = 0
    first = 0  # of the kept rows at the present key and place
    for position in range(n):
        i = order[position]
        if out > first:
            last = kept[out - 1]
            if key[i] != key[last] or lat_e7[i] != lat_e7[last] or lon_e7[i] != lon_e7[last]:
                first = out
        found = -1
        for candidate in range(first, out):
            if msg_type[kept[candidate]] == msg_type[i]:
                found = candidate
                break
        if found >= 0:
            count[found] += 1
            any_timed[found] = any_timed[found] or timed[i]
        else:
            kept[out] = i
            count[out] = 1
            any_timed[out] = timed[i]
            out += 1
    return kept[:out], count[:out], any_timed[:out]
