"""Incidents as a table: order, units by name, lists."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from offing.model.incident import INCIDENT_KINDS, INCIDENTS, PRECISIONS, STATUSES, Incident, incident_frame
from offing.model.units import Unit

ONE = Incident(
    "flotilla",
    "naval_presence",
    datetime(2005, 9, 9, tzinfo=UTC),
    None,
    "day",
    "UTC 00:00",
    "off a gas field",
    "",
    "",
    124.9,
    28.2,
    None,
    ("cn",),
    ("jp",),
    5.0,
    Unit.VESSELS,
    ("137", "515"),
    "reported",
    "single source",
    ("a paper, 2005",),
    "Five warships.",
)


def test_the_table_has_the_fields_in_their_order() -> None:
    assert [f.name for f in fields(Incident)] == INCIDENTS.names()
    (row,) = incident_frame([ONE]).to_dicts()
    assert (row["unit"], row["count"], row["hulls"], row["end_utc"]) == ("vessels", 5.0, ["137", "515"], None)


def test_incidents_are_in_the_order_of_their_first_instant() -> None:
    later = replace(ONE, incident_id="a", start_utc=ONE.start_utc + timedelta(days=1), unit=None, count=None)
    rows = incident_frame([later, ONE, replace(ONE, incident_id="b")])
    assert rows["incident_id"].to_list() == ["b", "flotilla", "a"] and rows["unit"].to_list() == ["vessels", "vessels", None]
    assert incident_frame([]).schema == INCIDENTS


def test_every_word_is_explained() -> None:
    assert ONE.kind in INCIDENT_KINDS and ONE.status in STATUSES and ONE.precision in PRECISIONS
    assert all(len(meaning) > 10 for meaning in (*INCIDENT_KINDS.values(), *STATUSES.values()))
