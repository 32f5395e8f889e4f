"""Tracks read back are the walk's own: the same ids, the same positions, whatever window is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import BOX, OTHER, SHIP, World, at, eastward, light, lying, row

from offing.model.ids import track_id
from offing.model.times import HOUR_MS, to_ms
from offing.model.zone import Zone
from offing.pipeline.tracks_of import Joining, heads_of, track_positions
from offing.testing import shapes
from offing.tracks import walk
from offing.tracks.places import zone_grid

JOINING = Joining(6 * HOUR_MS, 60.0)
EVERYWHERE: list[Zone] = [shapes.zone("all@test", [shapes.rectangle(-20.0, -20.0, 20.0, 20.0)])]


def by_walk(t_ms: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> list[tuple[int, int, int]]:
    """First instant, number and last instant of each track, by the walk itself: all lies in one zone."""
    n = len(t_ms)
    batch = walk.Batch(np.full(n, 7, np.int32), t_ms, lon.astype(np.int32), lat.astype(np.int32), np.ones(n, bool))
    grid, state = zone_grid(EVERYWHERE), walk.start()
    state, crossings, _ = walk.advance(state, batch, grid, max_gap_ms=JOINING.max_gap_ms, max_speed_kn=JOINING.max_speed_kn)
    ends = np.concatenate([crossings, walk.still_seen(state, grid)])
    last = ends[ends["how"] == 3]
    return sorted(zip(last["track_ms"].tolist(), last["track_nth"].tolist(), last["t_ms"].tolist(), strict=True))


STEPS = st.tuples(
    st.sampled_from([0, 1_000, 60_000, 3_600_000, 6 * HOUR_MS, 6 * HOUR_MS + 1, 9 * HOUR_MS]),
    st.integers(0, 3),
    st.integers(0, 2),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=40))
def test_the_same_tracks_as_the_walk(steps: list[tuple[int, int, int]]) -> None:
    """Hulls that share a number at three places an hour or ten minutes apart, with silences at and about the limit."""
    places = [(0, 0), (5_000_000, 0), (0, 100_000_000), (50_000, 40_000)]
    t_ms = np.cumsum([dt for dt, _, _ in steps]).astype(np.int64) + 1_700_000_000_000
    lon = np.array([places[p][0] + 1_000 * d for _, p, d in steps], np.int64)
    lat = np.array([places[p][1] for _, p, _ in steps], np.int64)
    order = np.lexsort((lon, lat, t_ms))
    t_ms, lon, lat = t_ms[order], lon[order], lat[order]
    number, first = heads_of(t_ms, lon, lat, JOINING)
    found = sorted((*first[k], int(t_ms[number == k].max())) for k in range(len(first)))
    assert found == by_walk(t_ms, lon, lat)
    assert all((t_ms[number == k][0], 1)[0] == first[k][0] for k in range(len(first)))


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.read("a.csv", [*eastward(SHIP, [*range(20), *range(30, 90)]), *light(range(96))])
    world.read("b.csv", [*lying(OTHER, range(0, 60, 2), 10.5), *lying(OTHER, range(1, 60, 2), 12.5)])  # two hulls of one number
    world.read("c.csv", [row(SHIP, 200, 10.1)])
    world.book.run()
    return world


def whole(world: World, mmsis: list[int]) -> pl.DataFrame:
    return track_positions(world.book.store, mmsis, JOINING, 0, 2**50)


def test_tracks_are_those_that_visits_name(world: World) -> None:
    rows = whole(world, [SHIP, OTHER])
    visits = world.book.visits(zone=BOX)
    assert set(visits["track"]) <= set(rows["track"])
    for v in visits.iter_rows(named=True):
        times = set(rows.filter(track=v["track"])["t_utc"])
        assert {v["entry_after_utc"], v["exit_before_utc"]} <= times
    assert rows.filter(mmsi=OTHER)["track"].n_unique() == 2
    assert rows.filter(mmsi=SHIP)["track"].unique().sort().to_list() == [track_id(SHIP, to_ms(at(h))) for h in (0, 30, 200)]


@settings(max_examples=30, deadline=None)
@given(low=st.floats(0, 210), hours=st.floats(0, 100))
def test_a_window_cuts_and_changes_nothing(built: World, low: float, hours: float) -> None:
    every = whole(built, [SHIP, OTHER])
    from_ms, to = to_ms(at(low)), to_ms(at(low + hours))
    part = track_positions(built.book.store, [SHIP, OTHER], JOINING, from_ms, to)
    assert part.drop("gap_before_s").equals(
        every.filter(pl.col("t_utc").dt.epoch("ms").is_between(from_ms, to)).drop("gap_before_s")
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("tracks"))
    world.read("a.csv", [*eastward(SHIP, [*range(20), *range(30, 90)]), row(SHIP, 200, 10.1), *light(range(96))])
    world.read("b.csv", [*lying(OTHER, range(0, 60, 2), 10.5), *lying(OTHER, range(1, 60, 2), 12.5)])
    world.book.run()
    return world


def test_silences_stand_before_the_position_that_ends_them(built: World) -> None:
    rows = whole(built, [SHIP]).drop_nulls("gap_before_s")
    assert rows.select("t_utc", "gap_before_s").rows() == [(at(30), 11 * 3600.0), (at(200), 111 * 3600.0)]
    late = track_positions(built.book.store, [SHIP], JOINING, to_ms(at(25)), to_ms(at(40)))
    assert late["gap_before_s"].to_list() == [11 * 3600.0, *[None] * 10]


def test_nothing_is_asked_for_or_there(built: World, tmp_path: Path) -> None:
    store = built.book.store
    assert track_positions(store, [], JOINING, 0, 2**50).is_empty()
    assert track_positions(store, [1], JOINING, 0, 2**50).is_empty()
    assert track_positions(store, [SHIP], JOINING, 5, 4).is_empty()
    assert track_positions(store, [SHIP], JOINING, to_ms(at(5000)), to_ms(at(6000))).is_empty()
    assert track_positions(World(tmp_path).book.store, [SHIP], JOINING, 0, 2**50).is_empty()
