"""Three logbooks that share, in one process: over folders and over links, what comes, what goes, and what is said of it."""

from __future__ import annotations

import socket
import stat
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from small_worlds import BOX, OTHER, SHIP, World, eastward, light, lying, square, write_rows, write_zones

from offing.clock import VARIABLE
from offing.errors import BadPaper, BadParameter, SharingError, UnknownName
from offing.exchange.carriers import Head
from offing.exchange.carriers.https import HttpsCarrier
from offing.exchange.node import Node
from offing.exchange.papers import make_card
from offing.exchange.results import PullSummary
from offing.exchange.serving import Server, authorities
from offing.exchange.tls import client_context
from offing.logbook import Logbook
from offing.model.sharing import RECORD_KINDS, Agreement
from offing.serving import Serving
from offing.sharing import Sharing
from offing.store import lock

SAFETY = "maritime_safety"
CLOCK = "2026-09-01T00:00:00Z"


class Link:
    """A carrier within one process: what a node gives to `to`."""

    def __init__(self, giver: Node, to: str) -> None:
        self.giver, self.to = giver, to

    def heads(self) -> list[Head]:
        return self.giver.heads_for(self.to)

    def fetch(self, originator: str, recipient: str, seq: int) -> bytes | None:
        return self.giver.batch_for(self.to, originator, recipient, seq)

    def papers(self) -> list[bytes]:
        return self.giver.papers_for(self.to)

    def give_papers(self, papers: Sequence[bytes]) -> None:
        self.giver.take_papers(self.to, papers)


class Place:
    """A logbook that is a node; `box@me` is one of its zones."""

    def __init__(self, folder: Path, name: str) -> None:
        self.world = World(folder, name)
        self.desk.init(name, f"Node {name}")
        (folder / f"{name}.card").write_bytes(self.desk.card_bytes())
        self.folder, self.name = folder, name

    @property
    def book(self) -> Logbook:
        return self.world.book

    @property
    def desk(self) -> Sharing:
        return self.world.book.exchange

    def tie(self, other: str) -> None:
        self.desk.add_card(self.folder / f"{other}.card")
        a, b = sorted((self.name, other))
        self.desk.add_agreement(
            Agreement(f"{a}-{b}", (a, b), RECORD_KINDS, (SAFETY,), date(2020, 1, 1), date(2030, 1, 1), onward=1)
        )

    def feed(self, source: str, rows: list[str]) -> None:
        self.book.ingest(write_rows(self.folder / f"{self.name}-{source}.csv", rows), source=source)
        self.book.run()

    def rule(self, *to: str, kind: str = "visit", **more: object) -> int:
        zones = (BOX,) if kind != "incident" else ()
        return self.desk.add_rule(kind=kind, releasable_to=to, purpose=SAFETY, onward=1, **({"zones": zones} | more)).n

    def got(self) -> list[tuple[str, int]]:
        """Received visits: originator and ship."""
        rows = self.book.visits().select("originator", "mmsi").rows()
        return sorted((who, mmsi) for who, mmsi in rows if who != self.name)


