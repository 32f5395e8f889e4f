"""The logbook that is served, always in its present state: opened anew when anything in it has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offing.clock import now_ms
from offing.faces.http.source import Source, kept
from offing.logbook import Logbook
from offing.pipeline.state import Clockwork, link_marks, marks, newest_ns
from offing.store.remembered import Remembered

RACY_NS = 50_000_000
"""A file that changed so shortly before it was looked at may change again without another mark."""

ROLE_TICK_MS = 60_000
"""A reader with a role may be shown a record when its delay is over: looked at once a minute."""


@dataclass
class State:
    """One state of the logbook, and what was worked out of it for each kind of reader."""

    book: Logbook
    version: str
    clockwork: Clockwork
    sources: dict[str | None, tuple[str, Source]] = field(default_factory=dict)  # by role, each for its span of time
    fixed: Remembered[Any] = field(default_factory=kept)


class Desk:
    """Hands out sources. Threads may ask at once."""

    def __init__(self, folder: Path, on_change: Callable[[], None] = lambda: None) -> None:
        """Raises `LogbookError` where there is no logbook."""
        self.folder = folder
        self._on_change = on_change
        self._lock = threading.Lock()
        self._state = self._open()
        self._marks = marks(self._state.book.store)
        self._checked_ns = 0

    def _open(self) -> State:
        book = Logbook.open(self.folder)
        return State(book, book.version, Clockwork.of(book.store, now_ms()))

    def fresh(self) -> State | None:
        """The state, if nothing has changed since it was opened: a few file marks are looked at, nothing is read."""
        found = marks(self._state.book.store)
        if found != self._marks or self._checked_ns - newest_ns(found) < RACY_NS:
            return None
        return self._state

    def state(self) -> State:
        """The present state; reads the logbook where it may have changed."""
        known = self.fresh()
        if known is not None:
            return known
        with self._lock:
            looked_ns = time.time_ns()
            found = marks(self._state.book.store)
            if found == self._marks and self._checked_ns - newest_ns(found) >= RACY_NS:
                return self._state
            state = self._open()
            if state.version != self._state.version:
                self._state = state
                self._on_change()
            self._marks, self._checked_ns = found, looked_ns
            return self._state

    def tick(self, state: State, role: str | None, lives_s: float) -> str:
        """Names the span of time in which the clock, and for what lives the links of a node, change no answer."""
        at = now_ms()
        parts = [state.clockwork.tick(at)]
        if role is not None:
            parts.append(str(at // ROLE_TICK_MS))
        if lives_s:
            parts += [str(at // round(lives_s * 1000)), repr(link_marks(state.book.store))]
        return "-".join(parts)

    def source(self, state: State, role: str | None) -> Source:
        """Whom tables ask, for a kind of reader."""
        span = self.tick(state, role, 0)
        with self._lock:
            known = state.sources.get(role)
            if known is None or known[0] != span:
                known = state.sources[role] = (span, Source(state.book, state.version, role, state.fixed))
            return known[1]
