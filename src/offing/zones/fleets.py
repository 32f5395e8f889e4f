"""Fleets as claims: read from TOML, by flag, or everyone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from offing.claims import Claim, entries, parse_toml, read_text
from offing.errors import BadFleet, UnknownName
from offing.model.fleet import Fleet, HullClaim, Membership, hull_key
from offing.model.zone import CONFIDENCES

EVERYONE = Fleet(
    id="any",
    names={"en": "every ship", "ja": "すべての船", "zh-Hant": "所有船舶", "zh-Hans": "所有船舶"},
    source="no claim: every hull belongs to it",
    everyone=True,
)

_WRITE = "[[fleets]] with an id and a source, and [[fleets.members]] with an mmsi each, or a hull where none is known."

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True)
class NotMember:
    """A number, or a name alone, that would be put into a fleet, wrongly."""

    mmsi: int | None
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
        for member in fleet.claims:
            if not member.source.strip():
                which = member.mmsi if isinstance(member, Membership) else f"hull {member.hull}"
                raise BadFleet(
                    f"{file}, fleets {fleet.id}: nothing says why {which} belongs to it.",
                    "Write `source` for the fleet, or for each of its members: a list, a report, a registry, and its date.",
                    fleet_id=fleet.id,
                    member=str(which),
                )
    return fleets


def write_fleet(fleet: Fleet) -> str:
    """TOML text of one fleet of claims; `parse_fleets` reads the same fleet back."""
    lines = ["[[fleets]]", f"id = {_quoted(fleet.id)}", f"source = {_quoted(fleet.source)}"]
    lines += _texts(fleet, "kind", "legal_basis", "note") + _days(fleet) + [f"confidence = {_quoted(fleet.confidence)}"]
    if fleet.claimants:
        lines.append(f"claimants = [{', '.join(map(_quoted, fleet.claimants))}]")
    if fleet.names:
        lines += ["[fleets.names]", *(f"{_quoted(k)} = {_quoted(v)}" for k, v in fleet.names.items())]
    for m in fleet.claims:
        lines += ["", "[[fleets.members]]"] + ([f"mmsi = {m.mmsi}"] if isinstance(m, Membership) else [])
        lines += _texts(m, "hull", "name", "ship_class") + _days(m)
        lines += [f"source = {_quoted(m.source)}", f"confidence = {_quoted(m.confidence)}"]
    return "\n".join(lines) + "\n"


def _texts(claim: Fleet | Membership | HullClaim, *keys: str) -> list[str]:
    return [f"{key} = {_quoted(value)}" for key in keys if (value := getattr(claim, key))]


def _days(claim: Fleet | Membership | HullClaim) -> list[str]:
    days = (("valid_from", claim.valid_from), ("valid_to", claim.valid_to))
    return [f"{key} = {day.isoformat()}" for key, day in days if day]


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
        hulls: list[HullClaim] = []
        for other in claim.texts("includes"):
            if other not in fleets:
                raise claim.refuse(f"it includes {other!r}, which is not above it in the file")
            members += fleets[other].members
            hulls += fleets[other].hulls
        for member in claim.entries("members"):
            found = _member(member, claim.text("source", ""))
            if isinstance(found, Membership):
                members.append(found)
            else:
                hulls.append(found)
        if not members and not hulls:
            raise claim.refuse("it has no members", "Write [[fleets.members]] with an mmsi each.")
        low, high = claim.days("valid_from", "valid_to")
        fleets[fleet_id] = Fleet(
            id=fleet_id,
            names=claim.names(),
            members=tuple(members),
            source=claim.text("source", ""),
            hulls=tuple(hulls),
            kind=claim.text("kind", ""),
            claimants=claim.texts("claimants"),
            legal_basis=claim.text("legal_basis", ""),
            confidence=_confidence(claim),
            valid_from=low,
            valid_to=high,
            note=claim.text("note", ""),
        )
    return fleets


def not_members_of(table: Mapping[str, Any], file: str) -> tuple[NotMember, ...]:
    """The look-alikes that a file names, with the reason."""
    found: list[NotMember] = []
    for c in entries(table, "not_members", file, BadFleet):
        mmsi, name = _mmsi(c), c.text("name", "")
        if mmsi is None and not name:
            raise c.refuse("it names neither an `mmsi` nor a `name`")
        found.append(NotMember(mmsi, name, c.text("reason"), c.text("source")))
    return tuple(found)


def _member(claim: Claim, source: str) -> Membership | HullClaim:
    """A claim by MMSI, or where the entry has none, by hull number."""
    low, high = claim.days("valid_from", "valid_to")
    mmsi, hull = _mmsi(claim), claim.text("hull", "")
    rest = (claim.text("name", ""), low, high, claim.text("source", "") or source, _confidence(claim))
    ship_class = claim.text("ship_class", "")
    if mmsi is not None:
        return Membership(mmsi, *rest, hull, ship_class)
    if not hull_key(hull):
        raise claim.refuse("`mmsi` is missing", "Write the MMSI, or `hull`, the number or name on the ship's side.")
    return HullClaim(hull, *rest, ship_class)


def _confidence(claim: Claim) -> str:
    return claim.one_of("confidence", claim.text("confidence", "single source"), CONFIDENCES)


def _mmsi(claim: Claim) -> int | None:
    if "mmsi" not in claim.values:
        return None
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
