"""Offsets from any baseline: every kind of segment, any latitude, across the antimeridian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.zones.geodesic import SEGMENT_KINDS, along
from offing.zones.offset import Baseline, Part, between, inside, within

KINDS = list(SEGMENT_KINDS)


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
    wrapped = [((x + 180) % 360 - 180, y) for x, y in corners]
    baseline = Baseline("b", (Part(tuple(p[0] for p in wrapped), tuple(p[1] for p in wrapped), tuple(kinds)),))
    near = measure.dense(corners, kinds, 60)
    (polygon,) = within(baseline, distance_m)
    for ring in polygon:
        off = measure.nearest(measure.samples(ring / 1e7, 150), near)[0] - distance_m
        assert np.abs(off).max() < 2.5
    assert np.ptp(polygon[0][:, 0]) < 10e7  # in one piece, also across the antimeridian


def test_two_islands_closer_than_twice_the_distance_are_one() -> None:
    def square(lon: float) -> Part:
        return Part((lon, lon + 0.01, lon + 0.01, lon), (25.0, 25.0, 25.01, 25.01), ("normal",) * 4)

    near, far = Baseline("near", (square(123.0), square(123.3))), Baseline("far", (square(123.0), square(123.6)))
    assert (len(within(near, 22_224)), len(within(far, 22_224)), len(inside(near))) == (1, 2, 2)
    (ring,) = between(far, 22_224, 44_448)
    assert len(ring) == 3  # one outer edge round both, a hole at each


def test_lines_of_each_kind_end_where_they_should() -> None:
    for kind in KINDS:
        lon, lat, azimuth = along(kind, 119.5, 23.8, 121.0, 25.0, 5_000)
        assert (lon[0], lat[0], lon[-1], lat[-1]) == (119.5, 23.8, 121.0, 25.0)
        assert len(lon) > 30 and np.all(np.diff(lon) > 0) and np.all(np.diff(lat) > 0)
        assert np.all((azimuth > 40) & (azimuth < 60))
    with pytest.raises(ValueError, match="loxodrome"):
        along("zigzag", 0, 0, 1, 1, 5_000)


def test_a_loxodrome_keeps_its_course(measure: Any) -> None:
    lon, lat, azimuth = along("loxodrome", 119.5, 23.8, 121.0, 35.0, 1_000)
    courses = np.array(measure.geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[0])
    assert np.ptp(azimuth) == 0 and np.abs(courses - azimuth[0]).max() < 0.01


def test_a_loxodrome_along_a_parallel_stays_on_it() -> None:
    lon, lat, azimuth = along("loxodrome", 10.0, 50.0, 12.0, 50.0, 10_000)
    assert np.allclose(lat, 50.0, atol=1e-12) and np.all(azimuth == 90.0) and np.all(np.diff(lon) > 0)
