"""Writes the reference pages that follow from the code: commands, tables, parameters, errors.

    python docs/generate.py            write them
    python docs/generate.py --check    exit status 1 if one of them is not what the code says

What the code cannot say (the meaning of a column that has no comment, when it is null) stands in `docs/meanings.toml`. A column
of a schema without a meaning is an error; that the commands print these columns and no others is checked in tests/docs.
"""

from __future__ import annotations

import enum
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from doc_api import api_parts
from doc_tables import tables

from offing import errors
from offing.faces.cli.main import app
from offing.model.place import FEATURE_KINDS, GATE_KINDS, LINE_KINDS
from offing.model.zone import KINDS as ZONE_KINDS
from offing.pipeline.methods import DEFINITIONS, KINDS
from offing.zones.schema import ENTRIES, TYPES

DOCS = Path(__file__).resolve().parent

HEAD = "<!-- Written by docs/generate.py. Change the code or docs/meanings.toml, then run it. -->\n"

# -- tables


def tables_page() -> str:
    """`reference/tables.md`."""
    out = [
        "# Tables",
        "Every table that a command prints, column by column, as `--format json` gives it: one array of objects, `[]` where "
        "there is nothing. `--format csv` and `--format parquet` hold the same rows and columns; the table for the eye "
        "shows the most important ones. In Python the same tables are polars data frames.",
        "| type | in JSON |\n|---|---|\n"
        "| time | text, ISO 8601 in UTC: `2026-08-17T13:32:34Z`, with milliseconds where there are any |\n"
        "| day | text, `2026-08-17`: the label of a day in the day rule of the row ([units and days](units-and-days.md)) |\n"
        "| text, integer, number, true or false | as such |\n"
        "| list of ... | an array; in CSV its JSON text |\n"
        "| object | an object of names and numbers; in CSV its JSON text |",
        "*null* says when a column is null; where nothing is said it never is.",
        "\n".join(f"- [{t.title}](#{anchor(t.title)})" for t in tables()),
    ]
    for table in tables():
        out += [f"## {table.title}", f"`{table.command}`"]
        if table.base:
            base = next(t.title for t in tables() if t.id == table.base)
            which = f"Of [{base.lower()}](#{anchor(base)}) the columns " + ", ".join(f"`{n}`" for n in table.only)
            all_of = f"All columns of [{base.lower()}](#{anchor(base)})"
            below = ", and those below" if table.columns else ""
            out.append(f"{which if table.only else all_of}{below}. {table.about}")
        else:
            out.append(table.about)
        rows = [(f"`{c.name}`", c.kind, c.unit, c.meaning, c.null) for c in table.columns]
        if rows:
            out.append(_markdown(("column", "type", "unit", "meaning", "null"), rows))
    return _page(out)


# -- parameters

PARAMETER_PAGES = {
    "visit": "visit",
    "passage": "passage",
    "coverage": "coverage",
    "watch_day": "watch-day",
    "streak": "streak",
    "encirclement": "encirclement",
}
"""Kind of parameter -> the page in docs/method that tells what it does."""


def parameters_page() -> str:
    """`reference/parameters.md`."""
    out = [
        "# Parameters",
        "A parameter has one default, in the code beside what uses it. `offing.toml` of a logbook changes it for that logbook "
        "([the logbook folder](logbook-folder.md)), `offing run --set KIND.NAME=VALUE` for one run; every run records all "
        "values, `offing method` prints those in force, and `offing why` those behind a figure. Values outside the range are "
        "refused. Parameters of visits give events of their own history: visits under two values never mix.",
    ]
    for kind, parameters in KINDS.items():
        out += [f"## {kind}", f"{DEFINITIONS[kind]} Method: [{kind.replace('_', ' ')}](../method/{PARAMETER_PAGES[kind]}.md)."]
        rows = [
            (
                f"`{r['parameter']}`",
                _number(r["default"]),
                r["unit"],
                f"{_number(r['low'])} to {_number(r['high'])}",
                r["meaning"],
                r["source"],
            )
            for r in parameters().describe()
        ]
        out.append(_markdown(("parameter", "default", "unit", "range", "meaning", "source of the default"), rows))
    return _page(out)


