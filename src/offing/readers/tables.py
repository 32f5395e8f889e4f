"""Columns of any source to the tables of the model: numbers, codes and names are cleaned, rows kept or rejected.

Works on a frame whose columns bear our names (`INPUTS`) and hold texts or native types, with `row` (int64), in the order
of the file. The quick way casts whole columns; only values that a cast could not read are looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from offing.errors import RejectReason
from offing.model import schemas
from offing.model.reading import ReadBatch
from offing.readers.instants import UTC_MS, Clock, Reading

REQUIRED = ("t_utc", "mmsi", "lat_deg", "lon_deg")
MOTION = ("speed_kn", "course_deg", "heading_deg")
STATIC = ("name", "callsign", "imo", "ship_type", "length_m", "width_m", "draught_m", "destination")
INPUTS = (*REQUIRED, *MOTION, "nav_status", *STATIC, "station", "msg_type", "t_received_utc")
"""Our names for the columns of a source."""

POSITIONS = pl.Schema(pl.from_arrow(schemas.POSITIONS.empty_table()).schema)  # type: ignore[union-attr]
STATICS = pl.Schema(pl.from_arrow(schemas.STATICS.empty_table()).schema)  # type: ignore[union-attr]
REJECTS = pl.Schema(pl.from_arrow(schemas.REJECTS.empty_table()).schema)  # type: ignore[union-attr]

IDENTITY = ("name", "callsign", "imo", "ship_type")
"""What makes a row without a place a static: without one of these it says nothing of the ship."""

SHIP_POSITION_TYPES = (0, 1, 2, 3, 4, 9, 11, 18, 19, 27)
STATIC_TYPES = (5, 24)
DETAIL_CHARACTERS = 120
_MAX_MMSI = 999_999_999
_WHOLE = r"^\s*\+?([0-9]+)(?:\.0*)?\s*$"


@dataclass(frozen=True)
class Layout:
    """What the columns of a source mean: our name -> the source's, how times are written, words that stand for numbers."""

    columns: Mapping[str, str]
    clock: Clock
    received_clock: Clock | None = None
    decimal: str = "."
    words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # keys in lower case
    absent: frozenset[str] = frozenset()  # words that mean "not given", in lower case
    merged: bool = True  # a row may hold a place, names or both; False: a row is one message, which keeps its own kind


def collect(frame: pl.DataFrame, layout: Layout) -> ReadBatch:
    """Keep, ignore or reject each row. `frame` has `row` and, under our names, at least the required columns."""
    values, reading = _values(frame, layout)
    kind = pl.col("msg_type")
    kept_kind = kind.is_in(SHIP_POSITION_TYPES + STATIC_TYPES)
    masks = values.select(
        kept_kind=kept_kind,
        known=pl.col("t_utc").is_not_null() & pl.col("mmsi").is_between(1, _MAX_MMSI).fill_null(False),
        placed=(pl.col("lat_deg").is_between(-90, 90) & pl.col("lon_deg").is_between(-180, 180)).fill_null(False),
        static=kind.is_in(STATIC_TYPES),
    )
    ignored: dict[str, int] = {}
    if not masks["kept_kind"].all():
        counts = values.filter(~kept_kind)["msg_type"].value_counts().sort("msg_type")
        ignored = {f"type_{t}": n for t, n in counts.iter_rows()}
    is_position = masks["kept_kind"] & ~masks["static"] & masks["known"] & masks["placed"]
    is_static = masks["static"] & masks["known"]
    statics = _statics(frame, values, is_static.arg_true(), layout)
    refused = masks["kept_kind"] & ~is_position & ~is_static
    if layout.merged and (more := _unplaced(frame, values, refused & masks["known"], layout)).height:
        statics = pl.concat([statics, more]).sort("row")
        refused &= ~frame["row"].is_in(more["row"].implode())
    rejects = _rejects(frame, values, reading, refused, layout)
    headers = rejects.filter(pl.col("reason") == "header").height
    if headers:
        rejects = rejects.filter(pl.col("reason") != "header")
        ignored["header"] = headers
    return ReadBatch(
        rows=frame.height,
        positions=_positions(frame, values, is_position),
        statics=statics,
        side_statics=_side_statics(frame, values, is_position, layout),
        rejects=rejects,
        ignored=ignored,
    )


def rejected(reasons: Mapping[int, tuple[RejectReason, str]]) -> pl.DataFrame:
    """The table of rejects for rows with their reason and detail."""
    return pl.DataFrame(
        {
            "row": list(reasons),
            "reason": [str(reason) for reason, _ in reasons.values()],
            "detail": [detail[:DETAIL_CHARACTERS] for _, detail in reasons.values()],
        },
        schema=REJECTS,
    )


