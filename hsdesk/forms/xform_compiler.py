"""From the XML of an XForm to a `Form`, and everything wrong with it."""

from __future__ import annotations

import msgspec

from hsdesk.forms.codelists import code_lists
from hsdesk.forms.lint import troubles_of
from hsdesk.forms.naming import too_many_in_all
from hsdesk.forms.schema import Form, Group, Item, Question, Repeat, questions
from hsdesk.forms.xform.reader import NotAForm, read_form
from hsdesk.forms.xform.source import BadXml, parse_xml
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem


def compile_xml(data: bytes, *, strict: bool = False) -> tuple[Form | None, list[UnplacedProblem]]:
    """Return the form in the XML of an XForm and its troubles.

    `strict` refuses a name below an answer (`age > 18` instead of `${age} > 18`); JavaRosa reads it as empty.
    """
    try:
        document = parse_xml(data)
        form, troubles = read_form(document)
    except BadXml as error:
        return None, [UnplacedProblem(f"{error.reason}。", "请重新导出这个文件。", line=error.line)]
    except NotAForm as error:
        return None, [UnplacedProblem(f"{error.reason}。", "请换成 XForm 文件。", line=error.line)]
    if many := too_many_in_all(sum(1 for _ in questions(form.children, into_repeats=True))):
        return None, [many]
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
