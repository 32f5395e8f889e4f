"""Reading claims from TOML: one sentence for each thing that does not fit, naming the file, the line and the entry."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import nan
from pathlib import Path
from typing import Any

from offing.errors import InputError, MissingInput, OffingError
from offing.model.times import DayRule, parse_day


@dataclass
class Place:
    """Where an entry `[[key]]` stands in a file: its line, the lines of its keys, and its own entries."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)
    children: dict[str, list[Place]] = field(default_factory=dict)


class Table(dict[str, Any]):
    """A parsed TOML file that still knows on which lines its entries stand; `""` is the place of what stands above them."""

    places: Mapping[str, list[Place]] = {}


class Claim:
    """One entry of a file, with typed access to its keys; what is missing or of a wrong type raises `error`.

    What it raises carries `file`, `line` (None where it is not known) and `entry` as data.
    """

    def __init__(
        self, values: Mapping[str, Any], where: str, error: type[InputError], file: str = "", place: Place | None = None
    ) -> None:
        self.values = values
        self.where = where
        self.error = error
        self.file = file or where
        self.place = place

    def refuse(self, what: str, hint: str = "", key: str = "") -> InputError:
        """The error to raise, with the place: the line of the key, where one is named, else of the entry."""
        named = key or (m[1] if (m := _NAMED.match(what)) else "")
        line = self.place.keys.get(named, self.place.line) if self.place else None
        at = f" (line {line})" if line else ""
        entry = self.where.removeprefix(f"{self.file}, ")
        return self.error(f"{self.where}{at}: {what}.", hint, file=self.file, line=line, entry=entry, what=what)

    def entries(self, key: str) -> list[Claim]:
        """The entries of this entry: `[[fleets.members]]` of `[[fleets]]`."""
        places = self.place.children.get(key, []) if self.place else []
        return _entries(self.values, key, self.where, self.error, self.file, places)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required unless there is a default."""
        value = self.values.get(key)
        if value is None:
            value = default
        if value is None:
            raise self.refuse(f"`{key}` is missing")
        if not isinstance(value, str) or any("\ud800" <= c <= "\udfff" for c in value):
            raise self.refuse(f"`{key}` must be a text, not {value!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one; missing is an empty list."""
        value = self.values.get(key) or []
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)) or not all(isinstance(v, str) for v in items):
            raise self.refuse(f"`{key}` must be a list of texts, not {value!r}")
        return tuple(items)

    def names(self, key: str = "names") -> dict[str, str]:
        """A table from language to name."""
        value = self.values.get(key) or {}
        if not isinstance(value, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
            raise self.refuse(f"`{key}` must be a table of language = name")
        return dict(value)

    def one_of(self, key: str, value: str, known: Collection[str]) -> str:
        """A value of `key` that must be one of those known."""
        if value not in known:
            raise self.refuse(f"`{key}` is {value!r}, which is none of {', '.join(known)}")
        return value

    def integer(self, key: str) -> int:
        """A whole number; required."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(f"`{key}` must be a whole number, not {value!r}")
        return value

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number within limits, as a number or as text; missing or empty is None."""
        value = self.values.get(key)
        if value in (None, ""):
            return None
        try:
            number = float(value) if not isinstance(value, bool) else nan
        except (TypeError, ValueError):
            number = nan
        if not low <= number <= high:
            raise self.refuse(f"`{key}` must be a number from {low:g} to {high:g}, not {value!r}")
        return number

    def day(self, key: str) -> date | None:
        """A day (a TOML date, or text like 2026-08-17); missing or empty is None."""
        value = self.values.get(key)
        if value in (None, ""):
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return parse_day(value if isinstance(value, str) else "")
        except OffingError:
            raise self.refuse(f"`{key}` must be a day like 2026-08-17, not {value!r}") from None

    def days(self, first: str, last: str) -> tuple[date | None, date | None]:
        """Two days of which the second is not before the first."""
        low, high = self.day(first), self.day(last)
        if low and high and high < low:
            raise self.refuse(f"`{last}` {high} is before `{first}` {low}")
        return low, high

    def day_rule(self, key: str = "day_rule", default: str = "UTC") -> DayRule:
        """A day rule such as `Asia/Tokyo 00:00`."""
        try:
            return DayRule.parse(self.text(key, default))
        except OffingError as e:
            raise self.refuse(f"`{key}` is not a day rule: {e}") from None


def read_toml(path: Path, error: type[InputError]) -> Table:
    """The content of a TOML file."""
    return parse_toml(read_text(path, error), path.name, error)


def parse_toml(text: str, file: str, error: type[InputError], hint: str = "") -> Table:
    """The content of a TOML text that came from `file`; `hint` says what such a file holds."""
    try:
        table = Table(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as e:
        line = int(m[1]) if (m := re.search(r"line (\d+)", str(e))) else None
        raise error(f"{file} is not TOML: {e}.", hint, file=file, line=line) from None
    table.places = _places(text)
    return table


_NAMED = re.compile(r"`(\w+)`")
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\" -]+?)\s*\]\]?\s*$")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*(?:\.[^=]*)?=")
_TEXT = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
"""A text or a comment of TOML."""


def _bare(found: re.Match[str]) -> str:
    """A text without what looks like a header; of one over several lines, and of a comment, only the ends of lines."""
    text = found[0]
    if text.startswith(("#", '"""', "'''")):
        return "\n" * text.count("\n")
    return text.translate({ord("["): None, ord("]"): None})


def _places(text: str) -> dict[str, list[Place]]:
    """The lines of the entries `[[a]]` and `[[a.b]]` and of their keys; keys of `[a.names]` count as the key `names`.

    Under `""` stand the keys above the first header.
    """
    above = Place(1)
    found: dict[str, list[Place]] = {"": [above]}
    here: Place | None = above
    under = ""
    open_lists = 0
    for n, line in enumerate(_TEXT.sub(_bare, text).split("\n"), 1):
        if not open_lists and (header := _HEADER.match(line)):
            first, *rest = [w.strip('" ') for w in header[2].split(".")]
            under = ""
            if header[1] == "[[":
                siblings = found.setdefault(first, []) if not rest else _children(found, first, rest[0])
                here = Place(n)
                siblings.append(here)
            else:
                here = found[first][-1] if rest and found.get(first) else None
                under = rest[-1] if rest else ""
                if here is not None:
                    here.keys.setdefault(under, n)
            continue
        if here is not None and not under and not open_lists and (key := _KEY.match(line)):
            here.keys.setdefault(key[1], n)
        open_lists += line.count("[") - line.count("]")
    return found


def _children(found: dict[str, list[Place]], first: str, key: str) -> list[Place]:
    parents = found.get(first)
    return parents[-1].children.setdefault(key, []) if parents else []


def read_text(path: Path, error: type[InputError]) -> str:
    """The content of a small text file in UTF-8."""
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "is no regular file" if path.exists() else "is not there"
        raise MissingInput(f"{path} {what}.", "Give the path of one file.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise error(f"{path.name} is not a text in UTF-8.", "Save it as UTF-8.") from None
    except OSError as e:
        raise MissingInput(f"{path} cannot be read: {e.strerror}.") from None


def top(table: Mapping[str, Any], file: str, error: type[InputError]) -> Claim:
    """What stands in a file above its first header, as one claim."""
    places = table.places.get("", []) if isinstance(table, Table) else []
    return Claim(table, file, error, file, places[0] if places else None)


def entries(table: Mapping[str, Any], key: str, file: str, error: type[InputError]) -> list[Claim]:
    """The entries `[[key]]` of a file, each with its place for error sentences; ids must be unique."""
    return _entries(table, key, file, error, file, table.places.get(key, []) if isinstance(table, Table) else [])


def _entries(
    table: Mapping[str, Any], key: str, where: str, error: type[InputError], file: str, places: list[Place]
) -> list[Claim]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(v, dict) for v in found):
        raise error(f"{where}: `{key}` must be a list of tables, written [[{key}]].", file=file)
    at = places if len(places) == len(found) else [None] * len(found)  # else they are inline tables
    claims = [
        Claim(v, f"{where}, {key} {v.get('id') or v.get('mmsi') or n}", error, file, place)
        for n, (v, place) in enumerate(zip(found, at, strict=True), 1)
    ]
    for name, c in _repeated(claims):
        raise c.refuse(f"the id {name!r} occurs twice", "Ids are unique within a file.", key="id")
    return claims


def _repeated(claims: list[Claim]) -> Iterator[tuple[str, Claim]]:
    seen: set[str] = set()
    for c in claims:
        name = c.values.get("id")
        if isinstance(name, str):
            if name in seen:
                yield name, c
            seen.add(name)


def read_rows(path: Path, columns: tuple[str, ...], error: type[InputError]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row of a small CSV file that has at least these columns."""
    return text_rows(read_text(path, error), path.name, columns, error)


def text_rows(text: str, file: str, columns: tuple[str, ...], error: type[InputError]) -> Iterator[tuple[int, dict[str, str]]]:
    """The same of a text that came from `file`."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        missing = [c for c in columns if c not in (rows.fieldnames or [])]
        if missing:
            raise error(f"{file} lacks the column {missing[0]!r}.", file=file)
        for row in rows:
            cells = {k: v or "" for k, v in row.items() if isinstance(k, str)}
            line = rows.line_num - sum(v.count("\n") for v in cells.values())
            if len(cells) < len(row):
                what = "the row has more cells than there are columns"
                hint = "A cell that holds a comma stands in double quotes."
                raise error(f"{file} (line {line}): {what}.", hint, file=file, line=line, what=what)
            yield line, cells
    except csv.Error as e:
        raise error(f"{file} is not CSV: {e}.", file=file, line=rows.line_num) from None


def row_claims(path: Path, columns: tuple[str, ...], error: type[InputError]) -> Iterator[Claim]:
    """The rows of a small CSV file as claims, each with its line; the first of `columns` names the entry."""
    return text_claims(read_text(path, error), path.name, columns, error)


def text_claims(text: str, file: str, columns: tuple[str, ...], error: type[InputError]) -> Iterator[Claim]:
    """The same of a text that came from `file`."""
    for line, row in text_rows(text, file, columns, error):
        yield Claim(row, f"{file}, {row[columns[0]] or 'no name'}", error, file, Place(line))
