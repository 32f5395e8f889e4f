"""What lies on the links and on a hub's disk: nothing that says what a record says."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from offing.errors import SharingError
from offing.exchange import papers
from offing.exchange.carriers.https import HttpsCarrier
from offing.exchange.disk import FileDisk
from offing.exchange.keys import NodeKeys
from offing.exchange.node import Node
from offing.exchange.papers import make_card
from offing.exchange.serving import Server, authorities
from offing.model.sharing import Agreement, Label, Record, Released, Value
from offing.model.wire import WIRE

MARKER = "EVERGREEN FORTUNE 88"
NOW_MS = 1_788_220_800_000
PURPOSE = "maritime_safety_drill"
JP, US, TW = "jp-kaijo", "us-pacific", "tw-xunfang"


def spellings(text: str) -> list[bytes]:
    """How a text may look in bytes that nobody meant to be read."""
    raw = text.encode()
    based = [b64encode(b"\0" * n + raw)[4 * (n > 0) : -4] for n in range(3)]
    return [raw, raw.lower(), raw.hex().encode(), raw.hex().upper().encode(), text.encode("utf-16-le"), *based]


def told(raw: bytes, *texts: str) -> list[str]:
    return [t for t in texts for s in spellings(t) if s in raw]


@dataclass
class Tap:
    """A relay between a caller and a port that keeps every byte of both directions."""

    port_behind: int
    seen: bytearray = field(default_factory=bytearray)

    def __enter__(self) -> Tap:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join(10)
        self.listener.close()

    def run(self) -> None:
        with ExitStack() as stack:
            to: dict[socket.socket, socket.socket] = {}
            while not self.ended.is_set():
                for s in select.select([self.listener, *to], [], [], 0.05)[0]:
                    if s is self.listener:
                        near = stack.enter_context(s.accept()[0])
                        far = stack.enter_context(socket.create_connection(("127.0.0.1", self.port_behind)))
                        to |= {near: far, far: near}
                        continue
                    data = b""
                    with suppress(OSError):
                        data = s.recv(65536)
                    self.seen += data
                    try:
                        to[s].sendall(data) if data else to[s].shutdown(socket.SHUT_WR)
                    except OSError:
                        data = b""  # the other end hung up before
                    if not data:
                        del to[s]


@dataclass
class Place:
    """A node with its folder, its server, and a tap before its server."""

    folder: Path
    stack: ExitStack
    keys: NodeKeys
    node: Node
    server: Server
    tap: Tap

    @classmethod
    def make(cls, folder: Path, node_id: str, stack: ExitStack) -> Place:
        keys = NodeKeys.create(folder / "keys", node_id)
        disk = FileDisk(folder / "exchange.sqlite")
        stack.callback(disk.close)
        node = Node(disk, keys, lambda: NOW_MS)
        server = stack.enter_context(Server(node, keys.tls_chain, lambda: authorities(node)))
        return cls(folder, stack, keys, node, server, stack.enter_context(Tap(server.port)))

    @property
    def id(self) -> str:
        return self.node.id

    def card(self) -> bytes:
        return make_card(self.keys, (f"https://127.0.0.1:{self.tap.port}",)).envelope

    def pull(self, other: Place) -> None:
        card = self.node.card_of(other.id)
        assert card is not None
        with HttpsCarrier(card, self.keys.tls_chain) as link:
            summary = self.node.pull(link, other.id)
        assert not summary.broken, summary
        assert all(t.held for t in summary.taken), summary

    def disk(self) -> bytes:
        return b"".join(p.read_bytes() for p in sorted(self.folder.rglob("*")) if p.is_file())


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Place, Place, Place]]:
    with ExitStack() as stack:
        yield (
            Place.make(tmp_path / "jp", JP, stack),
            Place.make(tmp_path / "us", US, stack),
            Place.make(tmp_path / "tw", TW, stack),
        )


def agreement(a: str, b: str, relay: str) -> Agreement:
    parties = (min(a, b), max(a, b))
    days = (date(2020, 1, 1), date(2030, 1, 1))
    return Agreement(f"{a}-{b}", parties, ("visit",), (PURPOSE,), *days, onward=1, may_introduce=True, relay=relay)


def visits(n: int) -> list[Record]:
    columns = list(WIRE["visit"])
    at: dict[str, Value] = {"zone_id": "taiwan-contiguous-zone@tw", "mmsi": 416123456}
    text = next(c for c, kind in WIRE["visit"].items() if str(kind) == "String" and c not in at)
    return [Record("visit", f"visit:{i:04d}", tuple((at | {text: f"{MARKER} {i}"}).get(c) for c in columns)) for i in range(n)]


def tie(places: tuple[Place, Place, Place], relay: str) -> None:
    jp, us, tw = places
    for a, b in ((jp, us), (us, tw)):
        a.node.add_card(b.card())
        b.node.add_card(a.card())
        for x in (a, b):
            x.node.add_agreement(agreement(a.id, b.id, relay))


def share(places: tuple[Place, Place, Place], relay: str) -> None:
    """Visits of jp for tw alone, through us."""
    jp, us, tw = places
    tie(places, relay)
    label = Label(JP, "visit", frozenset({TW}), PURPOSE, onward=1)
    for _ in range(2):  # the hub learns for whom the stream is, and introduces tw, whose key is needed to seal
        jp.node.release(Released(TW, [(r, label) for r in visits(30)]))
        us.pull(jp), tw.pull(us), jp.pull(us)
    got = list(tw.node.received())
    assert len(got) == 30 and all(MARKER in str(r.record.values) for r in got), "nothing arrived, so nothing could be seen"


def on_the_wire(places: tuple[Place, Place, Place]) -> bytes:
    return b"".join(bytes(p.tap.seen) for p in places)


def test_a_tap_would_see_what_is_said_in_the_open() -> None:
    """The positive control: the same tap over a plain connection finds it, in each spelling."""
    with socket.create_server(("127.0.0.1", 0)) as s, Tap(s.getsockname()[1]) as tap:
        with socket.create_connection(("127.0.0.1", tap.port)) as near:
            far = s.accept()[0]
            with far:
                for i, text in enumerate(spellings(MARKER)):
                    near.sendall(b"%d " % i + text + b"\n")
                deadline = time.monotonic() + 10
                while tap.seen.count(b"\n") < len(spellings(MARKER)) and time.monotonic() < deadline:
                    time.sleep(0.01)
        assert told(bytes(tap.seen), MARKER) == [MARKER] * len(spellings(MARKER))


@pytest.mark.parametrize("relay", ["open", "sealed"])
def test_no_link_shows_what_travels_nor_who_talks(places: tuple[Place, Place, Place], relay: str) -> None:
    share(places, relay)
    seen = on_the_wire(places)
    assert len(seen) > 20_000
    assert told(seen, MARKER, "visit:00", PURPOSE, "taiwan-contiguous-zone", "416123456", JP, US, TW) == []


def test_a_sealed_relay_keeps_nothing_that_it_could_read(places: tuple[Place, Place, Place]) -> None:
    share(places, "sealed")
    us = places[1]
    assert told(us.disk(), MARKER, "visit:00", "taiwan-contiguous-zone", "416123456") == []
    head = us.node.heads_for(TW)[0]
    raw = b"".join(us.node.batch_for(TW, JP, TW, n) or b"" for n in range(1, head.seq + 1))
    assert len(raw) > 30 * 2 * 512, "the hub has nothing to hand on"
    assert told(raw, MARKER, "visit:00", "taiwan-contiguous-zone", "416123456") == []
    assert list(us.node.received()) == []


def test_who_was_only_introduced_has_no_link(places: tuple[Place, Place, Place]) -> None:
    share(places, "sealed")
    jp, us, tw = places
    assert {p.id: p.vouched_by for p in jp.node.partners()} == {US: None, TW: US}
    assert set(authorities(jp.node)) == {US} and set(authorities(us.node)) == {JP, TW}
    with HttpsCarrier(papers.read_card(jp.card()), tw.keys.tls_chain) as link, pytest.raises(SharingError, match="it hung up"):
        link.heads()


def test_an_open_relay_may_read(places: tuple[Place, Place, Place]) -> None:
    """The other side of the coin, and the positive control for the search of the hub's disk."""
    share(places, "open")
    assert told(places[1].disk(), MARKER)


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed: the tap stands in for it")
def test_tshark_sees_tls_1_3_alone(places: tuple[Place, Place, Place], tmp_path: Path) -> None:
    ports = [p.server.port for p in places]
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    kept = folder / f"offing-{os.getpid()}.pcapng"
    command = ["tshark", "-i", "lo", "-f", " or ".join(f"tcp port {p}" for p in ports), "-w", str(kept)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as capture:
        assert capture.stderr is not None
        said = ""
        while "Capturing on" not in said:
            line = capture.stderr.readline()
            if not line:
                pytest.skip(f"tshark may not capture here: {said}")
            said += line
        time.sleep(1.0)
        share(places, "sealed")
        time.sleep(1.0)
        capture.send_signal(signal.SIGINT)
        capture.stderr.read()
    try:
        decode = [w for p in ports for w in ("-d", f"tcp.port=={p},tls")]

        def ask(shown: str, *fields: str) -> list[str]:
            wanted = [w for f in fields for w in ("-e", f)]
            words = ["tshark", "-r", str(kept), *decode, "-Y", shown, "-T", "fields", *wanted]
            return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()

        hellos = ask("tls.handshake.type == 2", "tls.handshake.extensions.supported_version")
        assert hellos and set(hellos) == {"0x0304"}, hellos
        assert not any(x.strip() for x in ask("tls.handshake.type == 1", "tls.handshake.extensions_server_name"))
        assert ask("tls.handshake.type == 11", "frame.number") == [], "a certificate in the open"
        assert ask("http or http2", "frame.number") == []
        assert told(kept.read_bytes(), MARKER, PURPOSE, JP, US, TW) == []
    finally:
        kept.unlink()
