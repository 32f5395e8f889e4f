"""The built zones of a pack: `zones.parquet`, a GeoParquet file (1.1) that any reader of the form takes.

Columns: zone_id, hash, area_km2, geometry (WKB MultiPolygon, longitude and latitude of WGS84 in degrees, seven decimals).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from offing.errors import BadZone, MissingInput
from offing.model.zone import Ring, Zone
from offing.zones.rings import Polygons, quantised

BUILT = "zones.parquet"
"""The file of built outlines, made by `offing regions build`."""

REBUILD = "Run `offing regions build DIR` and keep what it writes."

_POLYGON, _MULTIPOLYGON = 3, 6  # WKB's numbers


@dataclass(frozen=True)
class Built:
    """What is stored of one zone."""

    polygons: Polygons
    hash: str
    area_km2: float


def write_zones(zones: Iterable[Zone], target: Path) -> None:
    """Write a file of zones, all or nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from offing.zones.measure import area_km2

    found = list(zones)
    table = pa.table(
        {
            "zone_id": [z.id for z in found],
            "hash": [z.hash for z in found],
            "area_km2": [round(area_km2(z.polygons), 3) for z in found],
            "geometry": pa.array([to_wkb(z.polygons) for z in found], pa.binary()),
        }
    )
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(_geo(found))}), draft, compression="zstd")
    draft.replace(target)


def read_built(folder: Path) -> dict[str, Built]:
    """The built zones of a pack by id. Raises `MissingInput` or `BadZone`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / BUILT
    if not path.is_file():
        raise MissingInput(f"{path} is not there.", REBUILD)
    try:
        rows = pq.ParquetFile(path).read(["zone_id", "hash", "area_km2", "geometry"]).to_pylist()
        return {r["zone_id"]: Built(from_wkb(r["geometry"]), r["hash"], r["area_km2"]) for r in rows}
    except (pa.ArrowException, KeyError, ValueError, TypeError, IndexError) as e:
        raise BadZone(f"{BUILT} is no file of built zones: {e}", REBUILD) from None


def to_wkb(polygons: Polygons) -> bytes:
    """One MultiPolygon, little endian, degrees."""
    out = [_head(_MULTIPOLYGON, len(polygons))]
    for polygon in polygons:
        out.append(_head(_POLYGON, len(polygon)))
        for ring in polygon:
            out += [np.uint32(len(ring)).tobytes(), (ring / 1e7).astype("<f8").tobytes()]
    return b"".join(out)


def from_wkb(data: bytes) -> Polygons:
    """The polygons of a WKB MultiPolygon as `to_wkb` writes it, in 1e-7 degree."""
    at = 0

    def number() -> int:
        nonlocal at
        at += 4
        return int.from_bytes(data[at - 4 : at], "little")

    def begin(kind: int) -> int:
        nonlocal at
        at += 1
        if data[at - 1] != 1 or number() != kind:
            raise ValueError("a geometry is no MultiPolygon in little-endian WKB")
        return number()

    def ring() -> Ring:
        nonlocal at
        n = number()
        points = np.frombuffer(data, "<f8", 2 * n, at).reshape(n, 2)
        at += 16 * n
        return quantised(points)

    return tuple(tuple(ring() for _ in range(begin(_POLYGON))) for _ in range(begin(_MULTIPOLYGON)))


def _head(kind: int, count: int) -> bytes:
    return b"\x01" + np.array([kind, count], "<u4").tobytes()


def _geo(zones: list[Zone]) -> dict[str, Any]:
    """The metadata of GeoParquet."""
    corners = np.vstack([ring for z in zones for polygon in z.polygons for ring in polygon]) / 1e7
    column = {
        "encoding": "WKB",
        "geometry_types": ["MultiPolygon"],
        "orientation": "counterclockwise",
        "edges": "planar",
        "bbox": [*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()],
    }
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
