"""The built zones of `east_asia` against their lines: every boundary by sampling, and points at random.

Lines are read here from the pack's files, and distances measured by pyproj, apart from the code that builds the zones.
"""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pyproj import Geod, Proj

import offing.regions
from offing.model.zone import Zone
from offing.zones.pack import Pack, load_pack

Points = npt.NDArray[np.float64]

GEOD = Geod(ellps="WGS84")
MERCATOR = Proj("+proj=merc +ellps=WGS84")
NM = 1852.0
STEP_M = 100.0
FOLDER = offing.regions.installed()["east_asia"]
CLAIMS: dict[str, dict[str, Any]] = {
    c["id"]: c for c in tomllib.loads((FOLDER / "zones.toml").read_text(encoding="utf-8"))["zones"]
}
WEST, SOUTH, EAST, NORTH = tomllib.loads((FOLDER / "pack.toml").read_text(encoding="utf-8"))["frame"]


def between(kind: str, a: Points, b: Points) -> Points:
    """Points of a segment at most `STEP_M` apart, both ends included."""
    n = max(1, int(np.ceil(GEOD.inv(*a, *b)[2] / STEP_M)))
    t = np.arange(n + 1)[:, None] / n
    if kind == "geodesic":
        return np.array([a, *(GEOD.npts(*a, *b, n - 1) if n > 1 else ()), b])
    if kind == "loxodrome":  # straight on Mercator's chart; longitudes are linear in its easting
        north = [MERCATOR(0, p[1])[1] for p in (a, b)]
        lat = MERCATOR(np.zeros(n + 1), north[0] + t[:, 0] * (north[1] - north[0]), inverse=True)[1]
        return np.column_stack([a[0] + t[:, 0] * (b[0] - a[0]), lat])
    return a + t * (b - a)


class Lines:
    """The closed lines of the pack by id: corners, and what joins each to the next; and dense points of them."""

    def __init__(self) -> None:
        self.rings: dict[str, list[tuple[Points, list[str]]]] = {}
        rows: dict[tuple[str, str], list[dict[str, str]]] = {}
        for file, key in (("baselines.csv", "baseline"), ("areas.csv", "area")):
            with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    rows.setdefault((row[key], row["part"]), []).append(row)
        for (name, _), found in rows.items():
            corners = np.array([[float(r["lon_deg"]), float(r["lat_deg"])] for r in found])
            self.rings.setdefault(name, []).append((corners, [r["segment"] for r in found]))
        for file, key in (("outlines.geojson", "baseline"), ("coast.geojson", "coast")):
            for feature in json.loads((FOLDER / file).read_text(encoding="utf-8"))["features"]:
                corners = np.array(feature["geometry"]["coordinates"][0])[:-1]
                kinds = ["normal"] * len(corners)
                for i in feature["properties"].get("closing", []):
                    kinds[i] = "closing"
                self.rings.setdefault(feature["properties"][key], []).append((corners, kinds))
        self._dense: dict[tuple[str, bool], list[Points]] = {}

    def sides(self, names: list[str], closing: bool = False) -> list[Points]:
        """Each segment as dense points: of what is measured from, or of the closing lines."""
        for name in names:
            if (name, closing) not in self._dense:
                self._dense[name, closing] = [
                    between(kind, a, b)
                    for corners, kinds in self.rings[name]
                    for kind, a, b in zip(kinds, corners, np.roll(corners, -1, axis=0), strict=True)
                    if (kind == "closing") == closing and ":" not in kind
                ]
        return [side for n in names for side in self._dense[n, closing]]

    def of(self, names: list[str]) -> Points:
        """Dense points of what is measured from."""
        return np.vstack(self.sides(names))


def space(points: Points) -> Points:
    """Cartesian coordinates in metres: chords order nearby points as geodesics do."""
    lon, lat = np.radians(points).T
    n = GEOD.a / np.sqrt(1 - GEOD.es * np.sin(lat) ** 2)
    return np.column_stack([n * np.cos(lat) * np.cos(lon), n * np.cos(lat) * np.sin(lon), n * (1 - GEOD.es) * np.sin(lat)])


