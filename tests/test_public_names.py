"""The public names are those that are documented."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import offing
from offing.logbook import Logbook

PAGES = Path(__file__).resolve().parents[1]
FROM_PYTHON = PAGES / "docs" / "how-to" / "use-from-python.md"


def python_of(page: Path) -> str:
    """The Python blocks of a page."""
    return "\n".join(re.findall(r"^```python[^\n]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE))


def test_all_names_what_is_public() -> None:
    assert offing.__all__ == ["OffingError", "__version__", "create", "open"]
    for name in offing.__all__:
        assert getattr(offing, name) is not None
    public = {n for n, value in vars(offing).items() if not n.startswith("_") and callable(value)}
    imported = {"Path"}
    assert public - imported == {n for n in offing.__all__ if not n.startswith("_")}


def test_the_documented_names_are_the_public_ones() -> None:
    used = set(re.findall(r"\boffing\.(\w+)", python_of(FROM_PYTHON) + python_of(PAGES / "README.md")))
    assert used == {n for n in offing.__all__ if not n.startswith("_")}


def test_every_documented_method_is_there() -> None:
    pages = [*sorted(PAGES.glob("docs/**/*.md")), PAGES / "README.md"]
    used = {name for page in pages for name in re.findall(r"\blog\.(\w+)\(", python_of(page))}
    assert used and all(callable(getattr(Logbook, name)) for name in used)


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert version("offing") == offing.__version__


def test_opening_a_logbook_loads_no_compiler() -> None:
    code = "import sys, offing.logbook; print(sorted({'numba', 'duckdb', 'pyproj'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "[]"
