"""Which run holds, and which days it has settled: on others the absence of a visit says nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from offing.model.zone import Zone
from offing.store import Store
from offing.store.ledger import RunLine


def run_at(store: Store, known_at_ms: int | None = None) -> RunLine | None:
    """The run whose results hold now, or held at an instant; None: there was none."""
    runs = [r for r in store.ledger.runs() if known_at_ms is None or r.known_from_ms <= known_at_ms]
    return runs[-1] if runs else None


def settled_days(store: Store, run: RunLine, zone: Zone, days: Iterable[date]) -> set[date]:
    """Of these UTC days, those whose visits to a zone are worked out from the files that a run counted.

    By the run itself where it recorded the day (`since`, `until`), else by the last one before it with the same parameters that
    did: if the zone had the same hash, and no file with positions of that day has come or gone between the two.
    """
    left, settled = set(days), set[date]()
    days_of = {line.sha256: set(line.position_days) for line in store.ledger.history()}
    for r in reversed(store.ledger.runs()):
        if not left:
            break
        if r.known_from_ms > run.known_from_ms or r.details["method"] != run.details["method"]:
            continue
        since, until = r.details["since"] or date.min.isoformat(), r.details["until"] or date.max.isoformat()
        recorded = {d for d in left if since <= d.isoformat() <= until}
        left -= recorded
        if r.details["zones"].get(zone.id) == zone.hash:
            moved = set(run.details["files"]).symmetric_difference(r.details["files"])
            settled |= recorded.difference(*(days_of.get(sha, set()) for sha in moved))
    return settled
