"""Splitting text into records: quotes, ragged lines, long lines, blocks cut anywhere."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import write

from offing.readers import records
from offing.readers.records import Shape, pieces, read_header, split, texts

SHAPE = Shape(("a", "b", "c"), header="a,b,c")
WANTED = {"a": 0, "b": 1, "c": 2}
BLOCK_SIZES = (7, 16, 40, 1 << 20)


def fields(data: bytes, shape: Shape = SHAPE) -> tuple[list[tuple[str, ...]], dict[int, str], int]:
    """(records in order, those that cannot be split, blank lines)."""
    piece, used = split(data, shape)
    assert used == len(data)
    frame, piece = texts(piece, shape, WANTED)
    assert frame["row"].is_sorted()
    assert frame.height + len(piece.bad) + piece.blank == piece.rows
    return [tuple(v or "" for v in row[:3]) for row in frame.iter_rows()], piece.bad, piece.blank


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (b"1,2,3\n4,5,6\n", [("1", "2", "3"), ("4", "5", "6")]),
        (b"1,2,3\r\n4,5,6", [("1", "2", "3"), ("4", "5", "6")]),
        (b'1,"x, y",3\n', [("1", "x, y", "3")]),
        (b'"1","2","3"\r\n"4","5","6"\r\n', [("1", "2", "3"), ("4", "5", "6")]),
        (b'1,"say ""hi""",3\n4,"",6\n', [("1", 'say "hi"', "3"), ("4", "", "6")]),
        (b'1,5" gun,3\n4,a"b"c,6\n', [("1", '5" gun', "3"), ("4", 'a"b"c', "6")]),
        (b'1,"x\ny",3\n4,5,6\n', [("1", "x\ny", "3"), ("4", "5", "6")]),
        (b'1,"a\n\nb,\n""c""",3\n4,5,6\n', [("1", 'a\n\nb,\n"c"', "3"), ("4", "5", "6")]),
        (b'1,"open,3\n4,5,6\n7,8,9\n', [("1", '"open', "3"), ("4", "5", "6"), ("7", "8", "9")]),
        (b'1,2,"open\n4,5,6\n', [("1", "2", '"open'), ("4", "5", "6")]),
        (b'1,2,"open\n4,"5, 6",7\n', [("1", "2", '"open'), ("4", "5, 6", "7")]),
        (b'1,"x"y,3\n4,5,6\n', [("1", '"x"y', "3"), ("4", "5", "6")]),
        (b"1,2,3,,\n4,5,6, \n", [("1", "2", "3"), ("4", "5", "6")]),
        (b"1,\xff\xfe,3\n", [("1", "\ufffd\ufffd", "3")]),
        (b"1,\x00,3\n", [("1", "\x00", "3")]),
        (b"#1,2,3\n", [("#1", "2", "3")]),
        (b"1,2,3\n1,x\ry,3\n", [("1", "2", "3"), ("1", "x\ry", "3")]),
        (b",,\n", [("", "", "")]),
    ],
)
def test_records_that_can_be_split(data: bytes, want: list[tuple[str, ...]]) -> None:
    assert fields(data) == (want, {}, 0)


def test_ragged_lines_are_put_aside_and_their_neighbours_kept() -> None:
    got, bad, blank = fields(b'1,2,3\n4,5\n6,7,8,9\n\n   \nx\n1,"open, 2\n7,8,9\n')
    assert got == [("1", "2", "3"), ("1", '"open', " 2"), ("7", "8", "9")]
    assert sorted(bad) == [1, 2, 5]
    assert blank == 2
    # as many delimiters too many as too few
    got, bad, _ = fields(b"1,2,3\n4,5\n6,7,8,9\n7,8,9\n")
    assert got == [("1", "2", "3"), ("7", "8", "9")]
    assert bad == {1: "2 fields where the header has 3", 2: "4 fields where the header has 3"}


