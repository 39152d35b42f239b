"""Dates: eight digits are enough; a calendar for those who prefer it."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QVBoxLayout

from hsdesk.forms.views import NodeView
from ui.parts.plain import button, reveal
from ui.record.text import TextEditor
from ui.theme import metrics
from ui.words import tr

_PARTS = re.compile(r"^\s*(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?\s*$")
_WIDE = str.maketrans("０１２３４５６７８９／－", "0123456789/-")


def as_date(text: str) -> str:
    """Return a date as people write it in ISO form; other text comes back as it is.

    >>> as_date("20230512"), as_date("2023.5.1"), as_date("2023年5月12日"), as_date("去年")
    ('2023-05-12', '2023-05-01', '2023-05-12', '去年')
    """
    plain = text.strip().translate(_WIDE)
    if re.fullmatch(r"\d{8}", plain):
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    found = _PARTS.match(plain)
    if not found:
        return text
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return text


class DateEditor(TextEditor):
    """A date typed as 20230512; shown as 2023-05-12."""

    def __init__(self, view: NodeView) -> None:
        super().__init__(view)
        self.line.setPlaceholderText(tr("例如 20230512"))
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhDate)
        self.calendar_button = button(tr("日历"), self._open_calendar)
        self.calendar_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        reveal(self.calendar_button, not view.readonly)
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setSpacing(metrics().px(8))
        layout.insertWidget(1, self.calendar_button)

    def flush(self) -> None:
        if self.is_dirty:
            self.line.setText(as_date(self.line.text()))
        super().flush()

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
