"""Gathering what an office and AIS say of the same zones and fleet, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from offing.errors import UsageError
from offing.figures.bulletins import bulletin_days
from offing.figures.coverage import common_hours
from offing.figures.ids import FigureSpec, default_day_rule
from offing.figures.reconcile import RECONCILED, Heard, OfficeDay, reconcile, totals
from offing.figures.reported import is_daily
from offing.figures.sighted import sighted_visits
from offing.figures.watch_days import NOT_REPORTED, OBSERVED
from offing.model.fleet import Fleet, Membership
from offing.model.schemas import E7
from offing.model.times import DayRule, to_ms
from offing.model.units import Unit
from offing.pipeline.coverage import tracked_positions
from offing.pipeline.figuring import AIS, Question, span_frame
from offing.pipeline.record import Record
from offing.pipeline.reported import SeriesQuestion, about, all_series
from offing.pipeline.waters import Waters, inside_of
from offing.store import Store

ONE_DAY = timedelta(days=1)


def reconciled(
    store: Store,
    waters: Waters,
    zone_ids: tuple[str, ...],
    fleet_id: str,
    office: str = "",
    since: date | None = None,
    until: date | None = None,
) -> pl.DataFrame:
    """Every day of which an office says something of these zones, beside AIS (columns of `reconcile.RECONCILED`).

    Without `office`: every office that does. Raises `UsageError` where none does, or where the office named counts something
    else, with what it counts.
    """
    record, fleet = Record(store, waters), waters.fleet(fleet_id)
    zones = tuple(sorted(z.id for z in waters.several(list(zone_ids))))
    record.require_office(office)
    said = _said(record, zones, fleet)
    if not said or (office and office not in said):
        who = office or "No office"
        raise UsageError(f"{who} publishes nothing for {' + '.join(zones)} and {fleet_id}.", _counterparts(record, office))
    out = []
    for name in [office] if office else sorted(said):
        rule, days = said[name]
        days = [d for d in days if (since or d.day) <= d.day <= (until or d.day)]
        first = since or min((d.day for d in days), default=None)
        last = until or max((d.day for d in days), default=None)
        if first and last:
            out.append(_beside(store, waters, zones, fleet, name, rule, days, first, last))
    return pl.concat([pl.DataFrame(schema=RECONCILED), *out])


def summed(rows: pl.DataFrame) -> pl.DataFrame:
    """Totals by office (columns of `reconcile.RECONCILED_TOTALS`)."""
    parts = [totals(part) for _, part in rows.group_by("office", maintain_order=True)]
    return pl.concat(parts) if parts else totals(rows)


def _beside(
    store: Store, waters: Waters, zones: tuple[str, ...], fleet: Fleet, office: str, rule: DayRule, days: list[OfficeDay],
    first: date, last: date,
) -> pl.DataFrame:  # fmt: skip
    spec = FigureSpec("streak", zones, fleet.id, AIS, day_rule=rule, first_day=first, last_day=last)
    asked = Question.of(store, waters, spec)
    own = default_day_rule(asked.zones)
    shifted = Question.of(store, waters, replace(spec, day_rule=None)).days() if own != rule else None
    hulls = {h for d in days for h in d.hulls}
    mmsis_of = {h: frozenset(_numbers(fleet, h, first, last)) for h in hulls}
    numbers = {m for found in mmsis_of.values() for m in found} | {int(m) for m in asked.visits["mmsi"].unique().to_list()}
    low, high = rule.window(first - ONE_DAY)[0], rule.window(last + ONE_DAY)[1]
    heard, ears = _heard(store, asked, numbers, low, high), common_hours(asked.listening(), zones).tolist()
    return reconcile(office, days, asked.days(), shifted, mmsis_of, heard, ears, asked.method.coverage)


def _numbers(fleet: Fleet, hull: str, first: date, last: date) -> set[int]:
    """The numbers by which AIS knew a hull on any of these days."""
    claims = [c for c in fleet.claims_of(hull) if isinstance(c, Membership)]
    return {c.mmsi for c in claims if (c.valid_from or first) <= last and (c.valid_to or last) >= first}


def _heard(store: Store, asked: Question, mmsis: Iterable[int], low_ms: int, high_ms: int) -> dict[int, Heard]:
    """Where each of these numbers was heard between two instants, and whether inside the zones."""
    wanted = pl.Series(sorted(mmsis), dtype=pl.Int32)
    rows = (
        tracked_positions(store)
        .filter(
            pl.col("mmsi").is_in(wanted.implode()), pl.col("t_utc").dt.epoch("ms").is_between(low_ms, high_ms, closed="left")
        )
        .select("mmsi", "t_utc", "lon_e7", "lat_e7")
        .sort("mmsi", "t_utc")
        .collect()
    )
    lon, lat = (np.ascontiguousarray(rows[c].to_numpy(), np.int32) for c in ("lon_e7", "lat_e7"))
    inside = inside_of(asked.zones, lon, lat)
    rows = rows.select("mmsi", pl.col("t_utc").dt.epoch("ms").alias("t"), pl.Series("inside", inside, dtype=pl.Boolean))
    return {
        int(str(mmsi)): Heard(tuple(part["t"].to_list()), tuple(part["inside"].to_list()))
        for (mmsi,), part in rows.group_by("mmsi", maintain_order=True)
    }


@dataclass
class _Named:
    """The hulls that an office names on one day, with the times between which each was inside, and where it says so."""

    hulls: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)


def _said(record: Record, zones: tuple[str, ...], fleet: Fleet) -> dict[str, tuple[DayRule, list[OfficeDay]]]:
    """For each office what it says of each day of these zones: days with a ship, a daily count, and the hulls that it names."""
    found: dict[str, tuple[DayRule, dict[date, OfficeDay]]] = {}
    for s in record.waters.pack.series.values():
        if s.fleet == fleet.id and zones in ((s.zone,), tuple(sorted(s.counts_in))):
            rows = bulletin_days(span_frame(s)).filter(pl.col("state") != NOT_REPORTED)
            days = {r["day"]: OfficeDay(r["day"], r["state"], sources=tuple(r["sources"])) for r in rows.iter_rows(named=True)}
            found[s.office] = s.day_rule, days
    counted: set[str] = set()
    for name, (key, rows) in all_series(record).items():
        own = about(record, name, key.office)
        if own.fleet != fleet.id or tuple(sorted(own.counts_in)) != zones or not is_daily(rows):
            continue
        counted.add(key.office)
        values = SeriesQuestion(record, name).days.filter(pl.col("state") != NOT_REPORTED)
        days = found.setdefault(key.office, (own.day_rule, {}))[1]
        for r in values.iter_rows(named=True):
            days[r["day"]] = OfficeDay(r["day"], r["state"], r["value"], r["unit"], sources=tuple(r["sources"]))
    for office, (rule, by_day) in _sighted(record, zones, fleet, counted).items():
        days = found.setdefault(office, (rule, {}))[1]
        for day, named in by_day.items():
            says = days.get(day) or OfficeDay(day, OBSERVED, float(len(named.hulls)), Unit.VESSELS.value)
            days[day] = replace(says, hulls=named.hulls, sources=tuple(dict.fromkeys([*says.sources, *named.sources])))
    return {office: (rule, [days[d] for d in sorted(days)]) for office, (rule, days) in found.items() if days}


def _sighted(
    record: Record, zones: tuple[str, ...], fleet: Fleet, counted: set[str]
) -> dict[str, tuple[DayRule, dict[date, _Named]]]:
    """Days on which an office names ships of the fleet inside: each hull once a day.

    A hull that the fleet does not claim is the fleet's where the office's own count is of this fleet (`counted`).
    """
    found: dict[str, tuple[DayRule, dict[date, _Named]]] = {}
    offices = record.waters.pack.offices
    for visit in sighted_visits(_placed(record, zones)):
        if not (fleet.everyone or visit.office in counted or fleet.claims_of(visit.hull)):
            continue
        known = offices.get(visit.office)
        rule = known.day_rule if known else default_day_rule(record.waters.several(list(zones)))
        for day in visit.days:
            named = found.setdefault(visit.office, (rule, {}))[1].setdefault(day, _Named())
            start = to_ms(visit.entry_t_utc) if visit.entry_t_utc and day == visit.start_day else None
            end = to_ms(visit.exit_t_utc) if visit.exit_t_utc and day == visit.end_day else None
            if visit.hull in named.hulls:  # twice inside on one day: from the first entry to the last exit
                before, after = named.hulls[visit.hull]
                start = min(before, start) if before is not None and start is not None else None
                end = max(after, end) if after is not None and end is not None else None
            named.hulls[visit.hull] = start, end
            named.sources |= dict.fromkeys(visit.sources)
    return found


def _placed(record: Record, zones: tuple[str, ...]) -> pl.DataFrame:
    """The sightings in one of the zones: as the text names it, or by the position that it gives."""
    named = record.sightings.filter(pl.col("zone_id").is_in(list(zones)))
    at_sea = record.sightings.filter(pl.col("zone_id") == "", pl.col("lon_deg").is_not_null())
    lon, lat = (np.rint(at_sea[c].to_numpy() * E7).astype(np.int32) for c in ("lon_deg", "lat_deg"))
    parts = [named]
    for zone in record.waters.several(list(zones)) if at_sea.height else ():
        inside = inside_of([zone], lon, lat)
        parts.append(at_sea.filter(pl.Series(inside, dtype=pl.Boolean)).with_columns(pl.lit(zone.id).alias("zone_id")))
    return pl.concat(parts)


def _counterparts(record: Record, office: str) -> str:
    """What offices count beside AIS, as it is asked for; of an office that counts nothing there, what it counts."""
    pack = record.waters.pack
    spans = {f"--zone {s.zone} --fleet {s.fleet}" for s in pack.series.values() if office in ("", s.office)}
    daily = {
        f"--zone {' --zone '.join(r.counts_in)} --fleet {r.fleet}"
        for r in pack.reported.values()
        if r.counts_in and office in ("", r.id.partition(":")[0])
    }
    if spans | daily:
        return f"There is: {'; '.join(sorted(spans | daily))}."
    counts = [f"{name} ({key.unit.replace('_', ' ')})" for name, (key, _) in all_series(record).items() if key.office == office]
    return f"Nothing of what it counts stands beside AIS: {', '.join(counts) or 'it names ships in other waters, if any'}."
