"""What holds on the server now: places, code lists, settings and rounds, read again when they have moved."""

from __future__ import annotations

from datetime import datetime

from hsdesk.city.sql.database import Connection, Database
from hsdesk.forms.codelists import CodeLists
from hsdesk.model.place import Directory, load_directory
from hsdesk.wire.reference import Bodies, CurrentReference, current_reference


def latest_bodies(connection: Connection) -> Bodies:
    """Return the latest version of everything published that is no form."""
    rows = connection.all("SELECT kind, id, body FROM hs_reference WHERE kind <> 'form' ORDER BY rev")
    return {(kind, name): bytes(body) for kind, name, body in rows}


def published_lists(connection: Connection) -> CodeLists:
    """Return the code lists that hold."""
    return current_reference(latest_bodies(connection)).lists


def published_places(connection: Connection) -> Directory:
    """Return the directory of places that holds."""
    return current_reference(latest_bodies(connection)).directory


class Published:
    """The latest of everything, for all who ask. A server needs no restart when officials publish."""

    def __init__(self, shipped: Directory | None = None) -> None:
        """`shipped`: the directory that published places change, the program's own by default."""
        self._shipped = shipped or load_directory()
        self._read: tuple[int, str] = (-1, "")
        self._standing: CurrentReference | None = None

    def current(self, connection: Connection) -> CurrentReference:
        """Return what holds today. The same object as before, as long as nothing has changed."""
        moved = connection.all("SELECT COALESCE(MAX(rev), 0) FROM hs_reference WHERE kind <> 'form'")
        state = (int(str(moved[0][0])), datetime.now().astimezone().date().isoformat())
        known = self._standing
        if known is None or state != self._read:
            known = current_reference(latest_bodies(connection), self._shipped, state[1])
            self._standing, self._read = known, state
        return known

    def places(self, database: Database) -> Directory:
        """Return the places as they are today."""
        with database.reading() as connection:
            return self.current(connection).directory
