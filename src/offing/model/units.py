"""Units are types: ship-days, calendar days, incidents, sorties, vessels, hours... never add, compare or share an axis."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from offing.errors import UsageError


class Unit(StrEnum):
    """What a figure counts."""

    SHIP_DAYS = "ship_days"  # sum over days of the hulls seen that day
    CALENDAR_DAYS = "calendar_days"  # days with at least one hull
    CONSECUTIVE_DAYS = "consecutive_days"  # length of an unbroken run of days up to the end of the window
    HOURS = "hours"
    INCIDENTS = "incidents"
    SORTIES = "sorties"
    BALLOONS = "balloons"
    VESSELS = "vessels"
    VOYAGES = "voyages"  # entries, each by one ship or several together
    SHIP_ENTRIES = "ship_entries"  # sum over entries of the ships that made them
    PASSAGES = "passages"  # of a gate, each by one ship
    MEETINGS = "meetings"  # consecutive meetings of a forum
    STATEMENTS = "statements"  # published texts
    TAKEOFFS_LANDINGS = "takeoffs_landings"  # from and on ships' decks, each counted


@dataclass(frozen=True)
class Quantity:
    """A number with its unit. Adding, subtracting or ordering two units is an error; equality across units is false."""

    value: float
    unit: Unit

    def _same(self, other: Quantity, verb: str) -> None:
        if not isinstance(other, Quantity):
            raise TypeError(f"cannot {verb} {self.unit} and a bare number")
        if self.unit is not other.unit:
            raise UsageError(
                f"Cannot {verb} {self.unit} and {other.unit}: they count different things.",
                "Ask for both figures in one unit.",
            )

    def __add__(self, other: Quantity) -> Quantity:
        self._same(other, "add")
        return Quantity(self.value + other.value, self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        self._same(other, "subtract")
        return Quantity(self.value - other.value, self.unit)

    def __lt__(self, other: Quantity) -> bool:
        self._same(other, "compare")
        return self.value < other.value

    def __le__(self, other: Quantity) -> bool:
        self._same(other, "compare")
        return self.value <= other.value

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit.replace('_', ' ')}"
