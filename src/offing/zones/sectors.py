"""Limits at a distance from the shore that is another one in some directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from offing.model.schemas import E7
from offing.zones.geodesic import Box, Floats, destination, divided, geod
from offing.zones.offset import CHORD_M, Baseline, Part, body, tidied, within
from offing.zones.proximity import Pieces, to_edges
from offing.zones.rings import Polygons, twice_area
from offing.zones.shapes import pieces, union

SPACING_M = 25.0
"""Between the rays that leave a straight shore."""

_GOOD_M = 0.5
_BEARING_DEG = 0.01  # within which a bearing counts as the end of a sector


@dataclass(frozen=True)
class Sector:
    """Another reach where the bearing from the nearest point of the shore lies between two, going clockwise."""

    from_deg: float
    to_deg: float
    reach_m: float

    def holds(self, bearing_deg: Floats) -> Any:
        """Which of the bearings lie in it, its ends included."""
        return (bearing_deg - self.from_deg + _BEARING_DEG) % 360 <= (self.to_deg - self.from_deg) % 360 + 2 * _BEARING_DEG


def near_shore(baseline: Baseline, reach_m: float, sectors: list[Sector], frame: Box | None) -> Polygons:
    """Everything within a distance of the shore, and within that of a sector where the nearest shore bears so."""
    area = body(within(baseline, reach_m))
    for sector in sectors:
        there = body(within(baseline, sector.reach_m))
        if sector.reach_m > reach_m:
            area = area.union(_reached(baseline, sector, sector.reach_m).intersection(there))
        else:
            area = area.difference(_reached(baseline, sector, reach_m).difference(there))
    return tidied(_without_gaps(area, baseline, reach_m, sectors), frame)


def _without_gaps(area: Any, baseline: Baseline, reach_m: float, sectors: list[Sector]) -> Any:
    """Fills the gaps that rays leave where they meet rays from another shore; one place in each tells."""
    import shapely

    holes = [shapely.Polygon(ring) for polygon in pieces(area) for ring in polygon.interiors]
    if not holes:
        return area
    places = np.array([[p.x, p.y] for p in (hole.representative_point() for hole in holes)]) / E7
    distance_m, feet = to_edges(places, _shore(baseline))
    bearing = np.asarray(geod().inv(*feet.T, *places.T)[0])
    reach = np.full(len(holes), reach_m)
    for sector in sectors:
        reach[sector.holds(bearing)] = sector.reach_m
    return union([area, *(hole for hole, inside in zip(holes, distance_m < reach, strict=True) if inside)])


def _shore(baseline: Baseline) -> Pieces:
    return Pieces.of([part.ring() for part in baseline.parts])


def _reached(baseline: Baseline, sector: Sector, distance_m: float) -> Any:
    """All places within a distance whose nearest shore bears in a sector, as a shapely geometry.

    Rays leave the shore at right angles, and in fans at corners that stand out. Each goes on to the distance, or until
    another part of the shore is nearer.
    """
    import shapely

    shore = _shore(baseline)
    quads: list[Any] = []
    for part in baseline.parts:
        feet, bearing = _rays(part, sector, distance_m)
        held = sector.holds(bearing)
        reach = np.zeros(len(feet))
        reach[held] = _free(feet[held], bearing[held], distance_m, shore)
        tips = np.column_stack(destination(feet[:, 0], feet[:, 1], bearing, reach))
        for i in np.flatnonzero(held & np.roll(held, -1)).tolist():
            ends = [i, (i + 1) % len(feet)]
            quads.append(shapely.MultiPoint(np.vstack([feet[ends], tips[ends]]) * E7).convex_hull)
    return union(q for q in quads if q.geom_type == "Polygon")


def _rays(part: Part, sector: Sector, distance_m: float) -> tuple[Floats, Floats]:
    """Where rays leave a shore and their bearings, in order round it with the land on the left."""
    ring = part.ring()
    corners = (ring if twice_area(ring) > 0 else ring[::-1]) / E7
    azimuth = np.asarray(geod().inv(*corners[:-1].T, *corners[1:].T)[0])
    step = np.degrees(2 * np.arccos(1 - CHORD_M / distance_m))
    points, of = divided(corners[:-1], corners[1:], SPACING_M)
    feet, bearings = [], []
    for i, out in enumerate((azimuth + 90) % 360):
        turn = (azimuth[i - 1] + 90 - out) % 360  # at the corner before, going against the clock
        if turn < 180:
            fan = np.concatenate([np.arange(0, turn, step), (azimuth[i - 1] + 90 - [sector.from_deg, sector.to_deg]) % 360])
            fan = np.sort(fan[fan < turn])
            feet.append(np.broadcast_to(corners[i], (len(fan), 2)))
            bearings.append((azimuth[i - 1] + 90 - fan) % 360)
        feet.append(points[of == i])
        bearings.append(np.full(int(np.sum(of == i)), out))
    return np.concatenate(feet), np.concatenate(bearings)


def _free(feet: Floats, bearing: Floats, distance_m: float, shore: Pieces) -> Floats:
    """How far each ray goes, at most the distance, before another part of the shore is nearer than its own foot."""
    low, high = np.zeros(len(feet)), np.full(len(feet), distance_m)
    tried = high
    while np.any(high - low > _GOOD_M):
        places = np.column_stack(destination(feet[:, 0], feet[:, 1], bearing, tried))
        clear = to_edges(places, shore)[0] > tried - _GOOD_M
        low, high = np.where(clear, tried, low), np.where(clear, high, tried)
        tried = (low + high) / 2
    return low
