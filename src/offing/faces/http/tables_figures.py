"""Tables of figures: days, presence, streaks, records, series, trends, reconcile, check, encirclement."""

from __future__ import annotations

from typing import Any

import polars as pl

from offing.errors import UsageError
from offing.faces.http.answers import Answer, Table
from offing.faces.http.asking import (
    AS_OF,
    DAY,
    DAY_RULE,
    FLAG,
    FLEET,
    FLEET_NEEDED,
    KNOWN_AT,
    NUMBER,
    OFFICE,
    PUBLISHED_BY,
    SINCE,
    SOURCE,
    UNTIL,
    ZONES,
    ZONES_NEEDED,
    Asked,
    Parameter,
    day_of,
    figure_options,
)
from offing.faces.http.forms import rows_of
from offing.faces.http.source import Source
from offing.figures.ids import FigureSpec
from offing.figures.streaks import STREAKS
from offing.figures.watch_days import WATCH_DAYS
from offing.model.times import DayRule
from offing.model.units import Unit
from offing.pipeline import checks
from offing.pipeline.encirclement import encirclement as encircled
from offing.pipeline.figuring import AIS, Question
from offing.pipeline.merged import Received
from offing.pipeline.reconcile import summed
from offing.pipeline.series import series_question

SERIES = Parameter("series", "a series; `series` lists them; also ais:ZONE:FLEET")
SERIES_NEEDED = Parameter("series", SERIES.about, required=True, example="tw-mnd:aircraft")
NOT_YOURS = "Among what you may see there is no such figure."


def days(source: Source, asked: Asked) -> Answer:
    """Watch days."""
    if source.role is not None and asked["source"] == AIS:
        if asked["sensitivity"]:
            raise UsageError("Sensitivity is not open to you.", "Leave out sensitivity.")
        return _released(source, asked, "watch_day", "day", "day", WATCH_DAYS)
    if source.role is not None:
        return Answer(_office_question(source, asked).days())
    question = _own_question(source, asked)
    return Answer(question.sensitivity() if asked["sensitivity"] else question.days(), notes=_notes(source, asked))


def presence(source: Source, asked: Asked) -> Answer:
    """Presence by period."""
    rows = _own_question(source, asked).presence(asked["by"], Unit(asked["unit"]))
    return Answer(rows, notes=source.notes_on(asked["known_at"]))


def streaks(source: Source, asked: Asked) -> Answer:
    """Consecutive days."""
    if asked["series"]:
        return Answer(_series(source, asked).streaks())
    if not asked["zone"] or not asked["fleet"]:
        raise UsageError("Streaks are of zones and a fleet, or of a series.", "Add zone and fleet, or series.")
    if source.role is not None and asked["source"] == AIS:
        return _released(source, asked, "streak", "start_day", "end_day", STREAKS)
    if source.role is not None:
        return Answer(_office_question(source, asked).listed_streaks())
    return Answer(_own_question(source, asked).listed_streaks(), notes=_notes(source, asked))


def records(source: Source, asked: Asked) -> Answer:
    """Records of each series."""
    if asked["series"]:
        return Answer(_series(source, asked).records())
    if source.role is not None:
        raise UsageError("Records of AIS are not open to you.", "Ask for those of a series.")
    rows = source.book.records(asked["zone"], asked["fleet"], asked["source"] or None, **figure_options(asked))
    return Answer(rows, notes=source.notes if asked["zone"] else ())


def _own_question(source: Source, asked: Asked) -> Question:
    """The question behind days, presence and streaks of the same zones, fleet and options: its days are worked out once."""
    options = figure_options(asked)
    zones = tuple(sorted(set(asked["zone"])))
    key = ("question", zones, asked["fleet"], asked.get("source") or AIS, *options.values())

    def make() -> Question:
        return source.book.question(zones, asked["fleet"], asked.get("source") or AIS, **options)

    found: Question = source.shared.get(key, (), make)
    return found


def _notes(source: Source, asked: Asked) -> list[str]:
    return source.notes_on(asked["known_at"]) if asked["source"] == AIS else []


