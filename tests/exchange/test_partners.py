"""What a node knows of others: pinned cards, agreements as they stand, alarms, receipts that it cannot check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from small_nodes import agreed, federation, keys_of, line_of_three, released

from offing.errors import BadDelivery, UnknownName
from offing.exchange import papers
from offing.exchange.keys import NodeKeys


def test_a_later_card_of_the_same_key_replaces_and_an_older_one_does_not() -> None:
    f = federation("jp", "us")
    new, _ = replace(keys_of("us"), folder=None).rotate()
    first, later = f.nodes["us"].card(), papers.make_card(new).envelope
    jp = f.nodes["jp"]
    assert jp.add_card(first).key_id == keys_of("us").key_id
    assert jp.add_card(later).key_id == new.key_id
    with pytest.raises(BadDelivery, match="retired"):
        jp.add_card(first)
    assert [a.code for a in jp.alarms()] == ["retired_key"] and jp.partners()[0].alarms_n == 1
    jp.clear_alarm(1)
    assert jp.partners()[0].alarms_n == 0 and jp.alarms()[0].cleared_ms is not None
    with pytest.raises(UnknownName):
        jp.clear_alarm(1)


def test_a_card_from_a_neighbour_makes_nobody_known_and_another_key_is_an_alarm() -> None:
    f = federation("jp", "us", "tw")
    f.link("jp", "us")
    assert f.nodes["us"].take_papers("jp", [f.nodes["tw"].card()]) == []
    assert [p.id for p in f.nodes["us"].partners()] == ["jp"]
    false = papers.make_card(NodeKeys.in_memory("jp", seed=b"f" * 32)).envelope
    assert "carries another key" in f.nodes["us"].take_papers("jp", [false])[0]
    assert [a.code for a in f.nodes["us"].alarms()] == ["other_key"]


def test_an_introduction_counts_only_for_whom_it_is_from_a_partner_in_agreement() -> None:
    f = line_of_three()
    us, tw = f.nodes["us"], f.nodes["tw"]
    for_jp = papers.make_introduction(us.own.keys, papers.read_card(f.nodes["jp"].card()), "jp").envelope
    assert "is for jp" in tw.take_papers("us", [for_jp])[0]
    by_jp = papers.make_introduction(keys_of("jp"), papers.read_card(f.nodes["jp"].card()), "tw").envelope
    assert tw.take_papers("us", [by_jp]) != []
    right = papers.make_introduction(us.own.keys, papers.read_card(f.nodes["jp"].card()), "tw").envelope
    tw.end_agreement("tw-us", date(2026, 1, 1))
    assert tw.take_papers("us", [right]) == [] and [p.id for p in tw.partners()] == ["us"]
    tw.add_agreement(us.agreements()[1])
    assert tw.take_papers("us", [right]) == [] and [p.id for p in tw.partners()] == ["jp", "us"]


def test_agreements_stand_as_this_side_ended_them() -> None:
    f = federation("jp", "us")
    held = f.link("jp", "us")
    jp = f.nodes["jp"]
    assert jp.end_agreement(held.id, date(2026, 7, 1)).last_day == date(2026, 7, 1)
    assert [a.last_day for a in jp.agreements()] == [date(2026, 7, 1)]
    assert jp.end_agreement(held.id, date(2040, 1, 1)).last_day == date(2026, 7, 1), "an end is never moved back"
    assert jp.take_papers("us", f.nodes["us"].papers_for("jp")) == [] and jp.signers(held.id) == ["jp", "us"]
    assert jp.agreements()[0].text == f.nodes["us"].agreements()[0].text
    assert replace(jp.agreements()[0], last_day=held.last_day, text="") == agreed("jp", "us")
    jp.add_agreement(held)
    assert jp.agreements()[0].last_day == held.last_day


def test_a_receipt_of_an_unknown_signer_is_kept_as_unverified_until_its_card_comes() -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a"))
    for who, of in (("us", "jp"), ("tw", "us"), ("us", "tw"), ("jp", "us")):
        f.pull(who, of)
    assert {(r.by, r.verified) for r in f.nodes["jp"].receipts()} == {("tw", False), ("us", True)}
    f.nodes["jp"].add_card(f.nodes["tw"].card())
    f.pull("jp", "us")
    assert {(r.by, r.verified) for r in f.nodes["jp"].receipts()} == {("tw", True), ("us", True)}


def test_papers_that_do_not_fit_are_refused_one_by_one() -> None:
    f = federation("jp", "us", "tw")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    f.pull("us", "jp")
    us = f.nodes["us"]
    false = papers.make_receipt(keys_of("tw"), "jp", "us", 1, "0" * 64, "jp", 5)
    as_us = false.envelope.replace(b'"by":"tw"', b'"by":"jp"')
    odd = false.envelope.replace(b'"seq":1', b'"seq":"1"')
    refused = us.take_papers("jp", [b"", b"{}", as_us, odd, false.envelope, f.nodes["jp"].card()])
    assert len(refused) == 4 and us.alarms() == [], "a receipt that cannot be checked proves nothing"
    assert us.take_papers("stranger", [f.nodes["tw"].card()]) == ["stranger is no partner of this node."]


def test_a_verified_receipt_of_another_history_is_an_alarm() -> None:
    f = federation("jp", "us", "tw")
    f.link("jp", "us")
    f.link("tw", "us")
    f.nodes["jp"].release(released("us", "a"))
    f.pull("us", "jp")
    false = papers.make_receipt(keys_of("tw"), "jp", "us", 1, "0" * 64, "jp", 5)
    f.nodes["us"].take_papers("tw", [false.envelope])
    (alarm,) = f.nodes["us"].alarms()
    assert (alarm.originator, alarm.recipient, alarm.code) == ("jp", "us", "contradicted") and false.envelope in alarm.evidence
    f.nodes["us"].take_papers("tw", [false.envelope])
    assert len(f.nodes["us"].alarms()) == 1
    f.nodes["jp"].release(released("us", "a", "b"))
    f.pull("us", "jp")
    assert f.ids("us") == ["visit:a", "visit:b"]  # one partner's lie does not stop another's stream
