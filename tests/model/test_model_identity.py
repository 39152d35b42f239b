from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsdesk.model.identity import (
    IdNumber,
    IdProblem,
    id_check_digit,
    is_credit_code,
    is_mobile,
    is_phone,
    new_id,
    read_id_number,
)

TODAY = date(2026, 11, 22)
births = st.dates(date(1900, 1, 1), TODAY)


def number(region: str, birth: date, order: int) -> str:
    body = f"{region}{birth:%Y%m%d}{order:03}"
    return body + id_check_digit(body)


@pytest.mark.parametrize("text", ["34102119650212001X", "342723199002120019", "342799197001010019"])
def test_numbers_that_a_common_library_rejects_or_crashes_on_are_valid(text: str):
    assert isinstance(read_id_number(text, TODAY), IdNumber)


@settings(deadline=None)
@given(st.sampled_from(["341021", "342723", "110101", "999999"]), births, st.integers(0, 999))
def test_every_number_made_by_the_rule_is_read_back(region: str, birth: date, order: int):
    found = read_id_number(number(region, birth, order), TODAY)
    assert isinstance(found, IdNumber)
    assert (found.birth, found.sex) == (birth, "1" if order % 2 else "2")
    assert found.local == region.startswith("34")


@settings(deadline=None)
@given(births, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(birth: date, order: int, place: int, shift: int):
    right = number("341021", birth, order)
    digit = str((int(right[place]) + shift) % 10)
    assert isinstance(read_id_number(right[:place] + digit + right[place + 1 :], TODAY), IdProblem)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("341021650212001", "old"),
        ("3410211965021200", "length"),
        ("", "length"),
        ("3410211965021200AX", "characters"),
        ("X41021196502120011", "characters"),
        ("341021196502120011", "check"),
        ("341021209912310019", "date"),
        ("341021189912310010", "date"),
        ("341021196513120011", "date"),
        ("341021196502120000", "damaged"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(text: str, fault: str):
    found = read_id_number(text, TODAY)
    assert isinstance(found, IdProblem)
    assert found.fault == fault
    assert found.message


def test_full_width_digits_spaces_and_a_small_x_are_understood():
    found = read_id_number("３４１０２１ 19650212 001ｘ", TODAY)
    assert isinstance(found, IdNumber)
    assert found.number == "34102119650212001X"


def test_credit_codes_are_checked_by_their_last_character():
    assert is_credit_code("54341021MF2000001R")
    assert not is_credit_code("54341021MF2000001X")
    assert not is_credit_code("54341021")


def test_telephones_of_the_area_are_recognised():
    assert is_mobile("13900000001")
    assert not is_mobile("12900000001")
    assert is_phone("0559-2512345")
    assert is_phone("2512345")
    assert not is_phone("12345")


def test_new_ids_sort_by_time_and_are_version_seven():
    ids = [new_id(lambda second=second: 1_600_000_000 + second) for second in range(50)]
    assert ids == sorted(ids)
    assert all(text[14] == "7" and text[19] in "89ab" for text in ids)
    assert len({new_id(lambda: 1.0) for _ in range(1000)}) == 1000
