"""Law 3. Every figure explains itself: `why` walks figure -> days -> visits -> positions -> file and line.

Each kind of chain is read closely in tests/pipeline/test_why.py.
"""

from __future__ import annotations

from pathlib import Path

from small_worlds import BOX, SHIP, World, eastward, light


def test_every_figure_of_every_kind_ends_in_lines_of_files(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = world.read("own.csv", eastward(SHIP, range(48)))
    world.read("light.csv", light(range(96)))
    world.book.run()
    lines = path.read_text().splitlines()
    units = ("ship_days", "calendar_days", "hours")
    book = world.book
    frames = [book.days(BOX, "own"), book.streaks(BOX, "own"), book.records(BOX, "own", source="ais")]
    frames += [book.presence(BOX, "own", by, unit) for by in ("day", "month", "year") for unit in units]  # type: ignore[arg-type]
    ids = [i for frame in frames for i in frame["figure_id"]] + book.visits()["event_id"].to_list()
    assert len(ids) == len(set(ids)) > 20
    empty = {f"day:{BOX}:own:ais:2024-03-0{n}" for n in (3, 4)}
    empty |= {f"presence:{BOX}:own:ais:2024-03-0{n},unit={unit}" for n in (3, 4) for unit in units}
    for name in ids:
        chain = book.why(name)
        raw = [link for link in chain if link.kind == "raw"]
        assert bool(raw) == (name not in empty), name
        assert all(link.file == str(path) and link.line and lines[link.line - 1] == link.raw for link in raw)
        if name in empty:
            said = [link.text for link in chain if link.kind == "day"]
            assert any(": not_observed (24 listening hours" in s or ": unobservable (the data run from" in s for s in said)
