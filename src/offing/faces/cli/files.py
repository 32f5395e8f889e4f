"""Commands that write: init, ingest, retract, run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offing.errors import MissingInput, UsageError
from offing.faces.cli.common import (
    DEFAULT_REGION,
    DefaultGroup,
    FormatOption,
    SinceOption,
    UnconfirmedOption,
    UntilOption,
    day_or_none,
    logbook_of,
    ms_or_none,
    note,
    progress,
)
from offing.faces.cli.output import Form, emit_records, line

if TYPE_CHECKING:
    from offing.logbook import Logbook


def init(
    context: typer.Context,
    region: Annotated[
        str, typer.Option("--region", metavar="NAME", help="Region pack: its zones, fleets and published series.")
    ] = DEFAULT_REGION,
    include_unconfirmed: UnconfirmedOption = False,
) -> None:
    """Make a logbook."""
    from offing.logbook import Logbook

    book = Logbook.create(context.obj.folder, region, include_unconfirmed)
    pack = book.waters.pack
    content = f"{len(pack.zones)} zones, {len(pack.gates)} gates, {len(pack.features)} features, {len(pack.fleets)} fleets"
    line(f"Made the logbook {book.store.root} with the waters {pack.label}: {content}.")


def ingest(
    context: typer.Context,
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files or folders.")],
    form: Annotated[str, typer.Option("--as", metavar="FORM", help="auto, or the name of a reader: nmea, csv, ...")] = "auto",
    mapping: Annotated[str, typer.Option("--map", metavar="FILE", help="Mapping of a CSV's columns (TOML).")] = "",
    base_time: Annotated[str, typer.Option("--base-time", metavar="TIME", help="Time of rows that carry none.")] = "",
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep a compressed copy, so that `why` can always show raw text.")
    ] = False,
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Own source to which the files belong; `offing sources` lists them.")
    ] = "ais",
    output: FormatOption = Form.TABLE,
) -> None:
    """Read files into the logbook; folders whole, file by file."""
    from offing.pipeline.ingest import FileProblem

    base_ms = ms_or_none(base_time)
    book = _open_or_make(context, paths)
    warm_up_note()
    with progress("") as tell:
        results = book.ingest(
            *paths, form=form, mapping=mapping or None, base_time=base_ms, keep=keep, source=source,
            progress=lambda path, done, of: tell(f"reading {Path(path).name}", done, of),
        )  # fmt: skip
    taken = [r for r in results if not isinstance(r, FileProblem)]
    problems = [r for r in results if isinstance(r, FileProblem)]
    rows = [
        {
            "path": r.path,
            "format": r.reader,
            "rows": r.rows,
            "positions": r.positions,
            "statics": r.statics,
            "fragments": r.fragments,
            "ignored": dict(r.ignored),
            "duplicates": r.duplicates,
            "rejects": dict(r.rejects),
            "already": r.already,
        }
        for r in taken
    ]
    if rows or output is not Form.TABLE:
        emit_records(rows, output, title="read")
    _note_other_sources(book, [r.sha256 for r in taken if r.already], source)
    for problem in problems:
        note(f"offing: {_named(problem.path, str(problem.error))}")
    named = {str(Path(p).absolute()) for p in paths if not Path(p).is_dir()}
    if not taken or any(str(Path(p.path).absolute()) in named for p in problems):
        raise typer.Exit(2)


def _note_other_sources(book: Logbook, held: list[str], source: str) -> None:
    """Say where files that were held before belong to another source too."""
    by_file = book.store.ledger.sources.by_file() if held else {}
    others = sorted({name for sha256 in held for name in by_file.get(sha256, ())} - {source})
    if others:
        said = f"Files that were read before belong to {', '.join(others)} too, and count wherever one of their sources does"
        note(f"note: {said}. `offing retract` takes a file out of all of them.")


def _named(path: str, sentence: str) -> str:
    """The sentence, with the file's name before it unless it has it."""
    return sentence if Path(path).name in sentence else f"{path}: {sentence}"


def _open_or_make(context: typer.Context, paths: list[str]) -> Logbook:
    """The logbook; a first reading makes the one that nobody named, if there is anything to read."""
    from offing.logbook import Logbook

    folder: Path = context.obj.folder
    if not folder.exists() and folder == Path("logbook"):
        if not any(Path(p).exists() for p in paths):
            raise MissingInput(f"There is no {paths[0]}.", "Check the name.", path=paths[0])
        note("note: made the logbook ./logbook with the waters east_asia.")
        return Logbook.create(folder)
    return Logbook.open(folder)


def sources_show(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """Own sources: how many files and published texts belong to each, and which are restricted."""
    rows = [
        {"source": s.name, "files_n": s.files_n, "texts_n": s.texts_n, "restricted": s.restricted}
        for s in logbook_of(context).sources()
    ]
    emit_records(rows, output, title="sources", names=("source", "files_n", "texts_n", "restricted"))


def sources_restrict(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="A source, there already or to come.")]
) -> None:
    """Leave a source out of everything that is released, unless a rule names it."""
    book = logbook_of(context)
    new = book.restrict_source(name)
    line(f"{name} is restricted." if new else f"{name} was restricted already.")
    if not any(s.name == name and s.files_n + s.texts_n for s in book.sources()):
        note(f"note: nothing is of the source {name} yet.")


def sources_open(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="A restricted source.")]
) -> None:
    """Take the restriction of a source back."""
    was = logbook_of(context).open_source(name)
    line(f"{name} is no longer restricted." if was else f"{name} was not restricted.")


def retract(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|SHA", help="A path, or the first digits of a sha256.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the record.")],
) -> None:
    """Take a wrong file back, in the open."""
    gone = logbook_of(context).retract(file, reason)
    line(f"Retracted {gone.path} ({gone.sha256[:16]}): {reason}. `offing run` corrects the events; nothing is deleted.")


def run(
    context: typer.Context,
    since: SinceOption = "",
    until: UntilOption = "",
    settings: Annotated[list[str], typer.Option("--set", metavar="KIND.NAME=VALUE", help="Another value of a parameter.")] = [],  # noqa: B006
    output: FormatOption = Form.TABLE,
) -> None:
    """Work out tracks, visits and coverage from the files read."""
    from offing.pipeline.methods import Method, parse_settings

    book = logbook_of(context)
    values = parse_settings(settings)
    Method.of({**book.store.parameters(), **values})
    first, last = day_or_none(since), day_or_none(until)
    if first and last and last < first:
        raise UsageError(f"--until {until} is before --since {since}.", "Exchange them.")
    warm_up_note()
    with progress("days") as tell:
        done = book.run(first, last, values, tell)
    row = {
        "days": done.days_n,
        "positions": done.positions_n,
        "untracked": done.untracked_n,
        **done.visits,
        "method": done.method,
        "passages": {what: n for what, n in done.passages.items() if n},
    }
    emit_records([row], output, title="run: visits")


def warm_up_note() -> None:
    """A word to the user where kernels must be compiled first."""
    from offing.kernels.jit import is_warm

    if not is_warm():
        note("note: compiling kernels for this processor, once (about half a minute).")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("ingest")(ingest)
    about = "Own sources of files and texts, and which of them are restricted."
    group = typer.Typer(cls=DefaultGroup, help=about, rich_markup_mode=None)
    group.command("show")(sources_show)
    group.command("restrict")(sources_restrict)
    group.command("open")(sources_open)
    app.add_typer(group, name="sources")
    app.command("retract")(retract)
    app.command("run")(run)
