"""Parquet and GeoParquet."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from polars.testing import assert_frame_equal
from reading import PACKERS, read_whole, write

from offing.errors import BadMapping, DamagedInput, UnknownForm
from offing.model.reading import ReadOptions, Source
from offing.readers import choose, open_source, parquet
from offing.readers.parquet import READER

T = datetime(2024, 3, 1, tzinfo=UTC)
TABLE = {
    "t_utc": [T, T, None, T, T],
    "mmsi": [412000101, 412000102, 5, 0, 6],
    "lat_deg": [25.5, float("nan"), 1.0, 1.0, None],
    "lon_deg": [121.5, 1.0, 1.0, 1.0, 1.0],
    "speed_kn": [10.5, None, 1.0, 1.0, 1.0],
    "name": ["HAI XUN", "X", None, None, None],
}
REASONS = {2: "bad_number", 3: "no_time", 4: "bad_mmsi", 5: "no_position"}


def save(folder: Path, table: pa.Table, name: str = "p") -> Source:
    pq.write_table(table, folder / name, row_group_size=2)
    return open_source(folder / name)


def test_our_own_names_and_native_types(tmp_path: Path) -> None:
    source = save(tmp_path, pl.DataFrame(TABLE).to_arrow())
    assert choose(source) is READER
    got = read_whole(READER, source)
    assert got.positions.select("row", "mmsi", "t_utc", "lat_e7", "lon_e7", "speed_kn").rows() == [
        (1, 412000101, T, 255000000, 1215000000, 10.5)
    ]
    assert got.reasons == REASONS
    assert got.side_statics["name"].to_list() == ["HAI XUN"]


def test_other_types_of_the_same_values(tmp_path: Path) -> None:
    want = read_whole(READER, save(tmp_path, pl.DataFrame(TABLE).to_arrow())).positions
    frame = pl.DataFrame(TABLE)
    for casts in (
        {"mmsi": pl.Float64},
        {"mmsi": pl.Int32, "name": pl.Categorical},
        {"t_utc": pl.Datetime("ns", "UTC"), "lat_deg": pl.Float32},
        {"t_utc": pl.Datetime("us", "Asia/Taipei")},
        {"mmsi": pl.String, "lat_deg": pl.String, "lon_deg": pl.String},
        {"speed_kn": pl.Decimal(10, 2)},
    ):
        assert_frame_equal(read_whole(READER, save(tmp_path, frame.cast(casts).to_arrow())).positions, want)
    texts = frame.with_columns(pl.col("t_utc").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert_frame_equal(read_whole(READER, save(tmp_path, texts.to_arrow())).positions, want)


def test_naive_times_need_a_zone(tmp_path: Path) -> None:
    local = pl.DataFrame(TABLE).with_columns(pl.col("t_utc").dt.replace_time_zone(None) + pl.duration(hours=8))
    source = save(tmp_path, local.to_arrow())
    assert read_whole(READER, source).reasons == REASONS | {1: "naive_time", 2: "naive_time", 4: "naive_time", 5: "naive_time"}
    mapping = {"columns": {n: n for n in TABLE}, "time": {"zone": "Asia/Taipei"}}
    got = read_whole(READER, source, ReadOptions(mapping))
    assert got.positions["t_utc"].to_list() == [T] and got.reasons == REASONS


def geo(points: list[object], crs: object = None) -> pa.Table:
    meta = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "crs": crs}}}
    n = len(points)
    table = pa.table({"t_utc": [T] * n, "mmsi": [412000101] * n, "geometry": pa.array(points, pa.binary())})
    return table.replace_schema_metadata({"geo": json.dumps(meta)})


def test_points_give_the_place(tmp_path: Path) -> None:
    points = [
        shapely.to_wkb(shapely.Point(121.5, 25.5)),
        shapely.to_wkb(shapely.Point(121.5, 25.5, 3.0), byte_order=0, include_srid=True),
        None,
        b"rubbish",
        shapely.to_wkb(shapely.Point()),
        shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])),
        shapely.to_wkb(shapely.Point(121.5, 95)),
    ]
    got = read_whole(READER, save(tmp_path, geo(points)))
    assert got.positions.select("lon_e7", "lat_e7").rows() == [(1215000000, 255000000)] * 2
    assert got.reasons == {3: "no_position", 4: "no_position", 5: "no_position", 6: "no_position", 7: "position_out_of_range"}
    mapping = {"columns": {"t_utc": "t_utc", "mmsi": "mmsi", "geometry": "geometry"}}
    assert read_whole(READER, save(tmp_path, geo(points)), ReadOptions(mapping)).positions.height == 2
    pair = pa.table({"t_utc": [T], "mmsi": [5], "geometry": [{"x": 121.5, "y": 25.5}]})
    meta = {"geo": json.dumps({"primary_column": "geometry", "columns": {"geometry": {"encoding": "point"}}})}
    got = read_whole(READER, save(tmp_path, pair.replace_schema_metadata(meta)))
    assert got.positions.select("lon_e7", "lat_e7").rows() == [(1215000000, 255000000)]


def test_geometry_in_metres_is_refused(tmp_path: Path) -> None:
    point = shapely.to_wkb(shapely.Point(121.5, 25.5))
    assert read_whole(READER, save(tmp_path, geo([point], {"id": {"authority": "EPSG", "code": 4326}}))).positions.height == 1
    with pytest.raises(BadMapping, match="not in longitude and latitude"):
        read_whole(READER, save(tmp_path, geo([point], {"id": {"authority": "EPSG", "code": 3857}})))


def test_columns_that_lack_or_do_not_fit(tmp_path: Path) -> None:
    source = save(tmp_path, pa.table({"when": [T], "mmsi": [1], "lat": [1.0], "lon": [1.0]}))
    with pytest.raises(UnknownForm, match="t_utc"):
        read_whole(READER, source)
    mapping = {"columns": {"t_utc": "wen", "mmsi": "mmsi", "lat_deg": "lat", "lon_deg": "lon"}}
    with pytest.raises(BadMapping, match="'wen'"):
        read_whole(READER, source, ReadOptions(mapping))
    mapping["columns"]["t_utc"] = "when"
    assert read_whole(READER, source, ReadOptions(mapping)).positions.height == 1
    nested = save(tmp_path, pa.table({"t_utc": [[T]], "mmsi": [1], "lat": [1.0], "lon": [1.0]}))
    assert read_whole(READER, nested).reasons == {1: "no_time"}


def test_nothing_is_guessed_of_two_columns(tmp_path: Path) -> None:
    values = [pa.array(v) for v in ([T], [412000101], [1.0], [2.0], [3.0])]
    for last in ("lat", "lat_deg", "LAT_DEG"):
        twice = pa.Table.from_arrays(values, ["t_utc", "mmsi", "lat_deg", "lon_deg", last])
        with pytest.raises(UnknownForm, match="2 columns for lat_deg"):
            read_whole(READER, save(tmp_path, twice))
    names = {n: n for n in ("t_utc", "mmsi", "lat_deg", "lon_deg")}
    same = save(tmp_path, pa.Table.from_arrays(values, ["t_utc", "mmsi", "lat_deg", "lon_deg", "lat_deg"]))
    with pytest.raises(BadMapping, match=r"'lat_deg', which .* has 2 times"):
        read_whole(READER, same, ReadOptions({"columns": names}))


def test_a_row_that_says_who_but_not_where_is_a_static(tmp_path: Path) -> None:
    table = {"t_utc": [T] * 3, "mmsi": [5] * 3, "lat_deg": [1.0, None, None], "lon_deg": [2.0, None, None]}
    got = read_whole(READER, save(tmp_path, pa.table(table | {"name": ["A", "B", None], "imo": [None, None, 9307839.0]})))
    assert got.positions["row"].to_list() == [1] and got.rejects.is_empty()
    assert got.statics.select("row", "name", "imo").rows() == [(2, "B", None), (3, None, 9307839)]


def test_batches_raw_and_compression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    n = 57
    frame = pl.DataFrame({"t_utc": [T] * n, "mmsi": range(1, n + 1), "lat_deg": np.linspace(-95, 95, n), "lon_deg": [1.0] * n})
    source = save(tmp_path, frame.to_arrow())
    whole = read_whole(READER, source)
    monkeypatch.setattr(parquet, "BATCH_ROWS", 10)
    assert_frame_equal(read_whole(READER, source).positions, whole.positions)
    line, text = READER.raw(source, [1, 30, 57, 99])[30]
    assert line == 30 and json.loads(text) == {
        "t_utc": T.isoformat(),
        "mmsi": 30,
        "lat_deg": frame["lat_deg"][29],
        "lon_deg": 1.0,
    }
    for kind, pack in PACKERS.items():
        packed = write(tmp_path, pack(source.path.read_bytes()), kind)
        assert choose(packed) is READER
        assert_frame_equal(read_whole(READER, packed).positions, whole.positions)
        assert READER.raw(packed, [30]) == {30: (line, text)}


def test_damage_is_told(tmp_path: Path) -> None:
    data = save(tmp_path, pl.DataFrame(TABLE).to_arrow()).path.read_bytes()
    for broken in (data[:-20], data[:40], b"PAR1", data[:60] + bytes(40) + data[100:]):
        with pytest.raises(DamagedInput):
            read_whole(READER, write(tmp_path, broken, "broken"))
