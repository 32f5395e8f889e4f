"""Reading files into a logbook, and taking them back. The reader is made up, so that only the step itself is tried."""

from __future__ import annotations

import gzip
import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pytest

from offing.errors import (
    BadMapping,
    DamagedInput,
    LogbookError,
    MissingInput,
    NothingKept,
    OtherOptions,
    UnknownForm,
    UnknownName,
    UsageError,
)
from offing.model import schemas
from offing.model.reading import AS_IS, ReadBatch, ReadOptions, Source
from offing.pipeline.ingest import FileProblem, ingest, retract
from offing.readers import container, sniff
from offing.store import FileLine, Store, merge_days, merged, positions_of
from offing.store import rejects as rejects_of
from offing.store.lake import empty_frame

DAY_0 = 1_767_225_600_000


class MadeReader:
    """Lines `made MMSI SECONDS`; blank lines are ignored, others rejected, and `rows per batch` is small."""

    version = 1

    def __init__(self, name: str) -> None:
        self.name = name

    def sniff(self, head: bytes) -> float:
        return 1.0 if self.name == "made" and b"made" in head else 0.0

    def read(self, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        with source.open() as stream:
            row = 0
            while lines := stream.readlines(2_000):
                yield self._batch(lines, row)
                row += len(lines)

    def raw(self, source: Source, rows: Iterable[int], options: ReadOptions = AS_IS) -> dict[int, tuple[int, str]]:
        with source.open() as stream:
            lines = stream.read().decode().splitlines()
        return {row: (row, lines[row - 1]) for row in rows}

    def _batch(self, lines: list[bytes], before: int) -> ReadBatch:
        kept, bad, blank = [], [], 0
        for row, line in enumerate(lines, before + 1):
            words = line.split()
            if not words:
                blank += 1
            elif words[0] == b"made":
                kept.append((int(words[1]), DAY_0 + 1000 * int(words[2]), row))
            else:
                bad.append({"row": row, "reason": "bad_record", "detail": line.decode("utf-8", "replace")[:120]})
        told = pl.DataFrame(kept, schema={"mmsi": pl.Int32, "t_utc": pl.Int64, "row": pl.Int64}, orient="row")
        empty = empty_frame(schemas.POSITIONS)
        given = {"lon_e7": 0, "lat_e7": 0, "msg_type": 1, "time_basis": "file"}
        others = [pl.lit(given.get(n), t).alias(n) for n, t in empty.schema.items() if n not in told.columns]
        return ReadBatch(
            rows=len(lines),
            positions=told.with_columns(pl.col("t_utc").cast(pl.Datetime("ms", "UTC")), *others).select(empty.columns),
            statics=empty_frame(schemas.STATICS),
            side_statics=empty_frame(schemas.STATICS),
            rejects=pl.DataFrame(bad, schema=empty_frame(schemas.REJECTS).schema),
            ignored={"blank": blank},
        )


@pytest.fixture(autouse=True)
def made_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    readers = {name: MadeReader(name) for name in ("made", "other", "csv", "parquet")}
    monkeypatch.setattr(sniff, "readers", lambda: readers)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "logbook", "x")


def lines_of(n: int, mmsi: int = 1) -> bytes:
    return b"".join(b"made %d %d\n" % (mmsi, i) for i in range(n))


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def one(results: list[FileLine | FileProblem]) -> FileLine:
    (line,) = results
    assert isinstance(line, FileLine), line
    return line


def problem(results: list[FileLine | FileProblem]) -> Exception:
    (found,) = results
    assert isinstance(found, FileProblem), found
    return found.error


def contents(store: Store) -> dict[str, bytes]:
    """All files but the ledger, its log and the lock."""
    files = (
        p for p in store.root.rglob("*") if p.is_file() and p.suffix in (".parquet", ".zst", ".gz", ".raw", ".part", ".spill")
    )
    return {str(p.relative_to(store.root)): p.read_bytes() for p in files}


def test_a_file_becomes_a_line_whose_account_is_exact(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "a.log", lines_of(500) + b"\nnonsense\nmade 1 0\n")
    line = one(ingest(store, [file]))
    assert (line.rows, line.positions, line.ignored, line.rejects, line.duplicates) == (
        503,
        500,
        {"blank": 1},
        {"bad_record": 1},
        1,
    )
    assert (line.path, line.reader, line.bytes) == (str(file), "made", file.stat().st_size)
    assert line.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert store.ledger.files() == [line]
    assert rejects_of(store).select("row", "detail", "path").rows() == [(502, "nonsense\n", str(file))]


