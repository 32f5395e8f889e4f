"""Names on the sheet: how much room a text takes, and where it finds room, the important ones first, none over another.

A page may be enlarged, and its names stay of one size; so each is placed anew for each of some scales. Boxes are in pixels of
the screen at that scale: a place on the sheet times the scale.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from offing.faces.chart.projection import Pixels

EM_OF = {
    **dict.fromkeys("ijl|.,:;'!·′", 0.28),
    **dict.fromkeys("frtI()[]-/ ″", 0.34),
    **dict.fromkeys("mwMW%@—", 0.88),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&", 0.69),
}
"""Advance of a character in ems, as wide as the usual sans-serif fonts draw it; any other Latin one takes 0.56."""

LEADING = 1.22
"""From one line of a name to the next, in ems."""

CELL_PX = 64.0

FARTHEST_PX = 60.0
"""A name may stand outside a thing that is as wide as that, if it finds no room nearer."""


def text_width_px(text: str, size_px: float, spacing_px: float = 0.0) -> float:
    """About how wide a text is; characters of China, Japan and Korea are one em wide."""
    ems = sum(1.0 if ord(c) >= 0x2E80 else EM_OF.get(c, 0.56) for c in text)
    return ems * size_px + len(text) * spacing_px


@dataclass(frozen=True)
class Row:
    """One line of a name: its text, and the pieces that each have a class (a language)."""

    pieces: tuple[tuple[str, str], ...]  # class, text

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(text for _, text in self.pieces)


@dataclass(frozen=True)
class Box:
    """A box on the screen: its middle, its sizes, and by how much it is turned (degrees, clockwise)."""

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    @property
    def reach(self) -> float:
        """From the middle to a corner."""
        return math.hypot(self.width, self.height) / 2

    def corners(self) -> list[tuple[float, float]]:
        """Its four corners."""
        c, s = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        half = [(sx * self.width / 2, sy * self.height / 2) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        return [(self.x + u * c - v * s, self.y + u * s + v * c) for u, v in half]

    def meets(self, other: Box) -> bool:
        """Whether the two share more than an edge: no side of either has the other wholly beyond it."""
        mine, theirs = self.corners(), other.corners()
        for angle in {self.angle, self.angle + 90, other.angle, other.angle + 90}:
            u, v = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            a, b = [x * u + y * v for x, y in mine], [x * u + y * v for x, y in theirs]
            if max(a) <= min(b) + 1e-9 or max(b) <= min(a) + 1e-9:
                return False
        return True


@dataclass(frozen=True)
class Spot:
    """Where a name may stand: a place on the sheet, the shift of its box's middle from there on the screen, and its turn."""

    x: float
    y: float
    dx: float = 0.0
    dy: float = 0.0
    angle: float = 0.0
    align: str = "middle"


