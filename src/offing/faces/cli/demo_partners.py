"""The demonstration of sharing: three nodes as real processes, no link between the outer two, and a hub that dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing.errors import SharingError, UsageError
from offing.faces.cli.output import Form, emit, line

if TYPE_CHECKING:
    from offing.logbook import Logbook

ZONE, FLEET = "senkaku-diaoyu-contiguous-zone@jp", "flag-cn"
CUTTER, NEIGHBOURS = 412_000_001, (431_000_001, 416_000_001, 477_000_001)
FIRST_DAY = date(2026, 9, 1)
EVERY_S, PATIENCE_S = 0.5, 120.0
COLUMNS = "t_utc,mmsi,lat_deg,lon_deg"
MAPPING = "\n".join(["[columns]", *(f'{c} = "{c}"' for c in COLUMNS.split(",")), "", "[time]", 'format = "iso"', ""])


def demonstrate(folder: Path | None) -> None:
    """Make three logbooks in a new folder (default: one that is deleted at the end) and let them share."""
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty.", "Name a new folder.")
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="offing-partners-")))
        _story(folder, stack)


def _story(folder: Path, stack: ExitStack) -> None:
    from offing.logbook import Logbook
    from offing.policy.agreements_file import read_agreements

    line("Three nodes: Tokyo and Taipei have no agreement and no link; each has both with Washington.")
    line("The ships and their positions are made up.")
    names = {"jp": "Tokyo", "us": "Washington", "tw": "Taipei"}
    ports = {n: _free_port() for n in names}
    books = {n: Logbook.create(folder / name.lower()) for n, name in names.items()}
    for n, name in names.items():
        books[n].exchange.init(n, name, (f"https://127.0.0.1:{ports[n]}",))
    cards = {n: folder / f"{n}.card" for n in names}
    for n, book in books.items():
        cards[n].write_bytes(book.exchange.card_bytes())
    paper = folder / "agreements.toml"
    paper.write_text(_agreement("jp", "us") + _agreement("tw", "us"), encoding="utf-8")
    for n, knows in {"jp": ["us"], "us": ["jp", "tw"], "tw": ["us"]}.items():
        for other in knows:
            books[n].exchange.add_card(cards[other])
        for agreement in read_agreements(paper):
            if n in agreement.parties:
                books[n].exchange.add_agreement(agreement)

    _say(
        "Tokyo's receivers hear a ship on six days, Taipei's on six; four of these ten days only one of them heard",
        "offing share rule add --kind visit ... --to us --to tw --onward 1   (Tokyo, and for watch_day; Taipei likewise)",
    )
    _hear(books["jp"], folder, "tokyo", range(6))
    _hear(books["tw"], folder, "taipei", range(4, 10))
    for n, others in {"jp": ("us", "tw"), "tw": ("us", "jp")}.items():
        for kind in ("visit", "watch_day"):
            books[n].exchange.add_rule(
                kind=kind, zones=(ZONE,), fleets=(FLEET,), releasable_to=others, onward=1, purpose="maritime_safety"
            )

    processes = {n: stack.enter_context(_serving(folder / names[n].lower(), ports[n])) for n in names}
    took_s = _until(lambda: _known(books["jp"], "tw") and _known(books["tw"], "jp"), "the first exchange")
    _say(f"after {took_s:.1f} s each end has the other's days, through Washington: Taipei's streak")
    _streak(books["tw"])

    _say("Washington's process is killed (SIGKILL); Tokyo hears the ship on one more day and works on")
    processes["us"].send_signal(signal.SIGKILL)
    processes["us"].wait()
    _hear(books["jp"], folder, "tokyo-later", [10])
    for n in ("jp", "tw"):
        line(f"{names[n]}: {books[n].visits(ZONE).height} visits, without the hub")

    _say("Washington comes back")
    stack.enter_context(_serving(folder / "washington", ports["us"]))
    last = FIRST_DAY + timedelta(days=10)
    took_s = _until(lambda: last in _days_of(books["tw"], "jp"), "the day that Tokyo heard meanwhile")
    _say(f"after {took_s:.1f} s Taipei has the new day: offing streaks --zone {ZONE} --fleet {FLEET}")
    _streak(books["tw"])
    _say("offing partners map   (at Washington)")
    line(_map(books["us"]))


def _agreement(a: str, b: str) -> str:
    return (
        f'[[agreement]]\nid = "{a}-{b}"\nparties = ["{a}", "{b}"]\nkinds = ["visit", "watch_day"]\n'
        'purposes = ["maritime_safety"]\nfrom = "2026-01-01"\nto = "2035-12-31"\nonward = 1\n\n'
    )


def _hear(book: Logbook, folder: Path, name: str, days: Iterator[int] | range | list[int]) -> None:
    """Positions of a made-up ship in the zone, and of others about, every half hour of some days."""
    rows = [COLUMNS]
    for day in days:
        start = datetime.combine(FIRST_DAY + timedelta(days=day), datetime.min.time(), UTC)
        for i in range(48):
            t = (start + timedelta(minutes=30 * i)).strftime("%Y-%m-%dT%H:%M:%SZ")
            if 12 <= i < 36:
                rows.append(f"{t},{CUTTER},{25.85 + 0.004 * (i % 9):.4f},{123.20 + 0.003 * i:.4f}")
            rows += [f"{t},{m},{25.60 + 0.01 * k:.4f},{123.10 + 0.01 * i:.4f}" for k, m in enumerate(NEIGHBOURS)]
    file, mapping = folder / f"{name}.csv", folder / "mapping.toml"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    book.ingest(file, mapping=mapping)
    book.run()


@contextmanager
def _serving(logbook: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "offing", "--logbook", str(logbook), "node", "serve"]
    told = [*command, "--listen", f"127.0.0.1:{port}", "--every", str(EVERY_S)]
    with (logbook.parent / f"{logbook.name}.log").open("ab") as log:
        process = subprocess.Popen(told, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(os.environ))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def _until(holds: Callable[[], bool], what: str) -> float:
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > PATIENCE_S:
            raise SharingError(f"{what} did not come within {PATIENCE_S:.0f} s.", "Look at the .log files beside the logbooks.")
        time.sleep(0.2)
    return time.monotonic() - began


def _days_of(book: Logbook, originator: str) -> set[date]:
    """The days that an originator says it observed, as this logbook holds them."""
    rows: list[dict[str, Any]] = book.days(ZONE, FLEET).to_dicts()
    return {r["day"] for r in rows if originator in (r["originators"] or [])}


def _known(book: Logbook, originator: str) -> bool:
    return bool(_days_of(book, originator))


def _streak(book: Logbook) -> None:
    columns = ["start_day", "end_day", "days_observed", "is_running", "ended_by", "originators"]
    emit(book.streaks(ZONE, FLEET), Form.TABLE, columns=columns)


def _map(book: Logbook) -> str:
    from offing.faces.cli.partners import map_text

    return map_text(book.exchange)


def _say(*lines: str) -> None:
    line()
    for text in lines:
        line(f"> {text}")
