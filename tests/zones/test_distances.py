"""Distances to the limits of zones: a real tanker against Taiwan's own lines, rings, and zones cut at the frame."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offing.model.zone import Zone
from offing.zones.coast import frame_of
from offing.zones.distances import distance_rows, limits_of, to_limit, ways
from offing.zones.pack import Pack
from offing.zones.proximity import Shape, nearest_each
from offing.zones.resolve import Place, resolve
from offing.zones.rings import canonical, quantised

RING = "taiwan-contiguous-zone@tw"


def square(zone_id: str, kind: str, *boxes: tuple[float, float, float, float]) -> Zone:
    """A zone of boxes (west, south, east, north), the second a hole in the first."""
    rings = [quantised([(w, s), (e, s), (e, n), (w, n), (w, s)]) for w, s, e, n in boxes]
    return Zone(zone_id, kind, canonical([rings]), claimants=("me",))


def at(lon_deg: float, lat_deg: float) -> Place:
    return Place("p", "point", "point", Shape.point(lon_deg, lat_deg))


def place_of(zone: Zone) -> Place:
    return Place(zone.id, "zone", "zone", Shape(polygons=zone.polygons), zone=zone)


def test_a_ship_and_both_limits_of_a_ring(measure: Any) -> None:
    sea, ring = (
        square("sea@me", "territorial_sea", (10, 0, 12, 2)),
        square("ring@me", "contiguous_zone", (9, -1, 13, 3), (10, 0, 12, 2)),
    )
    zones = {z.id: z for z in (sea, ring)}
    for lon, inside, outer, inner in (
        (12.4, True, "within", "beyond"),
        (11.5, False, "within", "within"),
        (13.5, False, "beyond", "beyond"),
    ):
        to_zone, to_outer, to_inner = ways(at(lon, 1), place_of(ring), zones)
        assert (to_zone.limit, to_outer.limit, to_inner.limit) == (None, "outer", "inner")
        assert (to_zone.nearest.inside, to_outer.side, to_inner.side) == (inside, outer, inner)
        for way, edge in ((to_outer, 13), (to_inner, 12)):
            assert way.nearest.distance_m == pytest.approx(measure.geod.inv(lon, 1, edge, 1)[2], abs=2)
            assert (way.nearest.from_lon_deg, way.nearest.to_lon_deg) == (lon, pytest.approx(edge))
        least = 0 if inside else min(to_outer.nearest.distance_m, to_inner.nearest.distance_m)
        assert to_zone.nearest.distance_m == pytest.approx(least)
        back = ways(place_of(ring), at(lon, 1), zones)[1]
        assert (back.side, back.nearest.to_lon_deg) == (outer, lon)
    across = Shape(lines=(quantised([(12.5, 1), (13.5, 1)]),))
    assert [to_limit(across, limit)[1] for limit in limits_of(ring, zones)] == ["across", "beyond"]


def test_a_ring_that_is_cut_at_the_frame_keeps_its_inner_limit(measure: Any) -> None:
    """A coast that runs out of the frame: neither limit closes, and the edge along the frame is no limit."""
    sea = square("sea@me", "territorial_sea", (10, 0, 12, 2))
    ring = square("ring@me", "contiguous_zone", (12, 0, 13, 2))
    zones = {z.id: z for z in (sea, ring)}
    outer, inner = limits_of(ring, zones, (10, 0, 20, 2))
    assert [line.tolist() for line in outer.edges.lines] == [[[130000000, 0], [130000000, 20000000]]]
    assert [sorted(line.tolist()) for line in inner.edges.lines] == [[[120000000, 0], [120000000, 20000000]]]
    to_outer, side = to_limit(Shape.point(12.5, 1.99), outer)
    assert side == "within" and to_outer.distance_m == pytest.approx(measure.geod.inv(12.5, 1.99, 13, 1.99)[2], abs=1)
    assert {limit.name for limit in limits_of(sea, zones, (10, 0, 20, 2))} == {"outer"}
    assert len(limits_of(sea, zones)[0].edges.lines) == 1, "without a frame all of the ring is its limit"


def test_a_hole_is_a_pocket_of_high_sea_or_an_inner_limit() -> None:
    boxes = (9, -1, 13, 3), (10, 0, 12, 2)
    for kind, names, side in (("eez", {"outer"}, "beyond"), ("custom", {"outer", "inner"}, "within")):
        limits = limits_of(square("z@me", kind, *boxes), {})
        assert {limit.name for limit in limits} == names
        assert {to_limit(Shape.point(11.9, 1), limit)[1] for limit in limits} == {side}
        assert min(to_limit(Shape.point(11.9, 1), limit)[0].distance_m for limit in limits) < 12_000


def test_a_zone_that_holds_another_has_no_inner_limit() -> None:
    """Prohibited water lies in the restricted water of an island, and may reach its limit."""
    prohibited, restricted = (
        square("p@me", "prohibited_water", (10, 0, 12, 2)),
        square("r@me", "restricted_water", (10, -1, 13, 3)),
    )
    zones = {z.id: z for z in (prohibited, restricted)}
    (outer,) = limits_of(restricted, zones)
    assert to_limit(Shape.point(10.1, 1), outer)[0].distance_m < 12_000


def test_the_limits_of_the_pack(pack: Pack) -> None:
    """Every contiguous zone has both limits, and the vertices of the inner one are those of the territorial sea."""
    for zone in pack.zones.values():
        limits = {limit.name: limit for limit in limits_of(zone, pack.zones, frame_of(pack.folder) or ())}
        assert "outer" in limits, zone.id
        if zone.kind == "contiguous_zone":
            sea = pack.zones[zone.id.replace("contiguous-zone", "territorial-sea")]
            corners = {tuple(p) for polygon in sea.polygons for ring in polygon for p in ring.tolist()}
            inner = {tuple(p) for line in limits["inner"].edges.lines for p in line.tolist()}
            assert len(inner - corners) < 0.01 * len(inner), zone.id
        elif zone.kind in ("territorial_sea", "eez", "adiz", "exercise_area"):
            assert set(limits) == {"outer"}, zone.id


def test_between_zones_there_is_only_the_way(pack: Pack) -> None:
    names = (RING, "senkaku-diaoyu-contiguous-zone@jp")
    rows = distance_rows(*(resolve(pack, n) for n in names), pack, pack.zones)
    assert [row["limit"] for row in rows] == [None]
    assert rows[0]["distance_km"] > 0 and rows[0]["confidence"] in ("confirmed", "approximate")
    assert rows[0]["pack"] == pack.label and rows[0]["uncertainty_m"] is None


def tanker(shared_data: Path) -> tuple[list[str], Any]:
    with (shared_data / "ais/tw_tanker_medna_2026-08-13_19.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [r["time_utc"] for r in rows], np.array([[float(r["lon"]), float(r["lat"])] for r in rows])


def official(shared_data: Path, nm: int) -> Shape:
    text = (shared_data / f"boundaries/tw_taiwan_{nm}nm.full.geojson").read_text(encoding="utf-8")
    (feature,) = [f for f in json.loads(text)["features"] if f["properties"]["Region"] == "臺灣本島"]
    (line,) = feature["geometry"]["coordinates"]
    return Shape(polygons=canonical([[quantised(np.array(line)[:, :2])]]))


def test_a_tanker_and_the_official_lines(pack: Pack, shared_data: Path, measure: Any) -> None:
    """In by 17 Aug. 13:32Z (24 nm) and 19 Aug. 01:57Z (12 nm); our limits lie 15 and 31 m within the official ones."""
    times, fixes = tanker(shared_data)
    outer, inner = limits_of(pack.zones[RING], pack.zones)
    for limit, nm, entry in ((outer, 24, "2026-08-17T13:32:34Z"), (inner, 12, "2026-08-19T01:57:31Z")):
        line = official(shared_data, nm)
        sides = [to_limit(Shape.point(*fix), limit)[1] for fix in fixes]
        assert next(t for t, side in zip(times, sides, strict=True) if side == "within") == entry
        assert np.array_equal(line.holds(fixes), [side == "within" for side in sides])
        ours_m, theirs_m = (
            nearest_each(fixes, Shape(lines=shape.lines or shape.polygons[0]))[0] for shape in (limit.edges, line)
        )
        (ring,) = line.polygons[0]
        near = measure.to_edges(fixes, ring / 1e7) < 30_000
        assert near.sum() > 15
        off = (ours_m - theirs_m)[near]
        print(f"{nm} nm: {np.abs(off).min():.1f} to {np.abs(off).max():.1f} m")
        assert np.abs(off).max() < 1.3 * 0.000686 * nm * 1852
