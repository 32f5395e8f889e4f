"""Streams on the disk: what is redacted loses its body and nothing else, and the count of what stands is always right."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_nodes import DAY_MS, Federation, federation, label, one_batch, released, visit

from offing.errors import LogbookError
from offing.exchange import batch, streams
from offing.exchange.disk import FileDisk, MemoryDisk
from offing.exchange.schema import MAX_INDEX, MAX_SEQ, place, seq_and_index
from offing.model.sharing import Released


@given(st.integers(1, 2**17 - 1), st.integers(0, MAX_SEQ), st.integers(0, MAX_INDEX))
def test_a_place_is_one_integer_of_the_database(stream: int, seq: int, index: int) -> None:
    number = place(stream, seq, index)
    assert 0 < number < 2**63 and seq_and_index(number) == (seq, index)
    assert batch.MAX_ENTRIES <= MAX_INDEX + 1


def recounted(f: Federation, name: str) -> Counter[tuple[int, str]]:
    with f.nodes[name].disk.read() as db:
        rows = db.execute("SELECT place, wire FROM entries JOIN labels ON labels.n = label WHERE mark = '+'").fetchall()
    return Counter((number >> 46, wire) for number, wire in rows)


def counted(f: Federation, name: str) -> Counter[tuple[int, str]]:
    with f.nodes[name].disk.read() as db:
        rows = db.execute("SELECT stream, wire, live.n FROM live JOIN labels ON labels.n = label WHERE live.n <> 0").fetchall()
    return Counter({(stream, wire): n for stream, wire, n in rows})


steps = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz")), st.sampled_from([None, 1, 2]), st.booleans()),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_any_sequence_of_releases_leaves_the_last_one_everywhere(
    sequence: list[tuple[dict[str, str], int | None, bool]],
) -> None:
    """A model of one dictionary: after each release and pull the recipient has exactly what was released last."""
    f = federation("jp", "us")
    f.link("jp", "us")
    versions: Counter[str] = Counter()
    stands: dict[str, tuple[str, int | None]] = {}
    for wanted, days, pull in sequence:
        expires_ms = None if days is None else f.now_ms + days * DAY_MS
        one = label("jp", "us", expires_ms=expires_ms)
        now = {k: (text, expires_ms) for k, text in wanted.items()}
        f.nodes["jp"].release(Released("us", [(visit(k, text), one) for k, text in sorted(wanted.items())]))
        versions.update(k for k in now if stands.get(k) != now[k])
        stands = now
        if pull:
            f.pull("us", "jp")
            got = {r.record.id[6:]: (r.record.values[0], r.label.expires_ms, r.version) for r in f.nodes["us"].received()}
            assert got == {k: (*v, versions[k]) for k, v in stands.items()}
        for name in ("jp", "us"):
            assert counted(f, name) == recounted(f, name), name
        f.now_ms += DAY_MS // 2
        stands = {k: v for k, v in stands.items() if v[1] is None or v[1] > f.now_ms}
    f.pull("us", "jp")
    assert {r.record.id[6:]: r.record.values[0] for r in f.nodes["us"].received()} == {k: v[0] for k, v in stands.items()}


def test_batches_are_cut_at_ten_thousand_entries() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    ids = [f"{i:05d}" for i in range(batch.MAX_ENTRIES + 3)]
    assert f.nodes["jp"].release(released("us", *ids)).batches_n == 2
    heads = [batch.read_head(one_batch(f.nodes["jp"], "us", seq)).header for seq in (1, 2)]
    assert [h.n for h in heads] == [batch.MAX_ENTRIES, 3]
    f.pull("us", "jp")
    assert f.ids("us") == [f"visit:{i}" for i in ids]
    done = f.nodes["jp"].release(released("us", *ids, text="corrected"))
    assert (done.batches_n, done.corrected_n) == (3, len(ids))
    f.pull("us", "jp")
    assert [r.record.values[0] for r in f.nodes["us"].received()] == ["corrected"] * len(ids)


def test_long_records_make_shorter_batches() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", *"abcdefgh", text="x" * 250_000))  # over 1 MiB each
    with f.nodes["jp"].disk.read() as db:
        stream = streams.find(db, "jp", "us")
    assert stream is not None and stream.head_seq == 2
    assert f.pull("us", "jp").count("new") == 2 and len(f.ids("us")) == 8


def test_an_act_that_fails_leaves_nothing() -> None:
    disk = MemoryDisk()
    with pytest.raises(ZeroDivisionError), disk.transaction() as db:
        streams.bump(db, "x")
        raise ZeroDivisionError
    with disk.read() as db:
        assert streams.counter(db, "x") == 0


def test_a_newer_database_is_refused_and_a_damaged_one_named(tmp_path: Path) -> None:
    disk = FileDisk(tmp_path / "a.sqlite")
    with disk.transaction() as db:
        db.execute("PRAGMA user_version = 99")
    disk.close()
    with pytest.raises(LogbookError, match="newer offing"):
        FileDisk(tmp_path / "a.sqlite")
    (tmp_path / "b.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(LogbookError, match=r"b\.sqlite"):
        FileDisk(tmp_path / "b.sqlite")


def test_many_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    made = [Thread(target=lambda: opened.append(FileDisk(tmp_path / "a.sqlite"))) for _ in range(8)]
    opened: list[FileDisk] = []
    for t in made:
        t.start()
    for t in made:
        t.join()
    assert len(opened) == 8
    for disk in opened:
        with disk.transaction() as db:
            streams.bump(db, "x")
    with opened[0].read() as db:
        assert streams.counter(db, "x") == 8


def test_the_files_are_durable_and_deleted_content_overwritten(tmp_path: Path) -> None:
    disk = FileDisk(tmp_path / "a.sqlite")
    with disk.read() as db:
        told = [db.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "synchronous", "secure_delete")]
    assert told == ["wal", 2, 1]
