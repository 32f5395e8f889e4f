"""A fleet: a dated, sourced claim that certain hulls belong together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Membership:
    """One claim: this MMSI belonged to the fleet from one day to another (UTC days, both included; None: no limit known)."""

    mmsi: int
    name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    confidence: str = "single source"
    hull: str = ""  # the number or name on its side, where it is known
    ship_class: str = ""

    @property
    def dated(self) -> bool:
        """Whether the claim carries any date; undated claims hold always, and figures say how many there were."""
        return self.valid_from is not None or self.valid_to is not None


@dataclass(frozen=True)
class HullClaim:
    """One claim about a ship of which no MMSI is known: the hull that carries this number or name on its side belonged.

    It tells whose ship a text speaks of. No AIS message is ever matched by it, neither by its name nor by its number.
    """

    hull: str
    name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    confidence: str = "single source"
    ship_class: str = ""


@dataclass(frozen=True)
class Fleet:
    """Named memberships. The fleet `any` has every hull; `flag-XX` has the hulls whose number begins with its digits."""

    id: str
    names: dict[str, str] = field(default_factory=dict)
    members: tuple[Membership, ...] = ()
    source: str = ""
    everyone: bool = False
    mids: tuple[int, ...] = ()  # maritime identification digits: membership by flag
    hulls: tuple[HullClaim, ...] = ()  # ships known by hull number alone
    kind: str = ""
    claimants: tuple[str, ...] = ()  # whose ships they are: two-letter codes
    legal_basis: str = ""
    confidence: str = "single source"
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    def name(self, language: str = "en") -> str:
        """Its name in a language, else in English, else its id."""
        return self.names.get(language) or self.names.get("en") or self.id

    @property
    def in_ais(self) -> bool:
        """Whether an AIS message can belong to it at all: if not, AIS says nothing about the fleet."""
        return self.everyone or bool(self.mids or self.members)

    @property
    def claims(self) -> tuple[Membership | HullClaim, ...]:
        """All claims: those by MMSI, then those by hull number alone."""
        return (*self.members, *self.hulls)

    def claims_of(self, hull: str) -> tuple[Membership | HullClaim, ...]:
        """The claims about a hull number, written with or without spaces and hyphens."""
        key = hull_key(hull)
        return tuple(c for c in self.claims if key and hull_key(c.hull) == key)

    @property
    def hash(self) -> str:
        """Twelve hex digits over all claims."""
        rows = sorted([m.mmsi, str(m.valid_from), str(m.valid_to)] for m in self.members)
        claims: list[object] = [self.id, self.everyone, sorted(self.mids), rows]
        if self.hulls:
            claims.append(sorted([hull_key(h.hull), str(h.valid_from), str(h.valid_to)] for h in self.hulls))
        return hashlib.sha256(json.dumps(claims).encode()).hexdigest()[:12]


def hull_key(text: str) -> str:
    """A hull number as it is compared: offices and crews write PP-3586, PP 3586 and PP3586 for one ship."""
    return "".join(c for c in text.upper() if c.isalnum())
