"""Gathering where a fleet was seen round a place on one day: AIS, sightings, and what an office says of sectors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from offing.errors import UnknownName, UsageError
from offing.figures.encirclement import ENCIRCLED, ENCIRCLEMENT, EncirclementParameters, Seen, occupied, widest_open
from offing.model.fleet import Fleet
from offing.model.place import Feature
from offing.model.times import DayRule
from offing.pipeline.coverage import tracked_positions
from offing.pipeline.record import Record
from offing.tracks.identity import in_fleet

CENTRE = "taiwan"
SECTOR_OFFICE = "tw-mnd"
SECTOR_METRICS = ("crossed_median_line", "entered_airspace")


@dataclass(frozen=True)
class Encirclement:
    """The bearings of one day (columns of `ENCIRCLEMENT`) and their sum (one row of `ENCIRCLED`)."""

    bearings: pl.DataFrame
    summary: pl.DataFrame


def encirclement(record: Record, day: date, fleet_id: str, centre: str = CENTRE, reach_nm: float | None = None) -> Encirclement:
    """Which bearings round a feature the fleet occupied on a day of the notices' day rule (06:00 to 06:00 UTC+8 at Taiwan).

    Raises `UnknownName` for a feature that is not there, `UsageError` for one without a position.
    """
    waters = record.waters
    fleet = waters.fleet(fleet_id)
    features = waters.pack.features
    if centre not in features:
        raise UnknownName.of("feature", centre, features, "offing features")
    place = features[centre]
    if place.lon_deg is None or place.lat_deg is None:
        raise UsageError(f"Of {centre} no position was published.", "Name another feature with --around.")
    offices = waters.pack.offices
    rule = offices[SECTOR_OFFICE].day_rule if SECTOR_OFFICE in offices else DayRule()
    try:
        rule.window(day)
    except OverflowError:
        raise UsageError(f"{day} is at the end of the calendar.", "Name another day.") from None
    parameters = EncirclementParameters() if reach_nm is None else EncirclementParameters(reach_nm=reach_nm)
    ais = _ais(record, rule, day, fleet)
    sighted, texts = _sighted(record, rule, day, fleet)
    sectors, notices = _sectors(record, rule, day) if centre == CENTRE else ([], [])
    rows = occupied((place.lon_deg, place.lat_deg), [*ais, *sighted], sectors, parameters)
    bearings = pl.DataFrame([{"day": day, **row} for row in rows], schema=ENCIRCLEMENT)
    return Encirclement(bearings, _summed(record, day, fleet, place, bearings, parameters, rule, [*texts, *notices]))


def _summed(
    record: Record, day: date, fleet: Fleet, place: Feature, bearings: pl.DataFrame, parameters: EncirclementParameters,
    rule: DayRule, sources: list[str],
) -> pl.DataFrame:  # fmt: skip
    taken: list[bool] = bearings["occupied"].to_list()
    width, low, high = widest_open(taken)
    row = {
        "day": day,
        "fleet_id": fleet.id,
        "centre": place.id,
        "bearings_occupied": sum(taken),
        "share": sum(taken) / len(taken),
        "widest_open_deg": width,
        "open_from_deg": low,
        "open_to_deg": high,
        "share_with_sectors": int((bearings["occupied"] | bearings["said_of_sector"]).sum()) / len(taken),
        "ais_hulls_n": len({m for ms in bearings["mmsis"].to_list() for m in ms}),
        "sighted_hulls_n": len({h for hs in bearings["hulls"].to_list() for h in hs}),
        "reach_nm": parameters.reach_nm,
        "day_rule": str(rule),
        "sources": sources,
        "pack": record.waters.pack.label,
    }
    return pl.DataFrame([row], schema=ENCIRCLED)


def _ais(record: Record, rule: DayRule, day: date, fleet: Fleet) -> list[Seen]:
    if record.store is None or not fleet.in_ais:
        return []
    low, high = rule.window(day)
    inside = pl.col("t_utc").dt.epoch("ms").is_between(low, high, closed="left")
    rows = tracked_positions(record.store).filter(inside).collect()
    rows = rows.filter(in_fleet(rows, fleet)).unique(["mmsi", "lon_e7", "lat_e7"], maintain_order=True)
    return [Seen(int(m), x / 1e7, y / 1e7) for m, x, y in rows.select("mmsi", "lon_e7", "lat_e7").iter_rows()]


def _sighted(record: Record, rule: DayRule, day: date, fleet: Fleet) -> tuple[list[Seen], list[str]]:
    """Sightings with a position on the day, of hulls that the fleet claims; one without a time counts on its office's day."""
    low, high = rule.window(day)
    at_ms, last = pl.col("t_utc").dt.epoch("ms"), pl.coalesce("end_day", "start_day")
    timed = at_ms.is_between(low, high, closed="left")
    on_it = pl.when(at_ms.is_not_null()).then(timed).otherwise((pl.col("start_day") <= day) & (last >= day))
    rows = record.sightings.filter(on_it, pl.col("lon_deg").is_not_null(), ~pl.col("restated"))
    seen, sources = [], []
    for row in rows.iter_rows(named=True):
        for hull in row["hulls"]:
            if fleet.everyone or fleet.claims_of(hull):
                seen.append(Seen(hull, row["lon_deg"], row["lat_deg"]))
                sources.append(row["source"])
    return seen, sorted(set(sources))


def _sectors(record: Record, rule: DayRule, day: date) -> tuple[list[str], list[str]]:
    """The sectors that the office names for the day, and its notices."""
    low, high = rule.window(day)
    end = pl.col("window_end_utc").dt.epoch("ms")
    rows = record.bulletins.filter(
        pl.col("office") == SECTOR_OFFICE, pl.col("metric").is_in(SECTOR_METRICS), pl.col("is_current"), end > low, end <= high
    )
    names = sorted({name.strip() for area in rows["area"].to_list() for name in area.split(";") if name.strip()})
    return names, sorted(set(rows["source"].to_list()))
