"""The reference stream: forms, code lists, places, settings and rounds that the city server hands down."""

from __future__ import annotations

from collections.abc import Sequence

from hsdesk.forms.codelists import ListHost, retold_by
from hsdesk.model.place import LAST_DAY
from hsdesk.store import definitions, forms
from hsdesk.store.core import Core
from hsdesk.wire.messages import ReferenceHead, ReferenceItem
from hsdesk.wire.reference import Standing
from hsdesk.wire.reference import standing as standing_by

_REVISION = "reference_rev"


def revision(core: Core) -> int:
    """Return how far the reference stream has been read."""
    return int(core.meta(_REVISION, "0"))


def doubt(core: Core) -> None:
    """Read the stream again from its beginning, inside a transaction; what is held and equal stays."""
    core.set_meta(_REVISION, "0")


def missing(core: Core, heads: Sequence[ReferenceHead]) -> tuple[ReferenceHead, ...]:
    """Return those heads that this file does not hold."""
    return tuple(head for head in heads if not _holds(core, head))


def _holds(core: Core, head: ReferenceHead) -> bool:
    if head.kind == "form":
        return definitions.holds(core, head)
    row = core.one("SELECT digest FROM hs_reference WHERE kind = ? AND id = ?", (head.kind, head.id))
    return row is not None and bool(row[0] == head.digest)


def take(core: Core, items: Sequence[ReferenceItem], rev: int) -> None:
    """Install the items and remember the revision, in one transaction.

    Where a list has changed, rows and search entries that hold its words are made again.
    """
    try:
        with core.transaction():
            _take(core, items)
            core.set_meta(_REVISION, str(rev))
    finally:
        use_standing(core)


def _take(core: Core, items: Sequence[ReferenceItem]) -> None:
    for item in items:
        if item.head.kind != "form":
            core.run(
                "INSERT OR REPLACE INTO hs_reference (kind, id, version, digest, body)"
                " VALUES (?, ?, ?, ?, ?)",
                (item.head.kind, item.head.id, item.head.version, item.head.digest, item.body),
            )
    use_standing(core)
    lists = frozenset(item.head.id for item in items if item.head.kind == "codelist")
    installed = {definitions.receive(core, item) for item in items if item.head.kind == "form"}
    for form in forms.everything(core) if lists else ():
        if form.form_id not in installed and retold_by(form, lists):
            forms.fill(core, core.register(form.form_id))


def use_standing(core: Core) -> None:
    """Let registers be read and their rows be made with the code lists and words of forms that hold."""
    now = standing(core)
    core.host = ListHost(now.lists)
    if now.settings != core.chosen:
        core.chosen = now.settings
        core.forget_forms()


def standing(core: Core, day: str = LAST_DAY) -> Standing:
    """Return what holds by what was received; places are seen as of a day."""
    rows = core.all("SELECT kind, id, body FROM hs_reference WHERE kind <> 'form'")
    return standing_by({(kind, item_id): bytes(body) for kind, item_id, body in rows}, day=day)
