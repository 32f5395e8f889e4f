"""Runs what stands in the pages: commands, Python, and the files that a page asks its reader to save.

What a fence means:

    ```console            lines with `$ ` (and `> ` for what goes on) are typed into a shell; what follows must be printed.
                          A line `...` stands for any lines, a line that ends in ` ...` for a line that begins so.
                          A command that fails must be shown with its sentence, `offing: ...`.
    ```csv march.csv      a second word: the text is saved under that name before anything else on the page is run
    ```toml pyproject.toml    the package counts as installed
    ```python             is run; a ```text that follows at once is what it must print
    ```sh                 is only shown

All fences of a page share one new folder, in the order of the page. Its path reads `/home/me/watch`, and instants of the
clock may be any. Plain `offing ...` lines run in this process, which is quick; the README runs wholly in a real shell, with the
installed command. Run as a program, it writes into pages what their commands print now:

    python tests/docs/doc_pages.py docs/tutorial.md
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
import traceback
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from offing.readers import sniff

ROOT = Path(__file__).resolve().parents[2]
REAL = ("README.md",)
SHOWN_FOLDER = "/home/me/watch"
OTHERWISE = "prints something else"
PLAIN = re.compile(r"offing [^|&;<>$`*?~()\n]*")
DONE = "-- command done --"
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z|\d{8}T\d{6}(?:\.\d+)?Z"
    r"|(?<=east_asia \d )\([0-9a-f]{16}\)"  # the hash of the region pack follows every byte of its data
)
PROGRESS = re.compile(r"(reading|merging|walking)\b.* \([\d,.]+ (bytes|days)\)|note: compiling kernels.*")


@dataclass
class Fence:
    """One fenced block: its language, the file name beside it, its lines, and the line of the page on which they begin."""

    language: str
    name: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(f"{one}\n" for one in self.lines)


@dataclass
class Command:
    """What is typed, and what must be printed; `line` counts within the fence, from 0."""

    typed: str
    line: int
    printed: list[str] = field(default_factory=list)


def pages() -> list[Path]:
    """Every page of the project, the README first."""
    tops = [p for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md") if (p := ROOT / name).exists()]
    return tops + sorted((ROOT / "docs").rglob("*.md"))


def fences(text: str) -> list[Fence]:
    """The fenced blocks of a page. One that is not closed is an error."""
    found: list[Fence] = []
    inside: Fence | None = None
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"\s*```(.*)$", line)
        if mark and inside is None:
            language, _, name = mark[1].strip().partition(" ")
            inside = Fence(language, name.strip(), number + 1)
        elif mark and inside is not None:
            found.append(inside)
            inside = None
        elif inside is not None:
            inside.lines.append(line)
    if inside is not None:
        raise ValueError(f"the fence before line {inside.line} is not closed")
    return found


def commands(fence: Fence) -> list[Command]:
    """The commands of a `console` fence. `offing demo` prints commands itself: all that follows it is its output."""
    found: list[Command] = []
    for number, line in enumerate(fence.lines):
        if line.startswith("$ ") and not (found and found[-1].typed == "offing demo"):
            found.append(Command(line[2:], number))
        elif line.startswith("> ") and found and not found[-1].printed:
            found[-1].typed += "\n" + line[2:]
        elif found:
            found[-1].printed.append(line)
        else:
            raise ValueError(f"line {fence.line}: a console fence begins with a command")
    return found


def run_here(typed: str, folder: Path) -> tuple[list[str], int]:
    """Run a plain `offing ...` line within this process: the lines printed, and the exit status."""
    from offing.faces.cli.main import run

    out, before, argv = io.StringIO(), Path.cwd(), sys.argv
    os.environ.pop("OFFING_LOGBOOK", None)
    status = 0
    try:
        os.chdir(folder)
        sys.argv = shlex.split(typed)
        with redirect_stdout(out), redirect_stderr(out):
            run()
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        os.chdir(before)
        sys.argv = argv
    return shown(out.getvalue(), folder), status


def shown(text: str, folder: Path) -> list[str]:
    """Lines as a page shows them: the folder under its name, no progress."""
    lines = text.replace(str(folder), SHOWN_FOLDER).splitlines()
    return [one for one in lines if not PROGRESS.fullmatch(one)]


def install(folder: Path) -> None:
    """Make the package whose pyproject.toml a page shows count as installed: its entry points, as pip would write them."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n", encoding="utf-8")
    groups = (f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in e.items()) for group, e in project["entry-points"].items())
    (info / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")


class Shell:
    """One `sh` in one folder, fed command by command; output and errors come as one text, as on a screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        env = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("OFFING_", "PYTEST_")) and k not in ("COLUMNS", "PYTHONWARNINGS")
        }
        env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")])
        env["PWD"] = str(folder)
        env["PYTHONPATH"] = str(folder)  # what a page saves there can be imported
        self.process = subprocess.Popen(
            ["sh"], cwd=folder, env=env, text=True, encoding="utf-8", bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, typed: str) -> tuple[list[str], int]:
        """The lines printed, without progress, and the exit status."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{{ {typed}\n}} </dev/null\nprintf '\\n{DONE} %s\\n' \"$?\"\n")
        self.process.stdin.flush()
        out: list[str] = []
        for line in self.process.stdout:
            if line.startswith(DONE):
                return shown("".join(out).removesuffix("\n"), self.folder), int(line.rsplit(" ", 1)[1])
            out.append(line)
        raise RuntimeError(f"the shell ended within {typed!r}: {''.join(out)}")

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def agrees(expected: list[str], printed: list[str]) -> bool:
    """Whether what a page shows is what was printed. Blank lines at either end, and more than two blanks, count for nothing."""
    return _agrees(_trimmed(expected), _trimmed(printed))


