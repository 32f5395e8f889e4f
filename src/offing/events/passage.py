"""Passages: one crossing of a gate by one hull, with its direction.

The fold is `advance(state, crossings) -> (state, passages)`; a passage is the crossing of the walk that stands. `frame` gives
the finished rows their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.events.ids import event_ids, times, track_ids
from offing.events.visit import MINUTE_MS
from offing.model.bulletin import BEARINGS
from offing.model.parameters import Parameters, parameter
from offing.model.place import Gate
from offing.model.schemas import PASSAGES

Rows = npt.NDArray[Any]


@dataclass(frozen=True)
class PassageParameters(Parameters):
    """What decides a passage, beside the tracks: these are the visits' (`visit.max_gap_h`, `visit.max_speed_kn`)."""

    kind: ClassVar[str] = "passage"
    rejoin_min: float = parameter(
        10.0,
        unit="minutes",
        low=0,
        high=1440,
        source="offing: as for visits; ships lying on the line make no passages",
        doc="A crossing and the next one of the same gate, if it leads back within this time, are none; 0 is off.",
    )

    @property
    def rejoin_ms(self) -> int:
        """The rejoin time in ms."""
        return round(self.rejoin_min * MINUTE_MS)


def _no_crossings() -> Rows:
    from offing.kernels.walk import CROSSING

    return np.empty(0, CROSSING)


@dataclass(frozen=True)
class PassageState:
    """Crossings that the next one of their track and gate may still undo: for each at most its last."""

    pending: Rows = field(default_factory=_no_crossings)


def advance(
    state: PassageState, crossings: Rows, parameters: PassageParameters, *, past_ms: int = -(2**62)
) -> tuple[PassageState, Rows]:
    """Fold the crossings of gates (dtype kernels.walk.CROSSING) into passages (the same dtype, the crossings that stand).

    In the order of time, a crossing is undone together with the next one of its track and gate, if that goes the other way
    at most `rejoin_min` later; so of an odd number in such a chain the last one stands, of an even number none.
    `past_ms`: no crossing before this instant will come any more; it only lets passages go sooner.
    """
    from offing.kernels.visits import KEY
    from offing.kernels.walk import LAST_SEEN

    rows = np.concatenate([state.pending, crossings[crossings["how"] > LAST_SEEN]])
    rows = rows[np.lexsort((rows["t_ms"], *(rows[c] for c in reversed(KEY))))]
    rows = _without_touches(rows, _like_the_last(rows, *KEY, "k", "t_ms"))
    of_last = _like_the_last(rows, *KEY)
    undone = of_last & ~_like_the_last(rows, "how")  # and these two lead there and back
    undone[1:] &= np.diff(rows["t_ms"]) <= parameters.rejoin_ms
    at = np.arange(len(rows))
    in_chain = at - np.maximum.accumulate(np.where(undone, 0, at))
    stands = ~_next(undone) & (in_chain % 2 == 0)
    waits = stands & ~_next(of_last) & (rows["t_ms"] + parameters.rejoin_ms >= past_ms)
    return PassageState(rows[waits]), rows[stands & ~waits]


def _like_the_last(rows: Rows, *columns: str) -> npt.NDArray[np.bool_]:
    """Whether the row before has the same in all these columns; of the first row no."""
    like = np.zeros(len(rows), np.bool_)
    like[1:] = np.logical_and.reduce([rows[c][1:] == rows[c][:-1] for c in columns])
    return like


def _next(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """What the next row has; the last one no."""
    return np.append(flags[1:], np.zeros(min(len(flags), 1), np.bool_))


def _without_touches(rows: Rows, at_once: npt.NDArray[np.bool_]) -> Rows:
    """Without those that a hop makes there and back in one millisecond, as where it touches a bend of the line.

    `at_once`: of the same hop and millisecond as the row before; of such rows those to the right come first.
    """
    from offing.kernels.walk import TO_RIGHT

    if not at_once.any():
        return rows
    group = np.cumsum(~at_once) - 1
    first = np.flatnonzero(~at_once)[group]
    to_right = rows["how"] == TO_RIGHT
    rights, lefts = (np.bincount(group, way)[group] for way in (to_right, ~to_right))
    nth = np.arange(len(rows)) - first - np.where(to_right, 0, rights)
    kept: Rows = rows[nth < np.where(to_right, rights - lefts, lefts - rights)]
    return kept


def finish(state: PassageState) -> Rows:
    """All passages that the state holds, if nothing more came."""
    return state.pending


def frame(passages: Rows, gates: Sequence[Gate]) -> pl.DataFrame:
    """Finished passages as the table `model.schemas.PASSAGES`, in the order of time, with their ids.

    `gates` in the order of their numbers. Passages outside a gate's dates are left out.
    """
    from offing.kernels.walk import TO_RIGHT

    validity = np.array([g.validity_ms for g in gates], np.int64).reshape(-1, 2)
    number, t_ms = passages["zone"], passages["t_ms"]
    passages = passages[(t_ms >= validity[number, 0]) & (t_ms < validity[number, 1])]
    df = pl.DataFrame({name: np.ascontiguousarray(passages[name]) for name in passages.dtype.names or ()})
    places = pl.DataFrame(
        [(n, g.id, g.hash, g.pacific_side or None) for n, g in enumerate(gates)],
        schema={"zone": pl.Int64, "gate_id": pl.String, "gate_hash": pl.String, "pacific_side": pl.String},
        orient="row",
    )
    df = df.join(places, on="zone", how="left", maintain_order="left").sort(
        "mmsi", "gate_id", "after_ms", "track_ms", "track_nth", "t_ms", maintain_order=True
    )
    to_right = pl.col("how") == TO_RIGHT
    to_side = pl.when(to_right).then(pl.lit("right")).otherwise(pl.lit("left"))
    octant = ((pl.col("course_deg") + 22.5) // 45).cast(pl.Int64) % len(BEARINGS)
    df = df.select(
        event_id=event_ids("passage", "gate_id", "after_ms"),
        kind=pl.lit("passage"),
        status=pl.lit("closed"),
        mmsi=pl.col("mmsi").cast(pl.Int32),
        track=track_ids(),
        gate_id="gate_id",
        gate_hash="gate_hash",
        t_utc=times("t_ms"),
        lon_deg="lon_deg",
        lat_deg="lat_deg",
        from_side=pl.when(to_right).then(pl.lit("left")).otherwise(pl.lit("right")),
        to_side=to_side,
        pacific_bound=pl.col("pacific_side") == to_side,
        direction=octant.replace_strict(dict(enumerate(BEARINGS)), return_dtype=pl.String),
        course_deg="course_deg",
        speed_kn="speed_kn",
        before_utc=times("before_ms"),
        after_utc=times("after_ms"),
    )
    return df.sort("t_utc", "mmsi", "gate_id", "event_id").select(PASSAGES.names)
