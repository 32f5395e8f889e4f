"""The history of events: added to, never changed; withdrawn in the open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from store_rows import DAY_0, frame, tree

from offing.model import schemas
from offing.store import EventRun, Store, events, versions
from offing.store.history import version_schema
from offing.store.lake import empty_frame

HOUR = 3_600_000


def visit(event: str, start_h: float, end_h: float, mmsi: int = 1, zone: str = "z@me", **more: Any) -> dict[str, Any]:
    start, end = DAY_0 + int(start_h * HOUR), DAY_0 + int(end_h * HOUR)
    base = {f.name: None if f.nullable else 0 for f in schemas.VISITS}
    texts = {f.name: "" for f in schemas.VISITS if str(f.type) == "string"}
    times = {"entry_t_utc": start, "exit_t_utc": end, "entry_after_utc": start, "exit_before_utc": end}
    return (
        base
        | texts
        | times
        | {"event_id": event, "kind": "visit", "status": "closed", "mmsi": mmsi, "zone_id": zone, "single_position": False}
        | more
    )


def why(what: str, event: Mapping[str, Any]) -> str:
    return f"{what} {event['event_id']} v{event['status']}"


def record(store: Store, *visits: dict[str, Any], at_ms: int | None = None, method: str = "m") -> dict[str, int]:
    with store.writing("run"):
        run = EventRun(store, at_ms)
        counts = run.record("visit", method, frame(schemas.VISITS, visits), why)
        run.commit({"method": method})
    return {k: n for k, n in counts.items() if n}


def short(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    return rows.select("event_id", "version", "status", "reason", "superseded_by").rows()


def test_a_history_of_new_changed_withdrawn_and_returned(store: Store) -> None:
    assert record(store, visit("a", 0, 2), visit("b", 5, 6), visit("c", 0, 2, mmsi=2), at_ms=1000) == {"new": 3}
    files = tree(store.root, "events")
    assert record(store, visit("a", 0, 2), visit("b", 5, 6), visit("c", 0, 2, mmsi=2), at_ms=2000) == {"unchanged": 3}
    assert tree(store.root, "events") == files  # nothing differed, nothing was written
    assert record(store, visit("a2", 1, 2), visit("b", 5, 7), at_ms=3000) == {"new": 1, "changed": 1, "withdrawn": 2}
    assert files.items() <= tree(store.root, "events").items()  # what was written stays as it was
    assert record(store, visit("a", 0, 2), visit("b", 5, 7), at_ms=4000) == {"withdrawn": 1, "returned": 1, "unchanged": 1}
    told = versions(store, "visit", "m")
    assert short(told) == [
        ("a", 1, "closed", None, None),
        ("a", 2, "withdrawn", "withdrawn a vclosed", "a2"),
        ("a", 3, "closed", "returned a vwithdrawn", None),
        ("a2", 1, "closed", None, None),
        ("a2", 2, "withdrawn", "withdrawn a2 vclosed", "a"),
        ("b", 1, "closed", None, None),
        ("b", 2, "closed", "changed b vclosed", None),
        ("c", 1, "closed", None, None),
        ("c", 2, "withdrawn", "withdrawn c vclosed", None),
    ]
    assert told["known_from_utc"].to_physical().to_list() == [1000, 3000, 4000, 3000, 4000, 1000, 3000, 1000, 3000]
    assert told["known_to_utc"].to_physical().to_list() == [3000, 4000, None, 4000, None, 3000, None, 3000, None]
    assert told.columns == [*version_schema("visit").names, "known_to_utc"]
    assert short(events(store, "visit", "m")) == [short(told)[2], short(told)[6]]
    assert events(store, "visit", "m", known_at_ms=1500)["event_id"].to_list() == ["a", "b", "c"]
    assert events(store, "visit", "m", known_at_ms=3000)["event_id"].to_list() == ["a2", "b"]
    assert events(store, "visit", "m", known_at_ms=999).height == 0
    assert events(store, "visit", "m", withdrawn=True).height == 4


def test_a_withdrawn_visit_points_to_the_one_that_overlaps_it_longest(store: Store) -> None:
    record(store, visit("a", 0, 10), visit("d", 20, 30), visit("e", 40, 40), visit("same", 0, 9), visit("f", 50, 60))
    record(
        store,
        *(visit("b1", 0, 3), visit("b2", 3, 9), visit("other-zone", 0, 10, zone="y@me"), visit("other-ship", 0, 10, mmsi=9)),
        *(visit("d", 20, 30), visit("e2", 39, 40), visit("same", 0, 9)),
    )
    by = dict(versions(store, "visit", "m").filter(pl.col("status") == "withdrawn").select("event_id", "superseded_by").rows())
    assert by == {"a": "b2", "e": "e2", "f": None}


def test_a_visit_that_took_in_another_is_named_though_it_is_not_new(store: Store) -> None:
    record(store, visit("a", 0, 2), visit("b", 3, 4))
    assert record(store, visit("a", 0, 4)) == {"changed": 1, "withdrawn": 1}
    assert short(events(store, "visit", "m", withdrawn=True))[1][4] == "a"


def test_each_method_has_a_history_of_its_own(store: Store) -> None:
    record(store, visit("a", 0, 2), method="m1")
    assert record(store, visit("a", 0, 2), method="m2") == {"new": 1}
    assert versions(store, "visit", "m1").height == versions(store, "visit", "m2").height == 1
    assert versions(store, "visit", "m3").height == 0


def test_a_run_that_was_killed_before_its_line_never_was(store: Store) -> None:
    record(store, visit("a", 0, 2), at_ms=1000)
    before = tree(store.root, "events")
    with store.writing("run"):
        EventRun(store, 2000).record("visit", "m", frame(schemas.VISITS, [visit("a", 0, 3)]), why)
    assert len(tree(store.root, "events")) == 2  # the file is there, in the place where it would count
    assert short(versions(store, "visit", "m")) == [("a", 1, "closed", None, None)]
    assert record(store, visit("a", 0, 4), at_ms=2000) == {"changed": 1}
    assert set(tree(store.root, "events")) - set(before) == {
        "events/method=m/kind=visit/month=2026-01/19700101T000002Z.parquet"
    }
    assert events(store, "visit", "m")["exit_t_utc"].to_physical().to_list() == [DAY_0 + 4 * HOUR]


def test_versions_follow_each_other_though_the_clock_stands_or_goes_back(store: Store) -> None:
    for end_h, at_ms in ((2, 1000), (3, 1000), (4, 500)):
        record(store, visit("a", 0, end_h), at_ms=at_ms)
    assert versions(store, "visit", "m")["known_from_utc"].to_physical().to_list() == [1000, 1001, 1002]


def test_an_empty_history_and_an_empty_run(store: Store) -> None:
    assert versions(store, "visit", "m").height == 0
    with store.writing("run"):
        assert sum(EventRun(store).record("visit", "m", empty_frame(schemas.VISITS), why).values()) == 0
    assert tree(store.root, "events") == {}


def test_two_events_with_one_id_are_found_out(store: Store) -> None:
    with pytest.raises(AssertionError, match="one id"):
        record(store, visit("a", 0, 2), visit("a", 0, 3))
