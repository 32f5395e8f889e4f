"""Small tables that tests of figures are made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from offing.model.schemas import VISITS
from offing.model.times import DayRule
from offing.model.zone import Zone

DTYPES = pl.from_arrow(VISITS.empty_table()).schema
Rows = list[tuple[int, str, int, int, int]]


@pytest.fixture(scope="session")
def make_visits() -> Callable[[Rows], pl.DataFrame]:
    """Visits from (mmsi, zone id, entry ms, exit ms, support); only what figures read is filled."""

    def make(rows: Rows) -> pl.DataFrame:
        frame = pl.DataFrame(
            rows,
            schema={"mmsi": pl.Int32, "zone_id": pl.String, "a": pl.Int64, "b": pl.Int64, "support_n": pl.Int64},
            orient="row",
        )
        frame = frame.with_columns(
            pl.format("visit:{}:{}:{}", "zone_id", "mmsi", "a").alias("event_id"),
            pl.lit("closed").alias("status"),
            pl.col("a").cast(pl.Datetime("ms")).dt.replace_time_zone("UTC").alias("entry_t_utc"),
            pl.col("b").cast(pl.Datetime("ms")).dt.replace_time_zone("UTC").alias("exit_t_utc"),
        )
        return frame.select(
            pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
            for name, kind in DTYPES.items()
        )

    return make


@pytest.fixture(scope="session")
def make_positions() -> Callable[[list[tuple[int, int]]], pl.DataFrame]:
    """Positions inside from (mmsi, ms)."""

    def make(rows: list[tuple[int, int]]) -> pl.DataFrame:
        frame = pl.DataFrame(rows, schema={"mmsi": pl.Int32, "t_utc": pl.Int64}, orient="row")
        return frame.with_columns(pl.col("t_utc").cast(pl.Datetime("ms")).dt.replace_time_zone("UTC"))

    return make


@pytest.fixture(scope="session")
def make_zone() -> Callable[..., Zone]:
    """A zone from corners in degrees."""

    def make(zone_id: str, *rings: list[tuple[float, float]], rule: str = "UTC", **others: object) -> Zone:
        closed = tuple(np.round(np.array([*r, r[0]]) * 1e7).astype(np.int64) for r in rings)
        return Zone(zone_id, "custom", (closed,) if closed else (), day_rule=DayRule.parse(rule), **others)  # type: ignore[arg-type]

    return make
