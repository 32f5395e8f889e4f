"""Incidents: what was reported, and need not show in AIS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from offing.model.units import Unit

INCIDENT_KINDS = {
    "submarine": "a submarine in or near waters of others",
    "naval_presence": "warships in or near waters of others",
    "government_ships": "coast guard or other official ships in waters of others",
    "pursuit": "a chase at sea",
    "firing": "weapons fired, in an exercise or otherwise",
    "collision": "ships that struck each other",
    "cable_damage": "a cable cut or damaged",
    "structure": "a structure at sea built, moved or used",
    "other": "anything else",
}

STATUSES = {
    "reported": "one side reported it",
    "acknowledged": "the side concerned acknowledged it",
    "disputed": "the side concerned denies it, or tells it otherwise",
    "withdrawn": "whoever reported it took it back",
}

PRECISIONS = ("minute", "day")

INCIDENTS = pl.Schema(
    {
        "incident_id": pl.String(),
        "kind": pl.String(),  # one of INCIDENT_KINDS
        "start_utc": pl.Datetime("ms", "UTC"),  # its first instant; of a day its beginning in `day_rule`
        "end_utc": pl.Datetime("ms", "UTC"),  # the first instant after it; null: not reported
        "precision": pl.String(),  # minute or day: how exactly the times are known
        "day_rule": pl.String(),
        "place": pl.String(),  # in words
        "zone_id": pl.String(),  # empty: none
        "gate_id": pl.String(),  # empty: none
        "lon_deg": pl.Float64(),
        "lat_deg": pl.Float64(),
        "uncertainty_km": pl.Float64(),
        "actors": pl.List(pl.String()),  # whose ships: country codes, or words
        "reported_by": pl.List(pl.String()),
        "count": pl.Float64(),  # null: not reported
        "unit": pl.String(),  # null: not reported
        "hulls": pl.List(pl.String()),  # hull numbers
        "status": pl.String(),  # one of STATUSES
        "confidence": pl.String(),
        "sources": pl.List(pl.String()),
        "text": pl.String(),  # what happened, in a sentence or two
    }
)


@dataclass(frozen=True)
class Incident:
    """One incident with its sources. Times are aware; positions WGS84."""

    incident_id: str
    kind: str
    start_utc: datetime
    end_utc: datetime | None
    precision: str
    day_rule: str
    place: str
    zone_id: str
    gate_id: str
    lon_deg: float | None
    lat_deg: float | None
    uncertainty_km: float | None
    actors: tuple[str, ...]
    reported_by: tuple[str, ...]
    count: float | None
    unit: Unit | None
    hulls: tuple[str, ...]
    status: str
    confidence: str
    sources: tuple[str, ...]
    text: str


def incident_frame(incidents: Iterable[Incident]) -> pl.DataFrame:
    """Incidents as a table (columns of `INCIDENTS`), by their first instant."""
    rows = [[_plain(getattr(i, name)) for name in INCIDENTS] for i in incidents]
    return pl.DataFrame(rows, schema=INCIDENTS, orient="row").sort("start_utc", "incident_id")


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Unit) else value
