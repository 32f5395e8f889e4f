"""Commands that explain: why, demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offing.faces.cli.common import FormatOption, logbook_of
from offing.faces.cli.output import Form, emit_records, line


def why(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="An event_id or figure_id.")],
    everything: Annotated[bool, typer.Option("--all", help="Open every day and visit, not only the first ones.")] = False,
    output: FormatOption = Form.TABLE,
) -> None:
    """From a figure to its days, visits, positions, file, line and raw text."""
    links = logbook_of(context).why(name, everything)
    if output is not Form.TABLE:
        emit_records([link.row() for link in links], output)
        return
    for link in links:
        named = f"  [{link.id}]" if link.id else ""
        line(f"{'  ' * link.level}{link.text}{named}")


def demo(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="A new folder; default: a temporary one.")] = None,
) -> None:
    """The whole way on real input that ships with offing."""
    from offing.faces.cli.demo import demonstrate

    demonstrate(folder)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("why")(why)
    app.command("demo")(demo)
