"""What stands in a form and is not asked: notes, calculations, hidden answers, who filled it and when."""

from __future__ import annotations

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.given import Given, name_of
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import Lookup, QuestionType, read_typed
from hsdesk.model.answer import Value

_ANY = ("string", "int", "decimal", "boolean", "date", "time", "dateTime", "select1", "select", "binary")


def read_nothing(question: Question, _given: Given, _holding: Holding, _lookup: Lookup) -> Value:
    """Refuse any answer. Raises `DataError`."""
    raise DataError("“{name}”只是说明，不用填写。", field=question.key, name=name_of(question))


def _unasked(
    name: str, about: str, *words: str, widget: str = "", is_shown: bool = False, is_printed: bool = False
) -> QuestionType:
    return QuestionType(
        name=name,
        data=("string",) if name == "note" else _ANY,
        words=(name, *words),
        bind="",
        help=((name, about),),
        widget=widget,
        width=26.0,
        is_answered=name != "note",
        is_kept=name not in ("note", "calculate"),
        is_prose=False,
        is_asked=False,
        is_named=name in ("calculate", "hidden"),
        is_shown=is_shown,
        is_listed=name == "calculate",
        is_printed=is_printed,
        is_imported=name not in ("note", "hidden"),
        is_figure=False,
        choosing="",
        endings=(),
        read=read_nothing if name == "note" else read_typed,
    )


NOTE = _unasked("note", "只显示的文字", "add note prompt", widget="note", is_shown=True)
CALCULATE = _unasked("calculate", "计算，不显示", widget="computed", is_printed=True)
HIDDEN = _unasked("hidden", "隐藏")
START = _unasked("start", "开始填写的时间", "get start time")
END = _unasked("end", "填完的时间", "get end time")
TODAY = _unasked("today", "填写日期", "get today")
USERNAME = _unasked("username", "填表人", "uri:username")
DEVICE = _unasked("deviceid", "电脑编号", "imei", "uri:deviceid", "get device id")
