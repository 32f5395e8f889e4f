"""Law 5. Units are types: ship-days, calendar days, incidents, sorties, vessels, hours never add, compare or share an axis."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from small_worlds import BOX, SHIP, World, eastward, light

from offing.errors import UsageError
from offing.figures.presence import total
from offing.figures.records import records
from offing.model.units import Quantity, Unit

JP, GOVERNMENT = "senkaku-diaoyu-contiguous-zone@jp", "cn-government"


def test_figures_of_two_units_are_never_one_number(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("a.csv", [*eastward(SHIP, range(48)), *light(range(72))])
    world.book.run()
    tables = {u: world.book.presence(BOX, "own", "day", u) for u in ("ship_days", "calendar_days", "hours")}
    for unit, table in tables.items():
        assert set(table["unit"]) == {unit} and total(table).unit == unit
        assert all(f"unit={unit}" in i for i in table["figure_id"])
    for one, two in permutations(tables.values(), 2):
        with pytest.raises(UsageError, match="they count different things"):
            total(pl.concat([one, two]))
    kept = world.book.records(BOX, "own", source="ais")
    assert dict(kept.group_by("record_kind").agg(pl.col("unit").unique().first()).rows()) == {
        "longest_streak": "calendar_days",
        "highest_day": "vessels",
    }


def test_streaks_of_two_series_have_no_common_record(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("a.csv", eastward(SHIP, range(48)))
    world.book.run()
    both = pl.concat([world.book.streaks(BOX, "own"), world.book.streaks(JP, GOVERNMENT, "jcg")])
    with pytest.raises(UsageError, match="several series"):
        records(both)
    with pytest.raises(UsageError, match="cannot be counted in ship_days"):
        world.book.presence(JP, GOVERNMENT, "year", "ship_days", source="jcg")
    with pytest.raises(UsageError, match="cannot be counted in hours"):
        world.book.presence(JP, GOVERNMENT, "year", "hours", source="jcg")
    days = world.book.presence(JP, GOVERNMENT, "year", "calendar_days", source="jcg")
    assert set(days["unit"]) == {"calendar_days"} and set(days["day_rule"]) == {"Asia/Tokyo 00:00"}


@pytest.mark.parametrize(("one", "two"), list(permutations(Unit, 2)))
def test_no_sum_difference_or_order(one: Unit, two: Unit) -> None:
    a, b = Quantity(1, one), Quantity(1, two)
    assert a != b
    for act in (lambda: a + b, lambda: a - b, lambda: a < b, lambda: a <= b, lambda: a > b, lambda: a >= b):
        with pytest.raises(UsageError, match="they count different things"):
            act()
    with pytest.raises(TypeError):
        a + 1  # type: ignore[operator]
