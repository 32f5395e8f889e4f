"""Limits at a distance from a baseline: the envelope of arcs, geodesic on WGS84, joined with the landward side.

Every piece is built at its true place, never in a flat projection:

- along a segment, the points at the distance on both sides of it, each by the geodesic at right angles to the line;
- round each base point, the circle at the distance; where a segment begins, the circle has a vertex of its own at the
  segment's corner, so that pieces meet without a notch;
- the inside of the baseline.

Their union in longitude and latitude has vertices that lie at the distance to within millimetres; between two of them the
boundary is a chord, and vertices are dense enough for a chord to err by about a metre (`CHORD_M`), against the 5 m allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from offing.model.schemas import E7
from offing.model.zone import Ring
from offing.zones.geodesic import Floats, along, destination
from offing.zones.rings import Polygons, canonical, closed, quantised
from offing.zones.shapes import difference, polygons_of, shape, union

CHORD_M = 1.0
"""The sagitta allowed to a chord of an arc."""

SPACING_M = 5_000.0
"""Between points along a segment: at 60 degrees of latitude its chord errs by under a metre."""

_DUST_E7 = 5.0
"""Vertices that stand out by less (5 cm) where pieces cross are no feature of the line."""


@dataclass(frozen=True)
class Part:
    """One closed line of a baseline: its points in order, and what joins each to the next (the last to the first)."""

    lon_deg: tuple[float, ...]
    lat_deg: tuple[float, ...]
    kinds: tuple[str, ...]  # of geodesic.SEGMENT_KINDS

    def segments(self, spacing_m: float = SPACING_M) -> list[tuple[Floats, Floats, Floats]]:
        """Points and azimuths along each segment in turn."""
        lon = [self.lon_deg[0]]
        for x in (*self.lon_deg[1:], self.lon_deg[0]):  # the short way round
            lon.append(x + 360.0 * round((lon[-1] - x) / 360.0))
        lat = [*self.lat_deg, self.lat_deg[0]]
        return [along(k, lon[i], lat[i], lon[i + 1], lat[i + 1], spacing_m) for i, k in enumerate(self.kinds)]

    def ring(self) -> Ring:
        """The line itself. Edges of a zone are straight in longitude and latitude: only other kinds need points between."""
        lines = []
        for kind, (lon, lat, _) in zip(self.kinds, self.segments(), strict=True):
            points = np.column_stack([lon[:-1], lat[:-1]])
            lines.append(points[:1] if kind in ("straight", "normal") else points)
        return closed(quantised(np.concatenate(lines)))


@dataclass(frozen=True)
class Baseline:
    """The line from which the breadth of a zone is measured; several closed lines where islands lie apart."""

    id: str
    parts: tuple[Part, ...]


def inside(baseline: Baseline) -> Polygons:
    """The landward side of the baseline itself: internal waters and land."""
    return canonical([part.ring()] for part in baseline.parts)


def within(baseline: Baseline, distance_m: float) -> Polygons:
    """Everything landward of the limit at a distance: the waters, what lies inside the baseline, and the land."""
    pieces: list[Any] = []
    for part in baseline.parts:
        pieces.append(shape([part.ring()]))
        pieces += _strips_and_discs(part, distance_m)
    return polygons_of(union(pieces).simplify(_DUST_E7))


def between(baseline: Baseline, inner_m: float, outer_m: float) -> Polygons:
    """The ring beyond one limit out to another; its inner edge has the very vertices of `within(baseline, inner_m)`."""
    return difference(within(baseline, outer_m), within(baseline, inner_m))


def _strips_and_discs(part: Part, distance_m: float) -> list[Any]:
    import shapely

    step_deg = np.degrees(2 * np.arccos(1 - CHORD_M / distance_m))
    round_deg = np.arange(int(np.ceil(360 / step_deg))) * (360 / np.ceil(360 / step_deg))
    lines = part.segments()
    out: list[Any] = []
    for i, (lon, lat, azimuth) in enumerate(lines):
        left = np.column_stack(destination(lon, lat, azimuth - 90, distance_m))
        right = np.column_stack(destination(lon, lat, azimuth + 90, distance_m))
        out.append(shapely.Polygon(np.concatenate([left, right[::-1]]) * E7))
        before = lines[i - 1][2][-1]
        corners = np.array([before - 90, before + 90, azimuth[0] - 90, azimuth[0] + 90])
        around = np.concatenate([round_deg, corners])
        around = around[np.unique(around % 360, return_index=True)[1]]
        centre_lon, centre_lat = np.full(1, lon[0]), np.full(1, lat[0])
        disc_lon, disc_lat = destination(centre_lon, centre_lat, around, distance_m)
        out.append(shapely.Polygon(np.column_stack([disc_lon, disc_lat]) * E7))
    return out
