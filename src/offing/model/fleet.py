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

    @property
    def dated(self) -> bool:
        """Whether the claim carries any date; undated claims hold always, and figures say how many there were."""
        return self.valid_from is not None or self.valid_to is not None


@dataclass(frozen=True)
class Fleet:
    """Named memberships. The fleet `any` has every hull; `flag-XX` has the hulls whose number begins with its digits."""

    id: str
    names: dict[str, str] = field(default_factory=dict)
    members: tuple[Membership, ...] = ()
    source: str = ""
    everyone: bool = False
    mids: tuple[int, ...] = ()  # maritime identification digits: membership by flag

    def name(self, language: str = "en") -> str:
        """Its name in a language, else in English, else its id."""
        return self.names.get(language) or self.names.get("en") or self.id

    @property
    def hash(self) -> str:
        """Twelve hex digits over all claims."""
        rows = sorted([m.mmsi, str(m.valid_from), str(m.valid_to)] for m in self.members)
        return hashlib.sha256(json.dumps([self.id, self.everyone, sorted(self.mids), rows]).encode()).hexdigest()[:12]
