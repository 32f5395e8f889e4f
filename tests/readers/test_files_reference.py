"""docs/reference/files.md names every form, column, reason and key of a mapping, and its example is a valid mapping."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from offing.errors import RejectReason
from offing.readers import readers
from offing.readers.csv import OWN_NAMES
from offing.readers.instants import Clock
from offing.readers.mapping import GEOMETRY, parse_mapping
from offing.readers.tables import INPUTS

PAGE = (Path(__file__).parents[2] / "docs/reference/files.md").read_text(encoding="utf-8")


def test_the_page_names_everything() -> None:
    for name in [*readers(), *INPUTS, *OWN_NAMES, GEOMETRY, *map(str, RejectReason)]:
        assert f"`{name}`" in PAGE or f"{name} = " in PAGE, name
    reasons = re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Why a row")[2], re.M)
    assert sorted(reasons) == sorted(map(str, RejectReason))


def test_the_example_is_a_valid_mapping() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    parsed = parse_mapping(tomllib.loads(example))
    assert parsed.clock == Clock("%Y/%m/%d %H:%M:%S", "Asia/Taipei")
    assert (parsed.delimiter, parsed.encoding, parsed.decimal) == (";", "big5", ",")
    for letter in re.findall(r"%(\w)", PAGE.partition("Pattern letters")[2].partition(";")[0]):
        Clock(f"%H%{letter}")
