"""The index of zones: every answer equals shapely's, and exact arithmetic's where everything ties."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.kernels import grid as g
from offing.kernels.exact import crosses, ray_meets
from offing.kernels.grid_build import build_grid
from offing.kernels.walk import HEAD, _set_box, hop_crossings
from offing.model.zone import Zone
from offing.testing import shapes
from offing.tracks.places import zone_edges, zone_grid

E7 = 10_000_000
X, Y = g.X_OFFSET, g.Y_OFFSET
BOTH = np.array([X, Y, X, Y])


def polygon_of(zone: Zone) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([(p[0] / E7, [h / E7 for h in p[1:]]) for p in zone.polygons])


def canonical(lon_deg: np.ndarray) -> np.ndarray:
    return ((np.rint(lon_deg * E7).astype(np.int64) + 180 * E7) % (360 * E7) - 180 * E7).astype(np.int32)


def assert_like_shapely(zones: list[Zone], points: np.ndarray) -> int:
    """Every zone at every point, however many turns either is away; returns how often inside."""
    grid = zone_grid(zones)
    lon, lat = canonical(points[:, 0]), np.rint(points[:, 1] * E7).astype(np.int32)
    hits = 0
    for number, zone in enumerate(zones):
        wanted = np.zeros(len(zones), bool)
        wanted[number] = True
        area = polygon_of(zone)
        shapely.prepare(area)
        expected = np.zeros(len(points), bool)
        for turn in range(-4, 5):
            expected |= shapely.contains_xy(area, lon / E7 + 360 * turn, lat / E7)
        assert np.array_equal(g.inside_any(grid, lon, lat, wanted), expected), zone.id
        hits += int(expected.sum())
    everywhere = g.inside_any(grid, lon, lat, np.ones(len(zones), bool))
    assert everywhere.any() == (hits > 0)
    return hits


def uniform(rng: np.random.Generator, box: tuple[float, float, float, float], n: int) -> np.ndarray:
    return np.stack([rng.uniform(box[0], box[2], n), rng.uniform(box[1], box[3], n)], axis=1)


@pytest.mark.parametrize("seed", range(12))
def test_random_zones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lon, lat = float(rng.choice([rng.uniform(-180, 180), 180.0, -180.0, 0.0])), float(rng.uniform(-70, 70))
    box = (lon - 1.5, lat - 1.5, lon + 1.5, lat + 1.5)
    zones = shapes.random_zones(rng, 12, box, 1.0, (5, 200))
    assert assert_like_shapely(zones, uniform(rng, (lon - 2.5, lat - 2.5, lon + 2.5, lat + 2.5), 4000)) > 500


def test_hundreds_of_zones() -> None:
    rng = np.random.default_rng(1)
    zones = shapes.random_zones(rng, 500, (118, 20, 128, 30), 1.0, (5, 60))
    assert assert_like_shapely(zones, uniform(rng, (117, 19, 129, 31), 3000)) > 5_000


def test_an_ocean_and_a_wide_zone_and_their_many_vertices() -> None:
    rng = np.random.default_rng(2)
    ocean = shapes.zone("ocean@test", [shapes.coast(rng, (200.0, 0.0), 75.0, 3000), shapes.coast(rng, (200.0, 0.0), 9.0, 300)])
    wide = shapes.zone("wide@test", [shapes.coast(rng, (125.0, 28.0), 20.0, 40)])
    few = shapes.zone("few@test", [shapes.star(rng, (125.0, 28.0), 25.0, 7)])
    points = np.vstack([uniform(rng, (-180, -90, 180, 90), 8000), uniform(rng, (100, 5, 150, 50), 8000)])
    assert assert_like_shapely([ocean, wide, few], points) > 3000


def test_edges_of_more_than_ten_degrees() -> None:
    rng = np.random.default_rng(3)
    zones = [
        shapes.zone("triangle@test", [[(100.3, -20.1), (163.7, 3.2), (98.2, 40.9)]]),
        shapes.zone("sliver@test", [[(100.0, 10.0), (160.0, 35.5), (160.0, 35.6)]]),
        shapes.zone("box@test", [shapes.rectangle(-170.0, -60.0, 170.0, 60.0)]),
        shapes.zone("over@test", [[(150.2, -40.3), (215.6, -38.8), (213.1, 44.7)]]),
    ]
    points = np.vstack([uniform(rng, (-180, -90, 180, 90), 8000), uniform(rng, (98, -22, 165, 42), 8000)])
    line = np.linspace(0.01, 0.99, 3000)
    along = np.stack([100 + 60 * line, 10 + 25.5 * line + rng.uniform(-0.02, 0.12, 3000)], axis=1)
    assert assert_like_shapely(zones, np.vstack([points, along])) > 8000


@pytest.mark.parametrize("turns", [-2, -1, 0, 1, 2])
def test_over_the_antimeridian_in_any_turn(turns: int) -> None:
    rng = np.random.default_rng(4)
    zones = shapes.shifted(shapes.random_zones(rng, 10, (179, -2, 181, 2), 1.5), turns)
    assert assert_like_shapely(zones, uniform(rng, (177, -4, 183, 4), 4000)) > 1000


def test_a_zone_cut_at_180_is_the_same_zone() -> None:
    rng = np.random.default_rng(5)
    whole = shapes.zone("whole@test", [shapes.rectangle(178.0, 10.0, 183.0, 14.0)])
    cut = shapes.zone("cut@test", [shapes.rectangle(178.0, 10.0, 180.0, 14.0)], [shapes.rectangle(-180.0, 10.0, -177.0, 14.0)])
    points = uniform(rng, (176, 8, 185, 16), 5000)
    points[:500, 0] = 180.0  # on the cut itself
    lon, lat = canonical(points[:, 0]), np.rint(points[:, 1] * E7).astype(np.int32)
    found = [g.inside_any(zone_grid([z]), lon, lat, np.ones(1, bool)) for z in (whole, cut)]
    assert np.array_equal(*found) and found[0][:500].any()


def test_no_zones_and_a_zone_without_an_edge() -> None:
    lon, lat = np.array([0, 1_799_999_999, -1_800_000_000], np.int32), np.array([0, 900_000_000, -900_000_000], np.int32)
    assert not g.inside_any(zone_grid([]), lon, lat, np.zeros(0, bool)).any()
    point = Zone("point@test", "custom", ((np.array([[5, 5], [5, 5]], np.int64),),))
    assert not g.inside_any(zone_grid([point]), lon, lat, np.ones(1, bool)).any()


def test_the_whole_world_is_a_zone() -> None:
    zone = shapes.zone("world@test", [shapes.rectangle(-180.0, -90.0, 180.0, 90.0)])
    rng = np.random.default_rng(6)
    points = uniform(rng, (-180, -89.99, 179.9999, 89.99), 3000)
    lon, lat = canonical(points[:, 0]), np.rint(points[:, 1] * E7).astype(np.int32)
    assert g.inside_any(zone_grid([zone]), lon, lat, np.ones(1, bool)).all()


@pytest.mark.parametrize("seed", range(4))
def test_no_edge_lies_in_a_plain_box(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lon = float(rng.choice([123.0, 180.0]))
    lat = float(rng.choice([25.0, 88.5, -88.5]))
    zones = shapes.random_zones(rng, 12, (lon - 2, lat - 1, lon + 2, lat + 1), 0.4)
    grid = zone_grid(zones)
    edges, _ = zone_edges(zones)
    lines = np.concatenate(
        [shapely.linestrings((edges + np.array([X + t, Y, X + t, Y])).reshape(-1, 2, 2)) for t in (-g.WORLD, 0, g.WORLD)]
    )
    tree = shapely.STRtree(lines)
    head = np.zeros(1, HEAD)[0]
    boxes, centres = [], uniform(rng, (lon - 3, max(lat - 2, -90), lon + 3, min(lat + 2, 90)), 3000)
    for x, y in zip(
        canonical(centres[:, 0]).astype(np.int64) + X, np.rint(centres[:, 1] * E7).astype(np.int64) + Y, strict=True
    ):
        _set_box(grid, head, x, y)
        if head["x0"] <= head["x1"]:
            assert head["x0"] <= x <= head["x1"] and head["y0"] <= y <= head["y1"]
            boxes.append(shapely.box(*(float(head[k]) for k in ("x0", "y0", "x1", "y1"))))
    assert len(boxes) > 1000
    assert tree.query(boxes, predicate="intersects").size == 0


def lattice(rng: np.random.Generator, zones: int, step: int, low: tuple[int, int], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Edges of closed rings through lattice points; every ring by even and odd."""
    edges, numbers = [], []
    for z in range(zones):
        ring = (np.array(low) + rng.integers(0, size + 1, (int(rng.integers(3, 8)), 2))) * step
        edges.append(np.concatenate([ring, np.roll(ring, -1, axis=0)], axis=1))
        numbers.append(np.full(len(ring), z))
    return np.concatenate(edges).astype(np.int64), np.concatenate(numbers)


