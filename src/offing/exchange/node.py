"""A node: its streams, what it holds for others, what it received. Every act is one transaction and can be done again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256

from offing.errors import BadDelivery, OffingError, SharingError, UnknownName
from offing.exchange import hub, inbox, outbox, papers, partners, receipts, received, status, streams
from offing.exchange.carriers import Carrier, Head
from offing.exchange.disk import Disk
from offing.exchange.inbox import Asked, Refused
from offing.exchange.keys import NodeKeys, check_id
from offing.exchange.own import Limits, Own
from offing.exchange.results import Alarm, BatchSummary, Partner, PartnerStatus, PullSummary, ReceiptLine, Received, Taken
from offing.model.sharing import Agreement, Released


class Node:
    """One node over its disk, its keys and its clock (`clock()`: UTC ms). It may be dropped and made anew at any instant.

    Whatever leaves is decided at the instant at which it leaves, by the agreements held here and by this node's clock.
    """

    def __init__(
        self,
        disk: Disk,
        keys: NodeKeys,
        clock: Callable[[], int],
        limits: Limits | None = None,
        card: papers.Card | None = None,
    ) -> None:
        """`card`: this node's own, where it is at hand already. Newer keys are announced in every stream of this node."""
        self.disk = disk
        self.own = Own(keys, clock, card or papers.make_card(keys), limits or Limits())
        self.id, self.name = keys.node_id, keys.name
        with self.act() as db:
            outbox.bind_keys(db, self.own)

    # partners and agreements

    def card(self) -> bytes:
        """This node's own card, signed."""
        return self.own.card.envelope

    def add_card(self, envelope: bytes) -> Partner:
        """Pin a partner's card by hand. Raises `BadDelivery` where another key is pinned and no rotation joins the two."""
        card = papers.read_card(envelope)
        if card.id == self.id:
            raise BadDelivery(f"This is a card of {self.id}, this node itself.", "Add the cards of the others.")
        try:
            with self.act() as db:
                partners.pin(db, self.own, card, None, by_hand=True)
                return next(p for p in partners.partners(db) if p.id == card.id)
        except BadDelivery as error:
            self._alarm_of(error)
            raise

    def remove_card(self, id: str) -> None:
        """Unpin a partner's card: no link with it is open, nothing that it signed is taken. Raises `UnknownName`."""
        with self.act() as db:
            partners.remove(db, id)

    def partners(self) -> list[Partner]:
        """Every node whose card is pinned, by id."""
        with self.disk.read() as db:
            return partners.partners(db)

    def card_of(self, id: str) -> papers.Card | None:
        """The card that is pinned for a node."""
        with self.disk.read() as db:
            return partners.pinned(db, id)

    def add_agreement(self, agreement: Agreement) -> None:
        """From now on it is in force on this side, and signed. The same id again replaces it.

        Raises:
            BadPaper: this node is no party of it.
        """
        with self.act() as db:
            partners.add_agreement(db, self.own, agreement)

    def agreements(self) -> list[Agreement]:
        """As they stand (an end that this node set is in `last_day`), by id."""
        with self.disk.read() as db:
            return partners.agreements(db)

    def signers(self, agreement_id: str) -> list[str]:
        """The parties whose signature under an agreement's text is here."""
        with self.disk.read() as db:
            rows = db.execute("SELECT by FROM papers WHERE kind = 'agreement' AND about = ? ORDER BY by", (agreement_id,))
            return [by for (by,) in rows.fetchall()]

    def end_agreement(self, id: str, day: date) -> Agreement:
        """Let it end with a UTC day; a day that is over stops it at once. Raises `UnknownName`."""
        with self.act() as db:
            return partners.end_agreement(db, id, day)

    def revoke_key(self, key: str, reason: str) -> None:
        """Say to every partner that a key of this node (public, 64 hex digits) is not to be believed any more."""
        from offing.exchange.signing import key_id, public_key

        paper = papers.make_revocation(self.own.keys, key, reason)
        with self.act() as db:
            partners.revoke(db, self.id, key_id(public_key(key)), paper.envelope)

    # release

    def release(self, released: Released) -> BatchSummary:
        """Bring the stream for a recipient to exactly these records: puts what is new or changed, withdraws the rest.

        Raises:
            BadParameter: the recipient's id is none.
            SharingError: a record is too long to travel.
        """
        if check_id(released.recipient) == self.id:
            raise SharingError("A node releases nothing to itself.", "Name another recipient.")
        with self.act() as db:
            return outbox.release(db, self.own, released)

    def recipients(self) -> list[str]:
        """Those for whom this node has a stream of its own."""
        with self.disk.read() as db:
            return [s.recipient for s in streams.every(db) if s.originator == self.id]

    def behind(self) -> list[str]:
        """Recipients of whose stream others hold more than this node, whose disk was lost: nothing is added to it."""
        with self.disk.read() as db:
            return outbox.behind(db, self.own)

    # out: what a neighbour may have, decided at this instant

    def heads_for(self, neighbour: str) -> list[Head]:
        """The streams that it may be given."""
        with self.disk.read() as db:
            held = partners.agreements(db)
            some = [s for s in streams.every(db) if not hub.to_give(db, self.own, s, neighbour, held)]
            return [Head(s.originator, s.recipient, s.head_seq, s.head_id) for s in some]

    def batch_for(self, neighbour: str, originator: str, recipient: str, seq: int) -> bytes | None:
        """The bytes of a batch; None where the neighbour may not have it exactly as where there is none."""
        with self.disk.read() as db:
            stream = streams.find(db, originator, recipient)
            if stream is None or hub.to_give(db, self.own, stream, neighbour, partners.agreements(db)):
                return None
            return streams.render(db, stream.n, seq, self.own.clock())

    def papers_for(self, neighbour: str) -> list[bytes]:
        """Signed statements for a partner; none for anybody else."""
        with self.disk.read() as db:
            if partners.pinned(db, neighbour) is None:
                return []
            return receipts.for_neighbour(db, self.own, neighbour)

    # in

    def take(
        self, neighbour: str, originator: str, recipient: str, seq: int, raw: bytes, explained: Collection[tuple[int, int]] = ()
    ) -> Taken:
        """Take in one batch from a neighbour.

        `explained`: places (seq, index) that later batches of the stream withdraw, whose words were checked. Without them
        a batch with redacted entries is refused as `stripped`; `pull` finds them by itself.
        """
        asked = Asked(neighbour, originator, recipient, seq)
        try:
            with self.act() as db:
                return inbox.take(db, self.own, asked, raw, explained)
        except Refused as refused:
            return self.note(asked, refused)

    def take_papers(self, neighbour: str, papers: Sequence[bytes]) -> list[str]:
        """Keep a neighbour's signed statements; sentences about those refused."""
        with self.act() as db:
            partners.seen(db, neighbour, self.own.clock())
            return receipts.take(db, self.own, neighbour, papers)[1]

    def pull(self, carrier: Carrier, neighbour: str) -> PullSummary:
        """Everything that a neighbour has for this node: papers, batches that are missing, in order; then hand it papers.

        A link that breaks ends it early (`broken`); what came before is kept.
        """
        self.sweep()
        taken: list[Taken] = []
        kept, refused, broken = 0, list[str](), ""
        try:
            given = carrier.papers()
            with self.act() as db:
                kept, refused = receipts.take(db, self.own, neighbour, given)
                partners.seen(db, neighbour, self.own.clock())
            for head in sorted(carrier.heads()):
                if head.originator != self.id:
                    self._pull_stream(carrier, neighbour, head, taken)
            carrier.give_papers(self.papers_for(neighbour))
        except (OffingError, OSError) as error:
            broken = error.message if isinstance(error, OffingError) else str(error)
        return PullSummary(neighbour, tuple(taken), kept, tuple(refused), broken)

    def sweep(self) -> int:
        """Delete the bodies of what has expired by this node's clock; how many there were."""
        with self.act() as db:
            return streams.sweep(db, self.own.clock())

    # for the logbook

    def received(self) -> Iterator[Received]:
        """The records that others released to this node: latest versions, neither withdrawn nor expired."""
        with self.disk.read() as db:
            found = list(received.every(db, self.own))
        return iter(found)

    def received_version(self) -> str:
        """Grows whenever `received` changes by anything but the clock; a disk that began anew has other heads."""
        with self.disk.read() as db:
            heads = "\n".join(s.head_id for s in streams.every(db) if s.recipient == self.id)
            return f"{streams.counter(db, streams.RECEIVED):012d} {sha256(heads.encode()).hexdigest()[:16]}"

    def status(self) -> list[PartnerStatus]:
        """All that is known of each partner, by id."""
        with self.disk.read() as db:
            return status.every(db, self.own)

    def receipts(self) -> list[ReceiptLine]:
        """The latest receipt of each holder of each stream."""
        with self.disk.read() as db:
            return receipts.every(db)

    def alarms(self) -> list[Alarm]:
        """Every alarm, cleared ones too."""
        with self.disk.read() as db:
            return partners.alarms(db)

    def clear_alarm(self, n: int) -> None:
        """A human has looked: what it closed is open again. Raises `UnknownName`."""
        with self.act() as db:
            partners.clear_alarm(db, self.own, n)

    def forget(self, originator: str, recipient: str) -> None:
        """Drop a stream of another node with all that was in it and the receipts for it, so that it can be taken anew, be it
        another history of it. Raises `UnknownName`.
        """
        with self.act() as db:
            stream = streams.find(db, originator, recipient)
            if stream is None or originator == self.id:
                known = [f"{s.originator} {s.recipient}" for s in streams.every(db) if s.originator != self.id]
                raise UnknownName.of("stream", f"{originator} {recipient}", known, "offing share status")
            streams.forget(db, stream.n)
            receipts.forget(db, originator, recipient)
            streams.bump(db, streams.RECEIVED)

    # inside

    @contextmanager
    def act(self) -> Iterator[sqlite3.Connection]:
        """One transaction; where it deleted bodies, nothing of them stays in the files."""
        with self.disk.transaction() as db:
            before = streams.counter(db, streams.DELETED)
            yield db
            deleted = streams.counter(db, streams.DELETED) != before
        if deleted:
            self.disk.scrub()

    def _pull_stream(self, carrier: Carrier, neighbour: str, head: Head, taken: list[Taken]) -> None:
        """Fetch what is missing of one stream, in order, until something is not taken in."""
        with self.disk.read() as db:
            stream = streams.find(db, head.originator, head.recipient)
            at = stream.head_seq if stream else 0
            row = streams.batch_row(db, stream.n, head.seq) if stream and head.seq <= at else None
        if row is not None and row[0] != head.batch_id:
            at = head.seq - 1  # another batch than the one held: fetch it, it may prove two histories
        explained: set[tuple[int, int]] = set()
        for seq in range(at + 1, head.seq + 1):
            raw = carrier.fetch(head.originator, head.recipient, seq)
            if raw is None:
                return
            done = self.take(neighbour, head.originator, head.recipient, seq, raw, explained)
            if done.code == "stripped" and not explained:
                explained = self._words_after(carrier, neighbour, head, seq, raw)
                done = self.take(neighbour, head.originator, head.recipient, seq, raw, explained)
            taken.append(done)
            if not done.held:
                return

    def _words_after(self, carrier: Carrier, neighbour: str, head: Head, seq: int, raw: bytes) -> set[tuple[int, int]]:
        """What a batch and all after it withdraw, as their originator signed it."""
        words: set[tuple[int, int]] = set()
        try:
            asked = Asked(neighbour, head.originator, head.recipient, seq)
            with self.disk.read() as db:
                point, some = inbox.read_words(db, self.own, asked, raw, inbox.start(db, self.own, asked))
            words |= some
            n = seq
            while (more := carrier.fetch(head.originator, head.recipient, n := n + 1)) is not None:
                with self.disk.read() as db:
                    point, some = inbox.read_words(
                        db, self.own, Asked(neighbour, head.originator, head.recipient, n), more, point
                    )
                words |= some
        except Refused:
            pass  # what was read until here counts; the batch itself is refused when its turn comes
        return words

    def note(self, asked: Asked, refused: Refused) -> Taken:
        """Remember why a batch was not taken in, and raise the alarm that two histories are."""
        with self.act() as db:
            inbox.note(db, self.own, asked, refused)
        return asked.taken(refused.state, refused.code, refused.message)

    def _alarm_of(self, error: BadDelivery) -> None:
        if code := error.data.get("alarm"):
            evidence = [e for k in ("known", "new") if isinstance(e := error.data.get(k), bytes)]
            with self.act() as db:
                partners.alarm(db, self.own, str(error.data["node"]), "", str(code), error.message, evidence)
