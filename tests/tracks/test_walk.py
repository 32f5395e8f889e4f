"""Tracks: which positions belong together, and that no room runs out."""

from __future__ import annotations

import multiprocessing
from collections import Counter

import numpy as np
import pytest

from offing.errors import LateRow
from offing.kernels.grid import Grid
from offing.kernels.walk import CROSSED_IN, CROSSED_OUT, CROSSING, FIRST_SEEN, HEAD, HULL, LAST_SEEN, NM_M, distance_m
from offing.model.times import HOUR_MS
from offing.testing import shapes, worlds
from offing.tracks import walk
from offing.tracks.places import zone_edges, zone_grid

HERE = shapes.zone("here@test", [shapes.rectangle(100.0, -80.0, 140.0, 80.0)])
GAP_MS = 6 * HOUR_MS
MINUTE = 60_000


def batch(rows: list[tuple[int, int, float, float]], tracked: list[bool] | None = None) -> walk.Batch:
    """Rows of (mmsi, t_ms, lon_deg, lat_deg)."""
    mmsi, t, lon, lat = (np.array(c) for c in zip(*rows, strict=True))
    lon_e7, lat_e7 = (np.rint(c * 1e7).astype(np.int32) for c in (lon, lat))
    ok = np.ones(len(rows), bool) if tracked is None else np.array(tracked)
    return walk.Batch(mmsi.astype(np.int32), t.astype(np.int64), lon_e7, lat_e7, ok)


def walked(
    rows: list[tuple[int, int, float, float]], grid: Grid | None = None, max_gap_ms: int = GAP_MS, knots: float = 60.0
) -> np.ndarray:
    """All crossings, ends included."""
    grid = grid or zone_grid([HERE])
    state, crossings, n = walk.advance(walk.start(), batch(rows), grid, max_gap_ms=max_gap_ms, max_speed_kn=knots)
    assert n == len(rows)
    return np.concatenate([crossings, walk.still_seen(state, grid)])


def tracks_of(crossings: np.ndarray) -> dict[tuple[int, int, int], int]:
    """(mmsi, begin, number) -> positions, of tracks that end inside."""
    ends = crossings[crossings["how"] == LAST_SEEN]
    return {(int(c["mmsi"]), int(c["track_ms"]), int(c["track_nth"])): int(c["k"]) for c in ends}


def test_two_ships_of_one_number_are_two_tracks() -> None:
    rows = [(7, i * 10 * MINUTE + j, 120.0 + 5 * j + 0.01 * i, 25.0) for i in range(20) for j in (0, 1)]
    assert tracks_of(walked(rows)) == {(7, 0, 1): 20, (7, 1, 1): 20}


def test_equal_times_at_different_places_are_different_tracks() -> None:
    rows = [(7, 0, 120.0, 25.0), (7, 0, 120.0, 25.0001), (7, 0, 121.0, 25.0001), (7, MINUTE, 120.0, 25.00005)]
    assert tracks_of(walked(rows)) == {(7, 0, 1): 2, (7, 0, 2): 1, (7, 0, 3): 1}


def test_equal_times_at_the_same_place_are_one_track() -> None:
    assert tracks_of(walked([(7, 0, 120.0, 25.0), (7, 0, 120.0, 25.0), (7, 5, 120.0, 25.0)])) == {(7, 0, 1): 3}


@pytest.mark.parametrize(("late_ms", "tracks"), [(0, 1), (1, 2)])
def test_the_longest_gap_itself_still_joins(late_ms: int, tracks: int) -> None:
    got = walked([(7, 0, 120.0, 25.0), (7, GAP_MS + late_ms, 120.0, 25.0)])
    assert len(tracks_of(got)) == tracks
    assert Counter(got["how"].tolist()) == {FIRST_SEEN: tracks, LAST_SEEN: tracks}


@pytest.mark.parametrize(("knots", "tracks"), [(59.9, 2), (60.1, 1)])
def test_the_speed_that_is_still_reachable(knots: float, tracks: int) -> None:
    a_mile_north = 1 / 60.0405  # one nautical mile a minute is 60 knots
    got = walked([(7, 0, 120.0, 25.0), (7, MINUTE, 120.0, 25.0 + a_mile_north)], knots=knots)
    assert len(tracks_of(got)) == tracks


def test_a_jump_and_back_leaves_the_track_whole() -> None:
    got = walked([(7, 0, 120.0, 25.0), (7, MINUTE, 130.0, 30.0), (7, 2 * MINUTE, 120.0, 25.01)])
    assert tracks_of(got) == {(7, 0, 1): 2, (7, MINUTE, 1): 1}


