"""GeoJSON that was not written for offing: which property says what, and lines (cables) with a breadth on either side."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from offing.errors import BadZone
from offing.model.zone import KINDS
from offing.zones.geodesic import NAUTICAL_MILE_M
from offing.zones.offset import Baseline, Part, corridor
from offing.zones.rings import degrees

LINES = ("LineString", "MultiLineString")

GREATEST_LAT_DEG = 85.0
"""Of lines; nearer to a pole their surroundings may go round it."""


@dataclass(frozen=True)
class Reading:
    """How to read the features of a file that lack `id`, `kind` and `name`.

    `id_from`, `name_from`, `claimants_from`: the properties that hold them (`MRGID`, `GEONAME` and `ISO_SOV1` in the maritime
    boundaries of Marine Regions). `half_width_nm`: how far a line reaches on either side.
    """

    kind: str = ""
    id_from: str = ""
    name_from: str = ""
    claimants_from: tuple[str, ...] = ()
    half_width_nm: float | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind and self.kind not in KINDS:
            raise BadZone(f"{self.kind!r} is no kind of zone.", f"Kinds are {', '.join(KINDS)}.")
        if self.half_width_nm is not None and not 0.01 <= self.half_width_nm <= 100:
            raise BadZone(f"A line reaches {self.half_width_nm:g} nm on either side: that cannot be.", "Give 0.01 to 100.")


def translated(text: str, file: str, how: Reading) -> str:
    """The text of a GeoJSON file with the properties that offing's own zones have, and areas in the place of lines.

    What is not GeoJSON is handed on as it is: reading it as zones says why. Raises `BadZone` for a property that a feature
    lacks, and for a line without a breadth.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(content, dict) and content.get("type") == "Feature":
        content = {"type": "FeatureCollection", "features": [content]}
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        return text
    content["features"] = [_feature(f, f"{file}, feature {n}", how) for n, f in enumerate(features, 1)]
    return json.dumps(content, ensure_ascii=False)


def _feature(feature: dict[str, Any], where: str, how: Reading) -> dict[str, Any]:
    given = feature.get("properties")
    properties = dict(given) if isinstance(given, dict) else {}
    own = {k: v for k, v in properties.items() if k in ("id", "kind", "name", "claimants", "source", "note")}
    if how.kind:
        own["kind"] = how.kind
    if how.id_from:
        own["id"] = _slug(_value(properties, how.id_from, where))
    if how.name_from:
        own["name"] = _value(properties, how.name_from, where)
    own.setdefault("name", own.get("id"))
    if how.claimants_from:
        found = (str(properties.get(key) or "").strip().lower() for key in how.claimants_from)
        own["claimants"] = [code for code in found if code]
    if how.source:
        own["source"] = how.source
    return {**feature, "properties": own, "geometry": _geometry(feature.get("geometry"), where, how)}


def _value(properties: dict[str, Any], key: str, where: str) -> str:
    value = properties.get(key)
    if value in (None, ""):
        known = ", ".join(map(str, list(properties)[:12])) or "none"
        raise BadZone(f"{where} has no property {key!r}.", f"Its properties are {known}.")
    return str(value)


def _slug(text: str) -> str:
    """A text as an id: `Taiwan-Matsu No. 2` becomes `taiwan-matsu-no.-2`."""
    return re.sub(r"[^a-z0-9._@-]+", "-", text.lower()).strip("-")[:80]


def _geometry(geometry: Any, where: str, how: Reading) -> Any:
    """Lines as the area within the breadth of them; everything else as it is."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in LINES:
        return geometry
    if how.half_width_nm is None:
        raise BadZone(f"{where} is a line.", "Say how far it reaches on either side, in nautical miles: --half-width-nm 0.5")
    lines = [geometry.get("coordinates")] if kind == "LineString" else geometry.get("coordinates")
    if not isinstance(lines, list) or not lines or not all(_is_line(line) for line in lines):
        raise BadZone(f"{where} is no list of lines of two or more points.", "A point is [longitude, latitude] in degrees.")
    if any(abs(p[1]) > GREATEST_LAT_DEG for line in lines for p in line):
        raise BadZone(f"{where} comes too near to a pole.", f"Lines may reach {GREATEST_LAT_DEG:g} degrees north or south.")
    parts = tuple(_part(line) for line in lines)
    area = corridor(Baseline(where, parts), how.half_width_nm * NAUTICAL_MILE_M)
    return {"type": "MultiPolygon", "coordinates": [[degrees(ring) for ring in polygon] for polygon in area]}


def _is_line(line: Any) -> bool:
    def is_point(p: Any) -> bool:
        return isinstance(p, list) and len(p) >= 2 and all(type(v) in (int, float) for v in p[:2])

    return isinstance(line, list) and len(line) >= 2 and all(is_point(p) and abs(p[0]) <= 360 and abs(p[1]) <= 90 for p in line)


def _part(line: Sequence[Sequence[float]]) -> Part:
    points = [p[:2] for i, p in enumerate(line) if i == 0 or p[:2] != line[i - 1][:2]]
    kinds = (*["straight"] * (len(points) - 1), "closing")
    turn_deg = 360.0 * round(points[0][0] / 360)
    return Part([p[0] - turn_deg for p in points], [float(p[1]) for p in points], kinds)
