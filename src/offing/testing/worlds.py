"""Seeded fleets with known truth: who really sent each position, and visits that are known by arithmetic.

A world is arrays. `Sightings` holds what receivers heard and, beside it, the hull that truly sent each row; functions make
it more like life: thinned fixes, silences, jumps, shared numbers. Writers: `offing.testing.files`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from offing.model.schemas import E7
from offing.model.times import HOUR_MS
from offing.model.zone import Zone
from offing.testing import shapes
from offing.testing.shapes import Box
from offing.tracks.walk import Batch

EPOCH_MS = 1_767_225_600_000
"""2026-01-01T00:00Z, where worlds begin unless told otherwise."""

FIRST_MMSI = 412_000_001


@dataclass(frozen=True)
class Sightings:
    """Positions as arrays of equal length, and who truly sent each."""

    mmsi: npt.NDArray[np.int32]
    t_ms: npt.NDArray[np.int64]
    lon_e7: npt.NDArray[np.int32]  # -180 <= lon < 180 degrees
    lat_e7: npt.NDArray[np.int32]
    hull: npt.NDArray[np.int32]  # the truth: 0, 1, ...; two hulls may share an MMSI

    def __len__(self) -> int:
        return len(self.mmsi)

    def __getitem__(self, rows: Any) -> Self:
        """Some rows: a slice, a mask or indices."""
        return replace(self, **{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def batch(self) -> Batch:
        """What `tracks.walk.advance` takes; every row is tracked."""
        return Batch(self.mmsi, self.t_ms, self.lon_e7, self.lat_e7, np.ones(len(self), bool))

    def in_hull_order(self) -> Self:
        """Sorted by MMSI and then by the total order (time, latitude, longitude)."""
        return self[np.lexsort((self.lon_e7, self.lat_e7, self.t_ms, self.mmsi))]

    def in_time_order(self) -> Self:
        """Sorted by time, rows of one instant by MMSI, latitude and longitude: as a feed brings them."""
        return self[np.lexsort((self.lon_e7, self.lat_e7, self.mmsi, self.t_ms))]

    def in_day_order(self) -> Self:
        """Day by day (UTC), within a day by MMSI and the total order: as merged days hold them."""
        return self[np.lexsort((self.lon_e7, self.lat_e7, self.t_ms, self.mmsi, self.t_ms // (24 * HOUR_MS)))]


def _canonical(
    lon_deg: npt.NDArray[np.float64], lat_deg: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Degrees, longitudes of any turn, to stored units."""
    lon = np.rint(lon_deg * E7).astype(np.int64)
    lon = (lon + 180 * E7) % (360 * E7) - 180 * E7
    return lon.astype(np.int32), np.rint(np.clip(lat_deg, -90, 90) * E7).astype(np.int32)


def sailing(
    seed: int,
    ships: int,
    fixes: int,
    every_s: float,
    box: Box,
    *,
    speed_kn: tuple[float, float] = (4.0, 22.0),
    leg_fixes: int = 40,
    start_ms: int = EPOCH_MS,
    whole_seconds: bool = True,
) -> Sightings:
    """Ships that keep a course for about `leg_fixes` fixes, turn, and are turned back at the sides of the box.

    Each starts at its own moment within the first interval; intervals vary by a third. A ship's i-th hull number is i, its
    MMSI is FIRST_MMSI + i. The box's east may pass 180: longitudes are wrapped as they are stored.
    """
    rng = np.random.default_rng(seed)
    legs = fixes // leg_fixes + 2
    lon, lat = rng.uniform(box[0], box[2], ships), rng.uniform(box[1], box[3], ships)
    knots = rng.uniform(*speed_kn, (ships, legs)).repeat(leg_fixes, axis=1)[:, :fixes]
    course = rng.uniform(0, 2 * np.pi, (ships, legs)).repeat(leg_fixes, axis=1)[:, :fixes]
    wait_s = every_s * rng.uniform(2 / 3, 4 / 3, (ships, fixes))
    wait_s[:, 0] = rng.uniform(0, every_s, ships)
    if whole_seconds:
        wait_s = np.maximum(np.rint(wait_s), 1)
    t_ms = start_ms + np.rint(np.cumsum(wait_s, axis=1) * 1000).astype(np.int64)
    run_deg = knots * wait_s / 3600 / 60
    run_deg[:, 0] = 0
    east = lon[:, None] + np.cumsum(run_deg * np.sin(course), axis=1) / np.cos(np.radians((box[1] + box[3]) / 2))
    north = lat[:, None] + np.cumsum(run_deg * np.cos(course), axis=1)
    lon_e7, lat_e7 = _canonical(_folded(east, box[0], box[2]).ravel(), _folded(north, box[1], box[3]).ravel())
    hull = np.arange(ships, dtype=np.int32).repeat(fixes)
    return Sightings((hull + FIRST_MMSI).astype(np.int32), t_ms.ravel(), lon_e7, lat_e7, hull)