def test_the_least_speed_wins_then_the_latest_then_the_lowest_id() -> None:
    least = [(7, 0, 120.0, 25.0), (7, 0, 120.0, 26.0), (7, 60 * MINUTE, 120.0, 25.6)]
    assert tracks_of(walked(least)) == {(7, 0, 1): 1, (7, 0, 2): 2}
    # both heads lie at the place itself, one by moving there: 0 knots from each, so the latest
    latest = [(7, 0, 120.0, 25.0), (7, 0, 120.0, 25.5), (7, 40 * MINUTE, 120.0, 25.25), (7, 40 * MINUTE, 120.0, 25.5)]
    state = walked(latest)
    assert tracks_of(state) == {(7, 0, 1): 2, (7, 0, 2): 2}
    # two heads equally far, north and south, of the same instant: the lowest id
    lowest = [(7, 0, 120.0, -0.1), (7, 0, 120.0, 0.1), (7, 60 * MINUTE, 120.0, 0.0)]
    assert tracks_of(walked(lowest)) == {(7, 0, 1): 2, (7, 0, 2): 1}


def test_the_latest_wins_between_equal_speeds() -> None:
    """Two heads on both sides of a place, one twice as far and twice as long ago: exactly the same speed."""
    x, y = 3_000_000_000, 900_000_000
    twice = next(d for d in range(1_000_000, 1_001_000) if distance_m(x, y, x + 2 * d, y) == 2 * distance_m(x, y, x + d, y))
    far, near = 120.0 - 2 * twice / 1e7, 120.0 + twice / 1e7
    knots = distance_m(x, y, x + twice, y) / NM_M
    rows = [(7, 0, far, 0.0), (7, HOUR_MS, near, 0.0), (7, 2 * HOUR_MS, 120.0, 0.0)]
    assert tracks_of(walked(rows, knots=2 * knots)) == {(7, 0, 1): 1, (7, HOUR_MS, 1): 2}


def test_untracked_rows_are_left_out() -> None:
    grid = zone_grid([HERE])
    rows = batch([(7, 0, 120.0, 25.0), (7, MINUTE, 130.0, 25.0), (8, 0, 120.0, 25.0)], [True, False, False])
    state, crossings, n = walk.advance(walk.start(), rows, grid, max_gap_ms=GAP_MS, max_speed_kn=60)
    assert n == 1 and crossings["mmsi"].tolist() == [7]
    # an untracked row may also be earlier than the hull's last
    early = batch([(7, -MINUTE, 120.0, 25.0)], [False])
    assert walk.advance(state, early, grid, max_gap_ms=GAP_MS, max_speed_kn=60)[2] == 0


def test_an_earlier_row_is_refused() -> None:
    grid = zone_grid([HERE])
    with pytest.raises(LateRow, match=r"Row 2 .* MMSI 7") as caught:
        walk.advance(
            walk.start(), batch([(7, 5, 120.0, 25.0), (8, 0, 120.0, 25.0), (7, 4, 120.0, 25.0)]), grid,
            max_gap_ms=GAP_MS, max_speed_kn=60,
        )  # fmt: skip
    assert caught.value.data == {"mmsi": 7, "row": 2}
    state, _, _ = walk.advance(walk.start(), batch([(7, 5, 120.0, 25.0)]), grid, max_gap_ms=GAP_MS, max_speed_kn=60)
    with pytest.raises(LateRow):
        walk.advance(state, batch([(7, 4, 120.0, 25.0)]), grid, max_gap_ms=GAP_MS, max_speed_kn=60)
    # also after all its heads are closed
    state, _, _ = walk.advance(walk.start(), batch([(7, 5, 120.0, 25.0)]), grid, max_gap_ms=GAP_MS, max_speed_kn=60)
    state, ends = walk.close_silent(state, grid, silent_before_ms=6)
    assert len(ends) == 1
    with pytest.raises(LateRow):
        walk.advance(state, batch([(7, 4, 120.0, 25.0)]), grid, max_gap_ms=GAP_MS, max_speed_kn=60)


def test_late_rows_are_refused_in_large_batches_too() -> None:
    seen = worlds.sailing(1, 60, 500, 600, (110, 20, 120, 30))
    wrong = seen[np.r_[0 : len(seen) - 2, len(seen) - 1, len(seen) - 2]]
    with pytest.raises(LateRow):
        walk.advance(walk.start(), wrong.batch(), zone_grid([HERE]), max_gap_ms=GAP_MS, max_speed_kn=60)


