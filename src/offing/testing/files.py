"""Synthetic worlds as files, in the forms that offing reads. These functions write where they are told and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from offing.model.schemas import E7, MERGED
from offing.model.times import DAY_MS
from offing.store import lake
from offing.testing.worlds import Sightings

# the columns of MarineCadastre's daily files until 2024 and from 2025 (marinecadastre.gov, vessel traffic data)
_GENERATIONS: dict[int, tuple[str, ...]] = {
    2024: ("MMSI", "BaseDateTime", "LAT", "LON", "SOG", "COG", "Heading", "VesselName", "IMO", "CallSign", "VesselType",
           "Status", "Length", "Width", "Draft", "Cargo", "TransceiverClass"),
    2025: ("mmsi", "base_date_time", "longitude", "latitude", "sog", "cog", "heading", "vessel_name", "imo", "call_sign",
           "vessel_type", "status", "length", "width", "draft", "cargo", "transceiver"),
}  # fmt: skip


def marinecadastre_csv(seen: Sightings, target: Path | None = None, generation: Literal[2024, 2025] = 2024) -> str:
    """The rows as MarineCadastre's CSV (times to the second, places to 1e-5 degree), in the order given.

    Returns the text, or writes it to `target` and returns an empty string.
    """
    old = generation == 2024
    hull = pl.col("hull")
    rows = pl.DataFrame(
        {"mmsi": seen.mmsi, "t": seen.t_ms, "lon": seen.lon_e7 / E7, "lat": seen.lat_e7 / E7, "hull": seen.hull}
    )
    values = {
        "mmsi": pl.col("mmsi"),
        "time": pl.col("t").cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%dT%H:%M:%S" if old else "%Y-%m-%d %H:%M:%S"),
        "lat": pl.col("lat").round(5),
        "lon": pl.col("lon").round(5),
        "sog": 5.0 + hull % 17,
        "cog": (hull * 37 % 3600) / 10,
        "heading": (hull * 37 % 360).cast(pl.Float64),
        "name": pl.format("OFFING TEST {}", hull),
        "imo": pl.format("IMO{}", 9_000_000 + hull),
        "callsign": pl.format("BT{}", hull),
        "type": 70 + hull % 10,
        "status": hull % 2,
        "length": 40 + hull % 260,
        "width": 8 + hull % 40,
        "draft": 2.5 + hull % 10,
        "cargo": 70 + hull % 10,
        "class": pl.lit("A"),
    }
    keys = list(values)
    if not old:
        keys[2], keys[3] = "lon", "lat"
    out = rows.select(values[key].alias(name) for key, name in zip(keys, _GENERATIONS[generation], strict=True))
    return out.write_csv(target) or ""


def merged_days(seen: Sightings, folder: Path, *, whole: bool = False) -> list[tuple[date, Path]]:
    """Write one Parquet file per UTC day, rows by MMSI and time, and return days and files in order.

    With `whole` as the logbook writes them: all columns of `schemas.MERGED`. Else the five that tracks need, plain with lz4.
    """
    rows = seen.in_day_order()
    number = rows.t_ms // DAY_MS
    cuts = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(rows)] if len(rows) else [0]
    written: list[tuple[date, Path]] = []
    for i, j in pairwise(cuts):
        day = datetime.fromtimestamp(int(number[i]) * DAY_MS // 1000, UTC).date()
        path = folder / f"day={day.isoformat()}.parquet"
        table = _day_table(rows[i:j], whole)
        if whole:
            lake.write_table(table, path, {})
        else:
            pq.write_table(table, path, compression="lz4", use_dictionary=False, row_group_size=lake.ROW_GROUP)
        written.append((day, path))
    return written


def _day_table(rows: Sightings, whole: bool) -> pa.Table:
    held: dict[str, npt.ArrayLike | pa.Array] = {
        "mmsi": rows.mmsi,
        "t_utc": pa.array(rows.t_ms).cast(MERGED.field("t_utc").type),
        "lon_e7": rows.lon_e7,
        "lat_e7": rows.lat_e7,
        "tracked": np.ones(len(rows), bool),
        "msg_type": np.ones(len(rows), np.int16),
        "time_basis": ["file"] * len(rows) if whole else [],
        "receptions_n": np.ones(len(rows), np.int32),
        "file": ["0" * 64] * len(rows) if whole else [],
        "row": np.arange(1, len(rows) + 1),
    }
    names: Sequence[str] = MERGED.names if whole else ("mmsi", "t_utc", "lon_e7", "lat_e7", "tracked")
    schema = pa.schema([MERGED.field(n) for n in names])
    return pa.table({n: held.get(n, pa.nulls(len(rows), MERGED.field(n).type)) for n in names}, schema=schema)
