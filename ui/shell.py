"""The one window: first run, unlocking, and the work behind them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QWindow
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from hsdesk.errors import DeskError, Unforeseen, WrongPassphrase
from ui.office import Office
from ui.parts.notice import show_error, tell
from ui.parts.plain import column, holder
from ui.preferences import Preferences
from ui.words import error_text, tr

if TYPE_CHECKING:
    from ui.start.migrating import MigrationNumbers
    from ui.start.trying import SampleBar
    from ui.workspace import Workspace

_MINUTE_MS = 60_000
_SIGNS_OF_LIFE = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel)


class Shell(QMainWindow):
    """Shows exactly one of: first run, unlock page, workspace."""

    ready = Signal()  # something usable is on the screen

    def __init__(self, office: Office, preferences: Preferences, *, given: bool = False) -> None:
        super().__init__()
        self.office, self.preferences = office, preferences
        self.setWindowTitle(tr("村社台账"))
        self.setMinimumSize(QSize(960, 600))
        self.stack = QStackedWidget()
        self._body = column(self.stack, gap=0)
        self._sample: SampleBar | None = None
        self.setCentralWidget(holder(self._body))
        self._given = given
        self._may_close = False  # nothing is lost by closing the window
        self._is_closing = False  # the window waits in `closeEvent` for what is being written
        self._idle = QTimer(self, singleShot=True)  # 自动锁屏
        self._idle.timeout.connect(self.lock)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusWindowChanged.connect(self._watch_window)
        office.opened.connect(self._show_workspace)
        office.refused.connect(self._cannot_open)
        office.migrating.connect(self._show_migrating)
        office.ended.connect(self._end)
        office.restore_wanted.connect(self.restore)
        office.work.trouble.connect(self._show_trouble)
        office.work.bug.connect(self._show_door)
        if not office.exists():
            self._show_wizard()

    def show_placed(self) -> None:
        """Show the window where it was, or filling a small screen."""
        if not self.restoreGeometry(self.preferences.geometry):
            self.resize(1366, 728)
            if self.screen().availableGeometry().width() <= 1440:
                self.showMaximized()
                return
        self.show()

    def lock(self) -> None:
        """Close the file and ask for the passphrase, once nothing typed is lost by it."""
        if self.office.is_open:
            self._stand()
            self._shut_gate()
            self._leave(lambda: self.office.close_desk(self._show_locked))

    def restore(self, backup: Path) -> None:
        """Put a backup in the place of the open desk, once a copy of that is made and nothing typed is lost.

        A backup that is damaged, or no room for the copy, leaves everything as it was.
        """

        def made(_: None) -> None:
            self._shut_gate()
            self._leave(lambda: self.office.close_desk(lambda: self._show_unlock(restored=backup)))

        self.office.ask(lambda desk: desk.file.make_way(backup), made, owner=self)

    def restyled(self) -> None:
        """Build the pages again after the text size or the language changed."""
        self._leave(lambda: self._show_workspace(place="settings"))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Close: what is being typed is written first, and what cannot be written is asked about."""
        if not self._may_close and self.office.is_open:
            self._is_closing = True
            self._stand(left=True)
            self._leave(self._let_close)
            self.office.wait_until_quiet()
            self._is_closing = False
            if not self._may_close:  # a question is on the screen; its answer closes the window
                event.ignore()
                return
        if self.office.exists():  # looking at the first page leaves nothing behind
            self.preferences.geometry = self.saveGeometry()
        self.hide()
        self.office.leave()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Every key or click in a window starts the idle time anew."""
        if event.type() in _SIGNS_OF_LIFE and self._idle.isActive():
            self._wait_idle()
        return False

    def _let_close(self) -> None:
        self._may_close = True
        if not self._is_closing:
            self.close()

    def _leave(self, then: Callable[[], None]) -> None:
        """Go on with `then` as soon as nothing is lost by leaving the page in front."""
        from ui.workspace import Workspace

        page = self.stack.currentWidget()
        if isinstance(page, Workspace):
            page.leave(then)
        else:
            then()

    def _put(self, page: QWidget) -> None:
        """Make this the only page."""
        while (old := self.stack.currentWidget()) is not None:
            self.stack.removeWidget(old)
            old.deleteLater()
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)

    def _show_wizard(self) -> None:
        from ui.start.wizard import Wizard

        self._put(Wizard(self.office))
        self.ready.emit()

    def _show_unlock(self, *, locked: bool = False, restored: Path | None = None) -> None:
        from ui.start.unlock import Unlock

        self._stop_watching()
        page = Unlock(self.office, locked=locked)
        self._put(page)
        if restored is not None:
            page.put_back(restored)
        self.ready.emit()

    def _show_locked(self) -> None:
        """Ask for the passphrase; what was typed for a page behind the lock reaches neither."""
        from ui.start.unlock import Unlock
        from ui.workspace import Workspace

        workspace = self.stack.currentWidget()
        lost = isinstance(workspace, Workspace) and bool(workspace.gate.sink.kept)
        self._show_unlock(locked=True)
        page = self.stack.currentWidget()
        if lost and isinstance(page, Unlock):
            page.tell(tr("刚才打的字没有填进任何地方，请再打一遍。"))

    def _shut_gate(self) -> None:
        from ui.workspace import Workspace

        workspace = self.stack.currentWidget()
        if isinstance(workspace, Workspace):
            workspace.shut_gate()

    def _show_migrating(self, numbers: MigrationNumbers) -> None:
        """Show how far a file of an earlier program is; the unlock page shows it by itself."""
        from ui.start.migrating import Migrating

        if self.stack.currentWidget() is None:
            self._put(Migrating())
        page = self.stack.currentWidget()
        if isinstance(page, Migrating):
            page.show_progress(numbers)

    def _show_workspace(self, place: str = "") -> None:
        from ui.workspace import Workspace

        self._mark_sample()
        workspace = Workspace(self.office, self.preferences)
        workspace.lock_wanted.connect(self.lock)
        workspace.restyle_wanted.connect(self.restyled)
        self._put(workspace)
        self._begin(workspace, place)
        self._wait_idle()
        if self.office.status is not None and self.office.status.read_only:
            words = tr(
                "磁盘已满或不能写入，台账以只读方式打开：可以查看、打印，不能填写。已保存的内容都在。"
                "请腾出空间或换到能写的磁盘，再打开。"
            )
            tell(self, tr("现在只能查看和打印"), words)
        self.office.ask(lambda desk: desk.file.take_guessable(), self._speak_of_guessable, owner=workspace)
        self.ready.emit()

    def _mark_sample(self) -> None:
        """Stand the bar of the sample over its pages, in today's text size and language."""
        from ui.start.trying import SampleBar, show_first_steps

        is_first = self._sample is None
        self._unmark_sample()
        if self.office.is_sample:
            self._sample = SampleBar()
            self._sample.thrown_away.connect(self._throw_sample_away)
            self._body.insertWidget(0, self._sample)
            if is_first:
                show_first_steps(self._sample)

    def _unmark_sample(self) -> None:
        if self._sample is not None:
            self._sample.hide()
            self._sample.deleteLater()
            self._sample = None

    def _throw_sample_away(self) -> None:
        def gone() -> None:
            self._stop_watching()
            self._unmark_sample()
            self._show_wizard()

        self._shut_gate()
        self._leave(lambda: self.office.throw_sample_away(gone))

    def _begin(self, workspace: Workspace, place: str) -> None:
        """Come back to where this person stood, unless the program was closed there; else begin at home."""
        standing, self.office.standing = self.office.standing, None
        person = self.office.status.person if self.office.status else ""
        if place or standing is None or standing.person != person:
            workspace.go(place or "home")
        elif standing.left:
            self.office.left_at = standing
            workspace.go("home")
        else:
            workspace.come_back(standing)

    def _stand(self, *, left: bool = False) -> None:
        from ui.workspace import Workspace

        workspace = self.stack.currentWidget()
        if isinstance(workspace, Workspace):
            workspace.stand(left=left)

    def _speak_of_guessable(self, is_guessable: bool) -> None:
        """Ask once for a better passphrase: it was set before such ones were refused."""
        if is_guessable:
            words = tr("您的开机口令容易被别人猜到。台账照常能用；请找个空，在“设置”里换一句自己记得住的话。")
            tell(self, tr("口令容易被猜到"), words)

    def _watch_window(self, window: QWindow | None) -> None:
        """Watch a window that takes the keys. Not the application: a page has thousands of events."""
        if window is not None:
            window.installEventFilter(self)

    def _wait_idle(self) -> None:
        """Lock the screen when nothing is pressed from now on, for as long as the person chose."""
        self._idle.start(self.preferences.lock_minutes * _MINUTE_MS)

    def _stop_watching(self) -> None:
        self._idle.stop()

    def _cannot_open(self, error: DeskError) -> None:
        """No key was remembered: ask. Anything else: say it above the passphrase."""
        from ui.start.unlock import Unlock

        page = Unlock(self.office)
        self._put(page)
        if not isinstance(error, WrongPassphrase) or self._given:
            page.say(error)
        self._given = False
        self.ready.emit()

    def _end(self, error: DeskError) -> None:
        """The city had this desk wiped: say so, then close. There is nothing to come back to or to save."""
        self._may_close = True
        notice = tell(self, tr("台账已清除"), error_text(error))
        notice.finished.connect(self.close)

    def _show_door(self, _: object) -> None:
        """Something of ours broke while opening: the passphrase page stands behind the report of it."""
        if self.stack.currentWidget() is None:
            self._show_unlock()

    def _show_trouble(self, error: DeskError) -> None:
        if not isinstance(error, Unforeseen):  # the report of the mistake is on the screen already
            show_error(self, error)
