"""Rows of coverage and listening hours."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import BadParameter
from offing.figures.cells import Grid
from offing.figures.coverage import (
    COVERAGE,
    CoverageParameters,
    common_hours,
    coverage_of_day,
    listening_hours,
    listening_of_windows,
)
from offing.model.fleet import Fleet, Membership
from offing.model.times import DAY_MS, HOUR_MS, to_ms_of_day

DAY = date(2024, 3, 1)
ZERO = to_ms_of_day(DAY)
H0 = ZERO // HOUR_MS
OURS, OTHER = 413_875_010, 431_000_001
FLEET = Fleet("f", members=(Membership(OURS, valid_from=date(2024, 3, 2)),))
ANY = Fleet("any", everyone=True)


def rows(*table: tuple[date, int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(table, schema=COVERAGE, orient="row")


def test_a_day_becomes_one_row_for_each_cell_and_hull():
    m = np.array([OTHER, OURS, OURS, OURS], np.int32)  # not in order
    t = np.array([5, 0, 3, 3]) * HOUR_MS + ZERO
    x, y = np.array([1_230_000_000, 1_230_000_000, 1_230_999_999, 1_231_000_000], np.int32), np.full(4, 250_000_000, np.int32)
    frame = coverage_of_day(DAY, m, t, x, y, np.array([True] * 4), 0.1)
    cell = int(Grid(0.1).cells_in_box(123.05, 25.05, 123.05, 25.05)[0])
    assert frame.schema == COVERAGE
    assert frame.rows() == [(DAY, cell, OURS, 0b1001), (DAY, cell, OTHER, 1 << 5), (DAY, cell + 1, OURS, 0b1000)]
    assert coverage_of_day(DAY, m, t, x, y, np.array([False] * 4)).is_empty()
    assert coverage_of_day(DAY + timedelta(days=1), m, t, x, y, np.array([True] * 4)).is_empty()


def test_only_hulls_outside_the_fleet_show_that_receivers_listen():
    table = rows(
        (DAY, 7, OURS, 0b1), (DAY + timedelta(days=1), 7, OURS, 0b10), (DAY, 7, OTHER, 0b110), (DAY, 8, OTHER, 1 << 23)
    )
    assert listening_hours(table, np.array([7]), FLEET).tolist() == [H0, H0 + 1, H0 + 2]  # on 1 March it is not yet ours
    assert listening_hours(table, np.array([7, 8]), FLEET).tolist() == [H0, H0 + 1, H0 + 2, H0 + 23]
    assert listening_hours(table, np.array([7]), ANY).tolist() == [H0, H0 + 1, H0 + 2, H0 + 25]
    assert listening_hours(table, np.array([9]), ANY).tolist() == []
    window = (ZERO + HOUR_MS // 2, ZERO + 3 * HOUR_MS)
    assert listening_hours(table, np.array([7]), FLEET, window).tolist() == [H0 + 1, H0 + 2]


def test_near_every_zone():
    hours = {"a": np.array([1, 2, 3]), "b": np.array([3, 4, 2])}
    assert common_hours(hours, ["a"]).tolist() == [1, 2, 3]
    assert common_hours(hours, ["a", "b"]).tolist() == [2, 3]
    assert common_hours(hours, ["a", "b", "c"]).tolist() == []


def test_holes_run_to_the_ends_of_the_window():
    hours = np.array([H0 + 2, H0 + 3, H0 + 8])
    count, hole = listening_of_windows(hours, np.array([ZERO, ZERO + DAY_MS, ZERO + 2 * DAY_MS]))
    assert count.tolist() == [3, 0]
    assert hole.tolist() == [15.0, 24.0]
    half = HOUR_MS // 2  # a local day that starts at half past: only clock hours wholly inside count
    count, hole = listening_of_windows(H0 + np.arange(24), np.array([ZERO + half, ZERO + half + DAY_MS]))
    assert (count.tolist(), hole.tolist()) == ([23], [0.5])


@settings(max_examples=100, deadline=None)
@given(st.sets(st.integers(-5, 60)), st.sets(st.integers(-5, 60)))
def test_more_coverage_never_shows_less(some, more):
    starts = ZERO + np.array([0, 24, 48]) * HOUR_MS
    few = listening_of_windows(H0 + np.array(sorted(some), np.int64), starts)
    many = listening_of_windows(H0 + np.array(sorted(some | more), np.int64), starts)
    assert (many[0] >= few[0]).all() and (many[1] <= few[1]).all()
    assert few[0].tolist() == [sum(0 <= h < 24 for h in some), sum(24 <= h < 48 for h in some)]


def test_parameters_have_limits():
    assert CoverageParameters().values() == {
        "coverage.near_nm": 40.0,
        "coverage.min_listening_hours": 18,
        "coverage.max_hole_h": 4.0,
        "coverage.cell_deg": 0.05,
    }
    with pytest.raises(BadParameter):
        CoverageParameters(min_listening_hours=25)
