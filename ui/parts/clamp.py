"""A text of at most so many lines, lest a long name push the rest off the page; the tooltip has all of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel

from ui.parts.plain import LabelRole

_LEAST = 4  # characters that must fit into a line


class Clamped(QLabel):
    """Wraps like any label; what does not fit into `most` lines ends in … and `cut` says so."""

    cut = Signal()

    def __init__(self, role: LabelRole = "", *, most: int = 2) -> None:
        super().__init__()
        self.most = most
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        if role:
            self.setProperty("role", role)

    @property
    def is_cut(self) -> bool:
        """Tell whether some of the text is not seen."""
        return len(self._lines(self.contentsRect().width())) > self.most

    def setText(self, text: str) -> None:  # noqa: N802
        super().setText(text)
        self.updateGeometry()
        self._tell()

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        edges = self.contentsMargins()
        lines = min(self.most, max(1, len(self._lines(width - edges.left() - edges.right()))))
        return lines * self.fontMetrics().lineSpacing() + edges.top() + edges.bottom()

    def sizeHint(self) -> QSize:  # noqa: N802
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        metrics = self.fontMetrics()
        least = min(metrics.horizontalAdvance("字") * _LEAST, metrics.horizontalAdvance(self.text()) + 2)
        return QSize(least, metrics.lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        metrics, box = self.fontMetrics(), self.contentsRect()
        lines = self._lines(box.width())
        top = box.top() + max(0, (box.height() - min(len(lines), self.most) * metrics.lineSpacing()) // 2)
        for at, line in enumerate(lines[: self.most]):
            rest = "".join(lines[at:]) if at == self.most - 1 else line.rstrip()
            shown = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, box.width())
            baseline = top + at * metrics.lineSpacing() + metrics.ascent()
            painter.drawText(QPointF(box.left(), baseline), shown)

    def _lines(self, width: int) -> list[str]:
        """Return the text as it is broken at a width in pixels."""
        text = self.text()
        layout = QTextLayout(text, self.font())
        layout.setTextOption(_wrapping())
        found: list[str] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            found.append(text[line.textStart() : line.textStart() + line.textLength()])
        layout.endLayout()
        return found

    def _tell(self) -> None:
        self.setToolTip(self.text() if self.is_cut else "")
        if self.is_cut:
            self.cut.emit()


def _wrapping() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option
