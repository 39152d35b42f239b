"""One desk file: what is saved is there, in its op, its state, its register row, its history."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import KEY, ORG, OTHER, PLACE, desk, save, text

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.history import state_at
from hsdesk.errors import Corrupt, DataError, FormError, Locked, Missing, Refused
from hsdesk.forms.schema import Extension, Form, Question, Repeat
from hsdesk.model.answer import SetDelta
from hsdesk.records.edits import Draft, Edit
from hsdesk.records.op import Seen
from hsdesk.registers.query import Predicate, Query


def test_what_was_saved_is_there_after_reopening(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="徽州民歌队", members=12, funds=3.5, kinds=("3", "1"))
    with DeskFile.open(home, KEY) as file:
        state = file.state(PLACE, "r1")
        assert state is not None
        assert state.answers == {"name": "徽州民歌队", "members": 12, "funds": 3.5, "kinds": ("1", "3")}
        (row,) = file.query("social_org")
        assert row.title == "徽州民歌队"
        assert row.values == state.answers


def test_nothing_readable_lies_on_the_disk(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="徽州民歌队")
        file.put_draft(Draft(PLACE, "social_org", "r1", "leader", "汪秀英草稿"))
        on_disk = b"".join(path.read_bytes() for path in home.iterdir())
    for secret in ("徽州民歌队", "汪秀英草稿", "social_org", "hs_part", PLACE):
        assert secret.encode() not in on_disk


def test_one_edit_makes_one_op_per_class_with_dense_numbers(home: Path) -> None:
    with desk(home) as file:
        done = save(file, "r1", name="老年协会", phone="13800000001", **{"staff/a/id_number": "x"})
        assert (done.ops, done.last_seq) == (2, 2)
        common, personal = file.pending_ops(10)
        assert (common.seq, common.cls, common.answers) == (1, "common", {"name": "老年协会"})
        assert personal.cls == "personal"
        assert personal.answers == {"phone": "13800000001", "staff/a/id_number": "x"}
        assert personal.hlc > common.hlc
        assert (common.device, common.epoch, common.seen) == (file.device_id(), 1, Seen())
        assert file.state(PLACE, "r1").classes == ("common", "personal")


def test_an_edit_that_changes_nothing_is_no_op(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="老年协会", members=3, kinds=("1",))
        again = save(file, "r1", name="老年协会", members=3, kinds=("1",), leader=None)
        assert (again.ops, again.records) == (0, ())
        assert file.pending_count() == 1


def test_an_empty_record_is_a_record_all_the_same(home: Path) -> None:
    with desk(home) as file:
        assert save(file, "r1").ops == 1
        assert file.count("social_org") == 1


def test_sets_travel_as_what_was_added_and_removed(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", kinds=("1", "2"))
        save(file, "r1", kinds=("2", "3"))
        save(file, "r1", kinds=SetDelta(add=("9",)))
        save(file, "r1", kinds=None)
        written = [op.answers["kinds"] for op in file.pending_ops(10)]
        assert written == [
            SetDelta(add=("1", "2")),
            SetDelta(add=("3",), remove=("1",)),
            SetDelta(add=("9",)),
            SetDelta(remove=("2", "3", "9")),
        ]
        assert "kinds" not in file.state(PLACE, "r1").answers


def test_a_roster_lies_in_its_own_tables_in_order(home: Path) -> None:
    with desk(home) as file:
        save(
            file,
            "r1",
            **{
                "staff/b/staff_name": "李四", "staff/b/_pos": "n",
                "staff/a/staff_name": "张三", "staff/a/_pos": "h",
                "staff/a/posts/p/post": "会长", "staff/a/posts/p/_pos": "a",
            },
        )  # fmt: skip
        core = file._connection
        rows = core.all('SELECT _row, staff_name FROM "social_org__staff" ORDER BY _pos')
        assert rows == [("a", "张三"), ("b", "李四")]
        assert core.all('SELECT _parent, _row, post FROM "social_org__staff__posts"') == [("a", "p", "会长")]
        save(file, "r1", **{"staff/a/_deleted": "离职"})
        assert core.all('SELECT _row FROM "social_org__staff"') == [("b",)]
        assert core.all('SELECT * FROM "social_org__staff__posts"') == []


def test_the_register_holds_effective_values_and_the_state_keeps_the_last_ones(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", members=20, note="人多")
        assert file.query("social_org")[0].values["note"] == "人多"
        save(file, "r1", members=2)
        assert "note" not in file.query("social_org")[0].values
        assert file.state(PLACE, "r1").answers["note"] == "人多"
        save(file, "r1", members=20)
        assert file.query("social_org")[0].values["note"] == "人多"


def test_a_deleted_record_leaves_the_list_and_comes_back(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="老年协会")
        save(file, "r1", _deleted="重复登记")
        assert file.query("social_org") == ()
        assert file.query("social_org", Query(deleted=True))[0].deleted == "重复登记"
        assert file.search("老年") == ()
        save(file, "r1", _deleted=None)
        assert file.count("social_org") == 1


def test_history_names_old_and_new_and_restores_any_version(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="老年协会", members=3)
        save(file, "r1", members=4, kinds=("1",))
        save(file, "r1", members=None, _deleted="撤销")
        versions = file.history(PLACE, "r1")
        assert [entry.version for entry in versions] == [1, 2, 3]
        assert {(c.path, c.old, c.new) for c in versions[2].changes} == {
            ("members", 4, None),
            ("_deleted", None, "撤销"),
        }
        assert versions[1].person == "张三"
        assert state_at(versions, 1) == {"name": "老年协会", "members": 3}
        assert state_at(versions, 2) == {"name": "老年协会", "members": 4, "kinds": ("1",)}
        assert state_at(versions, 3) == file.state(PLACE, "r1").answers


def test_drafts_are_no_ops_and_go_when_their_cell_is_saved(home: Path) -> None:
    with desk(home) as file:
        for typed in ("约", "约3", "约30"):
            file.put_draft(
                Draft(PLACE, "social_org", "r1", "members", typed, len(typed), "2026-11-22T10:00:00")
            )
        file.put_draft(Draft(PLACE, "social_org", "r1", "name", "老年", 2, "2026-11-22T10:00:01"))
        assert file.pending_count() == 0
        assert [draft.text for draft in file.all_drafts()] == ["老年", "约30"]
        save(file, "r1", name="老年协会")
        (left,) = file.drafts(PLACE, "r1")
        assert (left.path, left.text, left.caret) == ("members", "约30", 3)
        file.drop_draft(PLACE, "r1", "members")
        assert file.draft_count() == 0


def test_many_edits_are_one_transaction(home: Path) -> None:
    with desk(home) as file:
        edits = [Edit(PLACE, "social_org", f"r{n}", {"name": f"第{n}队"}, "张三") for n in range(50)]
        bad = Edit(PLACE, "no_such_form", "x", {"a": 1}, "张三")
        with pytest.raises(Missing):
            file.commit_many([*edits, bad])
        assert (file.count("social_org"), file.pending_count()) == (0, 0)
        done = file.commit_many([*edits, Edit(PLACE, "social_org", "r0", {"members": 7}, "张三")])
        assert (done.ops, len(done.created), len(done.records)) == (51, 50, 50)
        assert file.state(PLACE, "r0").answers == {"name": "第0队", "members": 7}


def test_a_second_window_is_told_in_plain_words(home: Path) -> None:
    with desk(home), pytest.raises(Locked, match="已经打开了一个窗口"):
        DeskFile.open(home, KEY)
    DeskFile.open(home, KEY).close()


def test_a_desk_is_not_made_over_another_and_a_missing_one_is_said_to_be_missing(home: Path) -> None:
    with pytest.raises(Missing):
        DeskFile.open(home, KEY)
    desk(home).close()
    with pytest.raises(Refused):
        DeskFile.create(home, KEY)


def test_the_wrong_key_opens_nothing(home: Path) -> None:
    desk(home).close()
    with pytest.raises(Corrupt):
        DeskFile.open(home, bytes(32))
    DeskFile.open(home, KEY).close()


def test_settings_are_kept(home: Path) -> None:
    with desk(home) as file:
        file.set("server", "https://10.0.0.1")
        file.set("server", "https://10.0.0.2")
        assert (file.get("server"), file.get("nothing", "x")) == ("https://10.0.0.2", "x")


def test_the_same_record_id_in_two_places_is_two_records(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        save(file, "r1", scope=OTHER, name="乙")
        assert file.state(OTHER, "r1").answers == {"name": "乙"}
        assert [row.title for row in file.query("social_org", Query(scopes=(PLACE,)))] == ["甲"]
        assert set(file.scopes_of("r1")) == {PLACE, OTHER}


# --- forms


def test_a_new_version_strands_nothing(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="老年协会", leader="汪秀英", members=3, kinds=("1",), _abc="旧话")
        newer = msgspec.structs.replace(
            ORG,
            version="2",
            children=(
                ORG.children[0],
                Question("members", "members", "decimal", "decimal"),
                Question("kinds", "kinds", "select_multiple", "select"),
                text("slogan"),
            ),
        )
        assert file.install_form(newer)
        assert not file.install_form(newer)
        (row,) = file.query("social_org")
        assert row.values == {"name": "老年协会", "members": 3.0, "kinds": ("1",)}
        assert row.more == {"leader": "汪秀英", "_abc": "旧话"}
        save(file, "r1", slogan="老有所为")
        assert file.state(PLACE, "r1").answers["leader"] == "汪秀英"
        assert file.pending_ops(9)[-1].version == "2"
        assert file.install_form(ORG)
        assert file.query("social_org")[0].values["leader"] == "汪秀英"


def test_a_renamed_answer_is_found_under_its_new_name(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", leader="汪秀英", **{"staff/a/staff_name": "李四"})
        children = (
            ORG.children[0],
            text("head", hs=Extension(was=("chief", "leader"))),
            Repeat("staff", "staff", (text("full_name", hs=Extension(was=("staff_name",))),)),
        )
        file.install_form(msgspec.structs.replace(ORG, version="2", children=children))
        (row,) = file.query("social_org")
        assert (row.values, row.more) == ({"head": "汪秀英"}, {})
        assert file.state(PLACE, "r1").answers == {"head": "汪秀英", "staff/a/full_name": "李四"}
        assert file._connection.all('SELECT full_name FROM "social_org__staff"') == [("李四",)]
        save(file, "r1", head="钱枫")
        assert file.query("social_org")[0].values == {"head": "钱枫"}
        save(file, "r1", head=None)
        assert file.query("social_org")[0].values == {}
        assert "head" not in file.state(PLACE, "r1").answers


def test_answers_no_form_knows_yet_are_kept(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="老年协会", tomorrow="?", **{"club/1/name": "x"})
        (row,) = file.query("social_org")
        assert row.more == {"tomorrow": "?", "club/1/name": "x"}


def test_a_form_cannot_take_the_name_of_our_own_tables(home: Path) -> None:
    with desk(home) as file:
        for name in ("hs_op", "sqlite_master", "_x"):
            with pytest.raises(FormError):
                file.install_form(Form(name, "1", "x"))
        assert [form.form_id for form in file.all_forms()] == ["social_org"]


def test_answers_named_alike_but_for_case_have_columns_of_their_own(home: Path) -> None:
    long = "很长的栏目名称" * 5
    form = Form(
        "odd",
        "1",
        "怪",
        children=(text("Name"), text("name"), text("_n1"), text(long + "甲"), text(long + "乙")),
    )
    answers = {"Name": "A", "name": "b", "_n1": "c", long + "甲": "d", long + "乙": "e"}
    with desk(home, form) as file:
        file.commit(Edit(PLACE, "odd", "r1", answers, "张三"))
        assert file.query("odd")[0].values == answers


def test_rows_and_search_can_be_made_again_from_the_parts(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="老年协会", members=3, **{"staff/a/staff_name": "李四"})
        save(file, "r2", name="民歌队")
        before = file.query("social_org")
        file._connection.run('DELETE FROM "social_org"')
        file._connection.run("DELETE FROM hs_search")
        file._connection.run("UPDATE hs_meta SET value = 'old rules' WHERE key = 'rows'")
    with DeskFile.open(home, KEY) as file:
        assert file.query("social_org") == before
        assert [hit.record for hit in file.search("mgd")] == ["r2"]
        save(file, "r2", name="红白理事会")
        assert file.search("民歌") == ()
        assert file.problems() == ()
        file.rebuild()
        assert [hit.record for hit in file.search("hongbai")] == ["r2"]


# --- lists


def test_lists_sort_by_pinyin_and_by_number_with_empty_ones_last(home: Path) -> None:
    with desk(home) as file:
        for record, name, members in (
            ("1", "张三", 5),
            ("2", "阿宝", 30),
            ("3", "李四", None),
            ("4", "曾五", 4),
        ):
            save(file, record, name=name, members=members)
        titles = [row.title for row in file.query("social_org")]
        assert titles == ["阿宝", "李四", "曾五", "张三"]
        by_size = Query(order="members", descending=True)
        assert [row.title for row in file.query("social_org", by_size)] == ["阿宝", "张三", "曾五", "李四"]
        backwards = Query(order="name", descending=True)
        assert [row.title for row in file.query("social_org", backwards)] == ["张三", "曾五", "李四", "阿宝"]
        with pytest.raises(DataError, match="没有栏目"):
            file.keys("social_org", Query(order="nothing"))


def test_windows_of_rows_follow_their_keys(home: Path) -> None:
    with desk(home) as file:
        file.commit_many(
            Edit(PLACE, "social_org", f"r{n:04}", {"name": f"{n:04}", "members": n}, "张三")
            for n in range(1200)
        )
        keys = file.keys("social_org", Query(order="members", where=Predicate('t."members" >= ?', (100,))))
        assert len(keys) == 1100
        assert [row.values["members"] for row in file.rows_by_key("social_org", keys[600:728])] == list(
            range(700, 828)
        )
        assert file.count("social_org", Query(where=Predicate('t."members" < ?', (10,)))) == 10
        odd = Query(keep=lambda values: bool(int(values["members"]) % 2), limit=3, offset=1, order="members")
        assert [row.values["members"] for row in file.query("social_org", odd)] == [3, 5, 7]
        assert file.count("social_org", odd) == 600
        assert file.identities("social_org", keys[:2]) == [(PLACE, "r0100"), (PLACE, "r0101")]
