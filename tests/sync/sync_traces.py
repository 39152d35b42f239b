"""Traces (步骤) of the random machine that once failed, each run again before any random one.

A new failure is printed as the body of such a function: paste it here as it is, say in the docstring what
went wrong, and keep it for ever.
"""

from __future__ import annotations

from sync_machine import SyncMachine
from sync_restore_traces import ONE, RESTORED, THREE, TWO, Trace


def a_page_asked_for_before_the_last_push(state: SyncMachine) -> None:
    """A page that was under way while a person typed put older answers over newer ones."""
    state.begin(page_rows=1, chunk_ops=1)
    state.type_number(desk="a", number=None, record=ONE)
    state.type_while_syncing(at=3, desk="a", path="name", record=ONE)
    state.teardown()


def a_late_answer_of_a_record_whose_part_was_not_read(state: SyncMachine) -> None:
    """A stream was locked for one record; a late op of another, moved there, overwrote its part unread."""
    state.begin(page_rows=1, chunk_ops=3)
    state.type_number(desk="a", number=None, record=TWO)
    state.type_while_syncing(at=1, desk="a", path="name", record=ONE)
    state.others_sync_meanwhile(at=1, desk="a", moment="before", others=["a", "b", "t"])
    for record in (ONE, ONE, TWO, ONE):
        state.move(record=record)
    state.erase(desk="t", path="name", record=TWO)
    state.teardown()


def a_record_that_moved_before_it_had_a_part_of_every_class(state: SyncMachine) -> None:
    """Only the part that existed moved; the other, typed after, stayed behind at the old place."""
    state.begin(page_rows=1, chunk_ops=1)
    state.type_text(desk="t", path="phone", record=ONE, same=False)
    state.move(record=ONE)
    state.type_text(desk="t", path="name", record=ONE, same=False)
    state.teardown()


def a_refusal_that_got_lost_on_the_way(state: SyncMachine) -> None:
    """A refused op was acknowledged as a repeated one when its receipt was lost: its answer was gone."""
    state.begin(page_rows=1, chunk_ops=1)
    state.type_number(desk="a", number=None, record=ONE)
    state.others_sync_meanwhile(at=1, desk="a", moment="after", others=["a", "b", "t"])
    state.move(record=ONE)
    state.sync_well(desk="t")
    state.delete(desk="b", gone=True, path="_deleted", record=ONE)
    state.sync(cuts=[("after", 1)], desk="b")
    state.teardown()


def a_reason_that_lost_against_an_edit_after_the_first_deletion(state: SyncMachine) -> None:
    """A second reason for a deletion lost, and who had written it was not told which one holds."""
    state.begin(page_rows=1, chunk_ops=1)
    state.change_set(add=False, desk="b", member="x", record=ONE)
    state.erase(desk="b", path="", record=ONE)
    state.others_sync_meanwhile(at=1, desk="a", moment="before", others=["a", "b", "t"])
    state.erase(desk="b", path="name", record=ONE)
    state.delete(desk="a", gone=True, path="_deleted", record=ONE)
    state.others_sync_meanwhile(at=1, desk="a", moment="before", others=["a", "b", "t"])
    state.teardown()


def an_answer_set_aside_for_an_erasure_and_given_anew_by_another(state: SyncMachine) -> None:
    """The refused answer was emptied, though another had given it again in knowledge of the erasure."""
    state.begin(page_rows=1, chunk_ops=1)
    state.type_number(desk="a", number=None, record=ONE)
    state.change_set(add=True, desk="b", member="x", record=ONE)
    state.die_reading(desk="b", page=1)
    state.erase(desk="a", path="tags", record=ONE)
    state.change_set(add=False, desk="b", member="x", record=ONE)
    state.change_set(add=True, desk="a", member="x", record=ONE)
    state.teardown()


def a_record_erased_in_every_class_and_restored_in_its_own(state: SyncMachine) -> None:
    """Whether it was deleted depended on which of its parts had been read first."""
    state.begin(page_rows=1, chunk_ops=1)
    state.type_while_syncing(at=1, desk="a", path="name", record=ONE)
    state.erase(desk="a", path="", record=ONE)
    state.delete(desk="a", gone=False, path="_deleted", record=ONE)
    state.teardown()


def a_late_stick_after_a_theft(state: SyncMachine) -> None:
    """A word on a name that was left long ago made the file leave the next one as well: its ops waited."""
    state.begin(page_rows=1, chunk_ops=500, wide=True)
    state.steal(chance=0, desk="a")
    state.type_number(desk="a", number=2, record=ONE)
    state.export(desk="a")
    state.teardown()


def a_late_page_with_a_conflict_that_moved(state: SyncMachine) -> None:
    """A late stick brought a conflict back to the place that its record had left."""
    state.begin(page_rows=1000, chunk_ops=1, wide=False)
    state.export(desk="a")
    state.change_set(add=True, desk="t", member="x", record=ONE)
    state.do_on_page(desk="a", page=2, what="delete")
    state.push(desk="t", is_lost=False, ops=1)
    state.sync(cuts=[], desk="a")
    state.city_imports(number=0)
    state.move(record=ONE)
    state.teardown()


def an_answer_given_after_an_erasure_of_a_record_that_moves(state: SyncMachine) -> None:
    """The erasure came along with the move, at the same revision, and emptied what was typed after it."""
    state.begin(page_rows=2, chunk_ops=500, wide=False)
    state.tick(desk="b", member="y", on=True, page=5)
    state.others_sync_meanwhile(at=3, desk="b", moment="before", others=["a", "t", "b"])
    state.open(desk="a", record=TWO)
    state.erase(desk="a", path="", record=TWO)
    state.tick(desk="a", member="z", on=True, page=0)
    state.move(record=TWO)
    state.teardown()


