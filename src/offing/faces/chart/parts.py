"""What is drawn: the zones, gates, lines, features and coasts of some waters, a choice of them, and a box round a place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from offing.claims import row_claims
from offing.errors import BadZone, UnknownName
from offing.faces.chart.outlines import Polygon
from offing.faces.chart.projection import NAUTICAL_MILE_M, Extent, bounds_deg, metres_per_degree
from offing.model.place import Feature, Gate, Line
from offing.model.zone import Zone
from offing.zones.coast import frame_of
from offing.zones.pack import Pack, zone_claims

if TYPE_CHECKING:
    from offing.pipeline.waters import Waters

Ruled = Zone | Gate | Line
Item = Ruled | Feature

AROUND_RATIO = 0.8
"""Height over width of a sheet that is drawn round something."""


@dataclass(frozen=True)
class BasePoint:
    """One published point of a baseline."""

    id: str  # baseline and name
    name: str
    baseline: str
    lon_deg: float
    lat_deg: float
    source: str

    @property
    def short(self) -> str:
        """What of its name is in Latin letters, `T1` of `T1 三貂角`; else all of it."""
        latin = re.match(r"[ -~]+", self.name)
        return latin[0].strip() if latin else self.name


@dataclass(frozen=True)
class Parts:
    """All that a chart can draw, whence it is, and the box in which it is complete."""

    label: str  # of the pack: id, version, hash
    names: Mapping[str, str]  # of the region
    frame: Extent
    claimants: tuple[str, ...]  # of the whole pack, in order: their numbers choose their colours and beads
    coast: Mapping[str, Sequence[Polygon]] = field(repr=False)
    zones: tuple[Zone, ...] = ()
    gates: tuple[Gate, ...] = ()
    lines: tuple[Line, ...] = ()
    features: tuple[Feature, ...] = ()
    base_points: tuple[BasePoint, ...] = ()

    @property
    def items(self) -> Iterator[Item]:
        """Everything that has an id, zones first."""
        yield from self.ruled
        yield from self.features

    @property
    def ruled(self) -> tuple[Ruled, ...]:
        """Zones, gates and lines."""
        return (*self.zones, *self.gates, *self.lines)

    @property
    def unplaced(self) -> tuple[Feature, ...]:
        """Features of which no position was published: named in lists, drawn nowhere."""
        return tuple(f for f in self.features if f.lon_deg is None)

    def drawn(self, keys: Collection[str]) -> Parts:
        """Those that a sheet has drawn, by `zone:ID` and the like, and features without a position whose group it shows."""
        groups = {f.group for f in self.features if f"feature:{f.id}" in keys}
        return replace(
            self,
            zones=tuple(z for z in self.zones if f"zone:{z.id}" in keys),
            gates=tuple(g for g in self.gates if f"gate:{g.id}" in keys),
            lines=tuple(v for v in self.lines if f"line:{v.id}" in keys),
            features=tuple(f for f in self.features if f"feature:{f.id}" in keys or (f.lon_deg is None and f.group in groups)),
            base_points=tuple(b for b in self.base_points if f"base:{b.id}" in keys),
        )

    def without(self, characters: Collection[str]) -> Parts:
        """Without the names that hold one of these characters; English ones stay."""

        def legible(names: Mapping[str, str]) -> dict[str, str]:
            return {k: v for k, v in names.items() if k == "en" or not set(v) & set(characters)}

        return replace(
            self,
            names=legible(self.names),
            zones=tuple(replace(z, names=legible(z.names)) for z in self.zones),
            gates=tuple(replace(g, names=legible(g.names), left=legible(g.left), right=legible(g.right)) for g in self.gates),
            lines=tuple(replace(v, names=legible(v.names)) for v in self.lines),
            features=tuple(replace(f, names=legible(f.names)) for f in self.features),
        )

    def only(self, kinds: Sequence[str] = (), claimants: Sequence[str] = (), ids: Sequence[str] = ()) -> Parts:
        """Zones, gates and lines of these kinds, claimants and ids; empty means any. Features stay, to be found by.

        A gate or line that nobody claims is kept for any claimant. Raises `UnknownName`.
        """
        _known("kind", kinds, {i.kind for i in self.ruled})
        _known("claimant", claimants, self.claimants)
        _known("zone", ids, {i.id for i in self.ruled})

        def wanted(item: Ruled) -> bool:
            whose = claimants_of(item)
            claimed = not claimants or bool(set(whose) & set(claimants)) or (not whose and not isinstance(item, Zone))
            return claimed and (not kinds or item.kind in kinds) and (not ids or item.id in ids)

        return replace(
            self,
            zones=tuple(z for z in self.zones if wanted(z)),
            gates=tuple(g for g in self.gates if wanted(g)),
            lines=tuple(v for v in self.lines if wanted(v)),
            base_points=() if kinds or ids or claimants else self.base_points,
        )


def parts_of(waters: Waters) -> Parts:
    """The parts of a region pack, or of a logbook's waters with the user's zones."""
    pack = waters.pack
    zones = tuple(waters.zone_list)
    frame = frame_of(pack.folder) or bounds_deg(polygon[0] for z in zones for polygon in z.polygons)
    if frame is None:
        raise BadZone(f"The pack {pack.label} has no zones to draw.")
    claimed: list[Item] = [*pack.zones.values(), *pack.gates.values(), *pack.lines.values()]
    return Parts(
        label=pack.label,
        names=pack.names,
        frame=Extent(*frame),
        claimants=tuple(sorted({c for i in claimed for c in claimants_of(i)})),
        coast=pack.coast(),
        zones=zones,
        gates=tuple(pack.gates.values()),
        lines=tuple(pack.lines.values()),
        features=tuple(pack.features.values()),
        base_points=tuple(_base_points(pack)),
    )


def around(waters: Waters, text: str, width_nm: float | None = None) -> tuple[Extent, Mapping[str, str]]:
    """A box round what a text means, and its names: a group of features, anything that has an id or a name, or a point.

    Without a width, half as wide again as what is named, and 40 nautical miles at least. Raises `UnknownName`, `BadParameter`.
    """
    from offing.zones.resolve import resolve

    group = [f for f in waters.pack.features.values() if text.strip().casefold() in _forms(f.group)]
    points = [(f.lon_deg, f.lat_deg) for f in group if f.lon_deg is not None and f.lat_deg is not None]
    names: Mapping[str, str]
    if points:
        (west, south), (east, north) = (tuple(side(v) for v in zip(*points, strict=True)) for side in (min, max))
        names = next((f.names for f in group if f.id == f.group), {})
    else:
        found = resolve(waters.pack, text, waters.zones)
        rings = [*found.shape.lines, *(polygon[0] for polygon in found.shape.polygons)]
        west, south, east, north = bounds_deg(rings) or (0.0, 0.0, 0.0, 0.0)
        names = found.names
    lat = (south + north) / 2
    spread_nm = max((east - west) * metres_per_degree(lat) / NAUTICAL_MILE_M, (north - south) * 60 / AROUND_RATIO)
    width = max(40.0, spread_nm * 1.5) if width_nm is None else width_nm
    box = Extent.around((west + east) / 2, lat, width, AROUND_RATIO)
    return box, names or {"en": text}


def claimants_of(item: Item) -> tuple[str, ...]:
    """Whose it is; the parties of a line."""
    return item.parties if isinstance(item, Line) else item.claimants


def names_of(item: Item) -> tuple[str, ...]:
    """Every name by which it is called, each once."""
    aliases = () if isinstance(item, (Zone, Line)) else item.aliases
    return tuple(dict.fromkeys([*item.names.values(), *aliases]))


def _forms(group: str) -> set[str]:
    """A group's own name and its first word: `senkaku-diaoyu`, `senkaku`."""
    return {group, re.split(r"[-_ ]", group)[0]} - {""}


def _known(what: str, wanted: Sequence[str], known: Sequence[str] | set[str]) -> None:
    for name in wanted:
        if name not in known:
            raise UnknownName.of(what, name, known, "offing zones" if what == "zone" else "")


def _base_points(pack: Pack) -> Iterator[BasePoint]:
    """The published points of the baselines from which the pack's zones are measured, each once."""
    path = pack.folder / "baselines.csv"
    if not path.exists():
        return
    used = {line for claim in zone_claims(pack.folder) if claim.text("id") in pack.zones for line in claim.texts("baseline")}
    seen: set[tuple[str, str, str]] = set()
    for claim in row_claims(path, ("baseline", "name", "lat_published", "lat_deg", "lon_deg", "source"), BadZone):
        row = claim.values
        key = row["name"], row["lat_deg"], row["lon_deg"]
        lon, lat = claim.number("lon_deg", -180, 180), claim.number("lat_deg", -90, 90)
        if lon is None or lat is None or row["baseline"] not in used or not row["lat_published"] or key in seen:
            continue
        seen.add(key)
        yield BasePoint(f"{row['baseline']} {row['name']}", row["name"], row["baseline"], lon, lat, row["source"])
