"""The system tables of a desk file, made and changed by numbered migrations.

To add one: append `Step(N, "name", …)` to MIGRATIONS with the next number. The third part is a tuple of SQL
statements, or a function `(db, tell)` where data has to be worked on (`layout.Migration` says what it may do,
`tell(done, total)` reaches the person who waits). Everything in it is one transaction with the file's number.
A migration is never changed once it is on main, only followed by another. Before the first one touches an
existing file, `desk.opening` keeps a backup that the program before can open.

hs_meta       small settings
hs_form       forms, each with a number that is the high part of its records' numbers, and whose it is
hs_record     every record: its place and UUID, and its number
hs_part       record parts as the city confirmed them, and in which of the server epochs of this file
hs_op         the op log of this device, append-only; the number is origin << 40 | seq
hs_origin     the (device, epoch) pairs whose ops lie here, how far receipts cover them, and the chain there
hs_aside      ops that the server did not take 暂存待改
hs_heard      what words of the city changed in records held before
hs_stream     how far each (scope, class) has been read, its digest, and the highest revision told of it
hs_conflict   两边改得不一样
hs_reference  what the city server handed down last: forms, code lists, places, settings, rounds
hs_unfit      definitions that cannot be used here, each with the reason
hs_draft      cells being typed
hs_search     the full-text index
hs_blob       attachments by digest: parts held, whether the city server has it, why it waits and until when
hs_blob_part  their contents
hs_blob_ref   which record parts name them; `n` is the own op that does, 0 when it came with a page
hs_same       hashes of the keys by which records that are alike find each other
hs_merged     records that another one took the place of 合并
hs_apart      records that a person said are not the same, on this computer
hs_audit      who saw personal data in full, and why; nothing in it can be changed
hs_departure  record parts that moved to another place (转移), when and where
hs_arrival    record parts that came from another place, and when
hs_lost       answers that the city had and no longer has since it was restored
hs_act        the journal of undo 撤销: what a person did, and which own ops that wrote
hs_act_place  at which places
hs_writer     who types here 填报人: number, name, and whether the city has heard of him
hs_order      the records of long registers in order by name, as they were when it was made
hs_order_changed  the records among them that were written or removed since
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hsdesk.deskfile import layout
from hsdesk.deskfile.first_forms import FIRST_FORMS
from hsdesk.deskfile.first_writers import from_names
from hsdesk.deskfile.to_layers import to_layers

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

_JOURNAL = (
    "ALTER TABLE hs_op ADD COLUMN makes INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE hs_act (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, person TEXT NOT NULL,
        kind TEXT NOT NULL, form TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        made INTEGER NOT NULL, changed INTEGER NOT NULL, batch TEXT NOT NULL, file TEXT NOT NULL,
        undoes INTEGER NOT NULL, undone_by INTEGER NOT NULL)""",
    """CREATE TABLE hs_act_place (scope TEXT NOT NULL, act INTEGER NOT NULL,
        PRIMARY KEY (scope, act)) WITHOUT ROWID""",
)

_AUDIT = (
    """CREATE TABLE hs_audit (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,
        person TEXT NOT NULL, name TEXT NOT NULL, place TEXT NOT NULL, record TEXT NOT NULL,
        path TEXT NOT NULL, records INTEGER NOT NULL, reason TEXT NOT NULL)""",
    "CREATE INDEX hs_audit_at ON hs_audit (at)",
    """CREATE TRIGGER hs_audit_kept BEFORE DELETE ON hs_audit
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    """CREATE TRIGGER hs_audit_unchanged BEFORE UPDATE ON hs_audit
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
)

_CITY_AUDIT = (
    """CREATE TABLE hs_city_head (server_epoch TEXT NOT NULL, n INTEGER NOT NULL, hash TEXT NOT NULL,
        ops INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (server_epoch, n))""",
    """CREATE TABLE hs_city_alarm (kind TEXT NOT NULL, n INTEGER NOT NULL, kept TEXT NOT NULL,
        told TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (kind, n, kept, told))""",
)

_ORDERS = (
    """CREATE TABLE hs_order (register INTEGER PRIMARY KEY, rules TEXT NOT NULL, named TEXT NOT NULL,
        filled INTEGER NOT NULL, body BLOB NOT NULL)""",
    "CREATE TABLE hs_order_changed (n INTEGER PRIMARY KEY)",
)

_DEFINITIONS = (
    "ALTER TABLE hs_form ADD COLUMN source TEXT NOT NULL DEFAULT 'program'",
    "ALTER TABLE hs_reference ADD COLUMN word TEXT NOT NULL DEFAULT 'city'",
    """CREATE TABLE hs_unfit (kind TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL,
        source TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID""",
)


