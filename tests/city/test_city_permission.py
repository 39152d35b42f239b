"""Verbs and places: what each role may do where, and that nobody hands out more than he has."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sync_server import a_village, places, township_of

from hsdesk.city.people.permission import (
    ROLES,
    VERBS,
    Holder,
    Official,
    Reach,
    Role,
    Rule,
    Verb,
    administrator,
    handed_out,
    stored_rules,
    tops,
)
from hsdesk.errors import Refused
from hsdesk.model.answer import CLASSES, GRANTED

DIRECTORY = places()
VILLAGE = a_village(DIRECTORY)
TOWNSHIP = township_of(DIRECTORY, VILLAGE)
COUNTY = DIRECTORY.by_id(TOWNSHIP).parent
(CITY,) = tops(DIRECTORY)
OTHER_COUNTY = next(place.id for place in DIRECTORY.children(CITY) if place.id != COUNTY)
LINE = (VILLAGE, TOWNSHIP, COUNTY, CITY)


def reach(role: Role, *rules: Rule, holder: Holder = "account") -> Reach:
    return Reach(role, rules, DIRECTORY, holder)


def where(one: Reach, verb: Verb) -> tuple[str, ...]:
    """The places of the line from village to city that a verb reaches."""
    return tuple(place for place in LINE if one.may(verb, place))


def test_each_role_has_its_verbs_at_its_place_and_below() -> None:
    village, township = reach("village", Rule(VILLAGE)), reach("township", Rule(TOWNSHIP))
    county, city = reach("county", Rule(COUNTY)), reach("city", Rule(CITY))
    assert [where(village, verb) for verb in ("read", "write", "enrol")] == [(VILLAGE,), (VILLAGE,), ()]
    assert [where(township, verb) for verb in ("read", "write", "users")] == [LINE[:2], LINE[:2], ()]
    assert (where(county, "read"), where(county, "write")) == (LINE[:3], (COUNTY,))
    for verb in ("enrol", "revoke", "users"):
        assert where(county, verb) == LINE[:2]
        assert not county.may(verb, OTHER_COUNTY)
    assert [where(county, verb) for verb in ("publish", "audit", "dispose", "backup")] == [()] * 4
    assert where(city, "write") == (CITY,)
    assert all(where(city, verb) == LINE for verb in VERBS if verb != "write")


def test_a_computer_does_no_official_work_unless_its_rule_says_so() -> None:
    assert not any(where(reach("city", Rule(CITY), holder="device"), verb) for verb in VERBS[2:])
    named = reach("county", Rule(COUNTY, GRANTED, ("read", "enrol")), holder="device")
    assert (where(named, "enrol"), where(named, "read"), where(named, "write")) == (LINE[:3], LINE[:3], ())


def test_a_rule_narrows_and_widens_the_verbs_of_its_role() -> None:
    narrow = reach("county", Rule(COUNTY, ("common",), ("read",)))
    assert where(narrow, "read") == LINE[:3]
    assert not any(where(narrow, verb) for verb in VERBS if verb != "read")
    assert (narrow.may_read(VILLAGE, "common"), narrow.may_read(VILLAGE, "party")) == (True, False)
    wide = reach("township", Rule(TOWNSHIP, GRANTED, ("read", "write", "enrol")))
    assert (where(wide, "enrol"), where(wide, "revoke")) == (LINE[:2], ())


def test_rules_stored_before_there_were_verbs_are_read() -> None:
    old = msgspec.json.encode([[VILLAGE, ["common", "party"]]])
    assert stored_rules(old) == (Rule(VILLAGE, ("common", "party")),)
    new = (Rule(VILLAGE, GRANTED, ("read",)),)
    assert stored_rules(msgspec.json.encode(new)) == new


def test_a_rule_for_a_place_that_is_gone_is_the_whole_citys_affair() -> None:
    gone = (Rule("0" * 32),)
    assert administrator(DIRECTORY).reach.manages("users", gone)
    assert administrator(DIRECTORY).reach.manages("users", ())
    assert not reach("county", Rule(COUNTY)).manages("users", gone)
    assert not reach("county", Rule(COUNTY)).manages("users", ())


@pytest.mark.parametrize(
    ("role", "rule"),
    [
        ("county", Rule(COUNTY)),  # his equal
        ("city", Rule(TOWNSHIP)),  # a higher level holds in a merge
        ("township", Rule(OTHER_COUNTY)),
        ("township", Rule(TOWNSHIP, GRANTED, ("read", "audit"))),
        ("township", Rule(TOWNSHIP, GRANTED, ("dispose",))),
    ],
)
def test_a_county_gives_no_account_beyond_its_own_rights(role: Role, rule: Rule) -> None:
    county = Official("县民政", reach("county", Rule(COUNTY)))
    handed_out(county, "users", "township", (Rule(TOWNSHIP, GRANTED, ("read", "enrol")),), "account")
    with pytest.raises(Refused):
        handed_out(county, "users", role, (rule,), "account")


RULES = st.builds(
    Rule,
    st.sampled_from([*LINE, OTHER_COUNTY]),
    st.sets(st.sampled_from(GRANTED)).map(lambda some: tuple(c for c in GRANTED if c in some)),
    st.none() | st.sets(st.sampled_from(VERBS)).map(lambda some: tuple(v for v in VERBS if v in some)),
)
WANTED = st.tuples(st.sampled_from(ROLES), st.lists(RULES, min_size=1, max_size=2).map(tuple))
GIVING = st.builds(
    lambda rule: (msgspec.structs.replace(rule, verbs=(*(rule.verbs or ()), "enrol", "users")),), RULES
)
GIVER = st.tuples(st.sampled_from(ROLES), GIVING | st.tuples(st.sampled_from([Rule(COUNTY), Rule(CITY)])))
SEEN = (*LINE, OTHER_COUNTY, *(place.id for place in DIRECTORY.children(TOWNSHIP)))


@given(GIVER, WANTED, st.sampled_from(["account", "device"]))
def test_nobody_hands_out_more_than_he_has(
    giver: tuple[Role, tuple[Rule, ...]], wanted: tuple[Role, tuple[Rule, ...]], holder: Holder
) -> None:
    own = Reach(*giver, DIRECTORY, "account")
    verb: Verb = "users" if holder == "account" else "enrol"
    try:
        got = handed_out(Official("甲", own), verb, *wanted, holder)
    except Refused:
        return
    event("handed out")
    assert ROLES.index(got.role) <= ROLES.index(own.role)
    for place in SEEN:
        for cls in CLASSES:
            assert own.may_read(place, cls) or not got.may_read(place, cls)
            if got.may_write(place, cls):  # the affair of the place, given by who may give it
                assert own.may(verb, place)
        for one in VERBS[2:]:
            assert own.may(one, place) or not got.may(one, place)
