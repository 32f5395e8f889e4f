"""The logbook: the one object that every face, notebook and test uses. A table of contents: each method hands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import polars as pl

from offing import __version__
from offing.figures.ids import FigureSpec
from offing.figures.presence import By
from offing.model.fleet import Fleet
from offing.model.times import DayRule, parse_day, parse_time, to_ms
from offing.model.units import Unit
from offing.model.zone import Zone
from offing.pipeline import (
    checks,
    figuring,
    ingest,
    methods,
    queries,
    reconcile,
    record,
    record_texts,
    record_user,
    reported,
    run,
    series,
    ships,
    sql,
    state,
    waters,
    why,
)
from offing.store import Store, received
from offing.store.folder import EXCHANGE
from offing.store.ledger import FileLine
from offing.store.sources import AIS, SourceLine
from offing.store.texts import HeldText
from offing.zones.foreign import Reading
from offing.zones.user import write_zones

if TYPE_CHECKING:
    from offing.sharing import Sharing

Names = str | Sequence[str]
Instant = int | str | datetime
"""An instant: ISO text with Z or an offset, an aware datetime, or milliseconds since 1970."""
Day = str | date
"""A day: `2024-03-01` or a date."""


class FigureOptions(TypedDict, total=False):
    """What can be said of any figure beside its zones, fleet and source."""

    since: Day | None  # first day
    until: Day | None  # last day, included
    as_of: Day | None  # count days up to this one
    known_at: Instant | None  # as this logbook held it then
    published_by: Day | None  # bulletins published by then
    day_rule: DayRule | str | None  # another day: "Asia/Taipei 06:00"


def _fields(options: FigureOptions) -> dict[str, Any]:
    """The options as fields of `FigureSpec`. Raises `TypeError` for a word that is none: it would be passed over in silence."""
    if unknown := sorted(options.keys() - FigureOptions.__annotations__.keys()):
        raise TypeError(f"no option of a figure: {', '.join(unknown)}; there are {', '.join(FigureOptions.__annotations__)}")
    rule = options.get("day_rule")
    return {
        "first_day": _date(options.get("since")),
        "last_day": _date(options.get("until")),
        "as_of": _date(options.get("as_of")),
        "known_at_ms": _ms(options.get("known_at")),
        "published_by": _date(options.get("published_by")),
        "day_rule": DayRule.parse(rule) if isinstance(rule, str) else rule,
    }


def _several(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _ms(instant: Instant | None) -> int | None:
    if instant is None or isinstance(instant, int):
        return instant
    return parse_time(instant) if isinstance(instant, str) else to_ms(instant)


def _date(day: Day | None) -> date | None:
    return parse_day(day) if isinstance(day, str) else day


class Logbook:
    """An open logbook folder. Tables are polars data frames; times are UTC; every method is documented where it leads."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @classmethod
    def create(cls, root: Path | str, region: str = "east_asia", include_unconfirmed: bool = False) -> Logbook:
        """Make a logbook in a new folder, with the waters of a region pack; `include_unconfirmed`: what was not read too."""
        waters.pack_of(region)
        return cls(Store.create(Path(root), region, include_unconfirmed=include_unconfirmed))

    @classmethod
    def open(cls, root: Path | str) -> Logbook:
        """Open a logbook. Raises `LogbookError` where there is none."""
        return cls(Store.open(Path(root)))

    @cached_property
    def waters(self) -> waters.Waters:
        """The zones and fleets in force."""
        return waters.load(self.store)

    @cached_property
    def exchange(self) -> Sharing:
        """The logbook as a node among partners: rules, agreements, what leaves and what came."""
        from offing.sharing import Sharing

        return Sharing(self.store, lambda: self.waters)

    @cached_property
    def ships(self) -> ships.Ships:
        """Ships as they were heard: tracks, positions, identities, activity; as they were when first read."""
        return ships.Ships(self.store, self.waters)

    @property
    def version(self) -> str:
        """Names the state of all data: `pipeline.state.data_version`."""
        return state.data_version(self.store, self.waters, __version__)

    def repair(self) -> None:
        """Bring received rows back that a kill or a hand took away: they are derived from the exchange database."""
        if self.store.node_id and (self.store.root / EXCHANGE).exists() and received.version(self.store) is None:
            self.exchange.refresh()

    # -- in

    def ingest(
        self,
        *paths: Path | str,
        form: str = "auto",
        mapping: Path | str | None = None,
        base_time: Instant | None = None,
        keep: bool = False,
        progress: ingest.Progress | None = None,
        source: str = AIS,
    ) -> list[FileLine | ingest.FileProblem]:
        """Read files and folders, as one of the own sources: `pipeline.ingest.ingest`."""
        mapping_path = Path(mapping) if mapping else None
        return ingest.ingest(self.store, [Path(p) for p in paths], form, mapping_path, _ms(base_time), keep, progress, source)

    def sources(self) -> list[SourceLine]:
        """The own sources: files, texts, and whether they are restricted."""
        return self.store.ledger.sources.lines()

    def restrict_source(self, name: str) -> bool:
        """Leave a source out of releases unless a rule names it; returns whether that is new."""
        return ingest.restrict_source(self.store, name)

    def open_source(self, name: str) -> bool:
        """Take the restriction of a source back; returns whether there was one."""
        return ingest.open_source(self.store, name)

    def retract(self, file_or_sha: str | Path, reason: str) -> FileLine:
        """Take a file back in the open: `pipeline.ingest.retract`."""
        return ingest.retract(self.store, file_or_sha, reason)

    def run(
        self,
        since: Day | None = None,
        until: Day | None = None,
        settings: Mapping[str, float] | None = None,
        progress: run.Progress | None = None,
    ) -> run.RunSummary:
        """Work out the events: `pipeline.run.run`."""
        return run.run(
            self.store, self.waters, settings=settings or {}, since=_date(since), until=_date(until), progress=progress
        )

    # -- what is there

    def status(self) -> list[dict[str, Any]]:
        """One row for each held file: path, sha256, format, rows and where they went."""
        return queries.status(self.store)

    def rejects(self, file: str | None = None) -> pl.DataFrame:
        """Rows that were not kept: path, row, reason, detail."""
        return queries.rejects(self.store, file)

    def notes(self) -> list[str]:
        """What a user should know before reading figures: never run, or files and zones newer than the last run."""
        return queries.notes(self.store, self.waters)

    def sql(self, query: str) -> pl.DataFrame:
        """Ask in DuckDB's SQL: the tables `pipeline.sql.TABLES`."""
        return sql.sql(self.store, self.waters, query)

    def method(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Parameters in force, with unit, range and source."""
        return figuring.current_method(self.store).describe(kind)

    def zones(self) -> dict[str, Zone]:
        """Zones by id."""
        return self.waters.zones

    def add_zones(self, path: Path | str, how: Reading | None = None) -> list[Zone]:
        """Add the zones of a GeoJSON file; `how` to read one that was not written for offing (`zones.foreign.Reading`)."""
        added = waters.add_zones(self.store, Path(path), how)
        self.__dict__.pop("waters", None)
        return added

    def export_zones(self) -> str:
        """All zones as GeoJSON text."""
        return write_zones(self.waters.zone_list)

    def fleets(self) -> dict[str, Fleet]:
        """Fleets by id; `any` and `flag-xx` are there too."""
        return self.waters.fleets

    def add_fleets(self, path: Path | str) -> list[Fleet]:
        """Add the fleets of a TOML file."""
        added = waters.add_fleets(self.store, Path(path))
        self.__dict__.pop("waters", None)
        return added

    def add_bulletins(self, paths: Sequence[Path | str], office: str = "") -> record_texts.Added:
        """Read published texts of offices: `pipeline.record_texts.add_bulletins`."""
        return record_texts.add_bulletins(self.store, self.waters, paths, office)

    def add_incidents(self, paths: Sequence[Path | str]) -> record_texts.Added:
        """Add incidents of TOML or CSV files."""
        return record_user.add_incidents(self.store, self.waters, paths)

    def add_statements(self, paths: Sequence[Path | str]) -> record_texts.Added:
        """Read statements of text, markdown or HTML files."""
        return record_user.add_statements(self.store, paths)

    def retract_text(self, kind: str, name: str, reason: str) -> HeldText:
        """Take back a published text (`bulletin`, `statement`, `incident`): `pipeline.record_texts.retract`."""
        return record_texts.retract(self.store, kind, name, reason)

    @property
    def record(self) -> record.Record:
        """The official record: bulletins, sightings, incidents, statements."""
        return record.Record(self.store, self.waters)

    def reconcile(
        self, zone: Names, fleet: str, office: str = "", since: Day | None = None, until: Day | None = None
    ) -> pl.DataFrame:
        """Each day of an office beside AIS, with the difference and what explains it: `pipeline.reconcile.reconciled`."""
        return reconcile.reconciled(self.store, self.waters, _several(zone), fleet, office, _date(since), _date(until))

    def check(
        self, claim: str, as_of: Day, zone: Names = (), fleet: str = "", series: str = "", source: str = ""
    ) -> checks.Verdict:
        """Whether a claim holds, does not hold, or cannot be known: `pipeline.checks.check`."""
        day = parse_day(as_of) if isinstance(as_of, str) else as_of
        return checks.check(self.store, self.waters, claim, day, _several(zone), fleet, series, source)

    def series(self, series_id: str, **more: Any) -> reported.SeriesQuestion:
        """One series: its days, streaks, records and trend; `more`: as_of, first_day, last_day, published_by."""
        return series.series_question(self.record, series_id, **more)

    # -- out

    def visits(
        self,
        zone: Names = (),
        fleet: str | None = None,
        mmsi: int | None = None,
        since: Day | None = None,
        until: Day | None = None,
        known_at: Instant | None = None,
        withdrawn: bool = False,
    ) -> pl.DataFrame:
        """Visits by entry, own and received: columns of `model.schemas.VISITS`, `version` and `originator`."""
        asked = queries.EventFilter(_several(zone), fleet, mmsi, _date(since), _date(until), _ms(known_at), withdrawn)
        return queries.visits(self.store, self.waters, asked)

    def passages(
        self,
        gate: Names = (),
        fleet: str | None = None,
        mmsi: int | None = None,
        since: Day | None = None,
        until: Day | None = None,
        known_at: Instant | None = None,
        withdrawn: bool = False,
    ) -> pl.DataFrame:
        """Passages of gates by time: columns of `model.schemas.PASSAGES`, `version` and the names of the waters."""
        asked = queries.EventFilter(_several(gate), fleet, mmsi, _date(since), _date(until), _ms(known_at), withdrawn)
        return queries.passages(self.store, self.waters, asked)

    def now(self, zone: Names, at: Instant | None = None) -> pl.DataFrame:
        """Hulls that are still inside at an instant (default: the clock)."""
        return queries.inside_now(self.store, self.waters, _several(zone), _ms(at))

    def days(
        self, zone: Names, fleet: str, source: str = "ais", sensitivity: bool = False, **more: Unpack[FigureOptions]
    ) -> pl.DataFrame:
        """Watch days of zones (any of them) and a fleet; `more`: `FigureOptions`."""
        asked = self.question(zone, fleet, source, **more)
        return asked.sensitivity() if sensitivity else asked.days()

    def presence(
        self, zone: Names, fleet: str, by: By = "month", unit: Unit | str = Unit.SHIP_DAYS, **more: Unpack[FigureOptions]
    ) -> pl.DataFrame:
        """Presence by day, month or year in one unit."""
        return self.question(zone, fleet, **more).presence(by, Unit(unit))

    def streaks(self, zone: Names, fleet: str, source: str = "ais", **more: Unpack[FigureOptions]) -> pl.DataFrame:
        """Streaks of AIS watch days or of an office's bulletins; those that partners worked out are listed with them."""
        return self.question(zone, fleet, source=source, **more).listed_streaks()

    def records(
        self, zone: Names = (), fleet: str | None = None, source: str | None = None, **more: Unpack[FigureOptions]
    ) -> pl.DataFrame:
        """Record histories: of one series, or of all that are published and, where zone and fleet are named, of AIS."""
        return queries.records(self.store, self.waters, _several(zone), fleet, source, _fields(more))

    def why(self, name: str, everything: bool = False) -> list[why.Link]:
        """The chain from a figure or event down to file, line and raw text."""
        return why.why(self.store, self.waters, name, everything=everything)

    def question(self, zone: Names, fleet: str, source: str = "ais", **more: Unpack[FigureOptions]) -> figuring.Question:
        """What days, presence and streaks of zones and a fleet are asked of: what they share is worked out once."""
        spec = FigureSpec("streak", tuple(sorted(set(_several(zone)))), fleet, source)
        return figuring.Question.of(self.store, self.waters, replace(spec, **_fields(more)))


def describe_method(kind: str | None) -> str:
    """The definition of a kind in words."""
    return methods.DEFINITIONS.get(kind or "", "")


OnProgress = Callable[[str, int, int], None]
