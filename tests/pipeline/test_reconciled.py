"""Offices' figures beside AIS, end to end: the published cases of ships that an office counted and AIS did not show.

Kinmen, 29 and 30 July 2025 (Focus Taiwan 2025-07-30); Dongsha, July and August 2025 (Taiwan Coast Guard in the press, years
inferred). The AIS and the wording of the texts are made up after what was published; the tests' fleet gives each hull number
an MMSI. A lightship of no fleet is heard, so that receivers were listening, unless a test says otherwise.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from small_worlds import HEAD

import offing
from offing.errors import UnknownName, UsageError
from offing.logbook import Logbook
from offing.pipeline.ingest import FileProblem
from offing.pipeline.reconcile import reconciled, summed
from offing.zones.series import Reported

TAIPEI = ZoneInfo("Asia/Taipei")
KINMEN, PRATAS = "kinmen-restricted-water@tw", "pratas-prohibited-water@tw"
NEAR_KINMEN, NEAR_PRATAS = (118.6, 24.2), (116.2, 20.5)
HULLS = {"14605": 412_990_001, "14529": 412_990_002, "14608": 412_990_003, "14513": 412_990_004}
AT_PRATAS = {"3102": 412_990_011, "3103": 412_990_012, "3105": 412_990_013}
LIGHT, STRANGER = 431_000_009, 416_000_001
KINMEN_TEXT = (
    "At 3 p.m. Tuesday, China Coast Guard vessels 14605, 14529, 14608, and 14513 sailed into the restricted waters off Kinmen "
    "County. They left the area at 5 p.m. At 9 a.m. Wednesday, the four ships again trespassed into the area. They left the "
    "waters at 11:05 a.m."
)
Row = dict[str, Any]


def local(text: str) -> datetime:
    """An instant by the clock of Taipei."""
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI).astimezone(UTC)


def fix(mmsi: int, t_utc: datetime, lon: float, lat: float) -> str:
    return f"{mmsi},{t_utc:%Y-%m-%dT%H:%M:%S},{lat:.5f},{lon:.5f},5,90,90,,,,70,0,,,,,A\n"


def light(first: str, last: str, place: tuple[float, float]) -> list[str]:
    """A lightship that is heard every half hour between two instants of UTC."""
    t, end = (datetime.fromisoformat(x).replace(tzinfo=UTC) for x in (first, last))
    return [fix(LIGHT, t + n * timedelta(minutes=30), *place) for n in range(int((end - t) / timedelta(minutes=30)) + 1)]


def sail(mmsi: int, *legs: tuple[str, float, float], every_min: int = 10) -> list[str]:
    """A ship that sails straight from each place to the next; instants by the clock of Taipei."""
    out = []
    for (a, lon0, lat0), (b, lon1, lat1) in itertools.pairwise(legs):
        start, end = local(a), local(b)
        n = max(1, int((end - start) / timedelta(minutes=every_min)))
        out += [
            fix(mmsi, start + (end - start) * k / n, lon0 + (lon1 - lon0) * k / n, lat0 + (lat1 - lat0) * k / n)
            for k in range(n)
        ]
    return [*out, fix(mmsi, local(legs[-1][0]), *legs[-1][1:])]


def into_kinmen(mmsi: int, day: str, nth: int) -> list[str]:
    """From the south-east into restricted water at about 15:00, and out again at 17:00, on AIS from 13:00 to 19:00."""
    shift = nth * 0.005
    legs = [
        ("13:00", 118.75, 24.25),
        ("15:00", 118.46, 24.36),
        ("16:30", 118.46, 24.37),
        ("17:00", 118.55, 24.3),
        ("19:00", 118.8, 24.2),
    ]
    return sail(mmsi, *((f"{day}T{t}", lon + shift, lat) for t, lon, lat in legs))


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    """A logbook with two fleets: `sample` with the ships' numbers, `no-numbers` with hull numbers alone and one other ship."""
    made = offing.create(tmp_path / "book")
    members = [f'[[fleets.members]]\nmmsi = {m}\nhull = "{h}"\n' for h, m in {**HULLS, **AT_PRATAS}.items()]
    alone = [f'[[fleets.members]]\nhull = "{h}"\n' for h in HULLS] + [f"[[fleets.members]]\nmmsi = {STRANGER}\n"]
    head = '[[fleets]]\nid = "{}"\nsource = "made for a test"\n'
    (tmp_path / "fleet.toml").write_text(head.format("sample") + "".join(members) + head.format("no-numbers") + "".join(alone))
    made.add_fleets(tmp_path / "fleet.toml")
    return made


