from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, VILLAGE, new_desk, new_organization, type_into

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import Draft, ListQuery
from hsdesk.errors import DataError, Missing, UsageError


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    opened = new_desk(home)
    yield opened
    opened.close()


def test_what_was_typed_is_there_after_opening_again(home: Path) -> None:
    desk = new_desk(home)
    record = new_organization(desk, "定潭村老年协会", "张三")
    desk.close()
    again = Desk.open(home, PASSPHRASE)
    assert again.lists.document("social_org", record)["org_name"] == "定潭村老年协会"
    again.close()


@pytest.mark.parametrize("typed", ["张三", "zhangsan", "zs", "zhangs", "ZS"])
def test_a_person_is_found_by_name_by_pinyin_and_by_initials(desk: Desk, typed: str) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    new_organization(desk, "红白理事会", "李四")
    assert [hit.key.record for hit in desk.lists.find(typed)] == [record]
    assert [key.record for key in desk.lists.keys("social_org", ListQuery(search=typed))] == [record]


def test_a_record_opened_and_left_untouched_is_never_made(desk: Desk) -> None:
    desk.records.entry("social_org")
    assert desk.lists.keys("social_org", ListQuery()) == ()
    assert desk.status().waiting == 0


def test_the_first_answer_saves_the_defaults_with_it(desk: Desk) -> None:
    entry = desk.records.entry("community")
    type_into(desk, entry, hh_registered=528)
    saved = desk.lists.document("community", entry.record)
    assert saved["hh_registered"] == 528
    assert saved["community_kind"] == "N"
    assert saved["full_name"] == "定潭村村民委员会"


def test_the_profile_is_one_per_place(desk: Desk) -> None:
    first = desk.records.entry("community")
    type_into(desk, first, hh_registered=528)
    assert desk.records.entry("community").record == first.record


def test_a_count_over_another_register_is_computed_when_read(desk: Desk) -> None:
    profile = desk.records.entry("community")
    type_into(desk, profile, hh_registered=528)
    assert desk.lists.document("community", profile.record)["grids"] == 0
    type_into(desk, desk.records.entry("grid"), grid_name="第一网格")
    assert desk.lists.document("community", profile.record)["grids"] == 1
    (row,) = desk.lists.rows("community", desk.lists.keys("community", ListQuery()))
    assert row.values["grids"] == 1


def test_a_reference_stores_the_record_and_shows_its_title(desk: Desk) -> None:
    grid = desk.records.entry("grid")
    type_into(desk, grid, grid_name="第一网格")
    staff = desk.records.entry("grid_staff")
    type_into(desk, staff, name="江红霞", grid=(grid.record,))
    (row,) = desk.lists.rows("grid_staff", desk.lists.keys("grid_staff", ListQuery()))
    assert row.values["grid"] == (grid.record,)
    assert row.shown["grid"].startswith("第一网格")


def test_roster_rows_are_saved_and_come_back_in_order(desk: Desk) -> None:
    entry = desk.records.entry("social_org")
    type_into(desk, entry, org_name="定潭徽剧班")
    for name in ("甲", "乙"):
        added = entry.session.add_row("members")
        for changes in (added, entry.session.answer(f"members/{added.row}/name", name)):
            edit = entry.edit(changes)
            assert edit is not None
            desk.records.save(edit)
    members = desk.lists.document("social_org", entry.record)["members"]
    assert [row["name"] for row in members] == ["甲", "乙"]


@pytest.mark.parametrize("typed", ["李四", "lisi", "ls"])
def test_an_organization_is_found_by_its_members(desk: Desk, typed: str) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    entry = desk.records.entry("social_org", record)
    row = entry.session.add_row("members").row
    edit = entry.edit(entry.session.answer(f"members/{row}/name", "李四"))
    assert edit is not None
    desk.records.save(edit)
    (hit,) = desk.lists.find(typed)
    assert (hit.key.record, hit.found) == (record, "会员花名册 姓名：李四")


@pytest.mark.parametrize(
    ("typed", "why"), [("张三", "负责人：张三"), ("zs", "负责人：张三"), ("老年协会", ""), ("lnxh", "")]
)
def test_a_hit_says_why_it_was_found_unless_its_title_does(desk: Desk, typed: str, why: str) -> None:
    new_organization(desk, "老年协会", "张三")
    assert [hit.found for hit in desk.lists.find(typed)] == [why]


