"""Raw text behind a row: the file itself, the kept copy, or which file is wanted."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from small_worlds import HEAD, SHIP, World, eastward, write_rows

from offing.pipeline.sources import RawLine, RawText
from offing.readers import sniff

ROWS = eastward(SHIP, range(30))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def look(world: World, row: int = 5) -> RawLine:
    """One row of the only file there is."""
    (line,) = world.book.store.ledger.history()
    return RawText(world.book.store).line(line.sha256, row)


def test_the_file_itself(world: World) -> None:
    path = world.read("a.csv", ROWS)
    assert look(world) == RawLine(str(path), 6, ROWS[4].rstrip("\n"), "file")
    assert look(world, 30).text == ROWS[29].rstrip("\n")


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_a_file_that_is_gone_is_read_from_the_kept_copy(world: World, packed: str) -> None:
    path = world.folder / f"a.csv{packed}"
    text = (HEAD + "".join(ROWS)).encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    world.book.ingest(path, keep=True)
    assert look(world).where == "file"
    path.unlink()
    assert look(world) == RawLine(str(path), 6, ROWS[4].rstrip("\n"), "kept copy")


def test_a_file_that_is_gone_without_a_copy_is_wanted(world: World) -> None:
    path = world.read("a.csv", ROWS)
    path.unlink()
    (line,) = world.book.store.ledger.files()
    told = look(world)
    assert (told.text, told.line) == (None, None)
    assert told.where.startswith(f"wanted: {path} with sha256 {line.sha256[:16]}") and "--keep" in told.where


def test_a_file_that_changed_is_not_believed(world: World) -> None:
    path = world.read("a.csv", ROWS)
    write_rows(path, ROWS[::-1])
    assert look(world).text is None and look(world).where.startswith("wanted: ")
    write_rows(path, ROWS)
    assert look(world).text == ROWS[4].rstrip("\n"), "the same bytes are the same file again"


def test_a_changed_file_with_a_copy_gives_the_copy(world: World) -> None:
    path = world.read("a.csv", ROWS, keep=True)
    path.write_bytes(b"")
    assert look(world) == RawLine(str(path), 6, ROWS[4].rstrip("\n"), "kept copy")


def test_a_folder_in_its_place_is_not_the_file(world: World) -> None:
    path = world.read("a.csv", ROWS)
    path.unlink()
    path.mkdir()
    assert look(world).where.startswith("wanted: ")


def test_a_retracted_file_can_still_be_looked_up(world: World) -> None:
    path = world.read("a.csv", ROWS)
    world.book.retract(path, "tried")
    assert look(world).text == ROWS[4].rstrip("\n")


def test_a_reader_that_is_no_longer_there_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.read("a.csv", ROWS)
    without = {name: reader for name, reader in sniff.readers().items() if name != "marinecadastre"}
    monkeypatch.setattr(sniff, "readers", lambda: without)
    assert (look(world).text, look(world).where) == (None, "the reader 'marinecadastre' is not installed")


def test_each_file_is_opened_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.read("a.csv", ROWS)
    (line,) = world.book.store.ledger.files()
    raw = RawText(world.book.store)
    raw.load((line.sha256, n) for n in range(1, 11))
    (world.folder / "a.csv").unlink()
    assert [raw.line(line.sha256, n).text for n in range(1, 11)] == [r.rstrip("\n") for r in ROWS[:10]]
