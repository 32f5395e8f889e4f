"""The step `ingest`: files in, immutable parts and a line of account out; and `retract`, which takes a file back openly."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from offing.clock import now_ms
from offing.errors import DamagedInput, LogbookError, MissingInput, OffingError, UnknownName, UsageError
from offing.model.reading import ReadBatch, Reader, ReadOptions, Source
from offing.readers import container, sniff
from offing.readers.mapping import load_mapping
from offing.store import lake
from offing.store.folder import Store
from offing.store.keep import keep_copy
from offing.store.lake import canonical_json
from offing.store.ledger import FileLine
from offing.store.parts import Origin, PartWriter
from offing.store.sources import AIS, source_name

_SWELL = 6
"""How much larger a compressed log is when unpacked, about; only for the progress shown while it is read."""


class Progress(Protocol):
    """Told while files are read. Inside a compressed file `bytes_done` is an estimate."""

    def __call__(self, path: str, bytes_done: int, bytes_total: int) -> None:
        """The file being read, and the bytes of all files that are behind and in all."""


@dataclass(frozen=True)
class FileProblem:
    """A file, or a named path, of which nothing was taken, and why."""

    path: str
    error: OffingError


def ingest(
    store: Store,
    paths: Sequence[Path],
    form: str = "auto",
    mapping_path: Path | None = None,
    base_time_ms: int | None = None,
    keep: bool = False,
    progress: Progress | None = None,
    source: str = AIS,
) -> list[FileLine | FileProblem]:
    """Read files and folders into the logbook, file by file: one entry each, in order, its line or why it was not taken.

    Every good file is kept though others fail. A file that is held already gives its line, marked `already`. `form` names a
    reader, or `auto` recognises it by content. `keep` also stores a copy of the original bytes. `source` names the own source
    to which the files belong; one that is held already then belongs to it too. Raises what concerns the whole command: a
    mapping that is missing or wrong, `UsageError` for a form that is not there or a source with another sort of name,
    `LogbookError`.
    """
    source = source_name(source)
    options = ReadOptions(load_mapping(mapping_path) if mapping_path else None, base_time_ms)
    results: list[FileLine | FileProblem] = []
    files: list[Path] = []
    for path in paths:
        try:
            files += [f for f in container.find_files([path]) if f not in files]
        except OffingError as error:
            results.append(FileProblem(str(path), error))
    gauge = _Gauge(files, progress)
    with store.writing("ingest"):
        for file in files:
            try:
                results.append(_ingest_file(store, file, form, options, keep, gauge, source))
            except (UsageError, LogbookError):
                raise
            except OffingError as error:
                results.append(FileProblem(str(file), error))
            gauge.finish(file)
    return results


def retract(store: Store, file_or_sha: str | Path, reason: str) -> FileLine:
    """Take a file back: from now on it does not count. Its parts stay, so that what was known before can be told.

    The file is named by its path or by at least 8 digits of its sha256. Returns its line with `held_to_ms` and `reason`.
    Raises `UnknownName` when no held file is meant and `UsageError` when several are, or when the reason is empty.
    """
    if not reason.strip():
        raise UsageError("A file is taken back for a reason, and none was given.", "Add --reason TEXT.")
    with store.writing("retract"):
        line = _held_file(store, str(file_or_sha))
        at_ms = now_ms()
        store.ledger.release(line.sha256, reason.strip(), at_ms)
        return replace(line, held_to_ms=max(at_ms, line.held_from_ms), reason=reason.strip())


def restrict_source(store: Store, name: str) -> bool:
    """Leave an own source out of every release that does not name it; returns whether that is new."""
    with store.writing("sources restrict"):
        return store.ledger.sources.restrict(source_name(name), now_ms())


def open_source(store: Store, name: str) -> bool:
    """Take the restriction of an own source back; returns whether there was one. `UnknownName` for one that is not there."""
    with store.writing("sources open"):
        return store.ledger.sources.open(source_name(name), now_ms())


# -- inside


def _ingest_file(
    store: Store, file: Path, form: str, options: ReadOptions, keep: bool, gauge: _Gauge, own_source: str
) -> FileLine:
    """One file: look, recognise, read, write, tell."""
    state = _state(file)
    source = container.open_source(file)
    path, text = str(source.path), canonical_json(options.canonical())
    held = store.ledger.file(source.sha256)
    if held is not None:
        reader = None if form in ("auto", held.reader) else sniff.choose(source, form, options).name
        line = store.ledger.same_or_refuse(held, reader, text, path)
        if keep and not held.kept:
            keep_copy(store, source.path, source.sha256, source.compression)
            store.ledger.mark_kept(source.sha256)
            line = replace(line, kept=True)
        if not _whole(store, held):
            _restore(store, source, held, options)
        store.ledger.sources.add(held.sha256, own_source, now_ms())
        return line
    reader_of = sniff.choose(source, form, options)
    origin = Origin(source.sha256, reader_of.name, reader_of.version, options.canonical(), path, state[0])
    try:
        with PartWriter(store, origin) as writer:
            for batch in _batches(reader_of, gauge.watch(source), options):
                writer.add(batch)
            if _state(file) != state:
                raise DamagedInput(f"{path} changed while it was read.", "Read it again when nothing writes to it.", path=path)
            line = writer.finish(kept=keep)
        if keep:
            try:
                keep_copy(store, source.path, source.sha256, source.compression)
            except DamagedInput:
                store.clear_leftovers()  # the parts are there, but nothing says so
                raise
        return store.ledger.hold(line, own_source)
    except OSError as error:
        raise LogbookError(
            f"The logbook cannot be written: {error}.", "Check the disk and its space; nothing of the file was taken."
        ) from error


def _whole(store: Store, line: FileLine) -> bool:
    """Whether every part of a held file lies there with as many rows as it had."""
    parts = {store.position_part(line.part, d): n for d, n in line.position_days.items()}
    if line.rejects:
        parts[store.reject_part(line.part)] = sum(line.rejects.values())
    told = all(lake.read_marks(path).get("rows") == str(n) for path, n in parts.items())
    return told and all(lake.read_marks(store.static_part(line.part, day)) for day in line.static_days)


def _restore(store: Store, source: Source, held: FileLine, options: ReadOptions) -> None:
    """Write the parts of a held file again: they are a function of its bytes, its reader and its options."""
    reader = sniff.choose(source, held.reader, options)
    if reader.version != held.reader_version:
        raise LogbookError(
            f"Parts of {held.path} are damaged, and the reader {reader.name} has changed since they were written.",
            f"Take it back with `offing retract {held.sha256[:16]} --reason damaged` and read it again.",
        )
    origin = Origin(held.sha256, reader.name, reader.version, options.canonical(), held.path, held.bytes)
    with PartWriter(store, origin) as writer:
        for batch in _batches(reader, source, options):
            writer.add(batch)
        writer.finish(kept=held.kept)


def _batches(reader: Reader, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
    """The reader's batches; trouble with the file's bytes is the file's, not the logbook's."""
    try:
        yield from reader.read(source, options)
    except OSError as error:
        raise DamagedInput(
            f"{source.path} cannot be read to the end: {error}.", "Check the disk it lies on.", path=str(source.path)
        ) from error


def _state(file: Path) -> tuple[int, int]:
    """Size and time of change, by which a file that is still being written shows itself."""
    try:
        status = file.stat()
    except OSError as error:
        raise MissingInput(
            f"{file} cannot be read: {error.strerror}.", "Check the name and its permissions.", path=str(file)
        ) from None
    return status.st_size, status.st_mtime_ns


def _held_file(store: Store, name: str) -> FileLine:
    """The one held file that a sha256 prefix or a path means."""
    files = store.ledger.files()
    found: Iterable[FileLine] = []
    if re.fullmatch(r"[0-9a-fA-F]{8,64}", name):
        found = [f for f in files if f.sha256.startswith(name.lower())]
    path = os.path.abspath(name)  # noqa: PTH100 - links stay as they were when the file was read
    found = found or [f for f in files if f.path == path]
    if not found and Path(path).is_file():
        sha256 = container.open_source(Path(path)).sha256
        found = [f for f in files if f.sha256 == sha256]
    if not found:
        raise UnknownName.of("file in the logbook", name, (f.path for f in files), "offing status")
    first, *others = found
    if others:
        digits = ", ".join(f.sha256[:16] for f in found)
        raise UsageError(
            f"{name} means {len(others) + 1} files of the logbook: {digits}.", "Name one by these digits.", sha256=digits
        )
    return first


class _Gauge:
    """Counts bytes for the progress."""

    def __init__(self, files: list[Path], progress: Progress | None) -> None:
        self._progress = progress
        self._sizes = {f: f.stat().st_size if progress and f.exists() else 0 for f in files}
        self._total = sum(self._sizes.values())
        self._behind = 0

    def watch(self, source: Source) -> Source:
        """The same source, whose streams tell how far they are."""
        if self._progress is None:
            return source
        tell, size = self._progress, self._sizes.get(source.path, 0)
        swell = _SWELL if source.compression else 1

        def told(count: int) -> None:
            tell(str(source.path), self._behind + min(count // swell, size), self._total)

        told(0)
        return replace(source, open=lambda: _counted(source.open(), told))

    def finish(self, file: Path) -> None:
        self._behind += self._sizes.get(file, 0)
        if self._progress:
            self._progress(str(file), self._behind, self._total)


class _Counted(io.RawIOBase):
    """A stream that tells how many bytes were read from it."""

    def __init__(self, inner: BinaryIO, told: Any) -> None:
        super().__init__()
        self._inner, self._told, self._count = inner, told, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        self._count += len(data)
        self._told(self._count)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


def _counted(inner: BinaryIO, told: Any) -> BinaryIO:
    return io.BufferedReader(_Counted(inner, told), 1 << 20)
