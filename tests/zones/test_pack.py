"""The region pack: reproducible, whole, and read without a geometry library."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from offing.errors import BadFleet, BadZone, MissingInput, OffingError
from offing.model.times import DayRule
from offing.zones.pack import Pack, load_pack

FIRST_SET = {
    "taiwan-territorial-sea@tw",
    "taiwan-internal-waters@tw",
    "taiwan-contiguous-zone@tw",
    *(f"senkaku-diaoyu-{kind}@{who}" for kind in ("territorial-sea", "contiguous-zone") for who in ("jp", "cn", "tw")),
    "senkaku-diaoyu-internal-waters@cn",
}


def test_zones_of_the_first_set(pack: Pack) -> None:
    assert set(pack.zones) >= FIRST_SET and len(pack.zones) >= 60
    for zone in map(pack.zones.__getitem__, sorted(FIRST_SET)):
        place_kind, _, claimant = zone.id.partition("@")
        assert zone.claimants == (claimant,) and place_kind.endswith(zone.kind.replace("_", "-"))
        assert set(zone.names) == {"en", "ja", "zh-Hant", "zh-Hans"} and all(zone.names.values())
        assert zone.legal_basis and zone.source and zone.note and zone.valid_from and zone.valid_to is None
        assert zone.day_rule == DayRule({"tw": "Asia/Taipei", "jp": "Asia/Tokyo", "cn": "Asia/Shanghai"}[claimant], 0)
        wants = {"territorial_sea": ("internal_waters", "land"), "internal_waters": ("land",), "contiguous_zone": ()}
        assert zone.includes == wants[zone.kind]
    starts = {z.id: str(z.valid_from) for z in pack.zones.values()}
    assert starts["taiwan-territorial-sea@tw"] == "2009-11-18"
    assert starts["senkaku-diaoyu-territorial-sea@jp"] == "1977-07-01"
    assert starts["senkaku-diaoyu-contiguous-zone@jp"] == "1996-07-20"
    assert starts["senkaku-diaoyu-internal-waters@cn"] == "2012-09-10"


def test_names_differ_between_claims(pack: Pack) -> None:
    for language in ("en", "ja", "zh-Hant", "zh-Hans"):
        names = [z.names[language] for z in pack.zones.values()]
        assert len(set(names)) == len(names)


def test_rings_are_canonical(pack: Pack) -> None:
    for zone in pack.zones.values():
        for polygon in zone.polygons:
            for i, ring in enumerate(polygon):
                x, y = (ring - ring[0]).astype(float).T
                area = np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])
                assert ring.dtype == np.int64 and np.array_equal(ring[0], ring[-1]), zone.id
                assert (area < 0) == bool(i), zone.id  # outer rings counter-clockwise, holes clockwise
                assert ring[:-1].tolist().index(min(ring[:-1].tolist())) == 0
                assert np.any(np.diff(ring, axis=0) != 0, axis=1).all()


def test_loading_imports_no_geometry_library(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from offing.zones.pack import load_pack; load_pack(Path(sys.argv[1]));"
        "sys.exit(any(m in sys.modules for m in ('shapely', 'pyproj', 'polars', 'numba')))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(folder)], check=False).returncode == 0


def test_the_published_text_and_the_decimals_of_base_points_agree(folder: Path) -> None:
    import csv

    def decimal(text: str) -> float:
        degrees, minutes, seconds = re.fullmatch(r"(\d+)°(?:([\d.]+)')?(?:([\d.]+)\")?[NE]", text).groups()  # type: ignore[union-attr]
        return int(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600

    with (folder / "baselines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [sum(r["baseline"] == b for r in rows) for b in ("taiwan-2009", "diaoyu-2012")] == [22, 17]
    published = [row for row in rows if row["lat_published"]]
    assert {row["segment"] for row in rows if not row["lat_published"]} == {"closing"}
    for row in published:
        assert abs(decimal(row["lat_published"]) - float(row["lat_deg"])) < 6e-8
        assert abs(decimal(row["lon_published"]) - float(row["lon_deg"])) < 6e-8


def test_base_points_equal_the_facts(folder: Path, shared_data: Path) -> None:
    import csv

    with (folder / "baselines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    features = json.loads((shared_data / "boundaries/tw_taiwan_baseline.small.geojson").read_text(encoding="utf-8"))["features"]
    ours = [(float(r["lon_deg"]), float(r["lat_deg"])) for r in rows if r["baseline"] == "taiwan-2009"]
    assert np.allclose(ours, features[0]["geometry"]["coordinates"][0][:-1], atol=6e-8, rtol=0)
    with (shared_data / "facts/prc_baselines.csv").open(encoding="utf-8", newline="") as file:
        facts = [(r["name"], r["lat"], r["lon"]) for r in csv.DictReader(file) if r["set"].startswith("diaoyu")]
    assert [(r["name"], r["lat_published"], r["lon_published"]) for r in rows if r["baseline"] == "diaoyu-2012"] == facts


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "pack"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "error", "says"),
    [
        ("zones.toml", "valid_from = 2009-11-18", "valid_from = 2010-11-18", BadZone, "offing regions build"),
        ("zones.toml", 'kind = "internal_waters"', 'kind = "puddle"', BadZone, "puddle"),
        ("zones.toml", "[[zones]]", "[[zones", BadZone, "not TOML"),
        ("zones.toml", 'id = "taiwan-internal-waters@tw"', 'id = "x@tw"', BadZone, "zones.parquet lacks the zone x@tw"),
        ("pack.toml", "format = ", "format = 9 # ", BadZone, "form 9"),
        ("fleets.toml", "mmsi = 413875010", 'mmsi = "413875010"', BadFleet, "mmsi"),
        ("fleets.toml", "valid_to = 2024-03-31", "valid_to = 2023-03-31", BadFleet, "before"),
        ("fleets.toml", 'includes = ["', 'includes = ["nobody", "', BadFleet, "nobody"),
        ("series.toml", 'office = "jcg"', 'office = "abc"', BadZone, "abc"),
        ("series.toml", 'unit = "calendar_days"', 'unit = "ships"', BadZone, "ships"),
        ("published_streaks.csv", ",111,", ",110,", BadZone, "111 days, not 110"),
        ("published_streaks.csv", "jcg-senkaku-contiguous-zone,,", "other,,", BadZone, "other"),
        ("published_streaks.csv", "2020-04-14", "14 April", BadZone, "14 April"),
        ("published_streaks.csv", "start_day", "start", BadZone, "start_day"),
    ],
)
def test_a_pack_that_does_not_fit_is_refused_in_one_sentence(
    copy: Path, file: str, old: str, new: str, error: type[OffingError], says: str
) -> None:
    edit(copy / file, old, new)
    with pytest.raises(error) as caught:
        load_pack(copy)
    assert says in str(caught.value) and "\n" not in caught.value.message


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        load_pack(tmp_path / "nowhere")


def test_the_hash_of_a_pack_follows_its_bytes(copy: Path, pack: Pack) -> None:
    assert load_pack(copy).hash == pack.hash
    edit(copy / "fleets.toml", "MIZUHO", "Mizuho")
    assert load_pack(copy).hash != pack.hash
