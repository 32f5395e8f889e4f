"""Outlines on the sheet: cut to what is drawn, thinned below what an eye can tell, written as SVG path data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from offing.faces.chart.projection import Extent, Pixels, Projection
from offing.model.schemas import E7
from offing.model.zone import Ring

Polygon = Sequence[Ring]
"""An outer ring and its holes."""

BEYOND_PX = 60.0
"""How far beyond the sheet outlines go on, so that where they are cut is never seen, not even under a wide stroke."""

FINEST_PX = 0.35
"""How far a drawn line may lie from the true one, at the largest scale at which a drawing is looked at."""

ON_FRAME_DEG = 2e-6
"""How near both ends of a step must lie to an edge of the waters' frame to be a cut and not a limit."""


class Outliner:
    """Cuts and thins for one sheet. `finest`: how many times it may be enlarged without its lines looking coarse."""

    def __init__(self, projection: Projection, finest: float = 1.0) -> None:
        self.projection = projection
        self.tolerance_px = FINEST_PX / finest
        self.decimals = 1 if finest < 4 else 2
        self.box = (-BEYOND_PX, -BEYOND_PX, projection.width_px + BEYOND_PX, projection.height_px + BEYOND_PX)

    def areas(self, polygons: Iterable[Polygon], least_px2: float = 0.0) -> list[list[Pixels]]:
        """What of some polygons is on the sheet: outer rings and holes, those under `least_px2` left out."""
        import shapely

        out: list[list[Pixels]] = []
        for polygon in polygons:
            if not self._meets(polygon[0]):
                continue
            shell, *holes = (self.projection.ring_pixels(r) for r in polygon)
            for piece in _parts(shapely.clip_by_rect(shapely.Polygon(shell, holes), *self.box), "Polygon"):
                if piece.area <= least_px2:
                    continue
                rings = shapely.simplify([piece.exterior, *piece.interiors], self.tolerance_px, preserve_topology=False)
                outer, *inner = (shapely.get_coordinates(r) for r in rings)
                if len(outer) > 3:
                    out.append([outer, *(hole for hole in inner if len(hole) > 3)])
        return out

    def lines(self, rings: Iterable[Ring], frame: Extent | None = None) -> list[Pixels]:
        """What of some lines is on the sheet; without the steps along `frame`, where the waters were cut and nothing ends."""
        import shapely

        out: list[Pixels] = []
        for ring in rings:
            if not self._meets(ring):
                continue
            of_ring: list[Pixels] = []
            for run in _off_frame(ring, frame) if frame else [ring]:
                line = shapely.LineString(self.projection.ring_pixels(run))
                for piece in _parts(shapely.clip_by_rect(line, *self.box), "LineString"):
                    of_ring.append(shapely.get_coordinates(shapely.simplify(piece, self.tolerance_px, preserve_topology=False)))
            out += _joined(of_ring)
        return out

    def data(self, lines: Iterable[Pixels], *, closed: bool) -> str:
        """SVG path data, each step relative to the last; lines that shrink to a point are left out."""
        return "".join(self._one(line, closed) for line in lines)

    def _one(self, line: Pixels, closed: bool) -> str:
        whole = np.rint(line * 10**self.decimals).astype(np.int64)
        steps = np.diff(whole, axis=0)
        steps = steps[np.any(steps != 0, axis=1)]
        if closed:
            steps = steps[:-1]  # the last step is what Z draws
        if len(steps) < 1 + closed:
            return ""
        start = " ".join(self._number(v) for v in whole[0].tolist())
        words = (self._number(v) for v in steps.ravel().tolist())
        run = "".join(w if w.startswith("-") else f" {w}" for w in words)
        return f"M{start}l{run.lstrip()}{'z' if closed else ''}"

    def _number(self, units: int) -> str:
        text = f"{units / 10**self.decimals:.{self.decimals}f}".rstrip("0").rstrip(".")
        return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text or "0"

    def _meets(self, ring: Ring) -> bool:
        """Whether the box round a ring meets the sheet (and what is drawn beyond it)."""
        low, high = ring.min(axis=0) / E7, ring.max(axis=0) / E7
        (left, lower), (right, upper) = self.projection.pixels([low, high]).tolist()
        return bool(left <= self.box[2] and right >= self.box[0] and upper <= self.box[3] and lower >= self.box[1])


def _off_frame(ring: Ring, frame: Extent) -> list[Ring]:
    """The runs of a line that do not lie along an edge of the frame."""
    x, y = (ring / E7).T
    along = np.zeros(len(ring) - 1, dtype=bool)
    for values, edge in ((x, frame.west_deg), (x, frame.east_deg), (y, frame.south_deg), (y, frame.north_deg)):
        near = np.abs(values - edge) < ON_FRAME_DEG
        along |= near[:-1] & near[1:]
    if not along.any():
        return [ring]
    runs: list[Ring] = []
    start = 0
    for i in [*np.flatnonzero(along).tolist(), len(along)]:
        if i > start:
            runs.append(ring[start : i + 1])
        start = i + 1
    if len(runs) > 1 and not along[0] and not along[-1] and np.array_equal(ring[0], ring[-1]):
        runs[0] = np.vstack([runs.pop(), runs[0][1:]])
    return runs


def _joined(lines: list[Pixels]) -> list[Pixels]:
    """Lines of which one ends where the next begins, as one: cutting a closed ring leaves its first vertex as a seam."""
    if len(lines) > 1 and np.array_equal(lines[-1][-1], lines[0][0]):
        return [np.vstack([lines[-1], lines[0][1:]]), *lines[1:-1]]
    return lines


def _parts(geometry: Any, kind: str) -> list[Any]:
    import shapely

    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [p for p in parts if p.geom_type == kind and not p.is_empty]
