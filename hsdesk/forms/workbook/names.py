"""Checks by name, for a workbook that is too broken to become a form: circles, constants, our own columns.

A workbook that compiles is checked more closely by `forms.lint`; this pass keeps one report complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hsdesk.forms.constant_checks import NamedAnswer, mismatches
from hsdesk.forms.problem import Problem
from hsdesk.forms.types.registry import HOLDING, QUESTION_TYPE
from hsdesk.forms.workbook.cells import EXPRESSIONS, CellChecks
from hsdesk.forms.workbook.columns import TypeCell, choices_column
from hsdesk.forms.workbook.expressions import REFERENCE, references
from hsdesk.forms.workbook.sheets import Cell
from hsdesk.forms.xform.binds import extension
from hsdesk.forms.xform.settings import WORDS
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem
from hsdesk.language.ast import Path
from hsdesk.language.parser import parse
from hsdesk.language.problem import ExpressionError

_MASK = re.compile(r"_ref(\d+)_$")
Node = tuple[str, str]  # (name, column)


class NameChecks:
    """Checks one broken workbook by the names in its cells."""

    def __init__(self, checks: CellChecks) -> None:
        self.checks = checks
        self.kinds: dict[str, TypeCell] = {path[-1]: kind for _row, path, kind in checks.rows}
        self.cells: dict[Node, Cell] = {}
        for row, path, _kind in checks.rows:
            for column in ("calculation", "relevant"):
                cell = checks.cell(row, column)
                if cell is not None:
                    self.cells.setdefault((path[-1], column), cell)

    def run(self) -> list[Problem]:
        """Return every problem found."""
        return [*self._circles(), *self._constants(), *self._own_columns(), *self._own_settings()]

    def _problem(self, cell: Cell, trouble: UnplacedProblem, sheet: str = "survey") -> Problem:
        return Problem(self.checks.file, sheet, cell.place, trouble.severity, trouble.message, trouble.remedy)

    # --- circles

    def _circles(self) -> Iterator[Problem]:
        done: set[Node] = set()
        for start in self.cells:
            circle = self._circle(start, done)
            if circle:
                words = " → ".join(name for name, _column in circle)
                yield self._problem(
                    self.cells[circle[0]], UnplacedProblem(f"计算绕成了圈：{words}。", "请去掉其中一处引用。")
                )

    def _circle(self, start: Node, done: set[Node]) -> tuple[Node, ...]:
        trail: list[tuple[Node, Iterator[Node]]] = [(start, self._reads(start))] if start not in done else []
        while trail:
            node, pending = trail[-1]
            following = next(pending, None)
            names = [entry for entry, _rest in trail]
            if following is None:
                done.add(node)
                trail.pop()
            elif following in names:
                done.update(names)
                return (*names[names.index(following) :], following)
            elif following not in done:
                trail.append((following, self._reads(following)))
        return ()

    def _reads(self, node: Node) -> Iterator[Node]:
        for name in dict.fromkeys(references(self.cells[node].text)):
            for column in ("calculation", "relevant"):
                if (name, column) in self.cells and not self._is_once(name, column, node):
                    yield (name, column)

    def _is_once(self, name: str, column: str, node: Node) -> bool:
        return (name, column) == node and "once(" in self.cells[node].text

    # --- constants

    def _constants(self) -> Iterator[Problem]:
        for row, path, _kind in self.checks.rows:
            for column in EXPRESSIONS:
                cell = self.checks.cell(row, column)
                if cell is None or column in ("default", "choice_filter"):
                    continue
                for trouble in self._mismatched(cell.text, path[-1]):
                    yield self._problem(cell, trouble)

    def _mismatched(self, text: str, own: str) -> Iterator[UnplacedProblem]:
        names = references(text)
        numbered = iter(range(len(names)))
        masked = REFERENCE.sub(lambda _found: f"_ref{next(numbered)}_", text)
        try:
            expr = parse(masked)
        except ExpressionError:
            return
        yield from mismatches(expr, lambda path: self._subject(path, names, own))

    def _subject(self, path: Path, names: list[str], own: str) -> NamedAnswer | None:
        if path.start != "" or len(path.steps) != 1:
            return None
        step = path.steps[0]
        masked = _MASK.match(step.test)
        name = names[int(masked.group(1))] if masked else own if step.axis == "self" else ""
        kind = self.kinds.get(name)
        known = QUESTION_TYPE.get(kind.word) if kind else None
        if kind is None or known is None:
            return None
        return NamedAnswer(name, HOLDING[known.data[0]], self._codes(kind))

    def _codes(self, kind: TypeCell) -> frozenset[str] | None:
        if not kind.word.startswith("select") or kind.from_file or kind.or_other:
            return None
        sheet = self.checks.book.sheet("choices")
        by_name = {choices_column(heading).name: heading for heading in reversed(sheet.headings)}
        rows = (row for row in sheet.rows if row.text(by_name.get("list_name", "")) == kind.list_name)
        codes = frozenset(row.text(by_name.get("name", "")) for row in rows)
        return codes or None

    # --- our own columns

    def _own_columns(self) -> Iterator[Problem]:
        for row, _path, _kind in self.checks.rows:
            for heading, cell in row.cells.items():
                name = self.checks.columns[heading].name
                if name.startswith("bind::hs:"):
                    troubles: list[UnplacedProblem] = []
                    extension({name.removeprefix("bind::hs:"): cell.text}, (), 0, troubles)
                    yield from (self._problem(cell, trouble) for trouble in troubles)

    def _own_settings(self) -> Iterator[Problem]:
        for row in self.checks.book.sheet("settings").rows:
            for heading, cell in row.cells.items():
                words = WORDS.get(heading.removeprefix("attribute::hs:"))
                if heading.startswith("attribute::hs:") and words is not None and cell.text not in words:
                    listed = "、".join(word for word in words if word)
                    trouble = UnplacedProblem(
                        f"设置列“{heading}”不能填“{cell.text}”。", f"只能填：{listed}。"
                    )
                    yield self._problem(cell, trouble, "settings")
