"""工作台: what is to do, where one stands, and the registers with their counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QWidget

from hsdesk.desk.values import Changes, FormInfo, Status
from ui.office import Office
from ui.pages.expiring import Expiring
from ui.pages.gap import gap_words, target_words, value_words
from ui.pages.page import Page, scrolled
from ui.parts.plain import button, clear, column, frame, holder, label, row
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.desk import Desk
    from hsdesk.reports.indicators import IndicatorValue

SHOWN_INDICATORS = ("I01", "I02")
GAP = 14
MOST_CHECKED = 10  # records of a register checked for the home page; more would keep the desk busy


class HomePage(Page):
    """Shown after opening. The counts come with the status; the indicators are read when it is in front."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._top = _grid()
        self._registers = row(gap=GAP)
        self._tasks: list[QFrame] = []
        self._indicators: list[QFrame] = []
        self._stale = True
        self._amounts: dict[str, QLabel] = {}  # of the registers that hold one record
        self._expiring = Expiring(
            lambda one: self.go("record", one.register, one.record, one.path, one.place)
        )
        self._must: dict[str, int] = {}  # what must still be changed in them, as last known
        body = column(
            label(tr("今天要办的"), "title"),
            holder(self._top),
            self._expiring,
            8,
            label(tr("登记表"), "title"),
            holder(self._registers),
            None,
            gap=12,
        )
        layout = column()
        layout.addWidget(scrolled(body))
        self.setLayout(layout)
        self._shape: object = None

    def enter(self) -> None:
        if self._stale:
            self._stale = False
            self.office.ask(lambda desk: desk.reports.reminders(), self._expiring.show_due, owner=self)
            self.office.ask(lambda desk: desk.reports.indicators(), self._show_indicators, owner=self)
            self._check()

    def _check(self) -> None:
        """Ask what must still be changed in the registers of one record, after all that is asked already."""
        forms = tuple(self._amounts)
        if forms:
            self.office.ask(lambda desk: _must(desk, forms), self._show_must, owner=self)

    def _show_must(self, counts: dict[str, int]) -> None:
        self._must |= counts
        for form, amount in self._amounts.items():
            amount.setText(self._single_words(form))

    def _single_words(self, form: str) -> str:
        must = self._must.get(form)
        if must is None:
            return tr("已建")
        return tr("还有 {n} 项必须改", n=must) if must else tr("已填")

    def refresh(self, changes: Changes) -> None:
        if changes.registers or changes.records or changes.places:
            self._stale = True
            if self.isVisible():
                self.enter()

    def show_status(self, status: Status) -> None:
        shape = (
            status.registers,
            status.drafts,
            status.waiting,
            status.attachments,
            status.conflicts,
            status.set_aside,
            status.server,
            status.last_sync,
            status.definitions,
            status.city_audit and status.city_audit.alarms,
        )
        if shape == self._shape:
            return
        self._shape = shape
        self._tasks = self._task_cards(status)
        self._show_top()
        self._show_registers(status)
        if self.isVisible():
            self._check()

    def _show_top(self) -> None:
        """Lay tasks and indicators out together, as many in a row as fit."""
        cards = [*self._tasks, *self._indicators]
        most = 3 if metrics().scale <= 115 else 2
        across = min(len(cards), most)
        while self._top.takeAt(0) is not None:
            pass
        for at in range(most):
            self._top.setColumnStretch(at, 1 if at < across else 0)
        for at, card in enumerate(cards):
            self._top.addWidget(card, at // most, at % most)

    def _task_cards(self, status: Status) -> list[QFrame]:
        for card in self._tasks:
            card.hide()
            card.deleteLater()
        cards = []
        if status.conflicts:
            words = tr("同一栏目两人改成了不同内容，请选一个。")
            count = tr("{n} 处", n=status.conflicts)
            cards.append(self._task(tr("两边改得不一样"), count, words, tr("核对取舍"), "sync"))
        if status.set_aside:
            words = tr("市里没有收下，改好后会再上传。")
            cards.append(
                self._task(tr("暂存待改"), tr("{n} 条", n=status.set_aside), words, tr("去修改"), "sync")
            )
        if status.drafts:
            words = tr("上次没有填完，已帮您留着。")
            cards.append(
                self._task(tr("未填完"), tr("{n} 处", n=status.drafts), words, tr("接着填"), "drafts")
            )
        if status.definitions:
            words = "\n".join(one.reason for one in status.definitions)
            count = tr("{n} 项", n=len(status.definitions))
            cards.append(
                self._task(tr("没有采用的表和口径"), count, words, tr("再同步一次"), "sync", calm=True)
            )
        alarms = status.city_audit.alarms if status.city_audit else ()
        if alarms:
            words = "\n".join(one.text for one in alarms)
            count = tr("{n} 处", n=len(alarms))
            cards.append(self._task(tr("市级记录对不上"), count, words, tr("再同步一次"), "sync"))
        cards.append(self._sync_card(status))
        return cards

    def _sync_card(self, status: Status) -> QFrame:
        changed = tr("{n} 处改动", n=status.waiting)
        if not status.server:
            words = tr("数据都在本机。到乡镇办公室登记设备后，就能上传。")
            return self._task(tr("未上传"), changed, words, tr("设备登记"), "sync")
        if status.waiting:
            words = tr("数据都在本机，联网后点一下就上传。")
            return self._task(tr("未上传"), changed, words, tr("数据同步"), "sync")
        if status.attachments:
            words = tr("数据都传好了，附件还没有传完，再点一下接着传。")
            count = tr("{n} 个附件", n=status.attachments)
            return self._task(tr("未上传"), count, words, tr("数据同步"), "sync")
        when = status.last_sync[:16].replace("T", " ")
        words = tr("上次：{when}", when=when)
        return self._task(tr("数据同步"), tr("都已上传"), words, tr("再同步一次"), "sync", calm=True)

    def _task(
        self, name: str, count: str, words: str, action: str, page: str, *, calm: bool = False
    ) -> QFrame:
        big = label(count, "title")
        text = column(label(name, "quiet"), big, label(words, wrap=True), gap=6)
        press = button(action, lambda: self.go(page), "" if calm else "primary")
        return frame("card", column(text, None, row(press, None), gap=12))

    def _show_indicators(self, values: Sequence[IndicatorValue]) -> None:
        for card in self._indicators:
            card.hide()
            card.deleteLater()
        self._indicators = [
            indicator_card(value, lambda: self.go("indicators"))
            for value in values
            if value.id in SHOWN_INDICATORS and value.value is not None
        ]
        self._show_top()

    def _show_registers(self, status: Status) -> None:
        clear(self._registers)
        self._amounts = {}
        groups: dict[str, list[FormInfo]] = {}
        for info in status.registers:
            if info.open:
                groups.setdefault(info.group, []).append(info)
        columns = [column(gap=GAP) for _ in range(2 if metrics().scale <= 130 else 1)]
        heights = [0] * len(columns)
        for name, members in groups.items():
            shortest = heights.index(min(heights))
            columns[shortest].addWidget(self._group_card(name, members))
            heights[shortest] += len(members) + 1
        for one in columns:
            one.addStretch(1)
            self._registers.addLayout(one, 1)

    def _group_card(self, name: str, members: Sequence[FormInfo]) -> QFrame:
        body = column(label(name, "accent"), gap=4)
        for info in members:
            body.addWidget(self._register_line(info))
        return frame("card", body, padding=18)

    def _register_line(self, info: FormInfo) -> QWidget:
        if info.kind == "single":
            count = self._single_words(info.form_id) if info.count else tr("还没有填")
        else:
            count = tr("{n} 条", n=info.count)
        name = label(info.title, wrap=True)
        amount = label(count, "quiet")
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if info.kind == "single" and 0 < info.count <= MOST_CHECKED:
            self._amounts[info.form_id] = amount
        line = row(gap=6)
        line.addWidget(name, 1)
        line.addWidget(amount)
        line.addWidget(button(tr("打开"), lambda: self.go("register", info.form_id), "quiet"))
        if info.kind != "single":
            new = button(tr("新增"), lambda: self.go("new", info.form_id), "quiet")
            new.setEnabled(info.writable)
            line.addWidget(new)
        return holder(line)


def _must(desk: Desk, forms: Sequence[str]) -> dict[str, int]:
    """Return how many answers must be changed (必须改) in each register."""
    return {form: sum(one.severity == "error" for one in desk.reports.findings(form)) for form in forms}


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(metrics().px(GAP))
    return grid


def indicator_card(value: IndicatorValue, pressed: Callable[[], None]) -> QFrame:
    """Return a card with value, target and the gap in plain words."""
    assert value.value is not None
    amount = row(label(value_words(value), "number"), 8, gap=4)
    if value.target is not None:
        amount.addWidget(label(tr("平均目标 {target}", target=target_words(value)), "quiet"))
    amount.addStretch(1)
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setRange(0, 100)
    bar.setValue(min(100, round(100 * value.value / value.target)) if value.target else 100)
    words = label(gap_words(value), "good" if value.met else "accent", wrap=True)
    text = column(label(value.name, "quiet", wrap=True), amount, bar, words, gap=6)
    return frame("card", column(text, None, row(button(tr("看明细"), pressed), None), gap=12))