class Triangle:
    """jp and tw know us alone. jp heard SHIP on `ais` and OTHER on `radar`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jp, self.us, self.tw = (Place(folder, name) for name in ("jp", "us", "tw"))
        for a, b in ((self.jp, "us"), (self.us, "jp"), (self.us, "tw"), (self.tw, "us")):
            a.tie(b)
        self.jp.feed("ais", [*eastward(SHIP, range(48)), *light(range(96))])
        self.jp.feed("radar", lying(OTHER, range(60, 70), 10.5))
        self.by_folder = False
        self.n = 0

    def pull(self, taker: Place, giver: Place) -> PullSummary | None:
        if not self.by_folder:
            done = taker.desk.pull_from(Link(giver.desk.node, taker.name), giver.name)
            assert not done.broken, done
            taker.desk.refresh()
            return done
        self.n += 1
        giver.desk.export(taker.name, self.folder / f"out{self.n}")
        taker.desk.take_folder(self.folder / f"out{self.n}")
        return None

    def flow(self) -> None:
        """All that jp may give goes to us and tw."""
        self.jp.desk.release()
        self.pull(self.us, self.jp)
        self.pull(self.tw, self.us)


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Triangle:
    monkeypatch.setenv(VARIABLE, CLOCK)
    return Triangle(tmp_path)


BOTH = [("jp", SHIP), ("jp", OTHER)]


@pytest.mark.parametrize("by_folder", [False, True], ids=["link", "folder"])
def test_what_a_rule_gives_arrives_and_what_it_gives_no_more_goes(three: Triangle, by_folder: bool) -> None:
    three.by_folder = by_folder
    three.flow()
    assert three.us.got() == three.tw.got() == []
    n = three.jp.rule("us", "tw")
    three.flow()
    assert three.us.got() == three.tw.got() == BOTH
    three.jp.book.restrict_source("radar")
    three.flow()
    assert three.us.got() == three.tw.got() == BOTH[:1], "what rests on a restricted source is taken back"
    three.jp.desk.remove_rule(n)
    three.flow()
    assert three.us.got() == three.tw.got() == [], "even where nothing is left, and no receipt came back"
    three.jp.rule("tw", sources=("radar",))
    three.flow()
    assert (three.us.got(), three.tw.got()) == ([], BOTH[1:])


@pytest.mark.parametrize("by_folder", [False, True], ids=["link", "folder"])
def test_a_correction_is_one_record_still(three: Triangle, by_folder: bool) -> None:
    three.by_folder = by_folder
    three.jp.rule("us", "tw")
    three.flow()
    (before,) = three.tw.book.visits(mmsi=OTHER).to_dicts()
    three.jp.feed("late", lying(OTHER, range(70, 74), 10.5))
    three.flow()
    (after,) = three.tw.book.visits(mmsi=OTHER).to_dicts()
    assert before["event_id"] == after["event_id"] and after["positions_n"] == before["positions_n"] + 4


def test_an_empty_stream_is_no_news_to_who_never_had_it(three: Triangle) -> None:
    """us was handed the stream for tw in a folder; au, another hub, never was."""
    au = Place(three.folder, "au")
    au.tie("jp"), three.jp.tie("au")
    three.by_folder = True
    n = three.jp.rule("tw")
    three.jp.desk.release()
    three.pull(three.us, three.jp)
    three.jp.desk.remove_rule(n)
    assert [h.recipient for h in three.jp.desk.node.heads_for("us")] == ["tw"]
    assert three.jp.desk.node.heads_for("au") == []


def test_expiry_is_by_the_holders_clock_alone(three: Triangle, monkeypatch: pytest.MonkeyPatch) -> None:
    three.jp.rule("us", "tw", expires=date(2026, 9, 5))
    three.flow()
    monkeypatch.setenv(VARIABLE, "2026-09-05T23:59:59.999Z")
    assert three.tw.got() == BOTH
    monkeypatch.setenv(VARIABLE, "2026-09-06T00:00:00Z")
    assert three.tw.got() == [] and three.us.got() == []
    three.flow()
    assert b"412000002" not in (three.tw.book.store.root / "exchange.sqlite").read_bytes()
    assert not list((three.tw.book.store.root / "received").rglob("*.parquet")), "and nothing of it stays on the disk"


def test_a_new_key_is_believed_and_a_handle_from_before_signs_with_it(three: Triangle) -> None:
    three.jp.rule("us", "tw")
    three.flow()
    other = Logbook.open(three.jp.book.store.root).exchange  # another process, say
    fingerprint = other.rotate_key()
    assert three.jp.desk.card().fingerprint == fingerprint, "a handle that was open follows"
    three.jp.feed("late", lying(OTHER, range(80, 84), 10.5))
    three.flow()
    assert three.tw.book.visits(mmsi=OTHER)["positions_n"].sum() == 14
    assert [a.code for place in (three.us, three.tw) for a in place.desk.node.alarms()] == []
    assert [(k["use"], k["state"]) for k in Sharing.keys(other)][:2] == [("signing", "in use"), ("signing", "retired")]


def test_a_node_that_missed_a_new_key_writes_nothing(three: Triangle) -> None:
    three.jp.rule("us")
    three.jp.desk.release()
    old = three.jp.desk.node
    three.jp.desk.rotate_key()
    three.jp.feed("late", lying(OTHER, range(80, 84), 10.5))
    released = three.jp.desk._pass().to("us")
    with pytest.raises(SharingError, match="new keys"):
        old.release(released)
    assert three.jp.desk.node.release(released).puts_n > 0


def test_explain_follows_rule_agreement_and_way(three: Triangle) -> None:
    (visit,) = three.jp.book.visits(mmsi=SHIP)["event_id"].to_list()
    (told,) = three.jp.desk.explain(visit, "tw")
    assert not told.allow
    three.jp.rule("us", "tw")
    (told,) = three.jp.desk.explain(visit, "tw")
    assert told.allow and "us" in " ".join(told.sentences)
    three.flow()
    (told,) = three.us.desk.explain(visit, "tw")
    assert not told.allow, "the hub carries it, and releases nothing of it by itself"
    three.jp.desk.end_agreement("jp-us", date(2026, 8, 31))
    (told,) = three.jp.desk.explain(visit, "us")
    assert not told.allow and "jp-us" in " ".join(told.sentences)
    with pytest.raises(UnknownName):
        three.jp.desk.explain("visit:none", "us")


def test_status_tells_where_each_partner_stands(three: Triangle) -> None:
    three.jp.rule("us", "tw")
    assert [(r["partner"], r["state"]) for r in three.us.desk.status()] == [("jp", "never seen"), ("tw", "never seen")]
    three.flow()
    three.pull(three.us, three.tw), three.pull(three.jp, three.us)  # receipts go back
    (us,) = three.jp.desk.status()
    assert us["state"] == "in step" and us["receipts"] == [f"jp to tw: 1 at {CLOCK}", f"jp to us: 1 at {CLOCK}"]
    (jp,) = (r for r in three.tw.desk.status() if r["partner"] == "jp")
    assert jp["vouched_by"] == "us" and jp["streams"] == ["jp to tw: 1"]
    three.us.desk.end_agreement("tw-us", date(2026, 8, 31))
    three.jp.feed("late", lying(OTHER, range(80, 84), 10.5))
    three.flow()
    assert three.us.book.visits(mmsi=OTHER)["positions_n"].sum() == 14
    assert three.tw.book.visits(mmsi=OTHER)["positions_n"].sum() == 10, "nothing passes an agreement that ended"


def test_keys_are_the_owners_alone(three: Triangle) -> None:
    keys = three.jp.book.store.root / "keys"
    three.jp.desk.rotate_key()
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in keys.iterdir()}
    assert {"node.json", "tls.pem"} <= set(modes) and all(modes[n] == 0o600 for n in ("node.json", "tls.pem"))
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    for path in (keys, keys / "node.json", keys / "tls.pem"):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | 0o040)
        with pytest.raises(SharingError, match="Others than its owner"):
            _ = Logbook.open(three.jp.book.store.root).exchange.node
        path.chmod(mode)
    assert Logbook.open(three.jp.book.store.root).exchange.node.id == "jp"


def test_a_bad_address_or_name_leaves_no_half_node(tmp_path: Path) -> None:
    book = Logbook.create(tmp_path / "book")
    with pytest.raises(BadParameter):
        book.exchange.init("jp", addresses=("ftp://nowhere",))
    for name in ("two\nlines", "x" * 1001):
        with pytest.raises(BadParameter, match="no name of a node"):
            book.exchange.init("jp", name)
    assert not book.exchange.is_node and not (tmp_path / "book" / "keys").exists()
    book.exchange.init("jp")
    assert book.exchange.is_node
    with pytest.raises(SharingError, match="node already"):
        book.exchange.init("jp")


def test_a_rule_for_oneself_is_refused_with_all_of_its_file(three: Triangle) -> None:
    file = three.folder / "rules.toml"
    file.write_text("".join(f'[[rule]]\nkind = "incident"\nto = ["{to}"]\npurpose = "{SAFETY}"\n' for to in ("us", "jp")))
    with pytest.raises(BadPaper, match="jp is this node itself"):
        three.jp.desk.add_rules_of(file)
    assert three.jp.desk.rules() == []


def test_rounds_release_what_another_process_added(three: Triangle) -> None:
    """Files, rules and zones of another process are seen by one that serves; nothing is released anew without a change."""
    said: list[str] = []
    desk = Logbook.open(three.jp.book.store.root).exchange
    serving = Serving(desk, said.append)
    serving.round()
    assert desk.node.recipients() == [] and said == []
    three.jp.book.add_zones(write_zones(three.folder / "east.geojson", east__me=square(12, 0, 13, 1)))
    three.jp.feed("east", lying(OTHER, range(80, 84), 12.5))
    three.jp.desk.add_rule(kind="visit", zones=("east@me",), releasable_to=("us",), purpose=SAFETY)
    serving.round()
    (head,) = desk.node.heads_for("us")
    three.us.desk.pull_from(Link(desk.node, "us"), "jp")
    three.us.desk.refresh()
    assert three.us.got() == [("jp", OTHER)] and three.us.book.visits()["zone_id"].to_list() == ["east@me"]
    serving.round()
    assert desk.node.heads_for("us") == [head] and said == []


def _impatient(acquire: Callable[[int, float], None], fd: int, wait_s: float) -> None:
    acquire(fd, min(wait_s, 0.1))


def test_a_round_that_cannot_write_is_said_once_and_done_later(three: Triangle, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    three.jp.rule("us")
    three.jp.desk.release()
    desk = Logbook.open(three.us.book.store.root).exchange
    desk.pull_from(Link(three.jp.desk.node, "us"), "jp")  # is here, and not yet shown
    serving = Serving(desk, said.append)
    root = three.us.book.store.root
    held, free = threading.Event(), threading.Event()

    def write_long() -> None:
        with three.us.book.store.writing("ingest"):
            held.set()
            free.wait(60)

    thread = threading.Thread(target=write_long)
    thread.start()
    held.wait(10)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(lock, "_acquire", partial(_impatient, lock._acquire))
            serving.round()
            serving.round()
    finally:
        free.set()
        thread.join(60)
    (sentence,) = said
    assert "in use" in sentence and not list((root / "received").rglob("*.parquet"))
    serving.round()
    assert three.us.got() == BOTH and len(said) == 1


def test_a_sender_that_lost_its_disk_does_not_begin_a_second_history(three: Triangle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The round pulls before it releases: the hub's receipt says how far the stream had come."""
    three.jp.rule("us")
    three.flow()
    root = three.jp.book.store.root
    three.jp.desk.node.disk.close()  # type: ignore[attr-defined]
    for path in root.glob("exchange.sqlite*"):
        path.unlink()
    three.jp.world.book = Logbook.open(root)
    three.jp.tie("us")
    three.jp.feed("late", lying(OTHER, range(80, 84), 10.5))  # else the new batch 1 would be the old one
    said: list[str] = []
    desk = three.jp.desk
    monkeypatch.setattr(desk, "linked", lambda: ["us"])
    monkeypatch.setattr(desk, "pull_over_https", lambda name, wait_s: desk.pull_from(Link(three.us.desk.node, "jp"), name))
    Serving(desk, said.append).round()
    assert desk.node.recipients() == [] and "whose disk was lost" in said[-1]
    three.flow()
    assert three.us.desk.node.alarms() == [] and three.us.got() == BOTH


