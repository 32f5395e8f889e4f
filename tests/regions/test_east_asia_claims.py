"""The claims of `east_asia` as a lawyer reads them: who, since when, on what ground; and their coordinates."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod

import offing.regions
from offing.zones.pack import Pack, load_pack

GEOD = Geod(ellps="WGS84")
NM = 1852.0
FOLDER = offing.regions.installed()["east_asia"]
CLAIMS: dict[str, dict[str, Any]] = {
    c["id"]: c for c in tomllib.loads((FOLDER / "zones.toml").read_text(encoding="utf-8"))["zones"]
}
FORMS = {
    "senkaku": ("Senkaku", "Diaoyu Dao", "Diaoyutai"),
    "scarborough": ("Scarborough", "Huangyan Dao", "Bajo de Masinloc"),
    "paracel": ("Paracel", "Xisha", "Hoang Sa"),
    "pratas": ("Pratas", "Dongsha"),
    "kinmen": ("Kinmen", "Jinmen"),
    "matsu": ("Matsu", "Mazu"),
}
CLOCKS = {"tw": "Asia/Taipei", "cn": "Asia/Shanghai", "jp": "Asia/Tokyo", "ph": "Asia/Manila"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(FOLDER, include_unconfirmed=True)


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the pack."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def points(file: str, key: str, name: str) -> Any:
    """The points of one line, shape (n, 2), degrees."""
    return np.array([[float(r["lon_deg"]), float(r["lat_deg"])] for r in rows(file) if r[key] == name])


def test_what_was_only_recalled_is_loaded_on_request_alone(pack: Pack) -> None:
    default = load_pack(FOLDER).zones
    recalled = {i for i, c in CLAIMS.items() if c["confidence"] == "recalled"}
    assert set(pack.zones) == set(CLAIMS) and set(default) == set(CLAIMS) - recalled
    assert len(default) >= 45 and len(recalled) == 8


@pytest.mark.parametrize("zone_id", CLAIMS)
def test_every_claim_says_who_since_when_and_on_what_ground(zone_id: str, pack: Pack) -> None:
    zone = pack.zones[zone_id]
    name, _, claimants = zone_id.partition("@")
    assert sorted(zone.claimants) == claimants.split("-")
    assert set(zone.names) == {"en", "ja", "zh-Hant", "zh-Hans"} and all(zone.names.values())
    assert re.search(r"\b(19|20)\d\d\b", zone.source) and zone.legal_basis and zone.note
    assert zone.valid_from or zone.kind == "adiz"
    assert str(zone.day_rule) in {f"{CLOCKS[c]} 00:00" for c in zone.claimants}
    for key, forms in FORMS.items():
        if name.startswith(key):
            assert all(f in zone.names["en"] for f in forms), zone.names["en"]
    if zone.kind == "eez":
        assert "Status: claimed" in zone.note and CLAIMS[zone_id]["reach_nm"] == [0, 200]
    if zone.confidence == "recalled":
        assert "recalled" in zone.source or "memory" in zone.note


def test_names_differ_between_claims(pack: Pack) -> None:
    for language in ("en", "ja", "zh-Hant", "zh-Hans"):
        names = [z.names[language] for z in pack.zones.values()]
        assert len(set(names)) == len(names), language


def test_dates_as_the_laws_and_notices_have_them(pack: Pack) -> None:
    starts = {
        "taiwan-territorial-sea@tw": "2009-11-18",
        "taiwan-200nm@tw": "1998-01-21",
        "kinmen-restricted-water@tw": "2004-06-07",
        "senkaku-diaoyu-territorial-sea@jp": "1977-07-01",
        "senkaku-diaoyu-contiguous-zone@jp": "1996-07-20",
        "japan-southwest-territorial-sea@jp": "1997-01-01",
        "japan-200nm@jp": "1996-07-20",
        "china-mainland-territorial-sea@cn": "1996-05-15",
        "china-200nm@cn": "1998-06-26",
        "senkaku-diaoyu-internal-waters@cn": "2012-09-10",
        "china-east-china-sea-adiz@cn": "2013-11-23",
        "scarborough-territorial-sea@cn": "2024-11-10",
        "philippines-north-territorial-sea@ph": "2024-11-08",
        "fisheries-japan-taiwan-2013@jp-tw": "2013-05-10",
        "joint-development-2008@cn-jp": "2008-06-18",
    }
    assert {i: str(pack.zones[i].valid_from) for i in starts} == starts
    ended = {(str(z.valid_from), str(z.valid_to)) for z in pack.zones.values() if z.kind == "exercise_area"}
    assert ended == {("2022-08-04", "2022-08-07"), ("2025-12-30", "2025-12-30")}
    assert all(z.valid_to is None for z in pack.zones.values() if z.kind != "exercise_area")


def decimal(text: str) -> float:
    """Degrees of `12°34'56.7"N`, `12°34.5'N` or `12.345678°N`; a dot never stands for a mark."""
    if found := re.fullmatch(r"(\d+\.\d+)°[NE]", text):
        return float(found[1])
    degrees, minutes, seconds = re.fullmatch(r"(\d+)°(?:([\d.]+)')?(?:([\d.]+)\")?[NE]", text).groups("0")  # type: ignore[union-attr]
    assert float(minutes) < 60 and float(seconds) < 60 and (seconds == "0" or "." not in minutes)
    return int(degrees) + float(minutes) / 60 + float(seconds) / 3600


@pytest.mark.parametrize("file", ["baselines.csv", "areas.csv"])
def test_published_texts_and_decimals_agree(file: str) -> None:
    for row in rows(file):
        assert re.search(r"\b(19|20)\d\d\b", row["source"]), row
        if not row["lat_published"]:
            assert re.search("chosen here|recalled|computed", row["source"]), row
            continue
        for axis in ("lat", "lon"):
            assert abs(decimal(row[f"{axis}_published"]) - float(row[f"{axis}_deg"])) < 6e-8, row


def segments(name: str) -> Iterator[tuple[float, dict[str, str]]]:
    """The lengths of the declared segments of a baseline in nautical miles, and their first points."""
    found = [r for r in rows("baselines.csv") if r["baseline"] == name]
    for a, b in zip(found, found[1:] + found[:1], strict=True):
        if a["segment"] != "closing":
            yield GEOD.inv(*(float(r[k]) for r in (a, b) for k in ("lon_deg", "lat_deg")))[2] / NM, a


def test_the_segments_of_1996_are_as_long_as_published() -> None:
    """A Chinese teaching text: 48 segments, mean 36.1 nautical miles, longest 121.7. Some points are written from memory."""
    found = list(segments("prc-mainland-1996-whole"))
    longest, first = max(found, key=lambda f: f[0])
    mean = sum(length for length, _ in found) / len(found)
    print(f"{len(found)} segments, mean {mean:.2f}, longest {longest:.2f} nautical miles")
    assert len(found) == 48 and first["name"].startswith("8 ") and (round(mean, 1), round(longest, 1)) == (36.1, 121.7)


def test_the_segments_of_the_philippine_act_are_as_long_as_it_says() -> None:
    """Republic Act 9522 prints the distance from each base point to the next, in nautical miles."""
    printed = [70.03, 99.17, 71.83, 1.05, 0.39, 3.29, 9.74, 3.51, 2.40, 30.94, 116.26, 80.29, 0.54, 96.04]
    assert np.abs(np.array([length for length, _ in segments("ph-2009")]) - printed).max() < 0.0051


def test_points_equal_the_facts(shared_data: Path) -> None:
    facts = []
    for file in ("prc_baselines.csv", "prc_baselines_1996_points_22_49.csv"):
        with (shared_data / "facts" / file).open(encoding="utf-8", newline="") as lines:
            facts += [(decimal(r["lon"]), decimal(r["lat"])) for r in csv.DictReader(lines) if r["set"] == "mainland_1996"]
    assert len(facts) == 49
    for name, n in (("prc-mainland-1996", 26), ("prc-mainland-1996-whole", 49)):
        assert np.allclose(points("baselines.csv", "baseline", name)[:n], facts[:n], atol=6e-8, rtol=0)
    content = json.loads((shared_data / "boundaries/tw_taiwan_baseline.small.geojson").read_text(encoding="utf-8"))
    pratas = content["features"][1]["geometry"]["coordinates"][0][:-1]
    assert np.allclose(points("baselines.csv", "baseline", "pratas-2009"), pratas, atol=6e-8, rtol=0)
    content = json.loads((shared_data / "facts/exercise_areas.geojson").read_text(encoding="utf-8"))
    for feature in content["features"]:
        day, _, n = feature["properties"]["id"].partition("_")
        ours = points("areas.csv", "area", {"aug2022": "exercise-2022-08-", "dec2025": "exercise-2025-12-"}[day] + n)
        assert np.allclose(ours, feature["geometry"]["coordinates"][0][:-1], atol=6e-7, rtol=0)


def test_restricted_lines_against_the_file_and_its_distances(shared_data: Path) -> None:
    """Corners to 1e-6 degree; as far from the shores of the pack as the facts say, which rest on another cut of the coast."""
    import shapely

    content = json.loads((shared_data / "boundaries/tw_kinmen_matsu_lines.geojson").read_text(encoding="utf-8"))
    theirs = {f["properties"]["Region"]: np.array(f["geometry"]["coordinates"][0])[:-1] for f in content["features"]}
    shores: dict[str, list[Any]] = {}
    for file, key in (("coast.geojson", "coast"), ("outlines.geojson", "baseline")):
        for f in json.loads((FOLDER / file).read_text(encoding="utf-8"))["features"]:
            shores.setdefault(f["properties"][key], []).append(f["geometry"]["coordinates"][0])
    near = {"kinmen": ("coast-kinmen", "coast-dadan"), "wuqiu": ("coast-wuqiu",), "dongding": ("dongding-coast",)}
    with (shared_data / "facts/kinmen_matsu_polygons_match.csv").open(encoding="utf-8", newline="") as lines:
        facts = list(csv.DictReader(lines))
    assert len(facts) == 7
    for row in facts:
        place = row["name_en"].split()[0].lower()
        ours = points("areas.csv", "area", f"{place}-restricted-line")
        assert np.allclose(ours, theirs[row["region_in_file"]], atol=5.1e-7, rtol=0) and len(ours) == int(row["vertices"])
        shore = shapely.MultiLineString([s for name in near.get(place, ("coast-matsu",)) for s in shores[name]])
        km = []
        for p in ours:  # the nearest point in degrees is near enough to start from; then the nearest of its surroundings
            scale = np.array([np.cos(np.radians(p[1])), 1])
            line = shapely.transform(shore, lambda c, scale=scale: c * scale)
            at = shapely.get_coordinates(shapely.shortest_line(shapely.Point(p * scale), line))[1] / scale
            km.append(GEOD.inv(*p, *at)[2] / 1000)
        low, high = float(row["km_from_shore_min"]), float(row["km_from_shore_max"])
        print(f"{place}: {min(km):.2f} to {max(km):.2f} km from the shore; facts {low} to {high} km")
        # the facts measured Dongding from its lighthouse alone, "about 0.3 km too long"
        assert abs(min(km) - low) < 0.15 and abs(max(km) - high) < (0.3 if place == "dongding" else 0.15)


def test_kinmen_as_reported(pack: Pack) -> None:
    """Ships "3 to 3.2 nautical miles south of Kinmen Island" were in prohibited waters (CNA, 2024-03-15); a boat chased 1.1
    nautical miles off its eastern coast had entered them (CNA, 2024-02-19)."""
    import shapely

    polygons = pack.zones["kinmen-prohibited-water@tw"].polygons
    area = shapely.union_all([shapely.Polygon(p[0] / 1e7, [h / 1e7 for h in p[1:]]) for p in polygons])
    for shore, bearing_deg, miles in (((118.30, 24.395), 180, 3.0), ((118.30, 24.395), 180, 3.2), ((118.48, 24.44), 90, 1.1)):
        assert shapely.contains_xy(area, *GEOD.fwd(*shore, bearing_deg, miles * NM)[:2])


def test_the_eastern_edge_of_the_provisional_measures_zone(pack: Pack) -> None:
    """Japan's order has the agreement's round figures moved to WGS84: 13 to 14 seconds north and 6 to 10 west."""
    round_figures = np.array([(58.3, 125), (15.1, 127), (0.9, 128), (32.2, 128), (26.1, 128)]) @ [1 / 60, 1]
    latitudes = [27, 28, 29, 30, 30 + 40 / 60]
    moved = (points("areas.csv", "area", "provisional-measures-1997")[5:] - np.column_stack([round_figures, latitudes])) * 3600
    assert ((moved[:, 1] > 12.9) & (moved[:, 1] < 14.1)).all() and ((moved[:, 0] < -5.9) & (moved[:, 0] > -10)).all(), moved


def test_known_places(pack: Pack) -> None:
    """Which zones hold a place, by what each government says of it."""
    import shapely

    def held(lon: float, lat: float) -> set[str]:
        point = shapely.Point(lon * 1e7, lat * 1e7)
        bodies = (
            (z.id, shapely.Polygon(p[0], p[1:])) for z in pack.zones.values() if z.confidence != "recalled" for p in z.polygons
        )
        return {i for i, b in bodies if b.contains(point)}

    uotsuri = held(123.474, 25.744)
    assert uotsuri >= {f"senkaku-diaoyu-territorial-sea@{c}" for c in ("jp", "cn", "tw")}
    assert uotsuri >= {"china-200nm@cn", "japan-200nm@jp", "taiwan-200nm@tw", "china-east-china-sea-adiz@cn"}
    assert not any(i.startswith(("fisheries", "japan-southwest", "taiwan-territorial")) for i in uotsuri)
    assert "japan-southwest-internal-waters@jp" in held(133.0, 34.1)  # Seto Inland Sea
    mid_tsushima = held(129.55, 34.25)  # Tsushima's eastern channel, between Tsushima and Iki
    assert "japan-designated-areas-beyond-3nm@jp" in mid_tsushima and "japan-southwest-territorial-sea@jp" not in mid_tsushima
    assert "japan-southwest-territorial-sea@jp" in held(125.28, 24.80)  # Miyako
    dokdo = held(131.8667, 37.2417)  # Takeshima / Dokdo: no zone of this pack but those of 200 miles
    assert dokdo == {"japan-200nm@jp"}
    taipei = held(121.5, 25.05)
    assert {"taiwan-internal-waters@tw", "taiwan-territorial-sea@tw", "taiwan-prohibited-water@tw"} <= taipei
    assert "taiwan-restricted-water@tw" not in taipei
