"""Ids of figures: readable, and enough by themselves to ask for the figure again.

    KIND:ZONES:FLEET:SOURCE:KEY[,name=value]...

    day:senkaku-diaoyu-contiguous-zone@jp:cn-government:ais:2024-03-01
    presence:taiwan-contiguous-zone@tw+taiwan-territorial-sea@tw:any:ais:2024-03,unit=ship_days
    streak:senkaku-diaoyu-contiguous-zone@jp:cn-government:jcg:2021-02-13,as_of=2021-07-31

Several zones are joined by `+`. Whatever would be taken for punctuation is escaped as in web addresses. No character of an
id means anything to a shell. Where a semicolon stands for a comma the id is read all the same.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import unquote

from offing.errors import OffingError, UnknownName, UsageError
from offing.model.times import UTC_DAY, DayRule, compact, parse_compact, parse_day
from offing.model.units import Unit
from offing.model.zone import Zone

KINDS = ("day", "presence", "streak", "record")
RECORD_KINDS = ("longest_streak", "highest_day")
UNDATED = "undated"
"""Key of a streak of which only the length and some bounds were published."""

_PLAIN = re.compile(r"[\w.@~/-]", re.ASCII)
_PERIOD = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True)
class FigureSpec:
    """What a figure answers: the request behind an id.

    `key` is the day of a `day`, the period of a `presence` (2024, 2024-03 or 2024-03-01), the first day of a `streak` or of
    what holds a `record`, or `undated`. None of the others: nothing was said, so that the default holds (the zones' own
    day rule, all that is known).
    """

    kind: str
    zone_ids: tuple[str, ...]
    fleet_id: str
    source: str = "ais"
    key: str = ""
    day_rule: DayRule | None = None
    as_of: date | None = None  # days up to and including this one
    known_at_ms: int | None = None  # what was held at that instant
    published_by: date | None = None  # bulletins published up to and including that day
    first_day: date | None = None  # the days asked for, where not all
    last_day: date | None = None
    unit: Unit | None = None  # of a presence
    record_kind: str | None = None  # of a record; None: longest_streak
    days: int | None = None  # of an undated streak: its length
    not_before: date | None = None
    not_after: date | None = None
    settings: tuple[tuple[str, float], ...] = ()  # parameters that differ from the logbook's: ("watch_day.min_positions", 1)

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem:
            raise UsageError(f"This is no figure: {problem}.")
        object.__setattr__(self, "settings", tuple(sorted((k, float(v)) for k, v in self.settings)))

    def __str__(self) -> str:
        return figure_id(self)

    @property
    def by(self) -> str:
        """`day`, `month` or `year`: the length of a presence's period."""
        return {4: "year", 7: "month"}.get(len(self.key), "day")

    @property
    def day(self) -> date | None:
        """The key as a day, where it is one."""
        return parse_day(self.key) if len(self.key) == 10 else None

    @property
    def place(self) -> str:
        """The zones in one word, `a+b`."""
        return "+".join(self.zone_ids)

    def of(self, kind: str, key: str, **changes: Any) -> FigureSpec:
        """The figure of another kind and key in the same series."""
        own: dict[str, Any] = {"unit": None, "record_kind": None, "days": None, "not_before": None, "not_after": None}
        if kind == "day":  # a day is what it is, whichever days were asked for with it
            own |= {"first_day": None, "last_day": None}
        return replace(self, kind=kind, key=key, **(own | changes))

    @property
    def period(self) -> tuple[date, date]:
        """First and last day that the key of a day or presence names."""
        first = parse_day((self.key + "-01-01")[:10])
        if self.by == "day":
            return first, first
        month = first.month if self.by == "month" else 12
        return first, date(first.year, month, monthrange(first.year, month)[1])


def default_day_rule(zones: Sequence[Zone]) -> DayRule:
    """The day rule that all the zones share, else UTC."""
    rules = {z.day_rule for z in zones}
    return rules.pop() if len(rules) == 1 else UTC_DAY