def test_whoever_was_only_introduced_gets_no_answer(three: Triangle) -> None:
    """us introduced jp to tw: tw takes what jp signed, and has no link with jp."""
    three.jp.rule("tw")
    three.flow()
    assert [p.vouched_by for p in three.tw.desk.partners()] == ["us", None]
    stop, said = threading.Event(), list[str]()
    thread = threading.Thread(target=three.tw.desk.serve, args=("127.0.0.1", 0, 0.05, said.append, stop), daemon=True)
    thread.start()
    try:
        while not said:
            assert thread.is_alive()
            stop.wait(0.01)
        card = make_card(three.tw.desk.node.own.keys, (said[0].rpartition(" ")[2],))
        with HttpsCarrier(card, three.us.desk.node.own.keys.tls_chain) as link:
            assert link.papers()
        with HttpsCarrier(card, three.jp.desk.node.own.keys.tls_chain) as link, pytest.raises(SharingError):
            link.papers()
    finally:
        stop.set()
        thread.join(30)


def test_a_partner_that_dies_while_it_speaks_is_no_fault_of_the_server(
    three: Triangle, caplog: pytest.LogCaptureFixture
) -> None:
    node, keys = three.us.desk.node, three.jp.desk.node.own.keys
    with Server(node, node.own.keys.tls_chain, lambda: authorities(node)) as server:
        for _ in range(3):
            context = client_context(keys.tls_chain, node.own.keys.tls.ca_der)
            with socket.create_connection(("127.0.0.1", server.port)) as plain, context.wrap_socket(plain) as link:
                link.sendall(b"POST /v1/papers HTTP/1.1\r\nHost: us\r\nContent-Length: 1000\r\n\r\n[")
                time.sleep(0.3)  # the server reads the rest
        time.sleep(0.3)
        with HttpsCarrier(make_card(node.own.keys, (f"https://127.0.0.1:{server.port}",)), keys.tls_chain) as link:
            assert link.papers()
    assert [r.getMessage() for r in caplog.records if r.exc_info] == []
