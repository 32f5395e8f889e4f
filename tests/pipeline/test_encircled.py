"""Who was round a place on a day, gathered from AIS, sightings and notices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_worlds import HEAD

import offing
from offing.errors import UnknownName, UsageError
from offing.logbook import Logbook
from offing.pipeline.encirclement import encirclement
from offing.pipeline.record import Record
from offing.pipeline.waters import of_region

DAY = date(2025, 7, 29)
FLEET = """[[fleets]]
id = "own"
source = "made for a test"
[[fleets.members]]
mmsi = 412000001
hull = "14605"
[[fleets.members]]
hull = "14608"
"""
EAST = "412000001,2025-07-29T{:02}:00:00,23.69780,122.50000,5,90,90,,,,70,0,,,,,A\n"
NOTICE = (
    "office: tw-mnd\npublished: 2025-07-30\nsource: made up\n\n"
    "26 PLA aircraft and 9 PLAN vessels operating around Taiwan were detected up until 6 a.m. (UTC+8) today. "
    "23 out of 26 sorties crossed the median line and entered Taiwan's northern and eastern ADIZ.\n"
)
SIGHTED = "office: tw-cga\npublished: 2025-07-30\nsource: made up too\n\n{}日{}時，海警船{}在金門南方3海浬處。\n"


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    made = offing.create(tmp_path / "book")
    (tmp_path / "own.toml").write_text(FLEET)
    made.add_fleets(tmp_path / "own.toml")
    (tmp_path / "ais.csv").write_text(HEAD + "".join(EAST.format(h) for h in (1, 2, 23)))
    made.ingest(tmp_path / "ais.csv")
    (tmp_path / "n.txt").write_text(NOTICE)
    made.add_bulletins([tmp_path / "n.txt"])
    made.run()
    return made


def occupied(book: Logbook, day: date = DAY, **more: object) -> dict[int, tuple[list[int], list[str]]]:
    rows = encirclement(book.record, day, "own", **more).bearings  # type: ignore[arg-type]
    return {r["bearing_deg"]: (r["mmsis"], r["hulls"]) for r in rows.to_dicts() if r["occupied"]}


def test_ais_sightings_and_sectors_stand_side_by_side(book: Logbook, tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text(SIGHTED.format(29, 15, "14608"))
    book.add_bulletins([tmp_path / "s.txt"])
    found = encirclement(book.record, DAY, "own")
    assert occupied(book) == {90: ([412_000_001], []), 290: ([], ["14608"])}
    (total,) = found.summary.to_dicts()
    assert (total["bearings_occupied"], total["ais_hulls_n"], total["sighted_hulls_n"]) == (2, 1, 1)
    assert (total["widest_open_deg"], total["open_from_deg"], total["open_to_deg"]) == (190, 95, 285)
    assert total["share_with_sectors"] > total["share"] and total["day_rule"] == "Asia/Taipei 06:00"
    assert set(total["sources"]) == {"made up", "made up too"}
    said = {s for r in found.bearings.to_dicts() for s in r["sectors"]}
    assert said == {"north", "east"}


def test_the_day_is_that_of_the_notices_for_positions_and_for_sightings_with_a_time(book: Logbook, tmp_path: Path) -> None:
    """05:00 in Taipei on 30 July belongs to the day that began at 06:00 on the 29th; 23:00 UTC is the 30th's 07:00."""
    (tmp_path / "s.txt").write_text(SIGHTED.format(30, 5, "14608"))
    book.add_bulletins([tmp_path / "s.txt"])
    assert occupied(book)[290] == ([], ["14608"]) and 290 not in occupied(book, date(2025, 7, 30))
    assert occupied(book, date(2025, 7, 30)) == {90: ([412_000_001], [])}


def test_hulls_of_others_and_ships_far_away_do_not_count(book: Logbook, tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text(SIGHTED.format(29, 15, "14533"))
    book.add_bulletins([tmp_path / "s.txt"])
    assert set(occupied(book)) == {90}
    assert occupied(book, reach_nm=60) == {}


def test_another_middle_has_no_sectors(book: Logbook) -> None:
    found = encirclement(book.record, DAY, "own", "kinmen", 400)
    assert not found.bearings["said_of_sector"].any() and found.summary["centre"].to_list() == ["kinmen"]


def test_without_a_logbook_the_notices_still_speak() -> None:
    found = encirclement(Record(None, of_region("east_asia")), date(2024, 10, 14), "cn-government")
    (total,) = found.summary.to_dicts()
    assert (total["bearings_occupied"], total["share"], total["widest_open_deg"]) == (0, 0.0, 360) and total[
        "share_with_sectors"
    ] > 0
    assert {s for r in found.bearings.to_dicts() for s in r["sectors"]} == {"east", "southwest", "west"}


def test_what_is_not_there_is_refused(book: Logbook) -> None:
    with pytest.raises(UnknownName):
        encirclement(book.record, DAY, "nobody")
    with pytest.raises(UnknownName):
        encirclement(book.record, DAY, "own", "atlantis")
    with pytest.raises(UsageError, match="calendar"):
        encirclement(book.record, date.max, "own")
    nowhere = next(f.id for f in book.waters.pack.features.values() if f.lon_deg is None)
    with pytest.raises(UsageError, match="no position"):
        encirclement(book.record, DAY, "own", nowhere)
