"""Bad input: one clear sentence with the next step, exit status 2, never a traceback, nothing half written."""

from __future__ import annotations

import gzip
import json
import random
import sqlite3
from pathlib import Path

import pytest
from in_process import Cli, Said
from small_worlds import BOX, HEAD, SHIP, eastward, row, square, write_rows, write_zones

JP = "senkaku-diaoyu-contiguous-zone@jp"
GOOD = [row(SHIP, h / 60, 10 + h / 1000) for h in range(900)]
NAIVE = """[columns]
t_utc = "when"
mmsi = "mmsi"
lat_deg = "lat"
lon_deg = "lon"

[time]
format = "%Y/%m/%d %H:%M:%S"
"""


def is_a_sentence(said: Said, *words: str) -> None:
    """Exit status 2, nothing on the result's stream, and on the other what is wrong and what to do."""
    assert said.status == 2, said
    assert said.out == b"" or said.text.strip() in ("", "[]"), said
    text = said.err.strip()
    assert text and "Traceback" not in text and "should not be" not in text and 'File "' not in text, text
    for word in words:
        assert word in text, (word, text)


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in a logbook but SQLite's own side files and the lock."""
    files = (p for p in folder.rglob("*") if p.is_file() and "ledger" not in p.name and p.name != "writer.lock")
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


@pytest.fixture
def bad(cli: Cli, tmp_path: Path) -> Path:
    """A logbook in the working folder, and a folder of files that nobody can read."""
    assert cli("init").status == 0
    folder = tmp_path / "bad"
    (folder / "nothing").mkdir(parents=True)
    (folder / "empty.csv").write_bytes(b"")
    (folder / "blank.csv").write_bytes(b"\n\n\n")
    (folder / "head.csv").write_text(HEAD)
    (folder / "noise.bin").write_bytes(random.Random(1).randbytes(5000))
    (folder / "zeros.bin").write_bytes(bytes(5000))
    (folder / "wrong.csv").write_text("a,b,c\n1,2,3\n")
    whole = gzip.compress((HEAD + "".join(GOOD)).encode())
    (folder / "short.csv.gz").write_bytes(whole[:-2000])
    (folder / "spoilt.csv.gz").write_bytes(whole[:400] + bytes(100) + whole[500:])
    (folder / "bomb.csv.gz").write_bytes(gzip.compress(HEAD.encode() + b"\n" * 6_000_000))
    (folder / "far.csv").write_text(HEAD + row(SHIP, 1, 10, 95) + row(SHIP, 2, 200))
    (folder / "nan.csv").write_text(HEAD + row(SHIP, 1, float("nan")))
    (folder / "notime.nmea").write_text("!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24\n" * 3)
    (folder / "naive.csv").write_text("when,mmsi,lat,lon\n2024/03/01 08:00:00,412000001,0.5,10.5\n")
    (folder.parent / "naive.toml").write_text(NAIVE)
    (folder.parent / "broken.toml").write_text("[columns\n")
    return folder


FILES = [
    "empty.csv",
    "blank.csv",
    "head.csv",
    "noise.bin",
    "zeros.bin",
    "wrong.csv",
    "short.csv.gz",
    "spoilt.csv.gz",
    "bomb.csv.gz",
    "far.csv",
    "nan.csv",
    "notime.nmea",
    "naive.csv",
    "missing.csv",
    "nothing",
]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_taken(cli: Cli, bad: Path, name: str) -> None:
    before = tree(bad.parent / "logbook")
    is_a_sentence(cli("ingest", bad / name), name)
    assert cli("status", "--format", "json").rows == []
    assert tree(bad.parent / "logbook") == before


def test_a_folder_with_nothing_readable(cli: Cli, bad: Path) -> None:
    said = cli("ingest", bad)
    is_a_sentence(said, *(name for name in FILES if name not in ("missing.csv", "nothing")))
    assert cli("status", "--format", "json").rows == []


def test_good_files_are_kept_beside_bad_ones(cli: Cli, bad: Path) -> None:
    write_rows(bad / "good.csv", GOOD)
    said = cli("ingest", bad, "--format", "json")
    assert (said.status, [Path(r["path"]).name for r in said.rows]) == (0, ["good.csv"]) and "noise.bin" in said.err
    said = cli("ingest", bad / "good.csv", bad / "missing.csv", "--format", "json")
    assert (said.status, len(said.rows)) == (2, 1), "a file that was named is missed"
    assert len(cli("status", "--format", "json").rows) == 1


