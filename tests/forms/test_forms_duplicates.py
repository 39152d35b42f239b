"""What a form says makes two records the same: written differently, heard alike, persons apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped_world import shipped
from tables import form_of, problems_of

from hsdesk.forms.duplicates import (
    DuplicateRule,
    duplicates_among,
    keys,
    person_keys,
    persons,
    rules,
    same_person,
)

NAME = DuplicateRule("name", ("org_name",))
EVENT = DuplicateRule("event", ("title", "date"))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("老年协会(一)", "老年协会（一） ", True),
        ("夕阳红艺术团", "夕阳虹艺术团", True),
        ("新安江 护河队", "新安江护河队", True),
        ("兰花社", "南花社", True),
        ("富堨志愿队", "富竭志愿队", False),
        ("老年协会一", "老年协会二", False),
        ("LDZ-01", "ldz０１", True),
    ],
)
def test_names_are_alike_whatever_the_width_the_spaces_and_the_sound(one: str, other: str, alike: bool):
    shared = set(keys(NAME, {"org_name": one})) & set(keys(NAME, {"org_name": other}))
    assert bool(shared) == alike


def test_a_set_of_answers_counts_only_when_all_are_filled():
    assert keys(EVENT, {"title": "义诊"}) == ()
    assert keys(EVENT, {"title": "义诊", "date": "2026-03-05"}) == keys(
        EVENT, {"title": "义 诊", "date": "2026-03-05"}
    )
    assert keys(EVENT, {"title": "义诊", "date": "2026-03-06"}) != keys(
        EVENT, {"title": "义诊", "date": "2026-03-05"}
    )


ZHANG = {"name": "张三", "birth_ym": "1968-05", "phone": "13900000001"}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"name": "张 三"}, True),
        ({"name": "张三", "birth_ym": "1970-01"}, False),
        ({"name": "张三", "phone": "13900000002"}, False),
        ({"name": "章三", "phone": "13900000001"}, True),  # sounds alike and one answer agrees
        ({"name": "章三"}, False),  # sounds alike, nothing agrees
        ({"name": "张？", "phone": "１３９００００００01"}, True),  # the character could not be typed
        ({"name": "李四", "phone": "13900000001"}, False),  # husband and wife with one telephone
        ({"name": " ", "phone": "13900000001"}, False),  # no name yet
    ],
)
def test_a_person_goes_by_name_month_of_birth_and_telephone(other: dict[str, str], same: bool):
    assert same_person(ZHANG, other) == same
    assert same_person(other, ZHANG) == same


def test_an_identity_number_decides_over_everything_else():
    assert same_person(
        ZHANG | {"id_no": "34102119680501001X"}, {"name": "张山", "id_no": "34102119680501001x"}
    )
    assert not same_person(ZHANG | {"id_no": "1"}, {"name": "张三", "id_no": "2"})


NAMES = st.text(st.sampled_from("汪程胡单曾仇堨晹珰 □小明a"), min_size=1, max_size=4)
PEOPLE = st.fixed_dictionaries(
    {"name": NAMES},
    optional={
        "phone": st.sampled_from(["13900000001", "13900000002"]),
        "birth_ym": st.sampled_from(["1968-05", "1970-01"]),
    },
)


@given(PEOPLE, PEOPLE)
def test_two_people_that_may_be_one_find_each_other_by_a_key_unless_a_character_is_missing(one, other):
    assert same_person(one, other) == same_person(other, one)
    if same_person(one, other) and "□" not in one["name"] + other["name"]:
        assert set(person_keys(one)) & set(person_keys(other))
        assert duplicates_among(shipped("worker"), rules(shipped("worker"))[0], [one, other], ["a", "a"]) == (
            0,
            1,
        )


def test_the_twins_of_a_register_are_found_within_their_place():
    people = [ZHANG, {"name": "张三"}, {"name": "张三", "birth_ym": "1970-01"}, ZHANG]
    rule = rules(shipped("worker"))[0]
    assert rule.is_person
    assert duplicates_among(shipped("worker"), rule, people, ["a", "a", "b", "c"]) == (0, 1)


def test_the_shipped_forms_say_where_they_ask_about_persons():
    (leader, member) = persons(shipped("social_org"))
    assert (leader.group, leader.roster, leader.answers["name"]) == ("leader", "", "leader")
    assert (member.group, member.roster, member.answers["phone"]) == ("", "members", "phone")
    assert {rule.name for rule in rules(shipped("social_org"))} == {"name", "filing", "uscc"}


def test_a_form_may_name_its_own_sets_of_answers():
    form = form_of(
        "| survey |\n| | type | name | label | bind::hs:same | bind::hs:person |\n"
        "| | text | code | 编号 | code, number |\n| | text | who | 姓名 | | leader.name |\n"
    )
    assert rules(form) == (DuplicateRule("code", ("code",)), DuplicateRule("number", ("code",)))
    assert persons(form)[0].answers == {"name": "who"}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("| Code | |", "hs:same"),
        ("| | nickname |", "hs:person"),
        ("| | leader.phone |", "没有姓名"),
    ],
)
def test_wrong_words_are_refused_with_what_to_write(cells: str, words: str):
    found = problems_of(
        "| survey |\n| | type | name | label | bind::hs:same | bind::hs:person |\n"
        f"| | text | code | 编号 {cells}\n"
    )
    assert any(words in problem.message and problem.remedy for problem in found)
