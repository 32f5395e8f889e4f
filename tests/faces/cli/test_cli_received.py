"""What partners sent, as the commands print it: in a logbook that never ran, beside own rows, and after its last day."""

from __future__ import annotations

from pathlib import Path

import pytest
from in_process import Cli
from small_partners import CAME_MS, THEIRS, changed, days_of, give, maker, records, sent, visits_of
from small_worlds import BOX, OTHER

SERIES = ("--zone", BOX, "--fleet", "own")


@pytest.fixture
def us(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Commands on a node that has read nothing, and holds what jp sent: until a day after it came."""
    make = maker(tmp_path)
    ours, theirs = make("us", run=False), make("jp", THEIRS)
    whole = records("visit", theirs.book.visits())
    give(
        ours.book, visits_of(theirs.book, "jp", expires_ms=CAME_MS + 86_400_000, received_ms=None),
        sent("tw", "visit", changed(whole[:1], "visit", zone_hash="0" * 16), hub="jp"),
        days_of(theirs.book, "jp", BOX, "own", expires_ms=CAME_MS + 86_400_000),
    )  # fmt: skip
    monkeypatch.setenv("OFFING_LOGBOOK", str(ours.book.store.root))
    monkeypatch.setenv("OFFING_CLOCK", "2026-08-02T00:00:00Z")
    return cli


def test_visits_tell_whose_account_they_are(us: Cli) -> None:
    said = us("visits", *SERIES, "--format", "json")
    assert said.status == 0
    assert [(r["originator"], r["received_from"], r["mmsi"]) for r in said.rows] == [
        ("jp", "jp", OTHER), ("tw", "jp", OTHER), ("jp", "jp", OTHER),
    ]  # fmt: skip
    assert "another outline of their zone: 1. They are listed, and no figure counts them." in said.err
    table = us("visits").text
    assert "originator" in table.splitlines()[1] and "jp" in table


def test_what_was_known_leaves_out_what_came_at_no_known_time(us: Cli) -> None:
    said = us("visits", "--known-at", "2026-08-01T13:00:00Z", "--format", "json")
    assert [r["originator"] for r in said.rows] == ["tw"]
    assert "Received rows of which it is not known when they came: 2" in said.err


def test_figures_name_their_originators(us: Cli) -> None:
    days = us("days", *SERIES, "--format", "json").rows
    assert [(d["state"], d["originators"]) for d in days] == [("observed", ["jp"])] * 2
    (month,) = us("presence", *SERIES, "--unit", "hours", "--format", "json").rows
    assert (month["value"], month["originators"]) == (5.0, ["jp"])
    (streak,) = us("streaks", *SERIES, "--format", "json").rows
    assert (streak["days_observed"], streak["originators"], streak["originator"]) == (2, ["jp"], "us")
    for command in ("days", "presence", "streaks"):
        assert "originators" in us(command, *SERIES).text
    assert "batch 1, entry 0" in us("why", days[0]["figure_id"]).text


def test_after_its_last_day_it_is_gone_by_the_clock_alone(us: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFING_CLOCK", "2026-08-02T12:00:00Z")
    rows = us("visits", "--format", "json")
    assert [r["originator"] for r in rows.rows] == ["tw"] and rows.status == 0
    assert us("days", *SERIES, "--format", "json").rows == []
    assert us("sql", "SELECT count(*) AS n FROM received_visits WHERE originator = 'jp'", "--format", "json").rows == [{"n": 0}]
    assert us("why", f"visit:{BOX}:{OTHER}:20240303T020000Z").status == 2


def test_a_damaged_copy_is_a_sentence(us: Cli, tmp_path: Path) -> None:
    (path,) = (tmp_path / "us").rglob("originator=jp/kind=visit.parquet")
    path.write_bytes(b"no table")
    said = us("visits")
    assert said.status == 2 and "Delete the folder `received`" in said.err and "Traceback" not in said.err
