"""The command line: parse, call the logbook, print. Heavy parts are imported inside commands, so that --help is quick."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from offing import __version__
from offing.errors import OffingError
from offing.faces.cli import (
    asking,
    distance,
    figures,
    files,
    node,
    partners,
    passages,
    places,
    record,
    regions,
    serve,
    share,
    showing,
)
from offing.faces.cli.commands import Commands, LateGroup
from offing.faces.cli.common import Settings, note

STOPPED = "offing: stopped; the logbook is as it was before this command, or after its last whole step."

_listed = typer.Typer()  # every command and group; `app` builds those that are asked for
for _part in (files, asking, passages, places, regions, distance, record, figures, showing, share, partners, node, serve):
    _part.register(_listed)


class _Top(LateGroup):
    """All commands. What typer would end without a word, or with a wrong status, ends here."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**(attributes | {"commands": Commands(_listed)}))

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except KeyboardInterrupt:
            note(STOPPED)
            raise typer.Exit(130) from None
        except BrokenPipeError:  # whoever read has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None


app = typer.Typer(
    name="offing",
    cls=_Top,
    help="An open watch on contested waters: which ships were in which legal zone, when, with the proof.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"offing {__version__}\n")
        raise typer.Exit


@app.callback()
def _main(
    context: typer.Context,
    logbook: Annotated[
        Path, typer.Option("--logbook", metavar="DIR", envvar="OFFING_LOGBOOK", help="The logbook folder.")
    ] = Path("logbook"),
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    context.obj = Settings(logbook)


def run() -> None:
    """Entry point: exit status 0 fine, 1 a check failed, 2 bad usage or input."""
    for stream in (sys.stdout, sys.stderr):  # a terminal without the characters of a name shows their codes instead
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="offing")
    except OffingError as error:
        note(f"offing: {error}")
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        note(STOPPED)
        sys.exit(130)
    except Exception as error:
        if os.environ.get("OFFING_DEBUG"):
            raise
        note(f"offing: an error that should not be: {type(error).__name__}: {error}")
        note("Please report it with what OFFING_DEBUG=1 prints for the same command.")
        sys.exit(2)
