"""Checking a claim against every source that can speak of it: an office's bulletins, its yearly figures, and AIS.

AIS is a floor: it can bear a claim out, and it cannot refute an office. So an office that knows decides; if two offices
contradict each other the claim cannot be known; if none knows, AIS decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from offing.errors import UsageError
from offing.figures.bulletins import bulletin_days
from offing.figures.claims import Claim, Finding, check_consecutive, check_days_in_year, check_value, parse_claim
from offing.figures.ids import FigureSpec, figure_id
from offing.model.units import Unit
from offing.pipeline.figuring import AIS, Question, span_frame
from offing.pipeline.record import Record
from offing.pipeline.reported import SeriesQuestion, about, all_series
from offing.pipeline.series import series_question
from offing.pipeline.waters import Waters
from offing.store import Store

VERDICTS = {True: "holds", False: "does not hold", None: "cannot be known"}


@dataclass(frozen=True)
class Said:
    """What one source says of the claim, and the figure to ask `why` of."""

    source: str
    finding: Finding
    figure_id: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer: whether the claim holds (None: cannot be known), which source decided, and what each said."""

    claim: str
    as_of: date
    holds: bool | None
    decided_by: str
    because: str
    said: tuple[Said, ...]

    def rows(self, pack: str) -> list[dict[str, Any]]:
        """One row for each source, the deciding one first."""
        ordered = sorted(self.said, key=lambda s: s.source != self.decided_by)
        return [
            {
                "claim": self.claim,
                "as_of": self.as_of.isoformat(),
                "verdict": VERDICTS[self.holds],
                "decided_by": self.decided_by or None,
                "source": s.source,
                "source_says": VERDICTS[s.finding.holds],
                "nearest_true": s.finding.nearest,
                "figure_id": s.figure_id or None,
                "pack": pack,
            }
            for s in ordered
        ]


def check(
    store: Store | None,
    waters: Waters,
    claim: str,
    as_of: date,
    zone_ids: tuple[str, ...] = (),
    fleet_id: str = "",
    series_id: str = "",
    source: str = "",
) -> Verdict:
    """Check a claim as of a day, of zones and a fleet or of a series and its counterpart in AIS; `source`: by that one alone.

    Raises `UsageError` for a claim that is not understood, and where a series is asked beside zones that are not its own.
    """
    parsed = parse_claim(claim)
    record = Record(store, waters)
    if source != AIS:
        record.require_office(source)
    if series_id:
        asked = series_question(record, series_id)
        _own_counterpart(asked, zone_ids, fleet_id)
        said = [_of_series(asked, parsed, as_of)] if source in ("", asked.office) else []
        if asked.office != AIS and asked.about.counts_in:
            said += _of_ais(store, record, parsed, as_of, asked.about.counts_in, asked.about.fleet, source)
    elif zone_ids and fleet_id:
        said = list(_of_zones(store, record, parsed, as_of, zone_ids, fleet_id, source))
    else:
        raise UsageError("A claim is checked of zones and a fleet, or of a series.", "Add --zone and --fleet, or --series.")
    return _weighed(claim, as_of, said)


def _own_counterpart(asked: SeriesQuestion, zone_ids: tuple[str, ...], fleet_id: str) -> None:
    if not zone_ids and not fleet_id:
        return
    own = asked.about
    fits_zones = not zone_ids or set(zone_ids) == set(own.counts_in)
    if not fits_zones or fleet_id not in ("", own.fleet):
        stands = f"--zone {' --zone '.join(own.counts_in)} --fleet {own.fleet}" if own.counts_in else "nothing in AIS"
        raise UsageError(f"The series {asked.id} does not count that.", f"Beside it stands {stands}.")


def _of_zones(
    store: Store | None, record: Record, claim: Claim, as_of: date, zone_ids: tuple[str, ...], fleet_id: str, source: str
) -> Iterator[Said]:
    """What each source that counts in these zones says."""
    waters = record.waters
    waters.fleet(fleet_id)
    zones = {z.id for z in waters.several(list(zone_ids))}
    if claim.kind == "value":
        raise UsageError("A value of one day belongs to a series.", "Add --series; `offing series` lists them.")
    for s in waters.pack.series.values():
        fits = s.fleet == fleet_id and zones in ({s.zone}, set(s.counts_in))
        if fits and source in ("", s.office):
            spec = FigureSpec("streak", (s.zone,), fleet_id, s.office)
            days = bulletin_days(span_frame(s))
            finding = check_consecutive(claim, days, as_of) if claim.kind == "consecutive" else check_days_in_year(claim, days)
            yield Said(s.office, finding, _named(finding, spec, as_of))
    if claim.kind == "days_in_year":
        yield from _yearly(record, claim, zones, fleet_id, source)
    yield from _of_ais(store, record, claim, as_of, tuple(sorted(zones)), fleet_id, source)