ONE_LINE = st.text(alphabet='ab1," ', max_size=6)
SEVERAL_LINES = st.text(alphabet='ab1"\n ', max_size=6)


@settings(max_examples=300, deadline=None)
@given(
    rows=st.one_of(st.lists(st.tuples(*[f] * 3), max_size=8) for f in (ONE_LINE, SEVERAL_LINES)),
    ends=st.sampled_from(["\n", "\r\n"]),
    every=st.booleans(),
)
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str, str]], ends: str, every: bool) -> None:
    box = io.StringIO()
    csv.writer(box, lineterminator=ends, quoting=csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL).writerows(rows)
    assert fields(box.getvalue().encode()) == (rows, {}, 0)


LINE = st.text(alphabet='ab,,"\r\x00é', max_size=14)


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(LINE, max_size=12), last=st.booleans(), size=st.sampled_from(BLOCK_SIZES), clean=st.integers(0, 12))
def test_garbage_is_conserved_and_blocks_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], last: bool, size: int, clean: int
) -> None:
    lines = [*lines[:clean], "1,2,3", *lines[clean:], "4,5,6"]
    text = "a,b,c\n" + "\n".join(lines) + ("\n" if last else "")
    source = write(tmp_path_factory.mktemp("r"), text)

    def everything(block: int) -> list[tuple[int, int, str, object]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(records, "BLOCK_BYTES", block)
            out = []
            for piece in pieces(source, SHAPE):
                frame, settled = texts(piece, SHAPE, WANTED)
                assert frame.height + len(settled.bad) + settled.blank == piece.rows == settled.rows
                by_row = {r[3]: r[:3] for r in frame.iter_rows()}
                starts = range(piece.rows) if piece.lines is None else piece.lines.tolist()
                for i, line in enumerate(starts):
                    row = piece.first_row + i
                    out.append((row, piece.first_line + line, piece.text(i), by_row.get(row, settled.bad.get(i))))
            return out

    whole = everything(1 << 20)
    assert everything(size) == whole
    assert [r[0] for r in whole] == list(range(1, len(whole) + 1))
    assert whole[-1][3] == ("4", "5", "6")
    physical = text.split("\n")
    for _, line, raw, _ in whole:
        first, *more = raw.split("\n")
        assert physical[line - 1] == first if more else physical[line - 1].removesuffix("\r") == first


def test_a_line_without_end_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(records, "MAX_LINE_BYTES", 3000)
    for end in (b"\n4,5,6\n", b""):
        source = write(tmp_path, b"a,b,c\n1,2,3\n" + b"x" * 50_000 + end)
        rows, bad = 0, 0
        for piece in pieces(source, SHAPE):
            assert len(piece.data) < 5000
            _, settled = texts(piece, SHAPE, WANTED)
            rows, bad = rows + settled.rows, bad + len(settled.bad)
        assert (rows, bad) == (3 if end else 2, 1)


def test_headers() -> None:
    assert read_header(b"\xef\xbb\xbf mmsi , t\r\n1,2\r\n", ",") == Shape(("mmsi", "t"), header=" mmsi , t")
    two = read_header(b'"first\nname",t\n1,2\n', ",")
    assert two is not None and two.names == ("first\nname", "t") and two.header_lines == 2
    assert read_header(b"\n1,2\n", ",") is None
    assert read_header(b'"never closed\n' * 100, ",") is None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_have_a_header_or_none(data: bytes) -> None:
    for delimiter in ",;\t|":
        shape = read_header(data, delimiter)
        assert shape is None or any(shape.names)


@given(st.lists(st.sampled_from([b'"', b"\r", b"\n", b"\r\n", b",", b"a"]), max_size=12).map(b"".join))
def test_unclear_ends_are_found_as_by_a_plain_search(data: bytes) -> None:
    assert records._has_unclear_ends(data) == (b'""' in data or data.count(b"\r") != data.count(b"\r\n"))
