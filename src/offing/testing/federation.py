"""Deterministic simulation of a federation: `python -m offing.testing.federation --seeds 10000`, `--seed N` replays one.

Three to seven real nodes (`exchange.node`) on simulated disks, clocks and links. Chance draws who agreed what with whom, what
is released, corrected and withdrawn, and what goes wrong: links break, folders come late or damaged, batches come twice and out
of order, clocks differ, nodes die at a commit or lose their disk, agreements end and keys change under way. At every step no
node may show or hand out what the model (`federation_model`) forbids; when all is mended everything released must have arrived,
once, and what was withdrawn must be gone everywhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context

from offing.exchange.node import Node
from offing.testing.federation_acts import Acts
from offing.testing.federation_run import Broken, MakesNode, Simulation
from offing.testing.federation_settle import Tally, settle

STEPS = (30, 70)


class Failure(AssertionError):
    """A seed that failed, with all that happened in it."""

    def __init__(self, seed: int, why: str, trace: list[str]) -> None:
        super().__init__(
            "\n".join([*trace, f"seed {seed}: {why}", f"replay: python -m offing.testing.federation --seed {seed}"])
        )
        self.seed = seed
        self.why = why
        self.trace = trace


@dataclass(frozen=True)
class Outcome:
    """What became of one seed."""

    seed: int
    why: str
    counts: dict[str, int]


def run(seed: int, make: MakesNode = Node) -> tuple[Tally, Simulation]:
    """Everything that one seed holds. Raises `Failure`."""
    s = Simulation(seed, make)
    acts = Acts(s)
    try:
        acts.begin()
        for _ in range(s.rng.randint(*STEPS)):
            acts.step()
        return settle(s), s
    except Broken as broken:
        raise Failure(seed, str(broken), s.trace) from broken
    except Exception as error:
        raise Failure(seed, f"{error!r}\n{traceback.format_exc()}", s.trace) from error


def main(arguments: list[str] | None = None) -> int:
    """Run seeds; 1 if one failed."""
    parser = argparse.ArgumentParser(prog="python -m offing.testing.federation", description="Simulate federations.")
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds to run")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes share them")
    parser.add_argument("--seed", type=int, help="run one seed and print all that happens")
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _replay(chosen.seed)
    total, failed, began = Counter[str](), list[Outcome](), time.monotonic()
    with ProcessPoolExecutor(chosen.jobs, get_context("spawn"), _remember_parent, (os.getpid(),)) as workers:
        seeds = range(chosen.first, chosen.first + chosen.seeds)
        for n, outcome in enumerate(workers.map(attempt, seeds, chunksize=10), 1):
            total.update(outcome.counts)
            if outcome.why:
                failed.append(outcome)
                _say(f"seed {outcome.seed}: {outcome.why}")
            if n % 500 == 0:
                _say(f"{n:,} of {chosen.seeds:,} seeds, {(time.monotonic() - began) / n * 1000:.0f} ms each")
    words = ", ".join(f"{v:,} {k.removesuffix('_n').replace('_', ' ')}" for k, v in total.items())
    _say(f"{chosen.seeds - len(failed):,} of {chosen.seeds:,} seeds hold ({words}) in {time.monotonic() - began:.0f} s")
    if failed:
        _replay(failed[0].seed)
    return int(bool(failed))


def attempt(seed: int) -> Outcome:
    """One seed, with what it tried and why it failed (empty: it holds)."""
    if _parent and os.getppid() != _parent[0]:
        os._exit(1)  # nobody waits for it any more
    try:
        tally, s = run(seed)
    except Failure as failure:
        return Outcome(seed, failure.why, {})
    return Outcome(
        seed, "", {**asdict(tally), "batches_n": s.watch.batches_n, "sealed_n": s.watch.sealed_n, "kills_n": s.kills_n}
    )


_parent: list[int] = []


def _remember_parent(pid: int) -> None:
    _parent.append(pid)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _replay(seed: int) -> int:
    try:
        tally, s = run(seed)
    except Failure as failure:
        _say(str(failure))
        return 1
    _say("\n".join([*s.trace, f"seed {seed} holds: {tally}; trace {s.digest()}"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
