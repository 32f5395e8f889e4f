"""What a node is to all its parts: its keys, its clock and its limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from offing.exchange import batch
from offing.exchange.keys import NodeKeys
from offing.exchange.papers import Card


@dataclass(frozen=True)
class Limits:
    """How much one partner may make this node hold."""

    batch_bytes: int = batch.MAX_BYTES
    partner_bytes: int = 64 << 30
    partner_batches: int = 10_000_000


@dataclass(frozen=True)
class Own:
    """This node. `clock()` gives UTC milliseconds."""

    keys: NodeKeys
    clock: Callable[[], int]
    card: Card
    limits: Limits = field(default_factory=Limits)

    @property
    def id(self) -> str:
        """Its global id."""
        return self.keys.node_id