def test_a_zone_crossed_between_two_positions_outside() -> None:
    got = walked([(7, 0, 99.0, 0.0), (7, 5 * HOUR_MS, 141.0, 0.0)], knots=1000)
    assert got["how"].tolist() == [CROSSED_IN, CROSSED_OUT]
    assert got["t_ms"].tolist() == [round(5 * HOUR_MS / 42), round(5 * HOUR_MS * 41 / 42)]
    assert got["lon_deg"].tolist() == pytest.approx([100, 140]) and got["k"].tolist() == [1, 1]


@pytest.mark.parametrize("lon", [180.0, -180.0])
def test_both_names_of_180_are_one_place(lon: float) -> None:
    zone = shapes.zone("line@test", [shapes.rectangle(179.0, -1.0, 181.0, 1.0)])
    got = walked([(7, 0, 178.0, 0.0), (7, HOUR_MS, lon, 0.0), (7, 2 * HOUR_MS, -178.0, 0.0)], zone_grid([zone]), knots=200)
    assert got["how"].tolist() == [CROSSED_IN, CROSSED_OUT]
    assert got["lon_deg"].tolist() == pytest.approx([179, -179]) and got["k"].tolist() == [1, 2]
    assert got["t_ms"].tolist() == [HOUR_MS // 2, 3 * HOUR_MS // 2]


def test_zones_at_the_poles() -> None:
    cap = shapes.zone("cap@test", [shapes.rectangle(-180.0, 89.0, 180.0, 90.0)])
    got = walked([(7, 0, 10.0, 88.9), (7, HOUR_MS, 10.0, 90.0), (7, 2 * HOUR_MS, 10.0, 88.9)], zone_grid([cap]), knots=100)
    assert got["how"].tolist() == [CROSSED_IN, CROSSED_OUT]


def test_closing_the_silent_gives_what_the_next_position_would() -> None:
    grid = zone_grid([HERE])
    first = batch([(7, 0, 120.0, 25.0), (8, 5, 120.0, 25.0), (9, 0, 90.0, 25.0)])
    state, _, _ = walk.advance(walk.start(), first, grid, max_gap_ms=GAP_MS, max_speed_kn=60)
    state, ends = walk.close_silent(state, grid, silent_before_ms=5)
    assert ends[["mmsi", "how", "t_ms"]].tolist() == [(7, LAST_SEEN, 0)]
    assert walk.still_seen(state, grid)["mmsi"].tolist() == [8]
    assert walk.still_seen(state, grid)["mmsi"].tolist() == [8]  # asking changes nothing


def test_a_copied_state_is_its_own() -> None:
    grid = zone_grid([HERE])
    state, _, _ = walk.advance(walk.start(), batch([(7, 0, 120.0, 25.0)]), grid, max_gap_ms=GAP_MS, max_speed_kn=60)
    kept = state.copy()
    walk.advance(state, batch([(7, 9, 120.0, 25.0)]), grid, max_gap_ms=GAP_MS, max_speed_kn=60)
    assert walk.still_seen(kept, grid)["t_ms"].tolist() == [0]


# -- room that runs out


def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with next to no room."""
    begin = walk._Shard
    monkeypatch.setattr(
        walk, "_Shard", lambda *a: begin(*a) if a else begin(np.full(4, -1, np.int64), np.zeros(2, HULL), np.zeros(1, HEAD))
    )
    monkeypatch.setattr(walk, "start", lambda: walk.WalkState((walk._Shard(), walk._Shard())))


def sorted_rows(crossings: np.ndarray) -> list[tuple[float, ...]]:
    order = np.lexsort([crossings[k] for k in ("zone", "track_nth", "track_ms", "mmsi")])
    return crossings[order].tolist()


def test_state_grows_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    box = (110.0, 20.0, 114.0, 24.0)
    seen = worlds.sharing(worlds.jumping(2, worlds.sailing(2, 300, 60, 900, box), 0.3, 3.0), 7).in_hull_order()
    zones = shapes.random_zones(rng, 30, box, 1.0)
    grid = zone_grid(zones)

    def everything() -> tuple[list[tuple[float, ...]], int]:
        state, crossings, n = walk.advance(walk.start(), seen.batch(), grid, max_gap_ms=GAP_MS, max_speed_kn=60)
        assert n == len(seen)
        most = max(Counter(walk.still_seen(state, grid)["mmsi"].tolist()).values())
        return sorted_rows(np.concatenate([crossings, walk.still_seen(state, grid)])), most

    roomy, most = everything()
    assert len(roomy) > 5000 and most > 10
    tiny(monkeypatch)
    assert everything()[0] == roomy


def test_one_number_with_thousands_of_tracks() -> None:
    n = 3000
    rows = [(7, 0, 100.0 + 0.01 * i, 50.0) for i in range(n)] + [(7, HOUR_MS, 100.0 + 0.01 * i, 50.0) for i in range(n)]
    zones = [HERE, *(shapes.zone(f"{i}@test", [shapes.rectangle(99, 49, 141, 51)]) for i in range(20))]
    got = tracks_of(walked(rows, zone_grid(zones)))
    assert len(got) == n and set(got.values()) == {2}


def test_more_crossings_in_one_hop_than_there_was_room_for() -> None:
    teeth = 700
    comb = [(120.0 + 0.002 * i, 25.0 if i % 2 else 26.0) for i in range(2 * teeth)]
    zone = shapes.zone("comb@test", [[*comb, (comb[-1][0], 27.0), (120.0, 27.0)]])
    edges, _ = zone_edges([zone])
    got = walked([(7, 0, 119.9, 25.5), (7, 5 * HOUR_MS, 123.0, 25.5)], zone_grid([zone]))
    assert len(got) > 2 * 600 and len(got) % 2 == 0 and len(edges) > len(got)
    assert (np.diff(got["t_ms"]) > 0).all()
    assert got["how"].tolist() == [CROSSED_IN, CROSSED_OUT] * (len(got) // 2)


def test_many_hulls_without_a_crossing_take_no_room_for_crossings(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    empty = np.empty

    def noted(shape: int, dtype: object = float) -> np.ndarray:
        if dtype is CROSSING:
            sizes.append(shape)
        return empty(shape, dtype)

    monkeypatch.setattr(walk.np, "empty", noted)
    n = 100_000
    rows = walk.Batch(
        np.arange(1, n + 1, dtype=np.int32),
        np.zeros(n, np.int64),
        np.zeros(n, np.int32),
        np.zeros(n, np.int32),
        np.ones(n, bool),
    )
    state, crossings, taken = walk.advance(walk.start(), rows, zone_grid([HERE]), max_gap_ms=GAP_MS, max_speed_kn=60)
    assert taken == state.hulls_n == n and len(crossings) == 0
    assert max(sizes) <= 1 << 14


def test_large_and_small_batches_take_different_ways_to_the_same_end() -> None:
    seen = worlds.jumping(3, worlds.sailing(3, 50, 600, 600, (110, 20, 114, 24)), 0.02, 2.0)
    grid = zone_grid(shapes.random_zones(np.random.default_rng(3), 20, (110, 20, 114, 24), 1.0))
    assert len(seen) > 20_000
    _, whole, _ = walk.advance(walk.start(), seen.batch(), grid, max_gap_ms=GAP_MS, max_speed_kn=60)
    state, parts = walk.start(), []
    for i in range(0, len(seen), 10_000):
        state, got, _ = walk.advance(state, seen[i : i + 10_000].batch(), grid, max_gap_ms=GAP_MS, max_speed_kn=60)
        parts.append(got)
    assert sorted_rows(np.concatenate(parts)) == sorted_rows(whole)


def test_arrays_that_are_read_only_strided_or_of_other_types() -> None:
    seen = worlds.sailing(4, 3, 50, 600, (139, 20, 141, 24)).batch()
    grid = zone_grid([HERE])
    odd = walk.Batch(
        np.repeat(seen.mmsi, 2)[::2].astype(np.int64), seen.t_ms.astype("datetime64[ms]"), seen.lon_e7.astype(np.float64),
        seen.lat_e7.copy(), seen.tracked.astype(np.uint8),
    )  # fmt: skip
    odd.lat_e7.flags.writeable = False
    one, other = (walk.advance(walk.start(), b, grid, max_gap_ms=GAP_MS, max_speed_kn=60)[1] for b in (seen, odd))
    assert len(one) and one.tolist() == other.tolist()


def _child(seen: worlds.Sightings) -> int:
    return walk.advance(walk.start(), seen.batch(), zone_grid([HERE]), max_gap_ms=GAP_MS, max_speed_kn=60)[2]


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_can_walk_too() -> None:
    seen = worlds.sailing(5, 50, 500, 600, (139, 20, 141, 24))
    assert _child(seen) == len(seen)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(_child, (seen,)).get(timeout=60) == len(seen)
