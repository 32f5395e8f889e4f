"""The step `run`: days are merged, the fold walks them, events get their versions, coverage its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from offing.figures.coverage import coverage_of_day
from offing.model.times import UTC_DAY, iso
from offing.pipeline.coverage import has_coverage, write_coverage
from offing.pipeline.methods import Method
from offing.pipeline.settled import run_at
from offing.pipeline.waters import Waters
from offing.store import Store
from offing.store.history import KINDS, EventRun, events
from offing.store.ledger import RunLine
from offing.store.merge import MergedDay, merge_days

if TYPE_CHECKING:
    from offing.tracks.walk import Batch

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class RunSummary:
    """What a run did."""

    days_n: int
    positions_n: int  # that opened or continued a track
    untracked_n: int  # kept and counted, but of base time or no ship's: they open no track
    visits: dict[str, int]  # new, changed, withdrawn, returned, unchanged
    passages: dict[str, int]  # the same
    method: str  # of the visits


def run(
    store: Store,
    waters: Waters,
    *,
    settings: Mapping[str, float],
    since: date | None = None,
    until: date | None = None,
    progress: Progress | None = None,
) -> RunSummary:
    """Bring events and coverage up to the files, zones and parameters of now.

    `settings` override those of `offing.toml`; a method of its own has a history of its own. Tracks are always folded
    whole, so that a cut never changes an event; `since` and `until` (UTC days, both included) say which events to record:
    those that touch these days. The others keep what was recorded of them.
    """
    from offing.pipeline.visits import fold_days

    tell = progress or (lambda what, done, of: None)
    with store.writing("run"):
        method = Method.of({**store.parameters(), **settings})
        event_run = EventRun(store)
        merged = merge_days(store, lambda day, done, of: tell("merging days", done, of))
        stale = {d.day: d for d in merged if not has_coverage(store, d, method.coverage.cell_deg)}

        done_n = 0

        def heard(day: date, batch: Batch) -> None:
            nonlocal done_n
            done_n += 1
            tell("walking days", done_n, len(merged))
            if day in stale:
                _listen(store, stale[day], batch, method)

        gates = sorted(waters.pack.gates.values(), key=lambda gate: gate.id)
        folded = fold_days(
            [(d.day, d.path) for d in merged],
            waters.zone_list,
            method.visit,
            per_day=heard,
            gates=gates,
            passage_parameters=method.passage,
        )
        before = run_at(store)
        found = {"visit": folded.frame, "passage": folded.passages}
        hashes = {"visit": {z.id: z.hash for z in waters.zone_list}, "passage": {g.id: g.hash for g in gates}}
        names = {kind: method.event_hash(kind) for kind in found}
        counts: dict[str, dict[str, int]] = {}
        for kind, name in names.items():
            current = _within(store, kind, found[kind], name, since, until)
            counts[kind] = event_run.record(kind, name, current, _reasons(store, kind, hashes[kind], before))
        details: dict[str, Any] = {
            "parameters": method.values(),
            "method": names["visit"],
            "passage_method": names["passage"],
            "pack": {"id": waters.pack.id, "version": waters.pack.version, "hash": waters.pack.hash},
            "zones": hashes["visit"],
            "gates": hashes["passage"],
            "fleets": {f: waters.fleets[f].hash for f in sorted(waters.fleets)},
            "files": sorted(f.sha256 for f in store.ledger.files()),
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "first_ms": folded.first_ms,
            "last_ms": folded.last_ms,
            "positions_n": folded.positions_n,
            "untracked_n": folded.untracked_n,
            "visits": counts["visit"],
            "passages": counts["passage"],
        }
        event_run.commit(details)
        return RunSummary(
            len(merged), folded.positions_n, folded.untracked_n, counts["visit"], counts["passage"], names["visit"]
        )


def _listen(store: Store, merged: MergedDay, b: Batch, method: Method) -> None:
    cell_deg = method.coverage.cell_deg
    rows = coverage_of_day(merged.day, b.mmsi, b.t_ms, b.lon_e7, b.lat_e7, b.tracked, cell_deg)
    write_coverage(store, merged, cell_deg, rows)


def _within(store: Store, kind: str, found: pl.DataFrame, method: str, since: date | None, until: date | None) -> pl.DataFrame:
    """The events found that touch the days asked for, and of the others what is recorded already.

    Events of one hull and place that overlap, found or recorded, are replaced or left together: so that none is told twice.
    """
    if since is None and until is None:
        return found
    low = UTC_DAY.window(since)[0] if since else -(2**62)
    high = UTC_DAY.window(until)[1] if until else 2**62
    recorded = events(store, kind, method).select(found.columns).cast(dict(found.schema))  # type: ignore[arg-type]
    shape = KINDS[kind]
    place = ["mmsi", shape.place]
    start, end = pl.col(shape.start), pl.max_horizontal(shape.end, shape.anchor)
    both = pl.concat([found.with_columns(_new=True), recorded.with_columns(_new=False)]).sort(*place, start)
    apart = (start > end.cum_max().shift(1).over(place)).fill_null(True)
    touches = (pl.col(shape.end).dt.epoch("ms") >= low) & (start.dt.epoch("ms") < high)
    both = both.with_columns(_group=apart.cum_sum()).with_columns(_asked=touches.any().over("_group"))
    return both.filter(pl.col("_new") == pl.col("_asked")).select(found.columns)


def _reasons(
    store: Store, kind: str, hashes: Mapping[str, str], before: RunLine | None
) -> Callable[[str, Mapping[str, Any]], str]:
    """Why an event is no longer what it was: files that came or went, or another shape of its zone or gate."""
    was: Mapping[str, Any] = before.details if before else {}
    now_files, then_files = {f.sha256: f for f in store.ledger.files()}, set(was.get("files", []))
    came = [f.path.rpartition("/")[2] for sha, f in now_files.items() if sha not in then_files]
    left = [f for f in store.ledger.history() if f.sha256 in then_files and f.sha256 not in now_files]
    parts = []
    if came:
        parts.append(f"read since: {', '.join(sorted(came)[:3])}{' and others' if len(came) > 3 else ''}")
    for line in sorted({(f.path.rpartition("/")[2], f.reason or "") for f in left}):
        parts.append(f"retracted: {line[0]} ({line[1]})")
    since = f" since the run of {iso(before.finished_ms)}" if before else ""
    data = "; ".join(parts) or "computed again from the same files"

    word = KINDS[kind].place.removesuffix("_id")

    def reason(what: str, event: Mapping[str, Any]) -> str:
        version = hashes.get(str(event[f"{word}_id"]))
        if version is None:
            return f"the {word} is no longer there{since}"
        if version != event[f"{word}_hash"]:
            return f"the {word} has another shape or other dates{since}"
        return f"{'other data' if parts else 'another computation'}{since}: {data}"

    return reason