def nearest(points: Points, line: Points, reach_m: float) -> tuple[Points, Points]:
    """For each point the distance to the nearest of a line's points, infinite beyond about `reach_m`, and that point."""
    out, at = np.full(len(points), np.inf), np.full_like(points, np.nan)
    high = np.degrees(reach_m / 6_335_000) * 1.01 + 0.01
    line = line[np.argsort(line[:, 1], kind="stable")]
    p, q = space(points), space(line)
    cells = np.floor(points / 0.25).astype(int)
    for cell in np.unique(cells, axis=0):
        here = np.flatnonzero((cells == cell).all(axis=1))
        south, north = points[here, 1].min() - high, points[here, 1].max() + high
        first, last = np.searchsorted(line[:, 1], [south, north])
        lon, wide = line[first:last, 0], high / np.cos(np.radians(min(85, max(abs(south), abs(north)))))
        near = first + np.flatnonzero((lon > points[here, 0].min() - wide) & (lon < points[here, 0].max() + wide))
        for some in np.array_split(here, len(here) * len(near) // 4_000_000 + 1) if len(near) else ():
            found = near[((q[near] ** 2).sum(1) - 2 * p[some] @ q[near].T).argmin(1)]
            at[some] = line[found]
            out[some] = GEOD.inv(*points[some].T, *line[found].T)[2]
    return out, at


def edges(zone: Zone) -> Iterator[Points]:
    """Its rings in degrees."""
    for polygon in zone.polygons:
        for ring in polygon:
            yield ring / 1e7


def samples(zone: Zone, n: int = 1000) -> Points:
    """Vertices and middles of edges, evenly over all rings, without those on the frame."""
    a, b = (np.vstack([r[cut] for r in edges(zone)]) for cut in (slice(-1), slice(1, None)))
    found = np.vstack([a, (a + b) / 2])
    low, high = np.array([WEST, SOUTH]) + 1e-6, np.array([EAST, NORTH]) - 1e-6
    found = found[((found > low) & (found < high)).all(axis=1)]
    return found[:: max(1, len(found) // n)]


def geometry(zone: Zone) -> Any:
    """The zone as shapely's, in degrees."""
    import shapely

    return shapely.union_all([shapely.Polygon(p[0] / 1e7, [h / 1e7 for h in p[1:]]) for p in zone.polygons])


def to_sides(points: Points, sides: list[Points]) -> Points:
    """The distance to the nearest of some lines in metres, good near them."""
    import shapely

    ways = shapely.shortest_line(shapely.points(points), shapely.MultiLineString(sides))
    at = shapely.get_coordinates(shapely.get_point(ways, 1))
    return np.array(GEOD.inv(*points.T, *at.T)[2])


def to_edges(points: Points, zone: Zone) -> Points:
    """The distance to the nearest edge of a zone in metres, good near it."""
    return to_sides(points, list(edges(zone)))


def texts(value: str | list[str]) -> list[str]:
    """A text as a list of one."""
    return [value] if isinstance(value, str) else value


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(FOLDER, include_unconfirmed=True)


@pytest.fixture(scope="module")
def lines() -> Lines:
    return Lines()


MEASURED = [i for i, c in CLAIMS.items() if "baseline" in c]


@pytest.mark.parametrize("zone_id", MEASURED)
def test_every_limit_lies_at_its_distance(zone_id: str, pack: Pack, lines: Lines) -> None:
    """Or on a closing line, from which nothing is measured, on the edge of a zone that cuts it, or on the frame."""
    claim, zone = CLAIMS[zone_id], pack.zones[zone_id]
    names = texts(claim["baseline"])
    points = samples(zone)
    off = to_sides(points, lines.sides(names)) if claim["reach_nm"] == [0, 0] else np.full(len(points), np.inf)
    for reach_m in (v * NM for v in claim["reach_nm"] if v):
        off = np.minimum(off, np.abs(nearest(points, lines.of(names), reach_m * 1.02)[0] - reach_m))
    for other in [*texts(claim.get("less", [])), *texts(claim.get("within", []))]:
        off = np.minimum(off, to_edges(points, pack.zones[other]))
    if closing := lines.sides(names, closing=True):
        off = off[to_sides(points, closing) > 50]
    print(f"{zone_id}: {len(off)} of {len(points)} points, at most {off.max():.2f} m off")
    assert len(off) >= 8
    assert off.max() < 1.1  # what the chords take; 5 m are allowed


@pytest.mark.parametrize("zone_id", [i for i in MEASURED if CLAIMS[i]["reach_nm"][1]])
def test_points_at_random_lie_on_the_right_side(zone_id: str, pack: Pack, lines: Lines) -> None:
    """Nearer than the limit, or landward of a line: inside. Anywhere else: outside."""
    import shapely

    claim, area = CLAIMS[zone_id], geometry(pack.zones[zone_id])
    names, (inner_m, outer_m) = texts(claim["baseline"]), (v * NM for v in claim["reach_nm"])
    low, high = np.array(area.bounds).reshape(2, 2)
    rng = np.random.default_rng(1996)
    points = rng.uniform(np.maximum(low - 0.3, (WEST, SOUTH)), np.minimum(high + 0.3, (EAST, NORTH)), (2000, 2))
    distance, _ = nearest(points, lines.of(names), outer_m * 1.02)
    landward = np.zeros(len(points), bool)
    for corners, kinds in (ring for name in names for ring in lines.rings[name]):
        sides = zip(kinds, corners, np.roll(corners, -1, axis=0), strict=True)
        line = corners if set(kinds) == {"normal"} else np.vstack([between(*side) for side in sides])
        landward |= shapely.contains_xy(shapely.Polygon(line), *points.T)
    clear = (np.abs(distance - outer_m) > 5) & (np.abs(distance - inner_m) > 5)
    wanted = (distance < outer_m) | landward
    if inner_m:
        wanted &= ~((distance < inner_m) | landward)
    for other in texts(claim.get("less", [])):
        wanted &= ~shapely.contains_xy(geometry(pack.zones[other]), *points.T)
    for other in texts(claim.get("within", [])):
        wanted &= shapely.contains_xy(geometry(pack.zones[other]), *points.T)
    wrong = (wanted != shapely.contains_xy(area, *points.T)) & clear
    assert not wrong.any(), points[wrong][:5]
    assert wanted.sum() > 20 and (~wanted).sum() > 20


@pytest.mark.parametrize("zone_id", [i for i, c in CLAIMS.items() if "area" in c])
def test_areas_have_their_published_corners_and_edges(zone_id: str, pack: Pack, lines: Lines) -> None:
    """But for corners where a line goes on along a limit: they lie as near to it as whole minutes allow."""
    claim, zone = CLAIMS[zone_id], pack.zones[zone_id]
    points, rings = samples(zone), np.vstack(list(edges(zone)))
    off = to_sides(points, lines.sides([claim["area"]]))
    for corners, kinds in lines.rings[claim["area"]]:
        kept = (corners[:, 0] < EAST) & (corners[:, 1] < NORTH)
        for i, kind in enumerate(kinds):
            if ":" in kind:
                followed, ends = pack.zones[kind.partition(":")[2]], [i, (i + 1) % len(corners)]
                gap_m = to_edges(corners[ends], followed)
                print(f"{zone_id}: its ends lie {gap_m.round()} m from the limit that it follows")
                assert gap_m.max() < 930
                off, kept[ends] = np.minimum(off, to_edges(points, followed)), False
                on_gap = (to_sides(points, [np.vstack([corners[e], corners[e] + 1e-9]) for e in ends])) < gap_m.max() + 1
                off[on_gap] = 0
        for lon, lat in corners[kept]:
            assert np.abs(rings - (lon, lat)).max(axis=1).min() < 2e-7, (lon, lat)
    for other in texts(claim.get("less", [])):
        off = np.minimum(off, to_edges(points, pack.zones[other]))
    print(f"{zone_id}: {len(points)} points, at most {off.max():.2f} m off")
    assert off.max() < 1.1


@pytest.mark.parametrize("zone_id", [i for i, c in CLAIMS.items() if "shore" in c])
def test_prohibited_waters_end_at_their_distance_or_with_the_restricted_waters(zone_id: str, pack: Pack, lines: Lines) -> None:
    """A point counts by the distance from its nearest shore, and in a sector, seen from the middle, by that one's."""
    import shapely

    claim, area, within = CLAIMS[zone_id], geometry(pack.zones[zone_id]), geometry(pack.zones[CLAIMS[zone_id]["within"]])
    shore, low, high = texts(claim["shore"]), *np.array(within.bounds).reshape(2, 2)
    points = np.random.default_rng(1992).uniform(low - 0.02, high + 0.02, (4000, 2))
    distance, _ = nearest(points, lines.of(shore), 12_000)
    corners = np.vstack([c for name in shore for c, _ in lines.rings[name]])
    lon, lat = (corners.min(axis=0) + corners.max(axis=0)) / 2
    bearing = np.array(GEOD.inv(np.full(len(points), lon), np.full(len(points), lat), *points.T)[0]) % 360
    reach, clear = np.full(len(points), float(claim["reach_m"])), np.ones(len(points), bool)
    for s in claim.get("sectors", []):
        reach[(bearing >= s["from_deg"]) & (bearing <= s["to_deg"])] = s["reach_m"]
        clear &= (np.abs(bearing - s["from_deg"]) > 0.1) & (np.abs(bearing - s["to_deg"]) > 0.1)
    land = shapely.union_all([shapely.Polygon(corners) for name in shore for corners, _ in lines.rings[name]])
    wanted = ((distance < reach) | shapely.contains_xy(land, *points.T)) & shapely.contains_xy(within, *points.T)
    clear |= shapely.contains_xy(land, *points.T) | (distance < claim["reach_m"])
    wrong = (wanted != shapely.contains_xy(area, *points.T)) & clear & (np.abs(distance - reach) > 5)
    assert not wrong.any(), points[wrong][:5]
    assert within.buffer(1e-6).contains(area)
    edge = samples(pack.zones[zone_id])
    off = np.abs(nearest(edge, lines.of(shore), 12_000)[0] - claim["reach_m"])
    off = np.minimum(off, to_edges(edge, pack.zones[claim["within"]]))
    print(f"{zone_id}: {(off < 1.1).sum()} of {len(edge)} points at {claim['reach_m']} m or on the restricted line")
    assert (off < 1.1).all() or "sectors" in claim


@pytest.mark.parametrize("ring_id", [i for i in CLAIMS if "contiguous-zone" in i])
def test_the_contiguous_zone_begins_where_the_territorial_sea_ends(ring_id: str, pack: Pack, lines: Lines) -> None:
    """The edges are the same numbers: a ship leaves one and enters the other at the same instant."""
    import shapely

    def sides(zone: Zone) -> set[frozenset[tuple[int, int]]]:
        rings = [r for p in zone.polygons for r in p]
        return {frozenset((tuple(a), tuple(b))) for r in rings for a, b in zip(r[:-1].tolist(), r[1:].tolist(), strict=True)}

    sea, ring = pack.zones[ring_id.replace("contiguous-zone", "territorial-sea")], pack.zones[ring_id]
    assert geometry(sea).intersection(geometry(ring)).area < 1e-8  # a hundred square metres: rounding along a closing line
    outer = shapely.union_all([geometry(sea), geometry(ring)]).boundary
    if alone := [np.array(list(side)).mean(axis=0) / 1e7 for side in sides(sea) - sides(ring)]:
        landward = shapely.distance(shapely.points(alone), outer) < 1e-6  # at the frame, or along a closing line
        if closing := lines.sides(texts(CLAIMS[ring_id]["baseline"]), closing=True):
            landward |= to_sides(np.array(alone), closing) < 1
        assert landward.all()
