"""Files of others: maritime boundaries with their own properties, and cables as corridors, checked by another measure."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import BadZone, OffingError
from offing.model.zone import Zone
from offing.zones.foreign import Reading, translated
from offing.zones.measure import area_km2
from offing.zones.user import parse_zones, read_zones

BOX = {"type": "Polygon", "coordinates": [[[120, 20], [121, 20], [121, 21], [120, 21], [120, 20]]]}
MARINE_REGIONS = {
    "MRGID": 8321,
    "GEONAME": "Taiwanese Exclusive Economic Zone",
    "POL_TYPE": "200NM",
    "TERRITORY1": "Taiwan",
    "ISO_SOV1": "TWN",
    "ISO_SOV2": None,
    "AREA_KM2": 1,
}
EEZ = Reading("eez", "MRGID", "GEONAME", ("ISO_SOV1", "ISO_SOV2"), source="Maritime Boundaries v12, 2023")
CABLE = Reading(kind="cable_corridor", half_width_nm=0.5)


def collection(*features: tuple[Any, Any]) -> str:
    """Properties and geometry of each feature as GeoJSON."""
    found = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    return json.dumps({"type": "FeatureCollection", "features": found})


def zones(text: str, how: Reading) -> list[Zone]:
    return parse_zones(translated(text, "f.geojson", how), "f.geojson")


def cable(coordinates: Any, how: Reading = CABLE, kind: str = "LineString") -> Zone:
    (zone,) = zones(collection(({"id": "c", "name": "C"}, {"type": kind, "coordinates": coordinates})), how)
    return zone


def test_properties_of_others(tmp_path: Path) -> None:
    text = collection((MARINE_REGIONS, BOX), (MARINE_REGIONS | {"MRGID": 8328.5, "ISO_SOV2": " JPN "}, BOX))
    (tmp_path / "eez.geojson").write_text(text, encoding="utf-8")
    one, two = read_zones(tmp_path / "eez.geojson", EEZ)
    assert (one.id, one.kind, one.claimants, one.source) == ("8321", "eez", ("twn",), "Maritime Boundaries v12, 2023")
    assert one.names == {"en": "Taiwanese Exclusive Economic Zone"} and one.confidence == "user" and one.note == ""
    assert (two.id, two.claimants) == ("8328.5", ("twn", "jpn"))
    (plain,) = zones(collection(({"id": "8321", "kind": "eez", "name": "x"}, BOX)), Reading())
    assert plain.hash == one.hash


def test_one_feature_alone() -> None:
    alone = json.dumps({"type": "Feature", "properties": MARINE_REGIONS, "geometry": BOX})
    assert [z.id for z in zones(alone, EEZ)] == ["8321"]


def test_names_as_ids() -> None:
    for name, zone_id in (("TPE Cable No. 2", "tpe-cable-no.-2"), (" A/B ", "a-b"), ("x" * 99, "x" * 80), ("Apg@tw", "apg@tw")):
        (zone,) = zones(collection(({"n": name}, BOX)), Reading("eez", id_from="n"))
        assert (zone.id, zone.names["en"]) == (zone_id, zone_id)
    with pytest.raises(BadZone, match="'' is not an id"):
        zones(collection(({"n": "臺馬"}, BOX)), Reading("eez", id_from="n"))


def test_own_properties_stay_and_others_go() -> None:
    own = {
        "id": "c",
        "name": "C",
        "note": "n",
        "source": "s 2020",
        "claimants": ["tw"],
        "valid_from": 3,
        "hash": "x",
        "kind": "eez",
    }
    (zone,) = zones(collection((own, BOX)), Reading())
    assert (zone.note, zone.source, zone.claimants, zone.kind, zone.valid_from) == ("n", "s 2020", ("tw",), "eez", None)


def off_m(zone: Zone, lines: list[Any], measure: Any) -> np.ndarray:
    """How far points of the boundary, vertices and others, lie from the nearest point of the lines (5 m apart)."""
    course = np.vstack([np.vstack([*(measure.line("straight", a, b, 5) for a, b in pairwise(x)), [x[-1]]]) for x in lines])
    rings = [ring / 1e7 for polygon in zone.polygons for ring in polygon]
    points = np.vstack([np.vstack([r, measure.samples(r, 400)]) for r in rings])
    return np.asarray(measure.nearest(points, course)[0])


@pytest.mark.parametrize(
    ("line", "half_width_nm"),
    [
        ([[120.0, 24.0], [120.15, 24.1], [120.2, 24.0], [120.21, 24.2]], 0.5),
        ([[120.0, 24.0], [120.0, 24.0], [120.1, 24.3]], 0.05),
        ([[10, 60], [10, 61]], 3.0),  # whole numbers, as JSON may hold them
        ([[120.0, -0.1], [120.2, 0.1]], 0.01),
        ([[179.9, -17.0], [-179.9, -17.1]], 1.0),
        ([[-179.95, 70.0, -3000.0], [179.95, 70.05, -2000.0]], 1.0),
        ([[359.9, 10.0], [360.0, 10.1]], 0.2),
        ([[120.0, 24.0], [120.1, 24.1], [120.1, 24.0], [120.0, 24.1]], 0.5),  # crosses itself
    ],
)
def test_each_point_of_the_boundary_lies_at_the_half_width(line: Any, half_width_nm: float, measure: Any) -> None:
    zone = cable(line, Reading("cable_corridor", half_width_nm=half_width_nm))
    flat = np.array([p[:2] for p in line], dtype=float)
    flat[:, 0] = np.unwrap(flat[:, 0], period=360)
    off = off_m(zone, [flat.tolist()], measure)
    assert np.abs(off - half_width_nm * 1852).max() < 2.0
    assert zone.kind == "cable_corridor"


def test_a_straight_cable_has_the_area_of_a_stadium(measure: Any) -> None:
    zone = cable([[120, 0], [120, 1]])
    length_m, half_m = measure.geod.inv(120, 0, 120, 1)[2], 926.0
    expected_km2 = (2 * half_m * length_m + np.pi * half_m**2) / 1e6
    assert area_km2(zone.polygons) == pytest.approx(expected_km2, rel=1e-3)


def test_several_lines_of_one_cable(measure: Any) -> None:
    lines = [[[120.0, 24.0], [120.1, 24.0]], [[120.05, 23.95], [120.05, 24.05]], [[121.0, 24.0], [121.1, 24.05]]]
    zone = cable(lines, kind="MultiLineString")
    assert len(zone.polygons) == 2, "those that meet are one area"
    assert np.abs(off_m(zone, lines, measure) - 926).max() < 2.0


def test_what_a_closed_cable_encloses_is_no_part_of_it(measure: Any) -> None:
    ring = [[120.0, 24.0], [120.2, 24.0], [120.2, 24.2], [120.0, 24.2], [120.0, 24.0]]
    zone = cable(ring)
    assert [len(p) for p in zone.polygons] == [2], "a hole"
    assert np.abs(off_m(zone, [ring], measure) - 926).max() < 2.0


def test_across_the_antimeridian_it_is_the_same_shape() -> None:
    here, there = cable([[-0.1, 10], [0.1, 10.1]]), cable([[179.9, 10], [-179.9, 10.1]])
    assert len(there.polygons) == 1
    assert area_km2(there.polygons) == pytest.approx(area_km2(here.polygons), rel=1e-6)
    moved = cable([[539.9 - 360, 10], [180.1, 10.1]])
    assert moved.hash == there.hash


@pytest.mark.parametrize(
    ("feature", "how", "says"),
    [
        ((MARINE_REGIONS, BOX), Reading("eez", "ID", "GEONAME"), "feature 1 has no property 'ID'. Its properties are MRGID, "),
        ((MARINE_REGIONS, BOX), Reading("eez", "ISO_SOV2"), "feature 1 has no property 'ISO_SOV2'"),
        (({}, BOX), Reading("eez", "MRGID"), "Its properties are none"),
        ((None, BOX), Reading("eez"), "`id` is missing"),
        ((["x"], BOX), Reading("eez"), "`id` is missing"),
        (({"id": "a"}, BOX), Reading(), "`kind` is missing"),
        (
            ({"id": "a"}, {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
            Reading("eez"),
            "feature 1 is a line. .*--half",
        ),
        (({"id": "a"}, {"type": "LineString", "coordinates": [[0, 0]]}), CABLE, "no list of lines of two or more points"),
        (({"id": "a"}, {"type": "LineString", "coordinates": 3}), CABLE, "no list of lines of two or more points"),
        (({"id": "a"}, {"type": "MultiLineString", "coordinates": []}), CABLE, "no list of lines of two or more points"),
        (({"id": "a"}, {"type": "MultiLineString", "coordinates": [[0, 0], [1, 1]]}), CABLE, "no list of lines"),
        (({"id": "a"}, {"type": "LineString", "coordinates": [[0, 0], [float("nan"), 1]]}), CABLE, "no list of lines"),
        (({"id": "a"}, {"type": "LineString", "coordinates": [[0, 0], ["1", 1]]}), CABLE, "no list of lines"),
        (({"id": "a"}, {"type": "LineString", "coordinates": [[0, 0], [0, 91]]}), CABLE, "no list of lines"),
        (
            ({"id": "a"}, {"type": "LineString", "coordinates": [[0, 80], [0, 89]]}),
            CABLE,
            "comes too near to a pole. .* 85 degrees",
        ),
        (({"id": "a"}, {"type": "LineString", "coordinates": [[1, 1], [1, 1]]}), CABLE, "it is empty"),
        (({"id": "a"}, {"type": "Point", "coordinates": [1, 1]}), CABLE, "its geometry is Point"),
        (({"id": "a"}, None), CABLE, "its geometry is missing"),
        (({"id": "a"}, ["x"]), CABLE, "its geometry is missing"),
    ],
)
def test_what_cannot_be_read_says_why(feature: tuple[Any, Any], how: Reading, says: str) -> None:
    with pytest.raises(BadZone, match=says) as caught:
        zones(collection(feature), how)
    assert "f.geojson, feature 1" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"type": "FeatureCollection"}', '{"features": 3}', '{"features": [3]}', "[" * 5000]
)
def test_what_is_no_geojson_is_told_by_the_reader_of_zones(text: str) -> None:
    assert translated(text, "f.geojson", CABLE) == text
    with pytest.raises(BadZone, match=r"f\.geojson"):
        zones(text, CABLE)


@pytest.mark.parametrize("how", [{"kind": "cable"}, {"half_width_nm": 0.0}, {"half_width_nm": 0.001}, {"half_width_nm": 101.0}])
@pytest.mark.parametrize("also", [{}, {"half_width_nm": float("nan")}])
def test_a_way_of_reading_that_cannot_be(how: dict[str, Any], also: dict[str, Any]) -> None:
    with pytest.raises(BadZone):
        Reading(**(how | also))


NUMBERS = st.one_of(st.integers(-400, 400), st.floats(-400, 400), st.floats(), st.none(), st.text(max_size=2), st.booleans())
POINTS = st.one_of(
    st.tuples(st.floats(-360, 360), st.floats(-90, 90)).map(list), st.lists(NUMBERS, max_size=3), st.lists(NUMBERS, min_size=2)
)
LINES = st.lists(POINTS, max_size=4)
GEOMETRY = st.one_of(
    st.fixed_dictionaries({"type": st.just("LineString"), "coordinates": LINES}),
    st.fixed_dictionaries({"type": st.just("MultiLineString"), "coordinates": st.lists(LINES, max_size=3)}),
    st.fixed_dictionaries({"type": st.sampled_from(["Polygon", "LineString", "x"]), "coordinates": NUMBERS}),
    NUMBERS,
)


@given(GEOMETRY, st.sampled_from([0.01, 0.5, 100.0]))
def test_bad_input_is_a_sentence_never_a_traceback(geometry: Any, half_width_nm: float) -> None:
    how = Reading("cable_corridor", half_width_nm=half_width_nm)
    try:
        (zone,) = zones(collection(({"id": "c", "name": "C"}, geometry)), how)
    except OffingError as error:
        assert error.message.startswith("f.geojson") and error.message.endswith(".")
    else:
        assert area_km2(zone.polygons) > 0
