"""The installed command as a process: exit statuses, what it imports, interruptions, kills, a reader that goes away."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_worlds import HEAD, SHIP, eastward, square, write_rows, write_zones

import offing

OFFING = Path(sys.executable).parent / "offing"
KILLS = 12
ROWS = 100_000
HEAVY = (
    "polars", "numba", "duckdb", "pyarrow", "shapely", "pyproj", "numpy", "pyais", "rich.table",
    "cedarpy", "cryptography", "msgspec", "aiohttp", "litestar", "uvicorn",
)  # fmt: skip

pytestmark = pytest.mark.skipif(not OFFING.exists(), reason="the package is not installed beside this Python")


def run(*words: object, folder: Path, status: int = 0) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run([OFFING, *map(str, words)], cwd=folder, capture_output=True, check=False, timeout=120)
    assert done.returncode == status, (words, done)
    return done


def start(*words: object, folder: Path) -> subprocess.Popen[bytes]:
    """The command in a process group of its own, so that what it may have started dies with it."""
    return subprocess.Popen(
        [OFFING, *map(str, words)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes about a second to read."""
    i = np.arange(ROWS)
    times = pl.Series(1_704_067_200_000 + i * 1000).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%dT%H:%M:%S")
    rng = np.random.default_rng(1)
    lat, lon = ((low + rng.random(ROWS)).round(5) for low in (25, 121))
    columns = {"m": 412_000_100 + i % 500, "t": times, "lat": lat, "lon": lon, "sog": 10 + 0 * i, "cog": 90 + 0 * i}
    frame = pl.DataFrame(columns | dict.fromkeys("abcdefghijk", ""))
    path = tmp_path_factory.mktemp("many") / "many.csv"
    path.write_text(HEAD + frame.write_csv(include_header=False))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OFFING_LOGBOOK", raising=False)
    return tmp_path


def tables(logbook: Path) -> dict[str, bytes]:
    return {str(p.relative_to(logbook)): p.read_bytes() for p in sorted(logbook.rglob("*.parquet"))}


def status_rows(folder: Path) -> list[dict[str, object]]:
    rows = json.loads(run("status", "--format", "json", folder=folder).stdout)
    assert isinstance(rows, list)
    return rows


def test_exit_statuses_and_streams(folder: Path) -> None:
    write_rows(folder / "a.csv", eastward(SHIP, range(48)))
    write_zones(folder / "z.geojson", box__me=square(10, 0, 11, 1))
    for words in (("init",), ("zones", "add", "z.geojson"), ("ingest", "a.csv"), ("run",)):
        assert run(*words, folder=folder).stdout
    table = run("visits", "--format", "parquet", folder=folder)
    assert pl.read_parquet(io.BytesIO(table.stdout)).height == 1 and table.stderr == b""
    missed = run("visits", "--zone", "nowhere@me", folder=folder, status=2)
    assert missed.stdout == b"" and missed.stderr.startswith(b"offing: There is no zone 'nowhere@me'.")
    assert b"Usage: offing visits" in run("visits", "--nonesuch", folder=folder, status=2).stderr
    assert run("--version", folder=folder).stdout.startswith(b"offing ")


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"], ["zones", "--help"]], ids=" ".join)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    """No timing: what makes it slow is not there at all."""
    code = f"""
import sys
from offing.faces.cli.main import run
sys.argv = ["offing", *{words!r}]
try:
    run()
except SystemExit as end:
    assert not end.code, end.code
heavy = [name for name in {HEAVY!r} if name in sys.modules]
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    run("init", folder=folder)
    shell = f"'{OFFING}' zones --format csv; echo $? >&2"
    whole = subprocess.run(["sh", "-c", shell], cwd=folder, capture_output=True, check=True)
    assert whole.stderr == b"0\n"
    process = start(
        "sql", "SELECT a.zone_id, b.zone_id, c.zone_id FROM zones a, zones b, zones c", "--format", "csv", folder=folder
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), err) == (0, b"")


def test_an_interrupted_reading_leaves_the_logbook_as_it_was(folder: Path, many: Path) -> None:
    write_rows(folder / "a.csv", eastward(SHIP, range(48)))
    offing.create(folder / "logbook").ingest(folder / "a.csv")
    (before,), parts = status_rows(folder), tables(folder / "logbook")
    process = start("ingest", many, folder=folder)
    assert process.stderr is not None
    first = process.stderr.readline()
    assert b"reading many.csv" in first, first
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert b"stopped" in err and b"Traceback" not in err, err
    assert status_rows(folder) == [before]
    offing.open(folder / "logbook").ingest(folder / "a.csv")
    assert tables(folder / "logbook") == parts, "nothing of the file is left"
    offing.open(folder / "logbook").ingest(many)
    assert len(status_rows(folder)) == 2


def test_kills_while_reading_leave_nothing_or_the_whole_file(folder: Path, many: Path) -> None:
    """A dozen kills of the installed command; hundreds, at every step, of a fork of it in tests/store/test_kills.py."""
    template = offing.create(folder / "template").store.root
    whole = shutil.copytree(template, folder / "whole")
    took_s = 0.0
    for _ in range(2):  # the first may compile kernels: the second tells how long a reading takes
        shutil.rmtree(whole)
        shutil.copytree(template, whole)
        begin = time.monotonic()
        run("--logbook", whole, "ingest", many, folder=folder)
        took_s = time.monotonic() - begin
    wanted = tables(whole)
    assert wanted
    rng, hit = random.Random(3), 0
    for n in range(KILLS):
        work = shutil.copytree(template, folder / f"work{n}")
        process = start("--logbook", work, "ingest", many, folder=folder)
        time.sleep(took_s * rng.uniform(0.4, 0.95))
        if alive := process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        hit, took_s = hit + alive, took_s if alive else took_s * 0.8  # too late: aim earlier
        book = offing.open(work)
        assert [r["positions"] for r in book.status()] in ([], [ROWS]), "half a file shows"
        if book.status():
            assert tables(work) == wanted
        book.ingest(many)
        assert tables(work) == wanted
        (row,) = book.status()
        assert row["positions"] == row["rows"] == ROWS
        assert not list((work / "tmp").glob("*"))
        shutil.rmtree(work)
    assert hit >= KILLS // 3, f"only {hit} of {KILLS} came before the end"
