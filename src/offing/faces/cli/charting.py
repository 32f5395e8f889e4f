"""The command that draws waters as a chart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offing.errors import UsageError
from offing.faces.chart.style import Theme
from offing.faces.cli.common import NamesOption, RegionOption, UnconfirmedOption, note, waters_of
from offing.faces.cli.output import line
from offing.faces.cli.viewpoint import SAID, View, shown

if TYPE_CHECKING:
    from offing.faces.chart.parts import Parts
    from offing.faces.chart.svg import Sheet

ENDINGS = (".html", ".svg", ".png")


def draw(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write: .html, .svg or .png.")],
    around: Annotated[
        str, typer.Option("--around", metavar="NAME", help="Draw round this place: an id, a name in any language, or a point.")
    ] = "",
    width_nm: Annotated[
        float | None, typer.Option("--width-nm", metavar="N", help="How wide, with --around; default: as it needs.")
    ] = None,
    extent: Annotated[
        str, typer.Option("--extent", metavar="W,S,E,N", help="The box to draw, in degrees; default: the region's.")
    ] = "",
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="KIND", help="Only this kind of zone, gate or line; may come again.")
    ] = None,
    claimant: Annotated[
        list[str] | None, typer.Option("--claimant", metavar="CODE", help="Only what this one claims; may come again.")
    ] = None,
    zone: Annotated[
        list[str] | None, typer.Option("--zone", metavar="ID", help="Only this zone, gate or line; may come again.")
    ] = None,
    names: NamesOption = View.ALL,
    theme: Annotated[
        Theme | None, typer.Option("--theme", help="Paper or night; default: day, and a page follows its reader's system.")
    ] = None,
    include_unconfirmed: UnconfirmedOption = False,
    region: RegionOption = "",
) -> None:
    """Draw the waters as a chart: a page to enlarge and to search, a drawing, or a picture."""
    from offing.faces.chart import parts as waters_parts
    from offing.faces.chart.projection import Extent
    from offing.faces.chart.svg import Sheet

    if file.suffix.lower() not in ENDINGS:
        raise UsageError(f"{file} ends in none of {', '.join(ENDINGS)}.", "The ending says what is drawn: `chart.html`.")
    if around and extent:
        raise UsageError("--around and --extent both say where.", "Give one of them.")
    if width_nm is not None and not around:
        raise UsageError("--width-nm says how wide, but not where.", "Add --around NAME.")
    waters = waters_of(context, region, include_unconfirmed)
    whole = waters_parts.parts_of(waters)
    parts = whole.only(kind or (), claimant or (), zone or ())
    box, about = (Extent.parse(extent), "") if extent else (whole.frame, "")
    if around:
        box, called = waters_parts.around(waters, around, width_nm)
        about = shown(called, View.EN if names is View.ALL else names)
    left_out = []
    if chosen := [*(kind or ()), *(claimant or ()), *(zone or ())]:
        left_out.append(f"Drawn by choice: only {', '.join(chosen)}.")
    if not include_unconfirmed:
        left_out.append("What is recalled and was read at no source is left out (--include-unconfirmed).")
    _write(file, parts, Sheet(box, theme or Theme.DAY, names, about, tuple(left_out)), theme)
    counts = ((len(getattr(parts, key)), key) for key in ("zones", "gates", "lines", "features"))
    line(f"Drew {file} from {', '.join(f'{n} {key}' for n, key in counts)} of {parts.label}, {SAID[names]}.")


def _write(file: Path, parts: Parts, sheet: Sheet, theme: Theme | None) -> None:
    drawn = _drawn(file.suffix.lower(), parts, sheet, theme)
    try:
        file.write_bytes(drawn)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None


def _drawn(ending: str, parts: Parts, sheet: Sheet, theme: Theme | None) -> bytes:
    from dataclasses import replace

    from offing.faces.chart.page import page
    from offing.faces.chart.svg import chart

    if ending == ".html":
        return page(parts, sheet, theme).encode()
    if ending == ".svg":
        return chart(parts, sheet).encode()
    from offing.faces.chart.png import png, undrawable

    shown_names = (n for item in (parts, *parts.items) for k, n in item.names.items() if sheet.view in (View.ALL, View(k)))
    lost = undrawable(c for name in shown_names for c in name)
    if lost:
        few = "".join(sorted(lost)[:5])
        note(f"note: no font here has {len(lost)} of the characters of names ({few}...): names that hold them are left out.")
        note("A font for Chinese and Japanese, such as Noto Sans CJK, cures it; .svg and .html use the reader's fonts.")
        left_out = (*sheet.left_out, "Names in Chinese or Japanese for which no font was there.")
        parts, sheet = parts.without(lost), replace(sheet, left_out=left_out)
    return png(chart(parts, sheet))


def register(zones: typer.Typer) -> None:
    """Add the command `map` to those on zones."""
    zones.command("map")(draw)
