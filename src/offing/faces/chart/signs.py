"""Strokes, symbols and titles: what a mark is made of, on the sheet and in its legend."""

from __future__ import annotations

from collections.abc import Sequence

from offing.faces.chart.elements import number, seen_at, tag
from offing.faces.chart.parts import BasePoint, Item, claimants_of, names_of
from offing.faces.chart.style import DASHES, STROKES, Strokes, claimant_name
from offing.model.place import Feature, Gate, Line

GROUP = "island_group"
"""The kind of a feature whose position is the middle of several islands, and whose uncertainty is their spread."""


def about(item: Item | BasePoint) -> str:
    """The words of an element's title: id, every name, claimants, kind, source and how well it is known."""
    if isinstance(item, BasePoint):
        return f"{item.id}\nbase point of {item.baseline}\n{item.lat_deg:.5f}N {item.lon_deg:.5f}E\nsource: {item.source}"
    whose = ", ".join(map(claimant_name, claimants_of(item)))
    said = [item.id, " · ".join(names_of(item))]
    said.append(f"{item.kind.replace('_', ' ')}{f', {whose}' if whose else ''}, {item.confidence}")
    if isinstance(item, Gate):
        said.append(f"left: {' · '.join(item.left.values())}; right: {' · '.join(item.right.values())}")
        said.append(f"ends: {' – '.join(item.ends)}; {item.ends_basis}" if item.ends else "")
    if isinstance(item, Line):
        said.append("; ".join(v for v in (item.status, item.treatment) if v))
    if isinstance(item, Feature):
        said.append(item.position_published and f"position as published: {item.position_published}")
    else:
        said.append(item.legal_basis and f"basis: {item.legal_basis}")
    said.append(f"source: {item.source}")
    return "\n".join(v for v in said if v)


def doubt_of(item: Item) -> str:
    """How little is known where it is: its confidence if that is drawn with dashes, else nothing."""
    return item.confidence if item.confidence in DASHES else ""


def strokes(
    href: str, kind: str, claimant: int | None, confidence: str, clip: str = "", share: tuple[int, int] = (0, 1)
) -> list[str]:
    """The strokes of an outline: `href` is its path, `clip` the clip path of its inside.

    `share`: of several claimants who draw the very same line, the number of this one and how many they are: each then has its
    own pieces of the line, in turn.
    """
    how: Strokes = STROKES[kind]
    out: list[str] = []
    if how.inner_px and clip:
        css = "ink round" if how.inner_round else "ink"
        inner = {"stroke_width": 2 * how.inner_px, "stroke_dasharray": how.inner_dashes, "stroke_opacity": how.inner_opacity}
        out.append(tag("use", href=href, class_=css, clip_path=f"url({clip})", **inner))
    if how.across:
        out.append(tag("use", href=href, class_="ink", stroke_width=8, stroke_dasharray=how.across))
    dashes = how.dashes if how.fixed else DASHES.get(confidence, how.dashes)
    line = {"href": href, "stroke_width": how.width_px, "stroke_dasharray": dashes}
    css = "ink round" if dashes.startswith("0 ") else "ink"
    nth, of = share
    if of > 1:
        on, off = map(float, (dashes or "18 0").split())
        line["stroke_dasharray"] = f"{number(on)} {number((on + off) * of - on)}"
        line |= {"stroke_dashoffset": number(-(on + off) * nth), "data_alone": dashes or "none"}
    out.append(tag("use", class_=css, **line))
    if how.cased:
        out.append(tag("use", href=href, class_="case", stroke_width=how.width_px - 2))
    if claimant is not None:
        out.append(tag("use", href=href, class_=f"case b{claimant}", stroke_width=6.6))
        out.append(tag("use", href=href, class_=f"ink b{claimant}", stroke_width=4.2))
    return out


def kept(x: float, y: float, inside: str, levels: Sequence[int] = ()) -> str:
    """Something at a place that stays of one size on the screen; with `levels`, it is seen at those scales only."""
    css = seen_at(levels) if levels else ""
    return tag("g", tag("g", inside, class_="keep"), class_=css, transform=f"translate({number(x)} {number(y)})")


BASE_POINT = tag("circle", r=2.6, class_="base") + tag("circle", r=0.6, class_="base")

SYMBOLS = {
    GROUP: "",
    "island": tag("circle", r=2.6, class_="mark"),
    "islet": tag("circle", r=2.0, class_="mark"),
    "rock": tag("path", d="M-3 0H3M0-3V3", class_="open"),
    "reef": tag("path", d="M-3 0H3M0-3V3M-2-2L2 2M-2 2L2-2", class_="open"),
    "shoal": tag("circle", r=3.4, class_="open", stroke_dasharray="1.4 1.6"),
    "bank": tag("circle", r=4.2, class_="open", stroke_dasharray="1.4 1.6"),
    "atoll": tag("circle", r=3.2, class_="open"),
    "cape": tag("path", d="M0-3.4L3.2 2.4H-3.2Z", class_="open"),
    "gas_field": tag("path", d="M-3.4 0L-1.7-3H1.7L3.4 0L1.7 3H-1.7Z", class_="open"),
    "platform": tag("path", d="M-2.6-2.6H2.6V2.6H-2.6Z", class_="open") + tag("circle", r=0.7, class_="mark"),
    "cable_landing": tag("path", d="M0-3.4L3.4 0L0 3.4L-3.4 0Z", class_="open"),
}
"""By kind of feature."""