def test_reading_twice_and_in_another_order_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{n}.log", lines_of(300 + n, mmsi=1 + n % 2)) for n in range(4)]
    trees = []
    for name, order in (("a", files), ("b", [files[2], *files[::-1], files[0]])):
        store = Store.create(tmp_path / name, "x")
        for file in order:
            ingest(store, [file])
        again = ingest(store, files)
        assert all(isinstance(line, FileLine) and line.already for line in again)
        assert len(store.ledger.history()) == 4
        merge_days(store)
        trees.append(contents(store))
    assert trees[0] == trees[1] and len(trees[0]) == 5


def test_every_good_file_of_a_folder_is_kept_though_others_fail(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "a.log", lines_of(3))
    write(folder / "b" / "good.log.gz", gzip.compress(lines_of(5, mmsi=5)))
    write(folder / "b" / "short.log.gz", gzip.compress(os.urandom(9_000) + lines_of(30_000), 1)[:-2_000])
    write(folder / "c.bin", bytes(range(256)) * 10)
    write(folder / "d.log", b"\n\n")
    write(folder / "e.log", b"")
    write(folder / "f.log", b"made up, but no line of it can be read\n".replace(b"made up", b"not made"))
    with (folder / "g.zip").open("wb") as sink, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.log", lines_of(7, mmsi=7))
    got = {
        Path(r.path).name: r if isinstance(r, FileLine) else type(r.error)
        for r in ingest(store, [folder, tmp_path / "missing"])
    }
    kept = {name: r.positions for name, r in got.items() if isinstance(r, FileLine)}
    assert kept == {"a.log": 3, "good.log.gz": 5, "g.zip": 7}
    assert {name: r for name, r in got.items() if name not in kept} == {
        "short.log.gz": DamagedInput,
        "c.bin": UnknownForm,
        "d.log": UnknownForm,
        "e.log": NothingKept,
        "f.log": NothingKept,
        "missing": MissingInput,
    }
    assert [f.positions for f in store.ledger.files()] == list(kept.values())
    assert len(contents(store)) == 3


def test_other_options_are_refused_with_advice_and_change_nothing(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "a.log", lines_of(3))
    mapping = write(
        tmp_path / "m.toml", b'[columns]\nt_utc = "t"\nmmsi = "m"\nlat_deg = "a"\nlon_deg = "o"\n\n[time]\nformat = "iso"\n'
    )
    line = one(ingest(store, [file]))
    before = contents(store)
    for how in ({"base_time_ms": 5}, {"mapping_path": mapping}, {"form": "other"}):
        error = problem(ingest(store, [file], **how))  # type: ignore[arg-type]
        assert isinstance(error, OtherOptions) and f"offing retract {line.sha256[:12]}" in str(error)
    assert one(ingest(store, [file], form="made")).already
    assert contents(store) == before
    retract(store, line.sha256[:8], "wrong base")
    second = one(ingest(store, [file], base_time_ms=5))
    assert second.part != line.part and not second.already


def test_a_retracted_file_no_longer_counts_and_can_be_read_again(store: Store, tmp_path: Path) -> None:
    one_, two = write(tmp_path / "one.log", lines_of(3)), write(tmp_path / "two.log", lines_of(4, mmsi=2))
    ingest(store, [one_, two])
    merge_days(store)
    assert merged(store).collect().height == 7
    parts = {k: v for k, v in contents(store).items() if not k.startswith("runs")}
    back = retract(store, one_, "  the receiver's clock was wrong ")
    assert (back.path, back.reason) == (str(one_), "the receiver's clock was wrong")
    assert back.held_to_ms is not None and back.held_to_ms >= back.held_from_ms
    assert [f.path for f in store.ledger.files()] == [str(two)]
    assert store.ledger.history()[0] == back
    merge_days(store)
    assert merged(store).collect()["mmsi"].unique().to_list() == [2]
    assert positions_of(store, 1, DAY_0, DAY_0 + 10**6).height == 0
    assert {k: v for k, v in contents(store).items() if not k.startswith("runs")} == parts  # history stays
    assert not one(ingest(store, [one_])).already
    merge_days(store)
    assert merged(store).collect().height == 7


