"""The rarer ways in which a receiver's log writes the time before or after a sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from offing.kernels import nmea_codes as c
from offing.model.times import to_ms

_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)(?![A-Za-z0-9])"
_CLOCK = r"(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
_ISO = re.compile(rf"(?<!\d)(?P<year>\d{{4}})([-/]?)(?P<month>\d\d)\2(?P<day>\d\d)[T _]{_CLOCK}\s*{_ZONE}", re.IGNORECASE)
_NAMED = re.compile(  # 01/Sep/2018:00:00:00 +0000, Sat, 01 Sep 2018 00:00:00 GMT
    rf"(?<!\d)(?P<day>\d{{1,2}})[ /-](?P<name>[A-Z]{{3}})[a-z]*[ /-](?P<year>\d{{4}})[ :]{_CLOCK}\s*{_ZONE}", re.IGNORECASE
)
_UNIX = re.compile(r"(?<![\w.:+-])(?P<whole>\d{10}|\d{13}|\d{16}|\d{19})(?:\.(?P<fraction>\d+))?(?!\w)")
_NAIVE = re.compile(r"\d{1,2}:\d\d|\d{4}[-/]\d\d[-/]\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}|(?<!\d)\d{8}[T_ ]\d{6}(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Stamp = tuple[int, int]
"""One of STAMP_* and milliseconds, or NO_TIME_MS."""


@lru_cache(maxsize=4096)
def read_stamp(text: bytes) -> Stamp:
    """The time in a prefix or suffix, wherever in it: a date with clock and zone, else a Unix time.

    A clock or date without a zone is STAMP_NAIVE; other text, such as a host's name or a counter, is STAMP_NONE.
    """
    words = text.decode("latin-1")
    match = _ISO.search(words) or _NAMED.search(words)
    if match:
        return _instant(match)
    number = _UNIX.search(words)
    if number:
        whole = number["whole"]
        ms = int(whole) * 1000 if len(whole) == 10 else int(whole[:13])
        if len(whole) == 10 and number["fraction"]:
            ms += int(number["fraction"][:3].ljust(3, "0"))
        return _checked(ms)
    return (c.STAMP_NAIVE if _NAIVE.search(words) else c.STAMP_NONE), c.NO_TIME_MS


def _instant(match: re.Match[str]) -> Stamp:
    part = match.groupdict()
    zone = part["zone"].upper()
    offset_min = 0
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        offset_min = (int(digits[:2]) * 60 + int(digits[2:] or 0)) * (-1 if zone[0] == "-" else 1)
    try:
        moment = datetime(
            int(part["year"]),
            _MONTHS.index(part["name"].lower()) + 1 if "name" in part else int(part["month"]),
            int(part["day"]),
            int(part["hour"]),
            int(part["minute"]),
            int(part["second"] or 0),
            tzinfo=timezone(timedelta(minutes=offset_min)),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return c.STAMP_BAD, c.NO_TIME_MS
    return _checked(to_ms(moment) + int((part["fraction"] or "")[:3].ljust(3, "0")))


def _checked(ms: int) -> Stamp:
    return (c.STAMP_OK, ms) if c.FIRST_MS <= ms < c.LAST_MS else (c.STAMP_BAD, c.NO_TIME_MS)
