"""From the claims of `zones.toml` to outlines. Each zone has one recipe:

    baseline, reach_nm = [a, b]         the part between two distances from lines (one id or several); [0, 0] is their inside
    area                                closed lines of published corners (`areas.csv`)
    shore, reach_m, sectors             all within a distance of coasts, islands included; `sectors` (from_deg, to_deg,
                                        reach_m) have another reach where the bearing from the nearest shore lies between

`within` (a zone) and `less` (zones) then cut what lies outside one, and inside others. In the end every zone is cut at the
frame of the pack, and long edges get points between.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from offing.claims import Claim
from offing.model.schemas import E7
from offing.model.zone import Ring
from offing.zones.areas import AREAS, area, read_areas
from offing.zones.coast import Corner, frame_of, read_lines
from offing.zones.geodesic import NAUTICAL_MILE_M
from offing.zones.offset import Baseline, body, inside, tidied, within
from offing.zones.pack import zone_claims
from offing.zones.rings import Polygons, canonical
from offing.zones.sectors import Sector, near_shore

GREATEST_REACH_NM = 350.0

EDGE_E7 = E7 // 2
"""Longer edges get points between."""


class Workshop:
    """Makes the outlines of one pack; what several zones share is made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.frame = frame_of(folder)
        self.claims = {c.text("id"): c for c in zone_claims(folder)}
        self._limits: dict[tuple[tuple[str, ...], float], Polygons] = {}
        self._outlines: dict[str, Polygons] = {}
        self._under_way: list[str] = []

    @cached_property
    def lines(self) -> dict[str, Baseline]:
        """The lines of the pack by id."""
        return read_lines(self.folder)

    @cached_property
    def areas(self) -> dict[str, list[list[Corner]]]:
        """The published areas of the pack by id."""
        return read_areas(self.folder)

    def outline(self, zone_id: str) -> Polygons:
        """The outline of one of the pack's zones, canonical. Raises `BadZone`."""
        claim = self.claims[zone_id]
        if zone_id in self._under_way:
            raise claim.refuse(f"its outline rests on itself, by way of {', '.join(self._under_way)}")
        if zone_id not in self._outlines:
            self._under_way.append(zone_id)
            self._outlines[zone_id] = self._outline(claim)
            self._under_way.pop()
        return self._outlines[zone_id]

    def _outline(self, claim: Claim) -> Polygons:
        given = [key for key in ("baseline", "area", "shore") if claim.values.get(key)]
        if len(given) != 1:
            raise claim.refuse("it has no recipe, or several", "Write one of `baseline`, `area` and `shore`.")
        outline: Polygons = getattr(self, f"_by_{given[0]}")(claim)
        for key in ("within", "less"):
            for other in claim.texts(key):
                whole, cut = body(outline), body(self._other(claim, other))
                outline = tidied(whole.intersection(cut) if key == "within" else whole.difference(cut))
        if not outline:
            raise claim.refuse("nothing of it lies in the frame of the pack")
        return with_points(outline)

    def _by_baseline(self, claim: Claim) -> Polygons:
        reach = claim.values.get("reach_nm")
        if not (isinstance(reach, list) and len(reach) == 2 and all(type(v) in (int, float) for v in reach)):
            raise claim.refuse("`reach_nm` must be two distances such as [12, 24]")
        inner_nm, outer_nm = reach
        if not 0 <= inner_nm <= outer_nm <= GREATEST_REACH_NM:
            raise claim.refuse(f"`reach_nm` {reach} must rise and lie between 0 and {GREATEST_REACH_NM:g}")
        outer = self._limit(claim, outer_nm * NAUTICAL_MILE_M)
        return tidied(body(outer).difference(body(self._limit(claim, inner_nm * NAUTICAL_MILE_M)))) if inner_nm else outer

    def _limit(self, claim: Claim, distance_m: float) -> Polygons:
        """Everything landward of the limit at a distance from the lines that a claim names; at 0 what lies inside them."""
        at = claim.texts("baseline"), distance_m
        if at not in self._limits:
            line = self._line(claim, "baseline")
            self._limits[at] = within(line, distance_m, self.frame) if distance_m else inside(line, self.frame)
        return self._limits[at]

    def _by_area(self, claim: Claim) -> Polygons:
        name = claim.text("area")
        if name not in self.areas:
            raise claim.refuse(f"`area` names {name!r}, which {AREAS} lacks")
        return area(self.areas[name], self._other, self.frame)

    def _by_shore(self, claim: Claim) -> Polygons:
        def metres(entry: Claim) -> float:
            found = entry.number("reach_m", 1, GREATEST_REACH_NM * NAUTICAL_MILE_M)
            if found is None:
                raise entry.refuse("`reach_m` is missing")
            return found

        def bearing(entry: Claim, key: str) -> float:
            found = entry.number(key, 0, 360)
            if found is None:
                raise entry.refuse(f"`{key}` is missing")
            return found

        sectors = [Sector(bearing(s, "from_deg"), bearing(s, "to_deg"), metres(s)) for s in claim.entries("sectors")]
        return near_shore(self._line(claim, "shore"), metres(claim), sectors, self.frame)

    def _line(self, claim: Claim, key: str) -> Baseline:
        """The lines that a claim names, as one."""
        for name in claim.texts(key):
            if name not in self.lines:
                raise claim.refuse(f"`{key}` names the line {name!r}, which the pack lacks")
        return Baseline(claim.text("id"), tuple(part for name in claim.texts(key) for part in self.lines[name].parts))

    def _other(self, claim: Claim, zone_id: str) -> Polygons:
        if zone_id not in self.claims:
            raise claim.refuse(f"it names the zone {zone_id!r}, which the pack lacks")
        return self.outline(zone_id)


def with_points(polygons: Polygons) -> Polygons:
    """The same area with points between on long edges, so that no map or measure takes them for arcs."""
    return canonical([_divided(ring) for ring in polygon] for polygon in polygons)


def _divided(ring: Ring) -> Ring:
    """Points are the same whichever way round an edge is gone, so that zones which share an edge still do."""
    start, stop = ring[:-1], ring[1:]
    parts = np.maximum(1, -(-np.abs(stop - start).max(axis=1) // EDGE_E7))
    back = (stop[:, 0] < start[:, 0]) | ((stop[:, 0] == start[:, 0]) & (stop[:, 1] < start[:, 1]))
    of = np.repeat(np.arange(len(parts)), parts)
    step = np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts)
    t = np.where(back[of], parts[of] - step, step)[:, None] / parts[of, None]
    low, high = np.where(back[:, None], stop, start)[of], np.where(back[:, None], start, stop)[of]
    return np.vstack([low + np.rint(t * (high - low)).astype(np.int64), ring[-1:]])
