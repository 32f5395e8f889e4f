"""Checking a region pack: everything that does not fit, with file and line, not only the first thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from offing.claims import Claim, entries, read_toml
from offing.errors import BadFleet, InputError
from offing.model.zone import KINDS
from offing.zones.fleets import fleets_of
from offing.zones.lines import line_claims, line_of
from offing.zones.pack import about_pack, load_pack, zone_claims, zone_of
from offing.zones.places import LANGUAGES, feature_claims, feature_of, gate_claims, gate_of
from offing.zones.schema import ENTRIES, misfits

YEAR = re.compile(r"(?<!\d)(1[6-9]|20)\d\d(?!\d)")
"""A year in a source: without one nobody can tell which edition was read."""

WITHOUT_CLAIMANT = ("cable_corridor", "custom")


@dataclass(frozen=True)
class Problem:
    """One thing that does not fit. `line` is None where it is about the file as a whole."""

    file: str
    line: int | None
    entry: str
    problem: str
    hint: str = ""


def check_pack(folder: Path) -> list[Problem]:
    """Everything about a pack that does not fit, by file and line; empty where it is whole.

    Raises `MissingInput` or `BadZone` where the folder is no pack at all.
    """
    about_pack(folder)
    found = [_problem(e) for read in (_zones, _gates, _lines, _features, _fleets) for e in _collected(read, folder)]
    if not found:
        try:
            load_pack(folder, include_unconfirmed=True)
        except InputError as e:
            found.append(_problem(e))
    return sorted(set(found), key=lambda p: (p.file, p.line or 0, p.problem))


def _collected(read: Callable[[Path], Iterator[InputError]], folder: Path) -> Iterator[InputError]:
    try:
        yield from read(folder)
    except InputError as e:  # a file that cannot be split into entries says one thing only
        yield e


def _problem(error: InputError) -> Problem:
    file, line, entry = (error.data.get(k) for k in ("file", "line", "entry"))
    return Problem(
        str(file or ""),
        line if isinstance(line, int) else None,
        str(entry or ""),
        str(error.data.get("what") or error.message),
        error.hint,
    )


def _zones(folder: Path) -> Iterator[InputError]:
    claims = zone_claims(folder)
    known = {str(c.values.get("id")) for c in claims}
    for claim in claims:
        yield from misfits(claim, _fields("zones.toml", claim))
        yield from _sourced(claim)
        if claim.values.get("kind") in KINDS:
            yield from _named(claim, "names")
        for key in ("less", "within"):
            values = claim.values.get(key) or []
            for other in [values] if isinstance(values, str) else values:
                if other not in known:
                    yield claim.refuse(f"`{key}` names the zone {other!r}, which the pack lacks")
        if sum(bool(claim.values.get(k)) for k in ("baseline", "area", "shore")) != 1:
            yield claim.refuse("it has no recipe, or several", "Write one of `baseline`, `area` and `shore`.")
        yield from _read(zone_of, claim)


def _gates(folder: Path) -> Iterator[InputError]:
    for claim in gate_claims(folder):
        yield from misfits(claim, _fields("gates.toml", claim))
        yield from _sourced(claim)
        for key in ("names", "left", "right"):
            yield from _named(claim, key)
        yield from _read(gate_of, claim)


def _lines(folder: Path) -> Iterator[InputError]:
    for claim in line_claims(folder):
        yield from misfits(claim, _fields("lines.toml", claim))
        yield from _sourced(claim)
        yield from _named(claim, "names")
        yield from _read(line_of, claim)


def _features(folder: Path) -> Iterator[InputError]:
    seen: set[str] = set()
    for claim in feature_claims(folder):
        name = str(claim.values["feature_id"])
        if name in seen:
            yield claim.refuse(f"the id {name!r} occurs twice", "Ids are unique within a file.")
        seen.add(name)
        yield from misfits(claim, _fields("features.csv", claim))
        yield from _sourced(claim)
        yield from _read(feature_of, claim)
        disputed = ";" in str(claim.values["claimants"])
        if disputed and not all(claim.values[column] for column in LANGUAGES.values()):
            yield claim.refuse(
                "several claim it, and it has not a name in each language", "A disputed name never stands alone."
            )


def _fleets(folder: Path) -> Iterator[InputError]:
    table = read_toml(folder / "fleets.toml", BadFleet)
    for claim in entries(table, "fleets", "fleets.toml", BadFleet):
        yield from misfits(claim, _fields("fleets.toml", claim))
        yield from _sourced(claim)
        yield from _named(claim, "names")
    fleets_of(table, "fleets.toml")


def _fields(file: str, claim: Claim) -> Any:
    fields = ENTRIES[file][1]
    if file == "zones.toml" and claim.values.get("kind") in WITHOUT_CLAIMANT:
        return tuple(replace(f, required=f.required and f.name not in ("claimants", "legal_basis")) for f in fields)
    return fields


def _sourced(claim: Claim) -> Iterator[InputError]:
    source = claim.values.get("source")
    if isinstance(source, str) and source and not YEAR.search(source):
        yield claim.refuse("`source` names no year", "Say when it was published or read.")


def _named(claim: Claim, key: str) -> Iterator[InputError]:
    names = claim.values.get(key)
    missing = [language for language in LANGUAGES if not names.get(language)] if isinstance(names, dict) else []
    if missing:
        yield claim.refuse(f"`{key}` lacks {', '.join(missing)}", "Every name is given in all four languages.")


def _read(reader: Callable[[Claim], object], claim: Claim) -> Iterator[InputError]:
    try:
        reader(claim)
    except InputError as e:
        yield e


def report(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The problems as rows: file, line, entry, problem, hint."""
    return [vars(p) for p in problems]
