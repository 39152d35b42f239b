"""Every definition that leans on a column which is not there: told in findings, and before installing.

Indicators, checks and reminders of the program, its print-outs, and the forms that are installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.codelists import COUNT
from hsdesk.forms.problem import Problem
from hsdesk.forms.schema import Form, Group, Item, Label, Question, Repeat, Value
from hsdesk.reports.checks import RowCheck, RowsCheck, UniqueCheck, checks, leans_of_check
from hsdesk.reports.counts import count_book, count_named, leans_of_count
from hsdesk.reports.definitions import definitions
from hsdesk.reports.indicators import chosen, indicators, leans_of
from hsdesk.reports.leaning import Lack, Lean, lacking, leans_of_form
from hsdesk.reports.reminders import leans_of_reminder, reminders
from hsdesk.reports.summaries import leans_of_columns, leans_of_print_out

_COUNTS = re.compile(rf"instance\(\s*['\"]{re.escape(COUNT)}([^'\"]*)['\"]")
_FORMULAS = ("relevant", "readonly", "required", "constraint", "calculation", "nodeset", "count")


class Broken(msgspec.Struct, frozen=True):
    """One definition that cannot be known here, and the column that it lacks."""

    name: str  # as a person reads it: 指标“…”
    lack: Lack

    @property
    def sentence(self) -> str:
        """Return what is told of it."""
        return (
            f"{self.name}要用的栏目 {self.lack.column} 在登记表“{self.lack.title}”里没有，"
            "这一项显示“此处不知”，其余照常，资料都在。请恢复这一栏，或告诉系统管理员。"
        )


def broken(forms: Iterable[Form], settings: Mapping[str, str]) -> tuple[Broken, ...]:
    """Return every definition that leans on a column which these forms, all that are installed, have not."""
    installed = {form.form_id: form for form in forms}

    def form(register: str) -> Form:
        if register not in installed:
            raise DataError("没有“{name}”这张登记表。用 forms list 看有哪些。", name=register)
        return installed[register]

    found = (
        Broken(name, lack)
        for name, leans in _definitions(installed.values(), settings)
        if (lack := lacking(leans, form))
    )
    return tuple(found)


def newly_broken(forms: Iterable[Form], new: Form, settings: Mapping[str, str]) -> tuple[Broken, ...]:
    """Return what would no longer be known with `new` among the forms that are installed now."""
    installed = {form.form_id: form for form in forms}
    before = {one.name for one in broken(installed.values(), settings)}
    after = broken({**installed, new.form_id: new}.values(), settings)
    return tuple(one for one in after if one.name not in before)


def told(found: Iterable[Broken]) -> tuple[str, ...]:
    """Return the sentences of what would no longer be known, a line each."""
    return tuple(f"以后算不出：{one.sentence}" for one in found)


def _definitions(forms: Iterable[Form], settings: Mapping[str, str]) -> Iterator[tuple[str, frozenset[Lean]]]:
    for indicator in indicators():
        yield f"指标“{indicator.id} {indicator.name}”", leans_of(chosen(indicator, settings))
    for check in checks():
        said = check.message if isinstance(check, RowCheck | RowsCheck | UniqueCheck) else check.id
        yield f"校验规则“{said}”", leans_of_check(check)
    for reminder in reminders():
        yield f"到期提醒“{reminder.what}”（{reminder.register}）", leans_of_reminder(reminder)
    for print_out in definitions():
        leans = leans_of_print_out(print_out) | leans_of_columns(print_out)
        yield f"打印件“{print_out.title}”", leans
    for form in forms:
        yield from _of_form(form)


def _of_form(form: Form) -> Iterator[tuple[str, frozenset[Lean]]]:
    for item in _items(form.children):
        leans = frozenset(lean for text in _texts(item) for lean in _leans(text))
        if leans:
            yield f"登记表“{form.title}”的“{item.label.plain() or item.name}”", leans


def _leans(text: str) -> frozenset[Lean]:
    """Return what a formula leans on, by the named counts that it asks too."""
    counted = (leans_of_count(count_named(name)) for name in _counts_in(text) if name in count_book().counts)
    return leans_of_form(text).union(*counted)


def _counts_in(text: str) -> list[str]:
    return _COUNTS.findall(text)


def counts_asked(form: Form) -> dict[str, Item]:
    """Return the named counts that a form asks, and the last item that asks each."""
    items = _items(form.children)
    return {name: item for item in items for text in _texts(item) for name in _counts_in(text)}


def unknown_counts(form: Form) -> tuple[Problem, ...]:
    """Return what a form asks of named counts that there are not."""
    remedy = "请核对名称，口径都在 resources/counts.json 里。"
    return tuple(
        Problem(form.form_id, "survey", item.name, "error", f"没有“{name}”这个口径。", remedy)
        for name, item in counts_asked(form).items()
        if name not in count_book().counts
    )


def _items(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        if isinstance(item, Group | Repeat):
            yield from _items(item.children)


def _texts(item: Item) -> Iterator[str]:
    for name in _FORMULAS:
        text = getattr(item, name, "")
        if "instance(" in text:
            yield text
    labels = (item.label, item.hint) if isinstance(item, Question) else (item.label,)
    for label in labels:
        yield from _pieces(label)


def _pieces(label: Label) -> Iterator[str]:
    for pieces in label.texts.values():
        yield from (piece.xpath for piece in pieces if isinstance(piece, Value))