def feed(book: Logbook, name: str, rows: Iterable[str], *texts: tuple[str, str]) -> Logbook:
    """Read AIS and texts of the Taiwan Coast Guard (day of publication, words), and run."""
    path = book.store.root.parent / f"{name}.csv"
    path.write_text(HEAD + "".join(rows))
    (line,) = book.ingest(path)
    assert not isinstance(line, FileProblem), line
    for n, (day, words) in enumerate(texts):
        text = book.store.root.parent / f"{name}{n}.txt"
        text.write_text(f"office: tw-cga\npublished: {day}\nsource: made up {n}\n\n{words}\n")
        added = book.add_bulletins([text])
        assert not added.rejects, added.rejects
    book.run()
    return book


def kinmen(
    book: Logbook, *, heard: tuple[str, str] = ("2025-07-27T00:00", "2025-08-01T12:00"), more: Iterable[str] = ()
) -> Logbook:
    ships = [r for n, m in enumerate(HULLS.values()) for r in into_kinmen(m, "2025-07-29", n)]
    return feed(book, "kinmen", [*ships, *light(*heard, NEAR_KINMEN), *more], ("2025-07-30", KINMEN_TEXT))


def by_day(rows: pl.DataFrame) -> dict[date, Row]:
    return {r["day"]: r for r in rows.to_dicts()}


def test_kinmen_july_2025_official_two_days_and_eight_ship_days_ais_one_and_four(book: Logbook) -> None:
    rows = kinmen(book).reconcile(KINMEN, "sample", "tw-cga")
    first, second = by_day(rows)[date(2025, 7, 29)], by_day(rows)[date(2025, 7, 30)]
    assert (first["office_value"], first["ais_ships"], first["difference"], first["explanation"]) == (4.0, 4, 0.0, "agree")
    assert (second["office_value"], second["ais_ships"], second["difference"]) == (4.0, 0, 4.0)
    assert second["explanation"] == "ais_off" and set(second["missing_hulls"]) == set(HULLS)
    assert "14605: silent (last heard 2025-07-29T11:00:00Z, not heard after)" in second["because"]
    assert second["ais_state"] == "not_observed" and second["sources"] == ["made up 0"]
    (total,) = summed(rows).to_dicts()
    assert (total["office_days"], total["office_ship_days"], total["ais_days"], total["ais_ship_days"]) == (2, 8.0, 1, 4)
    assert (total["agree"], total["ais_off"], total["unexplained"], total["days"]) == (1, 1, 0, 2)


