"""XLSForm through pyxform. Imported only when a workbook is compiled: pyxform costs 0.2 s.

The cells are checked first, so that one report names everything that is wrong; then pyxform makes the
XForm, the one reader makes the form, and what it finds is put back to the cell it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from hsdesk.forms.naming import too_many_in_all
from hsdesk.forms.problem import Problem
from hsdesk.forms.schema import Form, Group, Item, Label, Question, Repeat
from hsdesk.forms.workbook.cells import CellChecks
from hsdesk.forms.workbook.columns import TypeCell
from hsdesk.forms.workbook.names import NameChecks
from hsdesk.forms.workbook.refusals import doubtful, refusal
from hsdesk.forms.workbook.sheets import Sheet, SheetRow, Unreadable, Workbook, read_workbook
from hsdesk.forms.xform.unplaced_problem import Path as NodePath
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem
from hsdesk.forms.xform_compiler import compile_xml

_OTHER = "请说明“其他”"
_ID_HEADINGS = ("form_id", "set_form_id", "id_string")
_TITLE_HEADINGS = ("form_title", "set_form_title", "title")


def compile_xlsform(path: Path) -> tuple[Form | None, tuple[Problem, ...]]:
    """Return the form of a workbook, as far as one could be made, and its problems."""
    try:
        book = read_workbook(path)
    except Unreadable as error:
        return None, (Problem(path.name, "", "", "error", error.reason, "请核对文件。"),)
    checks = CellChecks(path.name, book, "data")
    if many := too_many_in_all(len(checks.rows)):
        return None, (Problem(path.name, "survey", "", "error", many.message, many.remedy),)
    return _compiled(path, checks)


def _compiled(path: Path, checks: CellChecks) -> tuple[Form | None, tuple[Problem, ...]]:
    book = checks.book
    problems = checks.run()
    broken = any(problem.severity == "error" for problem in problems)
    if checks.too_deep:
        return None, (*problems, *NameChecks(checks).run())
    try:
        result = convert(xlsform=_for_pyxform(book, path.stem), validate=False)
    except (PyXFormError, TypeError, KeyError, ValueError, AttributeError, IndexError, LookupError) as error:
        if not broken:
            problems.append(refusal(path.name, str(error)))
        return None, (*problems, *NameChecks(checks).run())
    for warning in result.warnings:
        words = doubtful(warning)
        if words is not None:
            problems.append(Problem(path.name, "survey", "", "warning", *words))
    form, troubles = compile_xml(result.xform.encode(), strict=True)
    problems += _placed(path.name, troubles, checks, problems)
    if form is None:
        return None, tuple(problems)
    kinds = {path[1:]: kind for _row, path, kind in checks.rows}
    children = tuple(_as_written(item, (), kinds) for item in form.children)
    form = msgspec.structs.replace(form, children=children, doc=_kept(book, form))
    return form, tuple(problems)


def _for_pyxform(book: Workbook, name: str) -> dict[str, Any]:
    """Return the sheets as pyxform's own structure."""
    made: dict[str, Any] = {"sheet_names": list(book.names), "fallback_form_name": name}
    for sheet in book.sheets.values():
        made[sheet.name] = [_plain(row) for row in sheet.rows]
        made[f"{sheet.name}_header"] = [dict.fromkeys(sheet.headings)] if sheet.headings else []
    return made


def _plain(row: SheetRow) -> dict[str, str]:
    return {heading: cell.text for heading, cell in row.cells.items()}


def _kept(book: Workbook, form: Form) -> str:
    """Return the sheets as JSON, so that `forms export` gives back what was written.

    A workbook that leaves its name to the file gets it written down, or it would be another form when
    exported.
    """
    sheets = {name: _kept_sheet(sheet) for name, sheet in book.sheets.items()}
    settings = sheets.get("settings") or [[], []]
    for names, value in ((_ID_HEADINGS, form.form_id), (_TITLE_HEADINGS, form.title)):
        settings = _with_setting(settings, names, value)
    return msgspec.json.encode({**sheets, "settings": settings}).decode()


def with_form_id(form: Form, form_id: str) -> Form:
    """Return a form under another id, the workbook that `forms export` writes included."""
    if not form.doc:
        return msgspec.structs.replace(form, form_id=form_id)
    sheets = msgspec.json.decode(form.doc, type=dict[str, list[list[str]]])
    headings, *rows = sheets["settings"]
    at = next(place for place, one in enumerate(headings) if _plain_heading(one) in _ID_HEADINGS)
    rows = [[*row[:at], form_id, *row[at + 1 :]] for row in rows]
    doc = msgspec.json.encode({**sheets, "settings": [headings, *rows]}).decode()
    return msgspec.structs.replace(form, form_id=form_id, doc=doc)


def _plain_heading(heading: str) -> str:
    return heading.lower().replace(" ", "_")


def _with_setting(table: list[list[str]], names: tuple[str, ...], value: str) -> list[list[str]]:
    headings, *rows = table
    if any(_plain_heading(heading) in names for heading in headings):
        return table
    return [[*headings, names[0]], *([*row, value] for row in rows or [[""] * len(headings)])]


def _kept_sheet(sheet: Sheet) -> list[list[str]]:
    headings = list(sheet.headings)
    rows = [[row.text(heading) for heading in headings] for row in sheet.rows]
    return [headings, *rows]


def _placed(
    file: str, troubles: Iterable[UnplacedProblem], checks: CellChecks, known: list[Problem]
) -> list[Problem]:
    """Return the reader's troubles at their cells; what a cell has said already is not said again."""
    by_path: dict[NodePath, SheetRow] = {}
    for row, path, _kind in checks.rows:
        by_path.setdefault(path[1:], row)
    taken = {(problem.sheet, problem.cell) for problem in known if problem.severity == "error"}
    found: list[Problem] = []
    for trouble in troubles:
        sheet, cell = _place(trouble, by_path.get(trouble.path[1:]), checks)
        if cell and (sheet, cell) in taken:
            continue
        found.append(Problem(file, sheet, cell, trouble.severity, trouble.message, trouble.remedy))
    return found


def _place(trouble: UnplacedProblem, row: SheetRow | None, checks: CellChecks) -> tuple[str, str]:
    if row is None:
        settings = checks.book.sheet("settings")
        heading = next((heading for heading in settings.headings if heading == trouble.column), None)
        if heading is not None:
            return "settings", f"{settings.headings[heading]}2"
        return "survey", ""
    cell = checks.cell(row, trouble.column) or checks.cell(row, "name") or next(iter(row.cells.values()))
    return "survey", cell.place


def _as_written(item: Item, above: NodePath, kinds: Mapping[NodePath, TypeCell]) -> Item:
    """Put right what the XForm does not tell: a read-only text is no note; `or_other` asks in Chinese."""
    here = (*above, item.name)
    match item:
        case Question(name=name, label=label) if (
            name.endswith("_other") and label.plain() == "Specify other."
        ):
            return msgspec.structs.replace(item, label=Label({"": (_OTHER,)}))
        case Question(type="note") if here in kinds and kinds[here].word == "text":
            return msgspec.structs.replace(item, type="text")
        case Group() | Repeat():
            children = tuple(_as_written(child, here, kinds) for child in item.children)
            return msgspec.structs.replace(item, children=children)
        case _:
            return item
