"""The reference pages are what the code says, and leave nothing out."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import generate
import pytest
from doc_pages import ROOT, commands, fences, pages
from typer.testing import CliRunner

from offing.errors import RejectReason
from offing.exchange.schema import SCHEMA_VERSION, prepare
from offing.faces.cli.main import app
from offing.pipeline.methods import KINDS

DOCS = ROOT / "docs"


def test_generated_pages_are_up_to_date() -> None:
    assert generate.stale() == [], "python docs/generate.py writes them"


def test_check_tells_a_stale_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` fails on a page that is wrong and on one that is not there, and writes neither."""
    (tmp_path / "reference").mkdir()
    for name, make in generate.PAGES.items():
        (tmp_path / name).write_text(make(), encoding="utf-8")
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    assert generate.main(["--check"]) == 0
    (tmp_path / "reference" / "cli.md").unlink()
    (tmp_path / "reference" / "errors.md").write_text("old", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert "cli.md" in (said := capsys.readouterr().err)
    assert "errors.md" in said
    assert not (tmp_path / "reference" / "cli.md").exists()
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


def words_of_help(path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], list[str]]]:
    """What `--help` itself prints for every command: its words, and its options. Not the way by which the page is made."""
    text = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
    options = [w.split(",")[0] for line in text.splitlines() for w in line.split()[:1] if w.startswith("--")]
    found = [(path, [o for o in options if o != "--help"])]
    if "\nCommands:\n" in text:
        for line in text.partition("\nCommands:\n")[2].splitlines():
            if line.startswith("  ") and line[2:3].strip():
                found += words_of_help((*path, line.split()[0]))
    return found


def test_every_command_and_option_is_there() -> None:
    page = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    sections = dict(part.partition("\n")[::2] for part in page.split("\n## ")[1:])
    words = list(words_of_help())
    groups = {p[:n] for p, _ in words for n in range(1, len(p))}
    assert ("share", "rule") in groups, "a group within a group is opened too"
    commands = [(p, o) for p, o in words if p and p not in groups]
    assert len(commands) > 15
    for path, options in commands:
        name = " ".join(["offing", *(w for w in path if w != "show")])
        assert name in sections, name
        for option in options:
            assert f"`{option}" in sections[name], f"{name} {option}"
    assert len(sections) == len(commands)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_is_in_its_method_page(kind: str) -> None:
    page = (DOCS / "method" / f"{generate.PARAMETER_PAGES[kind]}.md").read_text(encoding="utf-8")
    for name in KINDS[kind]().values():
        assert f"`{name}`" in page, f"{name} is not in {generate.PARAMETER_PAGES[kind]}.md"


def test_parameters_that_pages_name_exist() -> None:
    known = {name for parameters in KINDS.values() for name in parameters().values()}
    for page in pages():
        named = re.findall(rf"`((?:{'|'.join(KINDS)})\.[a-z_]+)", page.read_text(encoding="utf-8"))
        assert set(named) <= known | {"visit.md", "coverage.md", "streak.md"}, page.name


def test_commands_that_pages_name_exist() -> None:
    """`offing ...` in a sentence or a block, with its options."""
    options = {" ".join(w for w in path if w != "show"): o for path, o in words_of_help()}
    seen = 0
    for page in pages():
        for code in code_of(page.read_text(encoding="utf-8")):
            for line in re.findall(r"(?:^|[(|;&] ?)offing (?:--logbook \S+ +)?([a-z][^#|]*)", code):
                words = line.split()
                name = next((n for i in (3, 2, 1) if (n := " ".join(words[:i])) in options), None)
                assert name is not None, f"{page.name}: offing {line}"
                given = {w.split("=")[0] for w in words if re.fullmatch(r"--[a-z-]+", w)}
                assert given <= {*options[name], "--help", "--format"}, f"{page.name}: offing {line}"
                seen += 1
    assert seen > 50


def code_of(text: str) -> list[str]:
    """Inline code, and the lines of blocks that show commands."""
    blocks = [f for f in fences(text) if f.language in ("console", "sh")]
    typed = [line for f in blocks for line in (f.lines if f.language == "sh" else [c.typed for c in commands(f)])]
    rest = re.sub(r"^\s*```.*?^\s*```", "", text, flags=re.DOTALL | re.MULTILINE)
    return typed + re.findall(r"`([^`\n]+)`", rest)


def test_every_reject_reason_is_told() -> None:
    page = (DOCS / "reference" / "files.md").read_text(encoding="utf-8")
    for reason in RejectReason:
        assert f"| `{reason}` |" in page


def test_every_table_of_a_node_is_told() -> None:
    page = (DOCS / "reference" / "logbook-folder.md").read_text(encoding="utf-8").partition("\n## A node\n")[2]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        prepare(db)
        held = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    told = {
        name: int(since) for name, since in re.findall(r"^\| `(\w+)` \| (\d+) \|", page.partition("\n## ")[0], re.MULTILINE)
    }
    assert set(told) == held
    assert max(told.values()) <= SCHEMA_VERSION
