"""The shortest stories of what a wrong kernel loses, doubles or hides: each ends well on the right one.

Every desk sees both villages. A's clock runs ahead, so that A's value holds where two did not know of each
other. `sync_kernel_plants` has the mistake that each of them finds, under the same name.
"""

from __future__ import annotations

from collections.abc import Callable

from sync_three_desks import OTHER, RECORDS, VILLAGE, World

from hsdesk.model.answer import DELETED, MOVED_TO, SetDelta, Value
from hsdesk.wire import codec

Story = Callable[[World], None]
ONE, TWO, THREE = RECORDS


def put(world: World, name: str, path: str, value: Value | SetDelta, *where: str) -> None:
    """Somebody writes one answer at once; `where`: the record and its place, if they are not the first."""
    record, scope = (*where, *("" for _ in range(2)))[:2]
    world.quickly(name, record or ONE, {path: value}, scope=scope)


def sync(world: World, name: str) -> None:
    world.push(name, 9)
    world.pull(name, VILLAGE, 3)
    world.pull(name, OTHER, 3)


def begin(world: World) -> None:
    """Everybody has met the city; A's clock is fast, T's is slow."""
    for name in ("a", "b", "t"):
        world.pull(name)
        world.pull(name)
    world.set_clock("a", 1)
    world.set_clock("t", -1)


def a_page_that_was_open_over_a_sync(world: World) -> None:
    """B's answer comes in while A types: A closes the page without an answer to the question."""
    page = world.open("a", ONE)
    put(world, "b", "name", "乙")
    world.push("b", 9)
    world.type("a", page, "name", "甲")
    world.pull("a", times=2)
    assert page.questions["name"].theirs == "乙"
    world.leave("a", page, "name")
    world.push("a", 9)


def a_set_changed_on_a_screen_that_was_not_rebased(world: World) -> None:
    """A ticks x where y, which B added, is not shown: y stays."""
    page = world.open("a", ONE)
    put(world, "b", "tags", SetDelta(add=("y",)))
    sync(world, "b")
    writing = page.ticked("tags", "x", on=True)
    world.pull("a", times=2)
    assert writing is not None
    world.write("a", writing)
    world.push("a", 9)


def a_receipt_before_any_page(world: World) -> None:
    """What was typed stays in view when its receipt is taken."""
    put(world, "a", "name", "甲")
    world.push("a", 9)


def a_page_before_any_receipt(world: World) -> None:
    """The first page names one of two ops whose receipt was lost: the other still waits."""
    put(world, "a", "name", "甲")
    put(world, "a", "name", "乙", TWO)
    world.push("a", 9, is_lost=True)
    world.pull("a")


def a_late_page_after_a_receipt(world: World) -> None:
    """A page that was under way while a person typed and got a receipt."""
    put(world, "a", "name", "甲")
    world.push("a", 9)
    world.desks["a"].reset_stream(VILLAGE, "common")
    late = world.ask("a")
    put(world, "a", "name", "乙")
    world.push("a", 9)
    world.take("a", late)


def a_thief_under_the_next_number(world: World) -> None:
    """Another computer wrote in A's name: A's own op is not acknowledged by that."""
    world.steal("a")
    put(world, "a", "asked", "甲")
    world.push("a", 9)
    world.push("a", 9)


def a_receipt_beyond_what_was_read(world: World) -> None:
    """B's answer lies below the revision of A's receipt: A still reads it."""
    put(world, "b", "name", "乙", TWO)
    world.push("b", 9)
    put(world, "a", "name", "甲")
    world.push("a", 9)
    world.pull("a", times=2)


def an_import_while_a_cell_is_typed(world: World) -> None:
    """An import on the same computer writes the cell that is being typed: it is asked about."""
    page = world.open("a", ONE)
    world.type("a", page, "name", "甲")
    put(world, "a", "name", "导入")
    world.leave("a", page, "name")
    world.push("a", 9)


def a_receipt_for_another_answer(world: World) -> None:
    """A receipt for one answer of a record does not make the others seen."""
    put(world, "b", "name", "乙")
    world.push("b", 9)
    put(world, "a", "asked", "甲")
    world.push("a", 9)
    put(world, "a", "name", "甲")
    world.push("a", 9)


def a_value_over_one_that_is_refused(world: World) -> None:
    """An own value stands over what B wrote; the next one has not seen B's, whatever was read below."""
    put(world, "a", "count", "错")
    put(world, "b", "count", 2)
    world.push("b", 9)
    world.pull("a", times=2)
    put(world, "a", "count", 3)
    world.push("a", 9)


