"""The part of 设置 that changes what opens the desk: a new passphrase, or a hand-over to somebody else."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from hsdesk.errors import DeskError
from ui.office import Office
from ui.parts.notice import tell
from ui.parts.plain import button, column, holder, label, row
from ui.start.code import CodePaper, show_new_code
from ui.start.fields import Line, Message, NewPassphrase
from ui.theme import metrics
from ui.words import error_text, tr


class PassphraseCard(QWidget):
    """Two buttons above one form: 换开机口令, and 交接换钥匙, which makes a new recovery code too."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self._hands_over = False
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
        actions = row(
            button(tr("换开机口令…"), lambda: self.begin(hands_over=False)),
            button(tr("交接换钥匙…"), lambda: self.begin(hands_over=True)),
            None,
        )
        self.setLayout(column(actions, self._form, gap=10))

    def begin(self, *, hands_over: bool) -> None:
        """Show the form for one of the two; pressed again, it is put away."""
        is_shown = self._form.isVisible() and self._hands_over is hands_over
        self._hands_over = hands_over
        hand_over = tr(
            "换人交接时用：口令、恢复码和数据的钥匙一起换新，交出去的人以前知道的都不再管用。几十兆的数据要等几秒。"
        )
        self._words.setText(hand_over if hands_over else tr("数据的钥匙同时换新，几十兆的数据要等几秒。"))
        self._enter.setText(tr("换成新口令和新恢复码") if hands_over else tr("换成新口令"))
        self._form.setVisible(not is_shown)

    def change(self) -> None:
        """Change what opens the desk, if what is typed will do."""
        problem = self.new.problem()
        self.message.say(problem)
        if problem:
            self.new.correct()
            return
        old, new, hands_over = self.old.text, self.new.text, self._hands_over
        self._enter.setEnabled(False)
        self.office.ask(
            lambda desk: desk.file.change_passphrase(old, new, new_code=hands_over),
            self._changed,
            self._not_changed,
            self,
        )

    def _to_new(self) -> None:
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
