"""Tables of places: zones, gates, features, lines, fleets, as the region pack and the user have them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from offing.errors import UnknownName
from offing.faces.http.answers import Answer, Table
from offing.faces.http.asking import FLAG, NUMBER, Asked, Parameter
from offing.faces.http.forms import feature, point
from offing.faces.http.source import Source
from offing.model.place import FEATURE_KINDS
from offing.model.schemas import E7
from offing.model.zone import KINDS, Zone
from offing.pipeline.listing import feature_row, fleet_row, gate_row, line_row, member_rows, zone_row
from offing.pipeline.waters import Waters, load, of_region
from offing.zones.user import write_zones

M_IN_DEGREE = 111_195.0  # of latitude, on the mean sphere

FLEET_MEMBERS = ("fleet_id", "mmsi", "name", "valid_from", "valid_to", "confidence", "source")


def _waters(source: Source, asked: Asked) -> Waters:
    if not asked["include_unconfirmed"]:
        return source.waters
    store = source.book.store
    return load(store, include_unconfirmed=True) if source.role is None else of_region(store.region, include_unconfirmed=True)


def zones(source: Source, asked: Asked) -> Answer:
    """Zones."""
    waters = _waters(source, asked)
    found = waters.several(list(asked["zone"])) if asked["zone"] else waters.zone_list
    return _that(source, [_zone_row(source, z, waters) for z in found], asked, KINDS)


def _zone_row(source: Source, zone: Zone, waters: Waters) -> dict[str, Any]:
    """The row of a zone; its area takes time, so it is worked out once."""
    found: dict[str, Any] = source.fixed.get(("zone row", zone.id, zone.hash), (), lambda: zone_row(zone, waters))
    return found


def gates(source: Source, asked: Asked) -> Answer:
    """Gates."""
    waters = _waters(source, asked)
    return Answer(records=[gate_row(g, waters) for g in _some(waters.pack.gates, asked["gate"], "gate")])


def features(source: Source, asked: Asked) -> Answer:
    """Islands, reefs, capes and structures."""
    waters = _waters(source, asked)
    rows = [feature_row(f, waters) for f in _some(waters.pack.features, asked["feature"], "feature")]
    return _that(source, rows, asked, FEATURE_KINDS)


def lines(source: Source, asked: Asked) -> Answer:
    """Lines that are neither a zone's edge nor a gate."""
    waters = _waters(source, asked)
    return Answer(records=[line_row(v, waters) for v in _some(waters.pack.lines, asked["line"], "line")])


def fleets(source: Source, asked: Asked) -> Answer:
    """Fleets, or the members of one."""
    if not asked["fleet"]:
        return Answer(records=[fleet_row(f, source.waters) for f in source.waters.fleets.values()])
    fleet = source.waters.fleet(asked["fleet"])
    members = member_rows(fleet)
    more = {"fleet": fleet_row(fleet, source.waters)}
    return Answer(records=members, more=more, names=FLEET_MEMBERS)


def _some(known: Mapping[str, Any], names: Sequence[str], what: str) -> list[Any]:
    for name in names:
        if name not in known:
            raise UnknownName.of(what, name, known, f"offing {what}s")
    return [known[k] for k in sorted(known) if not names or k in names]


def _that(source: Source, rows: list[dict[str, Any]], asked: Asked, kinds: Collection[str]) -> Answer:
    kind, claimant = asked["kind"], asked["claimant"]
    if kind and kind not in kinds:
        raise UnknownName.of("kind", kind, kinds)
    kept = [r for r in rows if kind in (None, r["kind"]) and (not claimant or claimant in r["claimants"])]
    return Answer(records=kept, names=list(rows[0]) if rows else ())


# -- shapes


def zone_shapes(source: Source, asked: Asked, answer: Answer) -> list[dict[str, Any]]:
    """Each zone with its outline, cut at the antimeridian."""
    waters, tolerance_m = _waters(source, asked), asked["simplify_m"] or 0.0
    found = []
    for row in answer.records:
        zone = waters.zones[row["zone_id"]]
        key = "zone shape", zone.id, zone.hash, tolerance_m
        shape = source.fixed.get(key, (), partial(_outline, zone, tolerance_m))
        own = {"simplified_m": tolerance_m} if tolerance_m else {}
        found.append(feature(shape, {**row, **own}, zone.id))
    return found


def _outline(zone: Zone, tolerance_m: float) -> dict[str, Any]:
    (whole,) = json.loads(write_zones([zone]))["features"]
    return simplified(whole["geometry"], tolerance_m)


def simplified(geometry: dict[str, Any], tolerance_m: float) -> dict[str, Any]:
    """An outline with fewer points, none further from it than a distance; for drawing, never for deciding who is inside."""
    if not tolerance_m:
        return geometry
    if geometry["type"] == "Polygon":
        return {**geometry, "coordinates": [thinned(r, tolerance_m) for r in geometry["coordinates"]]}
    return {**geometry, "coordinates": [[thinned(r, tolerance_m) for r in rings] for rings in geometry["coordinates"]]}


