"""Commands that print figures: days, presence, streaks, records."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from offing.faces.cli.common import (
    AsOfOption,
    DayRuleOption,
    FleetOption,
    FormatOption,
    KnownAtOption,
    PublishedByOption,
    SinceOption,
    UntilOption,
    ZoneOption,
    figure_options,
    logbook_of,
)
from offing.faces.cli.output import Form, emit


class By(StrEnum):
    """Length of a period."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class PresenceUnit(StrEnum):
    """What presence counts."""

    SHIP_DAYS = "ship_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


SourceOption = Annotated[str, typer.Option("--source", metavar="ais|OFFICE", help="AIS, or an office's bulletins.")]


def days(
    context: typer.Context,
    zone: ZoneOption,
    fleet: FleetOption,
    source: SourceOption = "ais",
    since: SinceOption = "",
    until: UntilOption = "",
    sensitivity: Annotated[bool, typer.Option("--sensitivity", help="Show the counts at other thresholds.")] = False,
    as_of: AsOfOption = "",
    known_at: KnownAtOption = "",
    published_by: PublishedByOption = "",
    day_rule: DayRuleOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Watch days: observed, not_observed, or unobservable."""
    book = logbook_of(context, notes=source == "ais")
    more = figure_options(since, until, as_of, known_at, published_by, day_rule)
    rows = book.days(zone, fleet, sensitivity=sensitivity, source=source, **more)
    columns = [
        "day",
        "state",
        "hulls_n",
        "mmsis",
        "positions_n",
        "because",
        "sources",
        "contradiction",
    ]
    emit(rows, output, title="sensitivity" if sensitivity else "days", columns=[] if sensitivity else columns)


def presence(
    context: typer.Context,
    zone: ZoneOption,
    fleet: FleetOption,
    by: Annotated[By, typer.Option("--by", help="Length of a period.")] = By.MONTH,
    unit: Annotated[PresenceUnit, typer.Option("--unit", help="What is counted.")] = PresenceUnit.SHIP_DAYS,
    since: SinceOption = "",
    until: UntilOption = "",
    known_at: KnownAtOption = "",
    day_rule: DayRuleOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Presence by period, in one unit."""
    book = logbook_of(context, notes=True)
    more = figure_options(since, until, "", known_at, "", day_rule)
    rows = book.presence(zone, fleet, by.value, unit.value, **more)
    columns = [
        "period",
        "value",
        "unit",
        "value_at_most",
        "days_observed",
        "days_not_observed",
        "days_unobservable",
        "figure_id",
    ]
    emit(rows, output, title="presence", columns=columns)


def streaks(
    context: typer.Context,
    zone: ZoneOption,
    fleet: FleetOption,
    source: SourceOption = "ais",
    as_of: AsOfOption = "",
    known_at: KnownAtOption = "",
    published_by: PublishedByOption = "",
    since: SinceOption = "",
    until: UntilOption = "",
    day_rule: DayRuleOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Consecutive days, why each ended, and which record it broke."""
    book = logbook_of(context, notes=source == "ais")
    rows = book.streaks(zone, fleet, source, **figure_options(since, until, as_of, known_at, published_by, day_rule))
    columns = [
        "start_day",
        "end_day",
        "days_observed",
        "days_unobservable",
        "is_running",
        "is_record",
        "broke_days",
        "ended_because",
        "figure_id",
    ]
    emit(rows, output, title="streaks", columns=columns)


def records(
    context: typer.Context,
    zone: ZoneOption = [],  # noqa: B006
    fleet: Annotated[str, typer.Option("--fleet", metavar="ID", help="Fleet, `any`, or `flag-xx`.")] = "",
    source: Annotated[str, typer.Option("--source", metavar="ais|OFFICE", help="One source; default: all that fit.")] = "",
    as_of: AsOfOption = "",
    known_at: KnownAtOption = "",
    published_by: PublishedByOption = "",
    day_rule: DayRuleOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Records of each series: since when, until when, what they broke."""
    book = logbook_of(context, notes=bool(zone))
    more = figure_options("", "", as_of, known_at, published_by, day_rule)
    rows = book.records(zone, fleet or None, source or None, **more)
    columns = [
        "source",
        "record_kind",
        "value",
        "unit",
        "start_day",
        "end_day",
        "stands_since",
        "stands_until",
        "broke_value",
        "figure_id",
    ]
    emit(rows, output, title="records", columns=columns)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("days")(days)
    app.command("presence")(presence)
    app.command("streaks")(streaks)
    app.command("records")(records)
