"""What comes in by data is read by the one reader; one bad value never costs another line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk_world import VILLAGE, new_desk
from tables import form_of

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import Draft, Edit, ListQuery
from hsdesk.errors import DataError
from hsdesk.model.answer import Value

COUNTED = form_of(
    """
| survey | | | | | | |
| | type | name | label | repeat_count | calculation |
| | integer | k | 份数 | | |
| | begin_repeat | r | 单据 | ${k} | |
| | text | x | 号 | | |
| | end_repeat | | | | |
| | begin_repeat | free | 备注行 | | |
| | text | y | 内容 | | |
| | end_repeat | | | | |
""",
    """
| settings | | | |
| | form_title | form_id | version |
| | 份数 | counted | 1 |
""",
)
BAD: list[tuple[str, str, object, str]] = [
    ("social_org", "category", "zz", "选项里没有“zz”"),
    ("social_org", "member_n", "3,5", "小数点请用"),
    ("social_org", "member_n", 20000000000000000000, "最多15位"),
    ("social_org", "member_n", 10**400, "最多15位"),
    ("social_org", "member_n", 1e300, "最多15位"),
    ("social_org", "founded_on", "0001-01-01", "年份太早"),
    ("social_org", "founded_on", "2026-W10-1", "写完整的年月日"),
    ("social_org", "org_name", "张\ud83d", "半个字符"),
    ("social_org", "fund_source", ["1", "zz"], "选项里没有“zz”"),
    ("social_org", "栏\ud83d目", "x", "没有“栏�目”这个栏目"),
    ("vol_activity", "start_at", "0001-01-01 09:00", "年份太早"),
    ("pledge", "due_on", "0001-01-01", "年份太早"),
    ("party_org", "last_election", "0001-01-01", "年份太早"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(new_desk(tmp_path / "home")) as desk:
        yield desk


@pytest.mark.parametrize(("form", "field", "value", "said"), BAD, ids=[f"{b[1]} {b[3]}" for b in BAD])
def test_one_bad_value_rejects_its_line_in_words_and_the_other_lines_go_in(
    desk: Desk, form: str, field: str, value: object, said: str
) -> None:
    stored = desk.bulk.add(
        form, [JsonRecord(1, {}), JsonRecord(2, {field: value}), JsonRecord(3, {})], VILLAGE
    )
    assert len(stored.ids) == 2
    ((line, reason),) = [(one.line, one.reason) for one in stored.rejected]
    assert line == 2
    assert said in reason
    edited = desk.bulk.edit(form, [JsonRecord(1, {"_id": stored.ids[0], field: value})])
    assert said in edited.rejected[0].reason
    assert edited.ids == ()


def test_control_characters_are_cleaned_on_their_way_in(desk: Desk) -> None:
    stored = desk.bulk.add("social_org", [JsonRecord(1, {"org_name": "老\x1b年\x07协\x00会\ufffe"})], VILLAGE)
    assert desk.lists.document("social_org", stored.ids[0])["org_name"] == "老年协会"
    entry = desk.records.entry("social_org", stored.ids[0])
    changes = entry.session.enter("leader", "汪\x1b某\r\n")
    assert changes.answers == {"leader": "汪某"}


def test_half_a_character_never_reaches_the_file(desk: Desk) -> None:
    (record,) = desk.bulk.add("social_org", [JsonRecord(1, {"org_name": "协会"})], VILLAGE).ids
    entry = desk.records.entry("social_org", record)
    with pytest.raises(DataError, match="半个字符"):
        entry.session.enter("leader", "汪\ud83d")
    desk.records.save_draft(Draft(entry.scope, "social_org", record, "leader", "汪\ud83d", 2))
    assert [draft.text for draft in desk.records.drafts()] == ["汪\ufffd"]
    assert desk.lists.find("汪\ud83d") == ()
    found = desk.lists.keys("social_org", ListQuery(search="协\ud83d", where="org_name != '\ud83d'"))
    assert [key.record for key in found] == [record]
    desk.records.delete("social_org", record, "重复\ud83d\x07")
    assert desk.lists.document("social_org", record)["_deleted"] == "重复\ufffd"


def test_a_number_of_identity_is_kept_in_one_form_whatever_the_spelling(desk: Desk) -> None:
    given = {"name": "汪某", "id_no": "３４１０２１ 19650212 001x", "phone": "+86 138-0000-0001"}
    (record,) = desk.bulk.add("grid_staff", [JsonRecord(1, given)], VILLAGE).ids
    kept = desk.lists.document("grid_staff", record)
    assert (kept["id_no"], kept["phone"]) == ("34102119650212001X", "13800000001")


def test_a_counted_roster_takes_the_rows_that_list_prints(desk: Desk) -> None:
    desk.file.install(COUNTED)
    rows: list[object] = [{"x": "一"}, {"_id": "0192", "x": "二"}, {"x": "三"}]
    given = {"r": rows, "k": 3, "free": [{"_id": "a", "y": "甲"}, {"y": "乙"}]}
    (record,) = desk.bulk.add("counted", [JsonRecord(1, given)], VILLAGE).ids
    printed = desk.lists.document("counted", record)
    assert [row["x"] for row in printed["r"]] == ["一", "二", "三"]
    assert [row["y"] for row in printed["free"]] == ["甲", "乙"]
    (again,) = desk.bulk.add("counted", [JsonRecord(1, printed)], VILLAGE).ids
    copied = desk.lists.document("counted", again)
    assert [row["x"] for row in copied["r"]] == ["一", "二", "三"]
    assert copied["free"] == printed["free"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"k": 1, "r": [{"x": "一"}, {"x": "二"}]}, "给的行数比它多"),
        ({"free": [{"_id": "a/b", "y": "甲"}]}, "_id“a/b”不对"),
        ({"free": [{"_id": "\ud83d", "y": "甲"}]}, "不对"),
        ({"free": {"y": "甲"}}, "要写成一组记录"),
    ],
)
def test_rows_that_have_no_place_are_refused_and_not_lost_in_silence(
    desk: Desk, given: dict[str, object], said: str
) -> None:
    desk.file.install(COUNTED)
    stored = desk.bulk.add("counted", [JsonRecord(1, given)], VILLAGE)
    assert stored.ids == ()
    assert said in stored.rejected[0].reason


def test_what_came_over_the_wire_stays_as_it_is_and_is_a_finding(desk: Desk) -> None:
    scope, record = desk.records.place(VILLAGE).id, "0192aaaa-0000-7000-8000-000000000001"
    came: dict[str, Value] = {
        "org_name": "协会",
        "category": "zz",
        "fund_source": ("1", "zz"),
        "founded_on": "0001-01-01",
        "leader_phone": "+86 138-0000-0001",
        "member_n": 2**60,
    }
    desk.records.save(Edit("social_org", record, scope, came))
    printed = desk.lists.document("social_org", record)
    assert {key: printed[key] for key in came} == {**came, "fund_source": ["1", "zz"]}
    assert {one.path for one in desk.reports.findings("social_org")} >= {"category", "fund_source"}
    edited = desk.bulk.edit("social_org", [JsonRecord(1, {**printed, "leader": "汪某"})])
    assert edited.rejected == ()
    assert desk.lists.document("social_org", record) == {**printed, "leader": "汪某"}
    assert [one.path for one in desk.lists.history("social_org", record)[-1].answers] == ["leader"]


def test_an_old_spelling_stays_in_the_history_when_the_answer_is_written_again(desk: Desk) -> None:
    scope, record = desk.records.place(VILLAGE).id, "0192aaaa-0000-7000-8000-000000000002"
    desk.records.save(
        Edit("social_org", record, scope, {"org_name": "协会", "leader_phone": "+86 138-0000-0001"})
    )
    entry = desk.records.entry("social_org", record)
    edit = entry.edit(entry.session.enter("leader_phone", "+86 138 0000 0001"))
    assert edit is not None
    desk.records.save(edit)
    (change,) = desk.lists.history("social_org", record)[-1].answers
    assert (change.old, change.new) == ("+86 138-0000-0001", "13800000001")
