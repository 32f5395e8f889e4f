"""Commands that print figures: days, presence, streaks, records."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from offing.errors import UsageError
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
    ms_or_none,
    record_of,
    tell_of_received,
)
from offing.faces.cli.output import Form, emit

if TYPE_CHECKING:
    from offing.logbook import FigureOptions, Logbook
    from offing.pipeline.reported import SeriesQuestion


ZonesOption = Annotated[list[str], typer.Option("--zone", metavar="ID", help="Zone; several mean any of them.")]
SomeFleetOption = Annotated[str, typer.Option("--fleet", metavar="ID", help="Fleet, `any`, or `flag-xx`.")]
SeriesOption = Annotated[
    str, typer.Option("--series", metavar="ID", help="A series: `offing series` lists them; also ais:ZONE:FLEET.")
]


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
    if source == "ais":
        tell_of_received(book, ms_or_none(known_at))
    columns = [
        "day",
        "state",
        "hulls_n",
        "mmsis",
        "positions_n",
        "because",
        "originators",
        "sources",
        "contradiction",
    ]
    emit(
        rows, output, title=_title(book, "sensitivity" if sensitivity else "days", zone), columns=[] if sensitivity else columns
    )


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
    tell_of_received(book, ms_or_none(known_at))
    columns = [
        "period",
        "value",
        "unit",
        "value_at_most",
        "days_observed",
        "days_not_observed",
        "days_unobservable",
        "originators",
        "figure_id",
    ]
    emit(rows, output, title=_title(book, "presence", zone), columns=columns)


def streaks(
    context: typer.Context,
    zone: ZonesOption = [],  # noqa: B006
    fleet: SomeFleetOption = "",
    series: SeriesOption = "",
    source: SourceOption = "ais",
    as_of: AsOfOption = "",
    known_at: KnownAtOption = "",
    published_by: PublishedByOption = "",
    since: SinceOption = "",
    until: UntilOption = "",
    day_rule: DayRuleOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Consecutive days, why each ended, and which record it broke: of zones and a fleet, or of a series."""
    if series:
        _one_question(zone, fleet, day_rule)
        asked = _series_question(context, series, figure_options(since, until, as_of, known_at, published_by))
        columns = ["start_day", "end_day", "days_unbroken", "days_observed", "days_span", "is_running", "is_record"]
        meetings = ["first_day", "last_day", "meetings_n", "weakest", "strongest", "ended_on_day"]
        emit(asked.streaks(), output, title=f"streaks of {series}", columns=[*columns, *meetings, "ended_because", "figure_id"])
        return
    if not zone or not fleet:
        raise UsageError("Streaks are of zones and a fleet, or of a series.", "Add --zone and --fleet, or --series.")
    book = logbook_of(context, notes=source == "ais")
    rows = book.streaks(zone, fleet, source, **figure_options(since, until, as_of, known_at, published_by, day_rule))
    if source == "ais":
        tell_of_received(book, ms_or_none(known_at))
    columns = [
        "start_day",
        "end_day",
        "days_observed",
        "days_unobservable",
        "is_running",
        "is_record",
        "broke_days",
        "ended_because",
        "originators",
        "originator",
        "figure_id",
    ]
    emit(rows, output, title=_title(book, "streaks", zone), columns=columns)


def records(
    context: typer.Context,
    zone: ZonesOption = [],  # noqa: B006
    fleet: SomeFleetOption = "",
    series: SeriesOption = "",
    source: Annotated[str, typer.Option("--source", metavar="ais|OFFICE", help="One source; default: all that fit.")] = "",
    as_of: AsOfOption = "",
    known_at: KnownAtOption = "",
    published_by: PublishedByOption = "",
    day_rule: DayRuleOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Records of each series: since when, until when, what they broke."""
    if series:
        _one_question(zone, fleet, day_rule)
        columns = ["record_kind", "value", "value_at_most", "unit", "start_day", "end_day", "previous", "stands_since"]
        asked = _series_question(context, series, figure_options("", "", as_of, known_at, published_by))
        emit(asked.records(), output, title=f"records of {series}", columns=[*columns, "stands_until", "figure_id"])
        return
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
    emit(rows, output, title=_title(book, "records", zone), columns=columns)


def _one_question(zone: list[str], fleet: str, day_rule: str) -> None:
    """A series names its own zones, fleet and day."""
    if zone or fleet or day_rule:
        problem = "A series has its own zones, fleet and day rule."
        raise UsageError(problem, "Leave out --zone, --fleet and --day-rule, or --series.")


def _series_question(context: typer.Context, series: str, options: FigureOptions) -> SeriesQuestion:
    from offing.pipeline.series import series_question

    known_at = options["known_at"]
    assert known_at is None or isinstance(known_at, int)
    return series_question(
        record_of(context, known_at), series, as_of=options["as_of"], first_day=options["since"], last_day=options["until"],
        published_by=options["published_by"],
    )  # fmt: skip


def _title(book: Logbook, what: str, zones: list[str]) -> str:
    """What a table shows, the waters that it rests on, and which of its zones are not surely placed."""
    unsure = [f"{z.id} is {z.confidence}" for z in book.waters.several(zones) if z.confidence in ("approximate", "recalled")]
    return "; ".join([what, f"waters {book.waters.pack.label}", *unsure])


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("days")(days)
    app.command("presence")(presence)
    app.command("streaks")(streaks)
    app.command("records")(records)
