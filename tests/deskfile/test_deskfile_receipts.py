"""The queue of own ops and the receipts that let them leave."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parent))
from city_words import EPOCH, ack, granted, page, row, take
from deskfile_forms import KEY, PLACE, desk, save
from sync_world import receipt_for

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.records.parts import part_digest
from hsdesk.wire.messages import (
    OpResult,
    Receipt,
)


def test_ops_wait_until_a_receipt_covers_them(home: Path) -> None:
    with desk(home) as file:
        for n in range(5):
            save(file, "r1", members=n)
        assert [op.seq for op in file.pending_ops(3)] == [1, 2, 3]
        ack(file, 3)
        assert ([op.seq for op in file.pending_ops(10)], file.pending_count()) == ([4, 5], 2)
        late = Receipt(
            file.device_id(), 1, 2, EPOCH, (), 1, file.chain(1, 2), 2, file.chain(1, 2), (101, 102)
        )
        file.take_receipt(late)  # a receipt that comes late takes nothing back
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


def test_a_receipt_whose_chain_is_not_this_files_own_moves_nothing(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", members=1)
        forged = msgspec.structs.replace(receipt_for(file, 1), chain=b"x" * 16)
        assert not file.take_receipt(forged).taken
        assert file.pending_count() == 1


def test_a_receipt_that_begins_after_the_first_waiting_op_moves_nothing(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", members=1)
        save(file, "r1", members=2)
        later = msgspec.structs.replace(receipt_for(file, 2), first=2, revs=(102,))
        file.take_receipt(later)
        assert file.pending_count() == 2


def test_an_op_that_was_rejected_leaves_what_is_shown_and_waits_with_its_reason(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        save(file, "r2", name="乙")
        ack(file, 2, OpResult(1, "rejected", "没有权限"), OpResult(2, "merged"))
        assert (file.pending_count(), file.rejected_count()) == (0, 1)
        (rejected,) = file.rejected_ops()
        assert (rejected.op.record, rejected.reason, rejected.op.answers) == (
            "r1",
            "没有权限",
            {"name": "甲"},
        )
        assert file.state(PLACE, "r1") is None
        assert file.state(PLACE, "r2").answers == {"name": "乙"}
        file.clear_rejected(rejected.number)
        assert file.rejected_ops() == ()


def test_later_ops_that_built_on_a_rejected_one_stay(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        take(file, page(row("r1", 5, {"name": "甲", "members": 3})))
        save(file, "r1", members=4, leader="汪")
        save(file, "r1", members=5)
        save(file, "r1", leader="钱")
        refused = [OpResult(seq, "rejected", "没有权限") for seq in (1, 3)]
        ack(file, 3, *refused)
        assert file.state(PLACE, "r1").answers == {"name": "甲", "members": 5}
        assert file.digest(PLACE, "common") == part_digest("r1", {"name": "甲", "members": 5})


def test_the_digest_is_over_what_the_city_said_whatever_waits(home: Path) -> None:
    with desk(home) as file:
        granted(file)
        take(file, page(row("r1", 5, {"name": "甲"})))
        save(file, "r1", name="乙", members=3)
        save(file, "r2", name="新")
        assert file.digest(PLACE, "common") == part_digest("r1", {"name": "甲"})
        ack(file, 2)
        assert file.digest(PLACE, "common") == sum(
            part_digest(record, file.state(PLACE, record).answers) for record in ("r1", "r2")
        )


def test_a_server_restored_from_its_backup_is_offered_what_it_lost(home: Path) -> None:
    with desk(home) as file:
        file.meet(EPOCH, (0, b""))
        for n in range(4):
            save(file, "r1", members=n)
        ack(file, 4, OpResult(4, "rejected", "太大"))
        assert file.meet("s2", (2, file.chain(1, 2))).taken
        assert [op.seq for op in file.pending_ops(9)] == [3, 4]
        assert file.rejected_ops() == ()
        assert not file.meet(EPOCH, (0, b"")).taken, "a word of an older epoch"
        assert file.pending_count() == 2


def test_ops_that_the_restored_server_holds_and_that_are_not_these_all_wait_again(home: Path) -> None:
    with desk(home) as file:
        file.meet(EPOCH, (0, b""))
        for n in range(3):
            save(file, "r1", members=n)
        ack(file, 3)
        file.meet("s2", (2, b"another's chain."))
        assert [op.seq for op in file.pending_ops(9)] == [1, 2, 3]
