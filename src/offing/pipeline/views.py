"""Release views: the same fold, coverage and figures over exactly some of the own files, cut at an instant.

What leaves rests on a view and on nothing else, so that what a view does not hold cannot move it. A view is a pure function of
the parts that it holds, of the zones and of the parameters. It is kept under `runs/views/`, derived and deletable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.errors import LogbookError
from offing.figures.cells import near_cells
from offing.figures.coverage import COVERAGE, coverage_of_day, listening_hours
from offing.figures.ids import FigureSpec, default_day_rule, series_spec
from offing.figures.watch_days import stays_of, watch_days
from offing.model.fleet import Fleet
from offing.model.schemas import MERGED_KEY, POSITIONS
from offing.model.times import DAY_MS, to_ms_of_day
from offing.model.zone import Zone
from offing.pipeline.coverage import TRACKED
from offing.pipeline.methods import Method
from offing.pipeline.waters import inside_of
from offing.store import Store, lake

_COLUMNS = ["mmsi", "t_utc", "lon_e7", "lat_e7"]
_READ = [*MERGED_KEY, "time_basis"]

Rows = Path | pl.DataFrame
"""The positions of one part on one UTC day, columns of `schemas.POSITIONS`: its file, or the rows themselves."""


@dataclass(frozen=True)
class OwnFile:
    """A held file as a view takes it."""

    part: str  # the name of its parts: equal names, equal rows
    sources: frozenset[str]  # own sources to which it belongs
    days: Mapping[date, Rows]
    last_t_ms: int | None  # of its positions and static messages


def own_files(store: Store) -> list[OwnFile]:
    """The files that count now."""
    sources = store.ledger.sources.by_file()
    return [
        OwnFile(
            f.part,
            sources.get(f.sha256, frozenset()),
            {d: store.position_part(f.part, d) for d in f.position_days},
            f.last_t_ms,
        )
        for f in store.ledger.files()
    ]


@dataclass(frozen=True)
class Held:
    """What a view holds: the parts, and the instant up to which it takes their rows (None: no row is later)."""

    files: tuple[OwnFile, ...]
    cutoff_ms: int | None

    @classmethod
    def of(cls, files: Sequence[OwnFile], sources: frozenset[str], cutoff_ms: int) -> Held:
        """The files of any of these sources, up to an instant, it included."""
        first_after = (cutoff_ms // DAY_MS + 1) * DAY_MS
        kept = [
            OwnFile(f.part, f.sources, {d: rows for d, rows in f.days.items() if to_ms_of_day(d) < first_after}, f.last_t_ms)
            for f in sorted(files, key=lambda f: f.part)
            if f.sources & sources
        ]
        later = any(f.last_t_ms is not None and f.last_t_ms > cutoff_ms for f in kept)
        return cls(tuple(f for f in kept if f.days), cutoff_ms if later else None)

    @property
    def content(self) -> list[Any]:
        """What it is a function of, as JSON."""
        return [self.cutoff_ms, [[f.part, sorted(d.isoformat() for d in f.days)] for f in self.files]]

    def days(self) -> list[date]:
        """The UTC days of its parts, ascending."""
        return sorted({d for f in self.files for d in f.days})

    def rows(self, day: date) -> pl.LazyFrame:
        """The tracked positions of a day, each once, by ship, instant and place: mmsi, t_utc, lon_e7, lat_e7."""
        parts = [_scan(f.days[day]).select(_READ) for f in self.files if day in f.days]
        rows = pl.concat(parts).filter(TRACKED)
        if self.cutoff_ms is not None and to_ms_of_day(day) + DAY_MS > self.cutoff_ms:
            rows = rows.filter(pl.col("t_utc").to_physical() <= self.cutoff_ms)
        return rows.unique(MERGED_KEY).select(_COLUMNS).sort("mmsi", "t_utc", "lat_e7", "lon_e7")

    def read(self, day: date, wanted: pl.Expr | None = None) -> pl.DataFrame:
        """Those rows, or the wanted ones of them. Raises `LogbookError` where a part is missing or damaged."""
        rows = self.rows(day)
        try:
            return (rows if wanted is None else rows.filter(wanted)).collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise LogbookError(
                f"A part of {day} is missing or damaged: {str(error).splitlines()[0]}.",
                "Read the input files of that day again with `offing ingest`: that restores it.",
            ) from error


def _scan(rows: Rows) -> pl.LazyFrame:
    return pl.scan_parquet(rows, glob=False, hive_partitioning=False) if isinstance(rows, Path) else rows.lazy()


@dataclass(frozen=True)
class View:
    """What can be said from what it holds, and from nothing else."""

    held: Held
    zones: Sequence[Zone]
    method: Method
    visits: pl.DataFrame  # columns of schemas.VISITS
    heard: pl.DataFrame  # columns of figures.coverage.COVERAGE
    data_window: tuple[int, int] | None  # first and last instant of its tracked positions, UTC ms; None: there is none

    def days(
        self, zones: Sequence[Zone], fleet: Fleet, first_day: date | None = None, last_day: date | None = None
    ) -> pl.DataFrame:
        """Watch days of the zones (any of them) and a fleet, by the zones' own day rule: columns of `WATCH_DAYS`.

        They are those that the positions touch, and those between them and `first_day` and `last_day`.
        """
        visits = self.visits.filter(pl.col("zone_id").is_in([z.id for z in zones]))
        hours = {z.id: listening_hours(self.heard, self._cells(z), fleet) for z in zones}
        rule = default_day_rule(zones)
        touched = [rule.day_of(t_ms) for t_ms in self.data_window or ()]
        return watch_days(
            visits, self._inside(visits, zones, fleet), hours, self.data_window, zones, fleet, rule,
            self.method.watch_day, self.method.coverage, spec=spec_of(zones, fleet),
            first_day=min((d for d in (first_day, *touched) if d), default=None),
            last_day=max((d for d in (last_day, *touched) if d), default=None),
        )  # fmt: skip

    def _inside(self, visits: pl.DataFrame, zones: Sequence[Zone], fleet: Fleet) -> pl.DataFrame:
        """Positions (mmsi, t_utc) inside any of the zones, of the hulls whose visits count."""
        stays = stays_of(visits, [z.id for z in zones], fleet, self.method.watch_day)
        hulls = stays["mmsi"].unique().cast(pl.Int32)
        found = pl.concat([_nothing(), *self._positions_of(hulls)])
        lon, lat = (np.ascontiguousarray(found[c].to_numpy(), np.int32) for c in ("lon_e7", "lat_e7"))
        return found.filter(pl.Series(inside_of(zones, lon, lat), dtype=pl.Boolean)).select("mmsi", "t_utc")

    def _positions_of(self, hulls: pl.Series) -> Iterator[pl.DataFrame]:
        for day in self.held.days() if len(hulls) else ():
            yield self.held.read(day, pl.col("mmsi").is_in(hulls.implode()))

    def _cells(self, zone: Zone) -> npt.NDArray[np.int32]:
        return _cells_near(zone, self.method.coverage.near_nm, self.method.coverage.cell_deg)


def spec_of(zones: Sequence[Zone], fleet: Fleet) -> FigureSpec:
    """The series of days of zones and a fleet from AIS, by the zones' own day rule."""
    return series_spec(zones, fleet.id)


