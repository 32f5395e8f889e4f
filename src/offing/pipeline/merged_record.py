"""The record's sightings and incidents with those that partners sent. Two partners' own sightings are two rows."""

from __future__ import annotations

from datetime import date

import polars as pl

from offing.model.wire import ID_COLUMN
from offing.pipeline.merged import TOLD, as_own, came_by, with_told
from offing.pipeline.record import Record, RecordFilter
from offing.store import received


def sightings(record: Record, asked: RecordFilter) -> pl.DataFrame:
    """The sightings that fit, by day: columns of `SIGHTINGS` and `merged.TOLD`."""
    told = _told(record, "sighting")
    fits = pl.lit(True)
    if asked.since or asked.until:
        last = pl.coalesce("end_day", "start_day")
        fits &= (last >= (asked.since or date.min)) & (pl.col("start_day") <= (asked.until or date.max))
    if asked.office:
        fits &= pl.col("office") == asked.office
    if asked.hull:
        fits &= pl.col("hulls").list.contains(asked.hull)
    if asked.gate:
        fits &= pl.col("gate_id") == asked.gate
    rows = with_told(_own(record, record.some_sightings(asked)), told.filter(fits))
    return rows.sort("start_day", "office", "sighting_id", maintain_order=True)


def incidents(record: Record) -> pl.DataFrame:
    """All incidents, by their first instant: columns of `INCIDENT_ROWS` and `merged.TOLD`.

    `origin` of a received one is `received`. Those of the region pack have no originator: everybody has them.
    """
    own = _own(record, record.incidents)
    own = own.with_columns(pl.when(pl.col("origin") != "pack").then("originator").alias("originator"))
    told = _told(record, "incident").with_columns(pl.lit("received").alias("origin"))
    return with_told(own, told).sort("start_utc", "incident_id", maintain_order=True)


def _own(record: Record, rows: pl.DataFrame) -> pl.DataFrame:
    if record.store is None:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias(n) for n in TOLD)
    return as_own(record.store, rows)


def _told(record: Record, kind: str) -> pl.DataFrame:
    if record.store is None:
        return pl.DataFrame(schema=received.schema(kind)).rename({"id": ID_COLUMN[kind]})
    return came_by(received.read(record.store, kind), record.known_at_ms).rename({"id": ID_COLUMN[kind]})
