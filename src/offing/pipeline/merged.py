"""One picture of several accounts: own watch days joined with the visits and watch days that partners sent.

Method: docs/method/watch-day.md. Overlapping visits of one hull from several originators are accounts of one stay: all are
listed, and counted once. Nothing here changes a figure of a logbook that holds no received rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from offing.clock import now_ms
from offing.figures.watch_days import (
    NOT_OBSERVED,
    OBSERVED,
    UNOBSERVABLE,
    WATCH_DAYS,
    WatchDayParameters,
    day_windows,
    days_touched,
    stays_of,
)
from offing.model.fleet import Fleet
from offing.model.sharing import Label
from offing.model.times import DAY_MS, DayRule, from_ms
from offing.model.wire import WIRE
from offing.model.zone import Zone
from offing.store import Store, received
from offing.tracks.identity import clip_to_fleet, members

HERE = "this logbook"
"""How own rows are named where the logbook is no node."""

ACCOUNTS = pl.Schema(
    {
        "day": pl.Date(),
        "originator": pl.String(),
        "state": pl.String(),
        "because": pl.String(),
        "hulls_n": pl.Int64(),  # as told; at least the numbers told
        "mmsis": pl.List(pl.Int64()),
        "visits": pl.List(pl.String()),
        "positions_n": pl.Int64(),  # null: not told by day
    }
)


@dataclass(frozen=True)
class Received:
    """What partners sent that takes part in figures: rows with the columns of `store.received.schema`."""

    visits: pl.DataFrame
    days: pl.DataFrame
    streaks: pl.DataFrame
    named: bool = True  # false: figures say `another account` where they would name an originator

    @classmethod
    def nothing(cls) -> Received:
        """No rows at all."""
        visits, days, streaks = (pl.DataFrame(schema=received.schema(k)) for k in ("visit", "watch_day", "streak"))
        return cls(visits, days, streaks)

    @classmethod
    def held(cls, store: Store, known_at_ms: int | None = None) -> Received:
        """The rows that a logbook holds and that have not expired; of an instant those that had come by then.

        Rows of times before 1970 or more than a day ahead of the clock are left out: no figure runs that far.
        """
        clock = now_ms()

        def here(kind: str, start: str, end: str) -> pl.DataFrame:
            return came_by(received.read(store, kind, clock), known_at_ms).filter(_within(start, end, clock))

        visits, days = here("visit", "entry_t_utc", "exit_t_utc"), here("watch_day", "day", "day")
        return cls(visits, days, here("streak", "start_day", "end_day"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing came that figures could rest on."""
        return self.visits.is_empty() and self.days.is_empty()

    def of_zones(self, zones: Sequence[Zone]) -> pl.DataFrame:
        """The visits that figures of these zones count: of the very same outline and dates, with times and support told."""
        hashes = pl.DataFrame({"zone_id": [z.id for z in zones], "zone_hash": [z.hash for z in zones]})
        told = ("entry_t_utc", "exit_t_utc", "support_n")
        rows = self.visits.join(hashes, on=["zone_id", "zone_hash"], how="semi").drop_nulls(told)
        return rows.with_columns(pl.col("status").fill_null("closed"))

    def of_series(self, zones: Sequence[Zone], fleet: Fleet, day_rule: DayRule) -> pl.DataFrame:
        """The watch days from AIS of exactly these zones, this fleet and this day rule."""
        return _of_series(self.days, zones, fleet, day_rule).filter(
            pl.col("state").is_in([OBSERVED, NOT_OBSERVED, UNOBSERVABLE])
        )

    def stays(self, zones: Sequence[Zone], fleet: Fleet, parameters: WatchDayParameters) -> pl.DataFrame:
        """Their stays (columns of `watch_days.stays_of` and originator); of a fleet only hulls whose number is told."""
        rows = self.of_zones(zones).rename({"id": "event_id"})
        rows = rows if fleet.everyone else rows.drop_nulls("mmsi")
        parts = [
            stays_of(piece, [z.id for z in zones], fleet, parameters).with_columns(pl.lit(originator).alias("originator"))
            for (originator,), piece in rows.partition_by("originator", as_dict=True, maintain_order=True).items()
        ]
        empty = {"event_id": pl.String, "mmsi": pl.Int32, "start_ms": pl.Int64, "end_ms": pl.Int64, "undated": pl.Boolean}
        return pl.concat([pl.DataFrame(schema={**empty, "originator": pl.String}), *parts])


TOLD = ("originator", "received_from", "vouched_by")
"""Columns that say whose account a listed row is and how it came; the last two are null for own rows."""