def an_open_page_whose_waiting_answer_is_erased(state: SyncMachine) -> None:
    """An erasure that only emptied a waiting answer named no record that had changed."""
    state.begin(page_rows=1000, chunk_ops=1, wide=True)
    state.type_number(desk="t", number=1, record=ONE)
    state.others_sync_meanwhile(at=3, desk="a", moment="after", others=["a", "b", "t"])
    state.type_on_page(desk="t", page=6, path="name", same=False)
    state.type_text(desk="t", path="name", record=ONE, same=False)
    state.do_on_page(desk="a", page=6, what="erase")
    state.teardown()


def an_erasure_that_waits_while_another_answer_comes(state: SyncMachine) -> None:
    """A digest was counted anew without what the erasure had emptied here, and the city not yet."""
    state.begin(page_rows=1000, chunk_ops=3, wide=False)
    state.type_text(desk="a", path="name", record=ONE, same=False)
    state.sync(cuts=[("after", 5)], desk="a")
    state.erase(desk="a", path="", record=ONE)
    state.type_number(desk="t", number=2, record=ONE)
    state.sync(cuts=[("before", 5)], desk="t")
    state.pull(desk="a")
    state.teardown()


def a_rejected_answer_that_is_erased(state: SyncMachine) -> None:
    """The list of rejected ops names it still, without its value: the check did not know it again."""
    state.begin(page_rows=2, chunk_ops=1, wide=True)
    state.change_set(desk="t", record=TWO, member="y", add=False)
    state.do_on_page(desk="b", page=3, what="bad")
    state.erase(desk="t", record=TWO, path="")
    state.teardown()


def a_record_that_moved_away_before_the_first_grants(state: SyncMachine) -> None:
    """A desk that knew no grants kept what a receipt told of a record that had gone to another village."""
    state.begin(chunk_ops=1, wide=False, page_rows=2)
    state.type_number(desk="b", number=None, record=ONE)
    state.push(desk="b", is_lost=False, ops=2)
    state.sync_well(desk="t")
    state.type_number(desk="b", number=1, record=ONE)
    state.move(record=ONE)
    state.sync_well(desk="t")
    state.teardown()


def a_late_page_of_before_the_first_receipt(state: SyncMachine) -> None:
    """A receipt that came before the first grants was not remembered as the highest word on its stream."""
    state.begin(page_rows=1000, chunk_ops=3, wide=True)
    state.type_text(desk="a", record=ONE, path="members/r1/who", same=False)
    state.sync_well(desk="a")
    state.export(desk="b")
    state.city_imports(number=4)
    state.type_number(desk="b", record=TWO, number=None)
    state.push(desk="b", ops=1, is_lost=False)
    state.die_reading(desk="b", page=1)
    state.desk_imports(number=2)
    state.teardown()


def a_member_that_another_window_ticked_and_an_open_page_did_not_show(state: SyncMachine) -> None:
    """Once confirmed, an own op counted as shown by the next op of a page that had not heard of it."""
    state.begin(page_rows=1, chunk_ops=500, wide=True)
    state.answer_and_save_later(desk="t", page=6, member="y", number=6)
    state.answer_and_save_later(desk="t", page=3, member="y", number=1)
    state.change_set(desk="t", record=ONE, member="y", add=True)
    state.sync_well(desk="t")
    state.teardown()


def an_open_page_of_a_record_that_left_while_an_answer_was_being_saved(state: SyncMachine) -> None:
    """The page is closed once the answer is saved: the check wanted it to show what the file holds before."""
    state.begin(page_rows=1, chunk_ops=3, wide=False)
    state.answer_and_save_later(desk="b", page=3, member="y", number=4)
    state.die_reading(desk="b", page=2)
    state.leave_while_syncing(desk="t", page=0, number=1, at=3)
    state.push(desk="b", ops=2, is_lost=False)
    state.answer_and_save_later(desk="c", page=7, member="x", number=4)
    state.pull(desk="t")
    state.move(record=TWO)
    state.type_number(desk="a", record=TWO, number=1)
    state.sync(desk="t", cuts=[])
    state.type_while_syncing(desk="c", record=ONE, path="members/r1/who", at=1)
    state.type_number(desk="a", record=THREE, number=0)
    state.teardown()


TRACES: tuple[Trace, ...] = (
    an_open_page_of_a_record_that_left_while_an_answer_was_being_saved,
    a_member_that_another_window_ticked_and_an_open_page_did_not_show,
    a_record_that_moved_away_before_the_first_grants,
    a_late_page_of_before_the_first_receipt,
    a_rejected_answer_that_is_erased,
    an_erasure_that_waits_while_another_answer_comes,
    a_late_stick_after_a_theft,
    a_late_page_with_a_conflict_that_moved,
    an_answer_given_after_an_erasure_of_a_record_that_moves,
    an_open_page_whose_waiting_answer_is_erased,
    a_record_erased_in_every_class_and_restored_in_its_own,
    a_reason_that_lost_against_an_edit_after_the_first_deletion,
    an_answer_set_aside_for_an_erasure_and_given_anew_by_another,
    a_late_answer_of_a_record_whose_part_was_not_read,
    a_record_that_moved_before_it_had_a_part_of_every_class,
    a_refusal_that_got_lost_on_the_way,
    a_page_asked_for_before_the_last_push,
    *RESTORED,
)