def _released(source: Source, asked: Asked, kind: str, start: str, end: str, schema: pl.Schema) -> Answer:
    """The figures of a kind that policy passes for a role, of exactly these zones and fleet."""
    zones, fleet = source.waters.several(list(asked["zone"])), source.waters.fleet(asked["fleet"])
    ids = "\n".join(z.id for z in zones)
    rows = source.released(kind).filter(
        pl.col("zone_ids").list.unique().list.sort().list.join("\n") == ids, pl.col("fleet_id") == fleet.id
    )
    if asked["day_rule"]:
        rows = rows.filter(pl.col("day_rule") == str(DayRule.parse(asked["day_rule"])))
    if asked["since"]:
        rows = rows.filter(pl.col(end) >= asked["since"])
    last = min((d for d in (asked["until"], asked["as_of"]) if d), default=None)
    if last:
        rows = rows.filter(pl.col(start) <= last)
    missing = [pl.lit(None, dtype=t).alias(n) for n, t in schema.items() if n not in rows.columns]
    own = pl.lit(source.book.store.node_id, dtype=pl.String).alias("originator")
    rows = rows.with_columns(*missing, own).select(*schema.names(), "originator")
    return Answer(rows.sort(start), notes=source.notes_on(None), because="" if rows.height else NOT_YOURS)


def _office_question(source: Source, asked: Asked) -> Question:
    """Days that an office published: facts of the region pack, whatever the logbook holds."""
    more = figure_options(asked)
    rule = more.pop("day_rule")
    spec = FigureSpec(
        "streak", tuple(sorted(set(asked["zone"]))), asked["fleet"], asked["source"], first_day=more["since"],
        last_day=more["until"], as_of=more["as_of"], published_by=more["published_by"],
        day_rule=DayRule.parse(rule) if rule else None,
    )  # fmt: skip
    return Question.of(source.book.store, source.waters, spec, Received.nothing())


def _series(source: Source, asked: Asked) -> Any:
    if asked["zone"] or asked["fleet"] or asked["day_rule"]:
        problem = "A series has its own zones, fleet and day rule."
        raise UsageError(problem, "Leave out zone, fleet and day_rule, or series.")
    return _question(source, asked["series"], asked)


def _question(source: Source, series_id: str, asked: Asked) -> Any:
    return series_question(
        source.record(asked.get("known_at")), series_id, as_of=asked.get("as_of"), first_day=asked.get("since"),
        last_day=asked.get("until"), published_by=day_of(asked.get("published_by")),
    )  # fmt: skip


def series(source: Source, asked: Asked) -> Answer:
    """All series of what was published."""
    return Answer(records=source.series)


def series_days(source: Source, series_id: str, asked: Asked) -> Answer:
    """The days of one series, with what it is."""
    found = _question(source, series_id, asked)
    about = found.about
    more = {
        "series": series_id,
        "unit": found.unit,
        "office": found.office,
        "daily": found.daily,
        "names": dict(about.names),
        "day_rule": str(about.day_rule),
        "counts_in": list(about.counts_in),
        "fleet": about.fleet,
        "breaks": [f"{day}: {why}" for day, why in about.breaks],
        "note": about.note,
    }
    return Answer(found.days, more=more)


def trends(source: Source, asked: Asked) -> Answer:
    """A series by month or year."""
    found = _question(source, asked["series"], asked)
    more = {"series": asked["series"], "unit": found.unit}
    if asked["change_points"]:
        return Answer(found.change_points(), more=more)
    if asked["since_when"]:
        return Answer(found.since(), more=more)
    return Answer(found.trend(asked["by"]), more=more)


def reconcile(source: Source, asked: Asked) -> Answer:
    """An office's figure beside AIS', day by day."""
    rows = source.book.reconcile(asked["zone"], asked["fleet"], asked["office"] or "", asked["since"], asked["until"])
    totals = summed(rows)
    if asked["totals"]:
        return Answer(totals, notes=source.notes)
    return Answer(rows, notes=source.notes, more={"totals": rows_of(totals)})


