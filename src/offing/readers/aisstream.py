"""AISStream JSON lines: one message of the aisstream.io feed per line.

`MetaData.time_utc` is the time of receipt. A position with a second of its own (0 to 59) stands at the instant with that
second nearest to the receipt, of two equally near the earlier. Source of the fields: https://aisstream.io/documentation.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from offing.errors import RejectReason
from offing.model.reading import AS_IS, ReadBatch, ReadOptions, Source
from offing.readers.instants import UTC_MS, Clock
from offing.readers.records import BOM, blocks
from offing.readers.tables import INPUTS, STATICS, Layout, collect, rejected

BATCH_LINES = 100_000
SNIFFED_LINES = 20
_NO_JSON = "no JSON ("

_POSITION_TYPES = {
    "PositionReport": (1, 2, 3),
    "StandardClassBPositionReport": (18,),
    "ExtendedClassBPositionReport": (19,),
    "LongRangeAisBroadcastMessage": (27,),
    "BaseStationReport": (4,),
    "StandardSearchAndRescueAircraftReport": (9,),
}
_STATIC_TYPES = {"ShipStaticData": (5,), "StaticDataReport": (24,)}
_KEPT = _POSITION_TYPES | _STATIC_TYPES
_FIELDS = {
    "mmsi": "UserID",
    "lat_deg": "Latitude",
    "lon_deg": "Longitude",
    "speed_kn": "Sog",
    "course_deg": "Cog",
    "heading_deg": "TrueHeading",
    "nav_status": "NavigationalStatus",
    "name": "Name",
    "callsign": "CallSign",
    "imo": "ImoNumber",
    "draught_m": "MaximumStaticDraught",
    "destination": "Destination",
}
_LAYOUT = Layout({"t_utc": "time_utc"} | _FIELDS, Clock("iso"), merged=False)
_TAKEN = ("row", "second", "part", *(n for n in INPUTS if n not in ("station", "t_received_utc")))
_AUXILIARY = range(980_000_000, 990_000_000)
"""Numbers of auxiliary craft, which give their mother ship's number in the place of dimensions (ITU-R M.1371-5)."""


