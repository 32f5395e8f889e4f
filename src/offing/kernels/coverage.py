"""Which hull was heard in which cell in which hours of one day: one pass over positions that are ordered by number."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from offing.kernels.jit import kernel

Ints = npt.NDArray[np.integer[Any]]
HOUR_MS = 3_600_000
LON_WEST_E7 = -1_800_000_000
LAT_SOUTH_E7 = -900_000_000


@kernel
def _merge_equal_cells(cells: npt.NDArray[np.int32], hours: npt.NDArray[np.uint32], start: int, stop: int) -> int:
    """Order the rows start to stop by cell, join rows of one cell; the new stop."""
    if stop - start < 2:
        return stop
    gap = 1
    while gap < (stop - start) // 3:
        gap = 3 * gap + 1
    while gap > 0:  # Shell's sort: in place, quick for the few cells of a hull's day
        for i in range(start + gap, stop):
            cell, mask = cells[i], hours[i]
            j = i
            while j >= start + gap and cells[j - gap] > cell:
                cells[j], hours[j] = cells[j - gap], hours[j - gap]
                j -= gap
            cells[j], hours[j] = cell, mask
        gap //= 3
    last = start
    for i in range(start + 1, stop):
        if cells[i] == cells[last]:
            hours[last] |= hours[i]
        else:
            last += 1
            cells[last] = cells[i]
            hours[last] = hours[i]
    return last + 1


@kernel
def heard(
    mmsi: Ints,
    t_ms: Ints,
    lon_e7: Ints,
    lat_e7: Ints,
    used: npt.NDArray[np.bool_],
    day_ms: int,
    cell_e7: int,
    columns_n: int,
    rows_n: int,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.uint32]]:
    """Cells, numbers and hour masks of one day, ordered by number and cell, one row for each pair.

    Bit h of a mask is set if the hull was heard in the hour that starts h hours after `day_ms`. Rows must be ordered by
    `mmsi`; those not `used` and those outside the 24 hours are passed over. Cell = row * columns_n + column, counted from
    90 S and 180 W in steps of `cell_e7` (1e-7 degree). A position in the cell and hour of the one before costs six
    comparisons and no division.
    """
    capacity = 1024
    cells = np.empty(capacity, np.int32)
    hulls = np.empty(capacity, np.int32)
    hours = np.empty(capacity, np.uint32)
    n, hull_start = 0, 0
    hull, cell, mask, bit = np.int64(-1), np.int64(0), np.int64(0), np.int64(0)
    t_low, t_high = np.int64(1), np.int64(0)
    x_low, x_high, y_low, y_high = np.int64(1), np.int64(0), np.int64(1), np.int64(0)
    for i in range(mmsi.shape[0]):
        if not used[i]:
            continue
        t = np.int64(t_ms[i])
        if t < t_low or t >= t_high:
            if t < day_ms or t >= day_ms + 24 * HOUR_MS:
                continue
            hour = (t - day_ms) // HOUR_MS
            t_low = day_ms + hour * HOUR_MS
            t_high = t_low + HOUR_MS
            bit = np.int64(1) << hour
        m, x, y = np.int64(mmsi[i]), np.int64(lon_e7[i]), np.int64(lat_e7[i])
        if m != hull or x < x_low or x >= x_high or y < y_low or y >= y_high:
            if mask != 0:
                if n == capacity - 1:  # one is kept for the last row
                    capacity *= 2
                    bigger_cells, bigger_hulls = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
                    bigger_hours = np.empty(capacity, np.uint32)
                    bigger_cells[:n] = cells[:n]
                    bigger_hulls[:n] = hulls[:n]
                    bigger_hours[:n] = hours[:n]
                    cells, hulls, hours = bigger_cells, bigger_hulls, bigger_hours
                cells[n] = cell
                hulls[n] = hull
                hours[n] = mask
                n += 1
            if m != hull:
                n = _merge_equal_cells(cells, hours, hull_start, n)
                hull_start = n
                hull = m
            column = (x - LON_WEST_E7) // cell_e7 % columns_n
            row = (y - LAT_SOUTH_E7) // cell_e7
            if row >= rows_n:  # the north pole itself
                row = np.int64(rows_n - 1)
            cell = row * columns_n + column
            x_low = LON_WEST_E7 + (x - LON_WEST_E7) // cell_e7 * cell_e7
            x_high = x_low + cell_e7
            y_low = LAT_SOUTH_E7 + row * cell_e7
            y_high = y_low + cell_e7
            mask = np.int64(0)
        mask |= bit
    if mask != 0:
        cells[n] = cell
        hulls[n] = hull
        hours[n] = mask
        n = _merge_equal_cells(cells, hours, hull_start, n + 1)
    return cells[:n].copy(), hulls[:n].copy(), hours[:n].copy()
