"""Passages against shapely: which ways meet which lines, on which side they come from, when and where, on random worlds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
import shapely
from oracle import TURN, Track, _numbered, _stamp, nautical_miles, tracks_of

from offing.events import passage
from offing.events.passage import PassageParameters
from offing.model.place import Gate
from offing.testing import worlds
from offing.testing.worlds import Sightings
from offing.tracks import walk
from offing.tracks.places import zone_grid
from offing.zones.rings import quantised


@dataclass
class Met:
    """Where one way between two fixes meets one piece of a line."""

    t_ms: float
    place: tuple[float, float]
    to_side: str
    before_ms: int
    after_ms: int
    hop: tuple[tuple[float, float], tuple[float, float]]


def meetings(track: Track, gate: Gate) -> list[Met]:
    """All of them in the order of time, one line piece after another, wherever in the turns of longitude either is written."""
    found: list[Met] = []
    for (t0, *p), (t1, *q) in pairwise(track.fixes):
        hop = shapely.LineString([p, q])
        for line in gate.lines:
            for a, b in pairwise(line / 1e7):
                turn = TURN * round((p[0] - a[0]) / TURN)  # lines are short beside half a turn
                piece = shapely.LineString([(a[0] + turn, a[1]), (b[0] + turn, b[1])])
                if p == q or not hop.intersects(piece):
                    continue
                at = hop.intersection(piece)
                assert at.geom_type == "Point", "the world is not in general position"
                f = hop.project(at) / hop.length
                ends_left = shapely.LinearRing([*piece.coords, q]).is_ccw
                found.append(
                    Met(t0 + f * (t1 - t0), (at.x, at.y), "left" if ends_left else "right", t0, t1, (tuple(p), tuple(q)))
                )
    return sorted(found, key=lambda m: m.t_ms)


def standing(met: list[Met], rejoin_ms: int) -> list[Met]:
    """Without those there and back within the rejoin time, one after the other."""
    left: list[Met] = []
    open_one: Met | None = None
    for m in met:
        if open_one and m.to_side != open_one.to_side and m.t_ms - open_one.t_ms <= rejoin_ms:
            open_one = None
            continue
        if open_one:
            left.append(open_one)
        open_one = m
    return [*left, open_one] if open_one else left


def agree(seen: Sightings, gates: list[Gate], max_gap_ms: int, max_speed_kn: float, parameters: PassageParameters) -> int:
    """Compare every passage; returns how many there are."""
    rows = list(zip(*(getattr(seen, n).tolist() for n in ("mmsi", "t_ms", "lon_e7", "lat_e7")), strict=True))
    expected = [
        (gate, track, met)
        for track in tracks_of(rows, max_gap_ms, max_speed_kn)
        for gate in gates
        for met in standing(meetings(track, gate), parameters.rejoin_ms)
    ]
    grid = zone_grid([], gates)
    _, crossings, _ = walk.advance(walk.start(), seen.batch(), grid, max_gap_ms=max_gap_ms, max_speed_kn=max_speed_kn)
    state, done = passage.advance(passage.PassageState(), crossings, parameters)
    found = passage.frame(np.concatenate([done, passage.finish(state)]), gates).with_columns(pl.col(pl.Datetime).dt.epoch("ms"))
    assert found["event_id"].is_unique().all()
    key = ("gate_id", "track", "t_utc", "to_side")
    got = {tuple(r[k] for k in key): r for r in found.iter_rows(named=True)}
    assert len(got) == found.height == len(expected)
    for gate, track, met in expected:
        name = _numbered(f"{track.mmsi}@{_stamp(track.begin_ms)}", track.nth)
        near = (math.floor(met.t_ms) + d for d in (0, 1, -1, 2))
        r = next(r for t in near if (r := got.get((gate.id, name, t, met.to_side))))
        assert (r["before_utc"], r["after_utc"]) == (met.before_ms, met.after_ms)
        assert abs(math.remainder(r["lon_deg"] - met.place[0], TURN)) < 1e-6 and abs(r["lat_deg"] - met.place[1]) < 1e-6
        (p, q), hours = met.hop, (met.after_ms - met.before_ms) / 3.6e6
        assert r["speed_kn"] == pytest.approx(nautical_miles(p, q) / hours, rel=1e-6, abs=1e-6)
        course = math.degrees(math.atan2((q[0] - p[0]) * math.cos(math.radians(met.place[1])), q[1] - p[1]))
        assert abs(math.remainder(r["course_deg"] - course, 360)) < 1e-3 * max(1, 0.01 / math.dist(p, q))
    return len(expected)


def random_gate(rng: np.random.Generator, number: int, box: tuple[float, float, float, float]) -> Gate:
    """One or two bent lines; the side of the Pacific as it comes."""
    lines = [
        quantised(np.stack([rng.uniform(box[0], box[2], n), rng.uniform(box[1], box[3], n)], axis=1))
        for n in rng.integers(2, 6, int(rng.integers(1, 3)))
    ]
    side = str(rng.choice(["", "left", "right"]))
    return Gate(f"gate-{number}", "strait", {}, {}, {}, tuple(lines), pacific_side=side)


def world(seed: int) -> tuple[Sightings, list[Gate], int, float, PassageParameters]:
    """A few ships and gates, with jumps, silences, shared numbers, over the antimeridian, other parameters."""
    rng = np.random.default_rng(seed)
    lon = float(rng.choice([rng.uniform(-179, 179), 180.0, 123.0]))
    lat, size = float(rng.uniform(-60, 60)), float(rng.uniform(0.2, 1.0))
    box = (lon - size, lat - size, lon + size, lat + size)
    every_s = float(rng.choice([60, 600, 3600]))
    knots = size * 60 / 12 / (every_s / 3600)
    seen = worlds.sailing(
        seed, int(rng.integers(1, 5)), int(rng.integers(2, 50)), every_s, box, speed_kn=(0.2 * knots, knots),
        leg_fixes=int(rng.integers(3, 20)),
    )  # fmt: skip
    if rng.random() < 0.4:
        seen = worlds.jumping(seed, seen, 0.1, size)
    if rng.random() < 0.4:
        seen = worlds.sharing(seen, int(rng.integers(2, 4)))
    gap_h = every_s / 3600 * float(rng.choice([1.3, 2.5, 50.0]))
    if rng.random() < 0.4:
        seen = worlds.silenced(seed, seen, 2, (0.8 * gap_h, 1.5 * gap_h))
    rejoin_min = float(rng.choice([0, 10, every_s / 60 * rng.uniform(0.5, 4)]))
    gates = [random_gate(rng, i, box) for i in range(int(rng.integers(1, 5)))]
    return seen.in_hull_order(), gates, round(gap_h * 3.6e6), 4 * knots, PassageParameters(rejoin_min=rejoin_min)


@pytest.mark.parametrize("part", range(2))
def test_random_worlds(part: int) -> None:
    n = sum(agree(*world(seed)) for seed in range(part * 300, (part + 1) * 300))
    assert n > 1_000


def test_the_gates_of_the_region() -> None:
    """Ships all over the East China Sea, through all gates of the region pack."""
    from offing.pipeline.waters import of_region

    gates = sorted(of_region("east_asia").pack.gates.values(), key=lambda g: g.id)
    assert len(gates) >= 20 and any(len(g.lines) > 1 for g in gates)
    seen = worlds.sailing(11, 30, 120, 3600, (117.0, 19.0, 141.0, 36.0), speed_kn=(10, 25))
    assert agree(seen.in_hull_order(), gates, 6 * 3_600_000, 60, PassageParameters()) > 50
