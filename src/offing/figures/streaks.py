"""Streaks: consecutive observed days of one series, whoever the series is from. Method: docs/method/streak.md.

A series is a table of days with a state. A streak starts and ends on an observed day, bridges a few unknown days in a row
(`unobservable`, `not_reported`), and has two lengths: the days observed, and its span with the bridged days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar

import polars as pl

from offing.errors import UsageError
from offing.figures.ids import UNDATED, FigureSpec, figure_id
from offing.figures.watch_days import NOT_OBSERVED, NOT_REPORTED, OBSERVED, STATES
from offing.model.parameters import Parameters, parameter
from offing.model.times import DayRule

ENDED_BY = {
    "not_observed": "on the day after it none was observed: receivers were listening, or the office says so",
    "unknown": "more unknown days follow than a streak may bridge",
    "data_end": "the series ends here: it runs, or at most a few unknown days follow",
}

STREAKS = pl.Schema(
    {
        "figure_id": pl.String(),
        "zone_ids": pl.List(pl.String()),
        "fleet_id": pl.String(),
        "source": pl.String(),
        "day_rule": pl.String(),
        "start_day": pl.Date(),  # null: only its length was published
        "end_day": pl.Date(),  # its last observed day
        "days_observed": pl.Int64(),  # the lower bound, by which records compare
        "days_unobservable": pl.Int64(),  # unknown days that it bridges
        "days_span": pl.Int64(),  # the upper bound: both together
        "days_unbroken": pl.Int64(),  # longest part without a bridge
        "is_running": pl.Boolean(),  # null: only unknown days follow
        "is_record": pl.Boolean(),  # longest of the series; null: bounds overlap
        "ended_by": pl.String(),  # ENDED_BY
        "ended_because": pl.String(),
        "broke": pl.String(),  # figure id of the record that it broke
        "broke_days": pl.Int64(),  # and that record's length
        "broke_on_day": pl.Date(),  # the day on which it became longer; null where it has no dates
        "contradictions_n": pl.Int64(),  # bridged days of which reports contradict each other
        "not_before": pl.Date(),  # bounds of a streak without dates
        "not_after": pl.Date(),
        "sources": pl.List(pl.String()),  # of its observed days, where the series names them
    }
)


@dataclass(frozen=True)
class StreakParameters(Parameters):
    """How much a streak may bridge."""

    kind: ClassVar[str] = "streak"

    max_unknown_run_d: int = parameter(
        3,
        unit="days",
        low=0,
        high=366,
        source="offing's own choice: about the length of a storm that drives off ships and receivers alike",
        doc="unknown days in a row that a streak may bridge",
    )


@dataclass(eq=False)
class _Streak:
    observed: list[date] = field(default_factory=list)
    length: int = 0  # of the observed days
    bridged: int = 0
    unbroken: int = 0
    contradictions: int = 0
    sources: set[str] = field(default_factory=set)
    running: bool | None = None
    ended_by: str = "data_end"
    because: str = ""
    not_before: date | None = None
    not_after: date | None = None
    over: date | None = None  # of one without dates: the day by which it was over
    id: str = ""
    broke: _Streak | None = None
    broke_on: date | None = None

    @property
    def start(self) -> date | None:
        return self.observed[0] if self.observed else None

    @property
    def end(self) -> date | None:
        return self.observed[-1] if self.observed else None

    @property
    def at_most(self) -> int:
        return self.length + self.bridged

    @property
    def order(self) -> tuple[date, int]:
        return self.start or self.over or date.min, self.length


def streaks(
    days: pl.DataFrame,
    spec: FigureSpec,
    day_rule: DayRule,
    parameters: StreakParameters | None = None,
    *,
    as_of: date | None = None,
    undated: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The streaks of a series, oldest first, those without dates first of all (columns of `STREAKS`).

    `days`: `day, state`, and where there are `sources` and `contradiction` (`bulletins.bulletin_days`); in any order; days
    that are missing are unknown. `spec` names the series. `as_of` (else `spec.as_of`) cuts the series after that day, and
    makes days up to it unknown if the series ends before; without it the series' last day is the as-of day.
    `undated` (`bulletins.undated_spans`): published streaks without dates; they take part in records, and are listed from
    the day on which they were over: `not_after`, else the day of publication.
    """
    parameters = parameters or StreakParameters()
    as_of = as_of or spec.as_of
    spec = spec.of("streak", "", as_of=as_of)
    series = _series(days, as_of)
    found = _fold(series, as_of, parameters.max_unknown_run_d)
    found += _without_dates(undated, as_of, found)
    for s in found:
        key = s.start.isoformat() if s.start else UNDATED
        bounds = {} if s.start else {"days": s.length, "not_before": s.not_before, "not_after": s.not_after}
        s.id = figure_id(spec.of("streak", key, **bounds))
    found.sort(key=lambda s: (s.order, s.id))
    _records(found)
    rows = [
        {
            "figure_id": s.id,
            "zone_ids": list(spec.zone_ids),
            "fleet_id": spec.fleet_id,
            "source": spec.source,
            "day_rule": str(day_rule),
            "start_day": s.start,
            "end_day": s.end,
            "days_observed": s.length,
            "days_unobservable": s.bridged,
            "days_span": s.at_most,
            "days_unbroken": s.unbroken,
            "is_running": s.running,
            "is_record": _is_record(s, found),
            "ended_by": s.ended_by,
            "ended_because": s.because,
            "broke": s.broke.id if s.broke else None,
            "broke_days": s.broke.length if s.broke else None,
            "broke_on_day": s.broke_on,
            "contradictions_n": s.contradictions,
            "not_before": s.not_before,
            "not_after": s.not_after,
            "sources": sorted(s.sources),
        }
        for s in sorted(found, key=lambda s: (s.start is not None, s.order, s.id))
    ]
    return pl.DataFrame(rows, schema=STREAKS)


