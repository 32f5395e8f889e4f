"""Gates in the index and on the walk: every crossing and its side, exactly, and zones that do not notice them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.kernels import grid as g
from offing.kernels.walk import NM_M, TO_LEFT, TO_RIGHT, distance_m
from offing.model.place import Gate
from offing.model.times import HOUR_MS
from offing.testing import shapes, worlds
from offing.tracks import walk
from offing.tracks.places import gate_edges, zone_grid

E7 = 10_000_000
OFFSET = np.array([g.X_OFFSET, g.Y_OFFSET])
EAST, NORTH = Fraction(1, 10**26), Fraction(1, 10**13)  # the infinitesimal move of every position, written out
EXACT = settings(max_examples=150, deadline=None, derandomize=True)
Hop = tuple[tuple[int, int], tuple[int, int]]


def gate(*lines: object, name: str = "gate") -> Gate:
    """A gate of lines in degrees."""
    units = tuple(np.rint(np.asarray(line, float) * E7).astype(np.int64) for line in lines)
    return Gate(name, "strait", {"en": name}, {"en": "left water"}, {"en": "right water"}, units)


def area(a: tuple, b: tuple, p: tuple) -> Fraction:
    return Fraction((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]))


def truth(hop: Hop, gates: list[Gate]) -> list[tuple[int, bool]]:
    """The gates crossed, each with whether the hop comes from its left: by fractions, edge by edge."""
    (px, py), (qx, qy) = hop
    p, q = (px + EAST, py + NORTH), (qx + EAST, qy + NORTH)
    found = []
    for edge, number in zip(*(a.tolist() for a in gate_edges(gates)), strict=True):
        a, b = (edge[0], edge[1] + (edge[1] == 90 * E7)), (edge[2], edge[3] + (edge[3] == 90 * E7))
        if a == b or hop[0] == hop[1] or (area(p, q, a) > 0) == (area(p, q, b) > 0):
            continue
        if (area(a, b, p) > 0) != (area(a, b, q) > 0):
            found.append((number, area(a, b, p) > 0))
    return sorted(found)


def crossed(grid: g.Grid, hop: Hop) -> list[tuple[int, bool]]:
    fs, places, edges = np.empty(64), np.empty(64, np.int64), np.empty(64, np.int64)
    (px, py), (qx, qy) = (np.array(hop) + OFFSET).tolist()
    turn = px // g.WORLD * g.WORLD
    n = g.hop_crossings(grid, px - turn, py, qx - turn, qy, fs, places, edges)
    assert ((fs[:n] >= 0) & (fs[:n] <= 1)).all()
    at_gates = places[:n][places[:n] >= grid.zones_n] - grid.zones_n
    return sorted((int(c) // 2, int(c) % 2 == 0) for c in at_gates)


@given(
    seed=st.integers(0, 2**32 - 1),
    step=st.sampled_from([E7, E7 // 2, g.CELL, g.CELL * 7, 1, 3]),
    low=st.tuples(st.sampled_from([-177, -3, 120, 177]), st.sampled_from([-90, 0, 24, 86])),
)
@EXACT
def test_where_everything_ties_crossings_and_sides_are_exact(seed: int, step: int, low: tuple[int, int]) -> None:
    """Lines through lattice points, which cross and repeat themselves; positions on vertices, ends and edges."""
    rng = np.random.default_rng(seed)
    corner = np.array(low) * E7 // step
    gates = []
    for i in range(3):
        lines = [(corner + rng.integers(0, 5, (int(rng.integers(2, 6)), 2))) * step for _ in range(int(rng.integers(1, 3)))]
        clipped = [np.clip(line, (-360 * E7, -90 * E7), (360 * E7, 90 * E7)).astype(np.int64) for line in lines]
        gates.append(Gate(f"g{i}", "strait", {}, {}, {}, tuple(clipped)))
    grid = zone_grid([], gates)
    places = np.clip((corner + rng.integers(-1, 6, (14, 2))) * step, (-360 * E7, -90 * E7), (360 * E7, 90 * E7)).tolist()
    for p, q in pairwise(places):
        hop = (tuple(p), tuple(q))
        assert crossed(grid, hop) == truth(hop, gates), hop


@pytest.mark.parametrize("lon", [122.0, 180.0, -180.0])
def test_gates_do_not_change_what_zones_hold_nor_their_crossings(lon: float) -> None:
    rng = np.random.default_rng(5)
    box = (lon - 1, 20.0, lon + 1, 22.0)
    zones = shapes.random_zones(rng, 15, box, 0.6)
    lines = [np.stack([rng.uniform(lon - 1, lon + 1, 4), rng.uniform(20, 22, 4)], axis=1) for _ in range(10)]
    seen = worlds.jumping(5, worlds.sailing(5, 20, 150, 1800, box), 0.02, 0.5).in_hull_order()
    alone, beside = zone_grid(zones), zone_grid(zones, [gate(line) for line in lines])
    every = np.ones(len(zones), bool)
    inside = g.inside_any(alone, seen.lon_e7, seen.lat_e7, every)
    assert np.array_equal(g.inside_any(beside, seen.lon_e7, seen.lat_e7, every), inside) and inside.any() and not inside.all()
    found = []
    for grid in (alone, beside):
        state, crossings, _ = walk.advance(walk.start(), seen.batch(), grid, max_gap_ms=6 * HOUR_MS, max_speed_kn=60)
        found.append(np.concatenate([crossings, walk.still_seen(state, grid)]))
    at_gates = np.isin(found[1]["how"], (TO_LEFT, TO_RIGHT))
    assert at_gates.sum() > 200 and np.array_equal(found[1][~at_gates], found[0])


def test_a_closed_line_is_crossed_as_often_inward_as_the_zone_of_it() -> None:
    """To the left of a ring that runs counter-clockwise is inside: the sum of its crossings is that of the zone's."""
    rng = np.random.default_rng(6)
    ring = shapes.ring(shapes.star(rng, (123.0, 25.0), 1.0, 25))
    zone, line = shapes.zone("z@test", [ring / E7]), Gate("ring", "strait", {}, {}, {}, (ring,))
    grid = zone_grid([zone], [line])
    points = (rng.uniform((121.8, 23.8), (124.2, 26.2), (400, 2)) * E7).astype(np.int64)
    every = np.ones(1, bool)
    inside = g.inside_any(grid, points[:, 0].astype(np.int32), points[:, 1].astype(np.int32), every).astype(int)
    for i in range(len(points) - 1):
        ways = crossed(grid, (tuple(points[i].tolist()), tuple(points[i + 1].tolist())))
        assert sum(-1 if from_left else 1 for _, from_left in ways) == inside[i + 1] - inside[i]


