"""Figures of small worlds: states of days, streaks and records from them, as of a day, and as known at an instant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from small_worlds import (
    BOX,
    FLEET,
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
    write_zones,
)

from offing.errors import BadParameter, UnknownName, UsageError
from offing.model.times import DayRule, iso, to_ms

JP, GOVERNMENT = "senkaku-diaoyu-contiguous-zone@jp", "cn-government"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture(scope="module")
def patrolled(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One that tests only ask."""
    world = World(tmp_path_factory.mktemp("patrolled"))
    patrol(world)
    return world


def visits_on(mmsi: int, *days: int) -> list[str]:
    """Four hours inside the box on each of these days of March."""
    return [r for d in days for r in lying(mmsi, [24 * (d - 1) + h for h in range(8, 13)], 10.5)]


def hours_of(*days: int) -> list[int]:
    return [24 * (d - 1) + h for d in days for h in range(24)]


def patrol(world: World) -> None:
    """Ships on days 2, 3, 5, 6 and 8; nobody listens on day 4, not enough on day 7 and 10; day 9 is empty."""
    few = [24 * 6 + h for h in range(12)] + [24 * 9 + h for h in (0, 1, 22, 23)]
    world.read("light.csv", light([*hours_of(1, 2, 3, 5, 6, 8, 9, 11), *few]))
    world.read("own.csv", visits_on(SHIP, 2, 3, 5, 8) + visits_on(OTHER, 3, 6))
    world.book.run()


def test_states_of_days(patrolled: World) -> None:
    days = patrolled.book.days(BOX, "own")
    assert {d.day: s for d, s in days.select("day", "state").rows()} == {
        1: "not_observed",
        2: "observed",
        3: "observed",
        4: "unobservable",
        5: "observed",
        6: "observed",
        7: "unobservable",
        8: "observed",
        9: "not_observed",
        10: "unobservable",
        11: "unobservable",  # its last hour ends after the last position
    }
    third = days.filter(pl.col("day") == day(3)).row(0, named=True)
    assert (third["hulls_n"], third["mmsis"], third["positions_n"], third["listening_hours"]) == (2, [SHIP, OTHER], 10, 24)
    assert third["figure_id"] == f"day:{BOX}:own:ais:2024-03-03" and third["undated_claims_n"] == 2
    assert (third["window_start_utc"], third["window_end_utc"]) == (at(48), at(72))
    assert len(third["visits"]) == 2 and third["day_rule"] == "UTC 00:00"
    assert days["listening_hours"].to_list() == [24, 24, 24, 0, 24, 24, 12, 24, 24, 4, 24]


def test_the_ships_of_the_fleet_prove_no_listening(world: World) -> None:
    world.read("own.csv", [*lying(SHIP, range(72), 9.7), *visits_on(OTHER, 2)])
    world.book.run()
    assert list(world.states().values()) == ["unobservable", "observed", "unobservable"]
    assert list(world.states(fleet="any").values()) == ["not_observed", "observed", "unobservable"]


def test_days_that_are_asked_for(patrolled: World) -> None:
    asked = patrolled.states(since=day(8), until=day(13))
    assert list(asked.values()) == ["observed", "not_observed", *["unobservable"] * 4]
    assert max(patrolled.states(as_of=day(5))) == day(5)
    assert patrolled.states(since=day(9), until=day(8)) == {}


def test_a_day_belongs_to_a_rule(world: World) -> None:
    world.read("a.csv", lying(SHIP, [21, 22, 23], 10.5) + light(range(72)))  # 05:00 to 07:00 in Taipei on 2 March
    world.book.run()
    taipei = DayRule("Asia/Taipei", 6)
    found = world.book.days(BOX, "own", day_rule=taipei)
    seen = found.filter(pl.col("state") == "observed")
    assert seen["day"].to_list() == [day(1), day(2)] and set(found["day_rule"]) == {"Asia/Taipei 06:00"}
    assert seen["window_start_utc"].to_list() == [at(-2), at(22)]
    assert seen["figure_id"][0] == f"day:{BOX}:own:ais:2024-03-01,day_rule=Asia/Taipei@06"
    assert world.states() == {day(1): "observed", day(2): "not_observed", day(3): "unobservable"}


