"""Cutting the coast of a region pack out of the world's land: writes `coast.geojson`.

    npm pack @geo-maps/earth-lands-10m@0.6.0
    tar xzf geo-maps-earth-lands-10m-0.6.0.tgz
    python -m offing.zones.coast_cut package/map.geo.json FOLDER

The land is OpenStreetMap's of 2017, (c) OpenStreetMap contributors, ODbL 1.0. Its vertices are kept as they are; lakes, and
islands in them, are left out. What lies within 200 nautical miles of the pack's `frame` is kept, so that limits within the
frame miss nothing. `coast_areas.csv` says whose baseline a shore belongs to: areas in order, the first that holds it has it.
Where land is cut, at the box or between two areas, the cut is no shore: `closing` lists the points from which such edges go.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from offing.claims import read_rows, read_text
from offing.errors import BadZone, OffingError
from offing.zones.coast import COAST, frame_of
from offing.zones.geodesic import NAUTICAL_MILE_M, Box, box_around
from offing.zones.shapes import pieces

SOURCE = (
    "OpenStreetMap 2017, by way of the data set @geo-maps/earth-lands-10m 0.6.0; (c) OpenStreetMap contributors, ODbL 1.0. "
    "Cut by offing.zones.coast_cut; vertices unchanged"
)

OTHER = "other"
"""The coast of land that lies in none of the areas."""

REACH_M = 200 * NAUTICAL_MILE_M

MAINLAND_DEG2 = 10.0
"""Smaller land is an island, and goes whole to the area that holds its middle; what is larger is cut between areas."""

SLIVER_DEG2 = 1e-9
"""Pieces of less than some ten square metres are left out: they vanish with five decimals."""


def cut(world: Path, folder: Path) -> Path:
    """Write the coast of a pack, all or nothing. Raises `MissingInput` or `BadZone`."""
    frame = frame_of(folder)
    if frame is None:
        raise BadZone("pack.toml: `frame` is missing.", "It says where limits are to be complete: west, south, east, north.")
    west, south, east, north = box_around(frame, REACH_M)
    around = (math.floor(west), math.floor(south), math.ceil(east), math.ceil(north))
    areas = read_areas(folder)
    lines = [json.dumps(f, separators=(",", ":")) for f in _features(world_rings(world), around, areas)]
    header = f'{{"type":"FeatureCollection","source":{json.dumps(SOURCE)},"features":[\n'
    target, draft = folder / COAST, folder / f".{COAST}.draft"
    draft.write_text(header + ",\n".join(lines) + "\n]}\n", encoding="utf-8")
    draft.replace(target)
    return target


def read_areas(folder: Path) -> list[tuple[str, Any]]:
    """The areas of `coast_areas.csv` in order: coast and shapely polygon, degrees."""
    import shapely

    path = folder / "coast_areas.csv"
    corners: dict[str, list[tuple[float, float]]] = {}
    for line, row in read_rows(path, ("coast", "no", "lon_deg", "lat_deg"), BadZone):
        points = corners.setdefault(row["coast"], [])
        try:
            points.append((float(row["lon_deg"]), float(row["lat_deg"])))
        except ValueError:
            raise BadZone(f"{path.name} line {line}: `lon_deg` and `lat_deg` must be numbers.") from None
    areas = [(coast, shapely.Polygon(points)) for coast, points in corners.items() if len(points) > 2]
    for coast, area in areas:
        if not area.is_valid:
            raise BadZone(f"{path.name}: the area of {coast} crosses itself.")
    return areas


def world_rings(world: Path) -> Iterator[Any]:
    """The outer rings of the world's land as arrays of longitude and latitude."""
    try:
        content = json.loads(read_text(world, BadZone))
        for geometry in content["geometries"]:
            for outer, *_ in geometry["coordinates"]:
                yield np.array(outer, dtype=np.float64)
    except (KeyError, TypeError, ValueError):
        raise BadZone(f"{world.name} is not the map of the package @geo-maps/earth-lands-10m.") from None


def _features(rings: Iterator[Any], around: Box, areas: list[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    counts: dict[str, int] = {}
    found = [piece for land in _outermost(_land(rings, around)) for piece in _shares(land, around, areas)]
    order = [OTHER, *(coast for coast, _ in areas)]
    for coast, ring, closing in sorted(found, key=lambda f: (order.index(f[0]), -len(f[1]), f[1].tolist())):
        counts[coast] = counts.get(coast, 0) + 1
        properties: dict[str, Any] = {"id": f"{coast}-{counts[coast]}", "coast": coast}
        if closing:
            properties["closing"] = closing
        yield {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "Polygon", "coordinates": [ring.tolist()]},
        }


def _land(rings: Iterator[Any], around: Box) -> list[Any]:
    """The land of which some lies in the box, as shapely polygons without holes."""
    import shapely

    west, south, east, north = around
    out: list[Any] = []
    for ring in rings:
        (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
        if x1 > west and x0 < east and y1 > south and y0 < north:
            land = shapely.Polygon(ring)
            if not land.is_valid:  # a ring that touches itself
                land = shapely.make_valid(land, method="structure", keep_collapsed=False)
            out += [shapely.Polygon(p.exterior) for p in pieces(land)]
    return out


def _outermost(land: list[Any]) -> list[Any]:
    """The pieces of land that lie in no other one."""
    import shapely

    shapely.prepare(land)
    inner, outer = shapely.STRtree(land).query(land, predicate="within")
    return [land[i] for i in np.setdiff1d(np.arange(len(land)), inner[inner != outer])]


def _shares(land: Any, around: Box, areas: list[tuple[str, Any]]) -> Iterator[tuple[str, Any, list[int]]]:
    """The parts of one piece of land by coast: a closed ring, counter-clockwise, and where its closing edges begin."""
    import shapely

    box = shapely.box(*around)
    rest = land if box.contains(land) else land.intersection(box)
    whole = rest.area < MAINLAND_DEG2
    for coast, area in [*areas, (OTHER, box)]:
        if area.contains(rest) or (whole and area.contains(rest.representative_point())):
            share, rest = rest, shapely.Polygon()
        else:
            share, rest = (shapely.Polygon(), rest) if whole else (rest.intersection(area), rest.difference(area))
        for polygon in pieces(share):
            ring = np.array(shapely.normalize(polygon).exterior.coords)[::-1]
            rounded = np.round(ring, 5)
            if shapely.Polygon(rounded).area > SLIVER_DEG2:
                yield coast, rounded, _closing(ring, land.exterior)


def _closing(ring: Any, shore: Any) -> list[int]:
    """The points of a ring from which edges go that are no part of the shore."""
    import shapely

    known = set(map(tuple, np.array(shore.coords).tolist()))
    new = np.array([tuple(p) not in known for p in ring.tolist()])
    edges = np.flatnonzero(new[:-1] | new[1:])
    middles = shapely.points((ring[edges] + ring[edges + 1]) / 2)
    return list(edges[shapely.distance(middles, shore) > 1e-9].tolist())


def main(arguments: list[str]) -> int:
    """Cut one pack's coast, or say in one sentence why not."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m offing.zones.coast_cut MAP.geo.json FOLDER\n")
        return 2
    try:
        target = cut(Path(arguments[0]), Path(arguments[1]))
    except OffingError as e:
        sys.stderr.write(f"{e}\n")
        return e.exit_status
    sys.stdout.write(f"{target} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
