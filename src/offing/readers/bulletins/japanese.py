"""Japanese prose: broken lines and mixed widths mended, days of the Reiwa calendar, times of day, winds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from offing.readers.bulletins.moments import Unclear
from offing.readers.bulletins.winds import WINDS

JST_H = 9
"""Hours by which Japan is ahead of UTC, all year."""

WIND_OF = {w.translate(str.maketrans("NESW", "北東南西")): w for w in WINDS}
WIND_OF |= {"東北": "NE", "東南": "SE", "西南": "SW", "西北": "NW"}
"""From a compass word to its name: sixteen winds, as the texts write them."""

WIND = "(?:" + "|".join(sorted(WIND_OF, key=len, reverse=True)) + ")"

_KANA = "ァ-ヿ"
_MEND = (
    (re.compile(rf"(?<=[{_KANA}])[-‐‑‒–—―−](?=[{_KANA}])"), "ー"),
    (re.compile("[‐‑‒–—―−]"), "-"),
    (re.compile(r"(?<=[A-Za-z])ー(?=[0-9])"), "-"),
    (re.compile("[〜∼]"), "~"),
    (re.compile(r"(?<![0-9])[,，]|[,，](?![0-9])"), "、"),
    (re.compile("[×✕Xx](?=[0-9]+(?:機|隻))"), "×"),
)
"""One character for one: which of the look-alikes is meant."""

_ROMAN = re.compile(r"(?<![A-Za-z])(III|II|IV|I|V)(?=級|[ァ-ヴ])")
_ROMAN_OF = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}
_CLUSTER = re.compile(r"-{3,}|(?P<one>[^\s]\s*[\u3099\u309a\uff9e\uff9f]|\S)", re.S)
_SPACE = re.compile(r"(?P<between>(?<=[!-~])\s+(?=[!-~]))|\s+|-{3,}")
_INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp"}


@dataclass(frozen=True)
class Mended:
    """A text without white space and in one width. `at[i]` is where its character i stands in the text as it was."""

    text: str
    at: tuple[int, ...]
    raw: str

    def quote(self, start: int, end: int) -> str:
        """The characters from `start` to before `end` as the office wrote them, in one line."""
        if start >= end:
            return ""
        piece = self.raw[self.at[start] : self.at[end] if end < len(self.at) else len(self.raw)]
        return _SPACE.sub(lambda m: " " if m["between"] else "", piece)


def mended(raw: str) -> Mended:
    """Take out all white space (lines break inside words) and runs of hyphens that stand for it; make the width one.

    Circled numbers become `(1)`; Roman numerals of a ship's class become one character each.
    """
    chars: list[str] = []
    at: list[int] = []
    for match in _CLUSTER.finditer(raw):
        cluster = match["one"]
        if cluster is None or unicodedata.category(cluster[0]) in _INVISIBLE:
            continue
        for c in _plain(cluster):
            chars.append(c)
            at.append(match.start())
    text = "".join(chars)
    for pattern, instead in _MEND:
        text = pattern.sub(instead, text)
    out, kept, end = [], [], 0
    for match in _ROMAN.finditer(text):
        out += [text[end : match.start()], _ROMAN_OF[match[1]]]
        kept += [*at[end : match.start()], at[match.start()]]
        end = match.end()
    return Mended("".join([*out, text[end:]]), (*kept, *at[end:]), raw)


@lru_cache(maxsize=4096)
def _plain(cluster: str) -> str:
    c = "".join(cluster.split())
    if 0x2160 <= ord(c[0]) <= 0x217B:  # Roman numerals are one character of a class name
        return c[0].upper()
    wide = unicodedata.normalize("NFKC", c)
    if wide.isdigit() and unicodedata.decomposition(c[0]).startswith(("<circle>", "<square>")):
        return f"({wide})"
    return wide.strip() or c


@dataclass(frozen=True)
class DayWords:
    """A day as it is written: any part may be left to what was said before."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None  # 0: Monday
    words: str = ""  # 同日, 翌日, 同月 or 同年, where they stand in for a part


_DAY = re.compile(
    r"(?P<same>同日|翌日|前日)(?:\((?P<w0>[月火水木金土日])\))?"
    r"|(?:令和(?P<reiwa>元|[0-9]{1,2})年(?!間)|令和(?P<reiwa2>元|[0-9]{1,2})\((?P<ad2>[0-9]{4})\)年|(?P<ad>[12][0-9]{3})年|(?P<year>同年)"
    r"|令和(?=[0-9]{1,2}月)|翌(?=[0-9]{1,2}日))?(?:(?P<month>[0-9]{1,2})月|(?P<samem>同月))?(?P<day>[0-9]{1,2})日"
    r"(?:\((?P<w>[月火水木金土日])(?:[・、]?(?:祝|休|振休))?\))?"
)


