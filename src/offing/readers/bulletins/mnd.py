"""Taiwan's Ministry of National Defense: the daily notice on aircraft and ships, in Chinese and in English.

A sentence counts only if the rules of `mnd_chinese` or `mnd_english` take every word of it; else it is a reject.
docs/method/bulletins.md says what each rule means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from offing.model.bulletin import Bulletin, NotUnderstood, Parsed, Places, SourceText
from offing.model.units import Unit
from offing.readers.bulletins.mnd_chinese import CHINESE, area, chinese
from offing.readers.bulletins.mnd_english import ENGLISH
from offing.readers.bulletins.moments import (
    ONE_DAY,
    TAIPEI,
    Unclear,
    day_of,
    last_day_numbered,
    moment_of,
    month_number,
    nearest_day,
    whole,
)
from offing.readers.bulletins.numerals import single_blanks
from offing.readers.bulletins.sentences import Found, leftover, scan, sentences

OFFICE = "tw-mnd"
AREA = "around-taiwan"
UNITS = {
    "aircraft": Unit.SORTIES,
    "crossed_median_line": Unit.SORTIES,
    "entered_airspace": Unit.SORTIES,
    "drones": Unit.SORTIES,
    "naval_ships": Unit.VESSELS,
    "official_ships": Unit.VESSELS,
    "balloons": Unit.BALLOONS,
}

FIRST_FULL_DAY = date(2022, 11, 16)
"""The first notice of 06:00 to 06:00; those before it end at 17:00 of their own day and give no start."""

OTHER_ENDS = {date(2024, 10, 14): time(8)}
"""Notices that end at another hour, and yet start at 06:00 of the day before."""


@dataclass
class _Notice:
    """What the sentences of one notice have said so far."""

    published: date | None
    start: datetime | None = None
    end: datetime | None = None
    counts: dict[str, tuple[float, str, str]] = field(default_factory=dict)  # metric -> value, area, note
    flags: dict[str, set[str]] = field(default_factory=dict)  # metric, or "" for all
    totals: set[float] = field(default_factory=set)  # what "23 out of 26" says of all sorties

    def flag(self, metric: str, what: str) -> None:
        """Say why a count is to be doubted."""
        self.flags.setdefault(metric, set()).add(what)


def parse(source: SourceText, places: Places) -> Parsed:
    """Bulletins of one notice; sentences that are not wholly understood are rejects. Knows no places."""
    notice = _Notice(source.published)
    texts = sentences(source.text)
    refused: dict[int, str] = {}  # which sentence, and why
    read: dict[int, list[Found]] = {}
    for n, sentence in enumerate(texts):
        read[n], left = _scan(sentence)
        if leftover(left):
            refused[n] = f"no rule for {leftover(left)!r}"
    for take in (_take_day, _take_window, _take_end, _take_counts):
        for n in sorted(read.keys() - refused.keys(), key=lambda n: (take is _take_counts and _has(read[n], _PARTS), n)):
            try:
                take(notice, read[n])
            except Unclear as why:
                refused[n] = str(why)
    if notice.end is None:
        refused |= {n: "no day of the notice is known" for n in read.keys() - refused.keys() if _has(read[n], _COUNTS)}
    if not notice.counts and not refused:
        refused = dict.fromkeys(range(len(texts)), "the text gives no figure")
    rejects = (NotUnderstood(texts[n], refused[n], source.name) for n in sorted(refused))
    return Parsed(_bulletins(notice, source), (), tuple(rejects))


_PARTS = {"subset", "crossed", "entered"}
_COUNTS = {*UNITS, *_PARTS, "none"}


def _has(found: list[Found], names: set[str]) -> bool:
    return any(f.name in names for f in found)


def _scan(sentence: str) -> tuple[list[Found], str]:
    plain = re.sub("^[一二三四五六七八九]、", "", sentence)
    if re.search("[\u3400-\u9fff]", plain):
        return scan(chinese(sentence), CHINESE)
    return scan(single_blanks(plain), ENGLISH)


def _take_day(notice: _Notice, found: list[Found]) -> None:
    """The day of the notice where nothing else gives it: `發布時間`, `今(8)日表示`."""
    for f in found:
        if f.name == "issued" and notice.published is None:
            notice.published = day_of(f, "a", None)
        elif f.name == "said" and f["d"]:
            said = last_day_numbered(whole(f["d"]), notice.published)
            if said != notice.published:
                notice.published = said
                notice.flag("", "day_differs_from_publication")


def _take_window(notice: _Notice, found: list[Found]) -> None:
    for f in found:
        if f.name == "window":
            end_day = day_of(f, "b", notice.published) or notice.published
            start_day = day_of(f, "a", end_day)
            if end_day is None or start_day is None:
                raise Unclear("the window has no day")
            _set_window(notice, moment_of(start_day, f, "a"), moment_of(end_day, f, "b"))
        elif f.name == "dates":
            last = nearest_day(month_number(f["mon"]), int(f["d2"]), notice.published)
            if last is None or (last - ONE_DAY).day != int(f["d1"]):
                raise Unclear("the window has no day, or not one day")
            _set_window(notice, *(datetime.combine(d, time(6), TAIPEI) for d in (last - ONE_DAY, last)))


def _set_window(notice: _Notice, start: datetime, end: datetime) -> None:
    if start >= end:
        raise Unclear("the window ends before it starts")
    if notice.end is not None and (notice.start, notice.end) != (start, end):
        raise Unclear("the text names another window before this one")
    notice.start, notice.end = start, end
    if end - start != ONE_DAY:
        notice.flag("", f"window_of_{(end - start).total_seconds() / 3600:g}_h")
    if notice.published and end.date() != notice.published:
        notice.flag("", "window_not_of_publication_day")


def _take_end(notice: _Notice, found: list[Found]) -> None:
    for f in found:
        if f.name != "end":
            continue
        day = day_of(f, "b", notice.published) or (notice.end.date() if notice.end else notice.published)
        if day is None:
            continue  # counts without a window are rejected as a whole
        end = moment_of(day, f, "b")
        if notice.end is None:
            notice.end = end
            if notice.published and not timedelta(0) <= notice.published - end.date() <= ONE_DAY:
                notice.flag("", "window_not_of_publication_day")
        elif notice.end != end:
            notice.flag("", "ends_at_two_hours" if notice.end.date() == end.date() else "ends_on_two_days")


def _take_counts(notice: _Notice, found: list[Found]) -> None:
    said: dict[str, tuple[float, str, str]] = {}
    times = 1
    for f in found:
        if f.name == "balloon_at":
            times = len(re.findall(r"[0-9]{1,2}:?[0-9]{2}", f["times"]))
        elif f.name == "none":
            for metric in ("aircraft", "naval_ships") if f["ships"] else ("aircraft",):
                _say(notice, said, metric, 0, AREA)
        elif f.name in _PARTS:
            _say_part(notice, said, f)
        elif f.name in UNITS:
            value = whole(f["n"]) * (times if f["each"] else 1)
            _say(notice, said, f.name, value, AREA, "written 海警船 (coast guard ships)" if f["word"] == "海警船" else "")
    notice.counts |= said


def _say(
    notice: _Notice, said: dict[str, tuple[float, str, str]], metric: str, value: float, where: str, note: str = ""
) -> None:
    before = said.get(metric) or notice.counts.get(metric)
    if before and metric == "balloons":
        value, note = before[0] + value, "the sum of several statements"
    elif before and before[0] != value:
        notice.flag(metric, "said_twice_differently")
        raise Unclear(f"{metric} is {value:g} here and {before[0]:g} before")
    elif before and before[1] and where and before[1] != where:
        notice.flag(metric, "sectors_said_differently")
    said[metric] = (value, where or (before[1] if before else ""), note or (before[2] if before else ""))


def _say_part(notice: _Notice, said: dict[str, tuple[float, str, str]], f: Found) -> None:
    numbers = [n.lower() for n in (f["n"], f["n1"], f["n2"]) if n]
    if not numbers:
        return
    if len(numbers) > 1:
        raise Unclear("one part of the sorties has two numbers")
    if f["total"]:
        notice.totals.add(whole(f["total"]))
    if numbers[0] in ("all", "both"):
        total = said.get("aircraft") or notice.counts.get("aircraft")
        if total is None or (numbers[0] == "both" and total[0] != 2):
            raise Unclear(f"{numbers[0]} of how many is not said")
        value = total[0]
    else:
        value = whole(numbers[0])
    crossed = f.name == "crossed" or bool(f["line"])
    _say(notice, said, "crossed_median_line" if crossed else "entered_airspace", value, area(f["air"] or f["air2"]))


def _bulletins(notice: _Notice, source: SourceText) -> tuple[Bulletin, ...]:
    if notice.end is None:
        return ()
    start, basis = notice.start, "stated"
    if start is None:
        start, basis = _derived(notice)
    total = notice.counts.get("aircraft")
    for metric in ("crossed_median_line", "entered_airspace"):
        if total and metric in notice.counts and notice.counts[metric][0] > total[0]:
            notice.flag(metric, "exceeds_total")
            notice.flag("aircraft", "exceeded_by_a_part")
    if total and notice.totals - {total[0]}:
        notice.flag("aircraft", "total_said_differently")
    return tuple(
        Bulletin(
            office=OFFICE,
            window_start_utc=start.astimezone(UTC) if start else None,
            window_end_utc=notice.end.astimezone(UTC),
            window_basis=basis,
            metric=metric,
            unit=UNITS[metric],
            value=value,
            area=where,
            text_sha256=source.sha256,
            source=source.url,
            published_on=source.published,
            flags=tuple(sorted(notice.flags.get("", set()) | notice.flags.get(metric, set()))),
            note=note,
        )
        for metric, (value, where, note) in sorted(notice.counts.items())
    )


def _derived(notice: _Notice) -> tuple[datetime | None, str]:
    assert notice.end is not None
    day, hour = notice.end.date(), notice.end.timetz().replace(tzinfo=None)
    if day < FIRST_FULL_DAY:
        return None, "end_only"
    if hour != OTHER_ENDS.get(day, time(6)):
        notice.flag("", "ends_at_an_unusual_hour")
        return None, "end_only"
    return datetime.combine(day - ONE_DAY, time(6), TAIPEI), "derived"
