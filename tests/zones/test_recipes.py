"""Recipes of `zones.toml`: distances from lines, published areas, distances from the shore, zones less zones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from offing.errors import BadZone
from offing.zones.offset import body
from offing.zones.recipes import Workshop

NM = 1852.0

# a coast that runs north, closed on the landward side in the west
BASELINE = """baseline,part,no,lon_deg,lat_deg,segment
coast,1,1,121.0,25.0,straight
coast,1,2,121.3,26.0,straight
coast,1,3,121.2,27.0,straight
coast,1,4,121.0,28.0,closing
coast,1,5,119.0,28.0,closing
coast,1,6,119.0,25.0,closing
"""
ISLAND = [[122.0, 26.0], [122.1, 26.02], [122.05, 26.03], [122.12, 26.1], [122.0, 26.08], [122.0, 26.0]]  # with a bay


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """A pack of given zones; gives its workshop."""

    def made(zones: str, areas: str = "", frame: str = "[118, 24, 124, 29]") -> Workshop:
        (tmp_path / "pack.toml").write_text(f'id = "mini"\nversion = "1"\nformat = 2\nframe = {frame}\n', encoding="utf-8")
        (tmp_path / "zones.toml").write_text(zones, encoding="utf-8")
        (tmp_path / "baselines.csv").write_text(BASELINE, encoding="utf-8")
        (tmp_path / "areas.csv").write_text(f"area,part,no,lon_deg,lat_deg,segment\n{areas}", encoding="utf-8")
        island = {"properties": {"id": "i", "coast": "coast-i"}, "geometry": {"coordinates": [ISLAND]}}
        (tmp_path / "coast.geojson").write_text(json.dumps({"features": [island]}), encoding="utf-8")
        return Workshop(tmp_path)

    return made


SEA = """
[[zones]]
id = "sea"
baseline = "coast"
reach_nm = [0, 12]
"""


def test_rings_fit_together(make: Any) -> None:
    """The sea and the ring beyond share their edge, vertex by vertex, and together are all that is landward of the limit."""
    zones = """
