"""Duplicates are joined: one record takes the place of another, references follow, and it can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_world import new_desk, type_into

from hsdesk.desk import Desk
from hsdesk.desk.duplicates import DuplicateQuery
from hsdesk.desk.values import Edit, ListQuery
from hsdesk.errors import Missing, Refused
from hsdesk.model.answer import Value
from hsdesk.wire.messages import Grant, Page, Row, Stamp

GONE = ListQuery(deleted=True)


@pytest.fixture
def desk(home: Path):
    opened = new_desk(home)
    yield opened
    opened.close()


def added(desk: Desk, form: str, **answers: Value) -> str:
    entry = desk.records.entry(form)
    type_into(desk, entry, **answers)
    return entry.record


def two(desk: Desk) -> tuple[str, str]:
    """Return two organizations that are one, the second with a telephone that the first lacks."""
    first = added(desk, "social_org", org_name="夕阳红艺术团", category="4", member_n=12)
    second = added(desk, "social_org", org_name="夕阳虹艺术团", leader_phone="13900000001", member_n=15)
    return first, second


def listed(desk: Desk, form: str, query: ListQuery | None = None) -> list[str]:
    return [key.record for key in desk.lists.keys(form, query or ListQuery())]


def value(desk: Desk, form: str, record: str, path: str) -> Value:
    return desk.records.entry(form, record).session.node(path).value


def test_a_merged_record_leaves_lists_counts_and_search_and_its_answers_fill_gaps(desk: Desk):
    first, second = two(desk)
    changes = desk.records.merge("social_org", second, first)
    assert ("social_org", first) in changes.records and ("social_org", second) in changes.records
    assert listed(desk, "social_org") == [first]
    assert next(one.count for one in desk.status().registers if one.form_id == "social_org") == 1
    assert [hit.key.record for hit in desk.lists.find("夕阳")] == [first]
    assert value(desk, "social_org", first, "leader_phone") == "13900000001"
    assert value(desk, "social_org", first, "member_n") == 12  # what was there stays


def test_references_lead_to_the_record_that_is_left(desk: Desk):
    first, second = two(desk)
    activity = added(desk, "org_activity", org=second, title="重阳演出", date="2026-10-18")
    hub = added(desk, "social_org", org_name="镇联合会", is_hub="0", incubated_by=second)
    desk.records.merge("social_org", second, first)
    assert value(desk, "org_activity", activity, "org") == first
    assert desk.lists.document("org_activity", activity)["org"] == first
    assert desk.lists.document("social_org", hub)["incubated_by"] == first
    assert listed(desk, "org_activity", ListQuery(where=f"org = '{first}'")) == [activity]
    assert not [one for one in desk.reports.findings("org_activity") if one.rule == "reference"]
    later = added(desk, "org_activity", org=first, title="义演", date="2026-10-19")
    assert set(listed(desk, "org_activity", ListQuery(where=f"org = '{first}'"))) == {activity, later}


def test_sets_of_references_lead_on_without_naming_one_twice(desk: Desk):
    grids = [added(desk, "grid", grid_name=f"第{n}网格", grid_code=f"34102110120400{n}") for n in (1, 2)]
    staff = added(desk, "grid_staff", name="李四", grid=tuple(sorted(grids)))
    desk.records.merge("grid", grids[1], grids[0])
    assert value(desk, "grid_staff", staff, "grid") == (grids[0],)
    desk.records.restore("grid", grids[1])
    assert set(value(desk, "grid_staff", staff, "grid")) == set(grids)  # type: ignore[arg-type]


def test_a_merge_is_taken_back_from_the_list_of_deleted_ones(desk: Desk):
    first, second = two(desk)
    activity = added(desk, "org_activity", org=second, title="重阳演出", date="2026-10-18")
    desk.records.merge("social_org", second, first)
    (row,) = desk.lists.rows("social_org", desk.lists.keys("social_org", GONE))
    assert (row.key.record, row.deleted) == (second, "已并入“夕阳红艺术团”")
    desk.records.restore("social_org", second)
    assert set(listed(desk, "social_org")) == {first, second}
    assert desk.lists.document("org_activity", activity)["org"] == second
    assert listed(desk, "social_org", GONE) == []


def test_a_merge_is_taken_back_from_the_history(desk: Desk):
    first, second = two(desk)
    desk.records.merge("social_org", second, first)
    versions = desk.lists.history("social_org", second)
    assert [(one.label, one.new_shown) for one in versions[-1].answers] == [("并入", "夕阳红艺术团")]
    desk.records.restore("social_org", second, versions[-2].version)
    assert set(listed(desk, "social_org")) == {first, second}


def test_merges_in_a_row_lead_to_the_last_one_and_survive_closing(home: Path):
    desk = new_desk(home)
    records = [added(desk, "social_org", org_name=f"艺术团{name}") for name in "甲乙丙"]
    activity = added(desk, "org_activity", org=records[0], title="演出", date="2026-10-18")
    desk.records.merge("social_org", records[0], records[1])
    desk.records.merge("social_org", records[1], records[2])
    desk.close()
    desk = Desk.open(home, "kou-ling-2020")
    assert desk.lists.document("org_activity", activity)["org"] == records[2]
    desk._file.rebuild()
    assert desk.lists.document("org_activity", activity)["org"] == records[2]
    desk.close()


def test_a_merge_that_comes_from_another_desk_leads_references_on_in_any_order(desk: Desk):
    scope = desk.status().places[0].id
    file = desk._file
    file.take_grants((Grant(scope, "common", True),))

    def came(rev: int, record: str, form: str, **answers: Value) -> None:
        stamp = Stamp(rev, 1, "01a20000-0000-7000-8000-000000000000", "李四")
        row = Row(record, form, "2026.2", rev, dict(answers), stamp)
        assert file.take_page(Page(scope, "common", (row,), (), rev, False), "s1", (0, b"")).taken

    came(1, "act", "org_activity", org="b", title="重阳演出", date="2026-10-18")
    came(2, "b", "social_org", org_name="夕阳虹艺术团")
    came(3, "b", "social_org", _merged_into="a")
    came(4, "a", "social_org", org_name="夕阳红艺术团")
    came(5, "later", "org_activity", org="b", title="义演", date="2026-10-19")
    assert [desk.lists.document("org_activity", one)["org"] for one in ("act", "later")] == ["a", "a"]
    came(6, "b", "social_org", _merged_into=None)
    assert [desk.lists.document("org_activity", one)["org"] for one in ("act", "later")] == ["b", "b"]
    assert set(listed(desk, "social_org")) == {"a", "b"}


def test_two_merged_into_each_other_on_two_desks_can_both_be_restored(desk: Desk):
    first, second = two(desk)
    scope = desk.records.entry("social_org", first).scope
    activity = added(desk, "org_activity", org=second, title="重阳演出", date="2026-10-18")
    desk.records.merge("social_org", second, first)
    desk.records.save(
        Edit("social_org", first, scope, {"_merged_into": second})
    )  # as it comes from the other desk
    assert set(listed(desk, "social_org", GONE)) == {first, second}
    desk.records.restore("social_org", first)
    assert listed(desk, "social_org") == [first]
    assert desk.lists.document("org_activity", activity)["org"] == first


def test_what_cannot_be_merged_is_refused_and_nothing_changes(desk: Desk):
    first, second = two(desk)
    with pytest.raises(Refused):
        desk.records.merge("social_org", first, first)
    with pytest.raises(Missing):
        desk.records.merge("social_org", first, "nowhere")
    desk.records.delete("social_org", second, "登记错了")
    with pytest.raises(Refused):
        desk.records.merge("social_org", first, second)
    assert listed(desk, "social_org") == [first]


def test_a_merged_record_is_no_duplicate_any_more(desk: Desk):
    first, second = two(desk)
    entry = desk.records.entry("social_org", first)
    asked = DuplicateQuery("social_org", first, entry.scope, "org_name", {"org_name": "夕阳红艺术团"})
    assert [twin.record for twin in desk.duplicates.likely(asked).twins] == [second]
    desk.records.merge("social_org", second, first)
    assert desk.duplicates.likely(asked).twins == ()
    assert not [one for one in desk.reports.findings("social_org") if one.rule == "unique"]
