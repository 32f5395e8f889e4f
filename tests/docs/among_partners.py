"""A logbook as a node among partners, so that every table of sharing has rows: introduced, withheld, alarming, out of reach."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import offing
from offing.errors import BadDelivery
from offing.logbook import Logbook
from offing.model.sharing import RECORD_KINDS, Agreement

PURPOSE = "maritime_safety"
SEEN = """office: jp-joint-staff
published: 2025-03-05
source: made up for a test

中国海軍艦艇の動向について
令和7年3月4日（火）午前9時頃、海上自衛隊は、与那国島の南約70kmの海域において、同海域を北進する中国海軍ルーヤンⅢ級ミサイル駆逐艦（艦番号「155」）1隻を確認した。
"""
HAPPENED = "id,kind,start,sources\nmade-up-1,collision,2025-03-04T02:00:00Z,a made-up log;page 1\n"


RULES = """[[rule]]
kind = "watch_day"
zones = ["taiwan-contiguous-zone@tw"]
fleets = ["ours"]
to = ["ph"]
purpose = "maritime_safety"
expires = 2098-12-31
"""
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Nodes:
    """The logbook `folder / "logbook"` is the node `us`, and `jp` one that can be reached at a port of this machine."""

    folder: Path
    jp: Logbook
    port: int

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Within it `jp` answers."""
        stop, begun = threading.Event(), threading.Event()

        def begin(_: str) -> None:
            begun.set()

        args = ("127.0.0.1", self.port, PATIENCE_S, begin, stop)
        thread = threading.Thread(target=self.jp.exchange.serve, args=args, daemon=True)
        thread.start()
        try:
            assert begun.wait(PATIENCE_S), "jp does not serve"
            yield
        finally:
            stop.set()
            thread.join(PATIENCE_S)


def make_nodes(folder: Path, ours: Path, theirs: Path, zone: str) -> Nodes:
    """Copies of two logbooks as nodes that have agreed, released and delivered.

    `us` (ours) has an agreement with jp, who introduces tw and hands on its stream, and with ph, at whose address nobody
    answers; of kr it has a card alone. Cards with other keys came in the names of jp and of kr: the first alarm is cleared.
    """
    port = _silent_port()
    us, jp, tw = (
        _node(folder, ours, "logbook", "us"),
        _node(folder, theirs, "jp", "jp", port),
        _node(folder, theirs, "tw", "tw"),
    )
    _agree(folder, jp, us, agreed("jp", "us"))
    _agree(folder, jp, tw, agreed("jp", "tw", ("visit",)))
    for name, at in (("kr", 0), ("ph", _silent_port()), ("jp", port), ("kr", 0)):
        (folder / "others").mkdir(exist_ok=True)
        other = offing.create(folder / "others" / f"{name}-{len(list((folder / 'others').iterdir()))}")
        other.exchange.init(name, f"Node {name}", _addresses(at))
        with suppress(BadDelivery):  # whose card is pinned, and this one has another key
            us.exchange.add_card(_card(folder, other))
    assert [(a["n"], a["originator"]) for a in us.exchange.alarms()] == [(1, "jp"), (2, "kr")]
    us.exchange.node.clear_alarm(1)
    us.exchange.add_agreement(agreed("ph", "us", ("visit", "incident")))
    _speak(folder, us, zone)
    for book in (tw, jp):
        book.exchange.add_rule(kind="visit", zones=(zone,), releasable_to=("us",), purpose=PURPOSE, onward=1)
    for giver, taker in ((tw, jp), (jp, us), (us, jp)):
        _carry(folder, giver, taker)
    us.exchange.rotate_key()
    return Nodes(folder, jp, port)


def agreed(a: str, b: str, kinds: Sequence[str] = RECORD_KINDS) -> Agreement:
    """An agreement of two nodes, onward, for most of a century."""
    first, last = date(2020, 1, 1), date(2099, 12, 31)
    source = ("A ministry, Made-up memorandum, 2020-01-01",)
    return Agreement(
        f"{a}-{b}", (a, b), tuple(kinds), (PURPOSE,), first, last, onward=1, instrument="A memorandum", sources=source
    )


def _speak(folder: Path, us: Logbook, zone: str) -> None:
    """Give us a record of every kind, a restricted source, and rules of every sort."""
    (folder / "seen.txt").write_text(SEEN, encoding="utf-8")
    (folder / "happened.csv").write_text(HAPPENED, encoding="utf-8")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    us.add_bulletins([folder / "seen.txt"])
    us.add_incidents([folder / "happened.csv"])
    us.restrict_source("tw-mnd")
    for rule in (
        {"kind": "visit", "zones": (zone,), "fleets": ("ours",), "sources": ("ais",), "delay_h": 24.0, "round_deg": 0.5,
         "masked": ("mmsi",), "expires": date(2099, 1, 1), "onward": 1, "releasable_to": ("jp",)},
        {"kind": "visit", "zones": (zone,), "releasable_to": ("ph",)},
        {"kind": "watch_day", "zones": (zone,), "fleets": ("ours",), "releasable_to": ("jp", "ph")},
        {"kind": "streak", "zones": (zone,), "fleets": ("ours",), "releasable_to": ("jp",)},
        {"kind": "sighting", "releasable_to": ("jp",)},
        {"kind": "incident", "releasable_to": ("ph",)},
    ):  # fmt: skip
        us.exchange.add_rule(purpose=PURPOSE, **rule)


def _node(folder: Path, like: Path, name: str, node_id: str, port: int = 0) -> Logbook:
    """A copy of a logbook, made a node; what its like received is left behind."""
    shutil.copytree(like, folder / name, ignore=shutil.ignore_patterns("node.toml", "received"))
    book = offing.open(folder / name)
    book.exchange.init(node_id, f"Node {node_id}", _addresses(port))
    return book


def _addresses(port: int) -> tuple[str, ...]:
    return (f"https://127.0.0.1:{port}",) if port else ()


def _card(folder: Path, book: Logbook) -> Path:
    path = folder / f"{book.store.root.name}.card"
    path.write_bytes(book.exchange.card_bytes())
    return path


def _agree(folder: Path, a: Logbook, b: Logbook, agreement: Agreement) -> None:
    for book, other in ((a, b), (b, a)):
        book.exchange.add_card(_card(folder, other))
        book.exchange.add_agreement(agreement)


def _carry(folder: Path, giver: Logbook, taker: Logbook) -> None:
    stick = folder / f"{giver.store.root.name}-{taker.store.root.name}"
    giver.exchange.export(taker.exchange.node.id, stick)
    taken = taker.exchange.take_folder(stick)
    assert taken.from_whom and taken.count("new") and not taken.papers_refused, taken


def _silent_port() -> int:
    """A port of this machine on which nobody answers."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port