@dataclass(frozen=True)
class _Day:
    day: date
    state: str
    sources: tuple[str, ...]
    contradiction: str | None


def _series(days: pl.DataFrame, as_of: date | None) -> list[_Day]:
    """The days from the first to the as-of day or the last, holes filled as unknown."""
    rows: dict[date, _Day] = {}
    for row in days.iter_rows(named=True):
        one = _Day(row["day"], row["state"], tuple(row.get("sources") or ()), row.get("contradiction"))
        if one.state not in STATES:
            raise UsageError(f"{one.state!r} is no state of a day.", f"The states are {', '.join(STATES)}.")
        if rows.setdefault(one.day, one) != one:
            raise UsageError(f"The series has two rows for {one.day}.", "Ask for one source and one day rule.")
    known = sorted(d for d in rows if as_of is None or d <= as_of)
    if not known:
        return []
    span = ((as_of or known[-1]) - known[0]).days + 1
    every = (known[0] + timedelta(days=n) for n in range(span))
    return [rows.get(d) or _Day(d, NOT_REPORTED, (), None) for d in every]


def _fold(series: list[_Day], as_of: date | None, bridge: int) -> list[_Streak]:
    """One walk over the days."""
    out: list[_Streak] = []
    current: _Streak | None = None
    unknown: list[_Day] = []
    run = 0
    for one in series:
        if one.state == OBSERVED:
            if current is not None and len(unknown) > bridge:
                _end_unknown(current, unknown, bridge)
                current.running = False
                current = None
            if current is None:
                current, run = _Streak(), 0
                out.append(current)
            elif unknown:
                current.bridged += len(unknown)
                current.contradictions += sum(u.contradiction is not None for u in unknown)
                run = 0
            unknown = []
            run += 1
            current.observed.append(one.day)
            current.length += 1
            current.unbroken = max(current.unbroken, run)
            current.sources.update(one.sources)
        elif current is not None and one.state == NOT_OBSERVED:
            if len(unknown) > bridge:
                _end_unknown(current, unknown, bridge)
            else:
                current.ended_by = "not_observed"
                said = f"None was reported on {one.day} ({'; '.join(one.sources)})"
                heard = f"No hull of the fleet was observed on {one.day}, though receivers were listening"
                meanwhile = f", after {_count(unknown)}" if unknown else ""
                current.because = f"{said if one.sources else heard}{meanwhile}."
            current.running = False
            current, unknown = None, []
        elif current is not None:
            unknown.append(one)
    if current is not None:
        _leave_open(current, unknown, bridge, as_of)
    return out


