"""Workbooks of officials: lists, places and settings as sheets of text, and what is wrong in them by cell.

A workbook is taken whole or not at all: every wrong cell is named, with file, sheet, cell, reason, remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from hsdesk.errors import FormError
from hsdesk.forms.problem import Problem
from hsdesk.forms.workbook.guide import HELP_SHEET
from hsdesk.forms.workbook.sheets import Cell, Sheet, SheetRow, Unreadable, read_sheets

FROM, TO = "启用日期", "停用日期"
_MOST_ROWS = 5_000
_LONGEST = 500
_MIDNIGHT = re.compile(r" 00:00:00(\.0+)?$")
_LAX_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Book:
    """An opened workbook and the problems found in it so far."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.problems: list[Problem] = []
        self.sheets: tuple[Sheet, ...] = ()
        try:
            self.sheets = tuple(sheet for sheet in read_sheets(path) if sheet.name != HELP_SHEET)
        except Unreadable as error:
            self.say("", "", error.reason, "请从导出的工作簿改起。")

    def say(self, sheet: str, cell: str, message: str, remedy: str) -> None:
        """Note what is wrong."""
        self.problems.append(Problem(self.name, sheet, cell, "error", message, remedy))

    def rows(self, sheet: Sheet, wanted: tuple[str, ...], known: frozenset[str]) -> Iterator[SheetRow]:
        """Yield the filled rows of a sheet; nothing when its headings are not understood."""
        lacking = [heading for heading in wanted if heading not in sheet.headings]
        for heading in lacking:
            self.say(sheet.name, "第 1 行", f"缺少“{heading}”一列。", "请补上这一列，或从导出的工作簿改起。")
        for heading, column in sheet.headings.items():
            if heading not in known:
                self.say(sheet.name, f"{column}1", f"不认识“{heading}”一列。", "请删去这一列，或核对列名。")
        for cell in sheet.doubled:
            self.say(sheet.name, cell.place, f"“{cell.text}”一列有两次。", "请只留一列。")
        if len(sheet.rows) > _MOST_ROWS:
            self.say(sheet.name, "", f"超过 {_MOST_ROWS} 行。", "请只留要改的行。")
        elif not lacking:
            yield from (row for row in sheet.rows if row.cells and self._is_plain(sheet, row))

    def _is_plain(self, sheet: Sheet, row: SheetRow) -> bool:
        found = len(self.problems)
        for cell in row.cells.values():
            if cell.text.startswith("="):
                self.say(sheet.name, cell.place, "这里是公式。", "请改成文字。")
            elif cell.long_number:
                self.say(sheet.name, cell.place, "长号码末几位已经丢失。", "请把单元格设为文本后重填。")
            elif len(cell.text) > _LONGEST or not cell.text.isprintable():
                self.say(sheet.name, cell.place, "文字太长，或有看不见的字符。", "请重新填写这一格。")
        return len(self.problems) == found

    def day(self, sheet: Sheet, row: SheetRow, heading: str) -> str:
        """Return a day as ISO text, "" when empty; a wrong one is noted."""
        cell = row.cells.get(heading)
        if cell is None:
            return ""
        text = _MIDNIGHT.sub("", cell.text)
        found = _LAX_DAY.fullmatch(text)
        try:
            written = date(*map(int, found.groups())) if found else date.fromisoformat(text)
            return written.isoformat()
        except ValueError:
            self.say(sheet.name, cell.place, f"日期“{cell.text}”不对。", "请写成 2026-07-01 的样子。")
            return ""

    def days(self, sheet: Sheet, row: SheetRow) -> tuple[str, str]:
        """Return from when and until when a row holds; days in the wrong order are noted."""
        begin, end = self.day(sheet, row, FROM), self.day(sheet, row, TO)
        if begin and end and begin >= end:
            self.say(sheet.name, place_of(row, TO), "停用日期不晚于启用日期。", "请核对两个日期。")
        return begin, end

    def close(self) -> None:
        """Raise FormError with every problem, if there is one."""
        if self.problems:
            raise FormError(
                "“{name}”有 {count} 处要改，没有发布，原来的都没有变。改好以后请再试一次。",
                tuple(self.problems),
                name=self.name,
                count=len(self.problems),
            )


def place_of(row: SheetRow, heading: str) -> str:
    """Return where a cell stands, or its row when it is empty."""
    cell: Cell | None = row.cells.get(heading)
    return cell.place if cell else f"第 {row.number} 行"


def write_sheets(sheets: dict[str, list[list[str]]], guide: list[list[str]], out: Path) -> None:
    """Write a workbook beside its place and put it there whole; every cell is text, so that zeros stay."""
    from hsdesk.forms.workbook.excel import write_book

    part = out.with_name(f"{out.name}.part")
    try:
        write_book(sheets, part, guide)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
