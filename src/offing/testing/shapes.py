"""Zones of every awkward form: concave, with holes, islands in holes, thin corridors, shared borders, over the antimeridian.

Every function is a pure function of its arguments and of a numpy random generator where it takes one. Places are degrees;
a zone's rings are whole units of 1e-7 degree, so what is tested is what was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from offing.model.schemas import E7
from offing.model.zone import Ring, Zone

Points = npt.NDArray[np.float64]
"""Vertices in degrees, shape (n, 2), not closed."""

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees; east may pass 180."""


def ring(points: npt.ArrayLike) -> Ring:
    """Vertices in degrees as a closed ring of whole units, without repeated neighbours."""
    units = np.rint(np.asarray(points, np.float64) * E7).astype(np.int64)
    keep = np.ones(len(units), bool)
    keep[1:] = (units[1:] != units[:-1]).any(axis=1)
    units = units[keep]
    return units if (units[0] == units[-1]).all() else np.vstack([units, units[:1]])


def zone(zone_id: str, *polygons: Sequence[npt.ArrayLike], kind: str = "custom") -> Zone:
    """A zone of polygons, each given as its outer ring and its holes in degrees."""
    return Zone(zone_id, kind, tuple(tuple(ring(r) for r in polygon) for polygon in polygons), names={"en": zone_id})


def rectangle(west: float, south: float, east: float, north: float) -> Points:
    """Four corners, counter-clockwise."""
    return np.array([[west, south], [east, south], [east, north], [west, north]], np.float64)


def star(rng: np.random.Generator, centre: tuple[float, float], radius_deg: float, vertices: int) -> Points:
    """A star-shaped, mostly concave outline whose vertices lie 0.4 to 1 radius from the centre."""
    angle = (np.arange(vertices) + rng.uniform(-0.3, 0.3, vertices)) * (2 * np.pi / vertices)
    reach = radius_deg * rng.uniform(0.4, 1.0, vertices)
    return np.stack([centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle)], axis=1)


def coast(rng: np.random.Generator, centre: tuple[float, float], radius_deg: float, vertices: int) -> Points:
    """A smooth outline with bays, as limits of zones are: many vertices, each near the last."""
    angle = np.arange(vertices) * (2 * np.pi / vertices)
    reach = np.ones(vertices)
    for wave in range(2, 8):
        reach += rng.uniform(0, 0.5) / wave * np.sin(wave * angle + rng.uniform(0, 2 * np.pi))
    reach *= radius_deg / reach.max()
    return np.stack([centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle)], axis=1)


def scaled(points: Points, centre: tuple[float, float], factor: float) -> Points:
    """The outline drawn together towards a centre: with a star's own centre it lies wholly inside."""
    middle = np.array(centre, np.float64)
    drawn: Points = middle + (points - middle) * factor
    return drawn


def corridor(rng: np.random.Generator, start: tuple[float, float], legs: int, leg_deg: float, width_deg: float) -> Points:
    """A thin band of nearly even width along a bending line that never turns back on itself."""
    heading = rng.uniform(0, 2 * np.pi)
    turns = heading + np.clip(np.cumsum(rng.uniform(-0.35, 0.35, legs)), -0.7, 0.7)
    steps = np.stack([np.cos(turns), np.sin(turns)], axis=1) * leg_deg
    line = np.vstack([[start], np.array(start) + np.cumsum(steps, axis=0)])
    across = np.array([-np.sin(heading), np.cos(heading)]) * width_deg / 2
    return np.vstack([line + across, (line - across)[::-1]])


def holed(rng: np.random.Generator, zone_id: str, centre: tuple[float, float], radius_deg: float, vertices: int) -> Zone:
    """A star with a hole, and in the hole an island that has a pond: two polygons, each with one hole."""
    outline = star(rng, centre, radius_deg, vertices)
    rings = [scaled(outline, centre, f) for f in (1.0, rng.uniform(0.6, 0.9), rng.uniform(0.3, 0.5), 0.15)]
    return zone(zone_id, rings[:2], rings[2:])


def nested(rng: np.random.Generator, zone_id: str, centre: tuple[float, float], radius_deg: float, vertices: int) -> list[Zone]:
    """A zone and the ring beyond it; they share a border vertex by vertex, run in opposite directions."""
    outline = star(rng, centre, radius_deg, vertices)
    inner = scaled(outline, centre, rng.uniform(0.4, 0.8))
    return [zone(f"{zone_id}-in", [inner]), zone(f"{zone_id}-out", [outline, inner[::-1]])]


def random_zones(
    rng: np.random.Generator, count: int, box: Box, radius_deg: float, vertices: tuple[int, int] = (5, 40)
) -> list[Zone]:
    """Zones of all forms, with centres in a box, overlapping as it comes; exactly `count` of them."""
    found: list[Zone] = []
    while len(found) < count:
        name = f"zone-{len(found)}@test"
        centre = (float(rng.uniform(box[0], box[2])), float(rng.uniform(box[1], box[3])))
        size = float(radius_deg * rng.uniform(0.3, 1.0))
        n = int(rng.integers(vertices[0], vertices[1] + 1))
        form = rng.integers(6)
        if form == 0:
            found.append(holed(rng, name, centre, size, n))
        elif form == 1:
            legs = max(n // 4, 1)
            found.append(zone(name, [corridor(rng, centre, legs, 2 * size / legs, size * float(rng.uniform(0.01, 0.2)))]))
        elif form == 2 and count - len(found) >= 2:
            found += nested(rng, name, centre, size, n)
        elif form == 3:
            beside = (centre[0] + 2.1 * size, centre[1] + float(rng.uniform(-size, size)))
            found.append(zone(name, [star(rng, centre, size, n)], [star(rng, beside, size, n)]))
        elif form == 4:
            found.append(zone(name, [coast(rng, centre, size, n)]))
        else:
            found.append(zone(name, [star(rng, centre, size, n)]))
    return found


def shifted(zones: Sequence[Zone], turns: int) -> list[Zone]:
    """The same areas written with longitudes 360 degrees further east for each turn."""
    move = np.array([turns * 360 * E7, 0], np.int64)
    return [Zone(z.id, z.kind, tuple(tuple(r + move for r in polygon) for polygon in z.polygons), names=z.names) for z in zones]