def thinned(ring: Sequence[Sequence[float]], tolerance_m: float) -> list[list[float]]:
    """A closed ring by the method of Douglas and Peucker, cut first at the point that is furthest from its beginning.

    A ring keeps four points at least.
    """
    places = np.asarray(ring, np.float64)
    scaled = places * [np.cos(np.radians(places[:, 1].mean())), 1.0] * M_IN_DEGREE
    if len(places) <= 4:
        return [list(p) for p in ring]
    far = int(np.argmax(((scaled - scaled[0]) ** 2).sum(axis=1)))
    keep = np.zeros(len(places), bool)
    keep[[0, far, len(places) - 1]] = True
    spans = [(0, far), (far, len(places) - 1)]
    while spans:
        low, high = spans.pop()
        if high - low < 2:
            continue
        apart = _from_chord(scaled[low + 1 : high], scaled[low], scaled[high])
        worst = int(np.argmax(apart))
        if apart[worst] > tolerance_m:
            keep[low + 1 + worst] = True
            spans += [(low, low + 1 + worst), (low + 1 + worst, high)]
    if keep.sum() < 4:
        keep[far // 2 or 1] = True
    out: list[list[float]] = places[keep].tolist()
    return out


def _from_chord(
    points: npt.NDArray[np.float64], a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Distances of points from a chord."""
    along = b - a
    length = float(along @ along)
    share = np.clip(((points - a) @ along) / length, 0, 1) if length else np.zeros(len(points))
    found: npt.NDArray[np.float64] = np.sqrt(((points - a - share[:, None] * along) ** 2).sum(axis=1))
    return found


def _along(rings: Sequence[npt.NDArray[np.int64]]) -> dict[str, Any]:
    return {"type": "MultiLineString", "coordinates": [[[x / E7, y / E7] for x, y in r.tolist()] for r in rings]}


def gate_shapes(source: Source, asked: Asked, answer: Answer) -> list[dict[str, Any]]:
    """Each gate as its lines."""
    known = _waters(source, asked).pack.gates
    rows = [{k: v for k, v in r.items() if k != "lines_deg"} for r in answer.records]
    return [feature(_along(known[r["gate_id"]].lines), r, r["gate_id"]) for r in rows]


def feature_shapes(source: Source, asked: Asked, answer: Answer) -> list[dict[str, Any]]:
    """Each feature as a point; without one where no position was published."""
    return [feature(point(r["lon_deg"], r["lat_deg"]), r, r["feature_id"]) for r in answer.records]


def line_shapes(source: Source, asked: Asked, answer: Answer) -> list[dict[str, Any]]:
    """Each line."""
    known = _waters(source, asked).pack.lines
    return [feature(_along(known[r["line_id"]].parts), r, r["line_id"]) for r in answer.records]


def coast_shapes(source: Source) -> list[dict[str, Any]]:
    """The land of the region pack, coast by coast; outer rings counter-clockwise as GeoJSON asks."""
    found = []
    for name, polygons in sorted(source.waters.pack.coast().items()):
        rings = [[[[x / E7, y / E7] for x, y in ring.tolist()] for ring in polygon] for polygon in polygons]
        found.append(feature({"type": "MultiPolygon", "coordinates": rings}, {"coast": name}, name))
    return found


_UNCONFIRMED = Parameter("include_unconfirmed", "also what is from memory and was not read at a source", FLAG, default=False)
_KIND = Parameter("kind", "only those of a kind")
_CLAIMANT = Parameter("claimant", "only those that one party claims: tw, jp, cn, ph")
_SIMPLIFY = Parameter(
    "simplify_m", "of GeoJSON: leave out points that lie nearer than this to the outline", NUMBER, low=0, high=100_000
)


def _ids(what: str) -> Parameter:
    return Parameter(what, f"a {what}'s id; may be repeated; default: all", many=True)


TABLES = (
    Table(
        "zones", zones, ("zone_id",), (_ids("zone"), _KIND, _CLAIMANT, _UNCONFIRMED, _SIMPLIFY), zone_shapes, open_to_roles=True
    ),
    Table("gates", gates, ("gate_id",), (_ids("gate"), _UNCONFIRMED), gate_shapes, open_to_roles=True),
    Table(
        "features",
        features,
        ("feature_id",),
        (_ids("feature"), _KIND, _CLAIMANT, _UNCONFIRMED),
        feature_shapes,
        open_to_roles=True,
    ),
    Table("lines", lines, ("line_id",), (_ids("line"), _UNCONFIRMED), line_shapes, open_to_roles=True),
    Table(
        "fleets",
        fleets,
        ("fleet_id", "mmsi", "valid_from", "valid_to", "source"),
        (Parameter("fleet", "members of this fleet"),),
        open_to_roles=True,
    ),
)
