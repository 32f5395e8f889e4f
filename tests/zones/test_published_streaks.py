"""The Japan Coast Guard's published streaks, as facts."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from offing.zones.pack import Pack
from offing.zones.series import Span

SERIES = "jcg-senkaku-contiguous-zone"

RUNNING = {
    "2020-06-17": 65,
    "2021-06-04": 112,
    "2021-07-12": 150,
    "2024-05-27": 158,
    "2024-07-08": 200,
    "2025-06-22": 216,
    "2025-12-31": 47,
    "2026-01-03": 50,
    "2026-02-04": 82,
}
ENDED = {"2020-08-02": 111, "2021-07-19": 157, "2024-07-23": 215, "2025-10-19": 335}


def spans(pack: Pack) -> tuple[Span, ...]:
    return pack.series[SERIES].spans


def test_the_series_names_its_counterpart(pack: Pack) -> None:
    series = pack.series[SERIES]
    assert (series.office, series.zone, series.fleet) == ("jcg", "senkaku-diaoyu-contiguous-zone@jp", "cn-government")
    assert series.counts_in == ("senkaku-diaoyu-contiguous-zone@jp", "senkaku-diaoyu-territorial-sea@jp")
    assert str(series.day_rule) == "Asia/Tokyo 00:00" and series.unit == "calendar_days"
    assert set(pack.offices) == {"jcg", "tw-mnd", "tw-cga", "jp-joint-staff", "amti"}
    assert str(pack.offices["tw-mnd"].day_rule) == "Asia/Taipei 06:00"


def test_published_values(pack: Pack) -> None:
    dated = [s for s in spans(pack) if s.last_day]
    assert {str(s.last_day): s.days for s in dated if not s.ended} == RUNNING
    assert {str(s.last_day): s.days for s in dated if s.ended} == ENDED
    for s in dated:
        assert s.start_day and s.last_day and (s.last_day - s.start_day).days + 1 == s.days
        assert s.published_on >= s.last_day and s.source


def test_the_record_without_days(pack: Pack) -> None:
    (span,) = [s for s in spans(pack) if not s.last_day]
    assert (span.days, span.ended, span.start_day) == (64, True, None)
    assert (span.not_before, span.not_after) == (date(2019, 4, 1), date(2019, 6, 30))


def test_statements_do_not_contradict_each_other(pack: Pack) -> None:
    """A day after an ended streak, or before it, lies in no other span; spans with one start belong to one streak."""
    dated = [s for s in spans(pack) if s.start_day and s.last_day]
    for one in dated:
        for other in dated:
            if one.ended and one.start_day and one.last_day and other.start_day and other.last_day:
                for outside in (one.start_day - timedelta(1), one.last_day + timedelta(1)):
                    assert not other.start_day <= outside <= other.last_day
            assert one.start_day == other.start_day or one.last_day < other.start_day or other.last_day < one.start_day  # type: ignore[operator]


def test_every_row_of_the_facts_is_there(pack: Pack, shared_data: Path) -> None:
    with (shared_data / "facts/senkaku_records.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = [s for s in spans(pack) if s.days == int(row["days"])]
            assert len(found) == 1, row
            (span,) = found
            assert str(span.start_day or "") == row["start"] and span.ended == bool("running" not in row["status"])
            assert not row["end"] or str(span.last_day) == row["end"]
