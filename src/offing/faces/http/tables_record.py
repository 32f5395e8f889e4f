"""Tables of the official record: bulletins, sightings, incidents, statements."""

from __future__ import annotations

from datetime import date

import polars as pl

from offing.errors import UsageError
from offing.faces.http.answers import Answer, Table
from offing.faces.http.asking import KNOWN_AT, OFFICE, PUBLISHED_BY, SINCE, UNTIL, Asked, Parameter, day_of
from offing.faces.http.source import Source
from offing.faces.http.tables_events import places
from offing.figures.sighted import sighted_passages, sighted_visits, visit_frame
from offing.figures.statements import first_uses, meeting_streaks, wording_changes
from offing.model.bulletin import SIGHTINGS
from offing.pipeline import merged_record
from offing.pipeline.merged import TOLD, with_told
from offing.pipeline.record import RecordFilter

NOT_OWN = "None among what you may see."


def bulletins(source: Source, asked: Asked) -> Answer:
    """Figures that offices published, with every version."""
    wanted = RecordFilter(
        asked["office"] or "", asked["metric"] or "", asked["since"], asked["until"], published_by=day_of(asked["published_by"])
    )
    return Answer(source.record(asked["known_at"]).some_bulletins(wanted))


def bulletin_rejects(source: Source, asked: Asked) -> Answer:
    """Sentences that were not understood."""
    return Answer(source.record().reading.rejects)


def sightings(source: Source, asked: Asked) -> Answer:
    """Hulls that published texts name."""
    wanted = RecordFilter(asked["office"] or "", "", asked["since"], asked["until"], asked["hull"] or "", asked["gate"] or "")
    record = source.record(asked["known_at"])
    if source.role is None:
        if asked["as"] == "rows":
            return Answer(merged_record.sightings(record, wanted))
        own = record.some_sightings(wanted)
        return Answer(sighted_passages(own) if asked["as"] == "passages" else visit_frame(sighted_visits(own)))
    if asked["as"] != "rows":
        raise UsageError("What sightings make is not open to you.", "Leave out `as`.")
    rows = _own(source, source.released("sighting"))
    last = pl.coalesce("end_day", "start_day")
    rows = rows.filter(last >= (asked["since"] or date.min), pl.col("start_day") <= (asked["until"] or date.max))
    if wanted.office:
        rows = rows.filter(pl.col("office") == wanted.office)
    if wanted.hull:
        rows = rows.filter(pl.col("hulls").list.contains(wanted.hull))
    if wanted.gate:
        rows = rows.filter(pl.col("gate_id") == wanted.gate)
    return Answer(rows.select(*SIGHTINGS, *TOLD), because="" if rows.height else NOT_OWN)


def incidents(source: Source, asked: Asked) -> Answer:
    """What was reported and need not show in AIS."""
    record = source.record(asked["known_at"])
    facts = merged_record.incidents(record)
    if source.role is None:
        return Answer(facts)
    given = _own(source, source.released("incident")).with_columns(pl.lit("text").alias("origin"))
    return Answer(with_told(facts, given).sort("start_utc", "incident_id"))


def _own(source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    """Released rows as those of this node."""
    own = (source.book.store.node_id, None, None)
    return rows.with_columns(pl.lit(v, dtype=pl.String).alias(n) for n, v in zip(TOLD, own, strict=True))


def statements(source: Source, asked: Asked) -> Answer:
    """Published texts, and what they say of the Taiwan Strait."""
    record = source.record(asked["known_at"])
    return Answer(record.some_statements(asked["party"] or "", asked["class"] or "", asked["forum"] or ""))


def statements_diff(source: Source, asked: Asked) -> Answer:
    """How the words changed from text to text of a forum."""
    return Answer(wording_changes(source.record().statements, asked["forum"]))


def statements_runs(source: Source, asked: Asked) -> Answer:
    """Consecutive meetings whose texts speak of peace and stability."""
    return Answer(meeting_streaks(source.record().statements))


def statements_first(source: Source, asked: Asked) -> Answer:
    """Who said each thing first, and when."""
    return Answer(first_uses(source.record().statements))


_AS = Parameter(
    "as", "rows of the texts, or the events that they tell of", choices=("rows", "passages", "visits"), default="rows"
)

TABLES = (
    Table(
        "bulletins",
        bulletins,
        ("office", "metric", "window_end_utc", "area", "published_on", "version", "bulletin_id"),
        (OFFICE, Parameter("metric", "one metric: aircraft, days, ..."), SINCE, UNTIL, PUBLISHED_BY, KNOWN_AT),
        open_to_roles=True,
    ),
    Table("bulletins_rejects", bulletin_rejects, ("office", "name", "sentence", "reason")),
    Table(
        "sightings",
        sightings,
        ("start_day", "office", "sighting_id", "originator", "hull", "gate_id", "zone_id"),
        (Parameter("hull", "one hull number"), Parameter("gate", "passages of one gate"), OFFICE, SINCE, UNTIL, _AS, KNOWN_AT),
        places("lon_deg", "lat_deg", "sighting_id"),
        open_to_roles=True,
    ),
    Table(
        "incidents",
        incidents,
        ("start_utc", "incident_id", "originator"),
        (KNOWN_AT,),
        places("lon_deg", "lat_deg", "incident_id"),
        open_to_roles=True,
    ),
    Table(
        "statements",
        statements,
        ("day", "forum", "statement_id"),
        (
            Parameter("party", "those of one party: us, jp, eu, ..."),
            Parameter("class", "those of one class"),
            Parameter("forum", "those of one forum"),
            KNOWN_AT,
        ),
        open_to_roles=True,
    ),
    Table(
        "statements_diff",
        statements_diff,
        ("forum", "voice", "from_day", "to_day", "from_id", "to_id"),
        (Parameter("forum", "a forum", required=True, example="jp-us-leaders"),),
        open_to_roles=True,
    ),
    Table("statements_runs", statements_runs, ("forum", "voice", "first_day", "last_day"), open_to_roles=True),
    Table("statements_first", statements_first, ("party", "formula_class", "day", "statement_id"), open_to_roles=True),
)
