"""Japan Coast Guard statements on the Senkaku as the press carries them, in Japanese and in English.

A sentence is understood if the rules of `jcg_japanese` or `jcg_english` take every figure in it and nothing puts it in doubt;
else it is a reject. Sentences without figures are not facts and are left out, if the text gives any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from offing.model.bulletin import Bulletin, Parsed, Places, Sighting, SourceText
from offing.model.units import Unit
from offing.readers.bulletins.japanese import WIND_OF, clock_at, mended
from offing.readers.bulletins.jcg_english import DOUBT_EN, ENGLISH, FIGURE_EN, ISLANDS
from offing.readers.bulletins.jcg_japanese import DOUBT_JA, FIGURE_JA, JAPANESE, japanese
from offing.readers.bulletins.moments import ONE_DAY, Unclear, clock_of, last_day_numbered, month_number, weekday_before, whole
from offing.readers.bulletins.numerals import single_blanks
from offing.readers.bulletins.sentences import Found
from offing.readers.bulletins.walk import Given, Language, Walk, names
from offing.readers.bulletins.winds import english_wind, of_eight, point_from

OFFICE = "jcg"
CONTIGUOUS = "senkaku-diaoyu-contiguous-zone@jp"
TERRITORIAL = "senkaku-diaoyu-territorial-sea@jp"
KM_OF = {"n": 1.852, "m": 1.609344, "k": 1.0}

_JAPANESE = Language(JAPANESE, FIGURE_JA, DOUBT_JA)
_ENGLISH = Language(ENGLISH, FIGURE_EN, DOUBT_EN)
_TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass
class _Sentence:
    """What is known while one sentence is read."""

    words: str
    day: date | None
    zone: str = ""  # the last that the sentence named
    year: int | None = None
    whole_year: bool = False
    asof: date | None = None
    minute: int | None = None  # since midnight
    timed: bool = False  # a time was given since the last coming or going
    place: str = ""


def parse(source: SourceText, places: Places) -> Parsed:
    """Bulletins, sightings and the sentences not understood of one text. Raises nothing, whatever the text."""
    return _Reading(source, places).all()


class _Reading(Walk):
    """One walk through one text."""

    telling = frozenset(
        {"run", "span", "nth", "count", "incidents", "summed", "ships", "stay", "position", "time", "record", "first"}
    )
    nothing_told = "its figures tell of no count, position, coming or going"

    def __init__(self, source: SourceText, places: Places) -> None:
        super().__init__(source, places)
        self.day, self.zone, self.half = source.published, "", ""
        self.year: tuple[int, bool] | None = None  # the last that was named
        self.state = _Sentence("", self.day)

    def after(self, kept: bool) -> None:
        """Day and waters of a sentence that was understood hold on."""
        if kept:
            self.day, self.zone = self.state.day, self.state.zone or self.zone

    def worded(self, raw: str) -> tuple[str, Language]:
        """Japanese mended, with one name for the contiguous zone; English with single blanks."""
        if re.search("[\u3040-\u30ff\u3400-\u9fff]", raw):
            return japanese(mended(raw).text), _JAPANESE
        return single_blanks(raw), _ENGLISH

    def given(self, found: list[Found], words: str, raw: str) -> Given:
        """What the rules that matched give together, from left to right."""
        if "together" in names(found):
            raise Unclear("ships of two zones are counted together")
        self.state = state = _Sentence(words, self.day)
        given: Given = []
        for n, f in enumerate(found):
            given += self._take(f, found, n, state, raw)
        return given

    def _take(self, f: Found, found: list[Found], n: int, state: _Sentence, raw: str) -> Given:
        if f["zone"] or f.name == "incidents":
            state.zone = _zone(f["zone"] or "領海")
        if f.name == "year":
            state.year, state.whole_year = self.year = self._year(f["year"])
        elif f.name in ("day", "asof"):
            day = self._day(f["asof"] or f.match[0], state.day)
            state.asof, state.day = day, day if f.name == "day" else state.day
        elif f.name == "time":
            state.minute, state.timed = self._minute(f, state.words), True
        elif f.name == "off":
            state.place = "" if f["second"] else self._island(f["place"])
        elif f.name == "position":
            return self._positions(f, found[n + 1 :], state, raw)
        elif f.name in ("enter", "leave") and state.timed:
            state.timed = False
            return [self._sighting(state, raw, zone_id=state.zone, crossing="entered" if f.name == "enter" else "left")]
        elif f.name in ("run", "span", "nth", "count", "incidents", "summed", "ships", "stay"):
            return self._counts(f, found, n, state)
        return []

    def _counts(self, f: Found, found: list[Found], n: int, state: _Sentence) -> Given:
        if any(g.name == "record" for g in found[:n]) and f.name in ("run", "nth"):
            raise Unclear("a former record without its dates")
        zone = state.zone or next((_zone(g["zone"]) for g in found[n:] if g["zone"]), self.zone)
        if not zone:
            raise Unclear("it is not said for which waters")
        if f.name == "span":
            start, end = self._day(f["start"], None), self._day(f["last"], None)
            return [self._run(whole(f["n"]), start, end, zone)]
        last = state.asof or next((self._day(g["asof"], None) for g in found[n:] if g.name == "asof"), state.day)
        if last is None:
            raise Unclear("no day is known")
        if f.name == "run":
            value = whole(re.sub("(st|nd|rd|th)$", "", f["n"]) if f["n"][:1].isdigit() else f["n"])
            since = self._day(f["start"], last) if f["start"] else None
            return [self._run(value, since, self._day(f["asof"], last) if f["asof"] else last, zone)]
        if f.name == "ships" and not any(g.name == "count" for g in found):
            return self._ships(f, found[n + 1 :], state, zone, last)
        if f.name == "stay":
            hours = whole(f["h"]) + whole(f["min"] or "0") / 60
            return [self._bulletin("stay", Unit.HOURS, hours, zone, None, last, "end_only")]
        year, whole_year = self._year_of(f, found[n:], state)
        end = date(year, 12, 31) if whole_year else last
        if f.name == "incidents":
            metric, unit = "incursions", Unit.INCIDENTS
        elif f.name == "summed" and any(g.name == "incidents" for g in found):
            metric, unit = "incursion_ships", Unit.SHIP_ENTRIES
        elif f.name in ("summed", "ships"):
            metric, unit = "ships", Unit.SHIP_DAYS
        else:
            metric, unit = "days", Unit.CALENDAR_DAYS
        basis = "stated" if whole_year else "derived"
        return [self._bulletin(metric, unit, whole(f["n"]), zone, date(year, 1, 1), end, basis)]

    def _year_of(self, f: Found, after: list[Found], state: _Sentence) -> tuple[int, bool]:
        """Of which year a count is, and whether of the whole of it: named before the count, in it, or after it."""
        if state.year is not None:
            return state.year, state.whole_year
        if "年間" in f.match[0]:
            return self._year("今年")
        named = next((g["year"] for g in after if g.name == "year"), "")
        if not named:
            raise Unclear("it is not said of which year")
        return self._year(named)

    def _ships(self, f: Found, after: list[Found], state: _Sentence, zone: str, day: date) -> Given:
        """Ships of one day; those that come into the territorial sea are counted apart from those that are there."""
        comes = next((g for g in after if g.name in ("enter", "leave")), None)
        if comes is not None and comes.name == "leave":
            return []
        out: Given = []
        if comes is None or f["part"]:
            out.append(self._bulletin("ships_present", Unit.VESSELS, whole(f["n"]), zone, day, day, "derived"))
        if comes is not None:
            into = _zone(comes["zone"])
            out.append(self._bulletin("ships_entered", Unit.VESSELS, whole(f["part"] or f["n"]), into, day, day, "derived"))
        return out

    def _run(self, value: int, start: date | None, end: date, zone: str) -> Bulletin:
        counted = end - ONE_DAY * (value - 1) if 0 < value < 20_000 else None
        if counted is None:
            raise Unclear(f"{value} days cannot run")
        flags = ("count_differs_from_dates",) if start and start != counted else ()
        basis = "stated" if start else "derived"
        return self._bulletin("days_running", Unit.CONSECUTIVE_DAYS, value, zone, start or counted, end, basis, flags)

    def _bulletin(
        self,
        metric: str,
        unit: Unit,
        value: float,
        zone: str,
        start: date | None,
        last: date,
        basis: str,
        flags: tuple[str, ...] = (),
    ) -> Bulletin:
        return Bulletin(
            office=OFFICE,
            window_start_utc=_at(start, 0) if start else None,
            window_end_utc=_at(last + ONE_DAY, 0),
            window_basis=basis,
            metric=metric,
            unit=unit,
            value=value,
            area=zone,
            text_sha256=self.source.sha256,
            source=self.source.url,
            published_on=self.source.published,
            flags=flags,
        )

    def _positions(self, f: Found, after: list[Found], state: _Sentence, raw: str) -> Given:
        zone_id = _zone(next((g["zone"] for g in after if g["zone"] or g.name == "position"), ""))
        wind = WIND_OF.get(f["wind"]) or english_wind(f["wind"])
        if not wind:
            raise Unclear(f"{f['wind']!r} is no wind")
        place = self._island(f["place"])
        start = self.places.position_of(place)
        out: Given = []
        for number in filter(None, (f["km"], f["km2"])):
            km = float(number) * KM_OF[f["unit"][:1].lower() or "k"]
            lon_deg, lat_deg = point_from(start, wind, km) if start else (None, None)
            where = {"reference_place": place, "bearing": of_eight(wind), "distance_km": round(km, 3)}
            out.append(self._sighting(state, raw, zone_id=zone_id, lon_deg=lon_deg, lat_deg=lat_deg, **where))
        return out

    def _sighting(self, state: _Sentence, raw: str, **where: object) -> Sighting:
        if state.day is None:
            raise Unclear("no day is known")
        facts: dict[str, object] = {
            "reference_place": state.place,
            "bearing": "",
            "distance_km": None,
            "lat_deg": None,
            "lon_deg": None,
            **where,
        }
        return Sighting(
            office=OFFICE,
            start_day=state.day,
            end_day=None,
            t_utc=None if state.minute is None else _at(state.day, state.minute),
            hulls=(),
            ship_class="",
            country="cn",
            gate_id="",
            direction="",
            restated=False,
            text_sha256=self.source.sha256,
            source=self.source.url,
            sentence=raw,
            **facts,  # type: ignore[arg-type]
        )

    def _island(self, name: str) -> str:
        return next((japanese_name for start, japanese_name in ISLANDS.items() if name.lower().startswith(start)), name)

    def _minute(self, f: Found, words: str) -> int | None:
        if f["vague"] in ("前", "すぎ", "過ぎ"):
            return None
        if words.isascii() or f["h"]:
            return clock_of(f, "")
        half = re.match("午[前後]", f.match[0])
        self.half = half[0] if half else self.half
        clock = clock_at(words, f.match.start(), self.half)
        if clock is None:
            raise Unclear(f"{f.match[0]!r} is no time of day")
        return clock[0]

    def _year(self, words: str) -> tuple[int, bool]:
        """The year that the words name, and whether they mean the whole of it."""
        if m := re.search("20[0-9]{2}", words):
            return int(m[0]), int(m[0]) != (self.source.published.year if self.source.published else None)
        if m := re.match("(令和|平成)(元|[0-9]+)年", words):
            year = (2018 if m[1] == "令和" else 1988) + (1 if m[2] == "元" else int(m[2]))
            return year, year != (self.source.published.year if self.source.published else None)
        if words.lower() in ("同年", "the same year") and self.year:
            return self.year
        if self.source.published is None:
            raise Unclear("the year is not known")
        back = (
            2 if words in ("一昨年", "おととし") else 1 if words in ("昨年", "去年", "前年") or "last" in words.lower() else 0
        )
        return self.source.published.year - back, back > 0

    def _day(self, words: str, known: date | None) -> date:
        """The day that the words name: without a year or month the latest up to the day of publication."""
        published = known if words in ("同日", "翌日") else self.source.published or known
        if words in ("同日", "翌日") and published:
            return published + ONE_DAY * (words == "翌日")
        year_words = re.match(r"(?:今年|ことし|本年|昨年|去年|前年|一昨年|20[0-9]{2}年|(?:令和|平成)[0-9元]+年)", words)
        year = self._year(year_words[0])[0] if year_words else None
        month: int | None = None
        if words.isascii():
            if m := re.search(r"([A-Za-z]{3})[a-z]*\.? ([0-9]{1,2})|([0-9]{1,2}) ([A-Za-z]{3})", words):
                month, number = month_number(m[1] or m[4]), int(m[2] or m[3])
            elif published:
                return weekday_before(words, published)
            else:
                raise Unclear("no day is known")
            if m := re.search("20[0-9]{2}", words):
                year = int(m[0])
            elif "last year" in words.lower() and published:
                year = published.year - 1
        else:
            m = re.search(r"(?:([0-9]{1,2})月)?([0-9]{1,2})日", words)
            if m is None:
                raise Unclear(f"{words!r} is no day")
            month, number = int(m[1]) if m[1] else None, int(m[2])
        if year is not None and month is not None:
            return _calendar(year, month, number, words)
        if published is None:
            raise Unclear(f"the year or month of {words!r} is not known")
        if month is None:
            start = published.replace(day=1) - ONE_DAY if "先月" in words else published
            return last_day_numbered(number, start, 31) or start
        latest = _calendar(published.year, month, number, words)
        return latest if latest <= published + ONE_DAY else _calendar(published.year - 1, month, number, words)


def _zone(words: str) -> str:
    return "" if not words else TERRITORIAL if words[0] in "領tT" else CONTIGUOUS


def _calendar(year: int, month: int, day: int, words: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear(f"{words!r} is no day of the calendar") from None


def _at(day: date, minute: int) -> datetime:
    try:
        return (datetime.combine(day, time(), _TOKYO) + timedelta(minutes=minute)).astimezone(UTC)
    except OverflowError:
        raise Unclear(f"{day} is out of the calendar") from None
