"""Codes and table layouts that the sentence kernels and their reader share."""

from __future__ import annotations

from typing import Final

import numpy as np

NO_TIME_MS: Final = -(2**62)
"""Stands for "no instant" wherever a column holds milliseconds."""

FIRST_MS: Final = 1_000_000_000_000
"""2001-09-09T01:46:40Z. No AIS log is older, and Unix time has ten digits since then: nine may well be an MMSI."""

LAST_MS: Final = 4_102_444_800_000
"""2100-01-01T00:00Z, the first instant that is no longer taken for a time of receipt."""

MAX_LINE: Final = 65_536
"""Bytes of the longest line that is read; longer ones are rejects."""

GROUP_LINES: Final = 2_000
"""A part of a message joins its first part over at most this many lines."""

GROUP_MS: Final = 60_000
"""And, where both have a time of receipt, over at most this long: sequence numbers go round after ten messages."""

# How a line's stamp reads.
STAMP_NONE: Final = 0  # there is none
STAMP_OK: Final = 1
STAMP_NAIVE: Final = 2  # a clock time that names no zone
STAMP_BAD: Final = 3  # it looks like a time and cannot be one
STAMP_ASK: Final = 4  # a form that the kernel leaves to the reader

# What became of a line. Exactly one of these for each line; 100 + t is an AIS message of type t that is not kept.
SENTENCE: Final = 0  # part of an AIS message, not decoded yet
BLANK: Final = 1
COMMENT: Final = 2
OTHER: Final = 3  # a sentence that carries no AIS
POSITION: Final = 4
STATIC: Final = 5
FRAGMENT: Final = 6  # a further line of a message
CARRIED: Final = 7  # waits for the next chunk
FIRST_REJECT: Final = 20
NOT_A_SENTENCE: Final = 20
LINE_TOO_LONG: Final = 21
BAD_FIELDS: Final = 22
BAD_TAG_BLOCK: Final = 23
BAD_ENDING: Final = 24
BAD_CHECKSUM: Final = 25
BAD_TAG_CHECKSUM: Final = 26
BAD_CHARACTERS: Final = 27
TOO_SHORT: Final = 28
BAD_PART_24: Final = 29
PART_ALONE: Final = 30
PARTS_MISSING: Final = 31
NO_POSITION: Final = 33
OUT_OF_RANGE: Final = 34
BAD_MMSI: Final = 35
NO_TIME: Final = 36
NAIVE_TIME: Final = 37
BAD_TIME: Final = 38
IGNORED_TYPE: Final = 100

# Where an instant comes from, in the order of `BASES`.
BY_OWN_SECOND: Final = 0
BY_RECEIPT: Final = 1
BY_BASE: Final = 2
BASES: Final = ("own_second", "received", "base")

LINE = np.dtype(
    [
        ("stamp_ms", np.int64),  # time of receipt, where `stamp` is STAMP_OK
        ("key", np.int64),  # talker, VDM or VDO, channel, sequence; of an OTHER sentence: its first five letters
        ("tag_group", np.int64),  # hash of the id in g: of the tag block; 0: none
        ("station_key", np.int64),  # hash of the station's name; 0: none
        ("start", np.int32),  # of the line without surrounding blanks, in bytes of the buffer
        ("end", np.int32),
        ("at", np.int32),  # where the sentence or its tag block starts: what lies before is the prefix
        ("rest", np.int32),  # what lies from here to `end` is the suffix
        ("payload", np.int32),
        ("payload_end", np.int32),
        ("station", np.int32),
        ("station_end", np.int32),
        ("outcome", np.int16),
        ("stamp", np.int8),
        ("fill", np.int8),  # padding bits at the end of the payload
        ("total", np.int8),  # parts of the message
        ("part", np.int8),  # 1 to total
    ],
    align=True,
)
"""One line of the buffer."""

POSITIONS = np.dtype(
    [
        ("t_ms", np.int64),
        ("received_ms", np.int64),  # NO_TIME_MS: not given
        ("speed_kn", np.float64),  # NaN: not available; so for course and heading
        ("course_deg", np.float64),
        ("heading_deg", np.float64),
        ("mmsi", np.int32),
        ("lon_e7", np.int32),
        ("lat_e7", np.int32),
        ("line", np.int32),  # index into the lines of the buffer
        ("nav_status", np.int16),  # -1: not given
        ("msg_type", np.int16),
        ("basis", np.int8),  # BY_*
    ],
    align=True,
)
"""One position."""

STATICS = np.dtype(
    [
        ("t_ms", np.int64),
        ("received_ms", np.int64),
        ("mmsi", np.int32),
        ("imo", np.int32),  # 0: not given; so for the dimensions and the draught
        ("line", np.int32),
        ("ship_type", np.int16),  # -1: not given
        ("length_m", np.int16),
        ("width_m", np.int16),
        ("draught_dm", np.int16),
        ("msg_type", np.int16),
        ("name_n", np.int8),  # letters in the columns of `texts`
        ("callsign_n", np.int8),
        ("destination_n", np.int8),
        ("part", np.int8),  # 0: none; 1: A; 2: B
        ("basis", np.int8),
    ],
    align=True,
)
"""One static message. Its texts are a row of `texts`: name 20, callsign 7, destination 20 bytes of ASCII."""

NAME: Final = 0
CALLSIGN: Final = 20
DESTINATION: Final = 27
TEXTS: Final = 47
"""Width of a row of `texts`; before it, where in that row each text starts."""
