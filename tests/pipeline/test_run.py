"""Runs: visits from small worlds, late data, withdrawals, cuts by day, parameters, zones that come and change."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from small_worlds import (
    BOX,
    LIGHT,
    OTHER,
    SHIP,
    World,
    at,
    day,
    eastward,
    instant,
    light,
    lying,
    row,
    square,
    stays,
    write_zones,
)

from offing.errors import BadParameter, UnknownName
from offing.pipeline.run import RunSummary

HOUR_S = 3600


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def counts(done: RunSummary) -> dict[str, int]:
    """What the run did, without zeros."""
    return {k: n for k, n in done.visits.items() if n}


def test_a_ship_that_sails_through(world: World) -> None:
    world.read("a.csv", eastward(SHIP, range(48)))
    done = world.book.run()
    assert (done.days_n, done.positions_n, done.untracked_n, counts(done)) == (2, 48, 0, {"new": 1})
    (visit,) = world.visits(zone=BOX)
    told = {k: visit[k] for k in ("kind", "version", "status", "mmsi", "zone_id", "entry_how", "exit_how", "positions_n")}
    assert told == {
        "kind": "visit",
        "version": 1,
        "status": "closed",
        "mmsi": SHIP,
        "zone_id": BOX,
        "entry_how": "crossed",
        "exit_how": "crossed",
        "positions_n": 24,
    }
    assert (visit["entry_t_utc"], visit["exit_t_utc"], visit["duration_s"]) == (at(12), at(36), 24 * HOUR_S)
    assert visit["event_id"] == f"visit:{BOX}:{SHIP}:20240301T120000Z"
    assert visit["track"] == f"{SHIP}@20240301T000000Z"
    assert (visit["reason"], visit["superseded_by"], visit["still_inside"]) == (None, None, False)


def test_a_second_run_changes_nothing(world: World) -> None:
    world.read("a.csv", eastward(SHIP, range(48)))
    world.book.run()
    before = world.book.visits(withdrawn=True)
    assert counts(world.book.run()) == {"unchanged": 1}
    assert world.book.visits(withdrawn=True).equals(before)


def test_late_rows_move_an_entry_and_make_version_2(world: World) -> None:
    world.read("a.csv", eastward(SHIP, [*range(13), *range(14, 48)], lon=9.51))
    world.book.run()
    first = instant()
    (was,) = world.visits()
    world.read("late.csv", [row(SHIP, 11.5, 10.1)])  # sooner inside than the way that was drawn before
    assert counts(world.book.run()) == {"new": 1, "withdrawn": 1}
    world.book.run()
    (now,) = world.visits()
    assert now["event_id"] != was["event_id"] and now["entry_t_utc"] < was["entry_t_utc"]
    (gone, _) = sorted(world.visits(withdrawn=True), key=lambda v: v["status"] != "withdrawn")
    assert (gone["event_id"], gone["status"], gone["version"]) == (was["event_id"], "withdrawn", 2)
    assert gone["superseded_by"] == now["event_id"]
    assert "late.csv" in str(gone["reason"]) and "other data since the run of" in str(gone["reason"])
    assert world.visits(known_at=first) == [was]


def test_late_rows_at_the_exit_change_the_same_visit(world: World) -> None:
    world.read("a.csv", eastward(SHIP, range(30)))
    world.book.run()
    first = instant()
    (was,) = world.visits()
    assert (was["status"], was["exit_how"], was["exit_t_utc"], was["closes_at_utc"]) == ("open", "last_seen", at(29), at(35))
    world.read("late.csv", eastward(SHIP, range(30, 48)))
    assert counts(world.book.run()) == {"changed": 1}
    (now,) = world.visits()
    assert (now["event_id"], now["version"], now["status"], now["exit_t_utc"]) == (was["event_id"], 2, "closed", at(36))
    assert "late.csv" in str(now["reason"])
    assert world.visits(known_at=first) == [was]


def test_a_retracted_file_withdraws_its_visits_and_a_second_reading_brings_them_back(world: World) -> None:
    world.read("own.csv", eastward(SHIP, range(48)))
    wrong = world.read("wrong.csv", eastward(OTHER, range(48)))
    world.book.run()
    both = instant()
    world.book.retract(wrong, "clock was a day off")
    assert world.book.notes()[0].startswith("0 files were read and 1 retracted since the last run: `offing run`")
    assert counts(world.book.run()) == {"withdrawn": 1, "unchanged": 1}
    assert [v["mmsi"] for v in world.visits()] == [SHIP]
    (gone,) = (v for v in world.visits(withdrawn=True) if v["status"] == "withdrawn")
    assert (gone["mmsi"], gone["superseded_by"]) == (OTHER, None)
    assert "retracted: wrong.csv (clock was a day off)" in str(gone["reason"])
    assert [v["mmsi"] for v in world.visits(known_at=both)] == [SHIP, OTHER]
    world.book.ingest(wrong)
    assert counts(world.book.run()) == {"returned": 1, "unchanged": 1}
    assert [(v["mmsi"], v["version"]) for v in world.visits()] == [(SHIP, 1), (OTHER, 3)]


def test_the_whole_history_stays(world: World) -> None:
    """Whatever comes and goes: at every instant the logbook says again what it said then."""
    said: list[tuple[int, pl.DataFrame]] = []
    pieces = [eastward(SHIP, range(n, n + 12)) for n in (15, 27, 0, 39)]
    paths = [world.folder / f"{n}.csv" for n in range(4)]

    def remember() -> None:
        world.book.run()
        said.append((instant(), world.book.visits().drop("still_inside")))

    for n, piece in enumerate(pieces):
        world.read(f"{n}.csv", piece)
        remember()
    for path in paths[1:3]:
        world.book.retract(path, "tried")
        remember()
    for t_ms, visits in said:
        assert world.book.visits(known_at=t_ms).drop("still_inside").equals(visits)
    assert len({str(v.to_dicts()) for _, v in said}) >= 5


def test_since_and_until_leave_other_visits_as_recorded(world: World) -> None:
    rows = [r for n in range(4) for r in lying(SHIP, [48 * n + h for h in range(10, 14)], 10.5)]
    world.read("a.csv", rows)
    assert counts(world.book.run(since=day(3), until=day(5))) == {"new": 2}
    assert [v["entry_t_utc"] for v in world.visits()] == [at(58), at(106)]
    world.read("late.csv", [row(SHIP, 48 * n + 14, 10.5) for n in range(4)])
    assert counts(world.book.run(until=day(3))) == {"new": 1, "changed": 1, "unchanged": 1}
    assert [v["exit_t_utc"] for v in world.visits()] == [at(14), at(62), at(109)]
    assert counts(world.book.run()) == {"new": 1, "changed": 1, "unchanged": 2}
    assert [v["exit_t_utc"] for v in world.visits()] == [at(48 * n + 14) for n in range(4)]


def test_a_cut_never_changes_a_visit(world: World) -> None:
    """A visit from the first to the third day: whichever day is asked for, it is whole."""
    world.read("a.csv", eastward(SHIP, range(8, 60), lon=9.25))
    whole = World(world.folder, "whole")
    whole.book.ingest(world.folder / "a.csv")
    whole.book.run()
    (visit,) = whole.visits()
    assert (visit["entry_t_utc"], visit["exit_t_utc"]) == (at(18), at(42))
    for n in (1, 2):
        part = World(world.folder, f"part{n}")
        part.book.ingest(world.folder / "a.csv")
        part.book.run(since=day(n), until=day(n))
        ((told),) = part.visits()
        assert {k: v for k, v in told.items() if k != "known_from_utc"} == {
            k: v for k, v in visit.items() if k != "known_from_utc"
        }
    assert counts(World(world.folder, "none").book.run(since=day(1))) == {}


def test_a_visit_that_falls_apart_is_replaced_whole_though_only_one_day_was_asked_for(world: World) -> None:
    world.read("ends.csv", lying(SHIP, [0, 5, 10, 15, 45, 50, 55, 60], 10.5))
    middle = world.read("middle.csv", lying(SHIP, [20, 25, 30, 35, 40], 10.5))
    world.book.run()
    (whole,) = world.visits()
    assert whole["exit_t_utc"] == at(60)
    world.book.retract(middle, "of another ship")
    assert counts(world.book.run(since=day(3), until=day(3))) == {"new": 1, "changed": 1}
    part = world.book.visits()
    assert part["exit_t_utc"].to_list() == [at(15), at(60)], "the first half lies outside the days asked for, and still holds"
    assert counts(world.book.run()) == {"unchanged": 2}
    assert world.book.visits().equals(part)


def test_two_ships_on_one_number_do_not_withdraw_each_other_in_a_partial_run(world: World) -> None:
    world.book.add_zones(write_zones(world.folder / "z.geojson", all__me=square(0, -20, 40, 20)))
    world.read("a.csv", lying(SHIP, range(48), 10.2) + lying(SHIP, [h + 0.5 for h in range(48)], 35, 15))
    world.book.run()
    before = world.book.visits()
    assert sorted(before["zone_id"].to_list()) == ["all@me", "all@me", BOX]
    assert counts(world.book.run(since=day(2), until=day(2))) == {"unchanged": 3}
    assert world.book.visits().equals(before)


def test_days_outside_a_first_partial_run_are_not_said_to_be_empty(world: World) -> None:
    """Law 4: that no visit was recorded says nothing of days that no run has recorded."""
    world.read("a.csv", [*light(range(120)), *lying(SHIP, range(10, 14), 10.5)])
    world.book.run(since=day(3), until=day(4))
    states = world.states()
    assert {d.day: s for d, s in states.items()} == {
        1: "unobservable",
        2: "unobservable",
        3: "not_observed",
        4: "not_observed",
        5: "unobservable",
    }
    assert world.book.notes() == ["3 days outside --since and --until of the last run are left: `offing run` does all."]
    world.book.run()
    assert world.book.notes() == []
    assert {d.day: s for d, s in world.states().items()} == {
        1: "observed",
        2: "not_observed",
        3: "not_observed",
        4: "not_observed",
        5: "unobservable",  # it ends an hour after the last position
    }
    world.read("late.csv", lying(OTHER, range(30, 34), 10.5))
    world.book.run(since=day(4))
    assert {d.day: s for d, s in world.states().items() if d.day < 4} == {
        1: "observed",
        2: "unobservable",  # late.csv has rows of this day, and no run has looked at them
        3: "not_observed",
    }


def test_other_parameters_have_a_history_of_their_own(world: World) -> None:
    rows = [*eastward(SHIP, range(20)), *eastward(SHIP, range(28, 48))]  # eight hours of silence inside
    world.read("a.csv", rows)
    first = world.book.run()
    assert [v["exit_how"] for v in world.visits()] == ["last_seen", "crossed"]
    before = instant()
    other = world.book.run(settings={"visit.max_gap_h": 12})
    assert other.method != first.method and counts(other) == {"new": 1}
    (visit,) = world.visits()
    assert (visit["version"], visit["exit_t_utc"]) == (1, at(36))
    assert {m["parameter"]: m["value"] for m in world.book.method("visit")}["visit.max_gap_h"] == 12
    assert len(world.visits(known_at=before)) == 2, "as known then, by the parameters of then"
    assert counts(world.book.run()) == {"unchanged": 2}
    assert len(world.visits()) == 2


def test_parameters_of_figures_do_not_make_other_events(world: World) -> None:
    world.read("a.csv", [row(SHIP, 5, 10.5), *light(range(48))])
    first = world.book.run()
    assert set(world.states().values()) == {"not_observed", "unobservable"}
    again = world.book.run(settings={"watch_day.min_positions": 1})
    assert again.method == first.method and counts(again) == {"unchanged": 1}
    assert world.states()[day(1)] == "observed"


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"visit.max_speed_kn": 0.5}, BadParameter),
        ({"visit.max_gap_h": float("nan")}, BadParameter),
        ({"watch_day.min_positions": 1.5}, BadParameter),
        ({"visit.nonesuch": 1.0}, UnknownName),
        ({"nonesuch": 1.0}, UnknownName),
    ],
)
def test_wrong_parameters_are_refused_and_no_run_is_entered(
    world: World, settings: dict[str, float], error: type[Exception]
) -> None:
    world.read("a.csv", eastward(SHIP, range(48)))
    with pytest.raises(error):
        world.book.run(settings=settings)
    assert world.book.store.ledger.runs() == [] and world.visits() == []


def test_settings_of_the_logbook_are_used(world: World) -> None:
    toml = world.book.store.root / "offing.toml"
    toml.write_text(toml.read_text() + "max_gap_h = 12\n".replace("max_gap_h", '"visit.max_gap_h"'))
    world.read("a.csv", [*eastward(SHIP, range(20)), *eastward(SHIP, range(28, 48))])
    assert counts(world.book.run()) == {"new": 1}
    assert counts(world.book.run(settings={"visit.max_gap_h": 6})) == {"new": 2}


def test_zones_added_after_a_run_give_a_note_and_then_visits(world: World) -> None:
    world.read("a.csv", [*eastward(SHIP, range(72)), *light(range(72))])
    world.book.run()
    assert world.book.notes() == []
    world.book.add_zones(write_zones(world.folder / "z.geojson", east__me=square(11, 0, 12, 1)))
    assert world.book.notes() == ["Zones changed since the last run: `offing run` brings events up to date."]
    assert world.visits(zone="east@me") == []
    assert set(world.states(zone="east@me").values()) == {"unobservable"}, "nobody has looked for visits to it yet"
    assert "not worked out" in world.book.days("east@me", "own")["because"][0]
    assert counts(world.book.run()) == {"new": 1, "unchanged": 1}
    assert world.book.notes() == []
    assert stays(world.book.visits("east@me")) == [(SHIP, "2024-03-02T12:00:00Z", "2024-03-03T12:00:00Z")]


def test_a_zone_of_another_shape_withdraws_the_visits_to_the_old_one(world: World) -> None:
    world.read("a.csv", [*eastward(SHIP, range(72)), *light(range(72))])
    world.book.run()
    first = instant()
    was, days = world.book.visits(), world.book.days(BOX, "own")
    world.book.add_zones(write_zones(world.folder / "z.geojson", box__me=square(10.25, 0, 11, 1)))
    assert world.book.notes()
    assert set(world.states().values()) == {"unobservable"}, "visits to the old shape do not count for the new one"
    assert counts(world.book.run()) == {"new": 1, "withdrawn": 1}
    (now,) = world.visits(zone=BOX, mmsi=SHIP)
    (gone,) = (v for v in world.visits(withdrawn=True) if v["status"] == "withdrawn")
    assert now["entry_t_utc"] == at(18)
    assert gone["superseded_by"] == now["event_id"]
    assert "the zone has another shape or other dates" in str(gone["reason"])
    assert world.book.visits(known_at=first).drop("still_inside").equals(was.drop("still_inside"))
    then = world.book.days(BOX, "own", known_at=first)
    assert then.drop("figure_id").equals(days.drop("figure_id"))


def test_an_empty_logbook_runs(world: World) -> None:
    assert world.book.notes() == []
    done = world.book.run()
    assert (done.days_n, done.positions_n, counts(done)) == (0, 0, {})
    assert world.book.days(BOX, "own").is_empty() and world.book.streaks(BOX, "own").is_empty()


def test_files_read_but_not_run_give_a_note(world: World) -> None:
    world.read("a.csv", light(range(48)))
    assert world.book.notes() == ["Nothing was worked out yet: `offing run` does."]
    assert world.book.days(BOX, "own").is_empty()
    world.book.run()
    world.read("b.csv", eastward(SHIP, range(48)))
    assert world.book.notes()[0].startswith("1 files were read and 0 retracted since the last run: `offing run`")


def test_now_names_who_is_inside(world: World) -> None:
    world.read("a.csv", [*lying(SHIP, range(20), 10.5, name="HAI XUN"), *eastward(OTHER, range(48)), *light(range(48))])
    world.book.run()
    hour = 3_600_000
    start = int(at(0).timestamp() * 1000)
    inside = {
        h: world.book.now(BOX, start + h * hour).select("mmsi", "name", "still_inside").rows() for h in (0, 14, 24, 26, 40)
    }
    assert inside == {
        0: [(SHIP, "HAI XUN", True)],
        14: [(SHIP, "HAI XUN", True), (OTHER, None, False)],
        24: [(SHIP, "HAI XUN", True), (OTHER, None, False)],
        26: [(OTHER, None, False)],
        40: [],
    }
    assert LIGHT not in world.book.visits(BOX)["mmsi"].to_list()
