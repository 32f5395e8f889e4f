"""A zone: an area with a claimant, a legal kind, a source and dates."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from offing.model.times import UTC_DAY, DayRule, to_ms_of_day

Ring = npt.NDArray[np.int64]
"""One closed ring, shape (n, 2): lon_e7 and lat_e7, first vertex equal to the last, longitudes unwrapped (may pass 180)."""

KINDS = {
    "territorial_sea": "everything landward of the outer limit of the territorial sea, its internal waters and land too",
    "internal_waters": "waters on the landward side of the baseline",
    "contiguous_zone": "the ring beyond the territorial sea out to 24 nautical miles",
    "eez": "exclusive economic zone; as a claim, everything within 200 nautical miles, not cut against neighbours",
    "restricted_water": "restricted water round Kinmen, Matsu and other outlying islands",
    "prohibited_water": "prohibited water round the same islands",
    "adiz": "air defence identification zone",
    "exercise_area": "an area announced for a military exercise",
    "cable_corridor": "the surroundings of a submarine cable",
    "fisheries_area": "an area named in a fisheries agreement",
    "development_area": "an area of joint development",
    "custom": "an area of the user's own",
}

CONFIDENCES = ("confirmed", "single source", "approximate", "recalled", "user")


def validity_ms(day_rule: DayRule, valid_from: date | None, valid_to: date | None) -> tuple[int, int]:
    """First instant of the first day, and the first instant after the last one; None: the ends of the calendar."""
    low = day_rule.window(valid_from)[0] if valid_from else to_ms_of_day(date(1, 1, 2))
    high = day_rule.window(valid_to)[1] if valid_to else to_ms_of_day(date(9999, 12, 30))
    return low, high


@dataclass(frozen=True)
class Zone:
    """One zone of one claimant. `polygons` holds, per polygon, the outer ring and then its holes."""

    id: str
    kind: str
    polygons: tuple[tuple[Ring, ...], ...] = field(repr=False, compare=False)
    claimants: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)  # en, ja, zh-Hant, zh-Hans
    legal_basis: str = ""
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None  # the last day on which it holds
    day_rule: DayRule = UTC_DAY
    includes: tuple[str, ...] = ()
    confidence: str = "user"
    note: str = ""

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits over everything that decides who is inside and when: id, kind, rings, dates."""
        h = hashlib.sha256(json.dumps([self.id, self.kind, str(self.valid_from), str(self.valid_to)]).encode())
        for polygon in self.polygons:
            h.update(b"P")
            for ring in polygon:
                h.update(b"R")
                h.update(np.ascontiguousarray(ring, dtype="<i8").tobytes())
        return h.hexdigest()[:16]

    @property
    def validity_ms(self) -> tuple[int, int]:
        """First instant at which it holds and the first at which it no longer does, by its own day rule."""
        return validity_ms(self.day_rule, self.valid_from, self.valid_to)

    def name(self, language: str = "en") -> str:
        """Its name in a language, else in English, else its id."""
        return self.names.get(language) or self.names.get("en") or self.id
