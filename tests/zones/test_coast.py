"""The coast of the pack: whose it is, where it lies, and that limits measured from all of it are right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from offing.errors import BadZone
from offing.zones import coast_cut
from offing.zones.coast import frame_of, points_of, read_lines
from offing.zones.offset import Baseline, body, within

NM = 1852.0
GEOD = Geod(ellps="WGS84")
TO_SPACE = Transformer.from_pipeline(
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84"
)


@pytest.fixture(scope="module")
def lines(folder: Path) -> dict[str, Baseline]:
    return read_lines(folder)


@pytest.fixture(scope="module")
def rings(folder: Path) -> dict[str, list[Any]]:
    """The coast's rings by coast, read from the file without the code under test."""
    found: dict[str, list[Any]] = {}
    for feature in json.loads((folder / "coast.geojson").read_text(encoding="utf-8"))["features"]:
        found.setdefault(feature["properties"]["coast"], []).append(np.array(feature["geometry"]["coordinates"][0]))
    return found


@pytest.mark.parametrize(
    ("coast", "lon", "lat", "place"),
    [
        ("coast-senkaku", 123.474, 25.744, "Uotsuri, which some coast lines draw three nautical miles off"),
        ("coast-tw", 121.0, 24.0, "Taiwan"),
        ("coast-tw", 122.0786, 25.63, "Pengjia"),
        ("coast-tw", 121.54, 22.04, "Lanyu"),
        ("coast-penghu", 119.61, 23.56, "Magong"),
        ("coast-kinmen", 118.38, 24.458, "Kinmen"),
        ("coast-kinmen", 118.246, 24.43, "Lieyu"),
        ("coast-dadan", 118.163, 24.392, "Dadan"),
        ("coast-matsu", 119.934, 25.973, "Xiju"),
        ("coast-matsu", 120.497, 26.37, "Dongyin"),
        ("coast-wuqiu", 119.4545, 24.9893, "Wuqiu"),
        ("coast-pratas", 116.726, 20.703, "Pratas"),
        ("coast-cn", 118.12, 24.48, "Xiamen"),
        ("coast-cn", 118.33, 24.556, "Dadeng"),
        ("coast-cn", 110.0, 19.5, "Hainan"),
        ("coast-jp", 122.99, 24.456, "Yonaguni"),
        ("coast-jp", 129.3, 34.4, "Tsushima"),
        ("coast-jp", 131.24, 25.84, "Minami Daito"),
        ("coast-kr", 126.5, 33.4, "Jeju"),
        ("coast-kr", 124.67, 37.95, "Baengnyeong"),
        ("coast-kp", 125.7, 39.0, "Pyongyang"),
        ("coast-ph", 121.97, 20.45, "Batan"),
        ("coast-vn", 105.8, 21.0, "Hanoi"),
    ],
)
def test_whose_shore_it_is(rings: dict[str, list[Any]], coast: str, lon: float, lat: float, place: str) -> None:
    found = [name for name, parts in rings.items() for r in parts if shapely.contains_xy(shapely.Polygon(r), lon, lat)]
    assert found == [coast], place


def test_the_outlines_say_the_same_of_uotsuri(lines: dict[str, Baseline]) -> None:
    features = body([(p.ring(),) for p in lines["senkaku-features"].parts])
    assert features.contains(shapely.Point(123.474e7, 25.744e7))


def test_land_is_whole_and_lies_apart(rings: dict[str, list[Any]]) -> None:
    polygons = [shapely.Polygon(r) for parts in rings.values() for r in parts]
    assert all(p.is_valid and p.exterior.is_ccw for p in polygons)
    tree = shapely.STRtree(polygons)
    pairs = tree.query(polygons, predicate="overlaps")
    overlap = sum(polygons[i].intersection(polygons[j]).area for i, j in pairs.T)
    assert overlap < 1e-8  # cuts are rounded to a metre


def test_the_coast_reaches_far_enough(folder: Path, lines: dict[str, Baseline]) -> None:
    """A place in the frame misses no shore within 200 nautical miles: only cuts end at the box, and those are no shore."""
    frame = frame_of(folder)
    assert frame == (110, 14, 136, 38)
    west, south, east, north = 105, 10, 141, 42
    for x, y in ((110, 38), (110, 14), (136, 38), (136, 14)):
        lon, lat, _ = GEOD.fwd(np.full(360, x), np.full(360, y), np.arange(360.0), np.full(360, 200 * NM))
        assert lon.min() > west and lon.max() < east and lat.min() > south and lat.max() < north
    for name, baseline in lines.items():
        lon, lat = points_of(baseline, 5_000)
        assert lon.min() >= west and lon.max() <= east and lat.min() >= south and lat.max() <= north, name
    for part in (p for b in lines.values() for p in b.parts):
        corners = part.corners()
        for side, at in ((0, west), (0, east), (1, south), (1, north)):
            along = (corners[:-1, side] == at) & (corners[1:, side] == at)
            assert all(part.kinds[i] == "closing" for i in np.flatnonzero(along))


