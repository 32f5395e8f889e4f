"""The fold against the oracle on thousands of random worlds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from oracle import visits_of

from offing.events import visit
from offing.events.visit import VisitParameters
from offing.model.times import HOUR_MS
from offing.model.zone import Zone
from offing.testing import shapes, worlds
from offing.testing.worlds import Sightings
from offing.tracks import walk
from offing.tracks.places import zone_grid

TIMES = ["entry_t_utc", "exit_t_utc"]
NEAR_S = ["duration_s", "inside_s"]
NEAR_DEG = ["entry_lon_deg", "entry_lat_deg", "exit_lon_deg", "exit_lat_deg"]


def folded(seen: Sightings, zones: list[Zone], parameters: VisitParameters) -> pl.DataFrame:
    grid = zone_grid(zones)
    tracks, crossings, n = walk.advance(
        walk.start(), seen.batch(), grid, max_gap_ms=parameters.max_gap_ms, max_speed_kn=parameters.max_speed_kn
    )
    assert n == len(seen)
    visits, done = visit.advance(visit.VisitState(), crossings, parameters)
    rows = np.concatenate([done, visit.finish(visits, walk.still_seen(tracks, grid), parameters)])
    return visit.frame(rows, zones, parameters)


def agree(seen: Sightings, zones: list[Zone], parameters: VisitParameters) -> int:
    """Compare every column of every visit; returns the number of visits."""
    rows = list(zip(*(getattr(seen, n).tolist() for n in ("mmsi", "t_ms", "lon_e7", "lat_e7")), strict=True))
    expected = {r["event_id"]: r for r in visits_of(rows, zones, parameters)}
    frame = folded(seen, zones, parameters).with_columns(pl.col(pl.Datetime).dt.epoch("ms"))
    got = {r["event_id"]: r for r in frame.iter_rows(named=True)}
    assert got.keys() == expected.keys()
    for event_id, e in expected.items():
        g, stays_n = got[event_id], e.pop("stays_n")
        for name, value in e.items():
            if name in TIMES:
                assert abs(g[name] - value) <= 1, (event_id, name)
            elif name in NEAR_S:
                assert abs(g[name] - value) <= 0.002 * stays_n + 1e-9, (event_id, name)
            elif name in NEAR_DEG:
                assert abs((g[name] - value + 180) % 360 - 180) < 1e-6, (event_id, name)
            else:
                assert g[name] == value, (event_id, name)
    return len(expected)


def world(seed: int) -> tuple[Sightings, list[Zone], VisitParameters]:
    """A few ships and zones, with jumps, silences about as long as the longest gap, shared numbers, other parameters."""
    rng = np.random.default_rng(seed)
    lon = float(rng.choice([rng.uniform(-180, 180), 180.0, 0.0, 123.0]))
    lat = float(rng.uniform(-65, 65))
    size = float(rng.uniform(0.2, 1.0))
    box = (lon - size, lat - size, lon + size, lat + size)
    zones = shapes.random_zones(rng, int(rng.integers(1, 9)), box, size * float(rng.uniform(0.4, 1.3)), (5, 16))
    if rng.random() < 0.3:
        zones = shapes.shifted(zones, int(rng.integers(-1, 2)))
    every_s = float(rng.choice([60, 600, 1800, 3600]))
    knots = size * 60 / 12 / (every_s / 3600)  # a box is crossed in about 24 fixes
    seen = worlds.sailing(
        seed, int(rng.integers(1, 6)), int(rng.integers(2, 60)), every_s, box, speed_kn=(0.2 * knots, knots),
        leg_fixes=int(rng.integers(3, 20)), whole_seconds=bool(rng.random() < 0.5),
    )  # fmt: skip
    if rng.random() < 0.5:
        seen = worlds.thinned(seed, seen, 0.7)
    if rng.random() < 0.4:
        seen = worlds.jumping(seed, seen, 0.1, size)
    if rng.random() < 0.4:
        seen = worlds.sharing(seen, int(rng.integers(2, 4)))
        if rng.random() < 0.5:  # several ships of one number heard at the same instants
            seen = replace(seen, t_ms=seen.t_ms // round(every_s * 1000) * round(every_s * 1000))
    gap_h = every_s / 3600 * float(rng.choice([1.0, 1.3, 2.5, 6.0, 50.0]))
    if rng.random() < 0.4:
        seen = worlds.silenced(seed, seen, 2, (0.8 * gap_h, 1.5 * gap_h))
    parameters = VisitParameters(
        max_gap_h=max(gap_h, 0.01),
        max_speed_kn=min(max(float(rng.choice([0.9, 1.5, 4.0, 1000.0])) * knots, 1), 100_000),
        rejoin_min=float(rng.choice([0, 10, every_s / 60 * rng.uniform(0.1, 3)])),
    )
    return seen.in_hull_order(), zones, parameters


@pytest.mark.parametrize("part", range(4))
def test_random_worlds(part: int) -> None:
    n = sum(agree(*world(seed)) for seed in range(part * 500, (part + 1) * 500))
    assert n > 5_000


@pytest.mark.parametrize("lon", [120.0, 179.5])
def test_several_hundred_zones_at_once(lon: float) -> None:
    rng = np.random.default_rng(7)
    box = (lon - 2, 20.0, lon + 2, 24.0)
    zones = shapes.random_zones(rng, 400, box, 0.4)
    seen = worlds.jumping(7, worlds.thinned(7, worlds.sailing(7, 8, 200, 600, box), 0.6), 0.03, 1.0)
    assert agree(worlds.sharing(seen, 2).in_hull_order(), zones, VisitParameters()) > 500


def test_zones_crossed_between_two_positions_outside() -> None:
    rng = np.random.default_rng(3)
    box = (120.0, 20.0, 124.0, 24.0)
    zones = [
        shapes.zone(f"thin-{i}@test", [shapes.corridor(rng, tuple(rng.uniform((120, 20), (124, 24))), 6, 0.3, 0.001)])
        for i in range(40)
    ]
    seen = worlds.sailing(3, 20, 60, 3600, box).in_hull_order()
    found = folded(seen, zones, VisitParameters(rejoin_min=0))
    assert found.filter(positions_n=0).height > 100
    assert agree(seen, zones, VisitParameters(rejoin_min=0)) == found.height


def test_ferries_enter_and_leave_as_built() -> None:
    seen, zones, truth = worlds.ferries(5, 4, 3)
    parameters = VisitParameters()
    found = folded(seen.in_hull_order(), zones, parameters)
    assert agree(seen.in_hull_order(), zones, parameters) == len(truth)
    got = found.with_columns(pl.col(pl.Datetime).dt.epoch("ms")).select("mmsi", "zone_id", "entry_t_utc", "exit_t_utc")
    assert set(got.rows()) == {(v.mmsi, v.zone_id, v.entry_ms, v.exit_ms) for v in truth}
    assert set(found["positions_n"]) == {2}
    assert worlds.EPOCH_MS % HOUR_MS == 0