def an_answer_over_a_page_that_had_not_seen_the_import(world: World) -> None:
    """A value typed without seeing the import shows the import no more than its author saw it."""
    writing = world.open("a", ONE).unread("count", "错")
    put(world, "a", "count", 7)
    world.write("a", writing)
    put(world, "a", "count", 3)
    world.push("a", 9)


def an_own_value_whose_receipt_was_lost(world: World) -> None:
    """A page leaves out own writings only up to the receipts that were taken."""
    put(world, "a", "name", "甲")
    world.push("a", 9, is_lost=True)
    world.pull("a", times=2)


def own_values_after_a_restore(world: World) -> None:
    """While a stream is read from its beginning, own writings are told too."""
    put(world, "a", "name", "甲")
    put(world, "a", "name", "乙", TWO)
    sync(world, "a")
    world.back_up_server()
    world.restore_server()
    world.pull("a", times=4)


def a_receipt_for_less_than_is_held(world: World) -> None:
    """The second op's receipt was lost; a message with the first alone speaks of the first alone."""
    put(world, "a", "name", "甲")
    put(world, "a", "asked", "乙")
    world.push("a", 9, is_lost=True)
    world.push("a", 1)


def a_value_that_loses(world: World) -> None:
    """A's value waits in a conflict, B's holds: A is told which one."""
    put(world, "b", "asked", "乙")
    world.push("b", 9)
    put(world, "a", "asked", "甲")
    world.push("a", 9)


def an_edit_of_what_was_deleted(world: World) -> None:
    """An edit brings back a record that was deleted meanwhile: who wrote it is told so."""
    put(world, "b", "name", "乙")
    world.push("b", 9)
    world.pull("a", times=2)
    put(world, "a", DELETED, "误填")
    sync(world, "a")
    writing = world.open("b", ONE).ticked("tags", "x", on=True)
    world.pull("b", times=2)
    assert writing is not None
    world.write("b", writing)  # made before the deletion came
    world.push("b", 9)


def receipts_with_a_gap(world: World) -> None:
    """After a restore only the second of two answers comes: it says nothing of the first op."""
    put(world, "b", "name", "乙", TWO)
    sync(world, "b")
    world.back_up_server()
    put(world, "a", "name", "甲")
    world.export("a")
    world.push("a", 9)
    put(world, "a", "asked", "乙")
    world.export("a")
    world.restore_server()
    world.pull("a", times=4)
    world.city_imports(0)
    world.city_imports(1)
    world.desks["a"].take_receipt(codec.unpack_answer(world.back[1][1]).receipt)


def a_stream_that_moves_on_between_two_pages(world: World) -> None:
    """`since` stays until the stream is read to its end."""
    put(world, "b", "name", "乙")
    put(world, "b", "name", "乙", TWO)
    put(world, "b", "asked", "丙")
    world.push("b", 9)
    world.pull("a")
    world.pull("a", times=3)


def a_page_that_does_not_join(world: World) -> None:
    """A page that begins after what was read moves no cursor."""
    put(world, "b", "name", "乙")
    world.push("b", 9)
    sync(world, "t")
    put(world, "b", "name", "丙", TWO)
    world.push("b", 9)
    later = world.ask("t")
    world.take("a", later)
    world.pull("a", times=3)


def a_stick_of_the_epoch_before(world: World) -> None:
    """An answer of the city before its restore comes late, and is thrown away."""
    world.back_up_server()
    put(world, "a", "name", "甲")
    world.push("a", 9)
    world.export("b")
    world.city_imports(0)
    world.restore_server()
    put(world, "t", "name", "丙")
    sync(world, "t")
    sync(world, "b")
    world.desk_imports(0)
    world.pull("b", times=2)


def a_late_receipt_of_a_record_that_moved(world: World) -> None:
    """A receipt of before the move does not put the record back where it was."""
    put(world, "a", "name", "甲")
    world.push("a", 9)
    world.export("a")
    put(world, "a", "asked", "乙")
    world.export("a")
    world.city_imports(1)
    world.pull("b", times=2)
    put(world, "b", MOVED_TO, OTHER)
    world.push("b", 9)
    world.pull("a", times=3)
    world.desk_imports(0)


def a_departure_before_a_known_arrival(world: World) -> None:
    """There and back: the page that tells the first way comes last."""
    put(world, "a", "name", "甲")
    sync(world, "a")
    world.pull("b", times=2)
    put(world, "b", MOVED_TO, OTHER)
    world.push("b", 9)
    late = world.ask("a")
    sync(world, "b")
    put(world, "b", MOVED_TO, VILLAGE, "", OTHER)
    world.push("b", 9)
    world.pull("a", OTHER, 2)
    world.take("a", late, VILLAGE)
    assert world.place_of("a", ONE) == VILLAGE, "shown where it is not"


