"""截止日期或报告期: today, one of the last periods from a list, or any day or period typed."""

from __future__ import annotations

import datetime as dt
import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox

from hsdesk.errors import DeskError
from hsdesk.model.asked_day import AskedDay, asked_day, today_is
from hsdesk.model.period import Period, period_of
from ui.theme import metrics
from ui.words import error_text, tr

_PERIOD = re.compile(r"\d{4}(?:[HQM]\d{1,2})?", re.IGNORECASE)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)")


class AskedField(QComboBox):
    """Emits `asked` with the AskedDay, or `wrong` with a sentence when it cannot be read."""

    asked = Signal(object)
    wrong = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(tr("截止日期或报告期"))
        self.setToolTip(tr("可以选，也可以写日期或报告期，例如 2026-03-31、2026Q1、2025，按回车。"))
        self.setMinimumWidth(metrics().px(240))
        self.addItem(tr("今天"), "")
        for period in last_periods(_today()):
            self.addItem(period_words(period), str(period))
        line = self.lineEdit()
        assert line is not None
        line.returnPressed.connect(self._typed)
        self.activated.connect(self._picked)

    def _picked(self, at: int) -> None:
        self._read(str(self.itemData(at)))

    def _typed(self) -> None:
        text = self.currentText().strip()
        at = self.findText(text, Qt.MatchFlag.MatchExactly)
        self._read(str(self.itemData(at)) if at >= 0 else text)

    def _read(self, text: str) -> None:
        try:
            self.asked.emit(read_asked(_today(), text))
        except DeskError as error:
            self.wrong.emit(error_text(error))


def read_asked(today: dt.date, text: str) -> AskedDay:
    """Return the day or period that was typed; today for nothing. Raises UsageError.

    >>> read_asked(dt.date(2026, 11, 29), "20260331").day, read_asked(dt.date(2026, 11, 29), "2026q1").day
    (datetime.date(2026, 3, 31), datetime.date(2026, 3, 31))
    """
    if not text:
        return today_is(today)
    if _PERIOD.fullmatch(text):
        return asked_day(today, period=text.upper())
    return asked_day(today, as_of=_DIGITS.sub(r"\1-\2-\3", text))


def last_periods(today: dt.date) -> tuple[Period, ...]:
    """Return the periods that are most likely asked for: the last four quarters that are over, and two years.

    >>> [str(one) for one in last_periods(dt.date(2026, 11, 29))]
    ['2026Q3', '2026Q2', '2026Q1', '2025Q4', '2026', '2025']
    """
    quarter, quarters = period_of("quarter", today), []
    for _ in range(4):
        quarter = quarter.previous()
        quarters.append(quarter)
    year = period_of("year", today)
    return (*quarters, year, year.previous())


def period_words(period: Period) -> str:
    """Return a period in the language of the window."""
    match period.kind:
        case "year":
            return tr("{year} 年", year=period.year)
        case "half":
            if period.number == 1:
                return tr("{year} 年上半年", year=period.year)
            return tr("{year} 年下半年", year=period.year)
        case "quarter":
            return tr("{year} 年第 {n} 季度", year=period.year, n=period.number)
        case "month":
            return tr("{year} 年 {n} 月", year=period.year, n=period.number)


def day_words(asked: AskedDay) -> str:
    """Return what day figures are of, "" for today."""
    if not asked.named:
        return ""
    day = asked.day.isoformat()
    if asked.period is None:
        return tr("截至 {day}", day=day)
    period = period_words(asked.period)
    if asked.is_open:
        return tr("{period}还没有结束，算到今天（{day}）", period=period, day=day)
    return tr("{period}，截至 {day}", period=period, day=day)


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
