"""Zones, gates, features and lines by command: what is listed, whose names are shown, what is left out unless asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from in_process import Cli, offing
from small_worlds import BOX, square, write_zones

KEYS = {
    "zones": "zone_id kind claimants names legal_basis source confidence valid_from valid_to day_rule area_km2 hash",
    "gates": "gate_id names sides length_nm source confidence",
    "features": "feature_id kind names lon_deg lat_deg source confidence",
    "lines": "line_id kind names parties status length_nm source confidence",
}
LEAST = {"zones": 40, "gates": 12, "features": 60, "lines": 1}
YEAR = re.compile(r"(?<!\d)(1[6-9]|20)\d\d(?!\d)")
LANGUAGES = {"en", "ja", "zh-Hant", "zh-Hans"}
VIEWS = {
    "en": "English",
    "ja": "Japanese",
    "zh-Hant": "Chinese, traditional characters",
    "zh-Hans": "Chinese, simplified characters",
}


@pytest.fixture(scope="module")
def whole() -> dict[str, list[dict[str, Any]]]:
    """All rows, with what is recalled."""
    return {what: offing(what, "--region", "east_asia", "--include-unconfirmed", "--format", "json").rows for what in KEYS}


def ids(rows: list[dict[str, Any]], what: str) -> set[str]:
    return {row[f"{what[:-1]}_id"] for row in rows}


@pytest.mark.parametrize("what", KEYS)
def test_enough_of_each_all_with_a_source(cli: Cli, what: str) -> None:
    said = cli(what, "--format", "json")
    assert (said.status, said.err) == (0, ""), "no logbook is needed"
    rows = said.rows
    assert len(rows) == len(ids(rows, what)) >= LEAST[what]
    for row in rows:
        assert set(KEYS[what].split()) <= set(row)
        assert YEAR.search(row["source"]) and set(row["names"]) == LANGUAGES and all(row["names"].values()), row
        assert row["confidence"] in ("confirmed", "single source", "approximate"), row


@pytest.mark.parametrize("what", KEYS)
def test_what_is_recalled_is_there_only_on_request(cli: Cli, whole: dict[str, list[dict[str, Any]]], what: str) -> None:
    recalled = ids([r for r in whole[what] if r["confidence"] == "recalled"], what)
    assert ids(cli(what, "--format", "json").rows, what) == ids(whole[what], what) - recalled
    for name in sorted(recalled)[:2]:
        said = cli(what, name)
        assert said.status == 2 and name in said.err
        assert "confidence" in cli(what, name, "--include-unconfirmed").text
        assert "recalled" in cli(what, name, "--include-unconfirmed").text
    assert recalled or what != "zones"


def test_a_logbook_keeps_what_was_asked_for_when_it_was_made(cli: Cli, whole: dict[str, list[dict[str, Any]]]) -> None:
    assert cli("--logbook", "with", "init", "--include-unconfirmed").status == 0
    assert cli("--logbook", "without", "init").status == 0
    every = ids(whole["zones"], "zones")
    assert ids(cli("--logbook", "with", "zones", "--format", "json").rows, "zones") == every
    fewer = ids(cli("--logbook", "without", "zones", "--format", "json").rows, "zones")
    assert fewer < every
    assert ids(cli("--logbook", "without", "zones", "--include-unconfirmed", "--format", "json").rows, "zones") == every
    assert ids(cli("--logbook", "with", "zones", "--region", "east_asia", "--format", "json").rows, "zones") == fewer


def test_zones_of_the_user_stand_beside_those_of_the_pack(cli: Cli, tmp_path: Path) -> None:
    write_zones(tmp_path / "z.geojson", box__me=square(10, 0, 11, 1))
    assert cli("init").status == 0 and cli("zones", "add", "z.geojson").status == 0
    rows = {r["zone_id"]: r for r in cli("zones", "--format", "json").rows}
    assert rows[BOX]["pack"] == "user" and rows[BOX]["area_km2"] == 12308.8
    custom = cli("zones", "--kind", "custom", "--format", "json").rows
    assert BOX in {r["zone_id"] for r in custom} and {r["kind"] for r in custom} == {"custom"}
    assert [r["zone_id"] for r in cli("zones", "--claimant", "me", "--format", "json").rows] == [BOX]
    assert BOX not in {r["zone_id"] for r in cli("zones", "--region", "east_asia", "--format", "json").rows}


@pytest.mark.parametrize("what", ["zones", "features"])
def test_by_kind_and_by_claimant(cli: Cli, what: str) -> None:
    rows = cli(what, "--format", "json").rows
    for kind in {r["kind"] for r in rows}:
        assert cli(what, "--kind", kind, "--format", "json").rows == [r for r in rows if r["kind"] == kind]
    for claimant in ("tw", "jp", "cn"):
        theirs = [r for r in rows if claimant in r["claimants"]]
        assert theirs and cli(what, "--claimant", claimant, "--format", "json").rows == theirs
    both = cli(what, "--kind", rows[0]["kind"], "--claimant", "tw", "--format", "json").rows
    assert both == [r for r in rows if r["kind"] == rows[0]["kind"] and "tw" in r["claimants"]]
    said = cli(what, "--kind", "island_zone")
    assert said.status == 2 and "There is no kind 'island_zone'." in said.err and rows[0]["kind"] in said.err


@pytest.mark.parametrize("what", ["zones", "features"])
def test_a_choice_of_nothing(cli: Cli, what: str) -> None:
    one = cli(what, "--format", "json").rows[0]
    for words in ((what, "--claimant", "xx"), (what, one[f"{what[:-1]}_id"], "--claimant", "xx")):
        assert cli(*words, "--format", "json").rows == []
        assert cli(*words, "--format", "csv").text.strip() == ",".join(one)
        said = cli(*words)
        assert said.status == 0 and said.text.strip().endswith("none")


@pytest.mark.parametrize("what", KEYS)
def test_a_disputed_name_never_stands_alone(cli: Cli, what: str) -> None:
    rows = cli(what, "--format", "json").rows
    table = cli(what).text
    title, _, *lines = table.splitlines()
    assert title.endswith(", names: all") and len(lines) == len(rows)
    by_id = {text.split()[0]: text for text in lines}
    for row in rows:
        assert all(name in by_id[row[f"{what[:-1]}_id"]] for name in row["names"].values()), row


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("what", KEYS)
def test_the_readers_choice_of_names_is_said_in_the_title(cli: Cli, what: str, view: str) -> None:
    rows = cli(what, "--format", "json").rows
    title, _, *lines = cli(what, "--names", view).text.splitlines()
    assert title.endswith(f", names: {VIEWS[view]}")
    by_id = {text.split()[0]: text for text in lines}
    for row in rows:
        text = by_id[row[f"{what[:-1]}_id"]]
        assert row["names"][view] in text and " · " not in text.replace(row["names"][view], "")
    assert cli(what, "--names", view, "--format", "json").rows == rows, "other forms hold all names"


@pytest.mark.parametrize("what", KEYS)
def test_one_alone(cli: Cli, what: str) -> None:
    rows = cli(what, "--format", "json").rows
    row = max(rows, key=lambda r: len(r.get("claimants", r.get("parties", ()))))
    name = row[f"{what[:-1]}_id"]
    (same,) = cli(what, name, "--format", "json").rows
    assert same == row
    said = cli(what, name)
    title, *lines = said.text.splitlines()
    cells = dict(re.split(r"\s{2,}", text, maxsplit=1) for text in lines)
    assert title.endswith(", names: all") and cells["name"] == " · ".join(dict.fromkeys(row["names"].values()))
    assert cells["source"] == row["source"] and cells["confidence"] == row["confidence"]
    japanese = cli(what, name, "--names", "ja").text.splitlines()
    assert japanese[0].endswith(", names: Japanese") and japanese[2].endswith(row["names"]["ja"])


def test_the_senkaku_islands_with_all_their_names(cli: Cli) -> None:
    """Uotsuri Shima (Japan), Diaoyu Dao (China), Diaoyutai (Taiwan)."""
    text = cli("features", "--claimant", "jp").text
    (line,) = [x for x in text.splitlines() if x.startswith("uotsuri ")]
    assert all(name in line for name in ("Uotsuri", "Diaoyu", "Diaoyutai", "魚釣島", "釣魚臺", "钓鱼岛"))


def test_the_sides_of_a_gate(cli: Cli) -> None:
    for words, left in (
        (("gates", "miyako"), "East China Sea · 東シナ海 · 東海 · 东海"),
        (("gates", "miyako", "--names", "ja"), "東シナ海"),
    ):
        cells = dict(re.split(r"\s{2,}", x, maxsplit=1) for x in cli(*words).text.splitlines()[1:])
        assert cells["left"] == left and cells["right"].startswith("Pacific" if "·" in left else "太平洋")
    (row,) = cli("gates", "miyako", "--format", "json").rows
    assert [s["side"] for s in row["sides"]] == ["left", "right"] and row["sides"][0]["ja"] == "東シナ海"


@pytest.mark.parametrize("what", [*KEYS, "fleets"])
def test_an_unknown_id(cli: Cli, what: str) -> None:
    said = cli(what, "nonesuch")
    assert said.status == 2 and said.out == b"" and f"There is no {what[:-1]} 'nonesuch'." in said.err
    assert cli(what, "--region", "west_asia").status == 2


def test_confidence_is_shown_wherever_a_place_is(cli: Cli) -> None:
    for what in KEYS:
        head = cli(what).text.splitlines()[1]
        assert "confidence" in head.split()
    assert any(" approximate" in text for text in cli("zones").text.splitlines())


def test_a_file_of_others_by_command(cli: Cli, tmp_path: Path) -> None:
    eez = '{"type":"Feature","properties":{"MRGID":8321,"GEONAME":"Some EEZ","ISO_SOV1":"TWN"},"geometry":%s}'
    line = (
        '{"type":"Feature","properties":{"cable":"APG 2"},"geometry":{"type":"LineString","coordinates":[[120,21],[121,21]]}}'
    )
    box = str(square(120, 20, 121, 21)).replace("'", '"')
    (tmp_path / "eez.json").write_text('{"type":"FeatureCollection","features":[' + eez % box + "]}")
    (tmp_path / "cable.json").write_text('{"type":"FeatureCollection","features":[' + line + "]}")
    cli("init")
    add = ("zones", "add", "eez.json", "--kind", "eez", "--id-from", "MRGID", "--name-from", "GEONAME")
    assert cli(*add, "--claimants-from", "ISO_SOV1", "--source", "Maritime Boundaries, 2023").text.startswith("Added 8321.")
    cable = ("zones", "add", "cable.json", "--kind", "cable_corridor", "--id-from", "cable")
    said = cli(*cable)
    assert said.status == 2 and "--half-width-nm" in said.err
    assert cli(*cable, "--half-width-nm", 0.5).text.startswith("Added apg-2.")
    rows = {r["zone_id"]: r for r in cli("zones", "--format", "json").rows}
    assert (rows["8321"]["claimants"], rows["8321"]["source"]) == (["twn"], "Maritime Boundaries, 2023")
    assert rows["apg-2"]["kind"] == "cable_corridor" and 190 < rows["apg-2"]["area_km2"] < 200  # 103.9 km by 1.852 km
    for words in (("--half-width-nm", 0), ("--half-width-nm", -1), ("--kind", "cable")):
        said = cli(*cable, *words)
        assert said.status == 2 and "should not be" not in said.err
