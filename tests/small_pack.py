"""A small complete region pack: one of everything that a pack may hold, in waters that are nowhere."""

from __future__ import annotations

import json
from pathlib import Path

from offing.zones.build import write_built
from offing.zones.equidistance import write_lines

PACK = """# a pack for tests
id = "small"
version = "7"
format = 2
frame = [118.0, 24.0, 124.0, 29.0]

[names]
en = "Small Sea"
ja = "小海"
zh-Hant = "小海（繁）"
zh-Hans = "小海（简）"
"""
ZONES = """# claims
[[zones]]
id = "sea@aa"
kind = "territorial_sea"
claimants = ["aa"]
baseline = "coast-aa"
reach_nm = [0, 12]
includes = ["land"]
day_rule = "Asia/Taipei 00:00"
valid_from = 2009-11-18
legal_basis = "a law of 1998"
source = "a notice of 2009"
confidence = "confirmed"
[zones.names]
en = "Sea of Aa"
ja = "甲の海"
zh-Hant = "甲海（繁）"
zh-Hans = "甲海（简）"

[[zones]]
id = "near@aa"
kind = "prohibited_water"
claimants = ["aa"]
shore = ["island"]
reach_m = 4000
sectors = [{from_deg = 135, to_deg = 225, reach_m = 8000}]
less = ["box@bb"]
day_rule = "UTC 00:00"
legal_basis = "a law of 1998"
source = "a notice of 2012"
confidence = "approximate"
[zones.names]
en = "Near Island"
ja = "島の近く"
zh-Hant = "島近（繁）"
zh-Hans = "岛近（简）"

[[zones]]
id = "box@bb"
kind = "exercise_area"
claimants = ["bb"]
area = "box"
day_rule = "UTC 00:00"
legal_basis = "a notice to mariners"
source = "a notice of 2022"
confidence = "single source"
[zones.names]
en = "Box"
ja = "箱"
zh-Hant = "箱（繁）"
zh-Hans = "箱（简）"

[[zones]]
id = "remembered@bb"
kind = "adiz"
claimants = ["bb"]
area = "box"
day_rule = "UTC 00:00"
legal_basis = "none was found"
source = "from memory, 2026"
confidence = "recalled"
[zones.names]
en = "Remembered"
ja = "記憶"
zh-Hant = "記憶（繁）"
zh-Hans = "记忆（简）"
"""
BASELINES = """baseline,part,no,lon_deg,lat_deg,segment,source
coast-aa,1,1,121.0,25.0,straight,a notice of 2009
coast-aa,1,2,121.3,26.0,straight,a notice of 2009
coast-aa,1,3,121.0,27.0,closing,a notice of 2009
coast-aa,1,4,120.5,26.0,closing,a notice of 2009
"""
AREAS = """area,part,no,lat_published,lon_published,lat_deg,lon_deg,segment,source
box,1,1,,,25.0,122.0,straight,a notice of 2022
box,1,2,,,25.0,122.03,straight,a notice of 2022
box,1,3,,,25.5,122.03,straight,a notice of 2022
box,1,4,,,25.5,122.0,straight,a notice of 2022
"""
ISLAND = [[122.0, 26.0], [122.1, 26.0], [122.1, 26.1], [122.0, 26.1], [122.0, 26.0]]
GATES = """[[gates]]
id = "narrow"
kind = "strait"
lines = [
    [[121.3, 26.0], [122.0, 26.0]],
]
ends = ["Aa", "Island"]
pacific_side = "right"
source = "nearest points of the coasts, 2026"
confidence = "confirmed"
[gates.names]
en = "Narrow"
ja = "狭間"
zh-Hant = "窄口（繁）"
zh-Hans = "窄口（简）"
[gates.left]
en = "North Water"
ja = "北水"
zh-Hant = "北水（繁）"
zh-Hans = "北水（简）"
[gates.right]
en = "South Water"
ja = "南水"
zh-Hant = "南水（繁）"
zh-Hans = "南水（简）"
"""
LINES = """[[lines]]
id = "outer"
kind = "adiz_limit"
parties = ["bb"]
status = "in force"
lines = [[[123.0, 24.5], [123.0, 28.5]]]
source = "an aeronautical publication of 2013"
confidence = "single source"
[lines.names]
en = "Outer Line"
ja = "外線"
zh-Hant = "外線（繁）"
zh-Hans = "外线（简）"

[[lines]]
id = "half-way"
kind = "equidistance"
parties = ["aa", "bb"]
a = "coast-aa"
b = "island"
status = "computed, not agreed"
source = "computed in 2026"
confidence = "approximate"
[lines.names]
en = "Half Way"
ja = "中間"
zh-Hant = "中間（繁）"
zh-Hans = "中间（简）"
"""
FEATURES = """feature_id,kind,claimants,name_en,name_ja,name_zh_hant,name_zh_hans,lon_deg,lat_deg,position_published,\
uncertainty_m,group,aliases,valid_from,valid_to,source,confidence,note
island,island,aa;bb,Island / Dao,島,島嶼（繁）,岛屿（简）,122.05,26.05,26°03'N,100,,Isle;Ilha,,,a chart of 1910,confirmed,
rock,rock,aa,Rock,岩,岩（繁）,岩（简）,,,,,,,,,a chart of 1910,single source,no position was published
lost,reef,bb,Lost Reef,失礁,失礁（繁）,失礁（简）,123.0,27.0,,,,,,,from memory 2026,recalled,
"""
FLEETS = """[[fleets]]
id = "boats"
kind = "coast_guard"
claimants = ["aa"]
source = "a list of 2020"
confidence = "single source"
[fleets.names]
en = "Boats"
ja = "船"
zh-Hant = "船（繁）"
zh-Hans = "船（简）"

[[fleets.members]]
mmsi = 412000001
name = "ONE"
valid_from = 2020-01-01
source = "a list of 2020"

[[fleets.members]]
hull = "12"
source = "a list of 2020"
"""
FILES = {
    "pack.toml": PACK,
    "zones.toml": ZONES,
    "baselines.csv": BASELINES,
    "areas.csv": AREAS,
    "gates.toml": GATES,
    "lines.toml": LINES,
    "features.csv": FEATURES,
    "fleets.toml": FLEETS,
}


def write_pack(folder: Path) -> Path:
    """Write the pack into a folder, which is made, and build it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    geometry = {"type": "Polygon", "coordinates": [ISLAND]}
    island = {"type": "Feature", "properties": {"id": "island-1", "coast": "island"}, "geometry": geometry}
    coast = {"type": "FeatureCollection", "features": [island]}
    (folder / "coast.geojson").write_text(json.dumps(coast), encoding="utf-8")
    write_built(folder)
    write_lines(folder)
    return folder
