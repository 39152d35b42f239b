"""The system tables of a desk file. A migration is never changed, only followed by another.

hs_meta       small settings
hs_form       forms, each with a number that is the high part of its records' numbers
hs_record     every record: its place and UUID, and its number
hs_part       record parts: the truth that register tables are made from
hs_op         the op log of this device, append-only; the number is origin << 40 | seq
hs_origin     the (device, epoch) pairs whose ops lie here, and how far receipts cover them
hs_aside      ops that the server did not take 暂存待改
hs_heard      what pages changed in records held before
hs_stream     how far each (scope, class) has been read, and its digest
hs_conflict   两边改得不一样
hs_reference  code lists, places, settings, rounds from the city server
hs_draft      cells being typed
hs_search     the full-text index
hs_blob       attachments by digest: parts held, whether the city server has it, why it waits and until when
hs_blob_part  their contents
hs_blob_ref   which record parts name them; `n` is the own op that does, 0 when it came with a page
hs_same       hashes of the keys by which records that are alike find each other
hs_merged     records that another one took the place of 合并
hs_apart      records that a person said are not the same, on this computer
hs_departure  records that moved to another place (转移), and where
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils

_FIRST = (
    "CREATE TABLE hs_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE hs_form (number INTEGER PRIMARY KEY, form_id TEXT NOT NULL UNIQUE, version TEXT NOT NULL,
        digest TEXT NOT NULL, body BLOB)""",
    """CREATE TABLE hs_record (scope TEXT NOT NULL, record TEXT NOT NULL, n INTEGER NOT NULL,
        found INTEGER NOT NULL, PRIMARY KEY (record, scope)) WITHOUT ROWID""",
    """CREATE TABLE hs_part (n INTEGER PRIMARY KEY, rev INTEGER NOT NULL, digest INTEGER NOT NULL,
        body BLOB NOT NULL)""",
    """CREATE TABLE hs_op (n INTEGER PRIMARY KEY, record TEXT NOT NULL, hlc INTEGER NOT NULL,
        reason TEXT NOT NULL, before BLOB NOT NULL, body BLOB NOT NULL)""",
    "CREATE INDEX hs_op_record ON hs_op (record)",
    """CREATE TABLE hs_origin (number INTEGER PRIMARY KEY, device TEXT NOT NULL, epoch INTEGER NOT NULL,
        acked INTEGER NOT NULL, UNIQUE (device, epoch))""",
    """CREATE TABLE hs_aside (n INTEGER PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL,
        open INTEGER NOT NULL)""",
    """CREATE TABLE hs_heard (id INTEGER PRIMARY KEY, after_n INTEGER NOT NULL, scope TEXT NOT NULL,
        cls TEXT NOT NULL, record TEXT NOT NULL, stamp BLOB NOT NULL, before BLOB NOT NULL,
        answers BLOB NOT NULL)""",
    "CREATE INDEX hs_heard_record ON hs_heard (record)",
    """CREATE TABLE hs_stream (scope TEXT NOT NULL, cls TEXT NOT NULL, since INTEGER NOT NULL DEFAULT 0,
        after INTEGER NOT NULL DEFAULT 0, writable INTEGER NOT NULL DEFAULT 1,
        granted INTEGER NOT NULL DEFAULT 0, whole INTEGER NOT NULL DEFAULT 0,
        digest INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (scope, cls)) WITHOUT ROWID""",
    """CREATE TABLE hs_conflict (id TEXT PRIMARY KEY, scope TEXT NOT NULL, cls TEXT NOT NULL,
        record TEXT NOT NULL, open INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX hs_conflict_record ON hs_conflict (record)",
    """CREATE TABLE hs_reference (kind TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL,
        digest TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID""",
    """CREATE TABLE hs_draft (scope TEXT NOT NULL, record TEXT NOT NULL, path TEXT NOT NULL,
        form TEXT NOT NULL, text TEXT NOT NULL, caret INTEGER NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (scope, record, path)) WITHOUT ROWID""",
    """CREATE VIRTUAL TABLE hs_search USING fts5 (words, sounds, initials, content='', contentless_delete=1,
        tokenize='ascii', prefix='1 2')""",
    "INSERT INTO hs_search (hs_search, rank) VALUES ('pgsz', 8000)",
)

_ATTACHMENTS = (
    """CREATE TABLE hs_blob (digest TEXT PRIMARY KEY, size INTEGER NOT NULL, parts INTEGER NOT NULL,
        sent INTEGER NOT NULL, reason TEXT NOT NULL, again INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE hs_blob_part (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, at INTEGER NOT NULL,
        body BLOB NOT NULL, UNIQUE (digest, at))""",
    """CREATE TABLE hs_blob_ref (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL,
        scope TEXT NOT NULL, cls TEXT NOT NULL, record TEXT NOT NULL, n INTEGER NOT NULL,
        UNIQUE (digest, scope, cls, record, n))""",
)

_SAME = (
    "CREATE TABLE hs_same (key INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (key, n)) WITHOUT ROWID",
    "CREATE INDEX hs_same_n ON hs_same (n)",
    """CREATE TABLE hs_apart (record TEXT NOT NULL, other TEXT NOT NULL,
        PRIMARY KEY (record, other)) WITHOUT ROWID""",
)

_DEPARTURES = (
    """CREATE TABLE hs_departure (scope TEXT NOT NULL, record TEXT NOT NULL, into_scope TEXT NOT NULL,
        PRIMARY KEY (scope, record)) WITHOUT ROWID""",
)

_MERGED = (
    """CREATE TABLE hs_merged (record TEXT NOT NULL, scope TEXT NOT NULL, target TEXT NOT NULL,
        PRIMARY KEY (record, scope)) WITHOUT ROWID""",
)

_STEPS = (
    ("first", _FIRST), ("attachments", _ATTACHMENTS), ("same", _SAME), ("departures", _DEPARTURES),
    ("merged", _MERGED),
)  # fmt: skip


def apply(db: sqlite_utils.Database) -> None:
    """Bring the system tables up to this version of the program; each step is one transaction."""
    from sqlite_utils import Migrations

    migrations = Migrations("desk")
    for name, statements in _STEPS:
        migrations(name=name)(_step(statements))
    migrations.apply(db)


def _step(statements: tuple[str, ...]) -> Callable[[sqlite_utils.Database], None]:
    def step(db: sqlite_utils.Database) -> None:
        for statement in statements:
            db.execute(statement)

    return step
