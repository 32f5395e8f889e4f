"""Shortest ways between shapes: against points by force, another way of minimising, published lengths, and laws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.zones.proximity import Nearest, Shape, nearest, nearest_each
from offing.zones.rings import Polygon, canonical, quantised


def line(*points: tuple[float, float]) -> Shape:
    return Shape(lines=(quantised(points),))


def area(*rings: list[tuple[float, float]]) -> Shape:
    return Shape(polygons=canonical([[quantised([*ring, ring[0]]) for ring in rings]]))


def box(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north)]


@st.composite
def chains(draw: st.DrawFn, lon: float = 123.0, lat: float = 25.0) -> list[tuple[float, float]]:
    """Points of a line with short, long and empty edges."""
    scale = draw(st.sampled_from([0.01, 0.3, 2.0]))
    step = st.tuples(st.floats(-scale, scale), st.floats(-scale, scale))
    lon, lat = lon + draw(st.floats(-2, 2)), lat + draw(st.floats(-2, 2))
    points = [(lon, lat)]
    for x, y in draw(st.lists(step, max_size=5)):
        points.append((points[-1][0] + x, points[-1][1] + y))
    return points


def by_force(measure: Any, a: list[tuple[float, float]], b: list[tuple[float, float]], step_m: float) -> float:
    dense = [measure.dense([*p, *p[::-1]], ["straight"] * 2 * len(p), step_m) for p in (a, b)]
    return float(measure.nearest(*dense)[0].min())


def ends_apart(measure: Any, way: Nearest) -> float:
    return float(measure.geod.inv(way.from_lon_deg, way.from_lat_deg, way.to_lon_deg, way.to_lat_deg)[2])


@settings(max_examples=40, deadline=None)
@given(chains(), chains())
def test_lines_are_as_far_apart_as_their_nearest_points(measure: Any, a: Any, b: Any) -> None:
    way = nearest(line(*a), line(*b))
    forced_m = by_force(measure, a, b, 500)
    assert way.distance_m <= forced_m + 0.05  # ends are kept to 1 cm
    assert forced_m <= way.distance_m + min(500.0, 250.0**2 / max(way.distance_m, 1.0) + 1)
    assert ends_apart(measure, way) == pytest.approx(way.distance_m, abs=0.001)
    back = nearest(line(*b), line(*a))
    assert back.distance_m == pytest.approx(way.distance_m, abs=0.001)
    east = nearest(line(*((x + 360, y) for x, y in a)), line(*b))
    assert east.distance_m == pytest.approx(way.distance_m, abs=0.05)


def minimised(measure: Any, a: Any, b: Any) -> float:
    """The least geodesic between two edges, by looking ever closer."""
    low, high = np.zeros(2), np.ones(2)
    for _ in range(40):
        s, t = (np.linspace(low[i], high[i], 13) for i in (0, 1))
        p, q = (e[0] + part[:, None] * (e[1] - e[0]) for e, part in ((a, s), (b, t)))
        apart = np.array([measure.geod.inv(*np.broadcast_to(x, q.shape).T.copy(), *q.T)[2] for x in p])
        i, j = np.unravel_index(apart.argmin(), apart.shape)
        half = (high - low) * 0.3
        centre = np.array([s[i], t[j]])
        low, high = np.maximum(0, centre - half), np.minimum(1, centre + half)
    return float(apart.min())


@pytest.mark.parametrize(("apart_deg", "within_m"), [(0.5, 0.01), (5, 0.01), (20, 0.02), (40, 0.05), (80, 0.2)])
def test_long_edges_far_apart(measure: Any, apart_deg: float, within_m: float) -> None:
    rng = np.random.default_rng(7)
    for _ in range(12):
        turn = rng.uniform(0, 2 * np.pi)
        centre = rng.uniform([100, -50], [250, 50])
        other = centre + apart_deg * np.array([np.cos(turn), np.sin(turn) / 2])
        a, b = (np.round(c + rng.uniform(-1, 1, (2, 2)) * 2, 7) for c in (centre, other))
        way = nearest(line(*a), line(*b))
        if way.distance_m:
            assert way.distance_m == pytest.approx(minimised(measure, a, b), abs=within_m)


@given(*(st.tuples(st.floats(-180, 180), st.floats(-80, 80)) for _ in range(3)))
def test_points_are_a_geodesic_apart(measure: Any, a: Any, b: Any, c: Any) -> None:
    def apart(p: Any, q: Any) -> float:
        return nearest(Shape.point(*p), Shape.point(*q)).distance_m

    assert apart(a, b) == pytest.approx(measure.geod.inv(*a, *b)[2], abs=0.04)
    assert apart(a, b) == apart(b, a)
    assert apart(a, c) <= apart(a, b) + apart(b, c) + 1e-6


def test_areas_that_meet_are_no_way_apart() -> None:
    frame = area(box(120, 24, 122, 26), box(120.5, 24.5, 121.5, 25.5))
    inside, hole, outside = Shape.point(120.2, 24.2), Shape.point(121, 25), Shape.point(122.5, 25)
    assert nearest(inside, frame) == Nearest(0.0, 120.2, 24.2, 120.2, 24.2, True)
    for point in (hole, outside):
        way = nearest(point, frame)
        assert not way.inside and 49_000 < way.distance_m < 51_000
    assert nearest(area(box(120.9, 24.9, 121.1, 25.1)), frame).inside is False, "an island in the hole"
    assert nearest(area(box(119, 23, 123, 27)), frame).inside, "all round it"
    beside = nearest(area(box(122, 24, 123, 26)), frame)
    assert beside.inside and beside.distance_m == 0 and beside.to_lon_deg == 122, "a common edge"
    through = nearest(line((119, 24.2), (123, 24.2)), frame)
    assert through.inside and 120 <= through.from_lon_deg <= 122 and through.from_lat_deg == 24.2
    crossing = nearest(line((120, 20), (121, 21)), line((120, 21), (121, 20)))
    assert crossing == Nearest(0.0, 120.5, 20.5, 120.5, 20.5, False), "lines have no inside"


def test_the_antimeridian_is_no_border(measure: Any) -> None:
    east = area(box(179.5, 10, 180.5, 11))
    assert nearest(Shape.point(-179.7, 10.5), east).inside and nearest(Shape.point(179.7, 10.5), east).inside
    assert nearest(east, Shape.point(-179.7, 10.5)).inside
    way = nearest(Shape.point(-179, 10.5), east)
    assert way.distance_m == pytest.approx(measure.geod.inv(-179, 10.5, -179.5, 10.5)[2], abs=1)
    distance_m, places = nearest_each(np.array([[-179.7, 10.5], [-179, 10.5], [181, 10.5]]), east)
    assert distance_m.tolist() == [0, pytest.approx(way.distance_m), pytest.approx(way.distance_m)]
    assert places[0].tolist() == [-179.7, 10.5]


def test_many_points_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    shape = Shape(
        polygons=canonical([[quantised([*b, b[0]])] for b in (box(119, 23, 121, 25), box(123, 26, 123.2, 26.1))]),
        lines=(quantised([(118, 20), (126, 21), (126, 30)]), quantised([(119.5, 27.5)])),
    )
    points = np.round(rng.uniform([117, 20], [127, 29], (300, 2)), 7)
    distance_m, places = nearest_each(points, shape)
    for point, found_m, place in zip(points, distance_m, places, strict=True):
        way = nearest(Shape.point(*point), shape)
        assert found_m == pytest.approx(way.distance_m, abs=0.001)
        assert place == pytest.approx([way.to_lon_deg, way.to_lat_deg], abs=1e-6)
    assert 0 < (distance_m == 0).sum() < 300
    assert nearest_each(np.zeros((0, 2)), shape)[0].shape == (0,)


@pytest.fixture(scope="module")
def land(shared_data: Path) -> list[Polygon]:
    text = (shared_data / "coast/geomaps_osm_lands_eastasia.geojson").read_text(encoding="utf-8")
    return [tuple(map(quantised, f["geometry"]["coordinates"])) for f in json.loads(text)["features"]]


def island(land: list[Polygon], lon: float, lat: float) -> Shape:
    (found,) = [p for p in land if Shape(polygons=(p,)).holds(np.array([[lon, lat]]))[0]]
    return Shape(polygons=(found,))


def coast_at(land: list[Polygon], lon: float, lat: float) -> Shape:
    """The one that comes within 10 m of a place."""
    close = [p for p in land if np.abs(p[0] / 1e7 - [lon, lat]).max(axis=1).min() < 0.02]
    (found,) = [s for p in close if nearest(Shape.point(lon, lat), s := Shape(polygons=(p,))).distance_m < 10]
    return found


def test_taiwan_and_yonaguni(land: list[Polygon], measure: Any) -> None:
    """58.1 nm between the nearest coasts: `yonaguni_taiwan` in the facts on gates."""
    taiwan, yonaguni = island(land, 121, 24), island(land, 122.99, 24.455)
    way = nearest(yonaguni, taiwan)
    assert way.distance_m / 1852 == pytest.approx(58.1, abs=0.05)
    assert (way.from_lon_deg, way.from_lat_deg) == (122.93375, 24.44874), "Irizaki, its western cape"
    assert (way.to_lon_deg, way.to_lat_deg) == (121.8761, 24.53389)
    coasts = [s.polygons[0][0][:-1] / 1e7 for s in (yonaguni, taiwan)]
    assert way.distance_m == pytest.approx(by_force(measure, *(list(map(tuple, c)) for c in coasts), 300), abs=0.5)


GATES = ("miyako", "yonaguni_taiwan", "yonaguni_iriomote", "ishigaki_tarama", "osumi", "bashi", "taiwan_strait_narrowest")
"""Those whose two ends are the nearest points of two coasts."""


def test_lengths_of_the_gates(shared_data: Path, land: list[Polygon]) -> None:
    text = (shared_data / "facts/strait_gates.geojson").read_text(encoding="utf-8")
    gates = {f["properties"]["id"]: f for f in json.loads(text)["features"] if "length_nm" in f["properties"]}
    assert len(gates) == 18
    for name, gate in gates.items():
        start, stop = gate["geometry"]["coordinates"]
        shapes = [Shape.point(*start), Shape.point(*stop)]
        if name in GATES:
            shapes = [coast_at(land, *end) for end in (start, stop)]
        way = nearest(*shapes)
        assert way.distance_m / 1852 == pytest.approx(gate["properties"]["length_nm"], abs=0.06), name
        assert [way.from_lon_deg, way.from_lat_deg] == pytest.approx(start, abs=0.002), name
        assert [way.to_lon_deg, way.to_lat_deg] == pytest.approx(stop, abs=0.002), name


def test_many_small_coasts_by_force(land: list[Polygon], measure: Any) -> None:
    """From places at sea to 819 coasts at once, against every vertex and what lies between."""
    rng = np.random.default_rng(11)
    points = rng.uniform([117, 20], [130, 33], (60, 2))
    distance_m, _ = nearest_each(points, Shape(polygons=tuple(land)))
    rings = [measure.dense((r[:-1] / 1e7).tolist(), ["straight"] * (len(r) - 1), 100) for p in land for r in p]
    forced_m = measure.nearest(points, np.vstack(rings))[0]
    at_sea = distance_m > 0
    assert at_sea.sum() > 40
    assert np.all(distance_m[at_sea] <= forced_m[at_sea] + 0.001)
    assert np.all(forced_m[at_sea] - distance_m[at_sea] < 50**2 / 2 / distance_m[at_sea] + 0.3)