def _leave_open(current: _Streak, unknown: list[_Day], bridge: int, as_of: date | None) -> None:
    """What can be said of a streak after which the series holds no further known day."""
    if not unknown:
        current.running = True
        cut = "the day asked for" if as_of else "the last day of the series"
        current.because = f"It has not ended: {current.end} is {cut}."
    elif len(unknown) <= bridge:
        current.because = f"Only {_count(unknown)} until {unknown[-1].day}, where the series ends: whether it runs is unknown."
    else:
        _end_unknown(current, unknown, bridge)
        current.because += " Whether it runs is unknown."


def _end_unknown(current: _Streak, unknown: list[_Day], bridge: int) -> None:
    current.ended_by = "unknown"
    first, last = unknown[0].day, unknown[-1].day
    current.because = f"{_count(unknown)} from {first} to {last}; a streak bridges at most {bridge}."
    if contradicted := [u for u in unknown if u.contradiction]:
        current.because += f" {contradicted[0].day}: {contradicted[0].contradiction}."


def _count(unknown: list[_Day]) -> str:
    """`2 unobservable days`, `1 unobservable and 3 not reported days`."""
    counts = {s: sum(u.state == s for u in unknown) for s in dict.fromkeys(u.state for u in unknown)}
    words = " and ".join(f"{n} {s.replace('_', ' ')}" for s, n in counts.items())
    return f"{words} day{'s' if len(unknown) > 1 else ''}"


def _without_dates(undated: pl.DataFrame | None, as_of: date | None, dated: Iterable[_Streak]) -> list[_Streak]:
    """Published streaks of known length only. One that is plainly a dated streak of the series is not counted again."""
    if undated is None:
        return []
    out: dict[tuple[object, ...], _Streak] = {}
    for row in undated.iter_rows(named=True):
        low, high = row["not_before"], row["not_after"]
        over = high or row["published_on"]
        if as_of is not None and (over is None or over > as_of):
            continue
        if any(_is_within(d, row["days"], low or date.min, over or date.max) for d in dated):
            continue
        s = out.setdefault((row["days"], low, high), _Streak(length=row["days"], unbroken=row["days"]))
        s.not_before, s.not_after, s.over = low, high, max(filter(None, (s.over, over)), default=None)
        s.running = False if row["ended"] else None
        s.ended_by = "not_observed" if row["ended"] else "unknown"
        s.because = f"Published as a streak of {row['days']} days without its first and last day."
        s.sources.add(str(row["source"] or ""))
    return list(out.values())


def _is_within(s: _Streak, days: int, low: date, high: date) -> bool:
    return s.start is not None and s.end is not None and s.length == days and low <= s.start and s.end <= high


def _records(found: list[_Streak]) -> None:
    """Mark which record each streak broke: `found` in time order; lower bounds compare; a tie breaks nothing."""
    holder: _Streak | None = None
    for s in found:
        if holder is None:
            holder = s
        elif s.length > holder.length:
            s.broke = holder
            s.broke_on = s.observed[holder.length] if s.observed else None
            holder = s


def _is_record(s: _Streak, found: list[_Streak]) -> bool | None:
    """Whether it is the longest of the series: true or false where the bounds leave no doubt, else null.

    Of equal ones the earlier holds the record.
    """
    at = found.index(s)
    earlier, later = found[:at], found[at + 1 :]
    if any(o.length >= s.at_most for o in earlier) or any(o.length > s.at_most for o in later):
        return False
    if all(s.length > o.at_most for o in earlier) and all(s.length >= o.at_most for o in later):
        return True
    return None
