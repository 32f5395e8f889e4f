"""What the tests of the Joint Staff's parser share: places, and rows in short."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby

from texts import a_text

from offing.model.bulletin import Bulletin, Parsed, Sighting
from offing.readers.bulletins import joint_staff

GATES = {
    "沖縄本島と宮古島との間の海域": "miyako",
    "宮古海峡": "miyako",
    "与那国島と台湾との間の海域": "yonaguni_taiwan",
    "与那国島と西表島との間の海域": "yonaguni_iriomote",
    "奄美大島と横当島との間の海域": "amami_yokoate_tokara",
    "須美寿島と鳥島との間の海域": "sumisu_torishima",
    "御蔵島と八丈島との間の海域": "mikura_hachijo",
    "大隅海峡": "osumi",
    "対馬海峡": "tsushima",
    "宗谷海峡": "soya",
    "津軽海峡": "tsugaru",
}
POSITIONS = {"対馬": (129.3333, 34.4167), "宮古島": (125.2811, 24.8055), "与那国島": (122.9911, 24.4559)}
ZONES = {"japan-territorial-sea@jp": "~territorial", "japan-contiguous-zone@jp": "~contiguous", "japan-airspace@jp": "~air"}
JST = timedelta(hours=9)


class Straits:
    """A few places by the words that the parser asks for."""

    def gate_of(self, text: str) -> str | None:
        return GATES.get(text)

    def position_of(self, place_name: str) -> tuple[float, float] | None:
        return POSITIONS.get(place_name)


def parse(text: str, published: str = "") -> Parsed:
    return joint_staff.parse(a_text("jp-joint-staff", published, text), Straits())


def new(parsed: Parsed) -> list[str]:
    return short(s for s in parsed.sightings if not s.restated)


def restated(parsed: Parsed) -> list[str]:
    return short(s for s in parsed.sightings if s.restated)


def short(sightings: Iterable[Sighting]) -> list[str]:
    """`2026-04-09/04-10 - 799 対馬海峡 - SW =tsushima`: as the heading of tests/vectors/joint_staff.toml says."""
    return [" ".join(filter(None, (k[0], k[1], ",".join(map(_who, g)), *k[2:]))) for k, g in groupby(sightings, _leg)]


def figures(bulletins: Iterable[Bulletin]) -> list[str]:
    """`2022-12-17 2022-12-20 carrier_takeoffs_landings 130 hull-16`: first and last day (JST), metric, value, area."""
    out = []
    for b in bulletins:
        assert b.window_start_utc is not None
        first, last = (b.window_start_utc + JST).date(), (b.window_end_utc + JST - timedelta(days=1)).date()
        out.append(f"{first} {last} {b.metric} {b.value:g} {b.area or '-'}")
    return out


def _leg(s: Sighting) -> tuple[str, ...]:
    days = f"{s.start_day}/{s.end_day:%m-%d}" if s.end_day else str(s.start_day)
    at = (s.t_utc + JST).strftime("%H:%M") if s.t_utc else "-"
    where = f"{s.bearing}{s.distance_km:g}" if s.distance_km else s.bearing
    gate = s.gate_id and f"={s.gate_id}"
    return (
        days,
        at,
        s.reference_place or "-",
        where or "-",
        s.direction or "-",
        gate,
        ZONES.get(s.zone_id, s.zone_id),
        s.crossing,
    )


def _who(s: Sighting) -> str:
    assert len(s.hulls) <= 1
    return s.hulls[0] if s.hulls else s.ship_class
