"""Builds AIS sentences for tests, from bits up, without the code under test."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from offing.model.reading import ReadBatch, ReadOptions, Source
from offing.readers.nmea import READER
from offing.readers.nmea_frames import batch
from offing.readers.nmea_lines import Decoder

Field = tuple[int, int]  # value, width in bits


def armor(fields: list[Field]) -> tuple[str, int]:
    """The payload of these fields, and its fill bits."""
    text = "".join(format(value % (1 << width), f"0{width}b") for value, width in fields)
    fill = -len(text) % 6
    text += "0" * fill
    sixes = [int(text[i : i + 6], 2) for i in range(0, len(text), 6)]
    return "".join(chr(v + 48 if v < 40 else v + 56) for v in sixes), fill


def checked(body: str) -> str:
    """The sentence with its checksum."""
    x = 0
    for letter in body[1:]:
        x ^= ord(letter)
    return f"{body}*{x:02X}"


def tagged(tags: str, sentence: str) -> str:
    """The sentence behind a tag block."""
    return f"\\{checked(' ' + tags)[1:]}\\{sentence}"


def vdm(fields: list[Field], talker: str = "AI", kind: str = "VDM", channel: str = "A") -> str:
    payload, fill = armor(fields)
    return checked(f"!{talker}{kind},1,1,,{channel},{payload},{fill}")


def vdm_parts(
    fields: list[Field], n: int = 2, seq: str = "3", channel: str = "A", talker: str = "AI", first: int = 20
) -> list[str]:
    payload, fill = armor(fields)
    cuts = [0, *(first * (i + 1) for i in range(n - 1)), len(payload)]
    return [
        checked(f"!{talker}VDM,{n},{i + 1},{seq},{channel},{payload[a:b]},{fill if i == n - 1 else 0}")
        for i, (a, b) in enumerate(pairwise(cuts))
    ]


def type1(
    mmsi: int = 412000001,
    lon: int = 121 * 600_000,
    lat: int = 25 * 600_000,
    second: int = 60,
    speed: int = 123,
    course: int = 456,
    heading: int = 78,
    status: int = 5,
    kind: int = 1,
) -> list[Field]:
    head = [(kind, 6), (0, 2), (mmsi, 30), (status, 4), (128, 8), (speed, 10), (0, 1), (lon, 28), (lat, 27)]
    return [*head, (course, 12), (heading, 9), (second, 6), (0, 2), (0, 3), (0, 1), (0, 19)]


def type27(mmsi: int = 412000001, lon: int = 121 * 600, lat: int = 25 * 600, speed: int = 12, course: int = 90) -> list[Field]:
    return [(27, 6), (3, 2), (mmsi, 30), (0, 2), (3, 4), (lon, 18), (lat, 17), (speed, 6), (course, 9), (0, 1), (0, 1)]


def six(text: str, letters: int) -> list[Field]:
    return [(ord(ch) % 64, 6) for ch in text.ljust(letters, "@")]


def type5(mmsi: int = 412000001, name: str = "HAI JING", destination: str = "KEELUNG", imo: int = 9_000_001) -> list[Field]:
    head = [(5, 6), (0, 2), (mmsi, 30), (0, 2), (imo, 30), *six("BXYZ", 7), *six(name, 20), (55, 8)]
    return [*head, (60, 9), (40, 9), (7, 6), (8, 6), (1, 4), (0, 20), (62, 8), *six(destination, 20), (0, 2)]


def type24(part: int, mmsi: int = 412000001, name: str = "SMALL ONE", bits: int = 168) -> list[Field]:
    head = [(24, 6), (0, 2), (mmsi, 30), (part, 2)]
    if part == 0:
        return [*head, *six(name, 20), *([(0, 8)] if bits == 168 else [])]
    return [*head, (37, 8), *six("VEN", 3), (0, 24), *six("CALL", 7), (5, 9), (6, 9), (2, 6), (1, 6), (0, 6)]


def source(data: bytes) -> Source:
    return Source(Path("log"), "", lambda: io.BytesIO(data), data[:65536])


class Result:
    """All batches of a log together."""

    def __init__(self, batches: list[ReadBatch]) -> None:
        self.rows = sum(b.rows for b in batches)
        self.fragments = sum(b.fragments for b in batches)
        self.ignored: dict[str, int] = {}
        for b in batches:
            for kind, n in b.ignored.items():
                self.ignored[kind] = self.ignored.get(kind, 0) + n
        frames = {n: [getattr(b, n) for b in batches] for n in ("positions", "statics", "side_statics", "rejects")}
        self.positions, self.statics, self.side_statics, self.rejects = (
            pl.concat(frames[n]).sort("row") if frames[n] else pl.DataFrame() for n in frames
        )

    @property
    def reasons(self) -> list[str]:
        return self.rejects["reason"].to_list()

    def counted(self) -> int:
        return self.positions.height + self.statics.height + self.fragments + sum(self.ignored.values()) + self.rejects.height

    def everything(self) -> Any:
        tables = (self.positions, self.statics, self.side_statics, self.rejects)
        return self.rows, self.fragments, dict(sorted(self.ignored.items())), [t.rows() for t in tables]


def read(data: bytes | str, base_time_ms: int | None = None) -> Result:
    data = data.encode() if isinstance(data, str) else data
    return Result(list(READER.read(source(data), ReadOptions(base_time_ms=base_time_ms))))


def read_in_chunks(data: bytes, size: int, base_time_ms: int | None = None) -> Result:
    return Result([batch(d) for d in Decoder(base_time_ms).chunks(io.BytesIO(data), size)])
