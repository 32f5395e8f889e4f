"""What a user types: points in every form that can be read, and none that could mean two places; ids and names of the pack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import BadParameter, UnknownName
from offing.model.place import Feature, Gate
from offing.zones.pack import Pack
from offing.zones.resolve import looks_like_a_point, parse_point, resolve
from offing.zones.rings import quantised

NOTICE = (120 + 29 / 60 + 20 / 3600, 25 + 15 / 60 + 26 / 3600)  # a notice of August 2022 prints it 25-15.26N 120-29.20E
UOTSURI = (123 + 28.4 / 60, 25 + 44.6 / 60)  # as the Diaoyu Dao site prints it


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("24.45,122.93", 122.93, 24.45),
        (" -24.45 , -122.93 ", -122.93, -24.45),
        ("24.45N 122.93E", 122.93, 24.45),
        ("24.45°S, 122.93°W", -122.93, -24.45),
        ("N24.45 E122.93", 122.93, 24.45),
        ("122.93e 24.45n", 122.93, 24.45),
        ("25°44.6'N 123°28.4'E", *UOTSURI),
        ("25°44.6′N，123°28.4′E", *UOTSURI),
        ("N25°44.6' E123°28.4'", *UOTSURI),
        ("北緯25度44.6分 東経123度28.4分", *UOTSURI),
        ("北纬25度44.6分、东经123度28.4分", *UOTSURI),
        ("25°44'36\"N 123°28'24\"E", *UOTSURI),
        ("25°44’36”N 123°28’24”E", *UOTSURI),
        ("25-15-26N 120-29-20E", *NOTICE),
        ("25°15'26''N 120°29'20''E", *NOTICE),
        ("0,180", 180, 0),
        ("90,0", 0, 90),
    ],
)
def test_points_that_are_read(text: str, lon: float, lat: float) -> None:
    assert looks_like_a_point(text)
    assert parse_point(text) == pytest.approx((lon, lat), abs=1e-12)


@pytest.mark.parametrize(
    "text",
    ["25-15.26N 120-29.20E", "25°15.26N 120°29.20E", "25.15.26N 120.29.20E", "25 15.26N 120 29.20E", "25:15.26N 120:29.20E"],
)
def test_minutes_and_seconds_with_a_dot_are_never_read_as_decimals(text: str) -> None:
    with pytest.raises(BadParameter, match="two ways") as error:
        parse_point(text)
    assert "25°15'26\"N" in error.value.hint and "25°15.26'N" in error.value.hint


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("122.93,24.45", "Latitude comes first: 24.45,122.93"),
        ("91,181", "no place"),
        ("91N 12E", "no place"),
        ("24N 180.1E", "no place"),
        ("25°60'N 123°28'E", "before 60"),
        ("25°59'60\"N 123°28'00\"E", "before 60"),
        ("24N 25S", "one latitude and one longitude"),
        ("24.45", "no point"),
        ("24.45 122.93", "no point"),
        ("24,45;122,93", "no point"),
        ("25.5°30'N 123°E", "no point"),
        ("-24N 120E", "no point"),
        ("24N 120E 5", "no point"),
    ],
)
def test_points_that_are_refused(text: str, why: str) -> None:
    assert looks_like_a_point(text)
    with pytest.raises(BadParameter) as error:
        parse_point(text)
    assert why in str(error.value)


@given(st.integers(-90_0000, 90_0000), st.integers(-180_0000, 180_0000))
def test_decimal_points_come_back(lat: int, lon: int) -> None:
    text = f"{lat / 1e4},{lon / 1e4}"
    assert parse_point(text) == (lon / 1e4, lat / 1e4)


@given(st.text(alphabet="0123456789NSEW°'\".,;- ", max_size=24))
def test_any_other_text_is_refused_in_words(text: str) -> None:
    try:
        lon, lat = parse_point(text)
        assert abs(lat) <= 90 and abs(lon) <= 180
    except BadParameter:
        pass


def feature(name: str, kind: str = "island", **about: object) -> Feature:
    return replace(Feature(name, kind, {"en": name.title()}, 123.4733, 25.7433, uncertainty_m=900.0), **about)  # type: ignore[arg-type]


@pytest.fixture
def named(pack: Pack) -> Pack:
    """The pack with features and a gate whose names are disputed, shared, or not placed."""
    names = {"en": "Uotsuri Shima / Diaoyu Dao / Diaoyutai", "ja": "魚釣島", "zh-Hant": "釣魚臺", "zh-Hans": "钓鱼岛"}
    features = [
        feature("uotsuri", names=names, aliases=("Uotsuri-jima",), claimants=("jp", "cn", "tw")),
        feature("north", kind="rock", names={"en": "North Rock", "zh-Hans": "北屿"}),
        feature("north-two", kind="rock", names={"en": "North Rock (Pratas)"}),
        feature("miyako", kind="cape", names={"en": "Miyako Island"}),
        feature("nowhere", lon_deg=None, lat_deg=None, note="only a name was published"),
        feature("tip", kind="cape"),
    ]
    gate = Gate(
        "miyako", "strait", {"en": "Miyako Strait", "ja": "宮古海峡 (島の間)"}, {}, {}, (quantised([(125, 24), (127, 26)]),)
    )
    return replace(pack, features={f.id: f for f in features}, gates={gate.id: gate}, lines={})


@pytest.mark.parametrize(
    "text",
    ["uotsuri", "feature:uotsuri", "Diaoyu Dao", "diaoyudao", "DIAOYUTAI", "uotsuri jima", "魚釣島", "釣魚臺", " 钓鱼岛 "],
)
def test_a_feature_by_any_of_its_names(named: Pack, text: str) -> None:
    place = resolve(named, text)
    assert (place.id, place.kind) == ("uotsuri", "feature")
    assert place.names["en"] == "Uotsuri Shima / Diaoyu Dao / Diaoyutai"


def test_names_that_mean_several_things_are_listed(named: Pack) -> None:
    for text, ids in (("North Rock", ["feature:north", "feature:north-two"]), ("miyako", ["feature:miyako", "gate:miyako"])):
        with pytest.raises(UnknownName) as error:
            resolve(named, text)
        assert error.value.data["known"] == ids and all(i in str(error.value) for i in ids)
    assert resolve(named, "gate:miyako").what == "gate"
    assert resolve(named, "宮古海峡").kind == "gate"
    with pytest.raises(UnknownName, match="Did you mean"):
        resolve(named, "uotsury")
    with pytest.raises(BadParameter, match=r"No position of Nowhere was published\. only a name"):
        resolve(named, "nowhere")


def test_an_island_is_its_coast_and_a_cape_is_a_point(named: Pack) -> None:
    """ "Uotsuri is land at 25.744N 123.474E"."""
    island, cape = resolve(named, "uotsuri"), resolve(named, "tip")
    assert (island.what, island.uncertainty_m) == ("coast", None)
    assert island.shape.holds(np.array([[123.474, 25.744]]))[0]
    assert (cape.what, cape.uncertainty_m) == ("position", 900.0)
    assert cape.shape.lines[0].tolist() == [[1234733000, 257433000]]
    rock = resolve(replace(named, features={"r": feature("r", kind="rock", lon_deg=126.0)}), "r")
    assert (rock.what, rock.uncertainty_m) == ("position", 900.0), "no land is known there"


def test_a_group_is_its_islands(named: Pack) -> None:
    group = feature("group", kind="island_group", lat_deg=26.5, group="group", uncertainty_m=50_000.0)
    members = [feature("uotsuri", group="group"), feature("rock", kind="rock", lon_deg=126.0, group="group")]
    place = resolve(replace(named, features={f.id: f for f in (group, *members)}), "group")
    assert (place.what, place.uncertainty_m) == ("islands", 900.0)
    assert (len(place.shape.polygons), len(place.shape.lines)) == (1, 1)
    alone = resolve(replace(named, features={"group": group}), "group")
    assert (alone.what, alone.uncertainty_m) == ("position", 50_000.0)


def test_points_and_zones(named: Pack) -> None:
    point = resolve(named, "24.45,122.93")
    assert (point.kind, point.id, point.uncertainty_m) == ("point", "24.45,122.93", None)
    assert resolve(named, point.id).shape.lines[0].tolist() == [[1229300000, 244500000]]
    zone = resolve(named, "taiwan-contiguous-zone@tw")
    assert (zone.kind, zone.what, zone.zone) == ("zone", "zone", named.zones["taiwan-contiguous-zone@tw"])
    with pytest.raises(UnknownName):
        resolve(named, "taiwan-contiguous-zone@tw", zones={})
