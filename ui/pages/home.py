"""工作台: what is to do, where one stands, and the registers with their counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QProgressBar, QVBoxLayout, QWidget

from hsdesk.desk.values import Changes, FormInfo, Status
from ui.office import Office
from ui.pages.page import Page, scrolled
from ui.parts.plain import LabelRole, button, clear, column, frame, holder, label, row
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.indicators import IndicatorValue

SHOWN_INDICATORS = ("I01", "I02")


class HomePage(Page):
    """Shown after opening. The counts come with the status; the indicators are read when it is in front."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._tasks = row(gap=14)
        self._indicators = row(gap=14)
        self._registers: QVBoxLayout = column(gap=10)
        self._stale = True
        body = column(
            label(tr("今天要办的"), "title"),
            self._tasks,
            10,
            self._indicators,
            10,
            self._registers,
            None,
            gap=10,
        )
        layout = column()
        layout.addWidget(scrolled(body))
        self.setLayout(layout)
        self._shape: object = None

    def enter(self) -> None:
        if self._stale:
            self._stale = False
            self.office.ask(lambda desk: desk.indicators(), self._show_indicators, owner=self)

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
            status.conflicts,
            status.set_aside,
            status.server,
        )
        if shape == self._shape:
            return
        self._shape = shape
        clear(self._tasks)
        for card in self._task_cards(status):
            self._tasks.addWidget(card, 1)
        self._show_registers(status)

    def _task_cards(self, status: Status) -> list[QWidget]:
        cards = []
        if status.conflicts:
            words = tr("同一栏目两人改成了不同内容，请选一个。")
            cards.append(
                self._task(
                    tr("两边改得不一样"), tr("{n} 处", n=status.conflicts), words, tr("核对取舍"), "sync"
                )
            )
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
        cards.append(self._sync_card(status))
        return cards

    def _sync_card(self, status: Status) -> QWidget:
        if not status.server:
            words = tr("数据都在本机。到乡镇办公室后登记设备，就能上传。")
            return self._task(tr("未上传"), tr("{n} 处改动", n=status.waiting), words, tr("设备登记"), "sync")
        if status.waiting:
            words = tr("数据都在本机，联网后点一下就上传。")
            return self._task(tr("未上传"), tr("{n} 处改动", n=status.waiting), words, tr("数据同步"), "sync")
        when = status.last_sync[:16].replace("T", " ")
        return self._task(
            tr("数据同步"), tr("都已上传"), tr("上次：{when}", when=when), tr("再同步一次"), "sync", calm=True
        )

    def _task(
        self, name: str, count: str, words: str, action: str, page: str, *, calm: bool = False
    ) -> QWidget:
        role: LabelRole = "good" if calm else "heading"
        text = column(label(name, "quiet"), label(count, role), label(words, wrap=True), gap=4)
        press = button(action, lambda: self.go(page), "" if calm else "primary")
        return frame("card", column(text, None, row(press, None), gap=10))

    def _show_indicators(self, values: tuple[IndicatorValue, ...]) -> None:
        clear(self._indicators)
        for value in values:
            if value.id in SHOWN_INDICATORS and value.value is not None:
                self._indicators.addWidget(indicator_card(value, lambda: self.go("indicators")), 1)

    def _show_registers(self, status: Status) -> None:
        clear(self._registers)
        groups: dict[str, list[FormInfo]] = {}
        for info in status.registers:
            if info.open:
                groups.setdefault(info.group, []).append(info)
        for name, members in groups.items():
            self._registers.addWidget(label(name, "heading"))
            self._registers.addWidget(self._cards(members))

    def _cards(self, members: list[FormInfo]) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(metrics().px(14))
        columns = 3 if metrics().scale <= 130 else 2
        for at in range(columns):
            grid.setColumnStretch(at, 1)
        for at, info in enumerate(members):
            grid.addWidget(self._register_card(info), at // columns, at % columns)
        return holder(grid)

    def _register_card(self, info: FormInfo) -> QFrame:
        if info.kind == "single":
            count = tr("已填") if info.count else tr("还没有填")
            actions = [button(tr("打开"), lambda: self.go("register", info.form_id))]
        else:
            count = tr("{n} 条", n=info.count)
            actions = [button(tr("打开"), lambda: self.go("register", info.form_id))]
            if info.writable:
                actions.append(button(tr("新增"), lambda: self.go("new", info.form_id), "quiet"))
        name = label(info.title)
        name.setWordWrap(True)
        number = label(count, "accent")
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        top = row(gap=8)
        top.addWidget(name, 1)
        top.addWidget(number)
        return frame("card", column(top, None, row(*actions, None), gap=10), padding=16)


def indicator_card(value: IndicatorValue, pressed: Callable[[], None]) -> QFrame:
    """Return a card with value, target and the gap in plain words."""
    assert value.value is not None
    more = button(tr("看明细"), pressed, "quiet")
    amount = row(label(f"{value.value:g}", "number"), label(_aim(value), "quiet"), None, more, gap=12)
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setRange(0, 100)
    bar.setValue(min(100, round(100 * value.value / value.target)) if value.target else 100)
    words = gap_words(value)
    return frame(
        "card",
        column(
            label(value.name, wrap=True), amount, bar, label(words, "good" if value.met else "accent"), gap=8
        ),
    )


def _aim(value: IndicatorValue) -> str:
    return tr("平均目标 {target}", target=f"{value.target:g}") if value.target is not None else ""


def gap_words(value: IndicatorValue) -> str:
    """Return how far one is from the target, in the words of the field: 比平均目标少 n 家."""
    if value.met or value.value is None or value.target is None:
        return tr("已达到平均目标")
    gap = max(value.target - value.value, 0)
    return tr("比平均目标少 {n} 家", n=f"{gap:g}")
