"""Days as an office reported them: span bulletins ("every day from A to B") turned into a series of days.

An ended span also says that the day before it and the day after it were without a ship. Every other day is
`not_reported`. What two bulletins say of one day either agrees or is shown as a contradiction; it is never smoothed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

import polars as pl

from offing.errors import UsageError
from offing.figures.watch_days import NOT_OBSERVED, NOT_REPORTED, OBSERVED

SPANS = pl.Schema(
    {
        "start_day": pl.Date(),  # first day of the span; null where only its length was published
        "last_day": pl.Date(),  # last day that the bulletin speaks of
        "days": pl.Int64(),  # their number, both included
        "ended": pl.Boolean(),  # false: a running value
        "published_on": pl.Date(),
        "not_before": pl.Date(),  # bounds of a span without dates
        "not_after": pl.Date(),
        "source": pl.String(),
        "note": pl.String(),
    }
)
"""Span bulletins of one office, zone and fleet; days are those of the office's day rule."""

REPORTED_DAYS = pl.Schema(
    {"day": pl.Date(), "state": pl.String(), "sources": pl.List(pl.String()), "contradiction": pl.String()}
)
"""`contradiction` is null, or says who disagrees; such a day is `not_reported`: it is known to nobody."""

ONE_DAY = timedelta(days=1)


@dataclass
class _Said:
    observed: set[str] = field(default_factory=set)
    not_observed: set[str] = field(default_factory=set)


def bulletin_days(spans: pl.DataFrame, as_of: date | None = None, published_by: date | None = None) -> pl.DataFrame:
    """The series of days (columns of `REPORTED_DAYS`) that the bulletins give, from the first day they speak of, without holes.

    `spans` has the columns of `SPANS`, in any order of rows. `as_of`: no day after this one; the series ends there, if need
    be with `not_reported`. `published_by`: only bulletins published up to that day (one without a date of publication is
    then left out). Spans without dates give no days: see `undated_spans`.
    """
    said: dict[date, _Said] = {}
    for row in _published(spans, published_by).iter_rows(named=True):
        limits = span_days(row)
        if limits is None:
            continue
        start, last = limits
        source = str(row["source"] or "")
        for n in range((last - start).days + 1):
            said.setdefault(start + n * ONE_DAY, _Said()).observed.add(source)
        if row["ended"]:
            for day in (start - ONE_DAY, last + ONE_DAY):
                said.setdefault(day, _Said()).not_observed.add(source)
    days = sorted(d for d in said if as_of is None or d <= as_of)
    if not days:
        return pl.DataFrame(schema=REPORTED_DAYS)
    rows = []
    for n in range(((as_of or days[-1]) - days[0]).days + 1):
        day = days[0] + n * ONE_DAY
        rows.append((day, *_verdict(said.get(day, _Said()))))
    return pl.DataFrame(rows, schema=REPORTED_DAYS, orient="row")


def undated_spans(spans: pl.DataFrame, published_by: date | None = None) -> pl.DataFrame:
    """The spans of which only the length was published (columns of `SPANS`, each once, ordered)."""
    rows = _published(spans, published_by)
    keep = [span_days(row) is None for row in rows.iter_rows(named=True)]
    return rows.filter(pl.Series(keep, dtype=pl.Boolean)).unique().sort("not_after", "days", "source")


def bulletins_of(spans: pl.DataFrame, first_day: date, last_day: date, published_by: date | None = None) -> pl.DataFrame:
    """The bulletins that speak of any day from `first_day` to `last_day`, in the order of their publication."""

    def speaks(row: dict[str, object]) -> bool:
        limits = span_days(row)
        edge = ONE_DAY if row["ended"] else timedelta(0)
        return limits is not None and limits[0] - edge <= last_day and limits[1] + edge >= first_day

    rows = _published(spans, published_by)
    keep = pl.Series([speaks(row) for row in rows.iter_rows(named=True)], dtype=pl.Boolean)
    return rows.filter(keep).sort("published_on", "last_day", "source")


def span_days(row: dict[str, object]) -> tuple[date, date] | None:
    """First and last day of a span; two of start, end and length give the third. None: it has no dates.

    Raises `UsageError` where the three do not fit together, or where not even a length is given.
    """
    start, last = cast("date | None", row["start_day"]), cast("date | None", row["last_day"])
    days = cast("int | None", row["days"])
    what = f"The span bulletin of {row['source'] or 'an unnamed source'}"
    if days is not None and days < 1:
        raise UsageError(f"{what} counts {days} days.", "A span has at least one day.")
    if start is None and last is None:
        if days is None:
            raise UsageError(f"{what} gives neither days nor a length.", "Give two of start_day, last_day and days.")
        return None
    if days is not None and start is None and last is not None:
        start = last - (days - 1) * ONE_DAY
    if days is not None and last is None and start is not None:
        last = start + (days - 1) * ONE_DAY
    if start is None or last is None:
        raise UsageError(f"{what} gives one day and no length.", "Give two of start_day, last_day and days.")
    if last < start:
        raise UsageError(f"{what} ends on {last}, before it starts on {start}.", "Correct the dates.")
    counted = (last - start).days + 1
    if days is not None and days != counted:
        problem = f"{what} counts {days} days, but {start} to {last} are {counted}."
        raise UsageError(problem, "Correct the dates or the number.")
    return start, last


def _published(spans: pl.DataFrame, published_by: date | None) -> pl.DataFrame:
    rows = spans.select(pl.col(name).cast(kind) for name, kind in SPANS.items())
    return rows if published_by is None else rows.filter(pl.col("published_on") <= published_by)


def _verdict(said: _Said) -> tuple[str, list[str], str | None]:
    sources = sorted(said.observed | said.not_observed)
    if said.observed and said.not_observed:
        yes, no = "; ".join(sorted(said.observed)), "; ".join(sorted(said.not_observed))
        return NOT_REPORTED, sources, f"observed according to {yes}; not observed according to {no}"
    if said.observed:
        return OBSERVED, sources, None
    return (NOT_OBSERVED if said.not_observed else NOT_REPORTED), sources, None
