"""The tables, as Arrow schemas. Longitude and latitude are int32 in 1e-7 degree (WGS84); times are UTC milliseconds."""

from __future__ import annotations

import pyarrow as pa

TIME = pa.timestamp("ms", tz="UTC")

E7 = 10_000_000
"""Units of `lon_e7` and `lat_e7` in one degree."""

POSITIONS = pa.schema(
    [
        pa.field("mmsi", pa.int32(), nullable=False),  # 1 to 999,999,999
        pa.field("t_utc", TIME, nullable=False),  # when the ship was there
        pa.field("lon_e7", pa.int32(), nullable=False),  # -180 <= lon < 180: 180 is stored as -180
        pa.field("lat_e7", pa.int32(), nullable=False),
        pa.field("speed_kn", pa.float64()),  # over ground; null: not available
        pa.field("course_deg", pa.float64()),  # over ground, 0 <= c < 360; null: not available
        pa.field("heading_deg", pa.float64()),  # true, 0 <= h < 360; null: not available
        pa.field("nav_status", pa.int16()),  # AIS 0-15; null: not given
        pa.field("msg_type", pa.int16(), nullable=False),  # AIS message type; 0: the source does not say
        pa.field("t_received_utc", TIME),  # when a receiver heard it; null: not given
        pa.field("time_basis", pa.string(), nullable=False),  # one of TIME_BASES
        pa.field("station", pa.string()),  # who heard it, in the source's own name; null: not given
        pa.field("row", pa.int64(), nullable=False),  # 1-based row of the file (see docs/reference/files.md)
    ]
)

TIME_BASES = {
    "file": "the source states the time of the position",
    "own_second": "the instant with the position's own second nearest to the time of receipt",
    "received": "the time of receipt, since the position carries no second of its own",
    "base": "the --base-time given for the whole file: kept and counted, opens no track and makes no event",
}

STATICS = pa.schema(
    [
        pa.field("mmsi", pa.int32(), nullable=False),
        pa.field("t_utc", TIME, nullable=False),
        pa.field("imo", pa.int32()),  # null: not given or 0
        pa.field("name", pa.string()),
        pa.field("callsign", pa.string()),
        pa.field("ship_type", pa.int16()),  # AIS 0-255
        pa.field("length_m", pa.float64()),
        pa.field("width_m", pa.float64()),
        pa.field("draught_m", pa.float64()),
        pa.field("destination", pa.string()),
        pa.field("msg_type", pa.int16(), nullable=False),  # 5, 19, 24; 0: the source does not say
        pa.field("part", pa.string()),  # A or B of type 24, else null
        pa.field("t_received_utc", TIME),
        pa.field("time_basis", pa.string(), nullable=False),
        pa.field("station", pa.string()),
        pa.field("row", pa.int64(), nullable=False),
    ]
)

REJECTS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # errors.RejectReason
        pa.field("detail", pa.string(), nullable=False),  # a few words, with the offending text cut at 120 characters
    ]
)

MERGED_ORDER = ["mmsi", "t_utc", "lat_e7", "lon_e7", "speed_kn", "course_deg", "heading_deg", "msg_type", "file", "row"]
"""The one total order of a merged day (nulls first)."""

MERGED_KEY = ["mmsi", "t_utc", "lat_e7", "lon_e7", "msg_type"]
"""Equal in these: receptions of one position."""

UNTRACKED_TYPES = (4, 9, 11)
"""AIS types that are no ship's position: base stations (4), search and rescue aircraft (9), answers to a time inquiry (11)."""

MERGED = pa.schema(
    [
        *(POSITIONS.field(n) for n in ("mmsi", "t_utc", "lon_e7", "lat_e7", "speed_kn", "course_deg", "heading_deg")),
        *(POSITIONS.field(n) for n in ("nav_status", "msg_type", "time_basis")),
        pa.field("tracked", pa.bool_(), nullable=False),  # false: base time, or a type of UNTRACKED_TYPES
        pa.field("receptions_n", pa.int32(), nullable=False),  # rows of the parts that are this position
        pa.field("file", pa.string(), nullable=False),  # sha256 of the first file that holds it
        pa.field("row", pa.int64(), nullable=False),
    ]
)