@dataclass(frozen=True)
class Name:
    """A text that wants a place: along one of `lines`, beside the point `at` if `clear_px`, else shifted from `at` or `also`.

    `from_scale`: pixels of a nautical mile from which on it is shown. `apart_px`: names along lines come again so far apart.
    `once_px`: the same words are not said twice so near to each other.
    """

    owner: str  # the id of the element it names
    rows: tuple[Row, ...]
    css: str = ""
    size_px: float = 11.0
    spacing_px: float = 0.0
    rank: float = 0.0  # the lower, the sooner
    at: tuple[float, float] | None = None
    clear_px: float = 0.0
    radius_px: float = 0.0  # of the thing on the sheet: where it is wider than its name, the name stands upon it
    also: tuple[tuple[float, float], ...] = ()
    shifts_px: tuple[tuple[float, float], ...] = ((0.0, 0.0),)
    angle: float = 0.0
    lines: tuple[Pixels, ...] = field(default=(), compare=False)
    apart_px: float = 700.0
    once_px: float = 0.0
    from_scale: float = 0.0

    @property
    def width_px(self) -> float:
        """Of its widest line."""
        return max(text_width_px(r.text, self.size_px, self.spacing_px) for r in self.rows)

    @property
    def height_px(self) -> float:
        """Of all its lines."""
        return len(self.rows) * self.size_px * LEADING

    def box(self, spot: Spot, scale: float) -> Box:
        """The box that it takes at a spot."""
        return Box(spot.x * scale + spot.dx, spot.y * scale + spot.dy, self.width_px + 4, self.height_px, spot.angle)

    def spots(self, scale: float) -> Iterator[Spot]:
        """Where it may stand at a scale, the best first."""
        if self.at is None:
            yield from self._along(scale)
            return
        x, y = self.at
        if not self.clear_px:
            for (u, v), (dx, dy) in itertools.product((self.at, *self.also), self.shifts_px):
                yield Spot(u, v, dx, dy, self.angle)
            return
        if self.radius_px * scale > self.width_px / 2:
            yield Spot(x, y)
        beyond = self.radius_px * scale
        for clear in (self.clear_px, beyond) if self.clear_px < beyond < FARTHEST_PX else (self.clear_px,):
            right, down = self.width_px / 2 + clear + 2, self.height_px / 2 + clear
            for sx, sy, align in _SIDES:
                yield Spot(x, y, sx * right, sy * down, 0.0, align)

    def _along(self, scale: float) -> Iterator[Spot]:
        """Straight enough stretches of its lines, from the middle of the longest outwards, above the line and then below."""
        need = self.width_px + 8
        rise = self.height_px / 2 + 2.5
        for line in sorted(self.lines, key=_length_px, reverse=True):
            points = line * scale
            along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
            if along[-1] < need:
                return
            step = max(24.0, need / 3, min(float(along[-1]) / 80, self.apart_px / 3))
            for middle in _outwards(need / 2, float(along[-1]) - need / 2, step):
                found = _stretch(points, along, middle, need)
                if found is None:
                    continue
                x, y, angle = found
                c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
                for side in (-1, 1):
                    yield Spot(x / scale, y / scale, -s * rise * side, c * rise * side, angle)
            if np.array_equal(line[0], line[-1]):
                yield from self._outside(line)

    def _outside(self, ring: Pixels) -> Iterator[Spot]:
        """Below, above and beside a ring that bends too much for a text along it."""
        right, down = self.width_px / 2 + 5, self.height_px / 2 + 3
        for axis, end, dx, dy in (
            (1, np.argmax, 0, down),
            (1, np.argmin, 0, -down),
            (0, np.argmax, right, 0),
            (0, np.argmin, -right, 0),
        ):
            x, y = ring[int(end(ring[:, axis]))].tolist()
            yield Spot(x, y, dx, dy)


