"""Measuring on the ellipsoid, apart from the code under test: lines by pyproj's projections, nearest points by force."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pyproj import Geod, Proj

import offing.regions
from offing.zones.pack import Pack, load_pack

Points = npt.NDArray[np.float64]

GEOD = Geod(ellps="WGS84")
MERCATOR = Proj("+proj=merc +ellps=WGS84")


class Measure:
    """Distances in metres on WGS84; points are (n, 2) arrays of longitude and latitude in degrees."""

    geod = GEOD

    @staticmethod
    def line(kind: str, a: Any, b: Any, step_m: float) -> Points:
        """Points along one segment of a kind, its end left out."""
        n = max(1, int(GEOD.inv(*a, *b)[2] // step_m) + 1)
        t = np.arange(n)[:, None] / n
        if kind == "geodesic":
            return np.array([a, *GEOD.npts(*a, *b, n - 1)]) if n > 1 else np.array([a])
        if kind == "loxodrome":  # straight on Mercator's chart; longitudes are linear in its easting
            north = [MERCATOR(0, p[1])[1] for p in (a, b)]
            lat = MERCATOR(np.zeros(n), north[0] + t[:, 0] * (north[1] - north[0]), inverse=True)[1]
            return np.column_stack([a[0] + t[:, 0] * (b[0] - a[0]), lat])
        return np.array(a) + t * (np.array(b) - np.array(a))

    @classmethod
    def dense(cls, corners: Any, kinds: list[str], step_m: float) -> Points:
        """A closed line through corners, as points at most `step_m` apart."""
        ends = [*corners[1:], corners[0]]
        return np.vstack([cls.line(k, tuple(a), tuple(b), step_m) for k, a, b in zip(kinds, corners, ends, strict=True)])

    @staticmethod
    def nearest(points: Points, line: Points) -> tuple[Points, npt.NDArray[np.int64]]:
        """For each point the geodesic distance to the nearest of the line's points, and which that is."""
        a, b = _space(points), _space(line)
        found = np.concatenate([((p[:, None] - b[None]) ** 2).sum(2).argmin(1) for p in np.array_split(a, len(a) // 200 + 1)])
        return np.array(GEOD.inv(*points.T, *line[found].T)[2]), found

    @staticmethod
    def to_edges(points: Points, ring: Points) -> Points:
        """For each point the distance to the nearest edge of a closed ring, good for some kilometres (local plane)."""
        out = []
        for lon, lat in points:
            phi = np.radians(lat)
            w = np.sqrt(1 - GEOD.es * np.sin(phi) ** 2)
            scale = np.radians([GEOD.a / w * np.cos(phi), GEOD.a * (1 - GEOD.es) / w**3])
            p = (ring - [lon, lat]) * scale
            a, d = p[:-1], np.diff(p, axis=0)
            t = np.clip(-(a * d).sum(1) / np.maximum((d * d).sum(1), 1e-12), 0, 1)
            out.append(np.sqrt(((a + t[:, None] * d) ** 2).sum(1).min()))
        return np.array(out)

    @staticmethod
    def samples(ring: Points, n: int) -> Points:
        """Points evenly along a closed ring, and the middle of every edge."""
        lengths = np.array(GEOD.inv(*ring[:-1].T, *ring[1:].T)[2])
        along = np.concatenate([[0], np.cumsum(lengths)])
        at = (np.arange(n) + 0.37) / n * along[-1]
        even = np.column_stack([np.interp(at, along, ring[:, i]) for i in (0, 1)])
        return np.vstack([even, (ring[:-1] + ring[1:]) / 2])


def _space(points: Points) -> Points:
    """Cartesian coordinates in metres: chords order nearby points as geodesics do."""
    lon, lat = np.radians(points).T
    n = GEOD.a / np.sqrt(1 - GEOD.es * np.sin(lat) ** 2)
    return np.column_stack([n * np.cos(lat) * np.cos(lon), n * np.cos(lat) * np.sin(lon), n * (1 - GEOD.es) * np.sin(lat)])


@pytest.fixture(scope="session")
def measure() -> type[Measure]:
    return Measure


@pytest.fixture(scope="session")
def folder() -> Path:
    return offing.regions.installed()["east_asia"]


@pytest.fixture(scope="session")
def pack(folder: Path) -> Pack:
    return load_pack(folder)


@pytest.fixture(scope="session")
def baselines(folder: Path) -> dict[str, Points]:
    """The lines of the pack as points 50 m apart, read from its files without the code that builds from them."""
    parts: dict[tuple[str, str], list[tuple[float, float, str]]] = {}
    with (folder / "baselines.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            point = float(row["lon_deg"]), float(row["lat_deg"]), row["segment"]
            parts.setdefault((row["baseline"], row["part"]), []).append(point)
    for feature in json.loads((folder / "outlines.geojson").read_text(encoding="utf-8"))["features"]:
        ring = feature["geometry"]["coordinates"][0][:-1]
        parts[feature["properties"]["baseline"], feature["properties"]["id"]] = [(x, y, "normal") for x, y in ring]
    lines: dict[str, list[Points]] = {}
    for (name, _), points in parts.items():
        lines.setdefault(name, []).append(Measure.dense([p[:2] for p in points], [p[2] for p in points], 50))
    return {name: np.vstack(found) for name, found in lines.items()}
