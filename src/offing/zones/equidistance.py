"""Lines of points that are equally far from two shores.

The value at a place is its geodesic distance to one party's shore less that to the other's; the line is where it is zero.

1. Cells of a box are halved again and again. One whose middle value is greater than the value can change on the way to its
   corners holds no part of the line and falls away; none that holds a part does.
2. The contour through the cells left gives the course, each vertex of which is then moved along the steepest way to its place.
3. Points are put between until a chord lies within `CHORD_M` of the line.
4. What is more than 200 nautical miles from the shores, nearer to a third shore, or on land is cut off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from offing.claims import Claim
from offing.errors import BadZone
from offing.model.place import Line
from offing.model.schemas import E7
from offing.model.zone import Ring
from offing.zones.coast import frame_of, read_lines
from offing.zones.geodesic import NAUTICAL_MILE_M, Box, Floats, geod
from offing.zones.lines import BUILT_LINES, line_claims, line_of, write_built_lines
from offing.zones.proximity import Shape, nearest_each
from offing.zones.shapes import union

REACH_M = 200 * NAUTICAL_MILE_M
"""No farther from either shore."""

CHORD_M = 10.0
"""How far a chord may lie from the line."""

_CELL_DEG = 1.0  # of the first cells
_HALVINGS = 6  # the last are of 1/64 degree
_LEAST_GAP_M = 20.0  # chords shorter than this are not divided
_GOOD_M = 0.01
_METRES_A_DEGREE = 111_700.0  # a degree of latitude at most


@dataclass(frozen=True)
class Shores:
    """Two shores, what else ends the line, and the box (west, south, east, north in degrees) in which it is traced."""

    a: Shape
    b: Shape
    third: Shape
    land: Shape
    box_deg: Box

    def values(self, points: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Nearer to `b` is positive: the value and the distance to `a` in metres, and the nearest places on both."""
        to_a, on_a = nearest_each(points, self.a)
        to_b, on_b = nearest_each(points, self.b)
        return to_a - to_b, to_a, on_a, on_b

    def beyond(self, points: Floats, to_a: Floats) -> Floats:
        """By how many metres a place is too far out, or nearer to a third shore; negative where it may bear the line."""
        over = to_a - REACH_M
        if self.third.polygons or self.third.lines:
            over = np.maximum(over, to_a - nearest_each(points, self.third)[0])
        return over


def build_lines(folder: Path) -> list[Line]:
    """All lines of a pack, in the order of its `lines.toml`, the computed ones traced. Writes nothing."""
    claims = line_claims(folder)
    if not any(c.values.get("kind") == "equidistance" for c in claims):
        return [line_of(c) for c in claims]
    baselines, frame = read_lines(folder), frame_of(folder)
    if frame is None:
        raise BadZone("pack.toml: `frame` is missing, the box in which equidistance lines are traced.")

    @cache
    def shore(*names: str) -> Shape:
        return Shape(polygons=tuple((part.ring(),) for name in names for part in baselines[name].parts))

    coasts = (part for line in baselines.values() for part in line.parts if not set(part.kinds) - {"normal", "closing"})
    land = Shape(polygons=tuple((part.ring(),) for part in coasts))
    out = []
    for claim in claims:
        line = line_of(claim)
        if line.kind == "equidistance":
            a, b, third = (_known(claim, key, baselines) for key in ("a", "b", "third"))
            if not a or not b or set(a) & {*b, *third} or set(b) & set(third):
                raise claim.refuse("`a` and `b` must name shores, none of them twice")
            line = replace(line, parts=trace(Shores(shore(*a), shore(*b), shore(*third), land, frame)))
        out.append(line)
    return out


def write_lines(folder: Path) -> Path:
    """Build a pack's lines and put them beside their claims, all or nothing; gives the file."""
    target = folder / BUILT_LINES
    write_built_lines(build_lines(folder), target)
    return target


def _known(claim: Claim, key: str, baselines: Iterable[str]) -> tuple[str, ...]:
    names = claim.texts(key)
    for name in names:
        if name not in baselines:
            raise claim.refuse(f"`{key}` names the shore {name!r}, which the pack lacks")
    return names


def trace(shores: Shores) -> tuple[Ring, ...]:
    """The line's parts, each shape (n, 2) in 1e-7 degree (whole 1e-6), in the order of their first points."""
    out = []
    for course in _contours(shores):
        points, good = _settled(shores, course)
        if good.sum() > 1:
            out += _cut(shores, _dense(shores, points[good]))
    return tuple(sorted(_off_land(shores, out), key=lambda r: r.tolist()))


