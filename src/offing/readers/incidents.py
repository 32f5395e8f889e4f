"""Incidents from a small TOML or CSV file.

TOML: `[[incidents]]` with `id`, `kind`, `start`, `sources`, and what else is known. CSV: the same names as columns, lists
separated by `;`. `start` and `end` are instants with a zone (`2004-11-10T05:50+09:00`) or days (`2004-11-10`, both counted)
of `day_rule`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from offing.claims import Claim, entries, parse_toml, read_text, text_claims
from offing.errors import BadRecord, OffingError, UsageError
from offing.model.incident import INCIDENT_KINDS, STATUSES, Incident
from offing.model.times import DayRule, from_ms, parse_day, parse_time
from offing.model.units import Unit
from offing.model.zone import CONFIDENCES

KEYS = (
    "id", "kind", "start", "end", "day_rule", "place", "zone", "gate", "lon_deg", "lat_deg", "uncertainty_km", "actors",
    "reported_by", "count", "unit", "hulls", "status", "confidence", "sources", "text",
)  # fmt: skip

_WRITE = "[[incidents]] with `id`, `kind`, `start` and `sources` each."


def read_incidents(path: Path) -> tuple[list[Incident], list[BadRecord]]:
    """The incidents of a file and, for each entry that does not fit, why.

    Raises `BadRecord` where the file is neither TOML nor CSV of incidents, `MissingInput` where there is none.
    """
    return read_incidents_text(read_text(path, BadRecord), path.name)


def read_incidents_text(text: str, file: str) -> tuple[list[Incident], list[BadRecord]]:
    """The same of a text that came from `file`, whose ending says whether it is CSV."""
    if file.lower().endswith(".csv"):
        claims = list(text_claims(text, file, ("id", "kind", "start", "sources"), BadRecord))
    else:
        table = parse_toml(text, file, BadRecord, f"A file of incidents is TOML: {_WRITE}")
        claims = entries(table, "incidents", file, BadRecord)
    if not claims:
        raise BadRecord(f"{file} holds no incident.", f"Write {_WRITE}")
    found: list[Incident] = []
    bad: list[BadRecord] = []
    for claim in claims:
        try:
            found.append(_incident(claim))
        except BadRecord as error:
            bad.append(error)
        except (OverflowError, UsageError):
            problem = claim.refuse("`start` or `end` lies outside the calendar, the years 1 to 9999 of UTC")
            bad.append(BadRecord(problem.message, problem.hint, **problem.data))
    return found, bad


def _incident(claim: Claim) -> Incident:
    for key in claim.values:
        if key not in KEYS:
            raise claim.refuse(f"`{key}` is no key of an incident", f"Keys are {', '.join(KEYS)}.")
    if not claim.text("id").strip():
        raise claim.refuse("`id` is empty", "Give each incident a name of its own: another one with it replaces it.")
    rule = claim.day_rule()
    start, end, precision = _when(claim, rule)
    unit, count = claim.text("unit", ""), claim.number("count", 0, 1e6)
    if (count is None) != (not unit):
        raise claim.refuse("`count` and `unit` are both given or both empty", '5 of what? Write unit = "vessels".')
    lon, lat = claim.number("lon_deg", -180, 180), claim.number("lat_deg", -90, 90)
    if (lon is None) != (lat is None):
        raise claim.refuse("`lon_deg` and `lat_deg` are both given or both empty")
    sources = _texts(claim, "sources")
    if not sources:
        raise claim.refuse("`sources` is empty", "Say who reported it, and when.")
    return Incident(
        incident_id=claim.text("id"),
        kind=claim.one_of("kind", claim.text("kind"), INCIDENT_KINDS),
        start_utc=start,
        end_utc=end,
        precision=precision,
        day_rule=str(rule),
        place=claim.text("place", ""),
        zone_id=claim.text("zone", ""),
        gate_id=claim.text("gate", ""),
        lon_deg=lon,
        lat_deg=lat,
        uncertainty_km=claim.number("uncertainty_km", 0, 1e4),
        actors=_texts(claim, "actors"),
        reported_by=_texts(claim, "reported_by"),
        count=count,
        unit=Unit(claim.one_of("unit", unit, [u.value for u in Unit])) if unit else None,
        hulls=_texts(claim, "hulls"),
        status=claim.one_of("status", claim.text("status", "") or "reported", STATUSES),
        confidence=claim.one_of("confidence", claim.text("confidence", "") or "single source", CONFIDENCES),
        sources=sources,
        text=claim.text("text", ""),
    )


def _when(claim: Claim, rule: DayRule) -> tuple[datetime, datetime | None, str]:
    """First instant, the first after it, and how exactly they are known."""
    first, last = _moment(claim, "start"), _moment(claim, "end")
    if first is None:
        raise claim.refuse("`start` is missing", "Write an instant such as 2004-11-10T05:50+09:00, or a day.")
    if isinstance(first, date) and not isinstance(first, datetime):
        if isinstance(last, datetime):
            raise claim.refuse("`start` is a day and `end` an instant", "Write two days or two instants.")
        start, stop = rule.window(first)[0], rule.window(last or first)[1]
        if stop <= start:
            raise claim.refuse("`end` is before `start`")
        return from_ms(start), from_ms(stop), "day"
    if last is not None and (not isinstance(last, datetime) or last < first):
        raise claim.refuse("`end` is before `start`, or a day beside an instant")
    return first, last, "minute"


def _moment(claim: Claim, key: str) -> datetime | date | None:
    value: Any = claim.values.get(key)
    if value in (None, ""):
        return None
    try:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise claim.refuse(f"`{key}` names no time zone", "Add Z or an offset such as +09:00.")
            return value.astimezone(UTC)
        if isinstance(value, date):
            return value
        text = str(value).strip()
        return parse_day(text) if len(text) == len("2004-11-10") else from_ms(parse_time(text))
    except OffingError as error:
        if isinstance(error, BadRecord):
            raise
        raise claim.refuse(f"`{key}` {value!r} is no instant and no day: {error.message.rstrip('.')}", error.hint) from None


def _texts(claim: Claim, key: str) -> tuple[str, ...]:
    value = claim.values.get(key)
    if isinstance(value, str):
        return tuple(w for w in (v.strip() for v in value.split(";")) if w)
    return claim.texts(key)
