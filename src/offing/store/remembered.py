"""What was read of files that are never changed in place, kept as long as they are the same: for processes that ask often.

A file is the same if its place, inode, time of writing and size are; a folder of such files whose names come and go by renaming
is the same if its own are. What is kept is shared: nobody changes it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

RACY_NS = 50_000_000
"""What changed so shortly before it was read may change again without another mark: it is not remembered."""


class Remembered(Generic[T]):
    """At most so many values by key and files; what was longest not asked for goes first. Threads may share it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, files: Iterable[Path], make: Callable[[], T]) -> T:
        """The value of a key and files as they lie there now, remembered or made. What cannot be made is not remembered."""
        begun_ns = time.time_ns()
        stamps = tuple(_stamp(path) for path in files)
        whole = (key, stamps)
        with self._lock:
            if whole in self._values:
                self._values.move_to_end(whole)
                return self._values[whole]
        value = make()
        if any(begun_ns - written_ns < RACY_NS for _, _, written_ns, _ in stamps):
            return value
        with self._lock:
            self._values[whole] = value
            while len(self._values) > self.most:
                self._values.popitem(last=False)
        return value


def _stamp(path: Path) -> tuple[str, int, int, int]:
    """Place, inode, time of writing and size; of a file that is not there zeros."""
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0, 0
    return str(path), found.st_ino, found.st_mtime_ns, found.st_size
