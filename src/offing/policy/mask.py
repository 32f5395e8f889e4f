"""What decisions do to a table: rows that may not leave are dropped, positions rounded, columns left out.

One function for the preview, the release, what was received and what a page shows, so that none shows more than another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.errors import BadParameter
from offing.model.times import HOUR_MS
from offing.policy.decide import Decision

STANDINGS = ("", "denied", "expired", "delayed", "before_agreement", "unlabelled")
"""What may stand against a row; the index is its code in `standing`. 0: nothing."""

_PASSES, _DENIED, _EXPIRED, _DELAYED, _BEFORE, _UNLABELLED = range(6)
_NEVER, _ALWAYS = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_NANO = 1_000_000_000  # positions are rounded as whole billionths of a degree
_E7_NANO = 100

_Ints = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]


def apply(
    frame: pl.DataFrame,
    decisions: Sequence[Decision],
    *,
    now_ms: int,
    label_column: str = "label",
    close_column: str = "close_utc",
    position_columns: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The rows that may leave, in their order, as they may be seen; columns and their types stay.

    `label_column` holds for each row the index of its decision; a row without one, or with one that is not there, is
    dropped. `close_column` holds when the record closed (a UTC time, or whole milliseconds); where a delay or a first day
    asks for it and it is null or missing, the row is dropped. `position_columns`: what is rounded, in degrees or, where the
    name ends in `_e7`, in 1e-7 degrees; by default every column whose name ends in lon or lat and the unit.
    """
    passes = standing(frame, decisions, now_ms=now_ms, label_column=label_column, close_column=close_column) == _PASSES
    kept = frame.filter(pl.Series(passes)) if not passes.all() else frame
    labels = kept[label_column].cast(pl.Int64).to_numpy() if kept.height else np.empty(0, np.int64)
    if position_columns is None:
        position_columns = [c for c in kept.columns if c.endswith(("lon_deg", "lat_deg", "lon_e7", "lat_e7"))]
    steps = _steps(decisions)
    if steps.any():
        kept = kept.with_columns(_rounded(kept[c], steps[labels]) for c in position_columns)
    return kept.with_columns(_nulled(kept, decisions, labels, label_column))


def standing(
    frame: pl.DataFrame,
    decisions: Sequence[Decision],
    *,
    now_ms: int,
    label_column: str = "label",
    close_column: str = "close_utc",
) -> npt.NDArray[np.int8]:
    """For each row what stands against it: indices of `STANDINGS`, 0 where nothing does. Columns as in `apply`."""
    labels = frame[label_column].cast(pl.Int64).fill_null(-1).to_numpy()
    labelled = (labels >= 0) & (labels < len(decisions))
    at = np.where(labelled, labels, len(decisions))  # the last entry of each array below is that of no label
    own = [_PASSES if d.allow else _DENIED for d in decisions]
    own = [_EXPIRED if s == _PASSES and _over(d, now_ms) else s for s, d in zip(own, decisions, strict=True)]
    found = np.array([*own, _UNLABELLED], np.int8)[at]
    until = np.array([*(_closed_until(d, now_ms) for d in decisions), _ALWAYS], np.int64)
    since = np.array([*(_closed_from(d) for d in decisions), _NEVER], np.int64)
    if (until != _ALWAYS).any() or (since != _NEVER).any():
        close, known = _close_ms(frame, close_column)
        late = (until[at] != _ALWAYS) & (~known | (close > until[at]))
        early = (since[at] != _NEVER) & (~known | (close < since[at]))
        found = np.where((found == _PASSES) & late, np.int8(_DELAYED), found)
        found = np.where((found == _PASSES) & early, np.int8(_BEFORE), found)
    return found


