"""Undo and redo at the desk: each kind of act goes back and forth; what was written since stays."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, VILLAGE, new_desk, new_organization, type_into

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import Edit, ListQuery
from hsdesk.errors import Closed, Refused, UsageError
from hsdesk.model.answer import Value

ORG = "social_org"
OTHER = "341021101205"  # the next village
DAY_NS = 24 * 60 * 60 * 1_000_000_000


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed desk of one village without records; copied, never changed."""
    folder = tmp_path_factory.mktemp("empty") / "home"
    new_desk(folder).close()
    return folder


@pytest.fixture
def desk(empty_home: Path, home: Path) -> Iterator[Desk]:
    shutil.copytree(empty_home, home)
    opened = Desk.open(home, PASSPHRASE)
    yield opened
    opened.close()


def give(desk: Desk, record: str, form: str = ORG, **answers: Value) -> None:
    """Give answers as one act."""
    desk.records.save(Edit(form, record, desk.records.place(VILLAGE).id, answers))


def value(desk: Desk, record: str, path: str, form: str = ORG) -> object:
    return desk.lists.document(form, record)[path]


def listed(desk: Desk, form: str = ORG) -> list[str]:
    return [key.record for key in desk.lists.keys(form, ListQuery())]


def said(desk: Desk) -> list[str]:
    return [str(act.words) for act in desk.journal.acts()]


def test_an_answer_goes_back_and_comes_again(desk: Desk) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    give(desk, record, leader="李四")
    done = desk.journal.undo()
    assert [str(act.words) for act in done.acts] == ["修改“定潭村老年协会”的“负责人”"]
    assert done.left == ()
    assert done.changes.records == ((ORG, record),)
    assert value(desk, record, "leader") == "张三"
    desk.journal.redo()
    assert value(desk, record, "leader") == "李四"
    desk.journal.undo()
    assert value(desk, record, "leader") == "张三"


def test_an_answer_that_was_empty_is_empty_again_and_history_keeps_all(desk: Desk) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    give(desk, record, leader_phone="13900000001")
    desk.journal.undo()
    assert value(desk, record, "leader_phone") is None
    told = [(one.new, version.by) for version in desk.lists.history(ORG, record) for one in version.answers]
    assert told[-2:] == [("13900000001", "汪文书"), (None, "汪文书")]


def test_undoing_all_of_a_new_record_deletes_it_and_redoing_brings_it_back(desk: Desk) -> None:
    entry = desk.records.entry(ORG)
    type_into(desk, entry, org_name="定潭村老年协会", leader="张三")
    assert said(desk) == ["修改“定潭村老年协会”的“负责人”", "新增“定潭村老年协会”（社区社会组织）"]
    desk.journal.undo(2)
    assert listed(desk) == []
    assert desk.lists.rows(ORG, desk.lists.keys(ORG, ListQuery(deleted=True)))[0].deleted == "撤销"
    desk.journal.redo()
    assert value(desk, entry.record, "org_name") == "定潭村老年协会"
    assert value(desk, entry.record, "leader") is None
    desk.journal.redo()
    assert value(desk, entry.record, "leader") == "张三"
    with pytest.raises(Refused, match="没有可以重做的了"):
        desk.journal.redo()


def test_a_fresh_act_ends_redoing(desk: Desk) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    give(desk, record, leader="李四")
    desk.journal.undo()
    give(desk, record, member_n=13)
    with pytest.raises(Refused, match="没有可以重做的了"):
        desk.journal.redo()
    assert value(desk, record, "leader") == "张三"


def test_undo_goes_on_to_earlier_acts_and_says_when_there_are_none(desk: Desk) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    for leader in ("李四", "王五"):
        give(desk, record, leader=leader)
    desk.journal.undo()
    assert value(desk, record, "leader") == "李四"
    desk.journal.undo()
    assert value(desk, record, "leader") == "张三"
    desk.journal.undo(5)
    assert listed(desk) == []
    with pytest.raises(Refused, match="没有可以撤销的了"):
        desk.journal.undo()


def test_an_act_picked_from_the_list_leaves_what_was_written_after_it_and_names_it(desk: Desk) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    give(desk, record, leader="李四", member_n=20)
    picked = desk.journal.acts()[0]
    give(desk, record, leader="王五")
    done = desk.journal.undo_act(picked.id)
    assert [str(one.words) for one in done.left] == [
        "“定潭村老年协会”的“负责人”后来由汪文书改成了“王五”，没有动"
    ]
    assert value(desk, record, "leader") == "王五"
    assert value(desk, record, "member_n") == 12
    with pytest.raises(Refused, match="已经撤销过了"):
        desk.journal.undo_act(picked.id)


