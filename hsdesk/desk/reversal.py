"""Reversing (冲正): a closed entry of a ledger is undone by one more entry, with its reason, once."""

from __future__ import annotations

import datetime as dt

from hsdesk.desk.host import DeskHost
from hsdesk.desk.posted_entries import is_complete, marked
from hsdesk.desk.predicates import condition
from hsdesk.desk.values import Edit
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import DataError, Refused
from hsdesk.forms.schema import Form
from hsdesk.forms.session import Session
from hsdesk.model.answer import Value
from hsdesk.model.clean_text import said
from hsdesk.model.identity import new_id
from hsdesk.registers.query import Query


def reversal_of(file: DeskFile, form: Form, scope: str, record: str) -> str:
    """Return the id of the entry that reverses this one, "" when none does."""
    for question in marked(form, "reverses") if form.kind == "ledger" else ():
        rule = condition(form, f"{question.key} = '{record}'")
        found = file.query(form.form_id, Query(scopes=(scope,), where=rule.sql, keep=rule.keep))
        for row in found:
            return row.record
    return ""


def reversal(file: DeskFile, host: DeskHost, form: Form, record: str, reason: str) -> Edit:
    """Return the new entry that undoes a closed one, at the same place as it (the host's).

    It names the reversed entry, repeats whom it is about, carries the opposite amount, today's date and the
    reason; its other answers begin as in any new entry. A reversal may itself be reversed when it was wrong.

    Raises:
        DataError: there is no reason, or the entry is not finished: it can be changed or deleted.
        Refused: the register is no ledger, the entry is deleted, or it was reversed before.
    """
    if form.kind != "ledger" or not marked(form, "reverses"):
        raise Refused("“{form}”可以直接修改，不用冲正。您的数据没有改动。", form=form.title)
    why = said(reason)
    if not why:
        raise DataError("请写明冲正的原因。")
    scope = host.scope
    state = file.state(scope, record)
    old = Session(form, host.for_record(record), state.answers if state else {}, first_load=False)
    if state is not None and state.deleted:
        raise Refused("这一条已经作废，不用冲正。您的数据没有改动。")
    if file.drafts(scope, record) or not is_complete(form, old):
        raise DataError("这一条还没有填完，直接改或作废就行，不用冲正。")
    if reversal_of(file, form, scope, record):
        raise Refused("这一条已经冲正过了，不能再冲正一次。您的数据没有改动。")
    made = new_id()
    session = Session(form, host.for_record(made), None)
    for path, value in _told(form, old, record, why):
        session.answer(path, value)
    return Edit(form.form_id, made, scope, session.answers())


def _told(form: Form, old: Session, record: str, reason: str) -> list[tuple[str, Value]]:
    """Return what the reversal says, in this order: the amount after the rule that suggests one."""
    today = dt.datetime.now().astimezone().date().isoformat()
    told: list[tuple[str, Value]] = [(one.key, record) for one in marked(form, "reverses")]
    told += [(one.key, old.stored_value(one.key)) for one in marked(form, "same")]
    told += [(one.key, today) for one in marked(form, "day")]
    told += [(one.key, _opposite(old.stored_value(one.key))) for one in marked(form, "amount")]
    return told + [(one.key, reason) for one in marked(form, "reason")]


def _opposite(value: Value) -> Value:
    return -value if isinstance(value, int | float) else value
