"""The rows that a release rule speaks of, worked out from the inputs that it names and from nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from offing.errors import UnknownName, UsageError
from offing.figures.ids import default_day_rule
from offing.figures.streaks import streaks
from offing.model.bulletin import SIGHTINGS
from offing.model.fleet import Fleet
from offing.model.incident import INCIDENTS
from offing.model.sharing import RECORD_KINDS, Label, ReleaseRule
from offing.model.times import HOUR_MS, UTC_DAY, DayRule
from offing.model.wire import ID_COLUMN, WIRE
from offing.model.zone import Zone
from offing.pipeline.figuring import current_method
from offing.pipeline.merged import ACCOUNTS, Received, accounts, derived_label, merged_days, resting_on
from offing.pipeline.methods import Method
from offing.pipeline.record import Record
from offing.pipeline.views import Held, OwnFile, View, fold_view, own_files, spec_of
from offing.pipeline.views_kept import view_of
from offing.pipeline.waters import Waters
from offing.policy.labels import in_zones, label_of
from offing.store import Store
from offing.store.sources import INCIDENTS as OF_INCIDENTS
from offing.tracks.identity import clip_to_fleet

TIME = pl.Datetime("ms", "UTC")

Views = Callable[[Held, Sequence[Zone], Method], View]
"""How a view is made: `fold_view`, or read back where it is kept."""

_HORIZON = "the data run from "
_NO_HORIZON = "the data do not span the whole day"


@dataclass(frozen=True)
class Inputs:
    """All that a node could release something of. Which of it a rule may use, the rule says."""

    files: Sequence[OwnFile]
    restricted: frozenset[str] = frozenset()  # own sources that only rules that name them may use
    method: Method = field(default_factory=lambda: Method.of({}))
    sightings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SIGHTINGS))  # of own texts
    incidents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=INCIDENTS))  # the user's own
    received: Received | None = None  # what partners sent; None: nothing
    views: Views = fold_view

    @classmethod
    def of(
        cls, store: Store, waters: Waters, received: Received | None = None, kinds: Collection[str] = RECORD_KINDS
    ) -> Inputs:
        """What a logbook holds now; texts are read only where `kinds` asks for what they give."""
        record = Record(store, waters)
        texts: dict[str, pl.DataFrame] = {}
        if "sighting" in kinds:
            texts["sightings"] = record.sightings
        if "incident" in kinds:
            texts["incidents"] = record.incidents.filter(pl.col("origin") == "text").select(INCIDENTS.names())
        return cls(
            own_files(store),
            store.ledger.sources.restricted(),
            current_method(store),
            received=received,
            views=lambda held, zones, method: view_of(store, held, zones, method),
            **texts,
        )

    @property
    def own_sources(self) -> frozenset[str]:
        """Every own source of which there is something, or that is restricted."""
        names = {n for f in self.files for n in f.sources} | set(self.sightings["office"].to_list()) | self.restricted
        return frozenset(names | ({OF_INCIDENTS} if self.incidents.height else set()))

    def own_of(self, rule: ReleaseRule) -> frozenset[str]:
        """The own sources that a rule may use."""
        named = frozenset(rule.sources)
        return self.own_sources & named if named else self.own_sources - self.restricted


@dataclass(frozen=True)
class Rows:
    """Rows of a rule: `id`, the columns of `WIRE[kind]`, `close_utc`, and `label`, the index of each row's label."""

    frame: pl.DataFrame
    labels: tuple[Label, ...]


