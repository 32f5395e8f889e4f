"""Sightings to events: entry and exit make a visit, repeated texts make no other, passages count once each."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from offing.figures.sighted import (
    SIGHTED_PASSAGES,
    SIGHTED_VISITS,
    passages_by_day,
    sighted_passages,
    sighted_visits,
    visit_frame,
)
from offing.model.bulletin import Sighting, sighting_frame

ZONE = "kinmen-restricted-water@tw"


def seen(
    day: int, crossing: str = "", hour: float | None = None, hull: str = "14605", *, zone: str = ZONE, gate: str = "",
    direction: str = "", until: int | None = None, restated: bool = False, text: str = "a",
) -> Sighting:  # fmt: skip
    t = None if hour is None else datetime(2025, 7, day, int(hour), round(hour % 1 * 60), tzinfo=UTC)
    return Sighting(
        "tw-cga", date(2025, 7, day), date(2025, 7, until) if until else None, t, (hull,) if hull else (), "", "cn", "", "",
        None, None, None, gate, direction, restated, "" if gate else zone, text.ljust(64, "0"), f"text {text}", "s", crossing,
    )  # fmt: skip


def visits(*rows: Sighting) -> list[tuple[str, int, int, int | None, int | None]]:
    found = sighted_visits(sighting_frame(rows))
    return [
        (
            v.hull,
            v.start_day.day,
            v.end_day.day,
            v.entry_t_utc.hour if v.entry_t_utc else None,
            v.exit_t_utc.hour if v.exit_t_utc else None,
        )
        for v in found
    ]


def test_entry_and_exit_are_one_visit_and_the_next_entry_another() -> None:
    rows = (seen(29, "entered", 7), seen(29, "left", 9), seen(30, "entered", 1), seen(30, "left", 3))
    assert visits(*rows) == [("14605", 29, 29, 7, 9), ("14605", 30, 30, 1, 3)]
    assert visits(seen(29, "entered", 7), seen(29, "left", 9), seen(29, "entered", 10)) == [
        ("14605", 29, 29, 7, 9),
        ("14605", 29, 29, 10, None),
    ]


def test_a_visit_over_midnight_has_both_days() -> None:
    assert visits(seen(2, "entered", 8), seen(2, "", 9), seen(3, "left", 7)) == [("14605", 2, 3, 8, 7)]
    (one,) = sighted_visits(sighting_frame([seen(2, "entered", 8), seen(3, "left", 7)]))
    assert one.days == [date(2025, 7, 2), date(2025, 7, 3)] and visit_frame([one]).schema == SIGHTED_VISITS


def test_an_exit_long_after_belongs_to_an_entry_that_was_not_told() -> None:
    assert visits(seen(2, "entered", 8), seen(9, "left", 7)) == [("14605", 2, 2, 8, None), ("14605", 9, 9, None, 7)]


def test_what_several_texts_tell_is_one_visit_with_both_sources() -> None:
    rows = [seen(29, "entered", 7, text=t) for t in "ab"] + [seen(29, "left", 9, text=t) for t in "ab"]
    rows += [seen(29, "", 8, text="b")]
    (one,) = sighted_visits(sighting_frame(rows))
    assert one.sources == ["text a", "text b"] and len(one.sighting_ids) == 5


def test_hulls_and_zones_are_apart_and_what_is_restated_is_none() -> None:
    rows = (seen(29, "entered", 7), seen(29, "entered", 7, "14529"), seen(29, "entered", 7, zone="other@tw"))
    assert len(visits(*rows)) == 3
    assert visits(seen(29, "entered", 7, restated=True), seen(29, "entered", 7, hull=""), seen(29, zone="")) == []


def test_passages_count_once_by_ship_day_and_direction() -> None:
    rows = sighting_frame(
        [
            seen(1, gate="miyako", direction="SE", hull="599"),
            seen(1, gate="miyako", direction="SE", hull="599", text="b"),
            seen(1, gate="miyako", direction="SE", hull="599", restated=True, text="c"),
            seen(1, gate="miyako", direction="NW", hull="599"),
            seen(4, gate="miyako", direction="SE", hull="101", until=5),
            seen(4, gate="osumi", direction="E", hull="101"),
        ]
    )
    found = sighted_passages(rows)
    assert found.schema == SIGHTED_PASSAGES
    assert found.select("gate_id", "hull", "direction", "start_day", "end_day").rows() == [
        ("miyako", "599", "SE", date(2025, 7, 1), date(2025, 7, 1)),
        ("miyako", "599", "NW", date(2025, 7, 1), date(2025, 7, 1)),
        ("miyako", "101", "SE", date(2025, 7, 4), date(2025, 7, 5)),
        ("osumi", "101", "E", date(2025, 7, 4), date(2025, 7, 4)),
    ]
    days = passages_by_day(found.filter(pl.col("gate_id") == "miyako"))
    assert days["value"].to_list() == [2.0, None, None, 1.0]
    assert days["state"].to_list() == ["observed", "not_reported", "not_reported", "observed"]
    assert days["sources"][0].to_list() == ["text a", "text b"] and days["unit"].unique().to_list() == ["passages"]
    assert passages_by_day(found, date(2025, 7, 3)).height == 3 and passages_by_day(found.head(0)).is_empty()


ROWS = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(["", "entered", "left"]), st.integers(0, 23) | st.none()), max_size=12
)


@given(ROWS, st.randoms())
def test_every_sighting_is_in_one_visit_whatever_the_order(rows, random) -> None:  # type: ignore[no-untyped-def]
    made = [seen(d, c, h) for d, c, h in dict.fromkeys(rows)]
    found = sighted_visits(sighting_frame(made))
    assert sorted(i for v in found for i in v.sighting_ids) == sorted(s.sighting_id for s in made)
    assert {d for v in found for d in v.days} >= {s.start_day for s in made}
    random.shuffle(made)
    assert (
        visit_frame(sighted_visits(sighting_frame(made))).drop("sighting_ids").equals(visit_frame(found).drop("sighting_ids"))
    )
