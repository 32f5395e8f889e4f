"""Areas and lengths on the ellipsoid against published values and closed formulas."""

from __future__ import annotations

from math import atanh, pi, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.model.zone import Ring
from offing.zones.measure import area_km2, length_m
from offing.zones.rings import quantised

A_M = 6_378_137.0  # WGS84, NGA.STND.0036
F = 1 / 298.257223563
E2 = F * (2 - F)


def band_km2(south_deg: float, north_deg: float, width_deg: float) -> float:
    """The area between two parallels and two meridians, by the closed formula of the authalic latitude."""

    def q(lat_deg: float) -> float:
        s, e = sin(radians(lat_deg)), sqrt(E2)
        return (1 - E2) * (s / (1 - E2 * s * s) + atanh(e * s) / e)

    return A_M**2 / 2 * radians(width_deg) * (q(north_deg) - q(south_deg)) / 1e6


def cell(west: float, south: float, east: float, north: float, n: int = 1) -> Ring:
    """A cell with `n` edges on each parallel."""
    along = np.linspace(west, east, n + 1)
    points = [*((x, south) for x in along), *((x, north) for x in along[::-1]), (west, south)]
    return quantised(points)


def test_the_formula_gives_the_whole_earth() -> None:
    assert band_km2(-90, 90, 360) == pytest.approx(510_065_621.724, abs=0.001)  # surface of the WGS84 ellipsoid


@given(
    st.floats(-179, 178).map(lambda v: round(v, 7)),
    st.floats(-80, 79).map(lambda v: round(v, 7)),
    st.floats(0.1, 1.0).map(lambda v: round(v, 7)),
)
def test_cells_have_the_area_of_the_formula(west: float, south: float, size: float) -> None:
    ring = cell(west, south, west + size, south + size, n=200)
    assert area_km2(((ring,),)) == pytest.approx(band_km2(south, south + size, size), rel=1e-5)
    assert area_km2(((ring[::-1],),)) == area_km2(((ring,),))


def test_holes_are_left_out_and_parts_added() -> None:
    outer, hole, other = cell(120, 24, 121, 25), cell(120.2, 24.2, 120.4, 24.4), cell(130, 0, 131, 1)
    whole, inner, apart = (area_km2(((r,),)) for r in (outer, hole, other))
    assert area_km2(((outer, hole[::-1]), (other,))) == pytest.approx(whole - inner + apart, rel=1e-12)
    assert area_km2(()) == 0.0


def test_across_the_antimeridian_it_is_the_same() -> None:
    assert area_km2(((cell(179.5, 10, 180.5, 11),),)) == pytest.approx(area_km2(((cell(0, 10, 1, 11),),)), rel=1e-12)


def test_lengths() -> None:
    degree_m = 2 * pi * A_M / 360
    assert degree_m == pytest.approx(111_319.4908, abs=1e-4)
    assert length_m([quantised([(120, 0), (121, 0)])]) == pytest.approx(degree_m, abs=1e-3)
    assert length_m([quantised([(179.5, 0), (-179.5, 0)])]) == pytest.approx(degree_m, abs=1e-3)
    quarter = quantised([(0, lat) for lat in range(91)])
    assert length_m([quarter]) == pytest.approx(10_001_965.729, abs=0.01)  # the quarter meridian of WGS84
    assert length_m([quarter, quarter[::-1]]) == pytest.approx(2 * 10_001_965.729, abs=0.02)
    assert length_m([]) == 0.0


def test_a_step_goes_the_shortest_way() -> None:
    """Flinders Peak to Buninyong, the Australian geodetic survey's worked example (GRS80): 54 972.271 m."""
    line = quantised([(144.42486789, -37.95103342), (143.92649553, -37.65282114)])
    assert length_m([line]) == pytest.approx(54_972.271, abs=0.02)


def test_the_length_of_an_arc_of_the_meridian_is_its_integral() -> None:
    lat = np.radians(np.linspace(20, 30, 20_001))
    rho = A_M * (1 - E2) / (1 - E2 * np.sin(lat) ** 2) ** 1.5
    arc_m = float(np.trapezoid(rho, lat))
    assert length_m([quantised([(122, 20), (122, 30)])]) == pytest.approx(arc_m, abs=0.01)
