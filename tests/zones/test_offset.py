"""Limits at a distance from any baseline: every kind of segment, any latitude, any islands, across the antimeridian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.zones.geodesic import SEGMENT_KINDS
from offing.zones.offset import Baseline, Part, body, inside, tidied, within

KINDS = [k for k in SEGMENT_KINDS if k != "closing"]


def part_of(corners: Any, kinds: Any) -> Part:
    wrapped = [((x + 180) % 360 - 180, y) for x, y in corners]
    return Part(tuple(p[0] for p in wrapped), tuple(p[1] for p in wrapped), tuple(kinds))


def square(lon: float, lat: float = 25.0, side: float = 0.01) -> Part:
    return part_of([(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)], ("normal",) * 4)


@st.composite
def lines(draw: st.DrawFn) -> tuple[list[tuple[float, float]], list[str]]:
    """A star round a centre: simple, with corners that stand out and corners that stand in."""
    lon0 = draw(st.sampled_from([0.0, 121.5, 179.9, -179.95]))
    lat0 = draw(st.sampled_from([-55.0, -12.0, 0.0, 25.0, 58.0]))
    n = draw(st.integers(3, 7))
    reach = [draw(st.floats(0.05, 0.8)) for _ in range(n)]
    turn = draw(st.floats(0, 1))
    angle = [2 * np.pi * (i + turn) / n for i in range(n)]
    corners = [
        (lon0 + r * np.cos(a) / np.cos(np.radians(lat0)), lat0 + r * np.sin(a)) for r, a in zip(reach, angle, strict=True)
    ]
    return corners, [draw(st.sampled_from(KINDS)) for _ in range(n)]


@settings(max_examples=25, deadline=None)
@given(lines(), st.sampled_from([3_000.0, 22_224.0, 44_448.0]))
def test_every_point_of_a_limit_lies_at_its_distance(measure: Any, line: Any, distance_m: float) -> None:
    corners, kinds = line
    near = measure.dense(corners, kinds, 60)
    (polygon,) = within(Baseline("b", (part_of(corners, kinds),)), distance_m)
    for ring in polygon:
        off = measure.nearest(measure.samples(ring / 1e7, 150), near)[0] - distance_m
        assert np.abs(off).max() < 2.5
    assert np.ptp(polygon[0][:, 0]) < 10e7  # in one piece, also across the antimeridian


@st.composite
def archipelagos(draw: st.DrawFn) -> list[Any]:
    """Islands of some kilometres, anywhere round a centre: single, in touch with their neighbours, in rings."""
    lon0, lat0 = draw(st.sampled_from([(122.0, 26.0), (180.0, -17.0), (10.0, 64.0)]))
    islands: list[Any] = []
    for _ in range(draw(st.integers(1, 9))):
        x, y = draw(st.floats(-1, 1)), draw(st.floats(-1, 1))
        n, size, turn = draw(st.integers(3, 12)), draw(st.floats(0.002, 0.15)), draw(st.floats(0, 1))
        rough = [draw(st.floats(0.4, 1)) for _ in range(n)]
        angle = 2 * np.pi * (np.arange(n) + turn) / n
        ring = np.column_stack([np.cos(angle), np.sin(angle)]) * (size * np.array(rough))[:, None] + [x, y]
        if not any(shapely.Polygon(ring).intersects(shapely.Polygon(other)) for other in islands):
            islands.append(ring)
    return [ring / [np.cos(np.radians(lat0)), 1] + [lon0, lat0] for ring in islands]


@settings(max_examples=30, deadline=None)
@given(archipelagos(), st.sampled_from([4_000.0, 22_224.0, 370_400.0]))
def test_the_limit_of_any_archipelago(measure: Any, islands: list[Any], distance_m: float) -> None:
    baseline = Baseline("b", tuple(part_of(ring.tolist(), ["normal"] * len(ring)) for ring in islands))
    area = within(baseline, distance_m)
    near = np.vstack([measure.dense([tuple(p) for p in ring.tolist()], ["normal"] * len(ring), 100) for ring in islands])
    geometry = body(area)
    assert geometry.is_valid
    for polygon in area:
        for ring in polygon:
            off = measure.nearest(measure.samples(ring / 1e7, 60), near)[0] - distance_m
            assert np.abs(off).max() < 2.0
    rng = np.random.default_rng(0)  # and nothing is forgotten: any place is within the limit or it is not
    middle = near.mean(axis=0)
    places = middle + rng.uniform(-1, 1, (300, 2)) * (2 + distance_m / 50_000)
    far = measure.nearest(places, near)[0]
    covered = np.zeros(len(places), np.bool_)
    for turns in (-360, 0, 360):  # each polygon has longitudes of its own beyond 180
        covered |= shapely.contains_xy(geometry, (places[:, 0] + turns) * 1e7, places[:, 1] * 1e7)
    on_land = np.any([shapely.contains_xy(shapely.Polygon(ring), *places.T) for ring in islands], axis=0)
    clear = np.abs(far - distance_m) > 2
    assert np.array_equal(covered[clear], ((far < distance_m) | on_land)[clear])


def test_two_islands_closer_than_twice_the_distance_are_one() -> None:
    near, far = Baseline("near", (square(123.0), square(123.3))), Baseline("far", (square(123.0), square(123.6)))
    assert (len(within(near, 22_224)), len(within(far, 22_224)), len(inside(near))) == (1, 2, 2)
    assert len(within(Baseline("apart", (square(179.9), square(-179.9))), 22_224)) == 1  # across the antimeridian too


def test_a_pocket_beyond_the_limit_stays_and_lakes_of_water_within_it_do_not() -> None:
    """Sixteen islets in a ring: at 4 km and 12 miles there is sea beyond the limit inside, at 24 miles no more."""
    angle = 2 * np.pi * np.arange(16) / 16
    ring = Baseline("ring", tuple(square(123 + 0.33 * np.cos(a), 25 + 0.3 * np.sin(a)) for a in angle))
    assert [len(p) for p in within(ring, 4_000)] == [1] * 16
    (sea,) = within(ring, 22_224)
    assert len(sea) == 2
    (wide,) = within(ring, 44_448)
    assert len(wide) == 1
    land = Baseline("atoll", (part_of([(123 + 0.5 * np.cos(a), 25 + 0.5 * np.sin(a)) for a in angle], ["normal"] * 16),))
    assert [len(p) for p in within(land, 4_000)] == [1]  # land is filled, however wide


def test_nothing_is_measured_from_a_closing_segment(measure: Any) -> None:
    """A coast that runs north, closed on the landward side in the west: the limit lies to the east of it only."""
    corners = [(121.0, 25.0), (121.2, 25.5), (121.0, 26.0), (119.0, 26.0), (119.0, 25.0)]
    kinds = ["straight", "loxodrome", "closing", "closing", "closing"]
    (polygon,) = within(Baseline("b", (part_of(corners, kinds),)), 22_224)
    (ring,) = polygon
    coast = measure.dense(corners, kinds, 50)
    coast = coast[coast[:, 0] > 121.0 - 1e-9]
    samples = measure.samples(ring / 1e7, 500)
    land = shapely.Polygon(corners)
    off = measure.nearest(samples, coast)[0] - 22_224
    on_limit = np.abs(off) < 2
    on_line = shapely.distance(shapely.points(samples), land.exterior) < 1e-6
    assert (on_limit | on_line).all() and on_limit.sum() > 200 and on_line.sum() > 200
    assert ring[:, 0].min() == 1190000000  # no disc round the points inland
    assert not on_line[samples[:, 0] > 121.0].any()


def test_a_frame_cuts_the_limit_and_changes_nothing_in_it(measure: Any) -> None:
    islands = Baseline("b", tuple(square(122 + 0.2 * i, 25 + 0.03 * i**2) for i in range(8)))
    frame = (122.3, 25.1, 123.15, 27.0)
    whole, cut = body(within(islands, 22_224)), body(within(islands, 22_224, frame))
    box = shapely.box(*(np.array(frame) * 1e7))
    assert whole.intersection(box).symmetric_difference(cut).area < 1e-6 * cut.area
    assert box.covers(cut) and inside(islands, frame)[0][0][:, 0].min() >= 1223000000


def test_rounding_makes_no_ring_cross_itself() -> None:
    needle = shapely.Polygon([(0, 0), (1000, 0.4), (2000, 0), (2000, 1000), (1000, 0.45), (0, 1000)])
    assert needle.is_valid
    for polygon in tidied(needle):
        assert shapely.Polygon(polygon[0], polygon[1:]).is_valid


@pytest.mark.parametrize("distance_m", [4_000.0, 370_400.0])
def test_chords_are_as_long_as_the_tolerance_allows(distance_m: float) -> None:
    ((ring,),) = within(Baseline("b", (square(123.0, side=1e-5),)), distance_m)
    circle = 2 * np.pi / (2 * np.arccos(1 - 1.0 / distance_m))
    assert circle <= len(ring) < 1.1 * circle + 20
