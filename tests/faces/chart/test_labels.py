"""Names: none over another at any scale, none over a symbol, none off the sheet, the important ones first."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from offing.faces.chart.labels import Box, Name, Placed, Row, place, text_width_px

SIZE = (900.0, 700.0)
SCALES = (0.5, 1.0, 1.414, 2.0)


def row(text: str) -> tuple[Row, ...]:
    return (Row((("", text),)),)


def many() -> list[Name]:
    """Sixty points, and twelve lines of which some bend."""
    random = np.random.default_rng(7)
    names = [
        Name(f"p{i}", row(f"Place number {i}"), rank=i, at=(x, y), clear_px=4.0)
        for i, (x, y) in enumerate((random.random((60, 2)) * SIZE).tolist())
    ]
    t = np.linspace(0, 6, 200)
    for i in range(12):
        bend = np.column_stack((t * 150, 50 * i + 30 * np.sin(t * (i % 4)) + 40))
        names.append(Name(f"l{i}", row(f"limit of zone {i}"), rank=100 + i, lines=(bend,), apart_px=400))
    return names


boxes = st.builds(
    Box, st.floats(0, 40), st.floats(0, 40), st.floats(1, 30), st.floats(1, 30), st.floats(-90, 90)
)  # fmt: skip


@given(boxes, boxes)
def test_boxes_meet_as_shapely_says(a: Box, b: Box) -> None:
    shared = shapely.Polygon(a.corners()).intersection(shapely.Polygon(b.corners())).area
    assume(shared == 0 or shared > 1e-6)
    assert a.meets(b) == b.meets(a) == (shared > 0)


@pytest.fixture(scope="module")
def placed() -> list[Placed]:
    return place(many(), SIZE, px_per_nm=3.0, scales=SCALES, symbols=[(450.0, 350.0, 20.0)])


@pytest.mark.parametrize("level", range(len(SCALES)))
def test_no_name_lies_over_another_or_off_the_sheet(placed: list[Placed], level: int) -> None:
    scale = SCALES[level]
    here = [p.name.box(p.spot, scale) for p in placed if level in p.levels]
    assert len(here) > 15
    shapes = [shapely.Polygon(b.corners()) for b in here]
    assert all(a.intersection(b).area < 1e-6 for a, b in itertools.combinations(shapes, 2))
    sheet = shapely.box(0, 0, SIZE[0] * scale, SIZE[1] * scale)
    symbol = shapely.box(450 * scale - 20, 350 * scale - 20, 450 * scale + 20, 350 * scale + 20)
    assert all(sheet.contains(s) and s.intersection(symbol).area < 1e-6 for s in shapes)


def test_the_larger_the_scale_the_more_names(placed: list[Placed]) -> None:
    shown = [sum(level in p.levels for p in placed) for level in range(len(SCALES))]
    assert shown == sorted(shown) and shown[0] < shown[-1]


def test_the_important_name_wins() -> None:
    near = [Name(key, row("the same place"), rank=rank, at=(300.0, 300.0)) for key, rank in (("low", 9), ("high", 1))]
    (one,) = place(near, SIZE, 1.0)
    assert one.name.owner == "high"


def test_a_name_waits_for_its_scale() -> None:
    small = Name("small", row("Islet"), at=(300.0, 300.0), clear_px=4, from_scale=5.0)
    (one,) = place([small], SIZE, 3.0, SCALES)
    assert [SCALES[n] for n in one.levels] == [2.0]


def test_names_along_a_line_follow_it_upright_and_come_again() -> None:
    line = np.array([[880.0, 600.0], [20.0, 100.0]])
    found = place([Name("line", row("a limit"), lines=(line,), apart_px=300)], SIZE, 1.0)
    assert len(found) >= 3
    angle = math.degrees(math.atan2(500, 860))
    assert all(p.spot.angle == pytest.approx(angle, abs=0.5) for p in found)
    path = shapely.LineString(line)
    assert all(2 < path.distance(shapely.Polygon(p.name.box(p.spot, 1.0).corners())) < 4 for p in found)


def test_beside_a_ring_too_small_for_a_text_along_it() -> None:
    turn = np.linspace(0, 2 * np.pi, 60)
    circle = np.column_stack((400 + 30 * np.cos(turn), 300 + 30 * np.sin(turn)))
    circle[-1] = circle[0]
    (one,) = place([Name("ring", row("a limit of two claimants"), lines=(circle,))], SIZE, 1.0)
    assert one.spot.angle == 0
    assert not shapely.Polygon(circle).intersects(shapely.Polygon(one.name.box(one.spot, 1.0).corners()))


def test_the_same_words_are_not_said_twice_near_each_other() -> None:
    seas = [Name(f"g{x}", row("Pacific Ocean"), at=(float(x), 300.0), once_px=300) for x in (200, 400, 700)]
    assert sorted(p.name.owner for p in place(seas, SIZE, 1.0)) == ["g200", "g700"]


def test_on_a_wide_island_the_name_stands_upon_it() -> None:
    (one,) = place([Name("isle", row("Isle"), at=(300.0, 300.0), clear_px=4, radius_px=80)], SIZE, 1.0)
    assert (one.spot.dx, one.spot.dy) == (0, 0)


def test_characters_of_china_and_japan_are_square() -> None:
    assert text_width_px("尖閣諸島", 11) == 44
    assert text_width_px("ill", 11) < text_width_px("mmm", 11) / 2
