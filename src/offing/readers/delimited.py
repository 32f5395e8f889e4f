"""What all readers of delimited text share: a header, a layout, batches of rows, and the way back to a line."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeVar, cast

import polars as pl

from offing.errors import RejectReason
from offing.model.reading import ReadBatch, Source
from offing.readers.records import Piece, Shape, pieces, read_header, texts
from offing.readers.tables import Layout, collect, rejected

_T = TypeVar("_T")

BATCH_ROWS = 250_000
"""A batch is closed once it has so many rows; a block of the file has some 130,000."""

DELIMITERS = (",", ";", "\t", "|")


def header_of(head: bytes, delimiters: Iterable[str] = DELIMITERS, encoding: str = "utf-8") -> Shape | None:
    """The header of a file under the delimiter that makes the most columns of it, or None."""
    found = [shape for d in delimiters if (shape := read_header(head, d, encoding)) and len(shape.names) > 1]
    return max(found, key=lambda shape: len(shape.names), default=None)


def read_delimited(source: Source, shape: Shape, layout: Layout) -> Iterator[ReadBatch]:
    """All records after the header, in batches. `layout.columns` maps our names to names in `shape`."""
    wanted = {name: shape.names.index(column) for name, column in layout.columns.items()}
    frames: list[pl.DataFrame] = []
    counts = _Counts()
    settled = (_settled(piece, shape, wanted) for piece in pieces(source, shape))
    with closing(_ahead(settled)) as parts:
        for frame, more in parts:
            frames.append(frame)
            counts.add(more)
            if counts.rows >= BATCH_ROWS:
                yield _batch(frames, counts, layout)
                frames, counts = [], _Counts()
    if counts.rows:
        yield _batch(frames, counts, layout)


@dataclass
class _Counts:
    """What is known of some records beside their fields."""

    rows: int = 0
    blank: int = 0
    bad: dict[int, tuple[RejectReason, str]] = field(default_factory=dict)

    def add(self, other: _Counts) -> None:
        self.rows += other.rows
        self.blank += other.blank
        self.bad |= other.bad


def _settled(piece: Piece, shape: Shape, wanted: dict[str, int]) -> tuple[pl.DataFrame, _Counts]:
    frame, piece = texts(piece, shape, wanted)
    bad = {piece.first_row + i: (RejectReason.BAD_RECORD, f"{why}: {piece.text(i)[:200]}") for i, why in piece.bad.items()}
    return frame, _Counts(piece.rows, piece.blank, bad)


def _batch(frames: list[pl.DataFrame], counts: _Counts, layout: Layout) -> ReadBatch:
    batch = collect(pl.concat(frames, rechunk=True), layout)
    if counts.bad:
        batch.rejects = pl.concat([batch.rejects, rejected(counts.bad)])
    if counts.blank:
        batch.ignored["blank"] = counts.blank
    batch.rows = counts.rows
    return batch


def _ahead(items: Generator[_T, None, None]) -> Generator[_T, None, None]:
    """The same items, worked out one ahead by a thread of their own. Closing this closes them."""
    box: queue.Queue[tuple[bool, _T | BaseException | None]] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def put(good: bool, what: _T | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                box.put((good, what), timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            with closing(items):
                for item in items:
                    if not put(True, item):
                        return
            put(False, None)
        except BaseException as error:  # handed to the reader's own thread, where it is raised
            put(False, error)

    worker = threading.Thread(target=work, name="offing-reader", daemon=True)
    worker.start()
    try:
        while True:
            good, what = box.get()
            if good:
                yield cast(_T, what)
            elif what is None:
                return
            else:
                raise cast(BaseException, what)
    finally:
        stopped.set()
        worker.join()


def raw_delimited(source: Source, shape: Shape, rows: Iterable[int]) -> dict[int, tuple[int, str]]:
    """For each row its physical line and its text, found by splitting the file as it was split when it was read."""
    left = sorted(set(rows), reverse=True)
    found: dict[int, tuple[int, str]] = {}
    while left and left[-1] < 1:
        left.pop()
    if not left:
        return found
    for piece in pieces(source, shape):
        while left and left[-1] < piece.first_row + piece.rows:
            row = left.pop()
            i = row - piece.first_row
            line = piece.first_line + (i if piece.lines is None else int(piece.lines[i]))
            found[row] = line, piece.text(i)
        if not left:
            break
    return found


def layout_columns(shape: Shape, known: Mapping[str, str]) -> dict[str, str]:
    """Our name -> the file's for the `known` columns (names in lower case) that the header has; the first one wins."""
    columns: dict[str, str] = {}
    for column in shape.names:
        ours = known.get(column.lower())
        if ours and ours not in columns:
            columns[ours] = column
    return columns