def _folded(x: npt.NDArray[np.float64], low: float, high: float) -> npt.NDArray[np.float64]:
    """Reflected at both ends, as often as it takes."""
    width = high - low
    y = (x - low) % (2 * width)
    return low + np.where(y > width, 2 * width - y, y)


def thinned(seed: int, seen: Sightings, keep: float) -> Sightings:
    """A share of the rows, drawn at random."""
    return seen[np.random.default_rng(seed).random(len(seen)) < keep]


def silenced(seed: int, seen: Sightings, times: int, hours: tuple[float, float]) -> Sightings:
    """Without the rows of `times` silences, each of one random hull and of some hours."""
    rng = np.random.default_rng(seed)
    keep = np.ones(len(seen), bool)
    for row in rng.integers(0, len(seen), times) if len(seen) else []:
        quiet_ms = rng.uniform(*hours) * HOUR_MS
        since_ms = seen.t_ms - seen.t_ms[row]
        keep &= ~((seen.hull == seen.hull[row]) & (since_ms > 0) & (since_ms < quiet_ms))
    return seen[keep]


def jumping(seed: int, seen: Sightings, share: float, reach_deg: float) -> Sightings:
    """A share of the rows is thrown aside by up to some degrees: damaged or false positions."""
    rng = np.random.default_rng(seed)
    hit = (rng.random(len(seen)) < share)[:, None]
    away = np.where(hit, rng.uniform(-reach_deg, reach_deg, (len(seen), 2)), 0.0)
    lon_e7, lat_e7 = _canonical(seen.lon_e7 / E7 + away[:, 0], seen.lat_e7 / E7 + away[:, 1])
    return replace(seen, lon_e7=lon_e7, lat_e7=lat_e7)


def sharing(seen: Sightings, hulls: int) -> Sightings:
    """Every `hulls` hulls in a row send under the number of the first of them."""
    return replace(seen, mmsi=(seen.hull // hulls * hulls + FIRST_MMSI).astype(np.int32))


@dataclass(frozen=True)
class KnownVisit:
    """A visit that is true by construction."""

    mmsi: int
    zone_id: str
    entry_ms: int
    exit_ms: int


def ferries(ships: int, zones: int, crossings: int) -> tuple[Sightings, list[Zone], list[KnownVisit]]:
    """Ferries that sail east and back over rectangular zones, with every entry and exit known to the millisecond.

    Zone i spans 0.1 degree of longitude from 120.1 + 0.2 i degrees and 20 to 40 degrees north. Ship k sails its own
    parallel at exactly 0.1 degree in 1,200 s and reports at every 0.05 degree off the borders: 120.025, 120.075, ...
    """
    step_ms, stops = 600_000, 4 * zones + 2
    areas = [
        shapes.zone(f"ferry-{i}@test", [shapes.rectangle(120.1 + 0.2 * i, 20.0, 120.2 + 0.2 * i, 40.0)]) for i in range(zones)
    ]
    east = np.arange(stops)  # stops on the way, by number
    stop = np.concatenate([east if turn % 2 == 0 else east[::-1] for turn in range(crossings)])
    hull = np.arange(ships, dtype=np.int32).repeat(len(stop))
    nth = np.tile(np.arange(len(stop), dtype=np.int64), ships)
    lat_e7 = 205_000_000 + hull * (180_000_000 // ships)
    seen = Sightings(
        (FIRST_MMSI + hull).astype(np.int32),
        EPOCH_MS + hull.astype(np.int64) * 1000 + nth * step_ms,
        np.tile(1_200_250_000 + stop * 500_000, ships).astype(np.int32),
        lat_e7.astype(np.int32),
        hull,
    )
    truth: list[KnownVisit] = []
    for ship in range(ships):
        for turn in range(crossings):
            for i in range(zones):
                # stops 4 i + 2 and 4 i + 3 lie inside; both borders lie half way between two stops
                before = 4 * i + 1 if turn % 2 == 0 else stops - 1 - (4 * i + 4)
                entry_ms = EPOCH_MS + ship * 1000 + (turn * stops + before) * step_ms + step_ms // 2
                truth.append(KnownVisit(FIRST_MMSI + ship, areas[i].id, entry_ms, entry_ms + 2 * step_ms))
    return seen, areas, truth
