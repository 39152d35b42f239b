"""A form as a Markdown table inside a test."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hsdesk.forms.compiler import check_file, compile_file
from hsdesk.forms.problem import Problem
from hsdesk.forms.schema import Form

SETTINGS = """
| settings | | | |
| | form_title | form_id | version | namespaces |
| | 测试表 | test | 1 | hs="urn:hsdesk:form" |
"""


def _written(folder: str, table: str, settings: str) -> Path:
    path = Path(folder) / "form.md"
    path.write_text(settings + table, encoding="utf-8")
    return path


def form_of(table: str, settings: str = SETTINGS) -> Form:
    """Return the form of a table; raises `FormError`."""
    with tempfile.TemporaryDirectory() as folder:
        return compile_file(_written(folder, table, settings))


def problems_of(table: str, settings: str = SETTINGS) -> tuple[Problem, ...]:
    """Return everything wrong with a table."""
    with tempfile.TemporaryDirectory() as folder:
        return check_file(_written(folder, table, settings))
