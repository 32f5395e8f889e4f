"""What a node's acts give back, and what it tells of its partners and streams. Times are UTC milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from offing.model.sharing import Label, Record


@dataclass(frozen=True)
class Taken:
    """What became of one batch. Only `new` and `duplicate` are held."""

    originator: str
    recipient: str
    seq: int
    state: str  # new, duplicate, quarantined (an agreement lacks: tried again with every pull), refused
    code: str = ""  # short name of the reason: gap, forged, stripped, no_agreement, two_histories, ...
    reason: str = ""  # a sentence

    @property
    def held(self) -> bool:
        """Whether the node holds the batch now."""
        return self.state in ("new", "duplicate")


@dataclass(frozen=True)
class BatchSummary:
    """What a release pass wrote into the stream for one recipient; nothing where nothing had changed."""

    recipient: str
    batches_n: int = 0
    puts_n: int = 0  # new and corrected records
    corrected_n: int = 0  # of these
    withdrawn_n: int = 0
    withheld: Mapping[str, int] = field(default_factory=dict)  # reason code -> records that no neighbour may carry
    head_seq: int = 0  # 0: there is no stream
    sealed: bool = False
    waits_for: str = ""  # why nothing could be written: no_card (the recipient's, to seal for), recovering


WAITS = {
    "no_card": "waits for the card of its recipient, to seal it",
    "recovering": "partners hold more of it than this node, whose disk was lost: it is not gone on with",
}
"""What `BatchSummary.waits_for` means."""


@dataclass(frozen=True)
class PullSummary:
    """What a pull from one neighbour brought, batch by batch, and why it ended early."""

    neighbour: str
    taken: tuple[Taken, ...] = ()
    papers_n: int = 0  # kept
    papers_refused: tuple[str, ...] = ()  # sentences
    broken: str = ""  # why the link failed; what came before is kept

    def count(self, state: str) -> int:
        """How many batches came to a state of `Taken`."""
        return sum(t.state == state for t in self.taken)


@dataclass(frozen=True)
class Received:
    """A record that another node released to this one: the latest version, neither withdrawn nor expired."""

    originator: str
    label: Label  # releasable to this node alone: who else may have it is not told
    onward_left: int  # hands it may still pass through: those of the label without those it came through
    record: Record  # values in the order of `columns`
    columns: tuple[str, ...]
    version: int  # in the originator's stream for this node
    from_whom: str  # the partner who handed it over
    seq: int  # of the batch
    index: int  # in the batch
    taken_ms: int
    vouched_by: str | None  # who introduced the originator's key; null: pinned by hand


@dataclass(frozen=True)
class Partner:
    """A node whose card is pinned."""

    id: str
    name: str
    key_id: str
    fingerprint: str
    vouched_by: str | None  # who introduced it; null: added by hand
    added_ms: int
    last_seen_ms: int | None  # when it was last pulled from, pulled, or its delivery was taken
    alarms_n: int  # not yet cleared


@dataclass(frozen=True)
class Alarm:
    """Something that no honest fault explains. What it concerns stays closed until a human clears it."""

    n: int
    originator: str
    recipient: str  # of the stream; empty: it concerns the originator's card
    code: str  # two_histories, other_key, contradicted
    sentence: str
    evidence: tuple[bytes, ...]  # the signed statements that prove it
    t_ms: int
    cleared_ms: int | None


@dataclass(frozen=True)
class Quarantined:
    """The latest batch of a stream that was not taken in from a partner, and why."""

    originator: str
    recipient: str
    from_whom: str
    seq: int
    state: str  # quarantined, refused
    code: str
    reason: str
    t_ms: int


@dataclass(frozen=True)
class ReceiptLine:
    """The latest word of a holder: it has the stream up to here."""

    by: str
    originator: str
    recipient: str
    seq: int
    head: str  # id of the batch at `seq`
    from_whom: str
    t_ms: int
    verified: bool  # false: the key of who signed it is not known here, a neighbour passed it on


@dataclass(frozen=True)
class StreamStatus:
    """One stream that this node writes, holds for another, or receives."""

    originator: str
    recipient: str
    head_seq: int
    head_id: str
    live_n: int  # entries with a body
    redacted_n: int  # withdrawn, superseded or expired ones
    bytes_n: int  # of the batches as they came
    sealed: bool
    blocked: bool  # by an alarm
    carried_by: tuple[str, ...]  # partners who may be given it now
    withheld: Mapping[str, str]  # other partners with an agreement -> why they may not


@dataclass(frozen=True)
class PartnerStatus:
    """One partner, as this node sees it."""

    id: str
    name: str
    last_seen_ms: int | None
    vouched_by: str | None
    streams: tuple[StreamStatus, ...]  # that it writes, receives, or handed over
    duplicates_n: int  # batches that it brought again
    gaps: tuple[Quarantined, ...]
    quarantined: tuple[Quarantined, ...]
    refused: tuple[Quarantined, ...]
    receipts: tuple[ReceiptLine, ...]  # that it signed
    alarms: tuple[Alarm, ...]
    bytes_n: int  # held of what it handed over
    batches_n: int
