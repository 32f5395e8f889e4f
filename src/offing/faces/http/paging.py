"""Pages by keyset: a cursor holds the key of the last row, so that rows that come or go between two pages move no other.

The order is that of the key's columns, nulls first. Rows with equal keys are counted.
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from offing.faces.http.answers import Answer, Table
from offing.faces.http.asking import BadQuery
from offing.model.times import to_ms

DEFAULT_LIMIT, MOST_LIMIT = 1_000, 10_000

Key = tuple[tuple[Any, ...], ...]


def ordered(answer: Answer, key: Sequence[str]) -> Answer:
    """The answer in the order of its key."""
    if answer.frame is not None:
        columns = [c for c in key if c in answer.frame.columns]
        return replace(answer, frame=answer.frame.sort(columns, maintain_order=True)) if columns else answer
    return replace(answer, records=sorted(answer.records, key=lambda row: _key([row.get(c) for c in key])))


def page(answer: Answer, table: Table, limit: int, after: str) -> tuple[Answer, str | None]:
    """The rows after a cursor, at most `limit`, and the cursor of the page that follows. Rows must be `ordered`."""
    low = _after(answer, table, after) if after else 0
    high = min(low + limit, answer.rows_n)
    following = _cursor(answer, table, high - 1) if low < high < answer.rows_n else None
    if answer.frame is not None:
        return replace(answer, frame=answer.frame.slice(low, high - low)), following
    return replace(answer, records=list(answer.records)[low:high]), following


def _cursor(answer: Answer, table: Table, last: int) -> str:
    """An opaque word for the row at which a page ends: its key, and which of the rows with that key it is."""
    key = _row_key(answer, table.key, last)
    nth = last - _place(answer, table, key, bisect_left)
    text = json.dumps([table.name, [v[1:] for v in key], nth], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _after(answer: Answer, table: Table, word: str) -> int:
    """How many rows stand at or before a cursor. Raises `BadQuery`."""
    try:
        raw = base64.urlsafe_b64decode(word.encode("ascii") + b"=" * (-len(word) % 4))
        name, values, nth = json.loads(raw.decode())
        if name != table.name or len(values) != len(table.key) or not isinstance(nth, int):
            raise ValueError
        wanted = tuple((0,) if not v else (1, v[0]) for v in values)
        low, high = (_place(answer, table, wanted, side) for side in (bisect_left, bisect_right))
        return min(low + max(nth, -1) + 1, high)
    except (ValueError, TypeError, UnicodeError):
        raise BadQuery("The cursor `after` is not one of this table.", "Take `next` of the page before.") from None


def _place(answer: Answer, table: Table, key: Key, side: Callable[..., int]) -> int:
    return side(range(answer.rows_n), key, key=lambda i: _row_key(answer, table.key, i))


def _row_key(answer: Answer, columns: Sequence[str], i: int) -> Key:
    if answer.frame is None:
        return _key([answer.records[i].get(c) for c in columns])
    have = [c for c in columns if c in answer.frame.columns]
    row: dict[str, Any] = dict(zip(have, answer.frame.select(have).row(i), strict=True)) if have else {}
    return _key([row.get(c) for c in columns])


def _key(values: Sequence[Any]) -> Key:
    """Values that compare: nulls first."""
    return tuple((0,) if v is None else (1, _plain(v)) for v in values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_ms(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
