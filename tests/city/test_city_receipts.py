"""One contract, two databases: what a receipt says of the ops of its message, and of no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sync_databases import KINDS, fresh
from sync_server import (
    Spoken,
    a_village,
    caller,
    mixed_form,
    new_ids,
    places,
    prepared_service,
    township_of,
)

from hsdesk.city.people import audit
from hsdesk.city.running.service import Service
from hsdesk.model.answer import DELETED, MOVED_TO, SetDelta, Value, Written
from hsdesk.records.op import Op, Seen
from hsdesk.wire.messages import Push, Receipt

NOW = 1_763_800_000_000
ONE, TWO = a_village(places()), a_village(places(), 1)
TOWNSHIP = township_of(places(), ONE)
RECORD, OTHER = next(new_ids(1)), next(new_ids(2))


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for database in fresh(request.param, tmp_path, postgres_url):
        opened = prepared_service(database, tmp_path / "server", mixed_form(), now_ms=lambda: NOW)
        yield opened
        opened.database.close()


class Desk(Spoken):
    """A device that writes one record of one village unless it says otherwise."""

    def write(
        self, answers: Mapping[str, Written], *, scope: str = ONE, record: str = RECORD, **said: Any
    ) -> Op:
        return self.op(answers, record=record, scope=scope, **said)

    def say(self, answers: Mapping[str, Written], **said: Any) -> Receipt:
        return self.push(self.write(answers, **said))


def desk(service: Service, device: str, epoch: int = 1) -> Desk:
    return Desk(service, caller(service, device, "township", TOWNSHIP, disposes=True), epoch=epoch, now=NOW)


def village(service: Service, device: str) -> Desk:
    return Desk(service, caller(service, device, "village", ONE), now=NOW)


def told(receipt: Receipt, scope: str = ONE) -> dict[str, Value]:
    """The answers that a receipt tells of a place's common stream, of all records."""
    rows = [row for one in receipt.told if (one.scope, one.cls) == (scope, "common") for row in one.rows]
    return {path: value for row in rows for path, value in row.answers.items()}


def test_a_chunk_that_is_the_first_word_on_its_records_tells_nothing_but_its_revisions(
    service: Service,
) -> None:
    a, ids = desk(service, "a"), new_ids(7)
    receipt = a.push(*(a.write({"name": str(n), "count": n}, record=next(ids)) for n in range(500)))
    assert (receipt.first, receipt.last, receipt.holds) == (1, 500, 500)
    assert receipt.revs == tuple(range(1, 501))
    assert receipt.told == ()
    assert receipt.chain == receipt.held == a.chain(500)


def test_a_receipt_speaks_of_its_message_and_says_apart_what_more_is_held(service: Service) -> None:
    a = desk(service, "a")
    one, two, three = (a.write({"name": str(n)}) for n in range(3))
    a.push(one, two, three)
    receipt = a.push(two)
    assert (receipt.first, receipt.last, receipt.holds) == (2, 2, 3)
    assert (receipt.chain, receipt.held) == (a.chain(2), a.chain(3))
    assert [(r.seq, r.outcome) for r in receipt.results] == [(2, "duplicate")]
    assert told(receipt) == {"name": "2"}


def test_a_repeat_gives_its_revision_again_and_leaves_out_what_still_holds(service: Service) -> None:
    a = desk(service, "a")
    ops = [a.write({"name": "一"}), a.write({"count": 1})]
    first = a.push(*ops)
    again = a.push(*ops)
    assert (again.revs, again.told) == (first.revs, ()) == ((1, 2), ())


