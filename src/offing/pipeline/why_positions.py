"""`why` of positions: which file and line said where a ship was, with the raw text; those of one event are read at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import polars as pl

from offing.model.schemas import E7
from offing.model.times import iso, to_ms
from offing.pipeline.sources import RawText
from offing.store import Store
from offing.store.lookup import positions_of

Add = Callable[..., None]
"""Adds a line to the chain: level, kind, text, and what `why.Link` has besides."""


class Positions:
    """Looks positions up in the files of a logbook, and adds them to a chain."""

    def __init__(self, store: Store, add: Add) -> None:
        self.store, self.add = store, add
        self.raw = RawText(store)
        self._found: dict[tuple[int, int, int | None], pl.DataFrame] = {}

    def ahead(self, mmsi: int, moments: Iterable[datetime | None], held_at_ms: int | None) -> None:
        """Read the positions of several instants and their raw lines, in one pass over each file."""
        times = sorted({to_ms(m) for m in moments if m is not None})
        if not times:
            return
        rows = positions_of(self.store, mmsi, times[0], times[-1], held_at_ms)
        for t_ms in times:
            self._found[mmsi, t_ms, held_at_ms] = rows.filter(pl.col("t_utc").dt.epoch("ms") == t_ms)
        wanted = pl.concat([self._found[mmsi, t, held_at_ms] for t in times])
        self.raw.load(wanted.select("file", "row").rows())

    def tell(self, mmsi: int, when: datetime, role: str, level: int, held_at_ms: int | None, known_then: bool) -> None:
        """A position with its raw lines: from the files held now, else from those that the run which told of it held.

        `known_then`: only from the latter.
        """
        t_ms = to_ms(when)
        rows = self._at(mmsi, t_ms, held_at_ms if known_then else None)
        if rows.is_empty():
            rows = self._at(mmsi, t_ms, held_at_ms)
            role += " (its file was retracted since)"
        self.raw.load([(r["file"], r["row"]) for r in rows.iter_rows(named=True)])
        for r in rows.iter_rows(named=True):
            self._row(r, t_ms, role, level)

    def _at(self, mmsi: int, t_ms: int, held_at_ms: int | None) -> pl.DataFrame:
        key = mmsi, t_ms, held_at_ms
        if key not in self._found:
            self._found[key] = positions_of(self.store, mmsi, t_ms, t_ms, held_at_ms)
        return self._found[key]

    def _row(self, r: dict[str, Any], t_ms: int, role: str, level: int) -> None:
        at = at_place(r["lat_e7"] / E7, r["lon_e7"] / E7)
        speed = f", {r['speed_kn']:g} kn" if r["speed_kn"] is not None else ""
        self.add(level, "position", f"{role}: {iso(t_ms)} {at}{speed} (time: {r['time_basis']})")
        raw = self.raw.line(r["file"], r["row"])
        where = f"{raw.path} line {raw.line}" if raw.line else f"{raw.path} row {r['row']}"
        text = raw.text if raw.text is not None else f"[{raw.where}]"
        self.add(level + 1, "raw", f"{where}: {text}", file=raw.path, line=raw.line, raw=raw.text)


def at_place(lat_deg: float, lon_deg: float) -> str:
    """`24.123456N 121.654321E`."""
    return f"{abs(lat_deg):.6f}{'N' if lat_deg >= 0 else 'S'} {abs(lon_deg):.6f}{'E' if lon_deg >= 0 else 'W'}"
