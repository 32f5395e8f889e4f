"""The lines of a pack: claims of `lines.toml`, and their courses in `lines.parquet`, a GeoParquet file (1.1).

Columns: line_id, hash, length_km, geometry (WKB MultiLineString, longitude and latitude of WGS84 in degrees, seven decimals).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from offing.claims import Claim, entries, read_toml
from offing.errors import BadZone, MissingInput
from offing.model.place import LINE_KINDS, Line
from offing.model.zone import CONFIDENCES, Ring
from offing.zones.built import REBUILD
from offing.zones.places import polylines
from offing.zones.rings import degrees, quantised

LINES = "lines.toml"
"""The file of claims."""

BUILT_LINES = "lines.parquet"
"""The file of built courses, made by `offing.zones.equidistance`."""

_LINE, _MULTILINE = b"\x01\x02\x00\x00\x00", b"\x01\x05\x00\x00\x00"  # how WKB begins, little endian


def line_claims(folder: Path) -> list[Claim]:
    """The entries of `lines.toml`; none where there is no such file."""
    path = folder / LINES
    return entries(read_toml(path, BadZone), "lines", path.name, BadZone) if path.exists() else []


def line_of(claim: Claim) -> Line:
    """One line; a published one with its course, a computed one without. Raises `BadZone` with file, line and reason."""
    low, high = claim.days("valid_from", "valid_to")
    kind = claim.one_of("kind", claim.text("kind"), LINE_KINDS)
    return Line(
        id=claim.text("id"),
        kind=kind,
        names=claim.names(),
        parts=() if kind == "equidistance" else polylines(claim, "lines"),
        parties=claim.texts("parties"),
        treatment=claim.text("treatment", ""),
        status=claim.text("status"),
        legal_basis=claim.text("legal_basis", ""),
        valid_from=low,
        valid_to=high,
        source=claim.text("source"),
        confidence=claim.one_of("confidence", claim.text("confidence"), CONFIDENCES),
        note=claim.text("note", ""),
    )


def line_hash(line: Line) -> str:
    """Sixteen hex digits over id, kind, dates and course."""
    h = hashlib.sha256(json.dumps([line.id, line.kind, str(line.valid_from), str(line.valid_to)]).encode())
    for part in line.parts:
        h.update(b"L" + np.ascontiguousarray(part, dtype="<i8").tobytes())
    return h.hexdigest()[:16]


def write_built_lines(lines: Sequence[Line], target: Path) -> None:
    """Write a file of built lines, all or nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from offing.zones.measure import length_m

    for line in lines:
        if not line.parts:
            raise BadZone(f"{LINES}: nothing of the line {line.id} lies in the frame of the pack.", file=LINES)
    corners = np.concatenate([part for line in lines for part in line.parts]) / 1e7
    box = [*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()]
    column = {"encoding": "WKB", "geometry_types": ["MultiLineString"], "edges": "planar", "bbox": box}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = pa.table(
        {
            "line_id": [line.id for line in lines],
            "hash": [line_hash(line) for line in lines],
            "length_km": [round(length_m(line.parts) / 1000, 3) for line in lines],
            "geometry": pa.array([_to_wkb(line.parts) for line in lines], pa.binary()),
        }
    )
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), draft, compression="zstd")
    draft.replace(target)


def read_built_lines(folder: Path) -> list[Line]:
    """The lines of a pack with their courses, in the order of its file. Raises `MissingInput` or `BadZone`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    claims = line_claims(folder)
    path = folder / BUILT_LINES
    if claims and not path.is_file():
        raise MissingInput(f"{path} is not there.", REBUILD)
    try:
        rows = pq.ParquetFile(path).read(["line_id", "hash", "geometry"]).to_pylist() if claims else []
        built = {r["line_id"]: (_from_wkb(r["geometry"]), r["hash"]) for r in rows}
    except (pa.ArrowException, KeyError, ValueError, TypeError) as e:
        raise BadZone(f"{BUILT_LINES} is no file of built lines: {e}", REBUILD) from None
    out = []
    for claim in claims:
        line = line_of(claim)
        if line.id not in built:
            raise BadZone(f"{BUILT_LINES} lacks the line {line.id}.", REBUILD)
        parts, stated = built[line.id]
        if not line.parts:
            line = replace(line, parts=parts)
        if line_hash(line) != stated:
            raise BadZone(f"{BUILT_LINES}: {line.id} has hash {line_hash(line)}, but {stated} is written beside it.", REBUILD)
        out.append(line)
    return out


def _to_wkb(parts: Sequence[Ring]) -> bytes:
    lines = (_LINE + np.uint32(len(p)).tobytes() + np.array(degrees(p), "<f8").tobytes() for p in parts)
    return _MULTILINE + np.uint32(len(parts)).tobytes() + b"".join(lines)


def _from_wkb(data: bytes) -> tuple[Ring, ...]:
    at = len(_MULTILINE) + 4
    if not data.startswith(_MULTILINE):
        raise ValueError("a geometry is no MultiLineString in little-endian WKB")
    out = []
    for _ in range(int.from_bytes(data[at - 4 : at], "little")):
        first = at + len(_LINE) + 4
        n = int.from_bytes(data[first - 4 : first], "little")
        out.append(quantised(np.frombuffer(data, "<f8", 2 * n, first).reshape(n, 2)))
        at = first + 16 * n
    return tuple(out)
