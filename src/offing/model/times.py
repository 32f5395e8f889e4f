"""Instants and days. Inside, an instant is an int64 of milliseconds since 1970-01-01T00:00Z; a day belongs to a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from offing.errors import BadParameter, NaiveTime, UsageError

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def to_ms(moment: datetime) -> int:
    """Milliseconds of an aware datetime; a naive one is an error."""
    if moment.tzinfo is None:
        raise NaiveTime(f"The time {moment.isoformat()} names no time zone.", "Add Z or an offset such as +08:00.")
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_ms(t_ms: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(t_ms))


def parse_time(text: str) -> int:
    """Read an ISO 8601 time with Z or an offset; a bare date or a naive time is an error."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is not a time.", "Write it like 2026-08-17T13:32:34Z.") from None
    if len(text.strip()) <= len("2026-08-17"):
        raise UsageError(f"{text!r} is a day, not an instant.", "Write it like 2026-08-17T13:32:34Z.")
    return to_ms(moment)


def parse_day(text: str) -> date:
    """Read a calendar day, 2026-08-17."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise UsageError(f"{text!r} is not a day.", "Write it like 2026-08-17.")
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is not a day of the calendar.", "Write it like 2026-08-17.") from None


def iso(t_ms: int) -> str:
    """`2026-08-17T13:32:34Z`, with milliseconds only where there are any."""
    seconds, ms = divmod(int(t_ms), 1000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ms:03d}Z" if ms else f"{text}Z"


def compact(t_ms: int) -> str:
    """`20260817T133234Z`, the form used inside ids."""
    return iso(t_ms).replace("-", "").replace(":", "")


def parse_compact(text: str) -> int:
    """The inverse of `compact`."""
    m = re.fullmatch(r"(\d{8}T\d{6})(?:\.(\d{3}))?Z", text)
    if not m:
        raise UsageError(f"{text!r} is not a time of an id.")
    moment = datetime.strptime(m[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return to_ms(moment) + int(m[2] or 0)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadParameter(f"There is no time zone {name!r}.", "Write an IANA name such as Asia/Tokyo or UTC.") from None


@dataclass(frozen=True, order=True)
class DayRule:
    """What a day is: a time zone and the local hour at which it starts; its label is the date on which it starts."""

    zone: str = "UTC"
    start_hour: int = 0

    def __post_init__(self) -> None:
        _zone(self.zone)
        if not 0 <= self.start_hour <= 23:
            raise BadParameter(f"A day cannot start at hour {self.start_hour}.", "Give 0 to 23.")

    def __str__(self) -> str:
        return f"{self.zone} {self.start_hour:02d}:00"

    @classmethod
    def parse(cls, text: str) -> DayRule:
        """Read `Asia/Taipei 06:00` or `Asia/Tokyo`."""
        m = re.fullmatch(r"\s*(\S+?)(?:[ @]+(\d{1,2})(?::00)?)?\s*", text)
        if not m:
            raise BadParameter(f"{text!r} is not a day rule.", "Write it like 'Asia/Taipei 06:00'.")
        return cls(m[1], int(m[2] or 0))

    def window(self, day: date) -> tuple[int, int]:
        """First instant of the day and of the next one, in ms: the day is the half-open interval between them.

        Raises `UsageError` for a day at the ends of the calendar.
        """
        try:
            return self._start(day), self._start(day + timedelta(days=1))
        except OverflowError:
            raise UsageError(f"{day} lies at the end of the calendar.", "Days are of the years 1 to 9999.") from None

    def day_of(self, t_ms: int) -> date:
        """The day that holds the instant."""
        local = from_ms(t_ms).astimezone(_zone(self.zone)) - timedelta(hours=self.start_hour)
        day = local.date()
        start, end = self.window(day)
        if t_ms < start:
            return day - timedelta(days=1)
        return day + timedelta(days=1) if t_ms >= end else day

    def _start(self, day: date) -> int:
        moment = datetime(day.year, day.month, day.day, self.start_hour, tzinfo=_zone(self.zone))
        return to_ms(moment.astimezone(UTC))


UTC_DAY = DayRule()


def to_ms_of_day(day: date) -> int:
    """The instant at which a UTC day starts."""
    return (day - date(1970, 1, 1)).days * DAY_MS
