"""Zones as the edges that kernels take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from offing.kernels.grid import Grid
from offing.kernels.grid_build import build_grid
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


def zone_grid(zones: Sequence[Zone]) -> Grid:
    """The index of the zones, numbered by their place in `zones`."""
    edges, numbers = zone_edges(zones)
    return build_grid(edges, numbers, len(zones))
