"""Which points of a coast hold a limit: of tens of thousands only a few hundred do.

A point holds a part of the limit at a distance if a circle of that radius goes through it and encloses no other point. Of all
empty circles through a point the largest is a circumcircle of its triangles in the Delaunay triangulation. A stereographic
projection turns circles into circles, so that the triangulation is done on it; radii are then measured on the ellipsoid.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from offing.model.schemas import E7
from offing.zones.geodesic import Floats, geod

_MARGIN = 0.99
"""Circles a little smaller count too: on an ellipsoid a circle of 370 km is drawn as one to about one part in ten thousand."""


def exposed(points: Floats, distance_m: float, land: Any) -> npt.NDArray[np.bool_]:
    """Which points of a coast (shape (n, 2), degrees) hold a part of its limit at a distance.

    `land`: shapely geometry of the land within that coast, in 1e-7 degree; circles round places on it do not count.
    """
    import shapely
    from pyproj import Proj

    places, number = np.unique(points, axis=0, return_inverse=True)
    middle_lon, middle_lat = (places.min(axis=0) + places.max(axis=0)) / 2
    chart = Proj(proj="stere", lon_0=middle_lon, lat_0=middle_lat, ellps="WGS84")
    plane = np.column_stack(chart(places[:, 0], places[:, 1]))
    far = np.ptp(plane, axis=0).max() + 10 * distance_m
    around = (plane.min(axis=0) + plane.max(axis=0)) / 2 + far * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    plane = np.vstack([plane, around])  # so that every point of the coast lies in the midst of triangles
    corners = _triangles(plane)
    centre = _centres(plane[corners])
    lon, lat = chart(centre[:, 0], centre[:, 1], inverse=True)
    own = corners.min(axis=1)  # those around come last: a point of the coast if the triangle has one
    radius = np.full(len(corners), np.inf)
    near = (own < len(places)) & (np.hypot(*(centre - plane[own]).T) < 5 * far)
    radius[near] = geod().inv(lon[near], lat[near], *places[own[near]].T)[2]
    lon = lon + 360 * np.round((middle_lon - lon) / 360)
    shapely.prepare(land)
    radius[near & shapely.contains_xy(land, lon * E7, lat * E7)] = 0
    greatest = np.zeros(len(plane))
    np.maximum.at(greatest, corners.ravel(), np.repeat(radius, 3))
    return np.asarray(greatest[number.ravel()] >= _MARGIN * distance_m)


def _triangles(plane: Floats) -> npt.NDArray[np.int64]:
    """The Delaunay triangles of distinct points, as numbers of points, shape (n, 3)."""
    import shapely

    found = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(plane)))
    vertices = shapely.get_coordinates(found).reshape(-1, 4, 2)[:, :3]
    known = plane[:, 0] + 1j * plane[:, 1]
    order = np.argsort(known)
    return np.asarray(order[np.searchsorted(known[order], vertices[..., 0] + 1j * vertices[..., 1])])


def _centres(corners: Floats) -> Floats:
    """The centres of the circles through three points each, shape (n, 3, 2); those of very flat triangles lie far out."""
    a, (b, c) = corners[:, 0], (corners[:, 1:] - corners[:, :1]).transpose(1, 0, 2)
    across = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    bb, cc = np.sum(b * b, axis=1), np.sum(c * c, axis=1)
    to_centre = np.column_stack([c[:, 1] * bb - b[:, 1] * cc, b[:, 0] * cc - c[:, 0] * bb])
    return np.asarray(a + to_centre / np.where(across == 0, 1e-9, across)[:, None])
