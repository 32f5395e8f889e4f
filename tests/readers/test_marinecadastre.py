"""MarineCadastre CSV: both generations of columns, in any order."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from reading import MC_HEADER, MC_NEW_HEADER, MC_ROW, PACKERS, mc, read_whole, write

from offing.errors import UnknownForm
from offing.model.reading import ReadOptions
from offing.readers import choose
from offing.readers.marinecadastre import READER

NEW_ROW = "412000101,2024-03-01 00:00:00,121.5,25.5,10.1,90.5,91,HAI XUN,IMO9307839,BABC,70,0,100,20,5.5,70,A"


def test_both_generations_give_the_same(tmp_path: Path) -> None:
    old = read_whole(READER, write(tmp_path, mc(MC_ROW)))
    new = read_whole(READER, write(tmp_path, mc(NEW_ROW, header=MC_NEW_HEADER)))
    assert_frame_equal(old.positions, new.positions)
    assert_frame_equal(old.side_statics, new.side_statics)
    (row,) = old.positions.drop("t_received_utc", "station").rows()
    t = datetime(2024, 3, 1, tzinfo=UTC)
    assert row == (412000101, t, 1215000000, 255000000, 10.1, 90.5, 91.0, 0, 0, "file", 1)
    (said,) = old.side_statics.drop("t_received_utc", "station").rows()
    assert said == (412000101, t, 9307839, "HAI XUN", "BABC", 70, 100.0, 20.0, 5.5, None, 0, None, "file", 1)


def test_any_order_of_columns(tmp_path: Path) -> None:
    want = read_whole(READER, write(tmp_path, mc(MC_ROW)))
    names, values = MC_HEADER.split(","), MC_ROW.split(",")
    for turn in range(len(names)):
        header, row = ",".join(names[turn:] + names[:turn]), ",".join(values[turn:] + values[:turn])
        assert_frame_equal(read_whole(READER, write(tmp_path, mc(row, header=header))).positions, want.positions)
    short = read_whole(READER, write(tmp_path, "MMSI,BaseDateTime,LAT,LON\n412000101,2024-03-01T00:00:00,25.5,121.5\n"))
    assert short.positions["speed_kn"].to_list() == [None] and short.side_statics.is_empty()


def test_sniff(tmp_path: Path) -> None:
    assert READER.sniff(mc(MC_ROW).encode()) == READER.sniff(MC_NEW_HEADER.encode()) == 1.0
    assert READER.sniff(("\ufeff" + mc(MC_ROW)).replace("\n", "\r\n").encode()) == 1.0
    for other in (b"", b"a,b,c\n", b"t_utc,mmsi,lat,lon\n", b"MMSI,BaseDateTime,LAT\n", MC_ROW.encode()):
        assert READER.sniff(other) == 0.0
    with pytest.raises(UnknownForm, match="MarineCadastre"):
        list(READER.read(write(tmp_path, "a,b,c\n1,2,3\n"), None))  # type: ignore[arg-type]


def test_a_header_with_two_columns_for_one_thing_is_refused(tmp_path: Path) -> None:
    for twice in ("MMSI", "LAT", "longitude", "base_date_time", "sog"):
        source = write(tmp_path, mc(MC_ROW, header=MC_HEADER.replace("Cargo", twice)))
        assert choose(source) is READER
        with pytest.raises(UnknownForm, match="2 columns for") as caught:
            READER.read(source, ReadOptions())
        assert repr(twice) in caught.value.message and "Rename" in caught.value.hint


def test_a_row_that_says_who_but_not_where_is_a_static(tmp_path: Path) -> None:
    lost = MC_ROW.replace("25.5,121.5", ",")
    nobody = "412000101,2024-03-01T00:00:00,,,,,,,,,,,,,,,"
    got = read_whole(READER, write(tmp_path, mc(MC_ROW, lost, nobody)))
    assert got.positions["row"].to_list() == [1] and got.reasons == {3: "no_position"}
    assert got.statics.select("row", "name", "imo", "ship_type").rows() == [(2, "HAI XUN", 9307839, 70)]


def test_a_shifted_row_is_not_taken_for_a_position(tmp_path: Path) -> None:
    extra, short = MC_ROW.replace("HAI XUN", "HAI, XUN"), MC_ROW.replace(",25.5", "")
    got = read_whole(READER, write(tmp_path, mc(MC_ROW, extra, short, MC_ROW)))
    assert got.reasons == {2: "bad_record", 3: "bad_record"}
    assert "18 fields" in got.rejects["detail"][0]


def test_the_real_sample(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "ais/noaa_marinecadastre_20230111_1000rows.csv"
    plain = write(tmp_path, path.read_bytes())
    got = read_whole(READER, plain)
    assert (got.rows, got.positions.height, got.rejects.height) == (1000, 1000, 0)
    first = got.positions.row(0, named=True)
    assert (first["mmsi"], first["lat_e7"], first["lon_e7"]) == (367752440, 430791700, -707573300)
    assert first["course_deg"] is None and first["heading_deg"] == 95.0  # course 360: not available
    assert got.positions["row"].to_list() == list(range(1, 1001))
    raw = READER.raw(plain, [1, 1000])
    lines = path.read_text().splitlines()
    assert raw == {1: (2, lines[1]), 1000: (1001, lines[1000])}
    for pack in PACKERS.values():
        packed = read_whole(READER, write(tmp_path, pack(path.read_bytes()), "packed"))
        assert_frame_equal(packed.positions, got.positions)
        assert_frame_equal(packed.side_statics, got.side_statics)