def as_own(store: Store, rows: pl.DataFrame) -> pl.DataFrame:
    """Own rows with `TOLD`: their originator is the node that this logbook is, or null where it is none."""
    values = (store.node_id, None, None)
    return rows.with_columns(pl.lit(v, dtype=pl.String).alias(n) for n, v in zip(TOLD, values, strict=True))


def with_told(own: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Own rows and after them received ones, in the columns of the own ones; what received ones do not tell is null."""
    missing = [pl.lit(None, dtype=t).alias(n) for n, t in own.schema.items() if n not in told.columns]
    return pl.concat([own, told.with_columns(missing).select(pl.col(n).cast(t) for n, t in own.schema.items())])


def came_by(rows: pl.DataFrame, known_at_ms: int | None) -> pl.DataFrame:
    """Received rows that had come by an instant; those of which it is not known when they came are left out then."""
    return rows if known_at_ms is None else rows.filter(pl.col("received_utc").dt.epoch("ms") <= known_at_ms)


def accounts(
    told: Received, zones: Sequence[Zone], fleet: Fleet, day_rule: DayRule, parameters: WatchDayParameters
) -> pl.DataFrame:
    """What each originator says of each day (columns of `ACCOUNTS`): by its visits, and by its watch days."""
    days = told.of_series(zones, fleet, day_rule)
    seen = pl.col("state") == OBSERVED
    numbers = pl.when(seen).then(pl.col("mmsis")).fill_null([])
    least = pl.max_horizontal(pl.col("hulls_n").fill_null(1), numbers.list.len(), 1).cast(pl.Int64)
    by_days = days.select(
        "day",
        "originator",
        "state",
        "because",
        pl.when(seen).then(least).otherwise(0).alias("hulls_n"),
        numbers.alias("mmsis"),
        pl.lit([], dtype=pl.List(pl.String)).alias("visits"),
        pl.when(seen).then("positions_n").alias("positions_n"),
    )
    return pl.concat([pl.DataFrame(schema=ACCOUNTS), by_days, _by_visits(told.stays(zones, fleet, parameters), day_rule)])


def _by_visits(stays: pl.DataFrame, day_rule: DayRule) -> pl.DataFrame:
    if stays.is_empty():
        return pl.DataFrame(schema=ACCOUNTS)
    first, last = (day_rule.day_of(int(ms)) for ms in (stays["start_ms"].min(), stays["end_ms"].max()))  # type: ignore[arg-type]
    days, starts = day_windows(first, last, day_rule)
    calendar = pl.DataFrame({"i": range(len(days)), "day": days}, schema={"i": pl.Int64, "day": pl.Date})
    parts = []
    for (originator,), piece in stays.partition_by("originator", as_dict=True, maintain_order=True).items():
        touched = days_touched(piece.drop("originator"), starts)
        parts.append(
            touched.group_by("i")
            .agg(
                pl.max_horizontal(pl.col("mmsi").drop_nulls().n_unique(), 1).cast(pl.Int64).alias("hulls_n"),
                pl.col("mmsi").drop_nulls().cast(pl.Int64).unique().sort().alias("mmsis"),
                pl.col("event_id").unique().sort().alias("visits"),
            )
            .join(calendar, on="i")
            .with_columns(
                pl.lit(originator).alias("originator"),
                pl.lit(OBSERVED).alias("state"),
                pl.lit(None, dtype=pl.String).alias("because"),
                pl.lit(None, dtype=pl.Int64).alias("positions_n"),
            )
            .select(ACCOUNTS.names())
        )
    return pl.concat(parts)


def merged_days(
    own: pl.DataFrame, told: pl.DataFrame, fleet: Fleet, node_id: str | None, *, named: bool = True
) -> pl.DataFrame:
    """Own watch days (columns of `WATCH_DAYS`) joined with the accounts of others, and `originators`: who observed.

    A day is observed if any account says so, else not_observed if any does, else unobservable. `hulls_n` is the larger of the
    distinct numbers known and what one account tells. `positions_n` is the largest that one account tells; null: none does.
    """
    here = pl.lit([node_id] if node_id else None, dtype=pl.List(pl.String))
    nobody = pl.lit([] if node_id else None, dtype=pl.List(pl.String))
    own = own.with_columns(pl.when(pl.col("state") == OBSERVED).then(here).otherwise(nobody).alias("originators"))
    touched = own.join(told, on="day", how="semi")
    if touched.is_empty():
        return own
    seen = pl.col("state") == OBSERVED
    ours = touched.select(
        "day", pl.lit(node_id, dtype=pl.String).alias("originator"), "state", "because", "hulls_n", "mmsis", "visits",
        pl.when(seen).then("positions_n").alias("positions_n"),
    )  # fmt: skip
    said = pl.concat([ours, told.join(touched, on="day", how="semi").select(ours.columns)])
    whole = said.group_by("day").agg(
        pl.col("originator").filter(seen).drop_nulls().unique().sort().alias("originators"),
        *(pl.col(c).explode().drop_nulls().unique().sort().alias(c) for c in ("mmsis", "visits")),
        pl.col("hulls_n").max(),
        pl.col("positions_n").max(),
    )
    undated = members(fleet, whole["mmsis"].explode().drop_nulls().unique()).filter("undated")["mmsi"].cast(pl.Int64)
    states, reasons = _joined_states(said, node_id, named)
    merged = (
        touched.drop("originators", "mmsis", "visits", "hulls_n", "positions_n", "undated_claims_n")
        .join(whole, on="day")
        .with_columns(
            pl.col("day").replace_strict(states, return_dtype=pl.String).alias("state"),
            pl.col("day").replace_strict(reasons, return_dtype=pl.String).alias("because"),
            pl.max_horizontal("hulls_n", pl.col("mmsis").list.len().cast(pl.Int64)).alias("hulls_n"),
            pl.col("mmsis").list.set_intersection(undated.implode()).list.len().cast(pl.Int64).alias("undated_claims_n"),
        )
        .with_columns(pl.when(~seen & pl.col("positions_n").is_null()).then(0).otherwise("positions_n").alias("positions_n"))
        .select(pl.col(n).cast(t) for n, t in {**WATCH_DAYS, "originators": pl.List(pl.String)}.items())
    )
    return pl.concat([own.join(touched, on="day", how="anti").select(merged.columns), merged]).sort("day")


def _joined_states(said: pl.DataFrame, node_id: str | None, named: bool) -> tuple[dict[date, str], dict[date, str | None]]:
    """Per day the joined state, and in words what decides it or who disagrees; `said` begins with the own days."""
    states: dict[date, str] = {}
    reasons: dict[date, str | None] = {}
    for (day,), rows in _by_day(said).items():
        states[day] = next(s for s in (OBSERVED, NOT_OBSERVED, UNOBSERVABLE) if s in {r["state"] for r in rows})
        denying = [r for r in rows if r["state"] == NOT_OBSERVED]
        if states[day] == OBSERVED:
            seeing = sorted({_name(r, node_id, named) for r in rows if r["state"] == OBSERVED})
            denied = "; ".join(f"{_name(r, node_id, named)} says not_observed ({r['because']})" for r in denying)
            reasons[day] = f"{', '.join(seeing)} observed; {denied}" if denying else None
        elif denying and rows[0]["state"] != NOT_OBSERVED:
            reasons[day] = "; ".join(f"{_name(r, node_id, named)} says so: {r['because']}" for r in denying)
        else:
            reasons[day] = rows[0]["because"]
    return states, reasons


def _by_day(said: pl.DataFrame) -> dict[tuple[date], list[dict[str, Any]]]:
    out: dict[tuple[date], list[dict[str, Any]]] = {}
    for row in said.select("day", "originator", "state", "because").iter_rows(named=True):
        out.setdefault((row["day"],), []).append(row)
    return out


def _name(row: Mapping[str, Any], node_id: str | None, named: bool) -> str:
    if row["originator"] == node_id:
        return node_id or HERE
    return str(row["originator"]) if named else "another account"


def with_originators(figures: pl.DataFrame, days: pl.DataFrame, start: str, end: str) -> pl.DataFrame:
    """Figures of several days with `originators`: all whose accounts the days from start to end rest on, in order."""
    seen = days.select("day", "originators").drop_nulls()
    found = [
        None
        if low is None or seen.is_empty()
        else sorted({o for names in seen.filter(pl.col("day").is_between(low, high))["originators"] for o in names})
        for low, high in figures.select(start, end).iter_rows()
    ]
    return figures.with_columns(pl.Series("originators", found, dtype=pl.List(pl.String)))


def with_originators_of_periods(figures: pl.DataFrame, days: pl.DataFrame, by: str) -> pl.DataFrame:
    """Presence with `originators`: all whose accounts the days of the period rest on, in order."""
    shape = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[by]
    seen = days.select(pl.col("day").dt.strftime(shape).alias("period"), "originators").drop_nulls().explode("originators")
    named = seen.group_by("period").agg(pl.col("originators").drop_nulls().unique().sort())
    return figures.join(named, on="period", how="left", maintain_order="left")


# -- labels


LABEL_COLUMNS = ("originator", "purpose", "onward", "expires_utc", "rounded_deg", "masked")


def resting_on(
    told: Received, zones: Sequence[Zone], fleet: Fleet, day_rule: DayRule, first: date | None, last: date | None
) -> list[tuple[str, dict[str, Any]]]:
    """The labels of the received rows that speak of these days (None: of any), each once and with its kind.

    A label is a row of `LABEL_COLUMNS`. Figures of the days rest on all of them.
    """
    visits, days = _of_fleet(told.of_zones(zones), fleet), told.of_series(zones, fleet, day_rule)
    if first is not None:
        low = from_ms(day_rule.window(first)[0])
        visits, days = visits.filter(pl.col("exit_t_utc") >= low), days.filter(pl.col("day") >= first)
    if last is not None:
        high = from_ms(day_rule.window(last)[1])
        visits, days = visits.filter(pl.col("entry_t_utc") < high), days.filter(pl.col("day") <= last)
    found = (("visit", visits), ("watch_day", days))
    return [(kind, row) for kind, rows in found for row in rows.select(LABEL_COLUMNS).unique().sort(pl.all()).to_dicts()]


def labels_of_days(
    told: Received, zones: Sequence[Zone], fleet: Fleet, day_rule: DayRule, base: Label, days: Sequence[date]
) -> list[Label]:
    """For each day the label of its figure: `derived_label` of what it rests on; `base` where nothing received speaks of it."""
    if not days:
        return []
    calendar, starts = day_windows(min(days), max(days), day_rule)
    at: dict[date, set[int]] = {}
    known: list[tuple[str, dict[str, Any]]] = []
    for kind, rows in (
        ("visit", _of_fleet(told.of_zones(zones), fleet)),
        ("watch_day", told.of_series(zones, fleet, day_rule)),
    ):
        classes = rows.select(LABEL_COLUMNS).unique().sort(pl.all()).with_row_index("class", len(known))
        known += [(kind, row) for row in classes.drop("class").to_dicts()]
        classed = rows.join(classes, on=LABEL_COLUMNS, nulls_equal=True)
        if kind == "visit":
            spans = classed.select(
                pl.lit(0).alias("mmsi"), pl.col("class").cast(pl.String).alias("event_id"), pl.lit(False).alias("undated"),
                pl.col("entry_t_utc").dt.epoch("ms").alias("start_ms"), pl.col("exit_t_utc").dt.epoch("ms").alias("end_ms"),
            )  # fmt: skip
            touched = days_touched(spans, starts).select("i", "event_id").unique().rows()
            pairs = [(calendar[i], int(number)) for i, number in touched]
        else:
            pairs = classed.select("day", "class").unique().rows()
        for day, number in pairs:
            at.setdefault(day, set()).add(number)
    made = {numbers: derived_label(base, [known[n] for n in sorted(numbers)]) for numbers in map(frozenset, at.values())}
    return [made[frozenset(at[d])] if d in at else base for d in days]


def derived_label(base: Label, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Label:
    """The label of a figure that a rule would give `base` and that rests on received rows: the strictest of all.

    Each row counts with one hand fewer to pass through, since the figure is one step further on; a row that may not be
    passed on at all lets nobody have the figure (`policy.labels.passed_on`). Masks are kept where the figure has such a column.
    """
    from offing.policy.labels import passed_on, strictest

    columns = frozenset(WIRE[base.kind])
    labels = [base]
    for kind, row in rows:
        was = passed_on(received.label_of(row, kind), base.releasable_to)
        labels.append(replace(was, masked=was.masked & columns))
    return strictest(labels, base.originator, base.kind)


def _of_fleet(visits: pl.DataFrame, fleet: Fleet) -> pl.DataFrame:
    """The visits during which the hull belonged to the fleet, where its number is told."""
    if fleet.everyone:
        return visits
    numbered = visits.with_row_index("_n")
    held = clip_to_fleet(numbered.drop_nulls("mmsi"), fleet).select("_n").unique()
    return numbered.join(held, on="_n", how="semi").drop("_n")


def _of_series(rows: pl.DataFrame, zones: Sequence[Zone], fleet: Fleet, day_rule: DayRule) -> pl.DataFrame:
    ids = "\n".join(sorted({z.id for z in zones}))
    return rows.filter(
        pl.col("zone_ids").list.unique().list.sort().list.join("\n") == ids,
        pl.col("fleet_id") == fleet.id,
        pl.col("day_rule") == str(day_rule),
        pl.col("source") == "ais",
    )


def streaks_told(told: Received, zones: Sequence[Zone], fleet: Fleet, day_rule: DayRule) -> pl.DataFrame:
    """The streaks of exactly this series that originators worked out themselves."""
    return _of_series(told.streaks, zones, fleet, day_rule)


def _within(start: str, end: str, clock_ms: int) -> pl.Expr:
    """Rows that lie between 1970 and a day after the clock, or do not say when."""
    low, high = (pl.col(c).cast(pl.Datetime("ms")).dt.epoch("ms") for c in (start, end))
    return (low.is_null() | (low >= 0)) & (high.is_null() | (high <= clock_ms + DAY_MS))
