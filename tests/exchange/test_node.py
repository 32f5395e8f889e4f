"""A record's way through nodes: release, relay, correction, withdrawal, expiry, ends of agreements, sealing, recovery."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from small_nodes import DAY_MS, Federation, federation, keys_of, line_of_three, one_batch, released, visit

from offing.errors import BadDelivery, BadPaper, UnknownName
from offing.exchange.carriers import folder
from offing.exchange.disk import FileDisk, MemoryDisk
from offing.exchange.keys import NodeKeys
from offing.exchange.node import Node
from offing.model.sharing import Released


def relay(f: Federation) -> None:
    """One round, there and back again."""
    for who, of in (("us", "jp"), ("tw", "us"), ("us", "tw"), ("jp", "us")):
        f.pull(who, of)


def bodies(node: Node) -> bytes:
    """All that lies on a node's disk, as SQL."""
    with node.disk.read() as db:
        return b"".join(bytes(b) for (b,) in db.execute("SELECT body FROM entries"))


def test_what_is_released_arrives_once_with_its_originator() -> None:
    f = line_of_three()
    assert f.nodes["jp"].release(released("tw", "a", "b")).puts_n == 2
    relay(f)
    relay(f)
    got = list(f.nodes["tw"].received())
    assert [(r.originator, r.record.id, r.version, r.from_whom, r.vouched_by) for r in got] == [
        ("jp", "visit:a", 1, "us", "us"),
        ("jp", "visit:b", 1, "us", "us"),
    ]
    assert got[0].record.values == visit("a").values and len(got[0].columns) == len(got[0].record.values)
    assert f.ids("us") == [], "a hub is no recipient"


def test_a_correction_replaces_and_a_withdrawal_deletes_on_every_holder_with_receipts_back() -> None:
    f = line_of_three()
    jp = f.nodes["jp"]
    jp.release(released("tw", "a", "b", text="MARKER-1"))
    relay(f)
    done = jp.release(released("tw", "a", text="MARKER-2"))
    assert (done.puts_n, done.corrected_n, done.withdrawn_n) == (1, 1, 1)
    relay(f)
    relay(f)
    assert [(r.record.id, r.version, r.record.values[0]) for r in f.nodes["tw"].received()] == [("visit:a", 2, "MARKER-2")]
    for name in ("jp", "us", "tw"):
        assert b"MARKER-1" not in bodies(f.nodes[name]) and b"MARKER-2" in bodies(f.nodes[name]), name
        assert b"MARKER-1" not in b"".join(f.nodes[name].batch_for("tw", "jp", "tw", i) or b"" for i in (1, 2))
    receipts = {(r.by, r.from_whom, r.seq, r.head) for r in jp.receipts()}
    head = f.nodes["tw"].receipts()[0].head
    assert receipts == {("us", "jp", 2, head), ("tw", "us", 2, head)}


def test_a_withdrawn_body_is_in_no_file_of_the_disk(tmp_path: Path) -> None:
    f = federation("jp")
    f.add("us", FileDisk(tmp_path / "exchange.sqlite"))
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", *"abcdefgh", text="MARKER"))
    f.pull("us", "jp")
    files = lambda: b"".join(p.read_bytes() for p in tmp_path.iterdir())  # noqa: E731
    assert b"MARKER" in files()
    f.nodes["jp"].release(Released("us", []))
    f.pull("us", "jp")
    assert b"MARKER" not in files() and f.ids("us") == []


def test_a_late_holder_gets_only_what_still_stands() -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a", "b", text="GONE"))
    f.nodes["jp"].release(released("tw", "a", text="STANDS"))
    f.pull("us", "jp")
    assert b"GONE" not in bodies(f.nodes["us"])
    f.pull("tw", "us")
    assert [r.version for r in f.nodes["tw"].received()] == [2]


def test_expiry_needs_no_link_and_leaves_no_body() -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a", expires_ms=f.now_ms + DAY_MS, text="MARKER"))
    f.nodes["jp"].release(
        Released(
            "tw", [*released("tw", "a", expires_ms=f.now_ms + DAY_MS, text="MARKER").records, *released("tw", "b").records]
        )
    )
    relay(f)
    assert f.ids("tw") == ["visit:a", "visit:b"]
    f.now_ms += DAY_MS
    assert f.ids("tw") == ["visit:b"]
    raw = f.nodes["us"].batch_for("tw", "jp", "tw", 1)
    assert raw is not None and b"MARKER" not in raw and b'["x"' in raw
    relay(f)
    assert all(b"MARKER" not in bodies(f.nodes[n]) for n in ("us", "tw"))
    f.add("au")
    f.link("au", "jp")  # a hub that comes later takes the expired entry as redacted, and needs nobody's word for it
    assert [t.state for t in f.pull("au", "jp").taken] == ["new", "new"]
    done = f.nodes["jp"].release(released("tw", "b"))
    assert done.batches_n == 0, "what expired is withdrawn without a word"


def test_an_ended_agreement_stops_flow_at_once_and_a_new_one_lets_it_go_on() -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a"))
    f.pull("us", "jp")
    day = date(2026, 5, 27)
    f.nodes["us"].end_agreement("tw-us", day)
    assert f.nodes["us"].heads_for("tw") == [] and f.nodes["us"].batch_for("tw", "jp", "tw", 1) is None
    f.nodes["us"].add_agreement(f.nodes["tw"].agreements()[0])
    f.nodes["tw"].end_agreement("tw-us", day)
    assert [t.code for t in f.pull("tw", "us").taken] == ["unknown_originator"]  # not even the introduction is taken
    assert f.ids("tw") == []
    f.nodes["tw"].add_agreement(f.nodes["us"].agreements()[1])
    assert f.pull("tw", "us").count("new") == 1
    with pytest.raises(UnknownName):
        f.nodes["tw"].end_agreement("nothing", day)


