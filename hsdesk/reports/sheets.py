"""Reads a messy workbook for a register: finds the heading, maps columns, reads rows, says what is wrong.

Headings over several merged rows, titles above, totals, notes and signature lines below are understood.
Nothing is stored here: a plan is shown first, then its rows go the way of any other new record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.types import type_of
from hsdesk.reports.cells import CellValue, Choices, plain, read_cell, text_of
from hsdesk.reports.summaries import heading

_SEARCHED_ROWS = 15  # the heading lies among the first rows
_HEADING_ROWS = 3
_LIKE_ENOUGH = 0.72
_END = re.compile(r"^(合计|总计|小计|共计|注[:：]|说明[:：]|备注[:：]|填报单位|填表人|审核人|单位负责人)")
_AIDS = {"序号", "编号", "村(社区)", "村社区", "备注"}  # headings of ours that are no answers

Row = tuple[CellValue, ...]


class MappedColumn(msgspec.Struct, frozen=True):
    """A column of the sheet and the answer it goes to; `field` empty: left out."""

    column: int  # from 0
    heading: str
    field: str = ""
    likeness: float = 0.0  # 1: the same words


class CellProblem(msgspec.Struct, frozen=True):
    line: int  # row of the sheet, from 1
    field: str
    reason: str


class ImportRow(msgspec.Struct, frozen=True):
    """One record to be: its row in the sheet and its answers as `add` takes them."""

    line: int
    content: dict[str, object]
    problems: tuple[CellProblem, ...] = ()


class ImportPlan(msgspec.Struct, frozen=True):
    """What an import would do."""

    sheet: str
    heading_line: int  # last row of the heading, from 1
    columns: tuple[MappedColumn, ...]
    rows: tuple[ImportRow, ...]
    skipped: tuple[int, ...] = ()  # lines of totals, notes and signatures

    @property
    def problems(self) -> tuple[CellProblem, ...]:
        return tuple(problem for row in self.rows for problem in row.problems)


def plan_import(
    path: Path, form: Form, choices: Choices, mapping: Mapping[str, str] | None = None
) -> ImportPlan:
    """Read the sheet of a workbook that fits the register best.

    `mapping` is a saved one: heading to field, "" to leave a column out; others are matched by likeness.

    Raises:
        DataError: it is no .xlsx workbook, or no heading of it fits the register.
    """
    best: tuple[int, str, list[Row], tuple[int, int]] | None = None
    fields = _fields(form)
    for name, rows in _read(path):
        found = _find_heading(rows, fields, mapping or {})
        if found and (best is None or found[0] > best[0]):
            best = (found[0], name, rows, found[1:])
    if best is None:
        raise DataError(
            "在“{name}”里没有找到“{title}”的表头。请核对是不是这张表，或先做表头对照。",
            name=path.name,
            title=form.title,
        )
    _, name, rows, (first, depth) = best
    columns = match_columns(_headings(rows, first, depth), fields, mapping or {})
    body, skipped = _body(rows, first + depth)
    made = tuple(_row(line, cells, columns, form, choices) for line, cells in body)
    return ImportPlan(name, first + depth, columns, made, skipped)


def _read(path: Path) -> Iterator[tuple[str, list[Row]]]:
    if path.suffix.casefold() in (".xls", ".et"):
        raise DataError("“{name}”是旧格式。请用 WPS 或 Excel 另存为 .xlsx 后再导入。", name=path.name)
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise DataError("“{name}”打不开，不是完好的 .xlsx 表格。", name=path.name) from error
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            yield sheet.title, [tuple(_known(cell) for cell in row) for row in rows]
    finally:
        book.close()


def _known(cell: object) -> CellValue:
    return cell if isinstance(cell, str | int | float | date) or cell is None else str(cell)


def _fields(form: Form) -> dict[str, Question]:
    return {
        question.key: question
        for question in questions(form.children)
        if not question.calculation and type_of(question).is_imported
    }


def _find_heading(
    rows: Sequence[Row], fields: Mapping[str, Question], mapping: Mapping[str, str]
) -> tuple[int, int, int] | None:
    """Return (matched columns, first row, depth) of the heading that fits best; at least two must match."""
    best: tuple[int, int, int] | None = None
    for first in range(min(_SEARCHED_ROWS, len(rows))):
        for depth in range(1, min(_HEADING_ROWS, len(rows) - first) + 1):
            matched = match_columns(_headings(rows, first, depth), fields, mapping)
            score = sum(bool(column.field) for column in matched)
            if score >= 2 and (best is None or score > best[0]):
                best = (score, first, depth)
    return best


def _headings(rows: Sequence[Row], first: int, depth: int) -> tuple[str, ...]:
    """Return the heading of each column: the words of all its rows, merged ones carried to the right."""
    lines = [[_words(cell) for cell in row] for row in rows[first : first + depth]]
    width = max((len(line) for line in lines), default=0)
    lines = [line + [""] * (width - len(line)) for line in lines]
    for above, below in pairwise(lines):
        for column in range(1, width):
            if not above[column] and below[column] and below[column - 1]:
                above[column] = above[column - 1]
    return tuple("".join(dict.fromkeys(line[column] for line in lines)) for column in range(width))


def _words(cell: CellValue) -> str:
    return re.sub(r"\s+", "", text_of(cell)) if isinstance(cell, str) else ""


def match_columns(
    headings: Sequence[str], fields: Mapping[str, Question], mapping: Mapping[str, str]
) -> tuple[MappedColumn, ...]:
    """Return which answer each column goes to: a saved mapping first, then the likest, each answer once."""
    chosen: dict[int, tuple[str, float]] = {}
    likely: list[tuple[float, int, str]] = []
    for column, words in enumerate(headings):
        if words in mapping:
            chosen[column] = (mapping[words], 1.0)
        elif words and _bare(words) not in {_bare(aid) for aid in _AIDS}:
            likely += [(_likeness(words, question), column, key) for key, question in fields.items()]
    taken = {key for key, _ in chosen.values()}
    for likeness, column, key in sorted(likely, key=lambda each: (-each[0], each[1])):
        if likeness >= _LIKE_ENOUGH and column not in chosen and key not in taken:
            chosen[column] = (key, round(likeness, 2))
            taken.add(key)
    return tuple(
        MappedColumn(column, words, *chosen.get(column, ("", 0.0))) for column, words in enumerate(headings)
    )


def _likeness(words: str, question: Question) -> float:
    """Return how like a heading is to an answer's label, heading on paper, or name: 0 to 1."""
    names = {question.label.plain(), heading(question), question.key, *question.hs.was}
    said = {_bare(words), _bare(words).removesuffix("姓名") or _bare(words)}  # 负责人姓名 is 负责人
    return max(_alike(one, _bare(name)) for one in said for name in names if name)


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if len(one) >= 2 and len(other) >= 2 and (one.endswith(other) or other.endswith(one)):
        return 0.9 if min(len(one), len(other)) > 2 else 0.8
    return SequenceMatcher(None, one, other).ratio() * 0.95