def test_kinmen_from_the_command_line(
    book: Logbook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from offing.faces.cli import main

    kinmen(book)
    words = ["--logbook", str(book.store.root), "reconcile", "--zone", KINMEN, "--fleet", "sample", "--format", "json"]
    monkeypatch.setattr("sys.argv", ["offing", *words])
    with pytest.raises(SystemExit) as end:
        main.run()
    assert end.value.code in (None, 0)
    assert [(r["day"], r["explanation"]) for r in json.loads(capsys.readouterr().out)] == [
        ("2025-07-29", "agree"),
        ("2025-07-30", "ais_off"),
    ]


def test_where_receivers_were_not_listening_silence_is_not_the_ships(book: Logbook) -> None:
    rows = kinmen(book, heard=("2025-07-27T00:00", "2025-07-29T20:00")).reconcile(KINMEN, "sample")
    second = by_day(rows)[date(2025, 7, 30)]
    assert (second["explanation"], second["ais_state"]) == ("no_coverage", "unobservable"), second


def test_the_hours_that_the_office_names_decide_and_not_the_whole_day(book: Logbook) -> None:
    """Receivers were silent from noon on 30 July: the day is unobservable, but from 09:00 to 11:05 they were listening."""
    rows = kinmen(book, heard=("2025-07-27T00:00", "2025-07-30T03:30")).reconcile(KINMEN, "sample")
    second = by_day(rows)[date(2025, 7, 30)]
    assert (second["explanation"], second["ais_state"]) == ("ais_off", "unobservable"), second


def test_a_hull_of_which_no_mmsi_is_known(book: Logbook) -> None:
    rows = by_day(kinmen(book).reconcile(KINMEN, "no-numbers"))
    assert {r["explanation"] for r in rows.values()} == {"identity"} and set(rows) == {date(2025, 7, 29), date(2025, 7, 30)}
    assert "14605: no MMSI is known" in rows[date(2025, 7, 29)]["because"]


def test_a_ship_that_ais_heard_outside_the_zone(book: Logbook) -> None:
    outside = sail(HULLS["14605"], ("2025-07-30T08:00", 118.75, 24.2), ("2025-07-30T12:00", 118.7, 24.2))
    second = by_day(kinmen(book, more=outside).reconcile(KINMEN, "sample"))[date(2025, 7, 30)]
    assert second["explanation"] == "ais_off" and "14605: heard outside the zone meanwhile (13 positions)" in second["because"]
    every = [r for m in HULLS.values() for r in sail(m, ("2025-07-30T08:00", 118.75, 24.2), ("2025-07-30T12:00", 118.7, 24.2))]
    feed(book, "outside", every)
    again = by_day(book.reconcile(KINMEN, "sample"))[date(2025, 7, 30)]
    assert again["explanation"] == "definition", again


def test_days_of_which_the_office_is_silent_are_shown_where_ais_saw_a_ship(book: Logbook) -> None:
    early = into_kinmen(HULLS["14605"], "2025-07-28", 0)
    kinmen(book, more=early)
    assert date(2025, 7, 28) not in by_day(book.reconcile(KINMEN, "sample")), "outside the office's own days"
    rows = book.reconcile(KINMEN, "sample", since="2025-07-28", until="2025-07-31")
    assert [r["explanation"] for r in rows.to_dicts()] == ["office_silent", "agree", "ais_off"]
    (total,) = summed(rows).to_dicts()
    assert (total["ais_days"], total["ais_ship_days"], total["office_days"], total["office_silent"]) == (1, 4, 2, 1)


def test_one_visit_over_two_days_with_an_hour_of_silence_inside(book: Logbook) -> None:
    """Dongsha, 2 and 3 August 2025: CCG 3102 at 28.1 nm at 14:50, at 10.3 nm at 17:34, AIS off for an hour from about 18:00."""
    before = sail(
        AT_PRATAS["3102"],
        ("2025-08-02T14:50", 116.374, 20.370),
        ("2025-08-02T17:34", 116.597, 20.581),
        ("2025-08-02T18:00", 116.62, 20.6),
    )
    after = sail(
        AT_PRATAS["3102"],
        ("2025-08-02T19:00", 116.63, 20.6),
        ("2025-08-03T14:30", 116.6, 20.58),
        ("2025-08-03T17:00", 116.3, 20.35),
    )
    words = (
        "2日14時50分，海警船3102在東沙島西南方28.1海浬處。17時34分，海警船3102在東沙島西南方10.3海浬處。"
        "3日14時30分，海警船3102在東沙島西南方10.5海浬處。"
    )
    feed(book, "dongsha", [*before, *after, *light("2025-08-01T00:00", "2025-08-04T12:00", NEAR_PRATAS)], ("2025-08-03", words))
    rows = by_day(book.reconcile(PRATAS, "sample", "tw-cga"))
    assert {d: (r["office_value"], r["ais_ships"], r["explanation"]) for d, r in rows.items()} == {
        date(2025, 8, 2): (1.0, 1, "agree"),
        date(2025, 8, 3): (1.0, 1, "agree"),
    }
    assert book.visits(PRATAS, "sample").height == 1


def test_ships_that_were_never_on_ais(book: Logbook) -> None:
    """Dongsha, July 2025: 3105 at 00:50 and 3103, out at 11:35, neither on AIS."""
    words = "14日0時50分，海警船3105在東沙島西方9海浬處。11時35分，海警船3103在東沙島西方11海浬處。"
    feed(book, "dongsha", light("2025-07-12T00:00", "2025-07-16T12:00", NEAR_PRATAS), ("2025-07-14", words))
    (row,) = book.reconcile(PRATAS, "sample").to_dicts()
    assert (row["day"], row["office_value"], row["ais_ships"], row["explanation"]) == (date(2025, 7, 14), 2.0, 0, "ais_off")
    assert row["because"].count("not on AIS a day before or after either") == 2
    (total,) = summed(book.reconcile(PRATAS, "sample")).to_dicts()
    assert (total["office_ship_days"], total["ais_ship_days"], total["ais_days"]) == (2.0, 0, 0)


def test_the_day_is_cut_at_another_hour(book: Logbook, tmp_path: Path) -> None:
    """A user's zone has days of UTC; the office, whose days are Taipei's, tells of a stay under the UTC day."""
    ring = [[118.33, 24.3], [118.45, 24.3], [118.45, 24.4], [118.33, 24.4], [118.33, 24.3]]
    properties = {"id": "mine@me", "kind": "custom", "name": "mine", "day_rule": "UTC"}
    zone = {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "mine.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}))
    book.add_zones(tmp_path / "mine.geojson")
    ship = sail(
        HULLS["14605"],
        ("2025-07-30T02:00", 118.3, 24.2),
        ("2025-07-30T03:00", 118.4, 24.35),
        ("2025-07-30T05:00", 118.3, 24.2),
    )
    words = "29日，海警船14605在金門南方6.5海浬處。"
    feed(book, "cut", [*ship, *light("2025-07-27T00:00", "2025-08-01T12:00", NEAR_KINMEN)], ("2025-07-30", words))
    row = by_day(book.reconcile("mine@me", "sample"))[date(2025, 7, 29)]
    assert (row["explanation"], row["ais_ships"], row["day_rule"]) == ("day_boundary", 0, "Asia/Taipei 00:00"), row


def test_an_office_that_counts_something_else_is_refused_with_what_it_counts(book: Logbook) -> None:
    kinmen(book)
    with pytest.raises(UsageError, match="tw-mnd publishes nothing") as told:
        book.reconcile(KINMEN, "sample", "tw-mnd")
    assert "stands beside AIS: " in told.value.hint and "tw-mnd:aircraft (sorties)" in told.value.hint
    with pytest.raises(UsageError, match="jcg publishes nothing") as told:
        book.reconcile(KINMEN, "sample", "jcg")
    assert "--zone senkaku-diaoyu-contiguous-zone@jp --fleet cn-government" in told.value.hint
    with pytest.raises(UsageError):
        book.reconcile("matsu-restricted-water@tw", "sample")
    with pytest.raises(UnknownName):
        book.reconcile("nowhere@tw", "sample")
    with pytest.raises(UnknownName):
        book.reconcile(KINMEN, "nobody")
    with pytest.raises(UnknownName):
        book.reconcile(KINMEN, "sample", "nobody")


def test_the_offices_own_count_stands_beside_the_hulls_that_it_names(book: Logbook) -> None:
    """Where the pack says that a count is of a fleet and zone, the count is the figure, and the hulls explain it."""
    kinmen(book)
    own = Reported(
        "tw-cga:coast_guard_ships:" + KINMEN, {}, book.waters.pack.offices["tw-cga"].day_rule, None, (KINMEN,), "sample"
    )
    waters = replace(book.waters, pack=replace(book.waters.pack, reported={**book.waters.pack.reported, own.id: own}))
    rows = by_day(reconciled(book.store, waters, (KINMEN,), "sample"))
    assert [(r["office_value"], r["unit"], r["explanation"]) for r in rows.values()] == [
        (4.0, "vessels", "agree"),
        (4.0, "vessels", "ais_off"),
    ]
    assert rows[date(2025, 7, 30)]["office_hulls"] == sorted(HULLS)


def test_a_published_streak_beside_ais(book: Logbook) -> None:
    """What an office tells as a run of days has no number of ships: only whether there was one."""
    zones = ["senkaku-diaoyu-contiguous-zone@jp", "senkaku-diaoyu-territorial-sea@jp"]
    rows = feed(book, "none", light("2025-07-12T00:00", "2025-07-16T12:00", NEAR_PRATAS)).reconcile(
        zones, "cn-government", "jcg", since="2025-07-10", until="2025-07-12"
    )
    assert rows["office_state"].to_list() == ["observed"] * 3 and rows["office_value"].null_count() == 3
    assert set(rows["explanation"]) == {"no_coverage"}
    (total,) = summed(rows).to_dicts()
    assert (
        total["office_ship_days"] is None
        and total["office_days"] == 3
        and STRANGER not in rows["ais_mmsis"].explode().to_list()
    )
