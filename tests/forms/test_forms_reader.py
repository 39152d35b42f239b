"""One reader: the same writing means the same from keyboard, sheet and JSON, or is refused in words."""

from __future__ import annotations

# ruff: noqa: RUF001, DTZ001 (full-width signs are read; a cell of a sheet has no zone)
import datetime as dt
import math

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hsdesk.errors import DataError
from hsdesk.forms.schema import Choice, Extension, Label, Question
from hsdesk.forms.types import Lookup, holding_of, read
from hsdesk.forms.types.registry import QUESTION_TYPES
from hsdesk.model.answer import MAX_TEXT, SetDelta, Value
from hsdesk.reports.cells import EMPTY, CellValue, plain, read_cell

CHOICES = (
    Choice("1", Label({"": ("公益类",)})),
    Choice("2", Label({"": ("村社指导管理(未备案)",)})),
    Choice("3", Label({"": ("非党员",)})),
)
LOOKUP = Lookup(lambda _: CHOICES)


def asked(kind: str, data: str = "string", label: str = "栏目", **more: object) -> Question:
    return Question("q", "q", kind, data, label=Label({"": (label,)}), list_name="list", **more)  # type: ignore[arg-type]


INTEGER, DECIMAL = asked("integer", "int"), asked("decimal", "decimal")
DAY, MOMENT, TIME = asked("date", "date"), asked("dateTime", "dateTime"), asked("time", "time")
TEXT, ONE, SEVERAL = asked("text"), asked("select_one"), asked("select_multiple", "select")
SHARE, MONEY = asked("decimal", "decimal", "占比（%）"), asked("decimal", "decimal", "资金(万元)")
ID = asked("text", hs=Extension(person="id_no"))
PHONE = asked("text", constraint="regex(., '^1[3-9]\\d{9}$')")
MONTH = asked("text", hs=Extension(person="head.birth_ym"))
CODE = asked("text", constraint="hs:uscc-valid(.)")


def typed(question: Question, given: object) -> Value:
    return read(question, given, LOOKUP)


def in_sheet(question: Question, cell: CellValue) -> Value:
    return read_cell(cell, question, lambda _: CHOICES)


