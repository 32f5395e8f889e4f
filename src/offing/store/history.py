"""The history of events. Versions are only ever added, one history per method; what no longer holds is withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from offing.clock import now_ms
from offing.model import schemas
from offing.model.times import compact
from offing.store import lake
from offing.store.folder import Store
from offing.store.ledger import RunLine
from offing.store.remembered import Remembered

ReasonOf = Callable[[str, Mapping[str, Any]], str]
"""Says why: `reason_of(what, event)` with what = changed, withdrawn or returned, and the event's last version as a dict."""

WITHDRAWN = "withdrawn"

_VERSIONING = pa.schema(
    [
        pa.field("version", pa.int32(), nullable=False),  # 1 is the first
        pa.field("known_from_utc", schemas.TIME, nullable=False),  # when this logbook began to say so
        pa.field("reason", pa.string()),  # null for the first version
        pa.field("superseded_by", pa.string()),  # the event that took a withdrawn one's place; null: none
    ]
)


@dataclass(frozen=True)
class _Kind:
    schema: pa.Schema
    start: str  # the column whose month files it
    end: str
    place: str
    anchor: str  # the time in its id


KINDS = {
    "visit": _Kind(schemas.VISITS, "entry_t_utc", "exit_t_utc", "zone_id", "entry_after_utc"),
    "passage": _Kind(schemas.PASSAGES, "before_utc", "after_utc", "gate_id", "after_utc"),
}
"""The kinds of event whose history is kept, with the columns that say when and where."""


def version_schema(kind: str) -> pa.Schema:
    """Columns of a kind's versions: event_id, version, known_from_utc, reason, superseded_by, then the event's own."""
    own = KINDS[kind].schema
    return pa.schema([own.field("event_id"), *_VERSIONING, *(f for f in own if f.name != "event_id")])


def versions(store: Store, kind: str, method: str) -> pl.DataFrame:
    """Every version of every event of a kind, under one method: columns of `version_schema` and `known_to_utc`.

    `known_to_utc` is when the next version took its place, null for the last. Ordered by event_id and version.
    """
    paths = _paths(store, kind, method)
    return _VERSIONS.get(kind, paths, lambda: _read_versions(kind, paths))


_VERSIONS: Remembered[pl.DataFrame] = Remembered(4)
_LAST: Remembered[pl.DataFrame] = Remembered(8)


def _paths(store: Store, kind: str, method: str) -> list[Path]:
    runs = {run.id for run in store.ledger.runs()}
    return sorted(p for p in _folder(store, kind, method).glob("month=*/*.parquet") if p.stem in runs)


def _read_versions(kind: str, paths: Sequence[Path]) -> pl.DataFrame:
    rows = pl.concat([lake.empty_frame(version_schema(kind)), *(lake.read_table(p) for p in paths)])
    rows = rows.sort("event_id", "version")
    return rows.with_columns(known_to_utc=pl.col("known_from_utc").shift(-1).over("event_id"))


def events(store: Store, kind: str, method: str, known_at_ms: int | None = None, withdrawn: bool = False) -> pl.DataFrame:
    """The last version of each event, as known now or at an instant; withdrawn ones only on request. Ordered by event_id."""
    paths = _paths(store, kind, method)
    last = _LAST.get((kind, known_at_ms), paths, lambda: _last(versions(store, kind, method), known_at_ms))
    return last if withdrawn else last.filter(pl.col("status") != WITHDRAWN)


def _last(rows: pl.DataFrame, known_at_ms: int | None) -> pl.DataFrame:
    if known_at_ms is not None:
        rows = rows.filter(pl.col("known_from_utc").to_physical() <= known_at_ms)
    return rows.group_by("event_id", maintain_order=True).last().select(rows.columns)


