"""XLSForm through pyxform. Imported only when a workbook is compiled: pyxform costs 0.2 s."""

from __future__ import annotations

from pathlib import Path

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from hsdesk.forms.compiler import compile_xml
from hsdesk.forms.problem import Problem
from hsdesk.forms.schema import Form


def compile_xlsform(path: Path) -> tuple[Form | None, tuple[Problem, ...]]:
    """Return the form of a workbook, as far as one could be made, and its problems."""
    try:
        result = convert(xlsform=str(path), validate=False)
    except (PyXFormError, TypeError, KeyError, ValueError, AttributeError, OSError) as error:
        return None, (Problem(path.name, "", "", "error", f"{error}", ""),)
    form, troubles = compile_xml(result.xform.encode())
    return form, tuple(
        Problem(path.name, "survey", "", trouble.severity, trouble.message, trouble.remedy) for trouble in troubles
    )
