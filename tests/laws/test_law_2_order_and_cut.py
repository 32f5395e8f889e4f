"""Law 2. The order and the cut of the input do not matter: any split into files, any order of files: the same current events,
ids, times and evidence. (`version`, `known_from` and withdrawals are this logbook's history and outside this law.)

The cut into batches, on thousands of worlds, is tried in tests/events/test_law2.py; here the whole way, from files to streaks.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from small_worlds import BOX, OF_THE_LOGBOOK, OTHER, SHIP, World, light, row

TOLD = ("visits", "days", "streaks", "lines")


def sailing(rng: random.Random) -> list[str]:
    """Three ships about the box for four days, two of them on one number, with silences; and a lightship with gaps."""
    rows = light(h for h in range(96) if rng.random() < 0.9)
    for mmsi in (SHIP, SHIP, OTHER):
        lon, lat, hours = rng.uniform(9.8, 11.2), rng.uniform(-0.1, 1.1), 0.0
        while hours < 96:
            rows.append(row(mmsi, hours, lon, lat))
            step = rng.choice([0.25, 0.5, 1, 1, 2, 7])
            hours += step
            lon += rng.uniform(-0.15, 0.15) * step
            lat += rng.uniform(-0.15, 0.15) * step
    return sorted(set(rows))


def told(world: World) -> dict[str, pl.DataFrame]:
    """What the logbook says, without its own history; and the raw lines beneath it."""
    book = world.book
    visits = book.visits().drop("still_inside", *OF_THE_LOGBOOK)
    lines = {link.raw for v in visits["event_id"].head(3) for link in book.why(v) if link.kind == "raw"}
    return {
        "visits": visits,
        "days": book.days(BOX, "own"),
        "streaks": book.streaks(BOX, "own"),
        "lines": pl.DataFrame({"raw": sorted(map(str, lines))}),
    }


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_any_split_into_files_in_any_order(seed: int) -> None:
    rng = random.Random(seed)
    rows = sailing(rng)
    with tempfile.TemporaryDirectory() as name:
        whole = World(Path(name), "whole")
        whole.read("all.csv", rows)
        whole.book.run()
        wanted = told(whole)
        assume(wanted["visits"].height)
        cut = World(Path(name), "cut")
        pieces: list[list[str]] = [[] for _ in range(rng.randint(2, 5))]
        for one in rows:
            for piece in rng.sample(pieces, rng.choice([1, 1, 1, 2])):  # some rows were heard by two receivers
                piece.append(one)
        for n, piece in enumerate(pieces):
            if piece:
                rng.shuffle(piece)
                cut.read(f"{n}.csv", piece)
                if rng.random() < 0.4:
                    cut.book.run()  # what was said meanwhile is corrected
        cut.book.run()
        got = told(cut)
    for what in TOLD:
        assert got[what].equals(wanted[what]), what
