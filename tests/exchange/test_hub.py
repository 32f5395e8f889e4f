"""Who may carry what, asked the same way by who gives and who takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from small_nodes import START_MS, agreed, federation, label, released, visit

from offing.exchange import hub
from offing.exchange.batch import WireLabel
from offing.exchange.hub import Hand, lacking
from offing.exchange.streams import LiveLabel
from offing.model.sharing import Released


def live(onward: int = 1, sealed: bool = False, kind: str = "visit", purpose: str = "maritime_safety") -> LiveLabel:
    return LiveLabel(WireLabel(None, kind, [], onward, purpose, None), sealed, 1)


OPEN = agreed("jp", "us")


@pytest.mark.parametrize(
    ("hand", "labels", "held", "codes"),
    [
        (Hand("jp", "us", "jp", "us", 0), [live(0)], [OPEN], ()),
        (Hand("jp", "us", "jp", "us", 0), [live(0)], [], ("no_agreement",)),
        (Hand("jp", "us", "jp", "tw", 1), [live(1)], [OPEN], ()),
        (Hand("jp", "us", "jp", "tw", 1), [live(0)], [OPEN], ("onward_label",)),
        (Hand("jp", "us", "jp", "tw", 1), [live(1)], [replace(OPEN, onward=0)], ("onward_agreement",)),
        (Hand("jp", "us", "jp", "us", 0), [live(0)], [replace(OPEN, onward=0)], ()),
        (Hand("jp", "us", "jp", "tw", 1), [live(1), live(1, kind="streak")], [OPEN], ("kind_not_agreed",)),
        (Hand("jp", "us", "jp", "us", 0), [live(purpose="other")], [OPEN], ("purpose_not_agreed",)),
        (Hand("jp", "us", "jp", "us", 0), [live()], [replace(OPEN, last_day=date(2026, 1, 1))], ("agreement_not_in_force",)),
        (Hand("us", "au", "jp", "tw", 2), [live(1)], [agreed("us", "au")], ("onward_label",)),
        (Hand("us", "au", "jp", "tw", 2), [live(2)], [agreed("us", "au")], ()),
        (Hand("us", "tw", "jp", "tw", 1), [live(1)], [replace(agreed("us", "tw"), onward=0)], ()),
        (Hand("jp", "us", "jp", "tw", 1), [live()], [replace(OPEN, relay="sealed")], ("sealed_relay",)),
        (Hand("jp", "us", "jp", "tw", 1), [live(sealed=True)], [replace(OPEN, relay="sealed")], ()),
        (Hand("jp", "us", "jp", "us", 0), [live()], [replace(OPEN, relay="sealed")], ()),
        (Hand("jp", "us", "jp", "tw", 1), [live()], [replace(OPEN, relay="sealed"), replace(OPEN, id="b")], ()),
        (Hand("jp", "us", "jp", "us", 0), [], [OPEN], ()),
        (Hand("jp", "us", "jp", "us", 0), [], [], ("no_agreement",)),
        (Hand("jp", "us", "jp", "us", 0), [], [replace(OPEN, last_day=date(2026, 1, 1))], ("agreement_not_in_force",)),
        (Hand("jp", "us", "jp", "tw", 1), [], [replace(OPEN, onward=0)], ("onward_agreement",)),
    ],
)
def test_what_a_hand_lacks(hand: Hand, labels: list[LiveLabel], held: list, codes: tuple[str, ...]) -> None:
    assert lacking(hand, labels, held, START_MS) == codes
    assert all(hub.sentence(c) != c for c in codes)


def test_two_agreements_may_cover_two_kinds() -> None:
    held = [replace(OPEN, kinds=("visit",)), replace(OPEN, id="b", kinds=("incident",))]
    both = [live(), live(kind="incident")]
    assert lacking(Hand("jp", "us", "jp", "us", 0), both, held, START_MS) == ()
    assert lacking(Hand("jp", "us", "jp", "us", 0), both, held[:1], START_MS) == ("kind_not_agreed",)


def test_a_chain_of_hubs_goes_as_far_as_the_label_lets_it() -> None:
    """jp - us - au - nz - tw: three hands beyond the first partner need onward 3, and each hub knows how far it came."""
    for onward, reaches in ((1, "us"), (2, "au"), (3, "nz")):
        f = federation("jp", "us", "au", "nz", "tw")
        way = ["jp", "us", "au", "nz", "tw"]
        for a, b in pairwise(way):
            f.link(a, b, onward=9)
        for name in way[2:]:
            f.nodes[name].add_card(f.nodes["jp"].card())
        f.nodes["jp"].release(Released("tw", [(visit("a"), label("jp", "tw", onward=onward))]))
        for _ in range(2):
            for a, b in pairwise(way):
                f.pull(b, a)
        held = [n for n in way[1:4] if any(s.originator == "jp" for p in f.nodes[n].status() for s in p.streams)]
        assert held[-1] == reaches, onward
        assert f.ids("tw") == (["visit:a"] if onward == 3 else []), onward


def test_a_hub_that_does_not_know_how_far_a_stream_came_takes_it_no_further() -> None:
    f = federation("jp", "us", "au", "nz")
    for a, b in (("jp", "us"), ("us", "au"), ("au", "nz")):
        f.link(a, b, onward=9)
    f.nodes["au"].add_card(f.nodes["jp"].card())
    f.nodes["jp"].release(Released("tw", [(visit("a"), label("jp", "tw", onward=9))]))
    f.pull("us", "jp")
    raw = f.nodes["us"].batch_for("au", "jp", "tw", 1)
    assert raw is not None and f.nodes["au"].take("us", "jp", "tw", 1, raw).state == "new"
    assert f.nodes["au"].heads_for("nz") == []
    f.nodes["au"].take_papers("us", f.nodes["us"].papers_for("au"))  # now it has the receipt of us, who had it from jp
    assert len(f.nodes["au"].heads_for("nz")) == 1


def test_a_stream_is_sealed_only_where_it_must_be() -> None:
    sealed = replace(OPEN, relay="sealed")
    assert hub.must_seal([sealed], "jp", "tw", START_MS)
    assert not hub.must_seal([OPEN], "jp", "tw", START_MS)
    assert not hub.must_seal([sealed], "jp", "us", START_MS), "reached directly"
    assert not hub.must_seal([sealed, agreed("jp", "tw")], "jp", "tw", START_MS)
    assert not hub.must_seal([replace(sealed, onward=0)], "jp", "tw", START_MS)
    assert not hub.must_seal([replace(sealed, last_day=date(2026, 1, 1))], "jp", "tw", START_MS)


def test_nothing_goes_back_to_its_originator_or_on_from_its_recipient() -> None:
    f = federation("jp", "us", "au")
    f.link("jp", "us")
    f.link("au", "us")
    f.nodes["jp"].release(released("us", "a", onward=9))
    f.pull("us", "jp")
    assert f.nodes["us"].heads_for("jp") == f.nodes["us"].heads_for("au") == f.nodes["us"].heads_for("us") == []