def test_retract_finds_the_file_by_digits_by_path_and_by_content(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [write(tmp_path / f"{n}.log", lines_of(n + 1)) for n in range(3)]
    ingest(store, files)
    shas = [hashlib.sha256(f.read_bytes()).hexdigest() for f in files]
    assert retract(store, shas[0][:8].upper(), "r").sha256 == shas[0]
    monkeypatch.chdir(tmp_path)
    assert retract(store, "1.log", "r").sha256 == shas[1]
    files[2].rename(tmp_path / "moved.log")
    assert retract(store, tmp_path / "moved.log", "r").sha256 == shas[2]
    for unknown in ("0.log", shas[0][:12], "f" * 8, shas[1][:7], "nowhere"):
        with pytest.raises(UnknownName, match="offing status"):
            retract(store, unknown, "r")
    with pytest.raises(UsageError, match="reason"):
        retract(store, "0.log", " ")


def test_a_path_that_stood_for_two_contents_is_not_guessed(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "a.log", lines_of(3))
    first = one(ingest(store, [file]))
    write(file, lines_of(4))
    second = one(ingest(store, [file]))
    with pytest.raises(UsageError, match="means 2 files") as caught:
        retract(store, file, "r")
    assert first.sha256[:16] in str(caught.value) and second.sha256[:16] in str(caught.value)


@pytest.mark.parametrize("packed", ["", "gz"])
def test_a_kept_copy_gives_the_original_bytes(store: Store, tmp_path: Path, packed: str) -> None:
    content = lines_of(2_000)
    file = write(tmp_path / "a.log", gzip.compress(content) if packed else content)
    line = one(ingest(store, [file], keep=True))
    assert line.kept and store.ledger.files()[0].kept
    copy = store.kept_copy(line.sha256)
    assert copy is not None
    with container.open_source(copy).open() as stream:
        assert stream.read() == content
    if packed:
        assert copy.read_bytes() == file.read_bytes()
    with store.writing("run"):
        assert copy.exists()


def test_a_copy_can_be_kept_later_and_a_very_repetitive_one_is_stored_plain(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "a.log", lines_of(1) + b"\n" * 5_000_000)
    assert not one(ingest(store, [file])).kept
    assert store.kept_copy(store.ledger.files()[0].sha256) is None
    again = one(ingest(store, [file], keep=True))
    assert again.kept and again.already
    copy = store.kept_copy(again.sha256)
    assert copy is not None
    with container.open_source(copy).open() as stream:
        assert stream.read() == file.read_bytes()


def test_a_file_that_changes_while_it_is_read_is_not_taken(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "a.log", lines_of(3))
    real = MadeReader.read

    def growing(self: MadeReader, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        yield from real(self, source, options)
        with file.open("ab") as more:
            more.write(b"made 2 2\n")

    monkeypatch.setattr(MadeReader, "read", growing)
    assert "changed while it was read" in str(problem(ingest(store, [file])))
    assert contents(store) == {} and store.ledger.files() == []


def test_trouble_with_the_disk_of_the_file_or_of_the_logbook_is_told_apart(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "a.log", lines_of(3))

    def failing(*_: object) -> Iterator[ReadBatch]:
        raise OSError(5, "Input/output error")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(MadeReader, "read", failing)
        assert isinstance(problem(ingest(store, [file])), DamagedInput)
    with monkeypatch.context() as patch:
        patch.setattr("offing.store.lake.os.fsync", _no_space)
        with pytest.raises(LogbookError, match="No space left"):
            ingest(store, [file])
    assert store.ledger.files() == []
    assert one(ingest(store, [file])).positions == 3


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_progress_goes_up_to_the_whole(store: Store, tmp_path: Path) -> None:
    files = [write(tmp_path / "a.log", lines_of(3_000)), write(tmp_path / "b.log.gz", gzip.compress(lines_of(3_000, mmsi=2)))]
    told: list[tuple[str, int, int]] = []
    results = ingest(store, [tmp_path / "a.log", tmp_path / "b.log.gz"], progress=lambda *at: told.append(at))
    assert [r.positions for r in results if isinstance(r, FileLine)] == [3_000, 3_000]
    done = [d for _, d, _ in told]
    total = sum(f.stat().st_size for f in files)
    assert done == sorted(done) and done[-1] == total and {t for _, _, t in told} == {total}
    assert {Path(p).name for p, _, _ in told} == {"a.log", "b.log.gz"}


def test_what_concerns_the_whole_command_is_raised(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "a.log", lines_of(3))
    with pytest.raises(UnknownName, match="'nonesuch'"):
        ingest(store, [file], form="nonesuch")
    with pytest.raises(BadMapping):
        ingest(store, [file], mapping_path=write(tmp_path / "m.toml", b"[columns\n"))
    with pytest.raises(MissingInput):
        ingest(store, [file], mapping_path=tmp_path / "none.toml")
    assert isinstance(problem(ingest(store, [tmp_path / "none"])), MissingInput)
    assert contents(store) == {}


def test_a_file_named_twice_is_read_once(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "in" / "a.log", lines_of(3))
    assert one(ingest(store, [file, tmp_path / "in", file])).positions == 3
