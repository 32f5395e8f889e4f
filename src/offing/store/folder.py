"""The logbook folder: what lies where, how it is made and opened, and what a killed process may have left in it."""

from __future__ import annotations

import os
import re
import shutil
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from offing.errors import LogbookError
from offing.store.lake import day_name, sync_folder
from offing.store.ledger import Ledger
from offing.store.lock import WAIT_S, writer_lock

SETTINGS = "offing.toml"
EXCHANGE = "exchange.sqlite"
NODE = "node.toml"
"""Names the node that this logbook is: id and name."""


class Store:
    """An open logbook folder.

    `positions/`, `static/`, `rejects/` hold one immutable part per file (and UTC day); `kept/` copies of originals;
    `events/` the versions of events; `received/` rows that partners sent; `runs/` what `run` derives and can derive again;
    `tmp/` unfinished files; `ledger.sqlite` says which of them count.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = Ledger(root / "ledger.sqlite")
        self._guard = threading.RLock()
        self._depth = 0

    # -- making and opening

    @classmethod
    def create(
        cls, root: Path, region: str, parameters: Mapping[str, float] | None = None, include_unconfirmed: bool = False
    ) -> Store:
        """Make a logbook in a folder, new or without one. `parameters` are written to its settings.

        Raises `LogbookError` when there is one already or the folder cannot be made.
        """
        root = root.absolute()
        if (root / SETTINGS).exists():
            raise LogbookError(f"There is a logbook in {root} already.", "Use it, or name another folder with --logbook.")
        try:
            root.mkdir(parents=True, exist_ok=True)
            store = cls(root)
            store.ledger.create()
            temporary = root / (SETTINGS + ".new")
            temporary.write_text(_settings_text(region, parameters or {}, include_unconfirmed), encoding="utf-8")
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.replace(root / SETTINGS)  # the last step: a folder without it is no logbook yet
            sync_folder(root)
        except OSError as error:
            raise LogbookError(
                f"No logbook can be made in {root}: {error.strerror}.", "Name another folder with --logbook."
            ) from None
        return store

    @classmethod
    def open(cls, root: Path) -> Store:
        """Open a logbook. Raises `LogbookError` when there is none, or when a newer offing wrote it. Writes nothing."""
        root = root.absolute()
        if not (root / SETTINGS).is_file() or not (root / "ledger.sqlite").is_file():
            raise LogbookError(
                f"There is no logbook in {root}.",
                "Make one with `offing init`, or name its folder with --logbook.",
                path=str(root),
            )
        store = cls(root)
        store.ledger.check()
        return store

    def settings(self) -> dict[str, Any]:
        """`offing.toml`, parsed. Raises `LogbookError` naming the line when it cannot be."""
        path = self.root / SETTINGS
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise LogbookError(f"{path} cannot be read: {error}.", "Correct that line.", path=str(path)) from None

    @property
    def region(self) -> str:
        """The name of the region pack that the logbook was made with."""
        value = self.settings().get("region")
        if not isinstance(value, str) or not value:
            raise LogbookError(
                f"{self.root / SETTINGS} names no region{self._line('region')}.", 'Add a line such as region = "east_asia".'
            )
        return value

    @property
    def include_unconfirmed(self) -> bool:
        """Whether the logbook takes in what its region pack holds from memory only."""
        value = self.settings().get("include_unconfirmed", False)
        if not isinstance(value, bool):
            where = f"{self.root / SETTINGS}{self._line('include_unconfirmed')}"
            raise LogbookError(f"`include_unconfirmed` in {where} is neither true nor false.", "Correct that line.")
        return value

    def parameters(self) -> dict[str, Any]:
        """The table [parameters] of the settings as `{"visit.max_gap_h": 6}`.

        `"visit.max_gap_h" = 6` and `max_gap_h = 6` under [parameters.visit] say the same.
        Raises `LogbookError` naming the line.
        """
        table = self.settings().get("parameters", {})
        if not isinstance(table, dict):
            raise LogbookError(
                f"`parameters` in {self.root / SETTINGS} is not a table{self._line('parameters')}.", "Write it as [parameters]."
            )
        flat: dict[str, Any] = {}
        for key, value in table.items():
            flat |= {f"{key}.{name}": v for name, v in value.items()} if isinstance(value, dict) else {key: value}
        for key, value in flat.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                name = key.rpartition(".")[2]
                raise LogbookError(
                    f"{key} in {self.root / SETTINGS} takes a number, not {value!r}{self._line(name)}.", "Correct that line."
                )
        return flat

    def _line(self, word: str) -> str:
        """` (at line 3)`: the first line of the settings that sets this word."""
        lines = (self.root / SETTINGS).read_text(encoding="utf-8").splitlines()
        found = [n for n, text in enumerate(lines, 1) if re.match(rf'\s*\[?[\w."]*\b{re.escape(word)}\b', text)]
        return f" (at line {found[0]})" if found else ""

    @property
    def node_id(self) -> str | None:
        """The id under which partners know this logbook; None: it is no node. Raises `LogbookError` where it cannot be read."""
        path = self.root / NODE
        if not path.is_file():
            return None
        try:
            value = tomllib.loads(path.read_text(encoding="utf-8")).get("id")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise LogbookError(f"{path} cannot be read: {error}.", "Correct that line.", path=str(path)) from None
        if not isinstance(value, str) or not value:
            raise LogbookError(f"{path} names no node.", 'It needs a line such as id = "jp".', path=str(path))
        return value

    # -- what lies where

    def position_part(self, part: str, day: date) -> Path:
        """The positions of one part on one UTC day."""
        return self.root / "positions" / day_name(day) / f"{part}.parquet"

    def static_part(self, part: str, day: date) -> Path:
        """The static messages of one part on one UTC day."""
        return self.root / "static" / day_name(day) / f"{part}.parquet"

    def reject_part(self, part: str) -> Path:
        """The rejects of one part."""
        return self.root / "rejects" / f"{part}.parquet"

    @property
    def merged_folder(self) -> Path:
        """The merged days: `day=2026-08-17.parquet`."""
        return self.root / "runs" / "merged"

    @property
    def temporary(self) -> Path:
        """Unfinished files. Whatever lies here when a writing command starts is cleared."""
        return self.root / "tmp"

    def kept_copy(self, sha256: str) -> Path | None:
        """The copy of a file's original bytes, compressed, if there is one."""
        found = sorted((self.root / "kept").glob(f"{sha256}.*"))
        return found[0] if found and sha256 in self.ledger.kept() else None

    # -- writing

    @contextmanager
    def writing(self, act: str, wait_s: float = WAIT_S) -> Iterator[None]:
        """Be the only writer while the block runs; blocks may be nested. Clears first what a killed process left.

        Raises `LogbookError`, naming who holds it, when another process writes for longer than `wait_s` seconds.
        """
        with self._guard:
            if self._depth:
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                return
            with writer_lock(self.root / "writer.lock", act, wait_s):
                self._depth = 1
                try:
                    self.ledger.create()  # tables that an older offing did not make
                    self.clear_leftovers()
                    yield
                finally:
                    self._depth = 0

    def clear_leftovers(self) -> int:
        """Remove temporary files, and parts, copies and event versions that no line of the ledger names; returns how many.

        Parts of files that are held or were retracted are never touched. Only for the holder of the lock.
        """
        parts, kept = self.ledger.known_parts(), self.ledger.kept()
        runs = {run.id for run in self.ledger.runs()}
        gone = [p for kind in ("positions", "static") for p in self.root.glob(f"{kind}/day=*/*.parquet") if p.stem not in parts]
        gone += [p for p in self.root.glob("rejects/*.parquet") if p.stem not in parts]
        gone += [p for p in self.root.glob("kept/*") if p.name.partition(".")[0] not in kept]
        gone += [p for p in self.root.glob("events/method=*/kind=*/month=*/*.parquet") if p.stem not in runs]
        for path in gone:
            path.unlink()
            if path.parent.name.startswith(("day=", "month=")) and not any(path.parent.iterdir()):
                path.parent.rmdir()
        unfinished = list(self.temporary.glob("*"))
        for path in unfinished:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return len(gone) + len(unfinished)

    def scratch(self, name: str) -> Path:
        """A new empty folder for unfinished files."""
        folder = self.temporary / f"{name}-{os.getpid()}-{threading.get_ident()}"
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder


def _settings_text(region: str, parameters: Mapping[str, float], include_unconfirmed: bool) -> str:
    """The first content of `offing.toml`."""
    lines = [
        f'region = "{region}"',
        *(["include_unconfirmed = true"] if include_unconfirmed else []),
        "",
        "# [parameters]: values that differ from the defaults; `offing method` lists all of them.",
        "[parameters]",
    ]
    lines += [f'"{key}" = {value!r}' for key, value in parameters.items()]
    return "\n".join(lines) + "\n"
