"""Merged days: against a slow, obviously right merge, and law 8."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from store_rows import DAY_0, MadeFile, Row, position, row_lists, tree

from offing.model import schemas
from offing.store import Store, lake, merge_days, merged, merged_days, positions_of


def _slow_merge(files: list[MadeFile]) -> list[tuple[Any, ...]]:
    """All positions of all files in the total order, one per key, with receptions and whether any is tracked."""
    rows: list[dict[str, Any]] = []
    for f in files:
        seen = set()
        for number, (kind, values) in enumerate(f.rows, 1):
            if kind in ("position", "named"):
                p = values if kind == "position" else values[0]
                if tuple(sorted(p.items())) not in seen:
                    seen.add(tuple(sorted(p.items())))
                    rows.append(p | {"file": f.sha256, "row": number})

    def rank(row: dict[str, Any]) -> list[Any]:
        return [(row[n] is not None, row[n] if row[n] is not None else 0) for n in schemas.MERGED_ORDER]

    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda r: [r["t_utc"] // 86_400_000, rank(r)]):
        key = tuple(row[n] for n in schemas.MERGED_KEY)
        first = kept.setdefault(key, row | {"receptions_n": 0, "tracked": False})
        first["receptions_n"] += 1
        first["tracked"] |= row["time_basis"] != "base" and row["msg_type"] not in schemas.UNTRACKED_TYPES
    return [tuple(row[n] for n in schemas.MERGED.names) for row in kept.values()]


@settings(max_examples=25, deadline=None)
@given(st.lists(row_lists, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_merging_agrees_with_a_slow_merge_and_the_order_of_files_does_not_show(contents: list[list[Row]], random: Any) -> None:
    files = list({f.sha256: f for f in (MadeFile([*rows, ("ignored", "GPGGA")]) for rows in contents)}.values())
    shuffled = files + files[:1]
    random.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        a, b = (Store.create(Path(folder) / n, "x") for n in "ab")
        for f in files:
            f.put(a)
        for f in shuffled:
            f.put(b, size=3)
        days = merge_days(a)
        merge_days(b, workers=1)
        everything = ("positions", "static", "rejects", "runs")
        assert tree(a.root, *everything) == tree(b.root, *everything)
        got = merged(a).with_columns(pl.col("t_utc").to_physical()).collect()
        assert [d.rows for d in days] == [pq.read_metadata(d.path).num_rows for d in days]
    assert got.columns == schemas.MERGED.names
    assert got.rows() == _slow_merge(files)


def test_a_day_is_merged_again_only_when_its_parts_change(store: Store) -> None:
    one = MadeFile([position(1, DAY_0), position(1, DAY_0 + 86_400_000)])
    two = MadeFile([position(2, DAY_0 + 1)], name="/data/two.csv")
    one.put(store)
    told: list[tuple[date, int, int]] = []
    first = merge_days(store, lambda *at: told.append(at))
    assert [d.day for d in first] == [date(2026, 1, 1), date(2026, 1, 2)]
    assert sorted(told) == [(date(2026, 1, 1), 1, 2), (date(2026, 1, 2), 2, 2)]
    stamps = {d.day: d.path.stat().st_ino for d in first}
    two.put(store)
    second = merge_days(store)
    assert second[0].content != first[0].content
    assert second[1] == first[1]
    assert (second[0].path.stat().st_ino != stamps[second[0].day]) and second[1].path.stat().st_ino == stamps[second[1].day]
    assert merged_days(store) == second
    with store.writing("retract"):
        store.ledger.release(one.sha256, "wrong", 9**15)
    third = merge_days(store)
    assert [(d.day, d.rows) for d in third] == [(date(2026, 1, 1), 1)]
    assert [p.name for p in store.merged_folder.iterdir()] == ["day=2026-01-01.parquet"]


def test_a_broken_merged_file_is_made_again(store: Store) -> None:
    MadeFile([position(1, DAY_0)]).put(store)
    (day,) = merge_days(store)
    good = day.path.read_bytes()
    day.path.write_bytes(good[:40])
    merge_days(store)
    assert day.path.read_bytes() == good


def test_receptions_of_several_time_bases_are_tracked_if_any_is(store: Store) -> None:
    MadeFile(
        [position(1, DAY_0, time_basis="base"), position(3, DAY_0, time_basis="base"), position(4, DAY_0, msg_type=9)]
    ).put(store)
    MadeFile([position(1, DAY_0, speed_kn=5.0)], name="/b").put(store)
    merge_days(store)
    rows = merged(store, columns=["mmsi", "time_basis", "tracked", "receptions_n", "speed_kn"]).collect().rows()
    assert rows == [(1, "base", True, 2, None), (3, "base", False, 1, None), (4, "file", False, 1, None)]


def test_the_merged_file_has_the_exact_schema_and_plain_places(store: Store) -> None:
    MadeFile([position(1, DAY_0 + i) for i in range(5)]).put(store)
    (day,) = merge_days(store)
    assert pq.read_schema(day.path).equals(schemas.MERGED)
    group = pq.ParquetFile(day.path).metadata.row_group(0)
    dictionary = {group.column(i).path_in_schema: group.column(i).has_dictionary_page for i in range(group.num_columns)}
    assert not any(dictionary[n] for n in ("t_utc", "lon_e7", "lat_e7", "row"))
    assert lake.read_marks(day.path) == {"offing.content": day.content, "rows": "5"}


def test_merged_reads_some_days_and_columns_and_an_empty_logbook(store: Store) -> None:
    assert merged(store).collect().height == 0
    assert merged(store).collect().columns == schemas.MERGED.names
    assert merge_days(store) == []
    MadeFile([position(1, DAY_0), position(1, DAY_0 + 86_400_000)]).put(store)
    merge_days(store)
    got = merged(store, [date(2026, 1, 2)], ["t_utc", "mmsi"]).collect()
    assert got.columns == ["t_utc", "mmsi"] and got.height == 1


def test_receptions_lead_back_to_every_file_and_row_as_held_at_any_instant(store: Store) -> None:
    one = MadeFile([position(1, DAY_0 + i) for i in range(4)], name="/data/one.csv")
    two = MadeFile([("ignored", "blank"), position(1, DAY_0 + 2, speed_kn=1.0)], name="/data/two.csv")
    one.put(store, at_ms=1000)
    two.put(store, at_ms=2000)
    got = positions_of(store, 1, DAY_0 + 1, DAY_0 + 2)
    assert got.select("t_utc", "speed_kn", "path", "row").with_columns(pl.col("t_utc").to_physical()).rows() == [
        (DAY_0 + 1, None, "/data/one.csv", 2),
        (DAY_0 + 2, None, "/data/one.csv", 3),
        (DAY_0 + 2, 1.0, "/data/two.csv", 2),
    ]
    assert got["file"].to_list() == [one.sha256, one.sha256, two.sha256]
    assert positions_of(store, 1, DAY_0, DAY_0 + 9, as_held_at_ms=1500).height == 4
    store.ledger.release(one.sha256, "wrong", 3000)
    assert positions_of(store, 1, DAY_0, DAY_0 + 9).height == 1
    assert positions_of(store, 1, DAY_0, DAY_0 + 9, as_held_at_ms=2500).height == 5
    assert positions_of(store, 2, DAY_0, DAY_0 + 9).height == 0
    assert positions_of(store, 1, DAY_0 - 10**12, DAY_0 - 1).height == 0


def test_a_folder_with_signs_of_patterns_in_its_name_reads_the_same(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "log [2026] day=1*", "x")
    MadeFile([position(1, DAY_0), ("reject", "no_time")]).put(store)
    merge_days(store)
    assert merged(store).collect().height == positions_of(store, 1, DAY_0, DAY_0).height == 1
