"""Bearings round a place: known azimuths, the widest open arc by force, sectors apart from sightings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from offing.figures.encirclement import EncirclementParameters, Seen, occupied, widest_open

TAIWAN = (120.9605, 23.6978)
GEOD = Geod(ellps="WGS84")


def seen_at(bearing_deg: float, distance_nm: float, who: int | str = 412_000_001) -> Seen:
    lon, lat, _ = GEOD.fwd(*TAIWAN, bearing_deg, distance_nm * 1852)
    return Seen(who, lon, lat)


@given(st.floats(0, 359.99), st.floats(1, 199))
def test_a_ship_occupies_the_bearing_in_which_it_is(bearing_deg: float, distance_nm: float) -> None:
    rows = occupied(TAIWAN, [seen_at(bearing_deg, distance_nm)], [], EncirclementParameters())
    (taken,) = [r for r in rows if r["occupied"]]
    apart = abs((float(str(taken["bearing_deg"])) - bearing_deg + 180) % 360 - 180)
    assert apart <= 5.000001
    assert taken["nearest_nm"] == pytest.approx(distance_nm, abs=0.06) and taken["mmsis"] == [412_000_001]


def test_hulls_count_once_and_far_ones_not() -> None:
    seen = [seen_at(90, 50), seen_at(91, 40), seen_at(90, 45, "133"), seen_at(90, 60, "133"), seen_at(180, 201)]
    rows = occupied(TAIWAN, seen, [], EncirclementParameters())
    (east,) = [r for r in rows if r["occupied"]]
    assert (east["bearing_deg"], east["hulls_n"], east["by"], east["hulls"]) == (90, 2, ["ais", "sighting"], ["133"])
    assert sum(bool(r["occupied"]) for r in occupied(TAIWAN, seen, [], EncirclementParameters(reach_nm=220))) == 2


def test_what_is_said_of_a_sector_stands_apart() -> None:
    rows = occupied(TAIWAN, [], ["southwest", "north", "somewhere"], EncirclementParameters())
    assert not any(r["occupied"] for r in rows)
    said = [r["bearing_deg"] for r in rows if r["said_of_sector"]]
    assert {0, 330, 30, 200, 250} <= set(said) and not {90, 180, 270} & set(said)


@given(st.lists(st.booleans(), min_size=36, max_size=36))
def test_the_widest_open_arc_by_force(taken: list[bool]) -> None:
    width, low, high = widest_open(taken)
    runs = [next((w for w in range(37) if w == 36 or taken[(s + w) % 36]), 36) if not taken[s] else 0 for s in range(36)]
    assert width == max(runs) * 10
    if low is None:
        assert high is None and (not any(taken) or all(taken))
    else:
        assert (high - low) % 360 == width % 360  # type: ignore[operator]
        first = (low + 5) // 10 % 36
        assert not any(taken[(first + k) % 36] for k in range(width // 10))
