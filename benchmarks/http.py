"""The API under twenty readers, on a year of data. `python -m benchmarks.http [--share 1] [--seconds 20] [--readers 20]`.

The world: 2,000 vessels, each heard for twelve days of the year, 20 zones, about 3,000 visits; read and worked out by offing
itself, then served by `offing serve` as a process of its own. Readers ask over loopback, each over one connection, what the
page asks: windows, zones and vessels are drawn at random, so that most of visits, tracks, vessels and chains are asked for the
first time. First one reader alone asks for each calendar once; then all ask with a pause of about a second, as people do; then
all ask without a pause. Times are of the reader, from sending the question to holding the whole answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import numpy as np

from offing.logbook import Logbook
from offing.model.times import DAY_MS
from offing.testing import files, shapes, worlds
from offing.testing.worlds import FIRST_MMSI, Sightings
from offing.zones.user import write_zones

SEED = 20_250_101
FIRST_DAY = date(2025, 1, 1)
START_MS = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()) * 1000
BOX = (115.0, 20.0, 135.0, 30.0)
ZONES, VESSELS, DAYS, STAY_D, EVERY_S = 20, 2_000, 365, 12, 1_800.0
GROUPS = 50  # of vessels that are heard in the same days
RADIUS_DEG = 0.135


def zone_name(n: int) -> str:
    """The id of the n-th zone."""
    return f"bench-{n}@test"


def fleet_text(vessels: int) -> str:
    """A fleet of every fourth vessel."""
    members = "".join(f"[[fleets.members]]\nmmsi = {FIRST_MMSI + i}\n" for i in range(0, vessels, 4))
    return f'[[fleets]]\nid = "fourth"\nsource = "made for the benchmark"\n[fleets.names]\nen = "Every fourth"\n{members}'


def positions(vessels: int) -> Sightings:
    """All positions, group by group of vessels, by time."""
    fixes, each = round(STAY_D * 86_400 / EVERY_S), max(vessels // GROUPS, 1)
    parts = []
    for group in range(GROUPS):
        start_ms = START_MS + group * (DAYS - STAY_D - 1) // (GROUPS - 1) * DAY_MS
        seen = worlds.sailing(SEED + group, each, fixes, EVERY_S, BOX, start_ms=start_ms, leg_fixes=60)
        shift = np.int32(group * each)
        parts.append(Sightings(seen.mmsi + shift, seen.t_ms, seen.lon_e7, seen.lat_e7, seen.hull + shift))
    names = ("mmsi", "t_ms", "lon_e7", "lat_e7", "hull")
    return Sightings(*(np.concatenate([getattr(p, n) for p in parts]) for n in names)).in_time_order()


def make(folder: Path, share: float) -> Logbook:
    """The logbook of the year."""
    vessels = max(round(VESSELS * share), GROUPS)
    rng = np.random.default_rng(SEED)
    zones = []
    for n in range(ZONES):
        centre = (float(rng.uniform(BOX[0] + 1, BOX[2] - 1)), float(rng.uniform(BOX[1] + 1, BOX[3] - 1)))
        zones.append(shapes.zone(zone_name(n), [shapes.coast(rng, centre, RADIUS_DEG, 400)]))
    (folder / "zones.geojson").write_text(write_zones(zones))
    (folder / "fleet.toml").write_text(fleet_text(vessels))
    book = Logbook.create(folder / "logbook")
    book.add_zones(folder / "zones.geojson")
    book.add_fleets(folder / "fleet.toml")
    seen = positions(vessels)
    months = seen.t_ms // (31 * DAY_MS)
    for month in np.unique(months):
        path = folder / f"month-{month}.csv"
        files.marinecadastre_csv(seen[months == month], path)
        book.ingest(path)
    book.run()
    return Logbook.open(folder / "logbook")


# -- the questions


class Questions:
    """What a page asks, at random."""

    def __init__(self, book: Logbook, vessels: int, seed: int) -> None:
        self.draw = random.Random(seed)
        self.vessels = vessels
        self.visits = book.visits([zone_name(n) for n in range(ZONES)])["event_id"].to_list()
        self.kinds = {
            "meta": self.meta, "zones": self.zones, "visits of a month": self.visits_of_month, "visits, all": self.all_visits,
            "days": self.days, "streaks": self.streaks, "presence": self.presence, "activity": self.activity,
            "tracks of a week": self.tracks, "vessel": self.vessel, "why": self.why, "vessels": self.search,
            "bulletins": self.bulletins, "series": self.series,
        }  # fmt: skip

    def endless(self) -> Iterator[tuple[str, str]]:
        """Kinds and their paths."""
        while True:
            kind = self.draw.choice(list(self.kinds))
            yield kind, self.kinds[kind]()

    def calendars(self) -> Iterator[tuple[str, str]]:
        """Each calendar once, after what the page asks at its start."""
        for kind in ("meta", "zones", "series", "bulletins", "vessels", "visits, all"):
            yield kind, self.kinds[kind]()
        for n in range(ZONES):
            for fleet in ("any", "fourth"):
                for name in ("days", "streaks", "presence"):
                    yield name, f"{name}.json?zone={quote(zone_name(n))}&fleet={fleet}"

    def _zone(self) -> str:
        return quote(zone_name(self.draw.randrange(ZONES)))

    def _span(self, length_d: int, step_d: int) -> str:
        first = FIRST_DAY + timedelta(days=self.draw.randrange(0, DAYS - length_d, step_d))
        return f"since={first}&until={first + timedelta(days=length_d - 1)}"

    def meta(self) -> str:
        """What the logbook says of itself."""
        return "meta.json"

    def zones(self) -> str:
        """The outlines, as the page draws them."""
        return "zones.geojson?simplify_m=120"

    def visits_of_month(self) -> str:
        """Visits of some zones."""
        return f"visits.json?zone={self._zone()}&zone={self._zone()}&{self._span(30, 10)}"

    def all_visits(self) -> str:
        """The first page of all visits."""
        return "visits.json?" + "&".join(f"zone={quote(zone_name(n))}" for n in range(ZONES))

    def days(self) -> str:
        """The calendar of a zone."""
        return f"days.json?zone={self._zone()}&fleet={self.draw.choice(['any', 'fourth'])}"

    def streaks(self) -> str:
        """Its streaks."""
        return f"streaks.json?zone={self._zone()}&fleet={self.draw.choice(['any', 'fourth'])}"

    def presence(self) -> str:
        """Its months."""
        return f"presence.json?zone={self._zone()}&fleet=any"

    def activity(self) -> str:
        """The time bar of a month."""
        return f"activity.json?zone={self._zone()}&by=hour&{self._span(30, 10)}"

    def tracks(self) -> str:
        """The tracks of a vessel in a week."""
        return f"tracks.geojson?mmsi={FIRST_MMSI + self.draw.randrange(self.vessels)}&{self._span(7, 7)}"

    def vessel(self) -> str:
        """One vessel."""
        return f"vessel/{FIRST_MMSI + self.draw.randrange(self.vessels)}.json"

    def why(self) -> str:
        """The chain of a visit."""
        return f"why/{quote(self.draw.choice(self.visits), safe='')}.json"

    def search(self) -> str:
        """Vessels by name."""
        return f"vessels.json?q=TEST%20{self.draw.randrange(100)}&limit=50"

    def bulletins(self) -> str:
        """What an office published in a month."""
        return f"bulletins.json?office=tw-mnd&{self._span(30, 30)}"

    def series(self) -> str:
        """The list of series."""
        return "series.json"


# -- readers


@dataclass
class Timed:
    """What readers saw, by kind: milliseconds of answers that were asked for the first time, and of others."""

    first: dict[str, list[float]] = field(default_factory=dict)
    again: dict[str, list[float]] = field(default_factory=dict)
    bytes_n: int = 0
    seen: set[str] = field(default_factory=set)

    def note(self, kind: str, path: str, ms: float, size: int) -> None:
        """One answer."""
        into = self.again if path in self.seen else self.first
        self.seen.add(path)
        into.setdefault(kind, []).append(ms)
        self.bytes_n += size


async def reader(port: int, asked: Iterator[tuple[str, str]], until: float, pause_s: float, timed: Timed) -> None:
    """Ask one question after another over one connection."""
    come, go = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    draw = random.Random(port)
    try:
        for kind, path in asked:
            await asyncio.sleep(pause_s * 2 * draw.random())
            if time.perf_counter() > until:
                return
            begun = time.perf_counter()
            go.write(f"GET /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode())
            head = (await come.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            size = int(head.partition("content-length: ")[2].partition("\r\n")[0])
            await come.readexactly(size)
            if not head.startswith("http/1.1 200"):
                raise SystemExit(f"{path}: {head.splitlines()[0]}")
            timed.note(kind, path, (time.perf_counter() - begun) * 1000, size)
    finally:
        go.close()


async def readers(port: int, asked: Sequence[Iterator[tuple[str, str]]], seconds: float, pause_s: float, timed: Timed) -> float:
    """All readers at once; how long it took."""
    begun = time.perf_counter()
    await asyncio.gather(*(reader(port, a, begun + seconds, pause_s, timed) for a in asked))
    return time.perf_counter() - begun


@contextmanager
def serving(book: Path) -> Iterator[int]:
    """`offing serve` as a process; its port."""
    command = [sys.executable, "-m", "offing", "--logbook", str(book), "serve", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        yield int(said.rstrip("/\n").rpartition(":")[2])
    finally:
        process.terminate()
        process.wait(30)


def share_of(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def table(timed: Timed) -> list[str]:
    """A line for each kind: how many, middle, 95 and 99 of 100, the worst; all and those asked for the first time."""
    lines = [f"{'question':20}{'n':>7}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}   {'first n':>7}{'p50':>8}{'p95':>8}  ms"]
    for kind in sorted({*timed.first, *timed.again}):
        new, every = timed.first.get(kind, []), [*timed.first.get(kind, []), *timed.again.get(kind, [])]
        cells = [statistics.median(every), share_of(every, 0.95), share_of(every, 0.99), max(every)]
        told = f"{len(new):>7}{statistics.median(new):8.1f}{share_of(new, 0.95):8.1f}" if new else ""
        lines.append(f"{kind:20}{len(every):7}" + "".join(f"{c:8.1f}" for c in cells) + f"   {told}")
    return lines


def main() -> None:
    """Make the world, serve it, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="share of the vessels")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a folder in which the world is made, or was")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="offing-bench-") as temporary:
        folder = args.keep or Path(temporary)
        begun = time.perf_counter()
        if not (folder / "logbook" / "offing.toml").exists():
            folder.mkdir(parents=True, exist_ok=True)
            make(folder, args.share)
        book = Logbook.open(folder / "logbook")
        vessels = max(round(VESSELS * args.share), GROUPS) // GROUPS * GROUPS
        own = book.visits([zone_name(n) for n in range(ZONES)])
        print(f"World in {time.perf_counter() - begun:.0f} s: {vessels:,} vessels, {own.height:,} visits to {ZONES} zones.")
        with serving(folder / "logbook") as port:
            time.sleep(5)
            alone = Timed()
            took_s = asyncio.run(readers(port, [Questions(book, vessels, 0).calendars()], 600.0, 0.0, alone))
            told("one reader, each calendar once", alone, took_s)
            for pause_s in (1.0, 0.0):
                timed = Timed(seen=set(alone.seen))
                many = [Questions(book, vessels, n + round(pause_s * 100) + 1).endless() for n in range(args.readers)]
                took_s = asyncio.run(readers(port, many, args.seconds, pause_s, timed))
                told(f"{args.readers} readers, pauses of {pause_s:g} s", timed, took_s)


def told(what: str, timed: Timed, took_s: float) -> None:
    """Print what readers saw."""
    every = [ms for kinds in (timed.first, timed.again) for values in kinds.values() for ms in values]
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"\n{what}; {os.cpu_count()} cores{load}")
    print(*table(timed), sep="\n")
    summary = {
        "answers": len(every), "per_s": round(len(every) / took_s), "MiB_per_s": round(timed.bytes_n / took_s / 2**20, 1),
        "p50_ms": round(statistics.median(every), 1), "p95_ms": round(share_of(every, 0.95), 1),
        "p99_ms": round(share_of(every, 0.99), 1),
    }  # fmt: skip
    print(json.dumps(summary), flush=True)


if __name__ == "__main__":
    main()
