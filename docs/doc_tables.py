"""The columns of every table, from the schemas in the code, the comments beside them, and `docs/meanings.toml`."""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from offing.figures import (
    change_points,
    encirclement,
    presence,
    reconcile,
    records,
    sensitivity,
    statements,
    streaks,
    trends,
    watch_days,
)
from offing.model import bulletin, incident, schemas, statement
from offing.model.wire import WIRE
from offing.pipeline import reported
from offing.store import received

MEANINGS = Path(__file__).resolve().parent / "meanings.toml"

SCHEMAS: dict[str, tuple[Any, str]] = {
    "visits": (schemas, "VISITS"),
    "passages": (schemas, "PASSAGES"),
    "days": (watch_days, "WATCH_DAYS"),
    "sensitivity": (sensitivity, "SENSITIVITY"),
    "presence": (presence, "PRESENCE"),
    "streaks": (streaks, "STREAKS"),
    "records": (records, "RECORDS"),
    "bulletins": (bulletin, "BULLETINS"),
    "sightings": (bulletin, "SIGHTINGS"),
    "incidents": (incident, "INCIDENTS"),
    "statements": (statement, "STATEMENTS"),
    "statement-diff": (statements, "WORDING_CHANGES"),
    "statement-runs": (statements, "MEETING_STREAKS"),
    "statement-first": (statements, "FIRST_USES"),
    "series-records": (reported, "SERIES_RECORDS"),
    "trend": (trends, "TRENDS"),
    "change-points": (change_points, "CHANGE_POINTS"),
    "since-when": (reported, "SINCE_ROWS"),
    "reconcile": (reconcile, "RECONCILED"),
    "reconcile-totals": (reconcile, "RECONCILED_TOTALS"),
    "encirclement": (encirclement, "ENCIRCLEMENT"),
    "sql-positions": (schemas, "MERGED"),
    "sql-statics": (schemas, "STATICS"),
    "sql-received": (received, "CAME"),
}
"""Tables whose columns a schema in the code declares; what `docs/meanings.toml` names besides is added by the command."""

UNITS = {"_kn": "knots", "_deg": "degrees", "_e7": "1e-7 degree", "_m": "metres", "_s": "seconds", "_h": "hours", "_n": "count"}


@dataclass(frozen=True)
class Column:
    """One column of a table as the page shows it."""

    name: str
    kind: str
    unit: str
    meaning: str
    null: str  # empty: never null


@dataclass(frozen=True)
class Table:
    """One table: its heading, the command that prints it, a few words, and its columns in their order."""

    id: str
    title: str
    command: str
    about: str
    columns: tuple[Column, ...]
    base: str = ""  # id of the table whose columns it has besides
    always_null: tuple[str, ...] = ()  # columns of that table which are null here
    only: tuple[str, ...] = ()  # of that table only these columns, null where a rule masks one; empty: all of them


def tables() -> list[Table]:
    """Every table, in the order of `docs/meanings.toml`. Raises `ValueError` where code and file do not agree."""
    said = tomllib.loads(MEANINGS.read_text(encoding="utf-8"))
    common = said.pop("common")["columns"]
    return [_table(name, entry, common) for name, entry in said.items()]


def _table(name: str, entry: dict[str, Any], common: dict[str, Any]) -> Table:
    given = dict(entry["columns"])
    declared = list(_declared(name, common | given)) if name in SCHEMAS else []
    known = {c.name for c in declared}
    columns = declared + [_column(k, "", v, name) for k, v in given.items() if k not in known]
    about = entry["about"].strip()
    only = tuple(WIRE[entry["wire"]]) if "wire" in entry else ()
    null = tuple(entry.get("always_null", ()))
    return Table(name, entry["title"], entry["command"], about, tuple(columns), entry.get("as", ""), null, only)


def _declared(base: str, given: dict[str, Any]) -> Iterator[Column]:
    module, variable = SCHEMAS[base]
    comments = _comments(module, variable)
    for name, kind in _fields(getattr(module, variable)):
        comment, _, null = re.sub(r"(?:^|;\s*)null:?\s+", "\0", comments.get(name, "")).partition("\0")
        entry = _entry(given.get(name, {}))
        yield _column(name, kind, {"meaning": comment.strip(), "null": null.strip()} | entry, base)


def _entry(value: Any) -> dict[str, str]:
    return {"meaning": value} if isinstance(value, str) else dict(value)


def _column(name: str, kind: str, value: Any, table: str) -> Column:
    entry = _entry(value)
    unit = next((u for ending, u in UNITS.items() if name.endswith(ending)), "")
    column = Column(name, entry.get("type", kind), entry.get("unit", unit), entry.get("meaning", ""), entry.get("null", ""))
    if not column.meaning or not column.kind:
        raise ValueError(f"{table}.{name} has no {'type' if column.meaning else 'meaning'}: add it to {MEANINGS.name}")
    return column


def _fields(schema: pa.Schema | pl.Schema) -> list[tuple[str, str]]:
    if isinstance(schema, pa.Schema):
        return [(f.name, _arrow_kind(f.type)) for f in schema]
    return [(name, _polars_kind(kind)) for name, kind in schema.items()]


def _arrow_kind(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_integer(kind):
        return "integer"
    return {pa.string(): "text", pa.bool_(): "true or false", pa.float64(): "number"}[kind]


def _polars_kind(kind: Any) -> str:
    if isinstance(kind, pl.List):
        return f"list of {_polars_kind(kind.inner)}s"
    if kind.is_integer():
        return "integer"
    words = {pl.String: "text", pl.Boolean: "true or false", pl.Float64: "number", pl.Date: "day", pl.Datetime: "time"}
    return words[kind.base_type()]


def _comments(module: Any, variable: str) -> dict[str, str]:
    """The comments beside the columns of a schema: name of the column -> text."""
    source = inspect.getsource(module)
    span = range(0)
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == variable for t in node.targets):
            span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    found = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.start[0] in span:
            name = re.match(r'\s*(?:\{|\[)?(?:pa\.schema\(\[)?(?:pa\.field\()?\{?"(\w+)"', token.line)
            if name:
                found[name[1]] = token.string.lstrip("# ").rstrip(".")
    return found
