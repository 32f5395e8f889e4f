"""The office's day beside AIS' day: the difference, and what explains it. Method: docs/method/reconcile.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from offing.figures.coverage import CoverageParameters
from offing.figures.watch_days import NOT_OBSERVED, NOT_REPORTED, OBSERVED, UNOBSERVABLE
from offing.model.times import DAY_MS, HOUR_MS, iso, to_ms
from offing.model.units import Unit

EXPLANATIONS = {
    "agree": "both say the same",
    "ais_off": "ships that the office names, or that AIS saw a day before or after, were silent; receivers were listening",
    "no_coverage": "receivers were not listening enough to say what was there",
    "definition": "AIS heard a ship that the office counts, but outside the zone, or too seldom inside for a watch day",
    "day_boundary": "the counts agree if the day is cut at the other's hour",
    "identity": "no MMSI is known of a ship that the office names",
    "unit": "the office counts something that does not compare with ships or days",
    "office_silent": "AIS saw a ship on a day of which the office says nothing",
    "unexplained": "nothing of the above explains it",
}

RECONCILED = pl.Schema(
    {
        "day": pl.Date(),
        "office": pl.String(),
        "window_start_utc": pl.Datetime("ms", "UTC"),
        "window_end_utc": pl.Datetime("ms", "UTC"),
        "ais_state": pl.String(),
        "ais_ships": pl.Int64(),  # hulls of the fleet inside, by AIS: a least value
        "office_state": pl.String(),
        "office_value": pl.Float64(),  # null: it says only whether there was a ship, or nothing
        "unit": pl.String(),
        "difference": pl.Float64(),  # office_value - ais_ships; null where they do not compare
        "explanation": pl.String(),  # one of EXPLANATIONS
        "because": pl.String(),
        "ais_mmsis": pl.List(pl.Int64()),
        "office_hulls": pl.List(pl.String()),  # hull numbers that the office names
        "missing_hulls": pl.List(pl.String()),  # those of them that AIS did not see inside
        "day_rule": pl.String(),
        "sources": pl.List(pl.String()),
        "figure_id": pl.String(),  # of AIS' day
    }
)

RECONCILED_TOTALS = pl.Schema(
    {
        "office": pl.String(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
        "days": pl.Int64(),
        "office_days": pl.Int64(),  # days on which the office reports a ship
        "ais_days": pl.Int64(),  # days on which AIS saw one, of those of which the office speaks; the others: office_silent
        "both_days": pl.Int64(),
        "office_ship_days": pl.Float64(),  # null: it does not count ships
        "ais_ship_days": pl.Int64(),  # over the days of which the office speaks
        **{name: pl.Int64() for name in EXPLANATIONS},
    }
)

SHIPS = (Unit.VESSELS.value, Unit.SHIP_DAYS.value)


@dataclass(frozen=True)
class OfficeDay:
    """What an office says of one day. `hulls`: hull number -> the times (ms) between which it was inside, where stated."""

    day: date
    state: str  # observed, not_observed, not_reported
    value: float | None = None
    unit: str = ""
    hulls: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heard:
    """Positions of one ship on the days asked about and those beside them: times (ms, ascending), and which were inside."""

    times_ms: tuple[int, ...]
    inside: tuple[bool, ...]


def reconcile(
    office: str,
    said: list[OfficeDay],
    ais: pl.DataFrame,
    shifted: pl.DataFrame | None,
    mmsis_of: Mapping[str, frozenset[int]],
    heard: Mapping[int, Heard],
    listening: Collection[int] = (),
    coverage: CoverageParameters | None = None,
) -> pl.DataFrame:
    """The days of an office beside those of AIS (columns of `RECONCILED`), in order, and AIS' days with a ship between them.

    `ais`: watch days (columns of `watch_days.WATCH_DAYS`) by the office's day rule; `shifted`: the same by the zone's own,
    where that is another. `mmsis_of`: the numbers by which AIS knows a hull; `heard`: where each of them, and every other hull
    of the fleet, was heard. `listening`: clock hours since 1970 in which receivers were listening at the zones.
    """
    ears = _Ears(frozenset(listening), coverage or CoverageParameters())
    told = {s.day for s in said}
    seen = [r["day"] for r in ais.iter_rows(named=True) if r["state"] == OBSERVED and r["day"] not in told]
    said = [*said, *(OfficeDay(d, NOT_REPORTED) for d in seen)]
    by_day = {row["day"]: row for row in ais.iter_rows(named=True)}
    other = {row["day"]: row for row in shifted.iter_rows(named=True)} if shifted is not None else {}
    rows = []
    for one in sorted(said, key=lambda s: s.day):
        row = by_day.get(one.day)
        if row is None:
            continue
        missing = [h for h in one.hulls if not (mmsis_of.get(h, frozenset()) & set(row["mmsis"]))]
        name, because, difference = _explained(one, row, other.get(one.day), missing, mmsis_of, heard, ears)
        rows.append(
            {
                "day": one.day,
                "office": office,
                "window_start_utc": row["window_start_utc"],
                "window_end_utc": row["window_end_utc"],
                "ais_state": row["state"],
                "ais_ships": row["hulls_n"],
                "office_state": one.state,
                "office_value": one.value,
                "unit": one.unit,
                "difference": difference,
                "explanation": name,
                "because": because,
                "ais_mmsis": row["mmsis"],
                "office_hulls": list(one.hulls),
                "missing_hulls": missing,
                "day_rule": row["day_rule"],
                "sources": list(one.sources),
                "figure_id": row["figure_id"],
            }
        )
    return pl.DataFrame(rows, schema=RECONCILED)


def totals(rows: pl.DataFrame) -> pl.DataFrame:
    """One row over all days (columns of `RECONCILED_TOTALS`); none where there are no days."""
    if rows.is_empty():
        return pl.DataFrame(schema=RECONCILED_TOTALS)
    counted = rows["explanation"].value_counts()
    reported = rows.filter(rows["office_state"] != NOT_REPORTED)
    office, seen = reported["office_state"] == OBSERVED, reported["ais_state"] == OBSERVED
    counts_ships = reported["unit"].is_in(SHIPS)
    row = {
        "office": rows["office"][0],
        "first_day": rows["day"].min(),
        "last_day": rows["day"].max(),
        "days": rows.height,
        "office_days": int(office.sum()),
        "ais_days": int(seen.sum()),
        "both_days": int((office & seen).sum()),
        "office_ship_days": float(reported.filter(counts_ships)["office_value"].sum()) if counts_ships.any() else None,
        "ais_ship_days": int(reported["ais_ships"].sum()),
        **dict.fromkeys(EXPLANATIONS, 0),
        **dict(counted.iter_rows()),
    }
    return pl.DataFrame([row], schema=RECONCILED_TOTALS)


@dataclass(frozen=True)
class _Ears:
    """When receivers were listening, and how much of a time is enough to say that silence was the ship's."""

    hours: frozenset[int]
    coverage: CoverageParameters

    def enough(self, first_ms: int, last_ms: int) -> bool:
        """Whether a ship that was there would have been heard: as of a watch day, in proportion to the time."""
        touched = range(first_ms // HOUR_MS, max(last_ms - 1, first_ms) // HOUR_MS + 1)
        hole = longest = 0
        for hour in touched:
            hole = 0 if hour in self.hours else hole + 1
            longest = max(longest, hole)
        n = sum(hour in self.hours for hour in touched)
        p = self.coverage
        return n * DAY_MS >= p.min_listening_hours * HOUR_MS * len(touched) and longest <= p.max_hole_h


def _explained(
    one: OfficeDay,
    row: dict[str, Any],
    other: dict[str, Any] | None,
    missing: list[str],
    mmsis_of: Mapping[str, frozenset[int]],
    heard: Mapping[int, Heard],
    ears: _Ears,
) -> tuple[str, str, float | None]:
    """The name of the explanation, in words, and the difference in ships where there is one."""
    ships = row["hulls_n"]
    if one.state == NOT_REPORTED:
        return "office_silent", f"AIS saw {' '.join(map(str, row['mmsis']))}; the office says nothing of this day.", None
    if one.value is not None and one.unit not in SHIPS:
        return "unit", f"The office counts {one.unit.replace('_', ' ')}: they do not compare with ships.", None
    difference = one.value - ships if one.value is not None else None
    agree = difference == 0 if difference is not None else (one.state == OBSERVED) == (row["state"] == OBSERVED)
    if agree and not missing and row["state"] != UNOBSERVABLE:
        return "agree", "Both say the same.", difference
    if other is not None and _same(one, other):
        return "day_boundary", f"Cut by the zone's own day ({other['day_rule']}) the counts agree.", difference
    if missing:
        name, because = _of_hulls(one, row, missing, mmsis_of, heard, ears)
        return name, because, difference
    if row["state"] == UNOBSERVABLE:
        return "no_coverage", f"Receivers: {row['because']}.", difference
    if one.state == OBSERVED and (difference or 1) > 0:
        silent = _silent_neighbours(row, heard)
        if len(silent) >= (difference or 1):
            names = ", ".join(map(str, silent))
            return "ais_off", f"Inside the day before or after, and without a message on this day: {names}.", difference
    named = {m for h in one.hulls for m in mmsis_of.get(h, ())}
    more = [m for m in row["mmsis"] if m not in named] if one.hulls or one.state == NOT_OBSERVED else []
    if more:
        return "unexplained", f"AIS saw ships that the office does not name: {', '.join(map(str, more))}.", difference
    return "unexplained", "Nothing in the data explains it.", difference


def _same(one: OfficeDay, other: dict[str, Any]) -> bool:
    if one.value is not None:
        return bool(one.value == other["hulls_n"])
    return (one.state == OBSERVED) == (other["state"] == OBSERVED) and other["state"] in (OBSERVED, NOT_OBSERVED)


_WEIGHT = ("ais_off", "no_coverage", "definition", "identity")


def _of_hulls(
    one: OfficeDay,
    row: dict[str, Any],
    missing: list[str],
    mmsis_of: Mapping[str, frozenset[int]],
    heard: Mapping[int, Heard],
    ears: _Ears,
) -> tuple[str, str]:
    """Why AIS did not see the ships that the office names: the weightiest reason, and each ship's own in words."""
    low, high = to_ms(row["window_start_utc"]), to_ms(row["window_end_utc"])
    reasons: dict[str, list[str]] = {}
    for hull in missing:
        start, end = one.hulls[hull]
        first, last = start if start is not None else low, end if end is not None else high
        name, why = _of_hull(first, last, mmsis_of.get(hull, frozenset()), heard, ears)
        reasons.setdefault(name, []).append(f"{hull}: {why}")
    found = [n for n in _WEIGHT if n in reasons]
    return found[0], "; ".join(text for n in found for text in reasons[n]) + "."


def _of_hull(first_ms: int, last_ms: int, numbers: frozenset[int], heard: Mapping[int, Heard], ears: _Ears) -> tuple[str, str]:
    """Why AIS did not see one ship inside between two instants."""
    if not numbers:
        return "identity", "no MMSI is known"
    fixes = sorted((t, i) for m in numbers if m in heard for t, i in zip(heard[m].times_ms, heard[m].inside, strict=True))
    within = [i for t, i in fixes if first_ms <= t <= last_ms]
    if any(within):
        return "definition", f"heard inside, but with too few positions for a watch day ({sum(within)})"
    if within:
        return "definition", f"heard outside the zone meanwhile ({len(within)} positions)"
    if not ears.enough(first_ms, last_ms):
        return "no_coverage", "receivers were not listening enough while it was inside"
    before = max((t for t, _ in fixes if t < first_ms), default=None)
    after = min((t for t, _ in fixes if t > last_ms), default=None)
    told = (f"last heard {iso(before)}" if before else "not heard before", f"next {iso(after)}" if after else "not heard after")
    return "ais_off", f"silent ({', '.join(told) if before or after else 'not on AIS a day before or after either'})"


def _silent_neighbours(row: dict[str, Any], heard: Mapping[int, Heard]) -> list[int]:
    """Hulls that were inside within a day before or after the day, and of which there is no message on it."""
    low, high = to_ms(row["window_start_utc"]), to_ms(row["window_end_utc"])
    day = high - low
    found = []
    for mmsi, one in heard.items():
        on_it = any(low <= t < high for t in one.times_ms)
        near = any(
            i and (low - day <= t < low or high <= t < high + day) for t, i in zip(one.times_ms, one.inside, strict=True)
        )
        if near and not on_it:
            found.append(mmsi)
    return sorted(found)
