"""Attachments (附件) in the encrypted file: contents by digest in parts, and which answers refer to them.

A reference is never taken back when an answer changes: an earlier version of the record still names it. So
a content is unreferenced only if no version of any record held here does, and only then is it thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext

from hsdesk.errors import Corrupt, Missing
from hsdesk.model.attachment import (
    MARK,
    PART_BYTES,
    Attachment,
    Held,
    attachments_in,
    digest_of,
    part_length,
    parts_of,
)
from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.op import Class
from hsdesk.store.core import Core

MARK_BYTES = MARK.encode()  # a body without it names no attachment
_ASK_AGAIN_MS = 60 * 60 * 1000  # after the server said no, an hour passes before it is asked by itself
_SEQ = (1 << 40) - 1


def state(core: Core, attachment: Attachment) -> Held:
    """Return what is held of an attachment; of one that is not here, nothing is."""
    row = core.one(
        "SELECT digest, size, parts, sent, reason FROM hs_blob WHERE digest = ?", (attachment.digest,)
    )
    return _held(*row) if row else Held(attachment.digest, attachment.size)


def _held(digest: str, size: int, parts: int, sent: int, reason: str) -> Held:
    return Held(digest, size, min(parts * PART_BYTES, size), bool(sent), reason)


def keep(core: Core, attachment: Attachment, content: bytes) -> None:
    """Keep a content given by a person, in one transaction or within the one under way; once only."""
    with _transaction(core):
        known = state(core, attachment)
        if known.is_whole:
            return
        _begin(core, attachment, sent=known.sent)
        core.connection.executemany(
            "INSERT INTO hs_blob_part (digest, at, body) VALUES (?, ?, ?)"
            " ON CONFLICT (digest, at) DO UPDATE SET body = excluded.body",
            [
                (attachment.digest, at, content[at * PART_BYTES : (at + 1) * PART_BYTES])
                for at in range(parts_of(attachment.size))
            ],
        )
        _count(core, attachment.digest, parts_of(attachment.size))


def _transaction(core: Core) -> AbstractContextManager[None]:
    return nullcontext() if core.connection.in_transaction else core.transaction()


def _begin(core: Core, attachment: Attachment, *, sent: bool) -> None:
    core.run(
        "INSERT INTO hs_blob (digest, size, parts, sent, reason, again) VALUES (?, ?, 0, ?, '', 0)"
        " ON CONFLICT (digest) DO NOTHING",
        (attachment.digest, attachment.size, sent),
    )


def _count(core: Core, digest: str, parts: int) -> None:
    core.run("UPDATE hs_blob SET parts = ?, reason = '', again = 0 WHERE digest = ?", (parts, digest))


def content(core: Core, attachment: Attachment) -> bytes:
    """Return a whole content. Raises `Missing` when it is not here yet, `Corrupt` if it is another."""
    if not state(core, attachment).is_whole:
        raise Missing("附件“{name}”还没有下载到这台电脑。联网后按“下载”就能看。", name=attachment.name)
    found = b"".join(_parts(core, attachment.digest))
    if digest_of((found,)) != attachment.digest:
        raise Corrupt(
            "附件“{name}”的内容不对，没有打开。请从备份恢复，或重新选择文件。", name=attachment.name
        )
    return found


def _parts(core: Core, digest: str) -> Iterator[bytes]:
    for (body,) in core.all("SELECT body FROM hs_blob_part WHERE digest = ? ORDER BY at", (digest,)):
        yield body


# References


def refer(
    core: Core, stream: tuple[str, Class], record: str, answers: Mapping[str, object], n: int = 0
) -> None:
    """Remember which attachments a record part names. `n`: the own op that says so, 0 when it was received.

    Called within the transaction that writes the answers. The city server is asked again about a content that
    an own op names: it must hear that it may be shown there too.
    """
    if n:
        core.connection.executemany(
            "UPDATE hs_blob SET sent = 0, again = 0 WHERE digest = ?",
            [(one.digest,) for one in attachments_in(answers)],
        )
    core.connection.executemany(
        "INSERT INTO hs_blob_ref (digest, size, scope, cls, record, n) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (digest, scope, cls, record, n) DO NOTHING",
        [(one.digest, one.size, *stream, record, n) for one in attachments_in(answers)],
    )


def renumber(core: Core, old: int, new: int) -> None:
    """Follow an op that got another number."""
    core.run("UPDATE hs_blob_ref SET n = ? WHERE n = ?", (new, old))


def move_references(core: Core, stream: tuple[str, Class], record: str, into: str) -> None:
    """Let the references of a record part follow it to another place."""
    core.run(
        "UPDATE OR REPLACE hs_blob_ref SET scope = ? WHERE scope = ? AND cls = ? AND record = ?",
        (into, *stream, record),
    )


def drop_references(core: Core, scope: str, cls: Class) -> None:
    """Forget the references of a stream that is dropped from this file, and contents nobody else names.

    What own ops named and the city server does not hold yet stays until it has been sent.
    """
    core.run(
        "DELETE FROM hs_blob_ref WHERE scope = ? AND cls = ?"
        " AND NOT (n > 0 AND digest IN (SELECT digest FROM hs_blob WHERE NOT sent))",
        (scope, cls),
    )
    throw_away_unreferenced(core)


def throw_away_unreferenced(core: Core) -> int:
    """Remove every content that no version of a record names; return how many."""
    with _transaction(core):
        lonely = core.all("SELECT digest FROM hs_blob WHERE digest NOT IN (SELECT digest FROM hs_blob_ref)")
        core.connection.executemany("DELETE FROM hs_blob_part WHERE digest = ?", lonely)
        core.connection.executemany("DELETE FROM hs_blob WHERE digest = ?", lonely)
        return len(lonely)


def erase_attachments(core: Core, scope: str, record: str, erased: Mapping[str, object]) -> int:
    """Remove the contents that erased answers of a record named; return how many went.

    A content that another record names too stays. Call it within the transaction that erases the answers
    from state, log and history.
    """
    with _transaction(core):
        core.connection.executemany(
            "DELETE FROM hs_blob_ref WHERE digest = ? AND scope = ? AND record = ?",
            [(one.digest, scope, record) for one in attachments_in(erased)],
        )
        return throw_away_unreferenced(core)


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


def uploads(core: Core, *, at: int | None = None) -> tuple[Held, ...]:
    """Return the contents that the city server lacks and that received ops name, oldest first.

    What an own received op names is sent wherever its record is now; what others name, if this desk may
    change it.
    """
    return tuple(_held(*row) for row in core.all(_UPLOADS, (wall_milliseconds() if at is None else at,)))


def downloads(core: Core, *, at: int | None = None) -> tuple[Held, ...]:
    """Return the contents that are not here and that data which this desk may change names, newest first."""
    return tuple(_held(*row) for row in core.all(_DOWNLOADS, (wall_milliseconds() if at is None else at,)))


def part(core: Core, digest: str, at: int) -> bytes:
    """Return one part of a content. Raises `Missing`."""
    row = core.one("SELECT body FROM hs_blob_part WHERE digest = ? AND at = ?", (digest, at))
    if row is None:
        raise Missing("附件的内容不全，请重新选择文件。")
    return bytes(row[0])


def take_part(core: Core, wanted: Attachment, at: int, body: bytes) -> Held:
    """Write the next part of a content that is being fetched, in one transaction; return what is held now.

    With the last part the digest is checked; a content that is not the one asked for is thrown away whole.
    """
    with core.transaction():
        _begin(core, wanted, sent=True)
        known = state(core, wanted)
        if at * PART_BYTES != known.bytes or len(body) != part_length(known.size, at):
            return known
        core.run("INSERT INTO hs_blob_part (digest, at, body) VALUES (?, ?, ?)", (wanted.digest, at, body))
        _count(core, wanted.digest, at + 1)
        now = state(core, wanted)
        if now.is_whole and digest_of(_parts(core, wanted.digest)) != wanted.digest:
            core.run("DELETE FROM hs_blob_part WHERE digest = ?", (wanted.digest,))
            _count(core, wanted.digest, 0)
        return state(core, wanted)


def mark_sent(core: Core, digest: str) -> None:
    """Remember the city server's word that it holds a content whole.

    If it was kept only to be sent, because its record is not here any more, it goes.
    """
    core.run("UPDATE hs_blob SET sent = 1, reason = '', again = 0 WHERE digest = ?", (digest,))
    core.run(
        "DELETE FROM hs_blob_ref WHERE digest = ? AND NOT EXISTS (SELECT 1 FROM hs_record"
        " WHERE hs_record.record = hs_blob_ref.record AND hs_record.scope = hs_blob_ref.scope)",
        (digest,),
    )
    throw_away_unreferenced(core)


def note_reason(core: Core, waiting: Held, reason: str) -> None:
    """Remember why a content could not be sent or fetched; it is tried again by itself after an hour."""
    _begin(core, Attachment(waiting.digest, waiting.size, ""), sent=waiting.sent)
    core.run(
        "UPDATE hs_blob SET reason = ?, again = ? WHERE digest = ?",
        (reason, wall_milliseconds() + _ASK_AGAIN_MS, waiting.digest),
    )


def doubt_sent(core: Core) -> None:
    """Ask the city server again for every content: it was restored and may lack some."""
    core.run("UPDATE hs_blob SET sent = 0, again = 0 WHERE parts > 0")


def counts(core: Core) -> tuple[int, int]:
    """Return how many contents wait to be sent, and how many are named and not here."""
    never = wall_milliseconds() + 2 * _ASK_AGAIN_MS
    return len(uploads(core, at=never)), len(downloads(core, at=never))


def names_in(body: bytes) -> bool:
    """Tell whether an encoded op may name an attachment; costs next to nothing."""
    return MARK_BYTES in body


def name_any(answers: Mapping[str, object]) -> bool:
    """Tell whether any of these answers may be an attachment."""
    return any(type(value) is str and value.startswith(MARK) for value in answers.values())


class Shelf:
    """The attachments of one open desk file. A `sync.replica.Shelf`: every write is one transaction."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def keep(self, attachment: Attachment, given: bytes) -> None:
        """Keep a content given by a person; the same content is kept once."""
        keep(self._core, attachment, given)

    def content(self, attachment: Attachment) -> bytes:
        """Return a whole content. Raises `Missing` when it is not here yet, `Corrupt`."""
        return content(self._core, attachment)

    def state(self, attachment: Attachment) -> Held:
        """Return what is held of an attachment."""
        return state(self._core, attachment)

    def is_named(self, attachment: Attachment) -> bool:
        """Tell whether any version of a record held here names this content."""
        return self._core.one("SELECT 1 FROM hs_blob_ref WHERE digest = ?", (attachment.digest,)) is not None

    def uploads(self) -> tuple[Held, ...]:
        """Return what the city server lacks and received ops name, oldest first."""
        return uploads(self._core)

    def downloads(self) -> tuple[Held, ...]:
        """Return what is not here and data that this desk may change names, newest first."""
        return downloads(self._core)

    def counts(self) -> tuple[int, int]:
        """Return how many contents wait to be sent, and how many are named and not here."""
        return counts(self._core)

    def part(self, digest: str, at: int) -> bytes:
        """Return one part of a content."""
        return part(self._core, digest, at)

    def take_part(self, waiting: Held, at: int, body: bytes) -> Held:
        """Write the next part of a content that is being fetched; return what is held now."""
        return take_part(self._core, Attachment(waiting.digest, waiting.size, ""), at, body)

    def mark_sent(self, digest: str) -> None:
        """Remember the city server's word that it holds a content whole."""
        with self._core.transaction():
            mark_sent(self._core, digest)

    def note_reason(self, waiting: Held, reason: str) -> None:
        """Remember why a content could not be sent or fetched."""
        with self._core.transaction():
            note_reason(self._core, waiting, reason)

    def erase(self, scope: str, record: str, erased: Mapping[str, object]) -> int:
        """Remove the contents that erased answers of a record named; return how many went."""
        return erase_attachments(self._core, scope, record, erased)
