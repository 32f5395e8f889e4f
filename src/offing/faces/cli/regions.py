"""Commands on region packs: list them, check one, build its zones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offing.errors import UsageError
from offing.faces.cli.common import DefaultGroup, FormatOption, progress
from offing.faces.cli.output import Form, emit_records, line

regions = typer.Typer(
    cls=DefaultGroup, help="Region packs: `regions`, `regions check DIR`, `regions build DIR`.", rich_markup_mode=None
)

PackArgument = Annotated[str, typer.Argument(metavar="DIR|NAME", help="The folder of a pack, or the name of an installed one.")]


@regions.command("show")
def show_regions(output: FormatOption = Form.TABLE) -> None:
    """The installed region packs."""
    from offing.pipeline.listing import region_rows

    columns = ["region", "version", "hash", "zones", "gates", "features", "lines", "fleets", "series", "problem"]
    emit_records(region_rows(), output, title="region packs", columns=columns)


@regions.command("check")
def check_region(pack: PackArgument, output: FormatOption = Form.TABLE) -> None:
    """Say everything about a pack that does not fit, by file and line; exit status 1 if there is anything."""
    from offing.zones.checking import check_pack, report

    folder = _folder(pack)
    problems = check_pack(folder)
    if output is not Form.TABLE:
        emit_records(report(problems), output, names=["file", "line", "entry", "problem", "hint"])
    elif not problems:
        from offing.zones.pack import load_pack

        found = load_pack(folder, include_unconfirmed=True)
        counts = ((len(getattr(found, key)), key) for key in ("zones", "gates", "features", "lines", "fleets"))
        line(f"{found.label} is whole: {', '.join(f'{n} {key}' for n, key in counts)}.")
    for p in problems if output is Form.TABLE else ():
        at = f"{p.file}:{p.line}" if p.line else p.file
        line(f"{at}: {f'{p.entry}: ' if p.entry else ''}{p.problem}. {p.hint}".rstrip())
    if problems:
        raise typer.Exit(1)


@regions.command("build")
def build_region(pack: PackArgument) -> None:
    """Build the outlines of a pack's zones and lines from its facts."""
    from offing.zones.build import write_built
    from offing.zones.equidistance import write_lines
    from offing.zones.lines import line_claims

    folder = _folder(pack)
    with progress("") as tell:
        try:
            written = [write_built(folder, lambda done, total, name: tell("building zones", done, total))]
            if line_claims(folder):
                tell("building lines", 0, 1)
                written.append(write_lines(folder))
        except OSError as error:
            raise UsageError(f"{folder} cannot be written: {error.strerror}.", "Build a copy of the pack.") from None
    line(f"Wrote {' and '.join(p.name for p in written)} in {folder}.")


def _folder(pack: str) -> Path:
    from offing.regions import folder_of, installed

    path = Path(pack)
    if path.is_dir():
        return path
    if "/" in pack or path.exists() or pack not in installed():
        raise UsageError(f"{pack} is neither a folder nor an installed region pack.", "`offing regions` lists them.")
    return folder_of(pack)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(regions, name="regions")
