"""考核指标: value, target and gap; who is short by how much is one click away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from hsdesk.desk.values import Changes
from ui.office import Office
from ui.pages.gap import figure, gap_words, target_words, value_words
from ui.pages.page import Page, page_title, scrolled, title_bar
from ui.parts.plain import button, column, label, row
from ui.theme import COLOURS, metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.indicators import IndicatorValue, PartValue, Short


class IndicatorPage(Page):
    """Every indicator with what this desk can compute."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._values: tuple[IndicatorValue, ...] = ()
        headings = (tr("编号"), tr("考核指标"), tr("现在"), tr("目标"), tr("情况"))
        self.table = plain_table(headings, stretch=1)
        if metrics().scale > 100:
            _wrap_lines(self.table, narrow=0, wide=(1, 4))
        self.table.itemActivated.connect(lambda _: self.detail())
        note = label(
            tr("口径以市局为准。「此处不知」：要用的登记表不在这台电脑上，不是没有。"), "quiet", wrap=True
        )
        self.more = button(tr("看明细"), self.detail)
        foot = row(self.more, 8, gap=10)
        foot.addWidget(note, 1)
        body = column(gap=12, margin=16)
        body.addWidget(self.table, 1)
        body.addLayout(foot)
        layout = column(title_bar(page_title(tr("考核指标"))), gap=0)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        self._stale = True

    def enter(self) -> None:
        if self._stale:
            self._stale = False
            self.office.ask(lambda desk: desk.reports.indicators(), self._show, owner=self)

    def take_focus(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: Changes) -> None:
        self._stale = True
        if self.isVisible():
            self.enter()

    def detail(self) -> None:
        """Show numerator, denominator and who is short."""
        at = self.table.currentRow()
        if 0 <= at < len(self._values):
            Detail(self, self._values[at]).exec()

    def _show(self, values: tuple[IndicatorValue, ...]) -> None:
        self._values = tuple(sorted(values, key=lambda value: (value.value is None, value.id)))
        self.table.setRowCount(len(self._values))
        for at, value in enumerate(self._values):
            texts = (value.id, value.name, value_words(value), target_words(value), gap_words(value))
            colour = None if value.value is not None else COLOURS.quiet
            fill_row(self.table, at, texts, colour)
        if self._values and self.table.currentRow() < 0:
            self.table.setCurrentCell(0, 0)


class Detail(QDialog):
    """One indicator: how it was counted, and the places that are short."""

    def __init__(self, parent: QWidget, value: IndicatorValue) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"{value.id} {value.name}")
        body = column(label(value.name, "title", wrap=True), label(_counted(value), wrap=True), gap=12)
        body.addWidget(label(gap_words(value), wrap=True))
        if value.parts:
            body.addWidget(label(tr("分项：{parts}", parts="；".join(map(_part, value.parts))), wrap=True))
        if value.note:
            body.addWidget(label(value.note, "quiet", wrap=True))
        if value.left_out:
            body.addWidget(label(value.left_out, "accent", wrap=True))
        if value.short:
            lacking = tr("还差") if value.unit == "%" else tr("比平均目标少")
            body.addWidget(label(tr("还没有达到目标的"), "heading"))
            body.addWidget(_places((tr("村（社区）"), lacking), value.short))
        if value.beside and value.beside.short:
            body.addWidget(label(tr("有过期的"), "heading"))
            body.addWidget(_places((tr("单位"), tr("过期条数")), value.beside.short))
            body.addWidget(label(tr("过期的是哪些，看工作台首页「今天要办的」。"), "quiet", wrap=True))
        body.addWidget(
            label(tr("「平均」是全市的平均，不是每个村都要达到。口径以市局为准。"), "quiet", wrap=True)
        )
        body.addStretch(1)
        close = button(tr("知道了"), self.accept, "primary")
        layout = column(gap=0)
        layout.addWidget(scrolled(body), 1)
        layout.addLayout(row(None, close, margin=16))
        self.setLayout(layout)
        self.resize(metrics().px(680), min(metrics().px(640), parent.window().height()))
        close.setFocus()


def _counted(value: IndicatorValue) -> str:
    return tr(
        "分子 {numerator}，分母 {denominator}，现在 {value}，目标 {target}。",
        numerator=figure(value.numerator) or tr("此处不知"),
        denominator=figure(value.denominator) or tr("此处不知"),
        value=value_words(value),
        target=target_words(value),
    )


def _places(headings: tuple[str, str], places: Sequence[Short]) -> QTableWidget:
    """Return a table of places, each with its figure: five lines of them are seen at once."""
    table = plain_table(headings, stretch=0)
    table.setFixedHeight(metrics().px(46 * (min(len(places), 5) + 1) + 8))
    table.setRowCount(len(places))
    for at, one in enumerate(places):
        fill_row(table, at, (one.name, figure(one.gap)))
    return table


def _part(part: PartValue) -> str:
    """Return a share of an indicator in words: 党群服务中心 2/3."""
    above = figure(part.numerator) or tr("此处不知")
    return f"{part.name} {above}/{figure(part.denominator)}" if part.denominator else f"{part.name} {above}"


def _wrap_lines(table: QTableWidget, narrow: int, wide: Sequence[int]) -> None:
    """Large text: long words take several lines, so that no column is out of sight.

    The number of an indicator gives up its place first; its detail still has it.
    """
    header = table.horizontalHeader()
    for part in wide:
        header.setSectionResizeMode(part, QHeaderView.ResizeMode.Stretch)
    table.setColumnHidden(narrow, metrics().is_large)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)


def plain_table(headings: Sequence[str], stretch: int) -> QTableWidget:
    """Return a table to read, one column taking the room that is left."""
    table = QTableWidget(0, len(headings))
    table.setHorizontalHeaderLabels(list(headings))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(metrics().px(46))
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
    return table


def fill_row(table: QTableWidget, at: int, texts: Sequence[str], colour: str | None = None) -> None:
    """Put texts into a row; long ones are shown whole when one points at them."""
    for part, text in enumerate(texts):
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        if colour is not None:
            item.setForeground(QColor(colour))
        table.setItem(at, part, item)
