"""Joining duplicates (合并): one record takes the place of another, which can come back."""

from __future__ import annotations

from hsdesk.desk.opening import Opened
from hsdesk.errors import Missing, Refused
from hsdesk.forms.schema import Form, class_of, questions
from hsdesk.model.answer import DELETED, MERGED_INTO, SetDelta, Value
from hsdesk.records.edits import Edit, RecordState


def merging(opened: Opened, form: Form, scope: str, record: str, into: str) -> tuple[Edit, ...]:
    """Return the edits that merge a record into another of its place: what that one lacks is filled from it.

    Rows of rosters are not carried over; everything stays in the history of the merged record.

    Raises:
        Missing: one of them is not here.
        Refused: the register is a ledger, they are the same, or one of them is deleted or merged.
    """
    mine, other = opened.file.state(scope, record), opened.file.state(scope, into)
    if mine is None or other is None:
        raise Missing("要合并的两条不都在这个村（社区）。内容都没有改动，请刷新后再看。")
    gone = any(one.deleted or one.merged_into for one in (mine, other))
    if form.kind == "ledger" or record == into or gone or {mine.form, other.form} != {form.form_id}:
        raise Refused("这两条不能合并：要合并的必须是同一张登记表里两条在用的。内容都没有改动。")
    filled = _lacking(opened, form, scope, mine, other)
    edits = [Edit(scope, form.form_id, into, filled, opened.person)] if filled else []
    return (*edits, Edit(scope, form.form_id, record, {MERGED_INTO: into}, opened.person))


def _lacking(
    opened: Opened, form: Form, scope: str, mine: RecordState, other: RecordState
) -> dict[str, Value | SetDelta]:
    return {
        question.key: mine.answers[question.key]
        for question in questions(form.children)
        if question.key in mine.answers
        and question.key not in other.answers
        and not question.readonly
        and opened.may_write(scope, class_of(form, question))
    }


def brought_back() -> dict[str, Value]:
    """Return the answers that bring a deleted or merged record back."""
    return {DELETED: None, MERGED_INTO: None}
