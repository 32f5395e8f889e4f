"""Where a node keeps what it holds: one SQLite database behind a small protocol, so that a test can kill it at any commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import RLock
from typing import Protocol

from offing.errors import LogbookError
from offing.exchange import streams
from offing.exchange.schema import prepare

REWRITE_BYTES = 32 << 20
"""A database up to this size is written anew whenever something was deleted from it."""

_SCRUBBED = "scrubbed"  # the counter of deletions when the files were last clean


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
        """Let nothing that was deleted stay in the files.

        SQLite overwrites what is deleted, but not the copies that stay in the free parts of its pages when rows move between
        them: so the database is written anew, unless it is large. Then the write-ahead log is emptied.
        """
        with self._lock:
            (pages_n,), (page_bytes,) = (self._db.execute(f"PRAGMA {x}").fetchone() for x in ("page_count", "page_size"))
            if pages_n * page_bytes <= REWRITE_BYTES:
                self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            deleted = streams.counter(self._db, streams.DELETED)
            self._db.execute(f"INSERT OR REPLACE INTO meta VALUES ('{_SCRUBBED}', ?)", (str(deleted),))

    def is_clean(self) -> bool:
        """Whether `scrub` ended since anything was deleted."""
        with self.read() as db:
            return streams.counter(db, streams.DELETED) == streams.counter(db, _SCRUBBED)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._db.close()


class FileDisk(ConnectedDisk):
    """`exchange.sqlite`: write-ahead log, every commit on the disk before it counts, deleted content overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.touch(mode=0o600)  # it holds what was sealed for this node
            db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            super().__init__(db)
            if not self.is_clean():  # it was killed in between
                self.scrub()
        except sqlite3.Error as error:
            raise LogbookError(f"{path} cannot be used: {error}.", "Check the folder, the disk and who may write.") from error


class MemoryDisk(ConnectedDisk):
    """A database in memory, for tests."""

    def __init__(self) -> None:
        super().__init__(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
