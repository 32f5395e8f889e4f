"""Law 7. Late data corrects in the open: an event that no longer holds is withdrawn with its reason, not deleted; a figure
can be recomputed as of any date.

Every kind of change (fleets, zones, parameters, partial runs) is tried in tests/pipeline/test_figuring.py and test_run.py.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from small_worlds import BOX, OTHER, SHIP, World, eastward, instant, light, lying


def figures(world: World, **more: object) -> list[pl.DataFrame]:
    """What can be asked as known at an instant, without ids (which then name that instant)."""
    book = world.book
    visits = book.visits(BOX, **more).drop("still_inside")  # type: ignore[arg-type]
    frames = [visits, book.days(BOX, "own", **more), book.streaks(BOX, "own", **more), book.presence(BOX, "own", **more)]
    return [frame.drop(c for c in ("figure_id", "broke") if c in frame.columns) for frame in frames]


def test_what_was_said_is_said_again_and_what_fell_is_withdrawn_with_a_reason(tmp_path: Path) -> None:
    world = World(tmp_path)
    said = []
    steps = {
        "own.csv": [*eastward(SHIP, [*range(13), *range(30, 48)]), *light(range(96))],
        "between.csv": eastward(SHIP, range(13, 30)),
        "wrong.csv": lying(OTHER, range(60, 70), 10.5),
    }
    for name, rows in steps.items():
        world.read(name, rows)
        world.book.run()
        said.append((instant(), figures(world)))
    world.book.retract(world.folder / "wrong.csv", "its clock was wrong")
    said.append((instant(), said[-1][1]))  # nothing is worked out yet
    world.book.run()
    said.append((instant(), figures(world)))
    assert said[1][1][1].equals(said[4][1][1]), "the days are again what they were"
    for t_ms, then in said:
        for before, now in zip(then, figures(world, known_at=t_ms), strict=True):
            assert now.equals(before)
    gone = [v for v in world.visits(withdrawn=True) if v["status"] == "withdrawn"]
    assert len(gone) == 2 and all(v["reason"] for v in gone)
    reasons = " ".join(str(v["reason"]) for v in gone)
    assert "between.csv" in reasons and "wrong.csv (its clock was wrong)" in reasons
