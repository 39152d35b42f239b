"""The reference stream: forms, code lists, places and rounds that the city server hands down."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hsdesk.forms.schema import Form
from hsdesk.store import forms
from hsdesk.store.core import Core
from hsdesk.wire.messages import ReferenceHead, ReferenceItem

_REVISION = "reference_rev"


def revision(core: Core) -> int:
    """Return how far the reference stream has been read."""
    return int(core.meta(_REVISION, "0"))


def missing(core: Core, heads: Sequence[ReferenceHead]) -> tuple[ReferenceHead, ...]:
    """Return those heads that this file does not hold. A form of the same id and version counts as held."""
    return tuple(head for head in heads if not _holds(core, head))


def _holds(core: Core, head: ReferenceHead) -> bool:
    if head.kind == "form":
        row = core.one(
            "SELECT 1 FROM hs_form WHERE form_id = ? AND version = ? AND body IS NOT NULL",
            (head.id, head.version),
        )
        return row is not None
    row = core.one(
        "SELECT 1 FROM hs_reference WHERE kind = ? AND id = ? AND version = ? AND digest = ?",
        (head.kind, head.id, head.version, head.digest),
    )
    return row is not None


def take(core: Core, items: Sequence[ReferenceItem], rev: int) -> None:
    """Install the items and remember the revision, in one transaction."""
    with core.transaction():
        for item in items:
            if item.head.kind == "form":
                forms.install(core, msgspec.json.decode(item.body, type=Form))
            else:
                core.run(
                    "INSERT OR REPLACE INTO hs_reference (kind, id, version, digest, body)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (item.head.kind, item.head.id, item.head.version, item.head.digest, item.body),
                )
        core.set_meta(_REVISION, str(rev))


def body(core: Core, kind: str, item_id: str) -> bytes | None:
    """Return a thing of the reference stream as it came, or None if it never did."""
    row = core.one("SELECT body FROM hs_reference WHERE kind = ? AND id = ?", (kind, item_id))
    return bytes(row[0]) if row else None


def ids(core: Core, kind: str) -> tuple[str, ...]:
    """Return the ids held of one kind."""
    rows = core.all("SELECT id FROM hs_reference WHERE kind = ? ORDER BY id", (kind,))
    return tuple(item_id for (item_id,) in rows)
