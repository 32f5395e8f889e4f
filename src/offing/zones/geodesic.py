"""Lines on the WGS84 ellipsoid: what a segment between two points is, and points along it.

A law gives points; what joins them is a statement of its own:

    straight    straight in longitude and latitude, as a plate carree chart or a GIS table draws it
    loxodrome   of constant course, straight on a Mercator chart
    geodesic    the shortest line
    normal      an edge of the coast itself (an outline's edges are short: drawn like `straight`)
    closing     closes the line on the landward side, where nothing is measured from it (drawn like `straight`)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Line = tuple[Floats, Floats, Floats]
"""Longitudes, latitudes and azimuths of points, degrees."""

NAUTICAL_MILE_M = 1852.0
"""The international nautical mile."""

SEGMENT_KINDS = ("straight", "loxodrome", "geodesic", "normal", "closing")

CURVED = ("loxodrome", "geodesic")
"""Kinds that are not straight in longitude and latitude."""

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_A = 6_378_137.0  # semi-major axis of WGS84, m
_F = 1 / 298.257223563
_E2 = _F * (2 - _F)
_E = _E2**0.5


@lru_cache(maxsize=1)
def geod() -> Any:
    """The one `pyproj.Geod` of WGS84 (imported on first use: building needs it, loading does not)."""
    from pyproj import Geod

    return Geod(ellps="WGS84")


def destination(lon_deg: Floats, lat_deg: Floats, azimuth_deg: Floats, distance_m: float | Floats) -> tuple[Floats, Floats]:
    """Points at a geodesic distance from given ones; longitudes stay within half a turn of where they started."""
    lon_deg, lat_deg, azimuth_deg, far_m = np.broadcast_arrays(
        lon_deg, lat_deg, azimuth_deg, np.asarray(distance_m, np.float64)
    )
    lon, lat, _ = geod().fwd(lon_deg.copy(), lat_deg.copy(), azimuth_deg.copy(), far_m.copy())
    turns = np.round((lon_deg - np.asarray(lon)) / 360.0)
    return np.asarray(lon) + 360.0 * turns, np.asarray(lat)


def along(kind: str, start: Sequence[float] | Floats, stop: Sequence[float] | Floats, spacing_m: float) -> Line:
    """Points of one segment, both ends included, at most `spacing_m` apart, and the azimuth (degrees) of the line at each.

    Ends are longitude and latitude. Longitudes must be unwrapped: the line runs through every longitude between the two.
    """
    lon0_deg, lat0_deg, lon1_deg, lat1_deg = (float(v) for v in (*start, *stop))
    _, _, length_m = geod().inv(lon0_deg, lat0_deg, lon1_deg, lat1_deg)
    n = max(1, int(np.ceil(length_m / spacing_m)))
    t = np.arange(n + 1) / n
    if kind == "geodesic":
        return _geodesic(lon0_deg, lat0_deg, lon1_deg, lat1_deg, n)
    lon = lon0_deg + t * (lon1_deg - lon0_deg)
    if kind == "loxodrome":
        q0, q1 = _isometric(lat0_deg), _isometric(lat1_deg)
        lat = _latitude(q0 + t * (q1 - q0))
        azimuth = np.full(n + 1, np.degrees(np.arctan2(np.radians(lon1_deg - lon0_deg), q1 - q0)))
    elif kind in SEGMENT_KINDS:
        lat = lat0_deg + t * (lat1_deg - lat0_deg)
        phi = np.radians(lat)
        w2 = 1 - _E2 * np.sin(phi) ** 2  # radii of curvature: prime vertical a/w, meridian a(1-e2)/w^3
        azimuth = np.degrees(np.arctan2(np.cos(phi) * w2 * (lon1_deg - lon0_deg), (1 - _E2) * (lat1_deg - lat0_deg)))
    else:
        raise ValueError(f"a segment is one of {', '.join(SEGMENT_KINDS)}, not {kind!r}")
    lon[-1], lat[-1] = lon1_deg, lat1_deg
    lat[0] = lat0_deg
    return lon, lat, azimuth


def divided(start: Floats, stop: Floats, spacing_m: float) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Points along many straight segments (shape (n, 2), degrees), both ends of each included, at most `spacing_m` apart.

    Gives the points and for each the number of its segment.
    """
    lengths = np.asarray(geod().inv(*start.T, *stop.T)[2])
    counts = np.maximum(1, np.ceil(lengths / spacing_m)).astype(np.int64) + 1
    of = np.repeat(np.arange(len(counts)), counts)
    t = (np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)) / (counts[of] - 1)
    points = start[of] + t[:, None] * (stop - start)[of]
    last = t == 1
    points[last] = stop[of[last]]
    return points, of


def box_around(box: Box, distance_m: float) -> Box:
    """A box that holds all that lies within a distance of one."""
    west, south, east, north = box
    reach = distance_m / 6_335_000.0  # by the least radius of curvature: a little too wide, never too narrow
    ratio = math.sin(reach) / math.cos(math.radians(min(89.0, max(-south, north))))
    wide = math.degrees(math.asin(min(1.0, ratio)))
    high = math.degrees(reach)
    return west - wide, south - high, east + wide, north + high


def _geodesic(lon0: float, lat0: float, lon1: float, lat1: float, n: int) -> Line:
    azimuth0, _, length_m = geod().inv(lon0, lat0, lon1, lat1)
    steps = np.arange(n + 1) / n * length_m
    full = np.full(n + 1, 1.0)
    lon_raw, lat_raw, back = geod().fwd(full * lon0, full * lat0, full * azimuth0, steps)
    lon = np.asarray(lon_raw)
    lon = lon + 360.0 * np.round((lon0 + np.arange(n + 1) / n * (lon1 - lon0) - lon) / 360.0)
    lat, azimuth = np.array(lat_raw), np.asarray(back) + 180.0
    azimuth[0] = azimuth0
    lon[0], lat[0], lon[-1], lat[-1] = lon0, lat0, lon1, lat1
    return lon, lat, azimuth


def _isometric(lat_deg: float) -> float:
    """Isometric latitude: the northing of Mercator's chart, in radii."""
    s = np.sin(np.radians(lat_deg))
    return float(np.arctanh(s) - _E * np.arctanh(_E * s))


def _latitude(isometric: Floats) -> Floats:
    """The inverse of `_isometric`, in degrees, by the usual fixed-point iteration (each round gains over two digits)."""
    s = np.tanh(isometric)
    for _ in range(12):
        s = np.tanh(isometric + _E * np.arctanh(_E * s))
    return np.asarray(np.degrees(np.arcsin(s)))
