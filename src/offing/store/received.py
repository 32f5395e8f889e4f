"""Rows that partners sent: `received/originator=X/kind=K.parquet`, derived from the exchange database and deletable.

Only what a partner released to this node lies here: nothing that is hidden from it is on its disk, so that no total, index or
file size can tell of it. What has expired is left out by the clock alone, without any link.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from offing.clock import now_ms as clock_ms
from offing.errors import LogbookError
from offing.model.sharing import RECORD_KINDS, Label, Record
from offing.model.times import to_ms
from offing.model.wire import WIRE, frame
from offing.store import lake
from offing.store.folder import Store

TIME = pl.Datetime("ms", "UTC")

CAME = pl.Schema(
    {
        "received_from": pl.String(),  # the neighbour that handed it over; the originator itself, or a hub
        "received_utc": TIME,  # when it came; null: not known
        "agreement": pl.String(),  # id of the agreement under which it was taken; null: not known
        "batch_n": pl.Int64(),  # the originator's signed batch that holds it
        "entry_n": pl.Int64(),  # and its entry there, from 0
        "purpose": pl.String(),  # what it may be used for
        "onward": pl.Int64(),  # hands through which it may be passed on
        "expires_utc": TIME,  # the first instant at which nobody may use it any more; null: never
        "rounded_deg": pl.Float64(),  # positions are rounded to multiples of this; null: they are not
        "masked": pl.List(pl.String()),  # columns that the originator left out: null here
        "vouched_by": pl.String(),  # the hub that introduced the originator; null: its card was given directly
    }
)
"""What stands beside the columns of `model.wire.WIRE` in every received row, after `id` and `originator`."""


@dataclass(frozen=True)
class Came:
    """How one record came: from whom, when, under what, and where its originator signed it."""

    label: Label  # as it was on the wire
    received_from: str
    batch_n: int
    entry_n: int
    received_ms: int | None = None
    agreement: str | None = None
    vouched_by: str | None = None


def schema(kind: str) -> pl.Schema:
    """The columns of received rows of a kind."""
    return pl.Schema({"id": pl.String(), "originator": pl.String(), **WIRE[kind], **CAME})


def table(kind: str, records: Sequence[Record], came: Sequence[Came]) -> pl.DataFrame:
    """Records of one kind as rows (columns of `schema`). Raises `BadDelivery` where a value does not fit its column."""
    names = WIRE[kind].names()
    rows = frame(kind, [r.id for r in records], [r.values for r in records], names)
    numbers = {label: n for n, label in enumerate(dict.fromkeys(c.label for c in came))}
    labels = pl.DataFrame(
        {
            "originator": [x.originator for x in numbers],
            "purpose": [x.purpose for x in numbers],
            "onward": [x.onward for x in numbers],
            "expires_utc": [x.expires_ms for x in numbers],
            "rounded_deg": [x.round_deg for x in numbers],
            "masked": [sorted(x.masked) for x in numbers],
        },
        schema={"originator": pl.String, **{n: pl.Int64 if t == TIME else t for n, t in CAME.items() if n in _OF_LABELS}},
    )
    how = pl.DataFrame(
        {
            "received_from": [c.received_from for c in came],
            "received_utc": [c.received_ms for c in came],
            "agreement": [c.agreement for c in came],
            "batch_n": [c.batch_n for c in came],
            "entry_n": [c.entry_n for c in came],
            "vouched_by": [c.vouched_by for c in came],
        },
        schema={n: pl.Int64 if t == TIME else t for n, t in CAME.items() if n not in _OF_LABELS},
    )
    whole = pl.concat([rows, how, labels[[numbers[c.label] for c in came]]], how="horizontal")
    return whole.select(pl.col(n).cast(t) for n, t in schema(kind).items())


_OF_LABELS = ("purpose", "onward", "expires_utc", "rounded_deg", "masked")


def write(store: Store, rows_by_kind: Mapping[str, pl.DataFrame], version: str | int) -> None:
    """Make the folder hold exactly these rows (columns of `schema`), marked with the version of the exchange database.

    What lay there before goes. A kill on the way leaves the folder without its mark, so that it is written again.
    """
    with store.writing("receive"):
        root = _folder(store)
        (root / "version").unlink(missing_ok=True)
        scratch = store.scratch("received")
        moves: list[tuple[Path, Path]] = []
        for kind, rows in rows_by_kind.items():
            whole = rows.select(schema(kind).names()).cast(dict(schema(kind)))  # type: ignore[arg-type]
            for (originator,), piece in whole.partition_by("originator", as_dict=True).items():
                temporary = scratch / f"{len(moves)}.part"
                lake.write_table(piece.sort("id").to_arrow(), temporary, {"offing.received": str(version)})
                moves.append((temporary, _path(store, str(originator), kind)))
        lake.publish(moves)
        for path in set(root.glob("originator=*/kind=*.parquet")) - {final for _, final in moves}:
            path.unlink()
        for folder in root.glob("originator=*"):
            if not any(folder.iterdir()):
                folder.rmdir()
        _mark(root, scratch / "version", version)
        shutil.rmtree(scratch)


def version(store: Store) -> str | None:
    """The version that the rows are marked with; None: there are none, or they were not wholly written, or by another form."""
    try:
        form, _, found = (_folder(store) / "version").read_text(encoding="utf-8").strip().partition(" ")
    except OSError:
        return None
    return found if form == _form() else None


def read(store: Store, kind: str, now_ms: int | None = None) -> pl.DataFrame:
    """The rows of a kind (columns of `schema`) that have not expired at an instant (default: the clock), by originator and id.

    Raises `LogbookError` where a file is damaged.
    """
    instant = clock_ms() if now_ms is None else now_ms
    tables = [_read(path) for path in sorted(_folder(store).glob(f"originator=*/kind={kind}.parquet"))]
    found = pl.concat([pl.DataFrame(schema=schema(kind)), *(_as(t, kind) for t in tables)])
    expires = pl.col("expires_utc").dt.epoch("ms")
    return found.filter(expires.is_null() | (expires > instant)).sort("originator", "id")


def read_all(store: Store, now_ms: int | None = None) -> dict[str, pl.DataFrame]:
    """The rows of every kind, as `read` gives them."""
    return {kind: read(store, kind, now_ms) for kind in RECORD_KINDS}


def label_of(row: Mapping[str, Any], kind: str) -> Label:
    """The label of one received row, as it was on the wire: to whom else it was released is not told, so to nobody."""
    expires = row["expires_utc"]
    return Label(
        row["originator"],
        kind,
        purpose=row["purpose"],
        onward=row["onward"],
        expires_ms=None if expires is None else to_ms(expires),
        round_deg=row["rounded_deg"],
        masked=frozenset(row["masked"] or ()),
    )


def _folder(store: Store) -> Path:
    return store.root / "received"


def _path(store: Store, originator: str, kind: str) -> Path:
    """Letters and digits of an id stand for themselves; nothing in it can lead to another folder."""
    return _folder(store) / f"originator={quote(originator, safe='')}" / f"kind={kind}.parquet"


def _form() -> str:
    """Changes with the columns, so that rows of an older offing are written again."""
    text = lake.canonical_json([[kind, [(n, str(t)) for n, t in schema(kind).items()]] for kind in RECORD_KINDS])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _mark(root: Path, temporary: Path, version: str | int) -> None:
    with temporary.open("w", encoding="utf-8") as sink:
        sink.write(f"{_form()} {version}\n")
        sink.flush()
        os.fsync(sink.fileno())
    lake.publish([(temporary, root / "version")])


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, glob=False, hive_partitioning=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LogbookError(
            f"{path} is damaged: {str(error).splitlines()[0]}.",
            "Delete the folder `received`; the next `offing node pull` or `offing share import` makes it again.",
            path=str(path),
        ) from error


def _as(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Rows in the present form; columns that an older offing did not write are null."""
    wanted = schema(kind)
    missing = [pl.lit(None, dtype=t).alias(n) for n, t in wanted.items() if n not in rows.columns]
    return rows.with_columns(missing).select(pl.col(n).cast(t) for n, t in wanted.items())
