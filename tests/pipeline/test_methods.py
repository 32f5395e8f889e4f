"""All parameters of a run: their names, ranges and the hash that names a method."""

from __future__ import annotations

import pytest

from offing.errors import BadParameter, UnknownName
from offing.pipeline.methods import DEFINITIONS, KINDS, Method, parse_settings


def test_the_defaults_that_are_promised() -> None:
    values = Method.of({}).values()
    promised = {
        "visit.max_gap_h": 6,
        "visit.max_speed_kn": 60,
        "visit.rejoin_min": 10,
        "watch_day.min_positions": 2,
        "coverage.near_nm": 40,
        "coverage.min_listening_hours": 18,
        "coverage.max_hole_h": 4,
        "streak.max_unknown_run_d": 3,
    }
    assert promised.items() <= values.items()
    assert Method.of(values) == Method.of({})


def test_each_parameter_says_unit_range_source_and_meaning() -> None:
    rows = Method.of({}).describe()
    assert {r["parameter"] for r in rows} == set(Method.of({}).values())
    for row in rows:
        assert row["unit"] and row["source"] and row["meaning"], row
        assert row["low"] <= row["default"] == row["value"] <= row["high"], row
    assert set(DEFINITIONS) == set(KINDS)
    assert [r["parameter"].partition(".")[0] for r in Method.of({}).describe("streak")] == ["streak"]


@pytest.mark.parametrize("row", Method.of({}).describe(), ids=lambda row: row["parameter"])
def test_both_ends_of_a_range_are_allowed_and_nothing_beyond(row: dict[str, float]) -> None:
    name = str(row["parameter"])
    for value in (row["low"], row["high"]):
        assert Method.of({name: value}).values()[name] == value
    for value in (row["low"] - 1, row["high"] + 1, float("nan"), float("inf"), -float("inf")):
        with pytest.raises(BadParameter, match=name):
            Method.of({name: value})
    for wrong in (True, "6", None):
        with pytest.raises(BadParameter, match=name):
            Method.of({name: wrong})


@pytest.mark.parametrize("name", ["visit.max_gap", "visits.max_gap_h", "visit", "max_gap_h", "", ".", "visit.", ".max_gap_h"])
def test_unknown_names(name: str) -> None:
    with pytest.raises(UnknownName, match="offing method"):
        Method.of({name: 6})
    with pytest.raises(UnknownName):
        Method.of({}).describe("visits")


def test_a_method_is_named_by_what_decides_its_events() -> None:
    base = Method.of({}).event_hash("visit")
    assert Method.of({"visit.max_gap_h": 6.0}).event_hash("visit") == base, "6 and 6.0 are one value"
    assert Method.of({"watch_day.min_positions": 1}).event_hash("visit") == base
    others = {Method.of({name: value}).event_hash("visit") for name, value in (("visit.max_gap_h", 7), ("visit.rejoin_min", 0))}
    assert len(others | {base}) == 3


def test_words_of_the_command_line() -> None:
    assert parse_settings(["visit.max_gap_h=12", " visit.rejoin_min = 0", "visit.max_gap_h=3e0"]) == {
        "visit.max_gap_h": 3.0,
        "visit.rejoin_min": 0.0,
    }
    assert parse_settings([]) == {}
    for word in ("visit.max_gap_h", "visit.max_gap_h=", "visit.max_gap_h=six", "=", ""):
        with pytest.raises(BadParameter, match=r"KIND\.NAME=VALUE"):
            parse_settings([word])
