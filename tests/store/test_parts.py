"""Parts: laws 1 and 8 at the place where rows are written down."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_rows import DAY_0, PARTS, MadeFile, Row, cut, position, row_lists, tree

from offing.errors import DamagedInput, NothingKept
from offing.model import schemas
from offing.model.reading import ReadBatch
from offing.store import Origin, PartWriter, Store, lake, positions_of, rejects, statics_of, write_parts
from offing.store.parts import PART_ORDER


def _counted_as_kept(rows: list[Row]) -> bool:
    ignored = [v for k, v in rows if k == "ignored"]
    if any(k in ("position", "named", "static") for k, _ in rows) or not {*ignored} <= {"comment", "blank"}:
        return True
    return bool(ignored) and not any(k == "reject" for k, _ in rows)  # comments and blanks do not make up for rejects


@settings(max_examples=35, deadline=None)
@given(row_lists, st.integers(1, 40), st.integers(1, 40), st.sampled_from([0, 2_000, 1 << 28]))
def test_every_row_is_accounted_for_and_neither_cut_nor_memory_shows(
    rows: list[Row], size: int, other: int, held_bytes: int
) -> None:
    made = MadeFile(rows)
    with tempfile.TemporaryDirectory() as folder:
        store, second = (Store.create(Path(folder) / n, "x") for n in "ab")
        if not _counted_as_kept(rows):
            with pytest.raises(NothingKept):
                made.put(store, size)
            assert not tree(store.root, *PARTS)
            return
        with store.writing("ingest"), PartWriter(store, made.origin, held_bytes) as writer:
            for batch in cut(rows, size):
                writer.add(batch)
            line = store.ledger.hold(writer.finish())
        made.put(second, other)
        assert tree(store.root, *PARTS) == tree(second.root, *PARTS)
        assert not list(store.temporary.iterdir())

        kinds = [k for k, _ in rows]
        given_positions = [tuple(sorted(v.items())) for k, v in rows if k == "position"] + [
            tuple(sorted(v[0].items())) for k, v in rows if k == "named"
        ]
        given_statics = [tuple(sorted(v.items())) for k, v in rows if k == "static"]
        assert line.rows == len(rows)
        assert line.positions == len(set(given_positions))
        assert line.statics == len(set(given_statics))
        assert line.duplicates == len(given_positions) - line.positions + len(given_statics) - line.statics
        assert line.fragments == kinds.count("fragment")
        assert sum(line.ignored.values()) == kinds.count("ignored")
        assert sum(line.rejects.values()) == kinds.count("reject") == rejects(store).height
        assert line.balanced
        assert [r for r, (k, _) in enumerate(rows, 1) if k == "reject"] == rejects(store)["row"].to_list()
        for mmsi in {dict(p)["mmsi"] for p in given_positions}:
            kept = positions_of(store, mmsi, DAY_0 - 10, DAY_0 + 10**9)
            assert kept.height == len({p for p in set(given_positions) if dict(p)["mmsi"] == mmsi})
            for row in kept["row"]:  # the lowest row of each twin group stays
                values = rows[row - 1][1] if rows[row - 1][0] == "position" else rows[row - 1][1][0]
                first = next(
                    n for n, (k, v) in enumerate(rows, 1) if (v if k == "position" else v[0] if k == "named" else 0) == values
                )
                assert first == row


@settings(max_examples=30, deadline=None)
@given(row_lists)
def test_a_name_as_of_any_instant_is_that_of_the_last_row_that_gave_one(rows: list[Row]) -> None:
    said = []
    for number, (kind, value) in enumerate(rows, 1):
        if kind == "static":
            said.append((value["mmsi"], value["t_utc"], number, value["name"]))
        elif kind == "named":
            said.append((value[0]["mmsi"], value[0]["t_utc"], number, value[1]))
    if not said:
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "a", "x")
        MadeFile(rows).put(store)
        kept = statics_of(store).with_columns(pl.col("t_utc").to_physical()).select("mmsi", "t_utc", "row", "name").rows()
    for mmsi, t_ms, _, _ in said:
        wanted = max((s for s in said if s[0] == mmsi and s[1] <= t_ms), key=lambda s: s[1:3])
        got = max((s for s in kept if s[0] == mmsi and s[1] <= t_ms), key=lambda s: s[1:3])
        assert got[3] == wanted[3]


def test_of_static_twins_the_last_stays_since_it_says_what_holds_from_then_on(store: Store) -> None:
    said = {"mmsi": 5, "t_utc": DAY_0, "msg_type": 5, "time_basis": "file"}
    MadeFile([("static", said | {"name": name}) for name in ("A", "B", "A")]).put(store)
    assert statics_of(store).sort("row")["name"].to_list() == ["B", "A"]


def test_parts_lie_by_utc_day_sorted_in_the_exact_schema_and_marked(store: Store) -> None:
    rows = [
        position(2, DAY_0 + 86_400_000),
        position(1, DAY_0 + 5, speed_kn=3.0),
        position(1, DAY_0 + 5),
        position(1, DAY_0 - 1),
    ]
    rows.append(("static", {"mmsi": 1, "t_utc": DAY_0, "msg_type": 5, "time_basis": "file", "name": "A"}))
    rows.append(("reject", "no_time"))
    line = MadeFile(rows).put(store)
    assert line.position_days == {date(2025, 12, 31): 1, date(2026, 1, 1): 2, date(2026, 1, 2): 1}
    assert line.static_days == {date(2026, 1, 1): 1}
    assert (line.first_t_ms, line.last_t_ms) == (DAY_0 - 1, DAY_0 + 86_400_000)
    files = tree(store.root, *PARTS)
    assert set(files) == {
        *(f"positions/day={d}/{line.part}.parquet" for d in ("2025-12-31", "2026-01-01", "2026-01-02")),
        f"static/day=2026-01-01/{line.part}.parquet",
        f"rejects/{line.part}.parquet",
    }
    path = store.position_part(line.part, date(2026, 1, 1))
    table = pq.read_table(path)
    assert table.schema.equals(schemas.POSITIONS)
    assert pq.read_schema(store.static_part(line.part, date(2026, 1, 1))).equals(schemas.STATICS)
    assert pq.read_schema(store.reject_part(line.part)).equals(schemas.REJECTS)
    assert table["row"].to_pylist() == [3, 2]  # nulls first
    assert lake.read_marks(path) == {"offing.part": line.part, "offing.sha256": line.sha256, "rows": "2"}
    assert not any(str(store.root).encode() in content for content in files.values())
    columns = pq.ParquetFile(path).metadata.row_group(0)
    plain = {columns.column(i).path_in_schema: columns.column(i).has_dictionary_page for i in range(columns.num_columns)}
    assert not any(plain[n] for n in ("t_utc", "lon_e7", "lat_e7", "row"))


def test_a_large_file_is_sorted_in_the_total_order_whether_spilled_or_not(store: Store) -> None:
    from store_rows import batch_of_world, columns_of_world

    world = batch_of_world(columns_of_world(30_000, 3, seed=5))
    doubled = pl.concat([world.positions, world.positions.with_columns(pl.col("row") + 30_000)])
    none = world.statics
    batches = [ReadBatch(s.height, s, none, none, world.rejects) for s in doubled.iter_slices(4_000)]
    found = []
    for held_bytes in (100_000, 1 << 28):
        with store.writing("ingest"), PartWriter(store, Origin("b" * 64, "made", held_bytes, {}, "/big"), held_bytes) as writer:
            for batch in batches:
                writer.add(batch)
            line = writer.finish()
            assert (line.rows, line.positions, line.duplicates) == (60_000, 30_000, 30_000)
            found.append([lake.read_table(store.position_part(line.part, d)) for d in line.position_days])
    assert all(a.equals(b) for a, b in zip(*found, strict=True))
    whole = pl.concat(found[0])
    assert whole["row"].max() == 30_000
    assert all(day.equals(day.sort(PART_ORDER, nulls_last=False)) for day in found[0])


def test_damage_in_mid_stream_leaves_nothing(store: Store) -> None:
    def broken() -> Iterator[ReadBatch]:
        yield from cut([position(1, DAY_0 + i) for i in range(50)], 10)
        raise DamagedInput("the stream ends early.")

    with store.writing("ingest"), pytest.raises(DamagedInput):
        write_parts(store, MadeFile([]).origin, broken())
    assert tree(store.root, *PARTS, "tmp") == {}
    assert store.ledger.files() == []


def test_nothing_kept_says_why_and_what_to_do(store: Store) -> None:
    rows: list[Row] = [("reject", "no_time")] * 3 + [("ignored", "comment"), ("reject", "bad_mmsi")]
    with pytest.raises(
        NothingKept, match=r"None of the 5 rows of /data/made.csv could be kept \(no_time 3, bad_mmsi 1\).*--base-time"
    ):
        MadeFile(rows).put(store)
    with pytest.raises(NothingKept, match="zone"):
        MadeFile([("reject", "naive_time")]).put(store)
    assert tree(store.root, *PARTS, "tmp") == {}
    assert MadeFile([("ignored", "GPGGA")]).put(store).ignored == {"GPGGA": 1}


def test_a_reader_that_loses_count_is_found_out(store: Store) -> None:
    batch = next(cut([position(1, DAY_0)], 1))
    batch.rows = 2
    with store.writing("ingest"), pytest.raises(AssertionError, match="lost count"):
        write_parts(store, MadeFile([]).origin, [batch])
    assert tree(store.root, *PARTS, "tmp") == {}


def test_the_name_of_a_part_follows_from_bytes_reader_and_options() -> None:
    names = {
        lake.part_name(sha, reader, version, options)
        for sha in ("a" * 64, "b" * 64)
        for reader in ("nmea", "csv")
        for version in (1, 2)
        for options in ({"base_time_ms": None}, {"base_time_ms": 0})
    }
    assert len(names) == 16
    assert lake.part_name("a", "r", 1, {"x": 1, "y": 2}) == lake.part_name("a", "r", 1, {"y": 2, "x": 1})
    assert all(len(n) == 32 for n in names)
