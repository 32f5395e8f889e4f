"""Limits at a distance from a baseline: the envelope of arcs, geodesic on WGS84, joined with the landward side.

Every piece is built at its true place, never in a flat projection:

- along a segment, the points at the distance on both sides of it, each by the geodesic at right angles to the line;
- round each base point, the circle at the distance; where a segment begins or ends, the circle has a vertex of its own at the
  segment's corner, so that pieces meet without a notch;
- the inside of the baseline.

Of a coast (`normal` segments) only those pieces are built that hold a part of the limit (exposure.py).

Their union in longitude and latitude has vertices that lie at the distance to within millimetres; between two of them the
boundary is a chord, and vertices are dense enough for a chord to err by about a metre (`CHORD_M`), against the 5 m allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from offing.model.schemas import E7
from offing.model.zone import Ring
from offing.zones.exposure import exposed
from offing.zones.geodesic import CURVED, Box, Floats, along, box_around, destination, divided, geod
from offing.zones.proximity import space
from offing.zones.rings import Polygons, closed, quantised
from offing.zones.shapes import pieces, polygons_of, shape, union

CHORD_M = 1.0
"""The sagitta allowed to a chord of an arc."""

SPACING_M = 5_000.0
"""Between points along a segment: at 60 degrees of latitude its chord errs by under a metre."""

_DUST_E7 = 5.0
"""Vertices that stand out by less (5 cm) where pieces cross are no feature of the line."""


@dataclass(frozen=True, eq=False)
class Part:
    """One closed line of a baseline: its points in order, and what joins each to the next (the last to the first)."""

    lon_deg: Sequence[float] | Floats
    lat_deg: Sequence[float] | Floats
    kinds: tuple[str, ...]  # of geodesic.SEGMENT_KINDS

    def corners(self, near_lon_deg: float | None = None) -> Floats:
        """Its points, the first again at the end, shape (n + 1, 2); the short way round, from the first as near as can be."""
        points = np.column_stack([[*self.lon_deg, self.lon_deg[0]], [*self.lat_deg, self.lat_deg[0]]])
        points[:, 0] = np.unwrap(points[:, 0], period=360)
        if near_lon_deg is not None:
            points[:, 0] += 360.0 * np.round((near_lon_deg - points[0, 0]) / 360.0)
        return points

    def ring(self, near_lon_deg: float | None = None) -> Ring:
        """The line itself. Edges of a zone are straight in longitude and latitude: only other kinds need points between."""
        points = self.corners(near_lon_deg)
        lines, start = [], 0
        for i, kind in enumerate(self.kinds):
            if kind in CURVED:
                lon, lat, _ = along(kind, points[i], points[i + 1], SPACING_M)
                lines += [points[start : i + 1], np.column_stack([lon, lat])[1:-1]]
                start = i + 1
        return closed(quantised(np.concatenate([*lines, points[start:]])))


@dataclass(frozen=True, eq=False)
class Baseline:
    """The line from which the breadth of a zone is measured; several closed lines where islands lie apart."""

    id: str
    parts: tuple[Part, ...]


def inside(baseline: Baseline, frame: Box | None = None) -> Polygons:
    """The landward side of the baseline itself: internal waters and land."""
    return tidied(_land(baseline.parts, _middle(baseline, frame)), frame)


def within(baseline: Baseline, distance_m: float, frame: Box | None = None) -> Polygons:
    """Everything landward of the limit at a distance: the waters, what lies inside the baseline, and the land.

    With a frame only what lies in it.
    """
    import shapely

    lon_deg = _middle(baseline, frame)
    land = _land(baseline.parts, lon_deg)
    lines = _Segments.of(baseline.parts, lon_deg)
    coast, of = lines.coast(distance_m)
    holds = exposed(coast, distance_m, land) if len(coast) else np.zeros(0, np.bool_)
    if frame:
        holds &= _is_in(coast, box_around(frame, distance_m))
    area = union([land, *_strips_and_circles(lines, *lines.held(of, holds), distance_m)]).simplify(_DUST_E7)
    filled = shapely.box(*(np.array(frame) * E7)) if frame else union(shapely.Polygon(p.exterior) for p in pieces(area))
    shore = _Shore(coast)
    gaps = [gap for gap in pieces(filled.difference(area)) if len(coast) and shore.holds(gap, distance_m)]
    return tidied(union([area, *gaps]), frame)


def corridor(baseline: Baseline, distance_m: float) -> Polygons:
    """Everything within a distance of published lines, on both sides of them; not what they enclose."""
    lines = _Segments.of(baseline.parts, _middle(baseline, None))
    none = np.zeros(0, np.int64)
    pieces_of_it = _strips_and_circles(lines, *lines.held(none, none.astype(np.bool_)), distance_m)
    return tidied(union(pieces_of_it).simplify(_DUST_E7))


def tidied(area: Any, frame: Box | None = None) -> Polygons:
    """A shapely geometry, or the part of it in a frame, as canonical polygons.

    Rounding makes no ring cross itself. Parts and holes thinner than 10 cm, where two lines were meant to meet, vanish.
    """
    import shapely

    if frame is not None:
        area = area.intersection(shapely.box(*(np.array(frame) * E7)))
    whole = [
        shapely.Polygon(p.exterior, [r for r in p.interiors if not _is_dust(shapely.Polygon(r))])
        for p in pieces(shapely.set_precision(area, 1.0))
        if not _is_dust(p)
    ]
    return polygons_of(shapely.MultiPolygon(whole))


def _is_dust(polygon: Any) -> bool:
    return bool(polygon.area < _DUST_E7 * polygon.length)


def body(polygons: Polygons) -> Any:
    """Polygons as one shapely geometry."""
    return union(shape(p) for p in polygons)


def _middle(baseline: Baseline, frame: Box | None) -> float:
    return (frame[0] + frame[2]) / 2 if frame else float(baseline.parts[0].lon_deg[0])


@dataclass(frozen=True, eq=False)
class _Segments:
    """The segments of several parts in one row. Point number i is the start of segment i."""

    start: Floats  # (n, 2)
    stop: Floats  # (n, 2)
    kind: Any  # (n,) of str
    after: Any  # (n,): the segment that starts where this one ends

    @classmethod
    def of(cls, parts: Iterable[Part], near_lon_deg: float) -> _Segments:
        lines, after, n = [], [], 0
        for part in parts:
            lines.append(part.corners(near_lon_deg))
            after.append(n + np.roll(np.arange(len(part.kinds)), -1))
            n += len(part.kinds)
        kind = np.array([k for part in parts for k in part.kinds])
        start, stop = (np.concatenate([line[cut] for line in lines]) for cut in (slice(-1), slice(1, None)))
        return cls(start, stop, kind, np.concatenate(after))

    def coast(self, distance_m: float) -> tuple[Floats, Any]:
        """Points of the coast, and the segment of each; a circle round each would leave notches of half a chord's error."""
        normal = np.flatnonzero(self.kind == "normal")
        points, of = divided(self.start[normal], self.stop[normal], np.sqrt(4 * distance_m * CHORD_M))
        return points, normal[of]

    def held(self, of: Any, holds: Any) -> tuple[Any, Any]:
        """Numbers of the segments and of the points of which pieces are built: published ones, and what holds of the coast."""
        published = np.flatnonzero((self.kind != "normal") & (self.kind != "closing"))
        first, last = np.diff(of, prepend=-1) != 0, np.diff(of, append=-1) != 0
        on_both_sides = holds & np.append(holds[1:], False) & ~last
        segments = of[on_both_sides | (holds & ~first & ~last)]
        points = [published, self.after[published], of[holds & first], self.after[of[holds & last]]]
        return np.union1d(published, segments), np.unique(np.concatenate(points))


