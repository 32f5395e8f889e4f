"""Copies of originals, so that `why` can show raw text after the file itself is gone."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyarrow as pa

from offing.errors import DamagedInput
from offing.store import lake
from offing.store.folder import Store

MAX_RATIO = 50
"""A copy that shrinks more than this is stored as it is: readers take a stream that swells a hundredfold for damaged."""

_CHUNK = 1 << 20


def keep_copy(store: Store, path: Path, sha256: str, compression: str) -> Path:
    """Put a copy of a file's bytes into `kept/`: as it is when it is compressed (`gz`, `zst`, `zip`), else as Zstandard.

    It counts once the ledger says that the file is kept. Raises `DamagedInput` when the bytes are no longer those of the hash.
    """
    scratch = store.scratch("keep")
    plain, packed = scratch / "plain", scratch / "packed"
    _copy(path, plain, sha256)
    chosen, suffix = plain, compression
    if not compression:
        with plain.open("rb") as source, pa.CompressedOutputStream(str(packed), "zstd") as sink:
            while block := source.read(_CHUNK):
                sink.write(block)
        small = packed.stat().st_size * MAX_RATIO < plain.stat().st_size
        chosen, suffix = (plain, "raw") if small else (packed, "zst")
    with chosen.open("rb+") as written:
        os.fsync(written.fileno())
    final = store.root / "kept" / f"{sha256}.{suffix}"
    lake.publish([(chosen, final)])
    for path_left in scratch.iterdir():
        path_left.unlink()
    scratch.rmdir()
    return final


def _copy(path: Path, to: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as source, to.open("wb") as sink:
        while block := source.read(_CHUNK):
            digest.update(block)
            sink.write(block)
    if digest.hexdigest() != sha256:
        raise DamagedInput(f"{path} changed while it was read.", "Read it again when nothing writes to it.", path=str(path))
