"""SQL over a logbook, by DuckDB in memory: one SELECT at a time, which reads the logbook's tables and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from offing.errors import UsageError
from offing.model.schemas import MERGED
from offing.pipeline.listing import zone_row
from offing.pipeline.merged_record import incidents, sightings
from offing.pipeline.queries import EventFilter, passages, status, visits
from offing.pipeline.record import Record, RecordFilter
from offing.pipeline.waters import Waters
from offing.store import Store, lake, received
from offing.store.lookup import rejects, statics_of
from offing.store.merge import merged_days

if TYPE_CHECKING:
    import duckdb

TABLES = (
    "positions", "statics", "rejects", "visits", "passages", "files", "runs", "zones", "fleets",
    "bulletins", "sightings", "incidents", "statements",
    "received_visits", "received_days", "received_streaks", "received_sightings", "received_incidents",
)  # fmt: skip
"""What can be asked about. The last five are what partners sent, with its label; what they keep from this node is not here."""

_RECEIVED = dict(zip(TABLES[-5:], ("visit", "watch_day", "streak", "sighting", "incident"), strict=True))


def sql(store: Store, waters: Waters, query: str) -> pl.DataFrame:
    """Answer one SELECT; nothing can be written, and no file outside the logbook and no network be reached.

    Columns hold numbers, texts, booleans, times, days or lists of these; decimals become numbers, whatever else becomes text
    (objects as JSON). Of two columns with one name the second gets a number. Raises `UsageError` for all that DuckDB refuses.
    """
    import duckdb

    db = duckdb.connect(":memory:")
    try:
        statements = db.extract_statements(query)
        if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
            raise UsageError("Only a single SELECT is answered.", f"Tables: {', '.join(TABLES)}.")
        _register(db, store, waters, query.lower())
        result = db.sql(query)
        return _frame_of(result.to_arrow_table())
    except duckdb.Error as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise UsageError(f"The query cannot be answered: {said[0]}", f"Tables: {', '.join(TABLES)}.") from None
    finally:
        db.close()


def _register(db: duckdb.DuckDBPyConnection, store: Store, waters: Waters, words: str) -> None:
    """The tables, those of the record only where the words of the query name them; then the doors are shut."""
    tables = {
        "statics": statics_of(store),
        "rejects": rejects(store),
        "visits": visits(store, waters, EventFilter(withdrawn=True)),
        "passages": passages(store, waters, EventFilter(withdrawn=True)),
        "files": _table(
            [{**r, "ignored": json.dumps(r["ignored"]), "rejects": json.dumps(r["rejects"])} for r in status(store)], _FILES
        ),
        "runs": _table(
            [{"id": r.id, "finished_ms": r.finished_ms, "details": json.dumps(r.details)} for r in store.ledger.runs()], _RUNS
        ).select("id", pl.col("finished_ms").cast(pl.Datetime("ms", "UTC")).alias("finished_utc"), "details"),
        "zones": _table(
            [
                {**r, "names": json.dumps(r["names"], ensure_ascii=False)}
                for r in (zone_row(z, waters) for z in waters.zone_list)
            ],
            {},
        ),
        "fleets": _table(
            [
                {"fleet_id": f.id, **{k: getattr(m, k) for k in ("mmsi", "name", "valid_from", "valid_to", "source")}}
                for f in waters.fleets.values()
                for m in f.members
            ],
            _FLEETS,
        ),
    }
    record = Record(store, waters)
    tables |= {t: getattr(record, t) for t in ("bulletins", "statements") if t in words}
    tables |= {"sightings": sightings(record, RecordFilter())} if "sightings" in words else {}
    tables |= {"incidents": incidents(record)} if "incidents" in words else {}
    tables |= {t: received.read(store, kind) for t, kind in _RECEIVED.items() if t in words}
    days = [str(d.path) for d in merged_days(store)]
    if days:
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in days)
        db.execute(f"CREATE VIEW positions AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)")
        db.execute("SET allowed_directories = ['" + str(store.merged_folder).replace("'", "''") + "']")
    else:
        tables["positions"] = lake.empty_frame(MERGED)
    for name, frame in tables.items():
        db.register(name, frame.to_arrow())
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET enable_external_access = false")
    db.execute("SET lock_configuration = true")


_FILES: dict[str, Any] = {
    "path": pl.String,
    "sha256": pl.String,
    "format": pl.String,
    **dict.fromkeys(("rows", "positions", "statics", "fragments"), pl.Int64),
    "ignored": pl.String,
    "duplicates": pl.Int64,
    **dict.fromkeys(("rejects", "first_t_utc", "last_t_utc"), pl.String),
    "bytes": pl.Int64,
    "kept": pl.Boolean,
    "ingested_utc": pl.String,
}
_RUNS: dict[str, Any] = {"id": pl.String, "finished_ms": pl.Int64, "details": pl.String}
_FLEETS: dict[str, Any] = {
    "fleet_id": pl.String,
    "mmsi": pl.Int64,
    "name": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "source": pl.String,
}


def _table(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None) if rows else pl.DataFrame(schema=schema)


def _frame_of(table: pa.Table) -> pl.DataFrame:
    """A result as a frame of plain columns."""
    names: list[str] = []
    for name in table.column_names:
        nth = next(n for n in range(1, len(table.column_names) + 1) if (name if n == 1 else f"{name}_{n}") not in names)
        names.append(name if nth == 1 else f"{name}_{nth}")
    return pl.DataFrame([_plain(name, column) for name, column in zip(names, table.columns, strict=True)])


def _plain(name: str, column: pa.ChunkedArray) -> pl.Series:
    kind = column.type
    inner = kind.value_type if pa.types.is_list(kind) else kind
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
        if kind.scale == 0 and all(v is None or abs(v) < 2**53 for v in column.to_pylist()):
            column = column.cast(pa.int64())
    elif not any(is_kind(inner) for is_kind in _PLAIN):
        column = pa.chunked_array([pa.array([_text(v) for v in column.to_pylist()], pa.string())])
    found = pl.from_arrow(column)
    assert isinstance(found, pl.Series)
    return found.alias(name)


_PLAIN = (
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_boolean,
    pa.types.is_timestamp,
    pa.types.is_date,
    pa.types.is_null,
)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (dict, list, tuple)) and not hasattr(value, "_fields"):
        return json.dumps(value, ensure_ascii=False, default=_text)
    if hasattr(value, "_fields"):  # an interval
        return " ".join(f"{n} {unit}" for unit, n in zip(value._fields, value, strict=True) if n) or "0 nanoseconds"
    return value.hex() if isinstance(value, bytes) else str(value)