@given(
    seed=st.integers(0, 2**32 - 1),
    step=st.sampled_from([E7, E7 // 2, g.CELL, g.CELL * 7, 1, 3]),
    low=st.tuples(st.sampled_from([-184, -3, 120, 177]), st.sampled_from([-90, 0, 24, 86])),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_where_everything_ties_hops_and_places_are_exact(seed: int, step: int, low: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    corner = (low[0] * E7 // step, low[1] * E7 // step)
    edges, numbers = lattice(rng, 3, step, corner, 4)
    edges[:, [1, 3]] = np.clip(edges[:, [1, 3]], -90 * E7, 90 * E7)
    grid = build_grid(edges, numbers, 3)
    edges[:, [1, 3]] += edges[:, [1, 3]] == 90 * E7  # what lies at the north pole is held to lie beyond it
    places = (np.array(corner) + rng.integers(-1, 6, (14, 2))) * step
    places[:, 1] = np.clip(places[:, 1], -90 * E7, 90 * E7)
    found = np.empty(3, np.int32)
    inside = []
    for x, y in places.tolist():
        n = g.zones_at(grid, (x + X) % g.WORLD, y + Y, found)
        expected = {z for z in range(3) if _parity(edges[numbers == z], x, y)}
        assert set(found[:n].tolist()) == expected and n == len(expected)
        inside.append(expected)
    fs, zs, es = np.empty(64), np.empty(64, np.int64), np.empty(64, np.int64)
    for i in range(len(places) - 1):
        (px, py), (qx, qy) = (places[i] + BOTH[:2]).tolist(), (places[i + 1] + BOTH[:2]).tolist()
        turn = px // g.WORLD * g.WORLD
        n = hop_crossings(grid, px - turn, py, qx - turn, qy, fs, zs, es)
        expected = sorted(
            int(z) for (ax, ay, bx, by), z in zip((edges + BOTH).tolist(), numbers, strict=True)
            if crosses(px, py, qx, qy, ax, ay, bx, by)
        )  # fmt: skip
        assert sorted(zs[:n].tolist()) == expected
        assert {z for z in range(3) if expected.count(z) % 2} == inside[i] ^ inside[i + 1]


def _parity(edges: np.ndarray, x: int, y: int) -> bool:
    return sum(ray_meets(*e, x, y) for e in edges.tolist() if e[:2] != e[2:]) % 2 == 1


def test_long_hops_find_every_edge() -> None:
    rng = np.random.default_rng(8)
    zones = shapes.random_zones(rng, 60, (100, -10, 260, 50), 6.0, (5, 12))
    grid = zone_grid(zones)
    edges, numbers = zone_edges(zones)
    fs, zs, es = np.empty(600), np.empty(600, np.int64), np.empty(600, np.int64)
    total = 0
    for _ in range(300):
        p, q = uniform(rng, (100, -12, 179, 52), 1)[0], uniform(rng, (150, -12, 259, 52), 1)[0]
        (px, py), (qx, qy) = ((np.rint(v * E7).astype(np.int64) + BOTH[:2]).tolist() for v in (p, q))
        n = hop_crossings(grid, px, py, qx, qy, fs, zs, es)
        expected = sorted(
            z for e, z in zip((edges + BOTH).tolist(), numbers.tolist(), strict=True) if crosses(px, py, qx, qy, *e)
        )
        assert sorted(zs[:n].tolist()) == expected
        total += n
    assert total > 2000
