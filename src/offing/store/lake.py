"""Parquet files of the logbook: how they are encoded, named, made safe on disk and published. No table is changed in place."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from offing.errors import LogbookError
from offing.store.remembered import Remembered

ROW_GROUP = 262_144
"""Rows in one row group of every file."""

_DELTA = frozenset({"t_utc", "t_received_utc", "lon_e7", "lat_e7", "row"})
"""Columns stored as packed differences: a third of their plain size, decoded as fast, and no dictionary in the way."""

_EPOCH = date(1970, 1, 1)


def canonical_json(value: object) -> str:
    """The one text of a JSON-able value: keys sorted, no spaces; equal for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def part_name(sha256: str, reader: str, reader_version: int, options: Mapping[str, Any]) -> str:
    """Thirty-two hex digits that name the parts of a file: its bytes, who read it, and with which options."""
    text = canonical_json([sha256, reader, reader_version, options])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def day_name(day: date) -> str:
    """The folder of a UTC day, `day=2026-08-17`."""
    return f"day={day.isoformat()}"


def day_of_number(number: int) -> date:
    """The date that lies this many days after 1970-01-01."""
    return _EPOCH + timedelta(days=number)


def to_table(frame: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    """The frame's columns as exactly this schema, in one piece, so that how it was put together cannot show in a file."""
    return frame.select(schema.names).to_arrow().cast(schema).combine_chunks()


def empty_frame(schema: pa.Schema) -> pl.DataFrame:
    """No rows, with the columns and types of a schema."""
    frame = pl.from_arrow(schema.empty_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def write_table(table: pa.Table, path: Path, marks: Mapping[str, str]) -> None:
    """Write a table and make it safe on disk. Equal tables and marks give equal bytes.

    `marks` become key-value metadata of the file. Times, places and row numbers are packed differences without
    compression, everything else dictionaries with zstd.
    """
    delta = [n for n in table.column_names if n in _DELTA]
    others = [n for n in table.column_names if n not in _DELTA]
    with path.open("wb") as sink:
        with pq.ParquetWriter(
            sink,
            table.schema,
            use_dictionary=others,
            column_encoding=dict.fromkeys(delta, "DELTA_BINARY_PACKED"),
            compression=dict.fromkeys(delta, "none") | dict.fromkeys(others, "zstd"),
            compression_level=dict.fromkeys(others, 1),
            store_schema=False,
        ) as writer:
            writer.write_table(table, row_group_size=ROW_GROUP)
            writer.add_key_value_metadata(dict(marks))
        sink.flush()
        os.fsync(sink.fileno())


def read_table(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The rows of one file of the logbook, in their order. Raises `LogbookError` when it is missing or damaged."""
    try:
        return pl.read_parquet(path, columns=list(columns) if columns else None, glob=False, hive_partitioning=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LogbookError(
            f"{path} is missing or damaged: {str(error).splitlines()[0]}.",
            "Read its input file again with `offing ingest`: that restores it.",
            path=str(path),
        ) from error


def read_marks(path: Path) -> dict[str, str]:
    """The marks that `write_table` put into a file, and `rows`, its number of rows; empty when it is no Parquet file."""
    return dict(_MARKS.get("", (path,), lambda: _read_marks(path)))


_MARKS: Remembered[dict[str, str]] = Remembered(20_000)


def _read_marks(path: Path) -> dict[str, str]:
    try:
        footer = pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        return {}
    marks = {k.decode(): v.decode() for k, v in (footer.metadata or {}).items() if k.startswith(b"offing.")}
    return marks | {"rows": str(footer.num_rows)}


def publish(moves: Iterable[tuple[Path, Path]]) -> None:
    """Rename finished files to their lasting names and make the renaming safe on disk."""
    folders: set[Path] = set()
    for temporary, final in moves:
        missing = final.parent
        while not missing.exists():  # a new folder must be safe in the one above it too
            missing = missing.parent
            folders.add(missing)
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(final)
        folders.add(final.parent)
    for folder in sorted(folders):
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe on disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
