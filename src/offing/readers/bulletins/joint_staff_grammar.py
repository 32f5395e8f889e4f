"""The grammar of the Joint Staff's sentences: a sentence becomes clauses, or nothing.

A sentence is read as a row of phrases (when, who, where, whither, what) that must cover it to its last character. Each
predicate closes a clause; a predicate before a noun says something of that noun (同海域を北東進する...駆逐艦).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from offing.readers.bulletins.japanese import WIND, WIND_OF, DayWords, clock_at, day_at
from offing.readers.bulletins.joint_staff_crafts import Party, parties_at
from offing.readers.bulletins.joint_staff_places import Area, areas_at


@dataclass(frozen=True)
class When:
    """Days and a time of day as written."""

    days: tuple[DayWords, ...] = ()
    until: DayWords | None = None
    clock_min: int | None = None  # minutes after midnight
    background: bool = False  # 'after that of ...': the days of an earlier text
    open_ended: bool = False  # since that day, and not until when
    period: bool = False  # 当該期間: the span named before


@dataclass
class Clause:
    """One predicate with what belongs to it."""

    who: Party | None = None
    among: Party | None = None
    whose: Party | None = None  # joined by, or flown from
    when: list[When] = field(default_factory=list)
    areas: list[tuple[tuple[Area, ...], str]] = field(default_factory=list)  # areas and their particle
    wind: str = ""
    verb: str = ""
    words: list[str] = field(default_factory=list)
    segment: int = 0  # parts of a sentence that say of several parties that each is the same as one of an earlier text


@dataclass(frozen=True)
class Sentence:
    """A sentence wholly read. `end`: confirmed, same (as one of an earlier text), item (of a list)."""

    clauses: tuple[Clause, ...]
    end: str
    below: bool  # what it speaks of follows as a list or table


@dataclass(frozen=True)
class _Token:
    kind: str
    value: Any = None
    more: str = ""  # the particle of areas, the wind of a predicate, how a sentence ends
    said: bool = False  # a predicate before the noun that it is said of


_JOINER = (
    "その(?:後|際|間)|(?:この|これらの)うち|また|さらに|更に(?!は)|なお|次いで|続いて|加えて|このほか|その他|一方|引き続き|既に"
    "|一時(?:的に)?|再び|再度|それぞれ|いずれも|相互に|単独で|共に|ともに|順次|複数回|繰り返し|主に|同時に|同じく|直ちに"
    "|(?:以下|下記)の(?:とおり|通り)|(?:南北|東西)に|隊列を組んで|編隊で|反?時計回りに|同(?:じ|様の)?経路で|長距離にわたり"
    "|[0-9]+(?:度|回)にわたり|浮上して|(?:潜没|浮上)したまま"
)
_OURS = "(?:防衛省・自衛隊|防衛省|海上自衛隊|航空自衛隊|自衛隊)(?:の?(?:艦艇|航空機|哨戒機)?(?:及び(?:艦艇|航空機))?)?は、?"
_UNIT = "の?[^。「」、はが0-9]{0,3}[0-9]*[^。「」、はが]{0,16}?所属「[^」]{1,12}」(?:\\([^()]{1,8}\\))?"
_CONNECTIVE = re.compile(
    f"(?:{_JOINER})、?|{_OURS}|海上自衛隊{_UNIT}(?:(?:、|及び|並びに)(?:海上自衛隊)?{_UNIT})*(?:は|が)、?|\\(既公表\\)"
)
_SUBJECT = re.compile("(?:が、?|は、?|も、?|については、?|に関しては、?)")
_AMONG = re.compile("のうち、?")
_WITH = re.compile("(?:ととも?共?に、?|と、?(?=[合並編共])|を伴い、?|を伴って、?|に随伴して、?)")
_DECK = re.compile("(?:に|へ|から)(?=[着発離])")
_SEEN = re.compile(
    "を(?P<more>、(?=また、)|(?:それぞれ)?確認(?:し、|したほか、|した後、|するとともに、))"
    "|を(?:それぞれ)?確認(?:した|しました)(?:。|(?=これら?に対し|$))"
)
_CASE = re.compile(
    "(?P<at>(?:の(?:海域|空域))?において(?:は|も)?、?|で(?:は|も)?、?|にて、?)"
    "|(?P<along>付近を|に沿って|に沿うように|沿いを)、?"
    "|(?P<through>を)、?"
    "|(?P<to>(?:方面)?(?:へ|に)(?:向けて?|向かって|向かい)、?|(?:方面)?へと?、?|まで(?:の間を?)?、?"
    "|にかけての?(?:長距離にわたる)?、?|に(?=進出|至|到達|抜け|戻))"
    "|(?P<into>に、?)"
    "|(?P<from>から(?:は)?、?|より、?|を経由?し?て?、)"
)
_AND = re.compile("(?:、|及び|並びに|更には|さらには|や|かつ)+")
_WINDWARD = re.compile(f"(?P<wind>{WIND})(?:の?方向|方面)?(?:に|へ)(?:(?:向けて?|向かって|針路を(?:とり|変え))、?)?")
_WORKS = "(?:訓練|射撃|飛行|航行|補給|運動|活動|演習|作業|発着艦)"
_WORK = re.compile(f"(?P<work>(?:[^。「」をしてで]|を含む)*?{_WORKS})を(?P<do>実施|行)")
_VERB = re.compile(
    f"(?:(?P<wind>{WIND})(?:方向?に|方向?へ)?(?:進|上|下|航)"
    "|(?P<noun>旋回飛行|共同飛行|編隊飛行|浮上航行|潜没航行|航行|通過|通峡|進出|遊弋|反転|変針|旋回|飛行|合流|分離|停泊|漂泊|錨泊|停船"
    "|入域|出域|侵入|進入|侵犯|飛来|着艦|発艦|確認|公表|浮上|潜没|横断|周回|往復|活動|展開|行動|到達|接近|離脱)"
    "|(?P<yodan>至|向か|抜け|出|入|戻))"
)
_FORM = {
    "suru": re.compile(
        "(?P<chain>し、|した(?:後|のち)に?、?|して、|して(?![いお])|しており、?|しつつ、?|しながら、?|し(?![たてつなま])"
        "|され、|された(?:後|のち)に?、?|され(?![たてる])|後に?、?)"
        "|(?P<attr>している|していた|しました|した|する|されている|されていた|された|される)"
    ),
    "行": re.compile(
        "(?P<chain>い、|って(?!い)、?|った(?:後|のち)に?、?|いつつ、?)|(?P<attr>っている|っていた|った|いました|う)"
    ),
    "yodan": re.compile(
        "(?P<chain>(?:り|い|って(?!い)|て(?!い)|った後|た後|ってから)、?|、)|(?P<attr>っている|っていた|った|ている|た|る|う)"
    ),
}
_SEEN_BARE = re.compile("を確認(?:した|しました)(?:。|$)")
_BOUND = (
    r"(?=\([0-9]{1,2}\)|また、|なお、|その後|さらに、|防衛省・自衛隊|海上自衛隊|航空自衛隊|これら?に対し|※|統合幕僚監部|https?:"
    r"|\(問合せ先\)|$)"
)
_ITEM_END = re.compile(f"。?{_BOUND}|。")
_LINK = re.compile(
    "(?P<sub>際(?:に(?:も|は)?|、)、?|まで(?:の間)?(?:に)?、?|ほか、?|とともに、?|一方(?:で)?、?|ものの、?|ところ、?)"
    "|(?P<said>(?:こと|の)(?:を|が)(?:それぞれ)?確認(?:し、|したほか、|されたほか、|した後、|するとともに、)|ことに加え(?:て)?、)"
    "|(?P<and_same>ものと、?(?!それぞれ|いずれも|同一|みられ|推定|考え))"
)
_STOP = "(?:。|$)"
_SEEN_SO = "(?:それぞれ)?確認(?:した|しました|された|されました|している)"
_SAME = "同一(?:の(?:もの|艦艇|船舶|航空機|機体))?(?:である|です)"
_END = re.compile(
    f"(?P<confirmed>(?:こと|の|ところ)(?:を|が){_SEEN_SO}(?:。|(?=これら?に対し|防衛省・自衛隊|$)))"
    f"|(?P<same>(?:もの|艦艇)と、?(?:(?:それぞれ|いずれも)、?)?{_SAME}{_STOP}|もの(?:である|です){_STOP})"
    f"|(?P<after>(?:こと|の)を確認(?:した)?ため、(?:(?!確認)[^。])*(?:緊急発進|対応)[^。]*{_STOP})"
    f"|(?P<plain>(?:もの)?と(?:みられる|推定される|考えられる){_STOP}|。)"
)
_HALF = "(?:午前|午後|未明|早朝|明け方|朝|昼|日中|夕方|夕刻|夜間|夜|深夜)(?:中)?"
_PART = re.compile(f"{_HALF}(?:から(?:翌日の?)?{_HALF}(?:にかけ(?:て)?)?)?")
_PERIOD = re.compile("(?P<period>(?:当該|同|上記)期間)(?:中)?(?:に|において)?、?|(?:ほぼ)?同時刻(?:頃)?(?:に)?、?")
_SINCE = re.compile("から|以降、?")
_AND_DAY = re.compile("、?(?:及び|並びに)|、")
_MINUTES = re.compile("から同?[0-9]{1,2}分頃?")
_AFTER_WHEN = re.compile(
    "(?:頃)?(?:の?(?:日中|午前中?|午後|夜間|夜))?(?:(?P<background>に引き続き)、?|(?P<open>以降)、?|にかけて?、?|までの間に?、?"
    "|の間に?、?|までに?、?|に(?:は|も)?、?|において、?|、)?"
)


def sentence_at(text: str, i: int, listed: bool) -> tuple[Sentence, int] | None:
    """The sentence at `i` and where it ends; `listed`: an item of a list may stand there too. None: it is not understood."""
    if (row := _Row(text, listed).read(i)) is None:
        return None
    tokens, end = row
    clauses, below = _clauses(tokens)
    return Sentence(tuple(clauses), tokens[-1].more, below), end


@lru_cache(maxsize=8192)
def when_at(text: str, i: int) -> tuple[When, int] | None:
    """The days and time of day written at `i`, and where they end with their particle."""
    if m := _PERIOD.match(text, i):
        return When(period=bool(m["period"])), m.end()
    found = day_at(text, i)
    days, until, j = ([found[0]], None, found[1]) if found else ([], None, i)
    clock = clock_at(text, j)
    part = None if clock else _PART.match(text, j)
    if not (found or clock or part):
        return None
    half = "午後" if text.startswith("午後", j) else "午前"
    j = clock[1] if clock else part.end() if part else j
    while found:
        if (m := _SINCE.match(text, j)) and (more := day_at(text, m.end())):
            until, j = more
            again, dusk = clock_at(text, j, half), _PART.match(text, j)
            j = again[1] if again else dusk.end() if dusk else j
        elif (m := _AND_DAY.match(text, j)) and (more := day_at(text, m.end())):
            days, j = [*days, more[0]], more[1]
        else:
            break
    if text.startswith("から", j) and (again := clock_at(text, j + 2, half)):
        j = again[1]
    elif clock and (m := _MINUTES.match(text, j)):
        j = m.end()
    background = open_ended = False
    if m := _AFTER_WHEN.match(text, j):
        background, open_ended, j = bool(m["background"]), bool(m["open"]), m.end()
    return When(tuple(days), until, clock[0] if clock else None, background, open_ended), j


class _Row:
    """A search for a row of tokens from one place to the end of the sentence: the first reading that comes out whole."""

    def __init__(self, text: str, listed: bool) -> None:
        self.text = text
        self.listed = listed
        self.hopeless: set[tuple[int, str]] = set()

    def read(self, i: int) -> tuple[list[_Token], int] | None:
        """Depth first, without recursion: a long sentence is no deeper than a short one."""
        stack = [self._next(i, "start")]
        where = [(i, "start")]
        tokens: list[_Token] = []
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                self.hopeless.add(where.pop())
                del tokens[-1:]
                continue
            token, end, state = step
            if state == "end":
                return [*tokens, token], end
            if (end, state) not in self.hopeless:
                tokens.append(token)
                stack.append(self._next(end, state))
                where.append((end, state))
        return None

    def _next(self, i: int, state: str) -> Iterator[tuple[_Token, int, str]]:
        """What may follow: at the start of a phrase, between a predicate and its noun (said), after a bare predicate (noun)."""
        text = self.text
        if state == "noun":
            if self.listed and (m := _ITEM_END.match(text, i)):
                yield _Token("end", more="item"), m.end(), "end"
            if m := _SEEN_BARE.match(text, i):
                yield _Token("end", more="confirmed"), m.end(), "end"
            return
        if state == "said":
            if m := _END.match(text, i):
                yield _Token("end", more="same" if m.lastgroup == "same" else "confirmed"), m.end(), "end"
            if m := _LINK.match(text, i):
                yield _Token("link", more=m.lastgroup or ""), m.end(), "start"
        if m := _CONNECTIVE.match(text, i):
            yield _Token("word", m[0]), m.end(), state
        yield from self._party(i)
        if state == "start":
            if when := when_at(text, i):
                yield _Token("when", when[0]), when[1], "start"
            yield from self._place(i)

    def _party(self, i: int) -> Iterator[tuple[_Token, int, str]]:
        text = self.text
        for party, end in parties_at(text, i):
            if m := _SEEN.match(text, end):
                yield _Token("seen", party, "" if m["more"] else "confirmed"), m.end(), "start" if m["more"] else "end"
            for kind, pattern in (("among", _AMONG), ("with", _WITH), ("with", _DECK), ("who", _SUBJECT)):
                if m := pattern.match(text, end):
                    yield _Token(kind, party), m.end(), "start"
            cut = end == len(text) and not any(c.hull for c in party.crafts[-1:])  # perhaps before the hull number
            if self.listed and not cut and (m := _ITEM_END.match(text, end)):
                yield _Token("seen", party, "item"), m.end(), "end"

    def _place(self, i: int) -> Iterator[tuple[_Token, int, str]]:
        text = self.text
        if m := _WINDWARD.match(text, i):
            yield _Token("wind", WIND_OF[m["wind"]]), m.end(), "start"
        for areas, end in self._joined(i):
            if m := _CASE.match(text, end):
                yield _Token("areas", areas, m.lastgroup or ""), m.end(), "start"
        if m := _WORK.match(text, i):
            yield from self._ending(_Token("verb", m["work"]), _FORM["行" if m["do"] == "行" else "suru"], m.end())
        if m := _VERB.match(text, i):
            verb = _Token("verb", m["noun"] or m["yodan"] or "進", WIND_OF[m["wind"]] if m["wind"] else "")
            yield from self._ending(verb, _FORM["yodan" if m["yodan"] else "suru"], m.end())

    def _ending(self, verb: _Token, forms: re.Pattern[str], i: int) -> Iterator[tuple[_Token, int, str]]:
        m = forms.match(self.text, i)
        if m and m["attr"]:
            yield replace(verb, said=True), m.end(), "said"
        elif m:
            yield verb, m.end(), "start"
        else:
            yield verb, i, "noun"

    def _joined(self, i: int) -> Iterator[tuple[tuple[Area, ...], int]]:
        """Areas joined by 及び, the longest row first."""
        for areas, end in areas_at(self.text, i):
            if m := _AND.match(self.text, end):
                for more, last in self._joined(m.end()):
                    yield (*areas, *more), last
            yield areas, end


def _clauses(tokens: list[_Token]) -> tuple[list[Clause], bool]:
    clauses: list[Clause] = []
    now, below, said = Clause(), False, False
    for t in tokens:
        if t.kind == "word":
            now.words.append(t.value)
            below |= "以下" in t.value or "下記" in t.value
            continue
        if t.kind == "when":
            now.when.append(t.value)
        elif t.kind == "areas":
            now.areas.append((t.value, t.more))
        elif t.kind == "wind":
            now.wind = t.value
        elif t.kind == "among":
            now.among = t.value
        elif t.kind == "with":
            now.whose = t.value
        elif t.kind in ("who", "seen"):
            below |= t.value.word == "below"
            if said:
                clauses[-1].who = t.value
            if t.kind == "who":
                now.who = t.value
            elif not said:
                now.who, now.verb = t.value, "確認"
        elif t.kind == "verb":
            now.verb, now.wind = t.value, t.more or now.wind
        elif t.more == "and_same":
            now.segment += 1
        if now.verb:
            clauses.append(now)
            now = Clause(segment=now.segment)
        said = t.said
    return clauses, below