def test_members_of_a_set_go_one_by_one(desk: Desk) -> None:
    numbered = ({"grid_name": f"第{n}网格", "grid_code": f"34102110120400{n}"} for n in range(1, 5))
    items = [JsonRecord(n, content) for n, content in enumerate(numbered, start=1)]
    one, two, three, four = sorted(desk.bulk.add("grid", items, VILLAGE).ids)

    def grids() -> object:
        return value(desk, staff, "grid", "grid_staff")

    (staff,) = desk.bulk.add("grid_staff", [JsonRecord(1, {"name": "李四", "grid": [one, two]})], VILLAGE).ids
    desk.bulk.edit("grid_staff", [JsonRecord(1, {"_id": staff, "grid": [two, three]})])
    picked = desk.journal.acts()[0]
    desk.bulk.edit("grid_staff", [JsonRecord(1, {"_id": staff, "grid": [two, three, four]})])
    assert desk.journal.undo_act(picked.id).left == ()
    assert grids() == [one, two, four]
    desk.journal.redo()
    assert grids() == [two, three, four]


def test_rows_of_a_roster_go_and_come(desk: Desk) -> None:
    entry = desk.records.entry(ORG)
    type_into(desk, entry, org_name="定潭村老年协会")
    row = entry.session.add_row("members")
    edit = entry.edit(row)
    assert edit is not None
    desk.records.save(edit)
    type_into(desk, entry, **{f"members/{row.row}/name": "李四"})
    assert said(desk)[:2] == ["修改“定潭村老年协会”的“姓名”", "修改“定潭村老年协会”的“会员花名册”"]
    desk.journal.undo()
    assert [one["name"] for one in desk.lists.document(ORG, entry.record)["members"]] == [None]
    desk.journal.undo()
    assert desk.lists.document(ORG, entry.record)["members"] == []
    desk.journal.redo(2)
    assert [one["name"] for one in desk.lists.document(ORG, entry.record)["members"]] == ["李四"]
    removed = entry.edit(entry.session.remove_row(f"members/{row.row}"))
    assert removed is not None
    desk.records.save(removed)
    assert desk.lists.document(ORG, entry.record)["members"] == []
    desk.journal.undo()
    assert [one["name"] for one in desk.lists.document(ORG, entry.record)["members"]] == ["李四"]
    assert desk.journal.undo(3).left == ()  # the row that lay in the record does not hold it back
    assert listed(desk) == []


def test_a_row_that_somebody_went_on_with_stays(desk: Desk) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    desk.bulk.edit(ORG, [JsonRecord(1, {"_id": record, "members": [{"name": "李四"}]})])
    picked = desk.journal.acts()[0]
    (row,) = (one["_id"] for one in desk.lists.document(ORG, record)["members"])
    give(desk, record, **{f"members/{row}/phone": "13955912345"})
    done = desk.journal.undo_act(picked.id)
    assert [one.path for one in done.left] == [f"members/{row}/phone"]
    assert [one["name"] for one in desk.lists.document(ORG, record)["members"]] == ["李四"]


def test_merging_deleting_restoring_and_bulk_edits_go_back(desk: Desk) -> None:
    first = new_organization(desk, "夕阳红艺术团", "张三")
    second = new_organization(desk, "夕阳虹艺术团", "李四")
    give(desk, second, leader_phone="13900000001")
    desk.records.merge(ORG, second, first)
    assert listed(desk) == [first]
    assert said(desk)[0] == "把“夕阳虹艺术团”合并到“夕阳红艺术团”"
    desk.journal.undo()
    assert set(listed(desk)) == {first, second}
    assert value(desk, first, "leader_phone") is None
    desk.records.delete(ORG, second, "重复登记")
    assert said(desk)[0] == "作废“夕阳虹艺术团”"
    desk.records.restore(ORG, second)
    assert said(desk)[0] == "恢复“夕阳虹艺术团”"
    desk.journal.undo()
    assert listed(desk) == [first]
    assert desk.lists.rows(ORG, desk.lists.keys(ORG, ListQuery(deleted=True)))[0].deleted == "重复登记"
    desk.journal.undo()
    assert set(listed(desk)) == {first, second}
    desk.bulk.edit(ORG, [JsonRecord(1, {"_id": one, "member_n": 99}) for one in (first, second)])
    assert said(desk)[0] == "修改 2 条（社区社会组织）"
    desk.journal.undo()
    assert [value(desk, one, "member_n") for one in (first, second)] == [12, 12]


