"""Figures that a region pack carries as facts, as bulletins: daily notices of one ministry, and figures of any office."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from offing.errors import InputError
from offing.model.bulletin import WINDOW_BASES, Bulletin
from offing.model.times import parse_day
from offing.model.units import Unit
from offing.readers.bulletins import mnd

DAILY = "mnd_daily.csv"
"""One row per notice of Taiwan's Ministry of National Defense; a count that the notice does not give is empty."""

FIGURES = ("jcg_yearly.csv", "kinmen_counts.csv", "amti_patrols.csv")
"""One row per figure: office, window, metric, unit, value, area, source."""

_DAILY_SOURCE = "Ministry of National Defense (Taiwan), notice of {}, by way of the collection viviankoko/mnd_crawler"
_DAILY_COLUMNS = ("notice_day", "window_start", "window_end", "window_basis", "sectors", "flags", "note")
_FIGURE_COLUMNS = ("office", "window_start", "window_end", "window_basis", "metric", "unit", "value", "area")
_MORE = ("published_on", "flags", "source", "note")
_DAILY_METRICS = ("aircraft", "crossed_median_line", "entered_airspace", "naval_ships", "official_ships", "balloons")
_PARTS = ("crossed_median_line", "entered_airspace")


def published_figures(folder: Path) -> tuple[Bulletin, ...]:
    """The bulletins in the files of a pack, those of `DAILY` first; a file that is not there gives none.

    The text behind a bulletin is the row itself: `text_sha256` is of its cells, joined by commas. Raises `InputError`, with
    the line, for a row that does not fit.
    """
    out: list[Bulletin] = []
    if (folder / DAILY).exists():
        for row, sha in _rows(folder / DAILY, (*_DAILY_COLUMNS, *_DAILY_METRICS)):
            out += _daily(row, sha)
    for name in FIGURES:
        if (folder / name).exists():
            out += [_figure(row, sha) for row, sha in _rows(folder / name, (*_FIGURE_COLUMNS, *_MORE))]
    return tuple(out)


class _Row(dict[str, str]):
    """The cells of a row, and where it stands."""

    where = ""

    def refuse(self, column: str) -> InputError:
        """The error for a cell that does not fit."""
        return InputError(f"{self.where}: {self[column]!r} is no {column}.", "Correct the row.")

    def moment(self, column: str) -> datetime:
        """A time with its offset."""
        try:
            moment = datetime.fromisoformat(self[column])
        except ValueError:
            raise self.refuse(column) from None
        if moment.tzinfo is None:
            raise self.refuse(column)
        return moment.astimezone(UTC)

    def window(self) -> tuple[datetime | None, datetime, str]:
        """Start, end and basis."""
        start = self.moment("window_start") if self["window_start"] else None
        if self["window_basis"] not in WINDOW_BASES or (start is None) != (self["window_basis"] == "end_only"):
            raise self.refuse("window_basis")
        return start, self.moment("window_end"), self["window_basis"]

    def day(self, column: str) -> date | None:
        """A day, or None where the cell is empty."""
        return parse_day(self[column]) if self[column] else None

    def value(self, column: str) -> float:
        """A number that is not negative."""
        try:
            value = float(self[column])
        except ValueError:
            raise self.refuse(column) from None
        if not 0 <= value < float("inf"):
            raise self.refuse(column)
        return value


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[_Row, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [c for c in columns if c not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"{path.name} lacks the column {missing[0]!r}.", "Add it.")
        for cells in reader:
            row = _Row({c: cells[c] or "" for c in columns})
            row.where = f"{path.name} line {reader.line_num}"
            yield row, hashlib.sha256(",".join(row.values()).encode()).hexdigest()


def _daily(row: _Row, sha: str) -> Iterator[Bulletin]:
    start, end, basis = row.window()
    for metric in _DAILY_METRICS:
        if row[metric]:
            yield Bulletin(
                office=mnd.OFFICE,
                window_start_utc=start,
                window_end_utc=end,
                window_basis=basis,
                metric=metric,
                unit=mnd.UNITS[metric],
                value=row.value(metric),
                area=row["sectors"] if metric in _PARTS else mnd.AREA,
                text_sha256=sha,
                source=_DAILY_SOURCE.format(row["notice_day"]),
                published_on=row.day("notice_day"),
                flags=tuple(row["flags"].split()),
                note=row["note"],
            )


def _figure(row: _Row, sha: str) -> Bulletin:
    start, end, basis = row.window()
    if row["unit"] not in list(Unit):
        raise row.refuse("unit")
    return Bulletin(
        office=row["office"],
        window_start_utc=start,
        window_end_utc=end,
        window_basis=basis,
        metric=row["metric"],
        unit=Unit(row["unit"]),
        value=row.value("value"),
        area=row["area"],
        text_sha256=sha,
        source=row["source"],
        published_on=row.day("published_on"),
        flags=tuple(row["flags"].split()),
        note=row["note"],
    )
