"""Parquet and GeoParquet, with our own column names or a mapping. A column of WKB points gives longitude and latitude."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from offing.errors import BadMapping, DamagedInput, UnknownForm
from offing.model.reading import AS_IS, ReadBatch, ReadOptions, Source
from offing.readers.csv import OWN_NAMES, WORDS
from offing.readers.instants import Clock
from offing.readers.mapping import GEOMETRY, check_columns, check_header, parse_mapping
from offing.readers.tables import REQUIRED, Layout, collect

MAGIC = b"PAR1"
BATCH_ROWS = 500_000
_LON_LAT = ("lon_deg", "lat_deg")
_DEGREES = ("CRS84", "4326", "WGS 84", "WGS84")


class Parquet:
    """The reader `parquet`."""

    name = "parquet"
    version = 2

    def sniff(self, head: bytes) -> float:
        """Certain by the magic bytes."""
        return 1.0 if head.startswith(MAGIC) else 0.0

    def read(self, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        """All rows. Raises `UnknownForm` or `BadMapping` when columns lack, `DamagedInput` when the file is not whole."""
        with _opened(source) as file:
            columns, geometry, clock, decimal = _layout(source, file, options.mapping)
            layout = Layout(columns, clock, decimal=decimal, words=WORDS)
            taken = sorted({*columns.values()} | ({geometry} if geometry else set()))
            row = 1
            for batch in file.iter_batches(BATCH_ROWS, columns=taken, use_threads=True):
                frame = _frame(batch, columns, geometry).with_columns(
                    row=pl.Series(np.arange(row, row + batch.num_rows, dtype=np.int64))
                )
                row += batch.num_rows
                if batch.num_rows:
                    yield collect(frame, layout)

    def raw(self, source: Source, rows: Iterable[int], options: ReadOptions = AS_IS) -> dict[int, tuple[int, str]]:
        """Each row as one line of JSON; its number stands for the line."""
        left, found = sorted(set(rows)), {}
        with _opened(source) as file:
            first = 1
            for group in range(file.num_row_groups):
                n = file.metadata.row_group(group).num_rows
                here = [r for r in left if first <= r < first + n]
                if here:
                    table = file.read_row_group(group).take(pa.array([r - first for r in here]))
                    for r, record in zip(here, table.to_pylist(), strict=True):
                        found[r] = r, json.dumps(record, default=_plain, ensure_ascii=False)
                first += n
        return found


@contextmanager
def _opened(source: Source) -> Iterator[pq.ParquetFile]:
    """The Parquet file; a compressed one is unpacked into a temporary file first, since Parquet is read from its end."""
    with tempfile.TemporaryFile() as spool:
        if source.plain_path is None:
            with source.open() as stream:
                shutil.copyfileobj(stream, spool, 1 << 20)
            spool.seek(0)
        try:
            with pq.ParquetFile(spool if source.plain_path is None else str(source.plain_path)) as file:
                yield file
        except (pa.ArrowException, OSError) as error:
            said = str(error).splitlines()[0].rstrip(".")
            raise DamagedInput(
                f"{source.path} is damaged: its Parquet cannot be read ({said}).",
                "Fetch the file again; nothing of it was taken.",
                path=str(source.path),
            ) from error


def _layout(source: Source, file: pq.ParquetFile, mapping: Mapping[str, Any] | None) -> tuple[dict[str, str], str, Clock, str]:
    """Our name -> the file's; the column of points, if places come from one; the clock; the decimal mark."""
    schema = file.schema_arrow
    points = _point_column(source, schema)
    if mapping is not None:
        parsed = parse_mapping(mapping)
        columns = dict(parsed.columns)
        check_columns(columns, schema.names, str(source.path))
        geometry = columns.pop(GEOMETRY, "")
        return columns, geometry, parsed.clock, parsed.decimal
    check_header(OWN_NAMES, schema.names, str(source.path))
    columns = {}
    for name in schema.names:
        ours = OWN_NAMES.get(name.lower())
        if ours:
            columns[ours] = name
    geometry = "" if all(n in columns for n in _LON_LAT) else points
    missing = [n for n in REQUIRED if n not in columns and not (geometry and n in _LON_LAT)]
    if missing:
        raise UnknownForm(
            f"{source.path} has no column for {', '.join(missing)}.",
            "Say with --map FILE which of its columns hold them.",
            columns=schema.names,
        )
    if geometry:
        columns = {k: v for k, v in columns.items() if k not in _LON_LAT}
    return columns, geometry, Clock(), "."


def _point_column(source: Source, schema: pa.Schema) -> str:
    """The primary geometry column of GeoParquet, or nothing. Raises `BadMapping` when it is not in degrees of WGS84."""
    try:
        geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
        column = str(geo.get("primary_column", ""))
        crs = geo.get("columns", {}).get(column, {}).get("crs")
    except (ValueError, AttributeError):
        return ""
    if crs is not None and not any(word in json.dumps(crs) for word in _DEGREES):
        raise BadMapping(
            f"The geometry of {source.path} is not in longitude and latitude of WGS84.",
            "Transform it to EPSG:4326, or name lon_deg and lat_deg with --map FILE.",
        )
    return column if column in schema.names else ""


def _frame(batch: pa.RecordBatch, columns: Mapping[str, str], geometry: str) -> pl.DataFrame:
    """The batch under our names; points are taken apart into lon_deg and lat_deg."""
    series = {ours: _series(batch.column(theirs)) for ours, theirs in columns.items()}
    if geometry:
        series |= dict(zip(_LON_LAT, _points(batch.column(geometry)), strict=True))
    return pl.DataFrame(series)


def _series(column: pa.Array) -> pl.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pl.Series([None] * len(column), dtype=pl.String)
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        column = column.cast(pa.float64())
    return pl.Series(pl.from_arrow(column))


def _points(column: pa.Array) -> tuple[pl.Series, pl.Series]:
    """Longitude and latitude of WKB points or of structs of x and y; null where there is no point."""
    if pa.types.is_struct(column.type) and {"x", "y"} <= {column.type.field(i).name for i in range(column.type.num_fields)}:
        return _series(column.field("x")), _series(column.field("y"))
    wkb = np.array(column.to_pylist(), dtype=object)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    is_point = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes)
    lon, lat = np.full(len(wkb), np.nan), np.full(len(wkb), np.nan)
    lon[is_point], lat[is_point] = shapely.get_x(shapes[is_point]), shapely.get_y(shapes[is_point])
    nothing = pl.Series(is_point)
    return tuple(  # type: ignore[return-value]
        pl.DataFrame({"x": x, "p": nothing}).select(pl.when("p").then("x")).to_series() for x in (lon, lat)
    )


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


READER = Parquet()
