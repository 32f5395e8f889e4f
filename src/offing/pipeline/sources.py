"""The raw text behind a row: from the file if it still lies there unchanged, else from the copy that the logbook kept."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from offing.errors import OffingError
from offing.model.reading import ReadOptions, Source
from offing.readers import container, sniff
from offing.store import Store


@dataclass(frozen=True)
class RawLine:
    """One row of one input file as it was written."""

    path: str
    line: int | None  # 1-based line of the decompressed file
    text: str | None  # None: the bytes are not here
    where: str  # "file", "kept copy", or which file is wanted


class RawText:
    """Looks rows up; each file is opened and checked once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._opened: dict[str, tuple[Source | None, str]] = {}
        self._lines: dict[tuple[str, int], RawLine] = {}

    def load(self, wanted: Iterable[tuple[str, int]]) -> None:
        """Fetch the raw lines of (sha256, row) pairs, file by file."""
        rows: dict[str, set[int]] = defaultdict(set)
        for sha256, row in wanted:
            if (sha256, row) not in self._lines:
                rows[sha256].add(row)
        readers = sniff.readers()
        known = {line.sha256: line for line in self.store.ledger.history()}
        for sha256, numbers in rows.items():
            line = known[sha256]
            source, where = self._source(sha256, line.path)
            reader = readers.get(line.reader)
            found: dict[int, tuple[int, str]] = {}
            if source is None:
                pass
            elif reader is None:
                where = f"the reader {line.reader!r} is not installed"
            else:
                found = reader.raw(source, sorted(numbers), ReadOptions(**json.loads(line.options)))
            for row in numbers:
                at = found.get(row)
                self._lines[sha256, row] = RawLine(line.path, at[0] if at else None, at[1] if at else None, where)

    def line(self, sha256: str, row: int) -> RawLine:
        """The raw line of one row."""
        self.load([(sha256, row)])
        return self._lines[sha256, row]

    def _source(self, sha256: str, path: str) -> tuple[Source | None, str]:
        if sha256 not in self._opened:
            self._opened[sha256] = self._find(sha256, path)
        return self._opened[sha256]

    def _find(self, sha256: str, path: str) -> tuple[Source | None, str]:
        wanted = f"wanted: {path} with sha256 {sha256[:16]}; `offing ingest --keep` keeps a copy"
        try:
            if Path(path).is_file():
                source = container.open_source(Path(path))
                if source.sha256 == sha256:
                    return source, "file"
        except OffingError:
            pass
        kept = self.store.kept_copy(sha256)
        return (container.open_source(kept), "kept copy") if kept else (None, wanted)
