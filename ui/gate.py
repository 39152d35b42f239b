"""The input gate: what is typed between asking for a page and the page being ready goes to that page.

While the gate is shut a sink holds the focus and keeps what is typed: keys, and what an input method commits,
so that a name composed on the way is not torn. When the page is ready it is typed there in the same order,
keys that change the page again included. Where the change does not come about, what was typed is given up,
and that is said: it was not meant for the page that stays.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

_MODIFIERS = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}
    | {Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock}
)
_SLOW_MS = 300  # a wait is spoken of only when it takes this long


class Pressed(NamedTuple):
    """A key as it was pressed."""

    key: int
    modifiers: Qt.KeyboardModifier
    text: str


class Composed(NamedTuple):
    """What an input method committed."""

    text: str


Typed = Pressed | Composed


class Sink(QWidget):
    """Takes the focus while a page comes, and keeps what is typed."""

    composed = Signal()  # a composition has ended

    def __init__(self, part: QWidget) -> None:
        super().__init__(part)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # given by the gate alone, never by Tab
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setGeometry(0, 0, 1, 1)  # an input method speaks to widgets that are shown only
        self.kept: deque[Typed] = deque()
        self.is_composing = False

    def event(self, event: QEvent) -> bool:
        """Keep every key, those that mean something to the page behind too."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() not in _MODIFIERS:
                self.kept.append(Pressed(event.key(), event.modifiers(), event.text()))
            event.accept()
            return True
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802
        if event.commitString():
            self.kept.append(Composed(event.commitString()))
        was_composing, self.is_composing = self.is_composing, bool(event.preeditString())
        event.accept()
        if was_composing and not self.is_composing:
            self.composed.emit()

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:  # noqa: N802
        if query == Qt.InputMethodQuery.ImEnabled:
            return True
        if query == Qt.InputMethodQuery.ImCursorRectangle:
            return QRect(0, 0, 1, self.window().height() // 2)
        return super().inputMethodQuery(query)


def field_in_focus() -> QWidget | None:
    """Return what has the focus and belongs to a page, None while a page comes."""
    focused = QApplication.focusWidget()
    return None if isinstance(focused, Sink) else focused


class Gate(QObject):
    """Stands between the pages of a part of the window."""

    slow = Signal(bool)  # whether somebody has been waiting for a while
    given_up = Signal()  # what was typed reached no page

    def __init__(self, part: QWidget) -> None:
        super().__init__(part)
        self._part, self.sink = part, Sink(part)
        self._is_shut = False
        self._before: QWidget | None = None
        self._begin: Callable[[], None] | None = None  # of a page that waits for the end of a composition
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(lambda: self.slow.emit(True))
        self.sink.composed.connect(self._composed)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._watch)

    @property
    def is_shut(self) -> bool:
        return self._is_shut

    def shut(self) -> None:
        """Keep what is typed from now on for the page that was asked for."""
        self._begin = None
        if self._is_shut:
            return
        self._is_shut, self._before = True, QApplication.focusWidget()
        self.sink.setFocus(Qt.FocusReason.OtherFocusReason)
        self._slow.start()

    def lift(self, begin: Callable[[], None]) -> None:
        """Let the page in front take the focus by `begin`, then give it what was typed meanwhile."""
        if self.sink.is_composing:
            self._begin = begin
            return
        self._open()
        begin()
        self._replay()

    def reopen(self) -> None:
        """Stay on the old page, at the field that had the focus; what was typed for the other is given up."""
        if not self._is_shut:
            return
        before = self._before
        self._open()
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.give_up()

    def give_up(self) -> None:
        """Throw away what is kept, and say so if it was anything."""
        if self.sink.kept:
            self.sink.kept.clear()
            self.given_up.emit()

    def _open(self) -> None:
        self._is_shut, self._before, self._begin = False, None, None
        self._slow.stop()
        self.slow.emit(False)

    def _composed(self) -> None:
        if self._begin is not None:
            self.lift(self._begin)

    def _watch(self, _: QWidget | None, now: QWidget | None) -> None:
        """Bring the focus back when something in this window takes it from the sink meanwhile."""
        taken = now is not None and now is not self.sink and now.window() is self._part.window()
        if self._is_shut and taken and QApplication.activePopupWidget() is None:
            self.sink.setFocus(Qt.FocusReason.OtherFocusReason)

    def _replay(self) -> None:
        """Type what was kept, until it is done or one of the keys asks for a page again."""
        while self.sink.kept and not self._is_shut:
            widget = self._part.window().focusWidget() or self._part
            typed = self.sink.kept.popleft()
            if isinstance(typed, Composed):
                _commit(widget, typed.text)
            else:
                _press(widget, typed)


def _commit(widget: QWidget, text: str) -> None:
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QCoreApplication.sendEvent(widget, event)


def _press(widget: QWidget, typed: Pressed) -> None:
    """Press a key as the system does: a shortcut comes first, unless the field wants the key for itself."""

    def made(kind: QEvent.Type) -> QKeyEvent:
        return QKeyEvent(kind, typed.key, typed.modifiers, typed.text)

    wish = made(QEvent.Type.ShortcutOverride)
    wish.ignore()
    QCoreApplication.sendEvent(widget, wish)
    shortcut = None if wish.isAccepted() else _shortcut(widget.window(), typed)
    if shortcut is not None:
        shortcut.activated.emit()
        return
    QCoreApplication.sendEvent(widget, made(QEvent.Type.KeyPress))
    if shiboken6.isValid(widget):
        QCoreApplication.sendEvent(widget, made(QEvent.Type.KeyRelease))


def _shortcut(window: QWidget, typed: Pressed) -> QShortcut | None:
    """Return the shortcut of what is shown that this key means, None without one."""
    meant = QKeySequence(typed.modifiers.value & ~Qt.KeyboardModifier.KeypadModifier.value | typed.key)
    for shortcut in window.findChildren(QShortcut):
        part = shortcut.parent()
        stands = isinstance(part, QWidget) and part.isVisible() and part.isEnabled()
        if stands and shortcut.isEnabled() and any(keys == meant for keys in shortcut.keys()):  # noqa: SIM118
            return shortcut
    return None
