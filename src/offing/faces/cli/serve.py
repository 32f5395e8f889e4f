"""The command `serve`: the page and the data over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offing.faces.cli.output import note


def serve(
    context: typer.Context,
    listen: Annotated[
        str, typer.Option("--listen", metavar="HOST:PORT", help="Where to listen; port 0: any that is free.")
    ] = "127.0.0.1:8460",
    token_file: Annotated[
        Path | None, typer.Option("--token-file", metavar="FILE", help="Who may read, and in which role (TOML).")
    ] = None,
    name: Annotated[
        list[str], typer.Option("--name", metavar="HOST", help="Another name under which it is reached; may be repeated.")
    ] = [],  # noqa: B006
) -> None:
    """Serve the page and the data of a logbook, to this machine alone unless --listen says otherwise. Reads only."""
    from offing.faces.http.serving import serve as run

    run(context.obj.folder, listen, note, token_file, tuple(name))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)
