"""Which records somebody asked to have erased (申请清除): an index of the answers `_erasure` that are open.

A request is an answer of its record; without the index an official's list would read every record.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hsdesk.city.ledger.stream import part_of
from hsdesk.city.sql.database import Connection
from hsdesk.model.answer import ERASURE, Class
from hsdesk.records.erasure import ErasureRequest, erasure_request
from hsdesk.records.parts import Mark, Part


class OpenRequest(msgspec.Struct, frozen=True):
    """A request that waits for an official: where the record lies, what is asked, and who asked when."""

    record: str
    scope: str
    form: str
    cls: Class
    asked: ErasureRequest
    by: Mark


def note(connection: Connection, scope: str, cls: Class, record: str, part: Part) -> None:
    """Bring the index up to date with a part whose answer `_erasure` may have changed."""
    if ERASURE not in part.answers:
        return
    connection.run("DELETE FROM hs_asked WHERE record = ? AND scope = ?", record, scope)
    asked = erasure_request(part.answers[ERASURE])
    if asked is not None and not asked.refused:
        connection.run(
            "INSERT INTO hs_asked (record, scope, form, cls) VALUES (?, ?, ?, ?)",
            record,
            scope,
            part.form,
            cls,
        )


def move(connection: Connection, record: str, source: str, target: str) -> None:
    """Let a request go with its record."""
    connection.run("UPDATE hs_asked SET scope = ? WHERE record = ? AND scope = ?", target, record, source)


def open_requests(connection: Connection, record: str = "") -> Iterator[OpenRequest]:
    """Yield the requests that wait, all or those for one record."""
    rows = connection.all(
        "SELECT a.record, a.scope, a.form, a.cls, s.body FROM hs_asked AS a JOIN hs_state AS s"
        " ON s.scope = a.scope AND s.cls = a.cls AND s.record = a.record"
        " WHERE a.record = ? OR ? = '' ORDER BY a.record",
        record,
        record,
    )
    for found, scope, form, cls, body in rows:
        part = part_of(bytes(body))
        asked, mark = erasure_request(part.answers.get(ERASURE)), part.mark(ERASURE)
        if asked is not None and mark is not None:
            yield OpenRequest(found, scope, form, cls, asked, mark)
