"""The sheets of an XLSForm with the place of every cell, from `.xlsx`, `.xls`, `.md` and `.csv`."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hsdesk.forms.workbook.archive import MOST_BYTES, MOST_ROWS, too_much

SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_ODD_BYTES = (AssertionError, ValueError, IndexError, TypeError, KeyError)  # what xlrd raises on broken files
_TOO_LARGE = f"文件超过 {MOST_BYTES >> 20} MB。"
_MAX_BLANK_ROWS = 60
_MAX_BLANK_COLUMNS = 20

Tables = Sequence[tuple[str, Iterable[Sequence[Any]]]]


class Unreadable(Exception):
    """The file is no workbook that we read. `reason` is Chinese."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Cell(msgspec.Struct, frozen=True):
    """One filled cell: its text, its place (`C3`), and whether it held a number with more than 15 digits."""

    text: str
    place: str
    long_number: bool = False


class SheetRow(msgspec.Struct, frozen=True):
    """One row below the headings; `number` is the row's number in the sheet."""

    number: int
    cells: dict[str, Cell]  # by heading as written

    def text(self, heading: str) -> str:
        """Return the text under a heading, "" when empty."""
        cell = self.cells.get(heading)
        return cell.text if cell is not None else ""


class Sheet(msgspec.Struct, frozen=True):
    """One sheet: its name, its headings with their columns' letters, its rows (blank ones kept)."""

    name: str
    headings: dict[str, str]
    rows: tuple[SheetRow, ...]
    doubled: tuple[Cell, ...] = ()  # headings that stand twice


class Workbook(msgspec.Struct, frozen=True):
    """All sheets of a file that matter to a form, by lower-case name."""

    sheets: dict[str, Sheet]
    names: tuple[str, ...]

    def sheet(self, name: str) -> Sheet:
        """Return a sheet; an empty one when it is not there."""
        return self.sheets.get(name) or Sheet(name, {}, ())


def letter(column: int) -> str:
    """Return the letters of a column counted from 0.

    >>> letter(0), letter(26), letter(701)
    ('A', 'AA', 'ZZ')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_workbook(path: Path) -> Workbook:
    """Return the sheets of a file. Raises `Unreadable`."""
    try:
        size = path.stat().st_size
        readers = {".xlsx": _read_xlsx, ".xls": _read_xls, ".md": _read_markdown, ".csv": _read_csv}
        if size > MOST_BYTES:
            raise Unreadable(_TOO_LARGE)
        tables = readers[path.suffix.lower()](path)
    except OSError as error:
        raise Unreadable(f"文件读不出来（{error.strerror or '格式不对'}）。") from error
    return _workbook(tables)


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """Return every sheet of an .xlsx file, formulas as they are written. Raises `Unreadable`."""
    if path.suffix.lower() != ".xlsx":
        raise Unreadable("不是 .xlsx 文件，请用 Excel 或 WPS 另存为 .xlsx。")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(_TOO_LARGE)
        tables = _read_xlsx(path, formulas=True)
    except OSError as error:
        raise Unreadable(f"文件读不出来（{error.strerror or '格式不对'}）。") from error
    return tuple(_sheet(name, rows) for name, rows in tables)


def _workbook(tables: Tables) -> Workbook:
    sheets: dict[str, Sheet] = {}
    names = tuple(name for name, _rows in tables)
    for name, rows in tables:
        known = name.strip().lower()
        if len(tables) == 1 and known not in SHEETS:
            known = "survey"
        if known in SHEETS and known not in sheets:
            sheets[known] = _sheet(known, rows)
    return Workbook(sheets, names)


def _sheet(name: str, rows: Iterable[Sequence[Any]]) -> Sheet:
    lines = iter(rows)
    headings, doubled = _headings(next(lines, ()))
    found: list[SheetRow] = []
    blank = 0
    for number, line in enumerate(lines, start=2):
        if number > MOST_ROWS:
            raise Unreadable(f"“{name}”表超过 {MOST_ROWS} 行，请只留要用的行。")
        cells = {}
        for column, heading in headings:
            value = line[column] if column < len(line) else None
            text = text_of(value)
            if text:
                cells[heading] = Cell(text, f"{letter(column)}{number}", _is_long(value))
        blank = 0 if cells else blank + 1
        if blank > _MAX_BLANK_ROWS:
            break
        found.append(SheetRow(number, cells))
    while found and not found[-1].cells:
        found.pop()
    return Sheet(name, {heading: letter(column) for column, heading in headings}, tuple(found), doubled)


def _headings(line: Sequence[Any]) -> tuple[list[tuple[int, str]], tuple[Cell, ...]]:
    found: list[tuple[int, str]] = []
    doubled: list[Cell] = []
    blank = 0
    for column, value in enumerate(line):
        heading = " ".join(text_of(value).split())
        blank = 0 if heading else blank + 1
        if blank > _MAX_BLANK_COLUMNS:
            break
        if heading and any(heading == other for _column, other in found):
            doubled.append(Cell(heading, f"{letter(column)}1"))
        elif heading:
            found.append((column, heading))
    return found, tuple(doubled)


def text_of(value: object) -> str:
    """Return a cell's value as text, the way pyxform reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\xa0", " ").strip()


