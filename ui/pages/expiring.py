"""快到期: what ends soon or is past, on the home page; each line opens its record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from ui.parts.plain import button, clear, column, frame, holder, label, row
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.reminders import Due

MOST = 5  # lines shown at first; the rest is one press away


class Expiring(QWidget):
    """A heading with the count and a line for each; not there while nothing is due."""

    def __init__(self, opened: Callable[[Due], None]) -> None:
        super().__init__()
        self._opened = opened
        self._due: tuple[Due, ...] = ()
        self._all = False
        self._title = label("", "title")
        self._lines = column(gap=4)
        self.setLayout(column(self._title, frame("card", self._lines, padding=18), gap=12))
        self.hide()

    def show_due(self, due: Sequence[Due]) -> None:
        """Show what is due, what is past first."""
        if tuple(due) == self._due:
            return
        self._due = tuple(due)
        self._fill()

    def _fill(self) -> None:
        clear(self._lines)
        self.setVisible(bool(self._due))
        self._title.setText(tr("快到期（{n}）", n=len(self._due)))
        shown = self._due if self._all else self._due[:MOST]
        for one in shown:
            self._lines.addWidget(self._line(one))
        left = len(self._due) - len(shown)
        if left:
            more = button(tr("还有 {n} 条，全部列出", n=left), self._show_all, "quiet")
            self._lines.addLayout(row(more, None))

    def _line(self, one: Due) -> QWidget:
        """Return one record; at large text what ends and when stand below its name."""
        name = label(one.title or one.what, wrap=True)
        name.setToolTip(one.advice)
        what = label(one.what if one.title else "", "quiet")
        when = label(when_words(one.left, one.day), "bad" if one.left <= 0 else "quiet")
        press = button(tr("打开"), lambda: self._opened(one), "quiet")
        press.setAccessibleName(tr("打开{name}", name=f"{one.title} {one.what}".strip()))
        line = row(gap=12)
        if metrics().is_large:
            what.setWordWrap(True)
            line.addLayout(column(name, what, when, gap=2), 1)
        else:
            line.addWidget(name, 1)
            line.addWidget(what)
            line.addWidget(when)
        line.addWidget(press)
        return holder(line)

    def _show_all(self) -> None:
        """Show every line and go on at the first of those that were hidden."""
        self._all = True
        self._fill()
        following = self._lines.itemAt(MOST)
        widget = following.widget() if following is not None else None
        press = widget.findChild(QPushButton) if widget is not None else None
        if press is not None:
            press.setFocus(Qt.FocusReason.OtherFocusReason)


def when_words(left: int, day: str) -> str:
    """Return how far a day is, in plain words, with the day."""
    if left > 0:
        return tr("还有 {n} 天（{day}）", n=left, day=day)
    return tr("今天到期（{day}）", day=day) if left == 0 else tr("已过期 {n} 天（{day}）", n=-left, day=day)
