"""Building the index of zones and gates (see `kernels.grid` for what it is)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from offing.kernels.exact import ray_meets
from offing.kernels.grid import (
    CELL,
    COLUMNS,
    LONGEST_EDGE,
    MARGIN,
    MAX_RADIUS,
    RADII,
    ROWS,
    TILE,
    WORLD,
    X_OFFSET,
    Y_OFFSET,
    Grid,
)
from offing.kernels.jit import kernel

Ints = npt.NDArray[np.int64]


@kernel
def _touched(ax, ay, bx, by, first, last, out_key, out_edge):
    """For edges first..last the fine cells that each touches (with MARGIN); counts only, when out_key is empty."""
    n = 0
    for e in range(first, last):
        x0, y0, x1, y1 = ax[e], ay[e], bx[e], by[e]
        low, high = min(y0, y1) - MARGIN, max(y0, y1) + MARGIN
        for row in range(max(low // CELL, 0), min(high // CELL, ROWS - 1) + 1):
            if y0 == y1:
                west, east = float(min(x0, x1)), float(max(x0, x1))
            else:
                slope = float(x1 - x0) / float(y1 - y0)
                ya = min(max(float(row * CELL - MARGIN), float(min(y0, y1))), float(max(y0, y1)))
                yb = min(max(float((row + 1) * CELL + MARGIN), float(min(y0, y1))), float(max(y0, y1)))
                xa, xb = x0 + (ya - y0) * slope, x0 + (yb - y0) * slope
                west, east = min(xa, xb), max(xa, xb)
            c0 = max(int(np.floor((west - MARGIN) / CELL)), 0)
            c1 = min(int(np.floor((east + MARGIN) / CELL)), COLUMNS - 1)
            for col in range(c0, c1 + 1):
                if out_key.size:
                    out_key[n] = np.int64(row) * COLUMNS + col
                    out_edge[n] = e
                n += 1
    return n


@kernel
def _parity(ax, ay, bx, by, first, last, x0, y0, step, nx, ny, out):
    """out[j, i] = is the point (x0 + i * step, y0 + j * step) inside? For one zone's edges, exactly."""
    out[:, :] = 0
    for e in range(first, last):
        lo, hi = min(ay[e], by[e]), max(ay[e], by[e])
        if hi <= y0 or lo > y0 + (ny - 1) * step or max(ax[e], bx[e]) < x0 - step:
            continue
        j0 = max((lo - y0 + step - 1) // step - 1, 0)
        j1 = min((hi - y0) // step + 1, ny - 1)
        for j in range(j0, j1 + 1):
            y = y0 + j * step
            if (ay[e] > y) == (by[e] > y):
                continue
            x = ax[e] + float(bx[e] - ax[e]) * (float(y - ay[e]) / float(by[e] - ay[e]))
            near = int(np.floor((x - x0) / step))
            sure = min(near - 1, nx)  # points before this one have the edge to their east
            if sure > 0:
                out[j, sure - 1] ^= 2  # a mark: toggle this point and all before it
            for i in range(max(near - 1, 0), min(near + 3, nx)):
                if ray_meets(ax[e], ay[e], bx[e], by[e], x0 + i * step, y):
                    out[j, i] ^= 1
    for j in range(ny):
        carry = 0
        for i in range(nx - 1, -1, -1):
            carry ^= out[j, i] >> 1
            out[j, i] = (out[j, i] & 1) ^ carry


@kernel
def _join(parent, zone, table, count, base, z):
    """The covering set `base` with zone z added: found, or made. Returns (set, number of sets)."""
    mask = table.size - 1
    h = (base * 1_000_003 + z * 7_919) & mask
    while table[h] >= 0:
        s = table[h]
        if parent[s] == base and zone[s] == z:
            return s, count
        h = (h + 1) & mask
    parent[count], zone[count], table[h] = base, z, count
    return count, count + 1


@kernel
def _cover(ax, ay, bx, by, zone_first, zone_box, places, size, tile_zone_start, rz_zone, rz_cell, rz_inside,
           cells, parent, zone, table, count):  # fmt: skip
    """Fill `cells` (places x size x size) with covering sets, and rz_inside, zone by zone. Pauses when the sets are full.

    `places` holds x0, y0 of each tile's first centre and the step. rz_* list, by tile and zone, the cells with edges.
    """
    work = np.zeros((size, size), np.uint8)
    frame = np.zeros((size, size), np.uint8)
    edged = np.zeros(size * size, np.bool_)
    for tile in range(places.shape[0]):
        x0, y0, step = places[tile, 0], places[tile, 1], places[tile, 2]
        at, end = tile_zone_start[tile], tile_zone_start[tile + 1]
        for z in range(zone_first.size - 1):
            upto = at
            while upto < end and rz_zone[upto] == z:
                upto += 1
            frame[:, :] = 0
            any_frame = False
            for turn in range(zone_box[z, 0] // WORLD, zone_box[z, 2] // WORLD + 1):
                x = x0 + turn * WORLD
                if x + size * step < zone_box[z, 0] or x - step > zone_box[z, 2]:
                    continue
                if y0 + size * step < zone_box[z, 1] or y0 - step > zone_box[z, 3]:
                    continue
                any_frame = True
                if upto > at or size == 360:
                    _parity(ax, ay, bx, by, zone_first[z], zone_first[z + 1], x, y0, step, size, size, work)
                    for j in range(size):
                        for i in range(size):
                            frame[j, i] ^= work[j, i]
                else:
                    _parity(ax, ay, bx, by, zone_first[z], zone_first[z + 1], x, y0, step, 1, 1, work[:1, :1])
                    for j in range(size):
                        for i in range(size):
                            frame[j, i] ^= work[0, 0]
            if not any_frame:
                at = upto
                continue
            for k in range(at, upto):
                edged[rz_cell[k]] = True
                rz_inside[k] = frame[rz_cell[k] // size, rz_cell[k] % size] == 1
            last_base, last_set = -1, -1
            for c in range(size * size):
                if edged[c] or frame[c // size, c % size] == 0:
                    continue
                if cells[tile, c] != last_base:
                    last_base = cells[tile, c]
                    last_set, count = _join(parent, zone, table, count, last_base, z)
                    if count > parent.size - 2:
                        return -1
                cells[tile, c] = last_set
            for k in range(at, upto):
                edged[rz_cell[k]] = False
            at = upto
    return count


@kernel
def _radii(coarse, boundary, tile_row, tile_col, radius):
    """How many cells around each plain cell are plain (Chebyshev), up to MAX_RADIUS, looking into neighbouring tiles."""
    wide = TILE + 2 * MAX_RADIUS
    d = np.zeros((wide, wide), np.int32)
    for tile in range(tile_row.size):
        for j in range(wide):
            row = tile_row[tile] * TILE + j - MAX_RADIUS
            for i in range(wide):
                col = (tile_col[tile] * TILE + i - MAX_RADIUS) % COLUMNS
                d[j, i] = MAX_RADIUS + 1
                if 0 <= row < ROWS:
                    other = coarse[(row // TILE) * 360 + col // TILE]
                    if other >= 0 and boundary[other, (row % TILE) * TILE + col % TILE]:
                        d[j, i] = 0
        for j in range(wide):
            for i in range(wide):
                if j > 0:
                    d[j, i] = min(d[j, i], d[j - 1, i] + 1)
                    if i > 0:
                        d[j, i] = min(d[j, i], d[j - 1, i - 1] + 1)
                    if i < wide - 1:
                        d[j, i] = min(d[j, i], d[j - 1, i + 1] + 1)
                if i > 0:
                    d[j, i] = min(d[j, i], d[j, i - 1] + 1)
        for j in range(wide - 1, -1, -1):
            for i in range(wide - 1, -1, -1):
                if j < wide - 1:
                    d[j, i] = min(d[j, i], d[j + 1, i] + 1)
                    if i > 0:
                        d[j, i] = min(d[j, i], d[j + 1, i - 1] + 1)
                    if i < wide - 1:
                        d[j, i] = min(d[j, i], d[j + 1, i + 1] + 1)
                if i < wide - 1:
                    d[j, i] = min(d[j, i], d[j, i + 1] + 1)
        for j in range(TILE):
            for i in range(TILE):
                radius[tile, j * TILE + i] = max(d[j + MAX_RADIUS, i + MAX_RADIUS] - 1, 0)


def _split_long(edges: Ints, place: Ints, zones_n: int) -> tuple[Ints, Ints]:
    """Cut edges longer than LONGEST_EDGE at whole units, so that products of coordinates fit 63 bits.

    Edges are turned to run from west to east (due north, where neither): a border that two zones share is cut at the same
    places, whichever way round each of them writes it. Of a gate the place tells that an edge was turned.
    """
    back = (edges[:, 0] > edges[:, 2]) | ((edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3]))
    edges = np.where(back[:, None], edges[:, [2, 3, 0, 1]], edges)
    place = place + (back & (place >= zones_n))
    span = np.maximum(np.abs(edges[:, 2] - edges[:, 0]), np.abs(edges[:, 3] - edges[:, 1]))
    parts = np.maximum(-(-span // LONGEST_EDGE), 1)
    if (parts == 1).all():
        return edges, place
    which = np.repeat(np.arange(len(edges)), parts)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
    e, n = edges[which], parts[which]
    start = np.stack([e[:, c] + (e[:, c + 2] - e[:, c]) * nth // n for c in (0, 1)], axis=1)
    stop = np.stack([e[:, c] + (e[:, c + 2] - e[:, c]) * (nth + 1) // n for c in (0, 1)], axis=1)
    return np.concatenate([start, stop], axis=1), place[which]


def build_grid(edges: Ints, edge_place: Ints, zones_n: int) -> Grid:
    """Index the edges of zones and gates.

    `edges`: int64 (n, 4) of lon_e7, lat_e7 at both ends, longitudes unwrapped; `edge_place`: the zone's number of each, or
    `zones_n` + 2 * the gate's.
    """
    edges = np.asarray(edges, np.int64).reshape(-1, 4) + np.array([X_OFFSET, Y_OFFSET, X_OFFSET, Y_OFFSET])
    edges[:, [1, 3]] += edges[:, [1, 3]] >= ROWS * CELL  # a border at the north pole lies beyond it: the pole is inside
    edge_place = np.asarray(edge_place, np.int64)
    real = (edges[:, 0] != edges[:, 2]) | (edges[:, 1] != edges[:, 3])
    edges, edge_place = _split_long(edges[real], edge_place[real], zones_n)
    order = np.argsort(edge_place, kind="stable")
    edges, edge_place = np.ascontiguousarray(edges[order]), edge_place[order]
    ax, ay, bx, by = (np.ascontiguousarray(edges[:, c]) for c in range(4))
    zone_first = np.searchsorted(edge_place, np.arange(zones_n + 1)).astype(np.int64)
    zone_box = _boxes(edges, zone_first)

    # one copy per world that an edge reaches into
    low = (np.minimum(ax, bx) - MARGIN) // WORLD
    high = (np.maximum(ax, bx) + MARGIN) // WORLD
    copies = np.repeat(np.arange(len(edges)), high - low + 1)
    turn = low[copies] + np.arange(len(copies)) - np.repeat(np.cumsum(high - low + 1) - (high - low + 1), high - low + 1)
    cax, cbx = ax[copies] - turn * WORLD, bx[copies] - turn * WORLD
    cay, cby, cplace = ay[copies], by[copies], edge_place[copies]

    none_key, none_edge = np.empty(0, np.int64), np.empty(0, np.int32)
    pairs = _touched(cax, cay, cbx, cby, 0, len(copies), none_key, none_edge)
    key, edge = np.empty(pairs, np.int64), np.empty(pairs, np.int32)
    if pairs:
        _touched(cax, cay, cbx, cby, 0, len(copies), key, edge)
    place_of = cplace[edge] if pairs else np.empty(0, np.int64)
    order = np.lexsort((edge, place_of, key))
    key, edge, place_of = key[order], edge[order], place_of[order]

    rec_key, rec_first = np.unique(key, return_index=True)
    new = place_of < zones_n
    new[1:] &= (key[1:] != key[:-1]) | (place_of[1:] != place_of[:-1])
    rz_key, rz_zone = key[new], place_of[new]
    rec_zones = np.searchsorted(rz_key, rec_key)

    row, col = rec_key // COLUMNS, rec_key % COLUMNS
    tile_key, rec_tile = np.unique((row // TILE) * 360 + col // TILE, return_inverse=True)
    rec_cell = (row % TILE) * TILE + col % TILE
    tiles = len(tile_key)
    boundary = np.zeros((tiles, TILE * TILE), np.bool_)
    boundary[rec_tile, rec_cell] = True

    # rz in the order of tile and zone
    rec_of_rz = np.searchsorted(rec_key, rz_key)
    rz_order = np.lexsort((rz_key, rz_zone, rec_tile[rec_of_rz]))
    rz_tile = rec_tile[rec_of_rz][rz_order]
    tile_start = np.searchsorted(rz_tile, np.arange(tiles + 1)).astype(np.int64)
    inside = np.zeros(len(rz_key), np.bool_)

    fine = np.stack([(tile_key % 360) * TILE * CELL + CELL // 2, (tile_key // 360) * TILE * CELL + CELL // 2,
                     np.full(tiles, CELL)], axis=1).astype(np.int64)  # fmt: skip
    whole = np.array([[TILE * CELL // 2, TILE * CELL // 2, TILE * CELL]], np.int64)
    empty = np.empty(0, np.int64)
    size = 1 << 12
    while True:
        parent, zone = np.zeros(size, np.int32), np.full(size, -1, np.int32)
        table = np.full(size * 4, -1, np.int32)
        cells, flat = np.zeros((tiles, TILE * TILE), np.int32), np.zeros((1, 360 * 360), np.int32)
        sorted_inside = np.zeros(len(rz_key), np.bool_)
        n = _cover(ax, ay, bx, by, zone_first, zone_box, fine, TILE, tile_start, rz_zone[rz_order],
                   rec_cell[rec_of_rz][rz_order], sorted_inside, cells, parent, zone, table, 1)  # fmt: skip
        if n >= 0:
            n = _cover(ax, ay, bx, by, zone_first, zone_box, whole, 360, np.zeros(2, np.int64), empty, empty,
                       np.zeros(0, np.bool_), flat, parent, zone, table, n)  # fmt: skip
        if n >= 0:
            break
        size *= 4
    inside[rz_order] = sorted_inside

    coarse = (-1 - flat[0, : 180 * 360]).astype(np.int32)
    coarse[tile_key] = np.arange(tiles, dtype=np.int32)
    radius = np.zeros((tiles, TILE * TILE), np.uint8)
    _radii(coarse, boundary, tile_key // 360, tile_key % 360, radius)
    end = np.array([[0, len(rz_key), pairs]])
    records = np.concatenate([np.stack([cells[rec_tile, rec_cell], rec_zones, rec_first], axis=1), end])
    cells = cells * RADII + radius
    cells[rec_tile, rec_cell] = -1 - np.arange(len(rec_key))
    rec_edges = np.stack([a[edge] for a in (cax, cay, cbx, cby, cplace, copies)], axis=1)
    return Grid(
        coarse, cells.reshape(-1), records.astype(np.int32), (rz_zone * 2 + inside).astype(np.int32), rec_edges,
        np.stack([parent, zone], axis=1)[: max(n, 1)].copy(), zones_n,
    )  # fmt: skip


def _boxes(edges: Ints, first: Ints) -> Ints:
    """West, south, east and north of each zone; an empty zone gets a box that meets nothing."""
    boxes = np.tile(np.array([WORLD * 9, 0, -WORLD * 9, -1], np.int64), (len(first) - 1, 1))
    for z in range(len(first) - 1):
        e = edges[first[z] : first[z + 1]]
        if len(e):
            xs, ys = e[:, [0, 2]], e[:, [1, 3]]
            boxes[z] = xs.min(), ys.min(), xs.max(), ys.max()
    return boxes
