"""Links between pages lead somewhere, and no page names a place that only one machine or one company has."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

import pytest
from doc_pages import ROOT, pages
from generate import anchor

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
ADDRESS = re.compile(r"https?://[^\s)>\"'`]+")
PLACE = re.compile(r"(?<![\w.~/-])/(?:work|tmp|root|home|Users|usr|opt|var|mnt|srv|private)/[\w./-]*|[A-Z]:\\[\w\\]+")

HOSTS: set[str] = set()
"""Hosts that pages may lead to. Package registries are never among them: pages name packages, not where they lie."""


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^\s*```.*?^\s*```", "", text, flags=re.DOTALL | re.MULTILINE))


def anchors(page: Path) -> set[str]:
    text = re.sub(r"^\s*```.*?^\s*```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return {anchor(heading) for heading in re.findall(r"^#{1,6} (.+)$", text, flags=re.MULTILINE)}


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    faults = []
    for link in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, place = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or not target.is_relative_to(ROOT):
            faults.append(f"{link}: there is no such file")
        elif place and (target.is_dir() or place not in anchors(target)):
            faults.append(f"{link}: there is no such heading")
    assert not faults


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_place_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    places = [p for p in PLACE.findall(text) if not p.startswith("/home/me/watch")]
    assert not places
    hosts = {urlparse(a).netloc for a in ADDRESS.findall(text)}
    assert hosts <= HOSTS, "name a package, not where it lies; other hosts go on the list in this file"


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_named_files_and_modules_exist(page: Path) -> None:
    """Paths of this project and `python -m` modules that a page names in code."""
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:tests|docs|src|benchmarks|\.ci)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"python3? -m (offing[\w.]*|benchmarks)", text):
        assert find_spec(name) is not None, name


def test_every_page_is_on_the_map() -> None:
    """docs/index.md leads to every page, or to its folder."""
    linked = {(ROOT / "docs" / link.partition("#")[0]).resolve() for link in LINK.findall((ROOT / "docs/index.md").read_text())}
    for page in (ROOT / "docs").rglob("*.md"):
        assert page in linked or page.parent in linked or page.name == "index.md", f"{page.name} is not in docs/index.md"


def test_links_and_places_are_found() -> None:
    """The patterns see what they are for."""
    assert LINK.findall("see [a](b.md#c) and ![i](x.png)") == ["b.md#c"]
    assert PLACE.findall("in /opt/x.csv and C:\\data, not a/tmp/b or https://x.org/home/y") == ["/opt/x.csv", "C:\\data"]
    assert anchor("Why a row is refused") == "why-a-row-is-refused"
    assert anchor('Late data, and "as known at"') == "late-data-and-as-known-at"
    assert without_code("`[x](y)` [a](b)\n```sh\n[c](d)\n```\n").strip().startswith("[a](b)")
