"""Fleets by date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.model.fleet import Fleet, Membership
from offing.model.times import DAY_MS, to_ms_of_day
from offing.tracks.identity import clip_to_fleet, flag_mid, in_fleet, members, undated_claims

TIME = pl.Datetime("ms", "UTC")
A, B, C = 413_875_010, 413_875_017, 416_002_727
RENAMED = Fleet(
    "cn-coast-guard",
    members=(
        Membership(A, "CCG 3901", valid_to=date(2025, 5, 23)),
        Membership(A, "again", valid_from=date(2025, 6, 1), valid_to=date(2025, 6, 2)),
        Membership(B, "CCG 1306"),
    ),
)


def at(*moments: str) -> pl.DataFrame:
    times = [datetime.fromisoformat(m).replace(tzinfo=UTC) for m in moments]
    return pl.DataFrame({"mmsi": [A] * len(times), "t_utc": times}, schema={"mmsi": pl.Int32, "t_utc": TIME})


def test_a_claim_holds_on_its_first_and_through_its_last_day():
    frame = at(
        "2025-05-23T23:59:59.999",
        "2025-05-24T00:00",
        "2025-05-31T23:59",
        "2025-06-01T00:00",
        "2025-06-02T23:59",
        "2025-06-03T00:00",
    )
    assert in_fleet(frame, RENAMED).to_list() == [True, False, False, True, True, False]


def test_undated_claims_hold_always_and_are_counted():
    spells = members(RENAMED, [A, B, C])
    assert spells.filter(pl.col("undated"))["mmsi"].to_list() == [B]
    assert undated_claims(RENAMED) == 1
    assert spells.filter(pl.col("mmsi") == C).is_empty()
    frame = at("1999-01-01T00:00").with_columns(pl.lit(B, pl.Int32).alias("mmsi"))
    assert in_fleet(frame, RENAMED).to_list() == [True]


def test_everyone_and_flag():
    frame = pl.DataFrame(
        {"mmsi": [A, C, 4_130_001, 99_413_0001], "t_utc": [0] * 4}, schema={"mmsi": pl.Int32, "t_utc": pl.Int64}
    )
    assert in_fleet(frame, Fleet("any", everyone=True)).to_list() == [True] * 4
    assert in_fleet(frame, Fleet("flag-CN", mids=(412, 413, 414))).to_list() == [True, False, False, False]
    assert not members(Fleet("flag-CN", mids=(413,)), [A])["undated"].any()


@pytest.mark.parametrize(
    ("mmsi", "mid"),
    [(413_875_010, 413), (799_999_999, 799), (4_130_001, 0), (111_413_001, 0), (994_130_001, 0), (982_130_001, 0)],
)
def test_only_ships_numbers_have_a_flag(mmsi, mid):
    assert flag_mid(mmsi) == mid


def test_a_visit_counts_only_inside_the_validity():
    visit = pl.DataFrame(
        {
            "mmsi": [A],
            "entry_t_utc": [datetime(2025, 5, 22, 12, tzinfo=UTC)],
            "exit_t_utc": [datetime(2025, 6, 1, 6, tzinfo=UTC)],
        },
        schema={"mmsi": pl.Int32, "entry_t_utc": TIME, "exit_t_utc": TIME},
    )
    parts = clip_to_fleet(visit, RENAMED).sort("start_ms")
    hours = [
        ((s - to_ms_of_day(date(2025, 5, 1))) / 3.6e6, (e - s) / 3.6e6) for s, e in parts.select("start_ms", "end_ms").rows()
    ]
    assert hours == [(21 * 24 + 12, 36.0), (31 * 24, 6.0)]


def test_an_empty_table_stays_empty():
    assert in_fleet(at(), RENAMED).to_list() == []
    assert members(RENAMED, []).is_empty()


days = st.dates(date(2024, 1, 1), date(2024, 1, 12))
claims = st.lists(st.tuples(st.sampled_from([1, 2]), st.none() | days, st.none() | days), max_size=5)


@settings(max_examples=150, deadline=None)
@given(
    claims,
    st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(-DAY_MS, 13 * DAY_MS), st.integers(0, 5 * DAY_MS)), max_size=6),
)
def test_equals_asking_every_claim(claimed, stays):
    fleet = Fleet("f", members=tuple(Membership(m, valid_from=a, valid_to=b) for m, a, b in claimed))
    zero = to_ms_of_day(date(2024, 1, 1))

    def belongs(m: int, t: int) -> bool:
        day = date(2024, 1, 1) + timedelta(days=(t - zero) // DAY_MS)
        return any(c.mmsi == m and (c.valid_from or day) <= day <= (c.valid_to or day) for c in fleet.members)

    frame = pl.DataFrame(
        [(m, zero + s, zero + s + d) for m, s, d in stays],
        schema={"mmsi": pl.Int32, "s": pl.Int64, "e": pl.Int64},
        orient="row",
    )
    assert in_fleet(frame, fleet, time="s").to_list() == [belongs(m, s) for m, s, _ in frame.rows()]
    parts = clip_to_fleet(frame.with_row_index("i"), fleet, start="s", end="e")
    for i, (m, s, e) in enumerate(frame.rows()):
        own = parts.filter(pl.col("i") == i)
        edges = sorted({s, e, *(t for t in range(zero - 2 * DAY_MS, zero + 20 * DAY_MS, DAY_MS) if s < t < e)})
        want = sum(high - low for low, high in pairwise(edges) if belongs(m, low))
        assert int((own["end_ms"] - own["start_ms"]).sum()) == want
        assert own.height > 0 or (want == 0 and not (s == e and belongs(m, s)))
