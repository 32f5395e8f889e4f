"""Fleets as claims: read from TOML, by flag, or everyone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from offing.errors import BadFleet, UnknownName
from offing.model.fleet import Fleet, Membership
from offing.model.zone import CONFIDENCES
from offing.zones.claims import Claim, entries, parse_toml, read_text

EVERYONE = Fleet(
    id="any",
    names={"en": "every ship", "ja": "すべての船", "zh-Hant": "所有船舶", "zh-Hans": "所有船舶"},
    source="no claim: every hull belongs to it",
    everyone=True,
)

_WRITE = "[[fleets]] with an id and a source, and [[fleets.members]] with an mmsi each."

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True)
class NotMember:
    """A number that a name or a prefix would put into a fleet, wrongly."""

    mmsi: int
    name: str
    reason: str
    source: str


def read_fleets(path: Path) -> list[Fleet]:
    """The fleets of a TOML file (`[[fleets]]` with `[[fleets.members]]`); raises `MissingInput` or `BadFleet`."""
    return parse_fleets(read_text(path, BadFleet), path.name)


def parse_fleets(text: str, file: str) -> list[Fleet]:
    """The fleets of a TOML text, each claim with a source; raises `BadFleet` with file and entry."""
    fleets = list(fleets_of(parse_toml(text, file, BadFleet, f"A file of fleets is TOML: {_WRITE}"), file).values())
    if not fleets:
        raise BadFleet(f"{file} holds no fleet.", f"Write {_WRITE}")
    for fleet in fleets:
        for member in fleet.members:
            if not member.source.strip():
                raise BadFleet(
                    f"{file}, fleets {fleet.id}: nothing says why {member.mmsi} belongs to it.",
                    "Write `source` for the fleet, or for each of its members: a list, a report, a registry, and its date.",
                    fleet_id=fleet.id,
                    mmsi=member.mmsi,
                )
    return fleets


def write_fleet(fleet: Fleet) -> str:
    """TOML text of one fleet of claims; `parse_fleets` reads the same fleet back."""
    lines = ["[[fleets]]", f"id = {_quoted(fleet.id)}", f"source = {_quoted(fleet.source)}"]
    if fleet.names:
        lines += ["[fleets.names]", *(f"{_quoted(k)} = {_quoted(v)}" for k, v in fleet.names.items())]
    for m in fleet.members:
        lines += ["", "[[fleets.members]]", f"mmsi = {m.mmsi}", f"name = {_quoted(m.name)}"]
        lines += [f"{k} = {v.isoformat()}" for k, v in (("valid_from", m.valid_from), ("valid_to", m.valid_to)) if v]
        lines += [f"source = {_quoted(m.source)}", f"confidence = {_quoted(m.confidence)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string: as JSON's, which leaves only DEL to escape."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def fleets_of(table: Mapping[str, Any], file: str) -> dict[str, Fleet]:
    """The fleets of a parsed TOML table by id; `includes` takes in the members of fleets above it in the file."""
    fleets: dict[str, Fleet] = {}
    for claim in entries(table, "fleets", file, BadFleet):
        fleet_id = claim.text("id")
        if not _ID.fullmatch(fleet_id):
            raise claim.refuse(f"{fleet_id!r} is not an id", "Use letters, digits, dots, hyphens and underscores.")
        if fleet_id == "any" or fleet_id.startswith("flag-"):
            raise claim.refuse(f"{fleet_id!r} is a name that offing gives itself", "Choose another id.")
        members: list[Membership] = []
        for other in claim.texts("includes"):
            if other not in fleets:
                raise claim.refuse(f"it includes {other!r}, which is not above it in the file")
            members += fleets[other].members
        members += [_member(c, claim.text("source", "")) for c in entries(claim.values, "members", claim.where, BadFleet)]
        if not members:
            raise claim.refuse("it has no members", "Write [[fleets.members]] with an mmsi each.")
        fleets[fleet_id] = Fleet(fleet_id, claim.names(), tuple(members), claim.text("source", ""))
    return fleets


def not_members_of(table: Mapping[str, Any], file: str) -> tuple[NotMember, ...]:
    """The look-alikes that a file names, with the reason."""
    return tuple(
        NotMember(_mmsi(c), c.text("name", ""), c.text("reason"), c.text("source"))
        for c in entries(table, "not_members", file, BadFleet)
    )


def _member(claim: Claim, source: str) -> Membership:
    confidence = claim.text("confidence", "single source")
    if confidence not in CONFIDENCES:
        raise claim.refuse(f"`confidence` is one of {', '.join(CONFIDENCES)}, not {confidence!r}")
    low, high = claim.days("valid_from", "valid_to")
    return Membership(_mmsi(claim), claim.text("name", ""), low, high, claim.text("source", "") or source, confidence)


def _mmsi(claim: Claim) -> int:
    mmsi = claim.integer("mmsi")
    if not 1 <= mmsi <= 999_999_999:
        raise claim.refuse(f"{mmsi} is not an MMSI", "An MMSI is a number of at most nine digits.")
    return mmsi


@lru_cache(maxsize=1)
def flags() -> dict[str, tuple[str, tuple[int, ...]]]:
    """For each two-letter country code (lower case): the country's English name and its maritime identification digits."""
    from pyais.constants import COUNTRY_MAPPING

    found: dict[str, tuple[str, list[int]]] = {}
    for mid, (code, name) in sorted(COUNTRY_MAPPING.items()):
        found.setdefault(code.lower(), (name, []))[1].append(mid)
    return {code: (name, tuple(mids)) for code, (name, mids) in found.items()}


def flag_fleet(code: str) -> Fleet:
    """`flag-XX`: the hulls whose number begins with the digits of one flag; `code` is ISO 3166's two letters, any case."""
    table = flags()
    key = code.lower()
    if key not in table:
        raise UnknownName.of("flag", code, table, "offing fleets")
    name, mids = table[key]
    return Fleet(
        id=f"flag-{key}",
        names={"en": f"ships whose number says {name}"},
        source="maritime identification digits of the ITU, from the table of the library pyais; a number can be false",
        mids=mids,
    )


def find_fleet(fleet_id: str, fleets: Mapping[str, Fleet]) -> Fleet:
    """The fleet of an id: `any`, `flag-XX`, or one of those given; raises `UnknownName`."""
    if fleet_id in fleets:
        return fleets[fleet_id]
    if fleet_id == EVERYONE.id:
        return EVERYONE
    if fleet_id.lower().startswith("flag-"):
        return flag_fleet(fleet_id[5:])
    raise UnknownName.of("fleet", fleet_id, [*fleets, EVERYONE.id, "flag-cn", "flag-tw", "flag-jp"], "offing fleets")
