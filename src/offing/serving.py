"""A node that serves: partners are answered at any time, and every so often it pulls, shows what came and releases."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from offing.clock import now_ms
from offing.errors import OffingError
from offing.exchange.carriers import Head
from offing.exchange.pulling import Pulls
from offing.exchange.results import WAITS
from offing.exchange.serving import Server, authorities

if TYPE_CHECKING:
    from offing.sharing import Sharing

SILENCE_S = 5.0
"""How long a partner may send nothing before a pull from it is broken off."""


class Serving:
    """Rounds over the sharing side of a logbook. Faults on the way are said once, and tried again with the next round."""

    def __init__(self, desk: Sharing, say: Callable[[str], None]) -> None:
        """`say` tells the owner a sentence."""
        self.desk = desk
        self._tell = say
        self._said: dict[str, str] = {}
        self._released: object = None
        self._pulls = Pulls(lambda name: desk.pull_over_https(name, SILENCE_S))

    def run(self, host: str, port: int, every_s: float, stop: threading.Event) -> None:
        """Serve and go round until `stop` is set. Raises `SharingError` where nothing can listen there."""
        desk = self.desk
        server = Server(_AsItIs(desk), desk.node.own.keys.tls_chain, lambda: authorities(desk.node))
        server.start(host, port)
        try:
            self._tell(f"node {desk.node.id} serves at https://{host}:{server.port}")
            while not stop.is_set():
                self.round()
                stop.wait(every_s)
        finally:
            server.stop()

    def round(self) -> None:
        """Pull, show what came, release what changed.

        The pull is first: after the loss of a disk the partners' receipts say how far this node's streams had come.
        """
        self._try("pull", self._pull)
        self._try("received", self.desk.refresh)
        self._try("release", self._release)

    def _try(self, what: str, act: Callable[[], None]) -> None:
        """One step. That it fails (another process writes for long, the disk is full) keeps no other step from being done."""
        try:
            act()
        except (OffingError, OSError, sqlite3.Error) as error:
            self._say(what, str(error))
        else:
            self._say(what, "")

    def _pull(self) -> None:
        for got in self._pulls.round(self.desk.linked()):
            text = got.broken or (f"took {got.count('new')} batches" if got.count("new") else "")
            self._say(got.neighbour, text or next((t.reason for t in got.taken if not t.held), ""))

    def _release(self) -> None:
        state = self._state()
        if state == self._released:
            return
        for done in self.desk.release():
            self._say(f"stream for {done.recipient}", WAITS.get(done.waits_for, ""))
        self._released = state

    def _state(self) -> object:
        """What a release pass rests on; the clock to the minute."""
        desk, ledger = self.desk, self.desk.store.ledger
        files = tuple(f.sha256 for f in ledger.files())
        runs = ledger.runs()
        return (
            files, runs[-1].id if runs else "", tuple(ledger.sources.lines()), tuple(desk.rules()), tuple(desk.agreements()),
            ledger.zones(), ledger.fleets(), desk.node.received_version(),
            ledger.texts.held("incident"), ledger.texts.held("bulletin"), now_ms() // 60_000,
        )  # fmt: skip

    def _say(self, what: str, text: str) -> None:
        """Tell a thing when it is new, not round after round."""
        if text and self._said.get(what) != text:
            self._tell(f"{what}: {text}")
        self._said[what] = text


class _AsItIs:
    """The node as its server asks it: with the keys that it has at that moment."""

    def __init__(self, desk: Sharing) -> None:
        self._desk = desk

    def heads_for(self, peer: str) -> list[Head]:
        return self._desk.node.heads_for(peer)

    def batch_for(self, peer: str, originator: str, recipient: str, seq: int) -> bytes | None:
        return self._desk.node.batch_for(peer, originator, recipient, seq)

    def papers_for(self, peer: str) -> list[bytes]:
        return self._desk.node.papers_for(peer)

    def take_papers(self, peer: str, papers: Sequence[bytes]) -> None:
        self._desk.node.take_papers(peer, papers)
