"""The file of built zones: GeoParquet that other readers take, and that reads back to the same integers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import BadZone, MissingInput
from offing.model.zone import Zone
from offing.zones.built import BUILT, from_wkb, read_built, to_wkb, write_zones
from offing.zones.rings import canonical

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], dtype=np.int64) * 10_000_000
HOLE = np.array([[2, 2], [2, 3], [3, 3], [3, 2], [2, 2]], dtype=np.int64) * 10_000_000 + 7


def zone(zone_id: str, *polygons: Any) -> Zone:
    return Zone(zone_id, "custom", canonical(polygons))


ZONES = [zone("a", [SQUARE, HOLE]), zone("b@tw", [SQUARE + 1_234_567_891], [SQUARE - 500_000_001])]


def test_zones_read_back_to_the_same_integers(tmp_path: Path) -> None:
    write_zones(ZONES, tmp_path / BUILT)
    found = read_built(tmp_path)
    assert list(found) == ["a", "b@tw"]
    for z in ZONES:
        assert found[z.id].hash == z.hash == zone(z.id, *found[z.id].polygons).hash
    assert [p.name for p in tmp_path.iterdir()] == [BUILT]


def test_the_area_is_that_on_the_ellipsoid(tmp_path: Path) -> None:
    """Against the closed form for a part of a zone between two parallels (authalic latitude)."""

    def q(lat_deg: float) -> float:
        s, e = np.sin(np.radians(lat_deg)), 0.0818191908426215
        return float((1 - e**2) * (s / (1 - e**2 * s**2) - np.log((1 - e * s) / (1 + e * s)) / (2 * e)))

    steps = [(x, 30.0) for x in np.linspace(120, 122, 41)] + [(x, 31.0) for x in np.linspace(122, 120, 41)]
    ring = np.rint(np.array([*steps, steps[0]]) * 1e7).astype(np.int64)
    hole = np.array([[121, 30.2], [121, 30.7], [121.1, 30.7], [121.1, 30.2], [121, 30.2]])
    write_zones([zone("c", [ring, np.rint(hole * 1e7).astype(np.int64)])], tmp_path / BUILT)
    want = 6378.137**2 / 2 * (np.radians(2) * (q(31) - q(30)) - np.radians(0.1) * (q(30.7) - q(30.2)))
    assert read_built(tmp_path)["c"].area_km2 == pytest.approx(want, rel=1e-6)


def test_other_readers_take_it(tmp_path: Path) -> None:
    write_zones(ZONES, tmp_path / BUILT)
    table = pq.read_table(tmp_path / BUILT)
    assert table.column_names == ["zone_id", "hash", "area_km2", "geometry"]
    geo = json.loads(table.schema.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert geo["version"] == "1.1.0" and column["encoding"] == "WKB" and column["geometry_types"] == ["MultiPolygon"]
    assert column.get("crs", "default") == "default"  # which is longitude and latitude of WGS84
    shapes = shapely.from_wkb(table["geometry"].to_pylist())
    assert [s.geom_type for s in shapes] == ["MultiPolygon"] * 2 and all(s.is_valid for s in shapes)
    assert column["bbox"] == list(shapely.total_bounds(shapes))
    assert np.array_equal(np.rint(shapely.get_coordinates(shapes[0]) * 1e7), np.vstack(ZONES[0].polygons[0]))
    assert shapes[0].geoms[0].exterior.is_ccw and shapely.to_wkb(shapes[0], byte_order=1) == table["geometry"][0].as_py()


@given(st.lists(st.lists(st.tuples(st.integers(-1_800_000_000, 5_400_000_000), st.integers(-900_000_000, 900_000_000)))))
def test_any_integers_survive(rings: list[list[tuple[int, int]]]) -> None:
    polygon = tuple(np.array(r, dtype=np.int64).reshape(-1, 2) for r in rings)
    ((*found,),) = from_wkb(to_wkb((polygon,)))
    assert all(np.array_equal(a, b) for a, b in zip(found, polygon, strict=True))


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write_zones(ZONES, tmp_path / "1")
    write_zones(ZONES, tmp_path / "2")
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_reading_imports_no_geometry_library(tmp_path: Path) -> None:
    write_zones(ZONES, tmp_path / BUILT)
    code = (
        "import sys; from pathlib import Path; from offing.zones.built import read_built; read_built(Path(sys.argv[1]));"
        "sys.exit(any(m in sys.modules for m in ('shapely', 'pyproj', 'polars', 'numba', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0


def test_files_that_are_no_built_zones(tmp_path: Path) -> None:
    import pyarrow as pa

    with pytest.raises(MissingInput, match="offing regions build"):
        read_built(tmp_path)
    (tmp_path / BUILT).write_bytes(b"PAR1 or not")
    with pytest.raises(BadZone, match="no file of built zones"):
        read_built(tmp_path)
    point = shapely.to_wkb(shapely.Point(1, 2), byte_order=1)
    big = shapely.to_wkb(shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), byte_order=0)
    whole = to_wkb(ZONES[0].polygons)
    for wkb in (point, big, whole[:-9], b""):
        rows = {"zone_id": ["a"], "hash": ["x"], "area_km2": [1.0], "geometry": [wkb]}
        pq.write_table(pa.table(rows), tmp_path / BUILT)
        with pytest.raises(BadZone, match="no file of built zones"):
            read_built(tmp_path)
    pq.write_table(pa.table({"zone_id": ["a"]}), tmp_path / BUILT)
    with pytest.raises(BadZone, match="no file of built zones"):
        read_built(tmp_path)
