"""Sharing as its users see it: what leaves and why, what came, keys, and every mistake answered by a sentence."""

from __future__ import annotations

import io
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from in_process import Cli, Said, offing
from small_worlds import BOX, FLEET, SHIP, eastward, light, square, write_rows, write_zones

from offing.logbook import Logbook

CLOCK = "2026-09-01T00:00:00Z"
SAFETY = ("--purpose", "maritime_safety")
VISITS = ("--kind", "visit", "--zone", BOX, *SAFETY)


def fine(said: Said) -> Said:
    assert said.status == 0, said
    return said


def agreement(folder: Path, a: str, b: str) -> Path:
    path = folder / f"{a}-{b}.toml"
    path.write_text(
        f'id = "{a}-{b}"\nparties = ["{a}", "{b}"]\nkinds = ["visit", "watch_day", "streak", "incident"]\n'
        'purposes = ["maritime_safety"]\nfrom = "2020-01-01"\nto = "2030-01-01"\nonward = 1\n'
    )
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """jp has one visit of two days; jp and tw have cards of and agreements with us alone. Tests work on copies."""
    folder = tmp_path_factory.mktemp("made")
    write_zones(folder / "box.geojson", box__me=square(10, 0, 11, 1))
    (folder / "own.toml").write_text(FLEET)
    rows = write_rows(folder / "rows.csv", [*eastward(SHIP, range(48)), *light(range(96))])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFING_CLOCK", CLOCK)
        for name in ("jp", "us", "tw"):
            book = ("--logbook", folder / name)
            for words in (
                ("init",), ("zones", "add", folder / "box.geojson"), ("fleets", "add", folder / "own.toml"),
                ("node", "init", "--id", name, "--name", f"Node {name}"), ("node", "card", folder / f"{name}.card"),
            ):  # fmt: skip
                fine(offing(*book, *words))
        for name, others in (("jp", ["us"]), ("us", ["jp", "tw"]), ("tw", ["us"])):
            book = ("--logbook", folder / name)
            fine(offing(*book, "partners", "add", *(folder / f"{o}.card" for o in others)))
            fine(offing(*book, "agreements", "add", *(agreement(folder, *sorted((name, o))) for o in others)))
        fine(offing("--logbook", folder / "jp", "ingest", rows))
        fine(offing("--logbook", folder / "jp", "run"))
    return folder


