"""The two-level index of zones and gates: 1 degree cells, and tiles of 0.01 degree cells where a boundary passes.

A fine cell is either plain (no edge touches it: one covering set of zones holds for all of it, and a *radius* says how many
cells around are plain too) or a boundary cell with a record: the set that covers it whole, for each zone with an edge in it
whether the cell's centre is inside, and those edges. From the centre to any point of the cell only these edges can be
crossed, so every answer is exact and costs a handful of edge tests. Covering sets are linked lists, shared.

Columns wrap at the antimeridian: an edge that reaches over it is stored once for each side, under one number.

Edges of gates stand among those of zones, so that a hop looks once for both; a gate holds no point. Their place is
`zones_n` + 2 * gate, and 1 more where the edge, which is stored from west to east, runs against its gate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from offing.kernels.exact import Int, crosses, crossing_fraction, side_of_position
from offing.kernels.jit import kernel

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]

X_OFFSET, Y_OFFSET = 1_800_000_000, 900_000_000
WORLD = 3_600_000_000  # width of the world in units of 1e-7 degree
CELL = 100_000  # a fine cell: 0.01 degree
TILE = 100  # fine cells along a side of a 1 degree tile
COLUMNS, ROWS = 36_000, 18_000
MARGIN = 4  # units by which an edge is held to touch more cells than it does
MAX_RADIUS, RADII = 31, 32
LONGEST_EDGE = 100_000_000  # 10 degrees


class Grid(NamedTuple):
    """The index as plain arrays, so that kernels can take it.

    The arrays are few, and what is read together lies together: each array costs a kernel two atomic counts whenever it is
    handed on, and each further place in memory a wait.
    """

    coarse: Ints32  # (360 * 180): tile number, or -1 - covering set
    cells: Ints32  # (tiles * 10,000): covering set * RADII + radius, or -1 - record
    records: Ints32  # (records + 1, 3): the set that covers the whole cell, and where its zones and its edges begin
    rec_zones: Ints32  # by record: zone * 2, and 1 more where the cell's centre is inside
    rec_edges: Ints  # (n, 6) by record and place: ax, ay, bx, by, place, and the edge's number: equal in every cell and copy
    sets: Ints32  # (sets, 2): the set without its last zone, and that zone; set 0 is empty
    zones_n: int


@kernel
def record_of(grid: Grid, x: Int, y: Int) -> Int:
    """The code of the fine cell that holds a point: a covering set (0 or more) or -1 - record."""
    col, row = x // CELL, min(y // CELL, ROWS - 1)
    tile = grid.coarse[(row // TILE) * 360 + col // TILE]
    if tile < 0:
        return np.int64(-1 - tile)
    code = np.int64(grid.cells[tile * TILE * TILE + (row % TILE) * TILE + col % TILE])
    return code if code < 0 else code // RADII


@kernel
def centre_crossings(grid: Grid, rec: Int, zone: Int, x: Int, y: Int) -> Int:
    """How often the way from the cell's centre to a point of the cell crosses the zone's edges."""
    cx, cy = (x // CELL) * CELL + CELL // 2, min(y // CELL, ROWS - 1) * CELL + CELL // 2
    n = 0
    edges = grid.rec_edges
    for k in range(grid.records[rec, 2], grid.records[rec + 1, 2]):
        if edges[k, 4] == zone and crosses(cx, cy, x, y, edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]):
            n += 1
    return n


@kernel
def zones_at(grid: Grid, x: Int, y: Int, out: Ints32) -> int:
    """Write the numbers of all zones that hold the point to `out` (at least zones_n long); returns how many."""
    code = record_of(grid, x, y)
    n = 0
    cover = code
    if code < 0:
        rec = -1 - code
        cover = np.int64(grid.records[rec, 0])
        for k in range(grid.records[rec, 1], grid.records[rec + 1, 1]):
            zone = np.int64(grid.rec_zones[k] // 2)
            if (grid.rec_zones[k] + centre_crossings(grid, rec, zone, x, y)) % 2 == 1:
                out[n] = zone
                n += 1
    while cover > 0:
        out[n] = grid.sets[cover, 1]
        n += 1
        cover = np.int64(grid.sets[cover, 0])
    return n


@kernel
def hop_crossings(
    grid: Grid, px: Int, py: Int, qx: Int, qy: Int, out_f: npt.NDArray[np.float64], out_place: Ints, out_edge: Ints
) -> int:
    """All edges that the hop PQ crosses (qx may lie beyond the antimeridian). Returns their number, even beyond the room.

    `out_place`: the zone's number, or `zones_n` + 2 * gate, and 1 more where the hop comes from the right of the gate.
    """
    n, stored = 0, 0
    edges = grid.rec_edges
    dx, dy = qx - px, qy - py
    col, row = px // CELL, min(py // CELL, ROWS - 1)
    while True:
        wrapped = col % COLUMNS
        shift = (col - wrapped) * CELL
        tile = grid.coarse[(row // TILE) * 360 + wrapped // TILE]
        west, east, south, north = col, col + 1, row, row + 1
        if tile < 0:
            west, south = col // TILE * TILE, row // TILE * TILE
            east, north = west + TILE, south + TILE
        else:
            at = tile * TILE * TILE + (row % TILE) * TILE + wrapped % TILE
            code = np.int64(grid.cells[at])
            if code >= 0:
                r = code % RADII
                west, east, south, north = col - r, col + r + 1, row - r, row + r + 1
            else:
                rec = -1 - code
                for k in range(grid.records[rec, 2], grid.records[rec + 1, 2]):
                    ax, ay, bx, by = edges[k, 0] + shift, edges[k, 1], edges[k, 2] + shift, edges[k, 3]
                    if not crosses(px, py, qx, qy, ax, ay, bx, by):
                        continue
                    seen = False
                    for m in range(stored):
                        if out_edge[m] == edges[k, 5]:
                            seen = True
                            break
                    if seen:
                        continue
                    if stored < out_f.size:
                        out_edge[stored] = edges[k, 5]
                        place = edges[k, 4]
                        if place >= grid.zones_n and side_of_position(ax, ay, bx, by, px, py) < 0:
                            place = grid.zones_n + ((place - grid.zones_n) ^ 1)
                        out_place[stored] = place
                        out_f[stored] = crossing_fraction(px, py, qx, qy, ax, ay, bx, by)
                        stored += 1
                    n += 1
        fx, fy = 2.0, 2.0
        if dx != 0:
            fx = float((east if dx > 0 else west) * CELL - px) / dx
        if dy != 0:
            fy = float((north if dy > 0 else south) * CELL - py) / dy
        if min(fx, fy) >= 1.0:
            return n
        if fx <= fy:
            row = min(max(int(np.floor((py + fx * dy) / CELL)), south, 0), north - 1, ROWS - 1)
            col = east if dx > 0 else west - 1
        else:
            col = min(max(int(np.floor((px + fy * dx) / CELL)), west), east - 1)
            row = north if dy > 0 else south - 1
            if row < 0 or row >= ROWS:
                return n


@kernel
def inside_any(grid: Grid, lon_e7: Ints32, lat_e7: Ints32, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """For each position: does any of the wanted zones hold it?"""
    out = np.zeros(lon_e7.size, np.bool_)
    found = np.empty(max(grid.zones_n, 1), np.int32)
    for i in range(lon_e7.size):
        n = zones_at(grid, np.int64(lon_e7[i]) + X_OFFSET, np.int64(lat_e7[i]) + Y_OFFSET, found)
        for k in range(n):
            if wanted[found[k]]:
                out[i] = True
                break
    return out