class AisStream:
    """The reader `aisstream`."""

    name = "aisstream"
    version = 1

    def sniff(self, head: bytes) -> float:
        """Certain when half of the first lines are messages of the feed; fairly sure when the first is, or half of the JSON.

        Nothing else has the feed's frame, so a file that goes bad after a few lines is still one of the feed's.
        """
        lines = head.removeprefix(BOM).split(b"\n", SNIFFED_LINES)
        lines = [line for line in (lines[:-1] if len(lines) > 1 else lines) if line.strip()]
        parsed = [_parse(line.decode("utf-8", "replace")) for line in lines]
        told = [isinstance(p, tuple) for p in parsed]
        if not any(told):
            return 0.0
        json_n = sum(t or not str(p).startswith(_NO_JSON) for p, t in zip(parsed, told, strict=True))
        return 1.0 if sum(told) * 2 >= len(lines) else 0.6 if told[0] or sum(told) * 2 >= json_n else 0.0

    def read(self, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        """All lines; blank ones are ignored, lines that are no message of the feed are rejects."""
        lines: list[str] = []
        first = 1
        for line in _lines(source):
            lines.append(line)
            if len(lines) == BATCH_LINES:
                yield _batch(lines, first)
                first += len(lines)
                lines = []
        if lines:
            yield _batch(lines, first)

    def raw(self, source: Source, rows: Iterable[int], options: ReadOptions = AS_IS) -> dict[int, tuple[int, str]]:
        """Row and line are the same."""
        wanted = set(rows)
        found: dict[int, tuple[int, str]] = {}
        for n, line in enumerate(_lines(source), 1):
            if n in wanted:
                found[n] = n, line
                if len(found) == len(wanted):
                    break
        return found


def _lines(source: Source) -> Iterator[str]:
    with source.open() as stream:
        start = BOM
        for block in blocks(stream):
            whole = block.removeprefix(start).removesuffix(b"\n")
            start = b""
            for line in whole.split(b"\n"):
                yield line.removesuffix(b"\r").decode("utf-8", "replace")


def _parse(line: str) -> tuple[str, Mapping[str, Any], Mapping[str, Any]] | str:
    """(kind, what the feed adds, the message), or why the line is no message of the feed."""
    try:
        whole = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"{_NO_JSON}{error})"
    if not isinstance(whole, dict):
        return "no JSON object"
    kind, message = whole.get("MessageType"), whole.get("Message")
    extra = whole.get("MetaData", whole.get("Metadata"))
    if not isinstance(kind, str) or not isinstance(extra, dict) or not isinstance(message, dict):
        return "no MessageType, MetaData and Message"
    inner, kind = message.get(kind), _sound(kind)
    return (kind, extra, inner) if isinstance(inner, dict) else f"no {kind} in Message"


def _batch(lines: list[str], first: int) -> ReadBatch:
    bad: dict[int, tuple[RejectReason, str]] = {}
    ignored: Counter[str] = Counter()
    records: list[dict[str, Any]] = []
    for row, line in enumerate(lines, first):
        if not line.strip():
            ignored["blank"] += 1
            continue
        parsed = _parse(line)
        if isinstance(parsed, str):
            bad[row] = RejectReason.BAD_RECORD, f"{parsed}: {line[:200]}"
            continue
        kind, extra, message = parsed
        if kind not in _KEPT:
            number = message.get("MessageID")
            ignored[f"type_{number}" if isinstance(number, int) and 1 <= number <= 27 else kind[:40]] += 1
        elif message.get("Valid") is False:
            bad[row] = RejectReason.BAD_PAYLOAD, f"the feed marks it as not valid: {line[:200]}"
        else:
            records.append(_record(row, kind, extra, message))
    frame = pl.DataFrame(
        {name: [record.get(name) for record in records] for name in _TAKEN},
        schema={name: pl.Int64 if name in ("row", "second") else pl.String for name in _TAKEN},
    )
    batch = _stamped(collect(frame, _LAYOUT), frame)
    batch.rows = len(lines)
    if bad:
        batch.rejects = pl.concat([batch.rejects, rejected(bad)])
    batch.ignored = dict(Counter(batch.ignored) + ignored)
    return batch


def _record(row: int, kind: str, extra: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    """One message under our names; values as text, to be cleaned like those of any table."""
    values = {ours: _text(message.get(theirs)) for ours, theirs in _FIELDS.items()}
    allowed, number = _KEPT[kind], message.get("MessageID")
    values["msg_type"] = str(number if number in allowed and not isinstance(number, bool) else allowed[0])
    values["t_utc"] = _text(extra.get("time_utc"))
    if values["mmsi"] is None:
        values["mmsi"] = _text(extra.get("MMSI"))
    second = message.get("UtcSecond" if kind == "BaseStationReport" else "Timestamp")
    record: dict[str, Any] = dict(values, row=row, second=None, part=None)
    if isinstance(second, int) and not isinstance(second, bool) and 0 <= second <= 59:
        record["second"] = second
    if kind == "LongRangeAisBroadcastMessage" and record["speed_kn"] in ("63", "63.0"):
        record["speed_kn"] = None  # its own "not available"
    about = message
    if kind == "StaticDataReport":
        record["part"] = "B" if message.get("PartNumber") in (True, 1) else "A"
        part = message.get(f"Report{record['part']}")
        about = part if isinstance(part, dict) else {}
        record |= {"name": _text(about.get("Name")), "callsign": _text(about.get("CallSign"))}
    if kind in ("ShipStaticData", "ExtendedClassBPositionReport", "StaticDataReport"):
        record["ship_type"] = _text(about.get("ShipType", about.get("Type")))
        dimension = about.get("Dimension")
        if isinstance(dimension, dict) and _whole(record["mmsi"]) not in _AUXILIARY:
            record["length_m"] = _sum(dimension, "A", "B")
            record["width_m"] = _sum(dimension, "C", "D")
    return record


def _text(value: object) -> str | None:
    if value is None or isinstance(value, (dict, list)):
        return None
    return _sound(value) if isinstance(value, str) else str(value)


def _sound(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which JSON can escape and UTF-8 cannot hold."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else -1


def _sum(dimension: Mapping[str, Any], *names: str) -> str | None:
    parts = [dimension.get(name, 0) for name in names]
    return str(sum(parts)) if all(isinstance(p, (int, float)) for p in parts) else None


def _stamped(batch: ReadBatch, frame: pl.DataFrame) -> ReadBatch:
    """Times as they are meant: what was read is the time of receipt, from which a position's own second gives its instant."""
    batch.positions = _own_seconds(batch.positions, frame)
    batch.side_statics = _own_seconds(batch.side_statics, frame)
    batch.statics = (
        batch.statics.with_columns(t_received_utc=pl.col("t_utc"), time_basis=pl.lit("received"))
        .drop("part")
        .join(frame.select("row", "part"), on="row", how="left", maintain_order="left")
        .select(STATICS.names())
    )
    return batch


def _own_seconds(table: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    received = pl.col("t_utc").cast(pl.Int64)
    shift = pl.col("second") * 1000 - received % 60_000
    nearest = pl.when(shift >= 30_000).then(shift - 60_000).when(shift < -30_000).then(shift + 60_000).otherwise(shift)
    own = pl.col("second").is_not_null()
    return (
        table.join(frame.select("row", "second"), on="row", how="left", maintain_order="left")
        .with_columns(
            t_received_utc=pl.col("t_utc"),
            t_utc=pl.when(own).then((received + nearest).cast(UTC_MS)).otherwise("t_utc"),
            time_basis=pl.when(own).then(pl.lit("own_second")).otherwise(pl.lit("received")),
        )
        .select(table.columns)
    )


READER = AisStream()
