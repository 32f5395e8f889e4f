"""Equidistance lines: small worlds with known answers, and the pack's lines by force, with code of its own."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pyproj import Transformer

from offing.errors import BadZone, MissingInput
from offing.model.place import Line
from offing.zones.equidistance import REACH_M, Shores, build_lines, trace, write_lines
from offing.zones.lines import BUILT_LINES, LINES, line_hash, read_built_lines
from offing.zones.proximity import Shape, nearest_each
from offing.zones.rings import quantised

Points = npt.NDArray[np.float64]
RADIANS = "+step +proj=unitconvert +xy_in=deg +xy_out=rad"
CARTESIAN = Transformer.from_pipeline(f"+proj=pipeline {RADIANS} +step +proj=cart +ellps=WGS84")
BOX = (115.0, 15.0, 130.0, 30.0)
NONE = Shape()


def island(lon: float, lat: float, half: float = 0.05) -> Shape:
    west, east, south, north = lon - half, lon + half, lat - half, lat + half
    return Shape(polygons=((quantised([(west, south), (east, south), (east, north), (west, north), (west, south)]),),))


def ends(line: Any) -> list[tuple[float, float]]:
    return sorted(map(tuple, (line[[0, -1]] / 1e7).tolist()))


def test_between_two_like_islands_it_is_the_meridian(measure: Any) -> None:
    (line,) = trace(Shores(island(121, 22), island(124, 22), NONE, NONE, BOX))
    assert np.abs(line[:, 0] - 122.5e7).max() <= 10  # whole 1e-6 degree
    for lon, lat in ends(line):
        corner = min(measure.geod.inv(lon, lat, 121.05, y)[2] for y in (21.95, 22.05))
        assert corner == pytest.approx(REACH_M, abs=2), "it ends 200 nautical miles from both"


def test_a_third_shore_ends_it_and_land_is_left_out() -> None:
    a, b, third, ignored = island(121, 22), island(124, 22), island(122.5, 20), island(122.5, 23, 0.02)
    (line,) = trace(Shores(a, b, third, NONE, BOX))
    south, north = (np.array([end]) for end in sorted(ends(line), key=lambda p: p[1]))
    apart = [nearest_each(south, s)[0][0] for s in (a, b, third)]
    assert apart == pytest.approx([apart[0]] * 3, abs=1) and nearest_each(north, a)[0][0] == pytest.approx(REACH_M, abs=1)
    parts = trace(Shores(a, b, third, ignored, BOX))
    assert len(parts) == 2
    assert not any(ignored.holds(np.array([part[len(part) // 2] / 1e7]))[0] for part in parts)
    gap = sorted(lat for part in parts for _, lat in ends(part))[1:3]
    assert gap == pytest.approx([22.98, 23.02], abs=1e-5)


def test_shores_out_of_reach_of_each_other_have_none() -> None:
    assert trace(Shores(island(116, 20), island(129, 20), NONE, NONE, BOX)) == ()


def test_it_goes_between_an_islet_and_a_shore_close_by() -> None:
    shore, islet = island(120, 22, 0.5), island(120.53, 22, 0.01)
    (line,) = trace(Shores(shore, islet, NONE, NONE, BOX))
    middle = line[np.abs(line[:, 1] - 22e7) < 1e5] / 1e7
    assert middle[:, 0] == pytest.approx(np.full(len(middle), 120.51), abs=1e-5)
    assert len(middle), "the channel is 2 km wide, and the last cells are 1.7 km"


# -- the lines of the pack


@pytest.fixture(scope="module")
def lines(folder: Path) -> dict[str, Line]:
    return {line.id: line for line in read_built_lines(folder)}


@pytest.fixture(scope="module")
def claims(folder: Path) -> dict[str, dict[str, Any]]:
    return {c["id"]: c for c in tomllib.loads((folder / LINES).read_text(encoding="utf-8"))["lines"]}


COMPUTED = [
    *(f"japan-taiwan-equidistance-{to}" for to in ("nobody", "jp", "tw")),
    *(f"japan-china-equidistance-{to}" for to in ("nobody", "jp", "cn")),
    *(f"taiwan-philippines-equidistance-{to}" for to in ("nobody", "tw")),
    *(f"china-taiwan-equidistance-islands-{how}" for how in ("ignored", "counted")),
]


def test_every_way_of_giving_what_is_disputed_has_a_line(lines: dict[str, Line]) -> None:
    assert {v.id for v in lines.values() if v.kind == "equidistance"} == set(COMPUTED)
    for name in COMPUTED:
        line = lines[name]
        assert line.status == "computed, not agreed" and line.treatment and line.confidence == "approximate"
        assert set(line.names) == {"en", "ja", "zh-Hant", "zh-Hans"} and len(line.parties) == 2
    for line in lines.values():
        assert line.status in ("computed, not agreed", "in force", "for drawing only") and line.parts


class Coasts:
    """The shores of the pack, read from its files without the code that builds from them."""

    def __init__(self, folder: Path, measure: Any) -> None:
        self.measure = measure
        self.lines: dict[str, list[tuple[Points, list[str]]]] = {}
        corners: dict[tuple[str, str], list[tuple[float, float, str]]] = {}
        with (folder / "baselines.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                point = float(row["lon_deg"]), float(row["lat_deg"]), row["segment"]
                corners.setdefault((row["baseline"], row["part"]), []).append(point)
        for (name, _), points in corners.items():
            self.lines.setdefault(name, []).append((np.array([p[:2] for p in points]), [p[2] for p in points]))
        for file, key in (("outlines.geojson", "baseline"), ("coast.geojson", "coast")):
            for feature in json.loads((folder / file).read_text(encoding="utf-8"))["features"]:
                ring = np.array(feature["geometry"]["coordinates"][0][:-1])
                self.lines.setdefault(feature["properties"][key], []).append((ring, ["straight"] * len(ring)))

    def dense(self, names: list[str], around: Points) -> Points:
        """Points 1 km apart along shores, those within 4.5 degrees of some others' box."""
        west, south, east, north = *(around.min(axis=0) - 4.5), *(around.max(axis=0) + 4.5)
        out = []
        for name in names:
            for ring, kinds in self.lines[name]:
                (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
                if x0 < east and x1 > west and y0 < north and y1 > south:
                    corners = ring.tolist()
                    steps = zip(kinds, corners, [*corners[1:], corners[0]], strict=True)
                    out += [self.measure.line("straight" if k in ("normal", "closing") else k, a, b, 1000) for k, a, b in steps]
        points = np.concatenate(out)
        return points[np.all((points > [west, south]) & (points < [east, north]), axis=1)]

    def apart_m(self, points: Points, names: list[str]) -> Points:
        """The geodesic distance of each point to shores: the nearest places of many, then all within 1 km of these."""
        shore = self.dense(names, points)
        a, b = (np.column_stack(CARTESIAN.transform(*p.T, np.zeros(len(p)))) for p in (points, shore))
        out = []
        for some, where in zip(np.array_split(a, 20), np.array_split(points, 20), strict=True):
            squares = np.sum(some**2, axis=1)[:, None] + np.sum(b**2, axis=1) - 2 * some @ b.T
            for point, row in zip(where, squares, strict=True):
                near = np.flatnonzero(np.sqrt(np.maximum(row, 0)) < np.sqrt(max(row.min(), 0)) + 1000)
                pairs = np.unique(np.concatenate([near[near > 0] - 1, near[near < len(shore) - 1]]))
                start, stop = shore[pairs], shore[pairs + 1]
                edges = np.array(self.measure.geod.inv(*start.T, *stop.T)[2]) < 1100  # others join two rings
                t = np.linspace(0, 1, 41)[:, None, None]
                fine = (start[edges] + t * (stop[edges] - start[edges])).reshape(-1, 2)
                fine = np.concatenate([fine, shore[near]])
                out.append(self.measure.geod.inv(*np.broadcast_to(point, fine.shape).T.copy(), *fine.T)[2].min())
        return np.array(out)


@pytest.fixture(scope="module")
def coasts(folder: Path, measure: Any) -> Coasts:
    return Coasts(folder, measure)


@pytest.mark.parametrize("name", COMPUTED)
def test_two_hundred_places_on_each_line_are_equally_far(
    name: str, lines: dict[str, Line], claims: dict[str, dict[str, Any]], coasts: Coasts
) -> None:
    rng = np.random.default_rng(5)
    edges = np.concatenate([np.hstack([p[:-1], p[1:]]) for p in lines[name].parts]) / 1e7
    some = edges[rng.integers(0, len(edges), 200)]
    points = some[:, :2] + rng.random((200, 1)) * (some[:, 2:] - some[:, :2])  # on chords, not on vertices alone
    a, b, third = (coasts.apart_m(points, claims[name][side]) for side in ("a", "b", "third"))
    print(f"{name}: {np.abs(a - b).max():.1f} m, {a.max() / 1852:.1f} nm out, a third shore {(third - a).min():.0f} m farther")
    assert np.abs(a - b).max() < 50
    assert a.max() < REACH_M + 50 and (third - a).min() > -50


def test_where_three_lines_meet_they_meet(lines: dict[str, Line], measure: Any) -> None:
    """Each was traced by itself; the places where a third shore ends two of them are one."""
    ended = {name: [end for part in lines[name].parts for end in ends(part)] for name in COMPUTED}
    pairs = [
        ("japan-taiwan-equidistance-jp", "japan-china-equidistance-jp"),
        ("japan-taiwan-equidistance-nobody", "taiwan-philippines-equidistance-nobody"),
        ("japan-taiwan-equidistance-jp", "taiwan-philippines-equidistance-tw"),
    ]
    for one, other in pairs:
        apart_m = min(measure.geod.inv(*p, *q)[2] for p, q in itertools.product(ended[one], ended[other]))
        assert apart_m < 30, (one, other)


def test_giving_islands_moves_the_line_away_from_who_gets_them(lines: dict[str, Line]) -> None:
    uotsuri = np.array([[123.47, 25.74]])
    apart_m = {}
    for to in ("nobody", "jp", "tw"):
        shape = Shape(lines=lines[f"japan-taiwan-equidistance-{to}"].parts)
        apart_m[to] = nearest_each(uotsuri, shape)[0][0]
    assert apart_m["nobody"] < 10_000, "without them it runs past them"
    assert min(apart_m["jp"], apart_m["tw"]) > 50_000


def test_it_is_built_as_it_is_shipped(folder: Path, lines: dict[str, Line], tmp_path: Path) -> None:
    text = (folder / LINES).read_text(encoding="utf-8").split("[[lines]]")
    few = [
        part for part in text if any(f'id = "{name}"' in part for name in (COMPUTED[2], COMPUTED[7], "korea-adiz-2013-south"))
    ]
    copy = Path(shutil.copytree(folder, tmp_path / "pack"))
    (copy / LINES).write_text("[[lines]]".join(["", *few]), encoding="utf-8")
    write_lines(copy)
    built = read_built_lines(copy)
    assert [line.id for line in built] == [COMPUTED[2], COMPUTED[7], "korea-adiz-2013-south"]
    for line in built:
        ours, shipped = (np.concatenate(v.parts) for v in (line, lines[line.id]))
        assert ours.shape == shipped.shape and np.abs(ours - shipped).max() <= 10, "another processor may round another way"


def test_published_lines_are_as_published(lines: dict[str, Line]) -> None:
    (korea,) = lines["korea-adiz-2013-south"].parts
    assert (korea[2] / 1e7).tolist() == [pytest.approx(125 + 25 / 60, abs=1e-6), 30.0]
    (japan,) = lines["japan-adiz-outer-points-1-7"].parts
    assert japan[0].tolist() == [
        pytest.approx((138 + 44 / 60 + 47 / 3600) * 1e7, abs=10),
        pytest.approx((45 + 45 / 60 + 7 / 3600) * 1e7, abs=10),
    ]
    assert set(lines["japan-china-fisheries-27n"].parts[0][:, 1]) == {270_000_000}
    assert lines["japan-adiz-east-china-sea"].status == "for drawing only"


# -- what does not fit


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The pack with one published line."""
    path = tmp_path / "pack"
    path.mkdir()
    for name in ("pack.toml", "baselines.csv", "outlines.geojson"):
        shutil.copy(folder / name, path)
    text = (folder / LINES).read_text(encoding="utf-8").split("[[lines]]")
    (path / LINES).write_text("[[lines]]" + next(p for p in text if "korea-adiz" in p), encoding="utf-8")
    return path


def test_a_file_that_is_not_of_these_claims_is_refused(copy: Path) -> None:
    with pytest.raises(MissingInput, match="is not there"):
        read_built_lines(copy)
    write_lines(copy)
    (line,) = read_built_lines(copy)
    assert len(line_hash(line)) == 16
    claims = (copy / LINES).read_text(encoding="utf-8")
    (copy / LINES).write_text(claims.replace("2013-12-15", "2013-12-16"), encoding="utf-8")
    with pytest.raises(BadZone, match="is written beside it"):
        read_built_lines(copy)
    (copy / LINES).write_text(claims.replace('id = "korea', 'id = "corea'), encoding="utf-8")
    with pytest.raises(BadZone, match="lacks the line corea"):
        read_built_lines(copy)
    (copy / BUILT_LINES).write_bytes(b"PAR1 no more")
    with pytest.raises(BadZone, match="is no file of built lines"):
        read_built_lines(copy)
    (copy / LINES).unlink()
    assert read_built_lines(copy) == [] == build_lines(copy)


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        ('["taiwan-2009"]', '["nowhere"]', "`b` names the shore 'nowhere', which the pack lacks"),
        ('["taiwan-2009"]', '["taiwan-2009"]', "none of them twice"),
        ("[]", '["taiwan-2009"]', "must name shores"),
    ],
)
def test_shores_that_cannot_be_are_refused(copy: Path, a: str, b: str, says: str) -> None:
    text = (copy / LINES).read_text(encoding="utf-8").replace("adiz_limit", "equidistance")
    (copy / LINES).write_text(text.replace("status", f"a = {a}\nb = {b}\nstatus"), encoding="utf-8")
    with pytest.raises(BadZone, match=r"lines\.toml, lines korea-adiz-2013-south") as error:
        build_lines(copy)
    assert says in str(error.value)


def test_any_reader_of_the_form_takes_it(folder: Path, lines: dict[str, Line]) -> None:
    import pyarrow.parquet as pq
    import shapely

    table = pq.read_table(folder / BUILT_LINES)
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["columns"]["geometry"]["geometry_types"] == ["MultiLineString"]
    for row in table.to_pylist():
        found = shapely.from_wkb(row["geometry"])
        parts = [np.rint(np.array(g.coords) * 1e7).astype(np.int64) for g in found.geoms]
        assert all(np.array_equal(p, q) for p, q in zip(parts, lines[row["line_id"]].parts, strict=True))
        assert found.is_simple and row["length_km"] > 0
