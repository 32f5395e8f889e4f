"""What passes between a reader and the store: sources of bytes, options, batches of rows, and the protocol of a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import polars as pl


@dataclass(frozen=True)
class ReadOptions:
    """Options that change what a file means. They are part of the identity of its parts."""

    mapping: Mapping[str, Any] | None = None  # the content of a --map file: {"columns": {...}, "time": {...}}
    base_time_ms: int | None = None

    def canonical(self) -> dict[str, Any]:
        """A JSON-able form, equal for equal options."""
        return {"mapping": self.mapping, "base_time_ms": self.base_time_ms}


AS_IS = ReadOptions()
"""No options: the file speaks for itself."""


@dataclass(frozen=True)
class Source:
    """One file to read: `open` gives its decompressed bytes from the start, as often as asked."""

    path: Path  # as the user named it, made absolute
    sha256: str  # of the bytes as they lie on disk
    open: Callable[[], BinaryIO] = field(repr=False)
    head: bytes = field(repr=False)  # the first decompressed bytes (up to 64 KiB)
    compression: str = ""  # "", gz, zst, zip
    plain_path: Path | None = None  # the file itself where it is not compressed: for readers that need to seek


@dataclass
class ReadBatch:
    """Some rows of one file, in file order. Every row of the file is in exactly one of the counted places.

    Frames have the columns of `schemas.POSITIONS`, `STATICS`, `REJECTS` (same names and types, any row order).
    `statics` are rows of their own; `side_statics` are names carried by rows that already count as positions
    (a CSV with a name column, type 19) and are not counted again.
    """

    rows: int  # rows taken from the file by this batch
    positions: pl.DataFrame
    statics: pl.DataFrame
    side_statics: pl.DataFrame
    rejects: pl.DataFrame
    fragments: int = 0
    ignored: dict[str, int] = field(default_factory=dict)


class Reader(Protocol):
    """A form of input. Registered in the entry-point group `offing.readers`; shipped ones are registered the same way."""

    name: str
    version: int  # raise it when the same bytes would give other rows: it is part of the identity of parts

    def sniff(self, head: bytes) -> float:
        """How surely these first bytes are of this form: 0 (not at all) to 1 (certain)."""

    def read(self, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        """All rows, in batches; bad rows are rejects. Raises `InputError` only where the whole file cannot be taken."""

    def raw(self, source: Source, rows: Iterable[int], options: ReadOptions = AS_IS) -> dict[int, tuple[int, str]]:
        """For each row its 1-based line in the decompressed file and its raw text (further fragments joined by newlines)."""
