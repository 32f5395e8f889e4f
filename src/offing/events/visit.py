"""Visits: one hull's stay in one zone, from entry to exit.

The fold is `advance(state, crossings) -> (state, visits)`; `frame` gives the finished rows their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.events.ids import event_ids, times, track_ids
from offing.model.parameters import Parameters, parameter
from offing.model.schemas import VISITS
from offing.model.times import HOUR_MS
from offing.model.zone import Zone

MINUTE_MS = 60_000
Rows = npt.NDArray[Any]


@dataclass(frozen=True)
class VisitParameters(Parameters):
    """What decides a visit."""

    kind: ClassVar[str] = "visit"
    max_gap_h: float = parameter(
        6.0,
        unit="hours",
        low=0.01,
        high=720,
        source="Global Fishing Watch gap events and Skylight dark activity: 6 h without a position",
        doc="A hull moves straight between two positions at most this far apart; a longer silence ends the visit "
        "(last_seen) and the next position starts another (first_seen).",
    )
    max_speed_kn: float = parameter(
        60.0,
        unit="knots",
        low=1,
        high=100_000,
        source="offing: faster than any ship in service; implied speeds above it mean two transmitters",
        doc="A position further away than this speed allows belongs to another track of the same number.",
    )
    rejoin_min: float = parameter(
        10.0,
        unit="minutes",
        low=0,
        high=1440,
        source="offing: ships lying on the line make one visit, not dozens",
        doc="A hull that leaves and comes back within this time makes one visit; 0 is off.",
    )

    @property
    def max_gap_ms(self) -> int:
        """The longest gap in ms."""
        return round(self.max_gap_h * HOUR_MS)

    @property
    def rejoin_ms(self) -> int:
        """The rejoin time in ms."""
        return round(self.rejoin_min * MINUTE_MS)


def _no_visits() -> Rows:
    from offing.kernels.visits import VISIT

    return np.empty(0, VISIT)


@dataclass(frozen=True)
class VisitState:
    """Visits that may still change: the hull is inside, or has only just left. Sorted by track and zone."""

    open: Rows = field(default_factory=_no_visits)


def _in_order(crossings: Rows) -> Rows:
    """Those of zones by track and zone; crossings of one track and zone keep their own order."""
    from offing.kernels.visits import KEY
    from offing.kernels.walk import LAST_SEEN

    crossings = crossings[crossings["how"] <= LAST_SEEN]
    order = np.lexsort(tuple(crossings[k] for k in reversed(KEY)))
    return np.ascontiguousarray(crossings[order])


def advance(
    state: VisitState, crossings: Rows, parameters: VisitParameters, *, past_ms: int = -(2**62)
) -> tuple[VisitState, Rows]:
    """Fold the crossings of zones (dtype kernels.walk.CROSSING) into visits (dtype kernels.visits.VISIT).

    `past_ms`: no crossing before this instant will come any more; it only lets finished visits go sooner.
    """
    from offing.kernels.visits import VISIT, fold_visits

    crossings = _in_order(crossings)
    room = len(state.open) + len(crossings)
    finished, still_open = np.empty(room, VISIT), np.empty(room, VISIT)
    done, kept = fold_visits(state.open, crossings, parameters.rejoin_ms, past_ms, finished, still_open)
    return VisitState(still_open[:kept].copy()), finished[:done].copy()


def finish(state: VisitState, last_seen: Rows, parameters: VisitParameters) -> Rows:
    """All visits that the state holds, if nothing more came; `last_seen` from `tracks.walk.still_seen`."""
    rest, done = advance(state, last_seen, parameters)
    return np.concatenate([done, rest.open])


def frame(visits: Rows, zones: Sequence[Zone], parameters: VisitParameters) -> pl.DataFrame:
    """Finished visits as the table `model.schemas.VISITS`, in the order of entry, with their ids.

    `zones` in the order of their numbers. Visits wholly outside a zone's dates are left out.
    """
    from offing.kernels.visits import VISIT
    from offing.kernels.walk import CROSSED_IN, FIRST_SEEN, LAST_SEEN

    validity = np.array([z.validity_ms for z in zones], np.int64).reshape(-1, 2)
    number = visits["zone"]
    if len(visits):
        in_force = (visits["exit_ms"] >= validity[number, 0]) & (visits["entry_ms"] < validity[number, 1])
        visits = visits if in_force.all() else visits[in_force]
    columns = [name for name in VISIT.names or () if not name.startswith("since_")]
    # divided here, one by one: polars would divide a column of one row otherwise than a longer one, in the last bit
    seconds = {"duration_s": (visits["exit_ms"] - visits["entry_ms"]) / 1000, "inside_s": visits["inside_ms"] / 1000}
    df = pl.DataFrame({name: np.ascontiguousarray(visits[name]) for name in columns} | seconds)
    places = pl.DataFrame(
        {"zone": np.arange(len(zones)), "zone_id": [z.id for z in zones], "zone_hash": [z.hash for z in zones]},
        schema={"zone": pl.Int64, "zone_id": pl.String, "zone_hash": pl.String},
    )
    crossed_in, seen_last = pl.col("entry_how") == CROSSED_IN, pl.col("exit_how") == LAST_SEEN
    first_seen = pl.col("entry_how") == FIRST_SEEN
    df = df.join(places, on="zone", how="left", maintain_order="left").sort(
        "mmsi", "zone_id", "entry_after_ms", "track_ms", "track_nth", "entry_ms"
    )
    df = df.select(
        event_id=event_ids("visit", "zone_id", "entry_after_ms"),
        kind=pl.lit("visit"),
        status=pl.when(seen_last).then(pl.lit("open")).otherwise(pl.lit("closed")),
        mmsi=pl.col("mmsi").cast(pl.Int32),
        track=track_ids(),
        zone_id="zone_id",
        zone_hash="zone_hash",
        entry_t_utc=times("entry_ms"),
        entry_how=pl.when(first_seen).then(pl.lit("first_seen")).otherwise(pl.lit("crossed")),
        exit_t_utc=times("exit_ms"),
        exit_how=pl.when(seen_last).then(pl.lit("last_seen")).otherwise(pl.lit("crossed")),
        entry_lon_deg="entry_lon_deg",
        entry_lat_deg="entry_lat_deg",
        exit_lon_deg="exit_lon_deg",
        exit_lat_deg="exit_lat_deg",
        duration_s="duration_s",
        inside_s="inside_s",
        positions_n="positions_n",
        support_n=pl.col("positions_n") + crossed_in.cast(pl.Int64) + (~seen_last).cast(pl.Int64),
        single_position=(pl.col("positions_n") == 1) & first_seen & seen_last,
        closes_at_utc=pl.when(seen_last).then(times("exit_ms", parameters.max_gap_ms)),
        entry_before_utc=pl.when(crossed_in).then(times("entry_before_ms")),
        entry_after_utc=times("entry_after_ms"),
        exit_before_utc=times("exit_before_ms"),
        exit_after_utc=pl.when(~seen_last).then(times("exit_after_ms")),
    )
    return df.sort("entry_t_utc", "mmsi", "zone_id", "event_id").select(VISITS.names)
