"""Partners and what they agreed as a drawing: who reaches whom directly, through whom, and which pairs are blocked.

Partners stand on a ring. A full line is an agreement under which something goes directly; a dashed curve, with a head at each
end that is reached, goes through others; a dotted line with a cross is a pair with no way in either direction, with a question
mark one of which that is not known here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations

from offing.faces.chart.elements import line_of_text, number, tag
from offing.faces.chart.labels import text_width_px
from offing.faces.chart.page import _digest, _file
from offing.faces.chart.panel import GAP_PX, SAMPLE_PX, WIDTH_PX, Column, wrapped
from offing.faces.chart.style import Theme, page_sheet, sheet, variables
from offing.faces.cli.partner_map import MADE_UP, MAP, Ties, map_row, sentences
from offing.policy.reach import Reach

SIDE_PX = 686.0
RING_PX = 240.0
NODE_PX = 26.0
EDGE_PX = 26.0
DASHES = "7 5"
DOTS = "1.5 6"

Point = tuple[float, float]


@dataclass(frozen=True)
class _Pair:
    """An unordered pair: by which kinds it is direct, and which of the two is reached through others."""

    a: str
    b: str
    direct_n: int  # kinds that go directly in at least one direction
    reached: tuple[str, ...]  # of a and b, those that the other reaches through others alone
    agreements: tuple[str, ...]  # of those under which something goes directly
    unknown: bool  # what is not known here may let something through


def drawn(ending: str, ties: Ties, reaches: Sequence[Reach]) -> bytes:
    """The drawing as `.svg`, `.html` or `.png`."""
    if ending == ".html":
        return page(ties, reaches).encode()
    svg = graph(ties, reaches, sheet(Theme.DAY))
    if ending == ".png":
        from offing.faces.chart.png import png

        return png(svg)
    return svg.encode()


def graph(ties: Ties, reaches: Sequence[Reach], style: str = "") -> str:
    """The graph as SVG, its legend beside it and its sentences below. `style`: empty where a page has the style sheet."""
    kinds_n = len({r.kind for r in reaches})
    places = _places(list(ties.names))
    lines, labels = [], []
    for pair in _pairs(ties, reaches):
        line, label = _edge(pair, places, kinds_n)
        lines.append(line)
        labels.append(label)
    nodes = [_node(p, name, places[p]) for p, name in ties.names.items()]
    beside = _legend(ties, reaches)
    width = 2 * EDGE_PX + SIDE_PX + GAP_PX + WIDTH_PX
    below, deep = _foot(reaches, width - 2 * EDGE_PX)
    top = max(SIDE_PX, beside.y)
    height = float(math.ceil(2 * EDGE_PX + top + GAP_PX + deep))
    return tag(
        "svg",
        tag("title", escape(_title(ties))),
        tag("style", escape(style)) if style else "",
        tag("rect", width=width, height=height, class_="paper"),
        tag("g", *lines, *labels, *nodes, id="graph", transform=_moved(EDGE_PX, EDGE_PX)),
        tag("g", *beside.out, id="panel", transform=_moved(EDGE_PX + SIDE_PX + GAP_PX, EDGE_PX)),
        tag("g", below, id="foot", transform=_moved(EDGE_PX, EDGE_PX + top + GAP_PX)),
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        font_size=11,
        role="img",
    )


def page(ties: Ties, reaches: Sequence[Reach]) -> str:
    """One offline page without scripts: the graph, and every pair and kind in a table. It follows the reader's theme."""
    style = (
        f":root{{color-scheme:light dark;{variables(Theme.DAY)}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{variables(Theme.NIGHT)}}}}}\n{page_sheet()}\n{_file('page.css')}"
        ".graph svg{max-width:100%;height:auto}main.graph{display:block}"
        ".list table{table-layout:auto}.list th:nth-child(n){width:auto}.list td,.list th{overflow-wrap:normal}"
    )
    policy = f"default-src 'none'; style-src '{_digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    said = f'<p class="licence">{escape(MADE_UP)}</p>' if ties.example else ""
    head = "".join(f'<th scope="col">{escape(name.replace("_", " "))}</th>' for name in MAP)
    rows = "".join(f"<tr>{_cells(map_row(r))}</tr>" for r in reaches)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{escape(_title(ties))}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{escape(_title(ties))}</h1>{said}</header>