def test_an_act_that_was_undone_is_picked_again_and_redone_and_every_act_but_typing_is_named(
    desk: Desk,
) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    assert desk.records.save(Edit(ORG, record, desk.records.place(VILLAGE).id, {"leader": "李四"})).act == 0
    act = desk.records.delete(ORG, record, "重复登记").act
    assert str(desk.journal.act(act).words) == "作废“定潭村老年协会”"
    desk.journal.undo_act(act)
    give(desk, new_organization(desk, "护河队", "方丽萍"), leader="王五")
    assert desk.journal.act(act).undone
    assert [str(one.words) for one in desk.journal.redo_act(act).acts] == ["作废“定潭村老年协会”"]
    assert record not in listed(desk)
    with pytest.raises(Refused, match="没有撤销过"):
        desk.journal.redo_act(act)


def test_a_batch_goes_by_its_name_and_what_was_changed_since_stays(desk: Desk) -> None:
    items = [JsonRecord(n, {"org_name": f"第{n}会"}) for n in (1, 2, 3)]
    stored = desk.bulk.add(ORG, items, VILLAGE, "orgs.jsonl")
    (batch,) = desk.journal.batches()
    assert (batch.batch, batch.register, batch.file) == (stored.batch, ORG, "orgs.jsonl")
    assert (batch.new, batch.changed, batch.undone, batch.by) == (3, 0, False, "汪文书")
    give(desk, stored.ids[1], leader="张三")
    done = desk.journal.undo_batch(stored.batch)
    assert [(one.record, one.label, one.value) for one in done.left] == [(stored.ids[1], "负责人", "张三")]
    assert listed(desk) == [stored.ids[1]]
    assert desk.journal.batches()[0].undone
    with pytest.raises(Refused, match="已经撤销过了"):
        desk.journal.undo_batch(stored.batch)
    desk.journal.redo()
    assert set(listed(desk)) == set(stored.ids)
    assert not desk.journal.batches()[0].undone
    with pytest.raises(UsageError, match="没有“20200101-1”这一批"):
        desk.journal.undo_batch("20200101-1")


def test_what_an_erasure_took_does_not_come_back(desk: Desk) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    give(desk, record, leader_phone="13900000001")
    give(desk, record, leader_phone="13900000002", member_n=20)
    desk.erasure.erase(ORG, record, "本人要求", ["leader_phone"])
    with pytest.raises(Refused, match="清除不能撤销"):
        desk.journal.undo()
    assert said(desk)[0] == "清除一条（社区社会组织）"
    done = desk.journal.undo_act(desk.journal.acts()[1].id)
    assert [str(one.words) for one in done.left] == ["“定潭村老年协会”的“负责人电话”已经清除，不能改回"]
    assert value(desk, record, "leader_phone") is None
    assert value(desk, record, "member_n") == 12


def test_an_erased_record_is_not_named_in_the_journal_and_stays_erased(desk: Desk) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    desk.records.delete(ORG, record, "解散")
    acts = desk.journal.acts()
    desk.erasure.erase(ORG, record, "本人要求")
    assert not [words for words in said(desk) if "老年协会" in words]
    for act in acts:
        desk.journal.undo_act(act.id)
    assert listed(desk) == []
    assert desk.lists.document(ORG, record)["org_name"] is None


def test_a_closed_entry_of_a_ledger_is_reversed_not_undone(desk: Desk) -> None:
    def one(register: str, **content: object) -> str:
        (record,) = desk.bulk.add(register, [JsonRecord(1, content)], VILLAGE).ids
        return record

    household = one("household", head_name="程某", group="1组")
    rule = one("point_rule", code="A1", kind="1", item="整洁", points=5, valid_from="2026-01-01")
    entry = one("point_ledger", household=household, rule=rule, happened_on="2026-11-01")
    with pytest.raises(Closed, match="记错了请冲正"):
        desk.journal.undo()
    desk.records.reverse("point_ledger", entry, "记错了户")
    with pytest.raises(Closed, match="记错了请冲正"):
        desk.journal.undo()
    assert len(listed(desk, "point_ledger")) == 2


def test_an_entry_whose_page_is_open_can_still_be_taken_back(desk: Desk) -> None:
    (household,) = desk.bulk.add(
        "household", [JsonRecord(1, {"head_name": "程某", "group": "1组"})], VILLAGE
    ).ids
    rule = {"code": "A1", "kind": "1", "item": "整洁", "points": 5, "valid_from": "2026-01-01"}
    (rule_id,) = desk.bulk.add("point_rule", [JsonRecord(1, rule)], VILLAGE).ids
    entry = desk.records.entry("point_ledger")
    type_into(desk, entry, household=household, rule=rule_id, happened_on="2026-11-01")
    with pytest.raises(Closed):
        desk.journal.undo()
    desk.journal.undo(page=entry.record)
    assert value(desk, entry.record, "happened_on", "point_ledger") != "2026-11-01"


