"""Identifiers. Built from what a thing is, never from a run, an ordinal of a table, a file or an interpolated time."""

from __future__ import annotations

from offing.model.times import compact


def track_id(mmsi: int, first_ms: int, nth: int = 1) -> str:
    """`620999315@20260813T030534Z`; `.2` for a second track that starts at the same instant elsewhere."""
    return f"{mmsi}@{compact(first_ms)}{_nth(nth)}"


def event_id(kind: str, place: str, mmsi: int, anchor_ms: int, nth: int = 1) -> str:
    """`visit:taiwan-contiguous-zone@tw:620999315:20260817T133234Z`; the anchor is a position's own time."""
    return f"{kind}:{place}:{mmsi}:{compact(anchor_ms)}{_nth(nth)}"


def _nth(nth: int) -> str:
    return f".{nth}" if nth > 1 else ""