VISITS = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),  # visit:ZONE:MMSI:ANCHOR[.2], see model/ids.py
        pa.field("kind", pa.string(), nullable=False),  # "visit"
        pa.field("status", pa.string(), nullable=False),  # open: the track's last position is inside; closed; withdrawn
        pa.field("mmsi", pa.int32(), nullable=False),
        pa.field("track", pa.string(), nullable=False),  # MMSI@first position's time
        pa.field("zone_id", pa.string(), nullable=False),
        pa.field("zone_hash", pa.string(), nullable=False),
        pa.field("entry_t_utc", TIME, nullable=False),  # interpolated at the boundary where entry_how is crossed
        pa.field("entry_how", pa.string(), nullable=False),  # crossed, first_seen
        pa.field("exit_t_utc", TIME, nullable=False),
        pa.field("exit_how", pa.string(), nullable=False),  # crossed, last_seen
        pa.field("entry_lon_deg", pa.float64(), nullable=False),
        pa.field("entry_lat_deg", pa.float64(), nullable=False),
        pa.field("exit_lon_deg", pa.float64(), nullable=False),
        pa.field("exit_lat_deg", pa.float64(), nullable=False),
        pa.field("duration_s", pa.float64(), nullable=False),  # exit - entry
        pa.field("inside_s", pa.float64(), nullable=False),  # without the excursions that `rejoin` bridged
        pa.field("positions_n", pa.int64(), nullable=False),  # positions inside
        pa.field("support_n", pa.int64(), nullable=False),  # positions inside and those beyond a crossed entry or exit
        pa.field("single_position", pa.bool_(), nullable=False),  # a lone position inside: no length
        pa.field("closes_at_utc", TIME),  # of an open visit: last position + max_gap; null when closed
        pa.field("entry_before_utc", TIME),  # the position before a crossed entry; null when first_seen
        pa.field("entry_after_utc", TIME, nullable=False),  # the first position at or after the entry: the anchor of the id
        pa.field("exit_before_utc", TIME, nullable=False),  # the last position at or before the exit
        pa.field("exit_after_utc", TIME),  # the position after a crossed exit; null when last_seen
    ]
)

PASSAGES = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),  # passage:GATE:MMSI:ANCHOR[.2], see model/ids.py
        pa.field("kind", pa.string(), nullable=False),  # "passage"
        pa.field("status", pa.string(), nullable=False),  # closed, withdrawn
        pa.field("mmsi", pa.int32(), nullable=False),
        pa.field("track", pa.string(), nullable=False),  # MMSI@first position's time
        pa.field("gate_id", pa.string(), nullable=False),
        pa.field("gate_hash", pa.string(), nullable=False),
        pa.field("t_utc", TIME, nullable=False),  # interpolated at the line
        pa.field("lon_deg", pa.float64(), nullable=False),
        pa.field("lat_deg", pa.float64(), nullable=False),
        pa.field("from_side", pa.string(), nullable=False),  # left, right: as seen along the gate from its first point
        pa.field("to_side", pa.string(), nullable=False),
        pa.field("pacific_bound", pa.bool_()),  # to_side is the gate's Pacific side; null: the gate names none
        pa.field("direction", pa.string(), nullable=False),  # octant of course_deg: one of model.bulletin.BEARINGS
        pa.field("course_deg", pa.float64(), nullable=False),  # true, of the way between both positions, at the line
        pa.field("speed_kn", pa.float64(), nullable=False),  # implied by both positions
        pa.field("before_utc", TIME, nullable=False),  # the last position before the line
        pa.field("after_utc", TIME, nullable=False),  # the first position at or after it: the anchor of the id
    ]
)
