"""The cells of coverage: a grid in longitude and latitude, and which of its cells lie near a zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from offing.errors import BadParameter
from offing.model.schemas import E7
from offing.model.zone import Zone

NM_M = 1852.0
RADIUS_LONG_M = 6_399_593.7
RADIUS_SHORT_M = 6_335_439.3
"""WGS84's greatest and least radius of curvature (a^2/b at the poles; b^2/a along the meridian at the equator).

With geodetic latitudes a sphere of the one never gives a distance shorter than the geodesic, one of the other never a
longer one: so bounds from spheres are safe.
"""

SPACING_M = 900.0  # between points taken along a zone's boundary
MARGIN_M = 1.0  # for rounding in the arc cosine of nearly equal directions
THIN_DEG = 0.005  # of points nearer to each other than this one is enough
CHUNK = 20_000  # cells looked at in one go
DEPTH = 4  # a cell that cannot be decided whole is quartered this often

Floats = npt.NDArray[np.float64]
Bounds = tuple[Floats, Floats, Floats, Floats]


@dataclass(frozen=True)
class Grid:
    """Cells of equal sides in degrees, counted eastward from 180 W in rows from 90 S; the last of a row may be narrower."""

    cell_deg: float

    @property
    def cell_e7(self) -> int:
        """Side of a cell in 1e-7 degree."""
        return round(self.cell_deg * E7)

    @property
    def columns_n(self) -> int:
        """Cells in a row."""
        return -(-360 * E7 // self.cell_e7)

    @property
    def rows_n(self) -> int:
        """Rows from pole to pole."""
        return -(-180 * E7 // self.cell_e7)

    def bounds_deg(self, cells: npt.NDArray[np.int64]) -> Bounds:
        """West, south, east and north of each cell."""
        row, column = np.divmod(cells, self.columns_n)
        side = self.cell_e7
        west, south = column * side - 180 * E7, row * side - 90 * E7
        east, north = np.minimum(west + side, 180 * E7), np.minimum(south + side, 90 * E7)
        return west / E7, south / E7, east / E7, north / E7

    def cells_in_box(self, west: float, south: float, east: float, north: float) -> npt.NDArray[np.int64]:
        """All cells that a box touches; west <= east, and either may lie beyond 180 degrees."""
        side = self.cell_e7 / E7
        low, high = int(max(south + 90, 0) // side), int(min(north + 90, 180) // side)
        rows = np.arange(low, min(high, self.rows_n - 1) + 1)
        if east - west >= 360 - side:
            columns = np.arange(self.columns_n)
        else:
            start = (west + 180) % 360
            stop = start + (east - west)
            first = np.arange(int(start // side), min(int(min(stop, 360) // side), self.columns_n - 1) + 1)
            beyond = np.arange(int((stop - 360) // side) + 1) if stop >= 360 else np.empty(0, np.int64)
            columns = np.unique(np.concatenate((first, beyond)))
        return (rows[:, None] * self.columns_n + columns).ravel().astype(np.int64)


def near_cells(zone: Zone, near_nm: float, cell_deg: float = 0.05) -> npt.NDArray[np.int32]:
    """Cells that lie wholly inside the zone or within `near_nm` nautical miles of it, ascending.

    Conservative: every cell given is wholly that near by geodesics of WGS84; a few at the rim that are may be missing (up
    to about 1 % of the distance and half a mile). Land and other zones between do not matter.
    """
    if not near_nm > 0:
        raise BadParameter(f"near_nm = {near_nm:g} is not a distance.", "Give nautical miles above 0.")
    if not zone.polygons:
        return np.empty(0, np.int32)
    grid, area = Grid(cell_deg), _Area(zone, near_nm * NM_M)
    cells = np.unique(np.concatenate([grid.cells_in_box(*box) for box in area.reached_boxes()]))
    near = [part[area.holds(grid.bounds_deg(part), DEPTH)] for part in np.array_split(cells, len(cells) // CHUNK + 1)]
    return np.concatenate(near).astype(np.int32)


class _Area:
    """A zone with the waters within `reach_m` of it, asked about boxes."""

    def __init__(self, zone: Zone, reach_m: float) -> None:
        self.reach_m = reach_m
        self.rings = [ring / E7 for polygon in zone.polygons for ring in polygon]
        self.outer = [polygon[0] / E7 for polygon in zone.polygons]
        self.shapes = [shapely.Polygon(rings[0] / E7, [hole / E7 for hole in rings[1:]]) for rings in zone.polygons]
        shapely.prepare(self.shapes)
        points = np.concatenate([_along(ring) for ring in self.rings])
        points = points[np.argsort(points[:, 1], kind="stable")]
        self.point_lat = points[:, 1]
        self.point_xyz = _directions(points[:, 0], points[:, 1])

    def reached_boxes(self) -> list[tuple[float, float, float, float]]:
        """West, south, east, north round each polygon and its reach."""
        up = np.degrees(self.reach_m / RADIUS_SHORT_M)
        boxes = []
        for ring in self.outer:
            (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
            south, north = south - up, north + up
            poleward = max(abs(south), abs(north))
            wide = up / np.cos(np.radians(poleward)) if poleward < 89 else 360.0
            boxes.append((float(west - wide), float(south), float(east + wide), float(north)))
        return boxes

    def holds(self, box: Bounds, depth: int) -> npt.NDArray[np.bool_]:
        """Whether each box lies wholly in it: its centre does with all its half diagonal to spare, or its quarters do."""
        west, south, east, north = box
        lon, lat = (west + east) / 2, (south + north) / 2
        half_up, half_wide = np.radians((north - south) / 2), np.radians((east - west) / 2)
        widest = np.cos(np.radians(np.clip(np.minimum(np.abs(south), np.abs(north)), 0, 90)))
        widest = np.where((south < 0) & (north > 0), 1.0, widest)
        half_m = RADIUS_LONG_M * np.hypot(half_up, half_wide * widest)
        away_m = self.distance_m(lon, lat)
        good: npt.NDArray[np.bool_] = away_m + half_m <= self.reach_m
        open_ = np.flatnonzero(~good & (away_m <= self.reach_m))
        if depth and len(open_):
            w, s, e, n, x, y = (a[open_] for a in (west, south, east, north, lon, lat))
            quarters = [(w, s, x, y), (x, s, e, y), (w, y, x, n), (x, y, e, n)]
            good[open_] = np.logical_and.reduce([self.holds(q, depth - 1) for q in quarters])
        return good

    def distance_m(self, lon: Floats, lat: Floats) -> Floats:
        """Never less than the geodesic from each place to the zone, 0 inside; infinite where surely beyond reach."""
        away = np.full(len(lon), np.inf)
        inside = np.zeros(len(lon), np.bool_)
        for turn in (-360.0, 0.0, 360.0):  # rings are unwrapped and may pass 180 degrees
            for shape in self.shapes:
                inside |= shapely.contains_xy(shape, lon + turn, lat)
        away[inside] = 0.0
        outside = np.flatnonzero(~inside)
        up = np.degrees(self.reach_m / RADIUS_SHORT_M)
        for part in np.array_split(outside, len(outside) // 512 + 1):
            if not len(part):
                continue
            low = np.searchsorted(self.point_lat, lat[part].min() - up, "left")
            high = np.searchsorted(self.point_lat, lat[part].max() + up, "right")
            if low < high:
                cosine = (_directions(lon[part], lat[part]) @ self.point_xyz[low:high].T).max(axis=1)
                away[part] = RADIUS_LONG_M * np.arccos(np.clip(cosine, -1, 1)) + MARGIN_M
        return away


def _directions(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Unit vectors, shape (n, 3)."""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def _along(ring_deg: Floats) -> Floats:
    """Points of a ring at most `SPACING_M` apart on its edges, which are straight in longitude and latitude."""
    a, b = ring_deg[:-1], ring_deg[1:]
    nearest_equator = np.where(a[:, 1] * b[:, 1] <= 0, 0.0, np.minimum(np.abs(a[:, 1]), np.abs(b[:, 1])))
    step = np.radians(b - a)
    length_m = RADIUS_LONG_M * np.hypot(step[:, 1], step[:, 0] * np.cos(np.radians(nearest_equator)))
    pieces = np.maximum(np.ceil(length_m / SPACING_M), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(a)), pieces)
    share = (np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[edge]
    points = a[edge] + share[:, None] * (b[edge] - a[edge])
    _, kept = np.unique(np.round(points / THIN_DEG), axis=0, return_index=True)
    thinned: Floats = points[np.sort(kept)]
    return thinned
