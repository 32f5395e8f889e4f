"""`why` for figures of a series that offices publish: from a run or record to days, bulletins, and the words of the text."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from offing.errors import UnknownName
from offing.figures.ids import FigureSpec, parse_figure_id
from offing.model.times import iso, to_ms
from offing.pipeline.record import Record
from offing.pipeline.record_texts import BULLETIN
from offing.pipeline.reported import SeriesQuestion
from offing.pipeline.series import series_question
from offing.readers.bulletins.facts import DAILY, FIGURES
from offing.store.texts import HeldText

Add = Callable[..., None]
"""Takes level, kind and text of a link, and where there are any `id`, `file`, `line`, `raw`."""

WORDS = 300
"""Letters of a text that are shown; `raw` holds all."""


def series_chain(record: Record, spec: FigureSpec, add: Add, most: int) -> None:
    """Tell the chain of a day, streak or record of a series, at most `most` days opened fully. Raises `UnknownName`."""
    chain = _SeriesChain(record, spec, add, most)
    if spec.kind == "day":
        chain.day(chain.row_of_day(spec), 0)
        chain.rules(1)
    elif spec.kind == "streak":
        chain.streak(chain.found(chain.asked.streaks(), str(spec)), 0)
    elif spec.kind == "record":
        chain.record_(chain.found(chain.asked.records(), str(spec)))
    else:
        raise UnknownName(
            f"There is no figure {spec}.", "`offing streaks --series` and `records --series` print ids.", name=str(spec)
        )


class _SeriesChain:
    def __init__(self, record: Record, spec: FigureSpec, add: Add, most: int) -> None:
        self.record, self.add, self.most = record, add, most
        self.asked: SeriesQuestion = series_question(
            record, spec.source, as_of=spec.as_of, first_day=spec.first_day, last_day=spec.last_day,
            published_by=spec.published_by, settings=spec.settings,
        )  # fmt: skip

    def found(self, rows: pl.DataFrame, name: str) -> dict[str, Any]:
        """The row of this figure id."""
        rows = rows.filter(pl.col("figure_id") == name) if "figure_id" in rows.columns else rows.clear()
        if rows.is_empty():
            hint = "`offing streaks --series` and `offing records --series` list them."
            raise UnknownName(f"There is no figure {name}.", hint, name=name)
        return rows.row(0, named=True)

    def row_of_day(self, spec: FigureSpec) -> dict[str, Any]:
        """The day that an id names."""
        rows = self.asked.days.filter(pl.col("day") == spec.day)
        if rows.is_empty():
            raise UnknownName(
                f"There is no day {spec.key} in this series.", "`offing trend --since-when` lists them.", name=spec.key
            )
        return rows.row(0, named=True)

    def rules(self, level: int) -> None:
        """What the series counts, by which day, in which pack."""
        own = self.asked.about
        self.add(level, "rule", f"series {self.asked.id} in {self.asked.unit.replace('_', ' ')}; days of {own.day_rule}")
        if own.note:
            self.add(level, "rule", own.note)
        for day, why in own.breaks:
            self.add(level, "rule", f"on {day} its form changed: {why}")
        self.add(level, "rule", f"region pack {self.record.waters.pack.label}")

    def streak(self, row: dict[str, Any], level: int) -> None:
        """A run of days: the first and the last are opened, or all."""
        more = f", {row['days_unobservable']} unknown bridged: at most {row['days_span']}" if row["days_unobservable"] else ""
        length = f"{row['days_observed']} calendar day{'s' if row['days_observed'] > 1 else ''}"
        text = f"streak of {length}, {row['start_day']} to {row['end_day']}{more}"
        self.add(level, "figure", text, id=row["figure_id"])
        self.add(level + 1, "rule", f"ended by {row['ended_by']}: {row['ended_because']}")
        self.rules(level + 1)
        days = self.asked.days.filter(pl.col("day").is_between(row["start_day"], row["end_day"])).to_dicts()
        shown = range(len(days)) if len(days) <= self.most else (0, len(days) - 1)
        for n in shown:
            self.day(days[n], level + 1)
            if n == 0 and len(shown) < len(days):
                self.add(level + 1, "more", f"... and {len(days) - 2} more days; --all opens every one")

    def record_(self, row: dict[str, Any]) -> None:
        """A record, and the day or run that holds it."""
        until = "it stands" if row["stands"] else f"until {row['stands_until'] or 'an unknown day'}"
        what = f"{row['record_kind'].replace('_', ' ')}: {row['value']:g} {row['unit'].replace('_', ' ')}"
        self.add(0, "figure", f"record, {what}, since {row['stands_since']}, {until}", id=row["figure_id"])
        if row["previous"] is not None:
            self.add(1, "rule", f"it broke the record of {row['previous']:g}")
        spec = parse_figure_id(row["figure_id"])
        if row["record_kind"] == "highest_day":
            self.day(self.row_of_day(spec), 1)
            self.rules(1)
        else:
            self.streak(self.found(self.asked.streaks(), str(spec.of("streak", spec.key))), 1)

    def day(self, row: dict[str, Any], level: int) -> None:
        """One day with the bulletins or sightings that it rests on."""
        said = f"{row['value']:g} {row['unit'].replace('_', ' ')}" if row["value"] is not None else "nothing was reported"
        doubt = f"; {', '.join(row['flags'])}" if row["flags"] else ""
        self.add(level, "day", f"{row['day']}: {said}{doubt}", id=str(self.asked.spec.of("day", row["day"].isoformat())))
        ids = list(row["bulletin_ids"])
        for b in self.record.bulletins.filter(pl.col("bulletin_id").is_in(ids)).iter_rows(named=True):
            self.bulletin(b, level + 1)
        for s in self.record.sightings.filter(pl.col("sighting_id").is_in(ids)).iter_rows(named=True):
            self.sighting(s, level + 1)

    def bulletin(self, row: dict[str, Any], level: int) -> None:
        """One bulletin, the other values that the office gave for its window, and its words."""
        start, end = row["window_start_utc"], row["window_end_utc"]
        window = f"{iso(to_ms(start))} to {iso(to_ms(end))}" if start else f"up to {iso(to_ms(end))}"
        what = f"{row['metric']} {row['value']:g} {row['unit'].replace('_', ' ')}, {window} ({row['window_basis']})"
        doubt = f"; {', '.join(row['flags'])}" if row["flags"] else ""
        published = f", published {row['published_on']}" if row["published_on"] else ""
        source = f"source: {row['source']}; text SHA-256 {row['text_sha256']}"
        self.add(level, "bulletin", f"{row['office']}{published}: {what}{doubt}. {source}", id=row["bulletin_id"])
        key = [pl.col(c) == row[c] for c in ("office", "metric", "unit", "window_end_utc")]
        others = self.record.bulletins.filter(*key, pl.col("version") != row["version"])
        for other in others.iter_rows(named=True):
            text = f"version {other['version']}: {other['value']:g}, published {other['published_on']}; {other['source']}"
            self.add(level + 1, "version", text)
        self.words(row, level + 1)

    def sighting(self, row: dict[str, Any], level: int) -> None:
        """One hull on one leg, with the sentence."""
        hull, way = ", ".join(row["hulls"]) or "a ship without a number", f" to {row['direction']}" if row["direction"] else ""
        when = f"{row['start_day']}" + (f" to {row['end_day']}" if row["end_day"] else "")
        what = f"{hull} ({row['ship_class'] or row['country']}) through {row['gate_id']}{way}, {when}"
        source = f"source: {row['source']}; text SHA-256 {row['text_sha256']}"
        self.add(level, "sighting", f"{row['office']}: {what}. {source}", id=row["sighting_id"])
        self.add(level + 1, "raw", " ".join(row["sentence"].split()), raw=row["sentence"])

    def words(self, row: dict[str, Any], level: int) -> None:
        """The text in the logbook, or the line of the pack's file."""
        if held := self.texts.get(row["text_sha256"]):
            short = " ".join(held.text.split())
            cut = short if len(short) <= WORDS else f"{short[:WORDS]} ..."
            self.add(level, "raw", f"{held.path}: {cut}", file=held.path, raw=held.text)
            return
        for path in (self.record.waters.pack.folder / name for name in (DAILY, *FIGURES)):
            if path.exists() and (found := _line_of(path, row)):
                number, text = found
                self.add(level, "raw", f"{path.name} line {number}: {text}", file=str(path), line=number, raw=text)
                return

    @cached_property
    def texts(self) -> dict[str, HeldText]:
        """The texts of the logbook by their SHA-256."""
        store = self.record.store
        return {t.sha256: t for t in store.ledger.texts.held(BULLETIN, self.record.known_at_ms)} if store else {}


def _line_of(path: Path, row: dict[str, Any]) -> tuple[int, str] | None:
    """The line of a pack's file on which a bulletin stands, and its number."""
    lines = path.read_text(encoding="utf-8").splitlines()
    table = csv.DictReader(lines)
    for cells in table:
        if path.name == DAILY:
            same = cells["notice_day"] == str(row["published_on"]) and cells.get(row["metric"]) == f"{row['value']:g}"
        else:
            same = all(cells[c] == row[c] for c in ("office", "metric", "unit", "area", "source"))
            same = same and float(cells["value"]) == row["value"] and _ends(cells["window_end"], row)
        if same:
            return table.line_num, lines[table.line_num - 1]
    return None


def _ends(text: str, row: dict[str, Any]) -> bool:
    return bool(datetime.fromisoformat(text) == row["window_end_utc"])
