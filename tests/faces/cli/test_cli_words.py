"""What may be typed: help, options before and after, the default logbook, words that may be left out, quiet progress."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from in_process import Cli
from small_worlds import BOX, SHIP, eastward, square, write_rows, write_zones

import offing
from offing.faces.cli.main import app

JP = "senkaku-diaoyu-contiguous-zone@jp"


def commands() -> list[tuple[str, ...]]:
    """Every command with its group: ("zones", "add"), ("run",)."""
    top = typer.main.get_command(app)
    found: list[tuple[str, ...]] = []
    for name, command in top.commands.items():  # type: ignore[attr-defined]
        found += [(name, sub) for sub in command.commands] if hasattr(command, "commands") else [(name,)]
    return found


def test_help_and_version(cli: Cli) -> None:
    said = cli("--help")
    assert said.status == 0 and all(f"  {words[0]} " in said.text for words in commands())
    assert cli().status == 2 and "Usage: offing" in cli().text + cli().err
    assert cli("--version").text == f"offing {offing.__version__}\n"


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_has_help(cli: Cli, words: tuple[str, ...]) -> None:
    said = cli(*words, "--help")
    assert said.status == 0 and said.text.startswith(f"Usage: offing {' '.join(words)}") and said.err == ""
    assert cli("--logbook", "nowhere", *words, "--help").status == 0, "help needs no logbook"


def test_the_commands_that_are_promised() -> None:
    plain = "init ingest retract run method status rejects sql visits passages now days presence streaks records why demo "
    plain += "distance series trend sightings check encirclement reconcile serve demo-partners"
    groups = {
        "zones": "show add export map",
        "gates": "show",
        "features": "show",
        "lines": "show",
        "fleets": "show add",
        "regions": "show check build",
        "bulletins": "show add retract rejects",
        "incidents": "show add retract",
        "statements": "show add retract diff runs first",
        "sources": "show restrict open",
        "share": "rule rules preview explain export import status alarms clear forget",
        "partners": "show add remove map interop systems",
        "agreements": "show add end",
        "node": "init card serve pull status",
        "keys": "show rotate revoke",
    }
    grouped = {f"{group} {name}" for group, names in groups.items() for name in names.split()}
    assert {" ".join(words) for words in commands()} == {*plain.split(), *grouped}


def test_the_logbook_is_named_by_option_by_variable_or_by_default(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("status").status == 2, "there is none yet"
    assert cli("init").status == 0 and (tmp_path / "logbook" / "offing.toml").is_file()
    assert cli("--logbook", "other", "init", "--region", "east_asia").status == 0
    monkeypatch.setenv("OFFING_LOGBOOK", str(tmp_path / "third"))
    assert cli("init").status == 0 and (tmp_path / "third" / "offing.toml").is_file()
    said = cli("--logbook", "logbook", "init")
    assert said.status == 2 and str(tmp_path / "logbook") in said.err, "the option comes before the variable"


def test_a_first_reading_makes_the_default_logbook_and_says_so(cli: Cli, tmp_path: Path) -> None:
    write_rows(tmp_path / "a.csv", eastward(SHIP, range(3)))
    said = cli("ingest", "a.csv")
    assert said.status == 0 and "made the logbook ./logbook" in said.err
    assert cli("--logbook", "other", "ingest", "a.csv").status == 2, "a folder that was named is not made in passing"
    assert not (tmp_path / "other").exists()


def test_a_reading_of_nothing_readable_makes_no_logbook(cli: Cli, tmp_path: Path) -> None:
    assert cli("ingest", "missing.csv").status == 2
    assert not (tmp_path / "logbook").exists()
    assert cli("ingest", "missing.csv", "--base-time", "yesterday").status == 2
    assert not (tmp_path / "logbook").exists()


def test_show_may_be_left_out(ask: Cli) -> None:
    for group, name in (("zones", BOX), ("fleets", "own")):
        assert ask(group).out == ask(group, "show").out != b""
        assert ask(group, name).out == ask(group, "show", name).out != ask(group).out
        assert ask(group, "--format", "json").rows == ask(group, "show", "--format", "json").rows
        assert ask(group, name, "--format", "json").out == ask(group, "--format", "json", name).out
        assert f"Usage: offing {group}" in ask(group, "--help").text
        assert ask(group, "nonesuch").status == 2 and "nonesuch" in ask(group, "nonesuch").err


def test_options_may_stand_before_and_after_words(ask: Cli) -> None:
    name = f"visit:{BOX}:{SHIP}:20240301T120000Z"
    assert ask("why", name, "--format", "json").out == ask("why", "--format", "json", name).out
    assert ask("sql", "--format", "json", "SELECT 1 AS n").rows == [{"n": 1}]
    one = ask("visits", "--mmsi", SHIP, "--zone", BOX, "--format=json")
    assert one.out == ask("visits", "--format", "json", "--zone", BOX, "--mmsi", SHIP).out


def test_zones_go_out_as_geojson(ask: Cli, tmp_path: Path) -> None:
    assert ask("zones", "export", tmp_path / "out.geojson").status == 0
    features = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert {f["properties"]["id"] for f in features} == {z["zone_id"] for z in ask("zones", "--format", "json").rows}
    said = ask("zones", "export", tmp_path / "no" / "such" / "folder.geojson")
    assert said.status == 2 and "cannot be written" in said.err


def test_what_is_added_is_named(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    write_zones(tmp_path / "z.geojson", box__me=square(10, 0, 11, 1), west__me=square(8, 0, 9, 1))
    assert cli("zones", "add", "z.geojson").text == "Added box@me, west@me. `offing run` finds the visits.\n"
    (row,) = cli("zones", BOX, "--format", "json").rows
    assert (row["kind"], row["claimants"], row["names"]["en"], row["day_rule"]) == ("custom", ["me"], "box__me", "UTC 00:00")


def test_reading_tells_of_each_file_and_run_of_its_visits(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    write_rows(tmp_path / "a.csv", eastward(SHIP, range(3)))
    write_rows(tmp_path / "b.csv", eastward(SHIP, range(3, 48)))
    (row, again) = cli("ingest", "a.csv", "b.csv", "--format", "json").rows
    assert (row["positions"], row["already"], again["positions"]) == (3, False, 45)
    (row,) = cli("ingest", "a.csv", "--format", "json").rows
    assert row["already"] is True
    write_zones(tmp_path / "z.geojson", box__me=square(10, 0, 11, 1))
    cli("zones", "add", "z.geojson")
    (run,) = cli("run", "--format", "json").rows
    assert (run["days"], run["positions"], run["new"], run["withdrawn"]) == (2, 48, 1, 0)
    said = cli("retract", "b.csv", "--reason", "of another ship")
    assert said.status == 0 and "Retracted" in said.text and "of another ship" in said.text
    (run,) = cli("run", "--set", "visit.max_gap_h=12", "--since", "2024-03-01", "--format", "json").rows
    assert run["new"] == 0


def test_progress_is_quiet_when_nobody_looks(cli: Cli, tmp_path: Path) -> None:
    """No bars, no control characters: at most one plain line for each new thing."""
    cli("init")
    write_rows(tmp_path / "a.csv", eastward(SHIP, range(48)))
    for words in (("ingest", "a.csv"), ("run",)):
        err = cli(*words).err
        assert "\x1b" not in err and "\r" not in err and len(err.splitlines()) <= 3, err


def test_notes_stand_beside_the_result(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    write_rows(tmp_path / "a.csv", eastward(SHIP, range(48)))
    cli("ingest", "a.csv")
    said = cli("visits", "--format", "json")
    assert said.rows == [] and said.err == "note: Nothing was worked out yet: `offing run` does.\n"
    assert cli("status").err == ""
    assert cli("streaks", "--zone", JP, "--fleet", "cn-government", "--source", "jcg").err == "", "bulletins need no run"


def test_a_file_is_kept_on_request(cli: Cli, tmp_path: Path) -> None:
    write_rows(tmp_path / "a.csv", eastward(SHIP, range(48)))
    write_zones(tmp_path / "z.geojson", box__me=square(10, 0, 11, 1))
    for words in (("init",), ("zones", "add", "z.geojson"), ("ingest", "--keep", "a.csv"), ("run",)):
        assert cli(*words).status == 0
    raw = (tmp_path / "a.csv").read_text().splitlines()[13]
    (tmp_path / "a.csv").unlink()
    (visit,) = cli("visits", "--format", "json").rows
    assert raw in cli("why", visit["event_id"]).text


def test_as_of_known_at_and_published_by(ask: Cli) -> None:
    published = ("streaks", "--zone", JP, "--fleet", "cn-government", "--source", "jcg", "--format", "json")
    assert ask(*published, "--as-of", "2020-06-17").rows[-1]["days_observed"] == 65
    assert len(ask(*published, "--published-by", "2021-01-01").rows) < len(ask(*published).rows)
    own = ("days", "--zone", BOX, "--fleet", "own", "--format", "json")
    assert ask(*own, "--known-at", "2020-01-01T00:00:00Z").rows == []
    assert len(ask(*own, "--known-at", "2999-01-01T00:00:00Z").rows) == 4
    taipei = ask(*own, "--day-rule", "Asia/Taipei 06:00", "--since", "2024-03-01", "--until", "2024-03-02").rows
    assert [r["window_start_utc"] for r in taipei] == ["2024-02-29T22:00:00Z", "2024-03-01T22:00:00Z"]


def test_the_demonstration_goes_the_whole_way(cli: Cli, tmp_path: Path) -> None:
    said = cli("demo", "shown")
    assert said.status == 0, said.err
    for words in (
        "taiwan-contiguous-zone@tw",
        "taiwan-territorial-sea@tw",
        "620999315",
        "2025-10-19",
        "tanker_2026-08.csv line",
    ):
        assert words in said.text
    assert cli("--logbook", "shown", "visits", "--mmsi", 620999315, "--format", "json").rows
    again = cli("demo", "shown")
    assert again.status == 2 and "not empty" in again.err