def day_at(text: str, i: int) -> tuple[DayWords, int] | None:
    """The day written at `i`, and where it ends."""
    m = _DAY.match(text, i)
    if not m:
        return None
    weekday = m["w"] or m["w0"]
    reiwa = m["reiwa"] or m["reiwa2"]
    year = 2018 + (1 if reiwa == "元" else int(reiwa)) if reiwa else int(m["ad"]) if m["ad"] else None
    return DayWords(
        year,
        int(m["month"]) if m["month"] else None,
        int(m["day"]) if m["day"] else None,
        "月火水木金土日".index(weekday) if weekday else None,
        m["same"] or m["year"] or m["samem"] or "",
    ), m.end()


_HEADER_DAY = re.compile(r"令和(元|[0-9]{1,2})(?:\([0-9]{4}\))?年([0-9]{1,2})月([0-9]{1,2})日(?![(0-9午にか、頃及])")


def header_day(text: str) -> date | None:
    """The full day, without weekday or more, that a heading carries; None: there is none, or it is not in the calendar."""
    m = _HEADER_DAY.search(text)
    return _calendar(2018 + (1 if m[1] == "元" else int(m[1])), int(m[2]), int(m[3])) if m else None


class Calendar:
    """Settles written days, each from its own words, the day named before it, its weekday and the day of publication."""

    def __init__(self, published: date | None) -> None:
        self.published = published
        self.last: date | None = None

    def settle(self, words: DayWords) -> date:
        """The day meant. Raises `Unclear`, with the reason in words."""
        if words.words in ("同日", "翌日", "前日"):
            found = [self._before() + timedelta(days={"同日": 0, "翌日": 1, "前日": -1}[words.words])]
        else:
            found = self._candidates(words)
        if not found:
            raise Unclear("it names a day that is not in the calendar")
        fitting = [d for d in found if words.weekday is None or d.weekday() == words.weekday]
        if not fitting:
            raise Unclear("its day and weekday contradict each other")
        past = [d for d in fitting if self.published is None or d <= self.published]
        if not past:
            raise Unclear("its day is after the day of publication")
        self.last = past[0]
        return past[0]

    def _before(self) -> date:
        if self.last is None:
            raise Unclear("it refers to a day, and none was named before")
        return self.last

    def _candidates(self, words: DayWords) -> list[date]:
        """Likeliest first."""
        day, month, year = words.day or 0, words.month, words.year
        if words.words == "同月":
            year, month = self._before().year, self._before().month
        elif words.words == "同年":
            year = self._before().year
        if month is None:
            near = self.last or self.published
            if near is None:
                raise Unclear("it names neither month nor year, and nothing before it does")
            months = [(near.year, near.month), *(_shifted(near, by) for by in (1, -1))]
        elif year is None:
            near = self.published or self.last
            if near is None:
                raise Unclear("it names no year, and nothing before it does")
            months = [(near.year, month), (near.year - 1, month)]
        else:
            months = [(year, month)]
        return [d for y, m in months if (d := _calendar(y, m, day))]


def _shifted(day: date, by: int) -> tuple[int, int]:
    n = day.year * 12 + day.month - 1 + by
    return n // 12, n % 12 + 1


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_CLOCK = re.compile(
    r"(?P<half>午前|午後)?(?P<hour>[0-9]{1,2})時(?:(?P<minute>[0-9]{1,2})分|(?P<thirty>半))?(?:頃|ごろ|ころ)?|正午(?:頃|ごろ)?"
)


def clock_at(text: str, i: int, half: str = "") -> tuple[int, int] | None:
    """Minutes after midnight of the time written at `i`, and where it ends; `half` (午前, 午後) where none is written."""
    m = _CLOCK.match(text, i)
    if not m:
        return None
    if m["hour"] is None:
        return 12 * 60, m.end()
    hour, minute = int(m["hour"]), 30 if m["thirty"] else int(m["minute"] or 0)
    if (m["half"] or half) and hour == 12:  # noon to some, midnight to others
        return None
    if (m["half"] or half) == "午後" and hour < 12:
        hour += 12
    return (hour * 60 + minute, m.end()) if hour < 24 and minute < 60 else None
