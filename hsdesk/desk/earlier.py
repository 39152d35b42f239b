"""The figures of other periods of the same register, to set those of an open record beside (带出上期数)."""

from __future__ import annotations

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.plausible import Earlier, carried
from hsdesk.forms.schema import Form
from hsdesk.registers.query import Query


def earlier(file: DeskFile, form: Form, scope: str, record: str) -> tuple[Earlier, ...]:
    """Return the figures of the other records of a place; () for a register whose figures are not carried."""
    asked = tuple(one.key for one in carried(form))
    if not asked:
        return ()
    rows = (row for row in file.query(form.form_id, Query(scopes=(scope,))) if row.record != record)
    return tuple(
        Earlier(str(row.values[form.event]), {key: row.values[key] for key in asked if key in row.values})
        for row in rows
        if form.event in row.values
    )