def test_streaks_and_records(patrolled: World) -> None:
    (streak,) = patrolled.book.streaks(BOX, "own").to_dicts()
    kept = ("start_day", "end_day", "days_observed", "days_unobservable", "days_span", "days_unbroken")
    assert [streak[k] for k in kept] == [day(2), day(8), 5, 2, 7, 2]
    assert (streak["is_running"], streak["is_record"], streak["ended_by"]) == (False, True, "not_observed")
    assert streak["ended_because"] == "No hull of the fleet was observed on 2024-03-09, though receivers were listening."
    records = patrolled.book.records(BOX, "own").to_dicts()
    assert [(r["record_kind"], r["value"], r["unit"], r["start_day"], r["stands"]) for r in records] == [
        ("longest_streak", 5, "calendar_days", day(2), True),
        ("highest_day", 1, "vessels", day(2), False),
        ("highest_day", 2, "vessels", day(3), True),
    ]
    assert {r["series_start"] for r in records} == {day(1)}


def test_a_streak_as_of_a_day(patrolled: World) -> None:
    told = {}
    for d in range(1, 11):
        (last,) = patrolled.book.streaks(BOX, "own", as_of=day(d)).tail(1).to_dicts() or [{}]
        told[d] = (last.get("days_observed"), last.get("is_running"))
    assert told == {
        1: (None, None),
        2: (1, True),
        3: (2, True),
        4: (2, None),
        5: (3, True),
        6: (4, True),
        7: (4, None),
        8: (5, True),
        9: (5, False),
        10: (5, False),
    }


def test_no_bridge_without_leave(world: World) -> None:
    patrol(world)
    world.book.run(settings={"streak.max_unknown_run_d": 0})
    streaks = world.book.streaks(BOX, "own")
    assert streaks.select("start_day", "days_observed", "ended_by", "is_record").rows() == [
        (day(2), 2, "unknown", True),
        (day(5), 2, "unknown", False),
        (day(8), 1, "not_observed", False),
    ]


def test_any_of_several_zones_keeps_a_streak_alive(world: World) -> None:
    world.book.add_zones(write_zones(world.folder / "z.geojson", core__me=square(11, 0, 12, 1)))
    inner = [r.replace(",10.50000,", ",11.50000,") for r in visits_on(SHIP, 3)]
    world.read("a.csv", [*visits_on(SHIP, 2), *inner, *visits_on(SHIP, 4), *light(hours_of(1, 2, 3, 4, 5))])
    world.read("east.csv", lying(431_000_010, hours_of(1, 2, 3, 4, 5), 12.3))  # somebody is heard near that zone too
    world.book.run()
    assert world.book.streaks(BOX, "own")["days_observed"].to_list() == [1, 1]
    both = world.book.streaks([BOX, "core@me"], "own")
    assert both["days_observed"].to_list() == [3]
    assert both["figure_id"][0] == f"streak:{BOX}+core@me:own:ais:2024-03-02"
    assert world.book.streaks(["core@me", BOX, BOX], "own").equals(both), "their order is nothing"


def test_an_unheard_zone_makes_an_empty_day_unobservable(world: World) -> None:
    """Of two zones far from each other, receivers near one say nothing of the other."""
    world.book.add_zones(write_zones(world.folder / "z.geojson", far__me=square(30, 0, 31, 1)))
    world.read("a.csv", [*light(hours_of(1, 2, 3)), *visits_on(SHIP, 1)])
    world.book.run()
    assert world.states()[day(2)] == "not_observed"
    asked = dict(world.book.days([BOX, "far@me"], "own").select("day", "state").rows())
    assert asked == {day(1): "observed", day(2): "unobservable", day(3): "unobservable"}