[[zones]]
id = "inside"
baseline = ["coast", "coast-i"]
reach_nm = [0, 0]
[[zones]]
id = "sea"
baseline = ["coast", "coast-i"]
reach_nm = [0, 12]
[[zones]]
id = "ring"
baseline = ["coast", "coast-i"]
reach_nm = [12, 24]
[[zones]]
id = "all"
baseline = ["coast", "coast-i"]
reach_nm = [0, 24]
[[zones]]
id = "eez"
baseline = ["coast", "coast-i"]
reach_nm = [12, 200]
"""
    shop = make(zones)
    areas = {name: body(shop.outline(name)) for name in shop.claims}
    assert all(a.is_valid for a in areas.values())
    assert areas["sea"].union(areas["ring"]).symmetric_difference(areas["all"]).area == 0
    assert areas["sea"].intersection(areas["ring"]).area == 0
    frame = shapely.box(118e7, 24e7, 124e7, 29e7)
    assert areas["eez"].union(areas["sea"]).symmetric_difference(frame).area == 0  # 200 miles reach beyond the frame
    assert areas["sea"].contains(areas["inside"])
    edge = {tuple(p) for polygon in shop.outline("sea") for r in polygon for p in r.tolist()}
    ring = {tuple(p) for polygon in shop.outline("ring") for r in polygon for p in r.tolist()}
    landward = {p for p in edge if p[0] == 119e7 or p[1] in (25e7, 28e7)}  # the closing segments
    assert len(edge - landward) > 300 and edge - landward <= ring


def test_edges_of_the_frame_have_points_between(make: Any) -> None:
    shop = make('[[zones]]\nid = "wide"\nbaseline = "coast"\nreach_nm = [0, 200]\n')
    ((ring,),) = shop.outline("wide")
    assert ring.min(axis=0).tolist() == [1180000000, 240000000] and ring.max(axis=0).tolist() == [1240000000, 290000000]
    steps = np.abs(np.diff(ring, axis=0))
    assert steps.max() == 5000000 and (steps.min(axis=1) == 0).all()


def test_an_area_of_published_corners(make: Any, measure: Any) -> None:
    corners = [(122.0, 25.0), (123.5, 25.2), (123.4, 26.7), (122.2, 26.5)]
    kinds = ["loxodrome", "geodesic", "straight", "straight"]
    rows = "".join(f"box,1,{i},{x},{y},{k}\n" for i, ((x, y), k) in enumerate(zip(corners, kinds, strict=True), 1))
    rows += "box,2,1,119,25,straight\nbox,2,2,120,25,straight\nbox,2,3,120,26,straight\n"
    shop = make('[[zones]]\nid = "box"\narea = "box"\n', rows)
    polygons = shop.outline("box")
    assert len(polygons) == 2 and len(polygons[0]) == len(polygons[1]) == 1
    ring = polygons[1][0] / 1e7
    assert {tuple(p) for p in corners} <= {tuple(p) for p in ring.tolist()}
    line = measure.dense(corners, kinds, 50)
    assert measure.nearest(ring, line)[0].max() < 26  # on the line, whose points lie 50 m apart
    assert np.abs(measure.to_edges(line[::20], ring)).max() < 1


ALONG = """adiz,1,1,122.5,25.2,straight
adiz,1,2,123.5,26.0,straight
adiz,1,3,122.0,27.9,along:sea
adiz,1,4,121.28,25.2,straight
"""


@pytest.mark.parametrize("turned", [False, True])
def test_an_area_along_the_limit_of_a_zone(make: Any, measure: Any, turned: bool) -> None:
    rows = ALONG
    if turned:  # the same line the other way round
        order = [(122.0, 27.9, "straight"), (123.5, 26.0, "straight"), (122.5, 25.2, "straight"), (121.28, 25.2, "along:sea")]
        rows = "".join(f"adiz,1,{i},{x},{y},{k}\n" for i, (x, y, k) in enumerate(order, 1))
    shop = make(SEA + '[[zones]]\nid = "adiz"\narea = "adiz"\n', rows)
    area, sea = shop.outline("adiz"), body(shop.outline("sea"))
    ((ring,),) = area
    limit = {tuple(p) for p in shop.outline("sea")[0][0].tolist()}
    followed = np.array([p for p in ring.tolist() if tuple(p) in limit]) / 1e7
    assert len(followed) > 40  # the very vertices of the limit
    assert followed[:, 0].min() > 121.0 and followed[:, 1].min() > 25.1 and followed[:, 1].max() < 28.0  # the seaward way
    polygon = body(area)
    assert polygon.is_valid
    places = {tuple(p) for p in (ring / 1e7).tolist()}
    assert {(122.5, 25.2), (123.5, 26.0), (122.0, 27.9)} <= places
    assert (121.28, 25.2) not in places  # it lies a kilometre within the limit
    assert polygon.intersection(sea).area < 1e-5 * polygon.area and shapely.contains_xy(polygon, 122.4e7, 26.5e7)


def test_zones_less_zones_and_within_zones(make: Any) -> None:
    rows = "box,1,1,121,25,straight\nbox,1,2,123,25,straight\nbox,1,3,123,27,straight\nbox,1,4,121,27,straight\n"
    zones = (
        SEA
        + """
