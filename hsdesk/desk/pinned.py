"""Answers that are kept for the next new record (沿用): a series of records that have something in common."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.masking import mark_of
from hsdesk.forms.schema import Form, Question, class_of, questions
from hsdesk.forms.types import holding_of, type_of
from hsdesk.model.answer import Value

_KEPT = "pinned"
_NEVER = ("id", "phone")


def can_be_pinned(form: Form, question: Question) -> bool:
    """Tell whether an answer may be kept for the next record: no sum, no file, nothing of one person."""
    return (
        form.kind != "single"
        and type_of(question).is_asked
        and not question.calculation
        and not holding_of(question).is_file
        and mark_of(form, question) not in _NEVER
        and class_of(form, question) != "personal"  # what is erased must not live on here
    )


class Pinned:
    """The pinned answers of this desk, by form; they lie in the encrypted file."""

    def __init__(self, file: DeskFile) -> None:
        self._file = file
        text = file.get(_KEPT)
        found = msgspec.json.decode(text, type=dict[str, dict[str, Value]]) if text else {}
        self._values = found

    def of(self, form: Form) -> dict[str, Value]:
        """Return what is pinned of a form, in screen order."""
        held = self._values.get(form.form_id, {})
        return {one.key: held[one.key] for one in questions(form.children) if one.key in held}

    def pin(self, form: Form, path: str, value: Value) -> None:
        """Keep an answer for the next new record from now on."""
        self._values.setdefault(form.form_id, {})[path] = value
        self._write()

    def unpin(self, form: Form, path: str) -> None:
        """Keep it no longer."""
        if self._values.get(form.form_id, {}).pop(path, _KEPT) != _KEPT:
            self._write()

    def note(self, form_id: str, answers: Mapping[str, Value]) -> None:
        """Take what was saved just now: the pinned answer given last is the one that is kept."""
        held = self._values.get(form_id, {})
        newer = {path: answers[path] for path in held.keys() & answers.keys()}
        if newer:
            held |= newer
            self._write()

    def _write(self) -> None:
        self._file.set(_KEPT, msgspec.json.encode(self._values).decode())
