"""Small nodes in memory for the tests of the exchange: their keys are fixed, their clock is one number that a test sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

import polars as pl

from offing.exchange import batch, papers
from offing.exchange.carriers import Head
from offing.exchange.disk import ConnectedDisk, MemoryDisk
from offing.exchange.keys import NodeKeys
from offing.exchange.node import Node
from offing.exchange.own import Limits
from offing.exchange.results import PullSummary
from offing.model.sharing import Agreement, Label, Record, Released, Value
from offing.model.wire import WIRE

START_MS = 1_780_000_000_000  # 2026-05-28
DAY_MS = 86_400_000
CLOSE_MS = 1_779_000_000_000


@cache
def keys_of(name: str) -> NodeKeys:
    return NodeKeys.in_memory(name, seed=name.encode().ljust(32, b"."))


@cache
def _card(name: str) -> papers.Card:
    return papers.make_card(keys_of(name))


@dataclass
class Federation:
    """Nodes by id. `a, b = federation("a", "b")` makes them; `link` lets two of them work together."""

    now_ms: int = START_MS
    nodes: dict[str, Node] = field(default_factory=dict)

    def add(
        self, name: str, disk: ConnectedDisk | None = None, keys: NodeKeys | None = None, limits: Limits | None = None
    ) -> Node:
        card = None if keys is not None else _card(name)
        node = Node(disk or MemoryDisk(), keys or keys_of(name), lambda: self.now_ms, limits, card)
        self.nodes[name] = node
        return node

    def link(self, a: str, b: str, **more: object) -> Agreement:
        """Both pin the other's card by hand and hold one agreement; `more`: fields of it."""
        self.nodes[a].add_card(self.nodes[b].card())
        self.nodes[b].add_card(self.nodes[a].card())
        agreement = replace(agreed(a, b), **more)  # type: ignore[arg-type]
        self.nodes[a].add_agreement(agreement)
        self.nodes[b].add_agreement(agreement)
        return agreement

    def pull(self, who: str, of: str) -> PullSummary:
        return self.nodes[who].pull(Link(self.nodes[of], who), of)

    def ids(self, name: str) -> list[str]:
        return [r.record.id for r in self.nodes[name].received()]


def federation(*names: str) -> Federation:
    made = Federation()
    for name in names:
        made.add(name)
    return made


def line_of_three(**more: object) -> Federation:
    """jp and tw know us; jp and tw have no agreement and no link."""
    f = federation("jp", "us", "tw")
    f.link("jp", "us", **more)
    f.link("tw", "us", **more)
    return f


class Link:
    """A carrier within one process: what a node gives to `to`, who is known."""

    def __init__(self, giver: Node, to: str) -> None:
        self.giver, self.to = giver, to

    def heads(self) -> list[Head]:
        return self.giver.heads_for(self.to)

    def fetch(self, originator: str, recipient: str, seq: int) -> bytes | None:
        return self.giver.batch_for(self.to, originator, recipient, seq)

    def papers(self) -> list[bytes]:
        return self.giver.papers_for(self.to)

    def give_papers(self, papers: Sequence[bytes]) -> None:
        self.giver.take_papers(self.to, papers)


def agreed(a: str, b: str) -> Agreement:
    return Agreement(
        id=f"{a}-{b}",
        parties=tuple(sorted((a, b))),
        kinds=("visit", "incident"),
        purposes=("maritime_safety",),
        first_day=date(2020, 1, 1),
        last_day=date(2030, 1, 1),
        onward=1,
    )


def label(originator: str = "jp", *to: str, **more: object) -> Label:
    made = Label(originator, "visit", frozenset(to or ("tw", "us")), "maritime_safety", 1)
    return replace(made, **more)  # type: ignore[arg-type]


def visit(id: str = "a", text: str = "plain") -> Record:
    """A visit whose texts are all `text`."""
    return Record("visit", f"visit:{id}", tuple(_value(dtype, text) for dtype in WIRE["visit"].values()))


def released(to: str, *ids: str, text: str = "plain", originator: str = "jp", **more: object) -> Released:
    one = label(originator, to, **more)
    return Released(to, [(visit(i, text), one) for i in ids])


def one_batch(node: Node, recipient: str, seq: int = 1, neighbour: str | None = None) -> bytes:
    """A batch of a node's own stream, as it hands it over."""
    raw = node.batch_for(neighbour or recipient, node.id, recipient, seq)
    assert raw is not None
    return raw


def forge(node: Node, raw: bytes, keys: NodeKeys | None = None, **header: object) -> bytes:
    """The same entries under another header, signed by the node itself or by `keys`."""
    got = batch.read_entries(batch.read_head(raw), raw)
    said = {k: v for k, v in got.head.signed["payload"].items() if k not in ("v", "n", "root")}
    leaves = [
        batch.leaf(e.label, body if isinstance(e, batch.Redacted) else batch.inner_hash(bytes.fromhex(e.salt), body))
        for e, body in zip(got.entries, got.bodies, strict=True)
    ]
    envelope, _ = batch.make(said | header, leaves, (keys or node.own.keys).signing)
    return envelope + raw[raw.index(b"\n") :]


def _value(dtype: pl.DataType, text: str) -> Value:
    if isinstance(dtype, pl.Datetime):
        return CLOSE_MS
    if isinstance(dtype, pl.String):
        return text
    if isinstance(dtype, pl.Boolean):
        return True
    return 1.5 if dtype.is_float() else 7
