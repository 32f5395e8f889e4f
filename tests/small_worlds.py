"""Small worlds that can be checked by hand: ships' rows as MarineCadastre CSV, square zones, and a logbook that reads them.

Hours count from 2024-03-01T00:00Z. The usual zone is `box@me`, one degree square at 10E on the equator; a ship that sails east
along 0.5N at 1/24 degree an hour (2.5 kn) needs a day for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

import offing
from offing.clock import now_ms
from offing.logbook import Logbook
from offing.model.times import iso
from offing.pipeline.ingest import FileProblem

START = datetime(2024, 3, 1, tzinfo=UTC)
HEAD = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,"
    "TransceiverClass\n"
)
BOX = "box@me"
SHIP, OTHER, LIGHT = 412_000_001, 412_000_002, 431_000_009
FLEET = f"""[[fleets]]
id = "own"
source = "made for a test"
[fleets.names]
en = "Own ships"
[[fleets.members]]
mmsi = {SHIP}
[[fleets.members]]
mmsi = {OTHER}
"""
OF_THE_LOGBOOK = ("version", "known_from_utc", "reason", "superseded_by")
"""Columns that are this logbook's history, outside law 2."""


def at(hours: float) -> datetime:
    """The instant so many hours after the start."""
    return START + timedelta(hours=hours)


def day(n: int) -> date:
    """The n-th day of March 2024."""
    return date(2024, 3, n)


def row(mmsi: int, hours: float, lon: float, lat: float = 0.5, name: str = "") -> str:
    """One line of a MarineCadastre file."""
    return f"{mmsi},{at(hours):%Y-%m-%dT%H:%M:%S},{lat:.5f},{lon:.5f},2.5,90,90,{name},,,70,0,,,,,A\n"


def eastward(mmsi: int, hours: Iterable[float], lon: float = 9.5, lat: float = 0.5) -> list[str]:
    """A ship that is at `lon` at hour 0 and sails east at 1/24 degree an hour; `box@me` from hour 12 to hour 36."""
    return [row(mmsi, h, lon + h / 24, lat) for h in hours]


def lying(mmsi: int, hours: Iterable[float], lon: float, lat: float = 0.5, name: str = "") -> list[str]:
    """A ship that does not move."""
    return [row(mmsi, h, lon, lat, name) for h in hours]


def light(hours: Iterable[float]) -> list[str]:
    """A lightship of no fleet, west of the box, heard every hour: so receivers are listening there."""
    return lying(LIGHT, hours, 9.7, name="LIGHT")


def write_rows(path: Path, rows: Sequence[str]) -> Path:
    """A MarineCadastre file of these rows."""
    path.write_text(HEAD + "".join(rows))
    return path


def square(west: float, south: float, east: float, north: float) -> dict[str, object]:
    """A rectangle as a GeoJSON geometry."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def write_zones(path: Path, **shapes: dict[str, object]) -> Path:
    """A GeoJSON file; `box__me` is written as the id `box@me`."""
    features = []
    for name, shape in shapes.items():
        properties = {"id": name.replace("__", "@"), "kind": "custom", "name": name}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


class World:
    """A logbook in a folder with `box@me` and the fleet `own`, and short ways to feed it."""

    def __init__(self, folder: Path, name: str = "logbook") -> None:
        self.folder = folder
        self.book: Logbook = offing.create(folder / name)
        self.book.add_zones(write_zones(folder / "box.geojson", box__me=square(10, 0, 11, 1)))
        (folder / "own.toml").write_text(FLEET)
        self.book.add_fleets(folder / "own.toml")

    def read(self, name: str, rows: Sequence[str], *, keep: bool = False) -> Path:
        """Write a file of rows and read it; it must be taken."""
        path = write_rows(self.folder / name, rows)
        (line,) = self.book.ingest(path, keep=keep)
        assert not isinstance(line, FileProblem), line
        assert line.positions == len(set(rows)), line
        return path

    def visits(self, **asked: object) -> list[dict[str, object]]:
        """Visits as rows."""
        return self.book.visits(**asked).to_dicts()  # type: ignore[arg-type]

    def states(self, fleet: str = "own", zone: str = BOX, **more: object) -> dict[date, str]:
        """Watch days: day -> state."""
        return dict(self.book.days(zone, fleet, **more).select("day", "state").iter_rows())


def stays(frame: pl.DataFrame) -> list[tuple[int, str, str]]:
    """Who was inside from when to when."""
    times = (pl.col(c).dt.epoch("ms") for c in ("entry_t_utc", "exit_t_utc"))
    return [(m, iso(a), iso(b)) for m, a, b in frame.select("mmsi", *times).iter_rows()]


def instant() -> int:
    """An instant of the clock (ms) that is after all that was done and before all that will be."""
    time.sleep(0.003)
    t_ms = now_ms()
    time.sleep(0.003)
    return t_ms
