"""Views that are kept in the logbook folder: `runs/views/<key>/`, the last few, each written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from offing.figures.coverage import COVERAGE
from offing.model.schemas import VISITS
from offing.model.zone import Zone
from offing.pipeline.methods import Method
from offing.pipeline.views import Held, View, fold_view
from offing.store import Store, lake

RULE = 1
"""Raise it when the same parts would give another view: all are then worked out again."""

KEPT = 8
"""How many views are kept: those used last."""

_DONE = "view.json"


def view_of(store: Store, held: Held, zones: Sequence[Zone], method: Method) -> View:
    """A view, read back where it is kept, else worked out and kept, if the folder can be written."""
    folder = store.root / "runs" / "views" / _key(held, zones, method)
    found = _read(folder, held, zones, method)
    if found is None:
        found = fold_view(held, zones, method)
        try:
            _write(folder, found)
        except OSError:
            return found
    return found


def _key(held: Held, zones: Sequence[Zone], method: Method) -> str:
    """What names a view: all that it is a function of. Figures are worked out on asking, so their parameters are not in it."""
    decides = [RULE, held.content, sorted([z.id, z.hash] for z in zones), method.event_hash("visit"), method.coverage.cell_deg]
    return hashlib.sha256(lake.canonical_json(decides).encode()).hexdigest()[:32]


def _read(folder: Path, held: Held, zones: Sequence[Zone], method: Method) -> View | None:
    try:
        window = json.loads((folder / _DONE).read_text())["data_window"]
        visits, heard = (pl.read_parquet(folder / f"{name}.parquet") for name in ("visits", "heard"))
        os.utime(folder / _DONE)
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
        return None
    return View(held, zones, method, visits, heard.cast(dict(COVERAGE)), tuple(window) if window else None)  # type: ignore[arg-type]


def _write(folder: Path, view: View) -> None:
    scratch = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        lake.write_table(lake.to_table(view.visits, VISITS), scratch / "visits.parquet", {})
        lake.write_table(view.heard.to_arrow(), scratch / "heard.parquet", {})
        (scratch / _DONE).write_text(json.dumps({"data_window": view.data_window}))
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _prune(folder.parent, folder)


def _prune(views: Path, newest: Path) -> None:
    """Leave the views used last, and nothing of a process that was killed long ago."""
    whole = {p: (p / _DONE).stat().st_mtime for p in views.iterdir() if (p / _DONE).is_file() and not p.name.startswith(".")}
    old = sorted(whole.keys() - {newest}, key=lambda p: whole[p], reverse=True)[KEPT - 1 :]
    hour_ago = (newest / _DONE).stat().st_mtime - 3600
    left = [p for p in views.iterdir() if p not in whole and p.stat().st_mtime < hour_ago]
    for path in [*old, *left]:
        shutil.rmtree(path, ignore_errors=True)
