"""The forms of a log, its times, its groups, and what becomes of each line."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nmea_build import checked, read, six, source, tagged, type1, type5, type24, type27, vdm, vdm_parts

from offing.model import schemas
from offing.model.times import from_ms, to_ms
from offing.readers.nmea import READER

T = 1_535_760_000_000  # 2018-09-01T00:00:00Z
SAID = vdm(type1())
WITHOUT_CHECKSUM = SAID.split("*")[0]

FORMS = {  # form of line: (time of receipt, station)
    tagged("s:st1,c:1535760000", SAID): (T, "st1"),
    tagged("c:1535760000123", SAID): (T + 123, None),
    tagged("c:1535760000.25", SAID): (T + 250, None),
    f"\\s:st1,c:1535760000\\{SAID}": (T, "st1"),
    tagged("g:1-1-77", tagged("s:r1,n:5,c:1535760000", SAID)): (T, "r1"),
    f"2018-09-01T00:00:00Z {SAID}": (T, None),
    f"2018-09-01T00:00:00.5Z,{SAID}": (T + 500, None),
    f"2018-09-01 08:00:00,250 +0800 {SAID}": (T + 250, None),
    f"2018/09/01 00:00:00 UTC: {SAID}": (T, None),
    f"[2018-09-01 00:00:00+00:00] {SAID}": (T, None),
    f"2018-09-01T00:00:00Z host ais[77]: {SAID}": (T, None),
    f"1535760000 {SAID}": (T, None),
    f"1535760000.123,{SAID}": (T + 123, None),
    f"1535760000123\t{SAID}": (T + 123, None),
    f"1535760000123456 {SAID}": (T + 123, None),
    f"1535760000123456789 {SAID}": (T + 123, None),
    f"{SAID},1535760000": (T, None),
    f"{SAID},rSTATION,1535760000": (T, "rSTATION"),
    f"{SAID},b003669930,1535760000.5": (T + 500, "b003669930"),
    f"{SAID},d-103,S1378,t024436.00,T36.76385108,x147521,r09SCHA1,1535760000": (T, "r09SCHA1"),
    f"{SAID}\t2018-09-01T00:00:00Z": (T, None),
    f"{WITHOUT_CHECKSUM},1535760000": (T, None),
    # read by the slower way:
    f"ais1 1535760000: {SAID}": (T, None),
    f"receiver at 2018-09-01 00:00:00Z {SAID}": (T, None),
    f"20180901T000000Z {SAID}": (T, None),
    f"[01/Sep/2018:02:00:00 +0200] {SAID}": (T, None),
    f"Sat, 01 Sep 2018 00:00:00 GMT {SAID}": (T, None),
    f"\ufeff1535760000 {SAID}\r": (T, None),
    # the first that can be read, in the order tag block, prefix, suffix:
    f"2018-09-02T00:00:00Z {tagged('c:1535760000', SAID)}": (T, None),
    f"2018-09-01T00:00:00Z {SAID},1535760001": (T, None),
    f"2018-09-01T00:00:00 {SAID},1535760000": (T, None),
    f"2018-09-01T00:00:00Z {tagged('c:never', SAID)}": (T, None),
}


@pytest.mark.parametrize("line", FORMS)
def test_forms(line: str) -> None:
    got = read(line + "\n", base_time_ms=T - 86_400_000)
    assert got.reasons == []
    (row,) = got.positions.to_dicts()
    received, station = FORMS[line]
    assert (row["t_utc"], row["t_received_utc"]) == (from_ms(received), from_ms(received))
    assert (row["station"], row["time_basis"], row["row"]) == (station, "received", 1)
    assert (row["mmsi"], row["lon_e7"], row["lat_e7"]) == (412000001, 1_210_000_000, 250_000_000)
    assert (row["speed_kn"], row["course_deg"], row["heading_deg"]) == (12.3, 45.6, 78.0)
    assert (row["nav_status"], row["msg_type"]) == (5, 1)
    assert READER.sniff(f"{line}\n".encode()) > 0.9


REASONS = {
    SAID: "no_time",
    f"station7 {SAID}": "no_time",
    f"412000001 {SAID}": "no_time",  # nine digits are no Unix time: an MMSI looks like that
    f"2018-09-01T00:00:00 {SAID}": "naive_time",
    f"2018-09-01T00:00:00,{SAID}": "naive_time",
    f"01.09.2018 00:00:00 {SAID}": "naive_time",
    f"Sep  1 00:00:00 host {SAID}": "naive_time",
    f"20180901 000000 {SAID}": "naive_time",
    f"{SAID},2018-09-01T00:00:00": "naive_time",
    f"2018-13-01T00:00:00Z {SAID}": "bad_time",
    f"2018-02-29T00:00:00Z {SAID}": "bad_time",
    f"1970-01-01T00:00:05Z {SAID}": "bad_time",
    tagged("c:0", SAID): "bad_time",
    tagged("c:soon", SAID): "bad_time",
    f"9999999999999 {SAID}": "bad_time",
    SAID[:-2] + "00": "bad_checksum",
    SAID[:-2] + "ZZ": "bad_checksum",
    "\\s:st1,c:1535760000*00\\" + SAID: "bad_checksum",
    "$GPGGA,1*00": "bad_checksum",
    "\\s:st1,c:1535760000 " + SAID: "bad_sentence",
    SAID + SAID: "bad_sentence",
    "!AIVDM,1,1,,A": "bad_sentence",
    checked("!AIVDM,1,2,,A,13,0"): "bad_sentence",
    checked("!AIVDM,0,0,,A,13,0"): "bad_sentence",
    checked("!AIVDM,1,1,,A,13,7"): "bad_sentence",
    checked("!AIVDM,1,1,,A,13"): "bad_sentence",
    checked("!aivdm,1,1,,A,13,0"): "bad_sentence",
    "!": "bad_sentence",
    "\\s:1\\": "bad_sentence",
    checked("!AIVDM,1,1,,A,,0"): "bad_payload",
    checked("!AIVDM,1,1,,A,13aX~,0"): "bad_payload",
    checked("!AIVDM,1,1,,A,13aIkChP000FdsjMv=U,0"): "bad_payload",
    vdm(type24(2)): "bad_payload",
    vdm(type24(0)[:-3]): "bad_payload",
    vdm(type5()[:12]): "bad_payload",
    vdm(type1(lat=91 * 600_000)): "no_position",
    vdm(type1(lon=181 * 600_000)): "no_position",
    vdm(type27(lon=181 * 600)): "no_position",
    vdm(type1(lat=90 * 600_000 + 1)): "position_out_of_range",
    vdm(type1(lon=-180 * 600_000 - 1)): "position_out_of_range",
    vdm(type27(lat=-100 * 600)): "position_out_of_range",
    vdm(type1(mmsi=0)): "bad_mmsi",
    vdm(type1(mmsi=1_000_000_000)): "bad_mmsi",
    vdm(type5(mmsi=0)): "bad_mmsi",
    "hello": "not_a_sentence",
    "AIVDM,1,1,,A,13,0*00": "not_a_sentence",
    "x" * 70_000: "not_a_sentence",
    vdm_parts(type5())[1]: "incomplete_group",
    vdm_parts(type5())[0]: "incomplete_group",
}


@pytest.mark.parametrize("line", REASONS)
def test_rejects(line: str) -> None:
    got = read(line)
    assert got.reasons == [REASONS[line]]
    assert got.rows == got.counted() == 1
    (detail,) = got.rejects["detail"]
    assert detail.endswith(line[:120].strip())
    assert READER.sniff(line.encode()) < 1


def test_base_time_is_for_lines_without_a_time_only() -> None:
    naive, late = f"2018-09-01T00:00:00 {SAID}", f"1535760030 {vdm(type1(second=29))}"
    got = read("\n".join([vdm(type1(second=17)), naive, late, vdm(type5())]), base_time_ms=T)
    assert got.reasons == ["naive_time"]
    base, own = got.positions.to_dicts()
    assert (base["t_utc"], base["t_received_utc"], base["time_basis"]) == (from_ms(T), None, "base")
    assert (own["t_utc"], own["t_received_utc"]) == (from_ms(T + 29_000), from_ms(T + 30_000))
    assert own["time_basis"] == "own_second"
    (static,) = got.statics.to_dicts()
    assert (static["t_utc"], static["t_received_utc"], static["time_basis"]) == (from_ms(T), None, "base")


@pytest.mark.parametrize(
    ("received", "second", "want"),
    [
        ("2018-09-01T00:00:02Z", 58, "2018-08-31T23:59:58Z"),  # month, day, hour and minute turn
        ("2018-12-31T23:59:59Z", 1, "2019-01-01T00:00:01Z"),
        ("2020-02-28T23:59:31Z", 0, "2020-02-29T00:00:00Z"),
        ("2018-09-01T00:00:00Z", 30, "2018-08-31T23:59:30Z"),  # equally near: the earlier
        ("2018-09-01T00:00:00.001Z", 30, "2018-09-01T00:00:30Z"),
        ("2018-09-01T00:00:29Z", 59, "2018-08-31T23:59:59Z"),
        ("2018-09-01T00:00:30Z", 59, "2018-09-01T00:00:59Z"),
        ("2018-09-01T00:00:10Z", 10, "2018-09-01T00:00:10Z"),
        ("2018-09-01T00:00:10Z", 60, None),
        ("2018-09-01T00:00:10Z", 63, None),
    ],
)
def test_own_second(received: str, second: int, want: str | None) -> None:
    (row,) = read(f"{received} {vdm(type1(second=second))}").positions.to_dicts()
    assert row["t_received_utc"] == datetime.fromisoformat(received)
    assert row["t_utc"] == datetime.fromisoformat(want or received)
    assert row["time_basis"] == ("own_second" if want else "received")


@settings(deadline=None, max_examples=150)
@given(st.integers(T, T + 10**12), st.lists(st.integers(0, 59), min_size=1, max_size=20))
def test_own_second_is_the_nearest_instant(received: int, seconds: list[int]) -> None:
    rows = read("\n".join(tagged(f"c:{received}", vdm(type1(second=s))) for s in seconds)).positions
    for t, second in zip(rows["t_utc"], seconds, strict=True):
        minute = received - received % 60_000
        near = [minute + k * 60_000 + second * 1000 for k in (-1, 0, 1)]
        assert to_ms(t) == min(near, key=lambda c: (abs(c - received), c))


def test_not_available_is_null() -> None:
    lines = [
        vdm(type1(speed=1023, course=3600, heading=511, status=15)),
        vdm(type1(speed=1022, course=3599, heading=359, status=0)),
        vdm(type1(course=4000, heading=400)),
        vdm(type27(speed=63, course=511)),
        vdm(type27(speed=62, course=359)),
    ]
    got = read("\n".join(f"1535760000 {line}" for line in lines)).positions
    assert got["speed_kn"].to_list() == [None, 102.2, 12.3, None, 62.0]
    assert got["course_deg"].to_list() == [None, 359.9, None, None, 359.0]
    assert got["heading_deg"].to_list() == [None, 359.0, None, None, None]
    assert got["nav_status"].to_list() == [15, 0, 5, 3, 3]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(-108_000_000, 108_000_000), st.integers(-54_000_000, 54_000_000)), min_size=1, max_size=30)
)
def test_places_are_rounded_exactly(places: list[tuple[int, int]]) -> None:
    lines = [f"1535760000 {vdm(type1(lon=lon, lat=lat))}" for lon, lat in places]
    coarse = [f"1535760000 {vdm(type27(lon=lon // 1000, lat=lat // 1000))}" for lon, lat in places]
    got = read("\n".join(lines + coarse)).positions
    want = [(round(Fraction(lon * 50, 3)), round(Fraction(lat * 50, 3))) for lon, lat in places]
    want += [(round(Fraction(lon // 1000 * 50_000, 3)), round(Fraction(lat // 1000 * 50_000, 3))) for lon, lat in places]
    want = [(-1_800_000_000 if lon == 1_800_000_000 else lon, lat) for lon, lat in want]
    assert list(zip(got["lon_e7"], got["lat_e7"], strict=True)) == want


def test_shortened_messages_keep_whole_fields() -> None:
    short = vdm(type1(second=7)[:9])  # ends after the latitude
    cut = vdm([*type5()[:-6], *six("KEELUNG", 19), (0, 4)])  # 420 bits
    got = read("\n".join(f"1535760000 {line}" for line in (short, cut)))
    (row,) = got.positions.to_dicts()
    assert (row["speed_kn"], row["course_deg"], row["heading_deg"], row["time_basis"]) == (12.3, None, None, "received")
    (five,) = got.statics.to_dicts()
    assert (five["name"], five["destination"]) == ("HAI JING", "KEELUNG")


def test_statics() -> None:
    lines = [f"1535760000 {line}" for line in vdm_parts(type5())]
    lines += [f"1535760000 {vdm(f)}" for f in (type24(0), type24(0, bits=160), type24(1), type24(1, mmsi=982_000_001))]
    lines += [f"1535760000 {line}" for line in vdm_parts(type5(name="@IGNORED", destination="A  B@JUNK", imo=0), seq="4")]
    got = read("\n".join(lines))
    assert (got.reasons, got.fragments, got.rows) == ([], 2, 8)
    five, a, short_a, b, craft, bare = got.statics.to_dicts()
    assert (five["name"], five["callsign"], five["destination"], five["imo"]) == ("HAI JING", "BXYZ", "KEELUNG", 9_000_001)
    assert (five["ship_type"], five["length_m"], five["width_m"], five["draught_m"]) == (55, 100.0, 15.0, 6.2)
    assert (five["part"], five["time_basis"], five["row"]) == (None, "received", 1)
    assert [r["part"] for r in (a, short_a, b, craft)] == ["A", "A", "B", "B"]
    assert [r["name"] for r in (a, short_a, b)] == ["SMALL ONE", "SMALL ONE", None]
    assert (b["callsign"], b["ship_type"], b["length_m"], b["width_m"]) == ("CALL", 37, 11.0, 3.0)
    assert (craft["length_m"], craft["width_m"]) == (None, None)  # the number of the mother ship stands there
    assert (a["ship_type"], a["imo"], bare["imo"], bare["name"], bare["destination"]) == (None, None, None, None, "A  B")


def test_frames_have_the_columns_of_the_model() -> None:
    full = read("\n".join([f"1535760000 {SAID}", SAID, *(f"1535760000 {p}" for p in vdm_parts(type5()))]))
    for got in (full, read("# nothing")):
        for frame, schema in (
            (got.positions, schemas.POSITIONS),
            (got.statics, schemas.STATICS),
            (got.side_statics, schemas.STATICS),
            (got.rejects, schemas.REJECTS),
        ):
            assert frame.to_arrow(compat_level=None).cast(schema).schema == schema


def test_ignored_lines_are_counted_by_kind() -> None:
    text = [checked("$GPGGA,1,2"), "$PVOL,1", checked("$PSRFTXT,x"), "", " \t", "# c", "// c", "#!AIVDM,1,1,,A,1,0"]
    binary = [(8, 6), (0, 2), (412000001, 30), (0, 400)]
    got = read("\r\n".join([*text, vdm(binary[:3]), *vdm_parts(binary)]) + "\r\n")
    assert got.ignored == {"GPGGA": 1, "PVOL": 1, "PSRFT": 1, "blank": 2, "comment": 3, "type_8": 2}
    assert (got.fragments, got.rows, got.counted()) == (1, 11, 11)


def test_rows_are_lines() -> None:
    assert [read(b).rows for b in (b"", b"\n", b"#", b"#\n", b"#\n\n", b"\n\r\n#")] == [0, 1, 1, 1, 2, 3]


def test_raw_gives_the_lines_of_a_message() -> None:
    first, second = vdm_parts(type5())
    log = "\n".join(["# c", first, f"1535760000 {SAID}\r", second, "Größe", ""])
    got = READER.raw(source(log.encode()), [2, 3, 4, 5, 99])
    assert got == {2: (2, f"{first}\n{second}"), 3: (3, f"1535760000 {SAID}"), 4: (4, second), 5: (5, "Größe")}
    assert READER.raw(source(log.encode()), []) == {}


def test_sniff() -> None:
    gps = "\n".join([checked("$GPRMC,1,A"), checked("$GPGGA,1,2")])
    assert READER.sniff("\n".join(["# c"] * 50 + [gps, tagged("c:1", SAID), SAID]).encode()) > 0.9
    assert READER.sniff(f"time,message\n1535760000,{SAID}\n".encode()) >= 0.5
    assert 0.5 < READER.sniff(gps.encode()) < 0.9
    nothing = [
        b"",
        b"# only\n# comments\n",
        bytes(range(256)) * 100,
        b"MMSI,BaseDateTime,LAT,LON\n412000001,2024-01-01T00:00:00,1,2\n",
        b"# Timestamp,Type of mobile,MMSI\n01/01/2024 00:00:00,Class A,219000001\n",
        b'{"Message":"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24"}\n',
        b'[{"nmea":"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24"}]',
    ]
    assert [READER.sniff(head) for head in nothing] == [0.0] * len(nothing)


def test_a_day_is_read_in_utc() -> None:
    (row,) = read(f"2018-09-01T05:30:00+08:00 {SAID}").positions.to_dicts()
    assert row["t_utc"] == datetime(2018, 8, 31, 21, 30, tzinfo=UTC)
