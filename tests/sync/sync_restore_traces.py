"""Traces of the random machine in which the server is restored: see `sync_traces`."""

from __future__ import annotations

from collections.abc import Callable

from sync_machine import SyncMachine
from sync_three_desks import RECORDS

Trace = Callable[[SyncMachine], None]
ONE, TWO, THREE = RECORDS


def a_conflict_named_under_the_epoch_before_a_restore(state: SyncMachine) -> None:
    """Conflicts are named by revisions: one of the old epoch stayed on a desk beside its successor."""
    state.begin(page_rows=1, chunk_ops=1)
    state.back_up_server()
    state.type_text(desk="a", path="name", record=ONE, same=False)
    state.sync_well(desk="a")
    state.type_while_syncing(at=1, desk="b", path="name", record=ONE)
    state.restore_server()
    state.type_number(desk="a", number=None, record=TWO)
    state.teardown()


def an_op_offered_again_under_the_new_epoch(state: SyncMachine) -> None:
    """After a restore an op was offered as if it had seen what took its place: its revisions mean nothing."""
    state.begin(page_rows=2, chunk_ops=3)
    state.type_text(desk="a", path="name", record=ONE, same=False)
    for desk in ("a", "b", "t"):
        state.sync_well(desk=desk)
    state.back_up_server()
    for desk in ("b", "a"):
        state.type_text(desk=desk, path="name", record=ONE, same=False)
        state.sync_well(desk="b")
        state.sync_well(desk="a")
    state.restore_server()
    state.type_text(desk="t", path="name", record=ONE, same=False)
    state.sync_well(desk="t")
    state.sync_well(desk="a")
    state.teardown()


def a_conflict_settled_after_the_server_forgot_it(state: SyncMachine) -> None:
    """A person gave up a value that was shown in a conflict which does not come again: nothing was lost."""
    state.begin(page_rows=1, chunk_ops=1)
    state.back_up_server()
    state.change_set(add=False, desk="b", member="x", record=ONE)
    state.delete(desk="a", gone=True, path="_deleted", record=ONE)
    state.others_sync_meanwhile(at=1, desk="a", moment="before", others=["a", "b", "t"])
    state.restore_server()
    state.settle(choice=0, desk="a")
    state.teardown()


def a_server_restored_twice_while_a_desk_was_away(state: SyncMachine) -> None:
    """What a desk saw before the first restore was held against the fence of the second, which is higher."""
    state.begin(page_rows=1, chunk_ops=1)
    state.back_up_server()
    state.type_number(desk="a", number=None, record=ONE)
    state.others_sync_meanwhile(at=1, desk="a", moment="before", others=["a", "b", "t"])
    state.restore_server()
    state.type_text(desk="a", path="name", record=TWO, same=False)
    state.type_text(desk="b", path="name", record=TWO, same=False)
    state.sync(cuts=[], desk="b")
    state.back_up_server()
    state.restore_server()
    state.teardown()


def typing_while_the_restore_is_heard_of(state: SyncMachine) -> None:
    """An answer typed under the old epoch, and not yet sent, passed for one that had seen the new one."""
    state.begin(page_rows=1, chunk_ops=1)
    state.back_up_server()
    state.type_text(desk="b", path="name", record=ONE, same=False)
    state.sync_well(desk="b")
    state.sync_well(desk="a")
    state.restore_server()
    state.type_text(desk="t", path="name", record=ONE, same=False)
    state.sync_well(desk="t")
    state.type_while_syncing(at=1, desk="a", path="name", record=ONE)
    state.teardown()


def offering_again_what_was_typed_two_epochs_ago(state: SyncMachine) -> None:
    """An op of the first epoch, offered again after the second restore, was held against that fence alone."""
    state.begin(page_rows=1, chunk_ops=1)
    state.back_up_server()
    state.type_text(desk="b", path="name", record=ONE, same=False)
    state.sync_well(desk="b")
    state.sync_well(desk="a")
    state.type_text(desk="a", path="name", record=ONE, same=False)
    state.restore_server()
    state.type_text(desk="t", path="name", record=ONE, same=False)
    state.sync_well(desk="t")
    state.back_up_server()
    state.sync_well(desk="a")
    state.restore_server()
    state.teardown()


def typing_over_a_conflict_that_the_server_forgot(state: SyncMachine) -> None:
    """A value had lost and was typed anew at its own desk: after a restore only the later one is merged."""
    state.begin(page_rows=1, chunk_ops=1)
    state.back_up_server()
    state.type_text(desk="a", path="asked", record=TWO, same=False)
    state.type_while_syncing(at=1, desk="b", path="asked", record=TWO)
    state.sync_well(desk="a")
    state.restore_server()
    state.type_text(desk="a", path="asked", record=TWO, same=False)
    state.teardown()


