"""Attachments (附件) in the encrypted file: contents by digest in parts, and which answers refer to them.

A reference is never taken back when an answer changes: an earlier version of the record still names it. So
a content is unreferenced only if no version of any record held here does, and only then is it thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext

from hsdesk.deskfile.connection import DeskConnection
from hsdesk.errors import Corrupt, Missing
from hsdesk.model.answer import Class
from hsdesk.model.attachment import (
    MARK,
    PART_BYTES,
    Attachment,
    HeldContent,
    attachments_in,
    digest_of,
    part_length,
    parts_of,
)
from hsdesk.model.clock import wall_milliseconds

MARK_BYTES = MARK.encode()  # a body without it names no attachment
_ASK_AGAIN_MS = 60 * 60 * 1000  # after the server said no, an hour passes before it is asked by itself
_SEQ = (1 << 40) - 1


def state(connection: DeskConnection, attachment: Attachment) -> HeldContent:
    """Return what is held of an attachment; of one that is not here, nothing is."""
    row = connection.one(
        "SELECT digest, size, parts, sent, reason FROM hs_blob WHERE digest = ?", (attachment.digest,)
    )
    return _held(*row) if row else HeldContent(attachment.digest, attachment.size)


def _held(digest: str, size: int, parts: int, sent: int, reason: str) -> HeldContent:
    return HeldContent(digest, size, min(parts * PART_BYTES, size), bool(sent), reason)


def keep(connection: DeskConnection, attachment: Attachment, content: bytes) -> None:
    """Keep a content given by a person, in one transaction or within the one under way; once only."""
    with _transaction(connection):
        known = state(connection, attachment)
        if known.is_whole:
            return
        _begin(connection, attachment, sent=known.sent)
        connection.sqlite.executemany(
            "INSERT INTO hs_blob_part (digest, at, body) VALUES (?, ?, ?)"
            " ON CONFLICT (digest, at) DO UPDATE SET body = excluded.body",
            [
                (attachment.digest, at, content[at * PART_BYTES : (at + 1) * PART_BYTES])
                for at in range(parts_of(attachment.size))
            ],
        )
        _count(connection, attachment.digest, parts_of(attachment.size))


def _transaction(connection: DeskConnection) -> AbstractContextManager[None]:
    return nullcontext() if connection.sqlite.in_transaction else connection.transaction()


def _begin(connection: DeskConnection, attachment: Attachment, *, sent: bool) -> None:
    connection.run(
        "INSERT INTO hs_blob (digest, size, parts, sent, reason, again) VALUES (?, ?, 0, ?, '', 0)"
        " ON CONFLICT (digest) DO NOTHING",
        (attachment.digest, attachment.size, sent),
    )


def _count(connection: DeskConnection, digest: str, parts: int) -> None:
    connection.run("UPDATE hs_blob SET parts = ?, reason = '', again = 0 WHERE digest = ?", (parts, digest))


def content(connection: DeskConnection, attachment: Attachment) -> bytes:
    """Return a whole content. Raises `Missing` when it is not here yet, `Corrupt` if it is another."""
    if not state(connection, attachment).is_whole:
        raise Missing("附件“{name}”还没有下载到这台电脑。联网后按“下载”就能看。", name=attachment.name)
    found = b"".join(_parts(connection, attachment.digest))
    if digest_of((found,)) != attachment.digest:
        raise Corrupt(
            "附件“{name}”的内容不对，没有打开。请从备份恢复，或重新选择文件。", name=attachment.name
        )
    return found


def _parts(connection: DeskConnection, digest: str) -> Iterator[bytes]:
    for (body,) in connection.all("SELECT body FROM hs_blob_part WHERE digest = ? ORDER BY at", (digest,)):
        yield body


# References


def refer(
    connection: DeskConnection,
    stream: tuple[str, Class],
    record: str,
    answers: Mapping[str, object],
    n: int = 0,
) -> None:
    """Remember which attachments a record part names. `n`: the own op that says so, 0 when it was received.

    Called within the transaction that writes the answers. The city server is asked again about a content that
    an own op names: it must hear that it may be shown there too.
    """
    if n:
        connection.sqlite.executemany(
            "UPDATE hs_blob SET sent = 0, again = 0 WHERE digest = ?",
            [(one.digest,) for one in attachments_in(answers)],
        )
    connection.sqlite.executemany(
        "INSERT INTO hs_blob_ref (digest, size, scope, cls, record, n) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (digest, scope, cls, record, n) DO NOTHING",
        [(one.digest, one.size, *stream, record, n) for one in attachments_in(answers)],
    )


def renumber(connection: DeskConnection, old: int, new: int) -> None:
    """Follow an op that got another number."""
    connection.run("UPDATE hs_blob_ref SET n = ? WHERE n = ?", (new, old))


def move_references(connection: DeskConnection, stream: tuple[str, Class], record: str, into: str) -> None:
    """Let the references of a record part follow it to another place."""
    connection.run(
        "UPDATE OR REPLACE hs_blob_ref SET scope = ? WHERE scope = ? AND cls = ? AND record = ?",
        (into, *stream, record),
    )


def drop_references(connection: DeskConnection, scope: str, cls: Class) -> None:
    """Forget the references of a stream that is dropped from this file, and contents nobody else names.

    What own ops named and the city server does not hold yet stays until it has been sent.
    """
    connection.run(
        "DELETE FROM hs_blob_ref WHERE scope = ? AND cls = ?"
        " AND NOT (n > 0 AND digest IN (SELECT digest FROM hs_blob WHERE NOT sent))",
        (scope, cls),
    )
    throw_away_unreferenced(connection)


def throw_away_unreferenced(connection: DeskConnection) -> int:
    """Remove every content that no version of a record names; return how many."""
    with _transaction(connection):
        lonely = connection.all(
            "SELECT digest FROM hs_blob WHERE digest NOT IN (SELECT digest FROM hs_blob_ref)"
        )
        connection.sqlite.executemany("DELETE FROM hs_blob_part WHERE digest = ?", lonely)
        connection.sqlite.executemany("DELETE FROM hs_blob WHERE digest = ?", lonely)
        return len(lonely)


def erase_attachments(
    connection: DeskConnection, scope: str, record: str, erased: Mapping[str, object]
) -> int:
    """Remove the contents that erased answers of a record named; return how many went.

    A content that another record names too stays. Call it within the transaction that erases the answers
    from state, log and history.
    """
    with _transaction(connection):
        connection.sqlite.executemany(
            "DELETE FROM hs_blob_ref WHERE digest = ? AND scope = ? AND record = ?",
            [(one.digest, scope, record) for one in attachments_in(erased)],
        )
        return throw_away_unreferenced(connection)


# The queue


_UPLOADS = f"""
SELECT b.digest, b.size, b.parts, b.sent, b.reason FROM hs_blob b JOIN hs_blob_ref r USING (digest)
LEFT JOIN hs_stream s ON r.n = 0 AND s.scope = r.scope AND s.cls = r.cls AND s.granted AND s.writable
LEFT JOIN hs_origin o ON o.number = (r.n >> 40)
WHERE NOT b.sent AND b.parts * {PART_BYTES} >= b.size AND b.again <= ? AND (s.scope IS NOT NULL OR (
  r.n > 0 AND (r.n & {_SEQ}) <= o.acked AND NOT EXISTS (SELECT 1 FROM hs_aside a WHERE a.n = r.n)))
