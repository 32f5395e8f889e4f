"""Which cells lie near a zone, against geodesics of WGS84."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import BadParameter
from offing.figures.cells import Grid, near_cells

GEOD = pyproj.Geod(ellps="WGS84")


def farthest_nm(zone, cells, cell_deg):
    """For each cell, the geodesic from the zone to the farthest of 25 of its points, in nautical miles."""
    west, south, east, north = Grid(cell_deg).bounds_deg(np.asarray(cells, np.int64))
    rings = [r / 1e7 for polygon in zone.polygons for r in polygon]
    along = np.concatenate([shapely.get_coordinates(shapely.segmentize(shapely.LineString(r), 0.03)) for r in rings])
    shapes = [shapely.Polygon(p[0] / 1e7, [h / 1e7 for h in p[1:]]) for p in zone.polygons]
    worst = np.zeros(len(cells))
    for u in np.linspace(0, 1, 5):
        for v in np.linspace(0, 1, 5):
            x, y = west + u * (east - west), south + v * (north - south)
            inside = np.any([shapely.contains_xy(s, x + turn, y) for s in shapes for turn in (-360, 0, 360)], axis=0)
            for i in np.flatnonzero(~inside):
                _, _, d = GEOD.inv(np.full(len(along), x[i]), np.full(len(along), y[i]), along[:, 0], along[:, 1])
                worst[i] = max(worst[i], d.min() / 1852)
    return worst


@pytest.mark.parametrize("lat", [0.0, 25.7, 62.0, -80.0])
def test_all_cells_are_wholly_near_and_few_are_missing(make_zone, lat):
    zone = make_zone("z@me", [(123.0, lat), (123.33, lat - 0.1), (123.5, lat + 0.2), (123.2, lat + 0.3)])
    near = near_cells(zone, 25, 0.2)
    assert farthest_nm(zone, near, 0.2).max() <= 25
    box = Grid(0.2).cells_in_box(116, lat - 1.2, 131, lat + 1.4)
    others = np.setdiff1d(box, near)
    assert farthest_nm(zone, others, 0.2).min() > 25 * 0.985 - 0.6
    assert set(near) <= set(box)


def test_a_hole_within_reach_is_near_and_a_wide_one_is_not(make_zone):
    outer = [(120.0, 20.0), (124.0, 20.0), (124.0, 24.0), (120.0, 24.0)]
    hole = [(121.0, 21.0), (121.0, 23.0), (123.0, 23.0), (123.0, 21.0)]
    grid = Grid(0.1)
    middle = int(grid.cells_in_box(122.05, 22.05, 122.05, 22.05)[0])
    assert middle in near_cells(make_zone("z@me", outer, hole), 65, 0.1)
    assert middle not in near_cells(make_zone("z@me", outer, hole), 40, 0.1)
    assert middle in near_cells(make_zone("z@me", outer), 2, 0.1)


def test_across_the_antimeridian_it_is_the_same_shape(make_zone):
    ring = [(-1.0, 10.0), (1.0, 10.0), (1.3, 11.0), (-1.0, 11.0)]
    here = near_cells(make_zone("z@me", [(x, y) for x, y in ring]), 40, 0.1)
    moved = [near_cells(make_zone("z@me", [(x + turn, y) for x, y in ring]), 40, 0.1) for turn in (180, -180)]
    row, column = np.divmod(here, 3600)
    want = np.sort(row * 3600 + (column + 1800) % 3600)
    assert moved[0].tolist() == moved[1].tolist() == want.tolist()


def test_a_last_narrow_column(make_zone):
    zone = make_zone("z@me", [(179.0, 0.0), (181.0, 0.0), (181.0, 1.0), (179.0, 1.0)])
    grid = Grid(0.7)  # 360 is no multiple
    near = near_cells(zone, 40, 0.7)
    columns = set((near % grid.columns_n).tolist())
    assert {0, grid.columns_n - 1} <= columns
    assert farthest_nm(zone, near, 0.7).max() <= 40


def test_over_the_pole_and_without_area(make_zone):
    ring = [(x, 89.0) for x in range(0, 360, 30)]
    near = near_cells(make_zone("z@me", ring), 40, 0.5)
    _, south, _, _ = Grid(0.5).bounds_deg(near.astype(np.int64))
    assert south.min() >= 88 and len(near) >= 720
    assert near_cells(make_zone("z@me"), 40).tolist() == []
    with pytest.raises(BadParameter):
        near_cells(make_zone("z@me", ring), 0)


@settings(max_examples=30, deadline=None)
@given(st.floats(-175, 175), st.floats(-70, 70), st.floats(0.05, 1.5), st.floats(5, 60))
def test_more_reach_never_loses_a_cell(make_zone, lon, lat, size, reach):
    zone = make_zone("z@me", [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size)])
    small, big = near_cells(zone, reach, 0.2), near_cells(zone, reach * 1.5, 0.2)
    assert set(small.tolist()) <= set(big.tolist())
    assert (np.diff(big) > 0).all()