def walked(rows: list[tuple[float, float, float]], *gates: Gate) -> np.ndarray:
    """What one hull's rows of (hours, longitude, latitude) cross, speeds unlimited."""
    hours, lon, lat = (np.array(c, float) for c in zip(*rows, strict=True))
    e7 = [((np.rint(c * E7).astype(np.int64) + 180 * E7) % (360 * E7) - 180 * E7).astype(np.int32) for c in (lon, lat)]
    t_ms, n = np.rint(hours * HOUR_MS).astype(np.int64), len(rows)
    batch = walk.Batch(np.full(n, 7, np.int32), t_ms, *e7, np.ones(n, bool))
    _, crossings, _ = walk.advance(walk.start(), batch, zone_grid([], gates), max_gap_ms=6 * HOUR_MS, max_speed_kn=100_000)
    return crossings


def ways(crossings: np.ndarray) -> list[tuple[int, int]]:
    return [(int(c["zone"]), int(c["how"])) for c in crossings]


NORTHWARD = gate([(10, 0), (10, 1)])


def test_left_and_right_are_as_seen_from_the_first_point_to_the_last() -> None:
    east, west = walked([(0, 9.5, 0.5), (1, 10.5, 0.5)], NORTHWARD), walked([(0, 10.5, 0.5), (1, 9.5, 0.5)], NORTHWARD)
    assert (ways(east), ways(west)) == ([(0, TO_RIGHT)], [(0, TO_LEFT)])
    southward = gate([(10, 1), (10, 0)])
    assert ways(walked([(0, 9.5, 0.5), (1, 10.5, 0.5)], southward)) == [(0, TO_LEFT)]
    eastward = gate([(10, 0), (11, 0)])
    assert ways(walked([(0, 10.5, 0.2), (1, 10.5, -0.2)], eastward)) == [(0, TO_RIGHT)]


