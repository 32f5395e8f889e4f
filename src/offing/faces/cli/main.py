"""The command line: parse, call the logbook, print. Heavy parts are imported inside commands, so that --help is quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from offing import __version__
from offing.errors import OffingError
from offing.faces.cli import asking, figures, files, places, showing
from offing.faces.cli.common import Settings, note

app = typer.Typer(
    name="offing",
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


files.register(app)
asking.register(app)
places.register(app)
figures.register(app)
showing.register(app)


def run() -> None:
    """Entry point: exit status 0 fine, 1 a check failed, 2 bad usage or input."""
    try:
        app(prog_name="offing")
    except OffingError as error:
        note(f"offing: {error}")
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        note("offing: stopped; the logbook is as it was before this command, or after its last whole step.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("OFFING_DEBUG"):
            raise
        note(f"offing: an error that should not be: {type(error).__name__}: {error}")
        note("Please report it with what OFFING_DEBUG=1 prints for the same command.")
        sys.exit(2)
