"""Reading a logbook: files, visits, passages, who is inside now, records over several series, and what to know beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from offing.clock import now_ms
from offing.errors import UnknownName, UsageError
from offing.figures.ids import FigureSpec
from offing.figures.records import RECORDS
from offing.model.schemas import PASSAGES, VISITS
from offing.model.times import UTC_DAY, iso
from offing.pipeline.figuring import AIS, Question, current_method, published_series
from offing.pipeline.merged import TOLD, as_own, came_by, with_told
from offing.pipeline.settled import run_at, settled_days
from offing.pipeline.waters import Waters
from offing.store import Store, received
from offing.store.history import KINDS, events
from offing.store.lookup import rejects as stored_rejects
from offing.store.lookup import statics_of
from offing.store.merge import merged_days
from offing.tracks.identity import clip_to_fleet

STATUS = (
    *("path", "sha256", "format", "rows", "positions", "statics", "fragments", "ignored", "duplicates", "rejects"),
    *("first_t_utc", "last_t_utc", "bytes", "kept", "ingested_utc"),
)
"""Columns of `status`."""


def status(store: Store) -> list[dict[str, Any]]:
    """One row for each held file; `rows` = positions + statics + fragments + ignored + duplicates + rejects."""
    return [
        {
            "path": f.path,
            "sha256": f.sha256,
            "format": f.reader,
            "rows": f.rows,
            "positions": f.positions,
            "statics": f.statics,
            "fragments": f.fragments,
            "ignored": dict(f.ignored),
            "duplicates": f.duplicates,
            "rejects": dict(f.rejects),
            "first_t_utc": None if f.first_t_ms is None else iso(f.first_t_ms),
            "last_t_utc": None if f.last_t_ms is None else iso(f.last_t_ms),
            "bytes": f.bytes,
            "kept": f.kept,
            "ingested_utc": iso(f.held_from_ms),
        }
        for f in sorted(store.ledger.files(), key=lambda f: (f.path, f.sha256))
    ]


def rejects(store: Store, file: str | None) -> pl.DataFrame:
    """Rejected rows of all held files, or of those whose path or sha256 contains a text: path, row, reason, detail, file."""
    rows = stored_rejects(store).select("path", "row", "reason", "detail", "file")
    if file is None:
        return rows
    return rows.filter(pl.col("path").str.contains(file, literal=True) | pl.col("file").str.starts_with(file))


def notes(store: Store, waters: Waters) -> list[str]:
    """What a user should know before reading events and figures."""
    before = run_at(store)
    held = {f.sha256 for f in store.ledger.files()}
    if before is None:
        return ["Nothing was worked out yet: `offing run` does."] if held else []
    was = set(before.details["files"])
    out = []
    if held != was:
        came, left = len(held - was), len(was - held)
        out.append(f"{came} files were read and {left} retracted since the last run: `offing run` brings events up to date.")
    if before.details["zones"] != {z.id: z.hash for z in waters.zone_list}:
        out.append("Zones changed since the last run: `offing run` brings events up to date.")
    elif before.details.get("gates", {}) != {g.id: g.hash for g in waters.pack.gates.values()}:
        out.append("Gates changed since the last run: `offing run` brings events up to date.")
    elif before.details["since"] or before.details["until"]:
        days = {d.day for d in merged_days(store)}
        missing = set[date]().union(*(days - settled_days(store, before, zone, days) for zone in waters.zone_list))
        if missing:
            out.append(f"{len(missing)} days outside --since and --until of the last run are left: `offing run` does all.")
    return out


def received_notes(store: Store, waters: Waters, known_at_ms: int | None = None) -> list[str]:
    """What a user should know of received rows: those that no figure counts, and those left out of what was known then."""
    rows = received.read(store, "visit")
    here = pl.DataFrame([(z.id, z.hash) for z in waters.zone_list], {"zone_id": pl.String, "here": pl.String}, orient="row")
    placed = rows.join(here, on="zone_id", how="left")
    told = pl.all_horizontal(pl.col("zone_id", "zone_hash", "entry_t_utc", "exit_t_utc", "support_n").is_not_null())
    counts = {
        "of another outline of their zone": told & (pl.col("here") != pl.col("zone_hash")),
        "of a zone that this logbook does not know": told & pl.col("here").is_null(),
        "without the zone, times or support that figures need": ~told,
    }
    found = {why: placed.filter(which).height for why, which in counts.items()}
    out = [f"Received visits {why}: {n:,}. They are listed, and no figure counts them." for why, n in found.items() if n]
    if known_at_ms is not None:
        undated = sum(t["received_utc"].null_count() for t in received.read_all(store).values())
        out += [f"Received rows of which it is not known when they came: {undated:,}. They are left out."] if undated else []
    return out


@dataclass(frozen=True)
class EventFilter:
    """Which visits or passages; an empty field asks for all. Days are UTC, both included."""

    places: tuple[str, ...] = ()  # zones of visits, gates of passages
    fleet: str | None = None
    mmsi: int | None = None
    since: date | None = None
    until: date | None = None
    known_at_ms: int | None = None
    withdrawn: bool = False


def visits(store: Store, waters: Waters, asked: EventFilter) -> pl.DataFrame:
    """Visits by entry: columns of `schemas.VISITS`, then version, still_inside, known_from_utc, reason, superseded_by.

    Own visits, and those that partners sent: `originator` says whose account each is, `received_from` and `vouched_by` how it
    came. One stay may have several accounts; all are listed.
    """
    waters.several(list(asked.places))  # `UnknownName` for one that is not there
    start, end = "entry_t_utc", "exit_t_utc"
    own = as_own(store, _asked_for(store, waters, "visit", asked, start=start, end=end))
    told = came_by(received.read(store, "visit"), asked.known_at_ms).rename({"received_utc": "known_from_utc"})
    told = told.rename({"id": "event_id"}).with_columns(kind=pl.lit("visit"))
    rows = with_told(own, _filtered(told, waters, asked, "zone_id", start=start, end=end))
    rows = rows.with_columns(still_inside=_still_inside(now_ms())).sort(start, "mmsi", "zone_id", "event_id", "originator")
    history = ["known_from_utc", "reason", "superseded_by"]
    return rows.select("event_id", "kind", "version", *VISITS.names[2:], "still_inside", *history, *TOLD)


def passages(store: Store, waters: Waters, asked: EventFilter) -> pl.DataFrame:
    """Passages by time: columns of `schemas.PASSAGES` and version, then from_water, to_water, known_from_utc, reason, ...

    The waters on both sides are named in English, as the region pack says now; null where it has no such gate any more.
    """
    gates = waters.pack.gates
    for gate_id in asked.places:
        if gate_id not in gates:
            raise UnknownName.of("gate", gate_id, gates, "offing gates")
    rows = _asked_for(store, waters, "passage", asked, start="t_utc", end="t_utc")
    waters_of = [(g.id, side, g.water(side)) for g in gates.values() for side in ("left", "right")]
    for which in ("from", "to"):
        key = ["gate_id", f"{which}_side"]
        named = pl.DataFrame(waters_of, schema=dict.fromkeys([*key, f"{which}_water"], pl.String), orient="row")
        rows = rows.join(named, on=key, how="left")
    names = ["event_id", "kind", "version", *PASSAGES.names[2:], "from_water", "to_water"]
    return rows.sort("t_utc", "mmsi", "gate_id", "event_id").select(*names, "known_from_utc", "reason", "superseded_by")


def _asked_for(store: Store, waters: Waters, kind: str, asked: EventFilter, *, start: str, end: str) -> pl.DataFrame:
    """The events of a kind that a filter lets through; `start` and `end` are the columns of when they are."""
    method = current_method(store, asked.known_at_ms).event_hash(kind)
    rows = events(store, kind, method, asked.known_at_ms, asked.withdrawn)
    return _filtered(rows, waters, asked, KINDS[kind].place, start=start, end=end)


def _filtered(rows: pl.DataFrame, waters: Waters, asked: EventFilter, place: str, *, start: str, end: str) -> pl.DataFrame:
    """The rows that a filter lets through; what a row does not tell does not fit."""
    fleet = waters.fleet(asked.fleet) if asked.fleet else None
    if asked.places:
        rows = rows.filter(pl.col(place).is_in(asked.places))
    if asked.mmsi is not None:
        rows = rows.filter(pl.col("mmsi") == asked.mmsi)
    if asked.since:
        rows = rows.filter(pl.col(end).dt.epoch("ms") >= UTC_DAY.window(asked.since)[0])
    if asked.until:
        rows = rows.filter(pl.col(start).dt.epoch("ms") < UTC_DAY.window(asked.until)[1])
    if fleet is not None and not fleet.everyone:
        held = clip_to_fleet(rows.drop_nulls(["mmsi", start, end]), fleet, start=start, end=end)
        rows = rows.join(held.select("event_id").unique(), on="event_id", how="semi")
    return rows


def _still_inside(at_ms: int) -> pl.Expr:
    """Open, and not silent for longer than max_gap at an instant."""
    return ((pl.col("status") == "open") & (pl.col("closes_at_utc").dt.epoch("ms") > at_ms)).fill_null(value=False)


def inside_now(store: Store, waters: Waters, zone_ids: Sequence[str], at_ms: int | None) -> pl.DataFrame:
    """Hulls inside at an instant: those whose visit covers it, or is open and not yet closed by silence."""
    instant = now_ms() if at_ms is None else at_ms
    rows = visits(store, waters, EventFilter(tuple(zone_ids)))
    entered = pl.col("entry_t_utc").dt.epoch("ms") <= instant
    stays = (pl.col("exit_t_utc").dt.epoch("ms") >= instant) | _still_inside(instant)
    names = rows.filter(entered & stays).with_columns(still_inside=_still_inside(instant))
    return names.with_columns(name=_name_at(store, names, instant), at_utc=pl.lit(instant).cast(pl.Datetime("ms", "UTC")))


def _name_at(store: Store, rows: pl.DataFrame, instant: int) -> pl.Series:
    """The latest name each hull had broadcast by then; null where none is known."""
    names = []
    for mmsi in rows["mmsi"]:
        said = None if mmsi is None else statics_of(store, int(mmsi), None, instant).drop_nulls("name")
        names.append(said["name"][-1] if said is not None and said.height else None)
    return pl.Series("name", names, dtype=pl.String)


def records(
    store: Store, waters: Waters, zone_ids: Sequence[str], fleet_id: str | None, source: str | None, more: Mapping[str, Any]
) -> pl.DataFrame:
    """Record histories of every published series that fits, and of AIS where zone and fleet are named."""
    zones = waters.several(list(zone_ids))
    if fleet_id:
        waters.fleet(fleet_id)
    if source not in (None, AIS, *waters.pack.offices):
        raise UnknownName.of("source", str(source), [AIS, *waters.pack.offices], "offing records")
    if source == AIS and not (zones and fleet_id):
        raise UsageError("Records from AIS are of zones and a fleet.", "Add --zone and --fleet.")
    wanted: list[FigureSpec] = []
    for spec in published_series(waters):
        fits = (not zones or spec.zone_ids[0] in {z.id for z in zones}) and fleet_id in (None, spec.fleet_id)
        if fits and source in (None, spec.source):
            wanted.append(spec)
    if zones and fleet_id and source in (None, AIS):
        wanted.append(FigureSpec("streak", tuple(z.id for z in zones), fleet_id, AIS))
    if source not in (None, AIS) and zones and not wanted:
        wanted.append(FigureSpec("streak", tuple(z.id for z in zones), fleet_id or "any", str(source)))
    rows = (Question.of(store, waters, replace(s, **more)).records() for s in wanted)
    return pl.concat([pl.DataFrame(schema={**RECORDS, "pack": pl.String}), *rows])
