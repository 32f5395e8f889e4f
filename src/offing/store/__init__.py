"""Where tables lie: the logbook folder, its immutable parts, its ledger, its merged days and the history of its events."""

from offing.clock import now_ms
from offing.store.folder import Store
from offing.store.history import EventRun, events, versions
from offing.store.ledger import FileLine, Ledger, RunLine, UserText
from offing.store.lookup import positions_of, rejects, statics_of
from offing.store.merge import MergedDay, merge_days, merged, merged_days
from offing.store.parts import Origin, PartWriter, write_parts

__all__ = [
    "EventRun",
    "FileLine",
    "Ledger",
    "MergedDay",
    "Origin",
    "PartWriter",
    "RunLine",
    "Store",
    "UserText",
    "events",
    "merge_days",
    "merged",
    "merged_days",
    "now_ms",
    "positions_of",
    "rejects",
    "statics_of",
    "versions",
    "write_parts",
]
