"""What a text tells, sentence after sentence: who 'these ships' are, which day it is, where each leg lies."""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from offing.model.bulletin import Places, Sighting
from offing.readers.bulletins.japanese import JST_H, Calendar, day_at
from offing.readers.bulletins.joint_staff_crafts import Craft, Party, same_craft
from offing.readers.bulletins.joint_staff_grammar import Clause, Sentence, When
from offing.readers.bulletins.joint_staff_places import Area, gate_of, position_of
from offing.readers.bulletins.moments import Unclear
from offing.readers.bulletins.winds import of_eight

Crafts = tuple[Craft, ...]
Span = tuple[date, date | None]  # first day, last day where it is another

_INTO = ("入域", "侵入", "進入", "入", "到達", "位置", "侵犯")
_OUT_OF = ("出域", "離脱", "出")
_TURNS = ("反転", "変針", *_OUT_OF)  # the heading that follows is of this leg
_SAME_PLACE = ("同島", "同岬", "同諸島", "同列島", "同群島")
_STAYS = ("確認", "遊弋", "停泊", "漂泊", "錨泊", "停船", "公表", "旋回", "旋回飛行")


@dataclass(frozen=True)
class Leg:
    """One piece of a route."""

    crafts: Crafts
    area: Area | None
    wind: str
    verb: str
    days: Span
    t_utc: datetime | None
    restated: bool
    passing: bool  # through the area, not in it


