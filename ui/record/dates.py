"""Dates: eight digits are enough; a calendar for those who prefer it."""

from __future__ import annotations

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QVBoxLayout

from hsdesk.forms.views import NodeView
from ui.parts.plain import button, reveal
from ui.record.text import TextEditor
from ui.theme import metrics
from ui.words import tr


class DateEditor(TextEditor):
    """A date typed as 20230512, 今天 or +7; shown as 2023-05-12."""

    def __init__(self, view: NodeView) -> None:
        super().__init__(view)
        self.line.setPlaceholderText(tr("20230512、今天、+7"))
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhDate)
        self.calendar_button = button(tr("日历"), self._open_calendar)
        self.calendar_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        reveal(self.calendar_button, not view.readonly)
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setSpacing(metrics().px(8))
        layout.insertWidget(1, self.calendar_button)

    def _open_calendar(self) -> None:
        frame = QFrame(self, Qt.WindowType.Popup)
        frame.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget()
        calendar.setGridVisible(False)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        held = QDate.fromString(self.line.text(), Qt.DateFormat.ISODate)
        calendar.setSelectedDate(held if held.isValid() else QDate.currentDate())
        calendar.activated.connect(lambda day: self._take(day, frame))
        calendar.clicked.connect(lambda day: self._take(day, frame))
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(calendar)
        frame.move(self.line.mapToGlobal(QPoint(0, self.line.height() + 2)))
        frame.show()
        calendar.setFocus()

    def _take(self, day: QDate, frame: QFrame) -> None:
        frame.close()
        self.line.setText(day.toString(Qt.DateFormat.ISODate))
        self._edited(self.line.text())
        super().flush()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