def _bare(words: str) -> str:
    return re.sub(r"[((【].*?[))】]|[\s*:：、/]", "", plain(words)).casefold()


def _body(rows: Sequence[Row], start: int) -> tuple[list[tuple[int, Row]], tuple[int, ...]]:
    """Return the rows of records with their lines from 1, and the lines that are none."""
    kept: list[tuple[int, Row]] = []
    skipped: list[int] = []
    for line, cells in enumerate(rows[start:], start=start + 1):
        words = [text_of(cell) for cell in cells if cell is not None and text_of(cell)]
        if not words:
            continue
        if _END.match(words[0]) or (len(words) == 1 and len(cells) > 3 and len(words[0]) > 12):
            skipped.append(line)
        else:
            kept.append((line, cells))
    return kept, tuple(skipped)


def _row(line: int, cells: Row, columns: Sequence[MappedColumn], form: Form, choices: Choices) -> ImportRow:
    fields = _fields(form)
    content: dict[str, object] = {}
    problems: list[CellProblem] = []
    for mapped in columns:
        if not mapped.field or mapped.column >= len(cells):
            continue
        try:
            value = read_cell(cells[mapped.column], fields[mapped.field], choices)
        except DataError as error:
            problems.append(CellProblem(line, mapped.field, str(error)))
            continue
        if value is not None:
            content[mapped.field] = value
    return ImportRow(line, content, tuple(problems))
