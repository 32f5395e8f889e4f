"""Ships as they were heard: their tracks, their raw positions, who they said they were, where receivers listened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from offing.figures.cells import Grid
from offing.model.schemas import E7
from offing.model.times import DAY_MS, DayRule, to_ms
from offing.pipeline import activity, vessel
from offing.pipeline.coverage import coverage
from offing.pipeline.figuring import current_method
from offing.pipeline.methods import Method
from offing.pipeline.queries import EventFilter, passages, visits
from offing.pipeline.record import Record
from offing.pipeline.settled import run_at
from offing.pipeline.tracks_of import Joining, track_positions
from offing.pipeline.waters import Waters
from offing.store import Store
from offing.store.history import events
from offing.store.lookup import positions_of

POSITION_ROWS = pl.Schema(
    {
        "mmsi": pl.Int32(), "t_utc": pl.Datetime("ms", "UTC"), "lon_deg": pl.Float64(), "lat_deg": pl.Float64(),
        "speed_kn": pl.Float64(), "course_deg": pl.Float64(), "heading_deg": pl.Float64(), "nav_status": pl.Int16(),
        "msg_type": pl.Int16(), "time_basis": pl.String(), "station": pl.String(),
        "t_received_utc": pl.Datetime("ms", "UTC"), "path": pl.String(), "row": pl.Int64(), "file": pl.String(),
    }
)  # fmt: skip

HEARD_CELLS = pl.Schema(
    {
        "west_deg": pl.Float64(),  # the cell's south-western corner
        "south_deg": pl.Float64(),
        "cell_deg": pl.Float64(),  # its side
        "days_n": pl.Int64(),  # UTC days on which a hull was heard in it
        "hours_n": pl.Int64(),  # clock hours
        "hulls_n": pl.Int64(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
    }
)


@dataclass(frozen=True)
class Ships:
    """What a logbook holds of ships, beside the events. What is read once is kept: make it anew when the logbook changes."""

    store: Store
    waters: Waters

    @cached_property
    def _method(self) -> Method:
        return current_method(self.store)

    @property
    def joining(self) -> Joining:
        """When positions belong to one track, by the parameters of the last run."""
        return Joining(self._method.visit.max_gap_ms, self._method.visit.max_speed_kn)

    @property
    def data_window(self) -> tuple[int, int] | None:
        """First and last instant (UTC ms) of the tracked positions of the last run."""
        run = run_at(self.store)
        return None if run is None or run.details["first_ms"] is None else (run.details["first_ms"], run.details["last_ms"])

    # -- tracks and positions

    def tracks(self, mmsis: Sequence[int], from_ms: int, to_ms: int) -> pl.DataFrame:
        """Tracked positions with their tracks: columns of `tracks_of.TRACK_POSITIONS`."""
        return track_positions(self.store, mmsis, self.joining, from_ms, to_ms)

    def positions(self, mmsi: int, from_ms: int, to_ms: int) -> pl.DataFrame:
        """All receptions of a hull's positions with file and row, untracked ones too: columns of `POSITION_ROWS`."""
        low, high = self._held_between(from_ms, to_ms)
        rows = positions_of(self.store, mmsi, low, high)
        degrees = {f"{c}_deg": (pl.col(f"{c}_e7") / E7).round(7) for c in ("lon", "lat")}
        return rows.with_columns(**degrees).select(pl.col(n).cast(t) for n, t in POSITION_ROWS.items())

    def _held_between(self, from_ms: int, to_ms: int) -> tuple[int, int]:
        """A window no wider than what the files hold."""
        files = self.store.ledger.files()
        low = min((f.first_t_ms for f in files if f.first_t_ms is not None), default=0)
        high = max((f.last_t_ms for f in files if f.last_t_ms is not None), default=0)
        return max(from_ms, low), min(to_ms, high)

    # -- who they are

    @cached_property
    def claims(self) -> pl.DataFrame:
        """Spells of what each hull said of itself: columns of `vessel.CLAIMS`."""
        return vessel.identity_claims(self.store)

    @cached_property
    def _heard(self) -> pl.DataFrame:
        return coverage(self.store, self._method.coverage.cell_deg)

    @cached_property
    def vessels(self) -> pl.DataFrame:
        """Every number that was heard or described: columns of `vessel.VESSELS`."""
        return vessel.vessels(self.claims, vessel.heard_days(self._heard), self.waters.fleets)

    def names(self, mmsis: Sequence[int], at_ms: int) -> dict[int, str]:
        """The last name that each had broadcast by an instant."""
        said = self.claims.filter(
            pl.col("field") == "name",
            pl.col("mmsi").is_in(pl.Series(mmsis, dtype=pl.Int32).implode()),
            pl.col("first_utc").dt.epoch("ms") <= at_ms,
        )
        last = said.sort("first_utc").group_by("mmsi").agg(pl.col("value").last())
        return dict(last.iter_rows())

    def vessel(self, mmsi: int) -> dict[str, Any] | None:
        """All that is known of one number: claims, fleets, days, visits, passages, silences; None: nothing is."""
        row = self.vessels.filter(pl.col("mmsi") == mmsi)
        if row.is_empty():
            return None
        asked = EventFilter(mmsi=mmsi, withdrawn=True)
        first, last = row["first_day"][0], row["last_day"][0]
        span = None if first is None else (_start(first), _start(last) + DAY_MS - 1)
        track = self.tracks([mmsi], *span) if span else None
        return {
            "summary": row.to_dicts()[0],
            "claims": self.claims.filter(pl.col("mmsi") == mmsi).sort("field", "first_utc"),
            "fleets": vessel.membership_claims(mmsi, self.waters.fleets),
            "visits": visits(self.store, self.waters, asked),
            "passages": passages(self.store, self.waters, asked),
            "gaps": None if track is None else _gaps(track),
            "first_ms": None if track is None or track.is_empty() else to_ms(track["t_utc"].min()),  # type: ignore[arg-type]
            "last_ms": None if track is None or track.is_empty() else to_ms(track["t_utc"].max()),  # type: ignore[arg-type]
        }

    # -- how much, and where receivers listened

    def activity(
        self,
        zone_ids: Sequence[str],
        fleet_id: str,
        by: activity.Grain,
        window: tuple[int, int],
        day_rule: DayRule,
        record: Record,
        series: Sequence[Mapping[str, Any]],
        series_ids: Sequence[str] = (),
    ) -> list[activity.Lane]:
        """Lanes of the time bar: own ships in each zone, then what offices count there. `series`: rows of `every_series`."""
        zones, fleet = self.waters.several(list(zone_ids)), self.waters.fleet(fleet_id)
        rows = events(self.store, "visit", self._method.event_hash("visit"))
        rows = rows.filter(pl.col("zone_hash").is_in([z.hash for z in zones]))
        watch_day = self._method.watch_day
        own = activity.ais_lanes(rows, zones, fleet, by, window, self.data_window, day_rule, watch_day)
        return [*own, *activity.office_lanes(record, series, zones, window, series_ids)]

    def heard_cells(self, first: date | None, last: date | None) -> pl.DataFrame:
        """The cells in which a hull was heard on days from first to last (None: any): columns of `HEARD_CELLS`."""
        rows = self._heard.filter(pl.col("day").is_between(first or date.min, last or date.max))
        cell_deg = self._method.coverage.cell_deg
        west, south, _, _ = Grid(cell_deg).bounds_deg(rows["cell"].unique().sort().to_numpy())
        places = pl.DataFrame({"cell": rows["cell"].unique().sort(), "west_deg": west, "south_deg": south})
        day_hours = rows.group_by("cell", "day").agg(pl.col("hours").bitwise_or())
        hours = day_hours.group_by("cell").agg(
            pl.len().cast(pl.Int64).alias("days_n"),
            pl.col("hours").bitwise_count_ones().sum().cast(pl.Int64).alias("hours_n"),
            pl.col("day").min().alias("first_day"),
            pl.col("day").max().alias("last_day"),
        )
        hulls = rows.group_by("cell").agg(pl.col("mmsi").n_unique().cast(pl.Int64).alias("hulls_n"))
        found = places.join(hours, on="cell").join(hulls, on="cell").with_columns(pl.lit(cell_deg).alias("cell_deg"))
        return found.sort("south_deg", "west_deg").select(pl.col(n).cast(t) for n, t in HEARD_CELLS.items())


def _gaps(track: pl.DataFrame) -> list[dict[str, Any]]:
    """The silences of a hull that ended a track: when, how long, and where it was heard last and first again."""
    rows = track.sort("t_utc", maintain_order=True)
    silent = rows.with_row_index("_n").filter(pl.col("gap_before_s").is_not_null(), pl.col("_n") > 0)
    found = []
    for n, gap_s in silent.select("_n", "gap_before_s").iter_rows():
        before, after = rows.row(n - 1, named=True), rows.row(n, named=True)
        found.append(
            {
                "from_utc": before["t_utc"], "to_utc": after["t_utc"], "duration_s": gap_s,
                "from_lon_deg": before["lon_deg"], "from_lat_deg": before["lat_deg"],
                "to_lon_deg": after["lon_deg"], "to_lat_deg": after["lat_deg"],
            }
        )  # fmt: skip
    return found


def _start(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY_MS
