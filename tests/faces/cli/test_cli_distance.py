"""`offing distance`: between islands, points, gates and zones; without a logbook; in every form."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from in_process import Cli
from pyproj import Geod
from small_worlds import square, write_zones

GEOD = Geod(ellps="WGS84")
ENDS = ["from_lon_deg", "from_lat_deg", "to_lon_deg", "to_lat_deg"]
COLUMNS = ["a", "b", "a_what", "b_what", "distance_nm", "distance_km", *ENDS, "inside", "limit", "side", "uncertainty_m"]
COLUMNS += ["confidence", "pack"]


def test_two_islands_without_a_logbook(cli: Cli, tmp_path: Path) -> None:
    """58.1 nm between the nearest coasts, as the gate between them is long."""
    (row,) = cli("distance", "yonaguni", "Taiwan", "--format", "json").rows
    assert list(row) == COLUMNS
    assert (row["a"], row["b"], row["limit"], row["inside"]) == ("yonaguni", "taiwan", None, False)
    assert row["distance_nm"] == pytest.approx(58.1, abs=0.05) and row["distance_km"] == pytest.approx(107.6, abs=0.05)
    assert GEOD.inv(*(row[k] for k in ENDS))[2] / 1000 == pytest.approx(row["distance_km"], abs=0.0002)
    assert row["a_what"].startswith("coast of Yonaguni") and "与那国島" in row["a_what"]
    assert row["pack"].startswith("east_asia ")
    assert not list(tmp_path.iterdir()), "asking makes no logbook"


def test_every_form_has_the_same_rows(cli: Cli) -> None:
    words = ("distance", "与那国島", "24.0,122.3")
    (row,) = cli(*words, "--format", "json").rows
    assert pl.read_csv(io.BytesIO(cli(*words, "--format", "csv").out)).columns == COLUMNS
    parquet = pl.read_parquet(io.BytesIO(cli(*words, "--format", "parquet").out))
    assert parquet["distance_nm"].to_list() == [row["distance_nm"]]
    table = cli(*words).text
    assert table.startswith("distance, east_asia ") and "names: all" in table and "coast of Yonaguni" in table


def test_names_of_disputed_places_stand_together(cli: Cli) -> None:
    (row,) = cli("distance", "feature:uotsuri", "Uotsuri Shima", "--format", "json").rows
    assert row["distance_nm"] == 0 and row["inside"]
    for name in ("Uotsuri Shima", "Diaoyu Dao", "Diaoyutai", "魚釣島", "釣魚臺", "钓鱼岛"):
        assert name in row["a_what"]
    said = cli("distance", "uotsuri", "24,122", "--names", "ja")
    assert "names: Japanese" in said.text and "魚釣島" in said.text and "Diaoyu" not in said.text


def test_a_zone_has_rows_for_its_limits(cli: Cli) -> None:
    rows = cli("distance", "24.0,122.0", "taiwan-contiguous-zone@tw", "--format", "json").rows
    assert [(r["limit"], r["side"], r["inside"]) for r in rows] == [
        (None, None, True),
        ("outer", "within", False),
        ("inner", "beyond", False),
    ]
    assert rows[0]["distance_nm"] == 0
    assert rows[1]["distance_nm"] + rows[2]["distance_nm"] == pytest.approx(12, abs=0.01)


def test_zones_of_the_user_count(cli: Cli, tmp_path: Path) -> None:
    write_zones(tmp_path / "box.geojson", box__me=square(10, 0, 11, 1))
    assert cli("init").status == 0 and cli("zones", "add", "box.geojson").status == 0
    assert cli("distance", "0.5,12", "box@me", "--format", "json").rows[0]["distance_km"] == pytest.approx(111.3, abs=0.05)
    assert cli("distance", "0.5,12", "box@me", "--region", "east_asia").status == 2


def test_a_position_says_how_uncertain_it_is(cli: Cli) -> None:
    rows = cli("features", "--kind", "cape", "--format", "json").rows
    cape = next(r for r in rows if r["uncertainty_m"])
    (row,) = cli("distance", f"feature:{cape['feature_id']}", "24,122", "--format", "json").rows
    assert row["a_what"].startswith("position of ") and row["uncertainty_m"] == cape["uncertainty_m"]


@pytest.mark.parametrize(
    ("a", "says"),
    [
        ("122.93,24.45", "Latitude comes first: 24.45,122.93."),
        ("25-15.26N 120-29.20E", "two ways"),
        ("91N 12E", "is no place"),
        ("atlantis", "There is no place 'atlantis'."),
        ("miyako", "feature:miyako, gate:miyako"),
        ("Diaoyu Dao", "feature:senkaku-diaoyu, feature:uotsuri"),  # the group and its largest island
    ],
)
def test_what_cannot_be_read_is_refused(cli: Cli, a: str, says: str) -> None:
    said = cli("distance", a, "24,122")
    assert said.status == 2 and says in said.err and said.out == b"" and "Traceback" not in said.err


def test_help_says_the_order(cli: Cli) -> None:
    said = " ".join(cli("distance", "--help").text.split())
    assert "latitude first: 24.45,122.93" in said
