"""From a reader's batches to the immutable parts of one file: split by UTC day, sorted, without twins."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl
import pyarrow as pa

from offing.clock import now_ms
from offing.errors import NothingKept, RejectReason
from offing.model import schemas
from offing.model.reading import ReadBatch
from offing.model.times import DAY_MS
from offing.store import lake
from offing.store.folder import Store
from offing.store.ledger import FileLine

HELD_BYTES = 128 << 20
"""How much of a file is held in memory before it is spilled to disk, in bytes."""

PART_ORDER = ["mmsi", "t_utc", "lat_e7", "lon_e7", "speed_kn", "course_deg", "heading_deg", "msg_type", "row"]
"""The total order of a part of positions: that of a merged day within one file. Nulls first."""

_SAME_PLACE = ["mmsi", "t_utc", "lat_e7", "lon_e7"]
_NO_CONTENT = ("comment", "blank")  # ignored kinds that do not make up for rejects
_SAID = [n for n in schemas.STATICS.names if n not in ("t_utc", "t_received_utc", "row")]


@dataclass(frozen=True)
class Origin:
    """What the parts of a file are a function of, and where it was found. `options` are `ReadOptions.canonical()`."""

    sha256: str
    reader: str
    reader_version: int
    options: Mapping[str, Any]
    path: str
    bytes: int = 0

    @property
    def part(self) -> str:
        """The name of its parts."""
        return lake.part_name(self.sha256, self.reader, self.reader_version, self.options)


class PartWriter:
    """Takes the batches of one file and writes its parts. Use it as a context manager inside `Store.writing`:

        with PartWriter(store, origin) as writer:
            for batch in reader.read(source, options):
                writer.add(batch)
            line = writer.finish()
        store.ledger.hold(line)

    Until `hold` nothing of it counts. Memory is bounded by `held_bytes` and the file's largest UTC day; the parts do not
    depend on either, nor on how the rows were cut into batches.
    """

    def __init__(self, store: Store, origin: Origin, held_bytes: int = HELD_BYTES) -> None:
        self.store = store
        self.origin = origin
        self._limit = held_bytes
        self._folder = store.scratch(origin.part)
        self._heaps = {
            "positions": _Heap(schemas.POSITIONS, self._folder, "positions"),
            "statics": _Heap(schemas.STATICS, self._folder, "statics"),
            "side_statics": _Heap(schemas.STATICS, self._folder, "side"),
            "rejects": _Heap(schemas.REJECTS, self._folder, "rejects", by_day=False),
        }
        self._rows = 0
        self._fragments = 0
        self._ignored: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, batch: ReadBatch) -> None:
        """Take some rows of the file, in file order."""
        self._rows += batch.rows
        self._fragments += batch.fragments
        self._ignored.update(batch.ignored)
        for name, heap in self._heaps.items():
            heap.add(getattr(batch, name))
        if sum(heap.held_bytes for heap in self._heaps.values()) > self._limit:
            for heap in self._heaps.values():
                heap.spill()

    def finish(self, kept: bool = False, at_ms: int | None = None) -> FileLine:
        """Write and publish the parts and return the line for the ledger, its account checked.

        Raises `NothingKept` when no row is a position, a static message or ignored for its kind.
        """
        rejects = self._write_rejects()
        if not (self._heaps["positions"].rows or self._heaps["statics"].rows or self._worth(rejects)):
            raise self._nothing_kept(rejects)
        moves: list[tuple[Path, Path]] = []
        span = _Span()
        position_days, twins = self._write_positions(moves, span)
        static_days, static_twins = self._write_statics(moves, span)
        counted_statics = self._heaps["statics"].rows - static_twins
        if rejects:
            moves.append((self._folder / "rejects.part", self.store.reject_part(self.origin.part)))
        line = FileLine(
            sha256=self.origin.sha256,
            path=self.origin.path,
            reader=self.origin.reader,
            reader_version=self.origin.reader_version,
            options=lake.canonical_json(self.origin.options),
            part=self.origin.part,
            bytes=self.origin.bytes,
            rows=self._rows,
            positions=sum(position_days.values()),
            statics=counted_statics,
            fragments=self._fragments,
            ignored={k: n for k, n in sorted(self._ignored.items()) if n},
            duplicates=twins + static_twins,
            rejects=rejects,
            position_days=position_days,
            static_days=static_days,
            first_t_ms=span.first_ms,
            last_t_ms=span.last_ms,
            kept=kept,
            held_from_ms=now_ms() if at_ms is None else at_ms,
        )
        if not line.balanced:
            raise AssertionError(f"reader {line.reader} lost count of {line.path}: {line}")
        lake.publish(moves)
        return line

    # -- inside

    def _worth(self, rejects: Mapping[str, int]) -> bool:
        """Whether ignored rows make the file worth a line: comments and blanks alone do only where nothing was rejected."""
        content = any(n for kind, n in self._ignored.items() if kind not in _NO_CONTENT)
        return content or (any(self._ignored.values()) and not rejects)

    def _nothing_kept(self, rejects: Mapping[str, int]) -> NothingKept:
        counts = ", ".join(f"{reason} {n}" for reason, n in sorted(rejects.items(), key=lambda item: (-item[1], item[0])))
        hint = "Look at the file, or name its form with --as."
        if rejects.get(RejectReason.NO_TIME, 0) * 2 > sum(rejects.values()):
            hint = "Its lines carry no time: give the time of the whole file with --base-time."
        elif rejects.get(RejectReason.NAIVE_TIME):
            hint = "Its times name no time zone: give one as [time] zone in a --map file."
        account = f" ({counts})" if counts else ""
        if not self._rows:
            return NothingKept(f"{self.origin.path} holds no row, only a header.", "There is nothing to read in it.", rows=0)
        return NothingKept(
            f"None of the {self._rows} rows of {self.origin.path} could be kept{account}.",
            hint,
            rows=self._rows,
            rejects=dict(rejects),
        )

    @property
    def _marks(self) -> dict[str, str]:
        return {"offing.part": self.origin.part, "offing.sha256": self.origin.sha256}

    def _write_positions(self, moves: list[tuple[Path, Path]], span: _Span) -> tuple[dict[date, int], int]:
        heap, days, twins = self._heaps["positions"], {}, 0
        for number in heap.days():
            frame, day = heap.take(number), lake.day_of_number(number)
            whole = frame.sort(PART_ORDER, nulls_last=False)
            frame = _without_twins(whole)
            twins += whole.height - frame.height
            span.widen(frame)
            temporary = self._folder / f"positions-{number}.part"
            lake.write_table(lake.to_table(frame, schemas.POSITIONS), temporary, self._marks)
            moves.append((temporary, self.store.position_part(self.origin.part, day)))
            days[day] = frame.height
        return days, twins

    def _write_statics(self, moves: list[tuple[Path, Path]], span: _Span) -> tuple[dict[date, int], int]:
        heap, side, days, twins = self._heaps["statics"], self._heaps["side_statics"], {}, 0
        for number in sorted({*heap.days(), *side.days()}):
            day = lake.day_of_number(number)
            counted = heap.take(number).sort("mmsi", "t_utc", "row")
            # the last of twins stays: with another name between them, it is the later one that holds from that instant on
            kept = counted.unique(subset=_but_row(counted), keep="last", maintain_order=True)
            twins += counted.height - kept.height
            span.widen(kept)
            frame = _with_first_of_runs(kept, side.take(number))
            temporary = self._folder / f"static-{number}.part"
            lake.write_table(lake.to_table(frame, schemas.STATICS), temporary, self._marks)
            moves.append((temporary, self.store.static_part(self.origin.part, day)))
            days[day] = frame.height
        return days, twins

    def _write_rejects(self) -> dict[str, int]:
        heap = self._heaps["rejects"]
        if not heap.rows:
            return {}
        frame = heap.take(0).sort("row", "reason", "detail")
        lake.write_table(lake.to_table(frame, schemas.REJECTS), self._folder / "rejects.part", self._marks)
        counts = frame.group_by("reason").len().sort("reason")
        return dict(zip(counts["reason"].to_list(), counts["len"].to_list(), strict=True))


class _Heap:
    """The rows of one kind of table, split by UTC day (or all in day 0): in memory, and spilled to files."""

    def __init__(self, schema: pa.Schema, folder: Path, name: str, by_day: bool = True) -> None:
        self._empty = lake.empty_frame(schema)
        self._folder, self._name, self._by_day = folder, name, by_day
        self._loose: list[pl.DataFrame] = []
        self._split: dict[int, list[pl.DataFrame]] = {}
        self._files: dict[int, list[Path]] = {}
        self.held_bytes = 0
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        if frame.height:
            self._loose.append(frame.select(self._empty.columns).cast(self._empty.schema))
            self.held_bytes += int(frame.estimated_size())
            self.rows += frame.height

    def _sort_out(self) -> None:
        """Move loose rows to their days."""
        if not self._loose:
            return
        frame = pl.concat(self._loose)
        self._loose = []
        if not self._by_day:
            self._split.setdefault(0, []).append(frame)
            return
        number = frame["t_utc"].to_physical() // DAY_MS
        if number.min() == number.max():
            self._split.setdefault(int(number[0]), []).append(frame)
            return
        pieces = frame.with_columns(number.alias("_day")).partition_by("_day", as_dict=True, include_key=False)
        for (key,), piece in pieces.items():
            self._split.setdefault(int(key), []).append(piece)

    def spill(self) -> None:
        """Move all that is held to files, one more per day."""
        self._sort_out()
        for number, frames in self._split.items():
            files = self._files.setdefault(number, [])
            path = self._folder / f"{self._name}-{number}-{len(files)}.spill"
            pl.concat(frames).write_ipc(path)
            files.append(path)
        self._split = {}
        self.held_bytes = 0

    def days(self) -> list[int]:
        """Days since 1970-01-01 that have rows. Once anything was spilled all is, so that one day is in memory at a time."""
        if self._files:
            self.spill()
        else:
            self._sort_out()
        return sorted({*self._files, *self._split})

    def take(self, number: int) -> pl.DataFrame:
        """All rows of a day; they are given once."""
        self._sort_out()
        files = self._files.pop(number, [])
        frames = []
        for path in files:
            frames.append(pl.read_ipc(path.read_bytes()))
            path.unlink()
        frames += self._split.pop(number, [])
        return pl.concat(frames or [self._empty], rechunk=True)


class _Span:
    """The first and last instant seen, UTC ms; None before any."""

    def __init__(self) -> None:
        self.first_ms: int | None = None
        self.last_ms: int | None = None

    def widen(self, frame: pl.DataFrame) -> None:
        if frame.height:
            times = frame["t_utc"].to_physical()
            low, high = int(times.min()), int(times.max())  # type: ignore[arg-type]
            self.first_ms = low if self.first_ms is None else min(self.first_ms, low)
            self.last_ms = high if self.last_ms is None else max(self.last_ms, high)


def _but_row(frame: pl.DataFrame) -> list[str]:
    return [n for n in frame.columns if n != "row"]


def _without_twins(frame: pl.DataFrame) -> pl.DataFrame:
    """A sorted part without rows that equal an earlier one in all columns but `row`.

    Twins have neighbours of the same ship, instant and place, so only such rows are compared whole.
    """
    same = pl.all_horizontal(pl.col(n) == pl.col(n).shift(1) for n in _SAME_PLACE).fill_null(False)
    crowded = frame.select((same | same.shift(-1, fill_value=False)).alias("crowded"))["crowded"]
    if not crowded.any():
        return frame
    few = frame.filter(crowded).select(pl.all(), _nth=crowded.arg_true())
    first = few.unique(subset=_but_row(frame), keep="first", maintain_order=True)["_nth"]
    keep = (~crowded).scatter(first, True)
    return frame.filter(keep)


def _with_first_of_runs(counted: pl.DataFrame, side: pl.DataFrame) -> pl.DataFrame:
    """Static rows of a day and the names that came with positions, sorted, less the names that only repeat the row before.

    A join as of any instant gives the same name as with all of them.
    """
    both = pl.concat([counted.with_columns(_side=False), side.with_columns(_side=True)]).sort("mmsi", "t_utc", "row", "_side")
    new = pl.any_horizontal(pl.col(n).ne_missing(pl.col(n).shift(1)) for n in _SAID)
    return both.filter(new | ~pl.col("_side")).drop("_side")


def write_parts(
    store: Store, origin: Origin, batches: Iterable[ReadBatch], kept: bool = False, at_ms: int | None = None
) -> FileLine:
    """Read all batches, write the parts of the file and enter it in the ledger, in that order. Returns its line.

    Raises what the batches raise, or `NothingKept`; then nothing is written. For the holder of `Store.writing`.
    """
    with PartWriter(store, origin) as writer:
        for batch in batches:
            writer.add(batch)
        line = writer.finish(kept=kept, at_ms=at_ms)
    return store.ledger.hold(line)
