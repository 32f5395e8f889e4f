"""A hub of real processes dies over and over. `python -m benchmarks.hub_loss [RUNS] [KILLS] [CHUNK]`.

Each run is one of `tests/exchange/real_nodes.py` with another seed; the exit status is 1 where anything is lost or doubled, or
the far end caught up later than 5 s after a hub's return.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "exchange"))

from real_nodes import Story, dying_hub, received_ids, second_hub, sent_ids

MOST_S = 5.0


def main() -> None:
    """Run, print a line each, judge."""
    runs, kills, chunk = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((1, 3), (2, 10), (3, 1_000)))
    worst_s, wrong = 0.0, 0
    print(
        f"{runs} runs, {kills} kills, {2 * kills * chunk:,} records each; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    for seed in range(runs):
        with tempfile.TemporaryDirectory(prefix="offing-bench-") as folder:
            story = dying_hub(Path(folder), kills, chunk, seed)
            wrong += _wrong(story)
            worst_s = max(worst_s, *story.caught_up_s)
            print(f"run {seed}: caught up after {_figures(story.caught_up_s)}; {_writings(story)}", flush=True)
        with tempfile.TemporaryDirectory(prefix="offing-bench-") as folder:
            story = second_hub(Path(folder), 10, chunk // 10)
            wrong += _wrong(story)
            worst_s = max(worst_s, *story.latencies_s)
            print(f"  with a second hub: from a writing to the far logbook {_figures(story.latencies_s)}", flush=True)
    print(f"{wrong} records lost or doubled; the worst was {worst_s:.2f} s, and {MOST_S:.0f} s are asked for")
    sys.exit(int(wrong > 0 or worst_s > MOST_S))


def _wrong(story: Story) -> int:
    """How many records did not arrive, or more than once."""
    got, wanted = received_ids(story.tw), sent_ids(story.sender.n)
    return len(set(wanted) ^ set(got)) + len(got) - len(set(got))


def _figures(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} s, at most {max(seconds):.2f} s ({len(seconds)})"


def _writings(story: Story) -> str:
    slowest = max(s for _, _, s in story.sender.written)
    return f"slowest writing {slowest:.2f} s; {story.under_way_n} kills with records under way"


if __name__ == "__main__":
    main()
