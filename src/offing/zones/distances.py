"""How far two places are apart, and how far one is from the limits of a zone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offing.model.schemas import E7
from offing.model.zone import Ring, Zone
from offing.zones.coast import frame_of
from offing.zones.geodesic import NAUTICAL_MILE_M, Floats
from offing.zones.pack import Pack
from offing.zones.proximity import Nearest, Shape, nearest, nearest_each
from offing.zones.resolve import Place

_WEAKER = ("confirmed", "user", "single source", "approximate", "recalled")

_SAME_M = 1.0  # lines of which one has other points between its corners than the other

LANDWARD = {"contiguous_zone": "territorial_sea", "restricted_water": "prohibited_water"}
"""Kinds of zones that lie round another one of the same claimant."""

WITH_LAND = ("internal_waters", "territorial_sea", "eez")
"""Kinds that hold the land they are measured from: a hole in one is water beyond its outer limit."""


@dataclass(frozen=True)
class Limit:
    """One limit of a zone: its line, and all that lies within it, what is landward of the zone included."""

    name: str  # outer, inner
    edges: Shape
    within: Shape


@dataclass(frozen=True)
class Way:
    """The shortest way between two places, or to a limit; `side` says where the other place lies from the limit."""

    nearest: Nearest
    limit: str | None = None  # outer, inner; None: to the zone or place itself
    side: str | None = None  # within, beyond, across


def distance_rows(a: Place, b: Place, pack: Pack, zones: Mapping[str, Zone]) -> list[dict[str, Any]]:
    """The ways as rows, the one between the places first; `zones` are those in force."""
    frame_deg = frame_of(pack.folder) or ()
    known = [v for v in (a.uncertainty_m, b.uncertainty_m) if v is not None]
    return [
        {
            "a": a.id,
            "b": b.id,
            "a_what": a.what,
            "b_what": b.what,
            "distance_nm": round(way.nearest.distance_m / NAUTICAL_MILE_M, 4),
            "distance_km": round(way.nearest.distance_m / 1000, 4),
            "from_lon_deg": round(way.nearest.from_lon_deg, 7),
            "from_lat_deg": round(way.nearest.from_lat_deg, 7),
            "to_lon_deg": round(way.nearest.to_lon_deg, 7),
            "to_lat_deg": round(way.nearest.to_lat_deg, 7),
            "inside": way.nearest.inside,
            "limit": way.limit,
            "side": way.side,
            "uncertainty_m": sum(known) if known else None,
            "confidence": max((a.confidence, b.confidence), key=_WEAKER.index),
            "pack": pack.label,
        }
        for way in ways(a, b, zones, frame_deg)
    ]


def ways(a: Place, b: Place, zones: Mapping[str, Zone], frame_deg: Iterable[float] = ()) -> list[Way]:
    """The way from `a` to `b`, and where one of them is a zone those to its limits.

    `zones` are those in force; edges along `frame_deg` (west, south, east, north), where zones are cut, are no limit.
    """
    found = [Way(nearest(a.shape, b.shape))]
    if (a.zone is None) == (b.zone is None):
        return found
    for limit in limits_of(a.zone or b.zone, zones, frame_deg):  # type: ignore[arg-type]
        to = nearest(limit.edges, b.shape) if a.zone else nearest(a.shape, limit.edges)
        found.append(Way(to, limit.name, to_limit(b.shape if a.zone else a.shape, limit)[1]))
    return found


def to_limit(a: Shape, limit: Limit) -> tuple[Nearest, str]:
    """The way from a shape to a limit, and its side: `within` it, `beyond` it, or `across`."""
    to = nearest(a, limit.edges)
    if to.distance_m == 0:
        return to, "across"
    return to, "within" if nearest(a, limit.within).inside else "beyond"


def limits_of(zone: Zone, zones: Mapping[str, Zone], frame_deg: Iterable[float] = ()) -> list[Limit]:
    """The outer limit of a zone, and the inner one where it lies round another zone, or round a hole with land."""
    core = _landward(zone, zones)
    holes = tuple((ring,) for polygon in zone.polygons for ring in polygon[1:])
    landward = core.polygons if core else () if zone.kind in WITH_LAND else holes
    border = Shape(lines=tuple(ring for polygon in landward for ring in polygon))
    frame_e7 = np.rint(np.array(list(frame_deg)) * E7).reshape(-1, 2)
    lines: dict[str, list[Ring]] = {"outer": [], "inner": []}
    for ring in (ring for polygon in zone.polygons for ring in polygon):
        middles = (ring[1:] + ring[:-1]) / (2 * E7)
        shared = nearest_each(middles, border)[0] < _SAME_M if landward else np.zeros(len(middles), np.bool_)
        on_frame = (ring[:, :, None] == frame_e7.T[None]).reshape(len(ring), -1)
        cut = np.any(on_frame[1:] & on_frame[:-1], axis=1)
        kinds = np.where(cut, "cut", np.where(shared, "inner", "outer"))
        ends = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(kinds)]
        for low, high in itertools.pairwise(ends):
            lines.get(str(kinds[low]), []).append(ring[low : high + 1])
    within = {"outer": Shape(polygons=(*zone.polygons, *landward)), "inner": Shape(polygons=landward)}
    return [Limit(name, Shape(lines=tuple(found)), within[name]) for name, found in lines.items() if found]


def _landward(zone: Zone, zones: Mapping[str, Zone]) -> Zone | None:
    """The zone round which a zone lies: of its claimants' own outside it, the one that shares most vertices with it."""
    kind = LANDWARD.get(zone.kind)
    own, area = _vertices(zone), Shape(polygons=zone.polygons)
    beside = [z for z in zones.values() if z.kind == kind and z.claimants == zone.claimants]
    found = [(len(own & _vertices(z)), z.id) for z in beside if not area.holds(_middles(z)).any()]
    most, name = max(found, default=(0, ""))
    return zones[name] if most else None


def _middles(zone: Zone) -> Floats:
    """A place in each polygon of a zone, in degrees."""
    places = [body.representative_point() for body in Shape(polygons=zone.polygons).bodies]
    return np.array([[p.x, p.y] for p in places]) / E7


def _vertices(zone: Zone) -> set[tuple[int, ...]]:
    return {tuple(p) for polygon in zone.polygons for ring in polygon for p in ring.tolist()}
