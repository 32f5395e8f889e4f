"""A simulated federation: real nodes on simulated disks, links and clocks; every act is watched."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Protocol, TypeVar

from offing.exchange.carriers import Head
from offing.exchange.keys import NodeKeys, RetiredKey, rotation
from offing.exchange.node import Node
from offing.exchange.results import PullSummary, Taken
from offing.model.sharing import Agreement, Released
from offing.testing.federation_disk import Killed, SimDisk
from offing.testing.federation_links import SimCarrier
from offing.testing.federation_model import Model, Papers, Words, day_of
from offing.testing.federation_plan import START_MS, Draw
from offing.testing.federation_watch import Broken, Watch, marker_of

T = TypeVar("T")
MINUTE_MS = 60_000
HASH = re.compile("[0-9a-f]{16,}")
KEYS_N = 3  # signing keys that a node may have, one after another
TRANSIENT = {"gap", "stripped", "unknown_originator"}
"""Why an honest batch may be turned away for the moment: what goes with it is still on its way."""

NEW_KEY = {"unknown_key", "stale_key"}
"""The same, once any node has changed its key."""


class MakesNode(Protocol):
    """How a node is made; a test may make a faulty one."""

    def __call__(self, disk: SimDisk, keys: NodeKeys, clock: Callable[[], int]) -> Node: ...


@cache
def keys_of(name: str) -> tuple[NodeKeys, ...]:
    """A node's keys, first to last; made once for all seeds."""
    every = [NodeKeys.in_memory(name, seed=b"simulation 1")]
    while len(every) < KEYS_N:
        old, new = every[-1], NodeKeys.in_memory(name, seed=b"simulation %d" % (len(every) + 1))
        every.append(
            replace(
                old,
                signing=new.signing,
                sealing=new.sealing,
                retired=(*old.retired, RetiredKey(old.signing, old.key_id)),
                retired_sealing=(*old.retired_sealing, old.sealing),
                rotations=(*old.rotations, rotation(name, old.signing, new.signing)),
            )
        )
    return tuple(every)


