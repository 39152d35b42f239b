"""A text field with a list under it that narrows while one types: choices, places, people."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.theme import metrics

ROWS = 8  # lines shown at once
LINE = 42  # pixels
_DATA = Qt.ItemDataRole.UserRole


class Suggestion(msgspec.Struct, frozen=True):
    """One line of the list. `value` is what picking it means."""

    value: object
    text: str
    detail: str = ""  # shown after the text


class Popup(QFrame):
    """The list under a field. It never takes the focus, so typing goes on."""

    chosen = Signal(object)  # Suggestion

    def __init__(self, field: QWidget) -> None:
        super().__init__(field, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.list = QListWidget()
        self.list.setObjectName("Popup")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._pick)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)

    def fill(self, lines: Sequence[Suggestion]) -> None:
        """Show these lines, the first one marked."""
        self.list.clear()
        for line in lines:
            text = f"{line.text}    {line.detail}" if line.detail else line.text
            item = QListWidgetItem(text)
            item.setData(_DATA, line)
            item.setToolTip(text)
            item.setSizeHint(QSize(0, metrics().px(LINE)))
            self.list.addItem(item)
        if lines:
            self.list.setCurrentRow(0)

    def mark(self, value: object) -> None:
        """Mark the line with this value."""
        for at in range(self.list.count()):
            if self._line(at).value == value:
                self.list.setCurrentRow(at)

    def current(self) -> Suggestion | None:
        at = self.list.currentRow()
        return self._line(at) if at >= 0 else None

    def move_mark(self, step: int) -> None:
        last = self.list.count() - 1
        self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), last))

    def open_under(self, field: QWidget) -> None:
        """Show the list under the field, or above it where the screen ends."""
        height = metrics().px(LINE) * min(max(self.list.count(), 1), ROWS) + 4
        measure = self.list.fontMetrics()
        longest = max(
            (measure.horizontalAdvance(self.list.item(at).text()) for at in range(self.list.count())),
            default=0,
        )
        width = max(field.width(), min(longest + metrics().px(56), metrics().px(720)))
        self.list.setFixedHeight(height)
        self.resize(width, height)
        below = field.mapToGlobal(QPoint(0, field.height()))
        screen = field.screen().availableGeometry()
        if below.y() + height > screen.bottom():
            below = field.mapToGlobal(QPoint(0, -height))
        below.setX(max(screen.left(), min(below.x(), screen.right() - width)))
        self.move(below)
        self.show()
        self.raise_()

    def _line(self, at: int) -> Suggestion:
        line = self.list.item(at).data(_DATA)
        assert isinstance(line, Suggestion)
        return line

    def _pick(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_DATA))


class SuggestBox(QLineEdit):
    """A field that asks for lines while one types, also inside an input method, and gives the picked one.

    Enter or Tab takes the marked line, Down and Up move the mark, Esc closes the list.
    """

    wanted = Signal(str)  # the text so far, preedit included: give lines by `offer`
    picked = Signal(object)  # the value of the picked Suggestion

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._popup: Popup | None = None
        self._preedit = ""
        self.textEdited.connect(lambda: self.wanted.emit(self.sought()))
        self.installEventFilter(self)

    def sought(self) -> str:
        """Return what is typed, with the syllables an input method still holds."""
        if not self._preedit:
            return self.text()
        at = self.cursorPosition()
        return self.text()[:at] + self._preedit.replace("'", "").replace(" ", "") + self.text()[at:]

    @property
    def is_open(self) -> bool:
        return self._popup is not None and self._popup.isVisible()

    def offer(self, lines: Sequence[Suggestion], marked: object = None) -> None:
        """Show these lines; none closes the list."""
        if not lines or not self.isVisible():
            self.close_list()
            return
        popup = self._list()
        popup.fill(lines)
        if marked is not None:
            popup.mark(marked)
        popup.open_under(self)

    def close_list(self) -> None:
        if self._popup is not None:
            self._popup.hide()

    def take(self) -> bool:
        """Pick the marked line; False when no list is open."""
        line = self._popup.current() if self._popup is not None and self.is_open else None
        if line is None:
            return False
        self._take(line)
        return True

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802
        super().inputMethodEvent(event)
        self._preedit = event.preeditString()
        self.wanted.emit(self.sought())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.close_list()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mousePressEvent(event)
        if not self.is_open and not self.isReadOnly():
            self.wanted.emit("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keys that belong to the open list, before the window sees them."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride) and self.is_open:
            assert isinstance(event, QKeyEvent)
            if event.type() == QEvent.Type.ShortcutOverride:
                if event.key() == Qt.Key.Key_Escape:
                    event.accept()
                return False
            return self._list_key(event.key())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        down = event.key() == Qt.Key.Key_F4 or event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up)
        if down and not self.is_open and not self.isReadOnly():
            self.wanted.emit("")
            return
        super().keyPressEvent(event)

    def _list_key(self, key: int) -> bool:
        popup = self._list()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
        if key in steps:
            popup.move_mark(steps[Qt.Key(key)])
            return True
        if key == Qt.Key.Key_Escape:
            self.close_list()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self.take()
        if key == Qt.Key.Key_Tab:
            self.take()
        return False

    def _list(self) -> Popup:
        if self._popup is None:
            self._popup = Popup(self)
            self._popup.chosen.connect(self._take)
        return self._popup

    def _take(self, line: Suggestion) -> None:
        self.close_list()
        self.picked.emit(line.value)
