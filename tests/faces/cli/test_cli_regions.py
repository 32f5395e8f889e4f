"""Region packs by command: the installed ones, one from an outside package, checking one, building one."""

from __future__ import annotations

import csv
import io
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest
from in_process import Cli
from small_pack import FILES, write_pack

KEYS = "region version hash names zones gates features lines fleets series problem folder"
PROBLEM = ["file", "line", "entry", "problem", "hint"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("packs") / "small")


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "copy"))


@pytest.fixture
def outside(small: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution of somebody else whose package is a region pack, on the path as pip would leave it."""
    site = tmp_path_factory.mktemp("site")
    folder = Path(shutil.copytree(small, site / "north_waters"))
    (folder / "__init__.py").write_text("", encoding="utf-8")
    about = site / "north_waters-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: north-waters\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[offing.regions]\nnorth = north_waters\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    yield folder
    sys.modules.pop("north_waters", None)


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_installed_ones(cli: Cli) -> None:
    (row,) = cli("regions", "--format", "json").rows
    assert set(KEYS.split()) == set(row)
    assert (row["region"], row["version"], row["problem"]) == ("east_asia", "2", None)
    assert row["zones"] >= 40 and row["gates"] >= 12 and row["features"] >= 60
    said = cli("regions")
    assert said.status == 0 and f"east_asia  2        {row['hash']}" in said.text and said.out == cli("regions", "show").out


def test_a_pack_of_an_outside_package(cli: Cli, outside: Path) -> None:
    forms = {form: cli("regions", "--format", form) for form in ("table", "json", "csv", "parquet")}
    rows = forms["json"].rows
    assert [r["region"] for r in rows] == ["east_asia", "north"] and "north" in forms["table"].text
    assert (rows[1]["version"], rows[1]["zones"], rows[1]["folder"]) == ("7", 3, str(outside))
    assert [r["hash"] for r in csv.DictReader(io.StringIO(forms["csv"].text))] == [r["hash"] for r in rows]
    assert pl.read_parquet(io.BytesIO(forms["parquet"].out))["gates"].to_list() == [r["gates"] for r in rows]
    label = f"small 7 ({rows[1]['hash']})"
    for what, names in (
        ("zones", ["box@bb", "near@aa", "sea@aa"]),
        ("gates", ["narrow"]),
        ("features", ["island", "rock"]),
        ("lines", ["half-way", "outer"]),
        ("fleets", ["any", "boats"]),
    ):
        found = cli(what, "--region", "north", "--format", "json").rows
        assert [r[f"{what[:-1]}_id"] for r in found] == names
        assert {r["pack"] for r in found} == {label}
    assert cli("regions", "check", "north").text == f"{label} is whole: 4 zones, 1 gates, 3 features, 2 lines, 2 fleets.\n"


def test_a_logbook_of_an_outside_pack(cli: Cli, outside: Path) -> None:
    assert cli("init", "--region", "north").status == 0
    assert [r["zone_id"] for r in cli("zones", "--format", "json").rows] == ["box@bb", "near@aa", "sea@aa"]
    assert [r["gate_id"] for r in cli("gates", "--format", "json").rows] == ["narrow"]
    assert len(cli("zones", "--region", "east_asia", "--format", "json").rows) > 40
    (member, *_) = cli("fleets", "boats", "--format", "json").rows
    assert member["mmsi"] == 412000001


def test_an_outside_pack_that_is_broken_does_not_hide_the_others(cli: Cli, outside: Path) -> None:
    spoil(outside, "zones.toml", 'kind = "territorial_sea"', 'kind = "sea"')
    said = cli("regions", "--format", "json")
    good, bad = said.rows
    assert said.status == 0 and (good["region"], good["problem"], bad["hash"]) == ("east_asia", None, None)
    assert "zones.toml, zones sea@aa (line 4)" in bad["problem"]
    assert cli("zones", "--region", "north").status == 2


def test_a_name_that_is_taken(cli: Cli, outside: Path) -> None:
    points = outside.parent / "north_waters-1.0.dist-info" / "entry_points.txt"
    points.write_text("[offing.regions]\neast_asia = north_waters\n", encoding="utf-8")
    said = cli("regions")
    assert said.status == 2 and "Two region packs are called 'east_asia'" in said.err
    assert cli("zones", "--format", "json").rows, "offing's own is there all the same"


def test_a_whole_pack(cli: Cli, small: Path) -> None:
    said = cli("regions", "check", small)
    assert (said.status, said.err) == (0, "")
    assert said.text.endswith("is whole: 4 zones, 1 gates, 3 features, 2 lines, 2 fleets.\n")
    assert cli("regions", "check", small, "--format", "json").rows == []
    assert cli("regions", "check", small, "--format", "csv").text.strip() == ",".join(PROBLEM)
    assert cli("regions", "check", "east_asia").status == 0


def test_a_pack_with_faults(cli: Cli, copy: Path) -> None:
    spoil(copy, "zones.toml", 'source = "a notice of 2009"\n', "")
    spoil(copy, "gates.toml", 'ja = "北水"\n', "")
    spoil(copy, "features.csv", "a chart of 1910,single source", "a chart,single source")
    said = cli("regions", "check", copy)
    side = FILES["gates.toml"].split("[gates.left]")[0].count("\n") + 1
    assert (said.status, said.err) == (1, "")
    assert said.text.splitlines() == [
        "features.csv:3: rock: `source` names no year. Say when it was published or read.",
        f"gates.toml:{side}: gates narrow: `left` lacks ja. Every name is given in all four languages.",
        "zones.toml:2: zones sea@aa: `source` is missing. It says where it was read, with a year.",
    ]
    for form in ("json", "csv", "parquet"):
        assert cli("regions", "check", copy, "--format", form).status == 1
    rows = cli("regions", "check", copy, "--format", "json").rows
    assert [list(r) for r in rows] == [PROBLEM] * 3
    assert [(r["file"], r["line"]) for r in rows] == [("features.csv", 3), ("gates.toml", side), ("zones.toml", 2)]
    assert len(list(csv.DictReader(io.StringIO(cli("regions", "check", copy, "--format", "csv").text)))) == 3


def test_a_fault_of_a_whole_file_names_it(cli: Cli, copy: Path) -> None:
    (copy / "fleets.toml").unlink()
    (copy / "features.csv").write_bytes(b"\xff")
    said = cli("regions", "check", copy)
    assert said.status == 1 and ".." not in said.text.replace(str(copy), "")
    assert [text.split(":")[0] for text in said.text.splitlines()] == ["features.csv", "fleets.toml"]


def test_what_is_no_pack(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.toml").write_text("", encoding="utf-8")
    for command in ("check", "build"):
        for what in ("empty", "file.toml", "nowhere", "./nowhere", "no/where", "east_asiaa"):
            said = cli("regions", command, what)
            assert said.status == 2 and said.out == b"", (command, what, said)
            assert said.err.startswith("offing: ") and "should not be" not in said.err and what.split("/")[-1] in said.err


def test_building_gives_the_same_bytes_again(cli: Cli, copy: Path, small: Path) -> None:
    for name in ("zones.parquet", "lines.parquet"):
        (copy / name).unlink()
    assert cli("regions", "check", copy).status == 1
    said = cli("regions", "build", copy)
    assert said.status == 0 and said.text == f"Wrote zones.parquet and lines.parquet in {copy}.\n"
    assert said.err.splitlines() == ["building zones", "building lines"]
    for name in ("zones.parquet", "lines.parquet"):
        assert (copy / name).read_bytes() == (small / name).read_bytes()
    assert cli("regions", "check", copy).status == 0


def test_a_pack_without_lines_has_no_file_of_them(cli: Cli, copy: Path) -> None:
    (copy / "lines.toml").unlink()
    (copy / "lines.parquet").unlink()
    assert cli("regions", "build", copy).text == f"Wrote zones.parquet in {copy}.\n"
    assert not (copy / "lines.parquet").exists() and cli("regions", "check", copy).status == 0


def test_what_cannot_be_built_leaves_what_was(cli: Cli, copy: Path) -> None:
    before = (copy / "zones.parquet").read_bytes()
    spoil(copy, "areas.csv", "box,1,3", "box,1,9")
    said = cli("regions", "build", copy)
    assert said.status == 2 and "areas.csv, box (line 4): point 9 of box part 1 is out of order." in said.err
    assert (copy / "zones.parquet").read_bytes() == before


def test_a_folder_that_cannot_be_written(cli: Cli, copy: Path) -> None:
    (copy / "zones.parquet").unlink()
    (copy / "zones.parquet").mkdir()
    said = cli("regions", "build", copy)
    assert said.status == 2 and "cannot be written" in said.err and "should not be" not in said.err
