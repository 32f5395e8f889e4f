"""Help for tests of readers: read bytes or files whole, and check what every reader promises."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from offing.errors import RejectReason
from offing.model.reading import Reader, ReadOptions, Source
from offing.readers import open_source
from offing.readers.tables import POSITIONS, REJECTS, STATICS

MC_HEADER = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,"
    "VesselType,Status,Length,Width,Draft,Cargo,TransceiverClass"
)
MC_NEW_HEADER = (
    "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,"
    "vessel_type,status,length,width,draft,cargo,transceiver"
)
MC_ROW = "412000101,2024-03-01T00:00:00,25.5,121.5,10.1,90.5,91,HAI XUN,IMO9307839,BABC,70,0,100,20,5.5,70,A"
PLAIN_HEADER = "t_utc,mmsi,lat_deg,lon_deg"


@dataclass
class Whole:
    """A whole file as a reader gave it."""

    rows: int
    positions: pl.DataFrame
    statics: pl.DataFrame
    side_statics: pl.DataFrame
    rejects: pl.DataFrame
    fragments: int
    ignored: dict[str, int]
    batches: int

    @property
    def reasons(self) -> dict[int, str]:
        return dict(zip(self.rejects["row"], self.rejects["reason"], strict=True))


def read_whole(reader: Reader, source: Source, options: ReadOptions | None = None) -> Whole:
    """All batches in one, after checking conservation, schemas and row numbers."""
    batches = list(reader.read(source, options or ReadOptions()))
    for b in batches:
        counted = b.positions.height + b.statics.height + b.rejects.height + b.fragments + sum(b.ignored.values())
        assert b.rows == counted, (b.rows, counted)
        assert b.positions.schema == POSITIONS
        assert b.statics.schema == STATICS
        assert b.side_statics.schema == STATICS
        assert b.rejects.schema == REJECTS

    def joined(name: str, schema: pl.Schema) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=schema), *(getattr(b, name) for b in batches)])

    ignored: Counter[str] = Counter()
    for b in batches:
        ignored.update(b.ignored)
    whole = Whole(
        sum(b.rows for b in batches),
        joined("positions", POSITIONS),
        joined("statics", STATICS),
        joined("side_statics", STATICS),
        joined("rejects", REJECTS),
        sum(b.fragments for b in batches),
        dict(ignored),
        len(batches),
    )
    rows = pl.concat([t["row"] for t in (whole.positions, whole.statics, whole.rejects)])
    assert rows.is_unique().all()
    assert rows.is_empty() or (rows.min() >= 1 and rows.max() <= whole.rows)
    p = whole.positions
    assert p["mmsi"].is_between(1, 999_999_999).all()
    assert p["lon_e7"].is_between(-1_800_000_000, 1_799_999_999).all()
    assert p["lat_e7"].is_between(-900_000_000, 900_000_000).all()
    assert p.select("mmsi", "t_utc", "lon_e7", "lat_e7", "msg_type", "time_basis", "row").null_count().sum_horizontal()[0] == 0
    assert set(whole.rejects["reason"]) <= {str(r) for r in RejectReason}
    assert (whole.rejects["detail"].str.len_chars() <= 120).all()
    return whole


def write(folder: Path, content: str | bytes, name: str = "input") -> Source:
    """A file with this content, opened."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_source(path)


def mc(*rows: str, header: str = MC_HEADER) -> str:
    """A MarineCadastre file."""
    return "\n".join([header, *rows]) + "\n"


def mapped(**columns: str) -> dict[str, Any]:
    """A mapping of `t, mmsi, lat, lon` and the given further columns."""
    return {"columns": {"t_utc": "t", "mmsi": "mmsi", "lat_deg": "lat", "lon_deg": "lon"} | columns}


def zipped(data: bytes) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data", data)
    return box.getvalue()


def zstandard(data: bytes) -> bytes:
    box = pa.BufferOutputStream()
    with pa.CompressedOutputStream(box, "zstd") as stream:
        stream.write(data)
    return box.getvalue().to_pybytes()


PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstandard, "zip": zipped}
