"""The marks of one sheet: land, zones, gates, lines, features and base points as SVG, and the names that they want."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from xml.sax.saxutils import escape

from offing.faces.chart.elements import number, rows_of, slug, tag
from offing.faces.chart.labels import Name, Row
from offing.faces.chart.outlines import Outliner
from offing.faces.chart.parts import BasePoint, Item, Parts, claimants_of
from offing.faces.chart.projection import NAUTICAL_MILE_M, Pixels
from offing.faces.chart.signs import BASE_POINT, GROUP, SYMBOLS, about, doubt_of, kept, strokes
from offing.faces.chart.style import BEADS, STROKES, claimant_name
from offing.faces.cli.viewpoint import View
from offing.model.place import Feature, Gate, Line
from offing.model.zone import Zone

OWN_NAMES = ("exercise_area", "cable_corridor", "fisheries_area", "development_area", "custom")
"""Kinds of zones whose labels are their names; the others are called by their reach and their claimant."""

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
    around: list[str] = field(default_factory=list)  # zones in which all of the sheet lies, so that no limit of theirs is seen

    def add(self, layer: str, element: str) -> None:
        """Put an element on a layer."""
        self.layers.setdefault(layer, []).append(element)

    def name(self, wanted: Name) -> None:
        """Ask for room for a name; one without words asks for none."""
        if wanted.rows:
            self.names.append(wanted)


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
        if not self._on_sheet(lines):
            if not self._covers_sheet(rings):
                return
            self.marks.around.append(zone.id)
        key = slug(zone.id)
        area = tag("path", id=f"area-{key}", d=self.outliner.data((r for p in rings for r in p), closed=True))
        limit = tag("path", id=f"limit-{key}", d=self.outliner.data(lines, closed=False))
        clip = tag("clipPath", tag("use", href=f"#area-{key}", clip_rule="evenodd"), id=f"inside-{key}")
        inside = [tag("use", href=f"#area-{key}", class_="area")]
        share = self._share(zone)
        inside += strokes(f"#limit-{key}", zone.kind, self.number_of(zone), zone.confidence, f"#inside-{key}", share)
        under = STROKES[zone.kind].under_land
        thing = self._thing("zone", zone, [tag("defs", area, limit, clip), *inside])
        self.marks.add("zones-under-land" if under else "zones", thing)
        if share[0] == 0:
            self._name_zone(zone, tuple(self._off_land(lines) if under else lines))

    def _on_sheet(self, lines: Sequence[Pixels]) -> bool:
        """Whether anything of some lines is seen, and not only what is drawn beyond the sheet's edge."""
        import shapely

        return bool(lines) and bool(shapely.intersects(shapely.MultiLineString(list(lines)), self.sheet_box))

    def _covers_sheet(self, rings: list[list[Pixels]]) -> bool:
        import shapely

        return bool(shapely.covers([shapely.Polygon(p[0], p[1:]) for p in rings], self.sheet_box).any())

    def _off_land(self, lines: Sequence[Pixels]) -> list[Pixels]:
        """The parts of lines that no land covers: where a name can stand."""
        import shapely

        parts = shapely.get_parts(shapely.difference(shapely.MultiLineString(list(lines)), self.land))
        return [shapely.get_coordinates(part) for part in parts]

    @cached_property
    def sheet_box(self) -> Any:
        """The sheet, as a shape in pixels."""
        import shapely

        return shapely.box(0, 0, self.projection.width_px, self.projection.height_px)

    @cached_property
    def land(self) -> Any:
        """All land on the sheet that is larger than a letter, as one shape in pixels."""
        import shapely

        areas = (self.outliner.areas(polygons, SMALL_PX**2) for polygons in self.parts.coast.values())
        return shapely.union_all([shapely.make_valid(shapely.Polygon(p[0], p[1:])) for polygons in areas for p in polygons])

    def _name_zone(self, zone: Zone, lines: tuple[Pixels, ...]) -> None:
        said = f" ({doubt_of(zone)})" if doubt_of(zone) else ""
        if zone.kind in OWN_NAMES:
            rows = rows_of(zone.names, self.view, said)
        else:
            whose = ", ".join(claimant_name(c) for z in self.alike[_likeness(zone)] for c in z.claimants)
            rows = (Row((("", f"{STROKES[zone.kind].short} · {whose}{said}"),)),)
        n = self.number_of(zone) if len(self.alike[_likeness(zone)]) == 1 else None
        self.marks.name(Name(f"zone:{zone.id}", rows, "text" if n is None else f"w{n}", SMALL_PX, rank=30, lines=lines))

    def _share(self, zone: Zone) -> tuple[int, int]:
        """Which of how many zones of this kind and confidence with the very same outline a zone is."""
        alike = self.alike[_likeness(zone)]
        return alike.index(zone), len(alike)

    def _line(self, line: Line) -> None:
        pieces = self.outliner.lines(line.parts, self.parts.frame)
        if not self._on_sheet(pieces):
            return
        key = slug(f"line-{line.id}")
        path = tag("path", id=f"way-{key}", d=self.outliner.data(pieces, closed=False))
        number_of = self.number_of(line)
        inside = strokes(f"#way-{key}", line.kind, number_of, line.confidence)
        self.marks.add("lines", self._thing("line", line, [tag("defs", path), *inside]))
        said = ", ".join(v for v in (line.status, doubt_of(line)) if v)
        rows = (*rows_of(line.names, self.view), *([Row((("", f"({said})"),))] if said else []))
        css = "text" if number_of is None else f"w{number_of}"
        self.marks.name(Name(f"line:{line.id}", rows, css, SMALL_PX, rank=24, lines=tuple(pieces)))

    def _gate(self, gate: Gate) -> None:
        pieces = self.outliner.lines(gate.lines)
        if not self._on_sheet(pieces):
            return
        key = slug(f"gate-{gate.id}")
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
        self.marks.name(Name(f"gate:{gate.id}", rows, "text", NAME_PX, rank=20, lines=tuple(pieces)))
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
                self.marks.name(replace(name, from_scale=wide_enough))

    def _base_point(self, point: BasePoint) -> None:
        x, y = self.projection.place(point.lon_deg, point.lat_deg)
        if not self.projection.holds(x, y):
            return
        title = tag("title", escape(about(point)))
        self.marks.drawn.add(f"base:{point.id}")
        key = f"base:{point.id}"
        element = tag(
            "g", title, kept(x, y, BASE_POINT), id=slug(key), class_="thing base-point", data_id=key, data_layer="base_point"
        )
        self.marks.add("base-points", element)
        row = (Row((("", point.short),)),)
        self.marks.name(Name(f"base:{point.id}", row, "text-3", 9.0, rank=90, at=(x, y), clear_px=4, from_scale=4.0))

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
        self.marks.name(name)

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