def withheld(
    frame: pl.DataFrame,
    decisions: Sequence[Decision],
    *,
    now_ms: int,
    label_column: str = "label",
    close_column: str = "close_utc",
) -> dict[tuple[int, str], int]:
    """How many rows `apply` drops, by index of decision (-1: no label) and reason; for the eyes of their owner only.

    Where the decision itself is no, the reason is its first.
    """
    found = standing(frame, decisions, now_ms=now_ms, label_column=label_column, close_column=close_column)
    label = pl.when(pl.col("standing") == _UNLABELLED).then(-1).otherwise(pl.col("label"))
    rows = pl.DataFrame({"label": frame[label_column].cast(pl.Int64), "standing": found}).filter(pl.col("standing") != _PASSES)
    counts = rows.with_columns(label=label).group_by("label", "standing").len().sort("label", "standing")
    return {(i, _reason(decisions, i, s)): n for i, s, n in counts.iter_rows()}


def _reason(decisions: Sequence[Decision], index: int, found: int) -> str:
    return decisions[index].reasons[0] if found == _DENIED else STANDINGS[found]


def _over(d: Decision, now_ms: int) -> bool:
    return d.obligations.expires_ms is not None and now_ms >= d.obligations.expires_ms


def _closed_until(d: Decision, now_ms: int) -> int:
    """The last instant of close at which a record may leave now."""
    return now_ms - math.ceil(d.obligations.delay_h * HOUR_MS) if d.allow and d.obligations.delay_h else _ALWAYS


def _closed_from(d: Decision) -> int:
    return d.obligations.closed_from_ms if d.allow and d.obligations.closed_from_ms is not None else _NEVER


def _close_ms(frame: pl.DataFrame, column: str) -> tuple[_Ints, _Flags]:
    """Instants of close, and whether they are known."""
    if column not in frame.columns:
        return np.zeros(frame.height, np.int64), np.zeros(frame.height, np.bool_)
    close = frame[column]
    whole = close.dt.epoch("ms") if isinstance(close.dtype, pl.Datetime) else close.cast(pl.Int64)
    return whole.fill_null(0).to_numpy(), close.is_not_null().to_numpy()


def _steps(decisions: Sequence[Decision]) -> _Ints:
    """What positions are rounded to under each decision, in billionths of a degree; 0: not."""
    given = [d.obligations.round_deg if d.allow else None for d in decisions]
    return np.array([0 if s is None else max(1, round(s * _NANO)) for s in given], np.int64)


def _rounded(column: pl.Series, step: _Ints) -> pl.Series:
    """Positions as the nearest multiples of each row's step, a tie to the even one, and never beyond the pole or the 180th.

    All in whole numbers, so that what comes out is the double nearest to the decimal number, on every machine.
    """
    whole = column.name.endswith("_e7")
    if whole and (step % _E7_NANO != 0).any():
        raise BadParameter(f"{column.name} cannot be rounded to less than 1e-7 degree.", "Give a coarser step.")
    given = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    at = np.flatnonzero((step > 0) & np.isfinite(given))
    m = step[at]
    units = np.rint(given[at] * (_E7_NANO if whole else _NANO)).astype(np.int64)
    q = units // m
    twice = 2 * (units - q * m)
    q += (twice > m) | ((twice == m) & ((q & 1) == 1))
    limit = (180 if "lon" in column.name else 90) * _NANO
    units = q * m
    units += np.where(units < -limit, m, 0) - np.where(units > limit, m, 0)
    if "lon" in column.name:
        units[units == limit] = -limit
    found = given.copy()
    found[at] = units / (_E7_NANO if whole else _NANO)
    rounded = pl.Series(column.name, found)
    return rounded.set(column.is_null(), None).cast(column.dtype) if column.null_count() else rounded.cast(column.dtype)


def _nulled(frame: pl.DataFrame, decisions: Sequence[Decision], labels: _Ints, label_column: str) -> Iterator[pl.Expr]:
    """The columns that some label masks, null where it does."""
    for name in frame.columns:
        hides = np.array([d.allow and name in d.obligations.masked for d in decisions], np.bool_)
        if name != label_column and hides.any():
            hidden = pl.Series(hides[labels])
            yield pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name)
