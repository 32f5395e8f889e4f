"""What each node of a simulated federation may hold, must hold and may say: plain Python, no code of `policy` or `exchange`.

The model knows what the operators know: which agreements and cards each node was given, what each originator holds and
under which rules it releases it. It follows no batch and keeps no stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache

from offing.model.sharing import Agreement, Label, Record, ReleaseRule

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LONGEST_WAY = 3  # hands from the originator to the recipient: at most two hubs between


def day_of(t_ms: int) -> date:
    """The UTC day of an instant."""
    return _day(t_ms // DAY_MS)


@cache
def _day(days: int) -> date:
    return datetime.fromtimestamp(days * 86_400, UTC).date()


def start_of(day: date) -> int:
    """The first instant of a UTC day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


@dataclass(frozen=True)
class Words:
    """What of an entry decides who may have it."""

    kind: str
    purpose: str
    onward: int
    expires_ms: int | None
    sealed: bool = False

    @classmethod
    def of(cls, label: Label, sealed: bool) -> Words:
        """Those of a label."""
        return cls(label.kind, label.purpose, label.onward, label.expires_ms, sealed)


@dataclass
class Held:
    """A record as its originator has it."""

    kind: str
    id: str
    close_ms: int
    record: Record
    marker: str  # a text that stands in this version of this record and nowhere else


@dataclass
class Papers:
    """What the operator of one node gave it."""

    agreements: dict[str, Agreement] = field(default_factory=dict)  # as they stand, ends included
    signed: dict[str, Agreement] = field(default_factory=dict)  # as they were signed
    cards: set[str] = field(default_factory=set)  # ids of the nodes whose cards were pinned by hand
    rules: list[ReleaseRule] = field(default_factory=list)
    records: dict[tuple[str, str], Held] = field(default_factory=dict)


