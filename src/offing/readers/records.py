"""Bytes of delimited text to records: where each starts, which can be split into fields, and which cannot.

A record is a line, except where a quoted field holds line ends. A quote opens a field only at its very start, and a
stray one never swallows the lines after it. Whatever splits cleanly goes to polars in one piece; the few other records
are split one by one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import polars as pl

from offing.model.reading import Source

BLOCK_BYTES = 16 << 20
"""Bytes that are split at a time. Blocks are cut at fixed places of the content, so equal content gives equal batches."""

MAX_LINE_BYTES = 1 << 20
"""A longer line is no record of a table of positions; where a block ends inside it, it is put aside whole."""

MAX_RECORD_LINES = 64
"""A quoted field is followed over at most this many lines."""

BOM = b"\xef\xbb\xbf"
TOO_LONG = b"\0"
"""What stands in for a line beyond `MAX_LINE_BYTES`."""

Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """How a file of delimited text is laid out: its header's names, its delimiter and its encoding."""

    names: tuple[str, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    header: str = ""  # the header record as it stands, without its line end
    header_lines: int = 1


@dataclass
class Piece:
    """Some consecutive records of a file."""

    data: bytes  # whole lines, in UTF-8 or what should be it
    rows: int  # how many records there are
    lines_n: int  # how many physical lines
    first_row: int = 1  # 1-based number of the first record
    first_line: int = 1  # 1-based physical line on which it starts
    known_starts: Index | None = None  # see `starts`; None: one record per line
    lines: Index | None = None  # of each record, lines after first_line; None: one line each
    plain: npt.NDArray[np.bool_] | None = None  # records that polars can split; None: all
    by_hand: dict[int, list[str]] = field(default_factory=dict)  # fields of records split one by one
    bad: dict[int, str] = field(default_factory=dict)  # records that cannot be split, and why
    blank: int = 0

    @cached_property
    def starts(self) -> Index:
        """Where each record starts in `data`; one more: where the last one ends."""
        return line_starts(self.data) if self.known_starts is None else self.known_starts

    def text(self, i: int) -> str:
        """The raw text of one record, without its line end."""
        raw = self.data[self.starts[i] : self.starts[i + 1]]
        return raw.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")


def blocks(stream: BinaryIO, encoding: str = "utf-8") -> Iterator[bytes]:
    """The rest of a stream in blocks of whole lines; a line that is too long becomes `TOO_LONG`."""
    rest, skipping = b"", False
    while chunk := stream.read(BLOCK_BYTES):
        begin = 0
        if skipping:
            begin = chunk.find(b"\n")
            if begin < 0:
                continue
            skipping = False  # the line end stays: the stand-in for the long line lies in `rest`
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield _utf8(b"".join((rest, memoryview(chunk)[begin:cut])), encoding)
            rest = chunk[cut:]
        else:
            rest += chunk
        if len(rest) > MAX_LINE_BYTES:
            rest, skipping = TOO_LONG, True
    if rest:
        yield _utf8(rest, encoding)


def line_starts(data: bytes) -> Index:
    """Where each line starts; one more: where the last one ends."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10) + 1
    if len(data) and (not len(ends) or ends[-1] != len(data)):
        ends = np.append(ends, len(data))
    return np.concatenate(([0], ends)).astype(np.int64)


def _utf8(data: bytes, encoding: str) -> bytes:
    return data if encoding == "utf-8" else data.decode(encoding, "replace").encode()


def read_header(data: bytes, delimiter: str, encoding: str = "utf-8") -> Shape | None:
    """The header that a file begins with, or None where its first line cannot be one."""
    text = data.removeprefix(BOM).decode(encoding, "replace")
    lines = text.split("\n", MAX_RECORD_LINES)
    for n in range(1, len(lines) + 1):
        record = "\n".join(lines[:n]).removesuffix("\r")
        names, is_open = split_fields(record, delimiter)
        if names is not None:
            cleaned = tuple(name.strip() for name in names)
            return Shape(cleaned, delimiter, encoding, record, n) if any(cleaned) else None
        if not is_open:
            return None
    return None


def split_fields(record: str, delimiter: str) -> tuple[list[str] | None, bool]:
    """The fields of one record by the rules of quoting, or None; then also whether a quoted field is still open."""
    try:
        return next(csv.reader([record], delimiter=delimiter, strict=True), []), False
    except csv.Error as error:
        return None, "end of data" in str(error)


def pieces(source: Source, shape: Shape) -> Iterator[Piece]:
    """All records after the header. The stream is read once, in bounded memory."""
    row, line, rest = 1, 1 + shape.header_lines, b""
    with source.open() as stream:
        for _ in range(shape.header_lines):
            stream.readline()
        ahead = blocks(stream, shape.encoding)
        block = next(ahead, None)
        while block is not None:
            following = next(ahead, None)
            data = rest + block if rest else block
            piece, used = split(data, shape, final=following is None)
            rest = data[used:]
            piece.first_row, piece.first_line = row, line
            row += piece.rows
            line += piece.lines_n
            if piece.rows:
                yield piece
            block = following


def split(data: bytes, shape: Shape, *, final: bool = True, closely: bool = False) -> tuple[Piece, int]:
    """Split a block of whole lines; also how many bytes were used up (a record left open waits for the next block).

    Unless `closely`, a block without quotes that has the right number of delimiters in all is left to polars as it is.
    """
    bytes_, width, delimiter = np.frombuffer(data, np.uint8), len(shape.names), ord(shape.delimiter)
    delimiters = bytes_ == delimiter
    plain: npt.NDArray[np.bool_] | None = None
    if not closely:
        n = int(np.count_nonzero(bytes_ == 10)) + (not data.endswith(b"\n"))
        if b'"' not in data:
            if np.count_nonzero(delimiters) == n * (width - 1):
                # Either every line has as many fields as the header, or polars finds one that has more.
                return Piece(data, n, n), len(data)
        else:
            plain = _plain_but_for_quotes(data, bytes_, int(np.count_nonzero(delimiters)), n, delimiter, width)
            if plain is not None and plain.all():
                return Piece(data, n, n), len(data)
    starts = line_starts(data)
    if plain is None:
        plain = _clean_lines(bytes_, starts[1:], np.flatnonzero(delimiters), delimiter, width)
    return _by_hand(data, starts, plain, shape, final)


def _plain_but_for_quotes(
    data: bytes, bytes_: npt.NDArray[np.uint8], delimiters_n: int, n: int, delimiter: int, width: int
) -> npt.NDArray[np.bool_] | None:
    """Look closely only at the lines with quotes, if they are few and all others have the right number of delimiters in all."""
    starts = line_starts(data)
    quoted = np.unique(np.searchsorted(starts[1:], np.flatnonzero(bytes_ == 34), side="right"))
    if len(quoted) > n // 4:
        return None
    some = b"".join(data[starts[i] : starts[i + 1]] for i in quoted.tolist())
    some_bytes = np.frombuffer(some, np.uint8)
    some_delimiters = np.flatnonzero(some_bytes == delimiter)
    if delimiters_n - len(some_delimiters) != (n - len(quoted)) * (width - 1):
        return None
    plain = np.ones(n, np.bool_)
    plain[quoted] = _clean_lines(some_bytes, line_starts(some)[1:], some_delimiters, delimiter, width)
    return plain


def _clean_lines(
    data: npt.NDArray[np.uint8], ends: Index, delimiters: Index, delimiter: int, width: int
) -> npt.NDArray[np.bool_]:
    """Lines that hold exactly `width` fields and whose quotes, if any, all open and close whole fields."""
    n = len(ends)
    quotes = np.flatnonzero(data == 34)
    sound = np.ones(n, np.bool_)
    if len(quotes):
        line = np.searchsorted(ends, quotes, side="right")
        before = np.searchsorted(quotes, ends[:-1]) if n > 1 else np.zeros(0, np.int64)
        earlier = np.concatenate(([0], before))  # quotes before each line
        ordinal = np.arange(len(quotes)) - earlier[line]
        previous = np.where(quotes > 0, data[quotes - 1], 10)
        following = np.where(quotes + 1 < len(data), data[np.minimum(quotes + 1, len(data) - 1)], 10)
        opens = ordinal % 2 == 0
        fits_open = (previous == delimiter) | (previous == 10) | (previous == 34)
        fits_close = (following == delimiter) | (following == 10) | (following == 13) | (following == 34)
        wrong = ~np.where(opens, fits_open, fits_close)
        sound[line[wrong]] = False
        sound[np.bincount(line, minlength=n) % 2 == 1] = False
        of_line = np.searchsorted(ends, delimiters, side="right")
        inside = (np.searchsorted(quotes, delimiters) - earlier[of_line]) % 2 == 1
        delimiters = delimiters[~inside]
    upto = np.searchsorted(delimiters, ends)
    whole: npt.NDArray[np.bool_] = np.diff(upto, prepend=0) == width - 1
    return sound & whole


def _by_hand(data: bytes, starts: Index, plain: npt.NDArray[np.bool_], shape: Shape, final: bool) -> tuple[Piece, int]:
    """Settle every line that is not plain; lines of one record are joined."""
    lines, used = len(plain), len(data)
    record_of = np.arange(lines)  # index of the first line of its record
    hand: dict[int, list[str]] = {}
    bad: dict[int, str] = {}
    blanks: set[int] = set()
    done_to = 0
    for at in np.flatnonzero(~plain).tolist():
        if at < done_to:
            continue
        text = _line(data, starts, at)
        if not text.strip():
            blanks.add(at)
            continue
        fields, why, more = _fields(text, shape)
        taken = 1
        if more:
            joined, taken, hungry = _join(data, starts, plain, at, shape)
            if joined is not None:
                fields = joined
            elif hungry and not final:
                used, lines = int(starts[at]), at
                break
        if fields is None:
            bad[at] = why
            taken = 1
        else:
            hand[at] = fields
            record_of[at : at + taken] = at
        done_to = at + taken
    is_first = record_of[:lines] == np.arange(lines)
    index = np.cumsum(is_first) - 1
    piece = Piece(
        data,
        rows=int(is_first.sum()),
        lines_n=lines,
        known_starts=np.append(starts[:lines][is_first], used),
        lines=np.flatnonzero(is_first),
        plain=plain[:lines][is_first],
        by_hand={int(index[i]): fields for i, fields in hand.items()},
        bad={int(index[i]): why for i, why in bad.items()},
        blank=len(blanks),
    )
    return piece, used


def _line(data: bytes, starts: Index, i: int) -> str:
    return data[starts[i] : starts[i + 1]].removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")


def _fields(text: str, shape: Shape) -> tuple[list[str] | None, str, bool]:
    """Fields of one line or None, why not, and whether a quoted field is open at its end."""
    width = len(shape.names)
    fields, is_open = split_fields(text, shape.delimiter)
    for candidate in (fields, text.split(shape.delimiter)):  # the second: quotes taken as plain characters
        if candidate is not None and len(candidate) >= width and not any(f.strip() for f in candidate[width:]):
            return candidate[:width], "", is_open
    if fields is None:
        return None, "a quote opens a field that is never closed" if is_open else "a quote stands amid a field", is_open
    return None, f"{len(fields)} fields where the header has {width}", False


def _join(
    data: bytes, starts: Index, plain: npt.NDArray[np.bool_], at: int, shape: Shape
) -> tuple[list[str] | None, int, bool]:
    """Follow an open field over the next lines: (fields, lines taken, whether the block ended before it was settled)."""
    for n in range(1, MAX_RECORD_LINES):
        if at + n >= len(plain):
            return None, 1, True
        if plain[at + n] or starts[at + n + 1] - starts[at] > MAX_LINE_BYTES:
            return None, 1, False  # a plain line is a record by itself: the quote before it was a stray one
        text = data[starts[at] : starts[at + n + 1]].removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
        fields, is_open = split_fields(text, shape.delimiter)
        if fields is not None and len(fields) == len(shape.names):
            return fields, n + 1, False
        if not is_open:
            return None, 1, False
    return None, 1, False


def texts(piece: Piece, shape: Shape, wanted: dict[str, int]) -> tuple[pl.DataFrame, Piece]:
    """The wanted columns of a piece as text, with `row`, in the order of the file; and the piece, should it have changed.

    `wanted` gives the column's place for each name. Empty fields are null.
    """
    row = pl.Series("row", np.arange(piece.first_row, piece.first_row + piece.rows, dtype=np.int64))
    if piece.plain is None:
        data, rows = piece.data, row
    else:
        data, rows = _gather(piece), row.filter(pl.Series(piece.plain))
    frame = _parse(data, len(shape.names), shape.delimiter)
    if frame is None or frame.height != len(rows):
        return texts(_more_closely(piece, shape), shape, wanted)
    frame = frame.select(**{name: pl.col(str(i)) for name, i in wanted.items()}).with_columns(row=rows)
    if piece.by_hand:
        hand = pl.DataFrame(
            {name: [f[i] or None for f in piece.by_hand.values()] for name, i in wanted.items()}
            | {"row": [piece.first_row + i for i in piece.by_hand]},
            schema=frame.schema,
        )
        frame = pl.concat([frame, hand]).sort("row")
    if _has_unclear_ends(piece.data):
        # By what stands around it polars keeps or drops a return at the end of a field, and gives an empty one as null or not.
        ended = {n: pl.col(n).str.strip_chars_end("\r") for n in wanted}
        frame = frame.with_columns(pl.when(text != "").then(text).alias(n) for n, text in ended.items())
    return frame, piece


def _has_unclear_ends(data: bytes) -> bool:
    """Whether two quotes stand side by side, or a return elsewhere than before a line end.

    A search for two bytes is slow where the first of them is common, so it is made only around single ones.
    """
    bytes_ = np.frombuffer(data, np.uint8)
    if b'"' in data and (np.diff(np.flatnonzero(bytes_ == 34)) == 1).any():
        return True
    if b"\r" not in data:
        return False
    returns = np.flatnonzero(bytes_ == 13)
    return data.endswith(b"\r") or bool((bytes_[returns + 1] != 10).any())


def _gather(piece: Piece) -> bytes:
    """The bytes of the plain records, one after the other."""
    assert piece.plain is not None
    edges = np.flatnonzero(np.diff(np.concatenate(([0], piece.plain.view(np.int8), [0]))))
    return b"".join(piece.data[piece.starts[a] : piece.starts[b]] for a, b in edges.reshape(-1, 2).tolist())


def _more_closely(piece: Piece, shape: Shape) -> Piece:
    """The same records after polars could not split them as they were: line by line, at last none left to polars."""
    if piece.plain is None:
        again, _ = split(piece.data, shape, closely=True)
    else:
        again, _ = _by_hand(piece.data, piece.starts, np.zeros(piece.rows, np.bool_), shape, final=True)
    again.first_row, again.first_line = piece.first_row, piece.first_line
    return again


def _parse(data: bytes, width: int, delimiter: str) -> pl.DataFrame | None:
    schema = {str(i): pl.String for i in range(width)}
    if not data:
        return pl.DataFrame(schema=schema)
    for encoding in ("utf8", "utf8-lossy"):
        try:
            return pl.read_csv(
                data,
                has_header=False,
                schema=schema,
                separator=delimiter,
                infer_schema=False,
                encoding=encoding,
            )
        except pl.exceptions.PolarsError:
            continue
    return None
