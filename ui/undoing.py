"""Undo and redo in the window: the keys, the list of what was done, and the line that says what went back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from hsdesk.desk import Desk
from hsdesk.desk.values import ActInfo, Changes, Undone
from hsdesk.errors import DeskError
from ui.office import Office
from ui.pages.page import Page
from ui.parts.clamp import Clamped
from ui.parts.notice import Notice
from ui.parts.plain import button, column, frame, keyed, reveal, row
from ui.theme import metrics
from ui.words import error_text, sentence_text, tr

MOST_LEFT = 3  # answers named in the line; the list of changes of each record has them all


class Undoing(QWidget):
    """The line at the foot of the work, hidden until something was undone.

    What is undone is the last act of this person at the place of the page in front (`Page.undoing`).
    """

    def __init__(self, office: Office, page: Callable[[], Page]) -> None:
        super().__init__()
        self._office, self._page = office, page
        self.text = Clamped("quiet", most=3)
        self.again = button(keyed(tr("重做（Ctrl+Y）")), self.redo, "quiet")
        line = row(gap=8)
        line.addWidget(self.text, 1)
        line.addWidget(self.again)
        line.addWidget(button(tr("知道了"), self.hide, "quiet"))
        foot = frame("footer", line)
        line.setContentsMargins(metrics().px(20), metrics().px(6), metrics().px(16), metrics().px(6))
        self.setLayout(column(foot, gap=0))
        self.hide()
        office.saving.connect(self.hide)

    def undo(self) -> None:
        """Undo the last act."""
        place, record = self._page().undoing()
        self._carry_out(lambda desk: desk.journal.undo(1, place, record), self._undone)

    def redo(self) -> None:
        """Redo what was undone last."""
        place, record = self._page().undoing()
        self._carry_out(lambda desk: desk.journal.redo(1, place, record), self._redone)

    def pick(self) -> None:
        """Show what was done last and undo what is picked of it."""
        place, record = self._page().undoing()

        def show(acts: tuple[ActInfo, ...]) -> None:
            picked = ask_act(self.window(), acts)
            if picked is not None:
                self._carry_out(lambda desk: desk.journal.undo_act(picked, record), self._undone)

        self._page().flush()
        self._office.ask(lambda desk: desk.journal.acts(place), show, owner=self)

    def _carry_out(self, action: Callable[[Desk], Undone], told: Callable[[Undone], None]) -> None:
        """Undo or redo once everything that was given is in the file."""
        page, done = self._page(), list[Undone]()

        def act(desk: Desk) -> Changes:
            done.append(action(desk))
            return done[0].changes

        def carry_out() -> None:
            if page.has_unsaved():
                self.say(tr("有内容还没有存进去，没有撤销。请先按那一栏的提示办。"))
            else:
                self._office.change(act, lambda _: told(done[0]), self._failed, self)

        page.flush()
        self._office.when_quiet(carry_out)

    def _undone(self, done: Undone) -> None:
        self.say(tr("已撤销：{words}。", words=_words(done)) + left_words(done), can_redo=True)

    def _redone(self, done: Undone) -> None:
        self.say(tr("已重做：{words}。", words=_words(done)) + left_words(done))

    def _failed(self, error: DeskError) -> None:
        self.say(error_text(error))

    def say(self, text: str, *, can_redo: bool = False) -> None:
        """Put a sentence at the foot of the window until it is read or something is saved."""
        self.text.setText(text)
        reveal(self.again, can_redo)
        self.show()


def _words(done: Undone) -> str:
    return "、".join(sentence_text(act.words) for act in done.acts)


def left_words(done: Undone) -> str:
    """Say what stayed as it is, the first few by name."""
    told = "；".join(sentence_text(one.words) for one in done.left[:MOST_LEFT])
    if len(done.left) > MOST_LEFT:
        return tr("{told}等 {n} 处。", told=told, n=len(done.left))
    return tr("{told}。", told=told) if told else ""


def ask_act(parent: QWidget, acts: Sequence[ActInfo]) -> int | None:
    """Return the number of the act to be undone, None for none."""
    text = tr("挑一件撤销，别的不动。清除、转移、已入账的流水、已经交出去的不能撤销；最多留 90 天。")
    notice = Notice(parent, tr("撤销…"), text if acts else tr("还没有可以撤销的。"))
    listed = QListWidget()
    listed.setAccessibleName(tr("最近做的事"))
    for act in acts:
        item = QListWidgetItem(_line(act))
        item.setData(Qt.ItemDataRole.UserRole, act.id)
        if act.undone:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        listed.addItem(item)
    if acts:
        notice.put_under(listed)
    accept = notice.answers(tr("撤销这一件"), tr("不撤销"))
    accept.setEnabled(False)
    listed.currentItemChanged.connect(lambda item: accept.setEnabled(item is not None))
    if notice.exec() != QDialog.DialogCode.Accepted or listed.currentItem() is None:
        return None
    return int(listed.currentItem().data(Qt.ItemDataRole.UserRole))


def _line(act: ActInfo) -> str:
    when = f"{datetime.fromisoformat(act.at):%m-%d %H:%M}"
    words = sentence_text(act.words)
    return tr("{when}　{words}（已撤销）", when=when, words=words) if act.undone else f"{when}　{words}"
