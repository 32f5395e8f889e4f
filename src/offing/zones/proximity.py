"""How far two shapes are apart on WGS84, and where: points, lines and areas, exact at any range.

Edges are straight in longitude and latitude, as the fold takes them. The way to the answer:

1. Edges are cut into pieces of at most `PIECE_M`, which in space are straight to about a decimetre, and the pieces put into
   compact blocks. Pairs of blocks that are too far apart fall away by their spheres.
2. For every pair of pieces left the nearest two points in space have a closed form. A chord orders pairs almost as the
   geodesic does: the ellipsoid's radius of curvature lies between 6,335 and 6,400 km, which bounds by how much a longer chord
   can still be the shorter way. All pairs within that bound are kept.
3. Of these the geodesic decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from offing.model.schemas import E7
from offing.model.zone import Ring
from offing.zones.geodesic import Floats, geod
from offing.zones.rings import HALF_TURN_E7, TURN_E7, Polygons
from offing.zones.shapes import shape

Ints = npt.NDArray[np.int64]

PIECE_M = 2_000.0
"""Longest piece of an edge."""

_BLOCK = 16
_MARGIN_M = 1.0  # covers what pieces bulge from straight in space (under 0.2 m) and what rounding does to a chord
_LEAST_RADIUS_M, _GREATEST_RADIUS_M = (
    6_335_439.0,
    6_399_594.0,
)  # of curvature, any azimuth: b^2/a at the equator, a^2/b at a pole


@dataclass(frozen=True)
class Shape:
    """Points, lines and areas of one thing, in 1e-7 degree with unwrapped longitudes. A point is a line of one vertex."""

    polygons: Polygons = field(default=(), repr=False)
    lines: tuple[Ring, ...] = field(default=(), repr=False)

    @classmethod
    def point(cls, lon_deg: float, lat_deg: float) -> Shape:
        """One point, to the nearest 1e-7 degree."""
        return cls(lines=(np.rint(np.array([[lon_deg, lat_deg]]) * E7).astype(np.int64),))

    @cached_property
    def pieces(self) -> Pieces:
        """Its edges, cut and in blocks."""
        return Pieces.of([*(ring for polygon in self.polygons for ring in polygon), *self.lines])

    @cached_property
    def bodies(self) -> list[Any]:
        """Its parts as shapely's, areas first."""
        import shapely

        lines = (shapely.LineString(p) if np.ptp(p, axis=0).any() else shapely.Point(p[0]) for p in self.lines)
        return [*map(shape, self.polygons), *lines]

    @cached_property
    def tree(self) -> Any:
        """shapely's index of `bodies`, which are prepared."""
        import shapely

        shapely.prepare(self.bodies)
        return shapely.STRtree(self.bodies)

    def holds(self, points: Floats) -> npt.NDArray[np.bool_]:
        """Which points (shape (n, 2), degrees) lie in its areas or on their edges."""
        import shapely

        found = np.zeros(len(points), np.bool_)
        lon_e7 = (points[:, 0] * E7 + HALF_TURN_E7) % TURN_E7 - HALF_TURN_E7
        for turns in (0, 1):  # an area begins in [-180, 180) and may pass 180
            moved = shapely.points(lon_e7 + turns * TURN_E7, points[:, 1] * E7)
            which, part = self.tree.query(moved)
            which, part = which[part < len(self.polygons)], part[part < len(self.polygons)]
            found[which[shapely.intersects(self.tree.geometries[part], moved[which])]] = True
        return found


@dataclass(frozen=True)
class Nearest:
    """The shortest way from one shape to another. `inside`: they meet, and one of them is an area."""

    distance_m: float
    from_lon_deg: float
    from_lat_deg: float
    to_lon_deg: float
    to_lat_deg: float
    inside: bool


@dataclass(frozen=True)
class Pieces:
    """Short pieces of edges in blocks of 16 neighbours, the last one repeated to fill its block. Shapes (blocks, 16, ...)."""

    ends: Floats  # (..., 4): lon and lat of both ends, degrees
    start: Floats  # (..., 3): the first end in space, metres
    span: Floats  # (..., 3): from the first end to the second
    centre: Floats  # (blocks, 3)
    radius: Floats  # (blocks,)
    rank: Ints  # (blocks, 16): which piece it is, in the order of the edges

    @classmethod
    def of(cls, lines: Iterable[Ring]) -> Pieces:
        """Of lines in 1e-7 degree; one vertex is a piece without length."""
        ends = np.concatenate([np.hstack([p[:-1], p[1:]] if len(p) > 1 else [p, p]) for p in lines]) / E7
        east, north = np.abs(ends[:, 2:] - ends[:, :2]).T * np.pi / 180 * _GREATEST_RADIUS_M
        parts = np.maximum(1, np.ceil(np.hypot(east, north) / PIECE_M)).astype(np.int64)
        return cls.between(_cut(ends, parts))

    @classmethod
    def between(cls, ends: Floats) -> Pieces:
        """Of pieces that are short already: shape (n, 4), lon and lat of both ends in degrees."""
        start, stop = space(ends[:, :2]), space(ends[:, 2:])
        rank = _blocks((start + stop) / 2)
        start, span = start[rank], (stop - start)[rank]
        both = np.concatenate([start, start + span], axis=1)
        centre = (both.min(axis=1) + both.max(axis=1)) / 2
        radius = np.linalg.norm(both - centre[:, None], axis=2).max(axis=1)
        return cls(ends[rank], start, span, centre, radius, rank)


