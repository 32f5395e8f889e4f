"""Places that are no zones: features (islands, reefs, capes), gates (a line with two named sides), and other lines."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from offing.model.times import UTC_DAY, DayRule
from offing.model.zone import Ring, validity_ms

FEATURE_KINDS = {
    "island": "land that stands above high tide, with or without people",
    "island_group": "islands that publications name together",
    "islet": "a small island beside a larger one",
    "rock": "a rock above high tide",
    "reef": "a reef, dry at low tide at the most, or with few rocks above high tide",
    "shoal": "shallow water that a chart names",
    "bank": "a bank below the surface",
    "atoll": "a ring of reef",
    "cape": "a point of a coast from which publications measure",
    "gas_field": "a gas or oil field",
    "platform": "a platform over a field",
    "cable_landing": "where a submarine cable comes ashore",
}

GATE_KINDS = {
    "strait": "a line across a strait, from coast to coast",
    "median_line": "a line along the middle of a strait",
}

LINE_KINDS = {
    "equidistance": "points equally far from two baselines: computed, agreed by nobody",
    "adiz_limit": "a part of the outer line of an air defence identification zone of which the whole is not known",
    "fisheries_limit": "a limit named in a fisheries agreement",
}


@dataclass(frozen=True)
class Feature:
    """An island, reef, cape or structure: where it is and what it is called."""

    id: str
    kind: str  # of FEATURE_KINDS
    names: dict[str, str]  # en, ja, zh-Hant, zh-Hans
    lon_deg: float | None = None  # None: no position was published
    lat_deg: float | None = None
    position_published: str = ""  # as the source prints it
    uncertainty_m: float | None = None
    claimants: tuple[str, ...] = ()
    group: str = ""
    aliases: tuple[str, ...] = ()  # other names by which publications call it
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    confidence: str = "user"
    note: str = ""

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every name and alias, each once."""
        return tuple(dict.fromkeys([*self.names.values(), *self.aliases]))

    def name(self, language: str = "en") -> str:
        """Its name in a language, else in English, else its id."""
        return self.names.get(language) or self.names.get("en") or self.id


@dataclass(frozen=True)
class Gate:
    """A line between two coasts; going from its first point to its last, `left` and `right` name the waters on either hand."""

    id: str
    kind: str  # of GATE_KINDS
    names: dict[str, str]
    left: dict[str, str]
    right: dict[str, str]
    lines: tuple[Ring, ...] = field(repr=False, compare=False)  # each shape (n, 2), lon_e7 and lat_e7, the short way round
    ends: tuple[str, ...] = ()
    ends_basis: str = ""
    direction: str = ""  # in words, as publications say it
    pacific_side: str = ""  # left, right, or empty
    aliases: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    legal_basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    day_rule: DayRule = UTC_DAY
    source: str = ""
    confidence: str = "user"
    note: str = ""

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits over everything that decides who passed, when and which way: id, kind, lines, sides, dates."""
        said = [self.id, self.kind, self.pacific_side, str(self.valid_from), str(self.valid_to)]
        h = hashlib.sha256(json.dumps(said).encode())
        for line in self.lines:
            h.update(b"L" + np.ascontiguousarray(line, dtype="<i8").tobytes())
        return h.hexdigest()[:16]

    @property
    def validity_ms(self) -> tuple[int, int]:
        """First instant at which it holds and the first at which it no longer does, by its own day rule."""
        return validity_ms(self.day_rule, self.valid_from, self.valid_to)

    def water(self, side: str, language: str = "en") -> str:
        """The water on one side (left, right) in a language, else in English, else the side itself."""
        names = self.left if side == "left" else self.right
        return names.get(language) or names.get("en") or side

    def name(self, language: str = "en") -> str:
        """Its name in a language, else in English, else its id."""
        return self.names.get(language) or self.names.get("en") or self.id


@dataclass(frozen=True)
class Line:
    """A line that is neither a zone's edge nor a gate: computed, or published without the area that it bounds."""

    id: str
    kind: str  # of LINE_KINDS
    names: dict[str, str]
    parts: tuple[Ring, ...] = field(repr=False, compare=False)  # each shape (n, 2), lon_e7 and lat_e7
    parties: tuple[str, ...] = ()
    treatment: str = ""  # of the disputed features: to whom they are given
    status: str = ""  # "computed, not agreed", "in force", "for drawing only"
    legal_basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    confidence: str = "user"
    note: str = ""

    def name(self, language: str = "en") -> str:
        """Its name in a language, else in English, else its id."""
        return self.names.get(language) or self.names.get("en") or self.id
