"""Law 9, through whole logbooks: what a neighbour could be served is the same to the last byte, whatever is hidden."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from paired_worlds import (
    BOX,
    FAR,
    HERE,
    OPEN,
    OWN,
    SECRET,
    US,
    World,
    coverage,
    later,
    other_zone,
    same_hull,
    same_number,
    world,
)
from small_worlds import square, write_zones

import offing
from offing.exchange.disk import ConnectedDisk
from offing.exchange.keys import NodeKeys
from offing.exchange.node import Node
from offing.logbook import Logbook
from offing.model.schemas import E7
from offing.model.sharing import Agreement, ReleaseRule
from offing.model.times import HOUR_MS
from offing.pipeline.release import release_of

KEYS = NodeKeys.in_memory(HERE, seed=b"law nine: here")
NEIGHBOUR = NodeKeys.in_memory(US, seed=b"law nine: there")
HIDDEN = (same_hull, same_number, coverage, later, other_zone)
MAPPING = """[columns]
t_utc = "t"
mmsi = "mmsi"
lat_deg = "lat"
lon_deg = "lon"

[time]
format = "epoch_ms"
"""
FLEET = "\n".join(
    ['[[fleets]]\nid = "own"\nsource = "made for a test"', *(f"[[fleets.members]]\nmmsi = {m.mmsi}" for m in OWN.members)]
)


def read(book: Logbook, folder: Path, w: World) -> None:
    """Read the rows of a world into a logbook, a file for each source."""
    (folder / "map.toml").write_text(MAPPING)
    for source, rows in sorted(w.rows.items()):
        degrees = [(pl.col(f"{c}_e7") / E7).round(7).alias(c) for c in ("lat", "lon")]
        path = folder / f"{source}-{rows.height}.csv"
        rows.select(pl.col("t_utc").dt.epoch("ms").alias("t"), "mmsi", *degrees).write_csv(path)
        if rows.height:
            (line,) = book.ingest(path, form="csv", mapping=folder / "map.toml", source=source)
            assert line.positions == rows.unique().height, line  # type: ignore[union-attr]


def node(agreements: tuple[Agreement, ...], clock: Callable[[], int]) -> Node:
    made = Node(ConnectedDisk(sqlite3.connect(":memory:", isolation_level=None)), KEYS, clock)
    other = Node(ConnectedDisk(sqlite3.connect(":memory:", isolation_level=None)), NEIGHBOUR, clock)
    made.add_card(other.card())
    for agreement in agreements:
        made.add_agreement(agreement)
    return made


def served(book: Logbook, w: World, rules: tuple[ReleaseRule, ...]) -> list[bytes | str]:
    """All that the neighbour is served after two passes, one of them ten hours earlier."""
    clock = [0]
    here = node(w.agreements, lambda: clock[0])
    secret = KEYS.secret("record ids")
    for now_ms in (w.now_ms - 10 * HOUR_MS, w.now_ms):
        clock[0] = now_ms
        release = release_of(book.store, book.waters, rules, w.agreements, HERE, now_ms, secret=secret)
        for recipient in release.recipients():
            here.release(release.to(recipient))
    heads = here.heads_for(US)
    out: list[bytes | str] = [str(heads)]
    for head in heads:
        out += [here.batch_for(US, head.originator, head.recipient, n) or b"" for n in range(1, head.seq + 1)]
    return out


def test_the_bytes_of_the_outbox_are_the_same(tmp_path: Path) -> None:
    batches, told = 0, 0
    for seed in range(20):
        rng = np.random.default_rng([seed, 9])
        a = world(seed)
        rules = tuple(r for r in a.rules if r.kind not in ("sighting", "incident") and set(r.sources) <= {*OPEN})
        rules = rules or (ReleaseRule(1, "visit", (US,), (BOX,), purpose="maritime_safety"),)
        a = replace(a, rules=rules)
        hide = [m for m in HIDDEN if rng.random() < 0.5] or [HIDDEN[seed % len(HIDDEN)]]
        b = a
        for more in hide:
            b = more(rng, b)
        folder = tmp_path / str(seed)
        folder.mkdir()
        book = offing.create(folder / "a")
        book.add_zones(write_zones(folder / "zones.geojson", box__me=square(10, 0, 11, 1), far__me=square(15, 0, 16, 1)))
        (folder / "own.toml").write_text(FLEET)
        book.add_fleets(folder / "own.toml")
        book.restrict_source(SECRET)
        shutil.copytree(folder / "a", folder / "b")
        twin = offing.open(folder / "b")
        read(book, folder, a)
        read(twin, folder, b)
        others = (ReleaseRule(0, "visit", ("nobody-else",), (FAR,), purpose="maritime_safety"),)
        mine = served(book, a, rules)
        assert served(twin, b, (*others, *rules)) == mine, (seed, [m.__name__ for m in hide])
        book.run()
        twin.run()
        assert not (
            twin.visits().drop("known_from_utc").equals(book.visits().drop("known_from_utc"))
            and twin.days(BOX, "own").equals(book.days(BOX, "own"))
        ), (seed, hide)
        assert served(twin, b, (*others, *rules)) == mine, "a run of the owner's moves nothing"
        batches += len(mine) - 1
        told += sum(one.count(b"visit:") for one in mine if isinstance(one, bytes))
        shutil.rmtree(folder)
    assert batches >= 20 and told >= 20, (batches, told)
