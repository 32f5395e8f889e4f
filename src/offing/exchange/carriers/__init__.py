"""Carriers: how batches and papers get from node to node. All pull; none is trusted: what arrives is checked end to end.

A carrier stands for one link to one neighbour, whose identity the link itself has proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from offing.errors import BadDelivery, BadParameter
from offing.exchange.canonical import decode_strict, encode
from offing.exchange.keys import check_id
from offing.exchange.signing import unhex

MAX_BATCH_BYTES = 64 << 20
"""Longest batch that a carrier brings."""

MAX_PAPERS_BYTES = 16 << 20
"""Longest list of papers."""

MAX_HEADS_BYTES = 4 << 20
"""Longest list of heads."""

_HINT = "Nothing of it was taken in. Ask the partner which version of offing it runs."


class Head(NamedTuple):
    """The last batch of a stream."""

    originator: str
    recipient: str
    seq: int  # 1 or more
    batch_id: str  # 64 hex digits


class Carrier(Protocol):
    """A link to one neighbour. A link that fails raises `SharingError`, an answer of another form `BadDelivery`."""

    def heads(self) -> list[Head]:
        """The streams that the neighbour would hand over, each with its last batch."""

    def fetch(self, originator: str, recipient: str, seq: int) -> bytes | None:
        """The bytes of one batch; None where the neighbour has none for this node."""

    def papers(self) -> list[bytes]:
        """The signed statements that the neighbour has for this node."""

    def give_papers(self, papers: Sequence[bytes]) -> None:
        """Hand the neighbour signed statements: receipts, signatures, revocations."""


class Source(Protocol):
    """What the giving side hands out and takes in: a node. Calls come from several threads, one at a time."""

    def heads_for(self, peer: str) -> Sequence[Head]:
        """The streams that this partner may have."""

    def batch_for(self, peer: str, originator: str, recipient: str, seq: int) -> bytes | None:
        """One batch, None where there is none for this partner."""

    def papers_for(self, peer: str) -> Sequence[bytes]:
        """Signed statements for this partner."""

    def take_papers(self, peer: str, papers: Sequence[bytes]) -> object:
        """Signed statements from this partner."""


def encode_heads(heads: Iterable[Head]) -> bytes:
    """Heads on the wire: canonical JSON, a list of [originator, recipient, seq, batch id]."""
    return encode([list(h) for h in heads])


def decode_heads(raw: bytes) -> list[Head]:
    """Heads from the wire.

    Raises:
        BadDelivery: of another form, or one stream twice.
    """
    value = decode_strict(raw, "The list of streams", MAX_HEADS_BYTES, 2)
    heads = [_head(v) for v in value] if isinstance(value, list) else None
    if heads is None or len({h[:2] for h in heads}) != len(heads):
        raise BadDelivery("The list of streams is no list, or names a stream twice.", _HINT)
    return heads


def encode_papers(papers: Iterable[bytes]) -> bytes:
    """Papers on the wire: one a line. Canonical JSON holds no line break.

    Raises:
        ValueError: a paper with a line break is none.
    """
    lines = list(papers)
    if any(b"\n" in p or not p for p in lines):
        raise ValueError("a paper is empty or has a line break")
    return b"".join(p + b"\n" for p in lines)


def decode_papers(raw: bytes) -> list[bytes]:
    """Papers from the wire, not yet read.

    Raises:
        BadDelivery: too long, or the last line is cut off.
    """
    if len(raw) > MAX_PAPERS_BYTES or (raw and not raw.endswith(b"\n")):
        raise BadDelivery("The list of papers is too long or cut off.", _HINT)
    return raw[:-1].split(b"\n") if raw else []


def _head(value: object) -> Head:
    if isinstance(value, list) and len(value) == 4 and all(isinstance(value[i], str) for i in (0, 1, 3)):
        originator, recipient, seq, batch_id = value
        try:
            if type(seq) is int and 1 <= seq < 1 << 48 and unhex(batch_id, 32, "A batch id"):
                return Head(check_id(originator), check_id(recipient), seq, batch_id)
        except BadParameter:
            pass  # an id that is none
    raise BadDelivery("A head of a stream is not [originator, recipient, seq, batch id].", _HINT)
