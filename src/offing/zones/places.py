"""Features and gates of a region pack: `features.csv` and `gates.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from offing.claims import Claim, entries, read_toml, row_claims
from offing.errors import BadZone
from offing.model.place import FEATURE_KINDS, GATE_KINDS, Feature, Gate
from offing.model.zone import CONFIDENCES, Ring
from offing.zones.rings import quantised

LANGUAGES = {"en": "name_en", "ja": "name_ja", "zh-Hant": "name_zh_hant", "zh-Hans": "name_zh_hans"}
"""The languages of every name, and the columns that hold them in CSV."""

FEATURE_COLUMNS = (
    "feature_id", "kind", "claimants", *LANGUAGES.values(), "lon_deg", "lat_deg", "position_published", "uncertainty_m",
    "group", "aliases", "valid_from", "valid_to", "source", "confidence", "note",
)  # fmt: skip


def feature_claims(folder: Path) -> list[Claim]:
    """The rows of `features.csv`; none where there is no such file."""
    path = folder / "features.csv"
    return list(row_claims(path, FEATURE_COLUMNS, BadZone)) if path.exists() else []


def gate_claims(folder: Path) -> list[Claim]:
    """The entries of `gates.toml`; none where there is no such file."""
    path = folder / "gates.toml"
    return entries(read_toml(path, BadZone), "gates", path.name, BadZone) if path.exists() else []


def feature_of(claim: Claim) -> Feature:
    """One feature. Raises `BadZone` with file, line and what does not fit."""
    row = claim.values
    lon, lat = claim.number("lon_deg", -180, 180), claim.number("lat_deg", -90, 90)
    if (lon is None) != (lat is None):
        raise claim.refuse("`lon_deg` and `lat_deg` are both given or both empty")
    low, high = claim.days("valid_from", "valid_to")
    return Feature(
        id=claim.text("feature_id"),
        kind=claim.one_of("kind", claim.text("kind"), FEATURE_KINDS),
        names={language: row[column] for language, column in LANGUAGES.items() if row[column]},
        lon_deg=lon,
        lat_deg=lat,
        position_published=row["position_published"],
        uncertainty_m=claim.number("uncertainty_m", 0, 1e6),
        claimants=_listed(row["claimants"]),
        group=row["group"],
        aliases=_listed(row["aliases"]),
        valid_from=low,
        valid_to=high,
        source=row["source"],
        confidence=claim.one_of("confidence", claim.text("confidence"), CONFIDENCES),
        note=row["note"],
    )


def gate_of(claim: Claim) -> Gate:
    """One gate. Raises `BadZone` with file, line and what does not fit."""
    low, high = claim.days("valid_from", "valid_to")
    side = claim.text("pacific_side", "")
    return Gate(
        id=claim.text("id"),
        kind=claim.one_of("kind", claim.text("kind"), GATE_KINDS),
        names=claim.names(),
        left=claim.names("left"),
        right=claim.names("right"),
        lines=polylines(claim, "lines"),
        ends=claim.texts("ends"),
        ends_basis=claim.text("ends_basis", ""),
        direction=claim.text("direction", ""),
        pacific_side=claim.one_of("pacific_side", side, ("left", "right")) if side else "",
        aliases=claim.texts("aliases"),
        claimants=claim.texts("claimants"),
        legal_basis=claim.text("legal_basis", ""),
        valid_from=low,
        valid_to=high,
        day_rule=claim.day_rule(),
        source=claim.text("source"),
        confidence=claim.one_of("confidence", claim.text("confidence"), CONFIDENCES),
        note=claim.text("note", ""),
    )


def polylines(claim: Claim, key: str) -> tuple[Ring, ...]:
    """Lines written as lists of `[longitude, latitude]` in degrees, as rings of 1e-7 degree that are not closed."""
    lines = claim.values.get(key)
    if not isinstance(lines, list) or not lines:
        raise claim.refuse(f"`{key}` must be a list of lines, each a list of points")
    out = []
    for line in lines:
        if not isinstance(line, list) or len(line) < 2 or not all(_is_point(p) for p in line):
            raise claim.refuse(f"`{key}` has a line that is no list of two or more points", "A point is [longitude, latitude].")
        out.append(quantised(line))
    return tuple(out)


def _is_point(point: Any) -> bool:
    numbers = isinstance(point, list) and len(point) == 2 and all(type(v) in (int, float) for v in point)
    return numbers and abs(point[0]) <= 180 and abs(point[1]) <= 90


def _listed(text: str) -> tuple[str, ...]:
    return tuple(w for w in (v.strip() for v in text.split(";")) if w)
