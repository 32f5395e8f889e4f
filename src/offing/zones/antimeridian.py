"""The antimeridian: a zone cut at 180 degrees, as GeoJSON asks for, and the same zone in one piece are one zone.

`joined` takes parts as they come and gives the one form (rings.py); `cut` gives the form for a map. Where a cut runs through
an edge, the vertex it leaves lies within half a unit of the edge and is dropped again.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from offing.model.schemas import E7
from offing.model.zone import Ring
from offing.zones.rings import HALF_TURN_E7, TURN_E7, Polygon, Polygons, canonical, closed
from offing.zones.shapes import pieces, rings_of, shape, union

LONGEST_EDGE_E7 = 10 * E7
"""Longer edges are split, so that no step of the index is wider."""


class RoundTheWorld(Exception):
    """The parts close round all longitudes."""


class Overlap(Exception):
    """Two parts of one zone cover the same water; carries a place in it (lon_e7, lat_e7)."""

    def __init__(self, lon_e7: float, lat_e7: float) -> None:
        super().__init__()
        self.place = lon_e7, lat_e7


def unwrapped(ring: Ring) -> Ring:
    """A closed ring with every edge of more than half a turn going the short way round; raises `RoundTheWorld`."""
    step = np.diff(ring[:, 0])
    short = (step + HALF_TURN_E7) % TURN_E7 - HALF_TURN_E7
    step = np.where(np.abs(step) > HALF_TURN_E7, short, step)
    if step.sum() != 0:
        raise RoundTheWorld
    lon = ring[0, 0] + np.concatenate([[0], np.cumsum(step)])
    return closed(np.column_stack([lon, ring[:, 1]]))


def framed(polygon: Polygon) -> Polygon:
    """The outer ring moved by whole turns so that it begins in [-180, 180), and each hole moved to lie within it."""
    west = int(polygon[0][:, 0].min())
    out = []
    for i, ring in enumerate(polygon):
        own = int(ring[:, 0].min())
        base = (west + HALF_TURN_E7) % TURN_E7 - HALF_TURN_E7
        goal = base if i == 0 else base + (own - base) % TURN_E7
        out.append(ring + np.array([goal - own, 0]))
    return tuple(out)


def joined(polygons: list[Polygon]) -> Polygons:
    """One form for valid polygons, each framed: parts that share an edge become one, also across the antimeridian.

    Raises `Overlap` where two parts cover the same water, `RoundTheWorld` where they close round all longitudes.
    """
    bodies = [shape(p) for p in polygons]
    offsets, groups = _groups(bodies)
    out: list[Polygon] = []
    for group in groups:
        if len(group) == 1:
            out.append(polygons[group[0]])
        else:
            moved = [_moved(bodies[i], offsets[i]) for i in group]
            out += [rings_of(p) for p in pieces(union(moved))]
    for polygon in out:
        if np.ptp(polygon[0][:, 0]) >= TURN_E7:
            raise RoundTheWorld
    plain = canonical(tuple(_without_seam(r) for r in p) for p in canonical(out))
    return canonical(tuple(split(r) for r in p) for p in plain)


def _groups(bodies: list[Any]) -> tuple[list[int], list[list[int]]]:
    """For each part by how many turns to move it, and the groups that belong in one frame."""
    import shapely

    offsets = [0] * len(bodies)
    if len(bodies) == 1:
        return offsets, [[0]]
    links: dict[int, list[tuple[int, int]]] = {i: [] for i in range(len(bodies))}
    tree = shapely.STRtree(bodies)
    for turns in (0, 1, -1):
        moved = bodies if turns == 0 else [_moved(b, turns) for b in bodies]
        for i, j in tree.query(moved, predicate="intersects").T.tolist():  # body j meets body i moved by `turns`
            if (i < j or (turns and i != j)) and _share_an_edge(bodies[j], moved[i]):
                links[j].append((i, turns))
                links[i].append((j, -turns))
            elif turns and i == j and _share_an_edge(bodies[j], moved[i]):
                raise RoundTheWorld
    groups: list[list[int]] = []
    seen: set[int] = set()
    for start in range(len(bodies)):
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for here in group:
            for there, turns in links[here]:
                if there not in seen:
                    seen.add(there)
                    offsets[there] = offsets[here] + turns
                    group.append(there)
                elif offsets[there] != offsets[here] + turns:
                    raise RoundTheWorld
        groups.append(group)
    return offsets, groups


def _moved(body: Any, turns: int) -> Any:
    from shapely import affinity

    return affinity.translate(body, xoff=float(turns * TURN_E7)) if turns else body


def _share_an_edge(one: Any, other: Any) -> bool:
    """Whether they share a line. Slivers no wider than rounding leaves count as a line; anything wider is an overlap."""
    common = one.intersection(other)
    if common.length == 0:
        return False
    if common.area > 2.0 * common.length:  # in units of 1e-7 degree: a mean width above about 4 cm
        place = common.representative_point()
        raise Overlap(place.x, place.y)
    return True


def _without_seam(ring: Ring) -> Ring:
    """Drop vertices on the antimeridian that lie within one unit of the straight line between their neighbours."""
    points: list[list[int]] = ring[:-1].tolist()
    i = 0
    while i < len(points) and len(points) > 3:
        (px, py), (x, y), (qx, qy) = points[i - 1], points[i], points[(i + 1) % len(points)]
        on_seam = x % TURN_E7 == HALF_TURN_E7
        passes = min(px, qx) < x < max(px, qx) and abs((y - py) * (qx - px) - (qy - py) * (x - px)) <= abs(qx - px)
        if on_seam and (passes or px == x == qx):
            del points[i]
        else:
            i += 1
    return closed(np.array(points, dtype=np.int64))


def split(ring: Ring) -> Ring:
    """Edges of more than 10 degrees in equal parts, at whole units; never at the antimeridian, where cuts are undone."""
    if not np.any(np.abs(np.diff(ring, axis=0)) > LONGEST_EDGE_E7):
        return ring
    out: list[tuple[int, int]] = []
    points: list[list[int]] = ring.tolist()
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        n = max(1, math.ceil(max(abs(bx - ax), abs(by - ay)) / LONGEST_EDGE_E7))
        while ax != bx and any((ax + _part(bx - ax, k, n)) % TURN_E7 == HALF_TURN_E7 for k in range(1, n)):
            n += 1
        out += [(ax + _part(bx - ax, k, n), ay + _part(by - ay, k, n)) for k in range(n)]
    return closed(np.array(out, dtype=np.int64))


def _part(whole: int, k: int, n: int) -> int:
    """k/n of a whole, rounded to the nearest unit, alike from both ends."""
    magnitude = (2 * abs(whole) * k + n) // (2 * n)
    return magnitude if whole >= 0 else -magnitude


def cut(polygons: Polygons) -> list[list[Any]]:
    """Rings of floats in units, each polygon within [-180, 180]: what passes 180 is cut there and moved back a turn."""
    import shapely

    out: list[list[Any]] = []
    low, high = -90.0 * E7, 90.0 * E7
    for polygon in polygons:
        if polygon[0][:, 0].max() <= HALF_TURN_E7:
            out.append([r.astype(np.float64) for r in polygon])
            continue
        body = shape(polygon)
        for turns in (0, 1):
            west = float(-HALF_TURN_E7 + turns * TURN_E7)
            for piece in pieces(shapely.orient_polygons(body.intersection(shapely.box(west, low, west + TURN_E7, high)))):
                rings = [np.asarray(r.coords) for r in (piece.exterior, *piece.interiors)]
                out.append([np.column_stack([r[:, 0] - turns * TURN_E7, r[:, 1]]) for r in rings])
    return out
