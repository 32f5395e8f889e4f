"""Who can reach whom, directly or through whom, for which kinds of records, and what stands in the way of the rest.

A record of O for R goes from hand to hand: O gives it to a partner, who is R or passes it on. Each hand-over rests on an
agreement of the two that is in force and names the kind and the purpose; all but the last must allow passing on (`onward` of
1 or more). The label must allow as many pass-ons as there are partners between (`Way.label_onward`). What is said here is what
agreements allow; that anything leaves needs a release rule of the originator too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from offing.errors import UnknownName
from offing.model.sharing import RECORD_KINDS, Agreement

MOST_BETWEEN = 3
"""Ways with more partners between are not looked for."""

MOST_BETWEEN_OPENED = 2
"""Ways that changes would open have at most so many partners between, and at most one new agreement."""

MISSING = ("agreement", "not in force", "kind", "purpose", "onward")
"""What can be missing between two partners."""

Pair = tuple[str, str]


@dataclass(frozen=True, order=True)
class Change:
    """One thing that partners would have to agree: what is missing, between whom, and in which agreement."""

    missing: str  # of MISSING
    pair: Pair  # ascending
    agreement: str = ""  # its id; "" where there is none
    detail: str = ""  # the kind, the purpose, or since when the agreement is not in force

    @property
    def text(self) -> str:
        """What to agree, in words."""
        if self.missing == "agreement":
            return f"an agreement of {self.pair[0]} and {self.pair[1]}"
        if self.missing == "not in force":
            return f"{self.agreement} in force ({self.detail})"
        if self.missing == "onward":
            return f"onward of 1 in {self.agreement}"
        return f"{self.missing} {self.detail} in {self.agreement}"


@dataclass(frozen=True)
class Way:
    """One way from an originator to a recipient: the partners in order, and the agreement under each hand-over."""

    partners: tuple[str, ...]
    agreements: tuple[str, ...]
    purposes: tuple[str, ...]
    sealed: bool = False  # whether a partner between only carries

    @property
    def between(self) -> tuple[str, ...]:
        """The partners through whose hands it goes."""
        return self.partners[1:-1]

    @property
    def label_onward(self) -> int:
        """The `onward` that a label needs for it."""
        return len(self.between)


@dataclass(frozen=True)
class Reach:
    """Whether records of a kind can go from one partner to another: the shortest ways, or what would open one.

    Each set of `opened_by` opens a way if all of it is agreed: first the smallest sets of changes to agreements that there are;
    then, where the two have no agreement, those with one new agreement, their own before all.
    """

    originator: str
    recipient: str
    kind: str
    ways: tuple[Way, ...]
    opened_by: tuple[tuple[Change, ...], ...] = ()
    depends_on: tuple[Pair, ...] = ()  # pairs of whose agreement nothing is known here, which may let it through

    @property
    def state(self) -> str:
        """direct, through, blocked or unknown."""
        if not self.ways:
            return "unknown" if self.depends_on else "blocked"
        return "through" if self.ways[0].between else "direct"

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing on any of the ways that could be opened: words of MISSING."""
        words = {change.missing for changes in self.opened_by for change in changes}
        return tuple(word for word in MISSING if word in words)


def reaches(
    partners: Sequence[str],
    agreements: Iterable[Agreement],
    day: date,
    kinds: Sequence[str] = RECORD_KINDS,
    purposes: Sequence[str] = (),
    unknown: Iterable[Pair] = (),
) -> list[Reach]:
    """Every ordered pair of partners and every kind, on a UTC day. `purposes`: only these; default: all that are agreed.

    `unknown`: pairs that have an agreement of which nothing more is known here (one of the two introduced the other); what
    would go through one that allowed all is neither open nor blocked.

    Parties that are not among `partners` are left out, and so is all that is known of them.
    """
    for kind in kinds:
        if kind not in RECORD_KINDS:
            raise UnknownName.of("kind of record", kind, RECORD_KINDS)
    held = list(agreements)
    net = _Net(partners, held, day, purposes)
    found = [net.reach(a, b, kind) for a in net.partners for b in net.partners if a != b for kind in kinds]
    assumed = {f"?{i}": _pair(*pair) for i, pair in enumerate(sorted(unknown)) if _pair(*pair) not in net.between}
    if not assumed:
        return found
    widest = [Agreement(i, pair, RECORD_KINDS, net.purposes, day, day, onward=1) for i, pair in assumed.items()]
    wider = _Net(partners, [*held, *widest], day, net.purposes)
    return [r if r.ways else _perhaps(r, wider.reach(r.originator, r.recipient, r.kind), assumed) for r in found]


def _perhaps(r: Reach, wider: Reach, assumed: Mapping[str, Pair]) -> Reach:
    """What is blocked by all that is known, and open if agreements of which nothing is known allow it."""
    pairs = {assumed[a] for w in wider.ways for a in w.agreements if a in assumed}
    return replace(r, depends_on=tuple(sorted(pairs)))


