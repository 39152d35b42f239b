"""The bar above an open record: the way back, what it is called, whether it is saved, undo and history."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ui.parts.clamp import Clamped
from ui.parts.plain import LabelRole, button, keyed, label, restyle, row
from ui.theme import metrics
from ui.words import tr

ROOMY = 900  # pixels at 100 % from which the register is named beside the record


class Head(QFrame):
    """One line. Long titles wrap; where it is narrow the name of the register is left out."""

    back = Signal()
    undo = Signal()
    history = Signal()
    step = Signal(int)  # to the record before or after

    def __init__(self, register: str) -> None:
        super().__init__()
        self._register = register
        self.setProperty("role", "bar")
        large = metrics().is_large
        self.title = Clamped("heading", most=1 if large else 2)
        self.below = Clamped("quiet", most=1)
        self.state = Clamped("quiet", most=1)
        self.history_button = button(tr("修改记录"), self.history.emit, "quiet")
        self.back_button = button("", self.back.emit)
        layout = row(self.back_button, 2, gap=8)
        layout.addWidget(self.title)
        layout.addSpacing(metrics().px(8))
        layout.addWidget(self.below, 1)
        layout.addWidget(self.state)
        self.before = button(tr("上一条"), lambda: self.step.emit(-1), "quiet")
        self.after = button(tr("下一条"), lambda: self.step.emit(1), "quiet")
        self.at = label("", "quiet")
        self.before.setToolTip("Ctrl+PgUp")
        self.after.setToolTip("Ctrl+PgDown")
        layout.addWidget(self.before)
        layout.addWidget(self.at)
        layout.addWidget(self.after)
        self.undo_button = button(keyed(tr("撤销（Ctrl+Z）")), self.undo.emit, "quiet")
        layout.addWidget(self.undo_button)
        layout.addWidget(self.history_button)
        layout.setContentsMargins(metrics().px(10), metrics().px(4), metrics().px(10), metrics().px(4))
        self.setLayout(layout)
        self.fit(0)

    def fit(self, width: int) -> None:
        """Leave out what has no room: the name of the register, and buttons whose keys still work."""
        roomy = width >= metrics().px(ROOMY)
        self.below.setVisible(roomy)
        self.undo_button.setVisible(roomy or metrics().is_large)
        self.back_button.setText(keyed(tr("返回（Esc）")) if roomy else tr("返回"))

    def show_place(self, at: int, count: int) -> None:
        """Say at which place of its list the record stands, counted from 1; 0 where it is not in it."""
        self.at.setText(tr("第 {at}/{n} 条", at=at, n=count))
        several = at > 0 and count > 1
        self.before.setVisible(several)
        self.at.setVisible(several)
        self.after.setVisible(several)
        self.before.setEnabled(at > 1)
        self.after.setEnabled(at < count)

    def waits(self) -> None:
        """Say that another page is long in coming."""
        self._say(tr("正在打开…打的字会填到打开的那一页。"), "quiet")

    def begin(self, place: str) -> None:
        """Another record comes, of a place."""
        self.below.setText(f"{self._register}　{place}")
        self.silent()

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