def _contours(shores: Shores) -> list[Floats]:
    """The courses of the line through the last cells, good to a part of a cell."""
    from contourpy import LineType, contour_generator

    west, south, east, north = shores.box_deg
    columns, rows = (int(np.ceil((high - low) / _CELL_DEG)) for low, high in ((west, east), (south, north)))
    j, i = (v.ravel() for v in np.meshgrid(np.arange(columns), np.arange(rows)))
    for k in range(_HALVINGS + 1):
        size_deg = _CELL_DEG / 2**k
        keep = _may_hold(shores, west + (j + 0.5) * size_deg, south + (i + 0.5) * size_deg, size_deg)
        j, i = j[keep], i[keep]
        if k < _HALVINGS:
            j, i = (np.concatenate([2 * v + n for n in steps]) for v, steps in ((j, (0, 1, 0, 1)), (i, (0, 0, 1, 1))))
    if not len(j):
        return []
    corners = np.unique(np.concatenate([np.column_stack([i + m, j + n]) for m in (0, 1) for n in (0, 1)]), axis=0)
    low, high = corners.min(axis=0), corners.max(axis=0)
    grid = np.ma.masked_invalid(np.full(tuple(high - low + 1), np.nan))
    grid[tuple((corners - low).T)] = shores.values(
        np.column_stack([west + corners[:, 1] * size_deg, south + corners[:, 0] * size_deg])
    )[0]
    lines: Any = contour_generator(z=grid, line_type=LineType.Separate).lines(0.0)
    return [np.array([west, south]) + (low[::-1] + line) * size_deg for line in lines]


def _may_hold(shores: Shores, lon_deg: Floats, lat_deg: Floats, size_deg: float) -> Any:
    """Which cells, given by their middles, may hold a part of the line that is not cut off."""
    middle = np.column_stack([lon_deg, lat_deg])
    value, to_a, _, _ = shores.values(middle)
    widest = np.cos(np.radians(np.maximum(np.abs(lat_deg) - size_deg / 2, 0.0)))
    half_m = np.hypot(1, widest) * size_deg / 2 * _METRES_A_DEGREE
    may = np.abs(value) <= 2 * half_m
    may[may] = shores.beyond(middle[may], to_a[may]) <= 2 * half_m[may]
    return may


def _settled(shores: Shores, points: Floats) -> tuple[Floats, Any]:
    """Points moved along the steepest way to where the value is zero, and which of them got there."""
    points = points.copy()
    good = np.zeros(len(points), np.bool_)
    for _ in range(12):
        at = np.flatnonzero(~good)
        value, _, on_a, on_b = shores.values(points[at])
        good[at] = np.abs(value) < _GOOD_M
        if good.all():
            break
        off = ~good[at]
        at, value = at[off], value[off]
        x, y = points[at].T
        to_a_deg, to_b_deg = (np.asarray(geod().inv(x, y, *place[off].T)[0]) for place in (on_a, on_b))
        east, north = (f(np.radians(to_b_deg)) - f(np.radians(to_a_deg)) for f in (np.sin, np.cos))
        steep = np.hypot(east, north)
        step_m = np.clip(-value / np.maximum(steep, 1e-3), -3000, 3000)
        lon, lat = geod().fwd(x, y, np.degrees(np.arctan2(east, north)), step_m)[:2]
        points[at] = np.column_stack([lon, lat])
    return points, good


def _dense(shores: Shores, points: Floats) -> Floats:
    """With points between where the line bends away from its chords."""
    open_ = np.ones(len(points) - 1, np.bool_)
    while open_.any():
        at = np.flatnonzero(open_)
        start, way = points[at], points[at + 1] - points[at]
        probes = np.concatenate([start + part * way for part in (0.25, 0.5, 0.75)])
        settled, good = _settled(shores, probes)
        off_m = np.asarray(geod().inv(*probes.T, *settled.T)[2]).reshape(3, -1)
        long = np.asarray(geod().inv(*start.T, *points[at + 1].T)[2]) > _LEAST_GAP_M
        bent = long & good.reshape(3, -1)[1] & np.any(off_m > CHORD_M, axis=0)
        points = np.insert(points, at[bent] + 1, settled.reshape(3, -1, 2)[1][bent], axis=0)
        still = np.zeros(len(points) - 1, np.bool_)
        first = at[bent] + np.arange(int(bent.sum()))
        still[first] = still[first + 1] = True
        open_ = still
    return points


def _cut(shores: Shores, points: Floats) -> list[Floats]:
    """The stretches of a course that are not too far out; their ends lie where that begins."""
    over = shores.beyond(points, shores.values(points)[1])
    kept = over <= 0
    at = np.flatnonzero(kept[1:] != kept[:-1])
    inside, outside = np.where(kept[at, None], points[at], points[at + 1]), np.where(kept[at, None], points[at + 1], points[at])
    for _ in range(20):
        middle = (inside + outside) / 2
        good = (shores.beyond(middle, shores.values(middle)[1]) <= 0)[:, None]
        inside, outside = np.where(good, middle, inside), np.where(good, outside, middle)
    points, kept = np.insert(points, at + 1, inside, axis=0), np.insert(kept, at + 1, True)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(np.int8)))
    return [points[low:high] for low, high in edges.reshape(-1, 2) if high - low > 1]


def _off_land(shores: Shores, courses: list[Floats]) -> list[Ring]:
    import shapely

    land = shapely.STRtree(shores.land.bodies)
    box = shapely.box(*(v * E7 for v in shores.box_deg))
    out = []
    for course in courses:
        line = shapely.LineString(np.round(course * 1e6) * 10).intersection(box)
        under = union(shores.land.bodies[i] for i in land.query(line, predicate="intersects"))
        left = shapely.get_parts(line.difference(under))
        out += [np.rint(shapely.get_coordinates(p)).astype(np.int64) for p in left]
    return [ring for ring in out if len(ring) > 1]
