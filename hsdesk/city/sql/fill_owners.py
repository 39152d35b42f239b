"""Making `hs_owner` in a database that did not look whose a record is.

A record that two places hold, or two forms, goes to the part that came first.
"""

from __future__ import annotations

from hsdesk.city.sql.database import Connection
from hsdesk.deskfile.layout import Tell

_MAKE = "CREATE TABLE hs_owner (record TEXT PRIMARY KEY, scope TEXT NOT NULL, form TEXT NOT NULL)"
_OF_ONE = (
    "INSERT INTO hs_owner (record, scope, form) SELECT record, MIN(scope), MIN(form) FROM hs_state"
    " GROUP BY record HAVING MIN(scope) = MAX(scope) AND MIN(form) = MAX(form)"
)
_OF_SEVERAL = (
    "SELECT DISTINCT s.record, s.scope, s.form, (SELECT MIN(o.received) FROM hs_op AS o"
    " WHERE o.scope = s.scope AND o.cls = s.cls AND o.record = s.record) AS came FROM hs_state AS s"
    " WHERE s.record IN (SELECT record FROM hs_state GROUP BY record"
    " HAVING MIN(scope) <> MAX(scope) OR MIN(form) <> MAX(form)) ORDER BY came, s.scope, s.form"
)


def fill_owners(connection: Connection, tell: Tell) -> None:
    """Make `hs_owner` and fill it from the record parts."""
    connection.run(_MAKE + (" WITHOUT ROWID" if connection.dialect == "sqlite" else ""))
    connection.run(_OF_ONE)
    doubtful = connection.all(_OF_SEVERAL)
    for n, (record, scope, form, _came) in enumerate(doubtful):
        tell(n, len(doubtful))
        connection.run(
            "INSERT INTO hs_owner (record, scope, form) VALUES (?, ?, ?) ON CONFLICT (record) DO NOTHING",
            record,
            scope,
            form,
        )
