"""The bar above an open record: the way back, what it is called, whether it is saved, undo and history."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLayout

from ui.parts.clamp import Clamped
from ui.parts.flow import Flow
from ui.parts.plain import LabelRole, button, column, keyed, label, restyle, row
from ui.theme import metrics
from ui.words import tr


class Head(QFrame):
    """Long titles wrap. At large text sizes the state stands below, in the place of the register's name."""

    back = Signal()
    undo = Signal()
    history = Signal()

    def __init__(self, register: str, place: str) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        large = metrics().is_large
        self.title = Clamped("heading" if large else "title")
        self.below = Clamped("quiet", most=1)
        self.below.setText(place if large else f"{register}　{place}")
        self.state = Clamped("quiet") if large else label("", "quiet")
        names = column(self.title, self._second_line() if large else self.below, gap=2)
        layout = row(button(keyed(tr("返回（Esc）")), self.back.emit), 6, gap=8)
        layout.addLayout(names, 1)
        if not large:
            layout.addWidget(self.state)
            layout.addSpacing(metrics().px(6))
        layout.addWidget(button(keyed(tr("撤销（Ctrl+Z）")), self.undo.emit, "quiet"))
        layout.addWidget(button(tr("修改记录"), self.history.emit, "quiet"))
        layout.setContentsMargins(metrics().px(16), metrics().px(8), metrics().px(12), metrics().px(8))
        self.setLayout(layout)

    def saved(self, time: str) -> None:
        """Say that everything is on the disk since a time of day."""
        self._say(tr("已保存") if metrics().is_large else tr("已保存 {time}", time=time), "quiet")

    def not_saved(self, n: int) -> None:
        """Say in how many places something is not saved; each says why."""
        self._say(tr("有 {n} 处没有存进去", n=n), "bad")

    def asks(self, n: int) -> None:
        """Say in how many places a person has to choose; what he typed there is a draft until he does."""
        self._say(tr("有 {n} 处等您选用哪一个", n=n), "warn")

    def silent(self) -> None:
        """Say nothing: nothing was given since the record was opened."""
        self._say("", "quiet")

    def _say(self, words: str, role: LabelRole) -> None:
        self.state.setText(words)
        restyle(self.state, "role", role)

    def _second_line(self) -> QLayout:
        line = Flow(gap=metrics().px(8))
        line.addWidget(self.below)
        line.addWidget(self.state)
        return line
