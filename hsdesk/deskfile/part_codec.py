"""A confirmed record part as the desk file keeps it, and its share of the stream's digest."""

from __future__ import annotations

import msgspec

from hsdesk.records.layers import in_epoch
from hsdesk.records.parts import Part, part_digest

_DECODER = msgspec.json.Decoder(Part)
_ENCODER = msgspec.json.Encoder()


def encoded(part: Part) -> bytes:
    """Return a confirmed part as the file keeps it."""
    return _ENCODER.encode(part)


def decoded(body: bytes, epochs: int = 0) -> Part:
    """Return a confirmed part as it counts when `epochs` server epochs have begun since it was written."""
    return in_epoch(_DECODER.decode(body), epochs)


def digest(record: str, part: Part) -> int:
    """Return a confirmed part's share of its stream's digest: what its stream said in the present epoch."""
    if part.base.rev > 0 and all(mark.rev > 0 for mark in part.others.values()):
        return part_digest(record, part.answers)
    told = {path: value for path, value in part.answers.items() if (part.mark(path) or part.base).rev > 0}
    return part_digest(record, told) if told or part.base.rev > 0 else 0
