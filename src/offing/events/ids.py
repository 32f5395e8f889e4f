"""Ids and times of events, as columns: what `model.ids` and `model.times` write of one, for tables of whole numbers."""

from __future__ import annotations

import polars as pl


def event_ids(kind: str, place: str, anchor_ms: str) -> pl.Expr:
    """`KIND:PLACE:MMSI:TIME`, and `.2` and so on for further rows with the same; such rows stand together, in their order."""
    row, anchor = pl.int_range(pl.len()), ("mmsi", place, anchor_ms)
    first = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in anchor)
    nth = row - pl.when(first).then(row).forward_fill() + 1
    return pl.format("{}:{}:{}:{}{}", pl.lit(kind), place, "mmsi", _compact(anchor_ms), _suffix(nth))


def track_ids() -> pl.Expr:
    """The id of the track, from mmsi, track_ms and track_nth."""
    return pl.format("{}@{}{}", "mmsi", _compact("track_ms"), _suffix(pl.col("track_nth")))


def times(column: str, plus_ms: int = 0) -> pl.Expr:
    """Instants of a column of milliseconds."""
    return (pl.col(column) + plus_ms).cast(pl.Datetime("ms", "UTC"))


def _compact(column: str) -> pl.Expr:
    """The form of `model.times.compact`, for a column of milliseconds."""
    text = times(column).dt.strftime("%Y%m%dT%H%M%S")
    ms = pl.col(column) % 1000
    tail = pl.when(ms == 0).then(pl.lit("Z")).otherwise(pl.format(".{}Z", ms.cast(pl.String).str.zfill(3)))
    return text + tail


def _suffix(nth: pl.Expr) -> pl.Expr:
    return pl.when(nth > 1).then(pl.format(".{}", nth)).otherwise(pl.lit(""))
