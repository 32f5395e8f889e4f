"""Where: the areas that the Joint Staff names, read from mended text.

対馬(長崎県)の南西約80kmの海域           a spot: place, wind, distance
犬吠埼(千葉県)の南東及び北西の海域        two spots
沖縄本島と宮古島(沖縄県)との間の海域      a passage between two places
大隅海峡                                  a passage by name
屋久島(鹿児島県)南の我が国領海            a spot in a zone
東シナ海, 大陸方面                        waters, or whither
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from offing.model.bulletin import Places
from offing.readers.bulletins.japanese import WIND, WIND_OF
from offing.readers.bulletins.winds import point_from

ZONES = {
    "領海上空": "japan-airspace@jp",
    "領空": "japan-airspace@jp",
    "領海": "japan-territorial-sea@jp",
    "接続水域": "japan-contiguous-zone@jp",
    "排他的経済水域": "japan-eez@jp",
}
"""Legal waters that a text names without more are Japan's: the zone's id."""


@dataclass(frozen=True)
class Area:
    """An area as a text names it. `keys` are the words by which a gate may know it.

    `same` is the area named before; with a `name`, that must have been a strait.
    """

    name: str = ""
    wind: str = ""
    distance_km: float | None = None
    zone_id: str = ""
    keys: tuple[str, ...] = ()
    same: bool = False


_NAME = "(?:[一-龥々〆ヵヶァ-ヴー]|の|之|えりも|むつ|つしま){1,18}?"
_IN = r"(?:\((?!推定|艦番号)[^()0-9「」、。]{2,10}\))?"
_KM = "(?:約|およそ)?(?P<{}>[0-9][0-9,]*(?:\\.[0-9]+)?)(?P<{}>km|Km|KM|キロメートル|キロ|海里|マイル|NM|nm)"
_OURS = "(?:我が?国の?|日本の?|わが国の?)?"
_WATER = (
    f"(?:{_OURS}(?:接続水域|領海上空|領海|領空|排他的経済水域|周辺海域|公海上空|公海上|公海)|海域|海上|空域|上空|洋上|沖合|沖|水域|水道"
    "|太平洋上空?|太平洋|日本海上空?|東シナ海上空?|南シナ海上?|オホーツク海上?|内)"
)
_WATERS = f"(?P<water>(?:の?{_WATER})*)"
_SEA = (
    "(?:(?:北|南|東|西|北西|南西|北東|南東)?太平洋|東シナ海|南シナ海|日本海|オホーツク海|フィリピン海|ベーリング海|黄海|渤海)"
)
_PART = f"(?:(?:{WIND}|中央?)部)?(?:側|方面|方向|沿岸|上空|上|内|沖)*"

_PASSAGE = re.compile(
    f"(?P<a>{_NAME}){_IN}(?:と|及び|・|-)(?P<b>{_NAME}){_IN}(?:と?の(?:間|中間)|間(?=[のをに])|との(?=海域))(?P<toward>の方向|方面)?{_WATERS}"
)
_STRAIT = re.compile(f"(?P<s>(?!同|当該)[一-龥ァ-ヴー]{{1,10}}(?:海峡|水道|チャネル))(?P<toward>方面)?{_WATERS}")
_SPOT = re.compile(
    f"(?:{_SEA}上?の)?(?P<name>{_NAME}){_IN}(?:の|から)?(?P<winds>{WIND}(?:(?:及び|、|と){WIND}(?!部))*)(?:方|側|岸|端)?"
    f"(?P<far>の?{_KM.format('km', 'unit')}(?:から{_KM.format('km2', 'unit2')}まで)?(?:付近)?)?{_WATERS}"
    "(?:(?<=方)|(?<=側)|(?<=岸)|(?<=端)|(?<=海)|(?<=域)|(?<=空)|(?<=上)|(?<=沖)|(?<=合)|(?<=洋)|(?<=m)|(?<=M)|(?<=ル)|(?<=ロ)"
    "|(?<=里)|(?<=付近)|(?<=内)|(?=[をにでへ]))"
)
_OFF = re.compile(f"(?P<name>{_NAME}){_IN}(?:の?(?:沖合|沖|周辺|付近|近海|近傍)){_WATERS}")
_WATERS_ALONE = re.compile(f"{_OURS}(?P<water>接続水域|領海上空|領海|領空|周辺海域)(?:内)?")
_SEAS = re.compile(f"(?P<name>{_SEA}){_PART}{_WATERS}")
_LANDS = re.compile(
    f"(?P<name>(?:中国|ロシア|ユーラシア)?大陸|中国|ロシア|台湾|沿海州|沿海地方|サハリン|樺太|千島列島|カムチャツカ半島|ウラジオストク|グアム島?"
    f"|{_NAME}(?=方面|の方向)){_IN}(?:の?{WIND})?(?:側|方面|の方向|方向|沿岸|上空)*(?:の(?:公海)?上空)?"
)
_SAME = re.compile("(?:同|当該)(?:海域|空域|海峡|水域|接続水域|領海)(?:内|付近)?")
_QUALIFIER = re.compile(
    "^.*(?:諸島|列島|群島|半島|[都道府県]|太平洋上?|日本海|東シナ海|沿岸)の(?=.)|^(?:北海道|東京都|[一-龥]{2,3}県)(?=[一-龥ァ-ヴ])"
)
_UNIT_KM = {"海里": 1.852, "マイル": 1.852, "NM": 1.852, "nm": 1.852}


@lru_cache(maxsize=8192)
def areas_at(text: str, i: int) -> tuple[tuple[tuple[Area, ...], int], ...]:
    """Every reading of an area at `i`, likeliest first, and where it ends; several winds of one place are several areas."""
    found: list[tuple[tuple[Area, ...], int]] = []
    if m := _SAME.match(text, i):
        found.append(((Area("同海峡" if "海峡" in m[0] else "", same=True),), m.end()))
    if m := _PASSAGE.match(text, i):
        found.append(((_passage(m),), m.end()))
    if m := _SPOT.match(text, i):
        found.append((_spots(m), m.end()))
    if m := _STRAIT.match(text, i):
        keys = () if m["toward"] else tuple(dict.fromkeys((m["s"], re.sub("(?<=海峡).+", "", m["s"]))))
        found.append(((Area(m["s"], zone_id=_zone(m["water"]), keys=keys),), m.end()))
    if m := _WATERS_ALONE.match(text, i):
        found.append(((Area(zone_id=_zone(m["water"])),), m.end()))
    if m := _SEAS.match(text, i):
        found.append(((Area(m["name"], zone_id=_zone(m["water"])),), m.end()))
    if m := _OFF.match(text, i):
        found.append(((Area(_bare(m["name"]), zone_id=_zone(m["water"] or "")),), m.end()))
    if m := _LANDS.match(text, i):
        found.append(((Area(m["name"]),), m.end()))
    return tuple(found)


def gate_of(area: Area, places: Places) -> str:
    """The id of the gate that a passage goes through; empty: the area is none that the region knows."""
    return next((gate for key in area.keys if (gate := places.gate_of(key))), "")


def position_of(area: Area, places: Places) -> tuple[float, float] | None:
    """Longitude and latitude (degrees, WGS84) of a spot: the geodesic from its place by wind and distance."""
    if area.distance_km is None or not area.wind or (start := places.position_of(area.name)) is None:
        return None
    return point_from(start, area.wind, area.distance_km)


def _passage(m: re.Match[str]) -> Area:
    a, b = _bare(m["a"]), _bare(m["b"])
    keys = () if m["toward"] else tuple(f"{x}と{y}との間の海域" for x, y in ((a, b), (b, a)))
    return Area(f"{a}と{b}との間", zone_id=_zone(m["water"]), keys=keys)


def _spots(m: re.Match[str]) -> tuple[Area, ...]:
    km = float(m["km"].replace(",", "")) * _UNIT_KM.get(m["unit"], 1.0) if m["km"] and not m["km2"] else None
    winds = [WIND_OF[w] for w in re.findall(WIND, m["winds"])]
    return tuple(Area(_bare(m["name"]), wind, km, _zone(m["water"])) for wind in winds)


def _bare(name: str) -> str:
    """The name without what it belongs to: 伊豆諸島の須美寿島 is 須美寿島."""
    return _QUALIFIER.sub("", name)


def _zone(water: str) -> str:
    return next((zone_id for word, zone_id in ZONES.items() if word in water), "")
