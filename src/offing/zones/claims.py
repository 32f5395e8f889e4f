"""Reading claims from TOML: one sentence for each thing that does not fit, naming the file and the entry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from offing.errors import InputError, MissingInput, OffingError
from offing.model.times import DayRule, parse_day


class Claim:
    """One entry of a file, with typed access to its keys; what is missing or of a wrong type raises `error`."""

    def __init__(self, values: Mapping[str, Any], where: str, error: type[InputError]) -> None:
        self.values = values
        self.where = where
        self.error = error

    def refuse(self, what: str, hint: str = "") -> InputError:
        """The error to raise, with the place."""
        return self.error(f"{self.where}: {what}.", hint)

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

    def integer(self, key: str) -> int:
        """A whole number; required."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(f"`{key}` must be a whole number, not {value!r}")
        return value

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


def read_toml(path: Path, error: type[InputError]) -> dict[str, Any]:
    """The content of a TOML file."""
    return parse_toml(read_text(path, error), path.name, error)


def parse_toml(text: str, file: str, error: type[InputError], hint: str = "") -> dict[str, Any]:
    """The content of a TOML text that came from `file`; `hint` says what such a file holds."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as e:
        raise error(f"{file} is not TOML: {e}.", hint) from None


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


def entries(table: Mapping[str, Any], key: str, file: str, error: type[InputError]) -> list[Claim]:
    """The entries `[[key]]` of a file, each with its place for error sentences; ids must be unique."""
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(v, dict) for v in found):
        raise error(f"{file}: `{key}` must be a list of tables, written [[{key}]].")
    claims = [Claim(v, f"{file}, {key} {v.get('id') or v.get('mmsi') or n}", error) for n, v in enumerate(found, 1)]
    seen: set[str] = set()
    for c in claims:
        name = c.values.get("id")
        if isinstance(name, str):
            if name in seen:
                raise error(f"{file}: the id {name!r} occurs twice.", "Ids are unique within a file.")
            seen.add(name)
    return claims
