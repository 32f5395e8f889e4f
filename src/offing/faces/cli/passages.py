"""The command `passages`: who went through a gate, when and which way."""

from __future__ import annotations

from typing import Annotated

import typer

from offing.faces.cli.common import (
    FleetOption,
    FormatOption,
    KnownAtOption,
    SinceOption,
    UntilOption,
    day_or_none,
    logbook_of,
    ms_or_none,
)
from offing.faces.cli.output import Form, emit

COLUMNS = ["mmsi", "gate_id", "t_utc", "from_water", "to_water", "direction", "pacific_bound", "speed_kn", "status", "event_id"]


def passages(
    context: typer.Context,
    gate: Annotated[list[str], typer.Option("--gate", metavar="ID", help="Gate; several mean any of them.")] = [],  # noqa: B006
    fleet: FleetOption = "",
    mmsi: Annotated[int | None, typer.Option("--mmsi", metavar="NUMBER", help="One hull's number.")] = None,
    since: SinceOption = "",
    until: UntilOption = "",
    known_at: KnownAtOption = "",
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Also passages that no longer hold.")] = False,
    output: FormatOption = Form.TABLE,
) -> None:
    """Crossings of gates by hulls, with their direction."""
    book = logbook_of(context, notes=True)
    rows = book.passages(gate, fleet or None, mmsi, day_or_none(since), day_or_none(until), ms_or_none(known_at), withdrawn)
    emit(rows, output, title="passages", columns=COLUMNS)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("passages")(passages)