def test_presence_in_its_three_units(patrolled: World) -> None:
    values = {
        unit: patrolled.book.presence(BOX, "own", "month", unit).select("period", "value", "unit").rows()
        for unit in ("ship_days", "calendar_days", "hours")
    }
    assert values == {
        "ship_days": [("2024-03", 6.0, "ship_days")],
        "calendar_days": [("2024-03", 5.0, "calendar_days")],
        "hours": [("2024-03", 24.0, "hours")],
    }
    (row_,) = patrolled.book.presence(BOX, "own", "year", "calendar_days").to_dicts()
    assert (row_["period"], row_["days_not_observed"], row_["days_unobservable"], row_["value_at_most"]) == ("2024", 2, 4, 9.0)
    by_day = patrolled.book.presence(BOX, "own", "day", "ship_days")
    assert by_day["value"].to_list() == [0, 1, 2, 0, 1, 1, 0, 1, 0, 0, 0]
    with pytest.raises(ValueError, match="sorties"):
        patrolled.book.presence(BOX, "own", "month", "sorties and more")
    with pytest.raises(UsageError, match="not counted in sorties"):
        patrolled.book.presence(BOX, "own", "month", "sorties")


def test_sensitivity_marks_the_chosen_thresholds(patrolled: World) -> None:
    table = patrolled.book.days(BOX, "own", sensitivity=True)
    assert set(table["parameter"]) == {
        "watch_day.min_positions",
        "coverage.min_listening_hours",
        "coverage.max_hole_h",
        "coverage.near_nm",
    }
    states = ("days_observed", "days_not_observed", "days_unobservable")
    assert set(table.filter("is_chosen").select(*states).rows()) == {(5, 2, 4)}
    few = table.filter(pl.col("parameter") == "coverage.min_listening_hours", pl.col("value") == 12)
    assert few.select(*states).rows() == [(5, 2, 4)], "the hole of twelve hours on day 7 decides alone"
    early = patrolled.book.days(BOX, "own", sensitivity=True, as_of=day(5))
    assert set(early.filter("is_chosen").select(*states).rows()) == {(3, 1, 1)}
    with pytest.raises(UsageError, match="no thresholds"):
        patrolled.book.days(JP, GOVERNMENT, sensitivity=True, source="jcg")


def test_what_was_known_at_an_instant_is_told_again(world: World) -> None:
    """Law 7, on every kind of figure, through late data, a retraction, another fleet, zone and parameters."""

    def figures(**more: object) -> list[pl.DataFrame]:
        own = [
            world.book.days(BOX, "own", **more),
            world.book.days(BOX, "own", sensitivity=True, **more),
            world.book.streaks(BOX, "own", **more),
            world.book.records(BOX, "own", source="ais", **more),
            *(world.book.presence(BOX, "own", "month", unit, **more) for unit in ("ship_days", "hours")),
        ]
        ids = ("figure_id", "broke", "holder")
        return [frame.drop(c for c in ids if c in frame.columns) for frame in own]

    told = []

    def remember() -> None:
        told.append((instant(), figures()))

    remember()
    patrol(world)
    remember()
    late = world.read("late.csv", visits_on(SHIP, 9, 10) + light(hours_of(4, 12, 13)))
    remember()
    world.book.run()
    remember()
    world.book.run(settings={"watch_day.min_positions": 30, "coverage.cell_deg": 0.2, "visit.max_gap_h": 2})
    remember()
    world.book.retract(late, "its clock was wrong")
    world.book.run(since=day(1), until=day(3))
    remember()
    world.book.add_zones(write_zones(world.folder / "z.geojson", box__me=square(10, 0, 10.4, 1)))
    remember()
    world.book.run()
    (world.folder / "own.toml").write_text(FLEET.replace(f"mmsi = {OTHER}", "mmsi = 412000777"))
    world.book.add_fleets(world.folder / "own.toml")
    remember()
    for n, (t_ms, frames) in enumerate(told):
        for then, now in zip(frames, figures(known_at=t_ms), strict=True):
            assert now.equals(then), (n, then, now)
    assert len({str([f.to_dicts() for f in frames]) for _, frames in told}) >= 6


