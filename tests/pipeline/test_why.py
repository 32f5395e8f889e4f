"""Chains: from every kind of figure and event down to file, line and raw text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from small_worlds import (
    BOX,
    OTHER,
    SHIP,
    World,
    at,
    day,
    eastward,
    instant,
    light,
    lying,
    square,
    write_zones,
)

from offing.errors import UsageError
from offing.pipeline.why import MOST, Link

NO_SHIP = "No hull of the fleet was observed on 2024-03-03, though receivers were listening."
JP, GOVERNMENT = "senkaku-diaoyu-contiguous-zone@jp", "cn-government"


def made(folder: Path) -> World:
    """Ship 1 sails through on days 1 and 2, ship 2 lies inside on day 2 for three hours."""
    world = World(folder)
    world.read("own.csv", [*eastward(SHIP, range(48)), *lying(OTHER, range(30, 34), 10.5)])
    world.read("light.csv", light(range(96)))
    world.book.run()
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return made(tmp_path)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same, for tests that only ask."""
    return made(tmp_path_factory.mktemp("asked"))


def kinds(links: list[Link]) -> set[str]:
    return {link.kind for link in links}


def raws(links: list[Link]) -> list[str]:
    return [link.raw or "" for link in links if link.kind == "raw"]


def line_of(world: World, name: str, n: int) -> str:
    return (world.folder / name).read_text().splitlines()[n - 1]


def well_formed(links: list[Link]) -> None:
    """Levels go down one at a time, the head is at 0, and every raw line is the line of the file that it names."""
    assert links[0].level == 0 and all(b.level <= a.level + 1 for a, b in pairwise(links))
    assert all(link.level > 0 for link in links[1:])
    for link in links:
        if link.raw is not None:
            assert link.file is not None and link.line is not None
            assert Path(link.file).read_text().splitlines()[link.line - 1] == link.raw
            assert link.text == f"{link.file} line {link.line}: {link.raw}" or Path(link.file).name in link.text


def test_a_visit_opens_to_the_positions_on_both_sides_of_each_crossing(asked: World) -> None:
    (visit,) = asked.visits(mmsi=SHIP)
    links = asked.book.why(str(visit["event_id"]))
    well_formed(links)
    assert kinds(links) == {"visit", "zone", "rule", "crossing", "position", "raw"}
    assert raws(links) == [line_of(asked, "own.csv", n) for n in (13, 14, 37, 38)]
    said = [link.text for link in links if link.kind == "position"]
    assert [s.partition(":")[0] for s in said] == ["before the entry", "after the entry", "before the exit", "after the exit"]
    assert "2024-03-01T11:00:00Z" in said[0] and "2.5 kn" in said[0] and "(time: file)" in said[0]
    (zone,) = (link.text for link in links if link.kind == "zone")
    assert BOX in zone and asked.book.zones()[BOX].hash in zone
    (rule,) = (link.text for link in links if link.kind == "rule")
    assert rule == "parameters: visit.max_gap_h = 6, visit.max_speed_kn = 60, visit.rejoin_min = 10"


def test_a_visit_first_and_last_seen_opens_to_these_positions(asked: World) -> None:
    (visit,) = asked.visits(mmsi=OTHER)
    links = asked.book.why(str(visit["event_id"]))
    well_formed(links)
    assert raws(links) == [line_of(asked, "own.csv", n) for n in (50, 53)]
    assert any(link.text.startswith("entry first_seen at 2024-03-02T06:00:00Z") for link in links)
    assert any(link.text.startswith("exit last_seen at 2024-03-02T09:00:00Z") for link in links)


def test_every_reception_of_a_position_is_shown(world: World) -> None:
    world.read("copy.csv", eastward(SHIP, range(10, 14)))
    world.book.run()
    (visit,) = world.visits(mmsi=SHIP)
    links = world.book.why(str(visit["event_id"]))
    well_formed(links)
    files = [Path(link.file or "").name for link in links if link.kind == "raw"]
    assert sorted(files) == ["copy.csv"] * 2 + ["own.csv"] * 4


def test_a_day_opens_to_its_visits_and_says_what_was_heard(asked: World) -> None:
    row = asked.book.days(BOX, "own").row(1, named=True)
    links = asked.book.why(row["figure_id"])
    well_formed(links)
    assert links[0].kind == "day" and "observed, 2 hulls (412000001 412000002), 16 positions" in links[0].text
    assert "24 listening hours" in links[0].text
    assert [link.id for link in links if link.kind == "visit"] == row["visits"]
    assert raws(links)
    rules = " ".join(link.text for link in links if link.kind == "rule")
    for words in ("fleet own (2 numbers)", "days of UTC 00:00", "coverage.max_hole_h = 4", "watch_day.min_positions = 2"):
        assert words in rules
    assert "data from 2024-03-01T00:00:00Z to 2024-03-04T23:00:00Z" in rules


