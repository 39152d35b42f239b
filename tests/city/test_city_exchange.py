"""One contract, two databases: answers that come late, epochs in order, and what older desks still say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sync_databases import KINDS, fresh
from sync_server import Spoken, a_village, caller, mixed_form, new_ids, places, prepared_service, township_of

from hsdesk.city.ledger import epoch
from hsdesk.city.running.service import Service
from hsdesk.city.sql import said
from hsdesk.city.sql.fill_said import fill_said
from hsdesk.errors import Refused
from hsdesk.model.answer import MOVED_TO, SetDelta, Written
from hsdesk.records.chain import REJECTED_BEFORE, START, lengthened, old_hash
from hsdesk.records.op import Op, Seen
from hsdesk.wire import codec
from hsdesk.wire.messages import CLONED, Answer, Cursor, Export, Push, Receipt

NOW = 1_763_800_000_000
ONE, TWO = a_village(places()), a_village(places(), 1)
TOWNSHIP = township_of(places(), ONE)
RECORD = next(new_ids(1))


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for database in fresh(request.param, tmp_path, postgres_url):
        opened = prepared_service(database, tmp_path / "server", mixed_form(), now_ms=lambda: NOW)
        yield opened
        opened.database.close()


class Desk(Spoken):
    """A device that writes one record of one village unless it says otherwise."""

    def write(
        self, answers: Mapping[str, Written], *, scope: str = ONE, record: str = RECORD, **given: Any
    ) -> Op:
        return self.op(answers, record=record, scope=scope, **given)

    def say(self, answers: Mapping[str, Written], **given: Any) -> Receipt:
        return self.push(self.write(answers, **given))

    def export(self, *ops: Op, acked: int = 0, cursors: tuple[Cursor, ...] = (), known: str = "") -> Answer:
        """Carry ops and cursors on a stick, and the answer back."""
        epoch = known or self.service.ledger.server_epoch
        before = self.chain(ops[0].seq - 1 if ops else self.seq)
        export = Export(Push(self.device, self.epoch, epoch, ops, before), cursors, acked)
        answer = self.service.ledger.exchange(self.who, codec.unpack_export(codec.pack_export(export)))
        return codec.unpack_answer(codec.pack_answer(answer))


class OldDesk(Spoken):
    """A device with a program of protocol 1: one base revision, no hashes, the very bytes it sent."""

    def say(
        self, answers: Mapping[str, Written], *, base_rev: int = 0, again: int = 0, later: int = 0
    ) -> Receipt:
        made = self.op(answers, record=RECORD, scope=ONE, seen=base_rev, nonce=b"", later=later)
        made = msgspec.structs.replace(made, seq=again or made.seq)
        self.seq = max(self.seq - bool(again), made.seq)
        push = Push(self.device, self.epoch, self.service.ledger.server_epoch, (made,))
        wire = msgspec.msgpack.decode(msgspec.msgpack.encode(codec._wire_push(push)))
        columns = [group[:13] for group in wire[3]]
        sent = codec.pack([*wire[:3], columns])
        return self.service.ledger.push(self.who, codec.unpack_push(sent))


def desk(service: Service, device: str, role: str = "township", scope: str = TOWNSHIP) -> Desk:
    return Desk(service, caller(service, device, role, scope), now=NOW)  # type: ignore[arg-type]


def old_desk(service: Service, device: str) -> OldDesk:
    return OldDesk(service, caller(service, device, "township", TOWNSHIP), now=NOW)


def restored(service: Service, at: int = NOW) -> None:
    with service.database.writing() as connection:
        service.ledger._epoch = epoch.begin_at_fence(connection, "admin", at)


# ---- answers that come late


def test_a_stick_takes_ops_up_and_brings_receipt_and_pages_of_the_same_moment(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    b.say({"name": "乙"})
    answer = a.export(a.write({"count": 1}), cursors=(Cursor(ONE, "common"),))
    assert (answer.receipt.first, answer.receipt.last, answer.chain) == (1, 1, a.chain(1))
    (page,) = answer.pages
    assert (page.since, page.frm, page.after, page.done) == (0, 0, 2, True)
    assert page.rows[0].answers == {"name": "乙", "count": 1}


def test_an_answer_leaves_out_own_writings_only_as_far_as_their_receipts_were_taken(service: Service) -> None:
    a = desk(service, "a")
    a.push(a.write({"name": "一"}), a.write({"count": 1}))
    (page,) = a.export(a.write({"asked": "三"}), acked=1, cursors=(Cursor(ONE, "common"),)).pages
    assert page.rows[0].answers == {"count": 1, "asked": "三"}
    (page,) = a.pull(Cursor(ONE, "common", 1, 1), acked=2).pages
    assert page.rows[0].answers == {"asked": "三"}
    (page,) = a.pull(Cursor(ONE, "common"), acked=3).pages
    assert page.rows == ()
    (page,) = a.pull(Cursor(ONE, "common", full=True), acked=3).pages
    assert page.rows[0].answers.keys() == {"name", "count", "asked"}


def test_an_export_without_ops_says_what_is_held_and_brings_the_rest(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.say({"name": "一"})
    b.say({"count": 1})
    answer = a.export(acked=1, cursors=(Cursor(ONE, "common", 1, 1),))
    receipt = answer.receipt
    assert (receipt.first, receipt.last, receipt.holds, receipt.revs) == (2, 1, 1, ())
    assert (receipt.chain, receipt.held) == (a.chain(1), a.chain(1))
    assert [(page.since, page.frm, page.rows[0].answers) for page in answer.pages] == [(1, 1, {"count": 1})]


def test_a_stick_from_before_a_restore_is_answered_from_the_beginning_with_everything(
    service: Service,
) -> None:
    a = desk(service, "a")
    a.say({"name": "一"})
    before = service.ledger.server_epoch
    restored(service)
    answer = a.export(acked=1, cursors=(Cursor(ONE, "common", 1, 1),), known=before)
    (page,) = answer.pages
    assert (page.since, page.frm, page.rows[0].answers) == (0, 0, {"name": "一"})
    assert answer.receipt.server_epoch == service.ledger.server_epoch != before


def test_a_stick_that_read_more_than_there_is_begins_a_new_epoch(service: Service) -> None:
    a = desk(service, "a")
    a.say({"name": "一"})
    before = service.ledger.server_epoch
    answer = a.export(acked=1, cursors=(Cursor(ONE, "common", 9, 9),))
    assert answer.receipt.server_epoch == service.ledger.server_epoch > before
    assert answer.pages[0].rows[0].answers == {"name": "一"}


def test_a_stick_carried_twice_changes_nothing_the_second_time(service: Service) -> None:
    a = desk(service, "a")
    op = a.write({"name": "一"})
    first, again = a.export(op), a.export(op)
    assert (again.receipt.last, again.receipt.chain, again.pages) == (1, first.receipt.chain, first.pages)


def test_all_pages_of_a_long_stream_come_at_once_and_join(service: Service) -> None:
    a, ids = desk(service, "a"), new_ids(9)
    for _ in range(3):
        a.push(*(a.write({"count": n}, record=next(ids)) for n in range(500)))
    pages = desk(service, "b").export().pages
    assert [(page.frm, page.after, page.done) for page in pages] == [(0, 1000, False), (1000, 1500, True)]


def test_pages_tell_where_a_record_arrived_and_what_is_held_of_the_device(service: Service) -> None:
    a = desk(service, "a")
    a.push(a.write({"name": "一"}), a.write({MOVED_TO: TWO}))
    (moved,) = a.page(ONE).moved
    assert (moved.into, moved.rev, moved.arrived) == (TWO, 2, 1)
    assert (a.pull().last, a.pull().chain) == (2, a.chain(2))


# ---- epochs in order


def test_epochs_sort_by_time_whatever_the_clock_and_after_all_of_earlier_programs(service: Service) -> None:
    first = service.ledger.server_epoch
    restored(service, at=NOW + 5)
    second = service.ledger.server_epoch
    restored(service, at=5)
    third = service.ledger.server_epoch
    assert "f" * 16 < first < second < third


def test_a_database_of_an_earlier_program_keeps_its_epoch_until_it_is_restored(
    tmp_path: Path, service: Service
) -> None:
    with service.database.writing() as connection:
        connection.run("UPDATE hs_setting SET value = 'ffffffffffffffff' WHERE name = 'server_epoch'")
    with service.database.reading() as connection:
        assert epoch.read(connection).now == "f" * 16
    restored(service)
    assert service.ledger.server_epoch > "f" * 16


# ---- desks of protocol 1


def test_an_older_desk_is_answered_as_before_and_its_base_holds_for_all_answers(service: Service) -> None:
    a, b = old_desk(service, "a"), desk(service, "b")
    receipt = a.say({"name": "一"})
    assert (receipt.last, receipt.results, receipt.told, receipt.revs) == (1, (), (), ())
    b.say({"name": "二"}, seen=1)
    assert [r.outcome for r in a.say({"name": "三"}, base_rev=2).results] == []
    assert [r.outcome for r in a.say({"_deleted": "误建"}, base_rev=3).results] == []
    assert a.say({"count": 1}, base_rev=4).last == 4


def test_an_older_desk_with_another_op_under_a_number_is_a_copy(service: Service) -> None:
    a = old_desk(service, "a")
    a.say({"name": "一"})
    assert a.say({"name": "一"}, again=1).results[0].outcome == "duplicate"
    with pytest.raises(Refused) as refused:
        a.say({"name": "二"}, again=1, later=7)
    assert refused.value.detail == CLONED


def test_an_older_desk_is_told_nothing_that_it_wrote_itself(service: Service) -> None:
    a = old_desk(service, "a")
    a.say({"name": "一"})
    assert a.pull(Cursor(ONE, "common"), acked=0, protocol=1).pages[0].rows == ()


def test_an_older_desk_is_told_what_it_wrote_where_its_record_went(service: Service) -> None:
    a, b = old_desk(service, "a"), desk(service, "b")
    a.say({"name": "一"})
    b.say({MOVED_TO: TWO}, seen=1)
    a.say({"name": "二"}, base_rev=1)
    assert a.say({"name": "三"}, base_rev=1).results == ()  # it had seen its own, which went the same way
    pages = a.pull(Cursor(TWO, "common"), acked=3, protocol=1).pages
    assert [row.answers for page in pages if page.scope == TWO for row in page.rows] == [{"name": "三"}]


def test_a_plain_value_of_a_set_is_read_as_what_was_added_and_removed(service: Service) -> None:
    a, b = old_desk(service, "a"), desk(service, "b")
    b.push(b.write({"tags": SetDelta(add=("x", "y"))}), b.write({"tags": SetDelta(add=("z",))}))
    assert [r.outcome for r in a.say({"tags": "w"}, base_rev=1).results] == ["merged"]
    assert b.page(ONE).rows[0].answers == {"tags": ("w", "z")}


def test_a_plain_value_of_a_set_whose_base_is_not_known_removes_nothing(service: Service) -> None:
    a, b = old_desk(service, "a"), desk(service, "b")
    b.say({"tags": SetDelta(add=("x",))})
    op = Op(
        device="a", epoch=1, seq=1, scope=ONE, cls="common", record=RECORD, form="mixed", version="1",
        hlc=1, person="p", answers={"tags": "w"}, seen=Seen(1, 1, 0), wide=True, server_epoch="long ago",
    )  # fmt: skip
    assert service.ledger.push(a.who, Push("a", 1, "long ago", (op,))).results[0].outcome == "conflict"
    page = b.page(ONE)
    assert page.rows[0].answers == {"tags": ("x",)}
    assert [c.value for c in page.conflicts[0].candidates] == [("x",), "w"]


# ---- a database of an earlier program


def test_what_an_earlier_program_took_is_known_by_content_afterwards(service: Service) -> None:
    a = old_desk(service, "a")
    a.say({"name": "一"})
    a.say({"count": "约五"})  # set aside: nothing of it is kept
    a.say({"count": 3})
    forget(service)
    with service.database.reading() as connection:
        hashes = said.hashes(connection, "a", 1, 1, 3)
    known = [old_hash(op.record, op.hlc) for op in told_ops(a)]
    assert hashes == [known[0], REJECTED_BEFORE, known[2]]
    assert a.pull(acked=3).chain == lengthened(START, hashes)


def test_what_was_set_aside_by_an_earlier_program_is_learnt_from_its_desk(service: Service) -> None:
    a = Desk(service, caller(service, "a", "township", TOWNSHIP), now=NOW)
    ops = [a.write({"name": str(n)}, nonce=b"", later=n) for n in range(3)]
    ops[1] = msgspec.structs.replace(ops[1], answers={"count": "约五"})
    a.push(*ops)
    forget(service)
    receipt = a.push(*ops[1:], before=a.chain(1))
    assert (receipt.unlike, receipt.chain, receipt.held) == (0, a.chain(3), a.chain(3))
    assert [r.outcome for r in receipt.results] == ["rejected", "duplicate"]


def told_ops(old: OldDesk) -> list[Op]:
    with old.service.database.reading() as connection:
        rows = connection.all("SELECT seq, record, hlc FROM hs_op ORDER BY seq")
    blank = Op(
        device="a", epoch=1, seq=2, scope="", cls="common", record="", form="", version="", hlc=0, person="",
        answers={},
    )  # fmt: skip
    found = [msgspec.structs.replace(blank, seq=seq, record=record, hlc=hlc) for seq, record, hlc in rows]
    return [found[0], blank, found[1]]


def forget(service: Service) -> None:
    """Let the database be one of an earlier program, and bring it up."""
    with service.database.writing() as connection:
        connection.run("DROP TABLE hs_said")
        fill_said(connection, lambda done, total: None)