def fold_view(held: Held, zones: Sequence[Zone], method: Method) -> View:
    """Work a view out: one day in memory, and the events. Nothing is written."""
    from offing.pipeline.visits import fold_batches
    from offing.tracks.walk import Batch

    tables: list[pl.DataFrame] = [pl.DataFrame(schema=COVERAGE)]

    def batches() -> Iterator[tuple[date, Batch]]:
        for day in held.days():
            rows = held.read(day)
            t_ms = rows["t_utc"].dt.epoch("ms").to_numpy()
            mmsi, lon_e7, lat_e7 = (rows[c].to_numpy() for c in ("mmsi", "lon_e7", "lat_e7"))
            tracked = np.ones(rows.height, np.bool_)
            cell_deg = method.coverage.cell_deg
            tables.append(coverage_of_day(day, mmsi, t_ms, lon_e7, lat_e7, tracked, cell_deg).cast(dict(COVERAGE)))  # type: ignore[arg-type]
            yield day, Batch(mmsi, t_ms, lon_e7, lat_e7, tracked)

    folded = fold_batches(batches(), zones, method.visit)
    window = None if folded.first_ms is None or folded.last_ms is None else (folded.first_ms, folded.last_ms)
    return View(held, zones, method, folded.frame, pl.concat(tables), window)


def _nothing() -> pl.DataFrame:
    return lake.empty_frame(POSITIONS).select(_COLUMNS)


_CELLS: dict[tuple[str, float, float], npt.NDArray[np.int32]] = {}


def _cells_near(zone: Zone, reach_nm: float, cell_deg: float) -> npt.NDArray[np.int32]:
    """`near_cells`, remembered: they hang on the outline alone."""
    key = (zone.hash, reach_nm, cell_deg)
    if key not in _CELLS:
        _CELLS[key] = near_cells(zone, reach_nm, cell_deg)
    return _CELLS[key]