def _is_long(value: object) -> bool:
    """Tell whether Excel has kept a number of more than 15 digits, whose last ones are lost."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 1e15


def _read_xlsx(path: Path, *, formulas: bool = False) -> Tables:
    from zipfile import BadZipFile, ZipFile

    from hsdesk.forms.workbook.excel import read_cells

    try:
        with ZipFile(path) as archive:
            if said := too_much(archive):
                raise Unreadable(said)
        return read_cells(path, formulas=formulas)
    except (BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise Unreadable("不是完好的 .xlsx 文件，请用 Excel 或 WPS 重新另存一次。") from error


def _read_xls(path: Path) -> Tables:
    import xlrd  # type: ignore[import-untyped]  # comes with pyxform
    from xlrd.compdoc import CompDocError  # type: ignore[import-untyped]

    try:
        book = xlrd.open_workbook(path, logfile=_Silent())
    except (xlrd.XLRDError, CompDocError, struct.error, *_ODD_BYTES) as error:
        raise Unreadable("不是完好的 .xls 文件，请另存为 .xlsx。") from error
    with book:
        return [
            (sheet.name, [_xls_line(book, sheet, row) for row in range(sheet.nrows)])
            for sheet in book.sheets()
        ]


class _Silent:
    def write(self, _text: str) -> None:
        """xlrd writes remarks about the file; nobody reads them."""


def _xls_line(book: Any, sheet: Any, row: int) -> list[Any]:
    import xlrd

    line: list[Any] = []
    for cell in sheet.row(row):
        if cell.ctype == xlrd.XL_CELL_DATE:
            line.append(_xls_date(cell.value, book.datemode))
        elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
            line.append(bool(cell.value))
        elif cell.ctype == xlrd.XL_CELL_ERROR:
            line.append(None)
        else:
            line.append(cell.value)
    return line


def _xls_date(value: float, mode: int) -> str:
    import xlrd

    try:
        year, month, day, *clock = xlrd.xldate_as_tuple(value, mode)
    except (xlrd.XLDateError, ValueError):
        return str(value)
    if (year, month, day) == (0, 0, 0):
        return str(dt.time(*clock))
    return str(dt.datetime(year, month, day, *clock))  # noqa: DTZ001 (a cell of a sheet has no zone)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("文字编码不是 UTF-8，请另存为 UTF-8。") from error


def _read_markdown(path: Path) -> Tables:
    tables: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for line in _text(path).splitlines():
        if not line.strip().startswith("|"):
            continue
        cells = _markdown_cells(line.strip())
        if not cells or all(set(cell) <= set("-: ") and cell for cell in cells):
            continue
        if cells[0]:
            current = tables.setdefault(cells[0], [])
        elif current is not None:
            current.append(cells[1:])
    if not tables:
        raise Unreadable("没有找到 XLSForm 的 Markdown 表格。")
    return list(tables.items())


def _markdown_cells(line: str) -> list[str]:
    """Split a table line at `|` that is not escaped; pyxform reads `\\|` as a bar."""
    body = line[1:-1] if line.endswith("|") else line[1:]
    cells = body.replace("\\|", "\0").split("|")
    return [cell.replace("\0", "|").strip() for cell in cells]


def _read_csv(path: Path) -> Tables:
    import csv

    tables: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    try:
        for line in csv.reader(_text(path).splitlines(keepends=True)):
            if line and line[0].strip():
                current = tables.setdefault(line[0].strip(), [])
            if current is not None and any(cell.strip() for cell in line[1:]):
                current.append(line[1:])
    except csv.Error as error:
        raise Unreadable("CSV 写法不对。") from error
    if not tables:
        raise Unreadable("没有找到 XLSForm 的表。")
    return list(tables.items())
