"""The bar above an open record: the way back, what it is called, whether it is saved, undo and history."""

from __future__ import annotations

from PySide6.QtCore import Signal

from ui.parts.clamp import Clamped
from ui.parts.plain import LabelRole, button, keyed, label, restyle, row
from ui.parts.yielding import FittingBar, narrow
from ui.theme import metrics
from ui.words import tr


class Head(FittingBar):
    """One line. Long titles wrap; where it is narrow the name of the register is left out."""

    back = Signal()
    undo = Signal()
    history = Signal()
    print_wanted = Signal()
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
        self.print_button = button(tr("打印"), self.print_wanted.emit, "quiet")
        self.print_button.setToolTip("Ctrl+P")
        layout.addWidget(self.print_button)
        layout.setContentsMargins(metrics().px(10), metrics().px(4), metrics().px(10), metrics().px(4))
        self.setLayout(layout)
        self._line, self._names, self._several = layout, True, False
        self.fit()

    def fit(self) -> None:
        """Leave out what has no room: the name of the register, then buttons whose keys still work."""
        line = self._line
        narrow(
            line,
            lambda: line.totalMinimumSize().width() + (self.below.sizeHint().width() if self._names else 0),
            self,
            (
                self._shorten,
                self.print_button.setHidden,
                self.undo_button.setHidden,
                self._leave_place,
                self._leave_steps,
            ),
        )

    def _shorten(self, on: bool) -> None:
        self._names = not on
        self.below.setHidden(on)
        self.back_button.setText(tr("返回") if on else keyed(tr("返回（Esc）")))

    def _leave_place(self, on: bool) -> None:
        self.at.setVisible(self._several and not on)

    def _leave_steps(self, on: bool) -> None:
        self.before.setVisible(self._several and not on)
        self.after.setVisible(self._several and not on)

    def show_place(self, at: int, count: int) -> None:
        """Say at which place of its list the record stands, counted from 1; 0 where it is not in it."""
        self.at.setText(tr("第 {at}/{n} 条", at=at, n=count))
        self._several = at > 0 and count > 1
        self.before.setEnabled(at > 1)
        self.after.setEnabled(at < count)
        self.fit()

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
