"""Claims against days that are known, unknown, and known to be without."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import UsageError
from offing.figures.claims import Claim, check_consecutive, check_days_in_year, check_value, parse_claim

D0 = date(2024, 1, 1)
STATES = {"+": "observed", "-": "not_observed", "?": "not_reported"}


def series(pattern: str) -> pl.DataFrame:
    days = [D0 + timedelta(days=n) for n in range(len(pattern))]
    return pl.DataFrame({"day": days, "state": [STATES[c] for c in pattern]}, schema={"day": pl.Date, "state": pl.String})


def nth(n: int) -> date:
    return D0 + timedelta(days=n)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("152 consecutive days", Claim("consecutive", 152)),
        ("for the 152nd straight day", Claim("consecutive", 152)),
        ("152 days in a row", Claim("consecutive", 152)),
        ("152日連続", Claim("consecutive", 152)),
        ("連續１５２天", Claim("consecutive", 152)),
        ("连续152天", Claim("consecutive", 152)),
        ("at least 300 days in 2023", Claim("days_in_year", 300, at_least=True, year=2023)),
        ("more than 300 days in 2023", Claim("days_in_year", 300, more_than=True, year=2023)),
        ("2023年に352日", Claim("days_in_year", 352, year=2023)),
        ("153 sorties on 2024-10-14", Claim("value", 153, day=date(2024, 10, 14))),
    ],
)
def test_claims_are_read(text: str, claim: Claim) -> None:
    assert parse_claim(text) == claim


@pytest.mark.parametrize("text", ["", "many days", "152", "days of thunder", "153 sorties on 2024-02-31"])
def test_what_is_no_claim_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_claim(text)


@pytest.mark.parametrize(
    ("pattern", "as_of", "text", "holds"),
    [
        ("-+++-", 3, "3 consecutive days", True),
        ("-+++-", 3, "2 consecutive days", False),
        ("-+++-", 3, "at least 2 consecutive days", True),
        ("-+++-", 3, "more than 3 consecutive days", False),
        ("-+++-", 4, "3 consecutive days", False),
        ("+++", 2, "3 consecutive days", None),  # what was before the series is not known
        ("+++", 2, "2 consecutive days", False),
        ("+++", 2, "at least 3 consecutive days", True),
        ("-+?+-", 3, "3 consecutive days", None),
        ("-+?+-", 3, "4 consecutive days", False),
        ("-+?+-", 3, "1 consecutive day", None),
        ("-++?-", 3, "3 consecutive days", None),
        ("-++?-", 3, "4 consecutive days", False),
        ("-++-", 9, "2 consecutive days", None),
        ("", 0, "2 consecutive days", None),
    ],
)
def test_consecutive_days(pattern: str, as_of: int, text: str, holds: bool | None) -> None:
    found = check_consecutive(parse_claim(text), series(pattern), nth(as_of))
    assert found.holds is holds, found.nearest


def test_the_nearest_true_statement() -> None:
    days = series("-" + "+" * 10 + "--")
    assert "9 days long on 2024-01-10" in check_consecutive(parse_claim("8 consecutive days"), days, nth(9)).nearest
    assert "8 days long on 2024-01-09" in check_consecutive(parse_claim("8 consecutive days"), days, nth(9)).nearest
    assert "reached 10 days on 2024-01-11" in check_consecutive(parse_claim("10 consecutive days"), days, nth(9)).nearest
    over = check_consecutive(parse_claim("8 consecutive days"), days, nth(12)).nearest
    assert "10 days long, from 2024-01-02 to 2024-01-11; it was 8 days long on 2024-01-09" in over


@given(st.text("+-?", min_size=1, max_size=30), st.integers(0, 29), st.integers(1, 30))
def test_learning_more_never_turns_a_verdict_round(pattern: str, as_of: int, number: int) -> None:
    """A verdict that holds, or does not, on days partly unknown stays so however the unknown days turn out."""
    as_of = min(as_of, len(pattern) - 1)
    claim = Claim("consecutive", number)
    before = check_consecutive(claim, series(pattern), nth(as_of)).holds
    if before is None:
        return
    for filled in (pattern.replace("?", "+"), pattern.replace("?", "-")):
        after = check_consecutive(claim, series(filled), nth(as_of)).holds
        assert after in (before, None)


def test_days_of_a_year_leave_room_for_unknown_ones() -> None:
    days = series("+" * 100 + "-" * 200 + "?" * 66)
    assert check_days_in_year(parse_claim("100 days in 2024"), days).holds is None
    assert check_days_in_year(parse_claim("99 days in 2024"), days).holds is False
    assert check_days_in_year(parse_claim("167 days in 2024"), days).holds is False
    assert check_days_in_year(parse_claim("at least 100 days in 2024"), days).holds is True


def test_values() -> None:
    claim = parse_claim("153 sorties on 2024-10-14")
    assert check_value(claim, 153, "sorties", "2024-10-14").holds is True
    assert check_value(claim, 152, "sorties", "2024-10-14").holds is False
    assert check_value(claim, None, "sorties", "2024-10-14").holds is None
