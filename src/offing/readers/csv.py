"""Any CSV: with a mapping file, or with our own names in its header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from offing.errors import BadMapping, UnknownForm
from offing.model.reading import AS_IS, ReadBatch, ReadOptions, Source
from offing.readers.delimited import DELIMITERS, header_of, layout_columns, raw_delimited, read_delimited
from offing.readers.instants import Clock
from offing.readers.mapping import GEOMETRY, ColumnMap, check_columns, check_header, parse_mapping
from offing.readers.records import Shape, read_header
from offing.readers.tables import INPUTS, REQUIRED, Layout
from offing.readers.words import NAV_STATUS, SHIP_TYPE

OWN_NAMES = {name: name for name in INPUTS} | {
    "time_utc": "t_utc",
    "lat": "lat_deg",
    "lon": "lon_deg",
    "course": "course_deg",
    "heading": "heading_deg",
}
"""Names that are understood without a mapping."""

WORDS: Mapping[str, Mapping[str, int]] = {"nav_status": NAV_STATUS, "ship_type": SHIP_TYPE}


class Csv:
    """The reader `csv`."""

    name = "csv"
    version = 2

    def sniff(self, head: bytes) -> float:
        """Fairly sure when the header has our own names for time, number and place."""
        shape = header_of(head)
        return 0.8 if shape and all(name in layout_columns(shape, OWN_NAMES) for name in REQUIRED) else 0.0

    def read(self, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        """All rows. Raises `BadMapping` when the mapping does not fit, `UnknownForm` when our names lack or stand twice."""
        if options.mapping is None:
            shape = header_of(source.head)
            columns = layout_columns(shape, OWN_NAMES) if shape else {}
            missing = [name for name in REQUIRED if name not in columns]
            if shape is None or missing:
                raise UnknownForm(
                    f"The header of {source.path} does not name {', '.join(missing)}.",
                    "Say with --map FILE which of its columns hold them.",
                )
            check_header(OWN_NAMES, shape.names, str(source.path))
            return read_delimited(source, shape, Layout(columns, Clock(), words=WORDS))
        mapping = parse_mapping(options.mapping)
        shape = _mapped_shape(source, mapping)
        layout = Layout(mapping.columns, mapping.clock, decimal=mapping.decimal, words=WORDS)
        return read_delimited(source, shape, layout)

    def raw(self, source: Source, rows: Iterable[int], options: ReadOptions = AS_IS) -> dict[int, tuple[int, str]]:
        """Physical line and raw text of each row."""
        if options.mapping is not None:
            return raw_delimited(source, _mapped_shape(source, parse_mapping(options.mapping)), rows)
        shape = header_of(source.head)
        return raw_delimited(source, shape, rows) if shape else {}


def _mapped_shape(source: Source, mapping: ColumnMap) -> Shape:
    """The header under the mapping's delimiter, else under the one that shows the most of the mapped columns."""
    if GEOMETRY in mapping.columns:
        raise BadMapping("A CSV has no geometry column.", "Name lat_deg and lon_deg.", key=f"columns.{GEOMETRY}")
    delimiters = (mapping.delimiter,) if mapping.delimiter else DELIMITERS
    shapes = [s for d in delimiters if (s := read_header(source.head, d, mapping.encoding))]
    if not shapes:
        raise UnknownForm(f"{source.path} does not begin with the header of a table.", "A mapping needs a header line.")
    shape = max(shapes, key=lambda s: len(set(s.names) & set(mapping.columns.values())))
    check_columns(mapping.columns, shape.names, str(source.path))
    return shape


READER = Csv()
