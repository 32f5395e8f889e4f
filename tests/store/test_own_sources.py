"""Own sources and release rules in the ledger: what counts now, what counted, and a ledger that knew neither."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from store_rows import DAY_0, MadeFile, position

from offing.errors import UnknownName, UsageError
from offing.model.sharing import ReleaseRule
from offing.store import Store
from offing.store.sources import SourceLine, source_name

LATER = ("file_sources", "restricted_sources", "release_rules")


def held(store: Store, mmsi: int, source: str = "ais", at_ms: int = 5) -> str:
    """A held file of one position, of a source."""
    line = MadeFile([position(mmsi, DAY_0)], name=f"/{mmsi}.csv").put(store, at_ms=at_ms)
    if source != "ais":
        store.ledger.sources.add(line.sha256, source, at_ms)
    return line.sha256


def test_a_file_belongs_to_the_source_it_was_read_as_and_to_every_one_added(store: Store) -> None:
    first, second = held(store, 1), held(store, 2, "radar")
    sources = store.ledger.sources
    assert sources.by_file() == {first: {"ais"}, second: {"ais", "radar"}}
    assert not sources.add(second, "radar", 9)
    assert sources.lines() == [SourceLine("ais", 2, 0, False), SourceLine("radar", 1, 0, False)]


def test_a_file_taken_back_leaves_all_its_sources(store: Store) -> None:
    sha256 = held(store, 1)
    store.ledger.release(sha256, "of the wrong source", 20)
    assert store.ledger.sources.by_file() == {}
    with pytest.MonkeyPatch.context() as patch:
        hold = store.ledger.hold
        patch.setattr(store.ledger, "hold", lambda line: hold(line, "secret"))
        assert held(store, 1, at_ms=30) == sha256
    assert store.ledger.sources.by_file() == {sha256: {"secret"}}


def test_a_source_is_restricted_until_it_is_opened(store: Store) -> None:
    held(store, 1)
    sources = store.ledger.sources
    assert sources.restrict("ais", 10) and not sources.restrict("ais", 11)
    assert sources.restrict("to-come", 10), "restricted before anything of it is read"
    assert sources.restricted() == {"ais", "to-come"}
    assert sources.lines() == [SourceLine("ais", 1, 0, True), SourceLine("to-come", 0, 0, True)]
    assert sources.open("ais", 20) and not sources.open("ais", 21)
    assert sources.restricted() == {"to-come"}
    with pytest.raises(UnknownName):
        sources.open("asi", 22)


@pytest.mark.parametrize("name", ["", " ", "AIS", "a b", "a/b", "-a", "x" * 65, "é"])
def test_a_source_has_a_plain_name(name: str) -> None:
    with pytest.raises(UsageError):
        source_name(name)


def test_a_rule_comes_back_as_it_was_said_and_its_number_is_never_used_again(store: Store) -> None:
    rules = store.ledger.release_rules
    whole = ReleaseRule(
        0,
        "watch_day",
        ("us", "tw"),
        ("a@me", "b@me"),
        ("own",),
        ("ais", "radar"),
        "safety",
        1,
        date(2026, 9, 5),
        2.5,
        0.1,
        ("mmsis",),
    )
    first = rules.add(whole, 10)
    assert (first.n, first.added_ms) == (1, 10)
    assert rules.all() == [first]
    assert rules.remove(1, 20).removed_ms == 20
    with pytest.raises(UnknownName):
        rules.remove(1, 30)
    second = rules.add(ReleaseRule(0, "visit", ("us",)), 40)
    assert second.n == 2
    assert rules.in_force() == [second]
    assert [(r.n, r.added_ms, r.removed_ms) for r in rules.all()] == [(1, 10, 20), (2, 40, None)]


def test_in_a_ledger_that_knew_no_sources_every_file_is_ais(store: Store) -> None:
    kept, gone = held(store, 1), held(store, 2)
    store.ledger.release(gone, "wrong", 9)
    with sqlite3.connect(store.ledger.path) as db:
        db.executescript("".join(f"DROP TABLE {name};" for name in LATER) + "PRAGMA user_version = 2;")
    again = Store.open(store.root)
    for _ in range(2):  # read as it is, then after the first writing has brought it up
        assert again.ledger.sources.by_file() == {kept: {"ais"}}
        assert again.ledger.sources.lines() == [SourceLine("ais", 1, 0, False)]
        assert again.ledger.release_rules.all() == []
        with again.writing("test"):
            pass
    with sqlite3.connect(store.ledger.path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (3,)


def test_a_logbook_reads_files_of_several_sources(tmp_path: Path) -> None:
    from small_worlds import SHIP, World, eastward, write_rows

    world = World(tmp_path)
    path = write_rows(tmp_path / "a.csv", eastward(SHIP, range(4)))
    world.book.ingest(path, source="secret")
    assert world.book.sources() == [SourceLine("secret", 1, 0, False)]
    world.book.ingest(path)
    assert world.book.sources() == [SourceLine("ais", 1, 0, False), SourceLine("secret", 1, 0, False)]
    assert world.book.restrict_source("secret")
    assert [s.restricted for s in world.book.sources()] == [False, True]
    assert world.book.open_source("secret")
    world.book.retract(path, "of the wrong source")
    assert world.book.sources() == []
    with pytest.raises(UsageError):
        world.book.ingest(path, source="No Name")
