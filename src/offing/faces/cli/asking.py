"""Commands that read what is there: status, rejects, sql, method, visits, now."""

from __future__ import annotations

from typing import Annotated

import typer

from offing.faces.cli.common import (
    FormatOption,
    KnownAtOption,
    SinceOption,
    UntilOption,
    ZoneOption,
    day_or_none,
    logbook_of,
    ms_or_none,
    tell_of_received,
)
from offing.faces.cli.output import Form, emit, emit_records, line

VISIT_COLUMNS = [
    "mmsi",
    "zone_id",
    "entry_t_utc",
    "entry_how",
    "exit_t_utc",
    "exit_how",
    "duration_s",
    "positions_n",
    "status",
    "still_inside",
    "originator",
    "event_id",
]


def status(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """Files that were read, and where their rows went."""
    columns = ["path", "format", "rows", "positions", "statics", "fragments", "ignored", "duplicates", "rejects", "sha256"]
    from offing.pipeline.queries import STATUS

    emit_records(logbook_of(context).status(), output, title="files", columns=columns, names=STATUS)


def rejects(
    context: typer.Context,
    file: Annotated[str, typer.Option("--file", metavar="TEXT", help="Part of a path, or first digits of a sha256.")] = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Rows that were not kept: reason, file, row."""
    emit(logbook_of(context).rejects(file or None), output, title="rejects", columns=["path", "row", "reason", "detail"])


def sql(
    context: typer.Context,
    query: Annotated[
        str,
        typer.Argument(
            metavar="QUERY",
            help="DuckDB SQL over positions, visits, passages, zones, bulletins, ...: an error names all tables.",
        ),
    ],
    output: FormatOption = Form.TABLE,
) -> None:
    """Ask the logbook in SQL."""
    emit(logbook_of(context, notes=True).sql(query), output)


def method(
    context: typer.Context,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help="visit, passage, coverage, watch_day, streak or encirclement; default: all."),
    ] = None,
    output: FormatOption = Form.TABLE,
) -> None:
    """Definitions and parameters, with unit, range and source."""
    from offing.logbook import Logbook, describe_method
    from offing.pipeline.methods import Method

    folder = context.obj.folder
    rows = Logbook.open(folder).method(kind) if (folder / "offing.toml").exists() else Method.of({}).describe(kind)
    if output is Form.TABLE and kind:
        line(describe_method(kind) + "\n")
    emit_records(rows, output, columns=["parameter", "value", "unit", "low", "high", "meaning", "source"])


def visits(
    context: typer.Context,
    zone: ZoneOption = [],  # noqa: B006
    fleet: Annotated[str, typer.Option("--fleet", metavar="ID", help="Fleet, `any`, or `flag-xx`.")] = "",
    mmsi: Annotated[int | None, typer.Option("--mmsi", metavar="NUMBER", help="One hull's number.")] = None,
    since: SinceOption = "",
    until: UntilOption = "",
    known_at: KnownAtOption = "",
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Also visits that no longer hold.")] = False,
    output: FormatOption = Form.TABLE,
) -> None:
    """Stays of hulls in zones, from entry to exit."""
    book = logbook_of(context, notes=True)
    rows = book.visits(zone, fleet or None, mmsi, day_or_none(since), day_or_none(until), ms_or_none(known_at), withdrawn)
    tell_of_received(book, ms_or_none(known_at))
    emit(rows, output, title="visits", columns=VISIT_COLUMNS)


def now(
    context: typer.Context,
    zone: ZoneOption,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="At this instant instead of now.")] = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Hulls that are inside now."""
    rows = logbook_of(context, notes=True).now(zone, ms_or_none(at))
    columns = ["mmsi", "name", "zone_id", "entry_t_utc", "entry_how", "exit_t_utc", "closes_at_utc", "still_inside"]
    emit(rows, output, title="inside", columns=columns)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("status")(status)
    app.command("rejects")(rejects)
    app.command("sql")(sql)
    app.command("method")(method)
    app.command("visits")(visits)
    app.command("now")(now)
