"""Mercator on WGS84, as on a nautical chart: the box that is drawn, and where a place lies on the sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from offing.errors import BadParameter
from offing.model.schemas import E7
from offing.model.zone import Ring

Pixels = npt.NDArray[np.float64]
"""Points on the sheet, shape (n, 2): x to the right and y downwards, from the upper left corner of the drawn box."""

SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY = math.sqrt(0.006_694_379_990_14)
NAUTICAL_MILE_M = 1852.0
STEEPEST = 3.0
"""A box may be so many times as tall as wide, or as wide as tall."""


def meridional_deg(lat_deg: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Meridional parts on WGS84, in degrees of longitude (the tables of navigators give them in minutes)."""
    phi = np.radians(np.asarray(lat_deg, dtype=np.float64))
    e_sin = ECCENTRICITY * np.sin(phi)
    return np.degrees(np.arcsinh(np.tan(phi)) - ECCENTRICITY * np.arctanh(e_sin))


def latitude_deg(meridional: float) -> float:
    """The latitude with so many meridional parts, in degrees: the inverse of `meridional_deg`."""
    psi = math.radians(meridional)
    phi = math.atan(math.sinh(psi))
    for _ in range(12):  # each round gains more than two digits
        phi = math.atan(math.sinh(psi + ECCENTRICITY * math.atanh(ECCENTRICITY * math.sin(phi))))
    return math.degrees(phi)


def metres_per_degree(lat_deg: float) -> float:
    """The length of one degree of longitude at a latitude."""
    phi = math.radians(lat_deg)
    return math.radians(SEMI_MAJOR_M) * math.cos(phi) / math.sqrt(1 - (ECCENTRICITY * math.sin(phi)) ** 2)


def bounds_deg(rings: Iterable[Ring]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of some rings; None for no rings."""
    boxes = [(*r.min(axis=0), *r.max(axis=0)) for r in rings if len(r)]
    if not boxes:
        return None
    all_boxes = np.array(boxes) / E7
    west, south = all_boxes[:, :2].min(axis=0).tolist()
    east, north = all_boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


@dataclass(frozen=True)
class Extent:
    """The box that is drawn, in degrees. Raises `BadParameter` for one that is empty, off the map, or a mere strip."""

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float

    def __post_init__(self) -> None:
        if not (-180 <= self.west_deg < self.east_deg <= 180 and -85 <= self.south_deg < self.north_deg <= 85):
            raise BadParameter(
                f"{self} is no box that can be drawn.",
                "Give west,south,east,north in degrees with west < east within 180, south < north within 85.",
            )
        if not 1 / STEEPEST <= self.ratio <= STEEPEST:
            shape = "tall" if self.ratio > 1 else "wide"
            raise BadParameter(f"{self} is more than {STEEPEST:g} times as {shape} as it should be.", "Give a fuller box.")

    def __str__(self) -> str:
        return f"{self.west_deg:g},{self.south_deg:g},{self.east_deg:g},{self.north_deg:g}"

    @classmethod
    def parse(cls, text: str) -> Extent:
        """`119,22,123,26`: west, south, east, north in degrees."""
        try:
            west, south, east, north = (float(v) for v in text.split(","))
        except ValueError:
            raise BadParameter(
                f"{text!r} is no box.", "Give four numbers with commas: west,south,east,north in degrees, 119,22,123,26."
            ) from None
        return cls(west, south, east, north)

    @classmethod
    def around(cls, lon_deg: float, lat_deg: float, width_nm: float, ratio: float = 1.0) -> Extent:
        """A box so many nautical miles wide round a place, `ratio` times as tall as wide."""
        if not 0.5 <= width_nm <= 6000:
            raise BadParameter(f"A chart cannot be {width_nm:g} nautical miles wide.", "Give a width from 0.5 to 6000.")
        half = width_nm * NAUTICAL_MILE_M / metres_per_degree(lat_deg) / 2
        middle = float(meridional_deg(lat_deg))
        south, north = (latitude_deg(middle + side * half * ratio) for side in (-1, 1))
        return cls(lon_deg - half, south, lon_deg + half, north)

    @property
    def ratio(self) -> float:
        """Height over width on the sheet."""
        tall = float(meridional_deg(self.north_deg) - meridional_deg(self.south_deg))
        return tall / (self.east_deg - self.west_deg)

    @property
    def middle_lat_deg(self) -> float:
        """The latitude halfway up the sheet."""
        return latitude_deg(float(meridional_deg(self.north_deg) + meridional_deg(self.south_deg)) / 2)


@dataclass(frozen=True)
class Projection:
    """Degrees to pixels; the longer side of the box takes `longest_px`."""

    extent: Extent
    longest_px: float

    @property
    def width_px(self) -> float:
        """Width of the drawn box."""
        return round(self.longest_px / max(1.0, self.extent.ratio))

    @property
    def height_px(self) -> float:
        """Height of the drawn box."""
        return round(self.width_px * self.extent.ratio)

    @property
    def px_per_deg(self) -> float:
        """Pixels of one degree of longitude, which Mercator draws alike everywhere."""
        return self.width_px / (self.extent.east_deg - self.extent.west_deg)

    def px_per_nm(self, lat_deg: float | None = None) -> float:
        """Pixels of one nautical mile at a latitude; default: halfway up the sheet."""
        at = self.extent.middle_lat_deg if lat_deg is None else lat_deg
        return self.px_per_deg * NAUTICAL_MILE_M / metres_per_degree(at)

    def pixels(self, points_deg: npt.ArrayLike) -> Pixels:
        """Longitudes and latitudes, shape (n, 2), to places on the sheet."""
        lon, lat = np.asarray(points_deg, dtype=np.float64).reshape(-1, 2).T
        top = float(meridional_deg(self.extent.north_deg))
        return np.column_stack(((lon - self.extent.west_deg), (top - meridional_deg(lat)))) * self.px_per_deg

    def ring_pixels(self, ring: Ring) -> Pixels:
        """The same for points in whole 1e-7 degrees."""
        return self.pixels(ring / E7)

    def place(self, lon_deg: float, lat_deg: float) -> tuple[float, float]:
        """One place on the sheet."""
        ((x, y),) = self.pixels([[lon_deg, lat_deg]]).tolist()
        return x, y

    def holds(self, x: float, y: float, margin_px: float = 0.0) -> bool:
        """Whether a place lies on the sheet, at least `margin_px` from its edges."""
        return margin_px <= x <= self.width_px - margin_px and margin_px <= y <= self.height_px - margin_px
