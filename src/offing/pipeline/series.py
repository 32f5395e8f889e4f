"""Any series by its name: what offices count, ships that they saw pass, watch days from AIS, and texts of a forum.

tw-mnd:aircraft                              bulletins (pipeline.reported)
jcg-senkaku-contiguous-zone                  days that an office publishes as streaks
jp-joint-staff:passages:miyako               ships that texts name in a strait
ais:ZONE[+ZONE]:FLEET                        watch days
statements:jp-us-leaders:joint               meetings whose texts speak of peace and stability in the Strait
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from offing.errors import UnknownName, UsageError
from offing.figures.bulletins import bulletin_days, undated_spans
from offing.figures.ids import FigureSpec
from offing.figures.reported import REPORTED_VALUES
from offing.figures.sighted import passages_by_day, sighted_passages
from offing.figures.statements import MEETING_STREAKS, meeting_days, meeting_streaks
from offing.figures.streaks import StreakParameters, streaks
from offing.figures.trends import TRENDS, Period
from offing.figures.watch_days import NOT_OBSERVED, OBSERVED
from offing.model.units import Unit
from offing.pipeline.figuring import AIS, Question, current_method, span_frame
from offing.pipeline.merged import with_originators
from offing.pipeline.methods import Method
from offing.pipeline.record import Record
from offing.pipeline.reported import SERIES_RECORDS, SERIES_ROWS, SeriesQuestion, all_series, series_rows
from offing.zones.series import Reported, Series

PASSAGES, STATEMENTS = "passages", "statements"
AS_DATED = "as the texts are dated"


def series_question(record: Record, series_id: str, **more: Any) -> SeriesQuestion:
    """The series of this name; `more`: as_of, first_day, last_day, published_by. Raises `UnknownName` where there is none."""
    office, _, rest = series_id.partition(":")
    if office == AIS and rest:
        return WatchSeries(record, series_id, **more)
    if series_id in record.waters.pack.series:
        return SpanSeries(record, series_id, **more)
    if rest.partition(":")[0] == PASSAGES and series_id in _passages(record):
        return PassageSeries(record, series_id, **more)
    if office == STATEMENTS and series_id in _forums(record):
        return MeetingSeries(record, series_id, **more)
    if series_id not in all_series(record):
        known = [*all_series(record), *record.waters.pack.series, *_passages(record), *_forums(record)]
        raise UnknownName.of("series", series_id, known, "offing series")
    return SeriesQuestion(record, series_id, **more)


def every_series(record: Record) -> list[dict[str, Any]]:
    """One row (columns of `reported.SERIES_ROWS`) for each series but those from AIS, which are as many as zones and fleets."""
    rows = series_rows(record)
    for name, found in _passages(record).items():
        asked = PassageSeries(record, name)
        days = {"first": found["start_day"].min(), "last": found["start_day"].max(), "n": found["start_day"].n_unique()}
        own = {"office": asked.office, "metric": PASSAGES, "unit": asked.unit, "area": found["gate_id"][0], "window": "day"}
        note = "Ships that texts name in this strait; a day of which nothing is told is unknown."
        rows.append(_row(name, days, **own, day_rule=str(asked.about.day_rule), note=note))
    for name, found in _forums(record).items():
        days = {"first": found["day"].min(), "last": found["day"].max(), "n": found.height}
        own = {"office": "", "metric": STATEMENTS, "unit": MeetingSeries.unit, "area": "", "window": "meeting"}
        note = "Meetings of which a text is held, and those whose text speaks of peace and stability in the Strait."
        rows.append(_row(name, days, **own, day_rule=AS_DATED, note=note))
    return sorted(rows, key=lambda r: str(r["series"]))


def _row(name: str, days: dict[str, Any], **own: Any) -> dict[str, Any]:
    row = {"series": name, **own, "names": {}, "counts_in": [], "fleet": "", "breaks": []}
    row |= {"first_day": days["first"], "last_day": days["last"], "days": days["n"]}
    return {k: row[k] for k in SERIES_ROWS}


def _passages(record: Record) -> dict[str, pl.DataFrame]:
    """The passages that texts tell, by series."""
    found = sighted_passages(record.sightings).partition_by("office", "gate_id", as_dict=True)
    return {f"{office}:{PASSAGES}:{gate}": rows for (office, gate), rows in sorted(found.items())}


def _forums(record: Record) -> dict[str, pl.DataFrame]:
    """The meetings of each forum and voice of which any text carries the words, by series."""
    found = meeting_days(record.statements).partition_by("forum", "voice", as_dict=True)
    carrying = {whose: rows for whose, rows in found.items() if rows["carries"].any()}
    return {f"{STATEMENTS}:{forum}:{voice or 'unknown'}": rows for (forum, voice), rows in carrying.items()}


class PassageSeries(SeriesQuestion):
    """Ships that an office's texts name in a strait, by the day on which the passage began."""

    unit = Unit.PASSAGES.value
    daily = True

    @property
    def office(self) -> str:
        """Whose texts."""
        return self.id.partition(":")[0]

    @cached_property
    def days(self) -> pl.DataFrame:
        """Its days (columns of `reported.REPORTED_VALUES`)."""
        return self._within(passages_by_day(_passages(self.record)[self.id], self.as_of))


