"""Installing a form: its tables are made, or made again from the record parts when the form has changed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hsdesk.deskfile import layout
from hsdesk.deskfile.batch import Batch
from hsdesk.deskfile.connection import DeskConnection, form_digest
from hsdesk.forms.gc_pause import gc_paused
from hsdesk.forms.naming import table_names
from hsdesk.forms.schema import Form
from hsdesk.registers.register import NUMBER_BITS, Register
from hsdesk.registers.search_words import ENTRIES_MADE
from hsdesk.registers.tables import ROWS_MADE, all_tables, create_sql, drop_sql

_ROWS_AT_ONCE = 1000
_ROWS = "rows"
_ROWS_MADE = f"{ROWS_MADE}/{ENTRIES_MADE}"


def install(connection: DeskConnection, form: Form, source: str) -> bool:
    """Install a form or its new version inside a transaction; return whether its tables were made anew.

    `source` says whose it is: "program", "local" (by hand) or "city"; `definitions` has the rules.

    Register tables hold nothing that the record parts do not: a new version gets new tables, filled from the
    parts. Answers it no longer knows lie in `_more` (旧栏目). Raises `FormError` for an impossible name.
    """
    body = msgspec.json.encode(form)
    mark = form_digest(body)
    row = connection.one("SELECT digest FROM hs_form WHERE form_id = ?", (form.form_id,))
    if row and row[0] == mark:
        connection.run("UPDATE hs_form SET source = ? WHERE form_id = ?", (source, form.form_id))
        return False
    old = connection.find_register(form.form_id)
    register = Register(connection.form_number(form.form_id), form)
    connection.run(
        "UPDATE hs_form SET version = ?, digest = ?, body = ?, source = ? WHERE number = ?",
        (form.version, mark, body, source, register.number),
    )
    connection.forget_form(register)
    _remake_tables(connection, old, register)
    fill(connection, register)
    return True


def _remake_tables(connection: DeskConnection, old: Register | None, new: Register) -> None:
    for table in all_tables(old.tables) if old else ():
        connection.run(drop_sql(table))
    for table in all_tables(new.tables):
        for statement in create_sql(table, "sqlite"):
            connection.run(statement)


def refresh(connection: DeskConnection, tell: layout.Tell) -> None:
    """Make rows again when another version of the program made them by other rules."""
    if connection.meta(_ROWS) == _ROWS_MADE:
        return
    with connection.transaction():
        rebuild(connection, tell)


def rebuild(connection: DeskConnection, tell: layout.Tell = layout.silent) -> None:
    """Make every register row and search entry again from the record parts, inside a transaction."""
    (total,), done = connection.one("SELECT count(*) FROM hs_record"), 0
    connection.run("INSERT INTO hs_search (hs_search) VALUES ('delete-all')")
    connection.run("DELETE FROM hs_same")
    connection.run("UPDATE hs_record SET found = 0")
    for form in everything(connection):
        register = connection.register(form.form_id)
        _remake_tables(connection, register, register)
        for made in _filled(connection, register):
            done += made
            tell(done, total)
    connection.set_meta(_ROWS, _ROWS_MADE)


def fill(connection: DeskConnection, register: Register) -> None:
    """Make the rows of a register from its record parts."""
    for _ in _filled(connection, register):
        pass


def _filled(connection: DeskConnection, register: Register) -> Iterator[int]:
    """Make the rows of a register, and yield how many after each batch."""
    keys = connection.all(
        "SELECT scope, record FROM hs_record WHERE n BETWEEN ? AND ? ORDER BY n",
        (register.first, register.last),
    )
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        batch = Batch(connection)
        some = keys[start : start + _ROWS_AT_ONCE]
        with gc_paused():
            batch.take(some)
            batch.remake(some)
        yield len(some)


def has_tables_of(connection: DeskConnection, form: Form) -> bool:
    """Tell whether a table that a form would make is there: of an earlier version, or of another form."""
    own = {name for name, _path in table_names(form)}
    rows = connection.all("SELECT name FROM sqlite_master WHERE type = 'table'")
    return any(name.casefold() in own for (name,) in rows)


def only_records(connection: DeskConnection) -> tuple[str, ...]:
    """Return the ids of forms that are not installed and of which records are held."""
    rows = connection.all("SELECT number, form_id FROM hs_form WHERE body IS NULL ORDER BY form_id")
    return tuple(form_id for number, form_id in rows if _has_records(connection, number))


def remove(connection: DeskConnection, form_id: str) -> bool:
    """Remove a form of which nothing was ever typed, inside a transaction; return whether it is gone."""
    register = connection.find_register(form_id)
    if register is None:
        return True
    draft = connection.one("SELECT 1 FROM hs_draft WHERE form = ? LIMIT 1", (form_id,))
    if draft or _has_records(connection, register.number):
        return False
    for table in all_tables(register.tables):
        connection.run(drop_sql(table))
    gone = "UPDATE hs_form SET version = '', digest = '', body = NULL, source = 'program' WHERE number = ?"
    connection.run(gone, (register.number,))
    connection.forget_form(register)
    return True


def _has_records(connection: DeskConnection, number: int) -> bool:
    span = (number << NUMBER_BITS, ((number + 1) << NUMBER_BITS) - 1)
    return connection.one("SELECT 1 FROM hs_record WHERE n BETWEEN ? AND ? LIMIT 1", span) is not None


def everything(connection: DeskConnection) -> tuple[Form, ...]:
    """Return every installed form, by form id."""
    rows = connection.all("SELECT form_id FROM hs_form WHERE body IS NOT NULL ORDER BY form_id")
    return tuple(connection.register(form_id).form for (form_id,) in rows)
