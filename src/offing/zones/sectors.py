"""Limits at a distance from the shore that is another one in some directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from offing.model.schemas import E7
from offing.zones.geodesic import Box, Floats, geod
from offing.zones.offset import Baseline, body, tidied, within
from offing.zones.proximity import Pieces, to_edges
from offing.zones.rings import Polygons
from offing.zones.shapes import union

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
        ends = sector.from_deg, sector.to_deg
        there = within(baseline, sector.reach_m, bearings_deg=ends)
        if sector.reach_m > reach_m:
            area = area.union(_rays(there, baseline, sector))
        else:
            beyond = _rays(within(baseline, reach_m, bearings_deg=ends), baseline, sector).difference(body(there))
            area = area.difference(beyond)
    return tidied(area, frame)


def _rays(limit: Polygons, baseline: Baseline, sector: Sector) -> Any:
    """What lies between the shore and the part of a limit that is in a sector, as a shapely geometry.

    From each vertex of the limit a ray goes to the nearest point of the shore; along it the bearing stays the same.
    """
    import shapely

    corners = [part.corners(float(limit[0][0][0, 0] / E7)) for part in baseline.parts]
    shore = Pieces.of([np.rint(c * E7).astype(np.int64) for c in corners])
    quads: list[Any] = []
    for ring in (ring / E7 for polygon in limit for ring in polygon):
        _, foot = to_edges(ring, shore)
        inside = sector.holds(np.asarray(geod().inv(*foot.T, *ring.T)[0]))
        for i in np.flatnonzero(inside[:-1] & inside[1:]).tolist():
            quads.append(shapely.MultiPoint(np.vstack([ring[i : i + 2], foot[i : i + 2]]) * E7).convex_hull)
    return union(q for q in quads if q.geom_type == "Polygon")
