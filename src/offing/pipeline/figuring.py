"""Figures from a logbook: gathers visits, positions, coverage and bulletins, and hands them to the pure figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from offing.errors import UnknownName, UsageError
from offing.figures import bulletins
from offing.figures.cells import near_cells
from offing.figures.coverage import Hours, listening_hours
from offing.figures.ids import FigureSpec, default_day_rule, series_spec
from offing.figures.presence import By, presence
from offing.figures.records import highest_days, records
from offing.figures.sensitivity import sensitivity
from offing.figures.streaks import streaks
from offing.figures.watch_days import stays_of, watch_days
from offing.kernels.grid import inside_any
from offing.model.fleet import Fleet
from offing.model.times import DayRule
from offing.model.units import Unit
from offing.model.zone import Zone
from offing.pipeline.coverage import coverage, positions_at
from offing.pipeline.methods import Method
from offing.pipeline.run import last_run
from offing.pipeline.waters import Waters
from offing.store import Store
from offing.store.history import events
from offing.store.merge import merged
from offing.zones.pack import Series

AIS = "ais"
SENSITIVITY_NM = (20.0, 40.0, 60.0)


def current_method(store: Store) -> Method:
    """The parameters of the last run; before the first, those of the settings."""
    before = last_run(store)
    return Method.of(before.details["parameters"] if before else store.parameters())


@dataclass(frozen=True)
class Question:
    """One series of days: where, who, by which day rule, from which source, as known when."""

    store: Store
    waters: Waters
    zones: list[Zone]
    fleet: Fleet
    day_rule: DayRule
    spec: FigureSpec

    @classmethod
    def of(cls, store: Store, waters: Waters, spec: FigureSpec) -> Question:
        """From the request behind a figure id. Raises `UnknownName` for zones, fleets and offices that are not there."""
        if not spec.zone_ids:
            raise UsageError("No zone was named.", "Add --zone ID; `offing zones` lists them.")
        zones, fleet = waters.several(list(spec.zone_ids)), waters.fleet(spec.fleet_id)
        day_rule = spec.day_rule or default_day_rule(zones)
        extras = {
            f: getattr(spec, f)
            for f in ("as_of", "known_at_ms", "published_by", "first_day", "last_day")
            if getattr(spec, f) is not None
        }
        asked = series_spec(zones, fleet.id, spec.day_rule, spec.source, **extras)
        if spec.source != AIS:
            office_series(waters, asked)
        return cls(store, waters, zones, fleet, day_rule, asked)

    @cached_property
    def method(self) -> Method:
        """The parameters in force."""
        return current_method(self.store)

    @cached_property
    def visits(self) -> pl.DataFrame:
        """Visits to the zones (columns of `schemas.VISITS` and `version`), as known now or at the instant asked for."""
        rows = events(self.store, "visit", self.method.event_hash("visit"), self.spec.known_at_ms)
        hashes = [z.hash for z in self.zones]
        return rows.filter(pl.col("zone_id").is_in([z.id for z in self.zones]), pl.col("zone_hash").is_in(hashes))

    @cached_property
    def data_window(self) -> tuple[int, int] | None:
        """First and last instant of tracked positions."""
        if self.spec.known_at_ms is not None:
            span = positions_at(self.store, self.spec.known_at_ms).select(low=pl.col("t_utc").min(), high=pl.col("t_utc").max())
            low, high = span.select(pl.all().dt.epoch("ms")).collect().row(0)
            return None if low is None else (low, high)
        before = last_run(self.store)
        if before is None or before.details["first_ms"] is None:
            return None
        return before.details["first_ms"], before.details["last_ms"]

    def inside_positions(self) -> pl.DataFrame:
        """Positions (mmsi, t_utc) inside any of the zones, of the hulls whose visits count."""
        stays = stays_of(self.visits, [z.id for z in self.zones], self.fleet, self.method.watch_day)
        hulls = stays["mmsi"].unique().cast(pl.Int32)
        if self.spec.known_at_ms is not None:
            rows = positions_at(self.store, self.spec.known_at_ms)
        else:
            rows = merged(self.store).filter(pl.col("tracked")).select("mmsi", "t_utc", "lon_e7", "lat_e7")
        found = rows.filter(pl.col("mmsi").is_in(hulls.implode())).collect() if len(hulls) else rows.head(0).collect()
        lon, lat = (np.ascontiguousarray(found[c].to_numpy(), np.int32) for c in ("lon_e7", "lat_e7"))
        inside = inside_any(self.waters.grid, lon, lat, self.waters.chosen(self.zones))
        return found.filter(pl.Series(inside, dtype=pl.Boolean)).select("mmsi", "t_utc")

    @cached_property
    def _heard(self) -> pl.DataFrame:
        return coverage(self.store, self.method.coverage.cell_deg, self.spec.known_at_ms)

    def listening(self, near_nm: float | None = None) -> Mapping[str, Hours]:
        """For each zone the clock hours in which a hull outside the fleet was heard near it."""
        p = self.method.coverage
        reach = near_nm or p.near_nm
        return {z.id: listening_hours(self._heard, near_cells(z, reach, p.cell_deg), self.fleet) for z in self.zones}

    def days(self) -> pl.DataFrame:
        """Watch days from AIS (columns of `watch_days.WATCH_DAYS`), or the days that an office reported."""
        return self._days

    @cached_property
    def _days(self) -> pl.DataFrame:
        spec = self.spec
        if spec.source != AIS:
            return self.reported_days()
        last = min((d for d in (spec.last_day, spec.as_of) if d), default=None)
        return watch_days(
            self.visits, self.inside_positions(), self.listening(), self.data_window, self.zones, self.fleet, self.day_rule,
            self.method.watch_day, self.method.coverage, first_day=spec.first_day, last_day=last, spec=spec,
        )  # fmt: skip

    def sensitivity(self) -> pl.DataFrame:
        """The counts of states at other thresholds (columns of `watch_days.SENSITIVITY`)."""
        spec = self.spec
        return sensitivity(
            self.visits, self.listening(), self.data_window, self.zones, self.fleet, self.day_rule, self.method.watch_day,
            self.method.coverage, first_day=spec.first_day, last_day=spec.last_day,
            hours_at_near_nm={nm: self.listening(nm) for nm in SENSITIVITY_NM},
        )  # fmt: skip

    @cached_property
    def series(self) -> Series:
        """The office's series that counts in these zones."""
        return office_series(self.waters, self.spec)

    @cached_property
    def spans(self) -> pl.DataFrame:
        """The office's span bulletins (columns of `bulletins.SPANS`)."""
        columns = bulletins.SPANS.names()
        rows = [{c: getattr(s, c) for c in columns} for s in self.series.spans]
        return pl.DataFrame(rows, schema=bulletins.SPANS)

    def reported_days(self) -> pl.DataFrame:
        """The days of the office's bulletins (columns of `bulletins.REPORTED_DAYS`)."""
        return bulletins.bulletin_days(self.spans, self.spec.as_of, self.spec.published_by)

    def streaks(self) -> pl.DataFrame:
        """Streaks (columns of `streaks.STREAKS`), oldest first."""
        undated = bulletins.undated_spans(self.spans, self.spec.published_by) if self.spec.source != AIS else None
        rule = self.day_rule if self.spec.source == AIS else self.series.day_rule
        return streaks(self.days(), self.spec, rule, self.method.streak, undated=undated)

    def records(self) -> pl.DataFrame:
        """The record history: longest streaks and, from AIS, highest days (columns of `records.RECORDS`)."""
        days = self.days()
        start = self.series.since if self.spec.source != AIS else days["day"].min()
        found = records(self.streaks(), start if isinstance(start, date) else None)
        if self.spec.source != AIS:
            return found
        return pl.concat([found, highest_days(days, self.spec, self.day_rule)])

    def presence(self, by: By, unit: Unit) -> pl.DataFrame:
        """Presence by period (columns of `presence.PRESENCE`)."""
        stays = None
        if unit is Unit.HOURS:
            stays = stays_of(self.visits, [z.id for z in self.zones], self.fleet, self.method.watch_day)
        return presence(self.days(), by, unit, self.spec, self.day_rule, stays=stays)


def office_series(waters: Waters, spec: FigureSpec) -> Series:
    """The series that an office publishes for one zone and fleet. Raises with what it does publish."""
    if spec.source not in waters.pack.offices:
        raise UnknownName.of("source", spec.source, [AIS, *waters.pack.offices], "offing records")
    own = [s for s in waters.pack.series.values() if s.office == spec.source]
    for series in own:
        if series.fleet == spec.fleet_id and spec.zone_ids in ((series.zone,), tuple(sorted(series.counts_in))):
            return series
    has = "; ".join(f"--zone {s.zone} --fleet {s.fleet}" for s in own) or "nothing that is in this region pack"
    raise UsageError(
        f"{spec.source} publishes no days for {' + '.join(spec.zone_ids)} and {spec.fleet_id}.", f"It publishes: {has}."
    )


def published_series(waters: Waters) -> Sequence[FigureSpec]:
    """The requests for every published series of the pack that has bulletins."""
    found = sorted(waters.pack.series.values(), key=lambda s: s.id)
    return [replace(FigureSpec("streak", (s.zone,), s.fleet, s.office)) for s in found if s.spans]
