"""Building the zones of a region pack from its baselines: `python -m offing.zones.build FOLDER` writes `zones.geojson`.

A pure function of `zones.toml`, `baselines.csv` and `outlines.geojson`.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from offing.errors import BadZone, OffingError
from offing.model.zone import Zone
from offing.zones.claims import Claim
from offing.zones.geodesic import NAUTICAL_MILE_M, SEGMENT_KINDS
from offing.zones.offset import Baseline, Part, between, inside, within
from offing.zones.pack import BUILT, ZoneClaim, read_features, read_rows, read_zone_claims
from offing.zones.rings import Polygons, degrees, quantised
from offing.zones.shapes import shape


def build_pack(folder: Path) -> list[Zone]:
    """All zones of a pack, in the order of its `zones.toml`. Writes nothing."""
    lines = read_baselines(folder)
    made: dict[tuple[str, float, float], Polygons] = {}
    zones: list[Zone] = []
    for claim in read_zone_claims(folder):
        key = (claim.baseline, *claim.reach_nm)
        if key not in made:
            made[key] = _outline(claim, lines)
        zones.append(replace(claim.zone, polygons=made[key]))
    return zones


def built_text(zones: list[Zone]) -> str:
    """The text of `zones.geojson`: one feature a line, a MultiPolygon with id and hash, longitudes unwrapped."""
    features = []
    for zone in zones:
        rings = [[degrees(ring) for ring in polygon] for polygon in zone.polygons]
        feature = {
            "type": "Feature",
            "properties": {"id": zone.id, "hash": zone.hash},
            "geometry": {"type": "MultiPolygon", "coordinates": rings},
        }
        features.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def write_built(folder: Path) -> Path:
    """Build a pack's zones and put them beside its claims, all or nothing."""
    text = built_text(build_pack(folder))
    target = folder / BUILT
    draft = folder / f".{BUILT}.{os.getpid()}"
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)
    return target


def read_baselines(folder: Path) -> dict[str, Baseline]:
    """The lines of a pack by id: straight ones from `baselines.csv`, coasts from `outlines.geojson` (normal baselines)."""
    parts: dict[str, dict[str, list[tuple[float, float, str]]]] = {}
    path = folder / "baselines.csv"
    if path.exists():
        for line, row in read_rows(path, ("baseline", "part", "no", "lat_deg", "lon_deg", "segment"), BadZone):
            claim = Claim(row, f"{path.name} line {line}", BadZone)
            points = parts.setdefault(row["baseline"], {}).setdefault(row["part"], [])
            points.append(_point(claim, row))
            if row["no"] != str(len(points)):
                raise claim.refuse(f"point {row['no']} of {row['baseline']} part {row['part']} is out of order")
    outlines = folder / "outlines.geojson"
    if outlines.exists():
        for feature in read_features(outlines):
            properties = feature.get("properties") or {}
            where = f"{outlines.name}, {properties.get('id')}"
            try:
                (ring,) = feature["geometry"]["coordinates"]
                coast = [(float(x), float(y), "normal") for x, y in ring]
            except (KeyError, TypeError, ValueError):
                raise BadZone(f"{where}: an outline is one closed ring without holes.") from None
            if coast[0] != coast[-1]:
                raise BadZone(f"{where}: the ring is not closed.")
            parts.setdefault(str(properties.get("baseline")), {})[str(properties.get("id"))] = coast[:-1]
    return {name: _baseline(name, by_part) for name, by_part in parts.items()}


def _point(claim: Claim, row: dict[str, str]) -> tuple[float, float, str]:
    try:
        lon, lat = float(row["lon_deg"]), float(row["lat_deg"])
    except ValueError:
        raise claim.refuse("`lon_deg` and `lat_deg` must be numbers") from None
    if not (-180 <= lon <= 180 and -90 < lat < 90):
        raise claim.refuse(f"{lon}, {lat} is no place on the map")
    if row["segment"] not in SEGMENT_KINDS:
        raise claim.refuse(f"`segment` is {row['segment']!r}, which is none of {', '.join(SEGMENT_KINDS)}")
    return lon, lat, row["segment"]


def _baseline(name: str, by_part: dict[str, list[tuple[float, float, str]]]) -> Baseline:
    parts = []
    for part, points in by_part.items():
        lon, lat, kinds = zip(*points, strict=True)
        if len(points) < 3:
            raise BadZone(f"The baseline {name}, part {part}, has {len(points)} points; a closed line has at least 3.")
        parts.append(Part(lon, lat, kinds))
        outline = shape([quantised([[*p[:2]] for p in (*points, points[0])])])
        if not outline.is_valid:
            raise BadZone(f"The baseline {name}, part {part}, crosses itself: its points are out of order.")
    return Baseline(name, tuple(parts))


def _outline(claim: ZoneClaim, lines: dict[str, Baseline]) -> Polygons:
    if claim.baseline not in lines:
        raise BadZone(f"zones.toml: {claim.zone.id} rests on the baseline {claim.baseline!r}, which the pack lacks.")
    line = lines[claim.baseline]
    inner_m, outer_m = (v * NAUTICAL_MILE_M for v in claim.reach_nm)
    if outer_m == 0:
        return inside(line)
    return within(line, outer_m) if inner_m == 0 else between(line, inner_m, outer_m)


def main(arguments: list[str]) -> int:
    """Build one folder, or say in one sentence why not."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m offing.zones.build FOLDER\n")
        return 2
    try:
        target = write_built(Path(arguments[0]))
    except OffingError as e:
        sys.stderr.write(f"{e}\n")
        return e.exit_status
    sys.stdout.write(f"{target} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
