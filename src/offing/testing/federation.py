"""Deterministic simulation of a federation: `python -m offing.testing.federation --seeds 10000`, `--seed N` replays one.

Three to seven real nodes (`exchange.node`) on simulated disks, clocks and links. Chance draws who agreed what with whom, what
is released, corrected and withdrawn, and what goes wrong: links break, folders come late or damaged, batches come twice and out
of order, clocks differ, nodes die at a commit or lose their disk, agreements end and keys change under way. At every step no
node may show or hand out what the model (`federation_model`) forbids; when all is mended everything released must have arrived,
once, and what was withdrawn must be gone everywhere.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from dataclasses import asdict

from offing.exchange.node import Node
from offing.testing.federation_acts import Acts
from offing.testing.federation_run import Broken, MakesNode, Simulation
from offing.testing.federation_settle import Tally, settle

STEPS = (40, 90)


class Failure(AssertionError):
    """A seed that failed, with all that happened in it."""

    def __init__(self, seed: int, why: str, trace: list[str]) -> None:
        super().__init__(
            "\n".join([*trace, f"seed {seed}: {why}", f"replay: python -m offing.testing.federation --seed {seed}"])
        )
        self.seed = seed
        self.why = why
        self.trace = trace


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
    parser.add_argument("--seed", type=int, help="run one seed and print all that happens")
    parser.add_argument("--keep-going", action="store_true", help="do not stop at the first seed that fails")
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _replay(chosen.seed)
    total, failed, began = Counter[str](), 0, time.monotonic()
    for n, seed in enumerate(range(chosen.first, chosen.first + chosen.seeds), 1):
        try:
            tally, s = run(seed)
            total.update(asdict(tally) | {"batches_n": s.watch.batches_n, "kills_n": s.kills_n})
        except Failure as failure:
            failed += 1
            print(failure if not chosen.keep_going else f"seed {seed}: {failure.why}", flush=True)  # noqa: T201
            if not chosen.keep_going:
                return 1
        if n % 250 == 0:
            took_s = time.monotonic() - began
            print(f"{n} of {chosen.seeds} seeds, {took_s / n * 1000:.0f} ms each", file=sys.stderr, flush=True)  # noqa: T201
    words = ", ".join(f"{v:,} {k.removesuffix('_n').replace('_', ' ')}" for k, v in total.items())
    print(f"{chosen.seeds - failed} of {chosen.seeds} seeds hold ({words}) in {time.monotonic() - began:.0f} s")  # noqa: T201
    return int(failed > 0)


def _replay(seed: int) -> int:
    try:
        tally, s = run(seed)
    except Failure as failure:
        print(failure)  # noqa: T201
        return 1
    print("\n".join([*s.trace, f"seed {seed} holds: {tally}; trace {s.digest()}"]))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
