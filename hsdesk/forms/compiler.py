"""From a file an official wrote to a `Form`, or to the list of everything wrong with it.

XLSForm (`.xlsx .xls .md .csv`) goes through pyxform to an XForm; a plain XForm (`.xml .xhtml`) is read as
it is. One reader serves both. What XLSForm lacks rides on columns of our own namespace, which the
`settings` sheet declares as `namespaces` = `hs="urn:hsdesk:form"`:

    settings   attribute::hs:level      village | township | county | city: who fills it, one or several
               attribute::hs:class      common | party | personal
               attribute::hs:publish    down: lower levels may read it
               attribute::hs:kind       register | single | ledger
               attribute::hs:number     the printed number, F10
    survey     bind::hs:class, bind::hs:merge, bind::hs:was, bind::hs:search, bind::hs:title, bind::hs:carry,
               bind::hs:standard, bind::hs:print, bind::hs:severity, bind::hs:ledger, bind::hs:same,
               bind::hs:person, bind::hs:level

A `select_one_from_file NAME.csv` takes its choices from the code list NAME when one is shipped, else from the
living register NAME; `places.csv` is the directory of places.
"""

from __future__ import annotations

from pathlib import Path

from hsdesk.errors import FormError
from hsdesk.forms.gc_pause import gc_paused
from hsdesk.forms.problem import Problem, errors_of
from hsdesk.forms.schema import Form
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem
from hsdesk.forms.xform_compiler import compile_xml

_XFORM_SUFFIXES = {".xml", ".xhtml"}
_XLSFORM_SUFFIXES = {".xlsx", ".xls", ".md", ".csv"}


def compile_file(path: Path | str) -> Form:
    """Return the form in a file. Raises `FormError` with every problem when it cannot be used."""
    form, problems = compile_with_problems(Path(path))
    if form is None or errors_of(problems):
        first = next(iter(errors_of(problems)), None)
        message = str(first) if first else ""
        raise FormError("表单“{name}”不能使用。{first}", problems, name=Path(path).name, first=message)
    return form


def check_file(path: Path | str) -> tuple[Problem, ...]:
    """Return every problem of a file, warnings included; () when it is fine."""
    return compile_with_problems(Path(path))[1]


def compile_with_problems(path: Path) -> tuple[Form | None, tuple[Problem, ...]]:
    """Return the form, as far as one could be made, and everything that is wrong with it."""
    suffix = path.suffix.lower()
    if suffix in _XFORM_SUFFIXES:
        return _compile_xform(path)
    if suffix in _XLSFORM_SUFFIXES:
        from hsdesk.forms.xlsform import compile_xlsform

        with gc_paused():
            return compile_xlsform(path)
    remedy = "请用 .xlsx、.xls、.md、.csv（XLSForm）或 .xml（XForm）。"
    return None, (Problem(path.name, "", "", "error", f"不认识“{suffix}”文件。", remedy),)


def _compile_xform(path: Path) -> tuple[Form | None, tuple[Problem, ...]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, (
            Problem(path.name, "", "", "error", f"文件读不出来（{error.strerror}）。", "核对文件名。"),
        )
    form, troubles = compile_xml(data)
    return form, tuple(_in_xml(path.name, trouble) for trouble in troubles)


def _in_xml(file: str, trouble: UnplacedProblem) -> Problem:
    cell = f"第 {trouble.line} 行" if trouble.line else ""
    return Problem(file, "", cell, trouble.severity, trouble.message, trouble.remedy)
