"""Outlines: cut as another library cuts, thinned within what an eye can tell, holes kept, the frame's edges no limits."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from small_sea import FRAME, ring, square

from offing.faces.chart.outlines import BEYOND_PX, FINEST_PX, Outliner
from offing.faces.chart.projection import Extent, Projection

OUTLINER = Outliner(Projection(FRAME, 1000))


def read_path(data: str) -> list[npt.NDArray[np.float64]]:
    """The points of path data that holds relative steps only."""
    lines = []
    for part in re.findall(r"M[^M]+", data):
        start, steps = part[1:].rstrip("z").split("l")
        numbers = [float(v) for v in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", f"{start} {steps}")]
        lines.append(np.cumsum(np.array(numbers).reshape(-1, 2), axis=0))
    return lines


def test_a_hole_stays_a_hole() -> None:
    (polygon,) = OUTLINER.areas([(square(11, 1, 1), square(11.3, 1.3, 0.3, clockwise=True))])
    assert len(polygon) == 2
    data = OUTLINER.data(polygon, closed=True)
    assert data.count("M") == data.count("z") == 2


@given(st.lists(st.tuples(st.floats(8, 16), st.floats(-2, 5)), min_size=3, max_size=12, unique=True))
def test_areas_are_cut_as_shapely_intersects(points: list[tuple[float, float]]) -> None:
    hull = shapely.convex_hull(shapely.MultiPoint(points))
    if hull.geom_type != "Polygon" or hull.area < 1e-3:
        return
    outer = ring(*shapely.get_coordinates(hull).tolist())
    sheet = shapely.box(*OUTLINER.box)
    wanted = shapely.Polygon(OUTLINER.projection.ring_pixels(outer)).intersection(sheet)
    got = shapely.union_all([shapely.Polygon(rings[0], rings[1:]) for rings in OUTLINER.areas([[outer]])])
    assert got.symmetric_difference(wanted).area <= FINEST_PX * (wanted.length + 4)


def test_what_is_off_the_sheet_is_not_drawn() -> None:
    assert OUTLINER.areas([[square(30, 30, 1)]]) == [] and OUTLINER.lines([square(30, 30, 1)]) == []


def test_small_land_is_left_out_by_size_only() -> None:
    tiny = square(11, 1, 0.001)
    assert OUTLINER.areas([[tiny]], least_px2=1.0) == []
    assert len(OUTLINER.areas([[square(11, 1, 0.1)]], least_px2=1.0)) == 1


def test_what_is_thinned_to_nothing_is_no_ring() -> None:
    splinter = ring((11, 1), (12, 1), (12, 1.0001), (11, 1.0001), (11, 1))
    assert OUTLINER.areas([[splinter]]) == []
    (polygon,) = OUTLINER.areas([[square(10.5, 0.5, 2), splinter[::-1]]])
    assert [len(r) for r in polygon] == [5]


def test_a_line_reads_back_within_what_an_eye_can_tell() -> None:
    lon = np.linspace(10.1, 13.9, 4000)
    wave = ring(*np.column_stack((lon, 1.5 + np.sin(lon * 9))).tolist())
    (line,) = OUTLINER.lines([wave])
    (read,) = read_path(OUTLINER.data([line], closed=False))
    assert len(read) < 400
    true = shapely.LineString(OUTLINER.projection.ring_pixels(wave))
    assert shapely.hausdorff_distance(shapely.LineString(read), true) < FINEST_PX + 0.15


def test_where_the_waters_were_cut_nothing_is_drawn() -> None:
    in_the_corner = square(13, 2, 1)
    assert sum(map(_length, OUTLINER.lines([in_the_corner]))) == pytest.approx(4 * OUTLINER.projection.px_per_deg, rel=0.01)
    (limit,) = OUTLINER.lines([in_the_corner], FRAME)
    assert _length(limit) == pytest.approx(2 * OUTLINER.projection.px_per_deg, rel=0.01)
    assert all(0 < x < 1000 or 0 < y < OUTLINER.projection.height_px for x, y in limit.tolist())


def test_a_whole_ring_is_one_line_though_it_was_cut_at_its_first_vertex() -> None:
    outliner = Outliner(Projection(Extent(11.2, 0.5, 13, 2), 1000))
    (limit,) = outliner.lines([square(11, 1, 1)])  # its west side is beyond the sheet
    assert len(limit) == 4
    assert limit[:, 0].min() == pytest.approx(-BEYOND_PX, abs=1)
    (closed,) = outliner.lines([square(11.5, 1, 0.4)])
    assert np.array_equal(closed[0], closed[-1])


def _length(line: npt.NDArray[np.float64]) -> float:
    return float(shapely.LineString(line).length)
