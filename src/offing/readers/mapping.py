"""The mapping file: which column of a table holds what, and how its times are written."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offing.errors import BadMapping, MissingInput, UnknownForm
from offing.readers.instants import Clock
from offing.readers.tables import INPUTS

GEOMETRY = "geometry"
"""The one further name that Parquet takes: a column of WKB points in the place of lat_deg and lon_deg."""

_KEYS = {"columns": (*INPUTS, GEOMETRY), "time": ("format", "zone"), "file": ("delimiter", "encoding", "decimal")}
_REFERENCE = "docs/reference/files.md shows a mapping file."


@dataclass(frozen=True)
class ColumnMap:
    """A checked mapping."""

    columns: Mapping[str, str]  # our name -> the file's
    clock: Clock
    delimiter: str = ""  # empty: found from the header
    encoding: str = "utf-8"
    decimal: str = "."


def load_mapping(path: Path) -> dict[str, Any]:
    """The content of a mapping file, checked. Raises `BadMapping` with key and line, `MissingInput` where there is none."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MissingInput(f"There is no mapping file {path}.", "Check the name given to --map.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadMapping(f"The mapping file {path} cannot be read: {error}.", _REFERENCE) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(f"The mapping file {path} is not TOML: {error}.", _REFERENCE, path=str(path)) from None
    try:
        parse_mapping(content)
    except BadMapping as error:
        key = str(error.data.get("key", ""))
        line = _line_of(text, key)
        where = f"{path}, line {line}" if line else str(path)
        raise BadMapping(f"{where}: {error.message}", error.hint, path=str(path), key=key, line=line) from None
    return content


def parse_mapping(mapping: Mapping[str, Any]) -> ColumnMap:
    """Check a mapping and read it. Raises `BadMapping`, whose data names the `key`."""
    for table, content in mapping.items():
        _known(table, table, _KEYS, "table")
        if not isinstance(content, Mapping):
            raise BadMapping(f"[{table}] is no table.", _REFERENCE, key=table)
        for name, value in content.items():
            key = f"{table}.{name}"
            _known(name, key, _KEYS[table], "name")
            if not isinstance(value, str) or (not value and table == "columns"):
                raise BadMapping(f"{key} takes a text in quotes, not {value!r}.", _REFERENCE, key=key)
    columns = dict(mapping.get("columns", {}))
    taken: dict[str, str] = {}
    for name, column in columns.items():
        if (other := taken.setdefault(column, name)) != name:
            raise BadMapping(
                f"The mapping takes both {other} and {name} from the column {column!r}.",
                "A column holds one thing: name another column for one of them, or leave it out.",
                key=f"columns.{name}",
            )
    needed = ("t_utc", "mmsi") if GEOMETRY in columns else ("t_utc", "mmsi", "lat_deg", "lon_deg")
    for name in needed:
        if name not in columns:
            raise BadMapping(f"[columns] does not say which column holds {name}.", _REFERENCE, key="columns")
    time, file = mapping.get("time", {}), mapping.get("file", {})
    return ColumnMap(
        columns,
        Clock(time.get("format", "iso"), time.get("zone", "")),
        _delimiter(file.get("delimiter", "")),
        _encoding(file.get("encoding", "utf-8")),
        _decimal(file.get("decimal", ".")),
    )


def check_columns(columns: Mapping[str, str], present: Iterable[str], what: str) -> None:
    """Refuse a mapping that names a column which the file does not have, or has more than once."""
    there = list(present)
    for name, column in columns.items():
        if column not in there:
            near = difflib.get_close_matches(column, there, n=1, cutoff=0.6)
            shown = ", ".join(there[:12]) + (", ..." if len(there) > 12 else "")
            raise BadMapping(
                f"The mapping takes {name} from a column {column!r}, which {what} does not have.",
                f"Did you mean {near[0]!r}?" if near else f"Its columns are: {shown}.",
                key=f"columns.{name}",
                columns=there,
            )
        if there.count(column) > 1:
            raise BadMapping(
                f"The mapping takes {name} from a column {column!r}, which {what} has {there.count(column)} times.",
                "Rename all but one of them in the header.",
                key=f"columns.{name}",
                columns=there,
            )


def check_header(known: Mapping[str, str], present: Iterable[str], what: str) -> None:
    """Refuse a header in which two columns mean one thing; `known` are names in lower case -> ours."""
    there = list(present)
    for ours in dict.fromkeys(known.values()):
        columns = [name for name in there if known.get(name.lower()) == ours]
        if len(columns) > 1:
            differ = len(set(columns)) == len(columns)
            raise UnknownForm(
                f"The header of {what} has {len(columns)} columns for {ours}: {', '.join(map(repr, columns))}.",
                "Rename all but one of them in the header" + (", or say with --map FILE which one it is." if differ else "."),
                columns=there,
            )


def _known(name: str, key: str, known: Iterable[str], what: str) -> None:
    names = list(known)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(names)}."
        raise BadMapping(f"A mapping has no {what} {key!r}.", hint, key=key)


def _delimiter(text: str) -> str:
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if text and (len(text) != 1 or not text.isascii() or text.isalnum() or text in '"\n\r.-+'):
        raise BadMapping(f"{text!r} cannot be a delimiter.", 'Give one character such as ";" or "tab".', key="file.delimiter")
    return text


def _encoding(name: str) -> str:
    try:
        if 'mmsi,"\n0'.encode(name) != b'mmsi,"\n0':
            raise BadMapping(
                f"The encoding {name!r} does not contain ASCII.", "Convert the file to UTF-8 first.", key="file.encoding"
            )
    except (LookupError, UnicodeError):
        raise BadMapping(
            f"There is no encoding {name!r}.", "Write utf-8, cp1252, big5, gb18030, shift_jis, ...", key="file.encoding"
        ) from None
    return "utf-8" if name.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig", "ascii") else name


def _decimal(text: str) -> str:
    if text not in (".", ","):
        raise BadMapping(f"{text!r} cannot be a decimal mark.", 'Give "." or ",".', key="file.decimal")
    return text


def _line_of(text: str, key: str) -> int:
    """The 1-based line of `table.name` or `table` in the text; 0 where it does not stand."""
    table, _, name = key.partition(".")
    inside = False
    for n, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+\s*\"?([^\]\"]+?)\"?\s*\]", line)
        if header:
            inside = header[1] == table
            if inside and not name:
                return n
        elif re.match(rf"\s*\"?{re.escape(name or table)}\"?\s*[=.]", line) and (inside or not name):
            return n
    return 0
