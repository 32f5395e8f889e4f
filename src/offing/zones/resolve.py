"""From what a user types to a place with a shape: a point, or a feature, zone, gate or line of the pack by id or name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from offing.errors import BadParameter, UnknownName
from offing.model.place import Feature, Gate, Line
from offing.model.schemas import E7
from offing.model.zone import Zone
from offing.zones.pack import Pack
from offing.zones.proximity import Shape
from offing.zones.rings import Polygon

POINT_FORMS = "24.45,122.93 (latitude first), 24.45N 122.93E, 25°44.6'N 123°28.4'E or 25°44'36\"N 123°28'24\"E"
"""Forms of a point that are read."""

LAND = ("island", "islet", "rock", "reef", "atoll")
"""Kinds of features that are land, and so their coast where the pack has it."""

_Thing = Feature | Zone | Gate | Line


@dataclass(frozen=True)
class Place:
    """Something to measure from or to."""

    id: str  # what to type to mean this place again
    kind: str  # point, feature, zone, gate, line
    what: str  # point, coast, islands, position, zone, gate, line: what stands for it
    shape: Shape = field(repr=False)
    names: Mapping[str, str] = field(default_factory=dict)
    uncertainty_m: float | None = None  # of a position
    confidence: str = "user"
    zone: Zone | None = field(default=None, repr=False)


def resolve(pack: Pack, text: str, zones: Mapping[str, Zone] | None = None) -> Place:
    """The place that a text means: an id, a name in any language, or a point. `zones`: those in force, default the pack's.

    Raises `UnknownName` where nothing or more than one thing is called so, `BadParameter` where a point cannot be read.
    """
    kinds: dict[str, Mapping[str, _Thing]] = {
        "feature": pack.features,
        "zone": pack.zones if zones is None else zones,
        "gate": pack.gates,
        "line": pack.lines,
    }
    prefix, _, rest = text.strip().partition(":")
    if prefix in kinds and rest:
        kinds, text = {prefix: kinds[prefix]}, rest
    typed = text.strip().casefold()
    found = [(kind, thing) for kind, things in kinds.items() for name, thing in things.items() if name.casefold() == typed]
    if not found and looks_like_a_point(text):
        lon_deg, lat_deg = parse_point(text)
        return Place(f"{lat_deg:.7g},{lon_deg:.7g}", "point", "point", Shape.point(lon_deg, lat_deg))
    named = _key(text)
    found = found or [(kind, thing) for kind, things in kinds.items() for thing in things.values() if named in _keys(thing)]
    if not found:
        known = {name for things in kinds.values() for thing in things.values() for name in (thing.id, *thing.names.values())}
        raise UnknownName.of("place", text, known, "offing features")
    if len(found) > 1:
        ids = [f"{kind}:{thing.id}" for kind, thing in found]
        raise UnknownName(f"{text!r} may be {', '.join(ids)}.", "Type one of these.", name=text, known=ids)
    return _place(*found[0], pack)


def looks_like_a_point(text: str) -> bool:
    """Whether a text holds digits, and nothing but digits, hemispheres and the signs of degrees, minutes and seconds."""
    return bool(re.fullmatch(r"(?=.*\d)[\d\sNSEW°'\".,;+:-]+", _plain(text)))


def parse_point(text: str) -> tuple[float, float]:
    """Longitude and latitude in degrees of a point in one of `POINT_FORMS`; raises `BadParameter`."""
    plain = _plain(text).strip()
    if decimal := _DECIMAL.fullmatch(plain):
        lat, lon = float(decimal[1]), float(decimal[2])
        if abs(lat) > 90 >= abs(lon):
            raise BadParameter(f"{text!r}: the latitude {lat:g} is beyond 90.", f"Latitude comes first: {lon:g},{lat:g}.")
    else:
        halves = (_LETTERS_FIRST if plain[:1] in _SIGNS else _LETTERS_LAST).fullmatch(plain)
        if halves is None:
            raise BadParameter(f"{text!r} is no point that can be read.", f"Forms are {POINT_FORMS}.")
        read = dict(_half(text, part) for part in halves.groups())
        if len(read) != 2:
            raise BadParameter(f"{text!r} does not give one latitude and one longitude.", f"Forms are {POINT_FORMS}.")
        lat, lon = read["latitude"], read["longitude"]
    if abs(lat) > 90 or abs(lon) > 180:
        raise BadParameter(f"{text!r} is no place: latitudes end at 90, longitudes at 180.", f"Forms are {POINT_FORMS}.")
    return lon, lat


_SIGNS = {"N": ("latitude", 1), "S": ("latitude", -1), "E": ("longitude", 1), "W": ("longitude", -1)}
_DECIMAL = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*°?\s*,\s*([+-]?\d+(?:\.\d+)?)\s*°?")
_LETTERS_FIRST = re.compile(r"([NSEW][^NSEW]*?)[\s,;]*([NSEW][^NSEW]*)")
_LETTERS_LAST = re.compile(r"([^NSEW]*[NSEW])[\s,;]*([^NSEW]*[NSEW])")
_HALF_FORMS = (
    re.compile(r"(\d+(?:\.\d+)?)\s*°?()()"),
    re.compile(r"(\d+)\s*°\s*(\d+(?:\.\d+)?)\s*'()"),
    re.compile(r"(\d+)\s*°\s*(\d+)\s*'\s*(\d+(?:\.\d+)?)\s*\""),
    re.compile(r"(\d+)-(\d+)()"),
    re.compile(r"(\d+)-(\d+)-(\d+(?:\.\d+)?)"),
)
_DOTTED = re.compile(r"\d+\s*[-\s:.°]\s*\d+\.\d+")
_WORDS = {
    "北緯": "N",
    "北纬": "N",
    "南緯": "S",
    "南纬": "S",
    "東経": "E",
    "東經": "E",
    "东经": "E",
    "西経": "W",
    "西經": "W",
    "西经": "W",
}
_WORDS |= (
    {"度": "°", "分": "'", "秒": '"', "、": ",", "º": "°", "˚": "°", "''": '"'}
    | dict.fromkeys("′’‘", "'")
    | dict.fromkeys("″”“", '"')
)


def _half(text: str, part: str) -> tuple[str, float]:
    """`latitude` or `longitude` and its value in degrees."""
    letters, body = re.sub(r"[^NSEW]", "", part), re.sub(r"[NSEW]", "", part).strip()
    numbers = next((m.groups() for form in _HALF_FORMS if (m := form.fullmatch(body))), None)
    if numbers is None and _DOTTED.fullmatch(body):
        raise BadParameter(
            f"{text!r} can be read in two ways: the digits after a dot may be seconds or parts of a minute.",
            "Write 25°15'26\"N for seconds, 25°15.26'N for parts of a minute.",
        )
    if numbers is None:
        raise BadParameter(f"{text!r} is no point that can be read.", f"Forms are {POINT_FORMS}.")
    degrees, minutes, seconds = (float(n or 0) for n in numbers)
    if minutes >= 60 or seconds >= 60:
        raise BadParameter(f"{text!r}: minutes and seconds end before 60.", f"Forms are {POINT_FORMS}.")
    axis, sign = _SIGNS[letters]
    return axis, sign * (degrees + minutes / 60 + seconds / 3600)


def _plain(text: str) -> str:
    """With one sign for each of degrees, minutes, seconds and hemispheres, and plain digits."""
    for word, sign in _WORDS.items():
        text = text.replace(word, sign)
    return unicodedata.normalize("NFKC", text).upper()


def _key(name: str) -> str:
    """A name as it is compared: without case, spaces, hyphens, apostrophes and dots."""
    return re.sub(r"[\s\-'’.·・]", "", unicodedata.normalize("NFKC", name).casefold())


def _keys(thing: _Thing) -> set[str]:
    """Its names; of a feature or gate also its aliases, of `A / B` also A and B, of `A (B)` also A."""
    names = list(thing.names.values())
    if isinstance(thing, (Feature, Gate)):
        names += thing.aliases
        names += [part.partition("(")[0] for name in names for part in name.split("/")]
    return {_key(name) for name in names} - {""}


def _place(kind: str, thing: _Thing, pack: Pack) -> Place:
    about: dict[str, Any] = {"names": thing.names, "confidence": thing.confidence}
    if isinstance(thing, Zone):
        return Place(thing.id, kind, "zone", Shape(polygons=thing.polygons), zone=thing, **about)
    if isinstance(thing, Gate):
        return Place(thing.id, kind, "gate", Shape(lines=thing.lines), **about)
    if isinstance(thing, Line):
        return Place(thing.id, kind, "line", Shape(lines=thing.parts), **about)
    if thing.lon_deg is None or thing.lat_deg is None:
        raise BadParameter(f"No position of {thing.name()} was published.", thing.note)
    point = Shape.point(thing.lon_deg, thing.lat_deg)
    if thing.kind in LAND and (land := _land(pack, point)):
        return Place(thing.id, kind, "coast", Shape(polygons=(land,)), **about)
    members = [f for f in pack.features.values() if f.group == thing.id and f.kind in LAND and f.lon_deg is not None]
    if thing.kind != "island_group" or not members:
        return Place(thing.id, kind, "position", point, uncertainty_m=thing.uncertainty_m, **about)
    parts = [_place(kind, f, pack) for f in members]
    polygons, lines = ([v for p in parts for v in getattr(p.shape, key)] for key in ("polygons", "lines"))
    known = [p.uncertainty_m for p in parts if p.uncertainty_m is not None]
    return Place(
        thing.id, kind, "islands", Shape(tuple(polygons), tuple(lines)), uncertainty_m=max(known, default=None), **about
    )


def _land(pack: Pack, point: Shape) -> Polygon | None:
    """The land of the pack that holds a point; outlines, which zones rest on, come after coasts and go before them."""
    ((lon, lat),) = point.lines[0].tolist()
    around = [p for parts in pack.coast().values() for p in parts if _boxed(p, lon, lat)]
    found = [p for p in around if Shape(polygons=(p,)).holds(point.lines[0] / E7)[0]]
    return found[-1] if found else None


def _boxed(polygon: Polygon, lon_e7: int, lat_e7: int) -> bool:
    (west, south), (east, north) = polygon[0].min(axis=0), polygon[0].max(axis=0)
    return bool(west <= lon_e7 <= east and south <= lat_e7 <= north)