def _definitions(db: sqlite_utils.Database, _tell: layout.Tell) -> None:
    """Note where each form came from: an enrolled desk has what no program brought from its city server."""
    for statement in _DEFINITIONS:
        db.execute(statement)
    enrolled = db.execute("SELECT 1 FROM hs_meta WHERE key = 'enrolment'").fetchone() is not None
    source = "city" if enrolled else "local"
    held = db.execute("SELECT form_id, digest FROM hs_form WHERE body IS NOT NULL").fetchall()
    for form_id, digest in held:
        if FIRST_FORMS.get(form_id) != digest:
            db.execute("UPDATE hs_form SET source = ? WHERE form_id = ?", (source, form_id))
    db.execute(
        "INSERT OR IGNORE INTO hs_reference (kind, id, version, digest, body)"
        " SELECT 'form', form_id, version, digest, body FROM hs_form WHERE source = 'city'"
    )


Step = layout.Migration["sqlite_utils.Database"]

MIGRATIONS: tuple[Step, ...] = (
    Step(1, "first", _FIRST),
    Step(2, "attachments", _ATTACHMENTS),
    Step(3, "same", _SAME),
    Step(4, "departures", _DEPARTURES),
    Step(5, "merged", _MERGED),
    Step(6, "definitions", _definitions),
    Step(7, "two layers", to_layers),
    Step(8, "journal", _JOURNAL),
    Step(9, "audit", _AUDIT),
    Step(10, "city audit", _CITY_AUDIT),
    Step(11, "writers", from_names),
    Step(12, "orders", _ORDERS),
)
_SET = "desk.db"  # under which applied migrations are noted
_UNNUMBERED = "desk"  # under which programs noted them that knew no numbers
_NUMBER_OF_OLD = {step.name: step.number for step in MIGRATIONS[:5]}
_NEWER = (
    "这份台账是更新版本的程序写的（格式 {found}，本程序只认到格式 {known}），没有打开，也没有改动，资料都在。"
    "请安装新版程序后再打开。"
)


def layout_of(connection: sqlite3.Connection) -> int:
    """Return the number of a file's layout, 0 for a new file; reads only.

    A file without a number was written by a program that knew none: its last known step says it.
    """
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number) or max((_NUMBER_OF_OLD[name] for name in _unnumbered(connection)), default=0)


def _unnumbered(connection: sqlite3.Connection) -> list[str]:
    """Return the names of migrations that a program without numbers noted."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone()
    if found is None:
        return []
    rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (_UNNUMBERED,))
    return [name for (name,) in rows if name in _NUMBER_OF_OLD]


def waiting(connection: sqlite3.Connection) -> tuple[Step, ...]:
    """Return the steps that a file is to go through; reads only."""
    return layout.pending(MIGRATIONS, layout_of(connection))


def must_migrate(connection: sqlite3.Connection, migrations: Sequence[Step] = MIGRATIONS) -> bool:
    """Return whether an existing file has to be migrated; reads only.

    Raises `NewerLayout` for a file of a newer program.
    """
    number = layout_of(connection)
    layout.refuse_newer(number, layout.latest(migrations), _NEWER)
    return number > 0 and (number < layout.latest(migrations) or bool(_unnumbered(connection)))


def apply(
    db: sqlite_utils.Database,
    progress: layout.Progress | None = None,
    migrations: Sequence[Step] = MIGRATIONS,
) -> None:
    """Bring a file up to this version of the program; each step is one transaction, with its number.

    `progress` hears of one step more than there are: whoever opens the file makes its rows by today's rules.
    """
    from sqlite_utils import Migrations

    todo = layout.pending(migrations, layout_of(db.conn))
    if _unnumbered(db.conn):
        _number(db)
    steps = Migrations(_SET)
    for step in migrations:
        n = todo.index(step) + 1 if step in todo else 0
        steps(name=step.name)(_applied(step, layout.told(progress, n, len(todo) + 1)))
    steps.apply(db)


def _number(db: sqlite_utils.Database) -> None:
    """Give a file of a program without numbers its number.

    That program looks for its own notes; without them it begins with its first step, finds the tables there
    and stops without having changed anything, instead of writing into a layout that it does not know.
    """
    with db.atomic():
        number = layout_of(db.conn)
        db.execute(
            "UPDATE _sqlite_migrations SET migration_set = ? WHERE migration_set = ?", (_SET, _UNNUMBERED)
        )
        db.execute(f"PRAGMA user_version = {number:d}")


def _applied(step: Step, tell: layout.Tell) -> Callable[[sqlite_utils.Database], None]:
    def apply_step(db: sqlite_utils.Database) -> None:
        tell(0, 0)
        if isinstance(step.change, tuple):
            for statement in step.change:
                db.execute(statement)
        else:
            step.change(db, tell)
        db.execute(f"PRAGMA user_version = {step.number:d}")

    return apply_step
