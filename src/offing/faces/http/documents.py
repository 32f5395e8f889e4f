"""Answers that are no tables: what the logbook says of itself, one vessel, the time bar, the coast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from offing import __version__
from offing.errors import UnknownName
from offing.faces.http.asking import (
    DAY_OR_TIME,
    DAY_RULE,
    FLEET,
    TEXT,
    ZONES,
    Asked,
    BadQuery,
    Parameter,
    span_ms,
)
from offing.faces.http.forms import rows_of
from offing.faces.http.source import Source
from offing.faces.http.tables_places import coast_shapes
from offing.model.times import DayRule, iso
from offing.pipeline.settled import run_at

CLOCKS = ("UTC", "Asia/Tokyo", "Asia/Taipei")
"""Clocks between which a page turns."""


@dataclass(frozen=True)
class Document:
    """One answer of its own shape. `takes`: what the last step of its path names; empty: it has none."""

    name: str
    title: str
    make: Callable[[Source, Asked], Any]
    parameters: tuple[Parameter, ...] = ()
    takes: str = ""
    form: str = "json"
    open_to_roles: bool = False


def meta(source: Source, asked: Asked) -> dict[str, Any]:
    """What the logbook says of itself."""
    waters, pack, window = source.waters, source.waters.pack, source.data_window
    return {
        "version": __version__,
        "data_version": source.version,
        "pack": {"id": pack.id, "version": pack.version, "hash": pack.hash, "label": pack.label, "names": pack.names},
        "node": source.book.store.node_id,
        "role": source.role,
        "clocks": list(CLOCKS),
        "data_window": None if window is None else {"since": iso(window[0]), "until": iso(window[1])},
        "zones": [
            {"id": z.id, "kind": z.kind, "names": z.names, "claimants": z.claimants, "day_rule": str(z.day_rule)}
            for z in waters.zone_list
        ],
        "fleets": [{"id": f.id, "names": f.names} for f in waters.fleets.values()],
        "offices": [{"id": o.id, "names": o.names, "day_rule": str(o.day_rule)} for o in pack.offices.values()],
        "gates": [{"id": g.id, "kind": g.kind, "names": g.names} for _, g in sorted(pack.gates.items())],
        "last_run": None if source.role is not None else _last_run(source),
        "notes": source.notes_on(None),
    }


def _last_run(source: Source) -> dict[str, Any] | None:
    run = run_at(source.book.store)
    if run is None:
        return None
    return {
        "id": run.id,
        "at_utc": iso(run.finished_ms),
        "method": run.details["method"],
        "rule_version": run.details["method"],
        "passage_method": run.details.get("passage_method"),
        "parameters": run.details["parameters"],
        "files": len(run.details["files"]),
        "since": run.details["since"],
        "until": run.details["until"],
    }


def vessel(source: Source, asked: Asked) -> dict[str, Any]:
    """One number: what it said of itself and when, whose it is claimed to be, visits, passages, silences."""
    word = asked["id"]
    mmsi = int(word) if word.isascii() and word.isdigit() and len(word) <= 9 else 0
    found = source.book.ships.vessel(mmsi) if mmsi else None
    if found is None:
        raise UnknownName(f"Nothing is known of a vessel {word!r}.", "`vessels` lists those that were heard.", name=word)
    claims = [{k: v for k, v in row.items() if k != "mmsi"} for row in rows_of(found["claims"])]
    first, last = found["first_ms"], found["last_ms"]
    return {
        **found["summary"],
        "first_utc": None if first is None else iso(first),
        "last_utc": None if last is None else iso(last),
        "claims": claims,
        "memberships": found["fleets"],
        "visits": rows_of(found["visits"]),
        "passages": rows_of(found["passages"]),
        "gaps": found["gaps"] or [],
        "notes": source.notes_on(None),
        "data_version": source.version,
    }


def activity(source: Source, asked: Asked) -> dict[str, Any]:
    """Lanes of the time bar: own ships in zones, and what offices count there, each with its unit."""
    low, high = span_ms(asked["since"], asked["until"])
    held = source.data_window
    low = low if low is not None else held[0] if held else None
    high = high if high is not None else held[1] if held else None
    if low is None or high is None:
        raise BadQuery("This logbook holds no positions that would give a window.", "Give since and until.")
    if high < low:
        raise BadQuery("The window ends before it begins.", "Exchange since and until.")
    rule = DayRule.parse(asked["day_rule"]) if asked["day_rule"] else DayRule()
    zones = asked["zone"] or tuple(z.id for z in source.waters.zone_list)
    lanes = source.book.ships.activity(
        zones, asked["fleet"] or "any", asked["by"], (low, high + 1), rule, source.record(), source.series, asked["series"]
    )
    if not asked["zone"]:  # of all zones only those in which there was anything
        lanes = [lane for lane in lanes if any(v for _, v in lane.points)]
    return {
        "by": asked["by"],
        "since": iso(low),
        "until": iso(high),
        "day_rule": str(rule),
        "lanes": [lane.row() for lane in lanes],
        "notes": source.notes_on(None),
        "data_version": source.version,
    }


def coast(source: Source, asked: Asked) -> list[dict[str, Any]]:
    """The land of the region pack."""
    return coast_shapes(source)


_SERIES = Parameter("series", "series of offices, instead of those that count in the zones", TEXT, many=True)
_BY = Parameter("by", "length of a period of own ships", choices=("hour", "day"), default="day")
_SINCE = Parameter("since", "from this day or instant on; default: the data", DAY_OR_TIME, example="2026-08-13")
_UNTIL = Parameter("until", "up to this day or instant; default: the data", DAY_OR_TIME, example="2026-08-19")

DOCUMENTS = (
    Document("meta", "What the logbook says of itself", meta, open_to_roles=True),
    Document("vessel", "One vessel", vessel, takes="mmsi"),
    Document("activity", "Activity for the time bar", activity, (ZONES, FLEET, _BY, _SINCE, _UNTIL, DAY_RULE, _SERIES)),
    Document("coast", "Land of the region pack", coast, form="geojson", open_to_roles=True),
)
