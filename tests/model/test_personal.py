"""Numbers of persons in free text are noticed; codes, dates and order numbers are left alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from hsdesk.model.identity import id_check_digit
from hsdesk.model.personal import hidden, numbers

TODAY = date(2026, 11, 22)
HAN = st.text("汪小明反映路灯不亮，。、（）", max_size=8)
DAYS = st.dates(date(1920, 1, 1), TODAY)


@st.composite
def id_numbers(draw) -> str:
    area = draw(st.sampled_from(["341021", "342723", "110101"]))
    body = f"{area}{draw(DAYS):%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + id_check_digit(body)


MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@st.composite
def cards(draw) -> str:
    body = "62" + draw(st.text("0123456789", min_size=13, max_size=16))
    total = sum(sum(divmod(2 * int(d), 10)) if at % 2 == 0 else int(d) for at, d in enumerate(reversed(body)))
    return body + str(-total % 10)


@given(HAN, st.one_of(id_numbers(), MOBILES, cards()), HAN)
def test_a_number_of_a_person_is_found_where_it_stands_and_hidden(before: str, number: str, after: str):
    text = f"{before}{number}{after}"
    (found,) = numbers(text, TODAY)
    assert text[found.start : found.end] == number
    covered = hidden(text, TODAY)
    assert len(covered) == len(text)
    assert number not in covered
    assert covered.startswith(before) and covered.endswith(number[-4:] + after)
    assert numbers(covered, TODAY) == ()
    assert hidden(covered, TODAY) == covered


@given(HAN, id_numbers())
def test_full_width_digits_and_groups_are_found_too(before: str, number: str):
    wide = number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"})
    grouped = f"{number[:6]} {number[6:14]} {number[14:]}"
    for text in (wide, grouped):
        assert [one.kind for one in numbers(before + text, TODAY)] == ["id"]
        assert numbers(hidden(before + text, TODAY), TODAY) == ()


@st.composite
def credit_codes(draw) -> str:
    body = f"{draw(st.sampled_from(['51', '52', '54', '91']))}341021" + draw(
        st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9)
    )
    return body + uscc.calc_check_digit(body)


@given(HAN, credit_codes())
def test_a_credit_code_is_never_taken_for_a_person(before: str, code: str):
    assert numbers(before + code, TODAY) == ()


@given(HAN, st.from_regex(r"341[0-9]{9}[0-9]{3}", fullmatch=True))
def test_a_grid_code_of_fifteen_digits_is_left_alone(before: str, code: str):
    assert numbers(f"{before}网格{code}", TODAY) == ()


@example(day=date(2017, 1, 20), tail=405028124, form="%Y%m%d")  # in form and check digit a citizen's number
@given(DAYS, st.integers(0, 10**9), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日"]))
def test_dates_and_order_numbers_that_begin_with_a_date_are_left_alone(day: date, tail: int, form: str):
    assert numbers(f"{day:{form}}办结，{day + timedelta(1):{form}}公示", TODAY) == ()
    assert numbers(f"订单{day:%Y%m%d}{tail:010}", TODAY) == ()


@pytest.mark.parametrize(
    "text",
    [
        "深〔2020〕13号，文件编号13800138000",
        "发票代码034002000111",
        "面积 120.5 平方米，户数 138，人口 1234",
        "2026年第3季度",
        "电话0559-2512345",
        "341021119991301001X",
        "合同编号13812345678",
        "341021********0019",
        "",
    ],
)
def test_other_figures_are_left_alone(text: str):
    assert numbers(text, TODAY) == ()


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("长居证910156198001011237的住户", "长居证910156********1237的住户"),  # a foreigner who lives here
        ("汪小明，身份证号：341021196502120019", "汪小明，身份证号：341021********0019"),  # wrong check digit
        ("身份证341021650212001", "身份证341021*****2001"),  # an old one of 15 digits
        ("尾号请打1381234５678", "尾号请打138****５678"),
        ("卡号4111 1111 1111 1111", "卡号4111 **** **** 1111"),
        ("2026-11-22 13812345678来访", "2026-11-22 138****5678来访"),
    ],
)
def test_what_is_said_to_be_a_number_of_a_person_is_hidden_in_its_own_shape(text: str, covered: str):
    assert hidden(text, TODAY) == covered