def test_a_deleted_record_leaves_the_list_and_can_be_restored(desk: Desk) -> None:
    record = new_organization(desk, "定潭徽剧班", "张三")
    desk.records.delete("social_org", record, "登记重复")
    assert desk.lists.keys("social_org", ListQuery()) == ()
    assert desk.lists.find("张三") == ()
    (gone,) = desk.lists.rows("social_org", desk.lists.keys("social_org", ListQuery(deleted=True)))
    assert gone.deleted == "登记重复"
    desk.records.restore("social_org", record)
    assert len(desk.lists.keys("social_org", ListQuery())) == 1
    assert len(desk.lists.find("张三")) == 1


def test_deleting_asks_for_a_reason(desk: Desk) -> None:
    record = new_organization(desk, "定潭徽剧班", "张三")
    with pytest.raises(DataError, match="原因"):
        desk.records.delete("social_org", record, " ")


def test_an_earlier_version_comes_back_as_a_new_one(desk: Desk) -> None:
    record = new_organization(desk, "定潭徽剧班", "张三")
    before = len(desk.lists.history("social_org", record))
    type_into(desk, desk.records.entry("social_org", record), leader="李四", member_n=30)
    desk.records.restore("social_org", record, before)
    saved = desk.lists.document("social_org", record)
    assert (saved["leader"], saved["member_n"]) == ("张三", 12)
    assert len(desk.lists.history("social_org", record)) > before + 2


def test_history_says_who_changed_what(desk: Desk) -> None:
    record = new_organization(desk, "定潭徽剧班", "张三")
    type_into(desk, desk.records.entry("social_org", record), member_n=30)
    last = desk.lists.history("social_org", record)[-1]
    assert last.by == "汪文书"
    assert [(change.path, change.old, change.new) for change in last.answers] == [("member_n", 12, 30)]


def test_a_cell_being_typed_is_kept_and_goes_when_the_field_is_left(home: Path) -> None:
    desk = new_desk(home)
    entry = desk.records.entry("social_org")
    draft = Draft(entry.scope, "social_org", entry.record, "member_n", "约30", 3)
    desk.records.save_draft(draft)
    desk.close()
    again = Desk.open(home, PASSPHRASE)
    (kept,) = again.records.drafts()
    assert (kept.record, kept.path, kept.text, kept.caret) == (entry.record, "member_n", "约30", 3)
    again.records.save(entry.edit(entry.session.answer("member_n", 30)))  # type: ignore[arg-type]
    assert again.records.drafts() == ()
    again.close()


def test_one_record_that_cannot_be_stored_never_stops_the_others(desk: Desk) -> None:
    items = [
        JsonRecord(1, {"org_name": "甲会", "member_n": 10}),
        JsonRecord(2, {"org_name": "乙会", "member_n": "约30"}),
        JsonRecord(3, {"org_name": "丙会", "members_count": 3}),
        JsonRecord(4, None),
        JsonRecord(5, {"org_name": "丁会", "member_n": "３０", "hub_covers": [VILLAGE], "is_hub": True}),
    ]
    stored = desk.bulk.add("F10", items)
    assert len(stored.ids) == 2
    assert [(item.line, item.field) for item in stored.rejected] == [
        (2, "member_n"),
        (3, "members_count"),
        (4, ""),
    ]
    _, documents = desk.lists.documents("social_org", ListQuery(search="丁会"))
    (kept,) = documents
    assert kept["member_n"] == 30


def test_a_reference_may_be_given_by_code_or_title(desk: Desk) -> None:
    stored = desk.bulk.add("grid", [JsonRecord(1, {"grid_name": "第一网格"})])
    grid = desk.lists.document("grid", stored.ids[0])
    staff = desk.bulk.add(
        "grid_staff",
        [
            JsonRecord(1, {"name": "甲", "grid": [grid["grid_code"]]}),
            JsonRecord(2, {"name": "乙", "grid": [grid["grid_name"]]}),
            JsonRecord(3, {"name": "丙", "grid": ["没有的网格"]}),
        ],
    )
    assert len(staff.ids) == 2
    assert staff.rejected[0].field == "grid"
    assert "找不到" in staff.rejected[0].reason


