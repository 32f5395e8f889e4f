"""Answers as bytes: JSON, CSV, Parquet, GeoJSON, always the same rows as the command line prints."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from offing.faces.cli.output import flat, framed, texts
from offing.faces.http.answers import Answer
from offing.model.times import iso, to_ms

TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}
"""Endings and their media types."""

_FORMULA = r"^[=+\-@\t\r]"


def to_json(value: Any) -> bytes:
    """JSON of plain values; times as ISO 8601 with Z, days as YYYY-MM-DD."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=plain, allow_nan=False).encode()


def plain(value: Any) -> Any:
    """What JSON has no word for, as a text or a list."""
    if isinstance(value, datetime):
        return iso(to_ms(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value)


def rows_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as JSON has them."""
    found: list[dict[str, Any]] = json.loads(texts(frame).write_json())
    return found


def rows_json(answer: Answer) -> bytes:
    """The rows as a JSON array, exactly as `--format json` prints them."""
    if answer.frame is not None:
        return texts(answer.frame).write_json().encode()
    return json.dumps(list(answer.records), ensure_ascii=False, default=str).encode()


def page_json(answer: Answer, page: Answer, following: str | None, data_version: str) -> bytes:
    """One page of an answer, with its notes, its state and the cursor of the next page."""
    more = {
        "next": following,
        "total": answer.rows_n,
        "state": answer.said,
        "because": answer.because or None,
        "notes": list(answer.notes),
        "data_version": data_version,
        **answer.more,
    }
    return b'{"rows":' + rows_json(page) + b"," + to_json(more)[1:]


def as_frame(answer: Answer) -> pl.DataFrame:
    """The rows as a flat table."""
    return answer.frame if answer.frame is not None else framed(answer.records, answer.names)


def csv(answer: Answer) -> bytes:
    """The rows as CSV. A text that a spreadsheet would take for a formula gets a `'` before it."""
    frame = flat(texts(as_frame(answer)))
    named = [n for n, t in frame.schema.items() if t == pl.String]
    safe = [pl.when(pl.col(n).str.contains(_FORMULA)).then("'" + pl.col(n)).otherwise(pl.col(n)).alias(n) for n in named]
    return frame.with_columns(safe).write_csv().encode()


def parquet(answer: Answer) -> bytes:
    """The rows as Parquet, with their types."""
    out = io.BytesIO()
    as_frame(answer).write_parquet(out)
    return out.getvalue()


def geojson(features: Sequence[Mapping[str, Any]], more: Mapping[str, Any]) -> bytes:
    """A FeatureCollection; `more`: foreign members."""
    return to_json({"type": "FeatureCollection", **more, "features": list(features)})


def feature(geometry: Mapping[str, Any] | None, properties: Mapping[str, Any], name: str | None = None) -> dict[str, Any]:
    """One feature."""
    own = {} if name is None else {"id": name}
    return {"type": "Feature", **own, "properties": dict(properties), "geometry": geometry}


def point(lon_deg: float | None, lat_deg: float | None) -> dict[str, Any] | None:
    """A point; None where there is no place."""
    return None if lon_deg is None or lat_deg is None else {"type": "Point", "coordinates": [lon_deg, lat_deg]}