_SIDES = (
    (1, 0, "start"), (-1, 0, "end"), (0, -1, "middle"), (0, 1, "middle"),
    (0.9, -0.8, "start"), (0.9, 0.8, "start"), (-0.9, -0.8, "end"), (-0.9, 0.8, "end"),
)  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A name at a spot, and the numbers of the scales at which it stands there."""

    name: Name
    spot: Spot
    levels: tuple[int, ...]


class Board:
    """What is taken at one scale."""

    def __init__(self, width_px: float, height_px: float, taken: Iterable[Box] = ()) -> None:
        self.width_px, self.height_px = width_px, height_px
        self.cells: dict[tuple[int, int], list[Box]] = defaultdict(list)
        for box in taken:
            self.take(box)

    def take(self, box: Box) -> None:
        """Mark a box as taken."""
        for cell in self._cells(box):
            self.cells[cell].append(box)

    def free(self, box: Box, margin_px: float = 3.0) -> bool:
        """Whether a box lies on the board and over nothing that is taken."""
        inside = all(
            margin_px <= x <= self.width_px - margin_px and margin_px <= y <= self.height_px - margin_px
            for x, y in box.corners()
        )
        return inside and not any(box.meets(other) for cell in self._cells(box) for other in self.cells.get(cell, ()))

    @staticmethod
    def _cells(box: Box) -> Iterator[tuple[int, int]]:
        xs, ys = zip(*box.corners(), strict=True)
        for i in range(int(min(xs) // CELL_PX), int(max(xs) // CELL_PX) + 1):
            for j in range(int(min(ys) // CELL_PX), int(max(ys) // CELL_PX) + 1):
                yield i, j


def place(
    names: Iterable[Name],
    size_px: tuple[float, float],
    px_per_nm: float,
    scales: Sequence[float] = (1.0,),
    symbols: Sequence[tuple[float, float, float]] = (),
) -> list[Placed]:
    """Find room for names at each scale, those of low rank first; what finds none is left out.

    `symbols`: places on the sheet, each with a radius in pixels, that no name may cover.
    """
    order = sorted(names, key=lambda n: (n.rank, n.owner))
    found: dict[tuple[int, Spot], list[int]] = defaultdict(list)
    before: dict[int, list[Spot]] = {}
    for level, scale in enumerate(scales):
        said: dict[tuple[Row, ...], list[tuple[float, float]]] = defaultdict(list)
        board = Board(size_px[0] * scale, size_px[1] * scale, (Box(x * scale, y * scale, 2 * r, 2 * r) for x, y, r in symbols))
        for number, name in enumerate(order):
            if px_per_nm * scale < name.from_scale or _said_near(name, said[name.rows], scale):
                continue
            before[number] = _stand(name, scale, board, before.get(number, []))
            for spot in before[number]:
                found[number, spot].append(level)
                said[name.rows].append((spot.x, spot.y))
    return [Placed(order[number], spot, tuple(levels)) for (number, spot), levels in found.items()]


def _stand(name: Name, scale: float, board: Board, earlier: Sequence[Spot]) -> list[Spot]:
    """The spots that a name takes at a scale: where it stood at the scale before if that is free, and along lines more."""
    taken: list[Spot] = []
    for spot in (*earlier, *name.spots(scale)):
        if any(math.hypot(spot.x - t.x, spot.y - t.y) * scale < name.apart_px for t in taken):
            continue
        box = name.box(spot, scale)
        if board.free(box):
            board.take(box)
            taken.append(spot)
            if name.at is not None:
                break
    return taken


def _said_near(name: Name, places: Sequence[tuple[float, float]], scale: float) -> bool:
    return name.at is not None and any(math.dist(name.at, place) * scale < name.once_px for place in places)


def _length_px(line: Pixels) -> float:
    return float(np.sum(np.hypot(*np.diff(line, axis=0).T)))


def _outwards(low: float, high: float, step: float) -> Iterator[float]:
    """From the middle of a range to its ends."""
    middle = (low + high) / 2
    yield middle
    for i in range(1, int((high - low) / 2 / step) + 1):
        yield middle + i * step
        yield middle - i * step


def _stretch(points: Pixels, along: Pixels, middle: float, need: float) -> tuple[float, float, float] | None:
    """The middle and the angle of a stretch of a line that is straight within 3 pixels; None if it bends more."""
    ends = np.array([middle - need / 2, middle + need / 2])
    between = along[(along > ends[0]) & (along < ends[1])]
    at = np.concatenate((ends[:1], between, ends[1:]))
    x, y = np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])
    dx, dy = x[-1] - x[0], y[-1] - y[0]
    length = math.hypot(dx, dy)
    if length < need * 0.97 or np.max(np.abs((x - x[0]) * dy - (y - y[0]) * dx)) / length > 3:
        return None
    angle = math.degrees(math.atan2(dy, dx))
    angle = angle - 180 if angle >= 90 else angle + 180 if angle < -90 else angle
    return float(x[0] + dx / 2), float(y[0] + dy / 2), angle