[[zones]]
id = "box"
area = "box"
[[zones]]
id = "less"
area = "box"
less = ["sea", "near"]
[[zones]]
id = "near"
shore = "coast-i"
reach_m = 5000
[[zones]]
id = "held"
shore = ["coast-i"]
reach_m = 60000
within = "sea"
"""
    )
    shop = make(zones, rows)
    areas = {name: body(shop.outline(name)) for name in shop.claims}
    assert all(a.is_valid for a in areas.values())
    whole = areas["less"].union(areas["box"].intersection(areas["sea"].union(areas["near"])))
    assert whole.symmetric_difference(areas["box"]).area < 1e-9 * areas["box"].area
    assert areas["less"].intersection(areas["sea"]).area < 1e-9 * areas["box"].area
    assert areas["held"].within(areas["sea"].buffer(2)) and 0 < areas["held"].area < areas["sea"].area


@pytest.mark.parametrize(
    ("sectors", "reach_of"),
    [
        ("[{from_deg = 120, to_deg = 240, reach_m = 8000}]", lambda b: 8000 if 120 <= b <= 240 else 4000),
        ("[{from_deg = 300, to_deg = 45, reach_m = 1500}]", lambda b: 1500 if b >= 300 or b <= 45 else 4000),
        (
            "[{from_deg = 0, to_deg = 90, reach_m = 6000}, {from_deg = 90, to_deg = 180, reach_m = 2000}]",
            lambda b: 6000 if b <= 90 else 2000 if b <= 180 else 4000,
        ),
    ],
)
def test_another_reach_in_some_directions(make: Any, measure: Any, sectors: str, reach_of: Any) -> None:
    """Places anywhere: the bearing from the middle of the island decides which distance counts."""
    shop = make(f'[[zones]]\nid = "p"\nshore = "coast-i"\nreach_m = 4000\nsectors = {sectors}\n')
    area = body(shop.outline("p"))
    assert area.is_valid
    shore = measure.dense([tuple(p) for p in ISLAND[:-1]], ["normal"] * 5, 20)
    rng = np.random.default_rng(3)
    places = np.column_stack([rng.uniform(121.88, 122.24, 1500), rng.uniform(25.88, 26.22, 1500)])
    distance_m, _ = measure.nearest(places, shore)
    lon, lat = (np.min(ISLAND, axis=0) + np.max(ISLAND, axis=0)) / 2
    bearing = np.array(measure.geod.inv(np.full(1500, lon), np.full(1500, lat), *places.T)[0]) % 360
    reach = np.array([reach_of(b) for b in bearing])
    land = shapely.contains_xy(shapely.Polygon(ISLAND), *places.T)
    ends = np.array([0, 45, 90, 120, 180, 240, 300, 360])
    clear = (np.abs(distance_m - reach) > 5) & (np.abs(bearing[:, None] - ends).min(axis=1) > 0.7)
    found = shapely.contains_xy(area, *(places * 1e7).T)
    assert clear.sum() > 1300 and np.array_equal(found[clear], ((distance_m < reach) | land)[clear])


@pytest.mark.parametrize(
    ("zones", "rows", "says"),
    [
        ('baseline = "none"\nreach_nm = [0, 12]', "", "'none', which the pack lacks"),
        ('baseline = "coast"\nreach_nm = [12]', "", "reach_nm"),
        ('baseline = "coast"\nreach_nm = [12, 3]', "", "must rise"),
        ('baseline = "coast"\nreach_nm = [0, 900]', "", "between 0 and 350"),
        ('baseline = "coast"\narea = "x"', "", "no recipe, or several"),
        ("", "", "no recipe, or several"),
        ('area = "x"', "", "'x', which areas.csv lacks"),
        (
            'area = "x"',
            "x,1,1,121,25,straight\nx,1,2,122,26,straight\nx,1,3,122,25,straight\nx,1,4,121,26,straight\n",
            "crosses",
        ),
        ('area = "x"', "x,1,1,121,25,normal\nx,1,2,122,26,straight\nx,1,3,122,25,straight\n", "normal"),
        ('area = "x"', "x,1,1,121,25,along:y\nx,1,2,122,26,straight\nx,1,3,122,25,straight\n", "'y', which the pack lacks"),
        ('area = "x"', "x,1,1,121,25,along:z\nx,1,2,122,26,straight\nx,1,3,122,25,straight\n", "rests on itself"),
        ('area = "x"', "x,1,1,1,25,straight\nx,1,2,2,26,straight\nx,1,3,2,25,straight\n", "in the frame"),
        ('shore = "coast-i"', "", "`reach_m` is missing"),
        ('shore = "coast-i"\nreach_m = 5000\nwithin = "y"', "", "'y', which the pack lacks"),
        ('shore = "coast-i"\nreach_m = 5000\nless = "z"', "", "rests on itself"),
        ('shore = "coast-i"\nreach_m = 5000\nsectors = [{from_deg = 1, reach_m = 9}]', "", "`to_deg` is missing"),
    ],
)
def test_recipes_that_do_not_fit_are_refused_in_one_sentence(make: Any, zones: str, rows: str, says: str) -> None:
    with pytest.raises(BadZone) as caught:
        make(f'[[zones]]\nid = "z"\n{zones}\n', rows).outline("z")
    assert says in str(caught.value) and "\n" not in caught.value.message
