"""What is timed. Each stage is a function of the folder of inputs that returns its seconds, rows and a note.

Every run is a process of its own (`python -m benchmarks.stages STAGE FOLDER`), with kernels compiled and loaded before
the clock starts: it prints one line of JSON, with the peak memory of the process.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import worlds

Seconds = tuple[float, float]
"""By the wall's clock, and of processors (all threads)."""

Result = tuple[Seconds, int, str]
"""Seconds, rows, and a note."""


class Clock:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def read(self) -> Seconds:
        """What has passed since."""
        return time.perf_counter() - self._began[0], time.process_time() - self._began[1]


def _visits(folder: Path, layout: str, zones_n: int) -> Result:
    from offing.events.visit import VisitParameters
    from offing.pipeline.visits import fold_days

    days = worlds.day_files(folder / layout)
    zones = worlds.zones(zones_n)
    fold_days(days[:2], zones, VisitParameters())
    clock = Clock()
    run = fold_days(days, zones, VisitParameters())
    return clock.read(), run.positions_n, f"{run.frame.height:,} visits"


def _decode(folder: Path, layout: str) -> Result:
    from offing.pipeline.visits import read_day

    days = worlds.day_files(folder / layout)
    read_day(days[0][1])
    clock = Clock()
    rows = sum(len(read_day(path)) for _, path in days)
    return clock.read(), rows, "part of the rows above"


def reading(folder: Path) -> Result:
    """MarineCadastre CSV to columns, through the public readers."""
    from offing import readers
    from offing.model.reading import ReadOptions

    source = readers.open_source(folder / "marinecadastre.csv")
    reader = readers.choose(source)
    for _ in reader.read(source, ReadOptions()):
        break
    clock = Clock()
    rows, positions = 0, 0
    for batch in reader.read(source, ReadOptions()):
        rows, positions = rows + batch.rows, positions + batch.positions.height
    return clock.read(), rows, f"{positions:,} positions"


def ingesting(folder: Path) -> Result:
    """MarineCadastre CSV into a new logbook: hashed, read, sorted, written, made safe on disk."""
    from offing.pipeline.ingest import FileProblem, ingest
    from offing.store.folder import Store

    root = folder / "logbook-ingest"
    store = Store.create(root, "east_asia")
    clock = Clock()
    (line,) = ingest(store, [folder / "marinecadastre.csv"])
    seconds = clock.read()
    shutil.rmtree(root)
    if isinstance(line, FileProblem):
        raise line.error
    return seconds, line.rows, f"{line.positions:,} positions"


def merging(folder: Path) -> Result:
    """Parts of two receivers to merged days. The logbook is filled once and its derived days are deleted before each run."""
    from offing.pipeline.ingest import ingest
    from offing.store.folder import Store
    from offing.store.merge import merge_days

    root = folder / "logbook-merge"
    if not root.exists():
        ingest(Store.create(root, "east_asia"), [folder / "receivers"])
    store = Store.open(root)
    rows = sum(line.positions for line in store.ledger.files())
    merge_days(store)
    shutil.rmtree(root / "runs")
    clock = Clock()
    days = merge_days(store)
    return clock.read(), rows, f"{sum(d.rows for d in days):,} left in {len(days)} days"


def starting(folder: Path) -> Result:
    """`offing --help`, a process of its own."""
    command = Path(sys.executable).with_name("offing")
    call = [str(command)] if command.exists() else [sys.executable, "-m", "offing.faces.cli.main"]
    clock = Clock()
    subprocess.run([*call, "--help"], check=True, capture_output=True, cwd=folder)
    return clock.read(), 0, ""


def _policy(stage: str, *rows_n: int) -> Result:
    from benchmarks import policy

    result: Result = getattr(policy, stage)(*rows_n)
    return result


def sedonadb(folder: Path) -> Result:
    """SedonaDB on the same files: runs of consecutive positions inside, by SQL; it gives no crossing times."""
    from benchmarks.peer_sedonadb import runs_inside

    return runs_inside(worlds.day_files(folder / "plain"), worlds.zones(20))


STAGES: dict[str, tuple[str, Callable[[Path], Result]]] = {
    "reading": ("MarineCadastre CSV to columns", reading),
    "ingesting": ("MarineCadastre CSV to parts on disk", ingesting),
    "merging": ("parts of two receivers to merged days", merging),
    "visits-20": ("merged days to visits, 20 zones", lambda f: _visits(f, "merged", 20)),
    "visits-100": ("merged days to visits, 100 zones", lambda f: _visits(f, "merged", 100)),
    "plain-20": ("plain lz4 days to visits, 20 zones", lambda f: _visits(f, "plain", 20)),
    "plain-100": ("plain lz4 days to visits, 100 zones", lambda f: _visits(f, "plain", 100)),
    "decode": ("merged days to arrays only", lambda f: _decode(f, "merged")),
    "decode-plain": ("plain lz4 days to arrays only", lambda f: _decode(f, "plain")),
    "deciding": ("1,000 labels to decisions", lambda _: _policy("deciding")),
    "masking": ("1,000 labels decided, 5 M rows masked", lambda _: _policy("masking", 5_000_000)),
    "masking-rows": ("the same by a loop over 0.5 M rows", lambda _: _policy("by_row", 500_000)),
    "starting": ("offing --help", starting),
    "sedonadb": ("SedonaDB: runs inside, 20 zones", sedonadb),
}


def main() -> None:
    """Run one stage once."""
    stage, folder = sys.argv[1], Path(sys.argv[2])
    seconds, rows, note = STAGES[stage][1](folder)
    peak_mib = 0.0 if stage == "starting" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts KiB
    print(json.dumps({"seconds": seconds[0], "processor_s": seconds[1], "rows": rows, "note": note, "peak_mib": peak_mib}))


if __name__ == "__main__":
    main()
