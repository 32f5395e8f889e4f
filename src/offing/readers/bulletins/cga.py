"""Taiwan's Coast Guard Administration on the waters round Kinmen and other islands, in Chinese and in English.

A sentence is understood if the rules of `cga_chinese` or `cga_english` take every figure in it and nothing puts it in
doubt; else it is a reject. Sentences without figures are not facts and are left out, if the text gives any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from offing.model.bulletin import Bulletin, Parsed, Places, Sighting, SourceText
from offing.model.units import Unit
from offing.readers.bulletins import cga_chinese, cga_english
from offing.readers.bulletins.cga_chinese import ISLANDS
from offing.readers.bulletins.japanese import WIND_OF
from offing.readers.bulletins.moments import ONE_DAY, TAIPEI, Unclear, clock_of, day_of, month_number, whole
from offing.readers.bulletins.numerals import single_blanks, squeezed, traditional
from offing.readers.bulletins.sentences import Found
from offing.readers.bulletins.walk import Given, Language, Walk, names
from offing.readers.bulletins.winds import english_wind, of_eight, point_from

OFFICE = "tw-cga"
NAUTICAL_MILE_KM = 1.852

_COUNTED = ("coast_guard_ships", "other_official_ships", "fishing_ships", "all_ships")
_CHINESE = Language(cga_chinese.CHINESE, cga_chinese.FIGURE, cga_chinese.DOUBT)
_ENGLISH = Language(cga_english.ENGLISH, cga_english.FIGURE, cga_english.DOUBT)
_ENGLISH_ISLANDS = {name: name for name in ISLANDS.values()} | {"dongsha": "pratas"}


@dataclass
class _State:
    """What has been said so far: carried from sentence to sentence."""

    day: date | None
    minute: int | None = None
    timed: bool = False
    island: str = ""
    kinds: tuple[str, ...] = ()  # of the waters last entered
    hulls: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    place: str = ""
    wind: str = ""
    window: tuple[date, date] | None = None  # of months
    year: bool = False
    subject: str = "coast_guard_ships"


def parse(source: SourceText, places: Places) -> Parsed:
    """Bulletins, sightings and the sentences not understood of one text. Raises nothing, whatever the text."""
    return _Reading(source, places).all()


class _Reading(Walk):
    """One walk through one text."""

    telling = frozenset({*_COUNTED, "time", "hulls", "voyages", "entries", "nth", "times", "place"})
    nothing_told = "its figures tell of no entry, exit, position or total"

    def __init__(self, source: SourceText, places: Places) -> None:
        super().__init__(source, places)
        self.state = self.last = _State(source.published)
        self.used: set[int] = set()  # times and days that were taken by the verb before them

    def before(self) -> None:
        """Keep the state, should the sentence give nothing."""
        self.last = _State(**vars(self.state))

    def after(self, kept: bool) -> None:
        """What a sentence that was not understood has said is forgotten."""
        self.state = self.state if kept else self.last

    def worded(self, raw: str) -> tuple[str, Language]:
        """Chinese squeezed and in traditional characters; English without marks of quotation."""
        if re.search("[\u3400-\u9fff]", raw):
            return traditional(squeezed(raw)), _CHINESE
        return re.sub('["“”]', "", single_blanks(raw)), _ENGLISH

    def given(self, found: list[Found], words: str, raw: str) -> Given:
        """What the rules that matched give together, from left to right."""
        state, hulls = self.state, self.state.hulls
        state.counts, state.minute, state.timed, state.year, state.place, state.wind = {}, None, False, False, "", ""
        given: Given = []
        self.used.clear()
        for n, f in enumerate(found):
            if id(f) not in self.used:
                given += self._take(f, found[n + 1 :], raw)
        if "outside" in names(found) and "enter" not in names(found):
            state.hulls = hulls  # who stays outside has not come in
        return given

    def _take(self, f: Found, after: list[Found], raw: str) -> Given:
        state = self.state
        if f["island"]:
            state.island = ISLANDS.get(f["island"]) or _ENGLISH_ISLANDS[f["island"].lower()]
        if f.name == "day":
            state.day = day_of(f, "t", self.source.published, 31) or state.day
        elif f.name == "time":
            state.minute, state.timed = _minute(f), True
        elif f.name == "hulls":
            state.hulls = tuple(dict.fromkeys(re.findall("[0-9]{4,5}", f["hulls"])))
            state.counts["coast_guard_ships"] = whole(f["n"] or f["n2"]) if f["n"] or f["n2"] else len(state.hulls)
        elif f.name in _COUNTED:
            if f.name in state.counts and state.counts[f.name] != _count(f):
                raise Unclear("the same ships are counted twice, differently")
            state.counts[f.name] = _count(f)
        elif f.name == "side":
            self._side(f)
        elif f.name == "place":
            return self._position(f, after, raw)
        elif f.name == "months":
            state.window = self._months(f)
        elif f.name == "year":
            state.year = True
        elif f.name in ("voyages", "entries", "nth", "times"):
            return self._totals(f)
        elif f.name == "enter":
            return self._enter(f, after, raw)
        elif f.name == "leave":
            return self._leave(f, after, raw)
        elif f.name == "waters" and f["kind"] and not state.kinds:
            state.kinds = _kinds(f["kind"])
        return []

    def _enter(self, f: Found, after: list[Found], raw: str) -> Given:
        state = self.state
        if f["side"]:
            state.place, state.wind = f["island"], english_wind(f["side"])
        self._look_ahead(after, raw)
        if not state.timed and not state.counts:
            return []  # said in passing
        kinds = _kinds(f["kind"]) if f["kind"] else state.kinds
        if not kinds:
            raise Unclear("it is not said which waters were entered")
        state.kinds, state.timed = kinds, False
        out = self._seen("entered", raw)
        counts = {k: v for k, v in state.counts.items() if k != "all_ships" or len(state.counts) == 1}
        flags = (
            ()
            if counts.get("coast_guard_ships", 0) in (0, len(state.hulls)) or not state.hulls
            else ("count_differs_from_hulls",)
        )
        for metric, value in counts.items():
            for zone in self._zones():
                out.append(self._bulletin(metric, Unit.VESSELS, value, zone, self._day(), self._day(), "derived", flags))
        return out

    def _leave(self, f: Found, after: list[Found], raw: str) -> Given:
        state = self.state
        if f["kind"]:
            state.kinds = _kinds(f["kind"])
        self._look_ahead(after, raw)
        if not state.timed or not state.kinds:
            return []
        state.timed = False
        return self._seen("left", raw)

    def _look_ahead(self, after: list[Found], raw: str) -> None:
        """Time, day and side that follow the verb, where none went before it."""
        timed, sided = self.state.timed, bool(self.state.wind)
        if not timed:
            self.state.minute = None
        for g in after:
            if g.name in ("enter", "leave", "place"):
                return
            if (g.name in ("time", "day") and not timed) or (g.name == "side" and not sided):
                self.used.add(id(g))
                self._take(g, [], raw)

    def _side(self, f: Found) -> None:
        wind = WIND_OF.get(f["wind"]) or english_wind(f["wind"])
        several = f["second"] or re.search("[及與和]", f["place"])  # which ship came from where is not said
        self.state.place, self.state.wind = ("", "") if several else (f["place"], wind)

    def _seen(self, crossing: str, raw: str) -> Given:
        groups: list[tuple[str, ...]] = [(h,) for h in self.state.hulls] or [()]
        return [self._sighting(h, zone, crossing, raw) for zone in self._zones() for h in groups]

    def _position(self, f: Found, after: list[Found], raw: str) -> Given:
        state = self.state
        timed = state.timed
        self._look_ahead(after, raw)
        wind = (WIND_OF.get(f["wind"]) or english_wind(f["wind"])) if f["wind"] else ""
        state.place, state.wind = f["place"], wind
        if f["to"]:  # from so many to so many miles: no one position
            return []
        km = round(float(f["nm"]) * NAUTICAL_MILE_KM, 3)
        start = self.places.position_of(f["place"])
        lon_deg, lat_deg = point_from(start, wind, km) if start and wind else (None, None)
        groups: list[tuple[str, ...]] = [(h,) for h in state.hulls] or [()]
        out: Given = [self._sighting(h, "", "", raw, km, lon_deg, lat_deg) for h in groups]
        state.timed = timed  # a time that follows the position is the position's own
        return out

    def _totals(self, f: Found) -> Given:
        state = self.state
        kinds = _kinds(f["kind"]) if f["kind"] else state.kinds
        zones = [f"{state.island}-{k}-water@tw" for k in kinds] if state.island else []
        if not zones:
            raise Unclear("it is not said for which waters")
        unit = {"voyages": Unit.VOYAGES, "entries": Unit.SHIP_ENTRIES}.get(f.name, Unit.INCIDENTS)
        metric = {"voyages": "coast_guard_voyages", "entries": "ship_entries"}.get(f.name, "incursions")
        if state.window is not None and f.name != "nth":
            start, last, basis = *state.window, "stated"
        elif state.year:
            last = self._day()
            start, basis = date(last.year, 1, 1), "derived"
        else:
            raise Unclear("it is not said since when")
        return [self._bulletin(metric, unit, whole(f["n"]), ";".join(zones), start, last, basis)]

    def _months(self, f: Found) -> tuple[date, date]:
        def year(words: str, default: int) -> int:
            if words.startswith("2"):
                return int(words[:4])
            return default - 1 if words == "去年" else default

        published = self.source.published
        if published is None and not (f["from_year"] + f["to_year"]).startswith("2"):
            raise Unclear("the year is not known")
        this = published.year if published else 0
        to_year = year(f["to_year"], this)
        from_year = year(f["from_year"], to_year)
        first, last = (month_number(f[g + "_name"]) if f[g + "_name"] else whole(f[g]) for g in ("from", "to"))
        try:
            window = date(from_year, first, 1), date(to_year + last // 12, last % 12 + 1, 1) - ONE_DAY
        except ValueError:
            raise Unclear(f"{f.match[0]!r} are no months") from None
        if window[0] > window[1]:
            raise Unclear("the months end before they begin")
        return window

    def _zones(self) -> list[str]:
        if not self.state.island:
            raise Unclear("it is not said round which island the waters are")
        return [f"{self.state.island}-{kind}-water@tw" for kind in self.state.kinds]

    def _day(self) -> date:
        if self.state.day is None:
            raise Unclear("no day is known")
        return self.state.day

    def _sighting(
        self,
        hulls: tuple[str, ...],
        zone: str,
        crossing: str,
        raw: str,
        km: float | None = None,
        lon_deg: float | None = None,
        lat_deg: float | None = None,
    ) -> Sighting:
        state = self.state
        return Sighting(
            office=OFFICE,
            start_day=self._day(),
            end_day=None,
            t_utc=None if state.minute is None else _at(self._day(), state.minute),
            hulls=hulls,
            ship_class="",
            country="cn",
            reference_place=state.place if crossing != "left" else "",
            bearing=of_eight(state.wind) if crossing != "left" else "",
            distance_km=km,
            lat_deg=lat_deg,
            lon_deg=lon_deg,
            gate_id="",
            direction="",
            restated=False,
            zone_id=zone,
            text_sha256=self.source.sha256,
            source=self.source.url,
            sentence=raw,
            crossing=crossing,
        )

    def _bulletin(
        self, metric: str, unit: Unit, value: float, area: str, start: date, last: date, basis: str, flags: tuple[str, ...] = ()
    ) -> Bulletin:
        return Bulletin(
            office=OFFICE,
            window_start_utc=_at(start, 0),
            window_end_utc=_at(last + ONE_DAY, 0),
            window_basis=basis,
            metric=metric,
            unit=unit,
            value=value,
            area=area,
            text_sha256=self.source.sha256,
            source=self.source.url,
            published_on=self.source.published,
            flags=flags,
        )


def _count(f: Found) -> int:
    return whole(f["n"] or f["n2"] or f["n3"])


def _minute(f: Found) -> int | None:
    if f["vague"]:
        return None
    return 12 * 60 if f["noon"] else clock_of(f, "t")


def _kinds(words: str) -> tuple[str, ...]:
    named = (("restricted", ("限", "restricted")), ("prohibited", ("禁", "prohibited")))
    return tuple(kind for kind, marks in named if any(mark in words.lower() for mark in marks))


def _at(day: date, minute: int) -> datetime:
    try:
        return (datetime.combine(day, time(), TAIPEI) + timedelta(minutes=minute)).astimezone(UTC)
    except OverflowError:
        raise Unclear(f"{day} is out of the calendar") from None
