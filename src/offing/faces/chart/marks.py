"""The marks of one sheet: land, zones, gates, lines, features and base points as SVG, and the names that they want."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from xml.sax.saxutils import escape

from offing.faces.chart.elements import number, rows_of, seen_at, slug, tag
from offing.faces.chart.labels import Name, Row
from offing.faces.chart.outlines import Outliner
from offing.faces.chart.parts import BasePoint, Item, Parts, claimants_of, names_of
from offing.faces.chart.projection import NAUTICAL_MILE_M, Pixels
from offing.faces.chart.style import BEADS, DASHES, STROKES, Strokes, claimant_name
from offing.faces.cli.viewpoint import View
from offing.model.place import Feature, Gate, Line
from offing.model.zone import Zone

OWN_NAMES = ("exercise_area", "cable_corridor", "fisheries_area", "development_area", "custom")
"""Kinds of zones whose labels are their names; the others are called by their reach and their claimant."""

GROUP = "island_group"
"""The kind of a feature whose position is the middle of several islands, and whose uncertainty is their spread."""

SHOWN_FROM = {
    "island": 0.0,
    GROUP: 0.0,
    "atoll": 0.0,
    "gas_field": 2.0,
    "reef": 2.0,
    "shoal": 2.0,
    "bank": 2.0,
    "islet": 3.0,
    "rock": 3.0,
    "cape": 3.0,
    "cable_landing": 3.0,
    "platform": 6.0,
}
"""Pixels of a nautical mile from which on the name of a feature is shown, by kind."""

MEMBERS_FROM_PX = 45.0
"""Radius of a group of islands on the sheet from which on its islands are named one by one, and not only the group."""

NAME_PX, SMALL_PX, WATER_PX = 11.0, 10.0, 13.0


@dataclass
class Marks:
    """What a sheet has collected: elements by layer, names that want a place, and symbols that no name may cover."""

    layers: dict[str, list[str]] = field(default_factory=dict)
    names: list[Name] = field(default_factory=list)
    symbols: list[tuple[float, float, float]] = field(default_factory=list)
    drawn: set[str] = field(default_factory=set)  # `zone:ID`, `base:ID`

    def add(self, layer: str, element: str) -> None:
        """Put an element on a layer."""
        self.layers.setdefault(layer, []).append(element)


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


class Drawer:
    """Draws the parts of one sheet. `scales`: those at which a page may be looked at, the sheet's own being 1."""

    def __init__(self, parts: Parts, outliner: Outliner, view: View, scales: Sequence[float] = (1.0,)) -> None:
        self.parts, self.outliner, self.view, self.scales = parts, outliner, view, scales
        self.projection = outliner.projection
        self.px_per_nm = self.projection.px_per_nm()
        self.marks = Marks()
        self.alike: dict[bytes, list[Zone]] = {}
        for zone in parts.zones:
            self.alike.setdefault(_likeness(zone), []).append(zone)

    def draw(self) -> Marks:
        """All of it, the wider zones below the smaller ones."""
        self._land()
        areas = [(self.outliner.areas(z.polygons), z) for z in self.parts.zones]
        for rings, zone in sorted(areas, key=lambda a: -_spread(a[0])):
            if rings:
                self._zone(zone, rings)
        for line in self.parts.lines:
            self._line(line)
        for gate in self.parts.gates:
            self._gate(gate)
        for point in self.parts.base_points:
            self._base_point(point)
        for feature in self.parts.features:
            self._feature(feature)
        return self.marks

    @cached_property
    def groups(self) -> dict[str, float]:
        """The radius of each group of islands that has a name of its own, in nautical miles."""
        return {f.group: (f.uncertainty_m or 0.0) / NAUTICAL_MILE_M for f in self.parts.features if f.kind == GROUP}

    def number_of(self, item: Item) -> int | None:
        """The number of the one claimant of an item; none for what several claim or agreed on."""
        whose = claimants_of(item)
        return self.number_of_claimant(whose[0]) if len(whose) == 1 else None

    def number_of_claimant(self, claimant: str) -> int | None:
        """The number of a claimant's colour and beads; none for one who claims nothing in these waters."""
        return self.parts.claimants.index(claimant) % len(BEADS) if claimant in self.parts.claimants else None

    def _land(self) -> None:
        for coast, polygons in self.parts.coast.items():
            rings = self.outliner.areas(polygons, least_px2=0.4 / max(self.scales) ** 2)
            data = self.outliner.data((r for polygon in rings for r in polygon), closed=True)
            if not data:
                continue
            path = f"land-{slug(coast)}"
            self.marks.add("defs", tag("path", id=path, d=data))
            for layer in ("shoal-far", "shoal-near"):
                self.marks.add(layer, tag("use", href=f"#{path}", class_=layer))
            title = tag("title", f"land: {coast}; (c) OpenStreetMap contributors, ODbL 1.0")
            self.marks.add("land", tag("g", title, tag("use", href=f"#{path}", class_="land"), id=f"g-{path}"))

    def _zone(self, zone: Zone, rings: list[list[Pixels]]) -> None:
        outer_only = zone.kind == "contiguous_zone"  # its inner limit is the territorial sea's
        edges = [r for polygon in zone.polygons for r in (polygon[:1] if outer_only else polygon)]
        lines = self.outliner.lines(edges, self.parts.frame)
        key = slug(zone.id)
        area = tag("path", id=f"area-{key}", d=self.outliner.data((r for p in rings for r in p), closed=True))
        limit = tag("path", id=f"limit-{key}", d=self.outliner.data(lines, closed=False))
        clip = tag("clipPath", tag("use", href=f"#area-{key}", clip_rule="evenodd"), id=f"inside-{key}")
        inside = [tag("use", href=f"#area-{key}", class_="area")]
        share = self._share(zone)
        inside += strokes(f"#limit-{key}", zone.kind, self.number_of(zone), zone.confidence, f"#inside-{key}", share)
        layer = "zones-under-land" if STROKES[zone.kind].under_land else "zones"
        self.marks.add(layer, self._thing("zone", zone, [tag("defs", area, limit, clip), *inside]))
        if share[0] == 0:
            self._name_zone(zone, tuple(lines))

    def _name_zone(self, zone: Zone, lines: tuple[Pixels, ...]) -> None:
        said = f" ({doubt_of(zone)})" if doubt_of(zone) else ""
        if zone.kind in OWN_NAMES:
            rows = rows_of(zone.names, self.view, said)
        else:
            whose = ", ".join(claimant_name(c) for z in self.alike[_likeness(zone)] for c in z.claimants)
            rows = (Row((("", f"{STROKES[zone.kind].short} · {whose}{said}"),)),)
        n = self.number_of(zone) if len(self.alike[_likeness(zone)]) == 1 else None
        self.marks.names.append(Name(f"zone:{zone.id}", rows, "text" if n is None else f"w{n}", SMALL_PX, rank=30, lines=lines))

    def _share(self, zone: Zone) -> tuple[int, int]:
        """Which of how many zones of this kind and confidence with the very same outline a zone is."""
        alike = self.alike[_likeness(zone)]
        return alike.index(zone), len(alike)

    def _line(self, line: Line) -> None:
        pieces = self.outliner.lines(line.parts, self.parts.frame)
        if not pieces:
            return
        key = slug(line.id)
        path = tag("path", id=f"way-{key}", d=self.outliner.data(pieces, closed=False))
        number_of = self.number_of(line)
        inside = strokes(f"#way-{key}", line.kind, number_of, line.confidence)
        self.marks.add("lines", self._thing("line", line, [tag("defs", path), *inside]))
        said = ", ".join(v for v in (line.status, doubt_of(line)) if v)
        rows = (*rows_of(line.names, self.view), *([Row((("", f"({said})"),))] if said else []))
        css = "text" if number_of is None else f"w{number_of}"
        self.marks.names.append(Name(f"line:{line.id}", rows, css, SMALL_PX, rank=24, lines=tuple(pieces)))

    def _gate(self, gate: Gate) -> None:
        pieces = self.outliner.lines(gate.lines)
        if not pieces:
            return
        key = slug(gate.id)
        inside = [tag("defs", tag("path", id=f"way-{key}", d=self.outliner.data(pieces, closed=False)))]
        inside += strokes(f"#way-{key}", gate.kind, self.number_of(gate), gate.confidence)
        whole = [self.projection.ring_pixels(line) for line in gate.lines]
        for line in whole if gate.kind == "strait" else []:
            for end, inward in ((line[0], line[1]), (line[-1], line[-2])):
                turn = math.degrees(math.atan2(inward[1] - end[1], inward[0] - end[0]))
                bar = tag("path", d="M0-5V5", class_="ink", stroke_width=1.3, transform=f"rotate({number(turn)})")
                inside.append(kept(float(end[0]), float(end[1]), bar))
        self.marks.add("gates", self._thing("gate", gate, inside))
        said = f" ({doubt_of(gate)})" if doubt_of(gate) else ""
        rows = rows_of(gate.names, self.view, said)
        self.marks.names.append(Name(f"gate:{gate.id}", rows, "text", NAME_PX, rank=20, lines=tuple(pieces)))
        self._name_sides(gate, whole)

    def _name_sides(self, gate: Gate, lines: list[Pixels]) -> None:
        line = max(lines, key=lambda v: float(abs(v[-1] - v[0]).sum()))
        (x0, y0), (x1, y1) = line[0].tolist(), line[-1].tolist()
        length = math.hypot(x1 - x0, y1 - y0)
        if not length:
            return
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
        upright = angle - 180 if angle >= 90 else angle + 180 if angle < -90 else angle
        for side, names in ((1, gate.left), (-1, gate.right)):
            rows = rows_of(names, self.view)
            if rows:
                near = WATER_PX * 0.62 * len(rows) + 14
                aways = (side * near, side * (near + 20))
                shifts = tuple(((y1 - y0) / length * away, -(x1 - x0) / length * away) for away in aways)
                middle, *ends = ((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in (0.5, 0.25, 0.75))
                name = Name(
                    f"gate:{gate.id}",
                    rows,
                    "water",
                    WATER_PX,
                    1.0,
                    40,
                    middle,
                    also=tuple(ends),
                    shifts_px=shifts,
                    angle=upright,
                    once_px=300.0,
                )
                wide_enough = name.width_px * 1.3 / (length / self.px_per_nm)
                self.marks.names.append(replace(name, from_scale=wide_enough))

    def _base_point(self, point: BasePoint) -> None:
        x, y = self.projection.place(point.lon_deg, point.lat_deg)
        if not self.projection.holds(x, y):
            return
        title = tag("title", escape(about(point)))
        ring = tag("circle", r=2.6, class_="base") + tag("circle", r=0.6, class_="base")
        self.marks.drawn.add(f"base:{point.id}")
        key = f"base:{point.id}"
        element = tag(
            "g", title, kept(x, y, ring), id=slug(key), class_="thing base-point", data_id=key, data_layer="base_point"
        )
        self.marks.add("base-points", element)
        row = (Row((("", point.short),)),)
        self.marks.names.append(Name(f"base:{point.id}", row, "text-3", 9.0, rank=90, at=(x, y), clear_px=4, from_scale=4.0))

    def _feature(self, feature: Feature) -> None:
        if feature.lon_deg is None or feature.lat_deg is None:
            return
        x, y = self.projection.place(feature.lon_deg, feature.lat_deg)
        if not self.projection.holds(x, y):
            return
        nm = (feature.uncertainty_m or 0.0) / NAUTICAL_MILE_M
        radius = nm * self.px_per_nm
        doubtful = bool(doubt_of(feature))
        several = feature.kind == GROUP
        inside = []
        if doubtful and not several and radius:
            inside.append(tag("circle", cx=x, cy=y, r=radius, class_="doubt"))
        seen = [i for i, scale in enumerate(self.scales) if doubtful or radius * scale < 7]
        if seen and not several:
            self.marks.symbols.append((x, y, 3.0))
            inside.append(kept(x, y, SYMBOLS[feature.kind], seen if len(self.scales) > 1 else ()))
        self.marks.add("features", self._thing("feature", feature, inside))
        said = f" ({feature.confidence})" if doubtful and not several else ""
        rows = rows_of(feature.names, self.view, said)
        group = self.groups.get(feature.group, 0.0) if not several else 0.0
        name = Name(
            f"feature:{feature.id}",
            rows,
            "place strong" if several else "place",
            NAME_PX,
            rank=15 - 2 * math.log10(nm + 0.1) - 2 * (len(feature.claimants) > 1) - several,
            at=(x, y),
            clear_px=4.0,
            radius_px=radius,
            from_scale=max(SHOWN_FROM[feature.kind], MEMBERS_FROM_PX / group if group else 0.0),
        )
        self.marks.names.append(name)

    def _thing(self, what: str, item: Item, inside: list[str]) -> str:
        """The group of one item: its title first, then its strokes."""
        n = self.number_of(item)
        self.marks.drawn.add(f"{what}:{item.id}")
        return tag(
            "g",
            tag("title", escape(about(item))),
            *inside,
            id=f"{what}-{slug(item.id)}",
            class_=f"thing {what} k-{item.kind}" + ("" if n is None else f" n{n}"),
            data_id=f"{what}:{item.id}",
            data_layer="feature" if isinstance(item, Feature) else item.kind,
            data_claimants=" ".join(claimants_of(item)),
        )


def _likeness(zone: Zone) -> bytes:
    rings = (ring.tobytes() for polygon in zone.polygons for ring in polygon)
    return b"|".join((zone.kind.encode(), zone.confidence.encode(), *rings))


def _spread(polygons: list[list[Pixels]]) -> float:
    return sum(float((r[0].max(axis=0) - r[0].min(axis=0)).prod()) for r in polygons)


def kept(x: float, y: float, inside: str, levels: Sequence[int] = ()) -> str:
    """Something at a place that stays of one size on the screen; with `levels`, it is seen at those scales only."""
    css = seen_at(levels) if levels else ""
    return tag("g", tag("g", inside, class_="keep"), class_=css, transform=f"translate({number(x)} {number(y)})")


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
