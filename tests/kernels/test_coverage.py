"""The coverage kernel against a plain reading of its rule."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.kernels.coverage import heard

DAY_MS = 19_783 * 86_400_000
CELL_E7 = 1_000_000
COLUMNS, ROWS = 3600, 1800

rows = st.lists(
    st.tuples(
        st.sampled_from([111, 412_000_001, 412_000_002, 999_999_999]),
        st.integers(-3_600_000, 25 * 3_600_000),
        st.integers(-1_800_000_000, 1_799_999_999) | st.sampled_from([-1_800_000_000, 1_799_999_999, 0, 999_999, 1_000_000]),
        st.integers(-900_000_000, 900_000_000) | st.sampled_from([-900_000_000, 900_000_000, 0, -1]),
        st.booleans(),
    ),
    max_size=60,
)


def run(table: list[tuple[int, int, int, int, bool]]) -> list[tuple[int, int, int]]:
    table = sorted(table)
    columns = list(zip(*table, strict=True)) if table else [()] * 5
    m, t, x, y, used = (
        np.array(c, k) for c, k in zip(columns, (np.int32, np.int64, np.int32, np.int32, np.bool_), strict=True)
    )
    t = t + DAY_MS
    for array in (m, t, x, y, used):
        array.flags.writeable = False
    out = heard(m, t, x, y, used, DAY_MS, CELL_E7, COLUMNS, ROWS)
    return sorted(zip(*(a.tolist() for a in out), strict=True))


def plainly(table: list[tuple[int, int, int, int, bool]]) -> list[tuple[int, int, int]]:
    masks: dict[tuple[int, int], int] = defaultdict(int)
    for m, t, x, y, used in table:
        if used and 0 <= t < 86_400_000:
            column, row = (x + 1_800_000_000) // CELL_E7, min((y + 900_000_000) // CELL_E7, ROWS - 1)
            masks[row * COLUMNS + column, m] |= 1 << t // 3_600_000
    return sorted((c, m, mask) for (c, m), mask in masks.items())


@settings(max_examples=300, deadline=None)
@given(rows)
def test_equals_the_plain_rule(table):
    assert run(table) == plainly(table)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_hull_that_returns_to_many_cells_has_one_row_for_each(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 3000))
    x, y = rng.integers(0, 9_999_999, n), rng.integers(0, 9_999_999, n)
    t, m = rng.integers(0, 86_400_000, n), rng.integers(1, 4, n)
    table = [(int(a), int(b), int(c), int(d), True) for a, b, c, d in zip(m, t, x, y, strict=True)]
    assert run(table) == plainly(table)


@pytest.mark.parametrize(("x", "cell"), [(1_799_999_999, 900 * COLUMNS + 3599), (-1_800_000_000, 900 * COLUMNS)])
def test_both_sides_of_the_antimeridian(x, cell):
    assert run([(1, 0, x, 0, True)]) == [(cell, 1, 1)]


def test_the_pole_and_no_rows():
    assert run([(1, 0, 0, 900_000_000, True)]) == [(1799 * COLUMNS + 1800, 1, 1)]
    assert run([]) == []
