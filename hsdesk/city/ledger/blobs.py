"""Attachments (附件) on the city server: contents by digest, and the answers that refer to them.

A reference is written with the op that makes it. It is `held` once somebody who may write its stream has
brought the content: who merely knows a digest and names it in an answer of his own learns nothing by it, not
even whether the content is here, and has to bring it himself. Parts under way belong to the device that sends
them (`owner`), so that two devices never mix theirs; a whole, checked content belongs to nobody ("").

A reference follows its record to another place. The computer whose own op made it may still bring the content
then, and learns no more than how much of it it has sent; what may be read stays with the streams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from hsdesk.city.ledger.history import answers_of
from hsdesk.city.ledger.stream import whereabouts
from hsdesk.city.people import audit
from hsdesk.city.people.permission import Caller
from hsdesk.city.sql.database import Connection, Database
from hsdesk.errors import DataError, Refused
from hsdesk.model.answer import PERSONAL, Class
from hsdesk.model.attachment import MARK, PART_BYTES, attachments_in, digest_of, is_digest, parts_of
from hsdesk.model.clock import wall_milliseconds
from hsdesk.wire.blobs import BlobState, Piece

MARK_BYTES = MARK.encode()  # an op without it names no attachment
_UNFINISHED = 8  # uploads of one device at a time; beyond that the others begin again
_NO_SUCH = "没有这个附件，或没有查看它的权限。如工作需要，请向上级申请。"


class Reference(msgspec.Struct, frozen=True):
    """A record part that names a content, with the size its answer gives."""

    scope: str
    cls: Class
    record: str
    size: int
    held: bool
    readable: bool  # the caller may read the stream
    may_bring: bool


class Blobs:
    """Contents of a city server. Each call is one transaction."""

    def __init__(self, database: Database, now_ms: Callable[[], int] = wall_milliseconds) -> None:
        self._database = database
        self._now_ms = now_ms

    def state(self, caller: Caller, digest: str) -> BlobState:
        """Return how much of a content the caller need not send any more. Raises Refused."""
        with self._database.writing() as connection:
            return _state(connection, caller, digest, _known(connection, caller, digest))

    def take(self, caller: Caller, digest: str, piece: Piece, body: bytes) -> BlobState:
        """Take the next part; with the last one, check the whole. Another part changes nothing.

        A content that is not the one named is thrown away, and the answer asks for it from the start. Raises
        Refused for who may not bring it, DataError for a size no answer gives.
        """
        with self._database.writing() as connection:
            found = _known(connection, caller, digest)
            wanted = [one for one in found if one.may_bring]
            if not wanted:
                raise Refused(_NO_SUCH)
            known = _state(connection, caller, digest, found)
            if known.is_whole:
                return known
            if piece.size not in {one.size for one in wanted}:
                raise DataError("附件的大小和登记表里写的不一样，没有接收。请重新选择文件。")
            if piece.start != known.offset or len(body) != piece.length:
                return BlobState(known.offset, piece.size)
            _put_part(connection, caller.device, digest, piece, body)
            if piece.start + piece.length < piece.size:
                return BlobState(piece.start + piece.length, piece.size)
            return self._finish(connection, caller, digest, piece.size)

    def _finish(self, connection: Connection, caller: Caller, digest: str, size: int) -> BlobState:
        """Check what a device has brought; from then on it is the content."""
        is_right = digest_of(_parts(connection, caller.device, digest, size)) == digest
        if is_right and _is_first(connection, digest, size):
            connection.run(
                "UPDATE hs_blob_part SET owner = '' WHERE owner = ? AND digest = ?", caller.device, digest
            )
        else:
            connection.run("DELETE FROM hs_blob_part WHERE owner = ? AND digest = ?", caller.device, digest)
        if not is_right:
            return BlobState(0, size)
        _hold(connection, caller, digest)
        audit.record(connection, self._now_ms(), caller.device, "attachment", bytes=size)
        return BlobState(size, size)

    def read(self, caller: Caller, digest: str, start: int | None) -> tuple[bytes, Piece | None]:
        """Return the part that begins at `start` and where it lies, or all. Raises Refused, DataError."""
        part, piece, is_secret = self._read(caller, digest, start)
        is_first = piece is None or piece.start == 0
        audit.note_reading(
            self._database, self._now_ms(), caller.logged_as, "attachment", int(is_secret and is_first)
        )
        return part, piece

    def _read(self, caller: Caller, digest: str, start: int | None) -> tuple[bytes, Piece | None, bool]:
        with self._database.reading() as connection:
            granted = [one for one in _known(connection, caller, digest) if one.readable]
            if not granted:
                raise Refused(_NO_SUCH)
            if not any(one.held for one in granted):
                raise Refused("这个附件还没有传到市级服务器，请稍后再下载。")
            size = _size(connection, digest)
            is_secret = all(one.cls == PERSONAL for one in granted)
            if start is None:
                return b"".join(_parts(connection, "", digest, size)), None, is_secret
            if start >= size:
                raise DataError("附件没有这一段。")
            piece = Piece(start, size)
            return _part(connection, "", digest, piece.at), piece, is_secret


def _known(connection: Connection, caller: Caller, digest: str) -> list[Reference]:
    """Return the references that the caller may read or bring the content of. Raises Refused if none."""
    rows = (
        connection.all("SELECT scope, cls, record, size, held FROM hs_blob_ref WHERE digest = ?", digest)
        if is_digest(digest)
        else []
    )
    granted = any(caller.reach.may_write(scope, cls) for scope, cls, *_ in rows)
    own = set() if granted else _named_by(connection, caller.device, digest, [row[2] for row in rows])
    found = [
        Reference(
            scope,
            cls,
            record,
            size,
            bool(held),
            caller.reach.may_read(scope, cls),
            caller.may_bring(scope, cls, has_named=(scope, cls, record) in own),
        )
        for scope, cls, record, size, held in rows
    ]
    found = [one for one in found if one.readable or one.may_bring]
    if not found:
        raise Refused(_NO_SUCH)
    return found


def _named_by(
    connection: Connection, device: str, digest: str, records: list[str]
) -> set[tuple[str, Class, str]]:
    """Return the record parts for which an op of the device names the content, where they are now.

    Only the way that a record has gone counts: anybody may write its UUID into a stream of his own.
    """
    if not records:
        return set()
    rows = connection.all_among(
        "SELECT scope, cls, record, body FROM hs_op WHERE device = ? AND record IN ??", device, among=records
    )
    return {
        (whereabouts(connection, (scope, cls), record), cls, record)
        for scope, cls, record, body in rows
        if any(one.digest == digest for one in attachments_in(answers_of(body)))
    }


def _state(connection: Connection, caller: Caller, digest: str, found: list[Reference]) -> BlobState:
    """Return what the caller need not send: all, if he may read it here; else what he has sent himself."""
    granted = [one for one in found if one.readable]
    if any(one.held for one in granted):
        if not all(one.held for one in granted):
            _hold(connection, caller, digest)
        size = _size(connection, digest)
        return BlobState(size, size)
    size = max(one.size for one in found)
    ((parts,),) = connection.all(
        "SELECT COUNT(*) FROM hs_blob_part WHERE owner = ? AND digest = ?", caller.device, digest
    )
    return BlobState(min(parts * PART_BYTES, size), size)


def _hold(connection: Connection, caller: Caller, digest: str) -> None:
    """Mark the references whose content the caller may bring."""
    rows = connection.all("SELECT scope, cls, record FROM hs_blob_ref WHERE digest = ? AND held = 0", digest)
    lacking = [record for scope, cls, record in rows if not caller.may_bring(scope, cls, has_named=False)]
    own = _named_by(connection, caller.device, digest, lacking)
    brought: dict[tuple[str, Class], list[str]] = {}
    for scope, cls, record in rows:
        if caller.may_bring(scope, cls, has_named=(scope, cls, record) in own):
            brought.setdefault((scope, cls), []).append(record)
    for stream, records in brought.items():
        connection.run_among(
            "UPDATE hs_blob_ref SET held = 1 WHERE scope = ? AND cls = ? AND digest = ? AND record IN ??",
            *stream,
            digest,
            among=records,
        )


def _put_part(connection: Connection, owner: str, digest: str, piece: Piece, body: bytes) -> None:
    if piece.at == 0:
        others = connection.all(
            "SELECT DISTINCT digest FROM hs_blob_part WHERE owner = ? AND digest <> ?", owner, digest
        )
        if len(others) >= _UNFINISHED:
            connection.run("DELETE FROM hs_blob_part WHERE owner = ? AND digest <> ?", owner, digest)
    connection.run(
        "INSERT INTO hs_blob_part (owner, digest, at, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (owner, digest, at) DO NOTHING",
        owner,
        digest,
        piece.at,
        body,
    )


def _is_first(connection: Connection, digest: str, size: int) -> bool:
    """Write the content's row; False if another device was quicker."""
    return bool(
        connection.run(
            "INSERT INTO hs_blob (digest, size) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", digest, size
        )
    )


