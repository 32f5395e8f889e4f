"""Incidents from TOML and CSV: what fits, what does not and why, files that are neither."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import BadRecord, MissingInput, OffingError
from offing.model.incident import INCIDENT_KINDS, INCIDENTS, STATUSES, incident_frame
from offing.model.units import Unit
from offing.readers.incidents import KEYS, read_incidents, read_incidents_text

WHOLE = """
[[incidents]]
id = "submarine-2004"
kind = "submarine"
start = "2004-11-10T05:50+09:00"
end = "2004-11-10T07:40+09:00"
place = "off Ishigaki"
zone = "japan-territorial-sea@jp"
gate = "ishigaki_tarama"
lon_deg = 124.3
lat_deg = 24.5
uncertainty_km = 20
actors = ["cn"]
reported_by = ["jp"]
count = 1
unit = "vessels"
hulls = ["405"]
status = "acknowledged"
confidence = "confirmed"
sources = ["a white paper, 2005"]
text = "It did not surface."
"""
LEAST = '[[incidents]]\nid = "a"\nkind = "other"\nstart = 2005-09-09\nsources = ["x, 2005"]\n'


def problem(text: str, name: str = "i.toml") -> str:
    """Why the only entry does not fit."""
    found, (error,) = read_incidents_text(text, name)
    assert not found
    return str(error)


def test_every_key() -> None:
    (i,), bad = read_incidents_text(WHOLE, "i.toml")
    assert not bad
    assert (i.incident_id, i.kind, i.precision, i.status, i.confidence) == (
        "submarine-2004",
        "submarine",
        "minute",
        "acknowledged",
        "confirmed",
    )
    assert i.start_utc == datetime(2004, 11, 9, 20, 50, tzinfo=UTC) and i.end_utc == datetime(2004, 11, 9, 22, 40, tzinfo=UTC)
    assert (i.zone_id, i.gate_id, i.lon_deg, i.lat_deg, i.uncertainty_km) == (
        "japan-territorial-sea@jp",
        "ishigaki_tarama",
        124.3,
        24.5,
        20.0,
    )
    assert (i.actors, i.reported_by, i.count, i.unit, i.hulls) == (("cn",), ("jp",), 1.0, Unit.VESSELS, ("405",))
    assert incident_frame([i]).schema == INCIDENTS


def test_a_day_is_a_day_of_its_rule_and_both_ends_count() -> None:
    (one,), _ = read_incidents_text(LEAST.replace("2005-09-09\n", '2005-09-09\nday_rule = "Asia/Tokyo 00:00"\n'), "i.toml")
    assert (one.start_utc, one.end_utc) == (datetime(2005, 9, 8, 15, tzinfo=UTC), datetime(2005, 9, 9, 15, tzinfo=UTC))
    (two,), _ = read_incidents_text(LEAST.replace("2005-09-09\n", "2005-09-09\nend = 2005-09-10\n"), "i.toml")
    assert two.precision == "day" and two.end_utc == datetime(2005, 9, 11, tzinfo=UTC)
    (open_end,), _ = read_incidents_text(LEAST.replace("2005-09-09\n", "2005-09-09T01:02:03Z\n"), "i.toml")
    assert open_end.end_utc is None and open_end.start_utc.minute == 2


def test_csv_is_the_same_with_lists_between_semicolons() -> None:
    text = "\ufeffid,kind,start,end,actors,count,unit,sources\na,naval_presence,2005-09-09,,cn;ru,5,vessels,one;two\n\n"
    (i,), bad = read_incidents_text(text.removeprefix("\ufeff"), "I.CSV")
    assert not bad and (i.actors, i.sources, i.count, i.unit) == (("cn", "ru"), ("one", "two"), 5.0, Unit.VESSELS)
    assert (i.status, i.confidence) == ("reported", "single source")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    path.write_text("\ufeffid,kind,start,sources\na,other,2005-09-09,one\n", encoding="utf-8")
    assert len(read_incidents(path)[0]) == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "other"', 'kind = "picnic"', "`kind` is 'picnic'"),
        ('kind = "other"\n', "", "`kind` is missing"),
        ('id = "a"\n', "", "`id` is missing"),
        ("start = 2005-09-09\n", "", "`start` is missing"),
        ("2005-09-09", "2005-09-09T10:00:00", "names no time zone"),
        ("2005-09-09", '"2005-09-09T10:00"', "is no instant and no day"),
        ("2005-09-09", '"yesterday"', "is no instant and no day"),
        ("2005-09-09", "[1]", "is no instant and no day"),
        ("2005-09-09\n", "2005-09-09\nend = 2005-09-08\n", "`end` is before `start`"),
        ("2005-09-09\n", "2005-09-09\nend = 2005-09-10T00:00:00Z\n", "a day and `end` an instant"),
        ("2005-09-09\n", "2005-09-09T00:00:00Z\nend = 2005-09-10\n", "or a day beside an instant"),
        ("2005-09-09\n", "2005-09-09T01:00:00Z\nend = 2005-09-09T00:00:00Z\n", "`end` is before `start`"),
        ('"a"', '" "', "`id` is empty"),
        ("2005-09-09", "9999-12-31", "outside the calendar"),
        ("2005-09-09", "0001-01-01T00:00:00+14:00", "outside the calendar"),
        ("2005-09-09", '"0001-01-01T00:00:00+14:00"', "outside the calendar"),
        ('["x, 2005"]', "[]", "`sources` is empty"),
        ('["x, 2005"]', "7", "must be a list of texts"),
        ('["x, 2005"]\n', '["x"]\ncount = 5\n', "both given or both empty"),
        ('["x, 2005"]\n', '["x"]\nunit = "vessels"\n', "both given or both empty"),
        ('["x, 2005"]\n', '["x"]\ncount = -1\nunit = "vessels"\n', "must be a number"),
        ('["x, 2005"]\n', '["x"]\ncount = 1\nunit = "pieces"\n', "`unit` is 'pieces'"),
        ('["x, 2005"]\n', '["x"]\nlon_deg = 124\n', "both given or both empty"),
        ('["x, 2005"]\n', '["x"]\nlon_deg = 124\nlat_deg = 91\n', "must be a number from -90"),
        ('["x, 2005"]\n', '["x"]\nlon_deg = nan\nlat_deg = 1\n', "must be a number"),
        ('["x, 2005"]\n', '["x"]\nstatus = "maybe"\n', "`status` is 'maybe'"),
        ('["x, 2005"]\n', '["x"]\nconfidence = "sure"\n', "`confidence` is 'sure'"),
        ('["x, 2005"]\n', '["x"]\nday_rule = "Atlantis 00:00"\n', "not a day rule"),
        ('["x, 2005"]\n', '["x"]\nsunk = true\n', "no key of an incident"),
    ],
)
def test_what_does_not_fit_is_told_with_its_entry(old: str, new: str, says: str) -> None:
    assert old in LEAST
    said = problem(LEAST.replace(old, new))
    assert says in said and "i.toml" in said


def test_one_bad_entry_does_not_spoil_the_others() -> None:
    found, bad = read_incidents_text(
        LEAST + LEAST.replace('"other"', '"picnic"').replace('"a"', '"b"') + LEAST.replace('"a"', '"c"'), "i.toml"
    )
    assert [i.incident_id for i in found] == ["a", "c"] and len(bad) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("i.toml", ""),
        ("i.toml", "[incidents]\nid = 1\n"),
        ("i.toml", "[[incidents]\n"),
        ("i.toml", "[[zones]]\nid = 'a'\n"),
        ("i.csv", ""),
        ("i.csv", "id,kind\na,other\n"),
        ("i.csv", "id,kind,start,sources\n"),
        ("i.toml", "incidents = 5\n"),
    ],
)
def test_what_is_no_file_of_incidents_is_refused_whole(name: str, text: str) -> None:
    with pytest.raises(BadRecord):
        read_incidents_text(text, name)


def test_files_that_are_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        read_incidents(tmp_path / "none.toml")
    (tmp_path / "noise.toml").write_bytes(bytes(range(256)))
    with pytest.raises(BadRecord):
        read_incidents(tmp_path / "noise.toml")


VALUE = st.one_of(
    st.text(max_size=12), st.integers(), st.floats(allow_nan=False), st.booleans(), st.lists(st.text(max_size=3), max_size=2)
)


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "'" + "".join(c for c in value if c.isprintable() and c != "'") + "'"
    return "[" + ", ".join(toml(v) for v in value) + "]" if isinstance(value, list) else repr(value)


@given(st.dictionaries(st.sampled_from(KEYS), VALUE, max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_value_raises_anything_but_a_sentence(values: dict[str, object]) -> None:
    fixed = {"id": "a", "kind": "other", "start": "2005-09-09", "sources": ["x"]} | values
    text = "[[incidents]]\n" + "".join(f"{k} = {toml(v)}\n" for k, v in fixed.items())
    try:
        found, bad = read_incidents_text(text, "i.toml")
    except OffingError:
        return
    assert len(found) + len(bad) == 1
    for i in found:
        assert i.kind in INCIDENT_KINDS and i.status in STATUSES and i.start_utc.tzinfo and i.sources
        assert incident_frame(found).height == 1
