"""Rows made up for the tests of the store: small domains, so that twins and ties abound."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from offing.model import schemas
from offing.model.reading import ReadBatch
from offing.store import Origin, Store, write_parts
from offing.store.lake import empty_frame
from offing.store.ledger import FileLine

DAY_0 = 1_767_225_600_000  # 2026-01-01T00:00Z

Row = tuple[str, Any]
"""(kind, values) of one row of a made-up file: position, named (a position with a name), static, reject, ignored, fragment."""

_few = st.sampled_from
_position = st.fixed_dictionaries(
    {
        "mmsi": _few([1, 412000001, 999_999_999]),
        "t_utc": _few([DAY_0 - 1, DAY_0, DAY_0 + 1000, DAY_0 + 86_399_999, DAY_0 + 86_400_000]),
        "lon_e7": _few([-1_800_000_000, 0, 1_215_000_000]),
        "lat_e7": _few([-900_000_000, 255_000_000]),
        "speed_kn": _few([None, 0.0, 10.1]),
        "course_deg": _few([None, 90.0]),
        "heading_deg": _few([None, 511.0 - 360]),
        "nav_status": _few([None, 0, 15]),
        "msg_type": _few([0, 1, 4, 18]),
        "t_received_utc": _few([None, DAY_0 + 5000]),
        "time_basis": _few(["file", "own_second", "base"]),
        "station": _few([None, "r1"]),
    }
)
_static = st.fixed_dictionaries(
    {
        "mmsi": _few([1, 412000001]),
        "t_utc": _few([DAY_0, DAY_0 + 1000, DAY_0 + 2000, DAY_0 + 86_400_000]),
        "name": _few([None, "A", "海警"]),
        "msg_type": _few([0, 5]),
        "time_basis": st.just("file"),
    }
)
row_lists = st.lists(
    st.one_of(
        st.tuples(st.just("position"), _position),
        st.tuples(st.just("position"), _position),
        st.tuples(st.just("named"), st.tuples(_position, _few(["A", "B"]))),
        st.tuples(st.just("static"), _static),
        st.tuples(st.just("reject"), _few(["no_time", "bad_mmsi"])),
        st.tuples(st.just("ignored"), _few(["comment", "blank", "GPGGA"])),
        st.tuples(st.just("fragment"), st.none()),
    ),
    max_size=40,
)


def frame(schema: Any, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a frame of the schema; columns that are not given are null."""
    empty = empty_frame(schema)
    columns = {
        n: pl.Series(n, [r.get(n) for r in rows], pl.Int64 if t == pl.Datetime("ms", "UTC") else t).cast(t)
        for n, t in empty.schema.items()
    }
    return pl.DataFrame(columns)


def batch_of(rows: Sequence[Row], first: int) -> ReadBatch:
    """Consecutive rows as a reader would give them; `first` is the number of the first."""
    kinds: dict[str, list[dict[str, Any]]] = {"position": [], "static": [], "side": [], "reject": []}
    ignored: dict[str, int] = {}
    fragments = 0
    for number, (kind, values) in enumerate(rows, first):
        if kind == "named":
            position, name = values
            kinds["position"].append(position | {"row": number})
            said = {k: position[k] for k in ("mmsi", "t_utc", "msg_type", "time_basis")}
            kinds["side"].append(said | {"name": name, "row": number})
        elif kind == "reject":
            kinds["reject"].append({"row": number, "reason": values, "detail": f"row {number}"})
        elif kind == "ignored":
            ignored[values] = ignored.get(values, 0) + 1
        elif kind == "fragment":
            fragments += 1
        else:
            kinds[kind].append(values | {"row": number})
    return ReadBatch(
        rows=len(rows),
        positions=frame(schemas.POSITIONS, kinds["position"]),
        statics=frame(schemas.STATICS, kinds["static"]),
        side_statics=frame(schemas.STATICS, kinds["side"]),
        rejects=frame(schemas.REJECTS, kinds["reject"]),
        fragments=fragments,
        ignored=ignored,
    )


def cut(rows: Sequence[Row], size: int) -> Iterator[ReadBatch]:
    """The file in batches of `size` rows."""
    for first in range(0, len(rows), size):
        yield batch_of(rows[first : first + size], first + 1)


def position(mmsi: int, t_ms: int, lon_e7: int = 1_215_000_000, lat_e7: int = 255_000_000, **more: Any) -> Row:
    """One plain position row."""
    values = {"mmsi": mmsi, "t_utc": t_ms, "lon_e7": lon_e7, "lat_e7": lat_e7, "msg_type": 1, "time_basis": "file"}
    return "position", values | more


@dataclass(frozen=True)
class MadeFile:
    """A made-up file: its rows are its content."""

    rows: list[Row]
    name: str = "/data/made.csv"
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(
            repr([(k, sorted(v.items()) if isinstance(v, dict) else v) for k, v in self.rows]).encode()
        ).hexdigest()

    @property
    def origin(self) -> Origin:
        return Origin(self.sha256, "made", 1, self.options, self.name, 100)

    def put(self, store: Store, size: int = 7, at_ms: int | None = None) -> FileLine:
        """Read it into a logbook."""
        with store.writing("ingest"):
            return write_parts(store, self.origin, cut(self.rows, size), at_ms=at_ms)


def tree(root: Path, *folders: str) -> dict[str, bytes]:
    """Every file in the folders, with its bytes."""
    found: Iterable[Path] = (p for f in folders for p in (root / f).rglob("*") if p.is_file())
    return {str(p.relative_to(root)): p.read_bytes() for p in found}


PARTS = ("positions", "static", "rejects")


def columns_of_world(n: int, days: int, seed: int, row_1: int = 1) -> dict[str, np.ndarray[Any, Any]]:
    """Plain numbers of a made-up sea: n positions of 50 ships over some days."""
    rng = np.random.default_rng(seed)
    return {
        "mmsi": rng.integers(412_000_000, 412_000_050, n).astype(np.int32),
        "t_utc": np.sort(rng.integers(DAY_0, DAY_0 + days * 86_400_000, n)),
        "lon_e7": rng.integers(1_180_000_000, 1_280_000_000, n).astype(np.int32),
        "lat_e7": rng.integers(220_000_000, 320_000_000, n).astype(np.int32),
        "speed_kn": np.round(rng.random(n) * 20, 1),
        "row": np.arange(row_1, row_1 + n),
    }


def batch_of_world(columns: dict[str, np.ndarray[Any, Any]]) -> ReadBatch:
    """The world as one batch."""
    n = columns["mmsi"].size
    told = pl.DataFrame(columns).with_columns(
        pl.col("t_utc").cast(pl.Datetime("ms", "UTC")),
        msg_type=pl.lit(1, pl.Int16),
        time_basis=pl.lit("file"),
    )
    empty = empty_frame(schemas.POSITIONS)
    missing = [pl.lit(None, t).alias(c) for c, t in empty.schema.items() if c not in told.columns]
    none = {
        k: empty_frame(s)
        for k, s in (("statics", schemas.STATICS), ("side_statics", schemas.STATICS), ("rejects", schemas.REJECTS))
    }
    return ReadBatch(rows=n, positions=told.with_columns(missing).select(empty.columns), **none)
