"""A region pack: a folder of claims with sources (data only), read without any geometry library.

docs/reference/region-pack.md says what each file holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from offing.claims import Claim, entries, read_text, read_toml
from offing.errors import BadFleet, BadZone
from offing.model.fleet import Fleet
from offing.model.place import Feature, Gate, Line
from offing.model.zone import CONFIDENCES, KINDS, Zone
from offing.zones.fleets import EVERYONE, NotMember, fleets_of, not_members_of
from offing.zones.places import feature_claims, feature_of, gate_claims, gate_of
from offing.zones.rings import Polygons, quantised
from offing.zones.series import Office, Reported, Series, read_reported, read_series

FORMATS = (1, 2)
"""The versions of the pack's form that this code reads."""

RECALLED = "recalled"
"""The confidence of what was written from memory and not read at a source."""

BUILT = "zones.geojson"
"""The file of built outlines, made by `offing.zones.build`."""


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


@dataclass(frozen=True)
class ZoneClaim:
    """A zone without its outline, and the recipe for it: the part between two distances from a baseline."""

    zone: Zone
    baseline: str
    reach_nm: tuple[float, float]


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
        hash=pack_hash(folder),
        zones=known(zones.values()),
        fleets=fleets,
        not_members=not_members_of(fleet_table, "fleets.toml"),
        offices=offices,
        series=series,
        reported=read_reported(folder, offices, zones, fleets),
        features=known([feature_of(c) for c in feature_claims(folder)]),
        gates=known([gate_of(c) for c in gate_claims(folder)]),
        lines=known([]),
    )


def about_pack(folder: Path) -> Claim:
    """`pack.toml`; refused where it is of a form that this offing does not read."""
    about = Claim(read_toml(folder / "pack.toml", BadZone), "pack.toml", BadZone)
    if about.integer("format") not in FORMATS:
        reads = " and ".join(map(str, FORMATS))
        raise about.refuse(f"it is of form {about.integer('format')}, and this offing reads {reads}", "Update offing.")
    return about


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
            kind=c.one_of("kind", c.text("kind"), KINDS),
            polygons=(),
            claimants=c.texts("claimants"),
            names=c.names(),
            legal_basis=c.text("legal_basis"),
            source=c.text("source"),
            valid_from=low,
            valid_to=high,
            day_rule=c.day_rule(),
            includes=c.texts("includes"),
            confidence=c.one_of("confidence", c.text("confidence"), CONFIDENCES),
            note=c.text("note", ""),
        )
        out.append(ZoneClaim(zone, c.text("baseline"), (float(reach[0]), float(reach[1]))))
    return out


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
