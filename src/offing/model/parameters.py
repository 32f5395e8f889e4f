"""Parameters live once: a frozen class beside the kind that uses them, each field with unit, legal range and source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Self

from offing.errors import BadParameter, UnknownName

Number = int | float


def parameter(default: Number, *, unit: str, low: Number, high: Number, source: str, doc: str) -> Any:
    """Declare one parameter: its default, unit, legal range (both ends allowed), source and meaning."""
    return field(default=default, metadata={"unit": unit, "low": low, "high": high, "source": source, "doc": doc})


@dataclass(frozen=True)
class Parameters:
    """Base of every parameters class. `kind` is the name before the dot: `visit.max_gap_h`."""

    kind: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for f in fields(self):
            value, meta = getattr(self, f.name), f.metadata
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise BadParameter(f"{self.kind}.{f.name} takes a number, not {value!r}.", f"See `offing method {self.kind}`.")
            if not meta["low"] <= value <= meta["high"]:
                raise BadParameter(
                    f"{self.kind}.{f.name} = {value:g} is outside {meta['low']:g} to {meta['high']:g} {meta['unit']}.",
                    f"See `offing method {self.kind}`.",
                    name=f.name,
                    value=value,
                )

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """Build from `{"visit.max_gap_h": 6, ...}`; keys of other kinds are left alone, unknown ones of this kind refused."""
        known = {f.name: f for f in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in settings.items():
            kind, _, name = key.partition(".")
            if kind != cls.kind:
                continue
            if name not in known:
                raise UnknownName.of("parameter", key, (f"{cls.kind}.{n}" for n in known), f"offing method {cls.kind}")
            default = known[name].default
            whole = isinstance(default, int) and isinstance(value, float)
            if whole and not value.is_integer():  # type: ignore[attr-defined]
                raise BadParameter(f"{key} takes a whole number, not {value:g}.", f"See `offing method {kind}`.")
            values[name] = int(value) if whole else value  # type: ignore[call-overload]
        return cls(**values)

    def values(self) -> dict[str, Number]:
        """`{"visit.max_gap_h": 6, ...}`, in the order of declaration."""
        return {f"{self.kind}.{f.name}": getattr(self, f.name) for f in fields(self)}

    def describe(self) -> list[dict[str, object]]:
        """One row per parameter: parameter, value, default, unit, low, high, source, meaning."""
        rows: list[dict[str, object]] = []
        for f in fields(self):
            m = f.metadata
            rows.append(
                {
                    "parameter": f"{self.kind}.{f.name}",
                    "value": getattr(self, f.name),
                    "default": None if f.default is MISSING else f.default,
                    "unit": m["unit"],
                    "low": m["low"],
                    "high": m["high"],
                    "source": m["source"],
                    "meaning": m["doc"],
                }
            )
        return rows


def method_hash(*parts: Parameters) -> str:
    """Twelve hex digits that name a method: the hash of all values of the given parameter classes."""
    values: dict[str, float] = {}
    for p in parts:
        values |= {k: float(v) for k, v in p.values().items()}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
