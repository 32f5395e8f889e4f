"""Danish Maritime Authority CSV: header `# Timestamp,Type of mobile,...`, day-first times in UTC, words for numbers.

Source of the columns: the description of CSV files that the authority publishes beside them at http://web.ais.dk/aisdata/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from offing.errors import UnknownForm
from offing.model.reading import AS_IS, ReadBatch, ReadOptions, Source
from offing.readers.delimited import header_of, layout_columns, raw_delimited, read_delimited
from offing.readers.instants import Clock
from offing.readers.mapping import check_header
from offing.readers.records import Shape
from offing.readers.tables import REQUIRED, Layout
from offing.readers.words import NAV_STATUS, SHIP_TYPE

_COLUMNS = {
    "# timestamp": "t_utc",
    "timestamp": "t_utc",
    "type of mobile": "msg_type",
    "mmsi": "mmsi",
    "latitude": "lat_deg",
    "longitude": "lon_deg",
    "navigational status": "nav_status",
    "sog": "speed_kn",
    "cog": "course_deg",
    "heading": "heading_deg",
    "imo": "imo",
    "callsign": "callsign",
    "name": "name",
    "ship type": "ship_type",
    "width": "width_m",
    "length": "length_m",
    "draught": "draught_m",
    "destination": "destination",
}

_MOBILES = {"base station": 4, "sar airborne": 9, "aton": 21}
"""Kinds of mobile that say the AIS type of the message; ships and distress beacons (types 1 to 3, 18, 19) do not."""

_ABSENT = frozenset({"unknown", "undefined"})


class Dma:
    """The reader `dma`."""

    name = "dma"
    version = 2

    def sniff(self, head: bytes) -> float:
        """Certain when the header has time, kind of mobile, number and place under the authority's names."""
        return 1.0 if _shape(head) else 0.0

    def read(self, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        """All rows; raises `UnknownForm` when the header is another, or has two columns for one thing."""
        shape = _shape(source.head)
        if shape is None:
            raise UnknownForm(
                f"{source.path} has no header of Danish Maritime Authority CSV (# Timestamp, Type of mobile, MMSI, ...).",
                "Leave out --as, or describe its columns with --map.",
            )
        check_header(_COLUMNS, shape.names, str(source.path))
        layout = Layout(
            layout_columns(shape, _COLUMNS),
            Clock("%d/%m/%Y %H:%M:%S", "UTC"),
            words={"nav_status": NAV_STATUS, "ship_type": SHIP_TYPE, "msg_type": _MOBILES},
            absent=_ABSENT,
        )
        return read_delimited(source, shape, layout)

    def raw(self, source: Source, rows: Iterable[int], options: ReadOptions = AS_IS) -> dict[int, tuple[int, str]]:
        """Physical line and raw text of each row."""
        shape = _shape(source.head)
        return raw_delimited(source, shape, rows) if shape else {}


def _shape(head: bytes) -> Shape | None:
    shape = header_of(head, (",",))
    if shape is None:
        return None
    columns = layout_columns(shape, _COLUMNS)
    return shape if "msg_type" in columns and all(name in columns for name in REQUIRED) else None


READER = Dma()
