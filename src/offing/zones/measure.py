"""Areas and lengths on the WGS84 ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence

from offing.model.schemas import E7
from offing.model.zone import Ring
from offing.zones.geodesic import geod
from offing.zones.rings import Polygons


def area_km2(polygons: Polygons) -> float:
    """The area of polygons, holes left out, in square kilometres."""
    area_m2 = 0.0
    for polygon in polygons:
        outer, *holes = (abs(geod().polygon_area_perimeter(*(ring / E7).T)[0]) for ring in polygon)
        area_m2 += outer - sum(holes)
    return area_m2 / 1e6


def length_m(lines: Sequence[Ring]) -> float:
    """The length of lines in metres, each step by the shortest way."""
    return float(sum(geod().line_length(*(line / E7).T) for line in lines))
