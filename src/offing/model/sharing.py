"""What is shared and under which words: records, labels, release rules, agreements, partners."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

RECORD_KINDS = ("visit", "watch_day", "streak", "sighting", "incident")
"""Kinds of records that can be shared."""

PARTNER_ID = re.compile(r"(?=.{1,63}\Z)[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""A global id of a partner: 1 to 63 of a-z and 0-9, with single `-`, `.` or `_` between them."""

Value = str | int | float | bool | None | Sequence[Any]
"""A value on the wire: times are UTC milliseconds, days `YYYY-MM-DD`, lists lists."""


@dataclass(frozen=True)
class Label:
    """What a record carries, by reference. The default lets nobody have anything.

    On the wire a label holds what its recipient needs (`wire`); who else may have the record is not told.
    """

    originator: str
    kind: str  # one of RECORD_KINDS
    releasable_to: frozenset[str] = frozenset()  # global partner ids; empty: nobody
    purpose: str = ""
    onward: int = 0  # hands it may pass through beyond the first partner
    expires_ms: int | None = None  # the first instant at which nobody may use it any more; null: never
    delay_h: float = 0.0  # hours after the record's close before it leaves
    round_deg: float | None = None  # positions are rounded to multiples of this
    masked: frozenset[str] = frozenset()  # columns that are left out
    obligations: tuple[str, ...] = ()  # further obligations by name; one that is not known means deny

    def wire(self) -> dict[str, Value]:
        """The label as its recipient gets it."""
        return {
            "expires_ms": self.expires_ms,
            "kind": self.kind,
            "masked": sorted(self.masked),
            "onward": self.onward,
            "purpose": self.purpose,
            "round_deg": self.round_deg,
        }


@dataclass(frozen=True)
class ReleaseRule:
    """An explicit declassification: which records, computed from which inputs, for whom, under what."""

    n: int  # of this node's rules; never leaves
    kind: str
    releasable_to: tuple[str, ...]
    zones: tuple[str, ...] = ()  # empty: any
    fleets: tuple[str, ...] = ()  # empty: any hull; of a watch day or streak exactly these series
    sources: tuple[str, ...] = ()  # names of own sources and ids of originators; empty: own sources that are not restricted
    purpose: str = ""
    onward: int = 0
    expires: date | None = None  # the last day, UTC, on which it holds
    delay_h: float = 0.0
    round_deg: float | None = None
    masked: tuple[str, ...] = ()
    added_ms: int = 0
    removed_ms: int | None = None


@dataclass(frozen=True)
class Agreement:
    """What partners agreed: data, signed. Parties are global ids; times are UTC days, both included."""

    id: str
    parties: tuple[str, ...]  # ascending
    kinds: tuple[str, ...]  # of RECORD_KINDS
    purposes: tuple[str, ...]
    first_day: date
    last_day: date
    onward: int = 0  # hands through which a party may pass on what the other gave it
    may_introduce: bool = False  # a party may introduce the other to those it passes on to; implied by onward of 1 or more
    history: bool = True  # false: nothing that closed before first_day
    relay: str = "open"  # open: who passes on may read; sealed: only carries
    instrument: str = ""  # the treaty, law or memorandum on which it rests
    sources: tuple[str, ...] = ()  # where that can be read
    text: str = ""  # canonical text, what is signed

    @property
    def introduces(self) -> bool:
        """Whether a party may introduce the other."""
        return self.may_introduce or self.onward >= 1

    def in_force(self, day: date) -> bool:
        """Whether it holds on a UTC day."""
        return self.first_day <= day <= self.last_day

    def between(self, a: str, b: str) -> bool:
        """Whether both are parties."""
        return a != b and {a, b} <= set(self.parties)


@dataclass(frozen=True)
class Record:
    """One record as it leaves: masked, with values in the order of `model.wire.WIRE[kind]`."""

    kind: str
    id: str  # an event or figure id; a keyed hash where a column that the id is made of is masked
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Released:
    """What one release pass found for one final recipient: records with their labels, one per (kind, id), by kind and id."""

    recipient: str
    records: Sequence[tuple[Record, Label]]
    withheld: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (rule or "", reason) -> rows; for the owner's eyes
