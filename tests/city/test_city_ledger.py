"""One contract, two databases: what the ledger does with chunks and pulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sync_databases import KINDS, fresh
from sync_server import Spoken, a_village, caller, mixed_form, new_ids, places, prepared_service, township_of

from hsdesk.city.people import audit
from hsdesk.city.running.service import Service
from hsdesk.errors import Corrupt, Refused
from hsdesk.model.answer import DELETED, MERGED_INTO, SetDelta, Written
from hsdesk.records.op import Op
from hsdesk.records.parts import part_digest
from hsdesk.wire.messages import OpResult, Page, Push, Read

NOW = 1_763_800_000_000
VILLAGE = a_village(places())
OTHER = a_village(places(), 1)
TOWNSHIP = township_of(places(), VILLAGE)
RECORD, OTHER_RECORD = islice(new_ids(1), 2)


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for database in fresh(request.param, tmp_path, postgres_url):
        opened = prepared_service(database, tmp_path / "server", mixed_form(), now_ms=lambda: NOW)
        yield opened
        opened.database.close()


class Desk(Spoken):
    """A device that writes into one record of a village unless it says otherwise."""

    def write(
        self, answers: Mapping[str, Written], *, record: str = RECORD, scope: str = VILLAGE, **said: Any
    ) -> Op:
        return self.op(answers, record=record, scope=scope, **said)

    def read(self, since: int = 0, after: int = 0, *, full: bool = True) -> Page:
        return self.page(VILLAGE, since, after, full=full)


def desk(
    service: Service, device: str, role: str = "village", scope: str = VILLAGE, **classes: object
) -> Desk:
    return Desk(service, caller(service, device, role, scope, **classes), now=NOW)  # type: ignore[arg-type]


def test_ops_are_numbered_without_gaps_and_the_state_comes_down(service: Service) -> None:
    a = desk(service, "device-a")
    receipt = a.push(a.write({"name": "张三", "count": 3}), a.write({"count": 4}))
    assert (receipt.last, receipt.results) == (2, ())
    page = desk(service, "device-b").read()
    assert [(row.rev, row.answers) for row in page.rows] == [(2, {"name": "张三", "count": 4})]
    assert page.rows[0].others.keys() | {"count"} == {"name", "count"}
    assert (page.after, page.done) == (2, True)
    assert page.digest == part_digest(RECORD, {"name": "张三", "count": 4})


def test_a_repeated_chunk_is_acknowledged_again_and_changes_nothing(service: Service) -> None:
    a = desk(service, "device-a")
    ops = [a.write({"name": "一"}), a.write({"name": "二"})]
    first = a.push(*ops)
    again = a.push(*ops)
    assert again.last == first.last == 2
    assert {r.outcome for r in again.results} == {"duplicate"}
    assert desk(service, "device-b").read().after == 2


def test_half_a_chunk_repeated_with_new_ops_takes_only_the_new(service: Service) -> None:
    a = desk(service, "device-a")
    one, two, three = a.write({"name": "一"}), a.write({"name": "二"}), a.write({"name": "三"})
    a.push(one, two)
    receipt = a.push(two, three)
    assert receipt.last == 3
    assert receipt.results == (OpResult(2, "duplicate"),)
    assert desk(service, "device-b").read().after == 3


def test_a_chunk_that_leaves_a_gap_changes_nothing(service: Service) -> None:
    a = desk(service, "device-a")
    a.write({"name": "一"})
    receipt = a.push(a.write({"name": "二"}))
    assert (receipt.last, receipt.results) == (0, ())
    assert desk(service, "device-b").pull().pages == ()


def test_a_number_used_for_another_op_betrays_a_copied_disk(service: Service) -> None:
    a, copy = desk(service, "device-a"), desk(service, "device-a")
    a.push(a.write({"name": "一"}))
    receipt = copy.push(copy.write({"name": "二"}, record=next(new_ids(2)), later=9))
    assert (receipt.unlike, receipt.first, receipt.last, receipt.holds) == (1, 1, 0, 1)
    assert [row.answers for row in desk(service, "device-b").read().rows] == [{"name": "一"}]


def test_one_bad_op_never_fails_a_batch(service: Service) -> None:
    a = desk(service, "device-a")
    receipt = a.push(
        a.write({"name": "好"}),
        a.write({"count": "约30"}),
        a.write({"name": "外"}, scope=OTHER),
        a.write({"name": "无"}, scope="nowhere"),
        a.write({"x": "1"}, form="unknown"),
        a.write({"phone": "139"}),
        a.write({"name/1": "路径"}),
        a.write({"since": "下个月"}),
        a.write({"name": "大" * 70_000}),
        a.write({"name": "也好"}, seen=0),
    )
    assert receipt.last == 10
    rejected = {r.seq: r.reason for r in receipt.results}
    assert sorted(rejected) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert all(reason.endswith("。") for reason in rejected.values())
    assert "没有填报这份数据的权限" in rejected[3]
    assert desk(service, "device-b").read().rows[0].answers == {"name": "也好"}


def test_our_own_answers_are_texts_and_a_merge_is_said_in_the_main_part(service: Service) -> None:
    a = desk(service, "device-a")
    a.push(a.write({"name": "张三"}))
    receipt = a.push(
        a.write({DELETED: 5}),
        a.write({DELETED: SetDelta(add=("x",))}),
        a.write({MERGED_INTO: SetDelta(add=("x",))}),
        a.write({"members/r1/_pos": 1.5}),
        a.write({MERGED_INTO: "other"}, cls="personal"),
    )
    assert [result.outcome for result in receipt.results] == ["rejected"] * 5
    assert a.push(a.write({"name": "李四"}, record=OTHER_RECORD)).results == ()
    assert a.push(a.write({MERGED_INTO: OTHER_RECORD})).results == ()


def test_personal_answers_travel_only_to_those_who_may_see_them(service: Service) -> None:
    a = desk(service, "device-a")
    a.push(a.write({"name": "张三"}), a.write({"phone": "139"}, cls="personal"))
    plain = desk(service, "device-b", classes=("common",))
    assert [page.cls for page in plain.pull().pages] == ["common"]
    full = desk(service, "device-c")
    assert [page.cls for page in full.pull().pages] == ["common", "personal"]
    receipt = plain.push(plain.write({"phone": "1"}, cls="personal"))
    assert receipt.results[0].outcome == "rejected"


def test_a_township_reads_and_writes_its_villages_and_a_county_only_reads(service: Service) -> None:
    a = desk(service, "device-a")
    a.push(a.write({"name": "张三"}))
    township = desk(service, "device-t", "township", TOWNSHIP)
    knowing = township.write({"name": "李四"}, seen=1)
    assert township.push(knowing, read=(Read(VILLAGE, "common", 1),)).results == ()
    above = places().by_id(TOWNSHIP).parent
    county = desk(service, "device-q", "county", above)
    assert county.push(county.write({"name": "王五"}, seen=2)).results[0].outcome == "rejected"
    (page,) = county.pull().pages
    assert page.rows[0].answers["name"] == "李四"


def test_a_conflict_keeps_both_values_its_base_and_further_losers(service: Service) -> None:
    a, b, c = (desk(service, f"device-{n}") for n in "abc")
    a.push(a.write({"name": "原来"}))
    a.push(a.write({"name": "甲"}))
    assert b.push(b.write({"name": "乙"}, seen=1, later=5)).results[0].outcome == "conflict"
    assert c.push(c.write({"name": "丙"}, seen=1, later=1)).results[0].outcome == "conflict"
    (conflict,) = a.read().conflicts
    assert (conflict.base, conflict.path, conflict.open) == ("原来", "name", True)
    assert [candidate.value for candidate in conflict.candidates] == ["乙", "甲", "丙"]
    assert a.read().rows[0].answers["name"] == "乙"


def test_settling_a_conflict_needs_to_have_seen_its_latest_loser(service: Service) -> None:
    a, b, c = (desk(service, f"device-{n}") for n in "abc")
    a.push(a.write({"name": "原来"}), a.write({"name": "甲"}))
    b.push(b.write({"name": "乙"}, seen=1, later=5))
    (conflict,) = a.read().conflicts
    c.push(c.write({"name": "丙"}, seen=1, later=1))
    a.push(a.write({"name": "甲"}, seen=conflict.rev, resolves=conflict.id, resolves_rev=conflict.rev))
    (still,) = a.read().conflicts
    assert still.open
    assert {candidate.value for candidate in still.candidates} == {"甲", "乙", "丙"}
    a.push(a.write({"name": "丙"}, seen=still.rev, resolves=still.id, resolves_rev=still.rev))
    (settled,) = a.read().conflicts
    assert (settled.open, settled.settled_by) == (False, "device-a的人")
    assert a.read().rows[0].answers["name"] == "丙"
    assert {candidate.value for candidate in settled.candidates} == {"甲", "乙", "丙"}


def test_a_device_is_not_told_what_it_wrote_but_is_told_what_it_lost(service: Service) -> None:
    a, b = desk(service, "device-a"), desk(service, "device-b")
    a.push(a.write({"name": "原来", "count": 1}))
    b.push(b.write({"name": "乙"}, seen=1, later=9))
    a.push(a.write({"count": 2}), a.write({"name": "甲"}))
    page = a.read(since=0, full=False)
    assert [row.answers for row in page.rows] == [{"name": "乙"}]
    assert len(page.conflicts) == 1
    assert {p for row in a.read().rows for p in row.answers} == {"name", "count"}


def test_members_mixed_from_two_desks_come_down_to_both(service: Service) -> None:
    a, b = desk(service, "device-a"), desk(service, "device-b")
    a.push(a.write({"tags": SetDelta(add=("x", "y"))}))
    b.push(b.write({"tags": SetDelta(remove=("x",))}, seen=1))
    a.push(a.write({"tags": SetDelta(add=("z",))}))
    for one in (a, b):
        (row,) = one.read(full=False).rows
        assert row.answers == {"tags": ("y", "z")}


def test_a_record_changed_between_two_pages_is_not_missed(service: Service) -> None:
    a, b = desk(service, "device-a"), desk(service, "device-b")
    ids = new_ids(5)
    records = [next(ids) for _ in range(1500)]
    for start in range(0, 1500, 500):
        a.push(*(a.write({"name": r, "count": 0}, record=r) for r in records[start : start + 500]))
    first = b.read()
    assert (len(first.rows), first.done) == (1000, False)
    a.push(*(a.write({"count": 1}, record=r) for r in records[:100]))
    second = b.read(after=first.after)
    assert second.done
    state = {row.record: dict(row.answers) for row in first.rows}
    for row in second.rows:
        state.setdefault(row.record, {}).update(row.answers)
    assert len(state) == 1500
    assert sum(answers["count"] == 1 for answers in state.values()) == 100


def test_register_tables_hold_the_effective_row_with_its_roster(service: Service) -> None:
    a = desk(service, "device-a")
    a.push(
        a.write({"name": "张三", "count": 3, "tags": SetDelta(add=("x",)), "members/r1/who": "甲"}),
        a.write({"phone": "139"}, cls="personal"),
    )
    with service.database.reading() as connection:
        rows = connection.all('SELECT name, count, tags, phone, _rev FROM "mixed"')
        members = connection.all('SELECT _record, _row, who FROM "mixed__members"')
    assert rows == [("张三", 3, '["x"]', "139", 1)]
    assert members == [(RECORD, "r1", "甲")]


def test_the_audit_trail_shows_every_chunk_and_any_change_to_it(service: Service) -> None:
    a = desk(service, "device-a")
    a.push(a.write({"name": "张三"}))
    count = audit.verify(service.database)
    assert audit.entries(service.database)[-1].action == "push"
    with service.database.writing() as connection:
        connection.run("UPDATE hs_audit SET detail = '{}' WHERE n = ?", count - 1)
    with pytest.raises(Corrupt, match="被改动"):
        audit.verify(service.database)


def test_a_foreign_device_cannot_push_in_anothers_name(service: Service) -> None:
    a, b = desk(service, "device-a"), desk(service, "device-b")
    push = Push("device-a", 1, service.ledger.server_epoch, (a.write({"name": "张三"}),), b"")
    with pytest.raises(Refused):
        b.send(push)


def test_ops_that_saw_more_than_a_restored_server_holds_do_not_win_by_it(service: Service) -> None:
    a, b = desk(service, "device-a"), desk(service, "device-b")
    a.push(a.write({"name": "一"}), a.write({"name": "二"}))
    with service.database.writing() as connection:
        connection.run("UPDATE hs_stream SET fence = 1")
    receipt = b.push(b.write({"name": "三"}, seen=2, later=5, server_epoch="before the restore"))
    assert receipt.results[0].outcome == "conflict"
    assert msgspec.structs.asdict(receipt)["server_epoch"] == service.ledger.server_epoch


@pytest.mark.parametrize(
    "text",
    ['引"号', "反\\斜", "{括,号}", "NULL", "", "换\n行", "👵", "%s ? ??", "'; DROP TABLE x", "\\x41", "尾\\"],
)
def test_any_text_is_kept_as_it_was_typed(service: Service, text: str) -> None:
    a = desk(service, "device-a")
    a.push(a.write({"name": text, "members/r/who": text}))
    assert desk(service, "device-b").read().rows[0].answers["name"] == text
    with service.database.reading() as connection:
        ((name,),) = connection.all('SELECT name FROM "mixed"')
        ((who,),) = connection.all('SELECT who FROM "mixed__members"')
    assert (name or "", who or "") == (text, text)
