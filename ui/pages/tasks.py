"""今天要办的: the list at the top of the home page. One line is one sentence, its key opens the place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from hsdesk.desk.values import Status
from hsdesk.model.punctuation import full_width
from ui.office import Office
from ui.pages.page import Target
from ui.parts.plain import column, frame, label, reveal
from ui.parts.todo_list import Line, ToDoList
from ui.theme import COLOURS
from ui.words import sentence_text, tr
from ui.work import Job

if TYPE_CHECKING:
    from hsdesk.desk.todo import Task, TaskKind

MOST = 6  # lines of a kind shown at first; the rest is one press away


class Tasks(QWidget):
    """Emits `chosen` with a Target."""

    chosen = Signal(object)
    checked = Signal()  # what must be changed in a register is known anew

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.listed = ToDoList(tr("今天要办的"))
        self.listed.chosen.connect(self._choose)
        self.nothing = label("", "quiet", wrap=True)
        self.title = label(tr("今天要办的"), "title")
        card = frame("card", column(self.listed, self.nothing), padding=8)
        self.setLayout(column(self.title, card, gap=12))
        self._tasks: tuple[Task, ...] = ()
        self._must: dict[str, Task | None] = {}
        self._unchecked: dict[str, None] = {}
        self._wide: set[str] = set()  # kinds that are listed whole
        self._job: Job | None = None
        self._status: Status | None = None

    def ask(self) -> None:
        """Read anew what is to be done."""
        self.office.ask(lambda desk: desk.todo.tasks(), self._show_tasks, owner=self)

    def check(self, forms: Iterable[str]) -> None:
        """Look through these registers for what must be changed, one after the other, behind all else."""
        self._unchecked |= dict.fromkeys(forms)
        if self._job is None:
            self._check_next()

    def must(self, form: str) -> int | None:
        """Return how much must be changed in a register; None: it was not looked through yet."""
        if form not in self._must:
            return None
        task = self._must[form]
        return int(task.words.values["n"]) if task is not None else 0

    def show_status(self, status: Status) -> None:
        """Take over the counts of the desk."""
        self._status = status
        self._fill()

    def _check_next(self) -> None:
        self._job = None
        if not self._unchecked:
            return
        form = next(iter(self._unchecked))
        del self._unchecked[form]
        self._job = job = Job(self)
        self.office.carry(
            lambda desk, step: desk.todo.must_change((form,), lambda: step(None), job.cancelled),
            job,
            lambda tasks: self._checked(form, tasks),
            lambda _: self._check_next(),
            self,
        )

    def _checked(self, form: str, tasks: Sequence[Task]) -> None:
        self._must[form] = tasks[0] if tasks else None
        self._fill()
        self.checked.emit()
        self._check_next()

    def _show_tasks(self, tasks: tuple[Task, ...]) -> None:
        self._tasks = tasks
        self._fill()

    def _fill(self) -> None:
        from hsdesk.desk.todo import by_urgency

        must = [task for task in self._must.values() if task is not None]
        due = self._lines(by_urgency((*self._tasks, *must)))
        lines = [*self._first(), *due, *self._last(), *self._news()]
        self.listed.show_lines(lines)
        reveal(self.listed, bool(lines))
        reveal(self.nothing, not lines)
        self.nothing.setText(tr("今天没有要办的。") + self._last_sync())

    def _first(self) -> Iterator[Line]:
        """Yield the first step on a desk where nothing is filled in yet."""
        status = self._status
        registers = [one for one in status.registers if one.open and one.writable] if status else []
        if registers and status and not any(one.count for one in status.registers):
            first = next((one for one in registers if one.kind == "single"), registers[0])
            words = tr("先填“{form}”，后面的表都用得上", form=full_width(first.title))
            yield Line(tr("第一步"), words, Target("register", first.form_id), COLOURS.accent)

    def _last(self) -> Iterator[Line]:
        """Yield the record in which the person was when the program was closed last."""
        last = self.office.left_at
        if last is not None and last.title:
            there = Target("record", last.form, last.record, last.path, last.scope, back="home")
            yield Line(tr("接着上次"), tr("“{title}”", title=last.title), there, COLOURS.accent)

    def _lines(self, tasks: Sequence[Task]) -> Iterator[Line]:
        by_kind: dict[TaskKind, list[Task]] = {}
        for task in tasks:
            by_kind.setdefault(task.kind, []).append(task)
        for kind, some in by_kind.items():
            word, colour = _WORDS[kind]()
            shown = some if kind in self._wide else some[:MOST]
            yield from (Line(word, sentence_text(one.words), target_of(one), colour) for one in shown)
            if len(shown) < len(some):
                more = tr("还有 {n} 件，全部列出", n=len(some) - len(shown))
                yield Line(word, more, kind, colour)

    def _news(self) -> Iterator[Line]:
        """Yield what came from the city and needs no hurry."""
        status = self._status
        if status is None:
            return
        for alarm in status.city_audit.alarms if status.city_audit else ():
            yield Line(tr("市级记录对不上"), alarm.text, Target("sync"), COLOURS.bad)
        for one in status.definitions:
            yield Line(tr("没有采用"), one.reason, Target("sync"))
        if status.attachments:
            words = tr("还有 {n} 个附件没有传完，点一下接着传", n=status.attachments)
            yield Line(tr("未上传"), words, Target("sync"), COLOURS.accent)

    def _last_sync(self) -> str:
        if self._status is None or not self._status.server or not self._status.last_sync:
            return ""
        when = self._status.last_sync[:16].replace("T", " ")
        return tr("都已上传，上次同步：{when}。", when=when)

    def _choose(self, target: object) -> None:
        if isinstance(target, Target):
            self.chosen.emit(target)
            return
        self._wide.add(str(target))
        self._fill()
        self.listed.setFocus(Qt.FocusReason.OtherFocusReason)


def target_of(task: Task) -> Target:
    """Return where a task is done: in its record, at the answer; else on its page."""
    if task.kind == "conflict":
        return Target("sync", path=task.id)
    if task.record:
        return Target("record", task.register, task.record, task.path, task.scope, back="home")
    return Target("register", task.register) if task.register else Target(_PAGES.get(task.kind, "sync"))


_PAGES = {"round": "prints"}
_WORDS = {
    "first": lambda: (tr("第一步"), COLOURS.accent),
    "overdue": lambda: (tr("已过期"), COLOURS.bad),
    "round": lambda: (tr("要上报"), COLOURS.warn),
    "returned": lambda: (tr("被退回"), COLOURS.bad),
    "conflict": lambda: (tr("两边不一样"), COLOURS.warn),
    "rejected": lambda: (tr("没有收下"), COLOURS.bad),
    "must": lambda: (tr("必须改"), COLOURS.bad),
    "draft": lambda: (tr("未填完"), COLOURS.warn),
    "unsent": lambda: (tr("未上传"), COLOURS.accent),
    "expiring": lambda: (tr("快到期"), COLOURS.quiet),
}
