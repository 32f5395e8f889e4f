"""Columns of times, as their sources write them, to instants in UTC. Nothing is guessed: a naive time stays naive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from offing.errors import BadMapping

UTC_MS = pl.Datetime("ms", "UTC")
NAIVE_MS = pl.Datetime("ms")

FIRST = datetime(1990, 1, 1, tzinfo=UTC)
"""AIS did not exist before; an earlier time is a counter that was never set, or a year of two digits."""

LAST = datetime(2100, 1, 1, tzinfo=UTC)
"""A later time is a wrong unit (milliseconds read as seconds) or a broken clock."""

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})")
_ISO = (
    r"^\s*(\d{4})([-/]?)(\d{2})[-/]?(\d{2})[Tt ]\s*(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(?:([Zz]|UTC|GMT)|([+-])(\d{2}):?(\d{2})?(?: UTC)?)?\s*$"
)
_ISO_PARTS = ("Y", "sep", "m", "d", "H", "M", "S", "f", "utc", "sign", "oh", "om")
_ISO_FAST = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_DIRECTIVES = set("YmdHMSyjbBpIzfT%eFD")


@dataclass(frozen=True)
class Reading:
    """What a column of times gave. `t_utc` is null where it gave none; `naive` marks times that only lack a zone."""

    t_utc: pl.Series  # datetime[ms, UTC]
    naive: pl.Series  # bool


@dataclass(frozen=True)
class Clock:
    """How a source writes its times: `iso`, `epoch_s`, `epoch_ms` or a strptime pattern, and the zone of naive ones.

    `zone` is an IANA name, `UTC` or an offset such as `+08:00`; empty: naive times are not read.
    """

    format: str = "iso"
    zone: str = ""

    def __post_init__(self) -> None:
        if self.format not in ("iso", "epoch_s", "epoch_ms"):
            _check_pattern(self.format)
        if self.zone and self.offset_ms is None:
            try:
                ZoneInfo(self.zone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise BadMapping(
                    f"There is no time zone {self.zone!r}.",
                    "Write an IANA name such as Asia/Taipei, UTC, or an offset such as +08:00.",
                    key="time.zone",
                ) from None

    @property
    def offset_ms(self) -> int | None:
        """The zone as a fixed offset east of UTC, or None where it is a named zone (or there is none)."""
        if self.zone in ("UTC", "Z"):
            return 0
        m = _OFFSET.fullmatch(self.zone)
        if not m or int(m[2]) > 15 or int(m[3]) > 59:
            return None
        return (-1 if m[1] == "-" else 1) * (int(m[2]) * 60 + int(m[3])) * 60_000

    def quickly(self, column: pl.Series) -> pl.Expr | None:
        """An expression over the column's text that reads the common case, to be evaluated beside others; None: there is none.

        It gives local or UTC times without a zone; hand its result to `read`.
        """
        if column.dtype != pl.String or self.format in ("epoch_s", "epoch_ms"):
            return None
        text = pl.col(column.name)
        if self.format != "iso":
            return None if "%z" in self.format else text.str.to_datetime(_chrono(self.format), time_unit="ms", strict=False)
        zulu, pattern = _fast_form(column)
        if pattern is None or not (zulu or self.zone):
            return None
        if zulu:
            text = pl.when(text.str.ends_with("Z")).then(text.str.strip_suffix("Z"))
        return text.str.to_datetime(pattern, time_unit="ms", strict=False)

    def read(self, column: pl.Series, quick: pl.Series | None = None) -> Reading:
        """Read a column of texts, numbers, dates with time or anything else; what cannot be a time becomes null.

        `quick` is the value of `quickly`, if that was evaluated.
        """
        if isinstance(column.dtype, pl.Datetime):
            if column.dtype.time_zone is not None:
                return self._done(column.dt.convert_time_zone("UTC").cast(UTC_MS), None)
            naive = column.cast(NAIVE_MS)
            return self._done(self._localised(naive), None if self.zone else naive)
        if column.dtype.is_numeric():
            if self.format in ("epoch_s", "epoch_ms"):
                return self._done(_epoch(column.cast(pl.Float64), self.format), None)
            return self._done(pl.repeat(None, len(column), dtype=UTC_MS, eager=True), None)
        text = column.cast(pl.String, strict=False) if column.dtype != pl.String else column
        if self.format in ("epoch_s", "epoch_ms"):
            return self._done(_epoch(text.str.strip_chars().cast(pl.Float64, strict=False), self.format), None)
        if quick is None and (expression := self.quickly(text)) is not None:
            quick = text.to_frame().select(expression).to_series()
        if self.format == "iso":
            return self._iso(text, quick)
        if quick is None:
            return self._done(text.str.to_datetime(_chrono(self.format), time_unit="ms", time_zone="UTC", strict=False), None)
        return self._done(self._localised(quick), None if self.zone else quick)

    def unclear(self, column: pl.Series) -> pl.Series:
        """What a change of the clocks does to the times of a column that were not read: `01:30 occurs twice in Europe/Paris`.

        Null where that is not the reason. It costs a second reading, so give it only what was refused.
        """
        if not self.zone or self.offset_ms is not None or self.format in ("epoch_s", "epoch_ms"):
            return pl.repeat(None, len(column), dtype=pl.String, eager=True)
        t = pl.col("t")
        once = t.dt.replace_time_zone(self.zone, ambiguous="null", non_existent="null")
        first = t.dt.replace_time_zone(self.zone, ambiguous="earliest", non_existent="null")
        what = pl.when(first.is_null()).then(pl.lit("does not exist")).otherwise(pl.lit("occurs twice"))
        told = pl.concat_str(t.dt.strftime("%H:%M"), what, pl.lit(f"in {self.zone}"), separator=" ")
        local = Clock(self.format, "UTC").read(column).t_utc.dt.replace_time_zone(None)
        return local.to_frame("t").select(pl.when(t.is_not_null() & once.is_null()).then(told)).to_series()

    def _localised(self, naive: pl.Series) -> pl.Series:
        """Naive local times to UTC; those that a change of the clocks makes ambiguous or impossible become null."""
        if not self.zone:
            return naive.clear(len(naive)).dt.replace_time_zone("UTC")
        if self.offset_ms is not None:
            shifted = naive if self.offset_ms == 0 else (naive.cast(pl.Int64) - self.offset_ms).cast(NAIVE_MS)
            return shifted.dt.replace_time_zone("UTC")
        local = naive.dt.replace_time_zone(self.zone, ambiguous="null", non_existent="null")
        return local.dt.convert_time_zone("UTC")

    def _done(self, t_utc: pl.Series, naive: pl.Series | None) -> Reading:
        """Null what lies outside FIRST to LAST; `naive` holds the local times that no zone was known for."""
        if not _within(t_utc):
            t_utc = t_utc.to_frame("t").select(pl.when(pl.col("t").is_between(FIRST, LAST)).then("t")).to_series()
        if naive is None:
            return Reading(t_utc, pl.repeat(False, len(t_utc), eager=True))
        return Reading(t_utc, naive.is_not_null())

    def _iso(self, text: pl.Series, quick: pl.Series | None) -> Reading:
        if quick is None:
            return self._iso_careful(text)
        zulu, _ = _fast_form(text)
        t_utc = quick.dt.replace_time_zone("UTC") if zulu else self._localised(quick)
        done = self._done(t_utc, None)
        if quick.null_count() == text.null_count():
            return done
        left = (quick.is_null() & text.is_not_null()).arg_true()
        careful = self._iso_careful(text.gather(left))
        return Reading(done.t_utc.scatter(left, careful.t_utc), done.naive.scatter(left, careful.naive))

    def _iso_careful(self, text: pl.Series) -> Reading:
        """Every written form of ISO 8601 with a date and at least hours and minutes, and Go's `... +0000 UTC`."""
        g = text.to_frame("x").select(pl.col("x").str.extract_groups(_ISO).struct.unnest())
        g = g.rename(dict(zip(g.columns, _ISO_PARTS, strict=True)))
        parts = g.select(
            local=pl.concat_str("Y", "m", "d", "H", "M", pl.col("S").fill_null("00")).str.to_datetime(
                "%Y%m%d%H%M%S", time_unit="ms", strict=False
            ),
            ms=pl.col("f").str.pad_end(3, "0").str.slice(0, 3).cast(pl.Int64).fill_null(0),
            offset=pl.when(pl.col("utc").is_not_null())
            .then(0)
            .when(pl.col("oh").cast(pl.Int64) <= 15)
            .then(
                (pl.col("oh").cast(pl.Int64) * 60 + pl.col("om").cast(pl.Int64).fill_null(0))
                * pl.when(pl.col("sign") == "-").then(-60_000).otherwise(60_000)
            ),
            zoned=pl.col("utc").is_not_null() | pl.col("oh").is_not_null(),
        ).with_columns(local=(pl.col("local").cast(pl.Int64) + pl.col("ms")).cast(NAIVE_MS))
        zoned = (parts["local"].cast(pl.Int64) - parts["offset"]).cast(NAIVE_MS).dt.replace_time_zone("UTC")
        unzoned = parts.select(pl.when(~pl.col("zoned")).then("local")).to_series()
        t_utc = zoned.zip_with(zoned.is_not_null(), self._localised(unzoned))
        return self._done(t_utc, None if self.zone else unzoned)