def _size(connection: Connection, digest: str) -> int:
    return int(connection.all("SELECT size FROM hs_blob WHERE digest = ?", digest)[0][0])


def _parts(connection: Connection, owner: str, digest: str, size: int) -> Iterator[bytes]:
    for at in range(parts_of(size)):
        yield _part(connection, owner, digest, at)


def _part(connection: Connection, owner: str, digest: str, at: int) -> bytes:
    rows = connection.all(
        "SELECT body FROM hs_blob_part WHERE owner = ? AND digest = ? AND at = ?", owner, digest, at
    )
    return bytes(rows[0][0]) if rows else b""


References = dict[tuple[str, Class, str, str], int]  # (scope, class, record, digest): size


def references(scope: str, cls: Class, record: str, answers: Mapping[str, object]) -> References:
    """Return the references that the answers of an op make."""
    return {(scope, cls, record, one.digest): one.size for one in attachments_in(answers)}


def refer(connection: Connection, made: References) -> None:
    """Write references, in the transaction that writes the ops."""
    connection.many(
        "INSERT INTO hs_blob_ref (scope, cls, record, digest, size, held) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (scope, cls, record, digest) DO NOTHING",
        [(*key, size, 0) for key, size in made.items()],
    )


def move_references(connection: Connection, stream: tuple[str, Class], record: str, into: str) -> None:
    """Let the references of a record part follow it to another place."""
    connection.run(
        "UPDATE hs_blob_ref SET scope = ? WHERE scope = ? AND cls = ? AND record = ?", into, *stream, record
    )


def erase_attachments(
    connection: Connection, scope: str, cls: Class, record: str, erased: Mapping[str, object]
) -> int:
    """Remove the contents that erased answers of a record part named; return how many went.

    A content that another record names too stays. Call it in the transaction that erases the answers.
    """
    gone = 0
    for one in attachments_in(erased):
        connection.run(
            "DELETE FROM hs_blob_ref WHERE scope = ? AND cls = ? AND record = ? AND digest = ?",
            scope,
            cls,
            record,
            one.digest,
        )
        if not connection.all("SELECT 1 FROM hs_blob_ref WHERE digest = ?", one.digest):
            connection.run("DELETE FROM hs_blob_part WHERE digest = ?", one.digest)
            gone += connection.run("DELETE FROM hs_blob WHERE digest = ?", one.digest)
    return gone
