"""`why`: from a figure to its days, from a day to its visits, from a visit to positions, from a position to file and line."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from offing.errors import OffingError, UnknownName
from offing.figures.bulletins import bulletins_of
from offing.figures.ids import FigureSpec, parse_figure_id
from offing.model.times import iso, to_ms
from offing.pipeline.figuring import AIS, Question
from offing.pipeline.methods import Method
from offing.pipeline.record import Record
from offing.pipeline.settled import run_at
from offing.pipeline.waters import Waters
from offing.pipeline.why_positions import Positions, at_place
from offing.pipeline.why_series import series_chain
from offing.pipeline.why_told import Told
from offing.store import Store
from offing.store.history import WITHDRAWN, versions

MOST = 12
"""Visits and days that are opened fully unless all are asked for."""


@dataclass(frozen=True)
class Link:
    """One line of a chain; `level` is how deep it stands."""

    level: int
    kind: str  # as in docs/meanings.toml: figure, rule, day, visit, passage, zone, ..., raw, received, more
    text: str
    id: str | None = None  # what `why` takes
    file: str | None = None
    line: int | None = None
    raw: str | None = None

    def row(self) -> dict[str, Any]:
        """For JSON and the other forms."""
        return asdict(self)


def why(store: Store, waters: Waters, name: str, *, everything: bool = False) -> list[Link]:
    """The chain of a visit, passage, day, presence, streak or record. Raises `UnknownName` for any other id."""
    return _Chain(store, waters, everything).of(name.strip())


class _Chain:
    def __init__(self, store: Store, waters: Waters, everything: bool) -> None:
        self.store, self.waters = store, waters
        self.most = 10**9 if everything else MOST
        self.positions = Positions(store, self.add)
        self.links: list[Link] = []
        self.known_at_ms: int | None = None
        self._histories: dict[tuple[str, str], pl.DataFrame] = {}
        self._told: dict[int | None, Told] = {}

    def of(self, name: str) -> list[Link]:
        told = self.told_then()
        try:
            return self._of(name)
        except UnknownName:
            if self.links or not told.knows(name):
                raise
        told.record(name, self.add, 0)
        return self.links

    def _of(self, name: str) -> list[Link]:
        if name.startswith("visit:"):
            self.visit(name, 0)
            return self.links
        if name.startswith("passage:"):
            self.passage(name)
            return self.links
        try:
            spec = parse_figure_id(name)
        except OffingError:
            raise UnknownName(
                f"There is no event or figure {name!r}.",
                "Ids are printed by `offing visits`, `passages`, `days`, `presence`, `streaks` and `records` "
                "(event_id, figure_id).",
                name=name,
            ) from None
        if not spec.zone_ids:
            series_chain(Record(self.store, self.waters, spec.known_at_ms), spec, self.add, self.most)
            return self.links
        question = Question.of(self.store, self.waters, spec)
        self.waters, self.known_at_ms = question.waters, spec.known_at_ms
        {"day": self.day_figure, "presence": self.presence, "streak": self.streak, "record": self.record}[spec.kind](
            question, spec
        )
        return self.links

    def history(self, event_id: str) -> tuple[pl.DataFrame, Method]:
        """All versions of an event as known then, and their method: that of the last run, else the latest that has it."""
        kind = event_id.partition(":")[0]
        named = {"visit": "method", "passage": "passage_method"}[kind]
        runs = [r for r in self.store.ledger.runs() if self.known_at_ms is None or r.known_from_ms <= self.known_at_ms]
        for name, run in {r.details[named]: r for r in reversed(runs) if named in r.details}.items():
            if (kind, name) not in self._histories:
                rows = versions(self.store, kind, name)
                if self.known_at_ms is not None:
                    rows = rows.filter(pl.col("known_from_utc").dt.epoch("ms") <= self.known_at_ms)
                self._histories[kind, name] = rows
            found = self._histories[kind, name].filter(pl.col("event_id") == event_id)
            if found.height:
                return found, Method.of(run.details["parameters"])
        raise UnknownName(f"There is no {kind} {event_id!r}.", f"`offing {kind}s` lists them.", name=event_id)

    def add(self, level: int, kind: str, text: str, **more: Any) -> None:
        self.links.append(Link(level, kind, text, **more))

    # -- figures

    def rules(self, q: Question, level: int, *kinds: str) -> None:
        """What every figure prints: zones, fleet, day rule, parameters, data."""
        for zone in q.zones:
            self.zone(zone.id, level)
        claims = (
            "every hull"
            if q.fleet.everyone
            else f"{len({m.mmsi for m in q.fleet.members})} numbers"
            if q.fleet.members
            else "by flag"
        )
        self.add(level, "rule", f"fleet {q.fleet.id} ({claims}), version {q.fleet.hash}; days of {self.rule_of(q)}")
        values = ", ".join(f"{k} = {v:g}" for k in kinds for k, v in getattr(q.method, k).values().items())
        if values:
            self.add(level, "rule", f"parameters: {values}")
        if q.spec.source == AIS:
            window = q.data_window
            self.add(level, "rule", f"data from {iso(window[0])} to {iso(window[1])}" if window else "no data")
        run = f"run {q.run.id}, " if q.spec.source == AIS and q.run else ""
        self.add(level, "rule", f"{run}region pack {q.waters.pack.id} {q.waters.pack.version} ({q.waters.pack.hash})")

    def rule_of(self, q: Question) -> str:
        return str(q.day_rule if q.spec.source == AIS else q.series.day_rule)

    def day_figure(self, q: Question, spec: FigureSpec) -> None:
        days = q.days().filter(pl.col("day") == spec.day)
        if days.is_empty():
            raise UnknownName(f"There is no day {spec.key} in this series.", "`offing days` lists them.", name=str(spec))
        self.day(q, days.row(0, named=True), 0, whole=True)
        self.rules(q, 1, *(("watch_day", "coverage", "visit") if spec.source == AIS else ()))

    def day(self, q: Question, row: dict[str, Any], level: int, *, whole: bool) -> None:
        """One day; `whole` opens its visits or bulletins."""
        day: date = row["day"]
        if q.spec.source != AIS:
            self.add(level, "day", f"{day}: {row['state']}", id=str(q.spec.of("day", day.isoformat())))
            if whole:
                self.bulletins(q, day, day, level + 1)
            return
        at = f", {_count(row['positions_n'], 'position', 'positions')}" if row["positions_n"] is not None else ""
        numbers = f" ({' '.join(map(str, row['mmsis']))})" if row["mmsis"] else ""
        hulls = f", {_count(row['hulls_n'], 'hull', 'hulls')}{numbers}{at}" if row["hulls_n"] else ""
        heard = f" ({row['because']})" if row["because"] else f", {row['listening_hours']} listening hours"
        window = f" ({_t(row['window_start_utc'])} to {_t(row['window_end_utc'])})"
        self.add(level, "day", f"{day}{window}: {row['state']}{hulls}{heard}", id=row["figure_id"])
        if whole:
            self.visits(row["visits"], level + 1)
            told = q.received.of_series(q.zones, q.fleet, q.day_rule).filter(pl.col("day") == day)
            self.told_then().days(told, self.add, level + 1)

    def visits(self, ids: list[str], level: int) -> None:
        for event_id in ids[: self.most]:
            self.visit(event_id, level, brief=True)
        if len(ids) > self.most:
            self.add(level, "more", f"... and {len(ids) - self.most} more visits; --all opens every one")

    def presence(self, q: Question, spec: FigureSpec) -> None:
        if spec.unit is None:
            raise UnknownName(f"{spec} does not say what it counts.", "Add ,unit=ship_days or another unit.", name=str(spec))
        found = q.presence(spec.by, spec.unit).filter(pl.col("period") == spec.key)  # type: ignore[arg-type]
        if found.is_empty():
            raise UnknownName(f"There is no period {spec.key} in this series.", "`offing presence` lists them.", name=str(spec))
        row = found.row(0, named=True)
        states = ", ".join(f"{row[f'days_{s}']} days {s}" for s in ("observed", "not_observed", "unobservable"))
        self.add(0, "figure", f"{row['period']}: {row['value']:g} {row['unit']} ({states})", id=row["figure_id"])
        self.rules(q, 1, "watch_day", "coverage", "visit")
        first, last = spec.period
        self.span(q, first, last, 1)

    def span(self, q: Question, first: date, last: date, level: int) -> None:
        """The observed days of a period; the first and the last are opened."""
        days = q.days().filter(pl.col("day").is_between(first, last))
        rows = days.to_dicts()
        shown = [i for i, r in enumerate(rows) if r["state"] == "observed"]
        ends = {shown[0], shown[-1]} if shown else set()
        for i, row in enumerate(rows):
            self.day(q, row, level, whole=i in ends or (self.most > MOST and row["state"] == "observed"))

    def streak(self, q: Question, spec: FigureSpec) -> None:
        found = q.streaks()
        key = (
            pl.col("start_day") == spec.day
            if spec.day
            else pl.col("start_day").is_null() & (pl.col("days_observed") == spec.days)
        )
        found = found.filter(key)
        if found.is_empty():
            raise UnknownName(f"There is no streak that begins {spec.key}.", "`offing streaks` lists them.", name=str(spec))
        self.one_streak(q, found.row(0, named=True), 0)

    def one_streak(self, q: Question, row: dict[str, Any], level: int) -> None:
        when = (
            f"{row['start_day']} to {row['end_day']}"
            if row["start_day"]
            else f"between {row['not_before']} and {row['not_after']}"
        )
        bounds = (
            f", {row['days_unobservable']} unknown bridged: between {row['days_observed']} and {row['days_span']}"
            if row["days_unobservable"]
            else ""
        )
        self.add(level, "figure", f"streak of {row['days_observed']} calendar days, {when}{bounds}", id=row["figure_id"])
        self.add(level + 1, "rule", f"ended by {row['ended_by']}: {row['ended_because']}")
        if row["broke"]:
            on = f" on {row['broke_on_day']}" if row["broke_on_day"] else ""
            self.add(level + 1, "rule", f"it broke{on} the record of {row['broke_days']} days", id=row["broke"])
        self.rules(q, level + 1, "streak", *(("watch_day", "coverage", "visit") if q.spec.source == AIS else ()))
        if row["start_day"] is None:
            self.undated(q, row, level + 1)
        elif q.spec.source == AIS:
            self.span(q, row["start_day"], row["end_day"], level + 1)
        else:
            self.bulletins(q, row["start_day"], row["end_day"], level + 1)

    def record(self, q: Question, spec: FigureSpec) -> None:
        found = q.records().filter(pl.col("figure_id") == str(spec))
        if found.is_empty():
            raise UnknownName(f"There is no record {spec}.", "`offing records` lists them.", name=str(spec))
        row = found.row(0, named=True)
        until = "it stands" if row["stands"] else f"until {row['stands_until'] or 'an unknown day'}"
        self.add(
            0,
            "figure",
            f"record: {row['value']} {row['unit']}, since {row['stands_since'] or 'an unknown day'}, {until}",
            id=row["figure_id"],
        )
        self.add(1, "rule", f"within {row['series']}")
        holder = parse_figure_id(row["holder"])
        if holder.kind == "day":
            self.day(q, q.days().filter(pl.col("day") == holder.day).row(0, named=True), 1, whole=True)
            self.rules(q, 1, "watch_day", "coverage", "visit")
        else:
            self.one_streak(q, q.streaks().filter(pl.col("figure_id") == row["holder"]).row(0, named=True), 1)

    # -- bulletins

    def bulletins(self, q: Question, first: date, last: date, level: int) -> None:
        for row in bulletins_of(q.spans, first, last, q.spec.published_by).iter_rows(named=True):
            self.bulletin(q, row, level)

    def undated(self, q: Question, streak: dict[str, Any], level: int) -> None:
        for row in q.spans.filter(pl.col("start_day").is_null(), pl.col("days") == streak["days_observed"]).iter_rows(
            named=True
        ):
            self.bulletin(q, row, level)

    def bulletin(self, q: Question, row: dict[str, Any], level: int) -> None:
        when = f"every day from {row['start_day']} to {row['last_day']}" if row["start_day"] else "a streak without dates"
        says = f"{when}, {row['days']} days{', and then it ended' if row['ended'] else ''}"
        self.add(level, "bulletin", f"{q.spec.source}, published {row['published_on']}: {says}. Source: {row['source']}")
        path = q.waters.pack.folder / q.series.spans_file
        said = {c: "" if row[c] is None else str(row[c]) for c in ("start_day", "last_day", "days", "source")}
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            for entry in table:
                if entry["series"] == q.series.id and said.items() <= entry.items():
                    text = path.read_text(encoding="utf-8").splitlines()[table.line_num - 1]
                    where = f"{path.name} line {table.line_num}: {text}"
                    self.add(level + 1, "raw", where, file=str(path), line=table.line_num, raw=text)
                    return

    # -- events and positions

    def zone(self, zone_id: str, level: int, version: str = "") -> None:
        zone = self.waters.zones.get(zone_id)
        if zone is None or version not in ("", zone.hash):
            now = f"is now version {zone.hash}" if zone else "is no longer in this logbook"
            self.add(level, "zone", f"zone {zone_id}, version {version}; it {now}")
            return
        held = f", in force from {zone.valid_from or 'always'} to {zone.valid_to or 'now'}"
        basis = f"; {zone.legal_basis}" if zone.legal_basis else ""
        source = f"; source: {zone.source}" if zone.source else ""
        claimed = f"claimed by {', '.join(zone.claimants) or 'nobody named'}"
        self.add(level, "zone", f"zone {zone.id}, version {zone.hash}, {claimed}{held}, {zone.confidence}{basis}{source}")

    def visit(self, event_id: str, level: int, *, brief: bool = False) -> None:
        """A visit: what this logbook saw of it, then every account that partners gave of it."""
        told = self.told_then()
        try:
            history, by_method = self.history(event_id)
        except UnknownName:
            if not told.knows(event_id):
                raise
        else:
            self.own_visit(history, by_method, event_id, level, brief=brief)
        told.visits(event_id, self.add, level)

    def own_visit(self, history: pl.DataFrame, by_method: Method, event_id: str, level: int, *, brief: bool) -> None:
        v = history.row(-1, named=True)
        stay = f"from {_t(v['entry_t_utc'])} ({v['entry_how']}) to {_t(v['exit_t_utc'])} ({v['exit_how']})"
        how = f"{v['status']}, version {v['version']}, track {v['track']}"
        inside = f"{_count(v['positions_n'], 'position', 'positions')} inside, {v['duration_s'] / 3600:.2f} h"
        self.add(level, "visit", f"{v['mmsi']} in {v['zone_id']} {stay}, {inside}; {how}", id=event_id)
        held_at_ms = self.told(history, level + 1)
        if not brief:
            self.zone(v["zone_id"], level + 1, v["zone_hash"])
            values = ", ".join(f"{k} = {x:g}" for k, x in by_method.visit.values().items())
            self.add(level + 1, "rule", f"parameters: {values}")
        edges = [v[f"{side}_{word}_utc"] for side in ("entry", "exit") for word in ("before", "after")]
        self.positions.ahead(v["mmsi"], edges, held_at_ms if self.known_at_ms is not None else None)
        for side in ("entry", "exit"):
            self.crossing(v, side, level + 1, held_at_ms)

    def told_then(self) -> Told:
        """What partners had sent by the instant that is asked about."""
        return self._told.setdefault(self.known_at_ms, Told(self.store, self.waters, self.known_at_ms))

    def told(self, history: pl.DataFrame, level: int) -> int | None:
        """The versions, where there are several; returns when the files were held from which the event was last told."""
        for row in history.iter_rows(named=True) if history.height > 1 else ():
            by = f"; superseded by {row['superseded_by']}" if row["superseded_by"] else ""
            said = f"{row['status']}; {row['reason'] or 'first known'}{by}"
            self.add(level, "version", f"version {row['version']} of {_t(row['known_from_utc'])}: {said}")
        said_at = history.filter(pl.col("status") != WITHDRAWN)["known_from_utc"].dt.epoch("ms").max()
        run = run_at(self.store, int(said_at))  # type: ignore[arg-type]
        return run.started_ms if run else None

    def passage(self, event_id: str) -> None:
        history, by_method = self.history(event_id)
        p = history.row(-1, named=True)
        gate = self.waters.pack.gates.get(p["gate_id"])
        sides = " to ".join(f"{s} ({gate.water(s)})" if gate else s for s in (p["from_side"], p["to_side"]))
        bound = {True: ", Pacific-bound", False: ", from the Pacific", None: ""}[p["pacific_bound"]]
        way = f"{p['direction']} ({p['course_deg']:.1f} degrees) at {p['speed_kn']:.1f} kn"
        how = f"{p['status']}, version {p['version']}, track {p['track']}"
        self.add(0, "passage", f"{p['mmsi']} through {p['gate_id']} from {sides}{bound}, {way}; {how}", id=event_id)
        held_at_ms = self.told(history, 1)
        if gate is None or gate.hash != p["gate_hash"]:
            now = f"is now version {gate.hash}" if gate else "is no longer in this logbook"
            self.add(1, "gate", f"gate {p['gate_id']}, version {p['gate_hash']}; it {now}")
        else:
            self.add(1, "gate", f"gate {gate.id}, version {gate.hash}, {gate.name()}, {gate.confidence}; source: {gate.source}")
        values = {**by_method.visit.values(), **by_method.passage.values()}
        del values["visit.rejoin_min"]
        self.add(1, "rule", f"parameters: {', '.join(f'{k} = {x:g}' for k, x in values.items())}")
        self.add(1, "crossing", f"crossed at {_t(p['t_utc'])}, {at_place(p['lat_deg'], p['lon_deg'])}")
        for word in ("before", "after"):
            self.position(p["mmsi"], p[f"{word}_utc"], f"{word} the gate", 2, held_at_ms)

    def crossing(self, v: dict[str, Any], side: str, level: int, held_at_ms: int | None) -> None:
        place = at_place(v[f"{side}_lat_deg"], v[f"{side}_lon_deg"])
        self.add(level, "crossing", f"{side} {v[f'{side}_how']} at {_t(v[f'{side}_t_utc'])}, {place}")
        for when, word in ((v[f"{side}_before_utc"], "before"), (v[f"{side}_after_utc"], "after")):
            if when is not None and not (word == "after" and when == v[f"{side}_before_utc"]):
                self.position(v["mmsi"], when, f"{word} the {side}", level + 1, held_at_ms)

    def position(self, mmsi: int, when: datetime, role: str, level: int, held_at_ms: int | None) -> None:
        """A position with its raw lines: `why_positions`."""
        self.positions.tell(mmsi, when, role, level, held_at_ms, self.known_at_ms is not None)


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _t(moment: datetime) -> str:
    return iso(to_ms(moment))
