"""文字: any text; a number of a person, an organization or a telephone in the one way it is written."""

from __future__ import annotations

import re
from typing import ClassVar

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.given import Given, name_of, quoted, written
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import Lookup, QuestionType
from hsdesk.forms.types.spelling import spelling_of, spelt_mark
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import to_text
from hsdesk.model.answer import Value, Written
from hsdesk.model.masking import is_masked

_BROKEN = re.compile(r"\d(\.\d+)?[eE]\+\d+")  # what a spreadsheet makes of a long number


class Texts(Holding):
    """Texts. A question that asks for a number of identity keeps it in its canonical form."""

    name = "string"
    word = "文字"
    wanted = "文字"
    binds = ("", "string", "note", "text")
    input = "text"
    holds = (str,)
    in_tree = object
    sql = "text"
    column = "text"
    is_set = False
    is_spoken = True
    widens_to: ClassVar = frozenset()

    def read(self, question: Question, text: str) -> Value:
        if _BROKEN.fullmatch(text):
            raise DataError(
                "“{name}”里的号码被写成了科学计数“{typed}”，末几位已经丢失，请照原件重新填写。",
                field=question.key,
                name=name_of(question),
                typed=quoted(text),
            )
        if is_masked(spelt_mark(question), text):
            raise DataError(
                "“{name}”里的“{typed}”是遮住一部分的样子，不是完整的内容。原来填的没有动，请填写完整的内容。",
                field=question.key,
                name=name_of(question),
                typed=quoted(text),
            )
        return spelling_of(question)(question, text)

    def takes(self, written: Written) -> bool:
        return isinstance(written, str | int | float)

    def seen_text(self, text: str) -> Seen:
        return text

    def seen_number(self, number: float) -> Seen:
        return to_text(number)


def read_text(question: Question, given: Given, holding: Holding, _lookup: Lookup) -> Value:
    """Read a text; a tick of a sheet is 是 or 否."""
    if isinstance(given, bool):
        given = "是" if given else "否"
    text = written(question, given)
    return holding.read(question, text) if text else None


QUESTION = QuestionType(
    name="text",
    data=("string", "boolean", "select1", "select"),
    words=(
        "text", "string", "add text prompt", "q string", "phone number", "add phone number prompt",
    ),
    bind="",
    help=(("text", "文字"),),
    widget="text",
    width=26.0,
    is_answered=True,
    is_kept=True,
    is_prose=True,
    is_asked=True,
    is_named=True,
    is_shown=True,
    is_listed=True,
    is_printed=True,
    is_imported=True,
    is_figure=False,
    choosing="",
    endings=(),
    read=read_text,
)  # fmt: skip
