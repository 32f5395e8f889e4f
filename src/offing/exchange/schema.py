"""The tables of `exchange.sqlite`. A place numbers an entry over all streams: stream, batch and index in one integer."""

from __future__ import annotations

import sqlite3

from offing.errors import LogbookError

_INDEX_BITS = 14
_SEQ_BITS = 32

_SCHEMA_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE cards (                  -- pinned keys of other nodes
    id TEXT PRIMARY KEY, envelope BLOB NOT NULL, vouched_by TEXT, added_ms INTEGER NOT NULL, last_seen_ms INTEGER
) STRICT;
CREATE TABLE agreements (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, added_ms INTEGER NOT NULL,
    last_day TEXT                     -- earlier than the text says where this node ended it
) STRICT;
CREATE TABLE papers (                 -- signed statements of others and of this node, the latest of each (kind, about, by)
    kind TEXT NOT NULL, about TEXT NOT NULL, by TEXT NOT NULL, envelope BLOB NOT NULL, t_ms INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    PRIMARY KEY (kind, about, by)
) STRICT;
CREATE TABLE revoked (node TEXT NOT NULL, key_id TEXT NOT NULL, envelope BLOB NOT NULL, PRIMARY KEY (node, key_id)) STRICT;
CREATE TABLE labels (n INTEGER PRIMARY KEY, wire TEXT NOT NULL UNIQUE, expires_ms INTEGER) STRICT;
CREATE TABLE streams (
    n INTEGER PRIMARY KEY, originator TEXT NOT NULL, recipient TEXT NOT NULL,
    head_seq INTEGER NOT NULL, head_id TEXT NOT NULL,
    key TEXT NOT NULL,                -- hex of the key that must sign the next batch
    UNIQUE (originator, recipient)
) STRICT;
CREATE TABLE batches (
    stream INTEGER NOT NULL REFERENCES streams (n), seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    envelope BLOB NOT NULL,           -- line 0 as it was signed
    sealed INTEGER NOT NULL,          -- 1: its puts are ciphertext
    bytes INTEGER NOT NULL, from_whom TEXT NOT NULL, taken_ms INTEGER NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
    place INTEGER PRIMARY KEY,        -- see place()
    mark TEXT NOT NULL,               -- '+' put, '-' withdrawal, 'x' put whose body is deleted
    label INTEGER NOT NULL REFERENCES labels (n),
    salt BLOB,                        -- of '+' and '-'
    body BLOB NOT NULL                -- as hashed, or opened where it was sealed to this node; of 'x': the inner hash
) STRICT;
CREATE TABLE live (                   -- how many '+' a stream holds by label
    stream INTEGER NOT NULL, label INTEGER NOT NULL, sealed INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (stream, label, sealed)
) STRICT, WITHOUT ROWID;
CREATE TABLE said (                   -- own streams: the last version of each record
    stream INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    digest BLOB NOT NULL,             -- of label, columns, values and whether it is sealed
    place INTEGER NOT NULL,           -- of that version, whether it stands or not
    PRIMARY KEY (stream, kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE notes (                  -- what was not taken in, the latest of each stream and neighbour
    originator TEXT NOT NULL, recipient TEXT NOT NULL, from_whom TEXT NOT NULL, seq INTEGER NOT NULL,
    state TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, t_ms INTEGER NOT NULL,
    PRIMARY KEY (originator, recipient, from_whom)
) STRICT;
CREATE TABLE usage (                  -- what each partner handed over
    partner TEXT PRIMARY KEY, bytes INTEGER NOT NULL, batches INTEGER NOT NULL, duplicates INTEGER NOT NULL
) STRICT;
CREATE TABLE alarms (
    n INTEGER PRIMARY KEY, originator TEXT NOT NULL, recipient TEXT NOT NULL, code TEXT NOT NULL, sentence TEXT NOT NULL,
    evidence TEXT NOT NULL,           -- JSON list of hex: signed statements
    t_ms INTEGER NOT NULL, cleared_ms INTEGER
) STRICT;
"""

_SCHEMA_2 = """
CREATE TABLE given (                  -- who was handed a stream in a folder, from which no receipt need ever come back
    stream INTEGER NOT NULL REFERENCES streams (n), partner TEXT NOT NULL,
    PRIMARY KEY (stream, partner)
) STRICT, WITHOUT ROWID;
"""

_SCHEMAS = (_SCHEMA_1, _SCHEMA_2)
SCHEMA_VERSION = len(_SCHEMAS)


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables, or those that an older offing did not have; deleted content is overwritten from now on.

    Raises:
        LogbookError: a newer offing wrote it.
    """
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA foreign_keys = ON")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise LogbookError(
            f"What is exchanged was written by a newer offing (schema {version}; this one knows {SCHEMA_VERSION}).",
            "Use that version, or a later one.",
            schema=version,
        )
    if missing := "".join(_SCHEMAS[version:]):
        try:
            db.executescript(f"BEGIN IMMEDIATE; {missing} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        except sqlite3.OperationalError:
            if db.in_transaction:
                db.execute("ROLLBACK")
            if db.execute("PRAGMA user_version").fetchone() != (SCHEMA_VERSION,):  # else another process was quicker
                raise


def place(stream: int, seq: int, index: int) -> int:
    """The number of an entry; entries of a stream lie together, in order."""
    return ((stream << _SEQ_BITS | seq) << _INDEX_BITS) | index


def seq_and_index(number: int) -> tuple[int, int]:
    """The batch and index of a place."""
    return number >> _INDEX_BITS & (1 << _SEQ_BITS) - 1, number & (1 << _INDEX_BITS) - 1


MAX_INDEX = (1 << _INDEX_BITS) - 1
MAX_SEQ = (1 << _SEQ_BITS) - 1
