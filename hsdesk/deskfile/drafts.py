"""Draft cells (草稿格): what is being typed, kept apart from the op log and overwritten at every pause."""

from __future__ import annotations

from typing import Any

import msgspec

from hsdesk.deskfile.connection import DeskConnection
from hsdesk.model.answer import Value
from hsdesk.records.edits import Draft
from hsdesk.records.op import Seen

_COLUMNS = "scope, form, record, path, text, caret, at, base, seen, server_epoch"
_ENCODER = msgspec.json.Encoder()
_BASE = msgspec.json.Decoder(Value)
_SEEN = msgspec.json.Decoder(Seen)


def put(connection: DeskConnection, draft: Draft) -> None:
    """Keep a cell as it stands; it replaces what was kept of the cell. One transaction, durable on return."""
    connection.run(
        f"INSERT OR REPLACE INTO hs_draft ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            draft.scope, draft.form, draft.record, draft.path, draft.text, draft.caret, draft.at,
            _ENCODER.encode(draft.base).decode(), _ENCODER.encode(draft.seen).decode(), draft.server_epoch,
        ),
    )  # fmt: skip


def _read(row: tuple[Any, ...]) -> Draft:
    scope, form, record, path, text, caret, at, base, seen, server_epoch = row
    return Draft(
        scope, form, record, path, text, caret, at, _BASE.decode(base), _SEEN.decode(seen), server_epoch
    )


def of_record(connection: DeskConnection, scope: str, record: str) -> tuple[Draft, ...]:
    """Return the unfinished cells of a record."""
    rows = connection.all(f"SELECT {_COLUMNS} FROM hs_draft WHERE scope = ? AND record = ?", (scope, record))
    return tuple(_read(row) for row in rows)


def of_record_anywhere(connection: DeskConnection, record: str) -> tuple[Draft, ...]:
    """Return the unfinished cells of a record at every place where it was typed."""
    return tuple(
        _read(row) for row in connection.all(f"SELECT {_COLUMNS} FROM hs_draft WHERE record = ?", (record,))
    )


def everything(connection: DeskConnection) -> tuple[Draft, ...]:
    """Return all unfinished cells, latest first: what is offered after a power cut."""
    return tuple(_read(row) for row in connection.all(f"SELECT {_COLUMNS} FROM hs_draft ORDER BY at DESC"))


def drop(connection: DeskConnection, scope: str, record: str, path: str = "") -> None:
    """Forget an unfinished cell, or every one of the record when no path is given."""
    if path:
        connection.run(
            "DELETE FROM hs_draft WHERE scope = ? AND record = ? AND path = ?", (scope, record, path)
        )
    else:
        connection.run("DELETE FROM hs_draft WHERE scope = ? AND record = ?", (scope, record))


def count(connection: DeskConnection) -> int:
    """Return how many cells are unfinished."""
    return int(connection.one("SELECT count(*) FROM hs_draft")[0])
