"""Law 8. Ingesting twice changes nothing.

That any order of files gives equal bytes, and what a kill leaves, is tried in tests/store.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from small_worlds import BOX, OF_THE_LOGBOOK, SHIP, World, eastward, light


def tree(world: World) -> dict[str, bytes]:
    """Every table that the logbook holds."""
    root = world.book.store.root
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*.parquet"))}


def test_a_second_reading_and_a_second_run_change_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    first = world.read("a.csv", [*eastward(SHIP, range(48)), *light(range(72))])
    world.book.run()
    status, tables, visits = world.book.status(), tree(world), world.book.visits()
    assert len(tables) >= 8 and visits.height == 1
    shutil.copy(first, tmp_path / "the same by another name.csv")
    for path in (first, tmp_path / "the same by another name.csv"):
        (line,) = world.book.ingest(path)
        assert line.already  # type: ignore[union-attr]
    assert world.book.notes() == []
    world.book.run()
    assert (world.book.status(), tree(world)) == (status, tables)
    assert world.book.visits().equals(visits)


def test_the_same_rows_in_another_file_change_no_event(tmp_path: Path) -> None:
    world = World(tmp_path)
    first = world.read("a.csv", [*eastward(SHIP, range(48)), *light(range(72))])
    world.book.run()
    visits, days = world.book.visits(), world.book.days(BOX, "own")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(first.read_bytes()))
    world.book.ingest(tmp_path / "a.csv.gz")
    assert len(world.book.status()) == 2, "other bytes are another file"
    world.book.run()
    assert world.book.visits().equals(visits) and world.book.days(BOX, "own").equals(days)
    assert set(OF_THE_LOGBOOK) <= set(visits.columns)
