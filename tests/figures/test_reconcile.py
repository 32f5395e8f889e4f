"""The office's day beside AIS' day: each explanation by a small case; every day once; totals that can be counted by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.figures.reconcile import EXPLANATIONS, RECONCILED, RECONCILED_TOTALS, Heard, OfficeDay, reconcile, totals
from offing.figures.watch_days import WATCH_DAYS
from offing.model.times import DAY_MS, HOUR_MS, UTC_DAY, from_ms

D0 = date(2025, 7, 1)
T0 = UTC_DAY.window(D0)[0]
EVERY_HOUR = range(T0 // HOUR_MS - 48, T0 // HOUR_MS + 31 * 24)
AIS_OF = {"+": "observed", "-": "not_observed", "?": "unobservable"}


def nth(n: int) -> date:
    return D0 + timedelta(days=n)


def ms(day: int, hour: float) -> int:
    return T0 + day * DAY_MS + round(hour * HOUR_MS)


def ais(states: str, ships: Sequence[Sequence[int]] = (), rule: str = "UTC 00:00") -> pl.DataFrame:
    """Watch days from the first on: `+` with these ships (else one, number 1), `-` without, `?` unobservable."""
    rows = []
    for n, c in enumerate(states):
        seen = list(ships[n]) if n < len(ships) else [1] if c == "+" else []
        rows.append(
            {
                "figure_id": f"day {n}",
                "day": nth(n),
                "window_start_utc": from_ms(ms(n, 0)),
                "window_end_utc": from_ms(ms(n, 24)),
                "state": AIS_OF[c],
                "because": None if c == "+" else "2 of 24 hours",
                "hulls_n": len(seen),
                "mmsis": seen,
                "day_rule": rule,
            }
        )
    columns = {k: v for k, v in WATCH_DAYS.items() if not rows or k in rows[0]}
    return pl.DataFrame(rows, schema=columns)


def says(n: int, value: float | None = None, unit: str = "vessels", **hulls: tuple[int | None, int | None]) -> OfficeDay:
    """The office's day: a number, or only that there was a ship; -1: it says that there was none."""
    state = "not_observed" if value in (-1, 0) else "observed"
    return OfficeDay(nth(n), state, None if value == -1 else value, unit if value is not None else "", hulls, ("a source",))


def heard(*fixes: tuple[int, float, bool]) -> Heard:
    return Heard(tuple(ms(d, h) for d, h, _ in fixes), tuple(i for *_, i in fixes))


def explained(
    one: OfficeDay,
    days: pl.DataFrame,
    numbers: Mapping[str, frozenset[int]] | None = None,
    where: Mapping[int, Heard] | None = None,
    listening: Sequence[int] = EVERY_HOUR,
    shifted: pl.DataFrame | None = None,
) -> tuple[str, str, float | None]:
    rows = reconcile("o", [one], days, shifted, numbers or {}, where or {}, listening)
    row = rows.filter(pl.col("day") == one.day).to_dicts()[0]
    return row["explanation"], row["because"], row["difference"]


def test_both_say_the_same() -> None:
    assert explained(says(0, 2), ais("+", [[1, 2]])) == ("agree", "Both say the same.", 0.0)
    assert explained(says(0), ais("+"))[0] == "agree", "that there was a ship is all that it says"
    assert explained(says(0, -1), ais("-"))[0] == "agree"
    assert explained(says(0, 0), ais("-"))[::2] == ("agree", 0.0)


def test_a_named_ship_was_silent_while_receivers_listened() -> None:
    where = {1: heard((0, 3, False), (0, 20, True))}
    name, because, difference = explained(says(0, 1, A=(ms(0, 9), ms(0, 11))), ais("-"), {"A": frozenset({1})}, where)
    assert (name, difference) == ("ais_off", 1.0)
    assert "A: silent (last heard 2025-07-01T03:00:00Z, next 2025-07-01T20:00:00Z)" in because


