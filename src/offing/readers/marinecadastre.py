"""MarineCadastre CSV (NOAA and BOEM): both generations of columns. Times are UTC by the publisher's definition.

Source of the columns: the data dictionary at https://hub.marinecadastre.gov/pages/vesseltraffic.
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
    "mmsi": "mmsi",
    "basedatetime": "t_utc",
    "base_date_time": "t_utc",
    "lat": "lat_deg",
    "latitude": "lat_deg",
    "lon": "lon_deg",
    "longitude": "lon_deg",
    "sog": "speed_kn",
    "cog": "course_deg",
    "heading": "heading_deg",
    "vesselname": "name",
    "vessel_name": "name",
    "imo": "imo",
    "callsign": "callsign",
    "call_sign": "callsign",
    "vesseltype": "ship_type",
    "vessel_type": "ship_type",
    "status": "nav_status",
    "length": "length_m",
    "width": "width_m",
    "draft": "draught_m",
}
"""The publisher's names in lower case; `Cargo` and `TransceiverClass` are not kept."""


class MarineCadastre:
    """The reader `marinecadastre`."""

    name = "marinecadastre"
    version = 2

    def sniff(self, head: bytes) -> float:
        """Certain when the header has one generation's columns for number, time and place."""
        return 1.0 if _shape(head) else 0.0

    def read(self, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        """All rows; raises `UnknownForm` when the header is another, or has two columns for one thing."""
        shape = _shape(source.head)
        if shape is None:
            raise UnknownForm(
                f"{source.path} has no header of MarineCadastre CSV (MMSI, BaseDateTime, LAT, LON, ...).",
                "Leave out --as, or describe its columns with --map.",
            )
        check_header(_COLUMNS, shape.names, str(source.path))
        words = {"nav_status": NAV_STATUS, "ship_type": SHIP_TYPE}
        layout = Layout(layout_columns(shape, _COLUMNS), Clock("iso", "UTC"), words=words)
        return read_delimited(source, shape, layout)

    def raw(self, source: Source, rows: Iterable[int], options: ReadOptions = AS_IS) -> dict[int, tuple[int, str]]:
        """Physical line and raw text of each row."""
        shape = _shape(source.head)
        return raw_delimited(source, shape, rows) if shape else {}


def _shape(head: bytes) -> Shape | None:
    shape = header_of(head, (",",))
    if shape is None:
        return None
    has = {name.lower() for name in shape.names}
    columns = layout_columns(shape, _COLUMNS)
    of_publisher = {"basedatetime", "base_date_time"} & has
    return shape if of_publisher and all(name in columns for name in REQUIRED) else None


READER = MarineCadastre()