class _Net:
    """Partners and the agreements among them on one day."""

    def __init__(self, partners: Sequence[str], agreements: Iterable[Agreement], day: date, purposes: Sequence[str]) -> None:
        self.partners = tuple(dict.fromkeys(partners))
        self.day = day
        held = sorted(agreements, key=lambda a: a.id)
        self.between: dict[Pair, list[Agreement]] = {}
        for i, a in enumerate(self.partners):
            for b in self.partners[i + 1 :]:
                if found := [g for g in held if g.between(a, b)]:
                    self.between[_pair(a, b)] = found
        agreed = {p for found in self.between.values() for g in found for p in g.purposes}
        self.purposes = tuple(dict.fromkeys(purposes)) or tuple(sorted(agreed)) or ("",)
        self.neighbours = {a: [b for b in self.partners if _pair(a, b) in self.between] for a in self.partners}
        self.lacks: dict[tuple[Pair, str, str, bool], tuple[str, frozenset[Change]]] = {}

    def reach(self, originator: str, recipient: str, kind: str) -> Reach:
        """One pair and kind."""
        for between_n in range(MOST_BETWEEN + 1):
            if ways := self._ways(originator, recipient, kind, between_n):
                return Reach(originator, recipient, kind, ways)
        return Reach(originator, recipient, kind, (), self._opened_by(originator, recipient, kind))

    def _ways(self, originator: str, recipient: str, kind: str, between_n: int) -> tuple[Way, ...]:
        found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
        for purpose in self.purposes:
            for path in self._open_paths((originator,), recipient, kind, purpose, between_n):
                found.setdefault((path, self._under(path, kind, purpose)), []).append(purpose)
        return tuple(
            Way(path, under, tuple(purposes), self._sealed(path, under)) for (path, under), purposes in sorted(found.items())
        )

    def _open_paths(
        self, path: tuple[str, ...], recipient: str, kind: str, purpose: str, between_n: int
    ) -> Iterator[tuple[str, ...]]:
        """Simple paths whose every hand-over is allowed, with so many partners still between."""
        if not between_n:
            if not self._lack(path[-1], recipient, kind, purpose, False)[1]:
                yield (*path, recipient)
            return
        for hub in self.neighbours[path[-1]]:
            if hub != recipient and hub not in path and not self._lack(path[-1], hub, kind, purpose, True)[1]:
                yield from self._open_paths((*path, hub), recipient, kind, purpose, between_n - 1)

    def _lack(self, a: str, b: str, kind: str, purpose: str, passes_on: bool) -> tuple[str, frozenset[Change]]:
        """The agreement of two that lacks the least for a hand-over, and what it lacks."""
        pair = _pair(a, b)
        key = pair, kind, purpose, passes_on
        if key not in self.lacks:
            found = [(g.id, _lacks(g, pair, kind, purpose, passes_on, self.day)) for g in self.between.get(pair, ())]
            none = ("", frozenset({Change("agreement", pair)}))
            self.lacks[key] = min(found, key=lambda v: len(v[1]), default=none)
        return self.lacks[key]

    def _under(self, path: tuple[str, ...], kind: str, purpose: str) -> tuple[str, ...]:
        last = len(path) - 2
        return tuple(self._lack(a, b, kind, purpose, i < last)[0] for i, (a, b) in enumerate(pairwise(path)))

    def _sealed(self, path: tuple[str, ...], under: tuple[str, ...]) -> bool:
        """Whether the agreement of the originator with the first who passes on has it only carry."""
        first = self.between[_pair(path[0], path[1])]
        return len(path) > 2 and any(g.id == under[0] and g.relay == "sealed" for g in first)

    def _opened_by(self, originator: str, recipient: str, kind: str) -> tuple[tuple[Change, ...], ...]:
        own = _pair(originator, recipient)
        new_n = 0 if own in self.between else 1
        paths = list(self._possible_paths((originator,), recipient, MOST_BETWEEN_OPENED, new_n))
        sets = {self._changes(path, kind, purpose) for path in paths for purpose in self.purposes}
        minimal = [s for s in sets if not any(other < s for other in sets)]
        old, new = ([s for s in minimal if _needs_new(s) is wanted] for wanted in (False, True))
        chosen = [s for group in (old, new) for s in group if len(s) == min(map(len, group))]
        return tuple(sorted(map(_ordered, chosen), key=lambda s: (_needs_new(s), s[0].pair != own, s)))

    def _possible_paths(self, path: tuple[str, ...], recipient: str, between_n: int, new_n: int) -> Iterator[tuple[str, ...]]:
        """Simple paths with at most so many partners between and so many hand-overs for which there is no agreement."""
        for b in self.partners:
            if b in path:
                continue
            left = new_n - (_pair(path[-1], b) not in self.between)
            if left < 0:
                continue
            if b == recipient:
                yield (*path, b)
            elif between_n:
                yield from self._possible_paths((*path, b), recipient, between_n - 1, left)

    def _changes(self, path: tuple[str, ...], kind: str, purpose: str) -> frozenset[Change]:
        last = len(path) - 2
        lacks = (self._lack(a, b, kind, purpose, i < last)[1] for i, (a, b) in enumerate(pairwise(path)))
        return frozenset[Change]().union(*lacks)


def _lacks(a: Agreement, pair: Pair, kind: str, purpose: str, passes_on: bool, day: date) -> frozenset[Change]:
    """What an agreement lacks for a hand-over between two of its parties."""
    lacks = []
    if not a.in_force(day):
        when = f"it ended on {a.last_day}" if day > a.last_day else f"it begins on {a.first_day}"
        lacks.append(Change("not in force", pair, a.id, when))
    if kind not in a.kinds:
        lacks.append(Change("kind", pair, a.id, kind))
    if purpose not in a.purposes:
        lacks.append(Change("purpose", pair, a.id, purpose))
    if passes_on and a.onward < 1:
        lacks.append(Change("onward", pair, a.id))
    return frozenset(lacks)


def _ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda c: (MISSING.index(c.missing), c)))


def _needs_new(changes: Iterable[Change]) -> bool:
    return any(c.missing == "agreement" for c in changes)


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)
