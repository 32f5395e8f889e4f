"""Days and times of day as Chinese and English texts write them, settled from the day on which the text was published."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from offing.readers.bulletins.numerals import NUMBER as N
from offing.readers.bulletins.numerals import english_number
from offing.readers.bulletins.numerals import number as number_of
from offing.readers.bulletins.sentences import Found

TAIPEI = ZoneInfo("Asia/Taipei")
ONE_DAY = timedelta(days=1)

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)\b\.?"
)
WEEKDAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?"
ZONE = r"(?: ?\((?:UTC|GMT) ?\+ ?0?8(?::00)?\)| ?\(?(?:local|Taiwan|Taipei) time\)?| UTC\+8)"
"""How English texts say that a time is Taiwan's."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AFTERNOON = ("下午", "晚間", "晚上", "傍晚", "中午", "pm")


class Unclear(Exception):
    """Why a sentence gives nothing."""


def chinese_moment(p: str) -> str:
    """A day and an hour (`8月7日(星期五)0600時`, `昨(18)日上午6時`, `0600時`); `p` goes before the names of the groups."""
    return rf"(?:{chinese_day(p)})?{chinese_clock(p)}"


def chinese_day(p: str) -> str:
    """A day: `中華民國115年8月7日(星期五)`, `昨(18)日`, `本(11)日`, `今天`, `18日`."""
    year = rf"(?:中華民國)?(?:(?P<{p}y>{N})年+)?"
    date = rf"{year}(?P<{p}m>{N})月(?P<{p}d>{N})日(?:\((?:星期|週)?[一二三四五六日天]\))?"
    return rf"{date}|(?P<{p}w>[昨今本])(?:\((?P<{p}wd>{N})\))?[日天]|(?P<{p}b>{N})日|\((?P<{p}b2>{N})\)日"


def chinese_clock(p: str) -> str:
    """An hour: `0600時`, `上午6時`, `下午2時30分`, `16:52`."""
    half = rf"(?P<{p}half>上午|下午|凌晨|清晨|晚間|晚上|傍晚|中午)?"
    hour = rf"(?P<{p}h>{N})[時點](?:整|(?P<{p}half30>半)|(?P<{p}min>{N})分)?"
    return rf"{half}(?:(?P<{p}hm>[0-9]{{4}})時?|(?P<{p}c>[0-9]{{1,2}}:[0-9]{{2}})時?|{hour})"


def english_moment(p: str) -> str:
    """An hour and a day (`6 a.m. (UTC+8) today`, `6 a.m. Sep. 27 (Sun.)`); `p` goes before the names of the groups."""
    return rf"(?:{english_clock(p)}|(?P<{p}hm>[0-2][0-9]:?[0-5][0-9])(?: ?h(?:ou)?rs)?){ZONE}?(?: {english_day(p)})?{ZONE}?"


def english_clock(p: str) -> str:
    """An hour with its half of the day: `6 a.m.`, `2:50 pm`."""
    return rf"(?P<{p}h>[0-9]{{1,2}})(?:[:.](?P<{p}min>[0-9]{{2}}))? ?(?P<{p}half>[ap]\.?m\b\.?)"


def english_day(p: str) -> str:
    """A day: `today`, `(Sunday)`, `on Monday, Sept. 18`, `Sep. 27 (Sun.), 2026`, `2026-09-27`."""
    date = rf"(?P<{p}mon>{MONTH}) (?P<{p}d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<{p}y>[0-9]{{4}}))?"
    iso = rf"(?P<{p}iso>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})"
    word = rf"(?P<{p}w>today|yesterday|this morning|{WEEKDAY})(?:,? {MONTH} [0-9]{{1,2}})?"
    return rf"\(?(?:on )?(?:(?:{WEEKDAY},? )?(?:{date}|{iso})(?: ?\(?{WEEKDAY}\)?)?|{word})\)?"