def test_a_winner_a_set_and_a_clamped_clock_are_told_in_full(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    b.say({"name": "乙"}, later=9)
    assert told(a.say({"name": "甲", "count": 1})) == {"name": "乙"}
    assert told(a.say({"tags": SetDelta(add=("x",))})) == {"tags": ("x",)}
    assert told(a.say({"since": "2020-01-01"}, later=10**9)) == {"since": "2020-01-01"}


def test_of_two_ops_in_a_message_the_last_decides_whether_a_path_is_told(service: Service) -> None:
    a = desk(service, "a")
    receipt = a.push(a.write({"name": "一"}), a.write({"name": "二"}))
    assert told(receipt) == {}
    receipt = a.push(a.write({"name": "三"}), a.write({"name": "四", "count": "约五"}))
    assert [r.outcome for r in receipt.results] == ["rejected"]
    assert told(receipt) == {"name": "三"}


def test_a_deletion_that_an_edit_undid_is_told_to_whom_it_concerns(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.push(a.write({"name": "一", "members/r/who": "甲"}), a.write({DELETED: "误建"}, apart=seen_own(1)))
    assert told(b.say({"name": "二"}, seen=1)) == {DELETED: None}
    a.say({"members/r/_deleted": "误填"}, apart=seen_own(1))
    assert told(b.say({"members/r/duty": "会计"})) == {DELETED: None, "members/r/_deleted": None}


def seen_own(seq: int) -> dict[str, Seen]:
    return {path: Seen(0, 1, seq) for path in ("name", "members/r/who")}


def test_what_was_set_aside_is_told_as_it_stands(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    b.say({"count": 5, "name": "乙"})
    receipt = a.say({"count": "约五"})
    assert (receipt.revs, told(receipt)) == ((0,), {"count": 5})
    assert told(a.push(a.write({"name": "x"}, form="unknown"))) == {"name": "乙"}


def test_an_erasure_is_told_with_all_that_it_covers_and_so_is_an_op_that_did_not_know_it(
    service: Service,
) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.say({"name": "一", "count": 1})
    receipt = a.say({DELETED: "本人要求"}, erases=True)
    assert told(receipt).keys() | {DELETED} == {"name", "count", DELETED}
    ((erased,),) = [one.erased for one in receipt.told]
    assert (erased.record, erased.path, erased.rev) == (RECORD, "", 2)
    receipt = b.say({"name": "二"}, seen=1)
    assert [one.erased for one in receipt.told] == [(erased,)]
    assert told(receipt)["name"] is None


def test_a_record_that_went_is_told_where_and_whole(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.push(a.write({"name": "一", "count": 1}), a.write({"phone": "139"}, cls="personal"))
    receipt = a.say({MOVED_TO: TWO})
    moved = {(one.scope, one.cls): one.moved for one in receipt.told if one.moved}
    assert sorted(moved) == [(ONE, "common"), (ONE, "personal")]
    assert [(m.into, m.rev, m.arrived) for m in moved[ONE, "common"]] == [(TWO, 2, 1)]
    assert (told(receipt, TWO), told(receipt), receipt.revs) == ({"name": "一", "count": 1}, {}, (0,))
    late = b.say({"count": 7}, seen=1)
    assert (told(late, TWO), late.revs) == ({"name": "一", "count": 7}, (0,))
    again = a.push(*[])
    assert (again.first, again.last, again.told) == (4, 3, ())


def test_nothing_is_told_of_a_stream_that_may_not_be_read(service: Service) -> None:
    a, t = village(service, "a"), desk(service, "t")
    a.say({"name": "一"})
    t.say({MOVED_TO: TWO}, seen=1)
    receipt = a.push(a.write({"name": "二"}), a.write({"name": "三"}, scope=TWO))
    assert {one.scope for one in receipt.told} == {ONE}
    assert [m.into for one in receipt.told for m in one.moved if one.cls == "common"] == [TWO]


def test_another_op_under_a_number_ends_the_receipt_before_it(service: Service) -> None:
    a, copy = desk(service, "a"), desk(service, "a")
    shared = a.write({"name": "一"})
    copy.seq, copy.hashes = 1, list(a.hashes)
    a.push(shared, a.write({"name": "二"}))
    receipt = copy.push(shared, copy.write({"name": "别"}), copy.write({"count": 1}))
    assert (receipt.unlike, receipt.first, receipt.last, receipt.holds) == (2, 1, 1, 2)
    assert (receipt.chain, receipt.held) == (copy.chain(1), a.chain(2))
    assert a.page(ONE).rows[0].answers == {"name": "二"}


def test_every_repeated_op_is_compared_not_only_the_first_and_the_last(service: Service) -> None:
    a = desk(service, "a")
    ops = [a.write({"count": n}) for n in range(5)]
    a.push(*ops)
    ops[2] = msgspec.structs.replace(ops[2], answers={"count": 99})
    assert a.push(*ops, before=b"").unlike == 3


def test_a_message_that_follows_something_else_is_told_so(service: Service) -> None:
    a, copy = desk(service, "a"), desk(service, "a")
    a.say({"name": "一"})
    copy.write({"name": "别"})
    receipt = copy.push(copy.write({"count": 1}))
    assert (receipt.unlike, receipt.first, receipt.last, receipt.holds) == (-1, 2, 1, 1)
    assert receipt.held == a.chain(1)
    assert a.page(ONE).rows[0].answers == {"name": "一"}


def test_an_op_taken_under_another_epoch_of_its_device_is_not_applied_again(service: Service) -> None:
    a, b, again = desk(service, "a"), desk(service, "b"), desk(service, "a", epoch=2)
    taken, refused = a.write({"name": "一"}), a.write({"count": "约五"})
    a.push(taken, refused)
    b.say({"name": "二"}, seen=1)
    ops = [msgspec.structs.replace(op, epoch=2, seq=n) for n, op in enumerate((taken, refused), 1)]
    again.seq, again.hashes = 2, list(a.hashes)
    receipt = again.push(*ops, again.write({"count": 3}))
    assert [(r.seq, r.outcome) for r in receipt.results] == [(1, "duplicate"), (2, "rejected"), (3, "merged")]
    assert receipt.results[1].reason
    assert (receipt.last, receipt.chain, receipt.revs) == (3, again.chain(3), (0, 0, 3))
    assert told(receipt) == {"name": "二"}
    assert again.push(*ops).results[1].outcome == "rejected"


def test_a_repeat_of_an_op_that_was_set_aside_is_known_by_content(service: Service) -> None:
    a = desk(service, "a")
    refused = a.write({"count": "约五"})
    a.push(refused)
    assert a.push(refused).results[0].outcome == "rejected"
    changed = msgspec.structs.replace(refused, answers={"count": "约六"})
    assert a.push(changed).unlike == 1


def test_a_redacted_op_is_known_by_the_hash_that_it_had(service: Service) -> None:
    a = desk(service, "a")
    op = a.write({"name": "一", "count": 1})
    a.push(op)
    kept = msgspec.structs.replace(
        op, answers={"count": 1}, redacted=("name",), nonce=b"", kept_hash=a.hashes[0]
    )
    receipt = a.push(kept)
    assert (receipt.unlike, receipt.chain, told(receipt)) == (0, a.chain(1), {"name": "一"})


def test_the_epoch_that_another_was_left_for_is_kept_and_stands_in_the_audit_trail(service: Service) -> None:
    a = desk(service, "a", epoch=2)
    op = a.write({"name": "一"})
    known = service.ledger.server_epoch
    a.send(Push("a", 2, known, (op,), b"", parent=(1, 7, b"\x01" * 16)))
    a.send(Push("a", 2, known, (a.write({"count": 1}),), a.chain(1), parent=(1, 7, b"\x01" * 16)))
    trail = [entry.detail for entry in audit.entries(service.database) if entry.action == "push"]
    assert [f"1 7 {'01' * 16}" in one for one in trail] == [True, False]
    with service.database.reading() as connection:
        rows = connection.all("SELECT first, parent FROM hs_said WHERE device = 'a' ORDER BY first")
    assert msgspec.msgpack.decode(bytes(rows[0][1])) == [1, 7, b"\x01" * 16]
    assert [bytes(parent) for _, parent in rows[1:]] == [b""]


def test_the_hashes_of_an_epoch_are_read_from_any_number_to_any_number(service: Service) -> None:
    a = desk(service, "a")
    ops = [a.write({"count": n}) for n in range(9)]
    for first, last in ((0, 2), (2, 3), (3, 9)):
        a.push(*ops[first:last])
    for first in range(9):
        for last in range(first + 1, 10):
            receipt = a.push(*ops[first:last])
            assert (receipt.unlike, receipt.chain, receipt.held) == (0, a.chain(last), a.chain(9))
