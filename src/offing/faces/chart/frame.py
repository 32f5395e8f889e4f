"""What stands round a chart: meridians and parallels, the graduated neatline with its degrees, and the scale."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from offing.faces.chart.elements import line_of_text, number, tag
from offing.faces.chart.projection import Projection

BORDER_PX = 6.0
"""Width of the graduated border."""

MARGIN_PX = 26.0
"""Room outside the drawn box, for the border and the degrees."""

GRADES_MIN = {1: 1, 2: 1, 5: 1, 10: 2, 20: 5, 30: 5, 60: 10, 120: 20, 300: 60, 600: 120}
"""Distances between parallels, and the graduation of the border that goes with them, in minutes."""

KM_PER_NM = 1.852


def degrees_text(minutes: int, marks: str) -> str:
    """`123°E`, `24°30′N`; `marks` are the letters of the positive and of the negative side."""
    whole, rest = divmod(abs(minutes), 60)
    side = "" if minutes == 0 else marks[minutes < 0]
    return f"{whole}°{f'{rest:02d}′' if rest else ''}{side}"


def graticule(projection: Projection) -> str:
    """Meridians and parallels."""
    step, width, height = step_min(projection), number(projection.width_px), number(projection.height_px)
    meridians = (f"M{number(x)} 0V{height}" for _, x in _ticks(projection, True, step))
    parallels = (f"M0 {number(y)}H{width}" for _, y in _ticks(projection, False, step))
    return tag("path", d="".join((*meridians, *parallels)))


def border(projection: Projection) -> str:
    """The neatline, its graduations, and the degrees outside."""
    w, h, step = projection.width_px, projection.height_px, step_min(projection)
    b = BORDER_PX
    out: list[str] = []
    for upright, size in ((True, w), (False, h)):
        for (n, one), (_, other) in itertools.pairwise(_ticks(projection, upright, GRADES_MIN[step], beyond=1)):
            low, high = (max(0.0, min(one, other)), min(size, max(one, other)))
            for edge in (-b, h if upright else w):
                x, y, dx, dy = (low, edge, high - low, b) if upright else (edge, low, b, high - low)
                css = "grade-a" if n // GRADES_MIN[step] % 2 else "grade-b"
                out.append(tag("rect", x=x, y=y, width=dx, height=dy, class_=css))
    for inset in (0.0, b):
        out.append(tag("rect", x=-inset, y=-inset, width=w + 2 * inset, height=h + 2 * inset, class_="neat"))
    for minutes, x in _ticks(projection, True, step):
        for y in (-b - 5, h + b + 13):
            if 20 < x < w - 20:
                out.append(line_of_text(x, y, degrees_text(minutes, "EW"), "text-2", text_anchor="middle"))
    for minutes, y in _ticks(projection, False, step):
        for x, turn in ((-b - 5, -90), (w + b + 5, 90)):
            if 20 < y < h - 20:
                where = f"translate({number(x)} {number(y)})rotate({turn})"
                out.append(line_of_text(0, 0, degrees_text(minutes, "NS"), "text-2", text_anchor="middle", transform=where))
    return "".join(out)


def step_min(projection: Projection) -> int:
    """Minutes between the parallels that are drawn: as many as leave 90 pixels between two."""
    return next((s for s in GRADES_MIN if s / 60 * projection.px_per_deg >= 90), max(GRADES_MIN))


def scale_bar(projection: Projection, width_px: float) -> str:
    """A bar in nautical miles over one in kilometres, true at the latitude that it names."""
    lat = projection.extent.middle_lat_deg
    out: list[str] = []
    for row, (unit, px) in enumerate((("nm", projection.px_per_nm(lat)), ("km", projection.px_per_nm(lat) / KM_PER_NM))):
        whole = _round(width_px / px)
        y = 14.0 + row * 26
        for i in range(4):
            css = "grade-a" if i % 2 == row % 2 else "grade-b"
            out.append(tag("rect", x=i * whole / 4 * px, y=y, width=whole / 4 * px, height=4.0, class_=css))
        out.append(tag("rect", x=0.0, y=y, width=whole * px, height=4.0, class_="neat rule-ink"))
        for part in (0, 2, 4):
            words = f"{whole * part / 4:g}" + (f" {unit}" if part == 4 else "")
            anchor = "middle" if part else "start"
            out.append(line_of_text(whole * part / 4 * px, y - 4, words, "text-2", text_anchor=anchor))
    return "".join(out)


def _ticks(projection: Projection, upright: bool, step: int, beyond: int = 0) -> Iterator[tuple[int, float]]:
    """Whole multiples of `step` minutes within the box, and `beyond` so many outside, and where they lie."""
    e = projection.extent
    low, high = (e.west_deg, e.east_deg) if upright else (e.south_deg, e.north_deg)
    first, last = math.ceil(low * 60 / step - 1e-9), math.floor(high * 60 / step + 1e-9)
    for n in range(first - beyond, last + beyond + 1):
        deg = n * step / 60
        x, y = projection.place(*((deg, e.north_deg) if upright else (e.west_deg, deg)))
        yield n * step, x if upright else y


def _round(value: float) -> float:
    """The largest of 1, 2, 4, 10, 20, 40, ... (times a power of ten) that is not above a value; quarters of it read well."""
    power: float = 10.0 ** math.floor(math.log10(value))
    return max(m for m in (1, 2, 4, 8) if m * power <= value) * power
