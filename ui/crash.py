"""What a person sees when the program itself made a mistake: what is safe, what is not, how to report it."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from ui.parts.notice import tell
from ui.words import tr


class CrashWatch(QObject):
    """Takes every exception that nobody handled and shows it once at a time."""

    _raised = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._showing = False
        self._raised.connect(self._show)

    def install(self) -> None:
        """From now on, unhandled exceptions are shown instead of ending the program."""
        sys.excepthook = self._hook

    def report(self, error: object) -> None:
        """Show an exception that came from the database thread."""
        if isinstance(error, BaseException):
            self._hook(type(error), error, error.__traceback__)

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        self._raised.emit(text)

    def _show(self, text: str) -> None:
        if self._showing:
            return
        self._showing = True
        words = tr(
            "刚才这一步没有办成，以前保存的内容都在。"
            "写着“没有存进去”的栏目，请按那里的提示办；没有这样的栏目，就可以接着用。"
            "反复出现时，请点「详情」把文字复制给技术人员。"
        )
        notice = tell(QApplication.activeWindow(), tr("程序出了一点问题"), words, text)
        notice.finished.connect(self._read)

    def _read(self) -> None:
        self._showing = False