def _within(t_utc: pl.Series) -> bool:
    ms = t_utc.cast(pl.Int64)
    low, high = ms.min(), ms.max()
    return isinstance(low, int) and isinstance(high, int) and low >= FIRST.timestamp() * 1000 and high < LAST.timestamp() * 1000


def _fast_form(text: pl.Series) -> tuple[bool, str | None]:
    """Whether the first time ends in Z, and the pattern that it follows, if it is one of the common ones."""
    first = text.drop_nulls().head(1)
    if not len(first):
        return False, None
    sample = str(first[0])
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}Z?", sample):
        return False, None
    return sample.endswith("Z"), _ISO_FAST[sample[10] == " "]


def _epoch(number: pl.Series, unit: str) -> pl.Series:
    ms = number * 1000 if unit == "epoch_s" else number
    frame = ms.round().to_frame("t")
    sane = pl.col("t").is_between(FIRST.timestamp() * 1000, LAST.timestamp() * 1000)
    return frame.select(pl.when(sane).then("t").cast(pl.Int64).cast(NAIVE_MS).dt.replace_time_zone("UTC")).to_series()


def _chrono(pattern: str) -> str:
    """A strptime pattern as polars writes it: a fraction of a second takes its dot along."""
    return pattern.replace(".%f", "%.f").replace("%f", "%6f")


def _check_pattern(pattern: str) -> None:
    used = re.findall(r"%(.?)", pattern)
    unknown = [d for d in used if d not in _DIRECTIVES]
    if not used or unknown or not {"H", "I", "T"} & set(used):
        wrong = f"uses %{unknown[0]}" if unknown else "names no date and hour"
        raise BadMapping(
            f"The time format {pattern!r} {wrong}.",
            "Write iso, epoch_s, epoch_ms, or a strptime pattern such as %Y/%m/%d %H:%M:%S (%z for an offset).",
            key="time.format",
        )
