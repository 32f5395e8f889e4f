"""Building a pack's zones: whole, reproducible, all or nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import shapely

from offing.errors import BadZone
from offing.zones import build
from offing.zones.built import BUILT, read_built
from offing.zones.offset import body
from offing.zones.pack import Pack


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "pack"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def again(folder: Path) -> dict[str, str]:
    return {z.id: z.hash for z in build.build_pack(folder)}


def test_building_again_gives_the_shipped_zones(again: dict[str, str], folder: Path) -> None:
    assert again == {zone_id: b.hash for zone_id, b in read_built(folder).items()}


def test_building_in_another_process_gives_the_same(again: dict[str, str], folder: Path) -> None:
    code = (
        "import json, sys; from pathlib import Path; from offing.zones.build import build_pack;"
        "print(json.dumps({z.id: z.hash for z in build_pack(Path(sys.argv[1]))}))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    out = subprocess.run([sys.executable, "-c", code, str(folder)], env=environment, check=True, capture_output=True, text=True)
    assert json.loads(out.stdout) == again


def test_every_zone_is_whole(pack: Pack) -> None:
    for zone in pack.zones.values():
        area = body(zone.polygons)
        assert area.is_valid and area.area > 0, zone.id
        for polygon in zone.polygons:
            assert shapely.Polygon(polygon[0], polygon[1:]).is_valid, zone.id
    built = read_built(pack.folder)
    for zone_id, stored in built.items():
        assert stored.area_km2 > 0, zone_id


def test_writing_says_what_it_does_and_gives_the_file(copy: Path, folder: Path) -> None:
    (copy / BUILT).unlink()
    told: list[tuple[int, int, str]] = []
    written = build.write_built(copy, lambda *step: told.append(step))
    assert written == copy / BUILT and written.read_bytes() == (folder / BUILT).read_bytes()
    ids = list(read_built(copy))
    assert told == [(i, len(ids), name) for i, name in enumerate([*ids, ""])]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("baselines.csv", "taiwan-2009,1,2,", "taiwan-2009,1,3,", "out of order"),
        ("baselines.csv", ",straight,", ",wavy,", "wavy"),
        ("baselines.csv", "25.0082861", "95.0082861", "lat_deg"),
        ("baselines.csv", "25.4838528,122.1091083", "22.4838528,119.1091083", "crosses itself"),
        ("zones.toml", 'baseline = "diaoyu-2012"', 'baseline = "diaoyu"', "lacks"),
        ("outlines.geojson", "[[[123.47708,25.74126]", "[[[123.47709,25.74126]", "not closed"),
    ],
)
def test_building_refuses_what_it_cannot_build(copy: Path, file: str, old: str, new: str, says: str) -> None:
    edit(copy / file, old, new)
    before = (copy / BUILT).read_bytes()
    with pytest.raises(BadZone) as caught:
        build.write_built(copy)
    assert says in str(caught.value)
    assert (copy / BUILT).read_bytes() == before
