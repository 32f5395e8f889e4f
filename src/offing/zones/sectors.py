"""Limits at a distance from the shore that is another one in some directions from the middle of the islands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from offing.model.schemas import E7
from offing.zones.geodesic import Box, destination, geod
from offing.zones.offset import Baseline, body, tidied, within
from offing.zones.rings import Polygons

STEP_DEG = 2.0
"""Between two rays of a sector; its far edge lies beyond every reach."""


@dataclass(frozen=True)
class Sector:
    """Another reach where the bearing from the middle of the islands lies between two, going clockwise."""

    from_deg: float
    to_deg: float
    reach_m: float


def near_shore(baseline: Baseline, reach_m: float, sectors: list[Sector], frame: Box | None) -> Polygons:
    """Everything within a distance of the shore, and within that of a sector where the middle of the islands bears so."""
    area = body(within(baseline, reach_m))
    for sector in sectors:
        there = body(within(baseline, sector.reach_m))
        wedge = _wedge(baseline, sector, max(reach_m, sector.reach_m))
        area = area.difference(wedge).union(there.intersection(wedge))
    return tidied(area, frame)


def middle(baseline: Baseline) -> tuple[float, float]:
    """Longitude and latitude of the middle of the box round a coast."""
    corners = np.concatenate([part.corners() for part in baseline.parts])
    lon, lat = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return float(lon), float(lat)


def _wedge(baseline: Baseline, sector: Sector, reach_m: float) -> Any:
    """The sector as a shapely polygon in 1e-7 degree, out to beyond the reach."""
    import shapely

    lon, lat = middle(baseline)
    corners = np.concatenate([part.corners() for part in baseline.parts])
    away_m = geod().inv(np.full(len(corners), lon), np.full(len(corners), lat), *corners.T)[2]
    width = (sector.to_deg - sector.from_deg) % 360 or 360.0
    bearings = np.append(np.arange(0, width, STEP_DEG), width) + sector.from_deg
    far_m = 1.1 * (float(np.max(away_m)) + reach_m) / np.cos(np.radians(STEP_DEG / 2))
    rim = np.column_stack(destination(np.full(1, lon), np.full(1, lat), bearings, far_m))
    points = rim if width == 360 else np.vstack([[lon, lat], rim])
    return shapely.Polygon(points * E7)
