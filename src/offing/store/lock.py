"""One writer at a time: a lock on a file of the logbook that the system drops when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from offing.clock import now_ms
from offing.errors import LogbookError
from offing.model.times import iso

WAIT_S = 10.0
"""How long a second writer waits before it gives up, in seconds."""

_POLL_S = 0.05


@contextmanager
def writer_lock(path: Path, act: str, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the lock at `path` while the block runs; `act` is the command's name, told to whoever has to wait.

    The lock belongs to the open file (flock), so a killed process leaves none behind; the file itself stays.
    Raises `LogbookError` when another process still holds it after `wait_s` seconds.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise LogbookError(f"The logbook cannot be written: {error.strerror} ({path}).", "Check who may write there.") from None
    try:
        _acquire(fd, wait_s)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"process {os.getpid()}, `offing {act}`, since {iso(now_ms())}".encode(), 0)
        yield
    finally:
        os.close(fd)


def _acquire(fd: int, wait_s: float) -> None:
    """Try until it works or the time is over."""
    end_s = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end_s:
                holder = os.pread(fd, 200, 0).decode("utf-8", "replace") or "another process"
                raise LogbookError(
                    f"The logbook is in use: {holder} is writing to it.", "Try again when that is done."
                ) from None
            time.sleep(_POLL_S)
        else:
            return
