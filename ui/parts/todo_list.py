"""A list of things to do: each line has its key, a word for its kind and one sentence, on lines that fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from ui.parts.lines import DATA
from ui.theme import COLOURS, metrics

KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
_CAP, _GAP, _ABOVE = 30, 14, 9  # pixels: the key, between parts, above and below the text
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Line(NamedTuple):
    """A line and what it leads to. `colour` is that of the word."""

    word: str
    text: str
    target: object
    colour: str = ""


class ToDoList(QListWidget):
    """Emits `chosen` with what a line leads to: by its key, by Enter or by a click."""

    chosen = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("ToDo")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Painter(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.lines: tuple[Line, ...] = ()
        self.first = 0
        self.word_width = 0
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def show_lines(self, lines: Sequence[Line], first: int = 0) -> None:
        """Show these lines; the mark stays where it was. `first`: how many keys lists above this one have."""
        if (tuple(lines), first) == (self.lines, self.first):
            return
        self.first = first
        at = max(self.currentRow(), 0)
        self.lines = tuple(lines)
        bold = QFontMetrics(word_font(self.font()))
        self.word_width = max((bold.horizontalAdvance(line.word) for line in lines), default=0)
        self.clear()
        for line in lines:
            item = QListWidgetItem(f"{line.word}：{line.text}" if line.word else line.text)
            item.setData(DATA, line)
            self.addItem(item)
        self._lay_out()
        if self.lines:
            self.setCurrentRow(min(at, len(self.lines) - 1))

    def press(self, text: str) -> bool:
        """Choose the line with this key; False when there is none."""
        at = KEYS.find(text.lower()) - self.first if text else -1
        if not 0 <= at < len(self.lines):
            return False
        self.setCurrentRow(at)
        self.chosen.emit(self.lines[at].target)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        text = event.text().lower()
        if not (plain and text and text in KEYS):
            super().keyPressEvent(event)
        elif not self.press(text):
            event.ignore()  # it may be the key of a line in a list beside this one

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def text_left(self) -> int:
        """Return where sentences begin."""
        sizes = metrics()
        word = self.word_width + sizes.px(_GAP) if self.word_width else 0
        return sizes.px(_GAP) + sizes.px(_CAP) + sizes.px(_GAP) + word

    def _lay_out(self) -> None:
        """Give each line the height its sentence takes at this width, and the list that of its lines."""
        sizes, font = metrics(), self.fontMetrics()
        room = max(self.viewport().width() - self.text_left() - sizes.px(_GAP), sizes.px(120))
        total = 0
        for at, line in enumerate(self.lines):
            text = font.boundingRect(QRect(0, 0, room, 10_000), _WRAP, line.text)
            height = max(text.height() + 2 * sizes.px(_ABOVE), sizes.px(46))
            self.item(at).setSizeHint(QSize(0, height))
            total += height
        self.setFixedHeight(total + 2 * self.frameWidth() + 2)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(DATA).target)


def word_font(font: QFont) -> QFont:
    """Return the font of the word in front of a sentence."""
    bold = QFont(font)
    bold.setBold(True)
    return bold


class _Painter(QStyledItemDelegate):
    """Paints key, word and sentence; the marked line is washed, and ringed while the keys go there."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shown = self.parent()
        assert isinstance(shown, ToDoList)
        line, box, sizes = index.data(DATA), option.rect, metrics()
        marked = bool(option.state & QStyle.StateFlag.State_Selected) and shown.hasFocus()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if marked or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(COLOURS.accent_wash if marked else COLOURS.sunken))
        if marked:
            painter.fillRect(QRect(box.left(), box.top(), 4, box.height()), QColor(COLOURS.accent))
        if index.row() + shown.first < len(KEYS):
            self._cap(painter, box, KEYS[index.row() + shown.first], marked=marked)
        left = sizes.px(_GAP + _CAP + _GAP)
        painter.setFont(word_font(shown.font()))
        painter.setPen(QColor(line.colour or COLOURS.quiet))
        painter.drawText(box.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, line.word)
        painter.setFont(shown.font())
        painter.setPen(QColor(COLOURS.ink))
        painter.drawText(box.adjusted(shown.text_left(), 0, -sizes.px(_GAP), 0), _WRAP, line.text)
        painter.restore()

    def _cap(self, painter: QPainter, box: QRect, key: str, *, marked: bool) -> None:
        sizes = metrics()
        side = sizes.px(_CAP)
        cap = QRect(box.left() + sizes.px(_GAP), box.center().y() - side // 2 + 1, side, side)
        painter.setPen(QColor(COLOURS.accent if marked else COLOURS.edge))
        painter.setBrush(QColor(COLOURS.accent if marked else COLOURS.surface))
        painter.drawRoundedRect(cap, 5, 5)
        painter.setPen(QColor(COLOURS.on_accent if marked else COLOURS.accent_deep))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key.upper())
