"""What went wrong elsewhere, and what stands against it here. Each test names the thread that it learned from.

Where the lesson is about what travels, real nodes carry real streams; keys, disk and link are in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from release_cases import NOON

from offing.exchange.carriers import Head
from offing.exchange.disk import MemoryDisk
from offing.exchange.keys import NodeKeys
from offing.exchange.node import Node
from offing.model.sharing import RECORD_KINDS, Agreement, Label, Record, Released, ReleaseRule
from offing.model.wire import WIRE
from offing.policy.decide import Decision, Obligations, Request, decide
from offing.policy.explain import explain_own
from offing.policy.ids import released_ids
from offing.policy.labels import label_of, strictest
from offing.policy.mask import apply
from offing.policy.rules_file import parse_rules
from offing.policy.ways import release_decisions

PURPOSE = "maritime_safety"
BODY = "HAI XUN 06"  # planted in every record


class Link:
    """A link over which `taker` pulls from `giver`."""

    def __init__(self, giver: Node, taker: str) -> None:
        self.giver, self.taker = giver, taker

    def heads(self) -> list[Head]:
        return self.giver.heads_for(self.taker)

    def fetch(self, originator: str, recipient: str, seq: int) -> bytes | None:
        return self.giver.batch_for(self.taker, originator, recipient, seq)

    def papers(self) -> list[bytes]:
        return self.giver.papers_for(self.taker)

    def give_papers(self, papers: Sequence[bytes]) -> None:
        self.giver.take_papers(self.taker, papers)


def paper(a: str, b: str) -> Agreement:
    parties = (a, b) if a < b else (b, a)
    return Agreement(f"{a}-{b}", parties, RECORD_KINDS, (PURPOSE,), date(2020, 1, 1), date(2030, 1, 1), onward=1)


@pytest.fixture(scope="module")
def keys() -> dict[str, NodeKeys]:
    return {id: NodeKeys.in_memory(id, seed=b"lessons") for id in ("jp", "us", "tw")}


@pytest.fixture
def world(keys: dict[str, NodeKeys]) -> dict[str, Node]:
    """jp and tw know us, and not each other."""
    nodes = {id: Node(MemoryDisk(), k, lambda: NOON) for id, k in keys.items()}
    for a, b in (("jp", "us"), ("us", "tw")):
        for one, other in ((a, b), (b, a)):
            nodes[one].add_card(nodes[other].card())
            nodes[one].add_agreement(paper(a, b))
    return nodes


def record(n: int = 1) -> Record:
    values = tuple(BODY if name == "zone_id" else None for name in WIRE["visit"])
    return Record("visit", f"visit:z@tw:431000777:2026090{n}T000000Z", values)


def label(*to: str, onward: int = 0) -> Label:
    return Label("jp", "visit", frozenset(to), PURPOSE, onward)


def carry(world: dict[str, Node]) -> None:
    world["us"].pull(Link(world["jp"], "us"), "jp")
    world["tw"].pull(Link(world["us"], "tw"), "us")


def held(node: Node) -> list[str]:
    return [r.record.id for r in node.received()]


def served(node: Node, to: str) -> bytes:
    """All bytes that a node gives a neighbour."""
    batches = [node.batch_for(to, h.originator, h.recipient, n) for h in node.heads_for(to) for n in range(1, h.seq + 1)]
    return b"".join(b for b in batches if b) + b"".join(node.papers_for(to))


def test_misp_4200_empty_recipient_set_is_nobody(world: dict[str, Node]) -> None:
    """MISP#4200: an event shared to a group without members was published to every connected organisation."""
    rule = parse_rules('[[rule]]\nkind = "visit"\nto = []\npurpose = "maritime_safety"\n', "rules.toml")[0]
    nobody = label_of(rule, "jp")
    assert nobody.releasable_to == frozenset()
    for partner in ("us", "tw", "jp", "anyone"):
        (decision,) = release_decisions([replace(nobody, onward=9)], "jp", partner, [paper("jp", "us")], NOON)
        assert not decision.allow and "no_recipient" in decision.reasons
    summary = world["jp"].release(Released("us", [(record(), nobody)]))
    assert summary.puts_n == 0 and world["jp"].heads_for("us") == []
    carry(world)
    assert held(world["us"]) == held(world["tw"]) == []


def test_misp_10899_a_partner_that_is_removed_gets_nothing_through_another(world: dict[str, Node]) -> None:
    """MISP#10899: membership only ever grew downstream, so a removed organisation still pulled from another member."""
    jp, us, tw = world["jp"], world["us"], world["tw"]
    jp.release(Released("us", [(record(), label("us", "tw", onward=1))]))
    jp.release(Released("tw", [(record(), label("us", "tw", onward=1))]))
    carry(world)
    assert held(us) == held(tw) == [record().id]
    jp.release(Released("us", [(record(n), label("us", onward=1)) for n in (1, 2)]))  # tw is removed; us stays a member
    jp.release(Released("tw", []))
    carry(world)
    assert held(us) == [record(1).id, record(2).id] and held(tw) == []
    assert BODY.encode() not in served(us, "tw"), "the other member has nothing left to give"
    assert BODY.encode() in served(jp, "us")


