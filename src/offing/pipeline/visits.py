"""Merged days to visits and passages: the fold over files, one day in memory and the next one being read.

After each day the heads that can hear nothing more within `max_gap` are closed, and the events that can no longer change
are set aside, so that memory holds two days, the open heads and events, and the finished rows. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from offing.errors import LogbookError
from offing.events import passage, visit
from offing.model.place import Gate
from offing.model.schemas import PASSAGES
from offing.model.times import DAY_MS, to_ms_of_day
from offing.model.zone import Zone
from offing.store import lake
from offing.tracks import walk
from offing.tracks.places import zone_grid

COLUMNS = ["mmsi", "t_utc", "lon_e7", "lat_e7", "tracked"]
"""What is read of a merged day (`model.schemas.MERGED`)."""

Progress = Callable[[date, int], None]
"""Told after each day: the day, and how many positions were taken so far."""

PerDay = Callable[[date, walk.Batch], None]
"""Handed each day's positions as they were read, all of them, before they are walked; must not change them."""


@dataclass(frozen=True)
class VisitsRun:
    """What a fold over days gave."""

    frame: pl.DataFrame  # model.schemas.VISITS
    passages: pl.DataFrame  # model.schemas.PASSAGES
    positions_n: int  # positions taken into tracks
    untracked_n: int  # rows that open no track: base time, base stations, aircraft
    first_ms: int | None  # instant of the first and of the last tracked position; None: there was none
    last_ms: int | None


def fold_days(
    days: Iterable[tuple[date, Path]],
    zones: Sequence[Zone],
    parameters: visit.VisitParameters,
    progress: Progress | None = None,
    per_day: PerDay | None = None,
    gates: Sequence[Gate] = (),
    passage_parameters: passage.PassageParameters | None = None,
) -> VisitsRun:
    """Fold merged days, given in ascending order, into the visits of all zones and the passages of all gates.

    Raises `LogbookError` when a file cannot be read, holds positions of another day, or is out of order.
    """
    return fold_batches(_days_ahead(days), zones, parameters, progress, per_day, gates, passage_parameters)


def fold_batches(
    days: Iterable[tuple[date, walk.Batch]],
    zones: Sequence[Zone],
    parameters: visit.VisitParameters,
    progress: Progress | None = None,
    per_day: PerDay | None = None,
    gates: Sequence[Gate] = (),
    passage_parameters: passage.PassageParameters | None = None,
) -> VisitsRun:
    """Fold the positions of days, given in ascending order and each in the total order, as `fold_days` does those of files."""
    grid = zone_grid(zones, gates)
    tracks, visits, passages = walk.start(), visit.VisitState(), passage.PassageState()
    finished: list[npt.NDArray[Any]] = []
    passed: list[npt.NDArray[Any]] = []
    at_gates = passage_parameters or passage.PassageParameters()
    taken_n, rows_n = 0, 0
    first_ms: int | None = None
    last_ms: int | None = None
    for day, batch in days:
        if per_day:
            per_day(day, batch)
        span = _tracked_span(day, batch)
        if span:
            first_ms, last_ms = span[0] if first_ms is None else first_ms, span[1]
        tracks, crossings, n = walk.advance(
            tracks, batch, grid, max_gap_ms=parameters.max_gap_ms, max_speed_kn=parameters.max_speed_kn
        )
        taken_n, rows_n = taken_n + n, rows_n + len(batch)
        # whatever comes next is of a later day: a head silent for max_gap by its end is over, and no hop to come
        # begins, or crosses a boundary, before that
        past_ms = to_ms_of_day(day) + DAY_MS - parameters.max_gap_ms
        tracks, ends = walk.close_silent(tracks, grid, silent_before_ms=past_ms)
        visits, done = visit.advance(visits, np.concatenate([crossings, ends]), parameters, past_ms=past_ms)
        finished.append(done)
        passages, done = passage.advance(passages, crossings, at_gates, past_ms=past_ms)
        passed.append(done)
        if progress:
            progress(day, taken_n)
    finished.append(visit.finish(visits, walk.still_seen(tracks, grid), parameters))
    rows = np.concatenate(finished)
    finished.clear()  # each holds all visits: one at a time
    passed.append(passage.finish(passages))
    through = passage.frame(np.concatenate(passed), gates) if gates else lake.empty_frame(PASSAGES)
    return VisitsRun(visit.frame(rows, zones, parameters), through, taken_n, rows_n - taken_n, first_ms, last_ms)


def _days_ahead(days: Iterable[tuple[date, Path]]) -> Iterator[tuple[date, walk.Batch]]:
    """The days' positions in turn, the next one read meanwhile."""
    listed = list(days)
    for (day, _), (following, path) in pairwise(listed):
        if following <= day:
            raise LogbookError(f"The day {following} comes after {day}.", "Give merged days in order.", path=str(path))
    with ThreadPoolExecutor(1, thread_name_prefix="offing-read") as reader:
        coming = reader.submit(read_day, listed[0][1]) if listed else None
        for i, (day, _) in enumerate(listed):
            assert coming is not None
            batch = coming.result()
            coming = reader.submit(read_day, listed[i + 1][1]) if i + 1 < len(listed) else None
            yield day, batch


def read_day(path: Path) -> walk.Batch:
    """The positions of one merged day as arrays, untracked rows too. Raises `LogbookError` when the file cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(columns=COLUMNS)
        columns = [table.column(name) for name in COLUMNS]
    except (OSError, pa.ArrowException, KeyError) as e:
        raise LogbookError(
            f"The merged day {path.name} cannot be read: {str(e).splitlines()[0]}",
            "Delete the folder runs/ of the logbook and run again; nothing is lost by it.",
            path=str(path),
        ) from e
    mmsi, t_utc, lon_e7, lat_e7, tracked = columns
    return walk.Batch(
        mmsi.to_numpy(), t_utc.cast(pa.int64()).to_numpy(), lon_e7.to_numpy(), lat_e7.to_numpy(), tracked.to_numpy()
    )


def _tracked_span(day: date, batch: walk.Batch) -> tuple[int, int] | None:
    """First and last instant of the tracked positions, all of which must lie in the UTC day; None: there are none."""
    t_ms = batch.t_ms if batch.tracked.all() else batch.t_ms[batch.tracked]
    if not len(t_ms):
        return None
    first_ms, last_ms = int(t_ms.min()), int(t_ms.max())
    start_ms = to_ms_of_day(day)
    if first_ms < start_ms or last_ms >= start_ms + DAY_MS:
        raise LogbookError(
            f"The merged day {day} holds positions of another day.",
            "Delete the folder runs/ of the logbook and run again; nothing is lost by it.",
        )
    return first_ms, last_ms
