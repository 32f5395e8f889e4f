"""The walk: each hull's positions in order, its tracks ("heads"), and the edges of zones and gates that it crosses.

One call takes a batch of positions in which each MMSI's own rows ascend in the total order, and the heads that are open;
it leaves the heads as they are afterwards and writes crossings. Nothing else is remembered, so any cut of the input gives
the same crossings. A head in a plain box of the grid needs four comparisons for the next position.
"""

from __future__ import annotations

import numpy as np

from offing.kernels.exact import Int
from offing.kernels.grid import CELL, RADII, ROWS, TILE, WORLD, X_OFFSET, Y_OFFSET, hop_crossings, zones_at
from offing.kernels.jit import kernel

FIRST_SEEN, CROSSED_IN, CROSSED_OUT, LAST_SEEN = 0, 1, 2, 3  # of a zone
TO_RIGHT, TO_LEFT = 4, 5  # of a gate

CROSSING = np.dtype(
    [
        ("mmsi", np.int64),
        ("track_ms", np.int64),  # time of the track's first position
        ("track_nth", np.int64),  # 2, 3 for further tracks that start at the same instant
        ("zone", np.int64),  # its number; of TO_RIGHT and TO_LEFT the gate's
        ("how", np.int64),
        ("t_ms", np.int64),  # interpolated at the edge, but for FIRST_SEEN and LAST_SEEN
        ("before_ms", np.int64),  # the position before (the same for FIRST_SEEN and LAST_SEEN)
        ("after_ms", np.int64),  # the position after
        ("k", np.int64),  # how many positions of the track came before the edge
        ("lon_deg", np.float64),
        ("lat_deg", np.float64),
        ("course_deg", np.float64),  # of the hop at the edge, and its speed; 0 but for TO_RIGHT and TO_LEFT
        ("speed_kn", np.float64),
    ]
)

HEAD = np.dtype(
    [
        ("mmsi", np.int64),
        ("track_ms", np.int64),
        ("track_nth", np.int64),
        ("n", np.int64),  # positions so far
        ("t_ms", np.int64),  # of the last position
        ("x", np.int64),
        ("y", np.int64),
        ("x0", np.int64),  # plain box round the last position; empty (x0 > x1) where there is none
        ("x1", np.int64),
        ("y0", np.int64),
        ("y1", np.int64),
        ("next", np.int64),  # next head of the same MMSI, or of the free list
    ]
)

HULL = np.dtype(
    [
        ("mmsi", np.int64),
        ("head", np.int64),  # first of its open heads, -1: none
        ("t_ms", np.int64),  # its latest position: an earlier one is refused
        ("new_ms", np.int64),  # when its latest track began
        ("new_nth", np.int64),
    ]
)

DONE, LATE = -1, -2
NEVER = -(2**62)  # ms
NM_M, EARTH_M = 1852.0, 6_371_008.8  # metres in a nautical mile; mean radius of the Earth (IUGG) for implied speeds


@kernel
def shard_of(mmsi: Int) -> int:
    """Which of two shards an MMSI belongs to."""
    return ((mmsi * 2_654_435_761) >> 16) & 1


@kernel
def _slot(table, hulls, mmsi):
    mask = table.size - 1
    h = (mmsi * 2_654_435_761 >> 7) & mask
    while table[h] >= 0 and hulls[table[h]]["mmsi"] != mmsi:
        h = (h + 1) & mask
    return h


@kernel
def rehash(table, hulls, count):
    """Enter all hulls into an emptied table."""
    table[:] = -1
    for i in range(count):
        table[_slot(table, hulls, hulls[i]["mmsi"])] = i


@kernel
def distance_m(x0: Int, y0: Int, x1: Int, y1: Int) -> float:
    """Great-circle distance on the mean sphere (haversine); off by at most 0.6 % from WGS84."""
    scale = np.pi / 180.0 / 1e7
    a, b = (y0 - Y_OFFSET) * scale, (y1 - Y_OFFSET) * scale
    s = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin((x1 - x0) * scale / 2) ** 2
    return float(2 * EARTH_M * np.arcsin(min(1.0, np.sqrt(s))))