class EventRun:
    """One run's additions to the history. Nothing of it counts before `commit`, which is one line in the ledger.

    For the holder of `Store.writing`:

        run = EventRun(store)
        counts = run.record("visit", method, visits, reason_of)
        run.commit({"method": method, ...})
    """

    def __init__(self, store: Store, at_ms: int | None = None) -> None:
        self.store = store
        self.started_ms = now_ms() if at_ms is None else at_ms
        earlier = store.ledger.runs()
        self.known_from_ms = max(self.started_ms, earlier[-1].known_from_ms + 1 if earlier else 0)
        self.id = compact(self.known_from_ms)

    def record(self, kind: str, method: str, current: pl.DataFrame, reason_of: ReasonOf) -> dict[str, int]:
        """Compare the present events (columns of the kind's schema) with the last versions and add what differs.

        A new id begins at version 1; changed columns give the next version; an id that is gone is withdrawn, with the event
        that took its place (same place and ship, overlapping, new or changed) if there is one; a withdrawn one that is there
        again returns. Returns how many are `new`, `changed`, `withdrawn`, `returned` and `unchanged`.
        """
        shape = KINDS[kind]
        current = current.select(shape.schema.names)
        if current["event_id"].is_duplicated().any():
            raise AssertionError(f"two {kind} events have one id")
        before = events(self.store, kind, method, withdrawn=True)
        last = before.select(shape.schema.names)
        new = current.join(last, on="event_id", how="anti")
        both = current.join(last, on="event_id", how="inner", suffix="_before")
        own = [n for n in shape.schema.names if n != "event_id"]
        differs = both.select(d=pl.any_horizontal(pl.col(n).ne_missing(pl.col(f"{n}_before")) for n in own))["d"]
        moved = both.filter(differs)["event_id"]
        gone = last.filter(pl.col("status") != WITHDRAWN).join(current, on="event_id", how="anti")
        returned = last.filter((pl.col("status") == WITHDRAWN) & pl.col("event_id").is_in(moved.implode()))["event_id"]
        fresh = current.filter(pl.col("event_id").is_in(pl.concat([new["event_id"], moved]).implode()))
        version_of = dict(zip(before["event_id"].to_list(), before["version"].to_list(), strict=True))
        told = {
            e["event_id"]: e
            for e in last.filter(pl.col("event_id").is_in(pl.concat([moved, gone["event_id"]]).implode())).to_dicts()
        }
        back = set(returned.to_list())

        def stamped(rows: pl.DataFrame, reasons: list[str | None], by: list[str | None]) -> pl.DataFrame:
            numbers = [version_of.get(e, 0) + 1 for e in rows["event_id"].to_list()]
            return rows.with_columns(
                pl.Series("version", numbers, pl.Int32),
                pl.lit(self.known_from_ms).cast(pl.Datetime("ms", "UTC")).alias("known_from_utc"),
                pl.Series("reason", reasons, pl.String),
                pl.Series("superseded_by", by, pl.String),
            )

        def reason(event: str) -> str | None:
            if event not in told:
                return None
            return reason_of("returned" if event in back else "changed", told[event])

        ids = fresh["event_id"].to_list()
        additions = [stamped(fresh, [reason(e) for e in ids], [None] * len(ids))]
        if gone.height:
            lost = gone["event_id"].to_list()
            withdrawn = gone.with_columns(status=pl.lit(WITHDRAWN))
            additions.append(stamped(withdrawn, [reason_of(WITHDRAWN, told[e]) for e in lost], _successors(gone, fresh, shape)))
        self._append(kind, method, pl.concat(additions))
        return {
            "new": new.height,
            "changed": moved.len() - len(back),
            "withdrawn": gone.height,
            "returned": len(back),
            "unchanged": both.height - moved.len(),
        }

    def commit(self, details: Mapping[str, Any], at_ms: int | None = None) -> RunLine:
        """Enter the run in the ledger; only now do its versions exist."""
        line = RunLine(self.id, self.started_ms, now_ms() if at_ms is None else at_ms, self.known_from_ms, dict(details))
        self.store.ledger.add_run(line)
        return line

    def _append(self, kind: str, method: str, rows: pl.DataFrame) -> None:
        """Write versions to the files of their months, under this run's name."""
        if not rows.height:
            return
        schema, moves = version_schema(kind), []
        scratch = self.store.scratch("events")
        months = rows.with_columns(_month=pl.col(KINDS[kind].start).dt.strftime("%Y-%m"))
        for (month,), piece in months.partition_by("_month", as_dict=True, include_key=False).items():
            temporary = scratch / f"{month}.part"
            table = lake.to_table(piece.sort("event_id", "version"), schema)
            lake.write_table(table, temporary, {"offing.run": self.id})
            moves.append((temporary, _folder(self.store, kind, method) / f"month={month}" / f"{self.id}.parquet"))
        lake.publish(moves)
        scratch.rmdir()


def _folder(store: Store, kind: str, method: str) -> Path:
    return store.root / "events" / f"method={method}" / f"kind={kind}"


def _successors(gone: pl.DataFrame, fresh: pl.DataFrame, shape: _Kind) -> list[str | None]:
    """For each withdrawn event the new or changed one of its ship and place that overlaps it longest (then the lowest id)."""
    keys = ["mmsi", shape.place]
    times = [pl.col(shape.start).alias("low"), pl.col(shape.end).alias("high")]
    pairs = gone.select("event_id", *keys, *times).join(fresh.select("event_id", *keys, *times), on=keys, suffix="_by")
    shared = pl.min_horizontal("high", "high_by") - pl.max_horizontal("low", "low_by")
    pairs = pairs.with_columns(shared_ms=shared.dt.total_milliseconds()).filter(pl.col("shared_ms") >= 0)
    best = pairs.sort(["event_id", "shared_ms", "event_id_by"], descending=[False, True, False])
    best = best.group_by("event_id", maintain_order=True).first()
    found: dict[str, str | None] = dict(zip(best["event_id"].to_list(), best["event_id_by"].to_list(), strict=True))
    return [found.get(e) for e in gone["event_id"].to_list()]