def number(column: pl.Series, decimal: str = ".", quick: pl.Series | None = None) -> pl.Series:
    """A column as float64; what is no number is null. Texts may be padded with blanks. `quick`: the plain cast, if done."""
    if column.dtype != pl.String:
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            return column.cast(pl.Float64, strict=False)
        return column.cast(pl.String, strict=False).cast(pl.Float64, strict=False)
    value = column.cast(pl.Float64, strict=False) if quick is None else quick
    if value.null_count() == column.null_count():
        return value
    odd = (value.is_null() & column.is_not_null()).arg_true()
    text = column.gather(odd).str.strip_chars()
    if decimal != ".":
        text = text.str.replace(decimal, ".", literal=True)
    return value.scatter(odd, text.cast(pl.Float64, strict=False))


def _values(frame: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, Reading]:
    """The columns that decide about a row and those that move it, typed."""
    numbers = [n for n in (*REQUIRED[2:], *MOTION, "nav_status", "msg_type") if n in frame.columns]
    quick = _quick(frame, [n for n in numbers if n not in ("nav_status", "msg_type") or n not in layout.words], layout)
    reading = layout.clock.read(frame["t_utc"], quick.get("t_utc"))
    columns = {"t_utc": reading.t_utc, "mmsi": _whole(frame["mmsi"], quick.get("mmsi"))}
    for name in numbers:
        columns[name] = _code(frame[name], name, layout, quick.get(name))
    if "msg_type" in columns:
        columns["msg_type"] = columns["msg_type"].cast(pl.Int16, strict=False).fill_null(0)
    else:
        columns["msg_type"] = pl.repeat(0, frame.height, dtype=pl.Int16, eager=True)
    if "t_received_utc" in frame.columns:
        columns["t_received_utc"] = (layout.received_clock or layout.clock).read(frame["t_received_utc"]).t_utc
    return pl.DataFrame(columns), reading


def _quick(frame: pl.DataFrame, numbers: list[str], layout: Layout) -> dict[str, pl.Series]:
    """The common case of all columns at once, which polars spreads over the cores. Only columns of text are in it."""
    texts = [n for n, dtype in frame.schema.items() if dtype == pl.String]
    casts = [pl.col(n).cast(pl.Float64, strict=False) for n in numbers if n in texts]
    if "mmsi" in texts:
        casts.append(pl.col("mmsi").cast(pl.Int64, strict=False))
    if (time := layout.clock.quickly(frame["t_utc"])) is not None:
        casts.append(time.alias("t_utc"))
    return {s.name: s for s in frame.select(casts).iter_columns()}


def _whole(column: pl.Series, quick: pl.Series | None = None) -> pl.Series:
    """A column as int64. Of texts only digits are taken, and `123456789.0`: `4.31e8` has lost the digits that it leaves out."""
    if column.dtype.is_integer():
        return column.cast(pl.Int64, strict=False)
    if column.dtype == pl.String:
        value = column.cast(pl.Int64, strict=False) if quick is None else quick
        if value.null_count() == column.null_count():
            return value
        odd = (value.is_null() & column.is_not_null()).arg_true()
        return value.scatter(odd, column.gather(odd).str.extract(_WHOLE).cast(pl.Int64, strict=False))
    wide = number(column).to_frame("x")
    x = pl.col("x")
    return wide.select(pl.when(x.is_finite() & (x == x.round()) & (x.abs() < 1e15)).then(x).cast(pl.Int64)).to_series()


def _code(column: pl.Series, name: str, layout: Layout, quick: pl.Series | None = None) -> pl.Series:
    """A column of numbers or of words that stand for numbers, as float64."""
    words = layout.words.get(name)
    if column.dtype != pl.String or not words:
        return number(column, layout.decimal, quick)
    if len(sample := column.drop_nulls().head(1)) and quick is None and sample[0].strip().lower() not in words:
        quick = column.cast(pl.Float64, strict=False)
    if quick is not None and quick.null_count() == column.null_count():
        return quick
    distinct = column.unique().drop_nulls()
    plain = number(distinct, layout.decimal).to_list()
    found = [v if v is not None else words.get(k.strip().lower()) for k, v in zip(distinct, plain, strict=True)]
    return column.replace_strict(distinct, pl.Series(found, dtype=pl.Float64), default=None, return_dtype=pl.Float64)


