"""Which bearings round a place were occupied by a fleet on one day. Method: docs/method/encirclement.md.

The circle round the centre is cut into 36 bearings of ten degrees, the first from 355 to 5. A bearing is occupied if a hull of
the fleet was seen in it within reach: by a tracked position, or by a sighting with a position. What an office says of whole
sectors ("north; southwest") stands beside it and is counted apart: a sector is wide, and its figure is of aircraft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.model.parameters import Parameters, parameter
from offing.zones.geodesic import NAUTICAL_MILE_M, geod

BEARINGS_N = 36
WIDTH_DEG = 360 // BEARINGS_N

SECTORS: Mapping[str, tuple[int, int]] = {
    "north": (330, 30),
    "northeast": (30, 60),
    "east": (60, 120),
    "southeast": (120, 165),
    "south": (165, 195),
    "southwest": (195, 255),
    "west": (255, 285),
    "central": (255, 330),
}
"""How the sectors that Taiwan's Ministry of National Defense names are read as bearings from the middle of the island: offing's
own reading of words that have no published limits."""

ENCIRCLEMENT = pl.Schema(
    {
        "day": pl.Date(),
        "bearing_deg": pl.Int64(),  # the middle of the bearing: 0, 10, ... 350
        "from_deg": pl.Int64(),
        "to_deg": pl.Int64(),
        "occupied": pl.Boolean(),  # by a position or a sighting
        "hulls_n": pl.Int64(),  # different hulls seen in it: by AIS numbers, and by hull numbers in sightings
        "nearest_nm": pl.Float64(),  # of these to the centre; null: none
        "by": pl.List(pl.String()),  # ais, sighting
        "mmsis": pl.List(pl.Int64()),
        "hulls": pl.List(pl.String()),
        "said_of_sector": pl.Boolean(),  # an office names the sector that holds the bearing
        "sectors": pl.List(pl.String()),
    }
)

ENCIRCLED = pl.Schema(
    {
        "day": pl.Date(),
        "fleet_id": pl.String(),
        "centre": pl.String(),
        "bearings_occupied": pl.Int64(),
        "share": pl.Float64(),  # of the 36
        "widest_open_deg": pl.Int64(),  # widest arc without an occupied bearing
        "open_from_deg": pl.Int64(),  # where that arc begins, going clockwise; null: there is none, or no bearing is occupied
        "open_to_deg": pl.Int64(),
        "share_with_sectors": pl.Float64(),  # with the bearings of the sectors that an office names
        "ais_hulls_n": pl.Int64(),
        "sighted_hulls_n": pl.Int64(),
        "reach_nm": pl.Float64(),
        "day_rule": pl.String(),
        "sources": pl.List(pl.String()),
        "pack": pl.String(),
    }
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EncirclementParameters(Parameters):
    """What is near enough to count."""

    kind: ClassVar[str] = "encirclement"

    reach_nm: float = parameter(
        200.0,
        unit="nm",
        low=10,
        high=600,
        source="offing's own choice: the breadth of an exclusive economic zone, measured from the middle of the island",
        doc="a ship counts up to this distance from the centre",
    )


@dataclass(frozen=True)
class Seen:
    """One place at which a hull was seen: `who` is its AIS number, or its hull number as text."""

    who: int | str
    lon_deg: float
    lat_deg: float


def occupied(
    centre: tuple[float, float], seen: Iterable[Seen], sectors: Iterable[str], parameters: EncirclementParameters
) -> list[dict[str, object]]:
    """The 36 bearings in order, without the day (columns of `ENCIRCLEMENT`)."""
    places = list(seen)
    lon, lat = (np.array([getattr(p, f) for p in places], np.float64) for f in ("lon_deg", "lat_deg"))
    azimuth, _, distance_m = geod().inv(np.full(len(places), centre[0]), np.full(len(places), centre[1]), lon, lat)
    distance_nm = np.asarray(distance_m) / NAUTICAL_MILE_M
    index = np.floor((np.asarray(azimuth) % 360 + WIDTH_DEG / 2) / WIDTH_DEG).astype(int) % BEARINGS_N
    near = distance_nm <= parameters.reach_nm
    said = {name: SECTORS[name] for name in sectors if name in SECTORS}
    rows: list[dict[str, object]] = []
    for k in range(BEARINGS_N):
        here = [i for i in range(len(places)) if index[i] == k and near[i]]
        mmsis = sorted({int(p.who) for i in here if isinstance((p := places[i]).who, int)})
        hulls = sorted({str(p.who) for i in here if isinstance((p := places[i]).who, str)})
        middle = k * WIDTH_DEG
        named = [name for name, (low, high) in said.items() if (middle - low) % 360 <= (high - low) % 360]
        rows.append(
            {
                "bearing_deg": middle,
                "from_deg": (middle - WIDTH_DEG // 2) % 360,
                "to_deg": middle + WIDTH_DEG // 2,
                "occupied": bool(here),
                "hulls_n": len(mmsis) + len(hulls),
                "nearest_nm": round(float(distance_nm[here].min()), 1) if here else None,
                "by": [*(["ais"] if mmsis else []), *(["sighting"] if hulls else [])],
                "mmsis": mmsis,
                "hulls": hulls,
                "said_of_sector": bool(named),
                "sectors": named,
            }
        )
    return rows


def widest_open(taken: list[bool]) -> tuple[int, int | None, int | None]:
    """The widest arc without an occupied bearing: its width and its ends in degrees, going clockwise.

    The whole circle, without ends, where none is occupied; 0 where all are. Of equal arcs the first from north.
    """
    n = len(taken)
    if not any(taken):
        return 360, None, None
    best, at = 0, 0
    for start in range(n):
        if taken[start - 1] and not taken[start]:
            width = next(w for w in range(1, n) if taken[(start + w) % n])
            if width > best:
                best, at = width, start
    if best == 0:
        return 0, None, None
    low = at * WIDTH_DEG - WIDTH_DEG // 2
    return best * WIDTH_DEG, low % 360, (low + best * WIDTH_DEG) % 360
