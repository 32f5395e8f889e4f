"""What the commands share: the logbook asked for, options by name, notes, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from offing.faces.cli.output import Form, note
from offing.faces.cli.viewpoint import View

if TYPE_CHECKING:
    from datetime import date

    from offing.logbook import FigureOptions, Logbook
    from offing.pipeline.record import Record
    from offing.pipeline.waters import Waters

__all__ = ["DefaultGroup", "Form", "FormatOption", "Settings", "logbook_of", "note", "progress", "record_of", "waters_of"]

DEFAULT_REGION = "east_asia"


@dataclass(frozen=True)
class Settings:
    """What was said before the command."""

    folder: Path


def logbook_of(context: typer.Context, *, notes: bool = False) -> Logbook:
    """Open the logbook that the user means; with `notes`, say what to know before reading figures."""
    from offing.logbook import Logbook

    book = Logbook.open(context.obj.folder)
    book.repair()
    if notes:
        for text in book.notes():
            note(f"note: {text}")
    return book


def waters_of(context: typer.Context, region: str = "", include_unconfirmed: bool = False) -> Waters:
    """The waters of a region pack if one is named, else of the logbook, else, where there is none, of `east_asia`."""
    from offing.logbook import Logbook
    from offing.pipeline.waters import load, of_region

    folder = context.obj.folder
    if region or not (folder / "offing.toml").exists():
        return of_region(region or DEFAULT_REGION, include_unconfirmed)
    return load(Logbook.open(folder).store, include_unconfirmed=include_unconfirmed)


def record_of(context: typer.Context, known_at_ms: int | None = None) -> Record:
    """The official record of the logbook, or, where there is none, of the region pack alone."""
    from offing.logbook import Logbook
    from offing.pipeline.record import Record

    if (context.obj.folder / "offing.toml").exists():
        book = Logbook.open(context.obj.folder)
        return Record(book.store, book.waters, known_at_ms)
    return Record(None, waters_of(context), known_at_ms)


FormatOption = Annotated[Form, typer.Option("--format", help="How to print it.")]
RegionOption = Annotated[
    str, typer.Option("--region", metavar="NAME", help="The waters of a region pack alone; default: the logbook's.")
]
UnconfirmedOption = Annotated[
    bool, typer.Option("--include-unconfirmed", help="Also what is from memory and was not read at a source.")
]
NamesOption = Annotated[View, typer.Option("--names", help="Names shown: all of them, or one language's.")]
ZoneOption = Annotated[list[str], typer.Option("--zone", metavar="ID", help="Zone; several mean any of them.")]
FleetOption = Annotated[str, typer.Option("--fleet", metavar="ID", help="Fleet, `any`, or `flag-xx`.")]
SinceOption = Annotated[str, typer.Option("--since", metavar="DAY", help="First day, 2024-03-01.")]
UntilOption = Annotated[str, typer.Option("--until", metavar="DAY", help="Last day, included.")]
AsOfOption = Annotated[str, typer.Option("--as-of", metavar="DAY", help="Count days up to this one.")]
KnownAtOption = Annotated[str, typer.Option("--known-at", metavar="TIME", help="As this logbook held it then.")]
PublishedByOption = Annotated[str, typer.Option("--published-by", metavar="DAY|TIME", help="Bulletins published by then.")]
DayRuleOption = Annotated[str, typer.Option("--day-rule", metavar="RULE", help="Another day: 'Asia/Taipei 06:00'.")]


def day_or_none(text: str) -> date | None:
    """A day, where one was given."""
    from offing.model.times import parse_day

    return parse_day(text) if text else None


def ms_or_none(text: str) -> int | None:
    """An instant, where one was given."""
    from offing.model.times import parse_time

    return parse_time(text) if text else None


def _day_of(text: str) -> date | None:
    """A day, or the UTC day of an instant."""
    from offing.model.times import from_ms, parse_time

    return from_ms(parse_time(text)).date() if "T" in text.upper() else day_or_none(text)


def figure_options(
    since: str = "", until: str = "", as_of: str = "", known_at: str = "", published_by: str = "", day_rule: str = ""
) -> FigureOptions:
    """The options of figures as the logbook takes them."""
    return {
        "since": day_or_none(since),
        "until": day_or_none(until),
        "as_of": day_or_none(as_of),
        "known_at": ms_or_none(known_at),
        "published_by": _day_of(published_by),
        "day_rule": day_rule or None,
    }


def tell_of_received(book: Logbook, known_at_ms: int | None) -> None:
    """Say on standard error which rows of partners no figure counts, and which were left out."""
    from offing.pipeline.queries import received_notes

    for text in received_notes(book.store, book.waters, known_at_ms):
        note(f"note: {text}")


class DefaultGroup(TyperGroup):
    """A group whose command `show` may be left out: `offing zones`, `offing zones ID`, `offing zones add FILE`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put `show` before words that name no command."""
        if (not args or args[0] not in self.commands) and not {"--help", "-h"} & set(args[:1]):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@contextmanager
def progress(unit: str = "steps") -> Iterator[Callable[[str, float, float], None]]:
    """Show how far long work is: a bar on a terminal, else a quiet line when something new begins."""
    if not sys.stderr.isatty():
        said: set[str] = set()

        def tell(what: str, done: float, of: float) -> None:
            if what not in said and of:
                said.add(what)
                note(f"{what} ({of:,.0f} {unit})" if unit else what)

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def draw(what: str, done: float, of: float) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)  # type: ignore[arg-type]

        yield draw