def check(source: Source, asked: Asked) -> Answer:
    """Does a claim hold?"""
    record = source.record()
    verdict = checks.check(
        record.store, record.waters, asked["claim"], asked["as_of"], asked["zone"], asked["fleet"] or "", asked["series"] or "",
        asked["source"] or "",
    )  # fmt: skip
    more = {"verdict": checks.VERDICTS[verdict.holds], "decided_by": verdict.decided_by or None, "said": verdict.because}
    return Answer(records=verdict.rows(record.waters.pack.label), more=more)


def encirclement(source: Source, asked: Asked) -> Answer:
    """Bearings round a place that a fleet occupied on a day."""
    found = encircled(source.record(), asked["day"], asked["fleet"], asked["around"], asked["reach_nm"])
    return Answer(found.bearings, more={"summary": rows_of(found.summary)[0]})


_FIGURE = (SINCE, UNTIL, AS_OF, KNOWN_AT, PUBLISHED_BY, DAY_RULE)
_BY = Parameter("by", "length of a period", choices=("day", "month", "year"), default="month")
_UNIT = Parameter("unit", "what is counted", choices=("ship_days", "calendar_days", "hours"), default="ship_days")
_ANY_SOURCE = Parameter("source", "one source; default: all that fit")

SERIES_PARAMETERS = (AS_OF, SINCE, UNTIL, PUBLISHED_BY, KNOWN_AT)

TABLES = (
    Table(
        "days",
        days,
        ("day", "figure_id", "parameter", "value"),
        (
            ZONES_NEEDED,
            FLEET_NEEDED,
            SOURCE,
            Parameter("sensitivity", "the counts at other thresholds instead", FLAG, default=False),
            *_FIGURE,
        ),
        open_to_roles=True,
    ),
    Table(
        "presence",
        presence,
        ("period", "figure_id"),
        (ZONES_NEEDED, FLEET_NEEDED, _BY, _UNIT, SINCE, UNTIL, KNOWN_AT, DAY_RULE),
    ),
    Table(
        "streaks",
        streaks,
        ("start_day", "end_day", "originator", "figure_id"),
        (ZONES, FLEET, SERIES, SOURCE, *_FIGURE),
        open_to_roles=True,
    ),
    Table(
        "records",
        records,
        ("series", "source", "record_kind", "stands_since", "figure_id"),
        (ZONES, FLEET, SERIES, _ANY_SOURCE, AS_OF, KNOWN_AT, PUBLISHED_BY, DAY_RULE),
        open_to_roles=True,
    ),
    Table("series", series, ("series",), open_to_roles=True),
    Table(
        "trends",
        trends,
        ("period", "day"),
        (
            SERIES_NEEDED,
            Parameter("by", "length of a period", choices=("month", "year"), default="month"),
            Parameter("change_points", "days on which the level changed instead", FLAG, default=False),
            Parameter("since_when", "each day: highest since, first since", FLAG, default=False),
            SINCE,
            UNTIL,
            PUBLISHED_BY,
        ),
        open_to_roles=True,
    ),
    Table(
        "reconcile",
        reconcile,
        ("day", "office", "unit"),
        (ZONES_NEEDED, FLEET_NEEDED, OFFICE, SINCE, UNTIL, Parameter("totals", "only the sums", FLAG, default=False)),
    ),
    Table(
        "check",
        check,
        ("source", "figure_id"),
        (
            Parameter("claim", "such as `152 consecutive days`", required=True, example="152 consecutive days"),
            Parameter("as_of", "the day of which it is said", DAY, required=True, example="2021-07-31"),
            ZONES,
            FLEET,
            SERIES,
            Parameter("source", "by one source; default: weigh all"),
        ),
    ),
    Table(
        "encirclement",
        encirclement,
        ("bearing_deg",),
        (
            Parameter("day", "the day, by the notices' day rule", DAY, required=True, example="2024-05-23"),
            Parameter("fleet", FLEET.about, default="cn-government"),
            Parameter("around", "the feature in the middle", default="taiwan"),
            Parameter("reach_nm", "how far from it a ship counts", NUMBER, low=0, high=10_000),
        ),
    ),
)
