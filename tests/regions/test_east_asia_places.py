"""Features and gates of East Asia: against the coast, published distances, and the texts that name them."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyproj import Geod
from shapely import STRtree
from shapely.geometry import Point, Polygon, shape

import offing.regions
from offing.model.place import Feature, Gate
from offing.zones.pack import NO_LAND
from offing.zones.places import feature_claims, feature_of, gate_claims, gate_of

GEOD = Geod(ellps="WGS84")
LANGUAGES = {"en", "ja", "zh-Hant", "zh-Hans"}
YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")
STRUCTURES = ("gas_field", "platform", "cable_landing")
FRAME = (110.0, 14.0, 136.0, 38.0)
COASTS = {
    "jp": {"jp"},
    "kr": {"kr"},
    "ph": {"ph"},
    "tw": {"tw", "kinmen", "dadan", "matsu", "wuqiu", "penghu", "pratas"},
    "senkaku-diaoyu": {"senkaku", "senkaku-features"},
    "spratly": {"spratly"},
    "paracel": {"paracel"},
}
"""Coasts of the coast file on which features of a group, else of a first claimant, lie."""

TWO_PLACES = {"Diaoyu Dao", "Diaoyutai"}
"""Forms that claimants use for the group and for its largest island."""


@pytest.fixture(scope="module")
def folder() -> Path:
    return offing.regions.installed()["east_asia"]


@pytest.fixture(scope="module")
def features(folder: Path) -> dict[str, Feature]:
    found = [feature_of(c) for c in feature_claims(folder)]
    assert len({f.id for f in found}) == len(found)
    return {f.id: f for f in found}


@pytest.fixture(scope="module")
def gates(folder: Path) -> dict[str, Gate]:
    return {g.id: g for g in map(gate_of, gate_claims(folder))}


@pytest.fixture(scope="module")
def land(folder: Path) -> list[tuple[str, Polygon]]:
    """Polygons of the coast files with the id of their coast."""
    found = []
    for name in ("coast.geojson", "outlines.geojson"):
        for feature in json.loads((folder / name).read_text(encoding="utf-8"))["features"]:
            about = feature["properties"]
            if about.get("outline") in NO_LAND:
                continue
            geometry = shape(feature["geometry"])
            found += [(about.get("coast") or about["baseline"], p) for p in getattr(geometry, "geoms", [geometry])]
    return found


def at(feature: Feature) -> tuple[float, float]:
    assert feature.lon_deg is not None and feature.lat_deg is not None, feature.id
    return feature.lon_deg, feature.lat_deg


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(*a, *b)[2]) / 1000


def forms(feature: Feature) -> set[str]:
    return {*feature.all_names, *feature.names["en"].split(" / ")}


# -- features


def test_every_feature_is_named_and_sourced(features: dict[str, Feature]) -> None:
    assert len(features) >= 110
    for f in features.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", f.id) and set(f.names) == LANGUAGES and f.claimants
        assert YEAR.search(f.source) and f.confidence in ("confirmed", "single source", "approximate"), f.id
        assert set(f.claimants) <= {"jp", "tw", "cn", "ph", "vn", "my", "bn", "kr"}
        if f.lon_deg is None:
            assert "No position" in f.note or "no position" in f.note, f.id
        else:
            assert f.uncertainty_m is not None and f.uncertainty_m > 0


def test_a_disputed_name_never_stands_alone(features: dict[str, Feature]) -> None:
    disputed = [f for f in features.values() if len(f.claimants) > 1]
    assert len(disputed) > 60
    for f in disputed:
        assert len(set(f.names["en"].split(" / "))) > 1, f.id
    assert all(f.claimants == ("jp", "tw", "cn") for f in features.values() if f.group == "senkaku-diaoyu")
    held_by_taiwan = ("kinmen", "wuqiu", "matsu", "penghu-islands", "taiwan", "northern-three-islets", "pratas")
    assert all(f.claimants == ("tw", "cn") for f in features.values() if f.group in held_by_taiwan)


def test_a_name_means_one_place(features: dict[str, Feature]) -> None:
    seen = Counter(name for f in features.values() for name in forms(f))
    assert {name for name, n in seen.items() if n > 1} == TWO_PLACES


WANTED = """
uotsuri kuba taisho kita-kojima minami-kojima oki-no-kitaiwa oki-no-minamiiwa tobise kinmen lieyu dadan erdan dongding
beiding daqiu xiaoqiu nangan beigan gaodeng liangdao dongju xiju dongyin xiyin penghu hua-yu mao-yu qimei wangan mudou
taiwan guishan keelung-islet huaping mianhua pengjia ludao lanyu xiao-lanyu liuqiu qixingyan pratas yonaguni iriomote
ishigaki hateruma taketomi kuroshima kohama hatoma nakanougan tarama minna-tarama miyako irabu shimoji ikema kurima
okinawa kume tokashiki zamami aguni tonaki ie iheya izena yoron okinoerabu tokunoshima amami kikai yokoate takara
kodakara akuseki suwanose nakanoshima kuchinoshima kuchinoerabu yakushima tanegashima mageshima kusagaki uji danjo
meshima fukue torishima-goto tsushima iki kita-daito minami-daito oki-daito kyushu jeju ieodo hokkaido rebun okushiri
mavulis itbayat batan sabtang babuyan calayan camiguin fuga dalupiri balintang scarborough-shoal second-thomas-shoal
thitu-island sabina-shoal luconia-shoals vanguard-bank itu-aba woody-island macclesfield-bank chunxiao soya-misaki
shiriya-zaki erimo-misaki sata-misaki inubo-saki
"""


def test_the_places_that_the_record_needs(features: dict[str, Feature], shared_data: Path) -> None:
    assert set(WANTED.split()) <= set(features)
    with (shared_data / "facts/ecs_gas_fields.csv").open(encoding="utf-8", newline="") as file:
        fields = list(csv.DictReader(file))
    with (shared_data / "facts/cables_taiwan.csv").open(encoding="utf-8", newline="") as file:
        landings = [r for r in csv.DictReader(file) if r["kind"] == "landing"]
    kinds = Counter(f.kind for f in features.values())
    assert kinds["gas_field"] + kinds["platform"] == len(fields) and kinds["cable_landing"] == len(landings)
    for row in fields:
        (found,) = [f for f in features.values() if f.kind in STRUCTURES and row["name_en"] in f.names["en"].split(" / ")]
        assert (found.lat_deg is None) == (not row["lat_dd"])
    for row in landings:
        here = float(row["lon_dd"]), float(row["lat_dd"])
        assert any(f.kind == "cable_landing" and km(at(f), here) < 0.1 for f in features.values()), row["name"]


def test_positions_of_the_senkaku_features(features: dict[str, Feature], shared_data: Path) -> None:
    with (shared_data / "facts/senkaku_features.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            f = features[row["id"].replace("_", "-")]
            assert f.names["ja"] == row["name_ja"] and f.names["zh-Hans"] == row["name_zh_hans"]
            assert f.names["zh-Hant"] == row["name_zh_hant"]
            assert 1000 * km(at(f), (float(row["lon_dd"]), float(row["lat_dd"]))) < (f.uncertainty_m or 0)


def in_frame(f: Feature) -> bool:
    lon, lat = at(f)
    return FRAME[0] < lon < FRAME[2] and FRAME[1] < lat < FRAME[3]


def test_islands_lie_on_their_own_land(features: dict[str, Feature], land: list[tuple[str, Polygon]]) -> None:
    """Within the frame, a position taken from a coast lies on it, and its uncertainty reaches the whole island."""
    tree = STRtree([p for _, p in land])
    checked = 0
    for f in features.values():
        if "representative point;" not in f.source or not in_frame(f):
            continue
        here = Point(at(f))
        hits = [land[i] for i in tree.query(here) if land[i][1].covers(here)]
        assert hits, f.id
        coasts = {coast.removeprefix("coast-") for coast, _ in hits}
        assert coasts <= COASTS[f.group if f.group in COASTS else f.claimants[0]], f.id
        checked += 1
        if "cut here by hand" in f.note or "causeway" in f.note or "Two islands" in f.note:
            continue
        lon, lat = at(f)
        ring = hits[0][1].exterior.coords
        far = max(GEOD.inv([lon] * len(ring), [lat] * len(ring), [c[0] for c in ring], [c[1] for c in ring])[2])
        assert 0.9 * far <= (f.uncertainty_m or 0) <= max(1.2 * far, far + 2000), (f.id, far)
    assert checked > 100


def decimal(text: str) -> tuple[float, float] | None:
    """A printed position in degrees, minutes, seconds or in decimals; None where it is none."""
    text = text.replace("北緯", "N").replace("東経", "E").replace("度", "°").replace("分", "'").replace("秒", '"')
    parts = re.findall(r"(\d+)°\s*([\d.]+)?'?\s*(?:([\d.]+)\")?", text)
    if len(parts) == 2:
        lat, lon = (int(d) + float(m or 0) / 60 + float(s or 0) / 3600 for d, m, s in parts)
        return lon, lat
    numbers = re.fullmatch(r"([\d.]+), ([\d.]+)", text)
    return (float(numbers[2]), float(numbers[1])) if numbers else None


def test_the_printed_position_and_the_decimals_agree(features: dict[str, Feature]) -> None:
    printed = [(f, decimal(f.position_published)) for f in features.values() if f.position_published]
    assert len([p for _, p in printed if p]) > 25
    for f, position in printed:
        if position is None:
            assert f.id == "chunxiao"
            continue
        assert 1000 * km(at(f), position) < (f.uncertainty_m or 0) + 1300, f.id  # whole minutes: 1,300 m


@pytest.mark.parametrize(
    ("a", "b", "distance_km", "within_km"),
    [
        ("oki-no-kitaiwa", "uotsuri", 6, 2.0),  # Japan, Ministry of Foreign Affairs, Senkaku data
        ("oki-no-minamiiwa", "uotsuri", 7.5, 3.0),
        ("tobise", "uotsuri", 1.5, 2.5),
        ("okinotori", "iwo", 720, 10),  # Japanese Wikipedia
        ("chunxiao", "kume", 290, 10),  # Yomiuri, September 2005
    ],
)
def test_published_distances(features: dict[str, Feature], a: str, b: str, distance_km: float, within_km: float) -> None:
    assert abs(km(at(features[a]), at(features[b])) - distance_km) < within_km


def test_the_patrolled_places_of_the_south_china_sea(features: dict[str, Feature], folder: Path) -> None:
    with (folder / "amti_patrols.csv").open(encoding="utf-8", newline="") as file:
        areas = {r["area"] for r in csv.DictReader(file)} - {"south-china-sea"}
    assert len(areas) == 6
    for area in areas:
        f = features[area]
        assert f.lon_deg is not None and f.confidence != "recalled" and {"cn", "tw"} < set(f.claimants)


# -- gates


def test_the_gates_of_the_facts_are_all_there(gates: dict[str, Gate], shared_data: Path) -> None:
    facts = json.loads((shared_data / "facts/strait_gates.geojson").read_text(encoding="utf-8"))["features"]
    for fact in facts:
        about, gate = fact["properties"], gates[fact["properties"]["id"]]
        (line,) = gate.lines
        assert (line / 1e7).tolist() == fact["geometry"]["coordinates"]
        if gate.kind == "strait":
            assert abs(length_nm(gate) - about["length_nm"]) < 0.1, gate.id
            assert list(gate.ends) == [about["end_1"], about["end_2"]]
    assert len(facts) == 19 and set(gates) - {f["properties"]["id"] for f in facts} == {
        "tsushima",
        "soya",
        "tsugaru",
        "mikura_hachijo",
        "sumisu_torishima",
    }


def length_nm(gate: Gate) -> float:
    return sum(float(GEOD.line_length(*(line / 1e7).T)) for line in gate.lines) / 1852


def test_gates_are_named_and_sourced(gates: dict[str, Gate]) -> None:
    for g in gates.values():
        assert set(g.names) == set(g.left) == set(g.right) == LANGUAGES and g.left != g.right
        assert YEAR.search(g.source) and g.ends and g.direction and g.aliases
        assert (g.kind == "median_line") == (g.id == "taiwan_strait_median_line")
    assert abs(length_nm(gates["soya"]) - 23) < 0.5 and abs(length_nm(gates["tsugaru"]) - 10) < 0.5
    assert [len(g.lines) for g in gates.values()].count(2) == 1 and len(gates["tsushima"].lines) == 2
    assert (
        len([g for g in gates.values() if "3 nautical miles" in g.legal_basis]) == 6
    )  # five straits, two ways to name Tsushima


WATERS = {
    "East China Sea": [(125, 29), (122.8, 26.3), (124, 25.2), (126, 31), (128.3, 33), (129, 30.5), (121.5, 27), (128, 28.5)],
    "Pacific Ocean": [(124, 22.5), (126.5, 24), (130.5, 27), (131, 29), (132, 30), (131.8, 31), (123.5, 20), (142.5, 41.5)],
    "Pacific Ocean east of the Izu Islands": [(141.5, 33.5), (142, 31)],
    "Pacific Ocean west of the Izu Islands (Philippine Sea)": [(138, 33.5), (138, 31)],
    "Sea of Japan / East Sea": [(131, 36), (138.5, 40.5), (140.5, 45.3), (130.5, 35.2)],
    "South China Sea": [(117, 19), (119.5, 20.5), (118, 21.5)],
    "Taiwan Strait": [(119.3, 24.2), (120.2, 24.8)],
    "Sea of Okhotsk": [(143.5, 46)],
    "Northern Taiwan Strait": [(120.8, 25.5)],
    "Southern Taiwan Strait": [(119.3, 24)],
    "Taiwan's side": [(120.9, 23.7)],
    "Mainland side": [(119.3, 26.1)],
}
"""Places in each of the waters, longitude and latitude."""


def hands(gate: Gate) -> Iterator[tuple[str, float]]:
    """For each line and side: the name of the water, and on which hand (positive: left) the nearest place of it lies."""
    for line in gate.lines:
        a, b = (tuple(p) for p in (line[[0, -1]] / 1e7).tolist())
        middle = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
        for name in (gate.left["en"], gate.right["en"]):
            p = min(WATERS[name], key=lambda q: km(middle, q))
            yield name, (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def test_left_and_right_are_where_they_are_said_to_be(gates: dict[str, Gate]) -> None:
    for gate in gates.values():
        for name, hand in hands(gate):
            assert (hand > 0) == (name == gate.left["en"]), (gate.id, name)
        sides = {"left": gate.left["en"], "right": gate.right["en"]}
        assert gate.pacific_side == next((s for s, name in sides.items() if name == "Pacific Ocean"), "")


def test_gates_end_at_coasts(gates: dict[str, Gate], land: list[tuple[str, Polygon]]) -> None:
    tree = STRtree([p for _, p in land])
    for gate in gates.values():
        if gate.kind != "strait":
            continue
        close_deg = 0.05 if "general geography" in gate.source else 0.001
        for lon, lat in (p for line in gate.lines for p in (line[[0, -1]] / 1e7).tolist()):
            known = FRAME[0] < lon < FRAME[2] and FRAME[1] < lat < FRAME[3] and gate.id != "sumisu_torishima"
            assert not known or tree.query(Point(lon, lat), "dwithin", close_deg).size, (gate.id, lon, lat)


def test_an_alias_names_one_gate(gates: dict[str, Gate]) -> None:
    seen = Counter(alias for g in gates.values() for alias in g.aliases)
    assert set(seen.values()) == {1}


# -- texts


@pytest.fixture(scope="module")
def press(shared_data: Path) -> list[str]:
    """Texts of the Japan Joint Staff, half-width, without line breaks and without the prefectures in brackets."""
    official = shared_data / "official"
    with (official / "twreporter/Japan_jp_data_cleaned.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = {r["first_page_content"] for r in csv.DictReader(file)}
    recent = json.loads((official / "japan_joint_staff_2026_part1.json").read_text(encoding="utf-8"))
    texts |= {v["text"] for v in recent.values()}
    plain = (unicodedata.normalize("NFKC", re.sub(r"[-\s]", "", t)) for t in sorted(texts))
    return [re.sub(r"\([^()]{1,4}[都道府県]\)", "", t) for t in plain]


def test_every_reference_place_of_the_press_texts_is_known(features: dict[str, Feature], press: list[str]) -> None:
    known = {name for f in features.values() for name in f.all_names}
    found = set()
    for text in press:
        for m in re.finditer(r"([^、。()「」]{1,20}?)の[東西南北]{1,3}方?約[\d,.]+km", text):
            named = [name for name in known if m[1].endswith(name)]
            assert named, m[0]
            found.add(max(named, key=len))
    assert {"宮古島", "対馬", "五島列島", "隠岐諸島", "神威岬", "犬吠埼", "沖ノ鳥島", "草垣群島", "口永良部島"} <= found
    assert len(found) > 30


def test_every_strait_of_the_press_texts_is_one_gate(gates: dict[str, Gate], press: list[str]) -> None:
    owner = {alias: g.id for g in gates.values() for alias in g.aliases}
    found = Counter[str]()
    for text in press:
        for m in re.finditer(r"[一-龥ァ-ー]{2,3}海峡|[一-龥ノ]{2,5}と[一-龥]{2,4}(?:と)?の間の?(?:海域|接続水域)?", text):
            named = [alias for alias in owner if alias in m[0]]
            assert len({owner[a] for a in named}) == 1, m[0]
            found[owner[named[0]]] += 1
    assert {"miyako", "yonaguni_taiwan", "yonaguni_iriomote", "amami_yokoate_tokara", "osumi"} < set(found)
    assert {"tsushima", "soya", "tsugaru", "mikura_hachijo", "sumisu_torishima", "bashi"} < set(found)
    assert not {"tsushima_west", "tsushima_east"} & set(found) and found["tsushima"] > 50
