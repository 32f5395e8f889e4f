"""Law 2: the order and the cut of the input do not matter. Random worlds, and worlds where everything lies on a lattice."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offing.events import visit
from offing.events.visit import VisitParameters
from offing.kernels.grid import Grid
from offing.kernels.walk import CROSSED_IN, FIRST_SEEN
from offing.model.times import DAY_MS, HOUR_MS
from offing.model.zone import Zone
from offing.testing import shapes, worlds
from offing.testing.worlds import Sightings
from offing.tracks import walk
from offing.tracks.places import zone_grid

E7 = 10_000_000
SLOW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ORDERS = ("in_hull_order", "in_time_order", "in_day_order")


def crossings_of(seen: Sightings, grid: Grid, parameters: VisitParameters) -> np.ndarray:
    state, crossings, _ = walk.advance(
        walk.start(), seen.batch(), grid, max_gap_ms=parameters.max_gap_ms, max_speed_kn=parameters.max_speed_kn
    )
    return np.concatenate([crossings, walk.still_seen(state, grid)])


def visits_of(
    seen: Sightings,
    zones: list[Zone],
    parameters: VisitParameters,
    grid: Grid,
    cuts: list[int] = [],  # noqa: B006
    closing: bool = False,
) -> pl.DataFrame:
    """Fold in the order given, cut into batches; `closing` closes at each cut what no later row can touch."""
    tracks, visits = walk.start(), visit.VisitState()
    out: list[np.ndarray] = []
    borders = [0, *sorted(cuts), len(seen)]
    for i, j in pairwise(borders):
        tracks, crossings, _ = walk.advance(
            tracks, seen[i:j].batch(), grid, max_gap_ms=parameters.max_gap_ms, max_speed_kn=parameters.max_speed_kn
        )
        past_ms = -(2**62)
        if closing and j < len(seen):
            past_ms = int(seen.t_ms[j:].min()) - parameters.max_gap_ms
            tracks, ends = walk.close_silent(tracks, grid, silent_before_ms=past_ms)
            crossings = np.concatenate([crossings, ends])
        visits, done = visit.advance(visits, crossings, parameters, past_ms=past_ms)
        out.append(done)
    out.append(visit.finish(visits, walk.still_seen(tracks, grid), parameters))
    return visit.frame(np.concatenate(out), zones, parameters)


# -- worlds


def generic_world(seed: int) -> tuple[Sightings, list[Zone], VisitParameters]:
    """A few busy ships of two numbers over three days, with silences and jumps."""
    rng = np.random.default_rng(seed)
    lon = float(rng.choice([123.0, 180.0, rng.uniform(-180, 180)]))
    box = (lon - 1, 20.0, lon + 1, 22.0)
    seen = worlds.sailing(seed, 6, 100, 2600, box, speed_kn=(2, 30), leg_fixes=8)
    seen = worlds.sharing(worlds.jumping(seed, seen, 0.05, 1.0), int(rng.integers(1, 4)))
    if rng.random() < 0.5:
        seen = replace(seen, t_ms=seen.t_ms // 600_000 * 600_000)
    zones = shapes.random_zones(rng, 8, box, 0.8)
    parameters = VisitParameters(max_gap_h=float(rng.choice([1, 6, 30])), rejoin_min=float(rng.choice([0, 10, 200])))
    return worlds.silenced(seed, seen, 6, (1, 40)), zones, parameters


def lattice_zone(rng: np.random.Generator, number: int, west: int, south: int, size: int) -> Zone:
    """Rings through lattice points at whole degrees, by even and odd; they may touch, cross and repeat themselves."""
    rings = []
    for _ in range(int(rng.integers(1, 4))):
        n = int(rng.integers(3, 8))
        corners = np.stack([west + rng.integers(0, size + 1, n), south + rng.integers(0, size + 1, n)], axis=1)
        corners[:, 1] = np.clip(corners[:, 1], -90, 90)
        rings.append((np.vstack([corners, corners[:1]]) * E7).astype(np.int64))
    return Zone(f"lattice-{number}@test", "custom", (tuple(rings),))


def lattice_world(seed: int) -> tuple[Sightings, list[Zone], VisitParameters]:
    """Positions on vertices, edges, borders of cells and tiles, at poles and at 180 degrees; hops along edges."""
    rng = np.random.default_rng(seed)
    west = int(rng.choice([-182, 0, 120, 176, 178, int(rng.integers(-180, 180))]))
    south = int(rng.choice([-90, 84, 86, 0, int(rng.integers(-90, 80))]))
    size = int(rng.choice([3, 5, 5, 25]))
    zones = [lattice_zone(rng, i, west, south, size) for i in range(int(rng.integers(1, 5)))]
    n = 60
    step = int(rng.choice([1, 2, 4, 100]))  # of a degree: whole, halves, quarters, borders of fine cells
    lon = (west * step + rng.integers(0, size * step + 1, n)) * (E7 // step)
    lat = np.clip((south * step + rng.integers(0, size * step + 1, n)) * (E7 // step), -90 * E7, 90 * E7)
    lon = np.where(lon == 180 * E7, rng.choice([1, -1], n) * 180 * E7, (lon + 180 * E7) % (360 * E7) - 180 * E7)
    hull = np.sort(rng.integers(0, 3, n)).astype(np.int32)
    t_ms = worlds.EPOCH_MS + rng.integers(0, 40, n) * HOUR_MS
    mmsi = (hull + worlds.FIRST_MMSI).astype(np.int32)
    seen = Sightings(mmsi, t_ms, lon.astype(np.int32), lat.astype(np.int32), hull)
    rejoin_min = float(rng.choice([0, 10, 60]))
    return seen, zones, VisitParameters(max_gap_h=24, max_speed_kn=100_000, rejoin_min=rejoin_min)


WORLDS = {"generic": generic_world, "lattice": lattice_world}
seeds = st.integers(0, 2**32 - 1)
places = st.lists(st.floats(0, 1), max_size=30)


# -- laws


@pytest.mark.parametrize("kind", WORLDS)
@pytest.mark.parametrize("order", ORDERS)
@given(seed=seeds, at=places, closing=st.booleans())
@SLOW
def test_no_cut_matters(kind: str, order: str, seed: int, at: list[float], closing: bool) -> None:
    seen, zones, parameters = WORLDS[kind](seed)
    grid = zone_grid(zones)
    whole = visits_of(seen.in_hull_order(), zones, parameters, grid)
    rows = getattr(seen, order)()
    cuts = [round(x * len(rows)) for x in at]
    cut = visits_of(rows, zones, parameters, grid, cuts, closing=closing and order != "in_hull_order")
    assert cut.equals(whole)


def test_every_row_a_batch_of_its_own() -> None:
    for seed in range(4):
        seen, zones, parameters = generic_world(seed)
        grid = zone_grid(zones)
        whole = visits_of(seen.in_hull_order(), zones, parameters, grid)
        assert whole.height > 50
        rows = seen.in_time_order()
        assert visits_of(rows, zones, parameters, grid, list(range(1, len(rows))), closing=True).equals(whole)


def test_days_closed_as_the_pipeline_closes_them() -> None:
    for seed in range(20):
        seen, zones, parameters = generic_world(seed)
        grid = zone_grid(zones)
        rows = seen.in_day_order()
        cuts = (np.flatnonzero(np.diff(rows.t_ms // DAY_MS)) + 1).tolist()
        assert len(cuts) >= 2
        whole = visits_of(seen.in_hull_order(), zones, parameters, grid)
        assert visits_of(rows, zones, parameters, grid, cuts, closing=True).equals(whole)


@pytest.mark.parametrize("kind", WORLDS)
@given(seed=seeds)
@SLOW
def test_stays_alternate_and_never_overlap(kind: str, seed: int) -> None:
    seen, zones, parameters = WORLDS[kind](seed)
    grid = zone_grid(zones)
    crossings = crossings_of(seen.in_hull_order(), grid, parameters)
    order = np.lexsort([crossings[k] for k in ("zone", "track_nth", "track_ms", "mmsi")])
    last: dict[tuple[int, ...], tuple[int, int]] = {}
    for c in crossings[order]:
        key = (int(c["mmsi"]), int(c["track_ms"]), int(c["track_nth"]), int(c["zone"]))
        was_in, t_ms = last.get(key, (0, -(2**62)))
        now_in = int(c["how"] in (FIRST_SEEN, CROSSED_IN))
        assert now_in != was_in and t_ms <= c["t_ms"] and c["before_ms"] <= c["t_ms"] <= c["after_ms"]
        last[key] = now_in, int(c["t_ms"])
    assert not any(is_in for is_in, _ in last.values())
    found = visits_of(seen.in_hull_order(), zones, parameters, grid)
    assert found["event_id"].is_unique().all()
    assert (found["entry_t_utc"] <= found["exit_t_utc"]).all()
    assert (found["inside_s"] <= found["duration_s"]).all()
    following = found.sort("entry_t_utc", "exit_t_utc").with_columns(
        pl.col("entry_t_utc").shift(-1).over("track", "zone_id").alias("next_entry")
    )
    assert (following["next_entry"] >= following["exit_t_utc"]).fill_null(True).all()


@pytest.mark.parametrize("kind", WORLDS)
@given(seed=seeds, by_ms=st.integers(-(10**11), 10**12))
@SLOW
def test_moving_all_times_moves_all_visits(kind: str, seed: int, by_ms: int) -> None:
    seen, zones, parameters = WORLDS[kind](seed)
    grid = zone_grid(zones)
    before = visits_of(seen.in_hull_order(), zones, parameters, grid)
    after = visits_of(replace(seen, t_ms=seen.t_ms + by_ms).in_hull_order(), zones, parameters, grid)
    times = [n for n, t in before.schema.items() if t == pl.Datetime("ms", "UTC")]
    moved = before.with_columns(pl.col(times) + pl.duration(milliseconds=by_ms))
    assert after.drop("event_id", "track").equals(moved.drop("event_id", "track"))


@pytest.mark.parametrize("kind", WORLDS)
@given(seed=seeds, turns=st.sampled_from([-1, 1]))
@SLOW
def test_a_whole_turn_changes_nothing(kind: str, seed: int, turns: int) -> None:
    seen, zones, parameters = WORLDS[kind](seed)
    rows = seen.in_hull_order()
    turned = [replace(a, polygons=b.polygons) for a, b in zip(zones, shapes.shifted(zones, turns), strict=True)]
    here = visits_of(rows, zones, parameters, zone_grid(zones))
    there = visits_of(rows, turned, parameters, zone_grid(turned))
    assert there.drop("zone_hash").equals(here.drop("zone_hash"))


@given(seed=seeds)
@SLOW
def test_a_mirrored_world_has_mirrored_visits(seed: int) -> None:
    seen, zones, parameters = generic_world(seed)
    flip = np.array([-1, 1])
    mirrored = [replace(z, polygons=tuple(tuple(r * flip for r in p) for p in z.polygons)) for z in zones]
    here = visits_of(seen.in_hull_order(), zones, parameters, zone_grid(zones))
    # rows of one instant come in the order of latitude, so that the numbers of tracks stay
    there = visits_of(replace(seen, lon_e7=-seen.lon_e7).in_hull_order(), mirrored, parameters, zone_grid(mirrored))
    assert there.drop("zone_hash", "entry_lon_deg", "exit_lon_deg").equals(
        here.drop("zone_hash", "entry_lon_deg", "exit_lon_deg")
    )


@given(seed=seeds)
@SLOW
def test_the_order_of_zones_and_of_their_rings_does_not_matter(seed: int) -> None:
    seen, zones, parameters = lattice_world(seed)
    rows = seen.in_hull_order()
    turned = [replace(z, polygons=tuple(tuple(r[::-1] for r in p[::-1]) for p in z.polygons)) for z in zones[::-1]]
    here = visits_of(rows, zones, parameters, zone_grid(zones))
    there = visits_of(rows, turned, parameters, zone_grid(turned))
    assert there.drop("zone_hash").equals(here.drop("zone_hash"))
