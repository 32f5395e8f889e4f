"""Connections to the ledger's SQLite file. One lives for one act: threads may share the object, forks may follow."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from offing.errors import LogbookError


class Database:
    """One SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection that changes nothing; where the folder cannot be written it needs no write-ahead log."""
        return self._open(write=False)

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection that may change things, each statement by itself."""
        return self._open(write=True)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of the block, or nothing of it."""
        with self._open(write=True) as db, _transaction(db):
            yield db

    @contextmanager
    def _open(self, write: bool) -> Iterator[sqlite3.Connection]:
        folder = self.path.parent
        if write:
            address = f"{self.path.absolute().as_uri()}?mode=rwc"
        elif os.access(folder, os.W_OK):
            address = f"{self.path.absolute().as_uri()}?mode=rw"
        else:
            wal = self.path.with_name(self.path.name + "-wal")
            address = f"{self.path.absolute().as_uri()}?mode=ro" + ("" if wal.exists() else "&immutable=1")
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)) as db:
                if write:
                    db.execute("PRAGMA journal_mode = WAL")
                    db.execute("PRAGMA synchronous = FULL")
                    db.execute("PRAGMA foreign_keys = ON")
                else:
                    db.execute("PRAGMA query_only = ON")
                yield db
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.IntegrityError):
                raise
            raise LogbookError(
                f"The ledger {self.path} cannot be used: {error}.", "Check the folder, the disk and who may write."
            ) from error


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
