"""Zones of the user's own: GeoJSON in (`offing zones add`) and out (`offing zones export`).

A file is a FeatureCollection of Polygons or MultiPolygons in longitude and latitude (WGS84). Properties: `id`, `kind` and
`name` must be there; `names`, `claimants`, `legal_basis`, `source`, `valid_from`, `valid_to`, `day_rule`, `includes`,
`confidence` and `note` may be. An edge of more than 180 degrees of longitude goes the short way round.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from offing.claims import Claim, read_text
from offing.errors import BadZone
from offing.model.schemas import E7
from offing.model.zone import CONFIDENCES, KINDS, Ring, Zone
from offing.zones.antimeridian import Overlap, RoundTheWorld, cut, framed, joined, unwrapped
from offing.zones.foreign import Reading, translated
from offing.zones.rings import HALF_TURN_E7, TURN_E7, Polygon, Polygons, closed, is_flat, quantised
from offing.zones.shapes import shape

ID = re.compile(r"[A-Za-z0-9._-]{1,80}(@[A-Za-z0-9._-]{1,40})?")

_WGS84 = re.compile(r"CRS:?84|EPSG:{1,2}4326", re.IGNORECASE)


def read_zones(path: Path, how: Reading | None = None) -> list[Zone]:
    """The zones of a GeoJSON file, in its order and in canonical form; `how` to read one that was not written for offing.

    Raises `MissingInput` if there is no such file and `BadZone` for everything else, with file, feature and place.
    """
    text = read_text(path, BadZone)
    return parse_zones(text if how is None else translated(text, path.name, how), path.name)


def parse_zones(text: str, file: str) -> list[Zone]:
    """The zones of a GeoJSON text that came from `file`; raises `BadZone`."""
    zones: dict[str, Zone] = {}
    for n, feature in enumerate(_features(text, file), 1):
        zone = _zone(feature, f"{file}, feature {n}")
        if zone.id in zones:
            raise BadZone(f"{file}: the id {zone.id!r} occurs twice.", "Give each zone an id of its own.")
        zones[zone.id] = zone
    return list(zones.values())


def write_zones(zones: Iterable[Zone]) -> str:
    """GeoJSON text (RFC 7946): cut at the antimeridian, outer rings counter-clockwise.

    `read_zones` reads the same zones back, hash by hash. Where a cut would leave a sliver too thin for seven decimals, that
    zone is written in one piece, with longitudes beyond 180.
    """
    return _collection(_line(zone) for zone in zones)


def _line(zone: Zone) -> str:
    whole = [[ring.astype(np.float64) for ring in polygon] for polygon in zone.polygons]
    if all(polygon[0][:, 0].max() <= HALF_TURN_E7 for polygon in zone.polygons):
        return _feature(zone, whole)
    text = _feature(zone, cut(zone.polygons))
    try:
        again: Zone | None = parse_zones(_collection([text]), zone.id)[0]
    except BadZone:
        again = None
    return text if again is not None and again.hash == zone.hash else _feature(zone, [_within_a_turn(p) for p in whole])


def _within_a_turn(polygon: list[Any]) -> list[Any]:
    """One polygon moved so that its longitudes lie between -360 and 360."""
    return [ring - [TURN_E7, 0] for ring in polygon] if polygon[0][:, 0].max() > TURN_E7 else polygon


def _feature(zone: Zone, polygons: list[list[Any]]) -> str:
    parts = [[[[x / E7, y / E7] for x, y in ring.tolist()] for ring in rings] for rings in polygons]
    one = len(parts) == 1
    geometry = {"type": "Polygon" if one else "MultiPolygon", "coordinates": parts[0] if one else parts}
    feature = {"type": "Feature", "properties": _properties(zone), "geometry": geometry}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))


def _collection(features: Iterable[str]) -> str:
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _properties(zone: Zone) -> dict[str, Any]:
    return {
        "id": zone.id,
        "kind": zone.kind,
        "name": zone.name(),
        "names": zone.names,
        "claimants": list(zone.claimants),
        "legal_basis": zone.legal_basis,
        "source": zone.source,
        "valid_from": zone.valid_from.isoformat() if zone.valid_from else None,
        "valid_to": zone.valid_to.isoformat() if zone.valid_to else None,
        "day_rule": str(zone.day_rule),
        "includes": list(zone.includes),
        "confidence": zone.confidence,
        "note": zone.note,
        "hash": zone.hash,
    }


def _features(text: str, file: str) -> list[Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise BadZone(f"{file} is not JSON: {e}.", "A zone file is a GeoJSON FeatureCollection.") from None
    found = content.get("type") if isinstance(content, dict) else None
    if found == "Feature":
        return [content]
    if found != "FeatureCollection":
        raise BadZone(
            f"{file} is not a GeoJSON FeatureCollection.", "Write one feature per zone, with `id`, `kind` and `name`."
        )
    crs = content.get("crs")
    if crs and not _WGS84.search(json.dumps(crs)):
        raise BadZone(f"{file} names a coordinate system other than WGS84.", "Convert it to longitude and latitude on WGS84.")
    features = content.get("features")
    if not isinstance(features, list) or not features:
        raise BadZone(f"{file} holds no features.", "Write one feature per zone.")
    return features


def _zone(feature: Any, where: str) -> Zone:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BadZone(f"{where} is not a GeoJSON Feature.")
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        raise BadZone(f"{where} has no properties.", "A zone needs at least `id`, `kind` and `name`.")
    claim = Claim(properties, where, BadZone)
    zone_id = claim.text("id")
    if not ID.fullmatch(zone_id):
        raise claim.refuse(
            f"{zone_id!r} is not an id", "Use letters, digits, dots, hyphens and underscores, and @claimant if there is one."
        )
    claim.where = f"{where} ({zone_id})"
    kind = claim.text("kind")
    if kind not in KINDS:
        raise claim.refuse(f"{kind!r} is no kind of zone", f"Kinds are {', '.join(KINDS)}.")
    confidence = claim.text("confidence", "user")
    if confidence not in CONFIDENCES:
        raise claim.refuse(f"`confidence` is one of {', '.join(CONFIDENCES)}, not {confidence!r}")
    name = claim.text("name")
    if not name.strip():
        raise claim.refuse("`name` is empty", "Give the name that tables should show.")
    low, high = claim.days("valid_from", "valid_to")
    _, _, suffix = zone_id.partition("@")
    return Zone(
        id=zone_id,
        kind=kind,
        polygons=_polygons(feature.get("geometry"), claim),
        claimants=claim.texts("claimants") if "claimants" in properties else (suffix,) if suffix else (),
        names={"en": name, **claim.names()},
        legal_basis=claim.text("legal_basis", ""),
        source=claim.text("source", ""),
        valid_from=low,
        valid_to=high,
        day_rule=claim.day_rule(),
        includes=claim.texts("includes"),
        confidence=confidence,
        note=claim.text("note", ""),
    )


def _polygons(geometry: Any, claim: Claim) -> Polygons:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise claim.refuse(f"its geometry is {kind or 'missing'}", "A zone is a Polygon or a MultiPolygon.")
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list) or not parts or not all(isinstance(p, list) and p for p in parts):
        raise claim.refuse("it is empty", "A zone covers some water.")
    try:
        found = [p for p in (_polygon(rings, claim) for rings in parts) if p]
        if not found:
            raise claim.refuse("its rings enclose nothing", "A ring has at least three corners, not all on one line.")
        return joined(found)
    except RoundTheWorld:
        raise claim.refuse("it goes round a pole or round all longitudes", "Split it into zones that do not.") from None
    except Overlap as e:
        raise claim.refuse(f"two of its parts overlap at {_place(*e.place)}", "Parts may touch, not overlap.") from None


def _polygon(rings: list[Any], claim: Claim) -> Polygon:
    """One valid polygon; without holes that are thinner than 1e-7 degree (1 cm), and empty if it is so itself."""
    from shapely import is_valid_reason

    read = [_ring(r, claim) for r in rings]
    outer, *holes = framed(tuple(unwrapped(r) for r in read))
    if is_flat(outer):
        if np.ptp(read[0][:, 0]) >= TURN_E7:  # an edge of a whole turn has no other way round
            raise RoundTheWorld
        return ()
    polygon = (outer, *(h for h in holes if not is_flat(h)))
    body = shape(polygon)
    if not body.is_valid:
        reason = is_valid_reason(body)
        what = reason.partition("[")[0].strip().lower()
        at = re.search(r"\[(\S+) (\S+)\]", reason)
        near = f" at {_place(float(at[1]), float(at[2]))}" if at else ""
        raise claim.refuse(f"its outline is not valid: {what}{near}", "Mend it in the program that drew it.")
    return polygon


def _ring(points: Any, claim: Claim) -> Ring:
    if not isinstance(points, list) or len(points) < 4:
        n = len(points) if isinstance(points, list) else 0
        raise claim.refuse(f"a ring has {n} points", "A closed ring has at least 4, the last equal to the first.")
    for p in points:
        if not isinstance(p, list) or len(p) < 2 or any(type(v) not in (int, float) for v in p[:2]):
            raise claim.refuse(f"{json.dumps(p)[:60]} is not a point", "A point is [longitude, latitude] in degrees.")
        if not (abs(p[0]) <= 360 and abs(p[1]) <= 90):  # false for NaN too
            hint = "Longitude comes first, between -360 and 360, then latitude between -90 and 90, in degrees."
            raise claim.refuse(f"{json.dumps(p[:2])[:60]} is no place on the globe", hint)
    ring = quantised([p[:2] for p in points])
    ends = ring[-1] - ring[0]
    if ends[1] != 0 or ends[0] % TURN_E7 != 0:
        raise claim.refuse(f"the ring at {_place(*ring[0])} is not closed", "The last point of a ring equals its first.")
    return closed(ring) if ends[0] == 0 else ring


def _place(lon_e7: float, lat_e7: float) -> str:
    lon = (lon_e7 + HALF_TURN_E7) % TURN_E7 - HALF_TURN_E7
    return f"{abs(lat_e7) / E7:.5f}{'N' if lat_e7 >= 0 else 'S'} {abs(lon) / E7:.5f}{'E' if lon >= 0 else 'W'}"
