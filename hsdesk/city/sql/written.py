"""What a chunk of ops changed in the record parts, for whoever writes the register tables."""

from __future__ import annotations

import msgspec

from hsdesk.model.answer import Class
from hsdesk.records.parts import Part

Stream = tuple[str, Class]
Paths = frozenset[str]  # of answers that changed; empty: perhaps all of them


class WrittenParts(msgspec.Struct, frozen=True):
    """The parts that a chunk changed, which of their answers, and the parts that left their stream."""

    changed: dict[Stream, dict[str, Part]]
    left: dict[Stream, dict[str, Part]]
    paths: dict[Stream, dict[str, Paths]]
