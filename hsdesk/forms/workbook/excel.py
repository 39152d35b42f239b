"""The one place of the forms that touches Excel files. Imported only when one is read or written."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any

from openpyxl import Workbook as OpenpyxlWorkbook
from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hsdesk.forms.workbook.guide import CHOICES_BY_COLUMN, COLUMNS, HELP_SHEET, NOTES, TYPES


def read_cells(path: Path, *, formulas: bool = False) -> list[tuple[str, list[Sequence[Any]]]]:
    """Return every sheet as rows of raw values. Raises openpyxl's and zipfile's errors.

    A formula is read as what it last came to or, with `formulas`, as it was written: =A1.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # openpyxl speaks of extensions it drops; nothing of a form is in them
        book = load_workbook(path, read_only=True, data_only=not formulas, keep_links=False)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a file says of its size is not believed
            return [(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]
        finally:
            book.close()


_HEADING = PatternFill("solid", fgColor="FFDCE6F1")
_MIN_WIDTH, _MAX_WIDTH = 9, 46
_SPARE_ROWS = 200


def form_guide() -> list[list[str]]:
    """Return the help sheet of a form: question types, columns, notes."""
    rows = [["题型", "意思"], *map(list, TYPES), ["", ""], ["列", "意思"], *map(list, COLUMNS), ["", ""]]
    return rows + [[note, ""] for note in NOTES]


def write_book(sheets: dict[str, list[list[str]]], path: Path, guide: list[list[str]] | None = None) -> None:
    """Write tables of text as a workbook pleasant to edit: frozen heading, widths, drop-downs, help.

    `guide`: the rows of the help sheet, those of a form by default.
    """
    book = OpenpyxlWorkbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        _write_sheet(book.create_sheet(name), rows)
    _write_help(book.create_sheet(HELP_SHEET), guide or form_guide())
    book.active = list(sheets).index("survey") if "survey" in sheets else 0
    book.save(path)
    book.close()


def _write_sheet(sheet: Worksheet, rows: list[list[str]]) -> None:
    _write_cells(sheet, rows)
    sheet.freeze_panes = "C2" if sheet.title in ("survey", "choices") else "A2"
    _dress(sheet, rows)
    _offer(sheet, rows)


def _write_cells(sheet: Worksheet, rows: list[list[str]]) -> None:
    styles: dict[tuple[bool, bool], StyleArray] = {}  # found once: finding one takes longer than a cell
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            if text or number == 1:
                cell = sheet.cell(number, column, ILLEGAL_CHARACTERS_RE.sub("", text))
                look = number == 1, len(text) > _MAX_WIDTH // 2
                if look not in styles:
                    _style(cell, *look)
                    styles[look] = cell._style  # type: ignore[attr-defined]
                cell._style = copy(styles[look])  # type: ignore[attr-defined]
                cell.data_type = "s"  # a text that begins with = is no formula


def _style(cell: Cell, is_heading: bool, wraps: bool) -> None:
    cell.number_format = "@"  # long numbers keep their digits
    cell.alignment = Alignment(vertical="top", wrap_text=wraps)
    if is_heading:
        cell.font = Font(bold=True)
        cell.fill = _HEADING


def _dress(sheet: Worksheet, rows: list[list[str]]) -> None:
    """Set the width of each column by its longest text; a Chinese character takes two places."""
    for column in range(max((len(row) for row in rows), default=0)):
        texts = [row[column] for row in rows if column < len(row)]
        widest = max((sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) for text in texts), default=0)
        width = min(max(widest + 2, _MIN_WIDTH), _MAX_WIDTH)
        sheet.column_dimensions[get_column_letter(column + 1)].width = width


def _offer(sheet: Worksheet, rows: list[list[str]]) -> None:
    for column, heading in enumerate(rows[0] if rows else [], start=1):
        words = CHOICES_BY_COLUMN.get(heading)
        formula = f'"{",".join(words)}"' if words else None
        if sheet.title == "survey" and heading == "type":
            formula = f"'{HELP_SHEET}'!$A$2:$A${len(TYPES) + 1}"
        if formula is not None:
            letter = get_column_letter(column)
            rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
            rule.add(f"{letter}2:{letter}{len(rows) + _SPARE_ROWS}")
            sheet.add_data_validation(rule)


def _write_help(sheet: Worksheet, rows: list[list[str]]) -> None:
    _write_cells(sheet, rows)
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 60
