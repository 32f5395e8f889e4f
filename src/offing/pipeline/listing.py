"""Zones, gates, features, lines, fleets and region packs as rows: everything about them but their outlines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from offing import regions
from offing.model.fleet import Fleet
from offing.model.place import Feature, Gate, Line
from offing.model.zone import Zone
from offing.pipeline.waters import Waters, pack_of
from offing.zones.geodesic import NAUTICAL_MILE_M
from offing.zones.measure import area_km2, length_m


def zone_row(zone: Zone, waters: Waters) -> dict[str, Any]:
    """One zone."""
    return {
        "zone_id": zone.id,
        "kind": zone.kind,
        "claimants": list(zone.claimants),
        "names": dict(zone.names),
        "legal_basis": zone.legal_basis,
        "source": zone.source,
        "confidence": zone.confidence,
        "valid_from": _day(zone.valid_from),
        "valid_to": _day(zone.valid_to),
        "day_rule": str(zone.day_rule),
        "includes": list(zone.includes),
        "area_km2": round(area_km2(zone.polygons), 1),
        "note": zone.note,
        "hash": zone.hash,
        "pack": waters.pack.label if zone.id in waters.pack.zones else "user",
    }


def gate_row(gate: Gate, waters: Waters) -> dict[str, Any]:
    """One gate; `sides` are the waters to the left and to the right, going from the first point to the last."""
    return {
        "gate_id": gate.id,
        "kind": gate.kind,
        "names": dict(gate.names),
        "sides": [{"side": "left", **gate.left}, {"side": "right", **gate.right}],
        "pacific_side": gate.pacific_side or None,
        "length_nm": round(length_m(gate.lines) / NAUTICAL_MILE_M, 1),
        "lines_deg": [[[x / 1e7, y / 1e7] for x, y in line.tolist()] for line in gate.lines],
        "ends": list(gate.ends),
        "ends_basis": gate.ends_basis,
        "direction": gate.direction,
        "aliases": list(gate.aliases),
        "claimants": list(gate.claimants),
        "legal_basis": gate.legal_basis,
        "source": gate.source,
        "confidence": gate.confidence,
        "valid_from": _day(gate.valid_from),
        "valid_to": _day(gate.valid_to),
        "day_rule": str(gate.day_rule),
        "note": gate.note,
        "pack": waters.pack.label,
    }


def feature_row(feature: Feature, waters: Waters) -> dict[str, Any]:
    """One feature; without a position where none was published."""
    return {
        "feature_id": feature.id,
        "kind": feature.kind,
        "claimants": list(feature.claimants),
        "names": dict(feature.names),
        "aliases": list(feature.aliases),
        "group": feature.group,
        "lon_deg": feature.lon_deg,
        "lat_deg": feature.lat_deg,
        "position_published": feature.position_published,
        "uncertainty_m": feature.uncertainty_m,
        "source": feature.source,
        "confidence": feature.confidence,
        "valid_from": _day(feature.valid_from),
        "valid_to": _day(feature.valid_to),
        "note": feature.note,
        "pack": waters.pack.label,
    }


def line_row(line: Line, waters: Waters) -> dict[str, Any]:
    """One line that is neither a zone's edge nor a gate."""
    return {
        "line_id": line.id,
        "kind": line.kind,
        "names": dict(line.names),
        "parties": list(line.parties),
        "treatment": line.treatment,
        "status": line.status,
        "length_nm": round(length_m(line.parts) / NAUTICAL_MILE_M, 1),
        "legal_basis": line.legal_basis,
        "source": line.source,
        "confidence": line.confidence,
        "valid_from": _day(line.valid_from),
        "valid_to": _day(line.valid_to),
        "note": line.note,
        "pack": waters.pack.label,
    }


def fleet_row(fleet: Fleet, waters: Waters) -> dict[str, Any]:
    """One fleet and how many claims it rests on."""
    return {
        "fleet_id": fleet.id,
        "kind": fleet.kind,
        "claimants": list(fleet.claimants),
        "names": dict(fleet.names),
        "members": "every hull" if fleet.everyone else str(len({m.mmsi for m in fleet.members})),
        "undated_claims": len({m.mmsi for m in fleet.members if not m.dated}),
        "hulls": len(fleet.hulls),
        "legal_basis": fleet.legal_basis,
        "source": fleet.source,
        "confidence": fleet.confidence,
        "valid_from": _day(fleet.valid_from),
        "valid_to": _day(fleet.valid_to),
        "note": fleet.note,
        "hash": fleet.hash,
        "pack": waters.pack.label if fleet.id in waters.pack.fleets else "user",
    }


def region_rows() -> list[dict[str, Any]]:
    """One row for each installed region pack; one that cannot be read has the reason in `problem`."""
    from offing.errors import OffingError

    rows: list[dict[str, Any]] = []
    for name, folder in sorted(regions.installed().items()):
        row: dict[str, Any] = {"region": name, "version": None, "hash": None, "names": {}}
        counts: Mapping[str, Any] = dict.fromkeys(("zones", "gates", "features", "lines", "fleets", "series"))
        problem = None
        try:
            pack = pack_of(name)
            row |= {"version": pack.version, "hash": pack.hash, "names": dict(pack.names)}
            counts = {key: len(getattr(pack, key)) for key in counts}
        except OffingError as error:
            problem = str(error)
        rows.append({**row, **counts, "problem": problem, "folder": str(folder)})
    return rows


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def member_rows(fleet: Fleet) -> list[dict[str, Any]]:
    """The members of one fleet, each a claim with its dates and source."""
    return [
        {
            "fleet_id": fleet.id,
            "mmsi": m.mmsi,
            "name": m.name,
            "valid_from": m.valid_from.isoformat() if m.valid_from else None,
            "valid_to": m.valid_to.isoformat() if m.valid_to else None,
            "confidence": m.confidence,
            "source": m.source,
        }
        for m in fleet.members
    ]