class Shore:
    """Distances from a coast by force: all its edges are tried, then pyproj's geodesics to points close along the nearest."""

    def __init__(self, folder: Path, coasts: tuple[str, ...]) -> None:
        edges = []
        for feature in json.loads((folder / "coast.geojson").read_text(encoding="utf-8"))["features"]:
            if feature["properties"]["coast"] in coasts:
                ring = np.array(feature["geometry"]["coordinates"][0])
                own = np.hstack([ring[:-1], ring[1:]])
                edges.append(np.delete(own, feature["properties"].get("closing", []), axis=0))
        self.edges = np.vstack(edges)
        self.half_m = np.array(GEOD.inv(*self.edges.T)[2]) / 2
        self.middle = in_space((self.edges[:, :2] + self.edges[:, 2:]) / 2)

    def distance_m(self, points: Any) -> Any:
        t = np.linspace(0, 1, 201)[:, None]
        out = []
        for place, here in zip(points, in_space(points), strict=True):
            chord = np.linalg.norm(self.middle - here, axis=1)
            may = np.flatnonzero(chord - self.half_m <= (chord + self.half_m).min() + 5)
            along = np.vstack([self.edges[i, :2] + t * (self.edges[i, 2:] - self.edges[i, :2]) for i in may])
            out.append(np.min(GEOD.inv(*np.full_like(along, place).T, *along.T)[2]))
        return np.array(out)


def in_space(points: Any) -> Any:
    return np.column_stack(TO_SPACE.transform(*points.T, np.zeros(len(points))))


