"""Law 2 for passages: the order and the cut of the input do not matter. The worlds are those of the visits, with gates."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_law2 import E7, ORDERS, SLOW, WORLDS, places, seeds

from offing.events import passage
from offing.events.passage import PassageParameters, PassageState
from offing.events.visit import VisitParameters
from offing.model.place import Gate
from offing.model.times import DAY_MS
from offing.testing.worlds import Sightings
from offing.tracks import walk
from offing.tracks.places import zone_grid


def gates_of(seen: Sightings, kind: str, seed: int) -> list[Gate]:
    """Bent lines among the positions; on the lattice through its points, so that they cross and repeat themselves."""
    rng = np.random.default_rng(seed)
    west, east = (seen.lon_e7.astype(np.int64) % (360 * E7)).min(), (seen.lon_e7.astype(np.int64) % (360 * E7)).max()
    south, north = int(seen.lat_e7.min()), int(seen.lat_e7.max())
    gates = []
    for i in range(int(rng.integers(1, 5))):
        lines = []
        for n in rng.integers(2, 7, int(rng.integers(1, 3))):
            line = np.stack([rng.integers(west, east + 1, n), rng.integers(south, north + 1, n)], axis=1)
            if kind == "lattice":
                rows = rng.integers(0, len(seen), n)
                line = np.stack([seen.lon_e7[rows], seen.lat_e7[rows]], axis=1).astype(np.int64)
            lines.append(line)
        side = str(rng.choice(["", "left", "right"]))
        gates.append(Gate(f"gate-{i}", "strait", {}, {}, {}, tuple(lines), pacific_side=side))
    return gates


def world(kind: str, seed: int) -> tuple[Sightings, list[Gate], VisitParameters, PassageParameters]:
    seen, _, tracks = WORLDS[kind](seed)
    return seen, gates_of(seen, kind, seed), tracks, PassageParameters(rejoin_min=tracks.rejoin_min)


def passages_of(
    seen: Sightings,
    gates: list[Gate],
    tracks: VisitParameters,
    parameters: PassageParameters,
    cuts: list[int] = [],  # noqa: B006
    closing: bool = False,
) -> pl.DataFrame:
    """Fold in the order given, cut into batches; `closing` lets go at each cut what no later row can touch."""
    grid = zone_grid([], gates)
    heads, state, out = walk.start(), PassageState(), []
    for i, j in pairwise([0, *sorted(cuts), len(seen)]):
        heads, crossings, _ = walk.advance(
            heads, seen[i:j].batch(), grid, max_gap_ms=tracks.max_gap_ms, max_speed_kn=tracks.max_speed_kn
        )
        past_ms = -(2**62)
        if closing and j < len(seen):
            past_ms = int(seen.t_ms[j:].min()) - tracks.max_gap_ms
            heads, ends = walk.close_silent(heads, grid, silent_before_ms=past_ms)
            assert not len(ends), "there are no zones"
        state, done = passage.advance(state, crossings, parameters, past_ms=past_ms)
        out.append(done)
    return passage.frame(np.concatenate([*out, passage.finish(state)]), gates)


@pytest.mark.parametrize("kind", WORLDS)
@pytest.mark.parametrize("order", ORDERS)
@given(seed=seeds, at=places, closing=st.booleans())
@SLOW
def test_no_cut_matters(kind: str, order: str, seed: int, at: list[float], closing: bool) -> None:
    seen, *given_with = world(kind, seed)
    whole = passages_of(seen.in_hull_order(), *given_with)
    rows = getattr(seen, order)()
    cuts = [round(x * len(rows)) for x in at]
    assert passages_of(rows, *given_with, cuts, closing=closing and order != "in_hull_order").equals(whole)


@pytest.mark.parametrize("kind", WORLDS)
def test_every_row_a_batch_of_its_own_and_days_closed_as_the_pipeline_closes_them(kind: str) -> None:
    n = 0
    for seed in range(8):
        seen, *given_with = world(kind, seed)
        whole = passages_of(seen.in_hull_order(), *given_with)
        rows = seen.in_time_order()
        assert passages_of(rows, *given_with, list(range(1, len(rows))), closing=True).equals(whole)
        rows = seen.in_day_order()
        days = (np.flatnonzero(np.diff(rows.t_ms // DAY_MS)) + 1).tolist()
        assert passages_of(rows, *given_with, days, closing=True).equals(whole)
        n += whole.height
    assert n > 200


@pytest.mark.parametrize("kind", WORLDS)
@given(seed=seeds)
@SLOW
def test_ids_are_unique_and_times_lie_within_the_hop(kind: str, seed: int) -> None:
    found = passages_of((w := world(kind, seed))[0].in_hull_order(), *w[1:])
    assert found["event_id"].is_unique().all()
    assert ((found["before_utc"] <= found["t_utc"]) & (found["t_utc"] <= found["after_utc"])).all()
    assert (found["before_utc"] < found["after_utc"]).all() and (found["from_side"] != found["to_side"]).all()


@pytest.mark.parametrize("kind", WORLDS)
@given(seed=seeds)
@SLOW
def test_what_the_rejoin_time_takes_away_balances(kind: str, seed: int) -> None:
    """Whatever is undone, each track ends on the same side: as many more to the left as to the right."""
    seen, gates, tracks, _ = world(kind, seed)

    def balance(rejoin_min: float) -> dict[tuple[str, str], int]:
        rows = passages_of(seen.in_hull_order(), gates, tracks, PassageParameters(rejoin_min=rejoin_min))
        way = pl.when(pl.col("to_side") == "left").then(1).otherwise(-1)
        sums = rows.group_by("track", "gate_id").agg(way.sum().alias("n")).filter(pl.col("n") != 0)
        return {(track, gate): n for track, gate, n in sums.iter_rows()}

    assert balance(0) == balance(10) == balance(300)


@pytest.mark.parametrize("kind", WORLDS)
@given(seed=seeds)
@SLOW
def test_a_gate_written_the_other_way_round_changes_hands_and_nothing_else(kind: str, seed: int) -> None:
    seen, gates, *given_with = world(kind, seed)
    other = {"": "", "left": "right", "right": "left"}
    turned = [
        replace(g, lines=tuple(line[::-1] for line in g.lines[::-1]), pacific_side=other[g.pacific_side]) for g in gates[::-1]
    ]
    here = passages_of(seen.in_hull_order(), gates, *given_with)
    there = passages_of(seen.in_hull_order(), turned, *given_with)
    sides = there.rename({"from_side": "to_side", "to_side": "from_side"}).select(here.columns)
    assert sides.drop("gate_hash").equals(here.drop("gate_hash"))


@pytest.mark.parametrize("kind", WORLDS)
@given(seed=seeds, turns=st.sampled_from([-1, 1]))
@SLOW
def test_a_whole_turn_changes_nothing(kind: str, seed: int, turns: int) -> None:
    seen, gates, *given_with = world(kind, seed)
    moved = [replace(g, lines=tuple(line + np.array([turns * 360 * E7, 0]) for line in g.lines)) for g in gates]
    here = passages_of(seen.in_hull_order(), gates, *given_with)
    there = passages_of(seen.in_hull_order(), moved, *given_with)
    assert there.drop("gate_hash").equals(here.drop("gate_hash"))
