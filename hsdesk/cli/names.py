"""Names in a command, looked up before anything is done; one that does not exist makes it a wrong command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hsdesk.errors import Missing, UsageError

if TYPE_CHECKING:
    from hsdesk.desk import Desk
    from hsdesk.forms.schema import Form

_OF_RECORD = frozenset({"_deleted"})  # what `edit` takes beside answers


def check(desk: Desk, register: str, place: str) -> None:
    """Look a register and a place up, where they are named.

    Raises:
        UsageError: there is none of this name.
        Refused: there is such a place, but its records are not on this desk.
    """
    if place:
        desk.records.place(place)
    if register:
        form_of(desk, register)


def form_of(desk: Desk, name: str) -> Form:
    """Return the form of a register, by form_id or printed number.

    Raises:
        UsageError: there is none of this name.
        Missing: there is one and it is not switched on.
    """
    from hsdesk.forms.shipped import form_named, is_off

    try:
        return desk.file.form(form_named(name))
    except Missing as error:
        if is_off(form_named(name)):
            raise
        raise UsageError("没有“{name}”这张登记表。用 forms list 看有哪些。", name=name) from error


def check_columns(form: Form, names: Iterable[str]) -> None:
    """Raise UsageError for the first name that is no column of a form."""
    from hsdesk.desk.json_records import members

    known = members(form.children)
    for name in names:
        if name not in known and name not in _OF_RECORD:
            raise UsageError(
                "“{register}”没有“{name}”这一栏，什么都没有改动。", register=form.title, name=name
            )
