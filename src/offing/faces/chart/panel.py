"""What is written beside and below a chart: title block, scale, legend by claimant, sources, what the sheet does not say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from offing.faces.chart.elements import line_of_text, number, tag
from offing.faces.chart.frame import scale_bar
from offing.faces.chart.labels import text_width_px
from offing.faces.chart.marks import Drawer
from offing.faces.chart.parts import Parts
from offing.faces.chart.projection import Projection
from offing.faces.chart.signs import BASE_POINT, SYMBOLS, doubt_of, strokes
from offing.faces.chart.style import BEAD_WORDS, DASHES, STROKES, claimant_name
from offing.faces.cli.viewpoint import SAID, View, shown
from offing.model.place import FEATURE_KINDS, Gate, Line

WIDTH_PX = 332.0
SAMPLE_PX = 40.0
GAP_PX = 22.0
MOST_SOURCES = 18
ALIKE = 60
"""Sources that begin with the same so many characters stand once."""


LICENCE = "(c) OpenStreetMap contributors, ODbL 1.0"
PURPOSE = "computed, not for navigation"


@dataclass
class Column:
    """Rows of text and samples, from the top down."""

    y: float = 0.0
    out: list[str] = field(default_factory=list)

    def write(self, words: str, css: str = "text", size_px: float = 11.0, indent_px: float = 0.0, most: int = 9) -> None:
        """Words, broken to the width of the panel, in at most so many lines."""
        lines = list(wrapped(words, WIDTH_PX - indent_px, size_px))
        if len(lines) > most:
            lines = [*lines[: most - 1], lines[most - 1] + " ..."]
        for line in lines:
            self.y += size_px * 1.32
            self.out.append(line_of_text(indent_px, self.y, line, css, font_size=None if size_px == 11 else size_px))

    def head(self, words: str) -> None:
        """A heading over a rule."""
        self.y += 13
        self.out.append(tag("path", d=f"M0 {number(self.y)}H{number(WIDTH_PX)}", class_="rule"))
        self.y += 3
        self.write(words.upper(), "text-2 cap", 10)
        self.y += 2

    def sample(self, inside: str, words: str, css: str = "") -> None:
        """A sample of a stroke or symbol, and what it means."""
        at = self.y + 17.5
        self.out.append(tag("g", inside, class_=css, transform=f"translate(0 {number(at)})"))
        self.write(words, "text", 11, SAMPLE_PX + 9)


def wrapped(words: str, width_px: float, size_px: float) -> Iterator[str]:
    """Words in lines that are not wider than so much; a word that is wider is cut."""
    line = ""
    for word in (part for long in words.split() for part in _cut(long, width_px, size_px)):
        if line and text_width_px(f"{line} {word}", size_px) > width_px:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def _cut(word: str, width_px: float, size_px: float) -> Iterator[str]:
    while text_width_px(word, size_px) > width_px:
        at = next(n for n in range(1, len(word) + 1) if text_width_px(word[: n + 1], size_px) > width_px)
        yield word[:at]
        word = word[at:]
    yield word


def panel(parts: Parts, drawer: Drawer, view: View, title: str) -> tuple[str, float]:
    """The panel beside a chart, and its height."""
    column = Column()
    _title_block(column, parts, drawer.projection, view, title)
    _legend(column, parts, drawer)
    return "".join(column.out), column.y + 4


def foot(parts: Parts, width_px: float, left_out: Iterable[str] = ()) -> tuple[str, float]:
    """Sources and what is not shown, in columns below a chart so wide, and their height. `left_out`: sentences."""
    columns = [Column() for _ in range(max(2, round((width_px + GAP_PX) / (WIDTH_PX + GAP_PX))))]
    *first, last = columns
    for i, column in enumerate(first):
        column.head("sources" if not i else " ")
    placed = [i for i in parts.items if i not in parts.unplaced]
    counted = Counter(i.source[:ALIKE] for i in placed)
    whole = {i.source[:ALIKE]: i.source for i in placed}
    for start, _ in counted.most_common(MOST_SOURCES):
        min(first, key=lambda c: c.y).write(whole[start], "text-2", 9.5, most=2)
    rest = max(0, len(counted) - MOST_SOURCES)
    more = f"and {rest} more; " if rest else ""
    min(first, key=lambda c: c.y).write(f"{more}each mark carries its own, as `offing zones ID` prints it", "text-2", 9.5)
    last.head("not on this sheet")
    for note in (*left_out, *unplaced_note(parts)):
        last.write(note, "text-2", 9.5)
    moved = (
        tag("g", *column.out, transform=f"translate({number(i * (WIDTH_PX + GAP_PX))} 0)") for i, column in enumerate(columns)
    )
    return "".join(moved), max(c.y for c in columns) + 4


def unplaced_note(parts: Parts) -> list[str]:
    """A sentence on features of which no position was published; none where there are none."""
    return [f"No position was published of {', '.join(f.id for f in parts.unplaced)}."] if parts.unplaced else []


def _title_block(column: Column, parts: Parts, projection: Projection, view: View, title: str) -> None:
    column.y = 8
    for i, line in enumerate(wrapped(title, WIDTH_PX, 23)):
        column.y += 24 if i else 15
        column.out.append(line_of_text(0, column.y, line, "text serif", font_size=23))
    others = [v for k, v in parts.names.items() if k != "en" and view in (View.ALL, View(k))]
    column.y += 5
    if others:
        column.write(" · ".join(dict.fromkeys(others)), "text ja", 12)
    e = projection.extent
    west, east = (f"{abs(v):.2f}°{'EW'[v < 0]}" for v in (e.west_deg, e.east_deg))
    south, north = (f"{abs(v):.2f}°{'NS'[v < 0]}" for v in (e.south_deg, e.north_deg))
    column.write(f"{west} to {east}, {south} to {north}. Mercator, WGS 84.", "text-2")
    column.write(f"Pack {parts.label}", "text-2")
    column.write(said_of(view), "text-2")
    column.write(f"{PURPOSE[0].upper()}{PURPOSE[1:]}. Land {LICENCE}.", "text strong")
    column.write("Blue tint: near the shore, not depth.", "text-2")
    column.y += 9
    column.out.append(tag("g", scale_bar(projection, WIDTH_PX * 0.72), transform=f"translate(0 {number(column.y)})"))
    column.y += 48
    column.write(f"at {abs(e.middle_lat_deg):.1f}°{'NS'[e.middle_lat_deg < 0]}, halfway up the sheet", "text-3", 10)


def said_of(view: View) -> str:
    """Whose names the sheet shows, in words."""
    if view is View.ALL:
        return f"N{SAID[view][1:]} claimants', none before another"
    return f"N{SAID[view][1:]}, chosen by the reader; other claimants use others"


def _legend(column: Column, parts: Parts, drawer: Drawer) -> None:
    column.out.append(sample_paths())
    by_claimant: dict[tuple[str, ...], Counter[tuple[str, str]]] = {}
    for zone in parts.zones:
        by_claimant.setdefault(zone.claimants, Counter())[zone.kind, doubt_of(zone)] += 1
    for claimants, kinds in sorted(by_claimant.items(), key=lambda kv: (len(kv[0]) != 1, kv[0])):
        one = next(z for z in parts.zones if z.claimants == claimants)
        n = drawer.number_of(one)
        column.head(" and ".join(map(claimant_name, claimants)) or "no claimant")
        if n is not None:
            column.y -= 2
            column.write(f"{BEAD_WORDS[n]} on each of its lines", "text-3", 10)
        order = list(STROKES)
        for (kind, confidence), count in sorted(kinds.items(), key=lambda kv: (order.index(kv[0][0]), kv[0][1])):
            said = f", {confidence}" if confidence else ""
            said += f" ({count})" if count > 1 else ""
            inside = "".join(strokes("#sample-line", kind, n, confidence, "#sample-inside"))
            column.sample(inside, f"{STROKES[kind].plain}{said}", "" if n is None else f"n{n}")
    column.head("lines and marks")
    ways: tuple[Gate | Line, ...] = (*parts.gates, *parts.lines)
    others = {(i.kind, doubt_of(i), drawer.number_of(i)) for i in ways}
    for kind, confidence, n in sorted(others, key=lambda v: (list(STROKES).index(v[0]), v[1], v[2] or 0)):
        inside = "".join(strokes("#sample-line", kind, n, confidence))
        words = STROKES[kind].plain + (f", {confidence}" if confidence else "")
        column.sample(inside, words, "" if n is None else f"n{n}")
    for kind in (k for k in FEATURE_KINDS if SYMBOLS[k] and any(f.kind == k and f.lon_deg is not None for f in parts.features)):
        symbol = tag("g", SYMBOLS[kind], transform=f"translate({number(SAMPLE_PX / 2)} -3.5)")
        column.sample(symbol, kind.replace("_", " "))
    if parts.base_points:
        column.sample(tag("g", BASE_POINT, transform=f"translate({number(SAMPLE_PX / 2)} -3.5)"), "published base point")
    dashed = tag("use", href="#sample-line", class_="ink", stroke_width=1.2, stroke_dasharray=DASHES["approximate"])
    column.sample(dashed, "dashes: approximate, not surely there")
    if any(i.confidence == "recalled" for i in parts.items):
        dotted = tag("use", href="#sample-line", class_="ink", stroke_width=1.2, stroke_dasharray=DASHES["recalled"])
        column.sample(dotted, "short dashes: recalled, read at no source")


def sample_paths() -> str:
    """The path and the inside on which samples of strokes are drawn."""
    line, area = f"M0-7H{number(SAMPLE_PX)}", f"M0-7H{number(SAMPLE_PX)}V3H0Z"
    clip = tag("clipPath", tag("path", d=area), id="sample-inside")
    return tag("defs", tag("path", id="sample-line", d=line), clip)


def title_of(parts: Parts, view: View, around: str = "") -> str:
    """The title of a sheet: the region, or what it is drawn round."""
    region = shown({"en": parts.names.get("en", "")}, View.EN) or "Waters"
    return f"{region}: {around}" if around else region


def kinds_of(parts: Parts) -> dict[str, int]:
    """How many of each kind of zone, line and gate there are, in the order of the legend."""
    counted = Counter(i.kind for i in parts.ruled)
    return {kind: counted[kind] for kind in STROKES if kind in counted}