def test_a_move_is_not_undone_and_nothing_before_it_by_accident(home: Path) -> None:
    desk = new_desk(home, VILLAGE, OTHER)
    entry = desk.records.entry(ORG, place=VILLAGE)
    type_into(desk, entry, org_name="定潭村老年协会", leader="张三")
    desk.erasure.move(ORG, entry.record, OTHER)
    with pytest.raises(Refused, match="请把这一条再转移一次"):
        desk.journal.undo(2)
    assert value(desk, entry.record, "leader") == "张三"
    desk.close()


def test_each_place_has_its_own_last_act(home: Path) -> None:
    desk = new_desk(home, VILLAGE, OTHER)
    records = {}
    for place in (VILLAGE, OTHER):
        entry = desk.records.entry(ORG, place=place)
        type_into(desk, entry, org_name="老年协会", leader="张三")
        records[place] = entry.record
    desk.journal.undo(place=VILLAGE)
    assert value(desk, records[VILLAGE], "leader") is None
    assert value(desk, records[OTHER], "leader") == "张三"
    assert len(desk.journal.acts(VILLAGE)) == 2 == len(desk.journal.acts(OTHER))
    assert len(desk.journal.acts()) == 4
    type_into(desk, desk.records.entry(ORG, records[OTHER]), leader="李四")
    desk.journal.redo(place=VILLAGE)  # what was done at the other place does not end redoing here
    assert value(desk, records[VILLAGE], "leader") == "张三"
    desk.close()


def as_person(home: Path, name: str) -> Desk:
    """Open the desk as somebody else who shares this computer."""
    desk = Desk.open(home, PASSPHRASE)
    desk._file.set("person", name)
    desk.close()
    return Desk.open(home, PASSPHRASE)


def test_two_persons_at_one_desk_do_not_undo_each_other(home: Path) -> None:
    desk = new_desk(home)
    record = new_organization(desk, "定潭村老年协会", "张三")
    batch = desk.bulk.add(ORG, [JsonRecord(1, {"org_name": "乙会"})], VILLAGE, "orgs.jsonl").batch
    number = desk.journal.acts()[0].id
    desk.close()
    desk = as_person(home, "李主任")
    assert desk.journal.acts() == ()
    with pytest.raises(Refused, match="没有可以撤销的了"):
        desk.journal.undo()
    for undo in (lambda: desk.journal.undo_act(number), lambda: desk.journal.undo_batch(batch)):
        with pytest.raises(Refused, match="请由本人撤销"):
            undo()
    give(desk, record, leader="王五")
    desk.close()
    desk = as_person(home, "汪文书")
    picked = next(act for act in desk.journal.acts() if "负责人" in str(act.words))
    done = desk.journal.undo_act(picked.id)
    assert [(one.by, one.value) for one in done.left] == [("李主任", "王五")]
    assert value(desk, record, "leader") == "王五"
    desk.close()


def test_after_ninety_days_an_act_is_no_longer_offered_and_its_ops_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = new_organization(desk, "定潭村老年协会", "张三")
    batch = desk.bulk.add(ORG, [JsonRecord(1, {"org_name": "乙会"})], VILLAGE, "orgs.jsonl").batch
    now = time.time_ns()
    monkeypatch.setattr("hsdesk.model.clock.time.time_ns", lambda: now + 89 * DAY_NS)
    give(desk, record, leader="李四")
    assert len(desk.journal.acts()) == 6
    monkeypatch.setattr("hsdesk.model.clock.time.time_ns", lambda: now + 91 * DAY_NS)
    assert said(desk) == ["修改“定潭村老年协会”的“负责人”"]
    with pytest.raises(UsageError):
        desk.journal.undo_batch(batch)
    give(desk, record, leader="王五")
    assert desk._file._connection.one("SELECT count(*) FROM hs_act")[0] == 2
    assert desk._file._connection.one("SELECT count(*) FROM hs_act_place")[0] == 2
    desk.journal.undo(5)
    assert value(desk, record, "leader") == "张三"
    assert len(desk.lists.history(ORG, record)) == 8


def test_an_undo_that_the_disk_refuses_leaves_everything_as_it_was(desk: Desk) -> None:
    give(desk, record := new_organization(desk, "定潭村老年协会", "张三"), leader="李四")
    core = desk._file._connection
    before = core.all("SELECT id, undone_by FROM hs_act")
    core.run("CREATE TRIGGER stop BEFORE INSERT ON hs_act BEGIN SELECT RAISE(ABORT, 'stop'); END")
    with pytest.raises(Exception, match="stop"):
        desk.journal.undo()
    with pytest.raises(Exception, match="stop"):
        give(desk, record, leader="王五")
    core.run("DROP TRIGGER stop")
    assert core.all("SELECT id, undone_by FROM hs_act") == before
    assert value(desk, record, "leader") == "李四"
    desk.journal.undo()
    assert value(desk, record, "leader") == "张三"