class RuleRows:
    """Works out the rows of rules at one instant; what several rules share is worked out once."""

    def __init__(self, inputs: Inputs, waters: Waters, node_id: str, now_ms: int) -> None:
        self.inputs = inputs
        self.waters = waters
        self.node_id = node_id
        self.now_ms = now_ms
        self._views: dict[tuple[frozenset[str], int], View] = {}
        self._rows: dict[object, Rows] = {}
        self._own_days: dict[object, pl.DataFrame] = {}

    def of(self, rule: ReleaseRule) -> Rows:
        """The rows of a rule: of its kind, zones, fleets and sources. None where a zone or fleet is there no more."""
        key = replace(rule, n=0, added_ms=0, removed_ms=None)
        if key not in self._rows:
            try:
                self._rows[key] = self._of(rule)
            except UnknownName:
                self._rows[key] = Rows(_shaped(rule.kind, []), (label_of(rule, self.node_id),))
        return self._rows[key]

    def undelayed(self, rule: ReleaseRule) -> Rows:
        """The rows that a rule will speak of once its delay is over, under its own labels; for the owner's eyes."""
        if not rule.delay_h:
            return self.of(rule)
        rows = self.of(replace(rule, delay_h=0.0))
        return Rows(rows.frame, tuple(replace(label, delay_h=rule.delay_h) for label in rows.labels))

    def _of(self, rule: ReleaseRule) -> Rows:
        base = label_of(rule, self.node_id)
        if rule.kind in ("watch_day", "streak"):
            return self._figures(rule, base)
        found = {"visit": self._visits, "sighting": self._sightings, "incident": self._incidents}[rule.kind](rule)
        return Rows(_shaped(rule.kind, [found.with_columns(label=0)]), (base,))

    def _cutoff_ms(self, rule: ReleaseRule) -> int:
        """The last instant whose inputs count."""
        return self.now_ms - math.ceil(rule.delay_h * HOUR_MS)

    def _view(self, rule: ReleaseRule) -> View:
        sources, cutoff_ms = self.inputs.own_of(rule), self._cutoff_ms(rule)
        if (sources, cutoff_ms) not in self._views:
            held = Held.of(self.inputs.files, sources, cutoff_ms)
            self._views[sources, cutoff_ms] = self.inputs.views(held, self.waters.zone_list, self.inputs.method)
        return self._views[sources, cutoff_ms]

    def _visits(self, rule: ReleaseRule) -> pl.DataFrame:
        fleets = [self.waters.fleet(f) for f in rule.fleets]
        rows = self._view(rule).visits
        rows = rows.filter(in_zones(rule, rows.columns))
        if fleets:
            ids = [clip_to_fleet(rows, fleet).select("event_id") for fleet in fleets]
            rows = rows.join(pl.concat(ids).unique(), on="event_id", how="semi")
        close = pl.coalesce("exit_after_utc", "closes_at_utc", "exit_t_utc")
        return rows.with_columns(close_utc=close)

    def _sightings(self, rule: ReleaseRule) -> pl.DataFrame:
        rows = self.inputs.sightings
        rows = rows.filter(in_zones(rule, rows.columns), pl.col("office").is_in(list(self.inputs.own_of(rule))))
        rules = {o.id: o.day_rule for o in self.waters.pack.offices.values()}
        days = rows.select("office", "start_day", pl.coalesce("end_day", "start_day").alias("last_day")).rows()
        start = pl.Series("_start", [rules.get(o, UTC_DAY).window(d)[0] for o, d, _ in days], pl.Int64).cast(TIME)
        end = pl.Series("_end", [rules.get(o, UTC_DAY).window(d)[1] for o, _, d in days], pl.Int64).cast(TIME)
        rows = rows.with_columns(start, end).with_columns(
            _start=pl.coalesce("t_utc", "_start"), close_utc=pl.coalesce("t_utc", "_end")
        )
        return rows.filter(pl.col("_start").dt.epoch("ms") <= self._cutoff_ms(rule))

    def _incidents(self, rule: ReleaseRule) -> pl.DataFrame:
        rows = self.inputs.incidents
        if OF_INCIDENTS not in self.inputs.own_of(rule):
            rows = rows.clear()
        rows = rows.filter(in_zones(rule, rows.columns), pl.col("start_utc").dt.epoch("ms") <= self._cutoff_ms(rule))
        return rows.with_columns(close_utc=pl.coalesce("end_utc", "start_utc"))

    # -- watch days and streaks

    def _figures(self, rule: ReleaseRule, base: Label) -> Rows:
        zones = self.waters.several(list(rule.zones))
        received = _usable(self.inputs.received, rule, self.now_ms, self._cutoff_ms(rule))
        parts: list[pl.DataFrame] = []
        labels: list[Label] = [base]
        for fleet in (self.waters.fleet(f) for f in rule.fleets):
            if not fleet.in_ais:
                continue
            series = _Series(zones, fleet, default_day_rule(zones), received)
            days = self._days(rule, series)
            frame, own = self._streaks(base, series, days) if rule.kind == "streak" else _watch_days(base, series, days)
            parts.append(frame.with_columns(pl.col("label") + (len(labels) - 1) * (pl.col("label") > 0)))
            labels += own
        return Rows(_shaped(rule.kind, parts), tuple(labels))

    def _days(self, rule: ReleaseRule, series: _Series) -> pl.DataFrame:
        """The watch days of a series, those that others tell joined in, up to the last one that was over at the cutoff."""
        key = (self.inputs.own_of(rule), self._cutoff_ms(rule), tuple(z.id for z in series.zones), series.fleet.id)
        told = _no_accounts()
        if series.received is not None:
            told = accounts(series.received, series.zones, series.fleet, series.day_rule, self.inputs.method.watch_day)
        if told.height or key not in self._own_days:
            view = self._view(rule)
            first, last = (told["day"].min(), told["day"].max()) if told.height else (None, None)
            days = view.days(series.zones, series.fleet, first, last)  # type: ignore[arg-type]
            if rule.delay_h:
                days = days.filter(pl.col("window_end_utc").dt.epoch("ms") <= self._cutoff_ms(rule))
            if told.height:
                return merged_days(days, told, series.fleet, self.node_id, named=False)
            self._own_days[key] = days
        return self._own_days[key]

    def _streaks(self, base: Label, series: _Series, days: pl.DataFrame) -> tuple[pl.DataFrame, list[Label]]:
        """Streaks: each rests on every day of its series, and so do the labels."""
        rows = series.resting_on(None)
        labels = [derived_label(base, rows)] if rows else []
        spec = spec_of(series.zones, series.fleet)
        found = streaks(days, spec, series.day_rule, self.inputs.method.streak)
        return found.with_columns(_end_of(found["end_day"], series.day_rule), pl.lit(len(labels)).alias("label")), labels


