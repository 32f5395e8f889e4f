"""Areas of published corners (`areas.csv`): closed lines, of which a part may follow the outer limit of a zone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from offing.claims import Claim
from offing.model.schemas import E7
from offing.zones.coast import Corner, read_corners
from offing.zones.geodesic import CURVED, Box, Floats, along
from offing.zones.offset import SPACING_M, tidied
from offing.zones.proximity import Pieces, to_edges
from offing.zones.rings import Polygons, closed, quantised
from offing.zones.shapes import pieces, shape, union

AREAS = "areas.csv"

SEGMENTS = ("straight", "loxodrome", "geodesic")

ALONG = "along:"
"""Before the id of a zone: from this corner to the next the line follows the outer limit of that zone."""

LOOP = 0.01
"""Loops of a line that are left out hold less than this part of its area."""

Outline = Callable[[Claim, str], Polygons]
"""Gives the outline of a zone by its id, for an entry that names it."""


def read_areas(folder: Path) -> dict[str, list[list[Corner]]]:
    """The areas of a pack by id, part by part. Raises `BadZone` with file and entry."""
    areas: dict[str, list[list[Corner]]] = {}
    for (name, _), corners in read_corners(folder / AREAS, "area").items():
        for corner in corners:
            if not corner.segment.startswith(ALONG):
                corner.claim.one_of("segment", corner.segment, SEGMENTS)
        areas.setdefault(name, []).append(corners)
    return areas


def area(parts: list[list[Corner]], outline: Outline, frame: Box | None) -> Polygons:
    """The area within closed lines. Raises `BadZone` where one crosses itself."""
    return tidied(union(_inside(corners, outline) for corners in parts), frame)


def _inside(corners: list[Corner], outline: Outline) -> Any:
    """One closed line as a shapely polygon. Of the two ways along a limit the one is taken that encloses less of the zone."""
    places = np.array([[c.lon_deg, c.lat_deg] for c in (*corners, corners[0])])
    places[:, 0] = np.unwrap(places[:, 0], period=360)
    ways: list[list[Floats]] = [[]]
    followed: list[Any] = []
    for corner, start, stop in zip(corners, places[:-1], places[1:], strict=True):
        if corner.segment.startswith(ALONG):
            zone = outline(corner.claim, corner.segment.removeprefix(ALONG))
            followed += [shape(polygon) for polygon in zone]
            ways = [[*way, np.vstack([start, path])] for way in ways for path in _both_ways(zone, start, stop)]
        else:
            lon, lat, _ = along(corner.segment, start, stop, SPACING_M)
            points = np.column_stack([lon, lat])[:-1] if corner.segment in CURVED else start[None]
            ways = [[*way, points] for way in ways]
    found = [_whole(shape([closed(quantised(np.concatenate(way)))])) for way in ways]
    whole = [p for p in found if p is not None]
    if not whole:
        raise corners[0].claim.refuse("the line crosses itself", "Its corners are out of order, or one is wrong.")
    zones = union(followed)
    return min(whole, key=lambda p: (p.intersection(zones).area, p.length))


def _whole(polygon: Any) -> Any:
    """The area within a line, None if it crosses itself.

    A published point may lie a little within the limit that is followed: the line to it and back makes a small loop, which is
    left out.
    """
    import shapely

    if polygon.is_valid:
        return polygon
    loops = sorted(pieces(shapely.make_valid(polygon)), key=lambda p: p.area)
    return loops[-1] if sum(p.area for p in loops[:-1]) < LOOP * loops[-1].area else None


def _both_ways(zone: Polygons, start: Floats, stop: Floats) -> list[Floats]:
    """The two ways along an outer limit between the places on it that are nearest to two points (lon, lat in degrees)."""
    import shapely
    from shapely.ops import substring

    ends = np.vstack([start, stop])
    found = [(to_edges(ends, Pieces.of([polygon[0]])), polygon[0]) for polygon in zone]
    (_, places), ring = min(found, key=lambda f: float(f[0][0].sum()))
    line = shapely.LineString(ring)
    a, b = (line.project(shapely.Point(place * E7)) for place in places)
    onward = [substring(line, a, b)] if a <= b else [substring(line, a, line.length), substring(line, 0, b)]
    back = [substring(line, a, b)] if b <= a else [substring(line, a, 0), substring(line, line.length, b)]
    return [np.concatenate([np.array(p.coords) for p in way]) / E7 for way in (onward, back)]