def _of_ais(
    store: Store | None, record: Record, claim: Claim, as_of: date, zones: tuple[str, ...], fleet_id: str, source: str
) -> Iterator[Said]:
    """What AIS says: a least value, that cannot refute."""
    if store is None or claim.kind == "value" or source not in ("", AIS) or not record.waters.fleet(fleet_id).in_ais:
        return
    asked = Question.of(store, record.waters, FigureSpec("streak", zones, fleet_id, AIS))
    days = asked.days()
    finding = check_consecutive(claim, days, as_of) if claim.kind == "consecutive" else check_days_in_year(claim, days)
    if finding.holds is False:  # AIS is a floor: that it saw none does not mean that there was none
        finding = replace(finding, nearest=f"{finding.nearest} (AIS is a least value.)")
    yield Said(AIS, finding, _named(finding, asked.spec, as_of))


def _named(finding: Finding, spec: FigureSpec, as_of: date) -> str:
    """The id of the streak that the finding rests on; empty where it rests on none."""
    return figure_id(replace(spec, key=finding.days[0].isoformat(), as_of=as_of)) if finding.days else ""


def _yearly(record: Record, claim: Claim, zones: set[str], fleet_id: str, source: str) -> Iterator[Said]:
    """Figures that an office published for the year itself."""
    for name, (key, _) in all_series(record).items():
        own = about(record, name, key.office)
        counts = set(own.counts_in) == zones or key.area in zones
        if key.unit is not Unit.CALENDAR_DAYS or own.fleet != fleet_id or not counts or source not in ("", key.office):
            continue
        year = SeriesQuestion(record, name).trend("year").filter(pl.col("period") == str(claim.year))
        for value in year["total"].to_list():
            yield Said(key.office, check_value(claim, value, key.unit.value, f"{claim.year}"), "")


def _of_series(asked: SeriesQuestion, claim: Claim, as_of: date) -> Said:
    if claim.kind == "value":
        return _value(asked, claim)
    if claim.kind == "days_in_year" and not asked.daily:
        if asked.unit != Unit.CALENDAR_DAYS:
            raise UsageError(f"The series {asked.id} counts {asked.unit.replace('_', ' ')}, not days.", "Name one of days.")
        year = asked.trend("year").filter(pl.col("period") == str(claim.year))
        value = year["total"][0] if year.height else None
        return Said(asked.office, check_value(claim, value, asked.unit, f"{claim.year}"))
    days = asked.days
    finding = check_consecutive(claim, days, as_of) if claim.kind == "consecutive" else check_days_in_year(claim, days)
    return Said(asked.office, finding, _named(finding, asked.spec, as_of))


def _value(asked: SeriesQuestion, claim: Claim) -> Said:
    """A value of one day, in the series' own unit."""
    if claim.unit is not None and claim.unit != asked.unit:
        problem = f"The series {asked.id} counts {asked.unit.replace('_', ' ')}, not {claim.what}."
        raise UsageError(problem, "`offing series` shows what each one counts.")
    found = asked.days.filter(pl.col("day") == claim.day)
    value = found["value"][0] if found.height else None
    known = value is not None and claim.day is not None
    name = figure_id(asked.spec.of("day", claim.day.isoformat())) if known and claim.day else ""
    return Said(asked.office, check_value(claim, value, asked.unit, f"{claim.day}"), name)


def _weighed(claim: str, as_of: date, said: list[Said]) -> Verdict:
    """Offices that know decide; AIS bears out, and is a least value beside an office."""
    offices = [s for s in said if s.source != AIS and s.finding.holds is not None]
    if len({s.finding.holds for s in offices}) > 1:
        names = " and ".join(dict.fromkeys(s.source for s in offices))
        return Verdict(claim, as_of, None, "", f"Figures of {names} contradict each other.", tuple(said))
    ais = [s for s in said if s.source == AIS and s.finding.holds is not None]
    deciding = next(iter([*offices, *ais]), None)
    if deciding is None:
        because = said[0].finding.nearest if said else "No source speaks of these zones and this fleet."
        return Verdict(claim, as_of, None, "", because, tuple(said))
    return Verdict(claim, as_of, deciding.finding.holds, deciding.source, deciding.finding.nearest, tuple(said))
