"""What the tests of parsers share: a text of an office, the places of a region, rows in short."""

from __future__ import annotations

from datetime import date, datetime

from offing.model.bulletin import Bulletin, Parsed, SourceText

POSITIONS = {
    "魚釣島": (123.473333, 25.743333),
    "久場島": (123.681667, 25.923333),
    "大正島": (124.559167, 25.922222),
    "南小島": (123.5501, 25.7222),
    "Kinmen": (118.3171, 24.4321),
    "金門": (118.3171, 24.4321),
}


class Region:
    """Places by name, without gates."""

    def gate_of(self, text: str) -> str | None:
        return None

    def position_of(self, place_name: str) -> tuple[float, float] | None:
        return POSITIONS.get(place_name)


def a_text(office: str, published: str, text: str) -> SourceText:
    return SourceText("a.txt", office, date.fromisoformat(published) if published else None, "test", "", text)


def at(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M") if moment else ""


def values(parsed: Parsed) -> dict[str, float]:
    return {b.metric: b.value for b in parsed.bulletins}


def only(parsed: Parsed, metric: str) -> Bulletin:
    (found,) = (b for b in parsed.bulletins if b.metric == metric)
    return found