def _agrees(expected: list[str], printed: list[str]) -> bool:
    if "..." not in expected:
        return len(expected) == len(printed) and all(map(_line_agrees, expected, printed))
    at = expected.index("...")
    if len(printed) < at or not all(map(_line_agrees, expected[:at], printed[:at])):
        return False
    rest = expected[at + 1 :]
    return any(_agrees(rest, printed[i:]) for i in range(at, len(printed) + 1))


def _line_agrees(shown: str, printed: str) -> bool:
    if shown.endswith(" ..."):
        shown = shown.removesuffix(" ...")
        printed = printed[: len(shown)]
    return _pattern(printed).fullmatch(shown) is not None


def _pattern(line: str) -> re.Pattern[str]:
    """The line itself, where only instants near the clock and the hash of the region pack may be others."""
    now, parts, end = datetime.now(UTC), [], 0
    for found in INSTANT.finditer(line):
        near = found[0].startswith("(") or abs(_instant(found[0]) - now) < timedelta(hours=1)
        parts += [re.escape(line[end : found.start()]), f"(?:{INSTANT.pattern})" if near else re.escape(found[0])]
        end = found.end()
    return re.compile("".join(parts) + re.escape(line[end:]))


def _instant(text: str) -> datetime:
    digits = re.sub(r"\D", "", text)[:14]
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _trimmed(lines: list[str]) -> list[str]:
    text = "\n".join(re.sub(r"(?<=\S) {2,}", "  ", one.rstrip()) for one in lines).strip("\n")
    return text.split("\n") if text else []


@dataclass(frozen=True)
class Fault:
    """Something on a page that is not so."""

    page: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.page}, line {self.line}: {self.what}"


