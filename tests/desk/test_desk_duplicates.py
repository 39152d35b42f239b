"""While a record is typed: one like it is found, a person known elsewhere is offered. Names are invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_world import new_desk, type_into

from hsdesk.desk import Desk
from hsdesk.desk.duplicates import DuplicateQuery, FoundDuplicates
from hsdesk.desk.values import Edit
from hsdesk.model.answer import Value
from hsdesk.wire.messages import Grant

ZHANG: dict[str, Value] = {
    "name": "张三", "birth_ym": "1968-05", "phone": "13900000001", "gender": "1", "political": "01",
    "education": "61", "id_no": "341021196805010014",
}  # fmt: skip


def typed(desk: Desk, form: str, path: str, /, **answers: Value) -> FoundDuplicates:
    """Return what the desk says of a new record that stands like this on the screen."""
    entry = desk.records.entry(form)
    return desk.duplicates.likely(
        DuplicateQuery(form, entry.record, entry.scope, path.replace("__", "/"), dict(answers))
    )


def added(desk: Desk, form: str, **answers: Value) -> str:
    entry = desk.records.entry(form)
    type_into(desk, entry, **answers)
    return entry.record


@pytest.fixture
def desk(home: Path):
    opened = new_desk(home)
    yield opened
    opened.close()


def test_a_party_member_is_offered_to_the_workers_with_what_is_still_empty(desk: Desk):
    member = added(desk, "party_member", **{key: value for key, value in ZHANG.items() if key != "political"})
    (offer,) = typed(desk, "worker", "name", name="张　三", gender="1", ethnic="01").offers
    assert offer.register == desk.file.form("party_member").title
    assert offer.answers == {
        "id_no": ZHANG["id_no"], "birth_ym": "1968-05", "education": "61", "phone": "13900000001",
    }  # fmt: skip
    assert offer.records == (member,)
    assert "手机" in offer.labels


def test_an_offer_shows_only_the_year_of_birth_where_it_is_sensitive_and_never_a_whole_number(desk: Desk):
    added(desk, "party_member", **{key: value for key, value in ZHANG.items() if key != "political"})
    (offer,) = typed(desk, "worker", "name", name="张三").offers
    assert offer.told == "1968年出生，手机139****0001"
    added(desk, "volunteer", name="李四", birth_ym="1970-01", phone="13900000002")
    (other,) = typed(desk, "worker", "name", name="李四").offers
    assert other.told == "1970年1月出生，手机139****0002"


@pytest.mark.parametrize(("here", "written"), [("汪堨明", "汪□明"), ("汪？明", "汪堨明")])
def test_a_name_with_a_character_that_could_not_be_typed_goes_by_the_telephone(
    desk: Desk, here: str, written: str
):
    added(desk, "worker", **(ZHANG | {"name": here}))
    likely = typed(desk, "volunteer", "phone", name=written, phone="13900000001")
    assert [offer.name for offer in likely.offers] == [here]
    assert typed(desk, "worker", "phone", name=written, phone="13900000001").twins != ()
    assert typed(desk, "volunteer", "name", name=written, phone="13900000002").offers == ()


def test_an_organization_is_offered_its_leader(desk: Desk):
    added(desk, "worker", **ZHANG)
    (offer,) = typed(desk, "social_org", "leader", leader="张三").offers
    assert offer.answers == {
        "leader_gender": "1", "leader_phone": "13900000001", "leader_political": "01",
    }  # fmt: skip


def test_a_member_in_a_roster_is_offered_too(desk: Desk):
    added(desk, "worker", **ZHANG)
    (offer,) = typed(desk, "social_org", "members/r1/name", **{"members/r1/name": "张三"}).offers
    assert offer.answers == {
        "members/r1/gender": "1", "members/r1/political": "01", "members/r1/phone": "13900000001",
    }  # fmt: skip


def test_a_person_of_the_same_register_is_a_twin_with_who_typed_it_and_no_offer(desk: Desk):
    first = added(desk, "worker", **ZHANG)
    likely = typed(desk, "worker", "name", name="张三")
    assert [(twin.record, twin.by) for twin in likely.twins] == [(first, "汪文书")]
    assert likely.twins[0].day
    assert likely.offers == ()
    assert typed(desk, "worker", "birth_ym", name="张三", birth_ym="1970-01").twins == ()


def test_an_organization_that_sounds_the_same_is_a_twin_until_it_is_deleted(desk: Desk):
    first = added(desk, "social_org", org_name="夕阳红艺术团", category="1")
    assert [
        twin.record for twin in typed(desk, "social_org", "org_name", org_name="夕阳虹 艺术团").twins
    ] == [first]
    desk.records.delete("social_org", first, "登记错了")
    assert typed(desk, "social_org", "org_name", org_name="夕阳红艺术团").twins == ()


def test_a_record_is_not_its_own_twin_and_finds_its_new_name_after_a_change(desk: Desk):
    first = added(desk, "social_org", org_name="夕阳红艺术团")
    entry = desk.records.entry("social_org", first)
    asked = DuplicateQuery("social_org", first, entry.scope, "org_name", {"org_name": "夕阳红艺术团"})
    assert desk.duplicates.likely(asked) == FoundDuplicates()
    desk.records.save(Edit("social_org", first, entry.scope, {"org_name": "定潭护河队"}))
    assert typed(desk, "social_org", "org_name", org_name="夕阳红艺术团").twins == ()
    assert typed(desk, "social_org", "org_name", org_name="定潭护河队").twins != ()


def test_what_a_person_set_apart_is_not_named_again_for_this_record(desk: Desk):
    added(desk, "party_member", name="张三", birth_ym="1968-05", phone="13900000001")
    entry = desk.records.entry("worker")
    asked = DuplicateQuery("worker", entry.record, entry.scope, "name", {"name": "张三"})
    (offer,) = desk.duplicates.likely(asked).offers
    desk.duplicates.set_apart(entry.record, offer.records)
    assert desk.duplicates.likely(asked).offers == ()
    assert typed(desk, "worker", "name", name="张三").offers != ()


def test_sensitive_answers_are_neither_offered_nor_written_without_their_class(home: Path):
    desk = new_desk(home)
    scope = desk.status().places[0].id
    every = ("common", "party", "personal")
    desk._file.take_grants(tuple(Grant(scope, cls, True) for cls in every))
    added(desk, "worker", **ZHANG)
    assert "id_no" in typed(desk, "grid_staff", "name", name="张三").offers[0].answers
    desk._file.take_grants((Grant(scope, "common", True),))
    (offer,) = typed(desk, "grid_staff", "name", name="张三").offers
    assert offer.answers.keys() == {"gender", "birth_ym", "education", "phone"}
    desk.close()


def test_copying_is_one_step_that_one_undo_takes_back(desk: Desk):
    added(desk, "party_member", **{key: value for key, value in ZHANG.items() if key != "political"})
    entry = desk.records.entry("worker")
    type_into(desk, entry, name="张三")
    (offer,) = desk.duplicates.likely(
        DuplicateQuery("worker", entry.record, entry.scope, "name", {"name": "张三"})
    ).offers
    edit = entry.edit(entry.session.fill(offer.answers))
    assert edit is not None
    desk.records.save(edit)
    assert desk.records.entry("worker", entry.record).session.node("phone").value == "13900000001"
    desk.journal.undo()
    again = desk.records.entry("worker", entry.record).session
    assert [again.node(path).value for path in ("name", "phone", "id_no")] == ["张三", None, None]


def test_a_check_finds_numbers_of_persons_in_rosters_and_free_texts_alike(desk: Desk):
    entry = desk.records.entry("social_org")
    type_into(desk, entry, org_name="护河队", biz_scope="联系13900000001")
    row = entry.session.add_row("members")
    path = f"members/{row.row}/group_name"
    for changes in (row, entry.session.answer(path, "一组，身份证34102119650212001X")):
        edit = entry.edit(changes)
        assert edit is not None
        desk.records.save(edit)
    found = {one.path: one.message for one in desk.reports.findings("social_org") if one.rule == "privacy"}
    assert found.keys() == {"biz_scope", "members"}
    assert "第1行住址(小组)" in found["members"] and "身份证号" in found["members"]
