"""Where a node keeps what it holds: one SQLite database behind a small protocol, so that a test can kill it at any commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import RLock
from typing import Protocol

from offing.errors import LogbookError
from offing.exchange.schema import prepare


class Disk(Protocol):
    """A database that is prepared (`schema.prepare`)."""

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """One act: all of the block is committed when it ends, or nothing of it where it raises."""

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection on which nothing is changed."""

    def scrub(self) -> None:
        """Let nothing that was deleted stay in the files."""


class ConnectedDisk:
    """A disk over one connection that threads take in turn. The connection has `isolation_level=None`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._lock = RLock()
        prepare(db)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One act, all or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self.commit(self._db)

    def commit(self, db: sqlite3.Connection) -> None:
        """The one write point of an act; a simulation overrides it."""
        db.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The connection, for reading; one instant of the database for the whole block."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN")
            try:
                yield self._db
            finally:
                self._db.execute("COMMIT")

    def scrub(self) -> None:
        """Empty the write-ahead log, in which deleted bodies may still lie."""
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._db.close()


class FileDisk(ConnectedDisk):
    """`exchange.sqlite`: write-ahead log, every commit on the disk before it counts, deleted content overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            super().__init__(db)
            self.scrub()
        except sqlite3.Error as error:
            raise LogbookError(f"{path} cannot be used: {error}.", "Check the folder, the disk and who may write.") from error


class MemoryDisk(ConnectedDisk):
    """A database in memory, for tests."""

    def __init__(self) -> None:
        super().__init__(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
