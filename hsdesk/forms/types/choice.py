"""单选: one code of a list, or one record of a register; named by its code or by its label."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import ClassVar

from hsdesk.errors import DataError
from hsdesk.forms.schema import Choice, Question
from hsdesk.forms.types.given import Given, name_of, quoted, written
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import Lookup, QuestionType
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import to_text
from hsdesk.model.answer import Value, Written
from hsdesk.model.identity import half_width

_SAME = {
    "√": "是", "✓": "是", "y": "是", "有": "是", "true": "是", "×": "否", "✗": "否", "n": "否", "没有": "否",
    "false": "否",
}  # fmt: skip
_NAMED = 12  # choices that a sentence names


class Codes(Holding):
    """Codes as the data type of an XForm; most choices are bound to plain text."""

    name = "select1"
    word = "单选"
    wanted = "选项"
    binds = ("select1",)
    input = "text"
    holds = (str,)
    in_tree = object
    sql = "text"
    column = "text"
    is_set = is_spoken = False
    widens_to: ClassVar = frozenset({"select", "string"})

    def read(self, question: Question, text: str) -> Value:
        return text

    def takes(self, written: Written) -> bool:
        return isinstance(written, str | int | float)

    def seen_text(self, text: str) -> Seen:
        return text

    def seen_number(self, number: float) -> Seen:
        return to_text(number)


def read_choice(question: Question, given: Given, holding: Holding, lookup: Lookup) -> Value:
    """Read one choice. Raises `DataError` for what none of the choices, or more than one, is called."""
    text = written(question, given)
    return holding.kept(holding.seen(code_of(question, text, lookup))) if text else None


def code_of(question: Question, text: str, lookup: Lookup) -> str:
    """Return the code, or the id of the record, that a text names. Raises `DataError`."""
    if question.reference and lookup.find is not None:
        return lookup.find(question, text)
    choices = lookup.choices(question)
    if choices is None:
        return text
    found = _named(text, choices)
    if len(found) == 1:
        return found[0]
    name, typed = name_of(question), quoted(text)
    if found:
        raise DataError(
            "“{name}”里叫“{typed}”的选项不止一个，请写代码。", field=question.key, name=name, typed=typed
        )
    some = "、".join(choice.label.plain() or choice.value for choice in choices[:_NAMED])
    raise DataError(
        "“{name}”的选项里没有“{typed}”。可选：{some}", field=question.key, name=name, typed=typed, some=some
    )


def _named(text: str, choices: Sequence[Choice]) -> list[str]:
    """Return the codes of the choices that a text names: by code, else by label, else by a short label."""
    exact = [choice.value for choice in choices if choice.value == text]
    if exact:
        return exact[:1]
    wanted = bare(_SAME.get(text.casefold(), text))
    for is_called in _CALLED:
        found = list(dict.fromkeys(choice.value for choice in choices if is_called(choice, wanted)))
        if found:
            return found
    return []


def bare(text: str) -> str:
    """Return a text without what people leave out or write in another way: width, blanks, quotes, case."""
    return re.sub(r"[\s“”\"'·]", "", half_width(text)).casefold()


def _is_code(choice: Choice, wanted: str) -> bool:
    return choice.value.casefold() == wanted


def _is_label(choice: Choice, wanted: str) -> bool:
    return bare(choice.label.plain()) == wanted


def _is_short_label(choice: Choice, wanted: str) -> bool:
    short = re.sub(r"\(.*?\)", "", bare(choice.label.plain()))
    return short == wanted or short.removesuffix("类") == wanted


def _is_in_brackets(choice: Choice, wanted: str) -> bool:
    """村社指导管理(未备案) is also called 未备案."""
    return wanted in re.findall(r"\((.*?)\)", bare(choice.label.plain()))


_CALLED: tuple[Callable[[Choice, str], bool], ...] = (_is_code, _is_label, _is_short_label, _is_in_brackets)

QUESTION = QuestionType(
    name="select_one",
    data=("string", "int", "decimal", "boolean", "date", "time", "dateTime"),
    words=("select_one",),
    bind="",
    help=(
        ("select_one 选项表", "单选，选项写在 choices 表"),
        ("select_one_from_file grid.csv", "从台账“网格”里选一条"),
        ("select_one_from_file places.csv", "从区划里选"),
    ),
    widget="choice",
    width=20.0,
    is_answered=True,
    is_kept=True,
    is_prose=False,
    is_asked=True,
    is_named=True,
    is_shown=True,
    is_listed=True,
    is_printed=True,
    is_imported=True,
    is_figure=False,
    choosing="one",
    endings=(),
    read=read_choice,
)