def test_an_empty_day_says_why_it_is_empty(asked: World) -> None:
    days = asked.book.days(BOX, "own")
    third, fourth = days.row(2, named=True), days.row(3, named=True)
    assert "not_observed (24 listening hours, longest hole 0 h)" in asked.book.why(third["figure_id"])[0].text
    assert "unobservable" in asked.book.why(fourth["figure_id"])[0].text
    assert "data from 2024-03-01T00:00:00Z to 2024-03-04T23:00:00Z" in " ".join(
        link.text for link in asked.book.why(fourth["figure_id"])
    )


@pytest.mark.parametrize("unit", ["ship_days", "calendar_days", "hours"])
def test_presence_opens_to_days(asked: World, unit: str) -> None:
    (row,) = asked.book.presence(BOX, "own", "month", unit).to_dicts()
    links = asked.book.why(row["figure_id"])
    well_formed(links)
    assert links[0].kind == "figure" and links[0].text.startswith(f"2024-03: {row['value']:g} {unit} ")
    assert len([link for link in links if link.kind == "day"]) == 4 and raws(links)


def test_a_streak_opens_to_days_visits_positions_and_lines(asked: World) -> None:
    (row,) = asked.book.streaks(BOX, "own").to_dicts()
    links = asked.book.why(row["figure_id"])
    well_formed(links)
    assert {"figure", "rule", "day", "visit", "crossing", "position", "raw"} <= kinds(links)
    assert links[0].text == "streak of 2 calendar days, 2024-03-01 to 2024-03-02"
    ended = "No hull of the fleet was observed on 2024-03-03, though receivers were listening."
    assert links[1].text == f"ended by not_observed: {ended}"
    assert [link.id for link in links if link.kind == "day"] == [f"day:{BOX}:own:ais:2024-03-0{n}" for n in (1, 2)]


def test_a_record_opens_to_what_holds_it(asked: World) -> None:
    streak, *_, highest = asked.book.records(BOX, "own", source="ais").to_dicts()
    for row, word in ((streak, "streak of 2 calendar days"), (highest, "observed, 2 hulls")):
        links = asked.book.why(row["figure_id"])
        well_formed(links)
        assert links[0].text.startswith(f"record: {row['value']} {row['unit']}, since 2024-03-0")
        assert any(word in link.text for link in links) and raws(links)


def test_every_id_in_a_chain_can_be_asked_for(asked: World) -> None:
    done, left = set(), {str(i) for i in asked.book.records(BOX, "own", source="ais")["figure_id"]}
    while left:
        name = left.pop()
        done.add(name)
        left |= {link.id for link in asked.book.why(name) if link.id} - done
    assert {name.partition(":")[0] for name in done} == {"record", "streak", "day", "visit"}


def test_a_published_streak_opens_to_the_bulletin(asked: World) -> None:
    rows = asked.book.streaks(JP, GOVERNMENT, "jcg").to_dicts()
    for row in rows:
        links = asked.book.why(row["figure_id"])
        well_formed(links)
        assert any(link.kind == "bulletin" and "jcg, published" in link.text for link in links), row
        assert all(str(row["days_observed"]) in links[0].text for _ in links)
        assert raws(links), row
    day_id = asked.book.days(JP, GOVERNMENT, source="jcg", until=day(1))["figure_id"][-1]
    assert {"day", "bulletin", "raw"} <= kinds(asked.book.why(day_id))
    for row in asked.book.records(source="jcg").to_dicts():
        assert raws(asked.book.why(row["figure_id"]))


def test_a_changed_visit_tells_its_versions(world: World) -> None:
    before = instant()
    world.read("late.csv", lying(OTHER, range(34, 38), 10.5))
    world.book.run()
    (visit,) = world.visits(mmsi=OTHER)
    links = world.book.why(str(visit["event_id"]))
    told = [link.text for link in links if link.kind == "version"]
    assert len(told) == 2 and told[0].endswith("open; first known") and "late.csv" in told[1]
    (then,) = world.book.days(BOX, "own", known_at=before, since=day(2), until=day(2)).to_dicts()
    old = world.book.why(then["figure_id"])
    assert not [link for link in old if link.kind == "version"], "then there was one version"
    assert any("to 2024-03-02T09:00:00Z (last_seen)" in link.text for link in old)


def test_a_withdrawn_visit_still_shows_its_lines(world: World) -> None:
    (visit,) = world.visits(mmsi=SHIP)
    world.book.retract(world.folder / "own.csv", "another ship's log")
    world.book.run()
    assert world.visits(mmsi=SHIP) == []
    links = world.book.why(str(visit["event_id"]))
    well_formed(links)
    assert "withdrawn, version 2" in links[0].text
    assert any("another ship's log" in link.text for link in links if link.kind == "version")
    assert raws(links) == [line_of(world, "own.csv", n) for n in (13, 14, 37, 38)]
    assert any("its file was retracted since" in link.text for link in links)