def test_good_rows_are_kept_beside_bad_ones(cli: Cli, bad: Path) -> None:
    spoilt = [row(SHIP, 20, 10, 95), row(SHIP, 21, float("nan")), row(SHIP, 22, 10).replace("2024-03-01T22:00:00", "yesterday")]
    write_rows(bad / "partly.csv", GOOD + spoilt)
    (line,) = cli("ingest", bad / "partly.csv", "--format", "json").rows
    assert (line["rows"], line["positions"], sum(line["rejects"].values())) == (903, 900, 3)
    rejects = cli("rejects", "--format", "json").rows
    assert [(r["row"], Path(r["path"]).name) for r in rejects] == [(n, "partly.csv") for n in (901, 902, 903)]
    assert [r["reason"] for r in rejects] == ["position_out_of_range", "bad_number", "bad_time"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--map", "naive.toml"), "naive"),
        (("--map", "none.toml"), "none.toml"),
        (("--map", "broken.toml"), "broken.toml"),
        (("--as", "nonesuch"), "nonesuch"),
        (("--base-time", "2024-03-01T00:00:00"), "names no time zone"),
        (("--base-time", "noon"), "noon"),
        (("--format", "xml"), "xml"),
    ],
)
def test_options_that_do_not_fit(cli: Cli, bad: Path, words: tuple[str, ...], says: str) -> None:
    is_a_sentence(cli("ingest", bad / "naive.csv", *words), says)
    assert cli("status", "--format", "json").rows == []


def test_the_same_bytes_with_other_options_are_refused_with_advice(cli: Cli, bad: Path) -> None:
    (bad.parent / "zoned.toml").write_text(NAIVE + 'zone = "Asia/Taipei"\n')
    (bad.parent / "other.toml").write_text(NAIVE + 'zone = "Asia/Tokyo"\n')
    assert cli("ingest", bad / "naive.csv", "--map", "zoned.toml").status == 0
    (line,) = cli("status", "--format", "json").rows
    is_a_sentence(cli("ingest", bad / "naive.csv", "--map", "other.toml"), f"offing retract {line['sha256'][:12]}")
    assert cli("retract", line["sha256"][:12], "--reason", "another zone").status == 0
    assert cli("ingest", bad / "naive.csv", "--map", "other.toml").status == 0


