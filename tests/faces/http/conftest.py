"""A logbook behind a server: asked in this process, without a socket."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))  # `in_process`: the command line, to compare with

from http_web import AGREED, HOSTILE, Web, command
from in_process import offing
from small_worlds import FLEET, OTHER, SHIP, eastward, light, lying, row, square, write_rows, write_zones

from offing.faces.http.app import Server
from offing.faces.http.readers import Readers
from offing.logbook import Logbook


@pytest.fixture(scope="session")
def patrolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logbook with visits, hostile names and rules of release for the role `press`; tests only read it."""
    folder = tmp_path_factory.mktemp("patrolled")
    book = folder / "logbook"
    named = [line for i, name in enumerate(HOSTILE) for line in lying(412_000_100 + i, range(4), 10.2 + i / 100, name=name)]
    write_rows(
        folder / "own.csv",
        [*eastward(SHIP, range(48)), *lying(OTHER, range(30, 34), 10.5, name="HAI XUN 1"), row(SHIP, 1, 200)],
    )
    write_rows(folder / "light.csv", [*light(range(96)), *named])
    write_zones(folder / "box.geojson", box__me=square(10, 0, 11, 1), far__me=square(15, 0, 16, 1))
    (folder / "own.toml").write_text(FLEET)
    (folder / "press.toml").write_text(AGREED)
    command(book, "init")
    command(book, "zones", "add", folder / "box.geojson")
    command(book, "fleets", "add", folder / "own.toml")
    command(book, "ingest", folder / "own.csv", folder / "light.csv", "--keep")
    command(book, "run")
    command(book, "node", "init", "--id", "here", "--name", "Here")
    command(book, "agreements", "add", folder / "press.toml")
    said = ("--to", "press", "--purpose", "maritime_safety", "--zone", "box@me")
    command(book, "share", "rule", "add", "--kind", "visit", "--round", 0.1, "--mask", "mmsi", *said)
    command(book, "share", "rule", "add", "--kind", "streak", "--fleet", "own", *said)
    return book


@pytest.fixture(scope="session")
def web(patrolled: Path) -> Iterator[Web]:
    """The owner's view of it."""
    server = Server(patrolled)
    yield Web(server)
    server.close()


@pytest.fixture
def book(patrolled: Path) -> Logbook:
    return Logbook.open(patrolled)


@pytest.fixture(scope="session")
def with_roles(patrolled: Path) -> Iterator[Web]:
    """Readers by token: `o`*20 is the owner, `p`*20 of the press, `n`*20 of a role that no rule names."""
    from hashlib import sha256

    tokens = {c * 20: role for c, role in (("o", "owner"), ("p", "press"), ("n", "nobody"))}
    server = Server(patrolled, Readers({sha256(t.encode()).hexdigest(): r for t, r in tokens.items()}, ""))
    yield Web(server)
    server.close()


@pytest.fixture
def ask(patrolled: Path, monkeypatch: pytest.MonkeyPatch):
    """The command line on the same logbook."""
    monkeypatch.setenv("OFFING_LOGBOOK", os.fspath(patrolled))
    return offing
