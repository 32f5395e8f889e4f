"""What may be asked of a table: parameters by name, read from a query string, refused with a sentence where they do not fit."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from offing.errors import BadParameter, NaiveTime, UnknownName, UsageError
from offing.model.times import DAY_MS, UTC_DAY, from_ms, parse_day, parse_time

FIRST_MS, LAST_MS = -62_135_510_400_000, 253_402_128_000_000
"""The second day of the year 1 and the last but one of 9999: what lies beyond has no day before or after it."""

DAY, TIME, DAY_OR_TIME, TEXT, INTEGER, NUMBER, FLAG = "day", "time", "day or time", "text", "integer", "number", "flag"


class BadQuery(UsageError):
    """A parameter that is not there, is missing, comes twice, or cannot be read."""


@dataclass(frozen=True)
class Parameter:
    """One parameter. `choices`: the values there are; empty: any of its kind."""

    name: str
    about: str
    kind: str = TEXT
    many: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    default: Any = None
    low: float | None = None
    high: float | None = None
    example: str = ""

    def read(self, words: Sequence[str]) -> Any:
        """Its value; an empty word is as good as none. Raises `BadQuery`."""
        given = [w for w in words if w != ""]
        if not given:
            if self.required:
                raise BadQuery(f"The parameter {self.name} is missing.", f"{self.name}: {self.about}")
            return () if self.many else self.default
        if self.many:
            return tuple(self._one(w) for w in given)
        if len(given) > 1:
            raise BadQuery(f"The parameter {self.name} is given {len(given)} times.", "Give it once.")
        return self._one(given[0])

    def _one(self, word: str) -> Any:
        if "\0" in word:
            raise BadQuery(f"The parameter {self.name} holds a null character.", "Leave it out.")
        if self.choices and word not in self.choices:
            raise BadQuery(f"{self.name}={word!r} is none of {', '.join(self.choices)}.", "Give one of these.")
        try:
            return _READERS[self.kind](word, self)
        except (UnknownName, BadParameter, NaiveTime, UsageError) as error:
            raise BadQuery(f"{self.name}: {error.message}", error.hint) from None


@dataclass(frozen=True)
class Asked:
    """The values of a table's parameters by name."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a parameter that the table may not have."""
        return self.values.get(name, default)


def read(parameters: Sequence[Parameter], pairs: Sequence[tuple[str, str]]) -> Asked:
    """The parameters of a table from the pairs of a query. Raises `BadQuery` for one that is unknown, missing or unreadable."""
    known = {p.name: p for p in parameters}
    words: dict[str, list[str]] = {}
    for name, word in pairs:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=2, cutoff=0.6)
            hint = f"Did you mean {' or '.join(near)}? " if near else ""
            raise BadQuery(f"There is no parameter {name!r} here.", f"{hint}There are {', '.join(known) or 'none'}.")
        words.setdefault(name, []).append(word)
    return Asked({name: p.read(words.get(name, ())) for name, p in known.items()})


def span_ms(since: date | int | None, until: date | int | None) -> tuple[int | None, int | None]:
    """A window from days or instants: its first instant, and its last (a day holds all of itself)."""
    low = UTC_DAY.window(since)[0] if isinstance(since, date) else since
    high = UTC_DAY.window(until)[1] - 1 if isinstance(until, date) else until
    if low is not None and high is not None and high < low:
        raise BadQuery("The window ends before it begins.", "Exchange since and until.")
    return low, high


def day_of(value: date | int | None) -> date | None:
    """A day, or the UTC day of an instant."""
    return from_ms(value).date() if isinstance(value, int) else value


def _text(word: str, p: Parameter) -> str:
    if len(word) > 1_000:
        raise BadQuery("It is longer than 1,000 characters.", "Give a shorter one.")
    return word


def _day(word: str, p: Parameter) -> date:
    day = parse_day(word)
    if not FIRST_MS <= (day - date(1970, 1, 1)).days * DAY_MS <= LAST_MS:
        raise UsageError(f"{word} lies at the end of the calendar.", "Days are of the years 1 to 9999.")
    return day


