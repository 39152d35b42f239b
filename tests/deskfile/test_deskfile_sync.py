"""The sync side of the desk file: the queue, receipts, pages, grants, conflicts, the reference stream."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from city_words import EPOCH, HLC, LI, ack, granted, page, row, take
from deskfile_forms import KEY, ORG, OTHER, PLACE, desk, save
from sync_world import receipt_for

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import Missing
from hsdesk.forms.codelists import list_body, shipped_list
from hsdesk.model.clock import milliseconds_of, wall_milliseconds
from hsdesk.records.conflict import Candidate, Conflict
from hsdesk.records.edits import Edit
from hsdesk.records.op import Seen
from hsdesk.records.parts import part_digest
from hsdesk.wire.messages import (
    Cursor,
    Grant,
    OpResult,
    ReferenceHead,
    ReferenceItem,
    Row,
    Stamp,
    Told,
)
from hsdesk.wire.reference import places_body, shipped_digest


def test_a_page_makes_records_with_rows_search_and_digest(home: Path) -> None:
    with desk(home) as file:
        file.take_grants((Grant(PLACE, "common", True),))
        assert file.cursors() == (Cursor(PLACE, "common", 0, 0),)
        answers = {"name": "徽州民歌队", "members": 30, "kinds": ("1", "2"), "note": "演出多"}
        assert take(file, page(row("r1", 7, answers), done=False))
        assert file.cursors() == (Cursor(PLACE, "common", 0, 9),)
        assert take(file, page(after=12))
        assert file.cursors() == (Cursor(PLACE, "common", 12, 12, False),)
        assert file.query("social_org")[0].values == answers
        assert [found.record for found in file.search("hzmgd")] == ["r1"]
        assert file.digest(PLACE, "common") == part_digest("r1", answers)
        assert file.pending_count() == 0


def test_a_page_is_taken_while_ops_wait_and_they_stay_on_top(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        save(file, "r1", name="我写的")
        take(file, page(row("r1", 7, {"name": "别人的", "leader": "汪"}), row("r2", 8, {"name": "新的"})))
        assert file.state(PLACE, "r1").answers == {"name": "我写的", "leader": "汪"}
        assert file.state(PLACE, "r2").answers == {"name": "新的"}
        assert file.query("social_org")[0].values["leader"] == "汪"
        assert file.cursors()[0].after == 9
        assert file.pending_count() == 1, "pages let no op leave"
        told = Row("r1", "social_org", "1", 9, {"name": "别人的"}, LI)
        lost = msgspec.structs.replace(receipt_for(file, 1), told=(Told(PLACE, "common", (told,)),))
        file.take_receipt(lost)
        assert file.state(PLACE, "r1").answers == {"name": "别人的", "leader": "汪"}


def test_a_digest_that_differs_is_told_whatever_waits_or_was_rejected(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        save(file, "r2", name="被退的")
        ack(file, 1, OpResult(1, "rejected", "没有权限"))
        save(file, "r1", name="还没上报")
        told = page(row("r3", 7, {"name": "丙"}), digest=part_digest("r3", {"name": "丙"}))
        assert take(file, told).compared == ((PLACE, "common", 0),)
        differing = page(after=12, since=9, frm=9, digest=1)
        ((_scope, _cls, gap),) = take(file, differing).compared
        assert gap != 0


def test_words_of_the_city_come_in_any_order_and_twice(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        new, old = (
            page(row("r1", 7, {"name": "新"}, Stamp(7, HLC, "b", "李四"))),
            page(row("r1", 5, {"name": "旧"})),
        )
        for told in (new, old, new, old):
            take(file, told)
        assert file.state(PLACE, "r1").answers == {"name": "新"}


def test_the_cursor_moves_only_where_a_page_joins_what_was_read(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        take(file, page(row("r1", 7, {"name": "远"}), after=9, since=5, frm=5))
        assert file.state(PLACE, "r1").answers == {"name": "远"}, "its rows are taken all the same"
        assert (file.cursors()[0].since, file.cursors()[0].after) == (0, 0)
        take(file, page(after=3, done=False))
        take(file, page(after=9, frm=3))
        assert (file.cursors()[0].since, file.cursors()[0].after) == (9, 9)
        take(file, page(after=7))
        assert file.cursors()[0].after == 9, "an old page moves nothing back"


def test_a_row_names_only_what_changed_and_the_rest_stays(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        wang = Stamp(9, HLC + 9, "device-c", "王五")
        take(file, page(row("r1", 5, {"name": "甲", "members": 3, "kinds": ("1",)})))
        take(file, page(row("r1", 9, {"members": None, "leader": "汪"}, wang, leader=LI)))
        assert file.state(PLACE, "r1").answers == {"name": "甲", "kinds": ("1",), "leader": "汪"}
        assert file.digest(PLACE, "common") == part_digest("r1", file.state(PLACE, "r1").answers)
        versions = file.history(PLACE, "r1")
        assert [(v.person, v.received, sorted(c.path for c in v.changes)) for v in versions] == [
            ("李四", True, ["kinds", "members", "name"]),
            ("王五", True, ["members"]),
            ("李四", True, ["leader"]),
        ]
        assert versions[1].changes[0].old == 3


def test_an_op_says_path_by_path_what_stood_on_the_screen(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        take(file, page(row("r1", 7, {"name": "甲", "members": 2}, LI, members=Stamp(7, HLC, "b", "王"))))
        screen = file.screen(PLACE, "r1")
        assert {path: seen.rev for path, seen in screen.seen.items()} == {"name": 5, "members": 7}
        take(file, page(row("r1", 9, {"members": 9}, Stamp(9, HLC, "b", "王")), since=9, frm=9, after=12))
        file.commit(Edit(PLACE, "social_org", "r1", {"members": 1, "leader": "汪"}, "张三", screen=screen))
        (op,) = file.pending_ops(9)
        assert (op.seen_of("members"), op.seen_of("leader")) == (Seen(7), Seen())
        save(file, "r1", members=4)
        assert file.pending_ops(9)[1].seen_of("members") == Seen(7, 1, 1), "what the own op below had seen"


def test_what_was_seen_of_another_place_or_server_epoch_counts_as_not_seen(home: Path) -> None:
    with desk(home) as file:
        file.meet(EPOCH, (0, b""))
        granted(file)
        take(file, page(row("r1", 7, {"name": "甲"})))
        screen = file.screen(PLACE, "r1")
        file.meet("s2", (0, b""))
        file.commit(Edit(PLACE, "social_org", "r1", {"name": "乙"}, "张三", screen=screen))
        assert file.pending_ops(1)[0].seen_of("name") == Seen()


def test_a_deletion_names_what_stood_on_the_screen(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        take(file, page(row("r1", 7, {"name": "甲", "leader": "汪", "phone": "1"})))
        save(file, "r1", _deleted="误填")
        (op,) = file.pending_ops(9)
        assert {path: op.seen_of(path).rev for path in ("name", "leader", "note")} == {
            "name": 5,
            "leader": 5,
            "note": 0,
        }


def test_another_server_epoch_makes_revisions_mean_nothing(home: Path) -> None:
    with desk(home) as file:
        file.meet(EPOCH, (0, b""))
        file.take_grants((Grant(PLACE, "common", True),))
        take(file, page(row("r1", 7, {"name": "甲"})))
        file.take_reference((), 7)
        file.meet(EPOCH, (0, b""))
        assert (file.cursors()[0].since, file.reference_rev()) == (9, 7)
        file.meet("s2", (0, b""))
        assert file.cursors() == (Cursor(PLACE, "common", 0, 0, True),)
        save(file, "r1", members=1)
        assert file.pending_ops(9)[0].seen == Seen()
        assert file.state(PLACE, "r1").answers == {"name": "甲", "members": 1}, "it stays in view"
        assert file.digest(PLACE, "common") == 0
        assert (file.server_epoch(), file.reference_rev()) == ("s2", 0)


def test_a_stream_no_longer_granted_leaves_without_a_trace_but_own_ops(home: Path) -> None:
    with desk(home) as file:
        file.take_grants(
            (Grant(PLACE, "common", True), Grant(PLACE, "personal", False), Grant(OTHER, "common", True))
        )
        assert file.granted_places() == {"common": {PLACE, OTHER}, "personal": {PLACE}}
        take(file, page(row("r1", 7, {"name": "甲队"})))
        take(file, page(row("r1", 3, {"phone": "13900000000"}), cls="personal"))
        again = row("r1", 6, {"phone": "13912345678"}, Stamp(6, HLC, "device-b", "李四"))
        take(file, page(again, cls="personal"))
        assert len(file.history(PLACE, "r1")) == 2
        take(file, page(row("r9", 3, {"name": "乙队", "staff/a/staff_name": "钱"}), scope=OTHER))
        assert [found.record for found in file.search("13912345678")] == ["r1"]
        file.take_grants((Grant(PLACE, "common", False),))
        assert file.grants() == (Grant(PLACE, "common", False),)
        assert file.granted_places() == {"common": {PLACE}}
        assert file.state(PLACE, "r1").answers == {"name": "甲队"}
        assert file.search("13912345678") == ()
        assert "phone" not in file.query("social_org")[0].values
        assert file.state(OTHER, "r9") is None
        assert [row.record for row in file.query("social_org")] == ["r1"]
        assert file._connection.all('SELECT * FROM "social_org__staff"') == []
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
        granted(file)
        take(file, page(row("r1", 7, {"leader": "他"}), conflicts=(conflict(7),)))
        (found,) = file.conflicts()
        assert [candidate.value for candidate in found.candidates] == ["他", "我"]
        done = file.commit(Edit(PLACE, "social_org", "r1", {"leader": "他"}, "张三", resolves="c1"))
        assert done.conflicts
        (op,) = file.pending_ops(9)
        assert (op.resolves, op.answers) == ("c1", {"leader": "他"})
        assert file.conflicts() == ()
        assert file.conflicts(open_only=False)[0].settled_by == "张三"
        assert op.resolves_rev == 7
        ack(file, 1)
        take(file, page(conflicts=(conflict(9, still_open=False),)))
        assert file.conflicts(open_only=False, record="r1")[0].rev == 9
        with pytest.raises(Missing, match="可能已由别人处理"):
            file.commit(Edit(PLACE, "social_org", "r1", {"leader": "我"}, "张三", resolves="c9"))


def test_records_of_a_form_that_is_not_here_yet_wait_for_it(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        new = msgspec.structs.replace(ORG, form_id="new_form")
        take(file, page(Row("n1", "new_form", "1", 7, {"name": "新表的记录"}, LI)))
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
        granted(file)
        take(file, page(row("r1", 7, {"name": "甲"}, Stamp(7, ahead, "b", "李四"))))
    with DeskFile.open(home, KEY) as file:
        save(file, "r1", members=1)
        assert file.pending_ops(1)[0].hlc > ahead
        crazy = (wall_milliseconds() + 10 * 365 * 86_400_000) << 16
        ack(file, 1)
        take(file, page(row("r1", 8, {"name": "乙"}, Stamp(8, crazy, "b", "李四"))))
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
        ack(file, 2)
        assert [(op.epoch, op.seq) for op in file.pending_ops(9)] == [(epoch, 1)]
        assert file.begin_device_epoch() > epoch
