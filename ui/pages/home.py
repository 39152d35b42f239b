"""工作台: what is to do, where one stands, and the registers with their counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QWidget

from hsdesk.desk.values import Changes, FormInfo, Status
from hsdesk.model.punctuation import full_width
from ui.office import Office
from ui.pages.gap import gap_words, target_words, value_words
from ui.pages.page import Page, scrolled
from ui.pages.tasks import Tasks
from ui.parts.plain import button, clear, column, frame, holder, label, row
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.indicators import IndicatorValue

SHOWN_INDICATORS = ("I01", "I02")
GAP = 14


class HomePage(Page):
    """Shown after opening. The counts come with the status; the rest is read when it is in front."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.tasks = Tasks(office)
        self.tasks.chosen.connect(self.wanted)
        self.tasks.checked.connect(self._show_must)
        self._top = _grid()
        self._registers = row(gap=GAP)
        self._indicators: list[QFrame] = []
        self._stale = True
        self._unchecked: dict[str, None] = {}  # registers to be looked through for what must be changed
        self._amounts: dict[str, QLabel] = {}  # of the registers that hold one record
        body = column(
            self.tasks,
            8,
            label(tr("登记表"), "title"),
            holder(self._registers),
            8,
            holder(self._top),
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
            self.tasks.ask()
            self.office.ask(lambda desk: desk.reports.indicators(), self._show_indicators, owner=self)
        if self._unchecked:
            self.tasks.check(self._unchecked)
            self._unchecked = {}

    def take_focus(self) -> None:
        self.tasks.listed.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The key of a line works from everywhere on the page."""
        if event.modifiers() != Qt.KeyboardModifier.NoModifier or not self.tasks.listed.press(event.text()):
            super().keyPressEvent(event)

    def _show_must(self) -> None:
        for form, amount in self._amounts.items():
            amount.setText(self._single_words(form))

    def _single_words(self, form: str) -> str:
        must = self.tasks.must(form)
        if must is None:
            return tr("已建")
        return tr("还有 {n} 项必须改", n=must) if must else tr("已填")

    def refresh(self, changes: Changes) -> None:
        self._unchecked |= dict.fromkeys(changes.registers)
        if changes.registers or changes.records or changes.places or changes.conflicts or changes.sync:
            self._stale = True
            if self.isVisible():
                self.enter()

    def show_status(self, status: Status) -> None:
        self.tasks.show_status(status)
        shape = (status.registers, status.drafts, status.set_aside)
        if shape == self._shape:
            return
        if self._shape is None:
            self._unchecked |= dict.fromkeys(
                info.form_id for info in status.registers if info.open and info.count
            )
        self._shape = shape
        self._stale = True
        self._show_registers(status)
        if self.isVisible():
            self.enter()

    def _show_top(self) -> None:
        """Lay the indicators out, as many in a row as fit."""
        most = 3 if metrics().scale <= 115 else 2
        across = min(len(self._indicators), most)
        while self._top.takeAt(0) is not None:
            pass
        for at in range(most):
            self._top.setColumnStretch(at, 1 if at < across else 0)
        for at, card in enumerate(self._indicators):
            self._top.addWidget(card, at // most, at % most)

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
        body = column(label(full_width(name), "accent"), gap=4)
        for info in members:
            body.addWidget(self._register_line(info))
        return frame("card", body, padding=18)

    def _register_line(self, info: FormInfo) -> QWidget:
        if info.kind == "single":
            count = self._single_words(info.form_id) if info.count else tr("还没有填")
        else:
            count = tr("{n} 条", n=info.count)
        name = label(full_width(info.title), wrap=True)
        amount = label(count, "quiet")
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if info.kind == "single" and info.count:
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
