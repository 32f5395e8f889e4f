"""What partners send, made from logbooks of their own by the way of the wire, and put into another logbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from small_worlds import OTHER, SHIP, World, light, lying

from offing.logbook import Logbook
from offing.model.sharing import Label, Record
from offing.model.times import parse_time
from offing.model.wire import ID_COLUMN, WIRE, values
from offing.store import received

CAME_MS = parse_time("2026-08-01T12:00:00Z")
OURS = lying(SHIP, range(30, 36), 10.5) + lying(SHIP, range(80, 84), 10.5)  # 2 and 4 March
THEIRS = lying(OTHER, range(32, 34), 10.4) + lying(OTHER, range(50, 55), 10.4)  # 2 and 3 March
ALWAYS = light(range(24 * 6))

MakeWorld = Callable[..., World]


def maker(folder: Path) -> MakeWorld:
    """Makes logbooks in a folder that have read some rows and, unless told otherwise, worked them out."""

    def made(name: str, *rows: list[str], run: bool = True) -> World:
        (folder / name).mkdir()
        world = World(folder / name)
        for i, some in enumerate(rows):
            world.read(f"{i}.csv", some)
        if run:
            world.book.run()
        return world

    return made


def records(kind: str, rows: pl.DataFrame, masked: Iterable[str] = ()) -> list[Record]:
    """Rows of a logbook as records of the wire, without the columns that are masked."""
    hidden = [pl.lit(None, dtype=WIRE[kind][name]).alias(name) for name in masked]
    wired = values(rows.with_columns(hidden), kind)
    return [Record(kind, i, v) for i, v in zip(rows[ID_COLUMN[kind]].to_list(), wired, strict=True)]


def record(kind: str, record_id: str, /, **told: Any) -> Record:
    """One record by its columns; what is not told is null."""
    assert not told.keys() - set(WIRE[kind].names())
    return Record(kind, record_id, tuple(told.get(name) for name in WIRE[kind]))


def label(originator: str, kind: str, **more: Any) -> Label:
    return Label(originator, kind, **{"purpose": "maritime_safety", **more})


def sent(originator: str, kind: str, found: Sequence[Record], *, hub: str = "", **more: Any) -> pl.DataFrame:
    """Rows as they come from an originator, directly or through a hub; `more`: fields of the label, or of `Came`."""
    how = {k: more.pop(k) for k in ("received_ms", "agreement", "vouched_by") if k in more}
    came = [
        received.Came(label(originator, kind, **more), hub or originator, 1, i, **{"received_ms": CAME_MS, **how})
        for i in range(len(found))
    ]
    return received.table(kind, found, came)


def give(book: Logbook, *tables: pl.DataFrame, node: str = "us") -> None:
    """Make a logbook the node `us` that holds exactly these received rows."""
    (book.store.root / "node.toml").write_text(f'id = "{node}"\nname = "For tests"\n')
    by_kind: dict[str, list[pl.DataFrame]] = {}
    for table in tables:
        kind = next(k for k in WIRE if received.schema(k).names() == table.columns)
        by_kind.setdefault(kind, []).append(table)
    received.write(book.store, {k: pl.concat(t) for k, t in by_kind.items()}, "1")


def visits_of(book: Logbook, originator: str, *, masked: Iterable[str] = (), hub: str = "", **more: Any) -> pl.DataFrame:
    """All visits of a partner's logbook as that partner sends them."""
    masked = tuple(masked)
    return sent(originator, "visit", records("visit", book.visits(), masked), hub=hub, masked=frozenset(masked), **more)


def days_of(book: Logbook, originator: str, zone: str, fleet: str, *, masked: Iterable[str] = (), **more: Any) -> pl.DataFrame:
    """The watch days of a partner's logbook as that partner sends them."""
    masked = tuple(masked)
    rows = records("watch_day", book.days(zone, fleet), masked)
    return sent(originator, "watch_day", rows, masked=frozenset(masked), **more)


def changed(rows: Sequence[Record], kind: str, /, **told: Any) -> list[Record]:
    """The same records with other values in some columns."""
    names = WIRE[kind].names()
    out = []
    for r in rows:
        by_name: Mapping[str, Any] = dict(zip(names, r.values, strict=True)) | told
        out.append(replace(r, values=tuple(by_name[n] for n in names)))
    return out
