"""Merged days: the positions of a UTC day from all held files, in one total order, each once with its receptions counted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from offing.model import schemas
from offing.model.times import to_ms_of_day
from offing.store import lake
from offing.store.folder import Store
from offing.store.remembered import Remembered

RULE = 1
"""Raise it when the same parts would give other merged rows: every day is then merged again."""

_READ = [n for n in schemas.MERGED.names if n not in ("tracked", "receptions_n", "file")]
_BASES = pl.Enum(list(schemas.TIME_BASES))
_DAY_FILE = re.compile(r"day=(\d{4}-\d{2}-\d{2})\.parquet")

Progress = Callable[[date, int, int], None]
"""Told after each day: the day, how many are done, how many there are."""


@dataclass(frozen=True)
class MergedDay:
    """One file of `runs/merged`. `content` names the set of parts that it was made of: equal names, equal bytes."""

    day: date
    path: Path
    rows: int
    content: str


@dataclass(frozen=True)
class _Piece:
    sha256: str
    path: Path


def merge_days(store: Store, progress: Progress | None = None, workers: int = 2) -> list[MergedDay]:
    """Bring `runs/merged` up to the files that count now, and return all its days in order.

    A day is made again only when its set of parts has changed; one without parts is removed. At most `workers` days are
    in memory at once. What comes out does not depend on the order in which files came. Takes the writer's lock.
    """
    with store.writing("run"):
        wanted = _pieces(store)
        folder = store.merged_folder
        folder.mkdir(parents=True, exist_ok=True)
        present = _present(folder)
        for day in present.keys() - wanted.keys():
            (folder / _day_file(day)).unlink()
        scratch = store.scratch("merge")
        done = 0
        result = {day: present[day] for day in wanted if day in present and present[day].content == _content(wanted[day])}
        stale = sorted(wanted.keys() - result.keys())
        if progress:
            for day in sorted(result):
                done += 1
                progress(day, done, len(wanted))
        with ThreadPoolExecutor(max(1, min(workers, len(stale)))) as pool:
            for merged in pool.map(lambda day: _merge_day(day, wanted[day], scratch, folder), stale):
                result[merged.day] = merged
                done += 1
                if progress:
                    progress(merged.day, done, len(wanted))
        scratch.rmdir()
        return [result[day] for day in sorted(result)]


def merged_days(store: Store) -> list[MergedDay]:
    """The merged days as they lie there now, in order; they may be older than the files (`merge_days` brings them up)."""
    folder = store.merged_folder
    days = _DAYS.get("", [folder], lambda: _present(folder))
    return [days[day] for day in sorted(days)]


_DAYS: Remembered[dict[date, MergedDay]] = Remembered(4)


def merged(store: Store, days: Sequence[date] | None = None, columns: Sequence[str] | None = None) -> pl.LazyFrame:
    """The merged positions of some UTC days (None: all), by day and then in `MERGED_ORDER`; columns of `schemas.MERGED`."""
    wanted = None if days is None else set(days)
    paths = [d.path for d in merged_days(store) if wanted is None or d.day in wanted]
    frame = pl.scan_parquet(paths, glob=False, hive_partitioning=False) if paths else lake.empty_frame(schemas.MERGED).lazy()
    return frame.select(list(columns)) if columns is not None else frame


# -- inside


def _pieces(store: Store) -> dict[date, list[_Piece]]:
    """The parts of each day, by sha256."""
    days: dict[date, list[_Piece]] = {}
    for line in sorted(store.ledger.files(), key=lambda f: f.sha256):
        for day in line.position_days:
            days.setdefault(day, []).append(_Piece(line.sha256, store.position_part(line.part, day)))
    return days


def _content(pieces: list[_Piece]) -> str:
    text = lake.canonical_json([RULE, [[p.sha256, p.path.stem] for p in pieces]])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _day_file(day: date) -> str:
    return f"{lake.day_name(day)}.parquet"


def _present(folder: Path) -> dict[date, MergedDay]:
    found: dict[date, MergedDay] = {}
    for path in folder.glob("day=*.parquet"):
        name, marks = _DAY_FILE.fullmatch(path.name), lake.read_marks(path)
        if name:
            day = date.fromisoformat(name[1])
            found[day] = MergedDay(day, path, int(marks.get("rows", 0)), marks.get("offing.content", ""))
    return found


def _merge_day(day: date, pieces: list[_Piece], scratch: Path, folder: Path) -> MergedDay:
    """Merge the parts of one day and publish the file."""
    content = _content(pieces)
    frames = [lake.read_table(p.path, _READ) for p in pieces]
    starts = np.cumsum([0, *(f.height for f in frames)], dtype=np.int64)
    frame = pl.concat(frames, rechunk=True).with_columns(pl.col("time_basis").cast(_BASES))
    del frames
    kept, counts, timed = _fold_together(frame, day, starts)
    source = (np.searchsorted(starts, kept, side="right") - 1).astype(np.int32)
    if len(pieces) > 1 or kept.size < frame.height:
        frame = frame[kept]
    tracked = timed & ~np.isin(frame["msg_type"].to_numpy(), schemas.UNTRACKED_TYPES)
    table = _table(frame, [p.sha256 for p in pieces], source, counts, tracked)
    temporary, final = scratch / f"{day}.part", folder / _day_file(day)
    lake.write_table(table, temporary, {"offing.content": content})
    temporary.replace(final)
    return MergedDay(day, final, table.num_rows, content)


def _fold_together(
    frame: pl.DataFrame, day: date, starts: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Indices of the rows that stay, in order; their receptions; whether any reception has a time of its own."""
    from offing.kernels import merging

    key = pl.col("mmsi").cast(pl.Int64) * 2**27 + (pl.col("t_utc").to_physical() - to_ms_of_day(day))  # a day has under 2^27 ms
    own = frame.select(key=key, timed=pl.col("time_basis") != "base")
    column: dict[str, Any] = {n: _array(frame[n]) for n in ("lat_e7", "lon_e7", "msg_type")}
    keys = _array(own["key"])
    if starts.size > 2:
        speed, course, heading = (_array(frame[n].fill_null(-np.inf)) for n in ("speed_kn", "course_deg", "heading_deg"))
        order = merging.merge_order(
            keys, column["lat_e7"], column["lon_e7"], speed, course, heading, column["msg_type"], starts
        )
    else:
        order = np.arange(frame.height)  # one part: sorted already
    timed = own["timed"].to_numpy(writable=True)
    return merging.receptions(order, keys, column["lat_e7"], column["lon_e7"], column["msg_type"], _still(timed))


