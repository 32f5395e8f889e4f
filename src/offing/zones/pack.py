"""A region pack: a folder of claims with sources (data only), read without any geometry library.

docs/reference/region-pack.md says what each file holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from offing.claims import Claim, entries, read_text, read_toml
from offing.errors import BadFleet, BadZone
from offing.model.fleet import Fleet
from offing.model.place import Feature, Gate, Line
from offing.model.zone import CONFIDENCES, KINDS, Zone
from offing.zones.built import BUILT, REBUILD, read_built
from offing.zones.fleets import EVERYONE, NotMember, fleets_of, not_members_of
from offing.zones.lines import read_built_lines
from offing.zones.places import feature_claims, feature_of, gate_claims, gate_of
from offing.zones.rings import Polygon, quantised
from offing.zones.series import Office, Reported, Series, read_reported, read_series

FORMATS = (1, 2)
"""The versions of the pack's form that this code reads."""

ZONES = "zones.toml"
"""The file of claims."""

NO_LAND = ("rim of a reef, computed", "low-water points")
"""Outlines of `outlines.geojson` that are baselines and no land."""

RECALLED = "recalled"
"""The confidence of what was written from memory and not read at a source."""

_Item = TypeVar("_Item", Zone, Feature, Gate, Line)


@dataclass(frozen=True)
class Pack:
    """All of a region by id, with version and hash of its files. Its fleets hold `any` too.

    What nobody read at a source (`recalled`) is there only if it was loaded with `include_unconfirmed`.
    """

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
    reported: dict[str, Reported] = field(repr=False)
    features: dict[str, Feature] = field(repr=False)
    gates: dict[str, Gate] = field(repr=False)
    lines: dict[str, Line] = field(repr=False)

    @property
    def label(self) -> str:
        """Id, version and hash, as every figure prints them."""
        return f"{self.id} {self.version} ({self.hash})"

    def coast(self) -> dict[str, list[Polygon]]:
        """The land of the region by coast, each piece a polygon of one ring; read when it is first asked for."""
        return _coast_at(self.folder)


@lru_cache(maxsize=4)
def _coast_at(folder: Path) -> dict[str, list[Polygon]]:
    found: dict[str, list[Polygon]] = {}
    for name, key in (("coast.geojson", "coast"), ("outlines.geojson", "baseline")):
        for feature in read_features(folder / name) if (folder / name).exists() else ():
            if feature["properties"].get("outline") in NO_LAND:
                continue
            rings = tuple(quantised(ring) for ring in feature["geometry"]["coordinates"])
            found.setdefault(str(feature["properties"].get(key)), []).append(rings)
    return found


def load_pack(folder: Path, include_unconfirmed: bool = False) -> Pack:
    """Read a pack. Raises `MissingInput`, `BadZone` or `BadFleet` with the file, the line and the entry."""
    about = about_pack(folder)
    fleet_table = read_toml(folder / "fleets.toml", BadFleet)
    fleets = {EVERYONE.id: EVERYONE, **fleets_of(fleet_table, "fleets.toml")}
    zones = _built_zones(folder)
    offices, series = read_series(folder, zones, fleets)

    def known(found: Iterable[_Item]) -> dict[str, _Item]:
        return {v.id: v for v in found if include_unconfirmed or v.confidence != RECALLED}

    return Pack(
        id=about.text("id"),
        version=about.text("version"),
        names=about.names(),
        folder=folder,
        hash=pack_hash(folder, [z.hash for z in zones.values()]),
        zones=known(zones.values()),
        fleets=fleets,
        not_members=not_members_of(fleet_table, "fleets.toml"),
        offices=offices,
        series=series,
        reported=read_reported(folder, offices, zones, fleets),
        features=known([feature_of(c) for c in feature_claims(folder)]),
        gates=known([gate_of(c) for c in gate_claims(folder)]),
        lines=known(read_built_lines(folder)),
    )


def about_pack(folder: Path) -> Claim:
    """`pack.toml`; refused where it is of a form that this offing does not read."""
    about = Claim(read_toml(folder / "pack.toml", BadZone), "pack.toml", BadZone)
    if about.integer("format") not in FORMATS:
        reads = " and ".join(map(str, FORMATS))
        raise about.refuse(f"it is of form {about.integer('format')}, and this offing reads {reads}", "Update offing.")
    return about


def pack_hash(folder: Path, built: Iterable[str] = ()) -> str:
    """Sixteen hex digits over names and bytes of the data files of a pack (TOML, CSV, GeoJSON), and hashes of built zones."""
    h = hashlib.sha256("".join(built).encode())
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.suffix in (".toml", ".csv", ".geojson"):
            content = path.read_bytes()
            h.update(f"{path.name}:{len(content)}:".encode() + content)
    return h.hexdigest()[:16]


def zone_claims(folder: Path) -> list[Claim]:
    """The entries of `zones.toml`."""
    return entries(read_toml(folder / ZONES, BadZone), "zones", ZONES, BadZone)


def zone_of(c: Claim) -> Zone:
    """One zone as it is claimed, its outline still empty. Raises `BadZone` with file, line and what does not fit."""
    low, high = c.days("valid_from", "valid_to")
    return Zone(
        id=c.text("id"),
        kind=c.one_of("kind", c.text("kind"), KINDS),
        polygons=(),
        claimants=c.texts("claimants"),
        names=c.names(),
        legal_basis=c.text("legal_basis", ""),
        source=c.text("source"),
        valid_from=low,
        valid_to=high,
        day_rule=c.day_rule(),
        includes=c.texts("includes"),
        confidence=c.one_of("confidence", c.text("confidence"), CONFIDENCES),
        note=c.text("note", ""),
    )


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
    built = read_built(folder)
    zones: dict[str, Zone] = {}
    for claim in zone_claims(folder):
        zone_id = claim.text("id")
        if zone_id not in built:
            raise BadZone(f"{BUILT} lacks the zone {zone_id}.", REBUILD)
        zone = replace(zone_of(claim), polygons=built[zone_id].polygons)
        if zone.hash != built[zone_id].hash:
            raise BadZone(f"{BUILT}: {zone_id} has hash {zone.hash}, but {built[zone_id].hash} is written beside it.", REBUILD)
        zones[zone_id] = zone
    return zones
