"""The projection against another library, and boxes that can and cannot be drawn."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import BadParameter
from offing.faces.chart.projection import (
    SEMI_MAJOR_M,
    Extent,
    Projection,
    bounds_deg,
    latitude_deg,
    meridional_deg,
    metres_per_degree,
)
from offing.model.schemas import E7

GEOD = pyproj.Geod(ellps="WGS84")


def test_northings_are_those_of_another_library() -> None:
    lat = np.linspace(-80, 80, 321)
    _, y_m = pyproj.Proj("+proj=merc +ellps=WGS84")(np.zeros_like(lat), lat)
    assert np.allclose(meridional_deg(lat), np.degrees(np.array(y_m) / SEMI_MAJOR_M), atol=1e-9)


@given(st.floats(-84, 84))
def test_the_inverse_gives_the_latitude_back(lat: float) -> None:
    assert latitude_deg(float(meridional_deg(lat))) == pytest.approx(lat, abs=1e-9)


@given(st.floats(-80, 80))
def test_a_degree_of_longitude_is_as_long_as_the_geodesic_says(lat: float) -> None:
    *_, across_m = GEOD.inv(0, lat, 0.001, lat)
    assert metres_per_degree(lat) == pytest.approx(across_m * 1000, rel=1e-6)


@given(st.floats(100, 140), st.floats(-40, 40), st.floats(1, 400))
def test_a_box_is_as_wide_and_as_tall_as_asked(lon: float, lat: float, width_nm: float) -> None:
    box = Extent.around(lon, lat, width_nm, ratio=0.8)
    assert (box.east_deg - box.west_deg) * metres_per_degree(lat) / 1852 == pytest.approx(width_nm)
    assert box.ratio == pytest.approx(0.8)
    assert box.south_deg < lat < box.north_deg


def test_pixels_are_conformal_and_the_corners_are_corners() -> None:
    projection = Projection(Extent(110, 14, 136, 38), 1000)
    assert max(projection.width_px, projection.height_px) == 1000
    assert projection.place(110, 38) == pytest.approx((0, 0), abs=1e-9)
    assert projection.place(136, 14) == pytest.approx((projection.width_px, projection.height_px), abs=1.0)
    (x0, y0), (x1, y1), (x2, y2) = (projection.place(*p) for p in ((120, 25), (120.01, 25), (120, 25.01)))
    *_, east_m = GEOD.inv(120, 25, 120.01, 25)
    *_, north_m = GEOD.inv(120, 25, 120, 25.01)
    assert (x1 - x0) / east_m == pytest.approx((y0 - y2) / north_m, rel=1e-4)
    assert (x1 - x0) / east_m * 1852 == pytest.approx(projection.px_per_nm(25), rel=1e-6)
    assert y1 == pytest.approx(y0) and x2 == pytest.approx(x0)


NO_BOXES = (
    "", "1,2,3", "a,b,c,d", "1,2,3,4,5", "5,1,4,2", "1,5,4,2", "0,80,4,88", "170,0,190,5", "0,0,10,0.5", "0,0,1,40",
    "nan,0,1,1",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_BOXES)
def test_what_is_no_box_is_refused_with_a_next_step(text: str) -> None:
    with pytest.raises(BadParameter) as caught:
        Extent.parse(text)
    assert caught.value.hint


def test_bounds_are_over_all_rings() -> None:
    rings = [np.array([[10 * E7, 5 * E7], [12 * E7, 6 * E7]]), np.array([[9 * E7, 7 * E7], [9 * E7, 8 * E7]])]
    assert bounds_deg(rings) == (9, 5, 12, 8)
    assert bounds_deg([]) is None
