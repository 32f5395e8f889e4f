"""Kills a reading at random moments. Run by test_kills.py: python kill_zygote.py FOLDER KILLS SEED; prints one line of JSON.

The parent is warm: it has imported everything, so a child starts in a millisecond. polars' thread pool does not survive a
fork, so the parent never lets it start: it makes the rows with numpy alone, compares bytes, and asks only the ledger
(SQLite, a connection per act). Before every fork it checks that it has no threads but those that importing starts, which
hold no lock that a child wants. Each child starts a pool of its own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ |= {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before the first import of either
sys.path.insert(0, str(Path(__file__).parent))

import numpy.ma  # noqa: F401
import pyarrow.compute  # noqa: F401 - what a child would otherwise import at its first use
from store_rows import PARTS, batch_of_world, columns_of_world, tree

from offing.store import Origin, Store, write_parts

AT_HOME_IN_A_FORK = {"jemalloc_bg_thd", "polars-ooc-clea"}
"""Threads of the memory allocator, which looks after forks itself, and polars' sweeper of spill files, which none waits for."""

ROWS, DAYS = 6_000, 3
ORIGIN = Origin("c" * 64, "made", 1, {}, "/data/made.csv", 1)


def read(root: Path, world: dict[str, object]) -> None:
    """What a reading does, in batches of 2,000 rows."""
    store = Store.open(root)
    with store.writing("ingest"):
        pieces = ({k: v[i : i + 2_000] for k, v in world.items()} for i in range(0, ROWS, 2_000))
        write_parts(store, ORIGIN, (batch_of_world(piece) for piece in pieces), at_ms=1)


def fork(act: Callable[[], None]) -> int:
    """Do it in a child; returns its number."""
    names = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    assert names.count(names[0]) == 1 and set(names[1:]) <= AT_HOME_IN_A_FORK, f"a fork may hang: threads {names}"
    child = os.fork()
    if child:
        return child
    try:
        act()
        os._exit(0)
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)


def status_of(child: int) -> int:
    """Wait for its end; negative: the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def crash_at(point: int) -> None:
    """From now on die like a killed process just before the n-th renaming, syncing or commit."""
    left = [point]

    def dying(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def act(*args: object, **more: object) -> object:
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return real(*args, **more)

        return act

    from offing.store.ledger import Ledger

    os.fsync = dying("fsync", os.fsync)  # type: ignore[assignment]
    Path.replace = dying("replace", Path.replace)  # type: ignore[method-assign, assignment]
    Ledger.hold = dying("hold", Ledger.hold)  # type: ignore[method-assign, assignment]


class Trials:
    """A template logbook, what a whole reading of it gives, and the account of the kills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = columns_of_world(ROWS, DAYS, seed=1)
        self.template = Store.create(folder / "template", "x").root
        self.root = folder / "logbook"
        times = []
        for _ in range(5):
            self.fresh()
            start = time.monotonic()
            assert status_of(fork(lambda: read(self.root, self.world))) == 0
            times.append(time.monotonic() - start)
        self.took_s = statistics.median(times)
        self.wanted = tree(self.root, *PARTS)
        self.line = Store.open(self.root).ledger.files()[0]
        assert self.line.positions == ROWS and len(self.wanted) == DAYS
        self.account = {"killed": 0, "with_leftovers": 0, "with_orphan_parts": 0, "whole": 0}

    def fresh(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.template, self.root)

    def check(self, status: int) -> None:
        """After a kill: it opens, shows none or the whole file, completes, and all bytes are the same."""
        self.account["killed"] += status == -signal.SIGKILL
        assert status in (0, -signal.SIGKILL), status
        store = Store.open(self.root)
        held = store.ledger.files()
        assert held in ([], [self.line]), held
        parts = tree(self.root, *PARTS)
        if held:
            assert parts == self.wanted
        assert all(self.wanted[name] == content for name, content in parts.items()), "half a file has a lasting name"
        self.account["whole"] += bool(held)
        self.account["with_orphan_parts"] += bool(parts and not held)
        self.account["with_leftovers"] += any(p.is_file() for p in store.temporary.rglob("*"))
        assert not any(p.suffix == ".parquet" for p in store.temporary.rglob("*"))
        assert status_of(fork(lambda: read(self.root, self.world))) == 0
        assert tree(self.root, *PARTS) == self.wanted
        assert Store.open(self.root).ledger.files() == [self.line]
        assert not list(store.temporary.iterdir())


def main(folder: Path, kills: int, seed: int) -> None:
    """Kill at every renaming, syncing and commit, then at random moments."""
    work, rng = Trials(folder), random.Random(seed)
    points = 0
    while True:
        work.fresh()
        point = points

        def crashing(point: int = point) -> None:
            crash_at(point)
            read(work.root, work.world)

        status = status_of(fork(crashing))
        work.check(status)
        if status == 0:
            break
        points += 1
    at_points = dict(work.account)
    work.account = dict.fromkeys(work.account, 0)
    took_s = work.took_s
    while work.account["killed"] < kills:
        work.fresh()
        child = fork(lambda: read(work.root, work.world))
        time.sleep(took_s * rng.uniform(0, 1) ** 0.5)  # later moments oftener: that is when files are written
        os.kill(child, signal.SIGKILL)  # it is not waited for yet, so the number is still its own
        status = status_of(child)
        took_s *= 0.85 if status == 0 else 1.03  # too late: aim earlier
        work.check(status)
    print(json.dumps({"points": points, "at_points": at_points, "took_s": work.took_s, **work.account}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
