"""Decide and mask: rows that carry the index of one of 1,000 labels, as a release pass has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from benchmarks.stages import Clock, Result
from offing.model.sharing import Agreement, Label
from offing.policy.decide import Decision, Obligations, Request, decide
from offing.policy.engine import shipped
from offing.policy.mask import apply

LABELS_N = 1_000
NOW_MS = 1_788_264_000_000  # 2026-09-01T12:00:00Z
DAY_MS = 86_400_000
_PARTNERS = ("au", "jp", "ph", "tw", "us")
_AGREEMENT = Agreement("jp-us", ("jp", "us"), ("visit",), ("maritime_safety",), date(2020, 1, 1), date(2030, 12, 31), 1)


def labels() -> list[Label]:
    """1,000 different labels: half name the recipient; of all a third are delayed, rounded, masked, about to expire."""
    r = np.random.default_rng(5)
    return [
        Label(
            originator="jp",
            kind="visit",
            releasable_to=frozenset({"us"} if n % 2 else {"tw"}) | {_PARTNERS[r.integers(5)]},
            purpose="maritime_safety",
            onward=int(r.integers(3)),
            expires_ms=NOW_MS + int(r.integers(-10, 300)) * DAY_MS + n,
            delay_h=(0.0, 6.0, 24.0)[n // 2 % 3],
            round_deg=(None, 0.05, 0.1)[n // 6 % 3],
            masked=frozenset(((), ("mmsi",), ("zone_id", "mmsi"))[n // 18 % 3]),
        )
        for n in range(LABELS_N)
    ]


def rows(n: int) -> pl.DataFrame:
    """That many visits of the last 30 days, each with a label and the columns on which policy acts."""
    r = np.random.default_rng(6)
    close = pl.Series(NOW_MS - r.integers(0, 30 * DAY_MS, n)).cast(pl.Datetime("ms")).dt.replace_time_zone("UTC")
    degrees = {name: r.uniform(118, 126, n) for name in ("entry_lon_deg", "exit_lon_deg")}
    degrees |= {name: r.uniform(21, 29, n) for name in ("entry_lat_deg", "exit_lat_deg")}
    return pl.DataFrame(
        {
            "label": pl.Series(r.integers(0, LABELS_N, n), dtype=pl.Int32),
            "close_utc": close,
            "mmsi": pl.Series(r.integers(200_000_000, 800_000_000, n), dtype=pl.Int32),
            "zone_id": pl.Series(np.array(["a@x", "b@x", "c@x"])[r.integers(0, 3, n)]),
            **degrees,
            "duration_s": r.uniform(0, 1e6, n),
        }
    )


def masking(rows_n: int) -> Result:
    """Decide for every label, then mask. The policy is parsed and no answer is kept before the clock starts."""
    given, frame = labels(), rows(rows_n)
    apply(frame.head(1_000), [Decision(True, ("agreed",), Obligations(1.0, 0.1, frozenset({"mmsi"})))] * 1_000, now_ms=NOW_MS)
    shipped()
    clock = Clock()
    kept = apply(frame, decide(_requests(given)), now_ms=NOW_MS)
    return clock.read(), rows_n, f"{kept.height:,} rows leave under {LABELS_N:,} labels"


def deciding() -> Result:
    """Decide alone, for as many labels as there are."""
    given = labels()
    shipped()
    clock = Clock()
    decisions = decide(_requests(given))
    return clock.read(), LABELS_N, f"{sum(d.allow for d in decisions)} of {LABELS_N:,} labels allow"


def by_row(rows_n: int) -> Result:
    """What masking costs without columns: a loop over rows, the decisions at hand."""
    decisions, frame = decide(_requests(labels())), rows(rows_n)
    listed = frame.with_columns(pl.col("close_utc").dt.epoch("ms")).rows()
    clock = Clock()
    kept = [row for r in listed if (row := _one(r, decisions)) is not None]
    return clock.read(), rows_n, f"{len(kept):,} rows leave"


def _requests(given: Sequence[Label]) -> list[Request]:
    return [Request(x, "jp", "us", "us", _AGREEMENT, 0, NOW_MS) for x in given]


def _one(row: tuple[object, ...], decisions: Sequence[Decision]) -> tuple[object, ...] | None:
    label, close_ms, mmsi, zone, *rest = row
    d = decisions[label]  # type: ignore[call-overload]
    o = d.obligations
    if not d.allow or (o.expires_ms is not None and o.expires_ms <= NOW_MS) or close_ms > NOW_MS - o.delay_h * 3_600_000:
        return None
    places = [round(x / o.round_deg) * o.round_deg for x in rest[:4]] if o.round_deg else rest[:4]
    return (None if "mmsi" in o.masked else mmsi, None if "zone_id" in o.masked else zone, *places, rest[4])