EXACT: list[tuple[Question, str, Value]] = [
    (INTEGER, "１２", 12),
    (INTEGER, "12.0", 12),
    (INTEGER, "1,234", 1234),
    (INTEGER, "12,345,678", 12345678),
    (INTEGER, "－5", -5),
    (INTEGER, "５２人", 52),
    (INTEGER, "999999999999999", 999999999999999),
    (DECIMAL, "３．５", 3.5),
    (DECIMAL, "1,234.5", 1234.5),
    (DECIMAL, ".5", 0.5),
    (DECIMAL, "0.000000000000001", 1e-15),
    (SHARE, "12 %", 12.0),
    (SHARE, "12％", 12.0),
    (MONEY, "5万元", 5.0),
    (DAY, "2026-3-5", "2026-03-05"),
    (DAY, "2026/3/5", "2026-03-05"),
    (DAY, "2026.3.5", "2026-03-05"),
    (DAY, "２０２６年３月５日", "2026-03-05"),
    (DAY, "20260305", "2026-03-05"),
    (DAY, "9999-12-31", "9999-12-31"),
    (TIME, "8:30", "08:30:00.000"),
    (TIME, "8时30分", "08:30:00.000"),
    (MOMENT, "2026-03-15 09:00", "2026-03-15T09:00:00.000+08:00"),
    (MOMENT, "2026年3月15日9时", "2026-03-15T09:00:00.000+08:00"),
    (MOMENT, "2026-03-15T01:00:00.000+00:00", "2026-03-15T01:00:00.000+00:00"),
    (ONE, "1", "1"),
    (ONE, "公益类", "1"),
    (ONE, "公益", "1"),
    (ONE, "未备案", "2"),
    (SEVERAL, "公益类、非党员", ("1", "3")),
    (SEVERAL, "3 1", ("1", "3")),
    (ID, " 34102119650212001x ", "34102119650212001X"),
    (ID, "３４１０２１　１９６５０２１２　００１Ｘ", "34102119650212001X"),
    (ID, "341021-19650212-001X", "34102119650212001X"),
    (ID, "见户口本", "见户口本"),
    (PHONE, "+86 138-1234-5678", "13812345678"),
    (PHONE, "１３８ １２３４ ５６７８", "13812345678"),
    (PHONE, "(0559)2512345", "0559-2512345"),
    (PHONE, "05592512345", "0559-2512345"),
    (PHONE, "0559－2512345", "0559-2512345"),
    (PHONE, "13812345678/13912345678", "13812345678/13912345678"),
    (MONTH, "1975.8", "1975-08"),
    (MONTH, "197508", "1975-08"),
    (CODE, " 52341000mj12345678", "52341000MJ12345678"),
    (TEXT, "张\x07三\x1b\x00\ufffe", "张三"),
    (TEXT, " 第一行\r\n第二行\x0b第三行 ", "第一行\n第二行\n第三行"),
    (TEXT, "😀", "😀"),
    (TEXT, "3,5", "3,5"),
]  # fmt: skip
REFUSED: list[tuple[Question, str, str]] = [
    (DECIMAL, "3,5", "小数点请用“.”"),
    (DECIMAL, "1，5", "小数点请用“.”"),
    (INTEGER, "1，234", "小数点请用“.”"),
    (INTEGER, "1,23", "小数点请用“.”"),
    (INTEGER, "12345,678", "小数点请用“.”"),
    (DECIMAL, "9" * 400, "最多15位"),
    (INTEGER, "20000000000000000000", "最多15位"),
    (INTEGER, "1" * 5000, "最多15位"),
    (DECIMAL, "0.1234567890123456", "最多15位"),
    (DECIMAL, "1e400", "要填数字"),
    (DECIMAL, "inf", "要填数字"),
    (DECIMAL, "nan.", "要填数字"),
    (INTEGER, "12.5", "要填整数"),
    (INTEGER, "约30", "要填整数"),
    (INTEGER, "十二", "要填整数"),
    (INTEGER, "٣", "要填整数"),
    (DECIMAL, "12 %", "不是按百分数填的"),
    (DECIMAL, "12％", "不是按百分数填的"),
    (MONEY, "5元", "要填数字"),
    (DECIMAL, "5万元", "要填数字"),
    (DAY, "2026-W10-1", "写完整的年月日"),
    (DAY, "2026-064", "写完整的年月日"),
    (DAY, "2026-03", "写完整的年月日"),
    (DAY, "2026-3/5", "写完整的年月日"),
    (DAY, "2026-02-30", "日历上没有"),
    (DAY, "0001-01-01", "年份太早"),
    (DAY, "0226-03-05", "年份太早"),
    (DAY, "2026-03-05 08:30", "写完整的年月日"),
    (MOMENT, "2026-03-15", "要填日期和时间"),
    (TIME, "24:00", "要填时间"),
    (ONE, "zz", "选项里没有“zz”"),
    (ONE, "党员", "选项里没有“党员”"),
    (SEVERAL, "1、zz", "选项里没有“zz”"),
    (ID, "341021196502120000", "末三位是000"),
    (ID, "3.41021E+17", "科学计数"),
    (MONTH, "2020年13月", "要填年月"),
    (TEXT, "好\ud83d", "半个字符"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "text", "value"), EXACT)
def test_what_is_written_exactly_is_read_alike_from_keyboard_and_sheet(
    question: Question, text: str, value: Value
) -> None:
    assert typed(question, text) == value
    assert in_sheet(question, text) == value
    assert type(typed(question, text)) is type(value)


@pytest.mark.parametrize(("question", "text", "said"), REFUSED)
def test_what_is_not_exact_is_refused_with_what_was_meant_by_keyboard_and_sheet(
    question: Question, text: str, said: str
) -> None:
    for door in (typed, in_sheet):
        with pytest.raises(DataError, match=said) as refused:
            door(question, text)
        assert len(str(refused.value)) < 200
        str(refused.value).encode()


def test_a_moment_at_the_end_of_the_calendar_never_breaks_the_reader() -> None:
    for text in ("9999-12-31 23:59:59-12:00", "9999-12-31 23:59", "1000-01-01 00:00"):
        try:
            assert isinstance(typed(MOMENT, text), str)
        except DataError as refused:
            assert "日期" in str(refused)


