"""Any CSV: mapped or with our own names; cleaning of values; reasons of rejects; the way back to a line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from reading import PACKERS, PLAIN_HEADER, Whole, mapped, read_whole, write

from offing.errors import BadMapping, DamagedInput, OffingError, UnknownForm
from offing.model.reading import ReadOptions
from offing.readers import choose, delimited, records
from offing.readers.csv import READER

ROW = "2024-03-01T00:00:00Z,412000101,25.5,121.5"
T = datetime(2024, 3, 1, tzinfo=UTC)


def read(tmp_path: Path, *lines: str, header: str = PLAIN_HEADER, mapping: dict[str, Any] | None = None) -> Whole:
    return read_whole(READER, write(tmp_path, "\n".join([header, *lines]) + "\n"), ReadOptions(mapping))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",412000101,25.5,121.5", "no_time"),
        ("  ,412000101,25.5,121.5", "no_time"),
        ("yesterday,412000101,25.5,121.5", "bad_time"),
        ("2024-02-30T00:00:00Z,412000101,25.5,121.5", "bad_time"),
        ("2024-03-01T00:00:00,412000101,25.5,121.5", "naive_time"),
        ("2024-03-01T00:00:00Z,,25.5,121.5", "no_mmsi"),
        ("2024-03-01T00:00:00Z,0,25.5,121.5", "bad_mmsi"),
        ("2024-03-01T00:00:00Z,-5,25.5,121.5", "bad_mmsi"),
        ("2024-03-01T00:00:00Z,1000000000,25.5,121.5", "bad_mmsi"),
        ("2024-03-01T00:00:00Z,99999999999999999999999,25.5,121.5", "bad_mmsi"),
        ("2024-03-01T00:00:00Z,123456789.5,25.5,121.5", "bad_mmsi"),
        ("2024-03-01T00:00:00Z,nan,25.5,121.5", "bad_mmsi"),
        ("2024-03-01T00:00:00Z,HAIXUN,25.5,121.5", "bad_mmsi"),
        ("2024-03-01T00:00:00Z,412000101,,121.5", "no_position"),
        ("2024-03-01T00:00:00Z,412000101,25.5,", "no_position"),
        ("2024-03-01T00:00:00Z,412000101,91,181", "no_position"),
        ("2024-03-01T00:00:00Z,412000101,91.0,0.0", "no_position"),
        ("2024-03-01T00:00:00Z,412000101,25.5,nan", "bad_number"),
        ("2024-03-01T00:00:00Z,412000101,inf,121.5", "bad_number"),
        ("2024-03-01T00:00:00Z,412000101,25°30N,121.5", "bad_number"),
        ("2024-03-01T00:00:00Z,412000101,95,121.5", "position_out_of_range"),
        ("2024-03-01T00:00:00Z,412000101,25.5,-180.0001", "position_out_of_range"),
        ("2024-03-01T00:00:00Z,412000101,25.5", "bad_record"),
        ("2024-03-01T00:00:00Z,412000101,25,5,121,5", "bad_record"),
    ],
)
def test_a_bad_row_has_its_reason_and_the_rows_beside_it_are_kept(tmp_path: Path, line: str, reason: str) -> None:
    got = read(tmp_path, ROW, line, ROW)
    assert got.reasons == {2: reason}
    assert got.positions["row"].to_list() == [1, 3]
    alone = read(tmp_path, line)
    assert alone.reasons == {1: reason}
    assert alone.rejects["detail"][0]


def test_padded_and_odd_but_clear_numbers_are_taken(tmp_path: Path) -> None:
    got = read(
        tmp_path, ROW, " 2024-03-01T00:00:00Z , 412000101.0 , 25.5 ,+121.5 ", "2024-03-01T00:00:00Z,000412000101,2.55e1,121.5"
    )
    assert got.rejects.is_empty()
    assert got.positions.select("mmsi", "t_utc", "lon_e7", "lat_e7").unique().rows() == [(412000101, T, 1215000000, 255000000)]


def test_edges_of_the_world(tmp_path: Path) -> None:
    got = read(
        tmp_path,
        *(f"2024-03-01T00:00:00Z,5,{lat},{lon}" for lat, lon in ((90, 180), (-90, -180), (0, 179.99999999), (-0.0, 0))),
    )
    assert got.positions["lon_e7"].to_list() == [-1_800_000_000, -1_800_000_000, -1_800_000_000, 0]
    assert got.positions["lat_e7"].to_list() == [900_000_000, -900_000_000, 0, 0]


def test_optional_values_that_cannot_be_are_null(tmp_path: Path) -> None:
    header = PLAIN_HEADER + ",speed_kn,course_deg,heading_deg,nav_status"
    lines = {
        "10.5,90.5,91,5": (10.5, 90.5, 91.0, 5),
        " 10.5 , 90.5 , 91 , 5.0": (10.5, 90.5, 91.0, 5),
        "102.2,359.9,359,15": (102.2, 359.9, 359.0, 15),
        "102.3,360,511,16": (None, None, None, None),
        "-0.1,-1,-1,-1": (None, None, None, None),
        "nan,inf,x,moored": (None, None, None, 5),
        ",,,": (None, None, None, None),
        "0,0,0,0.5": (0.0, 0.0, 0.0, None),
    }
    got = read(tmp_path, *(f"{ROW},{line}" for line in lines), header=header)
    assert got.positions.select("speed_kn", "course_deg", "heading_deg", "nav_status").rows() == list(lines.values())


def test_names_give_one_static_row_per_change(tmp_path: Path) -> None:
    header = PLAIN_HEADER + ",name,callsign,imo,ship_type,length_m,width_m,draught_m,destination"
    lines = [
        "A,BABC,IMO9307839,70,100,20,5.5,KEELUNG",
        "A,BABC,IMO9307839,70,100,20,5.5,KEELUNG",
        "B@@@, ,0,tanker,0,999,-1,",
        ",,,,,,,",
        "B@@@, ,0,tanker,0,999,-1,",
        "A,BABC,IMO9307839,70,100,20,5.5,KEELUNG",
    ]
    got = read(tmp_path, *(f"{ROW},{line}" for line in lines), header=header)
    assert got.positions.height == 6 and got.statics.is_empty()
    fields = ["row", "name", "callsign", "imo", "ship_type", "length_m", "width_m", "draught_m", "destination"]
    a = ("A", "BABC", 9307839, 70, 100.0, 20.0, 5.5, "KEELUNG")
    assert got.side_statics.select(fields).rows() == [(1, *a), (3, "B", None, None, 80, None, None, None, None), (6, *a)]


def test_statics_of_rejected_rows_are_not_taken(tmp_path: Path) -> None:
    got = read(tmp_path, f"{ROW},GOOD", ROW.replace("25.5", "95") + ",BAD", header=PLAIN_HEADER + ",name")
    assert got.side_statics["name"].to_list() == ["GOOD"]


def test_message_types_of_the_file_decide(tmp_path: Path) -> None:
    header = PLAIN_HEADER + ",msg_type,name,station,t_received_utc"
    lines = [
        f"{ROW},1,,st1,2024-03-01T00:00:09Z",
        f"{ROW},4,,,",
        f"{ROW},21,BUOY,,",
        "2024-03-01T00:00:00Z,412000101,,,5,HAI XUN,,2024-03-01T00:00:01Z",
        "2024-03-01T00:00:00Z,,,,24,HAI XUN,,",
        f"{ROW},,,,",
    ]
    got = read(tmp_path, *lines, header=header)
    assert got.positions.select("row", "msg_type", "station").rows() == [(1, 1, "st1"), (2, 4, None), (6, 0, None)]
    assert got.positions["t_received_utc"].to_list() == [datetime(2024, 3, 1, 0, 0, 9, tzinfo=UTC), None, None]
    assert got.statics.select("row", "name", "msg_type").rows() == [(4, "HAI XUN", 5)]
    assert got.reasons == {5: "no_mmsi"}
    assert got.ignored == {"type_21": 1}


def test_blank_lines_and_repeated_headers_are_ignored(tmp_path: Path) -> None:
    got = read(tmp_path, ROW, "", PLAIN_HEADER, "   ", ROW)
    assert got.ignored == {"blank": 2, "header": 1}
    assert got.positions["row"].to_list() == [1, 5]


def test_mapping_with_everything(tmp_path: Path) -> None:
    mapping = mapped(name="navn") | {
        "time": {"format": "%d.%m.%Y %H:%M", "zone": "Asia/Taipei"},
        "file": {"delimiter": ";", "encoding": "cp1252", "decimal": ","},
    }
    data = "t;lat;lon;mmsi;navn\n01.03.2024 08:00;25,5;121,5;412000101;ÆRØ\n".encode("cp1252")
    source = write(tmp_path, data)
    got = read_whole(choose(source, "auto", ReadOptions(mapping)), source, ReadOptions(mapping))
    assert got.positions.select("t_utc", "lat_e7", "lon_e7").rows() == [(T, 255000000, 1215000000)]
    assert got.side_statics["name"].to_list() == ["ÆRØ"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    header, row = ("t,mmsi,lat,lon".replace(",", delimiter), ROW.replace(",", delimiter))
    assert read(tmp_path, row, header=header, mapping=mapped()).positions.height == 1
    own = read(tmp_path, row, header=PLAIN_HEADER.replace(",", delimiter))
    assert own.positions.height == 1


def test_encodings_of_east_asia(tmp_path: Path) -> None:
    for encoding, name in (("big5", "海巡"), ("gb18030", "海警2302"), ("shift_jis", "巡視船")):
        data = f"t,mmsi,lat,lon,n\n{ROW},{name}\n".encode(encoding)
        options = ReadOptions(mapped(name="n") | {"file": {"encoding": encoding}})
        assert read_whole(READER, write(tmp_path, data), options).side_statics["name"].to_list() == [name]


def test_a_mapping_that_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(BadMapping, match="'lat'") as caught:
        read(tmp_path, ROW, header="t,mmsi,latt,lon", mapping=mapped())
    assert "'latt'" in caught.value.hint
    with pytest.raises(BadMapping, match="geometry"):
        read(tmp_path, ROW, mapping={"columns": {"t_utc": "t", "mmsi": "mmsi", "geometry": "g"}})
    with pytest.raises(UnknownForm, match=r"t_utc.*lat_deg, lon_deg"):
        read(tmp_path, "1,2,3", header="a,b,mmsi")


def test_nothing_is_guessed_of_two_columns(tmp_path: Path) -> None:
    with pytest.raises(BadMapping, match=r"both mmsi and imo from the column 'mmsi'") as caught:
        read(tmp_path, ROW, header="t,mmsi,lat,lon", mapping=mapped(imo="mmsi"))
    assert caught.value.hint
    with pytest.raises(BadMapping, match=r"lon_deg from a column 'lon', which .* has 2 times") as caught:
        read(tmp_path, f"{ROW},9", header="t,mmsi,lat,lon,lon", mapping=mapped())
    assert caught.value.hint
    # a column that the mapping leaves out may stand twice
    got = read(tmp_path, f"{ROW},8,9", header="t,mmsi,lat,lon,x,x", mapping=mapped())
    assert got.positions["lon_e7"].to_list() == [1215000000]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (PLAIN_HEADER + ",mmsi", "2 columns for mmsi: 'mmsi', 'mmsi'"),
        (PLAIN_HEADER + ",MMSI", "2 columns for mmsi: 'mmsi', 'MMSI'"),
        (PLAIN_HEADER + ",lat", "2 columns for lat_deg: 'lat_deg', 'lat'"),
        (PLAIN_HEADER + ",time_utc", "2 columns for t_utc: 't_utc', 'time_utc'"),
        ("speed_kn," + PLAIN_HEADER + ",Speed_kn", "2 columns for speed_kn"),
    ],
)
def test_a_header_with_two_columns_for_one_thing_is_refused(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(UnknownForm, match=said) as caught:
        read(tmp_path, ROW, header=header)
    assert ("--map" in caught.value.hint) == (header.count("mmsi") == 1)  # a mapping cannot tell equal names apart either
    source = write(tmp_path, f"{header}\n{ROW}\n")
    assert choose(source) is READER


@pytest.mark.parametrize("beside", ["412000102", "412000102.0", " 412000102 ", ""])
@pytest.mark.parametrize(
    ("mmsi", "kept"),
    [
        ("431000000.0", 431000000),
        ("431000000.", 431000000),
        ("431000000.000 ", 431000000),
        (" 431000000", 431000000),
        ("4.31e8", None),
        ("4.31E+08", None),
        ("431000000e0", None),
        ("4.31e8.0", None),
        ("431000000.1", None),
        ("431 000 000", None),
        ("431,000,000", None),
        ("0x19B08E40", None),
        (".0", None),
        ("4310000000000000000000.0", None),
    ],
)
def test_an_mmsi_is_digits(tmp_path: Path, mmsi: str, kept: int | None, beside: str) -> None:
    lines = [f'2024-03-01T00:00:00Z,"{m}",25.5,121.5' for m in (beside, mmsi)]
    got = read(tmp_path, *lines)
    assert dict(got.positions.select("row", "mmsi").rows()).get(2) == kept
    assert got.reasons.get(2) == (None if kept else "bad_mmsi")
    if not kept:
        assert got.rejects.filter(pl.col("row") == 2)["detail"][0] == f"mmsi {mmsi}"


def test_an_imo_number_that_lost_its_digits_is_null(tmp_path: Path) -> None:
    got = read(tmp_path, f"{ROW},A,9.3e6", f"{ROW},B,9307839.0", header=PLAIN_HEADER + ",name,imo")
    assert got.side_statics.select("name", "imo").rows() == [("A", None), ("B", 9307839)]


def test_a_row_that_says_who_but_not_where_is_a_static(tmp_path: Path) -> None:
    header = PLAIN_HEADER + ",name,callsign,imo,ship_type,length_m,destination"
    start = "2024-03-01T00:00:00Z,412000101"
    got = read(
        tmp_path,
        f"{start},25.5,121.5,HAI XUN,,,,,",
        f"{start},,,HAI XUN,BABC,9307839,55,100,KEELUNG",
        f"{start},,,HAI XUN,,,,,",
        f"{start},,,,BABC,,,,",
        f"{start}, , ,,,IMO9307839,,,",
        f"{start},  ,,,,,tanker,,",
        f"{start},,,N,,,,,",
        f"{start},,,@@@, ,0,x,100,KEELUNG",
        f"{start},95,121.5,HAI XUN,,,,,",
        f"{start},nan,121.5,HAI XUN,,,,,",
        "2024-03-01T00:00:00Z,0,91,181,HAI XUN,,,,,",
        ",412000101,91,181,HAI XUN,,,,,",
        f"{start},91,181,HAI XUN,,,,,",
        f"{start},,121.5,HAI XUN,,,,,",
        header=header,
    )
    assert got.positions["row"].to_list() == [1]
    fields = ["row", "mmsi", "t_utc", "name", "callsign", "imo", "ship_type", "length_m", "destination", "msg_type"]
    assert got.statics.select(fields).rows() == [
        (2, 412000101, T, "HAI XUN", "BABC", 9307839, 55, 100.0, "KEELUNG", 0),
        (3, 412000101, T, "HAI XUN", None, None, None, None, None, 0),
        (4, 412000101, T, None, "BABC", None, None, None, None, 0),
        (5, 412000101, T, None, None, 9307839, None, None, None, 0),
        (6, 412000101, T, None, None, None, 80, None, None, 0),
        (7, 412000101, T, "N", None, None, None, None, None, 0),
    ]
    assert got.reasons == {
        8: "no_position",
        9: "position_out_of_range",
        10: "bad_number",
        11: "bad_mmsi",
        12: "no_time",
        13: "no_position",
        14: "no_position",
    }
    assert got.side_statics["row"].to_list() == [1]


def test_a_reject_tells_what_a_change_of_the_clocks_did(tmp_path: Path) -> None:
    lines = ("2024-11-03 01:30:00", "2024-03-10 02:15:30", "2024-03-10 12:00:00", "soon")
    mapping = mapped() | {"time": {"zone": "America/New_York"}}
    got = read(tmp_path, *(f"{line},412000101,25.5,121.5" for line in lines), header="t,mmsi,lat,lon", mapping=mapping)
    assert got.rejects.select("row", "reason", "detail").rows() == [
        (1, "bad_time", "t 2024-11-03 01:30:00: 01:30 occurs twice in America/New_York"),
        (2, "bad_time", "t 2024-03-10 02:15:30: 02:15 does not exist in America/New_York"),
        (4, "bad_time", "t soon"),
    ]


HARD = (
    b"\xef\xbb\xbf" + (PLAIN_HEADER + ",name\r\n").encode() + b'2024-03-01T00:00:00Z,1,25.5,121.5,"A, B"\r\n'
    b'2024-03-01T00:00:01Z,2,25.5,121.5,"two\r\nlines"\r\n'
    b'2024-03-01T00:00:02Z,3,25.5,121.5,5" GUN\r\n\r\n'
    b"2024-03-01T00:00:03Z,4,25.5\r\n"
    b"2024-03-01T00:00:04Z,5,25.5,121.5,\xff\xfe\r\n"
    b'2024-03-01T00:00:05Z,6,25.5,121.5,"OPEN\r\n'
    b"2024-03-01T00:00:06Z,7,25.5,121.5,LAST"
)


def test_hard_text_and_the_way_back(tmp_path: Path) -> None:
    source = write(tmp_path, HARD)
    got = read_whole(READER, source)
    assert got.positions["mmsi"].to_list() == [1, 2, 3, 5, 6, 7]
    assert got.side_statics["name"].to_list() == ["A, B", "two\r\nlines", '5" GUN', "\ufffd\ufffd", '"OPEN', "LAST"]
    assert got.ignored == {"blank": 1}
    assert got.reasons == {5: "bad_record"}
    raw = READER.raw(source, [*got.positions["row"], 5, 0, -3, 99])
    lines = {row: line for row, (line, _) in raw.items()}
    assert lines == {1: 2, 2: 3, 3: 5, 5: 7, 6: 8, 7: 9, 8: 10}
    assert raw[2][1] == '2024-03-01T00:00:01Z,2,25.5,121.5,"two\r\nlines"'
    assert raw[8][1] == "2024-03-01T00:00:06Z,7,25.5,121.5,LAST"
    assert READER.raw(source, []) == {}


@pytest.mark.parametrize("kind", PACKERS)
def test_compressed_forms_give_the_same(tmp_path: Path, kind: str) -> None:
    plain, packed = write(tmp_path, HARD), write(tmp_path, PACKERS[kind](HARD), "packed")
    a, b = read_whole(READER, plain), read_whole(READER, packed)
    assert_frame_equal(a.positions, b.positions)
    assert_frame_equal(a.side_statics, b.side_statics)
    assert_frame_equal(a.rejects, b.rejects)
    assert READER.raw(plain, range(1, 9)) == READER.raw(packed, range(1, 9))


@pytest.mark.parametrize("kind", PACKERS)
def test_damage_at_the_end_is_told(tmp_path: Path, kind: str) -> None:
    lines = [f"2024-03-01T00:00:00Z,{i},{i % 90},{i * 7919 % 180}" for i in range(1, 30_000)]
    packed = PACKERS[kind]("\n".join([PLAIN_HEADER, *lines]).encode())
    with pytest.raises(DamagedInput):
        read_whole(READER, write(tmp_path, packed[:-3000]))


def test_batches_and_blocks_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"2024-03-01T00:00:00Z,{i % 50},{i % 95},{i % 7},S{i // 100}" for i in range(2000)]
    source = write(tmp_path, "\n".join([PLAIN_HEADER + ",name", *lines]))
    whole = read_whole(READER, source)
    monkeypatch.setattr(records, "BLOCK_BYTES", 5000)
    monkeypatch.setattr(delimited, "BATCH_ROWS", 300)
    cut = read_whole(READER, source)
    assert whole.batches == 1 and cut.batches > 5
    assert_frame_equal(whole.positions, cut.positions)
    assert_frame_equal(whole.rejects.sort("row"), cut.rejects.sort("row"))
    # per ship the same series of changes, at most said again at the start of a batch
    last = pl.concat([cut.side_statics]).filter(pl.col("name") != pl.col("name").shift(1).over("mmsi").fill_null(""))
    assert last["row"].to_list() == whole.side_statics["row"].to_list()


def test_a_reader_left_half_way_stops_its_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(records, "BLOCK_BYTES", 2000)
    monkeypatch.setattr(delimited, "BATCH_ROWS", 10)
    before = threading.active_count()
    batches = READER.read(write(tmp_path, "\n".join([PLAIN_HEADER, *([ROW] * 5000)])), ReadOptions())
    next(iter(batches))
    batches.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


CELL = st.one_of(
    st.sampled_from(["2024-03-01T00:00:00Z", "412000101", "25.5", "121.5", "", "nan", "91", '"', '""', "-", "1e400", "2024"]),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=8),
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELL, max_size=9), max_size=12), quoted=st.booleans())
def test_garbage_is_conserved(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], quoted: bool) -> None:
    header = PLAIN_HEADER + ",speed_kn,name,imo,msg_type"
    lines = [",".join(f'"{c}"' if quoted else c for c in row) for row in rows]
    text = "\n".join([header, *lines, f"{ROW},1,N,5,1"])
    source = write(tmp_path_factory.mktemp("g"), text.encode("utf-8", "surrogatepass"))
    got = read_whole(READER, source)
    assert got.positions.height >= 1
    if not any("\n" in line or '"' in line for line in lines):
        assert got.rows == text.count("\n")
    assert set(READER.raw(source, range(1, got.rows + 1))) == set(range(1, got.rows + 1))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("b")
    for content in (data, PLAIN_HEADER.encode() + b"\n" + data):
        try:
            read_whole(READER, write(folder, content))
        except OffingError as error:
            assert error.message and error.hint
