"""Exact geometry on integers: which side, does a hop cross an edge, and where.

Coordinates are int64 in 1e-7 degree, offset so that x = lon_e7 + 1.8e9 and y = lat_e7 + 9e8. Every test is exact, so that
"inside before", "crossings between" and "inside after" never disagree. Ties (a point on an edge, a hop through a vertex)
are broken by moving every position by one and the same infinitesimal vector, mostly north and a little east:

            B                       the position P, moved by (delta, epsilon), 0 < delta << epsilon << 1,
           /                        is never on an edge AB; seen from the position, every vertex
       P'./                         moves by (-delta, -epsilon), and no hop PQ runs through a vertex
       P /
        A

Products stay below 2**63 as long as edges span at most 10 degrees and hops at most 180 (`kernels.grid` splits longer edges).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from offing.kernels.jit import kernel

Int = int | np.integer[Any]
"""A whole number as kernels see it: always int64 there."""


@kernel
def cross(ax: Int, ay: Int, bx: Int, by: Int, px: Int, py: Int) -> Int:
    """Twice the signed area of ABP: positive when P lies left of the way from A to B."""
    return (bx - ax) * (py - ay) - (by - ay) * (px - ax)


@kernel
def side_of_position(ax: Int, ay: Int, bx: Int, by: Int, px: Int, py: Int) -> int:
    """1 when the moved position P' lies left of AB, else -1; never 0 for an edge with a length."""
    d = cross(ax, ay, bx, by, px, py)
    if d != 0:
        return 1 if d > 0 else -1
    if bx != ax:
        return 1 if bx > ax else -1
    return 1 if by < ay else -1


@kernel
def side_of_vertex(px: Int, py: Int, qx: Int, qy: Int, ax: Int, ay: Int) -> int:
    """1 when the vertex A lies left of the moved hop P'Q', else -1; never 0 for a hop with a length."""
    d = cross(px, py, qx, qy, ax, ay)
    if d != 0:
        return 1 if d > 0 else -1
    if qx != px:
        return -1 if qx > px else 1
    return 1 if qy > py else -1


@kernel
def crosses(px: Int, py: Int, qx: Int, qy: Int, ax: Int, ay: Int, bx: Int, by: Int) -> bool:
    """Whether the moved hop P'Q' crosses the edge AB. A hop without a length crosses nothing."""
    if px == qx and py == qy:
        return False
    if side_of_vertex(px, py, qx, qy, ax, ay) == side_of_vertex(px, py, qx, qy, bx, by):
        return False
    return side_of_position(ax, ay, bx, by, px, py) != side_of_position(ax, ay, bx, by, qx, qy)


@kernel
def crossing_fraction(px: Int, py: Int, qx: Int, qy: Int, ax: Int, ay: Int, bx: Int, by: Int) -> float:
    """How far along PQ, 0 to 1, the edge AB is met; only for hops that cross it."""
    dp = float(cross(ax, ay, bx, by, px, py))
    dq = float(cross(ax, ay, bx, by, qx, qy))
    return dp / (dp - dq)


@kernel
def ray_meets(ax: Int, ay: Int, bx: Int, by: Int, px: Int, py: Int) -> bool:
    """Whether the ray from P' to the east meets AB: an odd count over a zone's edges means inside."""
    if (ay > py) == (by > py):
        return False
    return (side_of_position(ax, ay, bx, by, px, py) > 0) == (by > ay)
