"""Installing a form: its tables are made, or made again from the record parts when the form has changed."""

from __future__ import annotations

import msgspec

from hsdesk.forms.schema import Form
from hsdesk.store.batch import Batch
from hsdesk.store.core import Core, form_digest
from hsdesk.store.register import Register
from hsdesk.store.tables import ROWS_MADE, all_tables, create_sql, drop_sql

_ROWS_AT_ONCE = 1000
_ROWS = "rows"


def install(core: Core, form: Form, source: str) -> bool:
    """Install a form or its new version inside a transaction; return whether its tables were made anew.

    `source` says whose it is: "program", "local" (by hand) or "city"; `definitions` has the rules.

    Register tables hold nothing that the record parts do not: a new version gets new tables, filled from the
    parts. Answers it no longer knows lie in `_more` (旧栏目). Raises `FormError` for an impossible name.
    """
    body = msgspec.json.encode(form)
    mark = form_digest(body)
    row = core.one("SELECT digest FROM hs_form WHERE form_id = ?", (form.form_id,))
    if row and row[0] == mark:
        core.run("UPDATE hs_form SET source = ? WHERE form_id = ?", (source, form.form_id))
        return False
    old = core.find_register(form.form_id)
    register = Register(core.form_number(form.form_id), form)
    core.run(
        "UPDATE hs_form SET version = ?, digest = ?, body = ?, source = ? WHERE number = ?",
        (form.version, mark, body, source, register.number),
    )
    core.forget_forms()
    _remake_tables(core, old, register)
    fill(core, register)
    return True


def _remake_tables(core: Core, old: Register | None, new: Register) -> None:
    for table in all_tables(old.tables) if old else ():
        core.run(drop_sql(table))
    for table in all_tables(new.tables):
        for statement in create_sql(table, "sqlite"):
            core.run(statement)


def refresh(core: Core) -> None:
    """Make rows again when another version of the program made them by other rules."""
    if core.meta(_ROWS) == ROWS_MADE:
        return
    with core.transaction():
        rebuild(core)


def rebuild(core: Core) -> None:
    """Make every register row and search entry again from the record parts, inside a transaction."""
    core.run("INSERT INTO hs_search (hs_search) VALUES ('delete-all')")
    core.run("DELETE FROM hs_same")
    core.run("UPDATE hs_record SET found = 0")
    for form in everything(core):
        register = core.register(form.form_id)
        _remake_tables(core, register, register)
        fill(core, register)
    core.set_meta(_ROWS, ROWS_MADE)


def fill(core: Core, register: Register) -> None:
    """Make the rows of a register from its record parts."""
    keys = core.all(
        "SELECT scope, record FROM hs_record WHERE n BETWEEN ? AND ? ORDER BY n",
        (register.first, register.last),
    )
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        batch = Batch(core)
        some = keys[start : start + _ROWS_AT_ONCE]
        batch.take(some)
        batch.remake(some)


def everything(core: Core) -> tuple[Form, ...]:
    """Return every installed form, by form id."""
    rows = core.all("SELECT form_id FROM hs_form WHERE body IS NOT NULL ORDER BY form_id")
    return tuple(core.register(form_id).form for (form_id,) in rows)
