"""Gathering what an office and AIS say of the same zones and fleet, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from offing.errors import UsageError
from offing.figures.bulletins import bulletin_days
from offing.figures.ids import FigureSpec, default_day_rule
from offing.figures.reconcile import RECONCILED, Heard, OfficeDay, reconcile, totals
from offing.figures.reported import is_daily
from offing.figures.watch_days import NOT_REPORTED, OBSERVED
from offing.model.fleet import Fleet
from offing.model.times import DayRule, to_ms
from offing.model.units import Unit
from offing.pipeline.coverage import tracked_positions
from offing.pipeline.figuring import AIS, Question, span_frame
from offing.pipeline.record import Record
from offing.pipeline.reported import SeriesQuestion, about, all_series
from offing.pipeline.waters import Waters
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
    said = _said(record, zones, fleet)
    if not said or (office and office not in said):
        counts = "; ".join(sorted(_counterparts(record, office))) or "nothing that stands beside AIS"
        who = office or "No office"
        raise UsageError(f"{who} publishes nothing for {' + '.join(zones)} and {fleet_id}.", f"There is: {counts}.")
    out = []
    for name in [office] if office else sorted(said):
        days = [d for d in said[name][1] if (since or d.day) <= d.day <= (until or d.day)]
        if days:
            out.append(_beside(store, waters, zones, fleet, name, said[name][0], days))
    return pl.concat([pl.DataFrame(schema=RECONCILED), *out])


def summed(rows: pl.DataFrame) -> pl.DataFrame:
    """Totals by office (columns of `reconcile.RECONCILED_TOTALS`)."""
    parts = [totals(part) for _, part in rows.group_by("office", maintain_order=True)]
    return pl.concat(parts) if parts else totals(rows)


def _beside(
    store: Store, waters: Waters, zones: tuple[str, ...], fleet: Fleet, office: str, rule: DayRule, days: list[OfficeDay]
) -> pl.DataFrame:
    first, last = min(d.day for d in days), max(d.day for d in days)
    spec = FigureSpec("streak", zones, fleet.id, AIS, day_rule=rule, first_day=first, last_day=last)
    asked = Question.of(store, waters, spec)
    own = default_day_rule(asked.zones)
    shifted = Question.of(store, waters, replace(spec, day_rule=None)).days() if own != rule else None
    hulls = {h for d in days for h in d.hulls}
    mmsis_of = {h: frozenset(c.mmsi for c in fleet.claims_of(h) if hasattr(c, "mmsi")) for h in hulls}
    numbers = {m for found in mmsis_of.values() for m in found} | {int(m) for m in asked.visits["mmsi"].unique().to_list()}
    low, high = rule.window(first - ONE_DAY)[0], rule.window(last + ONE_DAY)[1]
    return reconcile(office, days, asked.days(), shifted, mmsis_of, _heard(store, asked, numbers, low, high))


def _heard(store: Store, asked: Question, mmsis: Iterable[int], low_ms: int, high_ms: int) -> dict[int, Heard]:
    """Where each of these numbers was heard between two instants, and whether inside the zones."""
    from offing.kernels.grid import inside_any

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
    inside = inside_any(asked.waters.grid, lon, lat, asked.waters.chosen(asked.zones))
    rows = rows.select("mmsi", pl.col("t_utc").dt.epoch("ms").alias("t"), pl.Series("inside", inside, dtype=pl.Boolean))
    return {
        int(str(mmsi)): Heard(tuple(part["t"].to_list()), tuple(part["inside"].to_list()))
        for (mmsi,), part in rows.group_by("mmsi", maintain_order=True)
    }


def _said(record: Record, zones: tuple[str, ...], fleet: Fleet) -> dict[str, tuple[DayRule, list[OfficeDay]]]:
    """For each office what it says of each day of these zones: by sightings, by a daily count, or by days with a ship."""
    found: dict[str, tuple[DayRule, list[OfficeDay]]] = {}
    for s in record.waters.pack.series.values():
        if s.fleet == fleet.id and zones in ((s.zone,), tuple(sorted(s.counts_in))):
            rows = bulletin_days(span_frame(s)).filter(pl.col("state") != NOT_REPORTED)
            days = [OfficeDay(r["day"], r["state"], sources=tuple(r["sources"])) for r in rows.iter_rows(named=True)]
            found[s.office] = s.day_rule, days
    for name, (key, rows) in all_series(record).items():
        own = about(record, name, key.office)
        if own.fleet == fleet.id and tuple(sorted(own.counts_in)) == zones and is_daily(rows):
            values = SeriesQuestion(record, name).days.filter(pl.col("state") != NOT_REPORTED)
            found[key.office] = (
                own.day_rule,
                [
                    OfficeDay(r["day"], r["state"], r["value"], r["unit"], sources=tuple(r["sources"]))
                    for r in values.iter_rows(named=True)
                ],
            )
    for office, (rule, days) in _sighted(record, zones, fleet).items():
        found.setdefault(office, (rule, days))
    return found


def _sighted(record: Record, zones: tuple[str, ...], fleet: Fleet) -> dict[str, tuple[DayRule, list[OfficeDay]]]:
    """Days on which an office names ships inside: each hull once a day, with the times it states."""
    rows = record.sightings.filter(pl.col("zone_id").is_in(list(zones)), ~pl.col("restated"))
    found: dict[str, tuple[DayRule, list[OfficeDay]]] = {}
    for (office,), part in rows.group_by("office", maintain_order=True):
        offices = record.waters.pack.offices
        rule = offices[str(office)].day_rule if str(office) in offices else default_day_rule(record.waters.several(list(zones)))
        by_day: dict[date, dict[str, tuple[int | None, int | None]]] = {}
        sources: dict[date, set[str]] = {}
        for row in part.iter_rows(named=True):
            for hull in row["hulls"]:
                if not fleet.everyone and not fleet.claims_of(hull):
                    continue
                for n in range(((row["end_day"] or row["start_day"]) - row["start_day"]).days + 1):
                    day = row["start_day"] + n * ONE_DAY
                    low, high = by_day.setdefault(day, {}).get(hull, (None, None))
                    at = to_ms(row["t_utc"]) if row["t_utc"] else None
                    low = at if row["direction"] == "in" else low
                    high = at if row["direction"] == "out" else high
                    by_day[day][hull] = low, high
                    sources.setdefault(day, set()).add(row["source"])
        days = [
            OfficeDay(d, OBSERVED, float(len(h)), Unit.VESSELS.value, h, tuple(sorted(sources[d]))) for d, h in by_day.items()
        ]
        if days:
            found[str(office)] = rule, sorted(days, key=lambda d: d.day)
    return found


def _counterparts(record: Record, office: str) -> set[str]:
    """What offices count beside AIS, as it is asked for."""
    pack = record.waters.pack
    spans = {f"--zone {s.zone} --fleet {s.fleet}" for s in pack.series.values() if office in ("", s.office)}
    daily = {
        f"--zone {' --zone '.join(r.counts_in)} --fleet {r.fleet}"
        for r in pack.reported.values()
        if r.counts_in and office in ("", r.id.partition(":")[0])
    }
    return spans | daily