@dataclass
class Story:
    """State of the telling. What leans on a sentence that was not understood is refused: `lose` says that there was one."""

    places: Places
    calendar: Calendar
    country: str  # of the title, where it names one
    groups: tuple[Crafts, ...] = ()  # as they were brought in
    waiting: Crafts = ()  # brought in since the last sentence about 'these'
    unnoted: Crafts = ()  # brought in since the last note on an earlier text
    subject: Crafts = ()
    days: Span | None = None
    span: Span | None = None  # the last one stated, for 'that period'
    area: Area | None = None
    listing: tuple[bool, Crafts] | None = None  # items follow: restated, and of whom
    flown: tuple[tuple[Craft, Span], ...] = ()  # aircraft, on the days when they are first named
    lost: bool = False  # crafts, perhaps: 'these' may be others
    last_lost: bool = False  # and since then none was brought in: 'this' may be another
    adrift: bool = False  # 'that day' and 'that area' may be others

    @property
    def known(self) -> Crafts:
        """All crafts named so far."""
        return tuple(c for g in self.groups for c in g)

    def copy(self) -> Story:
        """A story that can be told further without this one."""
        return replace(self, calendar=copy.copy(self.calendar))

    def lose(self, sentence: str) -> None:
        """A sentence was not understood: what may lean on it is refused."""
        if re.search("番号|級|[0-9](?:隻|機)", sentence):
            self.lost = self.last_lost = True
        self.adrift = True
        for i in range(len(sentence)):
            if found := day_at(sentence, i):
                with contextlib.suppress(Unclear):
                    self.calendar.settle(found[0])

    def tell_row(self, when: When, areas: Sequence[Area], party: Party) -> list[Leg]:
        """The legs of one row of a table of positions. Raises as `tell` does."""
        clause = Clause(who=party, when=[when], areas=[(tuple(areas), "at")], verb="確認")
        return self.tell(Sentence((clause,), "item", below=False))

    def settle(self, when: When) -> Span | None:
        """The days of a phrase; None where it names none. Raises `Unclear`."""
        if when.period:
            return self.span
        named = [self.calendar.settle(d) for d in when.days]
        if when.until:
            named.append(self.calendar.settle(when.until))
        if not named:
            return None
        if named != sorted(named):
            raise Unclear("its days run backwards")
        span = (named[0], named[-1] if named[-1] != named[0] else None)
        if span[1] is not None and not when.background:
            self.span = span
        return span

    def who(self, party: Party, note: bool, here: Crafts = ()) -> Crafts:
        """The crafts meant; `here`: those that the same sentence spoke of before. Raises `Unclear`."""
        if party.fault:
            raise Unclear(party.fault)
        if party.word in ("", "below"):
            return self._named(party)
        if party.word == "force":
            return self._fitting(party, [self.known])
        if party.word == "these":
            if self.lost and party.count is None:
                raise Unclear("it leans on a sentence that was not understood")
            likely = (self.unnoted, self.known) if note else (self.waiting + here, self.subject)
            return self._fitting(party, [*likely, self.subject, here, self.known])
        if self.last_lost and not here:
            raise Unclear("it leans on a sentence that was not understood")
        return self._fitting(party, [here, self.subject, *self.groups[::-1], self.known])

    def _named(self, party: Party) -> Crafts:
        out: list[Craft] = []
        for craft in party.crafts:
            old = [k for k in self.known if same_craft(craft, k)]
            bare = not craft.hull and not party.counted
            if bare and not old and craft.aircraft:
                raise Unclear("it names aircraft without a number")
            found = old if old and (bare or craft.hull) else [replace(craft, country=craft.country or self.country)]
            out += [k for k in found if k not in out]
        return tuple(out)

    def _fitting(self, party: Party, sets: Iterable[Crafts]) -> Crafts:
        """The first set that has a craft of the kind, and as many as stated."""
        for crafts in sets:
            fit = tuple(c for c in crafts if _is(c, party))
            if fit and party.count in (None, sum(c.number for c in fit)):
                return fit
        raise Unclear(f"it speaks of {party.count or 'crafts'} that were not named before")

    def tell(self, sentence: Sentence) -> list[Leg]:
        """The legs of a sentence in their order. Raises `Unclear`; the story is then not to be told further."""
        item = sentence.end == "item" and self.listing
        said = any(c.verb == "公表" or "(既公表)" in c.words for c in sentence.clauses)
        note = sentence.end == "same" or said or bool(item and item[0])
        days = self.days if item or not note else None
        legs: list[Leg] = []
        whose, introduced = self._subjects(sentence, note, item[1] if item else ())
        segment = 0
        for clause, crafts in zip(sentence.clauses, whose, strict=True):
            span, clock_min = self._when(clause)
            days = span or (days if clause.segment == segment else None)
            segment = clause.segment
            legs += self._legs(clause, crafts, days, clock_min, note, legs)
        if item or not note:
            self.days = days
        if not note:
            self._remember(introduced, whose)
            self.flown += tuple((c, days) for c in introduced if c.aircraft and days)
            self.adrift &= not (legs and sentence.clauses[0].when)
        elif not item:
            self.unnoted = ()
        if sentence.below:
            self.listing = (note, whose[-1])
            return []
        if legs and any(when.open_ended for clause in sentence.clauses for when in clause.when):
            raise Unclear("it does not say until when")
        self.listing = self.listing if item else None
        return legs

    def _subjects(self, sentence: Sentence, note: bool, subject: Crafts) -> tuple[list[Crafts], Crafts]:
        """Of whom each clause speaks: its own subject, else that of the clause before, else of the next; and who is new."""
        out: list[Crafts] = []
        introduced: Crafts = ()
        meant: dict[int, Crafts] = {}  # a party may be the subject of two clauses
        for clause in sentence.clauses:
            if clause.among:
                self.who(clause.among, note)
            for party in (clause.who, clause.whose if clause.verb == "合流" else None):
                if party and id(party) not in meant:
                    crafts = meant[id(party)] = self.who(party, note, introduced or subject)
                    flown = party.counted and any(c.aircraft for c in crafts)
                    introduced += tuple(c for c in crafts if flown or c not in (*introduced, *self.known))
            named = meant[id(clause.who)] if clause.who else ()
            with_them = meant.get(id(clause.whose), ())
            subject = (named or subject) + tuple(c for c in with_them if c not in (named or subject))
            out.append(subject)
        later = () if sentence.end == "item" else self.subject  # items speak of whom the list speaks, or name them
        for n in range(len(out) - 1, -1, -1):
            later = out[n] = out[n] or later
        return out, introduced

    def _remember(self, introduced: Crafts, whose: list[Crafts]) -> None:
        if introduced:
            self.groups += (introduced,)
            self.last_lost = False
            self.waiting += introduced
            self.unnoted += introduced
        elif whose:
            self.waiting = ()
        self.subject = whose[-1] or self.subject

    def _when(self, clause: Clause) -> tuple[Span | None, int | None]:
        span, clock_min = None, None
        for when in clause.when:
            settled = self.settle(when)
            if when.background:
                continue
            if settled and span:
                raise Unclear("it names two times for one thing")
            span = settled or span
            clock_min = when.clock_min if when.clock_min is not None else clock_min
        return span, clock_min

    def _legs(
        self, clause: Clause, crafts: Crafts, days: Span | None, clock_min: int | None, note: bool, before: list[Leg]
    ) -> list[Leg]:
        if clause.verb == "公表":
            return []
        seen = self._places(clause)
        if not seen and not clause.wind:
            return []
        if not crafts:
            raise Unclear("it does not say of whom it speaks")
        if not seen and before and before[-1].verb in _TURNS and not before[-1].wind:
            before[-1] = replace(before[-1], wind=clause.wind)
            return []
        if days is None or (self.adrift and not clause.when and not before and not note):
            raise Unclear("no day is named for it")
        t_utc = None
        if clock_min is not None and days[1] is None:
            midnight = datetime.combine(days[0], time(), UTC) - timedelta(hours=JST_H)
            t_utc = midnight + timedelta(minutes=clock_min)
        moving = clause.verb not in _STAYS
        where: list[tuple[Area | None, bool]] = [*seen] or [(None, False)]
        return [
            Leg(crafts, area, clause.wind, clause.verb, days, t_utc if n == 0 else None, note, through and moving)
            for n, (area, through) in enumerate(where)
        ]

    def _places(self, clause: Clause) -> list[tuple[Area, bool]]:
        """The areas where something happens, and whether it leads through them; 'same' ones are those named before."""
        seen: list[tuple[Area, bool]] = []
        for areas, particle in clause.areas:
            for area, through in self._stated(areas, particle, clause.verb):
                last = seen[-1][0] if seen else None if self.adrift else self.area
                if (area.same or area.name in _SAME_PLACE) and (last is None or (area.same and area.name and not last.keys)):
                    raise Unclear("it speaks of an area that was not named before")
                if area.same:
                    seen[-1:] = [(last or area, through)]
                elif last and area.name in _SAME_PLACE:
                    seen.append((replace(area, name=last.name), through))
                else:
                    seen.append((area, through))
        if seen:
            self.area = seen[-1][0]
        return seen

    @staticmethod
    def _stated(areas: Sequence[Area], particle: str, verb: str) -> list[tuple[Area, bool]]:
        """Areas where something happens, and whether it leads through them; whence and whither are left out."""
        if particle in ("at", "through"):
            return [(a, particle == "through") for a in areas]
        if particle == "along":
            return [(replace(a, zone_id="", keys=()), False) for a in areas if a.name]
        here = (particle == "into" and verb in (*_INTO, "確認")) or (particle == "from" and verb in _OUT_OF)
        return [(a, False) for a in areas] if here else []


