"""From a file an official wrote to a `Form`, or to the list of everything wrong with it.

XLSForm (`.xlsx .xls .md .csv`) goes through pyxform to an XForm; a plain XForm (`.xml .xhtml`) is read as
it is. One reader serves both. What XLSForm lacks rides on columns of our own namespace, which the
`settings` sheet declares as `namespaces` = `hs="urn:hsdesk:form"`:

    settings   attribute::hs:level      village | township | county | city: who fills it
               attribute::hs:class      common | party | personal
               attribute::hs:publish    down: lower levels may read it
               attribute::hs:kind       register | single | ledger
               attribute::hs:number     the printed number, F10
    survey     bind::hs:class, bind::hs:merge, bind::hs:was, bind::hs:search, bind::hs:title, bind::hs:carry,
               bind::hs:standard, bind::hs:print, bind::hs:severity, bind::hs:ledger, bind::hs:same,
               bind::hs:person

A `select_one_from_file NAME.csv` takes its choices from the code list NAME when one is shipped, else from the
living register NAME; `places.csv` is the directory of places.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from hsdesk.errors import FormError
from hsdesk.forms.codelists import code_lists
from hsdesk.forms.collector import collector_at_rest
from hsdesk.forms.lint import troubles_of
from hsdesk.forms.problem import Problem, errors_of
from hsdesk.forms.schema import Form, Group, Item, Question, Repeat
from hsdesk.forms.xform.reader import NotAForm, read_form
from hsdesk.forms.xform.source import BadXml, parse_xml
from hsdesk.forms.xform.trouble import Trouble

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

        with collector_at_rest():
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


def _in_xml(file: str, trouble: Trouble) -> Problem:
    cell = f"第 {trouble.line} 行" if trouble.line else ""
    return Problem(file, "", cell, trouble.severity, trouble.message, trouble.remedy)


def compile_xml(data: bytes, *, strict: bool = False) -> tuple[Form | None, list[Trouble]]:
    """Return the form in the XML of an XForm and its troubles.

    `strict` refuses a name below an answer (`age > 18` instead of `${age} > 18`); JavaRosa reads it as empty.
    """
    try:
        document = parse_xml(data)
        form, troubles = read_form(document)
    except BadXml as error:
        return None, [Trouble(f"{error.reason}。", "请重新导出这个文件。", line=error.line)]
    except NotAForm as error:
        return None, [Trouble(f"{error.reason}。", "请换成 XForm 文件。", line=error.line)]
    return with_references(form), [*troubles, *troubles_of(form, strict=strict)]


def with_references(form: Form) -> Form:
    """Return the form with `reference` kept only at questions whose list is a register, not a code list."""
    return msgspec.structs.replace(form, children=tuple(_referring(item) for item in form.children))


def _referring(item: Item) -> Item:
    match item:
        case Question(reference=name) if name:
            return msgspec.structs.replace(item, reference="" if name in code_lists() else name)
        case Group() | Repeat():
            return msgspec.structs.replace(item, children=tuple(_referring(child) for child in item.children))
        case _:
            return item
