"""Between rings of 1e-7 degree and shapely geometries in the same units (whole numbers that float64 holds exactly)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from offing.model.zone import Ring
from offing.zones.rings import Polygon, Polygons, canonical


def shape(polygon: Sequence[Ring]) -> Any:
    """One polygon as shapely's."""
    import shapely

    return shapely.Polygon(polygon[0].astype(np.float64), [h.astype(np.float64) for h in polygon[1:]])


def pieces(geometry: Any) -> Iterator[Any]:
    """Its polygons; points and lines that an operation left over are passed by."""
    if geometry.geom_type == "Polygon":
        if not geometry.is_empty:
            yield geometry
    else:
        for part in getattr(geometry, "geoms", ()):
            yield from pieces(part)


def rings_of(polygon: Any) -> Polygon:
    """One shapely polygon as rings, rounded to whole units."""
    return tuple(np.rint(np.asarray(r.coords)[:, :2]).astype(np.int64) for r in (polygon.exterior, *polygon.interiors))


def polygons_of(geometry: Any) -> Polygons:
    """Any shapely geometry as canonical polygons."""
    return canonical(rings_of(p) for p in pieces(geometry))


def union(polygons: Iterable[Any]) -> Any:
    """One geometry that covers all of them."""
    import shapely

    return shapely.union_all(list(polygons))


def difference(outer: Polygons, inner: Polygons) -> Polygons:
    """What lies in `outer` and not in `inner`."""
    left, right = union(shape(p) for p in outer), union(shape(p) for p in inner)
    return polygons_of(left.difference(right))
