"""The simulation itself: it replays, it is not empty, and it catches nodes that do wrong. What it proves: tests/laws law 10."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from offing.exchange import streams
from offing.exchange.carriers import Head
from offing.exchange.keys import NodeKeys
from offing.exchange.node import Node
from offing.exchange.results import BatchSummary, Received, Taken
from offing.model.sharing import Released
from offing.testing import federation
from offing.testing.federation_disk import Killed, SimDisk
from offing.testing.federation_plan import START_MS

ENOUGH = 80  # seeds within which a fault must show


def test_a_seed_is_replayed_to_the_letter() -> None:
    (one, first), (two, second) = federation.run(7), federation.run(7)
    assert first.trace == second.trace and one == two
    assert federation.run(8)[1].digest() != first.digest()


def test_another_process_with_another_hash_seed_replays_it_too() -> None:
    code = "from offing.testing.federation import run; print([run(n)[1].digest() for n in (7, 8)])"
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert told.stdout.strip() == str([federation.run(n)[1].digest() for n in (7, 8)])


def test_a_commit_that_kills_holds_or_does_not() -> None:
    for after in (False, True):
        disk = SimDisk("ash")
        with disk.transaction() as db:
            db.execute("INSERT INTO meta VALUES ('a', '1')")
        disk.kill_at(1, after)
        with pytest.raises(Killed), disk.transaction() as db:
            db.execute("INSERT INTO meta VALUES ('b', '2')")
        disk.recover()
        with disk.read() as db:
            assert [k for (k,) in db.execute("SELECT key FROM meta ORDER BY key") if k in "ab"] == ["a", "b"][: 1 + after]


class Generous(Node):
    """Hands out whatever it holds, to whoever asks."""

    def heads_for(self, neighbour: str) -> list[Head]:
        with self.disk.read() as db:
            return [Head(s.originator, s.recipient, s.head_seq, s.head_id) for s in streams.every(db)]

    def batch_for(self, neighbour: str, originator: str, recipient: str, seq: int) -> bytes | None:
        with self.disk.read() as db:
            stream = streams.find(db, originator, recipient)
            return None if stream is None else streams.render(db, stream.n, seq, 0)


class Stubborn(Node):
    """Never withdraws what it once released."""

    def release(self, released: Released) -> BatchSummary:
        kept = self.__dict__.setdefault("kept", {}).setdefault(released.recipient, {})
        kept.update({(r.kind, r.id): (r, x) for r, x in released.records})
        return super().release(replace(released, records=[kept[k] for k in sorted(kept)]))


class Forgetful(Node):
    """Says that it took a batch in, and did not."""

    def take(self, neighbour: str, originator: str, recipient: str, seq: int, raw: bytes, explained: object = ()) -> Taken:
        return Taken(originator, recipient, seq, "new")


class Doubling(Node):
    """Shows everything twice."""

    def received(self) -> Iterator[Received]:
        for row in super().received():
            yield row
            yield row


class Losing(Node):
    """Does not show visits."""

    def received(self) -> Iterator[Received]:
        return (r for r in super().received() if r.record.kind != "visit")


class Silent(Node):
    """Gives no receipts."""

    def papers_for(self, neighbour: str) -> list[bytes]:
        return [p for p in super().papers_for(neighbour) if b'"head"' not in p]


def timeless(disk: SimDisk, keys: NodeKeys, clock: Callable[[], int]) -> Node:
    """Its clock stands still: nothing expires, no agreement ends."""
    return Node(disk, keys, lambda: START_MS)


def untidy(disk: SimDisk, keys: NodeKeys, clock: Callable[[], int]) -> Node:
    """What it deletes stays in the free parts of its disk."""
    disk._connection.execute("PRAGMA secure_delete = OFF")
    disk.scrub = lambda: None  # type: ignore[method-assign]
    return Node(disk, keys, clock)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Generous, "no agreement|without its leave|tells|still hands it out"),
        (Stubborn, "still hands it out|shows|never released"),
        (Forgetful, "lacks|does not come to rest"),
        (Doubling, "twice"),
        (Losing, "lacks"),
        (Silent, "has a receipt"),
        (timeless, "expired|no agreement|tells|without|still hands it out"),
        (untidy, "still lies on the disk"),
    ],
)
def test_a_faulty_node_is_caught(make: federation.MakesNode, said: str) -> None:
    for seed in range(ENOUGH):
        try:
            federation.run(seed, make)
        except federation.Failure as failure:
            assert any(part in failure.why for part in said.split("|")), failure.why
            assert str(failure).endswith(f"--seed {seed}") and failure.trace
            return
    pytest.fail(f"{ENOUGH} seeds, and nobody saw it")
