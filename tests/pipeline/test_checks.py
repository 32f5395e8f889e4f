"""Claims checked against what was published: the founding sentence, years, values; who decides."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_worlds import BOX, World, eastward, light

from offing.errors import UnknownName, UsageError
from offing.pipeline.checks import check
from offing.pipeline.waters import of_region

JP, FLEET = "senkaku-diaoyu-contiguous-zone@jp", "cn-government"


def asked(claim: str, as_of: date, **more: str) -> tuple[bool | None, str, str]:
    found = check(None, of_region("east_asia"), claim, as_of, (JP,), FLEET, **more)
    return found.holds, found.decided_by, found.because


def test_152_consecutive_days_at_the_end_of_july_2021() -> None:
    """The streak was 152 days long on 14 July and ended on the 19th with 157 (Japan's transport white paper, 2022)."""
    assert asked("152 consecutive days", date(2021, 7, 14))[:2] == (True, "jcg")
    holds, by, because = asked("152 consecutive days", date(2021, 7, 31))
    assert (holds, by) == (False, "jcg")
    assert "157 days long, from 2021-02-13 to 2021-07-19" in because and "152 days long on 2021-07-14" in because


def test_of_days_of_which_nothing_was_published_nothing_can_be_known() -> None:
    assert asked("40 consecutive days", date(2016, 5, 1))[0] is None


@pytest.mark.parametrize(
    ("claim", "as_of", "holds"),
    [
        ("158 consecutive days", date(2024, 5, 27), True),  # Yomiuri, running
        ("215 consecutive days", date(2024, 7, 23), True),
        ("216 consecutive days", date(2024, 7, 23), False),
        ("335 consecutive days", date(2025, 10, 19), True),
        ("332 days in 2021", date(2021, 12, 31), True),
        ("at least 350 days in 2024", date(2024, 12, 31), True),
        ("366 days in 2024", date(2024, 12, 31), False),
    ],
)
def test_published_values(claim: str, as_of: date, holds: bool) -> None:
    assert asked(claim, as_of)[0] is holds


def test_a_series_by_its_own_name() -> None:
    waters = of_region("east_asia")
    found = check(None, waters, "153 sorties on 2024-10-14", date(2024, 10, 15), series_id="tw-mnd:aircraft")
    assert found.holds is True and found.decided_by == "tw-mnd"
    runs = check(None, waters, "375 consecutive days", date(2025, 11, 10), series_id="tw-mnd:naval_ships")
    assert runs.holds is True and runs.rows("x")[0]["figure_id"]


def test_a_series_refuses_zones_and_fleets_that_are_not_its_own() -> None:
    waters = of_region("east_asia")
    with pytest.raises(UsageError, match="does not count that"):
        check(None, waters, "3 consecutive days", date(2025, 1, 1), (JP,), FLEET, series_id="tw-mnd:aircraft")
    with pytest.raises(UsageError):
        check(None, waters, "3 consecutive days", date(2025, 1, 1))
    with pytest.raises(UnknownName):
        check(None, waters, "3 consecutive days", date(2025, 1, 1), series_id="nobody:nothing")


def test_ais_decides_where_no_office_speaks_and_says_that_it_is_a_floor(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("own.csv", eastward(412_000_001, range(48)))
    world.read("light.csv", light(range(96)))
    world.book.run()
    two = world.book.check("2 consecutive days", "2024-03-02", BOX, "own")
    assert two.holds is not False and two.said[0].source == "ais"
    nine = world.book.check("9 consecutive days", date(2024, 3, 3), BOX, "own")
    assert nine.holds is False and nine.decided_by == "ais" and "least value" in nine.because


def test_beside_a_series_ais_speaks_of_its_own_zones_and_fleet(tmp_path: Path) -> None:
    world = World(tmp_path)
    series = "jcg-senkaku-contiguous-zone"
    found = world.book.check("152 consecutive days", "2021-07-14", series=series)
    assert (found.holds, found.decided_by, [s.source for s in found.said]) == (True, "jcg", ["jcg", "ais"])
    alone = world.book.check("152 consecutive days", "2021-07-14", series=series, source="ais")
    assert (alone.holds, [s.source for s in alone.said]) == (None, ["ais"])
    year = world.book.check("332 days in 2021", "2021-12-31", series=f"jcg:days:{JP}")
    assert (year.holds, [s.source for s in year.said]) == (True, ["jcg", "ais"])
    with pytest.raises(UnknownName):
        world.book.check("152 consecutive days", "2021-07-14", series=series, source="nobody")


def test_a_value_is_compared_in_its_own_unit_only() -> None:
    waters, day = of_region("east_asia"), date(2024, 10, 15)
    assert check(None, waters, "153 aircraft on 2024-10-14", day, series_id="tw-mnd:aircraft").holds is True
    assert check(None, waters, "14 warships on 2024-10-14", day, series_id="tw-mnd:naval_ships").holds is True
    for claim, series in (("153 ships on 2024-10-14", "tw-mnd:aircraft"), ("14 sorties on 2024-10-14", "tw-mnd:naval_ships")):
        with pytest.raises(UsageError, match="counts"):
            check(None, waters, claim, day, series_id=series)
    with pytest.raises(UsageError, match="ship days, not days"):
        check(None, waters, "300 days in 2023", day, series_id=f"jcg:ships:{JP}")