def test_ids_of_figures_as_known_then_lead_to_them(world: World) -> None:
    patrol(world)
    first = instant()
    world.read("late.csv", visits_on(SHIP, 9))
    world.book.run()
    (then,) = world.book.streaks(BOX, "own", known_at=first).to_dicts()
    (now,) = world.book.streaks(BOX, "own").to_dicts()
    assert then["figure_id"].startswith(f"streak:{BOX}:own:ais:2024-03-02,known_at=")
    assert (then["days_observed"], now["days_observed"]) == (5, 6)
    assert "streak of 5 calendar days" in world.book.why(then["figure_id"])[0].text
    assert "streak of 6 calendar days" in world.book.why(now["figure_id"])[0].text


def test_the_published_streaks(patrolled: World) -> None:
    frame = patrolled.book.streaks(JP, GOVERNMENT, "jcg")
    lengths = {d.isoformat(): n for d, n in frame.drop_nulls("start_day").select("start_day", "days_observed").rows()}
    assert {"2020-04-14": 111, "2021-02-13": 157, "2023-12-22": 215}.items() <= lengths.items()
    assert frame.filter(pl.col("start_day").is_null())["days_observed"].to_list() == [64]
    days = patrolled.book.days(JP, GOVERNMENT, source="jcg", since=date(2021, 7, 18), until=date(2021, 7, 20))
    assert days["state"].to_list() == ["observed", "observed", "not_observed"]
    assert days["figure_id"][0] == f"day:{JP}:{GOVERNMENT}:jcg:2021-07-18"
    assert days["hulls_n"].to_list() == [None] * 3, "the office names no ships"


def test_records_of_all_published_series(world: World) -> None:
    published = world.book.records()
    assert set(published["source"]) == {"jcg"} and published["stands"].sum() == 1
    assert world.book.records(zone=BOX, fleet="own", source="ais").is_empty()
    assert world.book.records(source="jcg").equals(published)
    assert world.book.records(source="tw-mnd").is_empty()
    assert world.book.records(zone=[BOX, JP], fleet=GOVERNMENT).equals(published), (
        "a world without days has no record of its own"
    )


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda b: b.days("atlantis@xx", "own"), UnknownName, "atlantis@xx"),
        (lambda b: b.days(BOX, "nobody"), UnknownName, "nobody"),
        (lambda b: b.days((), "own"), UsageError, "No zone was named"),
        (lambda b: b.streaks(BOX, "own", "jgc"), UnknownName, "jcg"),
        (lambda b: b.streaks(BOX, "own", "jcg"), UsageError, JP),
        (lambda b: b.records(source="nobody"), UnknownName, "nobody"),
        (lambda b: b.records(fleet="nobody"), UnknownName, "nobody"),
        (lambda b: b.records(source="ais"), UsageError, "--zone and --fleet"),
        (lambda b: b.records(zone=BOX, source="jcg"), UsageError, JP),
        (lambda b: b.days(BOX, "flag-zz"), UnknownName, "zz"),
        (lambda b: b.days(BOX, "own", day_rule=DayRule.parse("Asia/Nowhere")), BadParameter, "Asia/Nowhere"),
    ],
)
def test_names_that_are_not_there(patrolled: World, ask: object, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        ask(patrolled.book)  # type: ignore[operator]


def test_late_rows_before_the_first_day_move_the_first_day(world: World) -> None:
    world.read("a.csv", eastward(SHIP, range(24, 72)))
    world.book.run()
    assert min(world.states()) == day(2)
    world.read("b.csv", [row(SHIP, 1, 9.5)])
    world.book.run()
    assert min(world.states()) == day(1)
    assert iso(to_ms(world.visits()[0]["entry_t_utc"])) == "2024-03-02T00:00:00Z"  # type: ignore[arg-type]
