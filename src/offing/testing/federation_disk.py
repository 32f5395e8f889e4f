"""Disks of simulated nodes: a database in memory that survives its node, and may end it at any write."""

from __future__ import annotations

import sqlite3
from functools import cache

from offing.exchange.disk import ConnectedDisk
from offing.exchange.schema import prepare


class Killed(BaseException):
    """The process of a node ends here. No handler of errors may catch it."""

    def __init__(self, node: str) -> None:
        super().__init__(node)
        self.node = node


class SimDisk(ConnectedDisk):
    """One node's database. `kill_at(n, after)` ends the node at its n-th commit from now, before or after it holds.

    A transaction that changed nothing writes nothing and does not count.
    """

    def __init__(self, node: str) -> None:
        self.node = node
        self.commits_n = 0
        self._left: int | None = None
        self._after = False
        self._due = False  # to be scrubbed
        self._changes_n = 0  # up to the last commit
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.deserialize(_empty())
        super().__init__(self._connection)

    def kill_at(self, n: int | None, after: bool = False) -> None:
        """Arm: 1 is the next commit; None disarms."""
        self._left, self._after = n, after

    def recover(self) -> None:
        """What the next process finds: all that was committed, nothing of what was not."""
        self._left = None
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def commit(self, db: sqlite3.Connection) -> None:
        """Commit, unless the node is to be killed before; it may be killed right after."""
        if db.total_changes == self._changes_n:
            db.execute("COMMIT")
            return
        self._changes_n = db.total_changes
        dying = self._left == 1
        if self._left is not None:
            self._left -= 1
        if dying and not self._after:
            db.execute("ROLLBACK")
            raise Killed(self.node)
        db.execute("COMMIT")
        self.commits_n += 1
        if dying:
            raise Killed(self.node)

    def scrub(self) -> None:
        """As on a real disk, but only when somebody looks: to rewrite it at each deletion takes longer than all else."""
        self._due = True

    def image(self) -> bytes:
        """All that lies on it, free pages too."""
        if self._due:
            super().scrub()
            self._due = False
        return self._connection.serialize()


@cache
def _empty() -> bytes:
    """A prepared database; making the tables takes longer than most seeds."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    prepare(db)
    image = db.serialize()
    db.close()
    return image
