"""What is drawn: a choice of parts, and a box round a place by name."""

from __future__ import annotations

import pytest
from small_sea import small_sea

from offing.errors import BadParameter, OffingError, UnknownName
from offing.faces.chart.parts import around, names_of, parts_of
from offing.faces.chart.projection import metres_per_degree
from offing.pipeline.waters import Waters, of_region

SEA = small_sea()


@pytest.fixture(scope="module")
def waters() -> Waters:
    return of_region("east_asia")


def test_a_choice_keeps_what_it_names() -> None:
    assert {z.id for z in SEA.only(kinds=["contiguous_zone", "eez"]).zones} == {"shared@aa", "shared@bb", "cut@bb"}
    assert SEA.only(kinds=["strait"]).gates == SEA.gates and not SEA.only(kinds=["strait"]).zones
    of_bb = SEA.only(claimants=["bb"])
    assert {z.id for z in of_bb.zones} == {"shared@bb", "cut@bb", "memory@bb", "agreed"}
    assert of_bb.gates and of_bb.lines, "nobody claims the gate, and bb is a party to the line"
    one = SEA.only(ids=["holed@aa"])
    assert [i.id for i in one.ruled] == ["holed@aa"] and one.features == SEA.features


@pytest.mark.parametrize("choice", [{"kinds": ["sea"]}, {"claimants": ["us"]}, {"ids": ["holed@bb"]}])
def test_an_unknown_choice_is_refused(choice: dict[str, list[str]]) -> None:
    with pytest.raises(UnknownName) as caught:
        SEA.only(**choice)
    assert caught.value.hint


def test_the_choice_does_not_change_colours() -> None:
    assert SEA.only(claimants=["bb"]).claimants == SEA.claimants


def test_names_that_no_font_can_draw_are_left_out_and_english_stays() -> None:
    bare = SEA.without({"岩", "狭"})
    assert bare.features[0].names == {"en": "Alpha Rock / Beta Rock"}
    assert set(bare.gates[0].names) == {"en", "zh-Hant"}
    assert all(i.names["en"] for i in bare.items)


def test_everything_of_a_pack_is_a_part(waters: Waters) -> None:
    parts = parts_of(waters)
    assert {z.id for z in parts.zones} == set(waters.zones)
    assert len(parts.gates) == len(waters.pack.gates) and len(parts.features) == len(waters.pack.features)
    assert parts.coast and parts.base_points
    assert {"cn", "jp", "tw"} <= set(parts.claimants)
    assert any(b.short == "T1" and b.baseline == "taiwan-2009" for b in parts.base_points)
    f = parts.frame
    assert (f.west_deg, f.south_deg, f.east_deg, f.north_deg) == (110, 14, 136, 38)


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [("uotsuri", 123.477, 25.745), ("魚釣島", 123.477, 25.745), ("24.45,122.93", 122.93, 24.45), ("kinmen", 118.3, 24.35)],
)
def test_a_box_round_a_place(waters: Waters, text: str, lon: float, lat: float) -> None:
    box, names = around(waters, text, 60)
    assert (box.west_deg + box.east_deg) / 2 == pytest.approx(lon, abs=0.1)
    assert box.south_deg < lat < box.north_deg
    assert (box.east_deg - box.west_deg) * metres_per_degree(lat) / 1852 == pytest.approx(60, rel=0.005)
    assert names["en"]


def test_a_group_is_shown_whole_and_by_all_its_names(waters: Waters) -> None:
    box, names = around(waters, "senkaku")
    assert box.west_deg < 123.4 and box.east_deg > 124.6
    assert names["en"] == "Senkaku Islands / Diaoyu Dao / Diaoyutai"


def test_without_a_width_a_gate_fits(waters: Waters) -> None:
    box, _ = around(waters, "gate:miyako")
    assert box.west_deg < 125.4 and box.east_deg > 127.7 and box.south_deg < 24.7 and box.north_deg > 26.1


@pytest.mark.parametrize("text", ["Atlantis", "", "erdan"])
def test_a_place_that_is_not_there(waters: Waters, text: str) -> None:
    with pytest.raises(OffingError) as caught:
        around(waters, text)
    assert isinstance(caught.value, (UnknownName, BadParameter))


def test_every_name_is_said_once() -> None:
    assert names_of(SEA.features[1]) == ("Isle", "島", "岛")
