"""What is to be done at this desk (今天要办的), by urgency: one line is one sentence and one place to go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from hsdesk.desk.exchange import Exchange
from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened
from hsdesk.desk.reporting import Reporting
from hsdesk.desk.values import Sentence
from hsdesk.forms.schema import Form, questions_by_path

TaskKind = Literal[
    "first", "overdue", "round", "returned", "conflict", "rejected", "must", "draft", "unsent", "expiring"
]
URGENCY: tuple[TaskKind, ...] = (
    "first", "overdue", "round", "returned", "conflict", "rejected", "must", "draft", "unsent", "expiring",
)  # fmt: skip
MOST_CHECKED = 300  # records of a register looked through for what must be changed; more would take too long
_ROWS_AT_ONCE = 20  # of them between two steps, at which a waiting save passes


class Task(msgspec.Struct, frozen=True):
    """One thing to do. Without a `register` it is done on the page of its kind, not in a record.

    `record` "": a new record of the register is to be made.
    """

    kind: TaskKind
    words: Sentence
    register: str = ""
    record: str = ""
    path: str = ""
    scope: str = ""
    id: str = ""  # of the conflict


class ToDo:
    """Tells what is to be done at an open desk."""

    def __init__(self, opened: Opened, listing: Listing, reports: Reporting, exchange: Exchange) -> None:
        self._file = opened.file
        self._listing = listing
        self._reports = reports
        self._exchange = exchange

    def tasks(self) -> tuple[Task, ...]:
        """Return what is to be done, most urgent first, but for what `must_change` finds."""
        found = [
            *self._due(), *self._rounds(), *self._conflicts(), *self._rejected(), *self._drafts(),
            *self._unsent(),
        ]  # fmt: skip
        return by_urgency(found)

    def must_change(
        self,
        registers: Sequence[str],
        passing: Callable[[], object],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[Task, ...]:
        """Return for each of these registers, where something must be changed (必须改), how much and where.

        `passing` is called every few records, for other work to pass; `cancelled` ends the search.
        """
        found: list[Task] = []
        for register in registers:
            if cancelled():
                break
            if count := self._file.count(register):
                found += self._must_change(self._file.form(register), count, passing, cancelled)
            passing()
        return tuple(found)

    def _must_change(
        self, form: Form, count: int, passing: Callable[[], object], cancelled: Callable[[], bool]
    ) -> Iterator[Task]:
        whole = count <= MOST_CHECKED
        wrong = []
        for at, one in enumerate(self._reports.findings_in_turn(form, MOST_CHECKED)):
            wrong += [found for found in one if found.severity == "error"]
            if at % _ROWS_AT_ONCE == 0:
                passing()
            if cancelled():
                return
        if whole:
            between = self._reports.findings_between(form.form_id)
            wrong += [found for found in between if found.severity == "error"]
        if not wrong:
            return
        values: dict[str, str | int] = {"form": form.title, "n": len(wrong), "why": wrong[0].message}
        values |= {} if whole else {"most": MOST_CHECKED}
        words = (
            Sentence("“{form}”有 {n} 项必须改，先改：{why}", values)
            if whole
            else Sentence("“{form}”前 {most} 条里有 {n} 项必须改，先改：{why}", values)
        )
        yield Task("must", words, form.form_id, wrong[0].record, wrong[0].path)

    def _due(self) -> Iterator[Task]:
        for one in self._reports.reminders():
            values: dict[str, str | int] = {
                "title": one.title, "what": one.what, "n": abs(one.left), "day": one.day,
            }  # fmt: skip
            if one.left < 0:
                words = Sentence("“{title}”的{what} {day} 到期，已过 {n} 天", values)
            elif one.left == 0:
                words = Sentence("“{title}”的{what}今天到期（{day}）", values)
            else:
                words = Sentence("“{title}”的{what} {day} 到期，还有 {n} 天", values)
            kind: TaskKind = "expiring" if one.left > 0 else "overdue"
            yield Task(kind, words, one.register, one.record, one.path, one.place)

    def _rounds(self) -> Iterator[Task]:
        for one in self._reports.rounds():
            values: dict[str, str | int] = {
                "place": one.place_name,
                "title": one.round.title,
                "day": one.round.deadline,
                "state": one.state,
            }
            words = Sentence("{place}的“{title}”{state}，截止 {day}", values)
            yield Task("round", words, one.round.forms[0] if one.round.forms else "", id=one.round.id)

    def _conflicts(self) -> Iterator[Task]:
        for one in self._exchange.conflicts():
            title = one.title or one.form_title
            words = Sentence("“{title}”的“{label}”两边改得不一样", {"title": title, "label": one.label})
            yield Task("conflict", words, one.form, one.record, one.path, one.scope, one.id)

    def _rejected(self) -> Iterator[Task]:
        for one in self._exchange.set_aside():
            words = Sentence("“{title}”市里没有收下：{reason}", {"title": one.title, "reason": one.reason})
            yield Task("rejected", words, one.form, one.record, one.path)

    def _drafts(self) -> Iterator[Task]:
        for draft in self._file.all_drafts():
            form = self._file.form(draft.form)
            title = self._listing.title_of(draft.form, draft.record) or form.title
            label = self._listing.label(questions_by_path(form), draft.path)[0]
            words = Sentence("“{title}”的“{label}”没有填完，已帮您留着", {"title": title, "label": label})
            yield Task("draft", words, draft.form, draft.record, draft.path, draft.scope)

    def _unsent(self) -> Iterator[Task]:
        count = self._file.pending_count()
        if count:
            enrolled = bool(self._exchange.server())
            words = (
                Sentence("有 {n} 处改动没有上传，联网后点一下就上传", {"n": count})
                if enrolled
                else Sentence("有 {n} 处改动没有上传，到乡镇办公室登记设备后就能上传", {"n": count})
            )
            yield Task("unsent", words)


def by_urgency(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Return tasks, most urgent first; those of a kind keep their order."""
    return tuple(sorted(tasks, key=lambda task: URGENCY.index(task.kind)))
