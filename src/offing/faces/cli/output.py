"""How tables leave the command line: for the eye, or as JSON, CSV or Parquet, always the same rows."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from offing.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

WIDEST = 10_000
MOST_ROWS = 200
"""Rows that a table for the eye shows; the other forms always hold all."""


class Form(StrEnum):
    """Forms of output."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


def note(text: str) -> None:
    """One line for the user beside the result, on standard error."""
    sys.stderr.write(text.rstrip() + "\n")


def line(text: str = "") -> None:
    """One line of the result."""
    sys.stdout.write(text + "\n")


def emit(frame: pl.DataFrame, form: Form, *, title: str = "", columns: Sequence[str] = ()) -> None:
    """Print a table. `columns` are those shown to the eye; all other forms hold every column.

    JSON is one array of objects and nothing else; times are ISO 8601 with Z, days YYYY-MM-DD, lists arrays.
    """
    if form is Form.JSON:
        sys.stdout.write(texts(frame).write_json() + "\n")
    elif form is Form.CSV:
        sys.stdout.write(flat(texts(frame)).write_csv())
    elif form is Form.PARQUET:
        if sys.stdout.isatty():
            raise UsageError("Parquet is not for the screen.", "Send it to a file: ... --format parquet > out.parquet")
        frame.write_parquet(sys.stdout.buffer)
    else:
        _show(frame.select([c for c in columns if c in frame.columns] or frame.columns), title)


def emit_records(
    rows: list[dict[str, Any]], form: Form, *, title: str = "", columns: Sequence[str] = (), names: Sequence[str] = ()
) -> None:
    """Print rows whose values may be objects (`{"no_time": 3}`): objects in JSON, their JSON text elsewhere.

    `names`: the columns of an empty table.
    """
    if form is Form.JSON:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, default=str) + "\n")
        return
    emit(framed(rows, names, for_the_eye=form is Form.TABLE), form, title=title, columns=columns)


def framed(rows: Sequence[Mapping[str, Any]], names: Sequence[str] = (), *, for_the_eye: bool = False) -> pl.DataFrame:
    """Rows as a table: objects and lists in them as JSON text, or as words with commas. `names`: columns of an empty one."""
    import polars as pl

    def cell(value: Any) -> Any:
        if isinstance(value, dict):
            inner = ", ".join(f"{k} {v}" for k, v in value.items())
            return inner if for_the_eye else json.dumps(value, ensure_ascii=False)
        if isinstance(value, (list, tuple)):
            return ", ".join(map(str, value)) if for_the_eye else json.dumps(list(value), ensure_ascii=False)
        return value

    cells = [{k: cell(v) for k, v in row.items()} for row in rows]
    return pl.DataFrame(cells, infer_schema_length=None) if cells else pl.DataFrame(schema=dict.fromkeys(names, pl.String))


def texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Times and days as text."""
    import polars as pl

    out = []
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Datetime):
            ms = pl.col(name).dt.millisecond()
            text = pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S")
            tail = pl.when(ms == 0).then(pl.lit("Z")).otherwise(pl.format(".{}Z", ms.cast(pl.String).str.zfill(3)))
            out.append((text + tail).alias(name))
        elif dtype == pl.Date:
            out.append(pl.col(name).dt.strftime("%Y-%m-%d").alias(name))
    return frame.with_columns(out)


def flat(frame: pl.DataFrame, *, for_the_eye: bool = False) -> pl.DataFrame:
    """Lists as JSON text, for CSV, or as words with commas, for the eye."""
    import polars as pl

    lists = [n for n, d in frame.schema.items() if isinstance(d, pl.List)]
    if for_the_eye:
        return frame.with_columns([pl.col(n).cast(pl.List(pl.String)).list.join(", ") for n in lists])
    texts = {n: [None if v is None else json.dumps(v, ensure_ascii=False) for v in frame[n].to_list()] for n in lists}
    return frame.with_columns([pl.Series(n, v, dtype=pl.String) for n, v in texts.items()])


FREE_TEXT = (
    "ended_because",
    "because",
    "sources",
    "source",
    "meaning",
    "detail",
    "text",
    "path",
    "contradiction",
    "ignored",
    "rejects",
)
"""Columns that may be folded on a narrow terminal; no other ever is, so that ids and numbers can be copied."""


def _show(frame: pl.DataFrame, title: str) -> None:
    """A plain table, one line a row; on a terminal free text is folded where that makes it fit."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not frame.height:
        line(f"{title}: none" if title else "none")
        return
    shown = flat(_times_for_the_eye(frame.head(MOST_ROWS)), for_the_eye=True)
    rows = [[_cell(v) for v in row] for row in shown.iter_rows()]
    table = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    least = 0
    for i, (name, dtype) in enumerate(frame.schema.items()):
        free = name in FREE_TEXT
        least += 2 + (24 if free else max(len(name), *(len(row[i]) for row in rows)))
        justify = "right" if dtype.is_numeric() and name != "mmsi" else "left"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=not free)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*map(Text, row))
    if console.is_terminal and least <= console.width:
        console.print(table)
    else:
        wide = Console(width=WIDEST)
        with wide.capture() as capture:
            wide.print(table)
        for text in capture.get().splitlines():
            line(text.rstrip())
    if frame.height > MOST_ROWS:
        line(f"... {frame.height - MOST_ROWS:,} more rows; --format csv has all {frame.height:,}.")


def _times_for_the_eye(frame: pl.DataFrame) -> pl.DataFrame:
    """Times as `2026-08-17 12:57:14Z`: whole seconds; the other forms hold the milliseconds."""
    import polars as pl

    times = [n for n, d in frame.schema.items() if isinstance(d, pl.Datetime)]
    return texts(frame.with_columns(pl.col(n).dt.strftime("%Y-%m-%d %H:%M:%SZ") for n in times))


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)
