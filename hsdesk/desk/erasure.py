"""What leaves a register for good or for another place: erasing (清除) and moving (转移)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hsdesk.desk.exchange import ENROLMENT
from hsdesk.desk.opening import Opened
from hsdesk.desk.records import Records
from hsdesk.desk.values import Changes, ErasureAnswer
from hsdesk.errors import DataError, Refused
from hsdesk.forms.schema import Form, questions
from hsdesk.forms.shipped import form_named
from hsdesk.model.answer import DELETED, ERASURE, MOVED_TO, SetDelta, Value
from hsdesk.model.clean_text import said
from hsdesk.records import edits
from hsdesk.records.erasure import ErasureRequest, erasure_request

_ASKED = "erasures_asked"  # a setting of the file: the requests that no answer was told of yet


class _Waiting(msgspec.Struct, frozen=True):
    """A request of this desk to erase a record, or some of its answers."""

    record: str
    form: str
    fields: tuple[str, ...] = ()


class Erasure:
    """Erases and moves records of an open desk."""

    def __init__(self, opened: Opened, records: Records) -> None:
        self._opened = opened
        self._records = records

    def erase(self, form_id: str, record: str, reason: str, fields: Sequence[str] = ()) -> Changes:
        """Have a record forgotten, or some of its answers; where there is a city, ask for it (`must_ask`).

        Without a city values go at once from state, history, attachments and half-typed cells. A request
        goes with the next sync, changes nothing here, and an official answers it (`answered`). It cannot be
        undone, and old backups keep the values.

        Raises DataError without a reason or for an answer that the register lacks, Refused.
        """
        reason = said(reason)
        if not reason:
            raise DataError("请写明清除的原因。", field="reason")
        form = self._opened.file.form(form_named(form_id))
        known = {question.key for question in questions(form.children)}
        for field in fields:
            if field not in known:
                raise DataError("登记表里没有“{field}”这个栏目。", field=field)
        if self.must_ask:
            changes = self._commit(
                form, record, {ERASURE: ErasureRequest(reason, tuple(fields)).answer()}, ""
            )
            self._remember(_Waiting(record, form.form_id, tuple(fields)))
            return changes
        answers: dict[str, Value | SetDelta] = dict.fromkeys(fields) if fields else {DELETED: reason}
        return self._commit(form, record, answers, reason, erases=True)

    @property
    def must_ask(self) -> bool:
        """Whether a city must be asked: erasing holds everywhere, and an official has the last word there."""
        return bool(self._opened.file.get(ENROLMENT))

    def answered(self) -> tuple[ErasureAnswer, ...]:
        """Return what officials said since this was last asked to the requests of this desk; told once."""
        answers = {one.record: self._answer(one) for one in self._waiting()}
        waiting = [one for one in self._waiting() if answers[one.record] is None]
        if len(waiting) < len(answers):
            self._opened.file.set(_ASKED, msgspec.json.encode(waiting).decode())
        return tuple(one for one in answers.values() if one is not None)

    def _waiting(self) -> list[_Waiting]:
        """Return the requests of this desk of whose answers nothing was told yet."""
        return msgspec.json.decode(self._opened.file.get(_ASKED, "[]"), type=list[_Waiting])

    def _remember(self, asked: _Waiting) -> None:
        waiting = [*(one for one in self._waiting() if one.record != asked.record), asked]
        self._opened.file.set(_ASKED, msgspec.json.encode(waiting).decode())

    def _answer(self, one: _Waiting) -> ErasureAnswer | None:
        """Return the answer to a request, None while it waits. A request taken back is answered as such."""
        title = self._opened.file.form(one.form).title
        for scope in self._opened.file.scopes_of(one.record):
            state = self._opened.file.state(scope, one.record)
            answers = state.answers if state else {}
            if asked := erasure_request(answers.get(ERASURE)):
                refused = ErasureAnswer("refused", one.form, title, one.record, asked.refused)
                return refused if asked.refused else None
            if any(field in answers for field in one.fields) or (
                not one.fields and answers.keys() - {DELETED}
            ):
                return ErasureAnswer("taken back", one.form, title, one.record)
        return ErasureAnswer("erased", one.form, title, one.record)

    def move(self, form_id: str, record: str, place: str) -> Changes:
        """Ask the city server to move a record to another place, by code or id; it goes with the next sync.

        Raises DataError for a place that is not held here or of another level, Refused where one of the two
        may not be written.
        """
        form = self._opened.file.form(form_named(form_id))
        target = self._records.place(place)
        scope = self._records.scope_of(form.form_id, record)
        if target.id == scope:
            raise DataError("这条记录已经在“{place}”。", place=target.name)
        if target.level != self._opened.directory.by_id(scope).level:
            raise DataError("只能转到同一级的单位。没有改动。")
        if not self._records.is_writable(form, target.id):
            raise Refused("没有填报“{place}”的权限，没有转移。", place=target.name)
        return self._commit(form, record, {MOVED_TO: target.id}, "")

    def _commit(
        self,
        form: Form,
        record: str,
        answers: dict[str, Value | SetDelta],
        reason: str,
        *,
        erases: bool = False,
    ) -> Changes:
        scope = self._records.scope_of(form.form_id, record)
        if not self._records.is_writable(form, scope):
            raise Refused("“{form}”在这里只能看，不能改。您的数据没有改动。", form=form.title)
        edit = edits.Edit(
            scope, form.form_id, record, answers, self._opened.person, reason=reason, erases=erases
        )
        doing = self._records.doing("erase" if erases else "move" if MOVED_TO in answers else "save")
        return self._records.changes(self._opened.file.commit(edit, doing))
