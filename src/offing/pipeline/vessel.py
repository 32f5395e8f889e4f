"""Who a number said it was, and when: identity claims of static messages in spells of time, with the flag and the fleets.

Nothing is decided here between claims: a hull that changes its name has two spells, and two hulls that share a number have
spells that alternate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from offing.model.fleet import Fleet
from offing.model.times import from_ms
from offing.store import Store
from offing.tracks.identity import ALWAYS_MS, flag_mid, members
from offing.zones.fleets import flags

FIELDS = ("name", "callsign", "imo", "ship_type", "size_m")
"""What a hull says of itself and keeps: destination and draught change with every voyage and are left out."""

CLAIMS = pl.Schema(
    {
        "mmsi": pl.Int32(),
        "field": pl.String(),  # of FIELDS
        "value": pl.String(),
        "first_utc": pl.Datetime("ms", "UTC"),  # first and last message of the spell
        "last_utc": pl.Datetime("ms", "UTC"),
        "messages_n": pl.Int64(),
        "path": pl.String(),  # the file that holds the first of them, and its row
        "row": pl.Int64(),
    }
)

VESSELS = pl.Schema(
    {
        "mmsi": pl.Int64(),
        "name": pl.String(),  # the last that was broadcast; null: none was
        "names_n": pl.Int64(),
        "callsign": pl.String(),
        "imo": pl.String(),
        "ship_type": pl.String(),  # AIS number
        "flag": pl.String(),  # two letters, by the first three digits of the number; null: they name no state
        "fleets": pl.List(pl.String()),  # at its last day
        "first_day": pl.Date(),  # UTC days on which it was heard
        "last_day": pl.Date(),
        "days_n": pl.Int64(),
    }
)


def identity_claims(store: Store) -> pl.DataFrame:
    """The spells of every hull and field (columns of `CLAIMS`), by hull, field and time. A spell ends where another begins."""
    paths: dict[str, tuple[str, str]] = {}
    for line in store.ledger.files():
        for day in line.static_days:
            paths[str(store.static_part(line.part, day))] = (line.sha256, line.path)
    if not paths:
        return pl.DataFrame(schema=CLAIMS)
    scan = pl.scan_parquet(list(paths), glob=False, hive_partitioning=False, include_file_paths="_part")
    size = pl.format("{} x {}", pl.col("length_m").round(0).cast(pl.Int64), pl.col("width_m").round(0).cast(pl.Int64))
    columns = ["mmsi", "t_utc", "row", "_part"]
    said = [pl.col(f).cast(pl.String) for f in FIELDS if f != "size_m"]
    rows = scan.select(*columns, *said, size.alias("size_m")).collect().sort("mmsi", "t_utc", "row")
    files = {part: path for part, (_, path) in paths.items()}
    return pl.concat([pl.DataFrame(schema=CLAIMS), *(_spells(rows, f, files) for f in FIELDS)]).sort(
        "mmsi", "field", "first_utc"
    )


def _spells(rows: pl.DataFrame, name: str, files: Mapping[str, str]) -> pl.DataFrame:
    """Runs of one value of a field."""
    found = rows.filter(pl.col(name).is_not_null() & (pl.col(name) != "")).select("mmsi", "t_utc", "row", "_part", value=name)
    new = (pl.col("value") != pl.col("value").shift(1)).over("mmsi").fill_null(value=True)
    return (
        found.with_columns(new.cum_sum().over("mmsi").alias("_spell"))
        .group_by("mmsi", "_spell", maintain_order=True)
        .agg(
            pl.lit(name).first().alias("field"),
            pl.col("value").first(),
            pl.col("t_utc").first().alias("first_utc"),
            pl.col("t_utc").last().alias("last_utc"),
            pl.len().cast(pl.Int64).alias("messages_n"),
            pl.col("_part").first().replace_strict(files, return_dtype=pl.String).alias("path"),
            pl.col("row").first(),
        )
        .select(CLAIMS.names())
    )


def vessels(claims: pl.DataFrame, heard: pl.DataFrame, fleets: Mapping[str, Fleet]) -> pl.DataFrame:
    """One row (columns of `VESSELS`) for each number that was heard or described, by number.

    `heard`: `mmsi`, `first_day`, `last_day`, `days_n`.
    """
    last = claims.sort("last_utc").group_by("mmsi", "field").agg(pl.col("value").last())
    wide = last.pivot("field", index="mmsi", values="value") if last.height else pl.DataFrame(schema={"mmsi": pl.Int32})
    names_n = claims.filter(field="name").group_by("mmsi").agg(pl.col("value").n_unique().cast(pl.Int64).alias("names_n"))
    rows = heard.join(wide, on="mmsi", how="full", coalesce=True).join(names_n, on="mmsi", how="left")
    missing = [pl.lit(None, dtype=pl.String).alias(f) for f in FIELDS if f not in rows.columns]
    rows = rows.with_columns(*missing, pl.col("names_n").fill_null(0)).sort("mmsi")
    numbers = rows["mmsi"].to_list()
    fleets_of = fleets_at(numbers, rows["last_day"].to_list(), fleets)
    flags = flags_of(numbers)
    return rows.with_columns(
        pl.Series("flag", [flags[m] for m in numbers], pl.String),
        pl.Series("fleets", [fleets_of[m] for m in numbers], pl.List(pl.String)),
    ).select(pl.col(n).cast(t) for n, t in VESSELS.items())


def heard_days(coverage: pl.DataFrame) -> pl.DataFrame:
    """When each number was heard: `mmsi`, `first_day`, `last_day`, `days_n`."""
    day = pl.col("day")
    return coverage.group_by("mmsi").agg(
        day.min().alias("first_day"), day.max().alias("last_day"), day.n_unique().cast(pl.Int64).alias("days_n")
    )


def fleets_at(mmsis: Sequence[int], days: Sequence[date | None], fleets: Mapping[str, Fleet]) -> dict[int, list[str]]:
    """For each number the fleets to which it belonged on its day; without a day, ever."""
    found: dict[int, list[str]] = {m: [] for m in mmsis}
    at = dict(zip(mmsis, days, strict=True))
    for fleet in fleets.values():
        if fleet.everyone or not fleet.in_ais:
            continue
        for mmsi, low, high, _ in members(fleet, mmsis).iter_rows():
            day = at[mmsi]
            inside = day is None or (low <= _noon(day) < high)
            if inside and fleet.id not in found[mmsi]:
                found[mmsi].append(fleet.id)
    return found


def membership_claims(mmsi: int, fleets: Mapping[str, Fleet]) -> list[dict[str, Any]]:
    """The spells in which a number belonged to each fleet: fleet_id, from_day, to_day (null: no limit), claims with sources."""
    rows = []
    for fleet in fleets.values():
        if fleet.everyone or not fleet.in_ais:
            continue
        said = [m for m in fleet.members if m.mmsi == mmsi]
        for _, low, high, undated in members(fleet, [mmsi]).iter_rows():
            rows.append(
                {
                    "fleet_id": fleet.id,
                    "names": dict(fleet.names),
                    "from_day": None if low == ALWAYS_MS[0] else from_ms(low).date().isoformat(),
                    "to_day": None if high == ALWAYS_MS[1] else from_ms(high - 1).date().isoformat(),
                    "undated": undated,
                    "by": "claim" if said else "flag",
                    "names_told": sorted({m.name for m in said} - {""}),
                    "sources": sorted({m.source for m in said} - {""}) or [fleet.source],
                }
            )
    return rows


def flags_of(mmsis: Iterable[int]) -> dict[int, str | None]:
    """The state that each number's first three digits name (ITU), as two small letters."""
    by_mid = _codes()
    return {m: by_mid.get(flag_mid(m)) for m in mmsis}


@lru_cache(maxsize=1)
def _codes() -> dict[int, str]:
    return {mid: code for code, (_, mids) in flags().items() for mid in mids}


def _noon(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000 + 43_200_000
