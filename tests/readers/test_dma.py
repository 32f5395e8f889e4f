"""Danish Maritime Authority CSV: day-first times, words for numbers, base stations, buoys."""

# ruff: noqa: E501  (rows stand as they do in a file)
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from reading import PACKERS, read_whole, write

from offing.errors import UnknownForm
from offing.model.reading import ReadOptions
from offing.readers.dma import READER

HEADER = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,"
    "Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D"
)
ROWS = [
    "01/03/2024 00:00:00,Base Station,2190064,56.716570,11.519047,Unknown value,,,,,Unknown,Unknown,,Undefined,,,,GPS,,Unknown,,AIS,,,,",
    "01/03/2024 00:00:01,Class A,219024000,57.717413,10.586715,Engaged in fishing,0.0,8.4,4.8,309,9251509,OWPA,"
    '"ANNA, MARIE",Fishing,,10,45,GPS,5.5,SKAGEN,04/03/2024 12:00:00,AIS,20,25,5,5',
    "13/03/2024 00:00:02,Class B,219024001,57.7,10.5,Unknown value,,,,,Unknown,Unknown,,Undefined,,,,Undefined,,Unknown,,AIS,,,,",
    "03/13/2024 00:00:03,Class A,219024000,57.7,10.5,Moored,,,,,Unknown,Unknown,,Undefined,,,,Undefined,,Unknown,,AIS,,,,",
    "01/03/2024 00:00:04,AtoN,992191234,57.7,10.5,Unknown value,,,,,Unknown,,BUOY,Undefined,,,,,,,,AIS,,,,",
    "01/03/2024 00:00:05,SAR Airborne,111219501,57.7,10.5,Unknown value,,130,90,,Unknown,,,Undefined,,,,,,,,AIS,,,,",
    "01/03/2024 00:00:06,Class A,219024000,91.0,0.0,At anchor,,,,,9251509,OWPA,,Undefined,,,,,,,,AIS,,,,",
    "01/03/2024 00:00:07,Search and Rescue Transponder,970219501,57.7,10.5,AIS-SART (active),,,,,,,,Undefined,,,,,,,,AIS,,,,",
    '01/03/2024 00:00:08,Class A,219024000,57.7,10.5,moored,0.0,102.3,360.0,511,9251509,"OWPA",A "B" C,Tanker,,10,45,,,,,AIS,,,,',
    "01/03/2024 00:00:09,Class B,219024001,91.0,0.0,Unknown value,,,,,Unknown,Unknown,,Undefined,,,45,Undefined,,Unknown,,AIS,,,,",
]
DATA = "\n".join([HEADER, *ROWS]) + "\n"


def test_every_kind_of_row(tmp_path: Path) -> None:
    got = read_whole(READER, write(tmp_path, DATA))
    p = got.positions
    assert p["row"].to_list() == [1, 2, 3, 6, 8, 9]
    assert p["msg_type"].to_list() == [4, 0, 0, 9, 0, 0]
    assert p["nav_status"].to_list() == [15, 7, 15, 15, 14, 5]
    assert p["t_utc"].to_list()[:3] == [datetime(2024, 3, d, 0, 0, s, tzinfo=UTC) for d, s in ((1, 0), (1, 1), (13, 2))]
    assert p["speed_kn"].to_list() == [None, 8.4, None, 130.0, None, None]
    assert p["lat_e7"][1] == 577174130 and p["lon_e7"][1] == 105867150
    assert got.reasons == {4: "bad_time", 7: "no_position", 10: "no_position"}
    assert got.statics.is_empty()
    assert got.ignored == {"type_21": 1}
    said = got.side_statics.select(
        "row", "name", "callsign", "imo", "ship_type", "length_m", "width_m", "draught_m", "destination"
    )
    assert said.rows() == [
        (2, "ANNA, MARIE", "OWPA", 9251509, 30, 45.0, 10.0, 5.5, "SKAGEN"),
        (9, 'A "B" C', "OWPA", 9251509, 80, 45.0, 10.0, None, None),
    ]


def test_raw(tmp_path: Path) -> None:
    source = write(tmp_path, DATA.replace("\n", "\r\n"))
    assert READER.raw(source, [2, 9]) == {2: (3, ROWS[1]), 9: (10, ROWS[8])}


def test_the_older_form_without_dimensions(tmp_path: Path) -> None:
    data = "\n".join(",".join(line.split(",")[:22]) for line in (HEADER.replace("# ", ""), ROWS[0], ROWS[2])) + "\n"
    assert READER.sniff(data.encode()) == 1.0
    assert read_whole(READER, write(tmp_path, data)).positions.height == 2


def test_sniff_and_refusal(tmp_path: Path) -> None:
    assert READER.sniff(DATA.encode()) == 1.0
    assert READER.sniff(b"# Timestamp,MMSI,Latitude,Longitude\n") == 0.0
    with pytest.raises(UnknownForm, match="Danish"):
        list(READER.read(write(tmp_path, "a,b\n"), ReadOptions()))
    with pytest.raises(UnknownForm, match="2 columns for lat_deg"):
        READER.read(write(tmp_path, DATA.replace("Cargo type", "Latitude")), ReadOptions())


@pytest.mark.parametrize("kind", PACKERS)
def test_compressed_forms_give_the_same(tmp_path: Path, kind: str) -> None:
    a = read_whole(READER, write(tmp_path, DATA))
    b = read_whole(READER, write(tmp_path, PACKERS[kind](DATA.encode()), "packed"))
    assert_frame_equal(a.positions, b.positions)
    assert_frame_equal(a.side_statics, b.side_statics)
    assert_frame_equal(a.rejects, b.rejects)
