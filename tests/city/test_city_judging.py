"""One contract, two databases: what counts as seen, in which epoch, and what is kept for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sync_databases import KINDS, fresh
from sync_server import Spoken, a_village, caller, mixed_form, new_ids, places, prepared_service, township_of

from hsdesk.city.ledger import epoch
from hsdesk.city.running.service import Service
from hsdesk.model.answer import DELETED, MOVED_TO, SetDelta, Value, Written
from hsdesk.records.op import Op, Seen
from hsdesk.wire.messages import Receipt

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
    """A township's device that writes one record, in one village unless it says otherwise."""

    def write(self, answers: Mapping[str, Written], *, scope: str = ONE, **said: Any) -> Op:
        return self.op(answers, record=RECORD, scope=scope, **said)

    def say(self, answers: Mapping[str, Written], **said: Any) -> Receipt:
        return self.push(self.write(answers, **said))


def desk(service: Service, device: str) -> Desk:
    return Desk(service, caller(service, device, "township", TOWNSHIP, disposes=True), now=NOW)


def outcome(receipt: Receipt) -> str:
    """What became of the one op; that others wrote beside it is told apart and not judged here."""
    said = receipt.results[0].outcome if receipt.results else "applied"
    return "applied" if said == "merged" else said


def answers(service: Service, scope: str = ONE) -> dict[str, Value]:
    (row,) = desk(service, "reader").page(scope).rows
    return row.answers


def restored(service: Service) -> Service:
    """Begin an epoch as after a backup that was put back, at the present revisions."""
    with service.database.writing() as connection:
        service.ledger._epoch = epoch.begin_at_fence(connection, "admin", NOW)
    return service


def test_an_own_writing_that_was_shown_is_seen_and_one_that_was_not_is_not(service: Service) -> None:
    a = desk(service, "a")
    a.push(a.write({"name": "一"}), a.write({"name": "二"}))
    assert outcome(a.say({"name": "三"}, own=1)) == "conflict"
    assert outcome(a.say({"name": "四"}, own=3)) == "applied"


