"""The built limits against lines, areas and positions that governments and others publish."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offing.zones.pack import Pack

NM = 1852.0


def official(shared_data: Path, nm: int, region: str) -> Any:
    """One closed line of Taiwan's Ministry of the Interior, shape (n, 2), degrees."""
    text = (shared_data / f"boundaries/tw_taiwan_{nm}nm.full.geojson").read_text(encoding="utf-8")
    (feature,) = [f for f in json.loads(text)["features"] if f["properties"]["Region"] == region]
    (line,) = feature["geometry"]["coordinates"]
    return np.array(line)[:, :2]


def outer_ring(pack: Pack, zone_id: str) -> Any:
    """The outer limit of a zone of one piece, shape (n, 2), degrees."""
    (polygon,) = pack.zones[zone_id].polygons
    return polygon[0] / 1e7


AGAINST = [
    (12, "臺灣本島", "taiwan-territorial-sea@tw", 5),
    (24, "臺灣本島", "taiwan-contiguous-zone@tw", 5),
    (12, "東沙群島", "pratas-territorial-sea@tw", 20),
    (24, "東沙群島", "pratas-contiguous-zone@tw", 20),
    (12, "中沙群島(黃岩島)", "scarborough-territorial-sea@tw", 20),
    (24, "黃岩島", "scarborough-contiguous-zone@tw", 20),
    (24, "釣魚台列嶼", "senkaku-diaoyu-contiguous-zone@tw", 190),
]


