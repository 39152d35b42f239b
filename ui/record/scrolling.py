"""The scrolling of an open form: laid out at once, and what matters brought into view."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from ui.parts.plain import column, holder
from ui.record.remark import Remark
from ui.record.steady import Steady, upper_third
from ui.theme import metrics


class FormScroll(QScrollArea):
    """Cards below each other."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("PageScroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Take every card away."""
        self._body = column(gap=6)
        side = metrics().px(8)
        self._body.setContentsMargins(side, side, side, side * 2)
        self._body.addStretch(1)
        self._inner = holder(self._body, "PageBody")
        self.setWidget(self._inner)

    def add_card(self, card: QWidget) -> None:
        """Put a card below the others."""
        self._body.insertWidget(self._body.count() - 1, card)

    def is_in_view(self, part: QWidget) -> bool:
        """Tell whether something is seen when the form stands at its top."""
        return part.mapTo(self._inner, QPoint(0, 0)).y() < self.viewport().height()

    def steady(self) -> Steady:
        """Return a context in which lines may grow without moving the field that has the focus."""
        return Steady(self)

    def settle(self) -> None:
        """Lay the page out now, as high as its content: otherwise lines are squeezed until the next turn."""
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # frames of findings are thicker
        self._body.activate()
        inner = self._inner
        need = self._body.totalHeightForWidth(inner.width())
        if need < 0:
            need = self._body.totalSizeHint().height()
        inner.resize(inner.width(), max(need, self.viewport().height()))
        self._body.activate()

    def reveal(self, widget: QWidget) -> None:
        """Bring all of a widget into view, its top into the upper third: what comes next is seen below it."""
        self.settle()
        top = widget.mapTo(self._inner, QPoint(0, 0)).y()
        highest, lowest = upper_third(self.viewport().height(), widget.height())
        if not highest <= top - self.verticalScrollBar().value() <= lowest:
            self.verticalScrollBar().setValue(top - lowest)
        self.horizontalScrollBar().setValue(0)

    def reveal_below(self, focused: QWidget, remark: Remark) -> None:
        """Bring a remark of the focused field into view, as far as the field itself stays in view."""
        lowest = remark.mapTo(self.viewport(), remark.rect().bottomLeft()).y() + metrics().px(8)
        hidden = lowest - self.viewport().height()
        room = focused.mapTo(self.viewport(), QPoint(0, 0)).y() - metrics().px(4)
        if hidden > 0 and room > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + min(hidden, room))

    def reveal_remark(self, stop: QWidget, remark: Remark, *, is_field: bool) -> None:
        """Bring a remark that came into view, if its field has the focus or stands right above that one.

        The focused field stays where it is, or moves down as far as it can stay in view.
        """
        focused = QApplication.focusWidget()
        if focused is not None and stop.isAncestorOf(focused):
            self.reveal_below(focused, remark)
        elif focused is not None and self.isAncestorOf(focused):
            first = stop if is_field else remark
            above = -first.mapTo(self.viewport(), QPoint(0, 0)).y()
            is_near = -remark.mapTo(self.viewport(), QPoint(0, 0)).y() < self.viewport().height()
            room = self.viewport().height() - focused.mapTo(self.viewport(), focused.rect().bottomLeft()).y()
            if is_near and above > 0 and room > 0:
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() - min(above, max(0, room - metrics().px(8))))
