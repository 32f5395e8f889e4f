"""The gates and features of a region as parsers of published texts look them up: by any of their names."""

from __future__ import annotations

import unicodedata
from functools import cached_property

from offing.pipeline.waters import Waters


class RecordPlaces:
    """Answers a parser's questions from the region pack of a logbook."""

    def __init__(self, waters: Waters) -> None:
        self.pack = waters.pack

    def gate_of(self, text: str) -> str | None:
        """The id of the gate that the words name; None where they name none, or more than one."""
        found = self._gates.get(_folded(text), set())
        return next(iter(found)) if len(found) == 1 else None

    def position_of(self, place_name: str) -> tuple[float, float] | None:
        """Longitude and latitude in degrees (WGS84) of a feature; None where none, or more than one place, has the name."""
        found = self._positions.get(_folded(place_name), set())
        return next(iter(found)) if len(found) == 1 else None

    @cached_property
    def _gates(self) -> dict[str, set[str]]:
        out: dict[str, set[str]] = {}
        for gate in self.pack.gates.values():
            for name in (gate.id, *gate.names.values(), *gate.aliases):
                out.setdefault(_folded(name), set()).add(gate.id)
        return out

    @cached_property
    def _positions(self) -> dict[str, set[tuple[float, float]]]:
        out: dict[str, set[tuple[float, float]]] = {}
        for feature in self.pack.features.values():
            if feature.lon_deg is not None and feature.lat_deg is not None:
                for name in (feature.id, *feature.all_names):
                    out.setdefault(_folded(name), set()).add((feature.lon_deg, feature.lat_deg))
        return out


def _folded(text: str) -> str:
    """Width, case and spaces do not tell names apart."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
