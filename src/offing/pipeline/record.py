"""The official record of a logbook: bulletins, sightings, incidents and statements, of its region pack and of its user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from offing.errors import UnknownName
from offing.model.bulletin import BULLETINS, SIGHTINGS, bulletin_frame
from offing.model.incident import INCIDENTS, incident_frame
from offing.model.statement import CLASSES, STATEMENTS, statement_frame
from offing.pipeline.record_texts import Reading, read_back
from offing.pipeline.record_user import read_incidents_back, read_statements_back
from offing.pipeline.waters import Waters
from offing.readers.bulletins import parsers
from offing.readers.bulletins.facts import published_figures
from offing.readers.incidents import read_incidents
from offing.store import Store

BULLETIN_ROWS = pl.Schema(
    {
        **BULLETINS,
        "version": pl.Int32(),  # of what the office says of this window: 1, and one more for each other value published later
        "is_current": pl.Boolean(),  # the last version; false: an earlier one, or the same value again
        "origin": pl.String(),  # pack: a fact of the region pack; text: read in a text of this logbook
    }
)

SIGHTING_ROWS = SIGHTINGS
INCIDENT_ROWS = pl.Schema({**INCIDENTS, "origin": pl.String()})
STATEMENT_ROWS = pl.Schema({**STATEMENTS, "origin": pl.String()})

REPEATED = "repeated"
"""Flag of a bulletin whose window and value another one had given before."""

CORRECTED = "corrected"
"""Flag of a bulletin whose value the office replaced later."""


@dataclass(frozen=True)
class RecordFilter:
    """Which rows of the record are asked for; None and empty: all."""

    office: str = ""
    metric: str = ""
    since: date | None = None  # of the window's or sighting's last day, in UTC
    until: date | None = None
    hull: str = ""
    gate: str = ""
    published_by: date | None = None
    known_at_ms: int | None = None


class Record:
    """The record of a logbook, or of a region pack alone."""

    def __init__(self, store: Store | None, waters: Waters, known_at_ms: int | None = None) -> None:
        self.store = store
        self.waters = waters
        self.known_at_ms = known_at_ms

    @cached_property
    def reading(self) -> Reading:
        """What the texts of the logbook hold."""
        return read_back(self.store, self.waters, self.known_at_ms)

    @cached_property
    def bulletins(self) -> pl.DataFrame:
        """All bulletins with their versions (columns of `BULLETIN_ROWS`), by office, metric and end of window."""
        facts = bulletin_frame(published_figures(self.waters.pack.folder)).with_columns(pl.lit("pack").alias("origin"))
        read = self.reading.bulletins.with_columns(pl.lit("text").alias("origin"))
        return _versions(pl.concat([facts, read]), self.areas_describe)

    @property
    def areas_describe(self) -> list[str]:
        """Offices whose bulletins say where in words: the area makes no other series."""
        return [o.id for o in self.waters.pack.offices.values() if o.areas_describe]

    @cached_property
    def sightings(self) -> pl.DataFrame:
        """All sightings (columns of `SIGHTINGS`), by day; the same leg of one text stands once."""
        return self.reading.sightings.unique("sighting_id", keep="first", maintain_order=True).sort(
            "start_day", "office", "sighting_id", maintain_order=True
        )

    @cached_property
    def incidents(self) -> pl.DataFrame:
        """All incidents (columns of `INCIDENT_ROWS`), by their first instant; one of the user's replaces one of the pack."""
        path = self.waters.pack.folder / "incidents.toml"
        facts = incident_frame(read_incidents(path)[0] if path.exists() else [])
        own = incident_frame(read_incidents_back(self.store, self.known_at_ms))
        facts = facts.filter(~pl.col("incident_id").is_in(own["incident_id"].implode()))
        both = [f.with_columns(pl.lit(o).alias("origin")) for f, o in ((facts, "pack"), (own, "text"))]
        return pl.concat(both).sort("start_utc", "incident_id")

    @cached_property
    def statements(self) -> pl.DataFrame:
        """All statements (columns of `STATEMENT_ROWS`), by day."""
        from offing.readers.statements import read_facts

        facts = statement_frame(read_facts(self.waters.pack.folder).statements)
        own = statement_frame(read_statements_back(self.store, self.known_at_ms))
        both = [f.with_columns(pl.lit(o).alias("origin")) for f, o in ((facts, "pack"), (own, "text"))]
        return pl.concat(both).sort("day", "forum", "statement_id")

    def some_bulletins(self, asked: RecordFilter) -> pl.DataFrame:
        """The bulletins that fit; raises `UnknownName` for an office that nobody knows."""
        self.require_office(asked.office)
        rows = self.bulletins
        if asked.published_by is not None:
            rows = _versions(rows.filter(pl.col("published_on") <= asked.published_by), self.areas_describe)
        if asked.office:
            rows = rows.filter(pl.col("office") == asked.office)
        if asked.metric:
            rows = rows.filter(pl.col("metric") == asked.metric)
        last = pl.col("window_end_utc").dt.offset_by("-1ms").dt.date()
        return rows.filter(last.is_between(asked.since or date.min, asked.until or date.max))

    def some_sightings(self, asked: RecordFilter) -> pl.DataFrame:
        """The sightings that fit."""
        self.require_office(asked.office)
        if asked.gate and asked.gate not in self.waters.pack.gates:
            raise UnknownName.of("gate", asked.gate, self.waters.pack.gates, "offing gates")
        rows = self.sightings
        if asked.office:
            rows = rows.filter(pl.col("office") == asked.office)
        if asked.hull:
            rows = rows.filter(pl.col("hulls").list.contains(asked.hull))
        if asked.gate:
            rows = rows.filter(pl.col("gate_id") == asked.gate)
        last = pl.coalesce("end_day", "start_day")
        return rows.filter(last >= (asked.since or date.min), pl.col("start_day") <= (asked.until or date.max))

    def some_statements(self, party: str = "", formula_class: str = "", forum: str = "") -> pl.DataFrame:
        """The statements that fit; raises `UnknownName` for a class or forum that is not there."""
        rows = self.statements
        if formula_class and formula_class not in CLASSES:
            raise UnknownName.of("class", formula_class, CLASSES)
        if forum and forum not in set(rows["forum"].to_list()):
            raise UnknownName.of("forum", forum, set(rows["forum"].to_list()) - {""})
        if party:
            rows = rows.filter(
                pl.col("parties").list.contains(party.lower()) | pl.col("issued_by").list.contains(party.lower())
            )
        if formula_class:
            rows = rows.filter(pl.col("formula_class") == formula_class)
        return rows.filter(pl.col("forum") == forum) if forum else rows

    def require_office(self, office: str) -> None:
        """Raise `UnknownName` for an office that nobody knows; empty is none."""
        known = {*self.waters.pack.offices, *parsers(), *self.bulletins["office"].to_list()}
        if office and office not in known:
            raise UnknownName.of("office", office, known)