@pytest.mark.parametrize(
    ("question", "given", "value"),
    [
        (INTEGER, 12.0, 12),
        (INTEGER, 12, 12),
        (DECIMAL, 0.1 * 3, 0.3),
        (DECIMAL, 1e-7, 1e-7),
        (DECIMAL, 12, 12.0),
        (TEXT, 13900000001, "13900000001"),
        (TEXT, 13900000001.0, "13900000001"),
        (TEXT, True, "是"),
        (ONE, 1.0, "1"),
        (DAY, dt.datetime(2026, 3, 5), "2026-03-05"),
        (DAY, dt.date(2026, 3, 5), "2026-03-05"),
        (DAY, 20260305, "2026-03-05"),
        (MOMENT, dt.datetime(2026, 3, 15, 9, 0), "2026-03-15T09:00:00.000+08:00"),
        (MONTH, dt.datetime(1975, 8, 12), "1975-08"),
        (TIME, dt.time(8, 30), "08:30:00.000"),
        (SEVERAL, ["公益类", "3"], ("1", "3")),
        (INTEGER, None, None),
        (SEVERAL, [], None),
        (TEXT, " \x07 ", None),
    ],
)
def test_a_cell_or_a_json_value_means_what_its_digits_say(
    question: Question, given: object, value: Value
) -> None:
    assert typed(question, given) == value


@pytest.mark.parametrize(
    ("question", "given", "said"),
    [
        (DECIMAL, math.inf, "最多15位"),
        (DECIMAL, math.nan, "最多15位"),
        (DECIMAL, 0.12345678901234568, "最多15位"),
        (INTEGER, 20000000000000000000, "最多15位"),
        pytest.param(INTEGER, 10**5000, "最多15位", id="5000 digits"),
        (TEXT, 341021196502120011, "长号码请按文本填写"),
        (INTEGER, True, "要填整数"),
        (DAY, dt.datetime(2026, 3, 5, 8, 30), "写完整的年月日"),
        (DAY, {"year": 2026}, "写法不对"),
        (INTEGER, [1], "写法不对"),
    ],
)
def test_a_value_that_no_answer_can_be_is_refused(question: Question, given: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        typed(question, given)


def test_a_list_that_is_not_held_here_is_not_judged() -> None:
    assert read(ONE, "zz", Lookup(lambda _: None)) == "zz"


def test_what_was_read_is_read_again_as_itself() -> None:
    for question, _, value in EXACT:
        assert typed(question, value) == value


PAIRS = [  # codes of a choice are what its form says, texts here
    (one.name, data)
    for one in QUESTION_TYPES
    for data in (one.data[:1] if one.choosing else sorted(set(one.data) - {"select", "binary"}))
    if one.is_answered and data != "binary"
]
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**40), max_value=10**40),
    st.floats(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.text(alphabet=st.characters(codec=None, exclude_categories=())),
    st.from_regex(r"[+-]?[0-9０-９]{0,20}[,.，:/年-]?[0-9]{0,20}[%人月 ]?[0-9]{0,4}", fullmatch=True),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)


@settings(deadline=None, max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(pair=st.sampled_from(PAIRS), something=ANYTHING)
def test_whatever_comes_in_is_refused_in_words_or_can_be_stored_sent_and_read_again(
    pair: tuple[str, str], something: object
) -> None:
    question = asked(*pair)
    try:
        value = typed(question, something)
    except DataError as refused:
        assert str(refused).encode()
        return
    encoded = msgspec.json.encode(value)
    assert msgspec.json.decode(encoded, type=str | int | float | tuple[str, ...] | None) == value
    assert not isinstance(value, int | float) or abs(value) < 10**15
    if value is not None:
        written = SetDelta(add=value) if isinstance(value, tuple) else value
        assert holding_of(question).takes(written)
        assert typed(question, list(value) if isinstance(value, tuple) else value) == value
        assert typed(question, holding_of(question).show(value)) == value


def test_a_text_longer_than_the_city_takes_is_refused_at_once() -> None:
    assert typed(TEXT, "字" * MAX_TEXT) == "字" * MAX_TEXT
    with pytest.raises(DataError, match="最多写 65536 字"):
        typed(TEXT, "字" * (MAX_TEXT + 1))


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(pair=st.sampled_from(PAIRS), something=ANYTHING)
def test_keyboard_and_sheet_say_the_same_of_whatever_is_written(
    pair: tuple[str, str], something: object
) -> None:
    question = asked(*pair)
    if not isinstance(something, str | int | float | dt.date) or (
        isinstance(something, str) and plain(something).casefold() in EMPTY
    ):
        return
    said: list[object] = []
    for door in (typed, in_sheet):
        try:
            said.append(door(question, something))
        except DataError as refused:
            said.append(str(refused))
    assert said[0] == said[1]
