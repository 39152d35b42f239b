"""An attachment (附件) as an answer holds it: `sha256:DIGEST/SIZE/NAME`.

The digest says which content, so that the same content is kept and sent once; the size is there before the
content is, so that a person knows what a download costs. The name is personal data: it stays in the answer
and is never part of an address, a log line or a file name on the server.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

import msgspec

MARK = "sha256:"
PART_BYTES = 256 * 1024  # what is stored, sent and asked for at a time
MAX_BYTES = 20 * 1024 * 1024  # of one attachment, whatever a form allows
MAX_NAME = 80  # characters of a file name; 240 bytes of Chinese still fit every file system
_SHAPE = re.compile(r"sha256:([0-9a-f]{64})/([1-9][0-9]{0,7})/(.+)", re.DOTALL)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SEPARATORS = re.compile(r"[/\\]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # names Windows keeps for itself
_LONGEST_ENDING = 8
_NAMELESS = "附件"


class Attachment(msgspec.Struct, frozen=True):
    """One attachment: the SHA-256 of its content in hex, its size in bytes, its file name."""

    digest: str
    size: int
    name: str

    def __str__(self) -> str:
        return f"{MARK}{self.digest}/{self.size}/{self.name}"

    @property
    def ending(self) -> str:
        """The end of the name in small letters, without the dot: what kind of file it is.

        >>> Attachment("0" * 64, 1, "章程.PDF").ending
        'pdf'
        """
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""


class HeldContent(msgspec.Struct, frozen=True):
    """What a desk holds of a content: bytes of whole parts, and whether the city server has it.

    `reason`: why it could not be sent or fetched the last time, "" if nothing was wrong.
    """

    digest: str
    size: int
    bytes: int = 0
    sent: bool = False
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        return self.bytes == self.size


def attachment_of(content: bytes, name: str) -> Attachment:
    """Return what an answer says of a file with this content and name."""
    return Attachment(hashlib.sha256(content).hexdigest(), len(content), clean_name(name))


def read_attachment(value: object) -> Attachment | None:
    """Return the attachment that an answer names, None if it is not exactly one.

    >>> read_attachment(f"sha256:{'0' * 64}/12/章程.pdf").name
    '章程.pdf'
    >>> read_attachment(f"sha256:{'0' * 64}/12/../章程.pdf") is None
    True
    """
    found = _SHAPE.fullmatch(value) if isinstance(value, str) and value.startswith(MARK) else None
    if found is None:
        return None
    digest, size, name = found.groups()
    if int(size) > MAX_BYTES or clean_name(name) != name:
        return None
    return Attachment(digest, int(size), name)


def attachments_in(answers: Mapping[str, object]) -> tuple[Attachment, ...]:
    """Return the attachments that answers name, each content once."""
    found = (read_attachment(value) for value in answers.values())
    return tuple({one.digest: one for one in found if one is not None}.values())


def is_digest(text: str) -> bool:
    """Tell whether a text is a SHA-256 in hex."""
    return bool(_DIGEST.fullmatch(text))


def parts_of(size: int) -> int:
    """Return how many parts a content of this size has.

    >>> parts_of(1), parts_of(256 * 1024), parts_of(256 * 1024 + 1)
    (1, 1, 2)
    """
    return -(-size // PART_BYTES)


def part_length(size: int, at: int) -> int:
    """Return the length of part number `at`, counted from 0: whole but for the last."""
    return max(min(PART_BYTES, size - at * PART_BYTES), 0)


def digest_of(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of a content given in parts."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def clean_name(name: str) -> str:
    """Return a file name that every system takes: no folders, no control signs, not too long.

    >>> clean_name("C:\\\\文件\\\\章程.pdf"), clean_name("../../etc/passwd"), clean_name("a\\u202efdp.exe")
    ('章程.pdf', 'passwd', 'afdp.exe')
    >>> clean_name(" .. "), clean_name("NUL.txt"), clean_name("a?b.pdf")
    ('附件', '_NUL.txt', 'a_b.pdf')
    """
    last = _SEPARATORS.split(name)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    plain = " ".join(_NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", seen)).split()).strip(". ")
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    return _shortened(plain) or _NAMELESS


def _shortened(name: str) -> str:
    """Return a name of at most `MAX_NAME` characters; its ending stays."""
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = f".{ending}" if dot and len(ending) <= _LONGEST_ENDING else ""
    return (stem if tail else name)[: MAX_NAME - len(tail)].rstrip(". ") + tail