def _strips_and_circles(lines: _Segments, segments: Any, points: Any, distance_m: float) -> list[Any]:
    """Strips along segments and circles round points, as shapely polygons in 1e-7 degree."""
    import shapely

    out: list[Any] = []
    corners = np.zeros((len(lines.kind), 4))
    for i in segments.tolist():
        lon, lat, azimuth = along(lines.kind[i], lines.start[i], lines.stop[i], SPACING_M)
        left = np.column_stack(destination(lon, lat, azimuth - 90, distance_m))
        right = np.column_stack(destination(lon, lat, azimuth + 90, distance_m))
        out.append(shapely.Polygon(np.concatenate([left, right[::-1]]) * E7))
        corners[i, :2] = azimuth[0] - 90, azimuth[0] + 90
        corners[lines.after[i], 2:4] = azimuth[-1] - 90, azimuth[-1] + 90
    n = int(np.ceil(180 / np.degrees(np.arccos(1 - CHORD_M / distance_m))))
    for some in np.array_split(points, len(points) // 500 + 1):
        round_deg = np.broadcast_to(np.arange(n) * (360 / n), (len(some), n))
        around = np.sort(np.hstack([round_deg, corners[some] % 360]), axis=1)
        circles = destination(lines.start[some, :1], lines.start[some, 1:], around, distance_m)
        out += shapely.polygons(np.stack(circles, axis=-1) * E7).tolist()
    return out


def _land(parts: Iterable[Part], near_lon_deg: float) -> Any:
    return union(shape([part.ring(near_lon_deg)]) for part in parts)


class _Shore:
    """Points of a coast, for the distance of a few places from it."""

    def __init__(self, points: Floats) -> None:
        self.points = points
        self.in_space = space(points)

    def distance_m(self, places: Floats) -> Floats:
        """The distance of each place (shape (n, 2), degrees) from the nearest point."""
        nearest = [int(np.argmin(np.sum((self.in_space - place) ** 2, axis=1))) for place in space(places)]
        return np.asarray(geod().inv(*places.T, *self.points[nearest].T)[2])

    def holds(self, gap: Any, distance_m: float) -> bool:
        """Whether a gap left between pieces is nearer than the limit.

        Pieces are built only of what holds the limit, so that behind them water may be left out. No limit runs through such a
        gap: one place tells, but for slivers along the limit.
        """
        place = gap.representative_point()
        off_m = self.distance_m(np.array([[place.x, place.y]]) / E7)[0] - distance_m
        if abs(off_m) < 2 * CHORD_M:
            off_m = self.distance_m(np.array(gap.exterior.coords) / E7).max() - distance_m
        return bool(off_m < 2 * CHORD_M)


def _is_in(points: Floats, box: Box) -> Any:
    west, south, east, north = box
    lon, lat = points.T
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
