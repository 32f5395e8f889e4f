"""Zones and gates as the edges that kernels take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from offing.kernels.grid import WORLD, Grid
from offing.kernels.grid_build import build_grid
from offing.model.place import Gate
from offing.model.zone import Zone

Ints = npt.NDArray[np.int64]


def zone_edges(zones: Sequence[Zone]) -> tuple[Ints, Ints]:
    """All edges of all rings, holes too, and the number of the zone of each (its place in `zones`).

    Edges: int64, shape (n, 4), lon_e7 and lat_e7 at both ends, longitudes unwrapped as in the rings.
    """
    edges = [np.empty((0, 4), np.int64)]
    numbers = [np.empty(0, np.int64)]
    for number, zone in enumerate(zones):
        for polygon in zone.polygons:
            for ring in polygon:
                ends = np.asarray(ring, np.int64)
                edges.append(np.concatenate([ends[:-1], ends[1:]], axis=1))
                numbers.append(np.full(len(ends) - 1, number, np.int64))
    return np.concatenate(edges), np.concatenate(numbers)


def gate_edges(gates: Sequence[Gate]) -> tuple[Ints, Ints]:
    """All edges of all lines, and the number of the gate of each (its place in `gates`).

    Edges: int64, shape (n, 4), as of zones; each goes the short way round from one point of its line to the next.
    """
    edges = [np.empty((0, 4), np.int64)]
    numbers = [np.empty(0, np.int64)]
    for number, gate in enumerate(gates):
        for line in gate.lines:
            ends = np.stack([np.unwrap(line[:, 0], period=WORLD), line[:, 1]], axis=1)
            edges.append(np.concatenate([ends[:-1], ends[1:]], axis=1))
            numbers.append(np.full(len(ends) - 1, number, np.int64))
    return np.concatenate(edges), np.concatenate(numbers)


def zone_grid(zones: Sequence[Zone], gates: Sequence[Gate] = ()) -> Grid:
    """The index of the zones and gates, each numbered by their place in the sequence; the last few are remembered."""
    key = tuple(z.hash for z in zones), tuple(g.hash for g in gates)
    if key not in _GRIDS:
        while len(_GRIDS) >= _MOST_GRIDS:
            del _GRIDS[next(iter(_GRIDS))]
        _GRIDS[key] = _built(zones, gates)
    return _GRIDS[key]


_GRIDS: dict[tuple[tuple[str, ...], tuple[str, ...]], Grid] = {}
_MOST_GRIDS = 8


def _built(zones: Sequence[Zone], gates: Sequence[Gate]) -> Grid:
    edges, numbers = zone_edges(zones)
    lines, gate_numbers = gate_edges(gates)
    places = np.concatenate([numbers, len(zones) + 2 * gate_numbers])
    return build_grid(np.concatenate([edges, lines]), places, len(zones))
