"""Records on the wire: which columns can leave, and that a table comes back as it went, or not at all."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import BadDelivery
from offing.figures.streaks import STREAKS
from offing.figures.watch_days import WATCH_DAYS
from offing.model.bulletin import SIGHTINGS
from offing.model.incident import INCIDENTS
from offing.model.schemas import VISITS
from offing.model.sharing import RECORD_KINDS
from offing.model.wire import ID_COLUMN, POSITION_COLUMNS, WIRE, frame, values

LEFT_OUT = {
    "visit": {"event_id", "kind", "track"},
    "watch_day": {"figure_id", "visits"},
    "streak": {"figure_id", "broke", "broke_days", "broke_on_day"},
    "sighting": {"sighting_id"},
    "incident": {"incident_id"},
}
WHOLE = {
    "visit": pl.from_arrow(VISITS.empty_table()).schema,  # type: ignore[union-attr]
    "watch_day": WATCH_DAYS,
    "streak": STREAKS,
    "sighting": SIGHTINGS,
    "incident": INCIDENTS,
}


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_what_leaves_is_the_table_without_what_speaks_of_the_logbook(kind: str) -> None:
    assert list(WIRE[kind].items()) == [(n, t) for n, t in WHOLE[kind].items() if n not in LEFT_OUT[kind]]
    assert ID_COLUMN[kind] in LEFT_OUT[kind]
    assert set(POSITION_COLUMNS[kind]) == {n for n in WIRE[kind] if n.endswith(("lon_deg", "lat_deg"))}


VALUES: dict[type, st.SearchStrategy[Any]] = {
    pl.String: st.text(max_size=5),
    pl.Boolean: st.booleans(),
    pl.Float64: st.floats(allow_nan=False, allow_infinity=False),
    pl.Int32: st.integers(-(2**31) + 1, 2**31 - 1),
    pl.Int64: st.integers(-(2**63) + 1, 2**63 - 1),
    pl.Datetime: st.datetimes(timezones=st.just(UTC)).map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000)),
    pl.Date: st.dates(),
}


def value_of(dtype: Any) -> st.SearchStrategy[Any]:
    if isinstance(dtype, pl.List):
        return st.none() | st.lists(VALUES[type(dtype.inner)], max_size=3)
    return st.none() | VALUES[type(dtype)]


@given(st.data(), st.sampled_from(RECORD_KINDS))
@settings(max_examples=60, deadline=None)
def test_a_table_comes_back_from_its_json_as_it_was(data: st.DataObject, kind: str) -> None:
    n = data.draw(st.integers(0, 4))
    table = pl.DataFrame({c: [data.draw(value_of(t)) for _ in range(n)] for c, t in WIRE[kind].items()}, schema=WIRE[kind])
    rows = json.loads(json.dumps(values(table, kind)))
    ids = [f"{kind}:{i}" for i in range(n)]
    back = frame(kind, ids, rows)
    assert back["id"].to_list() == ids
    assert back.drop("id").equals(table) and back.drop("id").schema == WIRE[kind]
    few = [c for c in WIRE[kind] if data.draw(st.booleans())]
    short = [[row[list(WIRE[kind]).index(c)] for c in few] for row in rows]
    part = frame(kind, ids, short, few)
    assert part.select(few).equals(table.select(few)) or not few
    assert all(part[c].null_count() == n for c in WIRE[kind] if c not in few)


def test_times_are_whole_milliseconds_and_days_texts() -> None:
    days = pl.DataFrame(
        {
            "day": [date(2024, 3, 1)],
            "window_start_utc": [datetime(2024, 3, 1, tzinfo=UTC)],
            "mmsis": [[3, 1]],
            "longest_hole_h": [0.5],
        }
    ).cast({"window_start_utc": pl.Datetime("ms", "UTC")})
    (row,) = values(
        days.with_columns(pl.lit(None).cast(t).alias(n) for n, t in WIRE["watch_day"].items() if n not in days), "watch_day"
    )
    told = dict(zip(WIRE["watch_day"], row, strict=True))
    assert (told["day"], told["window_start_utc"], told["mmsis"], told["longest_hole_h"]) == (
        "2024-03-01",
        1709251200000,
        [3, 1],
        0.5,
    )
    assert told["window_end_utc"] is None


def test_no_number_leaves_that_json_cannot_say() -> None:
    table = pl.DataFrame({n: [None] for n in WIRE["sighting"]}, schema=WIRE["sighting"])
    table = pl.concat([table] * 3).with_columns(pl.Series("distance_km", [float("nan"), float("inf"), float("-inf")]))
    at = list(WIRE["sighting"]).index("distance_km")
    assert [row[at] for row in values(table, "sighting")] == [None] * 3


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("mmsi", "412000001"),
        ("mmsi", 412000001.0),
        ("mmsi", True),
        ("mmsi", 2**31),
        ("duration_s", 1),
        ("single_position", 1),
        ("status", b"open"),
        ("entry_t_utc", "2024-03-01T00:00:00Z"),
        ("entry_t_utc", 2**60),
        ("zone_id", ["a"]),
    ],
)
def test_a_value_of_another_type_is_refused_and_named(column: str, value: object) -> None:
    row = [value if n == column else None for n in WIRE["visit"]]
    with pytest.raises(BadDelivery, match=column):
        frame("visit", ["visit:a"], [row])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("day", "20240301"),
        ("day", "2024-02-30"),
        ("day", 5),
        ("mmsis", [1, "2"]),
        ("mmsis", [None]),
        ("mmsis", 5),
        ("mmsis", [True]),
    ],
)
def test_days_and_lists_are_strict_too(column: str, value: object) -> None:
    row = [value if n == column else None for n in WIRE["watch_day"]]
    with pytest.raises(BadDelivery, match=column):
        frame("watch_day", ["day:a"], [row])  # type: ignore[list-item]


def test_rows_that_do_not_fit_their_columns_are_refused() -> None:
    whole = [None] * len(WIRE["visit"])
    refused: list[tuple[Any, ...]] = [
        ("passage", ["a"], [whole]),
        ("visit", ["a"], [whole[1:]]),
        ("visit", ["a", "b"], [whole]),
        ("visit", [1], [whole]),
        ("visit", ["a"], [[None]], ["track"]),
        ("visit", ["a"], [[None, None]], ["mmsi", "mmsi"]),
    ]
    for case in refused:
        with pytest.raises(BadDelivery):
            frame(*case)
