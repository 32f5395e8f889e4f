"""Figures that the region carries: nothing lost on the way in, units side by side, wrong rows refused with their line."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from texts import at

import offing.regions
from offing.errors import InputError, UsageError
from offing.model.bulletin import Bulletin
from offing.model.units import Unit
from offing.readers.bulletins.facts import DAILY, FIGURES, published_figures

FOLDER = Path(offing.regions.__file__).parent / "east_asia"
ALL = published_figures(FOLDER)


def of(office: str, metric: str, year: str = "") -> list[Bulletin]:
    return [b for b in ALL if (b.office, b.metric) == (office, metric) and at(b.window_end_utc).startswith(year)]


def test_ids_are_unique_and_every_figure_has_a_source() -> None:
    assert len({b.bulletin_id for b in ALL}) == len(ALL) > 4600
    assert all(b.source and b.window_end_utc.tzinfo and len(b.text_sha256) == 64 for b in ALL)
    assert {b.office for b in ALL} == {"tw-mnd", "jcg", "tw-cga", "amti"}


def test_days_and_incidents_of_2021_stand_side_by_side() -> None:
    # 40 days (MOD white paper 2023, sum of three periods), 34 incidents (press)
    window = ("2020-12-31T15:00", "2021-12-31T15:00")
    year = [b for b in ALL if (at(b.window_start_utc), at(b.window_end_utc)) == window]
    assert {(b.value, b.unit) for b in year} >= {(40, Unit.CALENDAR_DAYS), (34, Unit.INCIDENTS), (332, Unit.CALENDAR_DAYS)}
    periods = [b for b in of("jcg", "days") if b.note.startswith("months") and at(b.window_end_utc)[:4] in ("2021",)]
    assert sum(b.value for b in periods) == 40


@pytest.mark.parametrize(
    ("year", "days", "ships"), [(2018, 19, 70), (2019, 32, 126), (2020, 29, 88), (2021, 40, 110), (2022, 37, 103)]
)
def test_periods_of_four_months_add_up_to_the_year(year: int, days: int, ships: int) -> None:
    window = (f"{year - 1}-12-31T15:00", f"{year}-12-31T15:00")
    for metric, total in (("days", days), ("ships", ships)):
        own = [b for b in of("jcg", metric) if b.area.startswith("senkaku-diaoyu-territorial")]
        parts = [b for b in own if b.note.startswith("months") and window[0] <= at(b.window_start_utc) < window[1]]
        assert len(parts) == 3 and sum(b.value for b in parts) == total
        assert total in [b.value for b in own if (at(b.window_start_utc), at(b.window_end_utc)) == window]


def test_ship_days_are_at_least_calendar_days() -> None:
    # AMTI: 1,703 against 1,457 in 2022; 1,652 against 1,378 in 2023; 1,099 against 352 at Scarborough Shoal in 2025
    for year, ship_days, days in (("2023-01", 1703, 1457), ("2024-01", 1652, 1378)):
        assert [b.value for b in of("amti", "patrol_ship_days", year) if b.area == "south-china-sea"] == [ship_days]
        assert sum(b.value for b in of("amti", "days_with_ship", year)) == days
    shoal = {
        b.metric: b.value for b in ALL if b.office == "amti" and b.area == "scarborough-shoal" and at(b.window_end_utc) > "2026"
    }
    assert shoal == {"patrol_ship_days": 1099, "days_with_ship": 352}
    assert {b.metric: b.unit for b in ALL if b.office == "amti"} == {
        "patrol_ship_days": Unit.SHIP_DAYS,
        "days_with_ship": Unit.CALENDAR_DAYS,
    }


def test_kinmen_totals_keep_their_units() -> None:
    assert {(b.value, b.unit) for b in ALL if b.office == "tw-cga"} == {
        (85, Unit.VOYAGES),
        (222, Unit.SHIP_ENTRIES),
        (293, Unit.SHIP_ENTRIES),
        (117, Unit.INCIDENTS),
    }


def test_daily_notices() -> None:
    # 24-25 May 2024: 62 aircraft, 47 across, 27 ships; 28-29 December 2025: 2 aircraft, 9 ships, 2 official ships
    def day(end: str) -> dict[str, float]:
        return {b.metric: b.value for b in ALL if b.office == "tw-mnd" and at(b.window_end_utc) == end}

    assert day("2024-05-24T22:00") == {"aircraft": 62, "crossed_median_line": 47, "naval_ships": 27}
    assert day("2025-12-28T22:00") == {"aircraft": 2, "naval_ships": 9, "official_ships": 2}
    highest = max(of("tw-mnd", "aircraft"), key=lambda b: b.value)
    assert (highest.value, at(highest.window_end_utc)) == (153, "2024-10-14T22:00")
    assert {b.window_basis for b in ALL if b.office == "tw-mnd" and at(b.window_end_utc) < "2022-11-15T12:00"} == {"end_only"}
    ended_early = {(b.window_basis, at(b.window_start_utc)) for b in ALL if at(b.window_end_utc) == "2024-10-14T00:00"}
    assert ended_early == {("derived", "2024-10-12T22:00")}
    flagged = {at(b.window_end_utc)[:10] for b in ALL if "repeats_another_notice" in b.flags}
    assert flagged == {"2024-12-12", "2024-12-13", "2025-01-28", "2025-01-29", "2025-02-02"}


def test_all_notices_are_there(shared_data: Path) -> None:
    text = (shared_data / "facts" / "tw_mnd_daily_2022_2026.csv").read_text(encoding="utf-8")
    given = {(r["notice_date"], r["window_end"]): r for r in csv.DictReader(io.StringIO(text))}
    have: dict[tuple[str, datetime], dict[str, float]] = {}
    for b in ALL:
        if b.office == "tw-mnd":
            have.setdefault((str(b.published_on), b.window_end_utc), {})[b.metric] = b.value
    assert len(given) == 1451 and len(have) == 1453, "two notices more, which name ships without the verb"
    differ = set()
    for (notice_day, end), r in given.items():
        mine = have[notice_day, datetime.fromisoformat(end)]
        for metric, column in (
            ("aircraft", "aircraft_sorties"),
            ("naval_ships", "plan_ships"),
            ("official_ships", "official_ships"),
        ):
            if mine.get(metric) != (float(r[column]) if r[column] else None):
                differ.add((notice_day, metric))
        part = {"median_line": "crossed_median_line", "entered_airspace": "entered_airspace"}.get(r["subset"], "")
        if r["sorties_in_subset"] and mine.get(part) != float(r["sorties_in_subset"]):
            differ.add((notice_day, part))
    assert differ == {("2023-08-02", "naval_ships"), ("2024-03-24", "naval_ships")}, "written 艦 for 共艦 there"


HEAD = "office,window_start,window_end,window_basis,metric,unit,value,area,published_on,flags,source,note\n"
GOOD = "jcg,2021-01-01T00:00+09:00,2022-01-01T00:00+09:00,stated,days,calendar_days,40,a,2022-01-02,f g,s,n\n"


def test_a_row_of_a_pack(tmp_path: Path) -> None:
    assert published_figures(tmp_path) == ()
    (tmp_path / FIGURES[0]).write_text(HEAD + GOOD, encoding="utf-8")
    (one,) = published_figures(tmp_path)
    assert (one.value, one.unit, one.flags, one.source, one.note) == (40, Unit.CALENDAR_DAYS, ("f", "g"), "s", "n")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("40", "forty"),
        ("40", "-1"),
        ("40", "nan"),
        ("calendar_days", "days"),
        ("stated", "guessed"),
        ("stated", "end_only"),
        ("2021-01-01T00:00+09:00", "2021-01-01"),
        ("2021-01-01T00:00+09:00", "soon"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_its_line(tmp_path: Path, wrong: str, right: str) -> None:
    (tmp_path / FIGURES[0]).write_text(HEAD + GOOD.replace(wrong, right, 1), encoding="utf-8")
    with pytest.raises(InputError, match=rf"{FIGURES[0]} line 2: "):
        published_figures(tmp_path)


def test_missing_columns_and_days(tmp_path: Path) -> None:
    (tmp_path / DAILY).write_text("notice_day\n", encoding="utf-8")
    with pytest.raises(InputError, match="lacks the column 'window_start'"):
        published_figures(tmp_path)
    (tmp_path / DAILY).unlink()
    (tmp_path / FIGURES[0]).write_text(HEAD + GOOD.replace("2022-01-02", "soon"), encoding="utf-8")
    with pytest.raises(UsageError):
        published_figures(tmp_path)
