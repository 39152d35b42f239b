"""How the parts of an attachment travel: the headers of `HEAD`, `PATCH` and `GET /blobs/{sha256}`.

    HEAD                                          how much the server holds
    PATCH  Content-Range: bytes 0-262143/500000   the next part; the answer says how much is held now
    GET    Range: bytes=0-262143                  one part, with its Content-Range

HEAD and PATCH answer `Upload-Offset` and `Upload-Length`. A part begins at a multiple of 256 KiB and is whole
but for the last. A PATCH of another part than the next one changes nothing: the answer says which is next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.attachment import MAX_BYTES, PART_BYTES, part_length

OFFSET = "Upload-Offset"
LENGTH = "Upload-Length"
CONTENT_RANGE = "Content-Range"
RANGE = "Range"
CONTENT = "application/octet-stream"
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,9})-([0-9]{1,9})/([0-9]{1,9})")
_RANGE = re.compile(r"bytes=([0-9]{1,9})-([0-9]{1,9})?")


class BlobState(msgspec.Struct, frozen=True):
    """How much of a content the server holds for who asks; `offset == size`: all of it, checked."""

    offset: int
    size: int

    @property
    def is_whole(self) -> bool:
        return self.offset == self.size > 0


class Piece(msgspec.Struct, frozen=True):
    """Where a part lies: bytes from `start` on, of a content of `size` bytes."""

    start: int
    size: int

    @property
    def at(self) -> int:
        """The part's number, counted from 0."""
        return self.start // PART_BYTES

    @property
    def length(self) -> int:
        return part_length(self.size, self.at)


def state_headers(state: BlobState) -> dict[str, str]:
    """Return a state as headers."""
    return {OFFSET: str(state.offset), LENGTH: str(state.size)}


def read_state(headers: Mapping[str, str]) -> BlobState:
    """Return the state that an answer tells. Raises DataError when it tells none."""
    offset, size = headers.get(OFFSET, ""), headers.get(LENGTH, "")
    if not (_is_number(offset) and _is_number(size)) or int(offset) > int(size):
        raise DataError("市级服务器关于附件的回答读不懂。附件都在本机，请稍后再同步。")
    return BlobState(int(offset), int(size))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def content_range(piece: Piece) -> str:
    """Return a piece as `Content-Range` says it.

    >>> content_range(Piece(262144, 500000))
    'bytes 262144-499999/500000'
    """
    return f"bytes {piece.start}-{piece.start + piece.length - 1}/{piece.size}"


def read_content_range(text: str) -> Piece:
    """Return the piece that a `Content-Range` names. Raises DataError unless it is a part."""
    found = _CONTENT_RANGE.fullmatch(text)
    start, end, size = map(int, found.groups()) if found else (0, 0, 0)
    piece = Piece(start, size)
    if not 0 < size <= MAX_BYTES or start % PART_BYTES or end != start + piece.length - 1:
        raise DataError("附件的分段不对，没有接收。")
    return piece


def asked_range(piece: Piece) -> str:
    """Return a piece as `Range` asks for it."""
    return f"bytes={piece.start}-{piece.start + piece.length - 1}"


def read_range(text: str) -> int | None:
    """Return the byte at which a wanted part begins, None where all is wanted. Raises DataError."""
    if not text:
        return None
    found = _RANGE.fullmatch(text)
    if found is None or int(found[1]) % PART_BYTES:
        raise DataError("附件只能按 256 KiB 的分段下载。")
    return int(found[1])