SERIES = ("--zone", JP, "--fleet", "cn-government")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("visits", "--zone", "atlantis@xx"), "atlantis@xx"),
        (("visits", "--zone", "taiwan-contiguous-zone"), "Did you mean taiwan-contiguous-zone@tw"),
        (("visits", "--fleet", "nobody"), "nobody"),
        (("visits", "--since", "1 March"), "2026-08-17"),
        (("visits", "--since", "2024-02-30"), "2024-02-30"),
        (("visits", "--known-at", "2024-03-01"), "not an instant"),
        (("visits", "--mmsi", "abc"), "--mmsi"),
        (("now",), "--zone"),
        (("now", "--zone", JP, "--at", "now"), "now"),
        (("days", "--zone", JP), "--fleet"),
        (("days", "--fleet", "any"), "--zone"),
        (("days", *SERIES, "--day-rule", "Mars/Olympus 06:00"), "Mars/Olympus"),
        (("days", *SERIES, "--day-rule", "Asia/Tokyo 25:00"), "0 to 23"),
        (("days", *SERIES, "--source", "nobody"), "nobody"),
        (("days", *SERIES, "--source", "jcg", "--sensitivity"), "--sensitivity"),
        (("streaks", "--zone", JP, "--fleet", "nobody"), "nobody"),
        (("streaks", "--zone", JP, "--fleet", "any", "--source", "jcg"), "--fleet cn-government"),
        (("streaks", *SERIES, "--as-of", "tomorrow"), "tomorrow"),
        (("presence", *SERIES, "--unit", "sorties"), "sorties"),
        (("presence", *SERIES, "--by", "week"), "week"),
        (("records", "--source", "nobody"), "nobody"),
        (("records", "--zone", "atlantis@xx"), "atlantis@xx"),
        (("why", "nothing"), "nothing"),
        (("why", f"visit:{JP}:1:20240301T120000Z"), "offing visits"),
        (("why",), "ID"),
        (("sql", "SELECT nonesuch FROM visits"), "nonesuch"),
        (("sql", "DROP TABLE visits"), "SELECT"),
        (("sql",), "QUERY"),
        (("method", "nonesuch"), "nonesuch"),
        (("run", "--set", "visit.max_gap_h"), "KIND.NAME=VALUE"),
        (("run", "--set", "visit.max_gap_h=-1"), "visit.max_gap_h"),
        (("run", "--set", "visit.max_speed_kn=0"), "1 to 100000"),
        (("run", "--set", "visit.nonesuch=1"), "visit.nonesuch"),
        (("run", "--since", "2024-03-02", "--until", "2024-03-01"), "before"),
        (("zones", "atlantis@xx"), "atlantis@xx"),
        (("zones", "add", "missing.geojson"), "missing.geojson"),
        (("zones", "add"), "FILE"),
        (("fleets", "nobody"), "nobody"),
        (("fleets", "add", "missing.toml"), "missing.toml"),
        (("retract", "missing.csv", "--reason", "r"), "missing.csv"),
        (("retract", "missing.csv"), "--reason"),
        (("init",), "already"),
        (("--logbook", "other", "init", "--region", "atlantis"), "east_asia"),
        (("--logbook", "nowhere", "status"), "offing init"),
        (("nonesuch",), "nonesuch"),
        (("visits", "--nonesuch"), "--nonesuch"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_words_that_mean_nothing(cli: Cli, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    assert cli("init").status == 0
    before = tree(tmp_path)
    is_a_sentence(cli(*words), says)
    assert tree(tmp_path) == before


def test_zones_that_are_not_valid(cli: Cli, bad: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    for name, shape, says in (
        ("bow-tie@me", bow, "not valid"),
        ("line@me", {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "Polygon"),
        ("taiwan-contiguous-zone@tw", square(0, 0, 1, 1), "region pack"),
        ("far@me", square(0, 0, 1000, 1), "globe"),
        ("open@me", {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, "not closed"),
        ("bad id@me", square(0, 0, 1, 1), "not an id"),
    ):
        write_zones(bad / "z.geojson", good__me=square(10, 0, 11, 1), **{name: shape})
        is_a_sentence(cli("zones", "add", bad / "z.geojson"), says)
    (bad / "z.geojson").write_text("{")
    is_a_sentence(cli("zones", "add", bad / "z.geojson"), "not JSON")
    assert BOX not in {z["zone_id"] for z in cli("zones", "--format", "json").rows}
    assert not [z for z in cli("zones", "--format", "json").rows if z["pack"] == "user"], "all or none"


def test_logbooks_that_are_not_what_they_were(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    settings, ledger = tmp_path / "logbook" / "offing.toml", tmp_path / "logbook" / "ledger.sqlite"
    text = settings.read_text()
    for spoilt, says in (
        ("region = \n", "line 1"),
        ("", "names no region"),
        ('region = "atlantis"\n', "atlantis"),
        (text.replace("[parameters]\n", '[parameters]\n"visit.max_gap_h" = "six"\n'), "max_gap_h"),
        (text.replace("[parameters]\n", '[parameters]\n"visit.max_gap_h" = 0\n'), "visit.max_gap_h"),
        (text.replace("[parameters]\n", '[parameters]\n"visit.nonesuch" = 1\n'), "visit.nonesuch"),
    ):
        settings.write_text(spoilt)
        is_a_sentence(cli("run"), says)
    settings.write_text(text)
    with sqlite3.connect(ledger) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    is_a_sentence(cli("status"), "newer offing")
    for side in tmp_path.glob("logbook/ledger.sqlite-*"):
        side.unlink()
    ledger.write_bytes(b"no ledger at all" * 100)
    is_a_sentence(cli("status"), "ledger")
    ledger.unlink()
    is_a_sentence(cli("status"), "offing init")
    (tmp_path / "file").write_text("")
    is_a_sentence(cli("--logbook", "file", "status"), "offing init")
    is_a_sentence(cli("--logbook", "file", "init"), "file")


def test_errors_leave_json_readers_with_nothing_half_printed(cli: Cli, bad: Path) -> None:
    said = cli("ingest", bad / "wrong.csv", "--format", "json")
    assert said.status == 2 and json.loads(said.text or "[]") == []
    assert cli("visits", "--zone", "atlantis@xx", "--format", "json").out == b""


def test_an_error_of_our_own_making_says_how_to_report_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from offing.pipeline import queries

    def broken(*_: object) -> None:
        raise RuntimeError("a wheel came off")

    cli("init")
    monkeypatch.setattr(queries, "status", broken)
    said = cli("status")
    assert said.status != 0 and "a wheel came off" in said.err and "OFFING_DEBUG=1" in said.err
    monkeypatch.setenv("OFFING_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli("status")


def test_notes_say_what_is_rejected(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    write_rows(tmp_path / "a.csv", [*eastward(SHIP, range(3)), row(0, 5, 10)])
    assert cli("ingest", "a.csv").status == 0
    assert cli("rejects", "--format", "json").rows[0]["reason"] == "bad_mmsi"