class SpanSeries(SeriesQuestion):
    """Days that an office publishes as streaks: on each there was a ship, or none, or nothing is said."""

    unit = Unit.CALENDAR_DAYS.value
    daily = True

    @property
    def _series(self) -> Series:
        return self.record.waters.pack.series[self.id]

    @property
    def office(self) -> str:
        """Who publishes it."""
        return self._series.office

    @cached_property
    def about(self) -> Reported:
        """What the pack says of it."""
        s = self._series
        return Reported(s.id, s.names, s.day_rule, s.since, s.counts_in, s.fleet, (), s.note)

    @property
    def spec(self) -> FigureSpec:
        """That of the office's zone and fleet, so that a figure has one id."""
        s, asked = self._series, super().spec
        return FigureSpec(
            "streak", (s.zone,), s.fleet, s.office, as_of=asked.as_of, published_by=asked.published_by,
            first_day=asked.first_day, last_day=asked.last_day, settings=asked.settings,
        )  # fmt: skip

    @cached_property
    def days(self) -> pl.DataFrame:
        """Its days; the value is 1 on a day with a ship, 0 on one without."""
        said = bulletin_days(span_frame(self._series), self.as_of, self.published_by)
        return self._within(_valued(said, _yes_or_no(), self.unit))

    @property
    def _bridging(self) -> StreakParameters:
        if self.record.store is None:
            return super()._bridging
        return Method.of({**current_method(self.record.store).values(), **dict(self.settings)}).streak

    def _runs(self, spec: FigureSpec, parameters: StreakParameters) -> pl.DataFrame:
        days = self.days.select("day", "state", "sources", "contradiction")
        undated = undated_spans(span_frame(self._series), self.published_by)
        return streaks(days, spec, self.about.day_rule, parameters, undated=undated)

    def _highest(self) -> pl.DataFrame:
        return super()._highest().clear()  # a day has a ship or none: no day is higher than another


class WatchSeries(SeriesQuestion):
    """Watch days of zones and a fleet from AIS; the value of a day is the hulls seen: a least value."""

    unit = Unit.VESSELS.value
    daily = True
    office = AIS

    @cached_property
    def _asked(self) -> Question:
        parts = self.id.split(":")
        if len(parts) != 3 or not all(parts):
            raise UnknownName(f"There is no series {self.id!r}.", "From AIS it is ais:ZONE:FLEET, or ais:ZONE+ZONE:FLEET.")
        if self.record.store is None:
            raise UsageError("A series from AIS needs a logbook.", "`offing init` makes one.")
        spec = FigureSpec(
            "streak", tuple(sorted(parts[1].split("+"))), parts[2], AIS, as_of=self.as_of, first_day=self.first_day,
            last_day=self.last_day, settings=self.settings, known_at_ms=self.record.known_at_ms,
        )  # fmt: skip
        return Question.of(self.record.store, self.record.waters, spec)

    @property
    def spec(self) -> FigureSpec:
        """That of the zones and the fleet, so that a figure has one id."""
        return self._asked.spec

    @cached_property
    def about(self) -> Reported:
        """Its zones, fleet and day; breaks where the positions come from other kinds of files."""
        asked = self._asked
        zones = tuple(z.id for z in asked.zones)
        return Reported(self.id, {}, asked.day_rule, None, zones, asked.fleet.id, tuple(self._providers()))

    @cached_property
    def days(self) -> pl.DataFrame:
        """Its days; null where receivers were not listening."""
        hulls = pl.when(pl.col("state").is_in([OBSERVED, NOT_OBSERVED])).then(pl.col("hulls_n").cast(pl.Float64))
        rows = self._asked.days().with_columns(pl.lit([], dtype=pl.List(pl.String)).alias("sources"))
        return _valued(rows, hulls, self.unit)

    def streaks(self) -> pl.DataFrame:
        """Its streaks, with those whose accounts they rest on."""
        found = with_originators(super().streaks(), self._asked.days(), "start_day", "end_day")
        return found.with_columns(pl.lit(self._asked.store.node_id, dtype=pl.String).alias("originator"))

    @property
    def _bridging(self) -> StreakParameters:
        return self._asked.method.streak

    def _providers(self) -> list[tuple[date, str]]:
        """Days on which the kinds of files that hold positions change: another provider hears other ships."""
        store = self.record.store
        assert store is not None
        kinds: dict[date, set[str]] = {}
        for file in store.ledger.files():
            for day in file.position_days:
                kinds.setdefault(day, set()).add(file.reader)
        out, before = [], None
        for day in sorted(kinds):
            now = ", ".join(sorted(kinds[day]))
            if before is not None and now != before:
                out.append((day, f"positions come from {now} instead of {before}"))
            before = now
        return out