def _is(craft: Craft, party: Party) -> bool:
    if party.country and craft.country and craft.country != party.country:
        return False
    noun = party.noun
    if noun in ("", "艦艇", "艦船", "船舶", "艦", "船", "隻"):
        return not craft.aircraft
    if noun in ("機", "軍機", "航空機"):
        return craft.aircraft
    return noun in craft.kind


def _crossing(leg: Leg) -> str:
    return "entered" if leg.verb in _INTO else "left" if leg.verb in _OUT_OF else ""


def sightings(legs: Iterable[Leg], places: Places, office: str, sha256: str, source: str, sentence: str) -> list[Sighting]:
    """One row per leg and hull; ships without a hull number, and aircraft, one row per leg and class."""
    rows = []
    for leg in legs:
        area = leg.area or Area()
        gate = gate_of(area, places) if leg.passing else ""
        at = position_of(area, places)
        for craft in leg.crafts:
            rows.append(
                Sighting(
                    office=office,
                    start_day=leg.days[0],
                    end_day=leg.days[1],
                    t_utc=leg.t_utc,
                    hulls=(craft.hull,) if craft.hull else (),
                    ship_class=craft.kind,
                    country=craft.country,
                    reference_place=area.name,
                    bearing=of_eight(area.wind),
                    distance_km=area.distance_km,
                    lat_deg=at[1] if at else None,
                    lon_deg=at[0] if at else None,
                    gate_id=gate,
                    direction=of_eight(leg.wind),
                    restated=leg.restated,
                    zone_id=area.zone_id,
                    text_sha256=sha256,
                    source=source,
                    sentence=sentence,
                    crossing=_crossing(leg) if area.zone_id else "",
                )
            )
    return rows
