"""A row of a page or a receipt, read as a record part."""

from __future__ import annotations

from hsdesk.records.parts import Mark, Part
from hsdesk.wire.messages import Row, Stamp


def part_of(row: Row) -> Part:
    """Return what a row of a page or a receipt says, as a part."""
    others = {path: mark_of(stamp) for path, stamp in row.others.items()}
    return Part(row.form, row.version, row.rev, row.answers, mark_of(row.stamp), others)


def mark_of(stamp: Stamp) -> Mark:
    """Return who wrote an answer, as a page says it: its device's own numbers are not told."""
    return Mark(stamp.rev, stamp.hlc, stamp.device, 0, 0, stamp.person)
