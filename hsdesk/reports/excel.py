"""Writes summaries to Excel workbooks (.xlsx): what is printed, as cells, ready to be printed again on A4.

Codes, numbers of persons and telephones are text cells, so that no spreadsheet turns them into 3.41E+17.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hsdesk.reports.content import Card, CardItem, Chart, Notice, PrintColumn, Summary, Table
from hsdesk.reports.written import whole_file

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_CARD_WIDTHS = (18.0, 26.0, 18.0, 26.0)  # characters
_PER_MILLIMETRE = 0.55  # characters of a column's width
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")  # in the name of a sheet
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_workbook(summaries: Sequence[Summary], path: Path) -> None:
    """Write each summary to a sheet of one workbook; an older file stays until the new one is complete.

    Raises DiskFull when it cannot be written, Missing without its folder.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for summary in summaries:
        sheet = book.create_sheet(_sheet_name(summary.title, book.sheetnames))
        _Sheet(sheet, summary).fill()
    book.properties.creator = "HSDesk 村社台账"
    with whole_file(path) as part:
        book.save(part)


def _sheet_name(title: str, taken: Sequence[str]) -> str:
    base = _FORBIDDEN.sub("", title)[:28] or "表"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}{number}", number + 1
    return name


class _Sheet:
    """Fills one worksheet from top to bottom."""

    def __init__(self, sheet: Worksheet, summary: Summary) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        self.sheet = sheet
        self.summary = summary
        self.row = 1
        self.width = max(_block_width(block) for block in summary.blocks) if summary.blocks else 4
        thin = Side(style="thin", color="444444")
        self.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        self.shade = PatternFill("solid", fgColor="EEF1F4")
        self.plain, self.bold, self.big = Font(size=11), Font(size=11, bold=True), Font(size=18, bold=True)
        self.aligned = {
            align: Alignment(horizontal=align, vertical="center", wrap_text=True)
            for align in ("left", "center", "right")
        }

    def fill(self) -> None:
        self._head()
        for block in self.summary.blocks:
            match block:
                case Table():
                    self._table(block)
                case Card():
                    self._card(block)
                case Chart():
                    self._chart(block)
                case Notice(paragraphs):
                    for paragraph in paragraphs:
                        self._line("　　" + paragraph, "left")
        self._foot()
        self._page_setup()

    def _line(self, text: str, align: str, *, big: bool = False) -> None:
        cell = self._put(1, text, align)
        cell.font = self.big if big else self.plain
        self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=1, end_column=self.width)
        self.row += 1

    def _put(self, column: int, text: str, align: str = "left", *, number: bool = False) -> Cell:
        cell: Cell = self.sheet.cell(self.row, column)  # type: ignore[assignment]  # cells below are not merged
        if number and _NUMBER.fullmatch(text):
            cell.value = float(text) if "." in text else int(text)
        else:
            cell.value = text or None
            cell.data_type = "s" if text else "n"
            cell.number_format = "@"
            cell.quotePrefix = text.startswith(_FORMULA)  # shown as text, never calculated
        cell.font = self.plain
        cell.alignment = self.aligned[align]
        return cell

    def _head(self) -> None:
        self._line(self.summary.title, "center", big=True)
        self.sheet.row_dimensions[1].height = 32
        if self.summary.subtitle or self.summary.remark:
            self._line("    ".join(filter(None, (self.summary.subtitle, self.summary.remark))), "left")

    def _chart(self, chart: Chart) -> None:
        """Write a chart as two columns, heading and figure."""
        self._line(chart.title, "left")
        for bar in chart.bars:
            self._put(1, bar.label)
            self._put(2, "" if bar.value is None else f"{bar.value:g}", "right", number=True)
            self.row += 1
        if chart.note:
            self._line(chart.note, "left")

    def _table(self, table: Table) -> None:
        first = self.row
        self._heading(table.columns)
        if self.sheet.freeze_panes is None:
            self.sheet.freeze_panes = f"A{self.row}"
            self.sheet.print_title_rows = f"{first}:{self.row - 1}"
        for row in table.rows:
            self._table_row(table.columns, row)
        if not table.rows:
            self._line(table.empty, "center")
        if table.totals:
            self._table_row(table.columns, table.totals, bold=True)
        self._widths(column.width * _PER_MILLIMETRE for column in table.columns)

    def _heading(self, columns: tuple[PrintColumn, ...]) -> None:
        depth = max(len(column.heading) for column in columns)
        for number, column in enumerate(columns, start=1):
            for level, words in enumerate(column.heading):
                self.sheet.cell(self.row + level, number).value = words
        for row in range(self.row, self.row + depth):
            for number in range(1, len(columns) + 1):
                cell = self.sheet.cell(row, number)
                cell.font, cell.alignment = self.bold, self.aligned["center"]
                cell.border, cell.fill = self.border, self.shade
        for level, start, end, rows in heading_cells(columns):
            if end > start or rows > 1:
                self.sheet.merge_cells(
                    start_row=self.row + level,
                    end_row=self.row + level + rows - 1,
                    start_column=start + 1,
                    end_column=end + 1,
                )
        self.row += depth

    def _table_row(
        self, columns: tuple[PrintColumn, ...], row: tuple[str, ...], *, bold: bool = False
    ) -> None:
        for number, (column, text) in enumerate(zip(columns, row, strict=True), start=1):
            cell = self._put(number, text, column.align, number=not column.as_text)
            cell.border = self.border
            if bold:
                cell.font = self.bold
        self.row += 1

    def _card(self, card: Card) -> None:
        self._widths(_CARD_WIDTHS)
        for section in card.sections:
            if section.title:
                self._card_title(section.title)
            waiting: list[CardItem] = []
            for item in section.items:
                if item.wide and waiting:
                    waiting = self._card_line(waiting)
                waiting.append(item)
                if item.wide or len(waiting) == 2:
                    waiting = self._card_line(waiting)
            if waiting:
                self._card_line(waiting)

    def _card_title(self, title: str) -> None:
        self._put(1, title).font = self.bold
        for column in range(1, 5):
            self.sheet.cell(self.row, column).border = self.border
            self.sheet.cell(self.row, column).fill = self.shade
        self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=1, end_column=4)
        self.row += 1

    def _card_line(self, items: list[CardItem]) -> list[CardItem]:
        """Put one or two items on a line; return the items that wait then: none."""
        for place, item in enumerate(items):
            label = self._put(place * 2 + 1, item.label, "center")
            label.font = self.bold
            self._put(place * 2 + 2, item.value)
        for column in range(1, 5):
            self.sheet.cell(self.row, column).border = self.border
        if len(items) == 1:
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=2, end_column=4)
        self.row += 1
        return []

    def _widths(self, widths: Iterable[float]) -> None:
        from openpyxl.utils import get_column_letter

        for number, width in enumerate(widths, start=1):
            self.sheet.column_dimensions[get_column_letter(number)].width = max(width, 5)

    def _foot(self) -> None:
        if self.summary.signature:
            self.row += 1
            self._line(self.summary.signature.line(), "left")
        if self.summary.note:
            self._line(self.summary.note, "left")

    def _page_setup(self) -> None:
        from openpyxl.worksheet.properties import PageSetupProperties

        sheet = self.sheet
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.orientation = self.summary.paper
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.print_options.horizontalCentered = True
        footer = sheet.HeaderFooter.oddFooter
        assert footer is not None
        assert footer.center is not None
        footer.center.text = "第 &P 页 共 &N 页"


def _block_width(block: object) -> int:
    return len(block.columns) if isinstance(block, Table) else 4


def heading_cells(columns: tuple[PrintColumn, ...]) -> list[tuple[int, int, int, int]]:
    """Return the cells of a heading as (row, first column, last column, rows), all from 0.

    Neighbours with the same first words share a cell; a shorter heading reaches down to the last row.
    """
    depth = max(len(column.heading) for column in columns)
    cells = []
    for level in range(depth):
        start = 0
        while start < len(columns):
            words = columns[start].heading
            end = start
            is_leaf = len(words) == level + 1
            while (
                not is_leaf
                and end + 1 < len(columns)
                and columns[end + 1].heading[: level + 1] == words[: level + 1]
            ):
                end += 1
            if len(words) > level:
                cells.append((level, start, end, depth - level if is_leaf else 1))
            start = end + 1
    return cells
