"""Reads cells of a spreadsheet as answers: what people write by hand becomes codes, dates and numbers.

A cell that cannot be read says why; nothing is guessed. Empty marks (/ 无 — -) are empty answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

from hsdesk.errors import DataError
from hsdesk.forms.schema import Choice, Question
from hsdesk.model.identity import half_width

CellValue = str | int | float | bool | date | datetime | None
Choices = Callable[[str], Sequence[Choice]]

_EMPTY = {"", "/", "\\", "-", "—", "——", "无", "空", "none", "nan"}
_SEPARATORS = re.compile(r"[、,，;；/\s|]+")
_DATE = re.compile(r"(\d{4})[年./\-](\d{1,2})(?:[月./\-](\d{1,2})日?)?月?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MOMENT = re.compile(r"(\S+)[ T](\d{1,2}):(\d{2})(?::\d{2})?")
_YES_NO = {"√": "是", "✓": "是", "y": "是", "有": "是", "×": "否", "✗": "否", "n": "否", "没有": "否"}
_SAFE_DIGITS = 15  # a spreadsheet keeps no more digits of a number


def read_cell(value: CellValue, question: Question, choices: Choices) -> object:
    """Return the JSON value of an answer, None when the cell is empty. Raises DataError with the reason."""
    if value is None or (isinstance(value, str) and plain(value).casefold() in _EMPTY):
        return None
    if question.reference:
        return _reference(value, question)
    if question.type == "select_one":
        return _code(text_of(value), choices(question.list_name))
    if question.type == "select_multiple":
        return _codes(text_of(value), choices(question.list_name))
    return _READERS.get(question.type, _text)(value, question)


def plain(text: str) -> str:
    """Return text with half-width characters and single spaces, trimmed."""
    return re.sub(r"\s+", " ", half_width(text.replace("\u00a0", " "))).strip()


def text_of(value: CellValue) -> str:
    """Return a cell as text: 12.0 as 12, a date as ISO text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(str(value))


def _text(value: CellValue, question: Question) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**_SAFE_DIGITS:
        raise DataError("长号码是按数字存的，末几位已经不准，请改成文本后照原件重新填写。")
    text = text_of(value)
    if re.fullmatch(r"\d(\.\d+)?[eE]\+\d+", text):
        raise DataError("号码被写成了科学计数，末几位已经丢失，请照原件重新填写。")
    if question.key.endswith("_ym"):
        return _year_month(value)
    if question.key == "id_no":
        return _id_number(text)
    return text


def _id_number(text: str) -> str:
    number = re.sub(r"[\s'’\-]", "", text).upper()
    if len(number) == 18 and number.endswith("000"):
        from hsdesk.model.identity import id_check_digit

        if number[:17].isdigit() and id_check_digit(number[:17]) != "0":
            raise DataError("身份证号末三位是000且校验码不对，可能在表格软件里损坏了，请照证件重新填写。")
    return number


def _number(value: CellValue, question: Question) -> object:
    if isinstance(value, bool):
        raise DataError("“{text}”不是数字。", text=text_of(value))
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else value
    text = plain(str(value)).replace(",", "")
    text = re.sub(r"(?<=\d)\s*(人|户|个|家|元|万元|亩|次|名|㎡|平方米|岁|%)$", "", text)
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        raise DataError("“{text}”不是数字，请只填数字。", text=text)
    if question.type == "integer" and "." in text and float(text) != int(float(text)):
        raise DataError("“{text}”应为整数。", text=text)
    return int(float(text)) if float(text).is_integer() else float(text)


def _date(value: CellValue, _: Question | None = None) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = text_of(value).replace(" ", "")
    found = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None or found[3] is None:
        raise DataError("“{text}”不是完整的日期，请写成 2020-03-05。", text=text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        raise DataError("没有“{text}”这一天。", text=text) from None


def _year_month(value: CellValue) -> str:
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    text = text_of(value).replace(" ", "")
    found = _DATE.fullmatch(text) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})?", text)
    if found is None or not 1 <= int(found[2]) <= 12:
        raise DataError("“{text}”不是年月，请写成 1975-08。", text=text)
    return f"{found[1]}-{int(found[2]):02}"


def _moment(value: CellValue, _: Question) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    found = _MOMENT.fullmatch(plain(str(value)))
    if found is None:
        raise DataError("“{text}”不是日期和时间，请写成 2020-03-05 08:30。", text=text_of(value))
    return f"{_date(found[1])}T{int(found[2]):02}:{found[3]}"


_READERS: dict[str, Callable[[CellValue, Question], object]] = {
    "date": _date,
    "dateTime": _moment,
    "integer": _number,
    "decimal": _number,
    "range": _number,
}


def _reference(value: CellValue, question: Question) -> object:
    text = text_of(value)
    if question.data_type == "select":
        return [part for part in re.split(r"[、,;\n]+", text) if part]
    return text


def _code(text: str, choices: Sequence[Choice]) -> str:
    """Return the code of a label as people shorten it. Raises DataError when none or several fit."""
    wanted = _bare(_YES_NO.get(text.casefold(), text))
    for same in (_is_code, _is_label, _is_short_label):
        found = [choice.value for choice in choices if same(choice, wanted)]
        if len(found) == 1:
            return found[0]
    within = {choice.value for choice in choices if wanted and wanted in _bare(choice.label.plain())}
    if len(within) == 1:
        return within.pop()
    some = "、".join(choice.label.plain() for choice in choices[:12])
    raise DataError("“{text}”不在可选范围。可选：{some}", text=text, some=some)


def _codes(text: str, choices: Sequence[Choice]) -> list[str]:
    try:
        return [_code(text, choices)]
    except DataError:
        return sorted({_code(part, choices) for part in _SEPARATORS.split(text) if part})


def _bare(text: str) -> str:
    return re.sub(r"[\s“”\"'·]", "", half_width(text)).casefold()


def _is_code(choice: Choice, wanted: str) -> bool:
    return choice.value.casefold() == wanted


def _is_label(choice: Choice, wanted: str) -> bool:
    return _bare(choice.label.plain()) == wanted


def _is_short_label(choice: Choice, wanted: str) -> bool:
    short = re.sub(r"\(.*?\)", "", _bare(choice.label.plain()))
    return short == wanted or short.removesuffix("类") == wanted
