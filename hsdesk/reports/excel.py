"""Writes summaries to Excel workbooks (.xlsx): what is printed, as cells, ready to be printed again on A4.

Codes, numbers of persons and telephones are text cells, so that no spreadsheet turns them into 3.41E+17.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hsdesk.model.step import Step, unheard
from hsdesk.reports.content import Card, CardItem, Chart, Letter, Notice, PrintColumn, Summary, Table
from hsdesk.reports.layout.breaking import wrapped
from hsdesk.reports.layout.card import SEAL_AND_DAY
from hsdesk.reports.layout.heading import spans
from hsdesk.reports.layout.ink import MM, Style
from hsdesk.reports.layout.plain_ruler import PLAIN_RULER
from hsdesk.reports.layout.widths import fitted
from hsdesk.reports.written import whole_file

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_CARD_WIDTHS = (18.0, 26.0, 18.0, 26.0)  # characters
_ROOM = 267 * MM  # between the margins of wide paper
_CHARACTER = 56.0  # layout units of a character of a column's width
_LINE, _LEAST, _FONT = 15.0, 21.0, Style(11)  # points of a line, of the lowest row
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")  # in the name of a sheet
_DAY = re.compile(r"(\d{4})([.年])(\d{1,2})[.月](\d{1,2})日?")
_DAY_FORMATS = {".": "yyyy.mm.dd", "年": 'yyyy"年"m"月"d"日"'}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_workbook(summaries: Sequence[Summary], path: Path, step: Step = unheard) -> None:
    """Write each summary to a sheet of one workbook; an older file stays until the new one is complete.

    `step` hears of rows of tables; what it raises leaves the older file, as DiskFull does, which is raised
    when nothing can be written, and Missing, without its folder.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    several = len({summary.unit for summary in summaries}) > 1
    total = sum(len(block.rows) for one in summaries for block in one.blocks if isinstance(block, Table))
    done = itertools.count(1)
    for summary in summaries:
        name = summary.unit if several and summary.unit else summary.title
        sheet = book.create_sheet(_sheet_name(name, book.sheetnames))
        _Sheet(sheet, summary, lambda: step(next(done), total)).fill()
    book.properties.creator = "HSDesk 村社台账"
    with whole_file(path) as part:
        book.save(part)
        step(total, total)  # the last moment to keep the older file


def _sheet_name(title: str, taken: Sequence[str]) -> str:
    base = _FORBIDDEN.sub("", title)[:28] or "表"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}{number}", number + 1
    return name


def _day(found: re.Match[str]) -> date | None:
    """Return the day that a text tells as paper writes it, None where there is no such day."""
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


