"""Checking a region pack: everything that does not fit, with file and line, not only the first thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from offing.claims import Claim, entries, read_toml
from offing.errors import BadFleet, InputError
from offing.zones.areas import read_areas
from offing.zones.coast import frame_of, read_lines
from offing.zones.fleets import fleets_of
from offing.zones.lines import line_claims, line_of
from offing.zones.pack import about_pack, load_pack, zone_claims, zone_of
from offing.zones.places import LANGUAGES, feature_claims, feature_of, gate_claims, gate_of
from offing.zones.schema import ENTRIES, PACK, Field, misfits

YEAR = re.compile(r"(?<!\d)(1[6-9]|20)\d\d(?!\d)")
"""A year in a source: without one nobody can tell which edition was read."""

_FILE = re.compile(r"[\w-]+\.(?:toml|csv|geojson|parquet)\b")

RECIPES = {"baseline": "reach_nm", "area": "", "shore": "reach_m"}
"""The key that makes a recipe, and the one that goes with it."""

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
    reads = (_about, _zones, _gates, _lines, _features, _fleets, _recipes)
    found = [_problem(e) for read in reads for e in _collected(read, folder)]
    if not found:
        found += [_problem(e) for e in _read(lambda: load_pack(folder, include_unconfirmed=True))]
    return sorted(set(found), key=lambda p: (p.file, p.line or 0, p.problem))


def _collected(read: Callable[[Path], Iterator[InputError]], folder: Path) -> Iterator[InputError]:
    try:
        yield from read(folder)
    except InputError as e:  # a file that cannot be split into entries says one thing only
        yield e


def _problem(error: InputError) -> Problem:
    file, line, entry = (error.data.get(k) for k in ("file", "line", "entry"))
    named = _FILE.search(error.message)
    return Problem(
        str(file or (named[0] if named else "")),
        line if isinstance(line, int) else None,
        str(entry or ""),
        str(error.data.get("what") or error.message).rstrip("."),
        error.hint,
    )


def _about(folder: Path) -> Iterator[InputError]:
    about = about_pack(folder)
    yield from misfits(about, PACK)
    yield from _named(about, "names")
    yield from _read(lambda: frame_of(folder))


def _zones(folder: Path) -> Iterator[InputError]:
    claims = zone_claims(folder)
    known = {c.values.get("id") for c in claims if isinstance(c.values.get("id"), str)}
    for claim in claims:
        yield from _entry(claim, _fields("zones.toml", claim), ("names",), zone_of)
        for key in ("less", "within"):
            for other in _texts(claim, key):
                if other not in known:
                    yield claim.refuse(f"`{key}` names the zone {other!r}, which the pack lacks")
        given = [k for k in RECIPES if claim.values.get(k)]
        if len(given) != 1:
            yield claim.refuse("it has no recipe, or several", "Write one of `baseline`, `area` and `shore`.")
        for key in given:
            if (reach := RECIPES[key]) and not claim.values.get(reach):
                yield claim.refuse(f"`{reach}` is missing", f"It says how far the zone reaches from its `{key}`.", key=key)


def _gates(folder: Path) -> Iterator[InputError]:
    for claim in gate_claims(folder):
        yield from _entry(claim, _fields("gates.toml", claim), ("names", "left", "right"), gate_of)


def _lines(folder: Path) -> Iterator[InputError]:
    for claim in line_claims(folder):
        yield from _entry(claim, _fields("lines.toml", claim), ("names",), line_of)
        if claim.values.get("kind") == "equidistance" and not (_texts(claim, "a") and _texts(claim, "b")):
            yield claim.refuse("`a` and `b` must name the shores on either side")


def _features(folder: Path) -> Iterator[InputError]:
    seen: set[str] = set()
    for claim in feature_claims(folder):
        name = str(claim.values["feature_id"])
        if name in seen:
            yield claim.refuse(f"the id {name!r} occurs twice", "Ids are unique within a file.")
        seen.add(name)
        yield from _entry(claim, _fields("features.csv", claim), (), feature_of)


def _fleets(folder: Path) -> Iterator[InputError]:
    table = read_toml(folder / "fleets.toml", BadFleet)
    fits = True
    for claim in entries(table, "fleets", "fleets.toml", BadFleet):
        found = list(_entry(claim, _fields("fleets.toml", claim), ("names",), lambda _: None))
        fits = fits and not found
        yield from found
    if fits:
        fleets_of(table, "fleets.toml")


def _recipes(folder: Path) -> Iterator[InputError]:
    """Lines and areas that claims name must be there."""
    lines, areas = read_lines(folder), read_areas(folder)
    for claims, keys in ((zone_claims(folder), ("baseline", "shore", "area")), (line_claims(folder), ("a", "b", "third"))):
        for claim in claims:
            for key in keys:
                for name in _texts(claim, key):
                    if name not in (areas if key == "area" else lines):
                        what = "area" if key == "area" else "line"
                        yield claim.refuse(f"`{key}` names the {what} {name!r}, which the pack lacks")


def _entry(
    claim: Claim, fields: tuple[Field, ...], names: tuple[str, ...], reader: Callable[[Claim], object]
) -> Iterator[InputError]:
    unfit = list(misfits(claim, fields))
    yield from unfit
    yield from _sourced(claim)
    for key in names:
        yield from _named(claim, key)
    if not unfit:  # else the reader says the same again
        yield from _read(lambda: reader(claim))


def _texts(claim: Claim, key: str) -> list[str]:
    """A text or the texts of a list; of a wrong type: none."""
    value = claim.values.get(key)
    return [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]


def _fields(file: str, claim: Claim) -> tuple[Field, ...]:
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


def _read(reader: Callable[[], object]) -> Iterator[InputError]:
    try:
        reader()
    except InputError as e:
        yield e


def report(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The problems as rows: file, line, entry, problem, hint."""
    return [vars(p) for p in problems]
