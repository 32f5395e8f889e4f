"""The lines of a pack from which zones are measured: straight baselines, outlines of islands, coasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from offing.claims import Claim, row_claims
from offing.errors import BadZone
from offing.zones.geodesic import CURVED, SEGMENT_KINDS, Box, Floats, along, divided
from offing.zones.offset import Baseline, Part
from offing.zones.pack import about_pack, read_features
from offing.zones.shapes import shape

COAST = "coast.geojson"
"""The file of a pack's land, made by `offing.zones.coast_cut`."""

BASELINES, OUTLINES = "baselines.csv", "outlines.geojson"


@dataclass(frozen=True)
class Corner:
    """One published point of a closed line, what joins it to the next, and where it is written."""

    lon_deg: float
    lat_deg: float
    segment: str
    claim: Claim


def frame_of(folder: Path) -> Box | None:
    """The box of a pack in which its limits are complete, and at which its zones are cut; None if it has none."""
    about = about_pack(folder)
    frame = about.values.get("frame")
    if frame is None:
        return None
    if not (isinstance(frame, list) and len(frame) == 4 and all(type(v) in (int, float) for v in frame)):
        raise about.refuse("`frame` must be four numbers: west, south, east and north in degrees")
    west, south, east, north = (float(v) for v in frame)
    if not (-180 <= west < east < west + 360 and -85 <= south < north <= 85):
        raise about.refuse(f"`frame` {frame} is no box on the map")
    return west, south, east, north


def read_lines(folder: Path) -> dict[str, Baseline]:
    """The lines of a pack by id: published ones of `baselines.csv`, coasts of `outlines.geojson` and `coast.geojson`.

    Raises `BadZone` with file and entry.
    """
    parts: dict[str, list[Part]] = {}
    for name, part in _published(folder / BASELINES):
        parts.setdefault(name, []).append(part)
    for file, key in ((OUTLINES, "baseline"), (COAST, "coast")):
        for name, part in _coasts(folder / file, key):
            parts.setdefault(name, []).append(part)
    return {name: Baseline(name, tuple(found)) for name, found in parts.items()}


def points_of(baseline: Baseline, spacing_m: float = 500.0) -> tuple[Floats, Floats]:
    """Longitudes and latitudes (degrees) of points along a line, at most `spacing_m` apart; closing segments have none."""
    found = []
    for part in baseline.parts:
        corners, kinds = part.corners(), np.array(part.kinds)
        curved = np.isin(kinds, CURVED)
        plain = ~curved & (kinds != "closing")
        found.append(divided(corners[:-1][plain], corners[1:][plain], spacing_m)[0])
        for i in np.flatnonzero(curved).tolist():
            lon, lat, _ = along(part.kinds[i], corners[i], corners[i + 1], spacing_m)
            found.append(np.column_stack([lon, lat]))
    lon, lat = np.concatenate(found).T
    return lon, lat


def read_corners(path: Path, column: str) -> dict[tuple[str, str], list[Corner]]:
    """The closed lines of a CSV file by name and part, point by point; none if there is no such file."""
    lines: dict[tuple[str, str], list[Corner]] = {}
    if path.exists():
        for claim in row_claims(path, (column, "part", "no", "lat_deg", "lon_deg", "segment"), BadZone):
            name, part = claim.text(column), claim.text("part")
            lon, lat = claim.number("lon_deg", -180, 180), claim.number("lat_deg", -89, 89)
            if lon is None or lat is None:
                raise claim.refuse("`lon_deg` and `lat_deg` must be numbers")
            points = lines.setdefault((name, part), [])
            points.append(Corner(lon, lat, claim.text("segment"), claim))
            if claim.text("no") != str(len(points)):
                raise claim.refuse(f"point {claim.text('no')} of {name} part {part} is out of order")
    for (name, part), points in lines.items():
        if len(points) < 3:
            raise points[0].claim.refuse(f"part {part} of {name} has {len(points)} points; a closed line has at least 3")
    return lines


def _published(path: Path) -> Iterator[tuple[str, Part]]:
    for (name, number), points in read_corners(path, "baseline").items():
        for p in points:
            p.claim.one_of("segment", p.segment, SEGMENT_KINDS)
        part = Part([p.lon_deg for p in points], [p.lat_deg for p in points], tuple(p.segment for p in points))
        yield name, _simple(part, f"{path.name}: the baseline {name}, part {number},")


def _coasts(path: Path, key: str) -> Iterator[tuple[str, Part]]:
    for feature in read_features(path) if path.exists() else ():
        properties = feature.get("properties") or {}
        where = f"{path.name}, {properties.get('id')}"
        try:
            (ring,) = feature["geometry"]["coordinates"]
            lon, lat = np.array(ring, dtype=np.float64).T
            kinds = np.full(len(lon) - 1, "normal", dtype=object)
            kinds[properties.get("closing", [])] = "closing"
        except (KeyError, TypeError, ValueError, IndexError):
            raise BadZone(f"{where}: an outline is one closed ring without holes.") from None
        if len(lon) < 4 or lon[0] != lon[-1] or lat[0] != lat[-1]:
            raise BadZone(f"{where}: the ring is not closed.")
        yield str(properties.get(key)), _simple(Part(lon[:-1], lat[:-1], tuple(kinds.tolist())), f"{where}: the ring")


def _simple(part: Part, what: str) -> Part:
    if not shape([part.ring()]).is_valid:
        raise BadZone(f"{what} crosses itself: its points are out of order.")
    return part