def test_of_ships_without_a_number_the_neighbouring_days_tell() -> None:
    where = {1: heard((0, 20, True), (2, 3, True)), 2: heard((0, 20, True), (1, 3, False)), 3: heard((0, 20, False))}
    assert explained(says(1, 1), ais("+-+"), where=where)[:2] == (
        "ais_off",
        "Inside the day before or after, and without a message on this day: 1.",
    )
    assert explained(says(1, 2), ais("+-+"), where=where)[0] == "unexplained", "two are missing, and one was silent"


@pytest.mark.parametrize(
    ("deaf", "name"), [(range(9, 12), "no_coverage"), (range(12, 24), "ais_off"), (range(9, 10), "no_coverage")]
)
def test_only_the_hours_in_which_the_ship_was_inside_matter(deaf: range, name: str) -> None:
    hours = [h for h in EVERY_HOUR if h - T0 // HOUR_MS not in deaf]
    one = says(0, 1, A=(ms(0, 9), ms(0, 11)))
    assert explained(one, ais("?"), {"A": frozenset({1})}, listening=hours)[0] == name


def test_receivers_were_not_listening() -> None:
    assert explained(says(0, 1), ais("?"))[:2] == ("no_coverage", "Receivers: 2 of 24 hours.")
    assert explained(says(0, 1, A=(None, None)), ais("?"), {"A": frozenset({1})}, listening=())[0] == "no_coverage"
    assert explained(says(0, -1), ais("?"))[0] == "no_coverage", "that both saw none is not known"


def test_a_ship_was_heard_outside_or_too_seldom_inside() -> None:
    one, numbers = says(0, 1, A=(ms(0, 9), ms(0, 11))), {"A": frozenset({1})}
    outside = explained(one, ais("-"), numbers, {1: heard((0, 9.5, False), (0, 10, False))})
    assert outside[:2] == ("definition", "A: heard outside the zone meanwhile (2 positions).")
    once = explained(one, ais("-"), numbers, {1: heard((0, 9.5, True))})
    assert once[0] == "definition" and "too few positions" in once[1]


def test_no_number_is_known() -> None:
    assert explained(says(0, 1, A=(None, None)), ais("-"))[:2] == ("identity", "A: no MMSI is known.")


def test_of_several_ships_the_weightiest_reason_stands_first_and_each_is_told() -> None:
    one = says(0, 3, A=(None, None), B=(None, None), C=(None, None))
    numbers = {"B": frozenset({2}), "C": frozenset({3})}
    name, because, _ = explained(one, ais("-"), numbers, {2: heard((0, 5, False))})
    assert name == "ais_off" and [w in because for w in ("A: no MMSI", "B: heard outside", "C: silent")] == [True] * 3
    assert because.index("C:") < because.index("B:") < because.index("A:")


def test_a_ship_seen_and_another_missing_do_not_agree_though_the_numbers_do() -> None:
    name, because, difference = explained(says(0, 1, A=(None, None)), ais("+", [[7]]), {"A": frozenset({1})})
    assert (name, difference) == ("ais_off", 0.0) and "A: silent (not on AIS a day before or after either)" in because


def test_the_day_of_the_other_begins_at_another_hour() -> None:
    name, because, _ = explained(says(0, 1), ais("-"), shifted=ais("+", rule="Asia/Tokyo 00:00"))
    assert name == "day_boundary" and "Asia/Tokyo 00:00" in because
    assert explained(says(0), ais("-"), shifted=ais("+"))[0] == "day_boundary"
    assert explained(says(0), ais("-"), shifted=ais("-"))[0] == "unexplained"


def test_another_unit_is_never_compared() -> None:
    name, because, difference = explained(says(0, 26, "sorties"), ais("+"))
    assert (name, difference) == ("unit", None) and "sorties" in because


def test_ais_saw_more_than_the_office_tells() -> None:
    assert explained(says(0, 1), ais("+", [[1, 2]]))[::2] == ("unexplained", -1.0)
    name, because, _ = explained(says(0, 1, A=(None, None)), ais("+", [[1, 2]]), {"A": frozenset({1})})
    assert name == "unexplained" and "does not name: 2" in because
    assert "does not name: 1" in explained(says(0, -1), ais("+"))[1]


def test_days_of_ais_with_a_ship_of_which_the_office_is_silent() -> None:
    rows = reconcile("o", [says(1, 1)], ais("+++-"), None, {}, {}, EVERY_HOUR)
    assert rows.select("day", "explanation").rows() == [(nth(0), "office_silent"), (nth(1), "agree"), (nth(2), "office_silent")]
    assert rows["office_state"].to_list() == ["not_reported", "observed", "not_reported"]


def test_totals_by_hand() -> None:
    said = [says(0, 4), says(1, 4), says(2, 0), says(3, 2)]
    rows = reconcile("o", said, ais("+-?++", [[1, 2, 3, 4], [], [], [1], [9]]), None, {}, {}, EVERY_HOUR)
    (row,) = totals(rows).to_dicts()
    assert (row["office_days"], row["ais_days"], row["both_days"], row["days"]) == (3, 2, 2, 5)
    assert (row["office_ship_days"], row["ais_ship_days"]) == (10.0, 5)
    assert (row["agree"], row["no_coverage"], row["unexplained"], row["office_silent"]) == (1, 1, 2, 1)
    assert totals(rows.head(0)).is_empty() and totals(rows).schema == RECONCILED_TOTALS
    (bare,) = totals(reconcile("o", [says(0)], ais("+"), None, {}, {})).to_dicts()
    assert bare["office_ship_days"] is None and bare["ais_ship_days"] == 1


HULLS = st.dictionaries(
    st.sampled_from("AB"), st.sampled_from([(None, None), (9.0, 11.0), (None, 6.0), (20.0, None)]), max_size=2
)


@given(
    st.text("+-?", min_size=1, max_size=6),
    st.lists(st.tuples(st.sampled_from([None, -1, 0, 1, 2, 3]), st.sampled_from(["vessels", "sorties"]), HULLS), max_size=6),
    st.lists(st.tuples(st.integers(-1, 6), st.integers(0, 23), st.booleans()), max_size=6),
    st.sets(st.integers(0, 143)),
)
def test_every_day_of_the_office_is_there_once_with_one_explanation(states, said, fixes, deaf) -> None:  # type: ignore[no-untyped-def]
    days = []
    for n, (value, unit, hulls) in enumerate(said[: len(states)]):
        times = {h: (ms(n, a) if a is not None else None, ms(n, b) if b is not None else None) for h, (a, b) in hulls.items()}
        days.append(says(n, value, unit, **times))
    numbers = {"A": frozenset({1})}
    where = {1: heard(*sorted(fixes))}
    hours = [h for h in EVERY_HOUR if h - T0 // HOUR_MS not in deaf]
    rows = reconcile("o", days, ais(states), None, numbers, where, hours)
    assert rows.schema == RECONCILED and rows["day"].is_sorted() and rows["day"].is_unique().all()
    assert {d.day for d in days} <= set(rows["day"])
    assert set(rows["explanation"]) <= set(EXPLANATIONS)
    assert rows.filter(pl.col("explanation") == "office_silent")["day"].to_list() == [
        nth(n) for n, c in enumerate(states) if c == "+" and n >= len(days)
    ]
    for row in rows.to_dicts():
        assert row["because"] and (row["difference"] is None or row["difference"] == row["office_value"] - row["ais_ships"])
    if rows.height:
        (row,) = totals(rows).to_dicts()
        assert sum(row[name] for name in EXPLANATIONS) == row["days"] == rows.height
        assert row["both_days"] <= min(row["office_days"], row["ais_days"])
