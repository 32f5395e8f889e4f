"""AISStream JSON lines, written after the public message format."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from reading import PACKERS, Whole, read_whole, write

from offing.readers import aisstream, sniff
from offing.readers.aisstream import READER

RECEIVED = datetime(2024, 3, 1, 12, 0, 10, 318000, tzinfo=UTC)
STAMP = "2024-03-01 12:00:10.318353 +0000 UTC"
REPORT = {
    "Cog": 308.2,
    "Latitude": 25.5,
    "Longitude": 121.25,
    "MessageID": 1,
    "NavigationalStatus": 5,
    "Sog": 12.3,
    "Timestamp": 8,
    "TrueHeading": 235,
    "UserID": 412000101,
    "Valid": True,
}
SHIP = {
    "CallSign": "BABC@@",
    "Destination": "KEELUNG",
    "Dimension": {"A": 80, "B": 20, "C": 12, "D": 8},
    "ImoNumber": 9307839,
    "MaximumStaticDraught": 5.5,
    "MessageID": 5,
    "Name": "HAI XUN 06  ",
    "Type": 55,
    "UserID": 412000101,
    "Valid": True,
}


def line(kind: str, message: dict[str, Any], stamp: str | None = STAMP, key: str = "MetaData") -> str:
    extra = {"MMSI": 412000101, "ShipName": "HAI XUN 06", "latitude": 25.5, "longitude": 121.25, "time_utc": stamp}
    return json.dumps({"Message": {kind: message}, "MessageType": kind, key: extra})


def read(tmp_path: Path, *lines: str) -> Whole:
    return read_whole(READER, write(tmp_path, "\n".join(lines)))


def test_a_position(tmp_path: Path) -> None:
    got = read(tmp_path, line("PositionReport", REPORT))
    at = datetime(2024, 3, 1, 12, 0, 8, tzinfo=UTC)
    want = (412000101, at, 1212500000, 255000000, 12.3, 308.2, 235.0, 5, 1, RECEIVED, "own_second", None, 1)
    assert got.positions.rows() == [want]


@pytest.mark.parametrize(
    ("second", "shift_ms", "basis"),
    [
        (10, -318, "own_second"),
        (11, 682, "own_second"),
        (59, -11_318, "own_second"),
        (40, 29_682, "own_second"),
        (41, -29_318, "own_second"),
        (60, 0, "received"),
        (63, 0, "received"),
        (None, 0, "received"),
        ("8", 0, "received"),
        (True, 0, "received"),
        (-1, 0, "received"),
    ],
)
def test_the_instant_nearest_to_receipt(tmp_path: Path, second: object, shift_ms: int, basis: str) -> None:
    (row,) = read(tmp_path, line("PositionReport", REPORT | {"Timestamp": second})).positions.iter_rows(named=True)
    assert (row["t_utc"], row["time_basis"]) == (RECEIVED + timedelta(milliseconds=shift_ms), basis)
    assert row["t_received_utc"] == RECEIVED


def test_of_two_equally_near_the_earlier(tmp_path: Path) -> None:
    got = read(tmp_path, line("PositionReport", REPORT | {"Timestamp": 40}, "2024-03-01 12:00:10 +0000 UTC"))
    assert got.positions["t_utc"][0] == datetime(2024, 3, 1, 11, 59, 40, tzinfo=UTC)


def test_every_kept_kind(tmp_path: Path) -> None:
    place = {"Latitude": 25.5, "Longitude": 180, "UserID": 412000101, "Valid": True}
    got = read(
        tmp_path,
        line("StandardClassBPositionReport", REPORT | {"MessageID": 18}, key="Metadata"),
        line(
            "ExtendedClassBPositionReport", REPORT | {"MessageID": 19, "Name": "B", "Type": 37, "Dimension": SHIP["Dimension"]}
        ),
        line("LongRangeAisBroadcastMessage", place | {"MessageID": 27, "Sog": 63, "Cog": 511}),
        line("BaseStationReport", place | {"MessageID": 4, "UtcSecond": 9}),
        line("StandardSearchAndRescueAircraftReport", place | {"MessageID": 9, "Sog": 130, "Cog": 90, "Timestamp": 60}),
        line("PositionReport", REPORT | {"MessageID": 3}),
        line("ShipStaticData", SHIP),
        line(
            "StaticDataReport",
            {"MessageID": 24, "PartNumber": False, "ReportA": {"Name": "A NAME"}, "UserID": 1, "Valid": True},
        ),
        line(
            "StaticDataReport",
            {
                "MessageID": 24,
                "PartNumber": True,
                "UserID": 982000101,
                "Valid": True,
                "ReportA": {"Name": "X"},
                "ReportB": {"CallSign": "CS", "ShipType": 52, "Dimension": SHIP["Dimension"]},
            },
        ),
    )
    p = got.positions
    assert p["msg_type"].to_list() == [18, 19, 27, 4, 9, 3]
    assert p["lon_e7"].to_list() == [1212500000] * 2 + [-1_800_000_000] * 3 + [1212500000]
    assert p["speed_kn"].to_list() == [12.3, 12.3, None, None, 130.0, 12.3]
    assert p["time_basis"].to_list() == ["own_second", "own_second", "received", "own_second", "received", "own_second"]
    names = [
        "mmsi",
        "imo",
        "name",
        "callsign",
        "ship_type",
        "length_m",
        "width_m",
        "draught_m",
        "destination",
        "msg_type",
        "part",
    ]
    assert got.statics.select(names).rows() == [
        (412000101, 9307839, "HAI XUN 06", "BABC", 55, 100.0, 20.0, 5.5, "KEELUNG", 5, None),
        (1, None, "A NAME", None, None, None, None, None, None, 24, "A"),
        (982000101, None, None, "CS", 52, None, None, None, None, 24, "B"),  # dimensions are its mother ship's number
    ]
    assert set(got.statics["time_basis"]) == {"received"}
    assert got.side_statics.select("row", "name", "ship_type", "length_m").rows() == [(2, "B", 37, 100.0)]
    assert got.side_statics["t_utc"][0] == p["t_utc"][1]


def test_what_is_not_kept(tmp_path: Path) -> None:
    got = read(
        tmp_path,
        line("AidsToNavigationReport", {"MessageID": 21, "UserID": 1}),
        line("UnknownMessage", {}),
        "",
        "{",
        "[]",
        "null",
        '{"error": "Api Key Is Not Valid"}',
        '{"MessageType": "PositionReport", "MetaData": {}, "Message": {}}',
        line("PositionReport", REPORT | {"Valid": False}),
        line("PositionReport", REPORT, None),
        line("PositionReport", REPORT, "2024-03-01 12:00:10"),
        line("PositionReport", REPORT, "soon"),
        line("PositionReport", REPORT | {"UserID": 0}),
        line("PositionReport", REPORT | {"Latitude": 91, "Longitude": 181}),
        line("PositionReport", REPORT | {"Latitude": float("nan")}),
        line("PositionReport", REPORT | {"Latitude": None}),
        line("PositionReport", REPORT | {"Longitude": {}}),
        "[" * 100_000,
        "9" * 10_000,
    )
    assert got.positions.is_empty()
    assert got.ignored == {"type_21": 1, "UnknownMessage": 1, "blank": 1}
    bad = "bad_record"
    assert got.reasons == {
        4: bad,
        5: bad,
        6: bad,
        7: bad,
        8: bad,
        9: "bad_payload",
        10: "no_time",
        11: "naive_time",
        12: "bad_time",
        13: "bad_mmsi",
        14: "no_position",
        15: "bad_number",
        16: "no_position",
        17: "no_position",
        18: bad,
        19: bad,
    }


def test_a_message_stays_of_its_kind_without_a_place(tmp_path: Path) -> None:
    unplaced = REPORT | {"MessageID": 19, "Name": "B", "Latitude": 91, "Longitude": 181}
    got = read(tmp_path, line("ExtendedClassBPositionReport", unplaced))
    assert got.reasons == {1: "no_position"} and got.statics.is_empty()


def test_half_a_surrogate_pair_costs_no_row(tmp_path: Path) -> None:
    odd = "A\ud800B \U0001f6a2"
    got = read(
        tmp_path,
        line("ShipStaticData", SHIP | {"Name": odd}),
        line(odd, {}),
        json.dumps({"MessageType": odd, "MetaData": {}, "Message": {}}),
    )
    sound = "A\ufffdB \U0001f6a2"
    assert got.statics["name"].to_list() == [sound]
    assert got.ignored == {sound: 1}
    assert got.reasons == {3: "bad_record"} and sound in got.rejects["detail"][0]


def test_raw_batches_and_compression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line("PositionReport", REPORT | {"Latitude": i / 10}) for i in range(50)]
    data = ("\ufeff" + "\r\n".join([*lines, "", "é", lines[0]])).encode()
    plain = write(tmp_path, data)
    got = read_whole(READER, plain)
    assert (got.rows, got.positions.height, got.ignored, got.reasons) == (53, 51, {"blank": 1}, {52: "bad_record"})
    assert READER.raw(plain, [1, 52, 53, 99]) == {1: (1, lines[0]), 52: (52, "é"), 53: (53, lines[0])}
    monkeypatch.setattr(aisstream, "BATCH_LINES", 7)
    cut = read_whole(READER, plain)
    assert cut.batches == 8
    assert_frame_equal(cut.positions, got.positions)
    for pack in PACKERS.values():
        assert_frame_equal(read_whole(READER, write(tmp_path, pack(data), "packed")).positions, got.positions)


def test_sniff() -> None:
    good = line("PositionReport", REPORT)
    assert READER.sniff(good.encode()) == 1.0
    assert READER.sniff(f"\n{good}\nrubbish\n{good}\n".encode()) == 1.0
    assert READER.sniff((good + "\n").encode() * 100 + good[:20].encode()) == 1.0
    for bad in ("rubbish", "{}", '{"error": "gone"}', "[1, 2"):
        assert READER.sniff("\n".join([good] * 3 + [bad] * 30).encode()) > sniff.SURE
    assert READER.sniff(("rubbish\n" * 9 + f"{good}\n").encode()) > sniff.SURE
    assert READER.sniff(("{}\n" * 9 + f"{good}\n").encode()) == 0.0
    assert READER.sniff(('{"MessageType": "PositionReport", "Message": {}}\n' * 9).encode()) == 0.0
    for other in (b"", b"{}", b'{"type": "FeatureCollection"}\n', b"[1]\n", b"\xff\xfe"):
        assert READER.sniff(other) == 0.0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
KINDS = st.sampled_from([*aisstream._KEPT, "AidsToNavigationReport"])


@settings(max_examples=150, deadline=None)
@given(
    junk=st.lists(st.tuples(KINDS, st.sampled_from([*REPORT, *SHIP, "PartNumber", "ReportA", "UtcSecond"]), JSON), max_size=8),
    text=st.text(max_size=40),
)
def test_garbage_is_conserved(tmp_path_factory: pytest.TempPathFactory, junk: list[tuple[str, str, Any]], text: str) -> None:
    lines = [line(kind, REPORT | SHIP | {field: value}) for kind, field, value in junk]
    lines = [*lines, *text.split("\n"), line("PositionReport", REPORT)]
    source = write(tmp_path_factory.mktemp("j"), "\n".join(lines).encode("utf-8", "surrogatepass"))
    got = read_whole(READER, source)
    assert got.rows == len(lines)
    assert got.positions.height >= 1
