"""The ledger: what counts, since when, and what counted at an instant."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from store_rows import DAY_0, PARTS, MadeFile, position, tree

from offing.errors import LogbookError, OtherOptions
from offing.store import RunLine, Store, merge_days


def test_a_line_comes_back_as_it_was_told(store: Store) -> None:
    rows = [position(1, DAY_0), ("reject", "no_time"), ("ignored", "GPGGA"), ("fragment", None), position(1, DAY_0)]
    line = MadeFile(rows).put(store, at_ms=5)
    assert store.ledger.files() == [line]
    assert store.ledger.file(line.sha256) == line
    assert (line.rows, line.positions, line.duplicates, line.fragments, line.ignored, line.rejects) == (
        5,
        1,
        1,
        1,
        {"GPGGA": 1},
        {"no_time": 1},
    )
    assert not line.already


def test_the_same_bytes_again_change_nothing(store: Store) -> None:
    made = MadeFile([position(1, DAY_0)])
    first = made.put(store, at_ms=5)
    before = tree(store.root, *PARTS)
    again = MadeFile(made.rows, name="/elsewhere.csv").put(store, at_ms=9)
    assert again == first and again.already
    assert store.ledger.history() == [first]
    assert tree(store.root, *PARTS) == before


def test_other_options_are_refused_until_the_file_is_taken_back(store: Store) -> None:
    made = MadeFile([position(1, DAY_0)])
    other = MadeFile(made.rows, options={"base_time_ms": 7})
    first = made.put(store, at_ms=10)
    with pytest.raises(OtherOptions, match="offing retract"):
        other.put(store, at_ms=20)
    store.ledger.release(made.sha256, "wrong zone", 30)
    assert store.ledger.files() == [] and store.ledger.file(made.sha256) is None
    second = other.put(store, at_ms=40)
    assert second.part != first.part
    store.ledger.release(made.sha256, "was right after all", 50)
    made.put(store, at_ms=60)
    held = {t: [f.part for f in store.ledger.files(t)] for t in (9, 10, 29, 30, 39, 40, 49, 50, 60, 99)}
    assert held == {9: [], 10: [first.part], 29: [first.part], 30: [], 39: [], 40: [second.part], 49: [second.part], 50: []} | {
        60: [first.part],
        99: [first.part],
    }
    assert [(f.held_from_ms, f.held_to_ms, f.reason) for f in store.ledger.history()] == [
        (10, 30, "wrong zone"),
        (40, 50, "was right after all"),
        (60, None, None),
    ]
    with store.writing("run"):  # parts that were ever held are history, not leftovers
        pass
    assert {Path(p).stem for p in tree(store.root, "positions")} == {first.part, second.part}
    assert [d.rows for d in merge_days(store)] == [1]


def test_zones_and_fleets_of_the_users_own_keep_their_past(store: Store) -> None:
    ledger = store.ledger
    assert ledger.put_zones([("a@me", "{1}", "h1"), ("b@me", "{2}", "h2")], 10) == ["a@me", "b@me"]
    assert ledger.put_zones([("a@me", "{1}", "h1"), ("b@me", "{3}", "h3")], 20) == ["b@me"]
    assert [(z.id, z.hash) for z in ledger.zones()] == [("a@me", "h1"), ("b@me", "h3")]
    assert [(z.id, z.hash) for z in ledger.zones(15)] == [("a@me", "h1"), ("b@me", "h2")]
    assert ledger.zones(5) == []
    assert ledger.put_fleets([("mine", "t", "h")], 30) == ["mine"]
    assert [(f.text, f.added_ms, f.replaced_ms) for f in ledger.fleets()] == [("t", 30, None)]


def test_runs_are_listed_in_order(store: Store) -> None:
    for n in (2, 1):
        store.ledger.add_run(RunLine(f"r{n}", n, n + 1, n, {"method": "m", "counts": {"new": n}}))
    assert [r.id for r in store.ledger.runs()] == ["r1", "r2"]
    assert store.ledger.runs()[1].details == {"method": "m", "counts": {"new": 2}}


def test_a_newer_or_foreign_ledger_is_refused(store: Store) -> None:
    with sqlite3.connect(store.ledger.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LogbookError, match="newer offing"):
        Store.open(store.root)
    for extra in ("-wal", "-shm"):
        store.ledger.path.with_name(store.ledger.path.name + extra).unlink(missing_ok=True)
    store.ledger.path.write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(LogbookError, match="cannot be used"):
        Store.open(store.root)


def test_a_failed_act_leaves_no_trace(store: Store) -> None:
    line = MadeFile([position(1, DAY_0)]).put(store)
    with pytest.raises(sqlite3.IntegrityError):
        store.ledger.add_run(RunLine("r", 1, None, 1, {}))  # type: ignore[arg-type]
    assert store.ledger.runs() == []
    assert store.ledger.files() == [line]
