"""The exchange: records into an outbox, batches verified and taken in. `python -m benchmarks.exchange [RUNS] [RECORDS]`.

Every run is a new node on a new disk; the medians are printed, by the wall's clock and by processors.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from offing.exchange import batch
from offing.exchange.disk import FileDisk
from offing.exchange.keys import NodeKeys
from offing.exchange.node import Node
from offing.model.sharing import Agreement, Label, Record, Released

START_MS = 1_780_000_000_000
ZONE = "taiwan-contiguous-zone@tw"


def records(n: int) -> list[Record]:
    """Visits as they leave, each with other numbers."""
    return [_visit(i) for i in range(n)]


def _visit(i: int) -> Record:
    t, mmsi = START_MS - 90_000 * (i % 9_999) - i, 412_000_000 + i
    lon, lat = 119 + i % 30_000 / 10_000, 22 + i % 40_000 / 10_000
    values = (
        *("closed", mmsi, ZONE, "9f86d081884c7d65", t, "crossed", t + 5_400_000, "crossed"),
        *(lon, lat, lon + 0.25, lat + 0.125, 5400.0, 5400.0, 42, 44, False, None),
        *(t - 7_000, t + 3_000, t + 5_390_000, t + 5_402_000),
    )
    return Record("visit", f"visit:{ZONE}:{mmsi}:{t}", values)


def main() -> None:
    """Time the stages and print a line each."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    jp, us = NodeKeys.in_memory("jp"), NodeKeys.in_memory("us")
    agreement = Agreement("jp-us", ("jp", "us"), ("visit",), ("maritime_safety",), date(2020, 1, 1), date(2040, 1, 1), 1)
    label = Label("jp", "visit", frozenset({"us"}), "maritime_safety", 1)
    some = Released("us", [(r, label) for r in records(n)])
    found: dict[str, list[tuple[float, float]]] = {}
    size = 0
    gc.collect()
    gc.freeze()  # the records to release are the benchmark's own: the collector need not walk them
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="offing-bench-") as folder:
            giver = Node(FileDisk(Path(folder) / "jp.sqlite"), jp, lambda: START_MS)
            taker = Node(FileDisk(Path(folder) / "us.sqlite"), us, lambda: START_MS)
            for a, b in ((giver, taker), (taker, giver)):
                a.add_card(b.card())
                a.add_agreement(agreement)
            size = _run(giver, taker, some, found)
    print(f"{n:,} visits of {size // n} bytes, medians of {runs} (wall, processor)")
    for what, times in found.items():
        wall, processor = (statistics.median(t[i] for t in times) for i in (0, 1))
        print(
            f"{what:28s} {wall:6.2f} s {processor:6.2f} s {n / wall:10,.0f} records/s {n / processor:10,.0f} a processor second"
        )


def _run(giver: Node, taker: Node, some: Released, found: dict[str, list[tuple[float, float]]]) -> int:
    """All stages once; the bytes of all batches."""

    def timed(what: str, act: Callable[[], object]) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        act()
        found.setdefault(what, []).append((time.perf_counter() - wall, time.process_time() - processor))

    timed("release into an outbox", lambda: giver.release(some))
    timed("release without a change", lambda: giver.release(some))
    seqs = range(1, giver.heads_for("us")[0].seq + 1)
    raws: list[bytes] = []
    timed("render from the disk", lambda: raws.extend(giver.batch_for("us", "jp", "us", s) or b"" for s in seqs))
    timed("verify batches", lambda: [_verify(raw, giver) for raw in raws])
    timed("take in as recipient", lambda: [taker.take("jp", "jp", "us", s, r) for s, r in zip(seqs, raws, strict=True)])
    timed("list as received", lambda: sum(1 for _ in taker.received()))
    return sum(map(len, raws))


def _verify(raw: bytes, giver: Node) -> None:
    """Parse, spell again, hash, root and signature: all that makes a batch one of its originator's."""
    head = batch.read_head(raw)
    head.check_signature(giver.own.keys.public)
    batch.read_entries(head, raw)


if __name__ == "__main__":
    main()
