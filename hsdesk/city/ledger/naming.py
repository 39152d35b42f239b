"""Numbers of writers turned into names, in what goes out to those who may read it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hsdesk.city.people.writers import WriterNames
from hsdesk.records.conflict import Conflict
from hsdesk.wire.messages import Page, Row, Stamp, Told

_replace = msgspec.structs.replace


def named_pages(pages: Iterable[Page], names: WriterNames) -> tuple[Page, ...]:
    """Return pages with the names of those who wrote."""
    return tuple(
        _replace(
            page,
            rows=tuple(_named_row(row, names) for row in page.rows),
            conflicts=tuple(_named_conflict(one, names) for one in page.conflicts),
        )
        for page in pages
    )


def named_told(told: Iterable[Told], names: WriterNames) -> tuple[Told, ...]:
    """Return the states of a receipt with the names of those who wrote."""
    return tuple(_replace(one, rows=tuple(_named_row(row, names) for row in one.rows)) for one in told)


def _named_row(row: Row, names: WriterNames) -> Row:
    others = {path: _named(stamp, names) for path, stamp in row.others.items()}
    return Row(row.record, row.form, row.version, row.rev, row.answers, _named(row.stamp, names), others)


def _named(stamp: Stamp, names: WriterNames) -> Stamp:
    return Stamp(stamp.rev, stamp.hlc, stamp.device, names[stamp.device, stamp.person])


def _named_conflict(conflict: Conflict, names: WriterNames) -> Conflict:
    candidates = tuple(_replace(one, person=names[one.device, one.person]) for one in conflict.candidates)
    device, _, person = conflict.settled_by.rpartition(" ")
    settled_by = names[device, person] if device else conflict.settled_by
    return _replace(conflict, candidates=candidates, settled_by=settled_by)
