"""Figures from a logbook: gathers visits, positions, coverage and bulletins, and hands them to the pure figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.errors import UnknownName, UsageError
from offing.figures import bulletins
from offing.figures.cells import near_cells
from offing.figures.coverage import Hours, listening_hours
from offing.figures.ids import FigureSpec, default_day_rule, figure_id, series_spec
from offing.figures.presence import By, presence
from offing.figures.records import highest_days, records
from offing.figures.sensitivity import sensitivity
from offing.figures.streaks import streaks
from offing.figures.watch_days import WATCH_DAYS, asked_days, stays_of, watch_days
from offing.model.fleet import Fleet
from offing.model.sharing import Label
from offing.model.times import DayRule, from_ms
from offing.model.units import Unit
from offing.model.zone import Zone
from offing.pipeline import merged
from offing.pipeline.coverage import coverage, tracked_positions
from offing.pipeline.methods import Method
from offing.pipeline.settled import run_at, settled_days
from offing.pipeline.waters import Waters, inside_of, load
from offing.store import Store
from offing.store.history import events
from offing.store.ledger import RunLine
from offing.zones.series import Series

AIS = "ais"
SENSITIVITY_NM = (20.0, 40.0, 60.0)


def current_method(store: Store, known_at_ms: int | None = None) -> Method:
    """The parameters of the last run, now or at an instant; before the first, those of the settings."""
    run = run_at(store, known_at_ms)
    return Method.of(run.details["parameters"] if run else store.parameters())


@dataclass(frozen=True)
class Question:
    """One series of days: where, who, by which day rule, from which source, as known when."""

    store: Store
    waters: Waters
    zones: list[Zone]
    fleet: Fleet
    day_rule: DayRule
    spec: FigureSpec
    given: merged.Received | None = None  # the received rows that take part; None: those that the logbook holds

    @classmethod
    def of(cls, store: Store, waters: Waters, spec: FigureSpec, given: merged.Received | None = None) -> Question:
        """From the request behind a figure id. Raises `UnknownName` for zones, fleets and offices that are not there.

        What was known at an instant is asked with the zones and fleets of then.
        """
        if not spec.zone_ids:
            raise UsageError("No zone was named.", "Add --zone ID; `offing zones` lists them.")
        if spec.known_at_ms is not None:
            waters = load(store, spec.known_at_ms)
        zones, fleet = waters.several(list(spec.zone_ids)), waters.fleet(spec.fleet_id)
        if spec.source == AIS and not fleet.in_ais:
            problem = f"No MMSI is known of any ship of {fleet.id}: AIS can say nothing of it, not even that none was there."
            raise UsageError(problem, "`offing sightings` and `offing bulletins` may speak of it.")
        day_rule = spec.day_rule or default_day_rule(zones)
        if any(name.startswith(("visit.", "passage.")) for name, _ in spec.settings):
            raise UsageError("Events do not change with a figure.", "`offing run --set` works them out by other parameters.")
        names = ("as_of", "known_at_ms", "published_by", "first_day", "last_day", "settings")
        extras = {f: getattr(spec, f) for f in names if getattr(spec, f) is not None}
        asked = series_spec(zones, fleet.id, spec.day_rule, spec.source, **extras)
        if spec.source != AIS:
            office_series(waters, asked)
        return cls(store, waters, zones, fleet, day_rule, asked, given)

    @cached_property
    def run(self) -> RunLine | None:
        """The run whose results are asked for: the last one, now or at the instant asked for."""
        return run_at(self.store, self.spec.known_at_ms)

    @cached_property
    def method(self) -> Method:
        """The parameters of that run, and those that the figure was asked with."""
        values = current_method(self.store, self.spec.known_at_ms).values()
        return Method.of({**values, **dict(self.spec.settings)})

    @cached_property
    def visits(self) -> pl.DataFrame:
        """Visits to the zones (columns of `schemas.VISITS` and `version`) as that run left them."""
        known_at_ms = self.run.known_from_ms if self.run else self.spec.known_at_ms
        rows = events(self.store, "visit", self.method.event_hash("visit"), known_at_ms)
        hashes = [z.hash for z in self.zones]
        return rows.filter(pl.col("zone_id").is_in([z.id for z in self.zones]), pl.col("zone_hash").is_in(hashes))

    @property
    def data_window(self) -> tuple[int, int] | None:
        """First and last instant of the tracked positions of that run."""
        if self.run is None or self.run.details["first_ms"] is None:
            return None
        return self.run.details["first_ms"], self.run.details["last_ms"]

    @property
    def _held_at_ms(self) -> int | None:
        """When the files of that run were held; None: the merged days are as it left them."""
        return None if self.run is None or self.run == run_at(self.store) else self.run.started_ms

    def inside_positions(self) -> pl.DataFrame:
        """Positions (mmsi, t_utc) inside any of the zones, of the hulls whose visits count."""
        stays = stays_of(self.visits, [z.id for z in self.zones], self.fleet, self.method.watch_day)
        hulls = stays["mmsi"].unique().cast(pl.Int32)
        rows = tracked_positions(self.store, self._held_at_ms)
        found = rows.filter(pl.col("mmsi").is_in(hulls.implode())).collect() if len(hulls) else rows.head(0).collect()
        lon, lat = (np.ascontiguousarray(found[c].to_numpy(), np.int32) for c in ("lon_e7", "lat_e7"))
        inside = inside_of(self.zones, lon, lat)
        return found.filter(pl.Series(inside, dtype=pl.Boolean)).select("mmsi", "t_utc")

    @cached_property
    def _heard(self) -> pl.DataFrame:
        return coverage(self.store, self.method.coverage.cell_deg, self._held_at_ms)

    def listening(self, near_nm: float | None = None) -> Mapping[str, Hours]:
        """For each zone the clock hours in which a hull outside the fleet was heard near it.

        Days of which the run has not worked out the visits to a zone have none: what is not there was not looked for.
        """
        p = self.method.coverage
        reach = near_nm or p.near_nm
        found: dict[str, Hours] = {}
        for zone in self.zones:
            settled = self._settled[zone.id].implode()
            rows = self._heard.filter(pl.col("day").is_in(settled))
            found[zone.id] = listening_hours(rows, _cells_near(zone, reach, p.cell_deg), self.fleet)
        return found

    @cached_property
    def _settled(self) -> dict[str, pl.Series]:
        heard = self._heard["day"].unique().to_list()
        return {
            z.id: pl.Series(sorted(settled_days(self.store, self.run, z, heard)) if self.run else [], dtype=pl.Date)
            for z in self.zones
        }

    @cached_property
    def received(self) -> merged.Received:
        """What partners sent that takes part."""
        return merged.Received.held(self.store, self.spec.known_at_ms) if self.given is None else self.given

    @cached_property
    def accounts(self) -> pl.DataFrame:
        """What partners say of each day that is asked for (columns of `merged.ACCOUNTS`)."""
        if self.spec.source != AIS or self.received.is_empty:
            return pl.DataFrame(schema=merged.ACCOUNTS)
        told = merged.accounts(self.received, self.zones, self.fleet, self.day_rule, self.method.watch_day)
        return told.filter(pl.col("day").is_between(self.spec.first_day or date.min, self._last_day or date.max))

    def label_of_figure(self, base: Label, first: date | None = None, last: date | None = None) -> Label:
        """The label of a figure of days from first to last (None: all) that a rule would give `base`.

        The strictest of that and of the labels of the received rows that the figure rests on: `merged.derived_label`. A streak
        is compared with all others of its series, and rests on every day.
        """
        rows = merged.resting_on(self.received, self.zones, self.fleet, self.day_rule, first, last)
        return merged.derived_label(base, rows)

    def days(self) -> pl.DataFrame:
        """Watch days (columns of `watch_days.WATCH_DAYS` and originators) from AIS, or the days that an office reported.

        Of AIS: own days joined with the accounts of partners (`merged.merged_days`).
        """
        return self._labelled(self._days)

    def _labelled(self, figures: pl.DataFrame) -> pl.DataFrame:
        """Figures with the version and hash of the region pack that they rest on."""
        return figures.with_columns(pl.lit(self.waters.pack.label).alias("pack"))

    @cached_property
    def _days(self) -> pl.DataFrame:
        spec = self.spec
        if spec.source != AIS:
            return self.reported_days().with_columns(pl.lit(None, dtype=pl.List(pl.String)).alias("originators"))
        first, last = spec.first_day, self._last_day
        told = self.accounts
        if told.height:  # the days that own data touch, and those of which others speak
            own = asked_days(self.data_window, self.day_rule, first, last)
            first = first or _bound(min, own[0], told["day"])
            last = last or _bound(max, own[1], told["day"])
        own_days = watch_days(
            self.visits, self.inside_positions(), self.listening(), self.data_window, self.zones, self.fleet, self.day_rule,
            self.method.watch_day, self.method.coverage, first_day=first, last_day=last, spec=spec, left_out=self._left_out,
        )  # fmt: skip
        return merged.merged_days(own_days, told, self.fleet, self.store.node_id, named=self.received.named)

    @property
    def _left_out(self) -> set[date]:
        """UTC days of which the visits to one of the zones were not worked out."""
        heard = set(self._heard["day"].unique().to_list())
        return set[date]().union(*(heard.difference(days.to_list()) for days in self._settled.values()))

    @property
    def _last_day(self) -> date | None:
        return min((d for d in (self.spec.last_day, self.spec.as_of) if d), default=None)

    def sensitivity(self) -> pl.DataFrame:
        """The counts of states at other thresholds (columns of `sensitivity.SENSITIVITY`)."""
        spec = self.spec
        if spec.source != AIS:
            raise UsageError(f"Bulletins of {spec.source} rest on no thresholds.", "Leave out --source or --sensitivity.")
        counts = sensitivity(
            self.visits, self.listening(), self.data_window, self.zones, self.fleet, self.day_rule, self.method.watch_day,
            self.method.coverage, first_day=spec.first_day, last_day=self._last_day,
            hours_at_near_nm={nm: self.listening(nm) for nm in SENSITIVITY_NM},
        )  # fmt: skip
        return self._labelled(counts)

    @cached_property
    def series(self) -> Series:
        """The office's series that counts in these zones."""
        return office_series(self.waters, self.spec)

    @cached_property
    def spans(self) -> pl.DataFrame:
        """The office's span bulletins (columns of `bulletins.SPANS`)."""
        return span_frame(self.series)

    def reported_days(self) -> pl.DataFrame:
        """The days of the office's bulletins: columns of `watch_days.WATCH_DAYS`, then sources and contradiction.

        What bulletins do not say (hulls, positions, listening) is null.
        """
        said = bulletins.bulletin_days(self.spans, self.spec.as_of, self.spec.published_by)
        first, last, rule = self.spec.first_day, self.spec.last_day, self.series.day_rule
        said = said.filter(pl.col("day").is_between(first or date.min, last or date.max))
        days: list[date] = said["day"].to_list()
        own: dict[str, list[Any]] = {
            "figure_id": [figure_id(self.spec.of("day", d.isoformat())) for d in days],
            "window_start_utc": [from_ms(rule.window(d)[0]) for d in days],
            "window_end_utc": [from_ms(rule.window(d)[1]) for d in days],
            "zone_ids": [list(self.spec.zone_ids)] * len(days),
            "fleet_id": [self.fleet.id] * len(days),
            "source": [self.spec.source] * len(days),
            "day_rule": [str(rule)] * len(days),
        }
        rows = said.with_columns(pl.Series(n, v, dtype=WATCH_DAYS[n]) for n, v in own.items())
        rows = rows.with_columns(pl.lit(None, dtype=t).alias(n) for n, t in WATCH_DAYS.items() if n not in rows.columns)
        return rows.select(*WATCH_DAYS.names(), "sources", "contradiction")

    def streaks(self) -> pl.DataFrame:
        """Streaks (columns of `streaks.STREAKS` and originators: whose accounts their observed days rest on), oldest first."""
        return self._labelled(merged.with_originators(self._streaks, self._days, "start_day", "end_day"))

    def listed_streaks(self) -> pl.DataFrame:
        """`streaks`, each with its `originator`: this logbook's own, then those that partners worked out themselves."""
        own = self.streaks().with_columns(pl.lit(self.store.node_id, dtype=pl.String).alias("originator"))
        if self.spec.source != AIS:
            return own
        told = merged.streaks_told(self.received, self.zones, self.fleet, self.day_rule)
        told = told.filter(
            (pl.col("end_day") >= (self.spec.first_day or date.min)) & (pl.col("start_day") <= (self._last_day or date.max))
        ).sort("start_day", "originator", "id")
        rows = told.rename({"id": "figure_id"}).with_columns(pl.concat_list("originator").alias("originators"))
        missing = [pl.lit(None, dtype=t).alias(n) for n, t in own.schema.items() if n not in rows.columns]
        return pl.concat([own, rows.with_columns(missing).select(own.columns)])

    @cached_property
    def _streaks(self) -> pl.DataFrame:
        undated = bulletins.undated_spans(self.spans, self.spec.published_by) if self.spec.source != AIS else None
        rule = self.day_rule if self.spec.source == AIS else self.series.day_rule
        return streaks(self._days, self.spec, rule, self.method.streak, undated=undated)

    def records(self) -> pl.DataFrame:
        """The record history: longest streaks and, from AIS, highest days (columns of `records.RECORDS`)."""
        days = self._days
        start = self.series.since if self.spec.source != AIS else days["day"].min()
        found = records(self._streaks, start if isinstance(start, date) else None)
        if self.spec.source == AIS:
            found = pl.concat([found, highest_days(days, self.spec, self.day_rule)])
        return self._labelled(found)

    def presence(self, by: By, unit: Unit) -> pl.DataFrame:
        """Presence by period (columns of `presence.PRESENCE`)."""
        stays = None
        if unit is Unit.HOURS:
            own = stays_of(self.visits, [z.id for z in self.zones], self.fleet, self.method.watch_day)
            told = self.received.stays(self.zones, self.fleet, self.method.watch_day).drop_nulls("mmsi")
            stays = pl.concat([f.select("mmsi", "start_ms", "end_ms") for f in (own, told)])
        if self.spec.source != AIS:  # an office says on which days, not how many ships nor for how long
            days, rule = self._days.select("day", "state"), self.series.day_rule
        else:
            days, rule = self._days, self.day_rule
        found = presence(days, by, unit, self.spec, rule, stays=stays)
        return self._labelled(merged.with_originators_of_periods(found, self._days, by))


def _bound(of: Callable[[list[date]], date], own: date | None, told: pl.Series) -> date | None:
    """The first or last of own days and told ones."""
    return of([d for d in (own, *told.to_list()) if d is not None])


_CELLS: dict[tuple[str, float, float], npt.NDArray[np.int32]] = {}


def _cells_near(zone: Zone, reach_nm: float, cell_deg: float) -> npt.NDArray[np.int32]:
    """`near_cells`, remembered: they hang on the outline alone."""
    key = (zone.hash, reach_nm, cell_deg)
    if key not in _CELLS:
        _CELLS[key] = near_cells(zone, reach_nm, cell_deg)
    return _CELLS[key]


def span_frame(series: Series) -> pl.DataFrame:
    """The span bulletins of a series (columns of `bulletins.SPANS`)."""
    columns = bulletins.SPANS.names()
    return pl.DataFrame([{c: getattr(s, c) for c in columns} for s in series.spans], schema=bulletins.SPANS)


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
