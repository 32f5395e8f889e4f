"""Law 10 with real processes of the installed command: a hub that dies ten times and loses its disk, and a second one."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from real_nodes import OFFING, Arrivals, RealNode, Sender, catch_ups_s, pause, received_ids, release_all, sent_ids, serving, until

from offing.exchange.disk import FileDisk
from offing.exchange import streams

KILLS, CHUNK = 10, 1_000

pytestmark = pytest.mark.skipif(not OFFING.exists(), reason="the package is not installed beside this Python")


def triangle(folder: Path, *hubs: str) -> tuple[RealNode, list[RealNode], RealNode]:
    """jp and tw know the hubs alone."""
    jp, tw = RealNode.make(folder, "jp"), RealNode.make(folder, "tw")
    middle = [RealNode.make(folder, hub) for hub in hubs]
    jp.tie(*middle)
    tw.tie(*middle)
    for hub in middle:
        hub.tie(jp, tw)
    release_all(jp, "tw")
    return jp, middle, tw


def held(node: RealNode) -> tuple[int, int, int]:
    """Of the one stream that a node holds: batches, entries with a body, other entries."""
    disk = FileDisk(node.folder / "exchange.sqlite")
    try:
        with disk.read() as db:
            (stream,) = streams.every(db)
            live, gone = streams.counts(db, stream.n)
            (entries,) = db.execute("SELECT count(*) FROM entries").fetchone()
            return stream.head_seq, live, entries - live + gone
    finally:
        disk.close()


def test_a_hub_that_dies_ten_times_and_loses_its_disk(tmp_path: Path) -> None:
    """20,000 records, half of them written while the hub is dead: none lost, none twice, and no writing ever waits."""
    rng = random.Random(5)
    jp, (us,), tw = triangle(tmp_path, "us")
    sender = Sender(jp)
    returns: list[tuple[float, int]] = []
    kills_s: list[float] = []
    under_way = 0
    with serving(jp, us, tw), Arrivals(tw.folder, "jp") as arrivals:
        until(us.listens, "the hub", us)
        for i in range(KILLS):
            sender.add(CHUNK)
            pause(rng, 0.0, 2.5)
            under_way += arrivals.now() < sender.n
            kills_s.append(time.monotonic())
            us.kill()
            sender.add(CHUNK)
            if i == KILLS // 2:
                us.lose_disk(jp, tw)
            pause(rng, 0.0, 0.5)
            us.start()
            if rng.random() < 0.7:  # else it may die while it starts
                until(us.listens, "the hub", us)
                returns.append((time.monotonic(), sender.n))
        until(lambda: arrivals.now() >= sender.n, "the rest", jp, us, tw)
        time.sleep(1)  # whatever came twice would come now
    caught_up_s = catch_ups_s(returns, kills_s, arrivals)
    print(f"{under_way} of {KILLS} kills with records under way; slowest writing {sender.slowest_s():.2f} s; "
          f"caught up after {', '.join(f'{s:.1f}' for s in caught_up_s)} s")
    assert sorted(received_ids(tw)) == sent_ids(KILLS * 2 * CHUNK)
    assert held(tw) == held(us) == held(jp), "the same batches, and each record in one of them"
    assert held(tw)[1:] == (KILLS * 2 * CHUNK, 0)
    assert under_way >= KILLS // 2, "these kills prove little"
    assert sender.slowest_s() < 5
    assert caught_up_s and max(caught_up_s) < 60
    for node in (jp, us, tw):
        assert "Traceback" not in node.said() and "should not be" not in node.said(), node.said()


def test_with_a_second_hub_nothing_waits_for_the_dead_one(tmp_path: Path) -> None:
    jp, hubs, tw = triangle(tmp_path, "us", "au")
    sender = Sender(jp)
    with serving(jp, *hubs, tw), Arrivals(tw.folder, "jp") as arrivals:
        for hub in hubs:
            until(hub.listens, "a hub", hub)
        sender.add(100)
        until(lambda: arrivals.now() >= sender.n, "the first", jp, *hubs, tw)
        for hub in hubs:
            hub.kill()
            for _ in range(8):
                sender.add(100)
                time.sleep(0.4)
            until(lambda: arrivals.now() >= sender.n, "the rest", jp, *hubs, tw)
            hub.start()
            until(hub.listens, "the hub that was dead", hub)
    latencies_s = sender.latencies_s(arrivals)
    print(f"from writing to the far logbook: {sorted(latencies_s)[len(latencies_s) // 2]:.2f} s, at most {max(latencies_s):.2f} s")
    assert sorted(received_ids(tw)) == sent_ids(sender.n)
    assert max(latencies_s[1:]) < 30
