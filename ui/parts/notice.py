"""How errors and questions reach a person: a plain sentence, the way on, and details one click away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QPushButton, QWidget

from hsdesk.errors import DeskError
from ui.parts.plain import button, column, label, row
from ui.theme import metrics
from ui.words import error_text, tr

_LEAST_ROWS = 84  # pixels: two rows


class Notice(QDialog):
    """A sentence with buttons. Esc is always the answer that changes nothing."""

    def __init__(self, parent: QWidget | None, title: str, text: str, detail: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(metrics().px(560))
        self.detail = QPlainTextEdit(detail)
        self.detail.setReadOnly(True)
        self.detail.hide()
        self.buttons = row(gap=12)
        if detail:
            self.buttons.addWidget(button(tr("详情"), self._show_detail, "quiet"))
        self.buttons.addStretch(1)
        self.message: QLabel = label(text, wrap=True, selectable=True)
        self.body = column(self.message, self.detail, gap=14)
        self.setLayout(
            column(label(title, "title", wrap=True), self.body, 8, self.buttons, gap=14, margin=24)
        )

    def _show_detail(self) -> None:
        self.detail.setVisible(not self.detail.isVisible())
        self.adjustSize()

    def put_under(self, field: QWidget) -> None:
        """Put a field under the sentence."""
        self.body.addWidget(field)

    def fit_rows(self, rows: QWidget, wanted: int) -> None:
        """Give rows under the sentence the height they want, or what the window has room for.

        To be called when everything else is in its place. Large texts give up the sentence for them.
        """
        rows.setFixedHeight(0)
        room = self._room()
        if metrics().is_large and room < wanted:
            self.message.hide()
            room = self._room()
        rows.setFixedHeight(max(min(wanted, room), metrics().px(_LEAST_ROWS)))

    def _room(self) -> int:
        """Return how many pixels of the window's height the dialog leaves."""
        parent = self.parentWidget()
        whole = parent.window() if parent is not None else self
        self.body.invalidate()  # what was hidden just now takes no room
        return whole.height() - self.sizeHint().height()

    def answers(self, yes: str, no: str = "") -> QPushButton:
        """Add the buttons and return the one that accepts; `no` (if any) closes without doing anything."""
        if no:
            self.buttons.addWidget(button(no, self.reject))
        accept = button(yes, self.accept, "primary")
        accept.setDefault(True)
        self.buttons.addWidget(accept)
        accept.setFocus(Qt.FocusReason.TabFocusReason)
        return accept


def tell(parent: QWidget | None, title: str, text: str, detail: str = "") -> Notice:
    """Show a sentence until it is read. The program goes on meanwhile."""
    notice = Notice(parent, title, text, detail)
    notice.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    notice.answers(tr("知道了"))
    notice.open()
    return notice


def show_error(parent: QWidget | None, error: DeskError) -> None:
    """Show an error in plain words."""
    tell(parent, tr("没有办成"), error_text(error), error.detail)


def ask(parent: QWidget | None, title: str, text: str, yes: str, no: str = "") -> bool:
    """Ask a question; True only when `yes` was chosen."""
    notice = Notice(parent, title, text)
    notice.answers(yes, no or tr("先不办"))
    return notice.exec() == QDialog.DialogCode.Accepted
