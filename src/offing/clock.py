"""The clock. One function, so that a test, a simulation or a user can say what time it is."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from offing.errors import BadParameter

VARIABLE = "OFFING_CLOCK"
"""Environment variable that fixes the clock: an ISO time with Z or an offset."""


def now_ms() -> int:
    """UTC milliseconds since 1970: of `OFFING_CLOCK` where it is set, else of the machine."""
    said = os.environ.get(VARIABLE)
    if not said:
        return time.time_ns() // 1_000_000
    try:
        t = datetime.fromisoformat(said)
        if t.tzinfo is None:
            raise ValueError
        t = t.astimezone(UTC)  # at the ends of the calendar an offset leads out of it
    except (ValueError, OverflowError):
        raise BadParameter(
            f"{VARIABLE} is {said!r}, which is no time with a zone.", "Write it like 2026-09-01T00:00:00Z, or unset it."
        ) from None
    return round(t.timestamp() * 1000)
