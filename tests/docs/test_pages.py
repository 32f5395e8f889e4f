"""What stands in the pages is so: commands and Python are run, and print what is shown."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest
from doc_pages import Fence, agrees, commands, faults_of, fences, pages, run_page

import offing

RUN = [p for p in pages() if any(f.language in ("console", "python") for f in fences(p.read_text(encoding="utf-8")))]


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """Kernels are compiled before a page is timed or compared."""
    from offing.pipeline.warm import warm

    warm()


def with_ais(folder: Path, name: str) -> None:
    """A folder of AIS files, as a page calls it."""
    (folder / name).mkdir()
    with resources.as_file(resources.files("offing.faces.cli") / "demo_data") as data:
        shutil.copy(data / "tanker_2026-08.csv", folder / name)


@pytest.mark.parametrize("page", RUN, ids=lambda p: p.stem)
def test_page_is_so(page: Path, tmp_path: Path) -> None:
    with_ais(tmp_path, "my-ais-logs")
    faults = faults_of(page, tmp_path)
    assert not faults, "\n".join(map(str, faults))


def test_pages_that_teach_are_run() -> None:
    names = {p.stem for p in RUN}
    assert {"README", "tutorial"} <= names
    assert {p.stem for p in pages() if p.parent.name == "how-to"} <= names


def test_docstring_of_the_package_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "\n".join(line[4:] for line in (offing.__doc__ or "").splitlines() if line.startswith("    "))
    assert "log.visits(" in code
    with_ais(tmp_path, "ais")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(code, names)
    found = names["log"].visits()  # type: ignore[attr-defined]
    assert {"taiwan-contiguous-zone@tw", "taiwan-200nm@tw"} <= set(found["zone_id"]) and found["mmsi"].n_unique() == 1


# -- the runner itself: a page that is wrong must fail


@pytest.mark.parametrize(
    ("shown", "fails"),
    [
        ("```console\n$ echo one\none\n```\n", False),
        ("```console\n$ echo one\ntwo\n```\n", True),
        ("```console\n$ echo one; echo two\n...\n```\n", False),
        ("```console\n$ echo one; echo two; echo three\none\n...\nthree\n```\n", False),
        ("```console\n$ echo one; echo two; echo three\n...\ntwo\n```\n", True),
        ("```console\n$ echo a long line here\na long ...\n```\n", False),
        ("```console\n$ echo one\n```\n", True),
        ("```console\n$ false\n```\n", True),
        ("```console\n$ echo offing: no; false\noffing: no\n```\n", False),
        ("```console\n$ echo offing: no\noffing: no\n```\n", True),
        ("```console\n$ x=1\n$ echo $x\n1\n```\n", False),
        ("```console\n$ for i in 1 2; do\n>   echo $i\n> done\n1\n2\n```\n", False),
        ("```console\n$ pwd\n/home/me/watch\n```\n", False),
        ("```console\n$ date -u +%Y-%m-%dT%H:%M:%SZ\n2020-01-01T00:00:00Z\n```\n", False),
        ("```console\n$ echo 2020-01-02T00:00:00Z\n2020-01-01T00:00:00Z\n```\n", True),
        ("```text a.txt\nhello\n```\n```console\n$ cat a.txt\nhello\n```\n", False),
        ("```console\n$ offing status\noffing: There is no logbook in /home/me/watch/logbook. ...\n```\n", False),
        ("```console\n$ offing status\n```\n", True),
        ("```python\nprint(1 + 1)\n```\n```text\n2\n```\n", False),
        ("```python\nprint(1 + 1)\n```\n```text\n3\n```\n", True),
        ("```python\nprint(1 + 1)\n```\n", True),
        ("```python\nx = 1\n```\n```python\nassert x == 1\n```\n", False),
        ("```python\nraise ValueError\n```\n", True),
        ("```sh\nfalse\n```\n", False),
    ],
)
def test_runner(shown: str, fails: bool, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(shown, encoding="utf-8")
    folder = tmp_path / "run"
    folder.mkdir()
    results = list(run_page(page, folder))
    assert any(fault for *_, fault in results) == fails, results
    assert bool(faults_of(page, folder)) == fails


def test_runner_refuses_what_it_cannot_read() -> None:
    with pytest.raises(ValueError, match="not closed"):
        fences("```console\n$ echo\n")
    with pytest.raises(ValueError, match="begins with a command"):
        commands(Fence("console", "", 1, ["no command"]))


def test_demo_prints_commands_of_its_own() -> None:
    (one,) = commands(Fence("console", "", 1, ["$ offing demo", "", "$ offing init", "Made it."]))
    assert one.printed == ["", "$ offing init", "Made it."]


def test_agreement_of_texts() -> None:
    assert agrees(["a   b  ", ""], ["a  b"])
    assert not agrees(["  a"], ["    a"])
    assert agrees(["...", "c"], ["a", "b", "c"])
    assert agrees(["a", "..."], ["a"])
    assert not agrees(["a", "...", "d"], ["a", "b", "c"])
