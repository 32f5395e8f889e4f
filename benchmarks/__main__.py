"""Run the stages, each several times in fresh processes, and print the table."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks import peer_sedonadb
from benchmarks.stages import STAGES


def main() -> None:
    """Parse the arguments, make the inputs, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"of: {', '.join(STAGES)} (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each stage (default 5)")
    parser.add_argument("--share", type=float, default=1.0, help="share of the full size, 20 million positions (default 1)")
    args = parser.parse_args()
    unknown = [s for s in args.stages if s not in STAGES]
    if unknown or args.runs < 1 or not 0 < args.share <= 1:
        parser.error(
            f"no such stage: {', '.join(unknown)}" if unknown else "--runs is at least 1, --share above 0 and at most 1"
        )
    wanted = args.stages or list(STAGES)
    if "sedonadb" in wanted and not peer_sedonadb.is_installed():
        print("SedonaDB is not installed: its row is left out (`pip install sedonadb` to compare).")
        wanted = [s for s in wanted if s != "sedonadb"]
    with tempfile.TemporaryDirectory(prefix="offing-bench-") as folder:
        begin = time.perf_counter()
        _python("-c", f"import pathlib, benchmarks.worlds as w; w.make(pathlib.Path({folder!r}), {args.share})")
        print(f"Inputs made in {time.perf_counter() - begin:.0f} s. {_machine()}")
        print(_line("stage", "seconds min / med / max", "of 1 core", "M rows/s", "peak MiB", "gives"))
        for stage in wanted:
            _warm_up(stage, folder)
            runs = [json.loads(_python("-m", "benchmarks.stages", stage, folder)) for _ in range(args.runs)]
            print(_row(STAGES[stage][0], runs), flush=True)


def _python(*args: str) -> str:
    """Run this Python on the project and return what it printed."""
    root = Path(__file__).resolve().parents[1]
    path = os.pathsep.join([str(root / "src"), str(root), os.environ.get("PYTHONPATH", "")])
    env = os.environ | {"PYTHONPATH": path}
    done = subprocess.run([sys.executable, *args], env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(args)} failed (see above).")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def _warm_up(stage: str, folder: str) -> None:
    """One run that does not count: kernels are compiled into their cache, files into the page cache."""
    _python("-m", "benchmarks.stages", stage, folder)


def _row(name: str, runs: list[dict[str, float]]) -> str:
    seconds = sorted(r["seconds"] for r in runs)
    middle = statistics.median(seconds)
    rows = runs[0]["rows"]
    rate = f"{rows / middle / 1e6:.1f}" if rows else ""
    times = " / ".join(f"{s:.2f}" for s in (seconds[0], middle, seconds[-1]))
    peak = max(r["peak_mib"] for r in runs)
    processor_s = statistics.median(r["processor_s"] for r in runs)
    return _line(name, times, f"{processor_s:.2f}", rate, f"{peak:.0f}" if peak else "", str(runs[0]["note"]))


def _line(*cells: str) -> str:
    widths = (40, 24, 9, 9, 9, 0)
    return "  ".join(c.ljust(w) if i in (0, 5) else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True)))


def _machine() -> str:
    parts = ("numpy", "numba", "polars", "pyarrow")
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores, {load}, Python {sys.version.split()[0]}, " + ", ".join(f"{p} {version(p)}" for p in parts)


if __name__ == "__main__":
    main()
