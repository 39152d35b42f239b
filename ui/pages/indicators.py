"""考核指标: value against target as of any day, what lies behind each, and structure charts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from hsdesk.desk.values import Changes
from hsdesk.model.asked_day import AskedDay
from ui.office import Office
from ui.pages.asked import AskedField, day_words
from ui.pages.gap import gap_words, target_words, value_words
from ui.pages.indicator_detail import Detail
from ui.pages.indicator_table import SHARE, BarPainter, bar_of, fill_row, plain_table, wrap_lines
from ui.pages.page import Page, page_title, scrolled, title_bar
from ui.parts.counting import Counting
from ui.parts.plain import button, clear, column, frame, holder, label, reveal, row
from ui.theme import COLOURS, metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.behind import Behind
    from hsdesk.reports.content import Chart
    from hsdesk.reports.indicators import IndicatorValue

_BAR = 5  # the column with the bar; it is shown in front of the target


class IndicatorPage(Page):
    """Every indicator with what this desk can compute. Esc leads from one of them back to the table."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._values: tuple[IndicatorValue, ...] = ()
        self._asked: AskedDay | None = None
        self._stale = True
        self.detail_view: Detail | None = None
        self.asked = AskedField()
        self.asked.asked.connect(self._ask)
        self.asked.wrong.connect(lambda text: self._say(text, "bad"))
        self.day = label("", "accent", wrap=True)
        self.counting = Counting()
        self.counting.again.connect(self._count_again)
        self.figures, self.structure = _choice(tr("指标"), self.back), _choice(tr("结构图"), self.show_charts)
        self.table = _table()
        self.table.itemActivated.connect(lambda _: self.detail())
        self._charts = QGridLayout()
        self._charts.setSpacing(metrics().px(14))
        self.charts = scrolled(column(holder(self._charts), None), margin=16)
        self.stack = QStackedWidget()
        self.list = self._list()
        for one in (self.list, self.charts):
            self.stack.addWidget(one)
        layout = column(self._bar(), gap=0)
        layout.addWidget(self.stack, 1)
        self.setLayout(layout)
        reveal(self.day, False)
        self._show(self.list)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.back)

    def enter(self) -> None:
        if self._stale:
            self._stale = False
            asked = self._asked
            self.counting.begin(
                self.office, lambda desk, step: desk.reports.indicators(asked, step=step), self._fill
            )
            self.office.ask(lambda desk: desk.reports.charts(asked), self._draw, owner=self)
            self._ask_behind()

    def take_focus(self) -> None:
        shown = self.stack.currentWidget()
        if isinstance(shown, Detail):
            shown.take_focus()
        elif shown is self.charts:
            self.charts.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: Changes) -> None:
        self._stale = True
        if self.isVisible():
            self.enter()

    def detail(self) -> None:
        """Show numerator, denominator, who is short and the records behind the marked indicator."""
        at = self.table.currentRow()
        if 0 <= at < len(self._values):
            self._drop_detail()
            self.detail_view = Detail(self._values[at])
            self.detail_view.wanted.connect(self.wanted)
            self.detail_view.left.connect(self.back)
            self.stack.addWidget(self.detail_view)
            self._show(self.detail_view)
            self._ask_behind()

    def show_charts(self) -> None:
        """Show the structure charts."""
        self._show(self.charts)

    def back(self) -> None:
        """Go back to the table."""
        self._show(self.list)
        self._drop_detail()

    def _bar(self) -> QWidget:
        """Return the bar at the top; at large text the day has a line of its own."""
        title = page_title(tr("考核指标"))
        if not metrics().is_large:
            return title_bar(title, self.figures, self.structure, self.asked)
        below = row(self.asked, None, gap=0)
        below.setContentsMargins(metrics().px(16), metrics().px(8), metrics().px(16), 0)
        return holder(column(title_bar(title, self.figures, self.structure), holder(below), gap=0))

    def _list(self) -> QWidget:
        words = tr("口径以市局为准。「此处不知」：要用的登记表不在这台电脑上，不是没有。")
        foot = row(button(tr("看明细"), self.detail), 8, gap=10)
        foot.addWidget(label(words, "quiet", wrap=True), 1)
        body = column(self.day, self.counting, gap=12, margin=16)
        body.addWidget(self.table, 1)
        body.addLayout(foot)
        return holder(body)

    def _show(self, part: QWidget) -> None:
        self.stack.setCurrentWidget(part)
        self.figures.setChecked(part is not self.charts)
        self.structure.setChecked(part is self.charts)
        if self.isVisible():
            self.take_focus()

    def _drop_detail(self) -> None:
        if self.detail_view is not None:
            self.stack.removeWidget(self.detail_view)
            self.detail_view.deleteLater()
            self.detail_view = None

    def _ask(self, asked: object) -> None:
        """Show the figures of another day or period."""
        assert isinstance(asked, AskedDay)
        self._asked, self._stale = asked, True
        self._say(day_words(asked), "accent")
        self.enter()
        self.take_focus()

    def _count_again(self) -> None:
        self._stale = True
        self.enter()
        self.take_focus()

    def _say(self, text: str, role: str) -> None:
        self.day.setText(text)
        self.day.setStyleSheet(f"color: {COLOURS.bad if role == 'bad' else COLOURS.accent};")
        reveal(self.day, bool(text))

    def _ask_behind(self) -> None:
        view, asked = self.detail_view, self._asked
        if view is not None:
            number = view.value.id

            def show(behind: tuple[Behind, ...]) -> None:
                view.show_behind(behind)
                if view is self.stack.currentWidget() and self.isVisible():
                    view.take_focus()

            self.office.ask(lambda desk: desk.reports.behind(number, asked), show, owner=view)

    def _fill(self, values: tuple[IndicatorValue, ...]) -> None:
        self._values = tuple(sorted(values, key=lambda value: (value.value is None, value.id)))
        self.table.setRowCount(len(self._values))
        for at, value in enumerate(self._values):
            texts = (value.id, value.name, value_words(value), target_words(value), gap_words(value))
            fill_row(self.table, at, texts, None if value.value is not None else COLOURS.quiet)
            bar = QTableWidgetItem()
            bar.setData(SHARE, bar_of(value))
            self.table.setItem(at, _BAR, bar)
        if self._values and self.table.currentRow() < 0:
            self.table.setCurrentCell(0, 0)

    def _draw(self, charts: tuple[Chart, ...]) -> None:
        from ui.parts.chart_view import ChartView

        clear(self._charts)
        across = 1 if metrics().is_large else 2
        for at, chart in enumerate(charts):
            card = frame("card", column(ChartView(chart)))
            self._charts.addWidget(card, at // across, at % across, Qt.AlignmentFlag.AlignTop)


def _choice(text: str, pressed: Callable[[], None]) -> QPushButton:
    made = button(text, pressed, "choice")
    made.setCheckable(True)
    return made


def _table() -> QTableWidget:
    headings = (tr("编号"), tr("考核指标"), tr("现在"), tr("目标"), tr("情况"), tr("对照目标"))
    table = plain_table(headings, stretch=1)
    table.setItemDelegateForColumn(_BAR, BarPainter(table))
    header = table.horizontalHeader()
    header.moveSection(_BAR, 3)
    header.setSectionResizeMode(_BAR, header.ResizeMode.Fixed)
    header.resizeSection(_BAR, metrics().px(110))
    if metrics().scale > 100:
        wrap_lines(table, hidden=(0, _BAR), wide=(1, 4))
    return table