def series_spec(
    zones: Sequence[Zone], fleet_id: str, day_rule: DayRule | None = None, source: str = "ais", **others: Any
) -> FigureSpec:
    """Name a series of days; a day rule that the zones have anyway is left out. Zones are put in order, each once."""
    if day_rule == default_day_rule(zones):
        day_rule = None
    return FigureSpec("streak", tuple(sorted({z.id for z in zones})), fleet_id, source, day_rule=day_rule, **others)


def figure_id(spec: FigureSpec) -> str:
    """The id of a figure; `parse_figure_id` is its inverse."""
    parts = [spec.kind, "+".join(map(_escape, spec.zone_ids)), *map(_escape, (spec.fleet_id, spec.source, spec.key))]
    extras: list[tuple[str, str]] = []
    for name, (attribute, write, _) in _EXTRAS.items():
        value = getattr(spec, attribute)
        if value is not None:
            extras.append((name, _escape(write(value))))
    extras += [(_escape(k), repr(v).removesuffix(".0")) for k, v in spec.settings]
    return ":".join(parts) + "".join(f",{k}={v}" for k, v in extras)


def parse_figure_id(text: str) -> FigureSpec:
    """Read an id back into its request. Anything else is an `UnknownName`."""
    head, *extras = re.split("[,;]", text.strip())
    parts = head.split(":")
    if len(parts) != 5 or parts[0] not in KINDS or not parts[4]:
        raise _unknown(text)
    kind, place, *rest = parts
    fleet_id, source, key = map(unquote, rest)
    values: dict[str, Any] = {}
    settings: list[tuple[str, float]] = []
    seen: set[str] = set()
    try:
        for extra in extras:
            name, equals, value = extra.partition("=")
            name = unquote(name)
            if not equals or name in seen:
                raise _unknown(text)
            seen.add(name)
            if "." in name:
                settings.append((name, float(value)))
            else:
                attribute, _, read = _EXTRAS[name]
                values[attribute] = read(unquote(value))
        zone_ids = tuple(unquote(z) for z in place.split("+")) if place else ()
        return FigureSpec(kind, zone_ids, fleet_id, source, key, settings=tuple(settings), **values)
    except (ValueError, KeyError, OverflowError, OffingError):
        raise _unknown(text) from None


def _unknown(text: str) -> UnknownName:
    listings = "Ids of figures are printed by `offing days`, `presence`, `streaks` and `records`."
    return UnknownName(f"There is no figure {text!r}.", listings, name=text)


def _problem(spec: FigureSpec) -> str:
    if spec.kind not in KINDS:
        return f"{spec.kind!r} is none of {', '.join(KINDS)}"
    if not spec.fleet_id or not spec.source:
        return "it names no fleet or no source"
    if not all(spec.zone_ids):
        return "a zone has no name"
    if spec.record_kind not in (None, *RECORD_KINDS):
        return f"{spec.record_kind!r} is none of {', '.join(RECORD_KINDS)}"
    if any("." not in k for k, _ in spec.settings):
        return "a parameter is written KIND.NAME"
    if spec.key in ("", UNDATED) and spec.kind in ("streak", "record"):
        return ""
    if not _PERIOD.fullmatch(spec.key) or (spec.kind != "presence" and len(spec.key) != 10):
        return f"{spec.key!r} is not a day"
    parse_day((spec.key + "-01-01")[:10])
    return ""


def _escape(text: str) -> str:
    return "".join(c if _PLAIN.match(c) else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


def _write_rule(rule: DayRule) -> str:
    return f"{rule.zone}@{rule.start_hour:02d}"


_EXTRAS: dict[str, tuple[str, Any, Any]] = {
    "day_rule": ("day_rule", _write_rule, DayRule.parse),
    "as_of": ("as_of", date.isoformat, parse_day),
    "known_at": ("known_at_ms", compact, parse_compact),
    "published_by": ("published_by", date.isoformat, parse_day),
    "first_day": ("first_day", date.isoformat, parse_day),
    "last_day": ("last_day", date.isoformat, parse_day),
    "unit": ("unit", str, Unit),
    "record_kind": ("record_kind", str, str),
    "days": ("days", str, int),
    "not_before": ("not_before", date.isoformat, parse_day),
    "not_after": ("not_after", date.isoformat, parse_day),
}
"""Name in an id -> field of FigureSpec, how it is written and read."""
