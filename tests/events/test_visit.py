"""Visits from crossings: joining, ends, ids, and the table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from offing.errors import BadParameter, LogbookError
from offing.events import visit
from offing.events.visit import VisitParameters
from offing.kernels.walk import CROSSED_IN, CROSSED_OUT, CROSSING, FIRST_SEEN, LAST_SEEN
from offing.model.schemas import VISITS
from offing.model.times import DAY_MS, HOUR_MS, DayRule
from offing.model.zone import Zone
from offing.pipeline.visits import fold_days
from offing.testing import files, shapes, worlds
from offing.tracks import walk
from offing.tracks.places import zone_grid

MINUTE = 60_000
ZONES = [shapes.zone("a@test", [shapes.rectangle(1, 1, 2, 2)]), shapes.zone("b@test", [shapes.rectangle(1, 1, 3, 3)])]
BASE_MS = worlds.EPOCH_MS


def crossings(*rows: tuple[int, float, int], zone: int = 0, track_ms: int = BASE_MS, nth: int = 1) -> np.ndarray:
    """Rows of (how, minutes after BASE_MS, positions before); the positions lie half a minute off."""
    out = np.zeros(len(rows), CROSSING)
    for c, (how, minutes, k) in zip(out, rows, strict=True):
        t_ms = BASE_MS + round(minutes * MINUTE)
        c["mmsi"], c["track_ms"], c["track_nth"], c["zone"], c["how"], c["t_ms"], c["k"] = 7, track_ms, nth, zone, how, t_ms, k
        off = MINUTE // 2 if how in (CROSSED_IN, CROSSED_OUT) else 0
        c["before_ms"], c["after_ms"] = t_ms - off, t_ms + off
    return out


def table(c: np.ndarray, zones: list[Zone] = ZONES, **settings: float) -> pl.DataFrame:
    parameters = VisitParameters(**settings)
    state, done = visit.advance(visit.VisitState(), c, parameters)
    return visit.frame(np.concatenate([done, state.open]), zones, parameters)


def at(minutes: float) -> datetime:
    return datetime.fromtimestamp(BASE_MS / 1000 + minutes * 60, UTC)


def test_the_table_has_the_schema_also_when_empty() -> None:
    for found in (table(crossings()), table(crossings((CROSSED_IN, 0, 1), (CROSSED_OUT, 9, 2)))):
        assert found.to_arrow().cast(VISITS).schema == VISITS
        assert found.columns == VISITS.names


def test_one_visit_in_all_its_columns() -> None:
    found = table(crossings((CROSSED_IN, 1, 1), (CROSSED_OUT, 11, 4)))
    expected = {
        "event_id": "visit:a@test:7:20260101T000130Z", "kind": "visit", "status": "closed", "mmsi": 7,
        "track": "7@20260101T000000Z", "zone_id": "a@test", "entry_t_utc": at(1), "entry_how": "crossed",
        "exit_t_utc": at(11), "exit_how": "crossed", "duration_s": 600.0, "inside_s": 600.0, "positions_n": 3,
        "support_n": 5, "single_position": False, "closes_at_utc": None, "entry_before_utc": at(0.5),
        "entry_after_utc": at(1.5), "exit_before_utc": at(10.5), "exit_after_utc": at(11.5),
    }  # fmt: skip
    assert {k: v for k, v in found.row(0, named=True).items() if k in expected} == expected


def test_first_and_last_seen() -> None:
    row = table(crossings((FIRST_SEEN, 0, 0), (LAST_SEEN, 30, 4)), max_gap_h=2).row(0, named=True)
    assert (row["entry_how"], row["exit_how"], row["status"]) == ("first_seen", "last_seen", "open")
    assert row["closes_at_utc"] == at(150) and row["entry_before_utc"] is None and row["exit_after_utc"] is None
    assert (row["positions_n"], row["support_n"], row["single_position"]) == (4, 4, False)


def test_a_lone_position_is_a_visit_of_no_length() -> None:
    row = table(crossings((FIRST_SEEN, 0, 0), (LAST_SEEN, 0, 1))).row(0, named=True)
    assert row["single_position"] and row["duration_s"] == 0 and row["entry_t_utc"] == row["exit_t_utc"]
    entered = table(crossings((CROSSED_IN, 0, 1), (LAST_SEEN, 1, 2))).row(0, named=True)
    assert not entered["single_position"] and (entered["positions_n"], entered["support_n"]) == (1, 2)


@pytest.mark.parametrize(("away", "rejoin", "visits"), [(10, 10, 1), (10.0001, 10, 2), (0, 10, 1), (0, 0, 2), (5, 0, 2)])
def test_rejoin(away: float, rejoin: float, visits: int) -> None:
    found = table(
        crossings((CROSSED_IN, 0, 1), (CROSSED_OUT, 20, 3), (CROSSED_IN, 20 + away, 4), (CROSSED_OUT, 40, 6)),
        rejoin_min=rejoin,
    )
    assert found.height == visits
    assert found["positions_n"].sum() == 4
    assert found["inside_s"].sum() == pytest.approx((40 - away) * 60)
    if visits == 1:
        assert found["duration_s"].item() == 2400 and found["support_n"].item() == 6


def test_a_silence_is_never_bridged() -> None:
    one = crossings((FIRST_SEEN, 0, 0), (LAST_SEEN, 5, 2))
    other = crossings((FIRST_SEEN, 6, 0), (LAST_SEEN, 9, 2), track_ms=BASE_MS + 6 * MINUTE)
    assert table(np.concatenate([one, other]), rejoin_min=1440).height == 2


def test_further_visits_of_one_hop_are_numbered() -> None:
    hop = crossings((CROSSED_IN, 1.0, 1), (CROSSED_OUT, 1.1, 1), (CROSSED_IN, 1.2, 1), (CROSSED_OUT, 1.3, 1))
    hop["before_ms"], hop["after_ms"] = BASE_MS, BASE_MS + 2 * MINUTE
    found = table(hop, rejoin_min=0)
    assert found["event_id"].to_list() == ["visit:a@test:7:20260101T000200Z", "visit:a@test:7:20260101T000200Z.2"]
    assert found["positions_n"].to_list() == [0, 0] and found["support_n"].to_list() == [2, 2]


def test_two_tracks_of_one_number_entering_at_one_instant_are_numbered() -> None:
    both = [crossings((FIRST_SEEN, 0, 0), (LAST_SEEN, 5, 2), nth=n) for n in (2, 1)]
    found = table(np.concatenate(both))
    assert sorted(found.select("event_id", "track").rows()) == [
        ("visit:a@test:7:20260101T000000Z", "7@20260101T000000Z"),
        ("visit:a@test:7:20260101T000000Z.2", "7@20260101T000000Z.2"),
    ]


def test_milliseconds_show_in_ids_only_where_there_are_any() -> None:
    c = crossings((FIRST_SEEN, 0.00005, 0), (LAST_SEEN, 5, 2), track_ms=BASE_MS + 3)
    row = table(c).row(0, named=True)
    assert row["event_id"] == "visit:a@test:7:20260101T000000.003Z" and row["track"] == "7@20260101T000000.003Z"


def test_crossings_may_come_in_any_order_of_zones_and_tracks() -> None:
    a = crossings((CROSSED_IN, 0, 1), (CROSSED_OUT, 9, 2), zone=0)
    b = crossings((CROSSED_IN, 1, 1), (CROSSED_OUT, 8, 2), zone=1)
    mixed = np.array([b[0], a[0], b[1], a[1]], CROSSING)
    assert table(mixed).equals(table(np.concatenate([a, b])))
    assert table(mixed)["zone_id"].to_list() == ["a@test", "b@test"]


def test_what_is_past_goes_and_what_may_change_stays() -> None:
    parameters = VisitParameters(rejoin_min=10)
    left = crossings((CROSSED_IN, 0, 1), (CROSSED_OUT, 20, 3))
    state, done = visit.advance(visit.VisitState(), left, parameters, past_ms=BASE_MS + 30 * MINUTE)
    assert len(done) == 0 and len(state.open) == 1  # a return at minute 30 itself would still join
    again, joined = visit.advance(state, crossings((CROSSED_IN, 30, 4), (LAST_SEEN, 31, 5)), parameters)
    assert len(joined) == 1 and len(again.open) == 0 and joined["positions_n"].item() == 3
    _, gone = visit.advance(state, crossings(), parameters, past_ms=BASE_MS + 30 * MINUTE + 1)
    assert len(gone) == 1
    inside, done = visit.advance(visit.VisitState(), left[:1], parameters, past_ms=BASE_MS + DAY_MS)
    assert len(done) == 0 and len(inside.open) == 1
    off, done = visit.advance(visit.VisitState(), left, VisitParameters(rejoin_min=0))
    assert len(off.open) == 0 and len(done) == 1


def test_the_state_handed_in_is_not_changed() -> None:
    parameters = VisitParameters()
    state, _ = visit.advance(visit.VisitState(), crossings((CROSSED_IN, 0, 1)), parameters)
    before = state.open.copy()
    visit.advance(state, crossings((CROSSED_OUT, 5, 2)), parameters)
    assert state.open.tolist() == before.tolist()


def test_visits_outside_a_zones_dates_are_left_out() -> None:
    tokyo = DayRule("Asia/Tokyo")
    dated = Zone("a@test", "custom", ZONES[0].polygons, valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 2), day_rule=tokyo)
    begin_min, day_min = 15 * 60, 24 * 60  # 2 January begins at 15:00 UTC in Tokyo

    def kept(entry: float, exit_: float) -> int:
        return table(crossings((CROSSED_IN, entry, 1), (CROSSED_OUT, exit_, 2)), [dated, ZONES[1]]).height

    assert kept(0, begin_min - 1) == 0 and kept(begin_min + day_min, begin_min + day_min + 5) == 0
    assert kept(0, begin_min) == 1 and kept(begin_min + 5, begin_min + 6) == 1
    assert kept(begin_min + day_min - 1, begin_min + 2 * day_min) == 1


@pytest.mark.parametrize(
    "bad", [{"max_gap_h": 0}, {"max_speed_kn": 0.5}, {"max_speed_kn": 100_001}, {"rejoin_min": -1}, {"rejoin_min": True}]
)
def test_parameters_have_a_legal_range(bad: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        VisitParameters(**bad)


def test_the_example_of_the_method_page() -> None:
    square = shapes.zone("square@me", [shapes.rectangle(120, 24, 121, 25)])
    fixes = {0: 119.90, 60: 120.10, 120: 120.30, 180: 120.98, 190: 121.02, 196: 120.99, 240: 120.80, 720: 120.70}
    n = len(fixes)
    lon_e7 = np.array([round(lon * 1e7) for lon in fixes.values()], np.int32)
    t_ms = np.array([BASE_MS + m * MINUTE for m in fixes])
    batch = walk.Batch(np.full(n, 352999001, np.int32), t_ms, lon_e7, np.full(n, 245_000_000, np.int32), np.ones(n, bool))
    grid, parameters = zone_grid([square]), VisitParameters()
    tracks, c, _ = walk.advance(walk.start(), batch, grid, max_gap_ms=parameters.max_gap_ms, max_speed_kn=60)
    state, done = visit.advance(visit.VisitState(), c, parameters)
    found = visit.frame(
        np.concatenate([done, visit.finish(state, walk.still_seen(tracks, grid), parameters)]), [square], parameters
    )
    names = [
        "event_id", "track", "entry_t_utc", "entry_how", "exit_t_utc", "exit_how", "status", "closes_at_utc", "duration_s",
        "inside_s", "positions_n", "support_n", "single_position",
    ]  # fmt: skip
    assert found.select(names).rows() == [
        (
            "visit:square@me:352999001:20260101T010000Z", "352999001@20260101T000000Z", at(30), "crossed", at(240),
            "last_seen", "open", at(600), 12_600.0, 12_060.0, 5, 6, False,
        ),
        (
            "visit:square@me:352999001:20260101T120000Z", "352999001@20260101T120000Z", at(720), "first_seen", at(720),
            "last_seen", "open", at(1080), 0.0, 0.0, 1, 1, True,
        ),
    ]  # fmt: skip


# -- whole days


def test_days_from_files_give_the_visits_of_one_batch(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    box = (120.0, 22.0, 123.0, 25.0)
    zones = shapes.random_zones(rng, 12, box, 0.8)
    seen = worlds.silenced(5, worlds.jumping(5, worlds.sailing(5, 40, 300, 1200, box), 0.02, 1.0), 20, (4, 40))
    parameters = VisitParameters(rejoin_min=30)
    told: list[tuple[date, int]] = []
    handed: list[walk.Batch] = []
    days = files.merged_days(seen, tmp_path, whole=True)
    run = fold_days(days, zones, parameters, lambda *a: told.append(a), lambda _, b: handed.append(b))
    assert run.positions_n == len(seen) and run.untracked_n == 0
    assert (run.first_ms, run.last_ms) == (seen.t_ms.min(), seen.t_ms.max())
    assert [d for d, _ in told] == [d for d, _ in days] and told[-1][1] == len(seen) and len(days) > 3
    assert np.array_equal(np.concatenate([b.lon_e7 for b in handed]), seen.in_day_order().lon_e7)

    grid = zone_grid(zones)
    tracks, c, _ = walk.advance(
        walk.start(), seen.in_hull_order().batch(), grid, max_gap_ms=parameters.max_gap_ms, max_speed_kn=60
    )
    state, done = visit.advance(visit.VisitState(), c, parameters)
    rest = visit.finish(state, walk.still_seen(tracks, grid), parameters)
    assert run.frame.equals(visit.frame(np.concatenate([done, rest]), zones, parameters))
    assert run.frame.height > 300


def test_no_days_and_days_without_rows(tmp_path: Path) -> None:
    empty = fold_days([], ZONES, VisitParameters())
    assert empty.frame.height == 0 and empty.first_ms is None and empty.last_ms is None
    seen = worlds.sailing(1, 2, 10, 600, (1, 1, 2, 2))
    (day, path), *_ = files.merged_days(seen, tmp_path, whole=True)
    pl.read_parquet(path).clear().write_parquet(path)
    assert fold_days([(day, path)], ZONES, VisitParameters()).positions_n == 0


def test_untracked_rows_are_counted_and_taken_for_nothing(tmp_path: Path) -> None:
    seen = worlds.sailing(1, 2, 10, 600, (1, 1, 2, 2))
    (day, path), *_ = files.merged_days(seen, tmp_path, whole=True)
    pl.read_parquet(path).with_columns(tracked=pl.lit(False)).write_parquet(path)
    run = fold_days([(day, path)], ZONES, VisitParameters())
    assert (run.positions_n, run.untracked_n, run.first_ms, run.frame.height) == (0, len(seen), None, 0)


def test_damaged_missing_and_misplaced_days_are_told(tmp_path: Path) -> None:
    days = files.merged_days(worlds.sailing(1, 2, 100, HOUR_MS / 1000, (1, 1, 2, 2)), tmp_path, whole=True)
    assert len(days) > 2
    parameters = VisitParameters()
    with pytest.raises(LogbookError, match="comes after"):
        fold_days(days[::-1], ZONES, parameters)
    with pytest.raises(LogbookError, match="another day"):
        fold_days([(days[0][0], days[1][1])], ZONES, parameters)
    pl.read_parquet(days[2][1]).drop("tracked").write_parquet(days[2][1])
    with pytest.raises(LogbookError, match="cannot be read"):
        fold_days(days, ZONES, parameters)
    days[1][1].write_bytes(b"no Parquet")
    with pytest.raises(LogbookError, match="cannot be read"):
        fold_days(days, ZONES, parameters)
    days[0][1].unlink()
    with pytest.raises(LogbookError, match="cannot be read"):
        fold_days(days, ZONES, parameters)
