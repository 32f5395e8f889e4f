"""Two ends of a link for tests: nodes with keys in folders, and a source that hands out what it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from offing.exchange.carriers import Head
from offing.exchange.keys import NodeKeys
from offing.exchange.papers import Card, make_card


@dataclass
class Shelf:
    """A source whose answers are laid out by hand: (peer, originator, recipient, seq) -> batch."""

    batches: dict[tuple[str, str, str, int], bytes] = field(default_factory=dict)
    papers: dict[str, list[bytes]] = field(default_factory=dict)
    taken: list[tuple[str, list[bytes]]] = field(default_factory=list)

    def heads_for(self, peer: str) -> list[Head]:
        last: dict[tuple[str, str], int] = {}
        for p, o, r, seq in self.batches:
            if p == peer:
                last[o, r] = max(seq, last.get((o, r), 0))
        return [Head(o, r, seq, "ab" * 32) for (o, r), seq in sorted(last.items())]

    def batch_for(self, peer: str, originator: str, recipient: str, seq: int) -> bytes | None:
        return self.batches.get((peer, originator, recipient, seq))

    def papers_for(self, peer: str) -> list[bytes]:
        return self.papers.get(peer, [])

    def take_papers(self, peer: str, papers: Sequence[bytes]) -> None:
        self.taken.append((peer, list(papers)))


@dataclass(frozen=True)
class End:
    """A node as far as links know it."""

    keys: NodeKeys

    @property
    def ca(self) -> bytes:
        return self.keys.tls.ca_der

    @property
    def chain(self) -> Path:
        return self.keys.tls_chain

    def card(self, *ports: int) -> Card:
        return make_card(self.keys, tuple(f"https://127.0.0.1:{p}" for p in ports))


def end(folder: Path, node_id: str) -> End:
    return End(NodeKeys.create(folder / node_id / "keys", node_id))
