"""Lines on the ellipsoid: each kind of segment, points along many, boxes that hold all within a distance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.zones.geodesic import SEGMENT_KINDS, along, box_around, destination, divided


def test_lines_of_each_kind_end_where_they_should() -> None:
    for kind in SEGMENT_KINDS:
        lon, lat, azimuth = along(kind, (119.5, 23.8), (121.0, 25.0), 5_000)
        assert (lon[0], lat[0], lon[-1], lat[-1]) == (119.5, 23.8, 121.0, 25.0)
        assert len(lon) > 30 and np.all(np.diff(lon) > 0) and np.all(np.diff(lat) > 0)
        assert np.all((azimuth > 40) & (azimuth < 60))
    with pytest.raises(ValueError, match="loxodrome"):
        along("zigzag", (0, 0), (1, 1), 5_000)


def test_a_loxodrome_keeps_its_course(measure: Any) -> None:
    lon, lat, azimuth = along("loxodrome", (119.5, 23.8), (121.0, 35.0), 1_000)
    courses = np.array(measure.geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[0])
    assert np.ptp(azimuth) == 0 and np.abs(courses - azimuth[0]).max() < 0.01


def test_a_loxodrome_along_a_parallel_stays_on_it() -> None:
    lon, lat, azimuth = along("loxodrome", (10.0, 50.0), (12.0, 50.0), 10_000)
    assert np.allclose(lat, 50.0, atol=1e-12) and np.all(azimuth == 90.0) and np.all(np.diff(lon) > 0)


def test_many_segments_are_divided_as_one(measure: Any) -> None:
    start = np.array([[120.0, 25.0], [121.0, 26.0], [122.0, 26.0]])
    stop = np.array([[121.0, 26.0], [121.0, 26.0], [122.001, 26.0]])  # a long one, one of no length, a short one
    points, of = divided(start, stop, 500)
    assert np.array_equal(np.unique(of), [0, 1, 2]) and np.bincount(of)[1:].tolist() == [2, 2]
    for i in range(3):
        own = points[of == i]
        assert np.array_equal(own[0], start[i]) and np.array_equal(own[-1], stop[i])
        steps = np.array(measure.geod.inv(*own[:-1].T, *own[1:].T)[2])
        assert steps.max() <= 500.5
    slope = (points[of == 0] - start[0]) @ [1, -1]  # straight in longitude and latitude
    assert np.abs(slope).max() < 1e-12


@given(st.floats(-170, 170), st.floats(-70, 70), st.sampled_from([1_000.0, 22_224.0, 370_400.0]))
def test_a_box_holds_all_within_a_distance(lon: float, lat: float, distance_m: float) -> None:
    west, south, east, north = box_around((lon - 1, lat - 1, lon + 1, lat + 1), distance_m)
    azimuth = np.arange(0, 360, 2.0)
    for x, y in (
        (lon - 1, lat - 1),
        (lon - 1, lat + 1),
        (lon + 1, lat - 1),
        (lon + 1, lat + 1),
        (lon, lat + 1),
        (lon, lat - 1),
    ):
        around_lon, around_lat = destination(np.full(180, x), np.full(180, y), azimuth, distance_m)
        assert around_lon.min() >= west and around_lon.max() <= east
        assert around_lat.min() >= south and around_lat.max() <= north
    assert north - lat - 1 < 1.02 * distance_m / 110_500  # and is hardly larger
