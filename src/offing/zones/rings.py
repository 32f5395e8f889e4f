"""The one form of a zone's rings, so that equal areas have equal hashes.

Coordinates are integers of 1e-7 degree. Outer rings run counter-clockwise, holes clockwise, each from its smallest
(longitude, latitude) and closed; holes and polygons are sorted. A polygon's smallest longitude lies in [-180, 180);
beyond that its longitudes are unwrapped, so that a ring across the antimeridian passes 180 instead of jumping.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from offing.model.schemas import E7
from offing.model.zone import Ring

TURN_E7 = 360 * E7
HALF_TURN_E7 = 180 * E7

Polygon = tuple[Ring, ...]
"""An outer ring and its holes."""

Polygons = tuple[Polygon, ...]


def quantised(points: npt.ArrayLike) -> Ring:
    """Degrees, shape (n, 2), to whole units of 1e-7 degree."""
    return np.rint(np.asarray(points, dtype=np.float64) * E7).astype(np.int64)


def degrees(ring: Ring) -> list[list[float]]:
    """The ring in degrees; seven decimals, which read back to the same integers."""
    return [[float(x), float(y)] for x, y in (ring / E7).tolist()]


def closed(ring: Ring) -> Ring:
    """Without repeated neighbours, and closed."""
    keep = np.ones(len(ring), dtype=bool)
    keep[1:] = np.any(ring[1:] != ring[:-1], axis=1)
    ring = ring[keep]
    if len(ring) and np.any(ring[0] != ring[-1]):
        ring = np.vstack([ring, ring[:1]])
    return ring


def twice_area(ring: Ring) -> float:
    """Twice the signed area in squared units; positive where the ring runs counter-clockwise."""
    x, y = (ring - ring[0]).astype(np.float64).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def is_flat(ring: Ring) -> bool:
    """Whether a closed ring encloses nothing: fewer than three corners, or all on one line."""
    if len(ring) < 4:
        return True
    if twice_area(ring) != 0:
        return False
    points = [(x - int(ring[0, 0]), y - int(ring[0, 1])) for x, y in ring.tolist()]  # Python's integers: exact
    fx, fy = max(points, key=lambda p: abs(p[0]) + abs(p[1]))
    return all(x * fy == y * fx for x, y in points)


def canonical(polygons: Iterable[Sequence[Ring]]) -> Polygons:
    """The canonical form of polygons whose rings are already simple, and whose holes share the frame of their outer ring."""
    out: list[Polygon] = []
    for outer, *holes in polygons:
        west = int(outer[:, 0].min())
        shift = (west + HALF_TURN_E7) % TURN_E7 - HALF_TURN_E7 - west
        inner = sorted((_turned(h, shift, clockwise=True) for h in holes), key=_key)
        out.append((_turned(outer, shift, clockwise=False), *inner))
    return tuple(sorted(out, key=lambda p: [_key(r) for r in p]))


def _turned(ring: Ring, shift: int, *, clockwise: bool) -> Ring:
    ring = closed(np.asarray(ring, dtype=np.int64))
    if (twice_area(ring) < 0) != clockwise:
        ring = ring[::-1]
    body = ring[:-1]
    first = int(np.lexsort((body[:, 1], body[:, 0]))[0])
    turned = np.vstack([body[first:], body[: first + 1]])
    turned[:, 0] += shift
    return turned


def _key(ring: Ring) -> list[list[int]]:
    points: list[list[int]] = ring.tolist()
    return points
