"""The reference stream: forms, code lists, places, settings and rounds that the city server hands down."""

from __future__ import annotations

from collections.abc import Sequence

from hsdesk.deskfile import definitions, forms
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.forms.codelists import ListHost, keeps_labels_of
from hsdesk.model.place import LAST_DAY
from hsdesk.model.public_id import can_be_asked_for
from hsdesk.wire.messages import ReferenceHead, ReferenceItem
from hsdesk.wire.reference import CurrentReference
from hsdesk.wire.reference import current_reference as standing_by

_REVISION = "reference_rev"


def revision(connection: DeskConnection) -> int:
    """Return how far the reference stream has been read."""
    return int(connection.meta(_REVISION, "0"))


def doubt(connection: DeskConnection) -> None:
    """Read the stream again from its beginning, inside a transaction; what is held and equal stays."""
    connection.set_meta(_REVISION, "0")


def missing(connection: DeskConnection, heads: Sequence[ReferenceHead]) -> tuple[ReferenceHead, ...]:
    """Return those heads that this file does not hold and that can be asked for.

    What an older server published under a name that cannot stand in an address is set aside.
    """
    wanted = [head for head in heads if not _holds(connection, head)]
    bad = [head for head in wanted if not can_be_asked_for(head.id, head.version)]
    if bad:
        with connection.transaction():
            definitions.set_aside(connection, bad)
    return tuple(head for head in wanted if head not in bad)


def _holds(connection: DeskConnection, head: ReferenceHead) -> bool:
    if head.kind == "form":
        return definitions.holds(connection, head)
    row = connection.one("SELECT digest FROM hs_reference WHERE kind = ? AND id = ?", (head.kind, head.id))
    return row is not None and bool(row[0] == head.digest)


def take(connection: DeskConnection, items: Sequence[ReferenceItem], rev: int) -> None:
    """Install the items and remember the revision, in one transaction.

    Where a list has changed, rows and search entries that hold its words are made again.
    """
    try:
        with connection.transaction():
            _take(connection, items)
            connection.set_meta(_REVISION, str(rev))
    finally:
        use_reference(connection)


def _take(connection: DeskConnection, items: Sequence[ReferenceItem]) -> None:
    for item in items:
        if item.head.kind != "form":
            connection.run(
                "INSERT OR REPLACE INTO hs_reference (kind, id, version, digest, body)"
                " VALUES (?, ?, ?, ?, ?)",
                (item.head.kind, item.head.id, item.head.version, item.head.digest, item.body),
            )
    use_reference(connection)
    lists = frozenset(item.head.id for item in items if item.head.kind == "codelist")
    installed = {definitions.receive(connection, item) for item in items if item.head.kind == "form"}
    for form in forms.everything(connection) if lists else ():
        if form.form_id not in installed and keeps_labels_of(form, lists):
            forms.fill(connection, connection.register(form.form_id))


def use_reference(connection: DeskConnection) -> None:
    """Let registers be read and their rows be made with the code lists and words of forms that hold."""
    now = current_reference(connection)
    connection.host = ListHost(now.lists)
    if now.settings != connection.chosen:
        connection.chosen = now.settings
        connection.forget_forms()


def current_reference(connection: DeskConnection, day: str = LAST_DAY) -> CurrentReference:
    """Return what holds by what was received; places are seen as of a day."""
    rows = connection.all("SELECT kind, id, body FROM hs_reference WHERE kind <> 'form'")
    return standing_by({(kind, item_id): bytes(body) for kind, item_id, body in rows}, day=day)