GROUP BY b.digest ORDER BY min(r.id)"""
_DOWNLOADS = f"""
SELECT r.digest, max(r.size), coalesce(b.parts, 0), 1, coalesce(b.reason, '')
FROM hs_blob_ref r JOIN hs_stream s ON s.scope = r.scope AND s.cls = r.cls AND s.granted AND s.writable
LEFT JOIN hs_blob b ON b.digest = r.digest
WHERE (b.digest IS NULL OR b.parts * {PART_BYTES} < b.size) AND coalesce(b.again, 0) <= ?
GROUP BY r.digest ORDER BY max(r.id) DESC"""


def uploads(connection: DeskConnection, *, at: int | None = None) -> tuple[HeldContent, ...]:
    """Return the contents that the city server lacks and that received ops name, oldest first.

    What an own received op names is sent wherever its record is now; what others name, if this desk may
    change it.
    """
    return tuple(
        _held(*row) for row in connection.all(_UPLOADS, (wall_milliseconds() if at is None else at,))
    )


def downloads(connection: DeskConnection, *, at: int | None = None) -> tuple[HeldContent, ...]:
    """Return the contents that are not here and that data which this desk may change names, newest first."""
    return tuple(
        _held(*row) for row in connection.all(_DOWNLOADS, (wall_milliseconds() if at is None else at,))
    )


def part(connection: DeskConnection, digest: str, at: int) -> bytes:
    """Return one part of a content. Raises `Missing`."""
    row = connection.one("SELECT body FROM hs_blob_part WHERE digest = ? AND at = ?", (digest, at))
    if row is None:
        raise Missing("附件的内容不全，请重新选择文件。")
    return bytes(row[0])


def take_part(connection: DeskConnection, wanted: Attachment, at: int, body: bytes) -> HeldContent:
    """Write the next part of a content that is being fetched, in one transaction; return what is held now.

    With the last part the digest is checked; a content that is not the one asked for is thrown away whole.
    """
    with connection.transaction():
        _begin(connection, wanted, sent=True)
        known = state(connection, wanted)
        if at * PART_BYTES != known.bytes or len(body) != part_length(known.size, at):
            return known
        connection.run(
            "INSERT INTO hs_blob_part (digest, at, body) VALUES (?, ?, ?)", (wanted.digest, at, body)
        )
        _count(connection, wanted.digest, at + 1)
        now = state(connection, wanted)
        if now.is_whole and digest_of(_parts(connection, wanted.digest)) != wanted.digest:
            connection.run("DELETE FROM hs_blob_part WHERE digest = ?", (wanted.digest,))
            _count(connection, wanted.digest, 0)
        return state(connection, wanted)


def mark_sent(connection: DeskConnection, digest: str) -> None:
    """Remember the city server's word that it holds a content whole.

    If it was kept only to be sent, because its record is not here any more, it goes.
    """
    connection.run("UPDATE hs_blob SET sent = 1, reason = '', again = 0 WHERE digest = ?", (digest,))
    connection.run(
        "DELETE FROM hs_blob_ref WHERE digest = ? AND NOT EXISTS (SELECT 1 FROM hs_record"
        " WHERE hs_record.record = hs_blob_ref.record AND hs_record.scope = hs_blob_ref.scope)",
        (digest,),
    )
    throw_away_unreferenced(connection)


def note_reason(connection: DeskConnection, waiting: HeldContent, reason: str) -> None:
    """Remember why a content could not be sent or fetched; it is tried again by itself after an hour."""
    _begin(connection, Attachment(waiting.digest, waiting.size, ""), sent=waiting.sent)
    connection.run(
        "UPDATE hs_blob SET reason = ?, again = ? WHERE digest = ?",
        (reason, wall_milliseconds() + _ASK_AGAIN_MS, waiting.digest),
    )


def doubt_sent(connection: DeskConnection) -> None:
    """Ask the city server again for every content: it was restored and may lack some."""
    connection.run("UPDATE hs_blob SET sent = 0, again = 0 WHERE parts > 0")


def counts(connection: DeskConnection) -> tuple[int, int]:
    """Return how many contents wait to be sent, and how many are named and not here."""
    never = wall_milliseconds() + 2 * _ASK_AGAIN_MS
    return len(uploads(connection, at=never)), len(downloads(connection, at=never))


def names_in(body: bytes) -> bool:
    """Tell whether an encoded op may name an attachment; costs next to nothing."""
    return MARK_BYTES in body


def name_any(answers: Mapping[str, object]) -> bool:
    """Tell whether any of these answers may be an attachment."""
    return any(type(value) is str and value.startswith(MARK) for value in answers.values())


class BlobStore:
    """The attachments of one open desk file. A `sync.replica.Shelf`: every write is one transaction."""

    def __init__(self, connection: DeskConnection) -> None:
        self._connection = connection

    def keep(self, attachment: Attachment, given: bytes) -> None:
        """Keep a content given by a person; the same content is kept once."""
        keep(self._connection, attachment, given)

    def content(self, attachment: Attachment) -> bytes:
        """Return a whole content. Raises `Missing` when it is not here yet, `Corrupt`."""
        return content(self._connection, attachment)

    def state(self, attachment: Attachment) -> HeldContent:
        """Return what is held of an attachment."""
        return state(self._connection, attachment)

    def is_named(self, attachment: Attachment) -> bool:
        """Tell whether any version of a record held here names this content."""
        return (
            self._connection.one("SELECT 1 FROM hs_blob_ref WHERE digest = ?", (attachment.digest,))
            is not None
        )

    def uploads(self) -> tuple[HeldContent, ...]:
        """Return what the city server lacks and received ops name, oldest first."""
        return uploads(self._connection)

    def downloads(self) -> tuple[HeldContent, ...]:
        """Return what is not here and data that this desk may change names, newest first."""
        return downloads(self._connection)

    def counts(self) -> tuple[int, int]:
        """Return how many contents wait to be sent, and how many are named and not here."""
        return counts(self._connection)

    def part(self, digest: str, at: int) -> bytes:
        """Return one part of a content."""
        return part(self._connection, digest, at)

    def take_part(self, waiting: HeldContent, at: int, body: bytes) -> HeldContent:
        """Write the next part of a content that is being fetched; return what is held now."""
        return take_part(self._connection, Attachment(waiting.digest, waiting.size, ""), at, body)

    def mark_sent(self, digest: str) -> None:
        """Remember the city server's word that it holds a content whole."""
        with self._connection.transaction():
            mark_sent(self._connection, digest)

    def note_reason(self, waiting: HeldContent, reason: str) -> None:
        """Remember why a content could not be sent or fetched."""
        with self._connection.transaction():
            note_reason(self._connection, waiting, reason)

    def erase(self, scope: str, record: str, erased: Mapping[str, object]) -> int:
        """Remove the contents that erased answers of a record named; return how many went."""
        return erase_attachments(self._connection, scope, record, erased)
