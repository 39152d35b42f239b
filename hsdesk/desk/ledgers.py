"""What is found in ledgers (流水): closed entries that another desk or an older program changed or deleted.

Such a change is merged like any other and never refused by the city server; here it is only found (请核实).
"""

from __future__ import annotations

from collections.abc import Iterator

from hsdesk.desk.host import DeskHost
from hsdesk.desk.posted_entries import fixed_answers
from hsdesk.desk.source import DeskSource
from hsdesk.desk.values import DeskFinding
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.history import HistoryVersion, state_at
from hsdesk.forms.schema import Form, questions
from hsdesk.forms.session import Session
from hsdesk.model.answer import DELETED
from hsdesk.registers.query import Query

RULE = "ledger"


def ledger_findings(file: DeskFile, source: DeskSource, form: Form) -> Iterator[DeskFinding]:
    """Yield what is not as it should be with the entries of a ledger; nothing for another register."""
    if form.kind != "ledger":
        return
    hosts = _Hosts(source)
    for row in file.query(form.form_id, Query(deleted=True)):
        state = file.state(row.scope, row.record)
        answers = {path: value for path, value in state.answers.items() if path != DELETED} if state else {}
        session = Session(form, hosts.of(row.scope).for_record(row.record), answers, first_load=False)
        if fixed_answers(form, session):
            message = "已入账的流水被作废了。请恢复这一条，记错了再冲正"
            yield DeskFinding("warn", form.form_id, row.record, DELETED, RULE, message)
    for scope, record in file.changed_elsewhere(form.form_id):
        yield from _changed(hosts.of(scope).for_record(record), form, record, file.history(scope, record))


class _Hosts:
    """One host for each place: what it has read is kept."""

    def __init__(self, source: DeskSource) -> None:
        self._source = source
        self._hosts: dict[str, DeskHost] = {}

    def of(self, scope: str) -> DeskHost:
        if scope not in self._hosts:
            self._hosts[scope] = self._source.host(scope)
        return self._hosts[scope]


def _changed(
    host: DeskHost, form: Form, record: str, versions: tuple[HistoryVersion, ...]
) -> Iterator[DeskFinding]:
    """Yield the answers that were changed from elsewhere after the entry was closed, each once."""
    labels = {question.key: question.label.plain() for question in questions(form.children)}
    found: set[str] = set()
    for version in versions:
        if not version.received or version.version == 1:
            continue
        before = state_at(versions, version.version - 1)
        session = Session(form, host, before, first_load=False)
        fixed = fixed_answers(form, session)
        found |= {change.path for change in version.changes if change.path in fixed}
    for path in sorted(found):
        message = f"这一条入账以后，“{labels.get(path, path)}”在别处改过。请看修改记录核对，记错了请冲正"
        yield DeskFinding("warn", form.form_id, record, path, RULE, message)
