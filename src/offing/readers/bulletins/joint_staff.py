"""Press texts of Japan's Joint Staff on Chinese and Russian ships and aircraft, sentence by sentence.

docs/method/joint-staff.md says what is understood. A sentence either is understood wholly or is among the rejects.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from offing.model.bulletin import Bulletin, NotUnderstood, Parsed, Places, Sighting, SourceText
from offing.model.units import Unit
from offing.readers.bulletins.japanese import JST_H, Calendar, header_day, mended
from offing.readers.bulletins.joint_staff_counts import DECK_METRICS, DeckCounts, deck_at, plain_at, rows_at
from offing.readers.bulletins.joint_staff_crafts import COUNTRIES, Craft, parties_at
from offing.readers.bulletins.joint_staff_grammar import sentence_at
from offing.readers.bulletins.joint_staff_places import gate_of
from offing.readers.bulletins.joint_staff_story import Leg, Span, Story, sightings
from offing.readers.bulletins.moments import Unclear

OFFICE = "jp-joint-staff"

_HEADING = re.compile(
    r"令和(?:元|[0-9]{1,2})(?:\([0-9]{4}\))?年[0-9]{1,2}月[0-9]{1,2}日(?![(0-9午にか、頃及])"
    r"|統合幕僚監部(?!報道|は)|防衛省(?![・は])|\((?:お知らせ|別紙|別添|参考)[0-9]?\)"
    r"|[一-龥ァ-ヴーⅠ-Ⅻ「」()0-9]{0,40}の(?:行動概要及び)?(?:発着艦の(?:回数|実績)等?|行動概要等?)(?![はにを及])"
    r"|(?P<title>[^。、「」0-9()]{0,40}?(?:動向|活動|飛行|航行|通過)等?について)"
    r"(?![、はもの])"
)
_FOOT = re.compile(r"統合幕僚監部報道発表資料(?:https?://[!-~]*?js/?)?|https?://www\.mod\.go\.jp/js/?")
_MARK = re.compile(r"\([0-9]{1,2}\)|・|○|●")
_STARTS = re.compile(
    "令和[0-9]|また、|なお、|その後、|さらに、|海上自衛隊は、|航空自衛隊は、|防衛省・自衛隊は、|これら?に対し|これにより、|※"
)
_CAPTION = re.compile(
    r"行動概要|[0-9]{1,2}[/.][0-9]{1,2}(?:~[0-9]{1,2}[/.][0-9]{1,2})?|:?(?:今回公表|既公表)|:|\((?:既公表|写真[^()]*|推定)\)"
    r"|遊弋海域|射撃実施位置|飛行経路|(?:中国|ロシア)(?:及び(?:中国|ロシア))?(?:海軍)?(?:艦艇|空母|機|軍機)(?:「[^」]*」の動き)?"
    r"|[0-9]+隻|及び|、"
)
_LABEL = re.compile("[一-龥ァ-ヴー]{1,8}")


def parse(source: SourceText, places: Places) -> Parsed:
    """Bulletins, sightings and the sentences not understood of one text. Never raises on any text."""
    reading = _Reading(source, places)
    i = 0
    while i < len(reading.text):
        i = reading.next(i)
    reading.count_aircraft()
    unique = {s.sighting_id: s for s in reading.sightings}
    return Parsed(tuple(reading.bulletins), tuple(unique.values()), tuple(reading.rejects))


class _Reading:
    """One walk through one text."""

    def __init__(self, source: SourceText, places: Places) -> None:
        self.source, self.places = source, places
        self.mended = mended(source.text)
        self.text = self.mended.text
        self.published = header_day(self.text[:60]) or source.published
        self.story = Story(places, Calendar(self.published), country="")
        self.bulletins: list[Bulletin] = []
        self.sightings: list[Sighting] = []
        self.rejects: list[NotUnderstood] = []
        self.gates: dict[str, dict[str, None]] = {}  # that aircraft of a country passed, in order
        self.decks: list[Craft] = []  # carriers of the last sentence on flights
        self.item = False  # the number of an item stands before
        self.foot = False  # after the foot of a page: photographs' captions and the words of the drawing

    def next(self, i: int) -> int:
        """Read what begins at `i`; where it ends."""
        if self.text[i] == "。":
            return i + 1
        if m := _HEADING.match(self.text, i):
            if m["title"]:
                named = {code for word, code in COUNTRIES.items() if word in m["title"]}
                self.story.country = named.pop() if len(named) == 1 else ""
            return m.end()
        if m := _FOOT.match(self.text, i):
            self.foot = True
            return m.end()
        if self.foot and not _STARTS.match(self.text, i):
            return self._captions(i)
        if self.story.listing and (m := _MARK.match(self.text, i)):
            self.item = True
            return m.end()
        item = self.item
        if (end := self._understood(i)) is not None:
            return end
        if not self.foot and self._only_captions(i):
            return len(self.text)
        return self._reject(i, self._end_of(i, item), "no rule reads it to its end")

    def count_aircraft(self) -> None:
        """The aircraft of each country, as one figure for the days of the text."""
        flown: dict[str, list[tuple[Craft, Span]]] = {}
        for craft, span in self.story.flown:
            flown.setdefault(craft.country, []).append((craft, span))
        for country, crafts in flown.items():
            kinds = [c.kind for c, _ in crafts]
            spans = [span for _, span in crafts]
            doubts = {"may_count_twice": len(set(kinds)) < len(kinds), "sentence_not_understood": self.story.lost}
            self._bulletin(
                (min(s[0] for s in spans), max(s[1] or s[0] for s in spans)),
                f"{country}_aircraft" if country else "aircraft",
                Unit.SORTIES,
                float(sum(c.number for c, _ in crafts)),
                ";".join(self.gates.get(country, {})),
                tuple(flag for flag, holds in doubts.items() if holds),
                "; ".join(f"{c.kind} {c.number}" for c, _ in crafts),
            )

    def _understood(self, i: int) -> int | None:
        """Where the sentence that begins at `i` ends, its rows taken; None: no rule reads it."""
        found = sentence_at(self.text, i, self.item)
        self.item = False
        if found:
            sentence, end = found
            return self._told(i, end, lambda story: story.tell(sentence))
        last = None
        for when, areas, party, start, end in rows_at(self.text, i):
            last = self._told(start, end, partial(Story.tell_row, when=when, areas=areas, party=party))
        if last is not None:
            return last
        if deck := deck_at(self.text, i):
            return self._flights(i, *deck)
        return plain_at(self.text, i)

    def _told(self, i: int, end: int, tell: Callable[[Story], list[Leg]]) -> int:
        trial = self.story.copy()
        try:
            legs = tell(trial)
        except Unclear as exc:
            return self._reject(i, end, str(exc))
        self.story = trial
        for leg in legs:
            for craft in leg.crafts:
                if craft.aircraft and leg.passing and leg.area and (gate := gate_of(leg.area, self.places)):
                    self.gates.setdefault(craft.country, {})[gate] = None
        quote = self.mended.quote(i, end)
        self.sightings += sightings(legs, self.places, OFFICE, self.source.sha256, self._address, quote)
        return end

    def _flights(self, i: int, deck: DeckCounts, end: int) -> int:
        before = self.story.span
        try:
            spans = [[s for w in count.whens if (s := self.story.settle(w))] for count in deck.counts]
            carriers = [c for party in deck.carriers for c in self.story.who(party, note=False)]
        except Unclear as exc:
            return self._reject(i, end, str(exc))
        if deck.with_period:
            self.story.span = before
        self.decks = carriers or self.decks or [c for c in self.story.known if "空母" in c.kind]
        for count, named in zip(deck.counts, spans, strict=True):
            period = [s for s in (before or self.story.days,) if s]
            days = [*named, *period] if deck.with_period else named or period
            if not days or (len(self.decks) > 1 and len(deck.counts) > 1):
                return self._reject(i, end, "it does not say on which ship" if days else "no day is named for it")
            self._bulletin(
                (days[0][0], days[-1][1] or days[-1][0]),
                DECK_METRICS[count.kind] + ("_to_date" if deck.to_date else ""),
                Unit.TAKEOFFS_LANDINGS,
                count.value,
                ";".join(f"hull-{c.hull}" for c in dict.fromkeys(self.decks) if c.hull),
                ("parts_do_not_sum",) if deck.fault else (),
                "about" if count.about else "",
            )
        return end

    def _bulletin(
        self, days: tuple[date, date], metric: str, unit: Unit, value: float, area: str, flags: tuple[str, ...], note: str
    ) -> None:
        start, end = (datetime.combine(d, time(), UTC) - timedelta(hours=JST_H) for d in (days[0], days[1] + timedelta(days=1)))
        basis = "derived" if days[0] == days[1] else "stated"
        self.bulletins.append(
            Bulletin(
                OFFICE,
                start,
                end,
                basis,
                metric,
                unit,
                value,
                area,
                self.source.sha256,
                self._address,
                self.published,
                flags,
                note,
            )
        )

    @property
    def _address(self) -> str:
        return self.source.url or self.source.name

    def _end_of(self, i: int, item: bool) -> int:
        """Where what begins at `i` ends: after its full stop, before the foot of the page, before the next item of a list."""
        stop = self.text.find("。", i) + 1
        ends = [stop] if stop else [len(self.text)]
        for pattern in (_FOOT, _MARK, _STARTS) if item else (_FOOT,):
            if m := pattern.search(self.text, i + 1):
                ends.append(m.start())
        return min(ends)

    def _reject(self, i: int, end: int, reason: str) -> int:
        self.rejects.append(NotUnderstood(self.mended.quote(i, end), reason, self.source.name))
        self.story.lose(self.text[i:end])
        return end

    def _captions(self, i: int) -> int:
        """Words of the drawing up to the next sentence, if there is one."""
        stop = self.text.find("。", i)
        if stop < 0:
            return len(self.text)
        start = _STARTS.search(self.text, i, stop)
        if start and (page := _FOOT.search(self.text, i, start.start())):
            return page.start()
        return start.start() if start else self._reject(i, stop + 1, "no rule reads it to its end")

    def _only_captions(self, i: int) -> bool:
        """Whether all that is left is captions: ships, dates, legends, and names once the drawing has begun."""
        drawing = False
        while i < len(self.text):
            if m := _CAPTION.match(self.text, i):
                drawing |= m[0] == "行動概要"
                i = m.end()
            elif found := parties_at(self.text, i):
                i = found[-1][1]
            elif drawing and (m := _LABEL.match(self.text, i)):
                i = m.end()
            else:
                return False
        return True
