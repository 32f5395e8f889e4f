"""The merged picture: accounts of several originators listed all and counted once, days joined, and what labels still allow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from small_partners import ALWAYS, CAME_MS, OURS, THEIRS, MakeWorld, changed, days_of, give, record, records, sent, visits_of
from small_worlds import BOX, LIGHT, OTHER, SHIP, World, at, day, lying, square, write_zones

from offing.figures.ids import FigureSpec
from offing.figures.watch_days import NOT_OBSERVED, OBSERVED, UNOBSERVABLE, WATCH_DAYS
from offing.model.times import iso, to_ms
from offing.model.units import Unit
from offing.model.wire import WIRE
from offing.pipeline.figuring import Question
from offing.pipeline.merged import ACCOUNTS, merged_days
from offing.zones.fleets import EVERYONE


def asked(world: World, fleet: str = "own", **more: object) -> Question:
    return Question.of(world.book.store, world.book.waters, FigureSpec("streak", (BOX,), fleet, **more))  # type: ignore[arg-type]


def figures(world: World, fleet: str = "own") -> list[tuple[object, ...]]:
    return world.book.days(BOX, fleet).select("day", "state", "hulls_n", "mmsis", "visits", "undated_claims_n").rows()


def ship_hours(world: World) -> dict[str, float]:
    return dict(world.book.presence(BOX, "own", "month", Unit.HOURS).select("period", "value").iter_rows())


def test_hulls_split_over_two_nodes_make_the_figures_of_one_that_has_all(make: MakeWorld) -> None:
    whole = make("whole", OURS, THEIRS, ALWAYS)
    us, jp = make("us", OURS, ALWAYS), make("jp", THEIRS)
    alone = figures(us)
    give(us.book, visits_of(jp.book, "jp"))
    assert figures(us) == figures(whole) != alone
    assert ship_hours(us) == ship_hours(whole) == {"2024-03": 5 + 3 + 1 + 4}
    for by, unit in (("day", Unit.SHIP_DAYS), ("month", Unit.CALENDAR_DAYS), ("year", Unit.HOURS)):
        ours, all_of_it = (w.book.presence(BOX, "own", by, unit).drop("originators") for w in (us, whole))  # type: ignore[arg-type]
        assert ours.equals(all_of_it), (by, unit)
    assert (
        us.book.streaks(BOX, "own")
        .drop("originators", "originator")
        .equals(whole.book.streaks(BOX, "own").drop("originators", "originator"))
    )
    days = us.book.days(BOX, "own")
    assert dict(days.select("day", "originators").iter_rows()) == {
        day(1): [], day(2): ["jp", "us"], day(3): ["jp"], day(4): ["us"], day(5): [], day(6): [],
    }  # fmt: skip
    (streak,) = us.book.streaks(BOX, "own").to_dicts()
    assert (streak["start_day"], streak["end_day"], streak["originators"], streak["originator"]) == (
        day(2), day(4), ["jp", "us"], "us",
    )  # fmt: skip
    (month,) = us.book.presence(BOX, "own", "month").to_dicts()
    assert (month["value"], month["originators"]) == (4.0, ["jp", "us"])
    assert us.book.records(BOX, "own", "ais").height == whole.book.records(BOX, "own", "ais").height


def test_the_same_messages_through_two_partners_are_one_observation(make: MakeWorld) -> None:
    us, jp = make("us", OURS, ALWAYS), make("jp", OURS, ALWAYS)
    alone, hours = figures(us), ship_hours(us)
    give(us.book, visits_of(jp.book, "jp"), visits_of(jp.book, "tw", hub="jp"))
    assert figures(us) == alone and ship_hours(us) == hours
    listed = us.book.visits(BOX, "own")
    assert listed.height == 6 and listed["event_id"].n_unique() == 2
    assert listed.group_by("event_id").agg(pl.col("originator").sort())["originator"].to_list() == [["jp", "tw", "us"]] * 2
    assert us.book.days(BOX, "own").filter(pl.col("state") == OBSERVED)["originators"].to_list() == [["jp", "tw", "us"]] * 2


def test_two_accounts_of_one_stay_add_no_hours(make: MakeWorld) -> None:
    us, jp = make("us", lying(SHIP, range(30, 36), 10.5)), make("jp", lying(SHIP, range(33, 40), 10.5))
    assert (ship_hours(us), ship_hours(jp)) == ({"2024-03": 5.0}, {"2024-03": 6.0})
    give(us.book, visits_of(jp.book, "jp"))
    assert ship_hours(us) == {"2024-03": 9.0}  # from hour 30 to hour 39, where 5 and 6 would make 11


def test_a_node_without_data_shows_what_came(make: MakeWorld) -> None:
    us, jp = make("us", run=False), make("jp", THEIRS)
    give(us.book, visits_of(jp.book, "jp", hub="tw", vouched_by="tw"))
    rows = us.book.visits()
    mine = jp.book.visits()
    same = [c for c in WIRE["visit"] if c != "version"]
    assert rows.select("event_id", *same).equals(mine.select("event_id", *same))
    assert rows["originator"].to_list() == ["jp"] * 2 and rows["received_from"].to_list() == ["tw"] * 2
    assert rows["vouched_by"].to_list() == ["tw"] * 2 and rows["track"].to_list() == [None] * 2
    assert mine["originator"].to_list() == [None] * 2  # that logbook is no node
    assert [iso(to_ms(t)) for t in rows["known_from_utc"]] == [iso(CAME_MS)] * 2
    assert us.book.notes() == []
    assert us.states() == {day(2): OBSERVED, day(3): OBSERVED}
    assert us.book.days(BOX, "own")["because"].to_list() == [None, None]
    assert us.book.days(BOX, "own")["positions_n"].to_list() == [None, None]


def test_filters_hold_for_received_visits(make: MakeWorld) -> None:
    us, jp = make("us", run=False), make("jp", THEIRS, lying(LIGHT, range(60, 70), 10.2))
    give(us.book, visits_of(jp.book, "jp"))
    assert us.book.visits(BOX).height == us.book.visits().height == 3
    us.book.add_zones(write_zones(us.folder / "far.geojson", far__me=square(50, 0, 51, 1)))
    assert us.book.visits("far@me").is_empty()
    assert us.book.visits(fleet="own")["mmsi"].to_list() == [OTHER] * 2
    assert us.book.visits(fleet="any").height == 3
    assert us.book.visits(mmsi=LIGHT).height == 1
    assert us.book.visits(since=day(3)).height == 2 and us.book.visits(until=day(2)).height == 1
    assert us.book.visits(known_at=CAME_MS).height == 3 and us.book.visits(known_at=CAME_MS - 1).is_empty()
    assert us.book.days(BOX, "own", known_at=CAME_MS - 1).is_empty()
    assert us.book.now(BOX, at(52.5))["originator"].to_list() == ["jp"]


def test_rows_of_unknown_arrival_are_left_out_of_what_was_known(make: MakeWorld) -> None:
    from offing.pipeline.queries import received_notes

    us, jp = make("us", run=False), make("jp", THEIRS)
    give(us.book, visits_of(jp.book, "jp", received_ms=None))
    assert us.book.visits().height == 2 and us.book.visits(known_at=CAME_MS).is_empty()
    (said,) = received_notes(us.book.store, us.book.waters, CAME_MS)
    assert "not known when they came: 2" in said and received_notes(us.book.store, us.book.waters) == []


def test_another_outline_is_listed_and_not_counted(make: MakeWorld) -> None:
    from offing.pipeline.queries import received_notes

    us, jp = make("us", run=False), make("jp", THEIRS)
    whole = records("visit", jp.book.visits())
    give(us.book, sent("jp", "visit", changed(whole, "visit", zone_hash="0" * 16)))
    assert us.book.visits(BOX).height == 2
    assert us.book.days(BOX, "own").is_empty()
    assert us.book.presence(BOX, "own", "month", Unit.HOURS).is_empty()
    assert any("another outline of their zone: 2" in n for n in received_notes(us.book.store, us.book.waters))
    give(us.book, sent("jp", "visit", changed(whole, "visit", zone_id="elsewhere@jp")))
    assert us.book.visits().height == 2
    assert any("does not know: 2" in n for n in received_notes(us.book.store, us.book.waters))


def test_what_is_masked_is_not_guessed(make: MakeWorld) -> None:
    from offing.pipeline.queries import received_notes

    us, jp = make("us", run=False), make("jp", THEIRS, lying(SHIP, range(32, 36), 10.5))
    give(us.book, visits_of(jp.book, "jp", masked=["mmsi"]))
    assert us.book.visits()["mmsi"].to_list() == [None] * 3 and us.book.visits(fleet="own").is_empty()
    assert us.book.days(BOX, "own").is_empty()  # whose ships these are is not told
    every = us.book.days(BOX, "any")
    assert every.select("state", "hulls_n", "mmsis").rows() == [(OBSERVED, 1, [])] * 2  # one at least
    assert us.book.presence(BOX, "any", "month", Unit.HOURS)["value"].to_list() == [0.0]
    assert us.book.now(BOX, at(33))["name"].to_list() == [None, None]
    for column in ("zone_id", "zone_hash", "entry_t_utc", "exit_t_utc", "support_n"):
        give(us.book, visits_of(jp.book, "jp", masked=[column]))
        assert us.book.visits().height == 3 and us.book.days(BOX, "any").is_empty(), column
        assert any("figures need: 3" in n for n in received_notes(us.book.store, us.book.waters)), column


def test_a_lone_position_counts_as_it_would_here(make: MakeWorld) -> None:
    us, jp = make("us", run=False), make("jp", lying(OTHER, [32], 10.4))
    give(us.book, visits_of(jp.book, "jp"))
    assert us.book.visits().height == 1 and us.book.days(BOX, "own").is_empty()


def test_watch_days_join(make: MakeWorld) -> None:
    """Own data on 1 to 3 March without listening; jp listens all the time and sees no ship on 1, 3 and 4 to 6 March."""
    us = make("us", lying(SHIP, range(5, 9), 10.5), lying(SHIP, range(60, 62), 10.5), lying(LIGHT, range(0, 72, 9), 9.7))
    jp = make("jp", lying(OTHER, range(32, 34), 10.4), ALWAYS)
    assert list(us.states().values()) == [OBSERVED, UNOBSERVABLE, OBSERVED]
    assert list(jp.states().values()) == [NOT_OBSERVED, OBSERVED, *[NOT_OBSERVED] * 3, UNOBSERVABLE]
    give(us.book, days_of(jp.book, "jp", BOX, "own"))
    days = us.book.days(BOX, "own")
    assert days.select("state", "hulls_n", "mmsis", "originators").rows() == [
        (OBSERVED, 1, [SHIP], ["us"]),
        (OBSERVED, 1, [OTHER], ["jp"]),
        (OBSERVED, 1, [SHIP], ["us"]),
        (NOT_OBSERVED, 0, [], []),
        (NOT_OBSERVED, 0, [], []),
        (UNOBSERVABLE, 0, [], []),
    ]
    because = days["because"].to_list()
    assert because[0] == "us observed; jp says not_observed (24 listening hours, longest hole 0 h)"
    assert because[1] is None
    assert because[3] == "jp says so: 24 listening hours, longest hole 0 h"
    assert because[5] == "the data run from 2024-03-01T00:00:00Z to 2024-03-03T15:00:00Z, not the whole day"
    assert days["positions_n"].to_list() == [4, 2, 2, 0, 0, 0]
    assert us.book.days(BOX, "own", since=day(2), until=day(4))["day"].to_list() == [day(2), day(3), day(4)]
    assert us.book.days(BOX, "own", as_of=day(3))["day"].to_list() == [day(1), day(2), day(3)]


def test_watch_days_of_other_questions_do_not_count(make: MakeWorld) -> None:
    us, jp = make("us", run=False), make("jp", THEIRS)
    whole = records("watch_day", jp.book.days(BOX, "own"))
    others = ({"fleet_id": "any"}, {"zone_ids": [BOX, "x@y"]}, {"day_rule": "Asia/Tokyo 00:00"}, {"source": "jcg"},
              {"state": "seen"}, {"day": None}, {"day": "9998-01-01"}, {"day": "1066-10-14"})  # fmt: skip
    for other in others:
        give(us.book, sent("jp", "watch_day", changed(whole[:1], "watch_day", **other)))
        assert us.book.days(BOX, "own").is_empty(), other
    give(us.book, sent("jp", "watch_day", changed(whole, "watch_day", zone_ids=[BOX, BOX])))
    assert us.book.days(BOX, "own").height == 2


def test_the_larger_of_two_bounds_of_hulls(make: MakeWorld) -> None:
    us, jp = make("us", OURS), make("jp", THEIRS)
    give(us.book, days_of(jp.book, "jp", BOX, "own", masked=["mmsis"]))
    second = us.book.days(BOX, "own").row(0, named=True)
    assert (second["day"], second["hulls_n"], second["mmsis"]) == (day(2), 1, [SHIP])  # the number may be of the same hull
    told = record("watch_day", "x", day="2024-03-02", state=OBSERVED, hulls_n=3, zone_ids=[BOX], fleet_id="own", source="ais",
                  day_rule="UTC 00:00")  # fmt: skip
    give(us.book, visits_of(jp.book, "jp"), sent("tw", "watch_day", [told]))
    second = us.book.days(BOX, "own").row(0, named=True)
    assert (second["hulls_n"], second["mmsis"], second["originators"]) == (3, [SHIP, OTHER], ["jp", "tw", "us"])
    (highest,) = us.book.records(BOX, "own", "ais").filter(pl.col("record_kind") == "highest_day")["value"].to_list()
    assert highest == 3


def test_streaks_of_partners_are_listed_beside_ours(make: MakeWorld) -> None:
    us, jp = make("us", OURS), make("jp", THEIRS)
    streaks = jp.book.streaks(BOX, "own")
    give(us.book, sent("jp", "streak", records("streak", streaks)))
    rows = us.book.streaks(BOX, "own")
    ours = [(day(2), "us", ["us"]), (day(2), "jp", ["jp"])]
    assert rows.select("start_day", "originator", "originators").rows() == ours
    assert rows["figure_id"].to_list()[1] == streaks["figure_id"][0]
    assert asked(us).streaks().height == 1 and us.book.records(BOX, "own", "ais").height == 2
    assert us.book.streaks(BOX, "own", until=day(1)).is_empty()


def test_a_logbook_without_received_rows_says_what_it_said(make: MakeWorld) -> None:
    us = make("us", OURS, ALWAYS)
    before = us.book.days(BOX, "own")
    assert before["originators"].null_count() == before.height  # it is no node
    give(us.book)
    after = us.book.days(BOX, "own")
    assert after.drop("originators").equals(before.drop("originators"))
    assert after["originators"].to_list() == [["us"] if s == OBSERVED else [] for s in after["state"]]
    assert us.book.visits()["originator"].unique().to_list() == ["us"]


def test_times_far_off_make_no_days(make: MakeWorld) -> None:
    us, jp = make("us", run=False), make("jp", THEIRS)
    whole = records("visit", jp.book.visits())
    for far in ({"exit_t_utc": 32_503_680_000_000}, {"entry_t_utc": -1_000_000_000_000}):
        give(us.book, sent("jp", "visit", changed(whole, "visit", **far)))
        assert us.book.visits().height == 2 and us.book.days(BOX, "own").is_empty()


# -- the joining itself, against plain rules

NUMBERS = st.lists(st.sampled_from([SHIP, OTHER, LIGHT, 412_000_003]), unique=True, max_size=3).map(sorted)
TOLD = st.tuples(st.sampled_from(["jp", "tw", "au"]), st.sampled_from([OBSERVED, NOT_OBSERVED, UNOBSERVABLE]), NUMBERS,
                 st.integers(1, 5), st.none() | st.integers(0, 9))  # fmt: skip


STATE = st.sampled_from([OBSERVED, NOT_OBSERVED, UNOBSERVABLE])
DAY = st.tuples(STATE, NUMBERS, st.lists(TOLD, max_size=4))


@settings(max_examples=300, deadline=None)
@given(st.lists(DAY, min_size=1, max_size=5))
def test_days_are_joined_by_the_rules(days: list[tuple[str, list[int], list[Any]]]) -> None:
    own_rows: list[dict[str, Any]] = []
    told_rows: list[tuple[Any, ...]] = []
    for i, (state, some, told) in enumerate(days):
        own_day, numbers = date(2024, 3, 1) + timedelta(days=i), (some or [SHIP]) if state == OBSERVED else []
        own_rows.append(
            {
                "figure_id": str(i),
                "day": own_day,
                "state": state,
                "because": None if state == OBSERVED else "own",
                "hulls_n": len(numbers),
                "mmsis": numbers,
                "visits": [f"v{m}" for m in numbers],
                "positions_n": len(numbers),
                "undated_claims_n": 0,
            }
        )
        for who, says, mmsis, hulls_n, positions_n in told:
            seen = says == OBSERVED
            numbers_told = (max(hulls_n, len(mmsis)), mmsis, [], positions_n) if seen else (0, [], [], None)
            told_rows.append((own_day, who, says, None if seen else "told", *numbers_told))
    own = pl.DataFrame([{n: r.get(n) for n in WATCH_DAYS} for r in own_rows], schema=WATCH_DAYS)
    got = merged_days(own, pl.DataFrame(told_rows, schema=ACCOUNTS, orient="row"), EVERYONE, "us")
    assert got["day"].to_list() == own["day"].to_list()
    for mine, row in zip(own_rows, got.to_dicts(), strict=True):
        accounts = [("us", mine["state"], mine["hulls_n"], mine["mmsis"])]
        accounts += [(t[1], t[2], t[4], t[5]) for t in told_rows if t[0] == mine["day"]]
        states = {a[1] for a in accounts}
        known = sorted({m for a in accounts if a[1] == OBSERVED for m in a[3]})
        assert row["state"] == next(s for s in (OBSERVED, NOT_OBSERVED, UNOBSERVABLE) if s in states)
        assert row["mmsis"] == known and row["visits"] == sorted(mine["visits"])
        assert row["hulls_n"] == max(len(known), *(a[2] for a in accounts))
        assert row["originators"] == sorted({a[0] for a in accounts if a[1] == OBSERVED})
        if row["state"] == OBSERVED:
            assert (row["because"] is None) == (NOT_OBSERVED not in states)
        else:
            assert row["because"] == "own" or ("told" in row["because"] and mine["state"] == UNOBSERVABLE)