class _Sheet:
    """Fills one worksheet from top to bottom."""

    def __init__(self, sheet: Worksheet, summary: Summary, passed: Callable[[], None]) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        self.sheet = sheet
        self.summary = summary
        self._passed = passed  # told of each row of a table
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
                case Letter():
                    self._letter(block)
                case Notice(paragraphs):
                    for paragraph in paragraphs:
                        self._line("　　" + paragraph, "left")
        self._foot()
        self._page_setup()

    def _line(self, text: str, align: str, *, big: bool = False) -> None:
        cell = self._put(1, text, align)
        cell.font = self.big if big else self.plain
        self._room(text, sum(_CARD_WIDTHS) if self.width <= 4 else 0)
        self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=1, end_column=self.width)
        self.row += 1

    def _put(
        self, column: int, text: str, align: str = "left", *, number: bool = False, day: bool = False
    ) -> Cell:
        cell: Cell = self.sheet.cell(self.row, column)  # type: ignore[assignment]  # cells below are not merged
        told = _DAY.fullmatch(text) if day else None
        if number and _NUMBER.fullmatch(text):
            cell.value = float(text) if "." in text else int(text)
        elif told and (value := _day(told)):
            cell.value = value
            cell.number_format = _DAY_FORMATS[told[2]]
        else:
            cell.value = text or None
            cell.data_type = "s" if text else "n"
            cell.number_format = "@"
            cell.quotePrefix = text.startswith(_FORMULA)  # shown as text, never calculated
        cell.font = self.plain
        cell.alignment = self.aligned[align]
        return cell

    def _room(self, text: str, characters: float) -> None:
        """Make the row as high as a text in merged cells needs: no spreadsheet does it by itself."""
        lines = len(wrapped(text, characters * _CHARACTER, _FONT, PLAIN_RULER)) if text and characters else 1
        if characters:
            self.sheet.row_dimensions[self.row].height = max(_LEAST, lines * _LINE + 4)

    def _high(self, row: Sequence[str], widths: Sequence[float], at: int = 0) -> None:
        """Make a row, the present one or that at `at`, as high as its highest cell needs."""
        told = zip(row, widths, strict=True)
        lines = max(len(wrapped(text, width - _CHARACTER, _FONT, PLAIN_RULER)) for text, width in told)
        self.sheet.row_dimensions[at or self.row].height = max(_LEAST, lines * _LINE + 4)

    def _head(self) -> None:
        self._line(self.summary.title, "center", big=True)
        self.sheet.row_dimensions[1].height = 32
        if self.summary.subtitle or self.summary.remark:
            self._line("    ".join(filter(None, (self.summary.subtitle, self.summary.remark))), "left")

    def _letter(self, letter: Letter) -> None:
        """Write a letter as lines: to whom, paragraphs, who signs and the day."""
        self._widths(_CARD_WIDTHS)
        if letter.to:
            self._line(f"{letter.to}：", "left")
        for paragraph in letter.paragraphs:
            self._line("　　" + paragraph, "left")
        for text in filter(None, (letter.unit, letter.day)):
            self._line(text, "right")

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
        room = _ROOM if self.summary.paper == "landscape" else _ROOM * 0.65
        widths = fitted(table, room, PLAIN_RULER).widths
        self._widths(width / _CHARACTER for width in widths)
        first = self.row
        self._heading(table.columns, widths)
        if self.sheet.freeze_panes is None:
            self.sheet.freeze_panes = f"A{self.row}"
            self.sheet.print_title_rows = f"{first}:{self.row - 1}"
        for row in table.rows:
            self._high(row, widths)
            self._table_row(table.columns, row)
            self._passed()
        if not table.rows:
            self._line(table.empty, "center")
        if table.totals:
            self._table_row(table.columns, table.totals, bold=True)

    def _heading(self, columns: tuple[PrintColumn, ...], widths: Sequence[float]) -> None:
        depth = max(len(column.heading) for column in columns)
        for level in range(depth):
            own = [column.heading[level] if len(column.heading) > level else "" for column in columns]
            shared = [words if own.count(words) == 1 else "" for words in own]
            self._high(shared, widths, self.row + level)
        for number, column in enumerate(columns, start=1):
            for level, words in enumerate(column.heading):
                self.sheet.cell(self.row + level, number).value = words
        for row in range(self.row, self.row + depth):
            for number in range(1, len(columns) + 1):
                cell = self.sheet.cell(row, number)
                cell.font, cell.alignment = self.bold, self.aligned["center"]
                cell.border, cell.fill = self.border, self.shade
        for level, rows, start, end, _words in spans(columns, depth):
            if end - start > 1 or rows > 1:
                self.sheet.merge_cells(
                    start_row=self.row + level,
                    end_row=self.row + level + rows - 1,
                    start_column=start + 1,
                    end_column=end,
                )
        self.row += depth

    def _table_row(
        self, columns: tuple[PrintColumn, ...], row: tuple[str, ...], *, bold: bool = False
    ) -> None:
        for number, (column, text) in enumerate(zip(columns, row, strict=True), start=1):
            cell = self._put(number, text, column.align, number=not column.as_text, day=column.is_day)
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
            self._put(place * 2 + 2, _told(item))
        for column in range(1, 5):
            self.sheet.cell(self.row, column).border = self.border
        told = [text for item in items for text in (item.label, _told(item))]
        self._high(told, [width * _CHARACTER for width in _CARD_WIDTHS[: len(told)]])
        if len(items) == 1:
            self._room(_told(items[0]), sum(_CARD_WIDTHS[1:]))
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=2, end_column=4)
        self.row += 1
        return []

    def _widths(self, widths: Iterable[float]) -> None:
        from openpyxl.utils import get_column_letter

        known = self.sheet.column_dimensions
        for number, width in enumerate(widths, start=1):
            if (letter := get_column_letter(number)) not in known:  # the first block decides
                known[letter].width = max(width, 5)

    def _foot(self) -> None:
        if self.summary.signature:
            self.row += 1
            self._line(self.summary.signature.line(), "left")
        if self.summary.note:
            self._line(self.summary.note, "left")

    def _page_setup(self) -> None:
        from openpyxl.utils import get_column_letter
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
        sheet.print_area = f"A1:{get_column_letter(self.width)}{self.row - 1}"
        footer.center.text = "第 &P 页 共 &N 页"


def _block_width(block: object) -> int:
    return len(block.columns) if isinstance(block, Table) else 4


def _told(item: CardItem) -> str:
    """Return what stands in the cell of an answer."""
    return f"\n\n{SEAL_AND_DAY}" if item.opinion else item.value