def space(points: Floats) -> Floats:
    """Earth-centred coordinates in metres, shape (n, 3), of points (shape (n, 2), degrees) on WGS84."""
    lon, lat = np.radians(points).T
    normal_m = geod().a / np.sqrt(1 - geod().es * np.sin(lat) ** 2)
    axis_m = normal_m * np.cos(lat)
    return np.column_stack([axis_m * np.cos(lon), axis_m * np.sin(lon), (1 - geod().es) * normal_m * np.sin(lat)])


def nearest(a: Shape, b: Shape) -> Nearest:
    """The shortest way from `a` to `b`; of several equally short ones the first by its start's longitude and latitude."""
    met = _meeting(a, b)
    if met:
        return met
    i, j, s, t, _ = _candidates(a.pieces, b.pieces, np.zeros(a.pieces.rank.shape, np.int64))
    start, stop = _places(a.pieces, i, s), _places(b.pieces, j, t)
    distance_m = _geodesics(start, stop)
    best = np.lexsort((start[:, 1], start[:, 0], np.round(distance_m, 3)))[0]
    (lon, lat), (to_lon, to_lat) = start[best].tolist(), stop[best].tolist()
    return Nearest(float(distance_m[best]), lon, lat, to_lon, to_lat, inside=False)


def nearest_each(points: Floats, b: Shape) -> tuple[Floats, Floats]:
    """For each point (shape (n, 2), degrees) the distance to `b` in metres, 0 within its areas, and the nearest place."""
    points = np.asarray(points, dtype=np.float64)
    distance_m, places = to_edges(points, b.pieces)
    if b.polygons:
        held = b.holds(points)
        distance_m[held], places[held] = 0.0, points[held]
    return distance_m, places


def to_edges(points: Floats, b: Pieces) -> tuple[Floats, Floats]:
    """For each point the distance to the nearest edge in metres, and the nearest place on it, whether inside or not."""
    if not len(points):
        return np.zeros(0), np.zeros((0, 2))
    a = Pieces.between(np.hstack([points, points]))
    _, j, _, t, group = _candidates(a, b, a.rank)
    stop = _places(b, j, t)
    found_m = _geodesics(points[group], stop)
    order = np.lexsort((found_m, group))
    first = order[np.unique(group[order], return_index=True)[1]]
    return found_m[first], stop[first]


def _meeting(a: Shape, b: Shape) -> Nearest | None:
    """Where they meet, if they do; longitudes of `b` are moved by whole turns."""
    import shapely
    from shapely import affinity

    for turns in (0, 1, -1):
        moved = b.bodies if not turns else [affinity.translate(body, xoff=float(turns * TURN_E7)) for body in b.bodies]
        pairs = a.tree.query(moved, predicate="intersects").T
        if len(pairs):
            j, i = min(map(tuple, pairs.tolist()))
            x, y = shapely.shortest_line(a.bodies[i], moved[j]).coords[0]
            lon, lat = x / E7, y / E7
            inside = bool(np.any(pairs < [len(b.polygons), len(a.polygons)]))
            return Nearest(0.0, lon, lat, lon - turns * 360.0, lat, inside)
    return None


def _candidates(a: Pieces, b: Pieces, group: Ints) -> tuple[Ints, Ints, Floats, Floats, Ints]:
    """Pairs of pieces that may be the nearest of their group (one number for each piece of `a`).

    Gives flat numbers of the pieces, where on each the nearest points lie (0 to 1), and the group.
    """
    apart = np.sqrt(np.maximum(0.0, _squares(a.centre, b.centre)))
    best = np.full(int(group.max()) + 1, np.inf)
    close = np.argmin(apart - b.radius, axis=1)
    for rows in _chunks(np.arange(len(close))):
        chord = _feet(a, b, rows, close[rows])[2]
        np.minimum.at(best, group[rows], chord.min(axis=2))
    limit = _still_possible(best[group].max(axis=1))
    rows_all, columns_all = np.nonzero(apart - a.radius[:, None] - b.radius <= limit[:, None])
    found = []
    for at in _chunks(np.arange(len(rows_all))):
        rows, columns = rows_all[at], columns_all[at]
        s, t, chord = _feet(a, b, rows, columns)
        np.minimum.at(best, group[rows], chord.min(axis=2))
        pair, p, q = np.nonzero(chord <= _still_possible(best)[group[rows]][:, :, None])
        i, j = rows[pair] * _BLOCK + p, columns[pair] * _BLOCK + q
        found.append((i, j, s[pair, p, q], t[pair, p, q], chord[pair, p, q]))
    i, j, s, t, chord = (np.concatenate(parts) for parts in zip(*found, strict=True))
    of = group.ravel()[i]
    keep = chord <= _still_possible(best)[of]
    return i[keep], j[keep], s[keep], t[keep], of[keep]