def a_record_on_its_way(world: World) -> None:
    """Until the new place's stream tells the record, what the old one said stays in view there."""
    put(world, "a", "name", "甲")
    sync(world, "a")
    world.pull("b", times=2)
    put(world, "b", MOVED_TO, OTHER)
    world.push("b", 9)
    world.pull("a", VILLAGE, 2)


def a_cell_typed_while_its_record_moved(world: World) -> None:
    """A revision that was seen in one stream says nothing in another."""
    for number in range(4):
        put(world, "b", "asked", f"第{number}", TWO)
    put(world, "b", "name", "原来")
    world.push("b", 9)
    world.pull("a", times=2)
    page = world.open("a", ONE)
    world.type("a", page, "name", "甲")
    world.pull("b", times=2)
    put(world, "b", MOVED_TO, OTHER)
    world.push("b", 9)
    sync(world, "b")
    put(world, "b", "name", "乙", "", OTHER)
    for number in range(4):
        put(world, "b", "asked", f"又{number}", THREE, OTHER)
    world.push("b", 9)
    world.pull("a", OTHER, 2)
    world.pull("a", VILLAGE, 2)
    world.leave("a", page, "name")
    world.push("a", 9)


def an_own_op_that_was_erased(world: World) -> None:
    """A redacted op is the same op: the city, restored, takes it again and calls nobody a copy."""
    world.back_up_server()
    put(world, "a", "name", "甲")
    world.export("a")
    world.city_imports(0)
    world.quickly("b", ONE, {"name": None}, erases=True)
    world.push("b", 9)
    world.pull("a", times=2)
    world.push("a", 9)


def an_op_that_comes_under_two_numbers(world: World) -> None:
    """After a thief, a restore and an old stick the same op comes under two epochs of its device."""
    world.back_up_server()
    put(world, "a", "name", "甲")
    world.export("a")
    world.steal("a")
    world.push("a", 9)
    world.push("a", 9)
    world.restore_server()
    world.city_imports(0)
    sync(world, "a")


def a_question_that_nobody_answered(world: World) -> None:
    """Closing a page does not make the value seen that was asked about, in a program started anew neither."""
    page = world.open("a", ONE)
    world.type("a", page, "name", "甲")
    put(world, "b", "name", "乙")
    world.push("b", 9)
    world.pull("a", times=2)
    world.restart("a")
    (page,) = world.pages["a"]
    assert page.questions["name"].theirs == "乙"
    world.leave("a", page, "name")
    world.push("a", 9)


STORIES: dict[str, Story] = {
    "base_from_file": a_page_that_was_open_over_a_sync,
    "whole_sets": a_set_changed_on_a_screen_that_was_not_rebased,
    "drop_at_ack": a_receipt_before_any_page,
    "drop_at_page": a_page_before_any_receipt,
    "page_over_receipt": a_late_page_after_a_receipt,
    "ack_by_number": a_thief_under_the_next_number,
    "cursor_by_receipt": a_receipt_beyond_what_was_read,
    "smaller_seq": an_import_while_a_cell_is_typed,
    "no_inherit": a_value_over_one_that_is_refused,
    "part_rev": a_receipt_for_another_answer,
    "own_always": an_answer_over_a_page_that_had_not_seen_the_import,
    "question_is_seen": a_question_that_nobody_answered,
    "echo_all": an_own_value_whose_receipt_was_lost,
    "echo_in_whole": own_values_after_a_restore,
    "ack_beyond_message": a_receipt_for_less_than_is_held,
    "lost_only_named": a_value_that_loses,
    "no_side_effects": an_edit_of_what_was_deleted,
    "gaps_taken": receipts_with_a_gap,
    "early_since": a_stream_that_moves_on_between_two_pages,
    "cursor_any_page": a_page_that_does_not_join,
    "epoch_unordered": a_stick_of_the_epoch_before,
    "no_gone_rev": a_late_receipt_of_a_record_that_moved,
    "no_arrival": a_departure_before_a_known_arrival,
    "gone_drops": a_record_on_its_way,
    "seen_any_stream": a_cell_typed_while_its_record_moved,
    "hash_of_redacted": an_own_op_that_was_erased,
    "repeat_by_number": an_op_that_comes_under_two_numbers,
}


def told(world: World, story: Story) -> None:
    """Tell a story from its beginning, and look at how it ends."""
    begin(world)
    story(world)
    world.check()
