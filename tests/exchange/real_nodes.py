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
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(), start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL, whatever it does at this moment."""
        assert self.process is not None and self.process.poll() is None, self.said()
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def hang(self) -> None:
        """SIGSTOP: it lives, its port takes connections, and it answers nothing."""
        assert self.process is not None and self.process.poll() is None, self.said()
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    def command(self, *words: str) -> str:
        """What the installed command prints of this logbook; it must end well."""
        told = [str(OFFING), "--logbook", str(self.folder), *words]
        done = subprocess.run(told, capture_output=True, text=True, check=False, timeout=120, env=environment())
        assert done.returncode == 0, (words, done)
        return done.stdout

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


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k not in (VARIABLE, "OFFING_LOGBOOK")}


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
    n: int = 0
    written: list[tuple[float, int, float]] = field(default_factory=list)  # (when done, how many there are then, seconds)

    def __post_init__(self) -> None:
        self.book = Logbook.open(self.node.folder)

    def add(self, n: int) -> None:
        path = incidents(self.node.folder.parent / f"{self.node.id}-{self.n:06d}.csv", self.n, n)
        begin_s = time.monotonic()
        added = self.book.add_incidents([path])
        end_s = time.monotonic()
        assert added.rows["incidents"] == n and not added.rejects
        self.n += n
        self.written.append((end_s, self.n, end_s - begin_s))

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
    return [f"i-{i:06d}" for i in range(n)]


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


def triangle(folder: Path, *hubs: str) -> tuple[RealNode, list[RealNode], RealNode]:
    """jp and tw know the hubs alone, and jp gives tw every incident."""
    jp, tw = RealNode.make(folder, "jp"), RealNode.make(folder, "tw")
    middle = [RealNode.make(folder, hub) for hub in hubs]
    jp.tie(*middle)
    tw.tie(*middle)
    for hub in middle:
        hub.tie(jp, tw)
    release_all(jp, "tw")
    return jp, middle, tw


@dataclass
class Story:
    """What happened: the nodes at the end, the sender, and figures."""

    jp: RealNode
    hubs: list[RealNode]
    tw: RealNode
    sender: Sender
    under_way_n: int = 0  # kills at which the far end had not yet all that was written
    caught_up_s: list[float] = field(default_factory=list)
    latencies_s: list[float] = field(default_factory=list)  # from a writing until the far logbook showed it


def dying_hub(folder: Path, kills: int, chunk: int, seed: int) -> Story:
    """A hub is killed at random moments while records flow, half of them written while it is dead. Once it loses its disk, and
    once the sender gets a new key."""
    rng = random.Random(seed)
    jp, (us,), tw = triangle(folder, "us")
    story = Story(jp, [us], tw, Sender(jp))
    sender = story.sender
    returns: list[tuple[float, int]] = []
    kills_s: list[float] = []
    with serving(jp, us, tw), Arrivals(tw.folder, "jp") as arrivals:
        until(us.listens, "the hub", us)
        for i in range(kills):
            sender.add(chunk)
            time.sleep(rng.uniform(0.0, 2.5))
            story.under_way_n += arrivals.now() < sender.n
            kills_s.append(time.monotonic())
            us.kill()
            sender.add(chunk)
            if i == kills // 2:
                us.lose_disk(jp, tw)
            elif i == kills // 3:
                jp.command("keys", "rotate")
            time.sleep(rng.uniform(0.0, 0.5))
            us.start()
            if i == kills - 1 or rng.random() < 0.7:  # else it may die while it starts
                until(us.listens, "the hub", us)
                returns.append((time.monotonic(), sender.n))
        until(lambda: arrivals.now() >= sender.n, "the rest", jp, us, tw)
        time.sleep(1)  # whatever came twice would come now
    story.caught_up_s = catch_ups_s(returns, kills_s, arrivals)
    story.latencies_s = sender.latencies_s(arrivals)
    return story


def second_hub(folder: Path, writings: int, chunk: int) -> Story:
    """Two hubs; one is killed and comes back, then the other one hangs and goes on, while records flow."""
    jp, hubs, tw = triangle(folder, "us", "au")
    story = Story(jp, hubs, tw, Sender(jp))
    sender = story.sender

    def write(n: int, arrivals: Arrivals) -> None:
        for _ in range(n):
            sender.add(chunk)
            time.sleep(0.4)
        until(lambda: arrivals.now() >= sender.n, "what was written", jp, *hubs, tw)

    with serving(jp, *hubs, tw), Arrivals(tw.folder, "jp") as arrivals:
        for hub in hubs:
            until(hub.listens, "a hub", hub)
        write(1, arrivals)
        sender.written.clear()  # the first exchange is no part of the figures
        for fail, mend in ((hubs[0].kill, hubs[0].start), (hubs[1].hang, hubs[1].go_on)):
            fail()
            write(writings, arrivals)
            mend()
            until(lambda: all(hub.listens() for hub in hubs), "the hub that failed", *hubs)
    story.latencies_s = sender.latencies_s(arrivals)
    return story
