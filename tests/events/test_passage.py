"""Passages from crossings: what undoes what, ids, sides, dates, and the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from offing.errors import BadParameter
from offing.events import passage
from offing.events.passage import PassageParameters, PassageState
from offing.kernels.walk import CROSSED_IN, CROSSED_OUT, CROSSING, FIRST_SEEN, LAST_SEEN, TO_LEFT, TO_RIGHT
from offing.model.bulletin import BEARINGS
from offing.model.place import Gate
from offing.model.schemas import PASSAGES
from offing.model.times import DAY_MS, DayRule
from offing.testing import worlds
from offing.zones.rings import quantised

MINUTE = 60_000
BASE_MS = worlds.EPOCH_MS
LINE = quantised([(10, 0), (10, 1)])
A = Gate("a", "strait", {"en": "A"}, {"en": "West"}, {"en": "East"}, (LINE,), pacific_side="right")
B = Gate("b", "strait", {"en": "B"}, {"en": "West"}, {"en": "East"}, (LINE,))
GATES = [A, B]
R, L = TO_RIGHT, TO_LEFT


def crossings(*rows: tuple[int, float], gate: int = 0, track_ms: int = BASE_MS, hop_min: float = 1.0) -> np.ndarray:
    """Rows of (how, minutes after BASE_MS); a hop lasts `hop_min` minutes, and begins with a whole one of them."""
    out = np.zeros(len(rows), CROSSING)
    for c, (how, minutes) in zip(out, rows, strict=True):
        hop = int(minutes // hop_min)
        c["mmsi"], c["track_ms"], c["track_nth"], c["zone"], c["how"], c["k"] = 7, track_ms, 1, gate, how, hop + 1
        c["t_ms"] = BASE_MS + round(minutes * MINUTE)
        c["before_ms"], c["after_ms"] = (BASE_MS + round((hop + i) * hop_min * MINUTE) for i in (0, 1))
    return out


def table(c: np.ndarray, gates: list[Gate] = GATES, **settings: float) -> pl.DataFrame:
    state, done = passage.advance(PassageState(), c, PassageParameters(**settings))
    return passage.frame(np.concatenate([done, passage.finish(state)]), gates)


def minutes_of(found: pl.DataFrame) -> list[tuple[float, str]]:
    minutes = ((found["t_utc"].dt.epoch("ms") - BASE_MS) / MINUTE).round(6)
    return list(zip(minutes.to_list(), found["to_side"].to_list(), strict=True))


def test_the_table_has_the_schema_also_when_empty() -> None:
    for found in (table(crossings()), table(crossings((R, 3.5)))):
        assert found.to_arrow().cast(PASSAGES).schema == PASSAGES


def test_a_passage() -> None:
    (row,) = table(crossings((R, 3.5))).to_dicts()
    assert row["event_id"] == "passage:a:7:20260101T000400Z" and row["track"] == "7@20260101T000000Z"
    assert (row["kind"], row["status"], row["gate_id"], row["gate_hash"]) == ("passage", "closed", "a", A.hash)
    assert row["t_utc"] == datetime(2026, 1, 1, 0, 3, 30, tzinfo=UTC)
    assert row["before_utc"] == datetime(2026, 1, 1, 0, 3, tzinfo=UTC)
    assert row["after_utc"] == datetime(2026, 1, 1, 0, 4, tzinfo=UTC)
    assert (row["from_side"], row["to_side"], row["pacific_bound"]) == ("left", "right", True)


@pytest.mark.parametrize(
    ("gate", "how", "bound"),
    [(A, R, True), (A, L, False), (replace(A, pacific_side="left"), R, False), (replace(A, pacific_side="left"), L, True),
     (B, R, None), (B, L, None)],
)  # fmt: skip
def test_pacific_bound(gate: Gate, how: int, bound: bool | None) -> None:
    assert table(crossings((how, 3.5)), [gate])["pacific_bound"].to_list() == [bound]


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([(R, 0), (L, 10)], []),  # back at the last moment
        ([(R, 0), (L, 10.001)], [(0, "right"), (10.001, "left")]),
        ([(R, 0), (R, 5)], [(0, "right"), (5, "right")]),  # round the end of the line: twice the same way
        ([(R, 0), (L, 9), (R, 12)], [(12, "right")]),  # to and fro, and over: the last one stands
        ([(R, 0), (L, 9), (R, 18), (L, 27)], []),
        ([(R, 0), (L, 20), (R, 28), (L, 35)], [(0, "right"), (35, "left")]),
        ([(R, 0), (L, 20), (R, 28), (L, 40)], [(0, "right"), (40, "left")]),
        ([(R, 0), (R, 1), (L, 2), (L, 3)], [(0, "right"), (3, "left")]),  # neighbours only
        ([(L, 0)], [(0, "left")]),
    ],
)
def test_there_and_back_within_the_rejoin_time_is_nothing(rows: list, left: list) -> None:
    assert minutes_of(table(crossings(*rows))) == left
    for cut in range(len(rows) + 1):
        state, first = passage.advance(PassageState(), crossings(*rows[:cut]), PassageParameters())
        state, second = passage.advance(state, crossings(*rows[cut:]), PassageParameters())
        whole = np.concatenate([first, second, passage.finish(state)])
        assert passage.frame(whole, GATES).equals(table(crossings(*rows)))


def test_off_is_off_but_for_there_and_back_in_the_same_millisecond() -> None:
    rows = [(R, 0.5), (L, 0.6), (R, 1.5), (L, 1.5), (R, 2.5), (R, 2.5), (L, 2.5)]
    assert minutes_of(table(crossings(*rows), rejoin_min=0)) == [(0.5, "right"), (0.6, "left"), (2.5, "right")]


def test_tracks_and_gates_do_not_undo_each_other() -> None:
    one = crossings((R, 0.5))
    for other in (crossings((L, 1.5), gate=1), crossings((L, 1.5), track_ms=BASE_MS - 1)):
        assert table(np.concatenate([one, other])).height == 2
    other = crossings((L, 1.5))
    other["mmsi"] = 8
    assert table(np.concatenate([one, other])).height == 2


def test_crossings_of_zones_are_left_to_visits() -> None:
    assert table(crossings(*((how, 1.5) for how in (FIRST_SEEN, CROSSED_IN, CROSSED_OUT, LAST_SEEN)))).is_empty()


def test_past_only_lets_passages_go_sooner() -> None:
    c = crossings((R, 0.5), (L, 30.5))
    for past_min, done in ((0, 1), (40.5, 1), (40.6, 2)):
        state, finished = passage.advance(PassageState(), c, PassageParameters(), past_ms=BASE_MS + round(past_min * MINUTE))
        assert (len(finished), len(state.pending)) == (done, 2 - done)


def test_several_passages_of_one_hop_are_numbered_in_the_order_of_time() -> None:
    rows = crossings((L, 50), (R, 5), (R, 110), (L, 30), hop_min=60)
    assert table(rows).select("event_id", "to_side").rows() == [
        ("passage:a:7:20260101T010000Z", "right"),
        ("passage:a:7:20260101T010000Z.2", "left"),
        ("passage:a:7:20260101T010000Z.3", "left"),
        ("passage:a:7:20260101T020000Z", "right"),
    ]


def test_two_ships_of_one_number_get_ids_of_their_own() -> None:
    both = np.concatenate([crossings((R, 0.5)), crossings((R, 0.75), track_ms=BASE_MS - MINUTE)])
    found = table(both)
    assert found["event_id"].is_unique().all() and found["track"].n_unique() == 2
    assert table(both[::-1].copy()).equals(found)


def test_direction_is_the_octant_of_the_course() -> None:
    ends = {0: "N", 22.4: "N", 22.5: "NE", 67.5: "E", 180: "S", 337.4: "NW", 337.5: "N", 359.9: "N"}
    for course, octant in ends.items():
        c = crossings((R, 0.5))
        c["course_deg"] = course
        assert table(c)["direction"].to_list() == [octant]
    c = np.concatenate([crossings((R, 30.0 * i)) for i in range(8)])
    c["course_deg"] = np.arange(8) * 45
    assert tuple(table(c)["direction"]) == BEARINGS


def test_passages_outside_the_dates_of_a_gate_are_left_out() -> None:
    days = [(R, 24 * 60 * n + 720.5) for n in range(5)]  # noon
    dated = replace(A, valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 3))
    assert table(crossings(*days), [dated])["t_utc"].dt.day().to_list() == [2, 3]
    tokyo = replace(dated, day_rule=DayRule("Asia/Tokyo"))
    night = [(R, 24 * 60 * n + 900.5) for n in range(5)]  # 15:00:30 UTC is the next day in Tokyo
    assert table(crossings(*night), [tokyo])["t_utc"].dt.day().to_list() == [1, 2]


def test_the_hash_of_a_gate_is_of_what_decides_passages() -> None:
    others = [
        replace(A, id="other"),
        replace(A, lines=(LINE[::-1],)),
        replace(A, lines=(LINE, LINE)),
        replace(A, lines=(LINE + np.array([1, 0]),)),
        replace(A, pacific_side="left"),
        replace(A, valid_to=date(2026, 1, 3)),
    ]
    assert len({g.hash for g in (A, *others)}) == 1 + len(others)
    assert replace(A, names={"en": "Another"}, note="a note", source="another").hash == A.hash
    one, two = (replace(A, lines=lines) for lines in ((np.vstack([LINE, LINE]),), (LINE, LINE)))
    assert one.hash != two.hash, "one line and two are not the same"


def test_parameters() -> None:
    assert PassageParameters().values() == {"passage.rejoin_min": 10.0}
    assert PassageParameters(rejoin_min=1.5).rejoin_ms == 90_000
    with pytest.raises(BadParameter, match=r"passage\.rejoin_min = -1 is outside 0 to 1440 minutes"):
        PassageParameters(rejoin_min=-1)
    assert PassageParameters(rejoin_min=1440).rejoin_ms == DAY_MS
