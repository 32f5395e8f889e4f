"""Ships as they were heard: identity in spells, the time bar, cells, and the state that names all of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from small_worlds import BOX, LIGHT, OTHER, SHIP, World, at, day, eastward, light, lying

from offing.errors import UsageError
from offing.model.times import UTC_DAY, DayRule, to_ms
from offing.pipeline.activity import Lane
from offing.pipeline.series import every_series
from offing.pipeline.state import Clockwork, data_version, marks

WINDOW = (to_ms(at(0)), to_ms(at(96)))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("ships"))
    world.read("a.csv", [*eastward(SHIP, range(48)), *light(range(96))])
    named = [*lying(OTHER, range(30, 34), 10.5, name="FIRST"), *lying(OTHER, range(34, 38), 10.5, name="SECOND")]
    world.read("b.csv", [*named, *lying(OTHER, range(38, 40), 10.5, name="FIRST")])
    world.book.run()
    return world


def test_a_name_has_a_spell_for_each_time_it_was_said(world: World) -> None:
    spells = world.book.ships.claims.filter(mmsi=OTHER, field="name").select("value", "first_utc", "row")
    assert spells.rows() == [("FIRST", at(30), 1), ("SECOND", at(34), 5), ("FIRST", at(38), 9)]
    assert world.book.ships.names([OTHER, SHIP], to_ms(at(35))) == {OTHER: "SECOND"}
    assert world.book.ships.names([OTHER], to_ms(at(29))) == {}
    paths = world.book.ships.claims["path"].unique().to_list()
    assert paths and all(Path(p).is_file() for p in paths)


def test_vessels_have_their_last_name_flag_fleets_and_days(world: World) -> None:
    rows = {r["mmsi"]: r for r in world.book.ships.vessels.to_dicts()}
    assert set(rows) == {SHIP, OTHER, LIGHT}
    other = rows[OTHER]
    assert (other["name"], other["names_n"], other["flag"], other["fleets"]) == ("FIRST", 2, "cn", ["own"])
    assert (other["first_day"], other["last_day"], other["days_n"]) == (day(2), day(2), 1)
    assert rows[LIGHT]["fleets"] == [] and rows[LIGHT]["flag"] == "jp"


def test_one_vessel_with_all_that_is_known(world: World) -> None:
    found = world.book.ships.vessel(SHIP)
    assert found is not None
    assert found["visits"]["mmsi"].unique().to_list() == [SHIP] and found["gaps"] == []
    assert [m["fleet_id"] for m in found["fleets"]] == ["own"] and found["fleets"][0]["undated"]
    assert (found["first_ms"], found["last_ms"]) == (to_ms(at(0)), to_ms(at(47)))
    assert world.book.ships.vessel(123) is None


def test_silences_of_a_vessel(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("a.csv", [*eastward(SHIP, [*range(5), *range(20, 25)])])
    world.book.run()
    (gap,) = world.book.ships.vessel(SHIP)["gaps"]  # type: ignore[index]
    assert (gap["from_utc"], gap["to_utc"], gap["duration_s"]) == (at(4), at(20), 16 * 3600.0)
    assert gap["to_lon_deg"] - gap["from_lon_deg"] == pytest.approx(16 / 24, abs=2e-5)


def test_positions_are_what_the_files_hold(world: World) -> None:
    rows = world.book.ships.positions(OTHER, -(2**60), 2**60)
    assert rows["t_utc"].to_list() == [at(h) for h in range(30, 40)] and rows["row"].to_list() == list(range(1, 11))
    assert rows["lon_deg"].unique().to_list() == [10.5]
    assert world.book.ships.positions(OTHER, to_ms(at(31)), to_ms(at(32)))["row"].to_list() == [2, 3]


def lanes(
    world: World, by: str = "day", fleet: str = "own", rule: DayRule = UTC_DAY, window: tuple[int, int] = WINDOW
) -> list[Lane]:
    record = world.book.record
    return world.book.ships.activity([BOX], fleet, by, window, rule, record, every_series(record))  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", ["UTC", "Asia/Taipei 06:00"])
def test_the_time_bar_counts_the_hulls_of_watch_days(world: World, rule: str) -> None:
    (lane,) = lanes(world, rule=DayRule.parse(rule))
    days = world.book.days(BOX, "own", day_rule=rule)
    hulls = dict(days.select(pl.col("window_start_utc").dt.epoch("ms"), "hulls_n").iter_rows())
    assert lane.unit == "vessels" and lane.least
    known = {t: v for t, v in lane.points if v is not None}
    assert known and {t: hulls[t] for t in known} == known


def test_hours_of_the_time_bar(world: World) -> None:
    (lane,) = lanes(world, "hour")
    by_hour = {(t - WINDOW[0]) // 3_600_000: v for t, v in lane.points}
    assert [by_hour[h] for h in (11, 12, 29, 30, 35, 36, 38, 39)] == [0, 1, 1, 2, 2, 1, 1, 0]
    assert len(lane.points) == 96


def test_outside_the_data_nothing_is_known(world: World) -> None:
    (lane,) = lanes(world, window=(WINDOW[0] - 3 * 86_400_000, WINDOW[1] + 3 * 86_400_000))
    assert [v is None for _, v in lane.points] == [True] * 3 + [False] * 4 + [True] * 3


def test_offices_count_in_their_own_unit_and_day(world: World) -> None:
    record = world.book.record
    zone = "senkaku-diaoyu-contiguous-zone@jp"
    window = UTC_DAY.window(date(2024, 5, 1))[0], UTC_DAY.window(date(2024, 5, 31))[1]
    found = world.book.ships.activity([zone], "cn-government", "day", window, UTC_DAY, record, every_series(record))
    assert found[0].source == "ais" and {lane.source for lane in found[1:]} >= {"jcg"}
    jcg = next(lane for lane in found if lane.id == "jcg-senkaku-contiguous-zone")
    assert jcg.unit == "calendar_days" and not jcg.least
    assert all(t % 86_400_000 == 15 * 3_600_000 for t, _ in jcg.points)  # a day of Japan begins at 15:00 UTC


def test_windows_that_are_none_are_refused(world: World) -> None:
    with pytest.raises(UsageError, match="ends before"):
        lanes(world, window=(5, 5))
    with pytest.raises(UsageError, match="periods"):
        lanes(world, "hour", window=(0, 20 * 365 * 86_400_000))


def test_cells_in_which_hulls_were_heard(world: World) -> None:
    cells = world.book.ships.heard_cells(None, None)
    light_cell = cells.filter((pl.col("west_deg") - 9.7).abs() < 1e-6)
    assert light_cell.select("days_n", "hours_n").rows() == [(4, 96)]
    assert light_cell["hulls_n"].item() == 2  # SHIP passed it
    assert cells.filter(pl.col("last_day") > day(2))["hulls_n"].to_list() == [2]
    one = world.book.ships.heard_cells(day(4), day(4))
    assert one.select("days_n", "hours_n", "hulls_n").rows() == [(1, 24, 1)]


def test_a_version_names_the_data_and_not_the_reader(world: World) -> None:
    store, waters = world.book.store, world.book.waters
    before = data_version(store, waters, "1")
    marked = marks(store)
    world.book.visits()
    assert data_version(store, waters, "1") == before and marks(store) == marked
    assert data_version(store, waters, "2") != before
    assert len(world.book.version) == 16


def test_the_clock_ticks_where_an_answer_changes() -> None:
    clockwork = Clockwork([100, 50, 100])
    ticks = [clockwork.tick(t) for t in (0, 49, 50, 99, 100, 10**6)]
    assert ticks[0] == ticks[1] != ticks[2] == ticks[3] != ticks[4] == ticks[5]
    assert clockwork.tick(86_400_000) != ticks[5]  # another day: agreements begin and end