def _number(value: Any) -> str:
    return f"{value:,}".removesuffix(".0")


# -- errors


def errors_page() -> str:
    """`reference/errors.md`."""
    out = [
        "# Errors and exit statuses",
        "Bad input never ends in a traceback and never loses good rows. An error is one sentence on standard error that "
        "begins `offing:`, and says what to do next. Nothing is half done: what a command could not finish it did not begin.",
        _markdown(
            ("exit status", "means"),
            [
                ("0", "done. Rows that could not be kept are in the rejects, with reason, file and row"),
                (
                    "1",
                    "the answer is no: a claim or a pack does not hold, a record is not released (`share explain`), a delivery "
                    "is not what was signed, or not all was taken (`share import`, `node pull`)",
                ),
                (
                    "2",
                    "the command, its input or the logbook is wrong: an error below of this status. Of several files the good "
                    "ones were read",
                ),
                ("3", "`check` cannot say whether the claim holds"),
                ("130", "stopped by Ctrl-C; the logbook is as before the command, or after its last whole step"),
            ],
        ),
        "A command line that cannot be read (an unknown command, an option that is missing) is told by `Error:` and the usage, "
        "with exit status 2.",
        "Why a *row* is refused is no error: see [the reasons](files.md#why-a-row-is-refused).",
        "## The tree",
        "In Python each is an exception of `offing.errors`; all are `offing.OffingError`, with `message`, `hint` (the next "
        "step) and `data` (what the sentence is about).",
    ]
    lines = []

    def walk(kind: type[errors.OffingError], depth: int) -> None:
        text = (kind.__doc__ or "").split("\n")[0].rstrip(".")
        lines.append(f"{'  ' * depth}- `{kind.__name__}`: {text[0].lower()}{text[1:]}. Exit status {kind.exit_status}.")
        for child in (c for c in kind.__subclasses__() if c.__module__ == errors.__name__):
            walk(child, depth + 1)

    walk(errors.OffingError, 0)
    out.append("\n".join(lines))
    out += [
        "An error that is none of these is a fault of offing. It is told in one sentence too; `OFFING_DEBUG=1` before the same "
        "command prints the traceback that a report needs.",
    ]
    return _page(out)


# -- region packs


def region_pack_page() -> str:
    """`reference/region-pack-fields.md`."""
    out = [
        "# Fields of a region pack",
        "What an entry of each file may hold; [region packs](region-pack.md) says how the files belong together. "
        "`offing regions check DIR` tells everything that does not fit, by file and line.",
        "In CSV every value is text in its cell, and an empty cell is a missing value.",
    ]
    for file, (key, fields) in ENTRIES.items():
        out += [f"## {file}", f"Entries are written `[[{key}]]`." if key else "One row is one entry."]
        rows = [
            (f"`{f.name}`", TYPES[f.type], "yes" if f.required else "", f.meaning + (_of(f.values) if f.values else ""))
            for f in fields
        ]
        out.append(_markdown(("field", "type", "must be there", "meaning"), rows))
    for title, kinds in (("zone", ZONE_KINDS), ("feature", FEATURE_KINDS), ("gate", GATE_KINDS), ("line", LINE_KINDS)):
        out += [f"## Kinds of {title}", _markdown(("kind", "means"), [(f"`{k}`", v) for k, v in kinds.items()])]
    return _page(out)


def _of(values: tuple[str, ...]) -> str:
    return ": " + ", ".join(f"`{v}`" for v in values if v)


# -- commands


@dataclass(frozen=True)
class Entry:
    """One command of the app: its words, and the object."""

    words: str
    command: Any


def entries() -> list[Entry]:
    """All commands, groups opened, in the order of `offing --help`."""
    return list(_opened("offing", typer.main.get_command(app)))


