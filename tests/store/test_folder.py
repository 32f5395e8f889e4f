"""Making, opening, locking and clearing the logbook folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from store_rows import DAY_0, MadeFile, position, tree

import offing
from offing.errors import LogbookError
from offing.store import EventRun, Store


def test_create_then_open(tmp_path: Path) -> None:
    made = Store.create(tmp_path / "deep" / "logbook", "east_asia", {"visit.max_gap_h": 4})
    found = Store.open(tmp_path / "deep" / "logbook")
    assert found.region == "east_asia"
    assert found.parameters() == {"visit.max_gap_h": 4}
    assert found.ledger.files() == []
    with pytest.raises(LogbookError, match="already"):
        Store.create(made.root, "east_asia")


def test_opening_what_is_not_there_names_the_next_step_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(LogbookError, match="offing init"):
        Store.open(tmp_path / "none")
    assert not list(tmp_path.iterdir())


def test_a_folder_cannot_be_made_where_a_file_lies(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LogbookError, match="No logbook can be made"):
        Store.create(tmp_path / "file", "x")


def test_a_creation_that_was_killed_is_no_logbook_and_can_be_completed(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "a", "x")
    (store.root / "offing.toml").unlink()
    with pytest.raises(LogbookError, match="offing init"):
        Store.open(store.root)
    assert Store.create(store.root, "y").region == "y"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('region = "x"\n[parameters]\n"visit.max_gap_h" = "six"\n', "line 3"),
        ('region = "x"\n\n[parameters.visit]\nmax_gap_h = true\n', "line 4"),
        ('region = "x"\nparameters = 5\n', "line 2"),
        ('region = "x"\n[parameters\n', "line 2"),
    ],
)
def test_wrong_settings_name_the_line(store: Store, text: str, said: str) -> None:
    (store.root / "offing.toml").write_text(text)
    with pytest.raises(LogbookError, match=said):
        store.parameters()


def test_settings_take_both_ways_of_writing_and_want_a_region(store: Store) -> None:
    (store.root / "offing.toml").write_text(
        'region = 3\n[parameters]\n"visit.max_gap_h" = 4\n[parameters.watch_day]\nmin_positions = 1\n'
    )
    assert store.parameters() == {"visit.max_gap_h": 4, "watch_day.min_positions": 1}
    with pytest.raises(LogbookError, match="line 1"):
        _ = store.region


def test_leftovers_are_cleared_and_nothing_else_is(store: Store) -> None:
    held = MadeFile([position(1, DAY_0), ("reject", "no_time")]).put(store)
    retracted = MadeFile([position(2, DAY_0)]).put(store)
    store.ledger.release(retracted.sha256, "wrong", retracted.held_from_ms + 1)
    before = tree(store.root, "positions", "static", "rejects", "kept", "events")
    for name in ("positions/day=2026-01-01/x.parquet", "positions/day=1999-01-01/x.parquet", "static/day=2026-01-01/x.parquet"):
        (store.root / name).parent.mkdir(parents=True, exist_ok=True)
        (store.root / name).write_bytes(b"half")
    for name in (
        "rejects/x.parquet",
        f"kept/{held.sha256}.zst",
        "events/method=m/kind=visit/month=2026-01/r.parquet",
        "tmp/a/b",
    ):
        (store.root / name).parent.mkdir(parents=True, exist_ok=True)
        (store.root / name).write_bytes(b"half")
    with store.writing("run"):
        assert tree(store.root, "positions", "static", "rejects", "kept", "events", "tmp") == before
        assert not (store.root / "positions/day=1999-01-01").exists()
        assert store.clear_leftovers() == 0


_HOLDER = """
import sys, time
from pathlib import Path
from offing.store import Store
with Store.open(Path(sys.argv[1])).writing("ingest"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_who_writes_and_a_killed_one_leaves_no_lock(store: Store) -> None:
    path = os.pathsep.join([str(Path(offing.__file__).parents[1]), *sys.path])
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_HOLDER), str(store.root)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    ) as holder:
        try:
            assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
            start_s = time.monotonic()
            with (
                pytest.raises(LogbookError, match=rf"process {holder.pid}, `offing ingest`, since 20"),
                store.writing("run", wait_s=0.2),
            ):
                pass
            assert time.monotonic() - start_s < 5
            assert store.ledger.files() == []  # a reader never waits
        finally:
            holder.send_signal(signal.SIGKILL)
    with store.writing("run", wait_s=5):
        pass


def test_writing_may_be_nested_and_lets_go_after_an_error(store: Store) -> None:
    with pytest.raises(ValueError, match="x"), store.writing("run"), store.writing("merge"):
        raise ValueError("x")
    other = Store.open(store.root)
    with other.writing("run", wait_s=0.1):
        EventRun(other).commit({})
    assert len(store.ledger.runs()) == 1
