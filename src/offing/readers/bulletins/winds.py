"""Sixteen winds: their azimuths, the eight that a table names, and the point at a distance from a place."""

from __future__ import annotations

import re

WINDS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
"""Clockwise from north, 22.5 degrees apart."""


ENGLISH_WIND = r"(?:(?:north|south|east|west)-?(?:north|south)?-?(?:east|west)?(?:ern)?)"
"""One wind in English words; `english_wind` says which, or that there is none."""


def of_eight(wind: str) -> str:
    """The wind among the eight main ones; one half way between two goes to the one that its name begins with (WNW: W)."""
    return wind[0] if len(wind) == 3 else wind


def english_wind(words: str) -> str:
    """The wind that English words name (`west-northwest`, `south-southeast`, `northern`), or empty."""
    letters = "".join(w[0].upper() for w in re.findall("north|south|east|west", words.lower()))
    return letters if letters in WINDS else ""


def point_from(start: tuple[float, float], wind: str, distance_km: float) -> tuple[float, float]:
    """Longitude and latitude in degrees of the point at a distance from `start` along a geodesic of WGS84."""
    from pyproj import Geod

    lon_deg, lat_deg, _ = Geod(ellps="WGS84").fwd(*start, 22.5 * WINDS.index(wind), distance_km * 1000)
    return round(lon_deg, 5), round(lat_deg, 5)