def test_a_visit_of_an_earlier_method_is_still_explained(world: World) -> None:
    world.read("gap.csv", [*lying(OTHER, range(41, 43), 10.5)])
    world.book.run()
    ids = [str(v["event_id"]) for v in world.visits(mmsi=OTHER)]
    assert len(ids) == 2
    world.book.run(settings={"visit.max_gap_h": 12})
    assert len(world.visits(mmsi=OTHER)) == 1
    rules = [link.text for link in world.book.why(ids[1]) if link.kind == "rule"]
    assert rules == ["parameters: visit.max_gap_h = 6, visit.max_speed_kn = 60, visit.rejoin_min = 10"]
    assert any("visit.max_gap_h = 12" in link.text for link in world.book.why(ids[0])), "what the last run says comes first"


def test_a_visit_to_an_older_shape_says_so(world: World) -> None:
    (visit,) = world.visits(mmsi=OTHER)
    world.book.add_zones(write_zones(world.folder / "z.geojson", box__me=square(20, 0, 21, 1)))
    (zone,) = (link.text for link in world.book.why(str(visit["event_id"])) if link.kind == "zone")
    assert str(visit["zone_hash"]) in zone and world.book.zones()[BOX].hash in zone


def test_a_file_that_is_gone_or_changed_is_wanted_by_name(world: World) -> None:
    (visit,) = world.visits(mmsi=SHIP)
    (world.folder / "own.csv").write_text("something else\n")
    links = world.book.why(str(visit["event_id"]))
    raw = [link for link in links if link.kind == "raw"]
    assert len(raw) == 4 and all(link.raw is None and "wanted: " in link.text for link in raw)
    assert [link.text.partition(": ")[0] for link in raw] == [f"{world.folder / 'own.csv'} row {n}" for n in (12, 13, 36, 37)]


def test_a_kept_copy_is_shown_when_the_file_is_gone(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = world.read("own.csv", eastward(SHIP, range(48)), keep=True)
    lines = path.read_text().splitlines()
    world.book.run()
    path.unlink()
    (visit,) = world.visits()
    assert raws(world.book.why(str(visit["event_id"]))) == [lines[n] for n in (12, 13, 36, 37)]


def test_long_chains_are_cut_and_everything_opens_them(tmp_path: Path) -> None:
    world = World(tmp_path)
    ships = range(412_000_100, 412_000_100 + MOST + 3)
    world.read("many.csv", [r for s in ships for r in lying(s, [*range(6, 10), *range(30, 34), *range(54, 58)], 10.5)])
    world.book.run()
    (row,) = world.book.streaks(BOX, "any").to_dicts()
    short, whole = world.book.why(row["figure_id"]), world.book.why(row["figure_id"], everything=True)
    assert [link.text for link in short if link.kind == "more"] == ["... and 3 more visits; --all opens every one"] * 2
    assert not [link for link in whole if link.kind == "more"]
    assert len([link for link in whole if link.kind == "visit"]) == 3 * len(ships)
    assert len([link for link in short if link.kind == "visit"]) == 2 * MOST


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "",
        "visit:",
        f"visit:{BOX}:1:20240301T120000Z",
        f"day:{BOX}:own:ais:2024-02-30",
        f"day:{BOX}:own:ais:2031-01-01",
        f"day:{BOX}:nobody:ais:2024-03-01",
        "day:atlantis@xx:own:ais:2024-03-01",
        f"streak:{BOX}:own:ais:2024-03-02",
        f"streak:{BOX}:own:jgc:2024-03-02",
        f"record:{BOX}:own:ais:2024-03-02",
        f"presence:{BOX}:own:ais:1999-01,unit=ship_days",
        f"presence:{BOX}:own:ais:2024-03",
        f"presence:{BOX}:own:ais:2024-03,unit=sorties",
        f"day:{BOX}:own:ais:2024-03-01,known_at=yesterday",
        "day::own:ais:2024-03-01",
        f"day:{BOX}:own:ais:2024-03-01,visit.max_gap_h=9",
        f"day:{BOX}:own:ais:2024-03-01,coverage.max_hole_h=99",
    ],
)
def test_what_is_not_there_is_a_sentence(asked: World, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked.book.why(name)
    assert caught.value.message.endswith(".") and "Error" not in caught.value.message


def test_a_figure_with_a_parameter_of_its_own(asked: World) -> None:
    name = f"day:{BOX}:own:ais:2024-03-02,coverage.max_hole_h=2,watch_day.min_positions=5"
    links = asked.book.why(name)
    assert "observed, 1 hull (412000001)" in links[0].text, "the other ship has four positions"
    assert any("watch_day.min_positions = 5, coverage.near_nm = 40" in link.text for link in links)


def test_the_times_in_a_chain_are_of_the_question(asked: World) -> None:
    (row,) = asked.book.streaks(BOX, "own").to_dicts()
    texts = [link.text for link in asked.book.why(row["figure_id"])]
    assert any(f"from {at(12):%Y-%m-%dT%H:%M:%SZ} (crossed) to {at(36):%Y-%m-%dT%H:%M:%SZ} (crossed)" in t for t in texts)
