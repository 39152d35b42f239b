"""Unlocking the desk: passphrase, or the recovery code when it is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from hsdesk.errors import DeskError
from ui.office import Office
from ui.parts.plain import button, column, holder, row
from ui.start.fields import Line, Message, NewPassphrase
from ui.start.frame import StartPage
from ui.start.migrating import MigrationNumbers, migration_comfort, migration_text
from ui.start.restoring import chosen_backup
from ui.words import error_text, tr


class Unlock(StartPage):
    """Asks for the passphrase."""

    def __init__(self, office: Office, *, locked: bool = False) -> None:
        super().__init__("", "")
        self.office, self.locked = office, locked
        self.message: Message
        self.line: Line
        self.remember: QCheckBox
        self.enter: QPushButton
        self._recover: Recover | None = None
        office.migrating.connect(self.show_migration)
        self._ask()

    def _ask(self) -> None:
        locked = self.locked
        self.title.setText(tr("屏幕已锁上") if locked else tr("请输入开机口令"))
        self.lead.setText(
            tr("已填内容都保存好了。") if locked else tr("数据在本机加密保存，只有口令能打开。")
        )
        self.message = Message()
        self.line = Line(tr("开机口令"), self.open, secret=True)
        shown = QCheckBox(tr("显示口令"))
        shown.toggled.connect(self.line.show_text)
        self.remember = QCheckBox(tr("记住本机（下次不用再输）"))
        self.enter = button(tr("打开"), self.open, "primary")
        forgot = button(tr("忘记口令，用恢复码"), self.recover, "quiet")
        boxes = row(shown, 16, self.remember, None)
        restore = button(tr("从备份恢复…"), self.restore, "quiet")
        actions = row(self.enter, None, restore, forgot)
        self.put(holder(column(self.line, boxes, self.message, 4, actions, gap=10)))
        if self.office.is_sample:
            self._tell_passphrase((restore, forgot, self.remember))
        self.focus_on(self.line.edit)

    def _tell_passphrase(self, needless: Sequence[QWidget]) -> None:
        """Give the passphrase of the sample; what is for one's own data is not offered there."""
        from hsdesk.desk.sample import PASSPHRASE

        for one in needless:
            one.hide()
        self.lead.setText(tr("这是示例，口令 {passphrase} 已经填好，按回车就打开。", passphrase=PASSPHRASE))
        self.line.edit.setText(PASSPHRASE)

    def open(self) -> None:
        """Try the passphrase that is typed."""
        self._wait(True)
        self.office.open(self.line.text, self.say, remember=self.remember.isChecked())

    def say(self, error: DeskError) -> None:
        """Show why the desk did not open; the passphrase can be typed again."""
        self._wait(False)
        self.message.say(error_text(error))
        self.line.edit.selectAll()
        self.line.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def tell(self, text: str) -> None:
        """Say something above the buttons."""
        self.message.say(text)

    def show_migration(self, numbers: MigrationNumbers) -> None:
        """Show how far a file of an earlier program is."""
        self.title.setText(migration_text(numbers))
        self.lead.setText(migration_comfort())

    def recover(self) -> None:
        """Go on with the recovery code."""
        self.title.setText(tr("用恢复码打开"))
        self.lead.setText(tr("恢复码是新建工作台时打印或抄下的那一串字。打开后要设一个新口令。"))
        self._recover = Recover(self.office, self)
        self.put(self._recover)
        self.focus_on(self._recover.code.edit)

    def restore(self) -> None:
        """Put a backup in the place of the desk; what was there is kept beside it."""
        chosen = chosen_backup(self, self.office.home)
        if chosen is not None:
            self.put_back(chosen)

    def put_back(self, backup: Path) -> None:
        """Put this backup in the place of the desk, then ask for its passphrase."""
        self._wait(True)
        self.office.restore(backup, self.line.text, self._restored, self.say)

    def _restored(self, _: Path | None) -> None:
        self._wait(False)
        self.message.say("")
        self.lead.setText(tr("已从备份恢复。请输入做这份备份时的口令。"))
        self.line.edit.clear()
        self.focus_on(self.line.edit)

    def back(self) -> None:
        """Return from the recovery code to the passphrase."""
        if self._recover is not None and self._recover.enter.isEnabled():
            self._recover = None
            self._ask()

    def _wait(self, waiting: bool) -> None:
        self.enter.setEnabled(not waiting)
        self.enter.setText(tr("正在打开…") if waiting else tr("打开"))


class Recover(QWidget):
    """Recovery code and a new passphrase."""

    def __init__(self, office: Office, page: Unlock) -> None:
        super().__init__()
        self.office = office
        self.code = Line(tr("恢复码"), self._to_passphrase)
        self.code.edit.setPlaceholderText(tr("大小写、空格和短横都不要紧"))
        self.passphrase = NewPassphrase(self.open)
        self.message = Message()
        self.enter = button(tr("打开并换成新口令"), self.open, "primary")
        actions = row(self.enter, None, button(tr("上一步"), page.back, "quiet"))
        self.setLayout(column(self.code, self.passphrase, self.message, 4, actions, gap=10))

    def _to_passphrase(self) -> None:
        self.passphrase.first.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def open(self) -> None:
        """Try the recovery code."""
        problem = self.passphrase.problem()
        self.message.say(problem)
        if problem:
            self.passphrase.correct()
            return
        self.enter.setEnabled(False)
        self.office.recover(self.code.text, self.passphrase.text, self.say)

    def say(self, error: DeskError) -> None:
        self.enter.setEnabled(True)
        self.message.say(error_text(error))
        self.code.edit.setFocus(Qt.FocusReason.OtherFocusReason)