def on_limit(area: Any, frame: Any, n: int, measure: Any) -> Any:
    """About n places along all edges of an area that are no edges of the frame, middles of chords among them."""
    places = []
    for ring in (ring / 1e7 for polygon in area for ring in polygon):
        lon, lat = measure.samples(ring, n).T
        in_frame = (lon > frame[0] + 1e-6) & (lon < frame[2] - 1e-6) & (lat > frame[1] + 1e-6) & (lat < frame[3] - 1e-6)
        places.append(np.column_stack([lon, lat])[in_frame])
    found = np.vstack(places)
    return found[:: max(1, len(found) // n)]


@pytest.mark.parametrize(
    ("coasts", "distance_m"),
    [
        (("coast-kinmen", "coast-dadan"), 4_000.0),
        (("coast-jp",), 12 * NM),
        (("coast-kr",), 24 * NM),
        (("coast-jp",), 200 * NM),
    ],
)
def test_limits_from_all_of_a_coast(
    folder: Path, lines: dict[str, Baseline], measure: Any, coasts: tuple[str, ...], distance_m: float
) -> None:
    """A thousand places on each limit, and places anywhere: what lies within the distance, and only that, is inside."""
    frame = frame_of(folder)
    assert frame is not None
    area = within(Baseline("b", tuple(p for c in coasts for p in lines[c].parts)), distance_m, frame)
    shore = Shore(folder, coasts)
    places = on_limit(area, frame, 1000, measure)
    off = shore.distance_m(places) - distance_m
    print(f"{coasts[0]} {distance_m:.0f} m: {len(places)} places, {off.min():.2f} to {off.max():.2f} m off")
    assert len(places) >= 1000 and np.abs(off).max() < 2.0  # 20 m are allowed; a chord is allowed 5 m and takes 1
    whole = body(area)
    assert whole.is_valid and all(shapely.Polygon(p[0], p[1:]).is_valid for p in area)
    rng = np.random.default_rng(7)
    west, south, east, north = np.array(whole.buffer(1e6).bounds) / 1e7
    anywhere = np.column_stack([rng.uniform(max(west, frame[0]), min(east, frame[2]), 400), np.zeros(400)])
    anywhere[:, 1] = rng.uniform(max(south, frame[1]), min(north, frame[3]), 400)
    near = shore.distance_m(anywhere)
    land = shapely.union_all([shape for c in coasts for shape in (body([(p.ring(),)]) for p in lines[c].parts)])
    inside = (near < distance_m) | shapely.contains_xy(land, *(anywhere * 1e7).T)
    clear = np.abs(near - distance_m) > 2
    assert np.array_equal(shapely.contains_xy(whole, *(anywhere * 1e7).T)[clear], inside[clear])
    print(f"{inside.sum()} of 400 places lie within")


def test_points_along_a_line(measure: Any) -> None:
    from offing.zones.offset import Part

    square = Part([120.0, 121.0, 121.0, 120.0], [25.0, 25.0, 26.0, 26.0], ("straight", "loxodrome", "geodesic", "closing"))
    lon, lat = points_of(Baseline("b", (square,)), 1_000)
    points = np.column_stack([lon, lat])
    want = measure.dense(list(zip(square.lon_deg, square.lat_deg, strict=True)), list(square.kinds), 100)
    want = want[~((want[:, 0] == 120.0) & (want[:, 1] > 25.0) & (want[:, 1] < 26.0))]
    assert measure.nearest(points, want)[0].max() < 60 and measure.nearest(want, points)[0].max() < 505
    assert not ((lon == 120.0) & (lat > 25.0) & (lat < 26.0)).any()


WORLD = {
    "type": "GeometryCollection",
    "geometries": [
        {
            "type": "MultiPolygon",
            "coordinates": [
                # a mainland that two coasts share and the box cuts, with a lake; an island in the lake; an island at sea
                [
                    [[100, 20], [121, 20], [121.5, 25.12345], [121, 30], [100, 30], [100, 20]],
                    [[118, 24], [118, 26], [119, 26], [119, 24], [118, 24]],
                ],
                [[[118.4, 25], [118.6, 25], [118.5, 25.1], [118.4, 25]]],
                [[[123, 25], [123.01, 25], [123.01, 25.01], [123, 25.01], [123, 25]]],
                [[[10, 50], [11, 50], [11, 51], [10, 50]]],
            ],
        }
    ],
}
AREAS = """coast,no,lon_deg,lat_deg
coast-b,1,122,20
coast-b,2,125,20
coast-b,3,125,30
coast-b,4,122,30
coast-a,1,90,10
coast-a,2,122.9,10
coast-a,3,122.9,27
coast-a,4,90,27
"""


@pytest.fixture
def cut_pack(tmp_path: Path) -> tuple[Path, Path]:
    world, folder = tmp_path / "map.geo.json", tmp_path / "pack"
    folder.mkdir()
    world.write_text(json.dumps(WORLD), encoding="utf-8")
    (folder / "pack.toml").write_text('id = "x"\nformat = 2\nframe = [120, 24, 122, 26]\n', encoding="utf-8")
    (folder / "coast_areas.csv").write_text(AREAS, encoding="utf-8")
    return world, folder


def test_cutting_keeps_vertices_and_says_what_is_no_shore(cut_pack: tuple[Path, Path]) -> None:
    world, folder = cut_pack
    target = coast_cut.cut(world, folder)
    features = json.loads(target.read_text(encoding="utf-8"))["features"]
    found = {f["properties"]["id"]: f for f in features}
    assert list(found) == ["other-1", "coast-b-1", "coast-a-1"]  # what lies in no area comes first
    ring = [tuple(p) for p in found["coast-a-1"]["geometry"]["coordinates"][0]]
    closing = found["coast-a-1"]["properties"]["closing"]
    shore = {frozenset((ring[i], ring[i + 1])) for i in range(len(ring) - 1) if i not in closing}
    assert (121.5, 25.12345) in ring and len(found["coast-a-1"]["geometry"]["coordinates"]) == 1  # the lake is filled
    assert frozenset(((121.0, 20.0), (121.5, 25.12345))) in shore
    assert frozenset(((116.0, 20.0), (116.0, 27.0))) not in shore  # the box is no shore
    assert not any({y for _, y in edge} == {27.0} for edge in shore)  # nor is the cut at 27 degrees north
    assert found["coast-b-1"]["properties"] == {"id": "coast-b-1", "coast": "coast-b"}
    again = target.read_bytes()
    assert coast_cut.cut(world, folder).read_bytes() == again


def test_cutting_from_the_command_line(cut_pack: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    world, folder = cut_pack
    assert coast_cut.main([str(world), str(folder)]) == 0 and (folder / "coast.geojson").exists()
    assert coast_cut.main([]) == 2
    (folder / "pack.toml").write_text('id = "x"\nformat = 2\n', encoding="utf-8")
    assert coast_cut.main([str(world), str(folder)]) == 2 and "frame" in capsys.readouterr().err


def outline(ring: str) -> str:
    return f'{{"features":[{{"properties":{{"id":"i"}},"geometry":{{"coordinates":{ring}}}}}]}}'


def rows(*points: str) -> str:
    return "\n".join(["baseline,part,no,lon_deg,lat_deg,segment", *(f"b,1,{p}" for p in points), ""])


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("coast.geojson", "{", "not JSON"),
        ("coast.geojson", outline("[1]"), "one closed ring"),
        ("coast.geojson", outline("[[[0,0],[1,0],[1,1],[0,1]]]"), "not closed"),
        ("outlines.geojson", outline("[[[0,0],[1,1],[1,0],[0,1],[0,0]]]"), "crosses itself"),
        ("baselines.csv", rows("2,0,0,straight"), "out of order"),
        ("baselines.csv", rows("1,0,0,straight"), "at least 3"),
        ("baselines.csv", rows("1,0,x,straight"), "lat_deg"),
        ("baselines.csv", rows("1,0,,straight"), "lat_deg"),
        ("baselines.csv", rows("1,0,0,wavy", "2,1,0,straight", "3,1,1,straight"), "wavy"),
        ("baselines.csv", rows("1,0,0,normal", "2,1,1,normal", "3,1,0,normal", "4,0,1,normal"), "crosses itself"),
        ("pack.toml", "format = 2\nframe = [1, 2, 3]", "four numbers"),
        ("pack.toml", "format = 2\nframe = [3, 2, 1, 4]", "no box"),
    ],
)
def test_lines_that_do_not_fit_are_refused_in_one_sentence(tmp_path: Path, file: str, text: str, says: str) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(BadZone) as caught:
        frame_of(tmp_path) if file == "pack.toml" else read_lines(tmp_path)
    assert says in str(caught.value) and "\n" not in caught.value.message