@kernel
def _set_box(grid, head, x, y):
    col, row = x // CELL, min(y // CELL, ROWS - 1)
    tile = grid.coarse[(row // TILE) * 360 + col // TILE]
    if tile < 0:
        head["x0"], head["x1"] = col // TILE * TILE * CELL, (col // TILE + 1) * TILE * CELL
        head["y0"], head["y1"] = row // TILE * TILE * CELL, (row // TILE + 1) * TILE * CELL
        return
    at = tile * TILE * TILE + (row % TILE) * TILE + col % TILE
    code = np.int64(grid.cells[at])
    if code < 0:
        head["x0"], head["x1"] = 1, 0
        return
    r = code % RADII
    head["x0"], head["x1"] = (col - r) * CELL, (col + r + 1) * CELL
    head["y0"], head["y1"] = (row - r) * CELL, (row + r + 1) * CELL


@kernel
def _write(out, at, head, zone, how, t_ms, before, after, k, x, y):
    c = out[at]
    c["mmsi"], c["track_ms"], c["track_nth"] = head["mmsi"], head["track_ms"], head["track_nth"]
    c["zone"], c["how"], c["t_ms"], c["before_ms"], c["after_ms"], c["k"] = zone, how, t_ms, before, after, k
    lon = (x - X_OFFSET) / 1e7
    c["lon_deg"] = lon - 360.0 if lon >= 180.0 else (lon + 360.0 if lon < -180.0 else lon)
    c["lat_deg"] = (y - Y_OFFSET) / 1e7
    c["course_deg"] = c["speed_kn"] = 0.0


@kernel
def _end_head(grid, head, found, out, n):
    """Write LAST_SEEN for every zone that holds the head's last position."""
    for k in range(zones_at(grid, head["x"], head["y"], found)):
        _write(out, n, head, found[k], LAST_SEEN, head["t_ms"], head["t_ms"], head["t_ms"], head["n"],
               float(head["x"]), float(head["y"]))  # fmt: skip
        n += 1
    return n


@kernel
def _write_at_gate(out, at, head, crossed, f, t, qx, qy):
    """Write the crossing of a gate; `crossed` is twice its number, and 1 more where the hop comes from the right."""
    px, py, t0 = head["x"], head["y"], head["t_ms"]
    x, y = px + f * (qx - px), py + f * (qy - py)
    how = TO_LEFT if crossed % 2 else TO_RIGHT
    _write(out, at, head, crossed // 2, how, t0 + int(np.rint(f * (t - t0))), t0, t, head["n"], x, y)
    east = (qx - px) * np.cos((y - Y_OFFSET) / 1e7 * np.pi / 180.0)
    out[at]["course_deg"] = np.arctan2(east, float(qy - py)) * 180.0 / np.pi % 360.0 % 360.0  # a hair west of north gives 360
    out[at]["speed_kn"] = distance_m(px, py, qx, qy) / NM_M / ((t - t0) / 3.6e6)


@kernel
def _hop(grid, head, t, qx, qy, fs, zs, count, found, out, n):
    """Write the crossings of one hop, place by place in time order; two of a zone at the same millisecond undo each other."""
    px, py, t0 = head["x"], head["y"], head["t_ms"]
    for i in range(1, count):  # by place, then fraction
        f, z, j = fs[i], zs[i], i - 1
        while j >= 0 and (zs[j] > z or (zs[j] == z and fs[j] > f)):
            fs[j + 1], zs[j + 1] = fs[j], zs[j]
            j -= 1
        fs[j + 1], zs[j + 1] = f, z
    held = zones_at(grid, px, py, found)
    i = 0
    while i < count:
        z, first = zs[i], n
        if z >= grid.zones_n:
            _write_at_gate(out, n, head, z - grid.zones_n, fs[i], t, qx, qy)
            i, n = i + 1, n + 1
            continue
        while i < count and zs[i] == z:
            t_ms = t0 + int(np.rint(fs[i] * (t - t0)))
            if n > first and out[n - 1]["t_ms"] == t_ms:
                n -= 1
            else:
                _write(out, n, head, z, CROSSED_IN, t_ms, t0, t, head["n"], px + fs[i] * (qx - px), py + fs[i] * (qy - py))
                n += 1
            i += 1
        inside = False
        for k in range(held):
            if found[k] == z:
                inside = True
        for k in range(first, n):
            out[k]["how"] = CROSSED_OUT if inside else CROSSED_IN
            inside = not inside
    return n


@kernel
def walk(grid, mmsi, t_ms, lon_e7, lat_e7, tracked, begin, shard, table, hulls, heads, counts, max_gap_ms, max_speed_kn,
         out, buffer_f, buffer_zone, buffer_edge, result):  # fmt: skip
    """Walk rows from `begin`. result[0] = crossings written, result[1] = positions taken.

    State, changed in place: `table` (open addressing, hull number or -1, size a power of two), `hulls`, `heads`, and
    `counts` (hulls in use, heads ever used, first free head or -1).

    Returns DONE, LATE (result[2]: the row that is earlier than its hull's last), or the row at which more room is needed.
    """
    n, taken = result[0], result[1]
    found = np.empty(max(grid.zones_n, 1), np.int32)
    near_deg_h = max_speed_kn / 60.05 * 0.999  # degrees of latitude an hour, on the safe side of EARTH_M
    i, rows = begin, mmsi.size
    while i < rows:
        who = np.int64(mmsi[i])
        end = i + 1
        while end < rows and mmsi[end] == who:
            end += 1
        if shard_of(who) != shard:
            i = end
            continue
        if counts[0] * 2 >= table.size or counts[0] >= hulls.size:
            result[0], result[1] = n, taken
            return i
        at = _slot(table, hulls, who)
        if table[at] < 0:
            table[at] = counts[0]
            h = hulls[counts[0]]
            h["mmsi"], h["head"], h["new_nth"] = who, -1, 0
            h["t_ms"], h["new_ms"] = NEVER, NEVER
            counts[0] += 1
        hull = hulls[table[at]]
        while i < end:
            if not tracked[i]:
                i += 1
                continue
            t, x, y = np.int64(t_ms[i]), np.int64(lon_e7[i]) + X_OFFSET, np.int64(lat_e7[i]) + Y_OFFSET
            if x >= WORLD:
                x -= WORLD
            if t < hull["t_ms"]:
                result[0], result[1], result[2] = n, taken, i
                return LATE
            best = hull["head"]
            sure = False  # whether the only head there is can be reached: the common case first
            if best >= 0 and heads[best]["next"] < 0:
                head = heads[best]
                dt = t - head["t_ms"]
                away = abs(x - head["x"]) + abs(y - head["y"])
                sure = dt <= max_gap_ms and away / 1e7 <= near_deg_h * dt / 3.6e6
                if sure and head["x0"] <= x <= head["x1"] and head["y0"] <= y <= head["y1"]:
                    head["t_ms"], head["x"], head["y"], head["n"] = t, x, y, head["n"] + 1
                    hull["t_ms"] = t
                    taken += 1
                    i += 1
                    continue
            # room for what this row may write: ends of all heads, a new head, a hop
            open_n, b = 0, best
            while b >= 0:
                open_n += 1
                b = heads[b]["next"]
            if n + (open_n + 2) * (grid.zones_n + 1) + buffer_f.size > out.size or (counts[2] < 0 and counts[1] >= heads.size):
                result[0], result[1] = n, taken
                return i
            # heads silent too long end
            before, b = -1, -1 if sure else hull["head"]
            while b >= 0:
                after = heads[b]["next"]
                if t - heads[b]["t_ms"] > max_gap_ms:
                    n = _end_head(grid, heads[b], found, out, n)
                    if before < 0:
                        hull["head"] = after
                    else:
                        heads[before]["next"] = after
                    heads[b]["next"], counts[2] = counts[2], b
                else:
                    before = b
                b = after
            # the reachable head with the least implied speed, then the latest, then the lowest id
            best, best_kn, b = (best, 0.0, -1) if sure else (-1, 0.0, hull["head"])
            while b >= 0:
                head = heads[b]
                dt = t - head["t_ms"]
                gone_m = distance_m(head["x"], head["y"], x, y) if (x != head["x"] or y != head["y"]) else 0.0
                if gone_m == 0.0 or (dt > 0 and gone_m / NM_M <= max_speed_kn * dt / 3.6e6):
                    kn = 0.0 if gone_m == 0.0 else gone_m / NM_M / (dt / 3.6e6)
                    better = best < 0 or kn < best_kn
                    if not better and kn == best_kn:
                        was = heads[best]
                        better = head["t_ms"] > was["t_ms"] or (
                            head["t_ms"] == was["t_ms"]
                            and (
                                head["track_ms"] < was["track_ms"]
                                or (head["track_ms"] == was["track_ms"] and head["track_nth"] < was["track_nth"])
                            )
                        )
                    if better:
                        best, best_kn = b, kn
                b = head["next"]
            if best >= 0:
                head = heads[best]
                qx = x
                if qx - head["x"] > WORLD // 2:
                    qx -= WORLD
                elif qx - head["x"] < -(WORLD // 2):
                    qx += WORLD
                if not (head["x0"] <= qx <= head["x1"] and head["y0"] <= y <= head["y1"]):
                    _set_box(grid, head, x, y)
                    # a hop within the plain box of its end meets no edge
                    if not (head["x0"] <= head["x"] <= head["x1"] and head["y0"] <= head["y"] <= head["y1"]):
                        count = hop_crossings(grid, head["x"], head["y"], qx, y, buffer_f, buffer_zone, buffer_edge)
                        if count > buffer_f.size:
                            head["x0"], head["x1"] = 1, 0
                            result[0], result[1], result[3] = n, taken, count
                            return i
                        if count > 0:
                            n = _hop(grid, head, t, qx, y, buffer_f, buffer_zone, count, found, out, n)
            else:
                if counts[2] >= 0:
                    best = counts[2]
                    counts[2] = heads[best]["next"]
                else:
                    best = counts[1]
                    counts[1] += 1
                head = heads[best]
                hull["new_nth"] = hull["new_nth"] + 1 if hull["new_ms"] == t else 1
                hull["new_ms"] = t
                head["mmsi"], head["track_ms"], head["track_nth"], head["n"] = who, t, hull["new_nth"], 0
                head["next"], hull["head"] = hull["head"], best
                head["x"], head["y"], head["t_ms"] = x, y, t
                _set_box(grid, head, x, y)
                for k in range(zones_at(grid, x, y, found)):
                    _write(out, n, head, found[k], FIRST_SEEN, t, t, t, 0, float(x), float(y))
                    n += 1
            head["t_ms"], head["x"], head["y"], head["n"] = t, x, y, head["n"] + 1
            hull["t_ms"] = t
            taken += 1
            i += 1
    result[0], result[1] = n, taken
    return DONE


@kernel
def end_heads(grid, hulls, heads, counts, silent_before_ms, keep, out, result):
    """Write LAST_SEEN for heads whose last position is before an instant; with `keep` false also close them.

    Returns DONE or the hull at which more room is needed (call again with result[1] as it was left).
    """
    n = result[0]
    found = np.empty(max(grid.zones_n, 1), np.int32)
    for i in range(result[1], counts[0]):
        hull = hulls[i]
        before, b = -1, hull["head"]
        while b >= 0:
            after = heads[b]["next"]
            if heads[b]["t_ms"] < silent_before_ms:
                if n + grid.zones_n > out.size:
                    result[0], result[1] = n, i
                    return i
                n = _end_head(grid, heads[b], found, out, n)
                if keep:
                    before = b
                else:
                    if before < 0:
                        hull["head"] = after
                    else:
                        heads[before]["next"] = after
                    heads[b]["next"], counts[2] = counts[2], b
            else:
                before = b
            b = after
    result[0], result[1] = n, counts[0]
    return DONE
