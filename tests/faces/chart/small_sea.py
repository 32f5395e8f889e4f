"""A small sea that can be checked by hand: 10E to 14E, 0 to 3N, with one of everything that a chart draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from offing.faces.chart.parts import BasePoint, Parts
from offing.faces.chart.projection import Extent
from offing.model.place import Feature, Gate, Line
from offing.model.schemas import E7
from offing.model.zone import Ring, Zone

FRAME = Extent(10.0, 0.0, 14.0, 3.0)


def ring(*points: tuple[float, float]) -> Ring:
    """Points in degrees as whole 1e-7 degrees."""
    return np.rint(np.array(points) * E7).astype(np.int64)


def square(west: float, south: float, size: float, *, clockwise: bool = False) -> Ring:
    """A closed square."""
    east, north = west + size, south + size
    around = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return ring(*(around[::-1] if clockwise else around))


def names(en: str, ja: str = "", hant: str = "", hans: str = "") -> dict[str, str]:
    """Names by language, empty ones left out."""
    said = {"en": en, "ja": ja, "zh-Hant": hant, "zh-Hans": hans}
    return {k: v for k, v in said.items() if v}


def zone(zone_id: str, kind: str, whose: Sequence[str], polygons: Sequence[Sequence[Ring]], **more: Any) -> Zone:
    """A zone with a source."""
    about = {"confidence": "confirmed", "source": f"made for a test, {zone_id}, 2026", "legal_basis": "law & order, § 1"}
    called = names(f"Zone {zone_id}", f"水域{zone_id}", f"水域甲{zone_id}", f"水域乙{zone_id}")
    return Zone(zone_id, kind, tuple(map(tuple, polygons)), tuple(whose), **{"names": called, **about, **more})


def feature(feature_id: str, kind: str, called: dict[str, str], lon: float | None, lat: float | None, **more: Any) -> Feature:
    """A feature with a source."""
    about = {"confidence": "confirmed", "source": f"made for a test, {feature_id}, 2026", "group": "", "claimants": ("aa",)}
    return Feature(feature_id, kind, called, lon, lat, **{**about, **more})


HOLED = (square(10.6, 0.6, 1.2), square(11.0, 1.0, 0.4, clockwise=True))
SHARED = (square(12.6, 0.6, 0.8),)
CUT = (square(13.2, 2.2, 0.8),)  # two of its sides lie on the frame
DISPUTED = names("Alpha Rock / Beta Rock", "甲岩", "乙岩", "丙岩")


def small_sea() -> Parts:
    """All of it."""
    zones = (
        zone("holed@aa", "territorial_sea", ["aa"], [HOLED]),
        zone("shared@aa", "contiguous_zone", ["aa"], [SHARED]),
        zone("shared@bb", "contiguous_zone", ["bb"], [SHARED]),
        zone("cut@bb", "eez", ["bb"], [CUT]),
        zone("guess@aa", "adiz", ["aa"], [[square(10.2, 1.9, 0.9)]], confidence="approximate"),
        zone("memory@bb", "exercise_area", ["bb"], [[square(11.4, 2.1, 0.6)]], confidence="recalled"),
        zone("agreed", "fisheries_area", ["aa", "bb"], [[square(12.2, 1.7, 0.7)]]),
    )
    gate = Gate(
        "narrows", "strait", names("The Narrows", "狭間", "狹間", "狭间"), names("West Sea", "西海"), names("East Sea", "東海"),
        (ring((11.9, 0.2), (12.5, 0.4)),), ends=("one cape", "another"), ends_basis="computed",
        source="made for a test, 2026", confidence="confirmed",
    )  # fmt: skip
    middle = Line(
        "middle", "equidistance", names("Equidistance A-B", "等距離線"), (ring((12.1, 0.1), (12.1, 2.9)),), ("aa", "bb"),
        treatment="Alpha Rock to none", status="computed, not agreed", source="made for a test, 2026", confidence="confirmed",
    )  # fmt: skip
    features = (
        feature("rock", "rock", DISPUTED, 11.2, 1.2, claimants=("aa", "bb"), group="rocks", aliases=("Old Rock",)),
        feature("isle", "island", names("Isle", "島", "島", "岛"), 13.0, 1.0, uncertainty_m=20_000.0),
        feature("guessed", "islet", names("Guessed", "推島"), 10.4, 0.3, uncertainty_m=9_000.0, confidence="approximate"),
        feature("nowhere", "rock", names("Nowhere", "無処"), None, None, group="rocks"),
    )
    return Parts(
        label="small_sea 1 (0123456789abcdef)",
        names=names("Small Sea", "小海", "小海", "小海"),
        frame=FRAME,
        claimants=("aa", "bb"),
        coast={"coast-isle": [(square(12.9, 0.9, 0.2),)]},
        zones=zones,
        gates=(gate,),
        lines=(middle,),
        features=features,
        base_points=(BasePoint("base 1", "T1 岬", "base", 10.6, 0.6, "made for a test, 2026"),),
    )