def test_what_stood_at_a_revision_is_seen_for_that_answer_alone(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.push(a.write({"name": "一", "count": 1}), a.write({"count": 2}))
    receipt = b.say({"name": "二", "count": 9}, apart={"name": Seen(1), "count": Seen(1)}, later=9)
    assert outcome(receipt) == "conflict"
    (conflict,) = b.page(ONE).conflicts
    assert (conflict.path, conflict.base) == ("count", 1)
    assert answers(service) == {"name": "二", "count": 9}


def test_revisions_of_the_epoch_before_count_up_to_where_it_was_left(service: Service) -> None:
    a, b, c = desk(service, "a"), desk(service, "b"), desk(service, "c")
    a.say({"name": "一"})
    before = service.ledger.server_epoch
    restored(service)
    assert outcome(b.say({"name": "二"}, seen=1, server_epoch=before)) == "applied"
    assert outcome(c.say({"name": "三"}, seen=9, server_epoch=before, later=9)) == "conflict"


def test_revisions_of_any_other_epoch_count_as_nothing_but_the_own_op_stays(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.say({"name": "一"})
    assert outcome(b.say({"name": "二"}, seen=1, server_epoch="long ago", later=9)) == "conflict"
    assert outcome(b.say({"name": "三"}, seen=0, own=1, server_epoch="long ago")) == "applied"


def test_each_op_is_judged_by_its_own_epoch_within_one_message(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.say({"name": "一", "count": 1})
    receipt = b.push(
        b.write({"name": "二"}, seen=1, own=0, server_epoch="long ago", later=9),
        b.write({"count": 2}, seen=1, own=0),
    )
    assert [(one.seq, one.outcome) for one in receipt.results] == [(1, "conflict"), (2, "merged")]


def test_a_conflict_shown_before_the_restore_is_not_settled_by_its_old_revision(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.say({"name": "一"})
    b.say({"name": "二"}, later=9)
    (conflict,) = a.page(ONE).conflicts
    before = service.ledger.server_epoch
    restored(service)
    chosen = {"resolves": conflict.id, "resolves_rev": conflict.rev, "seen": conflict.rev}
    a.say({"name": "一"}, server_epoch=before, **chosen)
    (still,) = a.page(ONE).conflicts
    assert still.open
    a.say({"name": "一"}, resolves=conflict.id, resolves_rev=still.rev, seen=still.rev)
    assert not a.page(ONE).conflicts[0].open


def test_a_member_is_removed_only_by_one_who_saw_it_added(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.push(a.write({"tags": SetDelta(add=("x",))}), a.write({"tags": SetDelta(add=("y",))}))
    b.say({"tags": SetDelta(remove=("x", "y"))}, seen=1)
    assert answers(service) == {"tags": ("y",)}


def test_a_deletion_that_had_not_seen_an_answer_goes_to_the_conflicts(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.push(a.write({"name": "一"}), a.write({"count": 2}))
    receipt = b.say({DELETED: "重复"}, apart={"name": Seen(1)})
    assert outcome(receipt) == "conflict"
    assert b.page(ONE).rows[0].answers.get(DELETED) is None
    receipt = b.say({DELETED: "重复"}, seen=3, apart={"name": Seen(1), "count": Seen(2)})
    assert outcome(receipt) == "applied"
    assert answers(service)[DELETED] == "重复"


def test_an_edit_that_knew_nothing_of_a_deletion_brings_the_record_back(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.push(a.write({"name": "一"}), a.write({DELETED: "误建"}, apart={"name": Seen(0, 1, 1)}))
    assert outcome(b.say({"name": "二"}, seen=1)) == "conflict"
    assert answers(service) == {"name": "二", DELETED: None}


def test_where_the_field_says_ask_the_first_answer_stays(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    a.say({"asked": "一"})
    assert outcome(b.say({"asked": "二"}, later=99)) == "conflict"
    assert answers(service) == {"asked": "一"}


def test_who_had_not_seen_an_erasure_is_refused_and_who_had_may_answer_again(service: Service) -> None:
    a, b, c = desk(service, "a"), desk(service, "b"), desk(service, "c")
    a.say({"name": "一", "count": 1})
    a.say({"name": None}, erases=True)
    assert "已按规定清除" in b.say({"name": "二"}, seen=1).results[0].reason
    assert outcome(b.say({"count": 2}, seen=1)) == "applied"
    assert outcome(c.say({"name": "三"}, seen=2)) == "applied"
    assert outcome(a.say({"name": "四"}, own=2, seen=4)) == "applied"


def test_who_saw_that_a_record_is_deleted_saw_that_it_was_erased(service: Service) -> None:
    a, b, c = desk(service, "a"), desk(service, "b"), desk(service, "c")
    a.say({"name": "一"})
    a.say({DELETED: "本人要求"}, erases=True)
    assert outcome(b.say({"name": "二"}, seen=1)) == "rejected"
    assert outcome(c.say({"name": "三"}, seen=1, apart={DELETED: Seen(2)})) != "rejected"


def test_of_an_op_whose_values_were_erased_only_the_rest_is_written(service: Service) -> None:
    a, b = desk(service, "a"), desk(service, "b")
    left = a.write({"count": 1}, redacted=("name",), nonce=b"", kept_hash=b"k" * 16)
    receipt = a.push(left)
    assert (outcome(receipt), receipt.revs) == ("applied", (1,))
    nothing = b.write({}, redacted=("name",), nonce=b"", kept_hash=b"n" * 16)
    receipt = b.push(nothing)
    assert (outcome(receipt), receipt.revs, receipt.last) == ("applied", (0,), 1)
    assert answers(service) == {"count": 1}
    assert b.page(ONE).after == 1


def test_an_op_that_comes_late_follows_its_record_with_what_it_had_seen(service: Service) -> None:
    a, b, c = desk(service, "a"), desk(service, "b"), desk(service, "c")
    a.say({"name": "一", "count": 1})
    a.say({"name": "二"})
    a.say({MOVED_TO: TWO})
    assert outcome(b.say({"count": 5}, seen=1)) == "applied"
    assert outcome(c.say({"name": "三"}, seen=1, later=9)) == "conflict"
    assert answers(service, TWO) == {"name": "三", "count": 5}


def test_an_erasure_that_an_op_did_not_know_is_met_again_where_its_record_went(service: Service) -> None:
    a, b, c = desk(service, "a"), desk(service, "b"), desk(service, "c")
    a.say({"name": "一"})
    a.say({"name": None}, erases=True)
    a.say({MOVED_TO: TWO})
    assert outcome(b.say({"name": "二"}, seen=1)) == "rejected"
    assert outcome(c.say({"name": "三"}, seen=2)) == "applied"


def test_an_op_offered_again_after_a_restore_goes_where_its_record_went(service: Service) -> None:
    """It may have been taken there before; without it the restore would have lost an answer."""
    village = Desk(service, caller(service, "v", "village", ONE), now=NOW)
    village.say({"name": "一"})
    before = service.ledger.server_epoch
    restored(service)
    official = desk(service, "t")
    official.say({MOVED_TO: TWO}, seen=1)
    assert "没有填报这份数据的权限" in village.say({"count": 1}).results[0].reason
    assert outcome(village.say({"count": 2}, server_epoch=before)) != "rejected"
    assert answers(service, TWO) == {"name": "一", "count": 2}
