"""Every sentence of the real logs that pyais can decode gives the same values here, field by field."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from nmea_build import read
from pyais.decode import decode_nmea_and_ais
from pyais.exceptions import AISBaseException

from offing.model.times import from_ms

# Per log: messages that pyais decodes; positions, statics (type 19 is in both) and positions without a place compared.
LOGS = {
    "gpsd_ais-18-27.log": (207, 138, 69, 0),
    "gpsd_ais-nmea-type6-fid55.log": (1326, 826, 194, 12),
    "gpsd_ais-nmea.log": (171, 141, 21, 3),
    "gpsd_ais-raw-messages.log": (109, 96, 7, 0),
    "gpsd_ais_unpack_sixbit.log": (13, 2, 10, 0),
    "gpsd_sample.aivdm": (102, 16, 11, 2),
    "signalk_nais400-merrimac.log": (668, 550, 40, 17),
}
# All differences there are, and how they are met below:
# - speed, course, heading, second, IMO, dimensions, draught: AIS' "not available" is a number in pyais and null here;
# - a position that is not available, or beyond 90 or 180 degrees, is a number in pyais and a reject here;
# - ship type of type 5 and 19: pyais replaces reserved codes by others (77 by 75, 38 by 0), here they stay. The test
#   compares with the bits as pyais has them;
# - text after the first @ is padding here (none in these logs).
RECEIVED_S = 1_535_760_030  # 2018-09-01T00:00:30Z: every own second from 0 to 59 is nearest in this minute
POSITION_TYPES = (1, 2, 3, 4, 9, 18, 19, 27)
SENTENCE = re.compile(rb"^!..VD[MO],(\d),(\d),(\d?),(.?),")


def stamped(log: bytes) -> bytes:
    """The log with a time of receipt before each sentence."""
    lines = log.split(b"\n")
    return b"\n".join(b"%d %s" % (RECEIVED_S, line) if line[:1] in (b"!", b"$") else line for line in lines)


def pyais_messages(log: bytes) -> dict[int, tuple[Any, Any]]:
    """What pyais decodes, with its bits, by the line of the first part. Parts are joined in the plainest way."""
    out: dict[int, tuple[Any, Any]] = {}
    open_groups: dict[tuple[bytes, bytes], list[tuple[int, bytes]]] = {}
    for number, line in enumerate(log.split(b"\n"), 1):
        text = line.strip()
        match = SENTENCE.match(text)
        if not match:
            continue
        total, part, seq, channel = match.groups()
        parts = [(number, text)]
        if total != b"1":
            if part == b"1":
                open_groups[seq, channel] = []
            group = open_groups.setdefault((seq, channel), [])
            group.append((number, text))
            if len(group) < int(total):
                continue
            parts = open_groups.pop((seq, channel))
        try:
            sentence, message = decode_nmea_and_ais(*(p for _, p in parts))
            out[parts[0][0]] = message, sentence.bv  # type: ignore[attr-defined]
        except (AISBaseException, ValueError):
            continue
    return out


def want_position(m: Any) -> dict[str, Any]:
    speed, course, heading = getattr(m, "speed", None), getattr(m, "course", None), getattr(m, "heading", None)
    not_available = {27: 63, 9: 1023}.get(m.msg_type, 102.3)
    return {
        "mmsi": int(m.mmsi),
        "speed_kn": None if speed == not_available else speed,
        "course_deg": course if course is not None and course < 360 else None,
        "heading_deg": float(heading) if heading is not None and heading < 360 else None,
        "nav_status": int(m.status) if m.msg_type in (1, 2, 3, 27) else None,
        "msg_type": m.msg_type,
    }


def want_static(m: Any, bits: Any) -> dict[str, Any]:
    def get(name: str) -> Any:
        return getattr(m, name, None)

    def text(name: str) -> str | None:
        value = get(name)
        return (value.split("@")[0].strip() or None) if value else None

    def total(a: str, b: str) -> float | None:
        return float(get(a) + get(b)) or None if get(a) is not None and get(b) is not None else None

    type_at = {5: 232, 19: 263, 24: 40}[m.msg_type]
    return {
        "mmsi": int(m.mmsi),
        "imo": get("imo") or None,
        "name": text("shipname"),
        "callsign": text("callsign"),
        "ship_type": bits.get(type_at, 8) if get("ship_type") is not None else None,
        "length_m": total("to_bow", "to_stern"),
        "width_m": total("to_port", "to_starboard"),
        "draught_m": get("draught") or None,
        "destination": text("destination"),
        "msg_type": m.msg_type,
        "part": {0: "A", 1: "B"}[m.partno] if m.msg_type == 24 else None,
    }


def place_reason(m: Any) -> str | None:
    if m.lon == 181 or m.lat == 91:
        return "no_position"
    return "position_out_of_range" if abs(m.lon) > 180 or abs(m.lat) > 90 else None


@pytest.mark.parametrize("name", LOGS)
def test_values_equal_pyais(name: str, shared_data: Path) -> None:
    log = (shared_data / "ais" / name).read_bytes()
    ours, theirs = read(stamped(log)), pyais_messages(log)
    positions = {r["row"]: r for r in ours.positions.to_dicts()}
    statics = {r["row"]: r for r in pl.concat([ours.statics, ours.side_statics]).to_dicts()}
    reasons = dict(ours.rejects.select("row", "reason").iter_rows())
    counts: Counter[str] = Counter()
    unequal: list[object] = []
    for row, (m, bits) in theirs.items():
        reason = place_reason(m) if m.msg_type in POSITION_TYPES else None
        if reason:
            assert reasons.pop(row) == reason
            counts["placeless"] += 1
            continue
        if m.msg_type in POSITION_TYPES:
            got, want = positions.pop(row), want_position(m)
            assert abs(got["lat_e7"] / 1e7 - m.lat) <= 1e-6
            assert abs(got["lon_e7"] / 1e7 - m.lon) <= 1e-6
            own = getattr(m, "second", 60)
            has_own = own is not None and own < 60
            assert got["time_basis"] == ("own_second" if has_own else "received")
            assert got["t_utc"] == from_ms((RECEIVED_S + (own - 30 if has_own else 0)) * 1000)
            assert got["t_received_utc"] == from_ms(RECEIVED_S * 1000)
            unequal += [(row, k, got[k], want[k]) for k in want if got[k] != want[k]]
            counts["positions"] += 1
        if m.msg_type in (5, 19, 24):
            got, want = statics.pop(row), want_static(m, bits)
            unequal += [(row, k, got[k], want[k]) for k in want if got[k] != want[k]]
            counts["statics"] += 1
    print(f"{name}: {len(theirs)} messages decoded by pyais, compared: {dict(counts)}")
    assert not unequal
    assert not positions, "positions that pyais does not decode"
    assert not statics
    assert (len(theirs), counts["positions"], counts["statics"], counts["placeless"]) == LOGS[name]
    # What neither decodes: type 24 whose part number is 3 (pyais raises), a sentence without its first letter, and two
    # that end in the eight letters \\x0d\\x0a (of type 21, which is not kept).
    assert Counter(reasons.values()) == {
        "gpsd_ais-18-27.log": {"bad_payload": 69},
        "gpsd_sample.aivdm": {"not_a_sentence": 1, "bad_sentence": 2},
    }.get(name, {})