@pytest.mark.parametrize(("nm", "region", "zone_id", "allowed_m"), AGAINST)
def test_against_the_official_lines(
    nm: int, region: str, zone_id: str, allowed_m: float, pack: Pack, shared_data: Path, measure: Any
) -> None:
    """The official lines lie 0.0686 % further out everywhere, as if drawn with a mile of 1,853.27 m instead of 1,852.

    With that taken off: at Taiwan within a few metres, all round. The coast of Pengjia and the rims of the two reefs were
    computed from the 12 nautical mile lines, so that there only the 24 nautical mile lines are a test. At the Senkaku
    Islands / Diaoyutai the outlines are coarse; but for Taisho they do not rest on this line.
    """
    theirs, ours = official(shared_data, nm, region), outer_ring(pack, zone_id)
    back = measure.to_edges(measure.samples(ours, 1000)[:1000], theirs)
    there = measure.to_edges(theirs[:: max(1, len(theirs) // 2000)], ours)
    for name, d in (("official vertices to ours", there), ("ours to the official line", back)):
        print(f"{zone_id}, {name}: median {np.median(d):.1f} m, greatest {d.max():.1f} m")
    longer_m = nm * NM * 0.000686
    assert abs(np.median(there) - longer_m) < 2 and abs(np.median(back) - longer_m) < 2
    assert max(there.max(), back.max()) < longer_m + allowed_m


@pytest.mark.parametrize("nm", [12, 24])
def test_what_joins_the_base_points_of_taiwan(nm: int, baselines: dict[str, Any], shared_data: Path, measure: Any) -> None:
    """On the longest segment, T7-T8 (205 km): the official line keeps one distance from the line straight in longitude and
    latitude, to a centimetre. From the loxodrome its distance varies by over 100 m, from the geodesic by nearly 400 m."""
    t7, t8 = (121.0329139, 25.0326056), (119.5409472, 23.7875528)
    theirs = official(shared_data, nm, "臺灣本島")
    theirs = theirs[(theirs[:, 0] < 121) & (theirs[:, 1] > 23.5) & (theirs[:, 1] < 25.6)]
    spread = {}
    for kind in ("straight", "loxodrome", "geodesic"):
        line = measure.line(kind, t7, t8, 50)
        distance, at = measure.nearest(theirs, line)
        beside = (at > 20) & (at < len(line) - 20) & (np.abs(distance - nm * NM) < 1000)
        assert beside.sum() >= 10
        spread[kind] = float(np.ptp(distance[beside]))
    print(f"{nm} nm, distance of the official line from T7-T8 varies by {spread} m")
    assert spread["straight"] < 0.05
    assert 90 < spread["loxodrome"] < 140
    assert 300 < spread["geodesic"] < 450


def test_which_segments_of_pratas_are_normal(shared_data: Path, measure: Any) -> None:
    """D1-D2, D3-D4: the official line runs beside the straight line at its distance. D4-D1: it lies 3.8 to 6.7 km further out.
    D2-D3: it is made of the circles round the two points alone: the coast between them stands back from the straight line."""
    d1, d2, d3, d4 = (116.7654972, 20.7677556), (116.7101611, 20.734425), (116.696325, 20.6986667), (116.7546528, 20.5947556)
    for nm in (12, 24):
        theirs, mile = official(shared_data, nm, "東沙群島"), NM * 1.000686
        for a, b, low, high in ((d1, d2, -2, 2), (d3, d4, -2, 2), (d4, d1, 3_000, 7_000), (d2, d3, -150, 1)):
            line = measure.line("straight", a, b, 60)
            points = np.vstack([theirs, (theirs[:-1] + theirs[1:]) / 2])
            distance, at = measure.nearest(points, line)
            azimuth = measure.geod.inv(*a, *b)[0]
            outward = np.cos(np.radians(np.array(measure.geod.inv(*line[at].T, *points.T)[0]) - azimuth)) ** 2 < 0.001
            off = distance[(at > 5) & (at < len(line) - 6) & outward] - nm * mile
            off = off[np.abs(off) < 8_000]
            assert len(off) and low < off.min() and off.max() < high, (nm, a, b, off.min(), off.max())


def test_the_territorial_sea_near_the_senkaku_islands_is_as_large_as_published(pack: Pack, measure: Any) -> None:
    """Japan's white papers give "about 4,740 square kilometres" (MLIT 2022, Coast Guard 2016).

    Ours is smaller by about 0.2 per cent, land included. Over limits 352 km long that is 31 m, which the outlines may err by.
    """
    areas, lengths = [], []
    for polygon in pack.zones["senkaku-diaoyu-territorial-sea@jp"].polygons:
        area, length = measure.geod.polygon_area_perimeter(*(polygon[0] / 1e7).T)
        areas.append(abs(area) / 1e6)
        lengths.append(length / 1e3)
    print(f"{[round(a, 1) for a in areas]}, together {sum(areas):.0f} square kilometres, limits {sum(lengths):.0f} km long")
    assert len(areas) == 2 and 4_740 * 0.995 < sum(areas) < 4_740 * 1.001


def test_uotsuri_is_land_where_it_should_be(folder: Path) -> None:
    """Some coast lines draw the island some 3 nautical miles from its place."""
    import shapely

    outlines = json.loads((folder / "outlines.geojson").read_text(encoding="utf-8"))["features"]
    (uotsuri,) = [f for f in outlines if f["properties"]["id"] == "uotsuri"]
    assert shapely.contains_xy(shapely.Polygon(uotsuri["geometry"]["coordinates"][0]), 123.474, 25.744)


def test_the_rim_of_scarborough_against_the_base_points_of_another_claimant(folder: Path, measure: Any) -> None:
    """The rim was computed from Taiwan's line; China published its points of 2024 to a tenth of a minute (185 m)."""
    outlines = json.loads((folder / "outlines.geojson").read_text(encoding="utf-8"))["features"]
    (reef,) = [f for f in outlines if f["properties"]["id"] == "scarborough-reef"]
    with (folder / "baselines.csv").open(encoding="utf-8", newline="") as file:
        rows = [(float(r["lon_deg"]), float(r["lat_deg"])) for r in csv.DictReader(file) if r["baseline"] == "huangyan-2024"]
    off = measure.to_edges(np.array(rows), np.array(reef["geometry"]["coordinates"][0]))
    print(f"{len(rows)} base points, {np.median(off):.0f} m from the rim in the median, {off.max():.0f} m at most")
    assert len(rows) == 15 and off.max() < 185


def test_the_tanker_is_where_the_official_lines_have_it(pack: Pack, shared_data: Path) -> None:
    import shapely

    with (shared_data / "ais/tw_tanker_medna_2026-08-13_19.csv").open(encoding="utf-8") as file:
        fixes = {r["time_utc"]: (float(r["lon"]) * 1e7, float(r["lat"]) * 1e7) for r in csv.DictReader(file)}
    sea, ring = (pack.zones[f"taiwan-{k}@tw"].polygons[0] for k in ("territorial-sea", "contiguous-zone"))

    def where(t: str) -> tuple[bool, bool]:
        return shapely.Polygon(ring[0], ring[1:]).contains(shapely.Point(fixes[t])), shapely.Polygon(sea[0]).contains(
            shapely.Point(fixes[t])
        )

    assert where("2026-08-17T09:31:21Z") == (False, False)
    assert where("2026-08-17T13:32:34Z") == (True, False)
    assert where("2026-08-18T23:13:49Z") == (True, False)
    assert where("2026-08-19T01:57:31Z") == (False, True)
