"""A logbook of two sources with rules and agreements, and short ways to release from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from small_worlds import BOX, OTHER, SHIP, World, at, eastward, light, lying, write_rows

from offing.model.sharing import Agreement, Label, Record, Released, ReleaseRule
from offing.model.times import to_ms
from offing.model.wire import WIRE
from offing.pipeline.merged import Received
from offing.pipeline.release import Release, release_of
from offing.store import received as received_rows

SAFETY = "maritime_safety"
KINDS = ("visit", "watch_day", "streak", "sighting", "incident")
SECRET = b"a node's secret"
NOW_MS = to_ms(at(120))


def agreement(*parties: str, **more: Any) -> Agreement:
    first = {"first_day": date(2020, 1, 1), "last_day": date(2030, 1, 1)}
    return Agreement(
        "-".join(sorted(parties)), tuple(sorted(parties)), **{"kinds": KINDS, "purposes": (SAFETY,), **first, **more}
    )


def rule(n: int, kind: str = "visit", to: Sequence[str] = ("us",), **more: Any) -> ReleaseRule:
    """A rule; watch days and streaks are of the box and the own fleet unless told otherwise."""
    figure = {"zones": (BOX,), "fleets": ("own",)} if kind in ("watch_day", "streak") else {}
    return ReleaseRule(n, kind, tuple(to), **{"purpose": SAFETY, **figure, **more})


JP_US = agreement("jp", "us")


class Sharing(World):
    """SHIP is in the box from hour 12 to hour 36 (source `ais`), OTHER from hour 60 on (source `radar`)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.feed("ais", [*eastward(SHIP, range(48)), *light(range(96))])
        self.feed("radar", lying(OTHER, range(60, 70), 10.5))

    def feed(self, source: str, rows: Sequence[str], name: str = "") -> None:
        self.book.ingest(write_rows(self.folder / f"{name or source}.csv", rows), source=source)

    def release(
        self,
        *rules: ReleaseRule,
        agreements: Sequence[Agreement] = (JP_US,),
        now_ms: int = NOW_MS,
        received: Received | None = None,
    ) -> Release:
        return release_of(
            self.book.store, self.book.waters, rules, agreements, "jp", now_ms, received, secret=SECRET, every_kind=True
        )

    def to(self, recipient: str, *rules: ReleaseRule, counting: bool = False, **more: Any) -> Released:
        return self.release(*rules, **more).to(recipient, counting=counting)

    def ids(self, recipient: str, *rules: ReleaseRule, **more: Any) -> list[str]:
        return [r.id for r, _ in self.to(recipient, *rules, **more).records]


def as_row(record: Record) -> dict[str, Any]:
    return dict(zip(WIRE[record.kind], record.values, strict=True))


def labels(released: Released) -> list[Label]:
    return [label for _, label in released.records]


def received_visit(**values: Any) -> pl.DataFrame:
    """A visit that `au` sent: OTHER in the box from hour 84 to hour 94, wholly within 4 March."""
    zone_hash = values.pop("zone_hash")
    entry, left = to_ms(at(84)), to_ms(at(94))
    row = {
        "id": "visit:au:1", "originator": "au", "status": "closed", "mmsi": OTHER, "zone_id": BOX, "zone_hash": zone_hash,
        "entry_t_utc": entry, "entry_after_utc": entry, "exit_t_utc": left, "exit_before_utc": left, "exit_after_utc": left,
        "positions_n": 9, "support_n": 9, "received_from": "au", "purpose": SAFETY, "onward": 1, "masked": [],
    }  # fmt: skip
    return of_kind("visit", row | values)


def of_kind(kind: str, row: dict[str, Any]) -> pl.DataFrame:
    """One received row; times in ms."""
    schema = received_rows.schema(kind)
    times = [n for n, t in schema.items() if isinstance(t, pl.Datetime)]
    plain = {n: pl.Int64() if n in times else t for n, t in schema.items()}
    return pl.DataFrame([{**dict.fromkeys(schema), **row}], schema=plain).cast({n: schema[n] for n in times})  # type: ignore[arg-type]
