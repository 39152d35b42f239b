"""The columns of a register as the expression language sees them."""

from __future__ import annotations

from collections.abc import Iterator

from hsdesk.forms.schema import Form, Group, Item, Question
from hsdesk.forms.types import holding_of, type_of
from hsdesk.language.rows import SYSTEM_KINDS, ColumnKind


def kinds_of(form: Form) -> dict[str, ColumnKind]:
    """Return the kind of every column of a register, `_id`, `_place`, `_title` too; not rosters."""
    return SYSTEM_KINDS | {question.key: holding_of(question).column for question in _answered(form.children)}


def _answered(items: tuple[Item, ...]) -> Iterator[Question]:
    for item in items:
        if isinstance(item, Question) and type_of(item).is_answered:
            yield item
        elif isinstance(item, Group):
            yield from _answered(item.children)