def _feet(a: Pieces, b: Pieces, rows: Ints, columns: Ints) -> tuple[Floats, Floats, Floats]:
    """For all pairs of pieces of pairs of blocks: where on each the nearest points lie, and their distance in space."""
    origin = b.centre[columns][:, None]
    p, d, q, e = a.start[rows] - origin, a.span[rows], b.start[columns] - origin, b.span[columns]
    e_across, q_across = e.transpose(0, 2, 1), q.transpose(0, 2, 1)
    ee = np.sum(e * e, axis=2)[:, None]
    er = p @ e_across - np.sum(e * q, axis=2)[:, None]  # r = p - q
    rr = np.sum(p * p, axis=2)[:, :, None] + np.sum(q * q, axis=2)[:, None] - 2 * (p @ q_across)
    e_safe = np.where(ee > 0, ee, 1.0)
    if not d.any():  # points
        t = np.clip(er / e_safe, 0, 1)
        return np.zeros_like(t), t, np.sqrt(np.maximum(0.0, rr + t * (t * ee - 2 * er)))
    dd = np.sum(d * d, axis=2)[:, :, None]
    de = d @ e_across
    dr = np.sum(d * p, axis=2)[:, :, None] - d @ q_across
    across = dd * ee - de * de
    s = np.clip((de * er - dr * ee) / np.where(across > 1e-12 * dd * ee, across, np.inf), 0, 1)
    t = np.clip((de * s + er) / e_safe, 0, 1)
    s = np.clip((de * t - dr) / np.where(dd > 0, dd, 1.0), 0, 1)
    square = rr + s * (s * dd + 2 * dr) + t * (t * ee - 2 * er) - 2 * s * t * de
    return s, t, np.sqrt(np.maximum(0.0, square))


def _still_possible(chord_m: Floats) -> Floats:
    """The longest chord of a pair whose geodesic may be no longer than that of a pair with a given chord."""
    geodesic_m = 2 * _LEAST_RADIUS_M * np.arcsin(np.minimum(1.0, chord_m / (2 * _LEAST_RADIUS_M)))
    half = np.minimum(np.pi / 2, geodesic_m / (2 * _GREATEST_RADIUS_M))
    return np.asarray(np.where(np.isfinite(chord_m), 2 * _GREATEST_RADIUS_M * np.sin(half), np.inf) + _MARGIN_M)


def _places(pieces: Pieces, which: Ints, part: Floats) -> Floats:
    """Longitude and latitude at a part of the way along pieces."""
    ends = pieces.ends.reshape(-1, 4)[which]
    return np.asarray(ends[:, :2] + part[:, None] * (ends[:, 2:] - ends[:, :2]))


def _geodesics(start: Floats, stop: Floats) -> Floats:
    return np.asarray(geod().inv(start[:, 0], start[:, 1], stop[:, 0], stop[:, 1])[2])


def _cut(ends: Floats, parts: Ints) -> Floats:
    """Each of (n, 4) ends in so many equal parts."""
    of = np.repeat(np.arange(len(ends)), parts)
    k = np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts)
    low, high = (k / parts[of])[:, None], ((k + 1) / parts[of])[:, None]
    start, way = ends[of, :2], ends[of, 2:] - ends[of, :2]
    return np.hstack([start + low * way, np.where(high == 1, ends[of, 2:], start + high * way)])


def _blocks(middle: Floats) -> Ints:
    """Numbers of neighbouring points (shape (n, 3)), 16 to a row: halved again and again across the longest side."""
    whole = np.arange(len(middle))
    waiting, out = [whole], []
    while waiting:
        some = waiting.pop()
        if len(some) <= _BLOCK:
            out.append(np.pad(some, (0, _BLOCK - len(some)), mode="edge"))
            continue
        side = int(np.argmax(np.ptp(middle[some], axis=0)))
        order = some[np.argsort(middle[some, side], kind="stable")]
        half = (len(order) // 2 + _BLOCK - 1) // _BLOCK * _BLOCK
        waiting += [order[half:], order[:half]]
    return np.array(out)


def _squares(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.sum((a[:, None] - b[None]) ** 2, axis=2))


def _chunks(pairs: Ints) -> Iterable[Ints]:
    for at in range(0, len(pairs), 1024):
        yield pairs[at : at + 1024]