def a_move_and_an_erasure_that_the_server_forgot(state: SyncMachine) -> None:
    """A record moved and was erased, then the server forgot both: a desk kept what the others had not."""
    state.begin(page_rows=1, chunk_ops=1)
    state.type_number(desk="b", number=None, record=TWO)
    state.others_sync_meanwhile(at=1, desk="a", moment="after", others=["a", "b", "t"])
    state.back_up_server()
    state.move(record=TWO)
    state.erase(desk="b", path="", record=TWO)
    state.others_sync_meanwhile(at=1, desk="a", moment="before", others=["a", "b", "t"])
    state.restore_server()
    state.type_while_syncing(at=1, desk="t", path="name", record=ONE)
    state.teardown()


def an_erasure_of_what_a_restored_server_had_forgotten(state: SyncMachine) -> None:
    """The server did not know the answers it was to erase, and named none: another desk kept them."""
    state.begin(page_rows=1, chunk_ops=1)
    state.back_up_server()
    state.type_text(desk="b", path="name", record=ONE, same=False)
    state.others_sync_meanwhile(at=1, desk="a", moment="before", others=["a", "b", "t"])
    state.restore_server()
    state.erase(desk="a", path="", record=ONE)
    state.teardown()


def a_rejected_answer_that_waits_again(state: SyncMachine) -> None:
    """After a restore a rejected answer waits again and is shown: its row and its page did not hear of it."""
    state.begin(page_rows=2, chunk_ops=500, wide=True)
    state.do_on_page(desk="a", page=5, what="delete")
    state.type_number(desk="a", number=1, record=ONE)
    state.back_up_server()
    state.do_on_page(desk="a", page=5, what="bad")
    state.sync_well(desk="a")
    state.restore_server()
    state.erase(desk="a", path="name", record=ONE)
    state.teardown()


def an_open_page_over_what_a_restored_server_has_lost(state: SyncMachine) -> None:
    """The end of the reading took an answer out of view, and did not say of which record."""
    state.begin(wide=True, page_rows=2, chunk_ops=1)
    state.back_up_server()
    state.type_text(desk="a", path="name", record=TWO, same=False)
    state.open(desk="a", record=THREE)
    state.type_text(desk="b", path="members/r1/who", record=THREE, same=True)
    state.others_sync_meanwhile(at=2, desk="t", moment="before", others=["b", "t", "a"])
    state.restore_server()
    state.teardown()


def an_answer_of_before_a_theft_that_a_restored_server_forgot(state: SyncMachine) -> None:
    """A restored city was offered again the ops of the present device epoch only, not those before it."""
    state.begin(page_rows=1, chunk_ops=3, wide=False)
    state.back_up_server()
    state.type_text(desk="a", path="members/r2/duty", record=TWO, same=False)
    state.sync_well(desk="a")
    state.steal(desk="a", chance=0)
    state.type_number(desk="a", record=ONE, number=0)
    state.sync_well(desk="a")
    state.restore_server()
    state.teardown()


def an_erasure_that_a_restored_server_does_again(state: SyncMachine) -> None:
    """The checker took the backup for all that the restored city says: it erases again what was erased."""
    state.begin(page_rows=2, chunk_ops=1, wide=True)
    state.delete(desk="a", record=ONE, path="_deleted", gone=False)
    state.die_reading(desk="c", page=2)
    state.back_up_server()
    state.do_on_page(desk="c", page=6, what="bad")
    state.tick(desk="a", page=5, member="x", on=True)
    state.erase(desk="a", record=ONE, path="tags")
    state.type_while_syncing(desk="c", record=ONE, path="members/r2/duty", at=3)
    state.restore_server()
    state.teardown()


RESTORED: tuple[Trace, ...] = (
    an_erasure_that_a_restored_server_does_again,
    an_answer_of_before_a_theft_that_a_restored_server_forgot,
    an_open_page_over_what_a_restored_server_has_lost,
    a_rejected_answer_that_waits_again,
    an_erasure_of_what_a_restored_server_had_forgotten,
    a_conflict_named_under_the_epoch_before_a_restore,
    an_op_offered_again_under_the_new_epoch,
    a_conflict_settled_after_the_server_forgot_it,
    a_server_restored_twice_while_a_desk_was_away,
    typing_while_the_restore_is_heard_of,
    offering_again_what_was_typed_two_epochs_ago,
    typing_over_a_conflict_that_the_server_forgot,
    a_move_and_an_erasure_that_the_server_forgot,
)
