"""Undo and redo in the window: the keys, the line that says what was done, and the list of the last acts."""

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
MOST_LISTED = 20


class Undoing(QWidget):
    """The line at the foot of the work, hidden until something was done that one may want to take back.

    What Ctrl+Z undoes is the last act of this person at the place of the page in front (`Page.undoing`).
    """

    def __init__(self, office: Office, page: Callable[[], Page]) -> None:
        super().__init__()
        self._office, self._page = office, page
        self._done = 0  # the act that the line names
        self.text = Clamped("quiet", most=3)
        self.back = button(keyed(tr("撤销（Ctrl+Z）")), self._undo_done, "quiet")
        self.again = button(keyed(tr("重做（Ctrl+Y）")), self.redo, "quiet")
        line = row(gap=8)
        line.addWidget(self.text, 1)
        for one in (self.back, self.again, button(tr("知道了"), self.hide, "quiet")):
            line.addWidget(one)
        foot = frame("footer", line)
        line.setContentsMargins(metrics().px(20), metrics().px(6), metrics().px(16), metrics().px(6))
        self.setLayout(column(foot, gap=0))
        self.hide()
        office.saving.connect(self.hide)
        office.changed.connect(self._follow)

    def undo(self) -> None:
        """Undo the last act."""
        place, record = self._page().undoing()
        self._carry_out(lambda desk: desk.journal.undo(1, place, record), self._undone)

    def redo(self) -> None:
        """Redo what was undone last."""
        place, record = self._page().undoing()
        self._carry_out(lambda desk: desk.journal.redo(1, place, record), self._redone)

    def pick(self) -> None:
        """Show what was done last; undo what is picked of it, or redo it where it was undone."""
        place, record = self._page().undoing()

        def show(acts: tuple[ActInfo, ...]) -> None:
            picked = ask_act(self.window(), acts)
            if picked is None:
                return
            if picked.undone:
                self._carry_out(lambda desk: desk.journal.redo_act(picked.id, record), self._redone)
            else:
                self._carry_out(lambda desk: desk.journal.undo_act(picked.id, record), self._undone)

        self._page().flush()
        self._office.ask(lambda desk: desk.journal.acts(place, MOST_LISTED), show, owner=self)

    def _follow(self, changes: Changes) -> None:
        """Say what was done, where it is more than an answer that was typed."""
        if changes.act and not changes.undoing:
            number = changes.act
            self._office.ask(lambda desk: desk.journal.act(number), self._tell, owner=self)

    def _tell(self, act: ActInfo) -> None:
        if not act.undone:
            self._done = act.id
            self.say(tr("已{words}。", words=sentence_text(act.words)), can_undo=not act.final)

    def _undo_done(self) -> None:
        """Undo the act that the line names."""
        number, record = self._done, self._page().undoing()[1]
        self._carry_out(lambda desk: desk.journal.undo_act(number, record), self._undone)

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

    def say(self, text: str, *, can_undo: bool = False, can_redo: bool = False) -> None:
        """Put a sentence at the foot of the window until it is read or something is saved."""
        self.text.setText(text)
        reveal(self.back, can_undo)
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


def ask_act(parent: QWidget, acts: Sequence[ActInfo]) -> ActInfo | None:
    """Return the act to be undone, or redone where it is undone; None for none."""
    text = tr("挑一件撤销，别的不动；撤销过的可以重做。清除、转移、已入账的流水不能撤销；最多留 90 天。")
    notice = Notice(parent, tr("最近做的事"), text if acts else tr("还没有可以撤销的。"))
    listed = _listed(acts)
    if acts:
        notice.put_under(listed)
    accept = notice.answers(tr("撤销这一件"), tr("不撤销"))
    accept.setEnabled(False)

    def marked(at: int) -> None:
        accept.setEnabled(at >= 0)
        accept.setText(tr("重做这一件") if at >= 0 and acts[at].undone else tr("撤销这一件"))

    listed.currentRowChanged.connect(marked)
    listed.itemActivated.connect(lambda _: notice.accept())
    listed.setFocus()
    accepted = notice.exec() == QDialog.DialogCode.Accepted
    return acts[listed.currentRow()] if accepted and listed.currentRow() >= 0 else None


def _listed(acts: Sequence[ActInfo]) -> QListWidget:
    listed = QListWidget()
    listed.setAccessibleName(tr("最近做的事"))
    listed.setWordWrap(True)
    listed.setMinimumSize(metrics().px(640), metrics().px(320))
    for act in acts:
        item = QListWidgetItem(_line(act))
        if act.final:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        listed.addItem(item)
    return listed


def _line(act: ActInfo) -> str:
    when = f"{datetime.fromisoformat(act.at):%m-%d %H:%M}"
    words = sentence_text(act.words)
    return tr("{when}　{words}（已撤销）", when=when, words=words) if act.undone else f"{when}　{words}"
