"""What each file of a region pack may hold, as data: the check and docs/reference/region-pack.md are made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from offing.claims import Claim
from offing.errors import InputError, OffingError
from offing.model.place import FEATURE_KINDS, GATE_KINDS, LINE_KINDS
from offing.model.times import DayRule, parse_day
from offing.model.zone import CONFIDENCES, KINDS


@dataclass(frozen=True)
class Field:
    """One key of an entry: the type of its value, whether it must be there, and what it says."""

    name: str
    type: str
    required: bool
    meaning: str
    values: tuple[str, ...] = ()


TYPES = {
    "text": "a text",
    "texts": "a list of texts",
    "names": "a table of names in en, ja, zh-Hant and zh-Hans",
    "day": "a day such as 2009-11-18",
    "day rule": "a time zone and the hour at which a day starts, such as `Asia/Taipei 00:00`",
    "number": "a number",
    "numbers": "a list of numbers",
    "lines": "a list of lines, each a list of [longitude, latitude] in degrees",
    "tables": "a list of tables",
}

_ID = Field("id", "text", True, "names it for ever: an id is never used again for something else")
_NAMES = Field("names", "names", True, "its name in each language; English names of disputed places hold every claimant's form")
_CLAIMANTS = Field("claimants", "texts", True, "who claims it: two-letter codes")
_BASIS = Field("legal_basis", "text", True, "the law, notice or agreement that it rests on")
_SOURCE = Field("source", "text", True, "where it was read, with a year")
_CONFIDENCE = Field("confidence", "text", True, "how well it is known", CONFIDENCES)
_NOTE = Field("note", "text", False, "what a reader must know beside it")
_FROM = Field("valid_from", "day", False, "the first day on which it holds; none: not known")
_TO = Field("valid_to", "day", False, "the last day on which it holds; none: it still does")
_RULE = Field("day_rule", "day rule", True, "what a day is there")


def _optional(field: Field) -> Field:
    return Field(field.name, field.type, False, field.meaning, field.values)


ZONE = (
    _ID,
    Field("kind", "text", True, "what it is in law", tuple(KINDS)),
    _CLAIMANTS, _NAMES, _BASIS, _SOURCE, _CONFIDENCE, _RULE, _FROM, _TO, _NOTE,
    Field("includes", "texts", False, "what lies within it and belongs to it, such as internal_waters and land"),
    Field("baseline", "texts", False, "recipe 1: the lines from which it is measured"),
    Field("reach_nm", "numbers", False, "recipe 1: from and to, in nautical miles; [0, 0] is the inside of the lines"),
    Field("area", "text", False, "recipe 2: an area of areas.csv"),
    Field("less", "texts", False, "recipe 2: zones that are cut out of it"),
    Field("shore", "texts", False, "recipe 3: the coasts from which it is measured"),
    Field("reach_m", "number", False, "recipe 3: how far from the shore, in metres"),
    Field("sectors", "tables", False, "recipe 3: `from_deg`, `to_deg`, `reach_m`: another reach between two bearings"),
    Field("within", "text", False, "recipe 3: the zone in which it lies"),
)  # fmt: skip

GATE = (
    _ID,
    Field("kind", "text", True, "what it is", tuple(GATE_KINDS)),
    _NAMES,
    Field("left", "names", True, "the waters on the left hand, going from the first point to the last"),
    Field("right", "names", True, "the waters on the right hand"),
    Field("lines", "lines", True, "where it lies"),
    Field("ends", "texts", False, "what its ends are"),
    Field("ends_basis", "text", False, "how the ends were found"),
    Field("direction", "text", False, "how publications name the ways through"),
    Field("pacific_side", "text", False, "the hand on which the Pacific lies", ("left", "right", "")),
    Field("aliases", "texts", False, "other names by which publications call it"),
    _optional(_CLAIMANTS), _optional(_BASIS), _optional(_RULE), _SOURCE, _CONFIDENCE, _FROM, _TO, _NOTE,
)  # fmt: skip

LINE = (
    _ID,
    Field("kind", "text", True, "what it is", tuple(LINE_KINDS)),
    _NAMES,
    Field("parties", "texts", True, "whose line it is, or between whom it runs"),
    Field("status", "text", True, "`computed, not agreed`, `in force`, `for drawing only`"),
    Field("treatment", "text", False, "an equidistance line: to whom the disputed features are given"),
    Field("a", "texts", False, "an equidistance line: the baselines on one side"),
    Field("b", "texts", False, "an equidistance line: the baselines on the other"),
    Field("third", "texts", False, "an equidistance line: coasts that end it where they are nearer"),
    Field("lines", "lines", False, "a published line: where it lies"),
    _optional(_BASIS), _SOURCE, _CONFIDENCE, _FROM, _TO, _NOTE,
)  # fmt: skip

FLEET = (
    _ID,
    Field("kind", "text", False, "what its ships do"),
    _optional(_CLAIMANTS), _NAMES, _optional(_BASIS), _SOURCE,
    Field("includes", "texts", False, "fleets above it in the file whose ships are its own too"),
    Field("members", "tables", False, "claims: `mmsi` or `hull`, `ship_class`, `name`, `valid_from`, `valid_to`, `source`"),
    _optional(_RULE), _optional(_CONFIDENCE), _FROM, _TO, _NOTE,
)  # fmt: skip

MEMBER = (
    Field("mmsi", "number", False, "its number in AIS; without one, `hull` names it"),
    Field("hull", "text", False, "the number or name on its side"),
    Field("name", "text", False, "its name"),
    Field("ship_class", "text", False, "its class"),
    _optional(_SOURCE), _optional(_CONFIDENCE), _FROM, _TO, _NOTE,
)  # fmt: skip

SECTOR = tuple(Field(name, "number", True, "of a sector") for name in ("from_deg", "to_deg", "reach_m"))

PARTS = {"members": MEMBER, "sectors": SECTOR}
"""The fields of entries within an entry."""

PACK = (
    Field("id", "text", True, "names the pack for ever"),
    Field("version", "text", True, "which edition this is"),
    Field("format", "number", True, "the form of the pack"),
    Field("names", "names", True, "its name in each language"),
    Field("frame", "numbers", False, "west, south, east and north in degrees: the box at which zones are cut"),
)
"""The keys of pack.toml."""

FEATURE = (
    Field("feature_id", "text", True, _ID.meaning),
    Field("kind", "text", True, "what it is", tuple(FEATURE_KINDS)),
    Field("claimants", "text", False, "who claims it, separated by `;`"),
    Field("name_en", "text", True, "its name in English, with every claimant's form where it is disputed"),
    Field("name_ja", "text", True, "its name in Japanese"),
    Field("name_zh_hant", "text", True, "its name in Chinese, traditional characters"),
    Field("name_zh_hans", "text", True, "its name in Chinese, simplified characters"),
    Field("lon_deg", "number", False, "where it is (WGS84, east positive); empty where no position was published"),
    Field("lat_deg", "number", False, "where it is (WGS84, north positive)"),
    Field("position_published", "text", False, "the position as the source prints it"),
    Field("uncertainty_m", "number", False, "how far off the position may be"),
    Field("group", "text", False, "the islands that it belongs to"),
    Field("aliases", "text", False, "other names by which publications call it, separated by `;`"),
    _FROM, _TO, _SOURCE, _CONFIDENCE, _NOTE,
)  # fmt: skip

ENTRIES = {
    "zones.toml": ("zones", ZONE),
    "gates.toml": ("gates", GATE),
    "lines.toml": ("lines", LINE),
    "fleets.toml": ("fleets", FLEET),
    "features.csv": ("", FEATURE),
}
"""For each file the key of its entries (none: a row is an entry) and their fields."""


def misfits(claim: Claim, fields: tuple[Field, ...]) -> Iterator[InputError]:
    """Everything about one entry that does not fit its fields: keys that are missing, unknown, or of a wrong type."""
    known = {f.name: f for f in fields}
    for key in claim.values:
        if key not in known:
            yield claim.refuse(f"`{key}` is no key of such an entry", f"Keys are {', '.join(known)}.")
    for field in fields:
        value = claim.values.get(field.name)
        if value in (None, "", [], {}):
            if field.required:
                yield claim.refuse(f"`{field.name}` is missing", f"It says {field.meaning}.", key=field.name)
        elif problem := _misfit(field, value):
            yield claim.refuse(f"`{field.name}` {problem}", key=field.name)
        elif field.name in PARTS:
            for part in claim.entries(field.name):
                yield from misfits(part, PARTS[field.name])


def _misfit(field: Field, value: Any) -> str:
    if not _fits(field.type, value):
        return f"must be {TYPES[field.type]}, not {value!r}"
    if field.values and value not in field.values:
        return f"is {value!r}, which is none of {', '.join(v for v in field.values if v)}"
    return ""


def _fits(kind: str, value: Any) -> bool:
    if kind == "texts":
        return isinstance(value, str) or _all(value, str)
    if kind == "names":
        return isinstance(value, dict) and _all([*value.values()], str)
    if kind == "lines":
        return _all(value, list)
    if kind == "tables":
        return _all(value, dict)
    if kind == "numbers":
        return _all(value, int, float)
    try:
        if kind == "day" and not isinstance(value, date):
            parse_day(value)
        elif kind == "day rule":
            DayRule.parse(value)
        elif kind == "number":
            return not isinstance(value, bool) and float(value) == float(value)
        return kind != "text" or isinstance(value, str)
    except (OffingError, ValueError, TypeError, AttributeError):
        return False


def _all(value: Any, *kinds: type) -> bool:
    return isinstance(value, list) and all(isinstance(v, kinds) and not isinstance(v, bool) for v in value)
