"""Ids of records that leave: a keyed hash where the id itself would tell what is masked."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence

MADE_OF: Mapping[str, frozenset[str]] = {
    "visit": frozenset({"mmsi", "zone_id", "zone_hash", "entry_t_utc", "entry_after_utc"}),
    "watch_day": frozenset({"day", "window_start_utc", "window_end_utc", "zone_ids", "fleet_id", "source", "day_rule"}),
    "streak": frozenset(
        {"start_day", "not_before", "not_after", "days_observed", "zone_ids", "fleet_id", "source", "day_rule"}
    ),
}
"""Columns that an id is made of, or that it would tell roughly. Ids of sightings are made of all columns, and those of
incidents are free text: of both, any masked column hides the id."""

_HEX = 32  # 128 bits


def hides_id(kind: str, masked: Iterable[str]) -> bool:
    """Whether the id of a record would tell something of its masked columns."""
    hidden = frozenset(masked)
    return bool(hidden & MADE_OF[kind] if kind in MADE_OF else hidden)


def keyed_id(kind: str, record_id: str, secret: bytes, recipient: str) -> str:
    """`visit:~1f3a...`: the same record has the same id for one recipient, and another for every other.

    HMAC-SHA256 (RFC 2104) with the node's secret over the JSON list of kind, recipient and id, cut to 128 bits, in hex.
    """
    text = json.dumps(["record id", kind, recipient, record_id], ensure_ascii=True, separators=(",", ":"))
    return f"{kind}:~{hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:_HEX]}"


def released_ids(kind: str, ids: Sequence[str], masked: Iterable[str], secret: bytes, recipient: str) -> list[str]:
    """The ids under which records leave: their own, or keyed ones where their own would tell what is masked."""
    if not hides_id(kind, masked):
        return list(ids)
    return [keyed_id(kind, i, secret, recipient) for i in ids]
