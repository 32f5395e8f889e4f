"""Opening files: plain, gzip, Zstandard and zip, recognised by their first bytes, streamed and capped."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa

from offing.errors import DamagedInput, InputError, MissingInput, UnknownForm
from offing.model.reading import Source

HEAD_BYTES = 64 << 10
"""How much of the decompressed content is at hand when a form is recognised."""

MAX_RATIO = 100
"""Decompressed over compressed bytes. AIS logs shrink 4 to 15 times, wholly repetitive ones some 50 times."""

RATIO_FREE_BYTES = 4 << 20
"""Below this the ratio is not looked at: a small file that swells to a few MiB harms nobody."""

MAX_TOTAL_BYTES = 64 << 30
"""Decompressed bytes of one file. A day of AIS of the whole world is about 10 GiB as CSV; one file holds a month at most."""

LEDGER_NAME = "ledger.sqlite"
"""The file by which a logbook folder is known."""

_FOREIGN = {
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\0": "an xz file",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"SQLite format 3\0": "an SQLite database",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an Office document",
    b"%PDF": "a PDF",
}


class _Inner(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class _Guarded(io.RawIOBase):
    """A decompressing stream that speaks of damage as `DamagedInput` and stops at the caps."""

    def __init__(self, inner: _Inner, path: Path, compressed_bytes: int, closing: Callable[[], None]) -> None:
        super().__init__()
        self._inner, self._path, self._closing = inner, path, closing
        self._compressed, self._total = max(compressed_bytes, 1), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise _damaged(self._path, error) from error
        self._total += len(data)
        swollen = self._total > RATIO_FREE_BYTES and self._total > MAX_RATIO * self._compressed
        if swollen or self._total > MAX_TOTAL_BYTES:
            raise DamagedInput(
                f"{self._path} swells beyond "
                + (f"{MAX_RATIO} times its compressed size." if swollen else f"{MAX_TOTAL_BYTES >> 30} GiB."),
                "If it is sound, unpack it and read the unpacked file.",
                path=str(self._path),
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            self._closing()
        super().close()


def _damaged(path: Path, error: BaseException) -> DamagedInput:
    said = str(error).rstrip(".") or type(error).__name__
    return DamagedInput(
        f"{path} is damaged: its compressed stream cannot be read to the end ({said}).",
        "Fetch the file again; nothing of it was taken.",
        path=str(path),
    )


def _plain(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise MissingInput(f"There is no file {path}.", "Check the name.", path=str(path)) from None
    except OSError as error:
        raise MissingInput(f"{path} cannot be read: {error.strerror}.", "Check its permissions.", path=str(path)) from None


def _buffered(raw: _Guarded) -> BinaryIO:
    return io.BufferedReader(raw, 1 << 20)


def _gz(path: Path) -> BinaryIO:
    file = _plain(path)
    return _buffered(_Guarded(gzip.GzipFile(fileobj=file, mode="rb"), path, path.stat().st_size, file.close))


def _zst(path: Path) -> BinaryIO:
    file = pa.OSFile(str(path))
    return _buffered(_Guarded(pa.CompressedInputStream(file, "zstd"), path, path.stat().st_size, file.close))


def _member(path: Path) -> zipfile.ZipInfo:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not _is_clutter(m.filename)]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged(path, error) from error
    if not members:
        raise UnknownForm(f"The archive {path} holds no file.", "Give a zip with one file of data.", path=str(path))
    if len(members) > 1:
        names = ", ".join(m.filename for m in members[:5]) + (", ..." if len(members) > 5 else "")
        raise InputError(
            f"The archive {path} holds {len(members)} files ({names}).",
            "Unpack it and give the folder: each file is then a source of its own.",
            path=str(path),
            members=[m.filename for m in members],
        )
    if members[0].flag_bits & 1:
        raise InputError(f"The archive {path} is encrypted.", "Unpack it with its password first.", path=str(path))
    return members[0]


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or Path(name).name.startswith(".")


def _zip(path: Path, member: zipfile.ZipInfo) -> BinaryIO:
    archive = zipfile.ZipFile(path)
    try:
        inner = archive.open(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        archive.close()
        raise _damaged(path, error) from error
    return _buffered(_Guarded(inner, path, member.compress_size, archive.close))


def open_source(path: Path) -> Source:
    """Look at one file: its hash, how it is compressed, its first decompressed bytes, and a way to stream it.

    Raises `MissingInput` (no such file, or unreadable), `UnknownForm` (a container that offing does not open),
    `InputError` (a zip of several files, or an encrypted one), `DamagedInput` (already its first bytes are damaged).
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as the user named them
    if path.is_dir():
        raise MissingInput(f"{path} is a folder.", "Its files are read one by one; see `find_files`.", path=str(path))
    if path.exists() and not path.is_file():
        raise _special(path)
    with _plain(path) as file:
        magic = file.read(16)
        file.seek(0)
        try:
            sha256 = _sha256(file)
        except OSError as error:
            raise MissingInput(f"{path} cannot be read: {error.strerror}.", "Check the disk.", path=str(path)) from None
    for start, name in _FOREIGN.items():
        if magic.startswith(start):
            raise UnknownForm(
                f"{path} is no table or log but {name}.", "Unpack or export it: gz, zst and zip are read as they are."
            )
    opener, compression = _opener(path, magic)
    with opener() as stream:
        head = stream.read(HEAD_BYTES)
    return Source(path, sha256, opener, head, compression, None if compression else path)


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _opener(path: Path, magic: bytes) -> tuple[Callable[[], BinaryIO], str]:
    if magic.startswith(b"\x1f\x8b"):
        return partial(_gz, path), "gz"
    skippable = len(magic) >= 4 and magic[1:4] == b"\x2a\x4d\x18" and 0x50 <= magic[0] <= 0x5F
    if magic.startswith(b"\x28\xb5\x2f\xfd") or skippable:
        return partial(_zst, path), "zst"
    if magic.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return partial(_zip, path, _member(path)), "zip"
    return partial(_plain, path), ""


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files that the given paths mean, each once: a folder is walked whole, in the order of names.

    Hidden files and folders and logbooks inside a folder are passed over; what is named itself is always taken.
    Raises `MissingInput` for a path that is not there, for a pipe, socket or device, and for a folder with no file in it.
    """
    found: dict[Path, None] = {}
    for given in paths:
        path = Path(os.path.abspath(given))  # noqa: PTH100
        if path.is_dir():
            files = list(_walk(path))
            if not files:
                logbook = (path / LEDGER_NAME).exists()
                raise MissingInput(
                    f"{path} is a logbook, not a folder of input." if logbook else f"The folder {path} holds no file.",
                    "Name the files to read, or a folder that holds them.",
                    path=str(path),
                )
            found |= dict.fromkeys(files)
        elif path.is_file():
            found[path] = None
        elif path.exists():
            raise _special(path)
        else:
            raise MissingInput(f"There is no file or folder {path}.", "Check the name.", path=str(path))
    return list(found)


def _special(path: Path) -> MissingInput:
    hint = "Save what comes out of it in a file, and read that: a file is read more than once."
    return MissingInput(f"{path} is no regular file but a pipe, a socket or a device.", hint, path=str(path))


def _walk(folder: Path) -> Iterator[Path]:
    if (folder / LEDGER_NAME).exists():
        return
    try:
        entries = sorted(folder.iterdir(), key=lambda p: p.name)
    except OSError as error:
        raise MissingInput(f"{folder} cannot be read: {error.strerror}.", "Check its permissions.") from None
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _walk(entry)
        elif entry.is_file():
            yield entry
