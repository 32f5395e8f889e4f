"""The order of the house: sizes, docstrings, words that promise later work, entry points, documents that follow the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import typer

from offing.faces.cli.main import app
from offing.pipeline.methods import KINDS

HOUSE = Path(__file__).resolve().parents[1]
SOURCES = sorted((HOUSE / "src" / "offing").rglob("*.py"))
TESTS = sorted((HOUSE / "tests").rglob("*.py"))
MOST_LINES = 400
LONGER: dict[str, str] = {}
"""Files of more lines, each with its reason in a sentence."""

LATER = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)))


def named(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=named)
def test_a_file_is_short_and_promises_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if named(path) in LONGER:
        assert lines > MOST_LINES, "no longer an exception: take it off the list"
    else:
        assert lines <= MOST_LINES
    assert not LATER.search(text)


def test_exceptions_exist() -> None:
    assert all((HOUSE / path).is_file() and len(reason) > 20 for path, reason in LONGER.items())


def public(path: Path) -> Iterator[ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The module, and every function, class and method of it that is public and not inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield tree
    stack: list[ast.AST] = [tree]
    while stack:
        for node in ast.iter_child_nodes(stack.pop()):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef):
                    stack.append(node)


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_everything_public_says_what_it_is(path: Path) -> None:
    silent = [getattr(n, "name", "module") for n in public(path) if not ast.get_docstring(n)]
    assert silent == []


def test_no_package_is_a_drawer_for_everything() -> None:
    names = {part for path in SOURCES for part in path.relative_to(HOUSE).with_suffix("").parts}
    assert not names & {"utils", "util", "helpers", "misc", "common_utils"}


def test_readers_are_registered_as_a_stranger_would() -> None:
    found = {e.name: e.load() for e in entry_points(group="offing.readers")}
    assert {"nmea", "marinecadastre", "dma", "aisstream", "csv", "parquet"} <= set(found)
    for name, reader in found.items():
        assert reader.name == name and isinstance(reader.version, int)
        assert all(callable(getattr(reader, what)) for what in ("sniff", "read", "raw"))
    (script,) = (e for e in entry_points(group="console_scripts") if e.name == "offing")
    assert script.value == "offing.faces.cli.main:run" and callable(script.load())


def test_every_parameter_is_explained_in_its_method() -> None:
    pages = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HOUSE / "docs" / "method").glob("*.md"))}
    missing = []
    for kind, parameters in KINDS.items():
        page = pages.get(kind.replace("_", "-"))
        assert page, f"docs/method has no page for {kind}"
        for name in parameters().values():
            short = name.partition(".")[2]
            everywhere = page if short in page else " ".join(pages.values())
            if not re.search(rf"\b{re.escape(name)}\b", everywhere) and not re.search(rf"\b{short}\b", page):
                missing.append(name)
    assert missing == []


def commands() -> dict[str, list[str]]:
    """Every command as it is typed, with its options and arguments."""
    found: dict[str, list[str]] = {}

    def walk(name: str, command: object) -> None:
        subs = getattr(command, "commands", None)
        if subs is not None:
            for sub, inner in subs.items():
                walk(name if sub == "show" else f"{name} {sub}".strip(), inner)
            return
        names = [o for p in command.params for o in p.opts if o.startswith("--") and o != "--help"]  # type: ignore[attr-defined]
        found[name] = names

    walk("", typer.main.get_command(app))
    return found


def test_every_command_and_option_is_in_the_reference() -> None:
    page = (HOUSE / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `?offing ([^\n`]+)`?\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    assert set(sections) == set(commands())
    for name, options in commands().items():
        told = set(re.findall(r"--[a-z][a-z-]*", sections[name]))
        assert set(options) <= told, (name, set(options) - told)
        assert told - {"--help"} <= set(options), (name, told - set(options))
    for option in ("--logbook", "--version", "OFFING_LOGBOOK"):
        assert option in page


def test_no_page_names_a_command_that_is_not_there() -> None:
    known = {name.split()[0] for name in commands()} | {"--help", "--version", "--logbook", "COMMAND"}
    for page in [*sorted((HOUSE / "docs").rglob("*.md")), HOUSE / "README.md"]:
        text = page.read_text(encoding="utf-8")
        blocks = "\n".join(re.findall(r"^```(?:sh|console)[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
        used = set(re.findall(r"^(?:\$ )?offing ([\w-]+)", blocks, re.MULTILINE)) | set(re.findall(r"`offing ([\w-]+)", text))
        assert used <= known, (page.name, used - known)
