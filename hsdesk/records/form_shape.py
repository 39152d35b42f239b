"""A form as the ledger needs it: which class, type and level its answers have, which of them name records."""

from __future__ import annotations

from functools import cached_property

import msgspec

from hsdesk.forms.schema import Form, Group, Item, Level, Question, Repeat, class_of
from hsdesk.forms.types import Holding, holding_of, type_of
from hsdesk.model.answer import CLASSES, SYSTEM, Class, generic
from hsdesk.records.merge import Policy


class FieldShape(msgspec.Struct, frozen=True):
    """What an answer may hold, the class it belongs to, and who wins a tie.

    `refers`: it names records of a register, of any place in the line of its own.
    """

    holding: Holding
    cls: Class
    policy: Policy
    refers: bool = False


class FormShape(msgspec.Struct, frozen=True, dict=True):
    """A form as the server needs it: fields by path with row ids left out (`members/name`)."""

    form_id: str
    version: str
    cls: Class  # of its main part
    fields: dict[str, FieldShape]
    levels: tuple[Level, ...] = ("village",)  # who fills it

    @cached_property
    def texts(self) -> dict[str, Class]:
        """The class of each text that is no answer of a row and names nothing: the common case."""
        return {
            path: field.cls
            for path, field in self.fields.items()
            if field.holding.name == "string" and "/" not in path and path not in SYSTEM and not field.refers
        }

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """The classes that a record's parts may have, in the order of `CLASSES`."""
        used = {self.cls, *(field.cls for field in self.fields.values())}
        return tuple(cls for cls in CLASSES if cls in used)

    @cached_property
    def references(self) -> frozenset[str]:
        """The answers that name records."""
        return frozenset(path for path, field in self.fields.items() if field.refers)

    def class_of(self, path: str) -> Class:
        """Return the class whose part carries an answer."""
        field = self.fields.get(generic(path))
        return field.cls if field else self.cls

    def policy(self, path: str) -> Policy:
        """Return who wins a tie over an answer."""
        field = self.fields.get(generic(path))
        return field.policy if field else ""

    def after(self, earlier: FormShape | None) -> FormShape:
        """Return this form with the fields of an earlier version that it no longer asks."""
        if earlier is None:
            return self
        fields = {**earlier.fields, **self.fields}
        return FormShape(self.form_id, self.version, self.cls, fields, self.levels)


def form_shape(form: Form) -> FormShape:
    """Return what the server needs of a form."""
    fields: dict[str, FieldShape] = {}
    _collect(form, form.children, "", fields)
    return FormShape(form.form_id, form.version, form.stream, fields, form.levels)


def _collect(form: Form, items: tuple[Item, ...], prefix: str, fields: dict[str, FieldShape]) -> None:
    for item in items:
        match item:
            case Question():
                if type_of(item).is_answered:
                    refers = item.reference not in ("", "places")
                    cls = class_of(form, item)
                    fields[prefix + item.key] = FieldShape(holding_of(item), cls, item.hs.merge, refers)
            case Group():
                _collect(form, item.children, prefix, fields)
            case Repeat():
                _collect(form, item.children, f"{prefix}{item.key}/", fields)
