"""What a release pass writes: the difference and no more, decided before it is written."""

from __future__ import annotations

from datetime import date

import pytest
from small_nodes import DAY_MS, Federation, Link, federation, label, line_of_three, one_batch, released, visit

from offing.errors import BadDelivery, BadParameter, SharingError, UnknownName
from offing.model.sharing import Record, Released


def relay(f: Federation) -> None:
    """One round, there and back again."""
    for who, of in (("us", "jp"), ("tw", "us"), ("us", "tw"), ("jp", "us")):
        f.pull(who, of)


def test_a_release_without_change_writes_nothing() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    jp = f.nodes["jp"]
    jp.release(released("us", "a", "b"))
    before = one_batch(jp, "us")
    f.now_ms += DAY_MS
    done = jp.release(Released("us", list(reversed(released("us", "a", "b").records))))
    assert (done.batches_n, done.head_seq) == (0, 1) and one_batch(jp, "us") == before


def test_nothing_in_a_stream_depends_on_clock_or_other_recipients() -> None:
    one, two = federation("jp", "us"), federation("jp", "us", "au")
    two.now_ms += 5 * DAY_MS
    for f in (one, two):
        f.link("jp", "us")
    two.link("au", "jp")
    two.nodes["jp"].release(released("au", "x", "y"))
    for f in (one, two):
        f.nodes["jp"].release(released("us", "a"))
        f.nodes["jp"].release(released("us", "b"))
    assert [one_batch(one.nodes["jp"], "us", i) for i in (1, 2)] == [one_batch(two.nodes["jp"], "us", i) for i in (1, 2)]


def test_a_record_that_comes_back_keeps_counting_its_versions() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    for ids in (("a",), (), ("a",)):
        f.nodes["jp"].release(Released("us", released("us", *ids).records if ids else []))
        f.pull("us", "jp")
    assert [(r.record.id, r.version) for r in f.nodes["us"].received()] == [("visit:a", 2)]


def test_purpose_kind_onward_and_recipient_are_decided_before_anything_is_written() -> None:
    f = line_of_three()
    jp = f.nodes["jp"]
    for more, code in (
        ({"purpose": "advertising"}, "purpose_not_agreed"),
        ({"onward": 0}, "onward_label"),
        ({"releasable_to": frozenset({"us"})}, "not_releasable"),
        ({"releasable_to": frozenset()}, "no_recipient"),
        ({"expires_ms": f.now_ms}, "expired"),
        ({"obligations": ("whisper",)}, "unknown_obligation"),
    ):
        done = jp.release(released("tw", "a", **more))  # type: ignore[arg-type]
        assert done.batches_n == 0 and code in {*done.withheld, code} and sum(done.withheld.values()) == 1, (more, done)
    assert jp.recipients() == []
    assert jp.release(Released("us", [(visit("a"), label("tw", "us"))])).withheld == {"not_own": 1}


def test_a_stream_goes_whole_or_not_at_all() -> None:
    """One record that may not pass on keeps the whole stream from the hub, and only from the hub."""
    f = line_of_three()
    f.link("jp", "tw", onward=0)
    f.nodes["jp"].release(Released("tw", [(visit("a"), label("jp", "tw")), (visit("b"), label("jp", "tw", onward=0))]))
    assert f.nodes["jp"].heads_for("us") == [] and len(f.nodes["jp"].heads_for("tw")) == 1
    f.nodes["jp"].release(Released("tw", [(visit("a"), label("jp", "tw"))]))
    assert len(f.nodes["jp"].heads_for("us")) == 1


def test_nobody_else_learns_of_a_stream() -> None:
    f = line_of_three()
    f.add("au")
    f.link("au", "jp")
    f.nodes["jp"].release(released("us", "a", onward=0))
    assert f.nodes["jp"].heads_for("au") == f.nodes["jp"].heads_for("nobody") == []
    assert f.nodes["jp"].batch_for("au", "jp", "us", 1) is None
    assert f.nodes["jp"].papers_for("nobody") == []
    assert not any(b'"us"' in p for p in f.nodes["jp"].papers_for("au"))
    f.nodes["jp"].release(Released("us", []))
    assert f.nodes["jp"].heads_for("au") == [], "a stream in which nothing stands is not shown to who never had it"


def test_an_originator_that_lost_its_disk_does_not_fork_its_stream() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    f.pull("us", "jp")
    f.add("jp")
    f.link("jp", "us")
    f.nodes["us"].pull(Link(f.nodes["jp"], "us"), "jp")  # hands its receipt to jp
    done = f.nodes["jp"].release(released("us", "b"))
    assert done.waits_for == "recovering" and done.batches_n == 0 and f.nodes["jp"].recipients() == []


def test_history_of_a_late_joiner_is_what_its_stream_holds() -> None:
    """Without history the release pass leaves older records out, and the node's stream holds nothing else."""
    f = federation("jp", "us", "au")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "old"))
    f.link("au", "jp", history=False, first_day=date(2026, 5, 1))
    f.nodes["jp"].release(released("au", "new"))
    f.pull("au", "jp")
    assert f.ids("au") == ["visit:new"]


def test_bad_names_and_records_are_refused_in_a_sentence() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    jp = f.nodes["jp"]
    with pytest.raises(BadParameter):
        jp.release(Released("../us", []))
    with pytest.raises(SharingError):
        jp.release(Released("jp", []))
    with pytest.raises(SharingError, match="more than travels"):
        jp.release(Released("us", [(Record("visit", "v", ("x" * 5_000_000,)), label("jp", "us"))]))
    with pytest.raises(BadDelivery, match="this node itself"):
        jp.add_card(jp.card())
    with pytest.raises(UnknownName):
        jp.clear_alarm(7)


def test_what_was_open_is_withdrawn_and_sealed_when_the_agreement_changes() -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a"))
    relay(f)
    for a, b in (("jp", "us"), ("tw", "us")):
        f.link(a, b, relay="sealed")
    assert f.nodes["jp"].heads_for("us") == [], "an open stream is not handed to who may only carry"
    f.nodes["jp"].add_card(f.nodes["tw"].card())
    f.nodes["jp"].release(released("tw", "a"))
    relay(f)
    assert [(r.record.id, r.version) for r in f.nodes["tw"].received()] == [("visit:a", 2)]