def test_misp_7409_no_member_list_travels_that_could_be_out_of_date(world: dict[str, Node]) -> None:
    """MISP#7409, taken with #7408 beside it: members of one group held different lists of who its members are.

    Here no list travels: who else may have a record changes no byte of a partner's stream. (#7408 was read, #7409 not.)
    """
    jp = world["jp"]
    jp.release(Released("us", [(record(), label("us"))]))
    before = jp.heads_for("us"), jp.batch_for("us", "jp", "us", 1)
    assert before[1]
    for others in (("us", "tw"), ("us", "tw", "ph"), ("us",)):
        jp.release(Released("us", [(record(), label(*others))]))
        assert jp.release(Released("tw", [(record(), label("tw", onward=1))])).head_seq > 0, "there are others indeed"
        assert [h for h in jp.heads_for("us") if h.recipient == "us"] == before[0]
        assert jp.batch_for("us", "jp", "us", 1) == before[1]


def test_misp_9007_what_is_not_given_is_told_with_its_reason(world: dict[str, Node]) -> None:
    """MISP#9007: an event that was said to be pushed was not, and the log said that this should never happen."""
    jp = world["jp"]
    summary = jp.release(Released("tw", [(record(), label("tw", onward=0))]))
    assert summary.puts_n == 0
    assert sum(summary.withheld.values()) == 1 and set(summary.withheld) & {"no_agreement", "onward_label"}
    told = explain_own("visit", [ReleaseRule(1, "visit", ("tw",), purpose=PURPOSE)], "jp", "tw", jp.agreements(), NOON)
    assert not told.allow
    assert [s.partition(":")[0] for s in told.sentences[1:]] == ["Directly", "Through us under agreement jp-us"]
    assert all("no. " in s for s in told.sentences[1:])
    for case in (Request(label(), "jp", "us", "us", None, 0, NOON), Request(label("us"), "jp", "us", "us", None, 0, NOON)):
        (decision,) = decide([case])
        assert decision.reasons and not decision.allow, "a no always has a reason"


def test_misp_2160_only_the_originator_moves_a_record_to_other_partners(world: dict[str, Node]) -> None:
    """MISP#2160: a member wanted to pass what one group shared on to a group of its own."""
    world["jp"].release(Released("us", [(record(), label("us", onward=1))]))
    carry(world)
    us, tw = world["us"], world["tw"]
    assert held(us) == [record().id]
    (received,) = us.received()
    for to, code in (("tw", "not_releasable"), ("us", "recipient_keeps")):
        (decision,) = decide([Request(received.label, "us", to, "tw", paper("us", "tw"), 1, NOON)])
        assert not decision.allow and code in decision.reasons
    assert us.heads_for("tw") == [] and us.batch_for("tw", "jp", "us", 1) is None
    as_if_its_own = us.release(Released("tw", [(record(), replace(received.label, releasable_to=frozenset({"tw"})))]))
    assert as_if_its_own.withheld == {"not_own": 1}
    carry(world)
    assert held(tw) == [] and BODY.encode() not in served(us, "tw")


def test_misp_10019_partners_do_not_learn_of_each_other(world: dict[str, Node]) -> None:
    """MISP#10019: every member of a sharing group was told the names of all the others."""
    names = ("us", "ph-coastguard", "kr-secret")
    jp = world["jp"]
    jp.release(Released("us", [(record(), label(*names, onward=1))]))
    carry(world)
    assert held(world["us"]) == [record().id]
    assert not any(name.encode() in served(jp, "us") for name in names[1:])
    (received,) = world["us"].received()
    assert received.label.releasable_to == frozenset({"us"})
    assert "releasable_to" not in label(*names).wire()


def test_geomesa_5095_a_masked_column_is_masked_in_all_that_is_made_of_it() -> None:
    """GeoMesa#5095: visibility by attribute left out the derived forms: join indices, packed records, density."""
    masked = frozenset({"mmsi"})
    (decision,) = decide([Request(replace(label("us"), masked=masked), "jp", "us", "us", paper("jp", "us"), 0, NOON)])
    assert decision.allow
    rows = pl.DataFrame({"label": [0], "mmsi": [431000777], "zone_id": ["z@tw"], "close_utc": [NOON]})
    shown = apply(rows, [decision], now_ms=NOON)
    ids = released_ids("visit", [record().id], decision.obligations.masked, b"secret", "us")
    assert "431000777" not in repr(shown.rows()) + repr(ids)
    figure = strictest([label("us"), replace(label("us"), masked=masked, round_deg=0.5)], "us", "watch_day")
    assert figure.masked == masked and figure.round_deg == 0.5, "a figure hides what one of its rows hides"


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_geomesa_7686_no_table_is_without_labels(kind: str) -> None:
    """GeoMesa#7686: visibilities were set in one table of a feature and not in its index table."""
    empty = pl.DataFrame(schema={**WIRE[kind], "label": pl.Int32(), "close_utc": pl.Datetime("ms", "UTC")})
    rows = empty.vstack(pl.DataFrame({name: [None] * 2 for name in empty.columns}, schema=empty.schema))
    anything = Decision(True, ("agreed",), Obligations())
    assert apply(rows, [anything], now_ms=NOON).is_empty(), "a row without a label is for nobody"
    assert apply(rows.with_columns(label=pl.lit(0, pl.Int32)), [anything], now_ms=NOON).height == 2
    (decision,) = decide([Request(Label("jp", kind), "jp", "us", "us", paper("jp", "us"), 0, NOON)])
    assert not decision.allow and "no_recipient" in decision.reasons, "and so is one whose label was never set"
