"""Claims in words ("152 consecutive days"), and whether a series of days bears them out. Method: docs/method/check.md.

A claim holds, does not hold, or cannot be known. Days of which nothing is known leave room: a claim that fits into that room
cannot be known.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import polars as pl

from offing.errors import UsageError
from offing.figures.watch_days import NOT_OBSERVED, OBSERVED
from offing.model.units import Unit

Kind = Literal["consecutive", "days_in_year", "value"]
ONE_DAY = timedelta(days=1)

_NUMBER = r"(?P<n>\d[\d,]*)(?:st|nd|rd|th)?"
_LEAST = r"(?P<least>at least|more than|over|no fewer than|以上|超過|超过)?"
_FORMS: tuple[tuple[Kind, str], ...] = (
    ("consecutive", rf"{_LEAST}\s*{_NUMBER}[\s-]*(?:consecutive|straight|successive)[\s-]*(?:calendar\s*)?days?"),
    ("consecutive", rf"{_LEAST}\s*{_NUMBER}[\s-]*days?[\s-]*(?:in a row|running|in succession)"),
    ("consecutive", rf"{_NUMBER}\s*日(?:間)?連続(?P<least>以上)?"),
    ("consecutive", rf"[連连][續续](?P<least>超過|超过)?\s*{_NUMBER}\s*[天日]"),
    ("days_in_year", rf"{_LEAST}\s*{_NUMBER}\s*days?\s*(?:in|of|during)\s*(?P<year>\d{{4}})"),
    ("days_in_year", rf"(?P<year>\d{{4}})\s*年[にはのに、,]*\s*{_NUMBER}\s*[日天]"),
    ("value", rf"{_LEAST}\s*{_NUMBER}\s*(?P<what>[a-z_ -]+?)\s*on\s*(?P<day>\d{{4}}-\d\d-\d\d)"),
)

UNIT_WORDS = {
    **dict.fromkeys(("sortie", "sorties", "aircraft", "planes", "warplanes", "jets"), Unit.SORTIES),
    **dict.fromkeys(("ship", "ships", "vessel", "vessels", "warship", "warships", "boats"), Unit.VESSELS),
    **dict.fromkeys(("balloon", "balloons"), Unit.BALLOONS),
    **dict.fromkeys(("incident", "incidents", "incursions", "intrusions"), Unit.INCIDENTS),
    **dict.fromkeys(("passage", "passages"), Unit.PASSAGES),
}
"""Words for what is counted; of aircraft offices count sorties."""


@dataclass(frozen=True)
class Claim:
    """A claim: so many consecutive days (up to the day asked for), days of a year, or a value of one day."""

    kind: Kind
    number: int
    at_least: bool = False
    more_than: bool = False
    year: int | None = None
    day: date | None = None
    what: str = field(default="", compare=False)  # of a value: what it counts, as it is written

    @property
    def unit(self) -> Unit | None:
        """The unit that the words of a value name; None: no word that is known."""
        return next((UNIT_WORDS[w] for w in reversed(self.what.split()) if w in UNIT_WORDS), None)

    def fits(self, low: float, high: float | None) -> bool | None:
        """Whether it fits a figure that lies between two bounds (None: no upper bound): true, false, or not to be known."""
        least = self.number + self.more_than
        if self.at_least or self.more_than:
            return True if low >= least else False if high is not None and high < least else None
        if low > self.number or (high is not None and high < self.number):
            return False
        return True if low == high == self.number else None


@dataclass(frozen=True)
class Finding:
    """What one source says of a claim: whether it holds (None: cannot be known), and the nearest statement that is true."""

    holds: bool | None
    nearest: str
    days: tuple[date, ...] = ()  # first and last day of the evidence


def parse_claim(text: str) -> Claim:
    """Read a claim. Raises `UsageError` with the forms that are understood."""
    words = unicodedata.normalize("NFKC", text).strip().lower()
    for kind, pattern in _FORMS:
        if found := re.search(pattern, words):
            groups = found.groupdict()
            least = groups.get("least") or ""
            more = least in ("more than", "over", "超過", "超过")
            year, day = groups.get("year"), groups.get("day")
            return Claim(
                kind,
                int(groups["n"].replace(",", "")),
                at_least=bool(least) and not more,
                more_than=more,
                year=int(year) if year else None,
                day=_day(day) if day else None,
                what=groups.get("what") or "",
            )
    forms = "'152 consecutive days', 'at least 300 days in 2023', '153 sorties on 2024-10-14'"
    raise UsageError(f"{text!r} is no claim that can be checked.", f"Write it like {forms}.")


def check_consecutive(claim: Claim, days: pl.DataFrame, as_of: date) -> Finding:
    """Whether so many days in a row, up to and including `as_of`, were observed. `days`: `day, state`, in any order."""
    states = dict(days.select("day", "state").iter_rows())
    if not states or not min(states) <= as_of <= max(states):
        known = f"from {min(states)} to {max(states)}" if states else "of no day"
        return Finding(None, f"Nothing is known of {as_of}: the series speaks {known}.")
    if states.get(as_of) == NOT_OBSERVED:
        return Finding(False, f"On {as_of} none was observed. {_last_run(claim, states, as_of)}")
    start = as_of
    while states.get(start - ONE_DAY) == OBSERVED:
        start -= ONE_DAY
    low = (as_of - start).days + 1 if states.get(as_of) == OBSERVED else 0
    edge = start if low else as_of + ONE_DAY
    while (before := edge - ONE_DAY) in states and states[before] != NOT_OBSERVED:
        edge = before
    high = (as_of - edge).days + 1 if before in states else None  # else it may reach back beyond the series
    holds = claim.fits(low, high)
    if low == 0:
        reach = f"at most {high} days" if high is not None else "of unknown length"
        return Finding(
            holds, f"Nothing is known of {as_of} itself; a run up to it is {reach}. {_last_run(claim, states, as_of)}"
        )
    run = f"the run that began on {start} was {low} days long on {as_of}"
    if high != low:
        run += f", and may have been {'longer' if high is None else f'up to {high}'}: of days before it nothing is known"
    return Finding(holds, f"{run[0].upper()}{run[1:]}.{_later(claim, states, start, as_of, low)}", (start, as_of))


def _later(claim: Claim, states: dict[date, str], start: date, as_of: date, length: int) -> str:
    """When the run had, or would have, the length that is claimed."""
    if length == claim.number:
        return ""
    day = start + (claim.number - 1) * ONE_DAY
    if day < as_of:
        return f" It was {claim.number} days long on {day}."
    reached = all(states.get(as_of + n * ONE_DAY) == OBSERVED for n in range(1, (day - as_of).days + 1))
    return f" It reached {claim.number} days on {day}." if reached else ""


def _last_run(claim: Claim, states: dict[date, str], as_of: date) -> str:
    """The last run before a day, and when it had the length that is claimed."""
    last = max((d for d, s in states.items() if s == OBSERVED and d < as_of), default=None)
    if last is None:
        return "No day before it is known to have been observed."
    start = last
    while states.get(start - ONE_DAY) == OBSERVED:
        start -= ONE_DAY
    length = (last - start).days + 1
    text = f"The last run before it was {length} days long, from {start} to {last}"
    if claim.number < length:
        text += f"; it was {claim.number} days long on {start + (claim.number - 1) * ONE_DAY}"
    after = last + ONE_DAY
    return f"{text}. It ended then: none was observed on {after}." if states.get(after) == NOT_OBSERVED else f"{text}."


def check_days_in_year(claim: Claim, days: pl.DataFrame) -> Finding:
    """Whether so many days of a year were observed; days of which nothing is known leave room."""
    year = claim.year or 0
    own = days.filter(pl.col("day").dt.year() == year)
    low = own.filter(pl.col("state") == OBSERVED).height
    none = own.filter(pl.col("state") == NOT_OBSERVED).height
    whole = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    high = whole - none
    text = f"In {year}, {low} days were observed, {none} without, and of {whole - low - none} nothing is known."
    return Finding(claim.fits(low, high), text)


def check_value(claim: Claim, value: float | None, unit: str, what: str) -> Finding:
    """Whether a published value is the one claimed."""
    if value is None:
        return Finding(None, f"Nothing was reported for {what}.")
    return Finding(claim.fits(value, value), f"For {what} {value:g} {unit.replace('_', ' ')} were reported.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day of the calendar.", "Write it like 2026-08-17.") from None