def test_time_place_course_and_speed_of_a_crossing() -> None:
    (c,) = walked([(0, 9.9, 59.5), (2, 10.3, 59.9)], gate([(10, 59), (10, 61)]))
    assert (c["t_ms"], c["before_ms"], c["after_ms"], c["k"]) == (HOUR_MS // 2, 0, 2 * HOUR_MS, 1)
    assert (c["lon_deg"], c["lat_deg"]) == pytest.approx((10.0, 59.6))
    assert c["course_deg"] == pytest.approx(np.degrees(np.arctan2(np.cos(np.radians(59.6)), 1)))
    ends = [(round(v * E7) + o) for v, o in zip((9.9, 59.5, 10.3, 59.9), (*OFFSET, *OFFSET), strict=True)]
    assert c["speed_kn"] == pytest.approx(distance_m(*(int(v) for v in ends)) / NM_M / 2)


@pytest.mark.parametrize("octant", range(8))
def test_courses(octant: int) -> None:
    """Out of a small square of lines round a place on the equator, so that every way meets one."""
    near, angle = 0.0001, np.radians(45 * octant)
    lines = [[(-1, v), (1, v)] for v in (near, -near)] + [[(v, -1), (v, 1)] for v in (near, -near)]
    found = walked([(0, 0, 0), (1, np.sin(angle), np.cos(angle))], gate(*lines))
    assert len(found) and found["course_deg"] == pytest.approx(45 * octant, abs=1e-4)
    assert ((found["course_deg"] >= 0) & (found["course_deg"] < 360)).all()


def test_a_way_along_the_line_and_a_stop_on_it_are_on_one_side() -> None:
    along = [(0, 10, 0.1), (1, 10, 0.5), (2, 10, 0.9), (3, 10, 0.3)]
    assert ways(walked(along, NORTHWARD)) == []
    # a place on the line is held to lie a hair's breadth north and east of it: to the right of this gate
    assert ways(walked([(0, 9.5, 0.5), *((h + 1, *p) for h, *p in along)], NORTHWARD)) == [(0, TO_RIGHT)]
    assert ways(walked([(0, 10.5, 0.5), *((h + 1, *p) for h, *p in along), (5, 10.5, 0.5)], NORTHWARD)) == []
    assert ways(walked([(0, 9.5, 0.5), (1, 10, 0.5), (2, 9.5, 0.5)], NORTHWARD)) == [(0, TO_RIGHT), (0, TO_LEFT)]


def test_a_vertex_hit_exactly_is_crossed_once() -> None:
    bent = gate([(10, 0), (10, 0.5), (10, 1)], [(20, 0), (20.2, 0.5), (20, 1)])
    for lat in (0.5, 0.5000001, 0.4999999):
        assert ways(walked([(0, 9.5, lat), (1, 10.5, lat)], bent)) == [(0, TO_RIGHT)]
        assert ways(walked([(0, 9.5, lat), (1, 10, lat), (2, 10.5, lat)], bent)) == [(0, TO_RIGHT)]
        assert ways(walked([(0, 19.5, lat), (1, 20.5, lat)], bent)) == [(0, TO_RIGHT)]
    # past the tip of the bend: there and back at once, or not at all
    assert sorted(ways(walked([(0, 20.2, 0.0), (1, 20.2, 1.0)], bent))) in ([], [(0, TO_RIGHT), (0, TO_LEFT)])


def test_a_hop_past_an_end_crosses_on_one_side_of_it_only() -> None:
    assert ways(walked([(0, 9.5, 1.0), (1, 10.5, 1.0)], NORTHWARD)) == []  # moved north, it passes beyond
    assert ways(walked([(0, 9.5, 0.0), (1, 10.5, 0.0)], NORTHWARD)) == [(0, TO_RIGHT)]


def test_a_hop_crosses_several_gates_and_several_lines() -> None:
    lines = [[(10 + 0.1 * i, 0), (10 + 0.1 * i, 1)] for i in range(4)]
    found = walked([(0, 9.5, 0.5), (1, 10.5, 0.5)], gate(lines[3]), gate(lines[0], lines[2][::-1]), gate(lines[1]))
    assert sorted(ways(found)) == [(0, TO_RIGHT), (1, TO_RIGHT), (1, TO_LEFT), (2, TO_RIGHT)]
    assert found["lon_deg"][np.argsort(found["t_ms"])] == pytest.approx([10.0, 10.1, 10.2, 10.3])


@pytest.mark.parametrize("line", [[(179.5, -1), (-179.5, 1)], [(179.5, -1), (180.5, 1)], [(-180.5, -1), (-179.5, 1)]])
@pytest.mark.parametrize("cut", [False, True])
def test_a_gate_across_the_antimeridian(line: list[tuple[float, float]], cut: bool) -> None:
    middle = [(0, 179.9, 0.5), (1, 180.1, -0.5)] if not cut else [(0, 179.9, 0.5), (0.5, 180.0, 0.0), (1, 180.1, -0.5)]
    found = walked(middle, gate(line))
    assert ways(found) == [(0, TO_RIGHT)]
    assert abs(found["lon_deg"][0]) == pytest.approx(180.0) and found["t_ms"][0] == HOUR_MS // 2
    assert ways(walked([(0, 0.0, -1.0), (1, 0.5, 1.0)], gate(line))) == []


def test_an_edge_of_more_than_ten_degrees_keeps_its_side() -> None:
    wide = gate([(150.0, 10.0), (115.0, 32.0)])
    for lon in np.linspace(116, 149, 12):
        lat = 32 - (lon - 115) * 22 / 35
        assert ways(walked([(0, lon, lat - 0.5), (1, lon, lat + 0.5)], wide)) == [(0, TO_RIGHT)], lon


def test_silence_longer_than_the_gap_crosses_nothing() -> None:
    assert ways(walked([(0, 9.5, 0.5), (6, 10.5, 0.5)], NORTHWARD)) == [(0, TO_RIGHT)]
    assert ways(walked([(0, 9.5, 0.5), (6.01, 10.5, 0.5)], NORTHWARD)) == []