def _time(word: str, p: Parameter) -> int:
    # a plus sign that a query string turned into a space
    try:
        t_ms = parse_time(word.replace(" ", "+") if word.count(" ") == 1 and "T" in word else word)
    except OverflowError:
        t_ms = LAST_MS + 1
    if not FIRST_MS <= t_ms <= LAST_MS:
        raise UsageError(f"{word} lies at the end of the calendar.", "Times are of the years 1 to 9999.")
    return t_ms


def _day_or_time(word: str, p: Parameter) -> date | int:
    return _time(word, p) if "T" in word.upper() else _day(word, p)


def _integer(word: str, p: Parameter) -> int:
    if not word.isascii() or not word.removeprefix("-").isdigit() or len(word) > 19:
        raise UsageError(f"{word!r} is not a whole number.", "")
    return int(_within(float(word), word, p) and int(word))


def _number(word: str, p: Parameter) -> float:
    try:
        value = float(word)
    except ValueError:
        raise UsageError(f"{word!r} is not a number.", "") from None
    return _within(value, word, p)


def _within(value: float, word: str, p: Parameter) -> float:
    low, high = p.low if p.low is not None else float("-inf"), p.high if p.high is not None else float("inf")
    if not low <= value <= high or value in (float("inf"), float("-inf")):
        raise UsageError(f"{word} is outside {low:g} to {high:g}.", "")
    return value


def _flag(word: str, p: Parameter) -> bool:
    if word.lower() not in ("true", "false", "1", "0"):
        raise UsageError(f"{word!r} is neither true nor false.", "")
    return word.lower() in ("true", "1")


_READERS: Mapping[str, Callable[[str, Parameter], Any]] = {
    TEXT: _text, DAY: _day, TIME: _time, DAY_OR_TIME: _day_or_time, INTEGER: _integer, NUMBER: _number, FLAG: _flag,
}  # fmt: skip

# -- parameters that several tables have, as the command line has them

ZONES = Parameter("zone", "a zone's id; several mean any of them", many=True, example="taiwan-contiguous-zone@tw")
ZONES_NEEDED = Parameter("zone", ZONES.about, many=True, required=True, example=ZONES.example)
GATES = Parameter("gate", "a gate's id; several mean any of them", many=True)
FLEET = Parameter("fleet", "a fleet's id, `any`, or `flag-xx`", example="any")
FLEET_NEEDED = Parameter("fleet", FLEET.about, required=True, example="any")
MMSI = Parameter("mmsi", "a ship's number", INTEGER, low=1, high=999_999_999, example="620999315")
SINCE = Parameter("since", "the first day", DAY, example="2026-08-13")
UNTIL = Parameter("until", "the last day, included", DAY, example="2026-08-19")
SINCE_TIME = Parameter("since", "from this day or instant on", DAY_OR_TIME, example="2026-08-13T00:00:00Z")
UNTIL_TIME = Parameter("until", "up to this day (all of it) or instant", DAY_OR_TIME, example="2026-08-20T00:00:00Z")
AS_OF = Parameter("as_of", "count days up to this one", DAY)
KNOWN_AT = Parameter("known_at", "as this logbook held it at this instant", TIME)
PUBLISHED_BY = Parameter("published_by", "bulletins published by this day or instant", DAY_OR_TIME)
DAY_RULE = Parameter("day_rule", "another day: `Asia/Taipei 06:00`", example="UTC")
SOURCE = Parameter("source", "`ais`, or an office's id", default="ais", example="ais")
OFFICE = Parameter("office", "one office's id")
EXAMPLE = Parameter("example", "the worked example of the region pack instead of this logbook", FLAG, default=False)


def figure_options(asked: Asked) -> dict[str, Any]:
    """The options of figures as the logbook takes them."""
    names = ("since", "until", "as_of", "known_at", "day_rule")
    return {**{n: asked.get(n) for n in names}, "published_by": day_of(asked.get("published_by"))}
