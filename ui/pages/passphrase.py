"""The part of 设置 that changes what opens the desk: new passphrase, new recovery code, or a hand-over."""

from __future__ import annotations

from functools import partial
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from hsdesk.errors import DeskError
from ui.office import Office
from ui.parts.flow import Flow
from ui.parts.notice import tell
from ui.parts.plain import button, column, holder, label, row
from ui.start.code import CodePaper, show_new_code
from ui.start.fields import Line, Message, NewPassphrase
from ui.theme import metrics
from ui.words import error_text, tr

Change = Literal["passphrase", "code", "hand_over"]


class PassphraseCard(QWidget):
    """Three buttons above one form: 换开机口令, 换恢复码, and 交接换钥匙, which does both."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self._what: Change = "passphrase"
        self.old = Line(tr("现在的口令"), self._to_new, secret=True)
        self.new = NewPassphrase(self.change)
        self.message = Message()
        self._words = label("", "quiet", wrap=True)
        self._enter = button("", self.change, "primary")
        self._form = holder(
            column(self._words, self.old, self.new, self.message, row(self._enter, None), gap=10)
        )
        self._form.setMaximumWidth(metrics().px(560))
        self._form.hide()
        actions = Flow(gap=metrics().px(10))
        for press in (
            button(tr("换开机口令…"), partial(self.begin, "passphrase")),
            button(tr("换恢复码…"), partial(self.begin, "code")),
            button(tr("交接换钥匙…"), partial(self.begin, "hand_over")),
        ):
            actions.addWidget(press)
        self.setLayout(column(actions, self._form, gap=10))

    def begin(self, what: Change) -> None:
        """Show the form for one of the three; pressed again, it is put away."""
        is_shown = self._form.isVisible() and self._what == what
        self._what = what
        words, enter = _form_words(what)
        self._words.setText(words)
        self._enter.setText(enter)
        self.message.say("")
        self.new.setVisible(what != "code")
        self._form.setVisible(not is_shown)
        if not is_shown:
            self.old.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def change(self) -> None:
        """Change what opens the desk, if what is typed will do."""
        problem = "" if self._what == "code" else self.new.problem()
        self.message.say(problem)
        if problem:
            self.new.correct()
            return
        old, new, what = self.old.text, self.new.text, self._what
        self._enter.setEnabled(False)
        self.office.ask(
            lambda desk: (
                desk.file.renew_code(old)
                if what == "code"
                else desk.file.change_passphrase(old, new, new_code=what == "hand_over")
            ),
            self._changed,
            self._not_changed,
            self,
        )

    def _to_new(self) -> None:
        if self._what == "code":
            self.change()
        else:
            self.new.first.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def _changed(self, code: str) -> None:
        self._enter.setEnabled(True)
        for line in (self.old, self.new.first, self.new.second):
            line.edit.clear()
        self.message.say("")
        self._form.hide()
        if code:
            show_new_code(self, self._paper(code))
        else:
            tell(self, tr("口令已换"), tr("下次打开请用新口令。"))

    def _paper(self, code: str) -> CodePaper:
        status = self.office.status
        place = status.places[0].full_name if status and status.places else ""
        return CodePaper(code, place, status.person if status else "")

    def _not_changed(self, error: DeskError) -> None:
        self._enter.setEnabled(True)
        self.message.say(error_text(error))
        self.old.edit.selectAll()
        self.old.edit.setFocus(Qt.FocusReason.OtherFocusReason)


def _form_words(what: Change) -> tuple[str, str]:
    """Return what a change does, and the words of its button."""
    if what == "code":
        words = tr(
            "恢复码丢了或给别人看过时用：数据的钥匙同时换新，旧的恢复码不再管用，口令不变。几十兆的数据要等几秒。"
        )
        return words, tr("换成新恢复码")
    if what == "hand_over":
        words = tr(
            "换人交接时用：口令、恢复码和数据的钥匙一起换新，交出去的人以前知道的都不再管用。几十兆的数据要等几秒。"
        )
        return words, tr("换成新口令和新恢复码")
    return tr("数据的钥匙同时换新，几十兆的数据要等几秒。"), tr("换成新口令")
