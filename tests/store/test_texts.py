"""Published texts in the ledger: added once, taken back openly, as they were at an instant; ledgers of an older form."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from offing.store import Store
from offing.store.texts import HeldText


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "book", "east_asia")


def text(name: str, at_ms: int = 1000, office: str = "tw-mnd") -> HeldText:
    return HeldText("bulletin", name * 8, office, f"{name}.txt", f"/x/{name}.txt", None, "", "", f"text {name}", at_ms)


def test_a_text_is_held_once_with_what_was_read_in_it(store: Store) -> None:
    texts = store.ledger.texts
    one, two = text("a"), text("b", 2000)
    assert texts.hold([one, two], {one.key: "[1]", two.key: "[2]"}, "p1") == [one, two]
    assert texts.hold([one], {one.key: "[1]"}, "p1") == []
    assert texts.held("bulletin") == [one, two] and texts.held("statement") == []
    assert texts.readings("bulletin", "p1") == {one.key: "[1]", two.key: "[2]"} and texts.readings("bulletin", "p2") == {}


def test_as_it_was_at_an_instant_and_after_it_was_taken_back(store: Store) -> None:
    texts = store.ledger.texts
    one, two = text("a"), text("b", 2000)
    texts.hold([one, two], {one.key: "", two.key: ""}, "p")
    assert [t.name for t in texts.held("bulletin", 1500)] == ["a.txt"]
    assert texts.release("bulletin", "aaaa", "of another office", 3000) == 1
    assert texts.release("bulletin", "aaaa", "again", 4000) == 0
    assert [t.name for t in texts.held("bulletin")] == ["b.txt"]
    assert [t.name for t in texts.held("bulletin", 2500)] == ["a.txt", "b.txt"]
    assert texts.hold([one], {one.key: ""}, "p") == [one]


def test_all_or_none(store: Store) -> None:
    one, two = text("a"), text("b")
    with pytest.raises(KeyError):
        store.ledger.texts.hold([one, two], {one.key: ""}, "p")
    assert store.ledger.texts.held("bulletin") == []


def test_a_ledger_that_an_older_offing_made_reads_as_empty_and_is_brought_up_by_the_first_writing(store: Store) -> None:
    with sqlite3.connect(store.ledger.path) as db:
        later = ("texts", "text_readings", "file_sources", "restricted_sources", "release_rules")
        db.executescript("".join(f"DROP TABLE {name};" for name in later) + "PRAGMA user_version = 1;")
    again = Store.open(store.root)
    assert again.ledger.texts.held("bulletin") == [] and again.ledger.texts.readings("bulletin", "p") == {}
    one = text("a")
    with again.writing("test"):
        again.ledger.texts.hold([one], {one.key: ""}, "p")
    assert again.ledger.texts.held("bulletin") == [one]