def _versions(rows: pl.DataFrame, describing: list[str]) -> pl.DataFrame:
    """Number what an office says of one window: a value other than the one before is a version, the same value a repetition."""
    describes = pl.col("office").is_in(describing)
    place = pl.when(describes).then(pl.lit("")).otherwise(pl.col("area"))
    start = pl.when(~describes).then(pl.col("window_start_utc"))
    key = ["office", "metric", "unit", "_place", "window_end_utc", "_start"]
    ordered = (
        rows.select(*BULLETINS.names(), "origin")
        .unique("bulletin_id", keep="first", maintain_order=True)
        .with_row_index("_came")
        .with_columns(place.alias("_place"), start.alias("_start"))
        .sort(*key, "published_on", "origin", "_came", nulls_last=True)
    )
    other = (pl.col("value") != pl.col("value").shift(1)).over(key).fill_null(True)
    ordered = ordered.with_columns(other.alias("_other")).with_columns(
        pl.col("_other").cum_sum().over(key).cast(pl.Int32).alias("version")
    )
    last = pl.col("version") == pl.col("version").max().over(key)
    flags = (
        pl.when(~pl.col("_other"))
        .then(pl.lit([REPEATED]))
        .when(~last)
        .then(pl.lit([CORRECTED]))
        .otherwise(pl.lit([], dtype=pl.List(pl.String)))
    )
    return (
        ordered.with_columns((last & pl.col("_other")).alias("is_current"))
        .with_columns(pl.concat_list(pl.col("flags").fill_null([]), flags).list.unique(maintain_order=True).alias("flags"))
        .select(BULLETIN_ROWS.names())
        .cast(dict(BULLETIN_ROWS))  # type: ignore[arg-type]
    )


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
