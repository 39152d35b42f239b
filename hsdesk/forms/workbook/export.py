"""A form as the workbook that officials edit: `forms export`. Reading it back gives the same form.

The sheets are those the form was compiled from (`Form.doc`). A form that came as plain XForm has none, and
XLSForm cannot say all that an XForm says: it is refused, not bent.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import Form

SheetTable = list[list[str]]
_ORDER = ("settings", "survey", "choices")


def export_workbook(form: Form, path: Path) -> None:
    """Write a form's workbook. Raises `DataError` for a form that came as plain XForm.

    The file is written beside the target and put in its place whole.
    """
    from hsdesk.forms.workbook.excel import write_book

    part = path.with_name(f"{path.name}.part")
    try:
        write_book(sheets_of(form), part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sheets_of(form: Form) -> dict[str, SheetTable]:
    """Return a form's sheets as tables of text, headings first. Raises `DataError` for a plain XForm."""
    if not form.doc:
        template = "“{title}”来自 XForm 文件，不能导出成工作簿。请直接修改原来的 XForm 文件，再重新安装。"
        raise DataError(template, title=form.title)
    kept: dict[str, SheetTable] = msgspec.json.decode(form.doc, type=dict[str, SheetTable])
    return kept


def markdown_of(form: Form) -> str:
    """Return a form as the Markdown tables that git shows changes of."""
    lines: list[str] = []
    for name, rows in sheets_of(form).items():
        lines.append(f"| {name} |" + " |" * max((len(row) for row in rows), default=0))
        lines += ["| | " + " | ".join(_cell(text) for text in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
