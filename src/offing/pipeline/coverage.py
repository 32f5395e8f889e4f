"""Coverage tables: one for each merged day, made by `run`, or made on the spot from the files held at an earlier instant."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl

from offing.figures.coverage import COVERAGE, coverage_of_day
from offing.model.schemas import MERGED_KEY, POSITIONS, UNTRACKED_TYPES
from offing.store import Store, lake
from offing.store.merge import MergedDay, merged, merged_days
from offing.store.remembered import Remembered

TRACKED = (pl.col("time_basis") != "base") & ~pl.col("msg_type").is_in(list(UNTRACKED_TYPES))
"""Which positions of the parts open tracks."""


def _path(store: Store, day: MergedDay) -> Path:
    return store.root / "runs" / "coverage" / day.path.name


def _marks(day: MergedDay, cell_deg: float) -> dict[str, str]:
    return {"offing.content": day.content, "offing.cell_deg": repr(float(cell_deg))}


def has_coverage(store: Store, day: MergedDay, cell_deg: float) -> bool:
    """Whether the day's table is there and made from the same positions with the same cells."""
    path = _path(store, day)
    return path.is_file() and _marks(day, cell_deg).items() <= lake.read_marks(path).items()


def write_coverage(store: Store, day: MergedDay, cell_deg: float, rows: pl.DataFrame) -> None:
    """Write the day's table; columns of `figures.coverage.COVERAGE`."""
    scratch = store.scratch("coverage")
    temporary = scratch / "coverage.part"
    lake.write_table(rows.to_arrow(), temporary, _marks(day, cell_deg))
    lake.publish([(temporary, _path(store, day))])
    shutil.rmtree(scratch)


def coverage(store: Store, cell_deg: float, held_at_ms: int | None = None) -> pl.DataFrame:
    """All coverage rows of the merged days; or, made on the spot, of the files held at an instant."""
    if held_at_ms is not None:
        return _coverage_at(store, cell_deg, held_at_ms)
    folders = [store.merged_folder, store.root / "runs" / "coverage"]
    return _TABLES.get(cell_deg, folders, lambda: _read(store, cell_deg))


_TABLES: Remembered[pl.DataFrame] = Remembered(2)


def _read(store: Store, cell_deg: float) -> pl.DataFrame:
    tables = [pl.read_parquet(_path(store, d)) for d in merged_days(store) if has_coverage(store, d, cell_deg)]
    return pl.concat([pl.DataFrame(schema=COVERAGE), *(t.select(COVERAGE.names()).cast(COVERAGE) for t in tables)])


def tracked_positions(store: Store, held_at_ms: int | None = None) -> pl.LazyFrame:
    """Tracked positions of the merged days, or of the files held at an instant, each once: mmsi, t_utc, lon_e7, lat_e7."""
    columns = ["mmsi", "t_utc", "lon_e7", "lat_e7"]
    if held_at_ms is None:
        return merged(store).filter(pl.col("tracked")).select(columns)
    parts = [store.position_part(f.part, day) for f in store.ledger.files(held_at_ms) for day in f.position_days]
    if not parts:
        return lake.empty_frame(POSITIONS).lazy().select(columns)
    scan = pl.scan_parquet(parts, glob=False, hive_partitioning=False)
    return scan.filter(TRACKED).unique(MERGED_KEY).select(columns).sort("mmsi", "t_utc", "lat_e7", "lon_e7")


def _coverage_at(store: Store, cell_deg: float, held_at_ms: int) -> pl.DataFrame:
    tables = [pl.DataFrame(schema=COVERAGE)]
    rows = tracked_positions(store, held_at_ms)
    for day in sorted({d for f in store.ledger.files(held_at_ms) for d in f.position_days}):
        one = rows.filter(pl.col("t_utc").dt.date() == day).collect()
        tables.append(
            coverage_of_day(
                day,
                one["mmsi"].to_numpy(),
                one["t_utc"].dt.epoch("ms").to_numpy(),
                one["lon_e7"].to_numpy(),
                one["lat_e7"].to_numpy(),
                pl.repeat(True, one.height, dtype=pl.Boolean, eager=True).to_numpy(),
                cell_deg,
            )
        )
    return pl.concat(tables)
