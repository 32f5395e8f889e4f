"""The inputs of the benchmarks, made once per run in a temporary folder. All of it is synthetic and seeded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from offing.model.zone import Zone
from offing.testing import files, shapes, worlds
from offing.testing.worlds import Sightings

BOX = (115.0, 20.0, 135.0, 30.0)
DAYS = 34
EVERY_S = 588.0  # one position in 9.8 minutes: 5,000 in 34 days
VESSELS = 4_000
SEED = 20_260_101


@dataclass(frozen=True)
class Size:
    """How much of everything. The full size is 20 million positions."""

    vessels: int = VESSELS
    fixes: int = 5_000
    csv_rows: int = 2_000_000

    @classmethod
    def of(cls, share: float) -> Size:
        """A share of the full size: fewer vessels over the same days."""
        return cls(max(round(VESSELS * share), 2), 5_000, max(round(2_000_000 * share), 1_000))


def zones(count: int) -> list[Zone]:
    """The first `count` of 100 zones of 200 to 5,000 vertices, overlapping, every tenth a corridor 0.04 degree wide."""
    rng = np.random.default_rng(SEED)
    found: list[Zone] = []
    for i in range(100):
        centre = (float(rng.uniform(BOX[0] + 1, BOX[2] - 1)), float(rng.uniform(BOX[1] + 1, BOX[3] - 1)))
        n, radius = int(np.exp(rng.uniform(np.log(200), np.log(5_000)))), float(rng.uniform(0.3, 1.2))
        outline = shapes.corridor(rng, centre, n // 2, 4.0 / n, 0.04) if i % 10 == 9 else shapes.coast(rng, centre, radius, n)
        found.append(shapes.zone(f"bench-{i}@test", [outline]))
    return found[:count]


def fleet(size: Size) -> Sightings:
    """All positions, by vessel and time. Made vessel group by vessel group, so that memory stays near the result's."""
    groups = []
    for first in range(0, size.vessels, 250):
        ships = min(250, size.vessels - first)
        seen = worlds.sailing(SEED + first, ships, size.fixes, EVERY_S, BOX, leg_fixes=50)
        groups.append(Sightings(seen.mmsi + np.int32(first), seen.t_ms, seen.lon_e7, seen.lat_e7, seen.hull + np.int32(first)))
    return Sightings(*(np.concatenate([getattr(g, n) for g in groups]) for n in ("mmsi", "t_ms", "lon_e7", "lat_e7", "hull")))


def make(folder: Path, share: float) -> None:
    """Write merged days in two layouts, one MarineCadastre file, and the files of two receivers for the merge."""
    size = Size.of(share)
    seen = fleet(size)
    for name, whole in (("merged", True), ("plain", False)):
        (folder / name).mkdir()
        files.merged_days(seen, folder / name, whole=whole)
    day_order = seen.in_time_order()[: size.csv_rows]
    files.marinecadastre_csv(day_order, folder / "marinecadastre.csv")
    (folder / "receivers").mkdir()
    rng = np.random.default_rng(SEED)
    for receiver in range(2):  # each hears three quarters: half of all positions are heard by both
        heard = day_order[rng.random(len(day_order)) < 0.75]
        files.marinecadastre_csv(heard, folder / "receivers" / f"receiver-{receiver}.csv")


def day_files(folder: Path) -> list[tuple[date, Path]]:
    """The day files of a folder in order."""
    return [(date.fromisoformat(p.stem.removeprefix("day=")), p) for p in sorted(folder.glob("day=*.parquet"))]
