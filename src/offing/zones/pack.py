"""A region pack: a folder of claims with sources (data only), read without any geometry library.

docs/reference/region-pack.md says what each file holds.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from offing.errors import BadFleet, BadZone, InputError
from offing.model.fleet import Fleet
from offing.model.times import DayRule
from offing.model.units import Unit
from offing.model.zone import CONFIDENCES, KINDS, Zone
from offing.zones.claims import Claim, entries, read_text, read_toml
from offing.zones.fleets import EVERYONE, NotMember, fleets_of, not_members_of
from offing.zones.rings import Polygons, quantised

FORMAT = 1
"""The version of the pack's form that this code reads."""

BUILT = "zones.geojson"
"""The file of built outlines, made by `offing.zones.build`."""


@dataclass(frozen=True)
class Office:
    """Who publishes figures, and what a day is to it."""

    id: str
    country: str
    names: dict[str, str]
    day_rule: DayRule


@dataclass(frozen=True)
class Span:
    """One published statement: a ship was there every day from `start_day` to `last_day`.

    `ended`: it is also said that the day before and the day after were without. Days may be unknown: then `not_before` and
    `not_after` bound them. `published_on_is` says whether a source states that date (`stated`) or the last day stands for it
    (`last_day`).
    """

    start_day: date | None
    last_day: date | None
    days: int
    ended: bool
    not_before: date | None
    not_after: date | None
    published_on: date
    published_on_is: str
    confidence: str
    source: str
    note: str


@dataclass(frozen=True)
class Series:
    """What an office counts: its own zone and fleet, the zones in which a ship counts (any of), unit, day rule and start."""

    id: str
    office: str
    zone: str
    counts_in: tuple[str, ...]
    fleet: str
    unit: Unit
    day_rule: DayRule
    since: date | None
    since_why: str
    names: dict[str, str]
    note: str
    spans: tuple[Span, ...] = ()
    spans_file: str = ""  # the pack's file that holds them


@dataclass(frozen=True)
class Pack:
    """All of a region by id: zones, fleets (`any` among them), offices and series, with version and hash of its files."""

    id: str
    version: str
    names: dict[str, str]
    folder: Path
    hash: str  # sixteen hex digits over the bytes of its data files
    zones: dict[str, Zone] = field(repr=False)
    fleets: dict[str, Fleet] = field(repr=False)
    not_members: tuple[NotMember, ...] = field(repr=False)
    offices: dict[str, Office] = field(repr=False)
    series: dict[str, Series] = field(repr=False)


@dataclass(frozen=True)
class ZoneClaim:
    """A zone without its outline, and the recipe for it: the part between two distances from a baseline."""

    zone: Zone
    baseline: str
    reach_nm: tuple[float, float]


def load_pack(folder: Path) -> Pack:
    """Read a pack. Raises `MissingInput`, `BadZone` or `BadFleet` with the file and the entry."""
    about = Claim(read_toml(folder / "pack.toml", BadZone), "pack.toml", BadZone)
    if about.integer("format") != FORMAT:
        raise about.refuse(f"it is of form {about.integer('format')}, and this offing reads form {FORMAT}", "Update offing.")
    fleet_table = read_toml(folder / "fleets.toml", BadFleet)
    fleets = {EVERYONE.id: EVERYONE, **fleets_of(fleet_table, "fleets.toml")}
    zones = _built_zones(folder)
    offices, series = _series(folder, zones, fleets)
    return Pack(
        id=about.text("id"),
        version=about.text("version"),
        names=about.names(),
        folder=folder,
        hash=pack_hash(folder),
        zones=zones,
        fleets=fleets,
        not_members=not_members_of(fleet_table, "fleets.toml"),
        offices=offices,
        series=series,
    )


def pack_hash(folder: Path) -> str:
    """Sixteen hex digits over names and bytes of the data files of a pack (TOML, CSV, GeoJSON)."""
    h = hashlib.sha256()
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.suffix in (".toml", ".csv", ".geojson"):
            content = path.read_bytes()
            h.update(f"{path.name}:{len(content)}:".encode() + content)
    return h.hexdigest()[:16]


def read_zone_claims(folder: Path) -> list[ZoneClaim]:
    """The zones that a pack claims, in the order of its file, their outlines still empty."""
    out: list[ZoneClaim] = []
    for c in entries(read_toml(folder / "zones.toml", BadZone), "zones", "zones.toml", BadZone):
        reach = c.values.get("reach_nm")
        if not (isinstance(reach, list) and len(reach) == 2 and all(isinstance(v, (int, float)) for v in reach)):
            raise c.refuse("`reach_nm` must be two distances such as [12, 24]")
        if not 0 <= reach[0] <= reach[1] <= 600:
            raise c.refuse(f"`reach_nm` {reach} must rise and lie between 0 and 600")
        low, high = c.days("valid_from", "valid_to")
        zone = Zone(
            id=c.text("id"),
            kind=_one_of(c, "kind", c.text("kind"), KINDS),
            polygons=(),
            claimants=c.texts("claimants"),
            names=c.names(),
            legal_basis=c.text("legal_basis"),
            source=c.text("source"),
            valid_from=low,
            valid_to=high,
            day_rule=c.day_rule(),
            includes=c.texts("includes"),
            confidence=_one_of(c, "confidence", c.text("confidence"), CONFIDENCES),
            note=c.text("note", ""),
        )
        out.append(ZoneClaim(zone, c.text("baseline"), (float(reach[0]), float(reach[1]))))
    return out


