"""Law 4. Absent is not unobserved: a day without a message is never silently a day without a ship."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import BOX, SHIP, World, at, day, light, lying

HOURS = st.sets(st.integers(0, 71), max_size=71)


@given(silent=HOURS)
@settings(max_examples=8, deadline=None)
def test_not_observed_only_where_receivers_were_listening(silent: set[int]) -> None:
    heard = [h for h in range(-24, 96) if h not in silent]
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.read("a.csv", light(heard))
        world.book.run()
        states = world.states()
    for n in (1, 2, 3):
        hours = [h - 24 * (n - 1) for h in heard if 24 * (n - 1) <= h < 24 * n]
        ends = [-1, *hours, 24]
        hole = max(b - a - 1 for a, b in pairwise(ends))
        listening = len(hours) >= 18 and hole <= 4
        assert states[day(n)] == ("not_observed" if listening else "unobservable"), (n, len(hours), hole)


def test_without_any_other_hull_nothing_is_not_observed(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("own.csv", lying(SHIP, range(240), 9.7))  # the fleet itself proves nothing about its own absence
    world.read("far.csv", light([]) + lying(431_000_010, range(240), 30.0))  # nor does a hull that is far away
    world.book.run()
    assert set(world.states().values()) == {"unobservable"}
    assert world.book.streaks(BOX, "own").is_empty()
    (month,) = world.book.presence(BOX, "own", "month", "calendar_days").to_dicts()
    assert (month["value"], month["value_at_most"], month["days_unobservable"]) == (0, 10, 10)
    first = world.book.days(BOX, "own").row(0, named=True)
    assert (first["window_start_utc"], first["listening_hours"], first["longest_hole_h"]) == (at(0), 0, 24)