def test_the_same_stream_through_two_hubs_and_a_folder_arrives_once(tmp_path: Path) -> None:
    f = line_of_three()
    f.add("au")
    f.link("au", "jp")
    f.link("au", "tw")
    f.nodes["jp"].release(released("tw", "a"))
    f.nodes["jp"].release(released("tw", "a", "b"))
    f.pull("us", "jp")
    f.pull("au", "jp")
    assert (
        one_batch(f.nodes["jp"], "tw", 1, "us")
        == f.nodes["us"].batch_for("tw", "jp", "tw", 1)
        == f.nodes["au"].batch_for("tw", "jp", "tw", 1)
    )
    f.pull("tw", "au")
    folder.export(f.nodes["us"], "tw", tmp_path / "d")
    assert [t.state for t in folder.import_(f.nodes["tw"], tmp_path / "d").taken] == ["duplicate", "duplicate"]
    assert f.pull("tw", "us").taken == () and f.ids("tw") == ["visit:a", "visit:b"]


def test_a_hub_that_lost_its_disk_is_filled_again() -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a", "b"))
    relay(f)
    f.nodes["jp"].release(released("tw", "a", text="new"))
    relay(f)
    f.add("us")
    f.link("jp", "us")
    f.link("tw", "us")
    f.nodes["jp"].release(released("tw", "a", "c", text="new"))
    relay(f)
    assert f.ids("tw") == ["visit:a", "visit:c"] and not f.nodes["tw"].alarms()


def sealed_line() -> Federation:
    f = line_of_three(relay="sealed")
    return f


def test_a_sealed_stream_waits_for_the_recipients_card_then_the_hub_only_carries() -> None:
    f = sealed_line()
    jp = f.nodes["jp"]
    done = jp.release(released("tw", "a", text="MARKER"))
    assert done.waits_for == "no_card" and done.puts_n == 0 and done.sealed
    f.pull("us", "jp")
    f.pull("jp", "us")  # the hub introduces the recipient, for whom it has a stream
    assert [(p.id, p.vouched_by) for p in jp.partners()] == [("tw", "us"), ("us", None)]
    assert jp.release(released("tw", "a", text="MARKER")).puts_n == 1
    relay(f)
    assert [(r.record.id, r.record.values[0]) for r in f.nodes["tw"].received()] == [("visit:a", "MARKER")]
    assert b"MARKER" not in bodies(f.nodes["us"]) and b"MARKER" not in (f.nodes["us"].batch_for("tw", "jp", "tw", 2) or b"")
    assert jp.release(released("tw", "a", text="MARKER")).batches_n == 0
    jp.release(Released("tw", []))
    relay(f)
    assert f.ids("tw") == [] and b"MARKER" not in bodies(f.nodes["tw"])


def test_introductions_are_vouched_for_and_another_direct_card_is_an_alarm() -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a"))
    relay(f)
    tw = f.nodes["tw"]
    assert {p.id: p.vouched_by for p in tw.partners()} == {"jp": "us", "us": None}
    false_jp = Node(MemoryDisk(), NodeKeys.in_memory("jp", seed=b"f" * 32), lambda: 0)
    with pytest.raises(BadDelivery, match="carries another key"):
        tw.add_card(false_jp.card())
    (alarm,) = tw.alarms()
    assert (alarm.originator, alarm.code) == ("jp", "other_key") and len(alarm.evidence) == 2
    tw.add_card(f.nodes["jp"].card())
    assert {p.id: p.vouched_by for p in tw.partners()}["jp"] is None


def test_no_introduction_without_consent() -> None:
    f = line_of_three(onward=0)
    f.link("jp", "us", onward=0)
    f.nodes["jp"].release(released("us", "a"))
    f.pull("us", "jp")
    f.pull("tw", "us")
    assert [p.id for p in f.nodes["tw"].partners()] == ["us"]


def test_agreements_are_signed_by_those_who_hold_them() -> None:
    f = federation("jp", "us")
    agreement = f.link("jp", "us")
    f.pull("us", "jp")
    assert f.nodes["us"].signers(agreement.id) == ["jp", "us"]
    f.nodes["jp"].add_agreement(replace(agreement, onward=0))
    refused = f.nodes["us"].take_papers("jp", f.nodes["jp"].papers_for("us"))
    assert any("another text" in r for r in refused)
    with pytest.raises(BadPaper):
        f.nodes["us"].add_agreement(replace(agreement, parties=("au", "jp")))


def test_a_dropped_node_goes_on_where_it_was(tmp_path: Path) -> None:
    f = federation("us")
    path = tmp_path / "exchange.sqlite"
    f.add("jp", FileDisk(path))
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    f.add("jp", FileDisk(path), keys_of("jp"))
    f.nodes["jp"].release(released("us", "a", "b"))
    assert f.pull("us", "jp").count("new") == 2
    assert [a.id for a in f.nodes["jp"].agreements()] == ["jp-us"] and f.nodes["jp"].recipients() == ["us"]


def test_status_says_who_carries_and_what_is_withheld_from_whom() -> None:
    f = line_of_three()
    f.add("au")
    f.link("au", "jp", onward=0)
    f.nodes["jp"].release(released("tw", "a"))
    us = next(p for p in f.nodes["jp"].status() if p.id == "us")
    assert us.streams == () and us.last_seen_ms is None
    relay(f)
    (s,) = next(p for p in f.nodes["us"].status() if p.id == "tw").streams
    assert (s.originator, s.recipient, s.head_seq, s.live_n, s.carried_by) == ("jp", "tw", 1, 1, ("tw",))
    assert next(p for p in f.nodes["us"].status() if p.id == "jp").last_seen_ms == f.now_ms