def _positions(frame: pl.DataFrame, values: pl.DataFrame, mask: pl.Series) -> pl.DataFrame:
    has = values.columns
    nothing = pl.lit(None, pl.Float64)
    speed, course, heading = (pl.col(n) if n in has else nothing for n in MOTION)
    status = pl.col("nav_status") if "nav_status" in has else nothing
    top = pl.when(pl.col("msg_type") == 9).then(1022.5).otherwise(102.25)  # aircraft fly; 102.3 and 1023: not available
    table = values.with_columns(frame["row"])
    if "station" in frame.columns:
        table = table.with_columns(_text(frame["station"]).alias("station"))
    if not mask.all():
        table = table.filter(mask)
    lon = (pl.col("lon_deg") * schemas.E7).round()
    return table.select(
        pl.col("mmsi").cast(pl.Int32),
        pl.col("t_utc"),
        pl.when(lon >= 180 * schemas.E7).then(-180.0 * schemas.E7).otherwise(lon).cast(pl.Int32).alias("lon_e7"),
        (pl.col("lat_deg") * schemas.E7).round().cast(pl.Int32).alias("lat_e7"),
        pl.when((speed >= 0) & (speed < top)).then(speed + 0.0).alias("speed_kn"),
        pl.when((course >= 0) & (course < 360)).then(course + 0.0).alias("course_deg"),
        pl.when((heading >= 0) & (heading < 360)).then(heading + 0.0).alias("heading_deg"),
        pl.when((status >= 0) & (status <= 15) & (status == status.round())).then(status).cast(pl.Int16).alias("nav_status"),
        pl.col("msg_type"),
        (pl.col("t_received_utc") if "t_received_utc" in has else pl.lit(None, UTC_MS)).alias("t_received_utc"),
        pl.lit("file").alias("time_basis"),
        (pl.col("station") if "station" in table.columns else pl.lit(None, pl.String)).alias("station"),
        pl.col("row"),
    )


def _side_statics(frame: pl.DataFrame, values: pl.DataFrame, mask: pl.Series, layout: Layout) -> pl.DataFrame:
    """One row per MMSI and change of what it says of itself, in the order of the file."""
    given = [name for name in STATIC if name in frame.columns]
    if not given:
        return pl.DataFrame(schema=STATICS)
    said = frame.select(what=_fingerprint(given)).with_columns(values["mmsi"])
    use = mask
    if all(frame[name].null_count() for name in given):
        texts = [pl.col(name) if frame.schema[name] == pl.String else pl.col(name).cast(pl.String) for name in given]
        use = mask & frame.select(pl.coalesce(texts).is_not_null()).to_series()
    at = None if use.all() else use.arg_true()
    if at is not None:
        said = said[at]
    changed = said.select(pl.col("what").ne_missing(pl.col("what").shift(1).over("mmsi")).arg_true()).to_series()
    chosen = changed if at is None else at.gather(changed)
    return _statics(frame, values, chosen, layout).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in STATIC))


def _unplaced(frame: pl.DataFrame, values: pl.DataFrame, mask: pl.Series, layout: Layout) -> pl.DataFrame:
    """Static rows of the masked rows that leave the place empty but say who the ship is.

    A row that says "not available" (91 N, 181 E) is a position report without a position: it stays a reject, as in NMEA.
    """
    if not any(name in frame.columns for name in IDENTITY) or not mask.any():
        return pl.DataFrame(schema=STATICS)
    blank = [pl.col(n).cast(pl.String, strict=False).fill_null("").str.strip_chars() == "" for n in ("lat_deg", "lon_deg")]
    at = (mask & frame.select(blank[0] & blank[1]).to_series()).arg_true()
    return _statics(frame, values, at, layout).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in IDENTITY))


def _fingerprint(names: list[str]) -> pl.Expr:
    """One uint64 over several columns; it serves only to tell neighbouring rows of one ship apart."""
    mixed = pl.col(names[0]).hash(0)
    for seed, name in enumerate(names[1:], 1):
        mixed = mixed ^ pl.col(name).hash(seed)
    return mixed