def test_what_list_prints_can_be_given_to_add_again(desk: Desk) -> None:
    record = new_organization(desk, "定潭徽剧班", "张三")
    document = desk.lists.document("social_org", record)
    stored = desk.bulk.add("social_org", [JsonRecord(1, document)])
    assert stored.rejected == ()
    again = desk.lists.document("social_org", stored.ids[0])
    assert {**again, "_id": ""} == {**document, "_id": ""}


def test_records_added_together_are_numbered_one_after_the_other(desk: Desk) -> None:
    grids = [{"grid_name": f"第{n}网格", "households": 30} for n in range(3)]
    stored = desk.bulk.add("grid", [JsonRecord(n, grid) for n, grid in enumerate(grids, 1)])
    codes = [desk.lists.document("grid", record)["grid_code"] for record in stored.ids]
    assert codes == [f"{VILLAGE}00{n}" for n in (1, 2, 3)]


def test_records_are_chosen_by_a_row_predicate(desk: Desk) -> None:
    new_organization(desk, "甲会", "张三")
    second = new_organization(desk, "乙会", "李四")
    type_into(desk, desk.records.entry("social_org", second), member_n=60)
    found = desk.lists.keys("social_org", ListQuery(where="member_n > 50 and reg_status = '2'"))
    assert [key.record for key in found] == [second]
    with pytest.raises(UsageError, match="筛选条件"):
        desk.lists.keys("social_org", ListQuery(where="member_n >"))


def test_an_unknown_record_is_missing_in_plain_words(desk: Desk) -> None:
    with pytest.raises(Missing, match="找不到"):
        desk.lists.document("social_org", "nobody")


def test_personal_answers_are_masked_in_lists(desk: Desk) -> None:
    entry = desk.records.entry("grid_staff")
    type_into(desk, entry, name="江红霞", id_no="341021199002120019")
    (row,) = desk.lists.rows("grid_staff", desk.lists.keys("grid_staff", ListQuery()))
    assert row.shown["id_no"] == "341021********0019"


def test_findings_never_refuse_a_save(desk: Desk) -> None:
    entry = desk.records.entry("grid_staff")
    type_into(desk, entry, name="江红霞", id_no="341021199002120018", phone="123")
    found = {finding.path for finding in desk.reports.findings("grid_staff")}
    assert {"id_no", "phone"} <= found
    assert desk.lists.document("grid_staff", entry.record)["phone"] == "123"


def test_a_form_that_names_no_answers_to_search_is_looked_through(desk: Desk, tmp_path: Path) -> None:
    from hsdesk.forms.compiler import compile_file

    sheet = tmp_path / "plain.md"
    sheet.write_text(
        "| survey |\n| | type | name | label |\n| | text | no | 编号 |\n| | text | who | 姓名 |\n"
        "| settings |\n| | form_title | form_id | version |\n| | 素表 | plain | 1 |\n",
        encoding="utf-8",
    )
    desk.file.install(compile_file(sheet))
    desk.bulk.add(
        "plain", [JsonRecord(1, {"no": "1", "who": "张三"}), JsonRecord(2, {"no": "2", "who": "李%四"})]
    )
    assert len(desk.lists.keys("plain", ListQuery(search="张三"))) == 1
    assert len(desk.lists.keys("plain", ListQuery(search="%"))) == 1


def test_the_greatest_of_no_records_is_no_number_and_known_to_be_none(desk: Desk, tmp_path: Path) -> None:
    from hsdesk.forms.compiler import compile_file

    sheet = tmp_path / "greatest.md"
    sheet.write_text(
        "| survey |\n| | type | name | label | default |\n| | text | who | 姓名 |\n"
        "| | integer | next | 号 | 1 + coalesce(max(instance('grid')/root/item/households), 0) |\n"
        "| settings |\n| | form_title | form_id | version |\n| | 号 | greatest | 1 |\n",
        encoding="utf-8",
    )
    desk.file.install(compile_file(sheet))
    assert desk.records.entry("greatest").session.node("next").value == 1
    desk.bulk.add("grid", [JsonRecord(1, {"grid_name": "第一网格", "grid_type": "2", "households": 30})])
    assert desk.records.entry("greatest").session.node("next").value == 31
