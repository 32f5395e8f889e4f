"""Random federations: who there is, who agreed what with whom, what is held and released under which rules."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import polars as pl

from offing.model.sharing import Agreement, Record, ReleaseRule, Value
from offing.model.wire import WIRE
from offing.testing.federation_model import DAY_MS, HOUR_MS, Held, day_of, start_of

NAMES = ("ash", "bay", "cay", "dun", "elm", "fen", "gum")
KINDS = ("visit", "watch_day", "sighting")
PURPOSES = ("maritime_safety", "research")
FIRST_DAY = date(2026, 3, 1)
START_MS = start_of(FIRST_DAY)
EVER = (date(2020, 1, 1), date(2030, 1, 1))
MAX_SKEW_MS = 8 * HOUR_MS


class Draw:
    """What chance decides, from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.names = NAMES[: self.rng.randint(3, 7)]
        self.seals = self.rng.random() < 0.25  # sealing costs most of a seed's time
        self.skew_ms = {n: self.rng.randint(-MAX_SKEW_MS, MAX_SKEW_MS) for n in self.names}
        self.originators = tuple(self.rng.sample(self.names, self.rng.randint(1, min(3, len(self.names) - 1))))
        self.hubs = tuple(n for n in self.names if n not in self.originators)
        self._n = 0
        self._agreed = Counter[tuple[str, str]]()  # ids repeat from seed to seed, so that decisions can be kept

    def pairs(self) -> list[tuple[str, str]]:
        """Who works with whom: a connected graph, some edges beyond it."""
        rng, names = self.rng, list(self.names)
        rng.shuffle(names)
        edges = {tuple(sorted((names[i], rng.choice(names[:i])))) for i in range(1, len(names))}
        for _ in range(rng.randint(0, len(names))):
            edges.add(tuple(sorted(rng.sample(names, 2))))
        return sorted((a, b) for a, b in edges)

    def number(self) -> int:
        """1, 2, ..."""
        self._n += 1
        return self._n

    def agreement(self, pair: tuple[str, str], today: date) -> Agreement:
        """What two partners agreed."""
        rng = self.rng
        self._agreed[pair] += 1
        first, last = EVER
        if rng.random() < 0.1:
            first = today + timedelta(days=rng.randint(1, 3))
        if rng.random() < 0.15:
            last = today + timedelta(days=rng.randint(2, 6))
        history = rng.random() >= 0.1
        if not history:
            first = today - timedelta(days=rng.randint(0, 4))
        return Agreement(
            id=f"{pair[0]}-{pair[1]}-{self._agreed[pair]}",
            parties=pair,
            kinds=rng.choice((KINDS, KINDS, KINDS, KINDS[:1], KINDS[:2])),
            purposes=rng.choice((PURPOSES, PURPOSES, PURPOSES[:1])),
            first_day=first,
            last_day=last,
            onward=rng.choice((0, 1, 1, 1, 2, 2)),
            may_introduce=rng.random() < 0.2,
            history=history,
            relay="sealed" if self.seals and rng.random() < 0.6 else "open",
        )

    def rule(self, originator: str, n: int, today: date) -> ReleaseRule:
        """What an originator lets go."""
        rng = self.rng
        others = [x for x in self.names if x != originator]
        return ReleaseRule(
            n=n,
            kind=rng.choice(KINDS),
            releasable_to=tuple(sorted(rng.sample(others, rng.randint(1, len(others))))),
            purpose=rng.choice((PURPOSES[0], PURPOSES[0], *PURPOSES)),
            onward=rng.choice((0, 1, 1, 2)),
            expires=today + timedelta(days=rng.randint(1, 5)) if rng.random() < 0.25 else None,
            delay_h=rng.choice((0.0, 0.0, 0.0, 36.0)),
        )

    def held(self, originator: str, now_ms: int, before: Held | None = None) -> Held:
        """A record of an originator, or the next version of one."""
        n = self.number()
        marker = f"mk-{originator}-{n}-{self.rng.getrandbits(24):06x}"
        if before is not None:
            return Held(before.kind, before.id, before.close_ms, row(before.kind, before.id, before.close_ms, marker), marker)
        kind = self.rng.choice(KINDS)
        noon = start_of(day_of(now_ms)) + DAY_MS // 2
        close_ms = noon - DAY_MS * self.rng.randint(1, 9)
        identity = f"{kind}:{originator}:{n}"
        return Held(kind, identity, close_ms, row(kind, identity, close_ms, marker), marker)


def row(kind: str, identity: str, close_ms: int, marker: str) -> Record:
    """A record on the wire: its first text is the marker, every time is its close."""
    values: list[Value] = []
    for dtype in WIRE[kind].values():
        values.append(_value(dtype, close_ms, "" if marker in values else marker))
    return Record(kind, identity, tuple(values))


def _value(dtype: pl.DataType, close_ms: int, text: str) -> Value:
    if isinstance(dtype, pl.Datetime):
        return close_ms
    if isinstance(dtype, pl.Date):
        return day_of(close_ms).isoformat()
    if isinstance(dtype, pl.List):
        return []
    if isinstance(dtype, pl.String):
        return text or "as before"
    if isinstance(dtype, pl.Boolean):
        return True
    return close_ms % 97 / 8 if dtype.is_float() else close_ms % 97
