"""Who belongs to a fleet, and when: dated claims turned into spells of time.

A claim's days are UTC days, both included. An undated claim holds always and is counted apart, so that a figure can say
on how many such claims it rests. Times are int64 milliseconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from offing.model.fleet import Fleet
from offing.model.times import to_ms_of_day

ALWAYS_MS = (to_ms_of_day(date(1, 1, 1)), to_ms_of_day(date(9999, 12, 31)))
"""Start and end of a spell without limits."""

SPELLS = pl.Schema({"mmsi": pl.Int32, "from_ms": pl.Int64, "to_ms": pl.Int64, "undated": pl.Boolean})
"""Spells: the hull belongs from `from_ms` up to, not including, `to_ms`; `undated`: only a claim without dates says so."""


def members(fleet: Fleet, mmsis: Iterable[int]) -> pl.DataFrame:
    """Spells (columns of `SPELLS`) during which the given numbers belong to the fleet, ordered by mmsi and from_ms.

    Spells of one number neither overlap nor touch. `everyone` and membership by flag hold always and are no claims, so
    they are not `undated`. Where a dated claim and an undated one meet, the number belongs always, by the undated one.
    """
    wanted = sorted({int(m) for m in mmsis})
    if fleet.everyone:
        always = wanted
    else:
        flags = set(fleet.mids)
        always = [m for m in wanted if flag_mid(m) in flags]
    rows = [(m, *ALWAYS_MS, False) for m in always]
    rest = set(wanted).difference(always)
    claims: dict[int, list[tuple[int, int]]] = {}
    undated: set[int] = set()
    for claim in fleet.members:
        if claim.mmsi not in rest:
            continue
        if not claim.dated:
            undated.add(claim.mmsi)
            continue
        low = to_ms_of_day(claim.valid_from) if claim.valid_from else ALWAYS_MS[0]
        high = to_ms_of_day(claim.valid_to + timedelta(days=1)) if claim.valid_to else ALWAYS_MS[1]
        if low < high:
            claims.setdefault(claim.mmsi, []).append((low, high))
    rows += [(m, *ALWAYS_MS, True) for m in undated]
    rows += [(m, low, high, False) for m, spells in claims.items() if m not in undated for low, high in _joined(spells)]
    return pl.DataFrame(rows, schema=SPELLS, orient="row").sort("mmsi", "from_ms")


def in_fleet(frame: pl.DataFrame, fleet: Fleet, *, time: str = "t_utc") -> pl.Series:
    """For each row, whether its `mmsi` belonged to the fleet at its instant (a datetime, date or integer ms column)."""
    if fleet.everyone:
        return pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True).alias("in_fleet")
    rows = frame.select(pl.col("mmsi").cast(pl.Int32), _ms(frame, time).alias("_t")).with_row_index("_row")
    spells = members(fleet, frame["mmsi"].unique())
    hits = rows.join(spells, on="mmsi").filter((pl.col("_t") >= pl.col("from_ms")) & (pl.col("_t") < pl.col("to_ms")))
    return rows.select(pl.col("_row").is_in(hits["_row"].implode())).to_series().alias("in_fleet")


def clip_to_fleet(frame: pl.DataFrame, fleet: Fleet, *, start: str = "entry_t_utc", end: str = "exit_t_utc") -> pl.DataFrame:
    """The parts of each row's interval during which its `mmsi` belonged to the fleet.

    Adds `start_ms`, `end_ms` (the part kept) and `undated`. A row whose interval meets several spells comes once for each,
    a row that meets none is left out. A part of no length stays only where the interval itself has none.
    """
    rows = frame.with_columns(_ms(frame, start).alias("_s"), _ms(frame, end).alias("_e"))
    if fleet.everyone:
        return rows.rename({"_s": "start_ms", "_e": "end_ms"}).with_columns(pl.lit(False).alias("undated"))
    spells = members(fleet, frame["mmsi"].unique())
    s, e = pl.col("_s"), pl.col("_e")
    return (
        rows.with_columns(pl.col("mmsi").cast(pl.Int32))
        .join(spells, on="mmsi")
        .filter((s < pl.col("to_ms")) & pl.when(s == e).then(s >= pl.col("from_ms")).otherwise(e > pl.col("from_ms")))
        .with_columns(
            pl.max_horizontal("_s", "from_ms").alias("start_ms"),
            pl.min_horizontal("_e", "to_ms").alias("end_ms"),
        )
        .drop("_s", "_e", "from_ms", "to_ms")
        .select(*frame.columns, "start_ms", "end_ms", "undated")
    )


def undated_claims(fleet: Fleet) -> int:
    """How many numbers belong to the fleet by a claim without dates."""
    return len({m.mmsi for m in fleet.members if not m.dated})


def flag_mid(mmsi: int) -> int:
    """Maritime identification digits of a ship's nine-digit number (2 to 7 first); 0 for any other number.

    Source: ITU-R M.585: numbers of coast stations, aircraft, aids to navigation and craft of a parent ship are formed
    in other ways and name no ship's flag by their first three digits.
    """
    return mmsi // 1_000_000 if 200_000_000 <= mmsi <= 799_999_999 else 0


def _joined(spells: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for low, high in sorted(spells):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out


def _ms(frame: pl.DataFrame, column: str) -> pl.Expr:
    kind = frame.schema[column]
    if kind.is_integer():
        return pl.col(column).cast(pl.Int64)
    return pl.col(column).cast(pl.Datetime("ms")).dt.epoch("ms") if kind == pl.Date else pl.col(column).dt.epoch("ms")
