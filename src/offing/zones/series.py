"""What offices publish about a region: the series of their figures, and the spans of days that they state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from offing.claims import Claim, entries, read_toml, row_claims
from offing.errors import BadZone
from offing.model.times import DayRule
from offing.model.units import Unit
from offing.model.zone import CONFIDENCES


@dataclass(frozen=True)
class Office:
    """Who publishes figures, and what a day is to it."""

    id: str
    country: str
    names: dict[str, str]
    day_rule: DayRule
    areas_describe: bool = False  # its bulletins say where in words; the area makes no other series


@dataclass(frozen=True)
class Span:
    """One published statement: a ship was there every day from `start_day` to `last_day`.

    `ended`: it is also said that the day before and the day after were without. Days may be unknown: then `not_before` and
    `not_after` bound them. `published_on_is` says whether a source states that date (`stated`) or the last day stands for it
    (`last_day`).
    """

    start_day: date | None
    last_day: date | None
    days: int
    ended: bool
    not_before: date | None
    not_after: date | None
    published_on: date
    published_on_is: str
    confidence: str
    source: str
    note: str


@dataclass(frozen=True)
class Series:
    """What an office counts: its own zone and fleet, the zones in which a ship counts (any of), unit, day rule and start."""

    id: str
    office: str
    zone: str
    counts_in: tuple[str, ...]
    fleet: str
    unit: Unit
    day_rule: DayRule
    since: date | None
    since_why: str
    names: dict[str, str]
    note: str
    spans: tuple[Span, ...] = ()
    spans_file: str = ""  # the pack's file that holds them


@dataclass(frozen=True)
class Reported:
    """What is known of a series of bulletins: its day, what changed in it and when, and what stands beside it in AIS."""

    id: str  # OFFICE:METRIC, with :AREA where the office counts by area
    names: dict[str, str]
    day_rule: DayRule
    since: date | None = None
    counts_in: tuple[str, ...] = ()  # zones in which a ship counts; none: nothing in AIS stands beside it
    fleet: str = ""
    breaks: tuple[tuple[date, str], ...] = ()  # first day of another form, and what changed
    note: str = ""


def read_reported(
    folder: Path, offices: Mapping[str, Office], zones: Collection[str], fleets: Collection[str]
) -> dict[str, Reported]:
    """The entries `[[reported]]` of a pack by id; none where there is no `series.toml`."""
    path = folder / "series.toml"
    if not path.exists():
        return {}
    found: dict[str, Reported] = {}
    for c in entries(read_toml(path, BadZone), "reported", path.name, BadZone):
        office = c.one_of("id", c.text("id").partition(":")[0], offices)
        counts_in, fleet = c.texts("counts_in"), c.text("fleet", "")
        for zone in counts_in:
            c.one_of("counts_in", zone, zones)
        if fleet:
            c.one_of("fleet", fleet, fleets)
        if bool(counts_in) != bool(fleet):
            raise c.refuse("`counts_in` and `fleet` are both given or both missing")
        breaks = []
        for b in c.entries("breaks"):
            day = b.day("day")
            if day is None:
                raise b.refuse("`day` is missing")
            breaks.append((day, b.text("why")))
        rule = c.day_rule(default=str(offices[office].day_rule))
        found[c.text("id")] = Reported(
            c.text("id"), c.names(), rule, c.day("since"), counts_in, fleet, tuple(breaks), c.text("note", "")
        )
    return found


def read_series(folder: Path, zones: Collection[str], fleets: Collection[str]) -> tuple[dict[str, Office], dict[str, Series]]:
    """Offices and series of a pack by id, which may name these zones and fleets; nothing where there is no `series.toml`."""
    path = folder / "series.toml"
    if not path.exists():
        return {}, {}
    table = read_toml(path, BadZone)
    offices: dict[str, Office] = {}
    for c in entries(table, "offices", path.name, BadZone):
        offices[c.text("id")] = _office(c)
    series: dict[str, Series] = {}
    spans: dict[str, dict[str, list[Span]]] = {}
    for c in entries(table, "series", path.name, BadZone):
        zone, fleet, file = c.text("zone"), c.text("fleet"), c.text("spans", "")
        c.one_of("office", c.text("office"), offices)
        for z in (zone, *c.texts("counts_in")):
            c.one_of("zone", z, zones)
        c.one_of("fleet", fleet, fleets)
        if file and file not in spans:
            spans[file] = _spans(folder / file)
        series[c.text("id")] = Series(
            id=c.text("id"),
            office=c.text("office"),
            zone=zone,
            counts_in=c.texts("counts_in") or (zone,),
            fleet=fleet,
            unit=Unit(c.one_of("unit", c.text("unit"), [u.value for u in Unit])),
            day_rule=c.day_rule(),
            since=c.day("since"),
            since_why=c.text("since_why", ""),
            names=c.names(),
            note=c.text("note", ""),
            spans=tuple(spans[file].get(c.text("id"), ())) if file else (),
            spans_file=file,
        )
    for file, by_series in spans.items():
        for name in by_series:
            if name not in series:
                raise BadZone(f"{file} speaks of the series {name!r}, which series.toml lacks.", file=file)
    return offices, series


def _office(c: Claim) -> Office:
    areas = c.one_of("areas", c.text("areas", "split"), ("split", "describe"))
    return Office(c.text("id"), c.text("country", ""), c.names(), c.day_rule(), areas == "describe")


def _spans(path: Path) -> dict[str, list[Span]]:
    columns = ("series", "start_day", "last_day", "days", "ended", "not_before", "not_after", "published_on", "published_on_is")
    out: dict[str, list[Span]] = {}
    for c in row_claims(path, (*columns, "confidence", "source", "note"), BadZone):
        row = c.values
        start, last = c.days("start_day", "last_day")
        not_before, not_after = c.days("not_before", "not_after")
        published = c.day("published_on")
        if published is None:
            raise c.refuse("`published_on` is missing")
        if not row["days"].isdigit() or int(row["days"]) < 1:
            raise c.refuse(f"`days` must be a whole number, not {row['days']!r}")
        if (start is None) != (last is None):
            raise c.refuse("`start_day` and `last_day` are both given or both empty")
        if start and last and (last - start).days + 1 != int(row["days"]):
            raise c.refuse(f"from {start} to {last} are {(last - start).days + 1} days, not {row['days']}")
        span = Span(
            start_day=start,
            last_day=last,
            days=int(row["days"]),
            ended=c.one_of("ended", row["ended"], ("true", "false")) == "true",
            not_before=not_before,
            not_after=not_after,
            published_on=published,
            published_on_is=c.one_of("published_on_is", row["published_on_is"], ("stated", "last_day")),
            confidence=c.one_of("confidence", row["confidence"], CONFIDENCES),
            source=row["source"],
            note=row["note"],
        )
        out.setdefault(row["series"], []).append(span)
    return out
