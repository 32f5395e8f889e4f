"""All parameters of a run, by kind, with where their values came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from offing.errors import BadParameter, UnknownName
from offing.events.passage import PassageParameters
from offing.events.visit import VisitParameters
from offing.figures.coverage import CoverageParameters
from offing.figures.encirclement import EncirclementParameters
from offing.figures.streaks import StreakParameters
from offing.figures.watch_days import WatchDayParameters
from offing.model.parameters import Parameters, method_hash

KINDS: dict[str, type[Parameters]] = {
    "visit": VisitParameters,
    "passage": PassageParameters,
    "coverage": CoverageParameters,
    "watch_day": WatchDayParameters,
    "streak": StreakParameters,
    "encirclement": EncirclementParameters,
}

DEFINITIONS = {
    "visit": "One hull's stay in one zone, from entry to exit. A hull moves straight in longitude and latitude between two "
    "positions of its track; entry and exit are where that way meets the boundary (crossed), or the first and last position "
    "of the track inside (first_seen, last_seen).",
    "passage": "One crossing of a gate by one hull, from one side to the other, on the same way between the positions of its "
    "track as a visit.",
    "coverage": "Were receivers listening? A clock hour counts for a zone when a hull outside the fleet was heard near it.",
    "watch_day": "Zones x fleet x day in a day rule: observed (a hull of the fleet was inside), not_observed (none was, "
    "though receivers were listening) or unobservable.",
    "streak": "Consecutive observed days, with the unknown days that it bridges counted apart: a lower and an upper bound.",
    "encirclement": "Which of 36 bearings round a place a fleet occupied on a day, by positions and sightings.",
}


@dataclass(frozen=True)
class Method:
    """One set of parameters of every kind."""

    visit: VisitParameters
    passage: PassageParameters
    coverage: CoverageParameters
    watch_day: WatchDayParameters
    streak: StreakParameters
    encirclement: EncirclementParameters

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Method:
        """Build from `{"visit.max_gap_h": 6, ...}`. Raises for unknown names and for values out of range."""
        for key in settings:
            if key.partition(".")[0] not in KINDS or "." not in key:
                known = [name for kind in KINDS.values() for name in kind().values()]
                raise UnknownName.of("parameter", key, known, "offing method")
        return cls(**{kind: parameters.from_settings(settings) for kind, parameters in KINDS.items()})  # type: ignore[arg-type]

    def values(self) -> dict[str, float]:
        """Every parameter with its value."""
        return {k: v for kind in KINDS for k, v in getattr(self, kind).values().items()}

    def event_hash(self, kind: str = "visit") -> str:
        """The name of the method that makes events of a kind: only what decides them."""
        if kind == "passage":  # their tracks are the visits', their joining is their own
            return method_hash(replace(self.visit, rejoin_min=0), self.passage)
        return method_hash(getattr(self, kind))

    def describe(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Rows of parameter, value, default, unit, low, high, source, meaning; of one kind or of all."""
        if kind is not None and kind not in KINDS:
            raise UnknownName.of("kind", kind, KINDS, "offing method")
        return [row for name in KINDS if kind in (None, name) for row in getattr(self, name).describe()]


def parse_settings(words: list[str]) -> dict[str, float]:
    """`["visit.max_gap_h=12"]` to `{"visit.max_gap_h": 12.0}`."""
    out: dict[str, float] = {}
    for word in words:
        key, equals, value = word.partition("=")
        try:
            if not equals:
                raise ValueError
            out[key.strip()] = float(value)
        except ValueError:
            raise BadParameter(f"{word!r} is not KIND.NAME=VALUE.", "Write it like visit.max_gap_h=12.") from None
    return out
