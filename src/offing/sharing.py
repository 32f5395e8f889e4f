"""A logbook among partners: joins what may leave (`pipeline.release`) with how it leaves and comes (`exchange`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from offing.clock import now_ms
from offing.errors import BadDelivery, BadPaper, BadParameter, SharingError, UnknownName
from offing.exchange.carriers.folder import Exported, Imported, export, import_
from offing.exchange.disk import FileDisk
from offing.exchange.keys import NodeKeys, check_id, fingerprint
from offing.exchange.node import Node
from offing.exchange.papers import Card, make_card
from offing.exchange.results import WAITS, BatchSummary, Partner, PartnerStatus, PullSummary
from offing.model.sharing import RECORD_KINDS, Agreement, Record, ReleaseRule
from offing.model.times import iso
from offing.model.wire import WIRE
from offing.pipeline.merged import Received
from offing.pipeline.release import Release, release_of
from offing.pipeline.release_explain import explain as explain_own
from offing.pipeline.release_preview import Preview
from offing.pipeline.release_rows import Inputs, require_rule
from offing.pipeline.waters import Waters, load
from offing.policy.explain import Explanation, explain_received
from offing.policy.labels import check_rule
from offing.policy.rules_file import read_rules
from offing.store import Store, received
from offing.store.folder import EXCHANGE, NODE
from offing.store.lake import sync_folder

if TYPE_CHECKING:
    from offing.exchange.carriers import Carrier

Say = Callable[[str], None]


class Sharing:
    """The sharing side of one logbook. Nothing here decides who may have what: `policy` does."""

    def __init__(self, store: Store, waters: Callable[[], Waters]) -> None:
        self.store = store
        self._first_waters = waters
        self._held_waters: tuple[object, Waters] | None = None
        self._opened: tuple[object, Node] | None = None
        self._one_at_a_time = threading.Lock()

    def _waters(self) -> Waters:
        """The waters as they are now: another process may have added zones or fleets."""
        said = self.store.ledger.zones(), self.store.ledger.fleets()
        if self._held_waters is None or self._held_waters[0] != said:
            self._held_waters = said, load(self.store) if self._held_waters else self._first_waters()
        return self._held_waters[1]

    # this node

    def init(self, node_id: str, name: str = "", addresses: tuple[str, ...] = ()) -> Card:
        """Make the logbook a node with an id and keys. Raises `SharingError` where it is one already."""
        check_id(node_id)
        try:
            make_card(NodeKeys.in_memory(node_id, name), addresses)  # refuses what is bad before anything is written
        except BadDelivery:
            raise BadParameter(f"{name!r:.80} is no name of a node.", "Use up to 1,000 printable characters.") from None
        keys = NodeKeys.create(self.store.root / "keys", node_id, name)
        card = make_card(keys, addresses)
        temporary = self.store.root / f"{NODE}.new"
        temporary.write_text(f'id = "{node_id}"\n', encoding="utf-8")
        temporary.replace(self.store.root / NODE)
        sync_folder(self.store.root)
        return card

    @property
    def node(self) -> Node:
        """The node, with the keys that it has now: another process may have made new ones.

        Raises `SharingError` where the logbook is none, or where others may read its keys.
        """
        folder = self.store.root / "keys"
        with self._one_at_a_time:
            stamp = _stamp(folder / "node.json")
            if self._opened is None or self._opened[0] != stamp:
                keys = NodeKeys.open(folder)
                disk = self._opened[1].disk if self._opened else FileDisk(self.store.root / EXCHANGE)
                self._opened = stamp, Node(disk, keys, now_ms)
            return self._opened[1]

    @property
    def is_node(self) -> bool:
        """Whether the logbook is a node."""
        return self.store.node_id is not None

    def card(self, addresses: tuple[str, ...] | None = None) -> Card:
        """This node's card; `addresses` replace those of before."""
        return make_card(self.node.own.keys, addresses)

    def card_bytes(self) -> bytes:
        """The card as partners get it."""
        return self.card().envelope

    def rotate_key(self) -> str:
        """Sign with a new key from now on, and say so in every stream; returns its fingerprint."""
        new, _ = self.node.own.keys.rotate()
        assert self.node.own.keys.key_id == new.key_id  # opened anew, the node has announced the key
        return new.fingerprint()

    def revoke_key(self, public_hex: str, reason: str) -> None:
        """Say to every partner that a former key is not to be believed any more."""
        self.node.revoke_key(public_hex, reason)

    def keys(self) -> list[dict[str, Any]]:
        """This node's keys, never their secrets: use, state, key_id, fingerprint, and of signing keys the public key."""
        own = self.node.own.keys
        rows = [("signing", "in use", own.public_hex), *(("signing", "retired", k) for k in self.card().former_keys)]
        rows += [("sealing", "in use", own.sealing.public), ("links (TLS)", "in use", own.tls.ca_der.hex())]
        return [
            {
                "use": use,
                "state": state,
                "key_id": fingerprint(k).replace(" ", "")[:16],
                "fingerprint": fingerprint(k),
                "public": k if use == "signing" else None,
            }
            for use, state, k in rows
        ]

    # partners and agreements

    def add_card(self, path: Path | str) -> Partner:
        """Pin a partner's card from a file."""
        try:
            raw = Path(path).read_bytes()
        except OSError as error:
            raise SharingError(
                f"{path} cannot be read: {error.strerror}.", "Ask your partner for `offing node card`."
            ) from None
        return self.node.add_card(raw)

    def partners(self) -> list[Partner]:
        """Every node whose card is pinned."""
        return self.node.partners()

    def cards(self) -> dict[str, Card]:
        """The pinned cards by id."""
        found = {p.id: self.node.card_of(p.id) for p in self.partners()}
        return {n: card for n, card in found.items() if card is not None}

    def add_agreement(self, agreement: Agreement) -> None:
        """From now on it is in force on this side."""
        self.node.add_agreement(agreement)

    def agreements(self) -> list[Agreement]:
        """Agreements as they stand."""
        return self.node.agreements()

    def end_agreement(self, agreement_id: str, day: date) -> Agreement:
        """Let it end with a UTC day."""
        return self.node.end_agreement(agreement_id, day)

    # rules

    def add_rule(self, **said: Any) -> ReleaseRule:
        """Put a release rule in force: the fields of `model.sharing.ReleaseRule` without n and times."""
        return self._put(ReleaseRule(n=0, **said))[0]

    def add_rules_of(self, path: Path) -> list[ReleaseRule]:
        """Put the rules of a TOML file in force, all or none."""
        rules = read_rules(path, {k: set(w) for k, w in WIRE.items()}, self._waters().zones)
        return self._put(*rules)

    def _put(self, *rules: ReleaseRule) -> list[ReleaseRule]:
        for rule in rules:
            self._require(rule)
        with self.store.writing("share rule"):
            return [self.store.ledger.release_rules.add(rule, now_ms()) for rule in rules]

    def _require(self, rule: ReleaseRule) -> None:
        if self.node.id in rule.releasable_to:  # and a logbook that is no node releases nothing
            raise BadPaper(f"{self.node.id} is this node itself.", "A rule names those who are to have what this node has.")
        if rule.kind not in RECORD_KINDS:
            raise UnknownName.of("kind of record", rule.kind, RECORD_KINDS)
        check_rule(rule, WIRE[rule.kind])
        require_rule(rule, Inputs.of(self.store, self._waters()), self._waters(), rule.sources)

    def unknown_sources(self, rule: ReleaseRule) -> list[str]:
        """Names that a rule takes as inputs and that nothing bears yet: neither an own source nor a partner."""
        known = {line.name for line in self.store.ledger.sources.lines()} | {p.id for p in self.partners()}
        return sorted(set(rule.sources) - known)

    def rules(self) -> list[ReleaseRule]:
        """The rules in force, by number."""
        return self.store.ledger.release_rules.in_force()

    def remove_rule(self, n: int) -> ReleaseRule:
        """End a rule: nothing leaves under it any more, what waits included."""
        with self.store.writing("share rule"):
            rule = self.store.ledger.release_rules.remove(n, now_ms())
        self.release(rule.releasable_to)
        return rule

    # out

    def release(self, recipients: Iterable[str] = ()) -> list[BatchSummary]:
        """Bring the streams of recipients (default: of all whom a rule names or who have one) to what they may have now."""
        node, pass_ = self.node, self._pass()
        wanted = sorted(set(recipients) or {*pass_.recipients(), *node.recipients()})
        return [node.release(pass_.to(recipient)) for recipient in wanted]

    def _pass(self, every_kind: bool = False) -> Release:
        secret = self.node.own.keys.secret("released ids")
        rules = self.rules()
        came = Received.held(self.store) if any(r.sources for r in rules) else None
        return release_of(
            self.store,
            self._waters(),
            rules,
            self.agreements(),
            self.node.id,
            now_ms(),
            came,
            secret=secret,
            every_kind=every_kind,
        )

    def preview(self, recipient: str, kind: str = "") -> Preview:
        """What a recipient would get now, and what stays here. Raises `UnknownName` for a kind that is none."""
        if kind not in ("", *RECORD_KINDS):
            raise UnknownName.of("kind of record", kind, RECORD_KINDS)
        pass_ = self._pass()
        frames = {k: f for k, f in pass_.preview(check_id(recipient)).items() if kind in ("", k)}
        return Preview(frames, pass_.withheld(recipient, pass_.parts(recipient)))

    def explain(self, record_id: str, recipient: str) -> list[Explanation]:
        """For each account of a record that this node holds, why a recipient gets it or what is missing.

        Raises `UnknownName` where there is no such record.
        """
        node, told, at = self.node, list[Explanation](), now_ms()
        check_id(recipient)
        for kind in RECORD_KINDS:
            rows = received.read(self.store, kind, at).filter(pl.col("id") == record_id)
            for row in rows.iter_rows(named=True):
                label = replace(received.label_of(row, kind), releasable_to=frozenset({node.id}))
                told.append(explain_received(label, node.id, recipient, self.agreements(), at))
        own = explain_own(self._pass(every_kind=True), self.store.ledger.release_rules.all(), record_id, recipient)
        if own:
            told.append(own.explanation)
        if not told:
            raise UnknownName(f"There is no record {record_id!r} here.", "`offing visits` and the others list ids.")
        return told

    def export(self, recipient: str, folder: Path) -> Exported:
        """Write all that a partner may have into a folder."""
        check_id(recipient)
        told = self.release()
        waits = tuple(f"the stream for {d.recipient}: {WAITS[d.waits_for]}" for d in told if d.waits_for)
        self.refresh()
        return replace(export(self.node, recipient, folder), waits=waits)

    # in

    def take_folder(self, folder: Path) -> Imported:
        """Take in a folder that a partner wrote, whole or not at all."""
        try:
            return import_(self.node, folder)
        finally:
            self.refresh()

    def refresh(self) -> None:
        """Let the rows that partners sent lie in the logbook as the node holds them now."""
        self.node.sweep()
        version = self.node.received_version()
        if received.version(self.store) == version:
            return
        records: dict[str, list[Record]] = {k: [] for k in RECORD_KINDS}
        came: dict[str, list[received.Came]] = {k: [] for k in RECORD_KINDS}
        under = cache(self._under)
        for r in self.node.received():
            records[r.record.kind].append(r.record)
            label = replace(r.label, onward=r.onward_left)
            how = received.Came(label, r.from_whom, r.seq, r.index, r.taken_ms, under(r.from_whom), r.vouched_by)
            came[r.record.kind].append(how)
        received.write(self.store, {k: received.table(k, records[k], came[k]) for k in RECORD_KINDS if records[k]}, version)

    def _under(self, neighbour: str) -> str | None:
        found = [a.id for a in self.agreements() if a.between(self.node.id, neighbour)]
        return found[0] if len(found) == 1 else None

    def pull(self, partners: Sequence[str] = (), wait_s: float = 20.0) -> list[PullSummary]:
        """Fetch what partners (default: all whose card was added by hand and names an address) hold for this node."""
        cards = self.cards()
        for name in partners:
            if name not in cards:
                raise UnknownName.of("partner", name, cards, "offing partners")
        found = [self.pull_over_https(name, wait_s) for name in partners or self.linked()]
        self.refresh()
        return found

    def linked(self) -> list[str]:
        """The partners who can be asked: whoever was only introduced has no link with this node."""
        linked = {p.id for p in self.partners() if p.vouched_by is None}
        return sorted(n for n, card in self.cards().items() if n in linked and card.addresses)

    def pull_over_https(self, name: str, wait_s: float) -> PullSummary:
        """Fetch over the addresses of a pinned card; `refresh` shows it in the logbook."""
        from offing.exchange.carriers.https import HttpsCarrier

        node = self.node
        card = node.card_of(name)
        assert card is not None
        with HttpsCarrier(card, node.own.keys.tls_chain, silence_s=wait_s) as carrier:
            return node.pull(carrier, name)

    def pull_from(self, carrier: Carrier, neighbour: str) -> PullSummary:
        """Fetch over a link of any kind; `refresh` shows it in the logbook."""
        return self.node.pull(carrier, neighbour)

    def serve(self, host: str, port: int, every_s: float, say: Say, stop: threading.Event | None = None) -> None:
        """Serve partners, pull and release every so often, until `stop` is set: `serving.Serving`."""
        from offing.serving import Serving

        Serving(self, say).run(host, port, every_s, stop or threading.Event())

    def alarms(self) -> list[dict[str, Any]]:
        """Every alarm, cleared ones too; `evidence`: the signed statements that prove it, as text."""
        return [
            {
                "n": a.n,
                "originator": a.originator,
                "recipient": a.recipient,
                "code": a.code,
                "sentence": a.sentence,
                "raised_utc": iso(a.t_ms),
                "cleared_utc": None if a.cleared_ms is None else iso(a.cleared_ms),
                "evidence": [e.decode("utf-8", "replace") for e in a.evidence],
            }
            for a in self.node.alarms()
        ]

    def forget(self, originator: str, recipient: str = "") -> None:
        """Drop a stream of another node (for this one, or that it carries) with all that was in it."""
        self.node.forget(originator, recipient or self.node.id)
        self.refresh()

    def status(self) -> list[dict[str, Any]]:
        """One row for each partner; `withheld`: rows that no rule gives it, by reason, for the owner's eyes."""
        pass_ = self._pass()
        return [self._partner_row(p, pass_) for p in self.node.status()]

    def _partner_row(self, p: PartnerStatus, pass_: Release) -> dict[str, Any]:
        kept: dict[str, int] = {}
        for (_, reason), n in pass_.withheld(p.id, pass_.parts(p.id)).items():
            kept[reason] = kept.get(reason, 0) + n
        alarms = [a.sentence for a in p.alarms if a.cleared_ms is None]
        state = "alarm" if alarms else "waiting" if p.gaps or p.quarantined else "in step" if p.last_seen_ms else "never seen"
        return {
            "partner": p.id,
            "name": p.name,
            "state": state,
            "last_seen_utc": None if p.last_seen_ms is None else iso(p.last_seen_ms),
            "vouched_by": p.vouched_by,
            "streams": [f"{s.originator} to {s.recipient}: {s.head_seq}" for s in p.streams],
            "batches": p.batches_n,
            "bytes": p.bytes_n,
            "gaps": len(p.gaps),
            "duplicates": p.duplicates_n,
            "withheld": kept,
            "quarantined": [q.reason for q in (*p.gaps, *p.quarantined)],
            "refused": [q.reason for q in p.refused],
            "receipts": [f"{r.originator} to {r.recipient}: {r.seq} at {iso(r.t_ms)}" for r in p.receipts],
            "alarms": alarms,
        }


def _stamp(path: Path) -> object:
    """Changes whenever a file is replaced."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
