"""A node's upkeep by command: keys by id, partners who lost theirs, streams that a lost disk stops, and what is no order."""

from __future__ import annotations

import shutil
import signal
import socket
from pathlib import Path

import pytest
from in_process import Cli, Said
from small_worlds import BOX, square, write_zones

from offing.exchange.papers import read_card

CLOCK = "2026-09-01T00:00:00Z"
INCIDENTS = ("share", "rule", "add", "--kind", "incident", "--to", "us", "--purpose", "maritime_safety")


def incident(n: int) -> str:
    return f'[[incidents]]\nid = "mine-{n}"\nkind = "other"\nstart = 2026-08-{n:02d}T10:00:00Z\nsources = ["a log"]\n'


@pytest.fixture
def two(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Commands on the logbooks jp and us, who have each other's card and an agreement."""
    monkeypatch.setenv("OFFING_CLOCK", CLOCK)
    Path("jp-us.toml").write_text(
        'id = "jp-us"\nparties = ["jp", "us"]\nkinds = ["incident"]\npurposes = ["maritime_safety"]\n'
        'from = "2020-01-01"\nto = "2030-01-01"\n'
    )
    for name in ("jp", "us"):
        fine(cli("--logbook", name, "init"))
        fine(cli("--logbook", name, "node", "init", "--id", name))
        fine(cli("--logbook", name, "node", "card", f"{name}.card"))
    for name, other in (("jp", "us"), ("us", "jp")):
        fine(cli("--logbook", name, "partners", "add", f"{other}.card"))
        fine(cli("--logbook", name, "agreements", "add", "jp-us.toml"))
    return cli


def fine(said: Said) -> Said:
    assert said.status == 0, said
    return said


def carry(two: Cli, giver: str, taker: str, status: int = 0) -> Said:
    shutil.rmtree("stick", ignore_errors=True)
    given = fine(two("--logbook", giver, "share", "export", "--to", taker, "stick"))
    taken = two("--logbook", taker, "share", "import", "stick")
    assert taken.status == status, (given, taken)
    return given


def came(two: Cli) -> list[str]:
    """Incidents of jp at us."""
    rows = fine(two("--logbook", "us", "incidents", "--format", "json")).rows
    return sorted(r["incident_id"] for r in rows if r["originator"] == "jp")


def add(two: Cli, n: int) -> None:
    Path(f"{n}.toml").write_text(incident(n))
    fine(two("--logbook", "jp", "incidents", "add", f"{n}.toml"))


@pytest.mark.parametrize("words", [("preview",), ("explain", "any"), ("export", "folder")], ids=lambda w: w[0])
@pytest.mark.parametrize("to", ["../x", "", "a--b", "x" * 64])
def test_what_is_no_id_gets_no_answer_and_no_folder(two: Cli, words: tuple[str, ...], to: str) -> None:
    verb, *more = words
    said = two("--logbook", "jp", "share", verb, *more, "--to", to)
    assert said.status == 2 and "is no id of a node" in said.err and not Path("folder").exists()
    assert two("--logbook", "jp", "share", "preview", "--to", "whoever-else").status == 0


def test_a_rule_that_nobody_can_use_is_told_so(two: Cli) -> None:
    assert "names no purpose" in fine(two("--logbook", "jp", *INCIDENTS[:7])).err
    assert "no purpose" not in fine(two("--logbook", "jp", *INCIDENTS)).err


def test_a_file_of_rules_and_a_rule_are_not_mixed(two: Cli) -> None:
    Path("r.toml").write_text('[[rule]]\nkind = "incident"\nto = ["us"]\npurpose = "maritime_safety"\n')
    said = two("--logbook", "jp", *INCIDENTS, "--file", "r.toml")
    assert said.status == 2 and "both" in said.err
    assert fine(two("--logbook", "jp", "share", "rules", "--format", "json")).rows == []
    fine(two("--logbook", "jp", "share", "rule", "add", "--file", "r.toml"))


def test_every_key_is_listed_by_its_id(two: Cli) -> None:
    before = fine(two("--logbook", "jp", "keys", "show", "--format", "json")).rows
    fine(two("--logbook", "jp", "keys", "rotate"))
    rows = fine(two("--logbook", "jp", "keys", "show", "--format", "json")).rows
    assert [r["state"] for r in rows if r["use"] == "signing"] == ["in use", "retired"]
    assert rows[1]["key_id"] == before[0]["key_id"] and rows[1]["fingerprint"] == before[0]["fingerprint"]
    for row in rows:
        assert len(row["key_id"]) == 16 and row["fingerprint"].replace(" ", "").startswith(row["key_id"])
        assert len(row["fingerprint"].split()) == 16


def test_a_partner_who_lost_its_keys_is_known_anew(two: Cli) -> None:
    fine(two("--logbook", "jp", *INCIDENTS))
    add(two, 1)
    carry(two, "jp", "us")
    shutil.rmtree("jp")
    fine(two("--logbook", "jp", "init"))
    fine(two("--logbook", "jp", "node", "init", "--id", "jp"))
    fine(two("--logbook", "jp", "node", "card", "jp.card"))
    fine(two("--logbook", "jp", "partners", "add", "us.card"))
    fine(two("--logbook", "jp", "agreements", "add", "jp-us.toml"))
    assert two("--logbook", "us", "partners", "add", "jp.card").status == 1
    assert "There is no alarm '7'" in (said := two("--logbook", "us", "share", "clear", "7")).err and "share alarms" in said.err
    fine(two("--logbook", "us", "share", "clear", "1"))
    assert two("--logbook", "us", "partners", "remove", "nobody").status == 2
    fine(two("--logbook", "us", "partners", "remove", "jp"))
    fine(two("--logbook", "us", "share", "forget", "jp"))
    fine(two("--logbook", "us", "partners", "add", "jp.card"))
    fine(two("--logbook", "jp", *INCIDENTS))
    add(two, 2)
    carry(two, "jp", "us")
    assert came(two) == ["mine-2"]


@pytest.mark.parametrize("act", [("import", "stick"), ("export", "--to", "jp", "back")], ids=lambda a: a[0])
def test_what_expired_leaves_the_disk_with_the_next_delivery(
    two: Cli, act: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    fine(two("--logbook", "jp", *INCIDENTS, "--expires", "2026-09-05"))
    add(two, 1)
    carry(two, "jp", "us")
    assert came(two) == ["mine-1"]
    monkeypatch.setenv("OFFING_CLOCK", "2026-09-06T00:00:00Z")
    fine(two("--logbook", "us", "share", *act))
    monkeypatch.setenv("OFFING_CLOCK", CLOCK)
    assert came(two) == [], "a clock that is set back shows what is gone"


def test_a_stream_that_a_lost_disk_stops_is_told_of(two: Cli) -> None:
    fine(two("--logbook", "jp", *INCIDENTS))
    add(two, 1)
    carry(two, "jp", "us")
    shutil.copytree("jp", "jp-old")
    add(two, 2)
    carry(two, "jp", "us")
    shutil.rmtree("jp")
    Path("jp-old").rename("jp")
    assert "disk was lost" not in fine(two("--logbook", "jp", "share", "status")).err
    carry(two, "us", "jp")
    add(two, 3)
    for said in (carry(two, "jp", "us"), fine(two("--logbook", "jp", "share", "status"))):
        assert "note: the stream for us: partners hold more of it than this node, whose disk was lost" in said.err


def test_what_came_before_a_disk_was_lost_is_not_mistaken_for_what_came_after(two: Cli) -> None:
    fine(two("--logbook", "jp", *INCIDENTS))
    add(two, 1)
    carry(two, "jp", "us")
    fine(two("--logbook", "us", "share", "forget", "jp"))
    assert came(two) == []
    for path in Path("us").glob("exchange.sqlite*"):
        path.unlink()
    fine(two("--logbook", "us", "partners", "add", "jp.card"))
    fine(two("--logbook", "us", "agreements", "add", "jp-us.toml"))
    add(two, 2)
    carry(two, "jp", "us")
    assert came(two) == ["mine-1", "mine-2"]


def test_a_node_can_say_later_where_it_is_reached(two: Cli) -> None:
    assert fine(two("--logbook", "us", "node", "pull", "--format", "json")).rows == []
    assert two("--logbook", "jp", "node", "card", "jp.card", "--address", "no address").status == 2
    fine(two("--logbook", "jp", "node", "card", "jp.card", "--address", "127.0.0.1:1", "--address", "https://[::1]:2"))
    assert read_card(Path("jp.card").read_bytes()).addresses == ("https://127.0.0.1:1", "https://[::1]:2")
    fine(two("--logbook", "us", "partners", "add", "jp.card"))
    said = two("--logbook", "us", "node", "pull", "--format", "json")
    assert said.status == 1 and said.rows[0]["partner"] == "jp"
    fine(two("--logbook", "jp", "node", "card", "again.card"))
    assert Path("again.card").read_bytes() == Path("jp.card").read_bytes()


def test_a_clock_beyond_the_calendar_is_told_so(two: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    write_zones(Path("box.geojson"), box__me=square(10, 0, 11, 1))
    fine(two("--logbook", "jp", "zones", "add", "box.geojson"))
    fine(two("--logbook", "jp", *INCIDENTS, "--zone", BOX))
    for clock in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"):
        monkeypatch.setenv("OFFING_CLOCK", clock)
        said = two("--logbook", "jp", "share", "export", "--to", "us", "folder")
        assert said.status == 2 and "no time with a zone" in said.err, said


def test_a_server_that_ends_leaves_the_signals_of_its_process_as_they_were(two: Cli) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = two("--logbook", "jp", "node", "serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert said.status == 2
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
