"""Nodes as real processes: the installed command serves logbooks on loopback ports, and is killed without a word."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from offing.clock import VARIABLE
from offing.logbook import Logbook
from offing.model.sharing import Agreement
from offing.sharing import Sharing
from offing.store import Store, received

OFFING = Path(sys.executable).parent / "offing"
PURPOSE = "maritime_safety"
EVERY_S = 0.2
PATIENCE_S = 180.0


def agreement(a: str, b: str) -> Agreement:
    parties = (min(a, b), max(a, b))
    return Agreement("-".join(parties), parties, ("incident",), (PURPOSE,), date(2020, 1, 1), date(2099, 12, 31), onward=1)


def incidents(path: Path, first: int, n: int) -> Path:
    """A file of incidents numbered from `first` on."""
    rows = [
        f"i-{i:06d},collision,2024-{i % 8 + 1:02d}-{i % 27 + 1:02d}T{i % 24:02d}:{i % 60:02d}:00Z,a made-up log;page {i}\n"
        for i in range(first, first + n)
    ]
    path.write_text("id,kind,start,sources\n" + "".join(rows))
    return path


@contextmanager
def opened(logbook: Path) -> Iterator[Sharing]:
    """The sharing side of a logbook in this process, closed at the end so that it can be lost."""
    desk = Logbook.open(logbook).exchange
    node = desk.node
    try:
        yield desk
    finally:
        node.disk.close()  # type: ignore[attr-defined]


@dataclass
class RealNode:
    """A logbook that is a node, and the process that serves it."""

    folder: Path
    id: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, folder: Path, node_id: str) -> RealNode:
        node = cls(folder / node_id, node_id, free_port())
        book = Logbook.create(node.folder)
        book.exchange.init(node_id, addresses=(f"https://127.0.0.1:{node.port}",))
        node.card_file.write_bytes(book.exchange.card_bytes())
        book.exchange.node.disk.close()  # type: ignore[attr-defined]
        return node

    @property
    def card_file(self) -> Path:
        return self.folder.with_suffix(".card")

    @property
    def log(self) -> Path:
        return self.folder.with_suffix(".log")

    def tie(self, *others: RealNode) -> None:
        """Pin others' cards and hold an agreement with each, on this side."""
        with opened(self.folder) as desk:
            for other in others:
                desk.add_card(other.card_file)
                desk.add_agreement(agreement(self.id, other.id))

    def start(self) -> None:
        words = [str(OFFING), "--logbook", str(self.folder), "node", "serve"]
        words += ["--listen", f"127.0.0.1:{self.port}", "--every", str(EVERY_S)]
        env = {k: v for k, v in os.environ.items() if k not in (VARIABLE, "OFFING_LOGBOOK")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL, whatever it does at this moment."""
        assert self.process is not None and self.process.poll() is None, self.said()
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def end(self) -> None:
        """End it, if it lives, as its owner would."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(15)

    def listens(self) -> bool:
        with socket.socket() as s:
            s.settimeout(1)
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def said(self) -> str:
        """What its processes wrote."""
        return self.log.read_text() if self.log.exists() else ""

    def lose_disk(self, *partners: RealNode) -> None:
        """Lose the logbook with all that it holds for others; set it up again from copies of its keys, its id and cards."""
        copies = self.folder.with_suffix(".copies")
        shutil.copytree(self.folder / "keys", copies / "keys")
        shutil.copy(self.folder / "node.toml", copies)
        shutil.rmtree(self.folder)
        Logbook.create(self.folder)
        shutil.copytree(copies / "keys", self.folder / "keys")
        shutil.copy(copies / "node.toml", self.folder)
        shutil.rmtree(copies)
        self.tie(*partners)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as s:
        port: int = s.getsockname()[1]
        return port


@contextmanager
def serving(*nodes: RealNode) -> Iterator[None]:
    """Their processes run; whatever they are at the end, they are ended."""
    with ExitStack() as stack:
        for node in nodes:
            stack.callback(node.end)
            node.start()
        yield


def until(holds: Callable[[], bool], what: str, *nodes: RealNode, patience_s: float = PATIENCE_S) -> None:
    end_s = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end_s, (f"{what} did not come", {n.id: n.said()[-2000:] for n in nodes})
        time.sleep(0.05)


@dataclass
class Arrivals:
    """How many incidents a logbook shows as received, seen over and over while a block runs."""

    logbook: Path
    originator: str
    seen: list[tuple[float, int]] = field(default_factory=list)  # (monotonic s, rows) at each change

    @property
    def path(self) -> Path:
        return self.logbook / "received" / f"originator={self.originator}" / "kind=incident.parquet"

    def __enter__(self) -> Arrivals:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(30)

    def _watch(self) -> None:
        before = 0
        while not self._over.wait(0.05):
            stamp = self.path.stat().st_mtime_ns if self.path.exists() else 0
            if stamp and stamp != before:
                before = stamp
                with suppress(FileNotFoundError):  # replaced at this moment
                    self.seen.append((time.monotonic(), pl.scan_parquet(self.path).select(pl.len()).collect().item()))

    def now(self) -> int:
        return self.seen[-1][1] if self.seen else 0

    def reached_s(self, n: int) -> float | None:
        """When at least `n` showed for the first time."""
        return next((t for t, rows in self.seen if rows >= n), None)


@dataclass
class Sender:
    """Writes incidents into a logbook, and knows how long each writing took and when it was done."""

    node: RealNode
    written: list[tuple[float, int, float]] = field(default_factory=list)  # (when done, how many there are then, seconds)

    def __post_init__(self) -> None:
        self.book = Logbook.open(self.node.folder)

    @property
    def n(self) -> int:
        return self.written[-1][1] if self.written else 0

    def add(self, n: int) -> None:
        path = incidents(self.node.folder.parent / f"{self.node.id}-{self.n:06d}.csv", self.n, n)
        begin_s = time.monotonic()
        added = self.book.add_incidents([path])
        end_s = time.monotonic()
        assert added.rows["incidents"] == n and not added.rejects
        self.written.append((end_s, self.n + n, end_s - begin_s))

    def slowest_s(self) -> float:
        return max(seconds for _, _, seconds in self.written)

    def latencies_s(self, arrivals: Arrivals) -> list[float]:
        """For each writing, how long until the far logbook showed it."""
        found = [(done_s, arrivals.reached_s(n)) for done_s, n, _ in self.written]
        assert all(there_s is not None for _, there_s in found)
        return [there_s - done_s for done_s, there_s in found if there_s is not None]


def release_all(sender: RealNode, *recipients: str) -> None:
    """A rule that gives every incident to some, through one hand."""
    with opened(sender.folder) as desk:
        desk.add_rule(kind="incident", releasable_to=recipients, purpose=PURPOSE, onward=1)


def received_ids(node: RealNode) -> list[str]:
    """The ids of all received incidents, as the logbook shows them."""
    return received.read(Store.open(node.folder), "incident")["id"].to_list()


def sent_ids(n: int) -> list[str]:
    return [f"incident:i-{i:06d}" for i in range(n)]


def catch_ups_s(returns: Sequence[tuple[float, int]], kills_s: Sequence[float], arrivals: Arrivals) -> list[float]:
    """For each return of a hub (when it listened, what was written by then): how long until the far end had all of that.

    Left out where it was killed again before.
    """
    found = []
    for listened_s, n in returns:
        there_s = arrivals.reached_s(n)
        assert there_s is not None
        if not any(listened_s < k < there_s for k in kills_s):
            found.append(max(0.0, there_s - listened_s))
    return found


def pause(rng: random.Random, low_s: float, high_s: float) -> None:
    time.sleep(rng.uniform(low_s, high_s))
