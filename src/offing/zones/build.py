"""Building the zones of a region pack from its facts: a pure function of its files, without memory, clock or chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from offing.model.zone import Zone
from offing.zones.built import BUILT, write_zones
from offing.zones.pack import zone_claims, zone_of
from offing.zones.recipes import Workshop

Progress = Callable[[int, int, str], None]
"""Told how many zones are done, of how many, and which is next."""


def build_pack(folder: Path, progress: Progress | None = None) -> list[Zone]:
    """All zones of a pack, in the order of its `zones.toml`. Writes nothing. Raises `MissingInput` or `BadZone`."""
    claimed = [zone_of(claim) for claim in zone_claims(folder)]
    workshop = Workshop(folder)
    zones: list[Zone] = []
    for zone in claimed:
        if progress:
            progress(len(zones), len(claimed), zone.id)
        zones.append(replace(zone, polygons=workshop.outline(zone.id)))
    if progress:
        progress(len(zones), len(claimed), "")
    return zones


def write_built(folder: Path, progress: Progress | None = None) -> Path:
    """Build a pack's zones and put them beside its claims, all or nothing; gives the file."""
    zones = build_pack(folder, progress)
    target = folder / BUILT
    write_zones(zones, target)
    return target
