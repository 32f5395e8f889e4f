"""Rows of zones, gates, features, lines, fleets and packs: the keys that are promised, and values worked out elsewhere."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pyproj import Geod
from small_pack import write_pack
from small_worlds import BOX, square, write_zones

from offing import regions
from offing.errors import UnknownName
from offing.pipeline.listing import feature_row, fleet_row, gate_row, line_row, region_rows, zone_row
from offing.pipeline.waters import Waters, add_zones, load, of_region, pack_of
from offing.store import Store

GEOD = Geod(ellps="WGS84")
ZONE = "zone_id kind claimants names legal_basis source confidence valid_from valid_to day_rule area_km2 hash"
GATE = "gate_id names sides length_nm source confidence"
FEATURE = "feature_id kind names lon_deg lat_deg source confidence"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("packs") / "small")


@pytest.fixture
def waters(small: Path, monkeypatch: pytest.MonkeyPatch) -> Waters:
    """The small pack, installed under its name."""
    installed = {**regions.installed(), "small": small}
    monkeypatch.setattr(regions, "installed", lambda: installed)
    return of_region("small", include_unconfirmed=True)


def test_a_zone(waters: Waters) -> None:
    row = zone_row(waters.zone("sea@aa"), waters)
    assert set(ZONE.split()) <= set(row)
    assert (row["zone_id"], row["kind"], row["claimants"]) == ("sea@aa", "territorial_sea", ["aa"])
    assert (row["valid_from"], row["valid_to"], row["day_rule"]) == ("2009-11-18", None, "Asia/Taipei 00:00")
    assert row["names"] == {"en": "Sea of Aa", "ja": "甲の海", "zh-Hant": "甲海（繁）", "zh-Hans": "甲海（简）"}
    assert row["hash"] == waters.zone("sea@aa").hash and row["pack"] == waters.pack.label == f"small 7 ({waters.pack.hash})"
    box = zone_row(waters.zone("box@bb"), waters)
    corners = [(122.0, 25.0), (122.03, 25.0), (122.03, 25.5), (122.0, 25.5)]
    assert box["area_km2"] == pytest.approx(GEOD.polygon_area_perimeter(*zip(*corners, strict=True))[0] / 1e6, abs=0.06)


def test_a_zone_of_the_user(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "logbook", "east_asia")
    add_zones(store, write_zones(tmp_path / "box.geojson", box__me=square(10, 0, 11, 1)))
    waters = load(store)
    row = zone_row(waters.zone(BOX), waters)
    assert (row["pack"], row["confidence"], row["source"], row["legal_basis"]) == ("user", "user", "", "")
    assert row["area_km2"] == 12308.8  # one degree square on the equator: 12,308.778 square kilometres


def test_a_gate(waters: Waters) -> None:
    (gate,) = waters.pack.gates.values()
    row = gate_row(gate, waters)
    assert set(GATE.split()) <= set(row) and row["gate_id"] == "narrow"
    assert [(s["side"], s["en"], s["zh-Hans"]) for s in row["sides"]] == [
        ("left", "North Water", "北水（简）"),
        ("right", "South Water", "南水（简）"),
    ]
    assert row["length_nm"] == pytest.approx(GEOD.inv(121.3, 26, 122, 26)[2] / 1852, abs=0.05)
    assert (row["lines_deg"], row["pacific_side"]) == ([[[121.3, 26.0], [122.0, 26.0]]], "right")


def test_features(waters: Waters) -> None:
    rows = {f.id: feature_row(f, waters) for f in waters.pack.features.values()}
    assert set(FEATURE.split()) <= set(rows["island"])
    assert (rows["island"]["lon_deg"], rows["island"]["claimants"]) == (122.05, ["aa", "bb"])
    assert rows["island"]["aliases"] == ["Isle", "Ilha"]
    assert rows["rock"]["lon_deg"] is None and rows["rock"]["uncertainty_m"] is None and rows["rock"]["valid_to"] is None


def test_lines(waters: Waters) -> None:
    rows = {v.id: line_row(v, waters) for v in waters.pack.lines.values()}
    assert rows["outer"]["length_nm"] == pytest.approx(GEOD.inv(123, 24.5, 123, 28.5)[2] / 1852, abs=0.05)
    assert (rows["half-way"]["status"], rows["half-way"]["parties"]) == ("computed, not agreed", ["aa", "bb"])


def test_fleets(waters: Waters) -> None:
    rows = {f.id: fleet_row(f, waters) for f in waters.fleets.values()}
    assert rows["boats"]["undated_claims"] == 0 and rows["boats"]["members"].startswith("1")
    assert rows["any"]["members"] == "every hull" and rows["any"]["names"]["ja"]


def test_what_is_recalled_is_there_only_on_request(waters: Waters) -> None:
    confirmed = of_region("small")
    assert set(waters.zones) - set(confirmed.zones) == {"remembered@bb"}
    assert set(waters.pack.features) - set(confirmed.pack.features) == {"lost"}
    with pytest.raises(UnknownName):
        confirmed.zone("remembered@bb")


def test_packs(waters: Waters, small: Path) -> None:
    rows = {row["region"]: row for row in region_rows()}
    assert set(rows) == {"east_asia", "small"}
    row = rows["small"]
    assert (row["version"], row["hash"], row["problem"], row["folder"]) == ("7", waters.pack.hash, None, str(small))
    assert {k: row[k] for k in ("zones", "gates", "features", "lines", "series")} == {
        "zones": 3, "gates": 1, "features": 2, "lines": 2, "series": 0,
    }  # fmt: skip
    assert row["names"]["en"] == "Small Sea" and rows["east_asia"]["problem"] is None
    assert list(rows["small"]) == list(rows["east_asia"])


def test_a_pack_that_cannot_be_read_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(regions, "installed", lambda: {"north": tmp_path})
    (row,) = region_rows()
    assert row["region"] == "north" and row["hash"] is None and row["zones"] is None
    assert "pack.toml is not there" in row["problem"]


def test_every_row_of_east_asia_has_what_is_promised() -> None:
    waters = of_region("east_asia", include_unconfirmed=True)
    zones = [zone_row(z, waters) for z in waters.zone_list]
    gates = [gate_row(g, waters) for g in waters.pack.gates.values()]
    features = [feature_row(f, waters) for f in waters.pack.features.values()]
    for rows, keys in ((zones, ZONE), (gates, GATE), (features, FEATURE)):
        for row in rows:
            assert set(keys.split()) <= set(row)
            assert row["source"] and row["confidence"] and set(row["names"]) == {"en", "ja", "zh-Hant", "zh-Hans"}, row
    assert all(z["area_km2"] > 0 and z["claimants"] and z["legal_basis"] for z in zones)
    assert all(g["length_nm"] > 0 for g in gates)
    assert all(f["lon_deg"] is None or math.isfinite(f["lat_deg"]) for f in features)
    assert pack_of("east_asia").hash == waters.pack.hash, "one hash of the files, whatever is loaded"
