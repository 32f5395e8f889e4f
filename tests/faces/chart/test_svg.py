"""A sheet: well-formed, everything drawn has a title with all its names, doubt is dashed, holes are holes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from small_sea import DISPUTED, FRAME, small_sea

from offing.faces.chart.parts import names_of
from offing.faces.chart.projection import Extent
from offing.faces.chart.style import DASHES
from offing.faces.chart.svg import Sheet, chart, draw
from offing.faces.cli.viewpoint import View

NS = "{http://www.w3.org/2000/svg}"
SEA = small_sea()


@pytest.fixture(scope="module")
def sheet() -> str:
    return chart(SEA, Sheet(FRAME))


@pytest.fixture(scope="module")
def tree(sheet: str) -> ET.Element:
    return ET.fromstring(sheet)


def group(tree: ET.Element, data_id: str) -> ET.Element:
    (found,) = (g for g in tree.iter(f"{NS}g") if g.get("data-id") == data_id)
    return found


def line_of(tree: ET.Element, data_id: str, path: str) -> ET.Element:
    """The stroke that is the outline itself: neither along the inside, nor ticks, nor a case, nor beads."""
    uses = [
        u for u in group(tree, data_id).iter(f"{NS}use") if u.get("href") == path and u.get("class") in ("ink", "ink round")
    ]
    return next(u for u in uses if u.get("clip-path") is None and float(u.get("stroke-width", 0)) < 5)


def drawn_words(tree: ET.Element) -> list[str]:
    return ["".join(t.itertext()) for t in tree.iter(f"{NS}text")]


def test_everything_drawn_has_a_title_with_all_its_names(tree: ET.Element) -> None:
    for what, items in (("zone", SEA.zones), ("gate", SEA.gates), ("line", SEA.lines), ("feature", SEA.features[:3])):
        for item in items:
            title = group(tree, f"{what}:{item.id}").find(f"{NS}title")
            assert title is not None and title.text is not None
            for said in (item.id, item.source, item.confidence, *names_of(item)):
                assert said in title.text
    assert "base:base 1" in {g.get("data-id") for g in tree.iter(f"{NS}g")}
    assert all(g.find(f"{NS}title") is not None for g in tree.iter(f"{NS}g") if "thing" in (g.get("class") or ""))


def test_ids_are_unique_and_every_reference_holds(tree: ET.Element) -> None:
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    wanted = {e.get("href", "").removeprefix("#") for e in tree.iter() if e.get("href")}
    wanted |= {m[1] for e in tree.iter() if (m := re.match(r"url\(#(.+)\)", e.get("clip-path") or ""))}
    assert wanted <= set(ids)


def test_nothing_is_asked_of_another_place(sheet: str) -> None:
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\((?!#)|@import|<script|<image""", sheet)
    assert [v for v in re.findall(r"https?://[^\s\"']+", sheet) if v != "http://www.w3.org/2000/svg"] == []


def test_a_hole_is_cut_out_of_the_inside(tree: ET.Element) -> None:
    holed = group(tree, "zone:holed@aa")
    (area,) = (p for p in holed.iter(f"{NS}path") if p.get("id") == "area-holed.aa")
    assert (area.get("d") or "").count("z") == 2
    (clip,) = holed.iter(f"{NS}clipPath")
    assert clip[0].get("clip-rule") == "evenodd"
    assert ".area{" in (style := tree.findtext(f"{NS}style") or "") and "fill-rule:evenodd" in style


def test_what_is_not_surely_there_is_dashed_and_said(tree: ET.Element) -> None:
    assert line_of(tree, "zone:holed@aa", "#limit-holed.aa").get("stroke-dasharray") is None
    assert line_of(tree, "zone:guess@aa", "#limit-guess.aa").get("stroke-dasharray") == DASHES["approximate"]
    assert line_of(tree, "zone:memory@bb", "#limit-memory.bb").get("stroke-dasharray") == DASHES["recalled"]
    words = drawn_words(tree)
    assert any("ADIZ · AA (approximate)" in w for w in words)
    assert any("Guessed (approximate)" in w for w in words)
    assert any("(recalled)" in w for w in words)
    assert next(group(tree, "feature:guessed").iter(f"{NS}circle")).get("class") == "doubt"


def test_a_computed_line_says_that_it_is_not_agreed(tree: ET.Element) -> None:
    (words,) = (w for w in drawn_words(tree) if "Equidistance A-B" in w)
    assert words.endswith("(computed, not agreed)")


def test_the_very_same_line_of_two_claimants_is_shared_between_them(tree: ET.Element) -> None:
    a, b = (line_of(tree, f"zone:shared@{c}", f"#limit-shared.{c}") for c in ("aa", "bb"))
    assert a.get("stroke-dasharray") == b.get("stroke-dasharray") == "18 18"
    assert {a.get("stroke-dashoffset"), b.get("stroke-dashoffset")} == {"0", "-18"}
    assert sum("24 nm · AA, BB" in w for w in drawn_words(tree)) == 1
    alone = ET.fromstring(chart(SEA.only(claimants=["bb"]), Sheet(FRAME)))
    assert line_of(alone, "zone:shared@bb", "#limit-shared.bb").get("stroke-dasharray") is None