@dataclass(frozen=True)
class _Series:
    zones: list[Zone]
    fleet: Fleet
    day_rule: DayRule
    received: Received | None  # None: no received rows take part

    def resting_on(self, day: date | None) -> list[tuple[str, dict[str, Any]]]:
        """The received rows on which a day rests, or (None) the whole series."""
        if self.received is None:
            return []
        return resting_on(self.received, self.zones, self.fleet, self.day_rule, day, day)


def _watch_days(base: Label, series: _Series, days: pl.DataFrame) -> tuple[pl.DataFrame, list[Label]]:
    """Watch days; `label` 0 is the rule's own label, n > 0 the n-th of the labels given back."""
    at: dict[Label, int] = {}
    numbers: list[int] = []
    for day in days["day"]:
        rows = series.resting_on(day)
        numbers.append(at.setdefault(derived_label(base, rows), len(at) + 1) if rows else 0)
    because = pl.when(pl.col("because").str.starts_with(_HORIZON)).then(pl.lit(_NO_HORIZON)).otherwise("because")
    close, label = pl.col("window_end_utc").alias("close_utc"), pl.Series("label", numbers, pl.Int64)
    return days.with_columns(because.alias("because"), close, label), list(at)


@cache
def _no_accounts() -> pl.DataFrame:
    return pl.DataFrame(schema=ACCOUNTS)


def _end_of(days: pl.Series, rule: DayRule) -> pl.Series:
    return pl.Series("close_utc", [None if d is None else rule.window(d)[1] for d in days], pl.Int64).cast(TIME)


def _shaped(kind: str, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Rows of a kind in the columns of `Rows.frame`, by id."""
    shape: Mapping[str, pl.DataType] = {"id": pl.String(), **WIRE[kind], "close_utc": TIME, "label": pl.Int64()}
    columns = [pl.col(n if n != "id" else ID_COLUMN[kind]).cast(t).alias(n) for n, t in shape.items()]
    return pl.concat([pl.DataFrame(schema=shape), *(p.select(columns) for p in parts)]).sort("id")


def _usable(received: Received | None, rule: ReleaseRule, now_ms: int, cutoff_ms: int) -> Received | None:
    """The received rows that a rule names and whose labels let figures that rest on them be passed on under it."""
    if not rule.sources or received is None or received.is_empty:
        return None
    expires = pl.col("expires_utc").dt.epoch("ms")
    allowed = (
        pl.col("originator").is_in(list(rule.sources))
        & (pl.col("onward") >= 1)
        & (pl.col("purpose") == rule.purpose)
        & (expires.is_null() | (expires > now_ms))
    )
    visits, days = received.visits.filter(allowed), received.days.filter(allowed)
    if rule.delay_h:
        close = pl.coalesce("exit_after_utc", "closes_at_utc", "exit_t_utc")
        visits = visits.filter(close.dt.epoch("ms") <= cutoff_ms)
        days = days.filter(pl.col("window_end_utc").dt.epoch("ms") <= cutoff_ms)
    return Received(visits, days, received.streaks.clear(), named=False) if visits.height or days.height else None


def require_rule(rule: ReleaseRule, inputs: Inputs, waters: Waters, partners: Sequence[str]) -> None:
    """Raise `UsageError` for a rule that names what is not there, or a fleet of which AIS can say nothing.

    `partners`: ids whose received rows may be named as sources.
    """
    waters.several(list(rule.zones))
    known = sorted({*inputs.own_sources, *partners})
    for name in rule.sources:
        if name not in known:
            raise UnknownName.of("source", name, known, "offing sources")
    for fleet in (waters.fleet(f) for f in rule.fleets):
        if not fleet.in_ais:
            problem = f"No MMSI is known of any ship of {fleet.id}: AIS can say nothing of it."
            raise UsageError(problem, "Name a fleet with ships that are known in AIS.")
