"""Back to the source: which file and row said what. It is what `why` uses; every row names its file by sha256 and path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa

from offing.model import schemas
from offing.model.times import DAY_MS
from offing.store import lake
from offing.store.folder import Store
from offing.store.ledger import FileLine

_FROM = [pa.field("file", pa.string()), pa.field("path", pa.string())]


def positions_of(store: Store, mmsi: int, from_ms: int, to_ms: int, as_held_at_ms: int | None = None) -> pl.DataFrame:
    """All receptions of one ship's positions from `from_ms` to `to_ms`, both included, in the files held now or at an instant.

    Columns of `schemas.POSITIONS`, then `file` (sha256) and `path`; ordered like a merged day.
    """
    wanted = (pl.col("mmsi") == mmsi) & _between(from_ms, to_ms)
    days = _days(from_ms, to_ms)
    pieces = (
        (line, store.position_part(line.part, day))
        for line in store.ledger.files(as_held_at_ms)
        for day in line.position_days
        if days[0] <= day <= days[1]
    )
    return _gather(pieces, schemas.POSITIONS, wanted).sort(schemas.MERGED_ORDER, nulls_last=False)


def statics_of(
    store: Store,
    mmsi: int | None = None,
    from_ms: int | None = None,
    to_ms: int | None = None,
    as_held_at_ms: int | None = None,
) -> pl.DataFrame:
    """Static messages of one ship (None: of all), from the files held now or at an instant.

    Columns of `schemas.STATICS`, then `file` (sha256) and `path`; ordered by mmsi, t_utc, file, row.
    """
    low = -(2**60) if from_ms is None else from_ms
    high = 2**60 if to_ms is None else to_ms
    wanted = _between(low, high) if mmsi is None else (pl.col("mmsi") == mmsi) & _between(low, high)
    days = _days(low, high)
    pieces = (
        (line, store.static_part(line.part, day))
        for line in store.ledger.files(as_held_at_ms)
        for day in line.static_days
        if days[0] <= day <= days[1]
    )
    return _gather(pieces, schemas.STATICS, wanted).sort("mmsi", "t_utc", "file", "row")


def rejects(store: Store, sha256: str | None = None) -> pl.DataFrame:
    """The rejected rows of one held file (None: of all). Columns of `schemas.REJECTS`, then `file` (sha256) and `path`."""
    lines = [f for f in store.ledger.files() if f.rejects and sha256 in (None, f.sha256)]
    return _gather(((f, store.reject_part(f.part)) for f in lines), schemas.REJECTS, pl.lit(True)).sort(
        "file", "row", "reason", "detail"
    )


# -- inside


def _between(low_ms: int, high_ms: int) -> pl.Expr:
    return pl.col("t_utc").to_physical().is_between(low_ms, high_ms)


def _days(low_ms: int, high_ms: int) -> tuple[date, date]:
    """The UTC days that hold two instants; open ends give the first and last date there is."""
    low, high = low_ms // DAY_MS, high_ms // DAY_MS
    epoch = date(1970, 1, 1)
    first = epoch + timedelta(days=max(low, -epoch.toordinal() + 1))
    last = epoch + timedelta(days=min(high, date.max.toordinal() - epoch.toordinal()))
    return first, last


def _gather(pieces: Iterable[tuple[FileLine, Path]], schema: pa.Schema, wanted: pl.Expr) -> pl.DataFrame:
    """The wanted rows of several parts, each with its file and path."""

    def frames() -> Iterator[pl.DataFrame]:
        yield lake.empty_frame(pa.schema([*schema, *_FROM]))
        for line, path in pieces:
            scan = pl.scan_parquet(path, glob=False, hive_partitioning=False).filter(wanted)
            yield scan.with_columns(file=pl.lit(line.sha256), path=pl.lit(line.path)).collect()

    return pl.concat(frames())
