"""The sync side of the desk file: the queue, receipts, pages, grants, conflicts, the reference stream."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk_forms import KEY, ORG, OTHER, PLACE, desk, save

from hsdesk.errors import Missing
from hsdesk.forms.codelists import list_body, shipped_list
from hsdesk.model.clock import milliseconds_of, wall_milliseconds
from hsdesk.model.conflict import Candidate, Conflict
from hsdesk.model.merge import part_digest
from hsdesk.store.desk_file import DeskFile
from hsdesk.store.edits import Edit
from hsdesk.wire.messages import (
    Cursor,
    Grant,
    OpResult,
    Page,
    Receipt,
    ReferenceHead,
    ReferenceItem,
    Row,
    Stamp,
)
from hsdesk.wire.reference import places_body, shipped_digest

HLC = wall_milliseconds() << 16
LI = Stamp(5, HLC, "device-b", "李四")


def row(record: str, rev: int, answers: dict[str, object], stamp: Stamp = LI, **others: Stamp) -> Row:
    return Row(record, "social_org", "1", rev, answers, stamp, others)  # type: ignore[arg-type]


def page(*rows: Row, after: int = 9, done: bool = True, scope: str = PLACE, **more: object) -> Page:
    return Page(scope, more.pop("cls", "common"), rows, more.pop("conflicts", ()), after, done)  # type: ignore[arg-type]


def ack(file: DeskFile, last: int, *results: OpResult) -> None:
    file.take_receipt(Receipt(file.device_id(), file.device_epoch(), last, "s1", results))


def test_ops_wait_until_a_receipt_covers_them(home: Path) -> None:
    with desk(home) as file:
        for n in range(5):
            save(file, "r1", members=n)
        assert [op.seq for op in file.pending_ops(3)] == [1, 2, 3]
        ack(file, 3)
        assert ([op.seq for op in file.pending_ops(10)], file.pending_count()) == ([4, 5], 2)
        ack(file, 2)  # a receipt that comes late takes nothing back
        assert file.pending_count() == 2
    with DeskFile.open(home, KEY) as file:
        assert file.pending_count() == 2
        save(file, "r1", members=9)
        assert file.pending_ops(10)[-1].seq == 6


def test_a_receipt_of_another_device_moves_nothing_here(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", members=1)
        file.take_receipt(Receipt("another", 1, 9, "s1"))
        assert file.pending_count() == 1


def test_an_op_that_was_refused_is_set_aside_with_its_reason_and_its_value_stays(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        save(file, "r2", name="乙")
        ack(file, 2, OpResult(1, "rejected", "没有权限"), OpResult(2, "merged"))
        assert (file.pending_count(), file.set_aside_count()) == (0, 1)
        (aside,) = file.set_aside()
        assert (aside.op.record, aside.reason) == ("r1", "没有权限")
        assert file.state(PLACE, "r1").answers == {"name": "甲"}
        file.clear_aside(aside.number)
        assert file.set_aside() == ()


def test_a_refused_answer_stays_typed_and_out_of_the_digest(home: Path) -> None:
    with desk(home) as file:
        file.take_grants((Grant(PLACE, "common", True),))
        file.apply_page(page(row("r1", 5, {"name": "甲", "members": 3})))
        save(file, "r1", members=4, leader="汪")
        save(file, "r1", members=5)
        save(file, "r1", leader="钱")
        save(file, "r2", name="整条被退")
        refused = [OpResult(seq, "rejected", "没有权限") for seq in (1, 2, 4)]
        ack(file, 4, *refused)
        assert file.state(PLACE, "r1").answers == {"name": "甲", "members": 5, "leader": "钱"}
        server = part_digest("r1", {"name": "甲", "members": 3, "leader": "钱"})
        assert file.digest(PLACE, "common") == server
        full = row("r1", 6, {"name": "甲", "members": 3, "leader": "钱"})
        file.reset_stream(PLACE, "common")
        file.apply_page(page(full))  # what the server held all along takes nothing away
        assert file.state(PLACE, "r1").answers["members"] == 5
        assert file.digest(PLACE, "common") == server
        file.apply_page(page(row("r1", 7, {"members": 8})))  # somebody else's later answer holds
        assert file.state(PLACE, "r1").answers["members"] == 8
        assert file.digest(PLACE, "common") == part_digest("r1", file.state(PLACE, "r1").answers)
        save(file, "r2", name="改好了")
        ack(file, 5)
        assert file.digest(PLACE, "common") == sum(
            part_digest(record, file.state(PLACE, record).answers) for record in ("r1", "r2")
        )


def test_a_server_restored_from_its_backup_is_offered_what_it_lost(home: Path) -> None:
    with desk(home) as file:
        for n in range(4):
            save(file, "r1", members=n)
        ack(file, 4, OpResult(4, "rejected", "太大"))
        assert file.reoffer(2) == 2
        assert [op.seq for op in file.pending_ops(9)] == [3, 4]
        assert file.set_aside() == ()
        assert file.reoffer(3) == 0


def test_a_page_makes_records_with_rows_search_and_digest(home: Path) -> None:
    with desk(home) as file:
        file.take_grants((Grant(PLACE, "common", True),))
        assert file.cursors() == (Cursor(PLACE, "common", 0, 0),)
        answers = {"name": "徽州民歌队", "members": 30, "kinds": ("1", "2"), "note": "演出多"}
        assert file.apply_page(page(row("r1", 7, answers), done=False))
        assert file.cursors() == (Cursor(PLACE, "common", 0, 9),)
        assert file.apply_page(page(after=12))
        assert file.cursors() == (Cursor(PLACE, "common", 12, 12, False),)
        assert file.query("social_org")[0].values == answers
        assert [found.record for found in file.search("hzmgd")] == ["r1"]
        assert file.digest(PLACE, "common") == part_digest("r1", answers)
        assert file.pending_count() == 0


def test_a_page_is_refused_while_an_op_waits_and_nothing_of_it_is_written(home: Path) -> None:
    with desk(home) as file:
        file.take_grants((Grant(PLACE, "common", True),))
        save(file, "r1", name="我写的")
        before = file.digest(PLACE, "common")
        assert not file.apply_page(page(row("r1", 7, {"name": "别人的"}), row("r2", 8, {"name": "新的"})))
        assert file.state(PLACE, "r1").answers == {"name": "我写的"}
        assert file.state(PLACE, "r2") is None
        assert file.digest(PLACE, "common") == before
        assert file.cursors()[0].after == 0
        ack(file, 1)
        assert file.apply_page(page(row("r1", 7, {"name": "别人的"})))
        assert file.state(PLACE, "r1").answers == {"name": "别人的"}


def test_a_row_names_only_what_changed_and_the_rest_stays(home: Path) -> None:
    with desk(home) as file:
        wang = Stamp(9, HLC + 9, "device-c", "王五")
        file.apply_page(page(row("r1", 5, {"name": "甲", "members": 3, "kinds": ("1",)})))
        file.apply_page(page(row("r1", 9, {"members": None, "leader": "汪"}, wang, leader=LI)))
        assert file.state(PLACE, "r1").answers == {"name": "甲", "kinds": ("1",), "leader": "汪"}
        assert file.digest(PLACE, "common") == part_digest("r1", file.state(PLACE, "r1").answers)
        versions = file.history(PLACE, "r1")
        assert [(v.person, v.received, sorted(c.path for c in v.changes)) for v in versions] == [
            ("李四", True, ["kinds", "members", "name"]),
            ("王五", True, ["members"]),
            ("李四", True, ["leader"]),
        ]
        assert versions[1].changes[0].old == 3


def test_what_an_op_had_seen_is_the_page_that_covered_its_record(home: Path) -> None:
    with desk(home) as file:
        file.take_grants((Grant(PLACE, "common", True),))
        file.apply_page(page(row("r1", 7, {"name": "甲"}), after=7, done=False))
        save(file, "r1", members=1)
        save(file, "r2", name="新")
        assert [op.base_rev for op in file.pending_ops(9)] == [7, 0]
        ack(file, 2)
        file.apply_page(page(after=20))
        save(file, "r2", members=1)
        assert file.pending_ops(9)[0].base_rev == 20


def test_another_server_epoch_makes_revisions_mean_nothing(home: Path) -> None:
    with desk(home) as file:
        file.begin_server_epoch("s1")
        file.take_grants((Grant(PLACE, "common", True),))
        file.apply_page(page(row("r1", 7, {"name": "甲"})))
        file.take_reference((), 7)
        file.begin_server_epoch("s1")
        assert (file.cursors()[0].since, file.reference_rev()) == (9, 7)
        file.begin_server_epoch("s2")
        assert file.cursors() == (Cursor(PLACE, "common", 0, 0, True),)
        save(file, "r1", members=1)
        assert file.pending_ops(9)[0].base_rev == 0
        assert (file.server_epoch(), file.reference_rev()) == ("s2", 0)


def test_a_stream_no_longer_granted_leaves_without_a_trace_but_own_ops(home: Path) -> None:
    with desk(home) as file:
        file.take_grants(
            (Grant(PLACE, "common", True), Grant(PLACE, "personal", False), Grant(OTHER, "common", True))
        )
        file.apply_page(page(row("r1", 7, {"name": "甲队"})))
        file.apply_page(page(row("r1", 3, {"phone": "13900000000"}), cls="personal"))
        file.apply_page(page(row("r1", 4, {"phone": "13912345678"}), cls="personal"))
        assert len(file.history(PLACE, "r1")) == 2
        file.apply_page(page(row("r9", 3, {"name": "乙队", "staff/a/staff_name": "钱"}), scope=OTHER))
        assert [found.record for found in file.search("13912345678")] == ["r1"]
        file.take_grants((Grant(PLACE, "common", False),))
        assert file.grants() == (Grant(PLACE, "common", False),)
        assert file.state(PLACE, "r1").answers == {"name": "甲队"}
        assert file.search("13912345678") == ()
        assert "phone" not in file.query("social_org")[0].values
        assert file.state(OTHER, "r9") is None
        assert [row.record for row in file.query("social_org")] == ["r1"]
        assert file._core.all('SELECT * FROM "social_org__staff"') == []
        assert [change.path for entry in file.history(PLACE, "r1") for change in entry.changes] == ["name"]
        assert (file.digest(OTHER, "common"), file.digest(PLACE, "personal")) == (0, 0)
        assert file.pending_count() == 0


def test_numbers_are_never_given_twice_after_a_stream_was_dropped(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        ack(file, 1)
        file.take_grants(())
        assert save(file, "r2", name="乙").last_seq == 2


def test_what_was_written_before_enrolling_is_not_asked_for_again(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        ack(file, 1)
        file.take_grants((Grant(PLACE, "common", True), Grant(PLACE, "party", True)))
        assert [(c.cls, c.full) for c in file.cursors()] == [("common", False), ("party", False)]
        file.reset_stream(PLACE, "common")
        assert file.cursors()[0] == Cursor(PLACE, "common", 0, 0, True)


def test_a_stream_dropped_and_granted_again_is_asked_for_whole(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        ack(file, 1)
        file.take_grants((Grant(PLACE, "common", True),))
        file.take_grants(())
        assert file.state(PLACE, "r1") is None
        file.take_grants((Grant(PLACE, "common", True),))
        assert file.cursors() == (Cursor(PLACE, "common", 0, 0, True),)


def test_what_was_typed_where_nothing_was_ever_granted_stays(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        ack(file, 1)
        file.take_grants((Grant("22222222-2222-5222-8222-222222222222", "common", True),))
        assert file.state(PLACE, "r1") is not None


def conflict(rev: int, *, still_open: bool = True) -> Conflict:
    mine, other = Candidate("我", "张三", "a", HLC), Candidate("他", "李四", "b", HLC + 1)
    return Conflict("c1", PLACE, "common", "social_org", "r1", "leader", None, (other, mine), rev, still_open)


def test_a_conflict_keeps_every_value_and_is_settled_by_an_op(home: Path) -> None:
    with desk(home) as file:
        file.apply_page(page(row("r1", 7, {"leader": "他"}), conflicts=(conflict(7),)))
        (found,) = file.conflicts()
        assert [candidate.value for candidate in found.candidates] == ["他", "我"]
        done = file.commit(Edit(PLACE, "social_org", "r1", {"leader": "他"}, "张三", resolves="c1"))
        assert done.conflicts
        (op,) = file.pending_ops(9)
        assert (op.resolves, op.answers) == ("c1", {"leader": "他"})
        assert file.conflicts() == ()
        assert file.conflicts(open_only=False)[0].settled_by == "张三"
        ack(file, 1)
        file.apply_page(page(conflicts=(conflict(9, still_open=False),)))
        assert file.conflicts(open_only=False, record="r1")[0].rev == 9
        with pytest.raises(Missing, match="可能已由别人处理"):
            file.commit(Edit(PLACE, "social_org", "r1", {"leader": "我"}, "张三", resolves="c9"))


def test_records_of_a_form_that_is_not_here_yet_wait_for_it(home: Path) -> None:
    with desk(home) as file:
        new = msgspec.structs.replace(ORG, form_id="new_form")
        file.apply_page(page(Row("n1", "new_form", "1", 7, {"name": "新表的记录"}, LI)))
        assert file.state(PLACE, "n1").answers == {"name": "新表的记录"}
        assert file.search("新表") == ()
        file.install_form(new)
        assert file.query("new_form")[0].title == "新表的记录"
        assert [found.record for found in file.search("新表")] == ["n1"]


def test_the_reference_stream_installs_forms_before_data(home: Path) -> None:
    with desk(home) as file:
        form = msgspec.structs.replace(ORG, form_id="people", version="3")
        heads = (
            ReferenceHead("form", "people", "3", "d1"),
            ReferenceHead("form", "social_org", "1", "other digest"),
            ReferenceHead("codelist", "gender", "1", "d2"),
            ReferenceHead("codelist", "yesno", "2", shipped_digest("codelist", "yesno")),
            ReferenceHead("place", "places", "2", shipped_digest("place", "places")),
        )
        assert file.missing_reference(heads) == (heads[0], *heads[2:])  # what the city says is kept as said
        items = (
            ReferenceItem(heads[0], msgspec.json.encode(form)),
            ReferenceItem(heads[2], b'[{"name":"1","label":"\xe7\x94\xb7\xe6\x80\xa7"}]'),
            ReferenceItem(heads[3], list_body(shipped_list("yesno") or ())),
            ReferenceItem(heads[4], places_body(())),
        )
        file.take_reference(items, 4)
        assert file.missing_reference(heads) == ()
        assert file.reference_rev() == 4
        assert file.standing("2026-11-24").lists.labels("gender") == {"1": "男性"}
        assert file.form("people").version == "3"


def test_the_clock_follows_what_was_heard_and_survives_a_restart(home: Path) -> None:
    ahead = (wall_milliseconds() + 120_000) << 16
    with desk(home) as file:
        file.apply_page(page(row("r1", 7, {"name": "甲"}, Stamp(7, ahead, "b", "李四"))))
    with DeskFile.open(home, KEY) as file:
        save(file, "r1", members=1)
        assert file.pending_ops(1)[0].hlc > ahead
        crazy = (wall_milliseconds() + 10 * 365 * 86_400_000) << 16
        ack(file, 1)
        file.apply_page(page(row("r1", 8, {"name": "乙"}, Stamp(8, crazy, "b", "李四"))))
        save(file, "r1", members=2)
        assert milliseconds_of(file.pending_ops(1)[0].hlc) < wall_milliseconds() + 400_000


def test_a_copied_disk_counts_under_an_epoch_of_its_own(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        save(file, "r1", name="乙")
        epoch = file.begin_device_epoch()
        assert epoch > 1
        save(file, "r1", name="丙")
        assert [(op.epoch, op.seq) for op in file.pending_ops(9)] == [(1, 1), (1, 2)]
        file.take_receipt(Receipt(file.device_id(), 1, 2, "s1"))
        assert [(op.epoch, op.seq) for op in file.pending_ops(9)] == [(epoch, 1)]
        assert file.begin_device_epoch() > epoch