def test_where_the_region_was_cut_no_limit_is_drawn(tree: ET.Element) -> None:
    paths = {p.get("id"): p.get("d") or "" for p in group(tree, "zone:cut@bb").iter(f"{NS}path")}
    assert paths["area-cut.bb"].endswith("z") and not paths["limit-cut.bb"].endswith("z")
    assert len(re.findall(r"-?\d*\.?\d+", paths["limit-cut.bb"])) == 6  # two sides: a start and two steps


@pytest.mark.parametrize("view", View)
def test_a_disputed_name_never_stands_alone(view: View) -> None:
    tree = ET.fromstring(chart(SEA, Sheet(FRAME, view=view)))
    words = "\n".join(drawn_words(tree))
    shown = {language for language, name in DISPUTED.items() if name in words}
    assert shown == (set(DISPUTED) if view is View.ALL else {view.value})
    said = {View.ALL: "Names: all claimants'", View.EN: "Names: English", View.JA: "Names: Japanese"}.get(
        view, "Names: Chinese"
    )
    assert said in words
    assert ("chosen by the reader" in words) == (view is not View.ALL)


def test_gates_have_names_and_sides(tree: ET.Element) -> None:
    words = "\n".join(drawn_words(tree))
    assert "The Narrows" in words and "West Sea" in words and "East Sea" in words
    left, right = (
        next(g for g in tree.iter(f"{NS}g") if side in "".join(g.itertext()) and g.get("data-for")) for side in ("West", "East")
    )
    text = [g.find(f".//{NS}text") for g in (left, right)]
    down = [float(re.findall(r"-?[\d.]+", (t.get("transform") if t is not None else "") or "")[1]) for t in text]
    assert down[0] < 0 < down[1], "the gate runs east, so its left is above it"


def test_the_title_block_says_what_a_reader_must_know(tree: ET.Element) -> None:
    blocks = [g for g in tree.iter(f"{NS}g") if g.get("id") in ("panel", "foot")]
    words = " ".join("".join(t.itertext()) for block in blocks for t in block.iter(f"{NS}text"))
    for said in (
        "Small Sea", "small_sea 1 (0123456789abcdef)", "Mercator, WGS 84", "Computed, not for navigation",
        "(c) OpenStreetMap contributors, ODbL 1.0", "AA", "BB", "AA and BB", "dashes: approximate", "made for a test",
        "10.00°E to 14.00°E, 0.00°N to 3.00°N", "No position was published of nowhere.",
    ):  # fmt: skip
        assert said.casefold() in words.casefold()
    assert re.search(r"\d+ nm", words) and re.search(r"\d+ km", words)


def test_the_legend_holds_only_what_is_on_the_sheet() -> None:
    corner = Extent(12.5, 0.5, 13.5, 1.5)
    tree = ET.fromstring(chart(SEA, Sheet(corner)))
    words = "\n".join(drawn_words(tree))
    assert "contiguous zone" in words and "territorial sea" not in words and "exercise" not in words


def test_degrees_stand_round_the_sheet(tree: ET.Element) -> None:
    words = set(drawn_words(tree))
    assert {"11°E", "12°E", "13°E", "1°N", "2°N"} <= words


def test_the_same_parts_give_the_same_bytes(sheet: str) -> None:
    assert chart(small_sea(), Sheet(FRAME)) == sheet


def test_names_on_the_sheet_do_not_lie_over_each_other() -> None:
    names = draw(SEA, Sheet(FRAME)).names
    boxes = [p.name.box(p.spot, 1.0) for p in names]
    assert len(boxes) > 8
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_ids_and_names_with_signs_are_escaped() -> None:
    odd = replace(SEA.zones[0], id='a<b>&"c', names={"en": 'A <b> & "c"'}, source="x > y")
    tree = ET.fromstring(chart(replace(SEA, zones=(odd,)), Sheet(FRAME)))
    title = group(tree, f"zone:{odd.id}").findtext(f"{NS}title") or ""
    assert 'A <b> & "c"' in title and "x > y" in title


def test_what_has_no_names_is_drawn_without() -> None:
    bare = replace(
        SEA,
        zones=tuple(replace(z, names={}, claimants=(), kind="custom") for z in SEA.zones),
        gates=tuple(replace(g, names={}, left={}, right={}) for g in SEA.gates),
        features=tuple(replace(f, names={}) for f in SEA.features),
    )
    tree = ET.fromstring(chart(bare, Sheet(FRAME, view=View.JA)))
    assert group(tree, "zone:holed@aa") is not None and "NO CLAIMANT" in drawn_words(tree)


def test_empty_waters_can_be_drawn() -> None:
    bare = replace(SEA, zones=(), gates=(), lines=(), features=(), base_points=(), coast={})
    assert ET.fromstring(chart(bare, Sheet(FRAME))).tag == f"{NS}svg"
