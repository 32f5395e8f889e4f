"""One sheet as SVG: `chart` for a drawing that stands alone, `map_layers` for one that goes into a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from offing.faces.chart.elements import label, number, tag
from offing.faces.chart.frame import BORDER_PX, MARGIN_PX, border, graticule
from offing.faces.chart.labels import Placed, place
from offing.faces.chart.marks import Drawer
from offing.faces.chart.outlines import Outliner
from offing.faces.chart.panel import GAP_PX, WIDTH_PX, foot, panel, said_of, title_of
from offing.faces.chart.parts import Parts
from offing.faces.chart.projection import Extent, Projection
from offing.faces.chart.style import Theme
from offing.faces.chart.style import sheet as style_of
from offing.faces.cli.viewpoint import View

LONGEST_PX = 1180.0
"""The longer side of the drawn box."""

LAYERS = ("zones-under-land", "land", "graticule", "zones", "lines", "gates", "base-points", "features")
"""From the bottom up; the tint of the shore lies below them, names above."""


@dataclass(frozen=True)
class Sheet:
    """How to draw: the box, the palette, whose names, what the title adds, and sentences on what is left out."""

    extent: Extent
    theme: Theme = Theme.DAY
    view: View = View.ALL
    around: str = ""
    left_out: tuple[str, ...] = ()
    longest_px: float = LONGEST_PX


@dataclass(frozen=True)
class Drawing:
    """The inside of the drawn box, and the names that found room."""

    drawer: Drawer
    layers: str
    names: tuple[Placed, ...]


def draw(parts: Parts, sheet: Sheet, scales: Sequence[float] = (1.0,), finest: float = 1.0) -> Drawing:
    """Everything within the neatline. `scales`: at which a page places names anew; `finest`: how far it may be enlarged."""
    projection = Projection(sheet.extent, sheet.longest_px)
    drawer = Drawer(parts, Outliner(projection, finest), sheet.view, scales)
    marks = drawer.draw()
    marks.add("graticule", tag("g", graticule(projection), class_="graticule"))
    size = projection.width_px, projection.height_px
    names = place(marks.names, size, projection.px_per_nm(), scales, marks.symbols)
    out = [tag("defs", *marks.layers.get("defs", [])), _ground(projection)]
    for layer in ("shoal-far", "shoal-near", *LAYERS):
        if layer in marks.layers:
            out.append(tag("g", *marks.layers[layer], id=f"layer-{layer}"))
    if names:
        ordered = sorted(names, key=lambda p: (p.levels, p.name.owner, p.spot.x))
        out.append(tag("g", *(label(p, levels=len(scales) > 1) for p in ordered), id="layer-names"))
    box = tag("clipPath", _ground(projection), id="neatline")
    return Drawing(drawer, tag("defs", box) + tag("g", *out, clip_path="url(#neatline)"), tuple(names))


def chart(parts: Parts, sheet: Sheet) -> str:
    """A whole sheet as SVG that needs nothing else: the chart, its neatline, and the panel beside it."""
    drawing = draw(parts, sheet)
    projection = drawing.drawer.projection
    title = title_of(parts, sheet.view, sheet.around)
    around = drawing.drawer.marks.around
    drawn = parts.drawn(drawing.drawer.marks.drawn - {f"zone:{z}" for z in around})
    within = [f"All of the sheet lies in {', '.join(sorted(around))}."] if around else []
    beside, tall = panel(drawn, drawing.drawer, sheet.view, title)
    below, deep = foot(drawn, projection.width_px, [*within, *sheet.left_out])
    edge = MARGIN_PX + BORDER_PX
    width = 2 * edge + projection.width_px + GAP_PX + WIDTH_PX
    height = float(math.ceil(2 * edge + max(projection.height_px + GAP_PX + deep, tall)))

    def moved(x: float, y: float) -> str:
        return f"translate({number(x)} {number(y)})"

    return tag(
        "svg",
        tag("title", escape(f"{title}. {said_of(sheet.view)}. Pack {parts.label}")),
        tag("style", escape(style_of(sheet.theme))),
        tag("rect", width=width, height=height, class_="paper"),
        tag("g", drawing.layers, border(projection), id="chart", transform=moved(edge, edge)),
        tag("g", beside, id="panel", class_="samples", transform=moved(width - edge - WIDTH_PX + 8, edge)),
        tag("g", below, id="foot", transform=moved(edge, edge + projection.height_px + GAP_PX)),
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        font_size=11,
        role="img",
    )


def _ground(projection: Projection) -> str:
    return tag("rect", width=projection.width_px, height=projection.height_px, class_="sea")
