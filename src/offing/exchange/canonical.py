"""Canonical JSON: one value has one spelling, so that a signature is over bytes and every receiver can make them again.

The spelling: UTF-8, keys ascending, no spaces, shortest numbers, only the escapes that JSON demands.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec

from offing.errors import BadDelivery

MAX_BYTES = 64 << 20
"""Longest text that is decoded, where the caller names no lower limit."""

MAX_DEPTH = 32
"""Deepest nesting of lists and objects that is taken."""

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder()
_AGAIN = "Ask who sent it to send it again; if it stays so, it was changed on the way."


def encode(value: Any) -> bytes:
    """The one spelling of a value made of None, bool, int, float, str, list, tuple and dict with str keys.

    Raises:
        ValueError: anything else in it, NaN, an infinity, or a str that UTF-8 cannot hold.
    """
    try:
        raw = _ENCODER.encode(value)
        if _DECODER.decode(raw) != value:  # a NaN became null, a date a string; but a tuple also became a list
            _demand_plain(value)
    except (TypeError, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ValueError(f"there is no canonical JSON of it: {error}") from error
    return raw


def decode_strict(raw: bytes, what: str = "A line", max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The value of canonical JSON; `what` names it in the error.

    Raises:
        BadDelivery: too long, too deep, no JSON, or spelled in any way but the canonical one.
    """
    if len(raw) > max_bytes:
        raise BadDelivery(f"{what} has {len(raw)} bytes, and at most {max_bytes} are taken.", _AGAIN)
    try:
        value = _DECODER.decode(raw)
        if _too_deep(raw, value, max_depth):
            raise BadDelivery(f"{what} is nested deeper than {max_depth} levels.", _AGAIN)
        same = _ENCODER.encode(value) == raw
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadDelivery(f"{what} is no JSON: {error}.", _AGAIN) from None
    if not same:
        raise BadDelivery(f"{what} is JSON, but not in its canonical spelling.", _AGAIN)
    return value


def _demand_plain(value: Any) -> None:
    """Raise ValueError where something in it would not come back as it went."""
    todo = [value]
    while todo:
        v = todo.pop()
        if isinstance(v, dict):
            todo.extend(v.keys())
            todo.extend(v.values())
        elif isinstance(v, (list, tuple)):
            todo.extend(v)
        elif isinstance(v, float):
            if not isfinite(v):
                raise ValueError(f"{v} has no spelling in JSON")
        elif v is not None and not isinstance(v, (str, int)):
            raise ValueError(f"a {type(v).__name__} has no spelling in JSON")


def _too_deep(raw: bytes, value: Any, max_depth: int) -> bool:
    if raw.count(b"[") + raw.count(b"{") <= max_depth:
        return False
    level = [value]
    for _ in range(max_depth):
        inner: list[Any] = []
        for v in level:
            if isinstance(v, dict):
                inner.extend(v.values())
            elif isinstance(v, list):
                inner.extend(v)
        level = [v for v in inner if isinstance(v, (dict, list))]
        if not level:
            return False
    return True