def _opened(words: str, command: Any) -> Iterator[Entry]:
    if not hasattr(command, "commands"):
        yield Entry(words, command)
        return
    for name, one in command.commands.items():
        yield from _opened(words if name == "show" else f"{words} {name}", one)


def cli_page() -> str:
    """`reference/cli.md`."""
    root = typer.main.get_command(app)
    out = [
        "# Commands",
        f"{_sentence(root.help)} `offing --help` and `offing COMMAND --help` say what stands here.",
        "Options before the command:",
        _options(root.params),
        "Words in capitals stand for yours: `ID` the id of a zone or fleet, `DAY` a day like `2026-08-17`, `TIME` an instant "
        "with its zone like `2026-08-17T13:32:34Z` (a time without one is refused), `RULE` a day rule like "
        "`'Asia/Taipei 06:00'`. "
        "An option in bold must be given; one marked *several* may stand more than once.",
        "Columns of what they print: [tables](tables.md). Exit statuses: [errors](errors.md).",
        "\n".join(f"- [`{e.words}`](#{anchor(e.words)}): {_lower(_sentence(e.command.help))}" for e in entries()),
    ]
    for entry in entries():
        out += [f"## {entry.words}", _sentence(entry.command.help), f"    {_usage(entry)}", _options(entry.command.params)]
    return _page([part for part in out if part])


def _usage(entry: Entry) -> str:
    words = [entry.words]
    for p in entry.command.params:
        name = _metavar(p)
        if p.param_type_name == "argument":
            words.append(name if p.required or name.startswith("[") else f"[{name}]")
        elif p.required:
            words.append(f"{p.opts[0]} {name}")
    return " ".join(
        words + (["[OPTIONS]"] if any(not p.required for p in entry.command.params if p.param_type_name == "option") else [])
    )


def _options(params: list[Any]) -> str:
    rows = []
    for p in params:
        is_option = p.param_type_name == "option"
        name = f"`{' '.join(filter(None, [p.opts[0] if is_option else '', _metavar(p)]))}`"
        notes = (["several"] if is_option and p.multiple else []) + ([f"also by ${p.envvar}"] if p.envvar else [])
        text = (p.help or "").strip() + (f" *{', '.join(notes)}*" if notes else "")
        rows.append((f"**{name}**" if p.required else name, _default(p), text))
    return _markdown(("", "default", ""), rows) if rows else ""


def _metavar(p: Any) -> str:
    if getattr(p, "is_flag", False):
        return ""
    annotation = p.type_descriptor.annotation
    if inspect.isclass(annotation) and issubclass(annotation, enum.Enum):
        return "|".join(str(m.value) for m in annotation)
    return str(p.metavar or "TEXT")


def _default(p: Any) -> str:
    value = p.default
    if isinstance(value, enum.Enum):
        value = value.value
    return "" if value in (None, "", False, []) else f"`{value}`"


# -- the API


def api_page() -> str:
    """`reference/api.md`."""
    return _page(api_parts(_markdown))


# -- writing


def anchor(heading: str) -> str:
    """The anchor of a heading, as forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def _markdown(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(line.replace("|  |", "| |").replace("|  |", "| |") for line in lines)


def _page(parts: list[str]) -> str:
    return HEAD + "\n" + "\n\n".join(parts) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "reference/api.md": api_page,
    "reference/cli.md": cli_page,
    "reference/tables.md": tables_page,
    "reference/parameters.md": parameters_page,
    "reference/errors.md": errors_page,
    "reference/region-pack-fields.md": region_pack_page,
}


def stale() -> list[str]:
    """The pages that are not what the code says."""
    found = []
    for name, make in PAGES.items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != make():
            found.append(name)
    return found


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` only compare them."""
    wrong = stale()
    if "--check" in arguments:
        for name in wrong:
            sys.stderr.write(f"docs/{name} is not what the code says: python docs/generate.py writes it\n")
        return 1 if wrong else 0
    for name in wrong:
        (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
        sys.stderr.write(f"wrote docs/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