<main class="graph">{graph(ties, reaches)}</main>
<section class="list"><h2>Pairs and kinds ({len(reaches)})</h2>
<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></section>
</body>
</html>
"""


def _title(ties: Ties) -> str:
    return f"Who can reach whom, {ties.day}"


def _cells(row: Mapping[str, object]) -> str:
    def words(value: object) -> str:
        if isinstance(value, list):
            return "; ".join(map(str, value))
        return "" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)

    return "".join(f'<td data-head="{escape(name.replace("_", " "))}">{escape(words(row[name]))}</td>' for name in MAP)


def _places(partners: Sequence[str]) -> dict[str, Point]:
    """Places on the ring, clockwise from the top."""
    middle = SIDE_PX / 2
    turns = {p: 2 * math.pi * i / max(1, len(partners)) for i, p in enumerate(partners)}
    return {p: (middle + RING_PX * math.sin(t), middle - RING_PX * math.cos(t)) for p, t in turns.items()}


def _pairs(ties: Ties, reaches: Sequence[Reach]) -> list[_Pair]:
    found = []
    for a, b in combinations(ties.names, 2):
        both = [r for r in reaches if {r.originator, r.recipient} == {a, b}]
        direct = {r.kind for r in both if r.state == "direct"}
        under = sorted({g for r in both if r.state == "direct" for w in r.ways for g in w.agreements})
        reached = {r.recipient for r in both if r.state == "through"} if not direct else set()
        unknown = any(r.state == "unknown" for r in both)
        found.append(_Pair(a, b, len(direct), tuple(sorted(reached)), tuple(under), unknown))
    return sorted(found, key=lambda p: (p.direct_n > 0, bool(p.reached)))  # what is drawn last lies on top


def _edge(pair: _Pair, places: Mapping[str, Point], kinds_n: int) -> tuple[str, str]:
    """The line of a pair and what is written on it."""
    a, b = _shortened(places[pair.a], places[pair.b])
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    if pair.direct_n:
        line = tag("path", d=_straight(a, b), class_="ink", stroke_width=1.9)
        words = (" ".join(pair.agreements), f"{pair.direct_n} of {kinds_n} kinds")
        wide = max(text_width_px(w, 11) for w in words) + 6
        ground = tag("rect", x=x - wide / 2, y=y - 15, width=wide, height=30.0, class_="paper")
        said = (
            line_of_text(x, y - 3 + 13 * i, w, "text-2" if i else "text", text_anchor="middle") for i, w in enumerate(words)
        )
        return line, ground + "".join(said)
    if pair.reached:
        bent = _bend(a, b)
        curve = f"M{_at(a)}Q{_at(bent)} {_at(b)}"
        heads = "".join(_head(bent, a if p == pair.a else b) for p in pair.reached)
        return tag("path", d=curve, class_="ink", stroke_width=1.2, stroke_dasharray=DASHES) + heads, ""
    cross = f"M{_at((x - 4, y - 4))}L{_at((x + 4, y + 4))}M{_at((x - 4, y + 4))}L{_at((x + 4, y - 4))}"
    dotted = tag("path", d=_straight(a, b), class_="thin round", stroke_width=0.8, stroke_dasharray=DOTS)
    if pair.unknown:
        return dotted, line_of_text(x, y + 5, "?", "text strong halo", text_anchor="middle", font_size=15)
    return dotted + tag("path", d=cross, class_="thin", stroke_width=1.2), ""


def _node(partner: str, name: str, place: Point) -> str:
    x, y = place
    above = y < SIDE_PX / 2
    circle = tag("circle", cx=x, cy=y, r=NODE_PX, class_="base")
    code = line_of_text(x, y + 4, partner if len(partner) <= 7 else f"{partner[:6]}…", "text strong", text_anchor="middle")
    said = partner if len(partner) > 7 else ""
    called = " · ".join(w for w in (said, name if name != partner else "") if w)
    beyond = y - NODE_PX - 9 if above else y + NODE_PX + 18
    return circle + code + (line_of_text(x, beyond, called, "text halo", text_anchor="middle") if called else "")


def _legend(ties: Ties, reaches: Sequence[Reach]) -> Column:
    column = Column(y=8)
    column.y += 24
    column.out.append(line_of_text(0, column.y, "Who can reach whom", "text serif", font_size=23))
    column.y += 5
    column.write(f"By the agreements in force on {ties.day}, UTC. A release rule of the originator is needed too.", "text-2")
    if ties.example:
        column.write(MADE_UP, "text strong")
    column.head("lines")
    flat = f"M0-4H{number(SAMPLE_PX)}"
    cross = f"M{number(SAMPLE_PX / 2 - 4)}-8l8 8m-8 0l8-8"
    column.sample(tag("path", d=flat, class_="ink", stroke_width=1.9), "directly, under the agreement that it names")
    through = tag("path", d=flat, class_="ink", stroke_width=1.2, stroke_dasharray=DASHES)
    column.sample(through + _head((0.0, -4.0), (SAMPLE_PX, -4.0)), "through others only; heads: who is reached")
    dotted = tag("path", d=flat, class_="thin round", stroke_width=0.8, stroke_dasharray=DOTS)
    column.sample(dotted + tag("path", d=cross, class_="thin", stroke_width=1.2), "no way in either direction")
    if any(r.depends_on for r in reaches):
        mark = line_of_text(SAMPLE_PX / 2, 1, "?", "text strong halo", text_anchor="middle", font_size=15)
        column.sample(dotted + mark, "not known here")
    column.head("kinds of records")
    column.write(", ".join(dict.fromkeys(r.kind.replace("_", " ") for r in reaches)) or "none", "text-2")
    column.head("agreements")
    for a in ties.agreements:
        state = "" if a.in_force(ties.day) else ", not in force"
        column.write(f"{a.id}: {', '.join(a.kinds)}; {a.first_day} to {a.last_day}, onward {a.onward}{state}", "text", most=4)
        if a.instrument:
            column.write(a.instrument, "text-3", 9.5, 9)
    if not ties.agreements:
        column.write("none", "text-2")
    return column


def _foot(reaches: Sequence[Reach], width_px: float) -> tuple[str, float]:
    """What is not direct, in words, in columns, and their height."""
    columns = [Column() for _ in range(max(1, int((width_px + GAP_PX) / (WIDTH_PX + GAP_PX))))]
    for i, column in enumerate(columns):
        column.head("what is not direct" if not i else " ")
    said = list(sentences(reaches)) or ["Everything is direct." if reaches else "No partner is known."]
    whole = sum(sum(1 for _ in wrapped(s, WIDTH_PX, 9.5)) for s in said)
    written, here = 0, 0
    for sentence in said:
        columns[here].write(sentence, "text-2", 9.5)
        columns[here].y += 3
        written += sum(1 for _ in wrapped(sentence, WIDTH_PX, 9.5))
        here = min(written * len(columns) // max(1, whole), len(columns) - 1)
    moved = (tag("g", *c.out, transform=_moved(i * (WIDTH_PX + GAP_PX), 0)) for i, c in enumerate(columns))
    return "".join(moved), max(c.y for c in columns) + 4


def _shortened(a: Point, b: Point) -> tuple[Point, Point]:
    """The stretch between two nodes that lies outside of both."""
    length = math.dist(a, b)
    u, v = (b[0] - a[0]) / length * (NODE_PX + 3), (b[1] - a[1]) / length * (NODE_PX + 3)
    return (a[0] + u, a[1] + v), (b[0] - u, b[1] - v)


def _bend(a: Point, b: Point) -> Point:
    """The handle of a curve that keeps off the straight line, towards the middle of the ring."""
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    dx, dy = SIDE_PX / 2 - x, SIDE_PX / 2 - y
    off = math.hypot(dx, dy)
    if off < 1:  # the pair stands opposite
        length = math.dist(a, b)
        return x - (b[1] - a[1]) / length * 60, y + (b[0] - a[0]) / length * 60
    return x + dx / off * 50, y + dy / off * 50


def _head(start: Point, tip: Point) -> str:
    """A head at the end of a line that comes from a point."""
    angle = math.atan2(tip[1] - start[1], tip[0] - start[0])
    ends = [(tip[0] - 10 * math.cos(angle + s), tip[1] - 10 * math.sin(angle + s)) for s in (-0.35, 0.35)]
    return tag("path", d=f"M{_at(ends[0])}L{_at(tip)}L{_at(ends[1])}", class_="ink", stroke_width=1.2)


def _straight(a: Point, b: Point) -> str:
    return f"M{_at(a)}L{_at(b)}"


def _at(p: Point) -> str:
    return f"{number(p[0])} {number(p[1])}"


def _moved(x: float, y: float) -> str:
    return f"translate({number(x)} {number(y)})"
