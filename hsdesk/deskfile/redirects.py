"""Records that another one took the place of (`_merged_into`), as this file knows them (`hs_merged`).

When a merge comes, is taken back, arrives with a page or leaves with its record, the rows that refer to it
are made again.
"""

from __future__ import annotations

from collections.abc import Iterable

from hsdesk.deskfile.connection import DeskConnection
from hsdesk.registers.redirects import chain, finding


def note(connection: DeskConnection, scope: str, record: str, into: str) -> frozenset[str]:
    """Remember into which record one was merged, "" for none.

    Returns the records to one of which led what now leads elsewhere.
    """
    known = connection.merged()
    if not into and record not in known:
        return frozenset()
    before, led = known.get(record), chain(known, record)
    connection.run("DELETE FROM hs_merged WHERE record = ? AND scope = ?", (record, scope))
    if into:
        connection.run(
            "INSERT INTO hs_merged (record, scope, target) VALUES (?, ?, ?)", (record, scope, into)
        )
    connection.recall_merged(record)
    return frozenset(led) if known.get(record) != before else frozenset()


def referring(connection: DeskConnection, form_id: str, records: Iterable[str]) -> set[tuple[str, str]]:
    """Return (scope, record) of every record whose row refers to one of these of a form."""
    wanted = tuple(records)
    found: set[tuple[str, str]] = set()
    for (name,) in connection.all("SELECT form_id FROM hs_form WHERE body IS NOT NULL"):
        for statement, values in finding(connection.register(name), form_id, wanted, "sqlite"):
            found.update(connection.all(statement, values))
    return found
