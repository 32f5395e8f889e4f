"""A chart as one offline HTML page: to enlarge, to switch layers, with a list of all that is drawn."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib import resources

from offing.faces.chart.elements import number, tag
from offing.faces.chart.frame import GRADES_MIN
from offing.faces.chart.marks import Drawer
from offing.faces.chart.panel import LICENCE, PURPOSE, kinds_of, said_of, sample_paths, title_of, unplaced_note
from offing.faces.chart.parts import BasePoint, Item, Parts, claimants_of
from offing.faces.chart.projection import ECCENTRICITY, meridional_deg
from offing.faces.chart.signs import doubt_of, strokes
from offing.faces.chart.style import BEAD_WORDS, DASHES, STROKES, Theme, claimant_name, page_sheet, variables
from offing.faces.chart.svg import Drawing, Sheet, draw
from offing.faces.cli.viewpoint import View
from offing.model.place import Feature, Gate, Line
from offing.model.zone import Zone

SCALES = (0.25, 0.354, 0.5, 0.707, 1.0, 1.414, 2.0, 2.828, 4.0, 5.657, 8.0, 11.314, 16.0)
"""Scales at which a page places names anew; the last is the largest to which it can be enlarged."""

HEADS = ("Id", "Names", "What", "Whose", "Rests on", "Source", "Confidence", "Dates", "Note")


def page(parts: Parts, sheet: Sheet, theme: Theme | None = None) -> str:
    """The whole page. Without a theme it follows the reader's system."""
    drawing = draw(parts, sheet, SCALES, finest=SCALES[-1])
    drawn = parts.drawn(drawing.drawer.marks.drawn)
    title = title_of(parts, sheet.view, sheet.around)
    style, script = _style(theme), _file("page.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    others = [v for k, v in parts.names.items() if k != "en" and sheet.view in (View.ALL, View(k))]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{escape(title)}</h1>
<p class="others">{escape(" · ".join(dict.fromkeys(others)))}</p>
<p class="facts">{escape(said_of(sheet.view))}. Mercator, WGS 84. Blue tint: near the shore, not depth.
Pack {escape(parts.label)}</p>
<p class="licence">{PURPOSE[0].upper()}{PURPOSE[1:]}. Land {LICENCE}.</p>
<noscript><p>Without scripts the chart cannot be enlarged; the list below is complete.</p></noscript>
</header>
<main>
{_chart(drawing)}
<aside>
<h2>Here</h2>
<div class="here" aria-live="polite" data-empty="{_EMPTY}"><p>{_EMPTY}</p></div>
<svg class="scale" width="300" height="62" font-size="11" role="img" aria-label="scale"></svg>
{_layers(drawn, drawing.drawer)}
{_left_out(drawn, sheet)}
</aside>
</main>
<section class="list">
{"".join(_tables(drawn))}
</section>
<footer>
<p>Land {LICENCE}. Pack {escape(parts.label)}. {PURPOSE[0].upper()}{PURPOSE[1:]}.</p>
</footer>
<script>{script}</script>
</body>
</html>
"""


_EMPTY = "Point at the chart, or choose from the list below it. Keys: + and - enlarge, arrows move, 0 shows all."


def _style(theme: Theme | None) -> str:
    if theme:
        roots = f":root{{color-scheme:{'dark' if theme is Theme.NIGHT else 'light'};{variables(theme)}}}"
    else:
        roots = f":root{{color-scheme:light dark;{variables(Theme.DAY)}}}"
        roots += f"@media (prefers-color-scheme:dark){{:root{{{variables(Theme.NIGHT)}}}}}"
    levels = "".join(f'.map[data-level="{i}"] .lv:not(.l{i}){{display:none}}' for i in range(len(SCALES)))
    return f"{roots}\n{page_sheet()}\n{_file('page.css')}{levels}"


def _file(name: str) -> str:
    return (resources.files("offing.faces.chart") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _chart(drawing: Drawing) -> str:
    projection = drawing.drawer.projection
    e = projection.extent
    world = tag(
        "svg",
        drawing.layers,
        class_="map",
        viewBox=f"0 0 {number(projection.width_px)} {number(projection.height_px)}",
        preserveAspectRatio="xMidYMid slice",
        font_size=11,
        role="img",
        aria_label="The chart. All that it shows is in the list below it.",
        data_level=SCALES.index(1.0),
        data_width=projection.width_px,
        data_height=projection.height_px,
        data_px_per_deg=repr(projection.px_per_deg),
        data_west=repr(e.west_deg),
        data_top=repr(float(meridional_deg(e.north_deg))),
        data_eccentricity=repr(ECCENTRICITY),
        data_scales=" ".join(map(str, SCALES)),
        data_grades=" ".join(f"{step}:{fine}" for step, fine in GRADES_MIN.items()),
    )
    buttons = "".join(
        f'<button type="button" data-act="{act}" aria-label="{said}" title="{said}">{mark}</button>'
        for act, mark, said in (("in", "+", "Enlarge"), ("out", "−", "Reduce"), ("whole", "0", "Show all"))
    )
    frame = '<svg class="frame" font-size="11" aria-hidden="true"></svg>'
    inside = f'{world}{frame}<div class="buttons">{buttons}</div>'
    return f'<div class="chart" tabindex="0" role="group" aria-label="Chart">{inside}</div>'


def _layers(parts: Parts, drawer: Drawer) -> str:
    """Switches, which are the legend too."""
    out = [f'<svg width="0" height="0" aria-hidden="true">{sample_paths()}</svg>', "<h2>Whose</h2><fieldset>"]
    for claimant in sorted({c for i in parts.ruled for c in claimants_of(i)}):
        n = drawer.number_of_claimant(claimant)
        sample = "".join(strokes("#sample-line", "contiguous_zone", n, "confirmed"))
        beads = "" if n is None else f", {BEAD_WORDS[n]}"
        out.append(_switch(f"claimant:{claimant}", f"{claimant_name(claimant)}{beads}", sample, n))
    out.append("</fieldset><h2>What</h2><fieldset>")
    for kind, count in kinds_of(parts).items():
        sample = "".join(strokes("#sample-line", kind, None, "confirmed", "#sample-inside"))
        out.append(_switch(f"layer:{kind}", f"{STROKES[kind].plain} ({count})", sample))
    placed = sum(f.lon_deg is not None for f in parts.features)
    for layer, words, count in (
        ("feature", "islands and other features", placed),
        ("base_point", "base points", len(parts.base_points)),
    ):
        if count:
            out.append(_switch(f"layer:{layer}", f"{words} ({count})", ""))
    out.append(_switch("names", "names on the chart", ""))
    out.append("</fieldset>")
    for confidence, words in (("approximate", "approximate, not surely there"), ("recalled", "recalled, read at no source")):
        if any(i.confidence == confidence for i in parts.items):
            line = tag("use", href="#sample-line", class_="ink", stroke_width=1.2, stroke_dasharray=DASHES[confidence])
            out.append(f"<p>{_sample(line, None)} dashes: {words}</p>")
    return f'<div class="layers">{"".join(out)}</div>'


def _switch(layer: str, words: str, sample: str, n: int | None = None) -> str:
    drawn = _sample(sample, n) if sample else ""
    return f'<label><input type="checkbox" checked data-layer="{escape(layer)}">{drawn}<span>{escape(words)}</span></label>'


def _sample(inside: str, n: int | None) -> str:
    css = "samples" if n is None else f"samples n{n}"
    return f'<svg class="{css}" width="42" height="16" aria-hidden="true"><g transform="translate(1 14)">{inside}</g></svg>'


def _left_out(parts: Parts, sheet: Sheet) -> str:
    said = [*sheet.left_out, *unplaced_note(parts)]
    return f"<h2>Not on this chart</h2>{''.join(f'<p>{escape(v)}</p>' for v in said)}" if said else ""


def _tables(parts: Parts) -> Iterator[str]:
    listed: tuple[tuple[str, str, Iterable[Item | BasePoint]], ...] = (
        ("Zones", "zone", parts.zones),
        ("Gates", "gate", parts.gates),
        ("Lines", "line", parts.lines),
        ("Features", "feature", parts.features),
        ("Base points", "base", parts.base_points),
    )
    head = "".join(f'<th scope="col">{h}</th>' for h in HEADS)
    for title, what, items in listed:
        rows = [_row(what, item) for item in items]
        if rows:
            table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
            opened = f"<details><summary>{len(rows)} points</summary>{table}</details>" if what == "base" else table
            yield f"<h2>{title} ({len(rows)})</h2>{opened}"


def _row(what: str, item: Item | BasePoint) -> str:
    key = escape(f"{what}:{item.id}")
    cells = [f'<button type="button">{escape(item.id)}</button>', *_cells(item)]
    return (
        f'<tr data-id="{key}">'
        + "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in zip(HEADS, cells, strict=True))
        + "</tr>"
    )


def _cells(item: Item | BasePoint) -> list[str]:
    if isinstance(item, BasePoint):
        where = f"{item.lat_deg:.5f}, {item.lon_deg:.5f}"
        return [escape(v) for v in (item.name, "base point", "", f"{item.baseline}: {where}", item.source, "", "", "")]
    whose = ", ".join(map(claimant_name, claimants_of(item)))
    sure = "doubtful" if doubt_of(item) else "sure"
    return [
        _names(item.names),
        escape(item.kind.replace("_", " ")),
        escape(whose),
        _rests_on(item),
        escape(item.source),
        f'<span class="{sure}">{escape(item.confidence)}</span>',
        escape(_dates(item)),
        escape(item.note),
    ]


def _rests_on(item: Item) -> str:
    if isinstance(item, Feature):
        if item.lon_deg is None:
            return "no position published"
        off = f", within {item.uncertainty_m / 1000:g} km" if item.uncertainty_m else ""
        return escape(item.position_published or f"{item.lat_deg:.4f}, {item.lon_deg:.4f}{off}")
    said = [item.legal_basis]
    if isinstance(item, Gate):
        said += [f"from {' to '.join(item.ends)} ({item.ends_basis})" if item.ends else "", item.direction]
        said.append(f"left {item.left.get('en', '')}, right {item.right.get('en', '')}")
    if isinstance(item, Line):
        said += [item.status, item.treatment]
    if isinstance(item, Zone) and item.includes:
        said.append(f"includes {', '.join(v.replace('_', ' ') for v in item.includes)}")
    return escape("; ".join(v for v in said if v))


def _names(names: Mapping[str, str]) -> str:
    forms: dict[str, str] = {}
    for language, form in names.items():
        forms.setdefault(form, language)
    return " · ".join(f'<span lang="{escape(language)}">{escape(form)}</span>' for form, language in forms.items() if form)


def _dates(item: Item) -> str:
    low, high = item.valid_from, item.valid_to
    return f"{low or '...'} to {high or '...'}" if low or high else ""
