"""The bearings round a place on one day, as a rose: which a fleet occupied, how near, and the widest arc that was open."""

from __future__ import annotations

from math import cos, radians, sin
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from offing.errors import UsageError
from offing.faces.chart.elements import line_of_text, number, tag
from offing.faces.chart.style import PALETTES, Palette, Theme

if TYPE_CHECKING:
    from offing.pipeline.encirclement import Encirclement

SIZE_PX = 640
MIDDLE_X = SIZE_PX / 2
MIDDLE_Y = SIZE_PX / 2 - 14
OUTER_PX = 215.0
INNER_PX = 10.0
FONT = "'Source Sans 3', 'Source Sans Pro', 'Noto Sans CJK TC', system-ui, sans-serif"


def draw_rose(found: Encirclement, file: Path, theme: Theme = Theme.DAY) -> None:
    """Write the rose as SVG or PNG. Raises `UsageError` for another ending or a file that cannot be written."""
    svg = rose(found, theme)
    ending = file.suffix.lower()
    if ending not in (".svg", ".png"):
        raise UsageError(f"{file} ends in neither .svg nor .png.", "Name the picture FILE.svg or FILE.png.")
    try:
        if ending == ".svg":
            file.write_text(svg, encoding="utf-8")
        else:
            from offing.faces.chart.png import png

            file.write_bytes(png(svg))
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None


def rose(found: Encirclement, theme: Theme = Theme.DAY) -> str:
    """The rose as SVG that needs nothing else: occupied bearings filled, a bar at the distance of the nearest ship in each."""
    colours = PALETTES[theme]
    (row,) = found.summary.to_dicts()
    reach = float(row["reach_nm"])
    parts = [tag("rect", width=SIZE_PX, height=SIZE_PX, fill=colours.ground)]
    parts += [_ring(share, reach, colours) for share in (0.25, 0.5, 0.75, 1.0)]
    parts += [_bearing(b, reach, colours) for b in found.bearings.to_dicts()]
    if row["open_from_deg"] is not None:
        parts.append(_open_arc(row, colours))
    for words, angle in (("N", 0), ("E", 90), ("S", 180), ("W", 270)):
        x, y = _at(angle, OUTER_PX + 27)
        parts.append(line_of_text(x, y + 6, words, text_anchor="middle", fill=colours.ink, font_size=18))
    parts += _words(row, colours)
    title = f"Bearings round {row['centre']} occupied by {row['fleet_id']} on {row['day']}"
    return tag(
        "svg", tag("title", escape(title)), *parts, xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {SIZE_PX} {SIZE_PX}", width=SIZE_PX, height=SIZE_PX, font_family=FONT, role="img",
    )  # fmt: skip


def _ring(share: float, reach_nm: float, colours: Palette) -> str:
    circle = tag("circle", cx=MIDDLE_X, cy=MIDDLE_Y, r=share * OUTER_PX, fill="none", stroke=colours.hair)
    x, y = _at(5, share * OUTER_PX)
    words = f"{share * reach_nm:g} nm" if share == 1 else f"{share * reach_nm:g}"
    return circle + line_of_text(x + 3, y - 3, words, fill=colours.ink_3, font_size=11)


def _bearing(row: dict[str, Any], reach_nm: float, colours: Palette) -> str:
    low, high = row["bearing_deg"] - 5.0, row["bearing_deg"] + 5.0
    said = tag("title", escape(_said(row)))
    frame = tag(
        "path", said, d=_wedge(low, high, INNER_PX, OUTER_PX), fill=colours.shoal_far if row["said_of_sector"] else "none",
        stroke=colours.hair,
    )  # fmt: skip
    if not row["occupied"]:
        return frame
    whole = tag(
        "path", said, d=_wedge(low, high, INNER_PX, OUTER_PX), fill=colours.focus, fill_opacity="0.22", class_="occupied"
    )
    near = max(INNER_PX, OUTER_PX * row["nearest_nm"] / reach_nm)
    return frame + whole + tag("path", d=_wedge(low, high, near - 4, near + 4), fill=colours.focus)


def _said(row: dict[str, Any]) -> str:
    where = f"{row['from_deg']} to {row['to_deg']} degrees"
    if not row["occupied"]:
        return f"{where}: none seen"
    return f"{where}: {row['hulls_n']} seen, the nearest {row['nearest_nm']} nm away"


def _open_arc(row: dict[str, Any], colours: Palette) -> str:
    low, width = row["open_from_deg"], row["widest_open_deg"]
    (x0, y0), (x1, y1) = _at(low, OUTER_PX + 10), _at(low + width, OUTER_PX + 10)
    large = 1 if width > 180 else 0
    path = f"M{number(x0)} {number(y0)}A{OUTER_PX + 10} {OUTER_PX + 10} 0 {large} 1 {number(x1)} {number(y1)}"
    return tag("path", d=path, fill="none", stroke=colours.ink, stroke_width=3, stroke_dasharray="10 5")


def _words(row: dict[str, Any], colours: Palette) -> list[str]:
    open_arc = f"widest open arc {row['widest_open_deg']} degrees"
    if row["open_from_deg"] is not None:
        open_arc += f", {row['open_from_deg']} to {row['open_to_deg']} (dashed)"
    occupied = f"{row['bearings_occupied']} of 36 bearings occupied ({row['share']:.0%}); {open_arc}"
    reach = (
        f"Within {row['reach_nm']:g} nm; bars: the nearest ship of each bearing. Tinted blue: sectors that the office names."
    )
    head = f"{row['centre']}: {row['fleet_id']}, {row['day']} ({row['day_rule']})"
    return [
        line_of_text(20, 30, head, fill=colours.ink, font_size=17, font_weight=600),
        line_of_text(20, SIZE_PX - 48, occupied, fill=colours.ink, font_size=13),
        line_of_text(20, SIZE_PX - 30, reach, fill=colours.ink_2, font_size=12),
        line_of_text(20, SIZE_PX - 13, f"Waters {row['pack']}", fill=colours.ink_3, font_size=11),
    ]


def _at(bearing_deg: float, radius: float) -> tuple[float, float]:
    return MIDDLE_X + radius * sin(radians(bearing_deg)), MIDDLE_Y - radius * cos(radians(bearing_deg))


def _wedge(low: float, high: float, inner: float, outer: float) -> str:
    (a, b), (c, d), (e, f), (g, h) = _at(low, inner), _at(low, outer), _at(high, outer), _at(high, inner)
    n = number
    out = f"M{n(a)} {n(b)}L{n(c)} {n(d)}A{n(outer)} {n(outer)} 0 0 1 {n(e)} {n(f)}"
    return f"{out}L{n(g)} {n(h)}A{n(inner)} {n(inner)} 0 0 0 {n(a)} {n(b)}Z"
