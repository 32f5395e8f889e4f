"""Logbooks for the command line: a new one, and one with visits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from in_process import Cli, offing
from small_worlds import FLEET, OTHER, SHIP, eastward, light, lying, row, square, write_rows, write_zones


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Commands on a new logbook in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OFFING_LOGBOOK", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return offing


@pytest.fixture(scope="session")
def patrolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a logbook with visits, made once by commands; tests only read it."""
    folder = tmp_path_factory.mktemp("patrolled")
    spoilt = [row(SHIP, 1, 200), row(SHIP, 2, 10, 95)]
    write_rows(folder / "own.csv", [*eastward(SHIP, range(48)), *lying(OTHER, range(30, 34), 10.5, name="HAI XUN 1"), *spoilt])
    write_rows(folder / "light.csv", light(range(96)))
    write_zones(folder / "box.geojson", box__me=square(10, 0, 11, 1))
    (folder / "own.toml").write_text(FLEET)
    book = ("--logbook", folder / "logbook")
    for words in (
        ("init",),
        ("zones", "add", folder / "box.geojson"),
        ("fleets", "add", folder / "own.toml"),
        ("ingest", folder / "own.csv", folder / "light.csv"),
        ("run",),
    ):
        said = offing(*book, *words)
        assert said.status == 0, said
    return folder / "logbook"


@pytest.fixture
def ask(patrolled: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Commands on the patrolled logbook, in the folder where it lies."""
    monkeypatch.chdir(patrolled.parent)
    monkeypatch.setenv("OFFING_LOGBOOK", os.fspath(patrolled))
    return offing