def whole(words: str) -> int:
    """A whole number in digits, characters or English words; raises `Unclear`."""
    value = number_of(words) if not re.search("[a-z]", words, re.IGNORECASE) else english_number(words)
    if value is None:
        raise Unclear(f"{words!r} is no number")
    return value


def day_of(f: Found, p: str, known: date | None, most: int = 3) -> date | None:
    """The day that the words of a moment name; `known` is the text's own day. None: they name none.

    A bare day of the month (`18日`) is looked for at most so many days back. Raises `Unclear`.
    """
    if f[f"{p}iso"]:
        year, month, day = map(int, f[f"{p}iso"].split("-"))
        return _valid(year, month, day)
    if f[f"{p}d"]:
        month = month_number(f[f"{p}mon"]) if f[f"{p}mon"] else whole(f[f"{p}m"])
        if not f[f"{p}y"]:
            return nearest_day(month, whole(f[f"{p}d"]), known)
        year = whole(f[f"{p}y"])
        return _valid(year + 1911 if year < 1000 else year, month, whole(f[f"{p}d"]))
    word = f[f"{p}w"].lower()
    if number := f[f"{p}b"] or f[f"{p}b2"]:
        return last_day_numbered(whole(number), known, most)
    if not word or known is None:
        return None
    named = weekday_before(word, known)
    if f[f"{p}wd"] and whole(f[f"{p}wd"]) != named.day:
        raise Unclear(f"{word!r} is not the day {f[f'{p}wd']}, seen from {known}")
    return named


def weekday_before(word: str, known: date) -> date:
    """The day that a word names, seen from the known one: today, yesterday (昨), or the last such day of the week."""
    word = word.lower().removeprefix("on ")
    if word[:3] in _WEEKDAYS:
        return known - ONE_DAY * ((known.weekday() - _WEEKDAYS.index(word[:3])) % 7)
    return known - ONE_DAY if word in ("昨", "yesterday") else known


def last_day_numbered(day: int, known: date | None, most: int = 3) -> date | None:
    """The last day with that number up to the known one, at most so many days back; raises `Unclear`."""
    if known is None:
        return None
    for back in range(most + 1):
        if (known - ONE_DAY * back).day == day:
            return known - ONE_DAY * back
    raise Unclear(f"the day {day} is not one of the days before {known}")


def month_number(name: str) -> int:
    """1 to 12 of what `MONTH` matches."""
    return _MONTHS.index(name[:3].lower()) + 1


def nearest_day(month: int, day: int, known: date | None) -> date | None:
    """The day of that month and number that lies nearest to the known one; None: no day is known, or there is no such day."""
    if known is None:
        return None
    days = [d for y in (known.year - 1, known.year, known.year + 1) if (d := _valid(y, month, day, strict=False))]
    return min(days, key=lambda d: abs(d - known), default=None)


def _valid(year: int, month: int, day: int, strict: bool = True) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        if strict:
            raise Unclear(f"{year}-{month}-{day} is no day of the calendar") from None
        return None


def moment_of(day: date, f: Found, p: str) -> datetime:
    """The instant of a moment on a day, in Taiwan's time; raises `Unclear` for what is no time of day."""
    try:
        return datetime.combine(day, time(), TAIPEI) + timedelta(minutes=clock_of(f, p))
    except OverflowError:
        raise Unclear(f"{day} is out of the calendar") from None


def clock_of(f: Found, p: str) -> int:
    """Minutes after midnight of a moment's hour, up to 24:00; raises `Unclear` for what is no time of day."""
    digits = (f[f"{p}hm"] or f[f"{p}c"]).replace(":", "")
    hour, minute = (
        (int(digits[:-2]), int(digits[-2:]))
        if digits
        else (whole(f[f"{p}h"]), 30 if f[f"{p}half30"] else whole(f[f"{p}min"] or "0"))
    )
    half = f[f"{p}half"].lower().replace(".", "")
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in ("am", "凌晨") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Unclear(f"{hour}:{minute:02d} is no time of day")
    return hour * 60 + minute