@pytest.fixture
def three(made: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Copies of the three logbooks; `three("jp", "share", ...)` is a command on one of them."""
    monkeypatch.setenv("OFFING_CLOCK", CLOCK)
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)

    def told(name: str, *words: object) -> Said:
        said = cli("--logbook", name, *words)
        assert "Traceback" not in said.err and "should not be" not in said.err, said
        return said

    return told


def carry(three: Cli, giver: str, taker: str, status: int = 0) -> Said:
    folder = Path(f"{giver}-to-{taker}")
    shutil.rmtree(folder, ignore_errors=True)
    fine(three(giver, "share", "export", "--to", taker, folder))
    said = three(taker, "share", "import", folder)
    assert said.status == status, said
    return said


def ids(said: Said) -> list[str]:
    return [r["event_id"] for r in fine(said).rows]


def test_a_rule_says_all_that_was_said_and_goes_when_it_is_removed(three: Cli) -> None:
    words = ("--to", "us", "--to", "tw", "--onward", "1", "--expires", "2027-01-31", "--delay", "2.5", "--round", "0.1")
    (added,) = fine(
        three("jp", "share", "rule", "add", *VISITS, "--fleet", "own", *words, "--mask", "mmsi", "--format", "json")
    ).rows
    assert added == {
        "n": 1, "kind": "visit", "zones": [BOX], "fleets": ["own"], "to": ["us", "tw"], "sources": [],
        "purpose": "maritime_safety", "onward": 1, "expires": "2027-01-31", "delay_h": 2.5, "round_deg": 0.1,
        "masked": ["mmsi"],
    }  # fmt: skip
    nobody = fine(three("jp", "share", "rule", "add", *VISITS))
    assert "rule 2 names nobody" in nobody.err
    assert [r["n"] for r in fine(three("jp", "share", "rules", "--format", "json")).rows] == [1, 2]
    assert "rule 1 is removed" in fine(three("jp", "share", "rule", "remove", "1")).text
    again = three("jp", "share", "rule", "remove", "1")
    assert again.status == 2 and "There is no rule in force '1'" in again.err
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us"))
    assert [r["n"] for r in fine(three("jp", "share", "rules", "--format", "json")).rows] == [2, 3], "no number comes twice"


def test_rules_of_a_file_are_added_all_or_none(three: Cli) -> None:
    Path("rules.toml").write_text(
        f'[[rule]]\nkind = "visit"\nzones = ["{BOX}"]\nto = ["us"]\npurpose = "maritime_safety"\n'
        '[[rule]]\nkind = "incident"\nto = ["us"]\npurpose = "maritime_safety"\n'
    )
    fine(three("jp", "share", "rule", "add", "--file", "rules.toml"))
    Path("bad.toml").write_text(Path("rules.toml").read_text().replace('to = ["us"]\npurpose', 'to = ["jp"]\npurpose'))
    said = three("jp", "share", "rule", "add", "--file", "bad.toml")
    assert said.status == 2 and "this node itself" in said.err
    assert [r["kind"] for r in fine(three("jp", "share", "rules", "--format", "json")).rows] == ["visit", "incident"]


def test_the_preview_is_what_arrives(three: Cli) -> None:
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us", "--to", "tw", "--onward", "1", "--mask", "duration_s"))
    (shown,) = fine(three("jp", "share", "preview", "--to", "tw", "--format", "json")).rows
    carry(three, "jp", "us")
    said = carry(three, "us", "tw")
    assert said.text.startswith("from us: 1 new batches, 0 held before")
    (got,) = fine(three("tw", "visits", "--format", "json")).rows
    assert (got["event_id"], got["originator"], got["received_from"]) == (shown["id"], "jp", "us")
    same = sorted(set(got) & set(shown) - {"id", "kind"})
    assert len(same) > 15 and {n: got[n] for n in same} == {n: shown[n] for n in same}
    assert shown["duration_s"] is None and shown["rule"] == 1
    assert "0 new batches, 1 held before" in carry(three, "us", "tw").text
    assert fine(three("jp", "share", "preview", "--to", "us", "--kind", "incident")).text.startswith("us would get: none")


def test_what_stays_is_counted_by_rule_and_reason(three: Cli) -> None:
    fine(three("jp", "share", "rule", "add", "--kind", "visit", "--zone", BOX, "--to", "us", "--purpose", "advertising"))
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "tw"))
    assert fine(three("jp", "share", "preview", "--to", "us", "--format", "json")).rows == []
    kept = fine(three("jp", "share", "preview", "--to", "us", "--withheld", "--format", "json")).rows
    assert [r["rule"] for r in kept] == ["1", "2"] and all(r["rows"] == 1 and r["reason"] for r in kept)
    table = fine(three("jp", "share", "preview", "--to", "us")).text
    assert "us would get: none" in table and "withheld: 1 (rule 1: purpose" in table
    (us,) = fine(three("jp", "share", "status", "--format", "json")).rows
    assert sum(us["withheld"].values()) == 2


def test_explain_ends_with_0_only_where_it_leaves(three: Cli) -> None:
    (visit,) = ids(three("jp", "visits", "--format", "json"))
    none = three("jp", "share", "explain", visit, "--to", "us")
    assert none.status == 1 and "rule" in none.text
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us", "--to", "tw"))
    yes = fine(three("jp", "share", "explain", visit, "--to", "us"))
    assert "Rule 1 releases it to us" in yes.text and "jp-us" in yes.text
    no = three("jp", "share", "explain", visit, "--to", "tw", "--format", "json")
    assert no.status == 1 and "onward" in " ".join(s["sentence"] for s in no.rows) and not any(s["released"] for s in no.rows)
    carry(three, "jp", "us")
    theirs = three("us", "share", "explain", visit, "--to", "tw")
    assert theirs.status == 1 and "jp" in theirs.text
    unknown = three("jp", "share", "explain", "visit:nothing", "--to", "us")
    assert unknown.status == 2 and "There is no record 'visit:nothing'" in unknown.err


def test_a_removed_rule_is_taken_back_at_its_holders(three: Cli) -> None:
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us", "--to", "tw", "--onward", "1"))
    carry(three, "jp", "us"), carry(three, "us", "tw")
    assert len(ids(three("us", "visits", "--format", "json"))) == len(ids(three("tw", "visits", "--format", "json"))) == 1
    fine(three("jp", "share", "rule", "remove", "1"))
    carry(three, "jp", "us"), carry(three, "us", "tw")
    assert ids(three("us", "visits", "--format", "json")) == ids(three("tw", "visits", "--format", "json")) == []


def test_expiry_is_the_holders_own_clock(three: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us", "--expires", "2026-09-05"))
    carry(three, "jp", "us")
    for clock, n in (("2026-09-05T23:59:59Z", 1), ("2026-09-06T00:00:00Z", 0)):
        monkeypatch.setenv("OFFING_CLOCK", clock)
        assert len(ids(three("us", "visits", "--format", "json"))) == n, clock


def test_nothing_to_give_is_said(three: Cli) -> None:
    said = fine(three("jp", "share", "export", "--to", "us", "nothing"))
    assert "us" in said.text and not any(p.suffix == ".batch" for p in Path("nothing").rglob("*"))
    empty = fine(three("jp", "share", "export", "--to", "tw", "empty"))
    assert empty.text.startswith("nothing for tw") and [p.name for p in Path("empty").iterdir()] == ["README.md"]
    assert fine(three("tw", "share", "import", "empty")).text == "nothing in it\n"


def test_the_same_state_is_exported_to_the_same_bytes(three: Cli) -> None:
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us"))
    for folder in ("a", "b"):
        fine(three("jp", "share", "export", "--to", "us", folder))
    a, b = ({p.relative_to(f): p.read_bytes() for p in Path(f).rglob("*") if p.is_file()} for f in ("a", "b"))
    assert a == b and len(a) >= 3


def test_a_folder_is_taken_whole_or_not_at_all(three: Cli) -> None:
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us"))
    fine(three("jp", "share", "export", "--to", "us", "out"))
    (batch,) = Path("out").rglob("*.batch")
    raw = batch.read_bytes()
    batch.write_bytes(raw.replace(b'"recipient":"us"', b'"recipient":"uz"'))
    changed = three("us", "share", "import", "out")
    assert changed.status == 1 and "Nothing of it was taken in" in changed.err
    batch.write_bytes(raw)
    (Path("out") / "more.txt").write_text("a note")
    more = three("us", "share", "import", "out")
    assert more.status == 1 and "more.txt" in more.err
    again = three("jp", "share", "export", "--to", "us", "out")
    assert again.status == 2 and "more.txt" in again.err, "nothing of the user's is overwritten"
    (Path("out") / "more.txt").unlink()
    others = three("tw", "share", "import", "out")
    assert others.status == 1 and ids(three("tw", "visits", "--format", "json")) == []
    assert ids(three("us", "visits", "--format", "json")) == []
    fine(three("us", "share", "import", "out"))
    assert len(ids(three("us", "visits", "--format", "json"))) == 1


def test_what_lacks_its_agreement_waits_and_is_told(three: Cli) -> None:
    fine(three("us", "agreements", "end", "jp-us"))
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us"))
    said = carry(three, "jp", "us", status=1)
    assert "not taken: jp to us, batch 1: " in said.err and ids(three("us", "visits", "--format", "json")) == []
    (jp, _) = fine(three("us", "share", "status", "--format", "json")).rows
    assert jp["partner"] == "jp" and jp["state"] == "waiting" and len(jp["quarantined"]) == 1
    fine(three("us", "agreements", "add", "jp-us.toml"))
    carry(three, "jp", "us")
    (jp, _) = fine(three("us", "share", "status", "--format", "json")).rows
    assert jp["state"] == "in step" and jp["quarantined"] == [] and jp["streams"] == ["jp to us: 1"] and jp["batches"] == 1


def test_keys_are_shown_without_secrets_and_rotate(three: Cli) -> None:
    secrets = json.loads(Path("jp/keys/node.json").read_text())
    hidden = [v for k, v in secrets.items() if k in ("signing", "root", "sealing", "tls_ca_key")]
    said = fine(three("jp", "keys", "show", "--format", "json"))
    assert [(r["use"], r["state"]) for r in said.rows] == [
        ("signing", "in use"),
        ("sealing", "in use"),
        ("links (TLS)", "in use"),
    ]
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us"))
    carry(three, "jp", "us")
    told = fine(three("jp", "keys", "rotate"))
    rows = fine(three("jp", "keys", "--format", "json")).rows
    assert [r["state"] for r in rows if r["use"] == "signing"] == ["in use", "retired"]
    assert rows[0]["fingerprint"] in told.text and rows[0]["key_id"] != said.rows[0]["key_id"]
    fine(three("jp", "share", "rule", "remove", "1"))
    carry(three, "jp", "us")
    assert ids(three("us", "visits", "--format", "json")) == [], "what the new key signs is believed"
    (jp, _) = fine(three("us", "partners", "--format", "json")).rows
    assert jp["key_id"] == rows[0]["key_id"] and jp["alarms"] == 0
    fine(three("jp", "node", "card", "new.card"))
    everything = said.text + told.text + json.dumps(rows) + Path("new.card").read_text()
    everything += "".join(p.read_text() for p in Path("jp-to-us").rglob("*") if p.is_file())
    secrets = json.loads(Path("jp/keys/node.json").read_text())
    hidden += [v for k, v in secrets.items() if k in ("signing", "root", "sealing", "tls_ca_key")]
    assert all(len(h) >= 64 and h not in everything for h in hidden)


TABLES = (
    ("share", "rules"), ("share", "preview", "--to", "us"), ("share", "preview", "--to", "us", "--withheld"),
    ("share", "explain", "VISIT", "--to", "us"), ("share", "alarms"), ("share", "status"), ("node", "status"), ("keys",),
    ("partners",), ("agreements",),
)  # fmt: skip


@pytest.mark.parametrize("words", TABLES, ids=" ".join)
def test_every_table_has_the_same_rows_in_every_form(three: Cli, words: tuple[str, ...]) -> None:
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "us", "--mask", "duration_s"))
    fine(three("jp", "share", "rule", "add", *VISITS, "--to", "tw", "--onward", "1"))
    (visit,) = ids(three("jp", "visits", "--format", "json"))
    asked = [visit if w == "VISIT" else w for w in words]
    rows = fine(three("jp", *asked, "--format", "json")).rows
    csv = pl.read_csv(io.BytesIO(fine(three("jp", *asked, "--format", "csv")).out), infer_schema=False)
    parquet = pl.read_parquet(io.BytesIO(fine(three("jp", *asked, "--format", "parquet")).out))
    assert csv.columns == parquet.columns and csv.height == parquet.height == len(rows)
    assert fine(three("jp", *asked)).text
    for row, flat in zip(rows, parquet.to_dicts(), strict=True):
        assert list(row) == list(flat)
        for name, value in row.items():
            assert _same(value, flat[name]), (name, value, flat[name])


def _same(value: Any, flat: Any) -> bool:
    if isinstance(value, (list, dict)) and isinstance(flat, str):
        return bool(json.loads(flat) == value)
    return bool(
        flat == value or str(flat) == str(value) or (isinstance(value, str) and value[:19] == str(flat)[:19].replace(" ", "T"))
    )


WRONG: tuple[tuple[tuple[str, ...], str], ...] = (
    (("share", "rule", "add", "--kind", "vist", "--to", "us"), "Did you mean visit?"),
    (("share", "rule", "add", "--to", "us"), "There is no kind of record ''"),
    (("share", "rule", "add", "--kind", "visit", "--zone", "nowhere@me", "--to", "us"), "There is no zone 'nowhere@me'"),
    (("share", "rule", "add", *VISITS, "--fleet", "none", "--to", "us"), "There is no fleet 'none'"),
    (("share", "rule", "add", *VISITS, "--to", "us", "--mask", "colour"), "no column 'colour'"),
    (("share", "rule", "add", *VISITS, "--to", "../us"), "'../us' is no id of a partner"),
    (("share", "rule", "add", *VISITS, "--to", "jp"), "jp is this node itself"),
    (("share", "rule", "add", *VISITS, "--to", "us", "--expires", "soon"), "soon"),
    (("share", "rule", "add", *VISITS, "--to", "us", "--round", "0"), "round"),
    (("share", "rule", "add", *VISITS, "--to", "us", "--delay", "nan"), "delay"),
    (("share", "rule", "add", "--kind", "watch_day", "--zone", BOX, "--to", "us", *SAFETY), "names its zones and its fleets"),
    (("share", "rule", "add", "--file", "none.toml"), "none.toml is not there"),
    (("share", "rule", "remove", "7"), "There is no rule in force '7'"),
    (("share", "preview", "--to", "us", "--kind", "vist"), "Did you mean visit?"),
    (("share", "export", "--to", "us", "jp.card"), "jp.card is no folder"),
    (("share", "import", "none"), "There is no folder none"),
    (("partners", "add", "none.card"), "none.card cannot be read"),
    (("partners", "add", "rows.csv"), "card"),
    (("partners", "add", "jp.card"), "this node itself"),
    (("node", "init", "--id", "jp"), "is a node already"),
    (("node", "card", "none/x.card"), "none/x.card cannot be written"),
    (("node", "pull", "tw"), "There is no partner 'tw'"),
    (("node", "serve", "--listen", "here"), "'here' is not HOST:PORT"),
    (("node", "serve", "--listen", "127.0.0.1:70000"), "is not HOST:PORT"),
    (("node", "serve", "--listen", "203.0.113.1:7443"), "Nothing can listen at 203.0.113.1 port 7443"),
)


@pytest.mark.parametrize(("words", "said"), WRONG, ids=lambda w: " ".join(w) if isinstance(w, tuple) else "")
def test_a_mistake_is_a_sentence(three: Cli, words: tuple[str, ...], said: str) -> None:
    answer = three("jp", *words)
    assert answer.status in (1, 2) and said in answer.err and answer.out == b"", answer
    assert fine(three("jp", "share", "rules", "--format", "json")).rows == []


def test_a_logbook_that_is_no_node_yet_says_what_to_do(cli: Cli) -> None:
    fine(cli("init"))
    Path("folder").mkdir()
    for words in (
        ("share", "rule", "add", "--kind", "visit", "--to", "us"), ("share", "preview", "--to", "us"), ("share", "status"),
        ("share", "explain", "x", "--to", "us"), ("share", "export", "--to", "us", "out"), ("share", "import", "folder"),
        ("node", "card", "x"), ("node", "serve"), ("node", "pull"), ("node", "status"), ("keys",), ("keys", "rotate"),
    ):  # fmt: skip
        said = cli(*words)
        assert said.status == 2 and "offing node init" in said.err and "Traceback" not in said.err, (words, said)
    for bad in (("--id", "J P"), ("--id", "jp", "--address", "ftp://x"), ("--id", "jp", "--address", "nowhere")):
        said = cli("node", "init", *bad)
        assert said.status == 2 and not Path("logbook/keys").exists(), (bad, said)
    assert "node jp, key " in fine(cli("node", "init", "--id", "jp", "--address", "127.0.0.1:7443")).text
    assert b'"addresses":["https://127.0.0.1:7443"]' in Logbook.open(Path("logbook")).exchange.card_bytes()


@contextmanager
def served(folder: Path, port: int) -> Iterator[list[str]]:
    """A logbook served in a thread; what it tells."""
    told: list[str] = []
    stop = threading.Event()
    desk = Logbook.open(folder).exchange
    thread = threading.Thread(target=desk.serve, args=("127.0.0.1", port, 0.05, told.append, stop), daemon=True)
    thread.start()
    try:
        while not told:
            assert thread.is_alive()
            stop.wait(0.01)
        yield told
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def test_pull_over_a_link(three: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    fine(three("au", "init"))
    fine(three("au", "node", "init", "--id", "au", "--address", f"127.0.0.1:{port}"))
    fine(three("au", "node", "card", "au.card"))
    fine(three("jp", "partners", "add", "au.card"))
    fine(three("au", "partners", "add", "jp.card"))
    for name in ("jp", "au"):
        fine(three(name, "agreements", "add", agreement(Path(), "au", "jp")))
    Path("i.toml").write_text(
        '[[incidents]]\nid = "x"\nkind = "collision"\nstart = 2026-08-01T00:00:00Z\nsources = ["a log"]\n'
    )
    fine(three("au", "incidents", "add", "i.toml"))
    fine(three("au", "share", "rule", "add", "--kind", "incident", "--to", "jp", *SAFETY))
    dead = three("jp", "node", "pull", "--format", "json")
    (row,) = dead.rows
    assert dead.status == 1 and row["partner"] == "au" and not row["reached"] and "nothing listens there" in row["because"]
    with served(Path("au"), port) as told:
        assert told[0].startswith("node au serves at https://127.0.0.1:")
        new = 0
        while not new:  # until its first round has released
            (row,) = fine(three("jp", "node", "pull", "au", "--format", "json")).rows
            new = row["new"]
        assert row["reached"] and row["because"] == "" and row["quarantined"] == []
        (row,) = fine(three("jp", "node", "pull", "--format", "json")).rows
        assert (row["new"], row["duplicates"]) == (0, 0)
    got = fine(three("jp", "sql", "SELECT originator, id FROM received_incidents", "--format", "json")).rows
    assert [r["originator"] for r in got] == ["au"]
    au = next(r for r in fine(three("jp", "node", "status", "--format", "json")).rows if r["partner"] == "au")
    assert au["state"] == "in step" and au["batches"] == 1 and au["last_seen_utc"] == CLOCK