def _array(series: pl.Series) -> npt.NDArray[Any]:
    return _still(series.to_numpy())


def _still(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that cannot be written: a kernel compiles once, however the column came to be."""
    view = array.view()
    view.flags.writeable = False
    return view


def _table(
    frame: pl.DataFrame,
    files: list[str],
    source: npt.NDArray[np.int32],
    counts: npt.NDArray[np.int32],
    tracked: npt.NDArray[np.bool_],
) -> pa.Table:
    """The columns of `schemas.MERGED`; texts that repeat stay dictionaries in memory and are plain strings in the file."""
    columns: dict[str, pa.Array] = {n: _arrow(frame[n], n) for n in _READ if n != "time_basis"}
    basis = pa.array(frame["time_basis"].to_physical().cast(pl.Int8).to_numpy())
    columns["time_basis"] = pa.DictionaryArray.from_arrays(basis, list(schemas.TIME_BASES))
    columns["file"] = pa.DictionaryArray.from_arrays(pa.array(source), files)
    columns["receptions_n"] = pa.array(counts)
    columns["tracked"] = pa.array(tracked)
    fields = [pa.field(f.name, columns[f.name].type, nullable=f.nullable) for f in schemas.MERGED]
    return pa.Table.from_arrays([columns[f.name] for f in fields], schema=pa.schema(fields))


def _arrow(series: pl.Series, name: str) -> pa.Array:
    return series.to_arrow().cast(schemas.MERGED.field(name).type)