class MeetingSeries(SeriesQuestion):
    """Meetings of a forum of which a text in one voice is held, and those whose text carries the words on the Strait."""

    unit = Unit.STATEMENTS.value
    daily = False
    office = STATEMENTS

    @property
    def _held(self) -> pl.DataFrame:
        rows = _forums(self.record)[self.id]
        last = min((d for d in (self.as_of, self.last_day) if d), default=date.max)
        return rows.filter(pl.col("day").is_between(self.first_day or date.min, last))

    @property
    def days(self) -> pl.DataFrame:
        """None: raises `UsageError`."""
        raise UsageError(f"The series {self.id} counts meetings, not days.", "`offing streaks --series` and `trend` show it.")

    @cached_property
    def _streaks(self) -> pl.DataFrame:
        held = self._held
        forum, voice = held["forum"].first(), held["voice"].first()
        days = held["day"].to_list()
        rows = self.record.statements.filter(pl.col("forum") == forum, pl.col("day").is_in(days))
        return meeting_streaks(rows).filter(pl.col("voice") == voice).select(MEETING_STREAKS.names())

    def records(self) -> pl.DataFrame:
        """The history of its longest run of meetings (columns of `reported.SERIES_RECORDS`), oldest first."""
        rows: list[dict[str, Any]] = []
        for run in self._streaks.iter_rows(named=True):
            if rows and run["meetings_n"] <= rows[-1]["value"]:
                continue
            row = {"record_kind": "longest_run", "value": run["meetings_n"], "value_at_most": run["meetings_n"], "stands": True}
            row |= {"unit": Unit.MEETINGS.value, "start_day": run["first_day"], "end_day": run["last_day"]}
            row["previous"] = rows[-1]["value"] if rows else None
            if rows:
                rows[-1]["stands"] = False
            rows.append(row)
        schema = {k: v for k, v in SERIES_RECORDS.items() if k not in ("series", "pack")}
        return self._labelled(pl.DataFrame(rows, schema=schema)).select(SERIES_RECORDS.names())

    def trend(self, by: Period) -> pl.DataFrame:
        """Texts that carry the words, by month or year (columns of `trends.TRENDS`); nothing is compared."""
        size = {"month": 7, "year": 4}[by]
        rows = []
        parts = self._held.with_columns(pl.col("day").cast(pl.String).str.slice(0, size).alias("period"))
        for (period,), part in parts.group_by("period", maintain_order=True):
            n = int(part["carries"].sum())
            row = {"series": self.id, "period": period, "unit": self.unit, "total": float(n), "mean": n / part.height}
            rows.append({**row, "days_reported": part.height, "days_with": n, "warnings": []})
        return pl.DataFrame(rows, schema=TRENDS)


def _yes_or_no() -> pl.Expr:
    return pl.when(pl.col("state") == OBSERVED).then(1.0).when(pl.col("state") == NOT_OBSERVED).then(0.0)


def _valued(days: pl.DataFrame, value: pl.Expr, unit: str) -> pl.DataFrame:
    """Days with a state as days with a value (columns of `reported.REPORTED_VALUES`)."""
    own = {"value": value, "unit": pl.lit(unit), "area": pl.lit("")}
    rows = days.with_columns(e.alias(n) for n, e in own.items())
    lists = [n for n in ("flags", "sources", "bulletin_ids") if n not in rows.columns]
    rows = rows.with_columns(pl.lit([], dtype=pl.List(pl.String)).alias(n) for n in lists)
    rows = rows.with_columns(pl.lit(None).alias(n) for n in REPORTED_VALUES.names() if n not in rows.columns)
    return rows.select(pl.col(n).cast(t) for n, t in REPORTED_VALUES.items())
