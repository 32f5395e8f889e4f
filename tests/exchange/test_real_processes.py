"""Law 10 with real processes of the installed command: a hub that dies ten times and loses its disk, and a second one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from real_nodes import OFFING, RealNode, Story, dying_hub, received_ids, second_hub, sent_ids

from offing.exchange import streams
from offing.exchange.disk import FileDisk

KILLS, CHUNK = 10, 1_000
PATIENCE_S = 60.0
"""How long anything may take here, where other work shares the processors; `benchmarks.hub_loss` measures."""

pytestmark = pytest.mark.skipif(not OFFING.exists(), reason="the package is not installed beside this Python")


def held(node: RealNode) -> tuple[int, int, int]:
    """Of the one stream that a node holds: batches, entries with a body, other entries."""
    disk = FileDisk(node.folder / "exchange.sqlite")
    try:
        with disk.read() as db:
            (stream,) = streams.every(db)
            live, _ = streams.counts(db, stream.n)
            (entries,) = db.execute("SELECT count(*) FROM entries").fetchone()
            return stream.head_seq, live, entries - live
    finally:
        disk.close()


def check(story: Story, n: int) -> None:
    """Everything arrived once, and no process had a fault that it did not expect."""
    assert sorted(received_ids(story.tw)) == sent_ids(n)
    for node in (story.jp, *story.hubs, story.tw):
        assert held(node) == (held(story.jp)[0], n, 0), "the same batches, and each record in one of them, once"
        assert "Traceback" not in node.said() and "should not be" not in node.said(), node.said()
    assert max(s for _, _, s in story.sender.written) < 5, "no writing waits for a hub"
    assert max(story.latencies_s) < PATIENCE_S


def test_a_hub_that_dies_ten_times_and_loses_its_disk(tmp_path: Path) -> None:
    """20,000 records, half of them written while the hub is dead, and a new key on the way: none lost, none twice."""
    story = dying_hub(tmp_path, KILLS, CHUNK, seed=5)
    print(f"{story.under_way_n} of {KILLS} kills with records under way; caught up after {story.caught_up_s} s")
    check(story, KILLS * 2 * CHUNK)
    assert story.under_way_n >= KILLS // 2, "these kills prove little"
    assert story.caught_up_s and max(story.caught_up_s) < PATIENCE_S
    (row,) = json.loads(story.tw.command("sql", "SELECT count(*) AS n FROM received_incidents", "--format", "json"))
    assert row == {"n": KILLS * 2 * CHUNK}
    jp, us = (json.loads(n.command("share", "status", "--format", "json")) for n in (story.jp, story.hubs[0]))
    assert jp[0]["alarms"] == us[0]["alarms"] == us[1]["alarms"] == []
    assert any(r.startswith(f"jp to tw: {held(story.jp)[0]} at") for r in jp[0]["receipts"]), "the sender knows that it came"


def test_with_a_second_hub_nothing_waits_for_the_first(tmp_path: Path) -> None:
    story = second_hub(tmp_path, 8, 100)
    print(f"from a writing to the far logbook: at most {max(story.latencies_s):.2f} s")
    check(story, 1_700)
