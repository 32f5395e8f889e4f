"""What was worked out is kept, up to a number of bytes; what many ask for at once is worked out once."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """A store of values by key with a bound on their sizes: what was longest not asked for goes first. Threads may share it."""

    def __init__(self, most_bytes: int, size: Callable[[T], int]) -> None:
        self.most_bytes, self._size = most_bytes, size
        self._values: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self.bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        """The value, if it is still kept."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: T) -> None:
        """Keep a value; one that is larger than half of the bound is not."""
        size = self._size(value) + 200
        if size > self.most_bytes // 2:
            return
        with self._lock:
            if key in self._values:
                self.bytes -= self._values.pop(key)[1]
            self._values[key] = (value, size)
            self.bytes += size
            while self.bytes > self.most_bytes:
                _, (_, gone) = self._values.popitem(last=False)
                self.bytes -= gone

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._values.clear()
            self.bytes = 0

    def __len__(self) -> int:
        return len(self._values)


class SingleFlight(Generic[T]):
    """Values that are worked out in threads, each once however many wait for it. Belongs to one event loop."""

    def __init__(self, kept: Kept[T], threads: Executor) -> None:
        self.kept, self._threads = kept, threads
        self._flying: dict[Hashable, asyncio.Future[T]] = {}
        self.made_n = 0

    async def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, kept or made. Raises what `make` raises; that is not kept."""
        found = self.kept.get(key)
        if found is not None:
            return found
        flying = self._flying.get(key)
        if flying is None:
            self.made_n += 1
            flying = asyncio.get_running_loop().run_in_executor(self._threads, make)
            self._flying[key] = flying
            flying.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flying)

    def _landed(self, key: Hashable, done: asyncio.Future[T]) -> None:
        self._flying.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self.kept.put(key, done.result())