class Simulation:
    """Some nodes, what lies between them, and what chance does to them."""

    def __init__(self, seed: int, make: MakesNode = Node, draw: Draw | None = None) -> None:
        self.draw = draw or Draw(seed)
        self.rng = self.draw.rng
        self.now_ms = START_MS
        self.trace: list[str] = []
        self.model = Model(lambda name: self.now_ms + self.draw.skew_ms[name])
        self.watch = Watch(self.model)
        self.cut: set[frozenset[str]] = set()  # links that are down
        self.links: list[tuple[str, str]] = []  # taker, giver
        self.faults = True
        self.kills_n = 0  # nodes that died at a commit
        self.move: Callable[[str], None] = lambda name: None  # what may happen at a node while another asks it
        self._make = make
        self._key = dict.fromkeys(self.draw.names, 0)
        self._disks = {n: SimDisk(n) for n in self.draw.names}
        self._nodes: dict[str, Node | None] = {}
        self._shown: dict[str, dict[tuple[str, str, str], str]] = {n: {} for n in self.draw.names}
        self._streams: dict[str, set[str]] = {n: set() for n in self.draw.names}  # recipients that rules ever named
        self._later: list[tuple[int, int, str, Callable[[], None]]] = []
        for name in self.draw.names:
            self.model.papers[name] = Papers()
            self.start(name)

    # nodes --------------------------------------------------------------------------------------------------------------
    def start(self, name: str) -> None:
        """A process of this node begins, on what its disk holds."""
        self._disks[name].recover()
        self._open(name)

    def _open(self, name: str) -> None:
        self._nodes[name] = self._make(self._disks[name], keys_of(name)[self._key[name]], lambda: self.model.clock(name))

    def is_up(self, name: str) -> bool:
        """Whether its process runs."""
        return self._nodes[name] is not None

    def stop(self, name: str) -> None:
        """Its process ends, at once."""
        self.log(f"{name} dies")
        self.start(name)  # to see what it holds, by the agreements of this moment
        self.shown(name)
        self._nodes[name] = None

    def restart(self, name: str) -> None:
        """A new process, which first brings its streams to what its rules say."""
        if self.is_up(name):
            return
        self.log(f"{name} starts again")
        self.start(name)
        self.release(name)

    def arm(self, name: str, commits: int, after: bool) -> None:
        """Let it die at its n-th commit from now."""
        self.log(f"{name} will die {'after' if after else 'before'} commit {commits} from now")
        self._disks[name].kill_at(commits, after)

    def wipe(self, name: str) -> None:
        """It loses its disk; its keys, cards and agreements are kept."""
        self.log(f"{name} loses its disk")
        self._disks[name] = SimDisk(name)
        self._shown[name] = {}
        self.watch.wiped(name)
        self.start(name)
        for other in sorted(self.model.papers[name].cards):
            self.node(name).add_card(self.card(other))
        papers = self.model.papers[name]
        for id, agreement in sorted(papers.agreements.items()):
            self.node(name).add_agreement(papers.signed[id])
            if agreement != papers.signed[id]:
                self.node(name).end_agreement(id, agreement.last_day)

    def rotate(self, name: str) -> None:
        """A new signing key."""
        if self._key[name] + 1 < KEYS_N:
            self._key[name] += 1
            self.log(f"{name} takes key {self._key[name] + 1}")
            self.act(name, lambda _: self._open(name))

    def node(self, name: str) -> Node:
        """Its process."""
        node = self._nodes[name]
        assert node is not None, f"{name} is down"
        return node

    def disk(self, name: str) -> SimDisk:
        """Its disk."""
        return self._disks[name]

    def card(self, name: str) -> bytes:
        """Its card as its operator would hand it out."""
        return Node(SimDisk(name), keys_of(name)[self._key[name]], lambda: self.now_ms).card()

    def act(self, name: str, act: Callable[[Node], T]) -> T | None:
        """Let a node do something; None where it is down or died of it."""
        if not self.is_up(name):
            return None
        try:
            return act(self.node(name))
        except Killed as killed:
            dead = killed.node
        self.kills_n += 1
        self.stop(dead)
        self.after(self.rng.randint(1, 20) * 10 * MINUTE_MS, "restart", lambda: self.restart(dead))
        return None

    def insist(self, name: str, act: Callable[[Node], object]) -> None:
        """Let a node do something, however often it dies of it."""
        while self.act(name, lambda n: (act(n),)) is None:
            self.restart(name)

    # time ---------------------------------------------------------------------------------------------------------------
    def log(self, line: str) -> None:
        """Write into the trace."""
        self.trace.append(f"{(self.now_ms - START_MS) / 3_600_000:8.2f} h  {line}")

    def after(self, wait_ms: int, what: str, act: Callable[[], None]) -> None:
        """Do something later."""
        heapq.heappush(self._later, (self.now_ms + wait_ms, self.draw.number(), what, act))

    def pass_time(self, ms: int | None) -> None:
        """Let time go by, with all that is due; None: until nothing is due any more."""
        end = None if ms is None else self.now_ms + ms
        while self._later and (end is None or self._later[0][0] <= end):
            t, _, _, act = heapq.heappop(self._later)
            self.now_ms = max(self.now_ms, t)
            act()
        if end is not None:
            self.now_ms = max(self.now_ms, end)

    # what operators do --------------------------------------------------------------------------------------------------
    def pin(self, at: str, other: str) -> None:
        """An operator pins a card by hand."""
        self.log(f"{at} pins the card of {other}")
        if self.act(at, lambda n: n.add_card(self.card(other))) is not None:
            self.model.papers[at].cards.add(other)

    def agree(self, at: str, agreement: Agreement) -> None:
        """One side of an agreement is in force from now on."""
        self.log(f"{at} adds {agreement}")
        if self.is_up(at):
            papers = self.model.papers[at]
            papers.agreements[agreement.id] = papers.signed[agreement.id] = agreement
            self.insist(at, lambda n: n.add_agreement(agreement))

    def end(self, at: str, agreement: Agreement, at_once: bool) -> None:
        """One side ends an agreement, at once or with this day."""
        today = day_of(self.model.clock(at))
        last = today - timedelta(days=1) if at_once else today
        if not self.is_up(at) or last >= agreement.last_day:
            return
        self.log(f"{at} ends {agreement.id} with {last}")
        self.model.papers[at].agreements[agreement.id] = replace(agreement, last_day=last)
        self.insist(at, lambda n: n.end_agreement(agreement.id, last))

    def release(self, originator: str) -> int:
        """A release pass: every stream is brought to what rules, agreements and clock say. How many batches it took."""
        for rule in self.model.papers[originator].rules:
            self._streams[originator].update(rule.releasable_to)
        if not self.is_up(originator) or not self._streams[originator]:
            return 0
        batches_n = 0
        for recipient in sorted({*self._streams[originator], *self.node(originator).recipients()}):
            every = self.model.matched(originator, recipient)
            allowed = self.model.leaving(originator, recipient, every)
            found = Released(recipient, sorted(((h.record, x) for h, x in every), key=lambda rx: (rx[0].kind, rx[0].id)))
            told = self.act(originator, lambda n, found=found: n.release(found))  # type: ignore[misc]
            if told is None:
                return batches_n
            batches_n += told.batches_n
            self.watch.released((originator, recipient), allowed)
            if told.puts_n or told.withdrawn_n or told.waits_for:
                self.log(f"{originator} for {recipient}: {told}")
        return batches_n

    # what travels -------------------------------------------------------------------------------------------------------
    def pull(self, taker: str, giver: str) -> PullSummary | None:
        """One pull; None where the taker is down or dies."""
        carrier = SimCarrier(self, giver, taker)
        summary = self.act(taker, lambda n: n.pull(carrier, giver))
        if summary is not None:
            for taken in summary.taken:
                self.check_taken(taker, giver, taken)
            states = " ".join(
                f"{t.originator}--{t.recipient}/{t.seq}:{t.state}{t.code and '=' + t.code}" for t in summary.taken
            )
            self.log(f"{taker} pulls from {giver}: {states or 'nothing'} {summary.broken}".rstrip())
            self.check_papers(taker, giver, summary.papers_refused)
        self.check(taker)
        return summary

    def heads(self, giver: str, taker: str) -> list[Head] | None:
        """The streams of which a node tells a neighbour, watched."""
        heads = self.act(giver, lambda n: n.heads_for(taker))
        for head in heads or ():
            self.watch.head(giver, taker, (head.originator, head.recipient))
        return heads

    def papers(self, giver: str, taker: str) -> list[bytes] | None:
        """What a node has signed for a neighbour, watched."""
        papers = self.act(giver, lambda n: n.papers_for(taker)) if self.heads(giver, taker) is not None else None
        for paper in papers or ():
            self.watch.paper(giver, taker, paper)
        return papers

    def give(self, giver: str, taker: str, stream: tuple[str, str], seq: int) -> bytes | None:
        """One batch as a node hands it to a neighbour, watched."""
        raw = self.act(giver, lambda n: n.batch_for(taker, *stream, seq))
        if raw is not None:
            self.watch.batch(giver, taker, stream, seq, raw)
        return raw

    def deliver(self, giver: str, taker: str, stream: tuple[str, str], seq: int, raw: bytes) -> None:
        """A batch arrives by itself."""
        taken = self.act(taker, lambda n: n.take(giver, *stream, seq, raw))
        if taken is not None:
            self.log(f"{taker} is brought {stream[0]}--{stream[1]}/{seq} of {giver}: {taken.state} {taken.code}")
            self.check_taken(taker, giver, taken)
        self.check(taker)

    def check_papers(self, taker: str, giver: str, refused: Sequence[str]) -> None:
        """Honest papers are refused only while a new key is not yet known."""
        if refused:
            self.log(f"{taker} refuses papers of {giver}: {refused}")
            if not any(self._key.values()):
                raise Broken(f"{taker} refuses papers of {giver}: {refused}")

    def check_taken(self, taker: str, giver: str, taken: Taken) -> None:
        """An honest batch is never refused for good."""
        stream = (taken.originator, taken.recipient)
        if taken.held:
            self.watch.took(taker, stream, taken.seq)
        elif taken.state == "refused" and taken.code not in TRANSIENT | (NEW_KEY if any(self._key.values()) else set()):
            raise Broken(f"{taker} refuses {stream} {taken.seq} of {giver}: {taken.code}: {taken.reason}")

    # what must hold at any instant ---------------------------------------------------------------------------------------
    def shown(self, name: str) -> dict[tuple[str, str, str], str]:
        """The markers of what a node shows, by originator, kind and id; raises `Broken` for what it may not show."""
        before, found = self._shown[name], dict[tuple[str, str, str], str]()
        for got in self.node(name).received():
            key = (got.originator, got.record.kind, got.record.id)
            if key in found:
                raise Broken(f"{name} shows {key} twice")
            found[key] = self.watch.shown(name, got)
            if before.get(key) == found[key]:
                continue
            words = Words.of(got.label, sealed=False)
            if not self.model.may_take(name, got.from_whom, got.originator, name, [words]):
                raise Broken(f"{name} took {key} from {got.from_whom} without an agreement")
        self._shown[name] = found
        return found

    def check(self, name: str) -> None:
        """Look at one node."""
        if not self.is_up(name):
            return
        self.shown(name)
        if alarms := self.node(name).alarms():
            raise Broken(f"{name} raises an alarm among honest nodes: {alarms[0].sentence}")
        with self._disks[name].read() as db:
            rows = db.execute(
                "SELECT s.originator, s.recipient, s.head_seq, count(b.seq), max(b.seq) FROM streams s"
                " LEFT JOIN batches b ON b.stream = s.n GROUP BY s.n"
            ).fetchall()
        if torn := [r for r in rows if r[2] != r[3] or r[2] != (r[4] or 0)]:
            raise Broken(f"{name} holds a stream with holes (originator, recipient, head, batches, last): {torn}")

    def digest(self) -> str:
        """A short name of all that happened; names of papers aside, which hold the links' certificates."""
        return sha256(HASH.sub("#", "\n".join(self.trace)).encode()).hexdigest()[:16]


__all__ = ["Broken", "Simulation", "keys_of", "marker_of"]
