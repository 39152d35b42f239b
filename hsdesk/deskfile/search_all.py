"""The one search box over all registers of a desk file."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hsdesk.deskfile.connection import DeskConnection
from hsdesk.registers import search_words
from hsdesk.registers.tables import quoted


class Found(msgspec.Struct, frozen=True):
    """A record found by the one search box over all registers."""

    form: str
    scope: str
    record: str
    title: str


def search_all(
    connection: DeskConnection, typed: str, scopes: Sequence[str] = (), limit: int = 50
) -> tuple[Found, ...]:
    """Return records of any register found by what was typed, at most `limit`."""
    expression = search_words.match(typed)
    if not expression:
        return ()
    numbers = connection.all(
        "SELECT rowid FROM hs_search WHERE hs_search MATCH ? LIMIT ?",
        (expression, limit if not scopes else -1),
    )
    found: list[Found] = []
    for (n,) in numbers:
        register = connection.register_of(n)
        if register is None:
            continue
        row = connection.one(
            f"SELECT _scope, _id, _title FROM {quoted(register.tables.table.name)}"
            " WHERE _n = ? AND _deleted IS NULL AND _merged_into IS NULL",
            (n,),
        )
        if row and (not scopes or row[0] in scopes):
            found.append(Found(register.form.form_id, row[0], row[1], row[2] or ""))
        if len(found) == limit:
            break
    return tuple(found)
