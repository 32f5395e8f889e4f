"""The rose of bearings: what is filled, where the bars and the open arc stand, and that the file needs nothing else."""

from __future__ import annotations

import re
from datetime import date
from math import cos, hypot, radians, sin
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from pyproj import Geod

from offing.errors import UsageError
from offing.faces.chart.rose import INNER_PX, MIDDLE_X, MIDDLE_Y, OUTER_PX, draw_rose, rose
from offing.faces.chart.style import Theme
from offing.figures.encirclement import ENCIRCLED, ENCIRCLEMENT, EncirclementParameters, Seen, occupied, widest_open
from offing.pipeline.encirclement import Encirclement

CENTRE = (120.9605, 23.6978)
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = r"-?\d+(?:\.\d+)?"


def found(*bearings: float, sectors: tuple[str, ...] = (), nm: float = 100, fleet: str = "cn-government") -> Encirclement:
    """Ships at these bearings, all at one distance."""
    places = [Geod(ellps="WGS84").fwd(*CENTRE, b, nm * 1852)[:2] for b in bearings]
    rows = occupied(CENTRE, [Seen(n, *p) for n, p in enumerate(places)], sectors, EncirclementParameters())
    taken = [bool(r["occupied"]) for r in rows]
    width, low, high = widest_open(taken)
    summary = dict.fromkeys(ENCIRCLED.names()) | {
        "day": date(2024, 10, 14), "fleet_id": fleet, "centre": "taiwan", "bearings_occupied": sum(taken),
        "share": sum(taken) / 36, "widest_open_deg": width, "open_from_deg": low, "open_to_deg": high, "reach_nm": 200.0,
        "day_rule": "Asia/Taipei 06:00",
        "pack": "east_asia 2 (0123)",
    }  # fmt: skip
    table = pl.DataFrame([{"day": date(2024, 10, 14), **r} for r in rows], schema=ENCIRCLEMENT)
    return Encirclement(table, pl.DataFrame([summary], schema=ENCIRCLED))


def paths(svg: str, **having: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(svg)
    return [p for p in root.iter(f"{SVG}path") if all(p.get(k) == v for k, v in having.items())]


def corners(path: ElementTree.Element) -> list[tuple[float, float]]:
    """The points of a path: east and north of the middle, in pixels."""
    found = re.findall(rf"(?:[ML]|A{NUMBER} {NUMBER} 0 [01] [01] )({NUMBER}) ({NUMBER})", str(path.get("d")))
    return [(float(x) - MIDDLE_X, MIDDLE_Y - float(y)) for x, y in found]


def test_every_bearing_is_drawn_and_the_occupied_ones_are_filled() -> None:
    svg = rose(found(0, 90, 96, 272))
    filled = paths(svg, **{"class": "occupied"})
    assert len(filled) == 4
    titles = [str(t.text) for t in ElementTree.fromstring(svg).iter(f"{SVG}title")]
    assert sum("none seen" in t for t in titles) == 36 - 4
    for want in (0, 90, 100, 270):
        x, y = OUTER_PX * sin(radians(want - 5)), OUTER_PX * cos(radians(want - 5))
        assert any(hypot(a - x, b - y) < 0.2 for p in filled for a, b in corners(p)), want


def test_the_bar_stands_at_the_distance_of_the_nearest_ship() -> None:
    near, far = rose(found(90, nm=50)), rose(found(90, nm=150))
    for svg, share in ((near, 0.25), (far, 0.75)):
        (wedge,) = paths(svg, **{"class": "occupied"})
        (bar,) = [p for p in paths(svg, fill=str(wedge.get("fill"))) if p.get("class") is None]
        distances = {round(hypot(x, y)) for x, y in corners(bar)}
        assert distances == {round(OUTER_PX * share - 4), round(OUTER_PX * share + 4)}
    at_the_middle = paths(rose(found(90, nm=0.5)), **{"class": "occupied"})
    assert {round(hypot(x, y)) for x, y in corners(at_the_middle[0])} == {round(INNER_PX), round(OUTER_PX)}


def test_the_widest_open_arc_is_dashed_where_there_is_one() -> None:
    (arc,) = [p for p in paths(rose(found(0, 90))) if p.get("stroke-dasharray")]
    x, y = corners(arc)[0]
    assert hypot(x - (OUTER_PX + 10) * sin(radians(95)), y - (OUTER_PX + 10) * cos(radians(95))) < 0.2
    assert " 1 1 " in str(arc.get("d")), "260 degrees are the long way round"
    for none in (found(), found(*range(0, 360, 10))):
        assert not [p for p in paths(rose(none)) if p.get("stroke-dasharray")]


def test_what_an_office_says_of_sectors_is_tinted_and_not_filled() -> None:
    svg = rose(found(sectors=("southwest",)))
    assert not paths(svg, **{"class": "occupied"})
    tints = {p.get("fill") for p in paths(svg)}
    assert len(tints) == 2 and len([p for p in paths(svg) if p.get("fill") != "none"]) == 6


def test_it_says_what_it_shows_in_words_that_cannot_break_it() -> None:
    svg = rose(found(0, fleet="<b>&\"'"))
    words = " ".join("".join(e.itertext()) for e in ElementTree.fromstring(svg).iter(f"{SVG}text"))
    for part in (
        "<b>&\"'",
        "2024-10-14",
        "Asia/Taipei 06:00",
        "1 of 36 bearings",
        "350 degrees",
        "Within 200 nm",
        "east_asia 2 (0123)",
    ):
        assert part in words, part


def test_it_needs_nothing_else_and_both_themes_draw() -> None:
    day, night = (rose(found(0, 90), theme) for theme in (Theme.DAY, Theme.NIGHT))
    assert day != night
    for svg in (day, night):
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|<image|href", svg)
        assert "nan" not in svg.lower() and "None" not in svg


def test_it_is_written_as_svg_or_png(tmp_path: Path) -> None:
    draw_rose(found(0, 90), tmp_path / "rose.svg")
    ElementTree.parse(tmp_path / "rose.svg")
    with pytest.raises(UsageError, match=r"neither \.svg nor \.png"):
        draw_rose(found(0), tmp_path / "rose.gif")
    with pytest.raises(UsageError, match="cannot be written"):
        draw_rose(found(0), tmp_path / "nowhere" / "rose.svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["rose.svg"]
