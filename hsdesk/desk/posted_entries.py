"""Ledgers (流水), whose entries are only ever added: 只增不改,记错了冲正.

An entry is closed (已入账) once it has been left with every answer that is always required and without one
that must be changed, and no cell of it is still being typed. From then on what it says stays: an empty
answer may still be filled, an answer marked `hs:ledger` = late (已公示) may still change, everything else is
undone by a new entry, the reversal. This is the rule of this desk; what another desk or an older program
wrote is merged as it comes and only found (`desk.ledgers`).
"""

from __future__ import annotations

from collections.abc import Mapping

from hsdesk.errors import Closed
from hsdesk.forms.schema import Form, LedgerRole, Question, questions
from hsdesk.forms.session import Session
from hsdesk.model.answer import DELETED, Value

_EMPTY = (None, "", ())


def marked(form: Form, role: LedgerRole) -> tuple[Question, ...]:
    """Return the answers of a ledger that play a part: `amount`, `reverses`, …"""
    return tuple(question for question in questions(form.children) if question.hs.ledger == role)


def is_complete(form: Form, session: Session) -> bool:
    """Tell whether an entry has all it always needs.

    What is required only because of another register (a remark, since the rule gives other points now) does
    not open an old entry again: 旧流水不随规则变.
    """
    always = {one.key for one in questions(form.children) if one.required == "true()" and not one.relevant}
    return not any(
        found.severity == "error" and (found.rule != "required" or found.path in always)
        for found in session.validate()
    )


def fixed_answers(form: Form, session: Session, *, typing: bool = False) -> frozenset[str]:
    """Return the paths that cannot change any more; none while the entry is open.

    `typing`: a cell of the entry is still a draft (未填完).
    """
    if form.kind != "ledger" or typing or not is_complete(form, session):
        return frozenset()
    late = {question.key for question in marked(form, "late")}
    return frozenset(
        path for path, value in session.answers().items() if value not in _EMPTY and path not in late
    )


def keep_posted(
    form: Form, fixed: frozenset[str], before: Mapping[str, Value], answers: Mapping[str, Value]
) -> None:
    """Raise Closed when answers would change or delete what a closed entry says."""
    for path, value in answers.items():
        goes = path.rpartition("/")[2] == DELETED and value not in _EMPTY
        if fixed and (goes or (path in fixed and value != before.get(path))):
            raise Closed(
                "“{form}”只增不改：这一条已经入账，不能修改或作废，您的数据没有改动。记错了请冲正，"
                "原来的和冲正的都会留着。",
                form=form.title,
            )