def read_rows(path: Path, columns: tuple[str, ...], error: type[InputError]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row of a small CSV file that has at least these columns."""
    rows = csv.DictReader(io.StringIO(read_text(path, error)))
    missing = [c for c in columns if c not in (rows.fieldnames or [])]
    if missing:
        raise error(f"{path.name} lacks the column {missing[0]!r}.")
    for row in rows:
        yield rows.line_num, {k: v or "" for k, v in row.items() if isinstance(k, str)}


def read_features(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file of a pack."""
    try:
        content = json.loads(read_text(path, BadZone))
    except ValueError as e:
        raise BadZone(f"{path.name} is not JSON: {e}.") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise BadZone(f"{path.name} is not a GeoJSON FeatureCollection.")
    return features


def _built_zones(folder: Path) -> dict[str, Zone]:
    rebuild = "Run `python -m offing.zones.build FOLDER` and commit what it writes."
    built: dict[str, tuple[Polygons, str]] = {}
    for feature in read_features(folder / BUILT):
        try:
            rings = feature["geometry"]["coordinates"]
            polygons = tuple(tuple(quantised(ring) for ring in polygon) for polygon in rings)
            built[feature["properties"]["id"]] = polygons, feature["properties"]["hash"]
        except (KeyError, TypeError, ValueError):
            raise BadZone(f"{BUILT} has a feature that is no built zone.", rebuild) from None
    zones: dict[str, Zone] = {}
    for claim in read_zone_claims(folder):
        zone_id = claim.zone.id
        if zone_id not in built:
            raise BadZone(f"{BUILT} lacks the zone {zone_id}.", rebuild)
        polygons, stated = built[zone_id]
        zone = replace(claim.zone, polygons=polygons)
        if zone.hash != stated:
            raise BadZone(f"{BUILT}: {zone_id} has hash {zone.hash}, but {stated} is written beside it.", rebuild)
        zones[zone_id] = zone
    return zones


def _series(folder: Path, zones: dict[str, Zone], fleets: dict[str, Fleet]) -> tuple[dict[str, Office], dict[str, Series]]:
    path = folder / "series.toml"
    if not path.exists():
        return {}, {}
    table = read_toml(path, BadZone)
    offices: dict[str, Office] = {}
    for c in entries(table, "offices", path.name, BadZone):
        offices[c.text("id")] = Office(c.text("id"), c.text("country", ""), c.names(), c.day_rule())
    series: dict[str, Series] = {}
    spans: dict[str, dict[str, list[Span]]] = {}
    for c in entries(table, "series", path.name, BadZone):
        zone, fleet, file = c.text("zone"), c.text("fleet"), c.text("spans", "")
        _one_of(c, "office", c.text("office"), offices)
        for z in (zone, *c.texts("counts_in")):
            _one_of(c, "zone", z, zones)
        _one_of(c, "fleet", fleet, fleets)
        if file and file not in spans:
            spans[file] = _spans(folder / file)
        series[c.text("id")] = Series(
            id=c.text("id"),
            office=c.text("office"),
            zone=zone,
            counts_in=c.texts("counts_in") or (zone,),
            fleet=fleet,
            unit=Unit(_one_of(c, "unit", c.text("unit"), [u.value for u in Unit])),
            day_rule=c.day_rule(),
            since=c.day("since"),
            since_why=c.text("since_why", ""),
            names=c.names(),
            note=c.text("note", ""),
            spans=tuple(spans[file].get(c.text("id"), ())) if file else (),
            spans_file=file,
        )
    for file, by_series in spans.items():
        for name in by_series:
            if name not in series:
                raise BadZone(f"{file} speaks of the series {name!r}, which series.toml lacks.")
    return offices, series


def _spans(path: Path) -> dict[str, list[Span]]:
    columns = ("series", "start_day", "last_day", "days", "ended", "not_before", "not_after", "published_on", "published_on_is")
    out: dict[str, list[Span]] = {}
    for line, row in read_rows(path, (*columns, "confidence", "source", "note"), BadZone):
        c = Claim(row, f"{path.name} line {line}", BadZone)
        start, last = c.days("start_day", "last_day")
        not_before, not_after = c.days("not_before", "not_after")
        published = c.day("published_on")
        if published is None:
            raise c.refuse("`published_on` is missing")
        if not row["days"].isdigit() or int(row["days"]) < 1:
            raise c.refuse(f"`days` must be a whole number, not {row['days']!r}")
        if (start is None) != (last is None):
            raise c.refuse("`start_day` and `last_day` are both given or both empty")
        if start and last and (last - start).days + 1 != int(row["days"]):
            raise c.refuse(f"from {start} to {last} are {(last - start).days + 1} days, not {row['days']}")
        span = Span(
            start_day=start,
            last_day=last,
            days=int(row["days"]),
            ended=_one_of(c, "ended", row["ended"], ("true", "false")) == "true",
            not_before=not_before,
            not_after=not_after,
            published_on=published,
            published_on_is=_one_of(c, "published_on_is", row["published_on_is"], ("stated", "last_day")),
            confidence=_one_of(c, "confidence", row["confidence"], CONFIDENCES),
            source=row["source"],
            note=row["note"],
        )
        out.setdefault(row["series"], []).append(span)
    return out


def _one_of(claim: Claim, key: str, value: str, known: Any) -> str:
    if value not in known:
        raise claim.refuse(f"`{key}` is {value!r}, which is none of {', '.join(known)}")
    return value
