"""Checks of the cells of an XLSForm that need no compiled form; every problem knows its cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from hsdesk.forms.problem import Problem, Severity
from hsdesk.forms.types.registry import QUESTION_TYPE, QUESTION_TYPES, REFUSED
from hsdesk.forms.workbook.columns import (
    SheetColumn,
    TypeCell,
    choices_column,
    kind_of,
    rows_with_paths,
    survey_column,
)
from hsdesk.forms.workbook.expressions import check_expression, check_references, has_wide_reference
from hsdesk.forms.workbook.sheets import Cell, SheetRow, Workbook
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem

SUPPORTED = frozenset({*QUESTION_TYPE, "begin_group", "end_group", "begin_repeat", "end_repeat"})
EXPRESSIONS = (
    "relevant",
    "constraint",
    "calculation",
    "choice_filter",
    "required",
    "readonly",
    "repeat_count",
    "default",
)
_REFERRING = (
    *EXPRESSIONS,
    "label",
    "hint",
    "guidance_hint",
    "constraint_message",
    "required_message",
    "trigger",
)
MOST_NESTED = 50  # groups and rosters in each other; pyxform reads about 300 before the stack ends
_PLAIN_WORDS = frozenset({"yes", "no", "true", "false", "true()", "false()"})
_NAME = re.compile(r"^[^\W\d][\w.-]*$")
_ASCII_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_.-]*$")
_DYNAMIC = re.compile(r"\$\{|[\w-]+\s*\(|^\s*\.")
_NO_NAME = frozenset({one.name for one in QUESTION_TYPES if not one.is_named} | {"end_group", "end_repeat"})


class CellChecks:
    """One pass over the sheets of a workbook."""

    def __init__(self, file: str, book: Workbook, root: str = "data") -> None:
        self.file = file
        self.book = book
        self.survey = book.sheet("survey")
        self.columns = {heading: survey_column(heading) for heading in self.survey.headings}
        self.rows = list(rows_with_paths(self.survey, root))
        counted = Counter(path[-1] for _row, path, _kind in self.rows)
        self.names = frozenset(counted)
        self.paths = {path[-1]: "/" + "/".join(path) for _row, path, _kind in self.rows}
        self.doubled = frozenset(name for name, times in counted.items() if times > 1)
        self.problems: list[Problem] = []
        self.too_deep = False

    def run(self) -> list[Problem]:
        """Return every problem found."""
        if not self.survey.rows:
            self._add("survey", "", "没有 survey 表，或表里没有题目。", "请按样表建 survey 表。")
            return self.problems
        self._headings()
        self._long_numbers()
        for row in self.survey.rows:
            self._row(row)
        self._balance()
        self._duplicates()
        self._choices()
        self._portable()
        self._settings()
        return self.problems

    def _add(self, sheet: str, cell: str, message: str, remedy: str, severity: Severity = "error") -> None:
        problem = Problem(self.file, sheet, cell, severity, message, remedy)
        if problem not in self.problems:
            self.problems.append(problem)

    def _trouble(self, cell: Cell, trouble: UnplacedProblem) -> None:
        self._add("survey", cell.place, trouble.message, trouble.remedy, trouble.severity)

    # --- columns

    def _headings(self) -> None:
        for sheet in self.book.sheets.values():
            for cell in sheet.doubled:
                self._add(sheet.name, cell.place, f"列名“{cell.text}”出现了两次。", "请删去一列或改名。")
        for heading, column in self.columns.items():
            place = f"{self.survey.headings[heading]}1"
            if column.known == "unsupported":
                self._add(
                    "survey", place, f"“{heading}”这一列本软件不用。", "不影响填报，可以保留。", "warning"
                )
            elif column.known == "note" and not self._empty(heading):
                self._add(
                    "survey",
                    place,
                    f"“{heading}”不是 XLSForm 的列，已忽略。",
                    "如是笔误请改正列名。",
                    "warning",
                )
        for wanted in ("type",):
            if not any(column.name == wanted for column in self.columns.values()):
                self._add("survey", "A1", f"survey 表缺少“{wanted}”列。", f"请补上“{wanted}”列。")

    def _empty(self, heading: str) -> bool:
        return not any(heading in row.cells for row in self.survey.rows)

    def _long_numbers(self) -> None:
        for sheet in self.book.sheets.values():
            for row in sheet.rows:
                for cell in row.cells.values():
                    if cell.long_number:
                        message = f"单元格里是超过 15 位的数字（{cell.text}），Excel 已丢失后几位。"
                        self._add(sheet.name, cell.place, message, "请把单元格格式改为“文本”，再重新填写。")

    # --- rows

    def _cells(self, row: SheetRow) -> Iterator[tuple[SheetColumn, Cell]]:
        for heading, cell in row.cells.items():
            yield self.columns[heading], cell

    def cell(self, row: SheetRow, name: str) -> Cell | None:
        """Return the cell of a row in the column with this meaning, in whichever language stands first."""
        return next((cell for column, cell in self._cells(row) if column.name == name), None)

    def _row(self, row: SheetRow) -> None:
        kind_cell, name = self.cell(row, "type"), self.cell(row, "name")
        if kind_cell is None:
            if any(column.name in ("name", "label") for column, _cell in self._cells(row)):
                self._add(
                    "survey", f"A{row.number}", "这一行没有写题型。", "请在 type 列写上题型，或清空这一行。"
                )
            return
        if kind_cell.text.startswith("#"):
            return
        kind = kind_of(kind_cell.text)
        self._type(kind, kind_cell)
        self._name(kind, name, kind_cell)
        for column, cell in self._cells(row):
            self._text(column, cell, kind)
        if (
            kind.word == "calculate"
            and self.cell(row, "calculation") is None
            and self.cell(row, "default") is None
        ):
            self._add("survey", kind_cell.place, "计算题没有写计算式。", "请在 calculation 列写上计算式。")

        if self._is_asked(kind) and not any(
            self.cell(row, name) for name in ("label", "hint", "calculation")
        ):
            self._add("survey", kind_cell.place, "这一题没有题目文字（label）。", "请在 label 列写上题目。")

    @staticmethod
    def _is_asked(kind: TypeCell) -> bool:
        return kind.word in QUESTION_TYPE and QUESTION_TYPE[kind.word].is_asked

    def _type(self, kind: TypeCell, cell: Cell) -> None:
        refused = REFUSED.get(kind.word) or REFUSED.get(kind.word.partition(" ")[0])
        refused = refused or ("循环组（loop）" if kind.word.startswith("begin loop") else "")
        if refused:
            self._add("survey", cell.place, f"不支持{refused}。", "请删去这一题或改用支持的题型。")
        elif kind.word not in SUPPORTED:
            self._add("survey", cell.place, f"不认识题型“{cell.text}”。", "可用的题型见帮助“表单编写”。")
        elif kind.word.startswith("select"):
            self._list(kind, cell)

    def _list(self, kind: TypeCell, cell: Cell) -> None:
        if not kind.list_name:
            self._add("survey", cell.place, "选择题没有写选项表的名称。", "请写成 select_one 选项表名。")
        elif kind.from_file:
            if not kind.list_name.lower().endswith((".csv", ".xml", ".geojson")):
                self._add("survey", cell.place, f"“{kind.list_name}”不是文件名。", "请写成 名称.csv。")
            elif kind.list_name.lower().endswith(".geojson"):
                self._add("survey", cell.place, "不支持位置（geojson）。", "请改用 .csv。")
        elif not kind.list_name.startswith("${") and kind.list_name not in self.lists():
            listed = "、".join(sorted(self.lists())[:8])
            self._add(
                "survey",
                cell.place,
                f"选项表“{kind.list_name}”在 choices 表里没有。",
                f"已有：{listed or '无'}。",
            )

    def lists(self) -> frozenset[str]:
        """Return the names of the choice lists."""
        choices = self.book.sheet("choices")
        heading = next((h for h in choices.headings if choices_column(h).name == "list_name"), "")
        return frozenset(row.text(heading) for row in choices.rows if row.text(heading))

    def _name(self, kind: TypeCell, cell: Cell | None, kind_cell: Cell) -> None:
        if cell is None:
            if kind.word not in _NO_NAME:
                self._add("survey", kind_cell.place, "这一题没有名称。", "请在 name 列写上名称。")
            return
        if not _NAME.match(cell.text) and "${" not in cell.text:
            remedy = "名称以字母、汉字或下划线开头，中间不能有空格和标点。"
            self._add("survey", cell.place, f"名称“{cell.text}”不合规。", remedy)

    def _text(self, column: SheetColumn, cell: Cell, kind: TypeCell) -> None:
        found = (
            list(check_references(cell.text, self.names, self.doubled)) if column.name in _REFERRING else []
        )
        if column.name in EXPRESSIONS and self._is_expression(column, cell):
            readable = not any(has_wide_reference(cell.text) for _trouble in found)
            found += check_expression(cell.text, self.paths) if readable else []
        elif column.name == "default":
            self._static_default(cell, kind)
        for trouble in found:
            self._trouble(cell, trouble)

    @staticmethod
    def _is_expression(column: SheetColumn, cell: Cell) -> bool:
        if column.name in ("required", "readonly") and cell.text.lower() in _PLAIN_WORDS:
            return False
        return column.name != "default" or bool(_DYNAMIC.search(cell.text))

    def _static_default(self, cell: Cell, kind: TypeCell) -> None:
        patterns = {"integer": (r"-?\d+", "整数"), "decimal": (r"-?\d+(\.\d+)?", "数字"),
                    "date": (r"\d{4}-\d{2}-\d{2}( 00:00:00)?", "日期，例如 2026-03-15")}  # fmt: skip
        pattern, wanted = patterns.get(kind.word, ("", ""))
        if pattern and not re.fullmatch(pattern, cell.text):
            self._add(
                "survey", cell.place, f"默认值“{cell.text}”不是{wanted}。", f"请填{wanted}，或写成表达式。"
            )

    # --- the whole

    def _balance(self) -> None:
        stack: list[tuple[str, Cell]] = []
        for row in self.survey.rows:
            cell = self.cell(row, "type")
            word = kind_of(cell.text).word if cell else ""
            if cell is None or word not in ("begin_group", "begin_repeat", "end_group", "end_repeat"):
                continue
            if word.startswith("begin"):
                stack.append((word, cell))
                if len(stack) == MOST_NESTED + 1:
                    message = f"组和子表套了超过 {MOST_NESTED} 层。"
                    self._add("survey", cell.place, message, "请把里面的组移到外面来。")
                    self.too_deep = True
            elif not stack or stack[-1][0] != word.replace("end", "begin"):
                self._add(
                    "survey",
                    cell.place,
                    f"多出一个 {word}，没有对应的开头。",
                    "请核对 begin 和 end 是否成对。",
                )
            else:
                stack.pop()
        for word, cell in stack:
            self._add(
                "survey", cell.place, f"{word} 没有对应的结尾。", f"请补上 {word.replace('begin', 'end')}。"
            )

    def _duplicates(self) -> None:
        seen: dict[tuple[str, ...], Cell] = {}
        for row, path, _kind in self.rows:
            cell = self.cell(row, "name")
            if cell is not None and path in seen:
                message = f"名称“{path[-1]}”和 {seen[path].place} 重复了。"
                self._add("survey", cell.place, message, "同一组里每题的名称要不同。")
            elif cell is not None:
                seen[path] = cell

    def _choices(self) -> None:
        sheet = self.book.sheet("choices")
        by_name = {choices_column(heading).name: heading for heading in reversed(sheet.headings)}
        seen: dict[tuple[str, str], str] = {}
        for row in sheet.rows:
            list_name, name = row.text(by_name.get("list_name", "")), row.text(by_name.get("name", ""))
            if not list_name:
                continue
            place = row.cells[by_name["name"]].place if name else f"A{row.number}"
            if not name:
                self._add("choices", place, f"选项表“{list_name}”有一行没有代码（name）。", "请补上代码。")
            elif " " in name and self._in_multiple(list_name):
                self._add("choices", place, f"选项代码“{name}”里有空格。", "多选题的代码不能有空格，请去掉。")
            elif (list_name, name) in seen and not self._may_repeat():
                first = seen[(list_name, name)]
                self._add(
                    "choices", place, f"选项代码“{name}”和 {first} 重复了。", "同一选项表里代码要不同。"
                )
            seen.setdefault((list_name, name), place)

    def _in_multiple(self, list_name: str) -> bool:
        return any(
            kind.word == "select_multiple" and kind.list_name == list_name for _row, _path, kind in self.rows
        )

    def _may_repeat(self) -> bool:
        return self.setting("allow_choice_duplicates").lower() in ("yes", "true")

    def setting(self, name: str) -> str:
        """Return a cell of the settings sheet by its heading."""
        sheet = self.book.sheet("settings")
        for row in sheet.rows:
            for heading, cell in row.cells.items():
                if heading.lower().replace(" ", "_") == name:
                    return cell.text
        return ""

    def _portable(self) -> None:
        foreign = [(row, path[-1]) for row, path, _kind in self.rows if not _ASCII_NAME.match(path[-1])]
        if foreign:
            cell = self.cell(foreign[0][0], "name")
            message = f"有 {len(foreign)} 题用了中文名称（如“{foreign[0][1]}”），别的软件可能打不开这张表。"
            self._add("survey", cell.place if cell else "", message, "只在本软件里用可以不改。", "warning")

    def _settings(self) -> None:
        sheet = self.book.sheet("settings")
        for heading, column in sheet.headings.items():
            if heading.lower() in ("public_key", "submission_url") and any(
                heading in row.cells for row in sheet.rows
            ):
                refused = heading.lower() == "public_key"
                message = "不支持表单加密（public_key）。" if refused else "本软件不用 submission_url。"
                remedy = "请删去这一列；本机数据文件本身是加密的。" if refused else "不影响填报。"
                self._add("settings", f"{column}2", message, remedy, "error" if refused else "warning")
        if self.book.sheet("entities").rows:
            self._add("entities", "A1", "本软件不发送 ODK 实体（entities）。", "不影响填报。", "warning")