class Model:
    """The whole federation as its operators know it."""

    def __init__(self, clock: Callable[[str], int]) -> None:
        self.clock = clock  # the clock of a node, with its skew
        self.papers: dict[str, Papers] = {}

    # agreements ---------------------------------------------------------------------------------------------------------
    def covers(self, at: str, other: str, words: Words, onward: int = 0) -> bool:
        """Whether an agreement that `at` holds with `other` is in force on its own clock and covers this."""
        today = day_of(self.clock(at))
        return any(_covers(a, words, onward) for a in self._between(at, other) if a.first_day <= today <= a.last_day)

    def in_force(self, at: str, other: str) -> bool:
        """Whether any agreement of the two is in force at `at`."""
        today = day_of(self.clock(at))
        return any(a.first_day <= today <= a.last_day for a in self._between(at, other))

    def passes_on(self, at: str, other: str) -> bool:
        """Whether an agreement in force at `at` lets the two pass anything on."""
        today = day_of(self.clock(at))
        return any(a.onward >= 1 and a.first_day <= today <= a.last_day for a in self._between(at, other))

    def introduces(self, hub: str, originator: str) -> bool:
        """Whether the hub may hand on the originator's card."""
        today = day_of(self.clock(hub))
        held = (a for a in self._between(hub, originator) if a.first_day <= today <= a.last_day)
        return any(a.onward >= 1 or a.may_introduce for a in held)

    def _between(self, at: str, other: str) -> Iterator[Agreement]:
        return (a for a in self.papers[at].agreements.values() if at in a.parties and other in a.parties)

    # what is released ---------------------------------------------------------------------------------------------------
    def matched(self, originator: str, recipient: str) -> list[tuple[Held, Label]]:
        """What the rules say: of the rules for the recipient the first one that an agreement allows, else the first."""
        now, sealed = self.clock(originator), self.seals(originator, recipient)
        rules = [r for r in self.papers[originator].rules if r.removed_ms is None and recipient in r.releasable_to]
        found: list[tuple[Held, Label]] = []
        for _, held in sorted(self.papers[originator].records.items()):
            fitting = [r for r in rules if r.kind == held.kind and held.close_ms <= now - r.delay_h * HOUR_MS]
            labels = [label_of(r, originator) for r in fitting]
            allowed = [x for x in labels if self.may_release(originator, recipient, Words.of(x, sealed))][:1]
            if labels and not (
                allowed and held.close_ms < self._closed_from(originator, recipient, Words.of(allowed[0], sealed))
            ):
                found.append((held, (allowed or labels)[0]))
        return found

    def released(self, originator: str, recipient: str) -> list[tuple[Held, Label]]:
        """Of these what may leave now."""
        return self.leaving(originator, recipient, self.matched(originator, recipient))

    def leaving(self, originator: str, recipient: str, every: Iterable[tuple[Held, Label]]) -> list[tuple[Held, Label]]:
        """Those that some way carries."""
        sealed = self.seals(originator, recipient)
        return [(h, x) for h, x in every if self.may_release(originator, recipient, Words.of(x, sealed))]

    def may_release(self, originator: str, recipient: str, words: Words) -> bool:
        """Whether the recipient is a neighbour and it is agreed with it; else whether some neighbour could carry it."""
        return bool(self._first_hands(originator, recipient, words))

    def _first_hands(self, originator: str, recipient: str, words: Words) -> list[str]:
        near = [recipient] if self.in_force(originator, recipient) else self._partners(originator)
        return [n for n in near if self.may_hand(originator, n, originator, recipient, [words], 0)]

    def _closed_from(self, originator: str, recipient: str, words: Words) -> int:
        """What closed before stays: the latest first day of the agreements without history that could carry it."""
        today = day_of(self.clock(originator))
        ways = self._first_hands(originator, recipient, words)
        days = [
            start_of(a.first_day)
            for n in ways
            for a in self._between(originator, n)
            if not a.history and a.first_day <= today <= a.last_day and _covers(a, words, int(n != recipient))
        ]
        return max(days, default=0)

    def _partners(self, at: str) -> list[str]:
        return sorted({p for a in self.papers[at].agreements.values() for p in a.parties} - {at})

    # from hand to hand --------------------------------------------------------------------------------------------------
    def may_hand(self, giver: str, taker: str, originator: str, recipient: str, all_of: Iterable[Words], depth: int) -> bool:
        """Whether the giver, `depth` hands from the originator, may give a stream with these live entries to a neighbour."""
        if giver == recipient or taker in (giver, originator):
            return False
        for words in all_of:
            if expired(words, self.clock(giver)):
                return False
            if taker == recipient:
                ok = self.covers(giver, taker, words) and (giver == originator or words.onward >= 1)
            else:
                ok = self.covers(giver, taker, words, onward=1) and words.onward >= depth + 1
            if not ok:
                return False
        return True

    def may_take(self, taker: str, giver: str, originator: str, recipient: str, all_of: Iterable[Words]) -> bool:
        """Whether the taker lets these entries in from a neighbour."""
        for words in all_of:
            if taker == recipient:
                ok = self.covers(taker, giver, words) and (giver == originator or words.onward >= 1)
            else:
                ok = self.covers(taker, giver, words, onward=1) and words.onward >= 1
            if not ok:
                return False
        return True

    def ways(self, originator: str, recipient: str, live: Sequence[Words]) -> list[list[str]]:
        """Every way on which the whole stream can go now, hand by hand, keys included."""
        found: list[list[str]] = []

        def go(way: list[str]) -> None:
            giver = way[-1]
            if giver == recipient:
                found.append(way)
                return
            for taker in sorted(self.papers):
                if taker in way or len(way) > LONGEST_WAY or not self._meet(giver, taker):
                    continue
                given = self.may_hand(giver, taker, originator, recipient, live, len(way) - 1)
                taken = self.may_take(taker, giver, originator, recipient, live) and self.in_force(taker, giver)
                if given and taken and self.in_force(giver, taker) and self._knows(taker, originator, giver):
                    go([*way, taker])

        go([originator])
        return found

    def _meet(self, a: str, b: str) -> bool:
        """Whether the two can reach and recognise each other."""
        return b in self.papers[a].cards and a in self.papers[b].cards

    def _knows(self, taker: str, originator: str, giver: str) -> bool:
        """Whether the taker has the originator's key, pinned by hand or introduced by who gives."""
        if originator in self.papers[taker].cards:
            return True
        return originator in self.papers[giver].cards and self.introduces(giver, originator)

    def seals(self, originator: str, recipient: str) -> bool:
        """Whether a stream must be sealed: no agreement with its recipient, and one who could carry it shall only carry."""
        if self.in_force(originator, recipient):
            return False
        today = day_of(self.clock(originator))
        held = (a for a in self.papers[originator].agreements.values() if a.first_day <= today <= a.last_day)
        return any(a.relay == "sealed" and a.onward >= 1 for a in held)


def label_of(rule: ReleaseRule, originator: str) -> Label:
    """The label that a rule gives."""
    expires_ms = None if rule.expires is None else start_of(rule.expires) + DAY_MS
    return Label(originator, rule.kind, frozenset(rule.releasable_to), rule.purpose, rule.onward, expires_ms, rule.delay_h)


def expired(words: Words, now_ms: int) -> bool:
    """Whether nobody may use it any more at an instant of one's own clock."""
    return words.expires_ms is not None and words.expires_ms <= now_ms


def _covers(a: Agreement, words: Words, onward: int) -> bool:
    if onward and a.relay == "sealed" and not words.sealed:
        return False
    return words.kind in a.kinds and words.purpose in a.purposes and a.onward >= onward
