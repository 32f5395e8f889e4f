"""SVG as text: elements, ids, and the names of a place as lines of a label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from offing.faces.chart.labels import LEADING, Placed, Row
from offing.faces.cli.viewpoint import View

WIDEST_ROW = 30
"""An English name longer than this is broken where it says ` / `."""

WIDEST_CJK_ROW = 18
"""Names in Japanese and Chinese share a line up to so many characters."""


def tag(name: str, *inside: str, **attributes: object) -> str:
    """One element. `class_` and `data_id` become `class` and `data-id`; None and empty text leave an attribute out."""
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(number(value) if isinstance(value, float) else str(value))}"
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def number(value: float) -> str:
    """A number with at most two decimals."""
    digits = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def slug(text: str) -> str:
    """A text as an id that needs no escaping anywhere."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", text.replace("@", "."))


def line_of_text(x: float, y: float, words: str, css: str = "text", **attributes: object) -> str:
    """One line of text."""
    return tag("text", escape(words), class_=css, x=x, y=y, **attributes)


def rows_of(names: Mapping[str, str], view: View, suffix: str = "") -> tuple[Row, ...]:
    """The lines of a label: English in lines of its own, then the other languages, each form once.

    Scripts are never mixed in a line: a font that lacks one of them would be changed for all of it.
    """
    if view is not View.ALL:
        chosen = names.get(view.value)
        return _latin(names.get("en", "") + suffix) if not chosen or view is View.EN else (Row(((view.value, chosen),)),)
    others: dict[str, str] = {}
    for language, form in names.items():
        if language != "en" and form:
            others.setdefault(form, language)
    rows: list[list[tuple[str, str]]] = []
    for form, language in others.items():
        if rows and sum(len(words) for _, words in rows[-1]) + len(form) <= WIDEST_CJK_ROW:
            rows[-1] += [("", " · "), (language, form)]
        else:
            rows.append([(language, form)])
    return (*_latin(names.get("en", "") + suffix), *(Row(tuple(pieces)) for pieces in rows))


def _latin(words: str) -> tuple[Row, ...]:
    rows: list[str] = []
    for part in words.split(" / ") if len(words) > WIDEST_ROW else [words]:
        if rows and len(rows[-1]) + len(part) < WIDEST_ROW:
            rows[-1] += f" / {part}"
        else:
            if rows:
                rows[-1] += " /"
            rows.append(part)
    return tuple(Row((("", r),)) for r in rows if r)


def seen_at(levels: Iterable[int]) -> str:
    """The classes of something that a page shows at some scales only, by their numbers."""
    return " ".join(["lv", *(f"l{n}" for n in levels)])


def label(placed: Placed, *, levels: bool = False) -> str:
    """A placed name, as wide on the screen whatever the scale: `.keep` is scaled back by a page that enlarges."""
    name, spot = placed.name, placed.spot
    align = spot.align if name.at is not None and name.clear_px else "middle"
    x = {"start": -name.width_px / 2, "end": name.width_px / 2}.get(align, 0.0)
    top = -name.height_px / 2 + name.size_px * 0.98
    lines = [
        tag(
            "tspan",
            *(tag("tspan", escape(words), class_=css, lang=css) if css else escape(words) for css, words in row.pieces),
            x=x,
            y=top + i * name.size_px * LEADING,
        )
        for i, row in enumerate(name.rows)
    ]
    move = f"translate({number(spot.dx)} {number(spot.dy)})" + (f"rotate({number(spot.angle)})" if spot.angle else "")
    words = tag(
        "text",
        *lines,
        class_=f"halo {name.css}".strip(),
        text_anchor=align,
        transform=move if move != "translate(0 0)" else None,
        font_size=None if name.size_px == 11 else name.size_px,
        letter_spacing=name.spacing_px or None,
    )
    shown = seen_at(placed.levels) if levels else ""
    return tag(
        "g",
        tag("g", words, class_="keep"),
        class_=f"name {shown}".strip(),
        data_for=name.owner,
        transform=f"translate({number(spot.x)} {number(spot.y)})",
    )
