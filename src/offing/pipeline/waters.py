"""The waters of a logbook: the zones, fleets and published series in force, from its region pack and from its user."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from offing import regions
from offing.clock import now_ms
from offing.errors import BadFleet, BadZone, UnknownName
from offing.model.fleet import Fleet
from offing.model.zone import Zone
from offing.store import Store
from offing.zones.fleets import EVERYONE, find_fleet, fleets_of, read_fleets
from offing.zones.foreign import Reading
from offing.zones.pack import Pack, load_pack
from offing.zones.user import parse_zones, read_zones, write_zones


@dataclass(frozen=True)
class Waters:
    """Zones and fleets by id; those of the user stand beside those of the pack."""

    pack: Pack
    zones: dict[str, Zone]
    fleets: dict[str, Fleet]

    @cached_property
    def zone_list(self) -> list[Zone]:
        """Zones in the order of their ids: their numbers in the grid."""
        return [self.zones[z] for z in sorted(self.zones)]

    def zone(self, zone_id: str) -> Zone:
        """One zone; `UnknownName` where there is none."""
        if zone_id not in self.zones and zone_id in _pack_at(self.pack.folder, True).zones:
            problem = f"The zone {zone_id} is recalled: nobody has read it at a source, and it is not loaded."
            raise UnknownName(problem, "Add --include-unconfirmed, or make the logbook with it.", name=zone_id, known=[])
        if zone_id not in self.zones:
            raise UnknownName.of("zone", zone_id, self.zones, "offing zones")
        return self.zones[zone_id]

    def several(self, zone_ids: list[str]) -> list[Zone]:
        """Zones by their ids, each once, in the order of the ids."""
        return [self.zone(z) for z in sorted(set(zone_ids))]

    def fleet(self, fleet_id: str) -> Fleet:
        """One fleet: of the pack, of the user, `any`, or `flag-xx`; `UnknownName` where there is none."""
        return find_fleet(fleet_id, self.fleets)


def inside_of(zones: Sequence[Zone], lon_e7: npt.NDArray[np.int32], lat_e7: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which positions lie in any of these zones."""
    from offing.kernels.grid import inside_any
    from offing.tracks.places import zone_grid

    return inside_any(zone_grid(zones), lon_e7, lat_e7, np.ones(len(zones), np.bool_))


def pack_of(region: str, include_unconfirmed: bool = False) -> Pack:
    """The installed region pack of a name; with `include_unconfirmed` also what nobody has read at a source."""
    return _pack_at(regions.folder_of(region), include_unconfirmed)


@lru_cache(maxsize=4)
def _pack_at(folder: Path, include_unconfirmed: bool) -> Pack:
    """Packs are data of an installed package: read once a process."""
    return load_pack(folder, include_unconfirmed)


def of_region(region: str, include_unconfirmed: bool = False) -> Waters:
    """The waters of a region pack alone, without a logbook."""
    pack = pack_of(region, include_unconfirmed)
    return Waters(pack, dict(pack.zones), dict(pack.fleets))


def load(store: Store, at_ms: int | None = None, include_unconfirmed: bool = False) -> Waters:
    """What holds now in a logbook; with an instant, zones and fleets of the user's own are as they were then.

    `include_unconfirmed`: even if the logbook was made without what nobody has read at a source.
    """
    pack = pack_of(store.region, include_unconfirmed or store.include_unconfirmed)
    zones, fleets = dict(pack.zones), dict(pack.fleets)
    for when in (None,) if at_ms is None else (None, at_ms):
        for text in store.ledger.zones(when):
            zones |= {zone.id: zone for zone in parse_zones(text.text, text.id)}
        for text in store.ledger.fleets(when):
            fleets[text.id] = fleets_of(tomllib.loads(text.text), f"fleet {text.id}")[text.id]
    return Waters(pack, zones, fleets)


def add_zones(store: Store, path: Path, how: Reading | None = None) -> list[Zone]:
    """Add the zones of a GeoJSON file to the logbook; an id of the user's own is replaced, one of the pack refused.

    `how` to read a file that was not written for offing. Zones of the pack that are as they were exported are passed over.
    Returns those that were added.
    """
    pack = pack_of(store.region, include_unconfirmed=True)  # its ids are taken, loaded or not
    read = read_zones(path, how)
    zones = [z for z in read if z.id not in pack.zones or pack.zones[z.id].hash != z.hash]
    for zone in zones:
        if zone.id in pack.zones:
            raise BadZone(f"The zone {zone.id} belongs to the region pack {pack.id}.", "Give yours another id.", id=zone.id)
    with store.writing("zones add"):
        store.ledger.put_zones([(z.id, write_zones([z]), z.hash) for z in zones], now_ms())
    return zones


def add_fleets(store: Store, path: Path) -> list[Fleet]:
    """Add the fleets of a TOML file to the logbook; an id of the user's own is replaced, one of the pack refused."""
    fleets = read_fleets(path)
    text = path.read_text(encoding="utf-8-sig")
    pack = pack_of(store.region)
    for fleet in fleets:
        if fleet.id in pack.fleets or fleet.id == EVERYONE.id or fleet.id.startswith("flag-"):
            raise BadFleet(f"The fleet {fleet.id} belongs to the region pack {pack.id}.", "Give yours another id.", id=fleet.id)
    with store.writing("fleets add"):
        store.ledger.put_fleets([(f.id, text, f.hash) for f in fleets], now_ms())
    return fleets