def _statics(frame: pl.DataFrame, values: pl.DataFrame, at: pl.Series, layout: Layout) -> pl.DataFrame:
    """Static rows of the rows at the given places."""
    if not len(at):
        return pl.DataFrame(schema=STATICS)
    rows, known = frame[at], values[at]
    columns: dict[str, pl.Series] = {}
    for name in ("name", "callsign", "destination", "station"):
        if name in frame.columns:
            columns[name] = _text(rows[name], layout.absent)
    if "imo" in frame.columns:
        imo = rows["imo"]
        if imo.dtype == pl.String:
            imo = imo.str.strip_chars().str.replace(r"^(?i:IMO)\s*", "")
        columns["imo"] = _within(_whole(imo), 1, 2**30 - 1, pl.Int32)
    if "ship_type" in frame.columns:
        columns["ship_type"] = _within(_code(rows["ship_type"], "ship_type", layout), 0, 255, pl.Int16)
    for name, most in (("length_m", 1022.0), ("width_m", 126.0), ("draught_m", 25.5)):  # the widest that AIS can say
        if name in frame.columns:
            columns[name] = _within(number(rows[name], layout.decimal), 1e-9, most, pl.Float64)
    if "t_received_utc" in known.columns:
        columns["t_received_utc"] = known["t_received_utc"]
    return pl.DataFrame(
        {name: columns.get(name, pl.repeat(None, rows.height, dtype=dtype, eager=True)) for name, dtype in STATICS.items()}
        | {
            "mmsi": known["mmsi"].cast(pl.Int32),
            "t_utc": known["t_utc"],
            "msg_type": known["msg_type"],
            "time_basis": pl.repeat("file", rows.height, eager=True),
            "row": rows["row"],
        },
        schema=STATICS,
    )


def _text(column: pl.Series, absent: frozenset[str] = frozenset()) -> pl.Series:
    """A column of names: without padding (blanks, @, NUL); empty and absent ones are null."""
    text = column.cast(pl.String, strict=False).str.strip_chars(" \t\r\n@\0").to_frame("x")
    missing = (pl.col("x") == "") | pl.col("x").str.to_lowercase().is_in(sorted(absent))
    return text.select(pl.when(~missing).then("x")).to_series()


def _within(column: pl.Series, low: float, high: float, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    x = pl.col("x")
    whole = x == x.round() if column.dtype.is_float() and dtype != pl.Float64 else pl.lit(True)
    return column.to_frame("x").select(pl.when(x.is_between(low, high) & whole).then(x).cast(dtype)).to_series()


def _rejects(frame: pl.DataFrame, values: pl.DataFrame, reading: Reading, mask: pl.Series, layout: Layout) -> pl.DataFrame:
    """Why each of the masked rows was not kept; the first reason in the order time, number, place. Also repeated headers."""
    if not mask.any():
        return pl.DataFrame(schema=REJECTS)
    refused = frame.filter(mask)
    rows = refused.select("row", *(pl.col(n).cast(pl.String, strict=False) for n in REQUIRED))
    known = (
        values.filter(mask).select(pl.col(REQUIRED).name.prefix("v_")).with_columns(reading.naive.filter(mask).alias("naive"))
    )
    of = {name: layout.columns.get(name, name) for name in REQUIRED}
    lat, lon = pl.col("v_lat_deg"), pl.col("v_lon_deg")
    blank = {name: pl.col(name).fill_null("").str.strip_chars() == "" for name in REQUIRED}
    is_header = (pl.col("mmsi").str.strip_chars() == of["mmsi"]) & (pl.col("t_utc").str.strip_chars() == of["t_utc"])
    unknown_place = (lat == 91) | (lon == 181)

    def said(*names: str) -> pl.Expr:
        return pl.concat_str([pl.lit(of[n] + " ") + pl.col(n).fill_null("(empty)") for n in names], separator=", ").str.slice(
            0, DETAIL_CHARACTERS
        )

    place = said("lat_deg", "lon_deg")
    changed = layout.clock.unclear(refused["t_utc"])
    when = said("t_utc") + pl.when(changed.is_not_null()).then(": " + changed).otherwise(pl.lit(""))
    cases: list[tuple[pl.Expr, str, pl.Expr]] = [
        (is_header.fill_null(False), "header", pl.lit("")),
        (blank["t_utc"], RejectReason.NO_TIME, said("t_utc")),
        (pl.col("naive"), RejectReason.NAIVE_TIME, said("t_utc")),
        (pl.col("v_t_utc").is_null(), RejectReason.BAD_TIME, when.str.slice(0, DETAIL_CHARACTERS)),
        (blank["mmsi"], RejectReason.NO_MMSI, said("mmsi")),
        (~pl.col("v_mmsi").is_between(1, _MAX_MMSI).fill_null(False), RejectReason.BAD_MMSI, said("mmsi")),
        (blank["lat_deg"] | blank["lon_deg"] | unknown_place.fill_null(False), RejectReason.NO_POSITION, place),
        (~(lat.is_finite() & lon.is_finite()).fill_null(False), RejectReason.BAD_NUMBER, place),
    ]
    reason, detail = pl.lit(str(RejectReason.POSITION_OUT_OF_RANGE)), place
    for test, why, text in reversed(cases):
        reason = pl.when(test).then(pl.lit(str(why))).otherwise(reason)
        detail = pl.when(test).then(text).otherwise(detail)
    return pl.concat([rows, known], how="horizontal").select("row", reason=reason, detail=detail).cast(REJECTS)
