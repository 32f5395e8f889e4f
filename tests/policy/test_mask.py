"""Masking: against a row-by-row oracle with decimal arithmetic."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_cases import DAY, NOON

from offing.errors import BadParameter
from offing.policy.decide import Decision, Obligations
from offing.policy.mask import apply, standing, withheld

YES = Decision(True, ("agreed",))
NO = Decision(False, ("no_recipient", "not_releasable"))
TIME = pl.Datetime("ms", "UTC")


def under(**obligations: Any) -> Decision:
    return Decision(True, ("agreed",), Obligations(**obligations))


def frame(labels: list[int | None], close_ms: list[int | None] | None = None, **more: Any) -> pl.DataFrame:
    close = pl.Series(close_ms if close_ms is not None else [NOON - DAY] * len(labels), dtype=pl.Int64).cast(pl.Datetime("ms"))
    times = {"close_utc": close.dt.replace_time_zone("UTC")}
    return pl.DataFrame({"n": range(len(labels)), "label": pl.Series(labels, dtype=pl.Int32), **times, **more})


def rows(f: pl.DataFrame) -> list[int]:
    return f["n"].to_list()


def test_only_rows_with_a_label_that_allows_are_left() -> None:
    f = frame([0, 1, None, 2, -1, 7, 0])
    kept = apply(f, [YES, NO, under()], now_ms=NOON)
    assert rows(kept) == [0, 3, 6]
    assert kept.schema == f.schema
    assert withheld(f, [YES, NO, under()], now_ms=NOON) == {(1, "no_recipient"): 1, (-1, "unlabelled"): 3}
    assert apply(f, [], now_ms=NOON).is_empty()
    assert apply(f.clear(), [under(round_deg=1.0, masked=frozenset({"n"}))], now_ms=NOON).schema == f.schema


def test_delay_counts_from_the_close_and_to_the_millisecond() -> None:
    hour = 3_600_000
    f = frame([0] * 4, [NOON - hour, NOON - hour + 1, NOON, None])
    assert rows(apply(f, [under(delay_h=1.0)], now_ms=NOON)) == [0]
    assert rows(apply(f, [under(delay_h=0.0)], now_ms=NOON)) == [0, 1, 2, 3]
    assert rows(apply(f.drop("close_utc"), [under(delay_h=0.5)], now_ms=NOON)) == []
    assert rows(apply(f.with_columns(pl.col("close_utc").dt.epoch("ms")), [under(delay_h=1.0)], now_ms=NOON)) == [0]
    micro = f.with_columns(pl.col("close_utc").dt.cast_time_unit("us"))
    assert rows(apply(micro, [under(delay_h=1.0)], now_ms=NOON)) == [0]


def test_expiry_and_agreements_without_history() -> None:
    f = frame([0, 1, 2, 2], [NOON - DAY, NOON - DAY, NOON - 2, NOON - 1])
    decisions = [under(expires_ms=NOON), under(expires_ms=NOON + 1), under(closed_from_ms=NOON - 1)]
    assert rows(apply(f, decisions, now_ms=NOON)) == [1, 3]
    assert withheld(f, decisions, now_ms=NOON) == {(0, "expired"): 1, (2, "before_agreement"): 1}
    assert standing(f, decisions, now_ms=NOON).tolist() == [2, 0, 4, 0]


def test_masked_columns_are_null_for_the_rows_of_their_label_alone() -> None:
    more = {"mmsi": [1, 2, 3], "who": ["a", "b", "c"], "list": [["x"], ["y"], []]}
    f = frame([0, 1, 0], **more)
    kept = apply(
        f, [under(masked=frozenset({"mmsi", "list", "not there", "label"})), under(masked=frozenset({"who"}))], now_ms=NOON
    )
    assert kept["mmsi"].to_list() == [None, 2, None]
    assert kept["who"].to_list() == ["a", None, "c"]
    assert kept["list"].to_list() == [None, ["y"], None]
    assert kept["label"].to_list() == [0, 1, 0]
    assert kept.schema == f.schema


def nearest(value: str, step: str) -> float:
    """The multiple nearest to a decimal number, a tie to the even one, by decimal arithmetic."""
    d, s = Decimal(value), Decimal(step)
    return float((d / s).quantize(Decimal(1), ROUND_HALF_EVEN) * s)


DEGREES = st.decimals(-89, 89, places=7, allow_nan=False, allow_infinity=False)


@given(DEGREES, st.sampled_from(["0.000001", "0.05", "0.1", "0.25", "0.3", "1", "2.5", "0.007"]))
@settings(max_examples=300, deadline=None)
def test_positions_are_rounded_like_decimals(value: Decimal, step: str) -> None:
    f = frame([0, 1], entry_lat_deg=[float(value)] * 2, lat_e7=pl.Series([int(value * 10**7)] * 2, dtype=pl.Int32))
    decisions = [under(round_deg=float(step)), YES]
    kept = apply(f, decisions, now_ms=NOON)
    wanted = nearest(str(value), step)
    assert kept["entry_lat_deg"].to_list() == [wanted, float(value)]
    assert kept["lat_e7"].to_list() == [round(wanted * 10**7), int(value * 10**7)]
    assert apply(kept, decisions, now_ms=NOON).equals(kept), "rounding again changes nothing"
    assert len(str(kept["entry_lat_deg"][0]).partition(".")[2]) <= 7, "no noise behind the last digit"


def test_ties_go_to_the_even_multiple() -> None:
    given_deg = [0.5, 1.5, 2.5, -0.5, -1.5]
    kept = apply(frame([0] * 5, lon_deg=given_deg), [under(round_deg=1.0)], now_ms=NOON)
    assert kept["lon_deg"].to_list() == [0.0, 2.0, 2.0, 0.0, -2.0]


def test_rounded_positions_stay_on_the_globe() -> None:
    f = frame(
        [0] * 6, lon_deg=[179.99, -179.99, None, float("nan"), float("inf"), 0.2], lat_deg=[89.99, -89.99, 0.0, 0.0, 0.0, 0.0]
    )
    kept = apply(f, [under(round_deg=0.7)], now_ms=NOON)
    assert kept["lon_deg"].to_list()[:3] == [179.9, -179.9, None]
    assert str(kept["lon_deg"].to_list()[3:5]) == "[nan, inf]"
    assert kept["lat_deg"].to_list()[:2] == [89.6, -89.6]
    assert apply(f, [under(round_deg=0.5)], now_ms=NOON)["lon_deg"].to_list()[:2] == [-180.0, -180.0]


def test_only_position_columns_are_rounded_unless_others_are_named() -> None:
    f = frame([0], speed_kn=[1.26], exit_lon_deg=[121.26], course_deg=[12.3])
    by_default = apply(f, [under(round_deg=1.0)], now_ms=NOON)
    assert by_default.select("speed_kn", "exit_lon_deg", "course_deg").row(0) == (1.26, 121.0, 12.3)
    named = apply(f, [under(round_deg=1.0)], now_ms=NOON, position_columns=["course_deg"])
    assert named.select("exit_lon_deg", "course_deg").row(0) == (121.26, 12.0)
    with pytest.raises(BadParameter):
        apply(frame([0], lon_e7=[1]), [under(round_deg=1e-8)], now_ms=NOON)


def test_masks_agree_with_a_loop_over_rows() -> None:
    r = random.Random(7)
    steps = [None, "0.05", "0.3"]
    labels = [
        (r.random() < 0.8, r.choice(steps), r.choice([0.0, 6.0, 0.25]), r.choice([None, NOON, NOON + 1]), r.random() < 0.3)
        for _ in range(200)
    ]
    decisions = [
        replace(
            YES if yes else NO,
            obligations=Obligations(h, float(s) if s else None, frozenset({"mmsi"}) if m else frozenset(), e),
        )
        for yes, s, h, e, m in labels
    ]
    index = [r.randrange(-3, 205) for _ in range(5_000)]
    close = [NOON - r.randrange(0, 8 * 3_600_000) for _ in index]
    lat = [round(r.uniform(20, 30), 7) for _ in index]
    f = frame(index, close, lat_deg=lat, mmsi=list(range(len(index))))
    wanted = []
    for n, (i, c, y) in enumerate(zip(index, close, lat, strict=True)):
        if not 0 <= i < 200:
            continue
        yes, step, delay, ends, masked = labels[i]
        closed = datetime.fromtimestamp(c / 1000, UTC)
        late = delay and closed + timedelta(hours=delay) > datetime.fromtimestamp(NOON / 1000, UTC)
        if yes and not late and (ends is None or ends > NOON):
            wanted.append((n, nearest(repr(y), step) if step else y, None if masked else n))
    kept = apply(f, decisions, now_ms=NOON)
    assert kept.select("n", "lat_deg", "mmsi").rows() == wanted
    counts = withheld(f, decisions, now_ms=NOON)
    assert sum(counts.values()) == f.height - len(wanted) > 1_000
    assert {reason for _, reason in counts} == {"no_recipient", "expired", "delayed", "unlabelled"}
    assert Counter(reason for _, reason in counts)["unlabelled"] == 1


@given(st.lists(st.integers(-1, 3), max_size=30), st.lists(st.booleans(), min_size=3, max_size=3), st.integers(-DAY, DAY))
@settings(max_examples=150, deadline=None)
def test_a_stricter_obligation_never_shows_more(labels: list[int], yes: list[bool], shift_ms: int) -> None:
    f = frame(labels, [NOON - n * 3_600_000 for n in range(len(labels))], mmsi=list(range(len(labels))))
    loose = [under(delay_h=2.0) if y else NO for y in yes]
    strict = [under(delay_h=3.0, expires_ms=NOON + shift_ms, masked=frozenset({"mmsi"})) if y else NO for y in yes]
    assert set(rows(apply(f, strict, now_ms=NOON))) <= set(rows(apply(f, loose, now_ms=NOON)))
    assert apply(f, strict, now_ms=NOON)["mmsi"].null_count() == apply(f, strict, now_ms=NOON).height