def run_page(
    path: Path, folder: Path, variables: Mapping[str, Any] | None = None
) -> Iterator[tuple[Fence, Command | None, list[str], str]]:
    """Run all fences of a page: for each command or piece of Python its fence, the command, what was printed, fault or ''."""
    found = fences(path.read_text(encoding="utf-8"))
    real = path.name in REAL
    for fence in found:
        if fence.name:
            target = folder / fence.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fence.text, encoding="utf-8")
    if (folder / "pyproject.toml").exists():
        install(folder)
    sys.path.insert(0, str(folder))
    sniff.readers.cache_clear()
    shell = Shell(folder)
    names = {"__name__": "page", **(variables or {})}
    try:
        for fence, after in zip(found, [*found[1:], None], strict=True):
            if fence.language == "console":
                for command in commands(fence):
                    plain = not real and PLAIN.fullmatch(command.typed)
                    printed, status = run_here(command.typed, folder) if plain else shell.run(command.typed)
                    told = any(line.startswith("offing: ") for line in command.printed)
                    fault = "" if agrees(command.printed, printed) else OTHERWISE
                    if bool(status) != told:
                        fault = f"ends with exit status {status}"
                    yield fence, command, printed, fault
            elif fence.language == "python" and not fence.name:
                printed, fault = run_python(fence, path, folder, names)
                shown = after if after is not None and after.language == "text" else None
                if not fault and shown is not None and not agrees(shown.lines, printed):
                    fault = OTHERWISE
                elif not fault and shown is None and printed:
                    fault = "prints something that the page does not show"
                yield fence, None, printed, fault
    finally:
        shell.close()
        sys.path.remove(str(folder))
        sniff.readers.cache_clear()
        for module in [n for n, m in sys.modules.items() if str(getattr(m, "__file__", "")).startswith(f"{folder}{os.sep}")]:
            del sys.modules[module]


def run_python(fence: Fence, path: Path, folder: Path, names: dict[str, Any]) -> tuple[list[str], str]:
    """Run Python in a folder: the lines printed, and the fault or ''."""
    out, before = io.StringIO(), Path.cwd()
    os.chdir(folder)
    fault = ""
    try:
        with redirect_stdout(out):
            exec(compile("\n" * (fence.line - 1) + fence.text, str(path), "exec"), names)
    except Exception:
        fault = traceback.format_exc()
    finally:
        os.chdir(before)
    return out.getvalue().replace(str(folder), SHOWN_FOLDER).splitlines(), fault


def faults_of(path: Path, folder: Path, variables: Mapping[str, Any] | None = None) -> list[Fault]:
    """All faults of a page, each with what was printed."""
    found = []
    for fence, command, printed, fault in run_page(path, folder, variables):
        if fault:
            at = fence.line + (command.line if command else 0)
            what = f"`{command.typed}` {fault}" if command else f"the Python {fault}"
            found.append(Fault(path.name, at, what + "".join(f"\n    | {one}" for one in printed)))
    return found


def rewrite(path: Path) -> int:
    """Write what is printed now into a page, where it does not agree; how many places changed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    changes: list[tuple[int, int, list[str]]] = []
    found = fences("\n".join(lines))
    pad = len(SHOWN_FOLDER) - len(tempfile.gettempdir()) - 9
    with tempfile.TemporaryDirectory(prefix="x" * pad) as temporary:  # as long as the name shown, so that columns stand
        for fence, command, printed, fault in run_page(path, Path(temporary)):
            refused = fault.startswith("ends") and any(one.startswith("offing: ") for one in printed)
            if command is not None and (fault == OTHERWISE or refused):
                start = fence.line - 1 + command.line + 1 + command.typed.count("\n")
                gap = [""] if command.printed and not command.printed[-1].strip() else []
                changes.append((start, start + len(command.printed), [one.rstrip() for one in printed] + gap))
            elif command is None and fault == OTHERWISE:
                after = found[[f.line for f in found].index(fence.line) + 1]
                changes.append((after.line - 1, after.line - 1 + len(after.lines), printed))
            elif fault:
                sys.stderr.write(f"{path.name}, line {fence.line}: {command.typed if command else 'Python'}: {fault}\n")
    for start, end, new in sorted(changes, reverse=True):
        lines[start:end] = new
    path.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return len(changes)


if __name__ == "__main__":
    for word in sys.argv[1:]:
        sys.stderr.write(f"{word}: {rewrite(Path(word))} places changed\n")
