"""What leaves a register for good or for another place: erasing (清除) and moving (转移)."""

from __future__ import annotations

from collections.abc import Sequence

from hsdesk.desk.opening import Opened
from hsdesk.desk.records import Records
from hsdesk.desk.shipped import form_named
from hsdesk.desk.values import Changes
from hsdesk.errors import DataError, Refused
from hsdesk.forms.schema import Form, questions
from hsdesk.model.answer import DELETED, MOVED_TO, SetDelta, Value
from hsdesk.model.clean_text import said
from hsdesk.records import edits


class Erasure:
    """Erases and moves records of an open desk."""

    def __init__(self, opened: Opened, records: Records) -> None:
        self._opened = opened
        self._records = records

    def erase(self, form_id: str, record: str, reason: str, fields: Sequence[str] = ()) -> Changes:
        """Have a record forgotten, or some of its answers: here at once, elsewhere with the next sync.

        Values go from state, history, attachments and half-typed cells; it cannot be undone. Old backups keep
        them. Raises DataError without a reason or for an answer that the register lacks, Refused.
        """
        reason = said(reason)
        if not reason:
            raise DataError("请写明清除的原因。", field="reason")
        form = self._opened.file.form(form_named(form_id))
        known = {question.key for question in questions(form.children)}
        for field in fields:
            if field not in known:
                raise DataError("登记表里没有“{field}”这个栏目。", field=field)
        answers: dict[str, Value | SetDelta] = dict.fromkeys(fields) if fields else {DELETED: reason}
        return self._commit(form, record, answers, reason, erases=True)

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
        return self._commit(form, record, {MOVED_TO: target.id}, "", erases=False)

    def _commit(
        self, form: Form, record: str, answers: dict[str, Value | SetDelta], reason: str, *, erases: bool
    ) -> Changes:
        scope = self._records.scope_of(form.form_id, record)
        if not self._records.is_writable(form, scope):
            raise Refused("“{form}”在这里只能看，不能改。您的数据没有改动。", form=form.title)
        edit = edits.Edit(
            scope, form.form_id, record, answers, self._opened.person, reason=reason, erases=erases
        )
        doing = self._records.doing("erase" if erases else "move")
        return self._records.changes(self._opened.file.commit(edit, doing))
