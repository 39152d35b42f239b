"""The layouts of a city server's database, and the numbered steps between them, one list for both databases.

To add one: append `Step(N, "name", …)` to MIGRATIONS with the next number. The third part is a tuple of SQL
statements in the text that both databases read (`schema`), or a function `(connection, tell)` where data has
to be worked on or the databases differ (`connection.dialect`); `tell(done, total)` reaches whoever waits.
Everything in it is one transaction with the database's number. A migration is never changed once it is on
main, only followed by another.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hsdesk.city.sql.fill_owners import fill_owners
from hsdesk.city.sql.fill_said import fill_said
from hsdesk.city.sql.row_seals import seal_log
from hsdesk.city.sql.schema import FIRST, put_setting, setting
from hsdesk.deskfile import layout
from hsdesk.deskfile.first_forms import FIRST_FORMS
from hsdesk.registers.tables import ROOM

if TYPE_CHECKING:
    from hsdesk.city.sql.database import Connection, Database

_NUMBER = "schema"  # the setting that holds the number of the layout
_ONE_AT_A_TIME = 0x68735F6C61796F75  # the advisory lock of PostgreSQL: several servers start at once
_NEWER = (
    "市级服务器的数据库是更新版本的程序写的（格式 {found}，本程序只认到格式 {known}），没有打开，也没有改动。"
    "请安装新版程序后再启动。"
)


def _first(connection: Connection, _tell: layout.Tell) -> None:
    for statement in FIRST.split(";"):
        if statement.strip():
            connection.run(statement)
    if connection.dialect == "postgresql":
        connection.run(f"ALTER TABLE hs_state SET {ROOM}")


_DEFINITIONS = (
    "ALTER TABLE hs_reference ADD COLUMN word TEXT NOT NULL DEFAULT 'city'",
    """CREATE TABLE hs_unfit (kind TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL,
        reason TEXT NOT NULL, PRIMARY KEY (kind, id))""",
)


def _definitions(connection: Connection, _tell: layout.Tell) -> None:
    """Note whose word each form is: the city's if officials published it, which the audit trail tells."""
    for statement in _DEFINITIONS:
        connection.run(statement)
    for name in FIRST_FORMS:
        connection.run("UPDATE hs_reference SET word = 'program' WHERE kind = 'form' AND id = ?", name)
    for (detail,) in connection.all("SELECT detail FROM hs_audit WHERE action = 'form'"):
        published = json.loads(detail)
        connection.run(
            "UPDATE hs_reference SET word = 'city' WHERE kind = 'form' AND id = ? AND version = ?",
            published["form"],
            published["version"],
        )


def _counted(connection: Connection, _tell: layout.Tell) -> None:
    """Note how many ops there are: from here on the audit trail tells the number with each push."""
    ((counted,),) = connection.all("SELECT COUNT(*) FROM hs_op")
    put_setting(connection, "ops", str(counted))


_ASKED = (
    "CREATE TABLE hs_asked (record TEXT NOT NULL, scope TEXT NOT NULL, form TEXT NOT NULL,"
    " cls TEXT NOT NULL, PRIMARY KEY (record, scope))",
)
Step = layout.Migration["Connection"]
MIGRATIONS: tuple[Step, ...] = (
    Step(1, "first", _first),
    Step(2, "definitions", _definitions),
    Step(3, "said", fill_said),
    Step(4, "counted", _counted),
    Step(5, "released devices", ("ALTER TABLE hs_code ADD COLUMN device TEXT NOT NULL DEFAULT ''",)),
    Step(
        6,
        "writers",
        (
            "CREATE TABLE hs_writer (device TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,"
            " PRIMARY KEY (device, number))",
        ),
    ),
    Step(7, "owners", fill_owners),
    Step(8, "erasures asked for", _ASKED),
    Step(9, "sealed log", seal_log),
)


def layout_of(connection: Connection) -> int:
    """Return the number of a database's layout, 0 for an empty database; reads only."""
    if connection.dialect == "postgresql":
        there = connection.all("SELECT 1 WHERE to_regclass('hs_setting') IS NOT NULL")
    else:
        there = connection.all("SELECT 1 FROM sqlite_master WHERE name = 'hs_setting'")
    return int(setting(connection, _NUMBER) or 0) if there else 0


def check(connection: Connection) -> None:
    """Raise NewerLayout for a database of a newer program; reads only."""
    layout.refuse_newer(layout_of(connection), layout.latest(MIGRATIONS), _NEWER)


def check_file(path: Path) -> None:
    """Raise NewerLayout for a SQLite file of a newer program, without changing a byte of it."""
    from hsdesk.city.sql.sqlite_database import looked_at

    if path.is_file():
        with looked_at(path) as connection:
            check(connection)


def apply(
    database: Database, progress: layout.Progress | None = None, migrations: Sequence[Step] = MIGRATIONS
) -> None:
    """Bring a database up to this version of the program; each step is one transaction, with its number."""
    with database.reading() as connection:
        todo = layout.pending(migrations, layout_of(connection))
    for n, step in enumerate(todo, 1):
        with database.writing() as connection:
            if connection.dialect == "postgresql":
                connection.all(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
            if layout_of(connection) < step.number:  # else another server was faster
                _apply(connection, step, layout.told(progress, n, len(todo)))


def _apply(connection: Connection, step: Step, tell: layout.Tell) -> None:
    tell(0, 0)
    if isinstance(step.change, tuple):
        for statement in step.change:
            connection.run(statement)
    else:
        step.change(connection, tell)
    put_setting(connection, _NUMBER, str(step.number))
